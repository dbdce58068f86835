"""What is made of dbt's graph and results, which hooks hand over field by field."""

import pytest

from carbonshed.dbt_plugin.nodes import message_of, nodes_of, side_by_side
from carbonshed.publish.scenario_inputs import steps_of

UNIT = {"name": "t", "description": None, "config": {"meta": {"unit": "t"}}, "meta": {}}
MODEL = {
    "node": "model.c.sums",
    "kind": "model",
    "is_enabled": True,
    "checksum": "abc",
    "raw_code": "select {{ chosen_var('cutoff') }}",
    "parents": ["seed.c.caps"],
    "database": "tiny",
    "schema": "marts",
    "alias": "sums",
    "is_contract": True,
    "description": None,
    "columns": {"t": UNIT},
    "test": None,
    "key": None,
    "tested": None,
    "severity": None,
    "error_if": None,
    "fail_calc": None,
    "where": None,
    "limit": None,
}
KEY = MODEL | {
    "node": "test.c.sums_keep_laws.1a",
    "kind": "test",
    "checksum": None,
    "schema": "tests",
    "test": "one_row_per_combination",
    "key": ["year"],
    "tested": "model.c.sums",
    "severity": "ERROR",
    "error_if": "!= 0",
    "columns": None,
}


def noted(row, **texts):
    (node,) = nodes_of([row], "tiny", texts)
    return node


def test_lists_become_rows_and_what_an_object_has_not_is_none():
    lists = {"node": ["a", "b"], "limit": ["", 0], "raw_code": ["select ''", ""]}
    assert side_by_side(lists) == [
        {"node": "a", "limit": None, "raw_code": "select ''"},
        {"node": "b", "limit": 0, "raw_code": None},
    ]


def test_a_fingerprint_tells_of_the_file_and_of_vars_that_its_code_quotes():
    texts = {"dataset": "tiny", "cutoff": "0.1", "cut": "1"}
    assert noted(MODEL, **texts)["fingerprint"] == 'abc {"cutoff": "0.1"}'
    double = MODEL | {"raw_code": '{{ var("cut") ~ var("cutoff") ~ "dataset" }}'}
    expected = 'abc {"cut": "1", "cutoff": "0.1"}'
    assert noted(double, **texts)["fingerprint"] == expected
    turned = dict(reversed(texts.items()))
    assert noted(double, **turned)["fingerprint"] == expected, "order says nothing"
    assert noted(KEY)["fingerprint"] == " {}"


@pytest.mark.parametrize(
    ("changed", "relation"),
    [
        ({}, "marts.sums"),
        ({"kind": "seed", "raw_code": None}, "marts.sums"),
        ({"kind": "snapshot"}, None),
        ({"database": "elsewhere"}, None),
    ],
)
def test_models_and_seeds_of_the_warehouse_have_a_table(changed, relation):
    assert noted(MODEL | changed)["relation"] == relation


def test_columns_have_their_units():
    node = noted(MODEL)
    assert node["columns"] == {"t": {"description": "", "unit": "t"}}
    before = UNIT | {"config": {"meta": {}}, "meta": {"unit": "kt"}}
    assert noted(MODEL | {"columns": {"t": before}})["columns"]["t"]["unit"] == "kt"
    assert node["description"] == ""


def test_a_test_tells_how_strict_it_is_and_of_which_key():
    node = noted(KEY)
    assert (node["key_of"], node["key"]) == ("model.c.sums", ["year"])
    assert node["relation"] is None
    assert node["strictness"] == {
        "severity": "error",
        "error_if": "!= 0",
        "fail_calc": None,
        "where": None,
        "limit": None,
    }
    other = noted(KEY | {"test": "sums_to_parent"})
    assert (other["key_of"], other["key"]) == (None, None)
    assert noted(MODEL)["strictness"] is None


def test_nodes_that_no_run_changes_are_left_out():
    others = [MODEL | {"kind": kind} for kind in ("analysis", "operation")]
    assert nodes_of([*others, KEY | {"is_enabled": False}], "tiny", {}) == []


def test_a_failed_test_of_keys_says_what_is_wrong_once():
    result = {"test": KEY["test"], "status": "fail", "code": "sql", "message": "Got 3"}
    rows = {"sql": [{"problem": name} for name in ("no rows", "repeated", "no rows")]}
    assert message_of(result, rows.get) == "Got 3: no rows, repeated"
    for other in ({"test": None}, {"status": "error"}):
        assert message_of(result | other, rows.get) == "Got 3"
    assert message_of(result | {"status": "pass", "message": None}, rows.get) == ""


@pytest.fixture
def ways():
    """Return nodes on the ways of scenarios and of prices, and beside them."""
    parents = {
        "staging.stg_user_scenarios": [],
        "solved.output": ["intermediate.levers"],
        "intermediate.levers": ["staging.stg_user_scenarios", "seeds.caps"],
        "seeds.caps": [],
        "marts.accounts": ["solved.output"],
        "marts.other": ["intermediate.levers"],
        "marts.quota_summary": ["intermediate.levers", "marts.accounts"],
        "staging.stg_carbon_prices": [],
        "marts.carbon_price_summary": ["staging.stg_carbon_prices"],
    }
    nodes = [
        {"node": name, "relation": name, "parents": of, "code": "select 1"}
        for name, of in parents.items()
    ]
    return [*nodes, {"node": "test", "relation": None, "parents": ["marts.other"]}]


def test_the_sql_between_a_users_rows_and_the_answers_is_kept_and_no_other(ways):
    names = [step.relation for step in steps_of(ways)]
    assert set(names) == {
        "staging.stg_user_scenarios",
        "intermediate.levers",
        "marts.quota_summary",
        "marts.carbon_price_summary",
    }
    assert names.index("intermediate.levers") < names.index("marts.quota_summary")


@pytest.mark.parametrize(
    ("lacking", "left"),
    [
        ("intermediate.levers", {"marts.carbon_price_summary"}),
        (
            "marts.carbon_price_summary",
            {
                "staging.stg_user_scenarios",
                "intermediate.levers",
                "marts.quota_summary",
            },
        ),
    ],
)
def test_a_way_without_its_sql_leaves_the_other_whole(ways, lacking, left):
    for node in ways:
        if node["node"] == lacking:
            node["code"] = None
    assert {step.relation for step in steps_of(ways, with_code=True)} == left
    assert lacking in {step.relation for step in steps_of(ways)}
