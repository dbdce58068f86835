"""The algebra of compiled tables: printed numbers, then random parents."""

from dataclasses import replace

import numpy as np
import pytest

from carbonshed.accounting.ras import RasError, group_sums, ras
from carbonshed.compile.balance import KnownFlow, NotBalancedError
from carbonshed.compile.compiled_year import (
    CompiledYear,
    EmissionFigures,
    ParentYear,
    Statistics,
    TotalsNotMetError,
    compile_year,
)
from carbonshed.compile.shares import (
    Activity,
    NoIndicatorError,
    complete_distances,
    demand_shares,
    great_circle,
    output_shares,
    own_shares,
    trade_shares,
)

NONE = np.zeros((0, 0))


# printed numbers and pencil


def test_ras_of_the_textbook():
    # Miller and Blair 2009, section 7.4.2
    prior = np.array(
        [[0.120, 0.100, 0.049], [0.210, 0.247, 0.265], [0.026, 0.249, 0.145]]
    )
    prior = prior * np.array([421, 284, 283])
    rows, columns = np.array([245.0, 136, 159]), np.array([251.0, 107, 182])
    found = ras(prior, rows, columns)
    assert found.sum(axis=1) == pytest.approx(rows, rel=1e-10)
    assert found.sum(axis=0) == pytest.approx(columns, rel=1e-10)
    # a biproportional change keeps cross-ratios
    assert found[0, 0] * found[1, 1] / (found[0, 1] * found[1, 0]) == pytest.approx(
        0.120 * 0.247 / (0.100 * 0.210), rel=1e-10
    )


def test_ras_by_pencil():
    prior = np.array([[2.0, 1.0], [1.0, 3.0]])
    # [[4, 2], [1, 3]]: rows times (2, 1), columns as they are
    found = ras(prior, np.array([6.0, 4.0]), np.array([5.0, 5.0]))
    assert found == pytest.approx(np.array([[4.0, 2.0], [1.0, 3.0]]), rel=1e-9)
    # columns are proportions only
    assert ras(prior, np.array([6.0, 4.0]), np.array([0.1, 0.1])) == pytest.approx(
        found
    )


def test_ras_names_a_total_that_its_zeros_do_not_allow():
    with pytest.raises(RasError) as error:
        ras(np.array([[1.0, 0.0], [1.0, 0.0]]), np.ones(2), np.ones(2))
    assert (error.value.axis, error.value.position) == ("column", 1)


def test_great_circles():
    longitude = np.array([0.0, 90.0, 1.0, np.nan])
    found = great_circle(longitude, np.zeros(4))
    assert found[0, 1] == pytest.approx(10007.5572, abs=1e-4)
    assert found[0, 2] == pytest.approx(111.1951, abs=1e-4)
    whole = complete_distances(found)
    # the median of 10,007.6, 111.2 and 89 degrees
    assert whole[0, 3] == pytest.approx(89 * 111.1951, rel=1e-6)
    assert complete_distances(np.full((2, 2), np.nan)) == pytest.approx(np.ones((2, 2)))
    assert complete_distances(np.array([[0.0, 0.2], [0.2, 0.0]])).min() == 1.0


def test_the_prior_by_pencil():
    supply = np.array([[6.0], [3.0], [1.0]])
    distance = np.array([[1.0, 10, 20], [10, 1, 40], [20, 40, 1]])
    parent, one = np.zeros(3, int), np.ones(1)
    own = own_shares(supply, np.array([0.5, 0.3, 0.2]), one, parent)
    (theta,) = trade_shares(supply, own, distance, one, parent)
    first = np.log2(1.5)
    assert (
        own[0, 0] == pytest.approx(0.5850, abs=5e-5) == pytest.approx(first, abs=5e-5)
    )
    assert theta[0, 1, 0] == pytest.approx((1 - first) * 0.3 / 0.35)
    assert theta[0, 2, 0] == pytest.approx((1 - first) * 0.05 / 0.35)
    assert theta[0, 0, 1] == pytest.approx((1 - np.log2(1.3)) * 0.6 / 0.625)
    assert theta.sum(axis=1) == pytest.approx(np.ones((1, 3)))


def test_outputs_below_zero_leave_shares_between_0_and_1():
    parent, one = np.zeros(2, int), np.ones(1)
    own = own_shares(np.ones((2, 1)), np.array([1.3, -0.3]), one, parent)
    assert own[0, 0] == 1.0
    assert 0 < own[1, 0] < 1e-8


