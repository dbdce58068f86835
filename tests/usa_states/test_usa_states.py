"""The shipped states of the USA: figures of offices, and what is made of them."""

import csv
import filecmp
import re
import shlex
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path

import numpy as np
import pyarrow.compute as pc
import pytest
import yaml
from scipy.linalg import lu_factor, lu_solve
from support.layouts.wiod import write_wiod
from support.reference_changes import Moment, change_of_region
from support.refusals import refused
from support.world_systems import Labels, world
from typer.testing import CliRunner

from carbonshed.audit import audit_dataset
from carbonshed.cli import _commands
from carbonshed.compile import compile_dataset
from carbonshed.compile.compiled_year import compile_year
from carbonshed.compile.parent import Parent
from carbonshed.compile.statistics import Tables
from carbonshed.compile.statistics_folder import read_statistics
from carbonshed.dataset import Dataset, open_dataset
from carbonshed.dataset.store import is_stored
from carbonshed.files import shipped_rows
from carbonshed.leontief import demand_for_parts, own_output, own_systems, parts_of
from carbonshed.names import (
    NATION_NAME,
    NATION_YEARS_NAME,
    STATES_NAME,
    STATES_YEARS_NAME,
)
from carbonshed.outputs import write_new_folder
from carbonshed.readers import ingest
from carbonshed.readers.options import IngestOptions
from carbonshed.readers.templates import csv_text
from carbonshed.readers.tidy import ingest_tidy
from carbonshed.usa_states import DATA, make_shipped
from carbonshed.usa_states.world import statistics_folder
from tools.usa_states import SOURCES, read_source
from tools.usa_states.figures import Sources, world_states, write_folders
from tools.usa_states.households import TENTHS
from tools.usa_states.power import pair, trade

EXPECTED = Path(__file__).parents[1] / "support" / "usa_states"
PAGE = Path(__file__).parents[2] / "docs" / "usa_states.md"
DESTINATION = "destination_region_id"
MAPS = "carbonshed.readers.world.maps"
MADE = ("states", "years", "world_states", "emissions.csv")
GASES = ("co2", "ch4", "n2o", "f_gases")
# share of goods that stays in its state: 0.371 by the Freight Analysis Framework 5 of
# 2017, 0.336 by the Commodity Flow Survey of 2017; by the compiler's default parameter
OWN_SHARE_OF_GOODS, BY_DEFAULT = 0.36, 0.55
# the Global Carbon Budget 2019, tonnes of CO2: 1,554.045 MtC in 2016
CONSUMPTION = {2011: 6001e6, 2012: 5782e6, 2016: 1554.045 * 3.664e6}
# two industries of the BEA are parts of two sectors each: apparel and leather; other
# services, and households that employ people
IN_TWO_SECTORS = {"315AL": {"c4", "c5"}, "81": {"c34", "c35"}}


