"""An economy written as a dataset, one origin region at a time."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from carbonshed.dataset.contract import INPUT_TABLES
from carbonshed.dataset.matrix_table import MatrixTable, Row
from carbonshed.dataset.matrix_writer import small_tables
from carbonshed.dataset.parquet_writer import FlowWriter
from carbonshed.dataset.store import DatasetWriter, label_table
from carbonshed.synthetic.economy import (
    Economy,
    household_emissions,
    sector_emissions,
)
from carbonshed.synthetic.facts import (
    CATEGORY_GROUPS,
    CATEGORY_IDS,
    CATEGORY_NAMES,
    N_HOUSEHOLD_CATEGORIES,
    Concordance,
)

MILLION = 1e6
STRESSOR_ID = "co2"
COMPONENT_ID = "value_added"


def write_small_tables(
    writer: DatasetWriter, economies: Mapping[int, Economy], sectors: Concordance
) -> None:
    """Write all tables but transactions and final demand."""
    tables = [
        _without_flows(economy, sectors, year) for year, economy in economies.items()
    ]
    for name, labels in tables[0].labels.items():
        writer.write(name, label_table(name, labels))
    by_year = [small_tables(table) for table in tables]
    for name in by_year[0]:
        writer.write(name, pa.concat_tables(rows[name] for rows in by_year))


def _without_flows(economy: Economy, sectors: Concordance, year: int) -> MatrixTable:
    """Return the table as matrices, those of the flows left empty."""
    land = economy.land
    burnt = sector_emissions(economy.output, economy.factors, economy.year)
    direct = np.zeros((len(land.names), len(CATEGORY_IDS)))
    direct[:, :N_HOUSEHOLD_CATEGORIES] = household_emissions(land, economy.year)
    regions = zip(
        land.ids,
        land.names,
        land.parents,
        np.where(land.is_remainder, "remainder", "city").tolist(),
        land.longitude.tolist(),
        land.latitude.tolist(),
        [None] * len(land.names),
        strict=True,
    )
    goods = zip(
        sectors.ids, sectors.names, sectors.groups, sectors.is_power_supply, strict=True
    )
    empty = np.empty((0, 0))
    return MatrixTable(
        year=year,
        regions=_rows("regions", regions),
        sectors=_rows("sectors", goods),
        categories=_rows(
            "final_demand_categories",
            ((c, CATEGORY_NAMES[c], CATEGORY_GROUPS[c]) for c in CATEGORY_IDS),
        ),
        stressors=_rows("stressors", [(STRESSOR_ID, "Carbon dioxide", "kt")]),
        population=land.population.tolist(),
        gdp=(economy.value_added.sum(axis=1) * MILLION).tolist(),
        transactions=empty,
        final_demand=empty,
        descriptor={},
        exports=sectors.sums(economy.exports, axis=1),
        imports_by_sector=sectors.sums(economy.imported_inputs, axis=1),
        imports_by_category=economy.imported_demand,
        value_added={COMPONENT_ID: sectors.sums(economy.value_added, axis=1)},
        output=sectors.sums(economy.output, axis=1),
        emissions={STRESSOR_ID: sectors.sums(burnt, axis=1)},
        direct_emissions={STRESSOR_ID: direct},
    )


def _rows(table: str, rows: Iterable[tuple[Any, ...]]) -> list[Row]:
    """Return rows of a table of labels, by the names of the contract's columns."""
    names = INPUT_TABLES[table].column_names
    return [dict(zip(names, row, strict=True)) for row in rows]


def write_flows(
    writer: DatasetWriter,
    economies: Mapping[int, Economy],
    sectors: Concordance,
    progress: Callable[[float], None],
) -> None:
    """Stream transactions and final demand; the whole matrix is never in memory.

    `progress` receives the share that is done, 0 to 1, after every region.
    """
    with (
        FlowWriter(writer, "transactions") as transactions,
        FlowWriter(writer, "final_demand", "region_id", "category_id") as final_demand,
    ):
        for number, (year, economy) in enumerate(economies.items()):
            for share in _year_of_flows(
                transactions, final_demand, economy, sectors, year
            ):
                progress((number + share) / len(economies))


def _year_of_flows(
    transactions: FlowWriter,
    final_demand: FlowWriter,
    economy: Economy,
    sectors: Concordance,
    year: int,
) -> Iterator[float]:
    """Append the flows of a year; yield the share that is done after every region."""
    n_regions, n_sectors = len(economy.land.names), len(sectors.ids)
    ids = pa.array(economy.land.ids, pa.string())
    categories = pa.array(CATEGORY_IDS, pa.string())
    n_categories = len(CATEGORY_IDS)
    inputs = economy.technology * economy.output[:, None, :]
    home = (1.0 - economy.import_share)[:, None, None]
    inputs = sectors.sums(inputs, axis=2).transpose(1, 0, 2) * home
    demand = economy.demand.transpose(1, 0, 2) * home
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
        yield (region + 1) / n_regions


def _block(
    economy: Economy, sectors: Concordance, region: int, use: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the deliveries of one region, without the cells that are exactly zero.

    `use`, (42, R, m), is home-made good i used by user m of region s. The result is
    sector of origin, position in (R, m), sorted, and value in million CNY, each
    (cells,).
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
