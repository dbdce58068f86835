"""The reference of allocation and living standards against pencil and paper."""

from dataclasses import replace
from math import exp, log

import pytest
from support.cases import make_case
from support.policy_facts import Policy
from support.reference_living import (
    Curve,
    Yardstick,
    allocate,
    income_after,
    income_curve,
    living,
    receivers_of,
    yardstick,
)


def close(value: float):
    return pytest.approx(value, rel=1e-12, abs=1e-12)


def test_receivers_are_the_poorest_until_they_are_enough():
    people = {"a": 30, "b": 20, "c": 25, "d": 20, "e": 5}
    gdp = {"a": 30.0, "b": 40.0, "c": 75.0, "d": None, "e": 50.0}
    case = make_case(dict.fromkeys(people, 1.0), people, gdp)
    # per head 1, 2, 3, unknown, 10
    assert receivers_of(case, set(), 0.5) == ["a", "b"]
    assert receivers_of(case, set(), 0.6) == ["a", "b", "c"]
    assert receivers_of(case, {"a"}, 0.6) == ["b", "c", "e", "d"]
    assert receivers_of(case, set(people), 0.6) == []


def test_a_share_of_the_people_that_is_held_but_for_rounding():
    case = make_case({"a": 1.0, "b": 1.0}, {"a": 55, "b": 45}, {"a": 1.0, "b": 90.0})
    assert 0.55 * 100 > 55
    assert receivers_of(case, set(), 0.55) == ["a"]
    assert receivers_of(case, set(), 0.551) == ["a", "b"]
    # two thirds, printed with a last digit that is rounded up
    three = make_case({"a": 1.0, "b": 1.0}, {"a": 2, "b": 1}, {"a": 1.0, "b": 9.0})
    assert receivers_of(three, set(), 0.6666666666666667) == ["a"]


HEADS = {"a": 1.0, "b": 2.0, "c": 4.0}
PEOPLE = dict.fromkeys(HEADS, 10)


@pytest.mark.parametrize(
    ("rule", "quota", "threshold", "expected"),
    [
        ("equal_per_capita", 30.0, 3.0, [10, 10, 10]),
        # gaps 20, 10, 0
        ("gap_proportional", 15.0, 3.0, [10, 5, 0]),
        ("gap_proportional", 60.0, 3.0, [30, 20, 10]),
        ("gap_proportional", 30.0, None, [10, 10, 10]),
        ("gap_proportional", 30.0, 0.5, [10, 10, 10]),
        # the level is 1.5, 3, 4, 5
        ("water_filling", 5.0, None, [5, 0, 0]),
        ("water_filling", 30.0, None, [20, 10, 0]),
        ("water_filling", 50.0, None, [30, 20, 0]),
        ("water_filling", 80.0, None, [40, 30, 10]),
        ("water_filling", 0.0, None, [0, 0, 0]),
        ("water_filling", -30.0, None, [-10, -10, -10]),
        ("gap_proportional", -30.0, 3.0, [-10, -10, -10]),
    ],
)
def test_allocation(rule, quota, threshold, expected):
    allocated = allocate(rule, quota, PEOPLE, HEADS, threshold)
    assert list(allocated.values()) == close(expected)


def test_income_curve_through_points_on_a_curve():
    """Footprint per head = 2 x sqrt(income), with any weights."""
    people = {"a": 1, "b": 7, "c": 20, "d": 3}
    incomes = {"a": 1.0, "b": 4.0, "c": 9.0, "d": None}
    case = make_case(
        {r: people[r] * 2 * (incomes[r] or 99) ** 0.5 for r in people},
        people,
        {r: incomes[r] and incomes[r] * people[r] for r in people},
    )
    curve = income_curve(case)
    assert curve.intercept == close(log(2))
    assert curve.elasticity == close(0.5)
    assert curve.r_squared == close(1)
    assert curve.largest == close(6)  # d has no income and is not in the fit
    assert curve.footprint(16.0) == close(8)
    # half as much again is 2.25 times the income
    assert income_after(100.0, 2.0, 3.0, curve) == close(225)


def test_a_nearly_vertical_curve_has_no_footprint_that_a_double_can_hold():
    # logarithms of 599, 601 and, beyond a double's 709, 800
    assert Curve(-1, 1, 1, 1).footprint(exp(600)) == pytest.approx(exp(599))
    assert Curve(1, 1, 1, 1).footprint(exp(600)) is None
    assert Curve(0, 800, 1, 1).footprint(exp(1)) is None


