"""Standard streams, progress and notes, and the destination of an answer."""

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile, gettempdir
from typing import TYPE_CHECKING, Any, TextIO

import typer

from carbonshed.errors import CarbonshedError
from carbonshed.files import replacing
from carbonshed.outputs import output_file
from carbonshed.progress import Message, step_lines

if TYPE_CHECKING:
    import duckdb

FORMATS = ("table", "csv", "json", "markdown", "xlsx")
_ENDINGS = {".csv": "csv", ".json": "json", ".md": "markdown", ".xlsx": "xlsx"}
_BYTES_AT_A_TIME = 1 << 20


def chosen_format(requested: str | None, file: Path | None) -> str:
    """Return the format that was asked for, or else that of the file's ending."""
    form = requested or _ENDINGS.get(file.suffix.lower() if file else "", "table")
    if form not in FORMATS:
        msg = f"--format is {form!r}, expected one of: {', '.join(FORMATS)}"
        raise CarbonshedError(msg)
    if form == "xlsx" and file is None:
        raise CarbonshedError("--format xlsx is a file: name it with -o FILE.xlsx")
    return form


def terminal_width() -> int | None:
    """Return the width of the screen, None where there is none."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


@dataclass(frozen=True)
class Destination:
    """The destination of the answer of a command."""

    path: Path  # to write to: its content becomes the answer when all is well
    is_screen: bool  # True if it is printed then, or has been already

    @property
    def width(self) -> int | None:
        """The width of the screen; None for a file, and without a screen."""
        return terminal_width() if self.is_screen else None

    def put(self, text: str) -> None:
        """Print a text, in one piece and with no detour over the disk, or write it."""
        if self.is_screen:
            typer.echo(text)
        else:
            self.path.write_text(f"{text}\n", encoding="utf-8")


@contextmanager
def destination(file: Path | None) -> Iterator[Destination]:
    """Yield where to put an answer: in a file, or None for the screen.

    Nothing is printed of an answer that cannot be computed to its end, and a file that
    was there stays as it was. What is kept of an answer before it is printed has no
    name, so that nothing of it is left however the command ends.
    """
    if file is not None:
        target = output_file(file)
        if not target.parent.is_dir():
            msg = f"{file}: cannot be written: there is no folder {target.parent}"
            raise CarbonshedError(msg)
        try:
            with replacing(target) as path:
                yield Destination(path, is_screen=False)
                if target.exists():  # the user chose who may read it
                    shutil.copymode(target, path)
        except BrokenPipeError:
            raise
        except OSError as error:
            why = error.strerror or error
            raise CarbonshedError(f"{file}: cannot be written: {why}") from None
        return
    with TemporaryFile(prefix="carbonshed-") as stream:
        path = Path(f"/dev/fd/{stream.fileno()}")
        try:
            yield Destination(path, is_screen=True)
        except CarbonshedError as refusal:
            words = str(refusal).replace(str(path), f"{gettempdir()}/carbonshed-answer")
            raise CarbonshedError(words) from refusal
        stream.seek(0)
        while part := stream.read(_BYTES_AT_A_TIME):
            typer.echo(part, nl=False)


def put_answer(
    relation: "duckdb.DuckDBPyRelation",
    form: str,
    target: Destination,
    about: dict[str, str],
) -> None:
    """Print an answer with every digit, or write it to a file."""
    from carbonshed.ask.answers import (
        as_box,
        as_markdown,
        write_answer,
        write_workbook,
    )

    if form == "table":
        target.put(as_box(relation, target.width))
    elif form == "markdown":
        target.put(as_markdown(relation))
    elif form == "xlsx":
        write_workbook(relation, target.path, about)
    else:
        write_answer(relation, target.path, form)


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
    from carbonshed.io_errors import decode_utf8

    content = sys.stdin.buffer.read()
    return decode_utf8(content, "standard input", "expected a text in UTF-8")


@contextmanager
def progress_line() -> Iterator[Message]:
    """Show one changing line while something takes long; lines in a pipe."""
    from rich.console import Console

    console = Console(stderr=True)
    if not console.is_terminal:
        with step_lines() as steps:
            yield steps
        return
    with console.status("") as status:
        yield status.update


@contextmanager
def progress_bar() -> Iterator[Callable[[str, float], None]]:
    """Show what is being done and the share of it; lines in a pipe."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    if not console.is_terminal:
        with step_lines() as steps:
            yield steps
        return
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("starting", total=1.0)
        yield lambda step, part: bar.update(task, description=step, completed=part)
