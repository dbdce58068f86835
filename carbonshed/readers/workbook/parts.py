"""A year as read, before and after imports are taken out of the cells."""

from dataclasses import dataclass, field

import numpy as np

from carbonshed.dataset.matrix_table import Decision


@dataclass
class Parts:
    """The blocks of a symmetric table of one year; n producers, k final users.

    Attributes
    ----------
    transactions, final_demand : ndarray, shapes (n, n) and (n, k)
        Deliveries: as printed, then domestic.
    exports, output, error : ndarray, shape (n,), or None
        Deliveries abroad; output as published; the discrepancy of each row.
    imports_by_product : ndarray, shape (n,), or None
        Imports inside the cells.
    imports_by_buyer, imports_by_user : ndarray, shapes (n,) and (k,), or None
        Imports of sectors and of final users.
    imported : ndarray, shape (rows, n + k), or None
        Imports of every buyer by row of the table.
    value_added
        Arrays of shape (n,) by component.
    """

    transactions: np.ndarray
    final_demand: np.ndarray
    exports: np.ndarray | None = None
    output: np.ndarray | None = None
    error: np.ndarray | None = None
    imports_by_product: np.ndarray | None = None
    imports_by_buyer: np.ndarray | None = None
    imports_by_user: np.ndarray | None = None
    imported: np.ndarray | None = None
    value_added: dict[str, np.ndarray] = field(default_factory=dict)
    decisions: list[Decision] = field(default_factory=list)

    @property
    def all_value_added(self) -> np.ndarray | None:
        """Value added of each producer, None if there is none."""
        if not self.value_added:
            return None
        return np.sum(list(self.value_added.values()), axis=0)


def fit_mix(imported: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Return imports by row and buyer, each buyer's scaled to what it imports in all.

    Parameters
    ----------
    imported : ndarray, shape (rows, buyers)
        Imports by row of the table.
    wanted : ndarray, shape (buyers,)
        Imports of each buyer.

    Returns
    -------
    ndarray, shape (rows, buyers)
        A buyer whose imports sum to zero, or change their sign, keeps a column of
        zeros: its mix is not known.
    """
    sums = imported.sum(axis=0)
    factors = np.divide(wanted, sums, out=np.zeros(len(sums)), where=sums != 0)
    return imported * np.where(factors > 0, factors, 0.0)
