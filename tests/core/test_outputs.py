"""Where a command writes what a user asks for, and where it does not."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from support.commands import environment, run_command
from support.refusals import refusal_of
from support.tiny_folder import TinyFolder
from support.tiny_warehouse import write_warehouse

from carbonshed.errors import CarbonshedError
from carbonshed.outputs import output_file
from carbonshed.publish.publishing import publish
from carbonshed.readers.tidy import ingest_tidy
from carbonshed.report.folder import report_folder

QUESTION = ("query", "tiny", "select 1 as one")


@pytest.fixture
def published(empty_project: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write_warehouse(empty_project / "warehouse" / "tiny.duckdb")
    publish("tiny", lambda _: None)
    ingest_tidy(TinyFolder(empty_project / "tidy").write(), "tiny")
    monkeypatch.chdir(empty_project)
    return empty_project


def state_of(folder: Path) -> dict[Path, tuple[int, int]]:
    """Return size and time of all that is in a folder."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {path: (path.stat().st_size, path.stat().st_mtime_ns) for path in files}


@pytest.mark.parametrize("place", ["pipe.csv", "link.csv"])
def test_an_answer_does_not_take_the_place_of_a_pipe(published, place):
    os.mkfifo("pipe.csv")
    Path("link.csv").symlink_to("pipe.csv")
    said = refusal_of(run_command, *QUESTION, "-o", place)
    assert said.startswith(f"{place}: is a pipe, a device or what leads to one")
    assert (published / "pipe.csv").is_fifo()
    assert Path("link.csv").is_symlink()


@pytest.mark.parametrize("place", ["/dev/stdout", "/dev/null", "/proc/self/fd/1"])
def test_what_the_system_keeps_is_no_file(place):
    with pytest.raises(CarbonshedError, match=f"{place}: is a pipe, a device"):
        output_file(Path(place))


@pytest.mark.usefixtures("published")
def test_an_answer_goes_where_a_link_leads():
    Path("folder").mkdir()
    target = Path("folder/kept.csv")
    for before in ("earlier", None):
        if before is None:
            target.unlink()
        else:
            target.write_text(before)
            Path("link.csv").symlink_to("folder/kept.csv")
        asked = [*QUESTION, "-o", "link.csv"]
        run_command(*asked)
        assert Path("link.csv").is_symlink()
        assert target.read_text() == "one\n1\n"


@pytest.mark.usefixtures("published")
def test_an_answer_that_is_replaced_stays_as_private_as_it_was():
    place = Path("answer.csv")
    place.touch(0o600)
    asked = [*QUESTION, "-o", "answer.csv"]
    run_command(*asked)
    assert place.read_text() == "one\n1\n"
    assert place.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "words",
    [
        (*QUESTION, "-o", "PLACE"),
        ("template", "indicators", "PLACE", "--dataset", "tiny"),
        ("template", "tidy", "PLACE"),
        ("export", "pymrio", "tiny", "PLACE"),
        ("look", "tidy", "--out", "PLACE"),
    ],
)
def test_nothing_is_written_where_commands_keep_what_they_make(published, words):
    Path("link").symlink_to("data")
    before = state_of(published)
    for place, folder in (
        ("data/tiny/regions.parquet", "data"),
        ("data/other", "data"),
        ("link/tiny/new.csv", "data"),
        ("warehouse/tiny.duckdb", "warehouse"),
        ("warehouse/published/tiny/sums.parquet", "warehouse"),
    ):
        said = refusal_of(
            run_command, *(place if word == "PLACE" else word for word in words)
        )
        assert f"{place}: is in {published / folder}, where commands keep" in said
        assert state_of(published) == before


def test_a_report_is_no_exception(published):
    os.mkfifo("pipe")
    for place, said in (
        (published / "data" / "report", "where commands keep what they make"),
        (published / "pipe", "is no folder"),
    ):
        with pytest.raises(CarbonshedError, match=said), report_folder(place):
            pass
    assert Path("pipe").is_fifo()
    assert not Path("data/report").exists()


@pytest.mark.usefixtures("published")
def test_scenarios_that_a_dataset_keeps_are_the_users():
    asked = ["template", "scenarios", "data/tiny/scenarios.csv"]
    run_command(*asked)


@pytest.mark.usefixtures("empty_project")
def test_folders_of_that_name_elsewhere_are_like_any_other(tmp_path):
    other = tmp_path / "elsewhere" / "data"
    assert output_file(other / "answer.csv") == other / "answer.csv"


def test_a_killed_question_leaves_nothing(published):
    """Kill it while it writes the answer that would then be printed."""
    scratch = published / "scratch"
    scratch.mkdir()
    endless = "select count(*) from range(100000000000) where range % 7 = 9"
    words = ["query", "tiny", endless, "--format", "csv"]
    asking = subprocess.Popen(
        [sys.executable, "-m", "carbonshed", *words],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=environment(TMPDIR=str(scratch)),
    )
    assert b"SYNTHETIC" in asking.stderr.readline(), "it is being asked then"
    time.sleep(0.3)
    asking.send_signal(signal.SIGKILL)
    asking.communicate()
    assert list(scratch.iterdir()) == []
