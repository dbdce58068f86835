"""The solve of years on a cluster: one task for a year that fits, else squares."""

import shutil
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import dask.array as da
import distributed
import numpy as np
from dask import delayed
from dask.delayed import Delayed
from distributed.client import FIRST_COMPLETED

from carbonshed import leontief
from carbonshed.errors import CarbonshedError
from carbonshed.leontief.regions import sales_of_block
from carbonshed.progress import TimedProgress
from carbonshed.solve import memory_plan as memory
from carbonshed.solve.cluster import squares
from carbonshed.solve.cluster.remote_year import (
    STORAGE_OVERHEAD_BYTES,
    RemoteYear,
    fetch,
    of_data,
    remote_year,
    results_of,
    storing,
)
from carbonshed.solve.cluster.squares import (
    MAX_COLUMNS,
    DemandSums,
    Factors,
    Grid,
    RemoteBlocks,
    plan_squares,
    require_disk,
)
from carbonshed.solve.cluster.workers import (
    MEMORY_SHARE,
    WORKER_OVERHEAD_BYTES,
    Cluster,
    explained,
    open_cluster,
)
from carbonshed.solve.memory_plan import (
    DASK,
    DIRECT,
    OVERHEAD_BYTES,
    Solver,
    direct_needs,
)
from carbonshed.solve.passes import Followed, Rounds, kinds_of
from carbonshed.solve.relations import EXPORT, RESERVED_POSITIONS, UNATTRIBUTED
from carbonshed.solve.solutions import Solve, SolveStore, write_solution
from carbonshed.solve.solved_tables import (
    EMBODIED_OUTPUT,
    Trade,
    demand_positions,
    embodied_output,
    region_positions,
    write_table,
)
from carbonshed.solve.stored_matrix import starts_of_regions
from carbonshed.solve.year_solve import (
    Solved,
    counts_of,
    require_sums,
    solve_year,
)
from carbonshed.solve.year_system import Settings, YearSystem
from carbonshed.text import is_url, size_text


@dataclass(frozen=True)
class Year:
    """A year that is to be solved."""

    fingerprint: str
    system: YearSystem
    progress: TimedProgress
    remote: RemoteYear  # the same for workers

    @property
    def needs(self) -> int:
        """Bytes that one factorisation takes."""
        return direct_needs(counts_of(self.system))


def solve_on_cluster(
    systems: list[tuple[str, YearSystem, TimedProgress]],
    settings: Settings,
    store: SolveStore,
) -> dict[str, Solve]:
    """Solve years on the workers of a cluster; each is in the store when it is solved.

    Systems come with their fingerprints, by which solves are returned.
    """
    with (
        open_cluster(settings.solver, store.scratch, systems[0][2]) as cluster,
        _results(settings.solver, store) as address,
    ):
        years = [
            Year(name, system, progress, _remote(system, progress, settings, store))
            for name, system, progress in systems
        ]
        folders = [] if is_url(address) else [address]
        workers = cluster.workers([*years[0].remote.files.values(), *folders])
        memory = min(worker.memory for worker in workers)
        overhead = WORKER_OVERHEAD_BYTES
        if settings.solver.shared:
            overhead += STORAGE_OVERHEAD_BYTES
        more = overhead - OVERHEAD_BYTES  # of a worker than of one machine
        fits = [year for year in years if year.needs + more <= MEMORY_SHARE * memory]
        solves = solve_whole_years(cluster, fits, settings, store, address, memory)
        for year in years:
            if year.fingerprint in solves:
                continue
            system, progress = year.system, year.progress
            plan = plan_squares(
                system.producers,
                system.demands,
                workers=len(workers),
                memory=memory,
                stressors=counts_of(system).stressors,
                overhead=overhead,
            )
            progress.note(str(plan))
            require_disk(plan, workers, store.folder.parent)
            with store.writing(year.fingerprint) as folder, explained():
                target = (
                    f"{address}/{year.fingerprint}" if is_url(address) else str(folder)
                )
                square_solve = SquareSolve(cluster, year, plan.grid, target)
                solved = square_solve.solve(folder, settings.tolerance)
                solve = Solve.now(
                    year.fingerprint, DASK, system, solved.relative_residual
                )
                write_solution(folder, system, solved, solve)
            solves[year.fingerprint] = solve
            progress.note(str(solve))
    return solves


@contextmanager
def _results(solver: Solver, store: SolveStore) -> Iterator[str]:
    """Yield the address to which workers write."""
    with store.shared() as folder:
        if not solver.shared:
            yield str(folder)
            return
        with results_of(solver.shared, store.folder.name) as url:
            yield url


