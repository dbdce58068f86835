"""Limits of the machine, checked before the libraries are loaded."""

import resource
import sys
from pathlib import Path

from carbonshed.errors import CarbonshedError
from carbonshed.text import size_text

# below it, DuckDB, Arrow and OpenBLAS end the process as they are loaded
MIN_ADDRESS_SPACE = 600 * 10**6


def refuse_surroundings() -> None:
    """Refuse a process in which the libraries would end without a word of ours."""
    soft, _ = resource.getrlimit(resource.RLIMIT_AS)
    if soft != resource.RLIM_INFINITY and soft < MIN_ADDRESS_SPACE:
        raise CarbonshedError(
            f"this process may take {size_text(soft)} of address space (ulimit -v);"
            f" the libraries alone need {size_text(MIN_ADDRESS_SPACE)}: raise the"
            " limit, and bound the memory of a solve by the var memory_gb instead"
        )
    encoding = sys.getfilesystemencoding()
    names = (str(Path.cwd()), *sys.argv[1:])
    if encoding != "utf-8" and not all(name.isascii() for name in names):
        raise CarbonshedError(
            f"Python takes file names for {encoding} here, and a path has other"
            " letters: set LC_ALL=C.UTF-8, and do not set PYTHONUTF8=0"
        )
