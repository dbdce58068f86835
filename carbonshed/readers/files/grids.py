"""Sheets of cells, from workbooks or CSV files of a source, read once each."""

import csv
import io
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path
from typing import Annotated, Any, Self

import numpy as np
from pydantic import AfterValidator, PlainValidator, model_validator

from carbonshed.dataset.fields import FieldError, parse_number
from carbonshed.errors import CarbonshedError
from carbonshed.io_errors import need_file
from carbonshed.readers.files.workbooks import (
    SUFFIXES,
    Uncomputed,
    Workbook,
    cell_name,
    numbers_of,
    text_of,
)
from carbonshed.readers.files.yaml_files import ExpectedError, Part
from carbonshed.text import listing, printable, suggestion

_ZIP = (b"PK\x03\x04", b"PK\x05\x06")  # the second is empty
_CSV_FIELD = 1 << 20
_ROWS_TO_JUDGE = 12
# a workbook whose other sheets are read too: bytes, and how many sheets
_SMALL, _FEW_SHEETS = 2 << 20, 20
# signs of offices for a minus: a minus sign, a dash, a triangle (Japan)
MINUS = r"[\u2212\u2013\u25b2\u25b3]"
_MINUS = re.compile(rf"^{MINUS}\s?(?=\d)")
# signs between thousands that look the same, as patterns
_ALIKE = (r"\s", "['\u2019]")
_CSV = "a CSV in UTF-8"
_MARKS_ADVICE = "; if it means zero, list it in `marks` of the map"
_TEXTS_ADVICE = "; if numbers are stored as text, give `text_numbers` in the map"

Numbers = Callable[[Sequence[Any], str, int, int], np.ndarray]


def files_of(folder: Path, suffixes: tuple[str, ...]) -> list[Path]:
    """Return the files of a folder whose names end in one of `suffixes`, in order.

    One that is a pipe or a device, or a link that leads out of the folder, is refused.
    """
    paths = [path for path in sorted(folder.iterdir()) if not path.is_dir()]
    files = [path for path in paths if path.suffix.lower() in suffixes]
    for path in files:
        _need_own(folder, path)
    return files


def file_of(folder: Path, name: str) -> Path:
    """Return the file of a folder that a map names."""
    names = sorted(path.name for path in folder.iterdir() if not path.is_dir())
    if name not in names:
        shown = map(printable, names)
        raise CarbonshedError(
            f"{folder}: no file {name!r} (`file` of the map){suggestion(name, names)}; "
            f"files found: {listing(shown, 8)}"
        )
    path = folder / name
    _need_own(folder, path)
    return path


def _need_own(folder: Path, path: Path) -> None:
    try:
        target = path.resolve(strict=True)
    except (OSError, RuntimeError):  # a link to nothing, or to itself
        raise CarbonshedError(f"{path}: is a link to no file") from None
    if not target.is_relative_to(folder.resolve()):
        raise CarbonshedError(
            f"{path}: is a link to a file outside of the folder, and nothing outside "
            "is read; copy the file into the folder"
        )
    need_file(path)


def _sign(written: object) -> str:
    is_sign = isinstance(written, str) and len(written) == 1
    if not is_sign or written.isalnum() or written in '"\r\n+-':
        raise ExpectedError("one sign, such as ';'")
    return written


def _delimiter(written: object) -> str:
    return _sign("\t" if written in ("tab", "\\t") else written)


def _encoding(name: str) -> str:
    try:
        "a".encode(name)
    except LookupError:
        raise ExpectedError("utf-8, gbk, latin-1") from None
    return name


class NumberStyle(Part):
    """The style of numbers written as texts; an empty `thousands` is no sign at all."""

    decimal: Annotated[str, PlainValidator(_sign)] = "."
    thousands: Annotated[str, PlainValidator(_sign)] = ""

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.thousands == self.decimal:
            raise ExpectedError(
                "another sign than `decimal`", "thousands", self.thousands
            )
        return self

    @cached_property
    def _between(self) -> str:
        """The pattern of the sign between thousands: all blanks, or apostrophes."""
        alike = next((a for a in _ALIKE if re.fullmatch(a, self.thousands)), None)
        return alike or re.escape(self.thousands)

    @cached_property
    def grouped(self) -> re.Pattern:
        """The pattern of a number with signs between thousands."""
        point = re.escape(self.decimal)
        return re.compile(rf"[+-]?\d{{1,3}}({self._between}\d{{3}})+({point}\d*)?")

    def number(self, text: str) -> float:
        """Return a number as it is written; a `FieldError` if it is none."""
        plain = text = _MINUS.sub("-", text)
        if self.thousands and re.search(self._between, text):
            is_grouped = self.grouped.fullmatch(text) is not None
            plain = re.sub(self._between, "", text) if is_grouped else "?"
        if self.decimal != ".":
            # a point is neither the decimal sign nor, if it were allowed, removed
            plain = "?" if "." in plain else plain.replace(self.decimal, ".")
        return parse_number(plain)


