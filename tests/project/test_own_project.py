"""A dbt project of one's own: the wheel, `carbonshed init`, Carbonshed as a package."""

import json
import re
import shutil
import subprocess
import sys
import zipfile
from copy import copy

from support.copies import CHECKOUT, copy_project
from support.wheels import build_wheel

FOLDERS = (
    *("analyses", "macros", "models", "python_models", "seeds", "semantic"),
    "tests/data",
)
FILES = ("dbt_project.yml", "profiles.yml", "selectors.yml", "bi/metrics/profiles.yml")
PAGE = (CHECKOUT / "docs" / "own_project.md").read_text("utf-8")


PROJECT = "carbonshed/project/"


def names_in(wheel):
    """Return the names of all files of a wheel."""
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def dbt_files(wheel):
    """Return the files of the dbt project that a wheel holds."""
    names = names_in(wheel)
    return {name.removeprefix(PROJECT) for name in names if name.startswith(PROJECT)}


def files_of(*folders):
    """Return the files of folders of the checkout that may be shipped."""
    return {
        path.relative_to(CHECKOUT).as_posix()
        for folder in folders
        for path in (CHECKOUT / folder).rglob("*")
        if path.is_file() and path.parent.name != "__pycache__"
    }


def test_the_wheel_holds_the_dbt_project_also_by_way_of_the_sdist(wheel, tmp_path):
    expected = files_of(*FOLDERS)
    assert len(expected) > 250
    assert dbt_files(wheel) == expected | {*FILES}
    # and nothing else but the package: no table, no map, no work file by accident
    beside = {name for name in names_in(wheel) if not name.startswith(PROJECT)}
    package = {name for name in beside if ".dist-info/" not in name}
    assert package == files_of("carbonshed")
    assert wheel.stat().st_size < 2e6
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", tmp_path],
        cwd=CHECKOUT,
        check=True,
    )
    (sdist,) = tmp_path.glob("*.tar.gz")
    assert dbt_files(build_wheel(tmp_path, sdist)) == expected | {*FILES}


def selected(project, selector):
    """Return the nodes that a selector leaves, but for metrics."""
    keys = ("--output", "json", "--output-keys", "unique_id", "resource_type")
    everything = project.environment | {"DBT_EXCLUDE_RESOURCE_TYPES": ""}
    with project.in_environment(everything):
        listed = project.run("dbt", "ls", "--quiet", "--selector", selector, *keys)
    nodes = map(json.loads, listed.must_pass().text.splitlines())
    of_metrics = ("metric", "semantic_model")
    return {
        node["unique_id"] for node in nodes if node["resource_type"] not in of_metrics
    }


def test_a_build_has_the_same_nodes_as_in_a_clone(mine, project):
    ours, nodes = selected(project, "build"), selected(mine, "build")
    assert len(ours) > 200
    own = {node for node in nodes if node.split(".")[1] == "mine"}
    assert nodes - own == ours
    assert "model.mine.my_ranking" in own
    assert not any(node.startswith("unit_test.") for node in nodes)


def test_the_package_by_git(mine, tmp_path):
    """Its seeds, not those of the wheel, are what one may choose from."""
    repository = tmp_path / "repository"
    copy_project(repository)
    author = ("-c", "user.name=A", "-c", "user.email=a@example.org")
    for words in (
        ("init", "--quiet"),
        ("add", "."),
        (*author, "commit", "--quiet", "--message", "All"),
        ("tag", "v0.1.0"),
    ):
        subprocess.run(["git", *words], cwd=repository, check=True)
    (block,) = re.findall(r"^```yaml\n(.+?)^```$", PAGE, re.M | re.S)
    by_git = copy(mine)
    by_git.root = tmp_path / "by_git"
    by_git.root.mkdir()
    for name in ("dbt_project.yml", "profiles.yml"):
        shutil.copy(mine.root / name, by_git.root)
    packages = block.replace("ADDRESS", repository.as_uri())
    (by_git.root / "packages.yml").write_text(packages, "utf-8")
    by_git.run("dbt", "deps").must_pass()
    package = by_git.root / "dbt_packages" / "carbonshed"
    assert not package.is_symlink()
    rules = package / "seeds" / "super_emitter_rules.csv"
    text = rules.read_text("utf-8")
    assert "\ntop_decile," in text
    rules.write_text(text.replace("\ntop_decile,", "\nuppermost,"), "utf-8")
    choice = ("--vars", "super_emitter_rule: top_decile")
    refused = by_git.run("carbonshed", "build", "usa_states", *choice)
    refused.must_refuse("'top_decile'; expected one of uppermost, cumulative_half")
