"""The solve of a table whose matrix does not fit into memory.

Run as ``python -m benchmarks.beyond_memory [DATASET] [--errors-only]``, where the
dataset has a warehouse. A process that may not take more than a gigabyte solves the
first year; its output is compared with that of the warehouse, from one factorisation in
memory. Then it propagates the errors of the data to footprints, and prints the peak of
memory. ``--errors-only`` reuses the solution of the warehouse and only propagates.
"""

import argparse
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import psutil

from carbonshed.names import SYNTHETIC_NAME
from carbonshed.paths import data_dir
from carbonshed.solve.cells import CellFiles
from carbonshed.solve.relations import Relations
from carbonshed.solve.solves import solve_years
from carbonshed.solve.year_system import Settings
from carbonshed.uncertainty.propagation import NAME as ERRORS
from carbonshed.uncertainty.propagation import PRODUCTION, ErrorInputs, propagate_years

LIMIT = 1_000_000_000  # bytes
FOR_DUCKDB = "200MB"


def relations_of(connection: duckdb.DuckDBPyConnection) -> Relations:
    """Return the tables of a warehouse that a solve reads, its first year only."""
    (year,) = connection.sql(
        "select min(year) from staging.stg_transactions"
    ).fetchone()
    (name,) = connection.sql("select current_database()").fetchone()

    def first(table: str) -> duckdb.DuckDBPyRelation:
        return connection.sql(f"from {table} where year = {year}")

    return Relations(
        session=connection,
        transactions=first("staging.stg_transactions"),
        final_demand=first("staging.stg_final_demand"),
        exports=first("staging.stg_exports"),
        sector_output=first("intermediate.int_sector_output"),
        intensities=first("intermediate.int_intensities"),
        neighbour_intensities=first("intermediate.int_neighbour_intensities"),
        covered_intensities=first("intermediate.int_covered_intensities"),
        regions=connection.sql("from staging.stg_regions"),
        categories=connection.sql("from staging.stg_final_demand_categories"),
        sectors=connection.sql("from staging.stg_sectors"),
        imports=first("staging.stg_imports"),
        imported_products=first("staging.stg_imported_products"),
        files=CellFiles.of(data_dir() / name),
    )


def solve_within(warehouse: str, target: str) -> None:
    """Solve with little memory into a store of its own; print the cost of each step."""
    _limit_memory()
    connection = duckdb.connect(
        warehouse, read_only=True, config={"memory_limit": FOR_DUCKDB}
    )
    relations = relations_of(connection)
    inputs = ErrorInputs(
        direct_emissions=connection.sql("from staging.stg_direct_emissions"),
        rules=connection.sql("from seeds.error_rules"),
        own_errors=connection.sql("from staging.stg_relative_errors"),
    )
    with _cost("solve"):
        solved = solve_years(relations, Settings(), Path(target))
    solves = connection.from_arrow(solved)
    # lift the limit: it would count memory that threads reserve and do not use
    limit = resource.getrlimit(resource.RLIMIT_DATA)[1]
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    with _cost("errors"):
        propagate_years(relations, inputs, solves, Path(target))


@contextmanager
def _cost(step: str) -> Iterator[None]:
    """Print the time of a step, and the peak memory of the process until then."""
    wall, cpu = time.perf_counter(), time.process_time()
    yield
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    cost = time.perf_counter() - wall, time.process_time() - cpu, peak / 1e9
    print(f"{step:<8}{cost[0]:6.0f} s, {cost[1]:.0f} s of processor time,", end=" ")
    print(f"peak memory {cost[2]:.2f} GB", flush=True)


def _limit_memory() -> None:
    """Make the system refuse memory beyond the limit."""
    own = psutil.Process().memory_info()
    limit = own.data + LIMIT - own.rss
    hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
    resource.setrlimit(resource.RLIMIT_DATA, (limit, hard))


def difference(warehouse: str, target: str) -> float:
    """Return the largest difference, relative to the largest output of its demand."""
    with duckdb.connect(warehouse, read_only=True) as connection:
        (largest,) = connection.execute(
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
    return largest


def main(name: str, errors_only: bool) -> None:
    """Run the process, compare, and print its cost."""
    warehouse = f"warehouse/{name}.duckdb"
    with tempfile.TemporaryDirectory(dir="warehouse") as folder:
        target = Path(folder) / "store"
        if errors_only:
            written_again = shutil.ignore_patterns(f"{ERRORS}*", PRODUCTION + "*")
            shutil.copytree(f"warehouse/solved/{name}", target, ignore=written_again)
        command = [sys.executable, "-m", "benchmarks.beyond_memory", warehouse]
        subprocess.run([*command, "--into", target], check=True)
        print(f"difference {difference(warehouse, str(target)):.1e}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("name", nargs="?", default=SYNTHETIC_NAME)
    parser.add_argument("--errors-only", action="store_true")
    parser.add_argument("--into", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.into:
        solve_within(options.name, options.into)
    else:
        main(options.name, options.errors_only)
