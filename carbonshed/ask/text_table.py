"""Answers as text for people: three significant digits, units in the heads."""

import math
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from rich.cells import cell_len

from carbonshed import numbers
from carbonshed.numbers import Scale, choose_scale, for_terminal

MISSING = for_terminal(numbers.MISSING)
_GAP = "  "
_MIN_COLUMN_WIDTH = 12  # narrower columns of text are stacked
_MAX_STACKED_ROWS = 3  # that are better read as blocks than in several tables
_HEAD_LINES = 3  # lines in heads of several tables, with the unit
_MAX_LEADING = 3  # columns that say what a row is about, a rank and a name perhaps
ROWS_OWN = "the row's unit"  # which stands in a column of its own
# units that are not written beside a number: 2.93, not 2.93 ratio
UNSPOKEN = (*numbers.PLAIN_UNITS, ROWS_OWN)


@dataclass(frozen=True)
class Column:
    """A column as it is written."""

    name: str
    unit: str  # unit of what is written; empty without one
    cells: Sequence[str]  # the texts of its rows
    is_number: bool  # True if it is aligned to the right


def laid_out(
    values: Mapping[str, Sequence[Any]],
    units: Mapping[str, str] | None = None,
    currency: str = "",
) -> list[Column]:
    """Return columns as people read them, from what DuckDB answered, by name.

    Units are as in the marts: `t`, `currency per person`, `share` and the like. All
    columns of a unit are written alike: see `numbers.choose_scale`.
    """
    units = units or {}
    of_unit: dict[str, list[float]] = {}
    for name, cells in values.items():
        if _are_numbers(cells):
            of_unit.setdefault(units.get(name, ""), []).extend(cells)
    scales = {
        unit: choose_scale(cells, unit, currency) for unit, cells in of_unit.items()
    }
    columns = []
    for name, cells in values.items():
        is_number = _are_numbers(cells)
        unit = units.get(name, "") if is_number else None
        scale = scales.get(unit, Scale(1.0, ""))
        written = [
            for_terminal(scale.text(_whole(value) if unit == ROWS_OWN else value))
            if _is_number(value)
            else text(value)
            for value in cells
        ]
        columns.append(Column(name, scale.unit, written, is_number))
    return columns


def as_text(columns: Sequence[Column], width: int | None) -> str:
    """Lay columns out as a table, or as several, or stack the fields of each row.

    If the table is too wide, heads break first, as little as possible, then texts.
    Where that is not enough, the columns stand in tables one below the other, each of
    which begins with what a row is about; of few rows, each is a block of lines.
    """
    if width is None or _width(columns) <= width:
        return _table(columns, [_natural(column) for column in columns])
    if _least(columns) <= width:
        return _fitted(columns, width)
    panels = _panels(columns, width)
    if len(columns[0].cells) <= _MAX_STACKED_ROWS or not panels:
        return _stacked(columns, width)
    return "\n\n".join(_fitted(panel, width) for panel in panels)


def _fitted(columns: Sequence[Column], width: int) -> str:
    """Lay columns out that fit with broken heads and texts."""
    deepest = max(_depth(column, _narrow(column)) for column in columns)
    widths = [_narrow(column) for column in columns]
    for depth in range(1, deepest):
        flat = [_narrow(column, depth) for column in columns]
        if _total(flat) <= width:
            widths = flat
            break
    spare = width - _total(widths)
    for position, column in enumerate(columns):
        if not column.is_number:  # its cells break too
            more = min(spare, max(_natural(column) - widths[position], 0))
            widths[position] += more
            spare -= more
    return _table(columns, widths)


def _panels(columns: Sequence[Column], width: int) -> list[list[Column]]:
    """Return the columns of each of several tables; none if one does not fit."""
    texts = [
        position for position, column in enumerate(columns) if not column.is_number
    ]
    first = texts[0] if texts and texts[0] < _MAX_LEADING else 0
    key, others = [*columns[: first + 1]], columns[first + 1 :]
    panels: list[list[Column]] = []
    for column in others:
        if _least([*key, column]) > width:
            return []
        # there is room for heads that are not too deep
        if panels and _least([*panels[-1], column], _HEAD_LINES) <= width:
            panels[-1].append(column)
        else:
            panels.append([*key, column])
    return panels


def text(value: Any) -> str:
    """Write a value in one line; true and false as everywhere."""
    if value is None:
        return MISSING
    if isinstance(value, bool):
        return str(value).lower()
    return " ".join(str(value).split()) if isinstance(value, str) else str(value)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def _are_numbers(values: Sequence[Any]) -> bool:
    present = [value for value in values if value is not None]
    return bool(present) and all(map(_is_number, present))


