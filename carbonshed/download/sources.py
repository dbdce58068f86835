"""Files of tables that are freely served, and instructions for the others.

Addresses are pymrio's, which keeps them up to date.
"""

import re
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from carbonshed.download.fetch import Fetched, fetch, read_page
from carbonshed.errors import CarbonshedError
from carbonshed.files import replacing
from carbonshed.outputs import refuse_folders_of_commands
from carbonshed.progress import Progress
from carbonshed.readers.files import need_module
from carbonshed.readers.registry import FORMATS
from carbonshed.text import listing


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


def plan_of(form: str, year: int, variant: str | None) -> Plan:
    """Return the files of a year of a table; `variant` chooses one of several tables.

    Raises
    ------
    CarbonshedError
        If the table is not freely served, with the page that has it; if the year is
        not there.
    """
    plans: dict[str, Callable[[Any, int, str | None], Plan]] = {
        "exiobase3": _exiobase3,
        "wiod": _wiod,
        "oecd-icio": _oecd,
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
    need_module("pymrio", "world", f"download of {form}")
    config = need_module("pymrio.tools.iodownloader", "world", f"download of {form}")
    return plans[form](config, year, variant)


def _exiobase3(config: Any, year: int, variant: str | None) -> Plan:
    """Return the zip file of a year: the page of the latest release lists them."""
    variants = ("ixi", "pxp")
    chosen = _one_of(variants, variant, "exiobase3")
    settings = config.EXIOBASE3_CONFIG
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


def _wiod(config: Any, year: int, variant: str | None) -> Plan:
    """Return the workbook of a year, and the accounts with emissions."""
    _one_of(("2013",), variant, "wiod")
    settings = config.WIOD_CONFIG
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


def _oecd(config: Any, year: int, variant: str | None) -> Plan:
    """Return the archive that includes a year, by release."""
    settings = config.OECD_CONFIG
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
