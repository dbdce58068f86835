"""The Leontief system without a factorisation: block Gauss-Seidel.

For a matrix that does not fit into memory. A sweep reads it once, block of rows by
block of rows, and solves each block's own part exactly with the newest values of all
others. Most of what a region needs comes from itself and its neighbours in the list,
so fifteen sweeps do where the power series I + A + A^2 + ... takes sixty terms.

References
----------
Varga, R. S. (2000), Matrix Iterative Analysis, 2nd edition, Springer, chapter 3: it
converges wherever the spectral radius of |A| is below 1; where no cell is negative,
never slower than the power series.
"""

from collections.abc import Callable

import numpy as np

from carbonshed.leontief import checks
from carbonshed.leontief.row_blocks import RowBlocks

TOLERANCE = 1e-11
MAX_STALLED_SWEEPS = 25  # sweeps without any progress

SweepProgress = Callable[[int, float], None]


class IterationError(ValueError):
    """The sweeps do not come closer to a solution.

    Attributes
    ----------
    sweeps : int
    residual : float
        The smallest that was reached, relative to the column of demand.
    """

    def __init__(self, sweeps: int, residual: float) -> None:
        self.sweeps = sweeps
        self.residual = residual
        super().__init__(
            f"the iteration does not converge: after {sweeps} sweeps the relative"
            f" residual is {residual:.3g} at best. That can be where cells of A are"
            " negative or its spectral radius is close to 1; a direct solve does not"
            " mind"
        )


def iterate_output(
    matrix: RowBlocks,
    final_demand: np.ndarray,
    *,
    tolerance: float = TOLERANCE,
    progress: SweepProgress | None = None,
) -> np.ndarray:
    """Output embodied in final demand, X = (I - A)^-1 Y, by products with A alone.

    Parameters
    ----------
    matrix : RowBlocks
        A, shape (n, n).
    final_demand : ndarray, shape (n,) or (n, k), currency
    tolerance : float
        In the last sweep, no row's residual is above this, relative to the largest
        |Y| of the column.
    progress : callable, optional
        Called after each sweep with its number and the largest residual that it met.

    Returns
    -------
    ndarray, shape of final_demand, currency

    Raises
    ------
    ValueError
        If the shapes do not fit, a number is not finite, or a block is singular.
    IterationError
        If it does not converge.
    """
    demand = _right_hand_side(matrix, final_demand)
    output = demand.copy(order="F")
    scale = _scale(demand)
    watch = _ConvergenceMonitor(tolerance, progress)
    while not watch.is_done:
        largest = 0.0
        for rows, values in matrix:
            residual = values @ output
            residual += demand[rows]
            residual -= output[rows]
            largest = _largest(largest, residual, scale)
            output[rows] += _solve_own(rows, values[:, rows], residual)
        watch.after_sweep(largest)
    return output.reshape(np.shape(final_demand), order="F")


def iterate_total_intensity(
    matrix: RowBlocks,
    intensities: np.ndarray,
    *,
    tolerance: float = TOLERANCE,
    progress: SweepProgress | None = None,
) -> np.ndarray:
    """Total intensities m = f (I - A)^-1 by products with A' alone.

    Parameters
    ----------
    matrix : RowBlocks
        A, shape (n, n).
    intensities : ndarray, shape (n,) or (n, q), tonnes per currency
        f, a column for each stressor.
    tolerance, progress
        As for `iterate_output`; residuals are those after a sweep.

    Returns
    -------
    ndarray, shape of intensities, tonnes per currency

    Raises
    ------
    ValueError
        If the shapes do not fit, a number is not finite, or a block is singular.
    IterationError
        If it does not converge.
    """
    direct = _right_hand_side(matrix, intensities)
    total = np.zeros_like(direct)
    residual = direct.copy(order="F")
    scale = _scale(direct)
    watch = _ConvergenceMonitor(tolerance, progress)
    while not watch.is_done:
        # rows of A are columns of A': a block's change is booked at all others
        for rows, values in matrix:
            change = _solve_own(rows, values[:, rows].T, residual[rows])
            total[rows] += change
            residual += values.T @ change
            residual[rows] -= change
        watch.after_sweep(_largest(0.0, residual, scale))
    return total.reshape(np.shape(intensities), order="F")


def _right_hand_side(matrix: RowBlocks, values: np.ndarray) -> np.ndarray:
    values = np.asarray(values, dtype=np.float64)
    if values.ndim not in {1, 2} or values.shape[0] != matrix.size:
        msg = f"expected {matrix.size} rows, the shape is {values.shape}"
        raise ValueError(msg)
    checks.finite("right-hand side", values)
    return np.asfortranarray(values.reshape(matrix.size, -1, order="F"))


def _scale(values: np.ndarray) -> np.ndarray:
    """Return the largest value of every column, 1 where a column is empty."""
    # no |values|: it would be as large as they are
    scale = np.maximum(
        values.max(axis=0, initial=0.0), -values.min(axis=0, initial=0.0)
    )
    return np.where(scale > 0, scale, 1.0)


def _solve_own(rows: slice, square: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Solve I - A of a block's own rows and columns, or I - A'."""
    own = -square
    own[np.diag_indices_from(own)] += 1.0
    try:
        return np.linalg.solve(own, right)
    except np.linalg.LinAlgError as error:
        msg = (
            f"I - A is singular within rows {rows.start} to {rows.stop - 1}, which the"
            " iteration solves by themselves; a direct solve does not mind"
        )
        raise ValueError(msg) from error


def _largest(so_far: float, residual: np.ndarray, scale: np.ndarray) -> float:
    """Return the largest relative residual; NaN stays NaN."""
    return float(
        np.maximum(so_far, (np.abs(residual).max(axis=0) / scale).max(initial=0.0))
    )


class _ConvergenceMonitor:
    """Says when to stop: it is good enough, or it gets no better."""

    def __init__(self, tolerance: float, progress: SweepProgress | None) -> None:
        self.is_done = False
        self._tolerance = tolerance
        self._progress = progress
        self._sweeps = 0
        self._best = np.inf
        self._since_best = 0

    def after_sweep(self, residual: float) -> None:
        """Note the residual of a sweep."""
        self._sweeps += 1
        if self._progress is not None:
            self._progress(self._sweeps, residual)
        self.is_done = residual <= self._tolerance
        if residual < 0.9 * self._best:
            self._best, self._since_best = residual, 0
        else:
            self._since_best += 1
        if not self.is_done and (
            not np.isfinite(residual) or self._since_best >= MAX_STALLED_SWEEPS
        ):
            raise IterationError(self._sweeps, self._best)
