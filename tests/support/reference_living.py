"""Who receives the quota, and what it is worth, as plainly as possible."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from math import exp, log

import numpy as np

from support.policy_facts import BAND_NAMES, EXCHANGE_RATES, INCOME_BANDS
from support.reference_inequality import Distribution, sort_by_head
from support.reference_policy import (
    Case,
    exceeds,
    have_one_structure,
)
from support.reference_published import BUDGET, TONNES_CO2


@dataclass(frozen=True)
class Curve:
    """Footprint per head over income, both in logarithms."""

    intercept: float
    elasticity: float
    r_squared: float | None
    largest: float  # footprint per head in the fit
    largest_income: float  # per head in the fit

    def footprint(self, income: float) -> float | None:
        """Return the fitted footprint per head at an income, None if far too large."""
        logarithm = self.intercept + self.elasticity * log(income)
        return None if logarithm > 600 else exp(logarithm)


@dataclass(frozen=True)
class IncomeBands:
    """Income bands of one year, and the dataset's currency in USD."""

    income_year: int
    bounds: tuple[int, int, int]  # USD
    rate: float | None  # currency per USD

    @property
    def threshold(self) -> float | None:
        """Income per head from which a region is upper middle, in currency."""
        return None if self.rate is None else (self.bounds[1] + 1) * self.rate

    def band(self, income: float | None) -> str | None:
        """Return the band of an income in currency."""
        if income is None or self.rate is None:
            return None
        for name, bound in zip(BAND_NAMES, self.bounds, strict=False):
            if income / self.rate <= bound:
                return name
        return BAND_NAMES[-1]


def nearest_year(years: dict[int, object], number: int) -> int:
    """Return the nearest of some years; of two, the earlier."""
    return min(years, key=lambda year: (abs(year - number), year))


def income_bands(case: Case) -> IncomeBands:
    """Return bands and exchange rate of the year of a case."""
    year = case.policy.income_year or nearest_year(INCOME_BANDS, case.number)
    own, rates = case.system.currency_per_usd, EXCHANGE_RATES.get(case.system.currency)
    rate = own.get(case.number)
    if rate is None and rates:
        rate = rates[nearest_year(rates, case.number)]
    return IncomeBands(year, INCOME_BANDS[year], rate)


def receivers_of(case: Case, super_emitters: set[str], share: float) -> list[str]:
    """Return the poorest regions that are none, until they hold enough people."""
    others = [region for region in case.ranked if region not in super_emitters]

    def poorest_first(region: str) -> tuple:
        income = case.incomes[region]
        return (income is None, income or 0.0, region)

    enough = Fraction(str(share)) * sum(case.people.values())
    enough -= enough / 10**12
    chosen: list[str] = []
    for region in sorted(others, key=poorest_first):
        if sum(case.people[r] for r in chosen) >= enough:
            break
        chosen.append(region)
    return chosen


def income_curve(case: Case) -> Curve | None:
    """Fit by least squares with the square roots of people as weights."""
    fitted = [
        region
        for region, income in case.incomes.items()
        if income is not None and income > 0 and case.heads[region] > 0
    ]
    if len(fitted) < 2:
        return None
    w = np.array([float(case.people[region]) for region in fitted])
    x = np.array([log(case.incomes[region]) for region in fitted])
    y = np.array([log(case.heads[region]) for region in fitted])
    w /= w.sum()
    x_mean, y_mean = w @ x, w @ y
    if w @ (x - x_mean) ** 2 <= 1e-12:
        return None
    root = np.sqrt(w)
    design = np.stack([root, root * (x - x_mean)], axis=1)
    (level, slope), *_ = np.linalg.lstsq(design, root * (y - y_mean), rcond=None)
    residuals = w @ (y - y_mean - level - slope * (x - x_mean)) ** 2
    spread = w @ (y - y_mean) ** 2
    return Curve(
        intercept=level + y_mean - slope * x_mean,
        elasticity=slope,
        # equal footprints differ by the rounding of their mean
        r_squared=1 - residuals / spread if spread > 1e-28 else None,
        largest=max(case.heads[region] for region in fitted),
        largest_income=max(case.incomes[region] for region in fitted),
    )


