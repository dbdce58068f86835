"""Printed numbers of textbooks and handbooks, to the digits they were printed with.

Sources
-------
Miller, R. E., and P. D. Blair (2009), Input-Output Analysis, 2nd edition, tables
2.3 and 2.4, problem 2.1, section 3.3.
Kitzes, J. (2013), An Introduction to Environmentally-Extended Input-Output
Analysis, Resources 2, 489-503 (CC BY).
Beutel, J., Eurostat manual of supply, use and input-output tables: Germany 1995;
United Nations handbook on supply and use tables: Germany 2009. Both as in
rOpenGov/iotables, data-raw.
Leather example: three countries, three industries, as shipped with the R packages
decompr and icio (GPL-3).
Two regions of three sectors: the tests of pymrio 0.7 (LGPL-3), which prints emissions
downstream of a unit of output, without those of the sector itself.
"""

from functools import partial

import numpy as np
import pytest
from support.printed import all_printed, printed

from carbonshed.leontief import (
    Leontief,
    columns_by_region,
    demand_for_parts,
    direct_intensities,
    direct_multipliers,
    gross_output,
    leontief_inverse,
    link_shares,
    of_own_region,
    own_chain_output,
    own_output,
    own_systems,
    parts_of,
    per_output,
    power_series,
    supplied_columns,
    technical_coefficients,
)


