"""The tests of dbt that no dataset can change: unit tests, and those of the seeds."""

import json


def test_unit_tests_and_tests_of_seeds_pass(three_cities, project):
    with_unit_tests = project.environment | {"DBT_EXCLUDE_RESOURCE_TYPES": ""}
    with project.in_environment(with_unit_tests):
        result = project.dbt(
            "test", three_cities.stem, "--selector", "code", "--write-json"
        )
    assert result.code == 0, result
    target = project.root / "target"
    results = json.loads((target / "run_results.json").read_text())["results"]
    ran = [node["unique_id"] for node in results]
    unit_tests = json.loads((target / "manifest.json").read_text())["unit_tests"]
    assert set(unit_tests) == {node for node in ran if node.startswith("unit_test.")}
    assert unit_tests
    assert sum(node.startswith("test.") for node in ran) > 35
