"""The copy of the marts that is published, as a database and as Parquet.

Small tables get primary and foreign keys. An index comes with each key: it costs
nothing for a table of some rows, but with keys on all tables the file of the default
dataset would be nine times as large, 2.2 GB in place of 0.24, and take nine times as
long to write. Of large tables, a test of each build shows that rows are unique.
"""

import json
from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from carbonshed import versions
from carbonshed.errors import CarbonshedError
from carbonshed.files import writing
from carbonshed.publish.unchanged_marts import (
    ID,
    Keys,
    UnchangedMarts,
    copy_file,
    keys_of,
    unchanged_marts,
)
from carbonshed.publish.work_file import rows_of, with_unit
from carbonshed.text import sql_comment, sql_name, sql_text

# DuckDB 1.4 and later, and its build for browsers, can open it
STORAGE_VERSION = "v1.4.0"
_MAX_KEYED_ROWS = 10_000
# each column of each table takes whole blocks: of a dataset of some thousand rows they
# are nearly empty, and the file takes a quarter with blocks of this size. Of more rows
# than these, large blocks are smaller together, and quicker to read
_SMALL_BLOCK, _LARGE_BLOCK = 16_384, 262_144  # bytes; the latter is DuckDB's own
_MAX_ROWS_IN_SMALL_BLOCKS = 1_000_000

# column -> the dimension whose key it holds
DIMENSIONS = {
    "stressor_id": "stressors",
    "region_id": "regions",
    "sector_id": "sectors",
    "category_id": "final_demand_categories",
}
_COLUMNS = "columns"  # the mart that tells of the others is written in each edition
_COPY = "the publication"  # no dataset can have this name

# name, type and description
PUBLICATION = (
    ("publication_id", "varchar", "Id of this publication; later ones sort after it."),
    ("dataset", "varchar", "Name of the dataset."),
    ("title", "varchar", "Title of the dataset."),
    ("is_synthetic", "boolean", "Whether the dataset is invented."),
    (
        "caveat",
        "varchar",
        "What every number is marked with: synthetic data, compiled estimate, the"
        " sentence of the dataset's author, or nothing.",
    ),
    ("dataset_id", "varchar", "Id of the ingest that was built."),
    ("ingested_at", "timestamp", "When the dataset was ingested, UTC."),
    ("build_id", "varchar", "Id of the last build of the warehouse."),
    (
        "build_kind",
        "varchar",
        "What the last build made: full, or selective, where some tables come from"
        " builds before; all have passed.",
    ),
    (
        "changed",
        "varchar",
        "What had changed, if the last build made only that and all that depends on it;"
        " empty otherwise.",
    ),
    ("built_at", "timestamp", "When that build ended, UTC."),
    ("published_at", "timestamp", "When its marts were published, UTC."),
    ("carbonshed_version", "varchar", "Version of Carbonshed that built it."),
    ("dbt_version", "varchar", "Version of dbt that built it."),
    ("duckdb_version", "varchar", "Version of DuckDB that wrote this."),
    (
        "layout",
        "integer",
        "Number of the layout of what is published: this version of Carbonshed opens"
        " its own and no other.",
    ),
    ("tables", "integer", "Number of marts beside this table."),
    ("rows", "bigint", "Rows of all these marts together."),
)
_UNITS = {"tables": "tables", "rows": "rows"}


@dataclass(frozen=True)
class _Mart:
    """A table: its columns as DDL, what it holds, what each column is, and its keys."""

    name: str
    ddl: str
    comment: str
    columns: dict[str, str]
    keys: Keys = frozenset()


_PUBLICATION = _Mart(
    "publication",
    ", ".join(f"{sql_name(name)} {kind} not null" for name, kind, _ in PUBLICATION),
    "One row: what is published here, from which dataset and build, and when.",
    {name: with_unit(text, _UNITS.get(name)) for name, _, text in PUBLICATION},
)


