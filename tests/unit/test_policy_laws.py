"""What every quota of the reference keeps, whatever the system and the scenario."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.policy_facts import ALLOCATION_RULES, SCENARIOS, Policy, UserRow
from support.random_systems import Size, random_system, random_systems
from support.reference import PUBLISHED, reference_marts
from support.systems import System


def user_rows(system: System) -> st.SearchStrategy[UserRow]:
    """Draw rows of a user's scenario for a system."""
    common = {
        "scenario_id": st.sampled_from(["mine", "low"]),
        "year": st.sampled_from([None, *system.years]),
        "region": st.sampled_from([None, *(r.id for r in system.regions)]),
    }
    sector = st.sampled_from([None, *(i.id for i in system.sectors)])
    category = st.sampled_from([None, *(c.id for c in system.categories)])
    factor = st.sampled_from([0.0, 0.3, 1.0, 1.7])
    names = st.sampled_from(["mean", "median", "p25"])
    levels = st.sampled_from([0.0, 0.1, 2.0, 1e9, "peer_mean", "national_mean"])
    build = st.builds
    return st.one_of(
        build(
            UserRow,
            **common,
            lever=st.just("intensity"),
            kind=st.just(kind),
            value=value,
            sector=sector,
            includes_power_supply=st.booleans(),
        )
        for kind, value in (("factor", factor), ("benchmark", names))
    ) | st.one_of(
        build(
            UserRow,
            **common,
            lever=st.just("demand"),
            kind=st.just(kind),
            value=value,
            category=category,
        )
        for kind, value in (("factor", factor), ("cap", levels))
    )


@settings(max_examples=25, deadline=None)
@given(data=st.data(), system=random_systems())
def test_laws(data, system):
    """What every quota keeps; that low is below medium is not among it."""
    rows = data.draw(st.lists(user_rows(system), max_size=5))
    rule = data.draw(st.sampled_from(["top_decile", "cumulative_half"]))
    marts = reference_marts(system, PUBLISHED, Policy(rule=rule, user_rows=tuple(rows)))
    regions = [region.id for region in system.regions]
    for key, summary in marts["quota_summary"].items():
        own = {region: marts["quota_by_region"][*key, region] for region in regions}
        slack = 1e-9 * max(1.0, abs(summary["national_emissions"]))

        def total(column: str, own: dict = own) -> float:
            return sum(row[column] for row in own.values())

        def same(value: float, slack: float = slack):
            return pytest.approx(value, rel=0, abs=slack)

        assert total("quota") == same(summary["quota"])
        reduction = total("production_before") - total("production_after")
        assert reduction == same(summary["quota"])
        check_spillovers(marts, key, own, same)
        by_sector = marts["mitigation_by_sector"]
        cut = sum(r["producer_quota"] for k, r in by_sector.items() if k[:3] == key)
        assert cut == same(total("producer_quota"))
        check_allocation(marts, key, summary, same)
        cell = (*key[:2], rule, *SCENARIOS.get(key[2], ()), True, "water_filling")
        if not summary["is_user_scenario"]:
            grid = marts["quota_sensitivity"][*cell, "none"]
            assert grid["quota"] == same(summary["quota"])
    for values in marts["headlines"].values():
        assert np.isfinite(values["computed_value"] or 0.0)


def check_spillovers(marts: dict, key: tuple, own: dict, same: object) -> None:
    """Check that who acts and who is affected are two sides of the same."""
    rows = {k[3:]: r for k, r in marts["mitigation_spillovers"].items() if k[:3] == key}
    for region, row in own.items():
        acting = [r for k, r in rows.items() if k[0] == region]
        affected = [r for k, r in rows.items() if k[1] == region]
        lower = sum(r["footprint_reduction"] for r in affected)
        assert sum(r["footprint_reduction"] for r in acting) == same(
            row["producer_quota"]
        )
        assert sum(r["production_reduction"] for r in acting) == same(
            row["consumer_quota"]
        )
        assert row["footprint_before"] - row["footprint_after"] == same(
            lower + row["consumer_quota"]
        )
        fewer = sum(r["production_reduction"] for r in affected)
        assert row["production_before"] - row["production_after"] == same(
            row["producer_quota"] + fewer
        )


def check_allocation(marts: dict, key: tuple, summary: dict, same: object) -> None:
    """Check that all of the quota is allocated, under every rule."""
    for rule in ALLOCATION_RULES:
        rows = [
            r for k, r in marts["quota_allocation"].items() if k[:4] == (*key, rule)
        ]
        if rows:
            allocated = sum(row["allocated_quota"] for row in rows)
            assert allocated == same(summary["quota"])


def test_levers_bite_in_what_is_compared():
    """Someone is selected, cut and capped; else the comparison is of zeros."""
    marts = reference_marts(random_system(20, Size(regions=12), years=2), PUBLISHED)
    rows = marts["quota_by_region"].values()
    assert any(row["producer_quota"] > 0 for row in rows)
    assert any(row["consumer_quota"] > 0 for row in rows)
