"""Rows and columns of a table with equal labels, stacked tables, and sums."""

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import permutations, product

import numpy as np

from carbonshed.readers.look.detect import YEARS, Table
from carbonshed.readers.workbook.unread_numbers import sampled

MIN_ROWS = 3
_MAX_KINDS = 6
_MAX_LINES = 4000  # the last lines are tried
_MAX_TAIL = 40  # lines beside the sectors
_MAX_PARTS_BEFORE = 16  # parts of the line before them are so near to the sum
_TOLERANCE = 1e-3  # relative, for rounded numbers
_MAX_ROUNDING = 1e-2  # relative, where all gaps are of the last digit
_PREFIX = re.compile(r"^[a-z]{1,4}_(?=.)")
_LEADING = re.compile(r"[a-z]{0,3}\d[\w.-]*(?=\W)")
_LETTERS = re.compile(r"^[a-z]+_?(?=\d)")

Simplify = Callable[[str], str]


@dataclass(frozen=True)
class Match:
    """The square inside a table: rows and columns with equal labels."""

    # column and row of the labels; with two levels, those of the sectors
    label: int
    header: int
    outer: tuple[int, int] | None  # column and row of the regions
    # rows and columns with a partner, pair by pair, in the order of the rows
    rows: tuple[int, ...]
    columns: tuple[int, ...]
    simplify: Simplify  # applied to labels before they are compared
    # column and row of a second level of labels, if not every region has every sector
    beside: tuple[int, int] | None = None
    is_square: bool = True  # False for products by industries of other labels

    @property
    def is_renamed(self) -> bool:
        """True if labels agree only without prefixes, signs or zeros."""
        return self.simplify is not plain


@dataclass(frozen=True)
class Stack:
    """Tables on top of each other, distinguished by columns of labels."""

    # the column of years and the years; the column of kinds of rows and the kinds
    year: tuple[int, tuple[int, ...]] | None = None
    kind: tuple[int, tuple[str, ...]] | None = None


def find_stack(table: Table) -> Stack:
    """Return the columns that distinguish stacked tables by year or kind."""
    year = None
    for column in table.labels:
        values = table.cells.numbers[list(table.rows), column]
        if np.isnan(values).any():
            continue
        is_year = (values >= YEARS[0]) & (values < YEARS[1]) & (values % 1 == 0)
        years = np.unique(values).astype(int)
        if is_year.all() and len(values) >= MIN_ROWS * len(years):
            year = (column, tuple(years.tolist()))
            break
    of_year = rows_of_year(table, year)
    kind = None
    for column in table.labels:
        texts = [table.cells.texts[row, column] for row in of_year.rows]
        kinds = tuple(dict.fromkeys(texts))
        is_key = 2 <= len(kinds) <= _MAX_KINDS and all(kinds)
        if is_key and len(texts) > 2 * len(kinds) and _repeats(of_year, column):
            kind = (column, kinds)
    return Stack(year, kind)


def rows_of_year(table: Table, year: tuple[int, tuple[int, ...]] | None) -> Table:
    """Return the part of a table for its last year."""
    if year is None:
        return table
    column, years = year
    values = table.cells.numbers[:, column]
    return table.of_rows(tuple(row for row in table.rows if values[row] == years[-1]))


def rows_of_kind(table: Table, column: int, kind: str) -> Table:
    """Return the part of a table with a text in a column."""
    texts = table.cells.texts[:, column]
    return table.of_rows(tuple(row for row in table.rows if texts[row] == kind))


def _repeats(table: Table, column: int) -> bool:
    """Return whether other labels repeat from kind to kind."""
    others = [other for other in table.labels if other != column]
    if not others:
        return False
    most = max(others, key=lambda other: len(set(table.down(other))))
    by_kind: dict[str, set[str]] = {}
    for row in table.rows:
        kind = table.cells.texts[row, column]
        by_kind.setdefault(kind, set()).add(table.cells.label(row, most))
    sets = sorted(by_kind.values(), key=len)
    return len(sets) > 1 and len(sets[-1] & sets[-2]) >= 0.8 * len(sets[-2]) > 1


def find_match(table: Table) -> Match | None:
    """Return the largest square of equal labels, None if fewer than three agree."""
    best = max(_matches(table), key=lambda match: len(match.rows), default=None)
    return best if best and len(best.rows) >= MIN_ROWS else None


def _matches(table: Table) -> Iterator[Match]:
    """Yield the squares of equal labels, then those of pairs of region and sector."""
    for simplify in SIMPLER:
        for label, header in product(table.labels, table.headers):
            down = list(map(simplify, table.down(label)))
            across = list(map(simplify, table.across(header)))
            yield Match(label, header, None, *_pairs(table, down, across), simplify)
    levels = permutations(table.labels, 2), permutations(table.headers, 2)
    for (outer, label), (outer_header, header) in product(*levels):
        down = _joined(table.down(outer), table.down(label))
        across = _joined(table.across(outer_header), table.across(header))
        pairs = _pairs(table, down, across)
        yield Match(label, header, (outer, outer_header), *pairs, plain)


