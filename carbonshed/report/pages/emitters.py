"""Super-emitters and the typology of regions."""

from typing import Any

from carbonshed.report.charts import emitters
from carbonshed.report.content import Column, Page, Section, make_table
from carbonshed.report.context import Context
from carbonshed.report.marts import Marts, Rows
from carbonshed.report.pages import intervals, words

TITLE = "Super-emitters"

_SELECTED = [
    Column("emitter_rank", "Rank", "count"),
    Column("region_name", "Region", region="region_id"),
    Column("measure_value", "Footprint", "stressor"),
    Column("footprint_per_capita", "Footprint per person", "stressor per person"),
    Column("cumulative_share", "Running share", "share"),
    Column("affluence", "Affluence", "word"),
    Column("industry_type", "Industry", "word"),
    Column("supply_chain_role", "Role", "word"),
    Column("pathway_id", "Pathway", "word"),
    Column("gdp_per_capita", "GDP per person", "currency per person"),
]
_RULES = [
    Column("rule_id", "Rule", "word"),
    Column("is_default_rule", "In use", "flag"),
    Column("regions", "Regions", "count"),
    Column("footprint_share", "Of all footprints", "share"),
    Column("population_share", "Of all people", "share"),
    Column("footprint_per_capita", "Footprint per person", "stressor per person"),
]
_PATHWAYS = [
    Column("affluence", "Affluence", "word"),
    Column("supply_chain_role", "Role", "word"),
    Column("pathway_id", "Pathway", "word"),
    Column("regions", "Regions", "count"),
    Column("super_emitters", "Of them super-emitters", "count"),
]


def page(context: Context, marts: Marts) -> Page:
    """Make the page."""
    regions = marts.ask("emitters/selected")
    lead = (
        "The few regions with the largest footprints, what kind of region they are, "
        "and the pathway that fits each."
    )
    if not len(regions):
        why = words.why_empty(context, words.NO_RANKED)
        section = Section("who", "Super-emitters", empty=why)
        return Page("emitters", TITLE, lead, [section])
    return Page(
        "emitters",
        TITLE,
        lead,
        [
            _who(
                context,
                regions,
                marts.ask("emitters/rules"),
                intervals.by_region(
                    marts.ask_if_built("emitters/chances"), marts.ask("common/ranges")
                ),
            ),
            _where(context, regions),
            _kinds(context, marts),
        ],
        context.finding("super_emitters"),
    )


def _who(
    context: Context, regions: Rows, rules: Rows, chances: dict[str, dict[str, Any]]
) -> Section:
    chosen = [row for row in regions.rows if row[_place(regions)]]
    selected, columns, note = Rows(regions.columns, chosen), [*_SELECTED], ""
    if chances:
        more = [intervals.RANKS[0], *intervals.CHANCES, *intervals.RANGES]
        selected = intervals.beside(selected, chances, more)
        columns[2:2] = more
        note = " ".join(intervals.rank_notes(context)) or (
            f"Chance: of being a super-emitter by the rule in use. {intervals.WHAT}"
        )
    tables = [
        make_table(
            context,
            "super-emitters",
            f"Super-emitters by the rule in use, {context.title}",
            selected,
            columns,
            note,
        )
    ]
    if not chosen:
        tables = []
    tables += intervals.others(context, chances, {*selected.column("region_id")})
    tables.append(
        make_table(
            context,
            "rules",
            "What each rule selects",
            rules,
            _RULES,
            "Which rule is in use is a choice of this project, not of the study. How "
            "much it matters is on the page Scenarios.",
        )
    )
    chart = emitters.concentration(context, regions, rules)
    return Section(
        "who",
        "Who they are",
        [words.footprints(context), *words.ranked(context)],
        charts=[chart] if chart else [],
        tables=tables,
    )


def _place(regions: Rows) -> int:
    return regions.columns.index("is_selected")


def _where(context: Context, regions: Rows) -> Section:
    chart = emitters.emitter_map(context, regions)
    if chart is None:
        return Section(
            "where", "Where they are", empty=context.with_nouns(words.NO_PLACES)
        )
    return Section("where", "Where they are", charts=[chart])


def _kinds(context: Context, marts: Marts) -> Section:
    kinds = marts.ask("emitters/types")
    pathways = marts.ask("emitters/pathways")
    return Section(
        "kinds",
        "Kinds of regions, and their pathways",
        [
            context.with_nouns(
                "A region's industry is the group it is most specialised in, compared "
                "with all ranked regions. A producer emits clearly more for the final "
                "demand of the table than is emitted for its own, a consumer clearly "
                "less"
            )
            + (
                f"; deliveries {context.outside} do not count"
                if context.has_exports
                else ""
            )
            + ". The three axes are the study's, the thresholds are this project's.",
            "Producers become as clean as their peers. Consumers keep to a cap per "
            "person; a poor consumer is not asked to consume less.",
        ],
        charts=[emitters.types(context, kinds)],
        tables=[
            make_table(
                context,
                "pathways",
                "Regions by affluence and role, and the pathway that fits",
                pathways,
                _PATHWAYS,
                "Affluence is left out where a ranked region lacks its GDP."
                if None in pathways.column("affluence")
                else "",
            )
        ],
    )
