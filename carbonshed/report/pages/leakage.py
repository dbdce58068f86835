"""Who ships carbon to whom."""

from carbonshed.report.charts import leakage
from carbonshed.report.content import (
    Column,
    Page,
    Section,
    make_fact,
    make_table,
    relabelled,
)
from carbonshed.report.context import Context
from carbonshed.report.marts import Marts, Rows
from carbonshed.report.pages import words

TITLE = "Emissions in trade"

_FLOWS = [
    Column("origin", "Emitted in", region="origin_region_id"),
    Column("destination", "For", region="destination_region_id"),
    Column("net_flow", "Net flow", "stressor"),
    Column("gross_flow", "Gross flow", "stressor"),
    Column("reverse_flow", "Flows back", "stressor"),
    Column("value_added_flow", "Earned by the gross flow", "currency"),
    Column("is_poor_to_rich", "Poor to rich", "flag"),
]
_BALANCES = [
    Column("region_name", "Region", region="region_id"),
    Column("emissions_exported", "Emitted for others", "stressor"),
    Column("emissions_imported", "Emitted elsewhere for it", "stressor"),
    Column("net_emissions", "Net emissions", "stressor"),
    Column("net_value_added", "Net value added", "currency"),
    Column("terms_of_trade_gross", "Terms of trade by gross trade", "ratio"),
    Column("terms_of_trade", "Terms of trade by value added", "ratio"),
    Column("quadrant", "Kind"),
]
_QUADRANTS = [
    Column("quadrant", "Kind"),
    Column("regions", "Regions", "count"),
    Column("net_emissions", "Net emissions", "stressor"),
    Column("net_value_added", "Net value added", "currency"),
]
# what is asked first, then where it goes: column, label, note
_SHARES = (
    (
        "elsewhere_share",
        "arise in another region than the one that consumes",
        "of all footprints",
    ),
    (
        "poor_to_rich_share",
        "go from a poorer to a richer region",
        "of what goes from region to region and whose direction is known",
    ),
    (
        "unknown_direction_share",
        "have no known direction",
        "of what goes from region to region: GDP per person of one side is not known",
    ),
)
# the same question with another denominator
_OTHER_SHARES = (
    (
        "interregional_share",
        "arise in another region",
        "of what sectors emit for consumption",
    ),
    (
        "interregional_and_export_share",
        "leave the region",
        "of what sectors emit for consumption and for deliveries {outside}",
    ),
    (
        "supply_chain_share",
        "in chains that cross a border",
        "of what sectors emit for consumption, also where the chain comes back to the "
        "region it began in",
    ),
)
_TOP = 25
_KINDS = (
    "Balances are net: what is emitted for other regions less what they emit for this "
    "one, and what is earned by serving their demand less what they earn by serving "
    "its own. A net exporter of emissions may earn or pay on balance."
)
_TERMS = (
    "Terms of trade by gross trade, the standard ones, above 1: per unit of money "
    "there is more carbon in what a region sells to other regions than in what it buys "
    "from them. Those by value added are our own reading, after Antweiler: emissions "
    "per value added that is shipped, over the same bought."
)


def page(context: Context, marts: Marts) -> Page:
    """Make the page."""
    flows = marts.ask("leakage/flows")
    lead = (
        "Who emits for whose consumption: emissions embodied in trade between "
        "regions, and who earns along the same chains. In policy, leakage means "
        "something else: that emissions rise elsewhere because a measure lowers them "
        "here. No number on this page says so."
    )
    matrix = marts.ask("leakage/matrix")
    sections = [_shares(context, marts.ask("leakage/summary"))]
    if not len(matrix):
        why = words.why_empty(context, words.NO_TRADE)
        if sections[0].empty != why:
            sections.append(Section("flows", "Largest flows", empty=why))
        return Page("leakage", TITLE, lead, sections)
    balances = marts.ask("leakage/balances")
    sections += [
        _map(context, flows, balances),
        _flows(context, flows),
        _matrix(context, matrix, balances),
        _trade(context, balances, marts.ask("leakage/quadrants")),
    ]
    return Page("leakage", TITLE, lead, sections, context.finding("poor_to_rich"))


