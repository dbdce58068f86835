"""A dbt project of one's own by `carbonshed init`: its files, its link, refusals."""

import os
import re
from importlib import import_module
from pathlib import Path

import pytest
import yaml
from support.commands import run_command
from support.refusals import refusal_of

from carbonshed.paths import (
    choose_project,
    install_command,
    installed_package,
    is_in_project,
    project_remark,
    seeds_dir,
    settings_of,
    shipped_project,
)

# its function has the name of the module
MODULE = import_module("carbonshed.cli.init")
ROOT = Path(__file__).resolve().parents[2]
FILES = {
    *("dbt_project.yml", "profiles.yml", "selectors.yml", "packages.yml"),
    *(".gitignore", "README.md", "models/my_ranking.sql", "models/my_ranking.yml"),
}


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """Work outside of any project, and leave `dbt deps` to test_own_project."""
    monkeypatch.setattr(MODULE, "_install", lambda root: True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def init(path):
    return run_command("init", path)


def texts(root):
    """Return the text of each file of a folder, but for the package."""
    return {
        str(path.relative_to(root)): path.read_text("utf-8")
        for path in root.rglob("*")
        if path.is_file() and "package" not in path.parts
    }


def settings(root):
    return yaml.safe_load((root / "dbt_project.yml").read_text("utf-8"))


@pytest.mark.parametrize("empty", ["", " "])
def test_a_folder_without_a_name_is_not_this_one(empty, folder):
    said = refusal_of(init, empty)
    assert "FOLDER is empty; expected the name of a folder, or . for" in said
    assert not [*folder.iterdir()]


def test_a_new_project_has_what_dbt_takes_from_it_alone(folder):
    printed = init("study")
    root = folder / "study"
    assert texts(root).keys() == FILES
    assert printed.endswith("next: cd study && carbonshed build\n")
    page = (ROOT / "docs" / "own_project.md").read_text("utf-8")
    listed = re.findall(r"^\| (`.+?`) \| ", page, re.M)
    assert {name for row in listed for name in re.findall(r"`(.+?)`", row)} == FILES
    ours, shipped = settings(root), settings(ROOT)
    assert ours["name"] == "study"
    same = ("profile", "require-dbt-version")
    assert {key: ours[key] for key in same} == {key: shipped[key] for key in same}
    reads_own = {"require_ref_searches_node_package_before_root": True}
    assert ours["flags"] == shipped["flags"] | reads_own
    assert ours["models"].keys() == {"study"}  # nothing above the name of the project
    for name in ("profiles.yml", "selectors.yml"):
        assert (root / name).read_bytes() == (ROOT / name).read_bytes()
    packages = yaml.safe_load((root / "packages.yml").read_text("utf-8"))["packages"]
    assert packages == [{"local": ".carbonshed/package"}]
    assert (root / packages[0]["local"]).samefile(ROOT)


def test_init_again_changes_nothing_and_says_what_differs(folder):
    init("study")
    root = folder / "study"
    before = texts(root)
    printed = init("study")
    assert texts(root) == before
    assert "needs" not in printed
    assert "differs" not in printed
    with (root / "profiles.yml").open("a", encoding="utf-8") as file:
        file.write("other: {}\n")
    (root / "models" / "my_ranking.sql").unlink()
    before = texts(root)
    assert "profiles.yml differs from .carbonshed/package/profiles.yml" in init("study")
    assert texts(root) == before  # an example that was removed stays away


@pytest.mark.parametrize("text", ["packages: [", "since: 2016-13-45", "a list"])
def test_what_is_no_yaml_has_no_settings(folder, text):
    """PyYAML raises errors of two kinds: of the grammar, and of a date."""
    file = folder / "packages.yml"
    file.write_text(text)
    assert settings_of(file) == {}


def test_init_that_was_stopped_is_completed(folder, monkeypatch):
    write = MODULE.write_whole

    def stop(path, text):
        if path.name == "dbt_project.yml":
            raise KeyboardInterrupt
        write(path, text)

    monkeypatch.setattr(MODULE, "write_whole", stop)
    with pytest.raises(KeyboardInterrupt):
        MODULE.init("study")
    (folder / "study" / "README.md").unlink()
    monkeypatch.setattr(MODULE, "write_whole", write)
    init("study")
    assert texts(folder / "study").keys() == FILES
    (folder / "study" / "profiles.yml").unlink()
    (folder / "study" / "profiles.yml").symlink_to("gone")
    assert "profiles.yml: cannot be written" in refusal_of(init, "study")
    assert (folder / "study" / "profiles.yml").is_symlink()


def test_a_link_of_another_installation_is_renewed(folder, monkeypatch):
    init("study")
    link = folder / "study" / ".carbonshed" / "package"
    for target in (folder / "gone", folder):
        link.unlink()
        link.symlink_to(target)
        init("study")
        assert link.readlink() == shipped_project()
    monkeypatch.chdir("study")
    assert init(".").endswith("next: carbonshed build\n")
    link.unlink()
    link.mkdir()
    assert "is a folder; expected a link" in refusal_of(init, ".")


def test_a_dbt_project_is_completed_and_no_file_of_it_changed(folder):
    root = folder / "old"
    root.mkdir()
    project = (
        "name: 'older'\nprofile: mine\nflags: {send_anonymous_usage_stats: true}\n"
    )
    own = {
        "dbt_project.yml": project,
        "packages.yml": "packages:\n  - package: dbt-labs/dbt_utils\n",
        ".gitignore": "target/\n",
    }
    for name, text in own.items():
        (root / name).write_text(text, "utf-8")
    printed = init("old")
    after = texts(root)
    assert after.keys() == own.keys() | {"selectors.yml"}
    assert {name: after[name] for name in own} == own
    block = printed.partition("dbt_project.yml needs this besides:\n\n")[2]
    lines = block.partition("\n\n")[0]
    assert yaml.safe_load(lines) == {
        "profile": "carbonshed",
        "flags": {
            "require_generic_test_arguments_property": True,
            "skip_nodes_if_on_run_start_fails": True,
            "require_ref_searches_node_package_before_root": True,
        },
    }
    assert "packages.yml needs this besides" in printed
    assert "- local: .carbonshed/package" in printed
    assert "profiles.yml needs the profile `carbonshed` besides" in printed
    assert ".gitignore lacks: /.carbonshed/" in printed
    # as it says, and then it is content
    (root / "dbt_project.yml").write_text(f"name: older\n{lines}", "utf-8")
    (root / "packages.yml").unlink()
    (root / "dependencies.yml").write_text(
        "packages: [{local: .carbonshed/package}]", "utf-8"
    )
    printed = init("old")
    assert "needs" not in printed
    assert not (root / "packages.yml").exists()
    assert (root / "profiles.yml").is_file()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("2026-study", "project_2026_study"),
        ("Carbonshed", "project_carbonshed"),
        ("My Study", "my_study"),
        ("on", "project_on"),
        ("研究", "project"),
    ],
)
def test_a_folder_of_any_name_makes_a_name_that_dbt_allows(folder, name, expected):
    init(name)
    assert settings(folder / name)["name"] == expected


