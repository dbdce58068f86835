"""A mart that was not made again is taken over from the edition before, if it is sure.

The work file is changed behind its back here: what an edition shows of a mart tells
whether it was taken over (the round before) or written anew (the round of now).
"""

from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest
from support.tiny_warehouse import ROWS, write_warehouse

from carbonshed.checksums import LIST, compare
from carbonshed.progress import no_message as say
from carbonshed.publish.editions import (
    Edition,
    published_database,
    published_editions,
    published_parquet,
)
from carbonshed.publish.publishing import publish, publish_marts
from carbonshed.publish.work_file import begin_run, end_run, note_published

NODES = [
    {
        "node": f"model.carbonshed.{name}",
        "fingerprint": "f",
        "relation": f"marts.{name}",
        "parents": parents,
        "key": None,
        "key_of": None,
    }
    for name, parents in {
        "dataset": [],
        "footprints": ["model.carbonshed.dataset"],
        "sums": ["model.carbonshed.dataset"],
    }.items()
]
KEY = {
    "node": "test.carbonshed.rows",
    "fingerprint": "f",
    "relation": None,
    "parents": ["model.carbonshed.sums"],
    "key": ["round"],
    "key_of": "model.carbonshed.sums",
}
RUN = {"run_id": "one", "dataset_id": "first", "choices": "{}", "dbt_version": "1"}


