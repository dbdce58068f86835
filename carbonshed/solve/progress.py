"""How far the solve of a year is, as lines on standard error."""

import time

from carbonshed.text import print_note, print_progress


class YearProgress:
    """Shows how far a solve is, and notes how it ended: on standard error."""

    def __init__(self, year: int) -> None:
        self._year = year
        self._start = time.monotonic()

    def __call__(self, message: str) -> None:
        """Show what is being done."""
        print_progress(self._line(message))

    def note(self, message: str) -> None:
        """Say how it ended."""
        print_note(self._line(message))

    def _line(self, message: str) -> str:
        seconds = time.monotonic() - self._start
        return f"{self._year}  {seconds:6.1f} s  {message}"
