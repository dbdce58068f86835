"""What is published is what was built, in two forms, and only what passed."""

import json
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest
from support.commands import open_elsewhere
from support.disks import small_disk
from support.tiny_warehouse import ROWS, write_warehouse

from carbonshed import versions
from carbonshed.errors import CarbonshedError
from carbonshed.progress import no_message as say
from carbonshed.publish import marts_copy
from carbonshed.publish import publishing as publish_module
from carbonshed.publish.editions import (
    Edition,
    published_database,
    published_parquet,
)
from carbonshed.publish.marts_copy import PUBLICATION
from carbonshed.publish.publishing import publish
from carbonshed.publish.work_file import open_error


@pytest.fixture
def warehouse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "dbt_project.yml").touch()
    monkeypatch.chdir(tmp_path)
    return write_warehouse(tmp_path / "warehouse" / "tiny.duckdb")


def ask(path: Path, sql: str) -> list[tuple]:
    with duckdb.connect(path, read_only=True) as connection:
        return connection.sql(sql).fetchall()


def test_the_file_holds_the_marts_and_nothing_else(warehouse):
    assert publish("tiny", say)
    file = published_database(warehouse)
    tables = "select schema_name, table_name from duckdb_tables() order by all"
    assert ask(file, tables) == [
        ("marts", table) for table in ("dataset", "footprints", "publication", "sums")
    ]
    assert ask(file, "select view_name from duckdb_views() where not internal") == []
    rows = "select * from marts.footprints"
    assert ask(file, rows) == ask(warehouse, rows), "in the order of the warehouse"
    assert len(ask(file, rows)) == ROWS
    assert list(file.parent.glob("*.wal")) == []


@pytest.mark.parametrize(
    "what",
    [
        # beside the mark of what is invented
        "replace(comment, '[synthetic data] ', '') from duckdb_tables()"
        " where table_name = 'footprints'",
        "column_name, data_type, is_nullable, comment from duckdb_columns()"
        " where table_name in ('footprints', 'sums', 'dataset') order by all",
        "constraint_type, constraint_column_names from duckdb_constraints()"
        " where table_name = 'footprints' order by all",
    ],
)
def test_comments_and_keys_are_kept(warehouse, what):
    publish("tiny", say)
    found = ask(published_database(warehouse), f"select {what}")
    assert found == ask(warehouse, f"select {what}")
    assert found


def test_older_clients_can_open_it(warehouse):
    publish("tiny", say)
    tags = ask(
        published_database(warehouse),
        "select tags['storage_version'] from duckdb_databases()"
        " where database_name = current_database()",
    )
    assert tags == [("v1.4.0+",)]


@pytest.mark.parametrize(("limit", "size"), [(2 * ROWS, 16_384), (ROWS, 262_144)])
def test_few_rows_take_small_blocks(warehouse, monkeypatch, limit, size):
    monkeypatch.setattr(marts_copy, "_MAX_ROWS_IN_SMALL_BLOCKS", limit)
    publish("tiny", say)
    sizes = "select block_size from pragma_database_size()"
    assert ask(published_database(warehouse), sizes) == [(size,)]


def test_parquet_is_the_same(warehouse):
    publish("tiny", say)
    folder = published_parquet(warehouse)
    assert sorted(path.stem for path in folder.iterdir()) == [
        "dataset",
        "footprints",
        "publication",
        "sums",
    ]
    for path in folder.iterdir():
        assert ask(published_database(warehouse), f"from '{path}'") == ask(
            published_database(warehouse), f"from marts.{path.stem}"
        )
        assert pq.ParquetFile(path).metadata.row_group(0).column(0).compression == (
            "ZSTD"
        )


def test_parquet_says_what_it_is(warehouse):
    publish("tiny", say)
    metadata = pq.read_schema(
        published_parquet(warehouse) / "footprints.parquet"
    ).metadata
    (found,) = ask(
        published_database(warehouse),
        "select publication_id from marts.publication",
    )
    assert metadata[b"description"] == (
        b"[synthetic data] One row per region; it's the footprint."
    )
    assert json.loads(metadata[b"columns"])["footprint"] == "What it causes. [unit: t]"
    assert metadata[b"is_synthetic"] == b"true"
    assert metadata[b"caveat"] == b"synthetic data"
    assert metadata[b"publication_id"].decode() == found[0]


