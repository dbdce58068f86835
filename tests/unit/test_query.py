"""Reading what is published from the command line."""

from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from carbonshed.cli import _commands
from carbonshed.errors import CarbonshedError
from carbonshed.publish.query import mart_overview, run_query


@pytest.fixture
def warehouse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "dbt_project.yml").touch()
    path = tmp_path / "warehouse" / "published" / "toy.duckdb"
    path.parent.mkdir(parents=True)
    with duckdb.connect(path) as connection:
        connection.execute("""
            create schema marts;
            create table marts.dataset as select 'A toy' as title, true as is_synthetic;
            comment on table marts.dataset is '[synthetic data] One row: the dataset.';
            create table marts.footprints as
            select * from (values ('a|b', 1.5), ('ü', null)) as t(region_id, footprint);
            comment on table marts.footprints is 'One row per region. More words.';
        """)
    monkeypatch.chdir(tmp_path)
    return path


@pytest.mark.usefixtures("warehouse")
def test_marts_need_no_schema_name() -> None:
    assert run_query("toy", "select count(*) from footprints").fetchall() == [(2,)]


@pytest.mark.usefixtures("warehouse")
def test_the_overview_shows_rows_and_grain() -> None:
    assert mart_overview("toy") == [
        ("dataset", 1, "One row"),
        ("footprints", 2, "region"),
    ]


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        ("csv", "region_id,footprint\na|b,1.5\nü,\n"),
        (
            "json",
            '[{"region_id":"a|b","footprint":1.5},{"region_id":"ü","footprint":null}]\n',
        ),
        (
            "markdown",
            "| region_id | footprint |\n| --- | --- |\n| a\\|b | 1.5 |\n| ü |  |\n",
        ),
    ],
)
@pytest.mark.usefixtures("warehouse")
def test_formats(output: str, expected: str) -> None:
    result = CliRunner().invoke(
        _commands, ["query", "toy", "from footprints", "--format", output]
    )
    assert result.stdout == expected


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
@pytest.mark.usefixtures("warehouse")
def test_refusals_are_for_people(name: str, sql: str, message: str) -> None:
    with pytest.raises(CarbonshedError, match=message):
        run_query(name, sql)


@pytest.mark.parametrize("output", ["table", "csv", "json", "markdown"])
@pytest.mark.usefixtures("warehouse")
def test_what_cannot_be_computed_is_refused(output: str) -> None:
    sql = "select cast(region_id as integer) from footprints"
    result = CliRunner().invoke(_commands, ["query", "toy", sql, "--format", output])
    assert isinstance(result.exception, CarbonshedError)
    assert "Could not convert string 'a|b'" in str(result.exception)
    assert result.stdout == ""


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        ("csv", "f,n,t,b\n1.2345678901234567e-11,,2012-01-02 03:04:05,True\n"),
        (
            "json",
            '[{"f":1.2345678901234567e-11,"n":null,'
            '"t":"2012-01-02 03:04:05","b":true}]\n',
        ),
    ],
)
@pytest.mark.usefixtures("warehouse")
def test_machines_get_every_digit(output: str, expected: str) -> None:
    sql = (
        "select 1.2345678901234567e-11::double as f, 'nan'::double as n,"
        " timestamp '2012-01-02 03:04:05' as t, true as b"
    )
    sql = sql.replace("'nan'::double", "null") if output == "csv" else sql
    result = CliRunner().invoke(_commands, ["query", "toy", sql, "--format", output])
    assert result.stdout == expected


@pytest.mark.usefixtures("warehouse")
def test_show_marks_a_synthetic_dataset() -> None:
    result = CliRunner().invoke(_commands, ["show", "toy"])
    assert result.exit_code == 0
    assert "SYNTHETIC" in result.stdout
    assert "carbonshed query toy" in result.stdout
