"""Checks of sums and signs, and of the optional tables on imports, by year."""

from collections.abc import Iterator

from carbonshed.accounting.closure import SAME_TOTAL
from carbonshed.audit.checks import (
    FAIL,
    PASS,
    SKIPPED,
    WARNING,
    CheckResult,
    Outcome,
    outcome,
)
from carbonshed.audit.tables import WORST, Tables
from carbonshed.dataset.contract import TONNES_PER_UNIT
from carbonshed.text import listing

# a share of mean output: rounding in a tiny sector must not outrank a real gap
_FLOOR = 0.01


_RELATIVE = (
    "Gaps relative to the larger of the two, or to a hundredth of the mean output"
    " where both are smaller"
)


def _output_matches_row_sums(tables: Tables, year: int) -> Outcome:
    if not tables.value(f"select count(*) from output where year = {year}"):
        return outcome(SKIPPED, "no output is given for this year")
    compared = f"""(
        select
            label, value - sums.output as gap,
            abs(value - sums.output)
            / greatest(abs(value), abs(sums.output), {_floor(year)}) as relative_gap
        from sums inner join output using (year, region_sector_id)
        where year = {year} and value <> sums.output
    ) where relative_gap > {SAME_TOTAL}"""
    return gaps(
        tables,
        compared,
        "all rows add up to the given output",
        "rows whose sales do not add up to the given output by more than 1e-6;"
        f" results use the row sum. {_RELATIVE}",
    )


def _columns_balance(tables: Tables, year: int) -> Outcome:
    if not tables.value(f"select count(*) from value_added where year = {year}"):
        return outcome(SKIPPED, "no value added is given for this year")
    compared = f"""(
        with earned as (
            select region_sector_id, sum(value) as amount
            from value_added where year = {year} group by 1
        ),
        imported as (
            select region_sector_id, sum(value) as amount
            from imports inner join region_sectors using (region_id, sector_id)
            where year = {year} group by 1
        ),
        columns_ as (
            select
                label, output,
                bought + coalesce(earned.amount, 0) + coalesce(imported.amount, 0)
                    as costs
            from sums
            left join earned using (region_sector_id)
            left join imported using (region_sector_id)
            where year = {year}
        )
        select
            label, output - costs as gap,
            abs(output - costs)
            / greatest(abs(output), abs(costs), {_floor(year)}) as relative_gap
        from columns_ where output <> costs
    ) where relative_gap > {SAME_TOTAL}"""
    return gaps(
        tables,
        compared,
        "output equals purchases, imports and value added in all columns",
        "columns do not balance: output is not purchases + imports + value added by"
        f" more than 1e-6. {_RELATIVE}",
    )


def _floor(year: int) -> str:
    """Return the SQL of the smallest amount that gaps are relative to."""
    return f"(select {_FLOOR} * avg(abs(output)) from sums where year = {year})"


def gaps(
    tables: Tables,
    compared: str,
    good: str,
    bad: str,
    *,
    status: str = WARNING,
) -> Outcome:
    """Return whether there are gaps, in SQL of labels, gaps and relative gaps."""
    count, total = tables.rows(f"select count(*), sum(gap) from {compared}")[0]
    if not count:
        return outcome(PASS, good)
    worst = tables.worst(
        f"select label, relative_gap from {compared} order by 2 desc, 1"
    )
    return outcome(status, f"{count} {bad}", count=count, total=total, worst=worst)


