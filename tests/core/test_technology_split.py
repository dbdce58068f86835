"""The part of a change of technology that the use of inputs explains, from the store.

Against explicit inverses, and shares product by product, buyer by buyer.
"""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from support import economies as small
from support.economies import SECTORS, SIZE, Economy, relations_of

from carbonshed.leontief import ArrayBlocks, through_input_use
from carbonshed.solve.memory_plan import Solver
from carbonshed.solve.solves import solve_years
from carbonshed.solve.technology_split import split_technology
from carbonshed.solve.year_system import Settings

YEARS = (2012, 2015, 2016)
STRESSORS = ["co2", "water's"]


def use_and_sourcing(
    before: np.ndarray, after: np.ndarray, products: list[int]
) -> tuple[np.ndarray, np.ndarray]:
    """Return both parts of a change of coefficients, by the formula, cell by cell."""
    use, sourcing = np.zeros_like(before), np.zeros_like(before)
    for j in range(len(before)):
        for product in set(products):
            rows = [i for i, other in enumerate(products) if other == product]
            H = [A[rows, j].sum() for A in (before, after)]
            C = [
                A[rows, j] / used if abs(used) > 1e-9 * abs(A[rows, j]).sum() else None
                for A, used in zip((before, after), H, strict=True)
            ]
            C = [C[0] if C[0] is not None else C[1], C[1] if C[1] is not None else C[0]]
            if C[0] is None:  # nothing, or what cancels in both years
                sourcing[rows, j] = (after - before)[rows, j]
                continue
            use[rows, j] = (C[0] + C[1]) / 2 * (H[1] - H[0])
            sourcing[rows, j] = (C[1] - C[0]) * (H[0] + H[1]) / 2
    return use, sourcing


def economies() -> dict[int, Economy]:
    """Return three years with a negative cell, an idle sector, and new inputs."""
    years = {year: Economy(seed) for seed, year in enumerate(YEARS, start=1)}
    for year in years.values():
        year.transactions[1, 2] = -0.5
    years[2015].transactions[[0, SECTORS], 1] = 0  # not used in this year only
    years[2016].transactions[2] = 0  # without output in this year only
    years[2016].final_demand[2] = years[2016].exports[2] = 0
    for year in years.values():
        sold = (year.transactions, year.final_demand, year.exports[:, None])
        year.output = sum(sales.sum(axis=1) for sales in sold)
    years[2016].intensities[2] = 0
    return years


def price_rows(seed: int) -> dict[int, np.ndarray]:
    draw = np.random.Generator(np.random.PCG64(seed))
    return {year: draw.uniform(0.5, 2, SIZE) for year in YEARS}


def solve(
    years: dict[int, Economy],
    p: dict[int, np.ndarray],
    folder: Path,
    solver: str = "direct",
) -> None:
    """Solve and split, with intensities of neighbours at the prices of a year."""
    relations = relations_of(years)
    neighbours = [
        (year, other, stressor, i, f * p[other][i] / p[year][i])
        for year, other, stressor, i, _ in small.of_neighbours(years)
        for f in [years[other].intensities[i, STRESSORS.index(stressor)]]
    ]
    session = relations.session
    session.execute("delete from neighbour_intensities")
    session.executemany(
        "insert into neighbour_intensities values (?, ?, ?, ?, ?)",
        [(*key, float(f)) for *key, f in neighbours],
    )
    table = pa.table(
        {
            "year": [year for year in p for _ in range(SIZE)],
            "region_sector_id": [*range(SIZE)] * len(p),
            "price_index": np.concatenate([*p.values()]),
        }
    )
    settings = Settings(solver=Solver(solver), with_analyses=True)
    solves = session.from_arrow(solve_years(relations, settings, folder))
    prices = session.from_arrow(table)
    split_technology(relations, prices, solves, folder, settings.solver)


