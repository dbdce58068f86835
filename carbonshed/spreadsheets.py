"""Workbooks with numbers as numbers, texts as texts, and the same bytes every time."""

import gc
import sys
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from carbonshed.text import has_control

if TYPE_CHECKING:
    from openpyxl import Workbook

MAX_ROWS = 1_048_575  # the rows of a sheet below its head
MAX_LETTERS = 32_767  # a cell holds no more; longer texts would be cut off in silence
MAX_TITLE = 31  # letters of the name of a sheet
_EARLIEST = (1980, 1, 1, 0, 0, 0)  # the first date that an archive knows
_PROPERTIES = "docProps/core.xml"

Sheets = Mapping[str, Iterable[Iterable[object]]]


def write_sheets(sheets: Sheets, path: Path, written: datetime | None = None) -> None:
    """Write a workbook: its sheets by name, each row by row.

    A text is never a formula, whatever it begins with. A number that is not finite is
    an empty cell. With the moment `written`, equal content has equal bytes.

    Raises
    ------
    ModuleNotFoundError
        If openpyxl is not installed.
    OSError
        If the file cannot be written.
    """
    failure = None
    with _quiet():
        try:
            _save(sheets, path, written)
        except OSError as error:
            failure = error.errno, error.strerror
    if failure is not None:
        raise OSError(*failure)


def why_no_cell(text: str) -> str:
    """Return why no cell can hold a text as it is; empty if one can."""
    if len(text) > MAX_LETTERS:
        return f"{len(text):,} characters, more than a cell holds"
    return "a control character" if has_control(text) else ""


def _save(sheets: Sheets, path: Path, written: datetime | None) -> None:
    """Make and save a workbook, of which nothing is held when it fails."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    _fill(book, sheets)
    if written is None:
        book.save(path)
    else:
        _save_repeatably(book, path, written)


def _fill(book: "Workbook", sheets: Sheets) -> None:
    from openpyxl.cell import WriteOnlyCell

    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            cells = []
            for value in row:
                cell = WriteOnlyCell(sheet, _cell_value(value))
                # a text that begins as a formula does, or is spelt like an error
                if cell.data_type in ("f", "e"):
                    cell.data_type = "s"
                cells.append(cell)
            sheet.append(cells)


def _cell_value(value: object) -> object:
    if isinstance(value, float) and value - value != 0:  # not a number, or infinite
        return None
    is_simple = value is None or isinstance(value, bool | int | float | str)
    return value if is_simple else str(value)


def _save_repeatably(book: "Workbook", path: Path, written: datetime) -> None:
    """Save a workbook without the moments at which its parts were made."""
    from openpyxl.xml.functions import tostring

    draft = BytesIO()
    book.save(draft)
    book.properties.created = book.properties.modified = written
    properties = tostring(book.properties.to_tree())
    with zipfile.ZipFile(draft) as made, zipfile.ZipFile(path, "w") as kept:
        for part in made.infolist():
            info = zipfile.ZipInfo(part.filename, _EARLIEST)
            info.compress_type = zipfile.ZIP_DEFLATED
            is_dated = part.filename == _PROPERTIES
            kept.writestr(info, properties if is_dated else made.read(part))


@contextmanager
def _quiet() -> Iterator[None]:
    """Print nothing about what is still open when it is let go of, after a full disk.

    The libraries that write a workbook raise a second time then, where nobody listens.
    """
    usual = sys.unraisablehook
    sys.unraisablehook = lambda _: None
    try:
        yield
        gc.collect()
    finally:
        sys.unraisablehook = usual
