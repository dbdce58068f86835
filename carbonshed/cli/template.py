"""The commands ``carbonshed template``: files to fill in, one command for each kind."""

from pathlib import Path
from typing import Annotated

import typer

from carbonshed.errors import CarbonshedError
from carbonshed.text import listing

template = typer.Typer(
    help="Write empty tables, an example of scenarios, or a map, to fill in.",
    no_args_is_help=True,
)

_Folder = Annotated[Path, typer.Argument(metavar="PATH", help="A new or empty folder.")]
_CsvFile = Annotated[Path, typer.Argument(metavar="PATH", help="A new CSV file.")]
_MapFile = Annotated[Path, typer.Argument(metavar="PATH", help="A new YAML file.")]
_Years = Annotated[
    list[int] | None, typer.Option(help="A year; may be given several times.")
]


@template.command()
def tidy(path: _Folder) -> None:
    """Write the tables of the tidy format."""
    from carbonshed.readers.templates import write_tidy_template

    files = write_tidy_template(path)
    typer.echo(
        f"{path}: {listing(files)}\n"
        "fill in the tables and datapackage.json (README.md there says how), then:\n"
        f"  carbonshed ingest tidy {path} --name NAME"
    )


@template.command("compile")
def compile_statistics(
    path: _Folder,
    parent: Annotated[
        str, typer.Option(help="The dataset that will be split into regions.")
    ],
) -> None:
    """Write the tables of statistics by which a nation's table is split."""
    from carbonshed.compile.template import write_compile_template
    from carbonshed.dataset import open_dataset

    files = write_compile_template(path, open_dataset(parent))
    typer.echo(
        f"{path}: {listing(files)}\n"
        "fill in the tables and datapackage.json (README.md there says how), then:\n"
        f"  carbonshed compile {path} --parent {parent} --name NAME"
    )


@template.command()
def scenarios(
    path: _CsvFile,
    dataset: Annotated[
        str | None, typer.Option(help="Write an example that fits this dataset.")
    ] = None,
) -> None:
    """Write a file of scenarios: its header, or an example."""
    from carbonshed.dataset import open_dataset
    from carbonshed.scenarios.template import example_rows, write_scenario_template
    from carbonshed.scenarios.vocabulary import load_vocabulary

    rows = []
    if dataset is not None:
        rows = example_rows(open_dataset(dataset), load_vocabulary(dataset))
    write_scenario_template(path, rows)
    content = f"an example for dataset {dataset}" if rows else "the header"
    name = dataset or "NAME"
    typer.echo(
        f"{path}: {content}; docs/design_a_pathway.md says what the columns do\n"
        "write your own rows, then:\n"
        f"  carbonshed check scenarios {path} --dataset {name}\n"
        f"  carbonshed whatif {path} --dataset {name}\n"
        f"  dbt build --vars '{{dataset: {name}, scenarios: {path}}}'"
    )


@template.command()
def indicators(
    path: _CsvFile,
    dataset: Annotated[
        str | None, typer.Option(help="The regions and years of this dataset.")
    ] = None,
    regions: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The regions of this file.")
    ] = None,
    table: Annotated[
        str | None, typer.Option(metavar="FORMAT", help="The format of --source.")
    ] = None,
    source: Annotated[
        Path | None,
        typer.Option(metavar="SOURCE", help="The regions of this world table."),
    ] = None,
    year: _Years = None,
) -> None:
    """Write a file of population and GDP, a row per year and region."""
    from carbonshed.dataset import open_dataset
    from carbonshed.readers import templates
    from carbonshed.readers.world.labels import labels_of_table

    years = year or []
    choices = [dataset, regions, table]
    if choices.count(None) != 2 or (table is None) != (source is None):
        raise CarbonshedError(
            "which regions? say so with either --dataset NAME or --regions FILE, or "
            "with --table FORMAT --source SOURCE"
        )
    if dataset is not None:
        rows = templates.rows_of_dataset(open_dataset(dataset), years)
    else:
        if regions is not None:
            labels = templates.labels_of_file(regions)
        else:
            labels = labels_of_table(table, source, years[0] if years else None)
        rows = templates.rows_to_fill_in(labels, years)
    templates.write_indicators_template(path, rows)
    _say_indicators(path, len(rows), "FORMAT SOURCE")


@template.command("ceads-province")
def ceads_province(path: _CsvFile, year: _Years = None) -> None:
    """Write a file of population and GDP of China's provinces."""
    from carbonshed.readers import templates

    rows = templates.rows_to_fill_in(templates.labels_of_provinces(), year or [])
    templates.write_indicators_template(path, rows)
    _say_indicators(path, len(rows), "ceads-province TABLE.xlsx")


@template.command("ceads-city")
def ceads_city(
    path: Annotated[
        Path,
        typer.Argument(
            metavar="PATH", help="A new CSV file of regions; or a folder, for all."
        ),
    ],
) -> None:
    """Write the labels that the table of China's cities lacks."""
    from carbonshed.readers.templates import write_city_template

    files = write_city_template(path)
    typer.echo(
        f"{path}: {listing(file.name for file in files)}\n"
        "fill in one row per region, in the order of the matrix, then:\n"
        f"  carbonshed ingest ceads-city FILE.mat --name NAME --regions {files[0]} "
        "--emissions FILE.xlsx"
    )


@template.command("excel")
def excel(path: _MapFile) -> None:
    """Write a map of a workbook."""
    _write_map(path)


@template.command("csv-matrix")
def csv_matrix(path: _MapFile) -> None:
    """Write a map of a matrix in CSV."""
    _write_map(path)


def _write_map(path: Path) -> None:
    from carbonshed.readers.templates import write_map_template

    write_map_template(path)
    typer.echo(
        f"{path}: a map that fits the example of docs/formats/excel.md\n"
        "change it until it fits your table, then:\n"
        f"  carbonshed ingest excel TABLE.xlsx --map {path} --name NAME\n"
        f"  carbonshed ingest csv-matrix TABLE.csv --map {path} --name NAME"
    )


def _say_indicators(path: Path, rows: int, source: str) -> None:
    typer.echo(
        f"{path}: {rows} rows, one per year and region\n"
        "fill in population (persons) and gdp (single currency units, may be empty), "
        f"then:\n  carbonshed ingest {source} --name NAME --indicators {path}"
    )
