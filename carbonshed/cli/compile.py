"""The command ``carbonshed compile``."""

from functools import partial
from pathlib import Path
from typing import Annotated

import typer


def compile_table(
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="Statistics of the regions.")
    ],
    parent: Annotated[
        str, typer.Option(help="The ingested dataset that is split into regions.")
    ],
    name: Annotated[
        str, typer.Option(help="Name of the new dataset; an earlier one is replaced.")
    ],
    variants: Annotated[
        bool,
        typer.Option(
            "--variants",
            help="Also NAME-low and NAME-high: own_region_delta halved and doubled.",
        ),
    ] = False,
) -> None:
    """Split a table into smaller regions, from statistics that offices publish.

    The result adds up to the parent cell by cell and is an estimate; `carbonshed
    template compile FOLDER --parent PARENT` writes the files to fill in.
    """
    from carbonshed.cli.console import print_warnings, progress_bar
    from carbonshed.cli.ingest import summary
    from carbonshed.compile import compile_dataset, write_variants

    with progress_bar() as progress:
        datasets = [
            compile_dataset(
                folder,
                parent,
                name,
                progress=progress,
                say=partial(typer.echo, err=True),
            )
        ]
        if variants:
            datasets += write_variants(folder, parent, name, progress)
    for dataset in datasets:
        typer.echo(summary(dataset))
    print_warnings(name)
