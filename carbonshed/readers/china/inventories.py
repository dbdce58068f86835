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
from carbonshed.dataset.contract import TONNES_PER_UNIT
from carbonshed.dataset.matrix_table import Decision
from carbonshed.errors import CarbonshedError
from carbonshed.readers.china.names import (
    province_named,
    provinces,
    read_packaged,
    sector_list_of,
)
from carbonshed.readers.files.workbooks import (
    Workbook,
    amount_of,
    cell_name,
    pad,
    text_of,
)
from carbonshed.readers.options import IngestOptions
from carbonshed.text import listing

URBAN, RURAL = "FU102", "FU101"  # categories of the tables: households

_HOUSEHOLDS = ("Urban", "Rural")  # rows below those of the sectors
_TOTAL_ROWS = ("totalconsumption", "totalemissions", "total")
_TOTAL_COLUMN = "scope1total"
_UNIT = "mtco2"
_SUM_TOLERANCE = 1e-5
_CONSERVED = 1e-12
_PROVINCE_SHEET = re.compile(r"^\s*(\D+?)[\s_]*((?:19|20)\d\d)\s*$")
# names of sheets, and the workbooks of the publisher that have them
_KINDS = (
    (r"table.*|mrio\d{4}.*", "a provincial table, which ceads-province reads"),
    (
        r"emissionvector|emissionmatrix",
        "an emission inventory by city, which has totals by city, without sectors",
    ),
    (
        r"co2\d{4}|\d{4}to\d{4}",
        "CO2 by city and sector, which goes with ceads-city (--emissions)",
    ),
    (
        r"[a-z]+(19|20)\d\d",
        "an emission inventory by province, which goes with ceads-province and "
        "nbs-national (--emissions)",
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
    path: Path, year: int | None = None
) -> ProvincialInventory:
    """Read emissions by province and sector, one sheet each, such as ``Shanghai2012``.

    Refuse another file or year, a sheet with other sectors or units, and sectors of a
    province that do not add up to its total.
    """
    with Workbook(path) as book:
        sheets, own_year = _province_sheets(book, year)
        amounts = {
            region: _read_province(book, name) for region, name in sheets.items()
        }
    region_ids = tuple(p.region_id for p in provinces() if p.region_id in amounts)
    missing = [p.region_name for p in provinces() if p.region_id not in amounts]
    decisions = []
    if missing:
        text = (
            f"WARNING: {path.name} has no inventory of {listing(missing, 31)}: "
            f"{len(region_ids)} of {len(provinces())} provinces have emissions"
        )
        decisions.append(Decision("provinces_missing", text))
    total = math.fsum(map(math.fsum, amounts.values())) * 1e6
    where = f"{path.name}: sum of provinces"
    decisions.append(check_total("china_co2", own_year, total, where=where, unit=1e6))
    by_row = np.array([amounts[region] for region in region_ids])
    return ProvincialInventory(
        file=path.name,
        year=own_year,
        region_ids=region_ids,
        sectors=inventory_sectors(),
        emissions=by_row[:, :-2],
        urban=by_row[:, -2],
        rural=by_row[:, -1],
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
    sectors = inventory_sectors()
    weights = np.zeros((len(sectors), len(sector_ids)))
    for row in read_packaged("inventory_sectors.csv"):
        if row["list"] != sector_list:
            continue
        if row["sector_id"] not in sector_ids:
            raise CarbonshedError(
                f"the emissions of {row['inventory_sector']!r} belong to sector "
                f"{row['sector_id']}, which the table does not have; it has "
                f"{listing(sector_ids, 45)}"
            )
        column = sector_ids.index(row["sector_id"])
        weights[sectors.index(row["inventory_sector"]), column] += float(row["weight"])
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


def unit_of_emissions(options: IngestOptions, where: str) -> str:
    """Return the unit of the emissions of a table, Mt if none is given."""
    unit = options.emissions_unit or "Mt"
    if unit not in TONNES_PER_UNIT:
        raise CarbonshedError(
            f"{where}: --emissions-unit {unit!r}; expected one of "
            f"{listing(TONNES_PER_UNIT, 5)}"
        )
    return unit


def kind_of_workbook(book: Workbook) -> str:
    """Return the content of a workbook by its sheets; empty if it is not known."""
    plain = list(map(_plain, book.sheets))
    for pattern, kind in _KINDS:
        if any(re.fullmatch(pattern, sheet) for sheet in plain):
            return kind
    return ""


def _province_sheets(book: Workbook, table_year: int | None) -> tuple[dict, int]:
    """Return sheets by region id, and the year."""
    name = book.path.name
    sheets: dict[str, str] = {}
    years: set[int] = set()
    for sheet in book.sheets:
        match = _PROVINCE_SHEET.match(sheet)
        if match is None:
            continue  # such as NOTE
        province = province_named(match[1])
        if province is None:
            raise CarbonshedError(
                f"{name}: sheet {sheet!r} names no province that is known"
            )
        if province.region_id in sheets:
            raise CarbonshedError(
                f"{name}: two sheets of one province, one of them {sheet!r}"
            )
        sheets[province.region_id] = sheet
        years.add(int(match[2]))
    if not sheets:
        kind = kind_of_workbook(book)
        raise CarbonshedError(
            f"{name}: no sheet of a province{kind and f': this is {kind}'}; expected "
            f"names like 'Shanghai2012', sheets found: {book.listed_sheets()}"
        )
    if len(years) > 1:
        raise CarbonshedError(
            f"{name}: sheets of the years {listing(sorted(years), 5)}; expected one"
        )
    if table_year not in (None, *years):
        raise CarbonshedError(
            f"{name}: emissions of {min(years)}; expected those of the table's year "
            f"{table_year}"
        )
    return sheets, min(years)


def _read_province(book: Workbook, sheet: str) -> list[float]:
    """Return the scope 1 total of each sector, then of Urban and Rural."""
    where = f"{book.path.name}: sheet {sheet!r}"
    header, *rows = [*book.rows(sheet), (), ()]
    plain = [_plain(text_of(value)) for value in header]
    if plain.count(_TOTAL_COLUMN) != 1:
        raise CarbonshedError(
            f"{where}: {plain.count(_TOTAL_COLUMN)} columns 'Scope 1 Total' in row 1; "
            "expected one, after the fuels"
        )
    column = plain.index(_TOTAL_COLUMN)
    unit = text_of(pad(rows[0], column + 1)[column])
    if _plain(unit) != _UNIT:
        raise CarbonshedError(
            f"{where}: the unit in cell {cell_name(1, column)} is {unit!r}; expected "
            "'Mt CO2'"
        )
    sectors = {_plain(name): name for name in (*inventory_sectors(), *_HOUSEHOLDS)}
    amounts: dict[str, float] = {}
    total = None
    for number, row in enumerate(rows, start=1):
        label = text_of(pad(row, 1)[0])
        key = _plain(label)
        if not label:
            continue
        cell = f"{where}: cell {cell_name(number, column)}"
        amount = amount_of(pad(row, column + 1)[column], cell)
        if key in _TOTAL_ROWS and total is None:
            total = amount
            continue
        if key not in sectors or key in amounts:
            state = (
                "is there twice" if key in amounts else "is not a sector that is known"
            )
            raise CarbonshedError(
                f"{where}: row {number + 1} {label!r} {state}; expected the "
                f"{len(sectors) - 2} sectors of the inventory, Urban and Rural"
            )
        amounts[key] = amount
    missing = [name for key, name in sectors.items() if key not in amounts]
    if missing:
        raise CarbonshedError(f"{where}: no row for {listing(missing, 5)}")
    if total is None:
        raise CarbonshedError(f"{where}: no row 'Total Consumption'")
    added = math.fsum(amounts.values())
    if not math.isclose(added, total, rel_tol=_SUM_TOLERANCE):
        raise CarbonshedError(
            f"{where}: sectors and households add up to {added:.6f}, the row of the "
            f"total says {total:.6f}; expected the same within {_SUM_TOLERANCE:g}"
        )
    return [amounts[key] for key in sectors]


def _plain(label: str) -> str:
    return re.sub(r"[\W_]+", "", label).casefold()
