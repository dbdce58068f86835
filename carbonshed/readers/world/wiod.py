"""WIOD, release 2013: 40 countries and the rest of the world, 35 industries."""

import csv
import re
import zipfile
from importlib import resources
from pathlib import Path
from typing import Any

from carbonshed.dataset.matrix_table import Decision, MatrixTable
from carbonshed.errors import CarbonshedError
from carbonshed.readers.options import IngestOptions
from carbonshed.readers.world.assemble import Source, finish, table_of_system
from carbonshed.readers.world.parse import contents, need_pymrio, need_source, parsed
from carbonshed.readers.world.satellites import Part, Satellite, choose
from carbonshed.readers.world.totals import check_losses, lost_emissions

FORM = "wiod"

HOUSEHOLDS = "c37"

# extension of pymrio -> beginning of its folder or zip file
_FOLDERS = {"AIR": "AIR_", "CO2": "CO2_", "EM": "EM_"}
_ACCOUNTS = tuple(_FOLDERS.values())
_WORKBOOKS = (b"\xd0\xcf\x11\xe0", b"PK\x03\x04")  # .xls, also if it is an .xlsx
# extra-territorial bodies, which the parser deletes: not among the 35 industries
_DROPPED = "secQ"
_PEOPLE = "wiod_people.csv"


def read_wiod(source: Path, options: IngestOptions, progress: Any) -> MatrixTable:
    """Read a year of WIOD 2013.

    Parameters
    ----------
    source
        The folder with ``wiotYY_*.xlsx`` and, beside it, the folders or zip files of
        the environmental accounts (``AIR_*``, ``CO2_*``, ``EM_*``).
    options
        `year` is needed; `indicators` if population and GDP are not to be those of
        the Penn World Table.
    progress
        Called with what is being done and the share of it.
    """
    where = f"{FORM}: {source.name}"
    need_source(source, "the folder with wiotYY_*.xlsx and the AIR_, CO2_ files")
    if not source.is_dir():
        raise CarbonshedError(
            f"{where}: is a file; expected the folder that holds it, with the "
            "environmental accounts beside it"
        )
    pymrio = need_pymrio(FORM)
    year = options.year or 0
    workbook = workbook_of(source, year, where)
    notes = _check_sheets(workbook, year, where)
    _check_accounts(source, where)
    progress(f"{where}: reading {workbook.name}", 0.1)
    system, warned = parsed(pymrio.parse_wiod, source, year, where=where)
    progress(f"{where}: checking", 0.8)
    origin = Source(
        FORM,
        f"World Input-Output Database, release 2013, {year}",
        "As stated by WIOD: free, with citation",
        "World Input-Output Database, Timmer et al. 2015, doi:10.1111/roie.12178",
        where,
    )
    missing = [text for text in warned if "not found" in text or "not included" in text]
    try:
        table, core, satellites = table_of_system(system, year, options, origin)
    except CarbonshedError as refusal:
        if "no stressor" not in str(refusal) or not missing:
            raise
        raise CarbonshedError(
            f"{refusal}\nmissing beside the table: {'; '.join(missing)}"
        ) from None
    if HOUSEHOLDS not in core.categories:
        raise CarbonshedError(
            f"{where}: no category {HOUSEHOLDS}, which emissions of households go to; "
            f"there are {', '.join(core.categories)}"
        )
    if options.indicators is None:
        table.decisions.append(_add_people(table))
    text = f"direct emissions of households stand in {HOUSEHOLDS}"
    table.decisions += [
        *notes,
        *(Decision("not_found", f"pymrio: {text}") for text in missing),
        Decision("direct_emissions_category", text),
        *_losses(source, satellites, options, table, where),
    ]
    return finish(table, options, origin)


def _add_people(table: MatrixTable) -> Decision:
    """Add population and GDP of the 40 countries; the rest of the world has none."""
    file = resources.files("carbonshed.readers.world") / _PEOPLE
    with file.open(encoding="utf-8", newline="") as text:
        rows = [row for row in csv.DictReader(text) if int(row["year"]) == table.year]
    people = {row["region_id"]: int(row["population"]) for row in rows}
    gdp = {row["region_id"]: float(row["gdp"]) for row in rows}
    ids = [region["region_id"] for region in table.regions]
    table.population = [people.get(region) for region in ids]
    table.gdp = [gdp.get(region) for region in ids]
    without = ", ".join(region for region in ids if region not in people)
    return Decision(
        "people_source",
        "population and GDP are from the Penn World Table 9.1 (Feenstra, Inklaar and "
        "Timmer 2015, doi:10.1257/aer.20130954), without them: "
        f"{without or 'no region'}; --indicators FILE takes its place",
    )


