"""The shipped states as regions of the United States in a world table of WIOD."""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from carbonshed.dataset import Dataset, open_dataset
from carbonshed.errors import CarbonshedError
from carbonshed.names import STATES_NAME
from carbonshed.outputs import write_new_folder
from carbonshed.readers.templates import csv_text
from carbonshed.readers.world.label_maps import label_map
from carbonshed.text import listing
from carbonshed.usa_states import DATA

COUNTRY, STRESSOR = "USA", "co2"
_FOLDER = DATA / "world_states"
_YEAR = "2011"  # the year of all figures in that folder


@contextmanager
def statistics_folder(folder: Path, parent_name: str) -> Iterator[Path]:
    """Yield a user's folder of statistics, or one with those that are shipped.

    The shipped ones are meant by the name `usa_states` where no folder is called so.

    Raises
    ------
    CarbonshedError
        If they are meant, and the parent is not a table that they are made for.
    """
    if str(folder) != STATES_NAME or folder.exists():
        yield folder
        return
    files = world_statistics(open_dataset(parent_name))
    with TemporaryDirectory() as temporary:
        target = Path(temporary) / STATES_NAME
        write_new_folder(target, files)
        yield target


def world_statistics(parent: Dataset) -> dict[str, str]:
    """Return statistics of the states for a table of WIOD, as texts by file name.

    They have the parent's ids of sectors, and in each of its years the figures of 2011.
    """
    ids = _sector_ids(parent)
    files = {}
    for path in sorted(_FOLDER.iterdir()):
        text = path.read_text("utf-8")
        if path.suffix == ".csv":
            text = _translated(text, ids, parent.years)
        elif parent.years != [int(_YEAR)]:
            text = text.replace(
                f"world of {_YEAR}", f"world of {listing(parent.years)}"
            ).replace("35 sectors", f"35 sectors, by statistics of {_YEAR}")
        files[path.name] = text
    return files


def _sector_ids(parent: Dataset) -> dict[str, str]:
    """Return the parent's id of each sector of the shipped files, c1 to c35."""
    sectors, regions, stressors = (
        set(parent.read(table)[column].to_pylist())
        for table, column in (
            ("sectors", "sector_id"),
            ("regions", "region_id"),
            ("stressors", "stressor_id"),
        )
    )
    labels = [row["label"] for row in label_map("wiod_sectors").values()]
    shipped = [f"c{number}" for number in range(1, len(labels) + 1)]
    for ids in (labels, shipped):
        if sectors == set(ids) and COUNTRY in regions and STRESSOR in stressors:
            return dict(zip(shipped, ids, strict=True))
    raise CarbonshedError(
        f"{STATES_NAME}: the statistics that come with Carbonshed are for the region "
        f"{COUNTRY} in a table of WIOD, with its {len(labels)} industries and the "
        f"stressor {STRESSOR}; {parent.name} has {len(regions)} regions, "
        f"{len(sectors)} sectors and {listing(sorted(stressors))}. Ingest one: "
        "docs/usa_states.md, Inside the world"
    )


def _translated(text: str, ids: dict[str, str], years: list[int]) -> str:
    """Return a CSV file by the parent's ids of sectors, its rows once in each year."""
    rows: list[dict[str, object]] = list(csv.DictReader(text.splitlines()))
    if "sector_id" in rows[0]:
        rows = [row | {"sector_id": ids[row["sector_id"]]} for row in rows]
    if "year" in rows[0]:
        rows = [row | {"year": year} for year in years for row in rows]
    return csv_text(list(rows[0]), [list(row.values()) for row in rows])
