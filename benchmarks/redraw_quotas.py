"""Intervals of quotas compared with quotas that plain loops compute anew.

``PYTHONPATH=tests python -m benchmarks.redraw_quotas NAME FOLDER [--draws 1000]``, with
a warehouse that was built with the var ``quota_draws: true``, and the tidy folder that
it comes from: the reference of the tests reads the folder, draws, solves and applies
the policy. ``--trade`` draws all cells, which shows the part of the error that an
interval of emissions alone leaves out.
"""

import argparse
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
from support.policy_facts import Policy
from support.reference_policy import Case
from support.reference_quota_draws import case_of, drawn_quotas, quotas_of
from support.tidy_folder import read_tidy

from benchmarks.redraw_errors import (
    HEADLINE_COLUMNS,
    Table,
    errors_of,
    groups_of,
    headlines,
    of_headline,
    read_rules,
    redraw,
)

RULES = read_rules()


def with_trade(case: Case, rule: str, draws: int) -> Iterator[list[float]]:
    """Yield the quotas of tables in which every cell is drawn anew."""
    year, stressor = case.year, case.stressor_id
    cells = {
        "emissions": year.emissions[stressor],
        "direct_emissions": year.direct[stressor],
        "transactions": year.transactions,
        "final_demand": year.final_demand,
        "exports": year.exports,
    }
    table = Table(cells, groups_of(*year.final_demand.shape), len(case.system.regions))
    shared = {name: float(row["shared_share"]) for name, row in RULES[rule].items()}
    for drawn in redraw(table, errors_of(table, RULES[rule]), shared, draws):
        another = replace(
            year,
            transactions=drawn["transactions"],
            final_demand=drawn["final_demand"],
            exports=drawn["exports"],
            emissions=year.emissions | {stressor: drawn["emissions"]},
            direct=year.direct | {stressor: drawn["direct_emissions"]},
        )
        system = replace(case.system, years={case.number: another})
        yield quotas_of(case_of(system, case.number, stressor, case.policy))


def main() -> None:
    """Print a row for every rule and scenario."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("name")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--year", type=int)
    parser.add_argument("--stressor", default="co2")
    parser.add_argument("--draws", type=int, default=1000)
    parser.add_argument("--trade", action="store_true")
    options = parser.parse_args()
    system = read_tidy(options.folder)
    year = options.year or max(system.years)
    case = case_of(system, year, options.stressor, Policy())
    published = headlines(options.name, year, options.stressor)
    if not any(quantity.startswith("quota_") for _, quantity in published):
        parser.error(
            f"{options.name} has no quotas drawn: build with quota_draws: true"
        )
    print(f"| rule, quota, {options.draws:,} draws | {HEADLINE_COLUMNS} |")
    # a build has one rule
    for rule in dict.fromkeys(rule for rule, _ in published):
        if options.trade:
            drawn = np.array(list(with_trade(case, rule, options.draws)))
        else:
            drawn = drawn_quotas(case, rule, options.draws)
        for name, draws in zip(
            sorted(case.policy.shipped_scenarios), drawn.T, strict=True
        ):
            figures = of_headline(published[rule, f"quota_{name}"], draws)
            print(f"| `{rule}`, {name} | {' | '.join(figures)} |", flush=True)


if __name__ == "__main__":
    main()
