"""Years that sheets, titles and files name, against the year of the map."""

import re
from collections.abc import Iterable, Iterator

from carbonshed.dataset.matrix_table import Decision
from carbonshed.errors import CarbonshedError
from carbonshed.readers.files.workbooks import cell_name
from carbonshed.readers.workbook.blocks import BlockReader, Used
from carbonshed.readers.workbook.map import Plan, YearCell
from carbonshed.text import listing

_TITLE_ROWS = 8
_SHORTEST = 3  # characters of a region that is looked for within a text

_Pair = tuple[int, int]  # a position, and the place that its label is known to have
_YEAR_WORD = re.compile(r"(?<![\d.,])(1[89]\d\d|20\d\d)(?![\d]|[.,]\d)")
# 2012, 2011-12, 2011/2012
_YEAR_SPAN = re.compile(
    r"(?<![\d.,])(1[89]\d\d|20\d\d)(?![\d]|[.,]\d)"
    r"(?:\s?[-/\N{EN DASH}]\s?((?:1[89]|20)\d\d|\d\d)(?!\d))?"
)
_EMISSIONS = ("blocks.emissions", "blocks.direct_emissions")


def check_year(plan: Plan, reader: BlockReader) -> list[Decision]:
    """Make sure that the sheets are of the year.

    The cells of ``year_cell`` must hold it. Without any, the name of a sheet, its
    titles, and columns beside the rows that hold nothing but a year must not name
    other years alone.
    """
    confirmed = {_check_cell(plan, reader, cell) for cell in plan.map.year_cell}
    sheets: dict[str, Used] = {}
    for used in sorted(reader.used, key=lambda used: not used.is_matrix):
        sheets.setdefault(used.sheet, used)
    decisions = []
    for where, used in sheets.items():
        if where not in confirmed:
            decisions += _check_sheet(plan, used, is_doubtful=bool(plan.map.year_cell))
    files = {
        where.partition(": sheet ")[0]
        for where, used in sheets.items()
        if used.is_matrix
    }
    if not confirmed and not plan.has_years:
        says = any(_says_year(plan, used) for used in sheets.values())
        decisions += [] if says else _other_files(plan, files)
    return decisions


def _other_files(plan: Plan, files: set[str]) -> list[Decision]:
    """Return the files whose names say one other year, where nothing says this one."""
    decisions = []
    for file in sorted(files):
        years = years_in(file)
        if len(years) == 1 and plan.year not in years:
            text = (
                f"WARNING: the name of {file} says {_all(years)}, and the map "
                f"{plan.year}; no sheet, title or `year_cell` says which is right"
            )
            decisions.append(Decision("other_year", text))
    return decisions


def years_in(text: str) -> set[int]:
    """Return the years that a text names: 2012, and both of 2011-12 and 2011/2012."""
    years = set()
    for match in _YEAR_SPAN.finditer(text.replace("_", " ")):
        first = int(match[1])
        years.add(first)
        last = match[2] or ""
        if len(last) == 4:
            years.add(int(last))
        elif last and (first + 1) % 100 == int(last):
            years.add(first + 1)
    return years


def _check_cell(plan: Plan, reader: BlockReader, cell: YearCell) -> str:
    """Refuse a cell that does not hold the year; return its file and sheet."""
    frame = plan.layout.blocks[plan.main].frame
    grid = reader.books.grid(cell.file or frame.file, cell.sheet or frame.sheet)
    text = grid.text(*cell.position)
    numbers = re.findall(r"\d+", text)
    if not (cell.text in text if cell.text else str(plan.year) in numbers):
        content = f"the text {cell.text!r}" if cell.text else f"the year {plan.year}"
        raise CarbonshedError(
            f"{grid.where}: cell {cell.cell} (`year_cell`) is {text[:60]!r}; "
            f"expected {content}"
        )
    return grid.where


def _check_sheet(plan: Plan, used: Used, *, is_doubtful: bool) -> list[Decision]:
    """Refuse a sheet of another year, or warn if a cell elsewhere speaks for it."""
    sheet = _years_of_name(used)
    if sheet and plan.year not in sheet:
        reason = f"the name of the sheet says {_all(sheet)}"
        if not is_doubtful and not used.key.startswith(_EMISSIONS):
            raise _other_year(plan, used.sheet, reason)
        text = f"WARNING: {used.sheet}: {reason}, and the map {plan.year}"
        return [Decision("other_year", text)]
    if is_doubtful or not used.is_matrix:
        return []
    titles = _years_of_titles(used)
    if titles and plan.year not in titles and plan.year not in sheet:
        raise _other_year(plan, used.sheet, f"its titles say {_all(titles)}")
    for column, text in _years_beside(used):
        if text != str(plan.year):
            where = cell_name(used.rows[0], column)
            raise _other_year(plan, used.sheet, f"{where} and below say {text}")
    return []


def _says_year(plan: Plan, used: Used) -> bool:
    """Return whether the sheet says the year of the map."""
    beside = [int(text) for _, text in _years_beside(used)] if used.is_matrix else []
    years = {*_years_of_name(used), *_years_of_titles(used), *beside}
    return plan.year in years


def _years_of_name(used: Used) -> set[int]:
    # use the name of the sheet, not of the file: a file may be of many years
    return years_in(used.sheet.partition(": sheet ")[2])


def _years_of_titles(used: Used) -> set[int]:
    grid, area = used.left.grid, used.left.area
    return {
        year
        for row in range(area.top, min(used.rows[0], *used.above.lines))
        for column in range(min(8, len(grid.rows[row])))
        for year in years_in(grid.text(row, column))
    }


def _years_beside(used: Used) -> Iterator[tuple[int, str]]:
    """Yield the columns beside the rows that hold one year and nothing else."""
    grid = used.left.grid
    for column in range(used.columns[0]):
        text = grid.text(used.rows[0], column)
        if column in used.left.lines or not _YEAR_WORD.fullmatch(text):
            continue
        if all(grid.text(row, column) == text for row in used.rows):
            yield column, text


def _all(years: Iterable[int]) -> str:
    return listing(sorted(years), 6)


def _other_year(plan: Plan, where: str, reason: str) -> CarbonshedError:
    return CarbonshedError(
        f"{where}: {reason}; expected the year {plan.year} of the map, or a "
        "`year_cell` that holds it"
    )
