"""The cells of a sheet as arrays: numbers, texts and marks that mean nothing."""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from carbonshed.dataset.contract import LARGEST_SUM
from carbonshed.errors import CarbonshedError
from carbonshed.io_errors import need_file
from carbonshed.readers.files.grids import files_of
from carbonshed.readers.files.sheet_xml import Uncomputed
from carbonshed.readers.files.workbooks import (
    SUFFIXES,
    Workbook,
    cell_name,
    text_of,
)

CSV_FILES = (".csv", ".tsv", ".txt")

# more is not looked at, and said so: a table of 1,400 x 1,400 fits
MOST_CELLS = 2_000_000
MOST_COLUMNS = 20_000
_MOST_BYTES = 1 << 26  # of a CSV file

# signs alone, or the usual words for no number
_MARK = re.compile(r"[\W_]{1,4}|n\.?a\.?|n/a", re.IGNORECASE)
_ENCODINGS = ("utf-8-sig", "gb18030", "latin-1")
_PLAIN = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?")
_COMMA = re.compile(r"[+-]?(\d+|\d{1,3}(\.\d{3})+),\d+")
_POINTS = re.compile(r"[+-]?\d{1,3}((\.\d{3}){2,}|(\.\d{3})+,\d+)")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")
_FIELD = 1 << 20


@dataclass(frozen=True)
class Cells:
    """The cells of one sheet; rows and columns are counted from 0.

    Attributes
    ----------
    file, sheet
        Where they are; the sheet of a CSV file is its name without the ending.
    numbers : ndarray, shape (h, w)
        NaN where there is none.
    texts : ndarray of str, shape (h, w)
        Empty where there is none.
    marks : ndarray of bool, shape (h, w)
        Texts that stand for no number.
    notes
        How it was read, and what was not.
    style
        Of a CSV file: what the map must say of it.
    mark_texts
        What the marks are.
    """

    file: str
    sheet: str
    numbers: np.ndarray
    texts: np.ndarray
    marks: np.ndarray
    notes: tuple[str, ...] = ()
    style: tuple[tuple[str, str], ...] = ()
    mark_texts: tuple[str, ...] = ()

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.numbers.shape

    def label(self, row: int, column: int) -> str:
        """Return a cell as a label: text, or a number without ``.0``."""
        if self.texts[row, column]:
            return self.texts[row, column]
        value = self.numbers[row, column]
        return "" if np.isnan(value) else text_of(float(value))

    def block(self, rows: Sequence[int], columns: Sequence[int]) -> np.ndarray:
        """Return numbers, 0 where there is none, shape (len(rows), len(columns))."""
        return np.nan_to_num(self.numbers[np.ix_(rows, columns)])

    @property
    def filled(self) -> np.ndarray:
        """Where a number or a mark stands in its place, shape (h, w)."""
        return ~np.isnan(self.numbers) | self.marks


def read_cells(path: Path) -> Iterator[Cells]:
    """Yield the sheets of a workbook, of a CSV file, or of all in a folder."""
    if path.is_dir():
        files = files_of(path, (*SUFFIXES, ".csv", ".tsv"))
        if not files:
            raise CarbonshedError(f"{path}: no workbook and no CSV file in this folder")
        for file in files:
            yield from read_cells(file)
        return
    suffix = path.suffix.lower()
    if suffix not in (*SUFFIXES, *CSV_FILES):
        expected = ", ".join((*SUFFIXES, *CSV_FILES))
        raise CarbonshedError(f"{path}: expected a file that ends in {expected}")
    if suffix in CSV_FILES:
        yield _csv_cells(path)
        return
    with Workbook(path, "excel") as book:
        for sheet in book.sheets:
            yield cells_of(book.rows(sheet), path.name, sheet)


