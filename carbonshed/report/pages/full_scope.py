"""Footprints with imports, beside those without."""

from typing import Any

from carbonshed.numbers import MISSING, percent
from carbonshed.report.content import Column, Fact, Section, make_fact, make_table
from carbonshed.report.context import Context
from carbonshed.report.marts import Rows
from carbonshed.report.pages import words

# the columns of interest come first: a phone shows three
_COLUMNS = [
    ("full_footprint_rank", "Rank", "count"),
    ("region_name", "Region", "text"),
    ("full_footprint", "Footprint with imports", "stressor"),
    ("full_footprint_per_capita", "Per person", "stressor per person"),
    ("world_average_ratio", "Times {world}{at_least}", "ratio"),
    ("us_ratio", "Times {states}{at_least}", "ratio"),
    ("imports_in_production", "Of it {outside}, for producers", "stressor"),
    ("imports_of_final_users", "Of it {outside}, for final users", "stressor"),
    ("domestic_footprint", "Without imports", "stressor"),
    ("domestic_footprint_per_capita", "Without, per person", "stressor per person"),
    ("footprint_rank", "Rank without", "count"),
]
# lines of a region in each scope: label, columns, unit
_LINES = (
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
        "valued as if they were made {outside} as they are made here. Where power is "
        "dirtier here than at the partners' this is too much, where it is cleaner too "
        "little"
    ),
    "user_file": "valued by the dataset's own intensities of imports",
}
_SHORT_METHODS = {"domestic_technology": ", valued as if made here,"}
# a sum further from the published one, as a share of it, says nothing about levels
_MAX_DIFFERENCE = 0.1


def extent(context: Context, rows: Rows) -> str:
    """Return the extent of footprints with imports, as the mart `scopes` writes it."""
    return called(context, rows) + (
        "" if context.has_direct else ", without direct emissions"
    )


def called(context: Context, rows: Rows) -> str:
    """Return the name of these footprints, which says if final users' imports lack."""
    lacking = _lacking(context, rows)
    if "imports of final users" in lacking:
        return "with imports of producers"
    return "with imports"


def text(context: Context, rows: Rows) -> str:
    """Return a text on the extent of these footprints and the value of imports."""
    method = _METHODS[rows.column("method_id")[0]].format(outside=context.outside)
    sentence = (
        f"Footprints {called(context, rows)} hold what these cause {context.outside}, "
        f"and no other figure of this report does: {method}. Where it is not known "
        "which products are imported, they are those that the buyer also buys inside "
        "the table."
    )
    missing = " and ".join(left_out(context, rows))
    if missing:
        sentence += f" They leave out {missing}, which this table lacks."
    return sentence


def against_published(context: Context, rows: Rows) -> str:
    """Return a comparison of the sum with the published one; empty without one."""
    published, difference = _published(context, rows)
    if published is None:
        return ""
    total = published * (1 + difference)
    size = context.scale([total], "stressor")
    side = "above" if difference >= 0 else "below"
    sentence = (
        f"Their sum, {size.full(total)}, is {percent(abs(difference), 0)} {side} the "
        f"{size.full(published)} that are published for consumption"
    )
    if is_far(context, rows):
        return f"{sentence}, so no level per person is read off them."
    return f"{sentence}."


def is_far(context: Context, rows: Rows) -> bool:
    """Return True if the sum is too far from the published one to be compared."""
    _, difference = _published(context, rows)
    return difference is not None and abs(difference) > _MAX_DIFFERENCE


def _published(context: Context, rows: Rows) -> tuple[float | None, float | None]:
    """Return the published emissions of the country, and the relative difference.

    Both are None for several countries, and for invented regions.
    """
    if context.dataset["is_synthetic"]:
        return None, None
    names = ("published_emissions", "relative_difference_to_published")
    pairs = {tuple(row[name] for name in names) for row in rows}
    return pairs.pop() if len(pairs) == 1 else (None, None)


