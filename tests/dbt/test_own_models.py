"""Models of one's own beside Carbonshed's: what is published, dropped and refused."""

import json
import re
import shutil
from copy import copy

import duckdb
import pytest
from support.copies import CHECKOUT, copy_project
from support.mart_contract import ANALYSES
from support.refusals import assert_names
from support.same_marts import copied, differing_columns

# enough for what is refused before the models
FEW_PARTS = ("dbt_project.yml", "models/staging", "models/docs", "macros", "seeds")

# files of the project of one's own, beside those of init
OWN_MODELS = {
    "models/half.sql": "{{ config(materialized='ephemeral') }}\n"
    "select region_id, footprint_rank * {{ var('my_factor') }} as half\n"
    "from {{ ref('my_ranking') }}",
    "models/halves.sql": "select * from {{ ref('half') }}",
    "models/a_view.sql": "{{ config(materialized='view') }}\n"
    "select * from {{ ref('my_ranking') }}",
    "models/a_draft.sql": "{{ config(schema='draft') }}\n"
    "select region_id from {{ ref('my_ranking') }}",
    "models/own.yml": """
models:
  - name: a_draft
    columns:
      - name: region_id
        data_tests: [{accepted_values: {arguments: {values: [nowhere]}}}]
  - name: net_import
    columns:
      - {name: region_name, config: {meta: {label: Zone, unit: zones}}}
      - {name: net_import, config: {meta: {label: Earned, unit: EUR}}}
""",
    "snapshots/own.yml": """
snapshots:
  - name: history
    relation: ref('my_ranking')
    config:
      schema: null
      unique_key: [year, stressor_id, region_id]
      strategy: check
      check_cols: [footprint_rank]
""",
    "analyses/own.yml": """
analyses:
  - {name: who_is_first, description: Whose footprint is largest? By rank.}
  - {name: a_note, description: No question.}
""",
    "analyses/who_is_first.sql": "select region_name as first\n"
    "from {{ ref('my_ranking') }} as ranking\n"
    "inner join {{ ref('carbonshed', 'regions') }} using (region_id, region_name)\n"
    "where footprint_rank = 1 and stressor_id = 'co2'",
    "analyses/a_note.sql": "select 1 as one",
}
# the example of the page
PAGE = (CHECKOUT / "docs" / "own_project.md").read_text("utf-8")
# in a folder of the name of a subject
(OWN_MODELS["models/accounts/net_import.sql"],) = re.findall(
    r"^```sql\n(.+?)^```$", PAGE, re.M | re.S
)
PUBLISHED_OF_MINE = ("my_ranking", "halves", "net_import")
VARS = {"my_factor": 0.5}


def write(root, files):
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")


def published(warehouse):
    return warehouse.parent / "published" / warehouse.name


@pytest.fixture(scope="session")
def beside(mine, tmp_path_factory):
    """Return a project of one's own with more models, a snapshot and a question."""
    project = copy(mine)
    project.root = tmp_path_factory.mktemp("beside") / "mine"
    made = shutil.ignore_patterns("data", "warehouse", "target", "logs")
    shutil.copytree(mine.root, project.root, symlinks=True, ignore=made)
    write(project.root, OWN_MODELS)
    return project


@pytest.fixture(scope="session")
def own_build(beside, three_cities):
    """Build the three cities in that project, where a draft fails."""
    with (beside.root / "dbt_project.yml").open("a", encoding="utf-8") as file:
        file.write("\nvars: {carbonshed: {memory_gb: 3}}\n")
    folder = CHECKOUT / "docs" / "examples" / three_cities.stem
    beside.ingest(folder, three_cities.stem).must_pass()
    result = beside.dbt("build", three_cities.stem, **VARS)
    assert result.code == 1, result
    return result.text


def asked(path, sql):
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.sql(sql).fetchall()


def names(path, schema="marts"):
    rows = asked(path, "select schema_name, table_name from duckdb_tables()")
    return {table for of, table in rows if of == schema}


# but for ids and times of the ingest, and what the project's own models add
SHARED_PARTS = {
    "dataset": "* exclude (dataset_id, ingested_at) from '{}'",
    "columns": f"* from '{{}}' where mart not in {PUBLISHED_OF_MINE}",
    "questions": "* from '{}' where question_id <> 'who_is_first'",
}


