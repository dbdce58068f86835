"""Reading what is published from the command line."""

import json
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from carbonshed.cli import _commands
from carbonshed.errors import CarbonshedError
from carbonshed.publish.query import mart_overview, run_query


@pytest.fixture
def published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "dbt_project.yml").touch()
    path = tmp_path / "warehouse" / "published" / "toy.duckdb"
    path.parent.mkdir(parents=True)
    with duckdb.connect(path) as connection:
        connection.execute("""
            create schema marts;
            create table marts.dataset as
                select 'A toy' as title, 'SYNTHETIC: nothing is real.' as caveat_note;
            comment on table marts.dataset is '[synthetic data] One row: the dataset.';
            create table marts.footprints as
            select * from (values ('a|b', 1.5), ('ü', null)) as t(region_id, footprint);
            comment on table marts.footprints is 'One row per region. More words.';
        """)
    monkeypatch.chdir(tmp_path)
    return path


@pytest.mark.usefixtures("published")
def test_marts_need_no_schema_name() -> None:
    assert run_query("toy", "select count(*) from footprints").fetchall() == [(2,)]


@pytest.mark.usefixtures("published")
def test_the_overview_shows_rows_and_grain() -> None:
    assert mart_overview("toy") == [
        ("dataset", 1, "One row"),
        ("footprints", 2, "region"),
    ]


def answer(sql: str, output: str) -> str:
    """Return what `carbonshed query` prints."""
    result = CliRunner().invoke(_commands, ["query", "toy", sql, "--format", output])
    assert result.exit_code == 0
    return result.stdout


@pytest.mark.usefixtures("published")
def test_formats() -> None:
    assert "a|b" in answer("from footprints", "table")
    assert answer("from footprints", "csv") == "region_id,footprint\na|b,1.5\nü,\n"
    assert json.loads(answer("from footprints", "json")) == [
        {"region_id": "a|b", "footprint": 1.5},
        {"region_id": "ü", "footprint": None},
    ]
    assert answer("from footprints", "markdown") == (
        "| region_id | footprint |\n| --- | --- |\n| a\\|b | 1.5 |\n| ü |  |\n"
    )


@pytest.mark.parametrize(
    ("name", "sql", "message"),
    [
        ("nobody", "select 1", "nothing is published of 'nobody'"),
        ("toy", "select nothing from footprints", "nothing"),
        ("toy", "drop table footprints", "read-only"),
        ("toy", "selec", "syntax error"),
        ("toyy", "select 1", r"'toyy' \(did you mean 'toy'\?\).*published here: toy"),
        ("toy", " ", "no SQL is given"),
    ],
)
@pytest.mark.usefixtures("published")
def test_refusals_are_for_people(name: str, sql: str, message: str) -> None:
    with pytest.raises(CarbonshedError, match=message):
        run_query(name, sql)


@pytest.mark.parametrize("output", ["table", "csv", "json", "markdown"])
@pytest.mark.usefixtures("published")
def test_what_cannot_be_computed_is_refused(output: str) -> None:
    sql = "select cast(region_id as integer) from footprints"
    result = CliRunner().invoke(_commands, ["query", "toy", sql, "--format", output])
    assert isinstance(result.exception, CarbonshedError)
    assert "Could not convert string 'a|b'" in str(result.exception)
    assert result.stdout == ""


@pytest.mark.usefixtures("published")
def test_machines_get_every_digit() -> None:
    sql = (
        "select 1.2345678901234567e-11::double as f, timestamp '2012-01-02 03:04:05'"
        ' as t, true as b, \'x, "y"\' as "q""q"'
    )
    assert answer(sql, "csv") == (
        'f,t,b,"q""q"\n1.2345678901234567e-11,2012-01-02 03:04:05,true,"x, ""y"""\n'
    )
    assert json.loads(answer(sql, "json")) == [
        {"f": 1.2345678901234567e-11, "t": "2012-01-02 03:04:05", "b": True}
        | {'q"q': 'x, "y"'}
    ]


@pytest.mark.usefixtures("published")
def test_a_table_has_all_columns_and_markdown_all_digits() -> None:
    names = [f"a_column_with_a_long_name_{number}" for number in range(30)]
    sql = ", ".join(f"{number + 1 / 3} as {name}" for number, name in enumerate(names))
    heads = answer(f"select {sql}", "table").splitlines()[1]
    assert heads.replace("│", " ").split() == names
    markdown = answer("select 1234567.891 / 3 as x, true as b", "markdown")
    assert "| 411522.63033333333 | true |" in markdown
    row = answer("select 1234567.891 / 3 as x, true as b", "csv").splitlines()[1]
    assert row == "411522.63033333333,true"


@pytest.mark.usefixtures("published")
def test_a_name_in_sql_is_a_table_and_nothing_of_python() -> None:
    with pytest.raises(CarbonshedError, match="connection does not exist"):
        run_query("toy", "from connection")


@pytest.mark.usefixtures("published")
def test_json_has_no_numbers_that_are_none() -> None:
    def refuse(word: str) -> None:
        raise AssertionError(word)

    text = answer("select 'nan'::double as n, '-inf'::float as i, 1.10 as d", "json")
    assert json.loads(text, parse_constant=refuse) == [{"n": None, "i": None, "d": 1.1}]


@pytest.mark.usefixtures("published")
def test_show_marks_a_synthetic_dataset() -> None:
    result = CliRunner().invoke(_commands, ["show", "toy"])
    assert result.exit_code == 0
    assert "SYNTHETIC" in result.stdout
    assert "carbonshed query toy" in result.stdout
