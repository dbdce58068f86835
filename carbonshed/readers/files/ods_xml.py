"""What calamine does not say about a sheet of an .ods file, from its XML."""

import io
import re
import zipfile
from xml.etree import ElementTree

from carbonshed.readers.files.xlsx_xml import OddCells, Uncomputed

_CONTENT = "content.xml"
_ODD = re.compile(
    rb"<table:(?:covered-)?table-cell\b(?=[^>]*\btable:formula=)"
    rb"(?:(?![^>]*\boffice:value-type=)|(?=[^>]*\bcalcext:value-type=.error))"
)
_MOST_REPEATED = 1 << 10  # of a cell that is written once for many


def odd_cells(content: io.BytesIO, sheet: str) -> OddCells:
    """Return cells that hold an error or a formula without a value.

    Parameters
    ----------
    content
        A zip file; no cells if it is no .ods workbook.
    sheet
        Name of the sheet.

    Returns
    -------
    dict
        Errors as text, formulas as `Uncomputed`, by row and column counted from 0.
    """
    found: OddCells = {}
    with zipfile.ZipFile(content) as archive:
        if _CONTENT not in archive.namelist():
            return found
        xml = archive.read(_CONTENT)
    if not _ODD.search(xml):
        return found
    is_inside, row = False, 0
    for event, element in ElementTree.iterparse(io.BytesIO(xml), ("start", "end")):
        name = element.tag.rpartition("}")[2]
        if name == "table" and event == "start":
            is_inside, row = _get(element, "name") == sheet, 0
        elif name == "table-row" and event == "end":
            rows = int(_get(element, "number-rows-repeated") or 1)
            odd = _odd_of(element) if is_inside else {}
            if odd:
                found |= {row + k: dict(odd) for k in range(min(rows, _MOST_REPEATED))}
            row += rows
            element.clear()
    return found


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
                range(column, column + min(count, _MOST_REPEATED)), value
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
