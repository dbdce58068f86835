"""The model of three scopes on the example of Kitzes (2013), by pencil.

Two regions of one sector; emissions 8 and 4, output 16 and 12, final demand 3 and 6 at
home. m = 1.6 and 1.2; deliveries to the other region, each counted once, 3 and 1.5:
5 and 4 gross, of which 2 and 2.5 come back.
"""

import duckdb
import pytest
from support.rendered_models import add, rendered

YEAR = 2010
CO2 = (YEAR, "co2")
TABLES = {
    "regional_accounts": (
        "year int, stressor_id text, region_id text, production_emissions double,"
        " inflow_emissions double, outflow_emissions double, export_emissions double,"
        " consumption_footprint double, population bigint, unit text, region_name text",
        [
            (*CO2, "A", 8.0, 0.8, 4.0, 0.0, 4.8, 2, "t", "A"),
            (*CO2, "B", 4.0, 4.0, 0.8, 0.0, 7.2, None, "t", "B"),
        ],
    ),
    "int_stressors": (
        "stressor_id text, is_mass bool",
        [("co2", True), ("value_added", False)],
    ),
    "int_intensities": (
        "year int, stressor_id text, region_sector_id int, region_id text",
        [
            (*CO2, 0, "A"),
            (*CO2, 1, "B"),
            (YEAR, "value_added", 0, "A"),
            (YEAR, "value_added", 1, "B"),
        ],
    ),
    "deliveries_once": (
        "year int, region_sector_id int, amount double",
        [(YEAR, 0, 3.0), (YEAR, 1, 1.5)],
    ),
    "total_intensities": (
        "year int, stressor_id text, region_sector_id int, total_intensity double",
        [
            (*CO2, 0, 1.6),
            (*CO2, 1, 1.2),
            (YEAR, "value_added", 0, 1.0),
            (YEAR, "value_added", 1, 1.0),
        ],
    ),
    "sectors": ("sector_id text, is_power_supply bool", [("all", True)]),
    # B buys 5 of A's power, 2.5 t; both buy their own
    "int_grid_electricity": (
        "year int, stressor_id text, region_id text, made_elsewhere double,"
        " emissions double",
        [(*CO2, "B", 2.5, 5.5)],
    ),
    # A alone has some: 1 t behind its footprint, 2 t of what its users import
    "footprints_with_imports": (
        "year int, stressor_id text, method_id text, region_id text,"
        " imports_in_production double, imports_of_final_users double,"
        " is_default_method bool",
        [
            (*CO2, "user_file", "A", 1.0, 2.0, True),
            (*CO2, "domestic_technology", "A", 7.0, 7.0, False),
        ],
    ),
    # half a unit of imports behind a unit of A's product, at 0.4 t
    "import_multipliers": (
        "year int, region_sector_id int, sector_id text, multiplier double",
        [(YEAR, 0, "all", 0.5)],
    ),
    "int_import_intensities": (
        "year int, stressor_id text, sector_id text, intensity double,"
        " is_default_method bool",
        [(*CO2, "all", 0.4, True), (*CO2, "all", 9.0, False)],
    ),
    "int_sector_output": (
        "year int, region_sector_id int, region_id text",
        [(YEAR, 0, "A"), (YEAR, 1, "B")],
    ),
}


def scopes(
    without: str = "", footprint: float = 0.0, unknown: str = "-1"
) -> dict[str, dict[str, float]]:
    """Return the rows by region.

    `footprint` takes the place of those by pencil; `unknown` has no known deliveries.
    """
    connection = duckdb.connect()
    for name, (columns, rows) in TABLES.items():
        add(connection, name, columns, [] if name == without else rows)
    if footprint:
        connection.execute(
            f"update regional_accounts set consumption_footprint = {footprint}"
        )
    connection.execute(
        f"update deliveries_once set amount = null where region_sector_id = {unknown}"
    )
    rows = connection.sql(rendered("marts/accounts/three_scopes.sql"))
    return {row["region_id"]: row for row in rows.to_arrow_table().to_pylist()}


def test_what_is_emitted_elsewhere_is_for_own_users_or_passes_through():
    """4 goods of B at 0.4 t, and 5 goods of A at 1 t, its home chains left out."""
    of = scopes()
    assert (of["A"]["scope_1"], of["B"]["scope_1"]) == (8, 4)
    for region, own, passing, total in (("A", 0.8, 0.8, 9.6), ("B", 4, 1, 9)):
        row = of[region]
        assert row["for_own_final_demand"] == own
        assert row["passing_through"] == pytest.approx(passing, rel=1e-12)
        assert row["three_scope_total"] == pytest.approx(total, rel=1e-12)
    assert of["A"]["passing_over_footprint"] == pytest.approx(1 / 6, rel=1e-12)
    assert scopes(footprint=-4.8)["A"]["passing_over_footprint"] is None
    # with the footprints of 4.8 and 7.2 these are the totals
    assert of["A"]["embodied_in_deliveries"] == pytest.approx(4.8, rel=1e-12)
    assert of["B"]["embodied_in_deliveries"] == pytest.approx(1.8, rel=1e-12)
    assert of["A"]["three_scope_per_capita"] == pytest.approx(4.8, rel=1e-12)
    assert of["B"]["three_scope_per_capita"] is None
    assert {row["stressor_id"] for row in of.values()} == {"co2"}, "money has none"


def test_where_the_others_have_no_answer_the_region_is_told_of_alone():
    """Its deliveries are unknown; the other region is as it was."""
    usual = scopes()
    of = scopes(unknown="0")
    assert of["B"] == usual["B"]
    assert usual["A"]["scope_note"] is None
    alone = of["A"]
    lost = {name for name in alone if alone[name] != usual["A"][name]}
    assert lost == {
        "scope_3",
        "three_scope_total",
        "passing_through",
        "embodied_in_deliveries",
        "scope_3_with_imports",
        "three_scope_per_capita",
        "passing_over_footprint",
        "scope_note",
    }
    assert [alone[name] for name in lost - {"scope_note"}] == [None] * 7
    assert "no answer" in alone["scope_note"]


def test_electricity_from_elsewhere_is_no_part_of_scope_3():
    of = scopes()
    assert (of["A"]["scope_2"], of["A"]["grid_electricity"]) == (0, 0)
    assert (of["B"]["scope_2"], of["B"]["grid_electricity"]) == (2.5, 5.5)
    assert of["A"]["scope_3"] == pytest.approx(1.6, rel=1e-12)
    assert of["B"]["scope_3"] == pytest.approx(2.5, rel=1e-12)


def test_without_power_supply_scope_2_is_not_known():
    for row in scopes(without="sectors").values():
        assert row["scope_2"] is row["grid_electricity"] is None
        everything = row["three_scope_total"] - row["scope_1"]
        assert row["scope_3"] == pytest.approx(everything, rel=1e-12)


def test_imports_are_behind_footprints_and_behind_deliveries():
    """1 and 2 t, and 3 x 0.5 x 0.4 t behind deliveries; where nothing is told, NULL."""
    of = scopes()
    assert of["A"]["scope_3_with_imports"] == pytest.approx(1.6 + 3.6, rel=1e-12)
    assert of["B"]["scope_3_with_imports"] is None