def test_the_mart_columns_says_what_comments_say(warehouse):
    """A build of some models renews their comments, and not the mart `columns`."""
    more = """
    create table marts.columns as from (values
        ('footprints', 'Footprint', 'F', 'kg', 'f X', 'Older text.', 'a book', 'Old.',
            'accounts'),
        ('a_table_of_before', 'regions', 'Places', null, null, 'Gone.', null, 'Gone.',
            'accounts'),
        ('of_a_user', 'regions', 'Zones', null, null, 'Gone.', null, 'Gone.', null)
    ) as t(mart, "column", label, unit, formula, description, source, mart_description,
        mart_subject);
    comment on table marts.sums is 'One row: sums.';
    comment on column marts.sums.round is 'Its number.';
    comment on column marts.sums.regions is 'How many regions there are.';
    """
    write_warehouse(warehouse, more=more)
    publish("tiny", say)
    texts = (
        "select label, unit, formula, description, source, mart_description"
        " from marts.columns where mart = '{}'"
    )
    file = published_database(warehouse)
    of_mart = "One row per region; it's the footprint."
    assert ask(file, texts.format("footprints")) == [
        ("F", "t", "f X", "What it causes.", "a book", of_mart)
    ]
    # the label that marts of Carbonshed have for a column of that name, or none
    assert ask(file, f"{texts.format('sums')} order by label") == [
        ("Places", None, None, "How many regions there are.", None, "One row: sums."),
        (None, None, None, "Its number.", None, "One row: sums."),
    ]
    assert ask(file, texts.format("a_table_of_before")) == []
    assert ask(
        file,
        "select rows = (select count(*) from marts.columns)"
        f" + (select count(*) from marts.sums) + {ROWS} + 1 from marts.publication",
    ) == [(True,)]


@pytest.mark.parametrize("is_synthetic", [True, False])
def test_the_table_publication(warehouse, is_synthetic):
    begin = datetime.now(UTC).replace(tzinfo=None)
    write_warehouse(warehouse, 8, is_full=False, is_synthetic=is_synthetic)
    publish("tiny", say)
    file = published_database(warehouse)
    with duckdb.connect(file, read_only=True) as connection:
        relation = connection.sql("from marts.publication")
        (row,) = relation.fetchall()
        found = dict(zip(relation.columns, row, strict=True))
    assert list(found) == [name for name, _, _ in PUBLICATION]
    moments = {name: found.pop(name) for name in ("built_at", "published_at")}
    assert begin <= moments["built_at"] <= moments["published_at"]
    assert found.pop("publication_id") == file.resolve().parent.name
    assert found == {
        "dataset": "tiny",
        "title": "A tiny table",
        "is_synthetic": is_synthetic,
        "caveat": "synthetic data" if is_synthetic else "",
        "dataset_id": "first",
        "ingested_at": datetime(2026, 1, 2, 3, 4, 5),
        "build_id": "build 8",
        "build_kind": "selective",
        "changed": "",
        "carbonshed_version": "0.1.0",
        "dbt_version": "1.11.16",
        "duckdb_version": f"v{duckdb.__version__}",
        "layout": versions.PUBLICATION,
        "tables": 3,
        "rows": ROWS + 2,
    }
    comments = ask(
        file,
        "select comment from duckdb_tables() where table_name = 'publication'"
        " union all select comment from duckdb_columns()"
        " where table_name = 'publication'",
    )
    assert len(comments) == len(PUBLICATION) + 1
    assert all(comment for (comment,) in comments)
    assert comments[0][0].startswith("[synthetic data] One row") == is_synthetic


def test_a_build_is_published_once(warehouse):
    assert publish("tiny", say)
    first = published_database(warehouse).resolve()
    assert not publish("tiny", say)
    assert published_database(warehouse).resolve() == first
    published_parquet(warehouse).unlink()
    assert publish("tiny", say), "a part of it is gone"


def test_a_publication_that_cannot_be_read_is_replaced(warehouse):
    publish("tiny", say)
    file = published_database(warehouse).resolve()
    file.chmod(0o644)
    file.write_bytes(b"no database")
    assert publish("tiny", say)
    assert ask(published_database(warehouse), "select round from marts.sums") == [(1,)]


def change(warehouse: Path, sql: str) -> None:
    with duckdb.connect(warehouse) as connection:
        connection.execute(sql)


def outstanding(warehouse: Path) -> None:
    nodes = ("model.carbonshed.sums", "test.carbonshed.sums_to_zero.0a1b")
    write_warehouse(warehouse, 2, outstanding=nodes)


