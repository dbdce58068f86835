"""The names that others rely on, and what a BI tool is shown of them."""

import json

import duckdb
import pytest
from support.mart_contract import COLUMNS, promised_columns

NUMBERS = ("DOUBLE", "FLOAT", "BIGINT", "INTEGER", "HUGEINT", "SMALLINT", "DECIMAL")
# labels that happen to be integers have no unit
LABELS = ("year", "decile", "rank_order")


@pytest.fixture(scope="module")
def connection(several_years):
    with duckdb.connect(str(several_years.warehouse), read_only=True) as opened:
        yield opened


@pytest.mark.parametrize("mart", COLUMNS)
def test_mart_is_a_table_with_the_promised_columns(mart, connection):
    kinds = connection.execute(
        "select table_type from information_schema.tables"
        " where table_schema = 'marts' and table_name = ?",
        [mart],
    ).fetchall()
    assert kinds == [("BASE TABLE",)]
    columns = connection.execute(
        "select column_name from information_schema.columns"
        " where table_schema = 'marts' and table_name = ?"
        " order by ordinal_position",
        [mart],
    ).fetchall()
    promised = promised_columns(mart)
    assert [name for (name,) in columns][: len(promised)] == promised


def test_nothing_in_marts_is_a_view(connection):
    kinds = connection.sql(
        "select distinct table_type from information_schema.tables"
        " where table_schema = 'marts'"
    ).fetchall()
    assert kinds == [("BASE TABLE",)]


def test_every_mart_and_column_is_described_in_the_database(connection):
    silent = connection.sql(
        """
        select table_name, column_name
        from duckdb_columns()
        where schema_name = 'marts' and coalesce(comment, '') = ''
        union all
        select table_name, '(table)'
        from duckdb_tables()
        where schema_name = 'marts' and coalesce(comment, '') = ''
        """
    ).fetchall()
    assert silent == []
    first = connection.sql(
        "select table_name, comment from duckdb_tables()"
        " where schema_name = 'marts' and comment not like 'One row%'"
    ).fetchall()
    assert first == [], "the grain is the first sentence"


def test_every_number_has_a_unit(connection, project):
    manifest = json.loads(
        (project.root / "target" / "manifest.json").read_text(encoding="utf-8")
    )
    documented = {
        node["name"]: node["columns"]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["schema"] == "marts"
    }
    numbers = connection.sql(
        "select table_name, column_name, data_type from information_schema.columns"
        " where table_schema = 'marts'"
    ).fetchall()
    numbers = [
        (mart, column)
        for mart, column, kind in numbers
        if kind.startswith(NUMBERS) and column not in LABELS
    ]
    assert len(numbers) > 60
    unitless = [
        f"{mart}.{column}"
        for mart, column in numbers
        if not documented[mart][column]["config"]["meta"].get("unit")
    ]
    assert unitless == []


def test_the_warehouse_file_can_be_moved(several_years, tmp_path):
    """Tables survive a copy under another name; a view would not."""
    copy = tmp_path / "elsewhere.duckdb"
    copy.write_bytes(several_years.warehouse.read_bytes())
    with duckdb.connect(str(copy), read_only=True) as moved:
        for mart in COLUMNS:
            assert moved.sql(f"select count(*) from marts.{mart}").fetchone()
