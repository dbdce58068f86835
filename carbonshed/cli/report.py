"""The command ``carbonshed report``."""

from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

# what draws the charts; the rest of the program does without
_NEEDS = {"altair": "altair", "vl_convert": "vl-convert-python"}


def report(
    name: Annotated[str, typer.Argument(help="Name of a built dataset.")] = "synthetic",
    out: Annotated[
        Path | None,
        typer.Option(help="A folder of its own.", show_default="reports/NAME"),
    ] = None,
) -> None:
    """Write a report to look at in a browser: pages, charts and their data."""
    from carbonshed.cli.console import progress_bar
    from carbonshed.errors import CarbonshedError
    from carbonshed.names import validate_name
    from carbonshed.paths import project_root

    missing = [package for module, package in _NEEDS.items() if not find_spec(module)]
    if missing:
        raise CarbonshedError(
            f"a report needs {' and '.join(missing)}; install it in this environment: "
            "pip install 'carbonshed[report]', in the project folder: pip install -e "
            "'.[report]'"
        )
    from carbonshed.publish.status import status_of
    from carbonshed.report.marts import open_marts
    from carbonshed.report.site import write_report

    folder = out or project_root() / "reports" / validate_name(name)
    with open_marts(name) as connection, progress_bar() as progress:
        first = write_report(connection, folder, progress)
    for remark in status_of(name).remarks():
        typer.echo(f"note: {remark}", err=True)
    typer.echo(f"{first}\nopen it in a browser; it needs no server and no network")
