"""The table of a benchmark, read from an ingested dataset."""

from dataclasses import dataclass

import duckdb
import numpy as np
import pandas as pd

from carbonshed.dataset.store import open_dataset
from carbonshed.solve.cells import Cells
from carbonshed.text import sql_text


@dataclass(frozen=True)
class Table:
    """One year of a dataset in table units.

    Attributes
    ----------
    labels : MultiIndex of region and sector, length n
    transactions : ndarray, shape (n, n)
    final_demand : DataFrame, n rows, a column for each region and category
    exports : ndarray, shape (n,)
    stressors : DataFrame, a row for each stressor, n columns
    """

    labels: pd.MultiIndex
    transactions: np.ndarray
    final_demand: pd.DataFrame
    exports: np.ndarray
    stressors: pd.DataFrame


def read_table(name: str) -> Table:
    """Read the first year of an ingested dataset."""
    dataset = open_dataset(name)
    connection = duckdb.connect()
    for table in dataset.path.glob("*.parquet"):
        connection.execute(f"create view {table.stem} as from {sql_text(table)}")
    (year,) = connection.execute("select min(year) from output").fetchone()
    labels = connection.execute(
        "select region_id, sector_id from region_sectors order by region_sector_id"
    ).df()
    size = len(labels)
    transactions = Cells(str(dataset.table("transactions")), year).matrix(size)
    final_demand = (
        connection.execute(
            f"select origin_id, region_id, category_id, value from final_demand"
            f" where year = {year}"
        )
        .df()
        .pivot_table(
            index="origin_id", columns=["region_id", "category_id"], values="value"
        )
        .reindex(range(size))
        .fillna(0.0)
    )
    final_demand.columns.names = ["region", "category"]
    index = pd.MultiIndex.from_frame(labels, names=["region", "sector"])
    final_demand.index = index

    def by_sector(query: str) -> np.ndarray:
        values = np.zeros(size)
        rows = connection.execute(query).fetchnumpy()
        values[rows["region_sector_id"]] = rows["value"]
        return values

    grouped = (
        "select region_sector_id, sum(value) as value"
        f" from {{}} where year = {year} group by 1"
    )
    stressors = pd.DataFrame(
        [
            by_sector(grouped.format("emissions")),
            by_sector(grouped.format("value_added")),
        ],
        index=["emissions", "value_added"],
        columns=index,
    )
    return Table(
        index,
        transactions,
        final_demand,
        by_sector(grouped.format("exports")),
        stressors,
    )
