"""Imports in full scope: identities by pencil, then random systems against loops."""

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from support import reference_imports as loops
from support.random_systems import random_systems
from support.reference import solve_year
from support.tidy_folder import read_tidy

from carbonshed import leontief
from carbonshed.progress import no_progress
from carbonshed.readers.china.nbs import read_nbs_national
from carbonshed.readers.options import IngestOptions

DOCS = Path(__file__).resolve().parents[2] / "docs"
CONCORDANCE = DOCS / "examples" / "full_scope" / "wiod_35_to_china_42.csv"
INVENTORY = "Emission_Inventories_for_30_Provinces_2012.xlsx"
relaxed = settings(deadline=None, max_examples=20)


def of_one_region(rng: np.random.Generator, n: int) -> tuple[np.ndarray, ...]:
    """Return domestic and imported coefficients, demand and intensities."""
    A, A_m = rng.random((2, n, n)) * np.array([0.6, 0.3])[:, None, None] / n
    return A, A_m, rng.random(n) + 0.1, rng.random(n)


@pytest.mark.parametrize("seed", range(5))
def test_one_region_is_the_closed_system(seed):
    """N = f (I - A - A_m)^-1, whatever is imported for what: useeior's model."""
    A, A_m, y, f = of_one_region(np.random.default_rng(seed), 6)
    L = np.linalg.inv(np.eye(6) - A)
    multipliers = leontief.Leontief(A).total_intensity(A_m.T).T
    np.testing.assert_allclose(multipliers, A_m @ L, rtol=1e-13)
    nobody, products = np.zeros(6, bool), np.arange(6)
    computed = leontief.domestic_technology(
        multipliers, (f @ L)[:, None], L @ y, nobody, products
    )
    closed = f @ np.linalg.inv(np.eye(6) - A - A_m)
    np.testing.assert_allclose(computed[:, 0], closed, rtol=1e-13)


def test_two_regions_by_pencil():
    """One product; a makes 30 with 1 t a unit and no imports, b 10 with 2 t.

    B imports 0.2 of its output: n = (30 x 1 + 10 x (2 + 0.2 n)) / 40, so n = 50 / 38.
    """
    A = np.zeros((2, 2))
    x, nobody = np.array([30.0, 10.0]), np.zeros(2, bool)
    B = leontief.import_coefficients(np.array([[0.0, 2.0]]), x, nobody)
    computed = leontief.domestic_technology(
        leontief.Leontief(A).total_intensity(B.T).T,
        np.array([[1.0], [2.0]]),
        x,
        nobody,
        np.array([0, 0]),
    )
    assert computed == pytest.approx(50 / 38)


def test_imports_that_need_imports_without_end_are_refused():
    """Every unit of the product takes one from abroad, which takes one, ..."""
    system = leontief.Leontief(np.zeros((1, 1)))
    multipliers = system.total_intensity(np.array([[1.0]]).T).T
    with pytest.raises(leontief.UnboundedImportsError, match="is 1, expected"):
        leontief.domestic_technology(
            multipliers,
            np.ones((1, 1)),
            np.ones(1),
            np.zeros(1, bool),
            np.array([0]),
        )


def test_a_product_that_nobody_makes_has_no_intensity():
    """Product 1 is made by a zero output, and one that runs its stocks down."""
    x = np.array([8.0, 1e-12, 4.0, -2.0])
    is_zero = leontief.is_zero_output(x)
    computed = leontief.domestic_technology(
        np.zeros((2, 4)), np.ones((4, 1)), x, is_zero, np.array([0, 1, 0, 1])
    )
    assert computed.ravel().tolist() == [1.0, 0.0]


@pytest.mark.parametrize(
    ("purchases", "expected"),
    [
        # its own purchases, a good given back among them
        ([[3, 0, 1], [-1, 2, 1]], [[1.5, 0.0, 0.5], [-0.5, 1.0, 0.5]]),
        # purchases that cancel, or are negative, have the mix of the group, 3 and 1
        ([[1, 2, 9], [-1, 2, 1]], [[0.75, 0.5, 0.9], [0.25, 0.5, 0.1]]),
        # its group buys nothing either: as all do, 6 and 2
        ([[0, 0, 6], [0, 0, 2]], [[0.75] * 3, [0.25] * 3]),
        # nobody buys anything: equal parts
        ([[0, 0, 0], [0, 0, 0]], [[0.5] * 3, [0.5] * 3]),
    ],
)
def test_the_mix_of_who_buys_nothing_is_that_of_others(purchases, expected):
    """Buyers 0 and 1 are of one group, buyer 2 is alone in the other."""
    computed = leontief.product_mix(np.array(purchases, float), np.array([7, 7, 3]))
    assert computed.tolist() == expected


def test_inputs_are_added_up_over_regions_in_blocks_too():
    rng = np.random.default_rng(3)
    A, x = rng.random((12, 12)), rng.random(12)
    products = np.tile(np.arange(4), 3)
    expected = (A * x).reshape(3, 4, 12).sum(axis=0)
    for matrix in (A, leontief.ArrayBlocks(A, rows=5)):
        computed = leontief.inputs_by_product(matrix, products, x)
        np.testing.assert_allclose(computed, expected, rtol=1e-14)


