"""A table of balancing blocks only has accounts, and nothing that is ranked."""

import pytest
from support.compare import asked, not_finite, read_mart
from support.policy_facts import SCENARIOS, UserRow, write_scenarios
from support.tiny_folder import TinyFolder

# over ranked regions
EMPTY = (
    "footprint_rankings",
    "inequality_deciles",
    "lorenz_curve",
    "inequality_indices",
    "super_emitters",
    "mitigation_typology",
    "quota_allocation",
    "quota_by_choice",
    "living_standards",
    "living_standards_by_choice",
    "headlines",
)
HALF = UserRow("half", "intensity", "factor", 0.5)
WORLD = UserRow("world", "demand", "scale_to_cap", "world_mean")
PEERS = UserRow("peers", "demand", "scale_to_cap", "peer_mean")


@pytest.fixture(scope="module")
def unranked(project, tmp_path_factory):
    """Build the table with scenarios of a user."""
    folder = TinyFolder(tmp_path_factory.mktemp("unranked") / "tidy")
    for row in folder.tables["regions"]:
        row["region_type"] = "remainder"
    project.ingest(folder.write(), "unranked").must_pass()
    path = write_scenarios(project.root / "unranked.csv", (HALF, WORLD, PEERS))
    return project.build("unranked", scenarios=path.name)


def test_what_is_ranked_is_empty(unranked):
    for mart in EMPTY:
        assert read_mart(unranked, mart, []) == {}, mart
    accounts = read_mart(unranked, "regional_accounts", ["is_ranked"])
    # three regions, two stressors: one of the table, and value added
    assert [row["is_ranked"] for row in accounts.values()] == [False] * 6


def test_caps_without_a_mean(unranked):
    caps = asked(
        unranked,
        "select year, stressor_id, cap_id, tonnes_per_person"
        " from intermediate.int_yearly_caps",
    )
    assert set(caps) == {
        (2012, "co2", "peer_mean", None),
        (2012, "co2", "national_mean", None),
        (2012, "co2", "world_mean", 4.87),
    }


def test_scenarios_without_a_super_emitter(unranked):
    """The north emits 1.5 kt in farms, and 250 t by 100 people, who have a footprint.

    The south is below the world mean, and the rest has no people.
    """
    columns = ["quota", "quota_share", "super_emitters", "receiver_population_share"]
    summaries = read_mart(unranked, "quota_summary", columns)
    rows = {key[2]: row for key, row in summaries.items()}
    assert set(rows) == {*SCENARIOS, "half", "world", "peers"}
    for scenario in (*SCENARIOS, "peers"):
        assert rows[scenario]["quota"] == rows[scenario]["quota_share"] == 0
    assert rows["half"]["quota"] == pytest.approx(750)
    assert rows["half"]["quota_share"] == pytest.approx(750 / 1750)
    for row in rows.values():
        # by no rule, if it is a user's
        known = (row["super_emitters"], row["receiver_population_share"])
        assert known in {(0, 0), (None, None)}
    columns = ["footprint_before", "footprint_after", "is_selected"]
    regions = read_mart(unranked, "quota_by_region", columns)
    north, south, rest = (
        regions[2012, "co2", "world", region] for region in ("north", "south", "rest")
    )
    assert north["footprint_after"] == pytest.approx(487)
    for row in (south, rest):
        assert row["footprint_after"] == pytest.approx(row["footprint_before"])
    assert not any(row["is_selected"] for row in regions.values())


def test_no_number_is_nan_or_infinite(unranked):
    assert not_finite(unranked) == []


def test_a_cap_out_of_reach_stops_the_build_in_words(project, unranked):
    """Stocks of the north carry nothing, so without them it has what it has.

    Its farms make 103, of which 90 + 10 % x 79.5 go to its households: 1.5 kt x 97.95 /
    103 and 250 t, for 100 people 16.76 t; by a loop over the rest 0.0003 t less. Nobody
    lives in the rest, which is refused only where it is named.
    """
    rows = (
        UserRow("all", "demand", "cap", 5.0),
        UserRow("stocks", "demand", "cap", 5.0, region="north", category="inv"),
        UserRow("nobody", "demand", "cap", 5.0, region="rest"),
    )
    path = write_scenarios(project.root / "out of reach.csv", rows)
    capping = ("--select", "stg_user_scenarios+1", "caps_can_be_reached")
    result = project.dbt("build", "unranked", *capping, scenarios=path.name)
    result.must_refuse(
        "out of reach.csv: line 3: region north cannot be brought down to 5.0 t of co2 "
        "per person in 2012: it has 16.7643 t, and the smallest that can be reached in "
        "the categories of this cap is 16.7643 t; expected that or more, ",
        "line 4: region rest has no people in 2012, ",
    )
    assert "line 2: " not in result.text


def test_jobs_alone_have_no_scenarios(project, tmp_path):
    """A table without a stressor of mass has no flows that a scenario could change."""
    folder = TinyFolder(tmp_path / "tidy")
    for row in folder.tables["stressors"]:
        row["unit"] = "person"
    project.ingest(folder.write(), "jobs").must_pass()
    selection = ("--select", "+int_scenario_flows", "--indirect-selection", "cautious")
    of_seeds = ("--exclude", "path:tests/data/seeds", "path:seeds,resource_type:test")
    project.dbt("build", "jobs", *selection, *of_seeds).must_pass()
