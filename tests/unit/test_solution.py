"""From relations to solved tables, against a dense inverse."""

from collections import Counter

import numpy as np
import pyarrow as pa
import pytest
from scipy.linalg import lapack
from support.economies import COLUMNS, SECTORS, SIZE, Economy, relations_of

from carbonshed.errors import CarbonshedError
from carbonshed.leontief import UnproductiveSystemError
from carbonshed.solve import inverse, solution
from carbonshed.solve import plan as memory
from carbonshed.solve import relations as arrays
from carbonshed.solve.plan import Solver
from carbonshed.solve.year import Settings


@pytest.fixture(autouse=True)
def nothing_left_over() -> None:
    """Let no test read what the solver of another one has left."""
    solution.forget()


CLOSE = {"direct": 1e-12, "streamed": 1e-10}


@pytest.fixture
def economies() -> dict[int, Economy]:
    return {2012: Economy(1), 2015: Economy(2)}


def dense(table: pa.Table, year: int, region: str, category: str) -> np.ndarray:
    values = np.zeros(SIZE)
    for row in table.to_pylist():
        if (row["year"], row["region_id"], row["category_id"]) == (
            year,
            region,
            category,
        ):
            values[row["origin_id"]] = row["output"]
    return values


@pytest.mark.parametrize("solver", ["direct", "streamed"])
@pytest.mark.parametrize("order", ["", "order by random()"])
def test_embodied_output_is_the_inverse_times_every_demand(
    economies: dict[int, Economy], order: str, solver: str
) -> None:
    table = solution.embodied_output(
        relations_of(economies, order), Settings(solver=Solver(solver))
    ).read_all()
    for year, economy in economies.items():
        inverted = np.linalg.inv(np.eye(SIZE) - economy.coefficients)
        for k, (region, category) in enumerate(COLUMNS):
            expected = inverted @ economy.final_demand[:, k]
            got = dense(table, year, region, category)
            np.testing.assert_allclose(got, expected, rtol=1e-12, atol=CLOSE[solver])
        got = dense(table, year, "EXPORT", "EXPORT")
        np.testing.assert_allclose(got, inverted @ economy.exports, atol=CLOSE[solver])
        # what the others deliver to the sector without output is nobody's demand
        got = dense(table, year, "UNATTRIBUTED", "UNATTRIBUTED")
        expected = inverted @ economy.transactions[:, -1]
        np.testing.assert_allclose(got, expected, atol=CLOSE[solver])


def test_small_results_are_the_same_after_the_solve_and_on_their_own(
    economies: dict[int, Economy],
) -> None:
    relations = relations_of(economies)
    solution.embodied_output(relations, Settings()).read_all()
    after = (
        solution.total_intensities(relations, Settings()),
        solution.own_chain_output(relations, Settings()),
    )
    solution.forget()
    alone = (
        solution.total_intensities(relations, Settings()),
        solution.own_chain_output(relations, Settings()),
    )
    for first, second in zip(after, alone, strict=True):
        assert first.equals(second)


@pytest.mark.parametrize("solver", ["direct", "streamed"])
def test_small_results_on_their_own_solve_no_demand(
    economies: dict[int, Economy], solver: str, capsys: pytest.CaptureFixture[str]
) -> None:
    relations = relations_of(economies)
    settings = Settings(solver=Solver(solver))
    solution.total_intensities(relations, settings)
    said = capsys.readouterr().err
    assert "relative residual" in said
    assert "solved" not in said
    assert "demands 1 to" not in said
    solution.embodied_output(relations, settings).read_all()
    said = capsys.readouterr().err
    assert ("demands 1 to 6" in said) or ("solved 6 of 6 demands" in said)


def test_the_plan_is_told_what_a_year_has(
    economies: dict[int, Economy], monkeypatch: pytest.MonkeyPatch
) -> None:
    told = []

    def plan(*args: object, **also: object) -> memory.Plan:
        told.append((args[:2], also))
        return real(*args, **also)

    real = memory.plan
    monkeypatch.setattr(memory, "plan", plan)
    solution.embodied_output(relations_of(economies), Settings()).read_all()
    demands = len(COLUMNS) + 2
    assert told == [
        ((SIZE, demands), {"stressors": 2, "region": SECTORS}) for _ in economies
    ]


@pytest.mark.parametrize("solver", ["direct", "streamed"])
def test_total_intensities_and_own_chains(
    economies: dict[int, Economy], solver: str
) -> None:
    relations = relations_of(economies)
    settings = Settings(solver=Solver(solver))
    totals = solution.total_intensities(relations, settings).to_pandas()
    chains = solution.own_chain_output(relations, settings).to_pandas()
    for year, economy in economies.items():
        inverted = np.linalg.inv(np.eye(SIZE) - economy.coefficients)
        for q, stressor in enumerate(["co2", "water's"]):
            got = totals[(totals.year == year) & (totals.stressor_id == stressor)]
            expected = economy.intensities[:, q] @ inverted
            np.testing.assert_allclose(
                got["total_intensity"], expected, atol=CLOSE[solver]
            )
        own = economy.final_demand[:SECTORS, :2].sum(axis=1)
        block = np.eye(SECTORS) - economy.coefficients[:SECTORS, :SECTORS]
        got = chains[chains.year == year]["output"].to_numpy()[:SECTORS]
        np.testing.assert_allclose(got, np.linalg.inv(block) @ own, atol=1e-12)


