"""Scenarios through the SQL of the build, on the tables of a publication.

The SQL names tables as dbt does, ``"NAME"."schema"."table"``. So a database of this
name is made in memory: views in it lead to what is published and to what the edition
keeps beside it, and the steps from a user's rows to the answers are made as tables.
"""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import duckdb

from carbonshed.errors import CarbonshedError
from carbonshed.publish.connections import bare_connection
from carbonshed.publish.editions import what_if_folder
from carbonshed.publish.publication import build_command
from carbonshed.publish.query import published_path
from carbonshed.publish.what_if import (
    INPUTS,
    SHIPPED,
    SOLVED,
    Step,
    needed,
    read_steps,
)
from carbonshed.scenarios.reader import ScenarioRow, scenarios_json
from carbonshed.text import sql_name, sql_text

# no dataset can have these names
_PUBLISHED = "the publication"
_INPUTS = "the inputs"


@dataclass(frozen=True)
class Laboratory:
    """A publication with what its scenarios are evaluated by.

    Attributes
    ----------
    name
        The dataset.
    connection
        With the publication attached, and a database in memory that is called as the
        dataset.
    steps
        From a user's rows to the answers.
    """

    name: str
    connection: duckdb.DuckDBPyConnection
    steps: list[Step]


def open_laboratory(name: str) -> Laboratory:
    """Open what is published of a dataset, to evaluate scenarios on it.

    Raises
    ------
    CarbonshedError
        If nothing is published, or by a version that kept nothing for scenarios.
    """
    database = published_path(name).resolve()
    folder = what_if_folder(database)
    if not (folder / INPUTS).is_file():
        raise CarbonshedError(
            f"what is published of {name} was built by an earlier version, which kept"
            f" nothing to evaluate scenarios by; run: {build_command(name)}"
        )
    connection = bare_connection()
    for path, alias in ((database, _PUBLISHED), (folder / INPUTS, _INPUTS)):
        connection.execute(
            f"attach {sql_text(path)} as {sql_name(alias)} (read_only)"
        )
    connection.execute(f"attach ':memory:' as {sql_name(name)}")
    steps = read_steps(connection, _INPUTS)
    _make_views(connection, name, steps, _solved_files(name, folder))
    return Laboratory(name, connection, steps)


def evaluate(
    laboratory: Laboratory, rows: list[ScenarioRow], answers: Collection[str]
) -> None:
    """Make the tables of a user's scenarios, and of no others, in memory.

    Parameters
    ----------
    laboratory
        It can be used once.
    rows
        The scenarios.
    answers
        Names of marts that are asked for.
    """
    connection = laboratory.connection
    # the function through which a build reads the rows of a file
    connection.execute(
        "create macro carbonshed_scenarios(dataset, path) as"
        f" {sql_text(scenarios_json(rows))}"
    )
    for step in needed(laboratory.steps, [f"marts.{answer}" for answer in answers]):
        connection.execute(
            f"create table {_place(laboratory.name, step.relation)} as {step.code}"
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
    for relation in sorted(read):
        source = _INPUTS if not relation.startswith("marts.") else _PUBLISHED
        content = f"from {_place(source, relation)}"
        if relation == SOLVED:
            files = ", ".join(sql_text(path) for path in solved)
            content = f"from read_parquet([{files}])"
        elif relation == SHIPPED:  # they are published already
            content += " limit 0"
        connection.execute(f"create view {_place(name, relation)} as {content}")


def _solved_files(name: str, folder: Path) -> list[Path]:
    files = sorted(folder.glob("*.parquet"))
    gone = [path.suffixes[0][1:] for path in files if not path.exists()]
    if gone:
        raise CarbonshedError(
            f"the solved tables that the publication of {name} stands on were replaced"
            f" by a newer build that is not published; run: {build_command(name)}"
        )
    return files


def _place(catalogue: str, relation: str) -> str:
    schema, table = relation.split(".")
    return f"{sql_name(catalogue)}.{sql_name(schema)}.{sql_name(table)}"
