"""What there is of a dataset, from ingest to publication, and whether it agrees."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from carbonshed.dataset.names import is_name, validate_name
from carbonshed.dataset.store import list_datasets
from carbonshed.errors import CarbonshedError
from carbonshed.paths import project_root, warehouse_dir
from carbonshed.publish.editions import PUBLISHED, published_database
from carbonshed.publish.last_run import LastRun, noted_run
from carbonshed.warehouse.build_file import unfinished_run

Row = dict[str, Any]


@dataclass
class Status:
    """What there is of one dataset; what is not there is None.

    Attributes
    ----------
    name
        The dataset.
    dataset
        The ingest: title, dataset_id, ingested_at.
    has_warehouse
        Whether there is a warehouse.
    warehouse
        The row of ``main.last_build``, with the dataset_id of what was built; None
        too if the warehouse does not say how it was built.
    publication
        The row of ``marts.publication``.
    rows
        Rows of every published table.
    run
        How the last run ended, if it did not become the warehouse or a publication.
    unfinished
        ``running`` or ``killed``, if a run has not ended.
    unreadable
        What cannot be read, and why.
    """

    name: str
    dataset: Row | None = None
    has_warehouse: bool = False
    warehouse: Row | None = None
    publication: Row | None = None
    rows: dict[str, int] = field(default_factory=dict)
    run: LastRun | None = None
    unfinished: str | None = None
    unreadable: list[str] = field(default_factory=list)

    @property
    def title(self) -> str:
        """Title of the dataset, if anything of it is there."""
        for found in (self.publication, self.dataset, self.warehouse):
            if found:
                return found["title"]
        return ""

    @property
    def is_synthetic(self) -> bool:
        """Whether what is published or built is invented."""
        found = self.publication or self.warehouse
        return bool(found and found["is_synthetic"])

    def remarks(self) -> list[str]:
        """Return what does not agree, each with what to do."""
        build = f"dbt build --vars 'dataset: {self.name}'"
        said = []
        if self.unfinished == "running":
            said.append("a build is running")
        if self.unfinished == "killed":
            said.append(f"a build was killed, and changed nothing: {build}")
        if self._is_newer(self.dataset, self.warehouse, "dataset_id"):
            said.append(f"the dataset is newer than the warehouse: {build}")
        if self._is_newer(self.warehouse, self.publication, "build_id"):
            way = f"carbonshed publish {self.name}"
            way = way if self.warehouse["is_tested"] else build
            said.append(f"the publication is older than the warehouse: {way}")
        if not self.has_warehouse and self.dataset:
            said.append(f"nothing is built: {build}")
        elif self.has_warehouse and not self.warehouse and not self.unreadable:
            said.append(f"the warehouse does not say how it was built: {build}")
        elif self.warehouse and not self.publication and not self.unreadable:
            said.append(f"nothing is published: carbonshed publish {self.name}")
        return said

    def why_unpublished(self) -> str:
        """Return the first reason why nothing can be read of what is published."""
        unknown = f"nothing is known of {self.name!r}"
        return next(iter((*self.unreadable, *self.remarks(), unknown)))

    def _is_newer(self, one: Row | None, other: Row | None, key: str) -> bool:
        return bool(one and other) and one[key] != other[key]


def known_names() -> list[str]:
    """Return the names of all datasets, warehouses and publications that are here."""
    folder = warehouse_dir()
    files = [*folder.glob("*.duckdb"), *(folder / PUBLISHED).glob("*.duckdb")]
    names = {file.name.split(".")[0] for file in files if file.is_file()}
    names |= {dataset.name for dataset in list_datasets()}
    return sorted(filter(is_name, names))


def status_of(name: str) -> Status:
    """Return what there is of a dataset.

    Raises
    ------
    CarbonshedError
        If no dataset can have this name.
    """
    warehouse = warehouse_dir() / f"{validate_name(name)}.duckdb"
    status = Status(name, unfinished=unfinished_run(warehouse))
    for dataset in list_datasets():
        if dataset.name == name:
            status.dataset = {
                "title": dataset.title,
                "dataset_id": dataset.dataset_id,
                "ingested_at": dataset.descriptor["carbonshed"]["ingested_at"],
            }
    _read_warehouse(status, warehouse)
    _read_publication(status, published_database(warehouse))
    built_at = status.warehouse["built_at"] if status.warehouse else None
    try:
        run = noted_run(warehouse, built_at)
    except CarbonshedError as failure:
        status.unreadable.append(str(failure))
    else:
        status.run = None if _is_out_of_date(run, status) else run
    return status


def _is_out_of_date(run: LastRun | None, status: Status) -> bool:
    """Return whether a build that could not be published was published later."""
    publication, warehouse = status.publication, status.warehouse
    return bool(
        run
        and run.outcome == "unpublished"
        and publication
        and warehouse
        and publication["build_id"] == warehouse["build_id"]
    )


def _read_warehouse(status: Status, path: Path) -> None:
    sql = (
        "select builds.*, datasets.title, datasets.is_synthetic, datasets.dataset_id"
        " from main.last_build as builds cross join marts.dataset as datasets"
    )
    if not path.is_file():
        return
    status.has_warehouse = True
    try:
        with duckdb.connect(path, read_only=True) as connection:
            status.warehouse = _row(connection, sql)
    except duckdb.CatalogException:
        return  # of an earlier version, or not a warehouse
    except duckdb.Error as failure:
        status.unreadable.append(f"{shown(path)}: {_first_line(failure)}")


def _read_publication(status: Status, path: Path) -> None:
    if not path.is_file():
        return
    try:
        with duckdb.connect(path, read_only=True) as connection:
            status.publication = _row(connection, "from marts.publication")
            tables = connection.execute(
                "select table_name from duckdb_tables() where schema_name = 'marts'"
                " order by table_name"
            ).fetchall()
            for (table,) in tables:
                (status.rows[table],) = connection.execute(
                    f'select count(*) from marts."{table}"'
                ).fetchone()
    except duckdb.Error as failure:
        status.unreadable.append(f"{shown(path)}: {_first_line(failure)}")


def _row(connection: duckdb.DuckDBPyConnection, sql: str) -> Row | None:
    relation = connection.sql(sql)
    row = relation.fetchone()
    return dict(zip(relation.columns, row, strict=True)) if row else None


def shown(path: Path) -> str:
    """Return a path as seen from the project folder."""
    return str(path.relative_to(project_root()))


def _first_line(failure: Exception) -> str:
    return str(failure).splitlines()[0]


def size_of(path: Path) -> int:
    """Return the size of a file, or of the files of a folder, in bytes."""
    files = path.iterdir() if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files)
