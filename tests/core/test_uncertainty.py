"""Errors carried to footprints: printed numbers, derivatives, and cell by cell."""

from dataclasses import replace

import numpy as np
import pytest
from support import propagation
from support.propagation import Table

from carbonshed.leontief import (
    InterregionalShare,
    TransactionCovariance,
    demand_covariance,
    direct_emission_covariance,
    emission_covariance,
    standard_errors,
)

RULE = {"rse_largest": 0.1, "exponent": 0.25, "rse_cap": 0.4}
SHARED = {
    "emissions": 0.5,
    "direct_emissions": 0.3,
    "transactions": 0.25,
    "final_demand": 0.2,
    "exports": 0.6,
}


def random_table(seed: int, regions: int = 3, sectors: int = 3) -> Table:
    """Return a small economy with gaps, a falling stock and outputs of zero."""
    draw = np.random.Generator(np.random.PCG64(seed))
    n = regions * sectors
    Z = draw.uniform(0, 2, (n, n)) * (draw.uniform(size=(n, n)) < 0.7)
    Y = draw.uniform(1, 9, (n, regions, 2))
    Y[0, 0, 1] = -0.5
    exports = draw.uniform(0, 3, n)
    is_zero = np.arange(n) == n - 1  # buys, but sells nothing
    for sales in (Z, Y, exports):
        sales[is_zero] = 0
    F, D = draw.uniform(0, 5, n), draw.uniform(0, 5, (regions, 2))
    return Table(Z, Y, exports, F, D, is_zero)


def errors_of(table: Table, rule: dict = RULE) -> dict[str, np.ndarray]:
    """Return standard errors of all components by the package's rule."""
    values = {
        "emissions": table.F,
        "direct_emissions": table.D,
        "transactions": table.Z,
        "final_demand": table.Y,
        "exports": table.exports,
    }
    return {
        name: standard_errors(v, np.abs(v).max(initial=0.0), **rule)
        for name, v in values.items()
    }


def shares_and_multipliers(table: Table) -> tuple[np.ndarray, np.ndarray]:
    """Return phi and m."""
    x = table.Z.sum(axis=1) + table.Y.sum(axis=(1, 2)) + table.exports
    divisor = np.where(table.is_zero, np.inf, x)
    inverse = np.linalg.inv(np.eye(len(x)) - table.Z / divisor)
    lost = table.Z[:, table.is_zero].sum(axis=1)
    demands = np.column_stack([table.Y.sum(axis=2), table.exports, lost])
    shares = inverse @ demands / divisor[:, None]
    shares[table.is_zero, -1] = 1.0
    return shares, table.F / divisor @ inverse


def places_of(table: Table) -> list[slice]:
    """Return the rows of each region."""
    starts = range(0, len(table.F), table.sectors)
    return [slice(k, k + table.sectors) for k in starts]


def covariances(table: Table, errors: dict, shared: dict) -> dict[str, np.ndarray]:
    """Return what the package makes of it, Z in two blocks of whole regions."""
    shares, multipliers = shares_and_multipliers(table)
    n, regions, sectors = len(table.Z), table.regions, table.sectors
    region_rows = places_of(table)
    trade = TransactionCovariance(shares, multipliers[:, None], region_rows)
    first = sectors if regions > 1 else n
    for rows in (slice(0, first), slice(first, n)):
        if rows.start < n:
            trade.add(rows, errors["transactions"][rows].copy())
    direct = np.zeros((regions + 2, table.D.shape[1]))
    direct[:regions] = errors["direct_emissions"]

    def of_demand(s: np.ndarray, destinations: np.ndarray) -> np.ndarray:
        sums = s.sum(axis=2), (s**2).sum(axis=2)
        return demand_covariance(shares, multipliers, *sums, destinations, region_rows)

    computed = {
        "emissions": emission_covariance(
            shares, errors["emissions"], np.arange(n) % sectors
        ),
        "direct_emissions": direct_emission_covariance(direct),
        "transactions": trade.result()[0],
        "final_demand": of_demand(errors["final_demand"], np.arange(regions)),
        "exports": of_demand(errors["exports"][:, None, None], np.array([regions])),
    }
    return {
        name: (1 - shared[name]) * own + shared[name] * common
        for name, (own, common) in computed.items()
    }


