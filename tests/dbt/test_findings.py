"""The sentences that a table says of itself, on tables small enough to check them.

Their numbers are compared with the reference in ``test_marts_equal_reference.py``.
"""

import pytest
from support.compare import read_mart
from support.edges import AT_PEAK, CROWDED, EQUAL, INVERSE, UNKNOWN, ZEROS

# three cities, from the numbers of docs/three_cities.md
THREE_CITIES = {
    "accounts_close": "The 2012 table contains 6.80 Gt of CO2; all of it is"
    " attributed.",
    "footprint_total": "The footprints add up to 6.00 Gt. They leave out emissions"
    " abroad caused by imports. With imports counted as if they were made here they"
    " add up to {wider} Gt but still leave out what final users import.",
    "arises_elsewhere": "53 % of the footprint, direct emissions of households"
    " included, arises outside the city that consumes; emissions caused abroad by"
    " imports are not counted.",
    "exported": "12 % of emissions are for exports, so they are in no footprint here.",
    "largest_footprint": "Ambrook has the largest footprint of the 3 cities, 2.40 Gt,"
    " and emits 3.10 Gt.",
    "per_person": "Ambrook has the largest footprint per person of the 3 cities,"
    " 12.0 t. Cinderley has the smallest, 3.00 t. Footprints leave out emissions abroad"
    " caused by imports.",
    # half of the people live in C, which has 3 t
    "unequal_footprints": "What the half of the population with the smallest footprints"
    " per person accounts for is not said: 100 % of it lives in Cinderley.",
    "income_and_footprint": "GDP per person and a footprint above zero are known of 3"
    " cities, which are too few to tell how the two go together.",
    "investment": "Final demand is not split: the table has no investment.",
    # 840 and 880 of A and C for B, 100 of B for A
    "net_transfer": "Bellmere emits 100 Mt for other cities, and they emit 1.72 Gt for"
    " it: they emit 1.62 Gt more than it does, the largest difference of the 3 cities."
    " Imports and exports of the table are not counted.",
    "largest_flow": "Cinderley emits 1.00 Gt for what is consumed in Ambrook, the"
    " largest flow between two of the 3 cities; 360 Mt are emitted the other way.",
    # 1,980 of 3,180 Mt; net 740 from A to B, 640 from C to A, 880 from C to B
    "poor_to_rich": "62 % of the emissions embodied in trade between cities go to the"
    " richer city; of net flows between them, 67 % do.",
    "super_emitters": "By the rule in use, 1 of the 3 cities has the largest footprint,"
    " with 40 % of the footprint and 20 % of the population.",
    "emissions_avoided": "Of the shipped scenarios, High ambition avoids the most:"
    " 2.32 Gt, 34 % of all emissions. Ambrook would have to cut its demand by 50 %,"
    " the largest cut.",
    # A has 4.9 t left, B has 7 t
    "receivers": "Ambrook would give up emissions and be left with 4.90 t per person,"
    " less than one of the recipients has today. Recipients are home to 80 % of the"
    " population; their mean income could reach the World Bank's upper-middle band"
    " under 3 of the 3 allocation rules that stay within observed incomes.",
    # half of the people live in C, whose households spend least. Per person 300 are
    # shared out; A bears 600, B 350, C 150: half gain, and would be most without B
    "carbon_price": "Who bears a carbon price of 50 USD per tonne is not said of fifths"
    " of the people: 100 % of one of them lives in Cinderley. If what all bear is"
    " shared out in equal parts, 50 % of the people live where that is more than the"
    " burden."
    " Bellmere alone, with 30 % of the people, decides which side has the majority."
    " Nobody is assumed to react.",
}


@pytest.fixture(scope="module")
def said():
    """Return a function that reads the sentences of a warehouse, year and stressor."""

    def sentences(warehouse, year, stressor="co2"):
        rows = read_mart(warehouse, "findings", ["finding", "finding_position"])
        in_order = sorted(rows.items(), key=lambda item: item[1]["finding_position"])
        return {
            key[2]: row["finding"]
            for key, row in in_order
            if key[:2] == (year, stressor)
        }

    return sentences


def test_three_cities(said, three_cities):
    found = said(three_cities, 2012)
    scopes = read_mart(three_cities, "footprints_with_imports", ["full_footprint"])
    wider = sum(row["full_footprint"] for row in scopes.values()) / 1e9
    expected = {
        id_: text.format(wider=f"{wider:.3g}") for id_, text in THREE_CITIES.items()
    }
    assert found == expected
    assert list(found) == list(THREE_CITIES)


@pytest.mark.parametrize("dataset", ["three_cities", "edges"])
def test_regions_have_a_noun(dataset, request):
    """What all ranked regions are, in the singular and the plural."""
    built = request.getfixturevalue(dataset)
    nouns = read_mart(
        getattr(built, "warehouse", built),
        "dataset",
        ["region_noun", "region_noun_plural"],
    )
    assert [tuple(row.values()) for row in nouns.values()] == [("city", "cities")]


