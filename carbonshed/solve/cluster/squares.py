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
from dask.delayed import Delayed

from carbonshed import leontief
from carbonshed.leontief.residual import probe_vectors
from carbonshed.solve.cluster.remote_year import WorkOrder
from carbonshed.solve.long_tables import Trade
from carbonshed.solve.relations import put_rows


@dataclass(frozen=True)
class Grid:
    """How a system is cut.

    Attributes
    ----------
    rows : list of slice
        Rows of each strip, of whole regions. Squares are as large as the largest
        strip; others are filled up by the identity.
    demands : int
        k.
    width : int
        Columns of demand that are solved at a time, at most.
    """

    rows: list[slice]
    demands: int
    width: int

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
        """Return rows of a strip, and zeros for those that a square has besides."""
        filled = np.zeros((self.side, *values.shape[1:]))
        filled[: len(values)] = values
        return filled


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
    return StripDemand(
        [grid.filled_up(values[:, columns]) for columns in grid.columns],
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
    for columns in grid.rows:
        square = np.zeros((grid.side, grid.side))
        part = strip.values[:, columns]
        np.negative(part, out=square[: part.shape[0], : part.shape[1]])
        if columns == rows:
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
        right = da.map_blocks(_permuted_back, self.turned, demand, **_like(demand))
        right = da.linalg.solve_triangular(self.lower, right, lower=True)
        return da.linalg.solve_triangular(self.upper, right)

    def total_intensities(self, intensities: da.Array) -> da.Array:
        """Return m of (I - A)' m = f."""
        left = da.linalg.solve_triangular(self.upper.T, intensities, lower=True)
        left = da.linalg.solve_triangular(self.lower.T, left)
        return da.map_blocks(_permuted, self.turned, left, **_like(left))


def diagonal(matrix: da.Array) -> da.Array:
    """Return the squares on the diagonal, one below the other; no other is made."""
    places = range(matrix.numblocks[0])
    return da.concatenate([matrix.blocks[place, place] for place in places])


def _like(array: da.Array) -> dict[str, Any]:
    return {"chunks": array.chunks, "dtype": array.dtype}


def _permuted(permutation: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Return P R, of a square of P on the diagonal: P is nothing beside it."""
    return right[np.argmax(permutation, axis=1)]


def _permuted_back(permutation: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Return P' R."""
    return right[np.argmax(permutation, axis=0)]


def from_blocks(
    blocks: list[list[Delayed]], height: int, widths: list[int]
) -> da.Array:
    """Return an array of rows of blocks that are still to be made.

    Parameters
    ----------
    height : int
        Rows of each block.
    widths : list of int
        Columns of each block of a row.
    """
    return da.block(
        [
            [
                da.from_delayed(block, (height, width), dtype=np.float64)
                for block, width in zip(row, widths, strict=True)
            ]
            for row in blocks
        ]
    )


def smallest_pivot(square: np.ndarray) -> float:
    """Return the smallest absolute value on the diagonal of a square of U."""
    return float(np.abs(np.diag(square)).min())


def own_chains(
    rows: slice, values: np.ndarray, producers: np.ndarray, own: np.ndarray
) -> np.ndarray:
    """Solve each region of a strip by itself; see `leontief.own_chain_output`."""
    return leontief.own_chain_output(values[:, rows], producers[rows], own[rows])


def trade(
    rows: slice,
    sold: np.ndarray,
    starts: np.ndarray,
    regions: list[str],
    totals: np.ndarray,
) -> Trade:
    """Return what the regions of a strip sell.

    Parameters
    ----------
    rows : slice
    sold : ndarray, shape (b, R), currency
    starts : ndarray of int, shape (R + 1,)
        The first row of each region, and n.
    regions : list of str, length R
    totals : ndarray, shape (n, q), unit of the stressor per currency
    """
    first, last = np.searchsorted(starts, [rows.start, rows.stop])
    edges = starts[first : last + 1] - rows.start
    return Trade.of(regions[first:last], edges, sold, totals[rows])
