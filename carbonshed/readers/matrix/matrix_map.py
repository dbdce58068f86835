"""The map of a plain matrix file: which block is where, and what its labels mean."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from carbonshed.dataset.contract import DESCRIPTOR_FILE, INPUT_TABLES
from carbonshed.dataset.descriptor import parse_descriptor
from carbonshed.dataset.fields import (
    FieldError,
    describe_field,
    parse_field,
    parse_number,
    parse_whole,
    parse_year,
)
from carbonshed.errors import CarbonshedError
from carbonshed.readers.common.competitive_imports import ERROR_CATEGORY
from carbonshed.readers.common.indicators import read_indicators
from carbonshed.readers.common.sources import open_source
from carbonshed.readers.common.yaml_files import Node, read_yaml
from carbonshed.readers.matrix.places import Places, read_places
from carbonshed.readers.options import IngestOptions
from carbonshed.readers.tidy.dimensions import Dimensions, read_rows

Row = dict[str, Any]

_CSV_KEYS = ("delimiter", "decimal", "encoding")
_LABEL_LISTS = {
    "regions": "regions",
    "sectors": "sectors",
    "categories": "final_demand_categories",
    "stressors": "stressors",
}
_KEYS = (
    *("title", "source", "licence", "year", "country", "currency", "currency_unit"),
    *("currency_per_usd", "price_basis", "synthetic", "imports_inside"),
    *("sheet", "header_rows", "header_columns", "csv", "blocks", *_LABEL_LISTS),
)


@dataclass(frozen=True)
class CsvStyle:
    """How a CSV file is written."""

    delimiter: str = ","
    decimal: str = "."
    encoding: str = "utf-8-sig"


@dataclass
class MatrixMap:
    """A map, checked.

    Attributes
    ----------
    file
        Its name.
    year
        Year of the table.
    descriptor
        As in `MatrixTable`.
    labels
        Rows of the contract by ``regions``, ``sectors``, ``categories`` and
        ``stressors``.
    texts
        For regions, sectors and categories: position by text that a header may show.
    population, gdp
        By region.
    places
        Where the blocks are.
    """

    file: str
    year: int
    descriptor: dict[str, Any]
    labels: dict[str, list[Row]]
    texts: dict[str, dict[str, int]]
    population: list[int | None]
    gdp: list[float | None]
    places: Places
    csv: CsvStyle = field(default_factory=CsvStyle)


def read_map(options: IngestOptions) -> MatrixMap:
    """Read and check the map of ``--map``, with the files that complete it.

    Raises
    ------
    CarbonshedError
        At the first key or label that is missing, unknown or of no use.
    """
    root = Node(options.map.name, "", read_yaml(options.map), _KEYS)
    year = _year(root, options)
    labels, shown = {}, {}
    for key in _LABEL_LISTS:
        labels[key], shown[key] = _labels(root, key, _file_of(key, options))
    people = [node.pop("population", None) for node in labels["regions"]]
    money = [node.pop("gdp", None) for node in labels["regions"]]
    if options.indicators:
        ids = [row["region_id"] for row in labels["regions"]]
        people, money = read_indicators(options.indicators, year, ids)
    stressors = [row["stressor_id"] for row in labels["stressors"]]
    places = read_places(root, stressors)
    texts = {key: _texts(root.file, key, shown[key]) for key in shown}
    if "error" in places.blocks:
        labels["categories"] = _with_error(root.file, labels["categories"])
    return MatrixMap(
        file=root.file,
        year=year,
        descriptor=_descriptor(root),
        labels=labels,
        texts=texts,
        population=people,
        gdp=money,
        places=places,
        csv=_csv_style(root),
    )


def _year(root: Node, options: IngestOptions) -> int:
    written = root.text("year")
    if written is None and options.year is None:
        raise root.refuse("year", None, "the year of the table, here or as --year")
    try:
        year = parse_year(written) if written is not None else options.year
    except FieldError as error:
        raise root.refuse("year", written, str(error)) from None
    if options.year not in (None, year):
        raise CarbonshedError(
            f"{root.file}: `year` is {year}, --year is {options.year}; expected the "
            "same, or no `year` in a map that is used for several years"
        )
    return year


def _file_of(key: str, options: IngestOptions) -> Path | None:
    return {"regions": options.regions, "sectors": options.sectors}.get(key)


def _labels(root: Node, key: str, file: Path | None) -> tuple[list[Row], list[tuple]]:
    """Return the rows of a list of labels, and the texts that each is shown by."""
    table = INPUT_TABLES[_LABEL_LISTS[key]]
    more = ("label", "population", "gdp") if key == "regions" else ("label",)
    if file is not None:
        if root.content.get(key) not in (None, ""):
            raise CarbonshedError(
                f"{root.file}: `{key}` are in the map and in {file.name}; expected "
                "them in one of the two"
            )
        rows = read_rows(open_source(file, table), Dimensions())
        shown = [(row[table.key[0]], row[table.column_names[1]]) for row in rows]
        return rows, shown
    rows, shown = [], []
    for node in root.items(key, (*table.column_names, *more)):
        row: Row = {}
        for column in table.columns:
            raw = node.text(column.name)
            try:
                row[column.name] = parse_field(column, raw)
            except FieldError as error:
                said = describe_field(column, raw, error)
                raise CarbonshedError(f"{root.file}: {node.path}: {said}") from None
        if key == "regions":
            row |= {
                "population": _number(node, "population", parse_whole),
                "gdp": _number(node, "gdp", parse_number),
            }
        rows.append(row)
        names = (row[table.key[0]], row[table.column_names[1]], node.text("label"))
        shown.append(tuple(name for name in names if name))
    if not rows:
        hint = f", or a file as --{key}" if key in ("regions", "sectors") else ""
        raise root.refuse(key, None, f"{table.description}, one per line{hint}")
    return rows, shown


def _number(node: Node, key: str, parse: Any) -> float | int | None:
    raw = node.text(key)
    try:
        number = None if raw is None else parse(raw)
    except FieldError as error:
        raise node.refuse(key, raw, str(error)) from None
    if number is not None and number < 0:
        raise node.refuse(key, raw, "a number of 0 or more")
    return number


def _texts(file: str, key: str, shown: list[tuple]) -> dict[str, int]:
    """Return the position of each label by each of its texts."""
    positions: dict[str, int] = {}
    for position, texts in enumerate(shown):
        for text in texts:
            plain = plain_text(text)
            if positions.setdefault(plain, position) != position:
                raise CarbonshedError(
                    f"{file}: {key} {positions[plain] + 1} and {position + 1} are both "
                    f"called {text!r}; expected ids, names and labels of one only"
                )
    return positions


def plain_text(value: Any) -> str:
    """Return a label without line breaks and doubled blanks."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else " ".join(str(value).split())


