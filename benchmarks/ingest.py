"""Time of an ingest of a tidy folder, and of a bare COPY of the same Parquet files.

    python -m benchmarks.ingest [DATASET]

writes a dataset back into the tidy layout (half a minute, 1 GB), once, then times.
"""

import shutil
import subprocess
import sys
import time
from pathlib import Path

import duckdb

from carbonshed.dataset.parquet_writer import COMPRESSION
from carbonshed.dataset.store import open_dataset
from carbonshed.names import SYNTHETIC_NAME
from carbonshed.paths import project_root
from carbonshed.text import sql_text

AGAIN = "bench-ingested"
ORIGIN = "o.region_id as origin_region_id, o.sector_id as origin_sector_id"
OF_ORIGIN = "inner join region_sectors as o on origin_id = o.region_sector_id"
OWN = "o.region_id, o.sector_id"
OF_OWN = "inner join region_sectors as o using (region_sector_id)"
# the tidy files, from the tables as they are stored
TIDY = {
    "transactions": f"""select year, {ORIGIN}, d.region_id as destination_region_id,
        d.sector_id as destination_sector_id, value from transactions {OF_ORIGIN}
        inner join region_sectors as d on destination_id = d.region_sector_id
        order by year, origin_id, destination_id""",
    "final_demand": f"""select year, {ORIGIN}, t.region_id as destination_region_id,
        category_id, value from final_demand as t {OF_ORIGIN}
        order by year, origin_id""",
    "exports": f"select year, {OWN}, value from exports {OF_OWN}",
    "imports": "from imports",
    "value_added": f"select year, {OWN}, component_id, value from value_added {OF_OWN}",
    "emissions": f"select year, stressor_id, {OWN}, value from emissions {OF_OWN}",
    "direct_emissions": "from direct_emissions",
    "regions": "select * exclude region_position from regions",
    "region_years": "from region_years",
    "sectors": "select * exclude sector_position from sectors",
    "final_demand_categories": "select * exclude category_position"
    " from final_demand_categories",
    "stressors": "from stressors",
}
LONG = ("transactions", "final_demand")


def write_tidy(name: str, folder: Path) -> None:
    """Write an ingested dataset as a folder of tidy tables."""
    source = open_dataset(name).path
    folder.mkdir(parents=True)
    with duckdb.connect() as connection:
        for table in source.glob("*.parquet"):
            connection.execute(f"create view {table.stem} as from {sql_text(table)}")
        for table, query in TIDY.items():
            target = sql_text(folder / f"{table}.parquet")
            connection.execute(f"copy ({query}) to {target}")
    shutil.copy(source / "datapackage.json", folder)


def ingest_seconds(name: str, root: Path) -> tuple[float, float]:
    """Return seconds of the ingest, and of a COPY of its two long tables."""
    folder = root / "target" / "bench" / name
    if not folder.exists():
        write_tidy(name, folder)
    carbonshed = str(Path(sys.executable).with_name("carbonshed"))
    start = time.perf_counter()
    subprocess.run(
        [carbonshed, "ingest", "tidy", str(folder), "--name", AGAIN],
        cwd=root,
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    ingested = time.perf_counter()
    copy = folder / "copy.parquet"
    with duckdb.connect() as connection:
        for table in LONG:
            connection.execute(
                f"copy (from {sql_text(folder / f'{table}.parquet')})"
                f" to {sql_text(copy)} (compression {COMPRESSION})"
            )
    copy.unlink()
    return ingested - start, time.perf_counter() - ingested


if __name__ == "__main__":
    seconds, bare = ingest_seconds(*sys.argv[1:] or [SYNTHETIC_NAME], project_root())
    print(f"ingest {seconds:.1f} s, bare COPY {bare:.1f} s: {seconds / bare:.2f}")
