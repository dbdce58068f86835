"""What the commands about publications say, and how they end."""

import io
import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from support.commands import open_elsewhere, run_program
from support.tiny_folder import TinyFolder
from support.tiny_warehouse import ROWS, write_warehouse
from typer.testing import CliRunner

import carbonshed
from carbonshed import cli
from carbonshed.cli import _commands
from carbonshed.errors import CarbonshedError
from carbonshed.publish.editions import published_database
from carbonshed.publish.publishing import publish
from carbonshed.publish.work_file import note_refusal
from carbonshed.readers.tidy import ingest_tidy


@pytest.fixture
def warehouse(empty_project: Path) -> Path:
    return write_warehouse(empty_project / "warehouse" / "tiny.duckdb")


def run(*words: str) -> tuple[int, str]:
    """Return the exit code of a command and what it printed."""
    result = CliRunner().invoke(_commands, words)
    if isinstance(result.exception, CarbonshedError):
        return 1, str(result.exception)
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.exit_code, result.stdout


def test_publish_says_what_it_did(warehouse):
    place = "warehouse/published/tiny.duckdb\n"
    assert run("publish", "tiny") == (0, f"published: {place}")
    assert run("publish", "tiny") == (0, f"published already: {place}")


def test_publish_builds_what_has_not_passed(warehouse, monkeypatch):
    write_warehouse(warehouse, 2, outstanding=("model.carbonshed.sums",))
    commands = []
    # the attribute of the package is the command of that name
    module = sys.modules["carbonshed.cli.builds"]
    monkeypatch.setattr(module, "run_dbt", lambda *call: commands.append(call))
    assert run("publish", "tiny") == (0, "")
    ((command, name),) = commands
    assert command[:4] == ["dbt", "build", "--vars", "dataset: tiny"]
    assert command[-2:] == ["--select", "sums+"]
    assert name == "tiny"


def test_only_what_has_the_name_of_a_dataset_is_published(warehouse):
    code, text = run("publish", "../warehouse/tiny")
    assert code == 1
    assert "dataset name '../warehouse/tiny' is not allowed" in text
    assert not (warehouse.parent / "published").exists()


@pytest.mark.usefixtures("empty_project")
def test_status_of_nothing():
    assert run("status")[0] == 0
    assert "nothing is here yet" in run("status")[1]
    code, text = run("status", "tiny")
    assert (code, text) == (1, "there is no dataset 'tiny'; there are: none")
    assert run("status", "Tiny!")[0] == 1


def test_the_parent_of_a_compiled_table_need_not_be_built(empty_project):
    folder = TinyFolder(empty_project / "tidy").write()
    for name in ("nation", "states"):
        ingest_tidy(folder, name)
    assert "nothing is built: dbt build" in run("status", "nation")[1]
    descriptor = empty_project / "data" / "states" / "datapackage.json"
    content = json.loads(descriptor.read_text("utf-8"))
    content["mrio"]["compiled"] = {"parent": "nation", "files": {}}
    descriptor.write_text(json.dumps(content), "utf-8")
    said = "nothing is built, nor need it be for states, compiled from it; to query it:"
    assert said in run("status", "nation")[1]
    assert "nothing is built: dbt build" in run("status", "states")[1]


def test_status_of_a_warehouse_and_of_its_publication(warehouse):
    code, text = run("status", "tiny")
    assert code == 0
    assert "warehouse/tiny.duckdb" in text
    assert "whole dbt build of " in text
    assert "nothing is published: carbonshed publish tiny" in text
    run("publish", "tiny")
    for command in ("status", "sql", "report"):
        said = "there is no dataset 'tinny' (did you mean 'tiny'?); there are: tiny"
        code, text = run(command, "tinny")
        assert code == 1
        assert said in text
    code, text = run("status", "tiny")
    assert code == 0
    assert "SYNTHETIC DATA" in text
    assert f"3 marts and publication, {ROWS + 2:,} rows; Carbonshed 0.1.0" in text
    assert ", dbt 1.11.16" in text
    assert ["footprints", f"{ROWS:,}"] in [line.split() for line in text.splitlines()]
    assert "note" not in text
    # without a name, the same of all datasets, not table by table; and only of those
    (warehouse.parent / "My copy.duckdb").touch()
    assert "footprints" not in run("status")[1]


def test_status_knows_what_is_older(warehouse):
    run("publish", "tiny")
    write_warehouse(warehouse, 2, is_full=False)
    older = "the publication is older than the warehouse: "
    assert f"{older}carbonshed publish tiny" in run("status")[1]
    write_warehouse(warehouse, 3, outstanding=("model.carbonshed.sums",))
    text = run("status")[1]
    assert (
        "readers still see the previous publication: 1 models, seeds or tests" in text
    )
    assert "(model sums): carbonshed publish tiny" in text


