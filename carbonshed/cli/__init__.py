"""The command line. Modules are imported by the command that needs them."""

import resource
import signal
import sys
from pathlib import Path
from typing import Annotated

import typer

from carbonshed import __version__
from carbonshed.cli.builds import build, publish, report
from carbonshed.cli.dataset_option import OfDataset
from carbonshed.cli.datasets import audit, check, list_datasets, remove, status
from carbonshed.cli.derive import (
    aggregate,
    compile_table,
    export,
    import_intensities,
    synthesize,
)
from carbonshed.cli.ingest import download, formats, ingest, look, template
from carbonshed.cli.init import init
from carbonshed.cli.output import let_go_of_output, open_streams, say
from carbonshed.cli.publications import ask, price, query, show, sql, whatif
from carbonshed.errors import CarbonshedError, is_of_storage
from carbonshed.paths import PROJECT_VARIABLE, choose_project
from carbonshed.text import first_line, size_text

# below it, DuckDB, Arrow and OpenBLAS end the process as they are loaded
MIN_ADDRESS_SPACE = 600 * 10**6
_USAGE_ERROR = 2  # exit code of the command-line library
_WHAT_IS_DAMAGED = (
    "; a stored file is damaged, and carbonshed check publication NAME and carbonshed"
    " check dataset NAME say which"
)
_commands = typer.Typer(
    name="carbonshed",
    help="An analytical database for consumption-based carbon accounting.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for command, kind in (
    (init, None),
    (ingest, None),
    (look, None),
    (formats, None),
    (audit, OfDataset),
    (synthesize, None),
    (build, OfDataset),
    (show, OfDataset),
    (ask, None),
    (query, OfDataset),
    (publish, OfDataset),
    (status, OfDataset),
    (remove, OfDataset),
    (sql, OfDataset),
    (report, OfDataset),
    (export, None),
    (aggregate, OfDataset),
    (download, None),
    (whatif, None),
    (price, None),
):
    _commands.command(cls=kind)(command)
_commands.command("compile")(compile_table)
_commands.command("import-intensities")(import_intensities)
_commands.command("list")(list_datasets)
_commands.add_typer(check, name="check")
_commands.add_typer(template, name="template")


def _print_version(is_requested: bool) -> None:
    if is_requested:
        typer.echo(f"carbonshed {__version__}")
        raise typer.Exit


@_commands.callback()
def _main(
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=_print_version,
            is_eager=True,
            help="Show the version.",
        ),
    ] = False,
    project_dir: Annotated[
        Path | None,
        typer.Option(
            help="The project folder; else the current one, one above it, or"
            f" {PROJECT_VARIABLE}."
        ),
    ] = None,
) -> None:
    choose_project(project_dir)


def app() -> None:
    """Run the command line; a refusal is one message and exit code 1."""
    open_streams()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _end)
    try:
        code = _exit_code()
        sys.stdout.flush()
    except BrokenPipeError:  # the reader of our output has seen enough
        let_go_of_output()
        code = 0
    except OSError as error:
        let_go_of_output()
        source = error.filename or "standard output, or a file of the command"
        say(f"error: {source}: {error.strerror or error}")
        code = 1
    sys.exit(code)


def _exit_code() -> int:
    """Run the command that is asked for; return its exit code."""
    try:
        _refuse_surroundings()
        _commands()
    except CarbonshedError as refusal:
        say(f"error: {refusal}")
        return 1
    except SystemExit as end:
        if isinstance(end.code, str):
            say(end.code)
            return 1
        return 1 if end.code == _USAGE_ERROR else end.code or 0
    except Exception as error:
        if not is_of_storage(error):
            raise
        say(f"error: {first_line(error)}{_WHAT_IS_DAMAGED}")
        return 1
    return 0


def _refuse_surroundings() -> None:
    """Refuse a process in which the libraries would end without a word of ours."""
    soft, _ = resource.getrlimit(resource.RLIMIT_AS)
    if soft != resource.RLIM_INFINITY and soft < MIN_ADDRESS_SPACE:
        raise CarbonshedError(
            f"this process may take {size_text(soft)} of address space (ulimit -v);"
            f" the libraries alone need {size_text(MIN_ADDRESS_SPACE)}: raise the"
            " limit, and bound the memory of a solve by the var memory_gb instead"
        )
    encoding = sys.getfilesystemencoding()
    names = (str(Path.cwd()), *sys.argv[1:])
    if encoding != "utf-8" and not all(name.isascii() for name in names):
        raise CarbonshedError(
            f"Python takes file names for {encoding} here, and a path has other"
            " letters: set LC_ALL=C.UTF-8, and do not set PYTHONUTF8=0"
        )


def _end(number: int, _frame: object) -> None:
    """Turn a signal into an exception, so that half-written files are removed."""
    sys.exit(128 + number)
