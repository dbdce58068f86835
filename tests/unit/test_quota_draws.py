"""Quotas of other emissions beside full evaluations, and errors cell by cell."""

from dataclasses import replace
from math import exp, log, sqrt

import numpy as np
import pytest
from support.policy_facts import CAPPED_GROUPS, SCENARIOS, SUPER_EMITTER_RULES, Policy
from support.random_systems import Size, random_system
from support.reference_policy import Case, selected_by
from support.reference_quota_draws import case_of, quotas_of, with_emissions

from carbonshed.uncertainty import draws, quotas
from carbonshed.uncertainty.quotas import Benchmark, Cap, Role, Scenario, Selection

SELECTIONS = {
    "top_decile": Selection("largest_footprints", 32, 309),
    "cumulative_half": Selection("largest_share", share=0.5),
    "lorenz_elbow": Selection("above_means"),
    "producers_or_consumers": Selection("largest_of_either", 32, 309),
    "largest_above_mean": Selection("largest_above_mean", 32, 309),
}
BENCHMARKS = {
    "mean": Benchmark("ratio_of_sums"),
    "median": Benchmark("quantile", 0.5),
    "p25": Benchmark("quantile", 0.25),
}
CAPS = {"peer_mean": Cap("affluent_mean"), "national_mean": Cap("national_mean")}
SIZE = Size(regions=11, sectors=5, categories=5)
DRAWS = 6


def system_of(case: Case, includes_power: bool) -> quotas.QuotaSystem:
    """Return what the package needs of a case, by hand."""
    regions, sectors = case.system.regions, case.system.sectors
    types = [case.typology.get(region.id) for region in regions]
    names = sorted({str(kind["industry_type"]) for kind in types if kind})
    peers = np.array(
        [
            names.index(str(kind["industry_type"])) * len(sectors) + i
            if kind and x > 0
            else -1
            for (kind, i), x in zip(
                ((kind, i) for kind in types for i in range(len(sectors))),
                np.where(case.solution.is_zero, 0.0, case.solution.x),
                strict=True,
            )
        ]
    )
    is_ranked = np.array([region.is_ranked for region in regions])
    is_rich = np.array([bool(kind) and kind["affluence"] == "high" for kind in types])
    nobody = np.zeros(len(regions), dtype=bool)
    capped = [c.group in CAPPED_GROUPS for c in case.system.categories]
    to_regions = case.solution.X.sum(axis=2)
    ranked = [k for k, region in enumerate(regions) if region.is_ranked]
    return quotas.QuotaSystem(
        output=case.solution.x,
        is_zero=case.solution.is_zero,
        region_of_row=np.repeat(np.arange(len(regions)), len(sectors)),
        peers=peers,
        is_power_supply=np.array([i.is_power_supply for _ in regions for i in sectors]),
        to_regions=to_regions,
        to_capped=case.solution.X[:, :, capped].sum(axis=2),
        to_all=to_regions.sum(axis=1) + case.solution.X_export,
        population=np.array([n or 0 for n in case.year.population], dtype=float),
        is_affluent=is_rich,
        ranked=np.array(sorted(ranked, key=lambda k: regions[k].id)),
        by_footprint=np.arange(len(ranked)),
        by_production=np.arange(len(ranked)),
        selection=SELECTIONS[case.policy.rule],
        roles=(
            Role(None, None, is_ranked, is_ranked),
            Role(1.1, None, is_ranked, nobody),
            Role(None, 0.9, is_ranked & ~is_rich, is_rich),
        ),
        scenarios=[
            Scenario(BENCHMARKS[name], CAPS[cap], includes_power)
            for _, (name, cap) in sorted(SCENARIOS.items())
        ],
    )


@pytest.mark.parametrize("includes_power", [True, False])
@pytest.mark.parametrize("rule", SUPER_EMITTER_RULES)
def test_every_draw_is_the_policy_made_anew(rule, includes_power):
    case = case_of(random_system(27, SIZE), 2010, "co2", Policy(rule=rule))
    generator = np.random.default_rng(3)
    F = case.accounts.F * generator.lognormal(0, 1.2, (DRAWS, *case.accounts.F.shape))
    D = case.accounts.D * generator.lognormal(0, 1.2, (DRAWS, *case.accounts.D.shape))
    computed = system_of(case, includes_power).quotas(F, D.sum(axis=2))
    cases = [with_emissions(case, *drawn) for drawn in zip(F, D, strict=True)]
    # so far apart that others are chosen, and everybody has every lever somewhere
    assert len({frozenset(selected_by(redrawn, rule)) for redrawn in cases}) > 1
    ways = {
        kind["pathway_id"] for redrawn in cases for kind in redrawn.typology.values()
    }
    assert ways == {"producer", "consumer", "both"}
    expected = np.array([quotas_of(redrawn, includes_power) for redrawn in cases])
    assert len(np.unique(expected)) > DRAWS
    assert computed == pytest.approx(expected)


