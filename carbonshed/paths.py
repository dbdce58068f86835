"""The project's folders, and the rows of its seeds, read before dbt has loaded them."""

import csv
import os
from pathlib import Path

from carbonshed.errors import CarbonshedError

PROJECT_VARIABLE = "CARBONSHED_PROJECT"
_MARK = "dbt_project.yml"
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
        if (folder / _MARK).is_file():
            return folder
    if named := os.environ.get(PROJECT_VARIABLE):
        return project_at(Path(named), PROJECT_VARIABLE)
    return here


def project_at(folder: Path, named_by: str) -> Path:
    """Return the absolute path of a project folder that `named_by` names."""
    root = folder.absolute()
    if not (root / _MARK).is_file():
        raise CarbonshedError(
            f"{named_by}: {folder} is no project folder: it has no {_MARK}"
        )
    return root


def is_in_project() -> bool:
    """Return whether a project was chosen, or the current folder is in one."""
    return (project_root() / _MARK).is_file()


def data_dir() -> Path:
    """Return the folder of the ingested datasets."""
    return project_root() / "data"


def kept_scenarios(name: str) -> Path:
    """Return the file of a user's scenarios that builds of a dataset read."""
    return data_dir() / name / "scenarios.csv"


def warehouse_dir() -> Path:
    """Return the folder of the warehouses."""
    return project_root() / "warehouse"


def seeds_dir() -> Path:
    """Return the folder of the seeds, whose rows are the choices of a user."""
    return project_root() / "seeds"


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
