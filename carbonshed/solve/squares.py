"""The solve of a year on the workers of a cluster: squares of I - A, as Dask arrays.

Strips of rows are read by workers, and checked while they are A. Then each becomes
squares, which `dask.array.linalg.lu` factorises with pivoting inside the squares on
the diagonal. Output embodied in demand is written by whoever has it; what comes back is
of the size of a vector of region-sectors, of a pair of regions, or of the columns of
demand.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

import dask.array as da
import numpy as np
from dask import delayed
from dask.base import tokenize
from dask.delayed import Delayed
from dask.highlevelgraph import HighLevelGraph

from carbonshed import leontief
from carbonshed.leontief.residual import probe_vectors
from carbonshed.solve.relations import put_rows
from carbonshed.solve.work_order import WorkOrder


@dataclass(frozen=True)
class Grid:
    """How a system is cut.

    Attributes
    ----------
    size, demands : int
        n and k.
    side : int
        Rows and columns of a square; the last ones are filled up by the identity.
    width : int
        Columns of demand that are solved at a time, at most.
    """

    size: int
    demands: int
    side: int
    width: int

    @property
    def count(self) -> int:
        """Squares on the diagonal."""
        return -(-self.size // self.side)

    @property
    def rows(self) -> list[slice]:
        """Rows of each strip; the last may have fewer."""
        starts = range(0, self.size, self.side)
        return [slice(start, min(start + self.side, self.size)) for start in starts]

    @property
    def columns(self) -> list[slice]:
        """Columns of demand, in parts of about the same width."""
        parts = -(-self.demands // self.width)
        edges = [self.demands * part // parts for part in range(parts + 1)]
        return [slice(*ends) for ends in pairwise(edges)]


# tuples: Dask knows how large they are, and so when to spill them
class Strip(NamedTuple):
    """Rows of A, and what they deliver to columns without output, shape (b,)."""

    values: np.ndarray
    deliveries: np.ndarray


class StripDemand(NamedTuple):
    """What a strip delivers to final users.

    Attributes
    ----------
    parts : list of ndarray, shape (side, w)
        Its rows of Y, filled up with zeros, by columns.
    sums : DemandSums
    """

    parts: list[np.ndarray]
    sums: "DemandSums"


class DemandSums(NamedTuple):
    """What the client needs of the demand for a strip.

    Attributes
    ----------
    own, total : ndarray, shape (b,)
        As in `relations.Demand`.
    expected : ndarray, shape (p, k)
        U' Y of these rows.
    squares : ndarray, shape (k,)
        Sums of their squares.
    """

    own: np.ndarray
    total: np.ndarray
    expected: np.ndarray
    squares: np.ndarray


def read_strip(order: WorkOrder, rows: slice) -> Strip:
    """Read rows of Z and turn them into rows of A."""
    system = order.open()
    values = np.zeros((rows.stop - rows.start, system.size))
    put_rows(system.relations.session, system.cells, values, rows)
    deliveries = values[:, system.is_zero].sum(axis=1)
    leontief.divide_by_output(values, system.output, system.is_zero)
    return Strip(values, deliveries)


def read_demand(
    order: WorkOrder, grid: Grid, rows: slice, deliveries: np.ndarray
) -> StripDemand:
    """Read rows of Y."""
    demand = order.open().demand(rows, deliveries)
    values = demand.values
    padded = np.zeros((grid.side, values.shape[1]), order="F")
    padded[: len(values)] = values
    return StripDemand(
        [np.ascontiguousarray(padded[:, columns]) for columns in grid.columns],
        DemandSums(
            demand.own,
            demand.total,
            probe_vectors(grid.size)[rows].T @ values,
            np.einsum("ij,ij->j", values, values),
        ),
    )


def cut(strip: Strip, grid: Grid, rows: slice) -> list[np.ndarray]:
    """Return the squares of I - A of a strip, each by itself in memory."""
    squares = []
    for place in range(grid.count):
        start = place * grid.side
        square = np.zeros((grid.side, grid.side))
        part = strip.values[:, start : start + grid.side]
        np.negative(part, out=square[: part.shape[0], : part.shape[1]])
        if start == rows.start:
            square.flat[:: grid.side + 1] += 1.0
        squares.append(square)
    return squares


class RemoteBlocks:
    """Strips of A on their workers, as `leontief.RowBlocks` that compute in place.

    Parameters
    ----------
    run : callable
        Returns the results of delayed tasks, which are small.
    strips : list of Delayed
        Each a `Strip`.
    grid : Grid
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
    """P, L and U of I - A, as Dask arrays of squares.

    Attributes
    ----------
    turned : dask.array.Array
        The squares of P on the diagonal, one below the other.
    lower, upper : dask.array.Array
    """

    turned: da.Array
    lower: da.Array
    upper: da.Array

    @classmethod
    def of(cls, system: da.Array) -> "Factors":
        """Factorise I - A."""
        permutation, lower, upper = da.linalg.lu(system)
        return cls(diagonal(permutation), lower, upper)

    def output(self, demand: da.Array) -> da.Array:
        """Return X of (I - A) X = Y."""
        right = _permuted(self.turned, demand, inverse=True)
        right = da.linalg.solve_triangular(self.lower, right, lower=True)
        return da.linalg.solve_triangular(self.upper, right)

    def total_intensities(self, intensities: da.Array) -> da.Array:
        """Return m of (I - A)' m = f."""
        left = da.linalg.solve_triangular(self.upper.T, intensities, lower=True)
        left = da.linalg.solve_triangular(self.lower.T, left)
        return _permuted(self.turned, left, inverse=False)


