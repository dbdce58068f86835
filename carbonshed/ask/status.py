"""The state of a dataset, from ingest to publication, and what does not agree."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from carbonshed import versions
from carbonshed.ask.query import (
    publication_refusal,
    published_names,
    published_tables,
)
from carbonshed.dataset.store import list_datasets
from carbonshed.names import is_name, validate_name
from carbonshed.paths import (
    is_own_project,
    kept_scenarios,
    project_root,
    warehouse_dir,
)
from carbonshed.publish.editions import PUBLISHED, published_database
from carbonshed.publish.publishing import not_passed
from carbonshed.publish.work_file import (
    Row,
    WorkFile,
    WorkFileLockedError,
    build_command,
    choices_of,
    publish_command,
    read_work_file,
    rows_of,
)
from carbonshed.text import first_line, listing, sql_name, suggestion


@dataclass
class Status:
    """The state of one dataset; a part that is not there is None."""

    name: str
    dataset: Row | None = None  # the ingest: title, dataset_id, ingested_at
    compiled: list[str] = field(
        default_factory=list
    )  # the datasets that it is split in
    work_file: WorkFile | None = None  # the record in ``warehouse/NAME.duckdb``
    is_running: bool = False  # True if a run has it open, so that it cannot be read
    publication: Row | None = None  # the row of ``marts.publication``
    rows: dict[str, int] = field(default_factory=dict)
    # sentences about files that cannot be read, and why
    unreadable: list[str] = field(default_factory=list)

    @property
    def title(self) -> str:
        """Title of the dataset, if anything of it is there."""
        for row in (self.publication, self.dataset):
            if row:
                return row["title"]
        return ""

    @property
    def caveat(self) -> str:
        """The mark of every published number, empty if it needs none."""
        return (self.publication or {}).get("caveat") or ""

    def remarks(self) -> list[str]:
        """Return each disagreement with its remedy."""
        if self.is_running:
            return ["a run is going on; readers still see the previous publication"]
        remarks = []
        run = self.work_file.run if self.work_file else None
        build = build_command(self.name, run)
        if run is None:
            if self.unreadable:
                return []
            if self.work_file:
                return [f"the warehouse does not say how it was built: {build}"]
            return [self._unbuilt(build)] if self.dataset else []
        if self.work_file.was_killed:
            cause = "" if is_own_project(project_root()) else ", as after a failed hook"
            remarks.append(f"the last run was killed or could not note its end{cause}")
        older = versions.refusal(
            "the warehouse", self.work_file.layout, versions.WORK_FILE, build
        )
        return [*remarks, older] if older else remarks + self._ages(run, build)

    def _unbuilt(self, build: str) -> str:
        """Return what to do about a dataset of which nothing is built."""
        if not self.compiled:
            return f"nothing is built: {build}"
        return (
            f"nothing is built, nor need it be for {listing(self.compiled)}, compiled"
            f" from it; to query it: {build}"
        )

    def _ages(self, run: Row, build: str) -> list[str]:
        """Return the parts that are older than their source."""
        remarks = []
        if self.dataset and self.dataset["dataset_id"] != run["dataset_id"]:
            remarks.append(f"the dataset is newer than the warehouse: {build}")
        if outstanding := self.work_file.outstanding:
            remarks.append(
                "readers still see the previous publication:"
                f" {not_passed(outstanding)}: {publish_command(self.name, run)}"
            )
        elif not self.publication:
            remarks.append(f"nothing is published: carbonshed publish {self.name}")
        elif self.publication["build_id"] != run["run_id"]:
            remarks.append(
                "the publication is older than the warehouse: carbonshed publish"
                f" {self.name}"
            )
        return remarks + kept_since(self.name, run, build)

    def why_unpublished(self) -> str:
        """Return the first reason why nothing can be read of what is published."""
        reasons = [*self.unreadable, *self.remarks()]
        if not reasons:
            return unknown(self.name)
        published = published_names(warehouse_dir() / PUBLISHED)
        return reasons[0] + (
            f"; published here: {listing(published)}" if published else ""
        )


def known_names() -> list[str]:
    """Return the names of all datasets, warehouses and publications that are here."""
    folder = warehouse_dir()
    files = [*folder.glob("*.duckdb"), *(folder / PUBLISHED).glob("*.duckdb")]
    names = {file.name.split(".")[0] for file in files if file.is_file()}
    names |= {dataset.name for dataset in list_datasets()}
    return sorted(filter(is_name, names))


def unknown(name: str) -> str:
    """Return that there is no dataset of a name, and which there are."""
    names = known_names()
    return (
        f"there is no dataset {name!r}{suggestion(name, names)}; there are:"
        f" {listing(names)}"
    )


def status_of(name: str) -> Status:
    """Return the state of a dataset, its warehouse and its publication."""
    warehouse = warehouse_dir() / f"{validate_name(name)}.duckdb"
    status = Status(name)
    for dataset in list_datasets():
        if (dataset.descriptor["mrio"].get("compiled") or {}).get("parent") == name:
            status.compiled.append(dataset.name)
        if dataset.name == name:
            status.dataset = {
                "title": dataset.title,
                "dataset_id": dataset.dataset_id,
                "ingested_at": dataset.descriptor["carbonshed"]["ingested_at"],
            }
    if warehouse.is_file():
        try:
            work_file = read_work_file(warehouse)
            if refusal := work_file.refusal_to_build(warehouse):
                status.unreadable.append(refusal)
            # a client, or dbt compile, makes an empty file by opening one
            elif work_file.run or work_file.has_marts:
                status.work_file = work_file
        except WorkFileLockedError:
            status.is_running = True
        except duckdb.Error as failure:
            status.unreadable.append(
                f"{shown(warehouse)}: {first_line(failure)}; if it is damaged: move it"
                f" away, and run {build_command(name)}"
            )
    _read_publication(status, published_database(warehouse))
    return status


def _read_publication(status: Status, path: Path) -> None:
    if not path.is_file():
        return
    try:
        with duckdb.connect(path, read_only=True) as connection:
            if refusal := publication_refusal(connection, path):
                status.unreadable.append(refusal)
                return
            rows = rows_of(connection.sql("from marts.publication"))
            status.publication = next(iter(rows), None)
            for table in published_tables(connection):
                (status.rows[table],) = connection.execute(
                    f"select count(*) from marts.{sql_name(table)}"
                ).fetchone()
    except duckdb.Error as failure:
        status.unreadable.append(
            f"{shown(path)}: {first_line(failure)}; if it is damaged, publish it"
            f" again: {build_command(status.name)}"
        )


def kept_since(name: str, run: Row, build: str) -> list[str]:
    """Return that kept scenarios were written since a run that reads them, if so."""
    kept = kept_scenarios(name)
    if choices_of(run).get("scenarios") or not kept.is_file():
        return []
    written = datetime.fromtimestamp(kept.stat().st_mtime, UTC).replace(tzinfo=None)
    if written <= run["started_at"]:
        return []
    return [f"{shown(kept)} was written after the last build began: {build}"]


def shown(path: Path) -> str:
    """Return a path as seen from the project folder; one on another disk as it is."""
    root = project_root()
    return str(path.relative_to(root) if path.is_relative_to(root) else path)


def size_of(path: Path) -> int:
    """Return the size of a file, or of the files of a folder, in bytes."""
    files = path.iterdir() if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files)
