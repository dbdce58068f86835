"""Where the blocks of a table are, as the map says it: sheets, labels, corners."""

import re
from dataclasses import dataclass, field

Cell = tuple[int, int]


@dataclass(frozen=True)
class Area:
    """The part of a sheet that counts; its cells are counted from 0, ends excluded.

    Attributes
    ----------
    top, bottom, left, right
        Its edges; the last of rows and columns are None where the sheet ends.
    begins, before
        Texts of cells: it begins with the row of the one, and ends before the row of
        the other.
    """

    top: int = 0
    bottom: int | None = None
    left: int = 0
    right: int | None = None
    begins: str | None = None
    before: str | None = None


@dataclass(frozen=True)
class AxisRule:
    """How the labels along one axis are read.

    Attributes
    ----------
    headers
        Rows (or columns) of labels, counted from 0: of regions, then of sectors or
        categories; of one region, the latter alone. None: just beside the corner.
    pattern
        What of a label counts, by the groups ``region``, ``sector``, ``category``.
    leave_out
        Labels of subtotals.
    where
        Only rows whose cells in these columns show these texts.
    labels
        Sheet (None: the same) and area of the labels, if they are elsewhere.
    is_ordered
        There are no labels: all are there, in the order of the map.
    count, until
        How many labels there are, or the last of them, where the map does not list
        every one.
    """

    headers: tuple[int, ...] | None = None
    pattern: re.Pattern | None = None
    leave_out: frozenset[str] = frozenset()
    where: tuple[tuple[int, str], ...] = ()
    labels: tuple[str | None, Area] | None = None
    is_ordered: bool = False
    count: int | None = None
    until: str | None = None


@dataclass(frozen=True)
class Frame:
    """A part of a sheet with its labels: what blocks share."""

    file: str | None = None
    sheet: str | None = None
    area: Area = field(default_factory=Area)
    rows: AxisRule = field(default_factory=AxisRule)
    columns: AxisRule = field(default_factory=AxisRule)


@dataclass(frozen=True)
class Block:
    """Where a matrix is.

    Attributes
    ----------
    key
        Its keys in the map, for messages.
    frame
        Its sheet and labels.
    corner
        Row and column of its first number; None: where its first labels are.
    label
        Text that must be above or left of the corner.
    """

    key: str
    frame: Frame
    corner: Cell | None = None
    label: str | None = None


@dataclass(frozen=True)
class Term:
    """One or several lines of numbers that count together, added up.

    Attributes
    ----------
    key, frame, corner, label
        As those of a `Block`.
    texts
        Header cells of the lines: a text, or the first and the last of several.
    direction
        ``row`` or ``column``, whichever the lines are; None: as the labels say.
    sign
        1 or -1.
    """

    key: str
    frame: Frame
    corner: Cell | None = None
    label: str | None = None
    texts: tuple[tuple[str, str | None], ...] = ()
    direction: str | None = None
    sign: float = 1.0
