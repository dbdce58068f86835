"""Sweeps give what a factorisation gives, and say so when they cannot."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.random_systems import random_systems
from support.reference import solve_year

from carbonshed.leontief import (
    ArrayBlocks,
    IterationError,
    ResidualProbe,
    UnproductiveSystemError,
    column_sums,
    is_productive,
    iterate_output,
    iterate_total_intensity,
    own_chain_output,
    require_productive,
    sales_to_regions,
)

# Miller and Blair (2009), section 2.3: A, final demand, and the output it takes
TWO_SECTORS = np.array([[0.15, 0.25], [0.20, 0.05]])
DEMAND = np.array([600.0, 1500.0])
OUTPUT = [1247.5, 1841.6]

relaxed = settings(deadline=None, max_examples=25)


@pytest.mark.parametrize("rows", [1, 2])
def test_the_textbook(rows):
    output = iterate_output(ArrayBlocks(TWO_SECTORS, rows), DEMAND)
    assert [round(x, 1) for x in output] == OUTPUT
    total = iterate_total_intensity(
        ArrayBlocks(TWO_SECTORS, rows), np.array([0.3, 0.25])
    )
    inverse = np.array([[1.254, 0.330], [0.264, 1.122]])  # as it is printed there
    np.testing.assert_allclose(total, [0.3, 0.25] @ inverse, atol=5e-4)


@relaxed
@given(random_systems(max_years=1), st.integers(1, 9))
def test_random_systems(system, rows):
    """Idle sectors, negative inventories, and blocks of any height."""
    year = next(iter(system.years.values()))
    expected = solve_year(year, 1.0)
    n = len(expected.x)
    Y = year.final_demand.reshape(n, -1)
    matrix = ArrayBlocks(expected.A, rows)
    X = iterate_output(matrix, Y)
    scale = np.abs(Y).max(axis=0)
    close = 1e-9 * np.where(scale > 0, scale, 1.0)
    assert (np.abs(X - expected.X.reshape(n, -1)) <= close).all()
    ResidualProbe(matrix).expect(Y).check_residual(X, tolerance=1e-10)
    f = np.random.Generator(np.random.PCG64(n)).random((n, 2))
    m = iterate_total_intensity(matrix, f)
    np.testing.assert_allclose(m, (f.T @ expected.L).T, rtol=1e-9, atol=1e-9)
    ResidualProbe(matrix, transposed=True).expect(f).check_residual(m, tolerance=1e-10)


@relaxed
@given(st.integers(0, 999), st.integers(2, 90), st.integers(1, 40))
def test_all_else_is_the_same_by_blocks(seed, n, rows):
    rng = np.random.Generator(np.random.PCG64(seed))
    A = rng.random((n, n)) * (rng.random((n, n)) < 0.4)
    A *= rng.uniform(0.5, 1.3) / max(np.abs(np.linalg.eigvals(A)).max(), 0.1)
    matrix = ArrayBlocks(A, rows)
    np.testing.assert_allclose(column_sums(matrix), A.sum(axis=0))
    verdict, same = is_productive(A), is_productive(matrix)
    assert same.is_productive == verdict.is_productive
    assert same.radius == pytest.approx(verdict.radius, rel=1e-6)
    assert sorted(same.causes) == sorted(verdict.causes)


def test_own_chains_need_whole_regions():
    regions = np.array(["a", "a", "b", "b"])
    A = np.full((4, 4), 0.1)
    demand = np.array([1.0, 2.0, 3.0, 4.0])
    # (I - A_rr)^-1 of 0.1 everywhere adds an eighth of the sum to each
    expected = [1.375, 2.375, 3.875, 4.875]
    for rows in (2, 4):
        computed = own_chain_output(ArrayBlocks(A, rows), regions, demand)
        np.testing.assert_allclose(computed, expected, rtol=1e-14)
    with pytest.raises(ValueError, match="region b is in two blocks"):
        own_chain_output(ArrayBlocks(A, 3), regions, demand)


def test_sales_to_regions_need_regions_that_stand_together():
    regions = np.array(["b", "a", "a", "a"])
    A = np.arange(16.0).reshape(4, 4) / 100
    x = np.array([100.0, 200.0, 0.0, 400.0])
    for rows in (1, 3, 4):
        names, sales = sales_to_regions(ArrayBlocks(A, rows), regions, x)
        assert names == ["b", "a"]
        # 0 to b; 0.01 of 200 and 0.03 of 400 to a
        assert sales[0].tolist() == pytest.approx([0, 14])
        assert sales[3].tolist() == pytest.approx([12, 86])
    with pytest.raises(ValueError, match="do not stand together"):
        sales_to_regions(A, np.array(["a", "b", "a", "a"]), x)


def test_progress_is_reported():
    steps = []
    iterate_output(
        ArrayBlocks(TWO_SECTORS, 1), DEMAND, progress=lambda *step: steps.append(step)
    )
    assert [sweep for sweep, _ in steps] == list(range(1, len(steps) + 1))
    # the first sweep meets (A Y) / 1500 in row 0: 0.15 * 600 + 0.25 * 1500 = 465
    assert steps[0][1] >= 465 / 1500
    assert steps[-1][1] <= 1e-11 < steps[-2][1]


def test_an_unproductive_system_is_refused_by_blocks():
    A = np.diag([0.1, 0.1, 1.2, 0.1])
    with pytest.raises(UnproductiveSystemError) as refusal:
        require_productive(ArrayBlocks(A, 2))
    assert refusal.value.productivity.causes.tolist() == [2]


def test_sweeps_that_do_not_converge_say_so():
    # productive: the eigenvalues of A are 0.5 +- 0.8i. But a sweep multiplies the
    # error by 0.8 (-0.8) / (1 - 0.5)^2 = -2.56
    A = np.array([[0.5, 0.8], [-0.8, 0.5]])
    assert is_productive(A).is_productive
    for iterate in (iterate_output, iterate_total_intensity):
        with pytest.raises(IterationError, match="does not converge: after"):
            iterate(ArrayBlocks(A, 1), np.array([1.0, 1.0]))


def test_a_block_that_is_singular_by_itself_is_named():
    # productive: 0.5 is twice the eigenvalue; I - A has 1 - 1 in its first cell
    A = np.array([[0.0, 0.0, 0.0], [0.0, 1.0, 0.5], [0.0, -0.5, 0.0]])
    assert is_productive(A).is_productive
    for iterate in (iterate_output, iterate_total_intensity):
        with pytest.raises(ValueError, match="singular within rows 1 to 1, which"):
            iterate(ArrayBlocks(A, 1), np.ones(3))
        iterate(ArrayBlocks(A, 3), np.ones(3))
    with pytest.raises(ValueError, match="region b, without the others: I - A is sing"):
        own_chain_output(A, np.array(["a", "b", "c"]), np.ones(3))


@pytest.mark.parametrize("right", [np.ones(3), np.ones((2, 2, 2))])
def test_shapes_are_checked(right):
    with pytest.raises(ValueError, match="expected 2 rows"):
        iterate_output(ArrayBlocks(TWO_SECTORS), right)


def test_what_is_not_finite_is_refused():
    with pytest.raises(ValueError, match="rows 1"):
        iterate_output(ArrayBlocks(TWO_SECTORS), np.array([1.0, np.nan]))
    broken = np.array([[0.1, 0.1], [np.inf, 0.1]])
    with pytest.raises(ValueError, match="rows 1"):
        column_sums(ArrayBlocks(broken, 1))


def test_nothing_is_demanded():
    nothing = iterate_output(ArrayBlocks(TWO_SECTORS, 1), np.zeros((2, 3)))
    np.testing.assert_array_equal(nothing, np.zeros((2, 3)))
    assert iterate_output(ArrayBlocks(TWO_SECTORS, 1), np.zeros((2, 0))).shape == (2, 0)
