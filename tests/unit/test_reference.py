"""The reference itself against pencil and paper, and its files there and back."""

from math import log

import numpy as np
import pytest
from support.random_systems import Size, random_system
from support.reference import PUBLISHED, Comparator, nearest, reference_marts
from support.systems import Category, Region, Sector, Stressor, System, Year
from support.tidy_folder import read_tidy, write_tidy


def pencil_system() -> System:
    """Return three regions with one sector each.

    ``a`` emits 110 for an output of 110 and sells 80 to its people, 20 to the
    sector of ``b``, 10 to the idle sector of ``c``. ``b`` emits 10 for an output of
    50, all sold to its people. ``c`` sells nothing and emits 7; it is a remainder.
    """
    Z = np.zeros((3, 3))
    Z[0, 1], Z[0, 2] = 20.0, 10.0
    Y = np.zeros((3, 3, 1))
    Y[0, 0, 0], Y[1, 1, 0] = 80.0, 50.0
    year = Year(
        transactions=Z,
        final_demand=Y,
        exports=np.zeros(3),
        emissions={"co2": np.array([110.0, 10.0, 7.0])},
        direct={"co2": np.zeros((3, 1))},
        population=[8, 2, None],
        gdp=[800.0, 100.0, 5.0],
        value_added=np.array([[110.0, 30.0, -10.0]]),
    )
    return System(
        regions=[
            Region("a", "A", "city"),
            Region("b", "B", "city"),
            Region("c", "C", "remainder"),
        ],
        sectors=[Sector("s", "S")],
        categories=[Category("h", "H", "household")],
        stressors=[Stressor("co2", "CO2", "t")],
        years={2012: year},
    )


@pytest.fixture(scope="module")
def marts():
    return reference_marts(pencil_system(), PUBLISHED)


def close(value: float):
    return pytest.approx(value, rel=1e-12, abs=1e-12)


def test_accounts(marts):
    a = marts["regional_accounts"][2012, "co2", "a"]
    b = marts["regional_accounts"][2012, "co2", "b"]
    c = marts["regional_accounts"][2012, "co2", "c"]
    assert a["production_emissions"] == 110
    assert (a["local_emissions"], a["outflow_emissions"]) == (80, 20)
    assert (a["unattributed_emissions"], c["unattributed_emissions"]) == (10, 7)
    assert b["consumption_footprint"] == close(30)
    assert (b["local_emissions"], b["inflow_emissions"]) == (10, 20)
    assert b["footprint_per_capita"] == close(15)
    assert c["footprint_per_capita"] is None
    assert marts["multipliers"][2012, "co2", "b", "s"] == {
        "direct_intensity": close(0.2),
        "total_intensity": close(0.6),
        "output": 50,
    }
    closure = marts["reconciliation"][2012, "co2"]
    assert closure["emissions_in"] == 127
    assert closure["unattributed"] == 17
    assert closure["is_closed"]


def test_flows(marts):
    flows = {key[2:]: row["emissions"] for key, row in marts["embodied_flows"].items()}
    assert flows["a", "b", "h"] > 0
    co2 = {k: v for k, v in marts["embodied_flows"].items() if k[1] == "co2"}
    assert {key[2:4]: row["emissions"] for key, row in co2.items()} == {
        ("a", "a"): 80,
        ("a", "b"): close(20),
        ("b", "b"): close(10),
    }
    product = marts["footprint_by_product"][2012, "co2", "b", "b", "s"]
    assert product == {"emissions": close(30), "expenditure": 50}


def test_rankings(marts):
    a = marts["footprint_rankings"][2012, "co2", "a"]
    b = marts["footprint_rankings"][2012, "co2", "b"]
    assert (a["footprint_rank"], b["footprint_rank"]) == (1, 2)
    assert (a["footprint_per_capita_rank"], b["footprint_per_capita_rank"]) == (2, 1)
    assert a["cumulative_footprint_share"] == close(8 / 11)
    assert b["world_average_ratio"] == close(15 / 4.87)
    assert b["us_ratio"] == close(15 / 18.4)
    assert b["is_above_world_average"]


