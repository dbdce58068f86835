"""The commands that bring a table in: ``ingest`` and ``template``."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from carbonshed.errors import CarbonshedError
from carbonshed.text import counted, listing

if TYPE_CHECKING:
    from carbonshed.dataset import Dataset

# option of `template` -> the formats that take it
_TEMPLATE_OPTIONS = {
    "dataset": ("scenarios", "indicators"),
    "parent": ("compile",),
    "regions": ("indicators",),
    "table": ("indicators",),
    "source": ("indicators",),
    "year": ("indicators", "ceads-province"),
}


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
    from carbonshed.cli.console import progress_bar, say_what_concerns
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
    say_what_concerns(dataset.name)


def template(
    format_name: Annotated[
        str,
        typer.Argument(
            metavar="FORMAT",
            help="What to start: tidy, compile, scenarios, indicators, ceads-city, "
            "ceads-province, excel, csv-matrix.",
        ),
    ],
    path: Annotated[
        Path,
        typer.Argument(
            metavar="PATH",
            help="tidy, compile: a new or empty folder; scenarios, indicators, "
            "ceads-province: a new CSV file; ceads-city: a new CSV file of regions, "
            "or a folder; "
            "excel, csv-matrix: a new YAML file.",
        ),
    ],
    dataset: Annotated[
        str | None,
        typer.Option(
            help="scenarios: write an example that fits this dataset; indicators: "
            "its regions and years."
        ),
    ] = None,
    parent: Annotated[
        str | None,
        typer.Option(help="compile: the dataset that will be split into regions."),
    ] = None,
    regions: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="indicators: the regions of this file."),
    ] = None,
    table: Annotated[
        str | None,
        typer.Option(metavar="FORMAT", help="indicators: format of --source."),
    ] = None,
    source: Annotated[
        Path | None,
        typer.Option(metavar="SOURCE", help="indicators: a world table's regions."),
    ] = None,
    year: Annotated[
        list[int] | None,
        typer.Option(help="indicators, ceads-province: a year, may be given again."),
    ] = None,
) -> None:
    """Write empty tables, an example of scenarios, or a map, to fill in."""
    years = year or []

    writers = {
        "tidy": _tidy_template,
        "compile": partial(_compile_template, parent=parent),
        "scenarios": _scenario_template,
        "indicators": partial(
            _indicators_template,
            regions=regions,
            table=(table, source),
            years=years,
        ),
        "ceads-city": _city_template,
        "ceads-province": partial(_province_template, years=years),
        "excel": _map_template,
        "csv-matrix": _map_template,
    }
    if format_name not in writers:
        raise CarbonshedError(
            f"format {format_name!r} has no template; formats with one: "
            f"{listing(writers)}"
        )
    given = {
        "dataset": dataset is not None,
        "parent": parent is not None,
        "regions": regions,
        "year": years,
        "table": table is not None,
        "source": source,
    }
    for option, formats in _TEMPLATE_OPTIONS.items():
        if given[option] and format_name not in formats:
            known = listing(formats, separator=" and ")
            raise CarbonshedError(
                f"--{option} goes with {known}, not with {format_name}"
            )
    typer.echo(writers[format_name](path, dataset))


def _tidy_template(folder: Path, _: str | None) -> str:
    """Write the folder; return what was written and what to do next."""
    from carbonshed.readers.templates import write_tidy_template

    files = write_tidy_template(folder)
    return (
        f"{folder}: {listing(files)}\n"
        "fill in the tables and datapackage.json (README.md there says how), then:\n"
        f"  carbonshed ingest tidy {folder} --name NAME"
    )


def _compile_template(folder: Path, _: str | None, parent: str | None) -> str:
    """Write the folder; return what was written and what to do next."""
    from carbonshed.compile.template import write_compile_template
    from carbonshed.dataset import open_dataset

    if parent is None:
        raise CarbonshedError(
            "which dataset will be split? say so with --parent PARENT"
        )
    files = write_compile_template(folder, open_dataset(parent))
    return (
        f"{folder}: {listing(files)}\n"
        "fill in the tables and datapackage.json (README.md there says how), then:\n"
        f"  carbonshed compile {folder} --parent {parent} --name NAME"
    )


def _indicators_template(
    path: Path,
    name: str | None,
    regions: Path | None,
    table: tuple[str | None, Path | None],
    years: list[int],
) -> str:
    """Write the file; return what was written and what to do next."""
    from carbonshed.dataset import open_dataset
    from carbonshed.readers import templates

    form, source = table
    if [name, regions, form].count(None) != 2 or (form is None) != (source is None):
        raise CarbonshedError(
            "which regions? say so with either --dataset NAME or --regions FILE, or "
            "with --table FORMAT --source SOURCE"
        )
    if form is not None and source is not None:
        from carbonshed.readers.world.regions import labels_of_table

        labels = labels_of_table(form, source, years[0] if years else None)
        rows = templates.rows_to_fill_in(labels, years)
    elif name is not None:
        rows = templates.rows_of_dataset(open_dataset(name), years)
    else:
        labels = templates.labels_of_file(regions)
        rows = templates.rows_to_fill_in(labels, years)
    templates.write_indicators_template(path, rows)
    return _fill_in_indicators(path, len(rows), "FORMAT SOURCE")


def _province_template(path: Path, _: str | None, years: list[int]) -> str:
    """Write the file; return what was written and what to do next."""
    from carbonshed.readers import templates

    rows = templates.rows_to_fill_in(templates.labels_of_provinces(), years)
    templates.write_indicators_template(path, rows)
    return _fill_in_indicators(path, len(rows), "ceads-province TABLE.xlsx")


def _fill_in_indicators(path: Path, rows: int, source: str) -> str:
    return (
        f"{path}: {rows} rows, one per year and region\n"
        "fill in population (persons) and gdp (single currency units, may be empty), "
        f"then:\n  carbonshed ingest {source} --name NAME --indicators {path}"
    )


def _city_template(path: Path, _: str | None) -> str:
    """Write the files; return what was written and what to do next."""
    from carbonshed.readers.templates import write_city_template

    files = write_city_template(path)
    return (
        f"{path}: {listing(file.name for file in files)}\n"
        "fill in one row per region, in the order of the matrix, then:\n"
        f"  carbonshed ingest ceads-city FILE.mat --name NAME --regions {files[0]} "
        "--emissions FILE.xlsx"
    )


def _scenario_template(path: Path, name: str | None) -> str:
    """Write the file; return what was written and what to do next."""
    from carbonshed.dataset import open_dataset
    from carbonshed.dbt_plugin.vars import load_vocabulary
    from carbonshed.scenarios.template import (
        example_rows,
        write_scenario_template,
    )

    rows = []
    if name is not None:
        rows = example_rows(open_dataset(name), load_vocabulary(name))
    write_scenario_template(path, rows)
    what = f"an example for dataset {name}" if rows else "the header"
    return (
        f"{path}: {what}; docs/design_a_pathway.md says what the columns do\n"
        "write your own rows, then:\n"
        f"  carbonshed check scenarios {path} --dataset {name or 'NAME'}\n"
        f"  carbonshed whatif {path} --dataset {name or 'NAME'}\n"
        f"  dbt build --vars '{{dataset: {name or 'NAME'}, scenarios: {path}}}'"
    )


def _map_template(path: Path, _: str | None) -> str:
    """Write the map; return what was written and what to do next."""
    from carbonshed.readers.templates import write_map_template

    write_map_template(path)
    return (
        f"{path}: a map that fits the example of docs/formats/excel.md\n"
        "change it until it fits your table, then:\n"
        f"  carbonshed ingest excel TABLE.xlsx --map {path} --name NAME\n"
        f"  carbonshed ingest csv-matrix TABLE.csv --map {path} --name NAME"
    )


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
