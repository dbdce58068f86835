"""A mart that is the same is taken over from the edition before, and no other is.

The spies tell which marts were written; what readers find is compared with the work
file every time.
"""

from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest
from support.tiny_warehouse import ROWS, write_warehouse

from carbonshed.checksums import LIST, compare
from carbonshed.progress import no_message as say
from carbonshed.publish import marts_copy
from carbonshed.publish.editions import (
    published_database,
    published_editions,
    published_parquet,
)
from carbonshed.publish.publishing import publish
from carbonshed.publish.unchanged_marts import UnchangedMarts

MARTS = {"dataset", "footprints", "sums"}
# `columns` is a mart of the project that tells of the others
COLUMNS = """
create table marts.columns as from (values
    ('footprints', 'footprint', 'F', 't', null, 'What it causes.', null, 'One row.',
     'accounts')
) as t(mart, "column", label, unit, formula, description, source, mart_description,
       mart_subject);
"""


@dataclass
class Spy:
    """The marts that the last publication wrote anew, into either form."""

    rows: set[str] = field(default_factory=set)
    files: set[str] = field(default_factory=set)


@pytest.fixture
def spy(monkeypatch: pytest.MonkeyPatch) -> Spy:
    spy = Spy()
    copy_rows, take = marts_copy._copy_rows, UnchangedMarts.take_parquet

    def copying(connection, catalogue, mart):
        spy.rows.add(mart.name)
        return copy_rows(connection, catalogue, mart)

    def taking(self, name, target, about):
        is_taken = take(self, name, target, about)
        if not is_taken:
            spy.files.add(name)
        return is_taken

    monkeypatch.setattr(marts_copy, "_copy_rows", copying)
    monkeypatch.setattr(UnchangedMarts, "take_parquet", taking)
    return spy


@pytest.fixture
def warehouse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spy: Spy) -> Path:
    """Publish a work file, whose last build then was one of some models."""
    (tmp_path / "dbt_project.yml").touch()
    monkeypatch.chdir(tmp_path)
    path = write_warehouse(tmp_path / "warehouse" / "tiny.duckdb", more=COLUMNS)
    published_again(path, spy, "select 1")
    return path


def published_again(path: Path, spy: Spy, *changes: str, is_full=False) -> Spy:
    """Change and publish a work file, compare all of it; return what was written."""
    with duckdb.connect(path) as connection:
        for sql in changes:
            connection.execute(sql)
        connection.execute(
            "update main.last_run set run_id = run_id || '+', is_full = ?", [is_full]
        )
    spy.rows.clear()
    spy.files.clear()
    assert publish("tiny", say)
    folder = published_parquet(path).resolve()
    with duckdb.connect() as connection:
        for name, file in (("work", path), ("seen", published_database(path))):
            connection.execute(f"attach '{file}' as {name} (read_only)")
        models = connection.sql(
            "select substr(relation, 7) from work.main.nodes"
            " where relation in (select 'marts.' || table_name from duckdb_tables()"
            " where database_name = 'work')"
        ).fetchall()
        marts = {name for (name,) in models} - {"columns"}
        tables = connection.sql(
            "select table_name from duckdb_tables() where database_name = 'seen'"
        ).fetchall()
        assert {name for (name,) in tables} == marts | {"columns", "publication"}
        assert {file.stem for file in folder.iterdir()} == {name for (name,) in tables}
        for mart in marts:
            rows = connection.sql(f"from work.marts.{mart}").fetchall()
            assert connection.sql(f"from seen.marts.{mart}").fetchall() == rows, mart
            parquet = f"from '{folder}/{mart}.parquet'"
            assert connection.sql(parquet).fetchall() == rows, mart
        about = connection.sql("select tables, rows from seen.marts.publication")
        others = connection.sql("select count(*) from seen.marts.columns").fetchone()[0]
        counts = [
            connection.sql(f"select count(*) from work.marts.{mart}").fetchone()[0]
            for mart in marts
        ]
        assert about.fetchall() == [(len(marts) + 1, sum(counts) + others)]
    for edition in published_editions(path):
        assert compare(edition / LIST)[1] == []
    for file in folder.iterdir():
        assert file.read_bytes()[:4] == b"PAR1"
        metadata = pq.read_metadata(file).metadata
        assert metadata[b"publication_id"].decode() == folder.parent.name
    return spy


# their rows may be others when comments alone have changed
ALWAYS = {"columns", "publication"}


