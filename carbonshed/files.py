"""Files and folders replaced whole, locks that end with their process, shipped rows."""

import csv
import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path

import psutil

UNFINISHED = ".partial-"  # between a name and the process that writes it


class LockHeldError(Exception):
    """A lock that another process has; the text says which one, and since when."""


class FileLock:
    """A lock on `path` that the kernel drops when its process ends, however it ends.

    A killed writer therefore never blocks the next one. The file says who has the lock,
    and is removed when it is released.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._handle: int | None = None

    def acquire(self, *, wait: bool = False) -> None:
        """Take the lock, at once or after its holder has released it.

        Raises
        ------
        LockHeldError
            If another process has it and this one does not wait.
        OSError
            If the file cannot be made.
        """
        how = fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB
        while self._handle is None:
            handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o666)
            try:
                fcntl.flock(handle, how)
                # its last holder may have removed the file meanwhile
                if self._is_of(handle):
                    self._handle = handle
            except BlockingIOError:
                holder = os.pread(handle, 100, 0).decode("utf-8", "replace")
                raise LockHeldError(holder or "another process") from None
            finally:
                if self._handle is None:
                    os.close(handle)
        now = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC"
        with suppress(OSError):  # a full disk
            os.ftruncate(self._handle, 0)
            os.pwrite(self._handle, f"process {os.getpid()}, since {now}".encode(), 0)

    def release(self) -> None:
        """Give the lock back, if it is held, and remove its file."""
        if self._handle is not None:
            # before the release: who waits for it then notices that the file is gone
            self._path.unlink(missing_ok=True)
            os.close(self._handle)
            self._handle = None

    def _is_of(self, handle: int) -> bool:
        """Return whether an open file is the one at the path."""
        try:
            return os.path.samestat(os.fstat(handle), self._path.stat())
        except OSError:
            return False


class Disk:
    """The calls on which it depends whether files outlive a full disk or a power cut.

    A test puts another one at `disk`, which fails, or forgets what was not synced.
    """

    @contextmanager
    def writing(self, path: Path) -> Iterator[Path]:
        """Yield a file to write to, by whatever library."""
        yield path

    def sync(self, path: Path) -> None:
        """Make sure that a file, or the list of names in a folder, is on disk."""
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

    def rename(self, path: Path, target: Path) -> None:
        """Rename a file or a folder, and replace the target."""
        path.replace(target)


disk = Disk()


def writing(path: Path) -> AbstractContextManager[Path]:
    """Yield a file to write to, by whatever library."""
    return disk.writing(path)


def sync(path: Path) -> None:
    """Make sure that `path`, a file or the list of names in a folder, is on disk."""
    disk.sync(path)


def rename(path: Path, target: Path) -> None:
    """Rename a file or a folder, and replace the target."""
    disk.rename(path, target)


def make_folder(path: Path) -> None:
    """Make a folder and those above it, all of which outlive a power cut."""
    missing = [folder for folder in (path, *path.parents) if not folder.exists()]
    path.mkdir(parents=True, exist_ok=True)
    for folder in reversed(missing):
        sync(folder.parent)


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a path to write to; `path` becomes it at the end, or stays as it was.

    Unfinished files of it, left by processes that were killed, are removed first.
    """
    for file in _unfinished(path):
        file.unlink(missing_ok=True)
    partial = path.with_name(f"{path.name}{UNFINISHED}{os.getpid()}")
    try:
        with writing(partial):
            yield partial
        sync(partial)
        rename(partial, path)
        sync(path.parent)
    finally:
        partial.unlink(missing_ok=True)


def _unfinished(path: Path) -> Iterator[Path]:
    """Yield the unfinished files of `path` whose processes have ended."""
    for file in path.parent.iterdir():
        name, _, process = file.name.rpartition(UNFINISHED)
        is_unfinished = name == path.name and process.isdecimal()
        if is_unfinished and not psutil.pid_exists(int(process)):
            yield file


def write_whole(path: Path, text: str) -> None:
    """Write a small file whole or not at all."""
    with replacing(path) as partial:
        partial.write_text(text, encoding="utf-8")


def replace_folder(path: Path, new: Path) -> None:
    """Put the folder `new` in the place of `path`; both are in the same folder.

    An earlier folder steps aside as ``.NAME.previous``. Between the two renames there
    is nothing at `path`; `recover_folder` puts back what a killed process left aside.
    """
    if path.exists():
        rename(path, previous_folder(path))
    rename(new, path)
    sync(path.parent)
    remove_folder(previous_folder(path))


@contextmanager
def folder_replacing(path: Path) -> Iterator[Path]:
    """Yield an empty folder that takes the place of `path` if the block ends well.

    Until then it is called ``.NAME.partial``, and an earlier folder stays. Whatever a
    process that was killed left behind is undone or finished first.

    Raises
    ------
    LockHeldError
        If another process writes the folder.
    OSError
        If it cannot be written.
    """
    partial = path.with_name(f".{path.name}.partial")
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(path.with_name(f".{path.name}.lock"))
    lock.acquire()
    try:
        recover_folder(path)
        if partial.exists():
            shutil.rmtree(partial)
        partial.mkdir()
        yield partial
        replace_folder(path, partial)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
        lock.release()


def recover_folder(path: Path) -> None:
    """Undo or finish a `replace_folder` whose process was killed."""
    previous = previous_folder(path)
    if path.exists():
        remove_folder(previous)
    elif previous.exists():
        rename(previous, path)


def previous_folder(path: Path) -> Path:
    """Return the name of an earlier folder while it is replaced."""
    return path.with_name(f".{path.name}.previous")


def remove_folder(path: Path) -> None:
    """Remove a folder, or a link to one, as far as that is permitted."""
    if path.is_symlink():
        path.unlink()
    else:
        shutil.rmtree(path, ignore_errors=True)


def shipped_rows(package: str, name: str) -> list[dict[str, str]]:
    """Return the rows of a CSV file that a package ships, every field as text."""
    file = resources.files(package) / name
    with file.open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))
