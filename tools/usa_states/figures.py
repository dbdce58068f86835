"""Statistics of the United States by state, made from what its offices publish.

``python -m tools.usa_states.figures FOLDER`` makes, from the files in `sources/`,

- ``emissions.csv``: emissions of the nation in 2012 and 2016 by industry, for
  ``carbonshed ingest``;
- ``states/``: its states in 2016, 71 industries, for ``carbonshed compile``, and in
  them ten groups of households by income;
- ``years/``: the states in 2012 and 2016, with prices of both years;
- ``world_states/``: the states in 2011, in the 35 sectors of a world table.

Money is in million USD, emissions by industry in kilotonnes; those of a state in all
are as the EPA prints them, since they count as proportions. Three things are estimated
here: which industries of a state emit the CO2 that the EPA counts in a sector of that
state, who buys the power that a state sells (`tools.usa_states.power`), and what
households buy by income (`tools.usa_states.households`).
"""

import argparse
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from carbonshed.accounting.ras import ras
from carbonshed.errors import CarbonshedError
from carbonshed.outputs import write_new_file, write_new_folder
from carbonshed.readers.templates import csv_text
from tools.usa_states import read_source
from tools.usa_states.households import TENTHS, households
from tools.usa_states.power import trade

POWER_SECTORS = {"221100", "S00101", "S00202"}  # private, federal, states and towns
INDUSTRIAL = ("11", "21", "23", "31", "32", "33")  # as the EPA and the EIA count
GOODS = ("11", "21", "31", "32", "33")
HOUSEHOLDS = "F01000"
# two that stand in the place of an industry: households drive cars; power stations are
# put with one industry whoever owns them, since a table trades power as one
CARS, POWER = "cars", "power"
UTILITIES = "22"
# sectors of the EPA that a block of industries emits
BLOCKS = {
    "power": ("Electric Power",),
    "industry": ("Industrial",),
    "other": ("Transportation", "Commercial"),
}
# stressors by species; all other species are fluorinated
GASES = {"CO2": "co2", "CH4": "ch4", "N2O": "n2o"}
F_GASES = "f_gases"
# stressors by the names that the totals of states have
STATE_GASES = {"Methane": "ch4", "Nitrous oxide": "n2o", "Fluorinated gases": F_GASES}
GWP_SOURCE = (
    "IPCC 2013, Fifth Assessment Report, Working Group I, chapter 8, table 8.A.1"
)
# one figure of the BEA that covers several industries
LABELS = {
    35: "retail",
    57: "real_estate",
    84: "federal_civilian",
    86: "state_and_local",
}
ALL_INDUSTRIES, ALL_SPENDING, GASOLINE = 1, 1, 11  # lines of the BEA
# states then keep 36 % of the goods they make: 37 % by the Freight Analysis Framework
# of 2017, 34 % by its Commodity Flow Survey
OWN_REGION_DELTA = 0.3
LEAST_EMISSIONS = 1e-5  # kilotonnes of an industry; less is rounding of the balance
LEAST_TOTAL = 1e-6  # kilotonnes of a state, where the balance must not be zero
DESCRIPTOR = {
    "licenses": [{"name": "public-domain", "title": "public domain"}],
    "sources": [{"title": "Bureau of Economic Analysis, EPA, EIA, Census Bureau"}],
}
CAVEAT_OF_CO2 = (
    "CO2 by industry of each U.S. state is estimated from three totals of the state: "
    "power plants, industry, and transport with services."
)
CAVEAT = (
    "Emissions by industry of each U.S. state are estimated: CO2 from three totals of "
    "the state (power plants, industry, transport with services), each other gas from "
    "one."
)
# beside other countries the states are regions like these
NOUNS = {"region_noun": "state", "region_noun_plural": "states"}


class Year(NamedTuple):
    """The figures of the offices for a year, and the estimate of CO2 made from them."""

    year: int
    value_added: dict[tuple[str, int], float]  # by state and line of the BEA
    spending: dict[tuple[str, int], float]
    population: dict[str, int]
    emissions: dict[tuple[str, str], float]  # CO2 by state and industry
    direct_emissions: dict[str, float]  # CO2
    homes: dict[str, float]  # CO2, what of direct emissions cars do not emit


class Sectors(NamedTuple):
    """The sectors of a table, and what the BEA's industries are among them."""

    of_industry: Mapping[str, Sequence[str]]  # of POWER one, the utilities
    goods: Sequence[str]
    household_categories: Sequence[str]


