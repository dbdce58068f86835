"""Shares of deliveries and exports that are known: pencil, then random true tables.

A true table of regions is drawn, added up to its parent, and given back as statistics.
All that is known can then hold at once, and must; `truth` has zeros where a region
sells to nobody, or not to some region.
"""

from dataclasses import dataclass, replace

import numpy as np
import pytest

from carbonshed.accounting.ras import group_sums
from carbonshed.compile.balance import KnownShares
from carbonshed.compile.compiled_year import (
    CompiledYear,
    NothingToShareError,
    ParentYear,
    Statistics,
    compile_year,
)
from carbonshed.compile.shares import (
    Activity,
    AllExportedError,
    complete_distances,
    great_circle,
    own_shares,
    regional_exports,
    trade_shares,
)

N_SECTORS, N_CATEGORIES = 4, 2
N_USERS = N_SECTORS + N_CATEGORIES
NO_INVENTORY = np.zeros(N_CATEGORIES, dtype=bool)
POWER = 1  # the sector whose deliveries are known


@dataclass
class Truth:
    """A table of R regions; z, (R, S, R, K); exports and output, (R, S)."""

    group: np.ndarray
    z: np.ndarray
    exports: np.ndarray
    imports: np.ndarray
    output: np.ndarray

    def deliveries(self, region: int) -> np.ndarray:
        """Return the power that a region delivers inside its parent region, (R,)."""
        inside = self.group == self.group[region]
        return np.where(inside, self.z[region, POWER].sum(axis=1), 0.0)


def true_table(seed: int, members: list[int]) -> Truth:
    """Draw a table in which the first region sells its power to nobody else."""
    rng = np.random.default_rng(seed)
    group = np.repeat(np.arange(len(members)), members)
    n = len(group)
    z = rng.lognormal(0, 1, (n, N_SECTORS, n, N_USERS))
    inside = group[:, None] == group
    nobody = inside & (rng.random((n, n)) < 0.3) & ~np.eye(n, dtype=bool)
    nobody[0] |= inside[0] & (np.arange(n) > 0)
    z[:, POWER] *= ~nobody[:, :, None]
    imports = rng.lognormal(0, 1, (n, N_USERS))
    inputs = z.sum(axis=(0, 1))[:, :N_SECTORS] + imports[:, :N_SECTORS]
    sold = z.sum(axis=(2, 3))
    # so much is exported that value added is above 0 everywhere
    exports = np.maximum(inputs - sold, 0.0) + rng.uniform(0.5, 1.5, sold.shape)
    return Truth(group, z, exports, imports, sold + exports)


def parent_of(truth: Truth) -> ParentYear:
    """Add the regions up."""
    cells = group_sums(truth.z, truth.group)
    cells = np.moveaxis(group_sums(np.moveaxis(cells, 2, 0), truth.group), 0, 2)
    exports, imports = (
        group_sums(values, truth.group) for values in (truth.exports, truth.imports)
    )
    return ParentYear(cells, exports, imports, {}, {}, {})


def known_shares(truth: Truth, origins: list[int]) -> KnownShares:
    """Return how some regions of one parent region hand out their power."""
    members = np.flatnonzero(truth.group == truth.group[origins[0]])
    amounts = np.array([truth.deliveries(origin)[members] for origin in origins])
    shares = amounts / amounts.sum(axis=1, keepdims=True)
    return KnownShares(POWER, np.array(origins), members, shares)


def statistics_of(truth: Truth, known: KnownShares, seed: int) -> Statistics:
    """Return all that is published of a true table."""
    rng = np.random.default_rng(seed)
    n = len(truth.group)
    bought = truth.z.sum(axis=(0, 1)) + truth.imports
    nothing, no_label = np.zeros((n, N_SECTORS)), np.zeros((n, 0))
    return Statistics(
        parent=truth.group,
        activity=Activity(
            population=np.ones(n),
            gdp=np.ones(n),
            output=truth.output,
            value_added=truth.output - bought[:, :N_SECTORS],
            employment=nothing,
            label_output=no_label,
            label_value_added=no_label,
            label_employment=no_label,
            labels=np.zeros((0, N_SECTORS), dtype=bool),
        ),
        demand_totals=bought[:, N_SECTORS:],
        distance=complete_distances(great_circle(*rng.uniform(-50, 50, (2, n)))),
        distance_decay=rng.uniform(0, 2, N_SECTORS),
        own_region_delta=rng.uniform(0.05, 0.5, N_SECTORS),
        known_shares=(known,),
        exports=7 * truth.exports,  # only proportions count
    )


