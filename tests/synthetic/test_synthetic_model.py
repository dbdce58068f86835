"""The synthetic economy: its parts by pencil, and the whole at full size."""

import re
from pathlib import Path

import numpy as np
import pytest
from support.refusals import refused

from carbonshed.synthetic.economy import (
    build_economy,
    gravity_shares,
    household_emissions,
    sector_emissions,
)
from carbonshed.synthetic.facts import (
    CATEGORY_IDS,
    build_concordance,
    rows,
    sectors,
    targets,
)
from carbonshed.synthetic.geography import (
    city_name,
    distances,
    province_name,
    whole_numbers,
)
from carbonshed.synthetic.random_numbers import normals, scores, uniforms
from carbonshed.synthetic.technology import balance, build_nation, listed_inputs

# the largest cities of the country whose totals are used, and some of the world's
REAL_CITIES = """
Beijing Shanghai Tianjin Chongqing Guangzhou Shenzhen Chengdu Wuhan Nanjing
Hangzhou Suzhou Dongguan Qingdao Dalian Shenyang Harbin Changsha Zhengzhou Kunming
Jinan Ningbo Foshan Hefei Xiamen Fuzhou Wuxi Changchun Taiyuan Nanchang Guiyang
Nanning Lanzhou Urumqi Hohhot Yinchuan Xining Lhasa Haikou Tangshan Baotou Ordos
Tokyo Delhi Mumbai London Paris Moscow Istanbul Lagos Cairo Dhaka Karachi Jakarta
Manila Seoul Madrid Toronto Chicago
"""


@pytest.fixture(scope="module")
def full():
    """Return the economy of the default dataset, in memory only."""
    return build_economy(cities=309, seed=2012)


def gini(weights: np.ndarray, amounts: np.ndarray) -> float:
    """Mean absolute difference of all pairs of persons over twice the mean."""
    per_head = amounts / weights
    differences = np.abs(per_head[:, None] - per_head)
    pairs = weights[:, None] * weights
    mean = amounts.sum() / weights.sum()
    return float((pairs * differences).sum() / weights.sum() ** 2 / (2 * mean))


class TestFacts:
    """What the tables of facts say is complete and fits together."""

    def test_there_are_42_sectors_one_of_them_power(self):
        assert len(set(sectors().ids)) == 42
        assert sectors().is_power_supply.count(True) == 1
        assert sectors().ids[sectors().is_power_supply.index(True)] == "power"

    def test_every_input_is_listed_once_and_has_a_reason(self):
        table = rows("inputs")
        pairs = [(row["sector_id"], row["input_id"]) for row in table]
        assert len(set(pairs)) == len(pairs)
        assert {sector for pair in pairs for sector in pair} <= set(sectors().ids)
        assert all(row["reason"] for row in table)
        assert {sector for sector, _ in pairs} == set(sectors().ids)

    def test_the_lists_leave_room_for_overheads(self):
        assert (listed_inputs().sum(axis=0) < sectors().numbers["input_ratio"]).all()

    def test_uses_are_in_the_order_of_the_sectors(self):
        assert tuple(row["sector_id"] for row in rows("uses")) == sectors().ids

    @pytest.mark.parametrize("year", ["2007", "2012", "2017"])
    def test_published_totals_obey_the_identity_to_the_last_digit(self, year):
        table = [row for row in rows("targets") if row["year"] == year]
        value = {row["target_id"]: row["value"] for row in table}
        assert len(table) == len(value) == 11
        assert all(row["source"] for row in table)
        demand = sum(int(value[category]) for category in CATEGORY_IDS)
        trade = int(value["exports"]) - int(value["imports"])
        assert demand + trade == int(value["value_added"])


