"""Three scopes once more: the economy without each region, solved from scratch.

Written from the methods, for the dense arrays of `support.reference`; shares no code
with the package, which solves no such economy.
"""

from typing import TYPE_CHECKING

import numpy as np

from support.reference_imports import buyers, domestic_technology, of_user
from support.reference_leakage import ratio
from support.systems import System, Year

if TYPE_CHECKING:
    from support.reference import Accounts, Solution

Rows = dict[tuple, dict[str, object]]


def three_scope_rows(
    system: System,
    number: int,
    solution: "Solution",
    accounts: "Accounts",
    rows: dict[str, dict],
    stressor_id: str,
    step: int = 1,
) -> Rows:
    """Return ``three_scopes`` of a stressor, of all regions or some, a step apart."""
    year = system.years[number]
    unit = system.currency_unit
    Z, Y = year.transactions * unit, year.final_demand * unit
    n, S = len(Z), len(system.sectors)
    f = accounts.f
    # output that serves somebody
    served = solution.x - solution.X_lost
    power = [k for k in range(n) if system.sectors[k % S].is_power_supply]
    imported = imports_per_output(system, number, solution, f, stressor_id)
    answers = {}
    for r, region in [*enumerate(system.regions)][::step]:
        own = range(r * S, (r + 1) * S)
        others = [k for k in range(n) if k not in own]
        demand = np.zeros(n)
        for s in range(len(system.regions)):
            if s != r:
                demand += Y[:, s].sum(axis=1)
        demand += year.exports * unit
        without = np.zeros(n)
        alone = np.linalg.inv(np.eye(len(others)) - solution.A[np.ix_(others, others)])
        without[others] = alone @ demand[others]
        lost = served - without
        elsewhere = f[others] @ lost[others]
        of_power = [0.0, 0.0]  # made inside, and elsewhere
        for q in power:
            bought = sum(Z[q, j] for j in own if not solution.is_zero[j])
            bought += Y[q, r].sum()
            of_power[q not in own] += f[q] * bought
        delivered = solution.x[own] - solution.X_lost[own]
        delivered = delivered - solution.X[own, r].sum(axis=1)
        once = np.linalg.inv(solution.L[np.ix_(own, own)]) @ delivered
        account = rows[region.id]
        total = account["production_emissions"] + elsewhere
        with_imports = None
        if imported is not None:
            g, of_users = imported
            with_imports = elsewhere - of_power[1] + g @ lost + of_users[r]
        answers[(region.id,)] = {
            "scope_1": account["production_emissions"],
            "scope_2": of_power[1] if power else None,
            "scope_3": elsewhere - of_power[1],
            "three_scope_total": total,
            "for_own_final_demand": account["inflow_emissions"],
            "passing_through": elsewhere - account["inflow_emissions"],
            "embodied_in_deliveries": accounts.m[own] @ once,
            "grid_electricity": sum(of_power) if power else None,
            "scope_3_with_imports": with_imports,
            "scope_1_per_capita": ratio(
                account["production_emissions"], year.population[r]
            ),
            "three_scope_per_capita": ratio(total, year.population[r]),
            "passing_over_footprint": (elsewhere - account["inflow_emissions"])
            / account["consumption_footprint"]
            if account["consumption_footprint"] > 0
            else None,
            "scope_note": None,
        }
    return answers


def imports_per_output(
    system: System, number: int, solution: "Solution", f: np.ndarray, stressor_id: str
) -> tuple[np.ndarray, np.ndarray] | None:
    """Return emissions abroad per output of each producer, and of users by region.

    By the user's file, else by domestic technology; None where neither tells any.
    """
    year: Year = system.years[number]
    bought = list(buyers(system, year, system.currency_unit, solution.is_zero))
    if not any(np.any(amounts) for *_, amounts in bought):
        return None
    n = of_user(system, number, stressor_id)
    if n is None:
        of_producers = {j: amounts for j, _, amounts in bought if j is not None}
        n = domestic_technology(
            solution.x,
            solution.is_zero,
            solution.L,
            f,
            of_producers,
            len(system.sectors),
        )
    if n is None:
        return None
    g, of_users = np.zeros(len(solution.x)), np.zeros(len(system.regions))
    for j, region, amounts in bought:
        if j is None:
            of_users[region] += amounts @ n
        elif not solution.is_zero[j]:
            g[j] = amounts @ n / solution.x[j]
    return g, of_users
