"""The command ``carbonshed export``."""

from pathlib import Path
from typing import Annotated

import typer


def export(
    format_name: Annotated[
        str,
        typer.Argument(metavar="FORMAT", help="Which program is to read it: pymrio."),
    ],
    name: Annotated[str, typer.Argument(metavar="NAME", help="The dataset.")],
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="A new or empty folder.")
    ],
    year: Annotated[
        int | None, typer.Option(help="Which year, if the dataset has several.")
    ] = None,
    table_format: Annotated[
        str, typer.Option(help="parquet, or txt for tables to look at.")
    ] = "parquet",
) -> None:
    """Write a year of a dataset for another program."""
    from carbonshed.cli.console import progress_bar
    from carbonshed.dataset import open_dataset
    from carbonshed.errors import CarbonshedError
    from carbonshed.export.pymrio import NOT_CARRIED, export_pymrio
    from carbonshed.text import listing

    if format_name != "pymrio":
        raise CarbonshedError(f"format {format_name!r} cannot be written; pymrio can")
    dataset = open_dataset(name)
    with progress_bar() as progress:
        chosen = export_pymrio(dataset, folder, year, table_format, progress)
    if left_out := [table for table in NOT_CARRIED if dataset.rows.get(table)]:
        typer.echo(f"left out, pymrio has no place for them: {listing(left_out)}")
    typer.echo(
        f"{folder}: {name}, {chosen}\nread it in Python:\n"
        f"  pymrio.load_all({str(folder)!r})"
    )