def water_filling(
    quota: float, people: dict[str, int], heads: dict[str, float]
) -> dict[str, float]:
    """Pour an amount over regions, lowest level first; exact rationals.

    The water rises from step to step: what lies lower is filled up to the next
    region's level as long as the amount lasts.
    """
    left = Fraction(float(quota))
    floors = sorted({Fraction(float(head)) for head in heads.values()})
    level = floors[0]
    for step in [*floors[1:], None]:
        wet = sum(n for r, n in people.items() if Fraction(float(heads[r])) <= level)
        if step is None or wet * (step - level) >= left:
            level += left / wet
            break
        left -= wet * (step - level)
        level = step
    return {
        region: float(n * max(Fraction(0), level - Fraction(float(heads[region]))))
        for region, n in people.items()
    }


def allocate(
    rule: str,
    quota: float,
    people: dict[str, int],
    heads: dict[str, float],
    threshold: float | None,
) -> dict[str, float]:
    """Share a quota among receivers.

    Parameters
    ----------
    rule
        Allocation rule.
    quota
        What is shared, tonnes; below zero it is a burden, borne equally per head.
    people, heads
        People and footprints per head of the receivers.
    threshold
        Footprint per head up to which a region has a gap, None if unknown.
    """
    everyone = sum(people.values())
    equal = {region: quota * n / everyone for region, n in people.items()}
    if rule == "equal_per_capita" or quota <= 0:
        return equal
    if rule == "water_filling":
        return water_filling(quota, people, heads)
    gaps = {
        region: n * max(0.0, (threshold or 0.0) - heads[region])
        for region, n in people.items()
    }
    total = sum(gaps.values())
    if threshold is None or total <= 0:
        return equal
    filled = min(1.0, quota / total)
    over = max(0.0, quota - total)
    return {
        region: gap * filled + over * people[region] / everyone
        for region, gap in gaps.items()
    }


def income_after(
    income: float | None, before: float, after: float, curve: Curve | None
) -> float | None:
    """Return the income at which the curve rises by as much as the footprint."""
    if curve is None or curve.elasticity <= 1e-9 or income is None:
        return None
    if before <= 0 or after <= 0:
        return None
    exponent = log(after / before) / curve.elasticity
    if income > 0 and log(income) + exponent > 700:
        return None
    return income * exp(exponent)


def gini(case: Case, incomes: dict[str, float | None]) -> float | None:
    """Return the Gini index of incomes, None where one of them is unknown."""
    if None in incomes.values():
        return None
    amounts = {region: incomes[region] * n for region, n in case.people.items()}
    if not sum(amounts.values()) > 0:
        return None
    order = sort_by_head(case.people, amounts)
    return Distribution(order, case.people, amounts).gini()


def mean(people: dict[str, int], values: dict[str, float | None]) -> float | None:
    """Return the mean over people, None where a value is unknown."""
    if None in values.values():
        return None
    return sum(values[region] * n for region, n in people.items()) / sum(
        people.values()
    )


def share_at(
    threshold: float | None, people: dict[str, int], incomes: dict[str, float | None]
) -> float | None:
    """Return the share of people in regions that reach a threshold."""
    if threshold is None:
        return None
    reached = {
        region: None if income is None else float(income >= threshold)
        for region, income in incomes.items()
    }
    return mean(people, reached)


def gap(case: Case) -> tuple[float, float] | None:
    """Return footprints and published consumption of a table of a whole country."""
    system = case.system
    figures = BUDGET.get((system.country, case.number))
    if figures is None or system.is_synthetic or case.stressor_id != "co2":
        return None
    territorial, consumption = (TONNES_CO2 * carbon for carbon in figures)
    own = [case.rows[r.id] for r in system.regions if r.type != "rest_of_world"]
    if sum(row["production_emissions"] for row in own) < 0.75 * territorial:
        return None
    return sum(row["consumption_footprint"] for row in own), consumption


def premise(case: Case, receivers: list[str], is_within: bool, is_user: bool) -> str:
    """Return the first of the premises that fails, or that they hold."""
    if case.system.country == "WLD":
        return "across_countries"
    # tables of one country leave out what their imports cause abroad
    footprints, published = gap(case) or (1.0, 1.0)
    if footprints < 0.75 * published:
        return "footprints_incomplete"
    made = sum(bool(own) for own in case.quotients.values())
    if made > 1 and have_one_structure(case.quotients):
        return "one_structure"
    held = Fraction(sum(case.people[r] for r in receivers), sum(case.people.values()))
    asked = Fraction(str(case.policy.receivers_share))
    if held < asked - asked / 10**12:
        return "receivers_short"
    if not is_within:
        return "income_extrapolated"
    return "user_scenario" if is_user else "holds"