def activity(n_regions: int, n_sectors: int, labels: np.ndarray = NONE, **known):
    """Return activity with equal people, no GDP, and the figures that are given."""
    labels = labels.reshape(-1, n_sectors).astype(bool)
    by_sector, by_label = (np.zeros((n_regions, n)) for n in (n_sectors, len(labels)))
    figures = {
        "population": np.ones(n_regions),
        "gdp": np.full(n_regions, np.nan),
        "labels": labels,
        **dict.fromkeys(("output", "value_added", "employment"), by_sector),
        **{
            f"label_{name}": by_label
            for name in ("output", "value_added", "employment")
        },
    }
    return Activity(**figures | known)


def test_output_shares_take_the_first_that_is_known():
    # sector 0 has output, 1 value added, 2 and 3 a label, 4 only GDP
    figures = activity(
        2,
        5,
        np.array([[0, 0, 1, 1, 0]]),
        output=np.array([[3.0, 0, 0, 0, 0], [1, 0, 0, 0, 0]]),
        value_added=np.array([[9.0, 1, 0, 0, 0], [1, 1, 0, 0, 0]]),
        label_value_added=np.array([[2.0], [3.0]]),
        gdp=np.array([70.0, 30.0]),
    )
    found = output_shares(figures, np.zeros(2, int), np.ones((1, 5)))
    assert found.values[0] == pytest.approx([0.75, 0.5, 0.4, 0.4, 0.7])
    assert found.source[0].tolist() == [
        "output",
        "value_added",
        "label",
        "label",
        "gdp",
    ]
    # a region alone has all
    alone = output_shares(figures, np.arange(2), np.ones((2, 5)))
    assert np.all(alone.values == 1.0)


def test_employment_says_how_the_sectors_of_a_label_differ():
    # value added 6 and 4, label shares one half each, employment of sector 0 only:
    # prior [[6 x 0.8, 6 x 0.2], [4 x 0.5, 4 x 0.5]], rows 6 and 4, columns 5 and 5
    figures = activity(
        2,
        2,
        np.array([[1, 1]]),
        label_value_added=np.array([[1.0], [1.0]]),
        employment=np.array([[8.0, 0.0], [2.0, 0.0]]),
    )
    found = output_shares(figures, np.zeros(2, int), np.array([[6.0, 4.0]])).values
    by_region = found * [6.0, 4.0]
    assert by_region.sum(axis=1) == pytest.approx([5.0, 5.0])
    ratio = by_region[0, 0] * by_region[1, 1] / (by_region[0, 1] * by_region[1, 0])
    assert ratio == pytest.approx(4.0)


def test_demand_follows_people_and_gdp():
    parent = np.zeros(2, int)
    people, gdp = np.array([16.0, 1.0]), np.array([1.0, 16.0])
    # 16^0.25 x 1 = 2 beside 1 x 16^0.75 = 8
    found = demand_shares(np.zeros((2, 1)), people, gdp, parent)
    assert found[:, 0] == pytest.approx([0.2, 0.8])
    unknown = np.array([np.nan, 16.0])
    assert demand_shares(np.zeros((2, 1)), people, unknown, parent)[:, 0] == (
        pytest.approx([16 / 17, 1 / 17])
    )
    totals = np.array([[1.0], [3.0]])
    assert demand_shares(totals, people, gdp, parent)[:, 0] == pytest.approx(
        [0.25, 0.75]
    )
    with pytest.raises(NoIndicatorError):
        demand_shares(np.zeros((2, 1)), np.zeros(2), unknown, parent)


# properties on random parents


def random_parent(
    rng: np.random.Generator, n_parents: int, n_sectors: int
) -> ParentYear:
    """Return a parent with zeros, a sector that nobody makes, and negative cells."""
    n_users = n_sectors + 3
    shape = (n_parents, n_sectors, n_parents, n_users)
    cells = rng.lognormal(0, 2, shape) * (rng.random(shape) < 0.8)
    cells[:, -1] = 0.0  # a sector without output
    cells[..., -1] *= rng.choice([-0.2, 0.3], shape[:-1])  # inventories
    cells[0, 0, -1, 1] = -0.5  # a negative transaction
    imports = rng.lognormal(0, 1, (n_parents, n_users))
    imports[0, 0] = -0.1
    return ParentYear(
        cells=cells,
        exports=rng.lognormal(0, 1, shape[:2]) * (cells.sum(axis=(2, 3)) > 0),
        imports=imports,
        value_added={
            "wages": rng.lognormal(1, 1, shape[:2]),
            "taxes": rng.normal(0, 0.1, shape[:2]),
        },
        emissions={"co2": rng.lognormal(0, 1, shape[:2])},
        direct_emissions={"co2": rng.lognormal(0, 1, (n_parents, 3))},
    )


