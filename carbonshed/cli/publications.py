"""The commands that answer from what is published."""

import os
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from carbonshed.cli.output import (
    FORMATS,
    chosen_format,
    destination,
    put_answer,
    read_standard_input,
    terminal_width,
)
from carbonshed.errors import CarbonshedError
from carbonshed.files import write_whole
from carbonshed.names import DEFAULT_NAME
from carbonshed.paths import (
    install_command,
    kept_scenarios,
    project_root,
    warehouse_dir,
)
from carbonshed.text import PROSE_WIDTH, listing, sql_text

if TYPE_CHECKING:
    import duckdb

    from carbonshed.ask.questions import Question, QuestionContext
    from carbonshed.ask.text_table import Column
    from carbonshed.cli.output import Destination
    from carbonshed.whatif.answer import Table
    from carbonshed.whatif.evaluate import ScenarioSession

_MAX_ON_SCREEN = 100  # rows of an answer; a file and another program get all
_TABLE_WIDTH = 120  # of tables of scenarios, if there is no terminal
_OLDEST_CLIENT = (1, 4)  # that opens what is published
# marts that suppose something of those who receive
_OF_RECEIVERS = ("quota_allocation", "living_standards")

_USUAL = f"{DEFAULT_NAME}, or the only one"
_Dataset = Annotated[
    str | None,
    typer.Option(
        "--dataset", "-d", help="Name of a published dataset.", show_default=_USUAL
    ),
]
_Stressor = Annotated[
    str | None, typer.Option(help="Id or name; else CO2.", show_default=False)
]
_Format = Annotated[
    str | None,
    typer.Option("--format", "-f", help=" | ".join(FORMATS), show_default="table"),
]
_File = Annotated[
    Path | None,
    typer.Option(
        "--output", "-o", help="Write to this file; its extension sets the format."
    ),
]


