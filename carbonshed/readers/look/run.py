"""Reading all sheets of a file or folder, and judging their tables."""

from collections.abc import Iterable
from pathlib import Path

from carbonshed.readers.look.cells import Cells, read_cells
from carbonshed.readers.look.choose import choose
from carbonshed.readers.look.judge import judge
from carbonshed.readers.look.survey import YEAR, Sheet, Survey
from carbonshed.readers.look.tables import find_tables
from carbonshed.text import Progress

_MOST_SHEETS = 200


def survey(path: Path, progress: Progress) -> Survey:
    """Look at all sheets of a file or folder.

    Parameters
    ----------
    path
        A workbook, a CSV file, or a folder of them.
    progress
        Called with the sheet that is looked at.

    Raises
    ------
    CarbonshedError
        If nothing can be read.
    """
    sheets, left_out = _families(read_cells(path), progress)
    for number, sheet in enumerate(sheets):
        progress(f"judging {sheet.names[-1]}", number / max(len(sheets), 1))
        sheet.findings = [judge(table) for table in find_tables(sheet.cells)]
    found = Survey(path, sheets, left_out=left_out)
    choose(found)
    return found


def _families(cells: Iterable[Cells], progress: Progress) -> tuple[list[Sheet], int]:
    """Return the sheets, those that differ by a year taken together."""
    families: dict[tuple[str, str], Sheet] = {}
    count = 0
    for each in cells:
        count += 1
        if count > _MOST_SHEETS:
            continue
        progress(f"reading {each.sheet}", min(count / _MOST_SHEETS, 1.0))
        years = YEAR.findall(each.sheet)
        key = (each.file, YEAR.sub("{year}", each.sheet, count=1))
        known = families.get(key)
        year = [int(years[0])] if years else []
        if known is None:
            families[key] = Sheet(each, [each.sheet], year)
            continue
        if each.shape != known.cells.shape:
            known.other_shapes.append(each.sheet)
        known.cells = each
        known.names.append(each.sheet)
        known.years += year
    return list(families.values()), max(0, count - _MOST_SHEETS)