def _remote(
    system: YearSystem, progress: TimedProgress, settings: Settings, store: SolveStore
) -> RemoteYear:
    remote, shared = remote_year(system), settings.solver.shared
    if not shared:
        return remote
    return remote.in_storage(of_data(shared, store.folder.name), progress.note)


def solve_whole_years(
    cluster: Cluster,
    years: list[Year],
    settings: Settings,
    store: SolveStore,
    address: str,
    memory: int,
) -> dict[str, Solve]:
    """Solve years that fit on one worker, a task each, as on one machine."""
    limit = Solver(DIRECT, MEMORY_SHARE * memory / 1e9)
    tasks = {}
    for year in years:
        remote = delayed(year.remote, traverse=False)
        task = delayed(solve_and_write)(
            remote, year.fingerprint, limit, settings.tolerance, address
        )
        tasks[cluster.client.compute(task)] = year.progress
        year.progress.note(f"one task for a worker: {size_text(year.needs)} needed")
    solves = {}
    while tasks:
        progress = next(iter(tasks.values()))
        cluster.wait([*tasks], "solving whole years", progress, FIRST_COMPLETED)
        for future in [future for future in tasks if future.done()]:
            result, solve = future.result()
            if is_url(result):
                with store.writing(solve.fingerprint) as folder:
                    fetch(result, folder)
            else:
                store.adopt(Path(result), solve.fingerprint)
            solves[solve.fingerprint] = solve
            tasks.pop(future).note(str(solve))
    return solves


def solve_and_write(
    remote: RemoteYear, fingerprint: str, solver: Solver, tolerance: float, address: str
) -> tuple[str, Solve]:
    """Solve a year on this worker, as one machine does; return its address."""
    # a task may run twice at once if its worker was wrongly taken for lost
    address = f"{address}/{fingerprint}-{uuid.uuid4().hex[:8]}"
    system = remote.open()
    try:
        plan = memory.plan(counts_of(system), solver)
        solved = solve_year(system, plan, tolerance, lambda message: None)
    except ValueError as error:  # not every one survives pickling
        raise CarbonshedError(f"{remote.year}: {error}") from None
    solve = Solve.now(fingerprint, plan.solver, system, solved.relative_residual)
    if not is_url(address):
        Path(address).mkdir()
    with storing(address) as folder:
        write_solution(folder, system, solved, solve)
    return address, solve


