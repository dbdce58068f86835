"""Groups of people inside regions once more, group by group (docs/methods.md)."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from support.reference_inequality import Distribution, theil
from support.reference_policy import exceeds
from support.systems import System

DIRECT = "DIRECT"
Rows = dict[tuple, dict[str, object]]


@dataclass(frozen=True)
class Group:
    """A group of a region, its people scaled to those of the region."""

    id: str
    name: str
    rank: int
    people: float
    income: float | None
    category: str | None


def groups_of(system: System, number: int) -> dict[str, list[Group]]:
    """Return the groups of each region that has any in a year."""
    year, found = system.years[number], {}
    for s, region in enumerate(system.regions):
        rows = [r for r in system.household_groups if r[:2] == (number, region.id)]
        if not rows:
            continue
        people, known = sum(row[5] for row in rows), year.population[s]
        factor = known / people if known else 1.0
        found[region.id] = [
            Group(group, name, rank, size * factor, income, category)
            for _, _, group, name, rank, size, income, category in rows
        ]
    return found


class Household:
    """What the groups of one region have of what its households buy and emit."""

    def __init__(self, system: System, number: int, s: int, Y: np.ndarray) -> None:
        self.system, self.number, self.s = system, number, s
        self.region = system.regions[s].id
        self.groups = groups_of(system, number)[self.region]
        self.people = np.array([group.people for group in self.groups])
        self.is_household = [c.group == "household" for c in system.categories]
        self.Y = Y[:, s]  # (n, C)
        self.spent = {
            (row[1], row[2], row[3], row[4]): row[5]
            for row in system.household_spending
            if row[0] == number
        }
        self.has_categories = any(group.category for group in self.groups)
        if not self.has_categories:
            self._share_products()

    def _rows(self, sector: str | None, label: str | None) -> np.ndarray | None:
        """Return the weights at a level, None where no group has a row there."""
        for region in (self.region, None):
            values = [
                self.spent.get((region, group.id, sector, label))
                for group in self.groups
            ]
            if any(value is not None for value in values):
                weights = np.array([value or 0.0 for value in values])
                return weights * (1.0 if region else self.people)
        return None

    def _survey(self, sector: str) -> np.ndarray | None:
        """Return the shares that rows give, None where they say nothing."""
        labels = [label for label, covered in self.system.labels if covered == sector]
        levels = [(sector, None)]
        if sector != DIRECT:
            levels += [*((None, label) for label in labels), (None, None)]
        for level in levels:
            weights = self._rows(*level)
            if weights is not None:
                return weights / weights.sum() if weights.sum() else None
        return None

    def _share_products(self) -> None:
        system = self.system
        by_product = self.by_product(np.ones(len(self.Y)))
        given = {sector.id: self._survey(sector.id) for sector in system.sectors}
        total = sum(
            (
                shares * by_product[i]
                for i, shares in enumerate(given.values())
                if shares is not None
            ),
            start=np.zeros(len(self.groups)),
        )
        rest = total if total.sum() > 0 else self.people
        rest = rest / rest.sum()
        self.shares = [rest if own is None else own for own in given.values()]
        own = self._survey(DIRECT)
        self.direct_shares = rest if own is None else own

    def by_product(self, multipliers: np.ndarray) -> np.ndarray:
        """Return what household purchases bring about, by product, (S,)."""
        household = self.Y[:, self.is_household].sum(axis=1)
        return (multipliers * household).reshape(-1, len(self.system.sectors)).sum(0)

    def totals(
        self, multipliers: np.ndarray, direct: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return what purchases bring about, and direct amounts, by group.

        `multipliers` are per unit bought, (n,), and `direct` by category, (C,).
        """
        if not self.has_categories:
            products = self.by_product(multipliers)
            bought = sum(share * products[i] for i, share in enumerate(self.shares))
            return bought, self.direct_shares * direct.sum()
        bought, own = np.zeros(len(self.groups)), np.zeros(len(self.groups))
        named = [group.category for group in self.groups]
        for c, category in enumerate(self.system.categories):
            share = self.people / self.people.sum()
            if category.id in named:
                share = np.array([float(name == category.id) for name in named])
            if self.is_household[c]:
                bought += share * (multipliers @ self.Y[:, c])
            own += share * direct[c]
        return bought, own


