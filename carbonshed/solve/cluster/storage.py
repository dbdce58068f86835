"""Storage that workers share with this machine: a folder, or object storage.

Object storage is reached through fsspec, which comes with Dask, and a driver for it:
s3fs, gcsfs, adlfs. An object appears whole or not at all.
"""

import errno
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import distributed
import duckdb
import fsspec

from carbonshed.errors import CarbonshedError
from carbonshed.files import rename, sync
from carbonshed.io_errors import explain_write_error, first_line
from carbonshed.progress import Message
from carbonshed.text import is_url, size_text

OVERHEAD_BYTES = 150_000_000  # a worker's driver and read-ahead
# s3fs would read 50 MB ahead, of each file in each thread
_OPTIONS = {"s3": {"default_block_size": 8_000_000}}


@contextmanager
def reached(url: str) -> Iterator[tuple[fsspec.AbstractFileSystem, str]]:
    """Yield the file system of a URL, and its path there."""
    try:
        protocol, _, _ = url.partition("://")
        system, path = fsspec.core.url_to_fs(url, **_OPTIONS.get(protocol, {}))
        system.invalidate_cache()  # others write there too
        yield system, path
    except Exception as error:  # every driver raises its own errors
        if getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT):
            raise  # the disk of this machine has failed
        reason = first_line(error)
        raise CarbonshedError(
            f"{url}: object storage cannot be used: {reason}; on workers and here its"
            " driver (s3fs, gcsfs, adlfs) must be installed, and find credentials"
        ) from None


def exists(address: str) -> bool:
    """Return whether a file or folder is there."""
    if not is_url(address):
        return Path(address).exists()
    with reached(address) as (system, path):
        return system.exists(path)


def connect_to(session: duckdb.DuckDBPyConnection, address: str) -> None:
    """Let DuckDB read the object storage of an address, if it is a URL."""
    if is_url(address):
        with reached(address) as (system, _):
            session.register_filesystem(system)


def copied(file: Path, folder: str, note: Message) -> str:
    """Copy a file to object storage unless it is there, and return its URL.

    Earlier states of the file are removed, and `note` is told what is copied.
    """
    status = file.stat()
    name = f"{file.stem}-{status.st_size}-{status.st_mtime_ns}{file.suffix}"
    with reached(folder) as (system, path):
        files = system.find(path)
        if f"{path}/{name}" not in files:
            note(f"copying {file.name}, {size_text(status.st_size)}, to {folder}")
            system.put_file(str(file), f"{path}/{name}")
        for stored in files:
            other = Path(stored)
            if other.stem.rsplit("-", 2)[0] == file.stem and other.name != name:
                system.rm_file(stored)
    return f"{folder}/{name}"


def of_data(shared: str, dataset: str) -> str:
    """Return the URL for files of a dataset."""
    return f"{shared}/{dataset}/data"


@contextmanager
def results_of(shared: str, dataset: str) -> Iterator[str]:
    """Yield the URL of a folder for results, which is removed at the end."""
    results = f"{shared}/{dataset}/solved"
    _remove(results)  # a killed run may have left some
    try:
        # the name differs each time: see `SolveStore.writing`
        yield f"{results}/{uuid.uuid4().hex[:8]}"
    finally:
        with suppress(CarbonshedError):
            _remove(results)


def _remove(folder: str) -> None:
    with reached(folder) as (system, path):
        if system.exists(path):
            system.rm(path, recursive=True)


@contextmanager
def storing(address: str) -> Iterator[Path]:
    """Yield, on a worker, a folder to write to; in the end its files go to the address.

    Each gets its name there when it is whole: a task may run twice.
    """
    home = Path(
        distributed.get_worker().local_directory if is_url(address) else address
    )
    with (
        explain_write_error("solved tables", home / "*", home),
        tempfile.TemporaryDirectory(
            prefix=".", dir=home, ignore_cleanup_errors=True
        ) as name,
    ):
        folder = Path(name)
        yield folder
        for file in folder.iterdir():
            if is_url(address):
                with reached(address) as (system, path):
                    system.put_file(str(file), f"{path}/{file.name}")
            else:
                sync(file)
                rename(file, Path(address) / file.name)


def fetch(address: str, folder: Path) -> int:
    """Copy files to a folder of this machine, and return their number."""
    with reached(address) as (system, path):
        files = system.find(path)
        for stored in files:
            system.get_file(stored, str(folder / Path(stored).name))
    return len(files)
