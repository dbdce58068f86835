"""Calls to pymrio: its warnings are kept, its errors become refusals."""

import os
import warnings
import zipfile
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

from carbonshed.errors import CarbonshedError
from carbonshed.io_errors import need_file
from carbonshed.readers.files.extras import need_module
from carbonshed.text import listing

EXTRA = "world"

# earlier versions state Eora26 in millions of USD, which is wrong by 1,000
_OLDEST = (0, 7)


def need_pymrio(what: str) -> ModuleType:
    """Return pymrio."""
    pymrio = need_module("pymrio", EXTRA, what)
    found = getattr(pymrio, "__version__", "0")
    parts = [int(part) for part in found.split(".")[:2] if part.isdigit()]
    if tuple(parts) < _OLDEST:
        raise CarbonshedError(
            f"{what} needs pymrio 0.7 or later, found {found}: up to 0.6.3 it says "
            "that Eora26 is in millions of USD, while it is in thousands; pip install "
            f"'carbonshed[{EXTRA}]'"
        )
    return pymrio


def parsed(
    function: Callable[..., Any], *arguments: Any, where: str, **options: Any
) -> tuple[Any, list[str]]:
    """Call a parser.

    Returns
    -------
    system
        What the parser returns.
    warned : list of str
        Its warnings; some of them name missing data.
    """
    with warnings.catch_warnings(record=True) as caught, _no_chatter():
        warnings.simplefilter("always")
        try:
            system = function(*arguments, **options)
        except MemoryError:
            raise CarbonshedError(
                f"{where}: not enough memory for the matrices of this table"
            ) from None
        except Exception as error:  # a parser may raise anything on a wrong file
            raise CarbonshedError(
                f"{where}: pymrio's parser cannot read it: {_reason(error)}"
            ) from None
    wanted = [w for w in caught if not issubclass(w.category, _IRRELEVANT)]
    return system, list(dict.fromkeys(str(w.message) for w in wanted))


_IRRELEVANT = (DeprecationWarning, FutureWarning, ResourceWarning, ImportWarning)


def _reason(error: Exception) -> str:
    text = " ".join(str(error).split())
    text = text if len(text) <= 200 else f"{text[:197]}..."
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


@contextmanager
def _no_chatter():
    """Disable logging while a parser runs."""
    import logging

    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(before)


def need_source(source: Path, what: str) -> None:
    """Refuse a source that is not there, and one with a pipe or a device in it."""
    if not source.exists():
        raise CarbonshedError(f"{source}: no such file or folder; expected {what}")
    # the parser opens files of the folder by itself
    for folder, _, names in os.walk(source):
        for path in (Path(folder, name) for name in names):
            if path.exists():
                need_file(path)


def need_files(folder: Path, names: list[str], where: str) -> None:
    """Refuse a folder that lacks a file."""
    missing = [name for name in names if not (folder / name).is_file()]
    if missing:
        raise CarbonshedError(
            f"{where}: {folder} has no {', '.join(missing)}; it has {contents(folder)}"
        )


def contents(folder: Path) -> str:
    """Return what a folder holds, for a message."""
    names = sorted(path.name for path in folder.iterdir())
    return listing(names, 12, empty="nothing")


def agreed_year(
    found: list[int],
    given: int | None,
    where: str,
    *,
    said_by: str = "the file name",
    lack: str = "the file name tells no year",
) -> int:
    """Return the year, from the source or the user; refuse two that differ.

    Parameters
    ----------
    found
        The years that the source names.
    given
        The option --year.
    where
        Reader and source, to begin messages with.
    said_by
        What names the years.
    lack
        What to say if it names none, or several.
    """
    if given is None:
        if len(found) == 1:
            return found[0]
        raise CarbonshedError(f"{where}: {lack}; give --year")
    if found and given not in found:
        raise CarbonshedError(f"{where}: --year {given}, but {said_by} says {found[0]}")
    return given


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
