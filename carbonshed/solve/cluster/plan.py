"""How a system is cut for a cluster, and what that takes of each worker."""

import shutil
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from carbonshed.errors import CarbonshedError
from carbonshed.io_errors import TEMP_VARIABLE
from carbonshed.solve.cluster.squares import Grid
from carbonshed.solve.cluster.workers import Worker
from carbonshed.solve.memory_plan import OVERHEAD_BYTES
from carbonshed.solve.stored_matrix import blocks_of_regions, starts_of_regions
from carbonshed.text import size_text

# of a worker's memory, for the strip that it reads and the squares that it becomes;
# beside them are squares that wait to be spilled, and those that are multiplied
STRIP_SHARE = 0.3
MEMORY_SHARE = 0.9  # at 0.95 Dask ends a worker
FEWEST_SQUARES = 6  # on the diagonal: with fewer, workers wait for each other
MOST_SQUARES = 64  # 100,000 tasks, of a millisecond each for the scheduler
MOST_COLUMNS = 1024  # of demand, in a part
# of 8 n^2 bytes, all workers together, as measured: docs/cluster.md
KEPT = 6.0  # A, twice L, U and what is multiplied
WIRE, WIRE_POWER = 4.6, -0.24  # received by each of P: WIRE P^WIRE_POWER


@dataclass(frozen=True)
class ClusterPlan:
    """What a solve takes.

    Attributes
    ----------
    grid : Grid
    workers : int
    memory : int
        Bytes that the smallest worker may take.
    least : int
        Bytes that each worker needs.
    spilled : int
        Bytes that each worker may write to its disk.
    wire : int
        Bytes that each worker receives, about.
    written : int
        Bytes of the solved tables, at most.
    """

    grid: Grid
    workers: int
    memory: int
    least: int
    spilled: int
    wire: int
    written: int

    def __str__(self) -> str:
        """Return a line for the log."""
        grid = self.grid
        return (
            f"{grid.count} x {grid.count} squares of {grid.side:,} rows on"
            f" {self.workers} workers: each needs {size_text(self.least)} of its"
            f" {size_text(self.memory)}, spills up to {size_text(self.spilled)} and"
            f" receives about {size_text(self.wire)}; {size_text(self.written)} of"
            " results"
        )


def plan_squares(
    producers: np.ndarray,
    demands: int,
    *,
    workers: int,
    memory: int,
    stressors: int = 0,
    overhead: int = OVERHEAD_BYTES,
) -> ClusterPlan:
    """Choose the squares of a system that fits on no worker.

    Parameters
    ----------
    producers
        The region of each region-sector, shape (n,).
    demands
        k.
    workers
        How many there are.
    memory
        Bytes that the smallest of them may take.
    stressors
        Columns of intensities.
    overhead
        Bytes that a worker takes before it holds a strip.
    """
    size, starts = len(producers), starts_of_regions(producers)
    region = int(np.diff(starts).max())
    # the strip, its squares; demand, filled up and in parts; sales to regions
    per_row = 8 * (2 * size + 3 * demands + 2 * stressors + len(starts) - 1)
    # a strip and its squares, once more while they are cut, beside what reads them
    room = min(STRIP_SHARE * memory, (MEMORY_SHARE * memory - overhead) / 2)
    most = int(room / per_row)
    fewest = max(FEWEST_SQUARES, 4 * round(workers**0.5))
    count = max(fewest, -(-size // max(most, 1)))
    # a strip has whole regions
    side = max(region, min(-(-size // count // region) * region, most))
    rows = blocks_of_regions(producers, side)
    if side > most or len(rows) > max(MOST_SQUARES, fewest):
        needed = per_row * max(region, -(-size // MOST_SQUARES))
        needs = max(needed / STRIP_SHARE, (2 * needed + overhead) / MEMORY_SHARE)
        raise CarbonshedError(
            f"{size:,} region-sectors with {demands:,} columns of demand need"
            f" {size_text(needs)} of memory on each worker; the"
            f" smallest may take {size_text(memory)}"
        )
    kept = int(KEPT * 8 * size**2 / workers)
    grid = Grid(rows, demands, MOST_COLUMNS)
    return ClusterPlan(
        grid=grid,
        workers=workers,
        memory=memory,
        least=overhead + 2 * per_row * grid.side,
        spilled=max(0, kept - max(0, memory // 2 - overhead)),
        wire=int(WIRE * workers**WIRE_POWER * 8 * size**2),
        written=int(8.5 * size * demands),
    )


def require_disk(plan: ClusterPlan, workers: Sequence[Worker], results: Path) -> None:
    """Refuse what has no room where workers spill, or where results go."""
    hosts = defaultdict(list)
    for worker in workers:
        hosts[worker.host].append(worker.disk)
    for host, free in hosts.items():
        needed = plan.spilled * len(free)
        if needed > min(free):
            raise CarbonshedError(
                f"{host}: no room to spill: {len(free)} workers may need"
                f" {size_text(needed)}, {size_text(min(free))} are free; more memory or"
                f" workers, or a larger disk (dask worker --local-directory, here"
                f" {TEMP_VARIABLE}), are needed"
            )
    free_here = shutil.disk_usage(results).free
    if plan.written > free_here:
        raise CarbonshedError(
            f"{results}: no room for solved tables: up to {size_text(plan.written)} are"
            f" needed, {size_text(free_here)} are free"
        )
