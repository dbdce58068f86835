"""What a work file says has passed, run by run."""

import duckdb
import pytest

from carbonshed import versions
from carbonshed.publish.work_file import (
    begin_run,
    comment_on_marts,
    describe,
    end_run,
    read_work_file,
    selectors,
    words_of,
)

SEED, STAGED, SUMS = "seed.c.caps", "model.c.staged", "model.c.sums"
TEST, SEED_TEST = "test.c.sums_to_zero.0a1b", "test.c.caps_are_unique.2c3d"
SCHEMAS = {SEED: "seeds", STAGED: "staging", SUMS: "marts"}
PARENTS = {
    SEED: [],
    STAGED: ["source.c.ingested.regions"],
    SUMS: [STAGED, SEED],
    TEST: [SUMS],
    SEED_TEST: [SEED],
}


@pytest.fixture
def connection():
    with duckdb.connect() as opened:
        yield opened


def nodes(**fingerprints: str) -> list[dict[str, object]]:
    """Return the nodes of a project, as a hook tells of them."""
    return [
        {
            "node": node,
            "fingerprint": fingerprints.get(node.split(".")[2], "first"),
            "parents": parents,
            "relation": f"{SCHEMAS[node]}.{node.split('.')[2]}"
            if node in SCHEMAS
            else None,
            "key_of": SUMS if node == TEST else None,
            "key": ["year", "region_id"] if node == TEST else None,
            "package": "c",
            "path": f"{node.split('.')[2]}.sql",
        }
        for node, parents in PARENTS.items()
    ]


def begin(
    connection,
    *selected,
    command="build",
    dataset_id="one",
    project=None,
    inputs="first",
    changed=None,
):
    run = {
        "run_id": "a run",
        "command": command,
        "dbt_version": "1",
        "dataset_id": dataset_id,
        "choices": "{}",
        "inputs": inputs and {"caps.csv": inputs},
        "changed": changed,
    }
    begin_run(connection, run, project or nodes(), selected or tuple(PARENTS))


def end(
    connection,
    *results,
    command="build",
    dataset_id="one",
    is_sample=False,
    are_unchanged=True,
):
    """End a run; nodes pass, and those with a status have it."""
    run = {"command": command, "is_sample": is_sample}
    run["inputs_are_unchanged"] = are_unchanged
    rows = []
    for result in results or tuple(PARENTS):
        node, _, status = result.partition(" ")
        kind, _, name, *_ = node.split(".")
        about = {"node": node, "kind": kind, "name": name, "message": f"no {name}"}
        about |= {"parents": PARENTS[node], "gates": True}
        code = "select 1" if node == SUMS else None
        rows.append(about | {"status": status or "success", "code": code})
    return end_run(connection, run, dataset_id, rows)


def outstanding(connection):
    return set(describe(connection).outstanding)


@pytest.fixture
def built(connection):
    """Return a work file after a whole build that passed."""
    begin(connection)
    assert outstanding(connection) == {SEED, STAGED, SUMS, TEST}, "no tests of seeds"
    assert end(connection) == 4
    assert outstanding(connection) == set()
    return connection


def test_a_whole_build_that_passes_leaves_nothing(built):
    run = describe(built).run
    assert run["is_full"]
    assert run["layout"] == versions.WORK_FILE
    assert built.sql(
        "select key, code from main.nodes where key is not null"
    ).fetchall() == [(["year", "region_id"], "select 1")]


def test_a_part_leaves_what_depends_on_it(built):
    begin(built, SEED)
    end(built, SEED)
    assert outstanding(built) == {SUMS, TEST}
    assert not describe(built).run["is_full"]
    rest = describe(built).build_command("small")
    assert rest.startswith("dbt build --vars 'dataset: small' ")
    assert rest.endswith("--select sums+")
    begin(built, SUMS, TEST)
    end(built, SUMS, TEST)
    assert outstanding(built) == set()


