"""Scenarios evaluated cell by cell: E' = f' X k, and who is booked for what.

All arrays are explicit: producers x regions x categories (docs/methods.md).
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from support.policy_facts import CAPPED_GROUPS, SCENARIOS, UserRow
from support.reference_policy import Case, Rows, benchmark, peer_cells, selected_by
from support.systems import Category


@dataclass
class Levers:
    """What a scenario does to intensities and to demand."""

    f: np.ndarray  # (n,), intensities after
    k: np.ndarray  # (R, C), factors on embodied emissions
    k_direct: np.ndarray  # (R, C), factors on direct emissions


@dataclass
class Outcome:
    """One scenario evaluated once, all levers together; tonnes."""

    levers: Levers
    cut: np.ndarray  # (n, R, C), by producers, in final demand
    cut_exports: np.ndarray  # (n,), by producers, in deliveries abroad
    saved: np.ndarray  # (n, R, C), by consumers
    saved_direct: np.ndarray  # (R, C), by consumers
    E: np.ndarray  # (n, R, C), after
    E_export: np.ndarray  # (n,), after
    D: np.ndarray  # (R, C), after

    @property
    def quota(self) -> float:
        """Producers' and consumers' quota of all regions."""
        parts = (self.cut, self.cut_exports, self.saved, self.saved_direct)
        return float(sum(part.sum() for part in parts))


def neutral_levers(case: Case) -> Levers:
    """Return levers that do nothing."""
    shape = case.accounts.D.shape
    return Levers(case.accounts.f.copy(), np.ones(shape), np.ones(shape))


def cap_factor(case: Case, region: str, cap: float | None) -> float | None:
    """Return cap / footprint per head, at most 1, if there are both."""
    head = case.rows[region]["footprint_per_capita"]
    if cap is None or head is None or head <= 0:
        return None
    return min(1.0, cap / head)


def benchmarked(case: Case, r: int, i: int, benchmark_id: str) -> float | None:
    """Return the benchmark of a cell; None where the cell has no peers."""
    region = case.system.regions[r]
    if not region.is_ranked or case.producer_premise == "national_intensities":
        return None
    cells = peer_cells(case, case.typology[region.id]["industry_type"], i)
    own = r * len(case.system.sectors) + i
    return benchmark(case, cells, benchmark_id) if own in cells else None


def shipped_levers(
    case: Case,
    selected: set[str],
    benchmark_id: str,
    cap_id: str,
    includes_power_supply: bool = True,
) -> Levers:
    """Return the levers of the super-emitters, each on its own pathway."""
    levers = neutral_levers(case)
    sectors, categories = case.system.sectors, case.system.categories
    left_out = {
        i.id for i in sectors if i.is_power_supply and not includes_power_supply
    }
    for r, region in enumerate(case.system.regions):
        if region.id not in selected:
            continue
        kind = case.typology[region.id]
        for i, sector in enumerate(sectors if kind["has_producer_lever"] else ()):
            best = benchmarked(case, r, i, benchmark_id)
            if best is not None and sector.id not in left_out:
                k = r * len(sectors) + i
                levers.f[k] = min(levers.f[k], best)
        if kind["has_consumer_lever"]:
            bound = cap_factor(case, region.id, case.caps[cap_id])
            factor = 1.0 if bound is None else bound
            levers.k_direct[r] = factor
            for c, category in enumerate(categories):
                if category.group in CAPPED_GROUPS:
                    levers.k[r, c] = factor
    return levers


def combined(
    before: float, factors: Iterable[float], bounds: Iterable[float | None]
) -> float:
    """Return the product with all factors, or the smallest bound below it."""
    value = before
    for factor in factors:
        value *= factor
    return min([value, *(bound for bound in bounds if bound is not None)])


def acts_on(row: UserRow, case: Case, lever: str, region: str) -> bool:
    """Whether a user's row moves a lever of a region in this year."""
    return (
        row.lever == lever
        and row.year in (None, case.number)
        and row.region in (None, region)
    )


def user_levers(case: Case, scenario_id: str) -> Levers:
    """Return the levers of a user's scenario, whatever the order of its rows."""
    levers = neutral_levers(case)
    rows = [row for row in case.policy.user_rows if row.scenario_id == scenario_id]
    for r, region in enumerate(case.system.regions):
        own = [row for row in rows if acts_on(row, case, "intensity", region.id)]
        for i, sector in enumerate(case.system.sectors):
            cell = r * len(case.system.sectors) + i
            levers.f[cell] = user_intensity(case, own, (r, i, sector), levers.f[cell])
        own = [row for row in rows if acts_on(row, case, "demand", region.id)]
        for c, category in enumerate(case.system.categories):
            named = [row for row in own if row.category in (None, category.id)]
            factors = [float(row.value) for row in named if row.kind == "factor"]
            # without a category a cap leaves stocks alone, but not what users emit
            capping = [row for row in named if row.kind in ("scale_to_cap", "cap")]
            bounds = {row: user_cap(case, r, row, own) for row in capping}
            biting = [row for row in capping if takes_purchases(row, category)]
            levers.k[r, c] = combined(1.0, factors, [bounds[row] for row in biting])
            levers.k_direct[r, c] = combined(1.0, factors, bounds.values())
    return levers


def takes_purchases(row: UserRow, category: Category) -> bool:
    """Whether a cap that fits acts on what is bought, and not on D alone."""
    return row.category is not None or category.group in CAPPED_GROUPS


def user_intensity(
    case: Case, rows: list[UserRow], cell: tuple, before: float
) -> float:
    """Return the intensity of a cell under the rows of its region."""
    r, i, sector = cell
    own = [
        row
        for row in rows
        if row.sector in (None, sector.id)
        and (row.includes_power_supply or not sector.is_power_supply)
    ]
    return combined(
        before,
        [float(row.value) for row in own if row.kind == "factor"],
        [
            benchmarked(case, r, i, str(row.value))
            for row in own
            if row.kind == "benchmark"
        ],
    )


