"""The command ``carbonshed show``."""

import textwrap
from typing import Annotated

import typer

from carbonshed.cli.output import terminal_width


def show(
    name: Annotated[
        str | None,
        typer.Argument(
            help="Name of a published dataset.",
            show_default="synthetic, or the only one",
        ),
    ] = None,
    table: Annotated[
        str | None,
        typer.Argument(metavar="[TABLE]", help="One of its tables: columns and units."),
    ] = None,
) -> None:
    """Show what is published of a dataset and how to ask it, or one table of it."""
    from carbonshed.ask.query import default_name

    if table is None and name is not None and _is_table(name):
        name, table = default_name(), name
    name = name or default_name()
    if table is not None:
        _show_table(name, table)
        return
    from rich.console import Console
    from rich.table import Table

    from carbonshed.ask.query import (
        caveat_note,
        mart_overview,
        open_published,
        published_path,
        run_query,
    )
    from carbonshed.ask.status import shown

    path = published_path(name)
    with open_published(name) as connection:
        (title,) = run_query(connection, "select title from dataset").fetchone()
        note = caveat_note(connection)
        marts = mart_overview(connection)
    overview = Table(
        "table (schema marts)", "rows", "one row per", box=None, pad_edge=False
    )
    overview.columns[1].justify = "right"
    for mart, rows, grain in marts:
        overview.add_row(mart, f"{rows:,}", grain)
    console = Console(soft_wrap=False)
    console.print(f"\n{title}", highlight=False, markup=False)
    if note:
        console.print(note)
    console.print(overview)
    megabytes = path.stat().st_size / 1e6
    typer.echo(
        f"\n{shown(path)} ({megabytes:,.0f} MB). Ask it in SQL:\n\n"
        f'  .venv/bin/carbonshed query {name} "\n'
        "      select footprint_rank, region_name, footprint_per_capita\n"
        '      from footprint_rankings order by footprint_rank limit 10"\n\n'
        f"Columns and units of one table: carbonshed show {name} TABLE. Questions that"
        f" are ready: carbonshed ask --dataset {name}\n"
        "Any DuckDB client, Python or a BI tool opens the same file, schema marts."
    )


def _is_table(word: str) -> bool:
    """Return whether a word is no dataset, but a table of the usual one."""
    from carbonshed.ask.query import (
        default_name,
        is_published,
        open_published,
        published_tables,
    )

    usual = default_name()
    if is_published(word) or not is_published(usual):
        return False
    with open_published(usual) as connection:
        return word in published_tables(connection)


def _show_table(name: str, table: str) -> None:
    from carbonshed.ask.mixtures import warning_of
    from carbonshed.ask.query import describe_table, open_published
    from carbonshed.ask.text_table import as_text, laid_out

    with open_published(name) as connection:
        description, columns = describe_table(connection, table)
        warning = warning_of(connection, table)
    heads = ("column", "type", "unit", "what it is")
    laid = laid_out(dict(zip(heads, zip(*columns, strict=True), strict=True)))
    width = terminal_width()
    typer.echo(textwrap.fill(f"{table}: {description}", width or 88))
    typer.echo(f"\n{as_text(laid, width)}")
    if warning:
        typer.echo(f"warning: {warning}", err=True)
