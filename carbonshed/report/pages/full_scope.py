"""Footprints with what imports cause abroad, beside those of domestic scope."""

from typing import Any

from carbonshed.report.content import Column, Section, make_table
from carbonshed.report.marts import Marts, Rows
from carbonshed.report.numbers import MISSING
from carbonshed.report.pages import words
from carbonshed.report.scope import Scope

# what it is about first: a phone shows three columns
_COLUMNS = [
    ("full_footprint_rank", "Rank", "count"),
    ("region_name", "Region", "text"),
    ("full_footprint", "Footprint in full scope", "stressor"),
    ("full_footprint_per_capita", "Per person", "stressor per person"),
    ("world_average_ratio", "Times {world}{at_least}", "ratio"),
    ("us_ratio", "Times {states}{at_least}", "ratio"),
    ("imports_in_production", "Of it {outside}, for producers", "stressor"),
    ("imports_of_final_users", "Of it {outside}, for final users", "stressor"),
    ("domestic_footprint", "Domestic footprint", "stressor"),
    ("domestic_footprint_per_capita", "Domestic per person", "stressor per person"),
    ("footprint_rank", "Domestic rank", "count"),
]
# what a region has in each scope: label, columns, unit
_BESIDE = (
    ("footprint", "domestic_footprint", "full_footprint", "stressor"),
    ("of it {outside}, for producers", "", "imports_in_production", "stressor"),
    ("of it {outside}, for final users", "", "imports_of_final_users", "stressor"),
    (
        "footprint",
        "domestic_footprint_per_capita",
        "full_footprint_per_capita",
        "stressor per person",
    ),
    ("rank", "footprint_rank", "full_footprint_rank", "count"),
    ("times {world}{at_least}", "", "world_average_ratio", "ratio"),
    ("times {states}{at_least}", "", "us_ratio", "ratio"),
)
_LEFT_OUT = {
    "direct emissions": "direct emissions of households",
    "imports of final users": "what imports of final users cause {outside}",
}
_METHODS = {
    "domestic_technology": (
        "as if all that is imported was made {outside} as it is made here, and of the "
        "products that the buyer also buys inside the table where nothing else is "
        "known. Where power is dirtier here than at the partners' this is too much, "
        "where it is cleaner too little"
    ),
    "user_file": (
        "by the dataset's own intensities of imports, of the products that the buyer "
        "also buys inside the table where nothing else is known"
    ),
}


def ask(marts: Marts, query: str) -> Rows | None:
    """Return the rows of a query; None in a year that imports nothing."""
    if not marts.has("footprint_scopes"):
        return None
    rows = marts.ask(query)
    return rows if len(rows) else None


def extent(scope: Scope, rows: Rows) -> str:
    """Return what footprints in full scope hold, in the words of a scope."""
    without = " and ".join(_lacking(scope, rows))
    return f"full without {without}" if without else "full"


def text(scope: Scope, rows: Rows) -> str:
    """Return what is in these footprints, and how their imports are valued."""
    method = _METHODS[rows.column("method_id")[0]].format(outside=scope.outside)
    missing = " and ".join(left_out(scope, rows))
    said = (
        f"What imports cause {scope.outside} is in footprints in full scope, and in no "
        f"other figure of this report: {method}. A ratio to the world or to the United "
        "States compares like with like in full scope"
    )
    if missing:
        said += f", but for {missing}, which this table lacks"
    return f"{said}."


def left_out(scope: Scope, rows: Rows) -> list[str]:
    """Return what footprints in full scope leave out, for what a table may lack."""
    return [
        what.format(outside=scope.outside) for what in _lacking(scope, rows).values()
    ]


def _lacking(scope: Scope, rows: Rows) -> dict[str, str]:
    """Return what a table lacks, and what its footprints leave out for that."""
    has = {
        "direct emissions": scope.has_direct,
        "imports of final users": any(rows.column("imports_of_final_users")),
    }
    return {part: _LEFT_OUT[part] for part, is_there in has.items() if not is_there}


def section(scope: Scope, rows: Rows) -> Section:
    """Return a section on the footprints of all ranked regions."""
    named = _words(scope, rows)
    columns = [
        Column(
            name,
            label.format(**named),
            unit,
            "region_id" if name == "region_name" else "",
        )
        for name, label, unit in _COLUMNS
    ]
    title = f"Footprints in full scope, {scope.title}"
    table = make_table(scope, "full-scope", title, rows, columns)
    return Section("full-scope", "In full scope", [text(scope, rows)], tables=[table])


def per_person(rows: Rows) -> Rows:
    """Return the rows with the footprint per person under its usual name."""
    names = {"full_footprint_per_capita": "footprint_per_capita"}
    return Rows(tuple(names.get(name, name) for name in rows.columns), rows.rows)


def labels(scope: Scope, rows: Rows) -> list[str]:
    """Return what each line says of a region, in both scopes."""
    return [label.format(**_words(scope, rows)) for label, *_ in _known(rows)]


def lines(scope: Scope, rows: Rows) -> dict[str, list[list[str]]]:
    """Return unit and texts of each region by line: in domestic and in full scope."""
    known = _known(rows)
    return {each["region_id"]: _texts(scope, each, known) for each in rows}


def _known(rows: Rows) -> list[tuple[str, str, str, str]]:
    """Return the lines that some region has: not all stressors have a comparator."""
    return [
        line
        for line in _BESIDE
        if any(value is not None for value in rows.column(line[2]))
    ]


def _texts(
    scope: Scope, each: dict[str, Any], known: list[tuple[str, str, str, str]]
) -> list[list[str]]:
    """Return unit and texts of a region; what has one unit has one scale."""
    scales = {
        unit: scope.scale([each[line[2]] for line in known if line[3] == unit], unit)
        for *_, unit in known
    }
    return [
        [
            scales[unit].unit,
            *(
                scales[unit].text(each[name]) if name else MISSING
                for name in (domestic, full)
            ),
        ]
        for _, domestic, full, unit in known
    ]


def _words(scope: Scope, rows: Rows) -> dict[str, str]:
    return {
        **words.comparators(rows),
        "outside": scope.outside,
        "at_least": ", at least" if left_out(scope, rows) else "",
    }