def ask(  # noqa: PLR0913, PLR0917 - one argument per option
    question: Annotated[
        str | None,
        typer.Argument(help="A ready question; without one, all are listed."),
    ] = None,
    dataset: _Dataset = None,
    year: Annotated[
        int | None, typer.Option(help="Year.", show_default="the latest")
    ] = None,
    stressor: _Stressor = None,
    region: Annotated[
        str | None,
        typer.Option(help="Id or name; else the largest footprint's."),
    ] = None,
    setting: Annotated[
        list[str] | None,
        typer.Option(
            "--set", metavar="NAME=VALUE", help="Another input of the question."
        ),
    ] = None,
    limit: Annotated[
        int | None, typer.Option(min=0, help="The first rows only; else all.")
    ] = None,
    output: _Format = None,
    file: _File = None,
    sql: Annotated[bool, typer.Option("--sql", help="Print its SQL instead.")] = False,
) -> None:
    """Answer a ready question from what is published; each has a name."""
    from carbonshed.ask.query import default_name, open_published
    from carbonshed.ask.questions import (
        SCOPE,
        all_questions,
        choose,
        find_question,
        listed,
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
            typer.echo(listed(connection, name, context, questions))


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
    from carbonshed.ask.answers import as_markdown, run

    form, target, limit = how
    relation = run(connection, question.sql)
    if limit is not None:
        relation = relation.limit(min(limit, sys.maxsize))
    units = question.units_to_print(context)
    about = context.notes_on(question)
    if limit is not None:
        about["limit"] = f"No more than {limit:,} rows, as asked for."
    elif form == "table" and target.width is not None:
        (rows,) = relation.count("*").fetchone()
        if rows > _MAX_ON_SCREEN:
            relation = relation.limit(_MAX_ON_SCREEN)
            about["limit"] = (
                f"Shown: {_MAX_ON_SCREEN} of {rows:,} rows. All: --limit {rows}, or"
                " --format csv."
            )
    if form == "table":
        target.put(_as_page(relation, question, context, about, target.width))
    elif form == "markdown":
        target.put("\n\n".join([*about.values(), as_markdown(relation, units)]))
    elif form == "xlsx":
        about |= {f"unit of {name}": unit for name, unit in units.items()}
        put_answer(relation, form, target, about)
    else:
        caveat = context.about["caveat"]
        if caveat and "caveat" not in relation.columns:
            relation = relation.project(f"*, {sql_text(caveat)} as caveat")
        # beside the answer, so that a program reads it back as it is
        named = [f"{name} in {unit}" for name, unit in units.items()]
        typer.echo("\n".join(about.values()), err=True)
        typer.echo(f"Units: {listing(named, separator='; ')}", err=True)
        put_answer(relation, form, target, about)


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
    words = min(width or PROSE_WIDTH, PROSE_WIDTH)
    above = [about.pop("question"), about.pop("about"), about.pop("caveat", "")]
    above += [
        textwrap.fill(about.pop(warning, ""), words)
        for warning in ("across_countries", "producers")
    ]
    below = [textwrap.fill(line, words) for line in about.values()]
    blocks = ["\n".join(filter(None, above)), table, "\n".join(below)]
    return "\n\n".join(blocks)


def query(
    name: Annotated[str, typer.Argument(help="Name of a published dataset.")],
    sql: Annotated[
        str, typer.Argument(help="A question in SQL; - reads it from standard input.")
    ],
    output: _Format = None,
    file: _File = None,
    files: Annotated[
        bool, typer.Option("--files", help="Let it read files beside the marts.")
    ] = False,
) -> None:
    """Run one read-only SQL statement; the marts need no schema name."""
    from carbonshed.ask.query import caveat_note, open_published, run_query
    from carbonshed.ask.sql import mixtures

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
        for warning in mixtures(connection, question, relation.columns):
            typer.echo(f"warning: {warning}", err=True)
        about = {"dataset": name, "note": note, "query": sql}
        put_answer(relation, form, target, about)


def sql(
    name: Annotated[
        str, typer.Argument(help="Name of a published dataset.")
    ] = DEFAULT_NAME,
) -> None:
    """Open the published file read-only in the DuckDB client, schema marts first."""
    from carbonshed.ask.query import open_marts_first
    from carbonshed.ask.status import shown, status_of
    from carbonshed.publish.editions import published_database

    state = status_of(name)
    database = published_database(warehouse_dir() / f"{name}.duckdb")
    if state.publication is None and not database.is_file():
        why = state.why_unpublished()
        raise CarbonshedError(f"{shown(database)} is not there: {why}")
    open_marts_first(database).close()  # refuses what another version has published
    client = _client()
    if state.caveat:
        typer.echo(f"{name}: {state.caveat}", err=True)
    os.execv(client, [client, "-readonly", "-cmd", "use marts", str(database)])


def _client() -> str:
    """Return the DuckDB client: the one beside this Python, else the system's."""
    beside = str(Path(sys.executable).parent)
    client = shutil.which("duckdb", path=beside) or shutil.which("duckdb")
    way = f"{install_command('sql')}, or https://duckdb.org/install"
    if client is None:
        raise CarbonshedError(f"the DuckDB client `duckdb` is not installed: {way}")
    answer = subprocess.run(
        [client, "--version"], capture_output=True, text=True, check=False
    ).stdout
    version = answer.removeprefix("v").split(" ")[0].split(".")
    if not version[0].isdigit() or tuple(map(int, version[:2])) < _OLDEST_CLIENT:
        raise CarbonshedError(
            f"{client} is {answer.strip() or 'not the DuckDB client'}; version 1.4 or"
            f" later can open what is published: {way}"
        )
    return client


def show(
    name: Annotated[
        str | None,
        typer.Argument(help="Name of a published dataset.", show_default=_USUAL),
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
        "table (schema marts)",
        "rows",
        "what it answers",
        box=None,
        pad_edge=False,
    )
    overview.columns[1].justify = "right"
    for subject, tables in marts.items():
        overview.add_row(f"[bold]{subject}[/bold]")
        for mart, rows, answers in tables:
            overview.add_row(f"  {mart}", f"{rows:,}", answers)
    console = Console(soft_wrap=False)
    console.print(f"\n{title}", highlight=False, markup=False)
    if note:
        console.print(note)
    console.print(overview)
    megabytes = path.stat().st_size / 1e6
    program = Path(".venv") / "bin" / "carbonshed"  # a clone has it inside
    if not (project_root() / program).is_file():
        program = Path(program.name)
    typer.echo(
        f"\n{shown(path)} ({megabytes:,.0f} MB). Ask it in SQL:\n\n"
        f'  {program} query {name} "\n'
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
    from carbonshed.ask.query import describe_table, open_published
    from carbonshed.ask.sql import warnings_of
    from carbonshed.ask.text_table import as_text, laid_out

    with open_published(name) as connection:
        description, columns = describe_table(connection, table)
        warnings = warnings_of(connection, table)
    heads = ("column", "type", "unit", "what it is")
    laid = laid_out(dict(zip(heads, zip(*columns, strict=True), strict=True)))
    width = terminal_width()
    typer.echo(textwrap.fill(f"{table}: {description}", width or PROSE_WIDTH))
    typer.echo(f"\n{as_text(laid, width)}")
    for warning in warnings:
        typer.echo(f"warning: {warning}", err=True)


def whatif(
    path: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", help="Scenarios: a CSV file; - reads standard input."
        ),
    ],
    dataset: _Dataset = None,
    stressor: _Stressor = None,
    table: Annotated[
        str | None,
        typer.Option(
            help="Print one mart of these scenarios, whole: quota_summary,"
            " quota_by_region and others."
        ),
    ] = None,
    output: _Format = None,
    file: _File = None,
    keep: Annotated[
        bool, typer.Option("--keep", help="Keep them for the next builds.")
    ] = False,
) -> None:
    """Evaluate scenarios on what is published, by the SQL of the build."""
    from carbonshed.ask.query import default_name
    from carbonshed.publish.scenario_inputs import ANSWERS
    from carbonshed.scenarios.scenario_file import (
        read_scenarios,
        scenarios_of_text,
        suspicious_factors,
    )
    from carbonshed.scenarios.user_file import report
    from carbonshed.whatif.answer import (
        ANSWERED,
        answer_sql,
        of_others,
        premises,
        remarks,
        tables,
    )
    from carbonshed.whatif.evaluate import (
        evaluate,
        idle_rows,
        of_stressor,
        open_session,
        vocabulary,
    )

    form = chosen_format(output, file)
    table = _mart_of(table, ANSWERS, form, stressor)
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
    sql = answer_sql(session, rows, table) if table else None
    mind = " ".join(premises(session)) if table in _OF_RECEIVERS else ""
    about = {"scenarios": str(path), "mind": mind}
    words = (), []
    if sql is None:
        session, others = of_stressor(session, ANSWERED[0], stressor)
        limits = remarks(session, rows, idle_rows(session, rows))
        words = (*tables(session, rows), *of_others(others)), limits
    _put_evaluated(session, form, file, sql, about, words)
    if keep:
        keep_scenarios(dataset, path, text)


def _mart_of(
    table: str | None, marts: Sequence[str], form: str, stressor: str | None
) -> str | None:
    """Return the mart that is printed whole: what is not for people needs one."""
    if table is not None and table not in marts:
        msg = f"--table is {table!r}, expected one of: {', '.join(marts)}"
        raise CarbonshedError(msg)
    if table is None and form not in ("table", "markdown"):
        table = marts[0]
    if table and stressor:
        raise CarbonshedError(
            f"--stressor {stressor}: {table} is printed whole, of all stressors; leave"
            " it out, and choose by the column stressor_id"
        )
    return table


def _put_evaluated(
    session: "ScenarioSession",
    form: str,
    file: Path | None,
    sql: str | None,
    about: dict[str, str],
    words: tuple["Iterable[Table]", list[str]],
) -> None:
    """Write a mart of what was evaluated by its SQL; without one, words for people."""
    about = {"dataset": session.name, "note": _caveat(session)} | about
    if sql and about["mind"]:
        typer.echo(about["mind"], err=True)
    with destination(file) as target:
        if sql:
            put_answer(session.connection.sql(sql), form, target, about)
            return
        width = target.width or _TABLE_WIDTH
        blocks = _blocks(*words, width, is_markdown=form == "markdown")
        target.put("\n\n".join(blocks))


def _blocks(
    tables: "Iterable[Table]", remarks: list[str], width: int, *, is_markdown: bool
) -> Iterator[str]:
    """Yield titles, tables and remarks of an answer, as text or as Markdown."""
    from carbonshed.ask.text_table import as_text

    mark = "**" if is_markdown else ""
    for table in tables:
        yield f"{mark}{table.title}{mark}"
        if table.columns:
            columns = table.columns
            yield _markdown(columns) if is_markdown else as_text(columns, width)
    yield f"{mark}What may not be concluded{mark}"
    lines = [f"- {line}" for line in remarks]
    if not is_markdown:
        words = min(width, PROSE_WIDTH)
        lines = [textwrap.fill(line, words, subsequent_indent="  ") for line in lines]
    yield "\n".join(lines)


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


def price(
    path: Annotated[
        Path,
        typer.Argument(metavar="FILE", help="Prices on emissions: CSV or Parquet."),
    ],
    dataset: _Dataset = None,
    stressor: _Stressor = None,
    table: Annotated[
        str | None,
        typer.Option(
            help="Print one mart of these prices, whole: carbon_price_summary or"
            " carbon_price_burden."
        ),
    ] = None,
    output: _Format = None,
    file: _File = None,
) -> None:
    """Show who would pay a carbon price; uses the published dataset, no build needed."""  # noqa: E501 - by a letter
    from carbonshed.ask.query import default_name
    from carbonshed.publish.scenario_inputs import PRICE_ANSWERS
    from carbonshed.whatif.answer import of_others
    from carbonshed.whatif.evaluate import of_stressor, open_session
    from carbonshed.whatif.price_answer import (
        make_prices,
        price_remarks,
        price_sql,
        price_tables,
        read_prices,
    )

    form = chosen_format(output, file)
    table = _mart_of(table, PRICE_ANSWERS, form, stressor)
    session = open_session(dataset or default_name())
    rows = read_prices(session, path)
    make_prices(session, rows)
    sql = price_sql(session, rows, table) if table else None
    others: list[str] = []
    if sql is None:
        session, others = of_stressor(session, PRICE_ANSWERS[0], stressor)
    remarks = price_remarks(session)
    about = {"prices": str(path), "mind": " ".join(remarks)}
    words = (*price_tables(session, rows), *of_others(others)), remarks
    _put_evaluated(session, form, file, sql, about, words)


def _caveat(session: "ScenarioSession") -> str:
    """Say beside the answer what is to be minded of the dataset, and return it."""
    (facts,) = session.rows(f"from {session.published('dataset')}")
    note = facts.get("caveat_note") or ""
    if note:
        typer.echo(f"{session.name}: {note}", err=True)
    return note


def keep_scenarios(dataset: str, path: Path, text: str | None = None) -> None:
    """Keep a file with the dataset, which may be newer than what is published."""
    from carbonshed.ask.status import shown
    from carbonshed.io_errors import read_text
    from carbonshed.scenarios.allowed_ids import load_vocabulary
    from carbonshed.scenarios.scenario_file import scenario_ids, scenarios_of_text

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
        f"  {_build_command(dataset)} --selector scenarios",
        err=True,
    )


def _build_command(dataset: str) -> str:
    """Return the command of a build with the vars of the last one, but its scenarios.

    A build of scenarios alone with other vars would be refused.
    """
    from carbonshed.ask.status import status_of
    from carbonshed.publish.work_file import choices_of, command_of

    work_file = status_of(dataset).work_file  # None if nothing was built
    choices = choices_of(work_file.run if work_file else None)
    choices.pop("scenarios", None)
    return command_of(dataset, choices)
