"""Statistics of the United States by state, made from what its offices publish.

``python -m tools.usa_states.figures FOLDER`` makes, from the files in `sources/`,

- ``co2.csv``: CO2 of the nation in 2016 by industry, for ``carbonshed ingest``;
- ``states/``: its states in 2016, 71 industries, for ``carbonshed compile``;
- ``world_states/``: the states in 2011, in the 35 sectors of a world table.

Money is in million USD, CO2 in kilotonnes. One thing is estimated here: which
industries of a state emit what the EPA counts in a sector of that state.
"""

import argparse
import csv
import io
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from carbonshed.accounting.ras import ras
from carbonshed.errors import CarbonshedError
from carbonshed.outputs import write_new_file, write_new_folder

SOURCES = Path(__file__).parent / "sources"
POWER_SECTORS = {"221100", "S00101", "S00202"}  # private, federal, states and towns
INDUSTRIAL = ("11", "21", "23", "31", "32", "33")  # as the EPA and the EIA count
GOODS = ("11", "21", "31", "32", "33")
HOUSEHOLDS = "F01000"
CARS = "cars"  # households drive them; they stand in the place of an industry
# sectors of the EPA that a block of industries emits
BLOCKS = {
    "power": ("Electric Power",),
    "industry": ("Industrial",),
    "other": ("Transportation", "Commercial"),
}
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
    "sources": [{"title": "Bureau of Economic Analysis, EPA, Census Bureau"}],
}
CAVEAT = (
    "CO2 by industry of each U.S. state is estimated from three totals of the state: "
    "power plants, industry, and transport with services."
)
# beside other countries the states are regions like these
NOUNS = {"region_noun": "state", "region_noun_plural": "states"}


class Year(NamedTuple):
    """The figures of the offices for a year, and the estimate made from them."""

    year: int
    value_added: dict[tuple[str, int], float]  # by state and line of the BEA
    spending: dict[tuple[str, int], float]
    population: dict[str, int]
    emissions: dict[tuple[str, str, str], float]  # by state, block and industry
    direct_emissions: dict[str, float]
    household_emissions: float  # the nation, fuel in homes and cars


class Sources:
    """The files of `sources/`, and the codes by which they are joined."""

    def __init__(self) -> None:
        self.centers = {row["STNAME"]: row for row in _read("census_centers_2010.csv")}
        self.postal_codes = {
            row["state"]: row["code"] for row in _read("postal_codes.csv")
        }
        self.states = sorted(self.postal_codes)
        self.lines = {
            row["BEA_2017_Summary_Code"]: int(row["LineCode"])
            for row in _read("epa_state_gva_lines.csv")
        }
        self.summary_codes = {
            row["BEA_2012_Detail_Code"]: row["BEA_2012_Summary_Code"]
            for row in _read("epa_detail_to_summary.csv")
        }

    def year(self, year: int) -> Year:
        """Return the figures of a year, with CO2 by state and industry."""
        column = str(year)
        value_added = {
            (row["GeoName"], int(row["LineCode"])): float(row[column] or 0)
            for row in _read("bea_state_gva.csv")
        }
        spending = {
            (row["GeoName"], int(row["Line"])): float(row[column])
            for row in _read("bea_state_pce.csv")
        }
        fuel = {
            (row["State"], row["Sector"]): float(row[column]) * 1e3
            for row in _read("epa_state_co2.csv")
        }
        nation, households = self._nation(column)
        homes = {state: fuel[state, "Residential"] for state in self.states}
        # households burn fuel in their homes and in their cars, and nowhere else
        nation["other"][CARS] = households - sum(homes.values())
        emissions = {
            (state, block, industry): value
            for block, sectors in BLOCKS.items()
            for (state, industry), value in self._balance(
                {code: total for code, total in nation[block].items() if total > 0},
                [
                    sum(fuel[state, sector] for sector in sectors)
                    for state in self.states
                ],
                value_added,
                spending,
            ).items()
        }
        cars = {state: emissions.pop((state, "other", CARS)) for state in self.states}
        return Year(
            year,
            value_added,
            spending,
            {row["State"]: int(row[column]) for row in _read("census_population.csv")},
            emissions,
            {state: homes[state] + cars[state] for state in self.states},
            households,
        )

    def _nation(self, year: str) -> tuple[dict[str, dict[str, float]], float]:
        """Return the nation's CO2 by block and industry, and that of households."""
        nation: dict[str, dict[str, float]] = {block: {} for block in BLOCKS}
        households = 0.0
        for row in _read("epa_co2_by_sector.csv"):
            if row["Year"] != year:
                continue
            kilotonnes = float(row["FlowAmount"]) / 1e6  # kg in the source
            if row["Sector"] == HOUSEHOLDS:
                households += kilotonnes
                continue
            code = self.summary_codes[row["Sector"]]
            block = "other"
            if row["Sector"] in POWER_SECTORS:
                block = "power"
            elif code.startswith(INDUSTRIAL):
                block = "industry"
            nation[block][code] = nation[block].get(code, 0.0) + kilotonnes
        return nation, households

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
                    else value_added[state, self.lines[code]]
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
    """Write the inputs of `ingest` and `compile` into a folder that lacks them."""
    sources = Sources()
    nation, states = _nation_and_states(sources)
    write_new_folder(target / "states", states)
    write_new_file(target / "co2.csv", nation)
    write_new_folder(target / "world_states", world_states(sources, 2011))


