"""Reading what is published from the command line."""

import json
import os
import subprocess
from pathlib import Path

import duckdb
import pytest
from support.commands import run_command, run_program
from support.refusals import refusal_of
from support.tiny_warehouse import published_as

from carbonshed.ask.query import (
    SUBJECTS,
    mart_overview,
    open_published,
    run_query,
)
from carbonshed.errors import CarbonshedError


@pytest.fixture
def published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "dbt_project.yml").touch()
    path = tmp_path / "warehouse" / "published" / "toy.duckdb"
    path.parent.mkdir(parents=True)
    with duckdb.connect(path) as connection:
        connection.execute(published_as("toy"))
        connection.execute("""
            create table marts.dataset as
                select 'A toy' as title, 'SYNTHETIC: nothing is real.' as caveat_note;
            create table marts.footprints as
            select * from (values ('a|b', 1.5), ('ü', null)) as t(region_id, footprint);
            create table marts.account_extents as select 1 as n;
            create table marts.regional_accounts as select 1 as n;
            create table marts.columns as
            from (values
                ('dataset', 'title', null, 'Its title.', 'One row: the dataset.', null,
                    'dimensions'),
                ('footprints', 'footprint', 't', 'Emissions.',
                    'One row per region. More words.', 'who causes what', null),
                ('account_extents', 'n', null, '', 'Whose.', null, 'accounts'),
                ('regional_accounts', 'n', null, '', 'Of all.', null, 'accounts'))
                as rows(mart, "column", unit, description, mart_description,
                    mart_answers, mart_subject);
        """)
    monkeypatch.chdir(tmp_path)
    return path


@pytest.mark.usefixtures("published")
def test_marts_need_no_schema_name():
    relation = run_query(open_published("toy"), "select count(*) from footprints")
    assert relation.fetchall() == [(2,)]


@pytest.mark.usefixtures("published")
def test_the_overview_shows_rows_and_what_they_answer_by_subject():
    overview = mart_overview(open_published("toy"))
    assert list(overview) == ["accounts", "dimensions", "others"]
    assert overview == {
        # the mart that is read first, and no alphabet
        "accounts": [
            ("regional_accounts", 1, "Of all."),
            ("account_extents", 1, "Whose."),
        ],
        "dimensions": [("dataset", 1, "One row: the dataset.")],
        "others": [
            ("columns", 4, ""),
            ("footprints", 2, "who causes what"),
            ("publication", 1, ""),
        ],
    }


def test_every_folder_of_marts_is_a_subject():
    folders = Path(__file__).resolve().parents[2] / "models" / "marts"
    marts = {(path.parent.name, path.stem) for path in folders.glob("*/*.sql")}
    assert {subject for subject, _ in marts} == {*SUBJECTS}
    assert {*SUBJECTS.items()} <= marts


def answer(sql: str, output: str) -> str:
    """Return what `carbonshed query` prints."""
    return run_command("query", "toy", sql, "--format", output)


@pytest.mark.usefixtures("published")
def test_formats():
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
        ("nobody", "select 1", "there is no dataset 'nobody'"),
        ("toy", "select nothing from footprints", "nothing"),
        ("toy", "drop table footprints", "read-only"),
        ("toy", "selec", "syntax error"),
        ("toyy", "select 1", r"'toyy' \(did you mean 'toy'\?\); published here: toy$"),
        ("toy", " ", "no SQL is given"),
    ],
)
@pytest.mark.usefixtures("published")
def test_refusals_are_for_people(name, sql, message):
    with pytest.raises(CarbonshedError, match=message):
        run_query(open_published(name), sql)


@pytest.mark.parametrize("output", ["table", "csv", "json", "markdown"])
@pytest.mark.usefixtures("published")
def test_what_cannot_be_computed_is_refused(output):
    sql = "select cast(region_id as integer) from footprints"
    refused = refusal_of(run_command, "query", "toy", sql, "--format", output)
    assert "Could not convert string 'a|b'" in refused


@pytest.mark.usefixtures("published")
def test_machines_get_every_digit():
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
def test_a_table_has_all_columns_and_markdown_all_digits():
    names = [f"a_column_with_a_long_name_{number}" for number in range(30)]
    sql = ", ".join(f"{number + 1 / 3} as {name}" for number, name in enumerate(names))
    heads = answer(f"select {sql}", "table").splitlines()[1]
    assert heads.replace("│", " ").split() == names
    markdown = answer("select 1234567.891 / 3 as x, true as b", "markdown")
    assert "| 411522.63033333333 | true |" in markdown
    row = answer("select 1234567.891 / 3 as x, true as b", "csv").splitlines()[1]
    assert row == "411522.63033333333,true"


