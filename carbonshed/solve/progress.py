"""Progress of long work, as lines on standard error."""

import time

from carbonshed.text import print_note, print_progress


class Progress:
    """Shows how far work is, and notes how it ended: on standard error.

    Parameters
    ----------
    subject : int or str
        The beginning of every line: the year that is solved, or the work.
    """

    def __init__(self, subject: int | str) -> None:
        self._subject = subject
        self._start = time.monotonic()

    def __call__(self, message: str) -> None:
        """Show what is being done."""
        print_progress(self._line(message))

    def note(self, message: str) -> None:
        """Say how it ended."""
        print_note(self._line(message))

    def _line(self, message: str) -> str:
        seconds = time.monotonic() - self._start
        return f"{self._subject}  {seconds:6.1f} s  {message}"
