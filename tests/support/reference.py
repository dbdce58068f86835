"""The methods once more, as plainly as possible.

An explicit inverse, loops and dictionaries. It shares no code with the package and
is what the warehouse is compared with, mart by mart:

``reference_marts(system, comparators, policy)`` returns
``{mart: {key: {column: value}}}`` with the keys in the order of the grain and the
promised columns that are computed. Flow-like marts leave out rows of exact zeros.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from support.policy_facts import Policy
from support.reference_border import border_marts
from support.reference_capital import capital_rows, export_rows
from support.reference_chains import chain_marts
from support.reference_changes import Moment, effect_rows, prices, reason_rows
from support.reference_findings import changes_per_person, finding_rows
from support.reference_households import group_rows, inequality_row
from support.reference_imports import scope_rows, with_comparisons
from support.reference_inequality import inequality_marts
from support.reference_leakage import leakage_marts, ratio
from support.reference_linkages import linkage_marts, sector_rows
from support.reference_policy import Case
from support.reference_prices import price_marts
from support.reference_published import beside_published, published_rows
from support.reference_quota import policy_marts
from support.reference_scopes import three_scope_rows
from support.reference_sentences import sentence_rows
from support.reference_uncertainty import uncertainty_marts
from support.systems import TONNES, Stressor, System, Year

Marts = dict[str, dict[tuple, dict[str, object]]]
VALUE_ADDED = "value_added"
GROUPS = ("household", "government", "investment", "inventory", "other")


@dataclass(frozen=True)
class Comparator:
    """Published emissions per head, tonnes."""

    year: int
    world: float
    us_consumption: float


Comparators = Mapping[str, list[Comparator]]

# Global Carbon Budget 2019, the figures that the methods list
PUBLISHED = {
    "co2": [
        Comparator(2000, world=4.09, us_consumption=22.2),
        Comparator(2001, world=4.08, us_consumption=21.6),
        Comparator(2002, world=4.11, us_consumption=21.8),
        Comparator(2003, world=4.26, us_consumption=21.9),
        Comparator(2004, world=4.40, us_consumption=22.3),
        Comparator(2005, world=4.49, us_consumption=22.2),
        Comparator(2006, world=4.59, us_consumption=22.0),
        Comparator(2007, world=4.66, us_consumption=21.9),
        Comparator(2008, world=4.71, us_consumption=20.8),
        Comparator(2009, world=4.59, us_consumption=19.0),
        Comparator(2010, world=4.77, us_consumption=19.5),
        Comparator(2011, world=4.87, us_consumption=19.3),
        Comparator(2012, world=4.87, us_consumption=18.4),
        Comparator(2013, world=4.85, us_consumption=18.6),
        Comparator(2014, world=4.83, us_consumption=18.6),
        Comparator(2015, world=4.78, us_consumption=18.1),
        Comparator(2016, world=4.74, us_consumption=17.6),
        Comparator(2017, world=4.74, us_consumption=17.5),
        # consumption of 2018 is not published: that of the year before
        Comparator(2018, world=4.79, us_consumption=17.5),
    ]
}


@dataclass
class Solution:
    """One solved year in single currency units."""

    x: np.ndarray  # (n,)
    is_zero: np.ndarray  # (n,)
    A: np.ndarray  # (n, n)
    L: np.ndarray  # (n, n)
    Y: np.ndarray  # (n, R, C)
    X: np.ndarray  # (n, R, C), output embodied in final demand
    X_export: np.ndarray  # (n,)
    X_lost: np.ndarray  # (n,), embodied in deliveries to zero-output columns


@dataclass
class Accounts:
    """One stressor of one solved year, in the unit of the marts."""

    F: np.ndarray  # (n,)
    D: np.ndarray  # (R, C)
    f: np.ndarray  # (n,)
    m: np.ndarray  # (n,)
    E: np.ndarray  # (n, R, C)
    E_export: np.ndarray  # (n,)
    lost: np.ndarray  # (n,)


def zero_outputs(
    x: np.ndarray, Z: np.ndarray, Y: np.ndarray, exports: np.ndarray
) -> np.ndarray:
    """Tell row by row whether an output is nothing, or dust of rounding."""
    regions = Y.shape[1]
    sectors = len(x) // regions
    typical = sorted(value for value in x if value > 0)
    found = []
    for k, value in enumerate(x):
        own = x[k // sectors * sectors : (k // sectors + 1) * sectors]
        sold = sum(map(abs, Z[k])) + sum(map(abs, Y[k].reshape(-1))) + abs(exports[k])
        found.append(
            abs(value) <= 1e-9 * np.median(typical)
            or abs(value) <= 1e-9 * max(own)
            or abs(value) <= 1e-6 * sold
        )
    return np.array(found)


def solve_year(year: Year, currency_unit: float) -> Solution:
    """Solve one year by the explicit inverse."""
    Z = year.transactions * currency_unit
    Y = year.final_demand * currency_unit
    exports = year.exports * currency_unit
    n = len(Z)
    x = Z.sum(axis=1) + Y.sum(axis=(1, 2)) + exports
    is_zero = zero_outputs(x, Z, Y, exports)
    A = np.zeros((n, n))
    lost_demand = np.zeros(n)
    for j in range(n):
        if is_zero[j]:
            lost_demand += Z[:, j]
        else:
            A[:, j] = Z[:, j] / x[j]
    L = np.linalg.inv(np.eye(n) - A)
    return Solution(
        x=x,
        is_zero=is_zero,
        A=A,
        L=L,
        Y=Y,
        X=np.einsum("ij,jsc->isc", L, Y),
        X_export=L @ exports,
        X_lost=L @ lost_demand,
    )


def inputs_of(
    system: System, year: Year, stressor: Stressor
) -> tuple[np.ndarray, np.ndarray]:
    """Return F and D of a stressor in the unit of the marts."""
    shape = (len(system.regions), len(system.categories))
    if stressor.id == VALUE_ADDED:
        if year.value_added is None:
            return np.zeros(len(system.producers)), np.zeros(shape)
        return year.value_added.sum(axis=0) * system.currency_unit, np.zeros(shape)
    if stressor.id in system.impacts:
        parts = [
            (factor, inputs_of(system, year, part))
            for part in system.stressors
            if (factor := system.impacts[stressor.id].get(part.id)) and part.is_mass
        ]
        return tuple(sum(factor * x[k] for factor, x in parts) for k in (0, 1))
    factor = TONNES.get(stressor.unit, 1.0)
    F = year.emissions.get(stressor.id, np.zeros(len(system.producers)))
    D = year.direct.get(stressor.id, np.zeros(shape))
    return F * factor, D * factor


def account(solution: Solution, F: np.ndarray, D: np.ndarray) -> Accounts:
    """Attribute one stressor."""
    f = np.zeros(len(F))
    for k in range(len(F)):
        if not solution.is_zero[k]:
            f[k] = F[k] / solution.x[k]
    return Accounts(
        F=F,
        D=D,
        f=f,
        m=f @ solution.L,
        E=f[:, None, None] * solution.X,
        E_export=f * solution.X_export,
        lost=np.where(solution.is_zero, F, 0.0) + f * solution.X_lost,
    )


def section_one_stressors(system: System) -> list[Stressor]:
    """Return all stressors and impacts, value added last where there is any."""
    found = [*system.stressors, *(Stressor(q, q, "t") for q in system.impacts)]
    if not system.has_value_added:
        return found
    return [*found, Stressor(VALUE_ADDED, "Value added", "currency")]


def per_head(amount: float | None, population: int | None) -> float | None:
    """Divide by people; None where there are none or the amount is unknown."""
    return amount / population if population and amount is not None else None


def unit_of(stressor: Stressor) -> str:
    """Return the unit that the marts use."""
    return "t" if stressor.is_mass else stressor.unit


def scope_row(
    system: System, year: Year, stressor: Stressor, D: np.ndarray
) -> dict[str, object]:
    """Return what the footprints of a stressor and year hold."""
    bought = (year.imports_by_sector, year.imports_by_category)
    has_exports = bool(np.any(year.exports))
    has_imports = any(np.any(part) for part in bought if part is not None)
    has_direct = bool(np.any(D))
    is_global = system.country == "WLD" and not has_exports and not has_imports
    lacks_direct = stressor.is_mass and not has_direct
    left_out = []
    if not is_global:
        where = "outside the table" if system.country == "WLD" else "abroad"
        what = "emissions" if stressor.is_mass else stressor.name.lower()
        left_out.append(f"{what} {where} caused by imports")
    if lacks_direct:
        left_out.append("direct emissions of households")
    scope = "global" if is_global else "domestic"
    return {
        "unit": unit_of(stressor),
        "scope": scope + (" without direct emissions" if lacks_direct else ""),
        "footprints_leave_out": "; ".join(left_out),
        "has_exports": has_exports,
        "has_imports": has_imports,
        "has_direct_emissions": has_direct,
        "is_lower_bound": bool(left_out),
    }


def regional_accounts(
    system: System,
    year: Year,
    stressor: Stressor,
    accounts: Accounts,
) -> dict[str, dict[str, object]]:
    """Return the row of ``regional_accounts`` of every region."""
    rows = {}
    for r, region in enumerate(system.regions):
        own = system.block(r)
        local = accounts.E[own, r].sum()
        outflow = sum(
            accounts.E[own, s].sum() for s in range(len(system.regions)) if s != r
        )
        inflow = sum(
            accounts.E[system.block(s), r].sum()
            for s in range(len(system.regions))
            if s != r
        )
        direct = accounts.D[r].sum()
        production = accounts.F[own].sum() + direct
        footprint = accounts.E[:, r].sum() + direct
        population = year.population[r]
        by_group = dict.fromkeys(GROUPS, 0.0)
        by_group["household"] += direct
        for c, category in enumerate(system.categories):
            by_group[category.group] += accounts.E[:, r, c].sum()
        rows[region.id] = {
            "population": population,
            "gdp": year.gdp[r],
            "production_emissions": production,
            "consumption_footprint": footprint,
            "direct_emissions": direct,
            "local_emissions": local,
            "outflow_emissions": outflow,
            "inflow_emissions": inflow,
            "export_emissions": accounts.E_export[own].sum(),
            "unattributed_emissions": accounts.lost[own].sum(),
            "net_transfer": outflow - inflow,
            "production_per_capita": per_head(production, population),
            "footprint_per_capita": per_head(footprint, population),
            "unit": unit_of(stressor),
            **{f"{group}_footprint": part for group, part in by_group.items()},
        }
    return rows


def flow_rows(system: System, solution: Solution, accounts: Accounts) -> Marts:
    """Return the three views of the embodied emissions, zeros left out."""
    flows, by_origin, by_product = {}, {}, {}
    for r, origin in enumerate(system.regions):
        own = system.block(r)
        for s, consumer in enumerate(system.regions):
            for c, category in enumerate(system.categories):
                flows[(origin.id, consumer.id, category.id)] = {
                    "emissions": accounts.E[own, s, c].sum(),
                    "origin_region_name": origin.name,
                    "destination_region_name": consumer.name,
                }
        flows[(origin.id, "EXPORT", "EXPORT")] = {
            "emissions": accounts.E_export[own].sum(),
            "origin_region_name": origin.name,
            "destination_region_name": None,
        }
    for s, consumer in enumerate(system.regions):
        for k, (region_id, sector_id) in enumerate(system.producers):
            maker = system.regions[k // len(system.sectors)].name
            by_origin[(consumer.id, region_id, sector_id)] = {
                "emissions": accounts.E[k, s].sum(),
                "origin_region_name": maker,
            }
            expenditure = solution.Y[k, s].sum()
            by_product[(consumer.id, region_id, sector_id)] = {
                "emissions": accounts.m[k] * expenditure,
                "expenditure": expenditure,
                "product_region_name": maker,
            }
    marts = {
        "embodied_flows": flows,
        "footprint_by_origin_sector": by_origin,
        "footprint_by_product": by_product,
    }
    return {
        mart: {
            key: row
            for key, row in rows.items()
            if row["emissions"] or row.get("expenditure")
        }
        for mart, rows in marts.items()
    }


def small_rows_summed(marts: Marts, share: float) -> Marts:
    """Return the two footprints by sector with the rows below a share in OTHER."""
    found = {}
    # a product has one expenditure, whatever the stressor: named for one, for all
    for mart, is_alike in (
        ("footprint_by_origin_sector", False),
        ("footprint_by_product", True),
    ):
        whole: dict[tuple, float] = {}
        for key, row in marts[mart].items():
            whole[key[:3]] = whole.get(key[:3], 0.0) + abs(row["emissions"])
        named = {
            (key[0], not is_alike and key[1], *key[2:])
            for key, row in marts[mart].items()
            if row["emissions"] and abs(row["emissions"]) >= share * whole[key[:3]]
        }
        summed: dict[tuple, dict[str, object]] = {}
        for (year, stressor, consumer, place, sector), row in marts[mart].items():
            is_named = (year, not is_alike and stressor, consumer, place, sector)
            if place == consumer or is_named in named:
                summed[year, stressor, consumer, place, sector] = row
                continue
            key = (year, stressor, consumer, "OTHER", sector)
            other = summed.setdefault(key, dict.fromkeys(row, 0.0))
            for column, value in row.items():
                is_name = isinstance(value, str)
                other[column] = "Other" if is_name else other[column] + value
        found[mart] = summed
    return found


def multiplier_rows(
    system: System, solution: Solution, accounts: Accounts
) -> dict[tuple, dict[str, object]]:
    """Return intensities and output of every producer."""
    return {
        producer: {
            "direct_intensity": accounts.f[k],
            "total_intensity": accounts.m[k],
            "output": solution.x[k],
        }
        for k, producer in enumerate(system.producers)
    }


def reconciliation_row(accounts: Accounts) -> dict[str, object]:
    """Return the closure of one stressor and year."""
    emissions_in = accounts.F.sum() + accounts.D.sum()
    parts = {
        "attributed_to_consumption": accounts.E.sum(),
        "attributed_to_exports": accounts.E_export.sum(),
        "direct_emissions": accounts.D.sum(),
        "unattributed": accounts.lost.sum(),
    }
    residual = emissions_in - sum(parts.values())
    relative = abs(residual) / emissions_in if emissions_in else 0.0
    return {
        "emissions_in": emissions_in,
        **parts,
        "residual": residual,
        "relative_residual": relative,
        "is_closed": relative <= 1e-9,
    }


def nearest(comparators: Comparators, stressor_id: str, year: int) -> Comparator | None:
    """Return the comparator of the nearest year; of two, the earlier."""
    rows = comparators.get(stressor_id, [])
    return min(rows, key=lambda row: (abs(row.year - year), row.year), default=None)


def ranking_rows(
    system: System,
    rows: dict[str, dict],
    errors: dict[str, dict],
    comparator: Comparator | None,
    is_lower_bound: bool,
) -> dict[tuple, dict[str, object]]:
    """Return ``footprint_rankings`` of one stressor and year."""
    ranked = [region.id for region in system.regions if region.is_ranked]
    kinds = {region.id: region.type for region in system.regions}

    def rank(column: str, region_id: str) -> int:
        own = rows[region_id][column]
        return 1 + sum(rows[other][column] > own for other in ranked)

    total = sum(rows[region_id]["consumption_footprint"] for region_id in ranked)
    order = sorted(
        ranked, key=lambda region: (-rows[region]["consumption_footprint"], region)
    )
    result = {}
    for position, region_id in enumerate(order):
        running = sum(
            rows[other]["consumption_footprint"] for other in order[: position + 1]
        )
        head = rows[region_id]["footprint_per_capita"]
        # a country is not held against itself
        is_itself = (region_id, kinds[region_id]) == ("USA", "country")
        is_above = comparator and head > comparator.world
        low = "not known" if is_lower_bound else "at or below"
        own = ("population", "consumption_footprint")
        ends = ("footprint_p05", "footprint_p95")
        result[(region_id,)] = {
            **{column: rows[region_id][column] for column in own},
            **{column: errors[region_id][column] for column in ends},
            "footprint_per_capita": head,
            "footprint_rank": rank("consumption_footprint", region_id),
            "footprint_per_capita_rank": rank("footprint_per_capita", region_id),
            "production_rank": rank("production_emissions", region_id),
            "production_per_capita_rank": rank("production_per_capita", region_id),
            "cumulative_footprint_share": ratio(running, total),
            "world_average_ratio": comparator and head / comparator.world,
            "us_ratio": None
            if is_itself or comparator is None
            else head / comparator.us_consumption,
            "is_above_world_average": is_above,
            "is_lower_bound": is_lower_bound,
            "world_comparison": comparator and ("above" if is_above else low),
        }
    return result


def headline_rows(
    case: Case,
    summary: dict[str, float | None],
    policy: Mapping[str, tuple],
    comparator: Comparator | None,
) -> dict[tuple, dict[str, object]]:
    """Return the headlines, those about policy as they are given."""
    system, rows = case.system, case.rows
    ranked = [region for region in system.regions if region.is_ranked]
    heads = {r.id: rows[r.id]["footprint_per_capita"] for r in ranked}
    below = comparator and sum(head <= comparator.world for head in heads.values())
    comparable = (
        not system.is_synthetic
        and system.country == "CHN"
        and case.number == 2012
        and case.stressor_id == "co2"
        and len(ranked) == 309
        and all(region.type == "city" for region in ranked)
    )
    computed = {
        "regions_modelled": (309, len(ranked), None),
        "richest_ten_us_ratio": (None, richest_ratio(ranked, rows, comparator), None),
        "share_below_world": (0.5, ratio(below, len(ranked)), None),
        "interregional_share": (0.8, summary["interregional_share"], None),
        "interregional_and_export_share": (
            0.8,
            summary["interregional_and_export_share"],
            None,
        ),
        "supply_chain_share": (0.8, summary["supply_chain_share"], None),
        **policy,
    }
    return {
        (headline,): {
            "seed_value": seed,
            "computed_value": value,
            "comparable": comparable,
            "scenario_id": scenario,
        }
        for headline, (seed, value, scenario) in computed.items()
    }


def richest_ratio(
    ranked: list, rows: dict[str, dict], comparator: Comparator | None
) -> float | None:
    """Footprint per head of the richest regions together, to the United States."""
    size = -(-10 * len(ranked) // 309)
    wealth = {
        r.id: per_head(rows[r.id]["gdp"], rows[r.id]["population"]) for r in ranked
    }
    known = [region_id for region_id, value in wealth.items() if value is not None]
    richest = sorted(known, key=lambda region: (-wealth[region], region))[:size]
    if comparator is None or len(richest) < size:
        return None
    footprint = sum(rows[region]["consumption_footprint"] for region in richest)
    people = sum(rows[region]["population"] for region in richest)
    return footprint / people / comparator.us_consumption


def reference_marts(
    system: System, comparators: Comparators, policy: Policy | None = None
) -> Marts:
    """Return every mart that holds numbers; see the module."""
    policy = policy or Policy()
    marts: Marts = {
        "published_comparisons": {},
        "compiled_ranges": {},
        "footprint_changes": {},
    }
    moments: dict[str, dict[int, Moment]] = {}

    def add(mart: str, prefix: tuple, rows: Mapping) -> None:
        target = marts.setdefault(mart, {})
        for key, row in rows.items():
            target[(*prefix, *(key if isinstance(key, tuple) else (key,)))] = row

    for number, year in system.years.items():
        solution = solve_year(year, system.currency_unit)
        value_added = account(
            solution, *inputs_of(system, year, Stressor(VALUE_ADDED, "", "currency"))
        )
        add("sector_linkages", (number,), sector_rows(system, year, solution, policy))
        add(
            "value_added_in_exports",
            (number,),
            export_rows(system, year, solution, value_added.F),
        )
        for stressor in section_one_stressors(system):
            prefix = (number, stressor.id)
            accounts = account(solution, *inputs_of(system, year, stressor))
            rows = regional_accounts(system, year, stressor, accounts)
            add("regional_accounts", prefix, rows)
            scope = scope_row(system, year, stressor, accounts.D)
            add("account_extents", prefix, {(): scope})
            groups = group_rows(system, number, solution.Y, accounts.m, accounts.D)
            found = {
                **flow_rows(system, solution, accounts),
                "household_group_footprints": groups,
                "multipliers": multiplier_rows(system, solution, accounts),
            }
            for mart, own in found.items():
                add(mart, prefix, own)
            add("reconciliation", prefix, {(): reconciliation_row(accounts)})
            if not stressor.is_mass:
                continue
            moments.setdefault(stressor.id, {})[number] = Moment(
                accounts.f,
                solution.A,
                solution.L,
                solution.Y,
                accounts.D,
                prices(system, number),
                year.population,
            )
            comparator = nearest(comparators, stressor.id, number)
            is_lower_bound = bool(scope["is_lower_bound"])
            full = scope_rows(system, number, solution, accounts.f, rows, stressor.id)
            full = with_comparisons(
                full,
                comparator and comparator.world,
                comparator and comparator.us_consumption,
                not scope["has_direct_emissions"]
                or not np.any(year.imports_by_category),
            )
            beside_published(system, number, stressor.id, full)
            add("footprints_with_imports", prefix, full)
            add(
                "three_scopes",
                prefix,
                three_scope_rows(system, number, solution, accounts, rows, stressor.id),
            )
            capital = capital_rows(system, year, solution, accounts)
            add("capital_footprints", prefix, capital)
            case = Case(
                system=system,
                number=number,
                year=year,
                stressor_id=stressor.id,
                solution=solution,
                accounts=accounts,
                rows=rows,
                value_added=value_added.F,
                world=comparator and comparator.world,
                policy=policy,
            )
            beside = published_rows(case, scope, full)
            add("published_comparisons", prefix, beside)
            policy_part, figures = policy_marts(case)
            leakage = leakage_marts(system, year, solution, accounts, value_added)
            found = {
                "region_sentences": sentence_rows(
                    system, year, rows, scope["footprints_leave_out"], leakage
                ),
                **inequality_marts(system, year, rows, accounts),
                **leakage,
                **policy_part,
                **uncertainty_marts(case),
                **chain_marts(system, solution, accounts),
                **border_marts(case),
                "household_inequality": inequality_row(system, number, groups, rows),
                **linkage_marts(
                    system, year, solution, accounts, value_added.F, rows, policy
                ),
            }
            found |= price_marts(case, found["footprint_covariances"], groups)
            found["household_inequality"] = inequality_row(system, number, groups, rows)
            found["footprint_rankings"] = ranking_rows(
                system,
                rows,
                {key[-1]: row for key, row in found["footprint_uncertainty"].items()},
                comparator,
                is_lower_bound,
            )
            summary = leakage["leakage_summary"][()]
            found["headlines"] = headline_rows(case, summary, figures, comparator)
            found["findings"] = finding_rows(
                case,
                bool(scope["has_exports"]),
                found,
                beside if stressor.id == "co2" else {},
            )
            for mart, mart_rows in found.items():
                add(mart, prefix, mart_rows)
    for stressor_id, of_stressor in moments.items():
        marts["footprint_changes"] |= effect_rows(
            system, stressor_id, of_stressor, splits=policy.splits_technology
        )
    marts["findings"] |= reason_rows(
        marts["footprint_changes"], marts["regional_accounts"]
    )
    marts["findings"] |= changes_per_person(system, marts)
    return marts
