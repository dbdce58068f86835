"""Checks of coverage, and of figures whose size points at a wrong unit."""

import math
from collections.abc import Callable, Iterator

from carbonshed.audit.checks import (
    PASS,
    SKIPPED,
    WARNING,
    CheckResult,
    Outcome,
    outcome,
)
from carbonshed.audit.tables import WORST, Tables
from carbonshed.dataset.contract import TONNES_PER_UNIT
from carbonshed.paths import seeds_dir
from carbonshed.text import listing, sql_text

# Wide on purpose: a figure outside is a wrong unit rather than an odd region.
# Countries: 0.03 t (DR Congo) to 40 t (Qatar); coal and steel cities reach 200 t.
CO2_PER_HEAD = (0.02, 500.0)  # tonnes
# Countries: 240 USD (Burundi) to 200,000 USD (Monaco).
GDP_PER_HEAD = (100.0, 400_000.0)  # USD
# Of 40 countries from 2000 to 2011: 0.087 kg (Sweden 2011) to 5.6 kg (Russia 2000), by
# territorial emissions of the Global Carbon Budget 2019 over GDP of the World
# Input-Output Database; ten times as wide here, for other countries, cities and years.
CO2_PER_USD = (0.0087, 56.0)  # kg
# CO2 per unit of output, as a multiple of that of all producers together. Of 40
# countries in 2011 (World Input-Output Database, release 2013): power supply 2.6
# (Slovakia) to 40 (United States); construction up to 0.7, high technology 0.4, light
# industry and services 0.9. Wider here, by a factor of two.
LEAST_OF_POWER, MOST_OF_OTHERS = 1.3, 2.0
_LOW_GROUPS = ("construction", "high_tech", "light_industry", "services")
# Any currency: 0.3 (Kuwaiti dinar) to 90,000 (Lebanese pound) to the dollar.
CURRENCY_PER_USD = (0.3, 1e5)
# GDP adds net taxes on products to value added: a fifth at most.
VALUE_ADDED_OF_GDP = (0.5, 1.5)
# sums over a whole table: producers, and direct emissions of final users
# Households' own fuels are 0.01 t (DR Congo) to 5 t (Canada).
CO2_PER_HEAD_OF_ALL = {"emissions": CO2_PER_HEAD, "direct_emissions": (0.001, 50.0)}
CARBON = ("co2", "co2e", "ghg")
_CARBON_WORDS, _CARBON_IDS = f"one of {listing(CARBON)}", listing(CARBON, quote=True)
# countries stand alone; cities and provinces are compared as a whole, as one has the
# power station of another
_PLACE = "case when region_type = 'country' then region_id else 'all regions' end"


def _gdp_is_complete(tables: Tables, year: int) -> Outcome:
    missing = f"""
        from regions
        left join region_years
            on regions.region_id = region_years.region_id and year = {year}
        where {tables.ranked_regions()} and gdp is null"""
    count = tables.value(f"select count(*) {missing}")
    if not count:
        return outcome(PASS, "every ranked region has a GDP")
    names = tables.rows(f"select regions.region_id {missing} order by 1 limit 5")
    return outcome(
        WARNING,
        f"{count} ranked regions have no GDP: measures by GDP are left out this year",
        count=count,
        worst="; ".join(name for (name,) in names),
    )


def _has_rows(table: str, without: str) -> Callable[[Tables, int], Outcome]:
    """Return the check that a table has rows."""

    def check(tables: Tables, year: int) -> Outcome:
        count = tables.value(f"select count(*) from {table} where year = {year}")
        return outcome(PASS, f"{count} rows") if count else outcome(WARNING, without)

    return check