def workbook_of(folder: Path, year: int, where: str) -> Path:
    """Return the workbook of the year."""
    start = f"wiot{str(year)[-2:].zfill(2)}"
    found = sorted(
        path for path in folder.glob("*.xlsx") if path.name.startswith(start)
    )
    if any(re.match(r"WIOT\d{4}", path.name) for path in folder.iterdir()):
        raise CarbonshedError(
            f"{where}: WIOT20XX files are of release 2016, which has no environmental "
            "accounts beside it and is not read; expected release 2013, wiotYY_*.xlsx"
        )
    if len(found) != 1:
        names = ", ".join(path.name for path in found) or contents(folder)
        raise CarbonshedError(
            f"{where}: {len(found)} workbooks {start}*.xlsx for the year {year}; "
            f"expected one (found {names})"
        )
    return found[0]


def _check_sheets(workbook: Path, year: int, where: str) -> list[Decision]:
    """Check that the first sheet, which the parser takes, is that of the year."""
    names, rows = _first_sheet(workbook, 1, where)
    title = str(rows[0][0] or "") if rows and rows[0] else ""
    if not title.rstrip().endswith(str(year)):
        raise CarbonshedError(
            f"{where}: {workbook.name}: cell A1 of the first sheet {names[0]!r} is "
            f"{title!r}; expected a title that ends in {year} (sheets: "
            f"{', '.join(names)})"
        )
    if len(names) == 1:
        return []
    text = f"{workbook.name}: sheet {names[0]!r} read, {', '.join(names[1:])} not"
    return [Decision("sheet", text)]


def first_rows(workbook: Path, count: int, where: str) -> list[tuple]:
    """Return the first rows of the first sheet."""
    return _first_sheet(workbook, count, where)[1]


def _first_sheet(
    workbook: Path, count: int, where: str
) -> tuple[list[str], list[tuple]]:
    import openpyxl

    book, _ = parsed(
        openpyxl.load_workbook,
        workbook,
        read_only=True,
        data_only=True,
        where=f"{where}/{workbook.name}",
    )
    try:
        names = book.sheetnames
        rows = list(book[names[0]].iter_rows(max_row=count, values_only=True))
    except Exception as error:  # a broken sheet may raise anything
        raise CarbonshedError(
            f"{where}: {workbook.name} cannot be read: {error}"
        ) from None
    finally:
        book.close()
    return names, rows


def _check_accounts(folder: Path, where: str) -> None:
    """Refuse an account that is no workbook: the parser would not name the file."""
    places = [p for p in sorted(folder.iterdir()) if p.name.startswith(_ACCOUNTS)]
    for place in places:
        if place.is_file() and not zipfile.is_zipfile(place):
            raise CarbonshedError(
                f"{where}: {place.name} is no zip file ({place.stat().st_size} "
                "bytes); copy or download it again"
            )
        for file in _workbooks(place):
            with file if place.is_file() else file.open("rb") as stream:
                start = stream.read(8)
            if not start.startswith(_WORKBOOKS):
                raise CarbonshedError(
                    f"{where}: {place.name}/{Path(file.name).name} is no .xls "
                    f"workbook ({'it is empty' if not start else 'something else'}); "
                    "copy or download it again"
                )


def _losses(
    folder: Path,
    satellites: list[Satellite],
    options: IngestOptions,
    table: MatrixTable,
    where: str,
) -> list[Decision]:
    """Return the emissions of extra-territorial bodies, which the parser drops."""

    def lost_of(part: Part) -> float:
        start = _FOLDERS.get(part.satellite.name)
        label = part.satellite.labels[part.row][0]
        year = str(table.year)
        return _sum_of_dropped(folder, start, year, label, where) if start else 0.0

    losses = lost_emissions(
        table, choose(satellites, options.stressors, where), lost_of
    )
    what = f"{_DROPPED} (extra-territorial bodies)"
    return [check_losses(what, losses, where, options.accept)]


def _sum_of_dropped(
    folder: Path, start: str, year: str, label: str, where: str
) -> float:
    """Return what the rows of extra-territorial bodies hold of a stressor."""
    import pandas as pd

    place = next(path for path in folder.iterdir() if path.name.startswith(start))
    total = 0.0
    for file in _workbooks(place):
        sheet, _ = parsed(
            pd.read_excel,
            file,
            sheet_name=year,
            header=0,
            where=f"{where}/{place.name}",
        )
        codes = [
            column
            for column in sheet.columns
            if sheet[column].astype(str).eq(_DROPPED).any()
        ]
        if codes and label in sheet.columns:
            rows = sheet[sheet[codes[0]].astype(str) == _DROPPED]
            numbers = pd.to_numeric(rows[label], errors="coerce").fillna(0)
            total += float(numbers.sum())
    return total


def _workbooks(place: Path) -> list[Any]:
    if place.is_dir():
        return sorted(place.glob("*.xls"))
    archive = zipfile.ZipFile(place)
    return [archive.open(name) for name in archive.namelist() if name.endswith(".xls")]
