"""Write an economy as a dataset, one origin region at a time."""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pyarrow as pa

from carbonshed.dataset.parquet_writer import FlowWriter
from carbonshed.dataset.store import DatasetWriter, stored_schema
from carbonshed.synthetic import energy
from carbonshed.synthetic.concordance import Concordance
from carbonshed.synthetic.economy import Economy
from carbonshed.synthetic.facts import (
    CATEGORY_GROUPS,
    CATEGORY_IDS,
    CATEGORY_NAMES,
    N_HOUSEHOLD_CATEGORIES,
)

MILLION = 1e6
STRESSOR_ID = "co2"
COMPONENT_ID = "value_added"


def write_dimensions(
    writer: DatasetWriter, economy: Economy, sectors: Concordance, year: int
) -> None:
    """Write regions, people, sectors, categories and the stressor."""
    land, n = economy.land, len(economy.land.names)
    types = np.where(land.is_remainder, "remainder", "city").tolist()
    _write(
        writer,
        "regions",
        region_id=land.ids,
        region_name=land.names,
        parent_region_id=land.parents,
        region_type=types,
        longitude=land.longitude,
        latitude=land.latitude,
        region_position=np.arange(n),
    )
    _write(
        writer,
        "region_years",
        year=[year] * n,
        region_id=land.ids,
        population=land.population,
        gdp=economy.value_added.sum(axis=1) * MILLION,
    )
    _write(
        writer,
        "sectors",
        sector_id=sectors.ids,
        sector_name=sectors.names,
        sector_group=sectors.groups,
        is_power_supply=sectors.is_power_supply,
        sector_position=range(len(sectors.ids)),
    )
    _write(
        writer,
        "final_demand_categories",
        category_id=CATEGORY_IDS,
        category_name=[CATEGORY_NAMES[c] for c in CATEGORY_IDS],
        category_group=[CATEGORY_GROUPS[c] for c in CATEGORY_IDS],
        category_position=range(len(CATEGORY_IDS)),
    )
    _write(
        writer,
        "stressors",
        stressor_id=[STRESSOR_ID],
        stressor_name=["Carbon dioxide"],
        unit=["kt"],
    )


def write_accounts(
    writer: DatasetWriter, economy: Economy, sectors: Concordance, year: int
) -> None:
    """Write all tables with one value for a sector or a category of a region."""
    for table, values in (
        ("exports", economy.exports),
        ("output", economy.output),
    ):
        cells, amounts = _cells(sectors.sums(values, axis=1))
        years = np.full(len(cells), year)
        _write(writer, table, year=years, region_sector_id=cells, value=amounts)
    cells, amounts = _cells(sectors.sums(economy.value_added, axis=1))
    _write(
        writer,
        "value_added",
        year=np.full(len(cells), year),
        region_sector_id=cells,
        component_id=[COMPONENT_ID] * len(cells),
        value=amounts,
    )
    cells, amounts = _cells(
        sectors.sums(energy.sector_emissions(economy.output, economy.factors), axis=1)
    )
    _write(
        writer,
        "emissions",
        year=np.full(len(cells), year),
        stressor_id=[STRESSOR_ID] * len(cells),
        region_sector_id=cells,
        value=amounts,
    )
    cells, amounts = _cells(energy.household_emissions(economy.land))
    region, category = np.divmod(cells, N_HOUSEHOLD_CATEGORIES)
    _write(
        writer,
        "direct_emissions",
        year=np.full(len(cells), year),
        stressor_id=[STRESSOR_ID] * len(cells),
        region_id=[economy.land.ids[r] for r in region],
        category_id=[CATEGORY_IDS[c] for c in category],
        value=amounts,
    )
    _write_imports(writer, economy, sectors, year)


