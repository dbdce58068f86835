"""The command ``carbonshed ingest``."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from carbonshed.text import counted, listing

if TYPE_CHECKING:
    from carbonshed.dataset import Dataset


def ingest(  # noqa: PLR0913, PLR0917 - one argument per option
    format_name: Annotated[
        str, typer.Argument(metavar="FORMAT", help="See `carbonshed formats`.")
    ],
    source: Annotated[
        Path, typer.Argument(metavar="SOURCE", help="The folder or file of the table.")
    ],
    name: Annotated[
        str, typer.Option(help="Name of the dataset; an earlier one is replaced.")
    ],
    year: Annotated[
        int | None, typer.Option(help="Year; other years of the dataset are kept.")
    ] = None,
    emissions: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Emissions beside the table.")
    ] = None,
    concordance: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Sectors of the emissions in the table."),
    ] = None,
    emissions_unit: Annotated[
        str | None, typer.Option(help="Unit of that file: t, kt, Mt, Gt or kg.")
    ] = None,
    regions: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Labels of the regions.")
    ] = None,
    sectors: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Labels of the sectors.")
    ] = None,
    indicators: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Population and GDP.")
    ] = None,
    stressor: Annotated[
        list[str] | None,
        typer.Option(help="A stressor of the source; may be given several times."),
    ] = None,
    map_file: Annotated[
        Path | None, typer.Option("--map", metavar="FILE", help="What is where (YAML).")
    ] = None,
    assumptions: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="Your own errors, intensities of imports, impacts: see "
            "docs/formats/README.md.",
        ),
    ] = None,
    unit: Annotated[
        float | None, typer.Option(help="How many currency units one number is worth.")
    ] = None,
    accept: Annotated[
        list[str] | None,
        typer.Option(help="Agree to what is refused otherwise; see `formats FORMAT`."),
    ] = None,
) -> None:
    """Read a table into data/NAME, after checking every row of it.

    `carbonshed formats FORMAT` says which options a format needs and takes.
    Temporary files lie beside the dataset, or in the folder that the environment
    variable CARBONSHED_TEMP_DIR names.
    """
    from carbonshed.cli.console import print_warnings, progress_bar
    from carbonshed.readers import ingest as read
    from carbonshed.readers.options import IngestOptions

    options = IngestOptions(
        name=name,
        year=year,
        emissions=emissions,
        concordance=concordance,
        regions=regions,
        sectors=sectors,
        indicators=indicators,
        stressors=tuple(stressor or ()),
        map=map_file,
        assumptions=assumptions,
        unit=unit,
        emissions_unit=emissions_unit,
        accept=frozenset(accept or ()),
    )
    with progress_bar() as progress:
        dataset = read(format_name, source, options, progress)
    typer.echo(summary(dataset))
    print_warnings(dataset.name)


def summary(dataset: "Dataset") -> str:
    """Return what was stored, what was not used and what to do next."""
    rows = {table: count for table, count in dataset.rows.items() if table != "dataset"}
    width = max(map(len, rows))
    years = listing(dataset.years)
    lines = [
        f"dataset {dataset.name!r}: {counted(rows['regions'], 'region')} x "
        f"{counted(rows['sectors'], 'sector')}, years {years}; rows by table:",
        *(f"  {table:<{width}}  {count:>13,}" for table, count in rows.items()),
        *(f"note: {note}" for note in dataset.notes),
        "next:",
        f"  carbonshed audit {dataset.name}",
        f"  dbt build --vars 'dataset: {dataset.name}'",
    ]
    return "\n".join(lines)
