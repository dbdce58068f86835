"""The plugin that dbt-duckdb loads when it opens the warehouse (see profiles.yml).

It offers functions to SQL. The hooks of dbt_project.yml check the dataset before a
run and publish the marts after it, and a staging model reads a user's scenarios.
"""

import atexit
import json
import os
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
from dbt.adapters.duckdb.plugins import BasePlugin
from dbt.flags import get_flags
from dbt_common.events.contextvars import get_node_info

from carbonshed.dataset.lock import sole_use
from carbonshed.dataset.store import open_dataset
from carbonshed.dbt_plugin.inputs import Inputs, are_unchanged, inputs_of_run
from carbonshed.dbt_plugin.nodes import SOLVES, message_of, nodes_of, side_by_side
from carbonshed.dbt_plugin.own_project import (
    gating,
    refuse_another_file,
    refuse_settings,
)
from carbonshed.dbt_plugin.preflight import (
    preflight,
    refuse_changed_solves,
    refuse_other_version,
    refuse_parsed_elsewhere,
)
from carbonshed.dbt_plugin.reading import reading
from carbonshed.dbt_plugin.summary import (
    failed,
    line,
    published,
    run_lines,
    unpublished,
)
from carbonshed.dbt_plugin.vars import (
    Texts,
    changed_choices,
    check_variables,
    dataset_of,
    of_carbonshed,
    own_vars,
    texts_of,
)
from carbonshed.errors import CarbonshedError
from carbonshed.io_errors import TEMP_VARIABLE
from carbonshed.names import is_name
from carbonshed.progress import OF_A_RUN, print_note, print_progress, step_lines
from carbonshed.publish.editions import Edition
from carbonshed.publish.publishing import publish_marts
from carbonshed.publish.scenario_inputs import steps_of
from carbonshed.publish.work_file import (
    PASSED,
    Row,
    WorkFile,
    about_views,
    begin_run,
    build_command,
    comment_on_marts,
    dependents,
    describe,
    end_run,
    note_refusal,
    open_error,
    rows_of,
)
from carbonshed.scenarios.scenario_file import (
    chosen_scenarios,
    load_scenarios,
    scenarios_json,
)
from carbonshed.text import sql_text

_STAGED = "model.carbonshed.stg_dataset"  # says of which version the dbt package is
_SHOWN = 48  # letters of the name of a model or test
# commands of dbt that render the code of nodes, hooks among them, and change nothing
_RENDERING = ("compile", "generate", "show")


