"""Progress and notes on standard error: on a terminal, in a pipe, or in a log."""

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

Progress = Callable[[str, float], None]
"""A receiver of the step that is being done and of its share done, 0 to 1."""

Message = Callable[[str], None]
"""A receiver of one line."""


@dataclass(frozen=True)
class Pace:
    """The seconds between signs of life in a pipe or a log."""

    first: float  # before the first line: what is quick gets none
    apart: float  # between lines of two steps
    again: float  # until a step that goes on is named again


OF_A_COMMAND = Pace(first=5.0, apart=2.0, again=10.0)
OF_A_RUN = Pace(
    first=10.0, apart=10.0, again=10.0
)  # a run of dbt has hundreds of steps
_TICK = 0.5
_LASTS = 2.0  # seconds after which a terminal shows how long a step has lasted
_MAX_WIDTH = 78  # dbt writes lines of at least this length over it


def no_progress(step: str, share: float | None = None) -> None:
    """Show nothing: the `Progress` of a caller that has no screen."""


def no_message(message: str) -> None:
    """Show nothing: the `Message` of a caller that has no screen."""


# receivers of progress, the innermost last
_shown_by: list["StepLines"] = []


def print_progress(message: str = "") -> None:
    """Show a message on the changing line of a terminal; an empty one clears the line.

    To a pipe or a file nothing is written, but within `step_lines` the message is the
    step that goes on. The cursor is left at the beginning of the line, so that the next
    text on standard error overwrites it.
    """
    if message and _shown_by:
        _shown_by[-1].update(message)
    _draw(message)


def _draw(message: str) -> None:
    # a closed stderr pipe must not abort a build
    with suppress(BrokenPipeError, ValueError):
        if _is_terminal():
            shown = f"  {message}"[:_MAX_WIDTH] if message else ""
            print(f"\r\x1b[2K{shown}", end="\r", file=sys.stderr, flush=True)


def _is_terminal() -> bool:
    return sys.stderr is not None and sys.stderr.isatty()


def print_note(message: str) -> None:
    """Write a line that stays to standard error: standard output is for results."""
    print_progress()
    with suppress(BrokenPipeError, ValueError):
        print(f"  {message}", file=sys.stderr, flush=True)


class TimedProgress:
    """A `Message` that prints its subject and the seconds since it was created.

    The subject is the year that is solved, or the name of the work.
    """

    def __init__(self, subject: int | str) -> None:
        self._subject = subject
        self._start = time.monotonic()

    def __call__(self, message: str) -> None:
        """Print the current step on the changing line."""
        print_progress(self._line(message))

    def note(self, message: str) -> None:
        """Print a line that stays."""
        print_note(self._line(message))

    def _line(self, message: str) -> str:
        seconds = time.monotonic() - self._start
        return f"{self._subject}  {seconds:6.1f} s  {message}"


class StepLines:
    """The steps of one command, and the line that is due in a pipe or a log.

    After the first seconds of a `Pace` a step that goes on is named when it is new, not
    sooner than its `apart`, and again after its `again`, so that a reader sees that
    work goes on.
    """

    def __init__(
        self, pace: Pace = OF_A_COMMAND, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._pace, self._clock = pace, clock
        self._begun = self._step_begun = clock()
        self._step = ""
        self._share: float | None = None
        self._written = ""
        self._written_at: float | None = None

    def update(self, step: str, share: float | None = None) -> None:
        """Note the current step and, where it is known, its share done."""
        if step != self._step:
            self._step_begun = self._clock()
        self._step, self._share = step, share

    def line(self) -> str | None:
        """Return the line that is due now, None if none is."""
        now = self._clock()
        if not self._step or now - self._begun < self._pace.first:
            return None
        if self._written_at is not None:
            is_repeated = self._step == self._written
            apart = self._pace.again if is_repeated else self._pace.apart
            if now - self._written_at < apart:
                return None
        self._written, self._written_at = self._step, now
        share = f"{self._share:.0%}, " if self._share else ""
        return f"  {self._step} ({share}{now - self._begun:.0f} s)"

    def lasting(self) -> str | None:
        """Return a step that lasts, with its seconds, for the line of a terminal."""
        seconds = self._clock() - self._step_begun
        if not self._step or seconds < _LASTS:
            return None
        since = f" ({seconds:.0f} s)"
        return f"{self._step[: _MAX_WIDTH - 2 - len(since)]}{since}"


@contextmanager
def step_lines(
    pace: Pace = OF_A_COMMAND, *, on_terminal: bool = False
) -> Iterator[Callable[..., None]]:
    """Yield a receiver of steps, which shows on standard error that work goes on.

    It writes the lines that are due. With `on_terminal`, and on one, it shows steps on
    the changing line instead, with the seconds of one that lasts.
    """
    if sys.stderr is None:
        yield no_progress
        return
    steps, is_over = StepLines(pace), threading.Event()
    is_drawn = on_terminal and _is_terminal()

    def show() -> None:
        while not is_over.wait(_TICK):
            if is_drawn:
                if line := steps.lasting():
                    _draw(line)
            elif line := steps.line():
                # a closed pipe must not stop the work
                with suppress(OSError, ValueError):
                    print(line, file=sys.stderr, flush=True)

    def receive(step: str, share: float | None = None) -> None:
        steps.update(step, share)
        if is_drawn:
            _draw(step)

    _shown_by.append(steps)
    shower = threading.Thread(target=show, name="step lines", daemon=True)
    shower.start()
    try:
        yield receive
    finally:
        _shown_by.remove(steps)
        is_over.set()
        shower.join()
        if is_drawn:
            _draw("")
