"""Prices on emissions once more: every price of a product, and who buys how much.

Burdens come from the rise of prices times purchases, where the warehouse adds up
embodied emissions: the two agree because all costs are passed on.
"""

from dataclasses import dataclass

import numpy as np

from support.policy_facts import EXCHANGE_RATES
from support.reference_households import price_rows
from support.reference_inequality import Distribution
from support.reference_policy import Case, exceeds
from support.reference_uncertainty import QUANTILE
from support.systems import Sector

USD = 50.0  # per tonne
PROPORTIONAL = 0.005
Rows = dict[tuple, dict[str, object]]


def is_priced(case: Case) -> bool:
    """Return whether a stressor has a price at all."""
    return case.stressor_id == "co2" or case.stressor_id in case.system.impacts


def covers(price_id: str, sector: Sector) -> bool:
    """Return whether producers of a sector pay a shipped price."""
    return {
        "all": True,
        "power": sector.is_power_supply,
        "energy_and_heavy": sector.group in ("energy", "heavy_industry"),
    }[price_id]


@dataclass(frozen=True)
class Price:
    """A price on emissions: the highest, and the part of it that everybody pays."""

    id: str
    amount: float
    of_producers: np.ndarray  # (n,)
    of_final_users: np.ndarray  # (R,)
    # shares of the emissions that pay anything, however little
    payers: tuple[np.ndarray, np.ndarray]  # (n,), (R,)
    note: str | None = None


def shipped_prices(case: Case) -> list[Price]:
    """Return the shipped prices that the dataset has none of its own for."""
    system, rate = case.system, exchange_rate(case)
    owned = {name for name, *_ in system.carbon_prices}
    shipped = []
    for name in ("all", "power", "energy_and_heavy"):
        of_sectors = [float(covers(name, sector)) for sector in system.sectors]
        shares = (
            np.array(of_sectors * len(system.regions)),
            np.full(len(system.regions), float(name == "all")),
        )
        price = Price(
            name,
            USD * (1.0 if rate is None else rate),
            *shares,
            shares,
            note(case) if rate is None else None,
        )
        shipped += [] if name in owned else [price]
    return shipped


def own_prices(case: Case) -> list[Price]:
    """Return the prices of the dataset, each row where no other names more."""
    system, prices = case.system, []
    for name in dict.fromkeys(name for name, *_ in system.carbon_prices):
        rows = {row[2:4]: row for row in system.carbon_prices if row[0] == name}
        highest = max(row[1] for row in rows.values())

        def paid(row: tuple | None, highest: float = highest) -> float:
            return row[1] / highest if row is not None and highest else 0.0

        of_producers, payers = [], []
        for region, sector in system.producers:
            keys = ((region, sector), (region, None), (None, sector), (None, None))
            row = next((rows[key] for key in keys if key in rows), None)
            share = 1.0 if row is None or row[4] is None else row[4]
            of_producers.append(share * paid(row))
            payers.append(share if paid(row) > 0 else 0.0)
        of_final_users = []
        for region in system.regions:
            keys = ((region.id, None), (None, None))
            row = next((rows[key] for key in keys if key in rows), None)
            of_final_users.append(paid(row) if row is not None and row[5] else 0.0)
        shares = np.array(of_producers), np.array(of_final_users)
        is_paying = np.array(payers), (shares[1] > 0).astype(float)
        prices.append(Price(name, highest, *shares, is_paying))
    return prices


def price_marts(case: Case, covariances: Rows, groups: Rows) -> dict[str, Rows]:
    """Return the tables of prices of a stressor and year.

    `covariances` of footprints by region and other region; `groups` are the rows of
    ``household_group_footprints``.
    """
    tables = ("burden", "summary", "products", "by_group", "by_tenth")
    marts: dict[str, Rows] = {f"carbon_price_{table}": {} for table in tables}
    if not is_priced(case):
        return marts
    for price in [*shipped_prices(case), *own_prices(case)]:
        priced = Priced(case, price)
        regions = priced.regions()
        products = priced.products()
        summary = {(price.id,): priced.summary(regions, covariances)}
        summary[(price.id,)]["is_default"] = price.id == "all"
        named = {"burden": regions, "summary": summary, "products": products}
        by_group, by_tenth, of_groups = price_rows(
            case.system,
            case.number,
            case.solution.Y,
            priced.rise,
            price.amount * priced.covered_direct,
            groups,
        )
        summary[(price.id,)] |= of_groups
        for table, rows in named.items():
            for row in rows.values():
                row["price_note"] = price.note
            marts[f"carbon_price_{table}"] |= rows
        for table, rows in (("by_group", by_group), ("by_tenth", by_tenth)):
            marts[f"carbon_price_{table}"] |= {
                (price.id, *key): row for key, row in rows.items()
            }
    return marts