@dataclass
class Economy:
    """One year of a dataset as dense arrays, solved apart from the package.

    Emissions are in tonnes, of CO2 if not of another gas; money is in table units; n
    region-sectors, R regions.
    """

    dataset: Dataset
    year: int

    @cached_property
    def labels(self) -> list[tuple[str, str]]:
        """Region and sector of each row."""
        rows = self.dataset.read("region_sectors").to_pylist()
        return [(row["region_id"], row["sector_id"]) for row in rows]

    @cached_property
    def regions(self) -> list[str]:
        """The regions, in the order of their rows."""
        return list(dict.fromkeys(region for region, _ in self.labels))

    @cached_property
    def owner(self) -> np.ndarray:
        """The position of each row's region, (n,)."""
        return self.places(region for region, _ in self.labels)

    def places(self, regions) -> np.ndarray:
        """Return the positions of regions."""
        index = {name: position for position, name in enumerate(self.regions)}
        return np.array([index[region] for region in regions])

    def column(self, table: str, *names: str) -> list[np.ndarray]:
        """Return columns of the year's rows of a stored table."""
        rows = self.dataset.read(table, ["year", *names])
        rows = rows.filter(pc.field("year") == self.year)
        return [rows[name].to_numpy(zero_copy_only=False) for name in names]

    @cached_property
    def flows(self) -> np.ndarray:
        """Deliveries between rows, (n, n)."""
        flows = np.zeros((len(self.labels), len(self.labels)))
        suppliers, buyers, values = self.column(
            "transactions", "origin_id", "destination_id", "value"
        )
        flows[suppliers, buyers] = values
        return flows

    @cached_property
    def demand(self) -> np.ndarray:
        """Final demand, (n, R)."""
        demand = np.zeros((len(self.labels), len(self.regions)))
        suppliers, buyers, values = self.column(
            "final_demand", "origin_id", "region_id", "value"
        )
        np.add.at(demand, (suppliers, self.places(buyers)), values)
        return demand

    @cached_property
    def exports(self) -> np.ndarray:
        """Deliveries out of the table, (n,)."""
        values = np.zeros(len(self.labels))
        rows, amounts = self.column("exports", "region_sector_id", "value")
        values[rows] = amounts
        return values

    def traded(self, sector: str) -> np.ndarray:
        """Return a sector's deliveries without inventories, by regions, (R, R)."""
        rows = [row for row, (_, own) in enumerate(self.labels) if own == sector]
        assert list(self.owner[rows]) == list(range(len(self.regions)))
        categories = self.dataset.read("final_demand_categories").to_pylist()
        kept = [
            row["category_id"]
            for row in categories
            if row["category_group"] != "inventory"
        ]
        demand = np.zeros_like(self.demand)
        suppliers, buyers, ids, values = self.column(
            "final_demand", "origin_id", "region_id", "category_id", "value"
        )
        mine = np.isin(ids, kept)
        np.add.at(demand, (suppliers[mine], self.places(buyers[mine])), values[mine])
        return demand[rows] + _sums(self.flows[rows].T, self.owner).T

    @cached_property
    def divisor(self) -> np.ndarray:
        """Output, and 1 where it is 0, (n,)."""
        output = self.flows.sum(axis=1) + self.demand.sum(axis=1) + self.exports
        return np.where(output, output, 1.0)

    @cached_property
    def emissions(self) -> np.ndarray:
        """CO2 of the rows, (n,)."""
        return self.emissions_of("co2")

    def emissions_of(self, gas: str) -> np.ndarray:
        """Return the emissions of the rows, (n,); the file has kilotonnes."""
        rows, gases, values = self.column(
            "emissions", "region_sector_id", "stressor_id", "value"
        )
        mine = gases == gas
        return np.bincount(rows[mine], values[mine] * 1e3, len(self.labels))

    @cached_property
    def direct(self) -> np.ndarray:
        """CO2 of households, (R,)."""
        return self.direct_of("co2")

    def direct_of(self, gas: str) -> np.ndarray:
        """Return the emissions of households, (R,)."""
        homes, gases, values = self.column(
            "direct_emissions", "region_id", "stressor_id", "value"
        )
        mine = gases == gas
        return np.bincount(
            self.places(homes[mine]), values[mine] * 1e3, len(self.regions)
        )

    @cached_property
    def production(self) -> np.ndarray:
        """CO2 of regions, (R,)."""
        return self.production_of("co2")

    def production_of(self, gas: str) -> np.ndarray:
        """Return the emissions of regions, (R,)."""
        own = np.bincount(self.owner, self.emissions_of(gas), len(self.regions))
        return own + self.direct_of(gas)

    @cached_property
    def factors(self) -> tuple[np.ndarray, np.ndarray]:
        """I - A, factorised."""
        return lu_factor(np.eye(len(self.labels)) - self.flows / self.divisor)

    @cached_property
    def output_for(self) -> np.ndarray:
        """Output of rows for the demand of regions, (n, R)."""
        return lu_solve(self.factors, self.demand)

    @cached_property
    def embodied(self) -> np.ndarray:
        """CO2 by origin and by the region that consumes, (R, R)."""
        rows = self.output_for * (self.emissions / self.divisor)[:, None]
        return _sums(rows, self.owner)

    @cached_property
    def footprint(self) -> np.ndarray:
        """Footprints of CO2 with direct emissions, (R,)."""
        return self.footprint_of("co2")

    def footprint_of(self, gas: str) -> np.ndarray:
        """Return footprints with direct emissions, (R,)."""
        intensity = self.emissions_of(gas) / self.divisor
        return intensity @ self.output_for + self.direct_of(gas)

    @cached_property
    def exported(self) -> np.ndarray:
        """CO2 behind deliveries out of the table, by origin, (R,)."""
        output = lu_solve(self.factors, self.exports)
        rows = output * self.emissions / self.divisor
        return np.bincount(self.owner, rows, len(self.regions))

    @cached_property
    def full_scope(self) -> np.ndarray:
        """Footprints of CO2 with imports as if made here, (R,), round by round."""
        sectors = list(dict.fromkeys(sector for _, sector in self.labels))
        kind = np.array([sectors.index(sector) for _, sector in self.labels])
        row_of = {label: row for row, label in enumerate(self.labels)}
        of_producers = np.zeros((len(sectors), len(self.labels)))
        of_users = np.zeros((len(sectors), len(self.regions)))
        for region, sector, product, value in zip(
            *self.column(
                *("imported_products", "region_id", "sector_id", "product_id", "value")
            ),
            strict=True,
        ):
            made = sectors.index(product)
            if sector is None:
                of_users[made, self.regions.index(region)] += value
            else:
                of_producers[made, row_of[region, sector]] += value
        domestic = self.emissions / self.divisor
        output = np.bincount(kind, self.divisor)
        intensity = np.zeros(len(sectors))
        for _ in range(200):
            added = intensity @ of_producers / self.divisor
            total = lu_solve(self.factors, domestic + added, trans=1)
            new = np.bincount(kind, self.divisor * total) / output
            if np.allclose(new, intensity, rtol=1e-12):
                break
            intensity = new
        return total @ self.demand + intensity @ of_users + self.direct

    def by_region(self, values: np.ndarray) -> dict[str, float]:
        """Return figures of regions by their ids."""
        return dict(zip(self.regions, values.tolist(), strict=True))

    def per_person(self) -> dict[str, float]:
        """Return footprints in tonnes per person, by region."""
        regions, people = self.column("region_years", "region_id", "population")
        people = dict(zip(regions, people, strict=True))
        footprints = self.by_region(self.footprint).items()
        return {region: tonnes / people[region] for region, tonnes in footprints}


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    """Work in a project in which the states are made once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("usa_states"))
        Path("dbt_project.yml").touch()
        yield Path.cwd()


@pytest.fixture(scope="module")
def states(workspace):
    return Economy(make_shipped(STATES_NAME), 2016)


@pytest.fixture(scope="module", params=[2012, 2016])
def one_of_years(workspace, request):
    """One year of the dataset of two."""
    return Economy(_two_years(), request.param)


def test_folders_follow_from_the_sources_byte_by_byte(tmp_path):
    write_folders(tmp_path)
    made = sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*.*"))
    shipped = sorted(
        path.relative_to(DATA)
        for part in MADE
        for path in (
            [DATA / part] if (DATA / part).is_file() else (DATA / part).iterdir()
        )
    )
    assert made == shipped
    for path in made:
        assert filecmp.cmp(tmp_path / path, DATA / path, shallow=False), path
    with refused(f"{tmp_path / 'states'}: is not an empty folder"):
        write_folders(tmp_path)


def test_sources_are_named(states):
    named = (DATA / "SOURCE.txt").read_text()
    for path in (*SOURCES.iterdir(), *(DATA / "table").iterdir()):
        assert path.name in named
    assert "public domain" in states.dataset.descriptor["licenses"][0]["title"]


def test_figures_of_the_offices_are_those_that_the_sources_file_states():
    """Sums of the files, without what is made of them."""
    states = {row["state"] for row in read_source("postal_codes.csv")}
    assert len(states) == 51
    people = read_source("census_population.csv")
    assert sum(int(row["2016"]) for row in people) == 323_127_513
    lines = {row["LineCode"] for row in read_source("epa_state_gva_lines.csv")}
    value_added = {
        (row["GeoName"].rstrip(" *"), row["LineCode"]): row["2016"]
        for row in read_source("bea_state_gva.csv")
    }
    every_industry = [value_added[state, "1"] for state in states]
    assert round(sum(map(float, every_industry)) / 1e3) == 18_602  # billion USD
    assert round(float(value_added["United States", "1"]) / 1e3) == 18_715
    not_disclosed = [
        cell
        for cell, value in value_added.items()
        if cell[0] in states and cell[1] in lines and not value
    ]
    assert (len(lines), len(not_disclosed)) == (65, 4)


def test_the_nation_is_as_populous_and_rich_as_the_offices_say():
    """The map is written by hand; it has figures that are also in the sources."""
    nation = yaml.safe_load((DATA / "map.yml").read_text("utf-8"))["regions"][0]
    people = read_source("census_population.csv")
    (gdp,) = [
        row
        for row in read_source("bea_state_gva.csv")
        if row["GeoName"].startswith("United States") and row["LineCode"] == "1"
    ]
    for year in (2012, 2016):
        total = sum(int(row[str(year)]) for row in people)
        assert nation["population"][year] == total
        assert nation["gdp"][year] == float(gdp[str(year)]) * 1e6


@pytest.mark.real
@pytest.mark.parametrize("table", ["household_groups", "household_spending"])
def test_households_are_those_that_another_program_made(table, real_data):
    """From the same sources, without a line of this project."""
    name = f"{table}.csv"
    of_others = real_data / "usa_households_2016" / name
    assert filecmp.cmp(of_others, DATA / "states" / name, shallow=False)


def test_tenths_spend_about_what_the_bls_says():
    """Fifths beside the BLS's own distribution of consumption, 2017 to 2021.

    The lowest has 8.4 to 9.5 % there, the highest 39.4 to 41.6: they are sorted by what
    they consume. Sorted by income, as here, the highest has less.
    """
    people = dict.fromkeys(TENTHS, 0.0)
    for row in _rows(DATA / "states/household_groups.csv"):
        people[row["group_id"]] += float(row["population"])
    assert sum(people.values()) == pytest.approx(323_127_513, abs=0.05 * 510)
    spent = dict.fromkeys(TENTHS, 0.0)
    for row in _rows(DATA / "states/household_spending.csv"):
        if not row["region_id"]:
            spent[row["group_id"]] += float(row["value"]) * people[row["group_id"]]
    shares = np.array(list(spent.values())) / sum(spent.values())
    assert 0.084 <= shares[:2].sum() <= 0.095
    assert 0.37 <= shares[-2:].sum() <= 0.394


def test_households_and_their_spending_are_as_many_as_the_sources_file_states():
    """The bridge is of the same vintage as the use table: 12,726,849 million USD."""
    counted = read_source("census_acs_2016_s1901.csv")
    assert sum(int(row["households"]) for row in counted) == 118_860_065
    bridge = read_source("bea_pce_bridge_2016.csv")
    assert sum(float(row["purchasers_value"]) for row in bridge) == 12_726_863
    (total,) = (row for row in _rows(DATA / "table/use_2016.csv") if row[""] == "T005")
    assert float(total["F010"]) == 12_726_849


@pytest.mark.parametrize(
    ("year", "megatonnes", "by_ar5"),
    [
        ("2012", (5_310.717, None, None, None), 6_479.330),
        ("2016", (5_243.935, 26.221, 1.234, 138.2), 6_443.263),
    ],
)
def test_emissions_of_the_nation_are_those_of_the_epa(year, megatonnes, by_ar5):
    """Sums of its files, computed apart from this project, by gas and as a whole."""
    factor = _factors("states")
    totals = dict.fromkeys(GASES, 0.0)
    for row in _rows(DATA / "emissions.csv"):
        if row["year"] == year:
            totals[row["stressor_id"]] += float(row["value"]) / 1e3
    for gas, expected, printed in zip(
        GASES, megatonnes, (5e-4, 5e-4, 5e-4, 0.05), strict=True
    ):
        if expected is not None:
            assert totals[gas] == pytest.approx(expected, abs=printed)
    whole = sum(factor[gas] * total for gas, total in totals.items())
    assert whole == pytest.approx(by_ar5, abs=5e-4)


@pytest.mark.parametrize(
    ("year", "power", "industry", "other"),
    [
        ("2016", 1.019, 1.114, 0.950),
        ("2012", 1.021, 1.140, 0.944),
        ("2011", 1.023, 1.174, 0.938),
    ],
)
def test_two_files_of_the_epa_agree(year, power, industry, other):
    """The nation by industry over the sum of states, in each block of industries."""
    summary = {
        row["BEA_2012_Detail_Code"]: row["BEA_2012_Summary_Code"]
        for row in read_source("epa_detail_to_summary.csv")
    }
    nation = dict.fromkeys(("power", "industry", "other"), 0.0)
    for row in read_source("epa_ghg_by_sector.csv"):
        if (row["Year"], row["Flowable"]) == (year, "CO2"):
            block = "other"  # with what households burn, in homes and in cars
            if row["Sector"] in ("221100", "S00101", "S00202"):
                block = "power"
            elif summary.get(row["Sector"], "")[:2] in (
                "11",
                "21",
                "23",
                "31",
                "32",
                "33",
            ):
                block = "industry"
            nation[block] += float(row["FlowAmount"]) / 1e9
    fuel = {}
    for row in read_source("epa_state_co2.csv"):
        fuel[row["Sector"]] = fuel.get(row["Sector"], 0.0) + float(row[year])
    nation["other"] -= fuel["Residential"]
    ratios = {
        "power": nation["power"] / fuel["Electric Power"],
        "industry": nation["industry"] / fuel["Industrial"],
        "other": nation["other"] / (fuel["Transportation"] + fuel["Commercial"]),
    }
    assert ratios == pytest.approx(
        {"power": power, "industry": industry, "other": other}, abs=5e-4
    )


def test_sellers_fill_the_pool_of_their_grid_and_then_those_that_lack_power():
    """By hand: 6 and 2 meet 4 in one grid; the other buys 3 and 5, and has 4."""
    sales = np.array([6.0, 2.0, 0.0, 4.0, 0.0, 0.0])
    purchases = np.array([0.0, 0.0, 4.0, 0.0, 3.0, 5.0])
    pool = np.array([0, 0, 0, 1, 1, 1])
    assert pair(sales, purchases, pool) == pytest.approx(
        np.array(
            [
                [0, 0, 3, 0, 1.125, 1.875],
                [0, 0, 1, 0, 0.375, 0.625],
                [0, 0, 0, 0, 0, 0],
                [0, 0, 0, 0, 1.5, 2.5],
                [0, 0, 0, 0, 0, 0],
                [0, 0, 0, 0, 0, 0],
            ]
        )
    )


def test_power_between_states_is_what_the_eia_says_of_it():
    """Counts of the file; and the EIA's five largest sellers and buyers by share."""
    rows = _rows(DATA / "states/known_shares.csv")
    assert {row["sector_id"] for row in rows} == {"22"}
    assert len({row["origin_region_id"] for row in rows}) == 51
    alone = [row for row in rows if row["origin_region_id"] == row[DESTINATION]]
    assert {row["share"] for row in alone} == {"1"}
    sold = [row for row in rows if row not in alone]
    sellers = {row["origin_region_id"] for row in sold}
    buyers = {row[DESTINATION] for row in sold}
    assert (len(sold), len(sellers), len(buyers)) == (526, 26, 23)
    assert len(alone) == 51 - 26
    net = _net_flows(2016)
    assert sellers == {state for state, value in net.items() if value < 0}
    assert buyers == {state for state, value in net.items() if value > 0}
    share = dict.fromkeys(sellers, 0.0)
    for row in sold:
        share[row["origin_region_id"]] += float(row["share"])
    assert 0 < min(share.values()) < max(share.values()) <= 0.625
    most = sorted(share, key=share.get, reverse=True)[:5]
    assert most == ["WY", "WV", "ND", "MT", "NH"]
    power = trade(2016)
    bought = power.purchases / (power.supply + power.purchases)
    largest = np.argsort(-bought)[:5]
    assert {power.states[place] for place in largest} == {"DC", "MD", "MA", "ID", "DE"}
    # the EIA's mean of 2013 to 2017 is 58 TWh
    largest_seller = power.sales[power.states.index("PA")]
    assert largest_seller == power.sales.max()
    assert largest_seller / 1e3 == pytest.approx(58, abs=1)


