"""What was found in a table."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from carbonshed.readers.look.detect import Table
from carbonshed.readers.look.match import Match, Stack
from carbonshed.readers.vocabulary import Role

_SIGNS = "_-.:|/ "
_WIDTHS = (3, 2, 4)  # letters of a code of a country or province
_FEWEST = 2


@dataclass(frozen=True)
class Fused:
    """How labels come apart.

    Attributes
    ----------
    pattern
        With the groups ``region`` and ``sector``, as a map has it.
    regions, sectors
        In the order of the labels.
    """

    pattern: str
    regions: tuple[str, ...]
    sectors: tuple[str, ...]


def come_apart(labels: Sequence[str]) -> Fused | None:
    """Return regions and sectors of labels, if every region has every sector once.

    Parameters
    ----------
    labels
        Of the rows (or columns) of sectors.
    """
    patterns = [
        rf"^(?P<region>[^{re.escape(sign)}]+){re.escape(sign)}(?P<sector>.+)$"
        for sign in _SIGNS
        if all(sign in label for label in labels)
    ]
    patterns += [
        rf"^(?P<region>[^\W\d_]{{{width}}})(?P<sector>.+)$" for width in _WIDTHS
    ]
    for pattern in patterns:
        matches = [re.match(pattern, label) for label in labels]
        if not all(matches):
            continue
        pairs = [(match["region"], match["sector"]) for match in matches if match]
        regions, sectors = (
            tuple(dict.fromkeys(part)) for part in zip(*pairs, strict=True)
        )
        has_names = all(re.search(r"[^\W\d_]", region) for region in regions)
        is_full = has_names and len(set(pairs)) == len(labels) == len(regions) * len(
            sectors
        )
        if is_full and min(len(regions), len(sectors)) >= _FEWEST:
            return Fused(pattern, regions, sectors)
    return None


# kinds of table
SYMMETRIC, USE, SUPPLY = "symmetric", "use", "supply"
IMPORTED, COEFFICIENTS, UNKNOWN_KIND = "imports", "coefficients", "unknown"
# what the cells hold
DOMESTIC, TOTAL_FLOWS, IMPORTED_FLOWS, NOT_KNOWN = (
    *("domestic", "total", "imported"),
    "not known",
)


@dataclass(frozen=True)
class Line:
    """A row or column beside the square of sectors.

    Attributes
    ----------
    position
        Row or column of the sheet, from 0.
    texts
        Its labels.
    role
        What it seems to hold.
    parts
        Rows or columns that it adds up; empty if it is no sum.
    is_beyond
        Behind the last sum of all that is before it.
    is_zero
        Holds zeros only.
    """

    position: int
    texts: tuple[str, ...]
    role: Role
    parts: tuple[int, ...] = ()
    is_beyond: bool = False
    is_zero: bool = False

    @property
    def is_leaf(self) -> bool:
        """Whether it counts by itself: no sum, and before the last total."""
        return not self.parts and not self.is_beyond


@dataclass(frozen=True)
class Balance:
    """How two sides of a table compare, summed over sectors.

    Attributes
    ----------
    what
        The comparison, as a sentence.
    gap
        Sum of absolute differences over the sum of the second side.
    """

    what: str
    gap: float


@dataclass
class Finding:
    """A table and what it seems to be.

    Attributes
    ----------
    table
        Its place; of the last year, if years are stacked.
    title
        The text above it.
    stack
        How years and kinds are stacked.
    match
        The labels that rows and columns share; None if fewer than three.
    rows, columns
        Rows and columns of the sectors, pair by pair.
    extra_rows, extra_columns
        Lines among the sectors that have no partner and are no sums.
    inner_sums
        Rows and columns among the sectors that are sums: subtotals.
    row_lines, column_lines
        What is below and right of the sectors.
    imported_rows
        Rows of imported products of the same sectors, where they are stacked.
    kind, origin
        What it is and what its cells hold.
    balances
        What was compared.
    doubts
        What cannot be told, or looks odd.
    """

    table: Table
    title: str = ""
    stack: Stack = field(default_factory=Stack)
    match: Match | None = None
    rows: tuple[int, ...] = ()
    columns: tuple[int, ...] = ()
    extra_rows: tuple[int, ...] = ()
    extra_columns: tuple[int, ...] = ()
    inner_sums: tuple[tuple[int, ...], tuple[int, ...]] = ((), ())
    row_lines: tuple[Line, ...] = ()
    column_lines: tuple[Line, ...] = ()
    imported_rows: tuple[int, ...] = ()
    main_kind: str | None = None
    kind: str = UNKNOWN_KIND
    origin: str = NOT_KNOWN
    balances: list[Balance] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)

    @cached_property
    def fused(self) -> Fused | None:
        """How labels of one level come apart into region and sector, if they do."""
        match = self.match
        if match is None or match.outer is not None or match.is_renamed:
            return None
        cells = self.table.cells
        return come_apart([cells.label(row, match.label) for row in self.rows])

    def lines(self, role: str, *, columns: bool) -> list[Line]:
        """Return the lines of a role that count by themselves and are not zero."""
        among = self.column_lines if columns else self.row_lines
        return [
            line
            for line in among
            if line.role.name == role and line.is_leaf and not line.is_zero
        ]
