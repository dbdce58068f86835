"""The door for notebooks: ``carbonshed.open`` and what it gives."""

import traceback
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from support.commands import run_command, run_program
from support.refusals import refusal_of
from support.tiny_warehouse import ROWS, write_warehouse

import carbonshed
from carbonshed.ask.publication import Publication
from carbonshed.errors import CarbonshedError
from carbonshed.progress import no_message as say
from carbonshed.publish.publishing import publish

MORE = """
alter table marts.dataset add column currency varchar default 'EUR';
create table marts.stressors as
select unnest(['ch4', 'co2', 'value_added']) as stressor_id,
    unnest(['kt', 't', 'currency']) as unit;
create table marts.columns as
from (values
    ('footprints', 'footprint', 't', 'What it causes.'),
    ('footprints', 'region_id', null, 'The region.'),
    ('sums', 'regions', 'currency', 'Dear regions.'),
    ('sums', 'round', 'unit of the stressor per currency', 'A number.'))
    as rows(mart, "column", unit, description);
alter table marts.columns add column mart_description varchar;
alter table marts.columns add column label varchar;
alter table marts.columns add column mart_subject varchar;
"""


def publish_round(root: Path, number: int) -> None:
    """Build and publish a round, as a build does."""
    write_warehouse(root / "warehouse" / "tiny.duckdb", number, MORE)
    publish("tiny", say)


@pytest.fixture
def tiny(empty_project: Path) -> Path:
    publish_round(empty_project, 1)
    return empty_project


@pytest.fixture
def db(tiny: Path) -> Publication:
    with carbonshed.open("tiny") as publication:
        yield publication


def test_a_mart_is_a_relation_and_a_frame(db):
    assert isinstance(db.mart("sums"), duckdb.DuckDBPyRelation)
    assert db.mart("sums").fetchall() == [(1, ROWS)]
    assert db.sums.filter("round = 1").fetchall() == [(1, ROWS)]
    assert db.df("sums").to_dict("list") == {"round": [1], "regions": [ROWS]}
    assert db.arrow("sums").to_pylist() == [{"round": 1, "regions": ROWS}]
    assert db.df("select round + $one as two from sums", {"one": 1}).two[0] == 2
    assert db.sql("select count(*) from footprints").fetchone() == (ROWS,)


def test_it_says_what_it_is(db):
    assert db.tables == (
        "columns",
        "dataset",
        "footprints",
        "publication",
        "stressors",
        "sums",
    )
    assert {"footprints", "mart", "sql"} <= set(dir(db))
    assert db.about["title"] == "A tiny table"
    assert db.about["publication_id"] == db.path.parent.name
    assert "SYNTHETIC" in repr(db)
    assert repr(db).endswith(" UTC, 5 marts and publication>")  # as a build says
    assert db.columns("footprints").fetchall()[2] == (
        "footprint",
        "DOUBLE",
        "What it causes. [unit: t]",
    )


def test_units_are_those_of_the_rows(db):
    assert db.units("footprints") == {"footprint": "t"}
    assert db.units("sums") == {
        "round": "unit of the stressor per EUR",
        "regions": "EUR",
    }
    assert db.units("sums", "ch4")["round"] == "kt per EUR"
    assert db.units("sums", "value_added")["round"] == "EUR per EUR"


def test_own_frames_are_asked_by_their_names(db):
    mine = pd.DataFrame({"round": [1, 2], "word": ["one", "two"]})
    answer = db.df("select word from sums inner join mine using (round)")
    assert len(mine) == 2
    assert answer.word.tolist() == ["one"]


def test_an_edition_stays_whole_until_it_is_opened_anew(tiny):
    db = carbonshed.open("tiny")
    before, first = db.mart("footprints"), db.path
    for number in range(2, 5):  # the first edition's file is removed meanwhile
        publish_round(tiny, number)
    assert not first.exists()
    assert db.sql("select distinct round from footprints").fetchall() == [(1,)]
    with carbonshed.open("tiny") as newest:
        assert newest.sums.fetchall() == [(4, ROWS)]
    assert db.sums.fetchall() == [(1, ROWS)]
    assert db.refresh()
    assert db.sums.fetchall() == [(4, ROWS)]
    assert db.about["publication_id"] == db.path.parent.name != first.parent.name
    # what was asked for before is answered from where it was asked
    assert before.aggregate("max(round)").fetchall() == [(1,)]
    assert not db.refresh()


def test_relations_outlive_the_name(tiny):
    assert carbonshed.open("tiny").mart("sums").fetchall() == [(1, ROWS)]


