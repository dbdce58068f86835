"""The policy marts of one case, and every cell of the grid evaluated in full."""

from itertools import product

import numpy as np

from support.policy_facts import (
    ALLOCATION_RULES,
    BENCHMARKS,
    CAPS,
    SCENARIOS,
    SUPER_EMITTER_RULES,
    Projection,
)
from support.reference_living import (
    Living,
    above_some_giver,
    income_bands,
    living,
    premise,
    receivers_of,
)
from support.reference_policy import (
    Case,
    Rows,
    exceeds,
    selected_by,
    super_emitter_rows,
)
from support.reference_scenarios import (
    Outcome,
    benchmarked,
    evaluate,
    levers_of,
    quota_rows,
    sector_rows,
    shipped_levers,
    spillover_rows,
)


def projections_of(case: Case) -> list[Projection]:
    """Return the projections of the dataset's country and the stressor."""
    return [
        row
        for row in case.policy.projections
        if (row.country, row.stressor_id) == (case.system.country, case.stressor_id)
    ]


def projection_of(case: Case) -> Projection | None:
    """Return the projection in use: the one chosen, else the first."""
    projections = projections_of(case)
    chosen = [row for row in projections if row.id == case.policy.projection]
    return next(iter([*chosen, *projections]), None)


def national_emissions(case: Case) -> float:
    """Return the production of all regions."""
    return sum(row["production_emissions"] for row in case.rows.values())


def uplift(
    case: Case, quota: float, projection: Projection | None
) -> dict[str, float | None]:
    """Return what the projection leaves, and the quota relative to it."""
    national = national_emissions(case)
    left = None if projection is None else projection.emissions - national
    return {
        "quota_share": quota / national if national else None,
        "projected_quota": left,
        "quota_uplift": quota / left if left is not None and left > 0 else None,
    }


def user_names(case: Case, scenario_id: str) -> list[str | None]:
    """Return benchmark and cap of a user's scenario, None if not exactly one name."""
    names = []
    for kinds in (("benchmark",), ("scale_to_cap", "cap")):
        values = {
            row.value
            for row in case.policy.user_rows
            if row.scenario_id == scenario_id and row.kind in kinds
        }
        only = values.pop() if len(values) == 1 else None
        names.append(only if isinstance(only, str) else None)
    return names


def named_limits(case: Case, scenario_id: str, *kinds: str) -> str:
    """Return what a user's rows of kinds name for the year, by name or in tonnes."""
    values = {
        row.value
        for row in case.policy.user_rows
        if row.scenario_id == scenario_id
        and row.kind in kinds
        and row.year in (None, case.number)
    }
    words = [
        value if isinstance(value, str) else f"{value:.12g} t per person"
        for value in values
    ]
    return ", ".join(sorted(words)) or "none"


def includes_power_supply(case: Case, scenario_id: str) -> bool:
    """Whether a scenario's intensities may fall in power supply."""
    rows = [
        row
        for row in case.policy.user_rows
        if (row.scenario_id, row.lever) == (scenario_id, "intensity")
    ]
    return not rows or any(row.includes_power_supply for row in rows)


def left_to_givers(case: Case, scenario_id: str, quotas: Rows) -> dict[str, float]:
    """Return what those have left per head who act, and whose footprint falls.

    Acting is setting free at least a hundredth of one's own footprint or emissions.
    """
    is_user = scenario_id in case.policy.user_scenarios
    return {
        region: row["footprint_after"] / case.people[region]
        for (region,), row in quotas.items()
        if region in case.people
        and exceeds(row["footprint_before"], row["footprint_after"])
        and (is_user or row["is_selected"])
        and row["quota"] > 0
        and any(
            row["quota"] >= 0.01 * abs(row[account])
            for account in ("footprint_before", "production_before")
        )
    }


def lowest_giver(case: Case, left: dict[str, float]) -> dict[str, object]:
    """Return who has least left per head, of equals the first by id."""
    lowest = min(left.values(), default=None)
    region = min((r for r in left if not exceeds(left[r], lowest)), default=None)
    return {
        "lowest_giver_region_id": region,
        "lowest_giver_region_name": names_of(case).get(region),
        "lowest_giver_per_capita_after": lowest,
    }


def hardest_hit(case: Case, outcome: Outcome) -> dict[str, object]:
    """Return whose demand is scaled down most, of equals the first by id."""
    factors = np.minimum(outcome.levers.k, outcome.levers.k_direct).min(axis=1)
    smallest = factors.min()
    regions = [
        region.id
        for region, factor in zip(case.system.regions, factors, strict=True)
        if smallest < 1 and not exceeds(factor, smallest)
    ]
    region = min(regions, default=None)
    return {
        "hardest_hit_region_id": region,
        "hardest_hit_region_name": names_of(case).get(region),
    }


