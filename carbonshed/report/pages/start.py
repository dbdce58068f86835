"""The first page: who emits and for whom, and the way to a place."""

from typing import Any

from carbonshed.numbers import Scale, percent
from carbonshed.report import maps, vega
from carbonshed.report.colours import colour_of
from carbonshed.report.content import Chart
from carbonshed.report.context import Context
from carbonshed.report.described import Material, read_page
from carbonshed.report.pages import over_years, reasons
from carbonshed.report.pages.full_scope import FullScope

_PARTS = [
    (column, label, colour_of(noun))
    for column, (label, noun) in read_page("start").shown["parts"].items()
]
_MAX_NAMED = 3  # regions that rose, and as many that fell
_MAX_LINES = 60
_HEIGHT = 440  # pixels of the lines from the first year to the last
_SIZES = {"not named": (1, 16), "falls": (2.5, 60), "rises": (2.5, 60)}


def words(given: Material) -> dict[str, Any]:
    """Return the values of fields: what is counted, and how sure it is."""
    context, ends = given.context, given.rows("start/ends").first() or {}
    totals = given.rows("start/totals").first() or {}
    full = given.rows("start/full_scope").first() or {}
    intervals = given.rows("start/intervals").first() or {}
    imports = FullScope(context, given.rows("start/full_scope")).words
    published = imports["full_published"]
    others = totals.get("other_regions", 0)
    compared = len(given.rows("start/ends"))
    is_per_person = ends.get("is_per_person")
    return {
        **totals,
        **intervals,
        **imports,
        "full_footprint": full.get("full_footprint"),
        "domestic_footprint": full.get("domestic_footprint"),
        "is_full_bound": bool(full.get("is_lower_bound"))
        and (published is None or full["full_footprint"] <= published),
        "is_mass": context.is_mass,
        "is_domestic": context.extent.startswith("domestic"),
        "is_of_ranked_alone": not context.unranked,
        "is_one_other": others == 1,
        "has_others": others > 1,
        "has_intervals": bool(intervals),
        "has_study": len(given.rows("start/study")) > 0,
        "first_year": ends.get("first_year"),
        "last_year": ends.get("last_year"),
        "slope_measure": "Footprint per person" if is_per_person else "Footprint",
        "slope_unit": "stressor per person" if is_per_person else "stressor",
        "is_axis_cut": ends.get("is_above_zero"),
        "named": _MAX_NAMED,
        "compared": compared,
        "not_drawn": compared - _MAX_LINES if compared > _MAX_LINES else None,
    }


def search(given: Material) -> str:
    """Return the words of the search box that the page has in its opening."""
    return given.context.with_nouns("Your region")


def draw_map(given: Material) -> Chart | None:
    """Draw the footprint per person on the map, None where there is no map."""
    return _mapped(given, "footprint_per_capita", "per_person", " per person")


def draw_total_map(given: Material) -> Chart | None:
    """Draw the footprint on the map, None where there is no map."""
    return _mapped(given, "consumption_footprint", "largest_footprint", "")


def _mapped(given: Material, column: str, finding: str, each: str) -> Chart | None:
    context, published = given.context, given.rows("common/published")
    return maps.draw_map(
        context,
        given.rows("start/footprints"),
        column,
        f"stressor{each}",
        f"Footprint{each}",
        finding.replace("_", "-"),
        finding,
        reasons.contradicted(context, published),
    )


def draw_bar(given: Material) -> Chart | None:
    """Draw for whom everything is emitted: one bar."""
    context, totals = given.context, given.rows("start/totals")
    row = totals.first()
    if row is None:
        return None
    total = sum(row[column] for column, _, _ in _PARTS)
    size = context.scale([total], "stressor")
    colours, rows = {}, []
    for column, label, colour in _PARTS:
        if row[column]:
            part = context.with_nouns(label.format(outside=context.outside))
            colours[part] = colour
            text = f"{size.full(row[column])} ({percent(row[column] / total)})"
            order = {"part": part, "order": len(rows)}
            rows.append({**order, **vega.figures(size, row[column]), "text": text})
    drawing = vega.draw(
        "bar",
        rows,
        {"size": 54},
        x=vega.amount("emitted", size, stack="zero"),
        **vega.kinds("part", colours, "emitted for", legend={"columns": 3}),
        order=vega.quantitative("order"),
        tooltip=vega.tips("part=for", "text=emitted"),
    )
    said = map(context.finding, ("exported", "arises_elsewhere"))
    return Chart(
        "where-emissions-go",
        "Whose demand all emissions serve",
        "One bar of all emissions of the system, split by whom they serve: "
        + "; ".join(f"{row['part']} {row['text']}" for row in rows)
        + ".",
        vega.finished(drawing, height=70),
        totals,
        finding=next(filter(None, said), ""),
    )


