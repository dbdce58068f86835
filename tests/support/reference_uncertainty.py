"""Intervals of footprints and ranks, as plainly as possible (docs/methods.md)."""

import csv
from dataclasses import dataclass
from functools import cache
from math import erfc, sqrt
from pathlib import Path

import numpy as np

from support import propagation
from support.reference_inequality import Distribution
from support.reference_policy import Case

RULES = Path(__file__).resolve().parents[2] / "seeds" / "error_rules.csv"
COMPONENTS = (
    "emissions",
    "direct_emissions",
    "transactions",
    "final_demand",
    "exports",
)
QUANTILE = 1.6448536269514722


def PHI(z: float) -> float:
    """Return the standard normal distribution function, also far from 0."""
    return erfc(-z / sqrt(2)) / 2


@cache
def rules() -> dict[str, dict[str, dict[str, str]]]:
    """Return the rows of the seed by rule and component."""
    found: dict[str, dict] = {}
    with RULES.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found.setdefault(row["uncertainty_rule"], {})[row["component"]] = row
    return found


@dataclass
class Errors:
    """What errors do to the footprints of one rule."""

    parts: dict[str, np.ndarray]  # by component, (R + 2, R + 2)
    production: np.ndarray  # (R,), variances
    share: dict[str, float]  # the interregional share, its value and standard error

    @property
    def total(self) -> np.ndarray:
        """All components together."""
        return sum(self.parts.values())


def errors_of(case: Case) -> dict[str, Errors]:
    """Return by rule what errors of the data do."""
    solution, accounts = case.solution, case.accounts
    unit = case.system.currency_unit
    table = propagation.Table(
        Z=case.year.transactions * unit,
        Y=solution.Y,
        exports=case.year.exports * unit,
        F=accounts.F,
        D=accounts.D,
        is_zero=solution.is_zero,
    )
    values = dict(
        zip(
            COMPONENTS, (table.F, table.D, table.Z, table.Y, table.exports), strict=True
        )
    )
    found, known = {}, {}
    for rule, rows in rules().items():
        sizes = tuple(
            tuple(
                float(rows[name][key]) for key in ("rse_largest", "exponent", "rse_cap")
            )
            for name in COMPONENTS
        )
        if sizes not in known:
            s = {
                name: propagation.errors(values[name], *size)
                for name, size in zip(COMPONENTS, sizes, strict=True)
            }
            is_asked = case.policy.by_origin and table.F.any()
            of_share = propagation.share_parts(table, s) if is_asked else {}
            known[sizes] = s, propagation.parts(table, s), of_share
        s, parts, of_share = known[sizes]

        def mix(parts: dict, rows: dict = rows) -> dict:
            shared = {name: float(rows[name]["shared_share"]) for name in parts}
            return {
                name: (1 - shared[name]) * own + shared[name] * common
                for name, (own, common) in parts.items()
            }

        squares = (s["emissions"] ** 2).reshape(table.regions, -1).sum(axis=1)
        production = squares + (s["direct_emissions"] ** 2).sum(axis=1)
        share = {}
        if of_share:
            share["value"] = propagation.interregional_share(table)
            share["standard_error"] = sqrt(sum(mix(of_share).values()))
            for name, sign in (("p05", -1), ("p50", 0), ("p95", 1)):
                end = sign * QUANTILE * share["standard_error"]
                share[name] = share["value"] + end
        found[rule] = Errors(mix(parts), production, share)
    return found


def interval(C: float, e: float, standard_error: float) -> tuple[float, float]:
    """Return the ends of the interval that holds 90 %."""
    if C <= 0:
        return C - QUANTILE * standard_error, C + QUANTILE * standard_error
    q = np.sqrt(np.log(1 + e**2))
    return tuple(C * np.exp(sign * QUANTILE * q - q**2 / 2) for sign in (-1, 1))


def above(C: float, e: float, level: float) -> float:
    """Return the probability that a footprint is above a level."""
    if C <= 0 or e == 0:
        return float(level < C)
    q = np.sqrt(np.log(1 + e**2))
    return PHI((np.log(C / level) - q**2 / 2) / q)


def larger(C: np.ndarray, Q: np.ndarray, r: int, s: int) -> float:
    """Return the probability that r is larger than s."""
    spread = np.sqrt(max(Q[r, r] + Q[s, s] - 2 * Q[r, s], 0.0))
    if spread > 0:
        return PHI((C[r] - C[s]) / spread)
    return 0.5 * (1 + np.sign(C[r] - C[s]))


