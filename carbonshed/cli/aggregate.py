"""The command ``carbonshed aggregate``."""

from pathlib import Path
from typing import Annotated

import typer


def aggregate(
    source: Annotated[
        str, typer.Argument(metavar="NAME", help="Name of an ingested dataset.")
    ],
    name: Annotated[
        str, typer.Option(help="Name of the new dataset; an earlier one is replaced.")
    ],
    regions: Annotated[
        Path | None, typer.Option(metavar="MAP", help="Which regions become one.")
    ] = None,
    sectors: Annotated[
        Path | None, typer.Option(metavar="MAP", help="Which sectors become one.")
    ] = None,
) -> None:
    """Add up regions and sectors of a dataset into a new one.

    A MAP is a CSV file with the columns region_id, new_region_id (or sector_id,
    new_sector_id) and, where the old labels do not say it, new_region_name,
    new_region_type, new_sector_name, new_sector_group, new_is_power_supply.
    """
    from carbonshed.aggregate import aggregate as add_up
    from carbonshed.cli.console import print_warnings, progress_bar
    from carbonshed.cli.ingest import summary

    with progress_bar() as progress:
        dataset = add_up(
            source, name, regions=regions, sectors=sectors, progress=progress
        )
    typer.echo(summary(dataset))
    print_warnings(dataset.name)
