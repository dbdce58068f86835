"""The algebra on random systems: laws that hold whatever the numbers are."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from support.random_systems import random_systems
from support.reference import solve_year
from support.reference_leakage import own_chain
from support.systems import System, Year

from carbonshed.leontief import (
    Leontief,
    ResidualError,
    ResidualProbe,
    UnproductiveSystemError,
    column_sums,
    direct_intensities,
    gross_output,
    is_productive,
    is_zero_output,
    leontief_inverse,
    own_chain_output,
    require_productive,
    technical_coefficients,
)

# generous: a slow machine is no failure
relaxed = settings(deadline=None, max_examples=25)


def one_year(system: System) -> Year:
    return next(iter(system.years.values()))


def output_of(year: Year) -> np.ndarray:
    demand = year.final_demand.reshape(len(year.exports), -1)
    return gross_output(year.transactions, demand, year.exports)


def coefficients_of(year: Year) -> np.ndarray:
    return technical_coefficients(year.transactions, output_of(year))


@relaxed
@given(random_systems(max_years=1))
def test_every_step_agrees_with_the_plain_reference(system):
    year = one_year(system)
    expected = solve_year(year, 1.0)
    x = output_of(year)
    A = technical_coefficients(year.transactions, x)
    np.testing.assert_allclose(x, expected.x, rtol=1e-12, atol=1e-9)
    assert is_zero_output(x).tolist() == expected.is_zero.tolist()
    # no output of these is dust: the two further bounds change nothing
    bounds = {
        "regions": np.repeat(np.arange(len(system.regions)), len(system.sectors)),
        "deliveries": np.abs(year.transactions).sum(axis=1)
        + np.abs(year.final_demand).sum(axis=(1, 2))
        + np.abs(year.exports),
    }
    assert is_zero_output(x, **bounds).tolist() == expected.is_zero.tolist()
    np.testing.assert_allclose(A, expected.A, rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(leontief_inverse(A), expected.L, rtol=1e-9, atol=1e-12)
    X = Leontief(A).output(year.final_demand.reshape(len(x), -1))
    scale = np.abs(expected.X).max()
    np.testing.assert_allclose(X, expected.X.reshape(len(x), -1), atol=1e-11 * scale)


@relaxed
@given(random_systems(max_years=1))
def test_nothing_is_lost(system):
    year = one_year(system)
    x, A = output_of(year), coefficients_of(year)
    zero = is_zero_output(x)
    demand = year.final_demand.reshape(len(x), -1)
    sold_to_zero_output = year.transactions[:, zero].sum(axis=1)
    leontief = Leontief(A)
    for F in year.emissions.values():
        f = direct_intensities(F, x)
        attributed = f @ leontief.output(demand).sum(axis=1)
        exported = f @ leontief.output(year.exports)
        lost = F[zero].sum() + f @ leontief.output(sold_to_zero_output)
        assert attributed + exported + lost == pytest.approx(F.sum(), rel=1e-9)


@relaxed
@given(random_systems(max_years=1))
def test_origin_view_equals_product_view(system):
    """``f L Y = m Y``, column by column."""
    year = one_year(system)
    x, A = output_of(year), coefficients_of(year)
    demand = year.final_demand.reshape(len(x), -1)
    leontief = Leontief(A)
    for F in year.emissions.values():
        f = direct_intensities(F, x)
        by_origin = f @ leontief.output(demand)
        by_product = leontief.total_intensity(f) @ demand
        np.testing.assert_allclose(by_origin, by_product, atol=1e-9 * F.sum())


@relaxed
@given(random_systems(max_years=1))
def test_the_solution_has_no_residual_and_a_corrupted_one_is_refused(system):
    year = one_year(system)
    A = coefficients_of(year)
    demand = year.final_demand.reshape(len(A), -1)
    expected = ResidualProbe(A).expect(demand)
    X = Leontief(A).output(demand)
    assert expected.check_residual(X) <= 1e-9
    row = int(np.argmax(np.abs(X).sum(axis=1)))
    column = int(np.argmax(np.linalg.norm(demand, axis=0)))
    corrupted = X.copy()
    corrupted[row, column] += 1e-6 * np.linalg.norm(demand[:, column])
    with pytest.raises(ResidualError) as refusal:
        expected.check_residual(corrupted)
    assert refusal.value.columns[0] == column
    corrupted[row, column] = np.nan
    with pytest.raises(ResidualError):
        expected.check_residual(corrupted)


@relaxed
@given(st.integers(0, 999), st.integers(1, 90), st.floats(0, 1), st.booleans())
def test_absent_industries_are_left_out(seed, n, share, overwrite):
    """They may have demand and intensities; others only buy, or only sell, nothing."""
    rng = np.random.Generator(np.random.PCG64(seed))
    A = rng.random((n, n)) / n
    A[:, rng.random(n) < share] = 0
    A[rng.random(n) < share] = 0
    Y, f = np.asfortranarray(rng.normal(size=(n, 5))), rng.random((n, 2))
    inverse = np.linalg.inv(np.eye(n) - A)
    X, m = inverse @ Y, inverse.T @ f
    leontief = Leontief(A, overwrite=overwrite)
    close = {"rtol": 1e-10, "atol": 1e-12}
    np.testing.assert_allclose(leontief.output(Y, overwrite=overwrite), X, **close)
    np.testing.assert_allclose(leontief.total_intensity(f), m, **close)


@relaxed
@given(st.integers(0, 999), st.integers(1, 30), st.integers(1, 20), st.booleans())
def test_a_proof_sees_the_residual_of_every_column(seed, n, k, transposed):
    """However small a column is beside the others, and after A and Y are gone."""
    rng = np.random.Generator(np.random.PCG64(seed))
    A, Y = rng.random((n, n)) / n, rng.random((n, k)) * 10.0 ** rng.integers(-9, 9, k)
    X = Y * rng.normal(size=Y.shape)  # no solution at all
    residual = Y - X + (A.T if transposed else A) @ X
    true = (np.linalg.norm(residual, axis=0) / np.linalg.norm(Y, axis=0)).max()
    expected = ResidualProbe(A, transposed=transposed).expect(Y)
    A[:], Y[:] = np.nan, np.nan
    assert 0.1 * true < expected.check_residual(X, tolerance=np.inf) < 10 * true


@relaxed
@given(random_systems(max_years=1))
def test_own_chains_agree_with_the_plain_reference(system):
    year = one_year(system)
    x, A = output_of(year), coefficients_of(year)
    regions = np.repeat(np.arange(len(system.regions)), len(system.sectors))
    own = year.final_demand.sum(axis=2)[np.arange(len(x)), regions]
    F = next(iter(year.emissions.values()))
    f = direct_intensities(F, x)
    expected = own_chain(system, solve_year(year, 1.0), f)
    computed = f @ own_chain_output(A, regions, own)
    assert computed == pytest.approx(expected, rel=1e-9, abs=1e-9 * F.sum())


@relaxed
@given(random_systems(max_years=1))
def test_a_column_frame_is_no_other_shape(system):
    """An output of shape (n, 1) means the same as one of shape (n,)."""
    year = one_year(system)
    x = output_of(year)
    F = next(iter(year.emissions.values()))
    Z, column = year.transactions, x[:, None]
    A = technical_coefficients(Z, x)
    assert np.array_equal(technical_coefficients(Z, column), A)
    assert np.array_equal(is_zero_output(column), is_zero_output(x))
    assert np.array_equal(direct_intensities(F, column), direct_intensities(F, x))
    leontief = Leontief(A)
    f = direct_intensities(F, x)
    for solve, right in ((leontief.output, x), (leontief.total_intensity, f)):
        assert solve(right).shape == right.shape
        assert np.array_equal(solve(right[:, None])[:, 0], solve(right))
    own = gross_output(Z, x, year.exports)
    assert np.array_equal(gross_output(Z, column, year.exports[:, None]), own)


@pytest.mark.parametrize("bad", [np.ones((2, 3)), np.ones(3), np.ones((1, 2))])
def test_other_shapes_are_refused(bad):
    Z = np.ones((2, 2))
    with pytest.raises(ValueError, match="shape"):
        technical_coefficients(Z, bad)
    with pytest.raises(ValueError, match="shape"):
        direct_intensities(np.ones(2), bad)


class TestOutputsThatAreNearlyZero:
    """Ratios go through one threshold; no NaN and no infinity comes out."""

    odd = (0.0, -0.0, 1e-300, -1e-300, 1e-12, -1e-3)

    @property
    def x(self) -> np.ndarray:
        return np.array([10.0, 20.0, *self.odd])

    def test_which_of_them_are_zero(self):
        expected = [False, False, True, True, True, True, True, False]
        assert is_zero_output(self.x).tolist() == expected

    def test_the_threshold_is_relative_to_the_median(self):
        # the median positive output is 10, the threshold 1e-8
        economy = [10.0, 10.0, 10.0, 10.0]
        below = np.array([*economy, 0.9e-8, -0.9e-8])
        assert is_zero_output(below).tolist() == [False] * 4 + [True] * 2
        above = np.array([*economy, 1.1e-8, -1.1e-8])
        assert is_zero_output(above).tolist() == [False] * 6

    def test_dust_of_a_region_or_of_a_row_is_zero(self):
        """Thresholds by hand: 4e-9 by the median, 4 in region 0, 2e-6 of row 4."""
        x = np.array([4e9, 3.9, -3.9, 4.1, 1.9e-6, 2.1e-6, 4.0])
        regions = np.array([0, 0, 0, 0, 1, 1, 1])
        deliveries = np.array([4e9, 3.9, 3.9, 4.1, 2.0, 2.0, 4.0])
        alone = [False] * 7
        assert is_zero_output(x).tolist() == alone
        of_regions = [False, True, True, False, False, False, False]
        assert is_zero_output(x, regions=regions).tolist() == of_regions
        of_rows = [False, False, False, False, True, False, False]
        assert is_zero_output(x, deliveries=deliveries).tolist() == of_rows
        both = is_zero_output(x, regions=regions, deliveries=deliveries)
        assert both.tolist() == [False, True, True, False, True, False, False]

    def test_negative_output_is_an_output(self):
        A = technical_coefficients(np.full((2, 2), 0.5), np.array([10.0, -2.0]))
        assert A.tolist() == [[0.05, -0.25], [0.05, -0.25]]

    @pytest.mark.parametrize("x", [[0.0, 0.0], [-0.0, 0.0]])
    def test_no_output_at_all(self, x):
        A = technical_coefficients(np.ones((2, 2)), np.array(x))
        assert A.tolist() == [[0.0, 0.0], [0.0, 0.0]]
        assert direct_intensities(np.ones(2), np.array(x)).tolist() == [0.0, 0.0]

    @relaxed
    @given(
        arrays(
            float,
            6,
            elements=st.one_of(
                st.sampled_from([0.0, -0.0, 1e-300, -1e-300, 5e-324]),
                st.floats(-1e12, 1e12, allow_subnormal=True),
            ),
        )
    )
    def test_any_output_gives_finite_ratios(self, odd):
        x = np.concatenate([odd, np.full(7, 10.0)])  # the median is a real output
        assert np.isfinite(technical_coefficients(np.ones((13, 13)), x)).all()
        assert np.isfinite(direct_intensities(np.ones((13, 2)), x)).all()


class TestWhatCannotBeSolved:
    """It stops and names its columns."""

    def test_singular(self):
        with pytest.raises(ValueError, match=r"singular.*column 1"):
            Leontief(np.array([[0.2, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 0.3]]))

    @pytest.mark.parametrize("radius", [1.0 + 1e-9, 1.2, 7.0])
    def test_unproductive(self, radius):
        A = np.diag([0.1, 0.1, radius, 0.1])
        with pytest.raises(UnproductiveSystemError, match="2") as refusal:
            require_productive(A)
        verdict = refusal.value.productivity
        assert verdict.radius == pytest.approx(radius, rel=1e-9)
        assert verdict.causes.tolist() == [2]

    def test_a_cycle_names_its_members_only(self):
        A = np.zeros((5, 5))
        A[0, 1], A[1, 0] = 1.5, 0.96  # radius 1.2
        A[2, 0] = A[3, 4] = 0.5
        with pytest.raises(UnproductiveSystemError) as refusal:
            require_productive(A)
        assert refusal.value.productivity.radius == pytest.approx(1.2)
        assert sorted(refusal.value.productivity.causes) == [0, 1]

    @pytest.mark.parametrize("n", [10, 150])
    def test_large_and_small_are_judged_alike(self, n):
        rng = np.random.Generator(np.random.PCG64(n))
        A = rng.random((n, n))
        A *= 1.2 / np.abs(np.linalg.eigvals(A)).max()
        assert not is_productive(A).is_productive
        assert is_productive(A).radius == pytest.approx(1.2, rel=1e-6)
        assert is_productive(A * 0.99 / 1.2).is_productive

    def test_a_column_sum_above_one_is_no_reason(self):
        A = np.array([[0.5, 0.2], [0.625, 0.1]])  # a column of 1.125
        assert column_sums(A).max() == pytest.approx(1.125)
        assert require_productive(A).is_productive

    def test_signs_that_cancel_are_no_reason(self):
        # the radius of |A| is 1.6, that of A is 0.8 sqrt(2)... of a rotation
        A = 0.6 * np.array([[1.0, 1.0], [-1.0, 1.0]])
        assert np.abs(np.linalg.eigvals(np.abs(A))).max() > 1
        assert np.abs(np.linalg.eigvals(A)).max() < 1
        assert require_productive(A).is_productive

    @relaxed
    @given(random_systems(max_years=1))
    def test_random_systems_are_productive(self, system):
        A = coefficients_of(one_year(system))
        assert is_productive(A).is_productive
        assert np.abs(np.linalg.eigvals(A)).max() < 1

    @pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
    def test_what_is_not_finite_is_refused(self, bad):
        A = np.diag([0.1, 0.1, 0.1])
        right = np.array([1.0, bad, 1.0])
        leontief = Leontief(A)
        with pytest.raises(ValueError, match="rows 1"):
            leontief.output(right)
        with pytest.raises(ValueError, match="rows 1"):
            leontief.total_intensity(right)
        A[2, 0] = bad
        with pytest.raises(ValueError, match="rows 2"):
            Leontief(A)
        with pytest.raises(ValueError, match="rows 2"):
            is_productive(A)


@relaxed
@given(random_systems(max_years=1))
def test_inputs_are_left_alone_unless_asked(system):
    year = one_year(system)
    x = output_of(year)
    Z = year.transactions.copy()
    A = technical_coefficients(Z, x)
    kept = A.copy()
    leontief = Leontief(A)
    demand = year.final_demand.reshape(len(x), -1).copy()
    leontief.output(demand)
    assert np.array_equal(Z, year.transactions)
    assert np.array_equal(A, kept)
    assert np.array_equal(demand, year.final_demand.reshape(len(x), -1))
    assert np.array_equal(technical_coefficients(Z, x, overwrite=True), kept)
