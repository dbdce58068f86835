"""The vars of a build: known, misspelt, and out of what there is."""

import re
from pathlib import Path

import pytest
import yaml
from support.refusals import refusal_of

from carbonshed.dbt_plugin.vars import (
    BuildVars,
    changed_choices,
    check_variables,
    dataset_of,
)
from carbonshed.names import DEFAULT_NAME

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("macros", "models", "python_models", "analyses")
NAMES = list(BuildVars.model_fields)
VAR = re.compile(r"""\b(?:(?:chosen_)?var|is_chosen)\(\s*["']([^"']+)["']""")
RENDERED = re.compile(r"\bvar\(")


@pytest.fixture(autouse=True)
def seeds(tmp_path, monkeypatch):
    """Work in a project with the seeds that list what may be chosen."""
    (tmp_path / "dbt_project.yml").touch()
    folder = tmp_path / "seeds"
    folder.mkdir()
    (folder / "super_emitter_rules.csv").write_text("rule_id,kind\ntop,a\nhalf,b\n")
    (folder / "peak_projections.csv").write_text('projection_id\n"one, two"\n')
    (folder / "income_bands.csv").write_text(
        "gni_year,band\n2012,low\n2012,high\n2013,low\n"
    )
    (folder / "error_rules.csv").write_text(
        "uncertainty_rule,component\nshared,emissions\nsingle,emissions\n"
    )
    monkeypatch.chdir(tmp_path)
    return folder


def refusal(**chosen):
    return refusal_of(check_variables, chosen)


def test_values_get_their_types():
    assert check_variables({}) == BuildVars()
    assert check_variables(dict.fromkeys(NAMES)) == BuildVars()
    variables = check_variables(
        {
            "dataset": "any",
            "scenarios": "any.csv",
            "super_emitter_rule": "half",
            "peak_projection": "one, two",
            "income_year": "2013",
            "receivers_share": "1",
            "error_rule": "single",
            "solver": "dask",
            "scheduler": "tcp://10.0.0.1:8786",
            "shared": "s3://bucket/folder",
            "memory_gb": "0.5",
            "analyses": "False",
        }
    )
    assert variables.super_emitter_rule == "half"
    assert (variables.receivers_share, variables.memory_gb) == (1.0, 0.5)
    assert (variables.analyses, variables.by_origin) == (False, False)
    assert variables.leontief_inverse is False


def test_the_dataset_comes_from_the_var_or_the_environment(monkeypatch):
    monkeypatch.delenv("CARBONSHED_DATASET", raising=False)
    assert dataset_of({}) == DEFAULT_NAME
    monkeypatch.setenv("CARBONSHED_DATASET", "other")
    assert dataset_of({}) == "other"
    assert dataset_of({"dataset": "mine"}) == "mine"
    assert dataset_of({"dataset": None}) == "None"  # a name that is refused


def test_vars_at_their_defaults_are_not_repeated():
    texts = {"dataset": "x", "income_year": "2013", "solver": "direct"}
    texts |= {"analyses": "False", "by_origin": "False", "scenarios": None}
    choices = changed_choices(texts)
    assert choices == {"income_year": "2013", "solver": "direct", "analyses": "False"}


@pytest.mark.parametrize(
    ("name", "value", "options"),
    [
        ("super_emitter_rule", "tops", "one of top, half"),
        ("super_emitter_rule", "", "one of top, half"),
        ("peak_projection", "one", "one of one, two"),
        ("income_year", "2014", "one of 2012, 2013"),
        ("error_rule", "singel", "one of shared, single (`uncertainty_rule` in seeds"),
        ("income_year", "True", "one of 2012, 2013"),
        ("receivers_share", "0", "above 0 and up to 1"),
        ("receivers_share", "60", "above 0 and up to 1"),
        ("receivers_share", "60 %", "above 0 and up to 1"),
        ("receivers_share", "nan", "above 0 and up to 1"),
        ("link_cutoff", "0", "a share of emissions, above 0 and up to 1"),
        ("path_cutoff", "2", "a share of a footprint, above 0 and up to 1"),
        ("smallest_share", "-0.001", "a share of a footprint, 0 or more and below 1"),
        ("smallest_share", "1", "a share of a footprint, 0 or more and below 1"),
        ("smallest_share", "", "a share of a footprint, 0 or more and below 1"),
        ("scenarios", "", "the path of a CSV file"),
        ("solver", "fast", "one of auto, direct, streamed"),
        ("scheduler", "no-such.json", "the address of a Dask scheduler"),
        ("scheduler", "tcp://{{ 1 }}", "the address of a Dask scheduler"),
        ("shared", "a/folder", "the URL of a folder in object storage"),
        ("shared", "s3://key:secret@bucket", "object storage, such as s3://bucket"),
        ("memory_gb", "0", "GB of memory that a solve may take, above 0"),
        ("memory_gb", "4 GB", "GB of memory that a solve may take, above 0"),
        ("analyses", "no analyses", "true or false"),
    ],
)
def test_what_there_is_not_is_refused(name, value, options):
    message = refusal(**{name: value})
    assert message.startswith(f"the var {name} is {value!r}; expected ")
    assert options in message


