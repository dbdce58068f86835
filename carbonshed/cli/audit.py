"""The command ``carbonshed audit``."""

import json
from typing import Annotated

import typer

from carbonshed.cli.console import progress_line


def audit(
    name: Annotated[str, typer.Argument(help="Name of an ingested dataset.")],
    scheduler: Annotated[
        str,
        typer.Option(
            help="Address or file of a Dask scheduler, whose workers scan a large"
            " table."
        ),
    ] = "",
    shared: Annotated[
        str,
        typer.Option(
            help="URL of a folder in object storage, where its workers do not see the"
            " project folder."
        ),
    ] = "",
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the report for machines.")
    ] = False,
) -> None:
    """Check a dataset before it is built; exit code 1 if a check fails."""
    from carbonshed.audit import audit_dataset
    from carbonshed.dataset.store import open_dataset
    from carbonshed.dbt_plugin.vars import check_variables
    from carbonshed.errors import CarbonshedError
    from carbonshed.solve.plan import DASK, Solver

    asked = {"scheduler": scheduler or None, "shared": shared or None}
    check_variables(asked, list(asked))
    if shared and not scheduler:
        raise CarbonshedError("--shared is for the workers of a --scheduler; name it")
    solver = Solver.of(DASK, None, scheduler, shared) if scheduler else None
    dataset = open_dataset(name)
    with progress_line() as progress:
        report = audit_dataset(
            dataset, lambda step: progress(f"checking {step}"), solver
        )
    if as_json:
        content = {**report.as_dict(), "notes": dataset.notes}
        typer.echo(json.dumps(content, indent=2, ensure_ascii=False))
    else:
        typer.echo(report.render())
        for note in dataset.notes:
            typer.echo(f"note    {note}")
    if report.failed:
        raise typer.Exit(1)
