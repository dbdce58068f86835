"""Imports by product and buyer: a published table of them, and their mix by sector.

Many offices publish, beside a table of total flows, one of imports alone: who buys
which imported product. Domestic deliveries are the difference.
"""

from collections.abc import Sequence

import numpy as np

from carbonshed.accounting.competitive_imports import SplitUse
from carbonshed.dataset.matrix_table import Decision
from carbonshed.errors import CarbonshedError
from carbonshed.text import listing, shape_text

_MOST_NAMED = 3
# of the largest cell: a difference of two rounded numbers may be below zero by it
_ROUNDING = 1e-9


def subtract_imports(
    total: tuple[np.ndarray, np.ndarray, np.ndarray],
    imported: tuple[np.ndarray, np.ndarray, np.ndarray],
    labels: Sequence[str],
    where: str,
) -> tuple[SplitUse, list[Decision]]:
    """Take a published table of imports out of a table of total flows.

    Parameters
    ----------
    total, imported : tuple of ndarray, shapes (p, n), (p, k) and (p,)
        Transactions, final demand and exports; imported exports are re-exports.
    labels, where
        Names of the products, and the file, for messages.

    Returns
    -------
    SplitUse
        Total minus imports, cell by cell, exactly; nothing is clipped.
    list of Decision
        Which cells turned negative, or have more imports than use, if any.

    Raises
    ------
    CarbonshedError
        If the two tables differ in shape.
    """
    for given, taken in zip(total, imported, strict=True):
        if given.shape != taken.shape:
            raise CarbonshedError(
                f"{where}: the table of imports is {shape_text(taken.shape)}, that of "
                f"total flows {shape_text(given.shape)}; expected the same rows and "
                "columns"
            )
    own = tuple(g - t for g, t in zip(total, imported, strict=True))
    split = SplitUse(*own, *imported)
    decisions = []
    for name, given, left in zip(
        ("transactions", "final demand", "exports"), total, own, strict=True
    ):
        floor = _ROUNDING * max(1.0, float(np.abs(given).max(initial=0.0)))
        is_new = (left < -floor) & (given >= 0)
        if is_new.any():
            rows = np.flatnonzero(is_new.reshape(len(given), -1).any(axis=1))
            amount = float(left[is_new].sum())
            text = (
                f"WARNING: imports exceed total use in {int(is_new.sum())} cells of "
                f"{name}, by {-amount:.6g} in all, in rows "
                f"{listing((labels[row] for row in rows), _MOST_NAMED)}: kept, negative"
            )
            decisions.append(Decision("imports_above_use", text))
    return split, decisions


def mix_of_rows(
    transactions: np.ndarray, final_demand: np.ndarray, n_sectors: int
) -> np.ndarray:
    """Return the imports of every buyer by product, the regions of rows added up.

    Parameters
    ----------
    transactions, final_demand : ndarray, shapes (R * S, n) and (R * S, k)
        Imports by row of a symmetric table, region-major.
    n_sectors
        S.

    Returns
    -------
    ndarray, shape (S, n + k)
        What a `MatrixTable` calls imported products.
    """
    bought = np.hstack([transactions, final_demand])
    return bought.reshape(-1, n_sectors, bought.shape[1]).sum(axis=0)


def mix_of_products(
    transactions: np.ndarray, final_demand: np.ndarray, market_shares: np.ndarray
) -> np.ndarray:
    """Return the imports of every buyer by the industries that make such products.

    An imported product counts as one of the industries that make it at home, by their
    shares; what nobody makes at home takes the mix of the buyer's other imports.

    Parameters
    ----------
    transactions, final_demand : ndarray, shapes (p, n) and (p, k)
        Imports of p products.
    market_shares : ndarray, shape (n, p)
        Shares of the industries in the output of each product; columns sum to 1, or
        to 0 for products that nobody makes.

    Returns
    -------
    ndarray, shape (n, n + k)
        Sums by column are those that were given; a buyer of such products alone has
        a column of zeros: its mix is not known.
    """
    bought = np.hstack([transactions, final_demand])
    known = market_shares @ bought
    found, wanted = known.sum(axis=0), bought.sum(axis=0)
    factors = np.divide(wanted, found, out=np.zeros(len(found)), where=found != 0)
    return known * factors
