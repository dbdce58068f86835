"""The solve of a table whose matrix does not fit into memory.

Run as ``python -m benchmarks.beyond_memory [DATASET]``, where the dataset has a
warehouse. A process that may not take more than a gigabyte solves the first year, and
its result is held against the warehouse's, which one factorisation in memory has made.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb
import psutil

from carbonshed.solve.relations import Relations
from carbonshed.solve.solves import solve_years
from carbonshed.solve.year import Settings

LIMIT = 1_000_000_000  # bytes
FOR_DUCKDB = "200MB"


def relations_of(connection: duckdb.DuckDBPyConnection) -> Relations:
    """Return what a solve reads of a warehouse, its first year only."""
    (year,) = connection.sql(
        "select min(year) from staging.stg_transactions"
    ).fetchone()

    def first(table: str) -> duckdb.DuckDBPyRelation:
        return connection.sql(f"from {table} where year = {year}")

    return Relations(
        session=connection,
        transactions=first("staging.stg_transactions"),
        final_demand=first("staging.stg_final_demand"),
        exports=first("staging.stg_exports"),
        sector_output=first("intermediate.int_sector_output"),
        intensities=first("intermediate.int_intensities"),
        regions=connection.sql("from staging.stg_regions"),
        categories=connection.sql("from staging.stg_final_demand_categories"),
        sectors=connection.sql("from staging.stg_sectors"),
        imports=first("staging.stg_imports"),
        imported_products=first("staging.stg_imported_products"),
    )


def solve_within(warehouse: str, target: str) -> None:
    """Solve with little memory into a store of its own, print the cost."""
    _limit_memory()
    connection = duckdb.connect(
        warehouse, read_only=True, config={"memory_limit": FOR_DUCKDB}
    )
    start = time.perf_counter()
    solve_years(relations_of(connection), Settings(), Path(target))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps({"seconds": time.perf_counter() - start, "peak": peak}))


def _limit_memory() -> None:
    """Let the system refuse what would bring the resident memory above the limit."""
    own = psutil.Process().memory_info()
    most = own.data + LIMIT - own.rss
    resource.setrlimit(resource.RLIMIT_DATA, (most, most))


def difference(warehouse: str, target: str) -> float:
    """Return the largest difference, relative to the largest output of its demand."""
    with duckdb.connect(warehouse, read_only=True) as connection:
        (worst,) = connection.execute(
            """
            select max(
                abs(coalesce(direct.output, 0) - coalesce(swept.output, 0)) / most
            )
            from solved.embodied_output_by_position as direct
            full join read_parquet(?) as swept
                using (year, origin_id, region_position, category_position)
            inner join (
                select year, region_position, category_position,
                    max(abs(output)) as most
                from solved.embodied_output_by_position
                group by all
            ) as scales
                using (year, region_position, category_position)
            where year = (select min(year) from solved.solves)
            """,
            [f"{target}/*/embodied_output*.parquet"],
        ).fetchone()
    return worst


def main(name: str) -> None:
    """Run the process, compare, and print what it took."""
    warehouse = f"warehouse/{name}.duckdb"
    with tempfile.TemporaryDirectory(dir="warehouse") as folder:
        target = str(Path(folder) / "store")
        command = [sys.executable, "-m", "benchmarks.beyond_memory", warehouse, target]
        printed = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
        took = json.loads(printed.stdout)
        print(f"peak memory   {took['peak'] / 1e9:.2f} GB of {LIMIT / 1e9:.2f} allowed")
        print(f"time          {took['seconds']:.0f} s")
        print(f"difference    {difference(warehouse, target):.1e}")


if __name__ == "__main__":
    if len(sys.argv) == 3:
        solve_within(*sys.argv[1:])
    else:
        main(*sys.argv[1:] or ["synthetic"])
