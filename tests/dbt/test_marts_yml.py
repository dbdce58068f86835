"""The yml of every mart says what adds up in it, and what it answers."""

import ast
import re

import duckdb
import pytest
import yaml
from support.mart_contract import GRAINS, MARTS, PROJECT, entries_of

from carbonshed.report.queries import query_text

# over these a sum is a total, unless the mart says otherwise
PLACES = ("region_id", "sector_id", "category_id", "country_id")
KEYS = {"year", "stressor_id"}


def meta(mart: dict) -> dict:
    return mart["config"]["meta"]


def test_every_mart_says_what_it_answers_in_ten_words():
    assert len(MARTS) > 50
    for name, mart in MARTS.items():
        assert 2 < len(meta(mart)["answers"].split()) <= 10, name
    answers = [meta(mart)["answers"] for mart in MARTS.values()]
    assert len(set(answers)) == len(answers)


@pytest.mark.parametrize("name", MARTS)
def test_a_mart_says_over_what_it_adds_up(name):
    mart = MARTS[name]
    alternatives = meta(mart).get("alternatives", {})
    sums = meta(mart).get("adds_up_over", [])
    choosers = {
        column
        for alternative, others in alternatives.items()
        for column in (alternative, *others)
    }
    columns = {column["name"] for column in mart["columns"]}
    assert {*choosers, *sums} <= columns
    assert choosers.isdisjoint(sums)
    assert bool(alternatives) == ("if_added_up" in meta(mart))
    others = {key for key in GRAINS[name] if not key.endswith(PLACES)} - KEYS
    assert others <= {*choosers, *sums}, (
        "is a sum over it a total, or one choice of it?"
    )


def test_a_metric_counts_the_alternatives_of_its_mart():
    """So that it is NULL where several are mixed; or it counts rows."""
    metrics = entries_of("semantic", "semantic_models").values()
    guarded = 0
    for metric in metrics:
        mart = MARTS[re.search(r"'(\w+)'", metric["model"])[1]]
        measures = [*metric.get("measures", [])]
        counted = {
            word
            for measure in measures
            if measure["agg"] == "count_distinct"
            for word in re.findall(r"\w+", measure["expr"])
        }
        if not any(measure["expr"] == "1" for measure in measures):
            alternatives = meta(mart).get("alternatives", {})
            assert alternatives.keys() <= counted, metric["name"]
            guarded += bool(alternatives)
    assert guarded > 2


def test_columns_of_one_name_have_one_label():
    """It is not what the name alone would give."""
    labels = {
        (column["name"], label)
        for mart in MARTS.values()
        for column in mart["columns"]
        if (label := column.get("config", {}).get("meta", {}).get("label"))
    }
    assert len(labels) > 50
    assert len({name for name, _ in labels}) == len(labels)
    assert not any(
        label == name.replace("_", " ").capitalize() for name, label in labels
    )


def named_alone() -> set[str]:
    """Return the columns of the report's tables that leave their unit to the marts."""
    names = set()
    for path in (PROJECT / "carbonshed" / "report").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            match node:
                case ast.List(elts=columns):
                    names |= {column.value for column in columns if is_text(column)}
                case ast.Call(ast.Name("Column"), [name, *label], keywords):
                    has_unit = len(label) > 1 or "unit" in {k.arg for k in keywords}
                    if is_text(name) and not has_unit:
                        names.add(name.value)
    for path in (PROJECT / "carbonshed" / "report" / "queries").rglob("*.yml"):
        columns = yaml.safe_load(path.read_text("utf-8")).get("columns", {})
        names |= {name for name, own in columns.items() if "unit" not in (own or {})}
    return names


def is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def test_tables_name_alone_no_column_that_has_several_units():
    """Not even the mart that they read would say which."""
    with duckdb.connect() as connection:
        connection.execute(
            'create table columns (mart_subject text, "column" text, label text,'
            " unit text)"
        )
        connection.executemany(
            "insert into columns values ('accounts', $name, '', $unit)",
            [
                {"name": column["name"], "unit": unit}
                for mart in MARTS.values()
                for column in mart["columns"]
                if (unit := column.get("config", {}).get("meta", {}).get("unit"))
            ],
        )
        heads = connection.sql(query_text("common/columns")).fetchall()
    units = {name: unit for name, _, unit in heads}
    several = {name for name, unit in units.items() if unit is None}
    assert {"unattributed", "standard_error"} <= several
    assert units["consumption_footprint"] == "stressor"
    alone = named_alone()
    assert len(alone & units.keys()) > 50
    assert alone.isdisjoint(several)