class Sources:
    """The files of `sources/`, and the codes by which they are joined."""

    def __init__(self) -> None:
        self.centers = {
            row["STNAME"]: row for row in read_source("census_centers_2010.csv")
        }
        self.postal_codes = {
            row["state"]: row["code"] for row in read_source("postal_codes.csv")
        }
        self.states = sorted(self.postal_codes)
        self.lines = {
            row["BEA_2017_Summary_Code"]: int(row["LineCode"])
            for row in read_source("epa_state_gva_lines.csv")
        }
        self.summary_codes = {
            row["BEA_2012_Detail_Code"]: row["BEA_2012_Summary_Code"]
            for row in read_source("epa_detail_to_summary.csv")
        }
        self.warming = {
            row["Species"]: float(row["GWP100"])
            for row in read_source("ipcc_gwp100.csv")
        }

    def year(self, year: int) -> Year:
        """Return the figures of a year, with CO2 by state and industry."""
        column = str(year)
        value_added = {
            (row["GeoName"], int(row["LineCode"])): float(row[column] or 0)
            for row in read_source("bea_state_gva.csv")
        }
        spending = {
            (row["GeoName"], int(row["Line"])): float(row[column])
            for row in read_source("bea_state_pce.csv")
        }
        fuel = {
            (row["State"], row["Sector"]): float(row[column]) * 1e3
            for row in read_source("epa_state_co2.csv")
        }
        homes = {state: fuel[state, "Residential"] for state in self.states}
        blocks: dict[str, dict[str, float]] = {block: {} for block in BLOCKS}
        for (stressor, code), kilotonnes in self.nation(year).items():
            if stressor != "co2" or kilotonnes <= 0:
                continue
            if code == HOUSEHOLDS:
                # they burn fuel in their homes and in their cars, and nowhere else
                blocks["other"][CARS] = kilotonnes - sum(homes.values())
            else:
                blocks[_block(code)][code] = kilotonnes
        emissions = {
            cell: value
            for block, sectors in BLOCKS.items()
            for cell, value in self._balance(
                blocks[block],
                [
                    sum(fuel[state, sector] for sector in sectors)
                    for state in self.states
                ],
                value_added,
                spending,
            ).items()
        }
        return Year(
            year,
            value_added,
            spending,
            {
                row["State"]: int(row[column])
                for row in read_source("census_population.csv")
            },
            emissions,
            {
                state: homes[state] + emissions.pop((state, CARS))
                for state in self.states
            },
            homes,
        )

    def nation(self, year: int) -> dict[tuple[str, str], float]:
        """Return the nation's emissions in kilotonnes, by stressor and industry.

        Fluorinated gases are added up in kilotonnes of CO2 equivalents.
        """
        nation: dict[tuple[str, str], float] = defaultdict(float)
        for row in read_source("epa_ghg_by_sector.csv"):
            if row["Year"] != str(year):
                continue
            species, code = row["Flowable"], row["Sector"]
            stressor = GASES.get(species, F_GASES)
            if stressor == "co2" and code in POWER_SECTORS:
                code = POWER
            elif code != HOUSEHOLDS:
                code = self.summary_codes[code]
            factor = self.warming[species] if stressor == F_GASES else 1.0
            nation[stressor, code] += factor * float(row["FlowAmount"]) / 1e6  # of kg
        return nation

    def _balance(
        self,
        industries: Mapping[str, float],
        totals: Sequence[float],
        value_added: Mapping[tuple[str, int], float],
        spending: Mapping[tuple[str, int], float],
    ) -> dict[tuple[str, str], float]:
        """Return CO2 by state and industry that meets the totals of both.

        The states' totals are scaled to the nation's. The first guess shares an
        industry's CO2 by value added, that of cars by spending on gasoline.
        """
        sizes = np.array(
            [
                [
                    spending[state, GASOLINE]
                    if code == CARS
                    else value_added[state, self.lines[_industry(code)]]
                    for code in industries
                ]
                for state in self.states
            ]
        )
        columns = np.array(list(industries.values()))
        prior = np.maximum(sizes, 0.0) / sizes.sum(axis=0) * columns
        scaled = np.array(totals) * (columns.sum() / sum(totals))
        cells = ras(prior, np.maximum(scaled, LEAST_TOTAL), columns)
        return {
            (state, code): float(cells[row, column])
            for row, state in enumerate(self.states)
            for column, code in enumerate(industries)
            if prior[row, column] > 0
        }