@pytest.mark.usefixtures("published")
def test_a_name_in_sql_is_a_table_and_nothing_of_python():
    with pytest.raises(CarbonshedError, match="connection does not exist"):
        run_query(open_published("toy"), "from connection")


@pytest.mark.parametrize("files", [[], ["--files"]])
@pytest.mark.parametrize(
    ("sql", "found"),
    [
        ("copy (select 1) to 'out.csv'", "COPY"),
        ("export database 'out'", "EXPORT"),
        ("attach 'out.duckdb'", "ATTACH"),
        ("load json", "LOAD"),
        ("set lock_configuration = false", "SET"),
        ("create temp table t as select 1", "CREATE"),
        ("explain analyze copy (select 1) to 'out.csv'", "EXPLAIN"),
        ("pragma enable_profiling", "PRAGMA"),
        ("select 1; copy (select 1) to 'out.csv'", "SELECT and COPY"),
        ("/* nothing */", "none"),
    ],
)
def test_a_question_is_one_select(published, sql, found, files):
    before = set(published.parents[2].rglob("*"))
    refused = refusal_of(run_command, "query", "toy", sql, *files)
    assert f"found {found}; only one read-only statement is allowed: SELECT" in refused
    assert set(published.parents[2].rglob("*")) == before


def test_a_question_reads_the_marts_alone(published):
    folder = published.parents[2]
    (folder / "more.csv").write_text("region_id,name\na|b,Beta\n", "utf-8")
    sql = "select name, footprint from footprints join 'more.csv' using (region_id)"
    for question in (sql, "from read_text('more.csv')", "from glob('*')"):
        refused = refusal_of(run_command, "query", "toy", question)
        assert "--files lets it read files too" in refused
    asked = ["query", "toy", sql, "--files", "--output"]
    for name in ("answer.csv", "answer.json", "answer.md", "answer.xlsx"):
        run_command(*asked, name)
    assert (folder / "answer.csv").read_text("utf-8") == "name,footprint\nBeta,1.5\n"
    whole = ["query", "toy", "from footprints", "--output", "whole.csv"]
    run_command(*whole)
    assert len((folder / "whole.csv").read_text("utf-8").splitlines()) == 3


@pytest.mark.parametrize(
    "question",
    [
        "pivot footprints on region_id using sum(footprint)",
        "with x as (from footprints) select * from x;",
        "describe footprints",
        "values (1)",
    ],
)
@pytest.mark.usefixtures("published")
def test_other_statements_that_only_read_are_questions_too(question):
    assert answer(question, "csv")


@pytest.mark.parametrize("value", ["$x", "?"])
@pytest.mark.usefixtures("published")
def test_a_parameter_is_for_python(value):
    sql = f"from footprints where region_id = {value}"
    refused = refusal_of(run_command, "query", "toy", sql)
    assert "carbonshed.open(NAME).sql(SQL, params); write the value" in refused


def test_a_view_of_the_warehouse_is_not_published_and_has_a_remedy(published):
    def refused(table: str) -> str:
        return refusal_of(run_command, "query", "toy", f"from {table}")

    assert "Table with name mine does not exist" in refused("mine")
    edition = published.parent / ".toy" / "1"
    edition.mkdir(parents=True)
    published.rename(edition / "toy.duckdb")
    published.symlink_to(edition / "toy.duckdb")
    with duckdb.connect(published.parents[1] / "toy.duckdb") as warehouse:
        warehouse.execute("create schema marts; create view marts.mine as select 1")
    assert refused("Mine").startswith("mine is a view, and only tables are published")
    assert "set materialized: table" in refused("marts.mine")
    assert "Table with name other does not exist" in refused("other")


@pytest.mark.parametrize(
    "words",
    [
        ("from dataset", "--dataset", "toy"),
        ("--dataset=toy", "from dataset"),
        ("from dataset", "-f", "csv", "-d", "toy"),
    ],
)
@pytest.mark.usefixtures("published")
def test_the_dataset_may_be_named_by_an_option(words):
    assert "A toy" in run_command("query", *words)
    assert "A toy" in run_command("show", "--dataset", "toy")
    assert "Emissions." in run_command("show", "footprints", "-d", "toy")


@pytest.mark.parametrize("command", [["query", "NAME", "select 1"], ["show", "NAME"]])
def test_a_path_is_no_name(published, command):
    other = published.parents[1] / "other.duckdb"
    published.rename(other)
    for name in ("../other", str(other.with_suffix(""))):
        asked = [name if word == "NAME" else word for word in command]
        refused = refusal_of(run_command, *asked)
        assert f"dataset name {name!r} is not allowed" in refused


