"""What of a build is left out, because it would make what is there again.

Digests hold all that marts are made from, a run notes them only if no file has changed
meanwhile, and what is published must be whole.
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
from carbonshed.dbt_plugin import inputs, plugin, reading
from carbonshed.dbt_plugin import rebuild as rebuilds
from carbonshed.dbt_plugin.inputs import (
    Inputs,
    are_unchanged,
    inputs_of,
    inputs_of_run,
    starting_on,
)
from carbonshed.dbt_plugin.rebuild import Rebuild, rebuild_of
from carbonshed.progress import no_message
from carbonshed.publish.publishing import publish
from carbonshed.readers.tidy import ingest_tidy

NAME = "tiny"


# node -> its parents, and its file
NODES = {
    "seed.carbonshed.rules": ([], "seeds/rules.csv"),
    "model.carbonshed.stg_user_scenarios": ([], "models/stg_user_scenarios.sql"),
    "model.carbonshed.choices": (["seed.carbonshed.rules"], "models/choices.sql"),
    "model.carbonshed.quotas": (
        ["model.carbonshed.choices", "model.carbonshed.stg_user_scenarios"],
        "models/quotas.sql",
    ),
    "model.carbonshed.links": ([], "python_models/links.py"),
    "model.carbonshed.ranges": ([], "python_models/ranges.py"),
    "model.carbonshed.columns": ([], "models/columns.sql"),
    "test.carbonshed.add_up": (["model.carbonshed.quotas"], "tests/add_up.sql"),
    "test.carbonshed.any.f00": (["model.carbonshed.links"], "models/_models.yml"),
}
FILES = {
    "dbt_project.yml": "name: carbonshed\nmodel-paths: [models, python_models]\n",
    "macros/sum.sql": "{% macro is_in_use(id, variable) %}{% endmacro %}\n",
    "seeds/rules.csv": "rule_id\nsingle\n",
    "models/stg_user_scenarios.sql": (
        "select carbonshed_scenarios('{{ chosen_var('scenarios') }}')\n"
    ),
    "models/choices.sql": "{{ is_in_use('rule_id', 'super_emitter_rule') }}\n",
    "models/quotas.sql": "select a.shared from {{ ref('error_rule') }} as a\n",
    "models/columns.sql": "{% for node in graph.nodes.values() %}\n",
    "models/_models.yml": "where: \"{{ var('path_cutoff') }}\"\n",
    "python_models/links.py": "cutoff = vars_of_run(session).link_cutoff\n",
    "python_models/ranges.py": "of_variants(session)\n",
    "tests/add_up.sql": "-- none\n",
    "analyses/who.sql": "select 1\n",
}


class BeganError(Exception):
    """A run of dbt would have begun, with these words and on these inputs."""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a project with a dataset, and with the code of the package in a folder."""
    code = tmp_path / "package"
    code.mkdir()
    (code / "solve.py").write_text("one = 1\n")
    monkeypatch.setattr(inputs.carbonshed, "__file__", str(code / "__init__.py"))
    root = tmp_path / "project"
    for file, text in FILES.items():
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).write_text(text)
    monkeypatch.chdir(root)
    ingest_tidy(TinyFolder(tmp_path / "tidy").write(), NAME)
    return root


@pytest.fixture
def published(project: Path) -> Path:
    """Return a warehouse that is published, and says what it was made from."""
    made_of = {"dataset_id": open_dataset(NAME).dataset_id}
    warehouse = write_warehouse(project / f"warehouse/{NAME}.duckdb", **made_of)
    publish(NAME, no_message)
    note(warehouse, inputs_of(NAME, {}))
    with duckdb.connect(warehouse) as connection:
        for node, (parents, path) in NODES.items():
            connection.execute(
                "insert into main.nodes (node, has_passed, parents, package, path)"
                " values (?, true, ?, 'carbonshed', ?)",
                [node, parents, path],
            )
    return warehouse


def note(warehouse: Path, inputs: Inputs) -> None:
    """Note in a warehouse what it was made from."""
    with duckdb.connect(warehouse) as connection:
        connection.execute(
            "update main.last_run set inputs = map($names, $digests)",
            {"names": [*inputs.parts], "digests": [*inputs.parts.values()]},
        )


def rebuild(**given: str) -> Rebuild:
    return rebuild_of(NAME, inputs_of(NAME, given))


def published_at() -> object:
    return rebuild().built_at


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
    "a model less": lambda _: Path("models/quotas.sql").unlink(),
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
    assert inputs_of(NAME, {}).parts != before.parts
    assert not published_at()


