"""Checks of groups of people inside regions, and of what they spend."""

from collections.abc import Iterator

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
from carbonshed.text import listing

# groups of a region hold its people: a sum that is off by less is scaled
MOST_MISSING = 0.01
# what a group spends per head differs less between regions of a nation
MOST_APART, _FRACTION = 4.0, "quarter"
# what groups spend per head beside their group in the nation. A first look: rows of all
# products are added up, where the build shares out product by product
_SPENDING = """
    with stated as (
        select
            own.region_id,
            own.group_id,
            own.category_id,
            any_value(own.population) as people,
            coalesce(
                sum(spending.value) filter (spending.region_id is not null),
                any_value(own.population)
                * sum(spending.value) filter (spending.region_id is null)
            ) as weight
        from household_groups as own
        left join household_spending as spending
            on own.year = spending.year
            and own.group_id = spending.group_id
            and own.region_id = coalesce(spending.region_id, own.region_id)
            and spending.sector_id is distinct from 'DIRECT'
        where own.year = {year}
        group by all
    ),
    bought as (
        select region_id, category_id, sum(value) as value
        from final_demand
        inner join final_demand_categories using (category_id)
        where year = {year} and category_group = 'household'
        group by all
    ),
    spent as (
        select
            stated.region_id,
            stated.group_id,
            people,
            coalesce(
                weight / nullif(sum(weight) over region, 0),
                people / sum(people) over region
            ) as share,
            (
                select coalesce(sum(value), 0) from bought
                where bought.region_id = stated.region_id
                and (stated.category_id is null
                    or bought.category_id = stated.category_id)
            ) as value,
            category_id
        from stated
        window region as (partition by stated.region_id)
    ),
    per_group as (
        select
            *, if(category_id is null, share, 1) * value as spending
        from spent
    )
    select
        region_id || ' / ' || group_id as label,
        (spending / people)
        / (sum(spending) over nation / sum(people) over nation) as ratio
    from per_group
    inner join regions using (region_id)
    cross join dataset
    window nation as (
        partition by group_id, case
            when country <> 'WLD' then country
            when region_type in ('country', 'rest_of_world') then region_id
            else coalesce(parent_region_id, region_id)
        end
    )
"""


def check_household_groups(tables: Tables) -> Iterator[CheckResult]:
    """Yield the checks that groups hold their regions' people and can be told apart."""
    checks = {
        "household_groups_hold_people": _people,
        "household_spending_complete": _spending,
        "household_groups_plausible": _plausible,
    }
    years = [
        year
        for (year,) in tables.rows(
            "select distinct year from household_groups order by year"
        )
        if year in tables.years
    ]
    for name, check in checks.items():
        if not years:
            yield CheckResult(name, SKIPPED, "no household_groups are given")
        for year in years:
            yield CheckResult(name, year=year, **check(tables, year))


def _people(tables: Tables, year: int) -> Outcome:
    off = f"""(
        select region_id, sum(own.population) / any_value(region.population) as ratio
        from household_groups as own
        inner join region_years as region using (year, region_id)
        where year = {year} and region.population > 0
        group by region_id
    )"""
    wrong = f"from {off} where abs(ratio - 1) > {MOST_MISSING}"
    count = tables.value(f"select count(*) {wrong}")
    if count:
        return outcome(
            FAIL,
            f"groups of {count} regions hold more or less than their people, by more "
            f"than {MOST_MISSING:.0%}: correct `population` of household_groups, or of "
            "region_years",
            count=count,
            worst=tables.worst(
                f"select region_id, ratio {wrong} order by abs(ln(ratio)) desc, 1"
            ),
        )
    regions, most = tables.rows(
        f"select count(*), coalesce(max(abs(ratio - 1)), 0) from {off}"
    )[0]
    scaled = f"; they are scaled, by at most {most:.2g}" if most > 1e-9 else ""
    return outcome(PASS, f"groups of {regions} regions hold their people{scaled}")


def _spending(tables: Tables, year: int) -> Outcome:
    alike = tables.rows(f"""
        select distinct region_id from household_groups as own
        where
            year = {year}
            and category_id is null
            and not exists (
                select 1 from household_spending as spending
                where
                    spending.year = own.year
                    and spending.group_id = own.group_id
                    and coalesce(spending.region_id, own.region_id) = own.region_id
                    and spending.sector_id is distinct from 'DIRECT'
            )
        order by region_id
    """)
    if not alike:
        return outcome(PASS, "spending tells the groups of every region apart")
    return outcome(
        WARNING,
        f"{len(alike)} regions with groups have no row of household_spending: their "
        "people count as alike, and no inequality is seen inside",
        count=len(alike),
        worst="; ".join(region for (region,) in alike[:WORST]),
    )


def _plausible(tables: Tables, year: int) -> Outcome:
    compiled = tables.dataset.descriptor["mrio"].get("compiled")
    if compiled is not None:
        named = tables.rows(
            "select distinct category_id, region_id from household_groups"
            f" where year = {year} and category_id is not null order by all"
        )
        # what a region that stayed whole buys is as in the parent
        given = compiled.get("demand_totals", ())
        whole = compiled.get("whole_regions", ())
        if missing := list(
            dict.fromkeys(
                category
                for category, region in named
                if category not in given and region not in whole
            )
        ):
            return outcome(
                WARNING,
                f"the dataset is compiled without demand_totals of "
                f"{listing(missing, 3)}: every region of a parent buys these in the "
                "same proportions, whoever lives there, so differences between the "
                "groups are made up; give demand_totals of each",
                count=len(missing),
            )
    below_zero = f"""from (
        select
            final_demand.region_id || ' / ' || sector_id as label,
            sum(final_demand.value) as figure
        from final_demand
        inner join region_sectors on origin_id = region_sector_id
        inner join final_demand_categories using (category_id)
        semi join household_groups
            on final_demand.year = household_groups.year
            and final_demand.region_id = household_groups.region_id
        where final_demand.year = {year} and category_group = 'household'
        group by final_demand.region_id, sector_id
    ) where figure < 0"""
    apart = f"""from (
        {_SPENDING.format(year=year)}
    ) where not ratio between {1 / MOST_APART} and {MOST_APART}"""
    count = tables.value(f"select count(*) {apart}")
    if count:
        return outcome(
            WARNING,
            f"{count} groups spend more than {MOST_APART:g} times, or less than a "
            f"{_FRACTION} of, what their group does per head in the nation: check "
            "their people and what they spend",
            count=count,
            worst=tables.worst(
                f"select label, ratio {apart}"
                " order by abs(ln(greatest(ratio, 1e-9))) desc, label"
            ),
        )
    if count := tables.value(f"select count(*) {below_zero}"):
        return outcome(
            WARNING,
            f"households buy less than nothing of {count} products, so that a group "
            "may have a negative footprint: look at `emissions` of "
            "household_group_footprints",
            count=count,
            worst=tables.worst(
                f"select label, figure {below_zero} order by figure, label"
            ),
        )
    return outcome(
        PASS, f"per head, groups spend within {MOST_APART:g} times of their nation's"
    )
