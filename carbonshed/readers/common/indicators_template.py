"""A file of population and GDP to fill in: one row per year and region."""

import csv
from collections.abc import Sequence
from pathlib import Path

import pyarrow.parquet as pq

from carbonshed.dataset import Dataset
from carbonshed.dataset.contract import INPUT_TABLES
from carbonshed.dataset.fields import FIRST_YEAR, LAST_YEAR
from carbonshed.errors import CarbonshedError
from carbonshed.readers.ceads.names import provinces

# the name is for the one who fills it in; reading does without
COLUMNS = ("year", "region_id", "region_name", "population", "gdp")

Row = tuple[object, ...]
Labels = Sequence[tuple[str, str]]


def write_indicators_template(path: Path, rows: Sequence[Row]) -> None:
    """Write a file of indicators.

    Parameters
    ----------
    path
        A CSV file that does not exist yet.
    rows
        Fields in the order of `COLUMNS`; None is empty.

    Raises
    ------
    CarbonshedError
        If the file exists or cannot be written.
    """
    if path.exists():
        raise CarbonshedError(
            f"{path}: is there already; the template does not overwrite anything, "
            "choose another name"
        )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(COLUMNS)
            writer.writerows(rows)
    except OSError as error:
        raise CarbonshedError(f"{path}: cannot be written: {error.strerror}") from None


def rows_to_fill_in(labels: Labels, years: Sequence[int]) -> list[Row]:
    """Return a row for each year and region, without numbers.

    Parameters
    ----------
    labels
        Id and name of each region.
    years
        The years; none is refused, and so is one out of range.
    """
    if not years:
        raise CarbonshedError(
            "which years? say so with --year, several times if need be"
        )
    for year in years:
        if not FIRST_YEAR <= year <= LAST_YEAR:
            raise CarbonshedError(
                f"--year {year}: expected a year from {FIRST_YEAR} to {LAST_YEAR}"
            )
    return [
        (year, region_id, name, None, None)
        for year in sorted(set(years))
        for region_id, name in labels
    ]


def rows_of_dataset(dataset: Dataset, years: Sequence[int] = ()) -> list[Row]:
    """Return the rows of a dataset, with what it knows already.

    Parameters
    ----------
    dataset
        Its regions are taken.
    years
        Further years, or none: those of the dataset.
    """
    regions = pq.read_table(dataset.table("regions")).to_pylist()
    known = {
        (row["year"], row["region_id"]): (row["population"], row["gdp"])
        for row in pq.read_table(dataset.table("region_years")).to_pylist()
    }
    labels = [(row["region_id"], row["region_name"]) for row in regions]
    return [
        (year, region_id, name, *known.get((year, region_id), (None, None)))
        for year, region_id, name, *_ in rows_to_fill_in(labels, years or dataset.years)
    ]


def labels_of_file(path: Path) -> Labels:
    """Return id and name of each region in a file of regions.

    Raises
    ------
    CarbonshedError
        If the file cannot be read as the contract's ``regions``.
    """
    from carbonshed.readers.common.sources import open_source
    from carbonshed.readers.tidy.dimensions import Dimensions, read_rows

    if not path.is_file():
        found = "is a folder" if path.is_dir() else "no such file"
        raise CarbonshedError(f"{path}: {found} (--regions)")
    rows = read_rows(open_source(path, INPUT_TABLES["regions"]), Dimensions())
    return [(row["region_id"], row["region_name"]) for row in rows]


def labels_of_provinces() -> Labels:
    """Return id and name of each of China's provinces."""
    return [(p.region_id, f"{p.region_name} {p.name_zh}") for p in provinces()]
