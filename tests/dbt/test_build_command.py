"""``carbonshed build``: what is misspelt is refused before dbt, the rest is dbt's."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from support.commands import run_command
from support.refusals import refusal_of
from support.tiny_folder import TinyFolder
from typer.testing import CliRunner

from carbonshed.cli import _commands
from carbonshed.dataset.contract import COMPILE_VARIANTS
from carbonshed.dataset.store import open_dataset
from carbonshed.dbt_plugin import reading
from carbonshed.errors import CarbonshedError
from carbonshed.files import FileLock, LockHeldError
from carbonshed.names import STATES_NAME, SYNTHETIC_NAME
from carbonshed.readers.tidy import ingest_tidy

ROOT = Path(__file__).resolve().parents[2]
SEEDS = ("super_emitter_rules", "impact_factors", "peak_projections", "income_bands")


class BeganError(Exception):
    """A run of dbt would have begun: its words, environment and folder."""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a project with a dataset, where nothing is really started."""
    for name in ("CARBONSHED_DATASET", "DBT_TARGET_PATH", "DBT_LOG_PATH"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "dbt_project.yml").touch()
    (tmp_path / "seeds").mkdir()
    for seed in SEEDS:
        text = (ROOT / "seeds" / f"{seed}.csv").read_text("utf-8")
        (tmp_path / "seeds" / f"{seed}.csv").write_text(text, "utf-8")
    (tmp_path / "below").mkdir()
    monkeypatch.chdir(tmp_path)
    ingest_tidy(TinyFolder(tmp_path / "tidy").write(), "tiny")

    def begin(words: list[str], environment: dict[str, str]) -> None:
        raise BeganError(["dbt", *words], environment, Path.cwd())

    monkeypatch.setattr(reading, "run", begin)
    return tmp_path


def started(*arguments: str) -> tuple[list[str], dict[str, str], Path]:
    result = CliRunner().invoke(_commands, ["build", *arguments])
    assert isinstance(result.exception, BeganError), (result.output, result.exception)
    words, environment, folder = result.exception.args
    assert shlex.join(words) in result.stderr
    assert f"log: {environment['DBT_LOG_PATH']}/dbt.log" in result.stderr
    return words, environment, folder


def refusal(*arguments: str) -> str:
    return refusal_of(run_command, "build", *arguments)


def test_dbt_is_asked_to_build_the_dataset_that_was_named(project, monkeypatch):
    plain = ["dbt", "build", "--vars", "dataset: tiny"]
    monkeypatch.chdir(project / "below")
    words, environment, folder = started("tiny")
    assert words == plain
    assert folder == project
    # builds of two datasets at the same time have a log and a target each
    assert environment["DBT_TARGET_PATH"] == "target/tiny"
    assert environment["DBT_LOG_PATH"] == "logs/tiny"
    assert started("--vars", "dataset: tiny")[0] == plain
    words, *_ = started("tiny", "--", "--select", "headlines", "--full-refresh")
    assert words == [*plain, "--select", "headlines", "--full-refresh"]
    words, *_ = started("tiny", "--vars", "{solver: direct, memory_gb: 8}")
    assert words[-1] == '{"solver": "direct", "memory_gb": 8, "dataset": "tiny"}'
    # what was parsed with these vars is kept, by a name that no dataset has
    folder = started("tiny", "--vars", "{memory_gb: 8, solver: direct}")[1]
    target = folder["DBT_TARGET_PATH"]
    assert target == started("tiny", "--vars", words[-1])[1]["DBT_TARGET_PATH"]
    assert re.fullmatch("target/tiny-[0-9A-F]{8}", target)
    assert started("tiny", "--vars", "memory_gb: 9")[1]["DBT_TARGET_PATH"] != target
    monkeypatch.setenv("CARBONSHED_DATASET", "tiny")
    assert started("--", "--select", "headlines")[0] == [
        *plain,
        *("--select", "headlines"),
    ]
    monkeypatch.setenv("DBT_LOG_PATH", "mine")
    assert started()[1]["DBT_LOG_PATH"] == "mine"


def test_datasets_are_built_one_after_the_other_until_one_fails(project, monkeypatch):
    for name in ("other", "third"):
        ingest_tidy(project / "tidy", name)
    begun = []

    def run(words: list[str], environment: dict[str, str]) -> int:
        begun.append((words, environment["DBT_LOG_PATH"]))
        return len(begun) - 1

    monkeypatch.setattr(reading, "run", run)
    words = ["tiny", "other", "tiny", "third", "--", "--full-refresh"]
    done = CliRunner().invoke(_commands, ["build", *words])
    assert done.exit_code == 1
    assert begun == [
        (["build", "--vars", f"dataset: {name}", "--full-refresh"], f"logs/{name}")
        for name in ("tiny", "other")
    ]
    assert "2 of 3: other\n" in done.stderr


