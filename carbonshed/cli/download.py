"""The command ``carbonshed download``."""

from pathlib import Path
from typing import Annotated

import typer


def download(
    format_name: Annotated[
        str,
        typer.Argument(
            metavar="FORMAT", help="exiobase3, wiod, oecd-icio; others tell."
        ),
    ],
    year: Annotated[int, typer.Argument(metavar="YEAR", help="Which year.")],
    folder: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Where to; otherwise downloads/FORMAT."),
    ] = None,
    variant: Annotated[
        str | None,
        typer.Option(help="exiobase3: ixi or pxp; oecd-icio: a release such as 2023."),
    ] = None,
) -> None:
    """Download a year of a table that is freely served; say where others are.

    A file is there whole or not at all. Each gets its SHA-256 checksum beside it, which
    later runs compare it with.
    """
    from carbonshed.cli.console import progress_bar
    from carbonshed.download.sources import default_folder, plan_of
    from carbonshed.download.sources import download as download_plan
    from carbonshed.paths import project_root
    from carbonshed.readers.registry import FORMATS

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
