"""Hard cases of the policy part: a NULL that says why, never infinity.

The numbers are worked out from the towns of ``support.edges``: a factory that emits
e has a power plant that emits e / 2, and 1,000 people.
"""

import pytest
from support.compare import read_mart
from support.edges import (
    AT_PEAK,
    CROWDED,
    EQUAL,
    INVERSE,
    PEAK,
    TOWNS,
    UNKNOWN,
    ZEROS,
)
from support.policy_facts import PROJECTIONS
from support.promised import promised_columns

SHIPPED = ("low", "medium", "high")
ALL = (*SHIPPED, "roomy")
ALLOCATIONS = ("equal_per_capita", "gap_proportional", "water_filling")


@pytest.fixture(scope="module")
def marts(edges):
    """Return a function that reads a mart of the towns."""
    read: dict[str, dict] = {}

    def rows(mart: str, *more: str) -> dict[tuple, dict]:
        if mart not in read:
            columns = [*promised_columns(mart), *more]
            read[mart] = read_mart(edges.warehouse, mart, columns)
        return read[mart]

    return rows


def summaries(marts, year: int, stressor: str = "co2") -> dict[str, dict]:
    rows = marts("quota_summary", "quota_uplift_note")
    return {key[2]: row for key, row in rows.items() if key[:2] == (year, stressor)}


def living(marts, year: int, scenario: str = "medium") -> list[dict]:
    rows = marts("living_standards")
    return [rows[year, "co2", scenario, rule] for rule in ALLOCATIONS]


def selected(marts, year: int, rule: str) -> list[str]:
    rows = marts("super_emitters")
    return [
        town for town in TOWNS if rows[year, "co2", rule, town]["is_selected"] is True
    ]


def test_towns_that_are_all_alike(marts):
    """Nobody is better than its peers or above a mean: there is nothing to free."""
    assert selected(marts, EQUAL, "top_decile") == ["t00", "t01"]
    assert selected(marts, EQUAL, "cumulative_half") == list(TOWNS[:5])
    assert selected(marts, EQUAL, "lorenz_elbow") == []
    for town in TOWNS:
        row = marts("super_emitters")[EQUAL, "co2", "top_decile", town]
        assert row["emitter_rank"] == 1
        kind = marts("mitigation_typology")[EQUAL, "co2", town]
        assert (kind["affluence"], kind["pathway_id"]) == ("high", "both")
        # as much power and industry as the nation: a tie, by the alphabet
        assert kind["industry_type"] == "energy"
    for row in summaries(marts, EQUAL).values():
        assert row["quota"] == row["quota_share"] == row["quota_uplift"] == 0
        assert row["smallest_demand_factor"] == 1
        assert row["quota_uplift_note"] is None
    for row in living(marts, EQUAL):
        # one point is no curve
        assert row["income_elasticity"] is None
        assert row["curve_r_squared"] is row["is_extrapolated"] is None
        assert row["income_after"] is row["reaches_threshold"] is None
        assert row["gini_before"] == pytest.approx(0, abs=1e-12)
        assert (row["receivers"], row["receiver_population_share"]) == (6, 0.6)


def test_no_super_emitter_for_a_lever(marts):
    """A rule that selects nobody frees nothing, and everybody may receive."""
    rows = {
        key: row
        for key, row in marts("quota_sensitivity").items()
        if key[:3] == (EQUAL, "co2", "lorenz_elbow")
    }
    assert len(rows) == 3 * 3 * 2 * 3 * len(PROJECTIONS)
    for row in rows.values():
        assert (row["quota"], row["receivers"]) == (0, 6)
    assert not [key for key in marts("mitigation_by_sector") if key[0] == EQUAL]
    assert not [key for key in marts("mitigation_spillovers") if key[0] == EQUAL]


def test_a_cap_above_every_footprint(marts):
    for year in (EQUAL, ZEROS, INVERSE, CROWDED, UNKNOWN, AT_PEAK):
        row = summaries(marts, year)["roomy"]
        assert (row["quota"], row["smallest_demand_factor"]) == (0, 1)
    for key, row in marts("quota_allocation").items():
        if key[2] == "roomy":
            assert row["allocated_quota"] == 0


