"""A warehouse of two marts, made by hand, whose content tells which round wrote it."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from carbonshed import versions

ROWS = 3000

_STATEMENTS = """
create schema marts;
create schema staging;
create table marts.dataset as
select 'tiny' as name, 'A tiny table' as title, {is_synthetic} as is_synthetic,
    case when {is_synthetic} then 'synthetic data' end as caveat,
    case when {is_synthetic} then 'SYNTHETIC: invented.' end as caveat_note,
    '{dataset_id}' as dataset_id, timestamp '2026-01-02 03:04:05' as ingested_at;
create table marts.footprints (
    region_id varchar not null, round integer not null, footprint double,
    primary key (region_id)
);
insert into marts.footprints
select 'r' || ({rows} - i), {round}, nullif(i, 7) / 10.0 from range({rows}) as t(i);
comment on table marts.footprints is 'One row per region; it''s the footprint.';
comment on column marts.footprints.footprint is 'What it causes. [unit: t]';
create table marts.sums as select {round} as round, {rows} as regions;
create view marts.a_view as select 1 as one;
create view staging.stg_footprints as select * from marts.footprints;
create table main.last_run as
select 'build {round}' as run_id, '{dataset_id}' as dataset_id, 'build' as command,
    timestamp '{now}' as started_at, timestamp '{now}' as ended_at,
    {is_full} as is_full, '[]' as choices, '0.1.0' as carbonshed_version,
    '1.11.16' as dbt_version, {layout} as layout,
    null::map(varchar, varchar) as inputs, null::varchar[] as changed;
create table main.nodes as
select unnest({outstanding}::varchar[]) as node, '' as fingerprint,
    false as has_passed, null::varchar as relation, []::varchar[] as parents,
    null::varchar[] as key, null::varchar as code, 'carbonshed' as package,
    null::varchar as path;
create table main.failures
    (failed_at timestamp, node varchar, kind varchar, message varchar);
"""


# models have made what is there; what comes later is made by hand
NOTED = """
insert into main.nodes
select 'model.carbonshed.' || table_name, '', true, 'marts.' || table_name, [], null,
    null, 'carbonshed', 'models/' || table_name || '.sql'
from duckdb_tables() where schema_name = 'marts' and table_name <> 'made_by_hand'
    and 'marts.' || table_name not in (select coalesce(relation, '') from main.nodes);
create table if not exists marts.made_by_hand as select 1 as one;
"""


def write_warehouse(path: Path, number: int = 1, more: str = "", **facts: Any) -> Path:
    """Write the warehouse of a round, in place of what is there; see `fill`.

    `more` is SQL that makes further marts.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(path) as connection:
        fill(connection, number, **facts)
        if more:
            connection.execute(more + NOTED)
    return path


def fill(
    connection: duckdb.DuckDBPyConnection,
    number: int,
    *,
    dataset_id: str = "first",
    is_full: bool = True,
    outstanding: tuple[str, ...] = (),
    is_synthetic: bool = True,
    rows: int = ROWS,
) -> None:
    """Make the tables of a round, its number in each of them; earlier ones go."""
    connection.execute("drop schema if exists marts cascade")
    connection.execute("drop schema if exists staging cascade")
    for table in ("last_run", "nodes", "failures"):
        connection.execute(f"drop table if exists main.{table}")
    connection.execute(
        _STATEMENTS.format(
            round=number,
            rows=rows,
            is_full=is_full,
            outstanding=list(outstanding),
            dataset_id=dataset_id,
            is_synthetic=is_synthetic,
            layout=versions.WORK_FILE,
            now=datetime.now(UTC).replace(tzinfo=None),
        )
    )
    connection.execute(NOTED)


def published_as(name: str) -> str:
    """Return the SQL of the table by which a file is known as what was published."""
    return (
        "create schema if not exists marts; create table marts.publication as"
        f" select '{name}' as dataset, {versions.PUBLICATION} as layout"
    )
