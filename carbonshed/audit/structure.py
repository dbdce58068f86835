"""The contract's structure, as ingest enforces it, checked on the stored tables."""

from collections.abc import Callable, Iterator
from itertools import pairwise

import numpy as np

from carbonshed.audit.report import FAIL, PASS, CheckResult
from carbonshed.audit.tables import FACTS, WORST, Tables
from carbonshed.dataset.contract import (
    CATEGORY_GROUPS,
    IMPORTS,
    LARGEST_SUM,
    REGION_TYPES,
    RESERVED_IDS,
    RESERVED_STRESSOR_ID,
    SECTOR_GROUPS,
    STORED_TABLES,
    STRESSOR_UNITS,
)
from carbonshed.text import listing

ROWS_AT_A_TIME = 20_000_000  # of a long table whose keys are compared: 1 GB

IDS = {
    "regions": "region_id",
    "sectors": "sector_id",
    "final_demand_categories": "category_id",
    "stressors": "stressor_id",
}
VOCABULARIES = {
    ("regions", "region_type"): REGION_TYPES,
    ("sectors", "sector_group"): SECTOR_GROUPS,
    ("final_demand_categories", "category_group"): CATEGORY_GROUPS,
    ("stressors", "unit"): STRESSOR_UNITS,
}
REFERENCES = {
    "origin_id": ("region_sectors", "region_sector_id"),
    "destination_id": ("region_sectors", "region_sector_id"),
    "region_sector_id": ("region_sectors", "region_sector_id"),
    "region_id": ("regions", "region_id"),
    "sector_id": ("sectors", "sector_id"),
    "product_id": ("sectors", "sector_id"),
    "category_id": ("final_demand_categories", "category_id"),
    "stressor_id": ("stressors", "stressor_id"),
}

# a hundred thousand times all who live; sums stay exact as doubles and as integers
MOST_PEOPLE = 1e15
AMOUNTS = {"value", "population", "gdp", "source", "relative_standard_error"}


def checks(tables: Tables) -> Iterator[CheckResult]:
    """Yield a result for each rule of the contract."""
    for check, rule, found in RULES:
        offenders = list(found(tables))
        yield CheckResult(
            check,
            FAIL if offenders else PASS,
            f"{rule}; ingest the dataset again" if offenders else rule,
            count=len(offenders),
            worst="; ".join(offenders[:5]),
        )
        if offenders and found is _columns:
            return  # the other rules need the columns


def _columns(tables: Tables) -> Iterator[str]:
    for table, columns in STORED_TABLES.items():
        found = {row[0] for row in tables.rows(f"describe {table}")}
        for column in columns:
            if column.name not in found and not column.was_added:
                yield f"{table}.{column.name}"


def _ids(tables: Tables) -> Iterator[str]:
    reserved = listing((*RESERVED_IDS, RESERVED_STRESSOR_ID), quote=True)
    for table, column in IDS.items():
        rows = tables.rows(
            f"select coalesce({column}, 'NULL') from {table} group by {column}"
            f" having count(*) > 1 or {column} is null or {column} in ({reserved})"
            " order by 1"
        )
        for (label,) in rows:
            if label != RESERVED_STRESSOR_ID or table == "stressors":
                yield f"{table} {label}"
    # an impact is accounted for beside the stressors
    rows = tables.rows(
        "select distinct impact_id from characterisation_factors"
        f" where impact_id = '{RESERVED_STRESSOR_ID}'"
        " or impact_id in (select stressor_id from stressors) order by 1"
    )
    yield from (f"characterisation_factors {label}" for (label,) in rows)


def _vocabularies(tables: Tables) -> Iterator[str]:
    for (table, column), words in VOCABULARIES.items():
        legal = listing(words, quote=True)
        rows = tables.rows(
            f"select distinct {column} from {table} where {column} not in ({legal})"
        )
        yield from (f"{table}.{column} {word}" for (word,) in rows)


def _references(tables: Tables) -> Iterator[str]:
    for table in FACTS:
        for column in STORED_TABLES[table]:
            if column.name not in REFERENCES or _is_of_any_dataset(table):
                continue
            parent, key = REFERENCES[column.name]
            if key == "region_sector_id":
                yield from _positions(tables, table, column.name)
                continue
            rows = tables.rows(
                f"select distinct {column.name} from {table}"
                f" where {column.name} is not null"
                f" and {column.name} not in (select {key} from {parent})"
            )
            yield from (f"{table}.{column.name} {label}" for (label,) in rows)


def _is_of_any_dataset(table: str) -> bool:
    """Return whether a table may name what this dataset does not have."""
    return table == "characterisation_factors"


