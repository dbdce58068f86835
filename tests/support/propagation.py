"""Errors of the data carried to footprints, as plainly as possible: cell by cell.

The derivative of every footprint after every cell, written out from x, A and f as they
depend on the cell, and the errors of groups as vectors of their own. Nothing is shared
with the package. Destinations are the regions, EXPORT and UNATTRIBUTED, in this order.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np


@dataclass
class Table:
    """A year: n producers in whole regions of as many sectors, R regions."""

    Z: np.ndarray  # (n, n)
    Y: np.ndarray  # (n, R, C)
    exports: np.ndarray  # (n,)
    F: np.ndarray  # (n,)
    D: np.ndarray  # (R, C)
    is_zero: np.ndarray  # (n,)

    @property
    def regions(self) -> int:
        """How many regions there are."""
        return self.Y.shape[1]

    @property
    def sectors(self) -> int:
        """How many sectors a region has."""
        return len(self.Z) // self.regions


def footprints(table: Table) -> np.ndarray:
    """Solve from scratch and return C of every destination, shape (R + 2,)."""
    Z, Y = table.Z, table.Y
    x = Z.sum(axis=1) + Y.sum(axis=(1, 2)) + table.exports
    divisor = np.where(table.is_zero, np.inf, x)
    A, f = Z / divisor, table.F / divisor
    demands = np.column_stack(
        [Y.sum(axis=2), table.exports, Z[:, table.is_zero].sum(axis=1)]
    )
    C = f @ np.linalg.solve(np.eye(len(Z)) - A, demands)
    C[: table.regions] += table.D.sum(axis=1)
    C[-1] += table.F[table.is_zero].sum()
    return C


def errors(v: np.ndarray, largest: float, exponent: float, cap: float) -> np.ndarray:
    """Return standard errors of the cells of a component, with their signs."""
    top = np.abs(v).max(initial=0.0)
    s = np.zeros_like(v)
    for place, value in np.ndenumerate(v):
        if value != 0:
            s[place] = value * min(cap, largest * (abs(value) / top) ** -exponent)
    return s


def covariances(
    table: Table, errors_of: dict[str, np.ndarray], shared: dict[str, float]
) -> dict[str, np.ndarray]:
    """Return the covariance of footprints by component, each shape (R + 2, R + 2).

    Parameters
    ----------
    errors_of
        Standard errors by component, shaped as the component.
    shared
        k by component; producers of a sector, categories and pairs of regions share.
    """
    return {
        name: (1 - shared[name]) * own + shared[name] * common
        for name, (own, common) in parts(table, errors_of).items()
    }


def parts(
    table: Table, errors_of: dict[str, np.ndarray]
) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Return the covariance by component if nothing, and if everything, is shared."""
    S = table.regions + 2
    own = {name: np.zeros((S, S)) for name in errors_of}
    common = {name: np.zeros((S, S)) for name in errors_of}
    groups: dict[tuple, np.ndarray] = {}
    for name, place, gradients, key in _derivatives(table):
        moved = gradients * np.reshape(errors_of[name][place], (-1, 1))
        own[name] += moved.T @ moved
        groups[name, key] = groups.get((name, key), 0.0) + moved.sum(axis=0)
    for (name, _), b in groups.items():
        common[name] += np.outer(b, b)
    return {name: (own[name], common[name]) for name in errors_of}


def _derivatives(table: Table) -> Iterator[tuple[str, object, np.ndarray, object]]:
    """Yield component, place of some cells, derivative after each, and their group."""
    n, R, sectors = len(table.Z), table.regions, table.sectors
    x = table.Z.sum(axis=1) + table.Y.sum(axis=(1, 2)) + table.exports
    divisor = np.where(table.is_zero, np.inf, x)
    A, f = table.Z / divisor, table.F / divisor
    L = np.linalg.inv(np.eye(n) - A)
    demands = np.column_stack(
        [table.Y.sum(axis=2), table.exports, table.Z[:, table.is_zero].sum(axis=1)]
    )
    X, m = L @ demands, f @ L
    unit = np.eye(R + 2)
    # of one more unit of output of i: intensity and inputs of i are spread thinner
    through_output = -(f + m @ A)[:, None] * X / divisor[:, None]
    # of a delivery of one unit to j; to a zero output, it is nobody's
    to_producer = X / divisor[:, None] + table.is_zero[:, None] * unit[-1]
    for r in range(R):
        for c in range(table.D.shape[1]):
            yield "direct_emissions", (r, c), unit[[r]], c
    for i in range(n):
        origin = i // sectors
        yield "emissions", i, to_producer[[i]], i % sectors
        yield "exports", i, m[i] * unit[[R]] + through_output[i], origin
        for t in range(R):
            block = slice(t * sectors, (t + 1) * sectors)
            gradients = m[i] * to_producer[block] + through_output[i]
            yield "transactions", (i, block), gradients, (origin, t)
            gradient = m[i] * unit[t] + through_output[i]
            gradients = np.tile(gradient, (table.Y.shape[2], 1))
            yield "final_demand", (i, t), gradients, (origin, t)


def numerical_gradient(
    function: Callable[[np.ndarray], np.ndarray], v: np.ndarray, step: float
) -> np.ndarray:
    """Return the derivative after every cell, shape (cells, S), by central steps."""
    gradients = []
    for place in np.ndindex(v.shape):
        ends = []
        for sign in (1, -1):
            moved = v.copy()
            moved[place] += sign * step
            ends.append(function(moved))
        gradients.append((ends[0] - ends[1]) / (2 * step))
    return np.array(gradients)