@pytest.mark.parametrize(
    ("changes", "written"),
    [
        pytest.param(["select 1"], set(), id="nothing"),
        pytest.param(["update marts.sums set round = 2"], {"sums"}, id="a number"),
        pytest.param(
            ["update marts.footprints set footprint = -1 where region_id = 'r7'"],
            {"footprints"},
            id="one cell",
        ),
        pytest.param(
            [
                "update marts.footprints set footprint = if(region_id = 'r7', b, a)"
                " from (select max(footprint) filter (region_id = 'r7') as a,"
                " max(footprint) filter (region_id = 'r8') as b from marts.footprints)"
                " where region_id in ('r7', 'r8')"
            ],
            {"footprints"},
            id="an exchange of two cells",
        ),
        pytest.param(
            [
                "create or replace table marts.sums as"
                " select round, regions::bigint as regions from marts.sums"
            ],
            {"sums"},
            id="a type",
        ),
        pytest.param(
            ["alter table marts.sums rename column regions to places"],
            {"sums"},
            id="a name",
        ),
        pytest.param(
            [
                "insert into main.nodes by name select 'test.carbonshed.one' as node,"
                " true as has_passed, []::varchar[] as parents,"
                " 'marts.sums' as relation, ['round'] as key;"
                "delete from main.nodes where node = 'model.carbonshed.sums'"
            ],
            {"sums"},
            id="a key",
        ),
        pytest.param(
            [
                "create table marts.fresh as select 1 as one;"
                "insert into main.nodes by name select"
                " 'model.carbonshed.fresh' as node, 'marts.fresh' as relation,"
                " true as has_passed,"
                " []::varchar[] as parents"
            ],
            {"fresh"},
            id="another mart",
        ),
        pytest.param(
            [
                "drop table marts.sums;"
                "delete from main.nodes where relation = 'marts.sums'"
            ],
            set(),
            id="a mart less",
        ),
    ],
)
def test_what_changed_is_written_and_nothing_else(warehouse, spy, changes, written):
    spy = published_again(warehouse, spy, *changes)
    assert spy.rows - ALWAYS == written
    assert spy.files - ALWAYS == written


def test_rows_in_another_order_are_written(warehouse, spy):
    reverse = (
        "create or replace table marts.{0} as from marts.{0} order by region_id desc"
    )
    spy = published_again(warehouse, spy, reverse.format("footprints"))
    assert spy.rows - ALWAYS == {"footprints"}


def test_a_full_build_writes_all(warehouse, spy):
    spy = published_again(warehouse, spy, is_full=True)
    assert spy.rows == MARTS | {"columns"}
    assert spy.files == spy.rows | {"publication"}


def test_an_edition_that_takes_over_is_like_any_other(warehouse, spy):
    queries = (
        "select table_name, column_name, data_type, is_nullable, comment"
        " from duckdb_columns() where schema_name = 'marts' order by all",
        "select table_name, constraint_text from duckdb_constraints() order by all",
        "select table_name, comment from duckdb_tables() order by all",
    )
    answers = []
    for is_full in (True, False):
        published_again(warehouse, spy, is_full=is_full)
        file = published_database(warehouse)
        with duckdb.connect(file, read_only=True) as connection:
            answers.append([connection.sql(query).fetchall() for query in queries])
    assert answers[0] == answers[1]
    assert ("footprints", "PRIMARY KEY(region_id)") in answers[1][1]
    later, earlier = published_editions(warehouse)
    for file in (later / "parquet").iterdir():
        then = pq.read_metadata(earlier / "parquet" / file.name).metadata
        now = pq.read_metadata(file).metadata
        assert now == then | {b"publication_id": later.name.encode()}


def test_new_words_for_an_unchanged_mart_are_published(warehouse, spy):
    more = "comment on column marts.footprints.footprint is 'More. [unit: kg]'"
    spy = published_again(warehouse, spy, more)
    assert spy.rows - ALWAYS == set()
    assert spy.files - ALWAYS == {"footprints"}
    file = published_parquet(warehouse) / "footprints.parquet"
    assert b"More. [unit: kg]" in pq.read_metadata(file).metadata[b"columns"]
    with duckdb.connect(published_database(warehouse), read_only=True) as connection:
        assert connection.sql(
            "select comment from duckdb_columns() where table_name = 'footprints'"
            " and column_name = 'footprint'"
        ).fetchall() == [("More. [unit: kg]",)]
        assert connection.sql(
            "select description, unit from marts.columns where mart = 'footprints'"
            " and \"column\" = 'footprint'"
        ).fetchall() == [("More.", "kg")]


