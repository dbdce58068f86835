"""CEADs emission inventories: by province and sector, and totals by city.

They hold emissions and no table: a satellite of the province and city tables.
"""

import math
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from carbonshed.errors import CarbonshedError
from carbonshed.readers.ceads.city.city_totals import SPREAD
from carbonshed.readers.ceads.inventories.cities import (
    CityInventory,
    read_city_inventory,
)
from carbonshed.readers.ceads.inventories.provinces import (
    CITY_SHEET,
    RURAL,
    URBAN,
    ProvincialInventory,
    concordance,
    inventory_sectors,
    is_provincial,
    map_inventory,
    read_provincial_inventory,
    sum_provinces,
)
from carbonshed.readers.common.workbooks import Workbook
from carbonshed.readers.options import IngestOptions

__all__ = [
    "RURAL",
    "URBAN",
    "CityInventory",
    "ProvincialInventory",
    "concordance",
    "inventory_sectors",
    "map_inventory",
    "read_city_inventory",
    "read_inventories",
    "read_provincial_inventory",
    "sum_provinces",
]

Progress = Callable[[str, float], None]


def read_inventories(
    source: Path, _: IngestOptions, progress: Progress | None
) -> NoReturn:
    """Read an inventory, check it, and refuse it: it is no table.

    Raises
    ------
    CarbonshedError
        Always; the message says what the file holds and which table it goes with.
    """
    with Workbook(source) as book:
        has_provinces = book.find(CITY_SHEET) is None and is_provincial(book)
    if has_provinces:
        provincial = read_provincial_inventory(source, progress=progress)
        households = provincial.urban.sum() + provincial.rural.sum()
        holds = (
            f"{len(provincial.region_ids)} provinces x {len(provincial.sectors)} "
            f"sectors, {provincial.total:,.1f} Mt in {provincial.year} "
            f"(households {households:,.0f})"
        )
        usage = (
            f"carbonshed ingest ceads-province TABLE --emissions {source} "
            "--indicators INDICATORS.csv"
        )
        decisions = provincial.decisions
    else:
        city = read_city_inventory(source)
        year = max(city.years, key=lambda y: len(city.of_year(y)))
        found = city.of_year(year)
        holds = (
            f"{len(city.emissions):,} values, {len(city.cities)} cities, "
            f"{city.years[0]} to {city.years[-1]}; in {year} {len(found)} cities, "
            f"{math.fsum(found.values()):,.1f} Mt"
        )
        usage = (
            f"carbonshed ingest ceads-city TABLE --emissions {source} "
            f"--regions REGIONS.csv --accept {SPREAD}"
        )
        decisions = city.decisions
    notes = "".join(f"\n{choice}" for choice in decisions)
    raise CarbonshedError(
        f"ceads-inventories: {source.name} was read and is in order ({holds}), but it "
        "holds emissions and no table: no transactions, no final demand. It goes with "
        f"a table:\n  {usage} --name NAME{notes}"
    )