class CsvStyle(NumberStyle):
    """The style of CSV files."""

    delimiter: Annotated[str, PlainValidator(_delimiter)] = ","
    encoding: Annotated[str, AfterValidator(_encoding)] = "utf-8-sig"

    @model_validator(mode="after")
    def _check_delimiter(self) -> Self:
        if self.delimiter == self.decimal:
            raise ExpectedError(
                "another sign than the delimiter", "decimal", self.decimal
            )
        return self


@dataclass
class Grid:
    """The cells of one sheet; rows and columns are counted from 0."""

    where: str  # file and sheet, to begin a message with
    rows: list[Sequence[Any]]  # lengths differ
    parse: Numbers  # turns cells of one row into numbers, NaN where they are empty
    marks: frozenset[str] = frozenset()  # texts that mean zero

    @property
    def width(self) -> int:
        """Length of the longest row."""
        return max(map(len, self.rows), default=0)

    def refusal(self, text: str) -> CarbonshedError:
        """Return a refusal that names file and sheet."""
        return CarbonshedError(f"{self.where}: {text}")

    def text(self, row: int, column: int) -> str:
        """Return a cell as text; empty beyond the end."""
        if row >= len(self.rows) or column >= len(self.rows[row]):
            return ""
        return text_of(self.rows[row][column])

    def numbers(self, row: int, column: int, count: int) -> np.ndarray:
        """Return `count` cells of a row as numbers, NaN where they are empty."""
        cells = self.rows[row][column : column + count] if row < len(self.rows) else ()
        numbers = np.full(count, np.nan)
        if not cells:
            return numbers
        marked = [
            k
            for k, cell in enumerate(cells if self.marks else ())
            if isinstance(cell, str) and cell.strip() in self.marks
        ]
        if marked:
            cells = [None if k in set(marked) else cell for k, cell in enumerate(cells)]
        numbers[: len(cells)] = self.parse(cells, self.where, row, column)
        numbers[marked] = 0.0
        return numbers

    def amount(self, row: int, column: int) -> float:
        """Return a cell as a number, 0 where it holds none."""
        if row >= len(self.rows) or column >= len(self.rows[row]):
            return 0.0
        try:
            number = self.parse([self.rows[row][column]], self.where, row, column)[0]
        except CarbonshedError:
            return 0.0
        return float(number) if np.isfinite(number) else 0.0

    def amounts(self, cells: Iterable[tuple[int, int]]) -> np.ndarray:
        """Return cells of any rows as numbers, 0 where they hold none."""
        return np.array([self.amount(*cell) for cell in cells])


def _numbers_of_texts(
    style: NumberStyle,
    advice: str | None,
    cells: Sequence[Any],
    where: str,
    row: int,
    first: int,
) -> np.ndarray:
    """Return cells as numbers, texts among them as `style` writes numbers."""
    numbers = plain_numbers(style, cells)
    if numbers is not None:
        return numbers
    plain = list(cells)
    for offset, cell in enumerate(cells):
        if not isinstance(cell, str) or isinstance(cell, Uncomputed):
            continue
        try:
            plain[offset] = style.number(cell.strip()) if cell.strip() else None
        except FieldError as error:
            raise CarbonshedError(
                f"{where}: cell {cell_name(row, first + offset)} is {cell[:40]!r}; "
                f"expected {error}{_remedy(cell, advice)}"
            ) from None
    return numbers_of(plain, where, row, first)


def plain_numbers(style: NumberStyle, cells: Sequence[Any]) -> np.ndarray | None:
    """Return texts as numbers at once, None unless all are plain ones or empty."""
    try:
        text = "".join(cells)
        if style.decimal != ".":
            cells = [cell.replace(style.decimal, ".") for cell in cells]
        # float() also takes 1_000 and digits of other scripts
        if not text.isascii() or "_" in text or (style.decimal != "." and "." in text):
            return None
        numbers = np.array([float(cell or "nan") for cell in cells])
    except (TypeError, ValueError):
        return None
    count = int(np.isfinite(numbers).sum())
    return numbers if count + cells.count("") == len(cells) else None


