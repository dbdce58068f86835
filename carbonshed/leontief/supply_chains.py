"""Supply chains step by step: tiers of a footprint, and the links between producers.

References
----------
Treloar, G. J. (1997), Extracting embodied energy paths from input-output tables,
Economic Systems Research 9, 375-391. Lenzen, M. (2003), Environmentally important
paths, linkages and key sectors in the Australian economy, Structural Change and
Economic Dynamics 14, 1-34.
"""

import numpy as np

from carbonshed.leontief.row_blocks import (
    RowBlocks,
    iter_row_chunks,
    transposed_product,
)

TIERS = 10  # terms of the power series; what is farther away is the rest
# share of the largest total intensity: at or below it, one is a solve's rounding
_ROUNDING = 1e-12


def power_series(
    coefficients: np.ndarray | RowBlocks, intensities: np.ndarray, count: int = TIERS
) -> np.ndarray:
    """Return the first terms of m = f + f A + f A^2 + ..., by products with A.

    Parameters
    ----------
    coefficients : ndarray, shape (n, n), or RowBlocks
        A.
    intensities : ndarray, shape (n, q), unit of the stressor per currency
        f, a column for each stressor.
    count : int
        Terms, 1 or more.

    Returns
    -------
    ndarray, shape (count, n, q), unit of the stressor per currency
        Term k is emitted k steps before the maker of the product.

    References
    ----------
    Miller and Blair (2009), section 2.4.
    """
    terms = np.empty((count, *intensities.shape))
    terms[0] = intensities
    for tier in range(1, count):
        terms[tier] = transposed_product(coefficients, terms[tier - 1])
    return terms


def tier_intensities(terms: np.ndarray, total_intensities: np.ndarray) -> np.ndarray:
    """Return total intensities by tier: terms of the power series, and the rest.

    Parameters
    ----------
    terms : ndarray, shape (count, n, q), unit of the stressor per currency
        Those of `power_series`.
    total_intensities : ndarray, shape (n, q), unit of the stressor per currency
        m.

    Returns
    -------
    ndarray, shape (count + 1, n, q), unit of the stressor per currency
        Over tiers they add up to m.
    """
    return np.concatenate([terms, (total_intensities - terms.sum(axis=0))[None]])


def link_shares(
    rows: slice,
    transactions: np.ndarray,
    output: np.ndarray,
    is_zero: np.ndarray,
    total_intensities: np.ndarray,
    cutoff: float,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the links of some suppliers: shares a_ij m_i / m_j from the cut-off on.

    A share is the part of all that is emitted for a unit of j that comes in through its
    direct supplier i. With f_j / m_j, the shares of a buyer add up to 1. They are 0
    where m_j is, or is no more than rounding beside the largest total intensity.

    Parameters
    ----------
    rows : slice
        The suppliers, b of n.
    transactions : ndarray, shape (b, n), currency
        Their rows of Z.
    output : ndarray, shape (n,), currency
    is_zero : ndarray of bool, shape (n,)
        Which outputs count as zero: these buy nothing.
    total_intensities : ndarray, shape (n,), unit of the stressor per currency
        m.
    cutoff : float
        The smallest amount of a share that is returned, above 0.

    Returns
    -------
    suppliers, buyers : ndarray of int, shape (links,)
        In their order, suppliers first.
    shares : ndarray, shape (links,)
    """
    largest = np.abs(total_intensities).max(initial=0.0)
    embodies = ~is_zero & (np.abs(total_intensities) > _ROUNDING * largest)
    # an infinite divisor leaves nothing of what the others buy
    carried = np.where(embodies, output * total_intensities, np.inf)
    links = []
    for part, amounts in iter_row_chunks(rows, transactions):
        shares = amounts * total_intensities[part, None] / carried
        supplier, buyer = np.nonzero(np.abs(shares) >= cutoff)
        links.append((supplier + part.start, buyer, shares[supplier, buyer]))
    none = np.empty(0, np.intp), np.empty(0, np.intp), np.empty(0)
    return tuple(np.concatenate(column) for column in zip(none, *links, strict=True))
