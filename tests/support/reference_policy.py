"""Super-emitters, typology and levers, as plainly as possible (docs/methods.md)."""

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np

from support.policy_facts import (
    CAPS,
    CONSUMER_TO,
    HALF,
    INDUSTRIES,
    OUT_OF,
    PRODUCER_FROM,
    SUPER_EMITTER_RULES,
    TOP_OF,
    Policy,
)
from support.systems import System, Year

Rows = dict[tuple, dict[str, object]]


def exceeds(above: float, below: float) -> bool:
    """Whether a number is larger than another by more than rounding."""
    return above > below + 1e-12 * abs(below)


@dataclass
class Case:
    """One mass stressor of one solved year, and the choices of the build."""

    system: System
    number: int
    year: Year
    stressor_id: str
    solution: object  # x, is_zero, X, X_export
    accounts: object  # F, D, f, E
    rows: dict[str, dict]  # regional accounts by region
    value_added: np.ndarray  # (n,), zeros where the year has none
    world: float | None  # t per person
    policy: Policy

    @cached_property
    def ranked(self) -> list[str]:
        """Ranked regions in code-point order."""
        return sorted(r.id for r in self.system.regions if r.is_ranked)

    @cached_property
    def people(self) -> dict[str, int]:
        """People of the ranked regions."""
        return {r: self.rows[r]["population"] for r in self.ranked}

    @cached_property
    def footprints(self) -> dict[str, float]:
        """Consumption footprints of the ranked regions."""
        return {r: self.rows[r]["consumption_footprint"] for r in self.ranked}

    @cached_property
    def heads(self) -> dict[str, float]:
        """Footprints per head of the ranked regions."""
        return {r: self.footprints[r] / self.people[r] for r in self.ranked}

    @cached_property
    def incomes(self) -> dict[str, float | None]:
        """GDP per head of the ranked regions, None where it is unknown."""
        return {
            r: None if self.rows[r]["gdp"] is None else self.rows[r]["gdp"] / people
            for r, people in self.people.items()
        }

    @cached_property
    def typology(self) -> dict[str, dict[str, object]]:
        """Rows of ``mitigation_typology`` by region."""
        return typology(self)

    @cached_property
    def quotients(self) -> dict[str, dict[str, float]]:
        """Location quotients by region and industry, positive ones only."""
        return location_quotients(self)

    @cached_property
    def producer_premise(self) -> str:
        """What intensities of ranked regions tell of producers."""
        return producer_premise(self)

    @cached_property
    def caps(self) -> dict[str, float | None]:
        """Tonnes per person of the named caps."""
        return caps(self)


