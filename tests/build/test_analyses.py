"""The ready questions run, on a full dataset and on those that lack much."""

from pathlib import Path

import duckdb
import pytest

FOLDER = Path(__file__).resolve().parents[2] / "analyses"


@pytest.fixture(scope="module")
def analyses(several_years, project):
    """Return every analysis, compiled for one dataset."""
    return project.analyses(several_years.name)


def test_all_of_them_are_compiled(analyses):
    names = [path.stem for path in FOLDER.rglob("*.sql")]
    assert len(names) >= 8
    assert sorted(analyses) == sorted(names)


@pytest.mark.parametrize("dataset", ["several_years", "bare", "lonely"])
def test_every_analysis_runs(dataset, request, analyses, several_years):
    built = request.getfixturevalue(dataset)
    with duckdb.connect(str(built.warehouse), read_only=True) as connection:
        for name, sql in analyses.items():
            # all that the datasets change in the SQL is the name of the catalogue
            own = sql.replace(f'"{several_years.name}".', f'"{built.name}".')
            rows = connection.sql(own).fetchall()
            assert rows or dataset != "several_years", f"{name} says nothing"
