"""One factorisation a year, and every table that comes out of it.

dbt wants a model for each table, and each model returns one. The factorisation
is the costly part, so the model of `embodied_output` makes it and leaves the two
small results that fall off (total intensities, chains within regions) for the
models that follow in the same process. Run alone, those solve for themselves, without
the demands. A year that an earlier build has solved is taken over from it.
"""

import hashlib
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa

from carbonshed import __version__, leontief
from carbonshed.errors import CarbonshedError
from carbonshed.warehouse import arrays, earlier, memory, stored_matrix
from carbonshed.warehouse.arrays import Demand, Relations
from carbonshed.warehouse.earlier import Solve, SolvedYear
from carbonshed.warehouse.fingerprint import digest_of_rows, fingerprint
from carbonshed.warehouse.memory import Plan, Solver
from carbonshed.warehouse.solving import Solved, solve, sweep
from carbonshed.warehouse.stored_matrix import StoredMatrix

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
SOLVES = pa.schema(
    [
        ("year", pa.int32()),
        ("fingerprint", pa.string()),
        ("method", pa.string()),
        ("region_sectors", pa.int32()),
        ("demands", pa.int32()),
        ("relative_residual", pa.float64()),
        ("solved_at", pa.timestamp("us")),
        ("carbonshed_version", pa.string()),
    ]
)


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


_left_over: dict[str, SmallResults] = {}
_one_at_a_time = threading.Lock()  # dbt runs two models at once


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


def solves(relations: Relations) -> pa.Table:
    """How each year was solved, one row a year.

    Raises
    ------
    CarbonshedError
        If `embodied_output` was not made by this process: its record is with it.
    """
    rows = []
    for year in relations.years():
        small = _left_over.get(_key(relations, year))
        if small is None or small.solve is None:
            msg = (
                f"nothing is known of how {year} was solved: build the model"
                " embodied_output in the same run as solves"
            )
            raise CarbonshedError(msg)
        rows.append({"year": year, **asdict(small.solve)})
    return pa.Table.from_pylist(rows, SOLVES)


def forget() -> None:
    """Drop the small results that an earlier solve left behind."""
    _left_over.clear()


def _embodied_batches(
    relations: Relations, settings: Settings
) -> Iterator[pa.RecordBatch]:
    forget()
    for year in relations.years():
        batches, small = _Year(relations, year, settings).results()
        _left_over[_key(relations, year)] = small
        yield from batches
        del batches  # or X would lie beside the next year's


def _small_results(relations: Relations, year: int, settings: Settings) -> SmallResults:
    key = _key(relations, year)
    with _one_at_a_time:
        if key not in _left_over:
            of_year = _Year(relations, year, settings)
            _left_over[key] = of_year.results_without_demands()
        return _left_over[key]


def _key(relations: Relations, year: int) -> str:
    """Fingerprint of x and f: changed inputs never meet results of earlier ones."""
    output, _, _ = arrays.sector_output(relations, year)
    stressors, intensities = arrays.intensities(relations, year, len(output))
    digest = hashlib.sha256(f"{year} {stressors}".encode())
    digest.update(output.tobytes())
    digest.update(intensities.tobytes())
    return digest.hexdigest()


class _Year:
    """A year's system, read and solved in the way that fits into memory."""

    def __init__(self, relations: Relations, year: int, settings: Settings) -> None:
        # DuckDB would keep all it reads of files; the system does too, but gives way
        relations.session.execute("set enable_external_file_cache = false")
        self.relations = relations
        self.year = year
        self.settings = settings
        self.say = _Progress(year)
        self.output, self.is_zero, self.producers = arrays.sector_output(
            relations, year
        )
        self.size = len(self.output)
        self.stressors, self.intensities = arrays.intensities(
            relations, year, self.size
        )

    def results(self) -> tuple[Iterator[pa.RecordBatch], SmallResults]:
        """Return the rows of embodied output, and the small results."""
        with self._matrix(self._plan()) as (matrix, plan, idle, digest):
            demand = arrays.demand(self.relations, self.year, idle, self.producers)
            mark = self._fingerprint(digest, demand)
            known = earlier.find(self.year, mark, self.output, self.intensities)
            if known:
                return self._taken_over(known)
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
        return _batches(solved.demand, self.year), self._small(solved, record)

    def results_without_demands(self) -> SmallResults:
        """Return the small results alone."""
        with self._matrix(self._plan()) as (matrix, plan, idle, _):
            demand = arrays.demand(self.relations, self.year, idle, self.producers)
            none = replace(demand, values=np.empty((self.size, 0), order="F"))
            return self._small(self._solve(matrix, none, plan), None)

    def _plan(self) -> Plan:
        plan = memory.plan(
            self.size,
            len(arrays.demand_labels(self.relations, self.year)) + 2,
            self.settings.solver,
            stressors=len(self.stressors),
            region=max(Counter(self.producers).values(), default=1),
        )
        self.say(str(plan))
        self.say(f"reading {self.size:,} x {self.size:,} transactions")
        return plan

    @contextmanager
    def _matrix(self, plan: Plan) -> Iterator[tuple]:
        """Yield Z, or A in a file; the plan; idle deliveries; a digest of Z."""
        session = self.relations.session
        cells = arrays.transaction_cells(self.relations, self.year)
        if plan.solver == memory.DIRECT:
            matrix = arrays.matrix(session, cells, self.size)
            idle = matrix[:, self.is_zero].sum(axis=1)
            yield matrix, plan, idle, digest_of_rows(matrix)
            return
        with stored_matrix.stored_coefficients(
            cells,
            self.output,
            self.is_zero,
            stored_matrix.blocks_of_regions(self.producers, plan.rows),
            stored_matrix.scratch_folder(session),
        ) as (coefficients, idle, digest):
            self.say("reading final demand")
            yield coefficients, plan, idle, digest

    def _fingerprint(self, digest: bytes, demand: Demand) -> str:
        return fingerprint(
            digest,
            self.is_zero,
            self.producers,
            demand,
            self.stressors,
            self.settings.tolerance,
        )

    def _solve(
        self, matrix: np.ndarray | StoredMatrix, demand: Demand, plan: Plan
    ) -> Solved:
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

    def _taken_over(
        self, known: SolvedYear
    ) -> tuple[Iterator[pa.RecordBatch], SmallResults]:
        self.say(f"unchanged since it was solved at {known.solve.solved_at} UTC")
        small = SmallResults(
            self.stressors,
            known.total_intensities(self.stressors),
            known.own_chain_output(),
            known.solve,
        )
        return known.embodied_output(EMBODIED_OUTPUT), small


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
