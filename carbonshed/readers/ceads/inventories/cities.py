"""CEADs emission inventories by city: totals by city and year, in Mt of CO2."""

import math
import re
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from carbonshed.errors import CarbonshedError
from carbonshed.readers.ceads.inventories.provinces import CITY_SHEET, is_provincial
from carbonshed.readers.ceads.names import listed
from carbonshed.readers.common.workbooks import Workbook, amount_of, pad, text_of

_MATRIX = "emission matrix"
_VECTOR_COLUMNS = ("ID", "city", "year", "emission")
_MANY_CITIES = 200
_PLAUSIBLE_GT = (5.0, 14.0)
_JUMP = math.log(4)


@dataclass(frozen=True)
class CityInventory:
    """Totals by city and year.

    Attributes
    ----------
    file
        Name of the file.
    emissions
        Mt by (city, year); city is province and city in Chinese without the words
        for province and city, municipalities alone (``安徽安庆``, ``北京``).
    decisions
        What is odd in it.
    """

    file: str
    emissions: dict[tuple[str, int], float]
    decisions: tuple[str, ...] = ()

    @property
    def cities(self) -> list[str]:
        """Cities with a value in any year, in the order of the file."""
        return list(dict.fromkeys(city for city, _ in self.emissions))

    @property
    def years(self) -> list[int]:
        """Years in which any city has a value."""
        return sorted({year for _, year in self.emissions})

    def of_year(self, year: int) -> dict[str, float]:
        """Return the Mt of a year by city."""
        return {city: mt for (city, y), mt in self.emissions.items() if y == year}


def read_city_inventory(path: Path) -> CityInventory:
    """Read totals by city and year.

    Parameters
    ----------
    path
        The workbook with the sheets ``emission vector`` and ``emission matrix``.

    Raises
    ------
    CarbonshedError
        If a sheet is missing, a key is there twice or is not city and year, a
        value is not above 0, the two sheets differ, or the total of a year is out
        of range.
    """
    with Workbook(path) as book:
        if book.find(CITY_SHEET) is None and is_provincial(book):
            raise CarbonshedError(
                f"{path.name}: an inventory by province, not by city; it goes with "
                "ceads-province"
            )
        vector = book.require(CITY_SHEET)
        emissions = _read_vector(book, vector)
        matrix = book.find(_MATRIX)
        if matrix is not None:
            _refuse_difference(book, matrix, emissions)
    decisions = [] if matrix is not None else [f"{path.name}: no sheet {_MATRIX!r}"]
    inventory = CityInventory(path.name, emissions, tuple(decisions))
    _refuse_implausible(inventory)
    jumps = _jumps(inventory)
    if jumps:
        decisions.append(
            f"WARNING: {path.name}: {len(jumps)} jumps of more than 4 times between "
            f"two values of a city: {listed(jumps)}"
        )
    return CityInventory(path.name, emissions, tuple(decisions))


def _read_vector(book: Workbook, sheet: str) -> dict[tuple[str, int], float]:
    where = f"{book.path.name}: sheet {sheet!r}"
    rows = book.rows(sheet)
    header = [text_of(value) for value in next(rows, ())]
    while header and not header[-1]:
        header.pop()
    if tuple(header) != _VECTOR_COLUMNS:
        raise CarbonshedError(
            f"{where}: columns {', '.join(header) or 'none'}; expected "
            f"{', '.join(_VECTOR_COLUMNS)}"
        )
    found: dict[tuple[str, int], float] = {}
    for number, row in enumerate(rows, start=2):
        if not any(text_of(value) for value in row):
            continue
        *words, cell = pad(row, len(_VECTOR_COLUMNS))
        key, city, year = map(text_of, words)
        if not city or key != city + year or not re.fullmatch(r"\d{4}", year):
            raise CarbonshedError(
                f"{where}: row {number} has ID {key!r}, city {city!r}, year {year!r}; "
                "expected ID = city + year"
            )
        value = amount_of(cell, f"{where}: `emission` of row {number}")
        if value == 0 or (city, int(year)) in found:
            what = "is 0" if value == 0 else "is there twice"
            raise CarbonshedError(f"{where}: row {number}, {key}, {what}")
        found[city, int(year)] = value
    if not found:
        raise CarbonshedError(f"{where}: no rows; expected one per city and year")
    return found


def _refuse_difference(
    book: Workbook, sheet: str, vector: dict[tuple[str, int], float]
) -> None:
    """Refuse two sheets that do not hold the same numbers."""
    where = f"{book.path.name}: sheet {sheet!r}"
    rows = book.rows(sheet)
    header = [text_of(value) for value in next(rows, ())]
    matrix: dict[tuple[str, int], float] = {}
    for number, row in enumerate(rows, start=2):
        city = text_of(row[0]) if row else ""
        for year, value in zip(header[1:], row[1:], strict=False):
            if text_of(value) and re.fullmatch(r"\d{4}", year):
                at = f"{where}: {year} of row {number}"
                matrix[city, int(year)] = amount_of(value, at)
    keys = vector.keys() | matrix.keys()
    wrong = [key for key in keys if vector.get(key) != matrix.get(key)]
    if wrong:
        city, year = min(wrong)
        values = [found.get((city, year), "nothing") for found in (vector, matrix)]
        raise CarbonshedError(
            f"{where}: {len(wrong)} values differ from sheet {CITY_SHEET!r}, first "
            f"{city} {year}: {values[1]} here, {values[0]} there; expected the same"
        )


def _refuse_implausible(inventory: CityInventory) -> None:
    low, high = _PLAUSIBLE_GT
    for year in inventory.years:
        found = inventory.of_year(year)
        total = math.fsum(found.values()) / 1000
        if len(found) > _MANY_CITIES and not low <= total <= high:
            raise CarbonshedError(
                f"{inventory.file}: {len(found)} cities of {year} add up to "
                f"{total:.4g} Gt in units of Mt; expected {low:g} to {high:g} Gt: "
                "another unit?"
            )


def _jumps(inventory: CityInventory) -> list[str]:
    """Return the cities whose value changes more than fourfold to the next one."""
    found = []
    for city in inventory.cities:
        values = sorted(
            (year, mt)
            for (name, year), mt in inventory.emissions.items()
            if name == city
        )
        for (_, before), (year, after) in pairwise(values):
            if abs(math.log(after / before)) > _JUMP:
                found.append(f"{city} {year} ({before:.3g} to {after:.3g} Mt)")
    return found