def stored(folder: Path) -> dict[tuple, np.ndarray]:
    """Return the rows by year, year of the intensities and stressor."""
    got: dict[tuple, np.ndarray] = {}
    for file in folder.glob("*/input_use_intensities.parquet"):
        for row in pq.read_table(file).to_pylist():
            key = row["year"], row["intensity_year"], row["stressor_id"]
            values = got.setdefault(key, np.zeros(SIZE))
            values[row["region_sector_id"]] = row["intensity"]
    return got


@pytest.mark.parametrize("solver", ["direct", "streamed"])
def test_input_use_is_the_mean_of_both_orders(tmp_path, solver):
    """Half of f L1 U L0 + f L0 U L1, and with the sourcing all of f L1 - f L0."""
    years, p = economies(), price_rows(8)
    solve(years, p, tmp_path / "tiny", solver)
    got = stored(tmp_path / "tiny")
    products = [i % SECTORS for i in range(SIZE)]
    keys = set()
    for base, year in pairwise(YEARS):
        A = [years[y].coefficients * p[y] / p[y][:, None] for y in (base, year)]
        L = [np.linalg.inv(np.eye(SIZE) - inputs) for inputs in A]
        parts = use_and_sourcing(*A, products)
        np.testing.assert_allclose(sum(parts), A[1] - A[0], atol=1e-12)
        for a in (base, year):
            for q, stressor in enumerate(STRESSORS):
                f = years[a].intensities[:, q] * p[a]
                changes = [
                    (f @ L[1] @ part @ L[0] + f @ L[0] @ part @ L[1]) / 2
                    for part in parts
                ]
                np.testing.assert_allclose(sum(changes), f @ (L[1] - L[0]), atol=1e-10)
                assert all(np.abs(change).max() > 1e-3 for change in changes)
                key = year, a, stressor
                np.testing.assert_allclose(got[key] * p[year], changes[0], atol=1e-8)
                keys.add(key)
    assert got.keys() == keys


def test_a_split_is_made_again_where_prices_or_a_year_differ(tmp_path, capsys):
    folder, years, p = tmp_path / "tiny", economies(), price_rows(9)

    def made() -> tuple[list[int], list[int]]:
        """Return the years that were solved, and those that were split."""
        capsys.readouterr()
        solve(years, p, folder)
        lines = capsys.readouterr().err.splitlines()
        words = ("solved (direct):", "technology split")
        return tuple(
            [int(line.split()[0].rstrip(":")) for line in lines if word in line]
            for word in words
        )

    assert made() == ([2012, 2015, 2016], [2015, 2016])
    first = stored(folder)
    assert made() == ([], [])
    # relative to each other the years keep their prices, so intensities do
    p = {year: prices * np.arange(1.0, SIZE + 1) for year, prices in p.items()}
    assert made() == ([], [2015, 2016])
    moved = stored(folder)
    assert not any(np.allclose(moved[key], first[key], rtol=1e-3) for key in first)
    # inputs of the base year alone
    years[2012].transactions[0, 1] += 0.5
    years[2012].output[0] += 0.5
    assert made() == ([2012], [2015])


def test_where_inputs_cancel_in_both_years_their_sourcing_has_changed():
    """Region b gives back what it sells, and of more: no use, and no shares of it."""
    A = np.zeros((2, 2, 2))
    A[0, :, 0], A[1, :, 0] = (0.2, -0.2), (0.3, -0.3)
    blocks = [ArrayBlocks(values, rows=1) for values in A]
    m = np.array([[1.0], [3.0]])
    assert through_input_use(*blocks, np.array([0, 0]), m).tolist() == [[0.0], [0.0]]
    # a use of one year only has its shares
    A[0, :, 0] = 0
    A[1, :, 0] = 0.1, 0.3
    carried = through_input_use(*blocks, np.array([0, 0]), m)
    np.testing.assert_allclose(carried, [[0.1 + 0.9], [0.0]])
