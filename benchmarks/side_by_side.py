"""Time whole builds, peers and bare SciPy on the same tables.

``make bench`` prints the comparison and writes it to docs/benchmarks.md. Programs
run in turns, each in a process of its own; the numbers are medians of wall seconds, and
the largest resident memory of the process and its children.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import psutil

from benchmarks import floor, ingest, programs, queries, stages
from benchmarks.report import Case, render
from benchmarks.table import read_table
from carbonshed import synthetic
from carbonshed.cli.datasets import paths_of, remove_path
from carbonshed.names import SYNTHETIC_NAME
from carbonshed.paths import project_root, warehouse_dir

PAGE = Path("docs/benchmarks.md")
# rows -> cities and sectors of a synthetic table; four remainder regions come on top
SIZES = {1_435: (37, 35), 4_900: (136, 35), 9_800: (276, 35), 13_146: (309, 42)}
BUILDS = {"build": ["--full-refresh"], "rebuild": []}
MAX_RUNS = 3
NO_RUN_AFTER = 180.0  # seconds that the runs of a program have taken


@dataclass(frozen=True)
class Measured:
    """Runs of a program: medians of its steps and their sum, the largest memory."""

    steps: dict[str, float]
    wall: float
    peak_gb: float
    blas: str = ""  # its kernels, where the program tells them


def measure(command: list[str], root: Path) -> tuple[Measured, str]:
    """Run a command; return its cost and its output."""
    start = time.perf_counter()
    process = subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True)
    peak = [0]
    watch = threading.Thread(target=_watch, args=(process.pid, peak), daemon=True)
    watch.start()
    output, _ = process.communicate()
    wall = time.perf_counter() - start
    if process.returncode:
        sys.exit(
            f"error: {' '.join(command)} ended with {process.returncode}\n{output}"
        )
    return Measured({}, wall, peak[0] / 1e9), output


def _watch(pid: int, peak: list[int]) -> None:
    try:
        process = psutil.Process(pid)
        while process.is_running():
            family = [process, *process.children(recursive=True)]
            peak[0] = max(peak[0], sum(member.memory_info().rss for member in family))
            time.sleep(0.05)
    except psutil.NoSuchProcess:
        return


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="*", choices=SIZES, default=[*SIZES])
    parser.add_argument("--runs", type=int, default=MAX_RUNS, help="of each program")
    parser.add_argument("--no-page", action="store_true", help="print only")
    arguments = parser.parse_args()
    root = project_root()
    multiply, read = floor.multiply_rate(), floor.read_rate()
    cases = [_case(rows, root, multiply, read, arguments) for rows in arguments.rows]
    largest = _dataset(max(arguments.rows))
    print("running the ready questions, and ingest ...", file=sys.stderr)
    page = render(
        cases,
        queries.query_seconds(root, largest),
        ingest.ingest_seconds(largest, root),
        (multiply, read),
        f"{_machine()}; runs of each program: at most {arguments.runs}",
    )
    print(page)
    if not arguments.no_page:
        (root / PAGE).write_text(page, "utf-8")


def _case(
    rows: int,
    root: Path,
    multiply: float,
    read: float,
    arguments: argparse.Namespace,
) -> Case:
    """Measure every program on a table with this number of rows."""
    name = _dataset(rows)
    if not (root / "data" / name).exists():
        cities, sectors = SIZES[rows]
        synthetic.synthesize(name=name, cities=cities, sectors=sectors)
    audited = _audit(name, rows, root)
    demands = read_table(name).final_demand.shape[1] + 1
    runs, parts = _rounds(_commands(name), name, rows, root, arguments.runs)
    fastest = floor.floor_of_a_solve(rows, demands, multiply, read)
    return Case(rows, demands, runs | {"audit": audited}, parts, fastest)


def _rounds(
    commands: dict[str, list[str]], name: str, rows: int, root: Path, max_runs: int
) -> tuple[dict[str, Measured], dict[str, tuple[str, float]]]:
    """Run programs and builds alternately, since the speed of a machine varies.

    Returns
    -------
    runs : medians by program
    parts : nodes of the last build
    """
    runs: dict[str, list[Measured]] = {program: [] for program in (*commands, *BUILDS)}
    parts = {}
    for _ in range(max_runs):
        for program, done in runs.items():
            if sum(run.wall for run in done) >= NO_RUN_AFTER:
                continue
            print(f"running {program}, {rows:,} rows ...", file=sys.stderr)
            if program in commands:
                done.append(_program(commands[program], root))
            else:
                nodes, run = _build(program, name, root)
                done.append(run)
                parts = nodes if program == "build" else parts
    return {program: _median(done) for program, done in runs.items()}, parts


def _commands(name: str) -> dict[str, list[str]]:
    return {
        program: [sys.executable, "-m", "benchmarks.programs", program, name]
        for program in programs.PROGRAMS
    }


def _program(command: list[str], root: Path) -> Measured:
    """Run a program that prints its seconds."""
    run, output = measure(command, root)
    printed = json.loads(output.splitlines()[-1])
    steps = printed["seconds"]
    return Measured(steps, sum(steps.values()), run.peak_gb, printed["blas"])


def _audit(name: str, rows: int, root: Path) -> Measured:
    """Audit the dataset, so that no build has to."""
    print(f"running audit, {rows:,} rows ...", file=sys.stderr)
    run, _ = measure([_beside_python("carbonshed"), "audit", name], root)
    return run


def _build(
    how: str, name: str, root: Path
) -> tuple[dict[str, tuple[str, float]], Measured]:
    """Build a warehouse, from nothing or again; return its nodes and its cost."""
    if BUILDS[how]:
        _remove_warehouse(name)
    command = [_beside_python("dbt"), "--quiet", "build", *BUILDS[how]]
    command += ["--vars", f"dataset: {name}"]
    run, _ = measure(command, root)
    nodes = stages.nodes(root)
    return nodes, Measured(stages.of_build(nodes, run.wall), run.wall, run.peak_gb)


def _remove_warehouse(name: str) -> None:
    """Remove what has been built and published of a dataset."""
    for path in paths_of(name):
        if warehouse_dir() in path.parents:
            remove_path(path)


def _median(runs: list[Measured]) -> Measured:
    return Measured(
        {
            step: statistics.median(run.steps[step] for run in runs)
            for step in runs[0].steps
        },
        statistics.median(run.wall for run in runs),
        max(run.peak_gb for run in runs),
        runs[0].blas,
    )


def _dataset(rows: int) -> str:
    return SYNTHETIC_NAME if rows == max(SIZES) else f"bench-{rows}"


def _beside_python(command: str) -> str:
    return str(Path(sys.executable).with_name(command))


def _machine() -> str:
    memory = psutil.virtual_memory().total / 2**30
    packages = ", ".join(
        f"{name} {version(name)}"
        for name in ("numpy", "scipy", "duckdb", "dbt-core", "pymrio")
    )
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores ({platform.machine()}),"
        f" {memory:.0f} GiB; Python {platform.python_version()}, {packages}"
    )


if __name__ == "__main__":
    main()
