"""The command line. Modules are imported by the command that needs them."""

import signal
import sys
from pathlib import Path
from typing import Annotated

import typer

from carbonshed import __version__
from carbonshed.cli.aggregate import aggregate
from carbonshed.cli.ask import ask
from carbonshed.cli.audit import audit
from carbonshed.cli.build import build
from carbonshed.cli.check import check
from carbonshed.cli.compile import compile_table
from carbonshed.cli.datasets import list_datasets
from carbonshed.cli.download import download
from carbonshed.cli.export import export
from carbonshed.cli.formats import formats
from carbonshed.cli.import_intensities import import_intensities
from carbonshed.cli.ingest import ingest
from carbonshed.cli.look import look
from carbonshed.cli.publish import publish
from carbonshed.cli.query import query
from carbonshed.cli.remove import remove
from carbonshed.cli.report import report
from carbonshed.cli.show import show
from carbonshed.cli.sql import sql
from carbonshed.cli.status import status
from carbonshed.cli.streams import let_go_of_output, open_streams, say
from carbonshed.cli.surroundings import refuse_surroundings
from carbonshed.cli.synthesize import synthesize
from carbonshed.cli.template import template
from carbonshed.cli.whatif import whatif
from carbonshed.errors import CarbonshedError, is_of_storage
from carbonshed.paths import PROJECT_VARIABLE, choose_project

_commands = typer.Typer(
    name="carbonshed",
    help="An analytical database for consumption-based carbon accounting.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for command in (
    ingest,
    look,
    formats,
    audit,
    synthesize,
    build,
    show,
    ask,
    query,
    publish,
    status,
    remove,
    sql,
    report,
    export,
    aggregate,
    download,
    whatif,
):
    _commands.command()(command)
_commands.command("compile")(compile_table)
_commands.command("import-intensities")(import_intensities)
_commands.command("list")(list_datasets)
_commands.add_typer(check, name="check")
_commands.add_typer(template, name="template")

_USAGE_ERROR = 2  # exit code of the command-line library
_WHAT_IS_DAMAGED = (
    "; a stored file is damaged, and carbonshed check publication NAME and carbonshed"
    " check dataset NAME say which"
)


def _print_version(is_requested: bool) -> None:
    if is_requested:
        typer.echo(f"carbonshed {__version__}")
        raise typer.Exit


@_commands.callback()
def _main(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Show it."
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
        refuse_surroundings()
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
        from carbonshed.text import first_line  # slow to import

        say(f"error: {first_line(error)}{_WHAT_IS_DAMAGED}")
        return 1
    return 0


def _end(number: int, _frame: object) -> None:
    """Turn a signal into an exception, so that half-written files are removed."""
    sys.exit(128 + number)
