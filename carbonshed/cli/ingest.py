"""The commands from a table to a dataset: formats, download, look, template, ingest."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from carbonshed.cli.output import progress_bar
from carbonshed.errors import CarbonshedError
from carbonshed.names import validate_new_name
from carbonshed.outputs import refuse_folders_of_commands
from carbonshed.paths import install_command, project_root, refuse_outside_project
from carbonshed.readers.format import Format, flag_of
from carbonshed.readers.registry import FORMATS, format_of
from carbonshed.text import counted, listing

if TYPE_CHECKING:
    from carbonshed.dataset import Dataset

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


def ingest(  # noqa: PLR0913, PLR0917 - one argument per option
    format_name: Annotated[
        str, typer.Argument(metavar="FORMAT", help="See `carbonshed formats`.")
    ],
    source: Annotated[
        Path, typer.Argument(metavar="SOURCE", help="The folder or file of the table.")
    ],
    name: Annotated[
        str,
        typer.Option(
            help="Name of the dataset. An earlier one keeps its other years and must "
            "have the same regions and sectors; of a tidy folder it is replaced."
        ),
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
    from carbonshed.dataset.lock import sole_use
    from carbonshed.readers import ingest as read
    from carbonshed.readers.options import IngestOptions

    refuse_outside_project()
    options = IngestOptions(
        name=validate_new_name(name),
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
    with sole_use(name), progress_bar() as progress:
        dataset = read(format_name, source, options, progress)
    typer.echo(summary(dataset))


def summary(dataset: "Dataset") -> str:
    """Return the stored tables, the notes and the next commands."""
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


def formats(
    name: Annotated[
        str | None, typer.Argument(metavar="FORMAT", help="One of them, in detail.")
    ] = None,
) -> None:
    """Show which formats can be read, or what one of them needs."""
    if name is not None:
        typer.echo(details(format_of(name)))
        return
    width = max(map(len, FORMATS))
    for form in FORMATS.values():
        typer.echo(f"{form.name:<{width}}  {form.title}")
    typer.echo("\n`carbonshed formats FORMAT` shows what one of them needs")


def details(form: Format) -> str:
    """Return the description of a format and its options, over several lines."""
    lines = [f"{form.name}: {form.title}", f"SOURCE: {form.source}"]
    if form.extra:
        lines.append(f"install: {install_command(form.extra)}")
    for title, options in (("needs", form.needs), ("takes", form.all_takes)):
        lines += _listed(title, [(flag_of(option), why) for option, why in options])
    accepted = [(f"--accept {word}", meaning) for word, meaning in form.accepts]
    lines += _listed("accepts", accepted)
    lines += ["then:", f"  {command(form)}"]
    return "\n".join(lines)


def command(form: Format) -> str:
    """Return the command that ingests a format."""
    options = "".join(f" {flag_of(option)} ..." for option, _ in form.needs)
    return f"carbonshed ingest {form.name} SOURCE --name NAME{options}"


def _listed(title: str, rows: list[tuple[str, str]]) -> list[str]:
    if not rows:
        return []
    width = max(len(word) for word, _ in rows)
    return [f"{title}:", *(f"  {word:<{width}}  {text}" for word, text in rows)]


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

    The map is drafted from sums that agree and from the names of accounts: replace
    every ???, and fill in the groups of sectors that are empty.
    """
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


