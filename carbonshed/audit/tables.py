"""The stored tables as views, and the sums that several checks share."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from pkgutil import resolve_name
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from carbonshed import leontief
from carbonshed.dataset.contract import (
    ASSUMPTIONS,
    CELL_LAYOUTS,
    STORED_TABLES,
    UNRANKED_REGION_TYPES,
)
from carbonshed.dataset.store import Dataset
from carbonshed.solve.memory_plan import DASK, Solver, require_dask
from carbonshed.text import listing, sql_text

BATCH_ROWS = 1_000_000
PART_ROWS = 2**27  # whole row groups, 2 GB in memory if they were there at once

# the page cache of the system suffices, and can be evicted
UNCACHED = {"enable_external_file_cache": "false"}
# sales of a region-sector to others, its purchases, its negative purchases, and
# the sum of its negative sales
SUMS = ("sold", "bought", "negative_cells", "negative_sum", "negative_sales")
WORST = 5  # offenders named by a check
MIN_PARTS = 4  # finding or starting workers takes longer than scanning fewer
FACTS = ("region_years", *CELL_LAYOUTS, *ASSUMPTIONS)


@dataclass
class Cells:
    """The transactions, added up by row and by column of every year."""

    size: int  # n, the number of region-sectors
    # by year, (5, n), rows as in `SUMS`, in table units
    sums: dict[int, np.ndarray] = field(default_factory=dict)

    @property
    def years(self) -> list[int]:
        """The years of the transactions, in order."""
        return sorted(self.sums)

    def table(self) -> pa.Table:
        """Return one row per year and region-sector, with the columns of `SUMS`."""
        n = self.size
        columns = np.hstack(
            [np.empty((len(SUMS), 0)), *(self.sums[year] for year in self.years)]
        )
        return pa.table(
            {
                "year": np.repeat(np.array(self.years, dtype=np.int32), n),
                "region_sector_id": np.tile(
                    np.arange(n, dtype=np.int32), len(self.years)
                ),
                **dict(zip(SUMS, columns, strict=True)),
            }
        )


def parts_of(path: Path) -> list[slice]:
    """Return the rows of each part of a file of transactions."""
    # the shared connection takes a file of the same size and second for the
    # one that it has read
    with duckdb.connect(config=UNCACHED) as connection:
        (rows,) = connection.execute(
            f"select num_rows from parquet_file_metadata({sql_text(path)})"
        ).fetchone()
    return [slice(row, row + PART_ROWS) for row in range(0, rows, PART_ROWS)]


def scan_part(
    address: str,
    size: int,
    rows: slice,
    connect: Callable[[duckdb.DuckDBPyConnection, str], None] | None = None,
) -> Cells:
    """Read rows of a file of transactions once, a batch at a time.

    `address` is a path, or a URL that `connect` makes a connection read; `size` is the
    number of region-sectors.
    """
    cells = Cells(size)
    with duckdb.connect(config=UNCACHED) as connection:
        if connect:
            connect(connection, address)
        batches = connection.sql(f"""
            select year, origin_id, destination_id, value
            from read_parquet({sql_text(address)}, file_row_number = true)
            where file_row_number >= {rows.start} and file_row_number < {rows.stop}
        """).to_arrow_reader(BATCH_ROWS)
        for batch in batches:
            # the check of sums reports amounts that are too large to be added up
            with np.errstate(over="ignore", invalid="ignore"):
                _take(cells, batch)
    return cells


def joined(size: int, parts: Iterable[Cells]) -> Cells:
    """Add up the sums of parts."""
    whole = Cells(size)
    for part in parts:
        with np.errstate(over="ignore", invalid="ignore"):
            for year, sums in part.sums.items():
                whole.sums[year] = whole.sums.get(year, 0.0) + sums
    return whole


def _take(cells: Cells, batch: pa.RecordBatch) -> None:
    """Add up a batch."""
    if not batch.num_rows:
        return
    n = cells.size
    year, origin, destination, value = (
        column.to_numpy(zero_copy_only=False) for column in batch.columns
    )
    years = np.unique(year) if year.min() < year.max() else year[:1]
    for one_year in years.tolist():
        sums = cells.sums.setdefault(one_year, np.zeros((len(SUMS), n)))
        rows = year == one_year if len(years) > 1 else slice(None)
        seller, buyer, amount = origin[rows], destination[rows], value[rows]
        sums[0] += np.bincount(seller, amount, n)
        sums[1] += np.bincount(buyer, amount, n)
        negative = np.flatnonzero(amount < 0)
        if negative.size:
            sums[2] += np.bincount(buyer[negative], minlength=n)
            sums[3] += np.bincount(buyer[negative], amount[negative], n)
            sums[4] += np.bincount(seller[negative], amount[negative], n)


def is_for_workers(parts: list[slice]) -> bool:
    """Return whether workers, if any, scan the transactions of a table of this size."""
    return len(parts) >= MIN_PARTS


class Tables:
    """A connection in which every stored table of a dataset is a view.

    If `solver` is a cluster, its workers scan the transactions of a large table.
    """

    def __init__(self, dataset: Dataset, solver: Solver | None = None) -> None:
        self.dataset = dataset
        self._solver = solver or Solver()
        self.connection = duckdb.connect(config=UNCACHED)
        for table in STORED_TABLES:
            path = sql_text(dataset.table(table))
            self.connection.execute(f"create view {table} as from {path}")

    def __enter__(self) -> "Tables":
        """Return the tables."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the connection."""
        self.connection.close()

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Return all rows of a query."""
        return self.connection.execute(sql).fetchall()

    def value(self, sql: str) -> Any:
        """Return the single value of a query."""
        return self.rows(sql)[0][0]

    def worst(self, sql: str) -> str:
        """Return labels with their figures, from a query of label and figure."""
        rows = self.rows(f"{sql} limit {WORST}")
        return "; ".join(f"{label} ({figure:.6g})" for label, figure in rows)

    @cached_property
    def size(self) -> int:
        """The number of region-sectors."""
        return self.value("select count(*) from region_sectors")

    @cached_property
    def cells(self) -> Cells:
        """The transactions, added up; they are read once, when first asked for."""
        # workers run on other machines
        path = self.dataset.table("transactions").absolute()
        parts = parts_of(path)
        if self._solver.name == DASK and is_for_workers(parts):
            require_dask()
            scan = resolve_name("carbonshed.solve.cluster.scans:scanned_by_workers")
            tasks = [(self.size, rows) for rows in parts]
            found = scan(scan_part, tasks, path, self.dataset.name, self._solver)
            return joined(self.size, found)
        return joined(
            self.size, (scan_part(str(path), self.size, rows) for rows in parts)
        )

    def absolute_sums(self) -> Iterator[tuple[str, float]]:
        """Yield each column of amounts with the sum of its absolute values.

        Transactions are left out: `cells` has them.
        """
        for table in FACTS:
            for column in STORED_TABLES[table]:
                if column.type == "double" and table != "transactions":
                    total = self.value(f"select sum(abs({column.name})) from {table}")
                    yield f"{table}.{column.name}", total or 0.0

    @property
    def years(self) -> list[int]:
        """The years of the transactions, in order."""
        return self.cells.years

    def add_sums(self) -> None:
        """Create ``sums``: sales and purchases of every region-sector, by year.

        Columns: year, region_sector_id, label, output (the row sum), is_zero (an
        output that counts as zero), bought, bought_absolute (intermediate purchases),
        negative_cells, negative_sum (of its purchases). All in table units.

        The row sum has a twin for the build, models/intermediate/int_sector_output.sql;
        what counts as zero is `leontief.is_zero_output`, and the same twin in SQL.
        """
        self.connection.register("added_cells", self.cells.table())
        outputs = self.connection.sql("""
            with other_sales as (
                select year, origin_id as region_sector_id, value from final_demand
                union all
                select year, region_sector_id, value from exports
            ),
            by_seller as (
                select
                    year, region_sector_id, sum(value) as value,
                    sum(abs(value)) as absolute
                from other_sales group by all
            )
            select
                year, region_sector_id, sold + coalesce(value, 0) as output,
                sold - 2 * negative_sales + coalesce(absolute, 0) as deliveries,
                dense_rank() over (order by region_id) - 1 as region
            from added_cells
            inner join region_sectors using (region_sector_id)
            left join by_seller using (year, region_sector_id)
            order by year, region_sector_id
        """).fetchnumpy()
        parts = (outputs[name] for name in ("output", "region", "deliveries"))
        outputs["is_zero"] = np.hstack(
            [
                leontief.is_zero_output(x, regions=regions, deliveries=deliveries)
                for x, regions, deliveries in zip(
                    *(part.reshape(-1, self.size) for part in parts), strict=True
                )
            ]
        )
        self.connection.register("outputs", pa.table(outputs))
        self.connection.execute("""
            create temp table sums as
            select
                year, region_sector_id, region_id || ' / ' || sector_id as label,
                output, is_zero, bought, bought - 2 * negative_sum as bought_absolute,
                negative_cells::bigint as negative_cells, negative_sum
            from added_cells
            inner join outputs using (year, region_sector_id)
            inner join region_sectors using (region_sector_id)
        """)

    def sales(self) -> pa.Table:
        """Return sales of every region-sector to others, for the build."""
        return self.connection.sql(
            "select year, region_sector_id, sold as value,"
            " sold - 2 * negative_sales as absolute from added_cells order by all"
        ).to_arrow_table()

    def ranked_regions(self) -> str:
        """Return the SQL condition of ranked regions."""
        return f"region_type not in ({listing(UNRANKED_REGION_TYPES, quote=True)})"
