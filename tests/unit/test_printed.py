"""The helper that judges all printed numbers must be able to say no."""

import numpy as np
import pytest
from support.printed import all_printed, printed


@pytest.mark.parametrize("value", [1.2345, 1.23451, 1.2344500001, 1.23455])
def test_within_half_a_unit_of_the_last_digit(value):
    assert printed(1.2345, digits=4) == value


@pytest.mark.parametrize("value", [1.2344, 1.23456, 1.2346, np.nan, np.inf])
def test_beyond_half_a_unit(value):
    assert printed(1.2345, digits=4) != value


def test_terms_widen_the_tolerance():
    assert printed(10.0, digits=1) != 10.1
    assert printed(10.0, digits=1, terms=3) == 10.1


def test_a_table_of_another_shape_is_another_table():
    assert all_printed([1.0, 2.0], digits=1) == np.array([1.01, 2.0])
    assert all_printed([1.0, 2.0], digits=1) != np.array([1.1, 2.0])
    assert all_printed([1.0, 2.0], digits=1) != np.array([[1.0, 2.0]])
    assert all_printed([1.0, 2.0], digits=1) != np.array([1.0])
