"""The work file, ``warehouse/NAME.duckdb``: what runs note in it, and what it says.

dbt builds in place, so after a failure or a kill this file may be of two ages. It says
so itself, in the table ``main.nodes``. Before a run (``macros/begin_run.sql``), what
the run will change and all that depends on it is noted as not passed; after the run
(``macros/end_run.sql``), what succeeded as passed. Nothing is published before all has.
"""

import json
import re
import shlex
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from carbonshed import __version__, versions
from carbonshed.text import first_line, listing, sql_comment, sql_name

Row = dict[str, Any]

REFUSED = "check"  # the kind of a failure before anything was built
PASSED = ("success", "pass", "warn", "no-op")  # as dbt calls what succeeded
# from the first stack to the calls of the last: these stand further to the right than
# the error that follows them
_BEGIN = r"Traceback \(most recent call last\):\n"
_STACKS = re.compile(
    rf"^( *){_BEGIN}(?:[\s\S]*^\1{_BEGIN})?(?:\1 +[^\n]*\n)*", re.MULTILINE
)
# what `dbt build` does not make by default either
_NEVER = (
    "--exclude",
    "package:carbonshed,resource_type:unit_test",
    "package:carbonshed,resource_type:exposure",
)
_MAX_NAMES = 5  # a command with more is longer than a whole build is worth

# table -> its comment, and its columns with their types
_TABLES = {
    "nodes": (
        "One row per model, seed or test: whether it has passed since it, or what it"
        " depends on, was changed; of a model also its table, key and SQL.",
        {
            "node": "varchar",
            "fingerprint": "varchar",
            "has_passed": "boolean",
            "relation": "varchar",
            "parents": "varchar[]",
            "key": "varchar[]",
            "code": "varchar",
            "package": "varchar",
            "path": "varchar",
        },
    ),
    "failures": (
        "One row per model, seed, test or hook that failed in the last run.",
        {
            "failed_at": "timestamp",
            "node": "varchar",
            "kind": "varchar",
            "message": "varchar",
        },
    ),
    "last_run": (
        "One row: the run that changed this warehouse last.",
        {
            "run_id": "varchar",
            "dataset_id": "varchar",
            "command": "varchar",
            "started_at": "timestamp",
            "ended_at": "timestamp",
            "is_full": "boolean",
            "choices": "varchar",
            "carbonshed_version": "varchar",
            "dbt_version": "varchar",
            "layout": "integer",
            # digests of what it was made from, by name; NULL if that is not known
            "inputs": "map(varchar, varchar)",
            # what had changed since all was made, if only that was made again
            "changed": "varchar[]",
        },
    ),
}


class WorkFileLockedError(Exception):
    """Another process has the work file open for writing."""


@dataclass(frozen=True)
class Failure:
    """Something that did not pass."""

    failed_at: datetime  # when the run ended, UTC
    name: str  # the model, seed, test or hook
    kind: str  # as dbt calls it; `REFUSED` for the check before a run
    message: str

    def lines(self) -> list[str]:
        """Return the lines of the message, without the stack of a Python model."""
        text = _STACKS.sub("", self.message)
        return [*filter(None, map(str.strip, text.splitlines()))]