def _nation_and_states(sources: Sources) -> tuple[str, dict[str, str]]:
    """Return the nation's CO2 in 2016, and the files of its states, as texts."""
    figures = sources.year(2016)
    emissions: dict[tuple[str, str], float] = defaultdict(float)
    nation: dict[str, float] = defaultdict(float)
    for (state, _, code), value in figures.emissions.items():
        emissions[state, code] += value
    for (_, code), value in emissions.items():
        nation[code] += value
    co2 = _csv(
        ("sector_id", "category_id", "value"),
        [
            *((code, "", _number(value)) for code, value in sorted(nation.items())),
            ("", "hh", _number(figures.household_emissions)),
        ],
    )
    members: dict[int, list[str]] = defaultdict(list)
    for code, line in sources.lines.items():
        members[line].append(code)
    labels = _csv(
        ("label_id", "sector_id"),
        ((LABELS[line], code) for line in sorted(LABELS) for code in members[line]),
    )
    return co2, {"labels.csv": labels} | _statistics(
        sources,
        figures,
        title="United States 2016, 51 states counting the District of Columbia, "
        "71 industries",
        nouns=NOUNS,
        activity=[
            (
                state,
                "" if line in LABELS else codes[0],
                LABELS.get(line, ""),
                figures.value_added[state, line],
            )
            for state in sources.states
            for line, codes in sorted(members.items())
        ],
        emissions=emissions,
        household_categories=("hh",),
        goods=[code for code in sources.lines if code.startswith(GOODS)],
    )


def world_states(sources: Sources, year: int) -> dict[str, str]:
    """Return the files of the states in 2011 or 2016, in the 35 sectors of WIOD.

    Only proportions count there, so that a line may serve two sectors.
    """
    figures = sources.year(year)
    codes_of: dict[str, list[str]] = defaultdict(list)
    for row in _read("wiod_sectors.csv"):
        codes_of[row["wiod_sector_id"]].append(row["BEA_2017_Summary_Code"])
    emissions: dict[tuple[str, str], float] = defaultdict(float)
    for (state, block, code), value in figures.emissions.items():
        for sector, codes in codes_of.items():
            if sector == "c17" if block == "power" else code in codes:
                emissions[state, sector] += value
    return _statistics(
        sources,
        figures,
        title=f"The world of {year} with the United States in 50 states and the "
        "District of Columbia, 35 sectors",
        activity=[
            (
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
        ],
        emissions=emissions,
        household_categories=("c37", "c38"),
        goods=[f"c{number}" for number in range(1, 17)],
    )


def _statistics(
    sources: Sources,
    figures: Year,
    *,
    title: str,
    activity: Iterable[tuple[str, str, str, float]],
    emissions: Mapping[tuple[str, str], float],
    household_categories: Sequence[str],
    goods: Iterable[str],
    nouns: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """Return the files that `carbonshed compile` reads, as texts by name."""
    code_of, year = sources.postal_codes, figures.year
    descriptor = {"name": f"usa-states-{year}", "title": title, **DESCRIPTOR}
    descriptor["mrio"] = {**(nouns or {}), "caveat": CAVEAT}
    centers = {
        state: (float(row["LONGITUDE"]), float(row["LATITUDE"]))
        for state, row in sources.centers.items()
    }
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
                    year,
                    code_of[state],
                    figures.population[state],
                    round(figures.value_added[state, ALL_INDUSTRIES] * 1e6),
                )
                for state in sources.states
            ),
        ),
        "activity": (
            ("year", "region_id", "measure", "sector_id", "label_id", "value"),
            (
                (year, code_of[state], "value_added", sector, label, _number(value))
                for state, sector, label, value in activity
                if value
            ),
        ),
        "demand_totals": (
            ("year", "region_id", "category_id", "value"),
            (
                (
                    year,
                    code_of[state],
                    category,
                    _number(figures.spending[state, ALL_SPENDING]),
                )
                for state in sources.states
                for category in household_categories
            ),
        ),
        "emissions": (
            ("year", "stressor_id", "region_id", "sector_id", "value"),
            (
                (year, "co2", code_of[state], sector, _number(value))
                for (state, sector), value in sorted(emissions.items())
                if value > LEAST_EMISSIONS
            ),
        ),
        "direct_emissions": (
            ("year", "stressor_id", "region_id", "category_id", "value"),
            (
                (
                    year,
                    "co2",
                    code_of[state],
                    household_categories[0],
                    _number(figures.direct_emissions[state]),
                )
                for state in sources.states
            ),
        ),
        "trade_parameters": (
            ("sector_id", "distance_decay", "own_region_delta"),
            ((sector, "", OWN_REGION_DELTA) for sector in goods),
        ),
    }
    return {
        "datapackage.json": json.dumps(descriptor, indent=2) + "\n",
        **{f"{name}.csv": _csv(*table) for name, table in tables.items()},
    }


def _read(name: str) -> list[dict[str, str]]:
    with (SOURCES / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _csv(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()


def _number(value: float) -> str:
    return f"{value:.6g}"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="where nothing of it is yet")
    try:
        write_folders(parser.parse_args().folder)
    except CarbonshedError as refusal:
        parser.error(str(refusal))
