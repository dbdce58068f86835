"""A system with all that the policy part looks at, and a user's scenarios for it."""

import numpy as np

from support.policy_facts import Policy, UserRow
from support.random_systems import Size, add_groups, random_system
from support.reference import account, inputs_of, regional_accounts, solve_year
from support.systems import System

PEOPLE = 5_000  # times as many as usual: a country with emissions of some Gt
SIZE = Size(regions=12, sectors=6, categories=6)


def what_if_system(seed: int = 26) -> System:
    """Return a China of random towns, where who is richer consumes more.

    The first year has an exchange rate of its own. In the second nothing is known
    of value added, and the emissions are above the projected peak.
    """
    system = random_system(seed, SIZE, years=2)
    system.country, system.currency = "CHN", "CNY"
    system.components[1] = "VA003"  # depreciation, as the yearbooks call it
    system.currency_per_usd = {2010: 6.77}
    rng = np.random.Generator(np.random.PCG64(seed))
    for number, year in system.years.items():
        year.emissions["co2"] *= PEOPLE * (1 if number == 2010 else 3)
        year.direct["co2"] *= PEOPLE * (1 if number == 2010 else 3)
        year.population = [people and people * PEOPLE for people in year.population]
        enrich(rng, system, number)
    add_groups(system, seed, [*system.years])
    return system


def enrich(rng: np.random.Generator, system: System, number: int) -> None:
    """Let income per head follow the footprint, below the upper middle incomes."""
    year = system.years[number]
    co2 = next(stressor for stressor in system.stressors if stressor.id == "co2")
    solution = solve_year(year, system.currency_unit)
    emitted = account(solution, *inputs_of(system, year, co2))
    rows = regional_accounts(system, year, co2, emitted)
    heads = [rows[region.id]["footprint_per_capita"] for region in system.regions]
    usual = np.median([head for head in heads if head is not None])
    for s, head in enumerate(heads):
        if head is not None:
            income = 15_000 * (head / usual) ** 1.5 * rng.lognormal(0.0, 0.3)
            year.gdp[s] = float(income * year.population[s])


def user_rows(system: System) -> tuple[UserRow, ...]:
    """Return scenarios with all levers and kinds, one of them a shipped one's name."""
    regions = [region.id for region in system.regions if region.is_ranked]
    sectors = [sector.id for sector in system.sectors]
    categories = [category.id for category in system.categories]
    rest = next(r.id for r in system.regions if r.type == "remainder")
    first, last = min(system.years), max(system.years)
    stocks = next(c.id for c in system.categories if c.group == "inventory")

    def intensity(scenario: str, kind: str, value: object, **at: object) -> UserRow:
        return UserRow(scenario, "intensity", kind, value, **at)

    def demand(scenario: str, kind: str, value: object, **at: object) -> UserRow:
        return UserRow(scenario, "demand", kind, value, **at)

    return (
        # replaces the shipped one
        intensity("low", "factor", 0.9),
        demand("low", "scale_to_cap", "peer_mean", region=regions[0]),
        # everything at once, several rows on one cell
        intensity("targets", "factor", 0.5, region=rest),
        intensity("targets", "factor", 0.8, region=regions[1], sector=sectors[1]),
        intensity("targets", "factor", 0.9, region=regions[1]),
        intensity("targets", "benchmark", "p25", region=regions[1]),
        intensity("targets", "benchmark", "median", includes_power_supply=False),
        demand("targets", "factor", 0.7, category=categories[0]),
        demand("targets", "factor", 0.95, category=stocks, region=regions[2]),
        demand("targets", "scale_to_cap", 2.0),
        demand("targets", "scale_to_cap", "national_mean", region=regions[3]),
        demand(
            "targets",
            "scale_to_cap",
            0.0,
            category=categories[-1],
            region=regions[3],
        ),
        demand("targets", "scale_to_cap", "world_mean", region=rest),
        # of one year only, and of stocks, which a cap for all leaves alone
        intensity("a year's", "benchmark", "mean", year=first),
        demand("a year's", "scale_to_cap", 3.0, category=stocks, year=last),
        demand("a year's", "scale_to_cap", "national_mean", region=regions[4]),
        # the other way: more is consumed, and the quota is a burden
        demand("Wachstum, 1 %", "factor", 1.01),
        intensity("Wachstum, 1 %", "factor", 1.1, region=regions[0]),
        # the worse half learns from the better, but for power
        intensity("no power", "benchmark", "median", includes_power_supply=False),
        # nobody is above the cap
        demand("roomy", "scale_to_cap", 1e9),
        # not a tonne more than nine, by demand alone
        demand("nine", "cap", 9.0),
        # the same, with households of a town that reach their cap together only,
        # stocks, and a factor that is less strict here and more there
        demand("at most", "cap", 9.0),
        demand("at most", "cap", 6.8, region="true", category="hh,urban", year=first),
        demand("at most", "cap", 6.8, region="true", category="hh rural", year=first),
        demand("at most", "cap", 7.0, region="01", category=stocks, year=last),
        demand("at most", "cap", "national_mean", region=regions[4]),
        demand("at most", "factor", 0.6, category="hh,urban"),
    )


def what_if_policy(system: System) -> Policy:
    """Return choices other than the usual ones."""
    return Policy(
        rule="lorenz_elbow",
        projection="mi_2017_early",
        income_year=2014,
        receivers_share=0.5,
        user_rows=user_rows(system),
        by_origin=True,
        extracts=True,
        shares_by_value_added=True,
        splits_technology=True,
        traces_exports=True,
        follows_capital=True,
    )
