"""Technology of two years: the use of inputs, and the regions that they come from.

Notation beyond that of the package: 0 and 1 the two years; A_(ri),j = C_(ri),j H_ij, H
the use of product i from all regions per unit of output, C the share of region r in it.
A1 - A0 = (C0 + C1) / 2 (H1 - H0) + (C1 - C0) (H0 + H1) / 2: another use, and the rest,
another sourcing.

References
----------
Dietzenbacher, E., and B. Los (1998), Structural decomposition techniques: sense and
sensitivity, Economic Systems Research 10, 307-324.
"""

import numpy as np

from carbonshed.leontief.row_blocks import RowBlocks, iter_row_chunks

# relative to the sum of sizes: below it, inputs that cancel have no shares
_CANCELLED = 1e-9


def through_input_use(
    base_coefficients: RowBlocks,
    coefficients: RowBlocks,
    products: np.ndarray,
    intensities: np.ndarray,
) -> np.ndarray:
    """Return m U, U = (C0 + C1) / 2 (H1 - H0): what another use of inputs carries.

    With m of one year and L of the other, half of m0 U L1 + m1 U L0 is the part of m1 -
    m0 that the use of inputs explains; what it leaves, their sourcing explains. Shares
    of a year in which a product is not used, or its cells cancel, are those of the
    other year; without shares in either, all is sourcing.

    Parameters
    ----------
    base_coefficients, coefficients : RowBlocks, shape (n, n)
        A of the two years, at the same prices and in the same blocks; each is read
        twice.
    products : ndarray of int, shape (n,)
        The product of each region-sector, 0 to p - 1.
    intensities : ndarray, shape (n, k), unit of the stressor per currency
        m, total intensities at these prices.

    Returns
    -------
    ndarray, shape (n, k), unit of the stressor per currency
    """
    both = base_coefficients, coefficients
    uses = [_uses(matrix, products) for matrix in both]
    carried = np.zeros_like(intensities)
    for (rows, base_values), (_, values) in zip(*both, strict=True):
        chunks = [iter_row_chunks(rows, part) for part in (base_values, values)]
        for (few, base_cells), (_, cells) in zip(*chunks, strict=True):
            of_product = products[few]
            amounts, is_used = zip(
                *((use[of_product], is_any[of_product]) for use, is_any in uses),
                strict=True,
            )
            shares = _shares((base_cells, cells), amounts, is_used)
            change = shares * (amounts[1] - amounts[0])
            carried += change.T @ intensities[few]
    return carried


def _uses(
    coefficients: RowBlocks, products: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return H, shape (p, n), and where there is enough of it to have shares."""
    is_of_product = (np.arange(products.max(initial=-1) + 1)[:, None] == products) * 1.0
    sums = np.zeros((2, len(is_of_product), len(products)))
    for rows, values in coefficients:
        for few, cells in iter_row_chunks(rows, values):
            sums[0] += is_of_product[:, few] @ cells
            sums[1] += is_of_product[:, few] @ np.abs(cells)
    return sums[0], np.abs(sums[0]) > _CANCELLED * sums[1]


def _shares(
    cells: tuple[np.ndarray, ...],
    amounts: tuple[np.ndarray, ...],
    is_used: tuple[np.ndarray, ...],
) -> np.ndarray:
    """Return the mean of C0 and C1 of some rows."""
    shares = [
        np.divide(inputs, amount, out=np.zeros_like(inputs), where=is_any)
        for inputs, amount, is_any in zip(cells, amounts, is_used, strict=True)
    ]
    # shares of a single year count for both
    years = np.maximum(is_used[0] * 1.0 + is_used[1], 1.0)
    return (shares[0] + shares[1]) / years
