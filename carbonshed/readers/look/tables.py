"""The tables of a sheet: header rows, label columns, and the numbers between."""

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from carbonshed.readers.look.cells import Cells

_FEWEST = 3  # rows and columns of numbers
_MOST_HEADERS = 6
YEARS = (1950, 2100)  # from the first to before the last


@dataclass(frozen=True)
class Table:
    """A table on a sheet; rows and columns are those of the sheet, from 0.

    Attributes
    ----------
    cells
        The sheet.
    top
        First row above it that belongs to it: titles.
    headers
        Rows of labels above the numbers.
    labels
        Columns of labels left of the numbers.
    rows, columns
        Where numbers are; other rows and columns between them are empty.
    """

    cells: Cells
    top: int
    headers: tuple[int, ...]
    labels: tuple[int, ...]
    rows: tuple[int, ...]
    columns: tuple[int, ...]

    def row_texts(self, row: int) -> tuple[str, ...]:
        """Return the labels of a row, from left to right."""
        return tuple(self.cells.label(row, column) for column in self.labels)

    def column_texts(self, column: int) -> tuple[str, ...]:
        """Return the labels of a column, from the top."""
        return tuple(self.cells.label(row, column) for row in self.headers)

    def of_rows(self, rows: tuple[int, ...]) -> "Table":
        """Return the part of the table with these rows."""
        return replace(self, rows=rows)


def find_tables(cells: Cells) -> list[Table]:
    """Return the tables of a sheet, from the top.

    Notes
    -----
    A table begins with rows of texts, or of numbers 1, 2, 3, and goes on until the
    next such rows. Columns at its left are labels if they hold texts, rising whole
    numbers or years.
    """
    if min(cells.shape) < _FEWEST:
        return []
    is_header, has_numbers = _kinds_of_rows(cells)
    starts, previous = [], False
    for row in range(cells.shape[0]):
        if is_header[row] and not previous:
            starts.append(row)
        if is_header[row] or has_numbers[row]:
            previous = bool(is_header[row])
    tables, top = [], 0
    for start, end in pairwise([*starts, cells.shape[0]]):
        found = _table(cells, (top, start, end), is_header, has_numbers)
        if found is not None:
            tables.append(found)
            top = found.rows[-1] + 1
    return tables


def _kinds_of_rows(cells: Cells) -> tuple[np.ndarray, np.ndarray]:
    """Return which rows are headers, and which hold numbers of a table."""
    filled = cells.filled.sum(axis=1)
    texts = (cells.texts != "").sum(axis=1)
    is_header = (texts >= _FEWEST) & (filled <= 0.2 * texts)
    for row in np.flatnonzero(filled >= _FEWEST):
        is_header[row] |= _is_index(cells.numbers[row], int(cells.marks[row].sum()))
    return is_header, (filled >= 1) & ~is_header


def _is_index(row: np.ndarray, marks: int) -> bool:
    """Return whether the numbers of a row count something: 1, 2, 3."""
    values = row[~np.isnan(row)]
    if len(values) < _FEWEST or marks or (values % 1).any() or values[0] < 0:
        return False
    steps = np.diff(values)
    return bool((steps > 0).all() and np.median(steps) == 1)


def _table(
    cells: Cells,
    span: tuple[int, int, int],
    is_header: np.ndarray,
    has_numbers: np.ndarray,
) -> Table | None:
    top, start, end = span
    body = [row for row in range(start, end) if has_numbers[row]]
    if len(body) < _FEWEST:
        return None
    headers = [
        row
        for row in range(start, body[0])
        if is_header[row] and not _is_same(cells.texts[row])
    ]
    filled = cells.filled[body]
    labels = _label_columns(cells, body)
    first = labels[-1] + 1 if labels else 0
    # a column of a few stray numbers is no column of the table
    counts = filled[:, first:].sum(axis=0)
    with_texts = (cells.texts[body][:, first:] != "").sum(axis=0)
    columns = first + np.flatnonzero((counts >= 2) & (counts > with_texts))
    if len(columns) < _FEWEST:
        return None
    rows = [row for row in body if cells.filled[row][columns].any()]
    if len(rows) < _FEWEST:
        return None
    return Table(
        cells,
        top,
        tuple(headers[-_MOST_HEADERS:]),
        tuple(labels),
        tuple(rows),
        tuple(int(column) for column in columns),
    )


def _is_same(texts: np.ndarray) -> bool:
    """Return whether a row repeats one text, such as a unit, and names nothing."""
    found = texts[texts != ""]
    return len(found) > _FEWEST and len(set(found)) == 1


def _label_columns(cells: Cells, body: list[int]) -> list[int]:
    """Return the columns at the left that hold labels of the rows."""
    labels = []
    for column in range(cells.shape[1]):
        texts = cells.texts[body, column] != ""
        numbers = cells.numbers[body, column]
        is_number = ~np.isnan(numbers)
        if not texts.any() and not is_number.any():
            continue  # an empty column
        is_words = texts.sum() > is_number.sum() and not _is_sparse(texts, is_number)
        if not is_words and not _are_codes(numbers[is_number]):
            break
        labels.append(column)
    return labels


def _is_sparse(texts: np.ndarray, is_number: np.ndarray) -> bool:
    """Return whether a column holds a few remarks beside numbers."""
    return bool(is_number.any() and texts.sum() < 0.1 * len(texts))


def _are_codes(values: np.ndarray) -> bool:
    """Return whether numbers are years, or rise like codes of rows."""
    if len(values) < _FEWEST or (values % 1).any() or (values < 0).any():
        return False
    if ((values >= YEARS[0]) & (values < YEARS[1])).all():
        return True
    return bool((np.diff(values) > 0).mean() > 0.9)
