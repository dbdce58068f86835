"""The command ``carbonshed report``."""

import resource
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

# draws the charts; the rest of the program does without
_NEEDED = "vl_convert"
_PACKAGE = "vl-convert-python"
# its JavaScript engine reserves it at once, and aborts the process where it may not
_ADDRESS_SPACE = 72 << 30


def report(
    name: Annotated[str, typer.Argument(help="Name of a built dataset.")] = "synthetic",
    out: Annotated[
        Path | None,
        typer.Option(help="A folder of its own.", show_default="reports/NAME"),
    ] = None,
    no_pictures: Annotated[
        bool,
        typer.Option("--no-pictures", help="Words, tables and data, without charts."),
    ] = False,
) -> None:
    """Write a report to look at in a browser: pages, charts and their data."""
    from carbonshed.cli.console import progress_bar
    from carbonshed.errors import CarbonshedError
    from carbonshed.names import validate_name
    from carbonshed.paths import project_root
    from carbonshed.text import install_command

    if not find_spec(_NEEDED):
        raise CarbonshedError(f"a report needs {_PACKAGE}: {install_command('report')}")
    if not no_pictures:
        _refuse_little_address_space()
    from carbonshed.ask.status import status_of
    from carbonshed.report.marts import open_marts
    from carbonshed.report.site import write_report

    folder = out or project_root() / "reports" / validate_name(name)
    with open_marts(name) as connection, progress_bar() as progress:
        draws = not no_pictures
        first = write_report(connection, folder, progress, draws, draws)
    for remark in status_of(name).remarks():
        typer.echo(f"note: {remark}", err=True)
    typer.echo(f"{first}\nopen it in a browser; it needs no server and no network")


def _refuse_little_address_space() -> None:
    from carbonshed.errors import CarbonshedError
    from carbonshed.text import size_text

    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    if limit != resource.RLIM_INFINITY and limit < _ADDRESS_SPACE:
        raise CarbonshedError(
            f"the address space of this process is limited to {size_text(limit)}"
            f" (ulimit -v); what draws the charts reserves {size_text(_ADDRESS_SPACE)},"
            " of which it uses little. Limit memory in another way, or make the report"
            " with --no-pictures: words, tables and data without charts"
        )