def _shares(context: Context, summary: Rows) -> Section:
    row = summary.first()
    heading = "How much crosses a border"
    if row is None:
        return Section(
            "shares", heading, empty=words.why_empty(context, words.NO_TRADE)
        )
    row["elsewhere_share"] = context.values.get("arises_elsewhere")
    facts, others = (
        [
            make_fact(
                context, label, row[name], "share", note.format(outside=context.outside)
            )
            for name, label, note in shares
            if row[name] is not None
            and (context.has_exports or name != "interregional_and_export_share")
            # without direct emissions it is the first share once more
            and (context.has_direct or name != "interregional_share")
            and (row[name] or name != "unknown_direction_share")
        ]
        for shares in (_SHARES, _OTHER_SHARES)
    )
    held = "All regions are counted" + (
        ", also those that are not ranked." if context.unranked else "."
    )
    if context.has_direct:
        held += (
            " What final users emit themselves never leaves a region: it is in the "
            "footprints of the first share, and not in what sectors emit."
        )
    return Section(
        "shares",
        heading,
        [context.with_nouns(held)],
        facts,
        others=others,
    )


def _map(context: Context, flows: Rows, balances: Rows) -> Section:
    chart = leakage.arcs(context, flows, balances)
    heading = "On the map"
    if not len(flows):
        return Section("map", heading, empty=context.with_nouns(words.NO_NET_FLOWS))
    if chart is None:
        return Section("map", heading, empty=context.with_nouns(words.NO_PLACES))
    return Section("map", heading, charts=[chart])


def _flows(context: Context, flows: Rows) -> Section:
    heading = "Largest net flows"
    largest = f"The {_TOP} largest net flows" if len(flows) > _TOP else "Net flows"
    if not len(flows):
        return Section("flows", heading, empty=context.with_nouns(words.NO_NET_FLOWS))
    return Section(
        "flows",
        heading,
        [
            context.with_nouns(
                "Each pair of regions once, in the direction of its net flow."
            )
        ],
        tables=[
            make_table(
                context,
                "flows",
                f"{largest} of embodied emissions, {context.title}",
                flows,
                _FLOWS,
                "Earned by the gross flow: the value added of the region that emits, "
                "along the same chains; what it pays for what flows back is not taken "
                "off. The mart leakage_flows has all flows.",
                _TOP,
            )
        ],
    )


def _matrix(context: Context, flows: Rows, balances: Rows) -> Section:
    chart = leakage.matrix(context, flows, balances)
    if chart is None:
        return Section(
            "matrix", "Region by region", empty=context.with_nouns(words.NO_TRADE)
        )
    return Section(
        "matrix",
        "Region by region",
        [
            context.with_nouns(
                "Gross flows; what a region emits for itself is not a flow."
            )
        ],
        charts=[chart],
    )


def _trade(context: Context, balances: Rows, quadrants: Rows) -> Section:
    chart = leakage.quadrants(context, balances)
    if chart is None:
        return Section(
            "trade", "Terms of trade", empty=context.with_nouns(words.NO_VALUE_ADDED)
        )
    return Section(
        "trade",
        "Terms of trade",
        [
            context.with_nouns(_KINDS),
            context.with_nouns(_TERMS)
            + (
                f" Deliveries {context.outside} are not in the balances."
                if context.has_exports
                else ""
            ),
        ],
        charts=[chart],
        tables=[
            make_table(
                context,
                "quadrants",
                "Regions by the signs of their two balances",
                relabelled(quadrants, "quadrant", leakage.QUADRANTS),
                _QUADRANTS,
            ),
            make_table(
                context,
                "balances",
                f"Balances of all regions, {context.title}",
                relabelled(balances, "quadrant", leakage.QUADRANTS),
                _BALANCES,
            ),
        ],
    )
