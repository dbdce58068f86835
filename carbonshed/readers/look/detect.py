"""The tables of a sheet: header rows, label columns, and the numbers between."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain, islice, pairwise
from pathlib import Path
from typing import Any

import chardet
import numpy as np

from carbonshed.dataset.contract import LARGEST_SUM
from carbonshed.dataset.fields import FieldError
from carbonshed.errors import CarbonshedError
from carbonshed.io_errors import need_file
from carbonshed.readers.files.grids import (
    MINUS,
    CsvStyle,
    NumberStyle,
    files_of,
    plain_numbers,
)
from carbonshed.readers.files.workbooks import (
    SUFFIXES,
    Uncomputed,
    Workbook,
    cell_name,
    text_of,
)
from carbonshed.readers.vocabulary import currency_of, unit_of

CSV_FILES = (".csv", ".tsv", ".txt")
YEARS = (1950, 2100)  # from the first to before the last
_MIN_LINES = 3  # rows and columns of numbers
_MAX_HEADERS = 6
_MIN_RISING = 0.9  # share of the steps between codes
_MIN_ONES = 0.3  # share of steps of 1
_MANY = 4  # numbers that count something whatever the first is
_MIN_UNITS = 0.8  # share of a row's labels

# further cells are skipped with a note; a table of 4,000 x 4,000 fits
MAX_CELLS = 16_000_000
MAX_COLUMNS = 20_000
_MAX_BYTES = 1 << 28  # read from a CSV file

# punctuation, or the usual abbreviations, in place of a number
_MARK = re.compile(r"[\W_]{1,4}|n\.?a\.?|n/a", re.IGNORECASE)
_ENCODINGS = (  # beside UTF-8, those that spreadsheet programs write
    *("cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "cp1257"),
    *("gb18030", "big5hkscs", "cp932", "cp949"),
)
# 01 is a code, and 1. the label of a first row
_NUMERIC = re.compile(rf"({MINUS}|[+-])?(?!0\d)\d(.*\d)?", re.DOTALL)
_COMMA = re.compile(r"[+-]?(\d+|\d{1,3}(\.\d{3})+),\d+")
_POINTS = re.compile(r"[+-]?\d{1,3}((\.\d{3}){2,}|(\.\d{3})+,\d+)")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")
# 1 234,5 and 1'234.5
_APART = re.compile(r"[+-]?\d{1,3}(([\s'\u2019])\d{3})(\2\d{3})*(([.,])\d+)?")
# 3.870 is 3870 among whole numbers below 1000
_NO_AMOUNT = re.compile(r"0|(19|20)\d\d")  # or a year
_WHOLE = re.compile(r"[+-]?[1-9]\d{0,2}(\.\d{3})*")
# a number that is no code: with a sign of decimals or of thousands
_WRITTEN = re.compile(rf"({MINUS}|[+-])?\d[\d\s'\u2019.,]*[\s'\u2019.,]\d+")
_MAX_FIELD_LENGTH = 1 << 20
_MAX_STYLE_ROWS = 2000  # the first rows show the signs of numbers
_MAX_STYLE_CELLS = 500_000
_MAX_LABELS = 8  # cells at the left that may be labels of rows of numbers
_LEADING_ZERO = re.compile(r"(^|;)0\d")


@dataclass(frozen=True)
class Cells:
    """The cells of one sheet, arrays of shape (h, w), counted from 0."""

    file: str
    sheet: str  # for a CSV file, its name without the ending
    numbers: np.ndarray  # NaN for no number
    texts: np.ndarray  # empty for no text
    marks: np.ndarray  # True for a text in place of a number
    notes: tuple[str, ...] = ()  # assumptions and skipped cells
    # the map's `csv`, for a workbook its `text_numbers`
    style: tuple[tuple[str, str], ...] = ()
    mark_texts: tuple[str, ...] = ()
    is_hidden: bool = False

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

    @cached_property
    def filled(self) -> np.ndarray:
        """True for cells with a number or a mark, shape (h, w)."""
        return ~np.isnan(self.numbers) | self.marks


def read_cells(path: Path) -> Iterator[Cells]:
    """Yield the sheets of a workbook, of a CSV file, or of a folder of them."""
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
            cells = _workbook_cells(book, sheet)
            yield replace(cells, is_hidden=True) if sheet in book.hidden else cells


def _workbook_cells(book: Workbook, sheet: str) -> Cells:
    """Return the cells of a sheet; its texts as numbers, if most numbers are texts."""
    further = book.rows(sheet)
    first = list(islice(further, _MAX_STYLE_ROWS))
    rows = chain(first, further)
    texts = [cell.strip() for row in first for cell in row if isinstance(cell, str)]
    count = sum(isinstance(cell, float) for row in first for cell in row)
    written = [text for text in texts if _WRITTEN.fullmatch(text)]
    if len(written) < max(count, _MIN_LINES**2):
        return cells_of(rows, book.path.name, sheet)
    decimal, thousands, notes = _signs(texts, "")
    style = NumberStyle(decimal=decimal, thousands=thousands)
    pairs = (("decimal", decimal), *[("thousands", thousands)] * bool(thousands))
    notes = ("numbers stored as text", *notes)
    values = (
        [_value(c.strip(), style) if isinstance(c, str) else c for c in row]
        for row in rows
    )
    return cells_of(values, book.path.name, sheet, notes, pairs)


def cells_of(
    rows: Iterable[Sequence[Any]],
    file: str,
    sheet: str,
    notes: tuple[str, ...] = (),
    style: tuple[tuple[str, str], ...] = (),
) -> Cells:
    """Return rows of values as cells, up to the limits."""
    kept, has_more = _first_rows(rows)
    width = max(map(len, kept), default=0)
    if has_more:
        notes = (*notes, f"only its first {len(kept)} rows x {width} columns")
    numbers = np.full((len(kept), width), np.nan)
    texts = np.full((len(kept), width), "", dtype=object)
    marks = np.zeros((len(kept), width), dtype=bool)
    mark_texts: dict[str, None] = {}
    uncomputed = []
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
                if isinstance(value, Uncomputed):
                    uncomputed.append(cell_name(r, c))
    if uncomputed:
        text = (
            f"formulas never computed: {len(uncomputed)}, {uncomputed[0]} the first: "
            "open the workbook in a spreadsheet program and save it"
        )
        notes = (*notes, text)
    return Cells(file, sheet, numbers, texts, marks, notes, style, tuple(mark_texts))


def _first_rows(
    rows: Iterable[Sequence[Any]],
) -> tuple[list[Sequence[Any]], bool]:
    """Return rows up to the limits, and whether there are more cells."""
    kept, count, has_more = [], 0, False
    for row in rows:
        if count + len(row) > MAX_CELLS and kept:
            return kept, True
        kept.append(row[:MAX_COLUMNS])
        has_more |= len(row) > MAX_COLUMNS
        count += len(kept[-1])
    return kept, has_more


def _csv_cells(path: Path) -> Cells:
    text, encoding = _decoded(path)
    delimiter = _delimiter(text)
    csv.field_size_limit(_MAX_FIELD_LENGTH)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    rows = ([field.strip() for field in row] for row in reader)
    try:
        first_rows = list(islice(rows, _MAX_STYLE_ROWS))
        count = 1 + _MAX_STYLE_CELLS // max(map(len, first_rows), default=1)
        fields = [field for row in first_rows[:count] for field in row]
        decimal, thousands, notes = _signs(fields, delimiter)
        signs = {
            "delimiter": delimiter,
            "decimal": decimal,
            "encoding": encoding,
            "thousands": thousands,
        }
        style, usual = CsvStyle(**signs), CsvStyle()
        options = {k: v for k, v in signs.items() if v != getattr(usual, k)}
        notes = (*(f"{key} {value!r}" for key, value in options.items()), *notes)
        values = (_values(row, style) for row in chain(first_rows, rows))
        name, stem, pairs = path.name, path.stem, tuple(options.items())
        return cells_of(values, name, stem, notes, pairs)
    except csv.Error as error:
        raise CarbonshedError(f"{path.name}: not a CSV file: {error}") from None


def _values(row: list[str], style: CsvStyle) -> list[Any]:
    """Return fields as numbers and texts, those behind the labels at once if plain."""
    behind = row[_MAX_LABELS:]
    numbers = plain_numbers(style, behind)
    if numbers is None or _LEADING_ZERO.search(";".join(behind)):
        return [_value(field, style) for field in row]
    return [_value(field, style) for field in row[:_MAX_LABELS]] + numbers.tolist()


def _value(text: str, style: CsvStyle) -> Any:
    if _NUMERIC.fullmatch(text):
        with suppress(FieldError):
            return style.number(text)
    return text or None


def _signs(cells: Sequence[str], delimiter: str) -> tuple[str, str, tuple[str, ...]]:
    """Return the signs of decimals and thousands, and a note if they are ambiguous."""
    grouped = {
        ",": [cell for cell in cells if _THOUSANDS.fullmatch(cell)],
        ".": [cell for cell in cells if _POINTS.fullmatch(cell)],
    }
    apart = [match for cell in cells if (match := _APART.fullmatch(cell))]
    sign = "'" if apart and apart[0][2] in "'\u2019" else " " if apart else ""
    commas = [cell for cell in cells if _COMMA.fullmatch(cell)]
    commas += [match[0] for match in apart if match[5] == ","]
    # 1,657 fits both patterns; commas between cells exclude a decimal comma
    has_decimal_comma = len(commas) > len(grouped[","]) or (
        bool(commas) and delimiter != ","
    )
    if has_decimal_comma:
        thousands = "." if grouped["."] else sign
        doubtful = commas if len(commas) == len(grouped[","]) else []
        notes = tuple(f"{cell} is read with a decimal comma" for cell in doubtful[:1])
        return ",", thousands, notes
    if not grouped[","] and (whole := _in_points(cells)):
        return ",", ".", (f"{whole} is read as a whole number",)
    return ".", "," if grouped[","] else sign, ()


def _in_points(cells: Sequence[str]) -> str:
    """Return a number with a point between thousands, if all with a point are such.

    As where none has decimals: numbers from 1000 on have points before each three
    digits, the others have none, and zeros at the end are not cut off.
    """
    numbers = [
        c for c in cells if _NUMERIC.fullmatch(c) and not _NO_AMOUNT.fullmatch(c)
    ]
    with_point = [cell for cell in numbers if "." in cell]
    is_whole = all(map(_WHOLE.fullmatch, numbers)) and len(with_point) < len(numbers)
    has_zero = any(cell.endswith("0") for cell in with_point)
    is_sure = is_whole and has_zero and len(with_point) >= _MIN_LINES
    return with_point[0] if is_sure else ""


def _decoded(path: Path) -> tuple[str, str]:
    need_file(path, "a CSV file")
    try:
        with path.open("rb") as file:
            content = file.read(_MAX_BYTES)
    except OSError as error:
        raise CarbonshedError(f"{path}: cannot be read: {error.strerror}") from None
    # the last line may be cut inside a character
    content = content[: content.rfind(b"\n")] if len(content) == _MAX_BYTES else content
    with suppress(UnicodeDecodeError):
        return content.decode("utf-8-sig"), "utf-8-sig"
    foreign = b"\n".join(line for line in content.splitlines() if not line.isascii())
    found = chardet.detect(foreign, include_encodings=_ENCODINGS)["encoding"]
    for encoding in (found or "latin-1", "latin-1"):
        with suppress(UnicodeDecodeError):
            return content.decode(encoding), encoding.lower()
    raise CarbonshedError(f"{path.name}: not a text file")  # latin-1 reads all


def _delimiter(text: str) -> str:
    lines = [line for line in text.splitlines()[:200] if line.strip()]
    counts = {sign: sum(line.count(sign) for line in lines) for sign in ";\t|,"}
    # a comma may be decimal; the other signs are rare inside fields
    for sign in ";\t|":
        if counts[sign] >= max(len(lines), counts[","] // 3):
            return sign
    return ","


@dataclass(frozen=True, eq=False)
class Part:
    """A table whose lines stand beside or below another one, on a sheet of its own."""

    table: "Table"
    is_beside: bool
    first: int  # where the first of its columns, or rows, stands in the whole
    level: int  # the column, or row, of labels that it has in common with the other

    @property
    def lines(self) -> tuple[int, ...]:
        """Its columns, or its rows if it is below."""
        return self.table.columns if self.is_beside else self.table.rows

    @property
    def heads(self) -> tuple[int, ...]:
        """The header rows of these columns, or the columns of labels of these rows."""
        return self.table.headers if self.is_beside else self.table.labels


@dataclass(frozen=True, eq=False)
class Table:
    """A table on a sheet; rows and columns are those of the sheet, from 0."""

    cells: Cells
    top: int  # first row of its titles
    headers: tuple[int, ...]  # rows of labels above the numbers
    labels: tuple[int, ...]  # columns of labels left of the numbers
    rows: tuple[int, ...]  # with numbers; rows between them are empty
    columns: tuple[int, ...]
    parts: tuple[Part, ...] = ()  # from other sheets, behind the rows and columns

    def part_at(self, position: int, *, is_column: bool) -> Part | None:
        """Return the part of a column or row, None if it stands on this sheet."""
        parts = (part for part in self.parts if part.is_beside == is_column)
        return next((p for p in parts if 0 <= position - p.first < len(p.lines)), None)

    def is_at(self, other: "Table") -> bool:
        """Return whether it begins where another does, maybe without its parts."""
        places = (
            (table.cells.file, table.cells.sheet, table.top) for table in (self, other)
        )
        return len({*places}) == 1

    @property
    def end(self) -> tuple[int, int]:
        """The last row and column on this sheet."""
        row, column = (
            max(p for p in positions if not self.part_at(p, is_column=is_column))
            for positions, is_column in ((self.rows, False), (self.columns, True))
        )
        return row, column

    def row_texts(self, row: int) -> tuple[str, ...]:
        """Return the labels of a row, from left to right."""
        return tuple(self.across(row, self.labels))

    def column_texts(self, column: int) -> tuple[str, ...]:
        """Return the labels of a column, from the top."""
        return tuple(self.down(column, self.headers))

    def down(self, column: int, rows: Iterable[int] | None = None) -> list[str]:
        """Return the labels of rows in a column, of all rows if none are named."""
        rows = self.rows if rows is None else rows
        return [self.cells.label(row, column) for row in rows]

    def across(self, row: int, columns: Iterable[int] | None = None) -> list[str]:
        """Return the labels of columns in a row, of all if none are named."""
        columns = self.columns if columns is None else columns
        return [self.cells.label(row, column) for column in columns]

    def of_rows(self, rows: tuple[int, ...]) -> "Table":
        """Return the part of the table with these rows."""
        return replace(self, rows=rows)


def find_tables(cells: Cells, narrowest: int = _MIN_LINES) -> list[Table]:
    """Return the tables of a sheet, from the top.

    A table begins with rows of texts, or of numbers 1, 2, 3, and ends before the next
    such rows. Columns at its left are labels if they consist of texts, rising whole
    numbers or years. It has `narrowest` rows and columns or more.
    """
    if min(cells.shape) <= narrowest - 1:
        return []
    is_header, has_numbers = _kinds_of_rows(cells, narrowest)
    starts, previous = [], False
    for row in range(cells.shape[0]):
        if is_header[row] and not previous:
            starts.append(row)
        if is_header[row] or has_numbers[row]:
            previous = bool(is_header[row])
    tables, top = [], 0
    for start, end in pairwise([*starts, cells.shape[0]]):
        table = _table(cells, (top, start, end), is_header, has_numbers)
        if table and min(len(table.rows), len(table.columns)) >= narrowest:
            tables.append(table)
            top = table.rows[-1] + 1
    return tables


def _kinds_of_rows(cells: Cells, narrowest: int) -> tuple[np.ndarray, np.ndarray]:
    """Return masks of the rows that are headers, and of those with numbers."""
    filled = cells.filled.sum(axis=1)
    is_text = cells.texts != ""
    if narrowest < _MIN_LINES:  # few texts are headers if numbers stand below
        above = cells.filled.sum(axis=0) > _MIN_ONES * is_text.sum(axis=0)
        texts = is_text[:, above].sum(axis=1)
    else:
        texts = is_text.sum(axis=1)
    is_header = (texts >= narrowest) & (filled <= 0.2 * texts)
    for row in np.flatnonzero(filled >= _MIN_LINES):
        is_header[row] |= _is_index(cells.numbers[row], int(cells.marks[row].sum()))
    return is_header, (filled >= 1) & ~is_header


def _is_index(row: np.ndarray, marks: int) -> bool:
    """Return whether the numbers of a row count something: 1, 2, 3, 180, 190."""
    values = row[~np.isnan(row)]
    if len(values) < _MIN_LINES or marks or (values % 1).any() or values[0] < 0:
        return False
    if len(values) < _MANY and values[0] > 1 and not _are_years(values):
        return False  # three rising numbers may be any
    steps = np.diff(values)
    return bool((steps > 0).mean() > _MIN_RISING and (steps == 1).mean() > _MIN_ONES)


def _table(
    cells: Cells,
    span: tuple[int, int, int],
    is_header: np.ndarray,
    has_numbers: np.ndarray,
) -> Table | None:
    top, start, end = span
    body = [row for row in range(start, end) if has_numbers[row]]
    if not body:
        return None
    headers = [
        row
        for row in range(start, body[0])
        if is_header[row] and not _is_same(cells.texts[row])
    ]
    filled = cells.filled[body]
    labels = _label_columns(cells, body)
    first = labels[-1] + 1 if labels else 0
    # a column with one number, or with more texts, is no column of the table
    counts = filled[:, first:].sum(axis=0)
    with_texts = (cells.texts[body][:, first:] != "").sum(axis=0)
    fits = (counts >= min(2, len(body))) & (counts > with_texts)
    columns = first + np.flatnonzero(fits)
    rows = [row for row in body if cells.filled[row][columns].any()]
    return Table(
        cells,
        top,
        tuple(headers[-_MAX_HEADERS:]),
        tuple(labels),
        tuple(rows),
        tuple(int(column) for column in columns),
    )


def _is_same(texts: np.ndarray) -> bool:
    """Return whether a row repeats one text, such as a unit, maybe below its word."""
    labels = Counter(texts[texts != ""])
    if labels.total() <= _MIN_LINES:
        return False
    text, count = labels.most_common(1)[0]
    is_unit = unit_of(text) is not None or currency_of(text) is not None
    return len(labels) == 1 or (is_unit and count > _MIN_UNITS * labels.total())


def _label_columns(cells: Cells, body: list[int]) -> list[int]:
    """Return the columns of labels at the left: words, and codes before or alone."""
    labels, before = [], []
    for column in range(cells.shape[1]):
        texts = cells.texts[body, column] != ""
        numbers = cells.numbers[body, column]
        is_number = ~np.isnan(numbers)
        if not texts.any() and not is_number.any():
            continue  # an empty column
        # a few texts among numbers are no labels
        is_sparse = is_number.any() and texts.sum() < 0.1 * len(texts)
        if texts.sum() > is_number.sum() and not is_sparse:
            labels += [*before, column]
            before = []
        elif not before and _are_codes(numbers[is_number]):
            labels.append(column)
        elif not before and not labels and _are_whole(numbers[is_number]):
            before = [column]  # codes, if words are beside them
        else:
            break
    return labels


def _are_whole(values: np.ndarray) -> bool:
    return len(values) >= _MIN_LINES and not ((values % 1).any() or (values < 0).any())


def _are_years(values: np.ndarray) -> bool:
    return bool(((values >= YEARS[0]) & (values < YEARS[1])).all())


def _are_codes(values: np.ndarray) -> bool:
    """Return whether numbers are years, or rise like codes of rows."""
    if not _are_whole(values):
        return False
    if _are_years(values):
        return True
    return bool((np.diff(values) > 0).mean() > _MIN_RISING)
