"""The right to change a dataset, or what is made of it: one process has it at a time.

Who ingests, makes, builds or removes a dataset asks for it before the first look, and
keeps it until the end. Who reads what is published does not ask.
"""

import errno
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from carbonshed.errors import CarbonshedError
from carbonshed.files import FileLock, LockHeldError, make_folder
from carbonshed.paths import data_dir

_READ_ONLY = (errno.EACCES, errno.EROFS)
_held: dict[Path, FileLock] = {}  # by this process


@contextmanager
def sole_use(name: str) -> Iterator[None]:
    """Keep other processes from changing a dataset, and what is made of it.

    Nothing more is asked for within a block that has it. A folder of datasets that may
    only be read needs no lock.

    Raises
    ------
    CarbonshedError
        If another process has it, or datasets cannot be written.
    """
    folder, path = data_dir(), _path(name)
    if path in _held:
        yield
        return
    is_new = not folder.exists()
    lock = FileLock(path)
    try:
        make_folder(folder)
        lock.acquire()
    except LockHeldError as holder:
        raise CarbonshedError(
            f"dataset {name!r} is in use by {holder}: wait until it has ended"
        ) from None
    except OSError as error:
        if not folder.is_dir() or error.errno not in _READ_ONLY:
            raise CarbonshedError(
                f"{folder}: cannot write datasets here: {error.strerror}"
            ) from None
    _held[path] = lock
    try:
        yield
    finally:
        del _held[path]
        lock.release()
        if is_new:
            with suppress(OSError):  # there is something in it
                folder.rmdir()


def _path(name: str) -> Path:
    return data_dir() / f".{name}.lock"
