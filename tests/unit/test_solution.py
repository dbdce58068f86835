"""From relations to solved tables, against a dense inverse."""

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from carbonshed.leontief import UnproductiveSystemError
from carbonshed.warehouse import arrays, inverse, memory, solution
from carbonshed.warehouse.arrays import Relations
from carbonshed.warehouse.memory import Solver
from carbonshed.warehouse.solution import Settings

REGIONS = ["a", "b"]
SECTORS = 3
SIZE = len(REGIONS) * SECTORS


class Economy:
    """A year of random numbers; the last sector of b buys but sells nothing."""

    def __init__(self, seed: int) -> None:
        draw = np.random.Generator(np.random.PCG64(seed))
        self.transactions = draw.uniform(0, 2, (SIZE, SIZE))
        self.transactions[draw.uniform(size=(SIZE, SIZE)) < 0.3] = 0
        self.final_demand = draw.uniform(1, 9, (SIZE, 4))
        self.final_demand[0, 3] = -0.5  # a falling inventory
        self.exports = draw.uniform(0, 3, SIZE)
        for sales in (self.transactions, self.final_demand, self.exports):
            sales[-1] = 0
        self.output = (
            self.transactions.sum(axis=1) + self.final_demand.sum(axis=1) + self.exports
        )
        self.intensities = draw.uniform(0, 1, (SIZE, 2))

    @property
    def coefficients(self) -> np.ndarray:
        return self.transactions / np.where(self.output > 0, self.output, np.inf)


@pytest.fixture(autouse=True)
def nothing_left_over() -> None:
    """Let no test read what the solver of another one has left."""
    solution.forget()


CLOSE = {"direct": 1e-12, "streamed": 1e-10}
COLUMNS = [("a", "hh"), ("a", "inv"), ("b", "hh"), ("b", "inv")]


def relations_of(economies: dict[int, Economy], order: str = "") -> Relations:
    connection = duckdb.connect()
    tables: dict[str, list[tuple]] = {
        "transactions": [],
        "final_demand": [],
        "exports": [],
        "sector_output": [],
        "intensities": [],
    }
    for year, economy in economies.items():
        for i, j in zip(*np.nonzero(economy.transactions), strict=True):
            tables["transactions"].append((year, i, j, economy.transactions[i, j]))
        for i, k in np.ndindex(economy.final_demand.shape):
            amount = economy.final_demand[i, k]
            tables["final_demand"].append((year, i, *COLUMNS[k], amount))
        for i in range(SIZE):
            output = economy.output[i]
            tables["exports"].append((year, i, economy.exports[i]))
            tables["sector_output"].append(
                (year, i, REGIONS[i // SECTORS], output, output == 0)
            )
            for q, stressor in enumerate(["co2", "water's"]):
                tables["intensities"].append(
                    (year, stressor, i, economy.intensities[i, q])
                )
    types = {
        "transactions": "year int, origin_id int, destination_id int, amount double",
        "final_demand": "year int, origin_id int, region_id text, category_id text,"
        " amount double",
        "exports": "year int, region_sector_id int, amount double",
        "sector_output": "year int, region_sector_id int, region_id text,"
        " output double, is_zero_output bool",
        "intensities": "year int, stressor_id text, region_sector_id int,"
        " direct_intensity double",
    }
    for name, columns in types.items():
        connection.execute(f"create table {name} ({columns})")
        marks = ", ".join("?" * len(tables[name][0]))
        rows = [
            tuple(getattr(cell, "item", lambda c=cell: c)() for cell in row)
            for row in tables[name]
        ]
        connection.executemany(f"insert into {name} values ({marks})", rows)
    return Relations(
        session=connection,
        **{name: connection.query(f"from {name} {order}") for name in types},
    )


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


def test_an_unproductive_economy_is_refused() -> None:
    economy = Economy(1)
    economy.transactions[0, 0] = economy.output[0] * 1.5
    with pytest.raises(UnproductiveSystemError, match="columns that carry it: 0"):
        solution.embodied_output(relations_of({2012: economy}), Settings()).read_all()


def test_a_run_of_cells_and_scattered_cells_give_the_same_matrix() -> None:
    full = Economy(3)
    full.transactions = np.arange(1.0, SIZE * SIZE + 1).reshape(SIZE, SIZE)
    sorted_, shuffled = (
        arrays.matrix(
            arrays.transaction_cells(relations_of({2012: full}, order), 2012), SIZE
        )
        for order in ("", "order by random()")
    )
    np.testing.assert_array_equal(sorted_, full.transactions)
    np.testing.assert_array_equal(shuffled, full.transactions)
