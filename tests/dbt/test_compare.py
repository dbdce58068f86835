"""The comparison of marts with the reference must be able to say no."""

import pytest
from support.compare import differences

KEY = (2012, "co2", "a")
ROW = {"emissions": 1e6, "rank": 1, "name": "a", "is_closed": True, "share": None}


@pytest.mark.parametrize(
    "other",
    [
        {"emissions": 1e6 * (1 + 1e-8)},
        {"emissions": float("nan")},
        {"emissions": float("inf")},
        {"emissions": None},
        {"rank": 2},
        {"name": "b"},
        {"name": None},
        {"is_closed": False},
        {"share": 0.0},
    ],
)
def test_another_value_is_a_difference(other):
    assert len(differences("regional_accounts", {KEY: ROW}, {KEY: ROW | other})) == 1


def test_rounding_is_none():
    same = ROW | {"emissions": 1e6 * (1 + 1e-13)}
    assert differences("regional_accounts", {KEY: ROW}, {KEY: same}) == []


def test_a_missing_row_is_a_difference_where_a_row_is_promised():
    zero = {"emissions": 0.0}
    other = (2012, "co2", "b")
    assert differences("regional_accounts", {KEY: ROW, other: ROW}, {KEY: ROW})
    assert differences("regional_accounts", {KEY: ROW}, {KEY: ROW, other: ROW})
    assert differences("regional_accounts", {KEY: zero, other: zero}, {KEY: zero})


def test_a_missing_row_is_a_zero_in_a_table_of_flows():
    some, zero = {"emissions": 5.0}, {"emissions": 0.0}
    other = (2012, "co2", "b")
    assert differences("embodied_flows", {KEY: some, other: zero}, {KEY: some}) == []
    assert differences("embodied_flows", {KEY: some}, {KEY: some, other: zero}) == []
    assert differences("embodied_flows", {KEY: some, other: some}, {KEY: some})
    assert differences("embodied_flows", {KEY: some}, {KEY: some, other: some})


def test_a_small_number_beside_a_large_one_is_looked_at():
    large, small = (2012, "co2", "large"), (2012, "co2", "small")
    expected = {large: {"emissions": 1e9}, small: {"emissions": 10.0}}
    actual = {large: {"emissions": 1e9}, small: {"emissions": 10.1}}
    assert differences("embodied_flows", expected, actual)


def test_nothing_expected_and_something_there():
    assert differences("leakage_flows", {}, {KEY: {"gross_flow": 1.0}})
    assert differences("leakage_flows", {}, {}) == []
    assert differences("regional_accounts", {}, {KEY: ROW})


def test_amounts_that_cancel_out_are_measured_by_the_total():
    expected, actual = {KEY: {"net_flow": 0.0}}, {KEY: {"net_flow": 1e-7}}
    assert differences("leakage_flows", expected, actual)
    assert differences("leakage_flows", expected, actual, {KEY[:2]: 1e4})
    assert differences("leakage_flows", expected, actual, {KEY[:2]: 1e6}) == []