def names_of(case: Case) -> dict[str, str]:
    """Return the names of the regions by id."""
    return {region.id: region.name for region in case.system.regions}


def summary_row(
    case: Case,
    scenario_id: str,
    outcome: Outcome,
    standards: list[Living],
    left: dict[str, float],
) -> dict[str, object]:
    """Return the row of ``quota_summary``."""
    projection = projection_of(case)
    levers, bands = outcome.levers, income_bands(case)
    is_user = scenario_id in case.policy.user_scenarios
    names = user_names(case, scenario_id) if is_user else SCENARIOS[scenario_id]
    return {
        "quota": outcome.quota,
        **uplift(case, outcome.quota, projection),
        "national_emissions": national_emissions(case),
        "smallest_demand_factor": min(levers.k.min(), levers.k_direct.min()),
        "is_user_scenario": is_user,
        "rule_id": None if is_user else case.policy.rule,
        "super_emitters": None if is_user else len(selected_by(case, case.policy.rule)),
        "benchmark_id": names[0],
        "cap_id": names[1],
        "benchmarks": named_limits(case, scenario_id, "benchmark")
        if is_user
        else names[0],
        "caps": named_limits(case, scenario_id, "cap", "scale_to_cap")
        if is_user
        else names[1],
        "includes_power_supply": includes_power_supply(case, scenario_id),
        "projection_id": projection and projection.id,
        "peak_emissions": projection and projection.emissions,
        "peak_year": projection and projection.year,
        "receivers_share": None if is_user else case.policy.receivers_share,
        "income_year": bands.income_year,
        "currency_per_usd": bands.rate,
        **summary_premise(case, standards, is_user),
        **far_above(case, scenario_id, outcome),
        **lowest_giver(case, left),
        **hardest_hit(case, outcome),
    }


