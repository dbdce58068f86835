"""Sentences that several pages say, and why a section may be empty."""

from collections.abc import Iterable

from carbonshed.report.marts import Rows
from carbonshed.report.scope import Scope

RANKED = (
    "Balancing blocks and the rest of the world are not ranked: they are part of the "
    "accounts and of no ranking, share or mean on this page."
)
BETWEEN = (
    "Between regions: every person of a region counts with the region's mean, so what "
    "is unequal within a region is not seen."
)


def footprints(scope: Scope) -> str:
    """Return what a footprint holds, and what it leaves out."""
    if scope.extent.startswith("global"):
        held = (
            "A footprint holds what is emitted for a region's final demand, wherever "
            "in the world"
        )
    else:
        held = (
            "A footprint holds what is emitted inside the table for a region's final "
            "demand"
        )
    if scope.has_direct:
        held += ", and what its final users emit themselves"
    if not scope.is_lower_bound:
        return f"{held}."
    missing = scope.leaves_out.replace("; ", " and ")
    return f"{held}. It leaves out {missing}, so the whole is at least as large."


def against_own_emissions(scope: Scope) -> str:
    """Return how a footprint is read beside what a region emits itself."""
    if scope.extent.startswith("global"):
        return (
            "A region whose footprint is larger than what is emitted there lets others "
            "emit for it."
        )
    return (
        "Added up, footprints can only be at or below what is emitted inside the "
        "table, because emissions for imports are missing from them: a footprint "
        "below a region's own emissions does not say that it takes less from others "
        "than it gives."
    )


def at_least(scope: Scope) -> str:
    """Return what follows a ratio to a figure that leaves nothing out."""
    if not scope.is_lower_bound:
        return ""
    return f"; at least, since {scope.leaves_out.replace('; ', ' and ')} are left out"


def comparators(rows: Rows) -> dict[str, str]:
    """Return what the world and the United States are called: with their year."""
    named = {}
    for name, called, column in (
        ("world", "the world", "comparator_year"),
        ("states", "the United States", "us_comparator_year"),
    ):
        year = next(filter(None, rows.column(column)), None)
        named[name] = f"{called} of {year}" if year else called
    return named


def only_masses(scope: Scope) -> str:
    """Return why nothing beyond the accounts is made for other units."""
    return (
        f"There is nothing to show: this is made for stressors that are a mass, and "
        f"{scope.stressor_name} is counted in {scope.unit}."
    )


def why_empty(scope: Scope, otherwise: str) -> str:
    """Return why a section has no rows."""
    return otherwise if scope.is_mass else only_masses(scope)


def not_shown(reasons: Iterable[str]) -> str:
    """Return why figures about receivers are withheld; empty without a reason."""
    found = list(dict.fromkeys(reasons))
    if not found:
        return ""
    return (
        "Who could receive what is avoided, and their incomes after it, are not shown, "
        f"because what they suppose does not hold: {'; or '.join(found)}."
    )


ALL_REPLACED = (
    "There is nothing to show: scenarios of your own have replaced all shipped ones. "
    "Their figures are in the mart quota_by_region."
)
NO_EMISSIONS = "Nothing is emitted in this year."
NO_RANKED = "There is nothing to show: the dataset has no region that is ranked."
NO_PLACES = (
    "There is no map: the dataset knows the coordinates of fewer than two of these "
    "regions."
)
NO_TRADE = (
    "There is nothing to show: no region emits for another one. A table of one region "
    "has no flows between regions."
)
NO_NET_FLOWS = (
    "There is nothing to show: what flows between two regions is matched by what flows "
    "back, so no pair has a net flow."
)
NO_VALUE_ADDED = (
    "There are no terms of trade by value added: the dataset has no value added in "
    "this year."
)
NO_RECEIVERS = (
    "There is nothing to show: nobody could receive what is avoided, because no "
    "region is left that could receive one."
)
NO_SCENARIO = "There is nothing to show: no scenario has been evaluated."
NO_INCOME = (
    "There are no incomes to show: an income curve needs the GDP per person of regions "
    "that differ, and the dataset does not have it."
)