def _emissions_are_plausible(tables: Tables, year: int) -> Outcome:
    compared = f"""(
        select
            stressor_id || ' of ' || region_id as label,
            sum(tonnes) / any_value(people) as figure
        from {_carbon(tables, year)} group by stressor_id, region_id
    )"""
    verdict = _in_range(
        tables,
        compared,
        CO2_PER_HEAD,
        "tonnes per head",
        f"no ranked region has a stressor called {_CARBON_WORDS}",
    )
    # a table in a wrong unit is hidden in sums with one in the right unit
    per_head = tables.rows(f"""
        select source, stressor_id, sum(tonnes) / sum(people)
        from {_carbon(tables, year)} group by source, stressor_id
        having sum(abs(tonnes)) > 0 order by stressor_id
    """)
    of_tables = [
        f"{stressor} of all in {table} ({figure:.6g})"
        for table, (low, high) in CO2_PER_HEAD_OF_ALL.items()
        for source, stressor, figure in per_head
        if source == table and not low <= figure <= high
    ]
    if of_tables and verdict["status"] == PASS:
        message = "a table as a whole is outside what is plausible: check its unit"
        return outcome(
            WARNING,
            f"{message}, in tonnes per head",
            count=len(of_tables),
            worst="; ".join(of_tables),
        )
    # figures of countries and projected peaks are joined by the id as it is
    misspelt = tables.rows(
        "select stressor_id from stressors"
        " where lower(stressor_id) = 'co2' and stressor_id <> 'co2' order by 1"
    )
    if verdict["status"] == PASS and misspelt:
        names = listing(name for (name,) in misspelt)
        message = f"{names} has no comparator and no projected peak: use the id co2"
        return outcome(WARNING, message, worst=names)
    return verdict


def _emissions_by_value_are_plausible(tables: Tables, year: int) -> Outcome:
    rate = _rate(tables, year)
    if rate is None:
        return outcome(SKIPPED, _no_rate(tables))
    # regions without a value count on neither side
    compared = f"""(
        select
            stressor_id || ' of ' || {_PLACE} as label,
            sum(kg) / (sum(value) / {rate}) as figure
        from (
            select stressor_id, region_id, sum(tonnes) * 1000 as kg
            from {_carbon(tables, year)} group by 1, 2
        )
        inner join {_value(tables, year)} using (region_id)
        inner join regions using (region_id)
        group by label having sum(value) > 0
    )"""
    nothing = f"needs GDP or value added, and a stressor called {_CARBON_WORDS}"
    return _in_range(tables, compared, CO2_PER_USD, "kg per USD of GDP", nothing)


def _emissions_by_sector_are_plausible(tables: Tables, year: int) -> Outcome:
    """Compare power supply and two groups of sectors with all producers.

    Emissions that stand a line too high or too low give those of power to others.
    """
    rows = tables.rows(f"""
        with emitted as (
            select stressor_id, region_sector_id, sum(value) as amount
            from emissions inner join stressors using (stressor_id)
            where
                year = {year} and lower(stressor_id) in ({_CARBON_IDS})
                and unit in ({listing(TONNES_PER_UNIT, quote=True)})
            group by 1, 2
        ),
        by_group as (
            select
                stressor_id, {_PLACE} as place,
                case when is_power_supply then 'power supply' else sector_group end
                    as kind,
                sum(coalesce(amount, 0)) as amount, sum(output) as output
            from sums
            cross join (select distinct stressor_id from emitted) as carbon
            inner join region_sectors using (region_sector_id)
            inner join sectors using (sector_id)
            inner join regions using (region_id)
            left join emitted using (stressor_id, region_sector_id)
            where year = {year} and {tables.ranked_regions()}
            group by 1, 2, 3
        )
        select
            stressor_id || ' of ' || place, kind,
            amount / nullif(output, 0)
            / (sum(amount) over whole / nullif(sum(output) over whole, 0)) as multiple
        from by_group
        window whole as (partition by stressor_id, place)
        qualify output > 0 and sum(amount) over whole > 0
        order by 1, 2
    """)
    limits = dict.fromkeys(_LOW_GROUPS, (0.0, MOST_OF_OTHERS))
    limits["power supply"] = (LEAST_OF_POWER, math.inf)
    compared = [(label, kind, size) for label, kind, size in rows if kind in limits]
    if not compared:
        return outcome(
            SKIPPED, "needs CO2, and power supply or services among the sectors"
        )
    wrong = [
        f"{kind}, {label} ({multiple:.3g})"
        for label, kind, multiple in compared
        if not limits[kind][0] <= multiple <= limits[kind][1]
    ]
    if not wrong:
        return outcome(
            PASS, "power supply emits more than most for its output, services less"
        )
    return outcome(
        WARNING,
        f"CO2 per unit of output, as a multiple of that of all producers: expected"
        f" {LEAST_OF_POWER:g} or more of power supply, unless it is from water or wind,"
        f" and at most {MOST_OF_OTHERS:g} of {listing(_LOW_GROUPS)}: are emissions, ids"
        " or names moved by a line?",
        count=len(wrong),
        worst="; ".join(wrong[:WORST]),
    )


