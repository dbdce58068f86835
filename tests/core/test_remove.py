"""A dataset is removed with all that was made of it, and nothing else."""

import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from support.commands import environment, open_elsewhere, run_command
from support.tiny_folder import TinyFolder
from support.tiny_warehouse import write_warehouse
from typer.testing import CliRunner

from carbonshed.cli import _commands
from carbonshed.cli.datasets import paths_of
from carbonshed.dataset.store import is_stored
from carbonshed.errors import CarbonshedError
from carbonshed.files import FileLock
from carbonshed.names import (
    MADE_NAMES,
    NATION_NAME,
    STATES_NAME,
    SYNTHETIC_NAME,
)
from carbonshed.paths import data_dir, kept_scenarios
from carbonshed.publish.publishing import publish
from carbonshed.readers.tidy import ingest_tidy

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture
def two(empty_project: Path) -> Path:
    """Make all that there can be of two datasets."""
    for name in ("tiny", "tiny-2"):
        write_warehouse(empty_project / "warehouse" / f"{name}.duckdb")
        for number in (1, 2):
            with duckdb.connect(
                empty_project / "warehouse" / f"{name}.duckdb"
            ) as build:
                build.execute(f"update marts.dataset set name = '{name}'")
                build.execute(f"update main.last_run set run_id = '{number}'")
            publish(name, lambda _: None)
        ingest_tidy(TinyFolder(empty_project / f"of {name}").write(), name)
    for name in ("tiny", "tiny-2"):
        for file in (
            f"warehouse/solved/{name}/abc/solve.json",
            f"warehouse/{name}.duckdb.wal",
            f"target/{name}/manifest.json",
            f"logs/{name}/dbt.log",
            f"reports/{name}/.carbonshed-report",
            f"data/{name}/scenarios.csv",
            f"data/.{name}.partial-1/regions.parquet",
        ):
            (empty_project / file).parent.mkdir(parents=True, exist_ok=True)
            (empty_project / file).touch()
    return empty_project


def state_of(folder: Path) -> set[str]:
    """Return all that is in a folder."""
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


def run(*words: str, answer: str = "") -> str:
    """Return what the command prints; raise what it refuses."""
    return run_command("remove", *words, stdin=answer)


def test_all_of_one_is_removed_and_nothing_of_another(two):
    before = state_of(two)
    printed = run("tiny", "--yes").splitlines()
    gone = before - state_of(two)
    mine = re.compile(
        r"(data|warehouse/solved|target|logs|reports)/\.?tiny(\.partial-1)?(/.*)?"
        r"|warehouse/tiny\.duckdb(\.wal)?"
        r"|warehouse/published/(\.?tiny(/.*)?|tiny(\.previous)?\.duckdb)"
    )
    assert {path for path in before if mine.fullmatch(path)} == gone
    assert len(gone) > 40
    assert len(printed) == 12, printed
    assert all(line.startswith("removed: ") for line in printed)
    words = r"removed: data/tiny \(.* kB, with your scenarios\.csv\)"
    assert re.fullmatch(words, printed[-1])
    with pytest.raises(CarbonshedError, match=r"'tiny' \(did you mean 'tiny-2'\?\)"):
        run("tiny", "--yes")


def test_files_of_a_user_are_named_before_the_question(two):
    for name in ("notes.txt", "mine"):
        (two / "data/tiny" / name).mkdir()
    run_command("audit", "tiny-2")
    (two / "data/tiny-2/scenarios.csv").unlink()
    with pytest.raises(CarbonshedError, match="nothing is removed without a yes"):
        run("tiny")
    result = CliRunner().invoke(_commands, ["remove", "tiny"])
    assert "kB, with your mine, notes.txt, scenarios.csv)" in result.stderr
    result = CliRunner().invoke(_commands, ["remove", "tiny-2"])
    assert "data/tiny-2 (" in result.stderr
    assert "with your" not in result.stderr


def test_a_warehouse_on_another_disk_is_emptied_of_one(two, tmp_path_factory):
    disk = tmp_path_factory.mktemp("disk")
    for name in ("warehouse", "reports", "data"):
        (two / name).rename(disk / name)
        (two / name).symlink_to(disk / name)
    assert "removed: warehouse/tiny.duckdb (" in run("tiny", "--yes")
    assert not [path for path in state_of(disk) if re.search(r"tiny\b(?!-2)", path)]
    assert (disk / "warehouse/published/tiny-2.duckdb").is_file()
    assert (two / "warehouse").is_symlink()