def of_regions(table: Table, match: Match) -> Match:
    """Return a match whose outer labels are regions, if each has the same sectors."""
    if match.outer is None:
        return match
    sectors: dict[str, set[str]] = {}
    outer = dict(zip(table.rows, filled(table.down(match.outer[0])), strict=True))
    for row in match.rows:
        sector = table.cells.label(row, match.label)
        sectors.setdefault(outer[row], set()).add(sector)
    if len(set(map(frozenset, sectors.values()))) == 1:
        return match
    return replace(match, outer=None, beside=match.outer)


def plain(label: str) -> str:
    """Return a label without case and with single blanks."""
    return " ".join(label.split()).casefold()


def stripped(label: str) -> str:
    """Return a label also without a prefix such as CPA_, signs and leading zeros."""
    text = _PREFIX.sub("", plain(label))
    return re.sub(r"[\W_]+", "", text).lstrip("0")


def bare(label: str) -> str:
    """Return a label also without letters before its digits: DOM_01T03, D01T03."""
    return _LETTERS.sub("", plain(label)).lstrip("0")


def leading(label: str) -> str:
    """Return the code in front of a label: names may be misspelt behind it."""
    code = _LEADING.match(plain(label))
    return code[0] if code else plain(label)


SIMPLER = (plain, stripped, bare, leading)


