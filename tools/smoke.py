"""A proof, in half a minute, that an installation works; run by ``make smoke``.

The packages that users run are there and can be imported, and a tiny dataset is
ingested, built with its tests, published and asked, in a folder of its own that goes
again: the datasets of the project are neither read nor written. The answer is compared
with numbers that docs/three_cities.md works out by pencil.
"""

import contextlib
import csv
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import tomllib
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "requirements.lock"
PREFIX = "carbonshed-smoke-"
MODULES = (
    *("dbt.adapters.duckdb", "dbt.cli.main", "duckdb", "h5py", "jinja2"),
    *("numpy", "openpyxl", "pandas", "psutil", "pyarrow.parquet", "pydantic", "pymrio"),
    *("python_calamine", "requests", "rich", "scipy.linalg", "scipy.sparse", "typer"),
    *("vl_convert", "yaml"),
)
NAME = "three_cities"
QUESTION = """
    select region_id, production_emissions, consumption_footprint
    from regional_accounts where stressor_id = 'co2' order by region_id
"""
# million tonnes: emitted, footprint
PENCIL = {"A": (3100, 2400), "B": (480, 2100), "C": (3220, 1500)}
_IMPORT = """
import importlib, sys
for module in sys.argv[1:]:
    print(module, flush=True)
    importlib.import_module(module)
"""
_PRECISION = 1e-9
_LAST_LINES = 30
_SECONDS = 600
_SECONDS_TO_END = 10


class SmokeError(Exception):
    """Something of the installation does not work; the message says what."""


def locked_versions(text: str) -> dict[str, str]:
    """Return the versions that a lock has for this Python and system, by name."""
    lines = text.replace("\\\n", " ").splitlines()
    packages = [Requirement(line.split(" --hash")[0]) for line in lines if "==" in line]
    return {
        canonicalize_name(package.name): str(package.specifier).removeprefix("==")
        for package in packages
        if package.marker is None or package.marker.evaluate()
    }


def check_packages(folder: Path) -> str:
    """Refuse an environment in which a package is missing or cannot be imported."""
    locked = locked_versions(LOCK.read_text("utf-8"))
    versions = {name: _installed(name) for name in locked}
    if missing := [name for name, number in versions.items() if number is None]:
        raise SmokeError(f"not installed: {', '.join(missing)}: run make install")
    _run(folder, sys.executable, "-c", _IMPORT, *MODULES, what="the last import")
    client = _run(folder, _program("duckdb"), "-version").split()[0]
    others = [
        f"{name} {versions[name]} instead of {number}"
        for name, number in locked.items()
        if versions[name] != number
    ]
    differ = f"; other than in {LOCK.name}: {', '.join(others)}" if others else ""
    about = f"{len(locked)} are there, {len(MODULES)} modules imported"
    return f"{about}, the client of DuckDB answers: {client}{differ}"


def _installed(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def ingest(folder: Path) -> str:
    """Ingest the cities into a copy of the dbt project."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    wheel = settings["tool"]["hatch"]["build"]["targets"]["wheel"]
    for part in wheel["force-include"]:  # all that dbt needs
        source, target = ROOT / part, folder / part
        target.parent.mkdir(parents=True, exist_ok=True)
        (shutil.copytree if source.is_dir() else shutil.copy)(source, target)
    tables = ROOT / "docs" / "examples" / NAME
    _run(folder, _program("carbonshed"), "ingest", "tidy", tables, "--name", NAME)
    return "three invented cities"


def build(folder: Path) -> str:
    """Build the warehouse, test it and publish its marts."""
    words = ("build", "--vars", f"dataset: {NAME}")
    output = _run(folder, _program("dbt"), *words, shows_progress=True)
    built, tested = (
        re.search(rf"^{word}: +(.*?)( in \d+ s)?$", output, re.MULTILINE)
        for word in ("Built", "Tested")
    )
    if not (built and tested and "\nPublished: " in output):
        raise SmokeError(f"the build does not say what it has published:\n{output}")
    return f"{built[1]}, {tested[1]}"


def ask(folder: Path) -> str:
    """Compare what is published with the numbers by pencil."""
    words = ("query", NAME, QUESTION, "--format", "csv")
    answer = _run(folder, _program("carbonshed"), *words)
    rows = [row for row in csv.reader(answer.splitlines()) if row]
    numbers = {row[0]: tuple(float(cell) / 1e6 for cell in row[1:]) for row in rows[1:]}
    is_same = numbers.keys() == PENCIL.keys() and all(
        abs(number - expected) <= _PRECISION * expected
        for region, pair in PENCIL.items()
        for number, expected in zip(numbers[region], pair, strict=True)
    )
    if not is_same:
        raise SmokeError(f"the answer is {numbers}, and by pencil {PENCIL}")
    return "footprints of 2,400, 2,100 and 1,500 Mt, as by pencil"


STEPS = (
    ("packages", check_packages),
    ("ingest", ingest),
    ("build, tests and publication, the longest", build),
    ("query", ask),
)


def _program(name: str) -> Path:
    return Path(sys.executable).with_name(name)


def _run(
    folder: Path, *command: object, what: str = "", shows_progress: bool = False
) -> str:
    """Return what a command prints; where it fails, refuse with its last lines."""
    words = [str(word) for word in command]
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("CARBONSHED_", "DBT_"))
    }
    try:
        done = subprocess.run(
            words,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=None if shows_progress else subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
            check=False,
            timeout=_SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise SmokeError(str(error)) from None
    if done.returncode != 0:
        lines = (done.stdout + (done.stderr or "")).splitlines()[-_LAST_LINES:]
        what = what or f"{Path(words[0]).name} {words[1]}"
        raise SmokeError("\n".join([f"{what} ended with {done.returncode}:", *lines]))
    return done.stdout


def remove_left_behind(folder: Path) -> None:
    """Remove what a run left that could not end itself: one that was killed."""
    if not Path("/proc/self").exists():  # nobody can tell who still runs
        return
    for path in folder.glob(f"{PREFIX}*"):
        number = path.name.removeprefix(PREFIX).partition("-")[0]
        is_ours = path.lstat().st_uid == os.getuid() and not path.is_symlink()
        if is_ours and number.isdigit() and not Path(f"/proc/{number}").exists():
            shutil.rmtree(path, ignore_errors=True)


def _end(number: int, _frame: object) -> None:
    """End what runs, though it has only just begun, and then this process."""
    import psutil  # here alone: this program says so where it is missing

    running = psutil.Process().children(recursive=True)
    for process in running:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(running, timeout=_SECONDS_TO_END)
    sys.exit(128 + number)  # by which the folder goes


def main() -> int:
    """Run all steps, each with a line; return 1 if one fails."""
    begun = time.monotonic()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _end)
    remove_left_behind(Path(tempfile.gettempdir()))
    prefix = f"{PREFIX}{os.getpid()}-"
    with tempfile.TemporaryDirectory(prefix=prefix, ignore_cleanup_errors=True) as name:
        for number, (what, step) in enumerate(STEPS, 1):
            print(f"{number} of {len(STEPS)}: {what} ...", flush=True)
            try:
                print(f"        {step(Path(name))}", flush=True)
            except (SmokeError, OSError, ValueError) as failure:
                print(f"FAILED: {what}: {failure}")
                return 1
    seconds = time.monotonic() - begun
    print(f"The installation works ({seconds:.0f} s); nothing was left behind.")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("interrupted; nothing was left behind")
