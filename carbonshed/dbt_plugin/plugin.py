"""What dbt-duckdb loads when it opens the warehouse (see profiles.yml).

It offers four functions to SQL. The hooks of dbt_project.yml check the dataset before a
run and publish the marts after it, a staging model reads a user's scenarios, and the
solve begins anew where that is asked for.
"""

import atexit
import json
import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import duckdb
from dbt.adapters.duckdb.plugins import BasePlugin

from carbonshed.dbt_plugin.preflight import preflight
from carbonshed.dbt_plugin.vars import chosen_scenarios, load_scenarios
from carbonshed.errors import CarbonshedError
from carbonshed.io_errors import TEMP_VARIABLE
from carbonshed.paths import solved_dir
from carbonshed.publish.editions import Edition, published_database
from carbonshed.publish.publication import publish_marts
from carbonshed.publish.work_file import note_refusal
from carbonshed.scenarios.reader import scenarios_json
from carbonshed.text import print_progress


class Plugin(BasePlugin):
    """The functions that hooks and models call."""

    def update_connection_config(self, creds: Any, config: dict[str, Any]) -> None:
        """Make the folder of the warehouses; DuckDB would not."""
        Path(creds.path).parent.mkdir(parents=True, exist_ok=True)
        if folder := os.environ.get(TEMP_VARIABLE):
            config["temp_directory"] = folder

    def configure_connection(self, conn: duckdb.DuckDBPyConnection) -> None:
        """Register the functions."""
        self.connection = conn
        self.warehouse = Path(self.creds.path)
        functions: dict[str, tuple[Callable[..., str | None], int]] = {
            "carbonshed_check": (self._check, 3),
            "carbonshed_scenarios": (self._scenarios, 2),
            "carbonshed_forget_solves": (self._forget_solves, 0),
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

    def _check(self, dataset: str, chosen: str, known: str) -> str | None:
        """Return what is wrong with the dataset or the vars, or None."""
        try:
            preflight(dataset, json.loads(chosen), json.loads(known))
        except CarbonshedError as refusal:
            cursor = self.connection.cursor()
            if _has_tables(cursor):
                note_refusal(cursor, str(refusal))
            else:
                atexit.register(self._remove_if_empty)
            return str(refusal)
        return None

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
        folder = solved_dir() / self.warehouse.stem
        if folder.exists():
            shutil.rmtree(folder)

    def _publish(self) -> str:
        """Publish the marts; return where, or why not, as JSON."""
        cursor = self.connection.cursor()
        (catalogue,) = cursor.sql("select current_database()").fetchone()
        try:
            edition = Edition(self.warehouse, print_progress)
            publish_marts(edition, cursor, catalogue, print_progress)
        except (CarbonshedError, OSError, duckdb.Error) as failure:
            return json.dumps({"problem": str(failure)})
        return json.dumps({"place": str(published_database(self.warehouse))})


def _has_tables(connection: duckdb.DuckDBPyConnection) -> bool:
    return connection.sql("from duckdb_tables()").fetchone() is not None