def households(system: System, number: int, Y: np.ndarray) -> list[Household]:
    """Return the regions that have groups."""
    having = groups_of(system, number)
    return [
        Household(system, number, s, Y)
        for s, region in enumerate(system.regions)
        if region.id in having
    ]


def group_rows(
    system: System, number: int, Y: np.ndarray, m: np.ndarray, D: np.ndarray
) -> Rows:
    """Return ``household_group_footprints`` of a stressor and year."""
    rows: Rows = {}
    for own in households(system, number, Y):
        bought, direct = own.totals(m, D[own.s])
        spending, _ = own.totals(np.ones(len(m)), np.zeros(len(D[0])))
        everything = (bought + direct).sum()
        for k, group in enumerate(own.groups):
            emissions = bought[k] + direct[k]
            rows[own.region, group.id] = {
                "group_name": group.name,
                "group_rank": group.rank,
                "population": group.people,
                "income": group.income,
                "emissions": emissions,
                "direct_emissions": direct[k],
                "emissions_per_capita": emissions / group.people,
                "spending": spending[k],
                "spending_per_capita": spending[k] / group.people,
                "share_of_region": emissions / everything if everything else None,
            }
    return rows


def curve(people: dict, amounts: dict) -> Distribution:
    """Return people in the order of what they have per head."""
    order = sorted(people, key=lambda key: (amounts[key] / people[key], key))
    line = Distribution(order, people, amounts)
    # people of groups are no whole numbers
    line.P = list(np.cumsum(line.p))
    return line


def inequality_row(
    system: System, number: int, groups: Rows, regions: dict[str, dict]
) -> Rows:
    """Return ``household_inequality`` of a stressor and year."""
    ranked = {region.id: region for region in system.regions if region.is_ranked}
    if not groups or not ranked:
        return {}
    people, amounts, without = {}, {}, 0
    for region in ranked:
        own = {key: row for key, row in groups.items() if key[0] == region}
        without += not own
        if not own:
            own = {
                (region, ""): {
                    "population": regions[region]["population"],
                    "emissions": regions[region]["household_footprint"],
                }
            }
        people |= {key: row["population"] for key, row in own.items()}
        amounts |= {key: row["emissions"] for key, row in own.items()}
    if sum(amounts.values()) <= 0:
        return {}

    def added(name: Callable[[tuple], object]) -> float:
        """Return Theil's T of groups of groups."""
        sums: dict = {}
        for key, size in people.items():
            total = sums.setdefault(name(key), [0.0, 0.0])
            total[0] += size / sum(people.values())
            total[1] += amounts[key] / sum(amounts.values())
        return theil([p for p, _ in sums.values()], [q for _, q in sums.values()])

    of_regions = {
        region: sum(v for (r, _), v in amounts.items() if r == region)
        for region in ranked
    }
    line = curve(people, amounts)
    total, between = added(lambda key: key), added(lambda key: key[0])
    parents = added(lambda key: ranked[key[0]].parent)
    bottom40 = line.lorenz(0.4)
    row = {
        "gini_regions": curve(
            {region: regions[region]["population"] for region in ranked}, of_regions
        ).gini(),
        "gini_groups": line.gini(),
        "theil_t": total,
        "theil_between_parents": parents,
        "theil_between_regions": between - parents,
        "theil_within_regions": total - between,
        "within_share": (total - between) / total if total else None,
        "top10_share": 1 - line.lorenz(0.9),
        "bottom50_share": line.lorenz(0.5),
        "palma_ratio": (1 - line.lorenz(0.9)) / bottom40 if bottom40 > 0 else None,
        "regions_without_groups": without,
    }
    return {(): row}