@dataclass(frozen=True)
class WorkFile:
    """The content of ``main``: how the file was built."""

    # the row of ``main.last_run``: run_id, command, started_at, ended_at, is_full,
    # dataset_id, choices, layout, versions, inputs and what of them had changed. None
    # if no run has begun, or the file is none of ours
    run: Row | None = None
    # the rows of ``main.nodes``: node, has_passed, parents, package and path
    nodes: tuple[Row, ...] = ()
    failures: tuple[Failure, ...] = ()
    has_marts: bool = False  # True if ``marts.dataset`` is there
    # True if there are tables, but none in which a run notes itself
    is_foreign: bool = False

    @property
    def outstanding(self) -> dict[str, list[str]]:
        """The models, seeds and tests that have not passed since they were changed.

        Or since what they depend on was; each with the ids of the nodes before it.
        """
        return {
            row["node"]: row["parents"] for row in self.nodes if not row["has_passed"]
        }

    @property
    def layout(self) -> int | None:
        """The number of its layout, None if it has none."""
        return (self.run or {}).get("layout")

    def refusal_to_build(self, path: Path) -> str | None:
        """Return why a build must not write into this file, None if it may.

        A file of an earlier version is built anew in place.
        """
        away = "move the file away, and build again"
        if self.is_foreign:
            return f"{path} is no warehouse that Carbonshed has built: {away}"
        if self.layout is None or self.layout < versions.WORK_FILE:
            return None
        return versions.refusal(str(path), self.layout, versions.WORK_FILE, away)

    @property
    def was_killed(self) -> bool:
        """True if the last run did not come to its end."""
        return self.run is not None and self.run["ended_at"] is None

    @property
    def refusal(self) -> Failure | None:
        """The refusal of a later run, which changed nothing."""
        return next((row for row in self.failures if row.kind == REFUSED), None)

    def build_command(self, name: str) -> str:
        """Return the command that builds and tests what is outstanding."""
        names = selectors(self.nodes, self.outstanding)
        if not names or len(names) > _MAX_NAMES:
            return build_command(name, self.run)
        return f"{build_command(name, self.run)} {shlex.join(words_of(names))}"


def read_work_file(path: Path) -> WorkFile:
    """Return the record of runs in a work file.

    Raises
    ------
    WorkFileLockedError
        If a run is going on.
    duckdb.Error
        If it cannot be read.
    """
    with _opened(path) as connection:
        return describe(connection)


def open_error(path: Path) -> str | None:
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
            f"{path} is damaged, or no warehouse ({first_line(failure)}): move it"
            " away, and build again"
        )
    return None


def build_command(name: str, run: Row | None = None) -> str:
    """Return the command that builds a dataset, with the vars of a run if any."""
    return command_of(name, choices_of(run))


def again_command(name: str, run: Row | None) -> str:
    """Return the command that builds what is left of a run or has changed since."""
    choices = choices_of(run)
    words = ["--vars", json.dumps(choices, ensure_ascii=False)] if choices else []
    return shlex.join(["carbonshed", "build", name, *words])


def command_of(name: str, choices: Row) -> str:
    """Return the command that builds a dataset with these vars."""
    words = f"dataset: {name}"
    if choices:
        words = json.dumps({"dataset": name, **choices}, ensure_ascii=False)
    return shlex.join(["dbt", "build", "--vars", words])


def choices_of(run: Row | None) -> Row:
    """Return the vars that a run was given, by the row of ``main.last_run``."""
    choices = json.loads((run or {}).get("choices") or "{}")
    # an earlier version kept a list
    chosen = choices if isinstance(choices, dict) else {}
    return {var: value for var, value in chosen.items() if value not in (None, "")}


def publish_command(name: str, run: Row | None) -> str:
    """Return the command that builds what has not passed, and the vars it does so with.

    They are those of the last run, also of one that was refused.
    """
    choices = ", ".join(f"{var}: {value}" for var, value in choices_of(run).items())
    vars_of_run = f", which builds with the last run's vars, {choices}"
    return f"carbonshed publish {name}{vars_of_run if choices else ''}"


def describe(connection: duckdb.DuckDBPyConnection, catalogue: str = "") -> WorkFile:
    """Return the record of runs in an open work file; `catalogue` if it is attached."""
    prefix = f"{sql_name(catalogue)}." if catalogue else ""
    tables = set(
        connection.execute(
            "select schema_name, table_name from duckdb_tables()"
            " where database_name = coalesce(nullif(?, ''), current_database())",
            [catalogue],
        ).fetchall()
    )
    has_marts = ("marts", "dataset") in tables
    recorded = {("main", table) for table in _TABLES}
    if not recorded <= tables:
        noted = tables & (recorded | {("main", "last_build")})  # the latter long ago
        is_foreign = bool(tables) and not noted
        return WorkFile(has_marts=has_marts, is_foreign=is_foreign)
    run = next(iter(rows_of(connection.sql(f"from {prefix}main.last_run"))), None)
    nodes: list[Row] = []
    if (run or {}).get("layout") == versions.WORK_FILE:
        nodes = rows_of(
            connection.sql(
                "select node, has_passed, parents, package, path"
                f" from {prefix}main.nodes order by node"
            )
        )
    failures = tuple(
        Failure(*row)
        for row in connection.sql(f"from {prefix}main.failures").fetchall()
    )
    return WorkFile(run, tuple(nodes), failures, has_marts)


