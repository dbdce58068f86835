"""Files of tables that are freely served: their addresses, and their download.

A file is on disk whole or not at all, with its checksum beside it. Addresses are
pymrio's, which keeps them up to date, and Eurostat's; other tables have instructions.
"""

import base64
import hashlib
import re
import shutil
import socket
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urljoin, urlsplit

from carbonshed.checksums import sha256_of
from carbonshed.errors import CarbonshedError
from carbonshed.files import FileLock, LockHeldError, replacing, shipped_rows, sync
from carbonshed.outputs import refuse_folders_of_commands
from carbonshed.progress import Progress
from carbonshed.readers.files import need_module
from carbonshed.readers.registry import FORMATS
from carbonshed.readers.world.eurostat import ACCOUNTS, FOOTPRINTS
from carbonshed.text import listing

_CHUNK = 1 << 20
_TIMEOUT = 60  # seconds without a byte
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_ARCHIVES = (".zip", ".xlsx")
_GZIP = b"\x1f\x8b"
_HEADERS = {
    # some servers reject clients that do not look like a browser
    "User-Agent": "Mozilla/5.0 (compatible; carbonshed)",
    "Accept-Encoding": "identity",  # so that Content-Length is the size of the file
}
_EUROSTAT = "https://ec.europa.eu/eurostat"
_CEADS = "https://www.ceads.net"
# tables that are not freely served: their page, and the files to fetch
BY_HAND = {
    "ceads-city": (
        f"CEADs serves its tables to registered users: register at {_CEADS}, free of "
        "charge, and fetch from its input-output tables the multi-regional table of "
        "Chinese cities of the year (a .mat file of about 1.4 GB) and the workbook of "
        "CO2 by city and sector that belongs to it"
    ),
    "ceads-province": (
        f"CEADs serves its tables to registered users: register at {_CEADS}, free of "
        "charge, and fetch from its input-output tables the multi-regional table of "
        "31 provinces of the year (.xlsx), and from its emission inventories those of "
        "30 provinces"
    ),
    "eora26": (
        "Eora serves its tables to registered users: register at "
        "https://worldmrio.com, free of charge for academic use, and fetch from "
        "https://worldmrio.com/eora26/ the file Eora26_{year}_bp.zip and indices.zip"
    ),
    "gloria": (
        "GLORIA is fetched by hand: follow https://ielab.info/labs/ielab-gloria to the "
        "archives GLORIA_MRIOs_VV_{year}.zip and "
        "GLORIA_SatelliteAccounts_0VV_{year}.zip and to GLORIA_ReadMe_0VV.xlsx, of one "
        "release"
    ),
}


@dataclass(frozen=True)
class Fetched:
    """A file on disk; its checksum is in ``NAME.sha256`` too, its size in bytes.

    `was_there` means that it was complete before: nothing was downloaded.
    """

    path: Path
    sha256: str
    size: int
    was_there: bool = False


def fetch(url: str, path: Path, progress: Progress, page: str = "") -> Fetched:
    """Download a file unless it exists, and compare it with its checksum.

    The file is called ``NAME.part`` until it is whole. `page` is the web page of the
    file, for messages.
    """
    lock = FileLock(path.with_name(f".{path.name}.lock"))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire()
        if path.exists():
            return _accept(path, path, f"{path}: was changed or damaged")
        return _fetch_new(url, path, progress, page)
    except LockHeldError:
        raise CarbonshedError(f"{path}: another download of it is running") from None
    except OSError as error:
        raise CarbonshedError(
            f"{path}: cannot be written: {error.strerror or error}"
        ) from None
    finally:
        lock.release()


def checksum_file(path: Path) -> Path:
    """Return the path of the file with the checksum of a file."""
    return path.with_name(f"{path.name}.sha256")


def read_page(url: str, method: str = "get") -> str:
    """Return a page as text."""
    requests = _requests()
    url = _encrypted(url)
    try:
        with requests.request(
            method, url, headers=_HEADERS, timeout=_TIMEOUT, hooks=_HOOKS
        ) as response:
            response.raise_for_status()
            return response.text
    except requests.RequestException as error:
        raise CarbonshedError(_reason(url, error)) from None


def _fetch_new(url: str, path: Path, progress: Progress, page: str) -> Fetched:
    part = path.with_name(f"{path.name}.part")
    url = _encrypted(url)
    by_hand = (
        f"; download it by hand{f' from {page}' if page else ''} into {path.parent}"
    )
    try:
        headers = _download(
            url, part, lambda share: progress(path.name, share), by_hand
        )
        _refuse_damage(url, part, headers)
        _refuse_other_content(url, part, path.suffix, by_hand)
        _refuse_other_checksum(url, part)
        sync(part)
        return _accept(part, path, f"{url}: the server has another file than before")
    finally:
        part.unlink(missing_ok=True)


