"""What the machine can do at most: multiply and read. Nothing can be faster."""

import time

import numpy as np

SIDE = 4096
REPEATS = 5


def multiply_rate() -> float:
    """Floating-point operations a second of a product of float64 matrices."""
    draw = np.random.default_rng(0)
    one, other = draw.random((2, SIDE, SIDE))
    return 2 * SIDE**3 / _fastest(lambda: one @ other)


def read_rate() -> float:
    """Bytes a second of a sum over a vector of 1 GB."""
    numbers = np.ones(125_000_000)
    return numbers.nbytes / _fastest(numbers.sum)


def _fastest(work) -> float:
    seconds = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def floor_of_a_solve(n: int, k: int, multiply: float, read: float) -> float:
    """Seconds of one LU, k solves and one reading of the cells at these rates."""
    return (2 / 3 * n**3 + 2 * n**2 * k) / multiply + 8 * n**2 / read