def dependents(nodes: Iterable[Row], changed: Iterable[str]) -> set[str]:
    """Return some nodes, and all that is made from them or tests them."""
    children: dict[str, list[str]] = {}
    for row in nodes:
        for parent in row["parents"]:
            children.setdefault(parent, []).append(row["node"])
    reached = set(changed)
    left = list(reached)
    while left:
        new = set(children.get(left.pop(), ())) - reached
        reached |= new
        left += new
    return reached


def selectors(
    nodes: Sequence[Row], left: Collection[str], changed: Collection[str] = ()
) -> list[str]:
    """Return how dbt selects nodes that are left or changed, and all that follows.

    Those that have changed are named even if one before them is: they may read others
    by now.
    """
    reached = dependents(nodes, {*left, *changed})
    roots = [
        row["node"]
        for row in nodes
        if row["node"] in changed
        or (row["node"] in reached and reached.isdisjoint(row["parents"]))
    ]
    # with whatever depends on a model or a seed
    names = [
        node.split(".")[2] + ("" if node.startswith("test.") else "+") for node in roots
    ]
    return [*dict.fromkeys(names)]


def words_of(names: Iterable[str]) -> list[str]:
    """Return the words by which `dbt build` makes what selectors name."""
    return [*_NEVER, "--select", *names]


def begin_run(
    connection: duckdb.DuckDBPyConnection,
    run: Row,
    nodes: Sequence[Row],
    selected: Collection[str],
) -> None:
    """Note in a work file, before a run, what will not have passed any more.

    A node has passed if it has succeeded since anything that it is made from was
    changed: a file, the vars that it reads, the dataset, or the version of the layout.
    Tables of models that have left the project are dropped, which dbt would keep.
    Snapshots, and tables that were made by hand, stay.

    Parameters
    ----------
    run
        `run_id`, `dataset_id`, `command`, `choices` as JSON, and `dbt_version`;
        `inputs`, and which of them have `changed`, as `dbt_plugin.inputs` has them.
    nodes
        Models, seeds and tests of the project: `node`, its id; `fingerprint`, another
        one after a change of its file or of the vars that it reads; the ids of its
        `parents`; `relation`, schema and name of its table; `path` of its file in its
        `package`. A test that a `key` tells rows apart has its columns and the model
        that it is the `key_of`.
    selected
        Ids of the nodes that are going to run.
    """
    # tests of seeds alone say nothing of a dataset
    nodes = [
        row
        for row in nodes
        if row["relation"] or any(not _is_seed(parent) for parent in row["parents"])
    ]
    keys = {row["key_of"]: row["key"] for row in nodes}
    is_test = run["command"] == "test"
    before, earlier_run = _nodes_before(connection)
    is_same_ingest = is_test or earlier_run.get("dataset_id") == run["dataset_id"]
    rows = []
    for row in nodes:
        earlier = before.get(row["node"], {})
        has_passed = is_same_ingest and earlier.get("has_passed", False)
        fingerprint = row["fingerprint"]
        # a test changes no table, whatever vars it was given
        if is_test and has_passed:
            fingerprint = earlier["fingerprint"]
        rows.append(
            row
            | {
                "fingerprint": fingerprint,
                "has_passed": has_passed and fingerprint == earlier["fingerprint"],
                "key": keys.get(row["node"]),
                "code": earlier.get("code"),
            }
        )
    changed = [row["node"] for row in rows if not row["has_passed"]]
    outstanding = dependents(rows, [*changed, *selected])
    for row in rows:
        row["has_passed"] = row["node"] not in outstanding
    made_before = _relations_before(connection)
    with _transaction(connection):
        _replace(connection, "nodes", rows)
        _replace(connection, "failures", [])
        if is_test:
            return
        is_full = {row["node"] for row in rows} <= set(selected)
        about = {
            "started_at": _now(),
            "ended_at": None,
            "is_full": is_full,
            "carbonshed_version": __version__,
            "layout": versions.WORK_FILE,
        }
        # what a user selects may leave out what these inputs change
        if not is_full and run["changed"] is None:
            is_known = run["inputs"] == earlier_run.get("inputs")
            about["inputs"] = run["inputs"] if is_known else None
        _replace(connection, "last_run", [run | about])
        relations = {row["relation"] for row in rows if row["relation"]}
        _drop_left(connection, made_before, relations)