class Plugin(BasePlugin):
    """The functions that hooks and models call."""

    begun_at = datetime.max
    gates: Sequence[Row] = ()  # must have passed before anything is published
    views: Sequence[str] = ()  # in the schema of the marts
    is_publishable = False  # what the run has made

    def initialize(self, _config: dict[str, Any]) -> None:
        """Begin without a run."""
        self.selected: set[str] = set()  # for the run that is going on
        self.begun: set[str] = set()  # those of them that have begun
        self.shown, self.use = ExitStack(), ExitStack()  # as long as a run goes on

    def update_connection_config(self, creds: Any, config: dict[str, Any]) -> None:
        """Make the folder of the warehouses; DuckDB would not."""
        path = Path(creds.path)
        if reason := _elsewhere():
            raise RuntimeError(reason)
        # dbt shows a RuntimeError in words, and those of others as a traceback
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise RuntimeError(_unwritable(path.parent, error.strerror)) from None
        if not os.access(path.parent, os.W_OK):
            raise RuntimeError(_unwritable(path.parent, "permission denied"))
        if reason := open_error(path):
            raise RuntimeError(reason)
        if folder := os.environ.get(TEMP_VARIABLE):
            config["temp_directory"] = folder

    def configure_connection(self, conn: duckdb.DuckDBPyConnection) -> None:
        """Register the functions."""
        self.connection = conn
        self.chosen: Texts = {}  # vars of the run, once they are checked
        self.given: Texts = {}  # those of them that stood on the command line
        self.inputs: Inputs | None = None  # of the run, if they are known
        self.warehouse = Path(self.creds.path)
        functions: dict[str, tuple[Callable[..., str | None], int]] = {
            "carbonshed_begin_run": (self._begin_run, 1),
            "carbonshed_vars": (self._vars, 0),
            "carbonshed_end_run": (self._end_run, 1),
            "carbonshed_publish": (self._publish, 0),
            "carbonshed_scenarios": (self._scenarios, 2),
        }
        for name, (function, arguments) in functions.items():
            conn.create_function(
                name,
                function,
                ["VARCHAR"] * arguments,
                "VARCHAR",
                side_effects=True,
                null_handling="special",
            )
        conn.create_function(
            "normal_cdf", _normal_cdf, ["DOUBLE"], "DOUBLE", type="arrow"
        )

    def configure_cursor(self, cursor: duckdb.DuckDBPyConnection) -> None:
        """Show how far a run is: each node gets a cursor of its own."""
        node = get_node_info()
        if node.get("unique_id") in self.selected:
            self.begun.add(node["unique_id"])
            count = f"{len(self.begun):,} of {len(self.selected):,}"
            # names of tests may have hundreds of letters
            print_progress(f"{count} begun: {node['node_name'][:_SHOWN]}")

    def _vars(self) -> str:
        """Return the vars of the run as JSON; their defaults until they are checked."""
        return check_variables(self.chosen).model_dump_json()

    def _begin_run(self, text: str) -> str:
        """Check dataset and vars, and note in the work file what the run will change.

        Return the lines that say so, or what is wrong, as JSON.
        """
        reading.close()
        self.begun_at = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
        run = json.loads(text)  # see macros/begin_run.sql
        cursor = self.connection.cursor()
        self.given = texts_of(own_vars(run["given"], {}))
        chosen = texts_of(own_vars(run["vars"], {}))
        texts = {name: text for name, text in chosen.items() if text is not None}
        texts |= self.given
        run["nodes"] = nodes_of(side_by_side(run["graph"]), run["database"], texts)
        run["vars"] = of_carbonshed(texts)
        name = dataset_of(run["vars"])
        try:
            if is_name(name):
                refuse_another_file(self.warehouse, name)
        except CarbonshedError as refusal:  # not to be noted in a file of another name
            atexit.register(self._remove_if_empty)
            return _refused(str(refusal))
        work_file = describe(cursor)
        if refusal := work_file.refusal_to_build(self.warehouse):
            return _refused(refusal)
        try:
            if is_name(name):
                self.use.enter_context(sole_use(name))
                atexit.register(self.use.close)  # a run may be cut off
            lines = self._checked(name, run, work_file)
        except CarbonshedError as refusal:
            self.use.close()
            print_progress()
            if _has_tables(cursor):
                note_refusal(cursor, str(refusal))
            else:
                atexit.register(self._remove_if_empty)
            return _refused(str(refusal))
        print_progress()
        self.chosen = run["vars"]
        self.dataset = name
        if run["command"] in _RENDERING:
            self.use.close()
            return json.dumps({"lines": lines})
        self.inputs = inputs_of_run(name, self.given) if _is_usual() else None
        self.gates = gating(run["nodes"])
        self.views = [
            row["relation"].removeprefix("marts.")
            for row in run["nodes"]
            if row["materialized"] == "view"
            and (row["relation"] or "").startswith("marts.")
        ]
        choices = own_vars(run["given"], self.chosen) | changed_choices(self.chosen)
        begin_run(
            cursor,
            {key: run[key] for key in ("run_id", "command", "dbt_version")}
            | {
                "dataset_id": open_dataset(self.dataset).dataset_id,
                "choices": json.dumps(choices, ensure_ascii=False, default=str),
                "inputs": self.inputs and dict(self.inputs.parts),
                "changed": self.inputs and self.inputs.changed,
            },
            self.gates,
            run["selected"],
        )
        self.selected = set(run["selected"])
        self.begun.clear()
        self.shown.enter_context(step_lines(OF_A_RUN, on_terminal=True))
        print_progress("the first models")
        atexit.register(self.shown.close)
        return json.dumps({"lines": lines})

    def _checked(
        self, name: str, run: dict[str, Any], work_file: WorkFile
    ) -> list[str]:
        """Return the lines of what was checked before a run."""
        selected = set(run["selected"])
        nodes, project = run["nodes"], run["project"]
        versions = {row["node"]: row["version"] for row in nodes}
        refuse_other_version(versions.get(_STAGED))
        refuse_parsed_elsewhere(
            {
                row["root"]: row["package"] == project
                for row in nodes
                if row["kind"] == "seed"
            }
        )
        refuse_settings(project, nodes)
        lines = preflight(name, run["vars"])
        # a run without the solve reads the store, whatever became of it
        if SOLVES not in selected and selected & dependents(nodes, [SOLVES]):
            refuse_changed_solves(name, build_command(name, work_file.run))
        return lines

    def _remove_if_empty(self) -> None:
        """Leave no warehouse where there was none: opening the file has made it."""
        with suppress(duckdb.Error, OSError):
            try:
                is_empty = not _has_tables(self.connection.cursor())
            except duckdb.Error:  # closed already
                with duckdb.connect(self.warehouse) as connection:
                    is_empty = not _has_tables(connection)
            if is_empty:
                self.warehouse.unlink()

    def _scenarios(self, dataset: str, path: str) -> str:
        """Return the rows of a user's scenarios as JSON."""
        chosen = chosen_scenarios(dataset, path)
        return scenarios_json(load_scenarios(dataset, chosen) if chosen else [])

    def _end_run(self, text: str) -> str:
        """Note how a run ended, and return the lines that say so as JSON."""
        run = json.loads(text)  # see macros/end_run.sql
        name, results = self.dataset, side_by_side(run["results"])
        self.selected.clear()
        self.shown.close()
        cursor = self.connection.cursor()
        gates = {row["node"] for row in self.gates}
        evaluated = {step.relation for step in steps_of(self.gates)}
        kept = {row["node"] for row in self.gates if row["relation"] in evaluated}
        for row in results:
            row["gates"] = _holds_back(row, gates)
            row["message"] = message_of(row, lambda sql: rows_of(cursor.sql(sql)))
            row["code"] = row["code"] if row["node"] in kept else None
        run["inputs_are_unchanged"] = self.inputs is not None and are_unchanged(
            self.inputs, name, self.given
        )
        passed = end_run(cursor, run, open_dataset(name).dataset_id, results)
        if run["command"] != "test":
            comment_on_marts(cursor, self.gates)
        work_file = describe(cursor)
        lines = run_lines(work_file, results, self.begun_at, name, Path(run["log"]))
        is_green = all(row["status"] in PASSED for row in results if row["gates"])
        if not is_green:  # after the reasons, which dbt writes when its hooks are done
            atexit.register(print_note, failed(self.begun_at, Path(run["log"])))
        is_whole = run["command"] == "build" and is_green and passed > 0
        if is_whole and work_file.outstanding:
            lines.append(unpublished(work_file, name))
        self.is_publishable = is_whole and not work_file.outstanding
        return json.dumps({"lines": lines})

    def _publish(self) -> str:
        """Publish what has passed; return the lines that say so, as JSON."""
        if not self.is_publishable:
            self.use.close()
            return json.dumps({})
        cursor = self.connection.cursor()
        (catalogue,) = cursor.sql("select current_database()").fetchone()
        try:
            edition = Edition(self.warehouse, print_note)
            with step_lines(on_terminal=True) as progress:
                facts = publish_marts(edition, cursor, catalogue, progress)
        except (CarbonshedError, OSError, duckdb.Error) as failure:
            problem = (
                "the build passed, but it is not published; readers still see the"
                f" previous publication: {failure}. Mend that, then run: carbonshed"
                f" publish {self.dataset}"
            )
            return json.dumps({"sql": _failing(problem)})
        finally:
            self.use.close()
            print_progress()
        lines = published(self.warehouse, facts, self.begun_at)
        if self.views:
            lines.append(line("Left out", about_views(self.views)))
        return json.dumps({"lines": lines})


