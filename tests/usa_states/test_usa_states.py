"""The shipped states of the USA: figures of offices, and what is made of them."""

import csv
import filecmp
import re
import shlex
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path

import numpy as np
import pytest
from scipy.linalg import lu_factor, lu_solve
from support.layouts.wiod import write_wiod
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
from carbonshed.files import shipped_rows
from carbonshed.leontief import demand_for_parts, own_output, own_systems, parts_of
from carbonshed.names import NATION_NAME, STATES_NAME
from carbonshed.outputs import write_new_folder
from carbonshed.readers import ingest
from carbonshed.readers.options import IngestOptions
from carbonshed.readers.tidy import ingest_tidy
from carbonshed.usa_states import DATA, make_shipped
from carbonshed.usa_states.world import statistics_folder
from tools.usa_states.figures import SOURCES, Sources, world_states, write_folders

EXPECTED = Path(__file__).parents[1] / "support" / "usa_states"
PAGE = Path(__file__).parents[2] / "docs" / "usa_states.md"
MAPS = "carbonshed.readers.world.maps"
MADE = ("states", "world_states", "co2.csv")
# share of goods that stays in its state: 0.371 by the Freight Analysis Framework 5 of
# 2017, 0.336 by the Commodity Flow Survey of 2017; by the compiler's default parameter
OWN_SHARE_OF_GOODS, BY_DEFAULT = 0.36, 0.56
# the Global Carbon Budget 2019: 1,554.045 MtC in 2016, 6,001 Mt of CO2 in 2011
CONSUMPTION_2016 = 1554.045 * 3.664e6
CONSUMPTION_2011 = 6001e6
# two industries of the BEA are parts of two sectors each: apparel and leather; other
# services, and households that employ people
IN_TWO_SECTORS = {"315AL": {"c4", "c5"}, "81": {"c34", "c35"}}


@dataclass
class Economy:
    """A dataset of one year as dense arrays, solved apart from the package.

    Emissions are in tonnes, money in table units; n region-sectors, R regions.
    """

    dataset: Dataset

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
        """Return columns of a stored table."""
        rows = self.dataset.read(table, list(names))
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

    def by_row(self, table: str) -> np.ndarray:
        """Return a table of region-sectors as an array, (n,)."""
        values = np.zeros(len(self.labels))
        rows, amounts = self.column(table, "region_sector_id", "value")
        values[rows] = amounts
        return values

    @cached_property
    def exports(self) -> np.ndarray:
        """Deliveries out of the table, (n,)."""
        return self.by_row("exports")

    @cached_property
    def divisor(self) -> np.ndarray:
        """Output, and 1 where it is 0, (n,)."""
        output = self.flows.sum(axis=1) + self.demand.sum(axis=1) + self.exports
        return np.where(output, output, 1.0)

    @cached_property
    def emissions(self) -> np.ndarray:
        """Emissions of the rows, (n,); the file has kilotonnes."""
        return self.by_row("emissions") * 1e3

    @cached_property
    def direct(self) -> np.ndarray:
        """Emissions of households, (R,)."""
        homes, values = self.column("direct_emissions", "region_id", "value")
        return np.bincount(self.places(homes), values * 1e3, len(self.regions))

    @cached_property
    def production(self) -> np.ndarray:
        """Emissions of regions, (R,)."""
        return np.bincount(self.owner, self.emissions, len(self.regions)) + self.direct

    @cached_property
    def factors(self) -> tuple[np.ndarray, np.ndarray]:
        """I - A, factorised."""
        return lu_factor(np.eye(len(self.labels)) - self.flows / self.divisor)

    @cached_property
    def embodied(self) -> np.ndarray:
        """Emissions by origin and by the region that consumes, (R, R)."""
        output = lu_solve(self.factors, self.demand)
        rows = output * (self.emissions / self.divisor)[:, None]
        return _sums(rows, self.owner)

    @cached_property
    def footprint(self) -> np.ndarray:
        """Footprints with direct emissions, (R,)."""
        return self.embodied.sum(axis=0) + self.direct

    @cached_property
    def exported(self) -> np.ndarray:
        """Emissions behind deliveries out of the table, by origin, (R,)."""
        output = lu_solve(self.factors, self.exports)
        rows = output * self.emissions / self.divisor
        return np.bincount(self.owner, rows, len(self.regions))

    @cached_property
    def full_scope(self) -> np.ndarray:
        """Footprints with imports as if made here, (R,), round by round."""
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
    return Economy(make_shipped(STATES_NAME))


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
    states = {row["state"] for row in _rows(SOURCES / "postal_codes.csv")}
    assert len(states) == 51
    people = _rows(SOURCES / "census_population.csv")
    assert sum(int(row["2016"]) for row in people) == 323_127_513
    lines = {row["LineCode"] for row in _rows(SOURCES / "epa_state_gva_lines.csv")}
    value_added = {
        (row["GeoName"].rstrip(" *"), row["LineCode"]): row["2016"]
        for row in _rows(SOURCES / "bea_state_gva.csv")
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
    nation = _rows(DATA / "co2.csv")
    assert sum(float(row["value"]) for row in nation) == pytest.approx(
        5_243.9e3, abs=50
    )


@pytest.mark.parametrize(
    ("year", "power", "industry", "other"),
    [("2016", 1.019, 1.114, 0.950), ("2011", 1.023, 1.174, 0.938)],
)
def test_two_files_of_the_epa_agree(year, power, industry, other):
    """The nation by industry over the sum of states, in each block of industries."""
    summary = {
        row["BEA_2012_Detail_Code"]: row["BEA_2012_Summary_Code"]
        for row in _rows(SOURCES / "epa_detail_to_summary.csv")
    }
    nation = dict.fromkeys(("power", "industry", "other"), 0.0)
    for row in _rows(SOURCES / "epa_co2_by_sector.csv"):
        if row["Year"] == year:
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
    for row in _rows(SOURCES / "epa_state_co2.csv"):
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


def test_accounts_equal_those_of_an_independent_solution(states):
    """The expected ones were computed apart from this project, from its table."""
    _assert_expected(states, "expected_accounts.csv")


def test_what_came_out_is_what_the_pages_say(states):
    """Figures that were published with the sources, by a plain solve of the table."""
    footprint = states.by_region(states.footprint)
    megatonnes = {region: round(value / 1e6) for region, value in footprint.items()}
    largest = sorted(megatonnes, key=megatonnes.get, reverse=True)[:5]
    assert {region: megatonnes[region] for region in largest} == (
        {"TX": 530, "CA": 442, "FL": 274, "NY": 225, "IL": 203}
    )
    assert round(sum(footprint.values()) / 1e6) == 4_840
    assert round(states.exported.sum() / 1e6) == 404
    net = states.by_region(states.production - states.footprint - states.exported)
    assert [round(net[region] / 1e6) for region in ("CA", "TX")] == [-106, 121]
    elsewhere = states.embodied.sum() - np.trace(states.embodied)
    assert elsewhere / states.footprint.sum() == pytest.approx(0.40, abs=0.005)
    assert elsewhere / states.embodied.sum() == pytest.approx(0.53, abs=0.005)
    per_person = states.per_person()
    assert round(per_person["WY"]) == 41
    assert round(per_person["CA"]) == 11
    assert max(per_person, key=per_person.get) == "WY"


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
    """Round after round of imports made as here: 5,470 Mt, 4 % below 5,694."""
    full = states.full_scope.sum()
    assert round(full / 1e6) == 5_470
    assert full == pytest.approx(CONSUMPTION_2016, rel=0.05)


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
        row["BEA_2017_Summary_Code"]
        for row in _rows(SOURCES / "epa_state_gva_lines.csv")
    }
    sectors = {}
    for row in _rows(SOURCES / "wiod_sectors.csv"):
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
        return Economy(compile_dataset(folder, "world_2011", "states_2011"))


