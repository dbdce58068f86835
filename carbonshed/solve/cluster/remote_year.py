"""A year as workers read it: large tables from files that all see, others as sent.

Files lie in a shared folder or in object storage, which is reached through fsspec,
which comes with Dask, and a driver: s3fs, gcsfs, adlfs. An object appears whole or not
at all.
"""

import errno
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

import distributed
import duckdb
import fsspec
import pyarrow as pa
import pyarrow.parquet as pq

from carbonshed.errors import CarbonshedError
from carbonshed.files import rename, sync
from carbonshed.io_errors import explain_write_error, first_line
from carbonshed.progress import Message
from carbonshed.solve.cells import CellFiles
from carbonshed.solve.relations import Relations
from carbonshed.solve.year_system import Settings, YearSystem
from carbonshed.text import is_url, size_text, sql_text

STORAGE_OVERHEAD_BYTES = 150_000_000  # a worker's driver and read-ahead
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


# too large to be sent: workers read these from the files of the dataset
_FROM_FILES = ("transactions", "final_demand")
_BY_YEAR = (
    "exports",
    "sector_output",
    "intensities",
    "neighbour_intensities",
    "covered_intensities",
    "imports",
    "imported_products",
)
_DIMENSIONS = ("regions", "categories", "sectors")


@dataclass(frozen=True)
class RemoteYear:
    """A year's relations: large ones by the names of files, small ones by their rows.

    Attributes
    ----------
    files : paths or URLs, by relation
    currency_unit : units of currency per unit of the files' amounts
    sent : the other relations, of this year, as Parquet
    labels : region and category of every column of final demand
    settings : as of `YearSystem`
    """

    year: int
    files: dict[str, str]
    currency_unit: float
    sent: dict[str, bytes]
    labels: list[tuple[str, str]]
    settings: Settings

    def in_storage(self, folder: str, note: Message) -> "RemoteYear":
        """Return the same year with its files in object storage, at the URL `folder`.

        A file that is not there is copied, which is noted.
        """
        urls = {
            name: copied(Path(file), folder, note) for name, file in self.files.items()
        }
        return replace(self, files=urls)

    def open(self) -> YearSystem:
        """Return the system of the year on a connection of this process."""
        session = duckdb.connect()
        session.execute("set enable_external_file_cache = false")
        session.execute("set enable_progress_bar = false")
        connect_to(session, self.files["transactions"])
        unit = f"{sql_text(self.currency_unit)}::double"
        relations = {
            name: session.sql(
                f"select * exclude (value), value * {unit} as amount"
                f" from read_parquet({sql_text(self.files[name])})"
            )
            for name in _FROM_FILES
        }
        for name, rows in self.sent.items():
            session.from_arrow(pq.read_table(pa.BufferReader(rows))).create(name)
            relations[name] = session.table(name)
        return YearSystem(
            Relations(session=session, **relations, files=self._cell_files()),
            self.year,
            self.settings,
            self.labels,
        )

    def _cell_files(self) -> CellFiles:
        names, filesystem = [self.files[name] for name in _FROM_FILES], None
        for position, address in enumerate(names):
            if is_url(address):
                with reached(address) as (filesystem, path):
                    names[position] = path
        return CellFiles(*names, self.currency_unit, filesystem)


def remote_year(system: YearSystem) -> RemoteYear:
    """Return a system as workers open it, with files of the dataset's folder."""
    relations, year = system.relations, system.year
    sent = {}
    for name in (*_BY_YEAR, *_DIMENSIONS):
        rows = getattr(relations, name)
        if name in _BY_YEAR:
            rows = rows.filter(f"year = {year}")
        # Arrow's own buffers arrive unaligned
        buffer = pa.BufferOutputStream()
        pq.write_table(rows.to_arrow_table(), buffer)
        sent[name] = buffer.getvalue().to_pybytes()
    return RemoteYear(
        year,
        {name: getattr(relations.files, name) for name in _FROM_FILES},
        relations.files.unit,
        sent,
        system.labels,
        system.settings,
    )
