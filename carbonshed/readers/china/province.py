"""CEADs provincial tables, 2012 to 2020: a workbook of 31 provinces x 42 sectors."""

from pathlib import Path

import numpy as np

from carbonshed.accounting.known_totals import check_total
from carbonshed.dataset.contract import TONNES_PER_UNIT
from carbonshed.dataset.matrix_table import Decision, MatrixTable
from carbonshed.errors import CarbonshedError
from carbonshed.progress import Progress
from carbonshed.readers.china.inventories import (
    RURAL,
    URBAN,
    map_inventory,
    read_provincial_inventory,
)
from carbonshed.readers.china.names import (
    FINAL_DEMAND,
    ChinaSector,
    category_rows,
    sector_list_of,
    sector_rows,
)
from carbonshed.readers.china.province_checks import (
    check_sums,
    fill_gaps,
    require_same,
)
from carbonshed.readers.china.province_labels import check_sectors
from carbonshed.readers.china.province_sheets import (
    FORMAT,
    ProvinceSheet,
    choose_sheets,
    compare_lists,
    read_sheet,
)
from carbonshed.readers.files.workbooks import Workbook
from carbonshed.readers.options import IngestOptions
from carbonshed.readers.rows.small_tables import read_indicators
from carbonshed.text import listing

CURRENCY_UNIT = 1e4  # tables are in 10^4 CNY

_POWERS = {unit: round(np.log10(tonnes)) for unit, tonnes in TONNES_PER_UNIT.items()}


def read_ceads_province(
    source: Path, options: IngestOptions, progress: Progress
) -> MatrixTable:
    """Read a provincial table.

    Options are `year` where the workbook has none, `emissions` for an inventory by
    province, and `indicators` for population and GDP.
    """
    with Workbook(source) as book:
        chosen = choose_sheets(book, options)
        sheet = read_sheet(book, chosen.main, progress)
        sectors = check_sectors(
            sheet.producers, sector_list_of(chosen.year), sheet.where
        )
        if chosen.english:
            other = read_sheet(book, chosen.english, progress)
            check_sectors(other.producers, sector_list_of(chosen.year), other.where)
            require_same(sheet, other)
            sheet.decisions.append(
                Decision(
                    "languages_agree",
                    f"sheet {chosen.english!r} holds the same numbers",
                )
            )
        sheet.decisions += compare_lists(book, sheet, sectors)
    _check_categories(sheet)
    fill_gaps(sheet)
    check_sums(sheet)
    unit = options.unit or CURRENCY_UNIT
    decisions = [
        Decision("sheet", f"sheet {chosen.main!r} is read"),
        *chosen.decisions,
        *sheet.decisions,
    ]
    decisions += _totals(sheet, chosen.year, unit)
    emissions, direct, emissions_unit = _emissions(
        sheet, sectors, chosen.year, options, decisions
    )
    region_ids = [region.region_id for region in sheet.producers.regions]
    population, gdp = _people(options, chosen.year, region_ids, decisions)
    return MatrixTable(
        year=chosen.year,
        regions=_regions(sheet),
        sectors=sector_rows(sectors),
        categories=category_rows(sheet.users.codes),
        stressors=[
            {
                "stressor_id": "co2",
                "stressor_name": "Carbon dioxide",
                "unit": emissions_unit,
            }
        ],
        population=population,
        gdp=gdp,
        transactions=sheet.blocks["Z"],
        final_demand=sheet.blocks["FU"],
        descriptor=_descriptor(source, chosen.year, unit),
        exports=sheet.blocks["EX"],
        imports_by_sector=sheet.margins["IM"],
        imports_by_category=sheet.imports_of_users,
        value_added={code: sheet.margins[code] for code in sheet.components},
        output=sheet.blocks["GO"],
        emissions={"co2": emissions},
        direct_emissions={} if direct is None else {"co2": direct},
        decisions=decisions,
    )


# --- labels --------------------


def _check_categories(sheet: ProvinceSheet) -> None:
    unknown = [code for code in sheet.users.codes if code not in FINAL_DEMAND]
    if unknown:
        raise CarbonshedError(
            f"{sheet.where}: the category {listing(unknown, 5)} of final demand is not "
            f"known; expected {listing(FINAL_DEMAND, 5)}"
        )
    missing = [code for code in (RURAL, URBAN) if code not in sheet.users.codes]
    if missing:
        raise CarbonshedError(
            f"{sheet.where}: no final demand {listing(missing, 5)} (households); found "
            f"{listing(sheet.users.codes, 5)}"
        )


def _regions(sheet: ProvinceSheet) -> list[dict]:
    return [
        {
            "region_id": region.region_id,
            "region_name": region.region_name,
            "parent_region_id": None,
            "region_type": "province",
            "longitude": region.longitude,
            "latitude": region.latitude,
        }
        for region in sheet.producers.regions
    ]


# --- totals, emissions, people --------------------


def _totals(sheet: ProvinceSheet, year: int, unit: float) -> list[Decision]:
    """Compare output and value added with the known totals of the year."""
    power = round(np.log10(unit))
    declared = None if unit == 10.0**power else f"{unit:g} CNY"
    output = sheet.blocks["TIU"] + sheet.blocks["TFU"]
    sums = {
        "china_output": output.sum(),
        "china_value_added": sheet.margins["TVA"].sum(),
    }
    where = f"{FORMAT}: {sheet.where}"
    return [
        check_total(
            kind, year, float(value) * unit, where=where, power=power, declared=declared
        )
        for kind, value in sums.items()
    ]


