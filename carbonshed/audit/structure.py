"""Checks that the other checks and the solve rely on: unchanged files first.

Ingest has enforced the contract on what it wrote, so that a checksum tells as much as
another look at keys, ids and vocabularies.
"""

from collections.abc import Callable, Iterator

import numpy as np

from carbonshed.audit.report import FAIL, PASS, CheckResult
from carbonshed.audit.tables import Tables
from carbonshed.checksums import LIST, compare
from carbonshed.dataset.contract import LARGEST_SUM

# 100,000 times the people alive; sums stay exact as doubles and as integers
MAX_PEOPLE = 1e15


def checks(tables: Tables) -> Iterator[CheckResult]:
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