def _write_imports(
    writer: DatasetWriter, economy: Economy, sectors: Concordance, year: int
) -> None:
    """Write imports, first those of sectors, then those of final users."""
    inputs, amounts = _cells(sectors.sums(economy.imported_inputs, axis=1))
    demand, demand_amounts = _cells(economy.imported_demand)
    region, sector = np.divmod(inputs, len(sectors.ids))
    demand_region, category = np.divmod(demand, len(CATEGORY_IDS))
    regions = np.concatenate([region, demand_region])
    _write(
        writer,
        "imports",
        year=np.full(len(regions), year),
        region_id=[economy.land.ids[r] for r in regions],
        sector_id=[sectors.ids[s] for s in sector] + [None] * len(demand),
        category_id=[None] * len(inputs) + [CATEGORY_IDS[c] for c in category],
        value=np.concatenate([amounts, demand_amounts]),
    )


def write_flows(
    writer: DatasetWriter,
    economy: Economy,
    sectors: Concordance,
    year: int,
    progress: Callable[[float], None],
) -> None:
    """Stream transactions and final demand; the whole matrix is never in memory.

    Parameters
    ----------
    writer : DatasetWriter
        An open writer.
    economy : Economy
        What to write.
    sectors : Concordance
        From the 42 sectors to those of the dataset.
    year : int
        The year of every row.
    progress : callable
        Told the part done, from 0 to 1, after every region.
    """
    n_regions, n_sectors = len(economy.land.names), len(sectors.ids)
    ids = pa.array(economy.land.ids, pa.string())
    categories = pa.array(CATEGORY_IDS, pa.string())
    n_categories = len(CATEGORY_IDS)
    inputs = economy.technology * economy.output[:, None, :]
    home = (1.0 - economy.import_share)[:, None, None]
    inputs = sectors.sums(inputs, axis=2).transpose(1, 0, 2) * home
    demand = economy.demand.transpose(1, 0, 2) * home
    with (
        FlowWriter(writer, "transactions") as transactions,
        FlowWriter(writer, "final_demand", "region_id", "category_id") as final_demand,
    ):
        for region in range(n_regions):
            first = region * n_sectors
            origin, destination, value = _block(economy, sectors, region, inputs)
            transactions.append(year, first + origin, [destination], value)
            origin, user, value = _block(economy, sectors, region, demand)
            user_region, category = np.divmod(user, np.int32(n_categories))
            labels = [
                pa.DictionaryArray.from_arrays(pa.array(user_region), ids),
                pa.DictionaryArray.from_arrays(pa.array(category), categories),
            ]
            final_demand.append(year, first + origin, labels, value)
            progress((region + 1) / n_regions)


def _block(
    economy: Economy, sectors: Concordance, region: int, use: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return what one region delivers, without the cells that are exactly zero.

    Parameters
    ----------
    economy : Economy
        Its trade shares are used.
    sectors : Concordance
        From the 42 sectors to those of the dataset.
    region : int
        The origin.
    use : ndarray, shape (42, R, m)
        Home-made good i used by user m of region s.

    Returns
    -------
    origin, destination : ndarray of int32, shape (cells,)
        Sector of origin, and place in (R, m); sorted.
    value : ndarray, shape (cells,)
        Million CNY.
    """
    _, n_regions, n_users = use.shape
    flows = np.zeros((len(sectors.ids), n_regions, n_users))
    for good, sector in enumerate(sectors.position):
        flows[sector] += economy.trade[good, region][:, None] * use[good]
    flows = flows.reshape(len(sectors.ids), -1)
    origin, destination = np.nonzero(flows)
    return (
        origin.astype(np.int32),
        destination.astype(np.int32),
        flows[origin, destination],
    )


def _cells(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return position and amount of all cells that are not zero."""
    flat = values.ravel()
    cells = np.flatnonzero(flat)
    return cells, flat[cells]


def _write(writer: DatasetWriter, table: str, **columns: Iterable[Any]) -> None:
    schema = stored_schema(table)
    arrays = [pa.array(list(columns[field.name]), type=field.type) for field in schema]
    writer.write(table, pa.Table.from_arrays(arrays, schema=schema))
