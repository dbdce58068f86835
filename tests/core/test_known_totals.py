"""Known totals: a wrong power of ten is refused, and the fitting one is named."""

from types import SimpleNamespace

import numpy as np
import pytest
from support.refusals import refusal_of, refused

from carbonshed.accounting.known_totals import (
    KINDS,
    amount,
    check_nation,
    check_total,
    known_total,
    unit_name,
)

T = 1e12


def check(kind, year, value, power=4):
    return check_total(kind, year, value, where="city: a.mat", unit=10.0**power).text


def test_published_totals():
    assert known_total("china_output", 2012).value == 160.2e12
    assert known_total("china_value_added", 2020).value == 101.6e12
    assert known_total("china_co2", 2015).value == pytest.approx(9831.6e6)
    assert known_total("world_gdp", 2019).value == pytest.approx(87.6e12)


def test_a_year_between_is_interpolated():
    # 160.2 + (208.1 - 160.2) x 2 / 3
    known = known_total("china_output", 2014)
    assert known.value == pytest.approx(192.13333e12)
    assert known.source.startswith("between 2012 and 2015: National Bureau")


def test_a_year_outside_is_not_guessed():
    assert known_total("china_output", 2011) is None
    said = check("china_output", 2031, 1e20)
    assert said.startswith("WARNING: total output was not compared: no known total of")
    assert "2012 to 2020" in said
    assert "10^4 CNY" in said


def test_a_year_near_the_known_ones_is_held_against_the_nearest():
    # 283.4 / 269.9 = 1.05
    said = check("china_output", 2021, 283.4e12)
    assert said.startswith("WARNING: total output is 283.4 trillion CNY in units of 10")
    assert "1.05 times the known total of 2020, the nearest year (National" in said
    # a fifth of it ten years before, and nothing is wrong
    assert "0.20 times the known total of 2012" in check("china_output", 2002, 31.3e12)


@pytest.mark.parametrize(
    ("kind", "year", "value", "power", "fits"),
    [
        ("china_co2", 2018, 10.5e9 * 1e6, 6, "t"),
        ("china_co2", 2020, 10.9e9 * 1e3, 6, "kt"),
        ("china_output", 2021, 283e12 * 1e4, 4, "1 CNY"),
        ("world_output", 1995, 55e12 * 1e3, 6, "10^3 USD"),
        ("world_final_demand", 2022, 101e12 / 1e3, 3, "10^6 USD"),
    ],
)
def test_a_wrong_unit_near_the_known_years_is_named(kind, year, value, power, fits):
    assert refusal_of(check, kind, year, value, power).endswith(
        f"the unit that would fit is {fits}"
    )
    with refused("no power of ten would make it fit"):
        check(kind, year, -value, power)


@pytest.mark.parametrize("ratio", [0.76, 0.9, 1.0, 1.1, 1.24])
def test_within_the_limits_the_ratio_is_told(ratio):
    said = check("china_output", 2012, ratio * 160.2e12)
    assert f"{ratio:.2f} times the known total of 2012 (National Bureau" in said
    assert said.startswith("WARNING") == (not 0.9 <= ratio <= 1.1)


@pytest.mark.parametrize("ratio", [0.74, 1.26])
def test_outside_the_limits_it_is_refused(ratio):
    with refused("no power of ten would make it fit"):
        check("china_output", 2012, ratio * 160.2e12)


@pytest.mark.parametrize(
    ("factor", "power", "fits"),
    [(1e4, 4, "1 CNY"), (1e-4, 4, r"10\^8 CNY"), (1e3, 6, r"10\^3 CNY")],
)
def test_a_wrong_unit_of_money_is_named(factor, power, fits):
    message = refusal_of(check, "china_output", 2017, factor * 225.8e12, power)
    assert message.startswith("city: a.mat: total output is ")
    assert "expected 169.3 trillion CNY to 282.2 trillion CNY in 2017" in message
    assert message.endswith(f"the unit that would fit is {fits.replace(chr(92), '')}")


@pytest.mark.parametrize(("factor", "fits"), [(1e6, "t"), (1e3, "kt"), (1e-3, "Gt")])
def test_a_wrong_unit_of_mass_is_named(factor, fits):
    with refused(f"in units of Mt.* would fit is {fits}$"):
        check("china_co2", 2012, factor * 9742.7e6, power=6)


@pytest.mark.parametrize("value", [0.0, -160.2e12, float("inf"), 5e-324])
def test_nothing_fits_nothing_or_less(value):
    with refused("no power of ten"):
        check("china_output", 2012, value)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_series_and_sensible_limits(kind):
    rule = KINDS[kind]
    assert known_total(rule.series, 2012).source
    assert rule.refused[0] < rule.doubted[0] < rule.doubted[1] < rule.refused[1]


def test_words():
    assert amount(160.2 * T, "CNY") == "160.2 trillion CNY"
    assert amount(12.0, "CNY") == "12 CNY"
    assert amount(9742.7e6, "t") == "9,743 Mt"
    assert unit_name(0, "t") == "t"
    assert unit_name(5, "t") == "10^5 t"
    assert unit_name(4, "CNY") == "10^4 CNY"


@pytest.mark.parametrize(
    ("unit", "year", "country", "expected"),
    [
        # Finland 2012: 13.980 Mt of carbon, which is 51.22 Mt of CO2
        ("Mt", 2012, "FIN", "1.37 times the 51.22 Mt of FIN in 2012"),
        ("kt", 2012, "FIN", "0.00137 times the 51.22 Mt of FIN in 2012"),
        ("Gt", 2012, "FIN", "1.37e+03 times the 51.22 Mt of FIN in 2012"),
        ("kt", 2040, "FIN", None),
        ("kt", 2012, "XYZ", None),
        ("currency", 2012, "FIN", None),
    ],
)
def test_emissions_of_a_nation_are_held_against_published_ones(
    unit, year, country, expected
):
    table = SimpleNamespace(
        year=year,
        descriptor={"mrio": {"country": country}},
        stressors=[{"stressor_id": "co2", "stressor_name": "CO2", "unit": unit}],
        emissions={"co2": np.array([12.0, 50.0])},
        direct_emissions={"co2": np.array([8.0])},
    )
    texts = [decision.text for decision in check_nation(table)]
    assert len(texts) == (expected is not None)
    if expected:
        assert expected in texts[0]
        assert texts[0].startswith("WARNING") == (unit != "Mt")
