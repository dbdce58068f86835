"""Scans of a file of transactions by workers, for the audit of a large table."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from dask import delayed

from carbonshed.paths import solved_dir
from carbonshed.progress import TimedProgress
from carbonshed.solve.cluster import remote_year
from carbonshed.solve.cluster.workers import open_cluster
from carbonshed.solve.memory_plan import Solver
from carbonshed.solve.solutions import SolveStore
from carbonshed.text import is_url


def scanned_by_workers(
    scan: Callable[..., Any],
    parts: Sequence[tuple[Any, ...]],
    path: Path,
    name: str,
    solver: Solver,
) -> list[Any]:
    """Return what `scan` finds in each part of a file of the dataset `name`.

    `scan` takes the address of the file, the arguments of a part, and what makes a
    connection read the address, None for a path. Workers without the disk of this
    machine read a copy in the shared folder of `solver`.
    """
    progress = TimedProgress("audit")
    store = SolveStore(solved_dir() / name)
    with open_cluster(solver, store.scratch, progress) as cluster:
        address = str(path)
        if solver.shared:
            folder = remote_year.of_data(solver.shared, name)
            address = remote_year.copied(path, folder, progress.note)
        cluster.workers([address])
        connect = remote_year.connect_to if is_url(address) else None
        tasks = [delayed(scan)(address, *part, connect) for part in parts]
        return cluster.run(tasks, "scanning transactions", progress)
