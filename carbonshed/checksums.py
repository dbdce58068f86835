"""Checksums of files as they were written, in a list that ``sha256sum -c`` reads too.

SHA-256 takes 0.8 s of processor time for a gigabyte, and the file is in memory still
when it is read for its checksum.
"""

import hashlib
from collections.abc import Callable, Collection, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from carbonshed.errors import CarbonshedError
from carbonshed.files import writing
from carbonshed.text import listing

LIST = "SHA256SUMS"
_THREADS = 2
_MOST_NAMED = 12
_UNFINISHED = ".partial-"  # what `files.replacing` writes, now or until it was killed


def write_checksums(
    files: Iterable[Path], path: Path, more: Mapping[str, str] | None = None
) -> None:
    """Write the checksums of files, named as seen from the folder of `path`.

    Parameters
    ----------
    files
        The files.
    path
        The list.
    more
        Text by name, of files that are not written yet.
    """
    found = sorted(files)
    with ThreadPoolExecutor(_THREADS) as pool:
        digests = list(pool.map(sha256_of, found))
    names = [str(file.relative_to(path.parent)) for file in found]
    sums = dict(zip(names, digests, strict=True))
    for name, text in (more or {}).items():
        sums[name] = hashlib.sha256(text.encode()).hexdigest()
    lines = (f"{digest}  {name}\n" for name, digest in sums.items())
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
            if file.exists() and not file.is_file():
                faults.append(f"{file}: is no file")
            elif sha256_of(file) != digest:
                faults.append(f"{file}: is not what was written")
        except FileNotFoundError:
            faults.append(f"{file}: is missing")
        except OSError as error:
            faults.append(f"{file}: cannot be read: {error.strerror}")
    return files, faults


def unlisted(
    path: Path, expected: Collection[str], more: Collection[str] = ()
) -> list[str]:
    """Compare a list of checksums with what should be in it, and with its folder.

    Parameters
    ----------
    path
        The list.
    expected
        Names of the files that it must have, as seen from its folder.
    more
        Names that may be in the folder as well.

    Returns
    -------
    list of str
        A sentence for files that it lacks, for those that it has without reason, and
        for those in the folder that nothing says anything about.

    Raises
    ------
    CarbonshedError
        If there is no list, or it is none.
    """
    folder = path.parent
    named = {str(file.relative_to(folder)) for _, file in _listed(path)}
    there = {
        str(file.relative_to(folder))
        for file in folder.rglob("*")
        if (not file.is_dir() or file.is_symlink()) and _UNFINISHED not in file.name
    }
    sentences = {
        f"{path}: does not list": {*expected} - named,
        f"{path}: lists what is no file of it:": named - {*expected},
        f"{folder}: nothing is known of": there - named - {*expected, *more},
    }
    return [
        f"{sentence} {listing(sorted(names), _MOST_NAMED)}"
        for sentence, names in sentences.items()
        if names
    ]


def _listed(path: Path) -> list[tuple[str, Path]]:
    try:
        lines = path.read_text("utf-8").splitlines()
        pairs = [line.split("  ", 1) for line in lines]
        return [(digest, path.parent / name) for digest, name in pairs]
    except FileNotFoundError:
        raise CarbonshedError(f"{path}: is missing, so nothing can be said") from None
    except (OSError, ValueError) as error:
        raise CarbonshedError(f"{path}: cannot be read: {error}") from None
