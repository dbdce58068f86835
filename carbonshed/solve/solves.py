"""The solve of every year of a dataset that is not in the store yet."""

import os
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from pkgutil import resolve_name

import numpy as np
import pyarrow as pa

from carbonshed import leontief
from carbonshed.errors import CarbonshedError
from carbonshed.paths import project_root
from carbonshed.progress import TimedProgress, print_note
from carbonshed.solve import memory_plan as memory
from carbonshed.solve.memory_plan import DASK, Plan, require_dask
from carbonshed.solve.relations import Relations
from carbonshed.solve.solutions import (
    INVERSE,
    Solve,
    SolveStore,
    fingerprints,
    write_solution,
)
from carbonshed.solve.solved_tables import Batches
from carbonshed.solve.year_solve import counts_of, solve_year
from carbonshed.solve.year_system import Settings, YearSystem
from carbonshed.text import listing
from carbonshed.threads import one_thread

BLOCK_COLUMNS = 256  # columns of the inverse in memory at a time

LEONTIEF_INVERSE = pa.schema(
    [
        ("year", pa.int32()),
        ("origin_id", pa.int32()),
        ("destination_id", pa.int32()),
        ("requirement", pa.float64()),
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
        ("folder", pa.string()),
    ]
)


def inverse_batches(system: YearSystem, tolerance: float) -> Iterator[pa.RecordBatch]:
    """Yield the output of each producer per unit of final demand for each product.

    Zeros are left out. The system is factorised in memory; its inverse is never whole
    there.
    """
    size = system.size
    memory.require_inverse(size, BLOCK_COLUMNS)
    coefficients = system.read_coefficients()
    with one_thread():
        leontief.require_productive(coefficients)
        probe = leontief.ResidualProbe(coefficients)
    factors = leontief.Leontief(coefficients, overwrite=True)
    for start in range(0, size, BLOCK_COLUMNS):
        unit = np.zeros((size, min(BLOCK_COLUMNS, size - start)), order="F")
        unit[start : start + unit.shape[1]].flat[:: unit.shape[1] + 1] = 1.0
        columns = factors.output(unit)
        probe.expect(unit).check_residual(columns, tolerance=tolerance)
        destination, origin = np.nonzero(columns.T)
        yield pa.record_batch(
            [
                pa.array(np.full(len(origin), system.year, np.int32)),
                pa.array(origin.astype(np.int32)),
                pa.array((start + destination).astype(np.int32)),
                pa.array(columns.T[destination, origin]),
            ],
            schema=LEONTIEF_INVERSE,
        )


def solve_years(
    relations: Relations, settings: Settings, folder: Path, *, anew: bool = False
) -> pa.Table:
    """Solve the years that are not in the store, and return how each was solved.

    Afterwards the store has the years of the dataset and nothing else. The folder is
    ``warehouse/solved/NAME``. If all are solved `anew`, each stays until the new one
    takes its place.

    Returns
    -------
    pyarrow.Table
        One row per year, columns of `SOLVES`.
    """
    # disable DuckDB's file cache: the page cache suffices and can be evicted
    relations.session.execute("set enable_external_file_cache = false")
    if not relations.years:  # dbt builds empty relations to learn their columns
        return SOLVES.empty_table()
    store = SolveStore(folder)
    systems = [YearSystem(relations, year, settings) for year in relations.years]
    names = fingerprints(relations, systems, settings)
    solves = [
        store.find(name, system, TimedProgress(system.year).note)
        for name, system in zip(names, systems, strict=True)
    ]
    store.remove_stale(
        {name for name, solve in zip(names, solves, strict=True) if solve},
        with_inverse=settings.with_inverse,
    )
    if anew:
        solves = [None] * len(names)
    on_cluster: dict[str, Solve] = {}
    if settings.solver.name == DASK and all(solves):
        _note_lost_scheduler(settings.solver.scheduler)
    elif settings.solver.name == DASK:
        on_cluster = _solve_on_cluster(
            [
                (name, system, TimedProgress(system.year))
                for name, system, solve in zip(names, systems, solves, strict=True)
                if not solve
            ],
            settings,
            store,
        )
    rows = []
    for system, name, stored in zip(systems, names, solves, strict=True):
        progress = TimedProgress(system.year)
        if stored:
            progress.note(
                f"unchanged since it was solved ({stored.method}) at"
                f" {stored.solved_at} UTC"
            )
        solve = (
            stored
            or on_cluster.get(name)
            or _solve(system, name, settings, store, progress)
        )
        if settings.with_analyses and store.lacks_domestic_technology(name):
            progress.note(
                "no footprint of imports by domestic technology: at that, imports would"
                " need imports without end"
            )
        if settings.with_analyses and (
            regions := store.lacks_deliveries(name, system.producers)
        ):
            progress.note(
                f"WARNING: no three scopes of {listing(regions, 5)}: too much of what"
                " is sold comes back, so that the others have no answer by themselves"
            )
        if settings.with_inverse and not store.find_pass(
            name, INVERSE, name, progress.note
        ):
            progress("the Leontief inverse")
            inverse = Batches(
                LEONTIEF_INVERSE, inverse_batches(system, settings.tolerance)
            )
            store.add_pass(name, INVERSE, name, {INVERSE: inverse})
        folder_name = os.path.relpath(store.path(name), project_root())
        rows.append({"year": system.year, "folder": folder_name, **asdict(solve)})
    return pa.Table.from_pylist(rows, SOLVES)


def _solve(
    system: YearSystem,
    fingerprint: str,
    settings: Settings,
    store: SolveStore,
    progress: TimedProgress,
) -> Solve:
    plan = memory.plan(counts_of(system), settings.solver)
    _announce(plan, settings, progress)
    solved = solve_year(system, plan, settings.tolerance, progress)
    solve = Solve.now(fingerprint, plan.solver, system, solved.relative_residual)
    progress("writing the solution")
    with store.writing(fingerprint) as folder:
        write_solution(folder, system, solved, solve)
    progress.note(str(solve))
    return solve


def _announce(plan: Plan, settings: Settings, progress: TimedProgress) -> None:
    """Print the plan; that of sweeps stays, with what makes them shorter."""
    if plan.solver == memory.DIRECT:
        progress(str(plan))
    elif settings.with_analyses:
        progress.note(
            f"{plan}; without analyses (var analyses: false), a third of the time"
        )
    else:
        progress.note(str(plan))


def _solve_on_cluster(
    systems: list[tuple[str, YearSystem, TimedProgress]],
    settings: Settings,
    store: SolveStore,
) -> dict[str, Solve]:
    require_dask()
    solve = resolve_name("carbonshed.solve.cluster.dask_solver:solve_on_cluster")
    return solve(systems, settings, store)


def _note_lost_scheduler(scheduler: str) -> None:
    """Note that a scheduler does not answer, although nothing asks for its workers."""
    if not scheduler:
        return
    try:
        require_dask()
        resolve_name("carbonshed.solve.cluster.workers:require_scheduler")(scheduler)
    except CarbonshedError as error:
        print_note(
            f"WARNING: {error}; all years are already solved, so no worker is needed"
        )