def _emissions(
    sheet: ProvinceSheet,
    sectors: list[ChinaSector],
    year: int,
    options: IngestOptions,
    decisions: list[Decision],
) -> tuple[np.ndarray, np.ndarray | None, str]:
    """Return emissions (n,), direct emissions (R, C) or None, and their unit."""
    if options.emissions is not None:
        if options.emissions_unit not in (None, "Mt"):
            raise CarbonshedError(
                f"{FORMAT}: --emissions-unit {options.emissions_unit}: an inventory "
                "says its own unit, Mt CO2; leave the option out"
            )
        return *_from_inventory(
            sheet, sectors, year, options.emissions, decisions
        ), "Mt"
    if sheet.emissions is None:
        raise CarbonshedError(
            f"{FORMAT}: {sheet.where}: there is no row of CO2 below TI; give an "
            f"inventory of {year} by province: --emissions FILE"
        )
    unit = options.emissions_unit or "Mt"
    if unit not in _POWERS:
        raise CarbonshedError(
            f"{FORMAT}: --emissions-unit {unit!r}; expected one of "
            f"{listing(_POWERS, 5)}"
        )
    shape = (len(sheet.users.regions), len(sheet.users.codes))
    direct = np.nan_to_num(sheet.direct_emissions).reshape(shape)
    total = float(sheet.emissions.sum() + direct.sum())
    decisions.append(
        check_total(
            "china_co2",
            year,
            total * TONNES_PER_UNIT[unit],
            where=f"{FORMAT}: {sheet.where}: row of CO2",
            power=_POWERS[unit],
        )
    )
    if not direct.any():
        decisions.append(
            Decision(
                "no_direct_emissions",
                "WARNING: the row of CO2 has no emissions of households: footprints "
                "are without direct emissions",
            )
        )
        return sheet.emissions, None, unit
    return sheet.emissions, direct, unit


def _from_inventory(
    sheet: ProvinceSheet,
    sectors: list[ChinaSector],
    year: int,
    path: Path,
    decisions: list[Decision],
) -> tuple[np.ndarray, np.ndarray]:
    inventory = read_provincial_inventory(path, year)
    decisions += inventory.decisions
    if sheet.emissions is not None:
        decisions.append(
            Decision(
                "own_emissions_unused",
                "the table's own row of CO2 is not used: --emissions is given",
            )
        )
    mapped = map_inventory(
        inventory, sector_list_of(year), [sector.sector_id for sector in sectors]
    )
    decisions.append(
        Decision(
            "emissions_mapped",
            f"{path.name}: {len(inventory.sectors)} sectors taken to {len(sectors)}; "
            f"Urban and Rural are direct emissions of {URBAN} and {RURAL}",
        )
    )
    ids = [region.region_id for region in sheet.producers.regions]
    codes = sheet.users.codes
    emissions = np.zeros((len(ids), len(sectors)))
    direct = np.zeros((len(ids), len(codes)))
    for row, region_id in enumerate(inventory.region_ids):
        if region_id not in ids:
            raise CarbonshedError(
                f"{FORMAT}: {path.name} has emissions of province {region_id}, which "
                f"is not in {sheet.where}; expected the provinces of the table"
            )
        position = ids.index(region_id)
        emissions[position] = mapped[row]
        direct[position, codes.index(URBAN)] = inventory.urban[row]
        direct[position, codes.index(RURAL)] = inventory.rural[row]
    lacking = [i for i, r in enumerate(ids) if r not in inventory.region_ids]
    if lacking:
        output = (sheet.blocks["TIU"] + sheet.blocks["TFU"]).reshape(len(ids), -1)
        names = [sheet.producers.regions[i].region_name for i in lacking]
        share = output[lacking].sum() / output.sum()
        decisions.append(
            Decision(
                "provinces_missing",
                f"WARNING: emissions of {listing(names, 31)} count as 0: not in "
                f"{path.name}; {share:.2%} of all output",
            )
        )
    return emissions.ravel(), direct


def _people(
    options: IngestOptions, year: int, region_ids: list[str], decisions: list[Decision]
) -> tuple[list[int | None], list[float | None]]:
    if options.indicators is not None:
        decisions.append(
            Decision(
                "people_source", f"population and GDP from {options.indicators.name}"
            )
        )
        return read_indicators(options.indicators, year, region_ids)
    none = [None] * len(region_ids)
    return none, list(none)


def _descriptor(source: Path, year: int, unit: float) -> dict:
    return {
        "title": "China, provinces (CEADs)",
        "licenses": [
            {
                "title": "CEADs: free after registration, to be cited as the site asks",
                "path": "https://www.ceads.net/",
            }
        ],
        "sources": [
            {
                "title": f"CEADs, China multi-regional input-output table {year}, "
                f"provinces ({source.name})",
                "path": "https://www.ceads.net/data/input_output_tables/",
            }
        ],
        "mrio": {
            "currency": "CNY",
            "currency_unit": unit,
            "price_basis": "producers' prices, current",
            "country": "CHN",
        },
    }
