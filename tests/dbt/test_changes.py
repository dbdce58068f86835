"""The models of change between two years, rendered and run on small systems in DuckDB.

The solve stands in between: mixed intensities are here the intensities that the models
ask for, times an explicit inverse.
"""

from copy import deepcopy
from itertools import pairwise

import duckdb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.random_systems import Size, random_system
from support.reference import Solution, account, inputs_of, solve_year
from support.reference_changes import Moment, effect_rows, prices, technology_steps
from support.rendered_models import add, rendered
from support.systems import Category, Region, Sector, Stressor, System, Year

COLUMNS = {
    "int_years": "year int",
    "region_sectors": "region_sector_id int, region_id text, sector_id text",
    "stg_deflators": "year int, sector_id text, region_id text, price_index double",
    "stressors": "stressor_id text, is_mass bool",
    "int_stressors": "stressor_id text, is_mass bool",
    "int_intensities": "year int, stressor_id text, region_sector_id int,"
    " direct_intensity double, unit text",
    "total_intensities": "year int, stressor_id text, region_sector_id int,"
    " total_intensity double",
    "stg_final_demand": "year int, origin_id int, region_id text, category_id text,"
    " amount double",
    "stg_final_demand_categories": "category_id text, category_group text",
    "int_region_years": "year int, region_id text, population bigint",
    "regional_accounts": "year int, stressor_id text, unit text, region_id text,"
    " region_name text, direct_emissions double, consumption_footprint double",
}


def rows_of(system: System, solutions: dict[int, Solution]) -> dict[str, list[tuple]]:
    """Return the rows of what the models read, of systems with masses alone."""
    rows: dict[str, list[tuple]] = {name: [] for name in COLUMNS}
    rows["stg_deflators"] = system.deflators
    rows["region_sectors"] = [(k, *key) for k, key in enumerate(system.producers)]
    rows["stg_final_demand_categories"] = [(c.id, c.group) for c in system.categories]
    for stressor in system.stressors:
        for name in ("stressors", "int_stressors"):
            rows[name].append((stressor.id, stressor.is_mass))
    for number, year in system.years.items():
        rows["int_years"].append((number,))
        for region, people in zip(system.regions, year.population, strict=True):
            rows["int_region_years"].append((number, region.id, people))
        solution = solutions[number]
        for i, s, c in zip(*np.nonzero(solution.Y), strict=True):
            key = (number, i, system.regions[s].id, system.categories[c].id)
            rows["stg_final_demand"].append((*key, solution.Y[i, s, c]))
        for stressor in system.stressors:
            accounts = account(solution, *inputs_of(system, year, stressor))
            key = (number, stressor.id)
            for k, (f, m) in enumerate(zip(accounts.f, accounts.m, strict=True)):
                unit = "t" if stressor.is_mass else stressor.unit
                rows["int_intensities"].append((*key, k, f, unit))
                rows["total_intensities"].append((*key, k, m))
            for s, region in enumerate(system.regions):
                direct = accounts.D[s].sum()
                footprint = accounts.E[:, s].sum() + direct
                label = (*key, "t", region.id, region.name)
                rows["regional_accounts"].append((*label, direct, footprint))
    return rows


def mixed(
    connection: duckdb.DuckDBPyConnection, solutions: dict[int, Solution]
) -> list[tuple]:
    """Return what the solve makes of the intensities that it is asked to follow."""
    intensities: dict[tuple, np.ndarray] = {}
    n = len(next(iter(solutions.values())).x)
    for *key, k, f in connection.sql(
        "select year, intensity_year, stressor_id, region_sector_id, direct_intensity"
        " from int_neighbour_intensities"
    ).fetchall():
        intensities.setdefault(tuple(key), np.zeros(n))[k] = f
    return [
        (*key, k, intensity)
        for key, f in intensities.items()
        for k, intensity in enumerate(f @ solutions[key[0]].L)
    ]