def _carbon(tables: Tables, year: int) -> str:
    """Return the SQL of emissions of ranked regions by stressor and table.

    Columns: source (the table), stressor_id, region_id, tonnes, people.
    """
    factors = " ".join(
        f"when '{unit}' then {factor}" for unit, factor in TONNES_PER_UNIT.items()
    )
    return f"""(
        select
            source, stressor_id, region_id, any_value(population) as people,
            sum(value * case unit {factors} end) as tonnes
        from (
            select 'emissions' as source, year, stressor_id, region_id, value
            from emissions inner join region_sectors using (region_sector_id)
            union all
            select 'direct_emissions', year, stressor_id, region_id, value
            from direct_emissions
        )
        inner join stressors using (stressor_id)
        inner join regions using (region_id)
        inner join region_years using (year, region_id)
        where
            year = {year} and lower(stressor_id) in ({_CARBON_IDS})
            and unit in ({listing(TONNES_PER_UNIT, quote=True)})
            and {tables.ranked_regions()}
        group by source, stressor_id, region_id
    )"""


def _gdp_is_plausible(tables: Tables, year: int) -> Outcome:
    rate = _rate(tables, year)
    low, high = GDP_PER_HEAD
    if rate is None:
        low, high = low * CURRENCY_PER_USD[0], high * CURRENCY_PER_USD[1]
    (currency,) = tables.rows("select currency from dataset")[0]
    compared = f"""(
        select region_id as label, value / population / {rate or 1.0} as figure
        from {_value(tables, year)}
        inner join region_years using (region_id)
        where year = {year}
    )"""
    verdict = _in_range(
        tables,
        compared,
        (low, high),
        f"{currency if rate is None else 'USD'} per head",
        "no ranked region has a GDP or value added",
    )
    if verdict["status"] == PASS and rate is None:
        # a figure plausible in some currency need not be so in this one
        return outcome(SKIPPED, _no_rate(tables))
    return verdict


def _rate(tables: Tables, year: int) -> float | None:
    """Return how many units of the currency a US dollar is, None if not known."""
    rates = tables.rows(
        "select currency_per_usd from exchange_rates"
        f" order by abs(year - {year}), year limit 1"
    )
    if rates:
        return rates[0][0]
    return 1.0 if tables.value("select currency from dataset") == "USD" else None


def _no_rate(tables: Tables) -> str:
    currency = tables.value("select currency from dataset")
    return (
        f"no rate of {currency} to the US dollar, so that the unit of money is not"
        " checked: give mrio.currency_per_usd"
    )


def _value(tables: Tables, year: int) -> str:
    """Return the SQL of the GDP of ranked regions, or of value added without one.

    Columns: region_id, value (in single units of the currency).
    """
    return f"""(
        select region_id, coalesce(any_value(gdp), sum(earned)) as value
        from region_years
        inner join regions using (region_id)
        left join (
            select region_id, value * currency_unit as earned
            from value_added
            inner join region_sectors using (region_sector_id)
            cross join dataset
            where year = {year}
        ) using (region_id)
        where year = {year} and {tables.ranked_regions()}
        group by region_id
        having coalesce(any_value(gdp), sum(earned)) is not null
    )"""


def _value_added_matches_gdp(tables: Tables, year: int) -> Outcome:
    # regions without a GDP, such as a rest of the world, count on neither side; by
    # region first: joined row by row, all of them meet all regions
    value_added, gdp = tables.rows(f"""
        with earned as (
            select region_id, sum(value) as value
            from value_added inner join region_sectors using (region_sector_id)
            where year = {year} group by region_id
        )
        select
            (
                select sum(value) * any_value(currency_unit)
                from earned
                inner join (
                    select region_id from region_years
                    where year = {year} and gdp is not null
                ) using (region_id)
                cross join dataset
            ),
            (select sum(gdp) from region_years where year = {year})
    """)[0]
    if value_added is None or not gdp:
        message = "needs value added and GDP"
        return outcome(SKIPPED, message)
    share = value_added / gdp
    low, high = VALUE_ADDED_OF_GDP
    message = f"value added is {share:.3g} times the regions' GDP"
    if low <= share <= high:
        return outcome(PASS, message, total=share)
    return outcome(
        WARNING,
        f"{message}, expected {low} to {high}: check currency_unit and the unit of gdp",
        count=1,
        total=share,
    )


