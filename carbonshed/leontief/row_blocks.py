"""A coefficient matrix as blocks of rows: in memory, or coming from elsewhere.

A matrix that does not fit into memory can still be read once more. So everything in
this room but the factorisation asks for no more than that.
"""

from collections.abc import Callable, Iterator
from typing import Any, Protocol

import numpy as np

from carbonshed.leontief import checks

ROWS_AT_A_TIME = 512
_CHUNK_ROWS = 16


class RowBlocks(Protocol):
    """A square matrix that can be read from the top, again and again.

    Attributes
    ----------
    size : int
        n, its side.
    """

    size: int

    def __iter__(self) -> Iterator[tuple[slice, np.ndarray]]:
        """Yield rows and their values, shape (b, n), valid until the next ones."""
        ...


class ArrayBlocks:
    """A matrix in memory as blocks of rows; nothing is copied.

    Parameters
    ----------
    matrix : ndarray, shape (n, n), float64
    rows : int
        Rows of a block; the last one may have fewer.
    """

    def __init__(self, matrix: np.ndarray, rows: int = ROWS_AT_A_TIME) -> None:
        self.size = checks.square("coefficients", matrix)
        self._matrix = matrix
        self._rows = max(rows, 1)

    def __iter__(self) -> Iterator[tuple[slice, np.ndarray]]:
        """Yield rows and their values."""
        for start in range(0, self.size, self._rows):
            rows = slice(start, min(start + self._rows, self.size))
            yield rows, self._matrix[rows]


def iter_row_chunks(
    rows: slice, values: np.ndarray
) -> Iterator[tuple[slice, np.ndarray]]:
    """Yield a few rows of a block and their values, for work that copies them."""
    for start in range(0, len(values), _CHUNK_ROWS):
        few = values[start : start + _CHUNK_ROWS]
        yield slice(rows.start + start, rows.start + start + len(few)), few


def row_blocks(matrix: np.ndarray | RowBlocks) -> RowBlocks:
    """Return a matrix as blocks of rows, whichever it is."""
    return ArrayBlocks(matrix) if isinstance(matrix, np.ndarray) else matrix


def map_blocks(
    matrix: np.ndarray | RowBlocks, function: Callable[..., Any], *arrays: np.ndarray
) -> Iterator[tuple[slice, Any]]:
    """Yield rows and ``function(rows, values, *arrays)`` of every block, in order.

    Blocks that lie on other machines have a method `map` of their own, which computes
    where they are: the function is then sent there, so it is one of a module.
    """
    blocks = row_blocks(matrix)
    if hasattr(blocks, "map"):
        yield from blocks.map(function, *arrays)
        return
    for rows, values in blocks:
        yield rows, function(rows, values, *arrays)


def product(matrix: np.ndarray | RowBlocks, right: np.ndarray) -> np.ndarray:
    """Return A R for R of shape (n,) or (n, k)."""
    if isinstance(matrix, np.ndarray):
        return (right.T @ matrix.T).T  # BLAS takes twice as long from the other side
    result = np.empty_like(right)
    for rows, values in map_blocks(matrix, _product, right):
        result[rows] = values
    return result


def transposed_product(matrix: np.ndarray | RowBlocks, right: np.ndarray) -> np.ndarray:
    """Return A' R for R of shape (n,) or (n, k)."""
    if isinstance(matrix, np.ndarray):
        return (right.T @ matrix).T
    result = np.zeros_like(right)
    for _, values in map_blocks(matrix, _transposed_product, right):
        result += values
    return result


def _product(rows: slice, values: np.ndarray, right: np.ndarray) -> np.ndarray:
    return values @ right


def _transposed_product(
    rows: slice, values: np.ndarray, right: np.ndarray
) -> np.ndarray:
    return values.T @ right[rows]