def download(
    format_name: Annotated[
        str,
        typer.Argument(
            metavar="FORMAT", help="exiobase3, wiod, oecd-icio, figaro; others tell."
        ),
    ],
    year: Annotated[int, typer.Argument(metavar="YEAR", help="Which year.")],
    folder: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Where to; otherwise downloads/FORMAT."),
    ] = None,
    variant: Annotated[
        str | None,
        typer.Option(
            help="exiobase3: ixi or pxp; oecd-icio: a release such as 2023; figaro: "
            "ind-by-ind or prod-by-prod."
        ),
    ] = None,
) -> None:
    """Download a year of a table that is freely served.

    For other formats it prints where to get the files. A download is complete or
    absent. Each file gets its SHA-256 checksum beside it, which later runs compare it
    with.
    """
    from carbonshed.download.fetch import default_folder, plan_of
    from carbonshed.download.fetch import download as download_plan

    plan = plan_of(format_name, year, variant)
    target = folder or default_folder(project_root(), format_name)
    with progress_bar() as progress:
        files = download_plan(plan, target, progress)
    for file in files:
        how = "was there, checksum right" if file.was_there else "downloaded"
        typer.echo(f"{file.path}: {file.size:,} bytes, {how}\n  sha256 {file.sha256}")
    source = target / plan.source if plan.source != "." else target
    ingest = f"  carbonshed ingest {format_name} {source} --name NAME --year {year}"
    if "indicators" in dict(FORMATS[format_name].needs):
        typer.echo(
            "next:\n"
            f"  carbonshed template indicators people.csv --table {format_name} "
            f"--source {source} --year {year}\n{ingest} --indicators people.csv"
        )
    else:
        typer.echo(f"next:\n{ingest}")


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
    from carbonshed.compile.statistics_folder import write_compile_template
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
    from carbonshed.scenarios.allowed_ids import load_vocabulary
    from carbonshed.scenarios.scenario_file import example_rows, write_scenario_template

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
def border(
    dataset: Annotated[str, typer.Option(help="Whose border it is.")],
    path: Annotated[
        Path, typer.Argument(metavar="PATH", help="A new CSV file.")
    ] = Path("border_charges.csv"),
) -> None:
    """Write a charge at a border to fill in: its zone, without products and price."""
    from carbonshed.dataset import open_dataset
    from carbonshed.readers import templates

    zone, rows = templates.border_charge(open_dataset(dataset))
    templates.write_border_template(path, rows)
    typer.echo(
        f"{path}: a charge at the border of {zone}\n"
        "fill in the product (a sector_id; one row for each) and the price (currency\n"
        "per tonne; docs/who_pays.md says what else it may have), put the file into\n"
        "the folder of a tidy table or of --assumptions, and ingest again"
    )


@template.command()
def households(
    path: _Folder,
    dataset: Annotated[
        str, typer.Option(help="The regions, sectors and years of this dataset.")
    ],
    groups: Annotated[
        int, typer.Option(min=1, help="How many groups each region has.")
    ] = 5,
    year: _Years = None,
) -> None:
    """Write groups of people inside regions, and what they spend, to fill in."""
    from carbonshed.dataset import open_dataset
    from carbonshed.readers.templates import write_household_template

    files = write_household_template(path, open_dataset(dataset), year or [], groups)
    typer.echo(
        f"{path}: {listing(files)}\n"
        "fill in the tables (README.md there says how), put them into the folder of a\n"
        "tidy table, of statistics or of --assumptions, and ingest or compile again"
    )


@template.command()
def sectors(
    source: Annotated[
        Path,
        typer.Argument(metavar="FILE", help="A workbook or CSV file with the labels."),
    ],
    sheet: Annotated[str, typer.Option(help="A CSV file's is its name, without .csv.")],
    column: Annotated[str, typer.Option(help="The letters of the column of labels.")],
    names: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="A second column, of names.")
    ] = None,
    rows: Annotated[
        str | None, typer.Option(help="The first and last row of sectors: 5:60.")
    ] = None,
    out: Annotated[
        Path, typer.Option(metavar="FOLDER", help="Where the list is written.")
    ] = Path(),
) -> None:
    """Write a list of sectors from a column of a sheet, for --sectors.

    For a table of which `carbonshed look` drafts no map. Groups are filled in where
    the labels are codes of ISIC, NACE or NAICS.
    """
    from carbonshed.outputs import write_new_file
    from carbonshed.readers.look.draft import list_of_sectors
    from carbonshed.readers.look.sector_labels import labels_of_column

    refuse_folders_of_commands(out)
    labels = labels_of_column(source, sheet, column, names, rows)
    path = out / f"{source.resolve().stem}.sectors.csv"
    write_new_file(path, list_of_sectors(labels))
    empty = sum(not label.proposal.group for label in labels)
    typer.echo(
        f"written: {path}, {len(labels)} sectors"
        + (f"; fill in the sector_group of {empty}" if empty else "")
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
    from carbonshed.readers.world.label_maps import labels_of_table

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
    from carbonshed.readers.china.templates import labels_of_provinces

    rows = templates.rows_to_fill_in(labels_of_provinces(), year or [])
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
    from carbonshed.readers.china.templates import write_city_template

    files = write_city_template(path)
    typer.echo(
        f"{path}: {listing(file.name for file in files)}\n"
        "fill in one row per region, in the order of the matrix, then:\n"
        f"  carbonshed ingest ceads-city FILE.mat --name NAME --regions {files[0]} "
        "--emissions FILE.xlsx"
    )


@template.command("csv-matrix", help="Write a map of a matrix in CSV.")
@template.command("excel", help="Write a map of a workbook.")
def write_map(path: _MapFile) -> None:
    """Write a map of a table, to be changed until it fits."""
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
