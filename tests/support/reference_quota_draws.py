"""Quotas of drawn emissions, draw by draw and cell by cell (docs/methods.md).

Each draw is a case of its own, evaluated in full by the reference of the scenarios.
"""

from dataclasses import replace
from math import exp, log, sqrt

import numpy as np

from support import propagation
from support.policy_facts import SCENARIOS, Policy
from support.reference import (
    PUBLISHED,
    account,
    inputs_of,
    nearest,
    regional_accounts,
    solve_year,
)
from support.reference_policy import Case, selected_by
from support.reference_scenarios import evaluate, shipped_levers
from support.reference_uncertainty import rules
from support.systems import Stressor, System


def case_of(system: System, number: int, stressor: str, policy: Policy) -> Case:
    """Return the case of a stressor of a year."""
    year = system.years[number]
    solution = solve_year(year, system.currency_unit)
    money = inputs_of(system, year, Stressor("value_added", "", "currency"))
    value_added = account(solution, *money)
    (asked,) = (each for each in system.stressors if each.id == stressor)
    accounts = account(solution, *inputs_of(system, year, asked))
    world = nearest(PUBLISHED, stressor, number)
    return Case(
        system=system,
        number=number,
        year=year,
        stressor_id=stressor,
        solution=solution,
        accounts=accounts,
        rows=regional_accounts(system, year, asked, accounts),
        value_added=value_added.F,
        world=world and world.world,
        policy=policy,
    )


def with_emissions(case: Case, F: np.ndarray, D: np.ndarray) -> Case:
    """Return the same year with other emissions; nothing else is another."""
    accounts = account(case.solution, F, D)
    stressor = Stressor(case.stressor_id, "")
    rows = regional_accounts(case.system, case.year, stressor, accounts)
    return replace(case, accounts=accounts, rows=rows)


def quotas_of(case: Case, includes_power_supply: bool = True) -> list[float]:
    """Return the quotas of the shipped scenarios, in the order of their names."""
    selected = selected_by(case, case.policy.rule)
    return [
        evaluate(
            case,
            shipped_levers(case, selected, *SCENARIOS[name], includes_power_supply),
        ).quota
        for name in sorted(case.policy.shipped_scenarios)
    ]


def drawn_quotas(case: Case, rule: str, draws: int) -> np.ndarray:
    """Return quotas of drawn emissions, shape (draws, scenarios), by plain loops."""
    generator = np.random.default_rng(5)
    sectors = len(case.system.sectors)
    found = []
    for _ in range(draws):
        drawn = []
        for component, values in (
            ("emissions", case.accounts.F.reshape(-1, sectors)),
            ("direct_emissions", case.accounts.D),
        ):
            row = rules()[rule][component]
            names = ("rse_largest", "exponent", "rse_cap")
            errors = propagation.errors(values, *(float(row[name]) for name in names))
            k = float(row["shared_share"])
            # a sector, or a category, has its error in all regions
            shared = generator.normal(size=values.shape[1])
            redrawn = np.zeros(values.shape)
            for (region, group), value in np.ndenumerate(values):
                if value != 0:
                    rse = errors[region, group] / value
                    t = sqrt(log(1 + rse**2))
                    own = generator.normal()
                    error = sqrt(k) * shared[group] + sqrt(1 - k) * own
                    redrawn[region, group] = value * exp(t * error - t**2 / 2)
            drawn.append(redrawn)
        found.append(quotas_of(with_emissions(case, drawn[0].reshape(-1), drawn[1])))
    return np.array(found)
