"""The solve of a year on the workers of a cluster: squares of I - A, as Dask arrays.

Strips of rows are read by workers, and checked while they are A. Then each becomes
squares, which `dask.array.linalg.lu` factorises with pivoting inside the squares on
the diagonal. Workers write the output embodied in demand; they return no more than
vectors of region-sectors, matrices of regions, and vectors of the columns of demand.
"""

import shutil
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import dask.array as da
import numpy as np
from dask import delayed
from dask.delayed import Delayed

from carbonshed import leontief
from carbonshed.errors import CarbonshedError
from carbonshed.io_errors import TEMP_VARIABLE
from carbonshed.leontief.residual import probe_vectors
from carbonshed.solve.cluster.remote_year import RemoteYear
from carbonshed.solve.cluster.workers import (
    MEMORY_SHARE,
    RESULT_SHARE,
    WORKER_OVERHEAD_BYTES,
    Worker,
)
from carbonshed.solve.solved_tables import Trade
from carbonshed.solve.stored_matrix import blocks_of_regions, starts_of_regions
from carbonshed.text import size_text

FILLED_SHARE = 0.9  # of its memory: Dask lets it receive a tenth beside MEMORY_SHARE
MIN_SQUARES = 6  # on the diagonal: with fewer, workers wait for each other
MAX_SQUARES = 64  # 100,000 tasks, of a millisecond each for the scheduler
MAX_COLUMNS = 1024  # columns of demand in a part
# share of 8 n^2 bytes, all workers together, as measured: docs/cluster.md
KEPT = 6.0  # A, twice L, U and what is multiplied
WIRE, WIRE_POWER = 4.6, -0.24  # received by each of P: WIRE P^WIRE_POWER


