"""Numbers beside the blocks of a map that it does not mention.

Some are totals, which are recognised by adding up. The others may be a second column of
exports, or forgotten inventories.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations, product

import numpy as np

from carbonshed.accounting.closure import SAME_TOTAL
from carbonshed.dataset.matrix_table import Decision
from carbonshed.readers.files.grids import Grid
from carbonshed.readers.workbook.axes import Axis, Headers, Used
from carbonshed.text import listing

_MAX_BLANK_LINES = 3  # lines without numbers that end what stands beside a block
_MAX_NAMES = 12
_MAX_LINES_TOGETHER = 3  # lines that close a gap together
_MAX_LINES_TRIED = 12
_NOISE = 1e-9  # share of the numbers that a smaller one is the rounding of
_LEFT = 0.05  # share of a gap that may remain, for rounding

READ, CHECKED, UNREAD, LEFT_OUT = "read", "checked", "unread", "left out"
_CHECK = "check."
_GAP = 2e-3  # relative: sums of rounded numbers
_MAX_LINES = 150  # the first lines that are not read are tried if there are more
_MAX_LINES_IN_SETS = 11  # lines of which all sets are tried
_MAX_COLUMNS = 64


@dataclass(frozen=True)
class Line:
    """A row or column beside a block, or the sum of the block."""

    kind: str  # ``row`` or ``column``
    sheet: str
    position: int
    # first cell, and headers
    address: str
    title: str
    numbers: np.ndarray  # shape (m,): along the block
    axis: Axis  # which producers or users the numbers are of
    state: str  # ``read`` by a block, ``checked`` alone, ``unread`` or ``left out``
    # the blocks that read a row below final demand for sectors
    keys: tuple[str, ...] = ()
    is_of_users: bool = False  # a row below final demand
    number: int = 0  # lines of the sheet before it that have the same headers

    @property
    def called(self) -> tuple[str, bool, str, int]:
        """The key that the same line has on several sheets."""
        title = self.title or f"{self.sheet} {self.position}"
        return self.kind, self.is_of_users, title, self.number

    def by_index(self) -> np.ndarray:
        """Return the numbers by producer or user."""
        return self.axis.gather(self.numbers)

    def __str__(self) -> str:
        """Return its name in a message."""
        title = repr(self.title) if self.title else "without a header"
        total = _total(self.numbers)
        return f"{self.kind} {title} at {self.address} (sum {total:,.6g})"


@dataclass
class Unread:
    """The numbers that no block reads."""

    # lines that are no sums of others, of all sheets, in order
    lines: list[Line] = field(default_factory=list)
    # sums of others, and lines that the map leaves out or reads as a check alone
    others: list[Line] = field(default_factory=list)
    # rows that blocks read for sectors, and that go on under final demand unread
    going_on: list[Line] = field(default_factory=list)

    def closing(self, gap: np.ndarray, kind: str) -> list[Line]:
        """Return the lines that make up a gap by producer; `kind` is row or column."""
        size = float(np.abs(gap).sum())
        if not size or np.count_nonzero(gap) < 2:
            return []
        lines = _by_producer(self.lines, kind, len(gap))
        others = [line for line in self.others if line.state != CHECKED]
        more = [*lines, *_by_producer(others, kind, len(gap))]
        sets = [
            some
            for these in (lines[:_MAX_LINES_TRIED], more[:_MAX_LINES_TRIED])
            for count in range(1, _MAX_LINES_TOGETHER + 1)
            for some in combinations(these, count)
        ]
        for some in [*sets, *([line] for line in more)]:
            with np.errstate(over="ignore", invalid="ignore"):
                total = np.sum([vector for _, vector in some], axis=0)
                left = min(np.abs(gap - total).sum(), np.abs(gap + total).sum())
            if left <= _LEFT * size:
                return [line for line, _ in some]
        return []

    def notes(self, named: Collection[Line] = ()) -> list[Decision]:
        """Return a WARNING that lists the lines, but those that are named already."""
        named_titles = {(line.kind, line.title) for line in named}
        groups: dict[tuple, list[Line]] = {}
        for line in self.lines:
            if (line.kind, line.title) not in named_titles:
                groups.setdefault(line.called, []).append(line)
        if not groups:
            return []
        shown = listing(map(_described, groups.values()), _MAX_NAMES, separator="; ")
        text = (
            "WARNING: not read, as the map does not mention these lines, which are no "
            f"sums of others: {shown}. Add a line that belongs to the table to a "
            "block, any other to `leave_out`"
        )
        return [Decision("numbers_beside", text)]


def _by_producer(
    lines: list[Line], kind: str, size: int
) -> list[tuple[Line, np.ndarray]]:
    """Return lines of sectors by producer, those of several sheets added up."""
    by_title: dict[tuple, tuple[Line, np.ndarray]] = {}
    for line in lines:
        if line.kind == kind and not line.is_of_users and line.axis.length == size:
            first, total = by_title.get(line.called, (line, np.zeros(size)))
            by_title[line.called] = first, total + line.by_index()
    return list(by_title.values())


def _described(lines: list[Line]) -> str:
    """Return a line, or one that several sheets have."""
    first = lines[0]
    if len(lines) == 1:
        return f"{first} of {first.sheet}"
    total = _total(np.hstack([line.numbers for line in lines]))
    return (
        f"{first.kind} {first.title!r} on {len(lines)} sheets (sum {total:,.6g}; "
        f"{first.address} of {first.sheet} is the first)"
    )


def _total(numbers: np.ndarray) -> float:
    """Return a sum, 0 where it is no more than the rounding of its terms."""
    total = float(numbers.sum())
    return total if abs(total) > _NOISE * np.abs(numbers).sum() else 0.0


def _has_numbers(numbers: np.ndarray, block: Used) -> bool:
    """Return whether a line holds more than rounding, beside a block."""
    largest = np.abs(block.cells).max(initial=0.0)
    return bool((np.abs(numbers) > _NOISE * largest).any())


def find_unread(
    used: list[Used], producers: Collection[str], main: str, users: str
) -> Unread:
    """Return the rows and columns with numbers beside matrices that were not read."""
    unread = Unread()
    for block in used:
        if not block.is_matrix or block.key not in (main, users):
            continue
        sides = [_rows(block, used, producers, main)]
        if block.key == main or _sectors(block, used, main) is None:
            sides.append(_columns(block, used, main))
        for lines in map(_numbered, sides):
            own = own_numbers(
                [line.numbers for line in lines],
                [line.state in (READ, CHECKED) for line in lines],
            )
            for k, line in enumerate(lines):
                if k not in own or line.state == LEFT_OUT:
                    unread.others += [] if line.state == READ else [line]
                elif line.keys:
                    unread.going_on.append(line)
                else:
                    unread.lines.append(line)
    return unread


def _numbered(lines: Iterable[Line]) -> list[Line]:
    """Return lines, those with the same headers told apart."""
    counts: Counter[str] = Counter()
    numbered = []
    for line in lines:
        numbered.append(replace(line, number=counts[line.title]))
        counts[line.title] += line.state != READ
    return numbered


def _columns(block: Used, used: list[Used], main: str) -> Iterator[Line]:
    """Yield the main block as one column, and the columns right of it, read or not."""
    sheet = [other for other in used if other.sheet == block.sheet]
    beside = [other for other in sheet if set(block.rows) & set(other.rows)]
    read = _states((other.key, other.columns) for other in beside)
    cells_read = {
        column: other.cells[:, k]
        for other in beside
        if other.rows == block.rows
        for k, column in enumerate(other.columns)
    }
    headers, before = block.above, _first(used, block.sheet)[0]
    own = set(block.columns) if block.key == main else set()
    if own:
        numbers = block.cells.sum(axis=1)
        yield _line(block, headers, min(own), before, numbers, READ)
    blank = 0
    for column in range(min(block.columns), headers.end):
        if column in block.left.lines or column in own:
            continue
        cells = [(row, column) for row in block.rows]
        numbers, state = cells_read.get(column), read.get(column)
        if numbers is None:
            numbers = block.grid.amounts(cells)
        if state is not None or _has_numbers(numbers, block):
            yield _line(block, headers, column, before, numbers, state)
        is_blank = state is None and not _has_text(block.grid, cells)
        blank = blank + 1 if is_blank else 0
        if blank > _MAX_BLANK_LINES and column > max(block.columns):
            return


def _rows(
    block: Used, used: list[Used], labels: Collection[str], main: str
) -> Iterator[Line]:
    """Yield the block as one row, and the rows below it, read or not."""
    above, beside = [], []
    for other in (other for other in used if other.sheet == block.sheet):
        is_above = set(block.columns) & set(other.columns)
        (above if is_above else beside).append(other)
    read = _states((other.key, other.rows) for other in above)
    sectors = _sectors(block, used, main)
    headers, before = block.left, _first(used, block.sheet)[1]
    yield _line(block, headers, min(block.rows), before, block.cells.sum(axis=0), READ)
    blank = 0
    for row in _rows_below(block, labels, read):
        cells = [(row, column) for column in block.columns]
        numbers, state = block.grid.amounts(cells), read.get(row)
        if state is not None:
            yield _line(block, headers, row, before, numbers, state)
        elif _has_numbers(numbers, block) and not _is_total_of(numbers, sectors, row):
            line = _line(block, headers, row, before, numbers)
            is_of_users = block.key != main
            keys = (
                other.key
                for other in beside
                if is_of_users and not other.is_matrix and row in other.rows
            )
            yield replace(line, keys=tuple(keys), is_of_users=is_of_users)
        if sectors is not None:
            cells += [(row, column) for column in sectors.columns]
        is_blank = state is None and not _has_text(block.grid, cells)
        blank = blank + 1 if is_blank else 0
        if blank > _MAX_BLANK_LINES and row > max(block.rows):
            return


def _rows_below(
    block: Used, labels: Collection[str], read: Collection[int]
) -> Iterator[int]:
    """Yield the rows from a block on that are no part of it, up to another block."""
    for row in range(min(block.rows), block.left.end):
        if row in block.above.lines or row in block.rows:
            continue
        is_inside = row < max(block.rows)
        is_known = block.left.label(row, block.rows[0])[1] in labels
        if is_known and row not in read and not is_inside:
            return
        if row in read or not is_inside or block.left.is_wanted(row):
            yield row


def _states(lines: Iterable[tuple[str, tuple[int, ...]]]) -> dict[int, str]:
    """Return the state of each line that blocks read, from their keys and lines."""
    states: dict[int, str] = {}
    for key, positions in lines:
        state = CHECKED if key.startswith(_CHECK) else READ
        states |= {p: state for p in positions if states.get(p) != READ}
    return states


def _sectors(block: Used, used: list[Used], main: str) -> Used | None:
    """Return the main block that stands beside final demand, None if none does."""
    if block.key == main:
        return None
    return next((x for x in used if x.key == main and x.sheet == block.sheet), None)


def _is_total_of(numbers: np.ndarray, sectors: Used | None, row: int) -> bool:
    """Return whether one cell of a row repeats the sum of its cells of sectors."""
    filled = numbers[numbers != 0]
    if sectors is None or len(filled) != 1:
        return False
    cells = [(row, column) for column in sectors.columns]
    total = sectors.grid.amounts(cells).sum()
    return bool(abs(total - filled[0]) <= SAME_TOTAL * abs(total))


def _first(used: list[Used], sheet: str) -> tuple[int, int]:
    """Return row and column of the first numbers of the matrices of a sheet."""
    blocks = [block for block in used if block.is_matrix and block.sheet == sheet]
    return min(min(b.rows) for b in blocks), min(min(b.columns) for b in blocks)


def _line(
    block: Used,
    headers: Headers,
    position: int,
    before: int,
    numbers: np.ndarray,
    state: str | None = None,
) -> Line:
    """Return a line beside a block; `before` ends its headers."""
    is_column = headers.is_across
    texts = headers.texts_of(position, before)
    if state is None:
        state = LEFT_OUT if headers.rule.leave_out.intersection(texts) else UNREAD
    # numbers among the headers may be of another table
    own = {headers.text(line, position) for line in headers.lines}
    named = [t for t in texts if t in own or any(c.isalpha() for c in t)]
    first = block.rows[0] if is_column else block.columns[0]
    return Line(
        kind="column" if is_column else "row",
        sheet=block.sheet,
        position=position,
        address=headers.address(first, position),
        title=" ".join(named)[:40],
        numbers=numbers,
        axis=block.down if is_column else block.across,
        state=state,
    )


def _has_text(grid: Grid, cells: list[tuple[int, int]]) -> bool:
    return any(grid.text(*cell) for cell in cells)


@np.errstate(over="ignore", invalid="ignore")
def own_numbers(lines: Sequence[np.ndarray], is_read: Sequence[bool]) -> list[int]:
    """Return the lines that are neither read nor explained by others."""
    if all(is_read):
        return []
    table = sampled(np.array(lines, dtype=float))
    left = list(range(len(lines)))
    own = [k for k in left if not is_read[k]]
    own, more = own[:_MAX_LINES], own[_MAX_LINES:]
    has_changed = True
    while has_changed:
        has_changed = False
        for k in list(own):
            others = [other for other in left if other != k]
            read = [other for other in others if is_read[other]]
            if _is_sum(table[k], table[others], table[read]):
                left.remove(k)
                own.remove(k)
                has_changed = True
    parts = set()
    for k in left if own else ():
        if is_read[k]:
            first, end = _run(table[k], table[own]) or (0, 0)
            parts |= set(own[first:end]) if end - first > 1 else set()
    return [k for k in own if k not in parts] + more


def _is_sum(line: np.ndarray, others: np.ndarray, read: np.ndarray) -> bool:
    if not line.any() or not len(others):
        return False
    first = read[:1] if len(read) else np.zeros((0, len(line)))
    # the block itself stands before the lines: it and a run of them are a total
    if _run(line, others) or any(_run(line - block, others) for block in first):
        return True
    if len(read) > _MAX_LINES_IN_SETS:
        return False
    sets = np.array(list(product((0.0, 1.0), repeat=len(read))))
    return bool(_fits(sets @ read, line).any())


def _run(line: np.ndarray, others: np.ndarray) -> tuple[int, int] | None:
    """Return the neighbouring lines that a line adds up, None if it is no such sum."""
    before = np.vstack([np.zeros(len(line)), np.cumsum(others, axis=0)])
    totals, most = before.sum(axis=1) - line.sum(), _GAP * np.abs(line).sum()
    for start in range(len(others)):
        # a sum fits in all if it does cell by cell
        ends = np.flatnonzero(np.abs(totals[start + 1 :] - before[start].sum()) <= most)
        sums = before[start + 1 + ends] - before[start]
        if len(ends) and (fits := _fits(sums, line)).any():
            return start, start + 1 + int(ends[np.argmax(fits)])
    return None


def _fits(sums: np.ndarray, line: np.ndarray) -> np.ndarray:
    size = np.abs(line).sum()
    return (np.abs(sums - line).sum(axis=1) <= _GAP * size) & (size > 0)


def sampled(table: np.ndarray) -> np.ndarray:
    """Return some of the columns of a table that are not zero."""
    columns = np.flatnonzero(np.abs(table).sum(axis=0))
    if len(columns) > _MAX_COLUMNS:
        chosen = np.linspace(0, len(columns) - 1, _MAX_COLUMNS).astype(int)
        columns = columns[chosen]
    return table[:, columns]
