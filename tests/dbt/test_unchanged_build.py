"""A build that would make what is published again: when it is left out, and when not.

A digest holds all that marts are made from, a run notes it only if no file has changed
meanwhile, and the publication must be whole.
"""

import os
import shutil
import time
from pathlib import Path
from types import SimpleNamespace

import duckdb
import pytest
from support.commands import run_program
from support.tiny_folder import TinyFolder
from support.tiny_warehouse import write_warehouse
from typer.testing import CliRunner

from carbonshed.cli import _commands
from carbonshed.dataset.store import open_dataset
from carbonshed.dbt_plugin import inputs, plugin
from carbonshed.dbt_plugin.inputs import (
    digest_after,
    inputs_of,
    inputs_of_run,
    unchanged_since,
)
from carbonshed.progress import no_message
from carbonshed.publish.publishing import publish
from carbonshed.publish.work_file import note_inputs
from carbonshed.readers.tidy import ingest_tidy

NAME = "tiny"


class BeganError(Exception):
    """A run of dbt would have begun, in this environment."""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a project with a dataset, and with the code of the package in a folder."""
    code = tmp_path / "package"
    code.mkdir()
    (code / "solve.py").write_text("one = 1\n")
    monkeypatch.setattr(inputs.carbonshed, "__file__", str(code / "__init__.py"))
    root = tmp_path / "project"
    for file in (
        "dbt_project.yml",
        "macros/sum.sql",
        "seeds/rules.csv",
        "models/a.sql",
    ):
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).write_text(f"of {file}\n")
    (root / "dbt_project.yml").write_text("name: carbonshed\n")
    monkeypatch.chdir(root)
    ingest_tidy(TinyFolder(tmp_path / "tidy").write(), NAME)
    return root


@pytest.fixture
def published(project: Path) -> Path:
    """Return a warehouse that is published, and says what it was made from."""
    made_of = {"dataset_id": open_dataset(NAME).dataset_id}
    warehouse = write_warehouse(project / f"warehouse/{NAME}.duckdb", **made_of)
    publish(NAME, no_message)
    with duckdb.connect(warehouse) as connection:
        note_inputs(connection, inputs_of(NAME, {}).digest)
    return warehouse


def published_at() -> object:
    return unchanged_since(NAME, inputs_of(NAME, {}))


def _append(file: str) -> None:
    with Path(file).open("a") as text:
        text.write("more\n")


def install_newer(patch: pytest.MonkeyPatch) -> None:
    """Install another dbt in a folder that comes first."""
    Path("site/dbt_core-99.0.dist-info").mkdir(parents=True)
    patch.syspath_prepend("site")


CHANGES = {
    "a macro": lambda _: _append("macros/sum.sql"),
    "a row of a seed": lambda _: _append("seeds/rules.csv"),
    "another model": lambda _: Path("models/b.sql").touch(),
    "a model less": lambda _: Path("models/a.sql").unlink(),
    "a setting of the project": lambda _: _append("dbt_project.yml"),
    "the code": lambda _: _append("../package/solve.py"),
    "kept scenarios": lambda _: Path(f"data/{NAME}/scenarios.csv").touch(),
    "a variant": lambda _: publish_variant(),
    "an environment": lambda patch: patch.setenv("CARBONSHED_ANY", "1"),
    "a version": install_newer,
}


def publish_variant() -> None:
    write_warehouse(Path(f"warehouse/{NAME}-low.duckdb").absolute())
    publish(f"{NAME}-low", no_message)


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_whatever_marts_are_made_from_makes_another_digest(
    change, published, monkeypatch
):
    before = inputs_of(NAME, {})
    assert inputs_of(NAME, {}) == before
    assert published_at()
    change(monkeypatch)
    assert inputs_of(NAME, {}).digest != before.digest
    assert not published_at()


def test_vars_and_the_dataset_make_another_digest(project, tmp_path):
    digests = [
        inputs_of(NAME, chosen).digest
        for chosen in ({}, {"solver": "direct"}, {"solver": "streamed"})
    ]
    _append(f"data/{NAME}/output.parquet")
    digests.append(inputs_of(NAME, {}).digest)  # the list is that of before
    ingest_tidy(tmp_path / "tidy", NAME)  # at another time
    digests.append(inputs_of(NAME, {}).digest)
    assert len(set(digests)) == 4
    assert digests[0] == digests[3]


def test_how_a_dataset_is_named_and_held_makes_no_other_digest(project, monkeypatch):
    before = inputs_of(NAME, {})
    assert inputs_of(NAME, {"dataset": NAME}) == before
    monkeypatch.setenv("CARBONSHED_DATASET", NAME)
    monkeypatch.setenv("CARBONSHED_LOCK", "7 another file")
    assert inputs_of(NAME, {}) == before


@pytest.mark.parametrize("place", ["vars: {", "vars: {carbonshed: {"])
def test_scenarios_that_the_project_names_are_an_input(place, project):
    named = place + "scenarios: half.csv" + "}" * place.count("{")
    (project / "dbt_project.yml").write_text(f"name: carbonshed\n{named}\n")
    (project / "half.csv").write_text("scenario_id\n")
    before = inputs_of(NAME, {})
    _append("half.csv")
    assert inputs_of(NAME, {}).digest != before.digest


def test_what_a_run_writes_makes_no_other_digest(project, monkeypatch):
    before = inputs_of(NAME, {})
    for folder in ("logs", "target", "warehouse", "reports"):
        Path(folder).mkdir()
        (Path(folder) / "file").touch()
    monkeypatch.setenv("DBT_LOG_PATH", "logs/mine")
    assert inputs_of(NAME, {}) == before


@pytest.mark.parametrize("file", ["macros/sum.sql", f"data/{NAME}/output.parquet"])
def test_a_run_during_which_a_file_was_written_notes_nothing(
    file, project, monkeypatch
):
    before = inputs_of(NAME, {})
    for variable, value in before.environment().items():
        monkeypatch.setenv(variable, value)
    assert inputs_of_run(NAME, {}) == before
    assert digest_after(before, NAME, {}) == before.digest
    path = Path(file)
    stat, content = path.stat(), path.read_bytes()
    path.write_bytes(b"other for a moment")
    path.write_bytes(content)
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert digest_after(before, NAME, {}) is None


def test_plain_dbt_build_knows_what_it_is_started_on(project, monkeypatch):
    monkeypatch.setattr(inputs, "_begun_at", time.time)
    # the kernel's clock for files is behind by up to 10 ms
    time.sleep(0.02)
    assert inputs_of_run(NAME, {}) == inputs_of(NAME, {})
    assert digest_after(inputs_of_run(NAME, {}), NAME, {})


@pytest.mark.parametrize(
    "change",
    [
        lambda: _append("macros/sum.sql"),
        lambda: _append("../package/solve.py"),
        lambda: Path(f"data/{NAME}/scenarios.csv").touch(),
        lambda: Path("models/a.sql").unlink(),
    ],
)
def test_plain_dbt_build_notes_nothing_if_it_may_have_read_something_else(
    change, project, monkeypatch
):
    time.sleep(0.02)
    began = time.time()
    monkeypatch.setattr(inputs, "_begun_at", lambda: began)
    assert inputs_of_run(NAME, {})
    time.sleep(0.02)
    change()  # while dbt reads
    assert inputs_of_run(NAME, {}) is None


@pytest.mark.parametrize(
    ("flags", "is_usual"),
    [
        ({}, True),
        ({"TARGET": "other"}, False),
        ({"PROFILE": "other"}, False),
        ({"PROFILES_DIR": ".."}, False),
    ],
)
def test_a_flag_that_chooses_a_profile_makes_inputs_unknown(
    flags, is_usual, project, monkeypatch
):
    for name in ("DBT_TARGET", "DBT_PROFILE", "DBT_PROFILES_DIR"):
        monkeypatch.delenv(name, raising=False)
    usual = {"PROFILES_DIR": str(project), "TARGET": None, "PROFILE": None}
    monkeypatch.setattr(plugin, "get_flags", lambda: SimpleNamespace(**usual | flags))
    assert plugin._is_usual() is is_usual
    for name, value in flags.items():  # the next build takes that of the environment
        monkeypatch.setenv(f"DBT_{name}", value)
    assert plugin._is_usual()


def test_a_process_knows_when_it_began():
    clock = "import time; before = time.time()\n"
    asked = "from carbonshed.dbt_plugin.inputs import _begun_at; began = _begun_at()\n"
    before = time.time()
    done = run_program(code=f"{clock}{asked}print(began, before)")
    began, running = map(float, done.stdout.split())
    assert before - 0.05 < began < running


SPOILT = {
    "what was published is not what was written": lambda warehouse: _append(
        warehouse.parent / f"published/{NAME}/sums.parquet"
    ),
    "nothing is published": lambda warehouse: shutil.rmtree(
        warehouse.parent / f"published/.{NAME}"
    ),
    "a later run": "update main.last_run set inputs = null",
    "a run that was killed": "update main.last_run set ended_at = null",
    "a test that has failed since": (
        "insert into main.nodes values"
        " ('test.carbonshed.a', '', false, null, [], null, null)"
    ),
    "no warehouse": lambda warehouse: warehouse.unlink(),
}


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT)
def test_a_publication_that_is_not_whole_or_not_the_last_is_made_again(
    spoil, published
):
    assert published_at()
    if callable(spoil):
        spoil(published)
    else:
        with duckdb.connect(published) as connection:
            connection.execute(spoil)
    assert not published_at()


def test_a_project_of_ones_own_is_always_built(published, project):
    (project / "dbt_project.yml").write_text("name: mine\n")
    with duckdb.connect(published) as connection:
        note_inputs(connection, inputs_of(NAME, {}).digest)
    assert published_at() is None


def test_the_command_says_that_nothing_has_changed(published, monkeypatch):
    """With flags dbt begins all the same, and knows what it is started on."""

    def begin(_program: Path, _words: list[str], environment: dict[str, str]) -> None:
        raise BeganError(environment)

    monkeypatch.setattr(os, "execve", begin)
    monkeypatch.setattr("carbonshed.dbt_plugin.preflight.preflight", lambda *_: [])
    monkeypatch.setattr("carbonshed.dbt_plugin.vars.check_variables", lambda *_: None)
    chosen = {"dataset": NAME}
    with duckdb.connect(published) as connection:
        note_inputs(connection, inputs_of(NAME, chosen).digest)
    done = CliRunner().invoke(_commands, ["build", NAME])
    assert done.exit_code == 0
    assert "tiny: nothing has changed since it was built" in done.stderr
    assert "dbt build --vars 'dataset: tiny'" in done.stderr
    flagged = CliRunner().invoke(_commands, ["build", NAME, "--", "--full-refresh"])
    assert isinstance(flagged.exception, BeganError)
    (environment,) = flagged.exception.args
    assert inputs_of(NAME, chosen).environment().items() <= environment.items()
