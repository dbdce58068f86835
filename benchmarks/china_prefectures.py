"""China's prefectures as regions of the world table of WIOD.

Converts statistics for a national table of 42 sectors into statistics for the regions
of `CHN` in a world table of 35 sectors: ``python -m benchmarks.china_prefectures FOLDER
NEW``, and ``carbonshed compile NEW --parent WIOD --name NAME`` goes on. Only
proportions count, so a sector of the 35 takes the figures of all of the 42 that it has
a part of, and a year the figures of another. Labels are those of WIOD's own groups of
sectors.
"""

import argparse
import csv
import shutil
from collections import defaultdict
from pathlib import Path

from carbonshed.compile.statistics_folder import broad_labels
from carbonshed.dataset import open_dataset

COUNTRY = "CHN"
CONCORDANCE = (
    Path(__file__).parents[1]
    / "docs"
    / "examples"
    / "china_prefectures"
    / "sectors_42_to_wiod_35.csv"
)

Row = dict[str, str]


def read(path: Path) -> list[Row]:
    """Return the rows of a CSV file; none if it is not there."""
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(path: Path, rows: list[Row]) -> None:
    """Write rows as a CSV file."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def inside_world(source: Path, target: Path, parent: str) -> None:
    """Write statistics of a national table of 42 sectors for a world table of 35.

    Parameters
    ----------
    source
        Statistics with the sectors of China's tables of 42.
    target
        A folder that does not exist yet.
    parent
        The ingested world table, with one year.
    """
    world = open_dataset(parent)
    (year,) = map(str, world.years)
    target.mkdir()
    shutil.copy(source / "datapackage.json", target)
    write(
        target / "regions.csv",
        [row | {"parent_region_id": COUNTRY} for row in read(source / "regions.csv")],
    )
    for table in ("region_years", "activity", "emissions"):
        rows = [row | {"year": year} for row in read(source / f"{table}.csv")]
        if rows:
            write(target / f"{table}.csv", in_35_sectors(rows))
    labels = [
        {"label_id": label, "sector_id": sector}
        for label, sector in broad_labels(world)
    ]
    write(target / "labels.csv", labels)


def in_35_sectors(rows: list[Row]) -> list[Row]:
    """Return rows by sector of the 35; rows without a sector stay as they are."""
    parts = defaultdict(list)
    for row in read(CONCORDANCE):
        parts[row["sector_id"]].append(row["wiod_sector_id"])
    national_rows: list[Row] = []
    sums: dict[tuple[str, ...], float] = defaultdict(float)
    for row in rows:
        if not row.get("sector_id"):
            national_rows.append(row)
            continue
        for sector in parts[row["sector_id"]]:
            key = row | {"sector_id": sector}
            value = float(key.pop("value"))
            sums[tuple(key.items())] += value
    return national_rows + [
        {**dict(key), "value": repr(value)} for key, value in sums.items()
    ]


def main() -> None:
    """Write the folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="statistics for 42 sectors")
    parser.add_argument("new", type=Path, help="where those for WIOD go")
    parser.add_argument("--parent", default="wiod_2011", help="the world table")
    arguments = parser.parse_args()
    inside_world(arguments.folder, arguments.new, arguments.parent)


if __name__ == "__main__":
    main()
