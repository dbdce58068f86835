"""A run that fails is gone on with; a run of some models never mixes two ingests."""

import duckdb
import pytest

NAME = "steps"


def published(project):
    """Return the publication that readers see, and the one before."""
    folder = project.root / "warehouse" / "published"
    return folder / f"{NAME}.duckdb", folder / f"{NAME}.previous.duckdb"


@pytest.fixture(scope="module")
def warehouse(project):
    """Return the warehouse of a small synthetic dataset."""
    made = project.run(
        "carbonshed", "synthesize", "--cities", "2", "--sectors", "7", "--name", NAME
    )
    assert made.code == 0, made
    built = project.build_untested(NAME)
    assert not published(project)[0].exists()
    refused = project.run("carbonshed", "publish", NAME)
    assert refused.code == 1, refused
    assert "built without their tests" in refused.text
    # as if they had been run: what they say of it is asked elsewhere
    with duckdb.connect(built) as connection:
        connection.execute("update main.last_build set is_tested = true")
    done = project.run("carbonshed", "publish", NAME)
    assert done.code == 0, done
    return built


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
    seen, earlier = published(project)
    edition, content = seen.resolve(), seen.read_bytes()
    failed = project.dbt("build", NAME, "--select", "headlines", "--write-json")
    assert failed.code == 1, failed
    assert "the warehouse stays as it was" in failed.text
    assert warehouse.read_bytes() == before
    refused = project.run("carbonshed", "publish", NAME)
    assert refused.code == 1, refused
    assert f"the last build of {NAME} failed (test always_broken)" in refused.text
    assert (seen.resolve(), seen.read_bytes()) == (edition, content)
    status = project.run("carbonshed", "status")
    assert status.code == 0, status
    assert "last build  failed" in status.text
    assert "test always_broken: Got 11 results" in status.text
    kept = warehouse.parent / ".building" / "failed" / warehouse.name
    assert kept.exists()

    broken_test.write_text("select * from {{ ref('headlines') }} where 1 = 0")
    retried = project.run("dbt", "retry")
    assert retried.code == 0, retried
    assert "always_broken" in retried.text
    assert "model marts.headlines" not in retried.text, "it was built already"
    assert f"The warehouse is ready: warehouse/{NAME}.duckdb" in retried.text
    assert not kept.exists()

    # a part of the build: it is not published by itself
    assert seen.resolve() == edition
    status = project.run("carbonshed", "status", NAME)
    assert f"older than the warehouse: carbonshed publish {NAME}" in status.text
    assert "failed" not in status.text
    done = project.run("carbonshed", "publish", NAME)
    assert done.code == 0, done
    with duckdb.connect(seen, read_only=True) as connection:
        kind = connection.sql("select build_kind from marts.publication").fetchone()
    assert kind == ("selective",)
    assert earlier.read_bytes() == content


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
    status = project.run("carbonshed", "status", NAME)
    assert "ingested anew since the warehouse was built" in status.text
    assert "the dataset is newer than the warehouse: dbt build" in status.text
