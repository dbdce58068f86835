"""Checks of coverage, and of figures whose size points at a wrong unit."""

from collections.abc import Callable

from carbonshed.audit.run import PASS, SKIPPED, WARNING, Outcome, outcome
from carbonshed.audit.tables import Tables
from carbonshed.dataset.contract import TONNES_PER_UNIT
from carbonshed.text import listing

# Wide on purpose: a figure outside is a wrong unit rather than an odd region.
# Countries: 0.03 t (DR Congo) to 40 t (Qatar); coal and steel cities reach 200 t.
CO2_PER_HEAD = (0.02, 500.0)  # tonnes
# Countries: 240 USD (Burundi) to 200,000 USD (Monaco).
GDP_PER_HEAD = (100.0, 400_000.0)  # USD
# Any currency: 0.3 (Kuwaiti dinar) to 90,000 (Lebanese pound) to the dollar.
CURRENCY_PER_USD = (0.3, 1e5)
# GDP adds net taxes on products to value added: a fifth at most.
VALUE_ADDED_OF_GDP = (0.5, 1.5)
# sums over a whole table: producers, and direct emissions of final users
# Households' own fuels are 0.01 t (DR Congo) to 5 t (Canada).
CO2_PER_HEAD_OF_ALL = {"emissions": CO2_PER_HEAD, "direct_emissions": (0.001, 50.0)}
CARBON = ("co2", "co2e", "ghg")


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
        f"no ranked region has a stressor called one of {listing(CARBON)}",
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
            year = {year} and lower(stressor_id) in ({listing(CARBON, quote=True)})
            and unit in ({listing(TONNES_PER_UNIT, quote=True)})
            and {tables.ranked_regions()}
        group by source, stressor_id, region_id
    )"""


def _gdp_is_plausible(tables: Tables, year: int) -> Outcome:
    (currency,) = tables.rows("select currency from dataset")[0]
    rates = tables.rows(
        "select currency_per_usd from exchange_rates"
        f" order by abs(year - {year}), year limit 1"
    )
    is_known = bool(rates) or currency == "USD"
    rate = rates[0][0] if rates else 1.0
    low, high = GDP_PER_HEAD
    if not is_known:
        low, high = low * CURRENCY_PER_USD[0], high * CURRENCY_PER_USD[1]
    compared = f"""(
        select region_id as label, gdp / population / {rate} as figure
        from region_years inner join regions using (region_id)
        where year = {year} and gdp is not null and {tables.ranked_regions()}
    )"""
    verdict = _in_range(
        tables,
        compared,
        (low, high),
        f"{'USD' if is_known else currency} per head",
        "no ranked region has a GDP",
    )
    if verdict["status"] == PASS and not is_known:
        # a figure plausible in some currency need not be so in this one
        message = f"no rate of {currency} to the US dollar: give mrio.currency_per_usd"
        return outcome(SKIPPED, message)
    return verdict


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
    "gdp_per_head_plausible": _gdp_is_plausible,
    "value_added_matches_gdp": _value_added_matches_gdp,
}