IS_INVENTORY = np.array([False, False, True])


def random_statistics(
    rng: np.random.Generator, members: list[int], n_sectors: int
) -> Statistics:
    """Return statistics of some regions for each parent region."""
    parent = np.repeat(np.arange(len(members)), members)
    n = len(parent)
    longitude, latitude = rng.uniform(-50, 50, (2, n))
    longitude[-1] = np.nan
    label = np.zeros((1, n_sectors))
    label[0, 1:3] = 1
    jobs = rng.lognormal(0, 1, (n, n_sectors)) * (np.arange(n_sectors) == 2)
    return Statistics(
        parent=parent,
        activity=activity(
            n,
            n_sectors,
            label,
            population=rng.lognormal(10, 1, n),
            gdp=rng.lognormal(10, 1, n),
            output=rng.lognormal(0, 1, (n, n_sectors)) * (np.arange(n_sectors) == 0),
            employment=jobs,
            label_value_added=rng.lognormal(0, 1, (n, 1)),
        ),
        demand_totals=rng.lognormal(0, 1, (n, 3)) * [1, 0, 0],
        distance=complete_distances(great_circle(longitude, latitude)),
        distance_decay=rng.uniform(0, 2, n_sectors),
        own_region_delta=rng.uniform(0.05, 0.5, n_sectors),
        emissions={
            "co2": EmissionFigures(
                rng.lognormal(0, 1, (n, n_sectors)) * (np.arange(n_sectors) == 1),
                np.zeros((n, 3)),
                rng.lognormal(0, 0.3, n),
            )
        },
    )


def drawn(seed: int, members: list[int]) -> tuple[ParentYear, Statistics]:
    """Return a parent and statistics of some regions for each of its regions."""
    rng = np.random.default_rng(seed)
    return (
        random_parent(rng, len(members), 5),
        random_statistics(rng, members, 5),
    )


MEMBERS = [[3], [5], [2, 1, 4], [1, 1, 3], [2, 2, 2]]


@pytest.fixture(params=range(10), ids=lambda seed: f"seed {seed}")
def compiled(request) -> CompiledYear:
    drawings = drawn(request.param, MEMBERS[request.param % len(MEMBERS)])
    return compile_year(*drawings, IS_INVENTORY)


def flows(compiled: CompiledYear) -> np.ndarray:
    """Return all deliveries, shape (R, S, R, K)."""
    return np.stack(list(compiled.blocks()))


def by_parent(values: np.ndarray, parent: np.ndarray, *axes: int) -> np.ndarray:
    """Add regions up to their parents."""
    for axis in axes:
        values = np.moveaxis(group_sums(np.moveaxis(values, axis, 0), parent), 0, axis)
    return values


def test_adding_up_gives_the_parent_back(compiled):
    parent, group = compiled.parent, compiled.statistics.parent
    size = parent.output.max()
    cells = flows(compiled)
    assert np.abs(by_parent(cells, group, 0, 2) - parent.cells).max() <= 1e-9 * size
    for found, whole in (
        (compiled.exports, parent.exports),
        (compiled.imports, parent.imports),
        *((compiled.value_added[k], parent.value_added[k]) for k in parent.value_added),
        (compiled.emissions["co2"], parent.emissions["co2"]),
        (compiled.direct_emissions["co2"], parent.direct_emissions["co2"]),
    ):
        assert np.abs(by_parent(found, group, 0) - whole).max() <= 1e-9 * size


def test_rows_and_columns_balance(compiled):
    parent, group = compiled.parent, compiled.statistics.parent
    cells = flows(compiled)
    made = compiled.output.values * parent.output[group]
    size = parent.output.max()
    sold = cells.sum(axis=(2, 3)) + compiled.exports
    # kept final demand inside a parent region stays with the producer, so rows hold
    assert np.abs(sold - made).max() <= 1e-9 * size


