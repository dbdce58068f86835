"""Prices on emissions on the example of Kitzes (2013), by pencil, and coverages.

Two regions of one sector, one person each; emissions 8 and 4, final demand 3 and 6 at
home; f = 1/2 and 1/3, m = 1.6 and 1.2. Output of A embodied in the final demand of A
and of B: 8 and 8; of B: 2.4 and 9.6. A tonne costs 0.1.
"""

import duckdb
import pytest
from support.rendered_models import add, rendered

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
    "policy_parameters": (
        "parameter_id text, value double",
        [("proportional_within", 0.005)],
    ),
}
MODELS = (
    "intermediate/prices/int_price_coverages.sql",
    "intermediate/prices/int_covered_emissions.sql",
    "marts/prices/carbon_price_burden.sql",
    "marts/prices/carbon_price_summary.sql",
    "marts/prices/carbon_price_products.sql",
)


def made(tables: dict[str, tuple[str, list[tuple]]], models: tuple[str, ...]):
    """Return a connection with some tables, and those of some models."""
    connection = duckdb.connect()
    for name, (columns, rows) in tables.items():
        add(connection, name, columns, rows)
    for path in models:
        name = path.rpartition("/")[2].removesuffix(".sql")
        connection.execute(f"create table {name} as {rendered(path)}")
    return connection


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
