"""Groups of people inside two regions, by pencil, and what may not change them.

Nobody needs inputs: fuel emits 2 t and goods 0.5 t per unit bought. A, of 3 people,
buys 10 of fuel and 20 of goods, 8 of them from B, and burns 6 t; B, of 2 people, buys
5 and 10 of its own. The survey gives spending per head, the same in both regions.
"""

import json
from random import Random

import duckdb
import pytest
from support.rendered_models import made

YEAR, INTENSITIES = 2016, (2.0, 0.5)
GROUPS = [
    (YEAR, "A", "poor", "Poor", 1, 2.0, 2000.0, None),
    (YEAR, "A", "rich", "Rich", 2, 1.0, 8000.0, None),
    (YEAR, "B", "all", "All", 1, 2.0, 3000.0, None),
]
SPENDING = [
    (YEAR, None, "poor", "fuel", 3, 3.0),
    (YEAR, None, "poor", "goods", 3, 4.0),
    (YEAR, None, "rich", "fuel", 3, 4.0),
    (YEAR, None, "rich", "goods", 3, 12.0),
    (YEAR, None, "all", None, 1, 1.0),
]
# origin region, sector, buying region, category, amount
BOUGHT = [
    ("A", "fuel", "A", "hh", 10.0),
    ("A", "goods", "A", "hh", 12.0),
    ("B", "goods", "A", "hh", 8.0),
    ("B", "fuel", "B", "hh", 5.0),
    ("B", "goods", "B", "hh", 10.0),
    # nobody's here
    ("A", "goods", "A", "gov", 99.0),
]
PRODUCERS = [(r, i) for r in "AB" for i in ("fuel", "goods")]
PLACES = [*enumerate(PRODUCERS)]
# all and direct emissions pay, or fuel alone
PRICES = {"all": (1.0, 1.0, 1.0), "fuel": (1.0, 0.0, 0.0)}
MODELS = (
    "intermediate/households/int_household_groups.sql",
    "marts/prices/carbon_price_products.sql",
    "intermediate/households/int_household_products.sql",
    "intermediate/households/int_group_shares.sql",
    "intermediate/households/int_group_amounts.sql",
    "marts/inequality/household_group_footprints.sql",
    "marts/inequality/household_inequality.sql",
    "marts/prices/carbon_price_by_group.sql",
    "intermediate/prices/int_groups_by_income.sql",
    "marts/prices/carbon_price_by_tenth.sql",
)


def tables(groups, spending, bought, price=50.0):
    """Return what models read, two prices on all and on fuel included."""
    key = "year int, stressor_id text, "
    return {
        "stg_household_groups": (
            "year int, region_id text, group_id text, group_name text, group_rank int,"
            " population double, income double, category_id text",
            groups,
        ),
        "stg_household_spending": (
            "year int, region_id text, group_id text, sector_id text, specificity int,"
            " value double",
            spending,
        ),
        "int_region_years": (
            "year int, region_id text, region_name text, parent_region_id text,"
            " population int, is_ranked bool",
            [(YEAR, "A", "A", None, 3, True), (YEAR, "B", "B", None, 2, True)],
        ),
        "stg_final_demand_categories": (
            "category_id text, category_group text",
            [("hh", "household"), ("rural", "household"), ("gov", "government")],
        ),
        "stg_final_demand": (
            "year int, origin_id int, region_id text, category_id text, amount double",
            [(YEAR, PRODUCERS.index((r, i)), *row) for r, i, *row in bought],
        ),
        "int_direct_emissions": (
            key + "region_id text, category_id text, emissions double",
            [(YEAR, "co2", "A", "hh", 6.0)],
        ),
        "int_stressors": (
            "stressor_id text, unit text, is_mass bool, is_priced bool",
            [("co2", "t", True, True)],
        ),
        "int_intensities": (
            key + "region_id text, sector_id text, region_sector_id int,"
            " direct_intensity double, unit text",
            [
                (YEAR, "co2", r, i, k, INTENSITIES[k % 2], "t")
                for k, (r, i) in enumerate(PRODUCERS)
            ],
        ),
        "total_intensities": (
            key + "region_sector_id int, total_intensity double",
            [(YEAR, "co2", k, INTENSITIES[k % 2]) for k in range(4)],
        ),
        "covered_intensities": (
            key + "coverage_id text, region_sector_id int, intensity double",
            [
                (YEAR, "co2", "fuel", k, PRICES["fuel"][k % 2] * INTENSITIES[k % 2])
                for k in range(4)
            ],
        ),
        "int_carbon_prices": (
            "year int, price_id text, coverage_id text, price double, price_note text",
            [(YEAR, name, name, price, None) for name in PRICES],
        ),
        "int_price_coverages": (
            "coverage_id text, region_id text, region_sector_id int,"
            " covered_share double",
            [
                row
                for name, shares in PRICES.items()
                for row in (
                    *(
                        (name, r, k, shares[k % 2])
                        for k, (r, _) in enumerate(PRODUCERS)
                    ),
                    *((name, r, None, shares[2]) for r in "AB"),
                )
            ],
        ),
        "regions": ("region_id text, region_name text", [("A", "A"), ("B", "B")]),
        "regional_accounts": (
            key + "region_id text, population int, household_footprint double",
            [
                (YEAR, "co2", "A", 3, footprint(bought, "A") + 6),
                (YEAR, "co2", "B", 2, footprint(bought, "B")),
            ],
        ),
    }


