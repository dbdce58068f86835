"""Charts of the overview and of the ranking."""

import altair as alt

from carbonshed.numbers import percent
from carbonshed.report.charts.theme import (
    BLUE,
    GREEN,
    GREY,
    GROUND,
    ORANGE,
    PURPLE,
    SKY,
    VERMILION,
    colours,
    data,
    finished,
    short,
    titled,
)
from carbonshed.report.content import Chart
from carbonshed.report.context import Context
from carbonshed.report.marts import Rows

PARTS = (
    ("local_emissions", "own region", BLUE),
    ("outflow_emissions", "other regions", ORANGE),
    ("export_emissions", "deliveries {outside}", GREEN),
    ("direct_emissions", "direct, by final users", PURPLE),
    ("unattributed_emissions", "unattributed", GREY),
)
_MOST_BARS = 25


def destinations(context: Context, totals: Rows) -> Chart | None:
    """Draw for whom everything is emitted: one bar."""
    row = totals.first()
    total = sum(row[name] for name, _, _ in PARTS)
    if not total:
        return None
    size = context.scale([total], "stressor")
    parts = [
        (context.with_nouns(label.format(outside=context.outside)), row[name], colour)
        for name, label, colour in PARTS
        if row[name]
    ]
    rows = [
        {
            "part": label,
            "order": order,
            "amount": short(value / size.divisor),
            "text": f"{size.full(value)} ({percent(value / total)})",
        }
        for order, (label, value, _) in enumerate(parts)
    ]
    chart = (
        alt.Chart(data(rows))
        .mark_bar(size=54)
        .encode(
            x=alt.X("amount:Q", title=titled("emitted", size.unit), stack="zero"),
            color=alt.Color(
                "part:N",
                title="emitted for",
                scale=colours([p[0] for p in parts], [p[2] for p in parts]),
                legend=alt.Legend(columns=3),
            ),
            order="order:Q",
            tooltip=[
                alt.Tooltip("part:N", title="for"),
                alt.Tooltip("text:N", title="emitted"),
            ],
        )
    )
    return Chart(
        "where-emissions-go",
        "For whom everything is emitted",
        "One bar of all emissions of the system, split by whom they serve: "
        + "; ".join(f"{each['part']} {each['text']}" for each in rows)
        + ".",
        finished(chart, height=70),
        totals,
        finding=context.finding("arises_elsewhere"),
    )


def largest_footprints(context: Context, regions: Rows) -> Chart:
    """Footprint and own emissions of the largest regions, as two points on a line."""
    top = list(regions)[:_MOST_BARS]
    size = context.scale(
        [each[name] for each in top for name in _AMOUNTS],
        "stressor",
    )
    names = unique_names(top)
    rows = [
        {
            "region": name,
            "rank": place,
            "what": label,
            "amount": short(each[column] / size.divisor),
            "text": size.full(each[column]),
        }
        for place, (name, each) in enumerate(zip(names, top, strict=True))
        for column, label in _AMOUNTS.items()
    ]
    y = alt.Y("region:N", sort=names, title=None)
    x = alt.X("amount:Q", title=titled("emissions of the year", size.unit))
    base = alt.Chart(data(rows))
    line = base.mark_line(color=GREY, strokeWidth=2).encode(x=x, y=y, detail="region:N")
    points = base.mark_point(size=90, opacity=1).encode(
        x=x,
        y=y,
        color=alt.Color(
            "what:N",
            title=None,
            scale=colours(list(_AMOUNTS.values()), [BLUE, ORANGE]),
        ),
        shape=alt.Shape(
            "what:N",
            title=None,
            scale=alt.Scale(
                domain=list(_AMOUNTS.values()), range=["circle", "diamond"]
            ),
        ),
        tooltip=[
            alt.Tooltip("region:N"),
            alt.Tooltip("what:N", title="what"),
            alt.Tooltip("text:N", title="amount"),
        ],
    )
    first = top[0]
    which = "Footprints"
    if len(regions) > len(top):
        which = f"The {len(top)} largest footprints"
    return Chart(
        "largest-footprints",
        context.with_nouns(f"{which}, and what these regions emit themselves"),
        f"The largest footprint is that of {first['region_name']}, "
        f"{size.full(first['consumption_footprint'])}; it emits "
        f"{size.full(first['production_emissions'])} itself.",
        finished(line + points, height=max(22 * len(top), 60)),
        regions,
        finding=context.finding("largest_footprint"),
    )


_AMOUNTS = {
    "consumption_footprint": "footprint",
    "production_emissions": "emitted there",
}


