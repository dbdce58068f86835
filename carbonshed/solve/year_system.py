"""A year's system, as it is read: cells and demand only when it is solved."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from carbonshed import leontief
from carbonshed.solve import relations as arrays
from carbonshed.solve import stored_matrix
from carbonshed.solve.cells import Cells
from carbonshed.solve.memory_plan import Plan, Solver
from carbonshed.solve.relations import Demand, OtherIntensities, Relations

# Z in memory at a time: 100 MB, and as much for the block that is read meanwhile
BLOCK_CELLS = 12_500_000


@dataclass(frozen=True)
class Producers:
    """The region-sectors of a year."""

    output: np.ndarray  # shape (n,), currency
    is_zero: np.ndarray  # shape (n,): which outputs count as zero
    regions: np.ndarray  # shape (n,): the region of each
    intensities: np.ndarray  # shape (n, q), unit of the stressor per currency


@dataclass(frozen=True)
class Settings:
    """Settings of a solve: solver, tolerance, and further tables to store."""

    tolerance: float = leontief.TOLERANCE  # largest relative residual accepted
    solver: Solver = field(default_factory=Solver)
    with_inverse: bool = False  # True if the Leontief inverse is stored too
    # True if tables that analyses need of the factors are stored too
    with_analyses: bool = False
    # True if total intensities by region of origin are stored too
    by_origin: bool = False
    # True if intensities that producers share by value added are stored too
    with_shares: bool = False
    # True if the output behind the exports of each region is stored too
    with_exports: bool = False


class YearSystem:
    """The system of one year; cells and demand are read when it is solved.

    Parameters
    ----------
    relations : Relations
    year : int
    settings : Settings, optional
        What is to be solved, and how.
    labels : list of (str, str), optional
        Those below, where they are known: reading them takes a scan of final demand.

    Attributes
    ----------
    output : ndarray, shape (n,), currency
    is_zero : ndarray of bool, shape (n,)
        Which outputs count as zero.
    producers : ndarray of str, shape (n,)
        The region of each region-sector.
    regions : Counter
        The region-sectors of each region, in the order of the rows.
    """

    def __init__(
        self,
        relations: Relations,
        year: int,
        settings: Settings | None = None,
        labels: list[tuple[str, str]] | None = None,
    ) -> None:
        self.relations = relations
        self.year = year
        self.settings = settings or Settings()
        self._labels = labels
        self.output, self.is_zero, self.producers = arrays.sector_output(
            relations.sector_output, year
        )
        self.regions = Counter(self.producers)

    @cached_property
    def _intensities(self) -> tuple[list[str], np.ndarray]:
        return arrays.intensities(self.relations.intensities, self.year, self.size)

    @property
    def stressors(self) -> list[str]:
        """The stressors, length q."""
        return self._intensities[0]

    @property
    def intensities(self) -> np.ndarray:
        """Direct intensities, shape (n, q), unit of the stressor per currency."""
        return self._intensities[1]

    @property
    def size(self) -> int:
        """Region-sectors, n."""
        return len(self.output)

    @property
    def demands(self) -> int:
        """Columns of demand, k, with exports and unattributed deliveries."""
        return len(self.labels) + 2

    @property
    def labels(self) -> list[tuple[str, str]]:
        """Region and category of every column of final demand, in order."""
        if self._labels is None:
            self._labels = self.relations.files.final_demand_of(self.year).labels()
        return self._labels

    @cached_property
    def masses(self) -> list[str]:
        """The stressors that are a mass, in order."""
        rows = self.relations.intensities.filter(
            f"year = {self.year} and unit = 't'"
        ).aggregate("stressor_id")
        return [stressor for (stressor,) in rows.order("1").fetchall()]

    @property
    def mass_columns(self) -> list[int]:
        """The columns of intensities of the stressors that are a mass."""
        return [self.stressors.index(stressor) for stressor in self.masses]

    @cached_property
    def neighbours(self) -> OtherIntensities:
        """The intensities of the years before and after, where these are followed."""
        return arrays.other_intensities(
            self.relations.neighbour_intensities,
            "intensity_year",
            self.year,
            self.size,
        )

    @cached_property
    def covered(self) -> OtherIntensities:
        """The intensities that pay a price, by coverage, where these are followed."""
        return arrays.other_intensities(
            self.relations.covered_intensities, "coverage_id", self.year, self.size
        )

    @property
    def cells(self) -> Cells:
        """The cells of Z."""
        return self.relations.files.transactions_of(self.year)

    def transaction_blocks(self) -> Iterator[tuple[slice, np.ndarray]]:
        """Yield Z in blocks of whole regions; the next one is read meanwhile.

        A block is overwritten by the one after the next.
        """
        rows_at_a_time = BLOCK_CELLS // max(self.size, 1)
        blocks = stored_matrix.blocks_of_regions(self.producers, rows_at_a_time)
        most_rows = max((rows.stop - rows.start for rows in blocks), default=0)
        # new memory costs as much as reading into it
        buffers = [np.empty((most_rows, self.size)) for _ in blocks[:2]]
        cells = self.cells

        def read(block: int) -> np.ndarray:
            rows = blocks[block]
            values = buffers[block % 2][: rows.stop - rows.start]
            values[:] = 0.0
            cells.put(values, rows)
            return values

        with ThreadPoolExecutor(1) as pool:
            reading = pool.submit(read, 0)
            for block, rows in enumerate(blocks):
                values = reading.result()
                if block + 1 < len(blocks):
                    reading = pool.submit(read, block + 1)
                yield rows, values

    def read_coefficients(self) -> np.ndarray:
        """Return A in memory, shape (n, n)."""
        return leontief.technical_coefficients(
            self.cells.matrix(self.size),
            self.output,
            is_zero=self.is_zero,
            overwrite=True,
        )

    def read_producers(self) -> Producers:
        """Read the region-sectors as a solve takes them."""
        return Producers(self.output, self.is_zero, self.producers, self.intensities)

    def stored(
        self, plan: Plan
    ) -> AbstractContextManager[tuple[stored_matrix.StoredMatrix, np.ndarray]]:
        """Keep A in a file; see `stored_matrix.stored_coefficients`."""
        return stored_matrix.stored_coefficients(
            self.cells,
            self.output,
            self.is_zero,
            stored_matrix.blocks_of_regions(self.producers, plan.rows),
            stored_matrix.scratch_folder(self.relations.session),
        )

    def demand(
        self,
        zero_column_deliveries: np.ndarray | float = 0.0,
        rows: slice | None = None,
    ) -> Demand:
        """Read demand for some rows, or all.

        The last column is what they deliver to region-sectors without output, which the
        matrix says.
        """
        demand = arrays.demand(
            self.relations, self.year, self.labels, self.producers, rows
        )
        demand.values[:, -1] = zero_column_deliveries
        return replace(demand, total=demand.total + zero_column_deliveries)
