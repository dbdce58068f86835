"""The command ``carbonshed query``."""

from pathlib import Path
from typing import Annotated

import typer

from carbonshed.cli.output import FORMATS, chosen_format, destination, put_answer
from carbonshed.cli.streams import read_standard_input


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
    files: Annotated[
        bool, typer.Option("--files", help="Let it read files beside the marts.")
    ] = False,
) -> None:
    """Answer a question in SQL, one SELECT; the marts need no schema name."""
    from carbonshed.ask.mixtures import mixtures
    from carbonshed.ask.query import caveat_note, open_published, run_query

    form = chosen_format(output, file)
    question = read_standard_input() if sql == "-" else sql
    with (
        destination(file) as target,
        open_published(name, target.path, reads_files=files) as connection,
    ):
        relation = run_query(connection, question)
        note = caveat_note(connection)
        if note:
            typer.echo(f"{name}: {note}", err=True)
        for warning in mixtures(
            connection, question, relation.columns, reads_files=files
        ):
            typer.echo(f"warning: {warning}", err=True)
        about = {"dataset": name, "note": note, "query": sql}
        put_answer(relation, form, target, about)
