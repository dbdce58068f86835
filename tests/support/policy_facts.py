"""What the policy part takes as given, written down once more from the sources.

Nothing here is read from the project's seeds: a wrong figure there is a difference.
"""

import csv
from dataclasses import dataclass
from pathlib import Path

INDUSTRIES = ("energy", "heavy_industry", "light_industry", "high_tech", "services")
CAPPED_GROUPS = ("household", "government", "investment")
BENCHMARKS = ("mean", "median", "p25")
CAPS = ("peer_mean", "national_mean", "world_mean")
ALLOCATION_RULES = ("equal_per_capita", "gap_proportional", "water_filling")
SUPER_EMITTER_RULES = (
    "top_decile",
    "cumulative_half",
    "lorenz_elbow",
    "producers_or_consumers",
    "largest_above_mean",
)
TOP_OF, OUT_OF = 32, 309  # the study's super-emitters, and its cities
HALF = 0.5
PRODUCER_FROM, CONSUMER_TO = 1.1, 0.9
RECEIVERS_SHARE = 0.6

# scenario -> benchmark and cap
SCENARIOS = {
    "low": ("mean", "peer_mean"),
    "medium": ("median", "national_mean"),
    "high": ("p25", "national_mean"),
}

# upper bounds of low, lower middle and upper middle income by GNI year, USD per
# head, World Bank (calculated by the Atlas method)
INCOME_BANDS = {
    2007: (935, 3705, 11455),
    2008: (975, 3855, 11905),
    2009: (995, 3945, 12195),
    2010: (1005, 3975, 12275),
    2011: (1025, 4035, 12475),
    2012: (1035, 4085, 12615),
    2013: (1045, 4125, 12745),
    2014: (1045, 4125, 12735),
    2015: (1025, 4035, 12475),
    2016: (1005, 3955, 12235),
    2017: (995, 3895, 12055),
    2018: (1025, 3995, 12375),
    2019: (1035, 4045, 12535),
    2020: (1045, 4095, 12695),
    2021: (1085, 4255, 13205),
    2022: (1135, 4465, 13845),
    2023: (1145, 4515, 14005),
}
BAND_NAMES = ("low", "lower_middle", "upper_middle", "high")

SCENARIO_COLUMNS = (
    "scenario_id",
    "year",
    "region_id",
    "sector_id",
    "category_id",
    "lever",
    "kind",
    "value",
    "includes_power_supply",
)

# currency -> year -> units per USD
EXCHANGE_RATES = {"CNY": {2012: 6.3125}, "USD": {2012: 1.0}}


@dataclass(frozen=True)
class Projection:
    """Peak emissions of a country, tonnes."""

    id: str
    country: str
    stressor_id: str
    year: int
    emissions: float


# peaks of China's CO2, the one in use first: Mi et al. 2017, Den Elzen et al. 2016,
# Cai et al. 2021, Wang et al. 2019
PROJECTIONS = (
    Projection("mi_2017", "CHN", "co2", 2030, 12.59e9),
    Projection("mi_2017_early", "CHN", "co2", 2026, 11.2e9),
    Projection("den_elzen_2016_low", "CHN", "co2", 2030, 11.3e9),
    Projection("den_elzen_2016_high", "CHN", "co2", 2030, 11.8e9),
    Projection("cai_2021", "CHN", "co2", 2027, 10.6e9),
    Projection("wang_2019_low", "CHN", "co2", 2025, 13e9),
    Projection("wang_2019_high", "CHN", "co2", 2025, 16e9),
)


@dataclass(frozen=True)
class UserRow:
    """One row of a user's ``scenarios.csv``; None is an empty field."""

    scenario_id: str
    lever: str  # intensity or demand
    kind: str  # factor, benchmark or cap
    value: float | str
    year: int | None = None
    region: str | None = None
    sector: str | None = None
    category: str | None = None
    includes_power_supply: bool = True


@dataclass(frozen=True)
class Policy:
    """The choices of one build: the variables and the scenarios of the user."""

    rule: str = "top_decile"
    projection: str | None = None
    income_year: int | None = None
    receivers_share: float = RECEIVERS_SHARE
    user_rows: tuple[UserRow, ...] = ()
    projections: tuple[Projection, ...] = PROJECTIONS
    by_origin: bool = False
    extracts: bool = False
    shares_by_value_added: bool = False
    splits_technology: bool = False
    traces_exports: bool = False
    follows_capital: bool = False
    error_rule: str = "correlated"

    @property
    def scenarios(self) -> list[str]:
        """Shipped scenarios and the user's, each once."""
        return list(dict.fromkeys([*SCENARIOS, *self.user_scenarios]))

    @property
    def user_scenarios(self) -> list[str]:
        """Scenarios of the user, also those that replace a shipped one."""
        return list(dict.fromkeys(row.scenario_id for row in self.user_rows))


def write_scenarios(path: Path, rows: tuple[UserRow, ...]) -> Path:
    """Write the user's file with the columns of the contract and the option."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(SCENARIO_COLUMNS)
        for row in rows:
            fields = (row.year, row.region, row.sector, row.category)
            writer.writerow(
                [
                    row.scenario_id,
                    *("" if field is None else field for field in fields),
                    row.lever,
                    row.kind,
                    row.value,
                    "true" if row.includes_power_supply else "false",
                ]
            )
    return path
