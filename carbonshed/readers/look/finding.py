"""A table with its kind, its sectors and its lines."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from carbonshed.readers.look.detect import Table
from carbonshed.readers.look.match import Match, Stack
from carbonshed.readers.vocabulary import Role

_SEPARATORS = "_-.:|/ "
_CODE_LENGTHS = (3, 2, 4)  # letters of a code of a country or province
_MIN_PARTS = 2


@dataclass(frozen=True)
class JoinedLabels:
    """The regions and sectors in labels such as ``FIN_A01``, in their order."""

    pattern: str  # a map's, with the groups ``region`` and ``sector``
    regions: tuple[str, ...]
    sectors: tuple[str, ...]


def split_labels(labels: Sequence[str]) -> JoinedLabels | None:
    """Return regions and sectors of labels, if every region has every sector once."""
    patterns = [
        rf"^(?P<region>[^{re.escape(sign)}]+){re.escape(sign)}(?P<sector>.+)$"
        for sign in _SEPARATORS
        if all(sign in label for label in labels)
    ]
    patterns += [
        rf"^(?P<region>[^\W\d_]{{{width}}})(?P<sector>.+)$" for width in _CODE_LENGTHS
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
        if is_full and min(len(regions), len(sectors)) >= _MIN_PARTS:
            return JoinedLabels(pattern, regions, sectors)
    return None


# kinds of table
SYMMETRIC, USE, SUPPLY = "symmetric", "use", "supply"
IMPORTED, COEFFICIENTS, UNKNOWN_KIND = "imports", "coefficients", "unknown"
# origin of the flows
DOMESTIC, TOTAL_FLOWS, IMPORTED_FLOWS, UNKNOWN_ORIGIN = (
    *("domestic", "total", "imported"),
    "not known",
)


@dataclass(frozen=True)
class Line:
    """A row or column of the sheet that is not one of sectors."""

    position: int
    texts: tuple[str, ...]  # its labels
    role: Role
    parts: tuple[int, ...] = ()  # rows or columns that it adds up; empty for no sum
    is_beyond: bool = False  # after the grand total
    is_zero: bool = False  # without any number but zero

    @property
    def is_leaf(self) -> bool:
        """True for a line that is no sum and is before the grand total."""
        return not self.parts and not self.is_beyond


@dataclass(frozen=True)
class Balance:
    """A comparison of two sides of a table, summed over sectors."""

    text: str  # the two sides
    gap: float  # sum of absolute differences / sum of the second side


@dataclass
class Finding:
    """A table and its interpretation."""

    table: Table  # that of the last year, if years are stacked
    title: str = ""  # the text above it
    stack: Stack = field(default_factory=Stack)
    match: Match | None = None  # None if fewer than three labels agree
    # rows and columns of the sectors, pair by pair
    rows: tuple[int, ...] = ()
    columns: tuple[int, ...] = ()
    # lines among the sectors without a partner, and those that are subtotals
    extra_rows: tuple[int, ...] = ()
    extra_columns: tuple[int, ...] = ()
    inner_sums: tuple[tuple[int, ...], tuple[int, ...]] = ((), ())
    # lines below and right of the sectors
    row_lines: tuple[Line, ...] = ()
    column_lines: tuple[Line, ...] = ()
    imported_rows: tuple[int, ...] = ()  # rows of the same sectors, if they are stacked
    main_kind: str | None = None  # of the rows of domestic products, in `stack`
    kind: str = UNKNOWN_KIND
    origin: str = UNKNOWN_ORIGIN
    balances: list[Balance] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)

    @cached_property
    def joined_labels(self) -> JoinedLabels | None:
        """The regions and sectors in labels of one level, None if not joined."""
        match = self.match
        if match is None or match.outer is not None or match.is_renamed:
            return None
        cells = self.table.cells
        return split_labels([cells.label(row, match.label) for row in self.rows])

    def lines(self, role: str, *, columns: bool) -> list[Line]:
        """Return the lines of a role that count by themselves and are not zero."""
        among = self.column_lines if columns else self.row_lines
        return [
            line
            for line in among
            if line.role.name == role and line.is_leaf and not line.is_zero
        ]