def test_it_is_found_from_elsewhere(tiny, tmp_path_factory, monkeypatch):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    monkeypatch.chdir(elsewhere)
    assert carbonshed.open("tiny", project=tiny).sums.fetchone() == (1, ROWS)
    assert carbonshed.open("tiny", str(tiny)).sums.fetchone() == (1, ROWS)
    with pytest.raises(CarbonshedError, match=r"project=.*CARBONSHED_PROJECT"):
        carbonshed.open("tiny")
    with pytest.raises(CarbonshedError, match="published here: tiny"):
        carbonshed.open("tinny", project=tiny)
    with pytest.raises(CarbonshedError, match=r"project: .* is no project folder"):
        carbonshed.open("tiny", project=elsewhere)
    monkeypatch.setenv("CARBONSHED_PROJECT", str(tiny))
    assert carbonshed.open("tiny").sums.fetchone() == (1, ROWS)


@pytest.mark.parametrize(
    ("question", "message"),
    [
        ("selec 1", "syntax error"),
        ("footprint", r"no mart 'footprint' \(did you mean 'footprints'\?\)"),
        ("drop table footprints", "read-only"),
        ("insert into sums values (9, 9)", "read-only"),
    ],
)
def test_refusals_are_for_people(db, question, message):
    with pytest.raises(CarbonshedError, match=message):
        db.df(question)


def test_other_refusals(db, monkeypatch):
    with pytest.raises(
        AttributeError, match=r"no mart 'sumz' \(did you mean 'sums'\?\)"
    ):
        _ = db.sumz
    with pytest.raises(
        CarbonshedError, match="no stressor 'co3'; expected one of: ch4, co2"
    ):
        db.units("sums", "co3")
    with pytest.raises(CarbonshedError, match=r"'\.\./tiny' is not allowed"):
        carbonshed.open("../tiny")
    monkeypatch.setattr("carbonshed.ask.publication.find_spec", lambda _: None)
    with pytest.raises(CarbonshedError, match="pip install polars"):
        db.pl("sums")


@pytest.mark.parametrize(
    "statement",
    [
        "copy sums to 'o.csv'",
        "export database 'o'",
        "attach 'o.duckdb'",
        "install tpch",
        "load tpch",
        "pragma tpch(1)",
        "set memory_limit = '1GB'",
        "create temp table t as select 1",
        "select 1; select 2",
        "from sums; copy sums to 'o.csv'",
        "from query('select 1')",
        "from pragma_enable_profiling()",
        " ",
    ],
)
def test_what_a_query_refuses_is_refused(tiny, db, statement):
    before = {*tiny.rglob("*")}
    said = refusal_of(db.sql, statement)
    assert said == refusal_of(run_command, "query", "tiny", statement, "--files")
    assert "returns no rows" not in said
    assert {*tiny.rglob("*")} == before


def test_no_extension_comes_by_itself(db):
    settings = "select name, value from duckdb_settings() where name like 'auto%known%'"
    assert {*dict(db.sql(settings).fetchall()).values()} == {"false"}


def test_a_frame_may_have_any_name(db):
    connection = sql = question = pd.DataFrame({"round": [1]})
    assert len(connection) == len(sql) == len(question) == 1
    for name in ("connection", "sql"):
        assert db.sql(f"from sums join {name} using (round)").fetchall() == [(1, ROWS)]


def test_whole_numbers_stay_whole_where_one_is_missing(db):
    people = "select unnest([9007199254740993, null]) as population"
    for frame in (db.df(people), db.sql(people).df()):
        assert str(frame["population"].dtype) == "Int64"
        assert frame["population"].tolist() == [9007199254740993, pd.NA]


def test_a_refusal_has_one_traceback(tiny, monkeypatch):
    (tiny / "broken").mkdir()
    monkeypatch.chdir(tiny / "broken")
    (tiny / "warehouse/published/none.duckdb").write_text("no database")
    calls = [
        lambda: carbonshed.open("x"),
        lambda: carbonshed.open("none"),
        lambda: carbonshed.open("tiny").sql("selec"),
    ]
    (tiny / "dbt_project.yml").unlink()
    calls.insert(0, lambda: carbonshed.open("x"))
    for number, call in enumerate(calls):
        if number == 1:
            (tiny / "dbt_project.yml").touch()
        with pytest.raises(CarbonshedError) as refusal:
            call()
        shown = "".join(traceback.format_exception(refusal.value))
        assert shown.count("Traceback (most recent call last)") == 1


def test_it_is_closed_after_with(tiny):
    with carbonshed.open("tiny") as db:
        left = db.mart("sums")
    with pytest.raises(CarbonshedError, match="closed"):
        db.sql("from sums")
    with pytest.raises(duckdb.Error, match="closed"):
        left.fetchall()


def test_importing_the_package_stays_light():
    heavy = ("duckdb", "numpy", "pandas", "pyarrow", "pydantic", "dbt", "typer")
    script = (
        f"import sys, carbonshed; print([m for m in {heavy!r} if m in sys.modules])"
    )
    said = run_program(code=script)
    assert said.stdout.strip() == "[]"