def test_vars_and_the_dataset_make_another_digest(project, tmp_path):
    parts = [
        inputs_of(NAME, chosen).parts
        for chosen in ({}, {"solver": "direct"}, {"solver": "streamed"})
    ]
    _append(f"data/{NAME}/output.parquet")
    parts.append(inputs_of(NAME, {}).parts)  # the list is that of before
    ingest_tidy(tmp_path / "tidy", NAME)  # at another time
    parts.append(inputs_of(NAME, {}).parts)
    assert len({str(sorted(each.items())) for each in parts}) == 4
    assert parts[0] == parts[3]


def test_how_a_dataset_is_named_and_held_makes_no_other_digest(project, monkeypatch):
    before = inputs_of(NAME, {})
    assert inputs_of(NAME, {"dataset": NAME}) == before
    monkeypatch.setenv("CARBONSHED_DATASET", NAME)
    monkeypatch.setenv("DBT_WRITE_JSON", "false")
    assert inputs_of(NAME, {}) == before


@pytest.mark.parametrize("place", ["vars: {", "vars: {carbonshed: {"])
def test_scenarios_that_the_project_names_are_an_input(place, project):
    named = place + "scenarios: half.csv" + "}" * place.count("{")
    (project / "dbt_project.yml").write_text(f"name: carbonshed\n{named}\n")
    (project / "half.csv").write_text("scenario_id\n")
    before = inputs_of(NAME, {})
    _append("half.csv")
    assert inputs_of(NAME, {}).parts != before.parts


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
    with starting_on(before):
        assert inputs_of_run(NAME, {}) is before
    assert are_unchanged(before, NAME, {})
    path = Path(file)
    stat, content = path.stat(), path.read_bytes()
    path.write_bytes(b"other for a moment")
    path.write_bytes(content)
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert not are_unchanged(before, NAME, {})


def test_plain_dbt_build_knows_what_it_is_started_on(project, monkeypatch):
    monkeypatch.setattr(inputs, "_begun_at", time.time)
    # the kernel's clock for files is behind by up to 10 ms
    time.sleep(0.02)
    assert inputs_of_run(NAME, {}) == inputs_of(NAME, {})
    assert are_unchanged(inputs_of_run(NAME, {}), NAME, {})


