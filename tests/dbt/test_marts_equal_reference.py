"""Every mart, row by row, beside an independent computation of the same."""

import json
from collections import Counter

import pytest
from support.compare import asked, assert_equal, read_mart
from support.mart_contract import MARTS, ON_REQUEST, entries_of
from support.tidy_folder import OUTLINES_FROM, outline

DATASETS = ["several_years", "required_only", "single_region", "what_if", "edges"]
# dimensions, and what is given: seeds and choices, the audit, the user's scenarios
GIVEN = ("audit_checks", "scenario_levers", "yearly_comparators")
NUMERIC = [
    mart
    for mart in MARTS
    if mart not in (*entries_of("models/marts/dimensions"), *GIVEN, *ON_REQUEST)
]
AT_A_BORDER = ("border_exposure", "border_exposure_by_region")
# nobody trades with a region that is alone, or receives what it frees; and nothing is
# published of a random world, unless it says so itself
OF_GROUPS = (
    *("household_group_footprints", "household_inequality"),
    *("carbon_price_by_group", "carbon_price_by_tenth"),
)
EMPTY = {
    # nor imports anything
    "required_only": (
        "published_comparisons",
        "footprints_with_imports",
        "footprint_changes",
        *AT_A_BORDER,
        *OF_GROUPS,
    ),
    "what_if": AT_A_BORDER,
    "edges": ("footprints_with_imports", *AT_A_BORDER, *OF_GROUPS),
    "single_region": (
        "published_comparisons",
        "footprint_changes",
        "leakage_flows",
        "quota_by_sector",
        "quota_spillovers",
        "quota_allocation",
        "living_standards",
    ),
}


@pytest.mark.parametrize("mart", NUMERIC)
@pytest.mark.parametrize("dataset", DATASETS)
def test_mart(dataset, mart, request):
    built = request.getfixturevalue(dataset)
    expected = built.expected[mart]
    # something must be compared; none of these is compiled
    empty = (*EMPTY.get(dataset, ()), "compiled_ranges")
    assert bool(expected) == (mart not in empty)
    assert_equal(mart, built.expected, built.warehouse)


@pytest.mark.parametrize("mart", ON_REQUEST)
def test_what_was_asked_for_is_what_systems_from_scratch_give(what_if, mart):
    assert what_if.expected[mart]
    assert_equal(mart, what_if.expected, what_if.warehouse)


SUMMED = ("footprint_by_origin_sector", "footprint_by_product")


@pytest.mark.parametrize("mart", [*NUMERIC, *ON_REQUEST])
def test_small_rows_of_footprints_are_summed_and_nothing_else_changes(summed_up, mart):
    assert_equal(mart, summed_up.expected, summed_up.warehouse)


def test_another_share_makes_them_anew(summed_up):
    noted = asked(
        summed_up.warehouse,
        "select relation from main.nodes where contains(fingerprint, '0.15')",
    )
    assert {f"marts.{mart}" for mart in SUMMED} <= {name for (name,) in noted}


@pytest.mark.parametrize("mart", SUMMED)
def test_what_is_summed_is_as_much_as_it_was(what_if, summed_up, mart):
    """By region and sector, with all that is odd among it: its sums are whole."""
    column = f"{'origin' if mart == SUMMED[0] else 'product'}_sector_id"
    query = (
        f"select year, stressor_id, region_id, {column}, sum(emissions) from {mart}"
        " group by all"
    )
    before, after = (
        {row[:-1]: row[-1] for row in asked(built.warehouse, query)}
        for built in (what_if, summed_up)
    )
    amounts = what_if.expected[mart].items()
    whole = Counter()
    for key, row in amounts:
        whole[key[:3]] += abs(row["emissions"])
    for key in {*before, *after}:
        tolerance = 1e-12 * whole[key[:3]]
        assert abs(before.get(key, 0.0) - after.get(key, 0.0)) <= tolerance
    small = [
        row["emissions"] for key, row in amounts if key not in summed_up.expected[mart]
    ]
    assert min(small) < 0 < max(small)
    places = {key[:3]: set() for key in summed_up.expected[mart]}
    for key in summed_up.expected[mart]:
        places[key[:3]].add(key[3])
    # of some regions all that comes from elsewhere is small, of others not
    assert any(named == {key[2], "OTHER"} for key, named in places.items())
    assert any(len(named) > 2 for named in places.values())


@pytest.mark.parametrize("dataset", DATASETS)
def test_dimensions(dataset, request):
    built = request.getfixturevalue(dataset)
    system = built.system
    expected = {
        "regions": {
            (r.id,): {
                "region_name": r.name,
                "region_type": r.type,
                "parent_region_id": r.parent,
                "is_ranked": r.is_ranked,
                "region_name_en": r.name_en,
            }
            for r in system.regions
        },
        "region_outlines": {
            (region,): {
                "outline": json.dumps(outline(ring), separators=(",", ":")),
                **OUTLINES_FROM,
            }
            for region, ring in system.outlines.items()
        },
        "sectors": {
            (i.id,): {
                "sector_name": i.name,
                "sector_group": i.group,
                "is_power_supply": i.is_power_supply,
            }
            for i in system.sectors
        },
        "final_demand_categories": {
            (c.id,): {"category_name": c.name, "category_group": c.group}
            for c in system.categories
        },
    }
    for mart in expected:
        assert_equal(mart, expected, built.warehouse)


@pytest.mark.parametrize("dataset", DATASETS)
def test_stressors_in_the_units_of_the_marts(dataset, request):
    built = request.getfixturevalue(dataset)
    columns = ["stressor_name", "unit", "description"]
    rows = read_mart(built.warehouse, "stressors", columns)
    for stressor in built.system.stressors:
        row = rows.pop((stressor.id,))
        assert row["stressor_name"] == stressor.name
        assert row["unit"] == ("t" if stressor.is_mass else stressor.unit)
    for impact in built.system.impacts:
        row = rows.pop((impact,))
        assert (row["stressor_name"], row["unit"]) == (impact, "t")
        assert row["description"] == "Sum of ch4_é x 27.5, co2 x 1, in tonnes"
    expected = ["value_added"] if built.system.has_value_added else []
    assert [key for (key,) in rows] == expected
    assert [row["unit"] for row in rows.values()] == ["currency"] * len(expected)


@pytest.mark.parametrize("dataset", DATASETS)
def test_dataset(dataset, request):
    built = request.getfixturevalue(dataset)
    (row,) = read_mart(
        built.warehouse,
        "dataset",
        ["name", "title", "currency", "currency_unit", "country", "is_synthetic"],
    ).values()
    assert row["name"] == built.name
    assert row["title"] == f"Random system {built.name}"
    assert row["currency"] == built.system.currency
    assert row["currency_unit"] == built.system.currency_unit
    assert row["country"] == built.system.country
    assert row["is_synthetic"] is False