def _positions(tables: Tables, table: str, column: str) -> Iterator[str]:
    """Region-sectors are 0..n-1: a comparison tells, without a join."""
    if table == "transactions":
        outside = tables.cells.outside.get(column, set())
    else:
        rows = tables.rows(
            f"select distinct {column} from {table}"
            f" where {column} < 0 or {column} >= {tables.size}"
        )
        outside = {position for (position,) in rows}
    yield from (f"{table}.{column} {position}" for position in sorted(outside))


def _keys(tables: Tables) -> Iterator[str]:
    for table in FACTS:
        if table == "transactions":
            if tables.cells.disorder:
                yield f"transactions out of order or double at {tables.cells.disorder}"
            continue
        keys = [
            column.name for column in STORED_TABLES[table] if column.name not in AMOUNTS
        ]
        for part in _parts(tables, table):
            # nested, so that the message shows the whole key
            rows = tables.rows(
                f"select concat_ws(' / ', {', '.join(keys)}) from {table} where {part}"
                f" group by {', '.join(keys)} having count(*) > 1 limit {WORST}"
            )
            yield from (f"{table} {label}" for (label,) in rows)


def _parts(tables: Tables, table: str) -> Iterator[str]:
    """Yield conditions, some producers each, so that the keys of each fit into memory.

    Final demand lies in the order of producers: only a part of it is read for each.
    """
    if table != "final_demand":
        yield "true"
        return
    rows = tables.value(f"select count(*) from {table}")
    parts = -(-rows // ROWS_AT_A_TIME) or 1
    edges = [tables.size * part // parts for part in range(1, parts)]
    # producers that there are not are in the first or the last
    for start, stop in pairwise([None, *edges, None]):
        above = "true" if start is None else f"origin_id >= {start}"
        below = "true" if stop is None else f"origin_id < {stop}"
        yield f"{above} and {below}"


def _values(tables: Tables) -> Iterator[str]:
    for table, amounts in tables.amounts.items():
        if table == "transactions" and tables.cells.not_finite:
            yield f"transactions.value: {tables.cells.not_finite}"
        for column, (wrong, _) in amounts.items():
            if wrong:
                yield f"{table}.{column}: {wrong}"


def _sums(tables: Tables) -> Iterator[str]:
    """Yield what cannot be added up, or squared: larger than any amount there is."""
    for table, amounts in tables.amounts.items():
        for column, (_, total) in amounts.items():
            if total and total > LARGEST_SUM:
                yield f"{table}.{column}: {total:.3g}"
    for year, sums in tables.cells.sums.items():
        _, bought, _, negative, _ = sums
        with np.errstate(over="ignore", invalid="ignore"):
            total = float((bought - 2 * negative).sum())
        # what is not finite itself is another rule's
        if not tables.cells.not_finite and not total <= LARGEST_SUM:
            yield f"transactions.value of {year}: {total:.3g}"


def _headcounts(tables: Tables) -> Iterator[str]:
    rows = tables.rows(
        "select year, sum(population::double) as people from region_years group by year"
        f" having people > {MOST_PEOPLE} order by year"
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


def _buyers(tables: Tables) -> Iterator[str]:
    for table in IMPORTS:
        rows = tables.rows(
            f"select distinct year || ' ' || region_id from {table}"
            " where (sector_id is null) = (category_id is null)"
        )
        yield from (label for (label,) in rows)


def _errors(tables: Tables) -> Iterator[str]:
    """Yield pairs of rows that say as much of a cell, unless a third says more."""
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
    ("tables_complete", "every table has its columns", _columns),
    ("ids_unique", "ids are unique and not reserved", _ids),
    (
        "vocabularies_known",
        "types, groups and units are words of the contract",
        _vocabularies,
    ),
    ("ids_known", "every id of a table is listed in its own table", _references),
    ("keys_unique", "no cell is there twice", _keys),
    ("values_finite", "no value is missing, NaN or infinite", _values),
    (
        "sums_finite",
        f"amounts of a table add up to {LARGEST_SUM:g} at most",
        _sums,
    ),
    (
        "people_countable",
        f"people of a year are {MOST_PEOPLE:.0e} at most",
        _headcounts,
    ),
    ("years_have_emissions", "every year of transactions has emissions", _years),
    (
        "ranked_regions_have_people",
        "every ranked region has people in every year",
        _people,
    ),
    (
        "imports_have_one_buyer",
        "imports are bought by a sector or by a category",
        _buyers,
    ),
    (
        "relative_errors_are_clear",
        "no two relative errors say as much of a cell",
        _errors,
    ),
)
