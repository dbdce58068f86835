"""What no data test looks at: finite numbers, and hard cases in the random datasets.

The laws themselves are data tests, and run within every build of these datasets.
"""

import duckdb
import pytest
from support.compare import not_finite

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


def _years(built, rows: str) -> set[int]:
    with duckdb.connect(str(built.warehouse), read_only=True) as connection:
        found = connection.sql(f"select distinct year from marts.{rows}").fetchall()
    return {year for (year,) in found}


# what a scenario changes: nothing, or more than rounding
CHANGES = {
    "quota_by_region": (
        "production_after - production_before",
        "footprint_after - footprint_before",
        "producer_quota",
        "consumer_quota",
    ),
    "mitigation_by_sector": ("reduction", "producer_quota", "demand_effect"),
    "mitigation_spillovers": ("footprint_reduction", "production_reduction"),
    "sensitivity_quotas": ("quota",),
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
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        found = connection.sql(
            "with totals as (select year, stressor_id,"
            " sum(abs(production_emissions)) as emissions"
            " from marts.regional_accounts group by 1, 2),"
            f" counts as ({' union all '.join(parts)})"
            " select change from counts where n > 0"
        ).fetchall()
    assert found == []
