"""Imports in full scope once more: loops over buyers, one unknown after another.

Written from the methods, for the explicit inverse of `support.reference`; shares no
code with the package.
"""

from collections.abc import Iterator

import numpy as np

from support.systems import System, Year

DOMESTIC, USER = "domestic_technology", "user_file"


def mix_of(own: np.ndarray, of_group: np.ndarray, of_all: np.ndarray) -> np.ndarray:
    """Return the first mix that there is, else equal parts."""
    for amounts in (own, of_group, of_all):
        if amounts.sum() > 0:
            return amounts / amounts.sum()
    return np.full(len(own), 1 / len(own))


def buyers(
    system: System, year: Year, unit: float, is_zero: np.ndarray
) -> Iterator[tuple[int | None, int, np.ndarray]]:
    """Yield each buyer's producer (None of a final user), region and imports."""
    S, R, C = len(system.sectors), len(system.regions), len(system.categories)
    n = R * S

    def by_product(cells: np.ndarray) -> np.ndarray:
        return sum(cells[r * S : (r + 1) * S] for r in range(R))

    inputs = [
        np.zeros(S) if is_zero[j] else by_product(year.transactions[:, j])
        for j in range(n)
    ]
    bought = [
        [by_product(year.final_demand[:, s, c]) for c in range(C)] for s in range(R)
    ]
    known = year.imported_products
    for j in range(n):
        if year.imports_by_sector is None:
            break
        if known is not None and known[:, j].any():
            yield j, j // S, known[:, j] * unit
            continue
        group = sum(inputs[r * S + j % S] for r in range(R))
        mix = mix_of(inputs[j], group, sum(inputs))
        yield j, j // S, year.imports_by_sector[j] * mix * unit
    for s in range(R):
        if year.imports_by_category is None:
            break
        for c in range(C):
            if known is not None and known[:, n + s * C + c].any():
                yield None, s, known[:, n + s * C + c] * unit
                continue
            group = sum(bought[r][c] for r in range(R))
            mix = mix_of(bought[s][c], group, sum(sum(row) for row in bought))
            yield None, s, year.imports_by_category[s, c] * mix * unit


def domestic_technology(
    x: np.ndarray,
    is_zero: np.ndarray,
    L: np.ndarray,
    f: np.ndarray,
    imported: dict[int, np.ndarray],
    products: int,
) -> np.ndarray:
    """Repeat what the assumption says until nothing changes: a sum of rounds abroad.

    The first round makes what is imported with domestic intensities alone, each
    further one makes the imports of the round before.
    """
    n = len(x)
    intensity = np.zeros(products)
    for _ in range(10_000):
        g = np.zeros(n)
        for j, amounts in imported.items():
            if not is_zero[j]:
                g[j] = amounts @ intensity / x[j]
        total = (f + g) @ L
        new = np.zeros(products)
        for i in range(products):
            makers = [j for j in range(i, n, products) if not is_zero[j]]
            made = sum(x[j] for j in makers)
            if made > 0:
                new[i] = sum(x[j] * total[j] for j in makers) / made
        if np.abs(new - intensity).max() <= 1e-14 * max(np.abs(new).max(), 1e-300):
            return new
        intensity = new
    raise AssertionError("imports without end")