def copy_marts(
    connection: duckdb.DuckDBPyConnection,
    catalogue: str,
    database: Path,
    parquet: Path,
    publication_id: str,
    earlier: Path | None = None,
) -> dict[str, object]:
    """Write the marts of an open warehouse as one database and one folder of Parquet.

    Rows keep their order, tables their NOT NULL and comments, and get their keys. Marts
    that the published database `earlier` has as they are now are copied from there.

    Return the row of its table ``publication``. The database must not be there yet; the
    folder of Parquet must be empty.
    """
    marts = _marts(connection, catalogue)
    block_size = _block_size(connection, catalogue, marts)
    unchanged = _without_dimensions_that_changed(
        unchanged_marts(
            connection,
            catalogue,
            {mart.name: mart.keys for mart in marts if mart.name != _COLUMNS},
            block_size,
            earlier,
        ),
        marts,
    )
    if unchanged.names:
        copy_file(unchanged.database, database)
    facts = _facts(connection, catalogue) | {
        "publication_id": publication_id,
        "layout": versions.PUBLICATION,
    }
    connection.execute(
        f"attach {sql_text(database)} as {sql_name(_COPY)}"
        f" (storage_version '{STORAGE_VERSION}', block_size {block_size})"
    )
    (search_path,) = connection.sql("select current_setting('search_path')").fetchone()
    try:
        # a foreign key leads to the database that is in use, and to no other
        connection.execute(f"use {sql_name(_COPY)}")
        # one transaction: thousands of statements, and one wait for the disk
        connection.execute("begin")
        _drop_others(connection, unchanged.names)
        rows = {
            mart.name: _count(connection, mart)
            if mart.name in unchanged.names
            else _copy_rows(connection, catalogue, mart)
            for mart in marts
        }
        marts.append(_PUBLICATION)
        if _COLUMNS in rows:
            rows[_COLUMNS] = _describe_columns(connection, marts)
        facts |= {
            "published_at": datetime.now(UTC).replace(tzinfo=None),
            "tables": len(rows),
            "rows": sum(rows.values()),
        }
        _write_publication(connection, facts)
        marts = _marked(marts, facts["caveat"])
        connection.execute(";".join(_comments(marts)))
        connection.execute("commit")
        for mart in marts:
            _write_parquet(connection, mart, parquet, facts, unchanged)
    finally:
        with suppress(duckdb.TransactionException):  # all was committed
            connection.execute("rollback")
        connection.execute(f"set search_path = {sql_text(search_path)}")
        # closes the file, with nothing left in a log beside it
        connection.execute(f"detach database if exists {sql_name(_COPY)}")
    return facts


def _block_size(
    connection: duckdb.DuckDBPyConnection, catalogue: str, marts: list[_Mart]
) -> int:
    """Return the bytes of a block, fewer for a database of few rows."""
    (rows,) = connection.execute(
        "select coalesce(sum(estimated_size), 0) from duckdb_tables()"
        " where database_name = ? and schema_name = 'marts'"
        " and table_name in (select unnest(?))",
        [catalogue, [mart.name for mart in marts]],
    ).fetchone()
    return _SMALL_BLOCK if rows <= _MAX_ROWS_IN_SMALL_BLOCKS else _LARGE_BLOCK


def _marts(connection: duckdb.DuckDBPyConnection, catalogue: str) -> list[_Mart]:
    """Return the tables in the schema of marts that models of the project made."""
    columns: dict[str, dict[str, str]] = {}
    for table, column, comment in connection.execute(
        "select table_name, column_name, coalesce(comment, '') from duckdb_columns()"
        " where database_name = ? and schema_name = 'marts' order by column_index",
        [catalogue],
    ).fetchall():
        columns.setdefault(table, {})[column] = comment
    tables = connection.execute(
        "select table_name, sql, coalesce(comment, '') from duckdb_tables()"
        " where database_name = ? and schema_name = 'marts' and table_name in (select"
        f" substr(relation, 7) from {sql_name(catalogue)}.main.nodes"
        " where starts_with(relation, 'marts.')) order by table_name",
        [catalogue],
    ).fetchall()
    # tables that others refer to come first
    tables.sort(key=lambda table: table[0] not in DIMENSIONS.values())
    if "dataset" not in columns:
        raise CarbonshedError("there are no marts in it; build them: dbt build")
    key_of = _read_keys(connection, catalogue)
    own_keys = keys_of(connection, catalogue)
    schema = f"{sql_name(catalogue)}.marts"
    marts = []
    for table, sql, comment in tables:
        ddl, keys = sql.partition("(")[2].rstrip(";").rstrip(), own_keys.get(table)
        if keys is None:  # it has none of its own
            added = _constraints(connection, schema, table, key_of)
            keys = frozenset((kind, columns) for kind, columns, _ in added)
            ddl = ", ".join([ddl.removesuffix(")"), *(text for *_, text in added)])
            ddl = f"{ddl})"
        marts.append(_Mart(table, ddl, comment, columns[table], keys))
    return marts


