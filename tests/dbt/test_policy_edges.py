"""Hard cases of the policy part: a NULL that says why, never infinity.

The numbers are worked out from the towns of ``support.edges``: a factory that emits
e has a power plant that emits e / 2, and 1,000 people.
"""

import pytest
from support.compare import asked, read_mart
from support.edges import (
    AT_PEAK,
    CROWDED,
    EQUAL,
    INVERSE,
    PEAK,
    PEOPLE,
    SINKS,
    STEEP,
    TOWNS,
    UNKNOWN,
    ZEROS,
)
from support.policy_facts import PROJECTIONS

SHIPPED = ("low", "medium", "high")
USERS = ("roomy", "stocking up", "two cleaner towns")
YEARS = (EQUAL, ZEROS, INVERSE, CROWDED, UNKNOWN, AT_PEAK, STEEP, SINKS)
ALLOCATIONS = ("equal_per_capita", "gap_proportional", "water_filling")


@pytest.fixture(scope="module")
def marts(edges):
    """Return a function that reads a mart of the towns."""
    read: dict[str, dict] = {}

    def rows(mart: str) -> dict[tuple, dict]:
        if mart not in read:
            read[mart] = read_mart(edges.warehouse, mart)
        return read[mart]

    return rows


def summaries(marts, year: int, stressor: str = "co2") -> dict[str, dict]:
    rows = marts("quota_summary")
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
    assert selected(marts, EQUAL, "top_decile") == ["A00", "A01"]
    assert selected(marts, EQUAL, "cumulative_half") == list(TOWNS[:5])
    assert selected(marts, EQUAL, "lorenz_elbow") == []
    assert selected(marts, EQUAL, "largest_above_mean") == []
    for town in TOWNS:
        row = marts("super_emitters")[EQUAL, "co2", "top_decile", town]
        assert row["emitter_rank"] == 1
        kind = marts("mitigation_typology")[EQUAL, "co2", town]
        assert (kind["affluence"], kind["pathway_id"]) == ("high", "both")
        # as much power and industry as everybody: no town is of a type
        assert kind["industry_type"] is None
        # else a tie, by the alphabet
        kind = marts("mitigation_typology")[CROWDED, "co2", town]
        assert kind["industry_type"] == "energy"
    for scenario in (*SHIPPED, "roomy"):
        row = summaries(marts, EQUAL)[scenario]
        assert row["quota"] == row["quota_share"] == row["quota_uplift"] == 0
        assert row["smallest_demand_factor"] == 1
        assert row["quota_uplift_note"] is None
    for row in living(marts, EQUAL):
        # one point is no curve
        assert row["income_elasticity"] is None
        assert row["curve_r_squared"] is row["is_extrapolated"] is None
        assert row["income_after"] is row["reaches_threshold"] is None
        # no income is within it; that no town is of a type comes first
        assert row["premise"] == "one_structure"
        assert row["gini_before"] == pytest.approx(0, abs=1e-12)
        assert (row["receivers"], row["receiver_population_share"]) == (6, 0.6)


def test_no_super_emitter_for_a_lever(marts):
    """A rule that selects nobody frees nothing, and everybody may receive."""
    cells = 3 * 3 * 2
    for mart, column, values in (
        ("quota_by_choice", "quota", [0] * cells),
        ("living_standards_by_choice", "receivers", [6] * cells * 3 * len(PROJECTIONS)),
    ):
        rows = marts(mart).items()
        own = [row for key, row in rows if key[:3] == (EQUAL, "co2", "lorenz_elbow")]
        assert [row[column] for row in own] == values
    for mart in ("quota_by_sector", "quota_spillovers"):
        acting = {key[2] for key in marts(mart) if key[0] == EQUAL}
        assert acting == {"two cleaner towns"}


@pytest.mark.parametrize("scenario", ["roomy", "stocking up"])
def test_nothing_is_avoided(marts, scenario):
    """A cap is above every footprint; demand grows for stocks, which nobody has."""
    for year in YEARS:
        row = summaries(marts, year)[scenario]
        assert (row["quota"], row["smallest_demand_factor"]) == (0, 1)
    allocated = {
        row["allocated_quota"]
        for key, row in marts("quota_allocation").items()
        if key[2] == scenario
    }
    assert allocated == {0}


def test_two_producers_alone_are_cleaner(marts):
    """Half of what A08 and ALL emit: 3 / 2 x (9 + 10) x 1,024 t / 2."""
    row = summaries(marts, INVERSE)["two cleaner towns"]
    assert row["quota"] == 14_592
    assert row["smallest_demand_factor"] == 1
    regions = marts("quota_by_region")
    own = {town: regions[INVERSE, "co2", row["scenario_id"], town] for town in TOWNS}
    assert [own[town]["producer_quota"] for town in TOWNS] == [0] * 8 + [6_912, 7_680]
    assert {own[town]["consumer_quota"] for town in TOWNS} == {0}


