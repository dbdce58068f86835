"""Progress of long work, as lines on standard error."""

import time

from carbonshed.text import print_note, print_progress


class Progress:
    """A printer of the progress and the end of some work, to standard error.

    Parameters
    ----------
    subject : int or str
        The beginning of every line: the year that is solved, or the work.
    """

    def __init__(self, subject: int | str) -> None:
        self._subject = subject
        self._start = time.monotonic()

    def __call__(self, message: str) -> None:
        """Print what is being done."""
        print_progress(self._line(message))

    def note(self, message: str) -> None:
        """Print a line that stays."""
        print_note(self._line(message))

    def _line(self, message: str) -> str:
        seconds = time.monotonic() - self._start
        return f"{self._subject}  {seconds:6.1f} s  {message}"
