"""Ranking with comparators."""

from carbonshed.report import vega
from carbonshed.report.colours import colour_of
from carbonshed.report.content import Card, Chart, Column, Page, Section, make_table
from carbonshed.report.context import Context
from carbonshed.report.pages import comparisons, intervals, over_years, reasons
from carbonshed.report.pages.full_scope import FullScope
from carbonshed.report.pages.places import draw_places
from carbonshed.report.queries import Marts, Rows

TITLE = "Regions"

_RATIOS = [
    Column("world_average_ratio", "Times {world}{at_least}"),
    Column("us_ratio", "Times {states}{at_least}"),
]
_COLUMNS = [
    "footprint_rank",
    "region_name",
    "consumption_footprint",
    Column("investment_share", "Of it investment", "share"),
    "production_emissions",
    "footprint_per_capita",
    "footprint_per_capita_rank",
    *_RATIOS,
    "cumulative_footprint_share",
    "population",
]

_MAX_REGIONS_DRAWN = 25
_AMOUNTS = {
    "consumption_footprint": "footprint",
    "production_emissions": "emitted there",
}


def page(context: Context, marts: Marts) -> Page:
    """Make the page."""
    regions = marts.ask("ranking/regions")
    lead = (
        "Which regions lead, in total and per person, and where the world and the "
        "United States would stand among them."
    )
    if not len(regions):
        why = reasons.why_empty(context, reasons.NO_RANKED)
        return Page(TITLE, lead, [Section("all", "All regions", empty=why)])
    full = FullScope(context, marts.ask_if_built("ranking/full_scope"))
    picture = draw_places(context, regions, full or None, marts)
    proof = context.finding("per_person") or context.finding("largest_footprint")
    sections = [_totals(context, regions)]
    if len(context.years) > 1 and (
        lines := over_years.lines_of(marts.ask("common/years"))
    ):
        changes = marts.ask("ranking/changes", first_year=min(context.years))
        sections.insert(0, over_years.section(context, lines, changes, proof))
    if full:
        sections.append(full.section())
    sections.append(
        Section(
            "all",
            "All ranked regions" if context.unranked else "All regions",
            [
                *reasons.ranked(context),
                context.with_nouns("Equal regions share the lower rank."),
                _comparator_note(context, regions, full or None),
            ],
            tables=[
                make_table(
                    context,
                    "ranking",
                    f"Regions by footprint, {context.title}",
                    regions,
                    # the table in full scope has the ratios, if there is one
                    [each for each in _COLUMNS if not (full and each in _RATIOS)],
                    **reasons.comparators(regions),
                    at_least=", at least" if context.is_lower_bound else "",
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
    return Page(
        TITLE,
        lead,
        sections,
        proof,
        headline=context.headline("per_person"),
        picture=picture,
        next_step=Card(
            "inequality.html",
            "How footprints vary with GDP",
            context.with_nouns("Why some regions cause more than others."),
        ),
    )


def _totals(context: Context, regions: Rows) -> Section:
    return Section(
        "totals",
        "The largest footprints",
        [reasons.footprints(context), reasons.against_own_emissions(context)],
        charts=[_draw_largest(context, regions)],
    )


def _comparator_note(context: Context, regions: Rows, full: FullScope | None) -> str:
    """Return a note on the figures of the world and of the United States."""
    ratios = map(regions.column, ("world_average_ratio", "us_ratio"))
    if not any(map(any, ratios)):
        return (
            "There is no comparator for this stressor and year, so the world and the "
            "United States are not in the picture."
        )
    columns = ("comparator_year", "us_comparator_year")
    years = {year for column in columns for year in regions.column(column) if year}
    note = (
        "The figures of the world and of the United States are those that the Global "
        "Carbon Budget, or rows of your own, give for consumption in "
        f"{' and '.join(map(str, sorted(years)))}"
    )
    missing = context.leaves_out.split("; ")
    if any(missing):
        note += (
            f". They hold {' and '.join(missing)}, the footprints here do not: who is "
            "above the world is so for sure, who is below may not be."
        )
    else:
        note += "."
    if full:
        note += (
            f" Footprints {full.name} hold what imports cause {context.outside} too, "
            "valued as it is said above."
        )
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
        {
            "region": label,
            "region_id": row["region_id"],
            "rank": f"{row['footprint_rank']:,} of {len(regions):,}",
            "what": what,
            **vega.figures(size, row[column]),
        }
        for label, row in zip(labels, top, strict=True)
        for column, what in _AMOUNTS.items()
    ]
    ends = [
        {
            "region": label,
            "amount": vega.short(max(row[name] for name in _AMOUNTS) / size.divisor),
            "value": size.text(row["consumption_footprint"]),
        }
        for label, row in zip(labels, top, strict=True)
    ]
    amounts = [row["amount"] for row in rows]
    kinds = {kind: colour_of(kind) for kind in _AMOUNTS.values()}
    scale = vega.room_for([end["value"] for end in ends], amounts)
    x = vega.amount("emissions of the year", size, scale=scale)
    y = vega.labels("region", labels)
    parts = vega.dumbbells(
        x,
        y,
        **vega.kinds("what", kinds, also={"shape": ["circle", "diamond"]}),
        tooltip=vega.tips(
            f"region={context.region}", "what=what", "text=amount", "rank=place"
        ),
    )
    values = vega.values_at_ends(x, y, dx=10)
    values["data"] = {"values": ends}
    first = top[0]
    which = "Footprints"
    if len(regions) > len(top):
        which = f"The {len(top)} largest footprints"
    return Chart(
        "largest-footprints",
        context.with_nouns(f"{which}, and what these regions emit themselves"),
        f"The largest footprint is that of {first['region_name']}, "
        f"{size.full(first['consumption_footprint'])}; it emits "
        f"{size.full(first['production_emissions'])} itself. A number is a footprint "
        f"in {size.unit}.",
        vega.finished(
            vega.layers(*parts, values, rows=rows), height=max(22 * len(top), 60)
        ),
        regions,
        finding=context.finding("largest_footprint"),
    )
