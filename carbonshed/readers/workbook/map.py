"""The map of a table for one year, checked."""

import re
from dataclasses import dataclass
from typing import Any, TypeVar

from carbonshed.accounting.imports import RE_EXPORTS, ReExports
from carbonshed.accounting.supply_use import MODELS, Model
from carbonshed.dataset.contract import DESCRIPTOR_FILE
from carbonshed.dataset.descriptor import parse_descriptor
from carbonshed.dataset.fields import FieldError, parse_year
from carbonshed.errors import CarbonshedError
from carbonshed.readers.files.grids import CsvStyle
from carbonshed.readers.files.yaml_files import Node
from carbonshed.readers.options import IngestOptions
from carbonshed.readers.rows.small_tables import read_indicators
from carbonshed.readers.workbook.addresses import (
    FRAME_KEYS,
    SUPPLY_AND_USE,
    Frame,
    Places,
    read_frame,
    read_places,
    texts_of,
)
from carbonshed.readers.workbook.labels import (
    TABLES,
    Labels,
    number_at,
    read_labels,
    with_error,
)
from carbonshed.text import listing

_SPAN = re.compile(r"(\d{1,4})\s*[-\N{EN DASH}]\s*(\d{1,4})")
_MOST_YEARS = 300
_CSV_KEYS = ("delimiter", "decimal", "encoding", "thousands")
# what a map may accept, see `balance`; missing_pairs: lines that are not there are zero
GATES = (
    *("row_balance", "column_balance", "value_added_balance", "imports_balance"),
    *("output_balance", "gdp", "missing_pairs"),
)

YEAR_CELL_KEYS = ("file", "sheet", "cell", "text")
ROOT_KEYS = (
    *("title", "source", "licence", "year", "years", "year_cell", "country"),
    *("currency", "currency_unit", "currency_per_usd", "price_basis", "synthetic"),
    *("imports_inside", "cells", "re_exports", "model", "use_prices", "csv", "marks"),
    "text_numbers",
    *("accept", "check", "blocks", *FRAME_KEYS, *TABLES),
)

_Word = TypeVar("_Word", bound=str)


def years_of(root: Node, asked: int | None) -> list[int]:
    """Return the years that are to be read.

    Parameters
    ----------
    root
        The map.
    asked
        The year of ``--year``; None if there is none.

    Raises
    ------
    CarbonshedError
        If there is no year, a text that is none, or the year asked for is not there.
    """
    if root.content.get("years") not in (None, ""):
        if root.content.get("year") not in (None, ""):
            raise root.refuse("years", root.content["years"], "`year` or `years` alone")
        years = _listed(root)
        if asked is None:
            return years
        if asked not in years:
            raise CarbonshedError(
                f"--year is {asked}; `years` of {root.file} are {listing(years, 12)}"
            )
        return [asked]
    written = root.text("year")
    if written is None and asked is None:
        raise root.refuse(
            "year", None, "the year of the table, here, as `years` or as --year"
        )
    try:
        year = parse_year(written) if written is not None else asked
    except FieldError as error:
        raise root.refuse("year", written, str(error)) from None
    if asked not in (None, year):
        raise CarbonshedError(
            f"{root.file}: `year` is {year}, --year is {asked}; expected the "
            "same, or no `year` in a map that is used for several years"
        )
    return [year]


def _listed(root: Node) -> list[int]:
    found = root.content["years"]
    items = found if isinstance(found, list) else [found]
    years: list[int] = []
    for item in items:
        span = _SPAN.fullmatch(item.strip()) if isinstance(item, str) else None
        try:
            first, last = map(parse_year, span.groups() if span else (item, item))
        except (FieldError, TypeError):
            raise root.refuse("years", item, "years, such as 1997-2020") from None
        if not 0 <= last - first < _MOST_YEARS:
            raise root.refuse("years", item, "the first year, then the last")
        years += range(first, last + 1)
    if not years:
        raise root.refuse("years", None, "years, such as 1997-2020 or [2000, 2005]")
    return sorted(set(years))


def with_year(content: Any, year: int, key: str = "") -> Any:
    """Return a map with the year in place of ``{year}``, and of choices by year."""
    if isinstance(content, str):
        return content.replace("{year}", str(year))
    if isinstance(content, list):
        return [with_year(item, year) for item in content]
    if not isinstance(content, dict):
        return content
    is_choice = content and all(re.fullmatch(r"\d{4}", str(each)) for each in content)
    if is_choice and key != "currency_per_usd":
        return content.get(str(year))
    return {name: with_year(item, year, name) for name, item in content.items()}