def test_a_build_has_the_dataset_to_itself_before_it_looks_at_it(project, monkeypatch):
    another = FileLock(project / "data/.tiny.lock")
    another.acquire()

    def look(*_: object) -> None:
        raise AssertionError("looked at without leave")

    with monkeypatch.context() as patched:
        patched.setattr("carbonshed.dbt_plugin.preflight.preflight", look)
        for words in (("build", "tiny"), ("remove", "tiny", "--yes")):
            said = refusal_of(run_command, *words)
            assert f"'tiny' is in use by process {os.getpid()}, since 20" in said
        tidy = ("ingest", "tidy", project / "tidy", "--name", "tiny")
        patched.setattr("carbonshed.readers.ingest", look)
        assert "'tiny' is in use by process" in refusal_of(run_command, *tidy)
        made = ("synthesize", "--name", "tiny", "--cities", "2", "--sectors", "2")
        patched.setattr("carbonshed.synthetic.synthesize", look)
        assert "'tiny' is in use by process" in refusal_of(run_command, *made)
    another.release()

    def begin(words: list[str], environment: dict[str, str]) -> None:
        with pytest.raises(LockHeldError, match=f"process {os.getpid()}, since"):
            another.acquire()
        raise BeganError(["dbt", *words], environment, Path.cwd())

    monkeypatch.setattr(reading, "run", begin)
    started("tiny")


def test_the_default_dataset_is_built_by_plain_dbt_build(project, monkeypatch):
    for module in ("cli.builds", "dbt_plugin.vars"):
        monkeypatch.setattr(f"carbonshed.{module}.DEFAULT_NAME", "tiny")
    words, environment, _ = started()
    assert words == ["dbt", "build"]
    assert "DBT_TARGET_PATH" not in environment
    assert environment["DBT_LOG_PATH"] == "logs/tiny"
    assert started("--vars", "solver: direct")[0][2] == "--vars"
    # where the environment names another, dbt would take that
    monkeypatch.setenv("CARBONSHED_DATASET", "other")
    assert started("tiny")[0] == ["dbt", "build", "--vars", "dataset: tiny"]


def test_what_is_misspelt_is_refused_before_dbt(project):
    assert "no dataset 'tinny'" in refusal("tinny")
    assert "(did you mean 'tiny'?)" in refusal("tinny")
    said = refusal("tiny", "--vars", "super_emiter_rule: top_60_percent")
    assert "'super_emiter_rule' is not known (did you mean 'super_emitter_rule'" in said
    assert "solver is 'dirct'; expected one of" in refusal(
        "tiny", "--vars", "{solver: dirct}"
    )
    assert "datasets are named twice: tiny, but other by the var" in refusal(
        "tiny", "--vars", "dataset: other"
    )
    assert "no dataset 'tinny'" in refusal("tiny", "tinny")
    assert "expected names with values" in refusal("tiny", "--vars", "[solver]")
    assert "is not YAML" in refusal("tiny", "--vars", "{solver")
    assert "--vars stands before --" in refusal("tiny", "--", "--vars", "a: b")
    assert "'../tiny'" in refusal("../tiny")


def test_a_name_near_that_of_a_shipped_dataset_is_no_riddle(project):
    assert "(did you mean 'usa_states'?)" in refusal("usa_stats")
    # names are of lower-case letters, and so is what was meant
    assert refusal("USA_States").endswith("'-' (did you mean 'usa_states'?)")
    # a dataset that is not made yet is not missing: the checks before the build make it
    with pytest.raises(CarbonshedError, match="`carbonshed build usa_states` makes it"):
        open_dataset("usa_states")
    made = project / "data/usa_states"
    (project / "data/tiny").rename(made)
    assert started("usa_states")[0][:2] == ["dbt", "build"]


def test_a_killed_ingest_is_no_missing_dataset(project):
    (project / "data/tiny").rename(project / "data/.tiny.previous")
    assert started("tiny")[0] == ["dbt", "build", "--vars", "dataset: tiny"]


HEAVY = """
import sys
from carbonshed.__main__ import main
try:
    main()
finally:
    print(*sorted({"duckdb", "numpy", "pyarrow", "scipy"} & set(sys.modules)))
"""


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (["nowhere"], "error: there is no dataset 'nowhere'"),
        (
            ["synthetic", "--vars", "solvr: direct"],
            "error: the var 'solvr' is not known",
        ),
    ],
)
def test_a_refusal_is_quick_and_ends_without_dbt_and_with_exit_code_1(
    tmp_path, words, error
):
    (tmp_path / "dbt_project.yml").touch()
    done = subprocess.run(
        [sys.executable, "-c", HEAVY, "build", *words],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert error in done.stderr
    assert "Traceback" not in done.stderr
    # each of them takes longer to import than the names to check
    assert not done.stdout.split()
    assert [path.name for path in tmp_path.iterdir()] == ["dbt_project.yml"]


def test_make_builds_the_shipped_datasets_or_the_one_that_is_named(monkeypatch):
    def builds(*words: str) -> list[str]:
        command = ["make", "--dry-run", "--directory", str(ROOT), *words]
        printed = subprocess.run(command, check=True, capture_output=True, text=True)
        (names,) = re.findall(r"/carbonshed build (.+)", printed.stdout)
        return names.split()

    monkeypatch.delenv("CARBONSHED_DATASET", raising=False)
    # compiled_ranges of the states reads its variants
    variants = [f"{STATES_NAME}-{variant}" for variant in COMPILE_VARIANTS]
    assert builds() == [*variants, STATES_NAME]
    assert builds("synthetic") == [SYNTHETIC_NAME]
    assert builds("DATASET=tiny") == ["tiny"]
    monkeypatch.setenv("CARBONSHED_DATASET", "tiny")
    assert builds() == ["tiny"]