def _normal_cdf(values: pa.ChunkedArray) -> pa.Array:
    """Return the standard normal distribution function, which DuckDB lacks."""
    from scipy.special import ndtr  # most commands go without SciPy

    return pa.array(ndtr(values.to_numpy()))


def _holds_back(result: Row, gates: set[str]) -> bool:
    """Return whether nothing is published if a node has failed.

    A unit test does with what it tests, a hook always.
    """
    if result["kind"] == "unit_test":
        return not gates.isdisjoint(result["parents"])
    return result["node"] in gates or result["kind"] == "operation"


def _elsewhere() -> str | None:
    """Return why dbt must not run: its project is not the current folder.

    dbt does not change into it, and paths of data and warehouses would be those of
    another folder.
    """
    here = Path.cwd()
    project = Path(getattr(get_flags(), "PROJECT_DIR", None) or here)
    if project.resolve() == here.resolve():
        return None
    return (
        f"dbt was called in {here}, and its project is {project.resolve()}: datasets"
        " would be looked for, and warehouses written, in the wrong folder. Run it in"
        f" the folder of the project: cd {project.resolve()}"
    )


def _is_usual() -> bool:
    """Return whether no flag chooses another profile than the next run would take."""
    flags, folder = get_flags(), os.environ.get("DBT_PROFILES_DIR") or Path.cwd()
    return Path(flags.PROFILES_DIR).resolve() == Path(folder).resolve() and all(
        getattr(flags, choice, None) == os.environ.get(f"DBT_{choice}")
        for choice in ("TARGET", "PROFILE")
    )


def _refused(message: str) -> str:
    """Return a refusal as JSON: SQL that fails, or an error if dbt would go on then.

    A flag of the user's dbt_project.yml says whether it stops if a hook fails.
    """
    if getattr(get_flags(), "SKIP_NODES_IF_ON_RUN_START_FAILS", False):
        return json.dumps({"sql": _failing(message)})
    return json.dumps({"error": message})


def _failing(message: str) -> str:
    return f"select error({sql_text(message)})"


def _unwritable(folder: Path, reason: str | None) -> str:
    return (
        f"{folder.absolute()}: warehouses cannot be written here: {reason}; free the"
        " place, or make it writable for who builds"
    )


def _has_tables(connection: duckdb.DuckDBPyConnection) -> bool:
    return connection.sql("from duckdb_tables()").fetchone() is not None