class TestTechnology:
    """The national table."""

    def test_balancing_by_pencil(self):
        # a prior of ones becomes the product of the margins over the total
        matrix = balance(np.ones((2, 2)), np.array([30.0, 10.0]), np.array([8.0, 32.0]))
        np.testing.assert_allclose(matrix, [[6.0, 24.0], [2.0, 8.0]], rtol=1e-12)

    def test_a_negative_margin_is_refused(self):
        with refused("row 1 would deliver -1"):
            balance(np.ones((2, 2)), np.array([3.0, -1.0]), np.array([1.0, 1.0]))

    def test_margins_that_cannot_be_reached_are_refused(self):
        with refused("cannot be balanced"):
            balance(np.eye(2), np.array([1.0, 2.0]), np.array([2.0, 1.0]))

    def test_supply_equals_use_for_every_good(self):
        table = build_nation()
        inputs = (table.technology * table.output).sum(axis=1)
        use = inputs + table.demand.sum(axis=1)
        supply = table.output - table.exports + table.import_share * use
        np.testing.assert_allclose(supply, use, rtol=1e-9)

    def test_main_inputs_stay_near_the_facts(self):
        table, place = build_nation(), sectors().ids.index
        facts = {
            ("agriculture", "food"): 0.36,
            ("textiles", "apparel"): 0.35,
            ("oil_gas", "refining"): 0.56,
            ("chemicals", "chemicals"): 0.43,
            ("metal_ores", "metals"): 0.16,
            ("electronics", "electronics"): 0.5,
            ("coal", "power"): 0.18,
            ("minerals", "construction"): 0.19,
            ("metals", "construction"): 0.16,
            ("food", "hospitality"): 0.3,
            ("chemicals", "health"): 0.35,
        }
        for (good, industry), fact in facts.items():
            found = table.technology[place(good), place(industry)]
            assert 0.75 * fact < found < 1.35 * fact, (good, industry, found)


class TestStreams:
    """Random numbers that do not depend on NumPy's version."""

    def test_uniforms_are_those_of_pcg64(self):
        sequence = np.random.SeedSequence([3, 0x352441C2])  # CRC-32 of "abc"
        expected = np.random.Generator(np.random.PCG64(sequence)).random(5)
        np.testing.assert_allclose(uniforms(3, "abc", 5), expected, atol=2.0**-51)

    def test_topics_have_streams_of_their_own(self):
        assert not np.isclose(uniforms(3, "abc", 50), uniforms(3, "abd", 50)).any()

    def test_normals_have_the_moments_of_a_cut_normal(self):
        draws = normals(1, "moments", 100_000)
        assert abs(draws.mean()) < 0.01
        # cut at 2.5: the variance loses 2 * integral of (z^2 - 2.5^2) over the tail
        assert draws.std() == pytest.approx(0.9887, abs=0.01)
        assert np.abs(draws).max() == 2.5

    def test_scores_of_three(self):
        # Blom: the quantile of (3 - 3/8) / (3 + 1/4), by a table of the normal
        np.testing.assert_allclose(
            scores(np.array([5.0, -2.0, 9.0])), [0.0, -0.8694, 0.8694], atol=1e-4
        )


class TestGeography:
    """Places and people."""

    def test_distance_of_one_degree_of_latitude(self):
        found = distances(np.array([100.0, 100.0]), np.array([30.0, 31.0]))
        assert found[0, 1] == pytest.approx((111.2**2 + 60.0**2) ** 0.5)
        assert found[0, 0] == pytest.approx(60.0)

    def test_whole_persons_by_largest_remainders(self):
        # 10 x (5, 3, 1) / 9 = 5.56, 3.33, 1.11: the missing person goes to the first
        assert whole_numbers(np.array([5.0, 3.0, 1.0]), 10).tolist() == [6, 3, 1]

    def test_names_are_invented_and_unique(self, full):
        provinces = [province_name(number) for number in range(31)]
        names = [city_name(number) for number in range(3000)]
        assert len(set(names) | set(provinces)) == 3031
        assert set(full.land.parents) == set(provinces)
        cities = set(full.land.names[:309])
        assert cities == set(names[:309])
        assert not (cities | set(provinces)) & set(REAL_CITIES.split())
        assert all(re.fullmatch(r"[A-Z][a-z]{6,15}", name) for name in cities)

    def test_ids_are_unique_and_no_real_codes(self, full):
        assert len(set(full.land.ids)) == 313
        assert not any(re.search(r"\d{3}", region) for region in full.land.ids)


