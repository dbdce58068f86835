"""Ranking with comparators."""

from collections.abc import Iterable
from dataclasses import replace

from carbonshed.numbers import Scale
from carbonshed.report import vega
from carbonshed.report.colours import GROUND, colour_of
from carbonshed.report.content import Chart, Column, Page, Section, make_table
from carbonshed.report.context import Context
from carbonshed.report.marts import Marts, Rows
from carbonshed.report.pages import comparisons, intervals, words
from carbonshed.report.pages.full_scope import FullScope

TITLE = "Regions"

_COLUMNS = [
    Column("footprint_rank", "Rank", "count"),
    Column("region_name", "Region", region="region_id"),
    Column("consumption_footprint", "Footprint", "stressor"),
    Column("investment_share", "Of it investment", "share"),
    Column("production_emissions", "Emitted there", "stressor"),
    Column("footprint_per_capita", "Footprint per person", "stressor per person"),
    Column("footprint_per_capita_rank", "Rank per person", "count"),
    Column("world_average_ratio", "Times {world}{at_least}", "ratio"),
    Column("us_ratio", "Times {states}{at_least}", "ratio"),
    Column("cumulative_footprint_share", "Running share", "share"),
    Column("population", "People", "person"),
]

_MAX_REGIONS_DRAWN = 25
_AMOUNTS = {
    "consumption_footprint": "footprint",
    "production_emissions": "emitted there",
}
# a footprint that leaves something out may be above the world without being seen to be
_SIDES = {
    "above": ("above the world", colour_of("above the world")),
    "at or below": ("at or below the world", colour_of("at or below the world")),
    "not known": (
        "not known: the footprint leaves something out",
        colour_of("unknown"),
    ),
    None: ("region", colour_of("footprint")),
}


def page(context: Context, marts: Marts) -> Page:
    """Make the page."""
    regions = marts.ask("ranking/regions")
    lead = (
        "Which regions lead, in total and per person, and where the world and the "
        "United States would stand among them."
    )
    if not len(regions):
        why = words.why_empty(context, words.NO_RANKED)
        return Page(TITLE, lead, [Section("all", "All regions", empty=why)])
    full = FullScope(context, marts.ask_if_built("ranking/full_scope"))
    sections = [_totals(context, regions, marts)]
    if full:
        sections += [_people(context, full.per_person, full), full.section()]
    else:
        sections.append(_people(context, regions))
    sections.append(
        Section(
            "all",
            "All ranked regions" if context.unranked else "All regions",
            [
                *words.ranked(context),
                context.with_nouns("Equal regions share the lower rank."),
            ],
            tables=[
                make_table(
                    context,
                    "ranking",
                    f"Regions by footprint, {context.title}",
                    regions,
                    _columns(context, regions, bool(full)),
                )
            ],
        )
    )
    sections += intervals.ranks(
        context,
        regions,
        marts.ask_if_built("ranking/intervals"),
        marts.ask("common/ranges"),
    )
    sections += comparisons.published_sections(context, marts.ask("common/published"))
    return Page(TITLE, lead, sections, context.finding("largest_footprint"))


def _columns(context: Context, regions: Rows, has_full_scope: bool) -> list[Column]:
    """Return the columns; the table in full scope has the ratios, if there is one."""
    labels = words.comparators(regions)
    labels["at_least"] = ", at least" if context.is_lower_bound else ""
    return [
        replace(column, label=column.label.format(**labels))
        for column in _COLUMNS
        if not (has_full_scope and column.name in ("world_average_ratio", "us_ratio"))
    ]


def _totals(context: Context, regions: Rows, marts: Marts) -> Section:
    return Section(
        "totals",
        "The largest footprints",
        [words.footprints(context), words.against_own_emissions(context)],
        charts=[
            _draw_largest(context, regions),
            _draw_years(context, marts.ask("ranking/years")),
        ],
    )