def test_towns_without_footprint_production_or_income(marts):
    exporter, importer, neither = (
        marts("quota_by_region")[ZEROS, "co2", "medium", town] for town in TOWNS[:3]
    )
    before = ("footprint_before", "production_before")
    assert [exporter[column] for column in before] == [0, 6144]
    assert [importer[column] for column in before] == [7680, 0]
    assert [neither[column] for column in before] == [0, 0]
    assert None not in neither.values()
    kinds = marts("mitigation_typology")
    # undefined is balanced; who makes nothing is of no industry
    assert kinds[ZEROS, "co2", "A00"]["supply_chain_role"] == "balanced"
    assert kinds[ZEROS, "co2", "A01"]["supply_chain_role"] == "consumer"
    assert kinds[ZEROS, "co2", "A02"]["supply_chain_role"] == "balanced"
    assert kinds[ZEROS, "co2", "A01"]["industry_type"] is None
    assert kinds[ZEROS, "co2", "A00"]["industry_type"] == "energy"
    for row in living(marts, ZEROS):
        # from nothing no income can be told
        assert row["receivers"] == 6
        assert row["income_before"] == (1024 + 2048 + 512 + 0 + 5120 + 6144) / 6
        assert row["income_after"] is row["gini_after"] is None
        assert row["reaches_threshold"] is None
        assert row["largest_income_factor"] >= 1
    water = {
        town: marts("quota_allocation")[ZEROS, "co2", "medium", "water_filling", town]
        for town in ("A00", "A01", "A02")
    }
    assert water["A00"]["allocated_quota"] == water["A02"]["allocated_quota"] > 0
    assert water["A01"]["allocated_quota"] == 0


def test_a_stressor_that_nobody_emits(marts):
    for year in (EQUAL, ZEROS, UNKNOWN):
        for row in summaries(marts, year, "so2").values():
            assert (row["quota"], row["national_emissions"]) == (0, 0)
            assert row["quota_share"] is row["projected_quota"] is None
            assert row["quota_uplift"] is None
            assert row["quota_uplift_note"]
    rows = marts("super_emitters")
    assert not any(
        rows[EQUAL, "so2", "cumulative_half", town]["is_selected"] for town in TOWNS
    )
    assert rows[EQUAL, "so2", "top_decile", "A00"]["cumulative_share"] is None


def test_an_income_curve_that_falls(marts):
    for row in living(marts, INVERSE):
        assert row["income_elasticity"] < 0
        assert row["income_after"] is row["band_after"] is None
        assert row["largest_income_factor"] is None
        assert row["income_before"] == 1024 * (3 + 4 + 5 + 6 + 7 + 8) / 6


def test_a_town_that_is_called_like_a_total(marts):
    """ALL has both levers, and its part of a cut is not the cut of all.

    Factories emit 1 to 10 t per unit and power plants twice that: the medians are
    5.5 and 11. A08 and ALL cut 3.5 x 1,024 + 7 x 256 and 4.5 x 1,024 + 9 x 256 t,
    and have 8,448 t left, just the mean of all towns: so for a person 8.448 of
    13.824 and of 15.36 t, and k is 11 / 18 and 0.55.
    """
    assert selected(marts, INVERSE, "top_decile") == ["A08", "ALL"]
    kind = marts("mitigation_typology")[INVERSE, "co2", "ALL"]
    assert kind["pathway_id"] == "both"
    quota = 13_824 - 8_448 * 11 / 18 + 15_360 - 8_448 * 0.55
    assert summaries(marts, INVERSE)["medium"]["quota"] == pytest.approx(quota)
    # without power, 3,584 and 4,608 t are cut
    rest = (13_824 - 3_584) * 11 / 18 + (15_360 - 4_608) * 0.55
    choice = (INVERSE, "co2", "top_decile", "median", "national_mean")
    cells = {
        (key[5], row["quota"])
        for key, row in marts("quota_by_choice").items()
        if key[:5] == choice
    }
    assert dict(cells) == {
        True: pytest.approx(quota),
        False: pytest.approx(13_824 + 15_360 - rest),
    }


