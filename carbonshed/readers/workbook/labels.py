"""The lists of a map: regions, sectors, categories and stressors with their labels."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from carbonshed.accounting.imports import ERROR_CATEGORY
from carbonshed.dataset.contract import INPUT_TABLES, Column
from carbonshed.dataset.fields import (
    FieldError,
    describe_field,
    parse_count,
    parse_field,
    parse_number,
)
from carbonshed.errors import CarbonshedError
from carbonshed.readers.files.workbooks import text_of
from carbonshed.readers.files.yaml_files import Node
from carbonshed.readers.options import IngestOptions
from carbonshed.readers.rows.small_tables import Dimensions, read_rows
from carbonshed.readers.rows.sources import open_source
from carbonshed.readers.workbook.addresses import texts_of
from carbonshed.readers.workbook.axes import Member, Names

Row = dict[str, Any]

TABLES = {
    "regions": "regions",
    "sectors": "sectors",
    "products": "sectors",
    "categories": "final_demand_categories",
    "stressors": "stressors",
}
_LABEL_KEYS = ("label", "row_label", "column_label")
_FILE_COLUMNS = tuple(
    Column(name, "text", is_optional=True, is_nullable=True) for name in _LABEL_KEYS
)
_MORE = {
    "regions": (*_LABEL_KEYS, "population", "gdp", "sheet"),
    "categories": (*_LABEL_KEYS, "sum", "minus"),
}


@dataclass
class Labels:
    """The lists of a map.

    Attributes
    ----------
    rows
        Rows of the contract by ``regions``, ``sectors``, ``categories``,
        ``stressors``; ``products`` as sectors, where they differ.
    sectors, products, categories
        What header cells may show of them.
    population, gdp
        By region.
    sheets
        What stands for each region in the name of a sheet or file.
    """

    rows: dict[str, list[Row]]
    sectors: Names
    products: Names
    categories: Names
    population: list[int | None]
    gdp: list[float | None]
    sheets: list[str]


def read_labels(root: Node, options: IngestOptions) -> Labels:
    """Read the lists of a map, with the files that complete it.

    Raises
    ------
    CarbonshedError
        If a list is missing, or at the first field that breaks the contract.
    """
    files = {"regions": options.regions, "sectors": options.sectors}
    found = {key: _read(root, key, files.get(key)) for key in TABLES}
    rows = {key: [row for row, _ in pairs] for key, pairs in found.items()}
    people = [row.pop("population", None) for row in rows["regions"]]
    money = [row.pop("gdp", None) for row in rows["regions"]]
    regions = tuple(
        frozenset(_plain([*_names(row), *labels["label"]]))
        for row, labels in found["regions"]
    )
    sheets = [
        labels.get("sheet") or row["region_id"] for row, labels in found["regions"]
    ]

    def names(key: str, what: str) -> Names:
        members = tuple(
            member
            for place, (row, labels) in enumerate(found[key])
            for member in _members(place, row, labels)
        )
        _refuse_twins(root, key, members)
        return Names(what, members, len(rows[key]), regions)

    sectors = names("sectors", "sector")
    return Labels(
        rows=rows,
        sectors=sectors,
        products=names("products", "product") if rows["products"] else sectors,
        categories=names("categories", "category"),
        population=people,
        gdp=money,
        sheets=sheets,
    )


def with_error(root: Node, categories: list[Row]) -> list[Row]:
    """Return the categories with that of the statistical discrepancy.

    Raises
    ------
    CarbonshedError
        If its id is taken.
    """
    taken = ERROR_CATEGORY["category_id"]
    if taken in [row["category_id"] for row in categories]:
        raise CarbonshedError(
            f"{root.file}: the category {taken!r} is made from `blocks.error`; "
            "expected another id in `categories`"
        )
    return [*categories, dict(ERROR_CATEGORY)]


def number_at(node: Node, key: str, parse: Any = parse_number) -> Any:
    """Return a number of 0 or more, None if it is missing."""
    raw = node.text(key)
    try:
        number = None if raw is None else parse(raw)
    except FieldError as error:
        raise node.refuse(key, raw, str(error)) from None
    if number is not None and number < 0:
        raise node.refuse(key, raw, "a number of 0 or more")
    return number


def _read(root: Node, key: str, file: Path | None) -> list[tuple[Row, dict]]:
    """Return the rows of a list, each with its labels."""
    if file is not None:
        return _from_file(root, key, file)
    table = INPUT_TABLES[TABLES[key]]
    pairs = []
    for node in root.items(key, (*table.column_names, *_MORE.get(key, _LABEL_KEYS))):
        row: Row = {}
        for column in table.columns:
            raw = node.text(column.name)
            try:
                row[column.name] = parse_field(column, raw)
            except FieldError as error:
                said = describe_field(column, raw, error)
                raise CarbonshedError(f"{root.file}: {node.path}: {said}") from None
        if key == "regions":
            row["population"] = number_at(node, "population", parse_count)
            row["gdp"] = number_at(node, "gdp")
        labels: dict[str, Any] = {name: texts_of(node, name) for name in _LABEL_KEYS}
        labels["sheet"] = node.text("sheet") if key == "regions" else None
        for name in ("sum", "minus"):
            labels[name] = texts_of(node, name) if key == "categories" else []
        pairs.append((row, labels))
    if not pairs and key != "products":
        hint = f", or a file as --{key}" if key in ("regions", "sectors") else ""
        raise root.refuse(key, None, f"{table.description}, one per line{hint}")
    return pairs


def _from_file(root: Node, key: str, file: Path) -> list[tuple[Row, dict]]:
    if root.content.get(key) not in (None, "", []):
        raise CarbonshedError(
            f"{root.file}: `{key}` are in the map and in {file.name}; expected "
            "them in one of the two"
        )
    table = INPUT_TABLES[TABLES[key]]
    wide = replace(table, columns=(*table.columns, *_FILE_COLUMNS))
    pairs = []
    for row in read_rows(open_source(file, wide), Dimensions()):
        texts = {name: row.pop(name, None) for name in _LABEL_KEYS}
        pairs.append((row, {name: [t] if t else [] for name, t in texts.items()}))
    return pairs


def _refuse_twins(root: Node, key: str, members: tuple[Member, ...]) -> None:
    """Refuse a label that the map gives to two lines of an axis."""
    for side in ("rows", "columns"):
        seen: dict[str, str] = {}
        for member in members:
            for text in member.own | getattr(member, side):
                if text in seen:
                    raise CarbonshedError(
                        f"{root.file}: {key} {seen[text]} and {member.title} both have "
                        f"the label {text!r}; expected labels of one only"
                    )
                seen[text] = member.title


def _names(row: Row) -> list[str]:
    """Return id and name of a row of labels."""
    return [str(value) for value in list(row.values())[:2] if value]


def _plain(texts: list[str]) -> list[str]:
    return [text_of(text) for text in texts]


def _members(place: int, row: Row, labels: dict[str, Any]) -> list[Member]:
    """Return the lines of a sector or category: one, or those it adds up."""
    title = repr(next(iter(row.values())))
    parts = [(text, 1.0) for text in labels.get("sum") or []]
    parts += [(text, -1.0) for text in labels.get("minus") or []]
    one = Member(
        place=place,
        title=title,
        own=frozenset(_plain(labels["label"])),
        shared=frozenset(_plain(_names(row))),
        rows=frozenset(_plain(labels["row_label"])),
        columns=frozenset(_plain(labels["column_label"])),
    )
    if not parts:
        return [one]
    base = [] if any(sign > 0 for _, sign in parts) else [one]
    return base + [
        Member(place, f"{title} ({text})", sign, own=frozenset([text]))
        for text, sign in parts
    ]
