"""Standard input, output and errors, which may be closed, full or in another code."""

import os
import sys
from contextlib import suppress
from typing import Any, TextIO


class _Messages:
    """Standard error: what is said there is lost where it cannot be written."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        with suppress(OSError):
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        with suppress(OSError):
            self._stream.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def open_streams() -> None:
    """Let standard streams show any label, and be something where they are closed.

    The next file to be opened would be a closed one otherwise, and be written into.
    Writing to a closed standard output still fails; a message that cannot be written
    stops nothing.
    """
    for number, flags in enumerate((os.O_RDONLY, os.O_RDONLY, os.O_WRONLY)):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, flags)  # the lowest number that is free: this one
            os.set_inheritable(number, True)
    if sys.stdin is None:
        sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
    if sys.stdout is None:
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    if sys.stderr is None:
        sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        # labels may hold what the terminal cannot show
        stream.reconfigure(errors="backslashreplace")
    sys.stderr = _Messages(sys.stderr)


def let_go_of_output() -> None:
    """Forget what could not be printed: Python would try once more at its end."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def say(message: str) -> None:
    """Write a message to standard error."""
    print(message, file=sys.stderr, flush=True)


def read_standard_input() -> str:
    """Return the text that comes from standard input."""
    from carbonshed.errors import CarbonshedError

    content = sys.stdin.buffer.read()
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise CarbonshedError(
            f"standard input: line {line} is not UTF-8; expected a text in UTF-8"
        ) from None