def test_a_failure_is_gone_on_with(built):
    begin(built)
    end(built, SEED, STAGED, f"{SUMS} error", f"{TEST} skipped")
    assert outstanding(built) == {SUMS, TEST}
    assert [(row.name, row.message) for row in describe(built).failures] == [
        ("sums", "no sums")
    ]
    begin(built, SUMS, TEST)
    assert end(built, SUMS, TEST) == 2
    assert outstanding(built) == set()
    assert describe(built).failures == ()


def test_a_run_that_is_killed_has_proven_nothing(built):
    begin(built, STAGED)
    assert describe(built).was_killed
    assert outstanding(built) == {STAGED, SUMS, TEST}


def test_a_test_that_fails_is_selected_alone(built):
    begin(built, TEST, command="test")
    end(built, f"{TEST} fail", command="test")
    assert outstanding(built) == {TEST}
    assert describe(built).build_command("small").endswith("--select sums_to_zero")


def test_a_test_changes_no_model(built):
    """Whatever vars it is given; a build with these is another one."""
    project = nodes(staged="other vars")
    begin(built, TEST, command="test", project=project)
    end(built, TEST, command="test")
    assert outstanding(built) == set()
    begin(built, TEST, project=project)
    assert outstanding(built) == {STAGED, SUMS, TEST}


def test_what_has_changed_is_outstanding_with_what_depends_on_it(built):
    begin(built, STAGED, project=nodes(caps="second"))
    end(built, STAGED)
    assert outstanding(built) == {SEED, SUMS, TEST}
    # a model that was made from what is outstanding is too
    begin(built, SUMS, project=nodes(caps="second"))
    end(built, SUMS)
    begin(built, TEST, project=nodes(caps="second"))
    assert SUMS in outstanding(built)


@pytest.mark.parametrize("change", ["ingest", "layout"])
def test_another_ingest_or_layout_leaves_everything(built, change):
    if change == "layout":
        built.execute("update main.last_run set layout = layout - 1")
    begin(built, SEED, dataset_id="two" if change == "ingest" else "one")
    end(built, SEED, dataset_id="two" if change == "ingest" else "one")
    assert outstanding(built) == {STAGED, SUMS, TEST}


def inputs_of(connection):
    return describe(connection).run["inputs"]


def test_what_all_was_made_from_is_known_until_a_user_selects_other(built):
    assert inputs_of(built) == {"caps.csv": "first"}
    # a part, of just these inputs
    begin(built, STAGED)
    end(built, STAGED)
    assert inputs_of(built) == {"caps.csv": "first"}
    # all that what has changed leads to; it is gone on with after a kill
    begin(built, SEED, SUMS, TEST, inputs="second", changed=["caps.csv"])
    assert inputs_of(built) == {"caps.csv": "second"}
    assert describe(built).run["changed"] == ["caps.csv"]
    assert outstanding(built) == {SEED, SUMS, TEST}
    # a part of it, and nobody knows what else has changed
    begin(built, STAGED, inputs="third")
    end(built, STAGED)
    assert inputs_of(built) is None
    begin(built, SEED, inputs="third")
    assert inputs_of(built) is None
    begin(built, inputs="third")
    assert inputs_of(built) == {"caps.csv": "third"}


def test_a_run_during_which_a_file_has_changed_knows_not_what_it_was_made_from(built):
    begin(built, inputs="second")
    end(built, are_unchanged=False)
    assert inputs_of(built) is None
    begin(built, inputs=None)
    end(built)
    assert inputs_of(built) is None


def test_what_is_left_or_changed_is_selected_with_all_that_depends_on_it(built):
    rows = describe(built).nodes
    assert selectors(rows, [SEED]) == ["caps+"]
    # one name leads to the other
    assert selectors(rows, [STAGED, SUMS, TEST]) == ["staged+"]
    assert selectors(rows, [TEST]) == ["sums_to_zero"]
    assert selectors(rows, []) == []
    # it may read something else by now
    assert selectors(rows, [TEST], [STAGED, SUMS]) == ["staged+", "sums+"]
    assert words_of(["caps+"])[-2:] == ["--select", "caps+"]


