"""The SQL that adds up one table, out of core."""

import os
from pathlib import Path

from carbonshed.dataset.parquet_writer import COMPRESSION
from carbonshed.text import sql_text

MEMORY_LIMIT = "2GB"
THREADS = min(os.cpu_count() or 1, 4)
_ROWS_PER_GROUP = 1 << 20

# columns that stay as they are, by table; ids of producers and regions are mapped
FLOWS: dict[str, tuple[str, ...]] = {
    "exports": (),
    "output": (),
    "imports": ("category_id",),
    "value_added": ("component_id",),
    "emissions": ("stressor_id",),
    "direct_emissions": ("stressor_id", "category_id"),
    "final_demand": ("category_id",),
    "transactions": (),
}
_OF_PRODUCERS = ("exports", "output", "value_added", "emissions")

REGION_YEARS = """
    with years as (select distinct year from stored_region_years),
    -- a region without a row is one without people, as in the contract
    members as (
        select years.year, new_position, new_id, population, gdp
        from years cross join regions_map
        left join stored_region_years as given
            on given.year = years.year and given.region_id = old_id
    )
    select
        year, new_id as region_id,
        case when count(population) = count(*) then sum(population)::bigint end
            as population,
        case when count(gdp) = count(*) then sum(gdp) end as gdp
    from members
    group by year, new_position, new_id
    order by year, new_position
"""


_BUYER = "year, region.new_id as region_id, sector.new_id as sector_id, category_id"
_BUYER_MAPS = """
    inner join regions_map as region on region.old_id = region_id
    left join sectors_map as sector on sector.old_id = sector_id
"""

# a buyer knows its mix if all those do that it is made of
IMPORTED_PRODUCTS = f"""
    with known as (
        select {_BUYER}, product.new_id as product_id, sum(value) as value
        from stored_imported_products {_BUYER_MAPS}
        inner join sectors_map as product on product.old_id = product_id
        group by all
    ),
    of_unknown_mix as (
        select distinct {_BUYER}
        from (
            select year, region_id, sector_id, category_id
            from stored_imports where value <> 0
            except
            select year, region_id, sector_id, category_id
            from stored_imported_products
        ) {_BUYER_MAPS}
    )
    select known.* from known
    left join of_unknown_mix as other
        on
            other.year = known.year and other.region_id = known.region_id
            and other.sector_id is not distinct from known.sector_id
            and other.category_id is not distinct from known.category_id
    where other.year is null
    order by 1, 2, 3 nulls last, 4, 5
"""


def flow_statement(table: str) -> str:
    """Return the query of the summed rows of a table, in the order of the store."""
    if table == "transactions":
        return """
            select
                year, origin.new_id as origin_id, destination.new_id as destination_id,
                sum(value) as value
            from stored_transactions
            inner join producers as origin on origin.old_id = origin_id
            inner join producers as destination on destination.old_id = destination_id
            group by all
            order by 1, 2, 3
        """
    if table == "final_demand":
        return """
            select
                year, origin.new_id as origin_id, region.new_id as region_id,
                category_id, sum(value) as value
            from stored_final_demand
            inner join producers as origin on origin.old_id = origin_id
            inner join regions_map as region on region.old_id = region_id
            group by all
            order by 1, 2, 3, 4
        """
    kept = "".join(f"{column}, " for column in FLOWS[table])
    if table in _OF_PRODUCERS:
        # the order of columns is that of the store
        first, last = ("", kept) if table == "value_added" else (kept, "")
        return f"""
            select
                year, {first}producers.new_id as region_sector_id, {last}
                sum(value) as value
            from stored_{table}
            inner join producers on producers.old_id = region_sector_id
            group by all
            order by all
        """
    if table == "imports":
        return f"""
            select {_BUYER}, sum(value) as value
            from stored_imports {_BUYER_MAPS}
            group by all
            order by 1, 2, 3 nulls last, 4
        """
    return """
        select
            year, stressor_id, region.new_id as region_id, category_id,
            sum(value) as value
        from stored_direct_emissions
        inner join regions_map as region on region.old_id = region_id
        group by all
        order by 1, 2, 3, 4
    """


def copy_to(path: Path, statement: str) -> str:
    """Return the statement that writes the rows of a query to Parquet."""
    return f"""
        copy ({statement}) to {sql_text(path)} (
            format parquet, parquet_version v2, compression {COMPRESSION},
            row_group_size {_ROWS_PER_GROUP}
        )
    """


def total_statement(table: str, source: str) -> str:
    """Return the query of totals by year and by what is never added up."""
    kept = "".join(f", {column}" for column in FLOWS[table])
    # the sign of a cell may cancel: the size of what was added up is that before
    return f"""
        select year{kept}, fsum(value), fsum(abs(value)) from {source} group by all
    """
