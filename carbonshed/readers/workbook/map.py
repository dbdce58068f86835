"""The map of a table as people write it, checked, and the plan of one year."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PlainValidator,
    create_model,
    model_validator,
)

from carbonshed.accounting.competitive_imports import ERROR_CATEGORY, ReExports
from carbonshed.accounting.supply_use import Model
from carbonshed.dataset.contract import INPUT_TABLES, Column
from carbonshed.dataset.descriptor import MrioBlock
from carbonshed.dataset.fields import (
    FieldError,
    parse_count,
    parse_field,
    parse_number,
    parse_text,
    parse_year,
)
from carbonshed.errors import CarbonshedError
from carbonshed.readers.files.grids import CsvStyle, NumberStyle
from carbonshed.readers.files.workbooks import text_of
from carbonshed.readers.files.yaml_files import (
    ExpectedError,
    LinedDict,
    LinedList,
    Part,
    YamlFile,
    as_list,
    is_missing,
)
from carbonshed.readers.options import IngestOptions
from carbonshed.readers.rows.small_tables import (
    PEOPLE,
    Dimensions,
    read_indicators,
    read_rows,
)
from carbonshed.readers.rows.sources import open_source
from carbonshed.readers.workbook.addresses import (
    Blocks,
    Cell,
    Checks,
    Flag,
    Frame,
    Layout,
    Text,
    Texts,
    lay_out,
)
from carbonshed.readers.workbook.axes import Member, Names
from carbonshed.text import listing

Row = dict[str, Any]

_TABLES = {
    "regions": "regions",
    "sectors": "sectors",
    "products": "sectors",
    "categories": "final_demand_categories",
    "stressors": "stressors",
}
_LABEL_KEYS = ("label", "row_label", "column_label")
_SHEET, _REMARK, *_LABEL_COLUMNS = (
    Column(name, "text", is_optional=True, is_nullable=True)
    for name in ("sheet", "proposed_from", *_LABEL_KEYS)
)
# columns of a file of labels beside those of the contract; `carbonshed look` remarks
# what groups follow from
_FILE_COLUMNS = {
    "regions": (*_LABEL_COLUMNS, *PEOPLE, _SHEET),
    "sectors": (*_LABEL_COLUMNS, _REMARK),
}

_Count = Annotated[int, PlainValidator(parse_count)]
_SPAN = re.compile(r"(\d{1,4})\s*[-\N{EN DASH}]\s*(\d{1,4})")
_MAX_YEARS = 300
Gate = Literal[
    "row_balance",
    "column_balance",
    "value_added_balance",
    "imports_balance",
    "output_balance",
    "gdp",
    "world_co2",
    "missing_pairs",  # lines that are not there are zero
]
_Full = frozenset[
    Literal[
        *("transactions", "final_demand", "exports", "imports", "error", "output"),
        "value_added",
    ]
]
_Words = Annotated[str, AfterValidator(parse_text)]


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
        _plain([*_names(row), *item.label])
        for row, item in zip(rows["regions"], items["regions"], strict=True)
    )

    def names(key: str, what: str) -> Names:
        members = tuple(
            member
            for index, item in enumerate(items[key])
            for member in _members(index, rows[key][index], item)
        )
        _refuse_twins(file, key, members)
        titles = tuple(
            (*_names(row)[1:], *item.label)
            for row, item in zip(rows[key], items[key], strict=True)
        )
        return Names(what, members, len(rows[key]), regions, titles=titles)

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
        wide = replace(table, columns=(*table.columns, *_FILE_COLUMNS[key]))
        source = open_source(path, wide)
        if source.extra_columns:
            raise CarbonshedError(
                f"{path.name}: {listing(source.extra_columns, quote=True)} is no column"
                f" of `{key}`; expected {listing(wide.column_names)}"
            )
        rows = read_rows(source, Dimensions())
        for row in rows:
            if row.get("gdp") is not None and row["gdp"] < 0:
                raise CarbonshedError(
                    f"{path.name}: `gdp` of {row['region_id']!r} is {row['gdp']:g}; "
                    "expected a number of 0 or more"
                )
        labels = (
            {k: (row[k],) if row.get(k) else () for k in _LABEL_KEYS} for row in rows
        )
        model = Region if key == "regions" else Sector
        return [
            model.model_construct(**row | own)
            for row, own in zip(rows, labels, strict=True)
        ]
    if not items and key != "products":
        hint = f", or a file as --{key}" if key in ("regions", "sectors") else ""
        raise file.refuse((key,), None, f"{table.description}, one per line{hint}")
    return items


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


def _plain(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(map(text_of, texts))


def _members(index: int, row: Row, item: Any) -> list[Member]:
    """Return the lines of a sector or category: one, or those it adds up."""
    title = repr(next(iter(row.values())))
    parts = [(text, 1.0) for text in getattr(item, "sum", ())]
    parts += [(text, -1.0) for text in getattr(item, "minus", ())]
    one = Member(
        index=index,
        title=title,
        own=_plain(item.label),
        shared=_plain(_names(row)),
        rows=_plain(item.row_label),
        columns=_plain(item.column_label),
    )
    if not parts:
        return [one]
    base = [] if any(sign > 0 for _, sign in parts) else [one]
    return base + [
        Member(index, f"{title} ({text})", sign, own=frozenset([text]))
        for text, sign in parts
    ]


def _cells(written: object) -> list[object]:
    """Return the cells of the year, without those that the map has for other years."""
    return [cell for cell in as_list(written) if not is_missing(cell)]


class YearCell(Part):
    """A cell that holds the year, or a text of the map."""

    file: str | None = None
    sheet: str | None = None
    cell: Cell | None = None
    text: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _of_address(cls, written: object) -> object:
        return {"cell": written} if isinstance(written, str) else written

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.cell is None:
            raise ExpectedError("the address of a cell, such as A4", "cell")
        return self


class Map(Frame, Lists):
    """A map as people write it."""

    title: _Words | None = None
    source: _Words | None = None
    licence: _Words | None = None
    year: Any = None
    years: Any = None
    year_cell: Annotated[tuple[YearCell, ...], BeforeValidator(_cells)] = ()
    country: str | None = None
    currency: str | None = None
    currency_unit: Amount | None = None
    currency_per_usd: dict[str, Amount] = Field({})
    price_basis: _Words | None = None
    synthetic: Flag = False
    imports_inside: Flag = False
    cells: Literal["domestic", "total"] = "domestic"
    re_exports: ReExports = "none"
    model: Model = "D"
    use_prices: Literal["basic", "purchasers"] = "basic"
    csv: CsvStyle = CsvStyle()
    text_numbers: NumberStyle | None = None
    marks: Annotated[frozenset[Text], BeforeValidator(as_list)] = frozenset()
    accept: Annotated[frozenset[Gate], BeforeValidator(as_list)] = frozenset()
    full: Annotated[_Full, BeforeValidator(as_list)] = frozenset()
    blocks: Blocks = Blocks()
    check: Checks = Checks()

    @property
    def is_supply_and_use(self) -> bool:
        """True for a supply table and a use table."""
        return self.blocks.supply is not None

    @property
    def is_total(self) -> bool:
        """True if the cells include imports."""
        return self.imports_inside or self.cells == "total"


def years_of(file: YamlFile, year: int | None) -> list[int]:
    """Return the years that are to be read; `year` is that of ``--year``."""
    written = file.content.get("years")
    if not is_missing(written):
        if not is_missing(file.content.get("year")):
            raise file.refuse(("years",), written, "`year` or `years` alone")
        years = _years_listed(file, written)
        if year is None:
            return years
        if year not in years:
            raise CarbonshedError(
                f"--year is {year}; `years` of {file.name} are {listing(years, 12)}"
            )
        return [year]
    text = file.text("year")
    if text is None and year is None:
        raise file.refuse(
            ("year",), None, "the year of the table, here, as `years` or as --year"
        )
    if text is None:
        return [year]
    try:
        own = parse_year(text)
    except FieldError as error:
        raise file.refuse(("year",), text, str(error)) from None
    if year not in (None, own):
        raise CarbonshedError(
            f"{file.name}: `year` is {own}, --year is {year}; expected the "
            "same, or no `year` in a map that is used for several years"
        )
    return [own]


def _years_listed(file: YamlFile, written: Any) -> list[int]:
    years: list[int] = []
    for item in as_list(written):
        span = _SPAN.fullmatch(item.strip()) if isinstance(item, str) else None
        try:
            first, last = map(parse_year, span.groups() if span else (item, item))
        except (FieldError, TypeError):
            raise file.refuse(
                ("years",), item, "years, such as 1997-2020 or [2000, 2005]"
            ) from None
        if not 0 <= last - first < _MAX_YEARS:
            raise file.refuse(("years",), item, "the first year, then the last")
        years += range(first, last + 1)
    if not years:
        raise file.refuse(("years",), None, "years, such as 1997-2020 or [2000, 2005]")
    return sorted(set(years))


def of_year(content: Any, year: int, key: str = "") -> Any:
    """Return a map with the year in place of ``{year}``, and of choices by year."""
    if isinstance(content, str):
        return content.replace("{year}", str(year))
    if isinstance(content, LinedList):
        return LinedList([of_year(item, year) for item in content], content.lines)
    if not isinstance(content, LinedDict):
        return content
    is_choice = content and all(re.fullmatch(r"\d{4}", str(word)) for word in content)
    if is_choice and key != "currency_per_usd":
        return content.get(str(year))
    items = {name: of_year(item, year, name) for name, item in content.items()}
    return LinedDict(items, content.lines)


@dataclass
class Plan:
    """A map for one year, with the files that complete it."""

    # name and content of the map
    file: str
    map: Map
    year: int  # year of the table
    descriptor: dict[str, Any]  # as in `MatrixTable`
    labels: Labels  # lists of the map
    layout: Layout  # addresses of the blocks
    has_years: bool = False  # the map is of several years
    is_shipped: bool = False  # the map is not the user's

    @property
    def main(self) -> str:
        """Name of the block that the others stand beside."""
        return "use" if self.map.is_supply_and_use else "transactions"

    @property
    def sectors(self) -> list[Row]:
        """The sectors of the table: industries, or products in model B."""
        rows = self.labels.rows
        is_by_product = self.map.is_supply_and_use and self.map.model == "B"
        return (is_by_product and rows["products"]) or rows["sectors"]

    @property
    def unit_text(self) -> str:
        """The unit of money as a factor and a currency, for messages."""
        block = self.descriptor["mrio"]
        return f"x {block['currency_unit']:.10g} {block['currency']}"


def plan_of(file: YamlFile, year: int, options: IngestOptions) -> Plan:
    """Return the plan of one year of a map that lists its regions, checked."""
    file = YamlFile(file.name, of_year(file.content, year))
    written = file.check(Map)
    labels = read_labels(written, file, options)
    if options.indicators:
        ids = [row["region_id"] for row in labels.rows["regions"]]
        labels.population, labels.gdp = read_indicators(options.indicators, year, ids)
    _check_blocks(written, file)
    _check_imports(written, file)
    stressors = [row["stressor_id"] for row in labels.rows["stressors"]]
    for name in ("emissions", "direct_emissions"):
        for stressor in getattr(written.blocks, name):
            if stressor not in stressors:
                raise file.refusal(
                    f"`blocks.{name}.{stressor}` is no stressor of the map; expected "
                    f"one of {listing(stressors)}"
                )
    if written.blocks.error:
        labels.rows["categories"] = with_error(file, labels.rows["categories"])
    return Plan(
        file=file.name,
        map=written,
        year=year,
        descriptor=_descriptor(written, file),
        labels=labels,
        layout=lay_out(written.blocks, written.check, written.over(Frame())),
        has_years=not is_missing(file.content.get("years")),
    )


def _check_blocks(written: Map, file: YamlFile) -> None:
    """Refuse maps that lack what every table has, or mix what does not mix."""
    blocks = written.blocks
    if blocks.supply or blocks.use:
        for name in ("supply", "use"):
            if getattr(blocks, name) is None:
                raise file.refuse(("blocks", name), None, "both `supply` and `use`")
        if blocks.transactions:
            raise file.refusal(
                "`blocks` has both `transactions` and `supply`; expected a symmetric "
                "table or a supply and a use table"
            )
    elif blocks.transactions is None:
        raise file.refuse(
            ("blocks", "transactions"),
            None,
            "the address of its first number, or `supply` and `use`",
        )
    if written.check.sums and (blocks.supply or blocks.use):
        raise file.refusal(
            "`check.sums` goes with `transactions`, not with supply and use tables"
        )


def _check_imports(written: Map, file: YamlFile) -> None:
    """Refuse cells that include imports without a block of imports."""
    blocks = written.blocks
    if not written.is_total:
        return
    if not blocks.imports and not (blocks.imported_transactions or blocks.imported_use):
        raise file.refuse(
            ("blocks", "imports"),
            None,
            "the column of imports by product, or the matrix `imported_transactions`",
        )
    if blocks.imports_of_final_users:
        raise file.refusal(
            "`blocks.imports_of_final_users` does not go with `cells: total` "
            "(`imports_inside`); expected `imports` alone, which is split by buyer"
        )


def _descriptor(written: Map, file: YamlFile) -> dict[str, Any]:
    """Return the descriptor of the table, as in `MatrixTable`."""
    names = ("currency", "currency_unit", "price_basis", "country", "synthetic")
    block = {name: getattr(written, name) for name in names}
    if written.currency_per_usd:
        block["currency_per_usd"] = written.currency_per_usd
    file.check(
        MrioBlock, {key: value for key, value in block.items() if value is not None}
    )
    descriptor: dict[str, Any] = {"mrio": block}
    if written.title:
        descriptor["title"] = written.title
    for text, plural in ((written.source, "sources"), (written.licence, "licenses")):
        if text:
            descriptor[plural] = [{"title": text}]
    return descriptor
