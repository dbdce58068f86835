"""Tables whose lines stand on several sheets: those beside or below put in place."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from carbonshed.readers.look.detect import Part, Table
from carbonshed.readers.look.match import MIN_ROWS, plain
from carbonshed.readers.vocabulary import is_total

_MIN_COMMON = 0.8  # share of the rows, or columns, that a part has too
_EMPTY = {"numbers": np.nan, "texts": "", "marks": False}


@dataclass(frozen=True)
class CommonLines:
    """Rows or columns that two tables have in common, by the labels of one level."""

    levels: tuple[int, int]  # the column, or row, of the labels in each table
    pairs: tuple[tuple[int, int], ...] = ()  # positions in each table

    def of_table(self, k: int) -> tuple[int, ...]:
        """Return the positions in the first or the second table."""
        return tuple(pair[k] for pair in self.pairs)


def in_common(one: Table, other: Table, *, is_row: bool) -> CommonLines:
    """Return the rows or columns of two tables with equal labels, by the best level."""
    levels = [table.labels if is_row else table.headers for table in (one, other)]
    best = CommonLines((0, 0))
    for own, others in product(*levels):
        offered = _by_label(one, own, is_row=is_row)
        pairs = tuple(
            (offered[label], position)
            for label, position in _by_label(other, others, is_row=is_row).items()
            if label in offered and not is_total(label)
        )
        if len(pairs) > len(best.pairs):
            best = CommonLines((own, others), pairs)
    return best


def _by_label(table: Table, level: int, *, is_row: bool) -> dict[str, int]:
    """Return the positions of labels that occur once."""
    texts = table.down(level) if is_row else table.across(level)
    labels, positions = map(plain, texts), table.rows if is_row else table.columns
    by_label: dict[str, list[int]] = {}
    for label, position in zip(labels, positions, strict=True):
        by_label.setdefault(label, []).append(position)
    return {label: at[0] for label, at in by_label.items() if label and len(at) == 1}


def is_part_of(part: Table, table: Table, *, is_beside: bool) -> bool:
    """Return whether a table has the rows of another, or its columns, and not both."""
    common, others = (
        len(in_common(table, part, is_row=is_row).pairs)
        for is_row in (is_beside, not is_beside)
    )
    lines = table.rows if is_beside else table.columns
    return others < MIN_ROWS and common >= _MIN_COMMON * len(lines)


def put_together(
    table: Table, beside: Sequence[Table] = (), below: Sequence[Table] = ()
) -> Table:
    """Return a table with others at its right, and below it.

    Their lines stand behind its own, in the rows or columns of the same labels.
    """
    for part in beside:
        table = _with_part(table, part, is_beside=True)
    for part in below:
        table = _with_part(table, part, is_beside=False)
    return table


def _with_part(table: Table, part: Table, *, is_beside: bool) -> Table:
    common = in_common(table, part, is_row=is_beside)
    lines, heads, own_heads = (
        (part.columns, part.headers, table.headers)
        if is_beside
        else (part.rows, part.labels, table.labels)
    )
    first = table.cells.shape[is_beside]
    at = np.arange(first, first + len(lines))
    margin = ((0, 0), (0, len(lines)))
    whole = {}
    for name, empty in _EMPTY.items():
        values, source = (
            cells if is_beside else cells.T
            for cells in (getattr(table.cells, name), getattr(part.cells, name))
        )
        values = np.pad(values, margin, constant_values=empty)
        values[np.ix_(common.of_table(0), at)] = source[
            np.ix_(common.of_table(1), lines)
        ]
        if name == "texts":  # labels, from those next to the numbers
            for own, head in zip(reversed(own_heads), reversed(heads), strict=False):
                values[own, at] = part.across(head) if is_beside else part.down(head)
        whole[name] = values if is_beside else values.T
    return replace(
        table,
        cells=replace(table.cells, **whole),
        **{
            "columns" if is_beside else "rows": (
                *(table.columns if is_beside else table.rows),
                *map(int, at),
            )
        },
        parts=(*table.parts, Part(part, is_beside, first, common.levels[1])),
    )
