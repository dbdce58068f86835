"""What a build costs, counted: no clock, so that a slow machine fails nothing.

The limits are what a build did when they were written down. Fewer is better; who
needs more says why, and raises the limit.
"""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

# how often a full build, tests included, reads each row of the long tables
MOST_READS = {
    # electricity that regions buy, and deliveries to zones; the audit has added them up
    "transactions": 2,
    # output, expenditure, products of two years, scopes, zones, spending, what groups
    # share, and the tests that nothing is lost and that each region bears the rise of
    # its prices
    "final_demand": 8,
    "embodied_output": 6,
    "int_embodied_emissions": 5,
    "footprint_by_origin_sector": 7,
    "footprint_by_product": 7,
    "embodied_flows": 8,
}


# rows: a test of a grain reads a second time, and ends at once if nothing is sought
AT_ONCE = 2048


@pytest.fixture(scope="module")
def connection(several_years, project) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(several_years.warehouse, read_only=True) as opened:
        opened.execute("set file_search_path = ?", [str(project.root)])
        # the plugin's function; its values read no rows
        opened.execute("create temp macro normal_cdf(deviate) as 0.5")
        yield opened


@pytest.fixture(scope="module")
def reads(several_years, connection) -> Counter[str]:
    """Return the rows that the SQL of the build reads, by table."""
    rows = Counter()
    views = connection.execute(
        "select view_name from duckdb_views() where not internal"
    ).fetchall()
    for path in sorted(several_years.compiled.rglob("*.sql")):
        sql = path.read_text("utf-8")
        # nobody reads a view when it is made
        is_run = not {"analyses", "hooks"} & {*path.parts}
        is_run &= (path.stem,) not in views
        if is_run and any(table in sql for table in MOST_READS):
            rows.update(_read(connection, sql))
    return rows


def _read(connection, sql: str) -> Counter[str]:
    """Return the rows that a query reads, by table."""
    (_, plan) = connection.execute(f"explain (analyze, format json) {sql}").fetchone()
    rows = Counter()
    for table, number in _scans(json.loads(plan)):
        rows[table] += number
    return rows


def _scans(plan: dict) -> Iterator[tuple[str, int]]:
    if plan.get("operator_type") == "TABLE_SCAN":
        told = plan["extra_info"]
        name = told.get("Table") or Path(told.get("Filename(s)", "")).stem
        yield name.rsplit(".", 1)[-1], plan["operator_rows_scanned"]
    for part in plan.get("children", ()):
        yield from _scans(part)


def test_sql_reads_the_long_tables_no_more_often(connection, reads) -> None:
    places = connection.execute(
        "select table_name, schema_name || '.' || table_name from duckdb_tables()"
        " union all select 'transactions', 'staging.stg_transactions'"
        " union all select 'final_demand', 'staging.stg_final_demand'"
        " union all select 'embodied_output', 'solved.embodied_output'"
    ).fetchall()
    # what DuckDB counts for one reading: rows of Parquet count twice
    sizes = {
        table: _read(connection, f"select * from {place}")[table]
        for table, place in places
        if table in MOST_READS
    }
    assert sizes.keys() == MOST_READS.keys()
    # the count counts
    assert all(reads[table] >= sizes[table] for table in sizes if MOST_READS[table])
    above = {
        table: reads[table] / rows
        for table, rows in sizes.items()
        if reads[table] > MOST_READS[table] * rows + AT_ONCE
    }
    assert not above, f"read more often than {MOST_READS}"
