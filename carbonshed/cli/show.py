"""The commands that read a warehouse: ``show`` and ``query``."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    import duckdb

FORMATS = ("table", "csv", "json", "markdown")
_BYTES_AT_A_TIME = 1 << 20


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
        str, typer.Option("--format", "-f", help=" | ".join(FORMATS))
    ] = "table",
) -> None:
    """Answer a question in SQL; the marts need no schema name."""
    from carbonshed.errors import CarbonshedError
    from carbonshed.publish.query import is_synthetic, run_query

    if output not in FORMATS:
        msg = f"--format is {output!r}, expected one of: {', '.join(FORMATS)}"
        raise CarbonshedError(msg)
    relation = run_query(name, sys.stdin.read() if sql == "-" else sql)
    if is_synthetic(name):
        typer.echo(f"{name}: synthetic data, no real place", err=True)
    print_answer(relation, output)


def print_answer(relation: "duckdb.DuckDBPyRelation", output: str) -> None:
    """Print an answer in one of `FORMATS`."""
    from carbonshed.publish.answers import as_markdown, as_table, write_answer

    if output in ("table", "markdown"):
        typer.echo(as_table(relation) if output == "table" else as_markdown(relation))
        return
    # nothing is printed of an answer that cannot be computed to its end
    with TemporaryDirectory(prefix="carbonshed-") as folder:
        path = Path(folder) / "answer"
        write_answer(relation, path, output)
        with path.open("rb") as file:
            while part := file.read(_BYTES_AT_A_TIME):
                typer.echo(part, nl=False)
