"""The names that others rely on, and what a BI tool is shown of them."""

import json
import re

import duckdb
import pytest
from support.compare import asked

from carbonshed.publish.editions import published_database

NUMBERS = ("DOUBLE", "FLOAT", "BIGINT", "INTEGER", "HUGEINT", "SMALLINT", "DECIMAL")
# labels that happen to be integers have no unit
LABELS = ("year", "decile", "rank_order")


@pytest.fixture(scope="module")
def connection(several_years):
    with duckdb.connect(str(several_years.warehouse), read_only=True) as opened:
        yield opened


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


def test_every_column_is_described_in_a_mart(several_years):
    """The comment, in parts; of the table `publication` too."""
    with duckdb.connect(
        str(published_database(several_years.warehouse)), read_only=True
    ) as published:
        columns = published.sql(
            "select table_name, column_name, comment from duckdb_columns()"
            " where schema_name = 'marts' order by all"
        ).fetchall()
        described = published.sql(
            'select mart, "column", description'
            " || coalesce(' [unit: ' || unit || ']', '')"
            " from marts.columns order by all"
        ).fetchall()
        comments = published.sql(
            "select table_name, comment from duckdb_tables()"
            " where schema_name = 'marts' order by all"
        ).fetchall()
        marts = published.sql(
            "select distinct mart, mart_description from marts.columns order by all"
        ).fetchall()
    assert described == columns
    assert marts == comments


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


def columns_of(connection) -> dict[str, set[str]]:
    rows = connection.sql(
        "select table_name, list(column_name) from information_schema.columns"
        " where table_schema = 'marts' group by 1"
    ).fetchall()
    return {mart: set(columns) for mart, columns in rows}


def test_every_row_of_a_stressor_has_its_unit(connection):
    """Tonnes, persons and money are told apart; GDP is money beside any stressor."""
    # these have the unit of a figure, which may be a share, or words alone
    figures = {"headlines", "findings", "headline_uncertainty", "region_sentences"}
    checked = 0
    for mart, columns in columns_of(connection).items():
        if "stressor_id" not in columns or mart in {*figures, "stressors"}:
            continue
        assert "unit" in columns, mart
        of_money = "measure = 'gdp'" if "measure" in columns else "false"
        wrong = connection.sql(
            f"select count(*) from marts.{mart} as mart"
            " left join marts.stressors as stressors using (stressor_id)"
            " where mart.unit is distinct from"
            f" case when {of_money} then 'currency' else stressors.unit end"
        ).fetchone()
        assert wrong == (0,), mart
        checked += 1
    assert checked > 20


def test_every_region_has_its_name(connection):
    named = 0
    for mart, columns in columns_of(connection).items():
        if "region_id" not in columns or mart == "regions":
            continue
        assert "region_name" in columns, mart
        wrong = connection.sql(
            f"select count(*) from marts.{mart} as mart"
            " left join marts.regions as regions using (region_id)"
            " where mart.region_name is distinct from regions.region_name"
        ).fetchone()
        assert wrong == (0,), mart
        named += 1
    assert named > 10


def test_comments_are_true_of_any_table(connection):
    """A comment is the same for the world and for one country."""
    comments = connection.sql(
        """
        select table_name || '.' || column_name, comment
        from duckdb_columns() where schema_name = 'marts'
        union all
        select table_name, comment from duckdb_tables() where schema_name = 'marts'
        """
    ).fetchall()
    forbidden = r"lower bound|domestic scope|\bnation(al|'s)?\b|\babroad\b"
    qualified = r"in a table of one country[^.;]*"
    found = [
        (name, comment)
        for name, comment in comments
        if re.search(forbidden, re.sub(qualified, "", comment, flags=re.I), re.I)
    ]
    assert found == []


def test_the_warehouse_file_can_be_moved(several_years, connection, tmp_path):
    """Tables survive a copy under another name; a view would not."""
    copy = tmp_path / "elsewhere.duckdb"
    copy.write_bytes(several_years.warehouse.read_bytes())
    for mart in columns_of(connection):
        assert asked(copy, f"select count(*) from marts.{mart}")[0]