def share_of(table: Table) -> InterregionalShare:
    """Return the package's interregional share, M one region after the other."""
    shares, multipliers = shares_and_multipliers(table)
    origins = np.arange(len(table.F)) // table.sectors
    by_origin = [
        shares_and_multipliers(replace(table, F=np.where(origins == r, table.F, 0)))[1]
        for r in range(table.regions)
    ]
    np.testing.assert_allclose(sum(by_origin), multipliers)
    return InterregionalShare(
        shares,
        multipliers,
        np.column_stack(by_origin),
        table.F,
        places_of(table),
        np.arange(table.regions),
    )


def share_variances(table: Table, errors: dict, shared: dict) -> dict[str, float]:
    """Return what the package makes of it, Z in two blocks of whole regions."""
    share = share_of(table)
    n, sectors = len(table.F), table.sectors

    def of_demand(s: np.ndarray, destinations: np.ndarray) -> np.ndarray:
        return share.of_demand(s.sum(axis=2), (s**2).sum(axis=2), destinations)

    blocks = slice(0, sectors), slice(sectors, n)
    computed = {
        "emissions": share.of_emissions(errors["emissions"], np.arange(n) % sectors),
        "transactions": sum(
            share.of_transactions(rows, errors["transactions"][rows]) for rows in blocks
        ),
        "final_demand": of_demand(errors["final_demand"], np.arange(table.regions)),
        "exports": of_demand(
            errors["exports"][:, None, None], np.array([table.regions])
        ),
    }
    return {
        name: (1 - shared[name]) * own + shared[name] * common
        for name, (own, common) in computed.items()
    }


KITZES = Table(
    np.array([[8.0, 5.0], [4.0, 2.0]]),
    np.diag([3.0, 6.0])[:, :, None],
    np.zeros(2),
    np.array([8.0, 4.0]),
    np.zeros((2, 1)),
    np.zeros(2, dtype=bool),
)


def test_kitzes_by_pencil():
    errors = {
        "emissions": 0.1 * KITZES.F,
        "direct_emissions": 0.1 * KITZES.D,
        "transactions": 0.1 * KITZES.Z,
        "final_demand": 0.1 * KITZES.Y,
        "exports": 0.1 * KITZES.exports,
    }
    computed = covariances(KITZES, errors, dict.fromkeys(SHARED, 0.0))
    expected = {
        "emissions": [0.1664, 0.1856, 0.2624],
        "transactions": [0.078336, -0.078336, 0.078336],
        "final_demand": [0.078336, -0.078336, 0.078336],
        "exports": [0, 0, 0],
        "direct_emissions": [0, 0, 0],
    }
    for name, values in expected.items():
        got = computed[name][[0, 0, 1], [0, 1, 1]]
        np.testing.assert_allclose(got, values, atol=1e-13, err_msg=name)
    # 12 are emitted, 7.2 of them for the own region; the gradient after F is 1/120 and
    # -1/60, after Z beside the diagonal 2/75 and -1/300, after Y -2/45 and 1/450
    assert share_of(KITZES).value == pytest.approx(0.4, rel=1e-14)
    for k, of_emissions in ((0.0, 2 / 22_500), (1.0, 0.0)):
        computed = share_variances(KITZES, errors, dict.fromkeys(SHARED, k))
        expected = {
            # an error that all regions share moves nothing
            "emissions": of_emissions,
            "transactions": 101 / 562_500,
            "final_demand": 101 / 562_500,
            "exports": 0,
        }
        assert computed == pytest.approx(expected, rel=1e-12, abs=1e-18)


