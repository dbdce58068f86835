"""The charge at a border by pencil, and the countries of a zone.

The example of Kitzes (2013): T = [[8, 5], [4, 2]], output 16 and 12, f = 1/2 and 1/3,
m = 1.6 and 1.2, final demand 3 and 6 at home.
"""

import csv

import duckdb
import pytest
from support.rendered_models import ROOT, add, rendered

YEAR = 2010
CO2 = (YEAR, "co2")
TABLES = {
    "stg_border_charges": "charge_id text, kind text, id text, value double",
    "region_sectors": "region_sector_id int, region_id text, sector_id text",
    "stg_sectors": "sector_id text, is_power_supply bool",
    "stg_transactions": "year int, origin_id int, destination_id int, amount double",
    "stg_final_demand": "year int, origin_id int, region_id text, amount double",
    "stg_exports": "year int, region_sector_id int, amount double",
    "int_sector_output": "year int, region_sector_id int, region_id text,"
    " sector_id text, is_zero_output bool",
    "int_stressors": "stressor_id text, is_priced bool, is_mass bool",
    "int_intensities": "year int, stressor_id text, unit text, region_sector_id int,"
    " region_id text, sector_id text, output double, direct_intensity double,"
    " is_zero_output bool",
    "total_intensities": "year int, stressor_id text, region_sector_id int,"
    " total_intensity double",
    "regions": "region_id text, region_name text",
    "charged_parts": "scope_id text, is_default bool",
}
STRESSORS = [("co2", True, True), ("value_added", False, False)]
SCOPES = [(scope, False) for scope in ("direct", "direct_and_electricity", "total")]
KITZES = {
    "region_sectors": [(0, "A", "all"), (1, "B", "all")],
    "stg_sectors": [("all", False)],
    "stg_transactions": [
        (YEAR, 0, 0, 8.0),
        (YEAR, 0, 1, 5.0),
        (YEAR, 1, 0, 4.0),
        (YEAR, 1, 1, 2.0),
    ],
    "stg_final_demand": [(YEAR, 0, "A", 3.0), (YEAR, 1, "B", 6.0)],
    "int_intensities": [
        (*CO2, "t", 0, "A", "all", 16.0, 1 / 2, False),
        (*CO2, "t", 1, "B", "all", 12.0, 1 / 3, False),
        (YEAR, "value_added", "currency", 0, "A", "all", 16.0, 1 / 4, False),
    ],
    "total_intensities": [(*CO2, 0, 1.6), (*CO2, 1, 1.2)],
    "regions": [("A", "A"), ("B", "B")],
}
CHARGE = [("b", "zone", "B", None), ("b", "product", "all", None)]
# goods of A buy 3 of its power supply for an output of 30, and power 1 for 5
POWERED = {
    "region_sectors": [(0, "A", "goods"), (1, "A", "power"), (2, "B", "goods")],
    "stg_sectors": [("goods", False), ("power", True)],
    "stg_transactions": [
        (YEAR, 0, 2, 10.0),
        (YEAR, 1, 0, 3.0),
        (YEAR, 1, 1, 1.0),
        (YEAR, 1, 2, 1.0),
    ],
    "stg_exports": [(YEAR, 0, 20.0)],
    "int_intensities": [
        (*CO2, "t", 0, "A", "goods", 30.0, 0.2, False),
        (*CO2, "t", 1, "A", "power", 5.0, 2.0, False),
        (*CO2, "t", 2, "B", "goods", 9.0, 7.0, False),
    ],
    "total_intensities": [(*CO2, 0, 0.45), (*CO2, 1, 2.5), (*CO2, 2, 8.0)],
    "regions": [("A", "A"), ("B", "B")],
}

# metals of A emit 100 kt for 100: steel 80 for 20, other metals 20 for 80. All of the
# 10 that B buys is steel
METALS = {
    "region_sectors": [(0, "A", "metals"), (1, "B", "metals")],
    "stg_sectors": [("metals", False)],
    "stg_final_demand": [(YEAR, 0, "A", 90.0), (YEAR, 0, "B", 10.0)],
    "int_intensities": [(*CO2, "t", 0, "A", "metals", 100.0, 1.0, False)],
    "total_intensities": [(*CO2, 0, 1.0)],
    "regions": [("A", "A"), ("B", "B")],
}
STEEL_APART = METALS | {
    "region_sectors": [(0, "A", "steel"), (1, "A", "others"), (2, "B", "steel")],
    "stg_sectors": [("steel", False), ("others", False)],
    "stg_final_demand": [
        (YEAR, 0, "A", 10.0),
        (YEAR, 0, "B", 10.0),
        (YEAR, 1, "A", 80.0),
    ],
    "int_intensities": [
        (*CO2, "t", 0, "A", "steel", 20.0, 4.0, False),
        (*CO2, "t", 1, "A", "others", 80.0, 0.25, False),
    ],
    "total_intensities": [(*CO2, 0, 4.0), (*CO2, 1, 0.25)],
}


