"""The command ``carbonshed audit``."""

import json
from typing import Annotated

import typer

from carbonshed.cli.console import progress_line


def audit(
    name: Annotated[str, typer.Argument(help="Name of an ingested dataset.")],
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the report for machines.")
    ] = False,
) -> None:
    """Check a dataset before it is built; exit code 1 if a check fails."""
    from carbonshed.audit import audit_dataset
    from carbonshed.dataset.store import open_dataset

    dataset = open_dataset(name)
    with progress_line() as say:
        report = audit_dataset(dataset, progress=lambda step: say(f"checking {step}"))
    if as_json:
        typer.echo(json.dumps(report.as_dict(), indent=2, ensure_ascii=False))
    else:
        typer.echo(report.render())
    if report.failed:
        raise typer.Exit(1)
