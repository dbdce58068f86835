"""The seeds of the project, read as CSV files: before dbt has loaded them."""

import csv

from carbonshed.errors import CarbonshedError
from carbonshed.paths import seeds_dir


def seed_rows(seed: str, column: str) -> list[dict[str, str]]:
    """Return the rows of a seed, every field as text; refuse one without the column."""
    path = seeds_dir() / f"{seed}.csv"
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise CarbonshedError(f"{path}: the seed cannot be read: {error}") from None
    if not rows or column not in rows[0]:
        raise CarbonshedError(f"{path}: the seed has no column `{column}` with rows")
    return rows


def seed_ids(seed: str, column: str) -> tuple[str, ...]:
    """Return the distinct values of a column of a seed, in the order of its rows."""
    values = (row[column] for row in seed_rows(seed, column))
    return tuple(dict.fromkeys(filter(None, values)))