def _negative_cells(tables: Tables, year: int) -> Outcome:
    inventories = (
        "select category_id from final_demand_categories"
        " where category_group = 'inventory'"
    )
    rows = tables.rows(f"""
        select 'transactions', sum(negative_cells)::bigint, sum(negative_sum)
        from sums where year = {year}
        union all
        select 'final_demand outside inventories', count(*), sum(value)
        from final_demand
        where year = {year} and value < 0 and category_id not in ({inventories})
        union all
        select 'exports', count(*), sum(value)
        from exports where year = {year} and value < 0
        union all
        select 'imports outside inventories', count(*), sum(value)
        from imports
        where
            year = {year} and value < 0
            and (category_id is null or category_id not in ({inventories}))
        union all
        select 'value_added', count(*), sum(value)
        from value_added where year = {year} and value < 0
        union all
        select 'row sums (output)', count(*), sum(output)
        from sums where year = {year} and output < 0 and not is_zero
        union all
        select 'emissions', count(*), sum(value)
        from emissions where year = {year} and value < 0
        union all
        select 'direct_emissions', count(*), sum(value)
        from direct_emissions where year = {year} and value < 0
    """)
    with_rows = [(table, count, total) for table, count, total in rows if count]
    if not with_rows:
        message = "no cell outside inventories is negative"
        return outcome(PASS, message)
    named = "; ".join(
        f"{table}: {count} ({total:.6g})" for table, count, total in with_rows
    )
    return outcome(
        WARNING,
        "negative cells outside inventories are kept as they are; number and sum by"
        " table",
        count=sum(count for _, count, _ in with_rows),
        worst=named,
    )


def _zero_output_sectors(tables: Tables, year: int) -> Outcome:
    busy = f"""(
        select
            label, bought_absolute as bought,
            coalesce((
                select sum(abs(value)) from emissions
                where emissions.year = sums.year
                and emissions.region_sector_id = sums.region_sector_id
            ), 0) as emitted
        from sums where year = {year} and is_zero
    ) where bought <> 0 or emitted <> 0"""
    zeros = tables.value(f"select count(*) from sums where year = {year} and is_zero")
    count, emitting, buying = tables.rows(
        "select count(*), count(*) filter (where emitted <> 0),"
        f" count(*) filter (where bought <> 0) from {busy}"
    )[0]
    if not count:
        message = f"none of the {zeros} zero-output sectors emits or buys"
        return outcome(PASS, message)
    worst = tables.worst(
        f"select label, emitted from {busy} order by emitted desc, bought desc, label"
    )
    return outcome(
        WARNING,
        f"{count} of {zeros} zero-output sectors emit or buy: {emitting} emit,"
        f" {buying} buy. What they emit, and what others emit for them, is counted as"
        " unattributed. Emissions in the stressor's unit",
        count=count,
        worst=worst,
    )


def _imports_of_users_are_less(tables: Tables, year: int) -> Outcome:
    """Compare what final users import with what they buy from own producers.

    Inventories, which are differences, are left out.
    """
    if not tables.value(
        f"select count(*) from imports where year = {year} and category_id is not null"
    ):
        return outcome(SKIPPED, "no imports of final users are given for this year")
    compared = f"""(
        with bought as (
            select region_id, category_id, sum(value) as own
            from final_demand where year = {year} group by 1, 2
        ),
        abroad as (
            select region_id, category_id, sum(value) as imported
            from imports where year = {year} and category_id is not null group by 1, 2
        )
        select
            region_id || ' / ' || category_id as label,
            imported - coalesce(own, 0) as gap,
            imported / greatest(own, 0) as relative_gap
        from abroad
        left join bought using (region_id, category_id)
        inner join final_demand_categories using (category_id)
        inner join regions using (region_id)
        where
            category_group <> 'inventory' and imported > greatest(own, 0)
            and {tables.ranked_regions()}
    )"""
    return gaps(
        tables,
        compared,
        "no final user imports more than it buys from own producers",
        "categories import more than they buy from own producers: is it a row of all"
        " use, or of another unit? Imports as a multiple of own purchases",
    )


