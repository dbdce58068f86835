"""A run that fails is gone on with; a run of some models never mixes two ingests."""

import pytest

NAME = "steps"


@pytest.fixture(scope="module")
def warehouse(project):
    """Return the warehouse of a small synthetic dataset."""
    made = project.run(
        "carbonshed", "synthesize", "--cities", "2", "--sectors", "7", "--name", NAME
    )
    assert made.code == 0, made
    return project.build_untested(NAME)


@pytest.fixture
def broken_test(project):
    """Yield a data test that fails until its file is mended."""
    path = project.root / "tests" / "data" / "always_broken.sql"
    path.write_text("select * from {{ ref('headlines') }}")
    yield path
    path.unlink()


def test_a_failing_test_leaves_the_warehouse_alone_and_a_retry_goes_on(
    warehouse, project, broken_test
):
    before = warehouse.read_bytes()
    failed = project.dbt("build", NAME, "--select", "headlines", "--write-json")
    assert failed.code == 1, failed
    assert "the warehouse stays as it was" in failed.text
    assert warehouse.read_bytes() == before
    kept = warehouse.parent / ".building" / "failed" / warehouse.name
    assert kept.exists()

    broken_test.write_text("select * from {{ ref('headlines') }} where 1 = 0")
    retried = project.run("dbt", "retry")
    assert retried.code == 0, retried
    assert "always_broken" in retried.text
    assert "model marts.headlines" not in retried.text, "it was built already"
    assert f"The warehouse is ready: warehouse/{NAME}.duckdb" in retried.text
    assert not kept.exists()


def test_some_models_of_a_new_ingest_are_not_mixed_with_the_earlier(warehouse, project):
    made = project.run(
        *("carbonshed", "synthesize", "--cities", "2", "--sectors", "7"),
        *("--name", NAME, "--seed", "5"),
    )
    assert made.code == 0, made
    before = warehouse.read_bytes()
    mixed = project.dbt("run", NAME, "--select", "regional_accounts")
    assert mixed.code == 1, mixed
    assert "would mix the two" in mixed.text
    assert warehouse.read_bytes() == before
