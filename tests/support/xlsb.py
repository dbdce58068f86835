"""Binary workbooks of Excel (.xlsb): a zip file of records; one sheet of numbers."""

import struct
import zipfile
from pathlib import Path

_CELL, _ROW = 5, 0
_BEGIN_SHEET, _END_SHEET = 129, 130
_BEGIN_DATA, _END_DATA = 145, 146
_BEGIN_BOOK, _END_BOOK = 131, 132
_BEGIN_SHEETS, _SHEET, _END_SHEETS = 143, 156, 144
_SIZE = 148
_PART = "worksheets/sheet1.bin"
_LINKS = "http://schemas.openxmlformats.org/{}/2006/relationships"


def write_xlsb(path: Path, cells: dict[tuple[int, int], float]) -> None:
    """Write a sheet, A, with numbers by row and column, counted from 0."""
    rows, columns = zip(*sorted(cells), strict=True)
    size = struct.pack("<4I", min(rows), max(rows), min(columns), max(columns))
    sheet = _record(_BEGIN_SHEET) + _record(_SIZE, size) + _record(_BEGIN_DATA)
    for row in sorted(set(rows)):
        sheet += _record(_ROW, struct.pack("<IIHBBI", row, 0, 300, 0, 0, 0) + b"\0")
        for at, number in sorted(cells.items()):
            if at[0] == row:
                sheet += _record(_CELL, struct.pack("<IId", at[1], 0, number))
    sheet += _record(_END_DATA) + _record(_END_SHEET)
    named = struct.pack("<II", 0, 1) + _text("rId1") + _text("A")
    book = _record(_BEGIN_BOOK) + _record(_BEGIN_SHEETS) + _record(_SHEET, named)
    book += _record(_END_SHEETS) + _record(_END_BOOK)
    kind = f"{_LINKS.format('officeDocument')}/worksheet"
    links = (
        f'<Relationships xmlns="{_LINKS.format("package")}">'
        f'<Relationship Id="rId1" Type="{kind}" Target="{_PART}"/></Relationships>'
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.bin", book)
        archive.writestr("xl/_rels/workbook.bin.rels", links)
        archive.writestr(f"xl/{_PART}", sheet)


def _record(kind: int, content: bytes = b"") -> bytes:
    head = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
    assert len(content) < 128  # lengths above take more than a byte
    return head + bytes([len(content)]) + content


def _text(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")
