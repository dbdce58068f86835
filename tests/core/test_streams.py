"""Commands whose input, output or errors are closed, full or in another code."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from support.commands import environment, run_command, run_program
from support.refusals import refusal_of
from support.tiny_folder import TinyFolder, contents
from support.tiny_warehouse import write_warehouse

from carbonshed.cli import output
from carbonshed.publish.publishing import publish
from carbonshed.readers.tidy import ingest_tidy

# each prints something, and not all of them by the same library
PRINTING = (
    ("--help",),
    ("list",),
    ("formats",),
    ("show", "tiny"),
    ("status",),
    ("query", "tiny", "from sums"),
    ("query", "tiny", "from sums", "--format", "csv"),
    ("audit", "tiny"),
    ("check", "dataset", "tiny"),
    ("template", "tidy", "FOLDER"),
)
# one after the other in children of one process: Python starts without a stream
EACH = """
import os, sys
import carbonshed.cli, carbonshed.ask.answers, carbonshed.ask.sql
# what commands would import, each in a child of its own
import carbonshed.audit.run, carbonshed.ask.status, carbonshed.readers.templates, pandas
import rich.console, rich.progress, rich.table
number, target, *words = sys.argv[1:]
for place, command in enumerate(" ".join(words).split(" ; ")):
    command = command.replace("FOLDER", f"folder{target[-1]}{place}")
    child = os.fork()
    if not child:
        try:
            if target == "closed":
                os.close(int(number))
                setattr(sys, ("stdin", "stdout", "stderr")[int(number)], None)
            else:
                os.dup2(os.open(target, os.O_RDWR), int(number))
            sys.argv = ["carbonshed", *command.replace("from_", "from ").split("  ")]
            carbonshed.cli.app()
        except SystemExit as end:
            code = end.code or 0
        except BaseException as error:
            code = f"{type(error).__name__}: {error}"
        os.write(int(os.environ["REPORT"]), f"{command}: {code}\\n".encode())
        os._exit(0)
    os.waitpid(child, 0)
"""


@pytest.fixture
def published(empty_project: Path) -> Path:
    write_warehouse(
        empty_project / "warehouse" / "tiny.duckdb",
        more='create table marts.columns (mart varchar, "column" varchar, unit varchar,'
        " formula varchar, description varchar, mart_description varchar,"
        " mart_answers varchar, mart_subject varchar, label varchar);",
    )
    publish("tiny", lambda _: None)
    ingest_tidy(TinyFolder(empty_project / "tidy").write(), "tiny")
    return empty_project


@pytest.mark.slow
@pytest.mark.parametrize(
    ("number", "target"),
    [(0, "closed"), (1, "closed"), (1, "/dev/full"), (2, "closed"), (2, "/dev/full")],
)
def test_no_stream_is_needed_but_the_output(published, number, target):
    read, write = os.pipe()
    words = " ; ".join("  ".join(command) for command in PRINTING)
    done = subprocess.run(
        [sys.executable, "-c", EACH, str(number), target, words],
        cwd=published,
        capture_output=True,
        text=True,
        check=True,
        pass_fds=[write],
        env=environment(REPORT=str(write)),
    )
    os.close(write)
    with os.fdopen(read) as report:
        codes = [line.rpartition(": ")[2].strip() for line in report]
    why = "Bad file descriptor" if target == "closed" else "No space left on device"
    assert codes == ["1" if number == 1 else "0"] * len(PRINTING), done.stderr
    assert "Traceback" not in done.stderr
    assert done.stderr.count(why) == (len(PRINTING) if number == 1 else 0)
    assert bool(done.stdout) == (number != 1)


@pytest.mark.parametrize("redirection", [">&-", "<&-", "2>&-", ">/dev/full"])
def test_a_shell_that_closes_a_stream(published, redirection):
    command = f"{sys.executable} -m carbonshed query tiny 'from sums' -f csv"
    done = subprocess.run(
        f"{command} {redirection}",
        shell=True,
        cwd=published,
        capture_output=True,
        text=True,
        check=False,
        env=environment(),
    )
    is_printed = not redirection.startswith(">")
    assert done.returncode == int(not is_printed)
    assert done.stdout == ("round,regions\n1,3000\n" if is_printed else "")
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr


@pytest.mark.usefixtures("published")
def test_a_question_that_is_not_utf_8():
    sql = b"select 1,\n '\xff'"
    refused = refusal_of(run_command, "query", "tiny", "-", stdin=sql)
    assert "standard input: line 2 is not UTF-8" in refused
    refused = refusal_of(run_command, "query", "tiny", "select '\udcff'")
    assert "the SQL is not UTF-8" in refused


def test_input_may_begin_with_a_byte_order_mark(published, monkeypatch):
    (published / "input").write_bytes("\ufeffselect 'ü'".encode())
    with (published / "input").open("rb") as file:
        monkeypatch.setattr(sys, "stdin", type("Input", (), {"buffer": file}))
        assert output.read_standard_input() == "select 'ü'"


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("select 'a' || chr(1) as x", "'x', row 1 of the answer: has a control"),
        ('select 1 as "a\x07b"', "row 0 of the answer: has a control"),
        ("select repeat('x', 32768) as x", "'x', row 1 of the answer: has 32,768"),
    ],
)
@pytest.mark.usefixtures("published")
def test_what_a_workbook_cannot_hold_is_refused(sql, said):
    refused = refusal_of(run_command, "query", "tiny", sql, "-o", "x.xlsx")
    assert said in refused
    assert "use --format csv" in refused
    assert not Path("x.xlsx").exists()


def test_a_full_disk_at_a_workbook(published):
    """Of which what writes it complains a second time, where nobody listens."""
    words = ["query", "tiny", "select sha256(range::text) from range(20000)"]
    limit = "import resource, runpy, signal, sys; signal.signal(signal.SIGXFSZ,"
    limit += " signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (99000,) * 2)"
    code = f"{limit}; sys.argv[1:] = {[*words, '-o', 'x.xlsx']!r};"
    code += " runpy.run_module('carbonshed', run_name='__main__')"
    done = run_program(code=code, cwd=published)
    assert done.returncode == 1
    *_, last = done.stderr.splitlines()
    assert last == "error: x.xlsx: cannot be written: File too large"
    assert "Traceback" not in done.stderr
    assert not (published / "x.xlsx").exists()


@pytest.mark.parametrize("command", ["query tiny 'from sums'", "check dataset tiny"])
def test_without_any_stream_what_is_stored_stays_as_it_was(published, command):
    """No file of it gets the number of a stream, into which messages are written."""
    before = contents(published)
    program = f"exec {sys.executable} -m carbonshed {command} <&- >&- 2>&-"
    done = subprocess.run(
        ["sh", "-c", program], cwd=published, capture_output=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (1, b"", b"")
    now = contents(published)
    assert {name: now[name] for name in before} == before
