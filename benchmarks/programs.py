"""The timed programs: each reads the same table before its clock starts.

Run as ``python -m benchmarks.programs PROGRAM DATASET``; prints one JSON object with
the seconds of each step and the kernels of BLAS. Reading the table is not counted.
"""

import json
import sys
import time
from collections.abc import Callable

import numpy as np
from scipy.linalg import lu_factor, lu_solve
from threadpoolctl import threadpool_info

from benchmarks.table import Table, read_table
from carbonshed.leontief import direct_intensities, is_zero_output
from carbonshed.solve.relations import Demand
from carbonshed.solve.year_solve import solve_in_memory
from carbonshed.solve.year_system import Producers


def run_pymrio(table: Table) -> dict[str, float]:
    """Run pymrio: calc_system and calc_extensions with two stressors."""
    import pandas as pd
    import pymrio

    labels = table.labels
    final_demand = table.final_demand.copy()
    # pymrio knows no exports: make them the final demand of one more region
    final_demand[("EXPORT", "EXPORT")] = table.exports
    system = pymrio.IOSystem(
        Z=pd.DataFrame(table.transactions, index=labels, columns=labels),
        Y=final_demand,
    )
    system.satellite = pymrio.Extension("satellite", F=table.stressors)
    seconds = {}
    for step in ("calc_system", "calc_extensions"):
        start = time.perf_counter()
        getattr(system, step)()
        seconds[step] = time.perf_counter() - start
    return seconds


def run_inverse(table: Table) -> dict[str, float]:
    """Invert the matrix with NumPy, as the peers do."""
    matrix, _, _ = _scaled(table)
    start = time.perf_counter()
    np.linalg.inv(np.eye(len(matrix)) - matrix)
    return {"invert": time.perf_counter() - start}


def run_bare(table: Table) -> dict[str, float]:
    """Solve with SciPy alone: LU in place and the solves, without any check."""
    matrix, demand, intensities = _scaled(table)
    start = time.perf_counter()
    np.negative(matrix, out=matrix)
    matrix.flat[:: len(matrix) + 1] += 1.0
    factors = lu_factor(matrix.T, overwrite_a=True, check_finite=False)
    factorised = time.perf_counter()
    lu_solve(factors, demand, trans=1, overwrite_b=True, check_finite=False)
    lu_solve(factors, intensities, overwrite_b=True, check_finite=False)
    return {
        "factorise": factorised - start,
        "solve": time.perf_counter() - factorised,
    }


def run_carbonshed(table: Table) -> dict[str, float]:
    """Run our solve with all its checks, from transactions to embodied output."""
    _, demand, _ = _scaled(table, transactions=False)
    output = _output(table)
    intensities = direct_intensities(table.stressors.to_numpy().T, output)
    pairs = [*table.final_demand.columns, ("EXPORT", "EXPORT")]
    total = demand.sum(axis=1)
    columns = Demand(
        [region for region, _ in pairs],
        [category for _, category in pairs],
        demand,
        total,
        total,
    )
    regions = np.asarray(table.labels.get_level_values("region"), dtype=object)
    start = time.perf_counter()
    solve_in_memory(
        table.transactions,
        Producers(output, is_zero_output(output), regions, intensities),
        columns,
        tolerance=1e-9,
        progress=lambda message: None,
    )
    return {"solve with checks": time.perf_counter() - start}


def _output(table: Table) -> np.ndarray:
    return (
        table.transactions.sum(axis=1)
        + table.final_demand.to_numpy().sum(axis=1)
        + table.exports
    )


def _scaled(
    table: Table, *, transactions: bool = True
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    output = _output(table)
    divisor = np.where(output > 0, output, 1.0)
    if transactions:  # divide in place, without a second matrix
        np.divide(table.transactions, divisor, out=table.transactions)
    demand = np.asfortranarray(
        np.column_stack([table.final_demand.to_numpy(), table.exports])
    )
    intensities = np.asfortranarray(table.stressors.to_numpy().T / divisor[:, None])
    return table.transactions, demand, intensities


PROGRAMS: dict[str, Callable[[Table], dict[str, float]]] = {
    "pymrio": run_pymrio,
    "bare": run_bare,
    "inverse": run_inverse,
    "carbonshed": run_carbonshed,
}


def blas_kernels() -> str:
    """Return the libraries of BLAS in this process, and the kernel that each chose."""
    libraries = {
        f"{library['internal_api']} {library['version']} ({library['architecture']})"
        for library in threadpool_info()
        if library["user_api"] == "blas"
    }
    return ", ".join(sorted(libraries))


if __name__ == "__main__":
    seconds = PROGRAMS[sys.argv[1]](read_table(sys.argv[2]))
    print(json.dumps({"seconds": seconds, "blas": blas_kernels()}))
