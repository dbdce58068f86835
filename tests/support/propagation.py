"""Errors of the data carried to footprints, as plainly as possible: cell by cell.

The derivative of every footprint after every cell, written out from x, A and f as they
depend on the cell, and the errors of groups as vectors of their own. Nothing is shared
with the package. Destinations are the regions, EXPORT and UNATTRIBUTED, in this order.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

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
    divisor, A, f, X, L = _solved(table)
    m = f @ L
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


def _solved(table: Table) -> tuple[np.ndarray, ...]:
    """Return x, infinite where it is 0, A, f, X by destination, and L."""
    x = table.Z.sum(axis=1) + table.Y.sum(axis=(1, 2)) + table.exports
    divisor = np.where(table.is_zero, np.inf, x)
    A = table.Z / divisor
    L = np.linalg.inv(np.eye(len(x)) - A)
    lost = table.Z[:, table.is_zero].sum(axis=1)
    X = L @ np.column_stack([table.Y.sum(axis=2), table.exports, lost])
    return divisor, A, table.F / divisor, X, L


def interregional_share(table: Table) -> float:
    """Solve from scratch and return which share arises in another region."""
    by_origin = _by_origin(table)
    return 1 - np.trace(by_origin) / by_origin.sum()


def _by_origin(table: Table) -> np.ndarray:
    """Return emissions by origin and by region of final demand, shape (R, R)."""
    nobody = np.zeros_like(table.D)
    return np.array(
        [
            footprints(replace(table, F=F, D=nobody))[: table.regions]
            for F in _of_regions(table.F, table.regions)
        ]
    )


def _of_regions(values: np.ndarray, regions: int) -> np.ndarray:
    """Return values of one region's producers alone, region by region, (R, n)."""
    origin = np.arange(len(values)) // (len(values) // regions)
    return (origin == np.arange(regions)[:, None]) * values


def share_variances(
    table: Table, errors_of: dict[str, np.ndarray], shared: dict[str, float]
) -> dict[str, float]:
    """Return the variance of the interregional share by component.

    Parameters as for `covariances`.
    """
    return {
        name: (1 - shared[name]) * own + shared[name] * common
        for name, (own, common) in share_parts(table, errors_of).items()
    }


def share_parts(
    table: Table, errors_of: dict[str, np.ndarray]
) -> dict[str, tuple[float, float]]:
    """Return the variance by component if nothing, and if everything, is shared.

    Errors of direct emissions change nothing.
    """
    R, sectors = table.regions, table.sectors
    by_origin = _by_origin(table)
    in_all, local = by_origin.sum(), np.trace(by_origin)
    found = {}
    for name, (of_local, of_all) in _derivatives_of_origins(table).items():
        s = errors_of[name]
        moved = (local / in_all**2 * of_all - of_local / in_all) * s
        groups = {
            "emissions": lambda v: v.reshape(R, sectors).sum(axis=0),
            "transactions": lambda v: v.reshape(R, sectors, R, sectors).sum(
                axis=(1, 3)
            ),
            "final_demand": lambda v: v.reshape(R, sectors, R, -1).sum(axis=(1, 3)),
            "exports": lambda v: v.reshape(R, sectors).sum(axis=1),
        }
        found[name] = (moved**2).sum(), (groups[name](moved) ** 2).sum()
    return found


def _derivatives_of_origins(
    table: Table,
) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Return derivatives of what is emitted for the own region, and for all regions."""
    R, origin = table.regions, np.arange(len(table.F)) // table.sectors
    divisor, A, f, X, L = _solved(table)
    X = X[:, :R]
    f_of = _of_regions(f, R)
    M, m = f_of @ L, f @ L
    # as in `_derivatives`: of one more unit of output, and of a delivery to a producer
    of_local = -((f_of + M @ A) * X.T).sum(axis=0) / divisor
    of_all = -(f + m @ A) * X.sum(axis=1) / divisor
    embodied = X / divisor[:, None]
    to_all = embodied.sum(axis=1)
    return {
        "emissions": (embodied[np.arange(len(f)), origin], to_all),
        "transactions": (
            M.T @ embodied.T + of_local[:, None],
            np.outer(m, to_all) + of_all[:, None],
        ),
        "final_demand": (
            (M.T + of_local[:, None])[..., None],
            (m + of_all)[:, None, None],
        ),
        "exports": (of_local, of_all),
    }


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