def _pairs(
    table: Table, down: Sequence[str], across: Sequence[str]
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the rows and columns of equal labels that are unique across.

    One that is there again, such as a final use called construction, is the one behind
    the label of the row before.
    """
    columns: dict[str, list[int]] = {}
    for k, text in enumerate(across):
        columns.setdefault(text, []).append(k)
    pairs: dict[str, tuple[int, int]] = {}
    for row, text in enumerate(down):
        options = columns.get(text, []) if text else []
        if len(options) > 1 and row:
            options = [k for k in options if k and across[k - 1] == down[row - 1]]
        if len(options) == 1:
            pairs.setdefault(text, (row, options[0]))
    rows, columns = zip(*pairs.values(), strict=True) if pairs else ((), ())
    return (
        tuple(table.rows[row] for row in rows),
        tuple(table.columns[column] for column in columns),
    )


def _joined(outer: list[str], inner: list[str]) -> list[str]:
    pairs = zip(filled(outer), inner, strict=True)
    return [f"{plain(a)}\0{plain(b)}" for a, b in pairs]


def filled(texts: list[str]) -> list[str]:
    """Return labels with those of merged cells repeated."""
    names, last = [], ""
    for text in texts:
        last = text or last
        names.append(last)
    return names


def find_sums(lines: np.ndarray) -> list[tuple[int, ...]]:
    """Return the lines that each line adds up: earlier ones, the next, or all others.

    `lines` is an (n, q) array without NaN; a line that is no sum has no parts. A sum of
    sums is recognised as the sum of a run of lines that are no sums. A line equal to
    the one before it is a sum of one.
    """
    lines = sampled(lines)
    last, slack = len(lines) - 1, _slack_of(lines)
    turned = _sums_of_runs(lines[: -_MAX_LINES - 1 : -1], slack)
    ahead = {last - k: tuple(last - i for i in run) for k, run in turned.items()}
    sums = ahead | _sums_of_runs(lines, slack, ahead)
    # what stands above parts and their sum adds up the parts alone
    leaves = [k for k in range(last, -1, -1) if k not in sums][:_MAX_LINES]
    turned = {leaves[k]: run for k, run in _sums_of_runs(lines[leaves], slack).items()}
    used = set().union(*sums.values())
    sums |= {k: [leaves[i] for i in turned[k]] for k in turned.keys() - used}
    return [tuple(sorted(sums.get(k, ()))) for k in range(len(lines))]


def first_of_sum(line: np.ndarray, lines: np.ndarray) -> int | None:
    """Return where the run up to the last of some lines begins that a line adds up.

    One percent may be missing, as where a cell is wrong.
    """
    prefix = np.vstack([np.zeros(len(line)), np.cumsum(lines, axis=0)])
    return _backward(line, prefix, np.inf)


def _slack_of(lines: np.ndarray) -> float:
    """Return by how much sums of numbers may differ that are printed with few digits.

    It is a few times half of the last digit, 0 where there are more than three.
    """
    for digits in range(4):
        if (np.round(lines, digits) == lines).all():
            return 2.5 / 10**digits
    return 0.0


def _sums_of_runs(
    lines: np.ndarray, slack: float, ahead: Collection[int] | None = None
) -> dict[int, list[int]]:
    """Return the lines that add up the run before them, with its lines.

    Those in `ahead` are no parts of others. Without it, as lines are turned round, a
    sum is a part of others instead of its own parts.
    """
    sums: dict[int, list[int]] = {}
    own: list[int] = []
    prefix = np.zeros((len(lines) + 1, lines.shape[1]))
    for i, line in enumerate(lines):
        is_tried = i >= len(lines) - _MAX_LINES
        first = _backward(line, prefix[: len(own) + 1], slack) if is_tried else None
        run = own[first:]
        if ahead is None:
            if first is not None and _is_proof(line, lines[run]):
                sums[i] = run
                del own[first:]
        elif first is not None:
            sums[i] = run
            continue
        elif i in ahead:
            continue
        elif i >= len(lines) - _MAX_TAIL:
            first, at, end = _run_around(
                line, lines[own], prefix[: len(own) + 1], slack
            )
            if at:  # what is part of the line before counts in no sum
                sums |= {part: [own[at - 1]] for part in own[at:end]}
                del own[at:end]
                prefix[1 : len(own) + 1] = np.cumsum(lines[own], axis=0)
                sums[i] = own[first:]
                continue
        own.append(i)
        prefix[len(own)] = prefix[len(own) - 1] + line
        # output that stands above its inputs is half of what all add up to
        tail = own[2:][-_MAX_TAIL:]
        fits = _are_close(lines[tail], prefix[len(own)] / 2, slack)
        if ahead is not None and line.any() and fits.any():
            whole = tail[int(np.argmax(fits))]
            own.remove(whole)
            sums[whole] = list(own)
            prefix[1 : len(own) + 1] = np.cumsum(lines[own], axis=0)
    return sums


def _run_around(
    line: np.ndarray, lines: np.ndarray, prefix: np.ndarray, slack: float
) -> tuple[int, int, int]:
    """Return where the run before a line begins, and what it leaves out, zeros if none.

    These are one to four lines that are parts of the one before them: wages of labour
    costs. A sum without them shows it; those of 1% of it are more than rounding.
    """
    size = len(lines)
    for at in range(size - 1, max(0, size - _MAX_PARTS_BEFORE), -1):
        whole, inside = np.abs(lines[at - 1]), np.zeros_like(line)
        for end in range(at + 1, min(size, at + 4) + 1):
            part = lines[end - 1]
            is_same_side = (part * lines[at - 1] >= 0).all()
            if not is_same_side or (np.abs(part) > (1 + _TOLERANCE) * whole).any():
                break
            inside = inside + part
            first = _backward(line + inside, prefix, slack)
            is_large = np.abs(inside).sum() > _MAX_ROUNDING * np.abs(line).sum()
            if (
                is_large
                and first is not None
                and first < at
                and size - first > end - at + 1
            ):
                return first, at, end
    return 0, 0, 0


def _is_proof(line: np.ndarray, parts: np.ndarray) -> bool:
    """Return whether a line is a sum of several, and not nearly one of them."""
    largest = np.abs(parts).sum(axis=1).max()
    is_mixed = largest < (1 - _TOLERANCE) * np.abs(line).sum()
    return is_mixed and len(parts) > 1 and np.count_nonzero(line) > 2


def _backward(line: np.ndarray, prefix: np.ndarray, slack: float) -> int | None:
    """Return the first leaf of the run before a line that the line adds up.

    Zeros make runs ambiguous: prefer the run of all leaves, then the shortest.
    """
    if len(prefix) < 2 or not line.any():
        return None
    fits = _are_close(prefix[-1] - prefix[:-1], line, slack)
    # a run of one is the same line again, which must not be by chance
    last = prefix[-1] - prefix[-2]
    fits[-1] &= (np.count_nonzero(line) > 2) and np.allclose(last, line, 1e-9, 1e-9)
    if not fits.any():
        return None
    return 0 if fits[0] else int(np.flatnonzero(fits)[-1])


def _are_close(sums: np.ndarray, line: np.ndarray, slack: float) -> np.ndarray:
    """Return a mask of the rows of `sums` that equal the line, but for rounding."""
    size = np.abs(line)
    whole = size.sum()
    fits = np.abs(sums.sum(axis=1) - line.sum()) <= _MAX_ROUNDING * whole
    gaps = np.abs(sums[fits] - line)  # cell by cell, where they fit in all
    missed = gaps.sum(axis=1)
    typical = np.median(gaps / np.where(size > 0, size, 1.0), axis=1) <= _TOLERANCE
    is_rounded = (gaps <= slack).all(axis=1) & (missed <= _MAX_ROUNDING * whole)
    fits[fits] = (typical & (missed <= _TOLERANCE * whole)) | is_rounded
    return fits
