"""Emissions that producers keep and pass on, by value added in their sales."""

import numpy as np
import pytest

from carbonshed.leontief import Leontief, passed_shares, shared_intensities
from carbonshed.leontief.row_blocks import ArrayBlocks

A = np.array([[0.2, 0.5], [0.25, 0.1]])
OUTPUT = np.array([10.0, 8.0])
F = np.array([[0.5, 0.0], [0.25, 1.0]])


def test_shares_by_pencil_and_at_their_bounds():
    """The first adds 2 to sales of 8, the second more than its sales of 7.2."""
    is_zero = np.zeros(2, bool)
    shares = passed_shares(A, np.array([2.0, 9.0]), OUTPUT, is_zero)
    assert shares == pytest.approx([0.75, 0.0])
    lossy = passed_shares(A, np.array([-1.0, 3.6]), OUTPUT, is_zero)
    assert lossy == pytest.approx([1.0, 0.5])
    nothing = passed_shares(A, np.array([2.0, 2.0]), np.array([0.0, 8.0]), OUTPUT > 9)
    assert nothing[0] == 1.0


@pytest.mark.parametrize("table", [A, ArrayBlocks(A, rows=1)], ids=["array", "blocks"])
def test_extremes_are_the_two_accounts(table):
    """Keeping all makes a producer answer, keeping nothing its consumers."""
    kept = shared_intensities(table, F, np.zeros(2))
    assert kept.tolist() == F.tolist()
    passed = shared_intensities(table, F, np.ones(2))
    total = Leontief(A).total_intensity(F)
    np.testing.assert_allclose(passed, total, rtol=1e-13)


def test_kept_and_passed_on_are_all_emissions():
    shares = np.array([0.75, 0.4])
    reached = shared_intensities(A, F, shares)
    demand = OUTPUT - A @ OUTPUT
    kept = (1 - shares) * OUTPUT @ reached
    bought = shares * demand @ reached
    np.testing.assert_allclose(kept + bought, OUTPUT @ F, rtol=1e-14)


def test_what_does_not_end_is_refused():
    with pytest.raises(ValueError, match="without the var shared_by_value_added"):
        shared_intensities(np.array([[1.0]]), np.ones((1, 1)), np.ones(1))
