"""The command ``carbonshed look``."""

from pathlib import Path
from typing import Annotated

import typer

from carbonshed.text import listing


def look(
    source: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            help="A workbook (.xlsx, .xlsm, .xls, .xlsb, .ods), a CSV file, or a "
            "folder of them.",
        ),
    ],
    out: Annotated[
        Path, typer.Option(metavar="FOLDER", help="Where the first map is written.")
    ] = Path(),
    write: Annotated[
        bool, typer.Option(help="Write a first map and a list of labels.")
    ] = True,
) -> None:
    """Show what an unknown workbook or CSV file holds, and write a first map of it.

    Both are guesses from numbers and words: replace every ??? in the map, and check the
    groups of sectors in the list of labels.
    """
    from carbonshed.cli.console import progress_bar
    from carbonshed.outputs import refuse_folders_of_commands
    from carbonshed.readers.look.draft import write_draft
    from carbonshed.readers.look.show import describe
    from carbonshed.readers.look.survey import survey_files

    if write:
        refuse_folders_of_commands(out)
    with progress_bar() as progress:
        survey = survey_files(source, progress)
    for line in describe(survey):
        typer.echo(line)
    if not write or survey.best is None:
        return
    files, kept = write_draft(survey, out)
    if files:
        typer.echo(f"written: {listing(files)}")
    if kept:
        typer.echo(
            f"kept as it was: {listing(kept)}; remove it or give --out FOLDER for a "
            "new one"
        )
    sectors_file, map_file = sorted([*files, *kept], key=lambda file: file.suffix)
    emissions = "" if survey.has_emissions else " --emissions EMISSIONS.csv"
    people = " --indicators INDICATORS.csv" if survey.has_years else ""
    form = "csv-matrix" if survey.is_csv else "excel"
    typer.echo(
        "read both through, replace every ??? in the map, then:\n"
        f"  carbonshed ingest {form} {source} --map {map_file} "
        f"--sectors {sectors_file}{emissions}{people} --name NAME"
    )
