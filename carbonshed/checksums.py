"""Checksums of files as they were written, in a list that ``sha256sum -c`` reads too.

SHA-256 takes 0.8 s of processor time for a gigabyte, and the file is in memory still
when it is read for its checksum.
"""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from carbonshed.errors import CarbonshedError
from carbonshed.files import UNFINISHED, write_whole, writing
from carbonshed.progress import Message, no_message
from carbonshed.text import listing

LIST = "SHA256SUMS"
_THREADS = 2
_MAX_NAMES_SHOWN = 12


def write_checksums(
    files: Iterable[Path], path: Path, more: Mapping[str, str] | None = None
) -> None:
    """Write the checksums of files, named as seen from the folder of the list `path`.

    `more` has the texts, by name, of files that are not written yet.
    """
    sums = {
        str(file.relative_to(path.parent)): digest
        for file, digest in _sums_of(sorted(files)).items()
    }
    for name, text in (more or {}).items():
        sums[name] = hashlib.sha256(text.encode()).hexdigest()
    lines = (f"{digest}  {name}\n" for name, digest in sums.items())
    with writing(path):
        path.write_text("".join(lines), encoding="utf-8")


def add_checksum(path: Path, name: str, file: Path) -> None:
    """Add the checksum of a file to the list `path`, where it is called `name`."""
    others = [
        f"{digest}  {listed.name}\n"
        for listed, digest in listed_sums(path).items()
        if listed.name != name
    ]
    write_whole(path, "".join([*others, f"{sha256_of(file)}  {name}\n"]))


def write_record(
    path: Path, content: Mapping[str, object], files: Iterable[Path]
) -> None:
    """Write a JSON file about other files of its folder, with their checksums.

    It has a checksum of its own content, too: see `read_record`.
    """
    sums = {file.name: digest for file, digest in _sums_of(sorted(files)).items()}
    whole = {**content, "sums": sums}
    text = json.dumps(whole | {"sum": _sum_of_content(whole)}, indent=2)
    with writing(path):
        path.write_text(text + "\n", "utf-8")


def read_record(path: Path) -> dict[str, Any]:
    """Return a record of `write_record`, with the checksums as ``sums``.

    Raises
    ------
    OSError
        If it is missing, or cannot be read.
    ValueError
        If it is not such a record, or has changed since it was written.
    """
    whole = json.loads(path.read_text("utf-8"))
    if not isinstance(whole, dict) or not isinstance(whole.get("sums"), dict):
        raise ValueError(f"{path.name} has no checksums")
    if whole.pop("sum", None) != _sum_of_content(whole):
        raise ValueError(f"{path.name} is not what was written")
    return whole


def changed_files(folder: Path, sums: Mapping[str, str]) -> list[Path]:
    """Return the files of a folder that are missing, or have changed since written.

    `sums` has SHA-256 by name.

    Raises
    ------
    OSError
        If a file cannot be read.
    """
    files = [folder / name for name in sums]
    digests = _sums_of(file for file in files if file.is_file())
    return [file for file in files if digests.get(file) != sums[file.name]]


def changed_since_listed(path: Path, folder: Path) -> list[Path]:
    """Return the Parquet files of a folder that differ from the list `path` above it.

    Raises
    ------
    CarbonshedError
        If the list is missing or damaged.
    OSError
        If a file cannot be read.
    """
    listed = listed_sums(path)
    digests = _sums_of(folder.glob("*.parquet"))
    missing = [
        file
        for file in listed
        if file.parent == folder and file.suffix == ".parquet" and file not in digests
    ]
    return [*missing, *(file for file in digests if listed.get(file) != digests[file])]


def listed_sums(path: Path) -> dict[Path, str]:
    """Return the checksum of each file of a list.

    Raises
    ------
    CarbonshedError
        If the list is missing or damaged.
    """
    return {file: digest for digest, file in _listed(path)}


def _sums_of(files: Iterable[Path]) -> dict[Path, str]:
    """Return the checksum of each file; hashing leaves the other threads alone."""
    paths = list(files)
    with ThreadPoolExecutor(_THREADS) as pool:
        return dict(zip(paths, pool.map(sha256_of, paths), strict=True))


def _sum_of_content(content: Mapping[str, object]) -> str:
    text = json.dumps(content, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def sha256_of(path: Path) -> str:
    """Return the SHA-256 checksum of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def digest_of(files: Iterable[Path], text: str = "") -> str:
    """Return one SHA-256 digest of a text and of the contents of files, in order."""
    digest = hashlib.sha256(text.encode())
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()


def compare(path: Path, progress: Message = no_message) -> tuple[list[Path], list[str]]:
    """Read the files of a list again, and compare them with their checksums.

    Returns
    -------
    files
        All that are listed.
    faults
        A sentence for each that is missing, cannot be read or differs.

    Raises
    ------
    CarbonshedError
        If the list is missing or damaged.
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
    """Compare a list of checksums with the names expected in it, and with its folder.

    `more` may be in the folder without being listed. Names are as seen from the folder.

    Returns
    -------
    list of str
        A sentence for files that it lacks, for those that it has without reason, and
        for those in the folder that are not accounted for.

    Raises
    ------
    CarbonshedError
        If the list is missing or damaged.
    """
    folder = path.parent
    named = {str(file.relative_to(folder)) for _, file in _listed(path)}
    present = {
        str(file.relative_to(folder))
        for file in folder.rglob("*")
        if (not file.is_dir() or file.is_symlink()) and UNFINISHED not in file.name
    }
    sentences = {
        f"{path}: does not list": {*expected} - named,
        f"{path}: lists what is no file of it:": named - {*expected},
        f"{folder}: nothing is known of": present - named - {*expected, *more},
    }
    return [
        f"{sentence} {listing(sorted(names), _MAX_NAMES_SHOWN)}"
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