def test_nothing_stands_out(said, edges):
    """Ten towns that are alike: no trade, no difference, nothing to avoid."""
    found = said(edges.warehouse, EQUAL)
    # 1,024 t of a factory and 512 t of its power plant
    assert found["accounts_close"] == (
        "The 2012 table contains 15.4 kt of CO2; all of it is attributed."
    )
    assert found["arises_elsewhere"].startswith(
        "0 % of the footprint arises outside the city that consumes"
    )
    assert found["largest_footprint"] == (
        "All 10 cities have the same footprint, 1.54 kt each."
    )
    assert found["unequal_footprints"].startswith(
        "Footprints per person hardly differ between cities: by their averages, the"
    )
    assert found["super_emitters"].endswith(
        "2 of the 10 cities have the largest footprints, with 20 % of the footprint and"
        " 20 % of the population: no more than their share."
    )
    # a part of China, whose published footprint it cannot be held against
    assert "published_accounts" not in found
    assert found["emissions_avoided"] == "No shipped scenario avoids any emissions."
    assert not {"exported", "poor_to_rich", "receivers"} & set(found)


def test_a_stressor_that_nobody_emits(said, edges):
    for year in (EQUAL, CROWDED):
        found = said(edges.warehouse, year, "so2")
        assert found["accounts_close"].startswith(
            f"The {year} table contains no emissions of sulphur dioxide that nobody"
        )
        assert found["largest_footprint"] == (
            "Not one of the 10 cities has a footprint above zero."
        )
        for finding in ("arises_elsewhere", "unequal_footprints"):
            assert found[finding].startswith("There are no footprints to share out")
        assert found["emissions_avoided"] == "No shipped scenario avoids any emissions."
        assert "receivers" not in found


def test_why_nothing_is_said_about_receivers(said, edges):
    """Too few of them, incomes without a curve that rises, or an unknown one."""
    assert said(edges.warehouse, CROWDED)["receivers"] == (
        "What the avoided emissions could mean for poorer cities is not computed: the"
        " cities that do not act hold 50.0 % of the population, and the rule needs"
        " 60 %."
    )
    assert said(edges.warehouse, UNKNOWN)["receivers"].endswith("the rule needs 60 %.")


def test_one_region(said, single_region):
    year = max(single_region.system.years)
    for stressor in single_region.system.stressors:
        if not stressor.is_mass:
            continue
        found = said(single_region.warehouse, year, stressor.id)
        assert found["arises_elsewhere"] == (
            "The table has one region, so no emissions cross a border in it."
        )
        assert found["largest_footprint"].startswith("The only ")
        assert "says nothing about inequality between" in found["unequal_footprints"]
        assert found["emissions_avoided"] == (
            "These scenarios are meant for the regions of one country, not for a table"
            " of the world."
        )
        assert "receivers" not in found
        assert "poor_to_rich" not in found


def test_two_years_and_two_gases_speak_apart(said, edges):
    first, last = said(edges.warehouse, ZEROS), said(edges.warehouse, AT_PEAK)
    assert first["accounts_close"].startswith("The 2013 table contains ")
    assert " contains 12.6 Gt of CO2; all" in last["accounts_close"]
    assert " of the 10 cities, " in said(edges.warehouse, INVERSE)["largest_footprint"]


def test_what_moved_footprints_is_no_reason_for_the_other_way(several_years):
    """The largest effect explains a sum that went its way, and is named against others.

    Which it is comes from the effects themselves.
    """
    effects: dict[tuple, dict[str, float]] = {}
    for key, row in read_mart(
        several_years.warehouse,
        "footprint_changes",
        ["effect_id", "change", "is_additive", "is_deflated"],
    ).items():
        effect = row["effect_id"]
        if not row["is_deflated"] and effect in ("intensity", "demand_per_head"):
            effect = "both"  # inflation is in the two with opposite signs
        if row["is_additive"]:
            of_year = effects.setdefault(key[:2], {})
            of_year[effect] = of_year.get(effect, 0.0) + row["change"]
    headlines = read_mart(several_years.warehouse, "findings", ["headline"])
    said = {
        key[:2]: row["headline"]
        for key, row in headlines.items()
        if key[2] == "reason_of_change" and " by " in row["headline"]
    }
    against = set()
    for key, headline in said.items():
        largest, total = max(effects[key].values(), key=abs), sum(effects[key].values())
        assert headline.startswith(f"Footprints {'rose' if total > 0 else 'fell'} by ")
        if largest * total > 0:
            assert ", most by " in headline
        else:
            verb = "raised" if largest > 0 else "lowered"
            assert headline.endswith(f" {verb} them")
        against.add(largest * total < 0)
    assert against == {True, False}