def write_folders(target: Path) -> None:
    """Write the inputs of `ingest` and `compile` into a folder that lacks them.

    Only 2016 has exports by state and households by income: years that are compared
    are made alike, and of 2012 there are none.
    """
    sources = Sources()
    both = [sources.year(year) for year in (2012, 2016)]
    write_new_folder(
        target / "states",
        states(sources, both[1:])
        | {"exports.csv": _exports(2016)}
        | _households(sources, both[1]),
    )
    write_new_folder(
        target / "years", states(sources, both) | {"deflators.csv": _deflators(both)}
    )
    write_new_folder(target / "world_states", world_states(sources, 2011))
    write_new_file(target / "emissions.csv", _nation(sources, both))


def _nation(sources: Sources, years: Iterable[Year]) -> str:
    """Return the nation's emissions by industry as a text."""
    totals: dict[tuple[int, str, str, str], float] = defaultdict(float)
    for year in (figures.year for figures in years):
        for stressor, code in product((*GASES.values(), F_GASES), sources.lines):
            totals[year, stressor, code, ""] = 0.0  # what is not in the file is none
        for (stressor, code), value in sources.nation(year).items():
            if code == HOUSEHOLDS:
                totals[year, stressor, "", "hh"] += value
            else:
                totals[year, stressor, _industry(code), ""] += value
    return csv_text(
        ("year", "stressor_id", "sector_id", "category_id", "value"),
        ((*key, _number(value, 9)) for key, value in sorted(totals.items())),
    )


def states(sources: Sources, years: Sequence[Year]) -> dict[str, str]:
    """Return the files of the states in some years, in 71 industries."""
    members: dict[int, list[str]] = defaultdict(list)
    for code, line in sources.lines.items():
        members[line].append(code)
    of_state = read_source("epa_state_ghg.csv")
    files = {
        "labels.csv": csv_text(
            ("label_id", "sector_id"),
            ((LABELS[line], code) for line in sorted(LABELS) for code in members[line]),
        ),
        "characterisation_factors.csv": _characterisation_factors(sources),
    }
    return files | _statistics(
        sources,
        years,
        title=f"United States {' and '.join(map(_year, years))}, 51 states counting "
        "the District of Columbia, 71 industries",
        of_regions={**NOUNS, "caveat": CAVEAT},
        sectors=Sectors(
            {code: [code] for code in sources.lines} | {POWER: [UTILITIES]},
            [code for code in sources.lines if code.startswith(GOODS)],
            ("hh",),
        ),
        activity=(
            (
                figures.year,
                state,
                "" if line in LABELS else codes[0],
                LABELS.get(line, ""),
                figures.value_added[state, line],
            )
            for figures in years
            for state in sources.states
            for line, codes in sorted(members.items())
        ),
        other_emissions=[
            (
                figures.year,
                STATE_GASES[row["Gas"]],
                row["State"],
                "",
                float(row[str(figures.year)] or 0),
            )
            for figures in years
            for row in of_state
        ],
    )


def world_states(sources: Sources, year: int) -> dict[str, str]:
    """Return the files of the states in 2011 or 2016, in the 35 sectors of WIOD.

    Only proportions count there, so that a line may serve two sectors.
    """
    figures = sources.year(year)
    codes_of: dict[str, list[str]] = defaultdict(list)
    sectors_of: dict[str, list[str]] = defaultdict(list)
    for row in read_source("wiod_sectors.csv"):
        codes_of[row["wiod_sector_id"]].append(row["BEA_2017_Summary_Code"])
        sectors_of[row["BEA_2017_Summary_Code"]].append(row["wiod_sector_id"])
    return _statistics(
        sources,
        [figures],
        title=f"The world of {year} with the United States in 50 states and the "
        "District of Columbia, 35 sectors",
        of_regions={"caveat": CAVEAT_OF_CO2},
        sectors=Sectors(
            sectors_of | {POWER: ["c17"]},
            [f"c{number}" for number in range(1, 17)],
            ("c37", "c38"),
        ),
        activity=(
            (
                year,
                state,
                sector,
                "",
                sum(
                    figures.value_added[state, line]
                    for line in {sources.lines[code] for code in codes}
                ),
            )
            for state in sources.states
            for sector, codes in codes_of.items()
        ),
    )