def per_person(
    context: Context, regions: Rows, extent: str = "", is_far: bool = False
) -> Chart | None:
    """All regions by footprint per person, with the world and the United States.

    Only what holds as much as the figures of the world does, and is not far from what
    is published, gets a colour for the side on which it stands; `extent` is what the
    footprints hold, if not the page's.
    """
    is_alike = not (is_far or (extent or context.extent).startswith("domestic"))
    known = [each for each in regions if each["footprint_per_capita"] is not None]
    if not known:
        return None
    known.sort(key=lambda each: (-each["footprint_per_capita"], each["region_id"]))
    lines = comparators(known)
    size = context.scale(
        [each["footprint_per_capita"] for each in known]
        + [value for _, value in lines],
        "stressor per person",
    )
    rows = [
        {
            "place": place,
            "region": each["region_name"],
            "amount": short(each["footprint_per_capita"] / size.divisor),
            "text": size.full(each["footprint_per_capita"]),
            "side": _SIDES[each["world_comparison"] if is_alike else None][0],
        }
        for place, each in enumerate(known, start=1)
    ]
    found = {row["side"] for row in rows}
    sides = {name: colour for name, colour in _SIDES.values() if name in found}
    bars = (
        alt.Chart(data(rows))
        .mark_bar(binSpacing=0)
        .encode(
            x=alt.X(
                "left:Q",
                title=context.with_nouns("regions, largest per person first"),
                scale=alt.Scale(domain=[0, len(rows)], nice=False),
                axis=alt.Axis(tickMinStep=1, grid=False),
            ),
            x2="place:Q",
            y=alt.Y("amount:Q", title=titled("footprint", size.unit)),
            y2=alt.datum(0),
            color=alt.Color(
                "side:N",
                title=None,
                scale=colours(list(sides), list(sides.values())),
                legend=alt.Legend() if lines and is_alike else None,
            ),
            tooltip=[
                alt.Tooltip("region:N"),
                alt.Tooltip("text:N", title="footprint per person"),
                alt.Tooltip("place:Q", title="place"),
            ],
        )
        .transform_calculate(left="datum.place - 1")
    )
    chart = _with_lines(bars, lines, size) if lines else bars
    summary = "; ".join(f"{name}: {size.full(value)}" for name, value in lines)
    held = f" {extent.partition(',')[0]}" if extent else ""
    return Chart(
        "footprint-per-person",
        f"Footprint per person{held}"
        + (", beside the world and the United States" if lines else ""),
        f"{len(known)} {context.regions} from "
        f"{size.full(known[0]['footprint_per_capita'])} ({known[0]['region_name']}) "
        f"down to {size.full(known[-1]['footprint_per_capita'])} "
        f"({known[-1]['region_name']})."
        + (f" Comparators: {summary}." if summary else ""),
        finished(chart, height=300),
        Rows(regions.columns, [tuple(each.values()) for each in known]),
        extent=extent,
    )


# what leaves something out may be above the world and not be seen to be
_SIDES = {
    "above": ("above the world", VERMILION),
    "at or below": ("at or below the world", SKY),
    "not known": ("not known: the footprint leaves something out", GREY),
    None: ("region", BLUE),
}


def comparators(rows: list[dict]) -> list[tuple[str, float]]:
    """Return the figures that the ratios of the ranking were made with."""
    found = []
    for column, name, year in (
        ("us_ratio", "United States", "us_comparator_year"),
        ("world_average_ratio", "world", "comparator_year"),
    ):
        for each in rows:
            if each[column] and each["footprint_per_capita"]:
                value = each["footprint_per_capita"] / each[column]
                of_year = f" of {each[year]}" if each[year] else ""
                found.append((name + of_year, short(value, 9)))
                break
    return found


def _with_lines(
    bars: alt.Chart, lines: list[tuple[str, float]], size
) -> alt.LayerChart:
    rules = alt.Chart(
        data(
            {"name": f"{name}: {size.full(value)}", "value": value / size.divisor}
            for name, value in lines
        )
    )
    y = alt.Y("value:Q", title=titled("footprint", size.unit))
    words = {"align": "right", "baseline": "bottom", "dy": -5, "fontSize": 12}
    written = {"x": alt.value("width"), "y": y, "text": "name:N"}
    strip = {"stroke": GROUND, "strokeWidth": 5, "strokeJoin": "round"}
    # a line and its name may lie over bars: each is laid on a strip of the ground
    return (
        bars
        + rules.mark_rule(color=GROUND, strokeWidth=2).encode(y=y)
        + rules.mark_rule(strokeDash=[5, 4], strokeWidth=1.5).encode(y=y)
        + rules.mark_text(**strip, **words).encode(**written)
        + rules.mark_text(**words).encode(**written)
    )


def over_years(context: Context, years: Rows) -> Chart | None:
    """Footprints of the largest regions in all years."""
    if len(set(years.column("year"))) < 2:
        return None
    size = context.scale(years.column("consumption_footprint"), "stressor")
    regions = {each["region_id"]: each["region_name"] for each in years}
    names = dict(zip(regions, unique_names_of(regions), strict=True))
    rows = [
        {
            "year": each["year"],
            "region": names[each["region_id"]],
            "amount": short(each["consumption_footprint"] / size.divisor),
        }
        for each in years
    ]
    chart = (
        alt.Chart(data(rows))
        .mark_line(point=True)
        .encode(
            x=alt.X("year:O", title=None, axis=alt.Axis(labelAngle=0)),
            y=alt.Y("amount:Q", title=titled("footprint", size.unit)),
            color=alt.Color(
                "region:N",
                title=None,
                scale=alt.Scale(domain=list(names.values())),
                legend=alt.Legend(columns=3),
            ),
            tooltip=["region:N", "year:O", "amount:Q"],
        )
    )
    return Chart(
        "footprints-over-time",
        context.with_nouns("Footprints of the largest regions over the years"),
        "Lines of the largest footprints of this year, in all years of the dataset.",
        finished(chart, height=280),
        years,
    )


def unique_names(rows: list[dict]) -> list[str]:
    """Return names of regions, with the id where two regions share a name."""
    return unique_names_of({each["region_id"]: each["region_name"] for each in rows})


def unique_names_of(regions: dict[str, str]) -> list[str]:
    """Return the names of regions by id, with the id where they are not unique."""
    names = list(regions.values())
    return [
        name if names.count(name) == 1 else f"{name} ({id_})"
        for id_, name in regions.items()
    ]
