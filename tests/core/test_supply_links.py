"""Links from a stored solution: against a dense inverse, and found again."""

from pathlib import Path

import duckdb
import numpy as np
import pyarrow.parquet as pq
import pytest
from support.economies import SIZE, Economy, relations_of
from support.random_systems import Size, random_system
from support.reference import account, solve_year
from support.reference_chains import path_rows

from carbonshed.leontief import link_shares
from carbonshed.solve import relations, supply_links, year_system
from carbonshed.solve.memory_plan import Solver
from carbonshed.solve.relations import Relations
from carbonshed.solve.solves import solve_years
from carbonshed.solve.supply_links import select_links
from carbonshed.solve.year_system import Settings


@pytest.fixture
def economies() -> dict[int, Economy]:
    return {2012: Economy(1), 2015: Economy(2)}


def solved(
    economies: dict[int, Economy], folder: Path, solver: str = "direct"
) -> tuple[Relations, duckdb.DuckDBPyRelation]:
    """Solve and return what the years are selected from."""
    tables = relations_of(economies)
    solves = solve_years(tables, Settings(solver=Solver(solver)), folder)
    tables.session.register("solved_years", solves)
    return tables, tables.session.sql("from solved_years")


def select(
    economies: dict[int, Economy], folder: Path, cutoff: float, solver: str = "direct"
) -> list[dict]:
    years = solved(economies, folder, solver)
    return select_links(*years, folder, cutoff).to_pylist()


def links_by_hand(economy: Economy, q: int, cutoff: float) -> dict[tuple, float]:
    A = economy.coefficients
    m = economy.intensities[:, q] @ np.linalg.inv(np.eye(SIZE) - A)
    return {
        (i, j): A[i, j] * m[i] / m[j]
        for i, j in np.ndindex(A.shape)
        if m[j] != 0 and abs(A[i, j] * m[i] / m[j]) >= cutoff
    }


@pytest.mark.parametrize("solver", ["direct", "streamed"])
def test_links_are_the_shares_from_the_cutoff_on(
    economies, tmp_path, monkeypatch, solver
):
    monkeypatch.setattr(year_system, "BLOCK_CELLS", 3 * SIZE)  # a region at a time
    cutoff = 0.08
    economies[2015].intensities[:, 1] = 0  # nothing to share
    made = select(economies, tmp_path / "tiny", cutoff, solver)
    stored = [
        row
        for file in sorted((tmp_path / "tiny").glob("*/link_shares.parquet"))
        for row in pq.read_table(file).to_pylist()
    ]
    counts = []
    for year, economy in economies.items():
        counts.append(0)
        for q, stressor in enumerate(["co2", "water's"]):
            got = {
                (row["supplier_id"], row["buyer_id"]): row["share"]
                for row in stored
                if (row["year"], row["stressor_id"]) == (year, stressor)
            }
            expected = links_by_hand(economy, q, cutoff)
            assert got == pytest.approx(expected, rel=1e-9)
            assert bool(got) == bool(economy.intensities[:, q].any())
            counts[-1] += len(got)
    assert [row["links"] for row in made] == counts
    assert all(0 < count < 2 * SIZE**2 for count in counts)
    assert [row["link_cutoff"] for row in made] == [cutoff] * 2


def test_another_cutoff_selects_anew_and_the_same_does_not(economies, tmp_path, capsys):
    folder = tmp_path / "tiny"
    first = select(economies, folder, 0.01)
    capsys.readouterr()
    assert select(economies, folder, 0.01) == first
    assert "links" not in capsys.readouterr().err
    fewer = select(economies, folder, 0.1)
    assert "links of 0.1 or more" in capsys.readouterr().err
    for one, other in zip(first, fewer, strict=True):
        assert one["links"] > other["links"]


def test_direct_intensities_are_not_read_again(economies, tmp_path, monkeypatch):
    """Total intensities are in the store, and stored links need not even these."""
    folder = tmp_path / "tiny"
    years = solved(economies, folder)
    monkeypatch.setattr(relations, "intensities", None)
    first = select_links(*years, folder, 0.01)
    monkeypatch.setattr(supply_links, "read_total_intensities", None)
    assert select_links(*years, folder, 0.01) == first


def test_what_a_solve_rounds_to_shares_nothing():
    """The third sector buys of the first, which embodies nothing but rounding."""
    transactions = np.array([[0.0, 0.0, 5.0], [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]])
    totals = np.array([3e-19, 2.0, 1e-19])
    links = link_shares(
        slice(0, 3), transactions, np.full(3, 10.0), np.zeros(3, bool), totals, 1e-3
    )
    assert [len(column) for column in links] == [0, 0, 0]


def test_no_walk_from_the_cutoff_on_is_missing_where_no_cell_is_negative():
    """Every walk of up to five producers, whatever its weight on the way."""
    size = Size(
        regions=2,
        sectors=3,
        categories=2,
        has_remainder=False,
        has_rest_of_world=False,
        has_twins=False,
        has_exports=False,
    )
    system = random_system(5, size)
    (year,) = system.years.values()
    year.final_demand = abs(year.final_demand)
    solution = solve_year(year, 1.0)
    assert (solution.A >= 0).all()
    accounts = account(solution, year.emissions["co2"], np.zeros((2, 2)))
    rows = path_rows(system, solution, accounts)
    for s, region in enumerate(system.regions):
        bought = solution.Y[:, s].sum(axis=1)
        footprint = accounts.m @ bought
        expected = {}
        # the producers of a walk are the axes of an array: product first
        reach = bought
        for tier in range(5):
            emitted = reach * accounts.f
            for walk in zip(*np.nonzero(emitted >= 0.001 * footprint), strict=True):
                path = " <- ".join("/".join(system.producers[k]) for k in walk)
                expected[path] = tier, emitted[walk]
            reach = reach[..., None] * solution.A.T
        got = {
            row["path"]: (row["tier"], row["emissions"])
            for key, row in rows.items()
            if key[0] == region.id and row["tier"] < 5
        }
        assert {tier for tier, _ in expected.values()} >= {0, 1, 2}
        assert set(got) == set(expected)
        for path, (tier, emissions) in expected.items():
            assert got[path] == (tier, pytest.approx(emissions, rel=1e-9))
