"""Whether a solve on a cluster survives what is lost on the way.

Run as ``python -m benchmarks.cluster_kills DATASET [ROUNDS]``, where the dataset has a
warehouse: 4,200 rows do, from ``carbonshed synthesize --cities 97 --name NAME``. Every
round solves it in squares on two worker processes, and kills one or both of them, with
or without the nanny that would start them again, or the scheduler, in a random moment
of a step. The result is that of one factorisation, or a refusal in words after which
the same solve succeeds.
"""

import random
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
from carbonshed.solve import cluster, dask_solver, solves
from carbonshed.solve.plan import Solver
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
LIMIT = 300  # seconds, for a solve of some
CLOSE = 1e-12


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
                if "nanny" in victim:
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
    cluster.PATIENCE, cluster.LOOK_EVERY = 30, 0.1
    victims = [
        "a worker", "a worker", "two workers", "a worker and its nanny",
        "two workers and their nannies", "the scheduler",
    ]  # fmt: skip
    ended: Counter[str] = Counter()
    with tempfile.TemporaryDirectory(dir="warehouse") as folder:
        place = Path(folder)
        direct = place / "direct"
        solve(name, direct, Settings(solver=Solver("direct")))
        processes = Processes(place)
        try:
            for number in range(rounds):
                victim = victims[number % len(victims)]
                step = random.choice(STEPS)
                how = one_round(processes, name, place, victim, step)
                ended[how] += 1
                print(f"{number + 1:3}  {victim}, {step}: {how}", flush=True)
        finally:
            processes.stop()
    print(dict(ended))


def one_round(
    processes: Processes, name: str, place: Path, victim: str, step: str
) -> str:
    """Solve, kill in between, check what is left; return how it ended."""
    store = place / "solved" / "ours"
    shutil.rmtree(store.parent, ignore_errors=True)
    settings = Settings(solver=Solver("dask", scheduler=str(processes.file)))
    said: list[str] = []
    solves.print_progress = solves.print_note = said.append
    ended: list[BaseException | None] = []

    def run() -> None:
        try:
            solve(name, store, settings)
            ended.append(None)
        except BaseException as error:
            ended.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    wait_for(lambda: ended or has_begun(step, said, store))
    time.sleep(random.uniform(0, 1.5))
    was_over = bool(ended)
    processes.kill(victim)
    thread.join(LIMIT)
    assert not thread.is_alive(), "it hangs"
    (error,) = ended
    if "nan" in victim or "scheduler" in victim:
        processes.start()
    if error is None:
        check(store, place / "direct")
        how = "too late" if was_over else "right"
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


def has_begun(step: str, said: list[str], store: Path) -> bool:
    """Return whether a solve has come to a step."""
    if step == "writing":
        partial = store.with_name(f".{store.name}.partial")
        return any(partial.glob("*/embodied_output*.parquet"))
    return any(step in line for line in said)


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
