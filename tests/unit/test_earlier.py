"""Years that an earlier build has solved are taken over, if nothing has changed."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from support.economies import SIZE, Economy, relations_of

from carbonshed.errors import CarbonshedError
from carbonshed.solve import fingerprint, solution
from carbonshed.solve.plan import Solver
from carbonshed.solve.relations import Relations
from carbonshed.solve.year import Settings
from carbonshed.warehouse import earlier


@pytest.fixture(autouse=True)
def nothing_known() -> Iterator[None]:
    yield
    earlier.look_into([])
    solution.forget()


@pytest.fixture
def economies() -> dict[int, Economy]:
    return {2012: Economy(1), 2015: Economy(2)}


def solved(relations: Relations, settings: Settings) -> dict[str, pa.Table]:
    return {
        "embodied_output": solution.embodied_output(relations, settings).read_all(),
        "total_intensities": solution.total_intensities(relations, settings),
        "own_chain_output": solution.own_chain_output(relations, settings),
        "solves": solution.solves(relations),
    }


def keep(tables: dict[str, pa.Table], relations: Relations, file: Path) -> None:
    """Write a warehouse as a build leaves it."""
    places = {f"solved.{name}": table for name, table in tables.items()} | {
        "intermediate.int_sector_output": relations.sector_output.to_arrow_table(),
        "intermediate.int_intensities": relations.intensities.to_arrow_table(),
    }
    with duckdb.connect(file) as connection:
        connection.execute("create schema solved; create schema intermediate")
        for place, table in places.items():
            connection.register("given", table)
            connection.execute(f"create table {place} as from given")
    earlier.look_into([file])


def rows(table: pa.Table) -> list[tuple]:
    return sorted(tuple(row.values()) for row in table.to_pylist())


@pytest.mark.parametrize("second", ["direct", "streamed"])
def test_only_the_year_that_changed_is_solved(
    economies: dict[int, Economy],
    second: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    settings = Settings()
    relations = relations_of(economies)
    first = solved(relations, settings)
    keep(first, relations, tmp_path / "w.duckdb")
    economies[2015].final_demand[0, 0] += 1
    economies[2015].output[0] += 1
    economies[2018] = Economy(3)
    capsys.readouterr()
    again = replace(settings, solver=Solver(second))
    got = solved(relations_of(economies), again)
    said = capsys.readouterr().err
    years = {
        word: [line[2:6] for line in said.splitlines() if word in line]
        for word in ("unchanged", "relative residual")
    }
    assert years == {"unchanged": ["2012"], "relative residual": ["2015", "2018"]}
    for name, table in got.items():
        kept = [row for row in rows(first[name]) if 2012 in row]
        assert [row for row in rows(table) if 2012 in row] == kept
    for year in (2015, 2018):
        inverted = np.linalg.inv(np.eye(SIZE) - economies[year].coefficients)
        expected = (inverted @ economies[year].final_demand).sum()
        total = sum(
            row["output"]
            for row in got["embodied_output"].to_pylist()
            if row["year"] == year and row["region_id"] in ("a", "b")
        )
        assert total == pytest.approx(expected, rel=1e-9)


def move_a_cell(economy: Economy) -> None:
    """Output stays what it was."""
    economy.transactions[0, 1] += 0.123
    economy.transactions[0, 2] -= 0.123


def move_an_export(economy: Economy) -> None:
    economy.exports[2] += 0.5
    economy.final_demand[2, 0] -= 0.5


CHANGES: dict[str, Callable[[Economy], None]] = {
    "a cell": move_a_cell,
    "the last bit of a demand": lambda economy: economy.final_demand.__setitem__(
        (1, 1), np.nextafter(economy.final_demand[1, 1], 0)
    ),
    "an export": move_an_export,
    "an intensity": lambda economy: economy.intensities.__setitem__((3, 1), 9.0),
    "an output": lambda economy: economy.output.__setitem__(
        0, economy.output[0] * (1 + 1e-11)
    ),
}


@pytest.mark.parametrize("change", [*CHANGES, "the tolerance", "the code"])
def test_whatever_changes_is_solved_anew(
    change: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    economy = Economy(1)
    relations = relations_of({2012: economy})
    keep(solved(relations, Settings()), relations, tmp_path / "w.duckdb")
    settings = Settings(tolerance=1e-8) if change == "the tolerance" else Settings()
    if change == "the code":
        monkeypatch.setattr(fingerprint, "_code", lambda: "another")
    if change in CHANGES:
        CHANGES[change](economy)
    found = []
    real = earlier.find
    monkeypatch.setattr(
        earlier, "find", lambda *of: found.append(real(*of)) or found[-1]
    )
    solution.embodied_output(relations_of({2012: economy}), settings).read_all()
    assert found == [None]


def test_rounding_of_sums_is_no_change(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    economy = Economy(1)
    relations = relations_of({2012: economy})
    keep(solved(relations, Settings()), relations, tmp_path / "w.duckdb")
    economy.output = np.nextafter(economy.output, np.inf)  # a zero stays a zero
    economy.output[-1] = 0
    economy.intensities = np.nextafter(economy.intensities, np.inf)
    capsys.readouterr()
    solution.embodied_output(relations_of({2012: economy}), Settings()).read_all()
    said = capsys.readouterr().err
    assert "unchanged since it was solved" in said
    assert "factorising" not in said


def test_a_file_that_is_no_warehouse_of_ours_is_passed_over(tmp_path: Path) -> None:
    broken, old = tmp_path / "broken.duckdb", tmp_path / "old.duckdb"
    broken.write_bytes(b"no database")
    duckdb.connect(old).close()  # from before there was a record
    earlier.look_into([broken, old])
    assert earlier.find(2012, "any", np.ones(2), np.ones((2, 1))) is None


def test_how_a_year_was_solved_is_known_with_its_solution_only(
    economies: dict[int, Economy],
) -> None:
    relations = relations_of(economies)
    solution.total_intensities(relations, Settings())
    with pytest.raises(CarbonshedError, match="embodied_output in the same run"):
        solution.solves(relations)
    solution.embodied_output(relations, Settings(solver=Solver("streamed"))).read_all()
    record = solution.solves(relations).to_pylist()
    assert [row["year"] for row in record] == [2012, 2015]
    assert {row["method"] for row in record} == {"streamed"}
    assert all(0 < row["relative_residual"] < 1e-9 for row in record)