def test_paths_from_a_lower_cutoff_than_links_are_refused():
    message = refusal(path_cutoff="0.0005")
    assert message.startswith("the var path_cutoff is 0.0005; expected 0.001, the var")
    assert "Set link_cutoff as low as path_cutoff" in message
    variables = check_variables({"path_cutoff": "0.0005", "link_cutoff": "5e-4"})
    assert variables.path_cutoff == variables.link_cutoff == 0.0005


def test_misspelt_vars_are_refused_with_all_that_is_wrong():
    message = refusal(super_emiter_rule="top", nobody=None, income_year="1")
    first, second, third = sorted(message.splitlines())
    assert first.startswith("the var 'nobody' is not known; known: dataset")
    assert "(did you mean 'super_emitter_rule'?)" in second
    assert all(name in second for name in NAMES)
    assert third.startswith("the var income_year is '1'")


def test_a_seed_that_is_not_there_is_named(seeds):
    (seeds / "income_bands.csv").unlink()
    assert "seeds/income_bands.csv: the seed cannot be read" in refusal(income_year="1")


def test_every_var_that_the_project_asks_for_is_known():
    """A var that is missing from the list could not be given at all."""
    files = [ROOT / "profiles.yml"]
    for suffix in ("sql", "yml", "py"):
        for folder in FOLDERS:
            files += (ROOT / folder).rglob(f"*.{suffix}")
    used = {name for file in files for name in VAR.findall(file.read_text("utf-8"))}
    assert "dataset" in used
    assert used - set(NAMES) == set()


@pytest.mark.parametrize("profile", ["profiles.yml", "bi/metrics/profiles.yml"])
def test_profiles_have_the_default_dataset_that_commands_have(profile):
    """A profile of dbt cannot ask Python for it."""
    text = (ROOT / profile).read_text("utf-8")
    names = re.findall(r"env_var\('CARBONSHED_DATASET', '(.+?)'\)", text)
    assert names == [DEFAULT_NAME]


def test_no_sql_asks_dbt_to_render_a_var():
    """It would run a text of the user as a template; `chosen_var` takes it as data."""
    files = [
        path.name
        for folder in (*FOLDERS, "tests/data")
        for path in (ROOT / folder).rglob("*.sql")
        if RENDERED.search(path.read_text("utf-8"))
    ]
    assert files == ["chosen_var.sql"]


def test_the_project_file_asks_for_no_var():
    """That of a package sees none of the command line, and would render it here."""
    text = (ROOT / "dbt_project.yml").read_text("utf-8")
    assert not re.search(r"\bvar\(", text)


def test_defaults_of_the_project_are_those_that_are_declared():
    """YAML files read them there, where no Python reaches."""
    project = yaml.safe_load((ROOT / "dbt_project.yml").read_text("utf-8"))
    fields = {name: BuildVars.model_fields[name].default for name in project["vars"]}
    assert project["vars"] == fields
    called = re.compile(r"""\bvar\(\s*["'](\w+)["']\s*\)""")
    asked = {
        name
        for folder in FOLDERS
        for path in (ROOT / folder).rglob("*.yml")
        for name in called.findall(path.read_text("utf-8"))
    }
    assert asked <= fields.keys()


def test_every_var_has_a_help():
    assert all(field.description for field in BuildVars.model_fields.values())