def test_a_seed_whose_test_has_failed_is_left(built):
    begin(built, SEED, SUMS, TEST, changed=["caps.csv"])
    end(built, SEED, f"{SEED_TEST} fail", f"{SUMS} skipped", f"{TEST} skipped")
    assert outstanding(built) == {SEED, SUMS, TEST}
    begin(built, SEED, SUMS, TEST)
    end(built, SEED, f"{SEED_TEST} pass", SUMS, f"{TEST} fail")
    assert outstanding(built) == {TEST}


def test_an_ingest_during_a_run_and_a_sample_prove_nothing(built):
    begin(built)
    assert end(built, dataset_id="two") == 0
    assert SUMS in outstanding(built)
    assert end(built, is_sample=True) == 0
    assert SUMS in outstanding(built)


def test_tables_of_models_that_have_left_the_project_go_and_no_others(connection):
    left = "model.c.left"
    more = {"node": left, "relation": "marts.left", "parents": [], "key_of": None}
    begin(connection, project=[*nodes(), nodes()[0] | more])
    connection.execute("create schema marts; create schema staging; create schema mine")
    for table in ("marts.sums", "marts.left", "marts.sums__dbt_tmp", "mine.left"):
        connection.execute(f"create table {table} as select 1 as one")
    # a snapshot, or a table made by hand
    connection.execute("create table marts.history as from marts.sums")
    connection.execute("create view staging.staged as from marts.sums")
    connection.execute("create view staging.staged__dbt_tmp as from marts.sums")
    before = relations(connection)
    begin(connection, SEED, command="test", project=[*nodes(), nodes()[0] | more])
    assert relations(connection) == before
    begin(connection, SEED)
    assert before - relations(connection) == {
        *("marts.left", "marts.sums__dbt_tmp", "staging.staged__dbt_tmp"),
    }
    # the run before has noted nothing of it
    begin(connection, SEED)
    assert "marts.history" in relations(connection)


def relations(connection):
    return {
        f"{schema}.{name}"
        for schema, name in connection.sql(
            "select table_schema, table_name from information_schema.tables"
            " where table_schema <> 'main'"
        ).fetchall()
    }


def test_a_work_file_is_read_from_disk(tmp_path):
    path = tmp_path / "small.duckdb"
    with duckdb.connect(path) as connection:
        begin(connection)
        end(connection)
    assert read_work_file(path).outstanding == {}


def test_comments_say_what_columns_are_with_their_units(connection):
    connection.execute(
        "create schema marts; create table marts.sums as select 1 as Mass, 'a' as name;"
        "create view marts.a_view as from marts.sums;"
        "comment on table marts.sums is 'An earlier text.'"
    )
    columns = {
        "mass": {"description": "What it's of,\n  in all.", "unit": "t"},
        "name": {"description": "", "unit": None},
        "gone": {"description": "No column any more.", "unit": "t"},
    }
    one = {"description": "One row\nper name.", "columns": columns}
    none = {"description": "", "columns": {}}
    nodes = [
        one | {"relation": "marts.sums"},
        one | {"relation": "marts.a_view"},
        one | {"relation": "marts.not_built"},
        none | {"relation": None},
    ]
    comment_on_marts(connection, nodes)
    tables = "select comment from duckdb_tables()"
    assert connection.sql(tables).fetchall() == [("One row per name.",)]
    of_columns = "select comment from duckdb_columns() where table_name = 'sums'"
    assert connection.sql(of_columns).fetchall() == [
        ("What it's of, in all. [unit: t]",),
        (None,),
    ]
    comment_on_marts(connection, [none | {"relation": "marts.sums"}])
    assert connection.sql(tables).fetchall() == [(None,)]
