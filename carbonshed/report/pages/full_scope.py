"""Footprints with what imports cause abroad, beside those of domestic scope."""

from dataclasses import replace

from carbonshed.report.content import Column, Section, make_table
from carbonshed.report.marts import Marts
from carbonshed.report.scope import Scope

_COLUMNS = [
    Column("full_footprint_rank", "Rank in full scope", "count"),
    Column("footprint_rank", "Rank of domestic scope", "count"),
    Column("region_name", "Region", region="region_id"),
    Column("domestic_footprint", "Domestic footprint", "stressor"),
    Column("imports_in_production", "Abroad, for producers", "stressor"),
    Column("imports_of_final_users", "Abroad, for final users", "stressor"),
    Column("full_footprint", "Footprint in full scope", "stressor"),
    Column(
        "domestic_footprint_per_capita", "Domestic per person", "stressor per person"
    ),
    Column("full_footprint_per_capita", "Full per person", "stressor per person"),
    Column("world_average_ratio", "Full, times the world{at_least}", "ratio"),
    Column("us_ratio", "Full, times the United States{at_least}", "ratio"),
]
_METHODS = {
    "domestic_technology": (
        "as if all that is imported was made abroad as it is made here, and of the "
        "products that the buyer also buys inside the table where nothing else is "
        "known. Where power is dirtier here than at the partners' this is too much, "
        "where it is cleaner too little"
    ),
    "user_file": (
        "by the dataset's own intensities of imports, of the products that the buyer "
        "also buys inside the table where nothing else is known"
    ),
}


def sections(scope: Scope, marts: Marts) -> list[Section]:
    """Return a section on full scope; none in a year that imports nothing."""
    if not marts.has("footprint_scopes"):
        return []
    rows = marts.ask("ranking/full_scope")
    first = rows.first()
    if first is None:
        return []
    at_least = ", at least" if first["is_lower_bound"] else ""
    columns = [
        replace(each, label=each.label.format(at_least=at_least)) for each in _COLUMNS
    ]
    text = (
        "What imports cause abroad is in these footprints, and in no other figure of "
        f"this report: {_METHODS[first['method_id']]}. A ratio to the world or to the "
        "United States compares like with like here"
    )
    if first["is_lower_bound"]:
        text += ", but for direct emissions of households, which this table lacks"
    title = f"Footprints in full scope, {scope.title}"
    table = make_table(scope, "full-scope", title, rows, columns)
    return [Section("full-scope", "In full scope", [f"{text}."], tables=[table])]
