"""The proof of a solve: the residual of (I - A) X = Y."""

import numpy as np

from carbonshed.leontief.row_blocks import (
    RowBlocks,
    product,
    row_blocks,
    transposed_product,
)

TOLERANCE = 1e-9


class ResidualError(ValueError):
    """A solution does not solve its system; ``rows`` are the worst, first first."""

    def __init__(self, largest: float, tolerance: float, rows: np.ndarray) -> None:
        self.largest = largest
        self.rows = rows
        named = ", ".join(str(row) for row in rows)
        super().__init__(
            f"relative residual {largest:.3g} of (I - A) X = Y is above"
            f" {tolerance:.3g}; worst rows: {named}"
        )


def check_residual(
    coefficients: np.ndarray | RowBlocks,
    output: np.ndarray,
    final_demand: np.ndarray,
    *,
    tolerance: float = TOLERANCE,
    transposed: bool = False,
) -> float:
    """Largest |Y - X + A X|, relative to the largest |Y| of the column.

    Parameters
    ----------
    coefficients : ndarray, shape (n, n), or RowBlocks
    output : ndarray, shape (n,) or (n, k), currency
        X, the solution.
    final_demand : ndarray, shape of output, currency
        Y, the right-hand side.
    tolerance : float
    transposed : bool
        Check A' instead of A: total intensities against direct ones.

    Returns
    -------
    float

    Raises
    ------
    ResidualError
        Above the tolerance, or not a number; names the worst rows.
    """
    n = row_blocks(coefficients).size
    multiply = transposed_product if transposed else product
    output = output.reshape(n, -1)
    final_demand = final_demand.reshape(n, -1)
    if output.shape != final_demand.shape:
        msg = f"output has shape {output.shape}, final demand {final_demand.shape}"
        raise ValueError(msg)
    scale = np.abs(final_demand).max(axis=0)
    residual = np.abs(final_demand - output + multiply(coefficients, output))
    by_row = (residual / np.where(scale > 0, scale, 1.0)).max(axis=1, initial=0.0)
    largest = float(by_row.max(initial=0.0))
    if not largest <= tolerance:  # NaN is not within the tolerance
        ranked = np.where(np.isnan(by_row), np.inf, by_row)
        raise ResidualError(largest, tolerance, np.argsort(-ranked)[:5])
    return largest


def probe(columns: int, probes: int = 8) -> np.ndarray:
    """Random combinations of columns, to check a residual in one thin product.

    If a row of the residual R is not zero, R @ probe is not either (with
    probability 1), and the largest of eight normal combinations of it is below a
    tenth of the row's norm less than once in ten million cases. Checking
    X @ probe against Y @ probe costs n^2 instead of n^2 k.

    Parameters
    ----------
    columns : int
        k, the number of columns of X.
    probes : int

    Returns
    -------
    ndarray, shape (k, probes)
        Always the same for the same arguments.

    References
    ----------
    Freivalds, R. (1979), Fast probabilistic algorithms, Mathematical
    Foundations of Computer Science, LNCS 74, 57-69.
    """
    return np.random.Generator(np.random.PCG64(20121)).normal(size=(columns, probes))