@pytest.mark.parametrize("year", [2011, 2012, 2014, 2016])
def test_what_flows_between_states_adds_up_to_nothing_but_rounding(year):
    """Billion Btu, without decimals; what some states sell others buy."""
    assert abs(sum(_net_flows(year).values())) <= 4


def test_states_have_the_power_that_their_utilities_sell():
    """Losses apart: 2 to 11 %; power from Quebec passes through Vermont."""
    sold = {
        row["State"]: float(row["2016"]) / 3.412
        for row in read_source("eia_seds_electricity.csv")
        if row["MSN"] == "ESTCB"
    }
    power = trade(2016)
    ratio = {
        state: (supply + bought - away) / sold[state]
        for state, supply, bought, away in zip(
            power.states, power.supply, power.purchases, power.sales, strict=True
        )
    }
    odd = {state: ratio.pop(state) for state in ("LA", "AK", "HI", "VT")}
    assert odd == pytest.approx(
        {"LA": 0.95, "AK": 0.96, "HI": 0.97, "VT": 1.39}, abs=0.005
    )
    assert 1.015 < min(ratio.values()) < max(ratio.values()) < 1.115


def test_heat_of_flows_gives_the_kilowatt_hours_that_the_eia_printed_for_2014():
    """Who sells is the same, and what a state makes of its own power is within 1 %."""
    published = {
        row["State"]: float(row["2014"])
        for row in read_source("eia_seds_electricity_kwh_2014.csv")
    }
    power = trade(2014)
    kwh = np.array([published[state] for state in power.states])
    net = power.purchases - power.sales
    assert (np.sign(net) == np.sign(kwh)).all()
    own = [
        1 - bought / (power.supply + bought)
        for bought in (power.purchases, np.maximum(kwh, 0.0))
    ]
    assert np.abs(own[0] - own[1]).max() == pytest.approx(0.009, abs=5e-4)


