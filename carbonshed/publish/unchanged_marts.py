"""The marts that an edition takes over from the one before: they were not made again.

A scenario changes a dozen small marts. The others, among them the two that take nearly
all of the space and of the time, are copied as files. The work file notes of each mart
which edition has it as it is now, and forgets that before a run that may change it: see
`work_file.begin_run`. Whatever is in doubt is written anew.
"""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from carbonshed import __version__, versions
from carbonshed.checksums import LIST, listed_sums, sha256_of
from carbonshed.errors import CarbonshedError
from carbonshed.files import writing
from carbonshed.text import sql_name

ID = "publication_id"  # in the metadata of a Parquet file
_END = 8  # bytes after these metadata: how long they are, and a mark


@dataclass(frozen=True)
class UnchangedMarts:
    """Marts that the edition before has as they are now; by default there are none."""

    names: frozenset[str] = frozenset()
    database: Path = Path()  # the one that has them
    sums: Mapping[Path, str] = field(default_factory=dict)  # SHA-256 of its files

    def take_database(self, target: Path) -> bool:
        """Copy the database; return False if it is not what was written."""
        return bool(self.names) and self._copy(self.database, target)

    def take_parquet(self, name: str, target: Path, about: Mapping[str, str]) -> bool:
        """Copy the Parquet file of a mart; its metadata get the id of the new edition.

        Return False if it is not what was written, or if its metadata are to be others
        than before, beside the id.
        """
        file = self.database.parent / "parquet" / f"{name}.parquet"
        if name not in self.names or not self._copy(file, target):
            return False
        before = pq.read_metadata(target).metadata or {}
        earlier_about = {key.decode(): value.decode() for key, value in before.items()}
        earlier, later = earlier_about.get(ID, ""), about[ID]
        if earlier_about != {**about, ID: earlier} or len(earlier) != len(later):
            return False
        return _replace_once(target, earlier.encode(), later.encode())

    def _copy(self, file: Path, target: Path) -> bool:
        with writing(target):
            try:
                shutil.copyfile(file, target)
            except FileNotFoundError:
                return False
        return sha256_of(target) == self.sums.get(file)


def unchanged_marts(
    connection: duckdb.DuckDBPyConnection, catalogue: str, database: Path | None
) -> UnchangedMarts:
    """Return the marts of an open warehouse that a published database still has.

    There are none in one that another version wrote, or without a list of checksums.
    """
    if database is None or not _is_of_this_version(database):
        return UnchangedMarts()
    try:
        sums = listed_sums(database.parent / LIST)
    except CarbonshedError:
        return UnchangedMarts()
    rows = connection.execute(
        f"select substr(relation, 7) from {sql_name(catalogue)}.main.nodes"
        " where edition = ? and starts_with(relation, 'marts.')",
        [database.parent.name],
    ).fetchall()
    return UnchangedMarts(frozenset(name for (name,) in rows), database, sums)


def _is_of_this_version(database: Path) -> bool:
    """Return whether this version, and this DuckDB, wrote a published database."""
    try:
        with duckdb.connect(database, read_only=True) as connection:
            rows = connection.execute(
                "select count(*) from marts.publication where layout = ?"
                " and carbonshed_version = ? and duckdb_version = version()",
                [versions.PUBLICATION, __version__],
            ).fetchone()
    except duckdb.Error:  # whatever it is, a new edition mends it
        return False
    return rows == (1,)


def _replace_once(file: Path, earlier: bytes, later: bytes) -> bool:
    """Replace a text in the metadata of a Parquet file by another one of its length.

    Return False, and leave the file alone, unless it is there exactly once.
    """
    with file.open("r+b") as content:
        content.seek(-_END, 2)
        length = int.from_bytes(content.read(4), "little")
        begin = content.seek(-_END - length, 2)
        metadata = content.read(length)
        if metadata.count(earlier) != 1:
            return False
        content.seek(begin + metadata.index(earlier))
        content.write(later)
    return True
