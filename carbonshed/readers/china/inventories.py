"""CEADs emission inventories by province and sector, mapped to the 42 sectors.

All numbers are Mt of CO2, as published. The sectors are those of China's energy
statistics; a concordance maps them to the sectors of the input-output tables.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from carbonshed.accounting.known_totals import check_total
from carbonshed.dataset.matrix_table import Decision
from carbonshed.errors import CarbonshedError
from carbonshed.progress import Progress
from carbonshed.readers.china.names import (
    province_named,
    provinces,
    read_packaged,
    sector_list_of,
)
from carbonshed.readers.files.workbooks import (
    Row,
    Workbook,
    amount_of,
    cell_name,
    text_of,
)
from carbonshed.text import listing

URBAN, RURAL = "FU102", "FU101"  # categories of the tables: households
CITY_SHEET = "emission vector"

_TOTAL_ROWS = ("totalconsumption", "totalemissions", "total")
_TOTAL_COLUMN = "scope1total"
_UNIT = "mtco2"
_SUM_TOLERANCE = 1e-5
_CONSERVED = 1e-12
_PROVINCE_SHEET = re.compile(r"^\s*(\D+?)[\s_]*((?:19|20)\d\d)\s*$")
_KINDS = (
    (
        r"emissionvector|emissionmatrix",
        "the emission inventory of cities, which holds totals and neither a table nor "
        "sectors",
    ),
    (
        r"co2\d{4}|\d{4}to\d{4}",
        "CO2 by city and sector, which goes with the table (give it as --emissions)",
    ),
    (r"table.*|mrio\d{4}.*", "a provincial table: use ceads-province"),
    (
        r"[a-z]+\d{4}",
        "the emission inventory of provinces, which goes with "
        "ceads-province (as --emissions)",
    ),
)


@dataclass(frozen=True)
class ProvincialInventory:
    """Emissions of one year by region and sector."""

    file: str  # its name
    year: int
    region_ids: tuple[str, ...]  # GB/T 2260, in the order of the codes
    sectors: tuple[str, ...]  # names, as in the concordance
    emissions: np.ndarray  # (R, S), Mt: scope 1
    urban: np.ndarray  # (R,), Mt: households
    rural: np.ndarray  # (R,), Mt: households
    decisions: tuple[Decision, ...] = ()

    @property
    def total(self) -> float:
        """Return the sum of sectors and households, Mt."""
        return float(self.emissions.sum() + self.urban.sum() + self.rural.sum())


def read_provincial_inventory(
    path: Path, year: int | None = None, progress: Progress | None = None
) -> ProvincialInventory:
    """Read emissions by province and sector, one sheet each, such as ``Shanghai2012``.

    Refuse another file or year, a sheet with other sectors or units, and sectors of a
    province that do not add up to its total.
    """
    with Workbook(path) as book:
        sheets = _province_sheets(book, path)
        found_year = _year_of(sheets, path, year)
        columns, decisions = {}, []
        for number, (sheet, region_id) in enumerate(sheets.items()):
            if progress:
                progress(f"{path.name}: {sheet}", number / len(sheets))
            columns[region_id] = _read_province(book, sheet)
    sectors = inventory_sectors()
    order = tuple(p.region_id for p in provinces() if p.region_id in columns)
    missing = [p.region_name for p in provinces() if p.region_id not in columns]
    if missing:
        decisions.append(
            Decision(
                "provinces_missing",
                f"WARNING: {path.name} has no inventory of {listing(missing, 31)}: "
                f"{len(order)} of {len(provinces())} provinces have emissions",
            )
        )
    emissions = np.array([[columns[r][s] for s in sectors] for r in order])
    total = math.fsum(map(math.fsum, (column.values() for column in columns.values())))
    where = f"{path.name}: sum of provinces"
    decisions.append(
        check_total("china_co2", found_year, total * 1e6, where=where, power=6)
    )
    return ProvincialInventory(
        file=path.name,
        year=found_year,
        region_ids=order,
        sectors=sectors,
        emissions=emissions,
        urban=np.array([columns[r]["Urban"] for r in order]),
        rural=np.array([columns[r]["Rural"] for r in order]),
        decisions=tuple(decisions),
    )


def inventory_sectors() -> tuple[str, ...]:
    """Return the sectors of a provincial inventory, in order."""
    rows = read_packaged("inventory_sectors.csv")
    return tuple(dict.fromkeys(row["inventory_sector"] for row in rows))


def concordance(sector_list: str, sector_ids: Sequence[str]) -> np.ndarray:
    """Return the weights, (S, n), that map inventory sectors to sectors of a table.

    `sector_list` is ``2012`` or ``2017``. Rows add up to 1, so that totals are
    conserved. Refuse an inventory sector that belongs to a sector which the table does
    not have.
    """
    sectors = {sector: i for i, sector in enumerate(inventory_sectors())}
    columns = {sector_id: i for i, sector_id in enumerate(sector_ids)}
    weights = np.zeros((len(sectors), len(columns)))
    for row in read_packaged("inventory_sectors.csv"):
        if row["list"] != sector_list:
            continue
        if row["sector_id"] not in columns:
            raise CarbonshedError(
                f"the emissions of {row['inventory_sector']!r} belong to sector "
                f"{row['sector_id']}, which the table does not have; it has "
                f"{listing(sector_ids, 45)}"
            )
        cell = sectors[row["inventory_sector"]], columns[row["sector_id"]]
        weights[cell] += float(row["weight"])
    return weights


def emissions_of_table(
    inventory: ProvincialInventory, sector_ids: Sequence[str], categories: Sequence[str]
) -> tuple[np.ndarray, np.ndarray]:
    """Return emissions by sector of a table, (R, n), and by category, (R, C), Mt.

    Refuse a table that lacks a sector, and a total that is not conserved.
    """
    weights = concordance(sector_list_of(inventory.year), sector_ids)
    mapped = inventory.emissions @ weights
    before, after = inventory.emissions.sum(axis=1), mapped.sum(axis=1)
    if not np.allclose(before, after, rtol=_CONSERVED, atol=0):
        raise CarbonshedError(
            f"{inventory.file}: emissions changed from {before.sum()} to {after.sum()} "
            "Mt on the way to the sectors of the table; the weights of the "
            "concordance must add up to 1"
        )
    direct = np.zeros((len(mapped), len(categories)))
    direct[:, categories.index(URBAN)] = inventory.urban
    direct[:, categories.index(RURAL)] = inventory.rural
    return mapped, direct


def _region_of(sheet: str) -> str | None:
    match = _PROVINCE_SHEET.match(sheet)
    province = province_named(match[1]) if match else None
    return province.region_id if province else None


def _province_sheets(book: Workbook, path: Path) -> dict[str, str]:
    """Return region ids by sheet."""
    if book.find(CITY_SHEET):
        raise CarbonshedError(
            f"{path.name}: totals by city, without sectors; expected the inventory by "
            "province (one sheet per province, named Shanghai2012)"
        )
    sheets: dict[str, str] = {}
    for sheet in book.sheets:
        region_id = _region_of(sheet)
        if region_id is None:
            if _PROVINCE_SHEET.match(sheet):
                raise CarbonshedError(
                    f"{path.name}: sheet {sheet!r} names no province that is known"
                )
            continue  # such as NOTE
        if region_id in sheets.values():
            raise CarbonshedError(
                f"{path.name}: two sheets of one province, one of them {sheet!r}"
            )
        sheets[sheet] = region_id
    if not sheets:
        raise CarbonshedError(
            f"{path.name}: no sheet of a province; expected names like 'Shanghai2012', "
            f"sheets found: {book.listed_sheets()}"
        )
    return sheets


def _year_of(sheets: dict[str, str], path: Path, table_year: int | None) -> int:
    years = sorted({int(_PROVINCE_SHEET.match(sheet)[2]) for sheet in sheets})
    if len(years) > 1:
        raise CarbonshedError(
            f"{path.name}: sheets of the years {listing(map(str, years), 5)}; expected "
            "one"
        )
    if table_year is not None and years[0] != table_year:
        raise CarbonshedError(
            f"{path.name}: emissions of {years[0]}; expected those of the table's year "
            f"{table_year}"
        )
    return years[0]


def _read_province(book: Workbook, sheet: str) -> dict[str, float]:
    """Return the scope 1 total by sector, and of Urban and Rural."""
    where = f"{book.path.name}: sheet {sheet!r}"
    rows = list(book.rows(sheet))
    column = _total_column(rows, where)
    sectors = {_plain(sector): sector for sector in inventory_sectors()}
    sectors |= {"urban": "Urban", "rural": "Rural"}
    amounts: dict[str, float] = {}
    total = None
    for number, row in enumerate(rows[1:], start=1):
        label = text_of(row[0]) if row else ""
        if not label:
            continue
        key = _plain(label)
        cell = row[column] if column < len(row) else None
        value = amount_of(cell, f"{where}: cell {cell_name(number, column)}")
        if key in _TOTAL_ROWS and total is None:
            total = value
            continue
        if key not in sectors or sectors[key] in amounts:
            what = (
                "is there twice" if key in sectors else "is not a sector that is known"
            )
            raise CarbonshedError(
                f"{where}: row {number + 1} {label!r} {what}; expected the "
                f"{len(sectors) - 2} sectors of the inventory, Urban and Rural"
            )
        amounts[sectors[key]] = value
    _refuse_incomplete(amounts, total, list(sectors.values()), where)
    return amounts


def _refuse_incomplete(
    amounts: dict[str, float], total: float | None, sectors: list[str], where: str
) -> None:
    missing = [name for name in sectors if name not in amounts]
    if missing:
        raise CarbonshedError(f"{where}: no row for {listing(missing, 5)}")
    if total is None:
        raise CarbonshedError(f"{where}: no row 'Total Consumption'")
    added = math.fsum(amounts.values())
    if abs(added - total) > _SUM_TOLERANCE * max(abs(added), abs(total)):
        raise CarbonshedError(
            f"{where}: sectors and households add up to {added:.6f}, the row of the "
            f"total says {total:.6f}; expected the same within {_SUM_TOLERANCE:g}"
        )


def _total_column(rows: list[Row], where: str) -> int:
    header = [_plain(text_of(value)) for value in rows[0]] if rows else []
    if header.count(_TOTAL_COLUMN) != 1:
        raise CarbonshedError(
            f"{where}: {header.count(_TOTAL_COLUMN)} columns 'Scope 1 Total' in row 1; "
            "expected one, after the fuels"
        )
    column = header.index(_TOTAL_COLUMN)
    units = rows[1] if len(rows) > 1 else ()
    unit = text_of(units[column]) if column < len(units) else ""
    if _plain(unit) != _UNIT:
        raise CarbonshedError(
            f"{where}: the unit in cell {cell_name(1, column)} is {unit!r}; expected "
            "'Mt CO2'"
        )
    return column


def _plain(label: str) -> str:
    return re.sub(r"[\W_]+", "", label).casefold()


def kind_of_workbook(path: Path) -> str:
    """Return the content of a workbook, and the reader for it."""
    with Workbook(path) as book:
        plain = [re.sub(r"[\W_]+", "", sheet).casefold() for sheet in book.sheets]
        for pattern, kind in _KINDS:
            if any(re.fullmatch(pattern, sheet) for sheet in plain):
                return f"this is {kind}"
        return f"this is a workbook with the sheets {book.listed_sheets()}"
