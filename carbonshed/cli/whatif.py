"""The command ``carbonshed whatif``."""

import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from carbonshed.cli.output import FORMATS, chosen_format, destination, put_answer
from carbonshed.cli.streams import read_standard_input

if TYPE_CHECKING:
    from carbonshed.ask.text_table import Column
    from carbonshed.scenarios.reader import ScenarioRow
    from carbonshed.whatif.evaluate import ScenarioSession

_WIDTH = 120  # for tables, if there is no terminal
_WORDS = 88
# marts that suppose something of those who receive
_OF_RECEIVERS = ("quota_allocation", "living_standards")


def whatif(
    path: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", help="Scenarios: a CSV file; - reads standard input."
        ),
    ],
    dataset: Annotated[
        str | None,
        typer.Option(
            "--dataset",
            "-d",
            help="Name of a published dataset.",
            show_default="synthetic, or the only one",
        ),
    ] = None,
    table: Annotated[
        str | None,
        typer.Option(
            help="Print one mart of these scenarios, whole: quota_summary,"
            " quota_by_region and others."
        ),
    ] = None,
    output: Annotated[
        str | None,
        typer.Option("--format", "-f", help=" | ".join(FORMATS), show_default="table"),
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Write it there; the ending says how."),
    ] = None,
    keep: Annotated[
        bool, typer.Option("--keep", help="Keep them for the next builds.")
    ] = False,
) -> None:
    """Evaluate scenarios on what is published, by the SQL of the build."""
    from carbonshed.ask.query import default_name
    from carbonshed.errors import CarbonshedError
    from carbonshed.publish.what_if import ANSWERS
    from carbonshed.scenarios.reader import (
        read_scenarios,
        report,
        scenarios_of_text,
        suspicious_factors,
    )
    from carbonshed.whatif.answer import ANSWERED, answer_sql, premises
    from carbonshed.whatif.evaluate import evaluate, open_session, vocabulary

    form = chosen_format(output, file)
    if table is not None and table not in ANSWERS:
        msg = f"--table is {table!r}, expected one of: {', '.join(ANSWERS)}"
        raise CarbonshedError(msg)
    if table is None and form not in ("table", "markdown"):
        table = ANSWERS[0]
    dataset = dataset or default_name()
    session = open_session(dataset)
    names = vocabulary(session)
    text = None
    if str(path) == "-":
        path, text = Path("standard input"), read_standard_input()
        rows = scenarios_of_text(text, path, names)
    else:
        rows = read_scenarios(path, names)
    for remark in suspicious_factors(path, rows):
        typer.echo(remark, err=True)
    if refusals := evaluate(session, rows, {*ANSWERED, table or ANSWERED[0]}):
        raise CarbonshedError(report(path, refusals, names))
    (facts,) = session.rows(f"from {session.published('dataset')}")
    note = facts.get("caveat_note") or ""
    if note:
        typer.echo(f"{dataset}: {note}", err=True)
    if table:
        relation = session.connection.sql(answer_sql(session, rows, table))
        about = {"dataset": dataset, "note": note, "scenarios": str(path)}
        if table in _OF_RECEIVERS:
            about["mind"] = " ".join(premises(session))
            typer.echo(about["mind"], err=True)
        with destination(file) as target:
            put_answer(relation, form, target, about)
    else:
        blocks = _as_markdown if form == "markdown" else _as_text
        with destination(file) as target:
            target.put("\n\n".join(blocks(session, rows, target.width)))
    if keep:
        keep_scenarios(dataset, path, text)


def _as_text(
    session: "ScenarioSession", rows: "list[ScenarioRow]", width: int | None
) -> Iterator[str]:
    from carbonshed.ask.text_table import as_text
    from carbonshed.whatif.answer import remarks, tables
    from carbonshed.whatif.evaluate import idle_rows

    width = width or _WIDTH
    for table in tables(session, rows):
        yield table.title
        if table.columns:
            yield as_text(table.columns, width)
    yield "What may not be concluded"
    sentences = remarks(session, rows, idle_rows(session, rows))
    yield "\n".join(
        textwrap.fill(f"- {remark}", min(width, _WORDS), subsequent_indent="  ")
        for remark in sentences
    )


def _as_markdown(
    session: "ScenarioSession", rows: "list[ScenarioRow]", _: int | None
) -> Iterator[str]:
    from carbonshed.whatif.answer import remarks, tables
    from carbonshed.whatif.evaluate import idle_rows

    for table in tables(session, rows):
        yield f"**{table.title}**"
        if table.columns:
            yield _markdown(table.columns)
    yield "**What may not be concluded**"
    sentences = remarks(session, rows, idle_rows(session, rows))
    yield "\n".join(f"- {remark}" for remark in sentences)


def _markdown(columns: "list[Column]") -> str:
    heads = [
        f"{column.name} ({column.unit})" if column.unit else column.name
        for column in columns
    ]
    rules = ["---:" if column.is_number else "---" for column in columns]
    rows = zip(*(column.cells for column in columns), strict=True)
    return "\n".join(
        f"| {' | '.join(field.replace('|', chr(92) + '|') for field in line)} |"
        for line in (heads, rules, *rows)
    )


def keep_scenarios(dataset: str, path: Path, text: str | None = None) -> None:
    """Keep a file with the dataset, which may be newer than what is published."""
    from carbonshed.ask.status import shown
    from carbonshed.files import write_whole
    from carbonshed.io_errors import read_text
    from carbonshed.paths import kept_scenarios
    from carbonshed.scenarios.reader import scenario_ids, scenarios_of_text
    from carbonshed.scenarios.vocabulary import load_vocabulary
    from carbonshed.text import listing

    text = read_text(path) if text is None else text
    rows = scenarios_of_text(text, path, load_vocabulary(dataset))
    mine = {row.scenario_id for row in rows}
    kept = kept_scenarios(dataset)
    before = scenario_ids(kept) if kept.is_file() else []
    write_whole(kept, text)
    if dropped := [scenario for scenario in before if scenario not in mine]:
        typer.echo(
            f"no longer kept, of the file that was {shown(kept)}:"
            f" {listing(dropped, quote=True)}",
            err=True,
        )
    typer.echo(
        f"kept as {shown(kept)}, which builds read from now on:\n"
        f"  dbt build --selector scenarios --vars 'dataset: {dataset}'",
        err=True,
    )
