"""Parts of an economy taken out, against the smaller system from scratch."""

from functools import partial

import numpy as np
import pytest

from carbonshed.leontief import (
    ExtractionError,
    Leontief,
    demand_for_parts,
    extraction,
    own_output,
    own_systems,
    parts_of,
    triangles,
)
from carbonshed.leontief import system as system_module
from carbonshed.leontief.row_blocks import ArrayBlocks


def random_system(seed: int, size: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return A, with negative cells and a column of zeros, demand and intensities."""
    draw = np.random.Generator(np.random.PCG64(seed))
    A = draw.uniform(-0.1, 1, (size, size))
    A *= draw.uniform(0.2, 0.9, size) / np.abs(A).sum(axis=0)
    A[:, 0] = 0
    return A, draw.uniform(-1, 5, size), draw.uniform(0, 1, size)


@pytest.mark.parametrize(("regions", "sectors"), [(1, 5), (2, 1), (4, 3), (9, 2)])
def test_what_vanishes_is_what_the_smaller_system_lacks(regions, sectors):
    size = regions * sectors
    A, demand, f = random_system(size, size)
    system = Leontief(A)
    output, total = system.output(demand), system.total_intensity(f)
    for labels in (np.arange(size) // sectors, np.arange(size) % sectors):
        parts = parts_of(labels)
        own = own_systems(ArrayBlocks(A, rows=sectors), parts)
        own_output_of = partial(own_output, system.output, parts)
        z = demand_for_parts(own_output_of, own, parts, output)
        for part in parts:
            rest = np.setdiff1d(np.arange(size), part)
            smaller = (np.eye(size) - A)[np.ix_(rest, rest)]
            left = f[rest] @ np.linalg.solve(smaller, demand[rest])
            assert total[part] @ z[part] == pytest.approx(f @ output - left, rel=1e-8)


def test_one_industry_is_its_emissions_over_the_diagonal_of_the_inverse():
    """The published form: m x / L_kk."""
    A, demand, f = random_system(7, 6)
    system = Leontief(A)
    output, total = system.output(demand), system.total_intensity(f)
    parts = parts_of(range(6))
    own = own_systems(A, parts)
    own_output_of = partial(own_output, system.output, parts)
    z = demand_for_parts(own_output_of, own, parts, output)
    inverse = np.linalg.inv(np.eye(6) - A)
    np.testing.assert_allclose(total * z, total * output / np.diag(inverse), rtol=1e-9)


def test_two_right_hand_sides_are_solved_together():
    """In the rounds of the slower one, with a column for each part and side."""
    A, demand, _ = random_system(8, 6)
    system = Leontief(A)
    parts = parts_of("aabbcc")
    sides = np.column_stack([system.output(demand), np.arange(6.0)])
    own = own_systems(A, parts)
    columns: list[int] = []

    def output_of(right: np.ndarray) -> np.ndarray:
        columns.append(right.shape[1])
        return system.output(right)

    own_output_of = partial(own_output, output_of, parts)
    both = demand_for_parts(own_output_of, own, parts, sides)
    assert set(columns) == {len(parts) * 2}
    rounds = [len(columns)]
    for side in sides.T:
        columns.clear()
        demand_for_parts(own_output_of, own, parts, side)
        assert set(columns) == {len(parts)}
        rounds.append(len(columns))
    assert rounds[0] == max(rounds[1:])
    inverse = np.linalg.inv(np.eye(6) - A)
    for part in parts:
        expected = np.linalg.solve(inverse[np.ix_(part, part)], sides[part])
        np.testing.assert_allclose(both[part], expected, rtol=1e-9, atol=1e-12)


def test_parts_that_do_not_come_apart_are_refused():
    """Nothing that is asked of the first arrives: no step helps. The other has all."""
    half = np.diag([0.0, 0.0, 1.0])
    eyes, parts = [np.eye(2), np.eye(1)], parts_of("aab")
    with pytest.raises(ExtractionError, match=r"off by 1 .* after 60 .* sell") as error:
        demand_for_parts(half.__matmul__, eyes, parts, np.array([1.0, 1.0, 3.0]))
    np.testing.assert_array_equal(error.value.demand, [np.nan, np.nan, 3.0])


def test_a_first_step_that_does_not_help_is_followed_by_one_that_does():
    """The answer stands at a right angle to what is missing: z = (-1, 1)."""
    turned = np.array([[0.0, 1.0], [-1.0, 0.0]])
    z = demand_for_parts(turned.__matmul__, [np.eye(2)], parts_of("aa"), np.ones(2))
    np.testing.assert_allclose(z, [-1.0, 1.0], atol=1e-12)


def test_a_part_that_is_near_enough_waits_for_the_others():
    """The first trades with nobody: one round for it, and more for the other two."""
    A, demand, _ = random_system(10, 9)
    A[:3, 3:] = A[3:, :3] = 0
    system, parts = Leontief(A), parts_of("aaabbbccc")
    columns: list[int] = []

    def output_of(right: np.ndarray) -> np.ndarray:
        columns.append(right.shape[1])
        return system.output(right)

    own = own_systems(A, parts)
    z = demand_for_parts(partial(own_output, output_of, parts), own, parts, demand)
    assert columns[:2] == [3, 2]
    assert set(columns[2:]) <= {1, 2}
    inverse = np.linalg.inv(np.eye(9) - A)
    for part in parts:
        expected = np.linalg.solve(inverse[np.ix_(part, part)], demand[part])
        np.testing.assert_allclose(z[part], expected, rtol=1e-9, atol=1e-12)


def test_parts_that_live_on_each_other_come_apart_in_a_few_rounds():
    """Two industries near a radius of 1; by pencil z = b (1 - a²), L_kk its inverse."""
    A = np.array([[0.0, 0.9999], [0.9999, 0.0]])
    parts = parts_of(range(2))
    own_output_of = partial(own_output, Leontief(A).output, parts)
    z = demand_for_parts(
        own_output_of, own_systems(A, parts), parts, np.array([1.0, 2.0])
    )
    np.testing.assert_allclose(z, [0.00019999, 0.00039998], rtol=1e-9)


def test_some_parts_at_a_time_are_solved_like_all(monkeypatch):
    A, demand, _ = random_system(9, 10)
    system, parts = Leontief(A), parts_of("aabbccddee")
    together = own_output(system.output, parts, demand[:, None])
    monkeypatch.setattr(extraction, "PARTS_AT_A_TIME", 2)
    columns = []

    def output_of(right: np.ndarray) -> np.ndarray:
        columns.append(right.shape[1])
        return system.output(right)

    one_by_one = own_output(output_of, parts, demand[:, None])
    assert columns == [2, 2, 1]
    np.testing.assert_allclose(one_by_one, together, rtol=1e-12)


def test_a_part_without_which_the_others_have_no_answer_is_refused():
    """L is 1e-9 there: demand of 1e9 would take an amount of 1, and digits are lost."""
    with pytest.raises(ExtractionError, match=r"1e\+09 times the amounts of a part"):
        demand_for_parts(
            lambda z: 1e-9 * z, [np.eye(1)], parts_of("a"), np.array([1.0])
        )


def moving(draw: np.random.Generator, size: int, by: int) -> np.ndarray:
    """Return A whose I - A has its largest cells beside the diagonal: pivots move."""
    A = draw.uniform(-1, 1, (size, size)) / size
    A[np.arange(size), np.roll(np.arange(size), by)] -= 3
    return A


@pytest.mark.parametrize("threads", [1, 2, 99])
@pytest.mark.parametrize("by", [0, -1, 1])
@pytest.mark.parametrize("order", ["neighbours", "scattered"])
@pytest.mark.parametrize(("size", "regions"), [(1, 1), (23, 1), (40, 6), (61, 13)])
def test_output_of_parts_is_that_of_the_blocks_of_the_inverse(
    monkeypatch, size, regions, order, by, threads
):
    """Two sides, one without demand in the last part; and industries without trade."""
    monkeypatch.setattr(triangles, "_BLOCK_ROWS", 7)
    monkeypatch.setattr(triangles, "PRODUCT_COLUMNS", 3)
    monkeypatch.setattr(system_module, "BLOCK_COLUMNS", 5)
    monkeypatch.setattr(system_module, "_COLUMNS_OF_A_THREAD", 1)
    draw = np.random.Generator(np.random.PCG64(size + regions))
    A = moving(draw, size, by) if by else random_system(size, size)[0]
    absent = draw.choice(size, size // 8, replace=False)
    A[absent] = A[:, absent] = 0
    labels = draw.integers(0, regions, size)
    parts = parts_of(np.sort(labels) if order == "neighbours" else labels)
    z = draw.uniform(-1, 5, (size, 2))
    z[parts[-1], 1] = 0
    system, inverse = Leontief(A), np.linalg.inv(np.eye(size) - A)
    if by and size > 1:
        assert not np.array_equal(system._pivots, np.arange(len(system._pivots)))
    output = system.own_output(parts, z, threads=threads)
    for part in parts:
        expected = inverse[np.ix_(part, part)] @ z[part]
        np.testing.assert_allclose(output[part], expected, rtol=1e-9, atol=1e-11)
    by_columns = own_output(system.output, parts, z)
    np.testing.assert_allclose(output, by_columns, rtol=1e-9, atol=1e-11)


def test_output_of_parts_is_exact_where_outputs_differ_in_size():
    """By nine digits: A = Z / x is then scaled by x, and so are its factors."""
    size, draw = 400, np.random.Generator(np.random.PCG64(3))
    B, _, _ = random_system(11, size)
    scale = 10.0 ** draw.uniform(-9, 0, size)
    A = scale[:, None] * B / scale
    parts = parts_of(np.arange(size) // 20)
    z = draw.uniform(1, 5, (size, 1)) * scale[:, None]
    output = Leontief(A).own_output(parts, z)
    # L = D (I - B)^-1 D^-1, of a matrix whose inverse is known to all digits
    inverse = np.linalg.inv(np.eye(size) - B)
    for part in parts:
        own = scale[part]
        expected = own[:, None] * (
            inverse[np.ix_(part, part)] @ (z[part] / own[:, None])
        )
        np.testing.assert_allclose(output[part], expected, rtol=1e-11)