def test_income_curve_weighs_people():
    """Two of three points are one: weights 1, 1, 2 on ln y = 0, 1, 1; ln cf 0, 1, 3.

    Means 3/4 and 7/4; covariance 7/16, variance 3/16: a slope of 7/3.
    """
    people = {"a": 1, "b": 1, "c": 2}
    case = make_case(
        {"a": 1.0, "b": exp(1), "c": 2 * exp(3)},
        people,
        {"a": 1.0, "b": exp(1), "c": 2 * exp(1)},
    )
    curve = income_curve(case)
    assert curve.elasticity == close(7 / 3)
    assert curve.intercept == close(7 / 4 - 7 / 4)
    # variance of ln cf: (0 + 1 + 2 x 9) / 4 - 49/16 = 27/16
    assert curve.r_squared == close((7 / 16) ** 2 / (3 / 16 * 27 / 16))


def test_no_income_curve():
    people = {"a": 1, "b": 1}
    equal = make_case({"a": 1.0, "b": 2.0}, people, {"a": 5.0, "b": 5.0})
    assert income_curve(equal) is None
    alone = make_case({"a": 1.0, "b": 0.0}, people, {"a": 5.0, "b": 6.0})
    assert income_curve(alone) is None
    flat = income_curve(make_case({"a": 1.0, "b": 1.0}, people, {"a": 5.0, "b": 6.0}))
    assert flat.elasticity == close(0)
    assert flat.r_squared is None
    assert income_after(5.0, 1.0, 2.0, flat) is None
    assert income_after(5.0, 1.0, 2.0, Curve(0, -1, 1, 1)) is None
    assert income_after(5.0, 1.0, 2.0, Curve(0, 1e-3, 1, 1)) == close(5 * 2**1000)
    assert income_after(5.0, 1.0, 2.0, Curve(0, 9e-4, 1, 1)) is None  # beyond doubles
    assert income_after(5.0, 0.0, 2.0, Curve(0, 1, 1, 1)) is None


def test_bands():
    measure = Yardstick(2012, (1035, 4085, 12615), 6.3125)
    assert measure.threshold == 4086 * 6.3125
    assert measure.band(1035 * 6.3125) == "low"
    assert measure.band(1035.5 * 6.3125) == "lower_middle"
    assert measure.band(4086 * 6.3125) == "upper_middle"
    assert measure.band(12616 * 6.3125) == "high"
    assert Yardstick(2012, (1035, 4085, 12615), None).band(1.0) is None


def test_years_of_bands_and_rates():
    case = make_case({"a": 1.0}, {"a": 1})
    case.system.currency = "CNY"
    case.system.currency_per_usd = {2010: 6.77}
    assert yardstick(case).rate == 6.3125
    assert yardstick(replace(case, number=2010)).rate == 6.77
    assert yardstick(replace(case, number=2010)).income_year == 2010
    assert yardstick(replace(case, number=2030)).income_year == 2023
    assert yardstick(replace(case, policy=Policy(income_year=2020))).bounds[1] == 4095
    case.system.currency = "EUR"
    assert yardstick(case).rate is None


def test_living_standards_of_two_receivers():
    """Footprint = income; 6 t more for 1 + 2 people make 2 t each."""
    people = {"a": 1, "b": 2, "rich": 1}
    incomes = {"a": 1.0, "b": 2.0, "rich": 10.0}
    amounts = {region: incomes[region] * n for region, n in people.items()}
    case = make_case(amounts, people, amounts)
    row = living(case, ["a", "b"], "equal_per_capita", 6.0).summary()
    assert row["income_elasticity"] == close(1)
    assert row["income_before"] == close(5 / 3)
    assert row["income_after"] == close((3 + 2 * 4) / 3)
    assert row["largest_income_factor"] == close(3)
    assert row["receiver_population_share"] == 0.75
    assert not row["is_extrapolated"]
    # people 1/4, 1/2, 1/4 with 1/15, 4/15, 10/15 of all income
    assert row["gini_before"] == close(1 - (1 / 60 + 6 / 30 + 20 / 60))
    assert row["reaches_threshold"] is None  # no rate of the euro
    beyond = living(case, ["a", "b"], "equal_per_capita", 60.0).summary()
    assert beyond["is_extrapolated"]
