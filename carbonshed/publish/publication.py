"""From a warehouse that passed to what readers open."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from carbonshed.dataset.names import validate_name
from carbonshed.dataset.store import list_datasets
from carbonshed.errors import CarbonshedError
from carbonshed.publish.editions import (
    Edition,
    published_database,
    published_parquet,
)
from carbonshed.publish.last_run import LastRun, noted_run
from carbonshed.publish.marts_copy import copy_marts
from carbonshed.publish.query import warehouse_path

_WAREHOUSE = "the warehouse"  # no dataset can have this name


def write_edition(
    edition: Edition,
    connection: duckdb.DuckDBPyConnection,
    catalogue: str,
    say: Callable[[str], None],
) -> None:
    """Write the marts of an open warehouse; `Edition.publish` then shows them.

    Parameters
    ----------
    edition
        A new one; discarded if it cannot be written.
    connection
        A connection on which nothing else is going on.
    catalogue
        The warehouse, as this connection calls it.
    say
        Told what takes long.

    Raises
    ------
    CarbonshedError, OSError, duckdb.Error
        If it cannot be written.
    """
    say("publishing the marts")
    try:
        copy_marts(
            connection, catalogue, edition.database, edition.parquet, edition.name
        )
    except BaseException:
        edition.discard()
        raise


def publish(name: str, say: Callable[[str], None]) -> bool:
    """Publish the marts of a warehouse whose last build passed.

    Parameters
    ----------
    name
        The dataset.
    say
        Told what takes long.

    Returns
    -------
    bool
        False if this build was published already.

    Raises
    ------
    CarbonshedError
        If no dataset can have this name, there is no warehouse, it cannot be read, it
        must not be published, or the copy cannot be written.
    """
    warehouse = warehouse_path(validate_name(name))
    try:
        # our turn comes first: a build that ends now publishes itself
        edition = Edition(warehouse, say)
        try:
            return _publish(name, warehouse, edition, say)
        finally:
            edition.discard()
    except (OSError, duckdb.Error) as failure:
        raise CarbonshedError(f"{name} cannot be published: {failure}") from failure


def _publish(
    name: str, warehouse: Path, edition: Edition, say: Callable[[str], None]
) -> bool:
    with duckdb.connect() as connection:
        connection.execute(
            f"attach '{_escaped(warehouse)}' as \"{_WAREHOUSE}\" (read_only)"
        )
        build = _build(name, warehouse, connection)
        _refuse(name, warehouse, build)
        if build.build_id == _published_build(warehouse):
            return False
        write_edition(edition, connection, _WAREHOUSE, say)
    edition.publish()
    return True


@dataclass(frozen=True)
class _Build:
    """What a warehouse says of how it came about."""

    build_id: str
    built_at: datetime
    is_tested: bool
    dataset_id: str


def _build(name: str, warehouse: Path, connection: duckdb.DuckDBPyConnection) -> _Build:
    lacks = {
        ("marts", "dataset"): "has no marts",
        ("main", "last_build"): "does not say how it was built",
    }
    for table in connection.execute(
        "select schema_name, table_name from duckdb_tables() where database_name = ?",
        [_WAREHOUSE],
    ).fetchall():
        lacks.pop(table, None)
    if lacks:
        msg = f"{warehouse} {' and '.join(lacks.values())}: run {_build_command(name)}"
        raise CarbonshedError(msg)
    row = connection.execute(
        "select build_id, built_at, is_tested, dataset_id"
        f' from "{_WAREHOUSE}".main.last_build'
        f' cross join "{_WAREHOUSE}".marts.dataset'
    ).fetchone()
    return _Build(*row)


def _refuse(name: str, warehouse: Path, build: _Build) -> None:
    """Refuse what readers must not see."""
    run = noted_run(warehouse, build.built_at)
    if run is not None and run.outcome == "failed":
        msg = (
            f"the last build of {name} failed ({named_failures(run)}): mend that,"
            f" then run {_build_command(name)}"
        )
        raise CarbonshedError(msg)
    if not build.is_tested:
        msg = (
            f"{warehouse} holds tables that were built without their tests, by dbt run"
            f" or a build that leaves tests out: run {_build_command(name)}"
        )
        raise CarbonshedError(msg)
    for dataset in list_datasets():
        if dataset.name == name and dataset.dataset_id != build.dataset_id:
            msg = (
                f"the dataset {name} was ingested anew since {warehouse} was built:"
                f" run {_build_command(name)}"
            )
            raise CarbonshedError(msg)


def _build_command(name: str) -> str:
    return f"dbt build --vars 'dataset: {name}'"


def named_failures(run: LastRun, most: int = 3) -> str:
    """Return what did not pass, by name, the first few."""
    names = [f"{failure.kind} {failure.name}" for failure in run.failures]
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def _published_build(warehouse: Path) -> str | None:
    """Return the id of the build that readers see, None if they see none."""
    database = published_database(warehouse)
    if not database.is_file() or not published_parquet(warehouse).is_dir():
        return None
    try:
        with duckdb.connect(database, read_only=True) as connection:
            row = connection.sql("select build_id from marts.publication").fetchone()
    except duckdb.Error:  # whatever it is, a new edition mends it
        return None
    return row[0] if row else None


def _escaped(path: Path) -> str:
    return str(path).replace("'", "''")