@relaxed
@given(random_systems(max_years=1))
def test_random_systems_agree_with_the_plain_reference(system):
    (year,) = system.years.values()
    # columns must not need more than they make, imports included
    year.imports_by_sector *= 0.05
    year.imported_products *= 0.05
    solution = solve_year(year, 1.0)
    x, is_zero = solution.x, solution.is_zero
    S, C = len(system.sectors), len(system.categories)
    products = np.tile(np.arange(S), len(system.regions))
    imported = {}
    of_users = []
    for j, s, amounts in loops.buyers(system, year, 1.0, is_zero):
        if j is None:
            of_users.append((s, amounts))
        else:
            imported[j] = amounts
    inputs = leontief.inputs_by_product(solution.A, products, x)
    mix = leontief.product_mix(inputs, products)
    reported = year.imported_products[:, : len(x)]
    computed = np.where(reported.any(axis=0), reported, mix * year.imports_by_sector)
    np.testing.assert_allclose(
        computed, np.array(list(imported.values())).T, rtol=1e-10, atol=1e-12
    )
    demand = year.final_demand.reshape(len(system.regions), S, -1).sum(axis=0)
    mix = leontief.product_mix(demand, np.tile(np.arange(C), len(system.regions)))
    reported = year.imported_products[:, len(x) :]
    of_users = np.array([amounts for _, amounts in of_users]).T
    bought = mix * year.imports_by_category.ravel()
    np.testing.assert_allclose(
        np.where(reported.any(axis=0), reported, bought),
        of_users,
        rtol=1e-10,
        atol=1e-12,
    )
    f = leontief.direct_intensities(year.emissions["co2"], x)
    B = leontief.import_coefficients(computed, x, is_zero)
    multipliers = leontief.Leontief(solution.A).total_intensity(B.T).T
    n = leontief.domestic_technology(
        multipliers, (f @ solution.L)[:, None], x, is_zero, products
    )
    expected = loops.domestic_technology(x, is_zero, solution.L, f, imported, S)
    np.testing.assert_allclose(
        n[:, 0], expected, rtol=1e-8, atol=1e-10 * np.abs(expected).max()
    )


@pytest.mark.real
def test_china_in_full_scope_beside_what_is_published(real_data):
    """As the closed system says, and beside the Budget as docs/compare.md does."""
    path = real_data / "china_national_io" / "china_2012_139.csv"
    inventory = real_data / "china_ceads_co2" / INVENTORY
    options = IngestOptions("a", year=2012, emissions=inventory)
    table = read_nbs_national(path, options, no_progress)
    Z, Y = np.asarray(table.transactions), table.final_demand
    x = leontief.gross_output(Z, Y, table.exports)
    is_zero = leontief.is_zero_output(x)
    A = leontief.technical_coefficients(Z, x)
    products = np.arange(len(x))
    mix = leontief.product_mix(leontief.inputs_by_product(A, products, x), products)
    B = leontief.import_coefficients(mix * table.imports_by_sector, x, is_zero)
    of_users = (
        leontief.product_mix(Y, np.arange(Y.shape[1])) @ table.imports_by_category
    )
    system = leontief.Leontief(A)
    f = leontief.direct_intensities(table.emissions["co2"], x)
    m = system.total_intensity(f)
    n = leontief.domestic_technology(
        system.total_intensity(B.T).T, m[:, None], x, is_zero, products
    )[:, 0]
    g = n @ B
    y, direct = Y.sum(axis=1), table.direct_emissions["co2"].sum()
    domestic = m @ y + direct
    full = domestic + g @ system.output(y) + n @ of_users
    closed = f @ np.linalg.inv(np.eye(len(x)) - A - B)
    assert full == pytest.approx(closed @ (y + of_users) + direct, rel=1e-12)
    budget = real_data / "country_population_gdp_emissions"
    with (budget / "GCB2019_consumption-emissions.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if row["Code"] == "CHN"]
    (carbon,) = [row["Consumption-Emissions"] for row in rows if row["Year"] == "2012"]
    published = float(carbon) * 3.664
    # by the world's intensities, t per USD, at 6.3125 CNY and 10,000 CNY a unit
    world = read_tidy(real_data / "wiod_2011")
    intensities = loops.intensities_of_partners(world, 2011, "CHN", CONCORDANCE)
    n = np.array([intensities[row["sector_id"]] for row in table.sectors])
    n *= 10_000 / 6.3125 / 1e6  # Mt
    by_world = domestic + n @ B @ system.output(y) + n @ of_users
    messages = [
        f"{round(mt, -1):,.0f} Mt, {100 * (mt / published - 1):.0f} % above"
        for mt in (full, by_world)
    ]
    row = (
        f"| China 2012, national table, emissions of 30 provinces"
        f" | {round(domestic, -1):,.0f} Mt | {messages[0]} the Budget | {messages[1]}"
        f" | {round(published, -1):,.0f} Mt |"
    )
    assert row in (DOCS / "compare.md").read_text("utf-8")
