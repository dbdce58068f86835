"""A model whose columns are not those of its contract is refused by our macro."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

MACROS = Path(__file__).parents[2] / "macros"
COLUMN = "      - {{name: {name}, data_type: {data_type}}}\n"
# model -> its columns as promised; each selects 1 as year, 'a' as region_id
PROMISED = {
    "as_promised": {"year": "integer", "region_id": "varchar"},
    "in_another_order": {"region_id": "varchar", "year": "integer"},
    "another_type": {"year": "integer", "region_id": "double"},
    "another_name": {"year": "integer", "sector_id": "varchar"},
    "one_too_few": {"year": "integer"},
}


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[str, str]]:
    """Run a small project with our macros; return status and message by model."""
    root = tmp_path_factory.mktemp("contracts")
    (root / "dbt_project.yml").write_text(
        f"name: promises\nprofile: memory\nmacro-paths: ['{MACROS}']\n"
        "flags: {send_anonymous_usage_stats: false}\n"
    )
    (root / "profiles.yml").write_text(
        "memory: {target: local, outputs: {local: {type: duckdb, threads: 1}}}\n"
    )
    models = root / "models"
    models.mkdir()
    schema = "models:\n"
    for model, columns in PROMISED.items():
        (models / f"{model}.sql").write_text(
            "{{ config(materialized='table', contract={'enforced': true}) }}"
            "select 1 as year, 'a' as region_id"
        )
        schema += f"  - name: {model}\n    columns:\n"
        for name, data_type in columns.items():
            schema += COLUMN.format(name=name, data_type=data_type)
    (models / "models.yml").write_text(schema)
    command = [str(Path(sys.executable).with_name("dbt")), "--quiet", "run"]
    subprocess.run(command, cwd=root, capture_output=True, check=False)
    found = json.loads((root / "target" / "run_results.json").read_text())["results"]
    return {
        result["unique_id"].rsplit(".")[-1]: (result["status"], result["message"])
        for result in found
    }


@pytest.mark.parametrize("model", ["as_promised", "in_another_order"])
def test_a_kept_promise_is_built(
    results: dict[str, tuple[str, str]], model: str
) -> None:
    assert results[model][0] == "success"


@pytest.mark.parametrize(
    ("model", "reason"),
    [
        ("another_type", "data type mismatch"),
        ("another_name", "missing in contract"),
        ("one_too_few", "missing in contract"),
    ],
)
def test_a_broken_promise_is_told(
    results: dict[str, tuple[str, str]], model: str, reason: str
) -> None:
    status, message = results[model]
    assert status == "error"
    assert reason in message
    assert "duckdb__get_assert_columns_equivalent" in message
