"""The commands that bring a table in: ``ingest`` and ``template``."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from carbonshed.dataset import Dataset


def ingest(
    format_name: Annotated[
        str, typer.Argument(metavar="FORMAT", help="Format of the table: tidy.")
    ],
    source: Annotated[
        Path, typer.Argument(metavar="SOURCE", help="The folder that holds it.")
    ],
    name: Annotated[
        str, typer.Option(help="Name of the dataset; an earlier one is replaced.")
    ],
) -> None:
    """Read a table into data/NAME, after checking every row of it.

    Temporary files lie beside the dataset, or in the folder that the environment
    variable CARBONSHED_TEMP_DIR names.
    """
    from carbonshed.cli.console import progress_bar
    from carbonshed.dataset.names import validate_ingest_name
    from carbonshed.readers import reader_of

    validate_ingest_name(name)
    read = reader_of(format_name)
    with progress_bar() as progress:
        dataset = read(source, name, progress)
    typer.echo(_summary(dataset))


def template(
    format_name: Annotated[
        str, typer.Argument(metavar="FORMAT", help="Format to start: tidy.")
    ],
    folder: Annotated[Path, typer.Argument(help="A new or empty folder.")],
) -> None:
    """Write empty tables with headers and a descriptor to fill in."""
    from carbonshed.errors import CarbonshedError
    from carbonshed.readers.template import write_template

    if format_name != "tidy":
        raise CarbonshedError(
            f"format {format_name!r} has no template; formats with one: tidy"
        )
    files = write_template(folder)
    typer.echo(f"{folder}: {', '.join(files)}")
    typer.echo(
        "fill in the tables and datapackage.json (README.md there says how), then:\n"
        f"  carbonshed ingest tidy {folder} --name NAME"
    )


def _summary(dataset: "Dataset") -> str:
    """Return what was stored, what was not used and what to do next."""
    rows = {table: count for table, count in dataset.rows.items() if table != "dataset"}
    width = max(map(len, rows))
    years = ", ".join(str(year) for year in dataset.years)
    lines = [
        f"dataset {dataset.name!r}: {rows['regions']:,} regions x "
        f"{rows['sectors']:,} sectors, years {years}; rows by table:",
        *(f"  {table:<{width}}  {count:>13,}" for table, count in rows.items()),
        *(f"note: {note}" for note in dataset.notes),
        "next:",
        f"  carbonshed audit {dataset.name}",
        f"  dbt build --vars 'dataset: {dataset.name}'",
    ]
    return "\n".join(lines)
