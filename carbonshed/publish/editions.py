"""Editions: what readers open, and how a new one takes the place of the last.

::

    warehouse/published/
        NAME.duckdb          -> .NAME/current/NAME.duckdb
        NAME.previous.duckdb -> .NAME/current/previous/NAME.duckdb
        NAME                 -> .NAME/current/parquet
        .NAME/
            current          -> EDITION
            EDITION/         NAME.duckdb, parquet/, what_if/, SHA256SUMS,
                             previous -> ../EARLIER

An edition is a folder that is never changed once it is complete. The link ``current``
is replaced by one rename, and with it everything that readers see: database, Parquet
and the earlier database belong together at every moment. An edition without a link to
it is removed when the next one is begun, and not before: a reader that has just
followed a link can still open its target.
"""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from carbonshed.checksums import LIST, write_checksums
from carbonshed.errors import CarbonshedError
from carbonshed.files import FileLock, LockHeldError, make_folder, rename, sync
from carbonshed.progress import Message, no_message

PUBLISHED = "published"
PREVIOUS = "previous"  # a link in an edition to the one before
INPUTS = "inputs.duckdb"  # for scenarios; see `scenario_inputs`


def published_database(warehouse: Path) -> Path:
    """Return the path of the published copy of ``warehouse/NAME.duckdb``."""
    return warehouse.parent / PUBLISHED / warehouse.name


def published_parquet(warehouse: Path) -> Path:
    """Return the path of its folder of Parquet files."""
    return warehouse.parent / PUBLISHED / warehouse.stem


def what_if_folder(edition: Path) -> Path:
    """Return the path of an edition's inputs of scenarios, which it may lack."""
    return edition / "what_if"


def published_editions(warehouse: Path) -> list[Path]:
    """Return the folders of what is published, and of what was before."""
    current = warehouse.parent / PUBLISHED / f".{warehouse.stem}" / "current"
    links = (current, current / PREVIOUS)
    return [link.resolve() for link in links if link.is_dir()]


def files_of_edition(folder: Path, name: str) -> set[str]:
    """Return the files that an edition must have, as seen from its folder.

    If its database cannot be read, the database alone.
    """
    database = folder / f"{name}.duckdb"
    what_if = what_if_folder(folder)
    files = {database}
    if what_if.is_dir():
        files.add(what_if / INPUTS)
    try:
        with duckdb.connect(database, read_only=True) as connection:
            rows = connection.execute(
                "select table_name from duckdb_tables() where schema_name = 'marts'"
            ).fetchall()
            files |= {folder / "parquet" / f"{table}.parquet" for (table,) in rows}
            if what_if.is_dir():
                years = connection.execute(
                    "select distinct year from marts.regional_accounts"
                ).fetchall()
                for (year,) in years:
                    files |= _solved_of(what_if, year)
    except duckdb.Error:  # which its checksum will say
        pass
    return {str(file.relative_to(folder)) for file in files}


def _solved_of(what_if: Path, year: int) -> set[Path]:
    """Return the solved tables of a year: one, or the parts of a cluster."""
    whole = what_if / f"embodied_output.{year}.parquet"
    return {*what_if.glob(f"embodied_output.{year}.*parquet")} or {whole}


class Edition:
    """One edition of ``warehouse/NAME.duckdb`` in the making; there is one at a time.

    `progress` takes a message if another process is publishing and this one waits.
    Refused if something else stands where a link must be.
    """

    def __init__(self, warehouse: Path, progress: Message = no_message) -> None:
        name = warehouse.stem
        shelf = warehouse.parent / PUBLISHED
        self._editions = shelf / f".{name}"
        self._current = self._editions / "current"
        inside = Path(self._editions.name) / "current"
        self._links = {
            shelf / f"{name}.duckdb": inside / f"{name}.duckdb",
            shelf / name: inside / "parquet",
        }
        self._previous_link = {
            shelf / f"{name}.previous.duckdb": inside / PREVIOUS / f"{name}.duckdb"
        }
        make_folder(self._editions)
        self._lock = FileLock(self._editions / "lock")
        self._is_published = False
        self._wait_for_turn(progress)
        self.folder = self._editions / f"{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}"
        self.database = self.folder / f"{name}.duckdb"
        self.parquet = self.folder / "parquet"
        self.what_if = what_if_folder(self.folder)
        try:
            self._refuse_what_is_no_link()
            self._remove_stale()
            self.parquet.mkdir(parents=True)
        except BaseException:
            self.discard()
            raise

    @property
    def name(self) -> str:
        """Its own name; later editions sort after earlier ones."""
        return self.folder.name

    @property
    def earlier_database(self) -> Path | None:
        """The database that readers have, if they have one."""
        earlier = self._edition_of(self._current)
        return None if earlier is None else earlier / self.database.name

    def publish(self) -> None:
        """Put the complete edition before readers, from one moment to the next."""
        files = [self.database, *sorted(self.parquet.iterdir())]
        for file in files:
            file.chmod(file.stat().st_mode & ~0o222)
        earlier = self._edition_of(self._current)
        if earlier is not None:
            (self.folder / PREVIOUS).symlink_to(Path("..") / earlier.name)
        kept = [*self.what_if.glob("*"), self.what_if] if self.what_if.is_dir() else []
        sums = self.folder / LIST
        write_checksums([*files, *kept[:-1]], sums)
        for path in (*files, *kept, sums, self.parquet, self.folder, self._editions):
            sync(path)
        # before the first edition these lead nowhere, so that they appear together
        for link, target in {
            **self._links,
            **(self._previous_link if earlier is not None else {}),
        }.items():
            self._point(link, target)
        self._point(self._current, Path(self.name))
        self._is_published = True
        sync(self._editions.parent)
        sync(self._editions)
        self._lock.release()

    def discard(self) -> None:
        """Remove what was not published; the publication is unchanged."""
        if not self._is_published:
            shutil.rmtree(self.folder, ignore_errors=True)
        self._lock.release()

    def _wait_for_turn(self, progress: Message) -> None:
        try:
            self._lock.acquire()
        except LockHeldError:
            progress("another process is publishing this dataset: waiting for it")
            self._lock.acquire(wait=True)

    def _refuse_what_is_no_link(self) -> None:
        for link in (*self._links, *self._previous_link):
            if link.exists() and not link.is_symlink():
                msg = (
                    f"{link} is not a link to an edition, so it is not from here:"
                    " move it away, then publish again"
                )
                raise CarbonshedError(msg)

    def _point(self, link: Path, target: Path) -> None:
        """Let `link` lead to `target`; there is no moment without a link."""
        if link.is_symlink() and link.readlink() == target:
            return
        new = self._editions / "new link"
        new.unlink(missing_ok=True)
        new.symlink_to(target)
        rename(new, link)

    def _edition_of(self, link: Path) -> Path | None:
        """Return the edition a link leads to, if it is there."""
        folder = link.resolve()
        is_there = link.is_symlink() and (folder / self.database.name).is_file()
        return folder if is_there else None

    def _remove_stale(self) -> None:
        """Remove editions without a link to them: older ones, and unfinished ones."""
        kept = {
            self._edition_of(self._current),
            self._edition_of(self._current / PREVIOUS),
        }
        for path in self._editions.iterdir():
            if path.is_symlink() or not path.is_dir():
                continue
            if path.resolve() not in kept:
                shutil.rmtree(path, ignore_errors=True)
