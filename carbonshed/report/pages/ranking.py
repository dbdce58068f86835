"""Ranking with comparators."""

from dataclasses import replace

from carbonshed.report.charts import accounts
from carbonshed.report.content import Column, Page, Section, make_table
from carbonshed.report.marts import Marts, Rows
from carbonshed.report.pages import full_scope, intervals, words
from carbonshed.report.scope import Scope

TITLE = "Ranking"

_COLUMNS = [
    Column("footprint_rank", "Rank", "count"),
    Column("region_name", "Region", region="region_id"),
    Column("consumption_footprint", "Footprint", "stressor"),
    Column("investment_share", "Of it investment", "share"),
    Column("production_emissions", "Emitted there", "stressor"),
    Column("footprint_per_capita", "Footprint per person", "stressor per person"),
    Column("footprint_per_capita_rank", "Rank per person", "count"),
    Column("world_average_ratio", "Times the world{at_least}", "ratio"),
    Column("us_ratio", "Times the United States{at_least}", "ratio"),
    Column("cumulative_footprint_share", "Running share", "share"),
    Column("population", "People", "person"),
]


def page(scope: Scope, marts: Marts) -> Page:
    """Make the page."""
    regions = marts.ask("ranking/regions")
    lead = (
        "Which regions lead, in total and per person, and where the world and the "
        "United States would stand among them."
    )
    if not len(regions):
        why = words.why_empty(scope, words.NO_RANKED)
        return Page("ranking", TITLE, lead, [Section("all", "All regions", empty=why)])
    sections = [_totals(scope, regions, marts), _people(scope, regions)]
    sections += full_scope.sections(scope, marts)
    sections.append(
        Section(
            "all",
            "All ranked regions",
            [words.RANKED, "Equal regions share the lower rank."],
            tables=[
                make_table(
                    scope,
                    "ranking",
                    f"Ranked regions by footprint, {scope.title}",
                    regions,
                    _columns(scope),
                )
            ],
        )
    )
    sections += intervals.ranks(scope, marts, regions)
    return Page("ranking", TITLE, lead, sections, scope.finding("largest_footprint"))


def _columns(scope: Scope) -> list[Column]:
    at_least = ", at least" if scope.is_lower_bound else ""
    return [
        replace(each, label=each.label.format(at_least=at_least)) for each in _COLUMNS
    ]


def _totals(scope: Scope, regions: Rows, marts: Marts) -> Section:
    charts = [accounts.largest_footprints(scope, regions)]
    over_years = accounts.over_years(scope, marts.ask("ranking/years"))
    if over_years:
        charts.append(over_years)
    return Section(
        "totals",
        "The largest footprints",
        [
            words.footprints(scope),
            words.against_own_emissions(scope),
        ],
        charts=charts,
    )


def _people(scope: Scope, regions: Rows) -> Section:
    chart = accounts.per_person(scope, regions)
    heading = "Per person"
    if chart is None:
        return Section(
            "people",
            heading,
            empty="There is nothing to show: the population of no region is known.",
        )
    lines = accounts.comparators(list(regions))
    if not lines:
        note = (
            "There is no comparator for this stressor and year, so the world and the "
            "United States are not in the chart."
        )
    else:
        years = sorted({*regions.column("comparator_year")} - {None})
        year = " and ".join(map(str, years))
        note = (
            f"The figures of the world and of the United States are those that the "
            f"Global Carbon Budget, or rows of your own, give for consumption in {year}"
        )
        note += (
            f". They hold {scope.leaves_out.replace('; ', ' and ')}, the footprints "
            "here do not: a region above the world is above it, and of one below it "
            "is not known."
            if scope.is_lower_bound
            else "; a region of the same name in this table has a figure of its own."
        )
    return Section("people", heading, [note], charts=[chart])
