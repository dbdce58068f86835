"""The residual of a solution: of (I - A) X = Y."""

from collections.abc import Sequence

import numpy as np

from carbonshed.leontief.row_blocks import (
    RowBlocks,
    product,
    row_blocks,
    transposed_product,
)

TOLERANCE = 1e-9
PROBES = 8


class ResidualError(ValueError):
    """A solution does not solve its system; ``columns`` are the worst, first first."""

    def __init__(
        self,
        largest: float,
        tolerance: float,
        columns: np.ndarray,
        names: Sequence[str] | None = None,
    ) -> None:
        self.largest = largest
        self.columns = columns
        named = [names[column] if names else str(column) for column in columns]
        what = "demands" if names else "columns"
        super().__init__(
            f"relative residual {largest:.3g} of the solution is above"
            f" {tolerance:.3g}; worst {what}: {', '.join(named)}"
        )


def probe_vectors(size: int) -> np.ndarray:
    """Return random combinations U, shape (n, p): always the same for the same n."""
    generator = np.random.Generator(np.random.PCG64(20121))
    return generator.normal(size=(size, PROBES))


class ResidualProbe:
    """Random combinations of the equations of a system, taken before it is solved.

    Holding a solution against them costs n k instead of n^2 k, and neither A nor Y
    is needed any more: a solve may overwrite both.

    Parameters
    ----------
    coefficients : ndarray, shape (n, n), or RowBlocks
        A.
    transposed : bool
        Take A' instead of A: the system of total intensities.

    Attributes
    ----------
    combined : ndarray, shape (n, p)
        (I - A)' U, or (I - A) U of the system of total intensities.

    References
    ----------
    Freivalds, R. (1979), Fast probabilistic algorithms, Mathematical
    Foundations of Computer Science, LNCS 74, 57-69.
    """

    def __init__(
        self, coefficients: np.ndarray | RowBlocks, *, transposed: bool = False
    ) -> None:
        size = row_blocks(coefficients).size
        self._probes = probe_vectors(size)
        multiply = product if transposed else transposed_product
        self.combined = self._probes - multiply(coefficients, self._probes)

    def expect(self, right: np.ndarray) -> "ExpectedCombinations":
        """Keep what a solution for these right-hand sides must give.

        Parameters
        ----------
        right : ndarray, shape (n,) or (n, k)
            Final demand, or direct intensities.
        """
        right = right.reshape(len(self._probes), -1)
        norms = np.sqrt(np.einsum("ij,ij->j", right, right))
        return ExpectedCombinations(self.combined, self._probes.T @ right, norms)


class ExpectedCombinations:
    """Combinations that any solution must have, for given right-hand sides.

    Parameters
    ----------
    combined : ndarray, shape (n, p)
        (I - A)' U of random combinations U.
    expected : ndarray, shape (p, k)
        U' Y.
    norms : ndarray, shape (k,)
        |Y| of each column.
    """

    def __init__(
        self, combined: np.ndarray, expected: np.ndarray, norms: np.ndarray
    ) -> None:
        self.combined = combined
        self._expected = expected
        self._norms = np.where(norms > 0, norms, 1.0)

    def check_residual(
        self,
        solution: np.ndarray,
        *,
        tolerance: float = TOLERANCE,
        names: Sequence[str] | None = None,
    ) -> float:
        """Norm of the residual, relative to that of the column of Y.

        A combination of the residual of a column is a normal number as large as the
        residual's norm; the largest of eight is below a tenth of the norm less than
        once in a hundred million cases.

        Parameters
        ----------
        solution : ndarray, shape (n,) or (n, k)
        tolerance : float
        names : sequence of str, length k, optional
            The columns of demand, for the error.

        Returns
        -------
        float
            The relative residual of the worst column.

        Raises
        ------
        ResidualError
            Above the tolerance, or not a number; names the worst columns.
        """
        solution = solution.reshape(len(self.combined), -1)
        if solution.shape[1] != self._expected.shape[1]:
            msg = (
                f"the solution has {solution.shape[1]} columns,"
                f" {self._expected.shape[1]} were to be solved"
            )
            raise ValueError(msg)
        return self.check_combined(
            self.combined.T @ solution, tolerance=tolerance, names=names
        )

    def check_combined(
        self,
        combinations: np.ndarray,
        *,
        tolerance: float = TOLERANCE,
        names: Sequence[str] | None = None,
    ) -> float:
        """Check a solution by its combinations alone: ``combined.T @ solution``.

        Parameters
        ----------
        combinations : ndarray, shape (p, k)
        tolerance, names
            As for `check_residual`, as are what is returned and raised.
        """
        residual = np.abs(self._expected - combinations)
        by_column = (residual / self._norms).max(axis=0, initial=0.0)
        largest = float(by_column.max(initial=0.0))
        if not largest <= tolerance:  # NaN is not within the tolerance
            ranked = np.where(np.isnan(by_column), np.inf, by_column)
            raise ResidualError(largest, tolerance, np.argsort(-ranked)[:5], names)
        return largest
