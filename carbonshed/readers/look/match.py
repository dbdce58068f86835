"""Which rows and which columns of a table have the same labels."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from carbonshed.readers.look.detect import YEARS, Table

_FEWEST = 3
_MOST_KINDS = 6
_PREFIX = re.compile(r"^[a-z]{1,4}_(?=.)")
_LETTERS = re.compile(r"^[a-z]+_?(?=\d)")


Way = Callable[[str], str]


@dataclass(frozen=True)
class Match:
    """The square inside a table: rows and columns with equal labels.

    Attributes
    ----------
    label, header
        Column and row of the sheet with these labels; with two levels (regions above
        sectors) those of the inner level.
    outer
        Column and row of the regions; None with one level.
    rows, columns
        Rows and columns of the sheet with a partner, pair by pair, in the order of the
        rows.
    way
        How labels are compared: as they are, or without prefixes and zeros.
    """

    label: int
    header: int
    outer: tuple[int, int] | None
    rows: tuple[int, ...]
    columns: tuple[int, ...]
    way: Way

    @property
    def is_renamed(self) -> bool:
        """Whether labels agree only without prefixes, signs or zeros."""
        return self.way is not plain


@dataclass(frozen=True)
class Stack:
    """Tables on top of each other, told apart by columns of labels.

    Attributes
    ----------
    year
        The column of years, if there is one, and the years.
    kind
        The column that tells the kinds of rows, if there is one, and the kinds.
    """

    year: tuple[int, tuple[int, ...]] | None = None
    kind: tuple[int, tuple[str, ...]] | None = None


def find_stack(table: Table) -> Stack:
    """Return how tables of years or kinds are stacked in one."""
    year = None
    for column in table.labels:
        values = table.cells.numbers[list(table.rows), column]
        if np.isnan(values).any():
            continue
        is_year = (values >= YEARS[0]) & (values < YEARS[1]) & (values % 1 == 0)
        years = np.unique(values).astype(int)
        if is_year.all() and len(values) >= _FEWEST * len(years):
            year = (column, tuple(years.tolist()))
            break
    of_year = rows_of_year(table, year)
    kind = None
    for column in table.labels:
        texts = [table.cells.texts[row, column] for row in of_year.rows]
        kinds = tuple(dict.fromkeys(texts))
        is_key = 2 <= len(kinds) <= _MOST_KINDS and all(kinds)
        if is_key and len(texts) > 2 * len(kinds) and _repeats(of_year, column):
            kind = (column, kinds)
    return Stack(year, kind)


def rows_of_year(table: Table, year: tuple[int, tuple[int, ...]] | None) -> Table:
    """Return the part of a table of its last year."""
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
    others = [each for each in table.labels if each != column]
    if not others:
        return False
    most = max(
        others, key=lambda each: len({table.cells.label(r, each) for r in table.rows})
    )
    by_kind: dict[str, set[str]] = {}
    for row in table.rows:
        kind = table.cells.texts[row, column]
        by_kind.setdefault(kind, set()).add(table.cells.label(row, most))
    sets = sorted(by_kind.values(), key=len)
    return len(sets) > 1 and len(sets[-1] & sets[-2]) >= 0.8 * len(sets[-2]) > 1


def find_match(table: Table) -> Match | None:
    """Return the largest square of equal labels, None if fewer than three agree."""
    best: Match | None = None
    ways: tuple[Way, ...] = (plain, stripped, bare)
    for way in ways:
        for label in table.labels:
            down = [way(table.cells.label(row, label)) for row in table.rows]
            for header in table.headers:
                across = [way(table.cells.label(header, c)) for c in table.columns]
                pairs = _pairs(down, across)
                if len(pairs) > max(_FEWEST - 1, len(best.rows) if best else 0):
                    best = _match(table, label, header, pairs, way)
    two = _two_levels(table)
    if two is not None and (best is None or len(two.rows) > len(best.rows)):
        best = two
    return best


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


def same_again(table: Table, match: Match) -> tuple[int, ...]:
    """Return rows with the labels of the matched rows once more, if all are there."""
    key = match.way
    wanted = [key(table.cells.label(row, match.label)) for row in match.rows]
    taken = set(match.rows)
    again = {
        key(table.cells.label(row, match.label)): row
        for row in table.rows
        if row not in taken and row > max(match.rows)
    }
    if match.outer is not None or not set(wanted) <= again.keys():
        return ()
    return tuple(again[label] for label in wanted)


def _pairs(down: Sequence[str], across: Sequence[str]) -> list[tuple[int, int]]:
    """Return positions of labels that stand once on either axis."""
    places = {text: k for k, text in enumerate(across)}
    is_twice = {text for k, text in enumerate(across) if places[text] != k} | {""}
    seen: dict[str, int] = {}
    for row, text in enumerate(down):
        if text in places and text not in is_twice:
            seen.setdefault(text, row)
    return [(row, places[text]) for text, row in seen.items()]


def _match(
    table: Table,
    label: int,
    header: int,
    pairs: list[tuple[int, int]],
    way: Way,
    outer: tuple[int, int] | None = None,
) -> Match:
    return Match(
        label,
        header,
        outer,
        tuple(table.rows[row] for row, _ in pairs),
        tuple(table.columns[column] for _, column in pairs),
        way,
    )


def _two_levels(table: Table) -> Match | None:
    """Return a match of pairs of labels: regions, filled on, and sectors."""
    if len(table.labels) < 2 or len(table.headers) < 2:
        return None
    best: Match | None = None
    for outer_label, label in _neighbours(table.labels):
        outer = filled([table.cells.label(r, outer_label) for r in table.rows])
        down = [
            f"{plain(a)}\0{plain(table.cells.label(r, label))}"
            for a, r in zip(outer, table.rows, strict=True)
        ]
        for outer_header, header in _neighbours(table.headers):
            outer = filled([table.cells.label(outer_header, c) for c in table.columns])
            across = [
                f"{plain(a)}\0{plain(table.cells.label(header, c))}"
                for a, c in zip(outer, table.columns, strict=True)
            ]
            pairs = _pairs(down, across)
            if len(pairs) > max(_FEWEST, len(best.rows) if best else 0):
                places = (outer_label, outer_header)
                best = _match(table, label, header, pairs, plain, places)
    return best


def _neighbours(lines: Sequence[int]) -> list[tuple[int, int]]:
    return [(a, b) for a in lines for b in lines if a != b]


def filled(texts: list[str]) -> list[str]:
    """Return labels with those of merged cells filled on."""
    found, last = [], ""
    for text in texts:
        last = text or last
        found.append(last)
    return found


_FARTHEST = 40  # lines after a total that comes before its parts
_MOST_SAMPLES = 64
_MOST_LINES = 4000  # of more, the last are tried
_GAP = 1e-3  # relative: sums of rounded numbers


@dataclass(frozen=True)
class Sums:
    """Sums among the lines of a table, in order.

    Attributes
    ----------
    parts
        For each line, the positions of the lines it adds up; empty for a line that is
        no sum.
    grand
        Lines that add up every line before them that is no sum.
    """

    parts: list[tuple[int, ...]]
    grand: list[int]

    def is_sum(self, line: int) -> bool:
        """Return whether a line adds up others."""
        return bool(self.parts[line])


def find_sums(lines: np.ndarray) -> Sums:
    """Find lines that are sums of a run of earlier lines, or of the lines after them.

    Parameters
    ----------
    lines : ndarray, shape (n, q)
        Numbers of n lines at q places; no NaN.

    Notes
    -----
    Sums of sums are recognised by what they add up in the end: a run of lines that are
    no sums. A line equal to the one before it is a sum of one.
    """
    n = len(lines)
    lines = _sampled(lines)
    parts: list[tuple[int, ...]] = [() for _ in range(n)]
    grand: list[int] = []
    leaves: list[int] = []
    prefix = np.zeros((n + 1, lines.shape[1]))
    for i in range(n):
        if i >= n - _MOST_LINES:
            found = _backward(lines[i], prefix[: len(leaves) + 1])
            if found is not None:
                parts[i] = tuple(leaves[found:])
                if found == 0 and len(leaves) > 1:
                    grand.append(i)
                continue
            count = _forward(lines[i], lines[i + 1 : i + 1 + _FARTHEST])
            if count:
                parts[i] = tuple(range(i + 1, i + 1 + count))
                continue
        leaves.append(i)
        prefix[len(leaves)] = prefix[len(leaves) - 1] + lines[i]
    return Sums(parts, grand)


def _sampled(lines: np.ndarray) -> np.ndarray:
    places = np.flatnonzero(np.abs(lines).sum(axis=0))
    if len(places) > _MOST_SAMPLES:
        chosen = np.linspace(0, len(places) - 1, _MOST_SAMPLES).astype(int)
        places = places[chosen]
    return lines[:, places]


def _backward(line: np.ndarray, prefix: np.ndarray) -> int | None:
    """Return the first leaf of a run up to here that a line adds up.

    Zeros before a run would lengthen it: all leaves, or else the shortest.
    """
    if len(prefix) < 2 or not line.any():
        return None
    fits = _are_close(prefix[-1] - prefix[:-1], line)
    # a run of one is the same line again: exactly, and not by chance
    last = prefix[-1] - prefix[-2]
    fits[-1] &= (np.count_nonzero(line) > 2) and np.allclose(last, line, 1e-9, 1e-9)
    if not fits.any():
        return None
    return 0 if fits[0] else int(np.flatnonzero(fits)[-1])


def _forward(line: np.ndarray, following: np.ndarray) -> int:
    """Return how many of the lines after it a line adds up; 0 if none."""
    if len(following) < 2 or np.count_nonzero(line) < 3:
        return 0
    sums = np.cumsum(following, axis=0)
    fits = _are_close(sums, line)
    fits[0] = False
    # a sum that one line makes nearly alone says nothing
    size = np.abs(line).sum()
    fits &= np.abs(following).sum(axis=1)[0] < (1 - _GAP) * size
    return int(np.argmax(fits)) + 1 if fits.any() else 0


def _are_close(sums: np.ndarray, line: np.ndarray) -> np.ndarray:
    """Return which rows of `sums` are the line, but for rounding."""
    gaps = np.abs(sums - line)
    size = np.abs(line)
    whole = gaps.sum(axis=1) <= _GAP * size.sum()
    each = np.median(gaps / np.where(size > 0, size, 1.0), axis=1) <= _GAP
    return whole & each