class TestTrade:
    """Gravity and the solution."""

    def test_origins_deliver_what_they_make(self):
        pull = np.array([[4.0, 1.0, 0.5], [1.0, 4.0, 2.0], [0.5, 2.0, 4.0]])
        supply, use = np.array([0.2, 0.5, 0.3]), np.array([0.4, 0.3, 0.3])
        shares = gravity_shares(pull, supply, use)
        np.testing.assert_allclose(shares @ use, supply, rtol=1e-6)
        np.testing.assert_allclose(shares.sum(axis=0), 1.0, rtol=1e-14)

    def test_near_origins_are_preferred(self):
        # equal supply, a pull of 4 at home against 1: 4 / 5 is bought at home
        half = np.array([0.5, 0.5])
        shares = gravity_shares(np.array([[4.0, 1.0], [1.0, 4.0]]), half, half)
        np.testing.assert_allclose(shares, [[0.8, 0.2], [0.2, 0.8]], rtol=1e-12)

    def test_services_are_local_and_light_goods_travel(self, full):
        own = full.trade.diagonal(axis1=1, axis2=2).mean(axis=1)
        share = dict(zip(sectors().ids, own, strict=True))
        assert min(share["trade"], share["education"], share["construction"]) > 0.6
        assert max(share["electronics"], share["apparel"], share["oil_gas"]) < 0.5

    def test_output_solves_the_system_formed_in_full(self):
        small = build_economy(cities=2, seed=4)
        n_regions, n = small.output.shape
        matrix = np.zeros((n_regions * n, n_regions * n))
        final = np.zeros(n_regions * n)
        for r in range(n_regions):
            for i in range(n):
                row, home = r * n + i, 1.0 - small.import_share[i]
                final[row] = small.exports[r, i]
                for s in range(n_regions):
                    part = small.trade[i, r, s] * home
                    final[row] += part * small.demand[s, i].sum()
                    for j in range(n):
                        matrix[row, s * n + j] = part * small.technology[s, i, j]
        output = np.linalg.solve(np.eye(len(matrix)) - matrix, final)
        np.testing.assert_allclose(small.output.ravel(), output, rtol=1e-11)
        assert np.abs(np.linalg.eigvals(matrix)).max() < 0.93


class TestEnergy:
    """City-specific energy and CO2."""

    def test_the_mean_factor_of_a_sector_is_one(self, full):
        # weights are the wanted output; what is solved from demand is close to it
        mean = (full.factors * full.output).sum(axis=0) / full.output.sum(axis=0)
        np.testing.assert_allclose(mean, 1.0, atol=0.05)

    def test_the_poor_need_more_energy(self, full):
        rank = np.argsort(full.land.income)
        by_city = np.log(full.factors).mean(axis=1)
        assert by_city[rank[:100]].mean() > by_city[rank[-100:]].mean() + 0.05

    def test_fuel_that_becomes_the_product_is_not_scaled(self, full):
        place = sectors().ids.index
        for product, industry in (("coal", "power"), ("oil_gas", "refining")):
            coefficients = full.technology[:, place(product), place(industry)]
            assert np.ptp(coefficients) == 0.0
        power_of_metals = full.technology[:, place("power"), place("metals")]
        assert np.log(power_of_metals).std() > 0.2

    def test_emissions_by_sector_follow_the_facts(self, full):
        by_sector = sector_emissions(full.output, full.factors).sum(axis=0)
        share = dict(zip(sectors().ids, by_sector / targets()["co2"], strict=True))
        assert share["power"] == pytest.approx(0.49, abs=0.005)
        assert share["metals"] == pytest.approx(0.15, abs=0.005)
        assert share["minerals"] == pytest.approx(0.10, abs=0.005)
        assert share["transport"] == pytest.approx(0.06, abs=0.005)
        households = household_emissions(full.land).sum()
        assert households / targets()["co2"] == pytest.approx(0.04)


