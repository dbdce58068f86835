"""Carbonshed in a project of one's own: what is refused, and what gates."""

from datetime import date
from pathlib import Path

import pytest
from support.refusals import refusal_of

from carbonshed.dbt_plugin.own_project import (
    gating,
    refuse_another_file,
    refuse_settings,
)
from carbonshed.dbt_plugin.vars import (
    BuildVars,
    check_variables,
    of_carbonshed,
    own_vars,
)
from carbonshed.errors import CarbonshedError

STRICT = {
    "severity": "error",
    "error_if": "!= 0",
    "fail_calc": "count(*)",
    "where": None,
    "limit": None,
}


def node(unique_id: str, *parents: str, schema: str = "marts", **more: object) -> dict:
    """Return a node as the hook tells of it, a table unless it is said."""
    kind, _, name, *_ = unique_id.split(".")
    is_test = kind == "test"
    return {
        "node": unique_id,
        "fingerprint": name,
        "parents": list(parents),
        "relation": None if kind in ("test", "snapshot") else f"{schema}.{name}",
        "path": f"models/marts/{name}.sql",
        "materialized": "test" if is_test else "table",
        "is_contract": True,
        "tested": None,
        "strictness": STRICT if is_test else None,
    } | more


REGIONS, STAGED = "model.carbonshed.regions", "model.carbonshed.staged"
KEY = "test.carbonshed.regions_are_unique.1a2b"
OURS = [
    node(STAGED, schema="staging", path="models/staging/staged.sql"),
    node(REGIONS, STAGED),
    node(KEY, REGIONS, tested=REGIONS),
]


def ours(name: str, **changed: object) -> list[dict]:
    """Return Carbonshed's nodes with one of them changed."""
    return [row | changed if row["node"] == name else row for row in OURS]


def refusal(nodes: list[dict]) -> str:
    return refusal_of(refuse_settings, "mine", nodes)


def test_nothing_is_refused_of_carbonshed_as_it_is():
    refuse_settings("mine", OURS)
    about = {"materialized": "view", "is_contract": False}
    mine = node("model.mine.regions", REGIONS, schema="draft", **about)
    lenient = {"strictness": STRICT | {"severity": "warn"}, "tested": REGIONS}
    refuse_settings(
        "mine", [*OURS, mine, node("test.mine.soft.3c", REGIONS, **lenient)]
    )


@pytest.mark.parametrize("kind", ["model", "seed"])
def test_a_model_that_takes_the_place_of_ours_is_refused_by_its_file(kind):
    shadow = f"{kind}.mine.staged"
    nodes = ours(REGIONS, parents=[shadow])
    words = refusal([*nodes, node(shadow, path=f"{kind}s/staged.x")])
    assert f"{kind}s/staged.x: the {kind} staged of mine" in words
    assert "in regions" in words
    assert "`require_ref_searches_node_package_before_root: true`" in words
    refuse_settings("carbonshed", nodes)  # a clone may install packages


@pytest.mark.parametrize("name", ["Regions", "publication"])
def test_a_table_with_a_name_of_ours_is_refused_by_its_file(name):
    """In any case of its letters; dbt compares them with their case."""
    words = refusal([*OURS, node(f"model.mine.{name}", path=f"models/{name}.sql")])
    assert f"models/{name}.sql: makes the table marts.{name}, which is" in words
    refuse_settings("mine", [*OURS, node(f"model.mine.{name}", schema="draft")])


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"relation": "wild.regions"}, "table wild.regions;"),
        ({"relation": "marts.other"}, "table marts.other;"),
        ({"materialized": "view"}, "view marts.regions;"),
        ({"is_contract": False}, "table marts.regions without its contract;"),
    ],
)
def test_a_mart_that_is_not_what_is_published_is_refused(changed, expected):
    words = refusal(ours(REGIONS, **changed))
    assert f"1 of Carbonshed's marts, as regions, would be made as {expected}" in words
    assert "under `models:` belongs below `mine:`" in words
    refuse_settings("mine", ours(STAGED, materialized="view"))


@pytest.mark.parametrize(
    "changed",
    [{"severity": "warn"}, {"error_if": ">10"}, {"where": "1 = 0"}, {"limit": 0}],
)
def test_a_test_that_would_let_bad_rows_pass_is_refused(changed):
    words = refusal(ours(KEY, strictness=STRICT | changed))
    ((name, value),) = changed.items()
    assert "1 of Carbonshed's tests, as regions_are_unique, would let bad" in words
    assert f"({name}: {value})" in words
    assert "under `data_tests:` belongs below `mine:`" in words


def test_a_mart_without_a_test_is_refused():
    assert "its marts regions would be published untested" in refusal(OURS[:2])


def gates(*nodes: dict) -> set[str]:
    return {row["node"] for row in gating([*OURS, *nodes])}


ALL_OURS = {row["node"] for row in OURS}
MINE, PART, DRAFT = "model.mine.mine", "model.mine.part", "model.mine.draft"


