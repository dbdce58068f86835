"""The project's folders, and the rows of its seeds, read before dbt has loaded them.

A project is Carbonshed's own, a clone or a copy of it, or one of a user's, in which
Carbonshed is a dbt package; `carbonshed init` makes the second kind.
"""

import csv
import os
import re
from pathlib import Path
from typing import Any

from carbonshed.errors import CarbonshedError

PROJECT_VARIABLE = "CARBONSHED_PROJECT"
OWN_NAME = "carbonshed"  # the dbt project that comes with the package
PROJECT_FILE = "dbt_project.yml"
# dbt takes packages from one of two files
PACKAGES_FILE, DEPENDENCIES_FILE = "packages.yml", "dependencies.yml"
# a name at the top of a project file
_NAME = re.compile(r"""^name\s*:\s*["']?(\w+)""", re.MULTILINE)
# the folder of packages that it names, unless a template does
_PACKAGES = re.compile(
    r"""^packages-install-path\s*:\s*["']?([^"'#{\n]*[^"'#{\s])""", re.MULTILINE
)
_chosen: list[Path] = []


def choose_project(folder: Path | None) -> None:
    """Work in a project, wherever the current folder is; None takes that back."""
    _chosen[:] = [] if folder is None else [project_at(folder, "--project-dir")]


def project_root() -> Path:
    """Return the folder of ``dbt_project.yml``, else the current one.

    A chosen folder comes first. Else the current folder and its ancestors are searched,
    nearest first, and outside of any project the environment variable
    CARBONSHED_PROJECT names one; a folder without the file is refused.
    """
    if _chosen:
        return _chosen[0]
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / PROJECT_FILE).is_file():
            return folder
    if named := os.environ.get(PROJECT_VARIABLE):
        return project_at(Path(named), PROJECT_VARIABLE)
    return here


def project_at(folder: Path, named_by: str) -> Path:
    """Return the absolute path of a project folder that `named_by` names."""
    root = folder.absolute()
    if not (root / PROJECT_FILE).is_file():
        raise CarbonshedError(
            f"{named_by}: {folder} is no project folder: it has no {PROJECT_FILE}"
        )
    return root


def is_in_project() -> bool:
    """Return whether the project was chosen or found, and Carbonshed is in it."""
    root = project_root()
    if not (root / PROJECT_FILE).is_file():
        return False
    return is_own_project(root) or uses_package(root)


def outside_project() -> str:
    """Return where a project is to be had, for a command that found none."""
    root = project_root()
    if (root / PROJECT_FILE).is_file():
        return (
            f"the dbt project {root} has no package {OWN_NAME}: `carbonshed init .`"
            " there adds it"
        )
    return (
        "this is no project folder or one inside it: `carbonshed init FOLDER` makes a"
        " project; --project-dir before the command, or the environment variable"
        f" {PROJECT_VARIABLE}, names another"
    )


def refuse_outside_project() -> None:
    """Refuse to make what no build would find."""
    if not is_in_project():
        raise CarbonshedError(outside_project())


def is_own_project(root: Path) -> bool:
    """Return whether a project is Carbonshed's own; one without a name is."""
    return name_of(root) in (None, OWN_NAME)


def name_of(root: Path) -> str | None:
    """Return the name of the dbt project in a folder, None where it has none."""
    name = _NAME.search(_text(root / PROJECT_FILE))
    return name[1] if name else None


def uses_package(root: Path) -> bool:
    """Return whether Carbonshed is a dbt package of the project in a folder."""
    if installed_package(root).is_dir():
        return True
    return any(
        OWN_NAME in _text(root / name) for name in (PACKAGES_FILE, DEPENDENCIES_FILE)
    )


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def settings_of(file: Path) -> dict[str, Any]:
    """Return the settings of a YAML file; none of one that cannot be read."""
    import yaml

    try:
        settings = yaml.safe_load(file.read_text("utf-8"))
    except (OSError, ValueError, yaml.YAMLError):  # dbt says it in its own words
        return {}
    return settings if isinstance(settings, dict) else {}


def installed_package(root: Path) -> Path:
    """Return where `dbt deps` puts Carbonshed in a user's project."""
    named = _PACKAGES.search(_text(root / PROJECT_FILE))
    return root / (named[1] if named else "dbt_packages") / OWN_NAME


def package_link(root: Path) -> Path:
    """Return the link of a user's project to the dbt project of this installation."""
    return root / ".carbonshed" / "package"


def project_remark() -> str | None:
    """Return what is to be done where there is no project, or its package is gone."""
    root = project_root()
    if not is_in_project():
        return outside_project()
    if is_own_project(root) or installed_package(root).is_dir():
        return None
    is_linked = str(package_link(root).relative_to(root)) in _text(root / PACKAGES_FILE)
    remedy = "carbonshed init ." if is_linked else "dbt deps"
    return (
        f"the dbt package {OWN_NAME} is not installed in {root}, as after `dbt clean`,"
        f" in a fresh clone or with another Python: `{remedy}` there installs it"
    )


def shipped_project() -> Path:
    """Return the folder of the dbt project that comes with the package.

    A wheel holds it; an editable installation reads the clone.
    """
    package = Path(__file__).resolve().parent
    inside = package / "project"
    return inside if inside.is_dir() else package.parent


def data_dir() -> Path:
    """Return the folder of the ingested datasets."""
    return project_root() / "data"


def install_command(extra: str) -> str:
    """Return the command that installs the packages of an extra."""
    is_clone = (shipped_project() / "pyproject.toml").is_file()
    if is_clone:
        return f"pip install -e '.[{extra}]' in the project folder"
    return f"pip install '{OWN_NAME}[{extra}]'"


def refuse_apostrophe(project: Path) -> None:
    """Refuse a folder from which dbt-duckdb cannot load a seed: it quotes no path."""
    if "'" in str(project):
        msg = (
            f"{project}: dbt-duckdb cannot load seeds from a folder with an apostrophe"
            " in its path: rename it, or move the project to another folder"
        )
        raise CarbonshedError(msg)


def kept_scenarios(name: str) -> Path:
    """Return the file of a user's scenarios that builds of a dataset read."""
    return data_dir() / name / "scenarios.csv"


def warehouse_dir() -> Path:
    """Return the folder of the warehouses."""
    return project_root() / "warehouse"


def seeds_dir() -> Path:
    """Return the folder of the seeds, whose rows are the choices of a user.

    A clone has them itself, a user's project in the dbt package; outside of any project
    they are those that come with the package.
    """
    root = project_root()
    if (root / PROJECT_FILE).is_file():
        package = root if is_own_project(root) else installed_package(root)
        if (seeds := package / "seeds").is_dir():
            return seeds
    return shipped_project() / "seeds"


def solved_dir() -> Path:
    """Return the folder of the solved systems, one folder in it for each dataset."""
    return warehouse_dir() / "solved"


def seed_rows(seed: str, column: str) -> list[dict[str, str]]:
    """Return the rows of a seed, every field as text; refuse one without the column."""
    path = seeds_dir() / f"{seed}.csv"
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise CarbonshedError(f"{path}: the seed cannot be read: {error}") from None
    if not rows or column not in rows[0]:
        raise CarbonshedError(f"{path}: the seed has no column `{column}` with rows")
    return rows


def seed_ids(seed: str, column: str) -> tuple[str, ...]:
    """Return the distinct values of a column of a seed, in the order of its rows."""
    values = (row[column] for row in seed_rows(seed, column))
    return tuple(dict.fromkeys(filter(None, values)))
