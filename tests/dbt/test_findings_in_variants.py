"""What findings say of random tables and of their variants, checked by plain loops.

Each system is a table of up to 12 ranked regions and four variants of it, as those of a
compiled table are, one stressor each. Its flows are the random numbers; what a sentence
says is worked out again from these alone.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from types import SimpleNamespace

import duckdb
import numpy as np
import pytest
from support.reference_sentences import Table as Figures
from support.reference_sentences import Words, amount_of, sentence_of
from support.rendered_models import ROOT, add, rendered

FIRST, LAST = 2015, 2016
VARIANTS = ("low", "high", "near", "far")
SYSTEMS = 40
SEEDS = {"country": 1, "administrative unit": 2}  # by the noun of regions
PRICE = 100.0
WORDS = (
    "Aix", "Bern", "Cork", "Delft", "Essen", "Faro", "Gent", "Hamm", "Ipswich", "Jena",
    "Kiruna", "Lund", "Mainz", "Nantes",
)  # fmt: skip
TAILS = (
    "",
    "",
    " am Main",
    " and the Islands of the Eastern Archipelago",
    " Metropolitan Borough Without Its Northern Suburbs",
    "-Sankt-Katharina-unter-den-Linden-an-der-Tauber",
)
COUNTS = ("zero", "one", "two", "three", "four", "five", "six", "seven")
DEPENDS = "depends on how trade is estimated"
MODELS = (
    "intermediate/findings/int_changes_per_person.sql",
    "intermediate/findings/int_finding_terms.sql",
    "intermediate/findings/int_leading_regions.sql",
    "intermediate/findings/int_leading_flows.sql",
    "intermediate/findings/int_spoken_names.sql",
    "intermediate/inequality/int_lorenz_points.sql",
    "marts/inequality/inequality_indices.sql",
    "intermediate/policy/int_income_curves.sql",
    "marts/quality/compiled_ranges.sql",
    "intermediate/prices/int_price_incidence.sql",
    "marts/prices/carbon_price_summary.sql",
    "intermediate/findings/int_findings_accounts.sql",
    "intermediate/findings/int_findings_places.sql",
    "intermediate/findings/int_findings_inequality.sql",
    "intermediate/findings/int_findings_trade.sql",
    "intermediate/findings/int_findings_totals.sql",
    "intermediate/findings/int_findings_emitters.sql",
    "intermediate/findings/int_findings_scenarios.sql",
    "intermediate/findings/int_findings_prices.sql",
    "marts/quality/findings.sql",
    "intermediate/findings/int_main_suppliers.sql",
    "intermediate/findings/int_region_figures.sql",
    "marts/quality/region_sentences.sql",
)


def three(amount: float) -> float:
    """Return a number with three digits."""
    if not amount:
        return 0
    unit = 10 ** (math.floor(math.log10(abs(amount))) - 2)
    return math.floor(abs(amount) / unit + 0.5) * unit * math.copysign(1, amount)


def alike(one: float, other: float) -> bool:
    return math.isclose(three(one), three(other), rel_tol=1e-9)


@dataclass
class Places:
    """What the table and its variants have in common, ranked regions first."""

    ids: list[str]
    names: list[str]
    ranked: int
    people: np.ndarray
    gdp: np.ndarray  # nan where it is not known
    spending: np.ndarray
    left_out: str
    published: dict[int, bool]  # whether it lies inside the interval
    years: tuple[int, ...]


@dataclass
class Table:
    """One year of one variant: emissions of rows for what columns consume."""

    places: Places
    flows: np.ndarray
    exports: np.ndarray
    invested: float
    for_households: np.ndarray
    first: "Table | None" = field(default=None)

    @cached_property
    def footprints(self) -> np.ndarray:
        return self.flows.sum(axis=0)

    @cached_property
    def per_person(self) -> np.ndarray:
        return self.footprints / self.places.people

    @cached_property
    def across(self) -> np.ndarray:
        return self.flows - np.diag(np.diag(self.flows))

    @cached_property
    def net(self) -> np.ndarray:
        return self.across.sum(axis=1) - self.across.sum(axis=0)

    @cached_property
    def burdens(self) -> np.ndarray:
        return PRICE * self.for_households * self.footprints

    @cached_property
    def emitters(self) -> list[int]:
        """Return the largest of the ranked that cause half of their footprints."""
        ranked = self.footprints[: self.places.ranked]
        order = sorted(range(self.places.ranked), key=lambda r: -ranked[r])
        count = 1 + sum(np.cumsum(ranked[order]) < ranked.sum() / 2)
        return order[: int(count)]

    def scores(self, finding: str) -> list[float]:
        """Return by what the ranked compete for a place in a sentence."""
        ranked = slice(self.places.ranked)
        if finding == "change_per_person":
            changes = self.per_person / self.first.per_person - 1
            return list(changes[ranked])
        return list(
            {
                "largest_footprint": self.footprints,
                "per_person": self.per_person,
                "net_transfer": self.net,
            }[finding][ranked]
        )

    def leaders(self, finding: str) -> list[int]:
        """Return who leads, and those that three digits do not tell from the leader."""
        scores = self.scores(finding)
        contest = range(len(scores))
        scale = max(abs(score) for score in scores)

        def place(region: int) -> tuple:
            size = round(1e12 * abs(scores[region]) / scale) if scale else 0
            return -size, -scores[region], self.places.ids[region]

        first = min(contest, key=place)
        if self.places.published.get(first) is False:
            contest = [r for r in contest if self.places.published.get(r)]
            if not contest:
                return []
            first = min(contest, key=place)
        # of factors, not of their distance from one, unless they are as far from it
        equals = [
            region
            for region in contest
            if alike(abs(scores[region]), abs(scores[first]))
            or (
                finding == "change_per_person"
                and alike(1 + scores[region], 1 + scores[first])
            )
        ]
        return [first, *(region for region in equals if region != first)]

    def group(self, people_first: list[int], share: float) -> dict[int, float]:
        """Return whose people make up the first so many of all, and their shares."""
        left = wanted = share * self.places.people[: self.places.ranked].sum()
        members = {}
        for region in people_first:
            taken = min(left, self.places.people[region])
            if taken > 1e-9 * wanted:
                members[region] = taken / wanted
            left -= taken
        return members

    @cached_property
    def lower_half(self) -> dict[int, float]:
        order = sorted(range(self.places.ranked), key=lambda r: self.per_person[r])
        return self.group(order, 1 / 2)

    @cached_property
    def fifths(self) -> tuple[dict[int, float], dict[int, float]]:
        each = self.places.spending / self.places.people
        order = sorted(range(self.places.ranked), key=lambda r: each[r])
        return self.group(order, 1 / 5), self.group(order[::-1], 1 / 5)

    def burden_of(self, fifth: dict[int, float]) -> float:
        """Return what a fifth bears of what it spends."""
        people = self.places.people
        borne, spent = (
            sum(share / people[r] * amount[r] for r, share in fifth.items())
            for amount in (self.burdens, self.places.spending)
        )
        return borne / spent

    @cached_property
    def ranked_flows(self) -> list[tuple[float, int, int]]:
        """Return the flows between ranked regions, the largest first."""
        ranked = range(self.places.ranked)
        return sorted(
            (
                (self.flows[o, d], o, d)
                for o in ranked
                for d in ranked
                if o != d and self.flows[o, d] > 0
            ),
            key=lambda flow: (-flow[0], *(self.places.ids[end] for end in flow[1:])),
        )

    @cached_property
    def largest_unranked(self) -> float:
        """Return the largest flow from or to what is not ranked."""
        flows = self.across.copy()
        flows[: self.places.ranked, : self.places.ranked] = 0
        return flows.max()

    @cached_property
    def hub(self) -> int | None:
        """Return where all of the ten largest flows begin or end."""
        flows = self.ranked_flows
        if len(flows) < 10:
            return None
        limit = three(flows[9][0])
        foremost = [flow for flow in flows if three(flow[0]) >= limit * (1 - 1e-9)]
        hubs = set.intersection(*({o, d} for _, o, d in foremost))
        return min(hubs, default=None)

    @cached_property
    def hub_is_of_all(self) -> bool:
        return self.ranked_flows[9][0] >= self.largest_unranked

    @cached_property
    def directions(self) -> tuple[float, float, float]:
        """Return what flows to the richer, of what is known, and what is not."""
        each = self.places.gdp / self.places.people
        richer = known = unknown = 0.0
        for o, d in np.ndindex(self.flows.shape):
            if o == d:
                continue
            if math.isnan(each[o]) or math.isnan(each[d]):
                unknown += self.flows[o, d]
            else:
                known += self.flows[o, d]
                richer += self.flows[o, d] if each[d] > each[o] else 0
        return richer, known, unknown

    def value(self, finding: str) -> float:
        """Return the number of a finding, its size alone."""
        if finding in CONTESTS:
            return abs(self.scores(finding)[self.leaders(finding)[0]])
        if finding == "unequal_footprints":
            share = self.lower_half.items()
            half = self.places.people[: self.places.ranked].sum() / 2
            borne = sum(part * half * self.per_person[r] for r, part in share)
            return borne / self.footprints[: self.places.ranked].sum()
        if finding == "carbon_price":
            poorest, richest = map(self.burden_of, self.fifths)
            return poorest / richest
        if finding == "income_and_footprint":
            return self.income_curve[1]
        return {
            "accounts_close": lambda: self.flows.sum() + self.exports.sum(),
            "footprint_total": self.footprints.sum,
            "exported": lambda: (
                self.exports.sum() / (self.flows.sum() + self.exports.sum())
            ),
            "investment": lambda: self.invested,
            "arises_elsewhere": lambda: self.across.sum() / self.flows.sum(),
            "largest_flow": lambda: self.ranked_flows[0][0],
            "poor_to_rich": lambda: self.directions[0] / self.directions[1],
            "super_emitters": lambda: (
                self.footprints[self.emitters].sum()
                / self.footprints[: self.places.ranked].sum()
            ),
        }[finding]()

    def says(self, finding: str) -> object:
        """Return what a table alone says, so that two that differ disagree."""
        if finding in CONTESTS:
            return self.says_of_places(finding)
        facts = {
            "unequal_footprints": lambda: (
                self.value(finding) > 0.45
                if is_group(self.lower_half)
                else max(self.lower_half, key=self.lower_half.get)
            ),
            "largest_flow": lambda: self.says_of_flows,
            "poor_to_rich": lambda: 0.45 <= self.value(finding) <= 0.55,
            "super_emitters": lambda: self.emitters,
            "carbon_price": lambda: self.incidence,
            "income_and_footprint": lambda: self.income_curve[0],
        }
        return facts[finding]() if finding in facts else None

    def says_of_places(self, finding: str) -> object:
        """Return who leads, and of what may be above or below zero, which it is."""
        leaders, scores = self.leaders(finding), self.scores(finding)
        if finding in ("largest_footprint", "per_person"):
            return leaders if len(leaders) < 2 else len(leaders) == self.places.ranked
        if finding == "change_per_person" and abs(scores[leaders[0]]) < 0.01:
            return None
        return leaders[0], scores[leaders[0]] > 0

    @cached_property
    def says_of_flows(self) -> object:
        """Return which flow is the largest, and whether the only one."""
        if self.hub is not None:
            return self.hub, self.hub_is_of_all
        largest, *pair = self.ranked_flows[0]
        equals = sum(alike(flow, largest) for flow, *_ in self.ranked_flows)
        return pair, equals == 1 and largest >= self.largest_unranked

    @cached_property
    def incidence(self) -> str:
        """Return for whom a price on emissions makes a difference."""
        if not all(map(is_group, self.fifths)):
            return "few"
        each = self.places.spending / self.places.people
        order = sorted(range(self.places.ranked), key=lambda r: each[r])
        people = self.places.people[order]
        middles = (np.cumsum(people) - people / 2) / people.sum()
        burdens, spending = self.burdens[order], self.places.spending[order]
        index = 2 * sum((burdens / burdens.sum() - spending / spending.sum()) * middles)
        ratio = self.value("carbon_price")
        if abs(index) <= 0.005:
            return "proportional"
        if (ratio if index < 0 else 1 / ratio) < 1.05:
            return "mixed"
        return "regressive" if index < 0 else "progressive"

    @cached_property
    def income_curve(self) -> tuple[str, float]:
        """Return what twice the GDP goes with: in a word, and how many times."""
        ranked = slice(self.places.ranked)
        gdp = (self.places.gdp / self.places.people)[ranked]
        known = ~np.isnan(gdp)
        people = self.places.people[ranked]
        if sum(known) < 10 or max(people) > sum(people) / 2:
            return "few", 0
        x, y = np.log(gdp[known]), np.log(self.per_person[ranked][known])
        weights = people[known]
        x, y = (each - np.average(each, weights=weights) for each in (x, y))
        xx, xy, yy = (sum(weights * each) for each in (x * x, x * y, y * y))
        if xy * xy < 0.5 * xx * yy:
            return "weak", 0
        factor = 2 ** (xy / xx)
        if not 0.1 <= factor <= 10:
            return "narrow", factor
        return "same" if 0.95 <= factor <= 1.05 else "factor", factor


CONTESTS = ("largest_footprint", "per_person", "change_per_person", "net_transfer")


def rank(amounts: np.ndarray, region: int, table: Table) -> int:
    return 1 + int(sum(amounts[: table.places.ranked] > amounts[region]))


def is_group(members: dict[int, float]) -> bool:
    return len(members) >= 3 and max(members.values()) <= 0.5 + 1e-12


def random_places(number: int, rng: np.random.Generator, noun: str) -> Places:
    ranked = int(rng.integers(4, 13))
    regions = ranked + int(rng.integers(0, 3))
    names = [f"{word}{rng.choice(TAILS)}" for word in rng.permutation(WORDS)[:regions]]
    if noun == "country":
        names[0] = f"United {names[0]}"
    spread = rng.choice([0.0, 0.2, 1.5])
    people = np.round(1e5 * np.exp(spread * rng.standard_normal(regions)))
    gdp = people * np.exp(rng.standard_normal(regions)) * 1e4
    if rng.random() < 0.3:
        gdp[rng.random(regions) < rng.choice([0.3, 0.9])] = np.nan
    left_out = rng.choice(
        ["", "", "imports", "direct emissions", "imports; direct emissions"]
    )
    return Places(
        [f"s{number:02}-{word[:3]}" for word in names],
        names,
        ranked,
        people,
        gdp,
        people * np.exp(0.5 * rng.standard_normal(regions)) * 5e3,
        str(left_out),
        {region: bool(rng.random() < 0.5) for region in range(ranked)
         if noun == "country" and rng.random() < 0.7},
        (FIRST, LAST) if rng.random() < 0.6 else (LAST,),
    )  # fmt: skip


def random_flows(places: Places, rng: np.random.Generator) -> np.ndarray:
    """Return flows of few digits, of many, or with a region that trade goes through."""
    regions = len(places.ids)
    kind = rng.choice(["few", "many", "hub"])
    if kind == "few":
        flows = rng.integers(0, 9, (regions, regions)) * 1e4
    else:
        flows = np.exp(rng.standard_normal((regions, regions))) * 1e4
    if kind == "hub":
        hub = rng.integers(places.ranked)
        flows[hub] *= 30
        flows[:, hub] *= 30
    flows += np.diag(places.people * np.exp(0.3 * rng.standard_normal(regions)))
    flows *= rng.choice([1e-4, 1, 1e3])
    if rng.random() < 0.4:  # two lead by nearly as much
        measure = flows.sum(axis=0) / rng.choice([np.ones(regions), places.people])
        second, first = np.argsort(measure[: places.ranked])[-2:]
        nearly = 1 - rng.choice([0, 3e-4, 3e-3])
        flows[:, second] *= nearly * measure[first] / measure[second]
    return flows


def varied(flows: np.ndarray, spread: float, rng: np.random.Generator) -> np.ndarray:
    return flows * np.exp(spread * rng.standard_normal(flows.shape))


def random_system(
    number: int, rng: np.random.Generator, noun: str
) -> dict[str, dict[int, Table]]:
    """Return tables by variant and year; the table itself has no name."""
    places = random_places(number, rng, noun)
    regions = len(places.ids)
    main = random_flows(places, rng)
    steps = rng.choice([0.5, 0.8, 1.0, 1.2], regions)
    if rng.random() < 0.5:
        steps = np.exp(0.1 * rng.standard_normal(regions))
    exports = main.sum(axis=1) * 0.1 * rng.choice([0, 1])
    spread = rng.choice([1e-4, 1e-2, 0.2, 0.4])
    system: dict[str, dict[int, Table]] = {}
    for variant in ("", *VARIANTS):
        flows = varied(main, spread, rng) if variant else main
        invested = 0.2 + 0.1 * min(spread, 0.1) * rng.random()
        for_households = rng.uniform(0.6, 0.6 + 0.3 * min(1, 3 * spread), regions)
        first = None
        tables = system[variant] = {}
        for year in places.years:
            of_year = flows * steps if year == LAST and first else flows
            table = Table(places, of_year, exports, invested, for_households, first)
            tables[year] = first = table
    return system


# columns of the tables that findings read: by region, by table, by pair and by neither
KEY = "year stressor_id "
BY_REGION = {
    "regional_accounts": KEY + "region_id region_name unit region_type is_ranked"
    " population gdp footprint_per_capita consumption_footprint production_emissions"
    " inflow_emissions outflow_emissions net_transfer household_footprint"
    " investment_footprint export_emissions",
    "trade_balances": KEY + "region_id net_transfer outflow_emissions inflow_emissions",
    "carbon_price_burden": KEY + "region_id price_id price unit covered_emissions"
    " paid_by_producers direct_burden burden household_burden household_spending"
    " dividend",
    "super_emitters": KEY + "region_id rule_id is_default_rule is_selected",
    "int_region_years": "year region_id region_name parent_region_id population gdp"
    " gdp_per_capita is_ranked",
    "regions": "region_id region_name region_name_en is_ranked",
}
OF_RANKED = {
    "int_footprint_rankings": KEY + "region_id population consumption_footprint"
    " footprint_per_capita footprint_rank footprint_per_capita_rank",
}
OF_PUBLISHED = {
    "published_comparisons": KEY + "country_id country_name account_id"
    " published_emissions computed_emissions is_inside_interval difference"
    " relative_difference",
}
BY_TABLE = {
    "account_extents": KEY + "scope footprints_leave_out has_exports"
    " has_direct_emissions",
    "reconciliation": KEY + "emissions_in unattributed is_closed",
    "int_reported_emissions": KEY + "emissions_in",
    "int_premises": KEY + "published",
    "leakage_summary": KEY + "poor_to_rich_share net_poor_to_rich_share"
    " unknown_direction_share",
    "stressors": "stressor_id stressor_name is_mass is_impact",
    "int_stressors": "stressor_id is_mass",
    "int_carbon_prices": "year price_id price_name coverage_id price price_note"
    " is_default",
    "int_income_bands": "year income_threshold",
    "int_outside_trade": "year has_final_imports",
    "dataset": "currency country is_synthetic is_compiled rank_note region_noun"
    " region_noun_plural",
    "policy_parameters": "parameter_id value",
}
BY_PAIR = {
    "leakage_flows": KEY + "origin_region_id destination_region_id gross_flow"
    " reverse_flow",
}
OF_VARIANTS = {
    "variant_findings": "variant " + KEY + "finding_id claim subject_ids value",
    "variant_figures": "variant " + KEY + "region_id consumption_footprint"
    " footprint_rank footprint_per_capita_rank super_emitter_rules"
    " production_emissions inflow_emissions outflow_emissions"
    " main_supplier_region_id main_supplier_emissions largest_inflow",
}
EMPTY = {
    "household_inequality": KEY + "gini_regions gini_groups within_share"
    " regions_without_groups",
    "int_groups_by_income": KEY + "price_id population burden spending income gains"
    " rank_order",
    "carbon_price_by_tenth": KEY + "price_id tenth burden_spending_share"
    " burden_income_share sorted_by regions",
    "final_demand_categories": "category_id category_group",
    "footprint_covariances": KEY + "region_id other_region_id covariance",
    "int_covered_emissions": KEY + "coverage_id region_id emissions",
    "footprints_with_imports": KEY + "full_footprint method_id is_default_method",
    "quota_summary": KEY + "scenario_id scenario_name premise premise_note quota"
    " quota_share unit is_largest is_user_scenario hardest_hit_region_id"
    " smallest_demand_factor super_emitters receivers_above_givers"
    " receivers_reach_upper_middle allocation_rules is_reached"
    " receiver_population_share lowest_giver_region_id reaches_threshold_before"
    " producer_premise_note share_far_above",
    "int_quota_receivers": KEY + "is_default_rule population",
    "int_findings_chains": KEY + "facts finding_id finding_position text_id spoken_id"
    " value unit is_claim",
}
TYPES = (
    ("text[]", "subject_ids|super_emitter_rules"),
    (
        "text",
        r".*(_id|_name|_name_en|_type|_note|_noun|_noun_plural|_group)|unit|scope",
    ),
    (
        "text",
        r"variant|claim|sorted_by|country|currency|premise|footprints_leave_out|facts",
    ),
    ("bool", r"(is|has|reaches)_.*|gains"),
    ("int", r"year|population|.*_rank|finding_position|super_emitters"),
    ("double", ".*"),
)


def of_table(stressor: str, year: int, table: Table, noun: str) -> dict[str, object]:
    """Return what the tables by table hold of one."""
    places, emitted = table.places, float(table.flows.sum() + table.exports.sum())
    richer, known, unknown = table.directions
    is_world = noun == "country"
    return {
        "year": year,
        "stressor_id": stressor,
        "stressor_name": "carbon dioxide",
        "scope": places.left_out,
        "footprints_leave_out": places.left_out,
        "has_exports": bool(table.exports.any()),
        "has_direct_emissions": True,
        "emissions_in": emitted,
        "unattributed": 0.0,
        "is_closed": True,
        "poor_to_rich_share": richer / known if known else None,
        "unknown_direction_share": unknown / table.across.sum(),
        "price_id": "all",
        "coverage_id": "all",
        "price": PRICE,
        "price_name": "All",
        "is_default": True,
        "is_mass": True,
        "is_impact": False,
        "has_final_imports": False,
        "income_threshold": 1e4,
        "currency": "USD",
        "region_noun": noun,
        "country": "WLD" if is_world else "CHN",
        "region_noun_plural": f"{noun[:-1]}ies" if is_world else f"{noun}s",
        "is_compiled": not is_world,
        "is_synthetic": False,
        "rank_note": "none",
        "parameter_id": "proportional_within",
        "value": 0.005,
    }


def of_regions(table: Table) -> Iterator[dict[str, object]]:
    """Yield what the tables by region hold of those of a table."""
    places = table.places
    dividend = table.burdens[: places.ranked].sum()
    dividend /= places.people[: places.ranked].sum()
    for r, region in enumerate(places.ids):
        is_ranked, is_known = r < places.ranked, not math.isnan(places.gdp[r])
        footprint, people = float(table.footprints[r]), int(places.people[r])
        yield {
            "region_id": region,
            "country_id": region,
            "unit": "t",
            **dict.fromkeys(("region_name", "country_name"), places.names[r]),
            "region_type": "country" if is_ranked else "remainder",
            "is_ranked": is_ranked,
            "population": people,
            "gdp": float(places.gdp[r]) if is_known else None,
            "gdp_per_capita": float(places.gdp[r] / people) if is_known else None,
            "footprint_per_capita": float(table.per_person[r]),
            **dict.fromkeys(
                ("consumption_footprint", "household_footprint", "computed_emissions"),
                footprint,
            ),
            "production_emissions": float(table.flows[r].sum() + table.exports[r]),
            "inflow_emissions": float(table.across[:, r].sum()),
            "outflow_emissions": float(table.across[r].sum()),
            "net_transfer": float(table.net[r]),
            "investment_footprint": table.invested * footprint,
            "export_emissions": float(table.exports[r]),
            "footprint_rank": rank(table.footprints, r, table) if is_ranked else None,
            "footprint_per_capita_rank": (
                rank(table.per_person, r, table) if is_ranked else None
            ),
            "covered_emissions": 0.0,
            "paid_by_producers": 0.0,
            "direct_burden": 0.0,
            **dict.fromkeys(("burden", "household_burden"), float(table.burdens[r])),
            "household_spending": float(places.spending[r]),
            "dividend": float(dividend * people),
            "rule_id": "half",
            "is_default_rule": True,
            "is_selected": r in table.emitters,
            "super_emitter_rules": ["half"] if r in table.emitters else [],
            "account_id": "consumption",
            "published_emissions": footprint / 2,
            "is_inside_interval": places.published.get(r),
            "difference": footprint / 2,
            "relative_difference": 1.0,
        }


def of_pairs(table: Table) -> Iterator[dict[str, object]]:
    """Yield the flows of a table between two regions."""
    for o, d in np.argwhere(table.across):
        yield {
            "origin_region_id": table.places.ids[o],
            "destination_region_id": table.places.ids[d],
            "gross_flow": float(table.flows[o, d]),
            "reverse_flow": float(table.flows[d, o]),
        }


def supplier_of(table: Table, region: int) -> dict[str, object]:
    """Return who emits most for a region of those that are ranked."""
    flows = table.across[:, region]
    first = max(range(table.places.ranked), key=lambda r: (flows[r], -r))
    if not flows[first] > 0:
        return {"largest_inflow": float(flows.max())}
    return {
        "main_supplier_region_id": table.places.ids[first],
        "main_supplier_emissions": float(flows[first]),
        "largest_inflow": float(flows.max()),
    }


def built(
    models: dict[str, str],
    noun: str,
    tables: dict[tuple[str, int], Table],
    of_variants: list[dict[str, object]],
    figures: list[dict[str, object]],
) -> duckdb.DuckDBPyConnection:
    """Return the marts of some tables."""
    heads = [of_table(*key, table, noun) for key, table in tables.items()]
    each = list(zip(heads, tables.values(), strict=True))
    regions = [head | row for head, table in each for row in of_regions(table)]
    connection = duckdb.connect()
    connection.execute("set enable_progress_bar = false")
    texts = ROOT / "seeds" / "texts.csv"
    connection.execute(f"create table texts as from read_csv('{texts}', header = true)")
    for contents, rows in (
        (BY_TABLE, heads),
        (BY_REGION, regions),
        (OF_RANKED, [row for row in regions if row["is_ranked"]]),
        (OF_PUBLISHED, [r for r in regions if r["is_inside_interval"] is not None]),
        (BY_PAIR, [head | row for head, table in each for row in of_pairs(table)]),
        ({"variant_findings": OF_VARIANTS["variant_findings"]}, of_variants),
        ({"variant_figures": OF_VARIANTS["variant_figures"]}, figures),
        (EMPTY, []),
    ):
        for name, columns in contents.items():
            names = columns.split()
            types = [
                next(kind for kind, names in TYPES if re.fullmatch(names, column))
                for column in names
            ]
            # a row that is the same of several tables is there once
            unique = {
                str(row): row
                for row in (tuple(row.get(column) for column in names) for row in rows)
            }
            spec = ", ".join(map(" ".join, zip(names, types, strict=True)))
            add(connection, name, spec, list(unique.values()))
    for name, sql in models.items():
        connection.execute(f"create table {name} as {sql}")
    return connection


def rows_of(connection: duckdb.DuckDBPyConnection, mart: str) -> list[SimpleNamespace]:
    result = connection.execute(f"from {mart}")
    names = [column[0] for column in result.description]
    rows = result.fetchall()
    return [SimpleNamespace(**dict(zip(names, row, strict=True))) for row in rows]


@dataclass
class Case:
    """A row of findings beside the tables that it must be true of."""

    row: SimpleNamespace
    tables: list[Table]  # the first is its own

    @property
    def places(self) -> Places:
        return self.tables[0].places


@pytest.fixture(scope="module")
def models() -> dict[str, str]:
    return {
        path.rpartition("/")[2].removesuffix(".sql"): rendered(path) for path in MODELS
    }


@pytest.fixture(scope="module", params=SEEDS)
def builds(request, models) -> list[tuple[duckdb.DuckDBPyConnection, dict]]:
    """Return marts, with the tables that each year and stressor must be true of.

    They are of tables of the world, which are not compiled; of variants, each alone;
    and of compiled tables beside all of their variants. The first is a row's own.
    """
    noun = request.param
    rng = np.random.default_rng(SEEDS[noun])
    systems = [random_system(number, rng, noun) for number in range(SYSTEMS)]
    alone = {
        (f"{variant} {number}", year): table
        for number, system in enumerate(systems)
        for variant in (VARIANTS if noun != "country" else [""])
        for year, table in system[variant].items()
    }
    marts = built(models, noun, alone, [], [])
    found = [(marts, {key: [table] for key, table in alone.items()})]
    if noun == "country":
        return found
    of_variants = []
    for row in rows_of(marts, "findings"):
        variant, number = row.stressor_id.split()
        of_variants.append(vars(row) | {"variant": variant, "stressor_id": number})
    figures = []
    for (stressor, year), table in alone.items():
        variant, number = stressor.split()
        head = {"variant": variant, "year": year, "stressor_id": number}
        for region, row in enumerate(of_regions(table)):
            figures.append(head | row | supplier_of(table, region))
    main = {
        (str(number), year): table
        for number, system in enumerate(systems)
        for year, table in system[""].items()
    }
    beside = {
        (number, year): [systems[int(number)][v][year] for v in ("", *VARIANTS)]
        for number, year in main
    }
    return [*found, (built(models, noun, main, of_variants, figures), beside)]


@pytest.fixture(scope="module")
def cases(builds) -> list[Case]:
    """Return findings beside the tables that they must be true of."""
    return [
        Case(row, tables[row.stressor_id, row.year])
        for marts, tables in builds
        for row in rows_of(marts, "findings")
    ]


def test_a_sentence_about_a_region_holds_in_all_tables(builds):
    seen = []
    for marts, of_year in builds:
        (dataset,) = rows_of(marts, "dataset")
        for row in rows_of(marts, "region_sentences"):
            tables = of_year[row.stressor_id, row.year]
            places = tables[0].places
            region = places.ids.index(row.region_id)
            people = int(places.people[region])
            is_short = " " not in dataset.region_noun
            noun, nouns = ("place", "places")
            if is_short:
                noun, nouns = dataset.region_noun, dataset.region_noun_plural
            others = nouns if places.ranked == len(places.ids) else "regions"
            names = dict(zip(places.ids, places.names, strict=True))
            ranked = frozenset(places.ids[: places.ranked])
            words = Words(names, ranked, noun, others, places.left_out)
            figures = [figures_of(table, region) for table in tables]
            said = sentence_of(row.region_id, people, figures, words)
            assert row.sentence == said, row
            assert row.amount_in_words == amount_of(people, figures)
            seen.append((len(tables), said, row.licence))
    texts = [said for _, said, _ in seen]
    for words in ("most in", "above all in", "more than", "serve", " per person, "):
        assert any(words in said for said in texts), words
    of_all = "five estimates of trade"
    for tables, said, licence in seen:
        is_range = re.search(r"\d to \d|up to \d|up to less|1 % to", said)
        how = "lowest and highest of" if is_range else "the same in all"
        assert tables == 1 or licence == f"{how} {of_all}", said


def figures_of(table: Table, region: int) -> Figures:
    """Return a region of a table as the reference of sentences takes it."""
    flows = table.across[:, region]
    return Figures(
        float(table.footprints[region]),
        float(table.flows[region].sum() + table.exports[region]),
        float(table.across[region].sum()),
        {table.places.ids[r]: float(flows[r]) for r in np.flatnonzero(flows > 0)},
    )


def named(case: Case, said: str) -> int:
    """Return the region that a headline calls so, cut or not."""
    name = re.sub("^[Tt]he (?=United)", "", said)
    regions = [
        region
        for region, whole in enumerate(case.places.names)
        if whole == name or (name.endswith("…") and whole.startswith(name[:-1]))
    ]
    assert len(regions) == 1, said
    return regions[0]


AGREEING = "^(?:Where published figures agree, )?"
SUPERLATIVES = {
    "largest_footprint": f"{AGREEING}(.+) has the largest footprint",
    "per_person": f"{AGREEING}(.+) causes the most per person",
}
LEADERS = {
    "change_per_person": "^(?:Without .+?, )?(.+) causes .+ per person since",
    "net_transfer": "^(?:On balance, |What )?(?:(?!other)(.+?) (?:emits|consumes) .+"
    "|other .+ emit .+ for (.+))$",
}


def test_who_leads_leads_in_all_tables(cases):
    seen = set()
    for case in cases:
        finding, said = case.row.finding_id, case.row.headline
        if DEPENDS in said:
            continue
        if match := re.search(SUPERLATIVES.get(finding, "$^"), said):
            leader = named(case, match[1])
            assert all(t.leaders(finding) == [leader] for t in case.tables), said
            seen.add(finding)
        elif re.search(
            "^(All|Several) .+ (have|share|cause) the (same|largest|most)", said
        ):
            for table in case.tables:
                leaders = len(table.leaders(finding))
                assert leaders == table.places.ranked or (
                    leaders > 1 and said[0] == "S"
                )
            seen.add("equals")
        elif finding in LEADERS:
            match = re.search(LEADERS[finding], said)
            if not match:  # hardly changed, or cannot be said
                assert finding == "change_per_person", said
                continue
            leader = named(case, match[match.lastindex])
            is_more = "than it emits" not in said and "other" not in said[:17]
            is_more = is_more and "less per person" not in said
            for table in case.tables:
                assert table.leaders(finding)[0] == leader, said
                assert (table.scores(finding)[leader] > 0) == is_more, said
            seen.add(finding)
    assert seen == {*SUPERLATIVES, *LEADERS, "equals"}


def test_who_leads_is_told_from_the_second_in_the_proof(cases):
    for case in cases:
        table, proof = case.tables[0], case.row.finding
        if "the largest difference" in proof or "the largest relative change" in proof:
            assert len(table.leaders(case.row.finding_id)) == 1, proof
        if match := re.search(r"[.] (\S[^.]*) has the smallest, ", proof):
            least = named(case, match[1])
            amounts = table.per_person[: table.places.ranked]
            assert sum(alike(amount, amounts[least]) for amount in amounts) == 1, proof
            for each in case.tables:
                assert rank(each.per_person, least, each) == each.places.ranked, proof


def test_a_place_is_among_the_first_in_all_tables(cases):
    seen = set()
    for case in cases:
        said = "(.+) has one of the (.+) largest footprints( per person)?$"
        if match := re.search(said, case.row.headline):
            worst = {
                region: max(
                    rank(t.per_person if match[3] else t.footprints, region, t)
                    for t in case.tables
                )
                for region in range(case.places.ranked)
            }
            smallest = max(2, min(worst.values()))
            assert COUNTS.index(match[2]) == smallest, case.row.headline
            first = named(case, match[1])
            assert worst[first] <= smallest, case.row.headline
            assert case.row.subject_ids == [case.places.ids[first]]
            seen.add(match[3])
    assert len(seen) != 1


def test_flows_are_the_largest_of_all_tables(cases):
    seen = set()
    for case in cases:
        if case.row.finding_id != "largest_flow" or DEPENDS in case.row.headline:
            continue
        said = case.row.headline
        if match := re.search("^All ten .+( between .+)? begin or end in (.+)$", said):
            hub = named(case, match[2])
            assert all(table.hub == hub for table in case.tables), said
            between = " between " in said
            assert between or all(table.hub_is_of_all for table in case.tables), said
        else:
            match = re.search(
                "^(.+) emits .+ to supply (.+), (more than|one of) ", said
            )
            pair = named(case, match[1]), named(case, match[2])
            hubs = {table.hub for table in case.tables}
            assert len(hubs) > 1 or None in hubs, said
            for table in case.tables:
                largest, *_ = table.ranked_flows[0]
                assert alike(table.flows[pair], largest), said
                if match[3] == "more than":
                    equals = [f for f, *_ in table.ranked_flows if alike(f, largest)]
                    assert len(equals) == 1, said
                    assert largest >= table.largest_unranked, said
        seen.add(match[3] if match.re.groups == 3 else "hub")
    assert seen == {"hub", "more than", "one of"}


def test_it_depends_on_trade_only_where_variants_disagree(cases):
    seen = set()
    for case in cases:
        finding, said = case.row.finding_id, case.row.headline
        if DEPENDS in said or " has one of the " in said:
            says = [table.says(finding) for table in case.tables]
            assert any(each != says[0] for each in says), (said, says)
            assert case.row.value is None
            seen.add(finding)
    assert len(seen) != 1, seen


UNITS = {"kg": 1e-3, "t": 1, "tonnes": 1, "kt": 1e3, "Mt": 1e6, "Gt": 1e9, "%": 0.01}
NUMBER = re.compile(
    r"(less than |under |more than |(?<!add )up to |at least )?"
    r"([\d.]+)(?:(?: to |\N{EN DASH})([\d.]+))?"
    rf" ({'|'.join(UNITS)}|times)(?= |,|$)",
    re.IGNORECASE,
)


def test_numbers_are_those_of_all_tables(cases):
    ranges = set()
    for case in cases:
        finding, said = case.row.finding_id, case.row.headline
        match = NUMBER.search(said)
        if not match or finding == "compiled_ranks" or "the average" in said:
            continue
        tables = case.tables[:1] if finding == "accounts_close" else case.tables
        values = [table.value(finding) for table in tables]
        if " on richest as " in said:
            values = [1 / value for value in values]
        prefix, low, high, unit = match.groups()
        unit = UNITS.get(unit, 1)

        def is_said(value: float, number: str, unit: float = unit) -> bool:
            half = 0.5 * 10.0 ** -len(number.partition(".")[2])
            return abs(value / unit - float(number)) <= half * (1 + 1e-9)

        if prefix:
            prefix, end = prefix.lower(), float(low) * unit
            at_end = max(values) if prefix == "up to " else min(values)
            assert prefix not in ("up to ", "at least ") or is_said(at_end, low), said
            is_below = prefix not in ("more than ", "at least ")
            assert all(
                is_said(v, low) or (v < end if is_below else v > end) for v in values
            ), (said, values)
        elif high:
            assert is_said(min(values), low), (said, values)
            assert is_said(max(values), high), (said, values)
            for number in (low, high):
                digits = number.replace(".", "").lstrip("0")
                assert len(digits) <= 2 or "." not in number, said
            ranges.add(finding)
        else:
            assert all(is_said(value, low) for value in values), (said, values)
    assert len(ranges) > 8 or not ranges, ranges


def test_only_groups_are_spoken_of_as_such(cases):
    seen = set()
    for case in cases:
        finding, said = case.row.finding_id, case.row.headline
        if finding == "unequal_footprints" and NUMBER.search(said):
            assert all(is_group(table.lower_half) for table in case.tables), said
        elif finding == "unequal_footprints" and " hangs on " in said:
            who = re.search(" hangs on (.+) alone$", said)
            region = named(case, who[1])
            for table in case.tables:
                assert not is_group(table.lower_half), said
                largest = max(table.lower_half.values())
                assert table.lower_half.get(region, 0) > largest - 1e-9, said
        elif finding == "carbon_price" and " weighs " in said:
            assert all(is_group(f) for t in case.tables for f in t.fifths), said
        else:
            continue
        seen.add(finding)
    assert seen == {"unequal_footprints", "carbon_price"}


def test_emitters_are_a_group_and_counted_if_they_are_the_same(cases):
    seen = set()
    for case in cases:
        said = case.row.headline
        match = re.search(r"(\w+) \S+ cause .+ of all footprints$", said)
        if not match:
            continue
        for table in case.tables:
            people = table.places.people[table.emitters]
            assert is_group(dict(enumerate(people / people.sum()))), said
            if match[1] != "leading":
                assert COUNTS.index(match[1].lower()) == len(table.emitters), said
                assert {*table.emitters} == {*case.tables[0].emitters}, said
        seen.add(match[1] == "leading")
    assert False in seen


def test_headlines_are_short(cases):
    for case in cases:
        said = case.row.headline
        assert said
        assert len(said) <= 90, said
        assert len(said.split(" ")) <= 14, said
