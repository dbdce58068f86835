"""Accounts of a country beside those that the Global Carbon Budget 2019 prints.

And footprints of regions beside those that a system says an office publishes.
"""

from math import sqrt

import numpy as np

from support.reference_policy import Case
from support.reference_uncertainty import errors_of, interval
from support.systems import TONNES, System

# million tonnes of carbon: territorial, consumption
BUDGET = {
    ("CHN", 2010): (2320.017, 1974.120),
    ("CHN", 2012): (2629.339, 2236.136),
    ("CHN", 2013): (2673.725, 2269.037),
    ("CHN", 2014): (2680.229, 2269.974),
    ("CHN", 2015): (2651.874, 2278.238),
    ("CHN", 2016): (2648.602, 2310.622),
    ("CHN", 2017): (2685.249, 2333.115),
    ("FIN", 2014): (13.007, 18.327),
}
TONNES_CO2 = 3.664 * 1e6
EXTENTS = dict.fromkeys(
    ("consumption", "consumption_with_imports"),
    "consumption, adjusted from the territory",
)
DIRECT, FINAL_IMPORTS = "direct emissions of households", "imports of final users"


def interval_columns(
    own: list[int], case: Case | None, computed: float, published: float
) -> dict[str, object]:
    """Return the interval of a country's regions together, by one error rule."""
    if case is None:
        ends = None, None
    else:
        Q = errors_of(case)[case.policy.error_rule].total
        standard_error = sqrt(max(Q[np.ix_(own, own)].sum(), 0.0))
        ends = interval(computed, standard_error / abs(computed), standard_error)
    low, high = ends
    return {
        "footprint_p05": low,
        "footprint_p95": high,
        "is_inside_interval": None if low is None else bool(low <= published <= high),
    }


def beside_published(system: System, number: int, stressor: str, full: dict) -> None:
    """Add to rows of full scope, by method and region, what is published."""
    budget = BUDGET.get((system.country, number)) if stressor == "co2" else None
    published = None if budget is None else budget[1] * TONNES_CO2
    own = {r.id for r in system.regions if r.type != "rest_of_world"}
    for (method, region), row in full.items():
        total = sum(
            other["full_footprint"]
            for (name, place), other in full.items()
            if name == method and place in own
        )
        is_told = published is not None and region in own
        row["published_emissions"] = published if is_told else None
        row["relative_difference_to_published"] = (
            (total - published) / published if is_told else None
        )


def published_rows(
    case: Case, scope: dict, full: dict
) -> dict[tuple, dict[str, object]]:
    """Return the rows of ``published_comparisons`` of a stressor in a year.

    `full` has the rows of full scope by method and region.
    """
    return official_rows(case, scope) | (
        budget_rows(case, scope, full) if case.stressor_id == "co2" else {}
    )


def budget_rows(case: Case, scope: dict, full: dict) -> dict[tuple, dict[str, object]]:
    """Return those of CO2 of one country."""
    system, number, rows = case.system, case.number, case.rows
    country = system.country
    territorial, consumption = BUDGET.get((country, number), (None, None))
    if territorial is None:
        return {}
    own = {r.id for r in system.regions if r.type != "rest_of_world"}
    without_direct = [] if scope["has_direct_emissions"] else [DIRECT]
    without_final = np.any(system.years[number].imports_by_category)
    accounts = [
        (
            *("production", territorial, "; ".join(without_direct)),
            [rows[region]["production_emissions"] for region in own],
        ),
        (
            *("consumption", consumption, scope["footprints_leave_out"]),
            [rows[region]["consumption_footprint"] for region in own],
        ),
    ]
    if full:
        accounts.append(
            (
                *("consumption_with_imports", consumption),
                "; ".join(without_direct + ([] if without_final else [FINAL_IMPORTS])),
                [
                    row["full_footprint"]
                    for (_, region), row in full.items()
                    if row["is_default_method"] and region in own
                ],
            )
        )
    compared = {}
    for account, carbon, left_out, amounts in accounts:
        computed = sum(amounts)
        published = carbon * TONNES_CO2
        compared[country, account] = {
            "country_name": country,
            "unit": "t",
            "computed_emissions": computed,
            "published_emissions": published,
            "difference": computed - published,
            "relative_difference": (computed - published) / published,
            "computed_leaves_out": left_out,
            "published_extent": EXTENTS.get(account, "emissions on the territory"),
            **interval_columns(
                [k for k, r in enumerate(system.regions) if r.type != "rest_of_world"],
                case if account == "consumption" else None,
                computed,
                published,
            ),
        }
    return compared


def official_rows(case: Case, scope: dict) -> dict[tuple, dict[str, object]]:
    """Return those of regions of which an office publishes a footprint."""
    compared = {}
    for year, stressor, region, amount, unit, *told in case.system.official_footprints:
        if (year, stressor) != (case.number, case.stressor_id):
            continue
        published = amount * TONNES[unit]
        computed = case.rows[region]["consumption_footprint"]
        extent, left_out, source = told
        (name,) = (r.name for r in case.system.regions if r.id == region)
        compared[region, "official"] = {
            "country_name": name,
            "unit": "t",
            "computed_emissions": computed,
            "published_emissions": published,
            "difference": computed - published,
            "relative_difference": (computed - published) / published,
            "computed_leaves_out": scope["footprints_leave_out"],
            "published_extent": extent,
            "published_leaves_out": left_out or "",
            "source": source,
            **interval_columns([], None, computed, published),
        }
    return compared