def _no_sector_is_a_total(tables: Tables, year: int) -> Outcome:
    """Look for a sector that sells to every buyer what all others together do.

    With imports or without: such a row is a total that was read as a sector.
    """
    imported = f"""(
        select region_sector_id, sum(value) as amount
        from imports inner join region_sectors using (region_id, sector_id)
        where year = {year} group by 1
    )"""
    good = "no sector sells what all others together do"
    # transactions are many, so their sums come first
    candidates = tables.rows(f"""
        select region_sector_id
        from added_cells
        cross join (
            select
                sum(bought) as own, coalesce((select sum(amount) from {imported}), 0)
                    as imported
            from added_cells where year = {year}
        )
        where
            year = {year} and sold > 0
            and (
                abs(2 * sold - own) <= {SAME_TOTAL} * own
                or abs(2 * sold - own - imported) <= {SAME_TOTAL} * own
            )
    """)
    if not candidates:
        return outcome(PASS, good)
    rows = tables.rows(f"""
        with bought as (
            select region_sector_id, bought, coalesce(amount, 0) as imported
            from sums left join {imported} using (region_sector_id)
            where year = {year} and bought > 0
        ),
        sold as (
            select origin_id, destination_id, value
            from transactions
            where
                year = {year}
                and origin_id in ({listing(row for (row,) in candidates)})
        ),
        compared as (
            select
                origin_id, count(*) as buyers,
                bool_and(abs(2 * value - bought) <= {SAME_TOTAL} * bought) as is_own,
                bool_and(
                    abs(2 * value - bought - imported) <= {SAME_TOTAL} * bought
                ) as is_all
            from sold inner join bought on destination_id = region_sector_id
            group by 1
        )
        select label
        from compared inner join sums on origin_id = region_sector_id
        where
            year = {year} and (is_own or is_all) and buyers > 2
            and buyers = (select count(*) from bought)
        order by 1
    """)
    if not rows:
        return outcome(PASS, good)
    return outcome(
        WARNING,
        f"{len(rows)} sectors sell to every buyer what all others together do: is it a"
        " total that was read as a sector?",
        count=len(rows),
        worst="; ".join(label for (label,) in rows[:WORST]),
    )


BALANCES = {
    "output_matches_row_sums": _output_matches_row_sums,
    "columns_balance": _columns_balance,
    "negative_cells": _negative_cells,
    "zero_output_sectors_idle": _zero_output_sectors,
    "imports_of_users_plausible": _imports_of_users_are_less,
    "no_sector_is_a_total": _no_sector_is_a_total,
}


def check_imports(tables: Tables) -> Iterator[CheckResult]:
    """Yield the checks of the optional tables on imports, if they are there."""
    has_products = tables.value("select count(*) from imported_products")
    has_intensities = tables.value("select count(*) from import_intensities")
    for year in tables.years:
        if has_products:
            result = _products_match_imports(tables, year)
            yield CheckResult("imported_products_match_imports", year=year, **result)
        if has_intensities:
            odd = _odd(tables, year)
            result = _intensities_have_one_value(odd)
            yield CheckResult("import_intensities_have_one_value", year=year, **result)
            result = _intensities_are_complete(tables, odd, year)
            yield CheckResult("import_intensities_complete", year=year, **result)


def _products_match_imports(tables: Tables, year: int) -> Outcome:
    buyer = "region_id, sector_id, category_id"
    compared = f"""(
        select
            concat_ws(' / ', {buyer}) as label,
            sum(product) - sum(import) as gap,
            abs(sum(product) - sum(import))
            / greatest(abs(sum(import)), abs(sum(product)), sum(size)) as relative_gap
        from (
            select
                {buyer}, value as product, 0 as import, 1 as given,
                abs(value) as size
            from imported_products where year = {year}
            union all
            select {buyer}, 0, value, 0, 0 from imports where year = {year}
        )
        group by {buyer} having sum(given) > 0 and sum(product) <> sum(import)
    ) where relative_gap > {SAME_TOTAL}"""
    return gaps(
        tables,
        compared,
        "imports by product add up to the imports of their buyers",
        "buyers whose imported_products do not add up to their imports by more"
        " than 1e-6; mend the one or the other. Gaps relative to the larger of the two",
        status=FAIL,
    )