def footprint(bought, region):
    return sum(
        amount * INTENSITIES[i == "goods"]
        for _, i, buyer, category, amount in bought
        if buyer == region and category != "gov"
    )


def built(groups=GROUPS, spending=SPENDING, bought=BOUGHT, price=50.0):
    return made(tables(groups, spending, bought, price), MODELS)


def of_groups(economy: duckdb.DuckDBPyConnection, *columns: str, table=None):
    """Return columns of each group."""
    table = table or "household_group_footprints"
    rows = economy.sql(
        f"select region_id, group_id, {', '.join(columns)} from {table}"
    ).fetchall()
    return {row[:2]: row[2] if len(columns) == 1 else row[2:] for row in rows}


def close(expected):
    return pytest.approx(expected, rel=1e-12, abs=1e-12)


POOR, RICH, ALL = ("A", "poor"), ("A", "rich"), ("B", "all")


def test_groups_share_what_their_region_buys_as_the_survey_says():
    """Fuel's 20 t as 6 : 4, goods' 10 t as 8 : 12, 6 t as spending: 14 : 16."""
    economy = built()
    emissions = {POOR: 12 + 4 + 2.8, RICH: 8 + 6 + 3.2, ALL: 15.0}
    assert of_groups(economy, "emissions") == close(emissions)
    assert of_groups(economy, "spending") == close({POOR: 14, RICH: 16, ALL: 15})
    direct = of_groups(economy, "direct_emissions")
    assert direct == close({POOR: 2.8, RICH: 3.2, ALL: 0})
    heads = of_groups(economy, "emissions_per_capita")
    assert heads == close({POOR: 9.4, RICH: 17.2, ALL: 7.5})


def test_weights_of_direct_emissions_replace_spending():
    weight = (YEAR, "A", "poor", "DIRECT", 3, 1.0)
    emissions = of_groups(built(spending=[*SPENDING, weight]), "emissions")
    assert emissions == close({POOR: 22, RICH: 14, ALL: 15})


def test_inequality_adds_up_from_regions_to_groups():
    """Per head 7.5, 9.4, 17.2 of 2, 2 and 1 people; regions 7.5 and 12.

    The areas under the curves, by hand: 1 - (0.4 x 15 + 0.4 x 48.8 + 0.2 x 84.8) / 51
    and 1 - (0.4 x 15 + 0.6 x 66) / 51.
    """
    (row,) = built().sql("from household_inequality").fetchall()
    columns = [
        column[0] for column in built().sql("from household_inequality").description
    ]
    found = dict(zip(columns, row, strict=True))
    assert found["gini_groups"] == close(1 - (6 + 19.52 + 16.96) / 51)
    assert found["gini_regions"] == close(1 - (6 + 39.6) / 51)
    parts = [found[f"theil_{k}"] for k in ("between_parents", "between_regions")]
    assert parts == close([0, 0.024282567954911516])
    assert found["theil_within_regions"] == close(0.03139498368066286)
    assert found["theil_t"] == close(0.05567755163557438)
    assert found["regions_without_groups"] == 0


