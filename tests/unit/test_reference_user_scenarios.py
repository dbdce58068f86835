"""The reference of a user's scenarios against pencil and paper."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.cases import make_case
from support.policy_facts import Policy, UserRow, write_scenarios
from support.reference_scenarios import user_levers
from support.systems import Category, Sector


def close(value: float):
    return pytest.approx(value, rel=1e-12, abs=1e-12)


ROWS = (
    UserRow("mine", "intensity", "factor", 0.5),
    UserRow("mine", "intensity", "factor", 1.5, region="a", year=2012),
    UserRow("mine", "intensity", "factor", 0.0, year=2013),
    UserRow("mine", "intensity", "benchmark", "mean", region="b"),
    UserRow("mine", "demand", "factor", 0.9),
    UserRow("mine", "demand", "cap", 1.0, region="b"),
    UserRow("mine", "demand", "cap", "national_mean"),
    UserRow("mine", "demand", "cap", 0.5, region="a", category="h"),
    UserRow("other", "intensity", "factor", 7.0),
)


def test_rows_of_a_user_on_one_cell():
    case = make_case({"a": 1.0, "b": 3.0}, {"a": 1, "b": 1})
    levers = user_levers(replace(case, policy=Policy(user_rows=ROWS)), "mine")
    # 0.1 x 0.5 x 1.5; the smaller of 0.3 x 0.5 and the mean of 0.2
    assert levers.f == close([0.075, 0.15])
    # a: the smallest of 0.9, 0.5 / 1, and 2 / 1; b: of 0.9, 1 / 3 and 2 / 3
    assert levers.k[:, 0] == close([0.5, 1 / 3])
    assert levers.k_direct[:, 0] == close([0.5, 1 / 3])


@given(order=st.permutations(ROWS))
def test_the_order_of_rows_does_not_matter(order):
    case = make_case({"a": 1.0, "b": 3.0}, {"a": 1, "b": 1})
    mixed = user_levers(replace(case, policy=Policy(user_rows=tuple(order))), "mine")
    levers = user_levers(replace(case, policy=Policy(user_rows=ROWS)), "mine")
    assert mixed.f == close(levers.f)
    assert mixed.k == close(levers.k)


def test_what_a_row_of_a_user_leaves_alone():
    case = make_case({"a": 8.0}, {"a": 1})
    case.system.sectors = [Sector("p", "P", "energy", is_power_supply=True)]
    case.system.categories = [Category("i", "Stocks", "inventory")]
    rows = (
        UserRow("x", "intensity", "factor", 0.5, includes_power_supply=False),
        UserRow("x", "demand", "cap", 2.0),
    )
    levers = user_levers(replace(case, policy=Policy(user_rows=rows)), "x")
    assert levers.f == [0.8]
    assert levers.k == [[1.0]]
    assert levers.k_direct == [[0.25]]
    named = (UserRow("x", "demand", "cap", 2.0, category="i"),)
    levers = user_levers(replace(case, policy=Policy(user_rows=named)), "x")
    assert levers.k == [[0.25]]


def test_the_file_of_a_users_scenarios(tmp_path):
    path = write_scenarios(tmp_path / "scenarios.csv", ROWS[1:4:2])
    assert path.read_text(encoding="utf-8").splitlines() == [
        "scenario_id,year,region_id,sector_id,category_id,lever,kind,value,"
        "includes_power_supply",
        "mine,2012,a,,,intensity,factor,1.5,true",
        "mine,,b,,,intensity,benchmark,mean,true",
    ]
