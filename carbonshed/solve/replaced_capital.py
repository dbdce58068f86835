"""Emissions behind capital that replaces what is used up, year by year."""

import duckdb
import numpy as np
import pyarrow as pa

from carbonshed import leontief
from carbonshed.errors import CarbonshedError
from carbonshed.progress import TimedProgress
from carbonshed.text import listing

CAPITAL_INTENSITIES = pa.schema(
    [
        ("year", pa.int32()),
        ("stressor_id", pa.string()),
        ("region_id", pa.string()),
        ("intensity", pa.float64()),
    ]
)


def capital_intensities(
    investments: duckdb.DuckDBPyRelation,
    embodied_capital: duckdb.DuckDBPyRelation,
    years: list[int],
) -> pa.Table:
    """Return emissions per unit of capital of each region that has investments.

    Parameters
    ----------
    investments
        year, stressor_id, region_id, amount (currency), investment_footprint (t).
    embodied_capital
        year, region_id, destination_region_id, category_group, amount (currency):
        capital of a region that is used up for final demand.
    years
        All years of the dataset. Those in which no capital is used up have no rows,
        and are named on standard error.

    Returns
    -------
    pyarrow.Table
        Columns of `CAPITAL_INTENSITIES`, intensity in t per currency.

    Raises
    ------
    CarbonshedError
        If investments use up more capital than they replace, with the regions.
    """
    of_investments = embodied_capital.filter("category_group = 'investment'")
    used = {
        year
        for (year,) in embodied_capital.filter("amount <> 0")
        .aggregate("year")
        .fetchall()
    }
    rows: list[dict[str, object]] = []
    for year in years:
        if year not in used:
            TimedProgress(year).note(
                "no footprints with capital: no component of value added is consumption"
                " of fixed capital by seeds/capital_components.csv; add a row with its"
                " component_id, if one is"
            )
            continue
        of_year = f"year = {year}"
        rows += _of_year(
            year, investments.filter(of_year), of_investments.filter(of_year)
        )
    return pa.Table.from_pylist(rows, CAPITAL_INTENSITIES)


def _of_year(
    year: int,
    investments: duckdb.DuckDBPyRelation,
    embodied_capital: duckdb.DuckDBPyRelation,
) -> list[dict[str, object]]:
    rows = investments.project("stressor_id, region_id, amount, investment_footprint")
    footprints = rows.order("stressor_id, region_id").fetchall()
    amounts = {region: amount for _, region, amount, _ in footprints}
    regions = {region: row for row, region in enumerate(amounts)}
    names = dict.fromkeys(stressor for stressor, *_ in footprints)
    stressors = {stressor: q for q, stressor in enumerate(names)}
    intensities = np.zeros((len(regions), len(stressors)))
    for stressor, region, amount, footprint in footprints:
        intensities[regions[region], stressors[stressor]] = footprint / amount
    embodied = np.zeros((len(regions), len(regions)))
    cells = embodied_capital.project("region_id, destination_region_id, amount")
    for region, destination, amount in cells.fetchall():
        # a region without a mix replaces nothing, and so has no row or column
        if region in regions and destination in regions:
            embodied[regions[region], regions[destination]] = (
                amount / amounts[destination]
            )
    try:
        solved = leontief.capital_intensities(intensities, embodied)
    except leontief.UnboundedCapitalError as error:
        carriers = listing([[*regions][row] for row in error.regions[:5]])
        raise CarbonshedError(
            f"{year}: {error}. Most of it is used up in {carriers}: compare its"
            " consumption of fixed capital in value_added (components of"
            " seeds/capital_components.csv) with the investments there, whose category"
            " group is investment; or build without the var capital"
        ) from None
    return [
        {
            "year": year,
            "stressor_id": stressor,
            "region_id": region,
            "intensity": solved[row, q],
        }
        for stressor, q in stressors.items()
        for region, row in regions.items()
    ]
