"""Processor time and memory of compiling, by regions, sectors and parents.

    python -m benchmarks.compile_speed [PARENTS,REGIONS,SECTORS ...]

makes a random parent and random statistics of each size in a scratch project, compiles
them with the command that a user types, and prints a row for each.
"""

import csv
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from carbonshed.dataset import open_dataset
from carbonshed.paths import choose_project
from carbonshed.readers.tidy import ingest_tidy

YEAR = 2012
SIZES = (
    (1, 313, 42),
    (31, 313, 42),
    (41, 397, 35),
    (1, 78, 42),
    (1, 156, 42),
    (1, 626, 42),
    (1, 313, 21),
    (1, 313, 84),
)
GROUPS = (
    *("agriculture", "energy", "heavy_industry", "light_industry"),
    *("high_tech", "construction", "services"),
)
CATEGORIES = ("household", "government", "investment", "inventory")


def write(path: Path, header: str, rows: Iterable[Iterable[object]]) -> None:
    """Write a CSV file."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header.split(","))
        writer.writerows(rows)


def write_parent(folder: Path, n_parents: int, n_sectors: int) -> None:
    """Write a random table; purchases are mostly domestic."""
    rng = np.random.default_rng(1)
    folder.mkdir()
    regions = [f"p{k}" for k in range(n_parents)]
    sectors = [f"s{k}" for k in range(n_sectors)]
    size = rng.lognormal(0, 1, (n_parents, n_sectors))
    far = np.where(np.eye(n_parents), 1.0, 0.2 / n_parents)
    shape = (n_parents, n_sectors, n_parents, n_sectors)
    cells = far[:, None, :, None] * size[:, :, None, None] * rng.lognormal(0, 1, shape)
    cells *= size[None, None]
    demand = rng.lognormal(0, 1, (n_parents, n_sectors, n_parents, len(CATEGORIES)))
    demand *= far[:, None, :, None] * n_sectors * size[:, :, None, None]
    made = cells.sum(axis=(2, 3)) + demand.sum(axis=(2, 3))
    earned = np.maximum(made - cells.sum(axis=(0, 1)), 0.1 * made)
    names = [(region, sector) for region in regions for sector in sectors]
    (folder / "datapackage.json").write_text(
        json.dumps({"name": "random", "title": "Random parent", "mrio": MRIO})
    )
    write(
        folder / "regions.csv",
        "region_id,region_name,region_type",
        ((region, region, "province") for region in regions),
    )
    write(
        folder / "region_years.csv",
        "year,region_id,population,gdp",
        ((YEAR, region, 10**6, 1e9) for region in regions),
    )
    write(
        folder / "sectors.csv",
        "sector_id,sector_name,sector_group,is_power_supply",
        ((sector, sector, GROUPS[k % 7], k == 1) for k, sector in enumerate(sectors)),
    )
    write(
        folder / "final_demand_categories.csv",
        "category_id,category_name,category_group",
        ((category, category, category) for category in CATEGORIES),
    )
    write(
        folder / "stressors.csv",
        "stressor_id,stressor_name,unit",
        [("co2", "Carbon dioxide", "t")],
    )
    write(
        folder / "transactions.csv",
        "year,origin_region_id,origin_sector_id,destination_region_id,"
        "destination_sector_id,value",
        (
            (YEAR, *names[k], *names[j], value)
            for k, row in enumerate(cells.reshape(len(names), -1))
            for j, value in enumerate(row)
        ),
    )
    write(
        folder / "final_demand.csv",
        "year,origin_region_id,origin_sector_id,destination_region_id,category_id,value",
        (
            (YEAR, regions[r], sectors[i], regions[s], CATEGORIES[c], value)
            for (r, i, s, c), value in np.ndenumerate(demand)
        ),
    )
    write(
        folder / "value_added.csv",
        "year,region_id,sector_id,component_id,value",
        ((YEAR, *name, "all", v) for name, v in zip(names, earned.flat, strict=True)),
    )
    write(
        folder / "emissions.csv",
        "year,stressor_id,region_id,sector_id,value",
        ((YEAR, "co2", *name, v) for name, v in zip(names, made.flat, strict=True)),
    )


MRIO = {
    "schema_version": 1,
    "currency": "CNY",
    "currency_unit": 1e4,
    "price_basis": "current",
    "country": "CHN",
}


def write_statistics(folder: Path, n_parents: int, n_regions: int) -> None:
    """Fill in a template: coordinates, people, GDP, three broad sectors, CO2."""
    rng = np.random.default_rng(2)
    regions = [f"r{k}" for k in range(n_regions)]
    people = rng.lognormal(13, 1, n_regions).astype(int)
    gdp = people * rng.lognormal(10, 0.4, n_regions)
    coordinates = rng.uniform((100, 20), (125, 45), (n_regions, 2))
    write(
        folder / "regions.csv",
        "region_id,region_name,parent_region_id,region_type,longitude,latitude",
        (
            (region, region, f"p{k % n_parents}", "city", *coordinates[k])
            for k, region in enumerate(regions)
        ),
    )
    write(
        folder / "region_years.csv",
        "year,region_id,population,gdp",
        zip([YEAR] * n_regions, regions, people, gdp, strict=True),
    )
    write(
        folder / "activity.csv",
        "year,region_id,measure,sector_id,label_id,value",
        (
            (YEAR, region, "value_added", "", label, gdp[k] * rng.lognormal(-1, 0.4))
            for k, region in enumerate(regions)
            for label in ("primary", "secondary", "tertiary")
        ),
    )
    write(
        folder / "emissions.csv",
        "year,stressor_id,region_id,sector_id,value",
        ((YEAR, "co2", region, "", gdp[k]) for k, region in enumerate(regions)),
    )


def measure(arguments: list[str], project: Path) -> tuple[float, float]:
    """Run a command; return seconds of processor time and its largest memory in GB."""
    command = Path(sys.executable).with_name("carbonshed")
    process = subprocess.Popen(
        [command, *arguments], cwd=project, stdout=subprocess.DEVNULL
    )
    _, status, used = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"carbonshed {' '.join(arguments)} failed")
    return used.ru_utime + used.ru_stime, used.ru_maxrss * 1024 / 1e9


def main() -> None:
    """Print a row for each size."""
    sizes = [tuple(map(int, size.split(","))) for size in sys.argv[1:]] or SIZES
    print("| parent regions | regions | sectors | cells | sweeps | CPU s | GB |")
    print("|---:|---:|---:|---:|---:|---:|---:|")
    for n_parents, n_regions, n_sectors in sizes:
        with tempfile.TemporaryDirectory(dir=Path.cwd()) as scratch:
            project = Path(scratch)
            (project / "dbt_project.yml").write_text("name: carbonshed\n")
            choose_project(project)
            write_parent(project / "parent", n_parents, n_sectors)
            ingest_tidy(project / "parent", "parent")
            shutil.rmtree(project / "parent")
            folder = project / "statistics"
            measure(
                ["template", "compile", "statistics", "--parent", "parent"], project
            )
            write_statistics(folder, n_parents, n_regions)
            content = {"name": "random", "title": "Random regions"}
            (folder / "datapackage.json").write_text(json.dumps(content))
            (folder / "labels.csv").touch()
            words = [
                "compile",
                "statistics",
                "--parent",
                "parent",
                "--name",
                "compiled",
            ]
            seconds, memory = measure(words, project)
            descriptor = open_dataset("compiled").descriptor["mrio"]["compiled"]
            cells = (n_regions * n_sectors) ** 2
            print(
                f"| {n_parents} | {n_regions} | {n_sectors} | {cells / 1e6:,.0f} M "
                f"| {descriptor['sweeps'][str(YEAR)]} | {seconds:.0f} | {memory:.2f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