def test_towns_without_footprint_production_or_income(marts):
    idle, workless, empty = (
        marts("quota_by_region")[ZEROS, "co2", "medium", town] for town in TOWNS[:3]
    )
    assert (idle["footprint_before"], idle["production_before"]) == (0, 6144)
    assert (workless["footprint_before"], workless["production_before"]) == (7680, 0)
    assert set(empty.values()) & {None} == set()
    assert (empty["footprint_before"], empty["production_before"]) == (0, 0)
    kinds = marts("mitigation_typology")
    # undefined is balanced; who makes nothing is of no industry
    assert kinds[ZEROS, "co2", "t00"]["supply_chain_role"] == "balanced"
    assert kinds[ZEROS, "co2", "t01"]["supply_chain_role"] == "consumer"
    assert kinds[ZEROS, "co2", "t02"]["supply_chain_role"] == "balanced"
    assert kinds[ZEROS, "co2", "t01"]["industry_type"] is None
    assert kinds[ZEROS, "co2", "t00"]["industry_type"] == "energy"
    for row in living(marts, ZEROS):
        # from nothing no income can be told
        assert row["receivers"] == 6
        assert row["income_before"] == (1024 + 2048 + 512 + 0 + 5120 + 6144) / 6
        assert row["income_after"] is row["gini_after"] is None
        assert row["reaches_threshold"] is None
        assert row["largest_income_factor"] >= 1
    water = {
        town: marts("quota_allocation")[ZEROS, "co2", "medium", "water_filling", town]
        for town in ("t00", "t01", "t02")
    }
    assert water["t00"]["allocated_quota"] == water["t02"]["allocated_quota"] > 0
    assert water["t01"]["allocated_quota"] == 0


def test_a_stressor_that_nobody_emits(marts):
    for year in (EQUAL, ZEROS, UNKNOWN):
        for row in summaries(marts, year, "ch4").values():
            assert (row["quota"], row["national_emissions"]) == (0, 0)
            assert row["quota_share"] is row["projected_quota"] is None
            assert row["quota_uplift"] is None
            assert row["quota_uplift_note"]
    rows = marts("super_emitters")
    assert not any(
        rows[EQUAL, "ch4", "cumulative_half", town]["is_selected"] for town in TOWNS
    )
    assert rows[EQUAL, "ch4", "top_decile", "t00"]["cumulative_share"] is None


def test_an_income_curve_that_falls(marts):
    for row in living(marts, INVERSE):
        assert row["income_elasticity"] < 0
        assert row["income_after"] is row["band_after"] is None
        assert row["largest_income_factor"] is None
        assert row["income_before"] == 1024 * (3 + 4 + 5 + 6 + 7 + 8) / 6


def test_receivers_that_are_too_few(marts):
    """Eight towns of 1,000 people, and two super-emitters of 4,000: 8 of 16."""
    assert selected(marts, CROWDED, "top_decile") == ["t08", "t09"]
    for row in living(marts, CROWDED):
        assert (row["receivers"], row["receiver_population_share"]) == (8, 0.5)
        assert row["income_before"] == 1024 * 4.5
    assert living(marts, CROWDED)[0]["reaches_threshold"] is False
    headline = marts("headlines")[CROWDED, "co2", "receiver_share"]
    assert headline["computed_value"] == 0.5


def test_a_town_of_unknown_income(marts):
    kinds = marts("mitigation_typology")
    assert {kinds[UNKNOWN, "co2", town]["affluence"] for town in TOWNS} == {None}
    caps = marts("mitigation_caps")
    assert caps[UNKNOWN, "co2", "peer_mean"]["tonnes_per_person"] is None
    # no peers' mean, no cap: the producers' lever alone
    assert summaries(marts, UNKNOWN)["low"]["smallest_demand_factor"] == 1
    for row in living(marts, UNKNOWN):
        assert row["receivers"] == 8  # the unknown one comes last, and is needed
        for column in ("income_before", "gini_before", "share_at_threshold_before"):
            assert row[column] is None
    headlines = marts("headlines")
    reached = headlines[UNKNOWN, "co2", "receivers_reach_upper_middle"]
    assert reached["computed_value"] is None


def test_a_projection_that_leaves_nothing_or_less(marts):
    """The notes say why there is no uplift; 4.5 times the peak is emitted."""
    for year, left in ((AT_PEAK, 0), (UNKNOWN, PEAK - 4.5 * PEAK)):
        rows = summaries(marts, year)
        assert set(rows) == set(ALL)
        for row in rows.values():
            assert row["projected_quota"] == pytest.approx(left, rel=1e-12)
            assert row["quota_uplift"] is None
            assert row["quota_uplift_note"]
        assert rows["medium"]["quota"] > 0
        uplift = marts("headlines")[year, "co2", "quota_uplift"]
        assert uplift["computed_value"] is None
    emitted = summaries(marts, AT_PEAK)["medium"]["national_emissions"]
    assert emitted == PEAK


def test_one_region_alone_has_no_receivers(lonely):
    for mart in ("quota_allocation", "living_standards"):
        assert read_mart(lonely.warehouse, mart, []) == {}
    rows = read_mart(lonely.warehouse, "quota_summary", ["quota"])
    assert {row["quota"] for row in rows.values()} == {0}
    grid = read_mart(
        lonely.warehouse, "quota_sensitivity", ["receivers", "reaches_threshold"]
    )
    assert grid
    assert {row["reaches_threshold"] for row in grid.values()} == {None}
