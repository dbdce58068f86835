"""Progress and notes on standard error: on a terminal, in a pipe, or in a log."""

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

Progress = Callable[[str, float], None]
"""A receiver of the step that is being done and of its share done, 0 to 1."""

Message = Callable[[str], None]
"""A receiver of one line."""

FIRST_LINE_AFTER = 5.0
LINES_APART = 2.0
REPEATED_AFTER = 15.0
_TICK = 0.5
_MAX_WIDTH = 78  # dbt writes lines of at least this length over it


def no_progress(step: str, share: float) -> None:
    """Show nothing: the `Progress` of a caller that has no screen."""


def no_message(message: str) -> None:
    """Show nothing: the `Message` of a caller that has no screen."""


def print_progress(message: str = "") -> None:
    """Show a message on the changing line of a terminal; an empty one clears the line.

    Nothing is written to a pipe or a file. The cursor is left at the beginning of the
    line, so that the next text on standard error overwrites it.
    """
    # a closed stderr pipe must not abort a build
    with suppress(BrokenPipeError, ValueError):
        if sys.stderr.isatty():
            shown = f"  {message}"[:_MAX_WIDTH] if message else ""
            print(f"\r\x1b[2K{shown}", end="\r", file=sys.stderr, flush=True)


def print_note(message: str) -> None:
    """Write a line that stays to standard error: standard output is for results."""
    print_progress()
    with suppress(BrokenPipeError):
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

    A quick command gets no line. After `FIRST_LINE_AFTER` seconds a step that goes on
    is named when it is new, at most every `LINES_APART` seconds, and again every
    `REPEATED_AFTER` seconds, so that a reader sees that work goes on.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._begun = clock()
        self._step = ""
        self._share: float | None = None
        self._written = ""
        self._written_at: float | None = None

    def update(self, step: str, share: float | None = None) -> None:
        """Note the current step and, where it is known, its share done."""
        self._step, self._share = step, share

    def line(self) -> str | None:
        """Return the line that is due now, None if none is."""
        now = self._clock()
        if not self._step or now - self._begun < FIRST_LINE_AFTER:
            return None
        if self._written_at is not None:
            is_repeated = self._step == self._written
            apart = REPEATED_AFTER if is_repeated else LINES_APART
            if now - self._written_at < apart:
                return None
        self._written, self._written_at = self._step, now
        share = f"{self._share:.0%}, " if self._share else ""
        return f"  {self._step} ({share}{now - self._begun:.0f} s)"


@contextmanager
def step_lines(
    on_terminal: Message | None = None,
) -> Iterator[Callable[..., None]]:
    """Yield a receiver of steps, which writes the lines that are due to standard error.

    On a terminal, `on_terminal` receives the steps instead.
    """
    if on_terminal is not None and sys.stderr is not None and sys.stderr.isatty():
        yield on_terminal
        return
    steps, is_over = StepLines(), threading.Event()

    def write() -> None:
        while not is_over.wait(_TICK):
            if line := steps.line():
                # a closed pipe must not stop the work
                with suppress(OSError, ValueError):
                    print(line, file=sys.stderr, flush=True)

    if sys.stderr is None:
        yield steps.update
        return
    writer = threading.Thread(target=write, name="step lines", daemon=True)
    writer.start()
    try:
        yield steps.update
    finally:
        is_over.set()
        writer.join()
