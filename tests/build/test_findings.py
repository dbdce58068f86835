"""The sentences that a table says of itself, on tables small enough to check them.

Their numbers are compared with the reference in ``test_marts_equal_reference.py``.
"""

import pytest
from support.compare import read_mart
from support.edges import AT_PEAK, CROWDED, EQUAL, INVERSE, UNKNOWN, ZEROS

# three cities, from the numbers of docs/three_cities.md
THREE_CITIES = {
    "accounts_close": "6.80 Gt of Carbon dioxide came in for 2012, and every tonne is"
    " accounted for.",
    "arises_elsewhere": "53 % of the footprints, with what final users emit themselves,"
    " arise in another region than the one that consumes.",
    "exported": "12 % of the emissions serve deliveries out of the table, and are in"
    " no footprint.",
    "largest_footprint": "Of 3 ranked regions, Ambrook has the largest footprint:"
    " 2.40 Gt; 3.10 Gt are emitted there.",
    "unequal_footprints": "Of the people in ranked regions, the half in those with the"
    " smallest footprints per person has 25 % of their footprints, the tenth in those"
    " with the largest 20 %.",
    "investment": "Final demand is not split: the table has no investment.",
    "poor_to_rich": "62 % of the emissions embodied in trade between regions of known"
    " income go to the richer one.",
    "super_emitters": "The rule in use selects 1 of 3 ranked regions as"
    " super-emitters: 40 % of the footprints of ranked regions and 20 % of their"
    " people.",
    "emissions_avoided": "Of the shipped scenarios, High ambition avoids most: 2.32"
    " Gt, 34 % of all emissions; whom it hits hardest would cut demand by 50 %.",
    # A has 4.9 t left, B has 7 t
    "receivers": "Ambrook gives and would have 4.90 t per person left, while 1 of the"
    " regions that would receive has more than that now. Receivers are 80 % of the"
    " people in ranked regions; their mean income could reach the upper-middle band"
    " under 3 of 3 allocation rules that the income curve holds.",
}


@pytest.fixture(scope="module")
def said():
    """Return a function that reads the sentences of a warehouse, year and stressor."""

    def sentences(warehouse, year, stressor="co2"):
        rows = read_mart(warehouse, "findings", ["finding", "finding_position"])
        found = [
            (row["finding_position"], key[2], row["finding"])
            for key, row in rows.items()
            if key[:2] == (year, stressor)
        ]
        return {finding_id: finding for _, finding_id, finding in sorted(found)}

    return sentences


def test_three_cities(said, three_cities):
    found = said(three_cities, 2012)
    assert found == THREE_CITIES
    assert list(found) == list(THREE_CITIES)


def test_regions_have_a_noun(three_cities, edges):
    """What all ranked regions are, in the singular and the plural."""
    nouns = ["region_noun", "region_noun_plural"]
    for warehouse, expected in (
        (three_cities, ("city", "cities")),
        (edges.warehouse, ("city", "cities")),
    ):
        (row,) = read_mart(warehouse, "dataset", nouns).values()
        assert tuple(row.values()) == expected


def test_nothing_stands_out(said, edges):
    """Ten towns that are alike: no trade, no difference, nothing to avoid."""
    found = said(edges.warehouse, EQUAL)
    # 1,024 t of a factory and 512 t of its power plant
    assert found["accounts_close"].startswith("15.4 kt of Carbon dioxide came in")
    assert found["arises_elsewhere"].startswith("0 % of the footprints arise")
    assert found["largest_footprint"] == (
        "10 of 10 ranked regions share the largest footprint, 1.54 kt each."
    )
    assert found["unequal_footprints"].startswith(
        "Footprints per person hardly differ between regions: of the people in ranked"
    )
    assert found["super_emitters"].endswith(
        "20 % of the footprints of ranked regions and 20 % of their people, no more"
        " than their share."
    )
    assert found["emissions_avoided"] == "No shipped scenario avoids any emissions."
    assert not {"exported", "poor_to_rich", "receivers"} & set(found)


def test_a_stressor_that_nobody_emits(said, edges):
    for year in (EQUAL, CROWDED):
        found = said(edges.warehouse, year, "so2")
        assert found["accounts_close"].startswith(
            "No emissions of Sulphur dioxide that nobody"
        )
        assert found["largest_footprint"] == (
            "No ranked region has a footprint above zero."
        )
        for finding in ("arises_elsewhere", "unequal_footprints"):
            assert found[finding].startswith("There are no footprints to share out")
        assert found["emissions_avoided"] == "No shipped scenario avoids any emissions."
        assert "receivers" not in found


def test_why_nothing_is_said_about_receivers(said, edges):
    """Too few of them, incomes without a curve that rises, or an unknown one."""
    assert said(edges.warehouse, CROWDED)["receivers"] == (
        "What these emissions could mean for others cannot be said: the regions that"
        " are not super-emitters hold 50 % of the population, and the rule needs 60 %."
    )
    assert said(edges.warehouse, UNKNOWN)["receivers"].endswith("the rule needs 60 %.")


def test_one_region(said, single_region):
    year = max(single_region.system.years)
    for stressor in single_region.system.stressors:
        if not stressor.is_mass:
            continue
        found = said(single_region.warehouse, year, stressor.id)
        assert found["arises_elsewhere"] == (
            "The table has one region: no emissions cross a border in it."
        )
        assert found["largest_footprint"].startswith("The only ranked region, ")
        assert found["unequal_footprints"].startswith("One ranked region says nothing")
        assert "poor_to_rich" not in found


def test_two_years_and_two_gases_speak_apart(said, edges):
    first, last = said(edges.warehouse, ZEROS), said(edges.warehouse, AT_PEAK)
    assert "for 2013" in first["accounts_close"]
    assert last["accounts_close"].startswith("12.6 Gt of Carbon dioxide came in for")
    assert said(edges.warehouse, INVERSE)["largest_footprint"].startswith("Of 10")