def test_results_of_other_inputs_are_not_mistaken_for_these() -> None:
    first, second = {2012: Economy(1)}, {2012: Economy(2)}
    solution.embodied_output(relations_of(first), Settings()).read_all()
    got = solution.total_intensities(relations_of(second), Settings())
    inverted = np.linalg.inv(np.eye(SIZE) - second[2012].coefficients)
    expected = second[2012].intensities[:, 0] @ inverted
    np.testing.assert_allclose(got["total_intensity"][:SIZE], expected, atol=1e-12)


def test_the_inverse_on_request(economies: dict[int, Economy]) -> None:
    table = inverse.leontief_inverse(relations_of(economies), Settings())
    frame = table.read_all().to_pandas()
    for year, economy in economies.items():
        got = np.zeros((SIZE, SIZE))
        rows = frame[frame.year == year]
        got[rows["origin_id"], rows["destination_id"]] = rows["requirement"]
        expected = np.linalg.inv(np.eye(SIZE) - economy.coefficients)
        np.testing.assert_allclose(got, expected, atol=1e-12)


@pytest.mark.parametrize("solver", ["direct", "streamed"])
def test_output_that_the_cells_do_not_add_up_to_is_refused(
    economies: dict[int, Economy], solver: str
) -> None:
    economies[2015].output[1] *= 1 + 1e-6
    relations, settings = relations_of(economies), Settings(solver=Solver(solver))
    for solved in (
        lambda: solution.embodied_output(relations, settings).read_all(),
        lambda: solution.own_chain_output(relations, settings),
    ):
        with pytest.raises(CarbonshedError, match="ingest the dataset again"):
            solved()


def test_labels_are_enums_that_read_as_texts(economies: dict[int, Economy]) -> None:
    relations = relations_of(economies)
    session = relations.session
    # as dbt writes it: years are read while the table is written
    session.register("solved", solution.with_enums(relations, Settings()))
    session.execute("create table written as select * from solved")
    types = session.sql("from written").types
    assert [kind.id for kind in types[2:4]] == ["enum", "enum"]
    plain = solution.embodied_output(relations, Settings()).read_all()
    assert set(session.sql("from written").fetchall()) == {
        tuple(row.values()) for row in plain.to_pylist()
    }


def test_an_unproductive_economy_is_refused() -> None:
    economy = Economy(1)
    economy.transactions[0, 0] = economy.output[0] * 1.5
    with pytest.raises(UnproductiveSystemError, match="columns that carry it: 0"):
        solution.embodied_output(relations_of({2012: economy}), Settings()).read_all()


@pytest.mark.parametrize("readers", [1, 2])
@pytest.mark.parametrize("order", ["", "order by random()"])
def test_cells_of_any_order_give_the_same_matrix(
    monkeypatch: pytest.MonkeyPatch, order: str, readers: int
) -> None:
    monkeypatch.setattr(arrays, "READERS", readers)
    monkeypatch.setattr(arrays, "WORTH_READERS", 0)
    full = Economy(3)
    full.transactions = np.arange(1.0, SIZE * SIZE + 1).reshape(SIZE, SIZE)
    relations = relations_of({2012: full}, order)
    cells = arrays.transaction_cells(relations, 2012)
    np.testing.assert_array_equal(
        arrays.matrix(relations.session, cells, SIZE), full.transactions
    )


def test_a_year_costs_one_factorisation_and_one_reading(
    economies: dict[int, Economy], monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: Counter[str] = Counter()
    real = {name: getattr(lapack, name) for name in ("dgetrf", "dgetrs")}
    real_put = arrays.put

    def factorise(matrix: np.ndarray, **also: object) -> tuple:
        counted[f"factorised {len(matrix)}"] += 1
        return real["dgetrf"](matrix, **also)

    def solve(lu: np.ndarray, piv: np.ndarray, b: np.ndarray, **also: object) -> tuple:
        counted[f"solved {len(lu)}"] += b.shape[1]
        return real["dgetrs"](lu, piv, b, **also)

    def put(flat: np.ndarray, cell: np.ndarray, amount: np.ndarray) -> None:
        counted["cells"] += len(amount)
        real_put(flat, cell, amount)

    monkeypatch.setattr(lapack, "dgetrf", factorise)
    monkeypatch.setattr(lapack, "dgetrs", solve)
    monkeypatch.setattr(arrays, "put", put)
    relations = relations_of(economies)
    solution.embodied_output(relations, Settings()).read_all()
    solution.total_intensities(relations, Settings())
    solution.own_chain_output(relations, Settings())
    years, regions, stressors = len(economies), SIZE // SECTORS, 2
    assert counted == {
        "cells": sum(np.count_nonzero(e.transactions) for e in economies.values()),
        # one industry is absent: the system and its region are without it
        f"factorised {SIZE - 1}": years,
        f"solved {SIZE - 1}": years * (len(COLUMNS) + 2 + stressors),
        f"factorised {SECTORS}": years * (regions - 1),
        f"solved {SECTORS}": years * (regions - 1),
        f"factorised {SECTORS - 1}": years,
        f"solved {SECTORS - 1}": years,
    }
