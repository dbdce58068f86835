"""The command ``carbonshed whatif``."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from carbonshed.cli.show import FORMATS, print_answer

if TYPE_CHECKING:
    from carbonshed.scenarios.reader import ScenarioRow
    from carbonshed.whatif.answer import Table
    from carbonshed.whatif.evaluate import Laboratory


def whatif(
    path: Annotated[
        Path, typer.Argument(metavar="FILE", help="Scenarios: a CSV file.")
    ],
    dataset: Annotated[
        str, typer.Option(help="A published dataset that they are about.")
    ] = "synthetic",
    table: Annotated[
        str | None,
        typer.Option(
            help="Print one mart of the scenarios, all of it: quota_summary,"
            " quota_by_region and others."
        ),
    ] = None,
    output: Annotated[
        str, typer.Option("--format", "-f", help=" | ".join(FORMATS))
    ] = "table",
    keep: Annotated[
        bool, typer.Option("--keep", help="Keep them for the next builds.")
    ] = False,
) -> None:
    """Evaluate scenarios on what is published, by the SQL of the build."""
    from carbonshed.errors import CarbonshedError
    from carbonshed.publish.what_if import ANSWERS
    from carbonshed.scenarios.reader import read_scenarios, suspicious_factors
    from carbonshed.whatif.answer import ANSWERED, summary_sql
    from carbonshed.whatif.evaluate import evaluate, open_laboratory, vocabulary

    for option, value, known in (
        ("--format", output, FORMATS),
        ("--table", table or ANSWERS[0], ANSWERS),
    ):
        if value not in known:
            msg = f"{option} is {value!r}, expected one of: {', '.join(known)}"
            raise CarbonshedError(msg)
    laboratory = open_laboratory(dataset)
    rows = read_scenarios(path, vocabulary(laboratory))
    for remark in suspicious_factors(path, rows):
        typer.echo(remark, err=True)
    evaluate(laboratory, rows, {*ANSWERED, table or ANSWERED[0]})
    if laboratory.rows(f"from {laboratory.published('dataset')} where is_synthetic"):
        typer.echo(f"{dataset}: synthetic data, no real place", err=True)
    if table in (None, "quota_summary") and (table or output in ("csv", "json")):
        sql = summary_sql(laboratory, rows)
        print_answer(laboratory.connection.sql(sql), output)
    elif table:
        relation = laboratory.connection.sql(f"from {laboratory.answer(table)}")
        print_answer(relation.order(", ".join(relation.columns[:4])), output)
    else:
        typer.echo("\n".join(_report(laboratory, rows, as_markdown=output != "table")))
    if keep:
        _keep(dataset, path)


def _report(
    laboratory: "Laboratory", rows: "list[ScenarioRow]", *, as_markdown: bool
) -> Iterator[str]:
    from carbonshed.whatif.answer import remarks, tables
    from carbonshed.whatif.evaluate import idle_rows

    for table in tables(laboratory, rows):
        yield f"**{table.title}**" if as_markdown else table.title
        if table.rows:
            yield ""
            yield from _markdown(table) if as_markdown else _text(table)
        yield ""
    title = "What may not be concluded"
    yield f"**{title}**" if as_markdown else title
    yield ""
    for remark in remarks(laboratory, rows, idle_rows(laboratory, rows)):
        yield f"- {remark}"


def _text(table: "Table") -> Iterator[str]:
    """Yield the lines of a table, numbers to the right, no name cut."""
    from rich.cells import cell_len, set_cell_size

    lines = [table.columns, *table.rows]
    widths = [max(map(cell_len, column)) for column in zip(*lines, strict=True)]
    first_number = len(widths) - table.numbers
    for line in lines:
        fields = [
            " " * (width - cell_len(field)) + field
            if place >= first_number
            else set_cell_size(field, width)
            for place, (field, width) in enumerate(zip(line, widths, strict=True))
        ]
        yield f"  {'  '.join(fields)}".rstrip()


def _markdown(table: "Table") -> Iterator[str]:
    texts = len(table.columns) - table.numbers
    rule = ("---",) * texts + ("---:",) * table.numbers
    for line in (table.columns, rule, *table.rows):
        yield f"| {' | '.join(field.replace('|', chr(92) + '|') for field in line)} |"


def _keep(dataset: str, path: Path) -> None:
    """Keep a file with the dataset, which may be newer than what is published."""
    from carbonshed.dbt_plugin.vars import load_scenarios
    from carbonshed.files import write_whole
    from carbonshed.io_errors import read_text
    from carbonshed.paths import kept_scenarios
    from carbonshed.publish.publication import build_command
    from carbonshed.publish.status import shown

    load_scenarios(dataset, path)
    kept = kept_scenarios(dataset)
    write_whole(kept, read_text(path))
    typer.echo(
        f"kept as {shown(kept)}, which builds read from now on:"
        f" {build_command(dataset)}",
        err=True,
    )
