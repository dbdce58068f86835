"""Linkages: the buyers and the suppliers behind a unit of each industry's output.

Notation beyond that of the package: G = (I - x^-1 Z)^-1 the Ghosh inverse, in which
shares of sales take the place of shares of inputs. G = x^-1 L x, so that the factors of
I - A solve for it too.

References
----------
Rasmussen (1956), Studies in Inter-Sectoral Relations; Miller and Blair (2009), chapter
12: backward and forward linkages; Lenzen and Murray (2010), Ecological Economics 70:
emissions enabled downstream.
"""

import numpy as np

from carbonshed.leontief import checks
from carbonshed.leontief.row_blocks import (
    RowBlocks,
    map_blocks,
    product,
    transposed_product,
)

_PRODUCTS = 2000  # longest series
_ROUNDING = 1e-15  # terms below this share of the largest intensity change nothing


def direct_multipliers(
    coefficients: np.ndarray | RowBlocks, output: np.ndarray, is_zero: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Purchases from producers and sales to them, per unit of output.

    Parameters
    ----------
    coefficients : ndarray, shape (n, n), or RowBlocks
        A; columns of zero output are 0.
    output : ndarray, shape (n,), currency
    is_zero : ndarray of bool, shape (n,)
        Outputs that count as zero.

    Returns
    -------
    ndarray, shape (n,), currency per currency
        Direct backward linkages, column sums of A.
    ndarray, shape (n,), currency per currency
        Direct forward linkages, A x / x.

    References
    ----------
    Miller and Blair (2009), section 12.2.
    """
    output = checks.vector("output", output)
    bought = transposed_product(coefficients, np.ones_like(output))
    sold = product(coefficients, output)
    return bought, per_output(sold, output, is_zero)


def supplied_columns(intensities: np.ndarray, output: np.ndarray) -> np.ndarray:
    """Return the right-hand sides f x and x, of which L makes forward multipliers.

    Parameters
    ----------
    intensities : ndarray, shape (n, q), unit of the stressor per currency
    output : ndarray, shape (n,), currency

    Returns
    -------
    ndarray, shape (n, q + 1), Fortran order, unit of the stressor; the last: currency
    """
    columns = np.column_stack([intensities * output[:, None], output])
    return np.asfortranarray(columns)


def per_output(
    amounts: np.ndarray, output: np.ndarray, is_zero: np.ndarray
) -> np.ndarray:
    """Return amounts per unit of output, 0 where output is zero: x^-1 L (f x) is h.

    Parameters
    ----------
    amounts : ndarray, shape (n,) or (n, k)
    output : ndarray, shape (n,), currency
    is_zero : ndarray of bool, shape (n,)

    Returns
    -------
    ndarray, shape of amounts, unit of amounts per currency
    """
    return (amounts.T / np.where(is_zero, np.inf, output)).T


def passed_shares(
    coefficients: np.ndarray | RowBlocks,
    value_added: np.ndarray,
    output: np.ndarray,
    is_zero: np.ndarray,
) -> np.ndarray:
    """Share of emissions that a producer passes on: 1 less its value added in sales.

    Parameters
    ----------
    coefficients : ndarray, shape (n, n), or RowBlocks
        A; columns of zero output are 0.
    value_added, output : ndarray, shape (n,), currency
    is_zero : ndarray of bool, shape (n,)
        Outputs that count as zero; they pass everything on.

    Returns
    -------
    ndarray, shape (n,)
        alpha = 1 - va / (x - z_ii), at least 0 and at most 1; 1 where nothing is sold.

    References
    ----------
    Lenzen, Murray, Sack and Wiedmann (2007), Ecological Economics 61.
    """
    own = np.empty(len(output))
    for rows, values in map_blocks(coefficients, _diagonal):
        own[rows] = values
    sold = output * (1 - own)
    has_sales = ~is_zero & (sold > 0)
    kept = np.where(has_sales, value_added / np.where(has_sales, sold, 1.0), 0.0)
    return np.clip(1 - kept, 0.0, 1.0)


def _diagonal(rows: slice, values: np.ndarray) -> np.ndarray:
    return values[np.arange(len(values)), np.arange(rows.start, rows.stop)]


def shared_intensities(
    coefficients: np.ndarray | RowBlocks,
    intensities: np.ndarray,
    passed_share: np.ndarray,
) -> np.ndarray:
    """Emissions that reach producers who pass a share on: f (I - diag(alpha) A)^-1.

    By the power series: what is passed on shrinks with every step, so that products
    with A, a few dozen, take the place of a factorisation of another matrix.

    Parameters
    ----------
    coefficients : ndarray, shape (n, n), or RowBlocks
        A, of which the spectral radius is below 1.
    intensities : ndarray, shape (n, q), unit of the stressor per currency
    passed_share : ndarray, shape (n,)
        alpha, from 0 to 1.

    Returns
    -------
    ndarray, shape (n, q), unit of the stressor per currency

    Raises
    ------
    ValueError
        If the series does not end.

    References
    ----------
    Gallego and Lenzen (2005), Economic Systems Research 17.
    """
    reached, term = intensities.copy(), intensities
    for _ in range(_PRODUCTS):
        term = transposed_product(coefficients, passed_share[:, None] * term)
        reached += term
        # a NaN or an infinity goes on to the end
        if np.all(np.abs(term) <= _ROUNDING * np.abs(reached).max(axis=0, initial=0.0)):
            return reached
    msg = (
        f"what producers pass on does not come to an end in {_PRODUCTS} steps; build"
        " without the var shared_by_value_added"
    )
    raise ValueError(msg)
