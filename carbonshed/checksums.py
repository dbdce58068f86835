"""Checksums of files as they were written, in a list that ``sha256sum -c`` reads too.

SHA-256 takes 0.8 s of processor time for a gigabyte, and the file is in memory still
when it is read for its checksum.
"""

import hashlib
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from carbonshed.errors import CarbonshedError
from carbonshed.files import writing

LIST = "SHA256SUMS"
_THREADS = 2


def write_checksums(files: Iterable[Path], path: Path) -> None:
    """Write the checksums of files, named as seen from the folder of `path`."""
    found = sorted(files)
    with ThreadPoolExecutor(_THREADS) as pool:
        sums = list(pool.map(sha256_of, found))
    lines = (
        f"{digest}  {file.relative_to(path.parent)}\n"
        for digest, file in zip(sums, found, strict=True)
    )
    with writing(path):
        path.write_text("".join(lines), encoding="utf-8")


def sha256_of(path: Path) -> str:
    """Return the SHA-256 checksum of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def compare(
    path: Path, progress: Callable[[str], None] = lambda _: None
) -> tuple[list[Path], list[str]]:
    """Read files again, and compare them with their checksums.

    Parameters
    ----------
    path
        The list.
    progress
        Called with the file that is read.

    Returns
    -------
    files
        All that are listed.
    faults
        A sentence for each that is missing, cannot be read or differs.

    Raises
    ------
    CarbonshedError
        If there is no list, or it is none.
    """
    files, faults = [], []
    for digest, file in _listed(path):
        files.append(file)
        progress(f"reading {file.name}")
        try:
            if sha256_of(file) != digest:
                faults.append(f"{file}: is not what was written")
        except FileNotFoundError:
            faults.append(f"{file}: is missing")
        except OSError as error:
            faults.append(f"{file}: cannot be read: {error.strerror}")
    return files, faults


def _listed(path: Path) -> list[tuple[str, Path]]:
    try:
        lines = path.read_text("utf-8").splitlines()
        pairs = [line.split("  ", 1) for line in lines]
        return [(digest, path.parent / name) for digest, name in pairs]
    except FileNotFoundError:
        raise CarbonshedError(f"{path}: is missing, so nothing can be said") from None
    except (OSError, ValueError) as error:
        raise CarbonshedError(f"{path}: cannot be read: {error}") from None
