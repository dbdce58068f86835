"""Prices on emissions on the example of Kitzes (2013), by pencil, and coverages.

Two regions of one sector, one person each; emissions 8 and 4, final demand 3 and 6 at
home; f = 1/2 and 1/3, m = 1.6 and 1.2. Output of A embodied in the final demand of A
and of B: 8 and 8; of B: 2.4 and 9.6. A tonne costs 0.1.
"""

import duckdb
import pytest
from support.rendered_models import made

YEAR = 2010
CO2 = (YEAR, "co2")
SEEDS = "coverage_id text, sector_group text, is_power_supply bool"
WITHOUT_OWN = {
    "carbon_prices": (
        "price_id text, coverage_id text",
        [(name, name) for name in ("all", "first", "some", "direct")],
    ),
    "stg_carbon_prices": (
        "price_id text, price double, region_id text, sector_id text,"
        " covered_share double, covers_direct bool",
        [],
    ),
}
TABLES = {
    **WITHOUT_OWN,
    "price_coverages": (
        f"{SEEDS}, covered_share double, covers_direct bool",
        [("all", None, None, 1.0, True), ("first", "energy", None, 1.0, False)],
    ),
    "stg_sectors": (
        "sector_id text, sector_group text, is_power_supply bool",
        [("a", "energy", False), ("b", "services", False)],
    ),
    "stg_regions": ("region_id text, region_position int", [("A", 0), ("B", 1)]),
    "int_sector_output": (
        "region_sector_id int, region_id text, sector_id text",
        [(0, "A", "a"), (1, "B", "b")],
    ),
    "int_stressors": (
        "stressor_id text, unit text, is_priced bool",
        [("co2", "t", True)],
    ),
    "int_intensities": (
        "year int, stressor_id text, unit text, region_sector_id int, region_id text,"
        " sector_id text, emissions double, direct_intensity double,"
        " is_zero_output bool",
        [
            (*CO2, "t", 0, "A", "a", 8.0, 1 / 2, False),
            (*CO2, "t", 1, "B", "b", 4.0, 1 / 3, False),
        ],
    ),
    "total_intensities": (
        "year int, stressor_id text, region_sector_id int, total_intensity double",
        [(*CO2, 0, 1.6), (*CO2, 1, 1.2)],
    ),
    # emissions of A's sector alone is 4 and 4, so 4/3 and 2/3 a unit of what is bought
    "covered_intensities": (
        "year int, coverage_id text, stressor_id text, region_sector_id int,"
        " intensity double",
        [(YEAR, "first", "co2", 0, 4 / 3), (YEAR, "first", "co2", 1, 2 / 3)],
    ),
    "embodied_output_by_position": (
        "year int, origin_id int, region_position int, category_position int,"
        " output double",
        [
            (YEAR, 0, 0, 0, 8.0),
            (YEAR, 0, 1, 0, 8.0),
            (YEAR, 1, 0, 0, 2.4),
            (YEAR, 1, 1, 0, 9.6),
        ],
    ),
    "int_embodied_emissions": (
        "year int, stressor_id text, origin_region_id text, region_id text,"
        " category_id text, emissions double",
        [
            (*CO2, "A", "A", "hh", 4.0),
            (*CO2, "A", "B", "hh", 4.0),
            (*CO2, "B", "A", "hh", 0.8),
            (*CO2, "B", "B", "hh", 3.2),
        ],
    ),
    "demand_labels": (
        "region_position int, category_position int, region_id text, category_id text",
        [(0, 0, "A", "hh"), (1, 0, "B", "hh")],
    ),
    "int_direct_emissions": (
        "year int, stressor_id text, region_id text, emissions double",
        [],
    ),
    "final_demand_categories": (
        "category_id text, category_group text",
        [("hh", "household")],
    ),
    "int_spending": (
        "year int, region_id text, spending double, household_spending double",
        [(YEAR, "A", 3.0, 3.0), (YEAR, "B", 6.0, 6.0)],
    ),
    "int_region_years": (
        "year int, region_id text, region_name text, population int, gdp double,"
        " gdp_per_capita double, is_ranked bool",
        [(YEAR, r, r, 1, gdp, gdp, True) for r, gdp in (("A", 4.0), ("B", 5.0))],
    ),
    "regions": ("region_id text, region_name text", [("A", "A"), ("B", "B")]),
    "int_carbon_prices": (
        "year int, price_id text, price_name text, coverage_id text, price double,"
        " price_note text, is_default bool",
        [
            (YEAR, "all", "All", "all", 0.1, None, True),
            (YEAR, "first", "The first", "first", 0.1, None, False),
        ],
    ),
    "int_reported_emissions": (
        "year int, stressor_id text, emissions_in double",
        [(*CO2, 12.0)],
    ),
    "regional_accounts": (
        "year int, stressor_id text, region_id text, consumption_footprint double",
        [(*CO2, "A", 4.8), (*CO2, "B", 7.2)],
    ),
    "footprint_covariances": (
        "year int, stressor_id text, region_id text, other_region_id text,"
        " covariance double",
        [],
    ),
    "int_groups_by_income": (
        "year int, stressor_id text, price_id text, rank_order int, population double,"
        " burden double, spending double, income double, gains bool",
        [],
    ),
    "policy_parameters": (
        "parameter_id text, value double",
        [("proportional_within", 0.005)],
    ),
}
MODELS = (
    "intermediate/prices/int_price_coverages.sql",
    "intermediate/prices/int_covered_emissions.sql",
    "marts/prices/carbon_price_burden.sql",
    "intermediate/prices/int_price_incidence.sql",
    "marts/prices/carbon_price_summary.sql",
    "marts/prices/carbon_price_products.sql",
)