def _facts(connection: duckdb.DuckDBPyConnection, catalogue: str) -> dict[str, object]:
    """Return the facts of a warehouse on its dataset and its last build."""
    relation = connection.sql(
        "select datasets.name as dataset, datasets.title, datasets.is_synthetic,"
        " coalesce(datasets.caveat, '') as caveat,"
        " datasets.dataset_id, datasets.ingested_at, runs.run_id as build_id,"
        " if(runs.is_full, 'full', 'selective') as build_kind,"
        " coalesce(array_to_string(runs.changed, ', '), '') as changed,"
        " runs.ended_at as built_at, runs.carbonshed_version, runs.dbt_version,"
        " version() as duckdb_version"
        f" from {sql_name(catalogue)}.marts.dataset as datasets"
        f" cross join {sql_name(catalogue)}.main.last_run as runs"
    )
    (facts,) = rows_of(relation)
    return facts


def _without_dimensions_that_changed(
    unchanged: UnchangedMarts, marts: list[_Mart]
) -> UnchangedMarts:
    """Return the marts that may stay in a copy of the database of before.

    None where a dimension changed or left the project: foreign keys point to it.
    """
    changed = ({mart.name for mart in marts} | unchanged.tables) - unchanged.names
    return unchanged if changed.isdisjoint(DIMENSIONS.values()) else UnchangedMarts()


def _drop_others(connection: duckdb.DuckDBPyConnection, kept: Collection[str]) -> None:
    """Drop what is in the copy and does not stay; in a new one make the schema."""
    connection.execute(f"create schema if not exists {sql_name(_COPY)}.marts")
    tables = connection.execute(
        "select table_name from duckdb_tables() where database_name = ?", [_COPY]
    ).fetchall()
    for (table,) in tables:
        if table not in kept:
            connection.execute(f"drop table {sql_name(_COPY)}.marts.{sql_name(table)}")


def _count(connection: duckdb.DuckDBPyConnection, mart: _Mart) -> int:
    (rows,) = connection.sql(f"select count(*) from {_address(_COPY, mart)}").fetchone()
    return rows


def _copy_rows(
    connection: duckdb.DuckDBPyConnection, catalogue: str, mart: _Mart
) -> int:
    """Copy a table with its constraints; return how many rows it has."""
    connection.execute(f"create table {_address(_COPY, mart)}({mart.ddl}")
    (rows,) = connection.execute(
        f"insert into {_address(_COPY, mart)} from {_address(catalogue, mart)}"
    ).fetchone()
    return rows


def _describe_columns(connection: duckdb.DuckDBPyConnection, marts: list[_Mart]) -> int:
    """Let the mart `columns` say what the comments say; return how many rows it has.

    A build of some models renews their comments, and `columns` only if it is one of
    them.
    """
    address = f"{sql_name(_COPY)}.marts.columns"
    comments = [
        {
            "mart": mart.name,
            "mart_description": mart.comment,
            "column": name,
            "text": text,
        }
        for mart in marts
        for name, text in mart.columns.items()
    ]
    connection.execute(
        f"merge into {address} as known using (select *, regexp_extract(text,"
        r" '^(.*?) ?(?:\[unit: (.*)\])?$', ['description', 'unit']) as parts,"
        " parts['description'] as description, nullif(parts['unit'], '') as unit"
        " from (select unnest($comments, recursive := true)) left join ("
        f'select "column", max(label) as label from {address}'
        ' where mart_subject is not null group by all) using ("column")) as said'
        " on known.mart = said.mart"
        ' and lower(known."column") = lower(said."column")'
        " when matched and said.text <> ''"
        " and (known.description, known.unit, known.mart_description)"
        " is distinct from (said.description, said.unit, said.mart_description)"
        " then update set description = said.description, unit = said.unit,"
        " mart_description = said.mart_description"
        " when not matched and said.text <> ''"
        ' then insert (mart, "column", label, description, unit, mart_description)'
        ' values (said.mart, said."column", said.label, said.description, said.unit,'
        " said.mart_description)"
        " when not matched by source then delete",
        {"comments": comments},
    )
    (rows,) = connection.sql(f"select count(*) from {address}").fetchone()
    return rows


def _write_publication(
    connection: duckdb.DuckDBPyConnection, facts: dict[str, object]
) -> None:
    address = _address(_COPY, _PUBLICATION)
    connection.execute(f"create table {address}({_PUBLICATION.ddl})")
    marks = ", ".join("?" for _ in PUBLICATION)
    connection.execute(
        f"insert into {address} values ({marks})",
        [facts[name] for name in _PUBLICATION.columns],
    )


def _marked(marts: list[_Mart], caveat: str) -> list[_Mart]:
    """Let the comment of each table say that its numbers are invented or estimated.

    It is what a BI tool shows beside the table.
    """
    return [
        replace(mart, comment=f"[{caveat}] {mart.comment}")
        if caveat and mart.comment
        else mart
        for mart in marts
    ]


