"""The marts that an edition takes over from the one before, because they are the same.

A scenario changes a dozen small marts. The others, among them the two that take nearly
all of the space and of the time, are copied as files. That they are the same is seen
from their rows, not from what was built: sums over all rows of both databases take half
a second at 13,146 rows of transactions.
"""

import shutil
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from carbonshed import __version__, versions
from carbonshed.checksums import LIST, listed_sums, sha256_of
from carbonshed.errors import CarbonshedError
from carbonshed.files import writing
from carbonshed.text import sql_name, sql_text

ID = "publication_id"  # in the metadata of a Parquet file
Keys = frozenset[tuple[str, tuple[str, ...]]]  # kinds of constraints and their columns
_EARLIER = "the publication before"  # no dataset can have this name
# the share of a database that dropped tables have left, above which a new one is better
_MAX_UNUSED = 0.2
_END = 8  # bytes after these metadata: how long they are, and a mark


@dataclass(frozen=True)
class UnchangedMarts:
    """Marts that the edition before has as they are now; by default there are none."""

    names: frozenset[str] = frozenset()
    tables: frozenset[str] = frozenset()  # all that it has
    database: Path = Path()  # the one that has them
    sums: Mapping[Path, str] = field(default_factory=dict)  # SHA-256 of its files

    def take_parquet(self, name: str, target: Path, about: Mapping[str, str]) -> bool:
        """Copy the Parquet file of a mart; its metadata get the id of the new edition.

        Return False if it is not what was written, or if its metadata are to be others
        than before, beside the id.
        """
        file = self.database.parent / "parquet" / f"{name}.parquet"
        if name not in self.names or not file.is_file():
            return False
        copy_file(file, target)
        if sha256_of(target) != self.sums.get(file):
            return False
        before = pq.read_metadata(target).metadata or {}
        earlier_about = {key.decode(): value.decode() for key, value in before.items()}
        earlier, later = earlier_about.get(ID, ""), about[ID]
        if earlier_about != {**about, ID: earlier} or len(earlier) != len(later):
            return False
        return _replace_once(target, earlier.encode(), later.encode())


def copy_file(file: Path, target: Path) -> None:
    """Copy a file of an edition, which nobody changes meanwhile."""
    with writing(target):
        shutil.copyfile(file, target)


def unchanged_marts(
    connection: duckdb.DuckDBPyConnection,
    catalogue: str,
    keys: Mapping[str, Keys],
    block_size: int,
    database: Path | None,
) -> UnchangedMarts:
    """Return the marts of an open warehouse that a published database has, too.

    They have the same rows in the same order, columns and keys. There are none after a
    build of all models, nor in a database of another version or size of blocks.

    Parameters
    ----------
    keys
        The keys that each mart is to get.
    """
    if database is None or _is_full(connection, catalogue):
        return UnchangedMarts()
    try:
        sums = listed_sums(database.parent / LIST)
        connection.execute(
            f"attach {sql_text(database)} as {sql_name(_EARLIER)} (read_only)"
        )
        if not _is_alike(connection, block_size):
            return UnchangedMarts()
        before, now = (_columns(connection, name) for name in (_EARLIER, catalogue))
        keys_before = keys_of(connection, _EARLIER)
        names = frozenset(
            mart
            for mart in keys
            if before.get(mart) == _keyed(now[mart], keys[mart])
            and keys_before.get(mart, frozenset()) == keys[mart]
            and _content(connection, _EARLIER, mart, now[mart])
            == _content(connection, catalogue, mart, now[mart])
        )
    except (CarbonshedError, duckdb.Error):  # whatever it is, a new edition mends it
        return UnchangedMarts()
    finally:
        connection.execute(f"detach database if exists {sql_name(_EARLIER)}")
    return UnchangedMarts(names, frozenset(before), database, sums)


def keys_of(connection: duckdb.DuckDBPyConnection, catalogue: str) -> dict[str, Keys]:
    """Return the primary and foreign keys of each mart that has any."""
    rows = connection.execute(
        "select table_name, list((constraint_type, constraint_column_names))"
        " from duckdb_constraints() where database_name = ? and schema_name = 'marts'"
        " and constraint_type in ('PRIMARY KEY', 'FOREIGN KEY') group by all",
        [catalogue],
    ).fetchall()
    return {
        table: frozenset((kind, tuple(columns)) for kind, columns in keys)
        for table, keys in rows
    }


def _is_full(connection: duckdb.DuckDBPyConnection, catalogue: str) -> bool:
    """Return whether the last build made all models: sums of numbers differ then."""
    (is_full,) = connection.sql(
        f"select is_full from {sql_name(catalogue)}.main.last_run"
    ).fetchone()
    return is_full


def _is_alike(connection: duckdb.DuckDBPyConnection, block_size: int) -> bool:
    """Return whether this version, and this DuckDB, would write such a database."""
    rows = connection.execute(
        "select layout, carbonshed_version, duckdb_version = version(), block_size"
        f" from {sql_name(_EARLIER)}.marts.publication"
        " cross join pragma_database_size() where database_name = $earlier"
        " and free_blocks <= $max_unused * total_blocks",
        {"earlier": _EARLIER, "max_unused": _MAX_UNUSED},
    ).fetchall()
    return rows == [(versions.PUBLICATION, __version__, True, block_size)]


def _columns(
    connection: duckdb.DuckDBPyConnection, catalogue: str
) -> dict[str, list[tuple[str, str, bool]]]:
    """Return names and types of the columns of each mart, and whether NULL may be."""
    rows = connection.execute(
        "select table_name, list((column_name, data_type, is_nullable)"
        " order by column_index) from duckdb_columns()"
        " where database_name = ? and schema_name = 'marts' group by all",
        [catalogue],
    ).fetchall()
    return dict(rows)


def _keyed(
    columns: list[tuple[str, str, bool]], keys: Keys
) -> list[tuple[str, str, bool]]:
    """Return columns with a primary key, which forbids NULL."""
    primary = {name for kind, names in keys if kind == "PRIMARY KEY" for name in names}
    return [
        (name, kind, is_nullable and name not in primary)
        for name, kind, is_nullable in columns
    ]


def _content(
    connection: duckdb.DuckDBPyConnection,
    catalogue: str,
    mart: str,
    columns: Collection[tuple[str, str, bool]],
) -> tuple[int, int]:
    """Return the number of rows, and a sum that is another after any change of them.

    Each row is hashed with its place, and that hashed again: the hash of several
    columns is linear in the last, so that its sum alone could miss an exchange.
    """
    names = ", ".join(sql_name(name) for name, *_ in columns)
    return connection.sql(
        f"select count(*), coalesce(sum(hash(hash(rowid, {names}))::hugeint), 0)"
        f" from {sql_name(catalogue)}.marts.{sql_name(mart)}"
    ).fetchone()


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