def diagonal(matrix: da.Array) -> da.Array:
    """Return the squares on the diagonal, one below the other; no other is made."""
    name = f"diagonal-{tokenize(matrix)}"
    squares = range(matrix.numblocks[0])
    graph = HighLevelGraph.from_collections(
        name,
        {(name, place, 0): (_same, (matrix.name, place, place)) for place in squares},
        dependencies=[matrix],
    )
    chunks = (matrix.chunks[0], matrix.chunks[1][:1])
    return da.Array(graph, name, chunks=chunks, dtype=matrix.dtype)


def _same(square: np.ndarray) -> np.ndarray:
    return square


def _permuted(turned: da.Array, right: da.Array, *, inverse: bool) -> da.Array:
    """Return P' R or P R, square by square: P is nothing beside its diagonal."""
    return da.blockwise(
        _permute,
        "ik",
        turned,
        "iz",
        right,
        "ik",
        inverse=inverse,
        concatenate=True,
        dtype=right.dtype,
    )


def _permute(
    permutation: np.ndarray, right: np.ndarray, *, inverse: bool
) -> np.ndarray:
    return right[np.argmax(permutation, axis=0 if inverse else 1)]


def from_blocks(
    blocks: list[list[Delayed]], height: int, widths: list[int]
) -> da.Array:
    """Return an array of blocks that are still to be made, all of the same height.

    Parameters
    ----------
    blocks : list of list of Delayed
        By row.
    height : int
        Rows of each block.
    widths : list of int
        Columns of each block of a row.
    """
    return da.concatenate(
        [
            da.concatenate(
                [
                    da.from_delayed(block, (height, width), dtype=np.float64)
                    for block, width in zip(row, widths, strict=True)
                ],
                axis=1,
            )
            for row in blocks
        ]
    )


def smallest_pivot(square: np.ndarray) -> float:
    """Return the smallest absolute value on the diagonal of a square of U."""
    return float(np.abs(np.diag(square)).min())


def own_blocks(
    rows: slice, values: np.ndarray, starts: np.ndarray
) -> dict[int, np.ndarray]:
    """Return by region the part of A of the region's own that lies in these rows.

    Parameters
    ----------
    rows, values
        A block of A.
    starts : ndarray of int, shape (R + 1,)
        The first row of each region, and n.
    """
    parts = {}
    first = int(np.searchsorted(starts, rows.start, side="right")) - 1
    last = int(np.searchsorted(starts, rows.stop, side="left"))
    for region in range(first, last):
        start, stop = starts[region], starts[region + 1]
        here = slice(
            max(start, rows.start) - rows.start, min(stop, rows.stop) - rows.start
        )
        parts[region] = values[here, start:stop].copy()
    return parts


def own_chains(
    parts: list[dict[int, np.ndarray]], starts: np.ndarray, names: list, own: np.ndarray
) -> dict[int, np.ndarray]:
    """Solve each region whose rows begin in the first of these strips by itself.

    Parameters
    ----------
    parts : list of dict
        Of `own_blocks`: of a strip, and of those that hold the rest of its last region.
    starts : ndarray of int, shape (R + 1,)
    names : list, length R
    own : ndarray, shape (n,), currency
        What each row delivers to final users of its own region.

    Returns
    -------
    dict of int to ndarray
        By region, output of its own chains.
    """
    solved = {}
    for region in parts[0]:
        rows = slice(starts[region], starts[region + 1])
        square = np.concatenate([each[region] for each in parts if region in each])
        if len(square) < square.shape[1]:
            continue  # it began in an earlier strip
        of_region = np.full(len(square), names[region], object)
        solved[region] = leontief.own_chain_output(square, of_region, own[rows])
    return solved


def amounts(
    rows: slice, sold: np.ndarray, starts: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return sums of sales by own region, and whether there are any.

    Parameters
    ----------
    rows : slice
    sold : ndarray, shape (b, R), currency
    starts : ndarray of int, shape (R + 1,)

    Returns
    -------
    ndarray, ndarray of bool, shape (regions here, R)
    """
    firsts = _firsts(rows, starts)
    is_any = np.logical_or.reduceat(sold != 0, firsts, axis=0)
    return np.add.reduceat(sold, firsts, axis=0), is_any


def embodied(
    rows: slice, sold: np.ndarray, starts: np.ndarray, totals: np.ndarray
) -> np.ndarray:
    """Return what sales embody by own region, shape (regions here, q, R).

    Parameters
    ----------
    rows, sold, starts
        As for `amounts`.
    totals : ndarray, shape (n, q), unit of the stressor per currency
    """
    edges = [*_firsts(rows, starts), rows.stop - rows.start]
    of_rows = totals[rows]
    return np.array([of_rows[a:b].T @ sold[a:b] for a, b in pairwise(edges)])


def _firsts(rows: slice, starts: np.ndarray) -> np.ndarray:
    """Return where regions begin in these rows; the first may have begun before."""
    inside = starts[(starts > rows.start) & (starts < rows.stop)]
    return np.concatenate([[0], inside - rows.start]).astype(np.int64)
