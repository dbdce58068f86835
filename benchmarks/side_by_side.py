"""Time a whole build beside pymrio and bare SciPy, on the same table, in one run.

``make bench`` prints the comparison and writes it to docs/benchmarks.md. Programs
run one after another, each in a process of its own; the numbers are wall seconds
and the largest resident memory of the process and its children.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import psutil

from benchmarks.report import render
from carbonshed.project import project_root

PAGE = Path("docs/benchmarks.md")


@dataclass(frozen=True)
class Measured:
    """A program's run: its own steps, the whole process, the memory."""

    steps: dict[str, float]
    wall: float
    peak_gb: float


def measure(command: list[str], root: Path) -> tuple[Measured, str]:
    """Run a command to its end; return what it took and what it printed."""
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
    parser.add_argument("--dataset", default="synthetic")
    parser.add_argument("--no-page", action="store_true", help="print only")
    arguments = parser.parse_args()
    root = project_root()
    runs: dict[str, Measured] = {}
    for program in ("bare", "carbonshed", "pymrio"):
        print(f"running {program} ...", file=sys.stderr)
        command = [sys.executable, "-m", "benchmarks.programs", program]
        run, output = measure([*command, arguments.dataset], root)
        steps = json.loads(output.splitlines()[-1])
        runs[program] = Measured(steps, sum(steps.values()), run.peak_gb)
    print("running dbt build ...", file=sys.stderr)
    dbt = str(Path(sys.executable).with_name("dbt"))
    build = [dbt, "--quiet", "build", "--vars", f"dataset: {arguments.dataset}"]
    runs["build"], _ = measure(build, root)
    results = json.loads((root / "target" / "run_results.json").read_text("utf-8"))
    page = render(runs, results, arguments.dataset, _machine())
    print(page)
    if not arguments.no_page:
        (root / PAGE).write_text(page, "utf-8")


def _machine() -> str:
    memory = psutil.virtual_memory().total / 2**30
    packages = ", ".join(
        f"{name} {version(name)}"
        for name in ("numpy", "scipy", "duckdb", "dbt-core", "pymrio")
    )
    kernel = os.environ.get("OPENBLAS_CORETYPE", "chosen by OpenBLAS")
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores ({platform.machine()}),"
        f" {memory:.0f} GiB; Python {platform.python_version()}, {packages};"
        f" BLAS kernel: {kernel}"
    )


if __name__ == "__main__":
    main()