@pytest.fixture(scope="module")
def economy() -> duckdb.DuckDBPyConnection:
    return made(TABLES, MODELS)


def by_region(economy: duckdb.DuckDBPyConnection, column: str, price: str) -> dict:
    sql = f"select region_id, {column} from carbon_price_burden where price_id = ?"
    return dict(economy.execute(sql, [price]).fetchall())


def test_everybody_bears_what_is_emitted_for_them(economy):
    assert by_region(economy, "burden", "all") == pytest.approx({"A": 0.48, "B": 0.72})
    paid = by_region(economy, "paid_by_producers", "all")
    assert paid == pytest.approx({"A": 0.8, "B": 0.4})
    # they spend 3 and 6
    shares = by_region(economy, "household_burden_share", "all")
    assert shares == pytest.approx({"A": 0.16, "B": 0.12})


def test_a_dividend_moves_what_is_borne_to_who_bears_less(economy):
    dividends = by_region(economy, "dividend", "all")
    assert dividends == pytest.approx({"A": 0.6, "B": 0.6})
    gains = by_region(economy, "net_gain", "all")
    assert gains == pytest.approx({"A": 0.12, "B": -0.12})


def test_what_one_sector_pays_both_regions_bear(economy):
    burdens = by_region(economy, "burden", "first")
    assert burdens == pytest.approx({"A": 0.4, "B": 0.4})
    paid = by_region(economy, "paid_by_producers", "first")
    assert paid == pytest.approx({"A": 0.8, "B": 0})


def test_prices_rise_by_all_that_is_emitted_for_a_unit(economy):
    rows = economy.execute(
        "select price_id, region_id, direct_increase, price_increase"
        " from carbon_price_products order by all"
    ).fetchall()
    assert [row[:2] for row in rows] == [
        ("all", "A"),
        ("all", "B"),
        ("first", "A"),
        ("first", "B"),
    ]
    direct, total = zip(*(row[2:] for row in rows), strict=True)
    assert direct == pytest.approx((0.05, 0.1 / 3, 0.05, 0))
    assert total == pytest.approx((0.16, 0.12, 0.4 / 3, 0.2 / 3))


def test_poorer_households_bear_more_of_what_they_spend(economy):
    """Shares of GDP 4/9, burden 2/5, spending 1/3: indices 1/18, 1/10, 1/6."""
    rows = economy.execute(
        "select price_id, revenue, covered_share, kakwani_index,"
        " household_kakwani_index, poorest_fifth_household_share,"
        " richest_fifth_household_share, winners_population_share, dividend_per_capita"
        " from carbon_price_summary order by all"
    ).fetchall()
    (_, *all_pay), (_, *first) = rows
    expected = 1.2, 1, 1 / 10 - 1 / 18, 1 / 10 - 1 / 6, 0.16, 0.12, 0.5, 0.6
    assert all_pay == pytest.approx(expected)
    # equal burdens
    expected = 0.8, 8 / 12, -1 / 18, -1 / 6, 0.4 / 3, 0.4 / 6
    assert first[:6] == pytest.approx(expected)
    rows = economy.execute("select distinct incidence from carbon_price_summary")
    assert rows.fetchall() == [("regressive",)]


