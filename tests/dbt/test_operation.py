"""What happens to files of other versions, of somebody else, and while others work."""

import re

import duckdb
import pytest
from support.tiny_folder import TinyFolder

pytestmark = pytest.mark.slow

NAME = "operated"


@pytest.fixture(scope="module")
def operated(small_project, tmp_path_factory):
    """Ingest two regions; return what runs dbt on them."""
    folder = TinyFolder(tmp_path_factory.mktemp("tidy") / "tiny").write()
    small_project.ingest(folder, NAME).must_pass()

    def run(*arguments):
        if not small_project.warehouse(NAME).exists():  # staging reads seeds too
            small_project.dbt("seed", NAME)
        return small_project.dbt("run", NAME, *arguments)

    return run


def ask(project, sql, *, read_only=True):
    with duckdb.connect(project.warehouse(NAME), read_only=read_only) as connection:
        return connection.sql(sql).fetchall() if read_only else connection.execute(sql)


def test_what_an_earlier_version_has_built_is_built_anew(operated, small_project):
    operated().must_pass()
    passed = "select count(*) from main.nodes where has_passed"
    ((all_passed,),) = ask(small_project, passed)
    operated("--select", "stg_regions").must_pass()
    assert ask(small_project, passed) == [(all_passed,)]

    ask(small_project, "alter table main.last_run drop layout", read_only=False)
    operated("--select", "stg_regions").must_pass()
    ((left,),) = ask(small_project, passed)
    assert 0 < left < all_passed, "of all that was built before nothing has passed"
    small_project.dbt("seed", NAME).must_pass()
    operated().must_pass()
    assert ask(small_project, passed) == [(all_passed,)]


def test_what_a_newer_version_has_built_is_refused_by_name(operated, small_project):
    operated().must_pass()
    ask(small_project, "update main.last_run set layout = 99", read_only=False)
    before = small_project.warehouse(NAME).read_bytes()
    operated().must_refuse(
        f"warehouse/{NAME}.duckdb", "newer version", "move the file away"
    )
    assert small_project.warehouse(NAME).read_bytes() == before
    small_project.warehouse(NAME).unlink()


def test_a_database_of_somebody_else_is_left_alone(operated, small_project):
    path = small_project.warehouse(NAME)
    path.unlink(missing_ok=True)
    ask(small_project, "create table mine as select 1 as one", read_only=False)
    operated().must_refuse("is no warehouse that Carbonshed has built")
    tables = "select schema_name, table_name from duckdb_tables()"
    assert ask(small_project, tables) == [("main", "mine")]
    path.unlink()


def test_a_file_that_is_no_database_is_named_without_a_traceback(
    operated, small_project
):
    path = small_project.warehouse(NAME)
    path.write_bytes(b"no database" * 1000)
    refused = operated()
    assert refused.code != 0
    assert "is damaged, or no warehouse" in refused.text, refused
    assert "move it away" in refused.text
    assert "Traceback" not in refused.text
    path.unlink()


def test_a_build_has_the_dataset_to_itself_from_the_first_word(
    operated, small_project, tmp_path
):
    """Also while dbt reads the project; and dbt goes on with the same right to it."""
    folder = TinyFolder(tmp_path / "tiny").write()
    others = (
        ("remove", NAME, "--yes"),
        ("build", NAME),
        ("ingest", "tidy", str(folder), "--name", NAME),
    )
    flags = ("--", "--select", "stg_regions", "--threads", "1")
    build = small_project.start("carbonshed", "build", NAME, *flags)
    said = ""
    while "dbt reads the project" not in said:
        said += build.stdout.readline()
    for words in others:
        small_project.run("carbonshed", *words).must_refuse(
            f"dataset '{NAME}' is in use by process {build.pid}, since"
        )
    rest, _ = build.communicate()
    assert "OK created sql view model staging.stg_regions" in rest, said + rest
    assert not (small_project.root / f"data/.{NAME}.lock").exists()


# files of four models; an ERROR ends the query, or a hook that comes after it
MADE = {
    "a_table.sql": "{{ config(materialized='TABLE') }} select NUMBER + ERROR as one",
    "a_view.sql": "{{ config(materialized='VIEW') }} select NUMBER as one",
    "promised.sql": "select cast(NUMBER + ERROR as integer) as one",
    "of_python.py": """
import pyarrow
def model(dbt, session):
    dbt.config(materialized="table")
    return pyarrow.table({"one": [NUMBER]})
""",
    "made.yml": """
models:
  - {name: a_view, config: {post_hook: select ERROR}}
  - {name: of_python, config: {post_hook: select ERROR}}
  - name: promised
    config: {materialized: table, contract: {enforced: true}}
    columns: [{name: one, data_type: integer, constraints: [{type: not_null}]}]
""",
}


def test_a_model_that_fails_leaves_what_it_had_made(operated, small_project):
    folder = small_project.root / "models" / "staging"
    names = [name.split(".")[0] for name in MADE if name != "made.yml"]

    def run(number, error="0", table="table", view="view"):
        words = {"NUMBER": number, "ERROR": error, "TABLE": table, "VIEW": view}
        for name, text in MADE.items():
            written = re.sub("[A-Z]{4,}", lambda word: words[word.group()], text)
            (folder / name).write_text(written, encoding="utf-8")
        return operated("--select", *names)

    def tables():
        kinds = "select table_name, table_type from information_schema.tables"
        kinds = dict(ask(small_project, f"{kinds} where table_schema = 'staging'"))
        return {
            name: (kinds[name], *ask(small_project, f"select one from staging.{name}"))
            for name in names
        }

    table, view = "BASE TABLE", "VIEW"
    try:
        run("1").must_pass()
        first = dict.fromkeys(names, (table, (1,))) | {"a_view": (view, (1,))}
        assert tables() == first
        nullable = "select is_nullable from duckdb_columns() where table_name = '{}'"
        assert ask(small_project, nullable.format("promised")) == [(False,)]

        failed = run("2", error="cast($$spoiled$$ as integer)")
        assert all(f"Failure in model {name}" in failed.text for name in names), failed
        assert tables() == first

        run("3", table="view", view="table").must_pass()
        second = dict.fromkeys(names, (table, (3,))) | {"a_table": (view, (3,))}
        assert tables() == second
    finally:
        for name in MADE:
            (folder / name).unlink(missing_ok=True)
