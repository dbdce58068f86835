"""The command ``carbonshed import-intensities``."""

from pathlib import Path
from typing import Annotated

import typer


def import_intensities(
    world: Annotated[
        str, typer.Argument(metavar="WORLD", help="A built dataset of many countries.")
    ],
    country: Annotated[
        str, typer.Option(help="The country that imports, a region of WORLD.")
    ],
    concordance: Annotated[
        Path,
        typer.Option(
            "--map",
            metavar="FILE",
            help="Which sectors of yours each sector of WORLD covers: columns source, "
            "sector_id, share.",
        ),
    ],
    own: Annotated[
        str | None,
        typer.Option(
            "--for",
            metavar="NAME",
            help="Your dataset: its sectors, stressors and money. Without it, units "
            "are those of WORLD.",
        ),
    ] = None,
    year: Annotated[int | None, typer.Option(help="Year of the file.")] = None,
    world_year: Annotated[
        int | None, typer.Option(help="Year of WORLD, if it is another.")
    ] = None,
    output: Annotated[
        Path,
        typer.Option("--output", "-o", metavar="FILE", help="The file that is made."),
    ] = Path("import_intensities.csv"),
) -> None:
    """Make the file import_intensities of a country's table from a world table.

    Total intensities of the country's partners, weighted with what they deliver to it.
    """
    from carbonshed.cli.output import destination
    from carbonshed.export.import_intensities import describe
    from carbonshed.export.import_intensities import import_intensities as found_in

    found = found_in(
        world, country, concordance, own=own, year=year, world_year=world_year
    )
    with destination(output) as target:
        target.path.write_text(found.csv(), encoding="utf-8")
    typer.echo(f"written: {output}")
    for line in describe(found):
        typer.echo(line)