def test_status_knows_scenarios_that_were_kept_since(warehouse):
    run("publish", "tiny")
    kept = warehouse.parents[1] / "data" / "tiny" / "scenarios.csv"
    kept.parent.mkdir(parents=True)
    kept.touch()
    os.utime(kept, (0, 0))
    newer = "data/tiny/scenarios.csv was written after the last build began: dbt build"
    assert newer not in run("status", "tiny")[1]
    os.utime(kept, (1e10, 1e10))
    assert newer in run("status", "tiny")[1]
    # a build that was given another file does not read it
    with duckdb.connect(warehouse) as connection:
        connection.execute(
            """update main.last_run set choices = '{"scenarios": "mine.csv"}'"""
        )
    assert newer not in run("status", "tiny")[1]


def note_failures(warehouse: Path, *messages: str) -> None:
    with duckdb.connect(warehouse) as connection:
        for message in messages:
            connection.execute(
                "insert into main.failures values (now()::timestamp, 'sums', ?, ?)",
                ["model" if "model" in message else "test", message],
            )


def test_status_says_why(warehouse):
    note_failures(warehouse, *["Got 3 results\n\n  compiled at x.sql"] * 12)
    code, text = run("status")
    assert code == 0
    assert "last run    failed, " in text
    assert "test sums: Got 3 results\n                compiled at x.sql\n" in text
    assert "and 2 more" in text
    write_warehouse(warehouse, 2)
    assert "last run" not in run("status")[1], "that is over"
    with duckdb.connect(warehouse) as connection:
        note_refusal(connection, "the audit failed:\nFAIL closure")
    text = run("status")[1]
    assert "last run    refused, " in text
    assert "the audit failed:\n                FAIL closure\n" in text


# as dbt passes on what a Python model raises, with a cause
STACK = """Runtime Error in model sums (python_models/sums.py)
  Python model failed:
  Traceback (most recent call last):
    File "inner.py", line 3, in solve
      factor(matrix)
      ~~~~~~^^^^^^^^
  ZeroDivisionError: singular

  The above exception was the direct cause of the following exception:

  Traceback (most recent call last):
    File "outer.py", line 9, in model
      solve(matrix)
  ValueError: the block of Ambrook is singular:
    mend its column
"""


def test_status_says_what_a_model_said_and_not_its_stack(warehouse):
    note_failures(warehouse, STACK)
    lines = [line.strip() for line in run("status")[1].splitlines()]
    start = lines.index(
        "model sums: Runtime Error in model sums (python_models/sums.py)"
    )
    assert lines[start + 1 : start + 4] == [
        "Python model failed:",
        "ValueError: the block of Ambrook is singular:",
        "mend its column",
    ]
    assert not any('.py", line' in line for line in lines)
    assert "Traceback (most recent call last):" not in lines


def test_status_knows_of_runs_that_have_not_ended(warehouse):
    killed = "update main.last_run set ended_at = null"
    with open_elsewhere(warehouse, killed) as builder:
        assert "a run is going on" in run("status")[1]
        builder.kill()
    assert "the last run was killed" in run("status")[1]


@pytest.mark.parametrize(
    "words",
    [
        ("query", "other", "from sums"),
        ("show", "other"),
        ("ask", "--dataset", "other"),
        ("check", "publication", "other"),
        ("whatif", "scenarios.csv", "--dataset", "other"),
        ("sql", "other"),
        ("status", "other"),
    ],
)
def test_what_was_published_of_another_is_not_read(warehouse, empty_project, words):
    run("publish", "tiny")
    published = warehouse.parent / "published"
    (published / ".tiny").rename(published / ".other")
    for suffix in ("", ".duckdb"):
        link = published / f"tiny{suffix}"
        target = str(link.readlink()).replace(".tiny/", ".other/")
        (published / f"other{suffix}").symlink_to(target)
        link.unlink()
    code, text = run(*words)
    assert code == 1
    assert "is what was published of 'tiny', renamed or copied by hand" in text


def test_what_cannot_be_read_is_said(warehouse):
    run("publish", "tiny")
    published = published_database(warehouse).resolve()
    published.chmod(0o644)
    for path in (warehouse, published):
        path.write_bytes(b"no database")
    code, text = run("status")
    assert code == 1
    for what in (
        "unreadable  warehouse/tiny.duckdb: ",
        "unreadable  warehouse/published/tiny.duckdb: ",
    ):
        assert what in text
    assert "Traceback" not in text


READING = (
    ("status", "tiny"),
    ("show", "tiny"),
    ("show", "tiny", "sums"),
    ("query", "tiny", "select 1"),
    ("ask", "who_answers", "--dataset", "tiny"),
    ("ask", "--dataset", "tiny"),
    ("whatif", "s.csv", "--dataset", "tiny"),
    ("price", "p.csv", "--dataset", "tiny"),
    ("report", "tiny", "--no-pictures"),
    ("sql", "tiny"),
    ("check", "publication", "tiny"),
)