def test_places_where_no_project_can_be_are_refused(folder):
    init("study")
    (folder / "file").touch()
    (folder / "it's").mkdir()
    for path, reason in (
        ("study/inner", f"is inside another dbt project, {folder / 'study'}"),
        (ROOT, "is Carbonshed's own dbt project"),
        ("file", "is a file"),
        ("it's", "apostrophe in its path"),
    ):
        assert reason in refusal_of(init, path)
    assert not (folder / "study" / "inner").exists()
    assert list((folder / "it's").iterdir()) == []


def test_seeds_are_those_of_the_package_that_is_installed(folder):
    """A clone has them itself; without a package they come with the installation."""
    shipped = shipped_project() / "seeds"
    assert (shipped / "scenarios.csv").is_file()
    assert seeds_dir() == shipped
    init("study")
    os.chdir("study")
    assert seeds_dir() == shipped
    by_git = folder / "study" / "dbt_packages" / "carbonshed"
    (by_git / "seeds").mkdir(parents=True)
    assert seeds_dir() == by_git / "seeds"
    os.chdir(folder)
    clone = folder / "clone"
    (clone / "seeds").mkdir(parents=True)
    (clone / "dbt_project.yml").write_text("name: carbonshed\n", "utf-8")
    choose_project(clone)
    try:
        assert seeds_dir() == clone / "seeds"
    finally:
        choose_project(None)


def test_a_project_without_the_package_is_none_of_ours(folder):
    root = folder / "other"
    root.mkdir()
    (root / "dbt_project.yml").write_text("name: other\n", "utf-8")
    os.chdir(root)
    assert not is_in_project()
    assert "`carbonshed init .` there adds it" in project_remark()
    (root / "dependencies.yml").write_text(
        "packages: [{git: 'https://example.org/carbonshed.git'}]\n", "utf-8"
    )
    assert is_in_project()
    assert "`dbt deps` there" in project_remark()
    (root / "packages.yml").write_text("packages: [{local: .carbonshed/package}]\n")
    assert "`carbonshed init .` there" in project_remark()
    for command in ("list", "status"):
        assert "`carbonshed init .` there" in run_command(command)
    (root / "dbt_packages" / "carbonshed").mkdir(parents=True)
    assert is_in_project()
    assert project_remark() is None


def test_packages_are_where_the_project_file_says(folder):
    root = folder / "other"
    root.mkdir()
    for text, expected in (
        ("packages-install-path: vendor/dbt  # ours", root / "vendor" / "dbt"),
        (f"packages-install-path: '{folder}'", folder),
        ("packages-install-path: \"{{ env_var('PACKAGES') }}\"", root / "dbt_packages"),
        ("# packages-install-path: vendor", root / "dbt_packages"),
    ):
        (root / "dbt_project.yml").write_text(f"name: other\n{text}\n", "utf-8")
        assert installed_package(root) == expected / "carbonshed"


def test_extras_are_installed_as_the_package_was(folder, monkeypatch):
    assert install_command("report").startswith("pip install -e '.[report]'")
    monkeypatch.setattr("carbonshed.paths.shipped_project", lambda: folder)
    assert install_command("report") == "pip install 'carbonshed[report]'"
