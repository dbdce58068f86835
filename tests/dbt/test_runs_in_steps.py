"""A failed run is gone on with; a part of a build is published when all has passed."""

import json
import os
import re

import duckdb
import pytest
from support.compare import asked
from support.copies import copy_dataset
from support.random_systems import random_system
from support.tidy_folder import write_tidy

from carbonshed.errors import CarbonshedError
from carbonshed.publish.scenario_inputs import ANSWERS, copy_inputs
from carbonshed.scenarios.scenario_file import ScenarioRow
from carbonshed.whatif.evaluate import evaluate, open_session

pytestmark = pytest.mark.slow

NAME = "steps"
# what tests choose that follow each other
CHOSEN = {"receivers_share": "0.5", "scenarios": "half.csv"}


def published(project):
    """Return the publication that readers see, and the one before."""
    folder = project.root / "warehouse" / "published"
    return folder / f"{NAME}.duckdb", folder / f"{NAME}.previous.duckdb"


def outstanding(warehouse):
    """Return what has not passed since it was changed."""
    rows = asked(warehouse, "select node from main.nodes where not has_passed")
    return {node.split(".")[2] for (node,) in rows}


def can_be_evaluated(project, publication):
    """Return whether scenarios can be evaluated on a publication, by all of its SQL."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(project.root)
        session = open_session(NAME)
        row = ScenarioRow(
            1, 2, "a", *(None,) * 4, "intensity", "factor", 0.5, *(None,) * 3, True
        )
        assert evaluate(session, [row], ANSWERS) == []
    assert session.folder == publication.resolve().parent
    quotas = session.rows(f"from {session.answer('quota_summary')}")
    return {row["scenario_id"] for row in quotas} == {"a"}


def kind_of(publication):
    return asked(publication, "select build_kind from marts.publication")[0][0]


@pytest.fixture(scope="module")
def warehouse(required_only, project):
    """Return the copy of a warehouse, a part of it built in two steps."""
    built = copy_dataset(project.root, required_only.name, NAME, is_solved=True)
    assert outstanding(built) == set()
    with project.untested():
        part = project.dbt("build", NAME, "--select", "headlines")
    assert part.code == 0, part
    assert not published(project)[0].exists()
    left = outstanding(built)
    assert "headlines_hold_every_statement" in left
    assert "headlines" not in left
    assert "To build and test them, and publish: carbonshed publish" in part.text
    done = project.run("carbonshed", "publish", NAME).must_pass()
    assert "Tested:" in done.text
    assert outstanding(built) == set()
    assert can_be_evaluated(project, published(project)[0])
    return built


@pytest.fixture
def broken_test(project):
    """Yield a data test that fails until its file is mended."""
    path = project.root / "tests" / "data" / "always_broken.sql"
    path.write_text("select * from {{ ref('headlines') }}")
    yield path
    path.unlink()


def test_after_a_failing_test_nothing_is_published_and_a_retry_goes_on(
    warehouse, required_only, project, broken_test
):
    seen, earlier = published(project)
    edition, content = seen.resolve(), seen.read_bytes()
    quiet = ("--write-json", "--log-level", "warn")  # as the project has it
    failed = project.dbt("build", NAME, "--select", "headlines", *quiet)
    # what failed, its SQL, what dbt says of it, and what to do
    sql = "target/compiled/carbonshed/tests/data/always_broken.sql"
    rows = len(required_only.expected["headlines"])
    failed.must_refuse(
        f"Failed:    test always_broken: {sql}",
        f"Got {rows} results, configured to fail if != 0",
        f"dbt build --vars 'dataset: {NAME}'",
    )
    assert (project.root / sql).is_file()
    assert "START" not in failed.text, failed
    assert (seen.resolve(), seen.read_bytes()) == (edition, content)
    status = project.run("carbonshed", "status").must_pass()
    assert "last run    failed" in status.text
    assert f"test always_broken: Got {rows} results" in status.text

    broken_test.write_text("select * from {{ ref('headlines') }} where 1 = 0")
    retried = project.run("dbt", "retry").must_pass()
    assert "Tested:    1 test passed" in retried.text, retried
    assert "Built:" not in retried.text, "it was built already"
    # with that, everything of the warehouse has passed
    assert seen.resolve() != edition
    assert kind_of(seen) == "selective"
    assert earlier.read_bytes() == content
    assert can_be_evaluated(project, seen)
    status = project.run("carbonshed", "status", NAME)
    assert "failed" not in status.text
    assert "note" not in status.text


def test_what_is_made_from_a_changed_model_is_outstanding(warehouse, project):
    seen, _ = published(project)
    edition = seen.resolve()
    part = project.dbt("build", NAME, "--select", "leakage_flows").must_pass()
    assert "Not published" in part.text
    assert seen.resolve() == edition
    left = outstanding(warehouse)
    assert {"leakage_summary", "headlines", "findings"} <= left
    assert not {"leakage_flows", "embodied_flows", "stressors"} & left
    rest = project.run("carbonshed", "publish", NAME).must_pass()
    selected = re.search(r"--select ([^\n]+)", rest.text)[1].split()
    assert "leakage_summary+" in selected
    assert not {"leakage_flows+", "embodied_flows+"} & {*selected}, "it is there"
    assert seen.resolve() != edition
    assert outstanding(warehouse) == set()


@pytest.fixture
def new_mart(project):
    """Yield a mart that was not there at the last build."""
    path = project.root / "models" / "marts" / "accounts" / "new_mart.sql"
    path.write_text(
        "{{ config(contract={'enforced': false}) }}"
        " select region_id from {{ ref('regions') }}"
    )
    yield path
    path.unlink(missing_ok=True)


def marts_in(database):
    rows = asked(
        database, "select table_name from duckdb_tables() where schema_name = 'marts'"
    )
    return {name for (name,) in rows}


def test_a_new_model_is_missed_and_a_removed_one_goes(warehouse, project, new_mart):
    seen, _ = published(project)
    edition = seen.resolve()
    part = project.dbt("build", NAME, "--select", "headlines").must_pass()
    assert "built or changed (model new_mart). To build" in part.text, part
    assert outstanding(warehouse) == {"new_mart"}
    assert seen.resolve() == edition
    project.dbt("build", NAME, "--select", "new_mart").must_pass()
    assert "new_mart" in marts_in(seen)
    # a model whose SQL has changed has not passed, although it was not run
    new_mart.write_text(new_mart.read_text() + " where region_id <> ''")
    part = project.dbt("build", NAME, "--select", "headlines", "--quiet").must_pass()
    assert "headlines" not in part.text, "nothing is said where nothing is asked for"
    assert outstanding(warehouse) == {"new_mart"}
    new_mart.unlink()
    project.dbt("build", NAME, "--select", "headlines").must_pass()
    assert "new_mart" not in marts_in(seen)
    assert "new_mart" not in marts_in(warehouse)


def test_other_choices_leave_the_policy_to_be_made(warehouse, project):
    seen, _ = published(project)
    edition = seen.resolve()
    project.dbt(
        "build", NAME, "--select", "multipliers", receivers_share="0.5"
    ).must_pass()
    assert seen.resolve() == edition
    left = outstanding(warehouse)
    assert {"int_policy_choices", "living_standards", "super_emitters"} <= left
    assert not {"regional_accounts", "embodied_flows"} & left
    status = project.run("carbonshed", "status", NAME)
    assert f"carbonshed publish {NAME}" in status.text, status
    policy = project.run("carbonshed", "publish", NAME).must_pass()
    assert seen.resolve() != edition
    # which gives the same vars
    by = re.search(r"dbt build --vars '(.*?)'", policy.text)
    assert json.loads(by[1]) == {"dataset": NAME, "receivers_share": "0.5"}
    # other scenarios leave only what is made from them
    scenarios = project.root / CHOSEN["scenarios"]
    scenarios.write_text("scenario_id,lever,kind,value\nhalf,demand,factor,0.5\n")
    edition = seen.resolve()
    project.dbt("build", NAME, "--selector", "scenarios", **CHOSEN).must_pass()
    assert seen.resolve() != edition
    assert outstanding(warehouse) == set()


def test_some_models_of_a_new_ingest_are_not_published_with_the_earlier(
    warehouse, project, tmp_path
):
    folder = write_tidy(random_system(20), tmp_path / "tidy")
    project.ingest(folder, NAME).must_pass()
    seen, _ = published(project)
    edition = seen.resolve()
    status = project.run("carbonshed", "status", NAME)
    assert "the dataset is newer than the warehouse: dbt build" in status.text
    mixed = project.dbt("build", NAME, "--select", "multipliers", **CHOSEN).must_pass()
    assert "Not published" in mixed.text
    assert seen.resolve() == edition
    assert {"stg_transactions", "headlines"} <= outstanding(warehouse)


@pytest.fixture
def changed_bit(warehouse, project):
    """Yield a solved table of which a bit has changed; size and times stay."""
    (file,) = (project.root / "warehouse" / "solved" / NAME).glob(
        "*/embodied_output.parquet"
    )
    whole, times = file.read_bytes(), file.stat()
    middle = len(whole) // 2
    for bit in (8, 0):
        with file.open("r+b") as stream:
            stream.seek(middle)
            stream.write(bytes([whole[middle] ^ bit]))
        os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))
        if bit:
            yield file


def test_nothing_is_made_from_a_solved_table_of_which_a_bit_has_changed(
    warehouse, project, changed_bit, tmp_path, monkeypatch
):
    near = changed_bit.relative_to(project.root)
    # a run without the solve, which would mend it
    part = project.dbt("build", NAME, "--select", "headlines", **CHOSEN)
    part.must_refuse(
        f"{near} is not what was written",
        "A whole build makes it again: dbt build --vars",
    )
    monkeypatch.chdir(project.root)
    # the publication has the file too, as another name of it
    with pytest.raises(CarbonshedError, match="not what was published") as refusal:
        open_session(NAME)
    assert "what_if/embodied_output." in str(refusal.value)
    assert "build it again: dbt build --vars" in str(refusal.value)
    # nor is it published again, by whom it may be
    with (
        duckdb.connect(warehouse, read_only=True) as connection,
        pytest.raises(CarbonshedError, match="build all of it again") as refusal,
    ):
        copy_inputs(connection, NAME, tmp_path / "what_if")
    assert str(near) in str(refusal.value)
    assert not (tmp_path / "what_if").exists()


def test_a_run_of_no_rows_proves_nothing_and_keeps_the_solves(warehouse, project):
    seen, _ = published(project)
    edition = seen.resolve()
    solved = project.root / "warehouse" / "solved" / NAME
    before = sorted(solved.rglob("*"))
    assert before
    empty = project.dbt("run", NAME, "--empty")
    assert "Encountered an error" not in empty.text, empty
    assert sorted(solved.rglob("*")) == before
    assert "regional_accounts" in outstanding(warehouse)
    # a whole build mends it: other choices, another ingest, and no rows
    project.dbt("build", NAME).must_pass()
    assert outstanding(warehouse) == set()
    assert seen.resolve() != edition
    assert kind_of(seen) == "full"


def test_the_command_of_a_build_knows_what_plain_dbt_has_built(warehouse, project):
    project.dbt("build", NAME, "--full-refresh").must_pass()
    again = project.run("carbonshed", "build", NAME).must_pass()
    assert f"{NAME}: nothing has changed since it was built" in again.text
    (project.root / "models/marts/other.yml").write_text("version: 2\n")
    try:
        other = project.run("carbonshed", "build", NAME).must_pass()
    finally:
        (project.root / "models/marts/other.yml").unlink()
    assert "nothing has changed" not in other.text
    assert "Published: " in other.text


def test_a_full_refresh_solves_again_and_another_build_does_not(
    warehouse, project, tmp_path
):
    """What it cannot solve again stays."""
    nobody = tmp_path / "scheduler.json"
    nobody.touch()
    # the dataset may stand in the environment, with a folder for what dbt has parsed
    named = {"CARBONSHED_DATASET": NAME, "DBT_TARGET_PATH": f"target/{NAME}"}
    with project.in_environment(project.environment | named):
        build = ("dbt", "build", "--select", "solves", *project.threads)
        lost = f"{{solver: dask, scheduler: {nobody}}}"
        failed = project.run(*build, "--full-refresh", "--vars", lost)
        again = project.run(*build)
        anew = project.run(*build, "--full-refresh")
    said = rf"Python model failed:\n +Refused: {re.escape(str(nobody))} is no file that"
    assert re.search(said, failed.text), failed
    assert "Traceback" not in failed.text, failed
    assert "unchanged since it was solved" in again.text, again
    assert f"Checked:   {NAME}: " in again.text, again
    assert (project.root / "target" / NAME / "partial_parse.msgpack").is_file()
    assert anew.code == 0, anew
    assert "relative residual" in anew.text, anew
    # what is published keeps the solved tables that it stands on
    assert can_be_evaluated(project, published(project)[0])
    project.dbt(
        "build", NAME, "--select", "solves", "leontief_inverse", leontief_inverse=True
    ).must_pass()
    with duckdb.connect(warehouse, read_only=True) as connection:
        connection.execute("set file_search_path = ?", [str(project.root)])
        (smallest,) = connection.sql(
            "select min(requirement) from solved.leontief_inverse"
            " where origin_id = destination_id"
        ).fetchone()
    assert smallest >= 1
