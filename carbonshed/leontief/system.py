"""One factorisation of (I - A), used for every demand and every intensity."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property

import numpy as np

from carbonshed.leontief import checks, triangles

# wide enough for BLAS, small enough to show progress: 1,567 columns of 13,146 rows take
# 5.9 s in blocks of 256, 5.2 s in two halves
BLOCK_COLUMNS = 1024
_ROWS_AT_A_TIME = 16
_COLUMNS_OF_A_THREAD = 16  # at least, for reading the factors takes time too


class Leontief:
    """The factorised system I - A.

    Parameters
    ----------
    coefficients : ndarray, shape (n, n), float64, C order
        A, checked for NaN and infinity.
    overwrite : bool
        Factorise in A's own memory: A is lost, 8 n^2 bytes are saved.

    Raises
    ------
    ValueError
        If A is not square and finite, or I - A is singular; names the column.

    Notes
    -----
    LAPACK wants Fortran order, and a C-ordered A is its own transpose there. So
    the factors are those of (I - A)', and the transposed solve gives the output
    while the plain one gives total intensities.

    An industry that neither buys nor sells to others, as an absent one, needs no
    factors: its row of I - A is one of the identity, and so is its column.
    """

    def __init__(self, coefficients: np.ndarray, *, overwrite: bool = False) -> None:
        self.size = checks.square("coefficients", coefficients)
        checks.finite("coefficients", coefficients)
        if not (overwrite and coefficients.flags.c_contiguous):
            coefficients = np.array(coefficients, order="C")
        self._active = _active(coefficients)
        if not len(self._active):
            return
        system = _of_active(coefficients, self._active)
        # SciPy takes a third of a second; years that are found need no solve
        from scipy.linalg import lapack

        self._lapack = lapack
        self._factors, self._pivots, info = lapack.dgetrf(system.T, overwrite_a=True)
        if info > 0:
            column = self._active[info - 1]
            msg = f"I - A is singular: no pivot for column {column}"
            raise ValueError(msg)

    def output(
        self,
        final_demand: np.ndarray,
        *,
        overwrite: bool = False,
        progress: Callable[[int, int], None] | None = None,
    ) -> np.ndarray:
        """Output embodied in final demand: X = (I - A)^-1 Y.

        Parameters
        ----------
        final_demand : ndarray, shape (n,) or (n, k), currency
        overwrite : bool
            Write X over a Fortran-ordered Y.
        progress : callable, optional
            Called with (columns done, columns in all) after each block.

        Returns
        -------
        ndarray, shape of final_demand, currency

        References
        ----------
        Miller and Blair (2009), equation 2.11.
        """
        return self._solve(final_demand, True, overwrite, progress)

    def own_output(
        self, parts: Sequence[np.ndarray], demand: np.ndarray, *, threads: int = 1
    ) -> np.ndarray:
        """Output of parts of the economy behind the demand for each alone: (L z)_K.

        For parts of neighbouring rows, such as regions, a third of the work of solving
        a column for each with `output`.

        Parameters
        ----------
        parts : sequence of ndarray of int
            Rows of each part K, at most one part for a row.
        demand : ndarray, shape (n, q), currency
            z, q right-hand sides. A part whose z is zero needs no work.
        threads : int
            Share columns out among so many threads at most, each of which takes one of
            BLAS: products are too small for more.

        Returns
        -------
        ndarray, shape (n, q), currency
            Zero in rows of no part.
        """
        output = np.zeros_like(demand)
        index = np.full(self.size, -1)
        index[self._active] = np.arange(len(self._active))
        # first row in the triangles, rows of a part, these among the active, and a side
        columns = []
        for part in parts:
            is_active = index[part] >= 0
            absent, own = part[~is_active], part[is_active]
            output[absent] = demand[absent]
            rows = index[own]
            for side in np.flatnonzero(demand[own].any(axis=0)):
                first = min(rows.min(), self._positions[rows].min())
                columns.append((first, own, rows, side))
        columns.sort(key=lambda column: column[0])

        def solve(some: list[tuple]) -> None:
            right = np.zeros((len(self._active), len(some)), order="F")
            for values, (_, own, rows, side) in zip(right.T, some, strict=True):
                values[rows] = demand[own, side]
            firsts = np.array([first for first, *_ in some])
            triangles.solve_transposed(self._factors, right, firsts, products)
            for values, (_, own, rows, side) in zip(right.T, some, strict=True):
                output[own, side] = values[self._positions[rows]]

        if not columns:
            return output
        at_once = min(len(columns), triangles.PRODUCT_COLUMNS)
        threads = min(threads, -(-at_once // _COLUMNS_OF_A_THREAD))
        products = triangles.PRODUCT_COLUMNS // threads
        blocks = threads * -(-len(columns) // BLOCK_COLUMNS)
        with ThreadPoolExecutor(threads) as pool:
            # one in so many, for columns that begin late take less time
            list(pool.map(solve, (columns[k::blocks] for k in range(blocks))))
        return output

    @cached_property
    def _positions(self) -> np.ndarray:
        return triangles.positions(self._pivots)

    def total_intensity(self, intensities: np.ndarray) -> np.ndarray:
        """Total intensities m = f (I - A)^-1, per unit of final demand.

        Parameters
        ----------
        intensities : ndarray, shape (n,) or (n, q), tonnes per currency
            f, a column for each stressor.

        Returns
        -------
        ndarray, shape of intensities, tonnes per currency

        References
        ----------
        Miller and Blair (2009), section 6.2.
        """
        return self._solve(intensities, False, False, None)

    def _solve(
        self,
        right: np.ndarray,
        transposed: bool,
        overwrite: bool,
        progress: Callable[[int, int], None] | None,
    ) -> np.ndarray:
        right = np.asarray(right, dtype=np.float64)
        if right.ndim not in {1, 2} or right.shape[0] != self.size:
            msg = f"expected {self.size} rows, the shape is {right.shape}"
            raise ValueError(msg)
        checks.finite("right-hand side", right)
        if not (overwrite and right.flags.f_contiguous):
            right = np.array(right, order="F")
        columns = right.reshape(self.size, -1, order="F")
        for start, stop in _blocks(columns.shape[1]):
            if len(self._active):
                self._solve_block(columns[:, start:stop], transposed)
            if progress is not None:
                progress(stop, columns.shape[1])
        return right

    def _solve_block(self, block: np.ndarray, transposed: bool) -> None:
        """Solve a block in place; absent industries keep what they have."""
        is_whole = len(self._active) == self.size
        # rows of the transposed block are columns, whole ones in memory
        right = block if is_whole else np.take(block.T, self._active, axis=1).T
        solved, _ = self._lapack.dgetrs(
            self._factors, self._pivots, right, trans=transposed, overwrite_b=True
        )
        if not np.shares_memory(solved, block):
            block.T[:, self._active] = solved.T


def _blocks(columns: int) -> Iterator[tuple[int, int]]:
    """Yield edges of blocks of columns, all of about the same width."""
    blocks = -(-columns // BLOCK_COLUMNS)
    for block in range(blocks):
        yield columns * block // blocks, columns * (block + 1) // blocks


def _active(matrix: np.ndarray) -> np.ndarray:
    """Return the industries whose row or column holds anything."""
    buys_nothing = np.arange(len(matrix))
    for row in matrix:
        if not buys_nothing.size:
            break
        # the first row leaves few columns to look at
        buys_nothing = buys_nothing[row[buys_nothing] == 0]
    absent = [industry for industry in buys_nothing if not matrix[industry].any()]
    return np.delete(np.arange(len(matrix)), absent)


def _of_active(coefficients: np.ndarray, active: np.ndarray) -> np.ndarray:
    """Return I - A of the active industries, in A's own memory; A is lost."""
    side = len(active)
    system = coefficients.reshape(-1)[: side * side].reshape(side, side)
    # no row is overwritten before it is read: each moves forward
    for start in range(0, side, _ROWS_AT_A_TIME):
        rows = active[start : start + _ROWS_AT_A_TIME]
        np.negative(
            coefficients[rows].take(active, axis=1),
            out=system[start : start + len(rows)],
        )
    system.flat[:: side + 1] += 1.0
    return system


def leontief_inverse(coefficients: np.ndarray) -> np.ndarray:
    """Leontief inverse L = (I - A)^-1, for those who want to look at it.

    No result of the warehouse needs it: solving is faster and smaller.

    Parameters
    ----------
    coefficients : ndarray, shape (n, n)

    Returns
    -------
    ndarray, shape (n, n)

    References
    ----------
    Miller and Blair (2009), equation 2.10.
    """
    system = Leontief(coefficients)
    return system.output(np.eye(system.size, order="F"), overwrite=True)
