"""``carbonshed synthesize``: make the default dataset, or a smaller one."""

from typing import Annotated

import typer


def synthesize(
    cities: Annotated[
        int, typer.Option(help="Number of cities, at least 2.", show_default=True)
    ] = 309,
    sectors: Annotated[
        int, typer.Option(help="Number of sectors, 7 to 42.", show_default=True)
    ] = 42,
    name: Annotated[
        str,
        typer.Option(help="Name of the dataset; an earlier synthetic one is replaced."),
    ] = "synthetic",
    seed: Annotated[
        int, typer.Option(help="Seed of the random streams, 0 or more.")
    ] = 2012,
    year: Annotated[int, typer.Option(help="Year that the rows bear.")] = 2012,
    years: Annotated[
        str | None,
        typer.Option(
            help="Several years in place of one, each with totals of its own: "
            "2007,2012,2017 or some of them."
        ),
    ] = None,
) -> None:
    """Make a synthetic dataset: an invented economy with real national totals.

    Without options this is the default dataset at full size (1.2 GB on disk). A small
    one with years: --name decade --cities 30 --sectors 12 --years 2007,2012,2017.
    """
    from carbonshed.cli.console import print_warnings, progress_bar
    from carbonshed.synthetic import synthesize as make

    with progress_bar() as progress:
        dataset = make(
            name=name,
            cities=cities,
            sectors=sectors,
            seed=seed,
            year=year,
            years=None if years is None else _numbers(years),
            progress=progress,
        )
    rows = dataset.rows
    typer.echo(
        f"dataset {dataset.name!r}: {rows['regions']:,} regions x "
        f"{rows['sectors']:,} sectors, {rows['transactions']:,} transactions; "
        "every number is invented"
    )
    typer.echo(f"build it with: {build_command(dataset.name)}")
    print_warnings(dataset.name)


def _numbers(words: str) -> list[int]:
    from carbonshed.errors import CarbonshedError

    try:
        return [int(word) for word in words.split(",")]
    except ValueError:
        raise CarbonshedError(
            f"--years is {words!r}: expected years with commas between them, such as "
            "2007,2012,2017"
        ) from None


def build_command(name: str) -> str:
    """Return the command that builds the warehouse of a dataset."""
    if name == "synthetic":
        return "dbt build"
    return f"dbt build --vars 'dataset: {name}'"