def deliveries(compiled: CompiledYear) -> np.ndarray:
    """Return z, shape (R, S, R, K)."""
    return np.stack(list(compiled.blocks()))


# regions of each parent region, and the origins whose shares are known
SYSTEMS = [
    ([4], [0, 1, 2, 3]),
    ([5], [0, 3]),
    ([3, 2], [0, 1]),
    ([1, 4, 3], [1, 2, 3]),
    ([3, 1, 2], [0, 2]),
]


@pytest.fixture(params=range(15), ids=lambda seed: f"seed {seed}")
def system(request) -> tuple[Truth, KnownShares, CompiledYear]:
    members, origins = SYSTEMS[request.param % len(SYSTEMS)]
    truth = true_table(request.param, members)
    known = known_shares(truth, origins)
    statistics = statistics_of(truth, known, request.param)
    return truth, known, compile_year(parent_of(truth), statistics, NO_INVENTORY)


def test_known_shares_and_exports_hold(system):
    truth, known, compiled = system
    z = deliveries(compiled)
    assert compiled.exports == pytest.approx(truth.exports, rel=1e-9)
    made = z.sum(axis=(2, 3)) + compiled.exports
    assert made == pytest.approx(truth.output, rel=1e-9)
    whole = parent_of(truth).cells
    added = group_sums(z, truth.group)
    added = np.moveaxis(group_sums(np.moveaxis(added, 2, 0), truth.group), 0, 2)
    assert added == pytest.approx(whole, rel=1e-9)
    for origin, shares in zip(known.origins, known.values, strict=True):
        amounts = z[origin, POWER][known.members].sum(axis=1)
        assert amounts / amounts.sum() == pytest.approx(shares, rel=1e-9, abs=1e-15)
        assert not amounts[shares == 0].any()


def test_the_table_is_the_nearest_to_the_prior(system):
    """No step that keeps all that is known comes nearer: cross-entropy has no slope.

    With e = ln(z / z0): without known shares it has the cross-ratios of a balance. With
    them it may differ by destination, alike for all users; and as the level of what is
    delivered inside is free, the differences weighted by shares add up to 0.
    """
    truth, known, compiled = system
    statistics, group = compiled.statistics, truth.group
    z = deliveries(compiled)
    supply = truth.output - truth.exports
    made = truth.output.sum(axis=1)
    size = made / group_sums(made, group)[group]
    own = own_shares(supply, size, statistics.own_region_delta, group)
    theta = trade_shares(
        supply, own, statistics.distance, statistics.distance_decay, group
    )
    theta = np.concatenate([part.transpose(1, 0, 2) for part in theta])
    users = np.concatenate([compiled.output.values, compiled.demand], axis=1)
    cells = compiled.parent.cells[group][:, :, group]
    with np.errstate(divide="ignore", invalid="ignore"):
        e = np.log(z / (theta[:, :, :, None] * cells * users))
    free = [r for r in known.members if r not in known.origins]
    outside = np.flatnonzero(group != group[known.members[0]])
    for sector in range(N_SECTORS):
        if sector != POWER:
            block = e[known.members, sector]
            cycle = block - block[:1] - block[:, :1] + block[:1, :1]
            within = cycle[:, known.members]
            assert np.abs(within).max() <= 1e-7
    for origin, shares in zip(known.origins, known.values, strict=True):
        other = free[0] if free else next(r for r in known.origins if r != origin)
        with np.errstate(invalid="ignore"):
            difference = e[origin, POWER] - e[other, POWER]
        sold = (shares > 0) & np.isfinite(difference[known.members, 0])
        factors = difference[known.members][sold]
        # alike for all users
        assert np.abs(factors - factors[:, :1]).max(initial=0.0) <= 1e-7
        if free and outside.size:
            assert sold.sum() == (shares > 0).sum() > 0  # whoever is free sells to all
            level = difference[outside[0], 0]  # of all that it sells
            assert shares[sold] @ (factors[:, 0] - level) == pytest.approx(0, abs=1e-7)


