"""The command ``carbonshed ask``: a ready question, answered without dbt."""

import sys
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from carbonshed.cli.output import FORMATS, chosen_format, destination

if TYPE_CHECKING:
    import duckdb

    from carbonshed.ask.questions import Question, QuestionContext
    from carbonshed.cli.output import Destination

_WIDTH = 88  # for words, if there is no terminal


def ask(  # noqa: PLR0913, PLR0917 - one argument per option
    question: Annotated[
        str | None,
        typer.Argument(help="A ready question; without one, all are listed."),
    ] = None,
    dataset: Annotated[
        str | None,
        typer.Option(
            "--dataset",
            "-d",
            help="Name of a published dataset.",
            show_default="synthetic, or the only one",
        ),
    ] = None,
    year: Annotated[int | None, typer.Option(help="Else the last.")] = None,
    stressor: Annotated[
        str | None, typer.Option(help="Id or name; else CO2.", show_default=False)
    ] = None,
    region: Annotated[
        str | None,
        typer.Option(help="Id or name; else the largest footprint's."),
    ] = None,
    setting: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="What a question needs more."),
    ] = None,
    limit: Annotated[
        int | None, typer.Option(min=0, help="The first rows only; else all.")
    ] = None,
    output: Annotated[
        str | None,
        typer.Option("--format", "-f", help=" | ".join(FORMATS), show_default="table"),
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Write it there; the ending says how."),
    ] = None,
    sql: Annotated[bool, typer.Option("--sql", help="Print its SQL instead.")] = False,
) -> None:
    """Answer a ready question from what is published; each has a name."""
    from carbonshed.ask.query import default_name, open_published
    from carbonshed.ask.questions import (
        SCOPE,
        all_questions,
        choose,
        find_question,
        findings,
        question_context,
    )

    form = chosen_format(output, file)
    name = dataset or default_name()
    is_answered = question is not None and not sql
    with (
        destination(file if is_answered else None) as target,
        open_published(name, target.path, reads=_files(setting or ())) as connection,
    ):
        questions = all_questions(connection)
        match = find_question(questions, question or SCOPE)
        if sql:
            typer.echo(match.sql)
            return
        choose(connection, match, year, stressor, region, setting or ())
        context = question_context(connection, questions, match)
        if is_answered:
            _answer(connection, match, context, (form, target, limit))
        else:
            sentences = findings(connection, context)
            typer.echo("\n".join(_listed(name, context, questions, sentences)))


def _files(settings: list[str]) -> list[Path]:
    """Return the files that settings name: a question may read those."""
    values = [Path(setting.partition("=")[2]) for setting in settings]
    return [path for path in values if path.is_file()]


def _answer(
    connection: "duckdb.DuckDBPyConnection",
    question: "Question",
    context: "QuestionContext",
    how: tuple[str, "Destination", int | None],
) -> None:
    from carbonshed.ask.answers import (
        as_markdown,
        run,
        write_answer,
        write_workbook,
    )
    from carbonshed.text import listing, sql_text

    form, target, limit = how
    relation = run(connection, question.sql)
    if limit is not None:
        relation = relation.limit(min(limit, sys.maxsize))
    units = question.units_to_print(context)
    about = _about(question, context)
    if limit is not None:
        about["limit"] = f"No more than {limit:,} rows, as asked for."
    if form == "table":
        target.put(_as_page(relation, question, context, about, target.width))
    elif form == "markdown":
        target.put("\n\n".join([*about.values(), as_markdown(relation, units)]))
    elif form == "xlsx":
        sheet = {**about, **{f"unit of {name}": unit for name, unit in units.items()}}
        write_workbook(relation, target.path, sheet)
    else:
        caveat = context.about["caveat"]
        if caveat and "caveat" not in relation.columns:
            relation = relation.project(f"*, {sql_text(caveat)} as caveat")
        # beside the answer, so that a program reads it back as it is
        named = [f"{name} in {unit}" for name, unit in units.items()]
        typer.echo("\n".join(about.values()), err=True)
        typer.echo(f"Units: {listing(named, separator='; ')}", err=True)
        write_answer(relation, target.path, form)


def _as_page(
    relation: "duckdb.DuckDBPyRelation",
    question: "Question",
    context: "QuestionContext",
    about: dict[str, str],
    width: int | None,
) -> str:
    """Return the answer for people, with what it is about above and below it."""
    from carbonshed.ask.answers import as_rounded

    table = as_rounded(
        relation, question.units_for(context), str(context.about["currency"]), width
    )
    above = [about.pop("question"), about.pop("about"), about.pop("caveat", "")]
    words = min(width or _WIDTH, _WIDTH)
    below = [textwrap.fill(line, words) for line in about.values()]
    blocks = ["\n".join(filter(None, above)), table, "\n".join(below)]
    return "\n\n".join(blocks)


def _about(question: "Question", context: "QuestionContext") -> dict[str, str]:
    """Return what is to be known of an answer, a line each."""
    from carbonshed.ask.questions import SCOPE

    row = context.about
    is_about = [row["title"]]
    if "year" in question.parameters:
        is_about.append(row["year"])
    if "stressor_id" in question.parameters:
        is_about.append(row["stressor_name"])
    # the scope has a region for all the others, and is about none
    if "region_id" in question.parameters and question.name != SCOPE:
        is_about.append(row["region_name"])
    lines = {
        "question": question.question,
        "about": "; ".join(map(str, is_about)),
    }
    if row["caveat_note"]:
        lines["caveat"] = str(row["caveat_note"])
    lines["reading"] = question.reading
    for years, scope, left_out in context.scopes:
        what = f"footprints leave {'out ' + left_out if left_out else 'nothing out'}"
        lines[f"scope {years}"] = f"Scope, {years}: {scope}; {what}."
    return lines


def _listed(
    dataset: str,
    context: "QuestionContext",
    questions: "dict[str, Question]",
    findings: list[str],
) -> list[str]:
    """Return what is found in a dataset, and the questions by what they are about."""
    from carbonshed.ask.questions import SCOPE

    row = context.about
    lines = [f"{row['title']}; {row['year']}; {row['stressor_name']}"]
    if row["caveat_note"]:
        lines.append(str(row["caveat_note"]))
    lines += [
        textwrap.fill(finding, _WIDTH, initial_indent="- ", subsequent_indent="  ")
        for finding in findings
    ]
    width = max(map(len, questions))
    of_a_region = {
        name
        for name, entry in questions.items()
        if "region_id" in entry.parameters and name != SCOPE
    }
    for head, names in (
        ("About all regions", questions.keys() - of_a_region),
        ("About one region: --region NAME", of_a_region),
    ):
        lines += ["", head]
        for name in sorted(names):
            entry = questions[name]
            needs = f" Needs --set {entry.needs}." if entry.needs else ""
            lines += textwrap.wrap(
                f"{entry.question}{needs}",
                _WIDTH,
                initial_indent=f"  {name:<{width}}  ",
                subsequent_indent=" " * (width + 4),
            )
    return [
        *lines,
        "",
        f"carbonshed ask NAME --dataset {dataset} answers one; --year, --stressor,"
        " --format and more: carbonshed ask --help",
    ]
