"""Hypothetical extraction: what would not be made if a part of the economy vanished.

A part K, a region or a sector everywhere, vanishes with its purchases and deliveries,
and nobody replaces it. Output falls by L_(.,K) z_K, where L_KK z_K = x_K: z_K is the
demand from outside K that takes all of its output, each delivery counted once. For some
of its output b_K, L_KK z_K = b_K are the deliveries that take that much.

References
----------
Dietzenbacher, van der Linden and Steenge (1993), Economic Systems Research 5;
Temurshoev (2010), Journal of Regional Science 50: m x / L_kk for one industry.
"""

from collections import deque
from collections.abc import Callable, Sequence

import numpy as np

from carbonshed.leontief import checks
from carbonshed.leontief.row_blocks import RowBlocks, map_blocks

ROUNDS = 60
# relative to the amounts of a part; without negative cells it is 1 at most
LARGEST_DEMAND = 1e6
STEPS = 10  # earlier ones that a round looks at
_STUCK = 0.9  # a round that leaves more of what was missing has not helped
EXTRACTION_TOLERANCE = 1e-12  # residual relative to the largest amount of a part
# parts solved for at a time, which take 8 n bytes each; wide enough for BLAS
PARTS_AT_A_TIME = 1024


class ExtractionError(ValueError):
    """There is no demand for a part that takes the amounts asked for.

    The rounds do not come close enough, or by demand so large that no digit of it is
    known. `demand` has that for the other parts, and NaN for such a one.
    """

    def __init__(self, reason: str, demand: np.ndarray) -> None:
        self.demand = demand
        super().__init__(
            f"the demand for parts of the economy {reason}: too much of what they sell"
            " comes back to them"
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
    if not systems:
        return systems
    for rows, own in map_blocks(coefficients, _own_rows, parts):
        for part, system, values in zip(parts, systems, own, strict=True):
            first, last = np.searchsorted(part, [rows.start, rows.stop])
            system[first:last] -= values
        del own, values  # before the next ones are made
    return systems


def _own_rows(
    rows: slice, values: np.ndarray, parts: Sequence[np.ndarray]
) -> list[np.ndarray]:
    """Return the rows of A_KK that some rows of A have, of each part."""
    own = []
    for part in parts:
        first, last = np.searchsorted(part, [rows.start, rows.stop])
        own.append(values[np.ix_(part[first:last] - rows.start, part)])
    return own


def demand_for_parts(
    own_output_of: Callable[[np.ndarray], np.ndarray],
    systems: Sequence[np.ndarray],
    parts: Sequence[np.ndarray],
    amounts: np.ndarray,
    *,
    tolerance: float = EXTRACTION_TOLERANCE,
) -> np.ndarray:
    """Solve L_KK z_K = b_K for every part K of a partition, without L.

    A round solves for all parts at once. It hands what is missing, b_K - (L z)_K, to
    each part's own system, and goes as far along this step, (I - A)_KK times what is
    missing, as leaves the least missing, less what earlier steps do. What is missing
    comes from chains that leave a part and come back, so it shrinks by two or three
    digits a round, where chains are strong too. Where a step does not help, the next
    one follows what it gave instead, so that a part of k rows needs about k rounds at
    most. A part for which enough is found waits for the others; then what is missing is
    handed on a last time.

    Parameters
    ----------
    own_output_of : callable
        (L z)_K of every part, shape (n, q), for z of that shape; see `own_output`.
    systems : sequence of ndarray
        (I - A)_KK of each part, see `own_systems`.
    parts : sequence of ndarray of int
        Rows of each part, a partition of all n.
    amounts : ndarray, shape (n,) or (n, q), currency
        b, q right-hand sides.
    tolerance : float
        The largest residual accepted, relative to the largest amount of each part, so
        that small parts are as exact as large ones.

    Returns
    -------
    ndarray, shape of amounts, currency

    Raises
    ------
    ExtractionError
        If `ROUNDS` rounds do not do, or demand would be `LARGEST_DEMAND` times the
        amounts of its part: of a part without which the others have no answer.

    References
    ----------
    Eisenstat, Elman and Schultz (1983), SIAM Journal on Numerical Analysis 20: the
    truncated generalised conjugate residual method, here for all parts side by side;
    Young and Jea (1980), Linear Algebra and its Applications 34: steps along what the
    last one gave, Orthodir.
    """
    checks.finite("amounts", amounts)
    missing = amounts.reshape(len(amounts), -1).astype(np.float64)
    demand, step, source = np.zeros_like(missing), np.empty_like(missing), missing
    scales = _largest(missing, parts)
    products = _ProductsOfParts(parts)
    # steps, the output that each gives its part, and the square of that
    earlier: deque[tuple[np.ndarray, ...]] = deque(maxlen=STEPS)
    left = np.where(scales > 0, np.inf, 0.0)  # amounts missing, relative to them
    is_near = left.max(axis=1, initial=0.0) <= tolerance
    for _ in range(ROUNDS):
        if is_near.all():
            break
        for part, system, waits in zip(parts, systems, is_near, strict=True):
            step[part] = 0.0 if waits else system @ source[part]
        ahead, effect = step.copy(), own_output_of(step)
        for other, its_output, square in earlier:
            share = _share(products.of(its_output, effect), square)
            ahead -= share * other
            effect -= share * its_output
        square = products.of(effect, effect)
        share = _share(products.of(effect, missing), square)
        demand += share * ahead
        before = products.of(missing, missing)
        missing -= share * effect
        # another step would be the same as one that has not helped
        is_stuck = products.of(missing, missing) > _STUCK**2 * before
        source = np.where(is_stuck, effect, missing)
        earlier.append((ahead, effect, square))
        left = _share(_largest(missing, parts), scales)
        is_near = left.max(axis=1, initial=0.0) <= tolerance
    for part, system in zip(parts, systems, strict=True):
        demand[part] += system @ missing[part]
    times = _share(_largest(demand, parts), scales).max(axis=1, initial=0.0)
    is_known = is_near & (times <= LARGEST_DEMAND)
    if is_known.all():
        return demand.reshape(amounts.shape)
    for part, is_found in zip(parts, is_known, strict=True):
        demand[part] = demand[part] if is_found else np.nan
    reason = (
        f"would have to be {times.max():.1g} times the amounts of a part"
        if is_near.all()
        else f"is off by {left.max():.3g} of the largest amount of a part after"
        f" {ROUNDS} rounds, expected {tolerance:.3g}"
    )
    raise ExtractionError(reason, demand.reshape(amounts.shape))


def _largest(amounts: np.ndarray, parts: Sequence[np.ndarray]) -> np.ndarray:
    """Return the largest absolute amount of each part, by right-hand side."""
    return np.array([np.abs(amounts[part]).max(axis=0) for part in parts])


class _ProductsOfParts:
    """Scalar products of the parts of two columns, repeated for every row of a part."""

    def __init__(self, parts: Sequence[np.ndarray]) -> None:
        self._count = len(parts)
        self._numbers = np.empty(sum(map(len, parts)), int)
        for number, part in enumerate(parts):
            self._numbers[part] = number

    def of(self, one: np.ndarray, other: np.ndarray) -> np.ndarray:
        """Return the products of each right-hand side, shape (n, q)."""
        sums = [
            np.bincount(self._numbers, side, self._count) for side in (one * other).T
        ]
        return np.column_stack(sums)[self._numbers]


def _share(amounts: np.ndarray, squares: np.ndarray) -> np.ndarray:
    """Divide, but by zero nothing: a part that lacks nothing needs no step."""
    return np.divide(amounts, squares, out=np.zeros_like(amounts), where=squares > 0)


def own_output(
    output_of: Callable[[np.ndarray], np.ndarray],
    parts: Sequence[np.ndarray],
    demand: np.ndarray,
) -> np.ndarray:
    """Return (L z)_K of every part: a column for each part and right-hand side.

    A part whose z is zero needs none.

    Parameters
    ----------
    output_of : callable
        L times right-hand sides, shape (n, k), Fortran order, which it may overwrite.
    parts : sequence of ndarray of int
        Rows of each part, a partition of all n.
    demand : ndarray, shape (n, q), currency
        z, q right-hand sides.

    Returns
    -------
    ndarray, shape (n, q), currency
    """
    size, sides = demand.shape
    output = np.zeros_like(demand)
    served = [part for part in parts if demand[part].any()]
    for start in range(0, len(served), PARTS_AT_A_TIME):
        some = served[start : start + PARTS_AT_A_TIME]
        right = np.zeros((size, len(some) * sides), order="F")
        own = [slice(k * sides, (k + 1) * sides) for k in range(len(some))]
        for part, columns in zip(some, own, strict=True):
            right[part, columns] = demand[part]
        solved = output_of(right)
        for part, columns in zip(some, own, strict=True):
            output[part] = solved[part, columns]
    return output
