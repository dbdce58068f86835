"""The queries of the report: files of SQL, run on a publication."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import duckdb

from carbonshed.ask.query import open_marts_first
from carbonshed.ask.status import shown, status_of
from carbonshed.errors import CarbonshedError
from carbonshed.paths import warehouse_dir
from carbonshed.publish.editions import published_database
from carbonshed.text import first_line

QUERIES = "carbonshed.report.queries"


@dataclass(frozen=True)
class Rows:
    """The answer to a query: rows with the names of their columns."""

    columns: tuple[str, ...]
    rows: list[tuple]

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """Go through the rows as dictionaries."""
        return (dict(zip(self.columns, row, strict=True)) for row in self.rows)

    def __len__(self) -> int:
        """Count the rows."""
        return len(self.rows)

    def column(self, name: str) -> list[Any]:
        """Return the values of a column."""
        index = self.columns.index(name)
        return [row[index] for row in self.rows]

    def first(self) -> dict[str, Any] | None:
        """Return the first row, None if there is none."""
        return next(iter(self), None)


EMPTY = Rows((), [])


def open_marts(name: str) -> duckdb.DuckDBPyConnection:
    """Open the publication of a dataset.

    Raises
    ------
    CarbonshedError
        If nothing is published, with what to do.
    """
    path = published_database(warehouse_dir() / f"{name}.duckdb")
    status = status_of(name)
    if status.publication is None and not path.is_file():
        raise CarbonshedError(
            f"a report is made from what is published, and {shown(path)} is not there: "
            f"{status.why_unpublished()}"
        )
    return open_file(path)


def open_file(path: Path) -> duckdb.DuckDBPyConnection:
    """Open a file with marts, which then come first in the search path."""
    connection = open_marts_first(path)
    # sums of several threads differ in their last digits from run to run
    connection.execute("set threads = 1")
    return connection


@cache
def query_text(name: str) -> str:
    """Return the SQL of a query, `name` being `folder/file` without the ending."""
    return files(QUERIES).joinpath(f"{name}.sql").read_text("utf-8")


@cache
def marts_in(sql: str) -> list[str]:
    """Return the tables that a query reads."""
    # not get_table_names: it binds the query, and cannot where a join has `using`
    with duckdb.connect() as connection:
        tables, steps = connection.execute(
            """
            select tree ->> '$..table_name', tree ->> '$..cte_map.map[*].key'
            from (select json_serialize_sql(?) as tree)
            """,
            [sql],
        ).fetchall()[0]
    return sorted(set(tables) - set(steps))


# columns with names of regions, besides those that end like the first
_NAMED = ("region_name", "origin", "destination", "giver")
_CHAINS = "path_names"  # supply chains, with names of regions in them


def english_names(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Return English names of regions by their own; a shared one has that behind it."""
    rows = Marts(connection).ask("common/english_names").rows
    return {
        name: f"{english} ({name})" if is_shared else english
        for name, english, is_shared in rows
        if english != name
    }


def shown_names(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Return the names of regions as the report writes them."""
    names = english_names(connection)
    regions = connection.execute("select region_name from regions order by all")
    return [names.get(name, name) for (name,) in regions.fetchall()]


def with_english_names(text: str, names: Mapping[str, str]) -> str:
    """Return a sentence with English names in place of those of regions."""
    if not names:
        return text
    # look for the longest first: a name may begin with another
    longest = sorted(names, key=len, reverse=True)
    pattern = re.compile("|".join(map(re.escape, longest)))
    return pattern.sub(lambda match: names[match[0]], text)


@dataclass
class Marts:
    """The marts of a publication, asked for one year and stressor."""

    connection: duckdb.DuckDBPyConnection
    values: Mapping[str, Any] = field(default_factory=dict)  # for $year and $stressor
    read: dict[str, None] = field(default_factory=dict)  # marts that were read
    names: Mapping[str, str] = field(default_factory=dict)  # from `english_names`

    def ask_if_built(self, name: str, **more: Any) -> Rows:
        """Return the answer to a query, no rows where a mart of it was not built."""
        sql = "select distinct table_name from duckdb_tables()"
        built = {table for (table,) in self.connection.execute(sql).fetchall()}
        is_built = built.issuperset(marts_in(query_text(name)))
        return self.ask(name, **more) if is_built else EMPTY

    def ask(self, name: str, **more: Any) -> Rows:
        """Return the answer to a query."""
        sql = query_text(name)
        values = {**self.values, **more}
        used = {key: value for key, value in values.items() if f"${key}" in sql}
        self.read |= dict.fromkeys(marts_in(sql))
        try:
            answer = self.connection.execute(sql, used)
        except (duckdb.BinderException, duckdb.CatalogException) as failure:
            raise CarbonshedError(
                "what is published was made by another version, or is not what was"
                f" published ({first_line(failure)}): build the dataset again, which"
                " publishes it again"
            ) from failure
        columns = tuple(column[0] for column in answer.description)
        return self._named(Rows(columns, answer.fetchall()))

    def _named(self, rows: Rows) -> Rows:
        """Return rows with English names in place of those of regions."""
        named = {
            at: self._in_chain if name == _CHAINS else self._of_region
            for at, name in enumerate(rows.columns)
            if name in (*_NAMED, _CHAINS) or name.endswith(_NAMED[0])
        }
        if not self.names or not named:
            return rows
        return Rows(
            rows.columns,
            [
                tuple(
                    named[at](value) if at in named else value
                    for at, value in enumerate(row)
                )
                for row in rows.rows
            ],
        )

    def _of_region(self, name: str | None) -> str | None:
        return self.names.get(name, name)

    def _in_chain(self, chain: str) -> str:
        return with_english_names(chain, self.names)
