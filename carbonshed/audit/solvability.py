"""Checks that the solve relies on: unchanged files, sums, and the spectral radius.

Ingest has enforced the contract on what it wrote, so that a checksum tells as much as
another look at keys, ids and vocabularies.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from carbonshed import leontief
from carbonshed.audit.checks import FAIL, PASS, WARNING, CheckResult
from carbonshed.audit.tables import WORST, Tables
from carbonshed.checksums import LIST, compare
from carbonshed.dataset.contract import LARGEST_SUM
from carbonshed.io_errors import TEMP_VARIABLE
from carbonshed.solve import memory_plan as memory
from carbonshed.solve.cells import Cells
from carbonshed.solve.memory_plan import Solver
from carbonshed.solve.stored_matrix import blocks_of_regions, stored_coefficients

# 100,000 times the people alive; sums stay exact as doubles and as integers
MAX_PEOPLE = 1e15
SUMS_CHECK = "column_sums_below_one"
RADIUS_CHECK = "spectral_radius_below_one"


def check_structure(tables: Tables) -> Iterator[CheckResult]:
    """Yield a result for each rule."""
    for check, text, rule in RULES:
        offenders = list(rule(tables))
        yield CheckResult(
            check,
            FAIL if offenders else PASS,
            f"{text}; ingest the dataset again" if offenders else text,
            count=len(offenders),
            worst="; ".join(offenders[:5]),
        )
        if offenders and rule is _changed_files:
            return  # the other rules read files that ingest checked


def _changed_files(tables: Tables) -> Iterator[str]:
    """Yield the files that have changed since ingest."""
    _, faults = compare(tables.dataset.path / LIST)
    yield from faults


def _sums(tables: Tables) -> Iterator[str]:
    """Yield amounts that are too large to be added up or squared."""
    for column, total in tables.absolute_sums():
        if not total <= LARGEST_SUM:
            yield f"{column}: {total:.3g}"
    for year, sums in tables.cells.sums.items():
        _, bought, _, negative, _ = sums
        with np.errstate(over="ignore", invalid="ignore"):
            total = float((bought - 2 * negative).sum())
        if not total <= LARGEST_SUM:
            yield f"transactions.value of {year}: {total:.3g}"


def _headcounts(tables: Tables) -> Iterator[str]:
    rows = tables.rows(
        "select year, sum(population::double) as people from region_years group by year"
        f" having people > {MAX_PEOPLE} order by year"
    )
    yield from (f"{year}: {people:.3g}" for year, people in rows)


def _years(tables: Tables) -> Iterator[str]:
    with_emissions = {
        year for (year,) in tables.rows("select distinct year from emissions")
    }
    yield from (str(year) for year in tables.years if year not in with_emissions)
    if not tables.years:
        yield "no transactions"


def _people(tables: Tables) -> Iterator[str]:
    rows = tables.rows(f"""
        select year || ' ' || region_id
        from (select unnest({tables.years}::int[]) as year)
        cross join regions
        left join region_years using (year, region_id)
        where {tables.ranked_regions()} and coalesce(population, 0) <= 0
        order by 1
    """)
    yield from (label for (label,) in rows)


def _errors(tables: Tables) -> Iterator[str]:
    """Yield pairs of equally specific rows for a cell without a more specific one."""
    keys = ("stressor_id", "region_id", "sector_id")
    overlap = " and ".join(
        f"(one.{key} is null or other.{key} is null or one.{key} = other.{key})"
        for key in keys
    )
    both = ", ".join(f"coalesce(one.{key}, other.{key}) as {key}" for key in keys)
    same = " and ".join(f"{key} is not distinct from cells.{key}" for key in keys)
    rows = tables.rows(f"""
        with errors as (
            select
                *,
                -- which ids are filled, and how many
                (stressor_id is not null)::int + 2 * (region_id is not null)::int
                + 4 * (sector_id is not null)::int as ids,
                bit_count(ids) as filled
            from relative_errors
        ),
        cells as (
            select one.component, {both}
            from errors as one
            inner join errors as other
                on one.component = other.component and one.filled = other.filled
                and one.ids < other.ids and {overlap}
        )
        select distinct concat_ws(' / ', component, {", ".join(keys)})
        from cells
        where not exists (
            select 1 from relative_errors where component = cells.component and {same}
        )
        order by 1
    """)
    yield from (label for (label,) in rows)


RULES: tuple[tuple[str, str, Callable[[Tables], Iterator[str]]], ...] = (
    ("files_unchanged", "every file is what ingest wrote", _changed_files),
    (
        "sums_finite",
        f"amounts of a table add up to {LARGEST_SUM:g} at most",
        _sums,
    ),
    (
        "people_countable",
        f"people of a year are {MAX_PEOPLE:.0e} at most",
        _headcounts,
    ),
    ("years_have_emissions", "every year of transactions has emissions", _years),
    (
        "ranked_regions_have_people",
        "every ranked region has people in every year",
        _people,
    ),
    (
        "relative_errors_are_clear",
        "no two relative errors say as much of a cell",
        _errors,
    ),
)


def check_productivity(tables: Tables) -> Iterator[CheckResult]:
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
    cells = Cells(str(tables.dataset.table("transactions")), year)
    scratch = Path(os.environ.get(TEMP_VARIABLE) or tables.dataset.path)
    verdict = _verdict(cells, output, is_zero, scratch)
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
    cells: Cells,
    output: np.ndarray,
    is_zero: np.ndarray,
    scratch: Path,
) -> leontief.Productivity:
    """Judge A, in memory if it fits."""
    size = len(output)
    plan = memory.plan(memory.Counts(size, 0), Solver())
    if plan.solver == memory.DIRECT:
        Z = cells.matrix(size)
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
