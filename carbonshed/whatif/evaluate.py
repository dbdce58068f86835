"""Scenarios and prices through the SQL of the build, on the tables of a publication.

The SQL names tables as dbt does, ``"NAME"."schema"."table"``. So a database of this
name is made in memory: views in it lead to what is published and to what the edition
keeps beside it, and the steps from a user's rows to the answers are made as tables.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from carbonshed.ask.query import open_marts_first, published_path
from carbonshed.ask.questions import chosen_id
from carbonshed.ask.status import shown
from carbonshed.checksums import LIST, changed_since_listed
from carbonshed.errors import CarbonshedError
from carbonshed.publish.editions import INPUTS, what_if_folder
from carbonshed.publish.scenario_inputs import (
    CARBON_PRICES,
    NAMED,
    PRICE_ANSWERS,
    SHIPPED,
    SOLVED,
    Step,
    bare_connection,
    needed,
    read_steps,
)
from carbonshed.publish.work_file import build_command, rows_of
from carbonshed.scenarios.allowed_ids import DIMENSIONS, Vocabulary, vocabulary_of_rows
from carbonshed.scenarios.scenario_file import ScenarioRow, scenarios_json
from carbonshed.text import listing, sql_name, sql_text

# no dataset can have these names
_PUBLISHED = "the publication"
_INPUTS = "the inputs"
_ROWS = "carbonshed_rows"
# the factors of demand that caps ask for, and whether they can be reached
_CAPS = "intermediate.int_scenario_caps"
# the changes that rows make, before any result
_CHANGES = ("int_scenario_intensities", "int_scenario_demand")


@dataclass(frozen=True)
class ScenarioSession:
    """A publication, and what a user's rows are evaluated by; for one evaluation."""

    name: str
    folder: Path
    # with the publication attached, and a database in memory that is called as the
    # dataset
    connection: duckdb.DuckDBPyConnection
    steps: list[Step]  # from a user's rows to the answers
    stressor: str | None = None  # that answers are about; None for all

    def has(self, answers: Collection[str]) -> bool:
        """Return whether some marts can be made of a user's rows."""
        made = {step.relation for step in self.steps}
        return made.issuperset(f"marts.{answer}" for answer in answers)

    def published(self, table: str) -> str:
        """Return the name of a published mart in SQL."""
        return _address(_PUBLISHED, f"marts.{table}")

    def answer(self, table: str) -> str:
        """Return in SQL a mart of the scenarios that are evaluated, of the stressor."""
        address = _address(self.name, f"marts.{table}")
        if self.stressor is None:
            return address
        return f"(from {address} where stressor_id = {sql_text(self.stressor)})"

    def rows(self, sql: str) -> list[dict[str, Any]]:
        """Return the rows of an answer in SQL, by column."""
        with _refusals(self.name):
            return rows_of(self.connection.sql(sql))


def open_session(name: str) -> ScenarioSession:
    """Open what is published of a dataset, to evaluate scenarios on it.

    Refused if nothing is published, by a version that kept nothing for scenarios, or if
    what it stands on is gone or is not what was published.
    """
    # an edition and no link, which may lead to the next one a moment later
    edition = published_path(name).resolve()
    # refuses what another version has published, or of another dataset
    open_marts_first(edition, name).close()
    session = _open(name, edition.parent)
    # DuckDB itself compares the blocks of its files; of Parquet nobody else does
    kept = what_if_folder(edition.parent)
    if changed := changed_since_listed(edition.parent / LIST, kept):
        raise CarbonshedError(
            f"{shown(changed[0])} is missing or not what was published; build it again:"
            f" {build_command(name)}"
        )
    return session


def of_stressor(
    session: ScenarioSession, answer: str, wish: str | None
) -> tuple[ScenarioSession, list[str]]:
    """Return the session whose answers are about one stressor, and the ids of others.

    The wish is an id or a name; without one it is carbon dioxide, else an impact, else
    the first. Refused if the dataset does not have it, or the answer, a mart, is not
    about it.
    """
    rows = session.rows(
        "select stressor_id, stressor_name, stressor_id in"
        f" (select stressor_id from {session.answer(answer)}) as is_answered"
        f" from {session.published('stressors')}"
        " order by stressor_id <> 'co2', not is_impact, stressor_id"
    )
    ids = [row["stressor_id"] for row in rows if row["is_answered"]]
    chosen = next(iter(ids), None)
    if wish is not None:
        options = [(row["stressor_id"], row["stressor_name"]) for row in rows]
        chosen = chosen_id("stressor", wish, options)
        if chosen not in ids:
            raise CarbonshedError(
                f"nothing is evaluated of the stressor {chosen!r}, but of"
                f" {listing(ids)}"
            )
    return replace(session, stressor=chosen), [id_ for id_ in ids if id_ != chosen]


def vocabulary(session: ScenarioSession, *, has_levers: bool = True) -> Vocabulary:
    """Return the ids that a user's file may name, from a publication.

    A file without levers, such as one of prices, names no benchmarks and no caps: a
    publication of prices alone has none.
    """
    years = session.rows(
        f"select distinct year from {session.published('regional_accounts')}"
        " order by year"
    )
    benchmarks, caps = (
        tuple(
            row[column] for row in session.rows(f"from {_address(_INPUTS, relation)}")
        )
        if has_levers
        else ()
        for relation, column in NAMED.items()
    )
    return vocabulary_of_rows(
        session.name,
        [row["year"] for row in years],
        {
            table: session.rows(f"from {session.published(table)}")
            for table in DIMENSIONS
        },
        benchmarks,
        caps,
        is_built=True,
    )