def test_accounts_of_two_years_equal_those_of_an_independent_solution(one_of_years):
    """All states, four gases, apart from this project; in neither year with exports."""
    expected = _expected(f"expected_{one_of_years.year}.csv")
    figures = {
        f"{gas}_{account}": values(gas)
        for gas in GASES
        for account, values in (
            ("footprint", one_of_years.footprint_of),
            ("production", one_of_years.production_of),
        )
    }
    factors = _factors("years")
    for account in ("footprint", "production"):
        figures[f"gwp100_ar5_{account}"] = sum(
            factor * figures[f"{gas}_{account}"] for gas, factor in factors.items()
        )
    expected.pop("co2_footprint_and_exports", None)
    assert {f"{gas}_footprint" for gas in (*GASES, "gwp100_ar5")} < expected.keys()
    for name in expected:
        assert one_of_years.by_region(figures[name]) == pytest.approx(
            expected[name], rel=1e-8, abs=5e-5
        )


# computed apart from this project: effects on the CO2 of all states since 2012, Mt
EFFECTS_MT = {
    "intensity": -248.0,
    "technology": -152.1,
    "final_sourcing": -18.5,
    "product_mix": 23.1,
    "demand_per_head": 241.4,
    "population": 107.2,
    "other_demand": 0.2,
    "direct_emissions": 66.6,
}


class Solved:
    """The inverse of I - A, by which rows are multiplied without forming it."""

    __array_ufunc__ = None  # so that an array leaves the product to it

    def __init__(self, factors) -> None:
        self.factors = factors
        self.rows = {}

    def __rmatmul__(self, row):
        """Return the product of a row with the inverse."""
        key = row.tobytes()
        if key not in self.rows:
            self.rows[key] = lu_solve(self.factors, row, trans=1)
        return self.rows[key]