def _people(context: Context, regions: Rows, full: FullScope | None = None) -> Section:
    """Return a section on footprints per person, in full scope if that is given."""
    extent, is_far = (full.extent, full.is_far) if full else ("", False)
    chart = draw_per_person(context, regions, extent, is_far)
    heading = f"Per person, {full.name}" if full else "Per person"
    if chart is None:
        return Section("people", heading, empty=context.with_nouns(words.NO_POPULATION))
    note = _comparator_note(context, regions, full)
    return Section("people", heading, [note], charts=[chart])


def _comparator_note(context: Context, regions: Rows, full: FullScope | None) -> str:
    """Return a note on the figures of the world and of the United States."""
    if not _comparators(regions):
        return (
            "There is no comparator for this stressor and year, so the world and the "
            "United States are not in the chart."
        )
    columns = ("comparator_year", "us_comparator_year")
    years = {year for column in columns for year in regions.column(column) if year}
    note = (
        "The figures of the world and of the United States are those that the Global "
        "Carbon Budget, or rows of your own, give for consumption in "
        f"{' and '.join(map(str, sorted(years)))}"
    )
    missing = full.left_out if full else context.leaves_out.split("; ")
    if any(missing):
        note += (
            f". They hold {' and '.join(missing)}, the footprints here do not: who is "
            "above the world is so for sure, who is below may not be."
        )
    elif full:
        note += (
            f". The footprints here hold what imports cause {context.outside} too, "
            "valued as it is said below."
        )
    else:
        note += "."
    if full and full.is_far:
        note += (
            " No side of the world is coloured: the sum of these footprints is far "
            "from the published one."
        )
    return note


def _draw_largest(context: Context, regions: Rows) -> Chart:
    """Draw footprint and own emissions of the largest regions: two points on a line."""
    top = list(regions)[:_MAX_REGIONS_DRAWN]
    size = context.scale(
        [row[column] for row in top for column in _AMOUNTS], "stressor"
    )
    labels = vega.unique_names({row["region_id"]: row["region_name"] for row in top})
    rows = [
        {"region": label, "rank": rank, "what": what, **vega.figures(size, row[column])}
        for rank, (label, row) in enumerate(zip(labels, top, strict=True))
        for column, what in _AMOUNTS.items()
    ]
    kinds = {kind: colour_of(kind) for kind in _AMOUNTS.values()}
    parts = vega.dumbbells(
        vega.amount("emissions of the year", size),
        vega.labels("region", labels),
        **vega.kinds("what", kinds, also={"shape": ["circle", "diamond"]}),
        tooltip=vega.tips("region", "what=what", "text=amount"),
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
        vega.finished(vega.layers(*parts, rows=rows), height=max(22 * len(top), 60)),
        regions,
        finding=context.finding("largest_footprint"),
    )


def draw_per_person(
    context: Context, regions: Rows, extent: str = "", is_far: bool = False
) -> Chart | None:
    """Draw all regions by footprint per person, with the world and the United States.

    A region has a colour for its side of the world only if its footprint includes as
    much as the world's figure, and the sum is not far from what is published. `extent`
    is what the footprints include, if not the page's.
    """
    is_alike = not (is_far or (extent or context.extent).startswith("domestic"))
    ranked = [row for row in regions if row["footprint_per_capita"] is not None]
    if not ranked:
        return None
    ranked.sort(key=lambda row: (-row["footprint_per_capita"], row["region_id"]))
    lines = _comparators(ranked)
    size = context.scale(
        [row["footprint_per_capita"] for row in ranked] + [value for _, value in lines],
        "stressor per person",
    )
    rows = [
        {
            "place": position,
            "region": row["region_name"],
            **vega.figures(size, row["footprint_per_capita"]),
            "side": _SIDES[row["world_comparison"] if is_alike else None][0],
        }
        for position, row in enumerate(ranked, start=1)
    ]
    drawn = {row["side"] for row in rows}
    sides = {side: colour for side, colour in _SIDES.values() if side in drawn}
    across = {
        "axis": {"tickMinStep": 1, "grid": False},
        "scale": {"domain": [0, len(rows)], "nice": False},
        "title": context.with_nouns("regions, largest per person first"),
    }
    bars = vega.draw(
        "bar",
        rows,
        {"binSpacing": 0},
        x=vega.quantitative("left", **across),
        x2={"field": "place"},
        y=vega.amount("footprint", size),
        y2={"datum": 0},
        **vega.kinds("side", sides, legend={} if lines and is_alike else None),
        tooltip=vega.tips("region", "text=footprint per person", "place:Q=place"),
    )
    bars["transform"] = [{"calculate": "datum.place - 1", "as": "left"}]
    drawing = vega.layers(bars, *_comparator_lines(lines, size)) if lines else bars
    summary = "; ".join(f"{label}: {size.full(value)}" for label, value in lines)
    included = f" {extent.partition(',')[0]}" if extent else ""
    return Chart(
        "footprint-per-person",
        f"Footprint per person{included}"
        + (", beside the world and the United States" if lines else ""),
        f"{len(ranked)} {context.regions} from "
        f"{size.full(ranked[0]['footprint_per_capita'])} ({ranked[0]['region_name']}) "
        f"down to {size.full(ranked[-1]['footprint_per_capita'])} "
        f"({ranked[-1]['region_name']})."
        + (f" Comparators: {summary}." if summary else ""),
        vega.finished(drawing, height=300),
        Rows(regions.columns, [tuple(row.values()) for row in ranked]),
        extent=extent,
    )