def _encrypted(url: str) -> str:
    """Return an address by https; of this machine itself as it is."""
    parts = urlsplit(url)
    if _is_safe(parts):
        return url
    if parts.scheme != "http":
        raise CarbonshedError(f"{url}: expected an address that begins with https://")
    return parts._replace(scheme="https").geturl()


def _is_safe(parts: SplitResult) -> bool:
    """Return whether the connection to an address is encrypted or local."""
    return parts.scheme == "https" or parts.hostname in _LOOPBACK


def _refuse_downgrade(response: Any, **_: object) -> None:
    """Refuse a redirection to an address that is not encrypted."""
    target = urljoin(response.url, response.headers.get("Location", ""))
    if response.is_redirect and not _is_safe(urlsplit(target)):
        raise CarbonshedError(
            f"{response.url}: the server redirects to {target}, which is not encrypted;"
            " nothing is kept"
        )


_HOOKS = {"response": _refuse_downgrade}


def _requests() -> Any:
    return need_module("requests", "world", "a download")


def _download(
    url: str, part: Path, progress: Callable[[float], None], by_hand: str
) -> Mapping[str, str]:
    requests = _requests()
    total = None
    try:
        with (
            requests.get(
                url, headers=_HEADERS, timeout=_TIMEOUT, hooks=_HOOKS, stream=True
            ) as response,
            part.open("wb") as file,
        ):
            response.raise_for_status()
            total = int(response.headers.get("Content-Length", 0))
            for chunk in response.iter_content(_CHUNK):
                file.write(chunk)
                progress(file.tell() / total if total else 0.0)
            if total and file.tell() != total:
                raise requests.ConnectionError
            return response.headers
    except requests.RequestException as error:
        if total is None:
            raise CarbonshedError(f"{_reason(url, error)}{by_hand}") from None
        whole = f"all {total:,} bytes were" if total else "the whole file was"
        raise CarbonshedError(
            f"{url}: the connection broke before {whole} there; nothing is kept, try "
            "again"
        ) from None


def _reason(url: str, error: Any) -> str:
    """Return the reason of a failed request: the server's answer, or no answer."""
    if error.response is not None:
        answer = f"{error.response.status_code} {error.response.reason}"
        return f"{url}: the server says {answer}"
    cause: BaseException = error
    while cause.__context__ is not None:
        cause = cause.__context__
    if isinstance(cause, socket.gaierror):
        cause = CarbonshedError("its name is not known: no network?")
    return f"{url}: {urlsplit(url).netloc} cannot be reached ({cause})"


def _refuse_damage(url: str, part: Path, headers: Mapping[str, str]) -> None:
    """Refuse a file without the checksum that the server sends with it."""
    digests = f"{headers.get('Repr-Digest')}, {headers.get('Digest')}"
    name, promised = "md5", headers.get("Content-MD5")
    if match := re.search(r"sha-256=:?([A-Za-z0-9+/=]+)", digests, re.I):
        name, promised = "sha256", match[1]
    if promised is None:
        return
    with part.open("rb") as file:
        digest = hashlib.file_digest(file, name).digest()
    # some servers write hexadecimal digits in place of base64
    if promised not in (base64.b64encode(digest).decode(), digest.hex()):
        raise CarbonshedError(
            f"{url}: damaged on the way: the server promises the {name} checksum "
            f"{promised}, the download has {digest.hex()}; nothing is kept, try again"
        )


def _refuse_other_checksum(url: str, part: Path) -> None:
    """Refuse a file that has another checksum than its publisher names."""
    for row in shipped_rows("carbonshed.download", "known_checksums.csv"):
        if row["url"] == url.partition("?")[0]:
            with part.open("rb") as file:
                digest = hashlib.file_digest(file, row["algorithm"]).hexdigest()
            if digest != row["digest"]:
                raise CarbonshedError(
                    f"{url}: is not the file that was published: its"
                    f" {row['algorithm']} checksum is {digest}, {row['source']} says"
                    f" {row['digest']}; nothing is kept"
                )


def _refuse_other_content(url: str, part: Path, suffix: str, by_hand: str) -> None:
    """Refuse a page, such as one to log in, that comes in place of a file."""
    with part.open("rb") as file:
        begin = file.read(60)
    is_page = begin.lstrip()[:1] == b"<"
    is_broken = suffix in _ARCHIVES and not zipfile.is_zipfile(part)
    if is_page or is_broken or (suffix == ".gz" and not begin.startswith(_GZIP)):
        raise CarbonshedError(
            f"{url}: the download is no {suffix[1:]} file, it begins with "
            f"{begin!r}{by_hand}"
        )


