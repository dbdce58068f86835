"""Linkages and responsibility once more, by the Ghosh inverse and loops.

Written from the methods, for the explicit inverse of `support.reference`; shares no
code with the package, which never forms an inverse.
"""

from typing import TYPE_CHECKING

import numpy as np

from support.policy_facts import Policy
from support.reference_leakage import ratio
from support.systems import System, Year

if TYPE_CHECKING:
    from support.reference import Accounts, Solution

Rows = dict[tuple, dict[str, object]]


def ghosh(solution: "Solution", Z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return shares of sales, and the Ghosh inverse; zeros where output is zero."""
    n = len(solution.x)
    shares = np.zeros((n, n))
    for i in range(n):
        for j in range(n):
            if not (solution.is_zero[i] or solution.is_zero[j]):
                shares[i, j] = Z[i, j] / solution.x[i]
    inverse = np.linalg.inv(np.eye(n) - shares)
    inverse[solution.is_zero] = 0
    return shares, inverse


def linkage_type(backward: float, forward: float) -> str:
    """Return the class of a sector by its two indices."""
    if backward > 1 and forward > 1:
        return "key"
    if backward > 1:
        return "backward"
    return "forward" if forward > 1 else "weak"


def own_part(
    system: System, solution: "Solution", f: np.ndarray, k: int, policy: Policy
) -> float | None:
    """Return what of f L arises in the region of a producer; None without the var."""
    if not policy.by_origin:
        return None
    region, _ = system.producers[k]
    return sum(
        f[i] * solution.L[i, k]
        for i, (other, _) in enumerate(system.producers)
        if other == region
    )


def sector_rows(
    system: System, year: Year, solution: "Solution", policy: Policy
) -> Rows:
    """Return ``sector_linkages`` of a year."""
    Z = year.transactions * system.currency_unit
    shares, inverse = ghosh(solution, Z)
    made = [k for k in range(len(solution.x)) if not solution.is_zero[k]]
    backward = [solution.L[:, k].sum() for k in made]
    forward = [inverse[k].sum() for k in made]
    rows = {}
    for position, k in enumerate(made):
        back = backward[position] / np.mean(backward)
        ahead = forward[position] / np.mean(forward)
        rows[system.producers[k]] = {
            "direct_backward": solution.A[:, k].sum(),
            "direct_forward": shares[k].sum(),
            "backward": backward[position],
            "forward": forward[position],
            "backward_index": back,
            "forward_index": ahead,
            "backward_within_region": own_part(
                system, solution, np.ones(len(solution.x)), k, policy
            ),
            "linkage_type": linkage_type(back, ahead),
        }
    return rows


def emission_rows(
    system: System,
    year: Year,
    solution: "Solution",
    accounts: "Accounts",
    policy: Policy,
) -> Rows:
    """Return ``emission_linkages`` of a stressor; transmission by sums over paths."""
    _, inverse = ghosh(solution, year.transactions * system.currency_unit)
    downstream = inverse @ accounts.f
    made = [k for k in range(len(solution.x)) if not solution.is_zero[k]]
    demand = solution.Y.sum(axis=(1, 2)) + year.exports * system.currency_unit
    through = solution.L - np.eye(len(solution.x))
    return {
        system.producers[k]: {
            "upstream_intensity": accounts.m[k],
            "downstream_intensity": downstream[k],
            "upstream_index": ratio(accounts.m[k], np.mean(accounts.m[made])),
            "downstream_index": ratio(downstream[k], np.mean(downstream[made])),
            # all that reaches it from behind, times all that it reaches before it
            "transmission": (accounts.f @ through[:, k]) * (through[k] @ demand),
            "own_region_share": ratio(
                own_part(system, solution, accounts.f, k, policy), accounts.m[k]
            ),
        }
        for k in made
    }


def shared_along_chains(
    solution: "Solution", accounts: "Accounts", value_added: np.ndarray, Z: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return what producers keep, and what they pass on per unit of demand."""
    n = len(solution.x)
    alpha = np.ones(n)
    for i in range(n):
        sales = solution.x[i] - Z[i, i]
        if sales > 0 and not solution.is_zero[i]:
            alpha[i] = min(1.0, max(0.0, 1 - value_added[i] / sales))
    rho = accounts.f @ np.linalg.inv(np.eye(n) - np.diag(alpha) @ solution.A)
    return (1 - alpha) * rho * solution.x, alpha * rho


def origin_rows(system: System, solution: "Solution", accounts: "Accounts") -> Rows:
    """Return ``multipliers_by_origin``: f L, added up over the sectors of a region."""
    return {
        (*product, origin.id): {
            "intensity": accounts.f[system.block(r)] @ solution.L[system.block(r), k],
            "product_region_name": system.regions[k // len(system.sectors)].name,
            "origin_region_name": origin.name,
        }
        for k, product in enumerate(system.producers)
        for r, origin in enumerate(system.regions)
    }


def extraction_rows(
    system: System, solution: "Solution", accounts: "Accounts", step: int = 1
) -> Rows:
    """Return ``extraction_effects``: the smaller system from scratch, each time.

    All parts, or some of them, a step apart.
    """
    n = len(solution.x)
    emitted = accounts.f @ solution.x
    demand = solution.x - solution.A @ solution.x
    parts = [("region", k, region.id) for k, region in enumerate(system.regions)]
    parts += [("sector", k, sector.id) for k, sector in enumerate(system.sectors)]
    S = len(system.sectors)
    rows = {}
    for kind, position, name in parts[::step]:
        rest = [j for j in range(n) if (j // S, j % S)[kind == "sector"] != position]
        smaller = np.eye(len(rest)) - solution.A[np.ix_(rest, rest)]
        left = accounts.f[rest] @ np.linalg.inv(smaller) @ demand[rest]
        own = emitted - accounts.f[rest] @ solution.x[rest]
        rows[kind, name] = {
            "vanishing_emissions": emitted - left,
            "own_emissions": own,
            "elsewhere_emissions": emitted - left - own,
            "share": ratio(emitted - left, emitted),
        }
    return rows


def responsibility_rows(
    system: System,
    year: Year,
    solution: "Solution",
    accounts: "Accounts",
    value_added: np.ndarray,
    rows: dict[str, dict],
    is_shared: bool,
) -> Rows:
    """Return ``responsibility`` of a stressor."""
    Z = year.transactions * system.currency_unit
    _, inverse = ghosh(solution, Z)
    downstream = inverse @ accounts.f
    S, R = len(system.sectors), len(system.regions)
    sold = np.zeros(R * S)  # embodied in the final demand of other regions
    for k in range(R * S):
        sold[k] = sum(solution.X[k, s].sum() for s in range(R) if s != k // S)
    answers = {}
    for r, region in enumerate(system.regions):
        own = rows[region.id]
        credit = income = other = 0.0
        for i in range(S):
            sellers = [s * S + i for s in range(R)]
            all_sold = sum(sold[k] for k in sellers)
            if all_sold:
                emitted = sum(accounts.f[k] * sold[k] for k in sellers)
                credit += emitted / all_sold * sold[r * S + i]
            k = r * S + i
            if not solution.is_zero[k]:
                income += value_added[k] * downstream[k]
                rest = solution.x[k] - Z[:, k].sum() - value_added[k]
                other += rest * downstream[k]
        is_known = bool(value_added.any())
        shared = None
        if is_shared and is_known:
            kept, passed = shared_along_chains(solution, accounts, value_added, Z)
            bought = solution.Y[:, r].sum(axis=1)
            shared = own["direct_emissions"] + passed @ bought
            shared += kept[r * S : (r + 1) * S].sum()
        production, footprint = (
            own["production_emissions"],
            own["consumption_footprint"],
        )
        answers[(region.id,)] = {
            "production_emissions": production,
            "consumption_footprint": footprint,
            "income_emissions": income + own["direct_emissions"] if is_known else None,
            "income_other_inputs": other if is_known else None,
            "shared_emissions": (production + footprint) / 2,
            "shared_by_value_added": shared,
            "technology_adjusted_footprint": footprint
            + own["outflow_emissions"]
            - credit,
        }
    return answers


def linkage_marts(
    system: System,
    year: Year,
    solution: "Solution",
    accounts: "Accounts",
    value_added: np.ndarray,
    rows: dict[str, dict],
    policy: Policy,
) -> dict[str, Rows]:
    """Return the marts of a stressor; ``extraction_effects`` only on request."""
    marts = {
        "emission_linkages": emission_rows(system, year, solution, accounts, policy),
        "responsibility": responsibility_rows(
            system,
            year,
            solution,
            accounts,
            value_added,
            rows,
            policy.shares_by_value_added,
        ),
    }
    if policy.by_origin:
        marts["multipliers_by_origin"] = origin_rows(system, solution, accounts)
    if policy.extracts:
        marts["extraction_effects"] = extraction_rows(system, solution, accounts)
    return marts
