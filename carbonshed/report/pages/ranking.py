"""Ranking with comparators."""

from dataclasses import replace

from carbonshed.report.charts import accounts
from carbonshed.report.content import Column, Page, Section, make_table
from carbonshed.report.context import Context
from carbonshed.report.marts import Marts, Rows
from carbonshed.report.pages import full_scope, intervals, published, words

TITLE = "Ranking"

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


def page(context: Context, marts: Marts) -> Page:
    """Make the page."""
    regions = marts.ask("ranking/regions")
    lead = (
        "Which regions lead, in total and per person, and where the world and the "
        "United States would stand among them."
    )
    if not len(regions):
        why = words.why_empty(context, words.NO_RANKED)
        return Page("ranking", TITLE, lead, [Section("all", "All regions", empty=why)])
    full = marts.ask_if_built("ranking/full_scope")
    sections = [_totals(context, regions, marts)]
    if not full:
        sections.append(_people(context, regions))
    else:
        held = full_scope.extent(context, full)
        sections.append(
            _people(
                context,
                full_scope.per_person(full),
                held,
                full_scope.is_far(context, full),
            )
        )
        sections.append(full_scope.section(context, full))
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
    sections += published.sections(context, marts.ask("common/published"))
    return Page("ranking", TITLE, lead, sections, context.finding("largest_footprint"))


def _columns(context: Context, regions: Rows, has_full_scope: bool) -> list[Column]:
    """Return the columns; in full scope the table before compares like with like."""
    named = words.comparators(regions)
    named["at_least"] = ", at least" if context.is_lower_bound else ""
    return [
        replace(each, label=each.label.format(**named))
        for each in _COLUMNS
        if not (has_full_scope and each.name in ("world_average_ratio", "us_ratio"))
    ]


def _totals(context: Context, regions: Rows, marts: Marts) -> Section:
    charts = [accounts.largest_footprints(context, regions)]
    over_years = accounts.over_years(context, marts.ask("ranking/years"))
    if over_years:
        charts.append(over_years)
    return Section(
        "totals",
        "The largest footprints",
        [
            words.footprints(context),
            words.against_own_emissions(context),
        ],
        charts=charts,
    )


def _people(
    context: Context, regions: Rows, extent: str = "", is_far: bool = False
) -> Section:
    """Return footprints per person; of an extent of their own, if one is given.

    None is said to be above or below the world where their sum is far from what is
    published.
    """
    chart = accounts.per_person(context, regions, extent, is_far)
    heading = f"Per person, {extent.partition(',')[0]}" if extent else "Per person"
    if chart is None:
        return Section(
            "people",
            heading,
            empty=context.with_nouns(words.NO_POPULATION),
        )
    lines = accounts.comparators(list(regions))
    if not lines:
        note = (
            "There is no comparator for this stressor and year, so the world and the "
            "United States are not in the chart."
        )
    else:
        found = ("comparator_year", "us_comparator_year")
        years = sorted(
            {year for each in found for year in regions.column(each) if year}
        )
        year = " and ".join(map(str, years))
        note = (
            f"The figures of the world and of the United States are those that the "
            f"Global Carbon Budget, or rows of your own, give for consumption in {year}"
        )
        missing = (
            full_scope.left_out(context, regions)
            if extent
            else [each for each in context.leaves_out.split("; ") if each]
        )
        if missing:
            note += (
                f". They hold {' and '.join(missing)}, the footprints here do "
                "not: who is above the world is so for sure, who is below may not "
                "be."
            )
        elif not extent:
            note += "."
        else:
            note += (
                f". The footprints here hold what imports cause {context.outside} too, "
                "valued as it is said below."
            )
        if is_far:
            note += (
                " No side of the world is coloured: the sum of these footprints is far "
                "from the published one."
            )
    return Section("people", heading, [note], charts=[chart])
