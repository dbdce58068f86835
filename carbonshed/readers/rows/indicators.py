"""Population and GDP from a file of their own: the contract's ``region_years``."""

from pathlib import Path

from carbonshed.dataset.contract import INPUT_TABLES
from carbonshed.errors import CarbonshedError
from carbonshed.readers.rows.dimensions import Dimensions, read_rows
from carbonshed.readers.rows.sources import open_source
from carbonshed.text import listing


def read_indicators(
    path: Path, year: int, region_ids: list[str]
) -> tuple[list[int | None], list[float | None]]:
    """Read population and GDP of one year.

    Parameters
    ----------
    path
        A CSV or Parquet file with the columns year, region_id, population
        (persons) and gdp (single currency units, may be empty). Rows of other
        years are not used.
    year
        The year wanted.
    region_ids
        The regions of the table, in order.

    Returns
    -------
    population, gdp
        By region; None where the file has no row or an empty field.

    Raises
    ------
    CarbonshedError
        If a field breaks the contract, a region is not one of the table, or the
        file has no row of that year.
    """
    known = Dimensions(positions={"regions": {r: i for i, r in enumerate(region_ids)}})
    rows = read_rows(open_source(path, INPUT_TABLES["region_years"]), known)
    found = {row["region_id"]: row for row in rows if row["year"] == year}
    if not found:
        years = sorted({row["year"] for row in rows})
        raise CarbonshedError(
            f"{path.name}: no row of the year {year}; there are {listing(years)}"
        )
    none: dict = {}
    return (
        [found.get(region, none).get("population") for region in region_ids],
        [found.get(region, none).get("gdp") for region in region_ids],
    )
