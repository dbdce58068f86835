"""Cells that calamine does not report, from the XML of .xlsx and .ods files.

calamine gives a cell with an error (``#DIV/0!``) as an empty one, and a formula that no
spreadsheet program has computed yet too. It allocates the grid around all cells of an
.xlsx sheet, which aborts the process if one lies far from the others.
"""

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator
from xml.etree import ElementTree

# the address of a cell, A1, or of a row, 1, whose cells need none
_ADDRESS = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]*)([0-9]+)["']""")
_XLSX_ERROR = re.compile(rb"""\st=["']e["']""")
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
# a formula that no value follows; the value has at least one character
_NO_VALUE = re.compile(
    rb"(?:</(?:\w+:)?f>|<(?:\w+:)?f(?:\s[^>]*)?/>)\s*+(?!<(?:\w+:)?v[^>/]*>[^<])"
)
_BOOK = "xl/workbook.xml"

OddCells = dict[int, dict[int, str]]
_ODS_CONTENT = "content.xml"
_ODS_ODD = re.compile(
    rb"<table:(?:covered-)?table-cell\b(?=[^>]*\btable:formula=)"
    rb"(?:(?![^>]*\boffice:value-type=)|(?=[^>]*\bcalcext:value-type=.error))"
)
_MAX_REPEATED = 1 << 10  # copies of a cell that is written once for many


class Uncomputed(str):
    """A formula that no spreadsheet program has computed, as text."""

    __slots__ = ()


def read_sheet_xml(content: io.BytesIO, sheet: str) -> tuple[bytes, bool] | None:
    """Return the XML of a sheet, and whether its formulas are still to be computed.

    None if the zip file is no .xlsx workbook. Programs that write formulas without
    computing them ask for it to be done when the workbook is opened.
    """
    with zipfile.ZipFile(content) as archive:
        if _BOOK not in archive.namelist():
            return None
        links = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
        targets = {link.get("Id"): link.get("Target", "") for link in links}
        book = ElementTree.fromstring(archive.read(_BOOK))
        (element,) = (s for s in book.iterfind(".//{*}sheet") if s.get("name") == sheet)
        # r:id has one namespace in transitional and another in strict files
        key = next(value for name, value in element.items() if name.endswith("}id"))
        xml = archive.read(posixpath.join("/xl", targets[key]).lstrip("/"))
        rule = book.find("{*}calcPr")
        word = "" if rule is None else rule.get("fullCalcOnLoad", "")
        return xml, word in ("1", "true")


def grid_size(xml: bytes) -> tuple[int, int]:
    """Return the rows and columns of the smallest grid from A1 that has all cells.

    As far as rows and cells say where they are, which those far from the others must.
    """
    columns, rows = set(), set()
    for match in _ADDRESS.finditer(xml):
        columns.add(match[1])
        rows.add(match[2])
    return (
        max(map(int, rows), default=0),
        max((column_number(name.decode()) + 1 for name in columns if name), default=0),
    )


def odd_cells_of_xlsx(xml: bytes, is_to_compute: bool) -> OddCells:
    """Return cells that hold an error or a formula without a value."""
    odd: OddCells = {}
    is_asked = is_to_compute and _FORMULA.search(xml) is not None
    if not is_asked and not _XLSX_ERROR.search(xml) and not _NO_VALUE.search(xml):
        return odd
    zeros: list[tuple[int, int, str]] = []
    has_value = False
    for row, column, cell in _cells_of_xlsx(xml):
        value, formula = cell.findtext("{*}v"), cell.find("{*}f")
        if cell.get("t") == "e":
            odd.setdefault(row, {})[column] = value or "an error"
            continue
        if formula is None:
            continue
        text = f"={formula.text or ''}"
        if not value and cell.get("t") not in ("str", "s"):
            odd.setdefault(row, {})[column] = Uncomputed(text)
        elif value in ("0", "0.0"):
            zeros.append((row, column, text))
        else:
            has_value = True
    if is_to_compute and not has_value:
        for row, column, text in zeros:
            odd.setdefault(row, {})[column] = Uncomputed(text)
    return odd


def _cells_of_xlsx(xml: bytes) -> Iterator[tuple[int, int, ElementTree.Element]]:
    """Yield row, column and element of each cell, freeing rows that are done."""
    row = column = -1
    events = ElementTree.iterparse(io.BytesIO(xml), ("start", "end"))
    for event, element in events:
        name = element.tag.rpartition("}")[2]
        if event == "start" and name == "row":
            written = element.get("r")
            row, column = int(written) - 1 if written else row + 1, -1
        elif event == "start" and name == "c":
            letters = re.match(r"[A-Za-z]*", element.get("r", ""))[0]
            column = column_number(letters) if letters else column + 1
        elif event == "end" and name == "c":
            yield row, column, element
        elif event == "end" and name == "row":
            element.clear()


def column_number(letters: str) -> int:
    """Return the number of a column, counted from 0: ``AA`` is 26."""
    number = 0
    for letter in letters.upper():
        number = 26 * number + ord(letter) - ord("A") + 1
    return number - 1


def odd_cells_of_ods(content: io.BytesIO, sheet: str) -> OddCells:
    """Return cells that hold an error or a formula without a value."""
    cells: OddCells = {}
    with zipfile.ZipFile(content) as archive:
        if _ODS_CONTENT not in archive.namelist():
            return cells
        xml = archive.read(_ODS_CONTENT)
    if not _ODS_ODD.search(xml):
        return cells
    is_inside, row = False, 0
    for event, element in ElementTree.iterparse(io.BytesIO(xml), ("start", "end")):
        name = element.tag.rpartition("}")[2]
        if name == "table" and event == "start":
            is_inside, row = _get(element, "name") == sheet, 0
        elif name == "table-row" and event == "end":
            rows = int(_get(element, "number-rows-repeated") or 1)
            odd = _odd_of(element) if is_inside else {}
            if odd:
                cells |= {row + k: dict(odd) for k in range(min(rows, _MAX_REPEATED))}
            row += rows
            element.clear()
    return cells


def _odd_of(row: ElementTree.Element) -> dict[int, str]:
    odd: dict[int, str] = {}
    column = 0
    for cell in row:
        if not cell.tag.endswith("table-cell"):
            continue
        count = int(_get(cell, "number-columns-repeated") or 1)
        formula, kinds = _get(cell, "formula"), _kinds(cell)
        value = None
        if "error" in kinds:
            value = "".join(cell.itertext()).strip() or "an error"
        elif formula and not kinds:
            value = Uncomputed("=" + formula.partition("=")[2])
        if value is not None:
            odd |= dict.fromkeys(
                range(column, column + min(count, _MAX_REPEATED)), value
            )
        column += count
    return odd


def _get(element: ElementTree.Element, name: str) -> str | None:
    """Return an attribute of tables, None if it has none."""
    return next(
        (v for k, v in element.items() if k.endswith(f":table:1.0}}{name}")), None
    )


def _kinds(cell: ElementTree.Element) -> list[str]:
    return [value for key, value in cell.items() if key.endswith("}value-type")]