def total(context: Context, rows: Rows) -> Fact:
    """Return the footprints of all regions with imports, beside the published ones."""
    row = rows.first()
    published, _ = _published(context, rows)
    note = ""
    if published is not None:
        note = f"{context.text(published, 'stressor')} are published for consumption"
    label = f"footprints {called(context, rows)}"
    return make_fact(context, label, row["full_footprint"], "stressor", note)


def headline(context: Context, rows: Rows) -> str:
    """Return the footprints of all regions with imports and without, as a title."""
    total = rows.first()
    size = context.scale([total["full_footprint"]], "stressor")
    published, _ = _published(context, rows)
    is_bound = total["is_lower_bound"] and (
        published is None or total["full_footprint"] <= published
    )
    with_imports = called(context, rows).removeprefix("with ")
    method = _SHORT_METHODS.get(total["method_id"], "")
    sentence = (
        f"Footprints are {'at least ' if is_bound else ''}"
        f"{size.full(total['full_footprint'])} with {with_imports}{method} and "
        f"{size.full(total['domestic_footprint'])} without imports"
    )
    if published is not None:
        sentence += f"; {size.full(published)} are published"
    return sentence


def left_out(context: Context, rows: Rows) -> list[str]:
    """Return the emissions that footprints with imports leave out."""
    return [
        emissions.format(outside=context.outside)
        for emissions in _lacking(context, rows).values()
    ]


def _lacking(context: Context, rows: Rows) -> dict[str, str]:
    """Return the parts that a table lacks, and the emissions left out for that."""
    has = {
        "direct emissions": context.has_direct,
        "imports of final users": any(rows.column("imports_of_final_users")),
    }
    return {part: _LEFT_OUT[part] for part, is_there in has.items() if not is_there}


def section(context: Context, rows: Rows) -> Section:
    """Return a section on the footprints of all ranked regions."""
    named = _words(context, rows)
    columns = [
        Column(
            name,
            label.format(**named),
            unit,
            "region_id" if name == "region_name" else "",
        )
        for name, label, unit in _COLUMNS
    ]
    title = f"Footprints {called(context, rows)}, {context.title}"
    table = make_table(context, "full-scope", title, rows, columns)
    texts = [against_published(context, rows), text(context, rows)]
    heading = called(context, rows).capitalize()
    return Section("full-scope", heading, list(filter(None, texts)), tables=[table])


def per_person(rows: Rows) -> Rows:
    """Return the rows with the footprint per person under its usual name."""
    names = {"full_footprint_per_capita": "footprint_per_capita"}
    return Rows(tuple(names.get(name, name) for name in rows.columns), rows.rows)


def labels(context: Context, rows: Rows) -> list[str]:
    """Return the label of each line about a region."""
    return [label.format(**_words(context, rows)) for label, *_ in _lines(rows)]


def lines(context: Context, rows: Rows) -> dict[str, list[list[str]]]:
    """Return the lines of each region: unit, and texts in domestic and full scope."""
    lines_of_all = _lines(rows)
    return {row["region_id"]: _texts(context, row, lines_of_all) for row in rows}


def _lines(rows: Rows) -> list[tuple[str, str, str, str]]:
    """Return the lines that some region has: not all stressors have a comparator."""
    return [
        line
        for line in _LINES
        if any(value is not None for value in rows.column(line[2]))
    ]


def _texts(
    context: Context, row: dict[str, Any], lines: list[tuple[str, str, str, str]]
) -> list[list[str]]:
    """Return unit and texts of a region; lines of one unit have one scale."""
    scales = {
        unit: context.scale([row[full] for _, _, full, of in lines if of == unit], unit)
        for *_, unit in lines
    }
    return [
        [
            scales[unit].unit,
            scales[unit].text(row[domestic]) if domestic else MISSING,
            scales[unit].text(row[full]),
        ]
        for _, domestic, full, unit in lines
    ]


def _words(context: Context, rows: Rows) -> dict[str, str]:
    return {
        **words.comparators(rows),
        "outside": context.outside,
        "at_least": ", at least" if left_out(context, rows) else "",
    }
