"""Four ways in which something comes to be stored, and what readers then find.

They work in the current project. Each version is known by its content.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from carbonshed import checksums
from carbonshed.ask.query import open_published
from carbonshed.audit import ensure_audited
from carbonshed.audit.run import CHECKSUMS, stored_report
from carbonshed.dataset.contract import SALES_FILE
from carbonshed.dataset.store import list_datasets, open_dataset
from carbonshed.errors import CarbonshedError
from carbonshed.publish.editions import (
    published_database,
    published_editions,
    published_parquet,
)
from carbonshed.publish.publishing import publish
from carbonshed.readers.tidy import ingest_tidy
from carbonshed.solve.solves import solve_years
from carbonshed.solve.year_system import Settings
from support.economies import Economy, relations_of
from support.tiny_folder import TinyFolder
from support.tiny_warehouse import write_warehouse

FIRST, SECOND = 1, 2


@dataclass
class Way:
    """One way in which something comes to be stored.

    Attributes
    ----------
    run
        Stores version 1 or 2 in the current project.
    found
        Returns the version that readers find, None if nothing; fails on half a one.
    rest
        Returns the names beside what is stored, once the next run was there.
    recovery
        The versions stored one after the other after a fault; the last is 1.
    """

    run: Callable[[int], object]
    found: Callable[[], int | None]
    rest: Callable[[], set[str]]
    recovery: tuple[int, ...] = (FIRST,)


def ingest(version: int) -> None:
    folder = TinyFolder(Path("tidy"))
    folder.descriptor["title"] = str(version)
    folder.set("transactions", 0, value=10.0 * version)
    ingest_tidy(folder.write(), "tiny")


def ingested() -> int | None:
    datasets = list_datasets()
    if not datasets:
        assert not Path("data/tiny").exists(), "half a dataset"
        return None
    (dataset,) = datasets
    assert checksums.compare(dataset.path / checksums.LIST)[1] == []
    values = pq.read_table(dataset.table("transactions"))["value"].to_numpy()
    assert values.max() == max(20.5, 10.0 * int(dataset.title))
    assert 10.0 * int(dataset.title) in values
    return int(dataset.title)


def audit(version: int) -> None:
    """Ingest, which leaves no audit, or let an audit go through."""
    if version == FIRST or not Path("data/tiny").exists():
        ingest(FIRST)
    if version == SECOND:
        ensure_audited("tiny")


def audited() -> int | None:
    """Return 2 for a dataset with an audit, which then is whole, with its tables."""
    if ingested() is None:
        return None
    dataset = open_dataset("tiny")
    report = stored_report(dataset)
    if report is None:
        return FIRST
    assert checksums.compare(dataset.path / CHECKSUMS)[1] == []
    assert pq.read_table(dataset.table("audit_checks")).num_rows == len(report.checks)
    assert pq.read_table(dataset.path / SALES_FILE).num_rows
    return SECOND


ECONOMIES = {2012: Economy(1), 2015: Economy(2)}
STORE = Path("warehouse/solved/tiny")


def solve(version: int) -> pa.Table:
    STORE.parent.mkdir(parents=True, exist_ok=True)
    economies = ECONOMIES if version == SECOND else {2012: ECONOMIES[2012]}
    return solve_years(relations_of(economies), Settings(), STORE)


def solved() -> int | None:
    """Return how many years are stored; each is whole, so that the views can read."""
    years = [path for path in STORE.glob("*") if path.is_dir()]
    for year in years:
        for table in ("embodied_output", "total_intensities", "own_chain_output"):
            assert pq.read_table(year / f"{table}.parquet").num_rows
    return len(years) or None


def publish_round(version: int) -> None:
    write_warehouse(Path("warehouse/tiny.duckdb").absolute(), version, rows=30)
    publish("tiny", lambda _: None)


def published() -> int | None:
    warehouse = Path("warehouse/tiny.duckdb").absolute()
    try:
        connection = open_published("tiny")
    except CarbonshedError as refusal:
        assert "nothing is published" in str(refusal)  # noqa: PT017 - it may also open
        assert not published_database(warehouse).exists()
        return None
    with connection:
        rounds = connection.sql("select distinct round from footprints").fetchall()
        rounds += connection.sql("select round from sums").fetchall()
    parquet = published_parquet(warehouse)
    # a connection that is kept takes a file of the same size and second for the one
    # that it has read
    with duckdb.connect(config={"enable_external_file_cache": "false"}) as reader:
        for mart in ("footprints", "sums"):
            rounds += reader.sql(
                f"select distinct round from '{parquet}/{mart}.parquet'"
            ).fetchall()
    assert len(set(rounds)) == 1, "of two builds"
    for edition in published_editions(warehouse):
        assert checksums.compare(edition / checksums.LIST)[1] == []
    return rounds[0][0]


def names(folder: str) -> set[str]:
    return {path.name for path in Path(folder).iterdir()}


WAYS = {
    "ingest": Way(ingest, ingested, lambda: names("data") - {"tiny"}),
    "audit": Way(
        audit,
        audited,
        lambda: (
            (names("data") - {"tiny"})
            | {name for name in names("data/tiny") if "partial" in name}
        ),
        recovery=(SECOND, FIRST),
    ),
    "solve": Way(solve, solved, lambda: names("warehouse/solved") - {"tiny"}),
    "publish": Way(
        publish_round,
        published,
        lambda: (
            names("warehouse/published")
            - {"tiny", "tiny.duckdb", "tiny.previous.duckdb", ".tiny"}
        ),
    ),
}