def test_marts_are_those_of_a_clone_row_for_row(
    own_build, beside, three_cities, tmp_path
):
    warehouse = beside.warehouse("three_cities")
    own, clone = (
        copied(warehouse, tmp_path / "own"),
        copied(three_cities, tmp_path / "clone"),
    )
    for mart in PUBLISHED_OF_MINE:
        (own / f"{mart}.parquet").unlink()
    for folder in (own, clone):
        for mart, part in SHARED_PARTS.items():
            path = folder / f"{mart}.parquet"
            duckdb.sql(f"select {part.format(path)}").to_table(mart)
            duckdb.sql(f"copy {mart} to '{path}'; drop table {mart}")
    assert differing_columns(own, clone) == []
    own, clone = published(warehouse), published(three_cities)
    described = (
        "select table_name, column_name, data_type, is_nullable, comment"
        f" from duckdb_columns() where table_name not in {PUBLISHED_OF_MINE}"
        " union all select table_name, null, null, null, comment from duckdb_tables()"
        f" where table_name not in {PUBLISHED_OF_MINE} order by all"
    )
    assert asked(own, described) == asked(clone, described)
    assert len(asked(own, f"{described} limit 500")) == 500


def test_tables_in_marts_are_published_and_a_draft_that_fails_keeps_nothing_back(
    own_build, beside, three_cities
):
    own = beside.warehouse("three_cities")
    assert names(published(own)) == names(published(three_cities)).union(
        PUBLISHED_OF_MINE
    )
    assert "Nothing that is published is made from it" in own_build
    assert "Published:" in own_build
    assert "Readers still see" not in own_build
    remedy = "a_view is a view, and only tables are published: set materialized: table"
    assert f"Left out:  {remedy}" in own_build
    refused = beside.run("carbonshed", "query", "three_cities", "from a_view")
    refused.must_refuse(remedy)
    table = "table_name = 'my_ranking'"
    about = f"comment from duckdb_tables() where {table}"
    ((comment,),) = asked(published(own), f"select {about}")
    assert comment.startswith("[synthetic data] One row per year, stressor and ranked")
    columns = dict(
        asked(
            published(own),
            f"select column_name, comment from duckdb_columns() where {table}",
        )
    )
    assert (
        columns["footprint_per_capita"] == "Footprint per person. [unit: t per person]"
    )
    keys = asked(
        published(own),
        f"select constraint_column_names from duckdb_constraints() where {table}"
        " and constraint_type = 'PRIMARY KEY'",
    )
    assert keys == [(["year", "stressor_id", "region_id"],)]
    described = asked(
        published(own),
        'select "column", label, unit, mart_subject from marts.columns'
        " where mart = 'net_import' order by all",
    )
    assert described == [
        ("net_import", "Earned", "EUR", None),
        ("region_name", "Zone", "zones", None),
    ]
    ((choices,),) = asked(own, "select choices from main.last_run")
    assert json.loads(choices) == {"memory_gb": "3"} | VARS


def test_a_question_of_ones_own_is_answered(own_build, beside):
    of_cities = ("--dataset", "three_cities")
    answer = beside.run("carbonshed", "ask", "who_is_first", *of_cities).must_pass()
    expected = "select region_name from marts.my_ranking where footprint_rank = 1"
    rows = asked(published(beside.warehouse("three_cities")), expected)
    assert rows
    assert rows[0][0] in answer.text
    listed = beside.run("carbonshed", "ask", *of_cities).must_pass().text
    assert "who_is_first" in listed
    assert "a_note" not in listed


def test_commands_work_in_a_folder_of_the_project(own_build, beside):
    inside = copy(beside)
    inside.root = beside.root / "notes" / "2026"
    inside.root.mkdir(parents=True)
    opened = (
        "import carbonshed\n"
        "with carbonshed.open('three_cities') as db: print(len(db.df('my_ranking')))"
    )
    of_cities = ("--dataset", "three_cities")
    for command, answer in (
        (("carbonshed", "list"), "three_cities"),
        (("carbonshed", "show", "three_cities", "my_ranking"), "t per person"),
        (
            ("carbonshed", "query", "three_cities", "select max(half) from halves"),
            "1.5",
        ),
        (("python", "-c", opened), "\n3\n"),
        (("carbonshed", "template", "scenarios", "own.csv", *of_cities), "own.csv"),
        (("carbonshed", "whatif", "own.csv", *of_cities), "Emissions avoided"),
        (("carbonshed", "report", "three_cities", "--no-pictures"), "index.html"),
    ):
        text = inside.run(*command).must_pass().text
        assert answer in f"\n{text}", (command, text)
    assert {path.name for path in inside.root.iterdir()} == {"own.csv"}
    pages = [*(beside.root / "reports" / "three_cities").rglob("*.html")]
    assert len(pages) > 10
    text = "".join(page.read_text("utf-8") for page in pages)
    heads = {*re.findall(r'<th scope="col"[^>]*>([^<]*)', text)}
    assert "City" in heads
    assert not {head for head in heads if "Zone" in head}


