"""What the hooks at the end of a run do with its file, without dbt."""

import gc
import json
from pathlib import Path
from types import SimpleNamespace

import duckdb
import pytest
from support.tiny_warehouse import fill, write_warehouse

from carbonshed.dbt_plugin.plugin import Plugin
from carbonshed.publish.editions import published_database
from carbonshed.publish.last_run import Failure, noted_run
from carbonshed.warehouse.build_file import BuildFile

PASSED = 2  # the round of the run; the warehouse there was is of round 1


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    return write_warehouse(tmp_path / "warehouse" / "tiny.duckdb")


@pytest.fixture
def plugin(warehouse: Path, monkeypatch: pytest.MonkeyPatch):
    """Yield the plugin of a run that has built everything."""
    monkeypatch.setattr(gc, "freeze", lambda: None)
    made = Plugin("plugin", {}, SimpleNamespace(path=str(warehouse)))
    made.build_file = BuildFile(warehouse)
    made.is_checked = True
    with duckdb.connect(made.build_file.path) as connection:
        made.connection = connection
        yield made


def end(plugin: Plugin, outcome: str = "passed", **facts: object) -> dict[str, str]:
    """End a run as the hooks do."""
    fill(plugin.connection, PASSED, **facts)
    plugin.connection.execute("checkpoint")
    if outcome == "passed":
        plugin.store(None)
    return json.loads(plugin._finish(outcome))


def round_of(database: Path) -> int:
    with duckdb.connect(database, read_only=True) as connection:
        return connection.sql("select round from marts.sums").fetchone()[0]


def test_a_full_build_is_published(plugin: Plugin, warehouse: Path) -> None:
    published = published_database(warehouse)
    assert end(plugin) == {
        "place": str(warehouse),
        "published": str(published),
        "problem": "",
    }
    plugin.connection.close()
    assert round_of(warehouse) == round_of(published) == PASSED
    assert noted_run(warehouse, None) is None


@pytest.mark.parametrize("facts", [{"kind": "selective"}, {"is_tested": False}])
def test_less_than_that_is_not(plugin: Plugin, warehouse: Path, facts: dict) -> None:
    assert end(plugin, **facts)["published"] == ""
    plugin.connection.close()
    assert round_of(warehouse) == PASSED
    assert not published_database(warehouse).exists()


def test_what_cannot_be_published_does_not_cost_the_build(
    plugin: Plugin, warehouse: Path
) -> None:
    published_database(warehouse).mkdir(parents=True)
    ended = end(plugin)
    assert ended["published"] == ""
    assert "is not a link to an edition" in ended["problem"]
    plugin.connection.close()
    assert round_of(warehouse) == PASSED
    run = noted_run(warehouse, None)
    assert run.outcome == "unpublished"
    assert run.failures[0].message == ended["problem"]


def test_a_failed_run_leaves_its_reasons(plugin: Plugin, warehouse: Path) -> None:
    reasons = [{"name": "sums", "kind": "test", "message": "Got 'three' results"}]
    plugin._failed(json.dumps(reasons))
    ended = end(plugin, "failed")
    assert ended["place"].endswith(".building/failed/tiny.duckdb")
    assert round_of(warehouse) == 1
    assert noted_run(warehouse, None).failures == (Failure(**reasons[0]),)


@pytest.mark.parametrize(
    ("failures", "outcome"),
    [
        ("[]", "interrupted"),
        ('[{"name": "sums", "kind": "model", "message": "disk full"}]', "failed"),
    ],
)
def test_a_run_that_is_never_finished_is_noted_at_exit(
    plugin: Plugin, warehouse: Path, failures: str, outcome: str
) -> None:
    plugin._failed(failures)
    plugin._note_interruption()
    assert noted_run(warehouse, None).outcome == outcome


def test_a_refused_run_is_noted_in_the_words_of_the_refusal(
    plugin: Plugin, warehouse: Path
) -> None:
    plugin.is_checked = False
    plugin.complaint = "the audit failed"
    end(plugin, "failed")
    (failure,) = noted_run(warehouse, None).failures
    assert failure.message == "the audit failed"
    assert round_of(warehouse) == 1
