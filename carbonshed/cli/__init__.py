"""The command line. Modules are imported by the command that needs them."""

import sys

import typer

from carbonshed import __version__
from carbonshed.cli.audit import audit
from carbonshed.cli.show import query, show
from carbonshed.cli.synthesize import synthesize
from carbonshed.errors import CarbonshedError

_commands = typer.Typer(
    name="carbonshed",
    help="An analytical database for consumption-based carbon accounting.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for command in (audit, synthesize, show, query):
    _commands.command()(command)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"carbonshed {__version__}")
        raise typer.Exit


@_commands.callback()
def _main(
    version: bool = typer.Option(
        False, "--version", callback=_print_version, is_eager=True, help="Show it."
    ),
) -> None:
    pass


def app() -> None:
    """Run the command line; a refusal is one message and exit code 1."""
    try:
        _commands()
    except CarbonshedError as refusal:
        sys.exit(f"error: {refusal}")
    except BrokenPipeError:  # the reader of our output has seen enough
        sys.exit(0)
