"""The work file, ``warehouse/NAME.duckdb``: what it says of its last run.

dbt builds in place, so after a failure or a kill this file may be of two ages. It says
so itself: the hooks of a run (``macros/record_start.sql``, ``macros/record_end.sql``)
write what has not passed since it was changed. What readers open is the publication.
"""

import json
import shlex
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from carbonshed import versions
from carbonshed.errors import CarbonshedError

Row = dict[str, Any]

REFUSED = "check"  # the kind of a failure before anything was built
_STACK_BEGINS = "Traceback (most recent call last):"
_OURS = f"{CarbonshedError.__module__}.{CarbonshedError.__qualname__}: "


class WorkFileLockedError(Exception):
    """Another process has the work file open for writing."""


@dataclass(frozen=True)
class Failure:
    """Something that did not pass.

    Attributes
    ----------
    failed_at
        When the run ended, UTC.
    name
        The model, seed, test or hook.
    kind
        What of these it is, as dbt calls it; `REFUSED` for the check before a run.
    message
        What dbt said of it.
    """

    failed_at: datetime
    name: str
    kind: str
    message: str

    def lines(self) -> list[str]:
        """Return the lines of the message, without the stack of a Python model."""
        lines = [line for line in self.message.splitlines() if line.strip()]
        stacks = [
            number for number, line in enumerate(lines) if line.strip() == _STACK_BEGINS
        ]
        if stacks:
            indent = _indent(lines[stacks[-1]])
            # calls stand further to the right than the error that follows them
            after = (
                number
                for number in range(stacks[-1] + 1, len(lines))
                if _indent(lines[number]) <= indent
            )
            lines = lines[: stacks[0]] + lines[next(after, len(lines)) :]
        return [line.strip().removeprefix(_OURS) for line in lines]


@dataclass(frozen=True)
class WorkFile:
    """What a work file says of itself.

    Attributes
    ----------
    run
        The row of ``main.last_run``: run_id, command, started_at, ended_at, is_full,
        dataset_id, choices, layout and versions. None if no run has begun, or the file
        is none of ours.
    outstanding
        Ids of the models, seeds and tests that have not passed since they, or what they
        are made from, were changed.
    failures
        What did not pass in the last run.
    has_marts
        Whether ``marts.dataset`` is there.
    is_foreign
        Whether there are tables, and none of those in which a run notes itself.
    """

    run: Row | None = None
    outstanding: tuple[str, ...] = ()
    failures: tuple[Failure, ...] = ()
    has_marts: bool = False
    is_foreign: bool = False

    @property
    def layout(self) -> int | None:
        """The number of its layout, None if it has none."""
        return (self.run or {}).get("layout")

    def refusal_to_build(self, path: Path) -> str | None:
        """Return why a build must not write into this file, None if it may.

        What an earlier version has built is built anew, in the same file.
        """
        away = "move the file away, and build again"
        if self.is_foreign:
            return f"{path} is no warehouse that Carbonshed has built: {away}"
        if self.layout is None or self.layout < versions.WORK_FILE:
            return None
        return versions.refusal(str(path), self.layout, versions.WORK_FILE, away)

    @property
    def was_killed(self) -> bool:
        """Whether the last run did not come to its end."""
        return self.run is not None and self.run["ended_at"] is None

    @property
    def refusal(self) -> Failure | None:
        """The refusal of a later run, which changed nothing."""
        return next((each for each in self.failures if each.kind == REFUSED), None)


def read_work_file(path: Path) -> WorkFile:
    """Return what a work file says of itself.

    Raises
    ------
    WorkFileLockedError
        If a run is going on.
    duckdb.Error
        If it cannot be read.
    """
    with _opened(path) as connection:
        return describe(connection)


def why_unopened(path: Path) -> str | None:
    """Return why a build cannot open a work file, None if it can or makes it."""
    if not path.exists():
        return None
    try:
        _opened(path).close()
    except WorkFileLockedError as locked:
        return (
            f"{path} is open in another process, a build or a client: wait until it"
            f" has ended, or close it ({locked})"
        )
    except duckdb.Error as failure:
        return (
            f"{path} is damaged, or no warehouse ({_first_line(failure)}): move it"
            " away, and build again"
        )
    return None


def _opened(path: Path) -> duckdb.DuckDBPyConnection:
    try:
        return duckdb.connect(path, read_only=True)
    except duckdb.IOException as failure:
        # a damaged file speaks of its blocks
        if "Could not set lock" in str(failure):
            raise WorkFileLockedError(_first_line(failure)) from failure
        raise


def _first_line(failure: Exception) -> str:
    return str(failure).splitlines()[0]


def build_command(name: str, run: Row | None = None) -> str:
    """Return the command that builds a dataset.

    Parameters
    ----------
    name
        The dataset.
    run
        The row of ``main.last_run``, if the policy is to be what that run chose.
    """
    chosen = choices_of(run)
    if not chosen:
        return f"dbt build --vars 'dataset: {name}'"
    words = json.dumps({"dataset": name, **chosen}, ensure_ascii=False)
    return f"dbt build --vars {shlex.quote(words)}"


def choices_of(run: Row | None) -> Row:
    """Return the vars that a run was given, by the row of ``main.last_run``."""
    choices = json.loads((run or {}).get("choices") or "{}")
    # an earlier version kept a list
    chosen = choices if isinstance(choices, dict) else {}
    return {var: value for var, value in chosen.items() if value}


def describe(connection: duckdb.DuckDBPyConnection, catalogue: str = "") -> WorkFile:
    """Return what an open work file says of itself.

    Parameters
    ----------
    connection
        With the work file open or attached.
    catalogue
        What the connection calls it, if it is attached.
    """
    prefix = f'"{catalogue}".' if catalogue else ""
    tables = set(
        connection.execute(
            "select schema_name, table_name from duckdb_tables()"
            " where database_name = coalesce(nullif(?, ''), current_database())",
            [catalogue],
        ).fetchall()
    )
    has_marts = ("marts", "dataset") in tables
    recorded = {("main", "last_run"), ("main", "nodes"), ("main", "failures")}
    if not recorded <= tables:
        noted = tables & (recorded | {("main", "last_build")})  # the latter long ago
        is_foreign = bool(tables) and not noted
        return WorkFile(has_marts=has_marts, is_foreign=is_foreign)
    relation = connection.sql(f"from {prefix}main.last_run")
    row = relation.fetchone()
    return WorkFile(
        dict(zip(relation.columns, row, strict=True)) if row else None,
        tuple(
            node
            for (node,) in connection.sql(
                f"select node from {prefix}main.nodes where not has_passed"
                " order by node"
            ).fetchall()
        ),
        tuple(
            Failure(*found)
            for found in connection.sql(f"from {prefix}main.failures").fetchall()
        ),
        has_marts,
    )


def note_refusal(connection: duckdb.DuckDBPyConnection, message: str) -> None:
    """Note in a work file that a run was refused before it began."""
    connection.execute(
        "create table if not exists main.failures"
        " (failed_at timestamp, node varchar, kind varchar, message varchar);"
        f"delete from main.failures where kind = '{REFUSED}'"
    )
    connection.execute(
        "insert into main.failures values (?, 'before the build', ?, ?)",
        [datetime.now(UTC).replace(tzinfo=None), REFUSED, message],
    )


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