def price_rows(
    system: System,
    number: int,
    Y: np.ndarray,
    rise: np.ndarray,
    direct: np.ndarray,
    groups: Rows,
) -> tuple[Rows, Rows, dict[str, object]]:
    """Return a price by group and by tenth, and its columns of the summary.

    `rise` is that of every price, (n,), `direct` what final users pay, (R, C), and
    `groups` are the rows of ``household_group_footprints``.
    """
    burdens = {}
    for own in households(system, number, Y):
        bought, paid = own.totals(rise, direct[own.s])
        for k, group in enumerate(own.groups):
            burdens[own.region, group.id] = bought[k] + paid[k]
    ranked = {region.id for region in system.regions if region.is_ranked}
    people = {k: groups[k]["population"] for k in burdens if k[0] in ranked}
    everybody = sum(people.values())
    per_head = sum(burdens[key] for key in people) / everybody if people else None
    by_group = {
        key: burden_row(burden, groups[key], per_head if key in people else None)
        for key, burden in burdens.items()
    }
    summary: dict[str, object] = dict.fromkeys(
        (
            "household_dividend_per_capita",
            "group_kakwani_spending",
            "group_kakwani_income",
            "group_winners_population_share",
        )
    )
    if not people:
        return by_group, {}, summary
    incomes = {key: groups[key]["income"] for key in people}
    has_incomes = None not in incomes.values()
    heads = {key: groups[key]["spending"] / people[key] for key in people}
    order = sorted(people, key=lambda k: ((incomes if has_incomes else heads)[k], k))
    gains = {
        key: exceeds(by_group[key]["household_dividend"], burdens[key])
        for key in people
    }
    amounts = {
        "burden": burdens,
        "spending": {key: groups[key]["spending"] for key in people},
    }
    if has_incomes:
        amounts["income"] = {key: incomes[key] * people[key] for key in people}
    summary |= {
        "household_dividend_per_capita": per_head,
        "group_winners_population_share": sum(
            size for key, size in people.items() if gains[key]
        )
        / everybody,
    }
    index = {
        name: Distribution(order, people, values).gini()
        for name, values in amounts.items()
        if sum(values[key] for key in people)
    }
    for name in ("spending", "income"):
        if {"burden", name} <= set(index):
            summary[f"group_kakwani_{name}"] = index["burden"] - index[name]
    return by_group, tenth_rows(order, people, amounts, by_group, gains), summary


def burden_row(burden: float, row: dict, per_head: float | None) -> dict[str, object]:
    """Return ``carbon_price_by_group`` of a group."""
    size, income, spending = row["population"], row["income"], row["spending"]
    given = None if per_head is None else per_head * size
    return {
        "burden": burden,
        "burden_spending_share": burden / spending if spending > 0 else None,
        "burden_income_share": burden / (income * size)
        if income is not None and income > 0
        else None,
        "household_dividend": given,
        "net_gain": None if given is None else given - burden,
    }


def tenth_rows(
    order: list[tuple],
    people: dict,
    amounts: dict[str, dict],
    by_group: Rows,
    gains: dict,
) -> Rows:
    """Return a price by tenth of the people, groups in order."""
    everybody, tenths = sum(people.values()), {}
    amounts = amounts | {"net": {key: row["net_gain"] for key, row in by_group.items()}}
    for tenth in range(1, 11):
        low, high = (tenth - 1) * everybody / 10, tenth * everybody / 10
        end, parts = 0.0, {}
        for key in order:
            start, end = end, end + people[key]
            if (overlap := min(end, high) - max(start, low)) > 1e-9 * everybody:
                parts[key] = overlap / people[key]
        sums = {
            name: sum(values[key] * part for key, part in parts.items())
            for name, values in amounts.items()
        }
        spent, earned = sums["spending"], sums.get("income", 0)
        tenths[tenth,] = {
            "population": everybody / 10,
            "burden_spending_share": sums["burden"] / spent if spent > 0 else None,
            "burden_income_share": sums["burden"] / earned if earned > 0 else None,
            "net_gain_per_capita": sums["net"] / (everybody / 10),
            "winners_share": sum(
                people[key] * part for key, part in parts.items() if gains[key]
            )
            / (everybody / 10),
            "sorted_by": "income" if "income" in amounts else "spending",
            "regions": len({region for region, _ in parts}),
        }
    return tenths