def moments_of(system: System, stressor: Stressor) -> dict[int, Moment]:
    """Return the years as the reference looks at them."""
    moments = {}
    for number, year in system.years.items():
        solution = solve_year(year, system.currency_unit)
        accounts = account(solution, *inputs_of(system, year, stressor))
        moments[number] = Moment(
            accounts.f,
            solution.A,
            solution.L,
            solution.Y,
            accounts.D,
            prices(system, number),
            year.population,
        )
    return moments


def input_use(system: System) -> list[tuple]:
    """Return what the solve makes of the use of inputs, at the prices of the year."""
    rows: list[tuple] = []
    for stressor in system.stressors:
        moments = moments_of(system, stressor)
        for base, year in pairwise(sorted(moments) if stressor.is_mass else ()):
            step = technology_steps((moments[base], moments[year]))["input_use"]
            for other in (base, year):
                f = moments[other].f * moments[other].p
                rows += [
                    (year, other, stressor.id, k, value)
                    for k, value in enumerate(f @ step / moments[year].p)
                ]
    return rows


def changes(system: System, splits: bool = False) -> dict[tuple, dict[str, object]]:
    """Return the rows of `footprint_changes` by key; effects add up to the change."""
    solutions = {
        number: solve_year(year, system.currency_unit)
        for number, year in system.years.items()
    }
    connection = duckdb.connect()
    for name, rows in rows_of(system, solutions).items():
        add(connection, name, COLUMNS[name], rows)
    folder = "intermediate/changes"

    def make(name: str, path: str) -> None:
        off = () if splits else ("technology_split",)
        connection.execute(f"create table {name} as {rendered(path, off)}")

    for name in ("int_year_pairs", "int_prices", "int_neighbour_intensities"):
        make(name, f"{folder}/{name}.sql")
    add(
        connection,
        "mixed_intensities",
        "year int, intensity_year int, stressor_id text, region_sector_id int,"
        " intensity double",
        mixed(connection, solutions),
    )
    add(
        connection,
        "input_use_intensities",
        "year int, intensity_year int, stressor_id text, region_sector_id int,"
        " intensity double",
        input_use(system) if splits else [],
    )
    for name in ("int_changed_products", "int_mixed_footprints"):
        make(name, f"{folder}/{name}.sql")
    make("footprint_changes", "marts/changes/footprint_changes.sql")
    names = ("change", "is_additive", "is_deflated", "unit")
    return {
        tuple(row[:5]): dict(zip(names, row[5:], strict=True))
        for row in connection.sql(
            "select year, stressor_id, base_year, region_id, effect_id,"
            f" {', '.join(names)} from footprint_changes"
        ).fetchall()
    }


def expected_changes(system: System, splits: bool) -> dict[tuple, dict[str, object]]:
    """Return the same by the reference."""
    rows: dict[tuple, dict[str, object]] = {}
    for stressor in system.stressors:
        if stressor.is_mass:
            moments = moments_of(system, stressor)
            rows |= effect_rows(system, stressor.id, moments, splits=splits)
    return rows


def assert_same(
    system: System, tolerance: float = 1e-8, *, splits: bool = False
) -> dict[tuple, dict]:
    """Hold the mart against the reference, to a share of the largest effect."""
    got, expected = changes(system, splits), expected_changes(system, splits)
    assert got.keys() == expected.keys()
    sizes = [abs(row["change"]) for row in expected.values()]
    for key, row in expected.items():
        have = got[key]
        assert have | {"change": 0} == row | {"change": 0}
        gap = abs(have["change"] - row["change"])
        assert gap <= tolerance * max(sizes), (key, have, row)
    return got


def one_sector(f: float, a: float, y: float, people: int = 1) -> Year:
    """Return a year of one sector, f per unit of output, a of it for itself."""
    x = y / (1 - a)
    return Year(
        transactions=np.array([[a * x]]),
        final_demand=np.array([[[y]]]),
        exports=np.zeros(1),
        emissions={"co2": np.array([f * x])},
        direct={"co2": np.zeros((1, 1))},
        population=[people],
        gdp=[None],
    )


