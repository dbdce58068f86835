"""Labels of world tables: groups of sectors and categories, kinds of region.

The maps are CSV files in the folder ``maps``, one per format and axis. A label that
a map lacks is refused: a release may have renamed it, and a guess would go unnoticed.
"""

from functools import cache
from importlib import import_module, resources
from pathlib import Path

from carbonshed.dataset.contract import INPUT_TABLES
from carbonshed.dataset.matrix_table import Row
from carbonshed.errors import CarbonshedError
from carbonshed.files import shipped_rows
from carbonshed.io_errors import explain_read_error
from carbonshed.readers.rows.small_tables import Dimensions, read_rows
from carbonshed.readers.rows.sources import open_source
from carbonshed.readers.world.core import list_labels
from carbonshed.readers.world.formats import FORMATS
from carbonshed.readers.world.reading import need_pymrio, need_source

# role of a row below the matrix; the other role is "outside": a payment to no region
VALUE_ADDED = "value_added"

_BY_MAP = ("figaro", "adb")  # formats that pymrio does not read
_MAPS = "carbonshed.readers.world.maps"


def labels_of_table(form: str, source: Path, year: int | None) -> list[tuple[str, str]]:
    """Return id and name of each region of a table, without reading the rest of it.

    `form` is a format of world tables; `source` and `year` are as for ingest.

    Raises
    ------
    CarbonshedError
        If the format has no list of regions, or a file is missing or broken.
    """
    modules = {entry.name: entry.reader.partition(":")[0] for entry in FORMATS}
    if form not in modules:
        raise CarbonshedError(
            f"--table {form}: expected one of {', '.join(modules)}; for other tables "
            "give --regions FILE"
        )
    if not source.name:  # the current folder
        source = source.resolve()
    where = f"{form}: {source.name}"
    need_source(source, "the source as for `carbonshed ingest`")
    if form not in _BY_MAP:
        need_pymrio(form)
    with explain_read_error(source):
        ids = import_module(modules[form]).regions_of(source, year, where)
    rows = region_rows(form, list(dict.fromkeys(ids)), None, where)
    return [(row["region_id"], row["region_name"]) for row in rows]


@cache
def label_map(name: str) -> dict[str, Row]:
    """Return the rows of a map by their label, in one case and with single blanks."""
    file = f"{name}.csv"
    if not (resources.files(_MAPS) / file).is_file():
        return {}
    return {fold(row["label"]): row for row in shipped_rows(_MAPS, file)}


def fold(label: str) -> str:
    """Return a label as maps look it up."""
    return " ".join(label.split()).casefold()


def category_rows(form: str, ids: list[str], where: str) -> list[Row]:
    """Return the rows of ``final_demand_categories``; refuse one without a group."""
    rows = label_map(f"{form}_categories")
    unknown = [label for label in ids if fold(label) not in rows]
    if unknown:
        names = ", ".join(row["label"] for row in rows.values())
        raise CarbonshedError(
            f"{where}: categories of final demand {list_labels(unknown)} are not known "
            f"for {form}; known are {names}"
        )
    return [
        {
            "category_id": label,
            "category_name": rows[fold(label)]["name"] or label,
            "category_group": rows[fold(label)]["category_group"],
        }
        for label in ids
    ]


def sector_rows(form: str, ids: list[str], file: Path | None, where: str) -> list[Row]:
    """Return the rows of ``sectors``, from a user's file or from the map."""
    if file is not None:
        return rows_of_file(file, "sectors", ids, where)
    rows = label_map(f"{form}_sectors")
    unknown = [label for label in ids if fold(label) not in rows]
    if unknown:
        raise CarbonshedError(
            f"{where}: {len(unknown)} of {len(ids)} sectors are not known for "
            f"{form}, such as {list_labels(unknown)}; give --sectors FILE, a CSV "
            "with the columns sector_id, sector_name, sector_group, is_power_supply"
        )
    return [
        {
            "sector_id": label,
            "sector_name": rows[fold(label)]["name"] or label,
            "sector_group": rows[fold(label)]["sector_group"],
            "is_power_supply": rows[fold(label)]["is_power_supply"] == "true",
        }
        for label in ids
    ]


def region_rows(form: str, ids: list[str], file: Path | None, where: str) -> list[Row]:
    """Return the rows of ``regions``: countries unless the map says otherwise."""
    if file is not None:
        return rows_of_file(file, "regions", ids, where)
    special, names = label_map(f"{form}_regions"), label_map("country_names")
    rows = []
    for label in ids:
        row = special.get(fold(label)) or {}
        name = row.get("name") or names.get(fold(label), {}).get("name") or label
        kind = row.get("region_type") or "country"
        rows.append({"region_id": label, "region_name": name, "region_type": kind})
    return rows


def rows_of_file(file: Path, table: str, ids: list[str], where: str) -> list[Row]:
    """Return a user's rows for the labels of a table, in their order."""
    key = INPUT_TABLES[table].key[0]
    source = open_source(file, INPUT_TABLES[table])
    rows = {row[key]: row for row in read_rows(source, Dimensions())}
    missing = [label for label in ids if label not in rows]
    extra = [label for label in rows if label not in set(ids)]
    if missing or extra:
        sides = []
        if missing:
            sides.append(f"lacks {list_labels(missing)}")
        if extra:
            sides.append(f"has {list_labels(extra)}, which the table does not have")
        raise CarbonshedError(
            f"{where}: {file.name} {' and '.join(sides)}; expected the {len(ids)} "
            f"{table} of the table"
        )
    return [rows[label] for label in ids]
