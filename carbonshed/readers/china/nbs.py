"""The format ``nbs-national``: China as one region, 2012 or 2015.

The tables of the National Bureau of Statistics have competitive imports and no
emissions. The map beside this module reads them; sectors are aggregated to the 42 of
the provincial tables, and emissions are the sum of provincial inventories.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from carbonshed.accounting.known_totals import check_total, known_total
from carbonshed.dataset.matrix_table import Decision, MatrixTable
from carbonshed.errors import CarbonshedError
from carbonshed.io_errors import need_file
from carbonshed.progress import Progress
from carbonshed.readers.china.inventories import (
    emissions_of_table,
    read_provincial_inventory,
)
from carbonshed.readers.china.names import (
    CURRENCY_UNIT,
    ChinaSector,
    map_of,
    read_packaged,
    sector_list_of,
    sector_rows,
    sectors_of,
)
from carbonshed.readers.files.grids import Books, CsvStyle
from carbonshed.readers.options import IngestOptions
from carbonshed.readers.workbook.assemble import Year
from carbonshed.readers.workbook.map import plan_of

_TEXTS = ["Code", "Description", "DescriptionInChinese"]
_SAME_TABLE = 0.01  # the known totals are printed with three digits
_REGION = "CHN"


def read_nbs_national(
    source: Path, options: IngestOptions, progress: Progress
) -> MatrixTable:
    """Read a national table, of 139 or 42 sectors, with the emissions of all provinces.

    Options are `year`; `emissions`, a workbook of provincial inventories; and
    `indicators` if population and GDP are not to be those that are published.
    """
    progress(f"reading {source.name}", 0.0)
    need_file(source, "a CSV in UTF-8")
    books = Books(source, CsvStyle(), is_shipped=True)
    where, year = f"nbs-national: {source.name}", options.year
    sectors = sectors_of(sector_list_of(year))
    items, groups = _sector_items(books, sectors)
    reading = Year(
        plan_of(map_of("nbs_national.yml", sectors=items), year, options), books
    )
    table = reading.table()
    table.imported_products = None  # in proportion: the use of the product says it
    output, added = (
        float(amounts.sum()) * CURRENCY_UNIT
        for amounts in (table.output, reading.sums["TVA"])
    )
    table.decisions += [
        _check_total("china_output", output, year, f"{where}: GO"),
        _check_total("china_value_added", added, year, f"{where}: TVA"),
    ]
    if options.emissions is None:
        raise CarbonshedError(
            f"{where} was read and its sums come out (output {output / 1e12:,.4g} "
            f"trillion CNY, value added {added / 1e12:,.4g}), but it holds no "
            "emissions; expected --emissions FILE, the provincial inventories of "
            f"{year} (CEADs, .xlsx)"
        )
    _describe_sources(table, len(items), options.emissions)
    add_up_sectors(table, groups, len(sectors))
    table.sectors = sector_rows(sectors)
    progress(f"reading {options.emissions.name}", 0.1)
    _add_emissions(table, options.emissions)
    if options.indicators is None:
        _add_people(table, added)
    return table


def _sector_items(
    books: Books, sectors: Sequence[ChinaSector]
) -> tuple[list[dict[str, object]], list[int]]:
    """Return the sectors for the map, and the position of each among the 42."""
    grid = books.grid(None, None)
    header = [grid.text(0, column) for column in range(grid.width)]
    if "Origin" in header:
        raise grid.refusal(
            "has a column Origin: domestic use and imports apart, as the national "
            "tables of 2017, 2018 and 2020 have them; nbs-national reads those of "
            "competitive imports, 2012 and 2015"
        )
    if header[:3] != _TEXTS:
        raise grid.refusal(
            f"the header begins with {', '.join(header[:3])!r}; expected "
            f"{', '.join(_TEXTS)!r}: a national table of China"
        )
    by_id = {sector.sector_id: sector for sector in sectors}
    own = {
        row["code"]: (by_id[row["sector_id"]], [row["sector_name"], row["name_zh"]])
        for row in read_packaged("china_sectors_139.csv")
    }
    codes = set(filter(str.isdigit, header))
    if codes == set(by_id):
        own = {code: (sector, list(sector.names)) for code, sector in by_id.items()}
    elif codes != set(own):
        raise grid.refusal(
            f"has {len(codes)} sectors; expected {len(own)} (2012) or {len(by_id)}"
        )
    items = [sector.item(code, names) for code, (sector, names) in own.items()]
    return items, [sectors.index(sector) for sector, _ in own.values()]


def _check_total(kind: str, total: float, year: int, where: str) -> Decision:
    """Compare a sum with the known total of the year.

    The known totals are those of these very tables, so they tell one year from the
    next, not only a wrong unit.
    """
    decision = check_total(kind, year, total, where=where, unit=CURRENCY_UNIT)
    published = known_total(kind, year)
    if published is not None and abs(total / published.value - 1) > _SAME_TABLE:
        raise CarbonshedError(
            f"{where} adds up to {total / 1e12:,.4g} trillion CNY; expected "
            f"{published.value / 1e12:,.4g} in {year} ({published.source}): is --year "
            "right?"
        )
    return decision


def add_up_sectors(table: MatrixTable, groups: Sequence[int], count: int) -> None:
    """Add up the flows of a table of one region to `count` sectors.

    `groups` is the position of the new sector of each old one.
    """
    if len(groups) == count:
        return
    members = np.eye(count)[groups].T
    table.transactions = members @ table.transactions @ members.T
    table.final_demand = members @ table.final_demand
    table.exports = members @ table.exports
    table.output = members @ table.output
    table.imports_by_sector = members @ table.imports_by_sector
    table.value_added = {key: members @ own for key, own in table.value_added.items()}
    table.add_decision(
        "sectors_aggregated",
        f"{len(groups)} sectors were added up to {count} after imports were taken out: "
        "flows are added, coefficients are not "
        "(carbonshed/readers/china/china_sectors_139.csv)",
    )


def _add_emissions(table: MatrixTable, path: Path) -> None:
    """Add the emissions of all provinces by sector and by category."""
    inventory = read_provincial_inventory(path, table.year)
    mapped, direct = emissions_of_table(
        inventory,
        [row["sector_id"] for row in table.sectors],
        [row["category_id"] for row in table.categories],
    )
    table.emissions = {"co2": mapped.sum(axis=0)}
    table.direct_emissions = {"co2": direct.sum(axis=0, keepdims=True)}
    table.decisions += inventory.decisions
    table.add_decision(
        "provinces_added_up",
        f"{inventory.file}: {len(inventory.region_ids)} provinces added up, "
        f"{inventory.total:,.1f} Mt",
    )
    table.add_decision(
        "emissions_mapped",
        f"emissions of {len(inventory.sectors)} inventory sectors, "
        f"{mapped.sum():,.1f} Mt, were taken to {len(table.sectors)} sectors by "
        "weights (carbonshed/readers/china/inventory_sectors.csv); Urban and Rural are "
        f"direct emissions of households: {direct.sum():,.1f} Mt",
    )


def _add_people(table: MatrixTable, value_added: float) -> None:
    """Add the published population, and the value added as GDP."""
    rows = {int(row["year"]): row for row in read_packaged("china_population.csv")}
    if table.year not in rows:
        raise CarbonshedError(
            f"nbs-national: no population of {table.year} is known here; expected "
            f"--indicators FILE with year, region_id ({_REGION}), population, gdp"
        )
    row = rows[table.year]
    table.population, table.gdp = [int(row["population"])], [value_added]
    table.add_decision(
        "people_source",
        f"population {table.population[0]:,} ({row['source']}); GDP is the value added "
        f"of the table, {value_added / 1e12:,.4g} trillion CNY",
    )


def _describe_sources(table: MatrixTable, n_sectors: int, emissions: Path) -> None:
    table.descriptor["licenses"].append(
        {"title": "CEADs: free to the public, to be cited as their site asks"}
    )
    table.descriptor["sources"] = [
        {
            "title": "National Bureau of Statistics of China, input-output table "
            f"{table.year} ({n_sectors} sectors)"
        },
        {"title": f"CEADs, {emissions.stem.replace('_', ' ')}"},
    ]
