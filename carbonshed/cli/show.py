"""The commands that read a warehouse: ``show`` and ``query``."""

import sys
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from carbonshed.cli.output import (
    FORMATS,
    chosen_format,
    put_file,
    put_text,
    terminal_width,
)

if TYPE_CHECKING:
    import duckdb


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
    from carbonshed.publish.query import default_name

    if table is None and name is not None and _is_table(name):
        name, table = default_name(), name
    name = name or default_name()
    if table is not None:
        _show_table(name, table)
        return
    from rich.console import Console
    from rich.table import Table

    from carbonshed.publish.query import (
        caveat_note,
        mart_overview,
        published_path,
        run_query,
    )
    from carbonshed.publish.status import shown

    (title,) = run_query(name, "select title from dataset").fetchone()
    path = published_path(name)
    overview = Table(
        "table (schema marts)", "rows", "one row per", box=None, pad_edge=False
    )
    overview.columns[1].justify = "right"
    for mart, rows, grain in mart_overview(name):
        overview.add_row(mart, f"{rows:,}", grain)
    console = Console(soft_wrap=False)
    console.print(f"\n{title}", highlight=False, markup=False)
    if note := caveat_note(name):
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
    from carbonshed.publish.query import (
        default_name,
        is_published,
        open_published,
        published_tables,
    )

    usual = default_name()
    if is_published(word) or not is_published(usual):
        return False
    return word in published_tables(open_published(usual))


def _show_table(name: str, table: str) -> None:
    from carbonshed.publish.layout import as_text, laid_out
    from carbonshed.publish.query import describe_table, open_published

    description, columns = describe_table(open_published(name), table)
    heads = ("column", "type", "unit", "what it is")
    laid = laid_out(dict(zip(heads, zip(*columns, strict=True), strict=True)))
    width = terminal_width()
    typer.echo(textwrap.fill(f"{table}: {description}", width or 88))
    typer.echo(f"\n{as_text(laid, width)}")


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
    from carbonshed.publish.query import caveat_note, run_query

    form = chosen_format(output, file)
    relation = run_query(name, sys.stdin.read() if sql == "-" else sql)
    note = caveat_note(name)
    if note:
        typer.echo(f"{name}: {note}", err=True)
    put_answer(relation, form, file, {"dataset": name, "note": note, "query": sql})


def put_answer(
    relation: "duckdb.DuckDBPyRelation",
    form: str,
    file: Path | None,
    about: dict[str, str],
) -> None:
    """Print an answer with every digit, or write it to a file.

    Parameters
    ----------
    relation
        The answer.
    form
        One of `FORMATS`.
    file
        The file, None for the screen.
    about
        What a workbook says of it.
    """
    from carbonshed.publish.answers import (
        as_box,
        as_markdown,
        write_answer,
        write_workbook,
    )

    if form == "table":
        put_text(as_box(relation, None if file else terminal_width()), file)
    elif form == "markdown":
        put_text(as_markdown(relation), file)
    elif form == "xlsx":
        put_file(lambda path: write_workbook(relation, path, about), file)
    else:
        put_file(lambda path: write_answer(relation, path, form), file)
