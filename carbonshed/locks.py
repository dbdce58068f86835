"""One writer per dataset: a lock that ends with its process."""

import fcntl
import os
from pathlib import Path


class LockHeldError(Exception):
    """Another process holds the lock."""


class FileLock:
    """An advisory lock on `path`; the file is removed when the lock is released.

    The kernel drops the lock when its process ends, however it ends, so a killed
    writer never blocks the next one.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._handle: int | None = None

    def acquire(self) -> None:
        """Take the lock.

        Raises
        ------
        LockHeldError
            If another process holds it.
        """
        while self._handle is None:
            handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o644)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                os.close(handle)
                raise LockHeldError(str(self._path)) from None
            # the last holder may have removed the file between our two calls:
            # then this is a lock on a file that nobody else can see
            if self._is_current(handle):
                self._handle = handle
            else:
                os.close(handle)

    def release(self) -> None:
        """Give the lock back and remove its file."""
        if self._handle is not None:
            self._path.unlink(missing_ok=True)
            os.close(self._handle)
            self._handle = None

    def _is_current(self, handle: int) -> bool:
        try:
            return os.path.samestat(os.fstat(handle), self._path.stat())
        except FileNotFoundError:
            return False
