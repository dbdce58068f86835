"""The part of an edition by which scenarios and prices are evaluated without dbt.

::

    warehouse/published/.NAME/EDITION/what_if/
        inputs.duckdb             the SQL that both go through, and what it reads
        embodied_output.YEAR.parquet    the solved tables, links into the solve store

The SQL is what dbt ran: the work file keeps it in ``main.nodes``. Of what it reads, the
marts are beside this folder already; the other tables are copied. The solved tables are
hard links, which take no space and stay when the solve store removes its folder.
"""

import os
from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import astuple, dataclass
from graphlib import TopologicalSorter
from pathlib import Path

import duckdb

from carbonshed.checksums import changed_files, read_record
from carbonshed.errors import CarbonshedError
from carbonshed.files import writing
from carbonshed.paths import project_root
from carbonshed.publish.editions import INPUTS
from carbonshed.publish.marts_copy import STORAGE_VERSION
from carbonshed.publish.work_file import Row, rows_of
from carbonshed.text import sql_name, sql_text

# marts that follow from levers alone: these can be asked for
ANSWERS = (
    "quota_summary",
    "quota_by_region",
    "quota_allocation",
    "living_standards",
    "quota_by_sector",
    "quota_spillovers",
    "scenario_levers",
)
# marts that follow from a user's prices alone; prices of products need a solve
PRICE_ANSWERS = ("carbon_price_summary", "carbon_price_burden")
NOBODY_REACTS = (
    "It is assumed that all costs are passed on to buyers, and that nobody buys less or"
    " produces otherwise. A burden is the most that consumers bear at first, and no"
    " forecast."
)
# the rows of a user's prices: they are in no edition
CARBON_PRICES = "staging.stg_carbon_prices"
SOLVED = "solved.embodied_output_by_position"
SHIPPED = "seeds.scenarios"
# seeds whose ids rows may name; all others are in the publication
NAMED = {"seeds.benchmarks": "benchmark_id", "seeds.caps": "cap_id"}
# a seed that no step reads: the report describes its rules
RULES = "seeds.super_emitter_rules"
# a user's rows, and the answers that are made of them
_FAMILIES = {
    "staging.stg_user_scenarios": ANSWERS,
    CARBON_PRICES: PRICE_ANSWERS,
}
_OWN = "the connection"  # no dataset can have this name
_COPY = "the inputs"  # no dataset can have this name


@dataclass(frozen=True)
class Step:
    """A table on the way from a user's rows to answers."""

    relation: str
    code: str  # the SQL that makes it, as dbt ran it
    parents: tuple[str, ...]  # schemas and names of what it reads


def bare_connection() -> duckdb.DuckDBPyConnection:
    """Return a connection on which a database may be attached by any name.

    DuckDB calls the one of a new connection ``memory``, as a dataset may be called.
    Views with paths relative to the project folder, as dbt makes them, can be read.
    """
    connection = duckdb.connect()
    connection.execute(
        f"attach ':memory:' as {sql_name(_OWN)}; use {sql_name(_OWN)}; detach memory;"
        f"set file_search_path = {sql_text(project_root())}"
    )
    return connection


def copy_inputs(
    connection: duckdb.DuckDBPyConnection, catalogue: str, folder: Path
) -> None:
    """Write the folder of an edition; none if the work file has no way's SQL.

    Refused if a solved table is not what was written.
    """
    nodes = rows_of(connection.sql(f"from {sql_name(catalogue)}.main.nodes"))
    steps = steps_of(nodes, with_code=True)
    if not steps:
        return
    solved = [
        (year, project_root() / store)
        for year, store in connection.execute(
            f"select year, folder from {sql_name(catalogue)}.solved.solves"
        ).fetchall()
    ]
    for _, store in solved:
        _refuse_changed(store)
    folder.mkdir()
    made = {step.relation for step in steps}
    read = {parent for step in steps for parent in step.parents}
    if f"marts.{ANSWERS[0]}" in made:
        read |= {*NAMED, RULES}
    target = sql_name(_COPY)
    with writing(folder / INPUTS):
        connection.execute(
            f"attach {sql_text(folder / INPUTS)} as {target}"
            f" (storage_version '{STORAGE_VERSION}', block_size 16384)"
        )
        try:
            connection.execute("begin")
            for relation in sorted(read - made - {SOLVED, CARBON_PRICES}):
                _copy(connection, catalogue, relation)
            connection.execute(
                f"create table {target}.main.steps"
                " (position integer, relation varchar, code varchar, parents varchar[])"
            )
            connection.executemany(
                f"insert into {target}.main.steps values (?, ?, ?, ?)",
                [(number, *astuple(step)) for number, step in enumerate(steps)],
            )
            connection.execute("commit")
        finally:
            with suppress(duckdb.TransactionException):  # all was committed
                connection.execute("rollback")
            connection.execute(f"detach database if exists {target}")
    table = "embodied_output"
    for year, store in solved:
        for file in sorted(store.glob(f"{table}*.parquet")):
            part = file.name.removeprefix(table)  # none, but for those of a cluster
            _link(file, folder / f"{table}.{year}{part}")