def csv_style(root: Node) -> CsvStyle:
    """Return how CSV files are written, as the map says.

    Raises
    ------
    CarbonshedError
        If signs are none, or are the same.
    """
    node = root.child("csv", _CSV_KEYS)
    style = _style(node)
    if style.delimiter == style.decimal:
        raise node.refuse("decimal", style.decimal, "another sign than the delimiter")
    return style


def text_style(root: Node) -> CsvStyle | None:
    """Return how numbers are written that are texts in a workbook, None if none are.

    Raises
    ------
    CarbonshedError
        As `csv_style`.
    """
    if root.content.get("text_numbers") in (None, ""):
        return None
    return _style(root.child("text_numbers", ("decimal", "thousands")))


def _style(node: Node) -> CsvStyle:
    given = {key: node.content[key] for key in _CSV_KEYS if node.content.get(key)}
    for key, sign in given.items():
        if not isinstance(sign, str):
            raise node.refuse(key, sign, "a text")
    if given.get("delimiter") in ("tab", "\\t"):
        given["delimiter"] = "\t"
    for key in ("delimiter", "decimal", "thousands"):
        sign = given.get(key, ".")
        if len(sign) != 1 or sign.isalnum() or sign in '"\r\n+-':
            raise node.refuse(key, sign, "one sign, such as ';'")
    style = CsvStyle(**given)
    if style.thousands == style.decimal:
        raise node.refuse("thousands", style.thousands, "another sign than `decimal`")
    try:
        "a".encode(style.encoding)
    except LookupError:
        raise node.refuse("encoding", style.encoding, "utf-8, gbk, latin-1") from None
    return style


@dataclass
class Plan:
    """A map for one year.

    Attributes
    ----------
    file
        Its name.
    year
        Year of the table.
    year_cells
        File and sheet (None: those of the transactions) and address of cells that
        hold the year, or a text of the map.
    descriptor
        As in `MatrixTable`.
    labels
        Its lists of labels.
    population, gdp
        By region.
    places
        Where the blocks are.
    is_total
        The cells hold imports too.
    re_exports
        ``proportional``: imports are taken out of exports as well; else ``none``.
    model
        ``D`` or ``B``: how supply and use become symmetric.
    use_prices
        ``basic`` or ``purchasers``.
    marks
        Texts that mean zero.
    accept
        Gates that are waived, of `GATES`.
    has_years
        The map is of several years.
    """

    file: str
    year: int
    year_cells: list[dict[str, str | None]]
    descriptor: dict[str, Any]
    labels: Labels
    population: list[int | None]
    gdp: list[float | None]
    places: Places
    is_total: bool = False
    re_exports: ReExports = "none"
    model: Model = "D"
    use_prices: str = "basic"
    marks: frozenset[str] = frozenset()
    accept: frozenset[str] = frozenset()
    has_years: bool = False

    @property
    def is_supply_and_use(self) -> bool:
        """Whether the table is a supply table and a use table."""
        return "supply" in self.places.blocks

    @property
    def main(self) -> str:
        """Name of the block that the others stand beside."""
        return "use" if self.is_supply_and_use else "transactions"

    @property
    def unit_text(self) -> str:
        """The unit of money as a factor and a currency, for messages."""
        block = self.descriptor["mrio"]
        return f"x {block['currency_unit']:.10g} {block['currency']}"


