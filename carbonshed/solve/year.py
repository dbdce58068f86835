"""A year's system: read, planned, and solved in the way that fits into memory."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import cached_property

import duckdb
import numpy as np

from carbonshed import leontief
from carbonshed.progress import Message
from carbonshed.solve import memory_plan as memory
from carbonshed.solve import relations as arrays
from carbonshed.solve import stored_matrix
from carbonshed.solve.imports import read_imports
from carbonshed.solve.memory_plan import Plan, Solver
from carbonshed.solve.relations import Demand, Relations
from carbonshed.solve.solver import (
    Producers,
    Solved,
    solve_in_memory,
    solve_streamed,
)

_LIKE_STRESSORS = 3  # stressors whose memory an imported product takes


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


class YearSystem:
    """The system of one year; cells and demand are read when it is solved.

    Parameters
    ----------
    relations : Relations
    year : int
    with_imports : bool
        True if imported products are followed too.
    by_origin : bool
        True if stressors that are a mass are followed by region of origin too.
    labels : list of (str, str), optional
        Those below, where they are known: reading them takes a scan of final demand.

    Attributes
    ----------
    output : ndarray, shape (n,), currency
    is_zero : ndarray of bool, shape (n,)
        Which outputs count as zero.
    producers : ndarray of str, shape (n,)
        The region of each region-sector.
    stressors : list of str, length q
    intensities : ndarray, shape (n, q), unit of the stressor per currency
    """

    def __init__(
        self,
        relations: Relations,
        year: int,
        *,
        with_imports: bool = False,
        by_origin: bool = False,
        labels: list[tuple[str, str]] | None = None,
    ) -> None:
        self.relations = relations
        self.year = year
        self.with_imports = with_imports
        self.by_origin = by_origin
        self._labels = labels
        self.output, self.is_zero, self.producers = arrays.sector_output(
            relations.sector_output, year
        )
        self.stressors, self.intensities = arrays.intensities(
            relations.intensities, year, self.size
        )

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
            self._labels = self.relations.labels.get(self.year, [])
        return self._labels

    @cached_property
    def masses(self) -> list[str]:
        """The stressors that are a mass, in order."""
        rows = self.relations.intensities.filter(
            f"year = {self.year} and unit = 't'"
        ).aggregate("stressor_id")
        return [stressor for (stressor,) in rows.order("1").fetchall()]

    @property
    def cells(self) -> duckdb.DuckDBPyRelation:
        """The cells of Z: origin_id, destination_id, amount."""
        return arrays.transaction_cells(self.relations, self.year)

    @property
    def counts(self) -> dict[str, int]:
        """The counts that plans need beside size and demands.

        An imported product takes its column in the solve and some vectors besides: as
        much as some stressors do. A region of origin takes what a stressor does.
        """
        regions = Counter(self.producers)
        products = len(self.relations.sector_positions) if self.with_imports else 0
        origins = len(regions) * len(self.masses) if self.by_origin else 0
        stressors = len(self.stressors) + origins
        return {
            "stressors": stressors + _LIKE_STRESSORS * products,
            "region": max(regions.values(), default=1),
            "regions": len(regions),
        }

    def read_demand(self) -> Demand:
        """Return every column of demand; what is unattributed is still empty."""
        return self._demand(self.relations)

    def plan(self, solver: Solver) -> Plan:
        """Choose how to solve; see `memory_plan.plan`."""
        return memory.plan(self.size, self.demands, solver, **self.counts)

    def solve(self, plan: Plan, tolerance: float, progress: Message) -> Solved:
        """Read and solve the system; a residual above the tolerance is refused."""
        progress(str(plan))
        progress(f"reading {self.size:,} x {self.size:,} transactions")
        if plan.solver == memory.DIRECT:
            return self._solve_in_memory(tolerance, progress)
        return self._solve_streamed(plan, tolerance, progress)

    def read_producers(self) -> Producers:
        """Read the region-sectors as a solve takes them."""
        imports = None
        if self.with_imports:
            imports = read_imports(self.relations, self.year)
        by_origin = None
        if self.by_origin:
            by_origin = [self.stressors.index(stressor) for stressor in self.masses]
        return Producers(
            self.output,
            self.is_zero,
            self.producers,
            self.intensities,
            imports,
            by_origin,
        )

    def _solve_in_memory(self, tolerance: float, progress: Message) -> Solved:
        producers = self.read_producers()
        # read demand, which waits for the disk, while the matrix is computed, on a
        # connection of its own: queries of two threads on one can deadlock
        cells, relations = self.cells, self.relations.on_new_cursor()
        with ThreadPoolExecutor(1) as pool:
            reading = pool.submit(self._demand, relations)
            matrix = arrays.matrix(self.relations.session, cells, self.size)
        return solve_in_memory(
            matrix,
            producers,
            _with_unattributed(reading.result(), matrix[:, self.is_zero].sum(axis=1)),
            tolerance=tolerance,
            progress=progress,
        )

    def _solve_streamed(
        self, plan: Plan, tolerance: float, progress: Message
    ) -> Solved:
        producers = self.read_producers()
        with stored_matrix.stored_coefficients(
            self.cells,
            self.output,
            self.is_zero,
            stored_matrix.blocks_of_regions(self.producers, plan.rows),
            stored_matrix.scratch_folder(self.relations.session),
        ) as (coefficients, zero_column_deliveries):
            progress("reading final demand")
            return solve_streamed(
                coefficients,
                producers,
                _with_unattributed(
                    self._demand(self.relations), zero_column_deliveries
                ),
                columns=plan.columns,
                tolerance=tolerance,
                progress=progress,
            )

    def demand(self, rows: slice, zero_column_deliveries: np.ndarray) -> Demand:
        """Read some rows of demand, given what each delivers to zero outputs."""
        demand = arrays.demand(
            self.relations, self.year, self.labels, self.producers, rows
        )
        return _with_unattributed(demand, zero_column_deliveries)

    def _demand(self, relations: Relations) -> Demand:
        return arrays.demand(relations, self.year, self.labels, self.producers)


def _with_unattributed(demand: Demand, zero_column_deliveries: np.ndarray) -> Demand:
    """Fill the last column: deliveries to region-sectors without output."""
    demand.values[:, -1] = zero_column_deliveries
    return replace(demand, total=demand.total + zero_column_deliveries)
