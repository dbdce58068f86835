"""Progress and notes on a terminal, in a pipe and in a log."""

import io
import os
import sys
import time

import pytest
from dbt_common.events.contextvars import log_contextvars

from carbonshed import progress as module
from carbonshed.dbt_plugin import plugin, reading
from carbonshed.progress import (
    OF_A_RUN,
    Pace,
    StepLines,
    print_note,
    print_progress,
    step_lines,
)


class Terminal(io.StringIO):
    """A terminal that keeps its text."""

    def isatty(self) -> bool:
        return True


class Clock:
    """A clock that a test sets."""

    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def lines_of(steps: dict[float, str], until: int) -> dict[int, str]:
    """Return the line of each second, for steps by the second at which they begin."""
    clock = Clock()
    progress, lines = StepLines(clock=clock), {}
    for second in range(until + 1):
        clock.seconds = float(second)
        if second in steps:
            progress.update(steps[second])
        if line := progress.line():
            lines[second] = line
    return lines


def test_a_quick_command_is_silent():
    assert lines_of({0: "reading", 2: "writing"}, until=4) == {}


def test_a_step_that_lasts_is_named_and_named_again():
    assert lines_of({0: "balancing"}, until=36) == {
        5: "  balancing (5 s)",
        15: "  balancing (15 s)",
        25: "  balancing (25 s)",
        35: "  balancing (35 s)",
    }


def test_steps_that_change_fast_get_a_line_every_other_second():
    steps = {float(second): f"file {second}" for second in range(11)}
    assert list(lines_of(steps, until=10)) == [5, 7, 9]


def test_the_share_stands_beside_the_step():
    clock = Clock()
    progress = StepLines(clock=clock)
    progress.update("writing", 0.425)
    clock.seconds = 8.0
    assert progress.line() == "  writing (42%, 8 s)"


def test_a_run_of_hundreds_of_steps_gets_a_line_every_ten_seconds():
    clock = Clock()
    progress, seconds = StepLines(OF_A_RUN, clock), []
    for second in range(41):
        clock.seconds = float(second)
        if second < 25:  # then one model lasts
            progress.update(f"{second} of 216 begun")
        if progress.line():
            seconds.append(second)
    assert seconds == [10, 20, 30, 40]


def test_a_step_that_lasts_shows_its_seconds_on_a_terminal():
    clock = Clock()
    progress = StepLines(clock=clock)
    assert progress.lasting() is None
    progress.update("solving")
    clock.seconds = 1.0
    assert progress.lasting() is None
    clock.seconds = 12.0
    assert progress.lasting() == "solving (12 s)"
    progress.update("solving", 0.5)  # which goes on
    assert progress.lasting() == "solving (12 s)"
    progress.update("x" * 200)
    assert progress.lasting() is None
    clock.seconds = 15.0
    assert len(progress.lasting()) == 76
    assert progress.lasting().endswith("x (3 s)")


@pytest.fixture
def soon(monkeypatch):
    """Give the first sign of life at once."""
    monkeypatch.setattr(module, "_TICK", 0.01)
    monkeypatch.setattr(module, "_LASTS", 0.0)
    return Pace(first=0.0, apart=0.0, again=60.0)


def test_lines_go_to_standard_error(capsys, soon):
    with step_lines(soon) as progress:
        progress("auditing")
        time.sleep(0.1)
    output = capsys.readouterr()
    assert output.out == ""
    assert output.err == "  auditing (0 s)\n"


def test_what_goes_on_within_is_the_step_in_a_pipe_and_on_a_terminal(
    capsys, monkeypatch, soon
):
    with step_lines(soon, on_terminal=True):
        print_progress("factorising")
        time.sleep(0.1)
    print_progress("later")
    assert capsys.readouterr().err == "  factorising (0 s)\n"
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with step_lines(soon, on_terminal=True):
        print_progress("factorising")
        time.sleep(0.1)
    text = terminal.getvalue()
    assert text.startswith("\r\x1b[2K  factorising\r\r\x1b[2K  factorising (0 s)\r")
    assert text.endswith("\r\x1b[2K\r")  # the line is cleared


def test_what_dbt_has_begun_is_counted_once(monkeypatch):
    messages = []
    monkeypatch.setattr(plugin, "print_progress", messages.append)
    run = plugin.Plugin("carbonshed", {})
    run.selected = {"model.a", "test.b"}
    for node, name in (("model.a", "a"), ("model.a", "a"), ("test.b", "b" * 99)):
        with log_contextvars(node_info={"unique_id": node, "node_name": name}):
            run.configure_cursor(None)
    run.configure_cursor(None)  # a hook has one, too
    assert messages == [
        "1 of 2 begun: a",
        "1 of 2 begun: a",
        f"2 of 2 begun: {'b' * 48}",
    ]


def test_without_standard_error_the_work_goes_on(monkeypatch):
    monkeypatch.setattr(sys, "stderr", None)
    with step_lines() as progress:
        progress("auditing")


def test_progress_is_one_line_on_a_terminal_and_none_in_a_pipe(monkeypatch):
    for screen, expected in (
        (Terminal(), "\r\x1b[2K  step\r\r\x1b[2K\r  stays\n"),
        (io.StringIO(), "  stays\n"),
    ):
        monkeypatch.setattr(sys, "stderr", screen)
        print_progress("step")
        print_note("stays")
        assert screen.getvalue() == expected
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    print_progress("x" * 200)
    assert len(terminal.getvalue()) < 90


def test_dbt_that_reads_gives_signs_of_life_until_the_plugin_is_called(
    monkeypatch, capsys
):
    class Dbt:
        @staticmethod
        def main(words: list[str], name: str) -> None:
            time.sleep(0.35)
            reading.reading.close()  # as the plugin does
            said = os.environ["DBT_LOG_PATH"], *words, *sys.argv
            print("Checked:", *said, file=sys.stderr)
            time.sleep(0.25)
            sys.exit(2)

    monkeypatch.setattr("dbt.cli.main.cli", Dbt)
    monkeypatch.setattr(module, "_TICK", 0.02)
    monkeypatch.setattr(reading, "_PACE", Pace(first=0.1, apart=0.1, again=0.1))
    before = dict(os.environ), sys.argv
    assert reading.run(["build"], {"DBT_LOG_PATH": "logs/a"}) == 2
    *ticks, last = capsys.readouterr().err.splitlines()
    assert last == "Checked: logs/a build dbt build"
    assert ticks
    assert all(tick.startswith("  dbt reads the project (") for tick in ticks)
    assert (dict(os.environ), sys.argv) == before
