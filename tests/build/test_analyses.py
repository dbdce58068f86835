"""The ready questions run, on a full dataset and on those that lack much."""

from pathlib import Path

import duckdb
import pytest

FOLDER = Path(__file__).resolve().parents[2] / "analyses"


DATASETS = ["several_years", "required_only", "single_region"]


@pytest.mark.parametrize("dataset", DATASETS)
def test_every_analysis_runs(dataset, request, project):
    built = request.getfixturevalue(dataset)
    analyses = project.analyses(built.name)
    names = [path.stem for path in FOLDER.rglob("*.sql")]
    assert len(names) >= 8
    assert sorted(analyses) == sorted(names)
    with duckdb.connect(str(built.warehouse), read_only=True) as connection:
        for name, sql in analyses.items():
            rows = connection.sql(sql).fetchall()
            assert rows or dataset != "several_years", f"{name} says nothing"


def test_a_misspelt_var_is_refused(required_only, project):
    """Otherwise the answer would be about another region than the one asked for."""
    question = ("--select", "suppliers_of_a_region")
    result = project.dbt("compile", required_only.name, *question, region="R1")
    assert result.code != 0
    assert "the var 'region' is not known; known: dataset," in result.text
