"""The command ``carbonshed audit``."""

import json
from pathlib import Path
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
    from carbonshed.solve.memory_plan import DASK, Solver

    variables = {"scheduler": scheduler or None, "shared": shared or None}
    check_variables(variables)
    if shared and not scheduler:
        raise CarbonshedError("--shared is for the workers of a --scheduler; name it")
    dataset = open_dataset(name)
    solver = None
    if scheduler:
        solver = Solver.of(DASK, None, scheduler, shared)
        _ask(scheduler, dataset.table("transactions"))
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


def _ask(scheduler: str, transactions: Path) -> None:
    """Refuse a scheduler that does not answer; say so where it has nothing to do."""
    from carbonshed.audit.tables import (
        MIN_PARTS,
        PART_ROWS,
        is_for_workers,
        parts_of,
    )
    from carbonshed.solve.memory_plan import require_dask

    require_dask()
    from carbonshed.solve.cluster.workers import require_scheduler

    require_scheduler(scheduler)
    if not is_for_workers(parts_of(transactions)):
        fewest = (MIN_PARTS - 1) * PART_ROWS
        typer.echo(
            f"the workers of {scheduler} have nothing to do: a table of up to"
            f" {fewest:,} transactions is scanned here, which is quicker",
            err=True,
        )
