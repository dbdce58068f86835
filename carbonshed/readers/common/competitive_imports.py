"""Imports inside the cells of a table, taken out of them in proportion.

Many offices publish tables of "competitive imports": a cell says what was used of a
product, wherever it was made, and one column says how much of each product came from
abroad. The contract wants deliveries of the own producers in the cells and imports by
buyer apart from them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from carbonshed.dataset.matrix_table import Decision
from carbonshed.errors import CarbonshedError
from carbonshed.text import listing

_MOST_NAMED = 3
# a share of 1 computed from printed digits
_ROUNDING = 1e-9

# what such a table cannot account for is a use of its own
ERROR_CATEGORY = {
    "category_id": "ERR",
    "category_name": "Statistical discrepancy",
    "category_group": "other",
}


@dataclass(frozen=True)
class SplitUse:
    """The use of products, by where they were made.

    Attributes
    ----------
    transactions, final_demand : ndarray, shapes (n, n) and (n, k)
        Deliveries of the own producers.
    imports_by_sector, imports_by_user : ndarray, shapes (n,) and (k,)
        What sectors and final users bought from abroad, all products together.
    shares : ndarray, shape (n,)
        Share of the imports in the domestic use of each product.
    """

    transactions: np.ndarray
    final_demand: np.ndarray
    imports_by_sector: np.ndarray
    imports_by_user: np.ndarray
    shares: np.ndarray


def import_shares(
    domestic_use: np.ndarray, imports: np.ndarray, labels: Sequence[str], where: str
) -> np.ndarray:
    """Return the share of imports in the domestic use of each product.

    Parameters
    ----------
    domestic_use : ndarray, shape (n,)
        Intermediate and final use of the product, exports apart.
    imports : ndarray, shape (n,)
        Imports of the product, not negative.
    labels
        Name of each product, for the message.
    where
        Reader and file, to begin the message with.

    Returns
    -------
    ndarray, shape (n,)
        From 0 to 1; 0 for a product that is not imported.

    Raises
    ------
    CarbonshedError
        If imports are negative or larger than the domestic use: re-exports cannot
        be taken out of domestic cells.
    """
    shares = np.divide(
        imports, domestic_use, out=np.zeros(len(imports)), where=domestic_use != 0
    )
    is_wrong = (imports < 0) | (shares < 0) | (shares > 1 + _ROUNDING)
    is_wrong |= (domestic_use == 0) & (imports != 0)
    if is_wrong.any():
        rows = np.flatnonzero(is_wrong)
        found = (
            f"{labels[row]}: imports {imports[row]:.6g}, domestic use "
            f"{domestic_use[row]:.6g}"
            for row in rows
        )
        named = listing(found, _MOST_NAMED, separator="; ")
        raise CarbonshedError(
            f"{where}: imports of {len(rows)} rows are not between 0 and the domestic "
            f"use ({named}); expected imports inside the cells, positive, of "
            "what is used at home. Take re-exports out of imports and exports first"
        )
    return np.minimum(shares, 1.0)


def split_imports(
    transactions: np.ndarray, final_demand: np.ndarray, shares: np.ndarray
) -> SplitUse:
    """Split every cell of a row by the import share of its product.

    Exports are deliveries of the own producers: they are no part of `final_demand`
    here and stay as they are.

    Parameters
    ----------
    transactions : ndarray, shape (n, n)
        Use of products by sectors, wherever made.
    final_demand : ndarray, shape (n, k)
        Use of products by final users, wherever made.
    shares : ndarray, shape (n,)
        Share of imports by product, see `import_shares`.

    Returns
    -------
    SplitUse
        Deliveries plus imports are the use that was given, in every column.

    Notes
    -----
    A negative cell (stocks that were run down) is split like any other.
    """
    own = (1.0 - shares)[:, np.newaxis]
    return SplitUse(
        transactions=own * transactions,
        final_demand=own * final_demand,
        imports_by_sector=shares @ transactions,
        imports_by_user=shares @ final_demand,
        shares=shares,
    )


def describe_split(split: SplitUse, labels: Sequence[str], unit: str) -> Decision:
    """Return what was split, with the totals.

    Parameters
    ----------
    split
        The split use.
    labels
        Name of each product.
    unit
        Unit of the numbers: ``10^4 CNY``.
    """
    sectors, users = split.imports_by_sector.sum(), split.imports_by_user.sum()
    text = (
        "imports were inside the cells: taken out of every cell of a row in "
        "proportion, by the share imports / (intermediate + final use - exports) of "
        f"the row; {sectors + users:.10g} {unit} in all, {sectors:.10g} bought by "
        f"sectors and {users:.10g} by final users; exports are all of own production"
    )
    if split.shares.any():
        top = int(np.argmax(split.shares))
        text += f"; largest share {split.shares[top]:.4g} ({labels[top]})"
    return Decision("imports_split", text)
