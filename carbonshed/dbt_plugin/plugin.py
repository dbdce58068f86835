"""What dbt does not do by itself: check the dataset first, swap and publish last.

dbt-duckdb loads this plugin when it opens the connection (see profiles.yml).
Hooks of dbt_project.yml and the model of a user's scenarios call the functions
that it registers.
"""

import atexit
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

from carbonshed import __version__
from carbonshed.dataset.names import is_name
from carbonshed.dbt_plugin.preflight import preflight, say
from carbonshed.dbt_plugin.variables import load_scenarios
from carbonshed.errors import CarbonshedError
from carbonshed.publish.editions import Edition, published_database
from carbonshed.publish.last_run import Failure, LastRun, forget_runs, note_run
from carbonshed.publish.marts_copy import STORAGE_VERSION
from carbonshed.publish.publication import write_edition
from carbonshed.warehouse import earlier, kept_years
from carbonshed.warehouse.build_file import BuildFile
from carbonshed.warehouse.unheard import leave_out_unheard_events

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
        # the parsed project lives to the end, and dbt leaves little garbage: a twelfth
        # of a run went into looking for it, and with the first line alone a hundredth
        gc.freeze()
        gc.set_threshold(50_000, 50, 100)
        leave_out_unheard_events()
        self.warehouse = Path(self.creds.path)
        self.build_file: BuildFile | None = None
        self.keeps_years = False
        self.is_checked = False
        self.has_ended = False
        self.complaint = ""
        self.failures: list[Failure] = []
        self.edition: Edition | None = None
        self.problem = ""

    def update_connection_config(self, creds: Any, config: dict[str, Any]) -> None:
        """Choose the file to open, just before it is opened."""
        self.warehouse.parent.mkdir(parents=True, exist_ok=True)
        if folder := os.environ.get("CARBONSHED_TEMP_DIR"):
            config["temp_directory"] = folder
        # ids, repeated in millions of rows, take half the time to write in a new file
        config["storage_compatibility_version"] = STORAGE_VERSION
        command = _command()
        if command not in _WRITING and self.warehouse.exists():
            return
        # before the build file is, which then has freed its disk when this is called
        atexit.register(self._note_interruption)
        self.build_file = BuildFile(self.warehouse)
        is_anew = getattr(get_flags(), "FULL_REFRESH", False)
        everything = _builds_everything(command)
        # what did not pass may be in the rows that would be kept
        self.keeps_years = (
            everything
            and not is_anew
            and not self.build_file.has_failed
            and kept_years.can_keep(self.warehouse)
        )
        earlier.look_into(
            [] if is_anew else self.build_file.earlier(),
            begun_with=self.warehouse if self.keeps_years else None,
        )
        if command == "retry":
            self.build_file.start_from_failed()
        elif self.keeps_years or not everything:
            self.build_file.start_from_warehouse()
        # dbt opens a new environment for its next command because of this change
        creds.path = str(self.build_file.path)

    def configure_connection(self, conn: duckdb.DuckDBPyConnection) -> None:
        """Register the functions that the hooks and a staging model call."""
        self.connection = conn
        if self.keeps_years:
            kept_years.keep_long_tables(conn)
        elif self.build_file is not None:
            kept_years.keep_none(conn)
        for function, arguments in (
            (self._preflight, ["dataset", "chosen"]),
            (self._scenarios, ["dataset", "path"]),
            (self._build, []),
            (self._failed, ["failures"]),
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
            self.complaint = str(refusal)
            return self.complaint
        self.is_checked = True
        return None

    def _scenarios(self, dataset: str, path: str) -> str:
        """Return the rows of a user's scenarios as JSON."""
        return json.dumps([asdict(row) for row in load_scenarios(dataset, path)])

    def _build(self) -> str:
        """Return what this run is, as JSON."""
        return json.dumps(
            {
                "kind": "full" if _builds_everything(_repeated()) else "selective",
                "has_tests": _tests_what_it_builds(),
                "carbonshed_version": __version__,
                # what a failed build left may be of other code
                "code_digest": ""
                if _command() == "retry"
                else kept_years.code_digest(),
            }
        )

    def store(self, _target: Any) -> None:
        """Write what readers are to see of a full build; `_finish` shows it.

        A macro calls this and no SQL function: within a query of DuckDB, a query takes
        four times as long.
        """
        cursor = self.connection.cursor()
        (catalogue, is_due) = cursor.sql(
            "select current_database(), build_kind = 'full' and is_tested"
            " from main.last_build"
        ).fetchone()
        if not is_due:
            return
        try:
            edition = Edition(self.warehouse, say)
            write_edition(edition, cursor, catalogue, say)
            self.edition = edition
        except (CarbonshedError, OSError, duckdb.Error) as failure:
            self.problem = str(failure)

    def _failed(self, failures: str) -> None:
        """Keep in mind what did not pass: on a full disk, no more is called."""
        self.failures = [Failure(**row) for row in json.loads(failures)]

    def _finish(self, outcome: str) -> str:
        """Swap the build file in, or set it aside; return where it is, as JSON."""
        self.has_ended = True
        place = self.warehouse
        if self.build_file is None:
            pass
        elif not self.is_checked:  # refused, whatever dbt says of the run
            self.build_file.discard()
            if self.complaint:
                self._note(
                    "refused", [Failure("before the build", "check", self.complaint)]
                )
        elif outcome == "passed":
            self.build_file.publish()
            forget_runs(self.warehouse)
            self._show_edition()
        else:
            place = self.build_file.keep_failed()
            self._note("failed", self.failures)
        published = published_database(self.warehouse) if self.edition else ""
        return json.dumps(
            {"place": str(place), "published": str(published), "problem": self.problem}
        )

    def _show_edition(self) -> None:
        """Publish what was written, after the warehouse is what it was made from."""
        if self.edition:
            try:
                self.edition.publish()
            except OSError as failure:
                self.edition.discard()
                self.edition = None
                self.problem = str(failure)
        if self.problem:
            self._note(
                "unpublished", [Failure("publication", "operation", self.problem)]
            )

    def _note(self, outcome: str, failures: list[Failure]) -> None:
        if is_name(self.warehouse.stem):
            note_run(self.warehouse, LastRun(outcome, tuple(failures)))

    def _note_interruption(self) -> None:
        if self.is_checked and not self.has_ended:
            self._note("failed" if self.failures else "interrupted", self.failures)


def _command() -> str:
    # dbt retry passes itself off as the command that it repeats, and click's
    # context is not known in the thread that opens the connection
    if "retry" in sys.argv and not _WRITING.intersection(sys.argv) - {"retry"}:
        return "retry"
    return _repeated()


def _repeated() -> str:
    """Return the command itself, for dbt retry the one that it repeats."""
    return str(get_flags().WHICH)


def _builds_everything(command: str) -> bool:
    is_narrowed = any(getattr(get_flags(), name, None) for name in _NARROWING)
    return command == "build" and not is_narrowed and _left_out() <= _TESTS


def _tests_what_it_builds() -> bool:
    flags = get_flags()
    is_a_sample = any(getattr(flags, name, None) for name in ("EMPTY", "SAMPLE"))
    # unit tests never look at the dataset
    return not is_a_sample and "test" not in _left_out()


def _left_out() -> set[str]:
    return set(getattr(get_flags(), "EXCLUDE_RESOURCE_TYPES", None) or ())
