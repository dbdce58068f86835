"""Checks of the dataset and the vars before a build."""

from collections.abc import Mapping
from pathlib import Path
from pkgutil import resolve_name

from carbonshed import __version__
from carbonshed.audit import ensure_audited
from carbonshed.dataset.contract import OTHER
from carbonshed.dataset.store import (
    Dataset,
    is_stored,
    open_dataset,
    recover_interrupted,
    refuse_damaged,
)
from carbonshed.dbt_plugin.summary import checked
from carbonshed.dbt_plugin.vars import (
    Texts,
    check_variables,
    solver_of,
)
from carbonshed.errors import CarbonshedError
from carbonshed.names import MAKERS, validate_name
from carbonshed.paths import project_root, refuse_apostrophe, seed_ids, solved_dir
from carbonshed.progress import step_lines
from carbonshed.scenarios.scenario_file import (
    chosen_scenarios,
    load_scenarios,
    suspicious_factors,
)
from carbonshed.solve.solutions import SolveStore


def preflight(name: str, chosen: Texts) -> list[str]:
    """Make a dataset of the project if it is missing, and refuse what cannot be built.

    Return what was checked, with every warning: of the audit, and of a file of
    scenarios with what is allowed and may not be meant.

    Raises
    ------
    CarbonshedError
        The name is not allowed, a var is not known or has an unknown value, the
        dataset is not there or is damaged, its audit has a FAIL (then in the audit's
        words), or something is wrong with the file of scenarios.
    """
    validate_name(name)
    variables = check_variables(chosen)
    refuse_apostrophe(project_root())
    recover_interrupted(name)
    if not is_stored(name):
        _make_shipped(name)
    dataset = open_dataset(name)
    refuse_damaged(dataset)
    with step_lines(on_terminal=True) as progress:
        report = ensure_audited(
            name,
            lambda step: progress(f"audit: {step}"),
            solver_of(variables),
        )
    if report.failed:
        msg = (
            f"the audit of dataset {name} failed, nothing was built:\n"
            f"{report.failures()}"
        )
        raise CarbonshedError(msg)
    _refuse_ids_of_impacts(dataset)
    if variables.smallest_share:
        _refuse_other(dataset, variables.smallest_share)
    remarks: list[str] = []
    if path := chosen_scenarios(name, chosen.get("scenarios")):
        remarks = suspicious_factors(path, load_scenarios(name, path))
    return checked(dataset, report, remarks)


def _make_shipped(name: str) -> None:
    """Make a dataset that comes with the project, if it has that name."""
    if name in MAKERS:
        with step_lines(on_terminal=True) as progress:
            resolve_name(MAKERS[name])(name, progress)


def refuse_other_version(package: str | None) -> None:
    """Refuse a dbt package of another version than this Python package.

    A link of `carbonshed init` leads to one of the same; a package by git may not.
    """
    if package != __version__:
        raise CarbonshedError(
            f"the dbt package carbonshed is of version {package or 'unknown'}, the"
            f" Python package of {__version__}: `carbonshed init .` links the dbt"
            " package of the installed one. Where packages.yml names a git repository,"
            f" set `revision: v{__version__}` there and run `dbt deps`"
        )


def refuse_parsed_elsewhere(roots: Mapping[str, bool]) -> None:
    """Refuse what dbt has parsed in another folder: it names that folder's files.

    `roots` are the folders that dbt takes seeds from; and whether the project is in
    one, or a package, which may be anywhere.
    """
    project = project_root()
    for folder, has_project in roots.items():
        root = Path(folder)
        if not root.exists() or (has_project and not root.samefile(project)):
            msg = (
                f"dbt would read the seeds of another folder, {root}: target/ was"
                " copied or moved with the project. Remove"
                " target/partial_parse.msgpack (of DBT_TARGET_PATH, where it is set)"
                " and run it again"
            )
            raise CarbonshedError(msg)


def refuse_changed_solves(name: str, build: str) -> None:
    """Refuse a solve store that has changed, where nothing solves it again."""
    faults = SolveStore(solved_dir() / name).faults()
    if faults:
        msg = (
            f"{faults[0]}, and what was selected would be made from it: nothing was"
            f" built. A whole build makes it again: {build}"
        )
        raise CarbonshedError(msg)


def _refuse_ids_of_impacts(dataset: Dataset) -> None:
    """Refuse a stressor that has the id of an impact made of stressors."""
    stressors = dataset.read("stressors", ["stressor_id"])
    impacts = seed_ids("impact_factors", "impact_id")
    for stressor in stressors["stressor_id"].to_pylist():
        if stressor in impacts:
            msg = (
                f"dataset {dataset.name} has a stressor {stressor!r}, which is also the"
                " id of an impact that is made of stressors (seeds/impact_factors.csv):"
                " give the stressor another id and ingest the dataset again"
            )
            raise CarbonshedError(msg)


def _refuse_other(dataset: Dataset, smallest_share: float) -> None:
    """Refuse a region that has the id of those whose small rows are summed."""
    regions = dataset.read("regions", ["region_id"])
    if OTHER in regions["region_id"].to_pylist():
        msg = (
            f"dataset {dataset.name} has a region {OTHER!r}, the id of the region"
            " that small rows are summed into, because the var smallest_share is"
            f" {smallest_share:g}: give the region another id and ingest the dataset"
            " again, or build it without the var"
        )
        raise CarbonshedError(msg)
