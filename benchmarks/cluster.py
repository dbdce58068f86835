"""Years solved by the workers of a cluster, on this machine.

Run as ``python -m benchmarks.cluster DATASET WORKERS [GB]``. It starts that many worker
processes of one thread, each with that much memory, by default a quarter of the matrix.
It builds the dataset with them, while DuckDB may take 4 GB (``--duckdb``), and compares
every published mart with the previous edition, which a build with one factorisation
should have made. ``--solve`` solves without building, into a store of its own, and
compares that with the warehouse; ``--no-analyses`` skips what only the analyses need,
above all covariances.

700 regions x 42 sectors, 29,400 rows, 6.9 GB of matrix, 20 GB of disk::

    carbonshed synthesize --cities 696 --name counties
    python -m benchmarks.cluster counties 2 4
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import psutil
from distributed import Client, LocalCluster, Worker

from benchmarks import stages
from benchmarks.beyond_memory import difference, relations_of
from carbonshed.solve.memory_plan import OVERHEAD_BYTES, Solver
from carbonshed.solve.solves import solve_years
from carbonshed.solve.year_system import Settings
from carbonshed.text import sql_name

BIN = Path(sys.executable).parent


def main(options: argparse.Namespace) -> None:
    """Run one case and print what it took."""
    name, workers = options.dataset, options.workers
    warehouse = f"warehouse/{name}.duckdb"
    (size,) = duckdb.sql(
        f"select count(*) from 'data/{name}/region_sectors.parquet'"
    ).fetchone()
    memory = int(options.gigabytes * 1e9) or OVERHEAD_BYTES + 2 * size**2
    with tempfile.TemporaryDirectory(dir="warehouse") as folder:
        with cluster(workers, memory, folder) as (address, peak):
            start, before = time.perf_counter(), cpu_of_children()
            if options.solve:
                solve(warehouse, f"{folder}/store", address)
            else:
                build(options, address, folder)
            took, cpu = time.perf_counter() - start, cpu_of_children() - before
            with Client(address, set_as_default=False) as client:
                worker_costs = client.run(costs)
            ended = resource.getrusage(resource.RUSAGE_CHILDREN)
            print(f"matrix        {8 * size**2 / 1e9:.2f} GB")
            print(f"a worker      {memory / 1e9:.2f} GB")
            print(f"time          {took:.0f} s, of which processors {cpu:.0f} s")
            print(f"spilled       {peak['spilled'] / 1e9:.2f} GB at most, all together")
            if not options.solve:
                seconds = stages.of_build(stages.nodes(Path()), took)
                rounded = {stage: round(value) for stage, value in seconds.items()}
                print(f"seconds       {json.dumps(rounded)}")
                print(f"dbt's peak    {ended.ru_maxrss / 1e6:.2f} GB")
        print(f"of workers    {json.dumps(worker_costs)}")
        if options.solve:
            print(f"difference    {difference(warehouse, f'{folder}/store'):.1e}")
        elif Path(f"warehouse/published/{name}.previous.duckdb").exists():
            published = Path("warehouse/published")
            compare(*(published / f"{name}{e}.duckdb" for e in ("", ".previous")))


@contextmanager
def cluster(
    workers: int, memory: int, folder: str
) -> Iterator[tuple[str, dict[str, int]]]:
    """Yield the address of worker processes, and the peak of what they spill."""
    with LocalCluster(
        n_workers=workers,
        threads_per_worker=1,
        host="127.0.0.1",
        dashboard_address=None,
        memory_limit=memory,
        local_directory=folder,
        silence_logs="ERROR",
    ) as processes:
        peak, ended = {"spilled": 0}, threading.Event()

        def watch_disk() -> None:
            while not ended.wait(0.5):
                sizes = 0
                for path in Path(folder).rglob("storage/*"):
                    try:
                        sizes += path.stat().st_size
                    except OSError:  # a worker has deleted it
                        continue
                peak["spilled"] = max(peak["spilled"], sizes)

        watcher = threading.Thread(target=watch_disk)
        watcher.start()
        try:
            yield processes.scheduler_address, peak
        finally:
            ended.set()
            watcher.join()


def costs(dask_worker: Worker) -> dict[str, float]:
    """Return peak memory and data sent to other workers, GB, and processor seconds."""
    times = psutil.Process().cpu_times()
    return {
        "peak": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6, 2),
        "sent": round(dask_worker.transfer_outgoing_bytes_total / 1e9, 2),
        "seconds": round(times.user + times.system, 1),
    }


def cpu_of_children() -> float:
    """Return processor seconds of this process and all that it has started."""
    own = resource.getrusage(resource.RUSAGE_SELF)
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    total = own.ru_utime + own.ru_stime + ended.ru_utime + ended.ru_stime
    for process in psutil.Process().children(recursive=True):
        times = process.cpu_times()
        total += times.user + times.system
    return total


def solve(warehouse: str, store: str, address: str) -> None:
    """Solve the first year into a store of its own."""
    with duckdb.connect(warehouse, read_only=True) as connection:
        settings = Settings(solver=Solver("dask", scheduler=address))
        solve_years(relations_of(connection), settings, Path(store))


def build(options: argparse.Namespace, address: str, folder: str) -> None:
    """Build a dataset on the cluster, with little memory for DuckDB."""
    profile = Path("profiles.yml").read_text("utf-8")
    setting = "config_options: {"
    assert setting in profile
    limited = profile.replace(setting, f"{setting}memory_limit: {options.duckdb}, ")
    Path(folder, "profiles.yml").write_text(limited, "utf-8")
    variables = json.dumps(
        {
            "dataset": options.dataset,
            "solver": "dask",
            "scheduler": address,
            "analyses": not options.no_analyses,
        }
    )
    command = [str(BIN / "dbt"), "build", "--full-refresh", "--vars", variables]
    subprocess.run([*command, "--profiles-dir", folder], check=True)


def compare(new: Path, old: Path) -> None:
    """Print the differences between the marts of two editions."""
    with duckdb.connect() as connection:
        for edition, path in (("new", new), ("old", old)):
            connection.execute(f"attach '{path.resolve()}' as {edition} (read_only)")
        tables = connection.sql(
            "select schema_name, table_name from duckdb_tables()"
            " group by all having count(*) = 2 order by all"
        ).fetchall()
        largest, compared = 0.0, 0
        for schema, table in tables:
            if gap := difference_of(connection, f"{sql_name(schema)}.{table}"):
                print(f"  {table:32} {gap:.1e}")
                largest = max(largest, gap)
            compared += 1
    print(
        f"{compared} marts, largest difference {largest:.1e} of the largest in a column"
    )


def difference_of(connection: duckdb.DuckDBPyConnection, table: str) -> float:
    """Return the largest difference, relative to the largest number of a column."""
    columns = connection.sql(f"describe new.{table}").fetchall()
    numbers = [
        sql_name(name)
        for name, kind, *_ in columns
        # residuals are rounding errors in both
        if kind == "DOUBLE" and "residual" not in name
    ]
    others = [sql_name(name) for name, kind, *_ in columns if kind != "DOUBLE"]
    if not numbers:
        return 0.0
    # pair rows in order: a row may have no partner with equal keys and texts
    order = ", ".join([*others, *numbers])
    number = f"row_number() over (order by {order}) as pair"
    gaps = ", ".join(
        f"max(abs(coalesce(new.{c}, 0) - coalesce(old.{c}, 0)))"
        f" / nullif(max(abs(old.{c})), 0)"
        for c in numbers
    )
    gaps_by_column = connection.sql(
        f"select count(new.pair) - count(old.pair), {gaps}"
        f" from (select *, {number} from new.{table}) as new"
        f" full join (select *, {number} from old.{table}) as old using (pair)"
    ).fetchone()
    return (
        float("inf")
        if gaps_by_column[0]
        else max(gap or 0.0 for gap in gaps_by_column[1:])
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Solve by the workers of a cluster.")
    parser.add_argument("dataset")
    parser.add_argument("workers", type=int)
    parser.add_argument("gigabytes", type=float, nargs="?", default=0.0)
    parser.add_argument("--duckdb", default="4GB")
    parser.add_argument("--solve", action="store_true")
    parser.add_argument("--no-analyses", action="store_true")
    main(parser.parse_args())
