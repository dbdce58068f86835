"""The same dataset, built again, gives the same numbers; see docs/reliability.md."""

import math
import shutil
from pathlib import Path

import duckdb
import pytest

from carbonshed.publish.connections import bare_connection
from carbonshed.publish.marts_copy import copy_marts

# of the largest number of a column
SAME = 1e-12
# says when and by which run, and the table that has these ids has no other use
OF_THE_RUN = {"publication"}


@pytest.fixture
def copied(three_cities: Path, tmp_path: Path):
    """Return what copies the marts of the warehouse, by one and the same id."""

    def copy(name: str) -> Path:
        folder = tmp_path / name
        folder.mkdir()
        with bare_connection() as connection:
            connection.execute(f"attach '{three_cities}' as three_cities (read_only)")
            copy_marts(
                connection, "three_cities", tmp_path / f"{name}.duckdb", folder, "one"
            )
        return folder

    return copy


def rows(path: Path) -> list[tuple]:
    """Return the rows of a mart in an order of their own, that of their labels."""
    found = duckdb.sql(f"from '{path}'").fetchall()
    labels = [[value for value in row if not isinstance(value, float)] for row in found]
    order = sorted(range(len(found)), key=lambda k: str(labels[k]))
    return [found[k] for k in order]


def differing(one: Path, other: Path) -> list[str]:
    """Return the columns that differ by more than rounding."""
    names = duckdb.sql(f"from '{one}'").columns
    here, there = rows(one), rows(other)
    assert len(here) == len(there), one.stem
    wrong = []
    for k, name in enumerate(names):
        pairs = [(a[k], b[k]) for a, b in zip(here, there, strict=True)]
        sizes = [abs(a) for a, _ in pairs if isinstance(a, float) and math.isfinite(a)]
        most = SAME * max(sizes, default=0.0)
        if not all(
            abs(a - b) <= most
            if isinstance(a, float) and isinstance(b, float)
            else a == b
            for a, b in pairs
        ):
            wrong.append(f"{one.stem}.{name}")
    return wrong


def test_threads_and_solver_change_nothing_beyond_rounding(
    three_cities: Path, project, copied, tmp_path: Path
) -> None:
    """Built once on one thread in memory, then on two, by sweeps over a file."""
    before = copied("before")
    solved = project.root / "warehouse" / "solved" / "three_cities"
    shutil.copy(three_cities, tmp_path / "kept.duckdb")
    shutil.copytree(solved, tmp_path / "kept_solved")
    two = {**project.environment, "OPENBLAS_NUM_THREADS": "2"}
    try:
        with project.in_environment(two), project.untested():
            built = project.dbt(
                *("build", "three_cities", "--full-refresh", "--threads", "2"),
                solver="streamed",
            )
        assert built.code == 0, built
        assert "solved (streamed)" in built.text
        after = copied("after")
    finally:
        shutil.copy(tmp_path / "kept.duckdb", three_cities)
        shutil.rmtree(solved)
        shutil.copytree(tmp_path / "kept_solved", solved)
    files = {path.name for path in before.iterdir()}
    assert files == {path.name for path in after.iterdir()}
    compared = sorted(files - {f"{mart}.parquet" for mart in OF_THE_RUN})
    assert len(compared) > 30
    wrong = [
        each for mart in compared for each in differing(before / mart, after / mart)
    ]
    assert wrong == []


def test_the_same_warehouse_is_published_byte_by_byte_the_same(copied) -> None:
    one, other = copied("one"), copied("other")
    for path in one.iterdir():
        same = path.read_bytes() == (other / path.name).read_bytes()
        assert same or path.stem in OF_THE_RUN, path.name
