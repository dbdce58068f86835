"""A world table while it is read: its source, its year, and calls to pymrio.

Warnings of pymrio are kept; its errors become refusals.
"""

import os
import re
import warnings
import zipfile
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import IO, Any

import numpy as np

from carbonshed.errors import CarbonshedError
from carbonshed.io_errors import need_file
from carbonshed.progress import Progress
from carbonshed.readers.files import need_module
from carbonshed.readers.options import IngestOptions
from carbonshed.readers.world.core import numbers
from carbonshed.readers.world.formats import Publisher
from carbonshed.text import listing

EXTRA = "world"

# earlier versions state Eora26 in millions of USD, which is wrong by 1,000
_MIN_VERSION = (0, 7)
_MAX_NAMES_SHOWN = 12
_IRRELEVANT = (DeprecationWarning, FutureWarning, ResourceWarning, ImportWarning)


@dataclass(frozen=True)
class Reading:
    """The reading of one year of a publisher's table; `where` begins its messages."""

    publisher: Publisher
    source: Path
    options: IngestOptions
    progress: Progress
    year: int
    where: str
    pymrio: ModuleType

    def parse(
        self, parser: Callable[..., Any], *arguments: Any
    ) -> tuple[Any, list[str]]:
        """Return the system that a parser of pymrio reads, and its warnings."""
        self.progress(f"{self.where}: reading", 0.1)
        result = _call(parser, *arguments, where=self.where)
        self.progress(f"{self.where}: checking", 0.7)
        return result


def start_reading(
    publisher: Publisher, source: Path, options: IngestOptions, progress: Progress
) -> Reading:
    """Check the source, its year and pymrio before a table is read."""
    where = f"{publisher.form}: {source.name}"
    need_source(source, publisher.source)
    if publisher.is_folder and not source.is_dir():
        raise CarbonshedError(
            f"{where}: is a file; expected the folder that contains it: "
            f"{publisher.source}"
        )
    pymrio = need_pymrio(publisher.form)
    year = year_of(publisher, source, options.year, where)
    return Reading(publisher, source, options, progress, year, where, pymrio)


def year_of(publisher: Publisher, source: Path, option: int | None, where: str) -> int:
    """Return the year of a table, from the name of its file or the option --year."""
    matches = (re.findall(regex, source.name) for regex in publisher.year_patterns)
    years = next(filter(None, matches), [])
    missing = "is a folder" if source.is_dir() else "the file name has no year"
    return agreed_year(list(map(int, years)), option, where, missing=missing)


def agreed_year(
    years: list[int],
    option: int | None,
    where: str,
    *,
    missing: str,
    named_by: str = "the file name",
) -> int:
    """Return the year that a source names, or the option; refuse two that differ.

    `missing` is the message for a source that names no year, or several.
    """
    if option is None:
        if len(years) == 1:
            return years[0]
        raise CarbonshedError(f"{where}: {missing}; give --year")
    if years and option not in years:
        raise CarbonshedError(
            f"{where}: --year {option}, but {named_by} says {years[0]}"
        )
    return option


def need_pymrio(what: str) -> ModuleType:
    """Return pymrio."""
    pymrio = need_module("pymrio", EXTRA, what)
    version = getattr(pymrio, "__version__", "0")
    parts = [int(part) for part in version.split(".")[:2] if part.isdigit()]
    if tuple(parts) < _MIN_VERSION:
        raise CarbonshedError(
            f"{what} needs pymrio 0.7 or later, found {version}: up to 0.6.3 it says "
            "that Eora26 is in millions of USD, while it is in thousands; pip install "
            f"'carbonshed[{EXTRA}]'"
        )
    return pymrio


def parse_with(
    function: Callable[..., Any], *arguments: Any, where: str, **options: Any
) -> Any:
    """Return the result of a reading function; refuse a source that it cannot read."""
    return _call(function, *arguments, where=where, **options)[0]


def _call(
    function: Callable[..., Any], *arguments: Any, where: str, **options: Any
) -> tuple[Any, list[str]]:
    """Return the result of a parser, and its warnings: some name missing data."""
    with warnings.catch_warnings(record=True) as caught, _logging_disabled():
        warnings.simplefilter("always")
        try:
            result = function(*arguments, **options)
        except MemoryError:
            raise CarbonshedError(
                f"{where}: not enough memory for the matrices of this table"
            ) from None
        except Exception as error:  # a parser may raise anything on a wrong file
            raise CarbonshedError(
                f"{where}: pymrio's parser cannot read it: {_reason(error)}"
            ) from None
    relevant = [w for w in caught if not issubclass(w.category, _IRRELEVANT)]
    return result, list(dict.fromkeys(str(w.message) for w in relevant))


def _reason(error: Exception) -> str:
    text = " ".join(str(error).split())
    text = text if len(text) <= 200 else f"{text[:197]}..."
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


@contextmanager
def _logging_disabled():
    """Disable logging while a parser runs."""
    import logging

    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(before)


def need_source(source: Path, what: str) -> None:
    """Refuse a source that is missing, and one with a pipe or a device in it."""
    if not source.exists():
        raise CarbonshedError(f"{source}: no such file or folder; expected {what}")
    # the parser opens files of the folder by itself
    for folder, _, names in os.walk(source):
        for path in (Path(folder, name) for name in names):
            if path.exists():
                need_file(path)


def list_folder(folder: Path) -> str:
    """Return the names in a folder, for a message."""
    names = sorted(path.name for path in folder.iterdir())
    return listing(names, _MAX_NAMES_SHOWN, empty="nothing")


def check_zip(path: Path, where: str) -> list[str]:
    """Return the names in an archive."""
    need_file(path, "a zip file")
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.namelist()
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError) as error:
        size = path.stat().st_size
        raise CarbonshedError(
            f"{where}: {path.name} is not a complete zip file ({size:,} bytes: "
            f"{error}); download it again"
        ) from None


def names_in(container: Path, where: str) -> list[str]:
    """Return the names of the files in a folder or an archive."""
    if container.is_dir():
        return sorted(path.name for path in container.iterdir())
    return check_zip(container, where)


def open_member(container: Path, name: str) -> IO[bytes]:
    """Open a file of a folder or an archive."""
    if container.is_dir():
        return (container / name).open("rb")
    return zipfile.ZipFile(container).open(name)


def read_cells(
    file: IO[bytes],
    where: str,
    *,
    separator: str = ",",
    rows: list[int] | None = None,
    columns: list[int] | None = None,
) -> np.ndarray:
    """Return some rows or columns of a CSV file without labels, with 0 for NaN."""
    import pandas as pd

    if rows is not None and not rows:
        return np.zeros((0, 1))
    options: dict[str, Any] = {"sep": separator, "header": None}
    if rows is not None:
        chosen = set(rows)
        options |= {"skiprows": lambda k: k not in chosen, "nrows": len(rows)}
    if columns is not None:
        options["usecols"] = columns or [0]  # one column tells the number of rows
    with file:
        frame = parse_with(pd.read_csv, file, where=where, **options)
    values = np.nan_to_num(numbers(frame, where))
    return values if columns is None else values[:, : len(columns)]
