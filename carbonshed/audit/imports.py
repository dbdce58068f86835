"""Checks of imports: their products, and the emissions embodied in them."""

from collections.abc import Iterator

from carbonshed.accounting.closure import SAME_TOTAL
from carbonshed.audit.balance import gaps
from carbonshed.audit.report import FAIL, PASS, CheckResult
from carbonshed.audit.tables import Tables
from carbonshed.dataset.contract import TONNES_PER_UNIT
from carbonshed.text import listing


def checks(tables: Tables) -> Iterator[CheckResult]:
    """Yield the checks of the optional tables on imports, if they are there."""
    has_products = tables.value("select count(*) from imported_products")
    has_intensities = tables.value("select count(*) from import_intensities")
    for year in tables.years:
        if has_products:
            yield _products_match_imports(tables, year)
        if has_intensities:
            odd = _odd(tables, year)
            yield _intensities_have_one_value(odd, year)
            yield _intensities_are_complete(tables, odd, year)


def _products_match_imports(tables: Tables, year: int) -> CheckResult:
    check = "imported_products_match_imports"
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
        check,
        year,
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


def _intensities_have_one_value(
    odd: list[tuple[str, str, int]], year: int
) -> CheckResult:
    check = "import_intensities_have_one_value"
    names = sorted(f"{stressor} of {sector}" for stressor, sector, best in odd if best)
    if not names:
        good = "at most one row of import_intensities speaks for each product"
        return CheckResult(check, PASS, good, year)
    return CheckResult(
        check,
        FAIL,
        f"{len(names)} products for which two rows of import_intensities leave equally"
        " many keys empty, so that neither counts more: fill one in",
        year,
        count=len(names),
        worst="; ".join(names[:5]),
    )


def _intensities_are_complete(
    tables: Tables, odd: list[tuple[str, str, int]], year: int
) -> CheckResult:
    check = "import_intensities_complete"
    lacking = [(stressor, sector) for stressor, sector, best in odd if not best]
    imported = _imported_products(
        tables, year, sorted({sector for _, sector in lacking})
    )
    lacking = [(stressor, sector) for stressor, sector in lacking if sector in imported]
    if not lacking:
        good = "every product that is imported has its intensity, if any has"
        return CheckResult(check, PASS, good, year)
    return CheckResult(
        check,
        FAIL,
        f"{len(lacking)} products that are imported have no row in import_intensities"
        " and would count as free of emissions: add their rows, or one with an empty"
        " sector_id for all products that have none",
        year,
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
