"""The checks of price indices, about pairs of years, and of prices on emissions.

Prices are those that producers pay, or those at the border of a zone.
"""

from collections.abc import Iterator
from itertools import pairwise

from carbonshed.audit.checks import PASS, SKIPPED, WARNING, CheckResult, outcome
from carbonshed.audit.tables import WORST, Tables

# no price is expected to change more between two years that are compared [ours]
LARGEST_STEP = 10.0
_KEYS = ("region_id", "sector_id", "year")  # a row with an earlier one counts


def check_prices(tables: Tables) -> Iterator[CheckResult]:
    """Yield the check of price indices for each year but the first, if there are any.

    The row that counts has a twin for the build,
    models/intermediate/changes/int_prices.sql.
    """
    if not tables.value("select count(*) from deflators"):
        return
    order = ", ".join(f"deflators.{key} is not null" for key in _KEYS)
    for base_year, year in pairwise(tables.years):
        rows = tables.rows(f"""
            with prices as (
                select
                    years.year, labels.region_id, labels.sector_id,
                    arg_max(deflators.value, ({order}))
                        as price
                from region_sectors as labels
                cross join (values ({base_year}), ({year})) as years (year)
                inner join deflators
                    on coalesce(deflators.year, years.year) = years.year
                    and coalesce(deflators.region_id, labels.region_id)
                    = labels.region_id
                    and coalesce(deflators.sector_id, labels.sector_id)
                    = labels.sector_id
                group by all
            )
            select
                region_id || ' / ' || sector_id,
                coalesce(max(price) filter (year = {year}), 1)
                / coalesce(max(price) filter (year = {base_year}), 1) as step
            from prices group by all
            having greatest(step, 1 / step) > {LARGEST_STEP}
            order by greatest(step, 1 / step) desc, 1
        """)
        since = f"more than {LARGEST_STEP:g}-fold since {base_year}"
        result = outcome(PASS, f"no price index changes {since}")
        if rows:
            worst = "; ".join(f"{label} ({step:.6g})" for label, step in rows[:WORST])
            result = outcome(
                WARNING,
                f"{len(rows)} price indices change {since}; a year without a row counts"
                " as 1, so an index that is 100 in its base year needs a row there",
                count=len(rows),
                worst=worst,
            )
        yield CheckResult("deflators_plausible", year=year, **result)


def check_carbon_prices(tables: Tables) -> Iterator[CheckResult]:
    """Yield the check that every price on emissions meets some."""
    name = "carbon_prices_meet_emissions"
    prices = tables.value("select count(distinct price_id) from carbon_prices")
    if not prices:
        yield CheckResult(name, SKIPPED, "no carbon_prices are given")
        return
    # rows of a sector have no part in direct emissions; of several, the one with most
    # keys counts
    idle = tables.rows("""
        with priced as (
            select stressor_id from stressors where unit not in ('currency', 'person')
        ),
        emitters as (
            select region_id, sector_id from emissions
            inner join region_sectors using (region_sector_id)
            semi join priced using (stressor_id) where value <> 0
            union
            select region_id, null from direct_emissions
            semi join priced using (stressor_id) where value <> 0
        ),
        paid as (
            select
                price_id,
                arg_max(
                    price * if(
                        emitters.sector_id is null,
                        coalesce(covers_direct, false)::int,
                        coalesce(covered_share, 1)
                    ),
                    (carbon_prices.region_id is not null)::int
                    + (carbon_prices.sector_id is not null)::int
                ) as per_tonne
            from carbon_prices
            inner join emitters
                on coalesce(carbon_prices.region_id, emitters.region_id)
                = emitters.region_id
                and case
                    when emitters.sector_id is null then carbon_prices.sector_id is null
                    else coalesce(carbon_prices.sector_id, emitters.sector_id)
                        = emitters.sector_id
                end
            group by price_id, emitters.region_id, emitters.sector_id
        )
        select price_id from (select distinct price_id from carbon_prices)
        anti join (select price_id from paid where per_tonne > 0) using (price_id)
        order by price_id
    """)
    if idle:
        yield CheckResult(
            name,
            WARNING,
            f"{len(idle)} of {prices} prices meet no emissions: nobody would pay",
            count=len(idle),
            worst="; ".join(price for (price,) in idle[:WORST]),
        )
        return
    yield CheckResult(name, PASS, f"{prices} prices meet emissions")


def check_border_charges(tables: Tables) -> Iterator[CheckResult]:
    """Yield the check that charges at a border are not larger, or nothing, by default.

    Which share and which price count has a twin for the build,
    models/intermediate/prices/int_border_sellers.sql.
    """
    name = "border_charges_are_limited"
    charges = tables.value("select count(distinct charge_id) from border_charges")
    if not charges:
        yield CheckResult(name, SKIPPED, "no border_charges are given")
        return
    # exports go to the zone in part; a region may pay as much at home
    rows = tables.rows("""
        with zones as (
            select charge_id from border_charges where kind = 'zone' and id = 'EXPORT'
        ),
        shares as (
            select charge_id, id from border_charges where kind = 'zone_share'
        ),
        prices as (
            select charge_id, value from border_charges where kind = 'price'
        ),
        paid as (
            select charge_id, id, value from border_charges where kind = 'paid_at_home'
        ),
        sellers as (
            select charge_id, region_id, prices.value as price from prices
            cross join regions
            where not exists (
                select 1 from border_charges as zone
                where zone.kind = 'zone' and zone.charge_id = prices.charge_id
                    and zone.id = regions.region_id
            )
        )
        select distinct products.charge_id || ': no zone_share' as label, 1 as position
        from border_charges as products
        inner join zones using (charge_id)
        left join shares
            on shares.charge_id = products.charge_id
            and coalesce(shares.id, products.id) = products.id
        where kind = 'product' and shares.charge_id is null
        union all
        select distinct
            sellers.charge_id || ': ' || if(own.id is null, 'all others', region_id)
            || ' pay the price at home' as label,
            2 as position
        from sellers
        left join paid as own
            on sellers.charge_id = own.charge_id and sellers.region_id = own.id
        left join paid as others
            on sellers.charge_id = others.charge_id and others.id is null
        where coalesce(own.value, others.value, 0) >= price
        order by position, label
    """)
    if rows:
        yield CheckResult(
            name,
            WARNING,
            "some charges are as if all exports went to the zone, or 0, as the price at"
            " home is not lower",
            count=len(rows),
            worst="; ".join(label for label, _ in rows[:WORST]),
        )
        return
    yield CheckResult(name, PASS, f"{charges} charges have their shares and prices")