@pytest.mark.parametrize("seed", [1, 2])
def test_covariances_are_derivatives_of_a_solve_from_scratch(seed):
    table = random_table(seed)
    errors = errors_of(table)
    computed = covariances(table, errors, SHARED)
    found_of_share = share_variances(table, errors, SHARED)
    of_share = share_of(table).value
    assert of_share == pytest.approx(propagation.interregional_share(table), rel=1e-12)
    parts = {
        "emissions": "F",
        "direct_emissions": "D",
        "transactions": "Z",
        "final_demand": "Y",
        "exports": "exports",
    }
    n, R, sectors = len(table.Z), table.regions, table.sectors
    region = np.arange(n) // sectors
    groups = {
        "emissions": np.arange(n) % sectors,
        "direct_emissions": np.tile(np.arange(2), (R, 1)),
        "transactions": region[:, None] * R + region,
        "final_demand": np.tile((region[:, None] * R + range(R))[..., None], 2),
        "exports": region,
    }
    for name, part in parts.items():
        value = getattr(table, part)
        gradients = propagation.numerical_gradient(
            lambda v, part=part: np.append(
                propagation.footprints(moved := replace(table, **{part: v})),
                propagation.interregional_share(moved),
            ),
            value,
            1e-4,
        )
        moved = gradients * errors[name].reshape(-1, 1)
        members = groups[name].reshape(-1) == np.arange(groups[name].max() + 1)[:, None]
        sums = members.astype(float) @ moved
        k = SHARED[name]
        expected = (1 - k) * moved.T @ moved + k * sums.T @ sums
        # the last row and column are of the share
        scale = np.abs(expected[:-1]).max()
        np.testing.assert_allclose(
            computed[name],
            expected[:-1, :-1],
            rtol=1e-6,
            atol=1e-6 * scale,
            err_msg=name,
        )
        of_share = found_of_share.get(name, 0.0)
        assert of_share == pytest.approx(expected[-1, -1], rel=1e-6), name


@pytest.mark.parametrize(("seed", "regions", "sectors"), [(3, 6, 4), (4, 1, 5)])
def test_covariances_equal_those_cell_by_cell(seed, regions, sectors):
    table = random_table(seed, regions, sectors)
    errors = errors_of(table)
    expected = propagation.covariances(table, errors, SHARED)
    computed = covariances(table, errors, SHARED)
    for name, values in expected.items():
        scale = np.abs(values).max()
        np.testing.assert_allclose(
            computed[name], values, rtol=1e-8, atol=1e-12 * scale, err_msg=name
        )
        if name in ("transactions", "final_demand", "exports"):
            # such an error moves emissions, it makes none
            np.testing.assert_allclose(values.sum(axis=0), 0, atol=1e-12 * scale)


def test_errors_of_cells_fall_with_their_size():
    values = np.array([[1000.0, -62.5], [1e-9, 0.0]])
    computed = standard_errors(
        values, 1000.0, rse_largest=0.05, exponent=0.25, rse_cap=1.0
    )
    # 62.5 is a sixteenth: twice the error; what is tiny is as uncertain as the cap
    np.testing.assert_allclose(computed, [[50.0, -6.25], [1e-9, 0.0]], rtol=1e-14)
    same = propagation.errors(values, 0.05, 0.25, 1.0)
    np.testing.assert_allclose(computed, same, rtol=1e-13)


@pytest.mark.parametrize("exponent", [0.0, 1.0, 1.5])
@pytest.mark.parametrize("largest", [0.0, 0.05])
def test_no_error_is_that_of_a_cell_without_anything(largest, exponent):
    rule = {"rse_largest": largest, "exponent": exponent, "rse_cap": 1.0}
    computed = standard_errors(np.array([4.0, 0.0]), 4.0, **rule)
    np.testing.assert_array_equal(computed, [4.0 * largest, 0.0])
    assert not standard_errors(np.zeros(2), 0.0, **rule).any()
