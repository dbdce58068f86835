"""The commands that read a warehouse: ``show`` and ``query``."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from carbonshed.cli.output import (
    FORMATS,
    chosen_format,
    put_file,
    put_text,
    terminal_width,
)


def show(
    name: Annotated[
        str, typer.Argument(help="Name of a published dataset.")
    ] = "synthetic",
) -> None:
    """Show what is published of a dataset and how to ask it."""
    from rich.console import Console
    from rich.table import Table

    from carbonshed.publish.query import (
        is_synthetic,
        mart_overview,
        published_path,
        run_query,
    )
    from carbonshed.publish.status import shown

    (title,) = run_query(name, "select title from dataset").fetchone()
    path = published_path(name)
    table = Table(
        "table (schema marts)", "rows", "one row per", box=None, pad_edge=False
    )
    table.columns[1].justify = "right"
    for mart, rows, grain in mart_overview(name):
        table.add_row(mart, f"{rows:,}", grain)
    console = Console(soft_wrap=False)
    console.print(f"\n{title}", highlight=False, markup=False)
    if is_synthetic(name):
        console.print("SYNTHETIC: invented regions, no result describes a real place.")
    console.print(table)
    megabytes = path.stat().st_size / 1e6
    typer.echo(
        f"\n{shown(path)} ({megabytes:,.0f} MB). Ask it in SQL:\n\n"
        f'  .venv/bin/carbonshed query {name} "\n'
        "      select footprint_rank, region_name, footprint_per_capita\n"
        '      from footprint_rankings order by footprint_rank limit 10"\n\n'
        "Any DuckDB client, Python or a BI tool opens the same file, schema marts."
    )


def query(
    name: Annotated[str, typer.Argument(help="Name of a published dataset.")],
    sql: Annotated[
        str, typer.Argument(help="A question in SQL; - reads it from standard input.")
    ],
    output: Annotated[
        str | None,
        typer.Option("--format", "-f", help=" | ".join(FORMATS), show_default="table"),
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Write it there; the ending says how."),
    ] = None,
) -> None:
    """Answer a question in SQL; the marts need no schema name."""
    from carbonshed.publish.answers import (
        as_box,
        as_markdown,
        write_answer,
        write_workbook,
    )
    from carbonshed.publish.query import is_synthetic, run_query

    form = chosen_format(output, file)
    relation = run_query(name, sys.stdin.read() if sql == "-" else sql)
    note = f"{name}: synthetic data, no real place" if is_synthetic(name) else ""
    if note:
        typer.echo(note, err=True)
    if form == "table":
        put_text(as_box(relation, None if file else terminal_width()), file)
    elif form == "markdown":
        put_text(as_markdown(relation), file)
    elif form == "xlsx":
        about = {"dataset": name, "note": note, "query": sql}
        put_file(lambda path: write_workbook(relation, path, about), file)
    else:
        put_file(lambda path: write_answer(relation, path, form), file)
