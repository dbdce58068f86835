"""A Dask cluster: an existing one, or processes of this machine."""

import json
import logging
import os
import shutil
import time
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dask
import distributed
from dask.delayed import Delayed
from distributed.scheduler import KilledWorker

from carbonshed.errors import CarbonshedError
from carbonshed.io_errors import TEMP_VARIABLE
from carbonshed.progress import TimedProgress
from carbonshed.solve.cluster.remote_year import exists
from carbonshed.solve.memory_plan import Solver, free_for
from carbonshed.solve.solutions import code_digest
from carbonshed.text import first_line, is_url, size_text

# a worker takes this before it solves anything: programs, DuckDB, messages
WORKER_OVERHEAD_BYTES = 300_000_000
# share of a worker's memory that a solve may take: above it Dask begins no task
MEMORY_SHARE = 0.8
# share of a worker's memory that the largest result of a task takes
RESULT_SHARE = 0.3
LOCAL_SHARE = 0.8  # share of the free memory, for all processes together
CORES_PER_PROCESS = 4  # threads of BLAS; there are at least two processes
PATIENCE = 300  # seconds in which no worker works, before a solve is given up
STOPPED = 10  # seconds in which no worker works, before disks are looked at
SETTLED = 5  # seconds without a new worker, before workers are counted
NOTE_EVERY = 60  # seconds between lines that stay
LOOK_EVERY = 2
ANSWERS_WITHIN = 30  # seconds, for a scheduler to answer
_START_SOME = "; start some: dask worker ADDRESS --nthreads 1 --memory-limit 60GB"
RUNNING, PAUSED = distributed.Status.running.name, distributed.Status.paused.name
_BEFORE_EXECUTING = "waiting", "fetch", "flight", "ready"  # states of tasks of a worker
_ENVIRONMENT = "distributed.nanny.pre-spawn-environ"
_LOGGERS = "distributed", "distributed.client"  # each has a level of its own

# tasks carry some vectors, of the size of the columns of demand
_SETTINGS = {"distributed.admin.large-graph-warning-threshold": "200MB"}


@dataclass(frozen=True)
class Worker:
    """A worker process."""

    address: str
    host: str
    memory: int  # bytes that each of its threads may take
    disk: int  # bytes that are free where it spills, which workers of a host share


