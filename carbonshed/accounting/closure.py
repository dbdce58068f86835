"""How far inputs and outputs differ by column of Z, and so which way it lies."""

from collections.abc import Callable

import numpy as np

from carbonshed.dataset.matrix_table import Decision
from carbonshed.errors import CarbonshedError
from carbonshed.text import listing

COLUMN_GAP = 0.05  # share of output that the columns may miss
_MOST_NAMED = 5


def check_columns(
    row_sums: np.ndarray,
    column_sums: np.ndarray,
    final_demand: np.ndarray,
    primary_inputs: np.ndarray,
    where: str,
    label: Callable[[int], str],
) -> Decision:
    """Make sure that rows of Z deliver and columns receive.

    Z is square, so its shape cannot tell. Output and inputs of a producer are the
    same amount; with rows and columns of Z exchanged they are not, although the
    totals of all producers are.

    Parameters
    ----------
    row_sums, column_sums : ndarray, shape (n,)
        Of Z.
    final_demand : ndarray, shape (n,)
        With exports.
    primary_inputs : ndarray, shape (n,)
        Imports and value added.
    where : str
        File and block, for messages.
    label
        Name of a producer.

    Returns
    -------
    Decision
        How well the columns close, each by itself.

    Raises
    ------
    CarbonshedError
        If they do not, and would if Z lay the other way round.
    """
    total = float(np.abs(row_sums + final_demand).sum()) or 1.0
    gaps = np.abs(row_sums + final_demand - column_sums - primary_inputs)
    gap = float(gaps.sum() / total)
    transposed = np.abs(column_sums + final_demand - row_sums - primary_inputs)
    gap_transposed = float(transposed.sum() / total)
    if gap_transposed <= COLUMN_GAP < gap:
        raise CarbonshedError(
            f"{where} lies the other way round: column by column, inputs + value added "
            f"miss output by {gap:.1%}, and by {gap_transposed:.1%} with rows and "
            "columns exchanged; expected producers in rows"
        )
    found = f"column by column, inputs + value added miss output by {gap:.3%}"
    if gap <= COLUMN_GAP:
        return Decision("column_balance", found)
    worst = np.argsort(-gaps, kind="stable")[:_MOST_NAMED]
    named = listing(label(int(k)) for k in worst)
    return Decision("column_balance", f"WARNING: {found}, most at {named}")
