"""Hypothetical extraction: what would not be made if a part of the economy vanished.

A part K, a region or a sector everywhere, vanishes with its purchases and deliveries,
and nobody replaces it. Output falls by L_(.,K) z_K, where L_KK z_K = x_K: z_K is the
demand from outside K that takes all of its output, each delivery counted once.

References
----------
Dietzenbacher, van der Linden and Steenge (1993), Economic Systems Research 5;
Temurshoev (2010), Journal of Regional Science 50: m x / L_kk for one industry.
"""

from collections.abc import Callable, Sequence

import numpy as np

from carbonshed.leontief import checks
from carbonshed.leontief.row_blocks import RowBlocks, row_blocks

ROUNDS = 60
EXTRACTION_TOLERANCE = 1e-12  # residual relative to the largest output


class ExtractionError(ValueError):
    """The rounds do not come close enough; ``residual`` is that of the last one."""

    def __init__(self, residual: float, tolerance: float) -> None:
        self.residual = residual
        super().__init__(
            f"after {ROUNDS} rounds the demand for parts of the economy is off by"
            f" {residual:.3g} of the largest output, expected {tolerance:.3g}: too much"
            " of what they sell comes back to them; build without the var extraction"
        )


def parts_of(labels: Sequence[object] | np.ndarray) -> list[np.ndarray]:
    """Return the rows of each label, in the order in which labels first appear.

    Parameters
    ----------
    labels : shape (n,)
        The region, or the sector, of each region-sector.

    Returns
    -------
    list of ndarray of int
        A partition of the rows.
    """
    rows: dict[object, list[int]] = {}
    for row, label in enumerate(labels):
        rows.setdefault(label, []).append(row)
    return [np.array(own) for own in rows.values()]


def own_systems(
    coefficients: np.ndarray | RowBlocks, parts: Sequence[np.ndarray]
) -> list[np.ndarray]:
    """Return (I - A)_KK of each part, read before a factorisation overwrites A.

    Parameters
    ----------
    coefficients : ndarray, shape (n, n), or RowBlocks
        A.
    parts : sequence of ndarray of int
        Rows of each part K.

    Returns
    -------
    list of ndarray, shape (k, k), k rows of the part
    """
    systems = [np.eye(len(part)) for part in parts]
    for rows, values in row_blocks(coefficients):
        for part, system in zip(parts, systems, strict=True):
            first, last = np.searchsorted(part, [rows.start, rows.stop])
            system[first:last] -= values[np.ix_(part[first:last] - rows.start, part)]
    return systems


def demand_for_parts(
    output_of: Callable[[np.ndarray], np.ndarray],
    systems: Sequence[np.ndarray],
    parts: Sequence[np.ndarray],
    amounts: np.ndarray,
    *,
    scale: float,
    tolerance: float = EXTRACTION_TOLERANCE,
) -> np.ndarray:
    """Solve L_KK z_K = b_K for every part K of a partition, without L.

    A round solves for all parts at once and hands what is missing to each part's own
    system: z <- z + (I - A)_KK (b_K - (L z)_K). What is missing comes from chains that
    leave a part and come back, so it shrinks by two digits a round or so; it is handed
    on a last time once it is small enough.

    Parameters
    ----------
    output_of : callable
        L times right-hand sides, shape (n, k), Fortran order, which it may overwrite.
    systems : sequence of ndarray
        (I - A)_KK of each part, see `own_systems`.
    parts : sequence of ndarray of int
        Rows of each part, a partition of all n.
    amounts : ndarray, shape (n,) or (n, q), currency
        b, q right-hand sides.
    scale : float, currency
        The largest output.
    tolerance : float
        The largest residual accepted, relative to the scale.

    Returns
    -------
    ndarray, shape of amounts, currency

    Raises
    ------
    ExtractionError
        If `ROUNDS` rounds do not do.
    """
    checks.finite("amounts", amounts)
    columns = amounts.reshape(len(amounts), -1)
    demand, missing = np.zeros_like(columns), columns
    largest = np.inf
    for _ in range(ROUNDS):
        for part, system in zip(parts, systems, strict=True):
            demand[part] += system @ missing[part]
        if largest <= tolerance:
            return demand.reshape(amounts.shape)
        missing = columns - _own_output(output_of, parts, demand)
        largest = float(np.abs(missing).max(initial=0.0)) / (scale or 1.0)
    raise ExtractionError(largest, tolerance)


def _own_output(
    output_of: Callable[[np.ndarray], np.ndarray],
    parts: Sequence[np.ndarray],
    demand: np.ndarray,
) -> np.ndarray:
    """Return (L z)_K of every part: a column for each part and right-hand side."""
    size, sides = demand.shape
    right = np.zeros((size, len(parts) * sides), order="F")
    own = [slice(k * sides, (k + 1) * sides) for k in range(len(parts))]
    for part, columns in zip(parts, own, strict=True):
        right[part, columns] = demand[part]
    solved = output_of(right)
    output = np.empty_like(demand)
    for part, columns in zip(parts, own, strict=True):
        output[part] = solved[part, columns]
    return output
