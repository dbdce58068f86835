"""Small economies in memory, as the relations of a warehouse."""

from dataclasses import fields
from pathlib import Path

import duckdb
import numpy as np

from carbonshed.solve.relations import Relations

REGIONS = ["a", "b"]
SECTORS = 3
SIZE = len(REGIONS) * SECTORS


class Economy:
    """A year of random numbers; the last sector of b buys but sells nothing."""

    def __init__(self, seed: int) -> None:
        draw = np.random.Generator(np.random.PCG64(seed))
        self.transactions = draw.uniform(0, 2, (SIZE, SIZE))
        self.transactions[draw.uniform(size=(SIZE, SIZE)) < 0.3] = 0
        self.final_demand = draw.uniform(1, 9, (SIZE, 4))
        self.final_demand[0, 3] = -0.5  # a falling inventory
        self.exports = draw.uniform(0, 3, SIZE)
        for sales in (self.transactions, self.final_demand, self.exports):
            sales[-1] = 0
        self.output = (
            self.transactions.sum(axis=1) + self.final_demand.sum(axis=1) + self.exports
        )
        self.intensities = draw.uniform(0, 1, (SIZE, 2))

    @property
    def coefficients(self) -> np.ndarray:
        """A, shape (n, n)."""
        return self.transactions / np.where(self.output > 0, self.output, np.inf)


COLUMNS = [("a", "hh"), ("a", "inv"), ("b", "hh"), ("b", "inv")]


def relations_of(economies: dict[int, Economy], order: str = "") -> Relations:
    """Return them by year as the relations that a solve reads."""
    connection = duckdb.connect()
    tables: dict[str, list[tuple]] = {
        "transactions": [],
        "final_demand": [],
        "exports": [],
        "sector_output": [],
        "intensities": [],
        "regions": [("b", 1), ("a", 0)],
        "categories": [("hh", 0), ("inv", 1)],
    }
    for year, economy in economies.items():
        for i, j in zip(*np.nonzero(economy.transactions), strict=True):
            tables["transactions"].append((year, i, j, economy.transactions[i, j]))
        for i, k in np.ndindex(economy.final_demand.shape):
            amount = economy.final_demand[i, k]
            tables["final_demand"].append((year, i, *COLUMNS[k], amount))
        for i in range(SIZE):
            output = economy.output[i]
            tables["exports"].append((year, i, economy.exports[i]))
            tables["sector_output"].append(
                (year, i, REGIONS[i // SECTORS], output, output == 0)
            )
            for q, stressor in enumerate(["co2", "water's"]):
                tables["intensities"].append(
                    (year, stressor, i, economy.intensities[i, q])
                )
    types = {
        "transactions": "year int, origin_id int, destination_id int, amount double",
        "final_demand": "year int, origin_id int, region_id text, category_id text,"
        " amount double",
        "exports": "year int, region_sector_id int, amount double",
        "sector_output": "year int, region_sector_id int, region_id text,"
        " output double, is_zero_output bool",
        "intensities": "year int, stressor_id text, region_sector_id int,"
        " direct_intensity double",
        "regions": "region_id text, region_position int",
        "categories": "category_id text, category_position int",
    }
    for name, columns in types.items():
        connection.execute(f"create table {name} ({columns})")
        marks = ", ".join("?" * len(tables[name][0]))
        rows = [
            tuple(getattr(cell, "item", lambda c=cell: c)() for cell in row)
            for row in tables[name]
        ]
        connection.executemany(f"insert into {name} values ({marks})", rows)
    return Relations(
        session=connection,
        **{name: connection.query(f"from {name} {order}") for name in types},
    )


def stored_relations(economies: dict[int, Economy], folder: Path) -> Relations:
    """Return them as views on Parquet files, which other processes can read too."""
    in_memory = relations_of(economies)
    folder.mkdir(exist_ok=True)
    connection = duckdb.connect()
    connection.execute("create schema staging")
    views = {}
    for field in fields(Relations)[1:]:
        path = str(folder / f"{field.name}.parquet")
        getattr(in_memory, field.name).write_parquet(path)
        connection.execute(
            f"create view staging.stg_{field.name} as from read_parquet('{path}')"
        )
        views[field.name] = connection.sql(f"from staging.stg_{field.name}")
    return Relations(session=connection, **views)
