"""The tests of dbt that no dataset can change: unit tests, and those of the seeds."""

import json


def test_unit_tests_and_tests_of_seeds_pass(three_cities, project):
    with_unit_tests = project.environment | {"DBT_EXCLUDE_RESOURCE_TYPES": ""}
    with project.in_environment(with_unit_tests):
        result = project.dbt(
            "test", three_cities.stem, "--selector", "code", "--write-json"
        )
    assert result.code == 0, result
    path = project.root / "target" / "run_results.json"
    ran = [node["unique_id"] for node in json.loads(path.read_text())["results"]]
    assert sum(node.startswith("unit_test.") for node in ran) > 50
    assert sum(node.startswith("test.") for node in ran) > 45
