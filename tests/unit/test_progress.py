"""Progress and notes on a terminal, in a pipe and in a log."""

import io
import sys
import time

from carbonshed import progress as module
from carbonshed.progress import StepLines, print_note, print_progress, step_lines


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
    progress, lines = StepLines(clock), {}
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
        20: "  balancing (20 s)",
        35: "  balancing (35 s)",
    }


def test_steps_that_change_fast_get_a_line_every_other_second():
    steps = {float(second): f"file {second}" for second in range(11)}
    assert list(lines_of(steps, until=10)) == [5, 7, 9]


def test_the_share_stands_beside_the_step():
    clock = Clock()
    progress = StepLines(clock)
    progress.update("writing", 0.425)
    clock.seconds = 8.0
    assert progress.line() == "  writing (42%, 8 s)"


def test_lines_go_to_standard_error(capsys, monkeypatch):
    monkeypatch.setattr(module, "FIRST_LINE_AFTER", 0.0)
    monkeypatch.setattr(module, "_TICK", 0.01)
    with step_lines() as progress:
        progress("auditing")
        time.sleep(0.1)
    output = capsys.readouterr()
    assert output.out == ""
    assert output.err == "  auditing (0 s)\n"


def test_without_standard_error_the_work_goes_on(monkeypatch):
    monkeypatch.setattr(sys, "stderr", None)
    with step_lines() as progress:
        progress("auditing")


def test_a_terminal_shows_steps_its_own_way(monkeypatch):
    steps = []
    monkeypatch.setattr(sys, "stderr", Terminal())
    with step_lines(steps.append) as progress:
        progress("auditing")
    assert steps == ["auditing"]


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
