"""The speed limits of the machine: multiplying and reading."""

import time
from collections.abc import Callable

import numpy as np

SIDE = 4096
REPEATS = 5


def multiply_rate() -> float:
    """Return floating-point operations a second of a product of float64 matrices."""
    draw = np.random.default_rng(0)
    one, other = draw.random((2, SIDE, SIDE))
    return 2 * SIDE**3 / _fastest(lambda: one @ other)


def read_rate() -> float:
    """Return bytes a second of a sum over a vector of 1 GB."""
    numbers = np.ones(125_000_000)
    return numbers.nbytes / _fastest(numbers.sum)


def _fastest(work: Callable[[], object]) -> float:
    seconds = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def floor_of_a_solve(n: int, k: int, multiply: float, read: float) -> float:
    """Return the seconds of one LU, k solves and one reading at these rates."""
    return (2 / 3 * n**3 + 2 * n**2 * k) / multiply + 8 * n**2 / read
