"""Every year of a dataset, solved now or found in the store."""

import os
from dataclasses import asdict
from pathlib import Path

import pyarrow as pa

from carbonshed.paths import project_root
from carbonshed.solve.fingerprint import fingerprints
from carbonshed.solve.inverse import inverse_batches
from carbonshed.solve.memory_plan import DASK, require_dask
from carbonshed.solve.progress import Progress
from carbonshed.solve.relations import Relations
from carbonshed.solve.store import Solve, SolveStore, write_solution
from carbonshed.solve.year import Settings, YearSystem

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


def solve_years(relations: Relations, settings: Settings, folder: Path) -> pa.Table:
    """Solve the years that are not in the store, and return how each was solved.

    Afterwards the store holds the years of the dataset and nothing else.

    Parameters
    ----------
    folder : Path
        The store of the dataset, ``warehouse/solved/NAME``.

    Returns
    -------
    pyarrow.Table
        One row per year, columns of `SOLVES`.
    """
    # DuckDB would keep all it reads of files; the system does too, but gives way
    relations.session.execute("set enable_external_file_cache = false")
    if not relations.years:  # a build of no rows, for its form alone
        return SOLVES.empty_table()
    store = SolveStore(folder)
    systems = [
        YearSystem(
            relations,
            year,
            with_imports=settings.with_analyses,
            by_origin=settings.by_origin,
        )
        for year in relations.years
    ]
    names = fingerprints(relations, systems, settings)
    found = [
        store.find(name, system, Progress(system.year).note)
        for name, system in zip(names, systems, strict=True)
    ]
    store.remove_stale(
        {name for name, solve in zip(names, found, strict=True) if solve},
        with_inverse=settings.with_inverse,
    )
    on_cluster: dict[str, Solve] = {}
    if settings.solver.name == DASK and not all(found):
        on_cluster = _solve_on_cluster(
            [
                (name, system, Progress(system.year))
                for name, system, known in zip(names, systems, found, strict=True)
                if not known
            ],
            settings,
            store,
        )
    rows = []
    for system, name, known in zip(systems, names, found, strict=True):
        progress = Progress(system.year)
        if known:
            progress.note(
                f"unchanged since it was solved ({known.method}) at"
                f" {known.solved_at} UTC"
            )
        solve = known or on_cluster.get(name)
        solve = solve or _solve(system, name, settings, store, progress)
        if settings.with_analyses and store.lacks_domestic_technology(name):
            progress.note(
                "no footprint of imports by domestic technology: at that, imports would"
                " need imports without end"
            )
        if settings.with_inverse and not store.has_inverse(name, progress.note):
            progress("the Leontief inverse")
            store.add_inverse(name, inverse_batches(system, settings.tolerance))
        place = os.path.relpath(store.path(name), project_root())
        rows.append({"year": system.year, "folder": place, **asdict(solve)})
    return pa.Table.from_pylist(rows, SOLVES)


def _solve(
    system: YearSystem,
    fingerprint: str,
    settings: Settings,
    store: SolveStore,
    progress: Progress,
) -> Solve:
    plan = system.plan(settings.solver)
    solved = system.solve(plan, settings.tolerance, progress)
    solve = Solve.now(fingerprint, plan.solver, system, solved.relative_residual)
    progress("writing the solution")
    with store.writing(fingerprint) as folder:
        write_solution(folder, system, solved, solve)
    progress.note(str(solve))
    return solve


def _solve_on_cluster(
    wanted: list[tuple[str, YearSystem, Progress]],
    settings: Settings,
    store: SolveStore,
) -> dict[str, Solve]:
    require_dask()
    from carbonshed.solve.cluster.dask_solver import solve_on_cluster

    return solve_on_cluster(wanted, settings, store)
