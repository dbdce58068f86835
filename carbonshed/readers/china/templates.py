"""Files to begin with for tables of China's cities and provinces."""

from importlib import resources
from pathlib import Path

from carbonshed.dataset.contract import INPUT_TABLES, REGION_TYPES
from carbonshed.outputs import write_new_file, write_new_folder
from carbonshed.readers.china.names import provinces, sectors_of
from carbonshed.readers.rows.small_tables import REGION_FILE, SECTOR_FILE
from carbonshed.readers.templates import Labels, csv_text
from carbonshed.text import listing


def write_city_template(path: Path) -> list[Path]:
    """Write the header of the regions, the lists of sectors and what to do.

    `path` is a new CSV file, for the regions alone, or a folder that is new or empty.
    Return the files.
    """
    regions = csv_text(REGION_FILE.column_names)
    if path.suffix == ".csv":
        write_new_file(path, regions)
        return [path]
    files = {
        "regions.csv": regions,
        "indicators.csv": csv_text(INPUT_TABLES["region_years"].column_names),
    }
    for year in ("2012", "2017"):
        rows = [
            (
                position,
                sector.sector_id,
                f"{sector.sector_name} ({sector.name_zh})",
                sector.sector_group,
                str(sector.is_power_supply).lower(),
            )
            for position, sector in enumerate(sectors_of(year), start=1)
        ]
        files[f"sectors_{year}.csv"] = csv_text(SECTOR_FILE.column_names, rows)
    types = listing(f"`{kind}`" for kind in REGION_TYPES)
    readme = (resources.files(__package__) / "city_README.md").read_text("utf-8")
    files["README.md"] = readme.format(types=types)
    return [path / name for name in write_new_folder(path, files)]


def labels_of_provinces() -> Labels:
    """Return id and name of each of China's provinces."""
    return [(p.region_id, f"{p.region_name} {p.name_zh}") for p in provinces()]
