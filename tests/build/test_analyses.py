"""The ready questions run, on a full dataset and on those that lack much."""

from pathlib import Path

import duckdb
import pytest

FOLDER = Path(__file__).resolve().parents[2] / "analyses"


@pytest.mark.parametrize("dataset", ["several_years", "required_only", "single_region"])
def test_every_analysis_runs(dataset, several_years, request):
    """They are compiled once: another warehouse is attached under the same name."""
    warehouse = request.getfixturevalue(dataset).warehouse
    analyses = several_years.analyses
    names = [path.stem for path in FOLDER.rglob("*.sql")]
    assert len(names) >= 8
    assert sorted(analyses) == sorted(names)
    with duckdb.connect() as connection:
        connection.execute(f"attach '{warehouse}' as {several_years.name} (read_only)")
        for name, sql in analyses.items():
            rows = connection.sql(sql).fetchall()
            assert rows or dataset != "several_years", f"{name} says nothing"
