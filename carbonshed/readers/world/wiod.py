"""WIOD, release 2013: 40 countries and the rest of the world, 35 industries."""

import re
import zipfile
from pathlib import Path
from typing import Any

from carbonshed.dataset.matrix_table import Decision, MatrixTable
from carbonshed.errors import CarbonshedError
from carbonshed.readers.options import IngestOptions
from carbonshed.readers.world.formats import WIOD
from carbonshed.readers.world.reading import (
    Reading,
    list_folder,
    names_in,
    open_member,
    parse_with,
    start_reading,
)
from carbonshed.readers.world.satellites import Part, Satellite
from carbonshed.readers.world.world_table import check_losses, finish, table_of_system

HOUSEHOLDS = "c37"

# extension of pymrio -> beginning of its folder or zip file
_ACCOUNTS = {"AIR": "AIR_", "CO2": "CO2_", "EM": "EM_"}
_WORKBOOKS = (b"\xd0\xcf\x11\xe0", b"PK\x03\x04")  # .xls, also if it is an .xlsx


def read_wiod(source: Path, options: IngestOptions, progress: Any) -> MatrixTable:
    """Read a year of WIOD 2013; accounts are folders or zip files in the folder."""
    reading = start_reading(WIOD, source, options, progress)
    where = reading.where
    workbook = _workbook_of(source, reading.year, where)
    notes = _check_sheets(workbook, reading.year, where)
    _check_accounts(source, where)
    system, warnings = reading.parse(reading.pymrio.parse_wiod, source, reading.year)
    missing = [w for w in warnings if "not found" in w or "not included" in w]
    try:
        table, core, satellites = table_of_system(system, reading)
    except CarbonshedError as refusal:
        if "no stressor" not in str(refusal) or not missing:
            raise
        raise CarbonshedError(
            f"{refusal}\nmissing beside the table: {'; '.join(missing)}"
        ) from None
    if HOUSEHOLDS not in core.categories:
        raise CarbonshedError(
            f"{where}: no category {HOUSEHOLDS} for the emissions of households; "
            f"there are {', '.join(core.categories)}"
        )
    text = f"direct emissions of households are in category {HOUSEHOLDS}"
    table.decisions += [
        *notes,
        *(Decision("not_found", f"pymrio: {text}") for text in missing),
        Decision("direct_emissions_category", text),
        _losses(reading, satellites, table),
    ]
    return finish(table, reading)


def regions_of(source: Path, year: int | None, where: str) -> list[str]:
    """Return the regions of a table, with the parser's name of Romania."""
    if year is None or not source.is_dir():
        raise CarbonshedError(f"{where}: expected the folder of tables, and a --year")
    _, rows = _first_sheet(_workbook_of(source, year, where), 5, where)
    regions = [str(cell) for cell in rows[-1][4:] if cell]
    return [region.replace("ROM", "ROU") for region in regions if region != "TOT"]


def _workbook_of(folder: Path, year: int, where: str) -> Path:
    """Return the workbook of a year."""
    start = f"wiot{str(year)[-2:].zfill(2)}"
    workbooks = sorted(
        path for path in folder.glob("*.xlsx") if path.name.startswith(start)
    )
    if any(re.match(r"WIOT\d{4}", path.name) for path in folder.iterdir()):
        raise CarbonshedError(
            f"{where}: WIOT20XX files are of release 2016, which has no environmental "
            "accounts beside it and is not read; expected release 2013, wiotYY_*.xlsx"
        )
    if len(workbooks) != 1:
        names = ", ".join(path.name for path in workbooks) or list_folder(folder)
        raise CarbonshedError(
            f"{where}: {len(workbooks)} workbooks {start}*.xlsx for the year {year}; "
            f"expected one (found {names})"
        )
    return workbooks[0]


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


def _first_sheet(
    workbook: Path, count: int, where: str
) -> tuple[list[str], list[tuple]]:
    """Return the names of all sheets and the first rows of the first."""
    import openpyxl

    book = parse_with(
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
    starts = tuple(_ACCOUNTS.values())
    for account in sorted(folder.iterdir()):
        if not account.name.startswith(starts):
            continue
        if account.is_file() and not zipfile.is_zipfile(account):
            raise CarbonshedError(
                f"{where}: {account.name} is no zip file ({account.stat().st_size} "
                "bytes); copy or download it again"
            )
        for name in _workbooks_in(account, where):
            with open_member(account, name) as file:
                start = file.read(8)
            if not start.startswith(_WORKBOOKS):
                raise CarbonshedError(
                    f"{where}: {account.name}/{Path(name).name} is no .xls "
                    f"workbook ({'it is empty' if not start else 'something else'}); "
                    "copy or download it again"
                )


def _workbooks_in(account: Path, where: str) -> list[str]:
    return [name for name in names_in(account, where) if name.endswith(".xls")]


def _losses(
    reading: Reading, satellites: list[Satellite], table: MatrixTable
) -> Decision:
    """Return the decision on extra-territorial bodies, which the parser drops."""

    def lost_of(part: Part) -> float:
        start = _ACCOUNTS.get(part.satellite.name)
        if start is None:
            return 0.0
        return _sum_of_dropped(reading, start, part.satellite.labels[part.row][0])

    dropped = f"{WIOD.dropped} (extra-territorial bodies)"
    return check_losses(reading, dropped, table, satellites, lost_of)


def _sum_of_dropped(reading: Reading, start: str, label: str) -> float:
    """Return the emissions of a stressor by extra-territorial bodies."""
    import pandas as pd

    folder, where = reading.source, reading.where
    account = next(path for path in folder.iterdir() if path.name.startswith(start))
    total = 0.0
    for name in _workbooks_in(account, where):
        with open_member(account, name) as file:
            sheet = parse_with(
                pd.read_excel,
                file,
                sheet_name=str(reading.year),
                header=0,
                where=f"{where}/{account.name}",
            )
        codes = [
            column
            for column in sheet.columns
            if sheet[column].astype(str).eq(WIOD.dropped).any()
        ]
        if codes and label in sheet.columns:
            rows = sheet[sheet[codes[0]].astype(str) == WIOD.dropped]
            values = pd.to_numeric(rows[label], errors="coerce").fillna(0)
            total += float(values.sum())
    return total
