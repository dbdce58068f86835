"""What dbt does not do by itself: check the dataset first, swap the file last.

dbt-duckdb loads this plugin when it opens the connection (see profiles.yml).
Two hooks of dbt_project.yml and the model of a user's scenarios call the functions
that it registers.
"""

import gc
import json
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import duckdb
from dbt.adapters.duckdb.plugins import BasePlugin
from dbt.contracts.graph.nodes import Exposure
from dbt.flags import get_flags

from carbonshed.errors import CarbonshedError
from carbonshed.warehouse.build_file import BuildFile
from carbonshed.warehouse.preflight import preflight
from carbonshed.warehouse.variables import load_scenarios

_WRITING = {"build", "run", "seed", "snapshot", "clone", "retry"}
# options with which a build does not make everything
_NARROWING = (
    "SELECT",
    "EXCLUDE",
    "SELECTOR",
    "RESOURCE_TYPES",
    "EMPTY",
    "SAMPLE",
)
_TESTS = {"test", "unit_test"}

# where a check stops a build, dbt 1.11 asks all that it skips for its schema, and
# breaks off with a traceback at an exposure, which has none
if not hasattr(Exposure, "schema"):
    Exposure.schema = ""


class Plugin(BasePlugin):
    """Redirect a run to its build file; offer the preflight and the swap to SQL."""

    def initialize(self, plugin_config: dict[str, Any]) -> None:
        """Remember the warehouse before the path is redirected."""
        # the parsed project lives to the end: a twelfth of a run went into looking
        # through it for garbage
        gc.freeze()
        self.warehouse = Path(self.creds.path)
        self.build_file: BuildFile | None = None
        self.is_checked = False

    def update_connection_config(self, creds: Any, config: dict[str, Any]) -> None:
        """Choose the file to open, just before it is opened."""
        self.warehouse.parent.mkdir(parents=True, exist_ok=True)
        if folder := os.environ.get("CARBONSHED_TEMP_DIR"):
            config["temp_directory"] = folder
        command = _command()
        if command not in _WRITING and self.warehouse.exists():
            return
        self.build_file = BuildFile(self.warehouse)
        if command == "retry":
            self.build_file.start_from_failed()
        elif not _builds_everything(command):
            self.build_file.start_from_warehouse()
        # dbt opens a new environment for its next command because of this change
        creds.path = str(self.build_file.path)

    def configure_connection(self, conn: duckdb.DuckDBPyConnection) -> None:
        """Register the functions that the hooks and a staging model call."""
        for function, arguments in (
            (self._preflight, ["dataset", "chosen"]),
            (self._scenarios, ["dataset", "path"]),
            (self._finish, ["outcome"]),
        ):
            conn.create_function(
                f"carbonshed{function.__name__}",
                function,
                ["VARCHAR" for _ in arguments],
                "VARCHAR",
                side_effects=True,
                null_handling="special",
            )

    def _preflight(self, dataset: str, chosen: str) -> str | None:
        """Return what is wrong with the dataset or the vars, or None."""
        try:
            preflight(dataset, json.loads(chosen))
        except CarbonshedError as refusal:
            return str(refusal)
        self.is_checked = True
        return None

    def _scenarios(self, dataset: str, path: str) -> str:
        """Return the rows of a user's scenarios as JSON."""
        return json.dumps([asdict(row) for row in load_scenarios(dataset, path)])

    def _finish(self, outcome: str) -> str:
        """Swap the build file in, or set it aside; return where it is."""
        if self.build_file is None:
            return str(self.warehouse)
        if not self.is_checked:  # refused, whatever dbt says of the run
            self.build_file.discard()
            return str(self.warehouse)
        if outcome == "passed":
            self.build_file.publish()
            return str(self.warehouse)
        return str(self.build_file.keep_failed())


def _command() -> str:
    # dbt retry passes itself off as the command that it repeats, and click's
    # context is not known in the thread that opens the connection
    if "retry" in sys.argv and not _WRITING.intersection(sys.argv) - {"retry"}:
        return "retry"
    return str(get_flags().WHICH)


def _builds_everything(command: str) -> bool:
    flags = get_flags()
    is_narrowed = any(getattr(flags, name, None) for name in _NARROWING)
    left_out = set(getattr(flags, "EXCLUDE_RESOURCE_TYPES", None) or ())
    return command == "build" and not is_narrowed and left_out <= _TESTS
