"""Where the project's folders are."""

from pathlib import Path


def project_root() -> Path:
    """Return the folder that holds ``dbt_project.yml``, else the current one.

    The current folder and its ancestors are searched, nearest first.
    """
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "dbt_project.yml").is_file():
            return folder
    return here


def is_in_project() -> bool:
    """Return whether the current folder is the project's or inside it."""
    return (project_root() / "dbt_project.yml").is_file()


def data_dir() -> Path:
    """Return the folder of the ingested datasets."""
    return project_root() / "data"


def kept_scenarios(name: str) -> Path:
    """Return where the scenarios of a user are kept that builds of a dataset read."""
    return data_dir() / name / "scenarios.csv"


def warehouse_dir() -> Path:
    """Return the folder of the warehouses."""
    return project_root() / "warehouse"


def seeds_dir() -> Path:
    """Return the folder of the seeds, whose rows are what a user may choose."""
    return project_root() / "seeds"


def solved_dir() -> Path:
    """Return the folder of the solved systems, one folder in it for each dataset."""
    return warehouse_dir() / "solved"
