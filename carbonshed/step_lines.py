"""Lines about steps that last, for whoever reads a pipe or a log."""

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

FIRST_LINE_AFTER = 5.0
LINES_APART = 2.0
REPEATED_AFTER = 15.0
_TICK = 0.5


class StepLines:
    """The steps of one command, and the line that is due about them.

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
        """Note what is being done and, where it is known, the share that is done."""
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
    on_terminal: Callable[[str], None] | None = None,
) -> Iterator[Callable[..., None]]:
    """Take the steps of a command, and write the lines that are due to standard error.

    Parameters
    ----------
    on_terminal
        The function that takes the steps where standard error is a terminal.
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