def tonnes_of(case: Case, row: UserRow) -> float | None:
    """Return the cap of a row, a number of tonnes or a name."""
    return case.caps[row.value] if isinstance(row.value, str) else row.value


def user_cap(case: Case, r: int, row: UserRow, own: list[UserRow]) -> float | None:
    """Return the factor of a cap, by its kind."""
    region, cap = case.system.regions[r].id, tonnes_of(case, row)
    if row.kind == "scale_to_cap":
        return cap_factor(case, region, cap)
    rows = [
        other for other in own if other.kind == "cap" and tonnes_of(case, other) == cap
    ]
    return reaching_factor(case, r, cap, rows)


def reaching_factor(
    case: Case, r: int, cap: float | None, rows: list[UserRow]
) -> float | None:
    """Return the largest k up to 1 with which a region is at a cap.

    The footprint falls in a straight line with k, from that of k = 1 to that of k = 0
    of all categories that the rows with this cap choose.
    """
    head = case.rows[case.system.regions[r].id]["footprint_per_capita"]
    if cap is None or head is None:
        return None
    if head <= cap:
        return 1.0
    bought = np.einsum("n,nc->c", case.accounts.f, case.solution.X[:, r])
    left = bought.sum() + case.accounts.D[r].sum()
    for c, category in enumerate(case.system.categories):
        fitting = [row for row in rows if row.category in (None, category.id)]
        if any(takes_purchases(row, category) for row in fitting):
            left -= bought[c]
        if fitting:
            left -= case.accounts.D[r, c]
    lowest = left / case.system.years[case.number].population[r]
    return max(0.0, (cap - lowest) / (head - lowest))


def levers_of(case: Case, scenario_id: str) -> Levers:
    """Return the levers of a scenario; the user's own replaces a shipped one."""
    if scenario_id in case.policy.user_scenarios:
        return user_levers(case, scenario_id)
    selected = selected_by(case, case.policy.rule)
    return shipped_levers(case, selected, *SCENARIOS[scenario_id])


def evaluate(case: Case, levers: Levers) -> Outcome:
    """Evaluate all levers together; cuts by the mean of both orders (Shapley)."""
    f, X, D = case.accounts.f, case.solution.X, case.accounts.D
    less = (f - levers.f)[:, None, None]
    both = (f + levers.f)[:, None, None]
    return Outcome(
        levers=levers,
        cut=less * X * (1 + levers.k) / 2,
        cut_exports=(f - levers.f) * case.solution.X_export,
        saved=both / 2 * X * (1 - levers.k),
        saved_direct=D * (1 - levers.k_direct),
        E=levers.f[:, None, None] * X * levers.k,
        E_export=levers.f * case.solution.X_export,
        D=D * levers.k_direct,
    )


def quota_rows(case: Case, outcome: Outcome) -> Rows:
    """Return ``quota_by_region`` of one scenario: every region."""
    selected = selected_by(case, case.policy.rule)
    rows: Rows = {}
    for r, region in enumerate(case.system.regions):
        own = case.system.block(r)
        before = case.rows[region.id]
        producer = outcome.cut[own].sum() + outcome.cut_exports[own].sum()
        consumer = outcome.saved[:, r].sum() + outcome.saved_direct[r].sum()
        rows[(region.id,)] = {
            "production_before": before["production_emissions"],
            "production_after": outcome.E[own].sum()
            + outcome.E_export[own].sum()
            + outcome.D[r].sum()
            + before["unattributed_emissions"],
            "footprint_before": before["consumption_footprint"],
            "footprint_after": outcome.E[:, r].sum() + outcome.D[r].sum(),
            "producer_quota": producer,
            "consumer_quota": consumer,
            "quota": producer + consumer,
            "region_name": region.name,
            "is_selected": region.id in selected,
        }
    return rows


def sector_rows(case: Case, outcome: Outcome) -> Rows:
    """Return ``quota_by_sector``: what changes for the producers."""
    rows: Rows = {}
    for k, producer in enumerate(case.system.producers):
        cut = outcome.cut[k].sum() + outcome.cut_exports[k]
        saved = outcome.saved[k].sum()
        if cut or saved:
            rows[producer] = {
                "emissions_before": case.accounts.F[k],
                "emissions_after": case.accounts.F[k] - cut - saved,
                "reduction": cut + saved,
                "producer_quota": cut,
                "demand_effect": saved,
            }
    return rows


def spillover_rows(case: Case, outcome: Outcome) -> Rows:
    """Return ``quota_spillovers``: who acts, and whose emissions fall."""
    rows: Rows = {}
    regions = case.system.regions
    for r, acting in enumerate(regions):
        own = case.system.block(r)
        for s, affected in enumerate(regions):
            delivered = outcome.cut[own, s].sum()
            ordered = outcome.saved[case.system.block(s), r].sum()
            if s == r:
                ordered += outcome.saved_direct[r].sum()
            rows[(acting.id, affected.id)] = {
                "footprint_reduction": delivered,
                "production_reduction": ordered,
                "is_own": s == r,
                "acting_region_name": acting.name,
                "affected_region_name": affected.name,
            }
        rows[(acting.id, "EXPORT")] = {
            "footprint_reduction": outcome.cut_exports[own].sum(),
            "production_reduction": 0.0,
            "is_own": False,
            "acting_region_name": acting.name,
            "affected_region_name": None,
        }
    return {
        key: row
        for key, row in rows.items()
        if row["footprint_reduction"] or row["production_reduction"]
    }