def above_some_giver(heads: Iterable[float], left: list[float]) -> int:
    """Count the receivers that have more per head than some giver has left."""
    return sum(any(exceeds(head, own) for own in left) for head in heads)


@dataclass
class Living:
    """Receivers, with what they have before and after one allocation."""

    case: Case
    curve: Curve | None
    bands: IncomeBands
    people: dict[str, int]
    allocated: dict[str, float]
    left: list[float]  # givers' footprints per head
    is_user: bool

    @property
    def is_within_the_curve(self) -> bool:
        """Whether nobody ends above the footprints and incomes of the fit."""
        if self.curve is None:
            return False
        incomes = [income for income in self.after.values() if income is not None]
        return (
            max(self.heads_after.values()) <= self.curve.largest
            and max(incomes, default=0.0) <= self.curve.largest_income
        )

    @property
    def premise(self) -> str:
        """The first of the premises that fails, or that they hold."""
        return premise(
            self.case, list(self.people), self.is_within_the_curve, self.is_user
        )

    @property
    def heads_after(self) -> dict[str, float]:
        """Footprints per head with the allocated emissions."""
        return {
            region: self.case.heads[region] + amount / self.people[region]
            for region, amount in self.allocated.items()
        }

    @property
    def before(self) -> dict[str, float | None]:
        """Income per head before."""
        return {region: self.case.incomes[region] for region in self.people}

    @property
    def after(self) -> dict[str, float | None]:
        """Income per head after."""
        return {
            region: income_after(
                self.case.incomes[region], self.case.heads[region], head, self.curve
            )
            for region, head in self.heads_after.items()
        }

    def rows(self) -> dict[str, dict[str, object]]:
        """Return rows of ``quota_allocation`` by region."""
        names = {region.id: region.name for region in self.case.system.regions}
        return {
            region: {
                "allocated_quota": amount,
                "allocated_per_capita": amount / self.people[region],
                "footprint_per_capita_after": self.heads_after[region],
                "region_name": names[region],
                "income_before": self.before[region],
                "income_after": self.after[region],
            }
            for region, amount in self.allocated.items()
        }

    @property
    def receiving(self) -> set[str]:
        """Receivers who are allocated something."""
        return {
            region
            for region, head in self.heads_after.items()
            if exceeds(head, head - self.allocated[region] / self.people[region])
        }

    def summary(self) -> dict[str, object]:
        """Return the row of ``living_standards``."""
        before, after = self.before, self.after
        threshold = self.bands.threshold
        mean_before, mean_after = mean(self.people, before), mean(self.people, after)
        reaches = None
        if mean_after is not None and threshold is not None:
            reaches = mean_after >= threshold
        factors = [
            after[r] / before[r] for r in before if before[r] and after[r] is not None
        ]
        extrapolated = None
        if self.curve is not None:
            extrapolated = max(self.heads_after.values()) > self.curve.largest
        return {
            "receivers": len(self.people),
            "receiver_population_share": sum(self.people.values())
            / sum(self.case.people.values()),
            "income_elasticity": self.curve and self.curve.elasticity,
            "income_before": mean_before,
            "income_after": mean_after,
            "income_threshold": threshold,
            "band_before": self.bands.band(mean_before),
            "band_after": self.bands.band(mean_after),
            "reaches_threshold": reaches,
            "gini_before": gini(self.case, self.case.incomes),
            "gini_after": gini(self.case, {**self.case.incomes, **after}),
            "share_at_threshold_before": share_at(threshold, self.people, before),
            "share_at_threshold_after": share_at(threshold, self.people, after),
            "largest_income_factor": max(factors, default=None),
            "is_extrapolated": extrapolated,
            "curve_r_squared": self.curve and self.curve.r_squared,
            "premise": self.premise,
            "receivers_above_givers": above_some_giver(
                [self.heads_after[region] for region in self.receiving], self.left
            ),
        }


def living(
    case: Case,
    receivers: list[str],
    rule: str,
    quota: float,
    left: Iterable[float] = (),
    is_user: bool = False,
) -> Living:
    """Share a quota among receivers under a rule; what givers have left, per head."""
    curve, bands = income_curve(case), income_bands(case)
    people = {region: case.people[region] for region in receivers}
    heads = {region: case.heads[region] for region in receivers}
    threshold = None
    if curve is not None and bands.threshold is not None:
        threshold = curve.footprint(bands.threshold)
    allocated = allocate(rule, quota, people, heads, threshold)
    return Living(case, curve, bands, people, allocated, list(left), is_user)
