"""Workbooks as they come: opened with care, read row by row, cells checked.

Only values are read, never formats. A sheet is passed once as a stream: cell access
by address is slow on the thousands of rows and columns of a published table.
"""

import math
import re
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from carbonshed.errors import CarbonshedError
from carbonshed.readers.common.extras import need_module

Row = tuple[Any, ...]

_ZIP = b"PK\x03\x04"
# what people hand over in place of a workbook, told by its first bytes
_OTHERS = (
    (b"\xd0\xcf\x11\xe0", "an old .xls workbook; save it as .xlsx"),
    (b"\x89HDF", "an HDF5 file (MATLAB v7.3?), which ceads-city reads"),
    (b"MATLAB", "a MATLAB file, which ceads-city reads"),
    (b"%PDF", "a PDF"),
)


class Workbook:
    """An open workbook; close it, or use it in a ``with`` statement.

    Parameters
    ----------
    path
        An .xlsx file.
    extra
        The extra of this package that brings openpyxl, for the message.

    Raises
    ------
    CarbonshedError
        If there is no such file, if it is not a workbook or a damaged one, or if
        openpyxl is not installed.
    """

    def __init__(self, path: Path, extra: str = "ceads") -> None:
        self.path = path
        openpyxl = need_module("openpyxl", extra, f"{path.name}: a workbook")
        self._stream = _open(path)
        try:
            self._book = openpyxl.load_workbook(
                self._stream, read_only=True, data_only=True, keep_links=False
            )
            self._sheets = {sheet.title: sheet for sheet in self._book.worksheets}
        except Exception as error:  # a damaged workbook makes openpyxl raise anything
            self._stream.close()
            raise _damaged(path, error) from None

    def __enter__(self) -> "Workbook":
        """Return the open workbook."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the file."""
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._stream.close()

    @property
    def sheets(self) -> list[str]:
        """Names of the sheets, as they are, in the order of the book."""
        return list(self._sheets)

    def find(self, name: str) -> str | None:
        """Return the sheet of a name; case, blanks and underscores do not count."""
        wanted = _plain(name)
        return next((sheet for sheet in self._sheets if _plain(sheet) == wanted), None)

    def require(self, name: str) -> str:
        """Return the sheet of a name.

        Raises
        ------
        CarbonshedError
            If there is none; the message lists the sheets.
        """
        found = self.find(name)
        if found is None:
            raise CarbonshedError(
                f"{self.path.name}: no sheet {name!r}; sheets found: "
                f"{self.listed_sheets()}"
            )
        return found

    def listed_sheets(self) -> str:
        """Return the names of the sheets as a list for a message."""
        names = [repr(sheet) for sheet in self._sheets]
        more = f" and {len(names) - 8} more" if len(names) > 8 else ""
        return ", ".join(names[:8]) + more

    def rows(self, sheet: str) -> Iterator[Row]:
        """Yield the rows of a sheet from the first; short rows are not filled up.

        Raises
        ------
        CarbonshedError
            If the sheet turns out to be damaged.
        """
        book_sheet = self._sheets[sheet]
        try:
            # the size that a file claims is sometimes wrong, and then hides cells
            book_sheet.reset_dimensions()
            rows = book_sheet.iter_rows(values_only=True)
        except Exception as error:
            raise _damaged(self.path, error) from None
        while True:
            try:
                row = next(rows)
            except StopIteration:
                return
            except Exception as error:
                raise _damaged(self.path, error) from None
            yield tuple(row)  # an empty row comes as a list


def cell_name(row: int, column: int) -> str:
    """Return the address of a cell; both are counted from 0."""
    letters, rest = "", column + 1
    while rest:
        rest, letter = divmod(rest - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return f"{letters}{row + 1}"


def text_of(value: Any) -> str:
    """Return a cell as text, blanks cut off and line breaks made blanks."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return re.sub(r"\s+", " ", str(value)).strip()


def numbers_of(cells: Sequence[Any], where: str, row: int, first: int) -> np.ndarray:
    """Return the cells of one row as numbers.

    Parameters
    ----------
    cells
        The cells, from left to right.
    where
        File and sheet, for the message.
    row, first
        Where the cells are: row and first column, counted from 0.

    Returns
    -------
    ndarray of float64
        NaN where the cell is empty.

    Raises
    ------
    CarbonshedError
        At a cell that holds a text, a date or a truth value, and at an infinite
        or absurdly large number.
    """
    # in the usual row all cells are numbers, and one pass of NumPy will do
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
        raise CarbonshedError(
            f"{where}: cell {cell_name(row, first + offset)} is {str(value)[:40]!r}, "
            f"{kind}; expected a number"
        )
    # blank texts, which some programs leave in empty cells
    return np.array([value if _is_plain_number(value) else np.nan for value in cells])


def amount_of(value: Any, where: str) -> float:
    """Return a cell that must hold an amount of 0 or more.

    Raises
    ------
    CarbonshedError
        If it is empty, a text, negative or not finite; begins with `where`.
    """
    if not _is_plain_number(value) or not 0 <= value < math.inf:
        raise CarbonshedError(
            f"{where} is {text_of(value)[:40]!r}; expected an amount of 0 or more"
        )
    return float(value)


def pad(row: Row, width: int) -> Row:
    """Return a row with exactly `width` cells."""
    return row[:width] + (None,) * (width - len(row))


def _open(path: Path) -> BinaryIO:
    if not path.is_file():
        found = "is a folder" if path.is_dir() else "no such file"
        raise CarbonshedError(f"{path}: {found}; expected an .xlsx workbook")
    stream = path.open("rb")
    start = stream.read(128)
    stream.seek(0)
    if start.startswith(_ZIP):
        if zipfile.is_zipfile(stream):
            stream.seek(0)
            return stream
        reason = "its end is missing: the file was cut (copy or download it again)"
    else:
        kinds = (kind for head, kind in _OTHERS if start.startswith(head))
        reason = f"it is {next(kinds, 'something else')}" if start else "it is empty"
    size = path.stat().st_size
    stream.close()
    raise CarbonshedError(
        f"{path.name}: not an .xlsx workbook ({size} bytes): {reason}"
    )


def _damaged(path: Path, error: Exception) -> CarbonshedError:
    reason = str(error).splitlines()[0] if str(error) else type(error).__name__
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