def check_impacts(tables: Tables) -> Iterator[CheckResult]:
    """Yield the check that impacts which count carbon dioxide count the same gases.

    Nothing without factors of the dataset's own: those that are shipped count alike.
    A stressor is left out if neither it nor its whole nor a part of it is counted;
    which of these is, models/staging/stg_impact_factors.sql decides for the build.
    """
    if not tables.value("select count(*) from characterisation_factors"):
        return
    shipped = sql_text(seeds_dir() / "impact_factors.csv")
    left_out = tables.rows(f"""
        with shipped as (
            select
                impact_id, stressor_id, whole_stressor_id,
                cast(factor as double) as factor
            from read_csv({shipped}, header = true, all_varchar = true)
        ),
        parts as (
            select distinct stressor_id, whole_stressor_id from shipped
            where whole_stressor_id is not null
        ),
        factors as (
            select impact_id, stressor_id, factor from shipped
            anti join characterisation_factors using (impact_id)
            union all
            select impact_id, stressor_id, value from characterisation_factors
        ),
        counted as (
            select impact_id, stressor_id, whole_stressor_id from factors
            semi join (
                select stressor_id from stressors
                where unit in ({listing(TONNES_PER_UNIT, quote=True)})
            ) using (stressor_id)
            left join parts using (stressor_id)
            where factor <> 0
        ),
        of_carbon as (
            select impact_id from counted group by impact_id
            having bool_or(stressor_id = 'co2') and count(*) > 1
        )
        select of_carbon.impact_id, counted.stressor_id, min(counted.impact_id)
        from counted
        semi join of_carbon as others on counted.impact_id = others.impact_id
        cross join of_carbon
        anti join counted as own
            on of_carbon.impact_id = own.impact_id
            and (
                own.stressor_id in (counted.stressor_id, counted.whole_stressor_id)
                or own.whole_stressor_id = counted.stressor_id
            )
        group by 1, 2 order by 1, 2
    """)
    result = outcome(PASS, "impacts that count co2 count the same stressors besides")
    if left_out:
        (impact, stressor, other), *_ = left_out
        result = outcome(
            WARNING,
            f"impact {impact} leaves out stressor {stressor}, which impact {other}"
            " counts: give a factor, or leave the impact out by a factor of 0",
            count=len(left_out),
            worst="; ".join(
                f"{impact} without {stressor}" for impact, stressor, _ in left_out
            ),
        )
    yield CheckResult("impacts_count_alike", **result)


def _in_range(
    tables: Tables,
    compared: str,
    plausible: tuple[float, float],
    unit: str,
    nothing: str,
) -> Outcome:
    """Compare figures with a range; the farthest outside it are the worst."""
    low, high = plausible
    count, outside = tables.rows(
        f"select count(*), count(*) filter (where not figure between {low} and {high})"
        f" from {compared}"
    )[0]
    if not count:
        return outcome(SKIPPED, nothing)
    if not outside:
        message = f"all within {low:g} to {high:g} {unit}"
        return outcome(PASS, message)
    worst = tables.worst(
        f"select label, figure from {compared} where not figure between {low} and"
        f" {high} order by greatest(figure / {high}, {low} / nullif(figure, 0)) desc, 1"
    )
    return outcome(
        WARNING,
        f"{outside} regions outside {low:g} to {high:g} {unit}: check the units",
        count=outside,
        worst=worst,
    )


COVERAGE = {
    "gdp_complete": _gdp_is_complete,
    "value_added_given": _has_rows(
        "value_added",
        "no value added: leakage has no terms of trade, columns cannot be checked",
    ),
    "direct_emissions_given": _has_rows(
        "direct_emissions",
        "footprints are without direct emissions of final users (households)",
    ),
    "emissions_per_head_plausible": _emissions_are_plausible,
    "emissions_per_value_plausible": _emissions_by_value_are_plausible,
    "emissions_by_sector_plausible": _emissions_by_sector_are_plausible,
    "gdp_per_head_plausible": _gdp_is_plausible,
    "value_added_matches_gdp": _value_added_matches_gdp,
}
