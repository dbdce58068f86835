"""Ten towns by hand, a hard case of policy in every year.

A town has a power plant and a factory. A quarter of what the factory sells is power
of the town's own plant: with round numbers every result is exact in binary. One town
has a farm that emits nothing, but in the year in which all are alike: without it, all
would share one industrial structure.
"""

import numpy as np

from support.policy_facts import Policy, UserRow
from support.systems import Category, Region, Sector, Stressor, System, Year

# the last may be called like the total of something
TOWNS = (*(f"A{k:02}" for k in range(9)), "ALL")
PEAK = 12_590_000_000  # t, China's projected peak
PEOPLE = 1_000  # a town's
EQUAL, ZEROS, INVERSE, CROWDED, UNKNOWN, AT_PEAK, STEEP, SINKS = range(2012, 2020)

USER_ROWS = (
    # a cap that is above all footprints
    UserRow("roomy", "demand", "scale_to_cap", 1e9),
    # one category grows, and the others are left alone
    UserRow("stocking up", "demand", "factor", 1.25, category="stocks"),
    # two producers are cleaner, and nobody consumes less
    UserRow("two cleaner towns", "intensity", "factor", 0.5, region=TOWNS[8]),
    UserRow("two cleaner towns", "intensity", "factor", 0.5, region=TOWNS[9]),
)


def year_of(
    bought: np.ndarray,
    emitted: list[float],
    people: list[int] | None = None,
    incomes: list[float | None] | None = None,
    *,
    has_farm: bool = True,
) -> Year:
    """Return a year of towns with purchases town by town, seller x buyer.

    All that a factory emits is given; a power plant emits half as much again.
    """
    R = len(TOWNS)
    Z = np.zeros((3 * R, 3 * R))
    Y = np.zeros((3 * R, R, 2))
    for r in range(R):
        Y[3 * r + 1, :, 0] = bought[r]
        Z[3 * r, 3 * r + 1] = bought[r].sum() / 4
    if has_farm:
        Y[3 * 4 + 2, 4, 0] = 512.0
    F = np.zeros(3 * R)
    F[1::3] = emitted
    F[0::3] = np.array(emitted) / 2
    people = people or [PEOPLE] * R
    incomes = incomes or [1024.0 * (r + 1) for r in range(R)]
    return Year(
        transactions=Z,
        final_demand=Y,
        exports=np.zeros(3 * R),
        emissions={"co2": F, "so2": np.zeros(3 * R)},
        direct={"co2": np.zeros((R, 2)), "so2": np.zeros((R, 2))},
        population=list(people),
        gdp=[
            None if income is None else income * n
            for income, n in zip(incomes, people, strict=True)
        ],
    )


def edge_system() -> System:
    """Return the towns; what is special in a year, its comment says."""
    own = np.diag([1024.0] * 10)
    rising = [float(1024 * (r + 1)) for r in range(10)]
    years = {}
    # all towns are alike: nobody is above the mean, the income curve is a point
    years[EQUAL] = year_of(own, [1024.0] * 10, incomes=[2048.0] * 10, has_farm=False)
    # 0 sells what it makes to 9, 1 makes nothing and buys from 9, 2 does neither,
    # and 3 has people without income
    bought = own.copy()
    bought[0] = bought[1] = bought[2] = 0.0
    bought[0, 9] = bought[9, 1] = 1024.0
    years[ZEROS] = year_of(
        bought,
        [4096.0, 0.0, 0.0, *rising[3:]],
        incomes=[1024.0, 2048.0, 512.0, 0.0, *rising[4:]],
    )
    # the poorest have the largest footprints: a curve that falls
    years[INVERSE] = year_of(own, rising, incomes=rising[::-1])
    # the two super-emitters hold half of the people: 60 % are not to be had
    crowd = [PEOPLE] * 8 + [4 * PEOPLE] * 2
    years[CROWDED] = year_of(own, rising, people=crowd)
    # the same with a town of unknown income, and three times the peak is emitted
    years[UNKNOWN] = year_of(
        own,
        [float(PEAK // 4)] * 8 + [float(PEAK // 2)] * 2,
        people=crowd,
        incomes=[None, *rising[1:]],
    )
    # the peak is emitted to the last tonne
    years[AT_PEAK] = year_of(own, [float(PEAK // 110 * (r + 1)) for r in range(10)])
    emitted = years[AT_PEAK].emissions["co2"]
    emitted[-1] += PEAK - emitted.sum()
    # incomes that hardly differ: a curve that is nearly vertical
    years[STEEP] = year_of(own, rising, incomes=[1024.0 + r for r in range(10)])
    # factories that bind carbon, but for the last two: a benchmark below zero for
    # those who emit nothing
    years[SINKS] = year_of(own, [-1024.0] * 8 + [0.0] * 2)
    years[SINKS].emissions["co2"][0::3] = [2048.0] * 8 + [4096.0] * 2
    return System(
        regions=[Region(town, f"Town {town}") for town in TOWNS],
        sectors=[
            Sector("power", "Power plant", "energy", is_power_supply=True),
            Sector("factory", "Factory", "light_industry"),
            Sector("farm", "Farm", "agriculture"),
        ],
        categories=[
            Category("people", "Households", "household"),
            Category("stocks", "Stocks", "inventory"),
        ],
        stressors=[
            Stressor("co2", "Carbon dioxide", "t"),
            Stressor("so2", "Sulphur dioxide that nobody emits", "t"),
        ],
        years=years,
        currency="CNY",
        country="CHN",
        outlines={town: square_of(number) for number, town in enumerate(TOWNS)},
    )


def square_of(number: int) -> list[list[float]]:
    """Return the outline of a town: squares in a row, each beside the next."""
    west, east, south, north = 104.0 + number, 105.0 + number, 30.0, 31.0
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def edge_policy() -> Policy:
    """Return the usual choices, and scenarios of a user."""
    return Policy(user_rows=USER_ROWS, error_rule="independent")
