"""What calamine does not say about a sheet of an .xlsx file, from the XML of the sheet.

calamine gives a cell with an error (``#DIV/0!``) as an empty one, and allocates the
grid around all cells, which aborts the process if one lies far from the others.
"""

import io
import posixpath
import re
import zipfile
from xml.etree import ElementTree

# of a cell, A1, or of a row, 1, whose cells need none
_ADDRESS = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]*)([0-9]+)["']""")
_ERROR = re.compile(rb"""\st=["']e["']""")
_BOOK = "xl/workbook.xml"


def read_sheet_xml(content: io.BytesIO, sheet: str) -> bytes | None:
    """Return the XML of a sheet; None if the zip file is no .xlsx workbook."""
    with zipfile.ZipFile(content) as archive:
        if _BOOK not in archive.namelist():
            return None
        links = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
        targets = {link.get("Id"): link.get("Target", "") for link in links}
        book = ElementTree.fromstring(archive.read(_BOOK))
        (found,) = (s for s in book.iterfind(".//{*}sheet") if s.get("name") == sheet)
        # r:id has one namespace in transitional and another in strict files
        key = next(value for name, value in found.items() if name.endswith("}id"))
        return archive.read(posixpath.join("/xl", targets[key]).lstrip("/"))


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


def error_cells(xml: bytes) -> dict[int, dict[int, str]]:
    """Return the cells with an error, by row and column counted from 0."""
    found: dict[int, dict[int, str]] = {}
    if not _ERROR.search(xml):
        return found
    for _, cell in ElementTree.iterparse(io.BytesIO(xml)):
        if cell.tag.endswith("}c") and cell.get("t") == "e":
            letters, row = re.fullmatch(r"([A-Z]+)([0-9]+)", cell.attrib["r"]).groups()
            error = cell.findtext("{*}v") or "an error"
            found.setdefault(int(row) - 1, {})[column_number(letters)] = error
    return found


def column_number(letters: str) -> int:
    """Return the number of a column, counted from 0: ``AA`` is 26."""
    number = 0
    for letter in letters.upper():
        number = 26 * number + ord(letter) - ord("A") + 1
    return number - 1
