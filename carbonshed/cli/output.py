"""The destination of an answer: the screen, a pipe or a file."""

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile, gettempdir
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    import duckdb

FORMATS = ("table", "csv", "json", "markdown", "xlsx")
_ENDINGS = {".csv": "csv", ".json": "json", ".md": "markdown", ".xlsx": "xlsx"}
_BYTES_AT_A_TIME = 1 << 20


def chosen_format(requested: str | None, file: Path | None) -> str:
    """Return the format that was asked for, or else that of the file's ending."""
    from carbonshed.errors import CarbonshedError

    form = requested or _ENDINGS.get(file.suffix.lower() if file else "", "table")
    if form not in FORMATS:
        msg = f"--format is {form!r}, expected one of: {', '.join(FORMATS)}"
        raise CarbonshedError(msg)
    if form == "xlsx" and file is None:
        raise CarbonshedError("--format xlsx is a file: name it with -o FILE.xlsx")
    return form


def terminal_width() -> int | None:
    """Return how wide the screen is, None where there is none."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


@dataclass(frozen=True)
class Destination:
    """The destination of the answer of a command.

    Attributes
    ----------
    path
        The file to write: what it holds becomes the answer when all is well.
    is_screen
        True if it is printed then, or has been already.
    """

    path: Path
    is_screen: bool

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
    from carbonshed.errors import CarbonshedError
    from carbonshed.files import replacing
    from carbonshed.outputs import output_file

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
