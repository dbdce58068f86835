"""Change between two years once more: steps of every order of the players, averaged.

Nothing is added up by product first, and no weight is written down: for each region the
footprint of every mixture of the two years is computed from whole arrays, and a
player's effect is the mean of its steps over all orders.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from itertools import pairwise, permutations
from math import factorial

import numpy as np

from support.systems import System

PLAYERS = (
    *("intensity", "technology", "final_sourcing", "product_mix"),
    *("demand_per_head", "population"),
)
OTHER_PLAYERS = ("intensity", "technology", "other_demand")
EFFECTS = (*PLAYERS, "other_demand", "direct_emissions")
PARTS = ("input_use", "input_sourcing")  # parts of technology
CANCELS = 1e-9


@dataclass(frozen=True)
class Moment:
    """One of the two years: R regions, S sectors, n = R S producers, C categories."""

    f: np.ndarray  # (n,), emissions per unit of money
    A: np.ndarray  # (n, n), inputs per unit of output
    L: np.ndarray  # (n, n)
    Y: np.ndarray  # (n, R, C)
    D: np.ndarray  # (R, C)
    p: np.ndarray  # (n,), price indices
    people: list[int | None]


def prices(system: System, year: int) -> np.ndarray:
    """Return the price index of every producer: region, sector, year, in this order."""
    indices = []
    for region, sector in system.producers:
        rows = [
            (r is not None, s is not None, y is not None, value)
            for y, s, r, value in system.deflators
            if y in (None, year) and s in (None, sector) and r in (None, region)
        ]
        indices.append(max(rows)[-1] if rows else 1.0)
    return np.array(indices)


def shapley(players: tuple[str, ...], value: Callable, player: str) -> float:
    """Return the mean step of a player; `value` takes who has changed."""
    effect = 0.0
    for order in permutations(players):
        k = order.index(player)
        step = value(frozenset(order[: k + 1])) - value(frozenset(order[:k]))
        effect += step / factorial(len(players))
    return effect


@dataclass(frozen=True)
class Bought:
    """The purchases of one region in the two years, at the prices of the index."""

    # (R, S) for each year: what can be split into a level, a mix and a sourcing
    regular: list[np.ndarray]
    other: list[np.ndarray]  # (n,) for each year

    @classmethod
    def by(
        cls, years: tuple[Moment, Moment], s: int, is_inventory: np.ndarray
    ) -> "Bought":
        """Return those of the region at position s."""
        sectors = len(years[0].f) // years[0].Y.shape[1]
        cells = [year.Y[:, s] / year.p[:, None] for year in years]  # (n, C)
        kept = [
            bought[:, ~is_inventory].reshape(-1, sectors, (~is_inventory).sum())
            for bought in cells
        ]
        sizes = [abs(bought).sum(axis=(0, 2)) for bought in kept]
        sums = [bought.sum(axis=2) for bought in kept]
        stays = np.ones(sectors, bool)
        for bought, size in zip(sums, sizes, strict=True):
            stays &= (size == 0) | (abs(bought.sum(axis=0)) > CANCELS * size)
        stays &= all(
            abs(bought[:, stays].sum()) > CANCELS * size[stays].sum()
            for bought, size in zip(sums, sizes, strict=True)
        )
        regular = [np.where(stays, bought, 0.0) for bought in sums]
        return cls(
            regular,
            [
                every.sum(axis=1) - bought.ravel()
                for every, bought in zip(cells, regular, strict=True)
            ],
        )

    def mix(self, year: int) -> np.ndarray:
        """Return the share of each product, (S,); nothing where nothing is bought."""
        bought = self.regular[year]
        return bought.sum(axis=0) / bought.sum() if bought.any() else bought[0]

    def sourcing(self, year: int) -> np.ndarray:
        """Return the share of bought region in a product, (R, S)."""
        shares = np.zeros_like(self.regular[0])
        for i in range(shares.shape[1]):
            for bought in (self.regular[year], self.regular[1 - year]):
                if bought[:, i].sum():
                    shares[:, i] = bought[:, i] / bought[:, i].sum()
                    break
        return shares


def changed_inputs(moments: tuple[Moment, Moment]) -> dict[str, np.ndarray]:
    """Return the parts of A1 - A0 at constant prices, product by product.

    Shares of bought region in a product are those of the other year where it is not
    bought, or cancels; in both years, nothing has a share and all is sourcing.
    """
    regions = moments[0].Y.shape[1]
    cells = [year.A * year.p / year.p[:, None] for year in moments]
    before, after = (A.reshape(regions, -1, A.shape[1]) for A in cells)
    use = np.zeros_like(before)
    sourcing = np.zeros_like(before)
    for i, j in np.ndindex(before.shape[1:]):
        pair = before[:, i, j], after[:, i, j]
        sums = [bought.sum() for bought in pair]
        shares = [
            bought / total
            for bought, total in zip(pair, sums, strict=True)
            if abs(total) > CANCELS * abs(bought).sum()
        ]
        if shares:
            first, last = shares[0], shares[-1]
            if len(shares) == 1:
                # inputs that cancel in a year are no share of a use
                use[:, i, j] = first * (sums[1] - sums[0])
                sourcing[:, i, j] = pair[1] - pair[0] - use[:, i, j]
                continue
            use[:, i, j] = (first + last) / 2 * (sums[1] - sums[0])
            sourcing[:, i, j] = (last - first) * (sums[0] + sums[1]) / 2
        else:
            sourcing[:, i, j] = pair[1] - pair[0]
    shape = cells[0].shape
    return {"input_use": use.reshape(shape), "input_sourcing": sourcing.reshape(shape)}


def technology_steps(moments: tuple[Moment, Moment]) -> dict[str, np.ndarray]:
    """Return the parts of L1 - L0 at constant prices, (n, n), of both orders."""
    first, last = (year.L * year.p / year.p[:, None] for year in moments)
    return {
        part: (last @ change @ first + first @ change @ last) / 2
        for part, change in changed_inputs(moments).items()
    }


def change_of_region(
    moments: tuple[Moment, Moment],
    s: int,
    is_inventory: np.ndarray,
    steps: dict[str, np.ndarray],
) -> dict[str, float]:
    """Return the effects of the region at position s, and those of steps of L."""
    bought = Bought.by(moments, s, is_inventory)
    people = [year.people[s] for year in moments]
    if not all(people):
        people = [1, 1]

    def total_intensity(changed: frozenset) -> np.ndarray:
        a, b = (moments[player in changed] for player in ("intensity", "technology"))
        return (a.f * a.p / b.p) @ b.L * b.p

    def of_step(step: np.ndarray) -> Callable:
        """Return total intensities that technology alone brings, by one step of L."""

        def total(changed: frozenset) -> np.ndarray:
            a = moments["intensity" in changed]
            return (a.f * a.p) @ step * ("technology" in changed)

        return total

    def footprint(changed: frozenset, total_intensity: Callable) -> float:
        at = {player: int(player in changed) for player in PLAYERS}
        level = bought.regular[at["demand_per_head"]].sum()
        level *= people[at["population"]] / people[at["demand_per_head"]]
        mix = bought.mix(at["product_mix"])
        demand = level * mix * bought.sourcing(at["final_sourcing"])
        return total_intensity(changed) @ demand.ravel()

    def other_footprint(changed: frozenset, total_intensity: Callable) -> float:
        return total_intensity(changed) @ bought.other[int("other_demand" in changed)]

    effects = dict.fromkeys(EFFECTS, 0.0)
    for players, value in ((PLAYERS, footprint), (OTHER_PLAYERS, other_footprint)):
        of_years = cache(partial(value, total_intensity=total_intensity))
        for player in players:
            effects[player] += shapley(players, of_years, player)
        for part, step in steps.items():
            of_part = cache(partial(value, total_intensity=of_step(step)))
            effect = shapley(players, of_part, "technology")
            effects[part] = effects.get(part, 0.0) + effect
    effects["direct_emissions"] = moments[1].D[s].sum() - moments[0].D[s].sum()
    return effects


def effect_rows(
    system: System, stressor_id: str, moments: dict[int, Moment], *, splits: bool
) -> dict:
    """Return ``footprint_changes`` of a stressor, by its key."""
    is_inventory = np.array([c.group == "inventory" for c in system.categories])
    deflated = {year for year, *_ in system.deflators}
    pairs = [(y, z, (moments[y], moments[z])) for y, z in pairwise(sorted(moments))]
    return {
        (year, stressor_id, base_year, region.id, effect): {
            "change": change,
            "is_additive": effect not in PARTS,
            "is_deflated": bool(deflated & {year, base_year}),
            "unit": "t",
        }
        for base_year, year, pair in pairs
        for steps in [technology_steps(pair) if splits else {}]
        for s, region in enumerate(system.regions)
        for effect, change in change_of_region(pair, s, is_inventory, steps).items()
    }


def reason_rows(changes: dict, accounts: dict) -> dict:
    """Return the finding on the change of all footprints, by year.

    If effects cancel out, its value is the largest of them.
    """
    footprints: dict[tuple, float] = {}
    for (year, stressor_id, _), row in accounts.items():
        of_year = footprints.get((year, stressor_id), 0.0)
        footprints[year, stressor_id] = of_year + row["consumption_footprint"]
    before = {}
    sums: dict[tuple, dict[str, float]] = {}
    for (year, stressor_id, base_year, _, effect), row in changes.items():
        if effect in PARTS:
            continue
        before[year, stressor_id] = footprints[base_year, stressor_id]
        is_mixed = not row["is_deflated"] and effect in ("intensity", "demand_per_head")
        reason = "both" if is_mixed else effect
        of_year = sums.setdefault((year, stressor_id), {})
        of_year[reason] = of_year.get(reason, 0.0) + row["change"]
    rows = {}
    for key, of_year in sums.items():
        largest, whole = max(of_year.values(), key=abs), sum(of_year.values())
        value = largest if abs(whole) <= 1e-9 * before[key] else whole
        rows[(*key, "reason_of_change")] = {
            "value": value,
            "unit": "t",
            "support_regions": None,
            "grade": "one source",
            "holds_in_variants": None,
            "agrees_with_published": None,
        }
    return rows
