"""Biproportional balance of a matrix: RAS, which is minimum cross-entropy."""

from dataclasses import dataclass

import numpy as np

TOLERANCE = 1e-11
MAX_SWEEPS = 20_000


@dataclass(eq=False)
class RasError(ValueError):
    """A refusal: no matrix with these zeros has these totals."""

    axis: str  # row or column
    position: int  # the total that is farthest off, relative to itself


def ras(prior: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Return the matrix nearest to `prior` that has the totals, zero where `prior` is.

    It minimises the sum of z ln(z / prior) - z.

    Parameters
    ----------
    prior, rows, columns
        Shapes (m, n), (m,) and (n,), not negative. Rows are met to 1e-11 of each.
        Columns are proportions, scaled to the sum of the rows, and met last, to the
        last bit.

    Raises
    ------
    RasError
        The zeros of `prior` leave no room for the totals.

    References
    ----------
    Miller and Blair 2009, Input-Output Analysis, 2nd ed., section 7.4.
    """
    columns = columns * divide(rows.sum(), columns.sum())
    for axis, totals, sums in (
        ("row", rows, prior.sum(axis=1)),
        ("column", columns, prior.sum(axis=0)),
    ):
        empty = np.flatnonzero((totals > 0) & (sums <= 0))
        if empty.size:
            raise RasError(axis, int(empty[0]))
    right = divide(columns, prior.sum(axis=0))
    for _ in range(MAX_SWEEPS):
        left = divide(rows, prior @ right)
        right = divide(columns, left @ prior)
        error = np.abs(divide(left * (prior @ right), rows) - (rows > 0))
        if error.max(initial=0.0) <= TOLERANCE:
            return left[:, None] * prior * right
    raise RasError("row", int(np.argmax(error)))


def divide(dividend: np.ndarray, divisor: np.ndarray) -> np.ndarray:
    """Return the ratio, 0 where the divisor is 0: nothing is shared out there."""
    dividend, divisor = np.broadcast_arrays(dividend, divisor)
    return np.divide(
        dividend, divisor, out=np.zeros(dividend.shape), where=divisor != 0
    )


def shares_within(values: np.ndarray, group: np.ndarray) -> np.ndarray:
    """Return values, (R, ...), as shares of the sum of their group, 0 where it is 0."""
    return divide(values, group_sums(values, group)[group])


def group_sums(values: np.ndarray, group: np.ndarray) -> np.ndarray:
    """Return the sums of groups of rows, shape (groups, ...)."""
    sums = np.zeros((group.max(initial=-1) + 1, *values.shape[1:]))
    np.add.at(sums, group, values)
    return sums
