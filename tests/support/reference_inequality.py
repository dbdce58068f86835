"""Inequality between regions, as plainly as possible (docs/methods.md)."""

from math import log

import numpy as np

from support.systems import System, Year


class Distribution:
    """People and amounts of the ranked regions, in one order."""

    def __init__(self, order: list[str], people: dict, amounts: dict) -> None:
        self.order = order
        total_people = sum(people[region] for region in order)
        total = sum(amounts[region] for region in order)
        self.p = [people[region] / total_people for region in order]
        self.q = [amounts[region] / total for region in order]
        cumulative_people = np.cumsum([people[region] for region in order])
        self.P = [int(people) / total_people for people in cumulative_people]
        self.Q = list(np.cumsum(self.q))

    def gini(self) -> float:
        """Gini formula; the concentration index if sorted by something else."""
        area, before = 0.0, 0.0
        for p, Q in zip(self.p, self.Q, strict=True):
            area += p * (Q + before)
            before = Q
        return 1 - area

    def lorenz(self, share: float) -> float:
        """Amount share of the poorest ``share`` of people, linear from (0, 0)."""
        P0, Q0 = 0.0, 0.0
        for P, Q in zip(self.P, self.Q, strict=True):
            if share <= P:
                return Q0 + (Q - Q0) * (share - P0) / (P - P0)
            P0, Q0 = P, Q
        return 1.0


def theil(p: list[float], q: list[float]) -> float:
    """Theil's T over the shares that are positive."""
    return sum(
        amount * log(amount / people)
        for people, amount in zip(p, q, strict=True)
        if amount > 0
    )


def between_groups(system: System, distribution: Distribution) -> float:
    """Theil's T of the groups that share a parent; no parent is a group too."""
    parents = {region.id: region.parent for region in system.regions}
    shares: dict[str | None, list[float]] = {}
    for region_id, p, q in zip(
        distribution.order, distribution.p, distribution.q, strict=True
    ):
        group = shares.setdefault(parents[region_id], [0.0, 0.0])
        group[0] += p
        group[1] += q
    return theil([p for p, _ in shares.values()], [q for _, q in shares.values()])


def deciles(order: list[str], people: dict, amounts: dict) -> dict[tuple, dict]:
    """Return tenths of the people: how far the Lorenz curve rises over each."""
    total_people = sum(people[region] for region in order)
    total = sum(amounts[region] for region in order)
    curve = Distribution(order, people, amounts)
    rows = {}
    for decile in range(1, 11):
        share = curve.lorenz(decile / 10) - curve.lorenz((decile - 1) / 10)
        # ten times each person's place: where regions and the tenth begin and end
        low, high = (decile - 1) * total_people, decile * total_people
        end, regions = 0, 0
        for region in order:
            start, end = end, end + 10 * people[region]
            regions += start < high and end > low
        rows[(decile,)] = {
            "population": total_people / 10,
            "population_share": 0.1,
            "amount": share * total,
            "amount_share": share,
            "per_capita": share * total / (total_people / 10),
            "regions": regions,
        }
    return rows


def measures(
    system: System, year: Year, rows: dict[str, dict], accounts: object
) -> dict[str, dict[str, float | None]]:
    """Return the amount of every ranked region by measure."""
    household = [
        c for c, cat in enumerate(system.categories) if cat.group == "household"
    ]
    ranked = [(s, r.id) for s, r in enumerate(system.regions) if r.is_ranked]
    return {
        "consumption_footprint": {
            region: rows[region]["consumption_footprint"] for _, region in ranked
        },
        "production_emissions": {
            region: rows[region]["production_emissions"] for _, region in ranked
        },
        "household_footprint": {
            region: sum(accounts.E[:, s, c].sum() for c in household)
            + accounts.D[s].sum()
            for s, region in ranked
        },
        "gdp": {region: year.gdp[s] for s, region in ranked},
    }


def sort_by_head(people: dict, amounts: dict) -> list[str]:
    """Sort by amount per head, ties by identifier in code-point order."""
    return sorted(people, key=lambda region: (amounts[region] / people[region], region))


def inequality_marts(
    system: System, year: Year, rows: dict[str, dict], accounts: object
) -> dict[str, dict[tuple, dict]]:
    """Return the three inequality marts of one stressor and year."""
    people = {
        region.id: year.population[s]
        for s, region in enumerate(system.regions)
        if region.is_ranked
    }
    by_measure = measures(system, year, rows, accounts)
    gdp = by_measure["gdp"]
    has_gdp = None not in gdp.values()
    gdp_order = sort_by_head(people, gdp) if has_gdp else None
    gini_gdp = None
    if has_gdp and sum(gdp.values()) > 0:
        gini_gdp = Distribution(gdp_order, people, gdp).gini()
    marts: dict[str, dict] = {
        "inequality_deciles": {},
        "lorenz_curve": {},
        "inequality_indices": {},
    }
    for measure, amounts in by_measure.items():
        if None in amounts.values() or not sum(amounts.values()) > 0:
            continue
        order = sort_by_head(people, amounts)
        for key, row in deciles(order, people, amounts).items():
            marts["inequality_deciles"][(measure, *key)] = row
        distribution = Distribution(order, people, amounts)
        for position, region in enumerate(order):
            marts["lorenz_curve"][(measure, position + 1)] = {
                "region_id": region,
                "cumulative_population_share": distribution.P[position],
                "cumulative_amount_share": distribution.Q[position],
            }
        concentration = None
        if has_gdp:
            concentration = Distribution(gdp_order, people, amounts).gini()
        marts["inequality_indices"][(measure,)] = indices(
            system, distribution, concentration, gini_gdp
        )
    return marts


def indices(
    system: System,
    distribution: Distribution,
    concentration: float | None,
    gini_gdp: float | None,
) -> dict[str, float | None]:
    """Return the row of ``inequality_indices``."""
    total = theil(distribution.p, distribution.q)
    between = between_groups(system, distribution)
    bottom40 = distribution.lorenz(0.4)
    top10 = 1 - distribution.lorenz(0.9)
    kakwani = None
    if concentration is not None and gini_gdp is not None:
        kakwani = concentration - gini_gdp
    return {
        "gini": distribution.gini(),
        "theil_t": total,
        "theil_t_within": total - between,
        "theil_t_between": between,
        "palma_ratio": top10 / bottom40 if bottom40 > 0 else None,
        "top10_share": top10,
        "bottom50_share": distribution.lorenz(0.5),
        "concentration_index": concentration,
        "kakwani_index": kakwani,
    }