class TestFullSize:
    """The default dataset against independent facts."""

    def test_it_has_the_size_of_the_paper(self, full):
        assert full.output.size == 13_146
        assert len(set(full.land.parents)) == 31
        assert full.land.is_remainder.sum() == 4
        assert full.land.names[-1].startswith("Rest of ")

    def test_absent_industries(self, full):
        # of 309: round(139.05) + round(231.75) + round(108.15) + round(77.25)
        absent = full.output == 0
        assert absent.sum() == 139 + 232 + 108 + 77
        assert not absent[full.land.is_remainder].any()
        made_nothing = full.trade.transpose(1, 0, 2)[absent]
        assert not made_nothing.any()

    def test_city_sizes(self, full):
        people = full.land.population[~full.land.is_remainder] / 1e6
        assert 20 < people.max() < 30
        assert 2.5 < np.median(people) < 3.5

    def test_inequality_of_gdp(self, full):
        city = ~full.land.is_remainder
        people = full.land.population[city].astype(float)
        gdp = full.value_added.sum(axis=1)[city]
        assert 0.31 <= gini(people, gdp) <= 0.36
        assert 0.47 <= np.log(gdp / people).std() <= 0.55
        assert 150_000 < (gdp / people).max() * 1e6 < 250_000

    def test_emissions_per_head_are_plausible(self, full):
        emissions = sector_emissions(full.output, full.factors).sum(axis=1)
        emissions += household_emissions(full.land).sum(axis=1)
        tonnes = emissions * 1e3 / full.land.population
        assert tonnes.min() > 1.0
        assert tonnes.max() < 60.0

    def test_it_is_the_same_everywhere(self, full):
        # recorded once; a change of the model or of its facts records them anew
        found = {
            "output": full.output[0, 0],
            "power": full.output[150, 24],
            "trade": full.trade[13, 10, 200],
            "technology": full.technology[77, 24, 13],
            "longitude": full.land.longitude[42],
        }
        recorded = {
            "output": 81317.74916886,
            "power": 15856.686286937,
            "trade": 0.00046979667053114,
            "technology": 0.030338196350983,
            "longitude": 108.41619162377,
        }
        assert found == pytest.approx(recorded, rel=1e-7)


class TestPage:
    """docs/synthetic.md says what the model does."""

    PAGE = Path(__file__).parents[2] / "docs" / "synthetic.md"

    def table(self, columns: int) -> list[list[str]]:
        """Return the cells of all table rows with that many columns."""
        lines = self.PAGE.read_text(encoding="utf-8").splitlines()
        cells = [line.strip("|").split("|") for line in lines if line.startswith("|")]
        return [[cell.strip() for cell in row] for row in cells if len(row) == columns]

    def test_totals_of_several_years_are_those_of_today(self):
        shown = {row[0]: row[1:4] for row in self.table(5) if row[0] in targets()}
        assert set(shown) == set(targets())
        for name, cells in shown.items():
            for year, cell in zip((2007, 2012, 2017), cells, strict=True):
                digits = len(cell.partition(".")[2])
                assert float(cell) == round(targets(year)[name] / 1e6, digits)


class TestConcordance:
    """Fewer sectors."""

    def test_seven_are_the_groups(self):
        seven = build_concordance(7)
        assert seven.ids == seven.groups
        assert len(set(seven.groups)) == 7
        assert seven.names[seven.ids.index("high_tech")] == "High-tech industry"

    def test_power_is_apart_with_eight(self):
        eight = build_concordance(8)
        assert eight.ids[eight.is_power_supply.index(True)] == "power"
        assert "Oil refining and coking (with 3 more)" in eight.names

    @pytest.mark.parametrize("count", range(7, 43))
    def test_members_share_a_group_and_lists_are_nested(self, count):
        lists = build_concordance(count)
        assert len(set(lists.ids)) == len(lists.ids) == count
        assert set(lists.position) == set(range(count))
        for sector, position in enumerate(lists.position):
            assert lists.groups[position] == sectors().groups[sector]
        if count > 7:
            coarser = build_concordance(count - 1).position
            pairs = set(zip(lists.position, coarser, strict=True))
            assert len(pairs) == count

    def test_sums_by_pencil(self):
        lists = build_concordance(7)
        ones = lists.sums(np.ones((2, 42)), axis=1)
        # 1 farming, 5 energy, 10 heavy, 6 light, 4 high-tech, 1 construction, 15
        by_group = dict(zip(lists.ids, ones[0], strict=True))
        assert by_group == {
            "agriculture": 1,
            "energy": 5,
            "heavy_industry": 10,
            "light_industry": 6,
            "high_tech": 4,
            "construction": 1,
            "services": 15,
        }
        np.testing.assert_array_equal(ones[0], ones[1])
