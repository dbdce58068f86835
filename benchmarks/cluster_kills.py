"""A test of solves on a cluster that loses workers or its scheduler.

Run as ``python -m benchmarks.cluster_kills DATASET [ROUNDS]``, where the dataset has a
warehouse: 4,200 rows do, from ``carbonshed synthesize --cities 98 --name NAME``. Each
round solves it in squares on two worker processes. When a random share of the tasks of
a step is done, or of the files is written, it kills one or both workers, with or
without the nanny that would restart them, or the scheduler. The result must equal that
of one factorisation, or be a refusal after which the same solve succeeds. A round in
which no task was left after the kill is repeated.
"""

import random
import re
import shutil
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import duckdb
import psutil

from benchmarks.beyond_memory import relations_of
from carbonshed import progress
from carbonshed.errors import CarbonshedError
from carbonshed.solve.cluster import dask_solver
from carbonshed.solve.cluster import workers as cluster
from carbonshed.solve.memory_plan import Solver
from carbonshed.solve.solves import solve_years
from carbonshed.solve.year_system import Settings

BIN = Path(sys.executable).parent
KEYS = {
    "embodied_output": ("origin_id, region_position, category_position", "output"),
    "own_chain_output": ("origin_id", "output"),
    "total_intensities": ("stressor_id, region_sector_id", "total_intensity"),
    "intermediate_trade": (
        "stressor_id, origin_position, destination_position",
        "embodied",
    ),
}
STEPS = ("reading", "checking", "factorising", "writing")
PROGRESS = re.compile(r" s  ([a-z]+) .*: ([\d,]+) of ([\d,]+) tasks")
PLAN = re.compile(r"([\d,]+) x [\d,]+ squares")
LIMIT = 600  # seconds, for a solve of some
CLOSE = 1e-12
TOO_LATE = "nothing was left to do"