@dataclass(frozen=True)
class Grid:
    """The cut of a system into squares."""

    # Rows of each strip, of whole regions. Squares are as large as the largest strip;
    # others are filled up by the identity.
    rows: list[slice]
    demands: int  # k
    width: int  # columns of demand that are solved at a time, at most

    @property
    def size(self) -> int:
        """Region-sectors, n."""
        return self.rows[-1].stop

    @property
    def count(self) -> int:
        """Squares on the diagonal."""
        return len(self.rows)

    @property
    def side(self) -> int:
        """Rows and columns of a square."""
        return max(rows.stop - rows.start for rows in self.rows)

    @property
    def columns(self) -> list[slice]:
        """Columns of demand, in parts of about the same width."""
        parts = -(-self.demands // self.width)
        edges = [self.demands * part // parts for part in range(parts + 1)]
        return [slice(*ends) for ends in pairwise(edges)]

    def filled_up(self, values: np.ndarray) -> np.ndarray:
        """Return rows of a strip, filled up with zeros to the side of a square."""
        filled = np.zeros((self.side, *values.shape[1:]))
        filled[: len(values)] = values
        return filled


# tuples, because Dask can measure them, and so spill them in time
class Strip(NamedTuple):
    """Rows of A, and what they deliver to columns without output, shape (b,)."""

    values: np.ndarray
    deliveries: np.ndarray


class StripDemand(NamedTuple):
    """The deliveries of a strip to final users."""

    # shape (side, w): its rows of Y, filled up with zeros, by columns
    parts: list[np.ndarray]
    sums: "DemandSums"


class DemandSums(NamedTuple):
    """Sums of the demand for a strip that the client needs."""

    own: np.ndarray  # shape (b,), as in `relations.Demand`
    total: np.ndarray  # the same
    expected: np.ndarray  # shape (p, k): U' Y of these rows
    squares: np.ndarray  # shape (k,): sums of their squares


def read_strip(year: RemoteYear, rows: slice) -> Strip:
    """Read rows of Z and turn them into rows of A."""
    system = year.open()
    values = np.zeros((rows.stop - rows.start, system.size))
    system.cells.put(values, rows)
    deliveries = values[:, system.is_zero].sum(axis=1)
    leontief.divide_by_output(values, system.output, system.is_zero)
    return Strip(values, deliveries)


def read_demand(
    year: RemoteYear, grid: Grid, rows: slice, deliveries: np.ndarray
) -> StripDemand:
    """Read rows of Y."""
    demand = year.open().demand(deliveries, rows)
    values = demand.values
    return StripDemand(
        [grid.filled_up(values[:, columns]) for columns in grid.columns],
        DemandSums(
            demand.own,
            demand.total,
            probe_vectors(grid.size)[rows].T @ values,
            np.einsum("ij,ij->j", values, values),
        ),
    )


class Aligned(NamedTuple):
    """A square that is aligned where it is used: one that Dask has sent may not be.

    SciPy 1.18 factorises no other; NumPy takes any.
    """

    values: np.ndarray

    def __array__(
        self, dtype: np.dtype | None = None, copy: bool | None = None
    ) -> np.ndarray:
        """Return the square; a copy only of one that is not aligned."""
        return np.require(self.values, dtype, "A")


def cut(strip: Strip, grid: Grid, rows: slice) -> list[np.ndarray | Aligned]:
    """Return the squares of I - A of a strip, each in memory of its own."""
    squares: list[np.ndarray | Aligned] = []
    for columns in grid.rows:
        square = np.zeros((grid.side, grid.side))
        part = strip.values[:, columns]
        np.negative(part, out=square[: part.shape[0], : part.shape[1]])
        if columns == rows:
            square.flat[:: grid.side + 1] += 1.0
        squares.append(Aligned(square) if columns == rows else square)
    return squares


class RemoteBlocks:
    """Strips of A on their workers, as `leontief.RowBlocks` that compute in place.

    `run` returns the results of delayed tasks, which are small.
    """

    def __init__(
        self, run: Callable[[list[Delayed]], list], strips: list[Delayed], grid: Grid
    ) -> None:
        self.size = grid.size
        self._run = run
        self._strips = strips
        self._rows = grid.rows

    def map(
        self, function: Callable[..., Any], *arrays: np.ndarray
    ) -> list[tuple[slice, Any]]:
        """Return rows and ``function(rows, values, *arrays)`` of every strip."""
        results = self.delayed(function, *arrays)
        return list(zip(self._rows, self._run(results), strict=True))

    def delayed(
        self, function: Callable[..., Any], *arrays: np.ndarray
    ) -> list[Delayed]:
        """Return the same, not yet begun and without the rows."""
        sent = [delayed(array, traverse=False) for array in arrays]
        return [
            delayed(_of_strip)(function, rows, strip, *sent)
            for rows, strip in zip(self._rows, self._strips, strict=True)
        ]


def _of_strip(function: Any, rows: slice, strip: Strip, *arrays: np.ndarray) -> Any:
    return function(rows, strip.values, *arrays)


@dataclass(frozen=True)
class Factors:
    """P, L and U of I - A, as Dask arrays of squares."""

    turned: da.Array  # the squares of P on the diagonal, one below the other
    lower: da.Array
    upper: da.Array

    @classmethod
    def of(cls, system: da.Array) -> "Factors":
        """Factorise I - A."""
        permutation, lower, upper = da.linalg.lu(system)
        return cls(diagonal(permutation), lower, upper)

    def kept(self, persist: Callable[[list[Delayed]], list[Delayed]]) -> "Factors":
        """Return the same factors, made once: their squares stay with the workers.

        `persist` begins tasks whose results stay there.
        """
        count = len(self.lower.chunks[0])
        below = [(i, j) for i in range(count) for j in range(i + 1)]
        arrays = [
            (self.turned, [(i, 0) for i in range(count)]),
            (self.lower, below),
            (self.upper, [(j, i) for i, j in below]),
        ]
        tasks = []
        for array, keys in arrays:
            parts = array.to_delayed(optimize_graph=False)
            tasks += [parts[key] for key in keys]
        squares = iter(persist(tasks))
        return Factors(*(_of_squares(*pair, squares) for pair in arrays))

    def output(self, demand: da.Array) -> da.Array:
        """Return X of (I - A) X = Y."""
        right = da.map_blocks(_permuted_back, self.turned, demand, **_like(demand))
        right = da.linalg.solve_triangular(self.lower, right, lower=True)
        return da.linalg.solve_triangular(self.upper, right)

    def total_intensities(self, intensities: da.Array) -> da.Array:
        """Return m of (I - A)' m = f."""
        left = da.linalg.solve_triangular(self.upper.T, intensities, lower=True)
        left = da.linalg.solve_triangular(self.lower.T, left)
        return da.map_blocks(_permuted, self.turned, left, **_like(left))


def _of_squares(
    array: da.Array, keys: list[tuple[int, int]], squares: Iterator[Delayed]
) -> da.Array:
    """Return an array of the next squares, at the keys; no solve asks for others."""
    (side, *_), columns = array.chunksize, len(array.chunks[1])
    made = {
        key: da.from_delayed(next(squares), (side, side), dtype=np.float64)
        for key in keys
    }
    zeros = da.zeros((side, side), chunks=(side, side))
    rows = range(len(array.chunks[0]))
    return da.block([[made.get((i, j), zeros) for j in range(columns)] for i in rows])


def diagonal(matrix: da.Array) -> da.Array:
    """Return the squares on the diagonal, one below the other; no other is computed."""
    squares = range(matrix.numblocks[0])
    return da.concatenate([matrix.blocks[position, position] for position in squares])


def _like(array: da.Array) -> dict[str, Any]:
    return {"chunks": array.chunks, "dtype": array.dtype}


def _permuted(permutation: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Return P R, of a square of P on the diagonal: P is small beside it."""
    return right[np.argmax(permutation, axis=1)]


def _permuted_back(permutation: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Return P' R."""
    return right[np.argmax(permutation, axis=0)]


def from_blocks(
    blocks: list[list[Delayed]], height: int, widths: list[int]
) -> da.Array:
    """Return an array of blocks that are still to be made, all of the same height."""
    return da.block(
        [
            [
                da.from_delayed(block, (height, width), dtype=np.float64)
                for block, width in zip(row, widths, strict=True)
            ]
            for row in blocks
        ]
    )


def column_by_region(
    values: np.ndarray, numbers: np.ndarray, some: range, side: int
) -> np.ndarray:
    """Return rows of a strip with each value in the column of its region.

    Regions are numbered; the columns are those of some of them, shape (side, w).
    """
    right = np.zeros((side, len(some)))
    rows = np.flatnonzero((numbers >= some.start) & (numbers < some.stop))
    right[rows, numbers[rows] - some.start] = values[rows]
    return right


def value_of_region(solved: np.ndarray, numbers: np.ndarray, some: range) -> np.ndarray:
    """Return of each row of a strip the value in the column of its region, else 0."""
    values = np.zeros(len(numbers))
    rows = np.flatnonzero((numbers >= some.start) & (numbers < some.stop))
    values[rows] = solved[rows, numbers[rows] - some.start]
    return values


def smallest_pivot(square: np.ndarray) -> float:
    """Return the smallest absolute value on the diagonal of a square of U."""
    return float(np.abs(np.diag(square)).min())


def trade(
    rows: slice,
    sold: np.ndarray,  # shape (b, R), currency
    starts: np.ndarray,  # first row of each region, and n
    regions: list[str],
    totals: np.ndarray,  # shape (n, q)
) -> Trade:
    """Add up the sales of a strip by its regions."""
    first, last = np.searchsorted(starts, [rows.start, rows.stop])
    edges = starts[first : last + 1] - rows.start
    return Trade.of(regions[first:last], edges, sold, totals[rows])


@dataclass(frozen=True)
class ClusterPlan:
    """The needs of a solve on a cluster."""

    grid: Grid
    workers: int
    memory: int  # bytes that the smallest worker may take
    least: int  # bytes that each worker needs
    filled: int  # bytes that each worker takes at most, as results fill its memory
    spilled: int  # bytes that each worker may write to its disk
    wire: int  # bytes that each worker receives, about
    written: int  # bytes of the solved tables, at most

    def __str__(self) -> str:
        """Return a line for the log."""
        grid = self.grid
        return (
            f"{grid.count} x {grid.count} squares of {grid.side:,} rows on"
            f" {self.workers} workers: each needs {size_text(self.least)} and fills up"
            f" to {size_text(self.filled)} of its {size_text(self.memory)}, spills up"
            f" to {size_text(self.spilled)} and receives about {size_text(self.wire)};"
            f" {size_text(self.written)} of results"
        )


def plan_squares(
    producers: np.ndarray,
    demands: int,
    *,
    workers: int,
    memory: int,
    stressors: int = 0,
    overhead: int = WORKER_OVERHEAD_BYTES,
) -> ClusterPlan:
    """Choose the squares of a system that fits on no worker.

    The smallest worker may take `memory` bytes, of which `overhead` are gone before it
    holds a strip. `producers` has the region of each region-sector.
    """
    size, starts = len(producers), starts_of_regions(producers)
    region = int(np.diff(starts).max())
    # the strip, its squares; demand, filled up and in parts; sales to regions
    per_row = 8 * (2 * size + 3 * demands + 2 * stressors + len(starts) - 1)
    # a strip and its squares, once more while they are cut, beside what reads them
    room = min(RESULT_SHARE * memory, (MEMORY_SHARE * memory - overhead) / 2)
    max_rows = int(room / per_row)
    min_squares = max(MIN_SQUARES, 4 * round(workers**0.5))
    count = max(min_squares, -(-size // max(max_rows, 1)))
    # a strip has whole regions
    side = max(region, min(-(-size // count // region) * region, max_rows))
    rows = blocks_of_regions(producers, side)
    if side > max_rows or len(rows) > max(MAX_SQUARES, min_squares):
        needed = per_row * max(region, -(-size // MAX_SQUARES))
        needs = max(needed / RESULT_SHARE, (2 * needed + overhead) / MEMORY_SHARE)
        raise CarbonshedError(
            f"{size:,} region-sectors with {demands:,} columns of demand need"
            f" {size_text(needs)} of memory on each worker; the"
            f" smallest may take {size_text(memory)}"
        )
    kept = int(KEPT * 8 * size**2 / workers)
    grid = Grid(rows, demands, MAX_COLUMNS)
    least = overhead + 2 * per_row * grid.side
    return ClusterPlan(
        grid=grid,
        workers=workers,
        memory=memory,
        least=least,
        filled=max(least, min(int(FILLED_SHARE * memory), overhead + kept)),
        spilled=max(0, kept - max(0, memory // 2 - overhead)),
        wire=int(WIRE * workers**WIRE_POWER * 8 * size**2),
        written=int(8.5 * size * demands),
    )


def require_disk(plan: ClusterPlan, workers: Sequence[Worker], results: Path) -> None:
    """Refuse a plan whose spills or results do not fit on the disks."""
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
