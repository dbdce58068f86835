"""The command ``carbonshed publish``."""

import shlex
from typing import Annotated

import typer


def publish(
    name: Annotated[str, typer.Argument(help="Name of a built dataset.")] = "synthetic",
) -> None:
    """Publish a warehouse; first build and test what has not passed.

    A whole dbt build that passes publishes by itself.
    """
    from carbonshed.ask.status import shown
    from carbonshed.cli.build import run_dbt
    from carbonshed.cli.console import progress_line
    from carbonshed.paths import warehouse_dir
    from carbonshed.publish.editions import published_database
    from carbonshed.publish.publishing import OutstandingError
    from carbonshed.publish.publishing import publish as publish_marts

    try:
        with progress_line() as progress:
            is_new = publish_marts(name, progress)
    except OutstandingError as outstanding:
        typer.echo(str(outstanding), err=True)
        run_dbt(shlex.split(outstanding.command), name)  # which publishes
        return
    path = shown(published_database(warehouse_dir() / f"{name}.duckdb"))
    typer.echo(f"{'published' if is_new else 'published already'}: {path}")
