"""Supply chains once more: products with A, every pair of producers, recursion.

Written from the methods, for the explicit inverse of `support.reference`; shares no
code with the package.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from support.systems import System

if TYPE_CHECKING:
    from support.reference import Accounts, Solution

CUTOFF = 0.001
LAST_TIER = 12


def tier_rows(
    system: System, solution: "Solution", accounts: "Accounts"
) -> dict[tuple, dict]:
    """Return a row for every region and tier; the last is the rest."""
    terms = [accounts.f]
    while len(terms) < 10:
        terms.append(terms[-1] @ solution.A)
    terms.append(accounts.m - sum(terms))
    return {
        (region.id, tier): {"emissions": term @ solution.Y[:, s].sum(axis=1)}
        for s, region in enumerate(system.regions)
        for tier, term in enumerate(terms)
    }


def shares_of(solution: "Solution", m: np.ndarray, cutoff: float) -> np.ndarray:
    """Return the share of each supplier (row) in each buyer, 0 below the cut-off."""
    shares = np.zeros_like(solution.A)
    for j in np.flatnonzero(abs(m) > 1e-12 * max(abs(m))):
        shares[:, j] = solution.A[:, j] * m / m[j]
    shares[abs(shares) < cutoff] = 0.0
    return shares


def link_rows(
    system: System, solution: "Solution", accounts: "Accounts"
) -> dict[tuple, dict]:
    """Return a row for every supplier and buyer from the cut-off on."""
    shares = shares_of(solution, accounts.m, CUTOFF)
    regions = [region.name for region in system.regions for _ in system.sectors]
    return {
        (*system.producers[i], *system.producers[j]): {
            "share": shares[i, j],
            "intensity": solution.A[i, j] * accounts.m[i],
            "emissions": solution.A[i, j] * accounts.m[i] * solution.x[j],
            "supplier_region_name": regions[i],
            "buyer_region_name": regions[j],
        }
        for i, j in zip(*np.nonzero(shares), strict=True)
    }


def walks(
    walk: tuple[int, ...], weight: float, shares: np.ndarray, smallest: float
) -> Iterator[tuple[tuple[int, ...], float]]:
    """Yield a walk and all that go on from it, with their weights."""
    yield walk, weight
    if len(walk) <= LAST_TIER:
        for i in np.flatnonzero(abs(weight * shares[:, walk[-1]]) >= smallest):
            further = weight * shares[i, walk[-1]]
            if further:
                yield from walks((*walk, int(i)), further, shares, smallest)


def path_rows(
    system: System, solution: "Solution", accounts: "Accounts"
) -> dict[tuple, dict]:
    """Return the paths of every region from the cut-off on, by place."""
    shares = shares_of(solution, accounts.m, CUTOFF)
    labels = ["/".join(producer) for producer in system.producers]
    regions = [region.name for region in system.regions for _ in system.sectors]
    names = [
        f"{sector.name} in {region.name}"
        for region in system.regions
        for sector in system.sectors
    ]
    rows = {}
    for s, region in enumerate(system.regions):
        bought = accounts.m * solution.Y[:, s].sum(axis=1)
        footprint = bought.sum()
        smallest = CUTOFF * abs(footprint)
        if abs(footprint) <= 0.01 * abs(bought).sum():
            continue
        paths = [
            (weight * accounts.f[walk[-1]] / accounts.m[walk[-1]], walk)
            for j in np.flatnonzero(abs(bought) >= smallest)
            for walk, weight in walks((int(j),), bought[j], shares, smallest)
        ]
        paths = [(value, walk) for value, walk in paths if abs(value) >= smallest]
        paths.sort(
            key=lambda path: (
                -abs(path[0]),
                " <- ".join(map(labels.__getitem__, path[1])),
            )
        )
        for rank, (value, walk) in enumerate(paths, start=1):
            rows[region.id, rank] = {
                "tier": len(walk) - 1,
                "path": " <- ".join(labels[k] for k in walk),
                "path_names": " <- ".join(names[k] for k in walk),
                "product_region_id": system.producers[walk[0]][0],
                "product_sector_id": system.producers[walk[0]][1],
                "emitter_region_id": system.producers[walk[-1]][0],
                "emitter_sector_id": system.producers[walk[-1]][1],
                "product_region_name": regions[walk[0]],
                "emitter_region_name": regions[walk[-1]],
                "emissions": value,
                "share": value / footprint,
            }
    return rows


def chain_marts(
    system: System, solution: "Solution", accounts: "Accounts"
) -> dict[str, dict[tuple, dict]]:
    """Return the three marts of supply chains."""
    return {
        "footprint_by_tier": tier_rows(system, solution, accounts),
        "supply_links": link_rows(system, solution, accounts),
        "supply_paths": path_rows(system, solution, accounts),
    }