def test_inequality(marts):
    row = marts["inequality_indices"][2012, "co2", "consumption_footprint"]
    assert row["gini"] == close(8 / 110)
    assert row["theil_t"] == close(8 / 11 * log(10 / 11) + 3 / 11 * log(15 / 11))
    assert row["theil_t_between"] == close(0)  # one group: no region has a parent
    assert row["bottom50_share"] == close(5 / 11)
    assert row["top10_share"] == close(1.5 / 11)
    assert row["palma_ratio"] == close(3 / 8)
    # by GDP per head b (50) comes before a (100)
    assert row["concentration_index"] == close(1 - 0.2 * 3 / 11 - 0.8 * (1 + 3 / 11))
    gdp = marts["inequality_indices"][2012, "co2", "gdp"]
    assert gdp["gini"] == close(1 - 0.2 * 1 / 9 - 0.8 * (1 + 1 / 9))
    assert row["kakwani_index"] == close(row["concentration_index"] - gdp["gini"])
    deciles = {
        key[3]: row["regions"]
        for key, row in marts["inequality_deciles"].items()
        if key[2] == "consumption_footprint"
    }
    assert deciles == {5: 1, 10: 1}  # the middles are at 40 % and at 90 % of people
    assert [
        row["region_id"]
        for key, row in marts["lorenz_curve"].items()
        if key[2] == "consumption_footprint"
    ] == ["a", "b"]


def test_leakage(marts):
    summary = marts["leakage_summary"][2012, "co2"]
    assert summary["interregional_share"] == close(20 / 110)
    assert summary["supply_chain_share"] == close(20 / 110)
    assert summary["poor_to_rich_share"] == 0  # a is the richer one
    assert marts["leakage_flows"][2012, "co2", "b", "a"] == {
        "gross_flow": 0,
        "reverse_flow": close(20),
        "net_flow": close(-20),
        "value_added_flow": 0,
        "is_poor_to_rich": True,
    }
    balance = marts["trade_balances"][2012, "co2", "a"]
    assert balance["value_added_exported"] == close(20)
    assert balance["terms_of_trade"] is None  # it buys nothing
    assert balance["quadrant"] == "exporter_gainer"
    assert marts["trade_balances"][2012, "co2", "c"]["quadrant"] == "importer_loser"


def test_the_nearest_comparator_and_of_two_the_earlier():
    rows = {"co2": [Comparator(2014, 1.0, 1.0), Comparator(2012, 2.0, 2.0)]}
    assert nearest(rows, "co2", 2013).year == 2012
    assert nearest(rows, "co2", 2090).year == 2014
    assert nearest(rows, "ch4", 2013) is None


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_a_written_folder_is_the_same_system(suffix, tmp_path):
    system = random_system(5, Size(regions=5, sectors=3), years=2)
    again = read_tidy(write_tidy(system, tmp_path / "tidy", suffix))
    assert [r.id for r in again.regions] == [r.id for r in system.regions]
    assert [r.parent for r in again.regions] == [r.parent for r in system.regions]
    assert again.producers == system.producers
    for number, year in system.years.items():
        other = again.years[number]
        assert np.array_equal(other.transactions, year.transactions)
        assert np.array_equal(other.final_demand, year.final_demand)
        assert np.array_equal(other.emissions["co2"], year.emissions["co2"])
        assert np.array_equal(other.direct["CO2"], year.direct["CO2"])
        assert other.population == year.population
        assert other.gdp == year.gdp


def test_random_systems_hold_what_they_are_for():
    """Idle sectors that emit and buy, stocks of both signs, a negative output."""
    system = random_system(20, years=3)
    for year in system.years.values():
        sold = year.transactions.sum(axis=1) + year.final_demand.sum(axis=(1, 2))
        x = sold + year.exports
        idle = x == 0
        assert year.emissions["co2"][idle].sum() > 0
        assert year.transactions[:, idle].sum() > 0
        assert (x < 0).sum() == 1
        assert (year.final_demand < 0).any()
        assert None in year.population
    heads = [
        row["is_above_world_average"]
        for key, row in reference_marts(system, PUBLISHED)["footprint_rankings"].items()
        if key[1] == "co2"
    ]
    assert True in heads
    assert False in heads
