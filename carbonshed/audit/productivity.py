"""The check that the system can be solved: the spectral radius of A, by year."""

import os
from collections.abc import Iterator
from pathlib import Path

import duckdb
import numpy as np

from carbonshed import leontief
from carbonshed.audit.report import FAIL, PASS, WARNING, CheckResult
from carbonshed.audit.tables import WORST, Tables
from carbonshed.io_errors import TEMP_VARIABLE
from carbonshed.solve import memory_plan as memory
from carbonshed.solve.memory_plan import Solver
from carbonshed.solve.relations import matrix
from carbonshed.solve.stored_matrix import blocks_of_regions, stored_coefficients

SUMS_CHECK = "column_sums_below_one"
RADIUS_CHECK = "spectral_radius_below_one"


def checks(tables: Tables) -> Iterator[CheckResult]:
    """Yield the two checks of A for every year."""
    for year in tables.years:
        yield from _year(tables, year)


def _year(tables: Tables, year: int) -> Iterator[CheckResult]:
    rows = tables.rows(
        "select label, bought_absolute / abs(output) as column_sum from sums"
        f" where year = {year} and not is_zero order by 2 desc, region_sector_id"
    )
    if not rows or rows[0][1] < leontief.LARGEST_RADIUS:
        largest = f"the largest is {rows[0][1]:.6g}" if rows else "no sector has output"
        yield CheckResult(
            RADIUS_CHECK, PASS, "all column sums of |A| are below 1", year
        )
        yield CheckResult(SUMS_CHECK, PASS, largest, year)
        return
    yield _radius(tables, year)
    above = [(label, value) for label, value in rows if value >= 1]
    if not above:
        largest = f"the largest is {rows[0][1]:.9g}"
        yield CheckResult(SUMS_CHECK, PASS, largest, year)
        return
    yield CheckResult(
        SUMS_CHECK,
        WARNING,
        f"{len(above)} columns of |A| add up to 1 or more: these sectors buy more than"
        " they sell",
        year,
        count=len(above),
        worst=_named(above),
    )


def _radius(tables: Tables, year: int) -> CheckResult:
    output, is_zero, labels = _outputs(tables, year)
    cells = tables.connection.sql(
        f"select origin_id, destination_id, value from transactions where year = {year}"
    )
    scratch = Path(os.environ.get(TEMP_VARIABLE) or tables.dataset.path)
    verdict = _verdict(tables.connection, cells, output, is_zero, scratch)
    if verdict.is_productive:
        message = f"{verdict.method}: at most {verdict.radius:.6g}"
        return CheckResult(RADIUS_CHECK, PASS, message, year)
    purchases = dict(
        tables.rows(
            "select region_sector_id, bought_absolute from sums"
            f" where year = {year} and not is_zero"
        )
    )
    named = [
        (labels[column], purchases[column] / abs(output[column]))
        for column in verdict.causes.tolist()
    ]
    return CheckResult(
        RADIUS_CHECK,
        FAIL,
        f"the spectral radius of A is {verdict.radius:.9g} and must be below"
        f" {leontief.LARGEST_RADIUS}: no output can meet the demand, or none that could"
        " be computed. Check the transactions of these columns against"
        " their output (their column sums of |A| in brackets)",
        year,
        count=len(named),
        worst=_named(named),
    )


def _verdict(
    session: duckdb.DuckDBPyConnection,
    cells: duckdb.DuckDBPyRelation,
    output: np.ndarray,
    is_zero: np.ndarray,
    scratch: Path,
) -> leontief.Productivity:
    """Judge A, in memory if it fits."""
    size = len(output)
    plan = memory.plan(size, 0, Solver())
    if plan.solver == memory.DIRECT:
        Z = matrix(session, cells, size)
        return leontief.is_productive(
            leontief.technical_coefficients(Z, output, is_zero=is_zero, overwrite=True)
        )
    blocks = blocks_of_regions(np.arange(size), plan.rows)  # any row may end one
    with stored_coefficients(cells, output, is_zero, blocks, scratch) as (stored, _):
        return leontief.is_productive(stored)


def _outputs(tables: Tables, year: int) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Return output, which outputs count as zero, and labels."""
    rows = tables.rows(
        f"select output, is_zero, label from sums where year = {year}"
        " order by region_sector_id"
    )
    output, is_zero, labels = zip(*rows, strict=True)
    return np.array(output), np.array(is_zero), list(labels)


def _named(offenders: list[tuple[str, float]]) -> str:
    return "; ".join(f"{label} ({value:.6g})" for label, value in offenders[:WORST])