def _numbers_of_workbook(
    cells: Sequence[Any], where: str, row: int, first: int
) -> np.ndarray:
    """Return cells as numbers; the refusal of a text says how a map allows it."""
    try:
        return numbers_of(cells, where, row, first)
    except CarbonshedError as error:
        texts = (cell for cell in cells if isinstance(cell, str) and cell.strip())
        text = next(texts, None)
        if text is None or isinstance(text, Uncomputed):
            raise
        raise CarbonshedError(f"{error}{_remedy(text, _TEXTS_ADVICE)}") from None


def _remedy(text: str, advice: str | None) -> str:
    """Return the advice for a text with digits; one without them is a mark.

    `advice` is None where the user has no map to change.
    """
    if advice is None:
        return ""
    return advice if any(map(str.isdigit, text)) else _MARKS_ADVICE


def _trimmed(row: Sequence[Any]) -> Sequence[Any]:
    """Return a row without the empty cells at its end, which a format may add."""
    end = len(row)
    while end and row[end - 1] is None:
        end -= 1
    return row[:end]


def _read_csv(path: Path, style: CsvStyle, *, is_shipped: bool) -> Grid:
    csv.field_size_limit(_CSV_FIELD)
    need_file(path, "a CSV file")
    try:
        with path.open("rb") as start:
            if start.read(4) in _ZIP:
                expected = _CSV if is_shipped else "the format excel for it"
                raise CarbonshedError(
                    f"{path.name}: a workbook, not a CSV file; expected {expected}"
                )
        with path.open(encoding=style.encoding, newline="") as stream:
            # read at once, so that an error of decoding counts bytes from the start
            text = io.StringIO(stream.read(), newline="")
        rows = list(csv.reader(text, delimiter=style.delimiter, strict=True))
    except OSError as error:
        raise CarbonshedError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeError as error:
        if is_shipped:
            raise CarbonshedError(
                f"{path.name}: byte {error.start} is not UTF-8; expected {_CSV}"
            ) from None
        encoding = "utf-8" if style.encoding == "utf-8-sig" else style.encoding
        raise CarbonshedError(
            f"{path.name}: not {encoding}; save it as UTF-8, or say in the map how it "
            "is written: `csv: {encoding: gbk}`"
        ) from None
    except csv.Error as error:
        raise CarbonshedError(f"{path.name}: not a CSV file: {error}") from None
    if not any(map(any, rows)):
        raise CarbonshedError(
            f"{path.name}: the file is empty; expected labels and numbers"
        )
    _refuse_other_delimiter(path, rows, style, is_shipped=is_shipped)

    between = repr(style.thousands) if style.thousands else "no sign"
    advice = (
        f" (decimal sign {style.decimal!r}, {between} between thousands; "
        '`csv: {decimal: ",", thousands: "."}` says otherwise)'
    )
    advice = None if is_shipped else advice
    return Grid(path.name, rows, partial(_numbers_of_texts, style, advice))


def _refuse_other_delimiter(
    path: Path, rows: Sequence[Sequence[str]], style: CsvStyle, *, is_shipped: bool
) -> None:
    """Refuse a file whose first rows have another sign more often than cells."""
    cells = [cell for row in rows[:_ROWS_TO_JUDGE] for cell in row]
    for sign, word in ((";", ";"), ("\t", "tab"), (",", ",")):
        if sign in (style.delimiter, style.decimal):
            continue
        if sum(cell.count(sign) for cell in cells) > len(cells):
            remedy = (
                f'say so in the map: `csv: {{delimiter: "{word}"}}`, with'
                ' `decimal: ","` if numbers have a decimal comma'
            )
            if is_shipped:
                remedy = f"expected {_CSV}"
            raise CarbonshedError(
                f"{path.name}: not separated by {style.delimiter!r} but, it seems, by"
                f" {sign!r}; {remedy}"
            )


