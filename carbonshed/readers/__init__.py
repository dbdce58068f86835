"""Readers: from a format of the world to the dataset contract."""

import importlib
from collections.abc import Callable
from pathlib import Path

from carbonshed.dataset import Dataset
from carbonshed.errors import CarbonshedError

Progress = Callable[[str, float], None]
Reader = Callable[[Path, str, Progress | None], Dataset]

# format -> module and function; a module is only loaded when its format is asked for
READERS = {"tidy": ("carbonshed.readers.tidy", "ingest_tidy")}


def reader_of(format_name: str) -> Reader:
    """Return the reader of a format.

    A reader takes the source, the name of the dataset and a callback that is told
    what is being read and the share of it that is done.

    Raises
    ------
    CarbonshedError
        If there is no such format.
    """
    if format_name not in READERS:
        raise CarbonshedError(
            f"format {format_name!r} is not known; formats: {', '.join(READERS)}"
        )
    module, function = READERS[format_name]
    return getattr(importlib.import_module(module), function)
