"""Workbooks of all formats: opened in a limited process, read by row, checked.

Only values are read, never formats. A cell with an error (``#DIV/0!``) is a text in
.xlsx, .xlsm and .ods files, and so is a formula that was never computed. In .xls and
.xlsb files the one cannot be told from an empty cell, the other from 0.
calamine leaves out what .xlsb and .ods files have beyond the last row or column that a
spreadsheet can have.
"""

import io
import math
import posixpath
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np

from carbonshed.errors import CarbonshedError
from carbonshed.io_errors import need_file
from carbonshed.readers.files import need_module, workbook_child
from carbonshed.text import first_line, listing, size_text

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

Row = tuple[Any, ...]
SUFFIXES = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods")
FORMATS = ".xlsx, .xlsm, .xlsb, .xls or .ods"
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
# the first bytes of other files that users choose by mistake
_OTHERS = (
    (b"\x89HDF", "an HDF5 file (MATLAB v7.3?), which ceads-city reads"),
    (b"MATLAB", "a MATLAB file, which ceads-city reads"),
    (b"%PDF", "a PDF"),
)
_MAX_ROWS, _MAX_COLUMNS = 1 << 20, 1 << 14  # the largest sheet of any program
_MAX_CELLS = 1 << 26  # the grid around all cells: 2 GiB in calamine
# bytes of a part of a zip file; a larger one must not be so many times its packed size
_MAX_UNPACKED, _MAX_RATIO = 1 << 28, 200
_MOST_OF_ZLIB = 1032  # bytes that one can unpack to
_DTD = b"<!DOCTYPE"  # entities: of other files, or of each other


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


class Workbook:
    """An open workbook; close it, or use it in a ``with`` statement.

    Parameters
    ----------
    path
        An .xlsx, .xlsm, .xlsb, .xls or .ods file; one that is missing, damaged or
        encrypted is refused.
    extra
        The extra of this package that brings calamine, for the message.
    """

    def __init__(self, path: Path, extra: str = "ceads") -> None:
        self.path = path
        calamine = need_module("python_calamine", extra, f"{path.name}: a workbook")
        content = _read_file(path)
        self._is_zip = content.startswith(_ZIP)
        self._content = io.BytesIO(content)
        try:
            if self._is_zip:
                _refuse_bombs(path, self._content)
            if not self._is_zip or _has_other_sheets(self._content):
                _refuse_too_large(path)
            self._book = calamine.CalamineWorkbook.from_filelike(self._content)
        except CarbonshedError:
            raise
        except calamine.PasswordError:
            raise CarbonshedError(
                f"{path.name}: the workbook is protected by a password; save it "
                "without one"
            ) from None
        except BaseException as error:
            raise _damaged(path, error) from None
        kind = calamine.SheetTypeEnum.WorkSheet  # the others are charts and macros
        sheets = [sheet for sheet in self._book.sheets_metadata if sheet.typ == kind]
        self.sheets = [sheet.name for sheet in sheets]
        visible = calamine.SheetVisibleEnum.Visible
        self.hidden = {sheet.name for sheet in sheets if sheet.visible != visible}
        if not self.sheets:
            raise _damaged(path, ValueError("it has no sheets"))
        self._grids: dict[str, tuple[Any, OddCells]] = {}

    def __enter__(self) -> "Workbook":
        """Return the open workbook."""
        return self

    def __exit__(self, *_: object) -> None:
        """Free the memory."""
        self._grids.clear()
        self._book.close()

    def find(self, name: str) -> str | None:
        """Return the sheet of a name; case, blanks and underscores do not count."""
        plain = _plain(name)
        return next((sheet for sheet in self.sheets if _plain(sheet) == plain), None)

    def require(self, name: str) -> str:
        """Return the sheet of a name; a refusal lists the sheets."""
        sheet = self.find(name)
        if sheet is None:
            raise CarbonshedError(
                f"{self.path.name}: no sheet {name!r}; sheets found: "
                f"{self.listed_sheets()}"
            )
        return sheet

    def listed_sheets(self) -> str:
        """Return the names of the sheets as a list for a message."""
        return listing(self.sheets, 8, quote=True)

    def rows(self, sheet: str) -> Iterator[Row]:
        """Yield the rows of a sheet from the first, all as long as the longest.

        Empty cells are None, errors are texts (``#N/A``), and formulas that were never
        computed are `Uncomputed`.
        """
        if sheet not in self._grids:
            self._grids[sheet] = self._read_grid(sheet)
        grid, odd = self._grids[sheet]
        left = (None,) * (grid.start[1] if grid.start else 0)
        width = grid.end[1] + 1 if grid.end else 0
        # calamine leaves out cells at the end that it takes for empty
        width = max([width, *(max(cells) + 1 for cells in odd.values())])
        number = -1
        for number, cells in enumerate(grid.iter_rows()):
            row = (*left, *[None if value == "" else value for value in cells])
            yield _with_odd(pad(row, width), odd.get(number, {}))
        for later in range(number + 1, max(odd, default=-1) + 1):
            yield _with_odd(pad((), width), odd.get(later, {}))

    def _read_grid(self, sheet: str) -> tuple[Any, OddCells]:
        """Return calamine's sheet, and the odd cells by row and column."""
        try:
            xml = read_sheet_xml(self._content, sheet) if self._is_zip else None
            self._refuse_far_cells(sheet, *(grid_size(xml[0]) if xml else (0, 0)))
            odd: OddCells = {}
            if xml:
                odd = odd_cells_of_xlsx(*xml)
            elif self._is_zip:
                odd = odd_cells_of_ods(self._content, sheet)
            width = 1 + max((max(cells) for cells in odd.values()), default=-1)
            self._refuse_far_cells(sheet, 1 + max(odd, default=-1), width)
            grid = self._book.get_sheet_by_name(sheet)
            if grid.end is not None:
                self._refuse_far_cells(sheet, *(last + 1 for last in grid.end))
            return grid, odd
        except CarbonshedError:
            raise
        except BaseException as error:
            raise _damaged(self.path, error) from None

    def _refuse_far_cells(self, sheet: str, height: int, width: int) -> None:
        is_sheet = height <= _MAX_ROWS and width <= _MAX_COLUMNS
        if not is_sheet or height * width > _MAX_CELLS:
            raise CarbonshedError(
                f"{self.path.name}: sheet {sheet!r} reaches to cell "
                f"{cell_name(height - 1, max(width, 1) - 1)}, too far for a table; "
                "delete what stands beyond it"
            )


