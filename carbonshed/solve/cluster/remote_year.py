"""A year as a worker of a cluster reads it: large tables from files, others as sent."""

from dataclasses import dataclass, fields, replace
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from carbonshed.progress import Message
from carbonshed.solve.cluster import storage
from carbonshed.solve.relations import Relations
from carbonshed.solve.year import YearSystem
from carbonshed.text import sql_text

# Too large to be sent: workers read these from the files of the dataset. Amounts are
# in the table's own unit there; stg_transactions and the like convert them too.
_FROM_FILES = {
    "transactions": "origin_id, destination_id",
    "final_demand": "origin_id, region_id, category_id",
    "exports": "region_sector_id",
}
_BY_YEAR = ("sector_output", "intensities", "imports", "imported_products")


@dataclass(frozen=True)
class RemoteYear:
    """A year's relations: large ones by the names of files, small ones by their rows.

    Attributes
    ----------
    files : paths or URLs, by relation
    currency_unit : units of currency per unit of the files' amounts
    sent : the other relations, of this year, as Parquet
    labels : region and category of every column of final demand
    with_imports, by_origin : as of `YearSystem`
    """

    year: int
    files: dict[str, str]
    currency_unit: float
    sent: dict[str, bytes]
    labels: list[tuple[str, str]]
    with_imports: bool
    by_origin: bool

    def in_storage(self, folder: str, note: Message) -> "RemoteYear":
        """Return the same year with its files in object storage, at the URL `folder`.

        A file that is not there is copied, which is noted.
        """
        urls = {
            name: storage.copied(Path(file), folder, note)
            for name, file in self.files.items()
        }
        return replace(self, files=urls)

    def open(self) -> YearSystem:
        """Return the system of the year on a connection of this process."""
        session = duckdb.connect()
        session.execute("set enable_external_file_cache = false")
        session.execute("set enable_progress_bar = false")
        storage.connect_to(session, self.files["transactions"])
        unit = f"{sql_text(self.currency_unit)}::double"
        relations = {
            name: session.sql(
                f"select year, {keys}, value * {unit} as amount"
                f" from read_parquet({sql_text(self.files[name])})"
                f" where year = {self.year}"
            )
            for name, keys in _FROM_FILES.items()
        }
        for name, rows in self.sent.items():
            session.from_arrow(pq.read_table(pa.BufferReader(rows))).create(name)
            relations[name] = session.table(name)
        return YearSystem(
            Relations(session=session, **relations),
            self.year,
            with_imports=self.with_imports,
            by_origin=self.by_origin,
            labels=self.labels,
        )


def remote_year(system: YearSystem, dataset: Path) -> RemoteYear:
    """Return a system as workers open it, with files of the dataset's folder."""
    relations, year = system.relations, system.year
    (unit,) = pq.read_table(dataset / "dataset.parquet")["currency_unit"].to_pylist()
    sent = {}
    for field in fields(relations)[1:]:
        if field.name not in _FROM_FILES:
            rows = getattr(relations, field.name)
            if field.name in _BY_YEAR:
                rows = rows.filter(f"year = {year}")
            # Arrow's own buffers arrive unaligned
            buffer = pa.BufferOutputStream()
            pq.write_table(rows.to_arrow_table(), buffer)
            sent[field.name] = buffer.getvalue().to_pybytes()
    return RemoteYear(
        year,
        {name: str(dataset.absolute() / f"{name}.parquet") for name in _FROM_FILES},
        unit,
        sent,
        system.labels,
        system.with_imports,
        system.by_origin,
    )