@pytest.mark.parametrize("words", READING, ids=" ".join)
@pytest.mark.parametrize(
    "sql",
    [
        "create table mine as select 1 as one",
        "create schema marts; create table marts.sums as select 1 as one",
        "create schema marts; create table marts.publication as select 1 as one",
    ],
)
def test_a_file_that_was_replaced_is_no_traceback(warehouse, words, sql):
    run("publish", "tiny")
    Path("s.csv").write_text("scenario_id,lever,kind,value\na,demand,factor,1\n")
    Path("p.csv").write_text("price_id,price\nlevy,50\n")
    file = published_database(warehouse).resolve()
    file.unlink()
    with duckdb.connect(file) as another:
        another.execute(sql)
    code, said = run(*words)
    assert code == 1
    if words[0] != "status":
        assert "publish it again: " in said
    with pytest.raises(CarbonshedError, match="publish it again: "):
        carbonshed.open("tiny")


def test_marts_that_a_report_lacks_are_no_traceback(warehouse):
    run("publish", "tiny")
    code, said = run("report", "tiny", "--no-pictures")
    assert code == 1
    assert "made by another version, or is not what was published (Catalog Err" in said
    assert "which publishes it again" in said
    assert not (warehouse.parents[1] / "reports/tiny").exists()


def ask(project: Path, *words: str, question: str = "") -> subprocess.CompletedProcess:
    """Run ``carbonshed sql`` as a process, because it becomes the client."""
    return run_program("sql", *words, cwd=project, stdin=question)


def test_the_client_opens_what_is_published(warehouse, empty_project):
    pytest.importorskip("duckdb_cli")
    publish("tiny", lambda _: None)
    write_warehouse(warehouse, 2)
    answered = ask(empty_project, "tiny", question=".mode csv\nfrom sums;")
    assert (answered.returncode, answered.stdout) == (0, f"round,regions\n1,{ROWS}\n")
    assert "synthetic data" in answered.stderr
    refused = ask(
        empty_project, "tiny", question="create table marts.mine as select 1;"
    )
    assert "read-only" in refused.stderr + refused.stdout


def test_the_client_needs_something_to_open(empty_project):
    assert run("sql", "tiny")[0] == 1
    assert "there is no dataset 'tiny'" in run("sql", "tiny")[1]
    write_warehouse(empty_project / "warehouse" / "tiny.duckdb")
    assert "nothing is published: carbonshed publish tiny" in run("sql", "tiny")[1]


@pytest.mark.parametrize(
    ("version", "message"),
    [
        (None, "`duckdb` is not installed: pip install"),
        ("v1.3.2 (Ossivalis) 0b83e5d2f6", "version 1.4 or later"),
        ("ducks!", "version 1.4 or later"),
    ],
)
@pytest.mark.usefixtures("warehouse")
def test_a_client_that_is_missing_or_too_old(
    empty_project, monkeypatch, version, message
):
    run("publish", "tiny")
    tools = empty_project / "tools"
    tools.mkdir()
    if version:
        client = tools / "duckdb"
        client.write_text(f"#!/bin/sh\necho '{version}'\n")
        client.chmod(client.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setattr(sys, "executable", str(tools / "python"))
    monkeypatch.setenv("PATH", str(tools))
    code, text = run("sql", "tiny")
    assert code == 1
    assert message in text


def test_a_changed_block_of_a_publication_is_no_traceback(warehouse):
    """Wherever it is: of the tables, of their names, or of what says who wrote them."""
    publish("tiny", lambda _: None)
    path = published_database(warehouse).resolve()
    whole = path.read_bytes()
    words = ["query", "tiny", "from sums", "-f", "csv"]
    usual = as_a_program(*words)
    assert usual[0] == 0
    path.chmod(0o644)
    codes = set()
    # a block is 16 KiB; more bytes of it would tell nothing else
    for place in range(0, len(whole), 2**13):
        spoiled = bytearray(whole)
        spoiled[place] ^= 1
        path.write_bytes(spoiled)
        code, answer, said = as_a_program(*words)
        codes.add(code)
        if code == 0:
            assert answer == usual[1]
        else:
            assert (code, answer) == (1, "")
            assert said.splitlines()[-1].startswith("error: "), said
    assert 1 in codes


def as_a_program(*words: str) -> tuple[int, str, str]:
    """Return exit code, answer and messages of a command, in a process like this."""
    with (
        pytest.MonkeyPatch.context() as patch,
        io.TextIOWrapper(io.BytesIO(), "utf-8") as answer,
        io.StringIO() as said,
    ):
        patch.setattr(cli, "open_streams", lambda: None)
        patch.setattr(sys, "argv", ["carbonshed", *words])
        patch.setattr(sys, "stdout", answer)
        patch.setattr(sys, "stderr", said)
        with pytest.raises(SystemExit) as end:
            cli.app()
        answer.flush()
        printed = answer.buffer.getvalue().decode("utf-8")
        return int(end.value.code or 0), printed, said.getvalue()
