"""The commands that read a warehouse: ``show`` and ``query``."""

import csv
import io
import json
import math
import sys
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Annotated

import typer

FORMATS = ("table", "csv", "json", "markdown")
_ROWS_AT_A_TIME = 50_000


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
    from carbonshed.publish.query import compute, is_synthetic, run_query

    if output not in FORMATS:
        msg = f"--format is {output!r}, expected one of: {', '.join(FORMATS)}"
        raise CarbonshedError(msg)
    relation = run_query(name, sys.stdin.read() if sql == "-" else sql)
    text = compute(relation, as_table=output == "table")
    if is_synthetic(name):
        typer.echo(f"{name}: synthetic data, no real place", err=True)
    if output == "table":
        typer.echo(text)
    elif output == "csv":
        typer.echo(_csv([relation.columns]), nl=False)
        while rows := relation.fetchmany(_ROWS_AT_A_TIME):
            typer.echo(_csv(rows), nl=False)
    else:
        write = _json if output == "json" else _markdown
        typer.echo(write(relation.columns, relation.fetchall()))


def _csv(rows: Iterable[Sequence]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def _json(columns: list[str], rows: list[tuple]) -> str:
    records = [
        {column: _json_value(value) for column, value in zip(columns, row, strict=True)}
        for row in rows
    ]
    return json.dumps(records, ensure_ascii=False, separators=(",", ":"), default=str)


def _json_value(value: object) -> object:
    # JSON has numbers of one kind, and neither NaN nor infinity
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def _markdown(columns: list[str], rows: list[tuple]) -> str:
    lines = [columns, ["---"] * len(columns)]
    lines += [[_cell(value) for value in row] for row in rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:,.4g}" if abs(value) < 1e4 else f"{value:,.0f}"
    return str(value).replace("|", "\\|")
