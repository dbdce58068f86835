"""The solve of a year in the way that fits into memory: factorisation or sweeps."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from carbonshed import leontief
from carbonshed.errors import CarbonshedError
from carbonshed.progress import Message
from carbonshed.solve import memory_plan as memory
from carbonshed.solve import solved_tables
from carbonshed.solve.memory_plan import Counts, Plan, Solver
from carbonshed.solve.passes import Coefficients, Followed, Pass, Rounds, kinds_of
from carbonshed.solve.relations import UNATTRIBUTED, Demand
from carbonshed.solve.solved_tables import EMBODIED_OUTPUT, Table, Trade
from carbonshed.solve.stored_matrix import starts_of_regions
from carbonshed.solve.year_system import Producers, YearSystem
from carbonshed.threads import one_thread, threads_for

# relative; sums of the same cells in another order differ by far less
ROW_SUM_TOLERANCE = 1e-9


@dataclass(frozen=True)
class Solved:
    """The results of one factorisation, or of the sweeps in its place."""

    total_intensities: np.ndarray  # shape (n, q), unit of the stressor per currency
    own_chain_output: np.ndarray  # shape (n,), currency
    relative_residual: float
    passes: Sequence[Pass]  # which have taken what has come of their columns
    # adds up sales when they are written, for it has R^2 q cells
    trade: Callable[[], Trade]
    # values are output embodied in the demand, shape (n, k), currency; None where
    # workers of a cluster have written it
    demand: Demand | None = None

    def tables(self, system: YearSystem) -> Iterator[tuple[str, Table]]:
        """Make every solved table, one after the other."""
        if self.demand is not None:
            positions = solved_tables.demand_positions(
                system.relations, self.demand.regions, self.demand.categories
            )
            yield (
                EMBODIED_OUTPUT,
                solved_tables.embodied_output(
                    system.year, slice(0, system.size), positions, self.demand.values
                ),
            )
        yield (
            "own_chain_output",
            solved_tables.own_chain_output(system, self.own_chain_output),
        )
        yield (
            "total_intensities",
            solved_tables.total_intensities(system, self.total_intensities),
        )
        yield (
            "intermediate_trade",
            solved_tables.intermediate_trade(system, self.trade()),
        )
        for each in self.passes:
            yield from each.tables(system).items()


def solve_in_memory(
    transactions: np.ndarray,
    producers: Producers,
    demand: Demand,
    passes: Sequence[Pass] = (),
    *,
    tolerance: float,
    progress: Message,
) -> Solved:
    """Factorise I - A once for every demand and every intensity of a year.

    Transactions are overwritten, and the values of demand by the output embodied in
    them. A relative residual above the tolerance is refused.
    """
    coefficients = leontief.technical_coefficients(
        transactions, producers.output, is_zero=producers.is_zero, overwrite=True
    )

    def factorise(intensities: np.ndarray) -> Factorised:
        progress("factorising I - A")
        system = leontief.Leontief(coefficients, overwrite=True)
        embodied = system.output(
            demand.values,
            overwrite=True,
            progress=lambda done, all_: progress(
                f"solved {done:,} of {all_:,} demands"
            ),
        )
        return embodied, system.total_intensity(intensities), system

    return _solve(
        coefficients, producers, demand, passes, factorise, tolerance, progress
    )


def solve_streamed(
    coefficients: leontief.RowBlocks,
    producers: Producers,
    demand: Demand,
    passes: Sequence[Pass] = (),
    *,
    columns: int,
    tolerance: float,
    progress: Message,
) -> Solved:
    """Solve for every demand and every intensity without the matrix in memory.

    `columns` of demand are solved at a time, which reads the matrix fifteen times; the
    rest is as in `solve_in_memory`.
    """
    sweeps = Sweeps(coefficients, columns, tolerance, progress)

    def sweep(intensities: np.ndarray) -> Factorised:
        totals = sweeps.total_intensity(intensities)
        return sweeps.output(demand.values, overwrite=True), totals, sweeps

    progress("spectral radius")
    return _solve(coefficients, producers, demand, passes, sweep, tolerance, progress)


class Sweeps:
    """Solutions by sweeps over coefficients, as `leontief.Leontief` has by factors.

    `columns` of demand are solved at a time. `target` is the residual that sweeps leave
    in a row, relative to the largest of its column: far enough below `tolerance` for
    the solution to pass a check.
    """

    def __init__(
        self,
        coefficients: leontief.RowBlocks,
        columns: int,
        tolerance: float,
        progress: Message,
    ) -> None:
        self.target = tolerance / max(100.0, 4.0 * coefficients.size**0.5)
        self._coefficients = coefficients
        self._columns = columns
        self._progress = progress

    def output(
        self, final_demand: np.ndarray, name: str = "", *, overwrite: bool = False
    ) -> np.ndarray:
        """Return output embodied in demand, shape (n, k), in its place if allowed.

        The name says in progress what the demand is for.
        """
        values = final_demand if overwrite else final_demand.copy("F")
        for start in range(0, values.shape[1], self._columns):
            block = slice(start, min(start + self._columns, values.shape[1]))
            columns = (
                f"demands {block.start + 1:,} to {block.stop:,} of {values.shape[1]:,}"
            )
            values[:, block] = leontief.iterate_output(
                self._coefficients,
                values[:, block],
                tolerance=self.target,
                progress=self._sweep_of(f"{name}: {columns}" if name else columns),
            )
        return values

    def own_output(
        self, parts: Sequence[np.ndarray], demand: np.ndarray, name: str
    ) -> np.ndarray:
        """Return (L z)_K of every part, shape (n, q); see `leontief.own_output`."""
        output_of = partial(self.output, name=name, overwrite=True)
        return leontief.own_output(output_of, parts, demand)

    def total_intensity(self, intensities: np.ndarray) -> np.ndarray:
        """Return total intensities, shape (n, q)."""
        return leontief.iterate_total_intensity(
            self._coefficients,
            intensities,
            tolerance=self.target,
            progress=self._sweep_of("total intensities"),
        )

    def _sweep_of(self, name: str) -> Callable[[int, float], None]:
        return lambda sweep, residual: self._progress(
            f"{name}: sweep {sweep}, residual {residual:.1e}"
        )


Factors = leontief.Leontief | Sweeps
# output embodied in demand, total intensities, and what gives them for anything further
Factorised = tuple[np.ndarray, np.ndarray, Factors]


def _solve(
    coefficients: Coefficients,
    producers: Producers,
    demand: Demand,
    passes: Sequence[Pass],
    solve: Callable[[np.ndarray], Factorised],
    tolerance: float,
    progress: Message,
) -> Solved:
    """Compute what needs A before it is overwritten, solve, and check the residual.

    `solve` takes direct intensities.
    """
    import scipy.linalg  # noqa: F401  # its BLAS is limited where it is there by then

    output, regions = producers.output, producers.regions
    parts = leontief.parts_of(regions)
    with one_thread():
        leontief.require_productive(coefficients)
        sold_to, sales = leontief.sales_to_regions(coefficients, regions, output)
    # it factorises A of a region, so that it comes before what passes keep
    with threads_for(max(map(len, parts), default=0)):
        own_chains = leontief.own_chain_output(coefficients, regions, demand.own)
    with one_thread():
        followed = Followed(coefficients, producers, passes)
        probe = leontief.ResidualProbe(coefficients)
        require_sums(probe, output, demand.total)
        of_demand, of_supplied = map(probe.expect, (demand.values, followed.supplied))
        of_totals = leontief.ResidualProbe(coefficients, transposed=True).expect(
            followed.direct
        )
    with threads_for(len(output)):
        embodied, totals, factors = solve(followed.direct)
        supplied = factors.output(followed.supplied)
    labels = zip(demand.regions, demand.categories, strict=True)
    names = [f"{region} / {category}" for region, category in labels]
    with one_thread():
        residual = max(
            of_demand.check_residual(embodied, tolerance=tolerance, names=names),
            of_supplied.check_residual(supplied, tolerance=tolerance),
            of_totals.check_residual(totals, tolerance=tolerance),
        )
    progress(f"relative residual {residual:.1e}")
    kept = leontief.kept_output(
        embodied, regions, np.array(demand.regions, object), UNATTRIBUTED
    )
    with own_output_by(factors, parts, progress) as own_output_of:
        rounds = Rounds(own_output_of, kept, tolerance_of_rounds(factors))
        intensities = followed.take(totals, supplied, rounds)
    return Solved(
        intensities,
        own_chains,
        residual,
        passes,
        partial(Trade.of, sold_to, starts_of_regions(regions), sales, intensities),
        replace(demand, values=embodied),
    )


@contextmanager
def own_output_by(
    factors: Factors, parts: Sequence[np.ndarray], progress: Message
) -> Iterator[Callable[[np.ndarray, str], np.ndarray]]:
    """Yield what gives (L z)_K of every part for z and its name, as rounds need it.

    Sweeps multiply large blocks; factors are multiplied in small ones.
    """
    if isinstance(factors, Sweeps):
        yield partial(factors.own_output, parts)
        return
    with one_thread() as threads:

        def own_output_of(demand: np.ndarray, name: str) -> np.ndarray:
            progress(name)
            return factors.own_output(parts, demand, threads=threads)

        yield own_output_of


def tolerance_of_rounds(factors: Factors) -> float:
    """Return the residual of rounds that is small enough: sweeps leave one of theirs.

    No round makes that of sweeps smaller.
    """
    target = 10 * factors.target if isinstance(factors, Sweeps) else 0.0
    return max(leontief.EXTRACTION_TOLERANCE, target)


def require_sums(
    probe: leontief.ResidualProbe, output: np.ndarray, total: np.ndarray
) -> None:
    """Refuse an output that these cells do not add up to: x = A x + Y 1."""
    try:
        probe.expect(total).check_residual(output, tolerance=ROW_SUM_TOLERANCE)
    except leontief.ResidualError as failure:
        raise CarbonshedError(
            "output is not the sum of what is delivered: transactions or final demand"
            " have changed since they were audited; ingest the dataset again"
        ) from failure


def counts_of(system: YearSystem) -> Counts:
    """Return the counts that plans need, with what passes take."""
    kinds = kinds_of(system.settings)
    return Counts(
        system.size,
        system.demands,
        len(system.stressors) + sum(kind.like_stressors(system) for kind in kinds),
        max(system.regions.values(), default=1),
        len(system.regions),
        sum(kind.vectors_beside(system) for kind in kinds),
    )


def solve_year(
    system: YearSystem, plan: Plan, tolerance: float, progress: Message
) -> Solved:
    """Read and solve a system as planned.

    A residual above the tolerance is refused.
    """
    progress(f"reading {system.size:,} x {system.size:,} transactions")
    producers = system.read_producers()
    passes = [kind.of(system) for kind in kinds_of(system.settings)]
    common = {"tolerance": tolerance, "progress": progress}
    if plan.solver == memory.DIRECT:
        matrix = system.cells.matrix(system.size)
        demand = system.demand(matrix[:, system.is_zero].sum(axis=1))
        return solve_in_memory(matrix, producers, demand, passes, **common)
    with system.stored(plan) as (coefficients, zero_column_deliveries):
        progress("reading final demand")
        demand = system.demand(zero_column_deliveries)
        return solve_streamed(
            coefficients, producers, demand, passes, columns=plan.columns, **common
        )


@contextmanager
def opened(
    system: YearSystem,
    columns: int,
    solver: Solver,
    tolerance: float,
    progress: Message,
    beside: int = 0,
) -> Iterator[tuple[Coefficients, Callable[[], Factors]]]:
    """Yield A, and a function that makes its factors, after which A is lost.

    Room is planned for so many columns, right-hand sides and solutions together, and so
    many vectors beside them.
    """
    region = max(system.regions.values(), default=1)
    counts = Counts(system.size, columns, region=region, beside=beside)
    plan = memory.plan(counts, solver)
    progress(str(plan))
    if plan.solver == memory.DIRECT:
        matrix = system.read_coefficients()

        def factorise() -> leontief.Leontief:
            with threads_for(system.size):
                return leontief.Leontief(matrix, overwrite=True)

        yield matrix, factorise
    else:
        with system.stored(plan) as (stored, _):
            yield stored, lambda: Sweeps(stored, plan.columns, tolerance, progress)
