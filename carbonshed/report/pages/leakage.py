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
from carbonshed.report.marts import Marts, Rows
from carbonshed.report.pages import words
from carbonshed.report.scope import Scope

TITLE = "Emissions in trade"

_FLOWS = [
    Column("origin", "Emitted in", region="origin_region_id"),
    Column("destination", "For", region="destination_region_id"),
    Column("net_flow", "Net flow", "stressor"),
    Column("gross_flow", "Gross flow", "stressor"),
    Column("reverse_flow", "Flows back", "stressor"),
    Column("value_added_flow", "Value added along", "currency"),
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
_SHARES = (
    ("interregional_share", "arise in another region", "of emissions for consumption"),
    (
        "interregional_and_export_share",
        "leave the region",
        "of emissions for consumption and deliveries {outside}",
    ),
    (
        "supply_chain_share",
        "in chains that cross a border",
        "of emissions for consumption, also where the chain comes back",
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
_TOP = 25


def page(scope: Scope, marts: Marts) -> Page:
    """Make the page."""
    flows = marts.ask("leakage/flows")
    lead = (
        "Who emits for whose consumption: emissions embodied in trade between "
        "regions, and who earns along the same chains. In policy, leakage means "
        "something else: that emissions rise elsewhere because a measure lowers them "
        "here. No number on this page says so."
    )
    matrix = marts.ask("leakage/matrix")
    sections = [_shares(scope, marts.ask("leakage/summary"))]
    if not len(matrix):
        why = words.why_empty(scope, words.NO_TRADE)
        sections.append(Section("flows", "Largest flows", empty=why))
        return Page("leakage", TITLE, lead, sections)
    balances = marts.ask("leakage/balances")
    sections += [
        _map(scope, flows, balances),
        _flows(scope, flows),
        _matrix(scope, matrix),
        _trade(scope, balances, marts.ask("leakage/quadrants")),
    ]
    return Page("leakage", TITLE, lead, sections, scope.finding("poor_to_rich"))


def _shares(scope: Scope, summary: Rows) -> Section:
    row = summary.first()
    heading = "How much crosses a border"
    if row is None:
        return Section("shares", heading, empty=words.why_empty(scope, words.NO_TRADE))
    facts = [
        make_fact(scope, label, row[name], "share", note.format(outside=scope.outside))
        for name, label, note in _SHARES
        if (scope.has_exports or name != "interregional_and_export_share")
        and (row[name] or name != "unknown_direction_share")
    ]
    return Section(
        "shares",
        heading,
        [
            "Direct emissions of final users never leave a region and are not in these "
            "shares. All regions, also those that are not ranked."
        ],
        facts,
    )


def _map(scope: Scope, flows: Rows, balances: Rows) -> Section:
    chart = leakage.arcs(scope, flows, balances)
    heading = "On the map"
    if not len(flows):
        return Section("map", heading, empty=words.NO_NET_FLOWS)
    if chart is None:
        return Section("map", heading, empty=words.NO_PLACES)
    return Section("map", heading, charts=[chart])


def _flows(scope: Scope, flows: Rows) -> Section:
    heading = "Largest net flows"
    if not len(flows):
        return Section("flows", heading, empty=words.NO_NET_FLOWS)
    return Section(
        "flows",
        heading,
        ["Each pair of regions once, in the direction of its net flow."],
        tables=[
            make_table(
                scope,
                "flows",
                f"The {len(flows):,} largest net flows of embodied emissions, "
                f"{scope.title}",
                flows,
                _FLOWS,
                "Value added flows the same way as the emissions: who ships carbon "
                "earns it. The mart leakage_flows has all flows.",
                _TOP,
            )
        ],
    )


def _matrix(scope: Scope, flows: Rows) -> Section:
    chart = leakage.matrix(scope, flows)
    if chart is None:
        return Section("matrix", "Region by region", empty=words.NO_TRADE)
    return Section(
        "matrix",
        "Region by region",
        ["Gross flows; what a region emits for itself is not a flow."],
        charts=[chart],
    )


def _trade(scope: Scope, balances: Rows, quadrants: Rows) -> Section:
    chart = leakage.quadrants(scope, balances)
    if chart is None:
        return Section("trade", "Terms of trade", empty=words.NO_VALUE_ADDED)
    return Section(
        "trade",
        "Terms of trade",
        [
            "Terms of trade by gross trade, the standard ones, above 1: per unit of "
            "money there is more carbon in what a region sells to other regions than "
            "in what it buys from them. Those by value added are our own reading, "
            "after Antweiler: emissions per value added that is shipped, over the "
            "same bought."
            + (
                f" Deliveries {scope.outside} are not in the balances."
                if scope.has_exports
                else ""
            )
        ],
        charts=[chart],
        tables=[
            make_table(
                scope,
                "quadrants",
                "Regions by the signs of their two balances",
                relabelled(quadrants, "quadrant", leakage.QUADRANTS),
                _QUADRANTS,
            ),
            make_table(
                scope,
                "balances",
                f"Balances of all regions, {scope.title}",
                relabelled(balances, "quadrant", leakage.QUADRANTS),
                _BALANCES,
            ),
        ],
    )