def test_a_kind_that_nobody_knows_is_refused():
    ones = np.ones((1, 2))
    with pytest.raises(ValueError, match="of the kind 'smallest'"):
        quotas.select(Selection("smallest"), ones, ones, ones[0], [0, 1], [0, 1])
    case = case_of(random_system(27, SIZE), 2010, "co2", Policy())
    F, D = case.accounts.F[None], case.accounts.D.sum(axis=1)[None]
    mean, peers = Benchmark("ratio_of_sums"), CAPS["peer_mean"]
    for benchmark, cap, message in (
        (mean, Cap("median"), "no cap is of the kind 'median'"),
        (Benchmark("mode"), peers, "no benchmark is .*'mode'"),
        (Benchmark("quantile"), peers, "no benchmark is .*'quantile'"),
    ):
        scenarios = [Scenario(benchmark, cap)]
        system = replace(system_of(case, True), scenarios=scenarios)
        with pytest.raises(ValueError, match=message):
            system.quotas(F, D)


@pytest.mark.parametrize("bound", ["ratio_from", "ratio_to"])
def test_a_ratio_within_rounding_of_a_bound_has_reached_it(bound):
    case = case_of(random_system(27, SIZE), 2010, "co2", Policy())
    system = system_of(case, True)
    has_lever = system.roles[0].has_producer_lever
    nobody = np.zeros_like(has_lever)
    kind = case.typology[min(selected_by(case, case.policy.rule))]
    ratio = kind["supply_chain_ratio"]
    F, D = case.accounts.F[None], case.accounts.D.sum(axis=1)[None]

    def quota_of(limit: float) -> list[float]:
        named = Role(
            **{"ratio_from": None, "ratio_to": None} | {bound: limit},
            has_producer_lever=has_lever,
            has_consumer_lever=has_lever,
        )
        roles = Role(None, None, nobody, nobody), named
        return replace(system, roles=roles).quotas(F, D)[0].tolist()

    sign = 1 if bound == "ratio_from" else -1
    at = quota_of(ratio)
    assert quota_of(ratio * (1 + sign * 1e-14)) == at
    assert quota_of(ratio * (1 + sign * 1e-9)) != at


# the last two hold 0.6 each, in sums of another order
TIED = np.array([[0.1, 0.1 + 0.2 + 0.3, 0.3 + 0.2 + 0.1]])


@pytest.mark.parametrize(
    ("rule", "chosen"),
    [
        (Selection("largest_footprints", 1, 3), {2}),
        (Selection("largest_share", share=0.4), {2}),
        (Selection("largest_of_either", 1, 3), {1, 2}),
        (Selection("largest_above_mean", 1, 3), {2}),
    ],
    ids=lambda value: getattr(value, "kind", ""),
)
def test_equals_go_in_the_order_of_the_marts_whatever_rounding_says(rule, chosen):
    assert TIED[0, 1] > TIED[0, 2]
    others = TIED[:, [0, 2, 1]]  # for production the other one is larger by rounding
    orders = np.array([2, 0, 1]), np.array([0, 1, 2])
    computed = quotas.select(rule, TIED, others, np.ones(3), *orders)
    assert set(np.flatnonzero(computed[0])) == chosen


@pytest.mark.parametrize("people", [[0.0, 1.0, 4.0], [0.0, 0.0, 0.0]])
def test_who_has_no_people_is_above_no_mean(people):
    footprints = np.array([[9.0, 5.0, 1.0]])
    facts = footprints, footprints, np.array(people), *[np.arange(3)] * 2
    computed = quotas.select(Selection("above_means"), *facts)
    # means are 15 / 5 a person and 5 a region
    assert not computed.any()
    computed = quotas.select(Selection("largest_above_mean", 1, 1), *facts)
    assert computed.tolist() == [[False, people[1] > 0, False]]


@pytest.mark.parametrize("k", [0.0, 0.3, 1.0])
def test_errors_keep_the_mean_and_groups_share_them(k):
    generator = np.random.default_rng(4)
    values = np.array([5.0, -2.0, 0.0, 7.0, 1.0])
    rse = np.array([0.1, 0.4, 0.5, 0.0, 2.0])
    groups = np.array([0, 1, 0, 1, 1])
    own, common = generator.normal(size=(3, 5)), generator.normal(size=(3, 2))
    computed = draws.redraw(values, rse * values, groups, k, own, common)
    for draw in range(3):
        for cell, value in enumerate(values):
            t = sqrt(log(1 + rse[cell] ** 2))
            error = sqrt(k) * common[draw, groups[cell]] + sqrt(1 - k) * own[draw, cell]
            expected = value * exp(t * error - t**2 / 2)
            assert computed[draw, cell] == pytest.approx(expected, rel=1e-12)
    assert (computed[:, 3] == 7.0).all()  # nothing is unsure of it
