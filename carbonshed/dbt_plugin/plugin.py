"""What dbt-duckdb loads when it opens the warehouse (see profiles.yml).

It offers functions to SQL. The hooks of dbt_project.yml check the dataset before a
run and publish the marts after it, a staging model reads a user's scenarios, and the
solve begins anew where that is asked for.
"""

import atexit
import json
import os
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
from dbt.adapters.duckdb.plugins import BasePlugin

from carbonshed import versions
from carbonshed.dbt_plugin.preflight import (
    preflight,
    refuse_changed_solves,
    refuse_parsed_elsewhere,
)
from carbonshed.dbt_plugin.summary import published, run_lines, unpublished
from carbonshed.dbt_plugin.vars import (
    Texts,
    check_variables,
    chosen_scenarios,
    dataset_of,
    load_scenarios,
    recorded_choices,
)
from carbonshed.errors import CarbonshedError
from carbonshed.io_errors import TEMP_VARIABLE
from carbonshed.paths import solved_dir
from carbonshed.publish.editions import Edition
from carbonshed.publish.publication import publish_marts
from carbonshed.publish.work_file import (
    build_command,
    describe,
    note_refusal,
    why_unopened,
)
from carbonshed.scenarios.reader import scenarios_json
from carbonshed.solve.store import SolveStore
from carbonshed.step_lines import step_lines
from carbonshed.text import print_note, print_progress


class Plugin(BasePlugin):
    """The functions that hooks and models call."""

    nodes = 0  # of a run that is going on
    begun_nodes = 0
    begun_at = datetime.max

    def update_connection_config(self, creds: Any, config: dict[str, Any]) -> None:
        """Make the folder of the warehouses; DuckDB would not."""
        path = Path(creds.path)
        # dbt shows a RuntimeError in words, and those of others as a traceback
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise RuntimeError(_unwritable(path.parent, error.strerror)) from None
        if not os.access(path.parent, os.W_OK):
            raise RuntimeError(_unwritable(path.parent, "permission denied"))
        if reason := why_unopened(path):
            raise RuntimeError(reason)
        if folder := os.environ.get(TEMP_VARIABLE):
            config["temp_directory"] = folder

    def configure_connection(self, conn: duckdb.DuckDBPyConnection) -> None:
        """Register the functions."""
        self.connection = conn
        self.chosen: Texts = {}  # vars of the run, once they are checked
        self.warehouse = Path(self.creds.path)
        functions: dict[str, tuple[Callable[..., str | None], int]] = {
            "carbonshed_check": (self._check, 2),
            "carbonshed_vars": (self._vars, 0),
            "carbonshed_choices": (self._choices, 0),
            "carbonshed_layout": (lambda: str(versions.WORK_FILE), 0),
            "carbonshed_scenarios": (self._scenarios, 2),
            "carbonshed_forget_solves": (self._forget_solves, 0),
            "carbonshed_ended": (self._ended, 3),
            "carbonshed_unpublished": (self._unpublished, 1),
            "carbonshed_publish": (self._publish, 0),
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
        """Count on a terminal how far a run is: each node gets a cursor of its own."""
        if self.nodes:
            self.begun_nodes = min(self.begun_nodes + 1, self.nodes)
            print_progress(f"{self.begun_nodes:,} of {self.nodes:,} built and tested")

    def _vars(self) -> str:
        """Return the vars of the run as JSON; their defaults until they are checked."""
        return check_variables(self.chosen).model_dump_json()

    def _choices(self) -> str:
        """Return the vars that the warehouse records, as JSON."""
        return json.dumps(recorded_choices(self.chosen))

    def _check(self, variables: str, run: str) -> str:
        """Return what was checked, or what is wrong with dataset or vars, as JSON."""
        chosen = json.loads(variables)
        dataset = dataset_of(chosen)
        self.begun_at = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
        asked = json.loads(run)  # of this run
        found = describe(self.connection.cursor())
        if refusal := found.refusal_to_build(self.warehouse):
            return json.dumps({"complaint": refusal})
        try:
            refuse_parsed_elsewhere(asked["roots"])
            lines = preflight(dataset, chosen)
            if asked["reads_store"]:
                refuse_changed_solves(dataset, build_command(dataset, found.run))
        except CarbonshedError as refusal:
            print_progress()
            cursor = self.connection.cursor()
            if _has_tables(cursor):
                note_refusal(cursor, str(refusal))
            else:
                atexit.register(self._remove_if_empty)
            return json.dumps({"complaint": str(refusal)})
        print_progress()
        self.chosen = chosen
        self.nodes = asked["nodes"]
        return json.dumps({"lines": lines})

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

    def _forget_solves(self) -> None:
        """Remove the solved systems, so that they are solved again."""
        SolveStore(solved_dir() / self.warehouse.stem).forget()

    def _ended(self, dataset: str, results: str, log: str) -> str:
        """Return what was built and tested, in lines of JSON."""
        self.nodes = 0
        print_progress()
        return json.dumps(
            run_lines(
                self.connection.cursor(),
                json.loads(results),
                self.begun_at,
                dataset,
                Path(log),
            )
        )

    def _unpublished(self, dataset: str) -> str | None:
        """Return why nothing may be published, None if all of the warehouse passed."""
        return unpublished(describe(self.connection.cursor()), dataset)

    def _publish(self) -> str:
        """Publish the marts; return the lines that say so, or why not, as JSON."""
        cursor = self.connection.cursor()
        (catalogue,) = cursor.sql("select current_database()").fetchone()
        try:
            edition = Edition(self.warehouse, print_note)
            with step_lines(print_progress) as progress:
                facts = publish_marts(edition, cursor, catalogue, progress)
        except (CarbonshedError, OSError, duckdb.Error) as failure:
            return json.dumps({"problem": str(failure)})
        finally:
            print_progress()
        return json.dumps({"lines": published(self.warehouse, facts)})


def _normal_cdf(values: pa.ChunkedArray) -> pa.Array:
    """Return the standard normal distribution function, which DuckDB lacks."""
    from scipy.special import ndtr  # most commands go without SciPy

    return pa.array(ndtr(values.to_numpy()))


def _unwritable(folder: Path, reason: str | None) -> str:
    return (
        f"{folder.absolute()}: warehouses cannot be written here: {reason}; free the"
        " place, or make it writable for who builds"
    )


def _has_tables(connection: duckdb.DuckDBPyConnection) -> bool:
    return connection.sql("from duckdb_tables()").fetchone() is not None