def test_exports_above_the_limits_go_to_the_others():
    """As a plain loop hands them out, which moves what is above from one region."""
    rng = np.random.default_rng(1)
    refused = bound = 0
    for _ in range(300):
        output, figures = rng.lognormal(0, 2, (2, int(rng.integers(2, 9))))
        figures[rng.random(len(figures)) < 0.2] = 0.0
        figures[0] += 1
        total = rng.uniform(0.05, 0.95) * output.sum()
        limits, wanted = 0.9 * output, figures / figures.sum() * total
        arguments = (
            figures[:, None],
            np.zeros(len(output), int),
            (output / output.sum())[:, None],
            np.array([[total]]),
            np.array([[output.sum() - total]]),
            np.array([[output.sum()]]),
        )
        if limits[figures > 0].sum() < total:
            refused += 1
            with pytest.raises(AllExportedError):
                regional_exports(*arguments)
            continue
        moved = np.maximum(wanted - limits, 0).sum() / total
        bound += moved > 0
        while (excess := wanted - limits).max() > 1e-13 * total:
            most = int(np.argmax(excess))
            wanted[most] = limits[most]
            others = np.where(wanted < limits, wanted, 0.0)
            wanted += excess[most] * others / others.sum()
        exports, share = regional_exports(*arguments)
        assert exports[:, 0] == pytest.approx(wanted, rel=1e-9)
        assert share[0, 0] == pytest.approx(moved, abs=1e-12)
    assert min(refused, bound) > 30


def test_exports_by_pencil():
    """Above 0.9 of an output of 10 the rest goes to the others, as they export."""
    shares = np.array([[0.1], [0.1], [0.8]])
    one, total = np.zeros(3, int), np.array([[20.0]])
    inside, output = np.array([[80.0]]), np.array([[100.0]])
    for figures, expected, moved in (
        ((10, 5, 5), (9, 5.5, 5.5), 1 / 20),
        ((12, 7, 1), (9, 9, 2), 3 / 20),  # the second is above in the second round
        ((12, 8, 0), None, None),
    ):
        arguments = np.array(figures, float)[:, None], one, shares, total
        if expected is None:
            with pytest.raises(AllExportedError) as error:
                regional_exports(*arguments, inside, output)
            assert error.value.parent_share is None
            continue
        exports, share = regional_exports(*arguments, inside, output)
        assert exports[:, 0] == pytest.approx(expected)
        assert share[0, 0] == pytest.approx(moved)
    # 70 of inventories leave 3 of an output of 10
    exports, _ = regional_exports(
        np.ones((3, 1)), one, shares, total, np.array([[10.0]]), output
    )
    assert exports[:, 0] == pytest.approx((3, 3, 14))
    # the parent itself is above the limit: nothing can be given to others
    with pytest.raises(AllExportedError) as error:
        regional_exports(
            np.ones((3, 1)), one, shares, np.array([[95.0]]), np.array([[5.0]]), output
        )
    assert error.value.parent_share == pytest.approx(0.95)
    # without figures like output; negative ones, too
    for figures, sum_ in ((np.zeros((3, 1)), 20.0), (np.ones((3, 1)), -20.0)):
        exports, share = regional_exports(
            figures, one, shares, np.array([[sum_]]), inside, output
        )
        assert exports == pytest.approx(sum_ * shares)
        assert np.isnan(share).all()


@pytest.mark.parametrize("seed", [3, 4])
def test_a_region_at_the_limit_of_its_inventories_delivers_nothing(seed):
    """All of its output that is not put into stock is exported, exactly."""
    truth = true_table(seed, [5])
    known = known_shares(truth, [1])
    statistics = statistics_of(truth, known, seed)
    whole = parent_of(truth)
    # more than a tenth of output: the limit is not the usual one
    stock = np.zeros((1, N_SECTORS, 1, 1))
    stock[0, :, 0, 0] = np.linspace(0.2, 1.5, N_SECTORS) * whole.output[0]
    whole = replace(
        whole,
        cells=np.concatenate([whole.cells, stock], axis=3),
        imports=np.concatenate([whole.imports, [[0.0]]], axis=1),
        exports=whole.output,
    )
    concentrated = truth.exports.copy()
    concentrated[0] *= 1e6
    demand = np.concatenate([statistics.demand_totals, np.zeros((5, 1))], axis=1)
    statistics = replace(
        statistics,
        demand_totals=demand,
        exports=concentrated,
        activity=replace(statistics.activity, value_added=np.zeros((5, N_SECTORS))),
    )
    is_stock = np.array([False, False, True])
    compiled = compile_year(whole, replace(statistics, known_shares=()), is_stock)
    limit = compiled.output.values[0] * (whole.output[0] - stock[0, :, 0, 0])
    at_limit = np.isclose(compiled.exports[0], limit, rtol=1e-12, atol=0)
    assert at_limit[POWER]
    sold = next(iter(compiled.deliveries.blocks())).sum(axis=(1, 2))
    assert not sold[at_limit].any()
    of_first = replace(known, origins=np.array([0]))
    with pytest.raises(NothingToShareError):
        compile_year(whole, replace(statistics, known_shares=(of_first,)), is_stock)