def spoil(file: Path, index: int) -> None:
    content = bytearray(file.read_bytes())
    content[index] ^= 0xFF
    file.chmod(0o644)
    file.write_bytes(content)


def set_about(column: str, value: str, path: Path) -> None:
    database = published_database(path).resolve()
    database.chmod(0o644)
    with duckdb.connect(database) as connection:
        connection.execute(f"update marts.publication set {column} = {value}")


DOUBTS = {
    "a database that cannot be read": lambda path: spoil(
        published_database(path).resolve(), 100
    ),
    "no database": lambda path: published_database(path).resolve().unlink(),
    "no list of checksums": lambda path: (published_editions(path)[0] / LIST).unlink(),
    "another version": lambda path: set_about("carbonshed_version", "'0.0.1'", path),
    "another DuckDB": lambda path: set_about("duckdb_version", "'v1.0.0'", path),
    "another layout": lambda path: set_about("layout", "1", path),
}


@pytest.mark.parametrize("doubt", DOUBTS.values(), ids=DOUBTS)
def test_of_an_edition_in_doubt_nothing_is_taken_over(warehouse, spy, doubt):
    doubt(warehouse)
    with duckdb.connect(warehouse) as connection:
        connection.execute("update main.last_run set run_id = 'x', is_full = false")
    assert publish("tiny", say)
    assert spy.rows == MARTS | {"columns"}
    with duckdb.connect(published_database(warehouse), read_only=True) as connection:
        assert connection.sql("from marts.footprints").fetchall()


@pytest.mark.parametrize("index", [0, -200, 5000])
def test_a_parquet_file_that_was_spoiled_is_written_anew(warehouse, spy, index):
    spoil((published_parquet(warehouse) / "footprints.parquet").resolve(), index)
    with duckdb.connect(warehouse) as connection:
        connection.execute("update main.last_run set run_id = 'x', is_full = false")
    spy.files.clear()
    assert publish("tiny", say)
    assert spy.files - ALWAYS == {"footprints"}
    file = published_parquet(warehouse) / "footprints.parquet"
    assert pq.read_table(file).num_rows == ROWS


def test_blocks_of_another_size_are_not_taken_over(warehouse, spy, monkeypatch):
    """A dataset crosses the limit in both directions."""
    for limit, size in ((ROWS, 262_144), (2 * ROWS, 16_384)):
        monkeypatch.setattr(marts_copy, "_MAX_ROWS_IN_SMALL_BLOCKS", limit)
        spy = published_again(warehouse, spy)
        assert spy.rows == MARTS | {"columns"}
        file = published_database(warehouse)
        with duckdb.connect(file, read_only=True) as connection:
            sizes = connection.sql("select block_size from pragma_database_size()")
            assert sizes.fetchall() == [(size,)]


def test_all_is_written_anew_with_a_dimension_that_changed(warehouse, spy):
    """Foreign keys point to its rows, also when it leaves the project."""
    made = (
        "create table marts.regions as select region_id from marts.footprints;"
        "alter table marts.sums add column region_id varchar default 'r1';"
        "insert into main.nodes by name select 'model.carbonshed.regions' as node,"
        " 'marts.regions' as relation, ['region_id'] as key, []::varchar[] as parents,"
        " true as has_passed"
    )
    with_regions = MARTS | {"columns", "regions"}
    assert published_again(warehouse, spy, made).rows == with_regions
    with duckdb.connect(published_database(warehouse), read_only=True) as connection:
        assert connection.sql(
            "select table_name from duckdb_constraints()"
            " where constraint_type = 'FOREIGN KEY'"
        ).fetchall() == [("sums",)]
    assert published_again(warehouse, spy).rows - ALWAYS == set()
    more = "insert into marts.regions values ('more')"
    assert published_again(warehouse, spy, more).rows == with_regions
    gone = (
        "drop table marts.regions;"
        "delete from main.nodes where relation = 'marts.regions'"
    )
    assert published_again(warehouse, spy, gone).rows == MARTS | {"columns"}


def test_space_that_dropped_tables_leave_is_freed(warehouse, spy):
    """Each round writes the largest mart again, and takes over the others."""
    sizes, written = [], set()
    for number in range(2, 10):
        change = f"update marts.footprints set round = {number}"
        written |= published_again(warehouse, spy, change).rows
        sizes.append(published_database(warehouse).stat().st_size)
    assert max(sizes) <= 2 * min(sizes)
    assert "sums" in written, "a new file"