def exposure(facts: dict, charges: list[tuple]) -> dict[tuple, dict]:
    """Return the rows of the model by scope, region and sector."""
    connection = duckdb.connect()
    facts = facts | {
        "stg_border_charges": charges,
        "int_stressors": STRESSORS,
        "charged_parts": SCOPES,
        "int_sector_output": [(YEAR, *row, False) for row in facts["region_sectors"]],
    }
    for name, columns in TABLES.items():
        add(connection, name, columns, facts.get(name, []))
    for model in ("prices/int_border_sellers", "accounts/int_grid_electricity"):
        connection.execute(
            f"create table {model.partition('/')[2]} as"
            f" {rendered(f'intermediate/{model}.sql')}"
        )
    rows = connection.sql(rendered("marts/prices/border_exposure.sql"))
    return {
        (row["scope_id"], row["region_id"], row["sector_id"]): row
        for row in rows.to_arrow_table().to_pylist()
    }


def test_the_zone_charges_what_is_delivered_to_it():
    """A delivers 5 to the producers of B, and nobody is power supply: two scopes."""
    rows = exposure(KITZES, [*CHARGE, ("b", "price", None, 10.0)])
    charges = {key: row["charge"] for key, row in rows.items()}
    assert charges == pytest.approx(
        {("direct", "A", "all"): 25.0, ("total", "A", "all"): 80.0}, rel=1e-12
    )
    assert rows["direct", "A", "all"]["deliveries"] == pytest.approx(5.0)
    assert rows["direct", "A", "all"]["charge_share"] == pytest.approx(5.0)


@pytest.mark.parametrize(("home", "charge"), [(4.0, 48.0), (10.0, 0.0), (12.0, 0.0)])
def test_what_is_paid_at_home_counts(home, charge):
    terms = [("b", "price", None, 10.0), ("b", "paid_at_home", "A", home)]
    rows = exposure(KITZES, [*CHARGE, *terms, ("b", "paid_at_home", None, 9.0)])
    assert rows["total", "A", "all"]["charge"] == pytest.approx(charge, rel=1e-12)
    assert rows["total", "A", "all"]["charged_emissions"] == pytest.approx(8.0)


def test_electricity_counts_at_the_power_station():
    """0.2 + 2 x 3 / 30 for goods; power supply counts itself alone."""
    products = [("b", "product", sector, None) for sector in ("goods", "power")]
    zone = [("b", "zone", "B", None), ("b", "price", None, 1.0)]
    rows = exposure(POWERED, [*products, *zone])
    charges = {key: row["charge"] for key, row in rows.items()}
    assert charges == pytest.approx(
        {
            ("direct", "A", "goods"): 2.0,
            ("direct_and_electricity", "A", "goods"): 4.0,
            ("total", "A", "goods"): 4.5,
            ("direct", "A", "power"): 2.0,
            ("direct_and_electricity", "A", "power"): 2.0,
            ("total", "A", "power"): 2.5,
        },
        rel=1e-12,
    )


@pytest.mark.parametrize(
    ("facts", "product", "charge"),
    [(METALS, "metals", 500.0), (STEEL_APART, "steel", 2000.0)],
)
def test_a_sector_wider_than_the_rule_is_no_upper_bound(facts, product, charge):
    """A rule on steel alone charges four times what the sector's mean intensity says.

    who_pays.md has this example.
    """
    terms = [("b", "product", product, None), ("b", "price", None, 50.0)]
    rows = exposure(facts, [("b", "zone", "B", None), *terms])
    assert {row["deliveries"] for row in rows.values()} == {10.0}
    assert {row["charge"] for row in rows.values()} == {charge}


@pytest.mark.parametrize(("share", "deliveries"), [([], 20.0), ([("goods", 0.3)], 6.0)])
def test_a_part_of_the_exports_goes_to_a_zone_outside(share, deliveries):
    """Without a share all of them, which is the most that can be."""
    charges = [
        ("x", "zone", "EXPORT", None),
        ("x", "product", "goods", None),
        ("x", "price", None, 1.0),
        *(("x", "zone_share", name, value) for name, value in share),
    ]
    rows = exposure(POWERED, charges)
    assert {region for _, region, _ in rows} == {"A"}
    row = rows["direct_and_electricity", "A", "goods"]
    assert row["deliveries"] == pytest.approx(deliveries, rel=1e-12)
    assert row["charge"] == pytest.approx(0.4 * deliveries, rel=1e-12)


@pytest.mark.parametrize(
    ("year", "members"), [(1972, 6), (1995, 15), (2011, 27), (2013, 28), (2020, 27)]
)
def test_the_european_union_grew_and_shrank(year, members):
    with (ROOT / "seeds" / "border_zones.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    of_year = [
        row
        for row in rows
        if int(row["first_year"]) <= year <= int(row["last_year"] or 9999)
    ]
    assert len(of_year) == members