def forward_multipliers(
    Z: np.ndarray, x: np.ndarray, f: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return downstream intensities and forward linkages, as a solve makes them."""
    supplied = supplied_columns(f[:, None], x)
    solved = Leontief(technical_coefficients(Z, x)).output(supplied)
    forward = per_output(solved, x, x == 0)
    return forward[:, 0], forward[:, 1]


def array(text: str) -> np.ndarray:
    """Return a matrix written as lines of numbers."""
    return np.array([line.split() for line in text.strip().splitlines()], dtype=float)


class TestMillerBlairTwoSectors:
    """Tables 2.3 and 2.4."""

    Z = np.array([[150.0, 500.0], [200.0, 100.0]])
    y = np.array([350.0, 1700.0])

    @property
    def A(self) -> np.ndarray:
        return technical_coefficients(self.Z, gross_output(self.Z, self.y))

    def test_output_is_the_row_sum(self):
        assert gross_output(self.Z, self.y).tolist() == [1000.0, 2000.0]

    def test_leontief_inverse(self):
        expected = [[1.25412541, 0.330033], [0.2640264, 1.12211221]]
        assert all_printed(expected, digits=8) == leontief_inverse(self.A)

    def test_new_demand(self):
        output = Leontief(self.A).output(np.array([600.0, 1500.0]))
        assert all_printed([1247.5, 1841.6], digits=1) == output

    def test_labour_of_the_new_demand(self):
        per_output = direct_intensities(np.array([300.0, 500.0]), [1000.0, 2000.0])
        assert per_output.tolist() == [0.30, 0.25]
        # the book multiplies the output as printed
        output = Leontief(self.A).output(np.array([600.0, 1500.0])).round(1)
        assert all_printed([374.25, 460.4], digits=2) == per_output * output

    def test_problem_2_1(self):
        Z = np.array([[500.0, 350.0], [320.0, 360.0]])
        A = technical_coefficients(Z, np.array([1000.0, 800.0]))
        output = Leontief(A).output(np.array([200.0, 100.0]))
        assert all_printed([1138.89, 844.44], digits=2) == output


class TestMillerBlairTwoRegions:
    """Section 3.3: regions of three and two sectors."""

    Z = array("""
        150 500  50  25  75
        200 100 400 200 100
        300 500  50  60  40
         75 100  60 200 250
         50  25  25 150 100
    """)
    x = np.array([1000.0, 2000.0, 1000.0, 1200.0, 800.0])
    regions = np.array([0, 0, 0, 1, 1])
    demand = np.array([100.0, 0.0, 0.0, 0.0, 0.0])

    def test_leontief_inverse(self):
        expected = array("""
            1.4234 0.4652 0.2909 0.1917 0.3041
            0.6346 1.4237 0.6707 0.4092 0.4558
            0.6383 0.5369 1.3363 0.2501 0.3108
            0.2672 0.2000 0.1973 1.3406 0.5473
            0.1468 0.0908 0.0926 0.2155 1.2538
        """)
        A = technical_coefficients(self.Z, self.x)
        assert all_printed(expected, digits=4) == leontief_inverse(A)

    def test_demand_in_one_region(self):
        output = Leontief(technical_coefficients(self.Z, self.x)).output(self.demand)
        # printed as 100 times the inverse's four digits
        expected = [142.34, 63.46, 63.83, 26.72, 14.68]
        assert all_printed(expected, digits=2) == output

    def test_the_region_alone_lacks_the_feedback(self):
        A = technical_coefficients(self.Z, self.x)
        alone = own_chain_output(A, self.regions, self.demand)
        assert all_printed([136.51, 52.73, 56.98], digits=2) == alone[:3]
        assert alone[3:].tolist() == [0.0, 0.0]


class TestKitzes:
    """The two-sector economy of the introduction."""

    T = np.array([[8.0, 5.0], [4.0, 2.0]])
    y = np.array([3.0, 6.0])
    q = np.array([8.0, 4.0])
    x = np.array([16.0, 12.0])

    def test_output(self):
        assert gross_output(self.T, self.y).tolist() == self.x.tolist()

    def test_multipliers_and_consumption(self):
        system = Leontief(technical_coefficients(self.T, self.x))
        multipliers = system.total_intensity(direct_intensities(self.q, self.x))
        assert all_printed([1.6, 1.2], digits=1) == multipliers
        assert all_printed([4.8, 7.2], digits=1) == multipliers * self.y

    def test_eleven_terms_of_the_power_series(self):
        A = technical_coefficients(self.T, self.x)
        direct = np.diag(direct_intensities(self.q, self.x))  # a column for each
        production = self.y @ power_series(A, direct, 11).sum(axis=0)
        assert all_printed([7.826207, 3.945339], digits=6) == production

    def test_tiers_and_paths_of_the_first_consumer(self):
        A = technical_coefficients(self.T, self.x)
        direct = direct_intensities(self.q, self.x)
        makers, suppliers = self.y[0] * power_series(A, direct[:, None], 2)[:, 0, 0]
        assert all_printed([1.5, 1.0], digits=1) == (makers, suppliers)
        totals = np.array([1.6, 1.2])
        links = link_shares(slice(0, 2), self.T, self.x, np.zeros(2, bool), totals, 0.1)
        assert [end.tolist() for end in links[:2]] == [[0, 0, 1, 1], [0, 1, 0, 1]]
        shares = np.zeros((2, 2))
        shares[links[:2]] = links[2]
        # f a y of suppliers in A and in B: 0.75 and 0.25
        carried = totals[0] * self.y[0] * shares[:, 0]
        assert all_printed([0.75, 0.25], digits=2) == carried * direct / totals

    def test_deliveries_counted_once(self):
        """5 and 4 are sold to the other region; 3 and 1.5 do not come back."""
        A = technical_coefficients(self.T, self.x)
        system, parts = Leontief(A), parts_of("AB")
        own_users = np.diag(system.output(np.diag(self.y)))
        once = demand_for_parts(
            partial(own_output, system.output, parts),
            own_systems(A, parts),
            parts,
            self.x - own_users,
        )
        assert all_printed([3.0, 1.5], digits=1) == once

    def test_incomes_enable_all_emissions(self):
        """Value added is 4 and 5: what columns of T leave of the output."""
        intensities = direct_intensities(self.q, self.x)
        downstream, _ = forward_multipliers(self.T, self.x, intensities)
        value_added = self.x - self.T.sum(axis=0)
        assert value_added.tolist() == [4.0, 5.0]
        assert value_added @ downstream == pytest.approx(self.q.sum(), rel=1e-14)


class TestGermany1995:
    """Six branches of the Eurostat manual."""

    Z = array("""
        1131  25480     1   607    710   762
        7930 304584 64167 41082  11981 30360
         426   7334  3875  5296  23457  9155
        3559  72717 14190 74399  10835 21008
        3637  96115 31027 65755 193176 34223
        1552  14986  1747 11225  15058 22070
    """)
    final_demand = np.array([15219.0, 619342, 196063, 343355, 268554, 442280])
    x = np.array([43910.0, 1079446, 245606, 540063, 692487, 508918])
    gva = np.array([21664.0, 395022, 115624, 311407, 415426, 365017])
    employment = np.array([1096.0, 8381, 3236, 9251, 4258, 10206])

    def test_output_is_the_row_sum(self):
        # the table is of whole millions and the printed output is exact
        assert gross_output(self.Z, self.final_demand).tolist() == self.x.tolist()

    def test_output_multipliers(self):
        system = Leontief(technical_coefficients(self.Z, self.x))
        expected = [1.7048, 1.8413, 1.8136, 1.6035, 1.5951, 1.3782]
        backward = system.total_intensity(np.ones(6))
        assert all_printed(expected, digits=4) == backward

    def test_forward_linkages(self):
        _, forward = forward_multipliers(self.Z, self.x, np.zeros(6))
        expected = [2.1126, 1.6910, 1.3558, 1.5848, 2.1037, 1.2106]
        assert all_printed(expected, digits=4) == forward

    def test_direct_linkages_are_shares_of_inputs_and_of_sales(self):
        coefficients = technical_coefficients(self.Z, self.x)
        bought, sold = direct_multipliers(coefficients, self.x, self.x == 0)
        # agriculture by pencil: 18,235 of 43,910 bought, 28,691 sold
        assert printed(0.41528, digits=5) == bought[0]
        assert printed(0.65340, digits=5) == sold[0]

    @pytest.mark.parametrize(
        ("flow", "expected"),
        [
            ("gva", [0.8450, 0.7647, 0.8615, 0.9019, 0.9393, 0.9199]),
            ("employment", [0.0326, 0.0162, 0.0207, 0.0237, 0.0112, 0.0242]),
        ],
    )
    def test_multipliers(self, flow, expected):
        system = Leontief(technical_coefficients(self.Z, self.x))
        intensity = direct_intensities(getattr(self, flow), self.x)
        assert all_printed(expected, digits=4) == system.total_intensity(intensity)

    def test_ghosh_inverse_by_transposition(self):
        # allocation coefficients Z / x by row are the coefficients of Z' by column
        output = gross_output(self.Z, self.final_demand)
        ghosh = leontief_inverse(technical_coefficients(self.Z.T.copy(), output)).T
        column = [1.0339, 0.0118, 0.0037, 0.0103, 0.0117, 0.0043]
        assert all_printed(column, digits=4) == ghosh[:, 0]


class TestGermany2009:
    """Six branches with CO2, inputs printed as whole billions."""

    Z = array("""
        3  20  0   0   0  1
        7 394 48  56  11 30
        1  11 18   8  28 10
        4 139 17 181  38 40
        6 131 30 124 261 51
        0  18  3  12  17 47
    """)
    x = np.array([42.0, 1451, 234, 907, 1010, 721])
    co2 = np.array([9260.0, 550893, 9162, 80990, 12077, 24173])

    def test_multipliers(self):
        system = Leontief(technical_coefficients(self.Z, self.x))
        multipliers = system.total_intensity(direct_intensities(self.co2, self.x))
        expected = [363.803, 558.261, 186.001, 165.476, 41.586, 76.668]
        # an output of 42 for anything between 41.5 and 42.5 alone is 1.2 %; the
        # handbook worked with more digits than it prints
        assert multipliers == pytest.approx(expected, rel=0.006)

    def test_total_with_households(self):
        demand = gross_output(-self.Z, self.x)  # x - Z1
        system = Leontief(technical_coefficients(self.Z, self.x))
        multipliers = system.total_intensity(direct_intensities(self.co2, self.x))
        assert printed(908823, digits=0) == multipliers @ demand + 222268


class TestLeather:
    """Value added in trade of three countries with three industries."""

    Z = array("""
        16.1 5.1 1.8  3.2  4.3 0.4  3.1  2.8  4.9
         2.4 8.0 3.2  0.1  3.2 1.6  1.2  3.9 11.5
         0.9 0.5 4.0  0.0  0.1 0.3  0.0  0.4  0.5
         1.1 1.9 0.2 18.0 13.2 6.1  9.0  3.1  8.9
         0.3 2.8 0.1  6.1 28.1 6.3  2.1  2.5 25.6
         0.0 0.1 0.3  4.1  3.2 8.9  0.2  0.0  1.8
         1.2 4.2 0.3  4.1  1.2 0.6 29.0 19.5 17.9
         1.3 1.1 0.0  3.2  4.8 2.6  5.1 29.1 24.1
         2.1 1.4 3.0  4.1  3.1 3.9 11.3  8.1 51.3
    """)
    Y = array("""
        21.5  6.1  8.4
        16.2  1.9  5.1
        11.0  0.5  0.8
         7.5 29.5 14.2
         8.9 24.9 16.9
         1.2 18.5  4.9
         9.2 17.9 51.2
         7.9 10.1 38.5
        25.1 35.2 68.4
    """)

    @property
    def system(self) -> Leontief:
        return Leontief(technical_coefficients(self.Z, gross_output(self.Z, self.Y)))

    @property
    def value_added(self) -> np.ndarray:
        """Value added per output: what is left of a column."""
        x = gross_output(self.Z, self.Y)
        return direct_intensities(x - self.Z.sum(axis=0), x)

    def test_value_added_in_exports(self):
        country = np.arange(9) // 3
        abroad = country[:, None] != country
        exports = np.where(abroad, self.Z, 0.0).sum(axis=1) + np.where(
            country[:, None] != np.arange(3), self.Y, 0.0
        ).sum(axis=1)
        traded = self.value_added[:, None] * self.system.output(np.diag(exports))
        assert printed(28.52278143, digits=8) == traded[0, 0]
        assert printed(34.74381924, digits=8) == traded[8, 8]
        # the same cells, where nothing else leaves the first and the last country
        alone = np.where(np.isin(np.arange(9), (0, 8)), exports, 0.0)
        by_country = self.system.output(columns_by_region(alone[:, None], country))
        own = self.value_added * of_own_region(by_country, country)
        assert printed(28.52278143, digits=8) == own[0]
        assert printed(34.74381924, digits=8) == own[8]

    def test_value_added_in_output(self):
        x = gross_output(self.Z, self.Y)
        traded = self.value_added[:, None] * self.system.output(np.diag(x))
        assert printed(66.75361799, digits=8) == traded[0, 0]
        assert printed(96.78316785, digits=8) == traded[8, 8]

    def test_value_added_in_final_demand(self):
        traded = self.value_added[:, None] * self.system.output(self.Y)
        assert printed(24.3345824, digits=7) == traded[0, 0]
        assert printed(23.6841309, digits=7) == traded[6, 1]


class TestPymrioTwoRegions:
    """Downstream multipliers, M_down, of a system of integers."""

    Z = array("""
        10  5  1 6  5  7
         0  2  0 0  5  3
        10  3 20 4  2  0
         5  0  0 1 10  9
         0 10  1 0 20  1
         5  0  0 1 10 10
    """)
    x = np.array([51.0, 15, 58, 50, 52, 39])
    emissions = np.array([20.0, 1, 42, 4, 20, 5])

    def test_emissions_of_buyers(self):
        direct = direct_intensities(self.emissions, self.x)
        downstream, _ = forward_multipliers(self.Z, self.x, direct)
        expected = "0.48172779 0.48999986 0.74944707 0.38438353 0.48030952 0.50914162"
        assert all_printed(array(expected)[0], digits=8) == downstream - direct