@pytest.mark.parametrize(
    ("prepare", "message"),
    [
        (Path.unlink, "tiny.duckdb is not there: run dbt build"),
        (
            lambda path: change(path, "drop table marts.dataset"),
            "has no marts: run dbt build --vars 'dataset: tiny'",
        ),
        (
            lambda path: change(path, "drop table main.last_run"),
            "does not say how it was built: run dbt build",
        ),
        (outstanding, r"\(model sums, test sums_to_zero\): run dbt build .*sums\+"),
        (lambda path: path.write_bytes(b"no database"), "tiny cannot be published: "),
    ],
)
def test_refusals(warehouse, prepare, message):
    publish("tiny", say)
    before = published_database(warehouse).resolve()
    prepare(warehouse)
    with pytest.raises(CarbonshedError, match=message):
        publish("tiny", say)
    assert published_database(warehouse).resolve() == before
    assert before.is_file()


def test_another_ingest_is_refused(warehouse, monkeypatch):
    class Ingested:
        name = "tiny"
        dataset_id = "second"

    monkeypatch.setattr(publish_module, "list_datasets", lambda: [Ingested])
    with pytest.raises(CarbonshedError, match=r"ingested anew since.*run dbt build"):
        publish("tiny", say)
    Ingested.dataset_id = "first"
    assert publish("tiny", say)


def test_what_a_build_has_open_is_left_to_the_build(warehouse):
    with (
        open_elsewhere(warehouse),
        pytest.raises(CarbonshedError, match="a build of tiny is running"),
    ):
        publish("tiny", say)
    assert publish("tiny", say)


def test_a_damaged_work_file_is_not_taken_for_one_that_is_open(warehouse):
    """DuckDB speaks of a block then, and of a lock of what is open."""
    content = bytearray(warehouse.read_bytes())
    content[100] ^= 0xFF
    warehouse.write_bytes(content)
    assert "is damaged, or no warehouse" in open_error(warehouse)
    with pytest.raises(CarbonshedError, match=r"cannot be published: .*Corrupt"):
        publish("tiny", say)


def test_a_copy_that_cannot_be_finished_leaves_nothing(warehouse, monkeypatch):
    publish("tiny", say)
    write_warehouse(warehouse, 2)

    def fill_up(*_: object) -> None:
        raise OSError(28, "No space left on device")

    # after the database is written, before the edition is
    monkeypatch.setattr("carbonshed.publish.marts_copy._write_parquet", fill_up)
    with pytest.raises(
        CarbonshedError, match=r"(?s)cannot be published.*No space left"
    ):
        publish("tiny", say)
    file = published_database(warehouse)
    assert ask(file, "select round from marts.sums") == [(1,)]
    monkeypatch.undo()
    monkeypatch.chdir(warehouse.parents[1])
    assert len(list(file.with_name(".tiny").iterdir())) == 2, "edition and link"
    assert publish("tiny", say)
    assert ask(file, "select round from marts.sums") == [(2,)]


@pytest.fixture
def full_disk(warehouse: Path):
    """Put what is published on a disk of its own with little room left."""
    folder = published_database(warehouse).parent
    with small_disk(folder, "4m"):
        yield folder


def test_a_full_disk(warehouse, full_disk):
    publish("tiny", say)
    write_warehouse(warehouse, 2, rows=100_000)
    with pytest.raises(
        CarbonshedError, match=r"(?s)cannot be published.*No space left"
    ):
        publish("tiny", say)
    assert ask(published_database(warehouse), "select round from marts.sums") == [(1,)]
    write_warehouse(warehouse, 3)
    assert publish("tiny", say)
    assert ask(published_database(warehouse), "select round from marts.sums") == [(3,)]
    assert len(list(full_disk.iterdir())) == 4


def test_a_full_disk_does_not_spoil_the_connection_of_the_build(warehouse, full_disk):
    write_warehouse(warehouse, 2, rows=100_000)
    with duckdb.connect(warehouse) as connection:
        with pytest.raises(duckdb.Error, match="No space left"):
            publish_module.publish_marts(
                Edition(warehouse), connection.cursor(), "tiny", say
            )
        assert connection.sql("select round from marts.sums").fetchall() == [(2,)]
        connection.execute("create table main.goes_on as select 1 as one")
        connection.execute("checkpoint")
    assert not published_database(warehouse).exists()
    assert full_disk.is_dir()


def test_an_edition_of_a_warehouse_that_is_open_for_writing(warehouse):
    """As dbt does: on the connection that has built it."""
    with duckdb.connect(warehouse) as connection:
        edition = Edition(warehouse)
        publish_module.publish_marts(edition, connection.cursor(), "tiny", say)
        assert connection.sql("select count(*) from marts.footprints").fetchone()
    assert ask(published_database(warehouse), "select round from marts.sums") == [(1,)]