def test_it_asks_first(two):
    before = state_of(two)
    with pytest.raises(CarbonshedError, match="carbonshed remove tiny --yes"):
        run("tiny")
    assert state_of(two) == before
    terminal, stdin = pty.openpty()
    for answer, code in ((b"n\n", 1), (b"y\n", 0)):
        with subprocess.Popen(
            [sys.executable, "-m", "carbonshed", "remove", "tiny"],
            cwd=two,
            stdin=stdin,
            stderr=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment(),
        ) as asking:
            os.write(terminal, answer)
            _, said = asking.communicate()
        assert asking.returncode == code
        assert "data/tiny (" in said
        assert "remove tiny, all of this? [y/N]" in said
        assert (state_of(two) == before) == bool(code)


@pytest.mark.parametrize(
    ("lock", "why"),
    [
        ("data/.tiny.lock", "is in use by process"),
        ("warehouse/published/.tiny/lock", "it is being published by process"),
        ("reports/.tiny.lock", "its report is being written by process"),
    ],
)
def test_nothing_is_removed_of_what_is_in_use(two, lock, why):
    holder = FileLock(two / lock)
    holder.acquire()
    before = state_of(two)
    with pytest.raises(CarbonshedError, match=f"{why} {os.getpid()}, since 20"):
        run("tiny", "--yes")
    assert state_of(two) == before
    holder.release()
    assert run("tiny", "--yes")


def test_nothing_is_removed_during_a_build(two):
    before = state_of(two)
    with (
        open_elsewhere(two / "warehouse/tiny.duckdb"),
        pytest.raises(CarbonshedError, match="tiny is in use: a build runs"),
    ):
        run("tiny", "--yes")
    assert state_of(two) >= before - {"warehouse/tiny.duckdb.wal"}


def test_what_is_not_ours_stays(two):
    (two / "reports/tiny/.carbonshed-report").rename(two / "reports/tiny/mine.txt")
    (two / "target/tiny/manifest.json").rename(two / "target/tiny/compiled.sql")
    (two / "logs/tiny/dbt.log").rename(two / "logs/tiny/mine.log")
    run("tiny", "--yes")
    assert (two / "reports/tiny/mine.txt").exists()
    assert (two / "target/tiny/compiled.sql").exists()
    assert (two / "logs/tiny/mine.log").exists()
    (two / "warehouse/tiny-2.duckdb").unlink()
    (two / "warehouse/tiny-2.duckdb.wal").unlink()
    with duckdb.connect(two / "warehouse/tiny-2.duckdb") as connection:
        connection.execute("create table mine as select 1")
    with pytest.raises(CarbonshedError, match="no warehouse that Carbonshed has built"):
        run("tiny-2", "--yes")
    assert (two / "data/tiny-2").is_dir()


def test_make_clean_removes_the_same_of_each_shipped_dataset(empty_project):
    ours = {path for name in MADE_NAMES for path in paths_of(name)}
    mine = {*paths_of("usa"), *paths_of("synthetic-2")}
    for path in ours | mine:
        path.mkdir(parents=True)
        (path / "file").touch()
    scenarios = kept_scenarios(STATES_NAME)
    scenarios.touch()
    deeper = scenarios.parent / "earlier"
    deeper.mkdir()
    (deeper / scenarios.name).touch()
    linked = data_dir() / NATION_NAME
    linked.rename(empty_project / "on_another_disk")
    linked.symlink_to(empty_project / "on_another_disk")
    makefile = str(REPOSITORY / "Makefile")
    words = ["make", "--silent", "--file", makefile, "clean", "PYTHON="]
    cleaned = subprocess.run(words, cwd=empty_project, check=True, capture_output=True)
    assert b"kept: data/usa_states/scenarios.csv, which is yours" in cleaned.stdout
    files = {path for path in empty_project.rglob("*") if path.is_file()}
    assert files == {path / "file" for path in mine} | {
        scenarios,
        empty_project / "dbt_project.yml",
        empty_project / "on_another_disk" / "file",
    }
    assert not linked.is_symlink()
    assert not (empty_project / "data" / SYNTHETIC_NAME).exists()
    # with nothing else in its folder, the dataset is made again
    assert not is_stored(STATES_NAME)
    assert is_stored("usa")
