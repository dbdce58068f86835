"""Imports in full scope once more: loops over buyers, one unknown after another.

Written from the methods, for the explicit inverse of `support.reference`; shares no
code with the package.
"""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from support.systems import TONNES, System, Year

if TYPE_CHECKING:
    from support.reference import Solution as Solved

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
) -> np.ndarray | None:
    """Repeat what the assumption says until nothing changes: a sum of rounds abroad.

    The first round makes what is imported with domestic intensities alone, each
    further one makes the imports of the round before. None if they grow without end.
    """
    n = len(x)
    intensity = np.zeros(products)
    first = None
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
        first = np.abs(new).max() if first is None else first
        if np.abs(new - intensity).max() <= 1e-14 * max(np.abs(new).max(), 1e-300):
            return new
        if np.abs(new).max() > 1e6 * first:
            return None
        intensity = new
    raise AssertionError("imports grow slowly without end")


def of_user(system: System, number: int, stressor_id: str) -> np.ndarray | None:
    """Return what the user's file says per single unit of money, in tonnes.

    The row that names most speaks; an impact needs all of its stressors.
    """
    if stressor_id in system.impacts:
        parts = [
            (factor, of_user(system, number, part.id))
            for part in system.stressors
            if (factor := system.impacts[stressor_id].get(part.id)) and part.is_mass
        ]
        if any(values is None for _, values in parts):
            return None
        return sum(factor * values for factor, values in parts)
    unit = next(q.unit for q in system.stressors if q.id == stressor_id)
    values = np.zeros(len(system.sectors))
    found = False
    for i, sector in enumerate(system.sectors):
        speaks = -1
        for *keys, value in system.import_intensities:
            pairs = list(zip(keys, (number, stressor_id, sector.id), strict=True))
            if any(key not in (None, own) for key, own in pairs):
                continue
            named = sum(key is not None for key in keys)
            if named > speaks:
                speaks, found = named, True
                values[i] = value * TONNES[unit] / system.currency_unit
    return values if found else None


def intensities_of_partners(
    world: System, number: int, country: str, concordance: Path
) -> dict[str, float]:
    """Return tonnes of CO2 per unit of the world's currency by the importer's sector.

    Total intensities of all others, weighted with what they deliver to the country.
    """
    year, (unit,) = (
        world.years[number],
        [q.unit for q in world.stressors if q.id == "co2"],
    )
    n = len(year.transactions)
    x = (
        year.transactions.sum(axis=1)
        + year.final_demand.sum(axis=(1, 2))
        + year.exports
    )
    divisor = np.where(x == 0, np.inf, x)
    L = np.linalg.inv(np.eye(n) - year.transactions / divisor)
    m = year.emissions["co2"] / divisor @ L
    S = len(world.sectors)
    here = [region.id for region in world.regions].index(country)
    own = range(here * S, (here + 1) * S)
    emitted, bought = {}, {}
    with concordance.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            k = [sector.id for sector in world.sectors].index(row["source"])
            for i in set(range(k, n, S)).difference(own):
                amount = year.transactions[i, own].sum()
                amount += year.final_demand[i, here].sum()
                amount *= float(row["share"] or 1)
                sector = row["sector_id"]
                emitted[sector] = emitted.get(sector, 0.0) + m[i] * amount
                bought[sector] = bought.get(sector, 0.0) + amount
    scale = TONNES[unit] / world.currency_unit
    return {i: scale * emitted[i] / bought[i] for i in bought if bought[i] > 0}


def scope_rows(
    system: System,
    number: int,
    solution: "Solved",
    f: np.ndarray,
    rows: dict[str, dict],
    stressor_id: str,
) -> dict:
    """Return ``footprints_with_imports`` of a stressor."""
    year = system.years[number]
    S = len(system.sectors)
    x, is_zero = solution.x, solution.is_zero
    bought = list(buyers(system, year, system.currency_unit, is_zero))
    if not any(np.any(amounts) for *_, amounts in bought):
        return {}
    of_producers = {j: amounts for j, _, amounts in bought if j is not None}
    methods = {
        DOMESTIC: domestic_technology(x, is_zero, solution.L, f, of_producers, S),
        USER: of_user(system, number, stressor_id),
    }
    scopes = {}
    default = DOMESTIC if methods[USER] is None else USER
    for method, n in methods.items():
        if n is None:
            continue
        g = np.zeros(len(x))
        lost = dict.fromkeys(range(len(system.regions)), 0.0)
        for j, amounts in of_producers.items():
            if is_zero[j]:
                lost[j // S] += amounts @ n
            else:
                g[j] = amounts @ n / x[j]
        for s, region in enumerate(system.regions):
            own = sum(amounts @ n for j, r, amounts in bought if j is None and r == s)
            behind = sum(g @ solution.X[:, s, c] for c in range(len(system.categories)))
            domestic = rows[region.id]["consumption_footprint"]
            people = year.population[s]
            full = domestic + behind + own
            scopes[(method, region.id)] = {
                "domestic_footprint": domestic,
                "imports_in_production": behind,
                "imports_of_final_users": own,
                "full_footprint": full,
                "imports_in_exports": g[system.block(s)]
                @ solution.X_export[system.block(s)],
                "imports_unattributed": lost[s],
                "full_footprint_per_capita": full / people if people else None,
                "is_default_method": method == default,
            }
    return scopes


def with_comparisons(
    scopes: dict, world: float | None, us: float | None, is_lower_bound: bool
) -> dict:
    """Return the rows with their ratios to what is published."""
    for row in scopes.values():
        head = row["full_footprint_per_capita"]
        is_known = head is not None and world is not None
        row["world_average_ratio"] = head / world if is_known else None
        row["us_ratio"] = head / us if is_known else None
        low = "not known" if is_lower_bound else "at or below"
        row["is_lower_bound"] = is_lower_bound
        row["world_comparison"] = (
            None if not is_known else "above" if head > world else low
        )
    return scopes
