"""A user's scenarios on their way into the warehouse, and refused before it."""

import json
import shutil

import duckdb
import pytest

NAME = "required-only"
HEADER = "scenario_id,year,region_id,sector_id,category_id,lever,kind,value"
STAGED = "select * from staging.stg_user_scenarios order by row_number"


@pytest.fixture
def mine(required_only, project, small_project):
    """Yield the folder of a user, beside a copy of a dataset and its warehouse."""
    assert required_only.name == NAME
    root = small_project.root
    shutil.copytree(project.root / "data" / NAME, root / "data" / NAME)
    small_project.warehouse(NAME).parent.mkdir(exist_ok=True)
    shutil.copy(required_only.warehouse, small_project.warehouse(NAME))
    folder = root / "it's mine"
    folder.mkdir()
    yield folder
    shutil.rmtree(folder)
    shutil.rmtree(root / "data" / NAME)
    small_project.warehouse(NAME).unlink()


def build(project, **variables):
    return project.dbt("build", NAME, "--select", "stg_user_scenarios", **variables)


def staged(project):
    with duckdb.connect(str(project.warehouse(NAME)), read_only=True) as connection:
        return connection.sql(STAGED).fetchall()


def test_the_rows_of_a_file_are_staged(mine, small_project):
    file = "it's mine/{{ what if }}.csv"  # a name, which nobody renders
    template = ("carbonshed", "template", "scenarios", file, "--dataset", NAME)
    small_project.run(*template).must_pass()
    path = small_project.root / file
    lines = path.read_text("utf-8").splitlines()
    odd = '"it\'s ""odd"", åä",,,,,demand,cap,1e-3,'
    path.write_text("\n".join([lines[0], odd, lines[2]]), "utf-8")
    build(small_project, scenarios=file).must_pass()
    everywhere = (None,) * 4
    best = (None, "mean", None, None)
    at = (None, None, None, 1e-3)
    assert staged(small_project) == [
        (1, 2, 'it\'s "odd", åä', *everywhere, "demand", "cap", *at, True),
        (2, 3, "cleaner", *everywhere, "intensity", "benchmark", *best, False),
    ]


def test_scenarios_that_are_kept_are_read_where_no_var_names_others(
    mine, small_project
):
    path = mine / "mine.csv"
    path.write_text(f"{HEADER}\n减排,,,,,intensity,factor,0.5\n", "utf-8")
    kept = small_project.root / "data" / NAME / "scenarios.csv"
    shutil.copy(path, kept)
    build(small_project).must_pass()
    assert [row[2] for row in staged(small_project)] == ["减排"]
    path.write_text(f"{HEADER}\nother,,,,,intensity,factor,0.5\n")
    build(small_project, scenarios="it's mine/mine.csv").must_pass()
    assert [row[2] for row in staged(small_project)] == ["other"]
    kept.write_text(f"{HEADER}\na,,Atlantis,,,intensity,factor,1\n")
    build(small_project).must_refuse(
        f"data/{NAME}/scenarios.csv: line 2: `region_id` has"
    )
    kept.unlink()
    build(small_project).must_pass()
    assert staged(small_project) == []


def last_run(project):
    """Return the run that has changed the warehouse last."""
    with duckdb.connect(project.warehouse(NAME), read_only=True) as connection:
        return connection.sql("from main.last_run").fetchall()


def test_what_cannot_be_chosen_stops_the_build_before_it_begins(mine, small_project):
    before = last_run(small_project)
    template = """{{ run_query("copy (select 1) to 'written.csv'") }}"""
    (mine / "bad.csv").write_text(
        f"{HEADER}\na,,Atlantis,,,intensity,factor,1\nb,,,,,intensity,cap,-1\n"
    )
    for variables, fragments in (
        (
            {"scenarios": "it's mine/bad.csv"},
            ["it's mine/bad.csv: 3 problems:", "line 2: `region_id`", "'Atlantis'"],
        ),
        ({"scenarios": template}, [f"{template}: no such file"]),
        (
            {
                "super_emiter_rule": "it's",
                "super_emitter_rule": "tops",
                "peak_projection": "never",
                "income_year": 1066,
                "receivers_share": 60,
            },
            [
                "'super_emiter_rule' is not known (did you mean 'super_emitter_rule'?)",
                "super_emitter_rule is 'tops'; expected one of top_decile, ",
                "peak_projection is 'never'; expected one of mi_2017",
                "income_year is '1066'; expected one of ",
                "receivers_share is '60'; expected a share",
            ],
        ),
    ):
        build(small_project, **variables).must_refuse(*fragments)
        assert last_run(small_project) == before
    assert not (small_project.root / "written.csv").exists()


def test_the_var_of_the_profile_reads_no_environment(small_project, tmp_path):
    """It is rendered by dbt before any hook could refuse it."""
    secret = "hush-4711"  # a legal name of a dataset, too
    asked = "env_var('CARBONSHED_SECRET')"
    template = f"{{{{ print({asked}) }}}}{{{{ log({asked}) }}}}{{{{ {asked} }}}}"
    folders = ("--target-path", str(tmp_path), "--log-path", str(tmp_path))
    environment = {**small_project.environment, "CARBONSHED_SECRET": secret}
    with small_project.in_environment(environment):
        result = small_project.run(
            *("dbt", "--debug", "parse", "--log-level-file", "debug", *folders),
            *("--vars", json.dumps({"dataset": template})),
        )
    files = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert all(secret.encode() not in content for content in files)
    assert secret not in result.text
    assert result.code == 2, result
    assert "no template" in result.text
    assert any(b"no template" in content for content in files)  # the log