@pytest.mark.real
def test_states_inside_the_world_are_as_an_independent_solution_found(world_2011):
    """With all imports: 6,053 Mt, as near to 6,001 published ones as the nation's."""
    _assert_expected(world_2011, "expected_accounts_world.csv")
    states = {row["region_id"] for row in _rows(DATA / "world_states/regions.csv")}
    footprint = world_2011.by_region(world_2011.footprint)
    total = sum(footprint[state] for state in states)
    assert round(total / 1e6) == 6_053
    assert total == pytest.approx(CONSUMPTION_2011, rel=0.01)
    (gap,) = [note for note in world_2011.dataset.notes if "shares of value" in note]
    assert "by at most 0.25 percentage points" in gap


@pytest.mark.real
def test_what_the_page_says_of_the_states_inside_the_world(world_2011):
    ids = [row["region_id"] for row in _rows(DATA / "world_states/regions.csv")]
    states = world_2011.places(ids)
    per_person = world_2011.per_person()
    shown = ("WY", "ND", "WV", "TX", "NY", "CA", "ID")
    assert [round(per_person[state], 1) for state in shown] == (
        [50.2, 42.2, 31.2, 22.5, 16.0, 14.6, 14.0]
    )
    ranked = sorted(ids, key=per_person.get)
    assert (ranked[0], ranked[-1]) == ("ID", "WY")
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
    parent = Economy(open_dataset("world_2011"))
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
    later = Economy(compile_dataset(folder, "world_2011", "of_2016"))
    states = later.places(
        row["region_id"] for row in _rows(DATA / "states/regions.csv")
    )
    assert later.regions == world_2011.regions
    moves = np.abs(later.footprint[states] / world_2011.footprint[states] - 1)
    assert np.median(moves) == pytest.approx(0.038, abs=5e-4)
    assert moves.max() == pytest.approx(0.106, abs=5e-4)


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
    parent, states = Economy(open_dataset("wiod")), Economy(dataset)
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


def _assert_expected(economy, file):
    """Production and footprints of all regions are those of a file, in tonnes."""
    with (EXPECTED / file).open() as stream:
        expected = {row["region_id"]: row for row in csv.DictReader(stream)}
    for name, values in (
        ("production_emissions", economy.production),
        ("consumption_footprint", economy.footprint),
    ):
        amounts = {region: float(row[name]) for region, row in expected.items()}
        assert economy.by_region(values) == pytest.approx(amounts, rel=1e-8)


def _sums(values, group):
    """Return the sums of groups of rows, by a product with their indicators."""
    return np.eye(group.max() + 1)[group].T @ values


def _rows(path):
    with path.open() as file:
        return list(csv.DictReader(file))
