"""The inputs of a build, each as a digest: where all are the same, so are the marts.

Files count by their bytes, which are read anew each time; those of a dataset by its
list of checksums, with which the check before a build has just compared them. A run
notes what it was started on if no file has changed until its end; also a run of plain
`dbt build`, which reads files before it asks for their digests.
"""

import hashlib
import json
import os
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import carbonshed
from carbonshed.checksums import LIST, listed_sums, sha256_of
from carbonshed.dataset.contract import COMPILE_VARIANTS
from carbonshed.dbt_plugin.vars import (
    DATASET_VARIABLE,
    BuildVars,
    Texts,
    texts_of,
)
from carbonshed.paths import (
    OWN_NAME,
    PROJECT_FILE,
    data_dir,
    installed_package,
    kept_scenarios,
    project_root,
    settings_of,
    warehouse_dir,
)
from carbonshed.publish.editions import published_editions
from carbonshed.scenarios.scenario_file import chosen_scenarios

# without effect on what is built, once the dataset is known
_WITHOUT_EFFECT = (
    DATASET_VARIABLE,
    "DBT_TARGET_PATH",
    "DBT_LOG_PATH",
    "DBT_LOG_LEVEL",
    "DBT_LOG_LEVEL_FILE",
    "DBT_WRITE_JSON",
)
_PREFIXES = ("CARBONSHED_", "DBT_")
# names of inputs that are no file of the project
SCENARIOS, VAR, VARIANTS = "the scenarios", "the var", "the published variants"
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
    "function-paths": ["functions"],
    "docs-paths": [],  # those of all others
    "packages-install-path": "dbt_packages",
}


@dataclass(frozen=True)
class Inputs:
    """The inputs that a build is started on."""

    # digests of files, by their paths as seen from the project, and of what else counts
    parts: Mapping[str, str]
    state: str  # sizes and times of the files: others, if one has changed
    # the parts that had changed since all was built, if just what depends on them is
    # to be built; None if everything is, or what a user selected
    changed: tuple[str, ...] | None = None


def inputs_of(name: str, given: Texts) -> Inputs:
    """Return the inputs of a build of a dataset, with these vars on its command line.

    Files of the dataset are taken for what its list says, with which `preflight` has
    compared them; all others are read.
    """
    scenarios, files = _scenarios(name, given), _files(name, given)
    state = _state(files)
    settled = {var: text or "" for var, text in texts_of(_settled()).items()}
    listed = listed_sums(data_dir() / name / LIST)
    parts = {
        SCENARIOS if path == scenarios else _seen(path): listed.get(path)
        or sha256_of(path)
        for path in files
    }
    parts |= {
        f"{VAR} {var}": text or ""
        for var, text in given.items()
        if var != "dataset" and (text or "") != settled.get(var, "")
    }
    parts |= {
        f"the environment variable {variable}": _digest(value)  # it may be a secret
        for variable, value in os.environ.items()
        if variable.startswith(_PREFIXES) and variable not in _WITHOUT_EFFECT
    }
    parts["the installed packages"] = _digest(_packages())
    parts["Python"] = sys.version
    # marts have the ranges between these
    parts[VARIANTS] = _digest(
        {
            variant: [
                *(edition.name for edition in _editions(f"{name}-{variant}")[:1]),
                *map(sha256_of, (data_dir() / f"{name}-{variant}").glob(LIST)),
            ]
            for variant in COMPILE_VARIANTS
        }
    )
    return Inputs(parts, state)


_noted: list[Inputs] = []  # by `carbonshed build`, for the run within it


@contextmanager
def starting_on(inputs: Inputs) -> Iterator[None]:
    """Let a run of dbt in this process know what it is started on."""
    _noted.append(inputs)
    try:
        yield
    finally:
        _noted.pop()


def inputs_of_run(name: str, given: Texts) -> Inputs | None:
    """Return the inputs that a run is started on, once what it reads is checked.

    They are those that `carbonshed build` has noted. Of plain `dbt build` they are
    those of now, but None if a file is newer than the process, which may have read it
    before.
    """
    if _noted:
        return _noted[-1]
    folders = [inside for inside, _ in _walk(_project_folders())]
    changed_at = (path.stat().st_ctime for path in [*folders, *_files(name, given)])
    return inputs_of(name, given) if max(changed_at) < _begun_at() else None


def are_unchanged(inputs: Inputs, name: str, given: Texts) -> bool:
    """Return whether no file has changed after a run, nor come or gone."""
    return inputs.state == _state(_files(name, given))


def _packages() -> list[str]:
    """Return the names of the records of what is installed, with the versions."""
    folders = {Path(folder) for folder in sys.path}
    return sorted({record.name for path in folders for record in path.glob("*-info")})


def _scenarios(name: str, given: Texts) -> Path | None:
    """Return the file of scenarios that a build reads, None without one."""
    return chosen_scenarios(name, {**_settled(), **given}.get("scenarios"))


def _files(name: str, given: Texts) -> list[Path]:
    """Return all files that a build reads, in order."""
    root = project_root()
    package = Path(carbonshed.__file__).parent
    profiles = Path(os.environ.get("DBT_PROFILES_DIR") or root) / "profiles.yml"
    files = {*(root / file for file in _FILES), profiles}
    for folder, names in _walk([package, data_dir() / name, *_project_folders()]):
        files |= {folder / file for file in names}
    files.discard(kept_scenarios(name))  # another file may be chosen
    files |= {_scenarios(name, given)} - {None}
    return sorted(file for file in files if file.is_file())


def _settled() -> dict[str, object]:
    """Return the vars that no command line gives: of the project, or by default."""
    declared = settings_of(project_root() / PROJECT_FILE).get("vars") or {}
    fields = BuildVars.model_fields.items()
    defaults = {var: field.default for var, field in fields}
    return {**defaults, **declared, **(declared.get(OWN_NAME) or {})}


def _seen(path: Path) -> str:
    """Return a path as seen from the project folder."""
    return os.path.relpath(path, project_root())


def _walk(folders: Iterable[Path]) -> Iterator[tuple[Path, list[str]]]:
    """Yield folders and those in them, each with the names of its files."""
    for folder in folders:
        for inside, _, names in os.walk(folder, followlinks=True):
            if Path(inside).name != "__pycache__":
                yield Path(inside), [name for name in names if not _is_draft(name)]


def _is_draft(name: str) -> bool:
    """Return whether an editor has put a file there for a while."""
    return name.startswith((".", "#")) or name.endswith("~")


def _project_folders() -> Iterator[Path]:
    """Yield the folders that a project file names, or dbt by default."""
    root = project_root()
    settings = settings_of(root / PROJECT_FILE)
    for key, default in _FOLDERS.items():
        named = settings.get(key, default)
        names = named if isinstance(named, list) else [named]
        yield from (root / name for name in names)


def own_files() -> list[Path]:
    """Return the files in the folders of a user's project, those of packages apart."""
    packages = installed_package(project_root()).parent
    folders = [folder for folder in _project_folders() if folder != packages]
    return [inside / name for inside, names in _walk(folders) for name in names]


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