def read_plan(
    file: str, content: dict[str, Any], year: int, options: IngestOptions
) -> Plan:
    """Check the map of one year, with the files that complete it.

    Parameters
    ----------
    file
        Name of the map.
    content
        What it holds, with the year put in.
    year
        The year.
    options
        With the files of labels and indicators.

    Raises
    ------
    CarbonshedError
        At the first key or label that is missing, unknown or of no use.
    """
    root = Node(file, "", content, ROOT_KEYS)
    labels = read_labels(root, options)
    people, money = labels.population, labels.gdp
    if options.indicators:
        ids = [row["region_id"] for row in labels.rows["regions"]]
        people, money = read_indicators(options.indicators, year, ids)
    places = read_places(root, read_frame(root, Frame()))
    _check_blocks(root, places, options)
    stressors = [row["stressor_id"] for row in labels.rows["stressors"]]
    for name in ("emissions", "direct_emissions"):
        for stressor in places.named[name]:
            if stressor not in stressors:
                raise CarbonshedError(
                    f"{file}: `blocks.{name}.{stressor}` is no stressor of "
                    f"the map; expected one of {listing(stressors)}"
                )
    if "error" in places.vectors:
        labels.rows["categories"] = with_error(root, labels.rows["categories"])
    plan = Plan(
        file=file,
        year=year,
        year_cells=_year_cells(root),
        descriptor=_descriptor(root),
        labels=labels,
        population=people,
        gdp=money,
        places=places,
        is_total=_is_total(root, places),
        re_exports=_word(root, "re_exports", RE_EXPORTS),
        model=_word(root, "model", MODELS),
        use_prices=_word(root, "use_prices", ("basic", "purchasers")),
        marks=frozenset(texts_of(root, "marks")),
        accept=_accepted(root),
        has_years=root.content.get("years") not in (None, ""),
    )
    csv_style(root)  # refuses a style that makes no sense, also beside workbooks
    return plan


def _word(root: Node, key: str, words: tuple[_Word, ...]) -> _Word:
    """Return one of some words; the first if there is none."""
    found = root.text(key) or words[0]
    if found not in words:
        raise root.refuse(key, found, listing(words, separator=" or "))
    return words[words.index(found)]


def _check_blocks(root: Node, places: Places, options: IngestOptions) -> None:
    """Refuse maps that lack what every table has, or mix what does not mix."""
    node = root.child("blocks", None)
    blocks, named = places.blocks, places.named
    has_both = all(name in blocks for name in SUPPLY_AND_USE)
    if any(name in blocks for name in SUPPLY_AND_USE):
        if not has_both:
            lacking = next(name for name in SUPPLY_AND_USE if name not in blocks)
            raise node.refuse(lacking, None, "both `supply` and `use`")
        if "transactions" in blocks:
            raise CarbonshedError(
                f"{root.file}: `blocks` has both `transactions` and `supply`; expected "
                "a symmetric table or a supply and a use table"
            )
    elif "transactions" not in blocks:
        raise node.refuse(
            "transactions",
            None,
            "the address of its first number, or `supply` and `use`",
        )
    if not named["emissions"] and options.emissions is None:
        raise node.refuse(
            "emissions", None, "a place for each stressor, or a file as --emissions"
        )


def _is_total(root: Node, places: Places) -> bool:
    is_inside = root.flag("imports_inside")
    cells = _word(root, "cells", ("domestic", "total"))
    is_total = is_inside or cells == "total"
    if not is_total:
        return False
    node = root.child("blocks", None)
    blocks, vectors = places.blocks, places.vectors
    has_matrix = "imported_transactions" in blocks or "imported_use" in blocks
    if "imports" not in vectors and not has_matrix:
        raise node.refuse(
            "imports",
            None,
            "the column of imports by product, or the matrix `imported_transactions`",
        )
    if "imports_of_final_users" in vectors:
        raise CarbonshedError(
            f"{root.file}: `blocks.imports_of_final_users` does not go with "
            "`cells: total` (`imports_inside`); expected `imports` alone, which is "
            "split by buyer"
        )
    return True


def _accepted(root: Node) -> frozenset[str]:
    words = texts_of(root, "accept")
    for word in words:
        if word not in GATES:
            raise root.refuse("accept", word, f"some of {listing(GATES)}")
    return frozenset(words)


def _year_cells(root: Node) -> list[dict[str, str | None]]:
    found = root.content.get("year_cell")
    items = found if isinstance(found, list) else [found]
    cells = []
    for item in items:
        if item in (None, ""):
            continue
        content = {"cell": item} if isinstance(item, str) else item
        node = Node(root.file, "year_cell", content, YEAR_CELL_KEYS)
        if node.text("cell") is None:
            raise node.refuse("cell", None, "the address of a cell, such as A4")
        cells.append({key: node.text(key) for key in YEAR_CELL_KEYS})
    return cells


def _descriptor(root: Node) -> dict[str, Any]:
    rates = root.child("currency_per_usd", None)
    block = {
        "currency": root.text("currency"),
        "currency_unit": number_at(root, "currency_unit"),
        "price_basis": root.text("price_basis"),
        "country": root.text("country"),
        "synthetic": root.flag("synthetic"),
    }
    if rates.content:
        block["currency_per_usd"] = {
            year: number_at(rates, year) for year in rates.content
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
