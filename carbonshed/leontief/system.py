"""One factorisation of (I - A), used for every demand and every intensity."""

from collections.abc import Callable

import numpy as np
from scipy.linalg import lapack

from carbonshed.leontief import checks

# wide enough for BLAS, small enough to show progress: 1,566 columns of 13,146 rows take
# 5.9 s in blocks of 256, 5.2 s in two halves
COLUMNS_AT_A_TIME = 1024


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
    """

    def __init__(self, coefficients: np.ndarray, *, overwrite: bool = False) -> None:
        self.size = checks.square("coefficients", coefficients)
        checks.finite("coefficients", coefficients)
        if not (overwrite and coefficients.flags.c_contiguous):
            coefficients = np.array(coefficients, order="C")
        np.negative(coefficients, out=coefficients)
        coefficients.flat[:: self.size + 1] += 1.0
        self._factors, self._pivots, info = lapack.dgetrf(
            coefficients.T, overwrite_a=True
        )
        if info > 0:
            msg = f"I - A is singular: no pivot for column {info - 1}"
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
        all_ = columns.shape[1]
        blocks = -(-all_ // COLUMNS_AT_A_TIME)
        for number in range(blocks):
            start, stop = all_ * number // blocks, all_ * (number + 1) // blocks
            block = columns[:, start:stop]
            solved, _ = lapack.dgetrs(
                self._factors,
                self._pivots,
                block,
                trans=int(transposed),
                overwrite_b=True,
            )
            if solved is not block and not np.shares_memory(solved, block):
                block[...] = solved
            if progress is not None:
                progress(stop, all_)
        return columns.reshape(right.shape, order="F")


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