def test_what_changed_from_2012_to_2016_at_constant_prices(workspace):
    """Each effect is the mean of its steps over all orders, which add up."""
    dataset = _two_years()
    economies = [Economy(dataset, year) for year in (2012, 2016)]
    index = {
        (row["year"], row["sector_id"]): float(row["value"])
        for row in _rows(DATA / "years/deflators.csv")
    }
    moments = tuple(_moment(economy, index) for economy in economies)
    is_inventory = np.array([False, True])
    effects = dict.fromkeys(EFFECTS_MT, 0.0)
    for state in range(len(economies[0].regions)):
        for effect, change in change_of_region(
            moments, state, is_inventory, {}
        ).items():
            effects[effect] += change / 1e6
    assert {name: round(mt, 1) for name, mt in effects.items()} == EFFECTS_MT
    first, last = (economy.footprint.sum() / 1e6 for economy in economies)
    assert sum(effects.values()) == pytest.approx(last - first)
    assert last - first == pytest.approx(19.9, abs=0.05)


def _moment(economy, index):
    """Return a year as the reference of changes takes it; inventories come last."""
    rows, regions = len(economy.labels), len(economy.regions)
    demand = np.zeros((rows, regions, 2))
    origins, buyers, categories, values = economy.column(
        "final_demand", "origin_id", "region_id", "category_id", "value"
    )
    kind = (categories == "inventories").astype(int)
    np.add.at(demand, (origins, economy.places(buyers), kind), values)
    ids, people = economy.column("region_years", "region_id", "population")
    people = dict(zip(ids, people, strict=True))
    return Moment(
        f=economy.emissions / economy.divisor,
        A=np.zeros((0, 0)),  # `change_of_region` reads L alone
        L=Solved(economy.factors),
        Y=demand,
        D=economy.direct[:, None],
        p=np.array([index[str(economy.year), sector] for _, sector in economy.labels]),
        people=[int(people[region]) for region in economy.regions],
    )


def test_accounts_equal_those_of_an_independent_solution(states):
    """CO2 of all states with exports by state; of other gases what is emitted.

    Exports by state move deliveries, and no emissions of any industry. Expected
    footprints with such exports exist for CO2 only; of other gases the sums on the page
    are checked.
    """
    expected = _expected("expected_2016.csv")
    footprint = expected["co2_footprint_and_exports"]
    assert states.by_region(states.footprint) == pytest.approx(footprint, rel=1e-8)
    for gas in ("co2", "ch4", "n2o"):
        made = states.production_of(gas)
        assert states.by_region(made) == pytest.approx(
            expected[f"{gas}_production"], rel=1e-8, abs=5e-5
        )
    without = Economy(_two_years(), 2016)
    for gas in GASES:
        assert states.emissions_of(gas) == pytest.approx(without.emissions_of(gas))


def test_totals_of_gases_by_state_are_the_inventory_of_the_epa(states):
    """One ratio for all: that of the nation's total in two editions."""
    code_of = {row["state"]: row["code"] for row in read_source("postal_codes.csv")}
    inventory = {
        (row["Gas"], code_of[row["State"]]): float(row["2016"] or 0) * 1e6
        for row in read_source("epa_state_ghg.csv")
    }
    for gas, name, factor, ratio in (
        ("ch4", "Methane", 25, 1.0323),
        ("n2o", "Nitrous oxide", 298, 0.8193),
        ("f_gases", "Fluorinated gases", 1, 0.779),
    ):
        made = factor * states.production_of(gas)
        of_epa = np.array([inventory[name, region] for region in states.regions])
        assert made == pytest.approx(made.sum() / of_epa.sum() * of_epa, rel=1e-8)
        assert made.sum() / of_epa.sum() == pytest.approx(ratio, abs=5e-4)


def test_states_trade_power_in_the_direction_and_the_amounts_of_the_eia(states):
    _assert_power_goes_as_the_eia_says(states, "states", "22")


def test_power_of_both_years_goes_in_the_direction_and_the_amounts_of_the_eia(
    one_of_years,
):
    _assert_power_goes_as_the_eia_says(one_of_years, "years", "22")


def test_exports_are_the_nation_s_and_where_goods_leave_from(states):
    """Texas exports 17.1 % of goods, as the Census Bureau counts manufactures."""
    sectors = [sector for _, sector in states.labels[:71]]
    nation = Economy(open_dataset(NATION_NAME), 2016)
    assert [sector for _, sector in nation.labels] == sectors
    exports = states.exports.reshape(51, 71)
    assert exports.sum(axis=0) == pytest.approx(nation.exports, rel=1e-9)
    given = {row["sector_id"] for row in _rows(DATA / "states/exports.csv")}
    assert not given & {"111CA", "113FF"}
    shares = (states.exports / states.divisor).reshape(51, 71)
    assert shares[:, [code in given for code in sectors]].max() <= 0.9 + 1e-9
    goods = {row["sector_id"] for row in _rows(DATA / "states/trade_parameters.csv")}
    goods.remove("213")  # what is done for mines is no good
    for counted in (goods, {code for code in goods if code.startswith("3")}):
        of_state = exports[:, [code in counted for code in sectors]].sum(axis=1)
        texas = of_state[states.regions.index("TX")] / of_state.sum()
        assert texas == pytest.approx(0.171, abs=5e-4)


def test_states_add_up_to_the_nation_cell_by_cell(states):
    _assert_states_add_up(states, NATION_NAME)


def test_states_of_both_years_add_up_to_the_nation_cell_by_cell(one_of_years):
    _assert_states_add_up(one_of_years, NATION_YEARS_NAME)


def test_what_came_out_is_what_the_pages_say(states):
    """Figures computed apart from this project, by a plain solve of the table."""
    footprint = states.by_region(states.footprint)
    megatonnes = {region: round(value / 1e6) for region, value in footprint.items()}
    largest = sorted(megatonnes, key=megatonnes.get, reverse=True)[:5]
    assert {region: megatonnes[region] for region in largest} == (
        {"TX": 533, "CA": 441, "FL": 276, "NY": 216, "OH": 203}
    )
    assert round(sum(footprint.values()) / 1e6) == 4_824
    assert round(states.exported.sum() / 1e6, 1) == 420.3
    exported = states.by_region(states.exported / 1e6)
    assert round(exported["TX"], 1) == 89.2
    assert round(exported["LA"], 1) == 34.6
    elsewhere = states.embodied.sum() - np.trace(states.embodied)
    assert elsewhere / states.footprint.sum() == pytest.approx(0.354, abs=5e-4)
    assert elsewhere / states.embodied.sum() == pytest.approx(0.473, abs=5e-4)
    per_person = states.per_person()
    assert round(per_person["WY"], 1) == 29.9
    assert round(per_person["CA"], 1) == 11.2
    assert max(per_person, key=per_person.get) == "WY"


