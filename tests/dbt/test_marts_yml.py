"""The yml of every mart says what adds up in it, and what it answers."""

import re

import pytest
from support.mart_contract import GRAINS, MARTS, entries_of

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
        counted = {m["expr"] for m in measures if m["agg"] == "count_distinct"}
        if not any(measure["expr"] == "1" for measure in measures):
            alternatives = meta(mart).get("alternatives", {})
            assert alternatives.keys() <= counted, metric["name"]
            guarded += bool(alternatives)
    assert guarded > 4


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