def _odd(tables: Tables, year: int) -> list[tuple[str, str, int]]:
    """Return products and stressors with no applicable row, or with several.

    Columns: stressor_id, sector_id, and how many of the rows given for them name most
    keys; of stressors that are masses and have any row for the year.
    """
    masses = listing(TONNES_PER_UNIT, quote=True)
    return tables.rows(f"""
        with given as (
            select
                stressors.stressor_id, sectors.sector_id,
                given.value is not null as is_given,
                (given.year is not null)::int + (given.stressor_id is not null)::int
                + (given.sector_id is not null)::int as filled
            from stressors cross join sectors
            left join import_intensities as given on
                coalesce(given.year, {year}) = {year}
                and coalesce(given.stressor_id, stressors.stressor_id)
                = stressors.stressor_id
                and coalesce(given.sector_id, sectors.sector_id) = sectors.sector_id
            where stressors.unit in ({masses})
        )
        select
            stressor_id, sector_id,
            count(*) filter (is_given and filled = most) as best
        from (
            select
                *, max(filled) over (partition by stressor_id, sector_id) as most,
                bool_or(is_given) over (partition by stressor_id) as is_known
            from given
        )
        where is_known group by 1, 2 having best <> 1 order by 1, 2
    """)


def _intensities_have_one_value(odd: list[tuple[str, str, int]]) -> Outcome:
    names = sorted(f"{stressor} of {sector}" for stressor, sector, best in odd if best)
    if not names:
        good = "at most one row of import_intensities speaks for each product"
        return outcome(PASS, good)
    return outcome(
        FAIL,
        f"{len(names)} products for which two rows of import_intensities leave equally"
        " many keys empty, so that neither counts more: fill one in",
        count=len(names),
        worst="; ".join(names[:5]),
    )


def _intensities_are_complete(
    tables: Tables, odd: list[tuple[str, str, int]], year: int
) -> Outcome:
    lacking = [(stressor, sector) for stressor, sector, best in odd if not best]
    imported = _imported_products(
        tables, year, sorted({sector for _, sector in lacking})
    )
    lacking = [(stressor, sector) for stressor, sector in lacking if sector in imported]
    if not lacking:
        good = "every product that is imported has its intensity, if any has"
        return outcome(PASS, good)
    return outcome(
        FAIL,
        f"{len(lacking)} products that are imported have no row in import_intensities"
        " and would count as free of emissions: add their rows, or one with an empty"
        " sector_id for all products that have none",
        count=len(lacking),
        worst="; ".join(f"{stressor} of {sector}" for stressor, sector in lacking[:5]),
    )


def _imported_products(tables: Tables, year: int, products: list[str]) -> set[str]:
    """Return the products that anyone imports, known or assumed."""
    if not products:
        return set()
    known_mix = f"""
        select region_id, sector_id, category_id
        from imported_products where year = {year}"""
    rows = tables.connection.execute(
        f"""
        with buyers as (
            select distinct sector_id, category_id
            from (
                select region_id, sector_id, category_id
                from imports where year = {year} and value <> 0
                except {known_mix}
            )
        )
        select product_id from imported_products where year = {year} and value <> 0
        union
        select origin.sector_id
        from transactions
        inner join region_sectors as origin on origin.region_sector_id = origin_id
        inner join region_sectors as buyer on buyer.region_sector_id = destination_id
        where
            year = {year} and value <> 0
            and origin.sector_id in (select unnest($products))
            and buyer.sector_id in (select sector_id from buyers)
        union
        select origin.sector_id
        from final_demand
        inner join region_sectors as origin on origin.region_sector_id = origin_id
        where
            year = {year} and value <> 0
            and origin.sector_id in (select unnest($products))
            and category_id in (select category_id from buyers)
        """,
        {"products": products},
    ).fetchall()
    return {product for (product,) in rows}
