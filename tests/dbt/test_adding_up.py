"""Sums that count something twice, on a publication as it is, and sums that do not."""

import re
import warnings
from pathlib import Path

import duckdb
import pandas as pd
import pytest

import carbonshed
from carbonshed.ask.query import open_marts_first
from carbonshed.ask.questions import all_questions, choose
from carbonshed.ask.sql import mixtures
from tools.docs.examples import find_examples

ROOT = Path(__file__).resolve().parents[2]


def published(warehouse: Path) -> duckdb.DuckDBPyConnection:
    return open_marts_first(warehouse.parent / "published" / warehouse.name)


def mixed_in(connection: duckdb.DuckDBPyConnection, sql: str) -> list[str]:
    return mixtures(connection, sql, connection.sql(sql).columns)


@pytest.mark.parametrize(
    ("sql", "choice"),
    [
        (
            "select sum(quota) from quota_by_choice",
            "benchmark_id = 'mean' and cap_id = 'national_mean'"
            " and includes_power_supply and rule_id = 'cumulative_half'",
        ),
        (
            "select sum(allocated_quota) from quota_allocation"
            " where scenario_id = 'high'",
            "allocation_rule = 'equal_per_capita'",
        ),
        (
            "select sum(consumption_footprint) from footprint_rankings"
            " inner join super_emitters using (year, stressor_id, region_id)",
            "rule_id = 'cumulative_half'",
        ),
        ("select sum(three_scope_total) from three_scopes", "region_id = 'A'"),
        (
            "select sum(computed_emissions) from published_comparisons",
            "account_id = 'consumption'",
        ),
        (
            "select sum(amount) from inequality_deciles",
            "measure = 'consumption_footprint'",
        ),
        ("select sum(amount) from lorenz_curve", "measure = 'consumption_footprint'"),
    ],
)
def test_a_sum_over_alternatives_is_warned_of(sql, choice, three_cities):
    connection = published(three_cities)
    sql += " and" if "where" in sql else " where"
    sql += " stressor_id = 'co2'"
    (text,) = mixed_in(connection, sql)
    assert f"such as: where {choice} (otherwise " in text
    assert mixed_in(connection, f"{sql} and {choice}") == []
    columns = ", ".join(re.findall(r"(\w+)(?: = | and|$)", choice))
    grouped = sql.replace("select ", f"select {columns}, ") + " group by all"
    assert mixed_in(connection, grouped) == []


@pytest.mark.parametrize(
    "sql",
    [
        "select min(quota), max(quota) from quota_by_choice",
        "select sum(quota) from quota_by_choice where is_default_rule and"
        " benchmark_id in ('mean') and cap_id = 'peer_mean'"
        " and not includes_power_supply",
        "select scenario_name, quota from quota_summary",
        "select region_name, three_scope_total from three_scopes",
        "select median(three_scope_total), avg(scope_1) from three_scopes",
        "select count(*) from three_scopes where scope_1 > 0",
        "select sum(consumption_footprint) from footprint_rankings semi join"
        " super_emitters using (year, stressor_id, region_id)",
        "select sum(consumption_footprint) from footprint_rankings inner join"
        " (select distinct region_id from super_emitters) using (region_id)",
        "select region_name, rule_id, emitter_rank from super_emitters",
        "select count(distinct region_id) from super_emitters",
        "select statement, computed_value from headlines",
        "select count(*) from headlines where comparable",
        "select finding from findings order by finding_position",
        "select sum(emissions) from footprint_by_tier",
        "select price_name, revenue from carbon_price_summary",
    ],
)
def test_what_adds_up_nothing_twice_is_not_warned_of(sql, three_cities):
    """Its marts have one stressor, but for those that have value added too."""
    assert mixed_in(published(three_cities), sql) == []


def test_python_warns_where_it_is_asked(three_cities):
    places = pd.DataFrame({"region_name": ["Ambrook", "Bellmere"]})
    scopes = "select sum(three_scope_total) from three_scopes where stressor_id = ?"
    quotas = "select sum(quota) from quota_by_region inner join places using ({})"
    with (
        carbonshed.open("three_cities", project=three_cities.parents[1]) as db,
        warnings.catch_warnings(record=True) as caught,
    ):
        warnings.simplefilter("always")
        db.sql(scopes, ["co2"])
        db.df(scopes, ["co2"])
        db.sql(quotas.format(places.columns[0]))
        db.sql(f"{scopes} and region_id = ?", ["co2", "A"])
    assert [warning.filename for warning in caught] == [__file__] * 3
    assert [str(warning.message).partition(" (")[0] for warning in caught] == [
        "three_scopes has its rows once for each region",
        "three_scopes has its rows once for each region",
        "quota_by_region has its rows once for each scenario",
    ]


def test_no_ready_question_mixes_alternatives(what_if):
    connection = published(what_if.warehouse)
    series = what_if.warehouse.with_name("a series.csv")
    series.write_text("region_id,consumption_based_mt\nR00,1.5\n", encoding="utf-8")
    for name, question in all_questions(connection).items():
        settings = [f"published_footprints={series}"] if question.needs else []
        choose(connection, question, settings=settings)
        chosen = connection.sql("select name, value from duckdb_variables()")
        sql = question.sql
        for variable, value in chosen.fetchall():
            quoted = value if value.startswith("'") else f"'{value}'"
            sql = sql.replace(f"getvariable('{variable}')", quoted)
        assert mixed_in(connection, sql) == [], name


def test_no_question_of_a_page_mixes_alternatives(three_cities):
    connection = published(three_cities)
    compared = 0
    for page in (ROOT / "README.md", *(ROOT / "docs").glob("*.md")):
        for example in find_examples(page.read_text("utf-8").splitlines()):
            if example.arguments[0] == "query" and "my_ranking" not in str(example):
                assert mixed_in(connection, example.arguments[2]) == [], page
                compared += 1
    assert compared > 20
