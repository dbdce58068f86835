"""Solutions by the triangles of a factorisation, from a row of their own on.

A column of final demand that begins at a row needs nothing of the triangles before it,
if nothing of the output before that row is asked for. LAPACK solves whole columns only.
NumPy's products take the rest of a triangle where it is; SciPy's would copy it, and
threads of two libraries of BLAS wait for each other.
"""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

# 313 columns of 13,146 rows take 0.55 s, whole columns by LAPACK 1.05: with larger
# blocks the diagonal takes longer, with smaller ones products do
_BLOCK_ROWS = 256
PRODUCT_COLUMNS = 256  # multiplied at a time: their products need memory too


def positions(pivots: np.ndarray) -> np.ndarray:
    """Return the row of the triangles that has each row of a solution.

    Parameters
    ----------
    pivots : ndarray of int, shape (n,)
        The row that each row was exchanged with, one after the other, as of LAPACK.
    """
    order = np.arange(len(pivots))
    for row, other in enumerate(pivots):
        order[[row, other]] = order[[other, row]]
    return np.argsort(order)


def solve_transposed(
    factors: np.ndarray,
    columns: np.ndarray,
    firsts: np.ndarray,
    at_a_time: int,
) -> None:
    """Solve (L U)' x = y in place, for each y from its first row on.

    Parameters
    ----------
    factors : ndarray, shape (n, n), Fortran order
        U, and below its diagonal L, whose own diagonal is of ones.
    columns : ndarray, shape (n, k), Fortran order
        Right-hand sides, zero before their first rows. Rows of the solution before
        these are not what solves the system.
    firsts : ndarray of int, shape (k,)
        The first row of each, in rising order; there is one at least.
    at_a_time : int
        Columns that are multiplied at a time.
    """
    size = len(columns)
    rows = columns.T  # which NumPy multiplies without a copy
    edges = [*range(firsts[0], size, _BLOCK_ROWS), size]
    blocks = [
        (slice(begin, end), slice(end, size), rows[: np.searchsorted(firsts, end)])
        for begin, end in pairwise(edges)
    ]
    products = np.empty((min(len(rows), at_a_time), size))
    for own, after, begun in blocks:  # U', forwards
        _solve_triangle(
            np.tril(factors[own, own].T)[::-1, ::-1], begun[:, own][:, ::-1]
        )
        for some in _slices(begun, at_a_time):
            product = products[: len(some), after]
            np.matmul(some[:, own], factors[own, after], out=product)
            some[:, after] -= product
    for own, after, begun in reversed(blocks):  # L', backwards
        for some in _slices(begun, at_a_time):
            product = products[: len(some), own]
            np.matmul(some[:, after], factors[after, own], out=product)
            some[:, own] -= product
        triangle = np.triu(factors[own, own].T, 1)
        np.fill_diagonal(triangle, 1.0)
        _solve_triangle(triangle, begun[:, own])


def _solve_triangle(triangle: np.ndarray, rows: np.ndarray) -> None:
    """Solve by an upper triangle, in place, for each of some rows.

    NumPy exchanges rows of what it solves, and finds none to exchange in an upper
    triangle; in a lower one that would cost digits where outputs differ in size.
    """
    rows[:] = np.linalg.solve(triangle, rows.T).T


def _slices(rows: np.ndarray, at_a_time: int) -> Iterator[np.ndarray]:
    """Yield views of some rows after the other."""
    for start in range(0, len(rows), at_a_time):
        yield rows[start : start + at_a_time]