@pytest.fixture
def warehouse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write a work file of round 1, built and published as dbt does."""
    (tmp_path / "dbt_project.yml").touch()
    monkeypatch.chdir(tmp_path)
    path = write_warehouse(tmp_path / "warehouse" / "tiny.duckdb")
    run(path, *(row["node"] for row in NODES))
    return path


def run(path: Path, *selected: str, nodes=NODES, succeed=True, **about) -> None:
    """Let a run note itself, and what all has passed be published."""
    facts = RUN | {"command": "build"} | about
    with duckdb.connect(path) as connection:
        begin_run(connection, facts, nodes, selected)
        if not succeed:
            return
        results = [
            {"node": node, "name": node, "kind": "model", "status": "success"}
            | {"message": None, "code": None}
            for node in selected
        ]
        end_run(
            connection,
            {"command": facts["command"], "is_sample": False},
            facts["dataset_id"],
            results,
        )
        edition = Edition(path)
        publish_marts(edition, connection.cursor(), "tiny", say)
        note_published(connection, edition.name, None)


def change(path: Path, sql: str) -> None:
    with duckdb.connect(path) as connection:
        connection.execute(sql)


def make_round_2(path: Path) -> None:
    """Change all marts, whatever their notes say."""
    change(
        path, "update marts.footprints set round = 2; update marts.sums set round = 2"
    )


def rounds(path: Path) -> dict[str, int]:
    """Return the round of each mart that readers see, the same in both forms."""
    by_mart = {}
    folder = published_parquet(path).resolve()
    with duckdb.connect(published_database(path), read_only=True) as connection:
        for mart in ("footprints", "sums"):
            for source in (f"marts.{mart}", f"'{folder}/{mart}.parquet'"):
                (number,) = connection.sql(
                    f"select distinct round from {source}"
                ).fetchone()
                assert by_mart.setdefault(mart, number) == number, source
    return by_mart


def test_what_was_not_made_again_is_taken_over(warehouse):
    make_round_2(warehouse)
    run(warehouse, "model.carbonshed.sums")
    assert rounds(warehouse) == {"footprints": 1, "sums": 2}
    make_round_2(warehouse)
    run(warehouse, "model.carbonshed.footprints")
    assert rounds(warehouse) == {"footprints": 2, "sums": 2}


def test_an_edition_that_takes_over_is_like_any_other(warehouse):
    earlier, *_ = published_editions(warehouse)
    run(warehouse, "model.carbonshed.sums", run_id="two")
    folder, before = published_editions(warehouse)
    assert before == earlier != folder
    assert compare(folder / LIST)[1] == [], "its checksums are those of its files"
    for file in (folder / "parquet").iterdir():
        then = pq.read_metadata(earlier / "parquet" / file.name).metadata
        now = pq.read_metadata(file).metadata
        assert now == then | {b"publication_id": folder.name.encode()}
    columns = (
        "select table_name, column_name, data_type, is_nullable, comment"
        " from duckdb_columns() where schema_name = 'marts' order by all"
    )
    keys = "select table_name, constraint_text from duckdb_constraints() order by all"
    answers = {}
    for edition in (earlier, folder):
        with duckdb.connect(edition / "tiny.duckdb", read_only=True) as connection:
            answers[edition] = [
                connection.sql(query).fetchall() for query in (columns, keys)
            ]
            about = connection.sql(
                "select publication_id, build_id, tables, rows from marts.publication"
            ).fetchone()
    assert answers[folder] == answers[earlier]
    assert about == (folder.name, "two", 3, ROWS + 2)
    assert ("footprints", "PRIMARY KEY(region_id)") in answers[folder][1]


def say_more(path: Path) -> None:
    change(path, "comment on column marts.footprints.footprint is 'More. [unit: kg]'")


def test_new_words_for_an_unchanged_mart_are_published(warehouse):
    say_more(warehouse)
    make_round_2(warehouse)
    run(warehouse, "model.carbonshed.sums")
    file = published_parquet(warehouse) / "footprints.parquet"
    assert b"More. [unit: kg]" in pq.read_metadata(file).metadata[b"columns"]
    with duckdb.connect(published_database(warehouse), read_only=True) as connection:
        assert connection.sql(
            "select comment from duckdb_columns() where column_name = 'footprint'"
        ).fetchall() == [("More. [unit: kg]",)]
    assert rounds(warehouse) == {"footprints": 1, "sums": 2}


def spoil(file: Path) -> None:
    file.chmod(0o644)
    file.write_bytes(b"x" + file.read_bytes()[1:])


def of_another_version(path: Path) -> None:
    database = published_database(path).resolve()
    database.chmod(0o644)
    change(database, "update marts.publication set carbonshed_version = '0.0.1'")


def publish_again(path: Path) -> None:
    """Publish without a note in the work file, which a command only reads."""
    change(path, "update main.last_run set run_id = 'another'")
    assert publish("tiny", say)


@pytest.mark.parametrize(
    "doubt",
    [
        pytest.param(
            lambda path: spoil(published_database(path).resolve()), id="another file"
        ),
        pytest.param(
            lambda path: published_database(path).resolve().unlink(), id="no file"
        ),
        pytest.param(
            lambda path: (published_editions(path)[0] / LIST).unlink(), id="no sums"
        ),
        pytest.param(of_another_version, id="another version"),
        pytest.param(publish_again, id="an edition of which is no note"),
    ],
)
def test_what_is_in_doubt_is_written_anew(warehouse, doubt):
    doubt(warehouse)
    make_round_2(warehouse)
    run(warehouse, "model.carbonshed.sums")
    assert rounds(warehouse) == {"footprints": 2, "sums": 2}


def test_a_spoiled_parquet_file_is_written_anew_from_the_database(warehouse):
    spoil((published_parquet(warehouse) / "footprints.parquet").resolve())
    make_round_2(warehouse)
    run(warehouse, "model.carbonshed.sums")
    assert rounds(warehouse) == {"footprints": 1, "sums": 2}


@pytest.mark.parametrize(
    "forget",
    [
        pytest.param({"nodes": [*NODES, KEY], "selected": [KEY["node"]]}, id="key"),
        pytest.param({"selected": [], "dataset_id": "second"}, id="ingest"),
        pytest.param(
            {"selected": ["model.carbonshed.dataset"], "succeed": False}, id="killed"
        ),
    ],
)
def test_what_a_run_may_change_is_forgotten(warehouse, forget):
    about = {"succeed": False} | forget
    run(warehouse, *about.pop("selected"), **about)
    with duckdb.connect(warehouse) as connection:
        noted = connection.sql(
            "select count(*) filter (edition is not null) from main.nodes"
        ).fetchone()
    # a key is of one mart, and is not what a table holds
    assert noted == ((2,) if "nodes" in forget else (0,))


def test_a_test_changes_no_mart(warehouse):
    run(warehouse, KEY["node"], nodes=[*NODES[:2], {**NODES[2], "key": None}, KEY])
    make_round_2(warehouse)
    run(warehouse, KEY["node"], nodes=[*NODES, KEY], command="test")
    assert rounds(warehouse) == {"footprints": 1, "sums": 1}


def test_all_is_written_anew_with_a_dimension_that_changed(warehouse):
    """Foreign keys hold the rows of a dimension."""
    change(
        warehouse,
        "create table marts.regions as select region_id from marts.footprints;"
        "alter table marts.sums add column region_id varchar default 'r1'",
    )
    node = {**NODES[0], "node": "model.carbonshed.regions", "relation": "marts.regions"}
    key = {**KEY, "key": ["region_id"], "key_of": node["node"]}
    nodes = [*NODES, node, key]
    run(warehouse, *(row["node"] for row in nodes), nodes=nodes)
    with duckdb.connect(published_database(warehouse), read_only=True) as connection:
        assert connection.sql(
            "select table_name from duckdb_constraints()"
            " where constraint_type = 'FOREIGN KEY'"
        ).fetchall() == [("sums",)]
    make_round_2(warehouse)
    run(warehouse, "model.carbonshed.footprints", nodes=nodes)
    assert rounds(warehouse) == {"footprints": 2, "sums": 1}
    run(warehouse, node["node"], nodes=nodes)
    assert rounds(warehouse) == {"footprints": 2, "sums": 2}
    for mart in ("footprints", "sums"):
        change(warehouse, f"update marts.{mart} set round = 3")
    # the model has left the project, and with it its table
    run(warehouse, "model.carbonshed.sums")
    assert rounds(warehouse) == {"footprints": 3, "sums": 3}