def read_steps(connection: duckdb.DuckDBPyConnection, catalogue: str) -> list[Step]:
    """Return the steps that an edition keeps, each after what it reads."""
    return [
        Step(relation, code, tuple(parents))
        for relation, code, parents in connection.execute(
            f"select relation, code, parents from {sql_name(catalogue)}.main.steps"
            " order by position"
        ).fetchall()
    ]


def needed(steps: list[Step], relations: Collection[str]) -> list[Step]:
    """Return the steps that some relations need, in order."""
    reached = set(relations)
    for step in reversed(steps):
        if step.relation in reached:
            reached.update(step.parents)
    return [step for step in steps if step.relation in reached]


def steps_of(nodes: Iterable[Row], *, with_code: bool = False) -> list[Step]:
    """Return the steps from a user's rows to the answers, each after what it reads.

    With code: of scenarios or of prices only, where the other way lacks the SQL of one.
    """
    relations = {row["node"]: row["relation"] for row in nodes if row["relation"]}
    models = {
        row["relation"]: Step(
            row["relation"],
            row.get("code") or "",
            tuple(relations[node] for node in row["parents"] if node in relations),
        )
        for row in nodes
        if row["relation"]
    }
    graph = {relation: step.parents for relation, step in models.items()}
    order = [models[relation] for relation in TopologicalSorter(graph).static_order()]
    ways = [_way(order, first, answers) for first, answers in _FAMILIES.items()]
    if with_code:
        ways = [way for way in ways if all(step.code for step in way)]
    chosen = {step.relation for way in ways for step in way}
    return [step for step in order if step.relation in chosen]


def _way(order: list[Step], first: str, answers: Collection[str]) -> list[Step]:
    """Return the steps from some rows to answers.

    Solved tables stay as they are, and so do their marts, whatever the rows say.
    """
    reached = {first}
    for step in order:
        is_solved = step.relation.startswith("solved.")
        if not is_solved and not reached.isdisjoint(step.parents):
            reached.add(step.relation)
    steps = needed(
        [step for step in order if step.relation in reached],
        [f"marts.{answer}" for answer in answers],
    )
    return [step for step in steps if step.relation != CARBON_PRICES]


def _copy(connection: duckdb.DuckDBPyConnection, catalogue: str, relation: str) -> None:
    """Copy a table; marts are published beside, and shipped scenarios not meant."""
    schema, name = relation.split(".")
    if schema == "marts":
        return
    address = f"{sql_name(schema)}.{sql_name(name)}"
    connection.execute(
        f"create schema if not exists {sql_name(_COPY)}.{sql_name(schema)};"
        f"create table {sql_name(_COPY)}.{address} as"
        f" from {sql_name(catalogue)}.{address}"
    )


def _refuse_changed(store: Path) -> None:
    """Refuse solved tables that are not what was written; a build makes them again."""
    try:
        sums = read_record(store / "solve.json")["sums"]
        changed = [file.name for file in changed_files(store, sums)]
    except (FileNotFoundError, ValueError):
        changed = ["solve.json"]
    if changed:
        msg = (
            f"{os.path.relpath(store, project_root())}/{changed[0]} is missing or not"
            " what was written when the year was solved: build all of it again, which"
            " solves that year anew"
        )
        raise CarbonshedError(msg)


def _link(target: Path, link: Path) -> None:
    """Make a file that shares the content of another, else one that leads to it."""
    try:
        link.hardlink_to(target)
    except OSError:  # another disk, or one that cannot
        link.symlink_to(os.path.relpath(target, link.parent))