@pytest.mark.parametrize("is_full", [False, True])
def test_columns_balance_where_those_of_the_parent_do(is_full):
    """Purchases, imports and value added are output, by national ratios or figures."""
    parent, statistics = drawn(12, [3, 2])
    if is_full:  # negative inputs, which stay in proportion to output, are left out
        parent = replace(
            parent,
            cells=np.where(np.arange(8) < 5, np.abs(parent.cells), parent.cells),
            imports=np.abs(parent.imports),
        )
    bought = parent.cells.sum(axis=(0, 1))[:, :5] + parent.imports[:, :5]
    # output as high as it must be for value added in every sector that makes something
    makes = parent.output > 0
    exports = parent.exports + makes * 2 * bought
    parent = replace(parent, exports=exports)
    parent = replace(parent, value_added={"all": parent.output - bought})
    if is_full:
        rng = np.random.default_rng(1)
        made = rng.uniform(1, 2, (5, 5))
        earned = made * rng.uniform(0.9, 1.0, (5, 5))
        figures = replace(
            statistics.activity,
            output=made,
            value_added=earned,
            label_value_added=np.zeros((5, 1)),
        )
        statistics = replace(statistics, activity=figures)
    found = compile_year(parent, statistics, IS_INVENTORY)
    group = statistics.parent
    earns = np.abs(found.purchases.value_added_shares - found.output.values)
    assert (earns.max() > 0.01) == is_full  # so the rule for figures is in use
    inputs = flows(found).sum(axis=(0, 1))[:, :5] + found.imports[:, :5]
    gaps = found.output.values * parent.output[group] - inputs
    gaps -= found.value_added["all"]
    assert np.abs(gaps).max() <= 1e-9 * parent.output.max()


def test_nothing_is_negative_but_what_was_kept(compiled):
    for block in compiled.deliveries.blocks():
        assert block.min() >= 0
    group = compiled.statistics.parent
    has_negative = (compiled.parent.cells < 0)[group][:, :, group]
    assert not ((flows(compiled) < 0) & ~has_negative).any()


def test_the_optimum_by_its_cross_ratios(compiled):
    """e(r,s) - e(r,s') - e(r',s) + e(r',s') = 0 with e = ln(z / z0)."""
    statistics, output = compiled.statistics, compiled.output.values
    parent, group = compiled.parent, statistics.parent
    cells = parent.cells - compiled.kept
    supply = output * cells.sum(axis=(2, 3))[group]
    made = (output * parent.output[group]).sum(axis=1)
    own = own_shares(
        supply,
        made / by_parent(made, group, 0)[group],
        statistics.own_region_delta,
        group,
    )
    theta = trade_shares(
        supply, own, statistics.distance, statistics.distance_decay, group
    )
    theta = np.concatenate([part.transpose(1, 0, 2) for part in theta])
    users = np.concatenate([output, compiled.demand], axis=1)
    prior = theta[:, :, :, None] * cells[group][:, :, group] * users
    z = np.stack(list(compiled.deliveries.blocks()))
    assert not (z[prior == 0] > 0).any()
    logs = np.full(z.shape, np.nan)
    is_there = (prior > 0) & (z > 1e-12 * z.max())
    logs[is_there] = np.log(z[is_there] / prior[is_there])
    for sellers in np.unique(group):
        for buyers in np.unique(group):
            part = logs[np.ix_(group == sellers, range(5), group == buyers, range(8))]
            cycle = part - part[:1] - part[:, :, :1] + part[:1, :, :1]
            assert np.nanmax(np.abs(cycle), initial=0.0) <= 1e-8


def test_the_regions_of_the_parent_are_the_parent():
    parent, statistics = drawn(8, [1, 1, 1])
    found = compile_year(parent, statistics, IS_INVENTORY)
    assert flows(found) == pytest.approx(parent.cells, rel=1e-9, abs=1e-9)
    assert found.imports == pytest.approx(parent.imports, rel=1e-9)


def test_regions_alike_get_alike_rows_in_any_order():
    parent, _ = drawn(5, [3])
    alike = Statistics(
        parent=np.zeros(3, int),
        activity=activity(3, 5, gdp=np.ones(3)),
        demand_totals=np.zeros((3, 3)),
        distance=complete_distances(np.full((3, 3), 7.0)),
        distance_decay=np.ones(5),
        own_region_delta=np.full(5, 0.15),
    )
    table = flows(compile_year(parent, alike, IS_INVENTORY))
    turned = table[[1, 2, 0]][:, :, [1, 2, 0]]
    assert table == pytest.approx(turned, rel=1e-9, abs=1e-12)


