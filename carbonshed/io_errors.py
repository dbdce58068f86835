"""Errors of the file system as refusals."""

import errno
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa

from carbonshed.errors import CarbonshedError
from carbonshed.text import first_line

TEMP_VARIABLE = "CARBONSHED_TEMP_DIR"
_LARGEST_TEXT = 1 << 28  # bytes: of a descriptor, a map or scenarios


@contextmanager
def explain_write_error(
    what: str, partial: Path, scratch: Path, remedy: str = ""
) -> Iterator[None]:
    """Turn the error of a full or failing disk into a refusal that names it.

    `remedy` is a further one, besides free space.
    """
    try:
        yield
    except (OSError, pa.ArrowException, duckdb.Error) as error:
        text = str(error)
        is_full = (
            getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT)
            or "No space left" in text
            or "max_temp_directory_size" in text
            or "failed to offload" in text
        )
        if is_full:
            raise CarbonshedError(
                f"{what}: no space left on the disk of {partial.parent} or of {scratch}"
                f"; free some, or name a larger disk for temporary files in "
                f"{TEMP_VARIABLE}{remedy and f', or {remedy}'}"
            ) from None
        reason = first_line(error)
        raise CarbonshedError(
            f"{what}: cannot be stored in {partial.parent}: {reason}"
        ) from None


@contextmanager
def explain_read_error(source: Path) -> Iterator[None]:
    """Turn an error while reading a file into a refusal that names it."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or error
        raise CarbonshedError(
            f"{error.filename or source}: cannot be read: {reason}"
        ) from None


def need_file(path: Path, expected: str = "a file") -> os.stat_result:
    """Return the status of a file, and refuse anything else before it is opened.

    A link counts as the file that it leads to. `expected` is the kind of file, for the
    message. A process that opens a pipe waits for ever, so pipes are refused too.
    """
    try:
        status = path.stat()
    except (OSError, ValueError) as error:  # ValueError: a null character in the name
        reason = getattr(error, "strerror", None) or error
        raise CarbonshedError(f"{path}: cannot be read: {reason}") from None
    if not stat.S_ISREG(status.st_mode):
        kind = "a folder" if stat.S_ISDIR(status.st_mode) else "a pipe or a device"
        raise CarbonshedError(f"{path}: is {kind}; expected {expected}")
    return status


def read_text(path: Path) -> str:
    """Return the text of a small UTF-8 file, without a byte order mark.

    Raises
    ------
    CarbonshedError
        If it is no file or a very large one, cannot be read, or is not UTF-8; the
        message names the line.
    """
    try:
        status = need_file(path)
        if status.st_size > _LARGEST_TEXT:
            raise CarbonshedError(
                f"{path}: has {status.st_size:,} bytes; expected a text of"
                f" {_LARGEST_TEXT:,} at most"
            )
        content = path.read_bytes()
    except OSError as error:
        raise CarbonshedError(f"{path}: cannot be read: {error.strerror}") from None
    return decode_utf8(content, path.name, "save the file as UTF-8")


def decode_utf8(content: bytes, source: str, remedy: str) -> str:
    """Return a text without a byte order mark; a refusal names the line."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise CarbonshedError(f"{source}: line {line} is not UTF-8; {remedy}") from None


@contextmanager
def scratch_folder(partial: Path) -> Iterator[Path]:
    """Yield a folder for temporary files, on the disk of the dataset by default."""
    chosen = os.environ.get(TEMP_VARIABLE)
    try:
        scratch = Path(
            tempfile.mkdtemp(
                prefix="carbonshed-" if chosen else "scratch-", dir=chosen or partial
            )
        )
    except OSError as error:
        raise CarbonshedError(
            f"{chosen or partial}: no temporary folder can be made here "
            f"({error.strerror}); {TEMP_VARIABLE} names another place"
        ) from None
    try:
        yield scratch
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