def test_sums_of_all_gases_are_those_of_the_page(states):
    """The page shows what the marts have; here is a dense solution of the table."""
    text = PAGE.read_text("utf-8").partition("## Other gases")[2].partition("\n## ")[0]
    rows = re.findall(r"^│ (\w+) +" + 3 * r"│ +([\d.]+) " + "│$", text, re.M)
    shown = {gas: [float(value) for value in values] for gas, *values in rows}
    solved = {}
    for gas in GASES:
        made, caused = states.production_of(gas).sum(), states.footprint_of(gas).sum()
        solved[gas] = np.array([made, caused, made - caused]) / 1e6
    solved["gwp100_ar5"] = sum(
        factor * solved[gas] for gas, factor in _factors("states").items()
    )
    assert shown.keys() == solved.keys()
    for name, values in solved.items():
        assert values == pytest.approx(shown[name], abs=5e-4)


def test_extractions_equal_smaller_tables_solved_from_scratch(states):
    """A state and an industry beside the table without it; two states of the page."""
    shares = states.flows / states.divisor
    output = states.flows.sum(axis=1) + states.demand.sum(axis=1) + states.exports
    direct = states.emissions / states.divisor
    total = lu_solve(states.factors, direct, trans=1)
    final = output - shares @ output
    without: dict[str, np.ndarray] = {}
    for kind in (0, 1):
        names = [label[kind] for label in states.labels]
        parts = parts_of(names)
        solve = partial(lu_solve, states.factors)
        demand = demand_for_parts(
            partial(own_output, solve, parts), own_systems(shares, parts), parts, output
        )
        for part in parts:
            vanishing, own = total[part] @ demand[part], direct[part] @ output[part]
            without[names[part[0]]] = np.array([vanishing, vanishing - own]) / 1e6
        part = parts[40]
        rest = np.setdiff1d(np.arange(len(names)), part)
        smaller = np.eye(len(rest)) - shares[np.ix_(rest, rest)]
        left = direct[rest] @ np.linalg.solve(smaller, final[rest])
        vanishing = direct @ output - left
        assert total[part] @ demand[part] == pytest.approx(vanishing, rel=1e-9)
    sentence = "; ".join(
        f"without {name} {all_:.0f} Mt, {elsewhere:.0f} Mt of it in other states"
        for name, (all_, elsewhere) in (
            ("Texas", without["TX"]),
            ("California", without["CA"]),
        )
    )
    assert sentence in " ".join(PAGE.read_text("utf-8").split())


def test_with_imports_states_are_near_the_global_carbon_budget(states):
    """Round after round of imports made as here: 5,466 Mt, 4 % below 5,694."""
    full = states.full_scope.sum()
    assert round(full / 1e6) == 5_466
    assert full == pytest.approx(CONSUMPTION[2016], rel=0.05)


def test_with_imports_both_years_are_as_far_below_the_global_carbon_budget(
    one_of_years,
):
    """By 3.5 and 3.8 %, as was found apart from this project."""
    year = one_of_years.year
    full = one_of_years.full_scope.sum()
    assert round(full / 1e6) == {2012: 5_581, 2016: 5_480}[year]
    gap = {2012: -0.035, 2016: -0.038}[year]
    assert full / CONSUMPTION[year] - 1 == pytest.approx(gap, abs=5e-4)


def test_states_keep_as_many_of_their_goods_as_freight_surveys_say(states):
    goods = {row["sector_id"] for row in _rows(DATA / "states/trade_parameters.csv")}
    rows = [row for row, (_, sector) in enumerate(states.labels) if sector in goods]
    owner = states.owner
    own = sum(
        states.flows[row, owner == owner[row]].sum() + states.demand[row, owner[row]]
        for row in rows
    )
    every = states.flows[rows].sum() + states.demand[rows].sum()
    assert own / every == pytest.approx(OWN_SHARE_OF_GOODS, abs=0.005)


def test_by_the_default_parameter_states_would_keep_more(states):
    """Half of 0.3 is the compiler's default for goods."""
    parent = Parent(open_dataset(NATION_NAME))
    tables = Tables(
        read_statistics(DATA / "states", parent), parent, {"own_region_delta": 0.5}
    )
    goods = [
        parent.sectors.index(row["sector_id"])
        for row in _rows(DATA / "states/trade_parameters.csv")
    ]
    assert set(tables.own_region_delta[goods]) == {0.15}
    compiled = compile_year(parent.year(2016), tables.year(2016), parent.is_inventory)
    own = every = 0.0
    for region, block in enumerate(compiled.blocks()):
        own += block[goods][:, region].sum()
        every += block[goods].sum()
    assert own / every == pytest.approx(BY_DEFAULT, abs=0.005)


def test_what_the_reader_the_compiler_and_the_audit_remark(states):
    nation = "\n".join(open_dataset(NATION_NAME).notes)
    for axis in ("row by row, deliveries", "column by column, inputs and value added"):
        assert f"{axis} miss" in nation
    assert nation.count("by 0.000%") == 3
    (gap,) = [note for note in states.dataset.notes if "shares of value added" in note]
    assert "by at most 0.07 percentage points" in gap
    report = audit_dataset(states.dataset)
    assert not report.failed
    warnings = {
        check.check_id: check.line()
        for check in report.checks
        if check.status == "WARNING"
    }
    assert warnings.keys() == {"columns_balance", "negative_cells"}
    assert "(5.04166e-05)" in warnings["columns_balance"]
    assert "-85.2224" in warnings["negative_cells"]
    assert "-328.373" in warnings["negative_cells"]


