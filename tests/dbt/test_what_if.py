"""What the comparison with the reference is worth: levers bite, choices show."""

import pytest
from support.compare import read_mart
from support.report_pages import make, tables, texts

QUOTAS = ["producer_quota", "consumer_quota", "quota", "is_selected"]
NINE = 9.0  # t per person
MISSING = "\N{EN DASH}"


@pytest.mark.parametrize("dataset", ["several_years", "what_if"])
@pytest.mark.parametrize("scenario", ["medium", "high"])
def test_regions_are_selected_cut_and_capped(dataset, scenario, request):
    built = request.getfixturevalue(dataset)
    rows = read_mart(built.warehouse, "quota_by_region", QUOTAS)
    found = {}
    for year in built.system.years:
        own = [row for k, row in rows.items() if k[:3] == (year, "co2", scenario)]
        assert len(own) == len(built.system.regions)
        assert all(row["is_selected"] for row in own if row["quota"])
        found[year] = (
            sum(row["is_selected"] for row in own) >= 2,
            any(row["producer_quota"] > 0 for row in own),
            any(row["consumer_quota"] > 0 for row in own),
        )
    if dataset == "what_if":
        assert set(found.values()) == {(True, True, True)}
    assert [any(column) for column in zip(*found.values(), strict=True)] == [True] * 3


def test_scenarios_of_a_user(what_if):
    rows = read_mart(what_if.warehouse, "quota_by_region", QUOTAS)
    quotas = {
        scenario: {
            key[3]: row["quota"]
            for key, row in rows.items()
            if key[:3] == (2010, "co2", scenario)
        }
        for scenario in ("low", "targets", "a year's", "Wachstum, 1 %", "roomy")
    }
    assert set(quotas["roomy"].values()) == {0}
    # growth is a quota below zero; all demand grows by a hundredth
    assert sum(quotas["Wachstum, 1 %"].values()) < 0
    summaries = read_mart(
        what_if.warehouse, "quota_summary", ["smallest_demand_factor"]
    )
    growth = summaries[2010, "co2", "Wachstum, 1 %"]
    assert growth["smallest_demand_factor"] == 1.01
    # all regions cut a tenth, and not the super-emitters alone
    assert sum(quota > 0 for quota in quotas["low"].values()) > 10
    # a block that is not ranked has a target too
    assert quotas["targets"]["rest, of"] > 0
    assert quotas["a year's"] != quotas["targets"]


def test_the_report_says_whose_scenario_it_is(what_if, tmp_path):
    report = make(what_if.warehouse, tmp_path / "report")
    header, *levers = texts(tables(report / "trust.html")["levers"])
    power, mine, lever, cap = (
        next(place for place, label in enumerate(header) if label.startswith(start))
        for start in ("With power supply", "User's own", "Lever", "Cap")
    )
    assert {row[power] for row in levers if row[lever] == "demand"} == {MISSING}
    assert MISSING not in {row[power] for row in levers if row[lever] == "intensity"}
    assert {row[mine] for row in levers if row[cap] != MISSING} == {"yes"}
    header, *summary = texts(tables(report / "whatif.html")["quota-summary"])
    mine, emitters = header.index("User's own"), header.index("Largest footprints")
    assert {(row[mine], row[emitters] == MISSING) for row in summary} == {
        ("yes", True),
        (MISSING, False),
    }


def test_a_cap_is_where_regions_end_that_were_above_it(what_if):
    """Whatever they have in stocks and other uses, which a cap leaves alone."""
    columns = ["footprint_before", "footprint_after"]
    rows = read_mart(what_if.warehouse, "quota_by_region", columns)
    accounts = read_mart(what_if.warehouse, "regional_accounts", ["population"])
    above = 0
    for (year, stressor, scenario, region), row in rows.items():
        people = accounts[year, stressor, region]["population"]
        if scenario != "nine" or not people:
            continue
        before, after = (row[column] / people for column in columns)
        assert after == pytest.approx(min(before, NINE), rel=1e-12)
        above += before > NINE
    assert above == 10
