"""Files and folders replaced whole, locks that end with their process, shipped rows."""

import csv
import os
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from importlib import resources
from pathlib import Path

import filelock
import psutil

LockHeldError = filelock.Timeout
UNFINISHED = ".partial-"  # between a name and the process that writes it


class FileLock:
    """A lock on `path` that the kernel drops when its process ends, however it ends.

    A killed writer therefore never blocks the next one. The file is removed when the
    lock is released.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        # a soft lock, filelock's way out without flock, would outlive its process
        self._lock = filelock.FileLock(
            path, thread_local=False, fallback_to_soft=False, poll_interval=0.1
        )

    def acquire(self, *, wait: bool = False) -> None:
        """Take the lock, at once or after its holder has released it.

        Raises
        ------
        LockHeldError
            If another process has it and this one does not wait.
        OSError
            If the file cannot be made.
        """
        self._lock.acquire(timeout=-1 if wait else 0)

    def release(self) -> None:
        """Give the lock back, if it is held, and remove its file."""
        if self._lock.is_locked:
            # before the release: filelock notices a file that was removed
            self._path.unlink(missing_ok=True)
            self._lock.release()


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
