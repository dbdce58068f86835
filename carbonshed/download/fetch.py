"""One file from a server to disk: resumable, checked, with its checksum beside it.

A file in the making is ``NAME.part``; ``NAME.part.json`` says which version of it the
server had. What is interrupted goes on from there: by the time a gigabyte is down, a
line has often been cut.
"""

import base64
import hashlib
import http.client
import json
import re
import socket
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from carbonshed.errors import CarbonshedError
from carbonshed.files import FileLock, LockHeldError

Progress = Callable[[str, float], None]

_CHUNK = 1 << 20
_TIMEOUT = 60  # seconds without a byte
_ARCHIVES = (".zip", ".xlsx")
# some of the servers turn away what does not look like a browser
_AGENT = "Mozilla/5.0 (compatible; carbonshed)"


@dataclass(frozen=True)
class Fetched:
    """A file that is on disk.

    Attributes
    ----------
    path
        Where.
    sha256
        Its checksum, also in ``NAME.sha256``.
    size
        Bytes.
    was_there
        It was complete before; nothing was downloaded.
    resumed_at
        The byte that the download went on from; 0 if from the beginning.
    """

    path: Path
    sha256: str
    size: int
    was_there: bool = False
    resumed_at: int = 0


def fetch(url: str, path: Path, progress: Progress, page: str = "") -> Fetched:
    """Download a file, or go on with it.

    Parameters
    ----------
    url
        Where it is.
    path
        Where it goes; its folder is made.
    progress
        Told the name and the share that is there.
    page
        Where a person would look for it, for messages.

    Raises
    ------
    CarbonshedError
        If there is no network or no such file, the line is cut (the part stays), a
        checksum is wrong, or the disk is full.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with _alone(path):
            if path.exists():
                return _checked(path)
            return _download(_Job(url, path, progress, page))
    except OSError as error:
        raise CarbonshedError(
            f"{path}: cannot be written: {error.strerror or error}"
        ) from None


def checksum_file(path: Path) -> Path:
    """Return where the checksum of a file is kept."""
    return path.with_name(f"{path.name}.sha256")


@dataclass
class _Job:
    url: str
    path: Path
    progress: Progress
    page: str

    @property
    def part(self) -> Path:
        return self.path.with_name(f"{self.path.name}.part")

    @property
    def state(self) -> Path:
        return self.path.with_name(f"{self.path.name}.part.json")

    @property
    def by_hand(self) -> str:
        where = f"; by hand: {self.page}" if self.page else ""
        return f"{where}; put the file into {self.path.parent}"


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Keep two downloads of a file from writing into each other."""
    lock = FileLock(path.with_name(f".{path.name}.lock"))
    try:
        lock.acquire()
    except LockHeldError:
        raise CarbonshedError(f"{path}: another download of it is running") from None
    try:
        yield
    finally:
        lock.release()


def _checked(path: Path) -> Fetched:
    """Return a file that is there, if it still has its checksum."""
    found, beside = sha256_of(path), _kept(path)
    if beside is None:
        checksum_file(path).write_text(f"{found}  {path.name}\n", encoding="ascii")
    elif beside != found:
        raise CarbonshedError(
            f"{path}: has the checksum {found}, {checksum_file(path).name} says "
            f"{beside}: the file was changed or damaged; delete it to download it again"
        )
    return Fetched(path, found, path.stat().st_size, was_there=True)


def _kept(path: Path) -> str | None:
    """Return the checksum that is kept beside a file."""
    file = checksum_file(path)
    if not file.is_file():
        return None
    words = file.read_text(encoding="utf-8", errors="replace").split()
    if not words or not re.fullmatch("[0-9a-f]{64}", words[0].lower()):
        raise CarbonshedError(f"{file}: is no SHA-256 checksum; delete it")
    return words[0].lower()


