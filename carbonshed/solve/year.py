"""A year's system: read, planned, and solved in the way that fits into memory."""

import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import numpy as np

from carbonshed import __version__, leontief
from carbonshed.solve import plan as memory
from carbonshed.solve import relations as arrays
from carbonshed.solve import stored_matrix
from carbonshed.solve.fingerprint import digest_of_rows, fingerprint
from carbonshed.solve.plan import Plan, Solver
from carbonshed.solve.relations import Demand, Relations
from carbonshed.solve.solver import Solved, solve, sweep
from carbonshed.solve.stored_matrix import StoredMatrix
from carbonshed.warehouse import earlier
from carbonshed.warehouse.earlier import Solve, SolvedYear

Matrix = np.ndarray | StoredMatrix


@dataclass(frozen=True)
class Settings:
    """How to solve, and how well.

    Attributes
    ----------
    tolerance : float
        Largest relative residual accepted.
    solver : Solver
    """

    tolerance: float = leontief.TOLERANCE
    solver: Solver = field(default_factory=Solver)

    @classmethod
    def of(
        cls, tolerance: float, solver: str | None, memory_gb: str | float | None
    ) -> "Settings":
        """Return what the meta of a dbt model says; empty is not asked."""
        return cls(tolerance, Solver.of(solver, memory_gb))


@dataclass(frozen=True)
class SmallResults:
    """What a solve yields besides embodied output.

    Attributes
    ----------
    stressors : list of str, length q
    total_intensities : ndarray, shape (n, q), tonnes per currency
    own_chain_output : ndarray, shape (n,), currency
    solve : Solve, or None if the demands were left out
    """

    stressors: list[str]
    total_intensities: np.ndarray
    own_chain_output: np.ndarray
    solve: Solve | None


class Year:
    """A year's system, read and solved in the way that fits into memory.

    Parameters
    ----------
    relations : Relations
    year : int
    settings : Settings
    """

    def __init__(self, relations: Relations, year: int, settings: Settings) -> None:
        # DuckDB would keep all it reads of files; the system does too, but gives way
        relations.session.execute("set enable_external_file_cache = false")
        self.relations = relations
        self.year = year
        self.settings = settings
        self.say = _Progress(year)
        self.output, self.is_zero, self.producers = arrays.sector_output(
            relations.sector_output, year
        )
        self.size = len(self.output)
        self.stressors, self.intensities = arrays.intensities(
            relations.intensities, year, self.size
        )

    @property
    def demands(self) -> int:
        """Columns of demand, with exports and unattributed deliveries."""
        return len(self.relations.labels.get(self.year, [])) + 2

    def results(self) -> tuple[Demand | SolvedYear, SmallResults]:
        """Return embodied output, solved now or earlier, and the small results."""
        with self._system() as (matrix, plan, demand, digest):
            mark = self._fingerprint(digest, demand)
            known = earlier.find(self.year, mark, self.output, self.intensities)
            if known:
                return known, self._taken_over(known)
            solved = self._solve(matrix, demand, plan)
        record = Solve(
            mark,
            plan.solver,
            self.size,
            demand.values.shape[1],
            solved.relative_residual,
            datetime.now(UTC).replace(tzinfo=None, microsecond=0),
            __version__,
        )
        return solved.demand, self._small(solved, record)

    def results_without_demands(self) -> SmallResults:
        """Return the small results alone."""
        with self._system() as (matrix, plan, demand, _):
            none = replace(demand, values=np.empty((self.size, 0), order="F"))
            return self._small(self._solve(matrix, none, plan), None)

    @contextmanager
    def _system(self) -> Iterator[tuple[Matrix, Plan, Demand, bytes]]:
        """Yield Z, or A where it is not dense; the plan; demand; a digest."""
        session = self.relations.session
        cells = arrays.transaction_cells(self.relations, self.year)
        plan = self._plan()
        if plan.solver == memory.DIRECT:
            # the one waits where the other computes
            with ThreadPoolExecutor(1) as beside:
                reading = beside.submit(self._demand)
                matrix = arrays.matrix(session, cells, self.size)
            with ThreadPoolExecutor(1) as beside:
                digest = beside.submit(digest_of_rows, matrix)
                idle = matrix[:, self.is_zero].sum(axis=1)
            yield matrix, plan, _with(reading.result(), idle), digest.result()
            return
        with stored_matrix.stored_coefficients(
            cells,
            self.output,
            self.is_zero,
            stored_matrix.blocks_of_regions(self.producers, plan.rows),
            stored_matrix.scratch_folder(session),
        ) as (coefficients, idle, digest):
            self.say("reading final demand")
            yield coefficients, plan, _with(self._demand(), idle), digest

    def _demand(self) -> Demand:
        return arrays.demand(self.relations, self.year, self.producers)

    def _plan(self) -> Plan:
        plan = memory.plan(
            self.size,
            self.demands,
            self.settings.solver,
            stressors=len(self.stressors),
            region=max(Counter(self.producers).values(), default=1),
        )
        self.say(str(plan))
        self.say(f"reading {self.size:,} x {self.size:,} transactions")
        return plan

    def _fingerprint(self, digest: bytes, demand: Demand) -> str:
        return fingerprint(
            digest,
            self.is_zero,
            self.producers,
            demand,
            self.stressors,
            self.settings.tolerance,
        )

    def _solve(self, matrix: Matrix, demand: Demand, plan: Plan) -> Solved:
        if plan.solver == memory.DIRECT:
            return solve(
                matrix,
                self.output,
                self.is_zero,
                demand,
                self.producers,
                self.intensities,
                tolerance=self.settings.tolerance,
                say=self.say,
            )
        return sweep(
            matrix,
            self.output,
            demand,
            self.producers,
            self.intensities,
            columns=plan.columns,
            tolerance=self.settings.tolerance,
            say=self.say,
        )

    def _small(self, solved: Solved, record: Solve | None) -> SmallResults:
        return SmallResults(
            self.stressors, solved.total_intensities, solved.own_chain_output, record
        )

    def _taken_over(self, known: SolvedYear) -> SmallResults:
        self.say(f"unchanged since it was solved at {known.solve.solved_at} UTC")
        return SmallResults(
            self.stressors,
            known.total_intensities(self.stressors),
            known.own_chain_output(),
            known.solve,
        )


def _with(demand: Demand, zero_column_deliveries: np.ndarray) -> Demand:
    """Put in what region-sectors deliver to those without output."""
    demand.values[:, -1] = zero_column_deliveries
    return replace(demand, total=demand.total + zero_column_deliveries)


class _Progress:
    """Says where a solve is, on standard error: standard output is dbt's log."""

    def __init__(self, year: int) -> None:
        self._year = year
        self._start = time.monotonic()

    def __call__(self, message: str) -> None:
        seconds = time.monotonic() - self._start
        line = f"  {self._year}  {seconds:6.1f} s  {message}"
        # who has stopped listening does not stop the solve
        with suppress(BrokenPipeError):
            print(line, file=sys.stderr, flush=True)
