"""An economy written as a dataset, one origin region at a time."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from carbonshed.dataset.contract import INPUT_TABLES
from carbonshed.dataset.matrix_store import small_tables
from carbonshed.dataset.matrix_table import MatrixTable, Row
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

    def by_producer(values: np.ndarray) -> np.ndarray:
        return sectors.sums(values, axis=1).ravel()

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
        exports=by_producer(economy.exports),
        imports_by_sector=by_producer(economy.imported_inputs),
        imports_by_category=economy.imported_demand.ravel(),
        value_added={COMPONENT_ID: by_producer(economy.value_added)},
        output=by_producer(economy.output),
        emissions={STRESSOR_ID: by_producer(burnt)},
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
    land = next(iter(economies.values())).land
    users = pa.array(land.ids, pa.string()), pa.array(CATEGORY_IDS, pa.string())
    with (
        FlowWriter(writer, "transactions") as transactions,
        FlowWriter(writer, "final_demand", users) as final_demand,
    ):
        for number, (year, economy) in enumerate(economies.items()):
            inputs = economy.technology * economy.output[:, None, :]
            home = (1.0 - economy.import_share)[:, None, None]
            inputs = sectors.sums(inputs, axis=2).transpose(1, 0, 2) * home
            demand = economy.demand.transpose(1, 0, 2) * home
            for region in range(len(land.ids)):
                first = region * len(sectors.ids)
                for file, use in ((transactions, inputs), (final_demand, demand)):
                    block = _deliveries(economy, sectors, region, use)
                    file.append_block(year, first, block)
                share = (region + 1) / len(land.ids)
                progress((number + share) / len(economies))


def _deliveries(
    economy: Economy, sectors: Concordance, region: int, use: np.ndarray
) -> np.ndarray:
    """Return the deliveries of one region by its sectors, (S, R * m), million CNY.

    `use`, (42, R, m), is home-made good i used by user m of region s.
    """
    flows = np.zeros((len(sectors.ids), *use.shape[1:]))
    for good, sector in enumerate(sectors.position):
        flows[sector] += economy.trade[good, region][:, None] * use[good]
    return flows.reshape(len(sectors.ids), -1)
