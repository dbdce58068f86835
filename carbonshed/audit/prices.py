"""The check of price indices, which is about pairs of years."""

from collections.abc import Iterator
from itertools import pairwise

from carbonshed.audit.run import PASS, WARNING, CheckResult, outcome
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