def uncertainty_marts(case: Case) -> dict[str, dict[tuple, dict[str, object]]]:
    """Return the marts of one stressor and year, without what is drawn."""
    regions = case.system.regions
    C = np.array([case.rows[region.id]["consumption_footprint"] for region in regions])
    ranked = [r for r, region in enumerate(regions) if region.is_ranked]
    marts: dict[str, dict] = {
        "footprint_uncertainty": {},
        "footprint_covariances": {},
        "headline_uncertainty": {},
    }
    for rule, errors in errors_of(case).items():
        if rule != case.policy.error_rule:
            continue
        Q = errors.total[: len(regions), : len(regions)]
        for r, region in enumerate(regions):
            others = sum(larger(C, Q, s, r) for s in ranked if s != r)
            marts["footprint_uncertainty"][(region.id,)] = {
                "uncertainty_rule": rule,
                **_footprint(case, errors, r, C[r], Q[r, r]),
                "footprint_rank": 1 + sum(C[s] > C[r] for s in ranked)
                if region.is_ranked
                else None,
                "expected_rank": 1 + others if region.is_ranked else None,
            }
            for s, other in enumerate(regions):
                spread = np.sqrt(Q[r, r] * Q[s, s])
                marts["footprint_covariances"][region.id, other.id] = {
                    "uncertainty_rule": rule,
                    "covariance": Q[r, s],
                    "correlation": Q[r, s] / spread if spread else None,
                    "probability_larger": None if r == s else larger(C, Q, r, s),
                }
        for quantity, (value, unit) in _headlines(case, C, ranked).items():
            marts["headline_uncertainty"][(quantity,)] = {
                "uncertainty_rule": rule,
                "value": value,
                "unit": unit,
            }
        if errors.share:
            marts["headline_uncertainty"][("interregional_share",)] = {
                "uncertainty_rule": rule,
                **errors.share,
                "unit": "share",
                "drawn_mean": None,
            }
    return marts


def _footprint(case: Case, errors: Errors, r: int, C: float, variance: float) -> dict:
    region = case.system.regions[r]
    standard_error = np.sqrt(max(variance, 0.0))
    e = standard_error / abs(C) if C else None
    p05, p95 = interval(C, e, standard_error)
    people = case.year.population[r]
    has_level = region.is_ranked and people and case.world
    return {
        "standard_error": standard_error,
        "relative_standard_error": e,
        "footprint_p05": p05,
        "footprint_p95": p95,
        "production_standard_error": np.sqrt(errors.production[r]),
        **{
            f"from_{name}": part[r, r] / variance if variance else None
            for name, part in errors.parts.items()
        },
        "probability_above_world": above(C, e, case.world * people)
        if has_level
        else None,
    }


def _headlines(case: Case, C: np.ndarray, ranked: list[int]) -> dict[str, tuple]:
    total = C[ranked].sum()
    count = -(-32 * len(ranked) // 309)
    found = {"footprint": (total, "t")}
    if total != 0:
        found["top_share"] = (sum(sorted(C[ranked])[-count:]) / total, "share")
    if total > 0:
        names = [case.system.regions[r].id for r in ranked]
        amounts = dict(zip(names, C[ranked], strict=True))
        people = {case.system.regions[r].id: case.year.population[r] for r in ranked}
        order = sorted(names, key=lambda name: (amounts[name] / people[name], name))
        gini = Distribution(order, people, amounts).gini()
        found["gini_footprint"] = (gini, "share")
    return found


@dataclass
class Drawn:
    """Draws of the ranked regions, none of them by the package."""

    ranks: np.ndarray  # (draws, R)
    per_capita_ranks: np.ndarray  # (draws, R)
    super_emitters: np.ndarray  # (R,), probabilities
    top_share: np.ndarray  # (draws,)


def draw(
    C: np.ndarray, Q: np.ndarray, people: np.ndarray, draws: int = 20_000
) -> Drawn:
    """Draw footprints: lognormal where all are positive, else normal."""
    generator = np.random.default_rng(11)
    if (C > 0).all():
        S = Q / np.outer(C, C)
        g = generator.multivariate_normal(np.zeros(len(C)), S, draws, method="svd")
        amounts = C * np.exp(g - np.diag(S) / 2)
    else:
        amounts = generator.multivariate_normal(C, Q, draws, method="svd")

    def ranks(v: np.ndarray) -> np.ndarray:
        return 1 + (v[:, None, :] > v[:, :, None]).sum(axis=2)

    count = -(-32 * len(C) // 309)
    found = ranks(amounts)
    largest = np.sort(amounts, axis=1)[:, -count:].sum(axis=1)
    return Drawn(
        found,
        ranks(amounts / people),
        (found <= count).mean(axis=0),
        largest / amounts.sum(axis=1),
    )
