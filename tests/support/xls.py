"""Workbooks of Excel 97, as old statistics come in: an OLE file around BIFF records.

Only what the accounts of WIOD consist of: sheets with numbers and short texts.
"""

import struct
from pathlib import Path

_SECTOR = 512
_END, _FREE, _FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD

Rows = list[list[str | float | None]]


def write_xls(path: Path, sheets: dict[str, Rows]) -> None:
    """Write sheets; None is an empty cell."""
    path.write_bytes(_container(_workbook(sheets)))


def _record(number: int, content: bytes) -> bytes:
    return struct.pack("<HH", number, len(content)) + content


def _begin(kind: int) -> bytes:
    return _record(0x0809, struct.pack("<HHHHII", 0x0600, kind, 3515, 1996, 0, 6))


def _text(text: str, length: str) -> bytes:
    return struct.pack(f"<{length}B", len(text), 1) + text.encode("utf-16-le")


def _workbook(sheets: dict[str, Rows]) -> bytes:
    end = _record(0x000A, b"")
    bodies = [_begin(0x10) + _cells(rows) + end for rows in sheets.values()]
    heads = [
        _record(0x0085, struct.pack("<IBB", 0, 0, 0) + _text(name, "B"))
        for name in sheets
    ]
    start = len(_begin(5)) + sum(map(len, heads)) + len(end)
    found = b""
    for head, body in zip(heads, bodies, strict=True):
        found += head[:4] + struct.pack("<I", start) + head[8:]
        start += len(body)
    return _begin(5) + found + end + b"".join(bodies)


def _cells(rows: Rows) -> bytes:
    found = b""
    for r, row in enumerate(rows):
        for c, cell in enumerate(row):
            place = struct.pack("<HHH", r, c, 0)
            if isinstance(cell, str):
                found += _record(0x0204, place + _text(cell, "H"))
            elif cell is not None:
                found += _record(0x0203, place + struct.pack("<d", cell))
    return found


def _container(stream: bytes) -> bytes:
    size = max(len(stream), 4096)  # smaller streams would lie elsewhere
    sectors = -(-size // _SECTOR)
    stream = stream.ljust(sectors * _SECTOR, b"\0")
    tables = 1
    while tables * 128 < sectors + 1 + tables:
        tables += 1
    chain = [*range(1, sectors), _END, _END, *([_FAT] * tables)]
    chain += [_FREE] * (tables * 128 - len(chain))
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    head += struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    head += struct.pack("<IIIIIIIII", 0, tables, sectors, 0, 4096, _END, 0, _END, 0)
    places = [sectors + 1 + k for k in range(tables)]
    head += struct.pack("<109I", *places, *([_FREE] * (109 - tables)))
    folder = _entry("Root Entry", 5, 1, _END, 0) + _entry("Workbook", 2, _FREE, 0, size)
    folder = folder.ljust(_SECTOR, b"\0")
    return head + stream + folder + struct.pack(f"<{len(chain)}I", *chain)


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    raw = name.encode("utf-16-le") + b"\0\0"
    head = raw.ljust(64, b"\0") + struct.pack("<HBB", len(raw), kind, 1)
    head += struct.pack("<III", _FREE, _FREE, child) + bytes(36)
    return head + struct.pack("<III", start, size, 0)