def evaluate_prices(session: ScenarioSession, rows: pa.Table) -> None:
    """Make the tables of a user's prices in memory, those of shipped ones beside.

    A session can be used once. `rows` are those of the table carbon_prices.
    """
    if not session.has(PRICE_ANSWERS):
        raise CarbonshedError(
            f"what is published of {session.name} has no prices on emissions: it was"
            " built with analyses: false, or by an earlier version; run:"
            f" {build_command(session.name)}"
        )
    address = _address(session.name, CARBON_PRICES)
    session.connection.register(_ROWS, rows)
    session.connection.execute(f"create table {address} as from {_ROWS}")
    _make(session, [f"marts.{answer}" for answer in PRICE_ANSWERS])


def evaluate(
    session: ScenarioSession, rows: list[ScenarioRow], answers: Collection[str]
) -> list[str]:
    """Make the tables of a user's scenarios, and of no others, in memory.

    A session can be used once. `answers` are names of `scenario_inputs.ANSWERS`.

    Returns
    -------
    list of str
        What cannot be, line by line: caps that the chosen categories do not reach.
        Then there are no answers.
    """
    relations = [f"marts.{answer}" for answer in answers]
    _read(session, rows)
    _make(session, [_CAPS])
    refusals = session.rows(
        f"select refusal from {_address(session.name, _CAPS)}"
        " where refusal is not null order by first_line, region_id, year, stressor_id"
    )
    if not refusals:
        _make(session, relations)
    return [row["refusal"] for row in refusals]


def idle_rows(session: ScenarioSession, rows: list[ScenarioRow]) -> list[ScenarioRow]:
    """Return the rows that change nothing when they are alone, by another session."""
    other = _open(session.name, session.folder)
    # every row a scenario of its own, but for caps, which may need each other
    alone = [
        replace(
            row,
            scenario_id=f"caps of {row.scenario_id}"
            if row.kind == "cap"
            else str(row.row_number),
        )
        for row in rows
    ]
    changes = [f"intermediate.{table}" for table in _CHANGES]
    _read(other, alone)
    _make(other, changes)
    busy = {
        row["scenario_id"]
        for table in changes
        for row in other.rows(
            f"select distinct scenario_id from {_address(other.name, table)}"
        )
    }
    return [
        row
        for row, by_itself in zip(rows, alone, strict=True)
        if by_itself.scenario_id not in busy
    ]


def _open(name: str, folder: Path) -> ScenarioSession:
    kept = what_if_folder(folder)
    if not (kept / INPUTS).is_file():
        raise _other_version(name)
    solved = sorted(kept.glob("*.parquet"))
    if not all(path.exists() for path in solved):
        raise CarbonshedError(
            f"the solved tables that the publication of {name} stands on were replaced"
            f" by those of a newer build that is not published; run:"
            f" {build_command(name)}"
        )
    connection = bare_connection()
    for path, alias in (
        (folder / f"{name}.duckdb", _PUBLISHED),
        (kept / INPUTS, _INPUTS),
    ):
        connection.execute(f"attach {sql_text(path)} as {sql_name(alias)} (read_only)")
    connection.execute(f"attach ':memory:' as {sql_name(name)}")
    steps = read_steps(connection, _INPUTS)
    _make_views(connection, name, steps, solved)
    return ScenarioSession(name, folder, connection, steps)


def _read(session: ScenarioSession, rows: list[ScenarioRow]) -> None:
    """Let the function through which a build reads a file return some rows."""
    session.connection.execute(
        "create macro carbonshed_scenarios(dataset, path) as"
        f" {sql_text(scenarios_json(rows))}"
    )


def _make(session: ScenarioSession, relations: Collection[str]) -> None:
    """Make the tables of some relations, and those that they need."""
    for step in needed(session.steps, relations):
        address = _address(session.name, step.relation)
        with _refusals(session.name):
            session.connection.execute(
                f"create table if not exists {address} as {step.code}"
            )


def _make_views(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    steps: list[Step],
    solved: list[Path],
) -> None:
    """Let the names that the SQL uses lead to the tables."""
    made = {step.relation for step in steps}
    read = {parent for step in steps for parent in step.parents} - made
    for schema in sorted({relation.split(".")[0] for relation in made | read}):
        connection.execute(
            f"create schema if not exists {sql_name(name)}.{sql_name(schema)}"
        )
    for relation in sorted(read - {CARBON_PRICES}):
        source = _PUBLISHED if relation.startswith("marts.") else _INPUTS
        content = f"from {_address(source, relation)}"
        if relation == SOLVED:
            files = ", ".join(sql_text(path) for path in solved)
            content = f"from read_parquet([{files}])"
        elif relation == SHIPPED:  # they are published already
            content += " limit 0"
        connection.execute(f"create view {_address(name, relation)} as {content}")


def _other_version(name: str) -> CarbonshedError:
    return CarbonshedError(
        f"what is published of {name} was built by an earlier version, which kept less"
        f" than scenarios are evaluated by today; run: {build_command(name)}"
    )


@contextmanager
def _refusals(name: str) -> Iterator[None]:
    """Turn what DuckDB raises into a refusal."""
    try:
        yield
    except (duckdb.BinderException, duckdb.CatalogException) as failure:
        raise _other_version(name) from failure
    except duckdb.Error as failure:
        raise CarbonshedError(str(failure)) from failure


def _address(catalogue: str, relation: str) -> str:
    schema, table = relation.split(".")
    return f"{sql_name(catalogue)}.{sql_name(schema)}.{sql_name(table)}"