@pytest.mark.parametrize(
    ("covariance", "standard_error", "incidence"),
    [
        (0, 0.0018**0.5, "not distinguishable"),
        (0.18, 0.0012**0.5, "regressive"),
        (0.54, 0, "regressive"),
    ],
)
def test_errors_of_footprints_are_errors_of_the_index(
    covariance, standard_error, incidence
):
    """Derivatives: 2 x 0.4 (1/4 - 0.55) / 4.8 = -1/20, 2 x 0.6 (3/4 - 0.55) / 7.2.

    Footprints err by 0.6 and 0.9, so the index by 0.03 and 0.03: if apart by 0.042, of
    which 1.645 are more than the index, 1/15; if together not at all.
    """
    columns, _ = TABLES["footprint_covariances"]
    errors = [
        (*CO2, "A", "A", 0.36),
        (*CO2, "B", "B", 0.81),
        (*CO2, "A", "B", covariance),
        (*CO2, "B", "A", covariance),
    ]
    economy = made(TABLES | {"footprint_covariances": (columns, errors)}, MODELS)
    row = economy.execute(
        "select household_kakwani_standard_error, household_kakwani_index, incidence"
        " from carbon_price_summary where price_id = 'all'"
    ).fetchone()
    assert row == (
        pytest.approx(standard_error, abs=1e-9),
        pytest.approx(-1 / 15),
        incidence,
    )


def summary(regions: dict[str, tuple[float, ...]], columns: str) -> tuple:
    """Return columns of the summary of one price, of regions without errors.

    Each has people, GDP, and what its households spend and bear, nobody else does.
    """
    people, _, _, borne = (sum(each) for each in zip(*regions.values(), strict=True))
    tables = {
        name: TABLES[name]
        for name in (
            "footprint_covariances",
            "int_carbon_prices",
            "int_reported_emissions",
            "policy_parameters",
        )
    } | {
        "carbon_price_burden": (
            "year int, stressor_id text, price_id text, region_id text, price double,"
            " unit text, covered_emissions double, paid_by_producers double,"
            " direct_burden double, burden double, household_burden double,"
            " household_spending double, dividend double",
            [
                (
                    *(*CO2, "all", region, 0.1, "t", 0.0, 0.0, 0.0, burden, burden),
                    *(spending, borne * count / people),
                )
                for region, (count, _, spending, burden) in regions.items()
            ],
        ),
        "int_covered_emissions": (
            "year int, stressor_id text, coverage_id text, region_id text,"
            " emissions double",
            [],
        ),
        "int_region_years": (
            TABLES["int_region_years"][0],
            [
                (YEAR, region, region, count, gdp, gdp / count, True)
                for region, (count, gdp, *_) in regions.items()
            ],
        ),
        "regional_accounts": (
            TABLES["regional_accounts"][0],
            [(*CO2, region, 1.0) for region in regions],
        ),
        "int_groups_by_income": TABLES["int_groups_by_income"],
    }
    economy = made(tables, MODELS[3:5])
    return economy.execute(f"select {columns} from carbon_price_summary").fetchone()


def test_the_poorest_are_those_who_spend_least():
    """The oil region has nine tenths of GDP and spends half as much as the other.

    From it on, spending 1/3 and 2/3, burdens 2/5 and 3/5: 1/10 - 1/6. In the order of
    GDP both indices would have the other sign, and the price would be progressive.
    """
    regions = {"farms": (1, 1.0, 6.0, 3.0), "oil": (1, 9.0, 3.0, 2.0)}
    columns = "household_kakwani_index, kakwani_index, incidence"
    by_spending, by_gdp, incidence = summary(regions, columns)
    assert (by_spending, incidence) == (pytest.approx(1 / 10 - 1 / 6), "regressive")
    # burdens 3/5 and 2/5, GDP 1/10 and 9/10
    assert by_gdp == pytest.approx(-1 / 10 - 4 / 10)
    columns = "poorest_fifth_household_share, richest_fifth_household_share"
    assert summary(regions, columns) == pytest.approx((2 / 3, 3 / 6))