def test_a_price_is_borne_by_what_is_caused_and_handed_back_alike():
    """50 of 51 t over 5 people are 510 each; of fuel alone, 50 x 30 / 5."""
    economy = built()
    rows = economy.sql(
        "select price_id, region_id, group_id, burden, net_gain, burden_income_share"
        " from carbon_price_by_group"
    ).fetchall()
    found = {row[:3]: row[3:] for row in rows}
    assert {key: row[0] for key, row in found.items()} == close(
        {
            ("all", *POOR): 940,
            ("all", *RICH): 860,
            ("all", *ALL): 750,
            ("fuel", *POOR): 600,
            ("fuel", *RICH): 400,
            ("fuel", *ALL): 500,
        }
    )
    gains = [found["all", *key][1] for key in (POOR, RICH, ALL)]
    assert gains == close([80, -350, 270])
    shares = [found["all", *key][2] for key in (POOR, RICH, ALL)]
    assert shares == close([0.235, 0.1075, 0.125])
    gaining = economy.sql(
        "select sum(population * winners_share) from carbon_price_by_tenth"
        " where price_id = 'all'"
    ).fetchone()
    assert gaining == (close(4),)


def test_groups_that_are_categories_have_what_these_buy():
    """Of A's fuel 4 is rural, of goods 5; nobody names the other category of B."""
    bought = [
        ("A", "fuel", "A", "hh", 6.0),
        ("A", "fuel", "A", "rural", 4.0),
        ("A", "goods", "A", "hh", 7.0),
        ("B", "goods", "A", "rural", 5.0),
        ("B", "fuel", "B", "hh", 5.0),
        ("B", "goods", "B", "rural", 10.0),
    ]
    groups = [
        (YEAR, "A", "town", "Town", 1, 2.0, None, "hh"),
        (YEAR, "A", "land", "Land", 2, 1.0, None, "rural"),
        (YEAR, "B", "town", "Town", 1, 2.0, None, "hh"),
    ]
    economy = built(groups, [], bought)
    emissions = {
        ("A", "town"): 12 + 3.5 + 6,
        ("A", "land"): 8 + 2.5,
        ("B", "town"): 10 + 5.0,
    }
    assert of_groups(economy, "emissions") == close(emissions)
    spent = {("A", "town"): 13, ("A", "land"): 9, ("B", "town"): 15}
    assert of_groups(economy, "spending") == close(spent)


@pytest.mark.parametrize("seed", range(3))
def test_what_may_not_matter_does_not(seed):
    """A unit of weights, and a group of which two alike ones are made."""
    people, factor, *values = Random(seed).choices(range(1, 10), k=5)
    rows = [
        (YEAR, "A", "poor", "fuel", 3, values[0]),
        (YEAR, "A", "poor", None, 1, values[1]),
        (YEAR, "A", "rich", "fuel", 3, values[2]),
        (YEAR, "A", "rich", None, 1, 1.0),
        (YEAR, None, "all", None, 1, 1.0),
    ]
    plain = built(spending=rows)
    expected = of_groups(plain, "emissions", "spending")
    scaled = [(*row[:5], row[5] * factor) for row in rows[:4]]
    other = of_groups(built(spending=[*scaled, rows[4]]), "emissions", "spending")
    assert all(other[key] == close(row) for key, row in expected.items())
    share = people / 10.1
    twins = [
        (*GROUPS[0][:5], 2 * share, *GROUPS[0][6:]),
        (YEAR, "A", "twin", "Twin", 1, 2 * (1 - share), 2000.0, None),
    ]
    halves = [
        (YEAR, "A", name, *row[3:5], row[5] * part)
        for row in rows[:2]
        for name, part in (("poor", share), ("twin", 1 - share))
    ]
    split = built([*twins, *GROUPS[1:]], [*halves, *rows[2:]])
    columns = "gini_groups, theil_t, within_share, top10_share"
    assert split.sql(f"select {columns} from household_inequality").fetchone() == (
        pytest.approx(
            plain.sql(f"select {columns} from household_inequality").fetchone(),
            rel=1e-9,
        )
    )


def test_a_burden_is_linear_in_the_price():
    factor = 0.3
    once = of_groups(built(), "sum(burden)", table="carbon_price_by_group group by all")
    more = of_groups(
        built(price=50 * factor),
        "sum(burden)",
        table="carbon_price_by_group group by all",
    )
    assert more == close({key: factor * burden for key, burden in once.items()})


def test_equal_spending_per_head_leaves_no_inequality_inside():
    alike = [(YEAR, None, group, None, 1, 3.0) for group in ("poor", "rich", "all")]
    (found,) = (
        built(spending=alike)
        .sql("select theil_within_regions from household_inequality")
        .fetchall()
    )
    assert found == close((0,))