def _with_odd(row: Row, odd: dict[int, str]) -> Row:
    if not odd:
        return row
    return tuple(odd.get(column, value) for column, value in enumerate(row))


def cell_name(row: int, column: int) -> str:
    """Return the address of a cell; both are counted from 0."""
    return f"{column_letters(column)}{row + 1}"


def column_letters(column: int) -> str:
    """Return the letters of a column, counted from 0."""
    letters, rest = "", column + 1
    while rest:
        rest, letter = divmod(rest - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return letters


def text_of(value: Any) -> str:
    """Return a cell as text, blanks cut off and line breaks made blanks."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return re.sub(r"\s+", " ", str(value)).strip()


def numbers_of(cells: Sequence[Any], where: str, row: int, first: int) -> np.ndarray:
    """Return the cells of one row as numbers, NaN where a cell is empty.

    `row` and `first` are the position of the cells, counted from 0. A text, a date, a
    truth value and an infinite or absurdly large number are refused.
    """
    # fast path: NumPy converts a row of numbers in one pass
    kinds = set(map(type, cells))
    if kinds <= {int, float, type(None)}:
        try:
            numbers = np.array(cells, dtype=float)
        except OverflowError:
            numbers = np.full(len(cells), np.inf)
        if not np.isinf(numbers).any():
            return numbers
    for offset, value in enumerate(cells):
        if _is_number(value):
            continue
        kind = "a date" if isinstance(value, date) else "a text"
        kind = "a truth value" if isinstance(value, bool) else kind
        kind = "not finite" if _is_plain_number(value) else kind
        remedy = ""
        if isinstance(value, Uncomputed):
            kind = "a formula that was never computed"
            remedy = ": open the workbook in a spreadsheet program and save it"
        raise CarbonshedError(
            f"{where}: cell {cell_name(row, first + offset)} is {str(value)[:40]!r}, "
            f"{kind}; expected a number{remedy}"
        )
    # some programs leave blank texts in empty cells
    return np.array([value if _is_plain_number(value) else np.nan for value in cells])


def amount_of(value: Any, where: str) -> float:
    """Return a cell that must hold an amount of 0 or more; refuse it else."""
    if not _is_plain_number(value) or not 0 <= value < math.inf:
        raise CarbonshedError(
            f"{where} is {text_of(value)[:40]!r}; expected an amount of 0 or more"
        )
    return float(value)


def pad(row: Row, width: int) -> Row:
    """Return a row with exactly `width` cells."""
    return row[:width] + (None,) * (width - len(row))


def _refuse_bombs(path: Path, content: io.BytesIO) -> None:
    """Refuse parts that unpack to more than a table does, or define entities.

    A part that is smaller than it says is another one than its checksum; sheets are
    compared with theirs when they are read.
    """
    with zipfile.ZipFile(content) as archive:
        for part in archive.infolist():
            size, packed = part.file_size, part.compress_size
            if size > max(_MAX_UNPACKED, _MAX_RATIO * packed):
                raise CarbonshedError(
                    f"{path.name}: its part {part.filename} unpacks from"
                    f" {size_text(packed)} to {size_text(size)}; expected at most"
                    f" {_MAX_RATIO} times as much: it is no table, or has formats"
                    " without end; save the sheet that you need anew"
                )
            is_sheet = "/worksheets/" in part.filename
            with archive.open(part) as opened:
                if part.filename.startswith("xl/") and _DTD in opened.read(4096):
                    raise CarbonshedError(
                        f"{path.name}: its part {part.filename} has a document type"
                        " definition, which no spreadsheet program writes; save it anew"
                    )
                if not is_sheet and packed * _MOST_OF_ZLIB > _MAX_UNPACKED:
                    while opened.read(1 << 20):
                        pass


def _read_file(path: Path) -> bytes:
    if not path.exists():
        raise CarbonshedError(f"{path}: no such file; expected a workbook ({FORMATS})")
    need_file(path, f"a workbook ({FORMATS})")
    content = path.read_bytes()
    if content.startswith(_OLE):
        return content
    if content.startswith(_ZIP):
        if zipfile.is_zipfile(io.BytesIO(content)):
            return content
        reason = "its end is missing: the file was cut (copy or download it again)"
    else:
        kinds = (kind for head, kind in _OTHERS if content.startswith(head))
        reason = f"it is {next(kinds, 'something else')}" if content else "it is empty"
    raise CarbonshedError(
        f"{path.name}: not a workbook ({len(content)} bytes): {reason}; expected "
        f"{FORMATS}"
    )


def _has_other_sheets(content: io.BytesIO) -> bool:
    """Return whether a zip file may be read as .xlsb or .ods, whatever else it has."""
    with zipfile.ZipFile(content) as archive:
        names = archive.namelist()
    content.seek(0)
    return not {"xl/workbook.bin", "content.xml"}.isdisjoint(names)


def _refuse_too_large(path: Path) -> None:
    """Refuse a workbook that ends the process which opens it.

    One that is merely damaged raises an error there, and here again.
    """
    tried = subprocess.run(
        [sys.executable, "-P", workbook_child.__file__, str(path.absolute())],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    if tried.returncode < 0:
        raise CarbonshedError(
            f"{path.name}: a sheet takes more than {workbook_child.MAX_BYTES >> 30} "
            "GiB of memory, as one does that reaches too far for a table; delete what "
            "stands beyond it, or save the workbook as .xlsx"
        )


def _damaged(path: Path, error: BaseException) -> CarbonshedError:
    """Return the refusal for what calamine raised, panics of Rust among it.

    A panic derives from BaseException alone; an interrupt by the user is raised again.
    """
    if isinstance(error, KeyboardInterrupt | SystemExit | GeneratorExit):
        raise error
    reason = first_line(error)
    return CarbonshedError(
        f"{path.name}: the workbook is damaged ({path.stat().st_size} bytes: "
        f"{reason[:120]}); copy or download it again, or save it anew as .xlsx"
    )


def _plain(name: str) -> str:
    return re.sub(r"[\s_]+", "", name).casefold()


def _is_plain_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_number(value: Any) -> bool:
    if value is None or (isinstance(value, str) and not value.strip()):
        return True
    if not _is_plain_number(value):
        return False
    try:
        return not np.isinf(float(value))
    except OverflowError:
        return False
