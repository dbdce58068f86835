"""Whether the columns of a matrix close, each by itself, and so which way it lies."""

from collections.abc import Callable

import numpy as np

from carbonshed.errors import CarbonshedError

COLUMN_GAP = 0.05  # share of output that the columns may miss
_MOST_NAMED = 5


def check_columns(
    sold: np.ndarray,
    bought: np.ndarray,
    delivered: np.ndarray,
    earned: np.ndarray,
    where: str,
    label: Callable[[int], str],
) -> str:
    """Make sure that the rows of Z are its rows: Z is square, its shape cannot tell.

    What a producer sells and what it spends are the same amount, column by column.
    With rows and columns of Z exchanged they are not, although the totals are.

    Parameters
    ----------
    sold, bought : ndarray, shape (n,)
        Sums of the rows and of the columns of Z.
    delivered : ndarray, shape (n,)
        Final demand and exports.
    earned : ndarray, shape (n,)
        Imports and value added.
    where : str
        File and block, for messages.
    label
        Name of a producer.

    Returns
    -------
    str
        How well the columns close, each by itself.

    Raises
    ------
    CarbonshedError
        If they do not, and would if Z lay the other way round.
    """
    total = float(np.abs(sold + delivered).sum()) or 1.0
    gaps = np.abs(sold + delivered - bought - earned)
    turned = float(np.abs(bought + delivered - sold - earned).sum() / total)
    gap = float(gaps.sum() / total)
    if turned <= COLUMN_GAP < gap:
        raise CarbonshedError(
            f"{where} lies the other way round: column by column, inputs + value added "
            f"miss output by {gap:.1%}, and by {turned:.1%} with rows and columns "
            "exchanged; expected producers in rows"
        )
    found = f"column by column, inputs + value added miss output by {gap:.3%}"
    if gap <= COLUMN_GAP:
        return found
    worst = np.argsort(-gaps, kind="stable")[:_MOST_NAMED]
    return f"WARNING: {found}, most at {', '.join(label(int(k)) for k in worst)}"