def test_a_region_that_makes_nothing_buys():
    parent, statistics = drawn(6, [3])
    nothing = {
        name: getattr(statistics.activity, name) * [[0.0], [1.0], [1.0]]
        for name in ("output", "employment", "label_value_added")
    }
    figures = replace(statistics.activity, gdp=np.array([0.0, 1.0, 2.0]), **nothing)
    found = compile_year(parent, replace(statistics, activity=figures), IS_INVENTORY)
    table = flows(found)
    assert not table[0].any()
    assert table[:, :, 0, 5:].sum() > 0


def test_a_region_without_a_sector_neither_makes_nor_sells_it():
    parent, statistics = drawn(13, [3, 2])
    output = statistics.activity.output.copy()
    output[1, 0] = 0.0
    figures = replace(statistics.activity, output=output)
    found = compile_year(parent, replace(statistics, activity=figures), IS_INVENTORY)
    table = flows(found)
    assert not table[1, 0].any()
    assert not table[:, :, 1, 0].any()
    assert found.exports[1, 0] == found.emissions["co2"][1, 0] == 0.0
    assert table[:, 0, 1].any()  # it buys it


def test_remainders_without_people_take_part_by_their_gdp():
    parent, statistics = drawn(14, [3])
    people = statistics.activity.population * [0.0, 1.0, 1.0]
    statistics = replace(
        statistics,
        activity=replace(statistics.activity, population=people),
        demand_totals=np.zeros((3, 3)),
    )
    found = compile_year(parent, statistics, IS_INVENTORY)
    gdp = statistics.activity.gdp
    assert found.demand[:, 0] == pytest.approx(gdp / gdp.sum())
    assert by_parent(flows(found), np.zeros(3, int), 0, 2) == pytest.approx(
        parent.cells, rel=1e-9, abs=1e-9
    )


@pytest.mark.parametrize("seed", [20, 21])
def test_a_tighter_tolerance_is_the_same_table(seed, monkeypatch):
    parent, statistics = drawn(seed, [3, 2])
    usual = flows(compile_year(parent, statistics, IS_INVENTORY))
    monkeypatch.setattr("carbonshed.compile.balance.TOLERANCE", 1e-13)
    tight = flows(compile_year(parent, statistics, IS_INVENTORY))
    large = np.abs(tight) > 1e-12 * tight.max()
    assert usual[large] == pytest.approx(tight[large], rel=1e-8)


def flow_sum(found: CompiledYear, flow: KnownFlow) -> float:
    z = np.stack(list(found.deliveries.blocks()))
    return z[np.ix_(flow.origins, flow.sectors, flow.destinations)].sum()


def test_known_flows_hold_and_contradictions_are_named():
    parent, statistics = drawn(7, [3, 2])
    free = compile_year(parent, statistics, IS_INVENTORY)
    every = np.arange(5)
    wanted = [
        KnownFlow(np.array([0]), np.array([1]), every, 0.0, 1),
        KnownFlow(np.array([0, 1]), np.array([3]), every[:1], 0.0, 2),
        KnownFlow(np.array([1]), np.array([0]), every[1:2], 0.0, 3),
    ]
    wanted = [
        replace(flow, value=factor * flow_sum(free, flow))
        for flow, factor in zip(wanted, (1.3, 0.6, 0.0), strict=True)
    ]
    held = compile_year(parent, replace(statistics, flows=tuple(wanted)), IS_INVENTORY)
    for flow in wanted:
        assert flow_sum(held, flow) == pytest.approx(flow.value, rel=1e-9, abs=1e-12)
    # more than the region makes
    made = flows(free)[0].sum()
    tight = KnownFlow(np.array([0]), np.array([1]), every, 2 * made, 4)
    with pytest.raises(NotBalancedError) as error:
        compile_year(parent, replace(statistics, flows=(tight,)), IS_INVENTORY)
    assert error.value.kind == "flow"


def test_emission_totals_beside_negative_emissions_are_refused():
    parent, statistics = drawn(4, [3])
    parent.emissions["co2"][0, 0] = -1.0
    with pytest.raises(TotalsNotMetError):
        compile_year(parent, statistics, IS_INVENTORY)
