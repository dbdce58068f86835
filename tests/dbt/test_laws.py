"""What no data test looks at: finite numbers, and hard cases in the random datasets.

The laws themselves are data tests, and run within every build of these datasets.
"""

import pytest
from support.compare import asked, not_finite, read_mart
from support.random_systems import Size, random_system
from support.reference import PUBLISHED, reference_marts
from support.tidy_folder import write_tidy

DATASETS = ["several_years", "required_only", "single_region", "what_if", "edges"]

# what the random years are for: rows of each in every one of the three years
HARD_CASES = {
    "producers without output that emit or buy": "regional_accounts"
    " where stressor_id = 'co2' and unattributed_emissions > 0",
    "an output below zero, which is no zero output": "multipliers"
    " where stressor_id = 'co2' and output < 0",
    "inventories that fall": "footprint_by_product where expenditure < 0",
    "regions without people": "regional_accounts where population is null",
    "regions above the world average": "footprint_rankings"
    " where is_above_world_average",
    "regions below the world average": "footprint_rankings"
    " where not is_above_world_average",
    "regions equal per head to the last bit": "footprint_rankings as one"
    " inner join marts.footprint_rankings as other"
    " using (year, stressor_id, footprint_per_capita_rank)"
    " where one.region_id = 'twin_a' and other.region_id = 'twin_b'",
}


@pytest.mark.parametrize("dataset", DATASETS)
def test_no_number_of_a_mart_is_nan_or_infinite(dataset, request):
    assert not_finite(request.getfixturevalue(dataset).warehouse) == []


@pytest.mark.parametrize("case", HARD_CASES)
def test_every_random_year_has_the_hard_case(case, several_years):
    assert _years(several_years, HARD_CASES[case]) == set(several_years.system.years)


def test_a_region_that_sells_its_stocks_has_a_negative_footprint(required_only):
    """It is neither clipped nor left out of the rankings: the last of twelve."""
    case = "footprint_rankings where footprint_rank = 12 and consumption_footprint < 0"
    assert _years(required_only, case) == set(required_only.system.years)


def test_what_rounding_leaves_of_an_output_is_no_sector(project, tmp_path):
    """Sales of 50 out of a falling stock, by a sector that emits 300,000 t.

    In 2010 an output of 8e-6 is left, less than a millionth of what it delivers: all
    that it emits is unattributed. In 2013 5e-4 are left, five millionths: footprints of
    30 Gt either way, which the build refuses.
    """
    size = Size(
        regions=3,
        sectors=3,
        has_remainder=False,
        has_rest_of_world=False,
        has_twins=False,
    )
    system = random_system(71, size, years=2)
    for number, rest in ((2010, 8e-6), (2013, 5e-4)):
        year = system.years[number]
        year.transactions[4] = year.transactions[:, 4] = year.exports[4] = 0.0
        year.final_demand[4] = 0.0
        year.final_demand[4, 0, 0], year.final_demand[4, 1, 0] = 50.0, rest - 50.0
        year.emissions["co2"][4] = 300.0  # kt
    write_tidy(system, tmp_path / "dust", "csv", name="dust")
    project.ingest(tmp_path / "dust", "dust").must_pass()
    law = "footprints_stay_within_all_emissions"
    selection = ("--select", f"+{law}", "--indirect-selection", "cautious")
    result = project.dbt("build", "dust", *selection)
    result.must_refuse()
    warehouse = project.warehouse("dust")
    failed = asked(warehouse, "select node from main.failures")
    assert failed == [(law,)]
    rows = read_mart(
        warehouse,
        "regional_accounts",
        ["consumption_footprint", "unattributed_emissions", "production_emissions"],
    )
    expected = reference_marts(system, PUBLISHED)["regional_accounts"]
    total = sum(
        row["production_emissions"]
        for (number, stressor, _), row in rows.items()
        if (number, stressor) == (2010, "co2")
    )
    for key, row in rows.items():
        if key[:2] == (2010, "co2"):
            for column, value in row.items():
                if column.endswith(("footprint", "emissions")):
                    assert value == pytest.approx(expected[key][column], abs=1e-9)
            assert 0 <= row["consumption_footprint"] <= total
    region = system.regions[1].id
    assert rows[2010, "co2", region]["unattributed_emissions"] >= 300_000
    assert (
        max(
            abs(row["consumption_footprint"])
            for key, row in rows.items()
            if key[:2] == (2013, "co2")
        )
        > 1e10
    )


def _years(built, rows: str) -> set[int]:
    found = asked(built.warehouse, f"select distinct year from marts.{rows}")
    return {year for (year,) in found}


# what a scenario changes: nothing, or more than rounding
CHANGES = {
    "quota_by_region": (
        "production_after - production_before",
        "footprint_after - footprint_before",
        "producer_quota",
        "consumer_quota",
    ),
    "quota_by_sector": ("reduction", "producer_quota", "demand_effect"),
    "quota_spillovers": ("footprint_reduction", "production_reduction"),
    "quota_by_choice": ("quota",),
}


@pytest.mark.parametrize("dataset", DATASETS)
def test_rounding_is_no_change(dataset, request):
    warehouse = request.getfixturevalue(dataset).warehouse
    parts = [
        f"select '{mart} {change}' as change, count(*) as n from marts.{mart}"
        " inner join totals using (year, stressor_id)"
        f" where {change} <> 0 and abs({change}) < 1e-12 * emissions"
        for mart, changes in CHANGES.items()
        for change in changes
    ]
    found = asked(
        warehouse,
        "with totals as (select year, stressor_id,"
        " sum(abs(production_emissions)) as emissions"
        " from marts.regional_accounts group by 1, 2),"
        f" counts as ({' union all '.join(parts)})"
        " select change from counts where n > 0",
    )
    assert found == []
