"""A dbt project of one's own: the wheel, `carbonshed init`, Carbonshed as a package."""

import json
import subprocess
import sys
import zipfile

from support.copies import CHECKOUT
from support.wheels import build_wheel

FOLDERS = (
    *("analyses", "macros", "models", "python_models", "seeds", "semantic"),
    "tests/data",
)
FILES = ("dbt_project.yml", "profiles.yml", "selectors.yml", "bi/metrics/profiles.yml")
MOST_BYTES = 1_500_000


def dbt_files(wheel):
    """Return the files of the dbt project that a wheel holds."""
    folder = "carbonshed/project/"
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    return {name.removeprefix(folder) for name in names if name.startswith(folder)}


def test_the_wheel_holds_the_dbt_project_also_by_way_of_the_sdist(wheel, tmp_path):
    paths = [path for folder in FOLDERS for path in (CHECKOUT / folder).rglob("*")]
    expected = {
        str(path.relative_to(CHECKOUT))
        for path in paths
        if path.is_file() and path.parent.name != "__pycache__"
    }
    assert len(expected) > 250
    assert dbt_files(wheel) == expected | {*FILES}
    assert wheel.stat().st_size < MOST_BYTES
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


def test_selectors_leave_the_same_nodes_as_in_a_clone(mine, project):
    for selector in ("build", "policy"):
        ours = selected(project, selector)
        nodes = selected(mine, selector)
        assert len(ours) > 80
        own = {node for node in nodes if node.split(".")[1] == "mine"}
        assert nodes - own == ours
        assert "model.mine.my_ranking" in own
