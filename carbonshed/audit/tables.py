"""The stored tables as views, and the sums that several checks share."""

from functools import cached_property
from types import TracebackType
from typing import Any

import duckdb
import pyarrow as pa

from carbonshed.dataset.contract import STORED_TABLES, UNRANKED_REGION_TYPES
from carbonshed.dataset.store import Dataset
from carbonshed.leontief.coefficients import ZERO_OUTPUT

WORST = 5  # offenders named by a check


class Tables:
    """A connection in which every stored table of a dataset is a view.

    Parameters
    ----------
    dataset : Dataset
    """

    def __init__(self, dataset: Dataset) -> None:
        self.dataset = dataset
        # the system has files in memory too, but gives way to the matrix
        self.connection = duckdb.connect(config={"enable_external_file_cache": "false"})
        for table in STORED_TABLES:
            path = str(dataset.table(table)).replace("'", "''")
            self.connection.execute(f"create view {table} as from '{path}'")

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
    def years(self) -> list[int]:
        """The years of the transactions, in order."""
        rows = self.rows("select distinct year from transactions order by year")
        return [year for (year,) in rows]

    def add_sums(self) -> None:
        """Make ``sums``: what every region-sector and year sells, buys and emits.

        Columns: year, region_sector_id, label, output (the row sum), is_zero,
        bought, bought_absolute (intermediate purchases), negative_cells,
        negative_sum (of its purchases). Everything is in table units; the cells
        are read once.
        """
        self.connection.execute(f"""
            create temp table cells as
            select
                year, origin_id, destination_id, sum(value) as amount,
                sum(abs(value)) as absolute,
                count(*) filter (where value < 0) as negative_cells,
                coalesce(sum(value) filter (where value < 0), 0) as negative_sum
            from transactions
            group by grouping sets ((year, origin_id), (year, destination_id));

            create temp table sums as
            with years as (select distinct year from cells),
            sales as (
                select year, origin_id as region_sector_id, amount
                from cells where origin_id is not null
                union all
                select year, origin_id, sum(value) from final_demand group by all
                union all
                select year, region_sector_id, value from exports
            ),
            outputs as (
                select year, region_sector_id, sum(amount) as output
                from sales group by all
            ),
            every as (
                select
                    years.year, region_sector_id,
                    region_id || ' / ' || sector_id as label,
                    coalesce(outputs.output, 0) as output
                from years cross join region_sectors
                left join outputs using (year, region_sector_id)
            ),
            scales as (
                select year, coalesce(median(output) filter (where output > 0), 0)
                    as scale
                from every group by year
            )
            select
                every.*, abs(output) <= {ZERO_OUTPUT} * scale as is_zero,
                coalesce(cells.amount, 0) as bought,
                coalesce(cells.absolute, 0) as bought_absolute,
                coalesce(cells.negative_cells, 0) as negative_cells,
                coalesce(cells.negative_sum, 0) as negative_sum
            from every
            inner join scales using (year)
            left join cells
                on every.year = cells.year
                and every.region_sector_id = cells.destination_id;
        """)

    def sales(self) -> pa.Table:
        """Return what every region-sector sells to others, for the build.

        It needs these sums first of all, and the cells have just been read.
        """
        return self.connection.sql(
            "select year, origin_id as region_sector_id, amount as value"
            " from cells where origin_id is not null order by all"
        ).to_arrow_table()

    def ranked_regions(self) -> str:
        """Return the SQL condition of ranked regions."""
        unranked = ", ".join(f"'{kind}'" for kind in UNRANKED_REGION_TYPES)
        return f"region_type not in ({unranked})"