def test_what_is_renamed_goes_and_what_is_not_published_stays(own_build, beside):
    """After a failure of a model of one's own, too."""
    warehouse = beside.warehouse("three_cities")
    before = asked(published(warehouse), "select build_id from marts.publication")
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("create table marts.made_by_hand as select 1 as one")
    for path in ("models/a_draft.sql", "models/own.yml", "snapshots/own.yml"):
        (beside.root / path).unlink()
    (beside.root / "models/halves.sql").rename(beside.root / "models/shares.sql")
    fails = "data_tests: [{accepted_values: {arguments: {values: [nowhere]}}}]"
    of_shares = "models: [{name: shares, columns: [{name: region_id, %s}]}]"
    write(beside.root, {"models/shares.yml": of_shares % fails})
    select = ("--select", "shares", "questions", "columns")
    result = beside.dbt("build", "three_cities", *select, **VARS)
    assert result.code == 1, result
    assert "Readers still see the previous publication" in result.text
    assert asked(published(warehouse), "select build_id from marts.publication") == (
        before
    )
    status = beside.run("carbonshed", "status", "three_cities").text
    assert "accepted_values_shares_region_id__nowhere" in status
    assert "readers still see the previous publication" in status

    write(beside.root, {"models/shares.yml": of_shares % "description: Its id."})
    beside.dbt("build", "three_cities", *select, **VARS).must_pass()
    own = names(published(warehouse))
    assert {"shares", "my_ranking"} <= own
    assert own.isdisjoint({"halves", "history", "made_by_hand", "a_draft"})
    assert {"history", "made_by_hand"} <= names(warehouse)
    assert names(warehouse, "marts_draft") == {"a_draft"}
    assert "halves" not in names(warehouse)


def replace(path, before, after):
    text = path.read_text("utf-8")
    assert text.count(before) == 1, (path, before)
    path.write_text(text.replace(before, after), "utf-8")


def test_a_new_version_is_taken_over_without_a_new_solve(own_build, beside, tmp_path):
    """By `carbonshed init`, which links it; pip would put it in the earlier's place."""
    upgraded = copy(beside)
    upgraded.root = tmp_path / "mine"
    shutil.copytree(beside.root, upgraded.root, symlinks=True)
    installed = tmp_path / "installed"
    shutil.copytree(beside.installed, installed)
    upgraded.environment = beside.environment | {"PYTHONPATH": str(installed)}
    package = installed / "carbonshed" / "project"
    replace(installed / "carbonshed" / "__init__.py", '"0.1.0"', '"0.2.0"')
    replace(package / "dbt_project.yml", '&version "0.1.0"', '&version "0.2.0"')
    mart = package / "models" / "marts" / "accounts" / "footprint_rankings.sql"
    replace(mart, "'t' as unit", "'tonne' as unit")

    def run(*command):
        process = upgraded.start(*command)
        text, _ = process.communicate()
        assert process.returncode == 0, text
        return text

    assert "on Carbonshed 0.2.0" in run("carbonshed", "init", ".")
    words = json.dumps({"dataset": "three_cities", **VARS})
    select = ("--select", "solves", "footprint_rankings")
    text = run("dbt", "build", "--vars", words, *select)
    assert "unchanged since it was solved" in text
    warehouse = upgraded.warehouse("three_cities")
    units = asked(warehouse, "select distinct unit from marts.footprint_rankings")
    assert units == [("tonne",)]