def test_an_income_curve_that_is_nearly_vertical(marts, edges):
    """Ten times the footprint at a hundredth more income: no threshold.

    At 25 times the income the footprint would be beyond e^600.
    """
    (curve,) = asked(
        edges.warehouse,
        "select income_elasticity, threshold_footprint_per_capita"
        " from intermediate.int_income_curves"
        " where year = ? and stressor_id = 'co2'",
        [STEEP],
    )
    assert 200 < curve[0] < 300
    assert curve[1] is None
    equal, gaps, _ = living(marts, STEEP)
    assert equal["receivers"] == 6
    # without a threshold nobody has a gap: all get the same
    assert gaps["income_after"] == equal["income_after"]
    assert 1024 < equal["income_before"] < equal["income_after"] < 1.1 * 1024
    assert equal["reaches_threshold"] is False
    rows = marts("quota_allocation")
    head = summaries(marts, STEEP)["medium"]["quota"] / (6 * PEOPLE)
    for town in TOWNS[:6]:
        row = rows[STEEP, "co2", "medium", "gap_proportional", town]
        assert row["allocated_per_capita"] == pytest.approx(head)


def test_a_benchmark_below_zero(marts, edges):
    """Whoever emits nothing comes down to peers that bind carbon.

    Factories: -1 t per unit is the median, 0 what A08 and ALL have; power plants: 8
    and 16. Of 4,096 t, 1,024 of the factory and 2,048 of the plant are cut. The mean
    of all towns is 1.6384 t per person, of 4.096: k is 0.4.
    """
    assert selected(marts, SINKS, "top_decile") == ["A08", "ALL"]
    rows = asked(
        edges.warehouse,
        "select distinct benchmark_id, benchmark_intensity"
        " from intermediate.int_intensity_gaps"
        " where (year, stressor_id, industry_type, sector_id)"
        " = (?, 'co2', 'energy', 'factory')",
        [SINKS],
    )
    assert dict(rows) == pytest.approx({"mean": -0.8, "median": -1, "p25": -1})
    for town in ("A08", "ALL"):
        factory = marts("quota_by_sector")[SINKS, "co2", "medium", town, "factory"]
        assert factory["emissions_before"] == 0
        # -1,024 x 0.4: half of the 1.4 is the mean over both orders
        assert factory["emissions_after"] == pytest.approx(-409.6)
        assert factory["producer_quota"] == pytest.approx(1024 * 1.4 / 2)
        region = marts("quota_by_region")[SINKS, "co2", "medium", town]
        assert region["producer_quota"] == pytest.approx(3072 * 1.4 / 2)
        assert region["consumer_quota"] == pytest.approx((4096 + 1024) / 2 * 0.6)
    quota = 2 * (4096 - 1024 * 0.4)
    assert summaries(marts, SINKS)["medium"]["quota"] == pytest.approx(quota)


def test_receivers_that_are_too_few(marts):
    """Eight towns of 1,000 people, and two super-emitters of 4,000: 8 of 16."""
    assert selected(marts, CROWDED, "top_decile") == ["A08", "ALL"]
    # they are below the people's mean: 9 and 10 for 4,000, where 55 are for 16,000
    assert selected(marts, CROWDED, "largest_above_mean") == ["A06", "A07"]
    for row in living(marts, CROWDED):
        assert (row["receivers"], row["receiver_population_share"]) == (8, 0.5)
        assert row["income_before"] == 1024 * 4.5
    assert living(marts, CROWDED)[0]["reaches_threshold"] is False
    assert all(row["premise"] == "receivers_short" for row in living(marts, CROWDED))
    assert summaries(marts, CROWDED)["medium"]["premise"] == "receivers_short"
    for name in ("receiver_share", "receivers_reach_upper_middle"):
        headline = marts("headlines")[CROWDED, "co2", name]
        assert headline["computed_value"] is None
        assert "hold 50.0 % of the population, and the rule" in headline["reason"]


def test_a_town_of_unknown_income(marts):
    kinds = marts("mitigation_typology")
    assert {kinds[UNKNOWN, "co2", town]["affluence"] for town in TOWNS} == {None}
    caps = {
        row["cap_per_capita"]
        for key, row in marts("quota_by_choice").items()
        if key[:2] == (UNKNOWN, "co2") and key[4] == "peer_mean"
    }
    assert caps == {None}
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
        assert set(rows) == {*SHIPPED, *USERS}
        for row in rows.values():
            assert row["projected_quota"] == pytest.approx(left, rel=1e-12)
            assert row["quota_uplift"] is None
            assert row["quota_uplift_note"]
        assert rows["medium"]["quota"] > 0
        uplift = marts("headlines")[year, "co2", "quota_uplift"]
        assert uplift["computed_value"] is None
    emitted = summaries(marts, AT_PEAK)["medium"]["national_emissions"]
    assert emitted == PEAK