def draw_slope(given: Material) -> Chart:
    """Draw a line for each region from the first year to the last, and name a few.

    Of very many those are drawn that it names, or a finding, and the largest.
    """
    context, ends, values = given.context, given.rows("start/ends"), given.values
    first, last = years = values["first_year"], values["last_year"]
    names = vega.unique_names({row["region_id"]: row["region_name"] for row in ends})
    lines = [
        row | {"name": name, "change": over_years.changed(row["footprint_change"] or 0)}
        for name, row in zip(names, ends, strict=True)
    ]
    kinds = _kinds(context, lines)
    named = [*kinds["rises"], *kinds["falls"]]
    kinds["not named"] = kinds["not named"][: _MAX_LINES - len(named)]
    drawn = [*kinds["not named"], *named]
    amounts = [row[f"{end}_footprint"] for row in drawn for end in ("earlier", "later")]
    size = context.scale(amounts, values["slope_unit"])
    low, high = min(amounts), max(amounts)
    room = (high - low or high or 1.0) / 20
    domain = [(low - room) / size.divisor, (high + room) / size.divisor]
    x = over_years.years_axis(years, over_years.BESIDE_NAMES)
    y = vega.quantitative(
        "value",
        title=vega.titled(values["slope_measure"].lower(), size.unit),
        scale={"domain": domain, "nice": False, "zero": False},
    )
    by = vega.nominal("region_id")
    tips = vega.tips(
        f"region={context.region}", f"first={first}", f"last={last}", "change"
    )
    layers = [
        vega.layers(
            vega.draw("line", None, {**look, "strokeWidth": wide}, detail=by, x=x, y=y),
            vega.draw("point", None, {**look, "size": dot}, x=x, y=y, tooltip=tips),
            rows=[point for row in kinds[kind] for point in _ends(row, size)],
        )
        for kind, (wide, dot) in _SIZES.items()
        for look in [{"color": colour_of(kind)}]
    ]
    # variants of a compiled table have other changes
    is_compiled = given.context.is_compiled
    at_ends = {
        row["name"] if is_compiled else f"{row['change']} {row['name']}": (
            last,
            row["later_footprint"],
        )
        for row in named
    }
    layers.append(over_years.names_at_ends(at_ends, x, y, size.divisor, _HEIGHT))
    said = "; ".join(
        f"{row['name']}: {size.beside_words(row['earlier_footprint'])} in {first}, "
        f"{size.beside_words(row['later_footprint'])} in {last}, {row['change']}"
        for row in named
        if not is_compiled
    )
    summary = f"A line for each of {len(drawn):,} {context.regions}."
    notes = (
        *("page_start_named", "page_start_not_drawn"),
        *("page_start_each_year", "page_start_estimated"),
    )
    return Chart(
        "slope",
        f"{values['slope_measure']}, {first} and {last}",
        f"{summary} {said}." if said else summary,
        vega.finished(vega.layers(*layers), height=_HEIGHT),
        ends,
        # the finding of another year is about another span
        finding=context.headline("change_per_person") if context.year == last else "",
        notes=tuple(given.sentences(notes)),
        figures=given.table("start/ends"),
    )


def _kinds(
    context: Context, lines: list[dict[str, Any]]
) -> dict[str, list[dict[str, Any]]]:
    """Return the lines that are named, those with the largest relative changes.

    Of a compiled table only the one is named of which the finding speaks. The others
    begin with those that other findings name, and then the largest.
    """
    changes = {row["region_id"]: row["footprint_change"] or 0.0 for row in lines}
    by_change = sorted(lines, key=lambda row: -changes[row["region_id"]])
    rising, falling = by_change[:_MAX_NAMED], by_change[: -_MAX_NAMED - 1 : -1]
    if context.is_compiled:
        subject = context.subject("change_per_person")
        rising = falling = [row for row in lines if row["region_id"] == subject]
    rising = [row for row in rising if changes[row["region_id"]] >= over_years.SAME]
    falling = [row for row in falling if changes[row["region_id"]] <= -over_years.SAME]
    said = {
        region
        for (year, _), regions in context.named.items()
        if year == context.year
        for region in regions or ()
    }
    others = [row for row in lines if row not in rising and row not in falling]
    others.sort(key=lambda row: (row["region_id"] not in said, -row["later_footprint"]))
    return {"not named": others, "falls": falling, "rises": rising}


def _ends(row: dict[str, Any], size: Scale) -> list[vega.Spec]:
    """Return the two ends of a line, each with what both say."""
    first, last = row["earlier_footprint"], row["later_footprint"]
    read = {
        "region_id": row["region_id"],
        "region": row["name"],
        "first": size.beside_words(first),
        "last": size.beside_words(last),
        "change": row["change"],
    }
    return [
        read | {"year": row[year], "value": vega.short(value / size.divisor)}
        for year, value in (("first_year", first), ("last_year", last))
    ]