def _whole(value: float) -> float:
    """Return a number as an integer if it is one: a count among other numbers."""
    return int(value) if math.isfinite(value) and value % 1 == 0 else value


def _width(columns: Sequence[Column]) -> int:
    return _total([_natural(column) for column in columns])


def _least(columns: Sequence[Column], depth: int | None = None) -> int:
    return _total([_narrow(column, depth) for column in columns])


def _total(widths: Sequence[int]) -> int:
    return sum(widths) + len(_GAP) * (len(widths) - 1)


def _natural(column: Column) -> int:
    return max(map(cell_len, (column.name, column.unit, *column.cells)))


def _narrow(column: Column, depth: int | None = None) -> int:
    """Return the least that a column needs: names break at `_`, texts at blanks.

    With a depth, so that its head has no more lines than that, if it can.
    """
    words = [*_pieces(column.name), *column.unit.split()]
    least = max(map(cell_len, words), default=0)
    if column.is_number:
        least = max(least, *map(cell_len, column.cells))
    else:
        cells = max(map(cell_len, column.cells), default=0)
        longest = max(
            (cell_len(word) for cell in column.cells for word in cell.split()),
            default=0,
        )
        least = max(least, min(cells, max(longest, _MIN_COLUMN_WIDTH)))
    most = _natural(column)
    while depth is not None and least < most and _depth(column, least) > depth:
        least += 1
    return least


def _depth(column: Column, width: int) -> int:
    """Return the number of lines in the head of a column."""
    return len(_head(column, width))


def _head(column: Column, width: int) -> list[str]:
    return [*_wrapped(_pieces(column.name), "", width), *_lines(column.unit, width)]


def _pieces(name: str) -> list[str]:
    *first, last = name.split("_")
    return [*(f"{word}_" for word in first), last]


def _table(columns: Sequence[Column], widths: Sequence[int]) -> str:
    heads = [
        _head(column, width) for column, width in zip(columns, widths, strict=True)
    ]
    deepest = max(map(len, heads))
    lines = [
        _row(columns, widths, [head[row] if row < len(head) else "" for head in heads])
        for row in range(deepest)
    ]
    lines.append(_GAP.join("-" * width for width in widths))
    for cells in zip(*(column.cells for column in columns), strict=True):
        parts = [
            _lines(cell, width) or [""]
            for cell, width in zip(cells, widths, strict=True)
        ]
        for row in range(max(map(len, parts))):
            words = [part[row] if row < len(part) else "" for part in parts]
            lines.append(_row(columns, widths, words))
    return "\n".join(lines)


def _row(columns: Sequence[Column], widths: Sequence[int], words: Sequence[str]) -> str:
    padded = []
    for column, width, word in zip(columns, widths, words, strict=True):
        blanks = " " * (width - cell_len(word))
        padded.append(f"{blanks}{word}" if column.is_number else f"{word}{blanks}")
    return _GAP.join(padded).rstrip()


def _lines(words: str, width: int) -> list[str]:
    if cell_len(words) <= width:
        return [words] if words else []
    return _wrapped(words.split(), " ", width)


def _wrapped(pieces: Iterable[str], glue: str, width: int) -> list[str]:
    lines: list[str] = []
    for piece in pieces:
        if lines and cell_len(lines[-1] + glue + piece) <= width:
            lines[-1] += glue + piece
        else:
            lines.append(piece)
    return lines


def _stacked(columns: Sequence[Column], width: int) -> str:
    """Write each row as a block of lines: name, value, unit."""
    name_width = max(cell_len(column.name) for column in columns)
    hanging = " " * (name_width + len(_GAP))
    rows = len(columns[0].cells)
    blocks = []
    for row in range(rows):
        lines = []
        for column in columns:
            value = column.cells[row]
            is_plain = value == MISSING or column.unit in UNSPOKEN
            unit = "" if is_plain or not column.unit else f" {column.unit}"
            name = column.name + " " * (name_width - cell_len(column.name))
            lines += textwrap.wrap(
                f"{value}{unit}",
                max(width, len(hanging) + _MIN_COLUMN_WIDTH),
                initial_indent=f"{name}{_GAP}",
                subsequent_indent=hanging,
                break_long_words=False,
                break_on_hyphens=False,
            ) or [name]
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks)


def stressor_unit(unit: str, of_stressor: str) -> str:
    """Return a unit for a stressor that is no mass: money or persons instead of `t`."""
    base, per, counted = unit.partition(" per ")
    if base != "t" or of_stressor == "t":
        return unit
    return f"{of_stressor}{per}{counted}"