def end_run(
    connection: duckdb.DuckDBPyConnection,
    run: Row,
    dataset_id: str,
    results: Sequence[Row],
) -> int:
    """Note in a work file, after a run, what has passed and what has failed.

    Return the number of models, seeds and tests of the warehouse that passed.

    Parameters
    ----------
    run
        Its `command`; `is_sample`, whether it took a sample of the rows only, which
        proves nothing of the others; and whether its `inputs_are_unchanged`.
    dataset_id
        The ingest that is there now: a run proves nothing of another one.
    results
        `node`, `name`, `kind`, `status`, `parents` and `message` of each, and whether
        it `gates` the publication; `code` is the SQL that ran, where scenarios are
        evaluated by it. If a test fails that is no row of ``main.nodes``, as those of
        seeds, its parents have not passed.
    """
    passed = {
        row["node"]: row["code"]
        for row in results
        if row["status"] in PASSED and not run["is_sample"]
    }
    now = _now()
    failures = [
        {
            "failed_at": now,
            "node": row["name"],
            "kind": row["kind"],
            "message": row["message"] or "",
        }
        for row in results
        if row["status"] not in (*PASSED, "skipped")
    ]
    with _transaction(connection):
        (count,) = connection.execute(
            "update main.nodes set has_passed = true,"
            " code = coalesce(passed.code, nodes.code)"
            " from (select unnest($nodes) as node, unnest($codes) as code) as passed"
            " where nodes.node = passed.node"
            " and (select dataset_id from main.last_run) = $dataset_id",
            {
                "nodes": list(passed),
                "codes": list(passed.values()),
                "dataset_id": dataset_id,
            },
        ).fetchone()
        if failed := _failed_tests(results):
            connection.execute(
                "update main.nodes set has_passed = false from (select unnest($failed,"
                " recursive := true)) as failed where nodes.node = failed.parent"
                " and failed.test not in (select node from main.nodes)",
                {"failed": failed},
            )
        _replace(connection, "failures", failures)
        if run["command"] != "test":
            connection.execute(
                "update main.last_run set ended_at = $now,"
                " inputs = if($is_known, inputs, null)",
                {"now": now, "is_known": run["inputs_are_unchanged"]},
            )
    return count


def _failed_tests(results: Iterable[Row]) -> list[Row]:
    """Return tests that failed and keep a publication back, each by its parents."""
    return [
        {"test": row["node"], "parent": parent}
        for row in results
        if row["kind"] == "test" and row["gates"]
        if row["status"] not in (*PASSED, "skipped")
        for parent in row["parents"]
    ]


def about_views(names: Collection[str]) -> str:
    """Return why views of a warehouse are not published, and what to do."""
    what = "is a view" if len(names) == 1 else "are views"
    return (
        f"{listing(names)} {what}, and only tables are published: set materialized:"
        " table in the model's config, and build again"
    )


def comment_on_marts(
    connection: duckdb.DuckDBPyConnection, nodes: Sequence[Row]
) -> None:
    """Write what marts and their columns are, with units, as comments of the database.

    Parameters
    ----------
    nodes
        `relation`, `description`, and `columns`: by name a `description` and a `unit`.
    """
    columns: dict[str, set[str]] = {}
    for table, column in connection.sql(
        "select table_name, column_name from duckdb_columns() semi join duckdb_tables()"
        " using (database_name, schema_name, table_name)"
        " where database_name = current_database() and schema_name = 'marts'"
    ).fetchall():
        columns.setdefault(f"marts.{table}", set()).add(column.casefold())
    statements = []
    for row in nodes:
        made = columns.get(row["relation"], ())
        if not made:
            continue
        table = f"marts.{sql_name(row['relation'].removeprefix('marts.'))}"
        statements.append(f"comment on table {table} is {_text(row['description'])}")
        for name, about in row["columns"].items():
            if name.casefold() in made:
                words = with_unit(about["description"], about["unit"])
                statements.append(
                    f"comment on column {table}.{sql_name(name)} is {_text(words)}"
                )
    with _transaction(connection):
        connection.execute(";".join(statements))