def test_every_industry_has_its_sector_of_the_world_table():
    """All 71 industries, all 35 sectors; but for two, each industry in one."""
    industries = {
        row["BEA_2017_Summary_Code"] for row in read_source("epa_state_gva_lines.csv")
    }
    sectors = {}
    for row in read_source("wiod_sectors.csv"):
        sectors.setdefault(row["BEA_2017_Summary_Code"], []).append(
            row["wiod_sector_id"]
        )
    assert sectors.keys() == industries
    assert len(industries) == 71
    assert {sector for ids in sectors.values() for sector in ids} == {
        f"c{number}" for number in range(1, 36)
    }
    shared = {code: set(ids) for code, ids in sectors.items() if len(ids) > 1}
    assert shared == IN_TWO_SECTORS


@pytest.fixture(scope="module")
def world_2011(workspace, real_data):
    """Compile the states inside the real world table of 2011."""
    ingest_tidy(real_data / "wiod_2011", "world_2011")
    with statistics_folder(Path(STATES_NAME), "world_2011") as folder:
        return Economy(compile_dataset(folder, "world_2011", "states_2011"), 2011)


@pytest.mark.real
def test_states_inside_the_world_are_as_a_dense_solution_found(world_2011):
    """With all imports: 6,051 Mt, as near to 6,001 published ones as the nation's.

    The expected file is a solution of the compiled table by code apart from the
    package: it checks the accounts, and that the table stays as it is.
    """
    expected = _expected("expected_accounts_world.csv")
    for name, values in (
        ("production_emissions", world_2011.production),
        ("consumption_footprint", world_2011.footprint),
    ):
        assert world_2011.by_region(values) == pytest.approx(expected[name], rel=1e-8)
    states = {row["region_id"] for row in _rows(DATA / "world_states/regions.csv")}
    footprint = world_2011.by_region(world_2011.footprint)
    total = sum(footprint[state] for state in states)
    assert round(total / 1e6) == 6_051
    assert total == pytest.approx(CONSUMPTION[2011], rel=0.01)
    (gap,) = [note for note in world_2011.dataset.notes if "shares of value" in note]
    assert "by at most 0.25 percentage points" in gap


@pytest.mark.real
def test_states_inside_the_world_trade_power_as_the_eia_says(world_2011):
    """All of WIOD's sector of utilities goes where power goes, inside the country."""
    _assert_power_goes_as_the_eia_says(world_2011, "world_states", "c17")


@pytest.mark.real
def test_what_the_page_says_of_the_states_inside_the_world(world_2011):
    ids = [row["region_id"] for row in _rows(DATA / "world_states/regions.csv")]
    states = world_2011.places(ids)
    per_person = world_2011.per_person()
    shown = ("WY", "ND", "WV", "TX", "NY", "CA", "OR")
    assert [round(per_person[state], 1) for state in shown] == (
        [37.0, 31.7, 25.1, 22.6, 15.5, 14.8, 13.7]
    )
    ranked = sorted(ids, key=per_person.get)
    assert (ranked[0], ranked[-1]) == ("OR", "WY")
    caused = world_2011.by_region(world_2011.embodied[:, states].sum(axis=1) / 1e6)
    abroad = {region: value for region, value in caused.items() if region not in ids}
    assert round(sum(abroad.values())) == 1_307
    largest = sorted(abroad, key=abroad.get, reverse=True)[:5]
    assert {region: round(abroad[region]) for region in largest} == (
        {"CHN": 500, "RoW": 295, "CAN": 92, "IND": 63, "RUS": 59}
    )


@pytest.mark.real
def test_states_are_the_nation_of_the_world_table(world_2011):
    """All that they emit, buy and sell is the parent's, cell by cell."""
    parent = Economy(open_dataset("world_2011"), 2011)
    states = {row["region_id"] for row in _rows(DATA / "world_states/regions.csv")}
    nation = parent.regions.index("USA")
    group = parent.places(
        "USA" if region in states else region for region in world_2011.regions
    )
    size = len(parent.regions)
    assert np.bincount(group, world_2011.production, size) == pytest.approx(
        parent.production
    )
    rows = (
        group[world_2011.owner] * 35 + np.arange(len(world_2011.labels)) % 35
    )  # the parent's region-sector of each row
    assert rows[-1] == len(parent.labels) - 1
    bought = _sums(_sums(world_2011.demand, rows).T, group).T
    assert np.abs(bought - parent.demand).max() <= 1e-9 * parent.demand.max()
    inputs = _sums(_sums(world_2011.flows, rows).T, rows).T
    assert np.abs(inputs - parent.flows).max() <= 1e-9 * parent.divisor.max()
    # a state's exports are made with its own emissions, not with the nation's mean
    total = np.bincount(group, world_2011.footprint, size)
    assert total[nation] == pytest.approx(parent.footprint[nation], rel=0.005)


@pytest.mark.real
def test_statistics_of_another_year_move_footprints_by_a_few_per_cent(
    world_2011, tmp_path
):
    """With those of 2016 in place of 2011, on the same table of the world."""
    folder = tmp_path / "of_2016"
    files = world_states(Sources(), 2016)
    write_new_folder(
        folder,
        {name: text.replace("\n2016,", "\n2011,") for name, text in files.items()},
    )
    later = Economy(compile_dataset(folder, "world_2011", "of_2016"), 2011)
    states = later.places(
        row["region_id"] for row in _rows(DATA / "states/regions.csv")
    )
    assert later.regions == world_2011.regions
    moves = np.abs(later.footprint[states] / world_2011.footprint[states] - 1)
    assert np.median(moves) == pytest.approx(0.028, abs=5e-4)
    assert moves.max() == pytest.approx(0.203, abs=5e-4)


