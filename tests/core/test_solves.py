"""From relations to solved tables, against a dense inverse; what the store keeps."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from scipy.linalg import lapack
from support.commands import environment
from support.economies import (
    COLUMNS,
    COVERED,
    INFLATION,
    REGIONS,
    SECTORS,
    SIZE,
    Economy,
    relations_of,
)
from support.rendered_models import rendered

from carbonshed.errors import CarbonshedError
from carbonshed.leontief import UnproductiveSystemError, extraction
from carbonshed.progress import TimedProgress
from carbonshed.solve import cells, solutions, solves
from carbonshed.solve import memory_plan as memory
from carbonshed.solve.extractions import extract_parts
from carbonshed.solve.memory_plan import Solver
from carbonshed.solve.solves import solve_years
from carbonshed.solve.year_system import Settings

CLOSE = {"direct": 1e-12, "streamed": 1e-10}
CATEGORIES = ["hh", "inv"]


@pytest.fixture
def economies() -> dict[int, Economy]:
    return {2012: Economy(1), 2015: Economy(2)}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "solved" / "tiny"


def solve(
    economies: dict[int, Economy],
    folder: Path,
    settings: Settings | None = None,
    order: str = "",
) -> list[dict]:
    """Solve and return the rows of `solves`."""
    return solve_years(
        relations_of(economies, order), settings or Settings(), folder
    ).to_pylist()


def read(folder: Path, table: str) -> pa.Table:
    """Return a solved table as the views do: all folders together."""
    files = sorted(folder.glob(f"*/{table}.parquet"))
    return pa.concat_tables([pq.read_table(file) for file in files])


def demand_of(folder: Path, year: int, region: int, category: int) -> np.ndarray:
    values = np.zeros(SIZE)
    for row in read(folder, "embodied_output").to_pylist():
        if (row["year"], row["region_position"], row["category_position"]) == (
            year,
            region,
            category,
        ):
            values[row["origin_id"]] = row["output"]
    return values


@pytest.mark.parametrize("solver", ["direct", "streamed"])
@pytest.mark.parametrize("order", ["", "order by random()"])
def test_every_solved_table_is_the_inverse_times_its_right_hand_side(
    economies, folder, order, solver
):
    settings = Settings(solver=Solver(solver), by_origin=True)
    rows = solve(economies, folder, settings, order)
    assert [row["year"] for row in rows] == [2012, 2015]
    assert {row["method"] for row in rows} == {solver}
    totals = read(folder, "total_intensities").to_pandas()
    chains = read(folder, "own_chain_output").to_pandas()
    by_origin = read(folder, "intensities_by_origin").to_pandas()
    for year, economy in economies.items():
        inverted = np.linalg.inv(np.eye(SIZE) - economy.coefficients)
        for k, (region, category) in enumerate(COLUMNS):
            expected = inverted @ economy.final_demand[:, k]
            positions = REGIONS.index(region), CATEGORIES.index(category)
            got = demand_of(folder, year, *positions)
            np.testing.assert_allclose(got, expected, rtol=1e-12, atol=CLOSE[solver])
        got = demand_of(folder, year, -1, -1)
        np.testing.assert_allclose(got, inverted @ economy.exports, atol=CLOSE[solver])
        # deliveries to the sector without output are nobody's demand
        got = demand_of(folder, year, -2, -2)
        expected = inverted @ economy.transactions[:, -1]
        np.testing.assert_allclose(got, expected, atol=CLOSE[solver])
        for q, stressor in enumerate(["co2", "water's"]):
            got = totals[(totals.year == year) & (totals.stressor_id == stressor)]
            expected = economy.intensities[:, q] @ inverted
            np.testing.assert_allclose(
                got["total_intensity"], expected, atol=CLOSE[solver]
            )
            rows = by_origin[
                (by_origin.year == year) & (by_origin.stressor_id == stressor)
            ]
            got = np.zeros((2, SIZE))
            cells = rows["region_position"], rows["region_sector_id"]
            np.add.at(got, cells, rows["intensity"])
            np.testing.assert_allclose(got.sum(axis=0), expected, atol=CLOSE[solver])
            at_home = economy.intensities[:SECTORS, q] @ inverted[:SECTORS]
            np.testing.assert_allclose(got[0], at_home, atol=CLOSE[solver])
        own = economy.final_demand[:SECTORS, :2].sum(axis=1)
        block = np.eye(SECTORS) - economy.coefficients[:SECTORS, :SECTORS]
        got = chains[chains.year == year]["output"].to_numpy()[:SECTORS]
        np.testing.assert_allclose(got, np.linalg.inv(block) @ own, atol=1e-12)


@pytest.mark.parametrize("solver", ["direct", "streamed"])
def test_intensities_of_a_year_go_along_the_chains_of_its_neighbours(folder, solver):
    economies = {2012: Economy(1), 2015: Economy(2), 2016: Economy(3)}
    settings = Settings(solver=Solver(solver), with_analyses=True)
    solve(economies, folder, settings)
    rows = read(folder, "mixed_intensities").to_pandas()
    pairs = {(2012, 2015), (2015, 2012), (2015, 2016), (2016, 2015)}
    assert set(zip(rows["year"], rows["intensity_year"], strict=True)) == pairs
    for year, other in pairs:
        inverted = np.linalg.inv(np.eye(SIZE) - economies[year].coefficients)
        for q, stressor in enumerate(["co2", "water's"]):
            got = rows[
                (rows["year"] == year)
                & (rows["intensity_year"] == other)
                & (rows["stressor_id"] == stressor)
            ]
            f = economies[other].intensities[:, q] * INFLATION ** (other - year)
            assert got["region_sector_id"].tolist() == [*range(SIZE)]
            np.testing.assert_allclose(got["intensity"], f @ inverted, atol=1e-10)


def test_one_year_has_no_neighbour(folder):
    solve({2012: Economy(1)}, folder, Settings(with_analyses=True))
    assert read(folder, "mixed_intensities").num_rows == 0


@pytest.mark.parametrize("change", ["an intensity", "a year less", "nothing", "off"])
def test_a_year_is_solved_again_where_a_neighbour_has_other_intensities(
    folder, change, capsys
):
    economies = {2012: Economy(1), 2015: Economy(2), 2016: Economy(3)}
    settings = Settings(with_analyses=True)
    solve(economies, folder, settings)
    solved = []
    if change == "an intensity":
        economies[2015].intensities[3, 1] += 1e-6
        solved = ["2012", "2015", "2016"]
    elif change == "a year less":
        del economies[2015]
        solved = ["2012", "2016"]
    elif change == "off":  # without analyses nobody asks for them
        settings = Settings()
        economies[2015].intensities[3, 1] += 1e-6
        solved = ["2015"]
    else:
        economies[2015].intensities = np.nextafter(economies[2015].intensities, 9)
    capsys.readouterr()
    solve(economies, folder, settings)
    said = said_of_years(capsys.readouterr().err)
    assert said["relative residual"] == solved


@pytest.mark.parametrize("solver", ["direct", "streamed"])
def test_emissions_that_pay_go_along_the_chains_by_themselves(folder, solver):
    economy = Economy(1)
    solve({2012: economy}, folder, Settings(solver=Solver(solver), with_analyses=True))
    rows = read(folder, "covered_intensities").to_pandas()
    assert set(rows["coverage_id"]) == {"half's"}
    assert set(rows["stressor_id"]) == {"co2"}
    inverted = np.linalg.inv(np.eye(SIZE) - economy.coefficients)
    expected = (COVERED * economy.intensities[:, 0]) @ inverted
    np.testing.assert_allclose(rows["intensity"], expected, atol=1e-10)


@pytest.mark.parametrize("change", ["a share", "no coverage", "nothing", "off"])
def test_a_year_is_solved_again_where_others_pay(folder, change, capsys):
    economies = {2012: Economy(1)}
    settings = Settings(with_analyses=change != "off")
    relations = relations_of(economies)
    solve_years(relations, settings, folder)
    if change in ("a share", "off"):
        sql = "update covered_intensities set direct_intensity = 1 - direct_intensity"
        relations.session.execute(sql)
    elif change == "no coverage":
        relations.session.execute("delete from covered_intensities")
    capsys.readouterr()
    solve_years(relations, settings, folder)
    notes = said_of_years(capsys.readouterr().err)
    is_solved = change in ("a share", "no coverage")
    assert notes["relative residual"] == (["2012"] if is_solved else [])


@pytest.mark.parametrize("solver", ["direct", "streamed"])
def test_linkages_are_those_of_the_ghosh_inverse(economies, folder, solver):
    """It has shares of sales, where the solve has shares of purchases alone."""
    settings = Settings(solver=Solver(solver), with_analyses=True, by_origin=True)
    solve(economies, folder, settings)
    multipliers = read(folder, "output_multipliers").to_pandas()
    downstream = read(folder, "downstream_intensities").to_pandas()
    close = {"rtol": 1e-9, "atol": CLOSE[solver]}
    for year, economy in economies.items():
        made = economy.output > 0
        assert not made.all()
        sold = np.where(made, economy.transactions, 0)[made]
        sold = sold[:, made] / economy.output[made, None]
        ghosh = np.linalg.inv(np.eye(made.sum()) - sold)
        of_year = multipliers[multipliers.year == year].set_index("region_sector_id")
        inverted = np.linalg.inv(np.eye(SIZE) - economy.coefficients)
        halves = inverted[:SECTORS, :SECTORS], inverted[SECTORS:, SECTORS:]
        expected = {
            "backward": inverted.sum(axis=0),
            "backward_within_region": np.hstack([own.sum(axis=0) for own in halves]),
            "direct_backward": economy.coefficients.sum(axis=0),
            "forward": np.zeros(SIZE),
            "direct_forward": np.zeros(SIZE),
        }
        expected["forward"][made] = ghosh.sum(axis=1)
        expected["direct_forward"][made] = sold.sum(axis=1)
        for column, values in expected.items():
            got = of_year[column].loc[range(SIZE)]
            np.testing.assert_allclose(got, values, **close)
        rows = downstream[downstream.year == year]
        assert set(rows["stressor_id"]) == {"co2", "water's"}
        for q, stressor in enumerate(["co2", "water's"]):
            got = rows[rows.stressor_id == stressor].set_index("region_sector_id")
            values = np.zeros(SIZE)
            values[made] = ghosh @ economy.intensities[made, q]
            np.testing.assert_allclose(
                got["intensity"].loc[range(SIZE)], values, **close
            )


@pytest.mark.parametrize("solver", ["direct", "streamed"])
def test_without_a_part_the_smaller_system_makes_less(
    economies, folder, solver, capsys
):
    """Every region and every sector, against the system without it from scratch."""
    tables = relations_of(economies)
    solves = solve_years(tables, Settings(solver=Solver(solver)), folder)
    tables.session.register("solved_years", solves)
    years = tables.session.sql("from solved_years")
    rows = extract_parts(tables, years, folder, Solver(solver)).to_pylist()
    assert [row["year"] for row in rows] == [*economies]
    assert {(row["regions"], row["sectors"]) for row in rows} == {(2, SECTORS)}
    # stored ones are found again
    assert extract_parts(tables, years, folder, Solver(solver)).to_pylist() == rows
    assert capsys.readouterr().err.count("extracted") == len(economies)
    extracted = read(folder, "extracted_demand").to_pandas()
    sector_of, region_of = np.arange(SIZE) % SECTORS, np.arange(SIZE) // SECTORS
    for year, economy in economies.items():
        A, x = economy.coefficients, economy.output
        total = economy.intensities[:, 0] @ np.linalg.inv(np.eye(SIZE) - A)
        emitted = economy.intensities[:, 0] @ x
        demand = x - A @ x
        for kind, labels in (("region", region_of), ("sector", sector_of)):
            rows = extracted[
                (extracted.year == year) & (extracted.extracted_kind == kind)
            ].set_index("region_sector_id")
            amounts = rows["amount"].loc[range(SIZE)].to_numpy()
            for label in set(labels):
                part, rest = labels == label, labels != label
                left = np.linalg.solve(
                    (np.eye(SIZE) - A)[np.ix_(rest, rest)], demand[rest]
                )
                expected = emitted - economy.intensities[rest, 0] @ left
                got = total[part] @ amounts[part]
                assert got == pytest.approx(expected, rel=1e-8)


@pytest.mark.parametrize("solver", ["direct", "streamed"])
def test_deliveries_counted_once_tell_what_others_emit_for_a_region(
    economies, folder, solver
):
    """All that is emitted elsewhere and would not be, in the economy without it."""
    settings = Settings(solver=Solver(solver), with_analyses=True)
    solve(economies, folder, settings)
    rows = read(folder, "deliveries_once").to_pandas()
    for year, economy in economies.items():
        A = economy.coefficients
        inverted = np.linalg.inv(np.eye(SIZE) - A)
        f = economy.intensities[:, 0]
        # without what the sector without output buys, which serves nobody
        x = inverted @ (economy.final_demand.sum(axis=1) + economy.exports)
        z = rows[rows.year == year].set_index("region_sector_id")["amount"]
        blocks = [slice(0, SECTORS), slice(SECTORS, SIZE)]
        for k, (own, other) in enumerate(zip(blocks, blocks[::-1], strict=True)):
            of_others = [2 * (1 - k), 2 * (1 - k) + 1]
            demand = economy.final_demand[other][:, of_others].sum(axis=1)
            demand += economy.exports[other]
            alone = np.linalg.solve(np.eye(SECTORS) - A[other, other], demand)
            elsewhere = f[other] @ (x[other] - alone)
            footprint = f @ inverted @ economy.final_demand[:, [2 * k, 2 * k + 1]]
            delivered = z.loc[range(SIZE)[own]].to_numpy()
            got = footprint.sum() + (f @ inverted)[own] @ delivered - f[own] @ x[own]
            assert got == pytest.approx(elsewhere, rel=1e-8)


@pytest.mark.parametrize("solver", ["direct", "streamed"])
def test_regions_that_do_not_come_apart_are_warned_of_and_refused(
    economies, folder, solver, monkeypatch, capsys
):
    """Deliveries of such a region are unknown; only what asks for them is refused."""
    monkeypatch.setattr(extraction, "ROUNDS", 1)
    settings = Settings(solver=Solver(solver), with_analyses=True)
    for _ in range(2):  # a solution that is found in the store is warned of, too
        solve(economies, folder, settings)
        warned = re.findall(
            r"(\d{4}) .* WARNING: no three scopes of (.+):", capsys.readouterr().err
        )
        assert warned == [(str(year), "a, b") for year in economies]
    assert read(folder, "deliveries_once").to_pandas()["amount"].isna().all()
    tables = relations_of(economies)
    solves = solve_years(tables, Settings(solver=Solver(solver)), folder)
    tables.session.register("solved_years", solves)
    years = tables.session.sql("from solved_years")
    with pytest.raises(CarbonshedError, match=r"^2012: .* after 1 .* var extraction$"):
        extract_parts(tables, years, folder, Solver(solver))


@pytest.mark.parametrize("solver", ["direct", "streamed"])
def test_progress_tells_rounds_apart(economies, folder, solver, monkeypatch):
    said = []
    monkeypatch.setattr(
        TimedProgress, "__call__", lambda progress, message: said.append(message)
    )
    settings = Settings(solver=Solver(solver), with_analyses=True)
    relations = relations_of({2012: economies[2012]})
    solves = solve_years(relations, settings, folder)
    relations.session.register("solved_years", solves)
    years = relations.session.sql("from solved_years")
    extract_parts(relations, years, folder, Solver(solver))
    names = ("deliveries of regions", "extraction of each sector")
    for name in names:
        rounds = [line for line in said if line.startswith(f"{name}, round ")]
        numbers = [int(re.search(r"round (\d+)", line)[1]) for line in rounds]
        assert len({*numbers}) > 1
        assert numbers == sorted(numbers)
        assert {*numbers} == {*range(1, numbers[-1] + 1)}
    if solver == "streamed":
        assert f"{names[0]}, round 2: demands 1 to 2 of 2: sweep 1, residual" in str(
            said
        )
        assert "'total intensities: sweep 1, residual" in str(said)


@pytest.mark.parametrize("with_analyses", [True, False])
def test_the_plan_of_sweeps_says_what_makes_them_shorter(
    economies, folder, with_analyses, capsys
):
    settings = Settings(solver=Solver("streamed"), with_analyses=with_analyses)
    solve({2012: economies[2012]}, folder, settings)
    said = capsys.readouterr().err
    assert re.search(
        r"^  2012 .* s  sweeps over a file, .* GB free", said, re.MULTILINE
    )
    assert ("(var analyses: false)" in said) == with_analyses


@pytest.mark.parametrize("solver", ["direct", "streamed"])
def test_exports_are_followed_with_and_without_what_comes_back(
    economies, folder, solver
):
    settings = Settings(solver=Solver(solver), with_analyses=True, with_exports=True)
    solve(economies, folder, settings)
    rows = read(folder, "exported_output").to_pandas()
    for year, economy in economies.items():
        A = economy.coefficients
        of_year = rows[rows.year == year].set_index("region_sector_id")
        blocks = [slice(0, SECTORS), slice(SECTORS, SIZE)]
        for own, other, bought in zip(blocks, blocks[::-1], (1, 0), strict=True):
            # the sector without output buys, too
            exports = (
                economy.transactions[own, other].sum(axis=1)
                + economy.final_demand[own, 2 * bought : 2 * bought + 2].sum(axis=1)
                + economy.exports[own]
            )
            alone = np.linalg.solve(np.eye(SECTORS) - A[own, own], exports)
            inverted = np.linalg.inv(np.eye(SIZE) - A)
            got = of_year.loc[range(SIZE)[own]]
            close = {"rtol": 1e-9, "atol": CLOSE[solver]}
            np.testing.assert_allclose(got["exports"], exports, **close)
            np.testing.assert_allclose(got["own_chain_output"], alone, **close)
            np.testing.assert_allclose(
                got["output"], inverted[own, own] @ exports, **close
            )


@pytest.mark.parametrize("solver", ["direct", "streamed"])
def test_trade_of_producers_is_what_crosses_a_border(economies, folder, solver):
    solve(economies, folder, Settings(solver=Solver(solver)))
    rows = {
        tuple(row[name] for name in ("year", "stressor_id", "origin_position")): row
        for row in read(folder, "intermediate_trade").to_pylist()
    }
    # two regions: one destination for each origin
    assert len(rows) == 2 * 2 * len(economies)
    for year, economy in economies.items():
        inverted = np.linalg.inv(np.eye(SIZE) - economy.coefficients)
        own, other = range(SECTORS), range(SECTORS, SIZE)
        for origin, (sellers, buyers) in enumerate([(own, other), (other, own)]):
            # the last sector has no output: what it buys is no trade
            columns = [k for k in buyers if k != SIZE - 1]
            sold = economy.transactions[np.ix_(sellers, columns)].sum(axis=1)
            for q, stressor in enumerate(["co2", "water's"]):
                row = rows[year, stressor, origin]
                totals = (economy.intensities[:, q] @ inverted)[sellers]
                assert row["destination_position"] == 1 - origin
                assert row["amount"] == pytest.approx(sold.sum(), rel=1e-12)
                assert row["embodied"] == pytest.approx(totals @ sold, rel=1e-9)


def mix_by_hand(economy: Economy) -> np.ndarray:
    """Return imports by product of producers, then of final users; see `Economy`."""

    def share(*amounts: np.ndarray) -> np.ndarray:
        first = next(amount for amount in amounts if amount.sum() > 0)
        return first / first.sum()

    by_product = economy.transactions.reshape(2, SECTORS, SIZE).sum(axis=0)
    by_product[:, -1] = 0  # nothing is known of the sector without output
    bought = economy.final_demand.reshape(2, SECTORS, 4).sum(axis=0)
    mix = [
        share(by_product[:, j], by_product[:, j % 3 :: SECTORS].sum(axis=1))
        for j in range(SIZE)
    ] + [share(bought[:, k]) for k in range(4)]
    amounts = np.array(mix).T * economy.imports
    return np.where(economy.known.any(axis=0), economy.known, amounts)


@pytest.mark.parametrize("solver", ["direct", "streamed"])
def test_imports_are_followed_along_all_chains(economies, folder, solver):
    settings = Settings(solver=Solver(solver), with_analyses=True)
    solve(economies, folder, settings)
    bought = read(folder, "imports_by_product").to_pylist()
    multipliers = read(folder, "import_multipliers").to_pylist()
    technology = read(folder, "domestic_technology").to_pylist()
    for year, economy in economies.items():
        amounts = mix_by_hand(economy)
        columns_of_users = {
            (r, c): SIZE + k for k, (r, c) in enumerate(np.ndindex(2, 2))
        }
        got = np.zeros_like(amounts)
        for row in bought:
            user = row["region_position"], row["category_position"]
            column = columns_of_users.get(user, row["region_sector_id"])
            if row["year"] == year:
                got[row["product_position"], column] = row["amount"]
        np.testing.assert_allclose(got, amounts, rtol=1e-12, atol=1e-15)
        inverted = np.linalg.inv(np.eye(SIZE) - economy.coefficients)
        output = np.where(economy.output > 0, economy.output, np.inf)
        behind = amounts[:, :SIZE] / output @ inverted
        got = np.zeros_like(behind)
        for row in multipliers:
            if row["year"] == year:
                got[row["product_position"], row["region_sector_id"]] = row[
                    "multiplier"
                ]
        np.testing.assert_allclose(got, behind, atol=CLOSE[solver])
        # everything abroad is made as it is here, by the mean of both regions
        weights = economy.output.reshape(2, SECTORS) / economy.output.reshape(
            2, SECTORS
        ).sum(axis=0)
        mean = np.hstack([np.diag(weights[0]), np.diag(weights[1])])
        for q, stressor in enumerate(["co2", "water's"]):
            totals = economy.intensities[:, q] @ inverted
            expected = np.linalg.solve(np.eye(SECTORS) - mean @ behind.T, mean @ totals)
            got = [
                row["intensity"]
                for row in technology
                if (row["year"], row["stressor_id"]) == (year, stressor)
            ]
            np.testing.assert_allclose(got, expected, rtol=1e-8)


@pytest.mark.parametrize("solver", ["direct", "streamed"])
def test_tiers_are_terms_of_the_power_series_and_the_rest(economies, folder, solver):
    settings = Settings(solver=Solver(solver), with_analyses=True)
    solve(economies, folder, settings)
    rows = read(folder, "tier_intensities").to_pylist()
    assert len(rows) == 2 * 2 * 11 * SIZE
    got = {
        (row["year"], row["stressor_id"], row["tier"], row["region_sector_id"]): row[
            "intensity"
        ]
        for row in rows
    }
    for year, economy in economies.items():
        A = economy.coefficients
        for q, stressor in enumerate(["co2", "water's"]):
            f = economy.intensities[:, q]
            terms = [f @ np.linalg.matrix_power(A, k) for k in range(10)]
            terms.append(f @ np.linalg.inv(np.eye(SIZE) - A) - sum(terms))
            for tier, expected in enumerate(terms):
                values = [got[year, stressor, tier, row] for row in range(SIZE)]
                np.testing.assert_allclose(values, expected, atol=CLOSE[solver])


def test_a_year_without_imports_has_none(folder):
    economy = Economy(1)
    economy.imports[:], economy.known[:] = 0, 0
    (row,) = solve({2012: economy}, folder, Settings(with_analyses=True))
    for table in ("imports_by_product", "import_multipliers", "domestic_technology"):
        assert not read(folder, table).num_rows
    # and who asks for no analyses has none of the tables
    solve({2012: Economy(1)}, folder)
    assert not list(folder.glob("*/import*")), row
    assert not list(folder.glob("*/tier*"))


def test_imports_without_end_are_said_and_have_no_intensity(folder, capsys):
    """A table that imports ten times what it makes."""
    economy = Economy(1)
    economy.imports[:SIZE] = 10 * economy.output
    solve({2012: economy}, folder, Settings(with_analyses=True))
    assert "imports would need imports without end" in capsys.readouterr().err
    assert read(folder, "import_multipliers").num_rows
    assert not read(folder, "domestic_technology").num_rows


def test_the_inverse_is_there_while_it_is_asked_for(economies, folder, capsys):
    solve(economies, folder)
    settings = Settings(1e-9, Solver(), with_inverse=True)
    solve(economies, folder, settings)
    frame = read(folder, "leontief_inverse").to_pandas()
    for year, economy in economies.items():
        got = np.zeros((SIZE, SIZE))
        rows = frame[frame.year == year]
        got[rows["origin_id"], rows["destination_id"]] = rows["requirement"]
        expected = np.linalg.inv(np.eye(SIZE) - economy.coefficients)
        np.testing.assert_allclose(got, expected, atol=1e-12)
    capsys.readouterr()
    solve(economies, folder, settings)
    assert "the Leontief inverse" not in capsys.readouterr().err, "it is there"
    solve(economies, folder)
    assert not list(folder.glob("*/leontief_inverse.parquet"))


def test_the_plan_is_told_what_a_year_has(economies, folder, monkeypatch):
    calls = []

    def plan(counts: memory.Counts, solver: Solver) -> memory.Plan:
        calls.append(counts)
        return real(counts, solver)

    real = memory.plan
    monkeypatch.setattr(memory, "plan", plan)
    solve(economies, folder)
    solve(economies, folder, Settings(with_analyses=True))
    solve(economies, folder, Settings(by_origin=True))
    solve(economies, folder, Settings(with_analyses=True, by_origin=True))
    solve(economies, folder, Settings(with_analyses=True, with_exports=True))
    demands = len(COLUMNS) + 2
    analyses = 3 * SECTORS + 2 + 1 + 2 * 5 + 4
    # blocks of regions, and what rounds hold; a column for each region, and its product
    rounds = SECTORS + 40 + 2 * len(REGIONS)
    assert calls == [
        memory.Counts(
            SIZE,
            demands,
            2 + like_stressors,
            region=SECTORS,
            regions=2,
            beside=rounds if like_stressors >= analyses else 0,
        )
        # imports, intensities of the other year and of a coverage, tiers and linkages;
        # by origin; both, and output by origin; exports
        for like_stressors in (
            0,
            analyses,
            2 * len(REGIONS),
            analyses + 3 * len(REGIONS),
            analyses + len(REGIONS),
        )
        for _ in economies
    ]


def test_the_plan_is_told_what_extraction_holds(economies, folder, monkeypatch):
    """Blocks of two regions of three, and of three sectors of two: 30 cells.

    Three columns, and their products.
    """
    tables = relations_of(economies)
    solves = solve_years(tables, Settings(), folder)
    tables.session.register("solved_years", solves)
    calls = []

    def plan(counts: memory.Counts, solver: Solver) -> memory.Plan:
        calls.append(counts)
        return real(counts, solver)

    real = memory.plan
    monkeypatch.setattr(memory, "plan", plan)
    extract_parts(tables, tables.session.sql("from solved_years"), folder, Solver())
    counts = memory.Counts(SIZE, 3, region=SECTORS, beside=30 // SIZE + 40 + 3)
    assert calls == [counts for _ in economies]


@pytest.mark.parametrize("solver", ["direct", "streamed"])
def test_output_that_the_cells_do_not_add_up_to_is_refused(economies, folder, solver):
    economies[2015].output[1] *= 1 + 1e-6
    with pytest.raises(CarbonshedError, match="ingest the dataset again"):
        solve(economies, folder, Settings(solver=Solver(solver)))
    years = {row["year"] for row in read(folder, "own_chain_output").to_pylist()}
    assert years == {2012}, "what was solved before stays"
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]


def test_an_unproductive_economy_is_refused(folder):
    economy = Economy(1)
    economy.transactions[0, 0] = economy.output[0] * 1.5
    with pytest.raises(UnproductiveSystemError, match="columns that carry it: 0"):
        solve({2012: economy}, folder)
    assert not folder.exists()


@pytest.mark.parametrize("readers", [1, 2])
@pytest.mark.parametrize("order", ["", "order by random()"])
@pytest.mark.parametrize("batch", [4, 500_000])
def test_cells_of_files_are_those_of_the_staging_models(
    economies, tmp_path, monkeypatch, batch, order, readers
):
    """Several years, sparse, in another unit; row groups of a year or of all."""
    monkeypatch.setattr(cells, "BATCH_ROWS", batch)
    monkeypatch.setattr(cells, "READERS", readers)
    monkeypatch.setattr(cells, "MIN_ROWS_PARALLEL_READ", 0)
    economies[2015].transactions[1, 2] = -3.5
    relations_of(economies, cells_order=order, folder=tmp_path)
    unit = 10_000 / 3  # no power of two: every amount is rounded
    with duckdb.connect() as staging:
        staging.sql(f"select {unit!r}::double as currency_unit").write_parquet(
            str(tmp_path / "dataset.parquet")
        )
        for file in tmp_path.glob("*.parquet"):
            staging.execute(f"create view {file.stem} as from '{file}'")
        files = cells.CellFiles.of(tmp_path)
        for year in economies:
            Z, Y = np.zeros((SIZE, SIZE)), np.zeros((SIZE, len(COLUMNS)))
            rows = staging.sql(rendered("staging/stg_transactions.sql"))
            for _, i, j, amount in rows.filter(f"year = {year}").fetchall():
                Z[i, j] = amount
            rows = staging.sql(rendered("staging/stg_final_demand.sql"))
            for _, i, *label, amount in rows.filter(f"year = {year}").fetchall():
                Y[i, COLUMNS.index(tuple(label))] = amount
            of_year = files.transactions_of(year)
            np.testing.assert_array_equal(of_year.matrix(SIZE), Z)
            assert of_year.largest() == np.abs(Z).max()
            block = np.full((2, SIZE), np.nan)  # absent cells stay as they are
            of_year.put(block, slice(2, 4))
            np.testing.assert_array_equal(block, np.where(Z, Z, np.nan)[2:4])
            demand = files.final_demand_of(year)
            assert demand.labels() == COLUMNS
            values = np.zeros((4, len(COLUMNS)), order="F")
            demand.put_demand(values, COLUMNS, slice(1, 5))
            np.testing.assert_array_equal(values, Y[1:5])


def test_a_year_costs_one_factorisation_and_one_reading(economies, folder, monkeypatch):
    counted: Counter[str] = Counter()
    real = {name: getattr(lapack, name) for name in ("dgetrf", "dgetrs")}
    real_put = cells.put

    def factorise(matrix: np.ndarray, **also: object) -> tuple:
        counted[f"factorised {len(matrix)}"] += 1
        return real["dgetrf"](matrix, **also)

    def solve_factors(
        lu: np.ndarray, piv: np.ndarray, b: np.ndarray, **also: object
    ) -> tuple:
        counted[f"solved {len(lu)}"] += b.shape[1]
        return real["dgetrs"](lu, piv, b, **also)

    def put(flat: np.ndarray, cell: np.ndarray, value: np.ndarray, *unit: float):
        counted["cells"] += len(value)
        real_put(flat, cell, value, *unit)

    monkeypatch.setattr(lapack, "dgetrf", factorise)
    monkeypatch.setattr(lapack, "dgetrs", solve_factors)
    monkeypatch.setattr(cells, "put", put)
    solve(economies, folder)
    years, regions, stressors = len(economies), SIZE // SECTORS, 2
    expected = {
        "cells": sum(np.count_nonzero(e.transactions) for e in economies.values()),
        # one industry is absent: the system and its region are without it
        f"factorised {SIZE - 1}": years,
        f"solved {SIZE - 1}": years * (len(COLUMNS) + 2 + stressors),
        f"factorised {SECTORS}": years * (regions - 1),
        f"solved {SECTORS}": years * (regions - 1),
        f"factorised {SECTORS - 1}": years,
        f"solved {SECTORS - 1}": years,
    }
    assert counted == expected
    solve(economies, folder)
    assert counted == expected, "nothing of it again, without a change"


def said_of_years(err: str) -> dict[str, list[str]]:
    """Return the years that were found in the store, and those that were solved."""
    return {
        word: [line[2:6] for line in err.splitlines() if word in line]
        for word in ("unchanged", "relative residual")
    }


@pytest.mark.parametrize("second", ["direct", "streamed"])
def test_only_what_changed_is_solved_and_what_is_stale_goes(
    economies, folder, second, capsys
):
    first = {row["year"]: row for row in solve(economies, folder)}
    kept = folder / first[2012]["fingerprint"]
    before = {path: path.stat().st_mtime_ns for path in kept.iterdir()}
    economies[2015].final_demand[0, 0] += 1
    economies[2015].output[0] += 1
    economies[2018] = Economy(3)
    capsys.readouterr()
    rows = solve(economies, folder, Settings(solver=Solver(second)))
    assert said_of_years(capsys.readouterr().err) == {
        "unchanged": ["2012"],
        "relative residual": ["2015", "2018"],
    }
    assert rows[0] == first[2012]
    assert {path: path.stat().st_mtime_ns for path in kept.iterdir()} == before
    assert {path.name for path in folder.iterdir()} == {
        row["fingerprint"] for row in rows
    }
    for year in (2015, 2018):
        inverted = np.linalg.inv(np.eye(SIZE) - economies[year].coefficients)
        expected = inverted @ economies[year].final_demand[:, 0]
        np.testing.assert_allclose(
            demand_of(folder, year, 0, 0), expected, atol=CLOSE[second]
        )
    del economies[2018]
    assert {row["year"] for row in solve(economies, folder)} == {2012, 2015}
    years = {row["year"] for row in read(folder, "own_chain_output").to_pylist()}
    assert years == {2012, 2015}


def move_a_cell(economy: Economy) -> None:
    """Output stays what it was."""
    economy.transactions[0, 1] += 0.123
    economy.transactions[0, 2] -= 0.123


def exchange_two_cells(economy: Economy) -> None:
    """Keep the cells of a row, in other columns."""
    row = economy.transactions[1]
    filled = np.flatnonzero(row)[:2]
    row[filled] = row[filled[::-1]]


def move_an_export(economy: Economy) -> None:
    economy.exports[2] += 0.5
    economy.final_demand[2, 0] -= 0.5


CHANGES: dict[str, Callable[[Economy], None]] = {
    "a cell": move_a_cell,
    "two cells exchanged": exchange_two_cells,
    "the last bit of a demand": lambda economy: economy.final_demand.__setitem__(
        (1, 1), np.nextafter(economy.final_demand[1, 1], 0)
    ),
    "an export": move_an_export,
    "an intensity": lambda economy: economy.intensities.__setitem__((3, 1), 9.0),
    "an import": lambda economy: economy.imports.__setitem__(0, 0.125),
    "an imported product": lambda economy: economy.known.__imul__(0.5),
    "an output": lambda economy: economy.output.__setitem__(
        0, economy.output[0] * (1 + 1e-11)
    ),
}


@pytest.mark.parametrize("change", [*CHANGES, "the tolerance", "the code"])
def test_whatever_changes_is_solved_anew(change, folder, monkeypatch, capsys):
    economy = Economy(1)
    solve({2012: economy}, folder)
    settings = Settings(tolerance=1e-8) if change == "the tolerance" else Settings()
    if change == "the code":
        monkeypatch.setattr(solutions, "code_digest", lambda: "another")
    if change in CHANGES:
        CHANGES[change](economy)
    capsys.readouterr()
    solve({2012: economy}, folder, settings)
    assert said_of_years(capsys.readouterr().err) == {
        "unchanged": [],
        "relative residual": ["2012"],
    }
    assert len(list(folder.iterdir())) == 1


@pytest.mark.parametrize("order", ["", "order by random()"])
def test_rounding_of_sums_and_the_order_of_rows_are_no_change(folder, order, capsys):
    economy = Economy(1)
    solve({2012: economy}, folder)
    economy.output = np.nextafter(economy.output, np.inf)  # a zero stays a zero
    economy.output[-1] = 0
    economy.intensities = np.nextafter(economy.intensities, np.inf)
    capsys.readouterr()
    solve({2012: economy}, folder, order=order)  # the files keep theirs
    assert said_of_years(capsys.readouterr().err)["unchanged"] == ["2012"]


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-9])


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        ("embodied_output.parquet", cut),
        ("embodied_output.parquet", Path.unlink),
        ("total_intensities.parquet", cut),
        ("solve.json", cut),
        ("solve.json", Path.unlink),
        ("solve.json", lambda path: path.write_text("[]")),
        (
            "solve.json",
            lambda path: path.write_text(
                json.dumps(json.loads(path.read_text()) | {"more": 1})
            ),
        ),
    ],
)
def test_a_damaged_solution_is_not_taken_for_one(folder, name, damage, capsys):
    economies = {2012: Economy(1)}
    solve(economies, folder)
    (file,) = folder.glob(f"*/{name}")
    whole = file.read_bytes()
    damage(file)
    capsys.readouterr()
    solve(economies, folder)
    assert said_of_years(capsys.readouterr().err)["relative residual"] == ["2012"]
    if name.endswith(".parquet"):
        assert file.read_bytes() == whole


def flip_a_bit(path: Path) -> None:
    """Change one bit in the middle of a file; size and times stay."""
    content, times = bytearray(path.read_bytes()), path.stat()
    content[len(content) // 2] ^= 8
    path.write_bytes(content)
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))


@pytest.mark.parametrize(
    "table",
    [
        "own_chain_output",
        "import_multipliers",
        "domestic_technology",
        "tier_intensities",
        "output_multipliers",
        "solve.json",
    ],
)
def test_a_year_of_which_a_bit_has_changed_is_solved_again_with_words(
    folder, table, capsys
):
    economies = {2012: Economy(1), 2015: Economy(2)}
    settings = Settings(with_analyses=True)
    rows = solve(economies, folder, settings)
    name = table if "." in table else f"{table}.parquet"
    file = folder / rows[1]["fingerprint"] / name
    whole = file.read_bytes()
    if table == "solve.json":  # another digit, and JSON still
        file.write_text(file.read_text().replace('"demands": ', '"demands": 1'))
        assert file.read_bytes() != whole
    else:
        flip_a_bit(file)
    capsys.readouterr()
    again = solve(economies, folder, settings)
    err = capsys.readouterr().err
    assert said_of_years(err) == {"unchanged": ["2012"], "relative residual": ["2015"]}
    (line,) = [line for line in err.splitlines() if "solved again" in line]
    assert line.split()[0] == "2015"
    assert f"{rows[1]['fingerprint']}/{name}" in line
    assert [row["demands"] for row in again] == [row["demands"] for row in rows]
    if table != "solve.json":
        assert file.read_bytes() == whole
    solve(economies, folder, settings)
    assert "again" not in capsys.readouterr().err, "it is healed"


def test_a_file_too_many_is_not_read_as_a_part_of_the_output(folder, capsys):
    economies = {2012: Economy(1)}
    solve(economies, folder)
    (file,) = folder.glob("*/embodied_output.parquet")
    shutil.copy(file, file.with_name("embodied_output (1).parquet"))
    capsys.readouterr()
    solve(economies, folder)
    err = capsys.readouterr().err
    assert "embodied_output (1).parquet is not what was written: solved again" in err
    assert len(list(folder.glob("*/embodied_output*"))) == 1


def test_an_inverse_of_which_a_bit_has_changed_is_made_again(folder, capsys):
    settings = Settings(with_inverse=True)
    solve({2012: Economy(1)}, folder, settings)
    (file,) = folder.glob("*/leontief_inverse.parquet")
    whole = file.read_bytes()
    flip_a_bit(file)
    capsys.readouterr()
    solve({2012: Economy(1)}, folder, settings)
    assert "leontief_inverse.parquet is not what was written: made again" in (
        capsys.readouterr().err
    )
    assert file.read_bytes() == whole


# solves two years; stops in the middle of writing the second, to be killed there
VICTIM = """
import sys, time
from pathlib import Path
from support.commands import environment
from support.economies import Economy, relations_of
from carbonshed.solve import solves
from carbonshed.solve.year_system import Settings