def _comments(marts: Iterable[_Mart]) -> list[str]:
    statements = []
    for mart in marts:
        address = _address(_COPY, mart)
        statements.append(f"comment on table {address} is {sql_comment(mart.comment)}")
        statements += [
            f"comment on column {address}.{sql_name(column)} is {sql_comment(comment)}"
            for column, comment in mart.columns.items()
        ]
    return statements


def _write_parquet(
    connection: duckdb.DuckDBPyConnection,
    mart: _Mart,
    folder: Path,
    facts: dict[str, object],
    unchanged: UnchangedMarts,
) -> None:
    """Write one mart; what the database has as comments is metadata of the file."""
    about = {
        "description": mart.comment,
        "columns": json.dumps(mart.columns, ensure_ascii=False),
        "dataset": facts["dataset"],
        "is_synthetic": json.dumps(facts["is_synthetic"]),
        "caveat": facts["caveat"],
        ID: facts["publication_id"],
    }
    target = folder / f"{mart.name}.parquet"
    if unchanged.take_parquet(mart.name, target, about):
        return
    metadata = ", ".join(f"{key}: {sql_text(value)}" for key, value in about.items())
    with writing(target) as path:
        connection.execute(
            f"copy {_address(_COPY, mart)} to {sql_text(path)}"
            f" (format parquet, compression zstd, kv_metadata {{{metadata}}})"
        )


def _address(catalogue: str, mart: _Mart) -> str:
    return f"{sql_name(catalogue)}.marts.{sql_name(mart.name)}"


def _read_keys(
    connection: duckdb.DuckDBPyConnection, catalogue: str
) -> dict[str, list[str]]:
    """Return the columns of the key of each mart, as its test names them."""
    rows = connection.sql(
        f"select relation, key from {sql_name(catalogue)}.main.nodes"
        " where key is not null"
    ).fetchall()
    return {relation.split(".")[1]: key for relation, key in rows}


def _constraints(
    connection: duckdb.DuckDBPyConnection,
    schema: str,
    table: str,
    keys: dict[str, list[str]],
) -> list[tuple[str, tuple[str, ...], str]]:
    """Return kind, columns and SQL of the keys of a table, none of a large one."""
    address = f"{schema}.{sql_name(table)}"
    (rows,) = connection.sql(f"select count(*) from {address}").fetchone()
    if rows > _MAX_KEYED_ROWS:
        return []
    columns = connection.sql(f"from {address} limit 0").columns
    constraints = []
    key = keys.get(table, [])
    if key and set(key) <= set(columns) and _is_complete(connection, address, key):
        names = ", ".join(map(sql_name, key))
        constraints.append(("PRIMARY KEY", tuple(key), f"primary key ({names})"))
    for column in columns:
        dimension = _dimension(column, table, keys)
        if dimension and _is_within(connection, schema, table, column, dimension):
            parent, parent_key = dimension
            text = (
                f"foreign key ({sql_name(column)}) references"
                f" marts.{sql_name(parent)} ({sql_name(parent_key)})"
            )
            constraints.append(("FOREIGN KEY", (column,), text))
    return constraints


def _dimension(
    column: str, table: str, keys: dict[str, list[str]]
) -> tuple[str, str] | None:
    """Return the dimension that a column leads to, and the key of that."""
    for key, parent in DIMENSIONS.items():
        # with or without a role, such as that of origin_region_id
        is_of_it = column == key or column.endswith(f"_{key}")
        if is_of_it and parent != table and keys.get(parent) == [key]:
            return parent, key
    return None


def _is_complete(
    connection: duckdb.DuckDBPyConnection, address: str, key: list[str]
) -> bool:
    """Return whether no column of a key is NULL anywhere: a primary key forbids it."""
    is_null = " or ".join(f"{sql_name(column)} is null" for column in key)
    return connection.sql(
        f"select count(*) from {address} where {is_null}"
    ).fetchone() == (0,)


def _is_within(
    connection: duckdb.DuckDBPyConnection,
    schema: str,
    table: str,
    column: str,
    dimension: tuple[str, str],
) -> bool:
    """Return whether a dimension has all values of a column: EXPORT is no region."""
    parent, key = dimension
    return connection.sql(
        f"select count(*) from {schema}.{sql_name(table)} as rows"
        f" anti join {schema}.{sql_name(parent)} as parents"
        f" on rows.{sql_name(column)} = parents.{sql_name(key)}"
        f" where rows.{sql_name(column)} is not null"
    ).fetchone() == (0,)
