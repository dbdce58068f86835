"""The command ``carbonshed list``."""

import sys

import typer

_WIDTH_OF_A_PIPE = 100_000  # wide enough to cut nothing: the reader may be a program


def list_datasets() -> None:
    """Show the datasets that were ingested or made."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from carbonshed.dataset.store import list_datasets, refused_datasets
    from carbonshed.paths import PROJECT_VARIABLE, data_dir, is_in_project

    datasets = list_datasets()
    if not datasets:
        typer.echo(
            f"no dataset in {data_dir()} yet; `carbonshed ingest tidy FOLDER --name "
            "NAME` reads one, `carbonshed synthesize` makes the default one"
        )
        if not is_in_project():
            typer.echo(
                "this is not the project folder: name it by --project-dir, before the"
                f" command, or in the environment variable {PROJECT_VARIABLE}"
            )
    else:
        table = Table(box=None, pad_edge=False)
        table.add_column("name", no_wrap=True)
        table.add_column("title", overflow="ellipsis", no_wrap=True)
        table.add_column("years", no_wrap=True)
        for header in ("regions", "sectors", "transactions"):
            table.add_column(header, justify="right", no_wrap=True)
        table.add_column("ingested at", no_wrap=True)
        table.add_column("audit", no_wrap=True)
        for dataset in datasets:
            table.add_row(*(Text(cell) for cell in _row(dataset)))
        width = None if sys.stdout.isatty() else _WIDTH_OF_A_PIPE
        Console(width=width).print(table)
    for reason in refused_datasets().values():
        typer.echo(reason, err=True)


def _row(dataset: object) -> list[str]:
    from carbonshed.audit.run import stored_report

    report = stored_report(dataset)
    counts = report.counts() if report else {}
    found = [f"{count} {status}" for status, count in counts.items() if count]
    rows = dataset.rows
    return [
        dataset.name,
        dataset.title,
        ", ".join(str(year) for year in dataset.years),
        f"{rows['regions']:,}",
        f"{rows['sectors']:,}",
        f"{rows['transactions']:,}",
        dataset.descriptor["carbonshed"]["ingested_at"],
        ", ".join(found) or "not audited",
    ]