class Books:
    """The sheets of a workbook, of a CSV file, or of all files of a folder.

    Each CSV file is a sheet, named by its stem.

    Parameters
    ----------
    source
        The file or folder.
    style
        The style of CSV files; None for workbooks.
    texts
        The style of numbers that a workbook stores as texts, if it does.
    is_shipped
        True if the map is not the user's: refusals then say nothing of changing it.
    """

    def __init__(
        self,
        source: Path,
        style: CsvStyle | None,
        texts: NumberStyle | None = None,
        *,
        is_shipped: bool = False,
    ) -> None:
        if not source.exists():
            raise CarbonshedError(f"{source}: no such file or folder")
        self.source = source
        self._style = style
        self._is_shipped = is_shipped
        self._parse: Numbers = numbers_of if is_shipped else _numbers_of_workbook
        if texts is not None:
            advice = ", as `text_numbers` writes it"
            self._parse = partial(_numbers_of_texts, texts, advice)
        self._books: dict[Path, Workbook] = {}
        self._csv_files: dict[Path, dict[str, Path]] = {}
        self._grids: dict[tuple[Path, str], Grid] = {}

    def grid(
        self, file: str | None, sheet: str | None, marks: frozenset[str] = frozenset()
    ) -> Grid:
        """Return a sheet.

        `file` is None if the source is a file or has only one, `sheet` is None if
        there is only one; texts of `marks` mean zero.
        """
        path = self._path(file)
        read = self._workbook_grid if self._style is None else self._csv_grid
        return replace(read(path, sheet), marks=marks)

    def other_sheets(self, used: Collection[str]) -> Iterator[Grid]:
        """Yield the sheets of open workbooks, if small, that are not in `used`."""
        for path, book in list(self._books.items()):
            if path.stat().st_size > _SMALL or len(book.sheets) > _FEW_SHEETS:
                continue
            grids = (self._workbook_grid(path, sheet) for sheet in book.sheets)
            yield from (grid for grid in grids if grid.where not in used)

    def workbook(self, path: Path | None = None) -> Workbook:
        """Return a workbook, the only one if `path` is None."""
        path = path or self._path(None)
        if path not in self._books:
            self._books[path] = Workbook(path, "excel")
        return self._books[path]

    def _workbook_grid(self, path: Path, name: str | None) -> Grid:
        book = self.workbook(path)
        if name is None and len(book.sheets) > 1:
            raise CarbonshedError(
                f"{path.name}: `sheet` is missing in the map, and the workbook has "
                f"{len(book.sheets)}: {book.listed_sheets()}"
            )
        sheet = book.sheets[0] if name is None else book.require(name)
        if (path, sheet) not in self._grids:
            where = f"{path.name}: sheet {sheet!r}"
            rows = [_trimmed(row) for row in book.rows(sheet)]
            self._grids[path, sheet] = Grid(where, rows, self._parse)
        return self._grids[path, sheet]

    def _csv_grid(self, path: Path, name: str | None) -> Grid:
        """Return a file; without a name, or if the path is a file, the only one."""
        if path not in self._csv_files:
            paths = files_of(path, (".csv",)) if path.is_dir() else [path]
            self._csv_files[path] = {file.stem: file for file in paths}
        files = self._csv_files[path]
        if not files:
            raise CarbonshedError(
                f"{path}: no CSV file in this folder; expected one for each `sheet` of "
                "the map"
            )
        listed = ", ".join(file.name for file in files.values())
        if not path.is_dir() or (name is None and len(files) == 1):
            name = next(iter(files))
        if name is None:
            raise CarbonshedError(
                f"{path}: `sheet` is missing in the map, and there are {len(files)} "
                f"files: {listed}"
            )
        stem = name.removesuffix(".csv")
        if stem not in files:
            raise CarbonshedError(
                f"{path}: no file {stem + '.csv'!r} (`sheet` of the map); files found: "
                f"{listed}"
            )
        if (path, stem) not in self._grids:
            self._grids[path, stem] = _read_csv(
                files[stem], self._style, is_shipped=self._is_shipped
            )
        return self._grids[path, stem]

    def _path(self, file: str | None) -> Path:
        if not self.source.is_dir():
            if file not in (None, self.source.name):
                raise CarbonshedError(
                    f"{self.source.name}: the map says `file: {file}`; expected the "
                    "folder of its files as SOURCE"
                )
            return self.source
        if file is not None:
            return file_of(self.source, file)
        if self._style is not None:
            return self.source
        books = files_of(self.source, SUFFIXES)
        if len(books) != 1:
            names = listing(sorted(path.name for path in books), 8)
            raise CarbonshedError(
                f"{self.source}: `file` is missing in the map, and the folder has "
                f"{len(books)} workbooks: {names}"
            )
        return books[0]