@pytest.mark.parametrize(
    ("people", "of_poorest", "of_richest", "largest", "share"),
    [
        # 10, 5 and 5 of 25 people; 20 of 60
        ((10, 5, 25, 60), 3, 1, "d", 1),
        # 10, 4 and 6 of 66; 8, 5 and 7, all of them
        ((10, 4, 66, 8, 5, 7), 3, 3, "a", 0.5),
        # 19 and 1 of 21; 20 of 60: what is all in one region comes first
        ((19, 21, 60), 2, 1, "c", 1),
    ],
)
def test_fifths_say_of_how_many_regions_they_are(
    people, of_poorest, of_richest, largest, share
):
    regions = {
        region: (count, 1.0, spending * count, 1.0)
        for spending, (region, count) in enumerate(
            zip("abcdef", people, strict=False), start=1
        )
    }
    row = summary(
        regions,
        "poorest_fifth_regions, richest_fifth_regions, fifth_largest_region_id,"
        " fifth_largest_region_share",
    )
    assert row == (of_poorest, of_richest, largest, pytest.approx(share))


@pytest.mark.parametrize(
    ("gaining", "losing", "expected"),
    [
        # without the 30 of a, 40 of 100 gain
        ({"b": 30, "a": 30}, {"c": 40}, ("a", 0.3)),
        ({"a": 30}, {"b": 45, "c": 25}, ("b", 0.45)),
        # without any of them 60 of 100 gain
        ({"a": 20, "b": 20, "c": 20, "d": 20}, {"e": 20}, (None, None)),
        ({"a": 10, "b": 10, "c": 10, "d": 30}, {"e": 40}, ("d", 0.3)),
        # without any of them at least 54 of 100 gain
        ({"a": 22, "b": 22, "c": 22, "d": 10}, {"e": 24}, (None, None)),
    ],
)
def test_a_region_decides_if_without_it_there_is_no_majority(gaining, losing, expected):
    """Who gains bears nothing, and who loses bears all."""
    regions = {
        region: (people, 1.0, 1.0 * people, burden * people)
        for group, burden in ((gaining, 0.0), (losing, 1.0))
        for region, people in group.items()
    }
    columns = "deciding_region_id, deciding_region_share"
    assert summary(regions, columns) == expected


def test_a_price_of_nothing_covers_nothing(economy):
    columns, _ = TABLES["int_carbon_prices"]
    prices = [(YEAR, "all", "All", "all", 0.0, "in units of X", True)]
    free = made(TABLES | {"int_carbon_prices": (columns, prices)}, MODELS)
    expected = {(0.0, 0.0, 0.0, "in units of X")}
    for table, facts in (
        ("burden", "covered_emissions, burden, paid_by_producers"),
        ("summary", "covered_share, revenue, dividend_per_capita"),
        ("products", "price_increase, direct_increase, 0.0"),
    ):
        rows = free.sql(f"select {facts}, price_note from carbon_price_{table}")
        assert {*rows.fetchall()} == expected
    assert by_region(economy, "covered_emissions", "all") == {"A": 8, "B": 4}


def test_the_row_that_names_most_counts():
    """One of two sectors of the group energy is power supply; it pays half."""
    rows = [
        ("some", "energy", None, 0.25, True),
        ("some", "energy", True, 0.5, False),
        ("direct", None, None, 0.0, True),
        ("direct", "services", None, 1.0, False),
    ]
    tables = {
        "price_coverages": (TABLES["price_coverages"][0], rows),
        "stg_sectors": (
            TABLES["stg_sectors"][0],
            [("a", "energy", True), ("b", "energy", None), ("c", "services", False)],
        ),
        "stg_regions": TABLES["stg_regions"],
        **WITHOUT_OWN,
        "int_sector_output": (
            TABLES["int_sector_output"][0],
            [(0, "A", "a"), (1, "A", "b"), (2, "B", "c")],
        ),
    }
    connection = made(tables, MODELS[:1])
    rows = connection.execute(
        "select coverage_id, region_sector_id, covered_share from int_price_coverages"
        " where region_sector_id is not null"
    ).fetchall()
    assert {row[:2]: row[2] for row in rows} == {
        ("some", 0): 0.5,
        ("some", 1): 0.25,
        ("some", 2): 0,
        ("direct", 0): 0,
        ("direct", 1): 0,
        ("direct", 2): 1,
    }
    # the row that names fewer sectors speaks for final users
    rows = connection.execute(
        "select coverage_id, region_id, covered_share from int_price_coverages"
        " where region_sector_id is null"
    ).fetchall()
    assert {row[:2]: row[2] for row in rows} == {
        (coverage, region): 1 for coverage in ("some", "direct") for region in "AB"
    }
