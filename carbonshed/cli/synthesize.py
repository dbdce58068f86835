"""``carbonshed synthesize``: make the default dataset, or a smaller one."""

from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn


def synthesize(
    cities: Annotated[
        int, typer.Option(help="Number of cities, at least 2.", show_default=True)
    ] = 309,
    sectors: Annotated[
        int, typer.Option(help="Number of sectors, 7 to 42.", show_default=True)
    ] = 42,
    name: Annotated[
        str, typer.Option(help="Name of the dataset; an earlier one is replaced.")
    ] = "synthetic",
    seed: Annotated[
        int, typer.Option(help="Seed of the random streams, 0 or more.")
    ] = 2012,
    year: Annotated[int, typer.Option(help="Year that the rows bear.")] = 2012,
) -> None:
    """Make a synthetic dataset: an invented economy with real national totals.

    Without options this is the default dataset at full size (1.2 GB on disk).
    """
    # NumPy and PyArrow are only loaded when they are needed
    from carbonshed import synthetic
    from carbonshed.cli.console import say_where_outside_project

    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("starting", total=1.0)
        dataset = synthetic.synthesize(
            name=name,
            cities=cities,
            sectors=sectors,
            seed=seed,
            year=year,
            progress=lambda step, part: bar.update(
                task, description=step, completed=part
            ),
        )
    rows = dataset.rows
    typer.echo(
        f"dataset {dataset.name!r}: {rows['regions']:,} regions x "
        f"{rows['sectors']:,} sectors, {rows['transactions']:,} transactions; "
        "every number is invented"
    )
    typer.echo(f"build it with: {build_command(dataset.name)}")
    say_where_outside_project(dataset.name)


def build_command(name: str) -> str:
    """Return the command that builds the warehouse of a dataset."""
    if name == "synthetic":
        return "dbt build"
    return f"dbt build --vars 'dataset: {name}'"
