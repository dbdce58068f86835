"""The stored tables as views, and the sums that several checks share."""

from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from carbonshed import leontief
from carbonshed.audit.cells import UNCACHED, Cells, joined, parts_of, scan_part
from carbonshed.dataset.contract import (
    ASSUMPTIONS,
    IMPORTS,
    STORED_TABLES,
    UNRANKED_REGION_TYPES,
    StoredColumn,
)
from carbonshed.dataset.store import Dataset
from carbonshed.paths import solved_dir
from carbonshed.solve.memory_plan import DASK, Solver, require_dask
from carbonshed.solve.progress import Progress
from carbonshed.text import listing, sql_text

WORST = 5  # offenders named by a check
FEWEST_PARTS = 4  # finding or starting workers takes longer than scanning fewer
FACTS = (
    "region_years",
    "transactions",
    "final_demand",
    "exports",
    *IMPORTS,
    "value_added",
    "output",
    "emissions",
    "direct_emissions",
    *ASSUMPTIONS,
)


def is_for_workers(parts: list[slice]) -> bool:
    """Return whether transactions are so many that workers scan them, if there are."""
    return len(parts) >= FEWEST_PARTS


class Tables:
    """A connection in which every stored table of a dataset is a view.

    Parameters
    ----------
    dataset : Dataset
    solver : Solver, optional
        If it is a cluster, its workers scan the transactions of a large table.
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

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
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
        # workers are elsewhere
        path = self.dataset.table("transactions").absolute()
        parts = parts_of(path)
        if self._solver.name == DASK and is_for_workers(parts):
            return joined(self.size, self._scanned_by_workers(path, parts))
        return joined(
            self.size, (scan_part(str(path), self.size, rows) for rows in parts)
        )

    def _scanned_by_workers(self, path: Path, parts: list[slice]) -> list[Cells]:
        require_dask()
        from dask import delayed

        from carbonshed.solve.cluster import storage
        from carbonshed.solve.cluster.workers import open_cluster
        from carbonshed.solve.store import SolveStore

        progress = Progress("audit")
        store = SolveStore(solved_dir() / self.dataset.name)
        with open_cluster(self._solver, store.scratch) as cluster:
            place = str(path)
            if self._solver.shared:
                folder = storage.of_data(self._solver.shared, self.dataset.name)
                place = storage.copied(path, folder, progress.note)
            cluster.workers([place])
            tasks = [delayed(scan_part)(place, self.size, rows) for rows in parts]
            return cluster.run(tasks, "scanning transactions", progress)

    @cached_property
    def amounts(self) -> dict[str, dict[str, tuple[int, float | None]]]:
        """By table of facts and column: how many numbers are none, and the others' sum.

        Sums are of absolute values. Of transactions there is nothing: they are in
        `cells`.
        """
        return {
            table: {
                column.name: self._amounts(table, column)
                for column in STORED_TABLES[table]
                if column.type == "double" and table != "transactions"
            }
            for table in FACTS
        }

    def _amounts(self, table: str, column: StoredColumn) -> tuple[int, float | None]:
        name = column.name
        null = "" if column.is_nullable else f" or {name} is null"
        wrong, total = self.rows(
            f"select count(*) filter (where not isfinite({name}){null}),"
            f" sum(abs({name})) filter (where isfinite({name})) from {table}"
        )[0]
        return wrong, total

    @property
    def years(self) -> list[int]:
        """The years of the transactions, in order."""
        return self.cells.years

    def add_sums(self) -> None:
        """Make ``sums``: what every region-sector sells and buys, by year.

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
        """Return what every region-sector sells to others, for the build."""
        return self.connection.sql(
            "select year, region_sector_id, sold as value,"
            " sold - 2 * negative_sales as absolute from added_cells order by all"
        ).to_arrow_table()

    def ranked_regions(self) -> str:
        """Return the SQL condition of ranked regions."""
        return f"region_type not in ({listing(UNRANKED_REGION_TYPES, quote=True)})"