def cells_of(
    rows: Iterator[Sequence[Any]] | Sequence[Sequence[Any]],
    file: str,
    sheet: str,
    notes: tuple[str, ...] = (),
    style: tuple[tuple[str, str], ...] = (),
) -> Cells:
    """Return rows of values as cells, as far as they are looked at."""
    kept, count, more = [], 0, False
    for row in rows:
        if count + len(row) > MOST_CELLS and kept:
            more = True
            break
        kept.append(row[:MOST_COLUMNS])
        more |= len(row) > MOST_COLUMNS
        count += min(len(row), MOST_COLUMNS)
    width = max(map(len, kept), default=0)
    if more:
        notes = (*notes, f"only its first {len(kept)} rows x {width} columns")
    numbers = np.full((len(kept), width), np.nan)
    texts = np.full((len(kept), width), "", dtype=object)
    marks = np.zeros((len(kept), width), dtype=bool)
    mark_texts: dict[str, None] = {}
    never = [
        cell_name(r, c)
        for r, row in enumerate(kept)
        for c, value in enumerate(row)
        if isinstance(value, Uncomputed)
    ]
    if never:
        text = (
            f"formulas never computed: {len(never)}, {never[0]} the first: open the "
            "workbook in a spreadsheet program and save it"
        )
        notes = (*notes, text)
    for r, row in enumerate(kept):
        for c, value in enumerate(row):
            if isinstance(value, int | float) and not isinstance(value, bool):
                numbers[r, c] = value if abs(value) < LARGEST_SUM else np.nan
            elif value is not None:
                text = text_of(value)
                marks[r, c] = bool(text) and _MARK.fullmatch(text) is not None
                if marks[r, c]:
                    mark_texts[text] = None
                else:
                    texts[r, c] = text
    return Cells(file, sheet, numbers, texts, marks, notes, style, tuple(mark_texts))


def _csv_cells(path: Path) -> Cells:
    text, encoding = _decoded(path)
    delimiter = _delimiter(text)
    csv.field_size_limit(_FIELD)
    try:
        rows = _first_rows(csv.reader(text.splitlines(), delimiter=delimiter))
    except csv.Error as error:
        raise CarbonshedError(f"{path.name}: not a CSV file: {error}") from None
    cells = [cell.strip() for row in rows[:2000] for cell in row]
    decimal, thousands, notes = _signs(cells, delimiter)
    style = {"delimiter": delimiter, "decimal": decimal, "encoding": encoding}
    usual = {"delimiter": ",", "decimal": ".", "encoding": "utf-8-sig"}
    said = [(key, value) for key, value in style.items() if value != usual[key]]
    said += [("thousands", thousands)] if thousands else []
    parsed = [
        [_value(cell.strip(), decimal, thousands) for cell in row] for row in rows
    ]
    notes = (*(f"{key} {value!r}" for key, value in said), *notes)
    return cells_of(parsed, path.name, path.stem, notes, tuple(said))


def _signs(cells: Sequence[str], delimiter: str) -> tuple[str, str, tuple[str, ...]]:
    """Return the signs of decimals and of thousands, and what can be read both ways."""
    grouped = {
        ",": [cell for cell in cells if _THOUSANDS.fullmatch(cell)],
        ".": [cell for cell in cells if _POINTS.fullmatch(cell)],
    }
    commas = [cell for cell in cells if _COMMA.fullmatch(cell)]
    # 1,657 is both: a comma between cells says that no comma is decimal
    has_decimal_comma = len(commas) > len(grouped[","]) or (
        bool(commas) and delimiter != ","
    )
    if has_decimal_comma:
        thousands = "." if grouped["."] else ""
        doubtful = commas if len(commas) == len(grouped[","]) else []
        notes = tuple(f"{cell} is read with a decimal comma" for cell in doubtful[:1])
        return ",", thousands, notes
    return ".", "," if grouped[","] else "", ()


def _first_rows(reader: Iterator[list[str]]) -> list[list[str]]:
    """Return rows until there are more cells than are looked at."""
    rows, count = [], 0
    for row in reader:
        rows.append(row)
        count += len(row)
        if count > MOST_CELLS:
            break
    return rows


def _value(text: str, decimal: str, thousands: str) -> Any:
    if not text or not (text[-1].isdigit() or text[-1] == "."):
        return text or None
    plain = text.replace(thousands, "") if thousands else text
    plain = plain.replace(decimal, ".")
    # 01 is a code
    if _PLAIN.fullmatch(plain) and not re.match(r"[+-]?0\d", plain):
        return float(plain)
    return text


def _decoded(path: Path) -> tuple[str, str]:
    need_file(path, "a CSV file")
    try:
        with path.open("rb") as file:
            content = file.read(_MOST_BYTES)
    except OSError as error:
        raise CarbonshedError(f"{path}: cannot be read: {error.strerror}") from None
    for encoding in _ENCODINGS:
        try:
            # a character may be cut at the end of what is looked at
            end = content.rfind(b"\n") if len(content) == _MOST_BYTES else None
            return content[:end].decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    raise CarbonshedError(f"{path.name}: not a text file")  # latin-1 reads all


def _delimiter(text: str) -> str:
    lines = [line for line in text.splitlines()[:200] if line.strip()]
    counts = {sign: sum(line.count(sign) for line in lines) for sign in ";\t|,"}
    # a comma may be decimal; others seldom stand inside fields
    for sign in ";\t|":
        if counts[sign] >= max(len(lines), counts[","] // 3):
            return sign
    return ","
