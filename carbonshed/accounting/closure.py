"""Closure of a table: rows deliver and columns receive the output of a producer."""

from collections.abc import Callable

import numpy as np

from carbonshed.dataset.matrix_table import Decision
from carbonshed.errors import CarbonshedError
from carbonshed.text import listing

MAX_GAP = 0.05
"""Share of output that rows or columns may miss before a table is refused."""

SAME_TOTAL = 1e-6
"""Relative: two printed sums of the same numbers; half a unit of a digit passes."""

_MIN_SIZE = 0.2  # share of the mean output that smaller producers are compared with
_MAX_NAMES = 5


def share_missed(sums: np.ndarray, output: np.ndarray) -> float:
    """Return the sum of all gaps as a share of output, infinite if output is zero."""
    with np.errstate(over="ignore", invalid="ignore"):
        total = float(np.abs(output).sum())
        gap = float(np.abs(sums - output).sum())
    if gap == 0:
        return 0.0
    return gap / total if total else np.inf


def far_off(sums: np.ndarray, output: np.ndarray) -> np.ndarray:
    """Return the producers that miss more than `MAX_GAP`, the largest gap first.

    Small producers are compared with a part of the mean output, so that rounding of
    the printed numbers does not count.
    """
    size = np.abs(output)
    gap = np.abs(sums - output)
    floor = _MIN_SIZE * float(size.mean()) if size.size else 0.0
    order = np.argsort(-gap, kind="stable")
    return order[gap[order] > MAX_GAP * np.maximum(size, floor)[order]]


def check_columns(
    row_sums: np.ndarray,
    column_sums: np.ndarray,
    final_demand: np.ndarray,
    primary_inputs: np.ndarray,
    where: str,
    label: Callable[[int], str],
) -> Decision:
    """Refuse a table Z whose rows receive and whose columns deliver; return the gap.

    Z is square, so its shape cannot tell. Output and inputs of a producer are the
    same amount; with rows and columns of Z exchanged they are not, although the
    totals of all producers are.

    Parameters
    ----------
    row_sums, column_sums
        Of Z, as the others by producer, (n,).
    final_demand
        With exports.
    primary_inputs
        Imports and value added.
    where, label
        File and block, and the name of a producer, for messages.

    Raises
    ------
    CarbonshedError
        If columns do not balance, and would if Z lay the other way round.
    """
    total = float(np.abs(row_sums + final_demand).sum()) or 1.0
    gaps = np.abs(row_sums + final_demand - column_sums - primary_inputs)
    gap = float(gaps.sum() / total)
    transposed = np.abs(column_sums + final_demand - row_sums - primary_inputs)
    gap_transposed = float(transposed.sum() / total)
    if gap_transposed <= MAX_GAP < gap:
        raise CarbonshedError(
            f"{where} lies the other way round: column by column, inputs + value added "
            f"miss output by {gap:.1%}, and by {gap_transposed:.1%} with rows and "
            "columns exchanged; expected producers in rows"
        )
    text = f"column by column, inputs + value added miss output by {gap:.3%}"
    if gap <= MAX_GAP:
        return Decision("column_balance", text)
    worst = np.argsort(-gaps, kind="stable")[:_MAX_NAMES]
    named = listing(label(int(k)) for k in worst)
    return Decision("column_balance", f"WARNING: {text}, most at {named}")


def is_off(published: np.ndarray, added: np.ndarray, size: np.ndarray) -> np.ndarray:
    """Return where a sum misses that of its terms, which are as large as `size`.

    A sum near 0 of large terms is rounded.
    """
    scale = np.maximum(np.maximum(np.abs(published), np.abs(added)), size)
    return np.abs(published - added) > SAME_TOTAL * scale


def require_sum(
    name: str,
    published: np.ndarray,
    added: np.ndarray,
    terms: str,
    size: np.ndarray,
    where: str,
    label: Callable[[int], str],
) -> None:
    """Refuse a published sum that is not that of its terms.

    Parameters
    ----------
    name, published
        Code and numbers of the sum, by producer.
    added, terms
        What it should be, as numbers and in words: ``the sum of Z``.
    size
        Size of the terms.
    where, label
        File and sheet, and name of a producer, for messages.

    Raises
    ------
    CarbonshedError
        With the first producers where they differ by more than `SAME_TOTAL`.
    """
    wrong = np.flatnonzero(is_off(published, added, size))
    if wrong.size:
        first = wrong[0]
        named = listing((label(int(k)) for k in wrong), _MAX_NAMES)
        raise CarbonshedError(
            f"{where}: {name} of {named} is {published[first]:.10g}, but {terms} is "
            f"{added[first]:.10g}; expected the same within {SAME_TOTAL:g}"
        )
