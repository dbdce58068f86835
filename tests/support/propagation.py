"""Errors of the data carried to footprints, as plainly as possible: cell by cell.

The derivative of every footprint after every cell, written out from x, A and f as they
depend on the cell, and the errors of groups as vectors of their own. Nothing is shared
with the package. Destinations are the regions, EXPORT and UNATTRIBUTED, in this order.
"""

from collections.abc import Callable
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
    n, R, sectors = len(table.Z), table.regions, table.sectors
    S = R + 2
    x = table.Z.sum(axis=1) + table.Y.sum(axis=(1, 2)) + table.exports
    divisor = np.where(table.is_zero, np.inf, x)
    A, f = table.Z / divisor, table.F / divisor
    L = np.linalg.inv(np.eye(n) - A)
    demands = np.column_stack(
        [table.Y.sum(axis=2), table.exports, table.Z[:, table.is_zero].sum(axis=1)]
    )
    X, m = L @ demands, f @ L
    # of one more unit of output of i: intensity and inputs of i are spread thinner
    through_output = -(f + m @ A)[:, None] * X / divisor[:, None]

    def of_emissions(i: int) -> np.ndarray:
        gradient = X[i] / divisor[i]
        if table.is_zero[i]:
            gradient = np.eye(S)[-1]
        return gradient

    # of a delivery of one unit from i to every j
    to_producers = X / divisor[:, None] + table.is_zero[:, None] * np.eye(S)[-1]

    gathered = {name: np.zeros((S, S)) for name in errors_of}

    def add(name: str, gradients: np.ndarray, s: np.ndarray, group: dict, key: object):
        moved = gradients * s[:, None]
        gathered[name] += (1 - shared[name]) * moved.T @ moved
        group[key] = group.get(key, 0.0) + moved.sum(axis=0)

    def close(name: str, group: dict) -> None:
        for b in group.values():
            gathered[name] += shared[name] * np.outer(b, b)

    group: dict = {}
    for i, s in enumerate(errors_of["emissions"]):
        add("emissions", of_emissions(i)[None], np.array([s]), group, i % sectors)
    close("emissions", group)

    group = {}
    for (r, c), s in np.ndenumerate(errors_of["direct_emissions"]):
        add("direct_emissions", np.eye(S)[[r]], np.array([s]), group, c)
    close("direct_emissions", group)

    group = {}
    for i in range(n):
        gradients = m[i] * to_producers + through_output[i]
        for t in range(R):
            block = slice(t * sectors, (t + 1) * sectors)
            s = errors_of["transactions"][i, block]
            add("transactions", gradients[block], s, group, (i // sectors, t))
    close("transactions", group)

    group = {}
    for i in range(n):
        for t in range(R):
            gradient = m[i] * np.eye(S)[t] + through_output[i]
            s = errors_of["final_demand"][i, t]
            gradients = np.tile(gradient, (len(s), 1))
            add("final_demand", gradients, s, group, (i // sectors, t))
    close("final_demand", group)

    group = {}
    for i in range(n):
        gradient = m[i] * np.eye(S)[R] + through_output[i]
        s = errors_of["exports"][[i]]
        add("exports", gradient[None], s, group, i // sectors)
    close("exports", group)
    return gathered


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