def test_states_fit_into_a_downloaded_world_table_of_any_year(workspace):
    """Its ids of sectors are others, and its year is not that of the statistics."""
    pytest.importorskip("pymrio")
    sectors = [row["label"] for row in shipped_rows(MAPS, "wiod_sectors.csv")]
    labels = Labels(
        regions=("CAN", "USA", "RoW"),
        sectors=tuple(sectors),
        categories=("c37", "c38", "c39", "c41", "c42"),
        components=("taxes less subsidies on products", "Value added at basic prices"),
        stressor="CO2",
    )
    codes = tuple(f"c{number}" for number in range(1, 36))
    folder = write_wiod(world(labels), 2010, workspace / "downloads" / "wiod", codes)
    # the commands of the page, as they stand but for the year
    text = PAGE.read_text("utf-8").replace("2009", "2010")
    (block,) = re.findall(r"^```\n(carbonshed download.*?)^```", text, re.M | re.S)
    fetch, *commands, build = block.replace("\\\n", "").splitlines()
    assert fetch == "carbonshed download wiod 2010"
    assert build == "dbt build --vars 'dataset: states_world'"
    for command in commands:
        result = CliRunner().invoke(_commands, shlex.split(command)[1:])
        assert result.exit_code == 0, result.exception or result.output
    dataset = open_dataset("states_world")
    assert dataset.years == [2010]
    assert dataset.title == (
        "The world of 2010 with the United States in 50 states and the District of "
        "Columbia, 35 sectors, by statistics of 2011 (compiled)"
    )
    parent, states = Economy(open_dataset("wiod"), 2010), Economy(dataset, 2010)
    assert len(states.regions) == 53
    assert {sector for _, sector in states.labels} == set(sectors)
    nation = parent.regions.index("USA")
    rest = states.places(("CAN", "RoW"))
    assert states.production.sum() - states.production[rest].sum() == pytest.approx(
        parent.production[nation]
    )
    options = IngestOptions("of_gas", year=2010, stressors=("gas=AIR: CO2",))
    ingest("wiod", folder, options)
    made_for = "for the region USA in a table of WIOD, with its 35 industries"
    for name in ("of_gas", NATION_NAME):
        with refused(made_for), statistics_folder(Path(STATES_NAME), name):
            pass
    # a folder of that name is a user's
    Path(STATES_NAME).mkdir()
    with statistics_folder(Path(STATES_NAME), "wiod") as statistics:
        assert statistics == Path(STATES_NAME)
    Path(STATES_NAME).rmdir()


def test_a_nation_of_one_gas_is_made_anew(empty_project):
    """It may have been stored before others were shipped."""
    figures = [
        row for row in _rows(DATA / "emissions.csv") if row["stressor_id"] == "co2"
    ]
    emissions, table = empty_project / "co2.csv", empty_project / "map.yml"
    emissions.write_text(
        csv_text(list(figures[0]), [list(row.values()) for row in figures])
    )
    table.write_text(
        "".join(
            line
            for line in (DATA / "map.yml").read_text("utf-8").splitlines(keepends=True)
            if not re.search("stressor_id: (ch4|n2o|f_gases),", line)
        )
    )
    options = IngestOptions(NATION_NAME, year=2016, map=table, emissions=emissions)
    ingest("csv-matrix", DATA / "table", options)
    states = make_shipped(f"{STATES_NAME}-low")
    assert set(states.read("stressors")["stressor_id"].to_pylist()) == set(GASES)


def _two_years():
    """Return the states in 2012 and 2016, made once."""
    if not is_stored(STATES_YEARS_NAME):
        make_shipped(STATES_YEARS_NAME)
    return open_dataset(STATES_YEARS_NAME)


def _expected(file):
    """Return the columns of a file of expected figures, each by region, in tonnes."""
    rows = _rows(EXPECTED / file)
    names = [name for name in rows[0] if name != "region_id"]
    return {
        name: {row["region_id"]: float(row[name]) for row in rows} for name in names
    }


def _assert_states_add_up(states, parent):
    """Check deliveries and emissions, by industry, against the table of the nation."""
    nation = Economy(open_dataset(parent), states.year)
    sector = np.tile(np.arange(71), 51)
    bought = _sums(states.demand, sector).sum(axis=1)
    flows = _sums(_sums(states.flows, sector).T, sector).T
    largest = nation.divisor.max()
    assert np.abs(bought - nation.demand[:, 0]).max() <= 1e-9 * largest
    assert np.abs(flows - nation.flows).max() <= 1e-9 * largest
    for gas in GASES:
        made = np.bincount(sector, states.emissions_of(gas))
        assert made == pytest.approx(nation.emissions_of(gas), rel=1e-9, abs=1e-6)


def _assert_power_goes_as_the_eia_says(economy, folder, sector):
    """Check what a sector delivers between states.

    In money too the sign is that of net flows, in all 49 states that have any; and what
    a state delivers inside the country is handed out by the known shares.
    """
    ids = [row["region_id"] for row in _rows(DATA / folder / "regions.csv")]
    states = economy.places(ids)
    traded = economy.traded(sector)[np.ix_(states, states)]
    balance = dict(zip(ids, traded.sum(axis=0) - traded.sum(axis=1), strict=True))
    net = {state: value for state, value in _net_flows(economy.year).items() if value}
    assert len(net) == 49
    assert {state: np.sign(balance[state]) for state in net} == {
        state: np.sign(value) for state, value in net.items()
    }
    shares = np.zeros(traded.shape)
    for row in _rows(DATA / folder / "known_shares.csv"):
        if row["year"] == str(economy.year):
            place = ids.index(row["origin_region_id"]), ids.index(row[DESTINATION])
            shares[place] = float(row["share"])
    home = np.diag_indices(len(shares))
    shares[home] = 0.0
    shares[home] = 1 - shares.sum(axis=1)
    assert np.abs(traded / traded.sum(axis=1)[:, None] - shares).max() <= 1e-9


def _net_flows(year):
    """Return the power that flows into each state from others, billion Btu."""
    return {
        row["State"]: float(row[str(year)])
        for row in read_source("eia_seds_electricity.csv")
        if row["MSN"] == "ELISB" and row["State"] != "US"
    }


def _factors(folder):
    """Return the factors of the one impact that counts anything, by gas."""
    factors = {}
    for row in _rows(DATA / folder / "characterisation_factors.csv"):
        if float(row["value"]):
            assert row["impact_id"] == "gwp100_ar5"
            factors[row["stressor_id"]] = float(row["value"])
    assert factors.keys() == set(GASES)
    return factors


def _sums(values, group):
    """Return the sums of groups of rows, by a product with their indicators."""
    return np.eye(group.max() + 1)[group].T @ values


def _rows(path):
    with path.open() as file:
        return list(csv.DictReader(file))