def sha256_of(path: Path) -> str:
    """Return the SHA-256 checksum of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _download(job: _Job) -> Fetched:
    start, tag = _begun(job)
    with _opened(job, start, tag) as response:
        resumed_at = _position(job, response, start)
        total = _total(response, resumed_at)
        promised = _promised(response)
        if resumed_at == 0:
            _remember(job, response)
        _receive(job, response, resumed_at, total)
    size = job.part.stat().st_size
    if total is not None and size != total:
        raise CarbonshedError(
            f"{job.url}: the line was cut after {size:,} of {total:,} bytes; the same "
            "command goes on from there"
        )
    return _accept(job, promised, resumed_at)


def _begun(job: _Job) -> tuple[int, str]:
    """Return how much is there already, and the version it is of."""
    try:
        state = json.loads(job.state.read_text(encoding="utf-8"))
        tag = state["tag"] if state["url"] == job.url else ""
    except (OSError, ValueError, KeyError, TypeError):
        tag = ""
    # without a version of the same address, two halves may not fit
    if not tag or not job.part.is_file():
        return 0, ""
    return job.part.stat().st_size, str(tag)


def _opened(job: _Job, start: int, tag: str) -> Any:
    """Ask the server for the rest of the file.

    Raises
    ------
    CarbonshedError
        If it cannot be reached or does not have the file.
    """
    request = urllib.request.Request(job.url, headers={"User-Agent": _AGENT})
    if start:
        request.add_header("Range", f"bytes={start}-")
        request.add_header("If-Range", tag)
    try:
        return urllib.request.urlopen(request, timeout=_TIMEOUT)
    except urllib.error.HTTPError as error:
        error.close()
        if start and error.code == 416:  # all of it is there, or more than all
            job.part.unlink()
            return _opened(job, 0, "")
        raise CarbonshedError(
            f"{job.url}: the server says {error.code} {error.reason}{job.by_hand}"
        ) from None
    except (urllib.error.URLError, http.client.HTTPException, OSError) as error:
        raise CarbonshedError(_unreachable(job.url, error, job.by_hand)) from None


def _unreachable(url: str, error: Exception, more: str) -> str:
    reason = getattr(error, "reason", error)
    if isinstance(reason, socket.gaierror):
        reason = "its name is not known: no network?"
    host = urlsplit(url).netloc
    return f"{url}: {host} cannot be reached ({reason}){more}"


def _position(job: _Job, response: Any, start: int) -> int:
    """Return the byte that the answer begins with.

    Raises
    ------
    CarbonshedError
        If a part comes that was not asked for.
    """
    if response.status != 206:
        return 0  # no ranges here, or another version than the part is of
    found = re.match(r"bytes (\d+)-", response.headers.get("Content-Range", ""))
    if not found or int(found[1]) != start:
        raise CarbonshedError(
            f"{job.url}: asked for byte {start:,} on, the server sends "
            f"{response.headers.get('Content-Range')!r}; delete {job.part} to begin "
            "anew"
        )
    return start


def _total(response: Any, start: int) -> int | None:
    """Return the size of the whole file, None if the server does not say it."""
    length = response.headers.get("Content-Length")
    if length is None or not length.isdigit():
        return None
    return start + int(length)


def _promised(response: Any) -> tuple[str, bytes] | None:
    """Return the checksum that the server promises for the whole file."""
    for header in ("Repr-Digest", "Digest"):
        text = response.headers.get(header, "")
        found = re.search(r"sha-256=:?([A-Za-z0-9+/=]+)", text, re.I)
        if found:
            return "sha256", _decoded(found[1])
    text = response.headers.get("Content-MD5", "")
    if re.fullmatch("[0-9a-f]{32}", text):
        return "md5", bytes.fromhex(text)
    # of a part, the header is about the part
    if text and response.status != 206:
        return "md5", _decoded(text)
    return None


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text)
    except ValueError:
        return b""


def _remember(job: _Job, response: Any) -> None:
    """Note which version of the file the part is of."""
    tag = response.headers.get("ETag") or response.headers.get("Last-Modified") or ""
    if tag.startswith("W/"):  # equal in meaning, maybe not byte for byte
        tag = ""
    state = json.dumps({"url": job.url, "tag": tag})
    job.state.write_text(state, encoding="utf-8")


def _receive(job: _Job, response: Any, start: int, total: int | None) -> None:
    """Write what comes; what came stays when the line is cut."""
    with job.part.open("r+b" if start else "wb") as file:
        file.seek(start)
        file.truncate()
        done = start
        while True:
            try:
                chunk = response.read1(_CHUNK)
            except (http.client.HTTPException, OSError) as error:
                raise CarbonshedError(
                    f"{job.url}: the line was cut after {done:,} bytes ({error}); the "
                    "same command goes on from there"
                ) from None
            if not chunk:
                break
            file.write(chunk)
            done += len(chunk)
            job.progress(job.path.name, done / total if total else 0.0)


def _accept(job: _Job, promised: tuple[str, bytes] | None, resumed_at: int) -> Fetched:
    """Check a complete file and give it its name.

    Raises
    ------
    CarbonshedError
        If it is not what was promised, or differs from an earlier download.
    """
    if job.path.suffix in _ARCHIVES and not zipfile.is_zipfile(job.part):
        begin = job.part.read_bytes()[:60]
        _forget(job)
        raise CarbonshedError(
            f"{job.url}: what came is no {job.path.suffix[1:]} file, it begins with "
            f"{begin!r}{job.by_hand}"
        )
    found, beside = sha256_of(job.part), _kept(job.path)
    if promised is not None:
        name, expected = promised
        with job.part.open("rb") as file:
            is_right = hashlib.file_digest(file, name).digest() == expected
        if not is_right:
            _forget(job)
            raise CarbonshedError(
                f"{job.url}: the {name} checksum of what came is not the one that the "
                "server promised: damaged on the way; nothing is kept, try again"
            )
    if beside is not None and beside != found:
        _forget(job)
        raise CarbonshedError(
            f"{job.url}: has the checksum {found}, {checksum_file(job.path).name} says "
            f"{beside}: the server has another file than before; delete the .sha256 "
            "file to take it"
        )
    checksum_file(job.path).write_text(f"{found}  {job.path.name}\n", encoding="ascii")
    job.part.rename(job.path)
    job.state.unlink(missing_ok=True)
    return Fetched(job.path, found, job.path.stat().st_size, resumed_at=resumed_at)


def _forget(job: _Job) -> None:
    job.part.unlink(missing_ok=True)
    job.state.unlink(missing_ok=True)


def read_page(url: str, data: bytes | None = None) -> str:
    """Return a page as text.

    Raises
    ------
    CarbonshedError
        If it cannot be read.
    """
    request = urllib.request.Request(url, data, headers={"User-Agent": _AGENT})
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT) as response:
            return response.read().decode("utf-8", errors="replace")
    except urllib.error.HTTPError as error:
        error.close()
        raise CarbonshedError(
            f"{url}: the server says {error.code} {error.reason}"
        ) from None
    except (urllib.error.URLError, http.client.HTTPException, OSError) as error:
        raise CarbonshedError(_unreachable(url, error, "")) from None