class Processes:
    """A scheduler and two workers, as a user starts them.

    Parameters
    ----------
    folder : Path
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / "scheduler.json"
        self.running: list[psutil.Popen] = []
        self.start()

    def start(self) -> None:
        """Start the scheduler and the workers anew."""
        self.stop()
        self.file.unlink(missing_ok=True)
        self._start("scheduler", "--port", "0", "--host", "127.0.0.1", "--no-show")
        while not self.file.exists():
            time.sleep(0.1)
        for _ in range(2):
            self._start("worker", "--nthreads", "1", "--memory-limit", "1.5GB")

    def _start(self, kind: str, *options: str) -> None:
        command = [str(BIN / "dask"), kind, "--scheduler-file", str(self.file)]
        if kind == "worker":
            options = (*options, "--local-directory", str(self.folder / "spill"))
        log = (self.folder / f"{kind}.log").open("a")
        self.running.append(
            psutil.Popen([*command, "--no-dashboard", *options], stdout=log, stderr=log)
        )

    def kill(self, victim: str) -> None:
        """Kill without warning."""
        scheduler, *nannies = self.running
        if victim == "the scheduler":
            scheduler.kill()
        for nanny in nannies[: 2 if "two" in victim else 1]:
            if "worker" in victim:
                workers = [
                    child
                    for child in nanny.children(recursive=True)
                    if "spawn_main" in " ".join(child.cmdline())
                ]
                if "nann" in victim:
                    nanny.kill()
                for worker in workers:
                    worker.kill()

    def stop(self) -> None:
        """End all of them."""
        for process in self.running:
            with suppress(psutil.NoSuchProcess):
                for child in process.children(recursive=True):
                    child.kill()
                process.kill()
                process.wait()
        self.running = []


def main(name: str, rounds: int) -> None:
    """Run all rounds and print their outcomes."""
    random.seed(20121)
    dask_solver.MEMORY_SHARE = 0  # use squares even for a matrix that fits on a worker
    cluster.PATIENCE, cluster.LOOK_EVERY = 30, 0.05
    victims = [
        "a worker", "a worker", "two workers", "a worker and its nanny",
        "two workers and their nannies", "the scheduler",
    ]  # fmt: skip
    ended: Counter[str] = Counter()
    repeated, left = 0, []
    with tempfile.TemporaryDirectory(dir="warehouse") as scratch:
        folder = Path(scratch)
        direct = folder / "direct"
        solve(name, direct, Settings(solver=Solver("direct")))
        processes = Processes(folder)
        try:
            while ended.total() < rounds:
                number = ended.total()
                victim = victims[number % len(victims)]
                step, share = random.choice(STEPS), random.random()
                outcome = one_round(processes, name, folder, victim, step, share)
                print(
                    f"{number + 1:3}  {victim}, {step}, {share:.0%} done: {outcome}",
                    flush=True,
                )
                left.append(size_of(folder / "spill"))
                if outcome == TOO_LATE:
                    repeated += 1
                else:
                    ended[outcome] += 1
        finally:
            processes.stop()
    print(dict(ended), f"{repeated} repeated")
    print(f"{max(left) / 1e6:.1f} MB of spilled data left at most, {left[-1]} B last")


def one_round(
    processes: Processes,
    name: str,
    folder: Path,
    victim: str,
    step: str,
    share: float,
) -> str:
    """Solve, kill, check the results and leftovers; return the outcome."""
    store = folder / "solved" / "ours"
    shutil.rmtree(store.parent, ignore_errors=True)
    settings = Settings(solver=Solver("dask", scheduler=str(processes.file)))
    messages: list[str] = []
    progress.print_progress = progress.print_note = messages.append
    ended: list[BaseException | None] = []

    def run() -> None:
        try:
            solve(name, store, settings)
            ended.append(None)
        except BaseException as error:
            ended.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    wait_for(lambda: ended or is_reached(step, share, messages, store))
    processes.kill(victim)
    before = len(messages)
    thread.join(LIMIT)
    assert not thread.is_alive(), "it hangs"
    (error,) = ended
    if "nann" in victim or "scheduler" in victim:
        processes.start()
    if error is None:
        check(store, folder / "direct")
        outcome = "right" if any(map(tasks_left, messages[before:])) else TOO_LATE
    else:
        assert isinstance(error, CarbonshedError), repr(error)
        assert not store.exists(), "half of it is there"
        print(f"     {error}")
        solve(name, store, settings)
        check(store, folder / "direct")
        outcome = "refused, then right"
    leftovers = [path.name for path in store.parent.iterdir() if path != store]
    assert not leftovers, leftovers
    assert len(list(store.iterdir())) == 1
    (system,) = store.iterdir()
    assert not list(system.glob(".*")), "files of lost workers"
    return outcome


def is_reached(step: str, share: float, messages: list[str], store: Path) -> bool:
    """Return whether a step has passed a share and is not finished."""
    if step == "writing":
        partial = store.with_name(f".{store.name}.partial")
        written = len(list(partial.glob("*/embodied_output*.parquet")))
        planned = [int(match[1]) for match in map(PLAN.search, messages) if match]
        # a file for each strip: demand is narrow enough for one part
        return bool(written) and written > share * (planned[0] - 1)
    match = PROGRESS.search(messages[-1]) if messages else None
    if not match or match[1] != step:
        return False
    done, total = (int(number.replace(",", "")) for number in match.groups()[1:])
    return share * total <= done < total


def tasks_left(line: str) -> bool:
    """Return whether a line of progress says that there is more to do."""
    match = PROGRESS.search(line)
    return bool(match) and match[2] != match[3]


def size_of(folder: Path) -> int:
    """Return the bytes of all files in a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def wait_for(is_time: Callable[[], object]) -> None:
    """Wait until a condition is true."""
    end = time.monotonic() + LIMIT
    while not is_time():
        assert time.monotonic() < end, "the step was never reached"
        time.sleep(0.02)


def solve(name: str, store: Path, settings: Settings) -> None:
    """Solve the first year of a dataset."""
    with duckdb.connect(f"warehouse/{name}.duckdb", read_only=True) as connection:
        solve_years(relations_of(connection), settings, store)


def check(store: Path, direct: Path) -> None:
    """Compare every solved table with that of one factorisation."""
    for table, (keys, value) in KEYS.items():
        missing, worst = duckdb.sql(f"""
            select
                count(*) filter (where ours.{value} is null or direct.{value} is null),
                max(abs(ours.{value} - direct.{value})) / max(abs(direct.{value}))
            from '{store}/*/{table}*.parquet' as ours
            full join '{direct}/*/{table}*.parquet' as direct using ({keys})
        """).fetchone()
        assert not missing, (table, missing)
        assert worst < CLOSE, (table, worst)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 30)