class Cluster:
    """A client of a scheduler, and the workers that it has."""

    def __init__(self, client: distributed.Client) -> None:
        self.client = client
        self._known: set[str] = set()  # addresses of the workers at the last look

    def wait_for_workers(self, progress: TimedProgress) -> None:
        """Wait for the first worker, and until no more come."""
        if not self.worker_infos():
            self._note_waiting(progress)
        try:
            self.client.wait_for_workers(1, timeout=PATIENCE)
        except TimeoutError:
            raise CarbonshedError(
                f"the scheduler {self.client.scheduler.address} has no worker after"
                f" {PATIENCE} s{_START_SOME}"
            ) from None
        count_before = 0
        while (count := len(self.worker_infos())) > count_before:
            count_before = count
            time.sleep(SETTLED)

    def workers(self, paths: Sequence[str]) -> list[Worker]:
        """Return the workers; refuse one of other code, or that does not see a path."""
        replies = self.client.run(_look, paths)
        infos = self.worker_infos()
        self._known = set(infos)
        workers = []
        for address, (code, missing, disk) in replies.items():
            if code != code_digest():
                raise CarbonshedError(
                    f"the worker {address} runs another version of Carbonshed, DuckDB,"
                    " NumPy or SciPy than this process: start it in the same"
                    " environment"
                )
            if missing:
                raise CarbonshedError(
                    f"the worker {address} does not see {missing[0]}: data and"
                    " warehouse must lie in a folder that all workers see under the"
                    " same path, or what they share in object storage (var shared)"
                )
            info = infos[address]
            if not info["memory_limit"]:
                raise CarbonshedError(
                    f"the worker {address} has no limit of its memory; start it with"
                    " --memory-limit, such as 60GB"
                )
            memory = info["memory_limit"] // info["nthreads"]
            workers.append(Worker(address, info["host"], memory, disk))
        return workers

    def persist(self, tasks: list[Delayed]) -> list[Delayed]:
        """Begin tasks whose results stay with the workers."""
        return list(self.client.persist(tasks))

    def wait(
        self,
        tasks: list[Any],
        message: str,
        progress: TimedProgress,
        until: str = distributed.client.ALL_COMPLETED,
    ) -> None:
        """Wait until tasks that were begun have ended, and print how far they are.

        On a terminal at every look, else every minute. `until` is as of
        `distributed.wait`: all of them, or the first. A task's exception is raised.
        """
        futures = distributed.futures_of(tasks)
        most, seen = 0, time.monotonic()
        noted, is_asked = seen, False
        while True:
            with suppress(TimeoutError, distributed.TimeoutError):
                distributed.wait(futures, LOOK_EVERY, return_when=until)
                break
            if any(future.status in {"error", "cancelled"} for future in futures):
                break
            workers, now = self._look_at_workers(progress), time.monotonic()
            if any_works(workers.values()):
                seen, is_asked = now, False
            elif now - seen > PATIENCE:
                raise CarbonshedError(
                    f"{_stopped(workers)}, and none went on in {PATIENCE} s: give each"
                    " more memory (dask worker --memory-limit, here the var memory_gb)"
                    if workers
                    else f"all workers are gone, and none came in {PATIENCE} s"
                    + _START_SOME
                )
            elif workers and now - seen > STOPPED and not is_asked:
                is_asked = True
                progress.note(_stopped(workers))
                self._refuse_full_disks(workers)
            left = self.client.run_on_scheduler(_unfinished)
            most = max(most, left)
            done = f"{most - left:,} of {most:,} tasks"
            line = f"{message}: {done}, {len(workers)} workers"
            progress(line)
            if now - noted > NOTE_EVERY:
                noted = now
                progress.note(line + self._link())
        for future in futures:
            if future.status in {"error", "cancelled"}:
                future.result()  # raises the exception of the task

    def run(
        self, tasks: list[Delayed], message: str, progress: TimedProgress
    ) -> list[Any]:
        """Return the results of tasks; they are small."""
        futures = self.client.compute(tasks)
        self.wait(futures, message, progress)
        return self.client.gather(futures)

    def _look_at_workers(self, progress: TimedProgress) -> dict[str, Any]:
        """Return information on the workers; note if some were lost, or all."""
        workers = self.worker_infos()
        lost = len(self._known - workers.keys())
        self._known = set(workers)
        if lost:
            which = "a worker was" if lost == 1 else f"{lost} workers were"
            what = "its part is" if lost == 1 else "their parts are"
            progress.note(f"{which} lost ({len(workers)} left): {what} computed again")
            if not workers:
                self._note_waiting(progress)
        return workers

    def _note_waiting(self, progress: TimedProgress) -> None:
        line = f"waiting for a worker of {self.client.scheduler.address}"
        progress.note(line)
        progress(line)

    def _refuse_full_disks(self, workers: dict[str, Any]) -> None:
        """Refuse to wait for stopped workers whose disk has no room for a result."""
        replies = self.client.run(_look, [], on_error="ignore")
        for address, (_, _, free) in replies.items():
            worker = workers.get(address, {"status": "new"})
            if worker["status"] != PAUSED:
                continue
            if free < RESULT_SHARE * (worker["memory_limit"] or 0):
                raise CarbonshedError(
                    f"{worker['host']}: no room to spill in"
                    f" {worker['local_directory']}, where {size_text(free)} are free;"
                    f" {_stopped(workers)}: free some space, or give a larger disk"
                    f" (dask worker --local-directory, here {TEMP_VARIABLE}), or more"
                    " memory (--memory-limit)"
                )

    def _link(self) -> str:
        is_there = self.client.run_on_scheduler(_has_dashboard)
        return f" ({self.client.dashboard_link})" if is_there else ""

    def worker_infos(self) -> dict[str, Any]:
        """Return the scheduler's information on its workers, by address."""
        return self.client.scheduler_info(n_workers=-1)["workers"]


