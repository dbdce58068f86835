"""The model of responsibility on the example of Kitzes (2013), by pencil.

Two regions of one sector; emissions 8 and 4, output 16 and 12, final demand 3 and 6 at
home, value added 4 and 5. f = 1/2 and 1/3, m = 1.6 and 1.2; output of A embodied in the
final demand of A, and of B: 8 and 8; of B: 2.4 and 9.6.
"""

import duckdb
import pytest
from support.rendered_models import add, rendered

YEAR = 2010
CO2 = (YEAR, "co2")
TABLES = {
    "regional_accounts": (
        "year int, stressor_id text, region_id text, production_emissions double,"
        " consumption_footprint double, direct_emissions double, outflow_emissions"
        " double, unit text, region_name text",
        [
            (*CO2, "A", 8.0, 4.8, 0.0, 4.0, "t", "A"),
            (*CO2, "B", 4.0, 7.2, 0.0, 0.8, "t", "B"),
        ],
    ),
    "int_stressors": (
        "stressor_id text, is_mass bool",
        [("co2", True), ("value_added", False)],
    ),
    "int_intensities": (
        "year int, stressor_id text, region_sector_id int, region_id text, emissions"
        " double, output double, direct_intensity double, is_zero_output bool",
        [
            (*CO2, 0, "A", 8.0, 16.0, 1 / 2, False),
            (*CO2, 1, "B", 4.0, 12.0, 1 / 3, False),
            (YEAR, "value_added", 0, "A", 4.0, 16.0, 1 / 4, False),
            (YEAR, "value_added", 1, "B", 5.0, 12.0, 5 / 12, False),
        ],
    ),
    # 26 2/3 and 12.8, enabled downstream by 8 and 4, per unit of output
    "downstream_intensities": (
        "year int, stressor_id text, region_sector_id int, intensity double",
        [(*CO2, 0, 5 / 3), (*CO2, 1, 12.8 / 12)],
    ),
    "output_multipliers": (
        "year int, region_sector_id int, direct_backward double",
        [(YEAR, 0, 12 / 16), (YEAR, 1, 7 / 12)],
    ),
    "int_value_added_years": ("year int", [(YEAR,)]),
    "int_sector_output": (
        "year int, region_sector_id int, region_id text, sector_id text, output double",
        [(YEAR, 0, "A", "all", 16.0), (YEAR, 1, "B", "all", 12.0)],
    ),
    "int_embodied_output_by_region": (
        "year int, origin_id int, region_position int, output double",
        [(YEAR, 0, 0, 8.0), (YEAR, 0, 1, 8.0), (YEAR, 1, 0, 2.4), (YEAR, 1, 1, 9.6)],
    ),
    "stg_regions": ("region_id text, region_position int", [("A", 0), ("B", 1)]),
    "value_added_shared_intensities": (
        "year int, stressor_id text, region_sector_id int, intensity double,"
        " passed_share double",
        [],
    ),
    "stg_final_demand": (
        "year int, origin_id int, region_id text, amount double",
        [(YEAR, 0, "A", 3.0), (YEAR, 1, "B", 6.0)],
    ),
}


@pytest.fixture(scope="module")
def accounts() -> dict[str, dict[str, float]]:
    connection = duckdb.connect()
    for name, (columns, rows) in TABLES.items():
        add(connection, name, columns, rows)
    rows = connection.sql(rendered("marts/accounts/responsibility.sql"))
    return {row["region_id"]: row for row in rows.to_arrow_table().to_pylist()}


def test_exports_are_credited_at_the_mean_of_their_sellers(accounts):
    """8 and 2.4 are sold abroad, with 4 and 0.8 t: 4.8 / 10.4 t per unit on average."""
    of = {name: row["technology_adjusted_footprint"] for name, row in accounts.items()}
    assert of["A"] == pytest.approx(4.8 + 4 - 8 * 4.8 / 10.4, rel=1e-12)
    assert of["B"] == pytest.approx(7.2 + 0.8 - 2.4 * 4.8 / 10.4, rel=1e-12)
    assert sum(of.values()) == pytest.approx(12, rel=1e-12)


def test_incomes_enable_all_emissions(accounts):
    of = {name: row["income_emissions"] for name, row in accounts.items()}
    assert of == pytest.approx({"A": 20 / 3, "B": 16 / 3}, rel=1e-12)
    # nothing else is paid for
    others = [row["income_other_inputs"] for row in accounts.values()]
    assert others == pytest.approx([0, 0], abs=1e-12)


def test_half_is_produced_and_half_consumed(accounts):
    of = {name: row["shared_emissions"] for name, row in accounts.items()}
    assert of == pytest.approx({"A": 6.4, "B": 5.6}, rel=1e-12)
    assert {row["shared_by_value_added"] for row in accounts.values()} == {None}