def exchange_rate(case: Case) -> float | None:
    """Return units of currency per USD of the year, None where nobody knows."""
    own = case.system.currency_per_usd.get(case.number)
    if own is not None:
        return own
    if case.system.currency == "USD":
        return 1.0
    rates = EXCHANGE_RATES.get(case.system.currency, {})
    nearest = min(rates, key=lambda year: (abs(year - case.number), year), default=None)
    return None if nearest is None else rates[nearest]


def note(case: Case) -> str:
    """Return what is said of a price that cannot be exchanged."""
    currency = case.system.currency
    return (
        f"no exchange rate of {currency} is known for {case.number}: the price is in"
        f" units of {currency} instead of USD"
    )


def over(amount: float, divisor: float | None) -> float | None:
    """Divide by what is positive; None otherwise."""
    return amount / divisor if divisor is not None and divisor > 0 else None


def incidence(index: float, standard_error: float) -> str:
    """Return between whom a price makes a difference, if it makes one."""
    if abs(index) < QUANTILE * standard_error:
        return "not distinguishable"
    if abs(index) <= PROPORTIONAL:
        return "proportional"
    return "regressive" if index < 0 else "progressive"


class Priced:
    """A price on some emissions of a year, passed on in full."""

    def __init__(self, case: Case, price: Price) -> None:
        self.case, self.price_id, self.price = case, price.id, price.amount
        accounts = case.accounts
        self.covered = price.of_producers * accounts.F
        self.covered_direct = price.of_final_users[:, None] * accounts.D
        producers, final_users = price.payers
        self.paying = producers * accounts.F
        self.paying_direct = final_users[:, None] * accounts.D
        self.own_cost = price.amount * price.of_producers * accounts.f
        # the maker pays, and its inputs cost more
        self.rise = self.own_cost @ case.solution.L
        self.lost = price.amount * price.of_producers @ accounts.lost
        self.is_household = [c.group == "household" for c in case.system.categories]

    def products(self) -> Rows:
        """Return the rise of every price."""
        return {
            (self.price_id, *producer): {
                "direct_increase": self.own_cost[k],
                "price_increase": self.rise[k],
            }
            for k, producer in enumerate(self.case.system.producers)
        }

    def regions(self) -> Rows:
        """Return what every region bears and receives."""
        case, rows = self.case, {}
        for r, region in enumerate(case.system.regions):
            bought = case.solution.Y[:, r]
            direct = self.price * self.covered_direct[r].sum()
            people, gdp = case.year.population[r], case.year.gdp[r]
            burden = (self.rise @ bought).sum() + direct
            of_households = (self.rise @ bought)[self.is_household].sum() + direct
            spent = bought.sum()
            household_spent = bought[:, self.is_household].sum()
            covered = self.covered[case.system.block(r)].sum()
            rows[(self.price_id, region.id)] = {
                "price": self.price,
                "covered_emissions": self.paying[case.system.block(r)].sum()
                + self.paying_direct[r].sum(),
                "paid_by_producers": self.price * covered,
                "burden": burden,
                "household_burden": of_households,
                "direct_burden": direct,
                "spending": spent,
                "household_spending": household_spent,
                "burden_per_capita": over(burden, people),
                "burden_spending_share": over(burden, spent),
                "burden_gdp_share": over(burden, gdp),
                "household_burden_share": over(of_households, household_spent),
            }
        ranked = [rows[(self.price_id, r)] for r in case.ranked]
        everybody = sum(case.people.values())
        per_head = sum(row["burden"] for row in ranked) / everybody if everybody else 0
        for (_, region_id), row in rows.items():
            is_ranked = region_id in case.people
            received = per_head * case.people[region_id] if is_ranked else None
            row["dividend"] = received
            row["net_gain"] = None if received is None else received - row["burden"]
        return rows

    def summary(self, rows: Rows, covariances: Rows) -> dict[str, object]:
        """Return the price in single figures."""
        case = self.case
        ranked = {r: rows[(self.price_id, r)] for r in case.ranked}
        emitted = case.accounts.F.sum() + case.accounts.D.sum()
        everybody = sum(case.people.values())
        gaining = [
            r for r, row in ranked.items() if exceeds(row["dividend"], row["burden"])
        ]
        covered = self.covered.sum() + self.covered_direct.sum()
        paying = self.paying.sum() + self.paying_direct.sum()
        share = sum(case.people[r] for r in gaining) / everybody if everybody else None
        return {
            "price": self.price,
            "revenue": self.price * covered,
            "covered_share": paying / emitted if emitted else None,
            "burden": sum(row["burden"] for row in rows.values()),
            "abroad": self.own_cost @ case.solution.X_export,
            "unattributed": self.lost,
            "dividend_per_capita": sum(row["burden"] for row in ranked.values())
            / everybody
            if ranked
            else 0.0,
            "winners_population_share": share,
            **self._deciding(gaining, share),
            **self._incidence(ranked, covariances),
        }

    def _deciding(self, gaining: list[str], share: float | None) -> dict[str, object]:
        """Return the region without which a majority would be none."""
        people = self.case.people
        if share is None:
            return {"deciding_region_id": None, "deciding_region_share": None}
        side = gaining if share > 0.5 else [r for r in people if r not in gaining]
        largest = min(side, key=lambda r: (-people[r], r))
        size = people[largest] / sum(people.values())
        majority = share if share > 0.5 else 1 - share
        decides = majority - size < 0.5
        return {
            "deciding_region_id": largest if decides else None,
            "deciding_region_share": size if decides else None,
        }

    def _incidence(
        self, ranked: dict[str, dict], covariances: Rows
    ) -> dict[str, object]:
        """Return indices and fifths, from the poorest region to the richest.

        What households bear goes by what they spend per person, all burdens by GDP.
        """
        case = self.case
        spending = {
            r: row["household_spending"] / case.people[r] for r, row in ranked.items()
        }
        orders = {"gdp": case.incomes, "household_spending": spending}
        amounts = {
            name: {r: row[name] for r, row in ranked.items()}
            for name in ("burden", "household_burden", "household_spending")
        }
        amounts["gdp"] = {r: case.rows[r]["gdp"] for r in ranked}
        curves = {}
        for by, names in (
            ("gdp", ("burden", "gdp")),
            ("household_spending", ("household_burden", "household_spending")),
        ):
            if ranked and None not in orders[by].values():
                order = sorted(ranked, key=lambda r: (orders[by][r], r))
                curves |= {
                    name: Distribution(order, case.people, amounts[name])
                    for name in names
                    if sum(amounts[name].values()) > 0
                }

        def less(one: str, other: str) -> float | None:
            if {one, other} <= {*curves}:
                return curves[one].gini() - curves[other].gini()
            return None

        def fifth(one: str, other: str, is_poorest: bool) -> float | None:
            if not {one, other} <= {*curves}:
                return None
            parts = [
                (curve.lorenz(0.2) if is_poorest else 1 - curve.lorenz(0.8))
                * sum(amounts[name].values())
                for name in (one, other)
                for curve in [curves[name]]
            ]
            return parts[0] / parts[1] if parts[1] else None

        household = less("household_burden", "household_spending")
        error = None
        if "household_burden" in curves:
            error = self._error(
                curves["household_burden"].order,
                amounts["household_burden"],
                covariances,
            )
        return {
            "concentration_index": curves["burden"].gini()
            if "burden" in curves
            else None,
            "kakwani_index": less("burden", "gdp"),
            "household_kakwani_index": household,
            "household_kakwani_standard_error": error,
            "incidence": None if household is None else incidence(household, error),
            "poorest_fifth_gdp_share": fifth("burden", "gdp", True),
            "richest_fifth_gdp_share": fifth("burden", "gdp", False),
            "poorest_fifth_household_share": fifth(
                "household_burden", "household_spending", True
            ),
            "richest_fifth_household_share": fifth(
                "household_burden", "household_spending", False
            ),
            **self._fifths(sorted(ranked, key=lambda r: (spending[r], r))),
        }

    def _error(
        self, order: list[str], burdens: dict[str, float], covariances: Rows
    ) -> float:
        """Return the standard error of the index, each burden as its footprint errs.

        The derivatives are those of the index itself, by a complex step.
        """
        case, step = self.case, 1e-30
        moves = {}
        for region in order:
            footprint = case.rows[region]["consumption_footprint"]
            moved = burdens | {region: burdens[region] * (1 + 1j * step)}
            index = Distribution(order, case.people, moved).gini()
            moves[region] = index.imag / step / footprint if footprint else 0.0
        variance = sum(
            moves[one] * row["covariance"] * moves[other]
            for (one, other), row in covariances.items()
            if one in moves and other in moves
        )
        return max(variance, 0.0) ** 0.5

    def _fifths(self, order: list[str]) -> dict[str, object]:
        """Return of how many regions the fifths are, and the largest part of one."""
        people = self.case.people
        everybody = sum(people.values())
        found: dict[str, object] = {
            f"{end}_fifth_regions": None for end in ("poorest", "richest")
        }
        found |= {"fifth_largest_region_id": None, "fifth_largest_region_share": None}
        largest = (0.0, "")
        for end, regions in (("poorest", order), ("richest", order[::-1])):
            before, parts = 0, {}
            for region in regions:
                part = min(everybody / 5 - before, people[region]) / (everybody / 5)
                if part > 1e-9:
                    parts[region] = part
                before += people[region]
            if parts:
                found[f"{end}_fifth_regions"] = len(parts)
                largest = max(largest, *((part, r) for r, part in parts.items()))
        if largest[1]:
            found["fifth_largest_region_share"] = largest[0]
            found["fifth_largest_region_id"] = largest[1]
        return found