@pytest.mark.usefixtures("published")
def test_json_has_no_numbers_that_are_none():
    def refuse(word: str) -> None:
        raise AssertionError(word)

    text = answer("select 'nan'::double as n, '-inf'::float as i, 1.10 as d", "json")
    assert json.loads(text, parse_constant=refuse) == [{"n": None, "i": None, "d": 1.1}]


@pytest.mark.usefixtures("published")
def test_show_marks_a_synthetic_dataset():
    text = run_command("show", "toy")
    assert "SYNTHETIC" in text
    assert "carbonshed query toy" in text


def in_a_home_of_its_own(folder: Path, *words: str) -> subprocess.CompletedProcess:
    """Run ``carbonshed query toy`` as a process with an empty home folder."""
    home = folder / "home"
    home.mkdir(exist_ok=True)
    return run_program("query", "toy", *words, cwd=folder, HOME=str(home))


@pytest.mark.parametrize(
    "pragma", ["pragma tpch(1)", "pragma create_fts_index('footprints', 'a', '*')"]
)
def test_no_extension_is_fetched_for_a_pragma(published, pragma):
    folder = published.parents[2]
    done = in_a_home_of_its_own(folder, pragma, "--files")
    assert done.returncode == 1
    assert "is not in the catalog" in done.stderr
    assert "only one read-only statement is allowed: SELECT" in done.stderr
    assert "ownload" not in done.stderr
    assert list((folder / "home").iterdir()) == [], "no folder for extensions"


@pytest.mark.parametrize("is_there", [True, False])
@pytest.mark.parametrize(
    "statement", ["import database 'backup'", "pragma import_database('backup')"]
)
def test_nothing_is_opened_of_what_is_refused(published, statement, is_there):
    folder = published.parents[2]
    if is_there:
        (folder / "backup").mkdir()
        for name in ("schema.sql", "load.sql"):
            os.mkfifo(folder / "backup" / name)  # whoever opens it waits for ever
    done = in_a_home_of_its_own(folder, statement, "--files")
    assert done.returncode == 1
    assert "only one read-only statement is allowed: SELECT" in done.stderr
    assert "Cannot open file" not in done.stderr, "that would tell what exists"
    assert len(done.stderr.splitlines()) <= 2


@pytest.mark.parametrize("files", [True, False])
@pytest.mark.parametrize(
    ("sql", "function"),
    [
        (
            "from enable_logging('QueryLog', storage='file', storage_path='log')",
            "enable_logging",
        ),
        ('select 1 where exists (from "ENABLE_LOGGING"())', "enable_logging"),
        ("with x as (from system.main.enable_logging()) from x", "enable_logging"),
        ("from enable_profiling(save_location='log')", "enable_profiling"),
        ("from disable_logging()", "disable_logging"),
        ("from truncate_duckdb_logs()", "truncate_duckdb_logs"),
        ("from checkpoint()", "checkpoint"),
        ("from query('from enable_logging()')", "query"),
        (
            "from json_execute_serialized_sql(json_serialize_sql('select 1'))",
            "json_execute_serialized_sql",
        ),
        ("select write_log('x')", "write_log"),
        ("from pandas_scan(0)", "pandas_scan"),
        ("from duckdb_secrets()", "duckdb_secrets"),
        ("pivot (from enable_logging()) on x using count(*)", "enable_logging"),
        (
            "pivot (from enable_logging\u00a0()) on x using count(*)",
            "enable_logging",
        ),
        ("pivot (select write_log('a') as x from footprints) on x", "write_log"),
    ],
)
@pytest.mark.usefixtures("published")
def test_functions_that_do_more_than_read_are_no_question(
    sql, function, files, tmp_path
):
    with (
        open_published("toy", reads_files=files) as connection,
        pytest.raises(CarbonshedError) as refusal,
    ):
        run_query(connection, sql).fetchall()
    said = f"a question cannot use the function {function!r}"
    assert said in str(refusal.value)
    assert not (tmp_path / "log").exists()


@pytest.mark.parametrize(
    "sql",
    [
        "from range(3)",
        "select unnest([1, 2]), count(*) over () from footprints",
        "from generate_series(1, 3) as days(day), footprints",
        "select table_name from duckdb_tables()",
        "pragma table_info('footprints')",
        "show tables",
        "summarize footprints",
        "from histogram(footprints, footprint)",
        "from query_table('footprints')",
        "select region_id as query, 1 as checkpoint from footprints",
        "pivot footprints on region_id",
    ],
)
@pytest.mark.usefixtures("published")
def test_functions_that_only_read_may_be_used(sql):
    with open_published("toy") as connection:
        assert run_query(connection, sql).fetchall()
