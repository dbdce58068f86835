"""A year's system: read, planned, and solved in the way that fits into memory."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import Union

import numpy as np
from threadpoolctl import threadpool_limits

from carbonshed import leontief
from carbonshed.errors import CarbonshedError
from carbonshed.progress import Message
from carbonshed.solve import memory_plan as memory
from carbonshed.solve import relations as arrays
from carbonshed.solve import stored_matrix
from carbonshed.solve.cells import Cells
from carbonshed.solve.memory_plan import Counts, Plan, Solver
from carbonshed.solve.relations import (
    Demand,
    Imports,
    OtherIntensities,
    Relations,
    SolvedImports,
    read_imports,
)

# Z in memory at a time: 100 MB, and as much for the block that is read meanwhile
BLOCK_CELLS = 12_500_000
# relative; sums of the same cells in another order differ by far less
ROW_SUM_TOLERANCE = 1e-9


@dataclass(frozen=True)
class Solved:
    """The results of one factorisation, or of the sweeps in its place."""

    demand: Demand  # values are output embodied in the demand, shape (n, k), currency
    total_intensities: np.ndarray  # shape (n, q), unit of the stressor per currency
    own_chain_output: np.ndarray  # shape (n,), currency
    regions: list[str]  # length R
    # shape (n, R), currency: sales of each row to the producers of each region
    sales_to_regions: np.ndarray
    relative_residual: float
    # None where they were not asked for
    imports: SolvedImports | None = None
    linkages: leontief.Linkages | None = None
    # shape (n, p R): total intensities of p stressors by region of origin, the regions
    # of a stressor together
    by_origin: np.ndarray | None = None
    # shape (n, p): intensities of the years before and after, followed along the chains
    # of this year; None where they were not asked for
    mixed: np.ndarray | None = None
    # shape (n, p): intensities that pay a price, followed along the chains of this
    # year, by coverage; None where they were not asked for
    covered: np.ndarray | None = None
    # shape (11, n, p): total intensities of p stressors by tier; None where they were
    # not asked for
    by_tier: np.ndarray | None = None
    # None where it was not asked for
    exported: leontief.ExportedOutput | None = None
    # shape (n,), currency: deliveries of each region to others, each counted once; None
    # where they were not asked for
    deliveries_once: np.ndarray | None = None


@dataclass(frozen=True)
class Producers:
    """The region-sectors of a year."""

    output: np.ndarray  # shape (n,), currency
    is_zero: np.ndarray  # shape (n,): which outputs count as zero
    regions: np.ndarray  # shape (n,): the region of each
    intensities: np.ndarray  # shape (n, q), unit of the stressor per currency
    # purchases outside the system, if they are to be followed too
    imports: Imports | None = None
    # p stressors that are to be followed to the buyers too, and with them output, and
    # to be told apart by tier
    linked: list[int] | None = None
    # shape (n,), currency, if producers are to share emissions with buyers by it
    value_added: np.ndarray | None = None
    # p stressors that are to be followed by region of origin too
    by_origin: list[int] | None = None
    # intensities of the years before and after, if they are to be followed too
    neighbours: OtherIntensities | None = None
    # intensities that pay a price, if they are to be followed too
    covered: OtherIntensities | None = None
    # shape (n,), currency: deliveries to other regions and abroad, if the output behind
    # those of each region is asked for
    exports: np.ndarray | None = None
    # True if deliveries of each region to others, each counted once, are asked for
    delivers_once: bool = False


Factors = Union[leontief.Leontief, "Sweeps"]
# output embodied in demand, total intensities, and what gives them for anything further
Solution = tuple[np.ndarray, np.ndarray, Factors]


def solve_in_memory(
    transactions: np.ndarray,
    producers: Producers,
    demand: Demand,
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

    def factorise(intensities: np.ndarray) -> Solution:
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

    return _solve(coefficients, producers, demand, factorise, tolerance, progress)


def solve_streamed(
    coefficients: leontief.RowBlocks,
    producers: Producers,
    demand: Demand,
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

    def sweep(intensities: np.ndarray) -> Solution:
        progress("total intensities")
        totals = sweeps.total_intensity(intensities)
        return sweeps.output(demand.values, overwrite=True), totals, sweeps

    progress("spectral radius")
    return _solve(coefficients, producers, demand, sweep, tolerance, progress)


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
        self, final_demand: np.ndarray, *, overwrite: bool = False
    ) -> np.ndarray:
        """Return output embodied in demand, shape (n, k), in its place if allowed."""
        values = final_demand if overwrite else final_demand.copy("F")
        for start in range(0, values.shape[1], self._columns):
            part = slice(start, min(start + self._columns, values.shape[1]))
            name = f"demands {part.start + 1:,} to {part.stop:,} of {values.shape[1]:,}"
            values[:, part] = leontief.iterate_output(
                self._coefficients,
                values[:, part],
                tolerance=self.target,
                progress=lambda sweep, residual, name=name: self._progress(
                    f"{name}: sweep {sweep}, residual {residual:.1e}"
                ),
            )
        return values

    def own_output(self, parts: Sequence[np.ndarray], demand: np.ndarray) -> np.ndarray:
        """Return (L z)_K of every part, shape (n, q); see `leontief.own_output`."""
        return leontief.own_output(partial(self.output, overwrite=True), parts, demand)

    def total_intensity(self, intensities: np.ndarray) -> np.ndarray:
        """Return total intensities, shape (n, q)."""
        return leontief.iterate_total_intensity(
            self._coefficients, intensities, tolerance=self.target
        )


def _solve(
    coefficients: np.ndarray | leontief.RowBlocks,
    producers: Producers,
    demand: Demand,
    solve: Callable[[np.ndarray], Solution],
    tolerance: float,
    progress: Message,
) -> Solved:
    """Compute what needs A before it is overwritten, solve, and check the residual.

    `solve` takes direct intensities.
    """
    output, regions = producers.output, producers.regions
    # products with few columns: threads of BLAS wait for each other longer than they
    # take (0.2 s against 0.4 s of processor time for eight columns of 13,146 rows)
    with threadpool_limits(1, "blas"):
        leontief.require_productive(coefficients)
        sold_to, sales = leontief.sales_to_regions(coefficients, regions, output)
        followed = Followed(coefficients, producers)
        probe = leontief.ResidualProbe(coefficients)
        require_sums(probe, output, demand.total)
        of_demand, of_supplied = map(probe.expect, (demand.values, followed.supplied))
        of_totals = leontief.ResidualProbe(coefficients, transposed=True).expect(
            followed.direct
        )
    own_chains = leontief.own_chain_output(coefficients, regions, demand.own)
    rounds = RoundsOfRegions(coefficients, producers)
    embodied, totals, factors = solve(followed.direct)
    supplied = factors.output(followed.supplied)
    labels = zip(demand.regions, demand.categories, strict=True)
    names = [f"{region} / {category}" for region, category in labels]
    residual = max(
        of_demand.check_residual(embodied, tolerance=tolerance, names=names),
        of_supplied.check_residual(supplied, tolerance=tolerance),
        of_totals.check_residual(totals, tolerance=tolerance),
    )
    progress(f"relative residual {residual:.1e}")
    kept = leontief.kept_output(
        embodied, regions, np.array(demand.regions, object), arrays.UNATTRIBUTED
    )
    deliveries = rounds.deliveries_once(
        partial(factors.own_output, rounds.parts),
        kept,
        tolerance_of_rounds(factors),
        progress,
    )
    demand = replace(demand, values=embodied)
    intensities, *beside = followed.split(totals, supplied)
    return Solved(
        demand,
        intensities,
        own_chains,
        sold_to,
        sales,
        residual,
        *beside,
        deliveries,
    )


def tolerance_of_rounds(factors: Factors) -> float:
    """Return the residual of rounds that is small enough: sweeps leave one of theirs.

    No round makes that of sweeps smaller.
    """
    target = 10 * factors.target if isinstance(factors, Sweeps) else 0.0
    return max(leontief.EXTRACTION_TOLERANCE, target)


class RoundsOfRegions:
    """Rounds for the deliveries of each region to others, each counted once.

    Coefficients are A, not yet overwritten. `parts` has the rows of each region, none
    if deliveries are not asked for.
    """

    def __init__(
        self, coefficients: np.ndarray | leontief.RowBlocks, producers: Producers
    ) -> None:
        self._producers = producers
        self.parts = (
            leontief.parts_of(producers.regions) if producers.delivers_once else []
        )
        self._systems = leontief.own_systems(coefficients, self.parts)

    def deliveries_once(
        self,
        own_output_of: Callable[[np.ndarray], np.ndarray],
        kept: np.ndarray,
        tolerance: float,
        progress: Message,
    ) -> np.ndarray | None:
        """Return deliveries z, shape (n,), L_KK z_K = x_K - kept for every region K.

        `own_output_of` is as of `leontief.demand_for_parts`, `kept` of
        `leontief.kept_output`. NaN where the others have no answer without a region.
        """
        if not self.parts:
            return None
        progress("deliveries of regions, each counted once")
        output = self._producers.output
        try:
            return leontief.demand_for_parts(
                own_output_of,
                self._systems,
                self.parts,
                output - kept,
                tolerance=tolerance,
            )
        except leontief.ExtractionError as error:
            return error.demand


class Followed:
    """Quantities followed along all chains, to suppliers and to buyers.

    To suppliers per unit of output, `direct`, shape (n, columns): emissions, imports of
    each product if there are any, output itself, output and emissions of each region by
    itself, those of the years before and after, and those that pay a price. To buyers
    as amounts, `supplied`, shape (n, columns): emissions, and output itself; and, as
    demand, the exports of each region by itself. Coefficients are A, not yet
    overwritten: emissions of each tier, and output for exports that never leaves a
    region, if they are asked for, are made with it.
    """

    def __init__(
        self,
        coefficients: np.ndarray | leontief.RowBlocks,
        producers: Producers,
    ) -> None:
        self._producers = producers
        supplied = [np.zeros((len(producers.output), 0))]
        columns = {"intensities": producers.intensities}
        imports, output = producers.imports, producers.output
        if imports is not None and imports.is_any:
            self._bought = imports.by_product(coefficients, output)
            products = leontief.import_coefficients(
                self._bought[:, : len(output)], output, producers.is_zero
            )
            columns["imports"] = products.T
        if producers.linked is not None:
            self._direct_multipliers = leontief.direct_multipliers(
                coefficients, output, producers.is_zero
            )
            followed = producers.intensities[:, producers.linked]
            supplied.append(leontief.supplied_columns(followed, output))
            self._shared = _shared(coefficients, producers, followed)
            self._terms = leontief.power_series(coefficients, followed)
            columns["output"] = np.ones((len(output), 1))
            if producers.by_origin is not None:
                columns["output_by_origin"] = leontief.columns_by_region(
                    columns["output"], producers.regions
                )
        if producers.by_origin is not None:
            columns["by_origin"] = leontief.columns_by_region(
                producers.intensities[:, producers.by_origin], producers.regions
            )
        if producers.neighbours is not None:
            columns["neighbours"] = producers.neighbours.values
        if producers.covered is not None:
            columns["covered"] = producers.covered.values
        ends = np.cumsum([values.shape[1] for values in columns.values()])
        self._columns = {
            name: slice(end - values.shape[1], end)
            for (name, values), end in zip(columns.items(), ends, strict=True)
        }
        self.direct = producers.intensities  # alone they need no copy
        if len(columns) > 1:
            self.direct = np.hstack([*columns.values()])
        self._to_buyers = sum(part.shape[1] for part in supplied)
        if (exports := producers.exports) is not None:
            self._own_chains = leontief.own_chain_output(
                coefficients, producers.regions, exports
            )
            supplied.append(
                leontief.columns_by_region(exports[:, None], producers.regions)
            )
        self.supplied = np.asfortranarray(np.hstack(supplied))

    def split(
        self, totals: np.ndarray, supplied: np.ndarray
    ) -> tuple[
        np.ndarray,
        SolvedImports | None,
        leontief.Linkages | None,
        np.ndarray | None,
        np.ndarray | None,
        np.ndarray | None,
        np.ndarray | None,
        leontief.ExportedOutput | None,
    ]:
        """Return what `Solved` has of intensities, imports, linkages and exports.

        They are made of what solves for `direct` and for `supplied`.
        """
        parts = {name: totals[:, columns] for name, columns in self._columns.items()}
        by_tier = None
        if self._producers.linked is not None:
            followed = parts["intensities"][:, self._producers.linked]
            by_tier = leontief.tier_intensities(self._terms, followed)
        return (
            parts["intensities"],
            self._imports(parts),
            self._linkages(parts, supplied[:, : self._to_buyers]),
            parts.get("by_origin"),
            parts.get("neighbours"),
            parts.get("covered"),
            by_tier,
            self._exported(supplied[:, self._to_buyers :]),
        )

    def _imports(self, parts: dict[str, np.ndarray]) -> SolvedImports | None:
        producers, intensities = self._producers, parts["intensities"]
        if producers.imports is None:
            return None
        if not producers.imports.is_any:
            return SolvedImports.of_nothing(len(intensities))
        multipliers = parts["imports"].T
        technology = producers.imports.technology(
            multipliers, intensities, producers.output, producers.is_zero
        )
        users = producers.imports.users
        return SolvedImports(users, self._bought, multipliers, technology)

    def _exported(self, supplied: np.ndarray) -> leontief.ExportedOutput | None:
        producers = self._producers
        if producers.exports is None:
            return None
        return leontief.ExportedOutput(
            producers.exports,
            self._own_chains,
            leontief.of_own_region(supplied, producers.regions),
        )

    def _linkages(
        self, parts: dict[str, np.ndarray], supplied: np.ndarray
    ) -> leontief.Linkages | None:
        producers = self._producers
        if producers.linked is None:
            return None
        forward = leontief.per_output(supplied, producers.output, producers.is_zero)
        within = None
        if "output_by_origin" in parts:
            within = leontief.of_own_region(
                parts["output_by_origin"], producers.regions
            )
        return leontief.Linkages(
            forward[:, :-1],
            parts["output"][:, 0],
            forward[:, -1],
            *self._direct_multipliers,
            within,
            self._shared,
        )


def _shared(
    coefficients: np.ndarray | leontief.RowBlocks,
    producers: Producers,
    intensities: np.ndarray,
) -> leontief.SharedIntensities | None:
    """Return intensities that producers share by value added, if there is any."""
    if producers.value_added is None:
        return None
    passed = leontief.passed_shares(
        coefficients, producers.value_added, producers.output, producers.is_zero
    )
    reached = leontief.shared_intensities(coefficients, intensities, passed)
    return leontief.SharedIntensities(passed, reached)


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


VALUE_ADDED = "value_added"  # the stressor of that name
_LIKE_STRESSORS = 3  # stressors whose memory an imported product takes
# and the tiers of a stressor: terms of f and m, while the others are solved
_TIERS_LIKE_STRESSORS = (leontief.TIERS + 1) // 2


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
    with_analyses : bool
        True if imported products, linkages, and intensities of the years before and
        after and of those that pay a price, are followed too, emissions told apart by
        tier, and deliveries of regions counted once.
    by_origin : bool
        True if stressors that are a mass are followed by region of origin too.
    with_shares : bool
        True if emissions are shared by value added too.
    with_exports : bool
        True if the exports of each region are followed to its own producers too.
    labels : list of (str, str), optional
        Those below, where they are known: reading them takes a scan of final demand.

    Attributes
    ----------
    output : ndarray, shape (n,), currency
    is_zero : ndarray of bool, shape (n,)
        Which outputs count as zero.
    producers : ndarray of str, shape (n,)
        The region of each region-sector.
    """

    def __init__(
        self,
        relations: Relations,
        year: int,
        *,
        with_analyses: bool = False,
        by_origin: bool = False,
        with_shares: bool = False,
        with_exports: bool = False,
        labels: list[tuple[str, str]] | None = None,
    ) -> None:
        self.relations = relations
        self.year = year
        self.with_analyses = with_analyses
        self.by_origin = by_origin
        self.with_shares = with_shares and with_analyses
        self.with_exports = with_exports and with_analyses
        self._labels = labels
        self.output, self.is_zero, self.producers = arrays.sector_output(
            relations.sector_output, year
        )

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

    @property
    def counts(self) -> Counts:
        """The counts that plans need.

        An imported product takes its column in the solve and some vectors besides: as
        much as some stressors do, and as the tiers of a stressor do. A region of origin
        takes what a stressor does, for every stressor and for output, and so does an
        intensity of another year or of a coverage, a stressor or output that is
        followed to the buyers, and the exports of a region. Deliveries of regions take
        rounds besides.
        """
        regions = Counter(self.producers)
        products, others = 0, 0
        by_origin = len(self.masses)
        if self.with_analyses:
            by_origin += 1
            products = len(self.relations.sector_positions)
            linkages = len(self.masses) * (2 if self.with_shares else 1) + 2
            tiers = _TIERS_LIKE_STRESSORS * len(self.masses)
            others = len(self.neighbours.labels) + len(self.covered.labels)
            others += tiers + linkages
        origins = len(regions) * by_origin if self.by_origin else 0
        exporters = len(regions) if self.with_exports else 0
        stressors = len(self.stressors) + origins + others + exporters
        rounds = 0
        if self.with_analyses:
            rounds = memory.vectors_of_rounds(self.size, regions.values())
            columns = min(len(regions), leontief.PARTS_AT_A_TIME)
            rounds += columns + min(columns, leontief.PRODUCT_COLUMNS)
        return Counts(
            self.size,
            self.demands,
            stressors + _LIKE_STRESSORS * products,
            max(regions.values(), default=1),
            len(regions),
            rounds,
        )

    def read_demand(self) -> Demand:
        """Return every column of demand; what is unattributed is still empty."""
        return arrays.demand(self.relations, self.year, self.labels, self.producers)

    def plan(self, solver: Solver) -> Plan:
        """Choose how to solve; see `memory_plan.plan`."""
        return memory.plan(self.counts, solver)

    def solve(self, plan: Plan, tolerance: float, progress: Message) -> Solved:
        """Read and solve the system; a residual above the tolerance is refused."""
        progress(str(plan))
        progress(f"reading {self.size:,} x {self.size:,} transactions")
        if plan.solver == memory.DIRECT:
            return self._solve_in_memory(tolerance, progress)
        return self._solve_streamed(plan, tolerance, progress)

    def read_coefficients(self) -> np.ndarray:
        """Return A in memory, shape (n, n)."""
        return leontief.technical_coefficients(
            self.cells.matrix(self.size),
            self.output,
            is_zero=self.is_zero,
            overwrite=True,
        )

    @contextmanager
    def opened(
        self,
        columns: int,
        solver: Solver,
        tolerance: float,
        progress: Message,
        beside: int = 0,
    ) -> Iterator[tuple[np.ndarray | leontief.RowBlocks, Callable[[], Factors]]]:
        """Yield A, and a function that makes its factors, after which A is lost.

        Room is planned for so many columns, right-hand sides and solutions together,
        and so many vectors beside them.
        """
        region = max(Counter(self.producers).values(), default=1)
        counts = Counts(self.size, columns, region=region, beside=beside)
        plan = memory.plan(counts, solver)
        progress(str(plan))
        if plan.solver == memory.DIRECT:
            matrix = self.read_coefficients()
            yield matrix, lambda: leontief.Leontief(matrix, overwrite=True)
        else:
            with self._stored(plan) as (stored, _):
                yield stored, lambda: Sweeps(stored, plan.columns, tolerance, progress)

    def read_producers(self) -> Producers:
        """Read the region-sectors as a solve takes them."""
        imports = None
        if self.with_analyses:
            imports = read_imports(self.relations, self.year)
        masses = [self.stressors.index(stressor) for stressor in self.masses]
        return Producers(
            self.output,
            self.is_zero,
            self.producers,
            self.intensities,
            imports=imports,
            linked=masses if self.with_analyses else None,
            value_added=self._value_added() if self.with_shares else None,
            by_origin=masses if self.by_origin else None,
            neighbours=self.neighbours if self.with_analyses else None,
            covered=self.covered if self.with_analyses else None,
            exports=self._exports() if self.with_exports else None,
            delivers_once=self.with_analyses,
        )

    def _value_added(self) -> np.ndarray | None:
        """Return value added of the year, shape (n,), None if there is none."""
        if VALUE_ADDED not in self.stressors:
            return None
        per_output = self.intensities[:, self.stressors.index(VALUE_ADDED)]
        return per_output * self.output if per_output.any() else None

    def _exports(self) -> np.ndarray:
        return arrays.deliveries_elsewhere(self.relations, self.year, self.size)

    def _solve_in_memory(self, tolerance: float, progress: Message) -> Solved:
        producers = self.read_producers()
        matrix, demand = self.cells.matrix(self.size), self.read_demand()
        return solve_in_memory(
            matrix,
            producers,
            _with_unattributed(demand, matrix[:, self.is_zero].sum(axis=1)),
            tolerance=tolerance,
            progress=progress,
        )

    def _solve_streamed(
        self, plan: Plan, tolerance: float, progress: Message
    ) -> Solved:
        producers = self.read_producers()
        with self._stored(plan) as (coefficients, zero_column_deliveries):
            progress("reading final demand")
            return solve_streamed(
                coefficients,
                producers,
                _with_unattributed(self.read_demand(), zero_column_deliveries),
                columns=plan.columns,
                tolerance=tolerance,
                progress=progress,
            )

    def _stored(
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

    def demand(self, rows: slice, zero_column_deliveries: np.ndarray) -> Demand:
        """Read some rows of demand, given what each delivers to zero outputs."""
        demand = arrays.demand(
            self.relations, self.year, self.labels, self.producers, rows
        )
        return _with_unattributed(demand, zero_column_deliveries)


def _with_unattributed(demand: Demand, zero_column_deliveries: np.ndarray) -> Demand:
    """Fill the last column: deliveries to region-sectors without output."""
    demand.values[:, -1] = zero_column_deliveries
    return replace(demand, total=demand.total + zero_column_deliveries)