owner, name, folder = sys.argv[1:]
owner = {"solves": solves, "Path": Path}[owner]
real, calls = getattr(owner, name), []

def stop_at_the_second(*args):
    calls.append(name)
    if len(calls) == 2:
        print("here", flush=True)
        time.sleep(60)
    return real(*args)

setattr(owner, name, stop_at_the_second)
solves.solve_years(
    relations_of({2012: Economy(1), 2015: Economy(2)}), Settings(), Path(folder)
)
"""


def test_what_is_stale_has_no_name_any_more_when_it_is_removed(
    economies, folder, monkeypatch
):
    """A kill in the middle of that leaves no solution of which a part is missing."""
    solve(economies, folder)
    removed = []
    monkeypatch.setattr(
        solutions.shutil, "rmtree", lambda path, **_: removed.append(Path(path))
    )
    solve({2012: Economy(3)}, folder)
    assert removed
    assert not [path for path in removed if folder in (path, *path.parents)]
    assert len(list(folder.iterdir())) == 1


def test_what_is_solved_anew_stays_until_the_new_solve_is_there(
    economies, folder, monkeypatch
):
    relations = relations_of(economies)
    solve_years(relations, Settings(), folder)
    files = {file: file.stat().st_ino for file in folder.glob("*/*")}
    real, asked = solves.solve_year, []

    def fail_at_the_second(*args: object) -> tuple:
        asked.append(args)
        if len(asked) == 2:
            raise CarbonshedError("the workers are gone")
        return real(*args)

    monkeypatch.setattr(solves, "solve_year", fail_at_the_second)
    with pytest.raises(CarbonshedError, match="workers are gone"):
        solve_years(relations, Settings(), folder, anew=True)
    kept = [file.exists() and file.stat().st_ino == files[file] for file in files]
    assert kept.count(True) == kept.count(False) == len(files) / 2
    solve_years(relations, Settings(), folder)
    assert len(asked) == 2, "the first year anew, the second as it was"
    assert set(folder.glob("*/*")) == set(files)
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]


@pytest.mark.parametrize(
    "step", ["solves write_solution", "Path write_text", "Path replace"]
)
def test_a_kill_leaves_nothing_that_is_taken_for_whole(economies, folder, step, capsys):
    victim = subprocess.Popen(
        [sys.executable, "-c", VICTIM, *step.split(), str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment(),
    )
    assert victim.stdout.readline() == b"here\n"
    victim.kill()
    victim.wait()
    assert len(list(folder.iterdir())) == 1, "the first year"
    rows = solve(economies, folder)
    assert said_of_years(capsys.readouterr().err) == {
        "unchanged": ["2012"],
        "relative residual": ["2015"],
    }
    assert {path.name for path in folder.iterdir()} == {
        row["fingerprint"] for row in rows
    }
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]
