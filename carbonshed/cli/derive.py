"""The commands that make datasets of others, or files of them."""

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from carbonshed.cli.output import destination, progress_bar
from carbonshed.errors import CarbonshedError
from carbonshed.names import SYNTHETIC_NAME, validate_new_name
from carbonshed.paths import refuse_outside_project
from carbonshed.text import listing

_NewName = Annotated[
    str, typer.Option(help="Name of the new dataset; an earlier one is replaced.")
]


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
    ] = SYNTHETIC_NAME,
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

    Without options this is `synthetic` at full size (1.2 GB on disk). A small one with
    years: --name decade --cities 30 --sectors 12 --years 2007,2012,2017.
    """
    from carbonshed.dataset.lock import sole_use
    from carbonshed.publish.work_file import build_command
    from carbonshed.synthetic import synthesize as make

    refuse_outside_project()
    if name != SYNTHETIC_NAME:
        validate_new_name(name)
    with sole_use(name), progress_bar() as progress:
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


def _numbers(words: str) -> list[int]:

    try:
        return [int(word) for word in words.split(",")]
    except ValueError:
        raise CarbonshedError(
            f"--years is {words!r}: expected years with commas between them, such as "
            "2007,2012,2017"
        ) from None


def aggregate(
    source: Annotated[
        str, typer.Argument(metavar="NAME", help="Name of an ingested dataset.")
    ],
    name: _NewName,
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
    from carbonshed.cli.ingest import summary
    from carbonshed.dataset.lock import sole_use

    refuse_outside_project()
    validate_new_name(name)
    with sole_use(name), progress_bar() as progress:
        dataset = add_up(
            source,
            name,
            regions=regions,
            sectors=sectors,
            progress=progress,
        )
    typer.echo(summary(dataset))


def compile_table(
    folder: Annotated[
        Path,
        typer.Argument(
            metavar="FOLDER",
            help="Folder with statistics of the regions. usa_states, unless a folder "
            "has this name, means the shipped ones, for a world table of WIOD.",
        ),
    ],
    parent: Annotated[
        str, typer.Option(help="The ingested dataset that is split into regions.")
    ],
    name: _NewName,
    variants: Annotated[
        bool,
        typer.Option(
            "--variants",
            help="Also NAME-low and NAME-high, own_region_delta halved and doubled, and"
            " NAME-near and NAME-far, distance_decay doubled and halved.",
        ),
    ] = False,
) -> None:
    """Split a table into smaller regions, using published statistics.

    The result is an estimate that adds up to the parent cell by cell. To get
    the files to fill in: `carbonshed template compile FOLDER --parent PARENT`.
    """
    from carbonshed.cli.ingest import summary
    from carbonshed.compile import compile_dataset, write_variants
    from carbonshed.dataset.lock import sole_use
    from carbonshed.usa_states.world import statistics_folder

    refuse_outside_project()
    validate_new_name(name)
    with (
        sole_use(name),
        statistics_folder(folder, parent) as statistics,
        progress_bar() as progress,
    ):
        datasets = [
            compile_dataset(
                statistics,
                parent,
                name,
                progress=progress,
                say=partial(typer.echo, err=True),
            )
        ]
        if variants:
            datasets += write_variants(statistics, parent, name, progress)
    for dataset in datasets:
        typer.echo(summary(dataset))


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
    from carbonshed.dataset import open_dataset
    from carbonshed.export.pymrio import NOT_CARRIED, export_pymrio

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
    from carbonshed.export.import_intensities import describe
    from carbonshed.export.import_intensities import (
        import_intensities as intensities_in,
    )

    intensities = intensities_in(
        world, country, concordance, own=own, year=year, world_year=world_year
    )
    with destination(output) as target:
        target.path.write_text(intensities.csv(), encoding="utf-8")
    typer.echo(f"written: {output}")
    for line in describe(intensities):
        typer.echo(line)
