"""Methods and assumptions, in short."""

from carbonshed.report.content import Card, Column, Page, Section, make_table
from carbonshed.report.context import Context
from carbonshed.report.pages import comparisons, reasons
from carbonshed.report.queries import Marts, Rows

TITLE = "Methods"

_STATEMENTS = (
    # number, definition, evidence, mart
    (
        "Footprint",
        "Everything emitted for a region's final demand, inside the table{direct}",
        "standard",
        "regional_accounts",
    ),
    (
        "Embodied emissions",
        "Direct intensity times the output that a demand needs along all its chains",
        "standard",
        "embodied_flows",
    ),
    (
        "Rank",
        "By the value without rounding; equals share the lower rank",
        "ours",
        "footprint_rankings",
    ),
    (
        "World, United States",
        "Global Carbon Budget 2019, or rows of your own",
        "paper: the comparison; ours: the series",
        "footprint_rankings",
    ),
    (
        "Gini, Theil, Palma",
        "Between regions, weighted by people",
        "standard",
        "inequality_indices",
    ),
    (
        "Tenths of the people",
        "Cut from the Lorenz curve, straight between two regions",
        "standard",
        "lorenz_curve",
    ),
    (
        "Shares that cross a border",
        "Three readings of the study's 80 %, since which it took is not known here",
        "paper: the figure; ours: the readings",
        "leakage_summary",
    ),
    (
        "Terms of trade by gross trade",
        "Emissions per unit of money sold, over the same bought",
        "standard",
        "trade_balances",
    ),
    (
        "Terms of trade by value added",
        "Emissions per value added shipped, over the same bought",
        "ours, after Antweiler",
        "trade_balances",
    ),
    (
        "Super-emitters",
        "As many of all regions as 32 of 309, by footprint; other rules beside it",
        "paper: 32 of 309; ours: the rule",
        "super_emitters",
    ),
    (
        "Typology",
        "Affluence, industry and role in supply chains",
        "paper: the axes; ours: the thresholds",
        "mitigation_typology",
    ),
    (
        "Levers",
        "Intensities down to peers, demand times cap over footprint per person",
        "ours",
        "scenario_levers",
    ),
    (
        "Avoided by lever",
        "Shapley values of the two levers, evaluated together",
        "standard",
        "quota_by_region",
    ),
    (
        "Uplift",
        "Avoided over the growth until a projected peak",
        "paper: the idea; ours: the projection",
        "quota_summary",
    ),
    (
        "Receivers",
        "Poorest regions first, until they hold 60 % of the people",
        "paper: 60 %; ours: the order",
        "quota_allocation",
    ),
    (
        "GDP per person after",
        "Along the curve of footprints and GDP per person between regions",
        "ours",
        "living_standards",
    ),
)
_LIMITS = [
    "Averages of regions. The people of a region count as equal{but_groups}, and a "
    "sector is as homogeneous as the table makes it.",
    "A scenario changes intensities and demand and nothing else: technology, trade and "
    "prices stay, and nobody spends what is saved.",
    "Neither footprints nor GDP are incomes. The curve is between regions of one year; "
    "it knows neither time nor technology.",
    "Some choices are this project's own, marked ours: do not quote them as the "
    "study's.",
]
_SCENARIOS = [
    "scenario_name",
    "lever",
    Column("kind", unit="word"),
    Column("limit_id", "Benchmark or cap", "word"),
    "factor",
    Column("cap_tonnes", "Cap", "t per person"),
    "includes_power_supply",
    "acts_on_super_emitters",
    "is_user_scenario",
]


def page(context: Context, marts: Marts) -> Page:
    """Make the page."""
    sections = [_evidence(context), _limits(context)]
    scenarios = marts.ask("methods/scenarios")
    if len(scenarios) and context.is_mass:
        sections.append(_choices(context, scenarios, marts.ask("common/caps")))
    # the study is about China: beside another country its figures say nothing
    if context.dataset["country"] == "CHN":
        headlines = marts.ask("common/headlines")
        if len(headlines):
            sections.append(comparisons.study_section(context, headlines))
    sections.append(_tables(context, marts.ask("methods/marts")))
    return Page(
        TITLE,
        "What the numbers are, on what evidence, and what they cannot say. The page of "
        "methods in the documentation has every formula.",
        sections,
        headline="Each number is a textbook's, the study's or our own choice",
        next_step=Card("quality.html", "Trust", "Whether the accounts close."),
    )


def _evidence(context: Context) -> Section:
    columns = ("what", "how", "evidence", "mart")
    direct = ", and what its final users emit themselves" if context.has_direct else ""
    statements = [
        (what, how.replace("{direct}", direct), evidence, mart)
        for what, how, evidence, mart in _STATEMENTS
    ]
    return Section(
        "evidence",
        "What each number is",
        [
            "Marks: standard is a textbook or a named source; paper is stated in the "
            "abstract of the study, Zheng and others (2023), Science Bulletin 68, "
            "2456; ours is a choice of this project where neither says."
        ],
        tables=[
            make_table(
                context,
                "evidence",
                "Numbers of this report with their evidence",
                Rows(columns, statements),
                [
                    Column("what", "Number"),
                    Column("how", "What it is"),
                    Column("evidence", "Evidence"),
                    "mart",
                ],
            )
        ],
    )


def _limits(context: Context) -> Section:
    has_groups = context.finding("inequality_inside_regions")
    but_groups = ", but where its groups are told apart" if has_groups else ""
    limits = [
        reasons.footprints(context),
        *(context.with_nouns(text.format(but_groups=but_groups)) for text in _LIMITS),
    ]
    if context.caveat:
        limits.insert(0, context.dataset["caveat_note"])
    return Section("limits", "What the numbers are not", limits)


def _choices(context: Context, scenarios: Rows, caps: Rows) -> Section:
    caption = "What each scenario does"
    tables = [make_table(context, "levers", caption, scenarios, _SCENARIOS)]
    if len(caps):
        tables.append(
            make_table(
                context,
                "caps",
                f"Caps of the footprint per person, {context.title}",
                caps,
                [
                    Column("cap_id", unit="word"),
                    Column("tonnes_per_person", "At most", "t per person"),
                ],
            )
        )
    return Section("choices", "Choices behind the scenarios", tables=tables)


def _tables(context: Context, marts: Rows) -> Section:
    return Section(
        "tables",
        "The tables behind it",
        ["Every mart with what it holds; the foot of a page names those behind it."],
        tables=[
            make_table(
                context,
                "marts",
                "Marts of the warehouse",
                marts,
                [Column("table_name", "Mart"), Column("description", "What it is")],
            )
        ],
    )
