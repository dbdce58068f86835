"""The examples of a scheduled refresh: what they call, and what they say."""

import fcntl
import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from typer.main import get_command

from carbonshed.cli import _commands
from carbonshed.publish.marts_copy import PUBLICATION
from carbonshed.readers.registry import format_of

DOCS = Path(__file__).resolve().parents[2] / "docs"
REFRESH = DOCS / "examples" / "refresh"

TOOL = """#!/bin/sh
echo "$(basename "$0") $*" >> calls
echo "$(basename "$0") of $CARBONSHED_DATASET parsed in $DBT_TARGET_PATH" >> about
echo "$(basename "$0") at work"
case " $FAILING " in *" $1 "*) exit 1;; esac
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a project whose commands only write down how they were called."""
    (tmp_path / "docs" / "examples").mkdir(parents=True)
    shutil.copytree(REFRESH, tmp_path / "docs" / "examples" / "refresh")
    tools = tmp_path / ".venv" / "bin"
    tools.mkdir(parents=True)
    for name in ("carbonshed", "dbt"):
        (tools / name).write_text(TOOL)
        (tools / name).chmod(0o755)
    return tmp_path


def refresh(project: Path, failing: str = "") -> subprocess.CompletedProcess:
    return subprocess.run(
        [
            *(str(project / "docs/examples/refresh/refresh.sh"), "trade", "tidy"),
            *("/srv/the table", "--year", "2012"),
        ],
        cwd="/",
        env={**os.environ, "FAILING": failing},
        capture_output=True,
        text=True,
        check=False,
    )


def calls(project: Path) -> list[str]:
    return (project / "calls").read_text().splitlines()


INGEST = "carbonshed ingest tidy /srv/the table --name trade --year 2012"
BUILD = "dbt build"
STATUS = "carbonshed status trade"


def test_a_refresh_that_passes_is_silent(project):
    done = refresh(project)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert calls(project) == [INGEST, BUILD]
    log = (project / "logs" / "refresh-trade.log").read_text()
    assert log == "carbonshed at work\ndbt at work\n"
    about = (project / "about").read_text().splitlines()
    assert about[-1] == "dbt of trade parsed in target/trade"


@pytest.mark.parametrize(
    ("failing", "expected"),
    [("ingest", [INGEST, STATUS]), ("build", [INGEST, BUILD, STATUS])],
)
def test_a_refresh_that_fails_says_why(project, failing, expected):
    done = refresh(project, failing)
    assert done.returncode == 1
    assert calls(project) == expected
    assert done.stdout.startswith("carbonshed at work\n")


def test_one_refresh_at_a_time(project):
    (project / "logs").mkdir()
    with (project / "logs" / "refresh.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = refresh(project)
    assert done.returncode == 1
    assert "still at work" in done.stderr
    assert not (project / "calls").exists()


def test_a_refresh_without_arguments_says_how_it_is_called(project):
    done = subprocess.run(
        [str(project / "docs/examples/refresh/refresh.sh"), "trade"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.startswith("usage: refresh.sh NAME FORMAT SOURCE")
    assert not (project / "calls").exists()


def ingest_arguments() -> list[list[str]]:
    """Return the arguments of ingest in each command of the page and the workflow."""
    page = (DOCS / "scheduled_refresh.md").read_text("utf-8")
    calls = re.findall(r"^(?!\[).*refresh\.sh (\w+ .+)$", page, re.MULTILINE)
    refreshes = [
        [table_format, source, "--name", name, *options]
        for name, table_format, source, *options in map(shlex.split, calls)
    ]
    workflow = (REFRESH / "workflow.yml").read_text("utf-8")
    ingests = re.findall(r"carbonshed ingest (.+)$", workflow, re.MULTILINE)
    return [*refreshes, *map(shlex.split, ingests)]


def test_formats_and_options_of_the_page_exist():
    ingest = get_command(_commands).commands["ingest"]
    examples = ingest_arguments()
    assert len(examples) >= 3
    for arguments in examples:
        with ingest.make_context("ingest", list(arguments)) as context:
            format_of(context.params["format_name"])


def test_the_workflow_calls_what_there_is():
    workflow = yaml.safe_load((REFRESH / "workflow.yml").read_text("utf-8"))
    steps = workflow["jobs"]["refresh"]["steps"]
    called = re.findall(
        r"carbonshed (\w+)", "\n".join(step.get("run", "") for step in steps)
    )
    assert called == ["ingest", "status"]
    assert set(called) <= set(get_command(_commands).commands)


def test_the_page_knows_every_column_of_the_publication():
    page = (DOCS / "published.md").read_text("utf-8")
    table = page.partition("| column |")[2].partition("\n\n")[0]
    named = re.findall(r"`(\w+)`", table)
    assert [name for name in named if name not in ("full", "selective")] == [
        name for name, _, _ in PUBLICATION
    ]