def town(*years: Year) -> System:
    """Return one region of one sector."""
    return System(
        regions=[Region("A", "A")],
        sectors=[Sector("all", "All")],
        categories=[Category("hh", "Households")],
        stressors=[Stressor("co2", "Carbon dioxide")],
        years={2010 + k: year for k, year in enumerate(years)},
    )


def by_effect(system: System, region: str = "A", **also: bool) -> dict[str, float]:
    rows = changes(system, **also)
    return {
        key[-1]: row["change"]
        for key, row in rows.items()
        if (key[0], key[3]) == (2011, region)
    }


def test_one_sector_by_pencil():
    """20 t become 20 t: half as dirty, more inputs, more demand."""
    effects = by_effect(town(one_sector(1, 0.5, 10), one_sector(0.5, 0.6, 16)))
    assert effects == pytest.approx(
        {
            "intensity": -14.75,
            "technology": 4.75,
            "final_sourcing": 0,
            "product_mix": 0,
            "demand_per_head": 10,
            "population": 0,
            "other_demand": 0,
            "direct_emissions": 0,
        },
        abs=1e-12,
    )


def two_towns(a: list[list[float]]) -> Year:
    """Return two towns of one sector that each buy 10 of their own, f 1 and 4."""
    A, bought = np.array(a), np.diag([10.0, 10.0])
    x = np.linalg.solve(np.eye(2) - A, bought.sum(axis=1))
    return Year(
        transactions=A * x,
        final_demand=bought[:, :, None],
        exports=np.zeros(2),
        emissions={"co2": np.array([1.0, 4.0]) * x},
        direct={"co2": np.zeros((2, 1))},
        population=[1, 1],
        gdp=[None, None],
    )


def test_more_inputs_and_inputs_from_elsewhere_by_pencil():
    """Half a unit of its own becomes 0.8 of the other town's: 20 t become 42 t.

    More of the mean of both sources (U = 0.15 and 0.15): m1 U L0 = (4.2 + 4) 0.15 x 2,
    m0 U L1 = (2 + 4) 0.15; from elsewhere (-0.65 and 0.65): -0.13 x 2 and 1.3.
    """
    system = town(two_towns([[0.5, 0], [0, 0]]), two_towns([[0, 0], [0.8, 0]]))
    system.regions.append(Region("B", "B"))
    effects = by_effect(system, splits=True)
    assert effects["technology"] == pytest.approx(22)
    assert effects["input_use"] == pytest.approx(10 * (2.46 + 0.9) / 2)
    assert effects["input_sourcing"] == pytest.approx(10 * (-0.26 + 1.3) / 2)
    # as much of it from elsewhere is no other use
    system.years[2011] = two_towns([[0, 0], [0.5, 0]])
    effects = by_effect(system, splits=True)
    assert effects["input_sourcing"] == pytest.approx(effects["technology"])
    assert effects["technology"] == pytest.approx(10)
    assert effects["input_use"] == pytest.approx(0, abs=1e-12)


def test_one_source_has_no_sourcing():
    system = town(one_sector(1, 0.5, 10), one_sector(0.5, 0.6, 16))
    effects = by_effect(system, splits=True)
    assert effects["input_use"] == pytest.approx(4.75)
    assert effects["input_sourcing"] == pytest.approx(0, abs=1e-12)


def test_people_and_what_each_buys_are_told_apart():
    """Twice as many people, each with half as much, change nothing together."""
    effects = by_effect(town(one_sector(1, 0.5, 8), one_sector(1, 0.5, 8, people=2)))
    assert effects["population"] == pytest.approx(12)  # mean of 16 and 8
    assert effects["demand_per_head"] == pytest.approx(-12)
    assert sum(effects.values()) == pytest.approx(0)


def test_where_people_are_not_known_in_a_year_demand_is_of_all():
    system = town(one_sector(1, 0.5, 8), one_sector(1, 0.5, 16, people=2))
    system.years[2010].population = [None]
    effects = by_effect(system)
    assert effects["demand_per_head"] == pytest.approx(16)
    assert effects["population"] == 0


