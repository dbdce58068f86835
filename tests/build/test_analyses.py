"""The ready questions run, on a full dataset and on one that lacks much."""

from pathlib import Path

import duckdb
import pytest

FOLDER = Path(__file__).resolve().parents[2] / "analyses"


@pytest.mark.parametrize("dataset", ["several_years", "bare"])
def test_every_analysis_runs(dataset, request, project):
    built = request.getfixturevalue(dataset)
    compiled = project.dbt("compile", built.name, "--select", "resource_type:analysis")
    assert compiled.code == 0, compiled
    names = sorted(path.name for path in FOLDER.glob("**/*.sql"))
    assert len(names) >= 8
    folder = project.root / "target" / "compiled" / "carbonshed" / "analyses"
    paths = {path.name: path for path in folder.glob("**/*.sql")}
    assert sorted(paths) == names
    with duckdb.connect(str(built.warehouse), read_only=True) as connection:
        for name, path in paths.items():
            sql = path.read_text(encoding="utf-8")
            assert connection.sql(sql).columns, name
            rows = connection.sql(sql).fetchall()
            if dataset == "several_years":
                assert rows, f"{name} says nothing"