def selected_by(case: Case, rule: str) -> set[str]:
    """Return the super-emitters under a rule."""
    footprints = case.footprints
    production = {r: case.rows[r]["production_emissions"] for r in case.ranked}
    size = -(-TOP_OF * len(case.ranked) // OUT_OF)
    total, people = sum(footprints.values()), sum(case.people.values())

    def largest(amounts: dict[str, float]) -> list[str]:
        return sorted(amounts, key=lambda region: (-amounts[region], region))

    if rule == "top_decile":
        return set(largest(footprints)[:size])
    if rule == "producers_or_consumers":
        return {*largest(footprints)[:size], *largest(production)[:size]}
    if rule == "largest_above_mean":
        mean = total / people
        above = {r: footprints[r] for r in case.ranked if exceeds(case.heads[r], mean)}
        return set(largest(above)[:size])
    if rule == "cumulative_half":
        chosen: list[str] = []
        for region in largest(footprints) if total > 0 else []:
            if sum(footprints[r] for r in chosen) / total >= HALF - 1e-12:
                break
            chosen.append(region)
        return set(chosen)
    return {
        region
        for region, amount in footprints.items()
        if exceeds(case.heads[region], total / people)
        and exceeds(amount, total / len(footprints))
    }


def super_emitter_rows(case: Case) -> Rows:
    """Return ``super_emitters``: every ranked region under every rule."""
    footprints = case.footprints
    total = sum(footprints.values())
    order = sorted(footprints, key=lambda region: (-footprints[region], region))
    rows: Rows = {}
    for rule in SUPER_EMITTER_RULES:
        selected = selected_by(case, rule)
        for position, region in enumerate(order):
            running = sum(footprints[r] for r in order[: position + 1])
            own = footprints[region]
            rows[(rule, region)] = {
                "emitter_rank": 1 + sum(other > own for other in footprints.values()),
                "measure_value": own,
                "cumulative_share": running / total if total else None,
                "is_selected": region in selected,
                "is_default_rule": rule == case.policy.rule,
            }
    return rows


def affluence(case: Case) -> dict[str, str | None]:
    """Return whether regions are richer than the people's mean; None if unknown."""
    incomes = case.incomes
    if None in incomes.values():
        return dict.fromkeys(incomes)
    mean = sum(incomes[r] * n for r, n in case.people.items())
    mean /= sum(case.people.values())
    return {r: "low" if exceeds(mean, own) else "high" for r, own in incomes.items()}


def location_quotients(case: Case) -> dict[str, dict[str, float]]:
    """Return the quotients of the industry groups by region, positive ones only."""
    amounts = case.value_added if np.any(case.value_added) else case.solution.x
    table: dict[str, dict[str, float]] = {}
    for r, region in enumerate(case.system.regions):
        own = amounts[case.system.block(r)]
        if region.is_ranked:
            table[region.id] = {
                group: sum(
                    own[i]
                    for i, sector in enumerate(case.system.sectors)
                    if group in ("all", sector.group)
                )
                for group in ("all", *INDUSTRIES)
            }
    nation = {
        group: sum(row[group] for row in table.values())
        for group in ("all", *INDUSTRIES)
    }
    return {
        region: {
            group: quotient
            for group in INDUSTRIES
            if row["all"] > 0 and nation[group] > 0 and nation["all"] != 0
            if (quotient := row[group] / row["all"] / (nation[group] / nation["all"]))
            > 0
        }
        for region, row in table.items()
    }


def have_one_structure(quotients: dict[str, dict[str, float]]) -> bool:
    """Return whether every region has the industries of all, in the same shares."""
    values = [quotient for own in quotients.values() for quotient in own.values()]
    return bool(values) and min(values) >= 1 - 1e-6 and max(values) <= 1 + 1e-6


def pathway(role: str, wealth: str | None) -> str:
    """Return the pathway of a role and an affluence."""
    if role == "balanced":
        return "both"
    return "consumer" if role == "consumer" and wealth == "high" else "producer"


def typology(case: Case) -> dict[str, dict[str, object]]:
    """Return what kind of region every ranked region is."""
    wealth, quotients = affluence(case), location_quotients(case)
    alike = have_one_structure(quotients)
    rows = {}
    for region in case.ranked:
        row, own = case.rows[region], quotients[region]
        largest = max(own.values(), default=None)
        tied = [g for g, quotient in own.items() if quotient >= largest * (1 - 1e-6)]
        industry = None if alike else min(tied, default=None)
        sold = sum(row[f"{part}_emissions"] for part in ("local", "outflow", "direct"))
        footprint = row["consumption_footprint"]
        ratio = sold / footprint if footprint else None
        role = "balanced"
        if ratio is not None and not exceeds(PRODUCER_FROM, ratio):
            role = "producer"
        elif ratio is not None and not exceeds(ratio, CONSUMER_TO):
            role = "consumer"
        way = pathway(role, wealth[region])
        rows[region] = {
            "affluence": wealth[region],
            "industry_type": industry,
            "supply_chain_role": role,
            "pathway_id": way,
            "gdp_per_capita": case.incomes[region],
            "location_quotient": largest,
            "supply_chain_ratio": ratio,
            "has_producer_lever": way in ("producer", "both"),
            "has_consumer_lever": way in ("consumer", "both"),
        }
    return rows


def producer_premise(case: Case) -> str:
    """Return whether intensities are the nation's, or those of few totals."""
    sectors = range(len(case.system.sectors))
    f, F, x = case.accounts.f, case.accounts.F, case.solution.x
    cells = {
        region.id: {
            i: r * len(sectors) + i
            for i in sectors
            if x[r * len(sectors) + i] > 0
            and not case.solution.is_zero[r * len(sectors) + i]
        }
        for r, region in enumerate(case.system.regions)
        if region.is_ranked
    }
    differing = emitted = 0.0
    for i in sectors:
        makers = [own[i] for own in cells.values() if i in own]
        if len(makers) > 1:
            nation = sum(F[makers]) / sum(x[makers])
            differing += sum(abs(F[k] - nation * x[k]) for k in makers)
            emitted += sum(abs(F[makers]))
    if emitted and differing <= 1e-4 * emitted:
        return "national_intensities"
    sizes = {region: sum(x[k] for k in own.values()) for region, own in cells.items()}
    order = sorted(filter(cells.get, sizes), key=lambda r: (-sizes[r], r))
    few = []
    for larger, smaller in pairwise(order):
        both = [
            (cells[larger][i], cells[smaller][i])
            for i in cells[larger].keys() & cells[smaller].keys()
        ]
        ratios = sorted(f[a] / f[b] for a, b in both if F[a] > 0 and F[b] > 0)
        if ratios:
            steps = sum(b > a * (1 + 1e-4) for a, b in pairwise(ratios))
            few.append(3 * (1 + steps) < len(ratios))
    return "few_totals" if few and 2 * sum(few) >= len(few) else "holds"


def peer_cells(case: Case, industry: str | None, sector: int) -> list[int]:
    """Return the producing cells of a sector in the regions of one industry type."""
    cells = []
    for r, region in enumerate(case.system.regions):
        k = r * len(case.system.sectors) + sector
        if region.id not in case.typology:
            continue
        is_peer = case.typology[region.id]["industry_type"] == industry
        if is_peer and case.solution.x[k] > 0 and not case.solution.is_zero[k]:
            cells.append(k)
    return cells


def benchmark(case: Case, cells: list[int], benchmark_id: str) -> float:
    """Return a statistic of the direct intensities of some cells."""
    if benchmark_id == "mean":
        return sum(case.accounts.F[cells]) / sum(case.solution.x[cells])
    share = {"median": 0.5, "p25": 0.25}[benchmark_id]
    ordered = sorted(case.accounts.f[cells])
    below = int(share * (len(ordered) - 1))
    above = min(below + 1, len(ordered) - 1)
    part = share * (len(ordered) - 1) - below
    return ordered[below] + (ordered[above] - ordered[below]) * part


def caps(case: Case) -> dict[str, float | None]:
    """Return the named caps, None where they are unknown or not positive: no cap."""

    def mean(regions: list[str]) -> float | None:
        if not regions:
            return None
        people = sum(case.people[r] for r in regions)
        return sum(case.footprints[r] for r in regions) / people

    rich = [r for r, row in case.typology.items() if row["affluence"] == "high"]
    means = (mean(rich), mean(case.ranked), case.world)
    return {
        name: cap if cap is not None and cap > 0 else None
        for name, cap in zip(CAPS, means, strict=True)
    }