def far_above(case: Case, scenario_id: str, outcome: Outcome) -> dict[str, object]:
    """Return how many producers come down to a fifth or less, and their share."""
    names = benchmarks_of(case, scenario_id)
    f, after = case.accounts.f, outcome.levers.f
    X = case.solution.X.sum(axis=(1, 2)) + case.solution.X_export
    size = len(case.system.sectors)
    cells = [
        k
        for k in np.flatnonzero((after != f) & (X != 0))
        if any(
            bound is not None and after[k] == bound and exceeds(f[k], 5 * bound)
            for bound in (benchmarked(case, *divmod(k, size), name) for name in names)
        )
    ]
    cut = (f - after) * X
    return {
        "producer_premise": case.producer_premise if names else "holds",
        "sectors_far_above": len(cells),
        "regions_far_above": len({k // size for k in cells}),
        "share_far_above": cut[cells].sum() / cut.sum() if cut.sum() else None,
    }


def benchmarks_of(case: Case, scenario_id: str) -> set[str]:
    """Return the benchmarks that a scenario names for the year."""
    if scenario_id not in case.policy.user_scenarios:
        return {SCENARIOS[scenario_id][0]}
    named = named_limits(case, scenario_id, "benchmark")
    return set() if named == "none" else set(named.split(", "))


def summary_premise(
    case: Case, standards: list[Living], is_user: bool
) -> dict[str, object]:
    """Return the premise that one allocation at least fulfils, and who is above."""
    receivers = list(standards[0].people) if standards else []
    is_within = any(row.is_within_the_curve for row in standards)
    shown = [row for row in standards if row.premise == "holds"] or standards
    receiving = set().union(*(one.receiving for one in shown))
    heads = [case.heads[region] for region in receiving]
    return {
        "premise": premise(case, receivers, is_within, is_user),
        "receivers_above_givers": None
        if is_user
        else above_some_giver(heads, standards[0].left)
        if standards
        else 0,
    }


def choice_marts(case: Case) -> dict[str, Rows]:
    """Return the marts over the grid of choices; no projection changes an income."""
    quotas: Rows = {}
    standards: Rows = {}
    projections = projections_of(case) or [None]
    replaced = case.policy.user_scenarios
    shipped = {k: names for k, names in SCENARIOS.items() if k not in replaced}
    for rule in SUPER_EMITTER_RULES:
        is_in_use = rule == case.policy.rule
        selected = selected_by(case, rule)
        receivers = receivers_of(case, selected, case.policy.receivers_share)
        for choice in product(BENCHMARKS, CAPS, (True, False)):
            same = [name for name, names in shipped.items() if (*names, True) == choice]
            quota = evaluate(case, shipped_levers(case, selected, *choice)).quota
            quotas[rule, *choice] = {
                "quota": quota,
                "cap_per_capita": case.caps[choice[1]],
                "is_default_rule": is_in_use,
            }
            for allocation in ALLOCATION_RULES:
                reached = sensitivity_living(case, receivers, allocation, quota)
                for projection in projections:
                    name = projection.id if projection else "none"
                    standards[rule, *choice, allocation, name] = {
                        "scenario_id": same[0] if same and is_in_use else None,
                        **uplift(case, quota, projection),
                        **reached,
                    }
    return {"quota_by_choice": quotas, "living_standards_by_choice": standards}


def sensitivity_living(
    case: Case, receivers: list[str], allocation: str, quota: float
) -> dict[str, object]:
    """Return what the receivers reach in a cell of the grid."""
    if receivers:
        row = living(case, receivers, allocation, quota).summary()
    else:
        row = {
            "receivers": 0,
            "receiver_population_share": 0,
            "income_threshold": income_bands(case).threshold,
            "premise": premise(case, [], True, False),
        }
    columns = (
        "receivers",
        "receiver_population_share",
        "income_after",
        "income_threshold",
        "reaches_threshold",
        "premise",
    )
    return {column: row.get(column) for column in columns}


def largest_scenario(case: Case, summaries: dict[str, dict]) -> str | None:
    """Return the shipped scenario that avoids most, of equals the first by name."""
    quotas = {
        name: row["quota"]
        for name, row in summaries.items()
        if name not in case.policy.user_scenarios
    }
    if not quotas:
        return None
    largest = max(quotas.values())
    return min(name for name, quota in quotas.items() if not exceeds(largest, quota))


def reach_share(rows: list[dict]) -> float | None:
    """Return the share of allocation rules that reach the upper-middle band."""
    reached = [row["reaches_threshold"] for row in rows if row["premise"] == "holds"]
    if not reached or None in reached:
        return None
    return sum(reached) / len(reached)


def headline_values(
    count: int,
    summaries: dict[str, dict],
    livings: dict[str, list[dict]],
    best: str | None,
) -> dict[str, tuple[float | None, float | None, str | None]]:
    """Return the study's figure, ours, and of which shipped scenario it is."""
    if best is None:
        return {
            "super_emitters": (32, count, None),
            "quota": (1.4e9, None, None),
            "quota_uplift": (0.3, None, None),
            "receiver_share": (0.6, None, None),
            "receivers_reach_upper_middle": (None, None, None),
        }
    rows = [row for row in livings[best] if row["premise"] == "holds"]
    share = reach_share(livings[best])
    receivers = rows[0]["receiver_population_share"] if rows else None
    return {
        "super_emitters": (32, count, None),
        "quota": (1.4e9, summaries[best]["quota"], best),
        "quota_uplift": (0.3, summaries[best]["quota_uplift"], best),
        "receiver_share": (0.6, receivers, best),
        "receivers_reach_upper_middle": (None, share, best),
    }


def policy_marts(case: Case) -> tuple[dict[str, Rows], dict[str, tuple]]:
    """Return the policy marts of one case, and its headlines."""
    selected = selected_by(case, case.policy.rule)
    receivers = receivers_of(case, selected, case.policy.receivers_share)
    marts: dict[str, Rows] = {
        "super_emitters": super_emitter_rows(case),
        "mitigation_typology": {(r,): row for r, row in case.typology.items()},
        "quota_by_region": {},
        "quota_summary": {},
        "quota_by_sector": {},
        "quota_spillovers": {},
        "quota_allocation": {},
        "living_standards": {},
        **choice_marts(case),
    }
    livings: dict[str, list[dict]] = {}
    for name in case.policy.scenarios:
        outcome = evaluate(case, levers_of(case, name))
        for mart, rows in (
            ("quota_by_region", quota_rows(case, outcome)),
            ("quota_by_sector", sector_rows(case, outcome)),
            ("quota_spillovers", spillover_rows(case, outcome)),
        ):
            marts[mart].update({(name, *key): row for key, row in rows.items()})
        left = left_to_givers(case, name, quota_rows(case, outcome))
        is_user = name in case.policy.user_scenarios
        standards = {
            rule: living(case, receivers, rule, outcome.quota, left.values(), is_user)
            for rule in (ALLOCATION_RULES if receivers else ())
        }
        marts["quota_summary"][(name,)] = summary_row(
            case, name, outcome, list(standards.values()), left
        )
        livings[name] = [one.summary() for one in standards.values()]
        for rule, one in standards.items():
            for region, row in one.rows().items():
                marts["quota_allocation"][(name, rule, region)] = row
            marts["living_standards"][(name, rule)] = one.summary()
    summaries = {key[0]: row for key, row in marts["quota_summary"].items()}
    largest = largest_scenario(case, summaries)
    for name, row in summaries.items():
        row["is_largest"] = name == largest
        row["receivers_reach_upper_middle"] = reach_share(livings[name])
    return marts, headline_values(len(selected), summaries, livings, largest)