def _accept(partial: Path, path: Path, changed: str) -> Fetched:
    """Give a file its name if its checksum is the one kept, or the first."""
    digest, file = sha256_of(partial), checksum_file(path)
    kept = _kept(file)
    if kept not in (None, digest):
        raise CarbonshedError(
            f"{changed}: it has the checksum {digest}, {file.name} says {kept}; delete "
            f"{path if partial == path else file} to take what the server has"
        )
    if kept is None:
        file.write_text(f"{digest}  {path.name}\n", encoding="ascii")
    partial.replace(path)
    return Fetched(path, digest, path.stat().st_size, was_there=partial == path)


def _kept(file: Path) -> str | None:
    """Return the checksum in a file, None without the file."""
    if not file.is_file():
        return None
    words = file.read_text(encoding="utf-8", errors="replace").split()
    if not words or not re.fullmatch("[0-9a-f]{64}", words[0].lower()):
        raise CarbonshedError(f"{file}: is no SHA-256 checksum; delete it")
    return words[0].lower()


@dataclass(frozen=True)
class Remote:
    """A file on a server."""

    url: str
    name: str  # on disk
    page: str  # the web page for a person
    member: str = ""  # pattern of the one file of an archive that is needed
    becomes: str = ""  # its name on disk; empty if the archive is read as it is


@dataclass(frozen=True)
class Plan:
    """The files to download; `source` is the one that ingest reads."""

    files: list[Remote]
    source: str
    variants: tuple[str, ...] = ()


def plan_of(form: str, year: int, variant: str | None) -> Plan:
    """Return the files of a year of a table; `variant` chooses one of several tables.

    Raises
    ------
    CarbonshedError
        If the table is not freely served, with the page that has it; if the year is
        not there.
    """
    plans: dict[str, Callable[[int, str | None], Plan]] = {
        "exiobase3": _exiobase3,
        "wiod": _wiod,
        "oecd-icio": _oecd,
        "figaro": _figaro,
    }
    if form in BY_HAND:
        instruction = BY_HAND[form].format(year=year)
        raise CarbonshedError(
            f"{form}: {instruction}; then: carbonshed formats {form} (shows the "
            "command)"
        )
    if form not in plans:
        reason = "nothing to download" if form in FORMATS else "is not known"
        raise CarbonshedError(
            f"format {form!r}: {reason}; downloads: {', '.join(plans)}"
        )
    return plans[form](year, variant)


def _pymrio(form: str) -> Any:
    """Return the module of pymrio with the addresses of tables."""
    need_module("pymrio", "world", f"download of {form}")
    return need_module("pymrio.tools.iodownloader", "world", f"download of {form}")


def _exiobase3(year: int, variant: str | None) -> Plan:
    """Return the zip file of a year: the page of the latest release lists them."""
    settings = _pymrio("exiobase3").EXIOBASE3_CONFIG
    variants = ("ixi", "pxp")
    chosen = _one_of(variants, variant, "exiobase3")
    page = settings["url_db_view"]
    urls = re.findall(settings["mrio_regex"], read_page(page))
    name = f"IOT_{year}_{chosen}.zip"
    matches = sorted({url for url in urls if url.endswith(name)})
    if not matches:
        years = sorted({y for url in urls for y in re.findall(r"IOT_(\d{4})_", url)})
        raise CarbonshedError(
            f"exiobase3: {page} has no {name}; it has the years "
            f"{', '.join(years) or 'none'}"
        )
    return Plan([Remote(matches[0], name, page)], name, variants)


def _wiod(year: int, variant: str | None) -> Plan:
    """Return the workbook of a year, and the accounts with emissions."""
    settings = _pymrio("wiod").WIOD_CONFIG
    _one_of(("2013",), variant, "wiod")
    page = settings["url_db_view"]
    # a form: the server answers to POST
    paths = re.findall(settings["mrio_regex"], read_page(page, "post"))
    urls = [settings["url_db_content"] + path for path in paths]
    digits = f"{year % 100:02}"
    tables = [url for url in urls if re.search(rf"wiot{digits}[^/]*\.xlsx$", url)]
    if not tables:
        raise CarbonshedError(
            f"wiod: {page} has no wiot{digits}*.xlsx; release 2013 has 1995 to 2011"
        )
    accounts = [
        url
        for url in settings["satellite_urls"]
        if re.search(r"/(AIR|CO2|EM)_[^/]*\.zip$", url)
    ]
    files = [
        Remote(url, url.rpartition("/")[2], page) for url in [tables[0], *accounts]
    ]
    return Plan(files, ".")


