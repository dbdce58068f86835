"""What the labels of a format mean: groups of sectors and categories, kinds of region.

The maps are CSV files in the folder ``maps``, one per format and axis. A label that
a map does not know is refused: a release may have renamed it, and a guess would go
unnoticed.
"""

import csv
from functools import cache
from importlib import resources
from pathlib import Path

from carbonshed.dataset.contract import INPUT_TABLES
from carbonshed.dataset.matrix_table import Row
from carbonshed.errors import CarbonshedError
from carbonshed.readers.rows.small_tables import Dimensions, read_rows
from carbonshed.readers.rows.sources import open_source
from carbonshed.readers.world.system import listed

# role of a row below the matrix; the other role is "outside": a payment to no region
VALUE_ADDED = "value_added"


@cache
def shipped(name: str) -> dict[str, Row]:
    """Return the rows of a map by their label, in one case and with single blanks."""
    file = resources.files("carbonshed.readers.world.maps") / f"{name}.csv"
    if not file.is_file():
        return {}
    with file.open(encoding="utf-8", newline="") as text:
        return {folded(row["label"]): row for row in csv.DictReader(text)}


def folded(label: str) -> str:
    """Return a label as maps look it up."""
    return " ".join(label.split()).casefold()


def category_rows(format_name: str, ids: list[str], where: str) -> list[Row]:
    """Return the rows of ``final_demand_categories``.

    Raises
    ------
    CarbonshedError
        If the map of the format does not know a category.
    """
    known = shipped(f"{format_name}_categories")
    unknown = [label for label in ids if folded(label) not in known]
    if unknown:
        names = ", ".join(row["label"] for row in known.values())
        raise CarbonshedError(
            f"{where}: categories of final demand {listed(unknown)} are not known for "
            f"{format_name}; known are {names}"
        )
    return [
        {
            "category_id": label,
            "category_name": known[folded(label)]["name"] or label,
            "category_group": known[folded(label)]["category_group"],
        }
        for label in ids
    ]


def sector_rows(
    format_name: str, ids: list[str], file: Path | None, where: str
) -> list[Row]:
    """Return the rows of ``sectors``, from a user's file or from the map.

    Raises
    ------
    CarbonshedError
        If a sector of the table is in neither, or the file has others.
    """
    if file is not None:
        return rows_of_file(file, "sectors", ids, where)
    known = shipped(f"{format_name}_sectors")
    unknown = [label for label in ids if folded(label) not in known]
    if unknown:
        raise CarbonshedError(
            f"{where}: {len(unknown)} of {len(ids)} sectors are not known for "
            f"{format_name}, such as {listed(unknown)}; give --sectors FILE, a CSV "
            "with the columns sector_id, sector_name, sector_group, is_power_supply"
        )
    return [
        {
            "sector_id": label,
            "sector_name": known[folded(label)]["name"] or label,
            "sector_group": known[folded(label)]["sector_group"],
            "is_power_supply": known[folded(label)]["is_power_supply"] == "true",
        }
        for label in ids
    ]


def region_rows(
    format_name: str, ids: list[str], file: Path | None, where: str
) -> list[Row]:
    """Return the rows of ``regions``: countries unless the map says otherwise."""
    if file is not None:
        return rows_of_file(file, "regions", ids, where)
    special, names = shipped(f"{format_name}_regions"), shipped("country_names")
    rows = []
    for label in ids:
        row = special.get(folded(label)) or {}
        name = row.get("name") or names.get(folded(label), {}).get("name") or label
        kind = row.get("region_type") or "country"
        rows.append({"region_id": label, "region_name": name, "region_type": kind})
    return rows


def rows_of_file(file: Path, table: str, ids: list[str], where: str) -> list[Row]:
    """Return a user's rows for the labels of a table, in their order."""
    key = INPUT_TABLES[table].key[0]
    known = {
        row[key]: row
        for row in read_rows(open_source(file, INPUT_TABLES[table]), Dimensions())
    }
    missing = [label for label in ids if label not in known]
    extra = [label for label in known if label not in set(ids)]
    if missing or extra:
        sides = []
        if missing:
            sides.append(f"lacks {listed(missing)}")
        if extra:
            sides.append(f"has {listed(extra)}, which the table does not have")
        raise CarbonshedError(
            f"{where}: {file.name} {' and '.join(sides)}; expected the {len(ids)} "
            f"{table} of the table"
        )
    return [known[label] for label in ids]
