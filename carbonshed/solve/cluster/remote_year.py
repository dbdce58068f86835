"""A year as a worker of a cluster reads it: its part of the relations, by itself."""

import re
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from carbonshed.errors import CarbonshedError
from carbonshed.paths import project_root
from carbonshed.solve.cluster import storage
from carbonshed.solve.relations import Relations
from carbonshed.solve.year import YearSystem
from carbonshed.text import is_url, sql_name

# too large to be sent: workers read these from the files of the dataset
_READ = ("transactions", "final_demand", "exports")
_FILE = re.compile(r"""(["'])([^"']*\.parquet)\1""")  # in the SQL of a view


@dataclass(frozen=True)
class WorkOrder:
    """A year's relations: views on files by their SQL, small ones by their rows.

    Attributes
    ----------
    year : int
    catalogue : str
        The name of the database in the views.
    folder : str
        Which paths in the views are relative to.
    views : dict of str to str
        By the schema of each view, what defines it.
    read : dict of str to str
        Queries of transactions, final demand and exports on the views.
    sent : dict of str to bytes
        The other relations, of this year, as Parquet.
    labels : list of (str, str)
        Region and category of every column of final demand.
    years : list of int
        All years of the files.
    with_imports : bool
        True if imported products are followed too.
    by_origin : bool
        True if stressors are followed by region of origin too.
    """

    year: int
    catalogue: str
    folder: str
    views: list[tuple[str, str]]
    read: dict[str, str]
    sent: dict[str, bytes]
    labels: list[tuple[str, str]]
    years: list[int]
    with_imports: bool
    by_origin: bool

    @property
    def files(self) -> list[str]:
        """Paths or URLs of what the views read."""
        paths = [path for _, sql in self.views for _, path in _FILE.findall(sql)]
        return [
            path if is_url(path) else str(Path(self.folder, path))
            for path in dict.fromkeys(paths)
        ]

    def in_storage(self, folder: str, note: Callable[[str], None]) -> "WorkOrder":
        """Return the same for workers that read the files from object storage.

        Parameters
        ----------
        folder : str
            URL; what is not there is copied to it.
        note : callable
            Told what is copied.
        """
        urls = {file: storage.copied(Path(file), folder, note) for file in self.files}

        def copy_of(match: re.Match[str]) -> str:
            return f"{match[1]}{urls[str(Path(self.folder, match[2]))]}{match[1]}"

        views = [(schema, _FILE.sub(copy_of, sql)) for schema, sql in self.views]
        return replace(self, views=views)

    def open(self) -> YearSystem:
        """Return the system of the year on a connection of this process."""
        session = duckdb.connect()
        session.execute("set enable_external_file_cache = false")
        session.execute("set enable_progress_bar = false")
        session.execute("set file_search_path = ?", [self.folder])
        for file in self.files[:1]:
            storage.connect_to(session, file)
        catalogue = sql_name(self.catalogue)
        session.execute(f"attach if not exists ':memory:' as {catalogue}")
        session.execute(f"use {catalogue}")
        for schema, definition in self.views:
            session.execute(f"create schema if not exists {sql_name(schema)}")
            session.execute(definition)
        relations_by_name = {
            name: session.sql(query) for name, query in self.read.items()
        }
        for name, rows in self.sent.items():
            # with the name of the database: cursors know tables by it alone
            table = f"{catalogue}.main.sent_{name}"
            session.from_arrow(pq.read_table(pa.BufferReader(rows))).create(table)
            relations_by_name[name] = session.sql(f"from {table}")
        relations = Relations(session=session, **relations_by_name)
        # known already: long to find, and not in the rows that were sent
        cached = {"labels": {self.year: self.labels}, "years": self.years}
        relations.__dict__.update(cached)
        return YearSystem(
            relations,
            self.year,
            with_imports=self.with_imports,
            by_origin=self.by_origin,
        )


def work_order(system: YearSystem) -> WorkOrder:
    """Return what workers need to know of a system."""
    relations, year = system.relations, system.year
    session = relations.session
    read = {name: getattr(relations, name).sql_query() for name in _READ}
    (catalogue,) = session.execute("select current_database()").fetchone()
    databases = session.execute(
        "select schema_name, view_name, sql from duckdb_views() where not internal"
        " and database_name = current_database()"
    ).fetchall()
    views = []
    for name, query in read.items():
        used = [view for view in databases if view[1] in query]
        if not used:
            msg = (
                f"workers of a cluster cannot read the {name}: they are no view on the"
                " files of a dataset"
            )
            raise CarbonshedError(msg)
        views += [(schema, sql) for schema, _, sql in used]
    of_year = {"sector_output", "intensities", "imports", "imported_products"}
    sent = {}
    for field in fields(relations)[1:]:
        if field.name not in _READ:
            rows = getattr(relations, field.name)
            if field.name in of_year:
                rows = rows.filter(f"year = {year}")
            # Arrow's own buffers arrive unaligned
            buffer = pa.BufferOutputStream()
            pq.write_table(rows.to_arrow_table(), buffer)
            sent[field.name] = buffer.getvalue().to_pybytes()
    labels = relations.labels.get(year, [])
    return WorkOrder(
        year,
        catalogue,
        str(project_root()),
        views,
        read,
        sent,
        labels,
        relations.years,
        system.with_imports,
        system.by_origin,
    )
