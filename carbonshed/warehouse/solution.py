"""One factorisation a year, and every table that comes out of it.

dbt wants a model for each table, and each model returns one. The factorisation
is the costly part, so the model of `embodied_output` makes it and leaves the two
small results that fall off (total intensities, chains within regions) for the
models that follow in the same process. Run alone, those solve for themselves, without
the demands.
"""

import hashlib
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa

from carbonshed import leontief
from carbonshed.warehouse import arrays, memory, stored_matrix
from carbonshed.warehouse.arrays import Demand, Relations
from carbonshed.warehouse.memory import Solver

# several row groups of DuckDB a batch: both cores write (4.5 s against 7.9 s for
# one column a batch, 13,146 x 1,567, on a busy machine)
COLUMNS_A_BATCH = 40

EMBODIED_OUTPUT = pa.schema(
    [
        ("year", pa.int32()),
        ("origin_id", pa.int32()),
        ("region_id", pa.dictionary(pa.int32(), pa.string())),
        ("category_id", pa.dictionary(pa.int32(), pa.string())),
        ("output", pa.float64()),
    ]
)


# sweeps go on until they are far below the residual that is accepted
SWEEPS_TO = 1e-2


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
    """

    stressors: list[str]
    total_intensities: np.ndarray
    own_chain_output: np.ndarray


_left_over: dict[str, SmallResults] = {}


def embodied_output(relations: Relations, settings: Settings) -> pa.RecordBatchReader:
    """Output of every producer embodied in every final demand, as a long table.

    Parameters
    ----------
    relations : Relations
    settings : Settings

    Returns
    -------
    pyarrow.RecordBatchReader
        year, origin_id, region_id, category_id, output in currency; zeros are
        left out. Years are solved one by one while the table is read.
    """
    return pa.RecordBatchReader.from_batches(
        EMBODIED_OUTPUT, _embodied_batches(relations, settings)
    )


def total_intensities(relations: Relations, settings: Settings) -> pa.Table:
    """Total intensities m = f L as a long table: year, stressor, region-sector."""
    columns = {"year": [], "stressor_id": [], "region_sector_id": []}
    columns["total_intensity"] = []
    for year in relations.years():
        small = _small_results(relations, year, settings)
        size = len(small.own_chain_output)
        for column, stressor in enumerate(small.stressors):
            columns["year"].append(np.full(size, year, np.int32))
            columns["stressor_id"].append(np.full(size, stressor, object))
            columns["region_sector_id"].append(np.arange(size, dtype=np.int32))
            columns["total_intensity"].append(small.total_intensities[:, column])
    return _table(columns)


def own_chain_output(relations: Relations, settings: Settings) -> pa.Table:
    """Output of the chains within regions: year, origin_id, output."""
    columns = {"year": [], "origin_id": [], "output": []}
    for year in relations.years():
        output = _small_results(relations, year, settings).own_chain_output
        columns["year"].append(np.full(len(output), year, np.int32))
        columns["origin_id"].append(np.arange(len(output), dtype=np.int32))
        columns["output"].append(output)
    return _table(columns)


def forget() -> None:
    """Drop the small results that an earlier solve left behind."""
    _left_over.clear()


def _embodied_batches(
    relations: Relations, settings: Settings
) -> Iterator[pa.RecordBatch]:
    forget()
    for year in relations.years():
        solved, small = _solve(relations, year, settings)
        _left_over[_key(relations, year)] = small
        yield from _batches(solved, year)
        del solved  # or it would lie beside the next year's


def _small_results(relations: Relations, year: int, settings: Settings) -> SmallResults:
    key = _key(relations, year)
    if key not in _left_over:
        _left_over[key] = _solve(relations, year, settings, without_demands=True)[1]
    return _left_over[key]


def _key(relations: Relations, year: int) -> str:
    """Fingerprint of x and f: changed inputs never meet results of earlier ones."""
    output, _, _ = arrays.sector_output(relations, year)
    stressors, intensities = arrays.intensities(relations, year, len(output))
    digest = hashlib.sha256(f"{year} {stressors}".encode())
    digest.update(output.tobytes())
    digest.update(intensities.tobytes())
    return digest.hexdigest()


def _solve(
    relations: Relations,
    year: int,
    settings: Settings,
    *,
    without_demands: bool = False,
) -> tuple[Demand, SmallResults]:
    """Read a year and solve it, in the way that fits into memory."""

    def read_demand(idle: np.ndarray) -> Demand:
        demand = arrays.demand(relations, year, idle, producers)
        if without_demands:
            return replace(demand, values=np.empty((size, 0), order="F"))
        return demand

    say = _Progress(year)
    # DuckDB would keep all it reads of files; the system does so too, but gives way
    relations.session.execute("set enable_external_file_cache = false")
    output, is_zero, producers = arrays.sector_output(relations, year)
    size = len(output)
    demands = len(arrays.demand_labels(relations, year)) + 2
    stressors, intensities = arrays.intensities(relations, year, size)
    plan = memory.plan(
        size,
        demands,
        settings.solver,
        stressors=len(stressors),
        region=max(Counter(producers).values(), default=1),
    )
    say(str(plan))
    say(f"reading {size:,} x {size:,} transactions")
    cells = arrays.transaction_cells(relations, year)
    if plan.solver == memory.DIRECT:
        matrix = arrays.matrix(cells, size)
        idle = matrix[:, is_zero].sum(axis=1)
        demand = read_demand(idle)
        solved, *small = solve(
            matrix,
            output,
            is_zero,
            demand,
            producers,
            intensities,
            tolerance=settings.tolerance,
            say=say,
        )
    else:
        with stored_matrix.stored_coefficients(
            cells,
            output,
            is_zero,
            stored_matrix.blocks_of_regions(producers, plan.rows),
            stored_matrix.scratch_folder(relations.session),
        ) as (coefficients, idle):
            say("reading final demand")
            demand = read_demand(idle)
            solved, *small = sweep(
                coefficients,
                demand,
                producers,
                intensities,
                columns=plan.columns,
                tolerance=settings.tolerance,
                say=say,
            )
    return solved, SmallResults(stressors, *small)


def solve(
    transactions: np.ndarray,
    output: np.ndarray,
    is_zero: np.ndarray,
    demand: Demand,
    producers: np.ndarray,
    intensities: np.ndarray,
    *,
    tolerance: float,
    say: Callable[[str], None],
) -> tuple[Demand, np.ndarray, np.ndarray]:
    """One factorisation of I - A for every demand and every intensity of a year.

    Parameters
    ----------
    transactions : ndarray, shape (n, n), currency
        Overwritten.
    output : ndarray, shape (n,), currency
    is_zero : ndarray of bool, shape (n,)
        Which outputs count as zero.
    demand : Demand
        k columns; its values are overwritten by the output embodied in them.
    producers : ndarray of str, shape (n,)
        The region of each region-sector.
    intensities : ndarray, shape (n, q), unit of the stressor per currency
    tolerance : float
        Largest relative residual accepted.
    say : callable
        Told how far the solve is.

    Returns
    -------
    solved : Demand
        Values are output embodied in the demand, shape (n, k), currency.
    total_intensities : ndarray, shape (n, q)
    own_chain_output : ndarray, shape (n,), currency

    Raises
    ------
    UnproductiveSystemError, ResidualError
        If the system has no meaningful solution, or it was not found.
    """
    coefficients = leontief.technical_coefficients(
        transactions, output, is_zero=is_zero, overwrite=True
    )
    leontief.require_productive(coefficients)
    own_chains = leontief.own_chain_output(coefficients, producers, demand.own)

    say("factorising I - A")
    system = leontief.Leontief(coefficients)
    probe = leontief.probe(demand.values.shape[1])
    probed_demand = demand.values @ probe
    embodied = system.output(
        demand.values,
        overwrite=True,
        progress=lambda done, all_: say(f"solved {done:,} of {all_:,} demands"),
    )
    totals = system.total_intensity(intensities)
    del system
    residual = _residual(
        coefficients, embodied @ probe, probed_demand, totals, intensities, tolerance
    )
    say(f"relative residual {residual:.1e}")
    return replace(demand, values=embodied), totals, own_chains


def sweep(
    coefficients: leontief.RowBlocks,
    demand: Demand,
    producers: np.ndarray,
    intensities: np.ndarray,
    *,
    columns: int,
    tolerance: float,
    say: Callable[[str], None],
) -> tuple[Demand, np.ndarray, np.ndarray]:
    """Solve for every demand and every intensity without the matrix in memory.

    Parameters
    ----------
    coefficients : RowBlocks
        A, shape (n, n).
    demand, producers, intensities, tolerance, say
        As for `solve`.
    columns : int
        Demands solved at a time; each time reads the matrix fifteen times.

    Returns
    -------
    solved, total_intensities, own_chain_output
        As from `solve`.

    Raises
    ------
    UnproductiveSystemError, IterationError, ResidualError
        If the system has no meaningful solution, or it was not found.
    """
    say("spectral radius")
    leontief.require_productive(coefficients)
    own_chains = leontief.own_chain_output(coefficients, producers, demand.own)
    say("total intensities")
    totals = leontief.iterate_total_intensity(
        coefficients, intensities, tolerance=tolerance * SWEEPS_TO
    )
    values = demand.values
    probe = leontief.probe(values.shape[1])
    probed_demand = values @ probe
    for start in range(0, values.shape[1], columns):
        part = slice(start, min(start + columns, values.shape[1]))
        name = f"demands {part.start + 1:,} to {part.stop:,} of {values.shape[1]:,}"
        values[:, part] = leontief.iterate_output(
            coefficients,
            values[:, part],
            tolerance=tolerance * SWEEPS_TO,
            progress=lambda sweep, residual, name=name: say(
                f"{name}: sweep {sweep}, residual {residual:.1e}"
            ),
        )
    residual = _residual(
        coefficients, values @ probe, probed_demand, totals, intensities, tolerance
    )
    say(f"relative residual {residual:.1e}")
    return demand, totals, own_chains


def _residual(
    coefficients: np.ndarray | leontief.RowBlocks,
    output: np.ndarray,
    demand: np.ndarray,
    totals: np.ndarray,
    intensities: np.ndarray,
    tolerance: float,
) -> float:
    """Return the larger residual of probed output and of total intensities."""
    return max(
        leontief.check_residual(coefficients, output, demand, tolerance=tolerance),
        leontief.check_residual(
            coefficients, totals, intensities, tolerance=tolerance, transposed=True
        ),
    )


def _batches(solved: Demand, year: int) -> Iterator[pa.RecordBatch]:
    """Yield some columns of X at a time, without their zeros."""
    regions = pa.array(solved.regions, pa.string())
    categories = pa.array(solved.categories, pa.string())
    for start in range(0, solved.values.shape[1], COLUMNS_A_BATCH):
        output = solved.values[:, start : start + COLUMNS_A_BATCH].T
        column, origin = np.nonzero(output)
        label = pa.array((start + column).astype(np.int32))
        yield pa.record_batch(
            [
                pa.array(np.full(len(origin), year, np.int32)),
                pa.array(origin.astype(np.int32)),
                pa.DictionaryArray.from_arrays(label, regions),
                pa.DictionaryArray.from_arrays(label, categories),
                pa.array(output[column, origin]),
            ],
            schema=EMBODIED_OUTPUT,
        )


def _table(columns: dict[str, list]) -> pa.Table:
    return pa.table(
        {name: pa.array(np.concatenate(parts)) for name, parts in columns.items()}
    )


class _Progress:
    """Says where a solve is, on standard error: standard output is dbt's log."""

    def __init__(self, year: int) -> None:
        self._year = year
        self._start = time.monotonic()

    def __call__(self, message: str) -> None:
        seconds = time.monotonic() - self._start
        print(
            f"  {self._year}  {seconds:6.1f} s  {message}", file=sys.stderr, flush=True
        )