class SquareSolve:
    """The solve of one year that is too large for any worker.

    Results go to `address`, a folder that all workers see, or a URL.
    """

    def __init__(self, cluster: Cluster, year: Year, grid: Grid, address: str) -> None:
        self._cluster = cluster
        self._system = system = year.system
        self._grid = grid
        self._address = address
        self._progress = year.progress
        self._remote = delayed(year.remote, traverse=False)
        labels = [*system.labels, (EXPORT, EXPORT), (UNATTRIBUTED, UNATTRIBUTED)]
        self._buyers = [region for region, _ in labels]
        self._categories = [category for _, category in labels]
        self._starts = starts_of_regions(system.producers)
        self._regions = [str(system.producers[start]) for start in self._starts[:-1]]

    def solve(self, folder: Path, tolerance: float) -> Solved:
        """Read and solve; workers write embodied output to the folder.

        The folder, of this machine, is the address, unless that is a URL.
        """
        system, grid = self._system, self._grid
        strips = self._cluster.persist(
            [delayed(squares.read_strip)(self._remote, rows) for rows in grid.rows]
        )
        demand = self._cluster.persist(
            [
                delayed(squares.read_demand)(self._remote, grid, rows, strip[1])
                for rows, strip in zip(grid.rows, strips, strict=True)
            ]
        )
        self._cluster.wait(demand, "reading transactions and demand", self._progress)
        sums = [DemandSums(*strip) for strip in self._run([rows[1] for rows in demand])]
        blocks = RemoteBlocks(self._run, strips, grid)
        self._note_pivoting(leontief.require_productive(blocks))
        probe = leontief.ResidualProbe(blocks)
        require_sums(probe, system.output, np.concatenate([e.total for e in sums]))
        of_output = leontief.ExpectedCombinations(
            probe.combined,
            np.sum([strip.expected for strip in sums], axis=0),
            np.sqrt(np.sum([strip.squares for strip in sums], axis=0)),
        )
        own_chains = leontief.own_chain_output(
            blocks, system.producers, np.concatenate([strip.own for strip in sums])
        )
        passes = [kind.of(system) for kind in kinds_of(system.settings)]
        followed = Followed(blocks, system.read_producers(), passes)
        of_totals = leontief.ResidualProbe(blocks, transposed=True).expect(
            followed.direct
        )
        sales = self._cluster.persist(
            blocks.delayed(sales_of_block, self._starts, system.output)
        )
        self._cluster.wait(sales, "sales between regions", self._progress)

        # drop the strips, so that workers can free them as they become squares
        of_supplied = probe.expect(followed.supplied)
        factors = self._factorise(strips)
        tasks = self._tasks(factors, demand, followed, probe.combined)
        futures = self._cluster.client.compute(tasks)
        del strips, demand, blocks
        combined, totals, supplied, kept = self._solved(futures)
        del futures
        residual = max(
            of_output.check_combined(
                combined, tolerance=tolerance, names=self._names()
            ),
            of_supplied.check_residual(supplied, tolerance=tolerance),
            of_totals.check_residual(totals, tolerance=tolerance),
        )
        self._progress(f"relative residual {residual:.1e}")
        rounds = Rounds(
            partial(self._own_output, factors),
            kept,
            leontief.EXTRACTION_TOLERANCE,
        )
        intensities = followed.take(totals, supplied, rounds)
        if is_url(self._address):
            files = len(grid.rows) * len(grid.columns)
            count = fetch(self._address, folder)
            if count != files:
                msg = f"{self._address}: {count} of {files} files of results are there"
                raise CarbonshedError(msg)
        for left in folder.glob(".*"):  # files of workers that were lost as they wrote
            shutil.rmtree(left)
        trade = partial(self._trade, sales, intensities)
        return Solved(intensities, own_chains, residual, passes, trade)

    def _run(self, tasks: list[Delayed]) -> list:
        return self._cluster.run(tasks, "checking the system", self._progress)

    def _names(self) -> list[str]:
        pairs = zip(self._buyers, self._categories, strict=True)
        return [f"{region} / {category}" for region, category in pairs]

    def _note_pivoting(self, verdict: leontief.Productivity) -> None:
        """Note if no bound guarantees that pivoting within squares is stable."""
        if verdict.method == "radius of A":
            self._progress.note(
                "the radius of |A| is not below 1: pivoting within squares may lose"
                " digits, which the residual will show"
            )

    def _factorise(self, strips: list[Delayed]) -> Factors:
        """Return factors, of which rounds let the workers keep the squares."""
        grid, side = self._grid, self._grid.side
        cuts = [
            delayed(squares.cut, nout=grid.count)(strip, grid, rows)
            for rows, strip in zip(grid.rows, strips, strict=True)
        ]
        system = squares.from_blocks(
            [[cut[j] for j in range(grid.count)] for cut in cuts],
            side,
            [side] * grid.count,
        )
        factors = Factors.of(system)
        if self._system.settings.with_analyses:
            return factors.kept(self._cluster.persist)
        return factors

    def _tasks(
        self,
        factors: Factors,
        demand: list[Delayed],
        followed: Followed,
        combined: np.ndarray,
    ) -> list[Delayed]:
        """Return the tasks: smallest pivots, followed quantities, writing of X."""
        grid, side = self._grid, self._grid.side
        blocks = range(len(grid.columns))
        final = squares.from_blocks(
            [[row[0][j] for j in blocks] for row in demand],
            side,
            [columns.stop - columns.start for columns in grid.columns],
        )
        pivots = _blocks(squares.diagonal(factors.upper))[:, 0]
        totals = _blocks(factors.total_intensities(self._squares(followed.direct)))
        supplied = _blocks(factors.output(self._squares(followed.supplied)))
        embodied = _blocks(factors.output(final))
        positions = demand_positions(
            self._system.relations, self._buyers, self._categories
        )
        sellers = region_positions(self._system.relations, self._system.producers)
        target = delayed(
            (self._system.year, sellers, positions, self._address), traverse=False
        )
        sent = delayed(combined, traverse=False)
        return [
            *(delayed(squares.smallest_pivot)(square) for square in pivots),
            *totals[:, 0],
            *supplied[:, 0],
            *(
                delayed(write_block)(
                    embodied[i, j], rows, columns, sent, target, (i, j)
                )
                for i, rows in enumerate(grid.rows)
                for j, columns in enumerate(grid.columns)
            ),
        ]

    def _own_output(
        self, factors: Factors, demand: np.ndarray, name: str
    ) -> np.ndarray:
        """Return (L z)_K of every region, shape (n, 1); see `leontief.own_output`."""
        grid, regions = self._grid, len(self._regions)
        numbers = np.repeat(np.arange(regions), np.diff(self._starts))
        output = np.zeros_like(demand)
        for first in range(0, regions, MAX_COLUMNS):
            some = range(first, min(first + MAX_COLUMNS, regions))
            right = [
                delayed(squares.column_by_region)(
                    demand[rows, 0], numbers[rows], some, grid.side
                )
                for rows in grid.rows
            ]
            solved = factors.output(
                squares.from_blocks(
                    [[block] for block in right], grid.side, [len(some)]
                )
            )
            of_regions = [
                delayed(squares.value_of_region)(block, numbers[rows], some)
                for block, rows in zip(_blocks(solved)[:, 0], grid.rows, strict=True)
            ]
            values = self._cluster.run(of_regions, name, self._progress)
            output[:, 0] += np.concatenate(values)
        return output

    def _squares(self, values: np.ndarray) -> da.Array:
        """Return columns in blocks of rows as high as the squares."""
        grid = self._grid
        filled = np.vstack([grid.filled_up(values[rows]) for rows in grid.rows])
        return da.from_array(filled, chunks=(grid.side, max(values.shape[1], 1)))

    def _solved(
        self, futures: list[distributed.Future]
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Return combinations of X, total intensities, what is supplied and kept."""
        count = self._grid.count
        pivots, totals, supplied, written = (
            futures[:count],
            futures[count : 2 * count],
            futures[2 * count : 3 * count],
            futures[3 * count :],
        )
        try:
            self._cluster.wait(futures, "factorising and solving", self._progress)
        except np.linalg.LinAlgError:
            raise CarbonshedError(self._singular(pivots)) from None
        gather = self._cluster.client.gather
        solved = [
            np.concatenate(
                [
                    square[: rows.stop - rows.start]
                    for rows, square in zip(
                        self._grid.rows, gather(column), strict=True
                    )
                ]
            )
            for column in (totals, supplied)
        ]
        width = len(self._grid.columns)
        combined, kept = zip(*gather(written), strict=True)
        by_columns = [np.sum(combined[j::width], axis=0) for j in range(width)]
        by_rows = [
            np.sum(kept[i * width : (i + 1) * width], axis=0) for i in range(count)
        ]
        return np.hstack(by_columns), *solved, np.concatenate(by_rows)

    def _singular(self, pivots: Sequence[distributed.Future]) -> str:
        """Describe the square that cannot be factorised by itself."""
        finite_pivots = [
            future.result() if future.status == "finished" else np.inf
            for future in pivots
        ]
        square = int(np.argmin(finite_pivots))
        rows = self._grid.rows[square]
        first, last = (self._system.producers[r] for r in (rows.start, rows.stop - 1))
        return (
            f"I - A cannot be factorised in squares: rows {rows.start + 1:,} to"
            f" {rows.stop:,} (regions {first} to {last}) are singular without the"
            " others, and pivots are looked for within squares only. Where columns of"
            " |A| add up to less than 1 this cannot be; see the audit. Solve it with"
            " the var solver: direct or streamed"
        )

    def _trade(self, sales: list[Delayed], totals: np.ndarray) -> Trade:
        """Return sales between regions."""
        sent = delayed(totals, traverse=False)
        strips = self._run(
            [
                delayed(squares.trade)(rows, sold, self._starts, self._regions, sent)
                for rows, sold in zip(self._grid.rows, sales, strict=True)
            ]
        )
        whole = (
            np.concatenate([getattr(strip, name) for strip in strips])
            for name in ("amounts", "embodied", "is_any")
        )
        return Trade(self._regions, *whole)


def _blocks(array: da.Array) -> np.ndarray:
    """Return the blocks of an array; all of the same graph, so that it runs once."""
    return array.to_delayed(optimize_graph=False)


def write_block(
    block: np.ndarray,
    rows: slice,
    columns: slice,
    combined: np.ndarray,
    target: tuple[int, np.ndarray, tuple[np.ndarray, np.ndarray], str],
    number: tuple[int, int],
) -> tuple[np.ndarray, np.ndarray]:
    """Write a block of X; return its combinations, shape (p, w), and what is kept."""
    year, sellers, (regions, categories), address = target
    values = block[: rows.stop - rows.start]
    positions = regions[columns], categories[columns]
    with storing(address) as folder:
        name = f"{EMBODIED_OUTPUT}.{{:03d}}-{{:03d}}".format(*number)
        write_table(folder, name, embodied_output(year, rows, positions, values))
    nobody = RESERVED_POSITIONS[UNATTRIBUTED]
    kept = leontief.kept_output(values, sellers[rows], positions[0], nobody)
    return combined[rows].T @ values, kept