def test_of_rows_that_fit_the_most_specific_count():
    """The product decides before the region does.

    Fuel by its label in A, which comes after the sector everywhere; goods by all
    products of A rather than those of everywhere; direct emissions by neither.
    """
    rows = [
        (YEAR, None, "poor", "fuel", 3, 1.0),  # times 2 people
        (YEAR, None, "rich", "fuel", 3, 6.0),
        (YEAR, "A", "poor", "fuel", 2, 9.0),
        (YEAR, "A", "rich", "fuel", 2, 1.0),
        (YEAR, None, "poor", None, 1, 9.0),
        (YEAR, None, "rich", None, 1, 1.0),
        (YEAR, "A", "poor", None, 1, 1.0),
        (YEAR, "A", "rich", None, 1, 4.0),
    ]
    economy = built(spending=rows)
    # fuel 2 : 6, goods 1 : 4, so they spend 2.5 + 4 and 7.5 + 16
    emissions = {
        POOR: 5 + 2 + 6 * 6.5 / 30,
        RICH: 15 + 8 + 6 * 23.5 / 30,
        ALL: 15.0,  # nothing is known of it, and it is alone
    }
    assert of_groups(economy, "emissions") == close(emissions)


def test_a_product_that_nobody_is_said_to_buy_follows_all_spending():
    """Fuel by 1 : 3 of the 10 spent on it; goods of which all rows are 0, alike."""
    rows = [
        (YEAR, "A", "poor", "fuel", 3, 1.0),
        (YEAR, "A", "rich", "fuel", 3, 3.0),
        (YEAR, "A", "poor", "goods", 3, 0.0),
        (YEAR, "A", "rich", "goods", 3, 0.0),
    ]
    shares = of_groups(built(spending=rows), "share_of_region")
    assert shares == close({POOR: 0.25, RICH: 0.75, ALL: 1})


def test_groups_without_a_survey_are_alike():
    shares = of_groups(built(spending=[]), "share_of_region")
    assert shares == close({POOR: 2 / 3, RICH: 1 / 3, ALL: 1})


def words_of_prices(tenths, regions):
    """Return the texts of findings and their facts, of shares of tenths 1 and 10."""
    key = "year int, stressor_id text, "
    numbers = (
        "price", "deciding_region_share", "poorest_fifth_household_share",
        "richest_fifth_household_share", "fifth_largest_region_share",
        "poorest_fifth_regions", "richest_fifth_regions", "winners_population_share",
        "household_dividend_per_capita", "group_winners_population_share",
    )  # fmt: skip
    economy = made(
        {
            "int_finding_terms": (
                key + "currency text, ranked_regions int, is_compiled bool",
                [(YEAR, "co2", "USD", 9, False)],
            ),
            "carbon_price_summary": (
                key + "price_id text, is_default bool, incidence text, "
                "deciding_region_id text, fifth_largest_region_id text, "
                + ", ".join(f"{name} double" for name in numbers),
                [
                    (
                        *(YEAR, "co2", "all", True, "regressive", None, None),
                        *(50.0, 0.0, 0.02, 0.01, 0.1, 5.0, 5.0, 0.5, 510.0, 0.8),
                    )
                ],
            ),
            "carbon_price_by_tenth": (
                key + "price_id text, tenth int, burden_spending_share double,"
                " burden_income_share double, sorted_by text, regions int",
                [
                    (YEAR, "co2", "all", tenth, *shares, "income", regions)
                    for tenth, shares in tenths.items()
                ],
            ),
        },
        ["intermediate/findings/int_findings_prices.sql"],
    )
    return {
        finding: (text, facts["has_groups"], facts["has_no_groups"], facts["tenths_by"])
        for finding, text, facts in (
            (finding, text, json.loads(facts))
            for finding, text, facts in economy.sql(
                "select finding_id, text_id, facts from int_findings_prices"
                " where text_id is not null"
            ).fetchall()
        )
    }


def test_tenths_of_few_regions_are_told_of_in_no_sentence():
    said = words_of_prices({1: (0.02, 0.1), 10: (0.01, 0.01)}, regions=2)
    assert said["carbon_price_groups"][0] == "carbon_price_groups_few"
    assert said["carbon_price"] == ("carbon_price_regressive", False, True, "income")