def _with_error(file: str, categories: list[Row]) -> list[Row]:
    taken = ERROR_CATEGORY["category_id"]
    if taken in [row["category_id"] for row in categories]:
        raise CarbonshedError(
            f"{file}: the category {taken!r} is made from `blocks.error`; expected "
            "another id in `categories`"
        )
    return [*categories, dict(ERROR_CATEGORY)]


def _descriptor(root: Node) -> dict[str, Any]:
    rates = root.child("currency_per_usd", None)
    block = {
        "currency": root.text("currency"),
        "currency_unit": _number(root, "currency_unit", parse_number),
        "price_basis": root.text("price_basis"),
        "country": root.text("country"),
        "synthetic": root.flag("synthetic"),
    }
    if rates.content:
        block["currency_per_usd"] = {
            year: _number(rates, year, parse_number) for year in rates.content
        }
    content: dict[str, Any] = {"mrio": block}
    if root.text("title"):
        content["title"] = root.text("title")
    for key, plural in (("source", "sources"), ("licence", "licenses")):
        if root.text(key):
            content[plural] = [{"title": root.text(key)}]
    try:
        parse_descriptor(content)
    except CarbonshedError as error:
        message = str(error).replace(DESCRIPTOR_FILE, root.file).replace("`mrio.", "`")
        raise CarbonshedError(message) from None
    return content


def _csv_style(root: Node) -> CsvStyle:
    node = root.child("csv", _CSV_KEYS)
    given = {key: node.text(key) for key in _CSV_KEYS if node.text(key)}
    if given.get("delimiter") in ("tab", "\\t"):
        given["delimiter"] = "\t"
    for key in ("delimiter", "decimal"):
        sign = given.get(key, ".")
        if len(sign) != 1 or sign.isalnum() or sign in '"\r\n':
            raise node.refuse(key, sign, "one sign, such as ';'")
    style = CsvStyle(**given)
    if style.delimiter == style.decimal:
        raise node.refuse("decimal", style.decimal, "another sign than the delimiter")
    try:
        "a".encode(style.encoding)
    except LookupError:
        raise node.refuse("encoding", style.encoding, "utf-8, gbk, latin-1") from None
    return style
