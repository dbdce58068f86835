"""A sparse factorisation, against a dense inverse; and when it is chosen."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from support.economies import COLUMNS, SECTORS, SIZE, Economy, relations_of

from carbonshed import leontief
from carbonshed.solve import plan as memory
from carbonshed.solve import solution, year
from carbonshed.solve.plan import Solver
from carbonshed.solve.year import Settings

REGIONS = 8


def hardly_trading(seed: int, trade: int) -> np.ndarray:
    """Return A of regions of four sectors, with some cells of trade."""
    draw = np.random.Generator(np.random.PCG64(seed))
    A = np.zeros((4 * REGIONS, 4 * REGIONS))
    for region in range(REGIONS):
        rows = slice(4 * region, 4 * region + 4)
        A[rows, rows] = draw.uniform(size=(4, 4))
    A[tuple(draw.integers(4 * REGIONS, size=(2, trade)))] = draw.uniform(size=trade)
    shuffled = draw.permutation(4 * REGIONS)
    return (A / (A.sum(axis=0) + draw.uniform(0.1, 1)))[shuffled][:, shuffled]


def coefficients_of(A: np.ndarray) -> leontief.SparseCoefficients:
    blocks = [slice(0, 10), slice(10, len(A))]
    return leontief.SparseCoefficients(sparse.csr_array(A), blocks)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 60))
def test_it_solves_what_the_inverse_solves(seed: int, trade: int) -> None:
    A = hardly_trading(seed, trade)
    inverse = np.linalg.inv(np.eye(len(A)) - A)
    Y = np.random.Generator(np.random.PCG64(seed)).normal(size=(len(A), 3))
    coefficients = coefficients_of(A)
    system = leontief.SparseLeontief(coefficients)
    np.testing.assert_allclose(system.output(Y), inverse @ Y, rtol=1e-9, atol=1e-10)
    np.testing.assert_allclose(
        system.total_intensity(Y), inverse.T @ Y, rtol=1e-9, atol=1e-10
    )
    np.testing.assert_array_equal(np.vstack([part for _, part in coefficients]), A)
    factors = system._factors
    # SuperLU counts the ones on the diagonal of L too
    assert factors.L.nnz + factors.U.nnz - len(A) <= coefficients.most_factors


def test_the_bound_of_the_factors_by_pencil() -> None:
    # a chain of three and one alone: each step of the chain has one cell beside the
    # diagonal, however the chain is numbered
    A = np.zeros((4, 4))
    A[3, 0] = A[1, 3] = 0.2
    assert coefficients_of(A).most_factors == 4 + 2 * 2
    # all four trade: 1 + 2 + 3 cells
    assert coefficients_of(np.full((4, 4), 0.1)).most_factors == 4 + 2 * 6


def test_a_singular_system_is_refused() -> None:
    with pytest.raises(ValueError, match="singular"):
        leontief.SparseLeontief(coefficients_of(np.eye(20)))


def test_what_is_not_a_number_is_refused() -> None:
    A = hardly_trading(1, 0)
    A[0, 0] = np.nan
    with pytest.raises(ValueError, match="NaN"):
        leontief.SparseLeontief(coefficients_of(A))


@pytest.fixture
def closed_regions(monkeypatch: pytest.MonkeyPatch) -> Economy:
    """Two regions that trade nothing; half of the cells are filled at most."""
    monkeypatch.setattr(year, "SPARSE_FROM", 0)
    monkeypatch.setattr(year, "SPARSE_CELLS", 0.5)
    monkeypatch.setattr(year, "SPARSE_FACTORS", 0.5)
    economy = Economy(4)
    economy.transactions[:SECTORS, SECTORS:] = 0
    economy.transactions[SECTORS:, :SECTORS] = 0
    economy.output = (
        economy.transactions.sum(axis=1)
        + economy.final_demand.sum(axis=1)
        + economy.exports
    )
    solution.forget()
    return economy


def method_of(economy: Economy, solver: str = "auto") -> str:
    relations = relations_of({2012: economy})
    solution.embodied_output(relations, Settings(solver=Solver(solver))).read_all()
    return solution.solves(relations).to_pylist()[0]["method"]


def test_it_is_chosen_where_its_factors_stay_sparse(
    closed_regions: Economy, capsys: pytest.CaptureFixture[str]
) -> None:
    relations = relations_of({2012: closed_regions})
    rows = solution.embodied_output(relations, Settings()).read_all().to_pylist()
    assert "one sparse factorisation in memory" in capsys.readouterr().err
    assert solution.solves(relations).to_pylist()[0]["method"] == "sparse"
    inverse = np.linalg.inv(np.eye(SIZE) - closed_regions.coefficients)
    columns = {
        label: closed_regions.final_demand[:, k] for k, label in enumerate(COLUMNS)
    }
    columns["EXPORT", "EXPORT"] = closed_regions.exports
    columns["UNATTRIBUTED", "UNATTRIBUTED"] = closed_regions.transactions[:, -1]
    for (region, category), demand in columns.items():
        got = np.zeros(SIZE)
        for row in rows:
            if (row["region_id"], row["category_id"]) == (region, category):
                got[row["origin_id"]] = row["output"]
        np.testing.assert_allclose(got, inverse @ demand, rtol=1e-12, atol=1e-12)
    totals = solution.total_intensities(relations, Settings()).to_pandas()
    got = totals[totals.stressor_id == "co2"].total_intensity
    np.testing.assert_allclose(got, closed_regions.intensities[:, 0] @ inverse)


def test_it_is_left_where_it_would_not_win(
    closed_regions: Economy, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert method_of(closed_regions, "direct") == "direct"  # asked for
    monkeypatch.setattr(memory, "free_memory", lambda: 10**12)
    with monkeypatch.context() as with_little:
        with_little.setattr(memory, "sparse_plan", lambda *_, **__: None)
        assert method_of(closed_regions) == "direct"
    monkeypatch.setattr(year, "SPARSE_FACTORS", 0.3)  # 39 % are possible
    assert method_of(closed_regions) == "direct"
    monkeypatch.setattr(year, "SPARSE_FACTORS", 0.4)
    assert method_of(closed_regions) == "sparse"
    monkeypatch.setattr(year, "SPARSE_CELLS", 0.3)
    assert method_of(closed_regions) == "direct"


def test_the_plan_counts_the_factors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "free_memory", lambda: 10**9)
    sizes = {"stressors": 1, "cells": 10**6}
    fits = memory.sparse_plan(10_000, 100, Solver(), factors=10**6, **sizes)
    assert fits.solver == memory.SPARSE
    assert fits.needs <= fits.free
    assert memory.sparse_plan(10_000, 100, Solver(), factors=10**8, **sizes) is None
    little = Solver(memory_gb=0.1)
    assert memory.sparse_plan(10_000, 100, little, factors=10**6, **sizes) is None