def test_vars_choose_models_as_in_a_clone(mine, three_cities):
    """The dataset is new: the store of an earlier solve would hide it."""
    mine.ingest(CHECKOUT / "docs" / "examples" / "two_towns", "two_towns").must_pass()
    chosen = {"analyses": False, "by_origin": True, "leontief_inverse": True}
    with mine.untested():
        warehouse = mine.build("two_towns", **chosen)
    assert names(three_cities) - names(warehouse) == ANALYSES
    assert len(ANALYSES) > 10
    assert names(warehouse) - names(three_cities) == {"my_ranking"}
    store = mine.root / "warehouse" / "solved" / "two_towns"
    solved = {path.stem.split(".")[0] for path in store.rglob("*.parquet")}
    assert {"leontief_inverse", "intensities_by_origin"} <= solved
    assert not solved & {
        "covariances",
        "import_multipliers",
        "link_shares",
        "covered_intensities",
    }


# a project that has nothing of what Carbonshed asks for
BARE = {
    "dbt_project.yml": "name: bare\nversion: '1.0.0'\nprofile: carbonshed\n",
    "models/own.sql": "select 1 as one",
}
A_MART = {
    "models/marts/a_mart.sql": "select 1 as one",
    "models/marts/a_mart.yml": "models: [{name: a_mart, columns: [{name: one,"
    " data_type: integer, data_tests: [not_null]}]}]",
}
SEED = ("seed", "--select", "allocation_rules")


@pytest.fixture
def bare(small_project, tmp_path):
    """Return a project without a flag, on a package with one mart."""
    root = tmp_path / "bare"
    package = root / "dbt_packages" / "carbonshed"
    copy_project(package, FEW_PARTS)
    write(package, A_MART)
    write(root, BARE)
    shutil.copy(CHECKOUT / "profiles.yml", root)
    return type(small_project)(root, ())


def refused(project, *parts):
    """Run dbt, which must say why not, and make nothing."""
    result = project.run("dbt", *SEED)
    assert result.code == 2, result
    assert_names(result.text, *parts)
    assert "START seed" not in result.text
    for warehouse in project.root.glob("warehouse/*.duckdb"):
        assert asked(warehouse, "from duckdb_tables()") == []


def test_settings_that_reach_carbonshed_are_refused_before_anything_runs(bare):
    """Without a flag that would make dbt stop, and all of them at once."""
    settings = (
        "models: {+materialized: view, +schema: wild}\ndata_tests: {+severity: warn}\n"
    )
    write(
        bare.root,
        {
            "dbt_project.yml": BARE["dbt_project.yml"] + settings,
            "models/impact_factors.sql": "select 1 as one",
        },
    )
    refused(
        bare,
        "models/impact_factors.sql: the model impact_factors of bare takes the place",
        "in stg_impact_factors",
        "`require_ref_searches_node_package_before_root: true`",
        "1 of Carbonshed's marts, as a_mart, would be made as view wild.",
        "would let bad rows pass (severity: warn)",
        "below `bare:`, the name of your project",
    )


def test_a_profile_that_opens_another_file_is_refused_before_anything_runs(bare):
    dataset = "vars: {dataset: towns}\n"
    write(bare.root, {"dbt_project.yml": BARE["dbt_project.yml"] + dataset})
    refused(
        bare,
        "the profile opens warehouse/usa_states.duckdb",
        "dataset towns belongs into warehouse/towns.duckdb",
    )
    write(bare.root, BARE)
    profile = (bare.root / "profiles.yml").read_text("utf-8")
    (bare.root / "profiles.yml").write_text(profile.partition("      plugins:")[0])
    refused(bare, "does not load Carbonshed's plugin", "take profiles.yml as")


def test_what_is_no_mart_cannot_be_read_by_another_project(bare):
    reads = "select * from {{ ref('carbonshed', 'stg_impact_factors') }}"
    write(bare.root, {"models/own.sql": reads})
    refused(bare, "model.bare.own", "not allowed because the referenced node is")


def test_dbt_from_another_folder_is_refused_before_anything_is_written(
    small_project, tmp_path
):
    project = small_project.root
    elsewhere = type(small_project)(tmp_path / "elsewhere", ())
    elsewhere.root.mkdir()
    folders = ("--project-dir", str(project), "--profiles-dir", str(project))
    result = elsewhere.run("dbt", *SEED, *folders)
    assert result.code == 2, result
    assert_names(result.text, f"cd {project}", str(elsewhere.root))
    assert list(elsewhere.root.iterdir()) == []