@contextmanager
def open_cluster(
    solver: Solver, scratch: Path, progress: TimedProgress
) -> Iterator[Cluster]:
    """Connect to the requested scheduler, else start processes here.

    Local processes spill to the folder `scratch`, which is removed at the end.

    Raises
    ------
    CarbonshedError
        If nobody answers, no worker comes, or the cluster is lost on the way.
    """
    with ExitStack() as stack:
        stack.enter_context(dask.config.set(_SETTINGS))
        stack.enter_context(_quiet())
        stack.enter_context(explained())
        if solver.scheduler:
            client = stack.enter_context(_connect(solver.scheduler))
        else:
            client = stack.enter_context(_local(solver, scratch))
        stack.enter_context(client.as_current())
        cluster = Cluster(client)
        if solver.scheduler:
            cluster.wait_for_workers(progress)
        yield cluster


def require_scheduler(scheduler: str) -> None:
    """Refuse an address or a file of a scheduler that does not answer."""
    with _quiet():
        _connect(scheduler).close()


def _connect(scheduler: str) -> distributed.Client:
    address = scheduler if is_url(scheduler) else _address_in(Path(scheduler))
    if address.startswith(("tls:", "wss:")) and not dask.config.get(
        "distributed.comm.tls.ca-file", None
    ):
        raise CarbonshedError(
            f"{scheduler}: a scheduler that is reached by TLS needs the certificates of"
            " Dask's own configuration, distributed.comm.tls, which names no ca-file:"
            " see Trust in docs/cluster.md"
        )
    try:
        return distributed.Client(address, timeout=ANSWERS_WITHIN, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        reason = first_line(error)
        raise CarbonshedError(f"{scheduler}: no scheduler answers: {reason}") from None


def _address_in(file: Path) -> str:
    """Return the address that a scheduler has written into its file."""
    try:
        return str(json.loads(file.read_text("utf-8"))["address"])
    except FileNotFoundError:
        raise CarbonshedError(
            f"{file}: no such file; the var scheduler is an address, such as"
            " tcp://10.0.0.1:8786, or the file that dask scheduler --scheduler-file"
            " writes"
        ) from None
    except (OSError, ValueError, KeyError, TypeError):
        raise CarbonshedError(
            f"{file} is no file that dask scheduler --scheduler-file has written: it"
            " names no address"
        ) from None


@contextmanager
def _local(solver: Solver, scratch: Path) -> Iterator[distributed.Client]:
    cores = os.cpu_count() or 1
    processes = max(2, cores // CORES_PER_PROCESS)
    threads = str(max(1, cores // processes))
    free = free_for(solver)
    if solver.memory_gb is None:
        free = int(LOCAL_SHARE * free)
    memory = free // processes
    if memory < WORKER_OVERHEAD_BYTES:
        raise CarbonshedError(
            f"{size_text(free)} of memory are too little for {processes} worker"
            f" processes, which need {size_text(WORKER_OVERHEAD_BYTES)} each before"
            " they solve anything: free memory, or give more by the var memory_gb"
        )
    blas = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    environment = {
        **dask.config.get(_ENVIRONMENT),  # returns freed memory at once
        **{name: os.environ.get(name, threads) for name in blas},
        "DASK_LOGGING__DISTRIBUTED": "critical",
    }
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    try:
        with (
            dask.config.set({_ENVIRONMENT: environment}),
            _processes(
                n_workers=processes,
                memory_limit=memory,
                local_directory=str(scratch),
            ) as cluster,
            distributed.Client(cluster, set_as_default=False) as client,
        ):
            yield client
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _processes(**options: object) -> distributed.LocalCluster:
    """Start worker processes of one thread; they end with the context."""
    try:
        return distributed.LocalCluster(
            threads_per_worker=1,
            processes=True,
            host="127.0.0.1",
            dashboard_address="127.0.0.1:0",
            # a scheduler runs the code of its clients: other users of the machine lack
            # the certificate, which is made for this run and kept in memory
            security=distributed.Security.temporary(),
            silence_logs="ERROR",
            **options,
        )
    except (RuntimeError, OSError) as error:
        cause = error.__cause__ or error
        reason = str(cause) or type(cause).__name__
        raise CarbonshedError(
            f"worker processes cannot be started here ({reason}): there may be too"
            " little memory, or too few processes, open files or ports; free some, or"
            " solve with the var solver: direct or streamed, or on a cluster that is"
            " there (var scheduler)"
        ) from None


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep Dask's log out of a build's; faults come back as errors."""
    loggers = [logging.getLogger(name) for name in _LOGGERS]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


@contextmanager
def explained() -> Iterator[None]:
    """Explain that a task ends its workers, memory is gone, or nobody answers."""
    again = (
        "nothing of it is taken for whole; run it again, years that are complete are"
        " kept"
    )
    try:
        yield
    except KilledWorker as error:
        raise CarbonshedError(
            f"a part of the solve has ended its worker again and again ({error}): give"
            f" each worker more memory (dask worker --memory-limit); {again}"
        ) from None
    except MemoryError as error:
        raise CarbonshedError(
            f"a worker has no memory left ({error}); {again}"
        ) from None
    except (CancelledError, OSError) as error:
        if getattr(error, "errno", None) is not None:
            raise  # a disk of this machine has an errno; connections have none
        # Dask names every task, over many lines
        reason = first_line(error)[:200].rstrip(":")
        raise CarbonshedError(
            f"the scheduler was lost on the way ({reason}); {again}"
        ) from None


def _look(
    addresses: Sequence[str], dask_worker: distributed.Worker
) -> tuple[str, list[str], int]:
    """Return, on a worker, its code, paths that it lacks, and its free disk space."""
    try:
        missing = [address for address in addresses if not exists(address)]
    except CarbonshedError as error:
        raise CarbonshedError(f"worker {dask_worker.address}: {error}") from None
    folder = dask_worker.local_directory
    return code_digest(), missing, shutil.disk_usage(folder).free


def any_works(workers: Collection[dict[str, Any]]) -> bool:
    """Return whether a worker goes on: with a task, or because it may begin one.

    Dask lets a worker with too little memory begin none, and others may have nothing to
    do but to wait for its results.
    """
    has_stopped = any(worker["status"] == PAUSED for worker in workers)
    for worker in workers:
        counts = worker["metrics"].get("task_counts", {})
        may_begin = worker["status"] == RUNNING and (
            not has_stopped or any(counts.get(state, 0) for state in _BEFORE_EXECUTING)
        )
        if may_begin or counts.get("executing", 0) > 0:
            return True
    return False


def _stopped(workers: dict[str, Any]) -> str:
    count = sum(worker["status"] == PAUSED for worker in workers.values())
    return f"{count} of {len(workers)} workers have stopped for lack of memory"


def _unfinished(dask_scheduler: distributed.Scheduler) -> int:
    """Return, on the scheduler, how many tasks are still to be done."""
    left = {"waiting", "processing", "queued", "no-worker"}
    return sum(task.state in left for task in dask_scheduler.tasks.values())


def _has_dashboard(dask_scheduler: distributed.Scheduler) -> bool:
    """Return, on the scheduler, whether its HTTP server has one: it needs Bokeh."""
    return bool(dask_scheduler.http_application.applications)
