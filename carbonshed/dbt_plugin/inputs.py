"""The inputs of a whole build, as a digest: where it is the same, so are the marts.

Files count by their bytes, which are read anew each time; those of a dataset by its
list of checksums, with which the check before a build has just compared them. A run
notes the digest of what it was started on if no file has changed until its end; also a
run of plain `dbt build`, which reads files before it asks for the digest.
"""

import hashlib
import json
import os
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import carbonshed
from carbonshed.ask.status import status_of
from carbonshed.checksums import LIST, compare, listed_sums, sha256_of
from carbonshed.dataset.contract import COMPILE_VARIANTS
from carbonshed.dataset.lock import HANDED
from carbonshed.dbt_plugin.vars import DATASET_VARIABLE, Texts
from carbonshed.paths import (
    OWN_NAME,
    PROJECT_FILE,
    data_dir,
    is_own_project,
    project_root,
    settings_of,
    warehouse_dir,
)
from carbonshed.publish.editions import published_editions
from carbonshed.scenarios.scenario_file import chosen_scenarios

_VARIABLE = "CARBONSHED_INPUTS"  # an environment variable
# without effect on what is built, once the dataset is known
_WITHOUT_EFFECT = (
    _VARIABLE,
    HANDED,
    DATASET_VARIABLE,
    "DBT_TARGET_PATH",
    "DBT_LOG_PATH",
    "DBT_LOG_LEVEL",
)
_PREFIXES = ("CARBONSHED_", "DBT_")
# files of a project outside the folders that PROJECT_FILE names
_FILES = (
    PROJECT_FILE,
    "profiles.yml",
    "selectors.yml",
    "packages.yml",
    "dependencies.yml",
    "package-lock.yml",
)
# settings that name folders, with dbt's defaults
_FOLDERS = {
    "model-paths": ["models"],
    "seed-paths": ["seeds"],
    "macro-paths": ["macros"],
    "analysis-paths": ["analyses"],
    "test-paths": ["tests"],
    "snapshot-paths": ["snapshots"],
    "packages-install-path": "dbt_packages",
}


@dataclass(frozen=True)
class Inputs:
    """The inputs that a build is started on."""

    digest: str  # names and contents of files, vars, environment and versions
    state: str  # sizes and times of the files: others, if one has changed

    def environment(self) -> dict[str, str]:
        """Return the variable of the environment by which a run knows them."""
        return {_VARIABLE: f"{self.digest} {self.state}"}


def inputs_of(name: str, given: Texts) -> Inputs:
    """Return the inputs of a build of a dataset, with these vars on its command line.

    Files of the dataset are taken for what its list says, with which `preflight` has
    compared them; all others are read.
    """
    files = _files(name, given)
    state = _state(files)
    listed = listed_sums(data_dir() / name / LIST)
    parts = {
        "files": {str(path): listed.get(path) or sha256_of(path) for path in files},
        "vars": {**given, "dataset": name},
        "environment": {
            variable: value
            for variable, value in os.environ.items()
            if variable.startswith(_PREFIXES) and variable not in _WITHOUT_EFFECT
        },
        "packages": _packages(),
        "python": sys.version,
        # marts have the ranges between these
        "variants": {
            variant: [edition.name for edition in _editions(f"{name}-{variant}")[:1]]
            for variant in COMPILE_VARIANTS
        },
    }
    return Inputs(_digest(parts), state)


def inputs_of_run(name: str, given: Texts) -> Inputs | None:
    """Return the inputs that a run is started on, once what it reads is checked.

    They are those that `carbonshed build` has noted. Of plain `dbt build` they are
    those of now, but None if a file is newer than the process, which may have read it
    before.
    """
    if noted := os.environ.get(_VARIABLE):
        return Inputs(*noted.split())
    folders = [inside for inside, _ in _walk(_project_folders())]
    changed = (path.stat().st_ctime for path in [*folders, *_files(name, given)])
    return inputs_of(name, given) if max(changed) < _begun_at() else None


def digest_after(inputs: Inputs | None, name: str, given: Texts) -> str | None:
    """Return the digest of inputs after a run; None if a file has changed meanwhile."""
    if inputs is None or inputs.state != _state(_files(name, given)):
        return None
    return inputs.digest


def unchanged_since(name: str, inputs: Inputs) -> datetime | None:
    """Return when the marts that are published were made of just these inputs, UTC.

    None if they are of others, something has not passed since, or a published file is
    not what was written; and in a user's project, whose models may read anything.
    """
    if not is_own_project(project_root()):
        return None
    status = status_of(name)
    if not status.work_file or status.unreadable or status.remarks():
        return None
    run = status.work_file.run
    if run.get("inputs") != inputs.digest or compare(_editions(name)[0] / LIST)[1]:
        return None
    return run["ended_at"].replace(microsecond=0)


def _packages() -> list[str]:
    """Return the names of the records of what is installed, with the versions."""
    folders = {Path(folder) for folder in sys.path}
    return sorted({record.name for path in folders for record in path.glob("*-info")})


def _files(name: str, given: Texts) -> list[Path]:
    """Return all files that a build reads, in order."""
    root = project_root()
    package = Path(carbonshed.__file__).parent
    profiles = Path(os.environ.get("DBT_PROFILES_DIR") or root) / "profiles.yml"
    declared = settings_of(root / PROJECT_FILE).get("vars") or {}
    variables = {**declared, **(declared.get(OWN_NAME) or {}), **given}
    scenarios = chosen_scenarios(name, variables.get("scenarios"))
    files = {*(root / file for file in _FILES), profiles}
    files |= {scenarios} if scenarios else set()
    for folder, names in _walk([package, data_dir() / name, *_project_folders()]):
        files |= {folder / file for file in names}
    return sorted(file for file in files if file.is_file())


def _walk(folders: Iterable[Path]) -> Iterator[tuple[Path, list[str]]]:
    """Yield folders and those in them, each with the names of its files."""
    for folder in folders:
        for inside, _, names in os.walk(folder, followlinks=True):
            if Path(inside).name != "__pycache__":
                yield Path(inside), names


def _project_folders() -> Iterator[Path]:
    """Yield the folders that a project file names, or dbt by default."""
    root = project_root()
    settings = settings_of(root / PROJECT_FILE)
    for key, default in _FOLDERS.items():
        named = settings.get(key, default)
        names = named if isinstance(named, list) else [named]
        yield from (root / name for name in names)


def _begun_at() -> float:
    """Return when this process has begun, as times of files are given.

    0 where that is not known: all files are newer.
    """
    if not sys.platform.startswith("linux"):
        return 0
    _, _, fields = Path("/proc/self/stat").read_text().rpartition(")")
    ticks = int(fields.split()[19])  # since the machine was started
    booted_at = time.time() - time.clock_gettime(time.CLOCK_BOOTTIME)
    return booted_at + ticks / os.sysconf("SC_CLK_TCK")


def _editions(name: str) -> list[Path]:
    return published_editions(warehouse_dir() / f"{name}.duckdb")


def _state(files: Iterable[Path]) -> str:
    """Return a digest of sizes and times of files.

    The time is that of the last change of content, name or rights, which no program can
    set back.
    """
    states = []
    for path in files:
        stat = path.stat()
        states.append((str(path), stat.st_size, stat.st_ctime_ns, stat.st_ino))
    return _digest(states)


def _digest(parts: object) -> str:
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
