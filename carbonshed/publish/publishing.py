"""From a warehouse that passed to what readers open."""

from collections.abc import Collection
from pathlib import Path

import duckdb

from carbonshed import versions
from carbonshed.dataset.store import list_datasets
from carbonshed.errors import CarbonshedError
from carbonshed.files import writing
from carbonshed.names import validate_name
from carbonshed.paths import warehouse_dir
from carbonshed.progress import Message
from carbonshed.publish.editions import (
    Edition,
    published_database,
    published_parquet,
)
from carbonshed.publish.marts_copy import copy_marts
from carbonshed.publish.scenario_inputs import bare_connection, copy_inputs
from carbonshed.publish.work_file import (
    WorkFile,
    WorkFileLockedError,
    build_command,
    describe,
    read_work_file,
)
from carbonshed.text import listing, sql_name, sql_text

_MAX_NAMES = 3


class OutstandingError(CarbonshedError):
    """Something has not passed since it was changed; `command` builds and tests it."""

    def __init__(self, message: str, command: str) -> None:
        super().__init__(f"{message}: run {command}")
        self.command = command


def publish_marts(
    edition: Edition,
    connection: duckdb.DuckDBPyConnection,
    catalogue: str,
    progress: Message,
) -> dict[str, object]:
    """Write the marts of an open warehouse and put them before readers.

    The connection calls the warehouse `catalogue`, and nothing else is going on on it.
    A new edition that cannot be written is discarded, and the publication is unchanged.

    Returns
    -------
    dict
        The row of its table ``publication``.
    """
    progress("publishing the marts")
    try:
        with writing(edition.database):
            facts = copy_marts(
                connection,
                catalogue,
                edition.database,
                edition.parquet,
                edition.name,
                edition.earlier_database,
            )
        copy_inputs(connection, catalogue, edition.what_if)
        edition.publish()
    finally:
        edition.discard()
    return facts


def publish(name: str, progress: Message) -> bool:
    """Publish the marts of a warehouse, all of which has passed.

    Return False if what the last run left was published already.

    Raises
    ------
    OutstandingError
        If something has not passed.
    CarbonshedError
        If there is no warehouse, it must not be published, or the copy fails.
    """
    warehouse = warehouse_dir() / f"{validate_name(name)}.duckdb"
    if not warehouse.is_file():
        raise CarbonshedError(
            f"{warehouse.parent.name}/{warehouse.name} is not there: run"
            f" {build_command(name)}"
        )
    try:
        # take the lock before reading, or a build that ends meanwhile would publish too
        edition = Edition(warehouse, progress)
        try:
            return _publish(name, warehouse, edition, progress)
        finally:
            edition.discard()
    except (OSError, duckdb.Error) as failure:
        raise CarbonshedError(f"{name} cannot be published: {failure}") from failure


def _publish(name: str, warehouse: Path, edition: Edition, progress: Message) -> bool:
    try:
        read_work_file(warehouse)
    except WorkFileLockedError:
        raise CarbonshedError(
            f"a build of {name} is running; it publishes what passes by itself"
        ) from None
    with bare_connection() as connection:
        # by its own name: its views call it so
        connection.execute(
            f"attach {sql_text(warehouse)} as {sql_name(name)} (read_only)"
        )
        work_file = describe(connection, name)
        _refuse(name, warehouse, work_file)
        if work_file.run["run_id"] == _published_run(warehouse):
            return False
        publish_marts(edition, connection, name, progress)
    return True


def not_passed(nodes: Collection[str]) -> str:
    """Return that these nodes keep a work file from being published, in words."""
    names = (" ".join(node.split(".")[0:3:2]) for node in nodes)
    return (
        f"{len(nodes):,} models, seeds or tests have not passed since they, or what"
        f" they depend on, were built or changed ({listing(names, _MAX_NAMES)})"
    )


def is_another_ingest(name: str, dataset_id: str | None) -> bool:
    """Return whether the dataset is there and of another ingest than this one."""
    return any(
        dataset.name == name and dataset.dataset_id != dataset_id
        for dataset in list_datasets()
    )


def _refuse(name: str, warehouse: Path, work_file: WorkFile) -> None:
    """Refuse what readers must not see."""
    build = build_command(name, work_file.run)
    if work_file.is_foreign:
        raise CarbonshedError(work_file.refusal_to_build(warehouse))
    if not work_file.has_marts:
        raise CarbonshedError(f"{warehouse} has no marts: run {build}")
    if work_file.run is None:
        raise CarbonshedError(f"{warehouse} does not say how it was built: run {build}")
    if refusal := versions.refusal(
        str(warehouse), work_file.layout, versions.WORK_FILE, f"run {build}"
    ):
        raise CarbonshedError(refusal)
    if is_another_ingest(name, work_file.run["dataset_id"]):
        raise CarbonshedError(
            f"the dataset {name} was ingested anew since {warehouse} was built:"
            f" run {build}"
        )
    if work_file.outstanding:
        raise OutstandingError(
            f"{name}: {not_passed(work_file.outstanding)}",
            work_file.build_command(name),
        )


def _published_run(warehouse: Path) -> str | None:
    """Return the id of the build that readers see, None if they see none."""
    database = published_database(warehouse)
    if not database.is_file() or not published_parquet(warehouse).is_dir():
        return None
    try:
        with duckdb.connect(database, read_only=True) as connection:
            row = connection.execute(
                "select build_id from marts.publication where layout = ?",
                [versions.PUBLICATION],
            ).fetchone()
    except duckdb.Error:  # whatever it is, a new edition mends it
        return None
    return row[0] if row else None