def _comparators(regions: Iterable[dict]) -> list[tuple[str, float]]:
    """Return the figures that the ratios of the ranking were made with."""
    comparators = []
    for column, label, year in (
        ("us_ratio", "United States", "us_comparator_year"),
        ("world_average_ratio", "world", "comparator_year"),
    ):
        for row in regions:
            if row[column] and row["footprint_per_capita"]:
                value = row["footprint_per_capita"] / row[column]
                of_year = f" of {row[year]}" if row[year] else ""
                comparators.append((label + of_year, vega.short(value, 9)))
                break
    return comparators


def _comparator_lines(lines: list[tuple[str, float]], size: Scale) -> list[vega.Spec]:
    rows = [
        {"name": f"{label}: {size.full(value)}", "value": value / size.divisor}
        for label, value in lines
    ]
    y = vega.amount("footprint", size, "value")
    text = {"x": {"value": "width"}, "y": y, "text": vega.nominal("name")}
    look = {"align": "right", "baseline": "bottom", "dy": -5, "fontSize": 12}
    strip = {"stroke": GROUND, "strokeWidth": 5, "strokeJoin": "round"}
    # a line and its name may lie over bars: each is laid on a strip of the ground
    return [
        vega.draw("rule", rows, {"color": GROUND, "strokeWidth": 2}, y=y),
        vega.draw("rule", rows, vega.DASHED, y=y),
        vega.draw("text", rows, strip | look, **text),
        vega.draw("text", rows, look, **text),
    ]


def _draw_years(context: Context, years: Rows) -> Chart | None:
    """Draw footprints of the largest regions in all years."""
    if len(set(years.column("year"))) < 2:
        return None
    size = context.scale(years.column("consumption_footprint"), "stressor")
    regions = {row["region_id"]: row["region_name"] for row in years}
    labels = dict(zip(regions, vega.unique_names(regions), strict=True))
    rows = [
        {
            "year": row["year"],
            "region": labels[row["region_id"]],
            "amount": vega.short(row["consumption_footprint"] / size.divisor),
        }
        for row in years
    ]
    drawing = vega.draw(
        "line",
        rows,
        {"point": True},
        x=vega.ordinal("year", title=None, axis={"labelAngle": 0}),
        y=vega.amount("footprint", size),
        color=vega.nominal(
            "region",
            title=None,
            scale={"domain": list(labels.values())},
            legend={"columns": 3},
        ),
        tooltip=vega.tips("region", "year:O", "amount:Q"),
    )
    return Chart(
        "footprints-over-time",
        context.with_nouns("Footprints of the largest regions over the years"),
        "Lines of the largest footprints of this year, in all years of the dataset.",
        vega.finished(drawing, height=280),
        years,
    )
