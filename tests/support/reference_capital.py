"""Value added in exports, and capital as an input, by systems solved from scratch.

Written from the methods, for the dense arrays of `support.reference`: a system without
the exports of a region, and one in which capital is bought like any other input.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from support.systems import System, Year

if TYPE_CHECKING:
    from support.reference import Accounts, Solution

Rows = dict[tuple, dict[str, object]]

# names of consumption of fixed capital, as publishers print them
CAPITAL = (
    "Consumption of fixed capital K.1",
    "Operating surplus: Consumption of fixed capital",
    "VA003",
)


def export_rows(
    system: System, year: Year, solution: "Solution", value_added: np.ndarray
) -> Rows:
    """Return ``value_added_in_exports`` of a year; no rows without value added."""
    if not np.any(value_added):
        return {}
    unit = system.currency_unit
    Z, Y = year.transactions * unit, year.final_demand * unit
    abroad = year.exports * unit
    n, S = len(Z), len(system.sectors)
    v = np.zeros(n)
    for k in range(n):
        if not solution.is_zero[k]:
            v[k] = value_added[k] / solution.x[k]
    lost = Z[:, solution.is_zero].sum(axis=1)  # demand of nobody
    rows = {}
    for r, region in enumerate(system.regions):
        own = system.block(r)
        others = [j for j in range(n) if j // S != r]
        exports = np.zeros(n)
        exports[own] = (
            Z[own][:, others].sum(axis=1)
            + sum(Y[own, s].sum(axis=1) for s in range(len(system.regions)) if s != r)
            + abroad[own]
        )
        # the whole system, in which the region delivers to itself alone
        A = solution.A.copy()
        for i in range(own.start, own.stop):
            A[i, others] = 0
        demand = Y.sum(axis=(1, 2)) + abroad + lost
        demand[own] = Y[own, r].sum(axis=1)
        for j in range(own.start, own.stop):
            if solution.is_zero[j]:
                demand[own] += Z[own, j]
        without = np.linalg.solve(np.eye(n) - A, demand)
        domestic = v[own] @ (solution.x[own] - without[own])
        absorbed = v[own] @ (solution.X_export[own])
        for s in range(len(system.regions)):
            if s != r:
                absorbed += v[own] @ solution.X[own, s].sum(axis=1)
        again = v[own] @ (solution.L @ exports)[own]
        rows[(region.id,)] = {
            "gross_exports": exports.sum(),
            "domestic_value_added": domestic,
            "value_added_absorbed_elsewhere": absorbed,
            "reflected": domestic - absorbed,
            "domestic_double_counted": again - domestic,
            "content_from_elsewhere": exports.sum() - again,
        }
    return rows


def capital_components(system: System) -> Sequence[int]:
    """Return the components of value added that are consumption of fixed capital."""
    return [k for k, name in enumerate(system.components) if name in CAPITAL]


def capital_rows(
    system: System, year: Year, solution: "Solution", accounts: "Accounts"
) -> Rows:
    """Return ``capital_footprints`` of a stressor; no rows without such components."""
    components = capital_components(system)
    if year.value_added is None or not np.any(year.value_added[components]):
        return {}
    used = year.value_added[components].sum(axis=0) * system.currency_unit
    n, R = len(used), len(system.regions)
    groups = [category.group for category in system.categories]
    of_households = [c for c, group in enumerate(groups) if group == "household"]
    of_investors = [c for c, group in enumerate(groups) if group == "investment"]
    A = solution.A.copy()
    mixes, consumption = np.zeros((n, R)), np.zeros(R)
    for s in range(R):
        bought = solution.Y[:, s, of_investors].sum(axis=1)
        if bought.sum() > 0:
            mixes[:, s] = bought / bought.sum()
        for j in range(system.block(s).start, system.block(s).stop):
            if not solution.is_zero[j]:
                consumption[s] += used[j]
                A[:, j] += mixes[:, s] * used[j] / solution.x[j]
    total = accounts.f @ np.linalg.inv(np.eye(n) - A)
    rows = {}
    for s, region in enumerate(system.regions):
        direct = accounts.D[s].sum()
        bought = solution.Y[:, s].sum(axis=1)
        households = solution.Y[:, s, of_households].sum(axis=1)
        with_capital = total @ (bought - mixes[:, s] * consumption[s]) + direct
        of_them = total @ households + direct
        rows[(region.id,)] = {
            "household_footprint": accounts.m @ households + direct,
            "household_footprint_with_capital": of_them,
            "footprint_with_capital": with_capital,
            "other_footprint_with_capital": with_capital - of_them,
            "consumption_of_fixed_capital": consumption[s],
        }
    return rows