def _statistics(
    sources: Sources,
    years: Sequence[Year],
    *,
    title: str,
    of_regions: Mapping[str, str],
    sectors: Sectors,
    activity: Iterable[tuple[int, str, str, str, float]],
    other_emissions: Iterable[tuple[int, str, str, str, float]] = (),
) -> dict[str, str]:
    """Return the files that `carbonshed compile` reads, as texts by name."""
    code_of = sources.postal_codes
    descriptor = {
        "name": "-".join(["usa-states", *map(_year, years)]),
        "title": title,
        **DESCRIPTOR,
        "mrio": of_regions,
    }
    centers = {
        state: (float(row["LONGITUDE"]), float(row["LATITUDE"]))
        for state, row in sources.centers.items()
    }
    emissions = [
        (figures.year, "co2", state, sector, value)
        for figures in years
        for (state, sector), value in _by_sector(figures, sectors.of_industry)
    ]
    tables: dict[str, tuple[Sequence[str], Iterable[Sequence[Any]]]] = {
        "regions": (
            (
                *("region_id", "region_name", "parent_region_id", "region_type"),
                *("longitude", "latitude"),
            ),
            (
                (code_of[state], state, "USA", "province", *centers[state])
                for state in sources.states
            ),
        ),
        "region_years": (
            ("year", "region_id", "population", "gdp"),
            (
                (
                    figures.year,
                    code_of[state],
                    figures.population[state],
                    round(figures.value_added[state, ALL_INDUSTRIES] * 1e6),
                )
                for figures in years
                for state in sources.states
            ),
        ),
        "activity": (
            ("year", "region_id", "measure", "sector_id", "label_id", "value"),
            (
                (year, code_of[state], "value_added", sector, label, _number(value))
                for year, state, sector, label, value in activity
                if value
            ),
        ),
        "demand_totals": (
            ("year", "region_id", "category_id", "value"),
            (
                (
                    figures.year,
                    code_of[state],
                    category,
                    _number(figures.spending[state, ALL_SPENDING]),
                )
                for figures in years
                for state in sources.states
                for category in sectors.household_categories
            ),
        ),
        "emissions": (
            ("year", "stressor_id", "region_id", "sector_id", "value"),
            (
                (year, stressor, code_of[state], sector, _number(value, 9))
                for year, stressor, state, sector, value in [
                    *emissions,
                    *other_emissions,
                ]
            ),
        ),
        "direct_emissions": (
            ("year", "stressor_id", "region_id", "category_id", "value"),
            (
                (
                    figures.year,
                    "co2",
                    code_of[state],
                    sectors.household_categories[0],
                    _number(figures.direct_emissions[state], 9),
                )
                for figures in years
                for state in sources.states
            ),
        ),
        "known_shares": (
            (
                *("year", "origin_region_id", "destination_region_id"),
                *("sector_id", "share"),
            ),
            (
                (figures.year, seller, buyer, utilities, _number(share, 9))
                for figures in years
                for utilities in sectors.of_industry[POWER]
                for seller, buyer, share in _power_shares(figures.year)
            ),
        ),
        "trade_parameters": (
            ("sector_id", "distance_decay", "own_region_delta"),
            ((sector, "", OWN_REGION_DELTA) for sector in sectors.goods),
        ),
    }
    return {
        "datapackage.json": json.dumps(descriptor, indent=2) + "\n",
        **{f"{name}.csv": csv_text(*table) for name, table in tables.items()},
    }


def _by_sector(
    figures: Year, sectors_of: Mapping[str, Sequence[str]]
) -> list[tuple[tuple[str, str], float]]:
    """Return CO2 by state and sector, an industry's in each of its sectors."""
    totals: dict[tuple[str, str], float] = defaultdict(float)
    for (state, code), value in figures.emissions.items():
        for sector in sectors_of[code]:
            totals[state, sector] += value
    return [cell for cell in sorted(totals.items()) if cell[1] > LEAST_EMISSIONS]


def _power_shares(year: int) -> Iterator[tuple[str, str, float]]:
    """Yield seller, buyer and share of the seller's power; one row at least of each.

    Who sells to nobody keeps all; of others what stays at home is the rest.
    """
    power = trade(year)
    for seller, shares in zip(power.states, power.shares.tolist(), strict=True):
        buyers = [cell for cell in zip(power.states, shares, strict=True) if cell[1]]
        for buyer, share in buyers or [(seller, 1.0)]:
            yield seller, buyer, share