def test_one_year_has_no_change():
    assert changes(town(one_sector(1, 0.5, 10))) == {}


SMALL = Size(regions=3, sectors=3, currency_unit=1.0)


def at_other_prices(system: System, year: int, p: np.ndarray) -> System:
    """Return the same with the rows of a year in money that is worth less."""
    dear = deepcopy(system)
    changed = dear.years[year]
    changed.transactions = changed.transactions * p[:, None]
    changed.final_demand = changed.final_demand * p[:, None, None]
    changed.exports = changed.exports * p
    dear.deflators = [
        (year, sector, region, float(value))
        for (region, sector), value in zip(dear.producers, p, strict=True)
    ]
    return dear


@pytest.mark.parametrize("seed", [3, 4])
def test_deflators_take_prices_out_of_every_effect(seed):
    system = random_system(seed, SMALL, years=3)
    plain = assert_same(system)
    draw = np.random.Generator(np.random.PCG64(seed))
    p = draw.uniform(0.5, 3.0, len(system.producers))
    dear = at_other_prices(system, 2013, p)
    got = changes(dear)
    assert {row["is_deflated"] for row in got.values()} == {True}
    assert {row["is_deflated"] for row in plain.values()} == {False}
    sizes = max(abs(row["change"]) for row in plain.values())
    for key, row in plain.items():
        assert abs(got[key]["change"] - row["change"]) <= 1e-9 * sizes, key
    # without them prices are in the effects of intensity and of demand
    dear.deflators = []
    moved = {
        key[-1]
        for key, row in changes(dear).items()
        if abs(row["change"] - plain[key]["change"]) > 1e-3 * sizes
    }
    assert {"intensity", "demand_per_head"} <= moved


def cancel(system: System) -> None:
    """Let purchases of a product and of a region cancel, and some be of one year."""
    first, second, last = system.years.values()
    R, S = len(system.regions), len(system.sectors)
    product = [r * S for r in range(R)]
    first.final_demand[product, 0] = 0.0
    first.final_demand[product[:2], 0, 0] = 3.0, -3.0
    second.final_demand[:, 1] = 0.0
    second.final_demand[:2, 1, 0] = 5.0, -5.0
    first.final_demand[product, 2] = 0.0  # bought in the second year only
    second.final_demand[:, 3] = 0.0  # nothing at all is bought
    last.final_demand[product[0], 2, 0] = -1.0


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), categories=st.integers(1, 4))
def test_every_effect_is_its_mean_over_all_orders(seed, categories):
    size = Size(regions=3, sectors=2, categories=categories, currency_unit=1e3)
    system = random_system(seed, size, years=2)
    draw = np.random.Generator(np.random.PCG64(seed))
    regions = [None, *(region.id for region in system.regions)]
    sectors = [None, *(sector.id for sector in system.sectors)]
    keys = [(y, s, r) for y in (None, 2010, 2013) for s in sectors for r in regions]
    chosen = draw.permutation(len(keys))[: draw.integers(0, 8)]
    system.deflators = [(*keys[k], float(draw.uniform(0.5, 2))) for k in chosen]
    got = assert_same(system, splits=True)
    parts: dict[tuple, float] = {}
    for (*key, effect), row in got.items():
        sign = {"technology": -1, "input_use": 1, "input_sourcing": 1}.get(effect, 0)
        parts[*key] = parts.get((*key,), 0.0) + sign * row["change"]
    sizes = [abs(row["change"]) for row in got.values()]
    assert max(map(abs, parts.values())) <= 1e-12 * max(sizes)


def test_what_cancels_or_is_bought_in_one_year_only_is_still_split_exactly():
    system = random_system(5, SMALL, years=3)
    cancel(system)
    got = assert_same(system)
    for region in (1, 3):  # cancels, or nothing is bought
        name = system.regions[region].id
        rows = {
            k[-1]: r["change"]
            for k, r in got.items()
            if k[:4] == (2013, "co2", 2010, name)
        }
        assert rows["demand_per_head"] == rows["product_mix"] == 0
        assert rows["other_demand"] != 0
