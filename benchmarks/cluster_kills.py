"""Whether a solve on a cluster survives what is lost on the way.

Run as ``python -m benchmarks.cluster_kills DATASET [ROUNDS]``, where the dataset has a
warehouse: 4,200 rows do, from ``carbonshed synthesize --cities 98 --name NAME``. Every
round solves it in squares on two worker processes, and kills one or both of them, with
or without the nanny that would start them again, or the scheduler, when a random share
of the tasks of a step is done, or of the files written. The result is that of one
factorisation, or a refusal in words after which the same solve succeeds. A round counts
only if tasks were left after the kill; others are repeated.
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
from carbonshed.errors import CarbonshedError
from carbonshed.solve import progress
from carbonshed.solve.cluster import dask_solver
from carbonshed.solve.cluster import workers as cluster
from carbonshed.solve.memory_plan import Solver
from carbonshed.solve.solves import solve_years
from carbonshed.solve.year import Settings

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
        """Start what is not there."""
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
    """Run all rounds and print how they ended."""
    random.seed(20121)
    dask_solver.WORKER_SHARE = 0  # in squares, also what would fit on a worker
    cluster.PATIENCE, cluster.LOOK_EVERY = 30, 0.05
    victims = [
        "a worker", "a worker", "two workers", "a worker and its nanny",
        "two workers and their nannies", "the scheduler",
    ]  # fmt: skip
    ended: Counter[str] = Counter()
    repeated, left = 0, []
    with tempfile.TemporaryDirectory(dir="warehouse") as folder:
        place = Path(folder)
        direct = place / "direct"
        solve(name, direct, Settings(solver=Solver("direct")))
        processes = Processes(place)
        try:
            while ended.total() < rounds:
                number = ended.total()
                victim = victims[number % len(victims)]
                step, share = random.choice(STEPS), random.random()
                how = one_round(processes, name, place, victim, step, share)
                print(
                    f"{number + 1:3}  {victim}, {step}, {share:.0%} done: {how}",
                    flush=True,
                )
                left.append(size_of(place / "spill"))
                if how == TOO_LATE:
                    repeated += 1
                else:
                    ended[how] += 1
        finally:
            processes.stop()
    print(dict(ended), f"{repeated} repeated")
    print(
        f"{max(left) / 1e6:.1f} MB left where workers spill at most, {left[-1]} B last"
    )


def one_round(
    processes: Processes,
    name: str,
    place: Path,
    victim: str,
    step: str,
    share: float,
) -> str:
    """Solve, kill in between, check what is left; return how it ended."""
    store = place / "solved" / "ours"
    shutil.rmtree(store.parent, ignore_errors=True)
    settings = Settings(solver=Solver("dask", scheduler=str(processes.file)))
    said: list[str] = []
    progress.print_progress = progress.print_note = said.append
    ended: list[BaseException | None] = []

    def run() -> None:
        try:
            solve(name, store, settings)
            ended.append(None)
        except BaseException as error:
            ended.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    wait_for(lambda: ended or is_so_far(step, share, said, store))
    processes.kill(victim)
    before = len(said)
    thread.join(LIMIT)
    assert not thread.is_alive(), "it hangs"
    (error,) = ended
    if "nann" in victim or "scheduler" in victim:
        processes.start()
    if error is None:
        check(store, place / "direct")
        how = "right" if any(map(tasks_left, said[before:])) else TOO_LATE
    else:
        assert isinstance(error, CarbonshedError), repr(error)
        assert not store.exists(), "half of it is there"
        print(f"     {error}")
        solve(name, store, settings)
        check(store, place / "direct")
        how = "refused, then right"
    left = [path.name for path in store.parent.iterdir() if path != store]
    assert not left, left
    assert len(list(store.iterdir())) == 1
    (system,) = store.iterdir()
    assert not list(system.glob(".*")), "files of lost workers"
    return how


def is_so_far(step: str, share: float, said: list[str], store: Path) -> bool:
    """Return whether a share of a step is done, and not all of it."""
    if step == "writing":
        partial = store.with_name(f".{store.name}.partial")
        written = len(list(partial.glob("*/embodied_output*.parquet")))
        planned = [int(found[1]) for found in map(PLAN.search, said) if found]
        # a file for each strip: demand is narrow enough for one part
        return bool(written) and written > share * (planned[0] - 1)
    found = PROGRESS.search(said[-1]) if said else None
    if not found or found[1] != step:
        return False
    done, most = (int(number.replace(",", "")) for number in found.groups()[1:])
    return share * most <= done < most


def tasks_left(line: str) -> bool:
    """Return whether a line of progress says that there is more to do."""
    found = PROGRESS.search(line)
    return bool(found) and found[2] != found[3]


def size_of(folder: Path) -> int:
    """Return the bytes of all files in a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def wait_for(is_time: Callable[[], object]) -> None:
    """Wait until something is so."""
    end = time.monotonic() + LIMIT
    while not is_time():
        assert time.monotonic() < end, "it does not come so far"
        time.sleep(0.02)


def solve(name: str, store: Path, settings: Settings) -> None:
    """Solve the first year of a dataset."""
    with duckdb.connect(f"warehouse/{name}.duckdb", read_only=True) as connection:
        solve_years(relations_of(connection), settings, store)


def check(store: Path, direct: Path) -> None:
    """Hold every solved table against that of one factorisation."""
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