def _exports(year: int) -> str:
    """Return exports of goods by state and industry as a text; proportions count.

    Goods of farms, forests and fisheries are left out: the Census Bureau counts them
    where they are loaded, which is often not where they are from.
    """
    industry = {
        row["NAICS"]: row["BEA_2017_Summary_Code"]
        for row in read_source("naics_industries.csv")
    }
    code_of = {row["state"]: row["code"] for row in read_source("postal_codes.csv")}
    totals: dict[tuple[str, str], float] = defaultdict(float)
    for row in read_source("census_state_exports.csv"):
        totals[industry[row["NAICS"]], code_of[row["State"]]] += float(row[str(year)])
    return csv_text(
        ("year", "region_id", "sector_id", "value"),
        (
            (year, state, sector, _number(value, 9))
            for (sector, state), value in sorted(totals.items())
        ),
    )


def _households(sources: Sources, figures: Year) -> dict[str, str]:
    """Return the groups of households by state, and what they buy, as texts.

    Direct emissions of a state go by what its groups spend: those of cars on gasoline,
    those of homes on the fuels that are burnt there.
    """
    tenths = households(figures.population, list(sources.lines))
    groups: list[tuple[Any, ...]] = []
    spending: list[tuple[Any, ...]] = [
        (figures.year, "", tenth, industry, _number(value, 4))
        for industry, values in sorted(zip(sources.lines, tenths.spending, strict=True))
        if values.all()
        for tenth, value in zip(TENTHS, values, strict=True)
    ]
    people_of = dict(zip(figures.population, tenths.people, strict=True))
    for code, state in sorted((sources.postal_codes[s], s) for s in sources.states):
        people, homes = people_of[state], figures.homes[state]
        # of a total with six digits, as the weights have
        cars = float(_number(figures.direct_emissions[state])) - homes
        burnt = sum(
            emitted * people * fuel / (people @ fuel)
            for emitted, fuel in ((cars, tenths.car_fuel), (homes, tenths.home_fuel))
        )
        for place, (tenth, name) in enumerate(TENTHS.items()):
            ids = (figures.year, code, tenth)
            count, income = f"{people[place]:.1f}", f"{tenths.income[place]:.0f}"
            groups.append((*ids, f"{name} tenth by income", place + 1, count, income))
            spending.append((*ids, "DIRECT", _number(burnt[place])))
    return {
        "household_groups.csv": csv_text(
            (
                *("year", "region_id", "group_id", "group_name", "group_rank"),
                *("population", "income"),
            ),
            groups,
        ),
        "household_spending.csv": csv_text(
            ("year", "region_id", "group_id", "sector_id", "value"), spending
        ),
    }


def _deflators(years: Iterable[Year]) -> str:
    """Return prices of the nation's industries as a text, 2017 = 100."""
    rows = read_source("bea_price_index.csv")
    return csv_text(
        ("year", "sector_id", "region_id", "value"),
        (
            (figures.year, row["Industry"], "", row[str(figures.year)])
            for figures in years
            for row in rows
        ),
    )


def _characterisation_factors(sources: Sources) -> str:
    """Return the weights of the gases in global warming as a text.

    By other reports of the IPCC than the one that fluorinated gases are added up with,
    these would be missing from the impact, so it is left out: a factor is 0.
    """
    of_gas = {stressor: sources.warming[gas] for gas, stressor in GASES.items()}
    rows = [
        ("gwp100_ar5", stressor, _number(factor), GWP_SOURCE)
        for stressor, factor in of_gas.items()
    ]
    added_up = f"{GWP_SOURCE}, by which they are added up already"
    rows.append(("gwp100_ar5", F_GASES, "1", added_up))
    rows += [
        (impact, "co2", "0", "left out: fluorinated gases are added up by AR5")
        for impact in ("gwp100_ar4", "gwp100_ar6")
    ]
    return csv_text(("impact_id", "stressor_id", "value", "source"), rows)


def _block(code: str) -> str:
    """Return the block of `BLOCKS` that an industry is in."""
    if code == POWER:
        return "power"
    return "industry" if code.startswith(INDUSTRIAL) else "other"


def _industry(code: str) -> str:
    """Return the industry of the BEA, that of utilities for power stations."""
    return UTILITIES if code == POWER else code


def _year(figures: Year) -> str:
    return str(figures.year)


def _number(value: float, digits: int = 6) -> str:
    return f"{value:.{digits}g}"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="where nothing of it is yet")
    try:
        write_folders(parser.parse_args().folder)
    except CarbonshedError as refusal:
        parser.error(str(refusal))
