"""A build happens beside the warehouse and takes its place when it is whole.

dbt commits model by model, so a build that fails or is killed half way would
leave a warehouse of two ages. Here each run writes a file of its own, in
``warehouse/.building/``, which replaces ``warehouse/NAME.duckdb`` by one rename.
Readers that hold the earlier file open go on undisturbed.
"""

import atexit
import fcntl
import os
import shutil
import tempfile
from pathlib import Path

from carbonshed.files import sync

WORKSHOP = ".building"
_AT_A_TIME = 1 << 30  # bytes


class BuildFile:
    """The file that one run writes, and its way into the warehouse.

    Parameters
    ----------
    warehouse : Path
        ``warehouse/NAME.duckdb``. The build file has the same name, because
        DuckDB calls the catalogue after it and views store that name.
    """

    def __init__(self, warehouse: Path) -> None:
        self.warehouse = warehouse
        workshop = warehouse.parent / WORKSHOP
        workshop.mkdir(parents=True, exist_ok=True)
        self._failed = workshop / "failed" / warehouse.name
        _sweep(workshop)
        self.folder = Path(tempfile.mkdtemp(prefix="run-", dir=workshop))
        self.path = self.folder / warehouse.name
        # held as long as the process lives: tells a running build from a dead one
        self._lock = (self.folder / "lock").open("w")
        fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # a run that could not even be finished, on a full disk, leaves nothing
        atexit.register(self.discard)

    @property
    def has_failed(self) -> bool:
        """Whether the build before this one has left an unfinished file."""
        return self._failed.exists()

    def earlier(self) -> list[Path]:
        """Return what may hold results worth taking over, the latest first."""
        return [path for path in (self._failed, self.warehouse) if path.exists()]

    def start_from_warehouse(self) -> None:
        """Begin with what the warehouse holds, for a run of some models only."""
        _copy(self.warehouse, self.path)

    def start_from_failed(self) -> None:
        """Begin with what the last failed build left, for ``dbt retry``."""
        _copy(self._failed, self.path)

    def publish(self) -> None:
        """Put the finished file in the warehouse's place.

        The caller has made a checkpoint: there is no write-ahead log to move.
        """
        sync(self.path)
        # a log left by a crashed client belongs to the earlier file
        _log(self.warehouse).unlink(missing_ok=True)
        self.path.replace(self.warehouse)
        self._failed.unlink(missing_ok=True)
        self.discard()

    def discard(self) -> None:
        """Remove the file of a run that was refused before it began."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def keep_failed(self) -> Path:
        """Keep the unfinished file for a look and for ``dbt retry``."""
        self._failed.parent.mkdir(exist_ok=True)
        self.path.replace(self._failed)
        self.discard()
        return self._failed


def _log(database: Path) -> Path:
    return database.with_name(database.name + ".wal")


def _copy(source: Path, target: Path) -> None:
    for one, other in ((source, target), (_log(source), _log(target))):
        if one.exists():
            _clone(one, other)


def _clone(source: Path, target: Path) -> None:
    """Copy a file; where the file system can, it shares the blocks instead."""
    try:
        with source.open("rb") as reader, target.open("wb") as writer:
            while os.copy_file_range(reader.fileno(), writer.fileno(), _AT_A_TIME):
                pass
    except (AttributeError, OSError):  # not Linux, or not this file system
        shutil.copyfile(source, target)


def _sweep(workshop: Path) -> None:
    """Remove what killed runs have left."""
    for folder in workshop.glob("run-*"):
        try:
            with (folder / "lock").open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
        except OSError:  # running, or swept by another at this moment
            continue


def unfinished_run(warehouse: Path) -> str | None:
    """Return whether a run on a warehouse is ``running`` or was ``killed``, or None."""
    found = None
    for database in (warehouse.parent / WORKSHOP).glob(f"run-*/{warehouse.name}"):
        try:
            with (database.parent / "lock").open() as lock:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
                found = "killed"
        except FileNotFoundError:  # it ended at this moment
            continue
        except OSError:
            return "running"
    return found