@pytest.mark.parametrize(
    "change",
    [
        lambda: _append("macros/sum.sql"),
        lambda: _append("../package/solve.py"),
        lambda: Path(f"data/{NAME}/scenarios.csv").touch(),
        lambda: Path("models/quotas.sql").unlink(),
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
        "update main.nodes set has_passed = false where node like 'test.%add_up'"
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


READERS = {
    "a row of a seed": (lambda: _append("seeds/rules.csv"), ["rules+"]),
    "a model": (lambda: _append("models/quotas.sql"), ["columns+", "quotas+"]),
    "a test": (lambda: _append("tests/add_up.sql"), ["add_up"]),
    "a Python model": (
        lambda: _append("python_models/links.py"),
        ["columns+", "links+"],
    ),
    "a question": (lambda: _append("analyses/who.sql"), ["columns+"]),
    "kept scenarios": (
        lambda: Path(f"data/{NAME}/scenarios.csv").write_text("scenario_id\n"),
        ["stg_user_scenarios+"],
    ),
    "a variant": (publish_variant, ["ranges+"]),
    "nothing that is read": (lambda: Path("models/new.txt").touch(), None),
    "a macro": (lambda: _append("macros/sum.sql"), None),
    "a description": (lambda: _append("models/_models.yml"), None),
    "a model less": (lambda: Path("models/quotas.sql").unlink(), None),
    "the program": (lambda: _append("../package/solve.py"), None),
    "the dataset": (lambda: Path(f"data/{NAME}/more.parquet").touch(), None),
}


@pytest.mark.parametrize(("change", "roots"), READERS.values(), ids=READERS)
def test_what_has_changed_leads_to_what_reads_it(change, roots, published):
    change()
    found = rebuild()
    assert found.built_at is None
    assert len(found.changed) == 1
    if roots is None:
        assert found.words is None
        assert f"after a change to {found.changed[0]}" in found.reason
    else:
        assert list(found.words[found.words.index("--select") + 1 :]) == roots


@pytest.mark.parametrize(
    ("var", "value", "roots"),
    [
        ("super_emitter_rule", "single", ["choices+"]),
        ("link_cutoff", "0.01", ["links+"]),
        ("scenarios", "half.csv", ["stg_user_scenarios+"]),
        # a table of this name is none of it, nor is it asked for in a YAML file
        ("error_rule", "sectors", None),
        ("path_cutoff", "0.01", None),
        # leaves models out
        ("analyses", "False", None),
        # reaches through the program, whatever column is called so
        ("solver", "streamed", None),
        ("shared", "s3://bucket", None),
    ],
)
def test_a_var_leads_to_what_asks_for_it_and_to_all_if_others_may(
    var, value, roots, published
):
    Path("half.csv").write_text("scenario_id\n")
    found = rebuild(**{var: value})
    named = found.words and found.words[found.words.index("--select") + 1 :]
    assert (named and list(named)) == roots
    # and back again
    note(published, inputs_of(NAME, {var: value}))
    again = rebuild()
    assert again.words == found.words
    assert (again.words is None) == (roots is None)


def test_a_build_goes_on_with_what_has_not_passed_and_with_what_has_changed(published):
    with duckdb.connect(published) as connection:
        connection.execute(
            "update main.nodes set has_passed = false where node like '%links';"
            "update main.last_run set run_id = 'not published',"
            " changed = ['the var link_cutoff']"
        )
    assert list(rebuild().words)[-1:] == ["links+"]
    assert "the last build left something undone; 2 of" in rebuild().reason
    _append("seeds/rules.csv")
    assert list(rebuild().words)[-2:] == ["links+", "rules+"]
    assert rebuild().changed == ("seeds/rules.csv", "the var link_cutoff")
    note(published, Inputs({}, ""))
    assert rebuild().words is None


def test_solves_that_are_gone_are_made_before_what_reads_them(published, monkeypatch):
    monkeypatch.setattr(rebuilds.SolveStore, "faults", lambda _: [])
    with duckdb.connect(published) as connection:
        connection.execute(
            "create schema solved; create table solved.solves as"
            " select 'warehouse/solved/tiny/one' as folder;"
            "insert into main.nodes (node, has_passed, parents, package, path) values"
            " ('model.carbonshed.solves', true, [], 'carbonshed', 'solves.py')"
        )
    Path("warehouse/solved/tiny/one").mkdir(parents=True)
    _append("seeds/rules.csv")
    assert "solves+" not in rebuild().words
    Path("warehouse/solved/tiny/one").rmdir()
    assert "solves+" in rebuild().words


def test_a_publication_that_is_behind_is_published_and_nothing_built(published):
    with duckdb.connect(published) as connection:
        connection.execute("update main.last_run set run_id = 'another'")
    assert rebuild().is_left_to_publish


def test_a_var_as_it_is_and_a_file_of_an_editor_change_nothing(published):
    Path("models/.quotas.sql.swp").touch()
    Path("models/quotas.sql~").touch()
    assert rebuild(analyses="True", link_cutoff="0.001", scenarios="").built_at


def test_a_model_of_ones_own_is_always_built_with_what_reads_it(published, project):
    """It may read anything, and nothing of the package reads it."""
    package = project / "dbt_packages/carbonshed"
    package.mkdir(parents=True)
    for folder in ("models", "seeds", "macros", "python_models", "analyses", "tests"):
        (project / folder).rename(package / folder)
    (project / "dbt_project.yml").write_text("name: mine\n")
    note(published, inputs_of(NAME, {}))
    assert published_at()
    # a draft: nothing that is published is made from it, so no run has noted it
    Path("models").mkdir()
    Path("models/draft.sql").touch()
    note(published, inputs_of(NAME, {}))
    assert list(rebuild().words)[-1:] == ["package:mine+"]
    assert "your own models may read anything; 0 of" in rebuild().reason
    _append("dbt_packages/carbonshed/seeds/rules.csv")
    assert list(rebuild().words)[-2:] == ["rules+", "package:mine+"]


def test_the_command_says_that_nothing_has_changed(published, monkeypatch):
    """With flags dbt begins all the same, and knows what it is started on."""

    def begin(words: list[str], _environment: dict[str, str]) -> None:
        raise BeganError(words, inputs_of_run(NAME, {}))

    monkeypatch.setattr(reading, "run", begin)
    monkeypatch.setattr("carbonshed.dbt_plugin.preflight.preflight", lambda *_: [])
    monkeypatch.setattr("carbonshed.dbt_plugin.vars.check_variables", lambda *_: None)
    chosen = {"dataset": NAME}
    note(published, inputs_of(NAME, chosen))
    done = CliRunner().invoke(_commands, ["build", NAME])
    assert done.exit_code == 0
    assert "tiny: nothing has changed since it was built" in done.stderr
    assert "dbt build --vars 'dataset: tiny'" in done.stderr
    flagged = CliRunner().invoke(_commands, ["build", NAME, "--", "--full-refresh"])
    assert isinstance(flagged.exception, BeganError)
    words, started_on = flagged.exception.args
    assert words[-1] == "--full-refresh"
    assert started_on == inputs_of(NAME, chosen)
    _append("seeds/rules.csv")
    changed = CliRunner().invoke(_commands, ["build", NAME])
    assert "changed since the last build: seeds/rules.csv; 4 of 12" in changed.stderr
    words, started_on = changed.exception.args
    assert words[-2:] == ["--select", "rules+"]
    assert started_on.changed == ("seeds/rules.csv",)