def _oecd(year: int, variant: str | None) -> Plan:
    """Return the archive that includes a year, by release."""
    settings = _pymrio("oecd-icio").OECD_CONFIG
    releases = tuple(sorted(settings["datafiles"], reverse=True))
    bundles = {
        release: bundle
        for release in releases
        for bundle in settings["datafiles"][release]
        if int(bundle[:4]) <= year <= int(bundle[-4:])
    }
    if not bundles:
        raise CarbonshedError(f"oecd-icio: no release has the year {year}")
    names = tuple(release.lstrip("v") for release in releases if release in bundles)
    chosen = f"v{_one_of(names, variant and variant.lstrip('v'), 'oecd-icio')}"
    bundle = bundles[chosen]
    url = settings["datafiles"][chosen][bundle]
    number = chosen.lstrip("v")
    page = settings["url_db_view"]
    if bundle == str(year):
        name = f"ICIO{number}_{year}.zip"
        return Plan([Remote(url, name, page)], name, names)
    remote = Remote(
        url,
        f"ICIO{number}_{bundle}.zip",
        page,
        member=rf"(^|[/_]){year}(_SML)?\.csv$",
        becomes=f"ICIO{number}_{year}.csv",
    )
    return Plan([remote], remote.becomes, names)


def _figaro(year: int, variant: str | None) -> Plan:
    """Return the table of a year, its latest edition, and what Eurostat says of CO2."""
    variants = ("ind-by-ind", "prod-by-prod")
    chosen = _one_of(variants, variant, "figaro")
    page = f"{_EUROSTAT}/web/esa-supply-use-input-tables/database"
    file = rf"matrix_eu-ic-io_{chosen}(?:_(\d\d)ed)?_(\d{{4}})\.csv"
    links = re.finditer(rf"""["']([^"']*/({file})[^"']*)["']""", read_page(page))
    tables = [(match[3] or "", match[4], match[2], match[1]) for match in links]
    own = [table for table in tables if table[1] == str(year)]
    if not own:
        years = listing(sorted({table[1] for table in tables}), empty="none")
        raise CarbonshedError(
            f"figaro: {page} links to no {chosen} table of {year}; it has the years "
            f"{years}; fetch matrix_eu-ic-io_{chosen}_..._{year}.csv from there by hand"
        )
    _, _, name, link = max(own)
    service = f"{_EUROSTAT}/api/dissemination/sdmx/2.1/data"
    bulk = [
        Remote(
            f"{service}/{dataset}?format=TSV&compressed=true",
            f"estat_{dataset}.tsv.gz",
            f"{_EUROSTAT}/databrowser/view/{dataset}",
        )
        for dataset in (ACCOUNTS, FOOTPRINTS["CO2"])
    ]
    return Plan([Remote(urljoin(page, unescape(link)), name, page), *bulk], ".")


def _one_of(names: tuple[str, ...], variant: str | None, form: str) -> str:
    if variant is None:
        return names[0]
    if variant not in names:
        raise CarbonshedError(
            f"{form}: --variant {variant}: expected one of {', '.join(names)}"
        )
    return variant


def default_folder(root: Path, form: str) -> Path:
    """Return the folder of the files of a format, without the option --folder."""
    return root / "downloads" / form


def download(plan: Plan, folder: Path, progress: Progress) -> list[Fetched]:
    """Download the files of a plan into a folder, or check those that are there.

    Raises
    ------
    CarbonshedError
        At the first file that cannot be downloaded; complete files stay. If it is a
        folder in which commands alone write.
    """
    refuse_folders_of_commands(folder)
    files = []
    for remote in plan.files:
        file = fetch(remote.url, folder / remote.name, progress, remote.page)
        files.append(file)
        if remote.member:
            _unpack(remote, file.path)
    return files


def _unpack(remote: Remote, archive: Path) -> None:
    """Extract the one file that is needed from an archive."""
    target = archive.parent / remote.becomes
    if target.exists():
        return
    try:
        with zipfile.ZipFile(archive) as packed:
            names = packed.namelist()
            members = [name for name in names if re.search(remote.member, name)]
            if len(members) != 1:
                raise CarbonshedError(
                    f"{archive}: has {len(members)} files for {target.name}; it has "
                    f"{listing(names, 12)}"
                )
            with (
                packed.open(members[0]) as source,
                replacing(target) as partial,
                partial.open("wb") as file,
            ):
                shutil.copyfileobj(source, file)
    except (zipfile.BadZipFile, NotImplementedError, OSError, EOFError) as error:
        raise CarbonshedError(f"{archive}: cannot be unpacked: {error}") from None