def with_unit(description: str, unit: str | None) -> str:
    """Return the comment of a column: BI tools show comments alone."""
    return f"{description} [unit: {unit}]" if unit else description


def _text(words: str) -> str:
    """Return a comment on one line as SQL."""
    return sql_comment(" ".join(words.split()))


def note_refusal(connection: duckdb.DuckDBPyConnection, message: str) -> None:
    """Note in a work file that a run was refused before it began."""
    connection.execute(
        "create table if not exists main.failures"
        " (failed_at timestamp, node varchar, kind varchar, message varchar);"
        f"delete from main.failures where kind = '{REFUSED}'"
    )
    connection.execute(
        "insert into main.failures values (?, 'before the build', ?, ?)",
        [_now(), REFUSED, message],
    )


def rows_of(relation: duckdb.DuckDBPyRelation) -> list[Row]:
    """Return the rows of a relation, by column."""
    rows = relation.fetchall()
    return [dict(zip(relation.columns, row, strict=True)) for row in rows]


def _opened(path: Path) -> duckdb.DuckDBPyConnection:
    try:
        return duckdb.connect(path, read_only=True)
    except duckdb.IOException as failure:
        # DuckDB raises the same of a damaged file, in words about its blocks
        if "Could not set lock" in str(failure):
            raise WorkFileLockedError(first_line(failure)) from failure
        raise


def _nodes_before(
    connection: duckdb.DuckDBPyConnection,
) -> tuple[dict[str, Row], Row]:
    """Return the rows of ``main.nodes`` by node, and the run that they are of.

    There are none of a work file of another version.
    """
    run = describe(connection).run or {}
    if run.get("layout") != versions.WORK_FILE:
        return {}, {}
    rows = rows_of(connection.sql("from main.nodes"))
    return {row["node"]: row for row in rows}, run


def _replace(
    connection: duckdb.DuckDBPyConnection, table: str, rows: list[Row]
) -> None:
    """Write a table of `_TABLES` in place of what is there."""
    comment, columns = _TABLES[table]
    ddl = ", ".join(f"{name} {kind}" for name, kind in columns.items())
    structure = {
        name: [kind.removesuffix("[]")] if kind.endswith("[]") else kind
        for name, kind in columns.items()
    }
    connection.execute(
        f"create or replace table main.{table} ({ddl});"
        f"comment on table main.{table} is '{comment}'"
    )
    connection.execute(
        f"insert into main.{table} select unnest(from_json(?, ?), recursive := true)",
        [
            json.dumps(
                [{name: row.get(name) for name in columns} for row in rows],
                default=str,
            ),
            json.dumps([structure]),
        ],
    )


def _relations_before(connection: duckdb.DuckDBPyConnection) -> set[str]:
    """Return the tables and views that the models of the run before made."""
    try:
        rows = connection.sql("select relation from main.nodes").fetchall()
    except duckdb.Error:  # no run before, or one that noted nothing of the kind
        return set()
    return {relation for (relation,) in rows if relation}


def _drop_left(
    connection: duckdb.DuckDBPyConnection, made_before: set[str], relations: set[str]
) -> None:
    """Drop what models made that are no nodes any more, and what dbt left half made."""
    schemas = {relation.split(".")[0] for relation in relations}
    for kind, schema, name in connection.sql(
        "select 'table', schema_name, table_name from duckdb_tables()"
        " where database_name = current_database()"
        " union all select 'view', schema_name, view_name from duckdb_views()"
        " where database_name = current_database() and not internal"
    ).fetchall():
        relation = f"{schema}.{name}"
        is_left = relation in made_before or "__dbt_" in name
        if is_left and schema in schemas and relation not in relations:
            connection.execute(f"drop {kind} {sql_name(schema)}.{sql_name(name)}")


@contextmanager
def _transaction(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    connection.begin()
    try:
        yield
    except BaseException:
        connection.rollback()
        raise
    connection.commit()


def _now() -> datetime:
    """Return the time, UTC, as DuckDB's timestamps without a zone have it."""
    return datetime.now(UTC).replace(tzinfo=None)


def _is_seed(node: str) -> bool:
    return node.startswith("seed.")
