"""A named part of the build holds all that a change of its inputs reaches."""

import json

import pytest

SELECTORS = ("build", "code", "policy", "scenarios")
VARS = (
    "super_emitter_rule",
    "peak_projection",
    "income_year",
    "receivers_share",
    "scenarios",
)


@pytest.fixture(scope="module")
def graph(several_years, project):
    """Return what the selectors select, the children of all nodes, and the nodes."""
    options = ("--output", "json", "--output-keys", "unique_id", "--quiet")
    of_dataset = ("--vars", f"dataset: {several_years.name}")
    found = {}
    for selector in SELECTORS:
        chosen = ("--selector", selector, *options, "--write-json")
        listed = project.run("dbt", "ls", *of_dataset, *chosen).must_pass()
        lines = listed.text.splitlines()
        found[selector] = {json.loads(line)["unique_id"] for line in lines}
    path = project.root / "target" / "manifest.json"
    manifest = json.loads(path.read_text("utf-8"))
    nodes = {
        node: {"tags": entry["tags"], "code": entry["raw_code"]}
        for node, entry in manifest["nodes"].items()
        if entry["config"]["enabled"]  # a test of what is left out is there, disabled
    }
    return found, manifest["child_map"], nodes


def reached(children, *starts):
    """Return the nodes that hold data, or test it, from some nodes on."""
    found, left = set(), [*starts]
    while left:
        node = left.pop()
        if node not in found:
            found.add(node)
            left += children.get(node, [])
    return {node for node in found if node.startswith(("seed.", "model.", "test."))}


def test_a_build_leaves_out_what_no_dataset_can_change(graph):
    selected, _, nodes = graph
    build, code = selected["build"], selected["code"]
    assert not build & code
    assert not {node for node in build if node.startswith(("unit_test.", "exposure."))}
    tests = {node for node in nodes if node.startswith("test.")}
    assert tests <= build | code
    assert {node for node in nodes if node.startswith(("model.", "seed."))} <= build


def test_extraction_is_a_part_of_its_own(several_years, project):
    """Nothing that another mart reads is made again."""
    variables = json.dumps({"dataset": several_years.name, "extraction": True})
    options = ("--output", "json", "--output-keys", "unique_id", "--quiet")
    chosen = ("--vars", variables, "--selector", "extraction")
    listed = project.run("dbt", "ls", *chosen, *options).must_pass()
    selected = {json.loads(line)["unique_id"] for line in listed.text.splitlines()}
    models = {node for node in selected if node.startswith("model.")}
    assert models == {
        "model.carbonshed.extractions",
        "model.carbonshed.extraction_effects",
    }
    (test,) = selected - models
    assert "extraction_effects_keep_laws" in test


def test_scenarios_are_followed_to_the_end(graph):
    selected, children, _ = graph
    seed, rows = "seed.carbonshed.scenarios", "model.carbonshed.stg_user_scenarios"
    expected = reached(children, seed, rows)
    assert len(expected) > 40
    assert expected - selected["scenarios"] == set()
    assert "model.carbonshed.headlines" in selected["scenarios"]


def test_choices_of_the_policy_are_followed_to_the_end(graph):
    """From every seed of the policy, and every model that reads one of its vars."""
    selected, children, nodes = graph
    seeds = [
        node
        for node, entry in nodes.items()
        if node.startswith("seed.") and "policy" in entry["tags"]
    ]
    # every row of a seed is a choice of the policy, except published figures, error
    # rules, prices on emissions, borders and the wording of sentences
    others = {node for node in nodes if node.startswith("seed.")}.difference(seeds)
    not_of_policy = (
        "published_footprints",
        "impact_factors",
        "capital_components",
        "error_rules",
        "draw_settings",
        "carbon_prices",
        "price_coverages",
        "charged_parts",
        "border_zones",
        "texts",
    )
    assert others == {f"seed.carbonshed.{name}" for name in not_of_policy}
    readers = [
        node
        for node, entry in nodes.items()
        if node.startswith("model.")
        if any(f"'{name}'" in (entry["code"] or "") for name in VARS)
    ]
    assert "model.carbonshed.int_policy_choices" in readers
    assert "model.carbonshed.int_peak_projections" in readers
    expected = reached(children, *seeds, *readers)
    assert len(expected) > 100
    assert expected - selected["policy"] == set()
