"""Numbers that stand beside the blocks of a map, which it does not mention."""

from collections.abc import Collection, Iterator

from carbonshed.dataset.matrix_table import Decision
from carbonshed.readers.common.grids import Grid
from carbonshed.readers.common.workbooks import cell_name
from carbonshed.readers.workbook.blocks import Used
from carbonshed.readers.workbook.headers import Headers
from carbonshed.readers.workbook.lines import header_texts
from carbonshed.text import listing

_MOST_BLANK = 3  # lines without numbers that end what stands beside a block
_MOST_NAMED = 12


def numbers_beside(
    used: list[Used], known: Collection[str], kinds: tuple[str, ...]
) -> list[Decision]:
    """Return the rows and columns with numbers beside matrices that were not read.

    Parameters
    ----------
    used
        What was read.
    known
        Labels of producers: where they come again, another block begins.
    kinds
        Keys of the blocks whose neighbours are looked at.
    """
    found: dict[str, list[str]] = {}
    matrices = [block for block in used if block.is_matrix]
    for block in matrices:
        if block.key in kinds:
            sheet = block.left.grid.where
            lines = found.setdefault(sheet, [])
            first = min(b.columns[0] for b in matrices if b.left.grid.where == sheet)
            for line in [*_columns(block, used), *_rows(block, used, known, first)]:
                if line not in lines:
                    lines.append(line)
    return [
        Decision(
            "numbers_beside",
            f"{where}: not read, as the map says nothing of it: "
            + listing(lines, _MOST_NAMED, separator="; "),
        )
        for where, lines in found.items()
        if lines
    ]


def _columns(block: Used, used: list[Used]) -> Iterator[str]:
    rows = set(block.rows)
    read = {
        column
        for other in used
        if other.left.grid.where == block.left.grid.where and rows & set(other.rows)
        for column in other.columns
    }
    read |= set(block.left.lines)
    grid, blank = block.left.grid, 0
    for column in range(min(block.columns), block.above.end):
        cells = [(row, column) for row in block.rows]
        if column in read:
            blank = 0
            continue
        line = _line(grid, cells, block.above, column, block.rows[0], "column")
        blank = blank + 1 if line is None else 0
        if line:
            yield line
        elif blank > _MOST_BLANK and column > max(block.columns):
            return


def _rows(
    block: Used, used: list[Used], known: Collection[str], first: int
) -> Iterator[str]:
    columns = set(block.columns)
    read = {
        row
        for other in used
        if other.left.grid.where == block.left.grid.where
        and columns & set(other.columns)
        for row in other.rows
    }
    read |= set(block.above.lines)
    grid, blank = block.left.grid, 0
    for row in range(min(block.rows), block.left.end):
        if row in read:
            blank = 0
            continue
        inside = row < max(block.rows)
        label = block.left.label(row, block.rows[0])[1]
        if label in known and not inside:
            return
        if inside and not block.left.is_wanted(row):
            continue
        cells = [(row, column) for column in block.columns]
        line = _line(grid, cells, block.left, row, first, "row")
        blank = blank + 1 if line is None else 0
        if line:
            yield line
        elif blank > _MOST_BLANK and not inside:
            return


def _line(
    grid: Grid,
    cells: list[tuple[int, int]],
    headers: Headers,
    position: int,
    before: int,
    kind: str,
) -> str | None:
    """Return a line with its sum; empty if left out or zero, None if it is blank."""
    if not any(grid.text(*cell) for cell in cells):
        return None
    amounts = [grid.numbers(*cell, 1)[0] for cell in cells if grid.is_amount(*cell)]
    texts = header_texts(headers, position, before)
    if not amounts or headers.rule.leave_out.intersection(texts):
        return ""
    title = " ".join(texts)[:40] or "without a header"
    where = cell_name(*cells[0])
    return f"{kind} {title!r} at {where} (sum {sum(amounts):,.6g})"
