"""Small economies in memory, as the relations of a warehouse."""

import tempfile
from itertools import pairwise
from pathlib import Path

import duckdb
import numpy as np
import pyarrow.parquet as pq

from carbonshed.solve.cells import CellFiles
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
        # the first sector of b and investment of a import nothing
        self.imports = draw.uniform(0, 1, SIZE + 4)
        self.imports[[SECTORS, SIZE + 1]] = 0
        # households of b know what, and give a good back
        self.known = np.zeros((SECTORS, SIZE + 4))
        shares = np.array([0.5, 0.7, -0.2])[:SECTORS]
        self.known[:, SIZE + 2] = shares / shares.sum() * self.imports[SIZE + 2]

    @property
    def coefficients(self) -> np.ndarray:
        """A, shape (n, n)."""
        return self.transactions / np.where(self.output > 0, self.output, np.inf)


SECTOR_IDS = ["x", "y", "z"]
COLUMNS = [("a", "hh"), ("a", "inv"), ("b", "hh"), ("b", "inv")]


INFLATION = 1.02  # a year


def of_neighbours(economies: dict[int, Economy]) -> list[tuple]:
    """Return rows of intensities of the years before and after, at prices of a year."""
    return [
        (year, other, stressor, i, f * INFLATION ** (other - year))
        for pair in pairwise(sorted(economies))
        for year, other in (pair, pair[::-1])
        for q, stressor in enumerate(["co2", "water's"])
        for i, f in enumerate(economies[other].intensities[:, q])
    ]


COVERED = np.linspace(0, 1, SIZE)  # the share of each producer's emissions that pays


def of_coverages(economies: dict[int, Economy]) -> list[tuple]:
    """Return rows of intensities that pay a price on the first stressor."""
    return [
        (year, "half's", "co2", i, f)
        for year, economy in economies.items()
        for i, f in enumerate(COVERED * economy.intensities[:, 0])
    ]


CURRENCY_UNIT = 1024.0  # a unit of files: a power of two keeps every digit of an amount
_FOLDER = tempfile.TemporaryDirectory()  # files of this process


def relations_of(
    economies: dict[int, Economy],
    order: str = "",
    *,
    cells_order: str = "",
    folder: Path | None = None,
) -> Relations:
    """Return them by year as the relations that a solve reads.

    Cells are in files of a folder, one of its own by default; years have row groups of
    their own there, unless cells are in an order.
    """
    connection = duckdb.connect()
    tables = tables_of(economies, connection)
    folder = folder or Path(tempfile.mkdtemp(dir=_FOLDER.name))
    folder.mkdir(exist_ok=True)
    connection.sql(f"select {CURRENCY_UNIT}::double as currency_unit").write_parquet(
        str(folder / "dataset.parquet")
    )
    for name in ("transactions", "final_demand"):
        cells = connection.sql(
            f"select * exclude (amount), amount / {CURRENCY_UNIT} as value from {name}"
        )
        parts = [cells.filter(f"year = {year}") for year in economies]
        if cells_order:
            parts = [connection.sql(f"from cells {cells_order}")]
        rows = [part.to_arrow_table() for part in parts]
        with pq.ParquetWriter(folder / f"{name}.parquet", rows[0].schema) as file:
            for part in rows:
                file.write_table(part)
    return Relations(
        session=connection,
        **{name: connection.query(f"from {name} {order}") for name in tables},
        files=CellFiles.of(folder),
    )


def tables_of(
    economies: dict[int, Economy], connection: duckdb.DuckDBPyConnection
) -> list[str]:
    """Create them by year as the tables that a solve reads, and return their names."""
    tables: dict[str, list[tuple]] = {
        "transactions": [],
        "final_demand": [],
        "exports": [],
        "sector_output": [],
        "intensities": [],
        "neighbour_intensities": of_neighbours(economies),
        "covered_intensities": of_coverages(economies),
        "regions": [(region, k) for k, region in enumerate(REGIONS)][::-1],
        "categories": [("hh", 0), ("inv", 1)],
        "sectors": [("z", 2), ("x", 0), ("y", 1)][-SECTORS:],
        "imports": [],
        "imported_products": [],
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
            sector = SECTOR_IDS[i % SECTORS]
            tables["sector_output"].append(
                (year, i, REGIONS[i // SECTORS], sector, output, output == 0)
            )
            for q, stressor in enumerate(["co2", "water's"]):
                f = economy.intensities[i, q]
                tables["intensities"].append((year, stressor, i, f, "t", f * output))
        buyers = [(REGIONS[i // SECTORS], SECTOR_IDS[i % SECTORS]) for i in range(SIZE)]
        buyers = [(*b, None) for b in buyers] + [(r, None, c) for r, c in COLUMNS]
        for k, buyer in enumerate(buyers):
            tables["imports"].append((year, *buyer, economy.imports[k]))
            if economy.known[:, k].any():
                tables["imported_products"] += [
                    (year, *buyer, SECTOR_IDS[i], economy.known[i, k])
                    for i in range(SECTORS)
                ]
    types = {
        "transactions": "year int, origin_id int, destination_id int, amount double",
        "final_demand": "year int, origin_id int, region_id text, category_id text,"
        " amount double",
        "exports": "year int, region_sector_id int, amount double",
        "sector_output": "year int, region_sector_id int, region_id text,"
        " sector_id text, output double, is_zero_output bool",
        "intensities": "year int, stressor_id text, region_sector_id int,"
        " direct_intensity double, unit text, emissions double",
        "neighbour_intensities": "year int, intensity_year int, stressor_id text,"
        " region_sector_id int, direct_intensity double",
        "covered_intensities": "year int, coverage_id text, stressor_id text,"
        " region_sector_id int, direct_intensity double",
        "regions": "region_id text, region_position int",
        "categories": "category_id text, category_position int",
        "sectors": "sector_id text, sector_position int",
        "imports": "year int, region_id text, sector_id text, category_id text,"
        " amount double",
        "imported_products": "year int, region_id text, sector_id text,"
        " category_id text, product_id text, amount double",
    }
    for name, columns in types.items():
        connection.execute(f"create table {name} ({columns})")
        kinds = [column.split()[1] for column in columns.split(",")]
        lists = ", ".join(f"unnest(?::{kind}[])" for kind in kinds)
        cells = [
            [getattr(cell, "item", lambda c=cell: c)() for cell in column]
            for column in zip(*tables[name], strict=True)
        ]
        if cells:
            connection.execute(f"insert into {name} select {lists}", cells)
    return list(types)
