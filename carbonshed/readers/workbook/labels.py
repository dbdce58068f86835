"""The lists of a map: regions, sectors, categories and stressors with their labels."""

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, PlainValidator, create_model

from carbonshed.accounting.imports import ERROR_CATEGORY
from carbonshed.dataset.contract import INPUT_TABLES, Column
from carbonshed.dataset.fields import (
    FieldError,
    parse_count,
    parse_field,
    parse_number,
)
from carbonshed.readers.files.workbooks import text_of
from carbonshed.readers.files.yaml_files import Part, YamlFile
from carbonshed.readers.options import IngestOptions
from carbonshed.readers.rows.small_tables import Dimensions, read_rows
from carbonshed.readers.rows.sources import open_source
from carbonshed.readers.workbook.addresses import Texts
from carbonshed.readers.workbook.axes import Member, Names

Row = dict[str, Any]

_TABLES = {
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


class Item(Part):
    """A row of a list of the map: columns of the contract, and labels on the sheet."""

    label: Texts = ()
    row_label: Texts = ()
    column_label: Texts = ()


def _amount(raw: object) -> float:
    number = parse_number(raw)
    if number < 0:
        raise FieldError("a number of 0 or more")
    return number


Amount = Annotated[float, PlainValidator(_amount)]
_Count = Annotated[int, PlainValidator(parse_count)]


def _parse(column: Column, raw: object) -> Any:
    if not isinstance(raw, str | None):
        raise FieldError("a text")
    return parse_field(column, raw)


def _item_of(name: str, table: str, **more: Any) -> type[Item]:
    """Return the model of an item that has the columns of a table of the contract."""
    columns = {
        column.name: (
            Annotated[Any, PlainValidator(partial(_parse, column))],
            Field(None, validate_default=True),
        )
        for column in INPUT_TABLES[table].columns
    }
    return create_model(name, __base__=Item, **columns, **more)


Region = _item_of(
    "Region",
    "regions",
    population=(_Count | None, None),
    gdp=(Amount | None, None),
    sheet=(str | None, None),
)
Sector = _item_of("Sector", "sectors")
Category = _item_of(
    "Category", "final_demand_categories", sum=(Texts, ()), minus=(Texts, ())
)
Stressor = _item_of("Stressor", "stressors")


class Lists(Part):
    """The lists of a map as written, any of which a file may complete."""

    regions: tuple[Region, ...] = ()  # type: ignore[valid-type]
    sectors: tuple[Sector, ...] = ()  # type: ignore[valid-type]
    products: tuple[Sector, ...] = ()  # type: ignore[valid-type]
    categories: tuple[Category, ...] = ()  # type: ignore[valid-type]
    stressors: tuple[Stressor, ...] = ()  # type: ignore[valid-type]


@dataclass
class Labels:
    """The lists of a map."""

    # rows of the contract by ``regions``, ``sectors``, ``categories``, ``stressors``;
    # ``products`` as sectors, where they differ
    rows: dict[str, list[Row]]
    # labels that header cells may have
    sectors: Names
    products: Names
    categories: Names
    # by region
    population: list[int | None]
    gdp: list[float | None]
    sheets: list[str]  # the name of each region in the name of a sheet or file


def read_labels(lists: Lists, file: YamlFile, options: IngestOptions) -> Labels:
    """Return the lists of a map, with the files that complete it."""
    paths = {"regions": options.regions, "sectors": options.sectors}
    items = {key: _items(lists, key, file, paths.get(key)) for key in _TABLES}
    rows = {
        key: [
            {name: getattr(item, name) for name in INPUT_TABLES[table].column_names}
            for item in items[key]
        ]
        for key, table in _TABLES.items()
    }
    regions = tuple(
        frozenset(_plain([*_names(row), *item.label]))
        for row, item in zip(rows["regions"], items["regions"], strict=True)
    )

    def names(key: str, what: str) -> Names:
        members = tuple(
            member
            for index, item in enumerate(items[key])
            for member in _members(index, rows[key][index], item)
        )
        _refuse_twins(file, key, members)
        return Names(what, members, len(rows[key]), regions)

    sectors = names("sectors", "sector")
    return Labels(
        rows=rows,
        sectors=sectors,
        products=names("products", "product") if rows["products"] else sectors,
        categories=names("categories", "category"),
        population=[item.population for item in items["regions"]],
        gdp=[item.gdp for item in items["regions"]],
        sheets=[item.sheet or item.region_id for item in items["regions"]],
    )


def with_error(file: YamlFile, categories: list[Row]) -> list[Row]:
    """Return the categories with that of the statistical discrepancy."""
    taken = ERROR_CATEGORY["category_id"]
    if taken in [row["category_id"] for row in categories]:
        raise file.refusal(
            f"the category {taken!r} is made from `blocks.error`; expected another id "
            "in `categories`"
        )
    return [*categories, dict(ERROR_CATEGORY)]


def _items(lists: Lists, key: str, file: YamlFile, path: Path | None) -> Any:
    """Return the items of a list, from the map or from a file of their own."""
    items = getattr(lists, key)
    table = INPUT_TABLES[_TABLES[key]]
    if path is not None:
        if items:
            raise file.refusal(
                f"`{key}` are in the map and in {path.name}; expected them in one of "
                "the two"
            )
        wide = replace(table, columns=(*table.columns, *_FILE_COLUMNS))
        return [
            _item_of_row(key, row)
            for row in read_rows(open_source(path, wide), Dimensions())
        ]
    if not items and key != "products":
        hint = f", or a file as --{key}" if key in ("regions", "sectors") else ""
        raise file.refuse((key,), None, f"{table.description}, one per line{hint}")
    return items


def _item_of_row(key: str, row: Row) -> Item:
    labels = {name: (row[name],) if row.get(name) else () for name in _LABEL_KEYS}
    return (Region if key == "regions" else Sector).model_construct(**row | labels)


def _refuse_twins(file: YamlFile, key: str, members: tuple[Member, ...]) -> None:
    """Refuse a label that the map gives to two lines of an axis."""
    for side in ("rows", "columns"):
        titles: dict[str, str] = {}
        for member in members:
            for text in member.own | getattr(member, side):
                if text in titles:
                    raise file.refusal(
                        f"{key} {titles[text]} and {member.title} both have the label "
                        f"{text!r}; expected labels of one only"
                    )
                titles[text] = member.title


def _names(row: Row) -> list[str]:
    """Return id and name of a row of labels."""
    return [str(value) for value in list(row.values())[:2] if value]


def _plain(texts: list[str]) -> list[str]:
    return [text_of(text) for text in texts]


def _members(index: int, row: Row, item: Any) -> list[Member]:
    """Return the lines of a sector or category: one, or those it adds up."""
    title = repr(next(iter(row.values())))
    parts = [(text, 1.0) for text in getattr(item, "sum", ())]
    parts += [(text, -1.0) for text in getattr(item, "minus", ())]
    one = Member(
        index=index,
        title=title,
        own=frozenset(_plain([*item.label])),
        shared=frozenset(_plain(_names(row))),
        rows=frozenset(_plain([*item.row_label])),
        columns=frozenset(_plain([*item.column_label])),
    )
    if not parts:
        return [one]
    base = [] if any(sign > 0 for _, sign in parts) else [one]
    return base + [
        Member(index, f"{title} ({text})", sign, own=frozenset([text]))
        for text, sign in parts
    ]