def test_a_table_in_marts_gates_with_what_it_is_made_of_and_its_tests():
    history, source = "snapshot.mine.history", "source.mine.files.a"
    assert gates(
        node(MINE, PART, REGIONS),
        node(PART, history, source, schema="marts_parts", materialized="view"),
        node(history),
        node("test.mine.of_mine.1", MINE, DRAFT, tested=MINE),
        node("test.mine.of_part.2", PART, tested=PART),
        node("test.mine.of_regions.3", REGIONS, tested=REGIONS),
        node("test.mine.singular.4", MINE, REGIONS),
        node(DRAFT, MINE, schema="marts_draft"),
        node("model.mine.view", MINE, materialized="view"),
        node("snapshot.mine.other", MINE),
        node("test.mine.of_draft.5", DRAFT, MINE, tested=DRAFT),
        node("test.mine.half_draft.6", DRAFT, MINE),
        node("test.mine.of_nothing.7"),
    ) == ALL_OURS | {
        *(MINE, PART, history),
        "test.mine.of_mine.1",
        "test.mine.of_part.2",
        "test.mine.of_regions.3",
        "test.mine.singular.4",
    }


def test_an_ephemeral_model_is_part_of_those_that_read_it():
    """It never runs, and a change of its file is one of theirs."""
    inner, outer = "model.mine.inner", "model.mine.outer"
    ephemeral = {"materialized": "ephemeral", "schema": "marts"}
    nodes = [
        *OURS,
        node(inner, REGIONS, **ephemeral),
        node(outer, inner, **ephemeral),
        node(MINE, outer, STAGED),
    ]
    rows = {row["node"]: row for row in gating(nodes)}
    assert rows.keys() == ALL_OURS | {MINE}
    assert rows[MINE]["parents"] == [REGIONS, STAGED]
    changed = [
        row | {"fingerprint": "second"} if row["node"] == inner else row
        for row in nodes
    ]
    again = {row["node"]: row for row in gating(changed)}
    assert again[MINE]["fingerprint"] != rows[MINE]["fingerprint"]
    assert again[REGIONS] == rows[REGIONS]


def test_a_profile_that_opens_another_file_is_refused(tmp_path, monkeypatch):
    (tmp_path / "dbt_project.yml").touch()
    monkeypatch.chdir(tmp_path)
    refuse_another_file(Path("warehouse/towns.duckdb"), "towns")
    refuse_another_file(tmp_path / "warehouse" / "towns.duckdb", "towns")
    for path in ("warehouse/synthetic.duckdb", "my.duckdb", ":memory:"):
        words = refusal_of(refuse_another_file, Path(path), "towns")
        assert f"the profile opens {path}" in words
        assert "belongs into warehouse/towns.duckdb" in words


def declared(folder: Path, text: str) -> None:
    """Write the file of a project, the current folder."""
    (folder / "dbt_project.yml").write_text(text, encoding="utf-8")


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


KNOWN = dict.fromkeys(BuildVars.model_fields)


def test_vars_of_ones_own_pass_unless_they_are_near_to_ours(here):
    own = {"my_threshold": "1", "colour": "red"}
    declared(here, "name: mine\nvars: {shade: 3, mine: {dataset_: 1}}")
    assert of_carbonshed(own | KNOWN) == KNOWN
    near = of_carbonshed(own | {"super_emiter_rule": "top"})
    with pytest.raises(CarbonshedError, match="did you mean 'super_emitter_rule'"):
        check_variables(near)
    declared(here, "name: carbonshed")
    assert of_carbonshed(own) == own


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("name: mine\nvars: {carbonshed: {rule: top}}", "rule"),
        ("name: mine\nvars: {solvers: direct}", "solvers"),
        ("name: carbonshed\nvars: {rule: top}", "rule"),
    ],
)
def test_a_var_of_the_project_file_that_nobody_reads_is_refused(here, text, name):
    declared(here, text)
    words = refusal_of(check_variables, of_carbonshed({}))
    assert f"the var {name!r} is not known" in words


@pytest.mark.parametrize("text", ["a text", "vars: 3", "vars: [a]", "name: ["])
def test_a_project_file_that_dbt_refuses_is_left_to_it(here, text):
    declared(here, text)
    assert of_carbonshed(KNOWN) == KNOWN


def test_vars_of_ones_own_keep_their_types():
    text = "{dataset: towns, my_flag: false, 7: [1, 0.5], my_day: 2020-01-31}"
    assert own_vars(text, {"dataset": "towns"}) == {
        "my_flag": False,
        "7": [1, 0.5],
        "my_day": date(2020, 1, 31),
    }
    assert own_vars("{}", {}) == {}


def test_vars_of_the_project_file_keep_those_of_the_run(here):
    declared(here, "name: mine\nvars: {carbonshed: {solver: direct}, memory_gb: 1}")
    chosen = {"solver": "streamed", "memory_gb": "2"}
    assert of_carbonshed(chosen) == chosen
