"""Emissions embodied in trade between regions."""

import itertools
import math
from bisect import bisect_right
from collections.abc import Sequence

from carbonshed.numbers import Scale
from carbonshed.report import maps, vega
from carbonshed.report.colours import GROUND, STEPS, colour_of
from carbonshed.report.content import (
    Chart,
    Column,
    Page,
    Section,
    make_fact,
    make_table,
    relabelled,
)
from carbonshed.report.context import Context
from carbonshed.report.pages import reasons
from carbonshed.report.pages.elsewhere import draw_elsewhere
from carbonshed.report.pages.largest_flows import draw_largest
from carbonshed.report.pages.scatter import name_points, outliers, padded
from carbonshed.report.queries import Marts, Rows

TITLE = "Trade"

# gross flows are what is emitted for others; these are balances, less what flows back
QUADRANTS = {
    "exporter_gainer": "emits for others and earns",
    "exporter_loser": "emits for others and pays",
    "importer_gainer": "others emit for it, and it earns",
    "importer_loser": "others emit for it, and it pays",
}
_QUADRANT_COLOURS = {kind: colour_of(kind) for kind in QUADRANTS.values()}
_QUADRANT_SHAPES = ["circle", "square", "diamond", "triangle-up"]

_FLOWS = [
    Column("origin", "Emitted in", region="origin_region_id"),
    Column("destination", "For", region="destination_region_id"),
    "net_flow",
    "gross_flow",
    "reverse_flow",
    "value_added_flow",
    "is_poor_to_rich",
]
_BALANCES = [
    "region_name",
    "outflow_emissions",
    "inflow_emissions",
    "net_transfer",
    "net_value_added_transfer",
    "terms_of_trade_gross",
    "terms_of_trade",
    "quadrant",
]
_QUADRANTS = [
    "quadrant",
    Column("regions", unit="count"),
    "net_transfer",
    "net_value_added_transfer",
]
# shares that answer the question of the page: column, label, note
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
_MAX_FLOWS = 25
_MAX_NAMED, _HEIGHT = 12, 380  # for the chart of balances
_KINDS = (
    "Balances are net. Of emissions: what is emitted for other regions, less what they "
    "emit for this one. Of value added: what is earned by serving their demand, less "
    "what they earn by serving its own. Who emits for others on balance may earn or "
    "pay on balance."
)
_TERMS = (
    "Terms of trade by gross trade, the standard ones, above 1: per unit of money "
    "more is emitted for what a region sells to other regions than for what it buys "
    "from them. Those by value added are our own reading, after Antweiler: emissions "
    "per value added that is shipped, over the same bought."
)


def page(context: Context, marts: Marts) -> Page:
    """Make the page."""
    flows = marts.ask("leakage/flows")
    lead = (
        "Who emits for whose consumption, and who earns along the same chains. In "
        "policy, leakage means something else: that emissions rise elsewhere because "
        "a measure lowers them here. No number on this page shows that."
    )
    matrix = marts.ask("leakage/matrix")
    sections = [_shares(context, marts.ask("leakage/summary"))]
    if not len(matrix):
        why = reasons.why_empty(context, reasons.NO_TRADE)
        if sections[0].empty != why:
            sections.append(Section("flows", "Largest flows", empty=why))
        return Page(TITLE, lead, sections)
    balances = marts.ask("leakage/balances")
    picture = draw_largest(context, marts.ask("leakage/largest"))
    sections += [
        _map(context, flows),
        _flows(context, flows),
        _matrix(context, matrix, balances),
        _trade(context, balances, marts.ask("leakage/quadrants")),
    ]
    finding = "largest_flow"
    if context.values.get(finding) is None:
        # no flow stands out, or estimates of trade disagree: the whole says more
        finding = "arises_elsewhere"
        if picture:
            sections[2].charts.insert(0, picture)
        picture = draw_elsewhere(context, marts.ask("leakage/elsewhere"))
    return Page(
        TITLE,
        lead,
        sections,
        context.finding(finding),
        headline=context.headline(finding),
        picture=picture,
        next_step=reasons.your_region(context),
    )


def _shares(context: Context, summary: Rows) -> Section:
    row = summary.first()
    heading = "How much crosses a border"
    if row is None:
        return Section(
            "shares", heading, empty=reasons.why_empty(context, reasons.NO_TRADE)
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
    return Section("shares", heading, [context.with_nouns(held)], facts, others=others)


def _map(context: Context, flows: Rows) -> Section:
    chart = maps.draw_flows_on_map(context, flows)
    heading = "On the map"
    if not len(flows):
        return Section("map", heading, empty=context.with_nouns(reasons.NO_NET_FLOWS))
    if chart is None:
        return Section("map", heading, empty=context.with_nouns(reasons.NO_PLACES))
    return Section("map", heading, charts=[chart])


def _flows(context: Context, flows: Rows) -> Section:
    heading = "Largest net flows"
    largest = "Net flows"
    if len(flows) > _MAX_FLOWS:
        largest = f"The {_MAX_FLOWS} largest net flows"
    if not len(flows):
        return Section("flows", heading, empty=context.with_nouns(reasons.NO_NET_FLOWS))
    return Section(
        "flows",
        heading,
        [
            context.with_nouns(
                "Gross is all that one region emits for the other; net is gross minus "
                "what flows back. Each pair of regions appears once, in the direction "
                "of its net flow."
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
                "along the same chains; what it pays for what flows back is not "
                "subtracted.",
                _MAX_FLOWS,
            )
        ],
    )


def _matrix(context: Context, flows: Rows, balances: Rows) -> Section:
    chart = _draw_matrix(context, flows, balances)
    if chart is None:
        return Section(
            "matrix", "Region by region", empty=context.with_nouns(reasons.NO_TRADE)
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
    chart = _draw_quadrants(context, balances)
    if chart is None:
        return Section(
            "trade", "Terms of trade", empty=context.with_nouns(reasons.NO_VALUE_ADDED)
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
                relabelled(quadrants, "quadrant", QUADRANTS),
                _QUADRANTS,
            ),
            make_table(
                context,
                "balances",
                f"Balances of all regions, {context.title}",
                relabelled(balances, "quadrant", QUADRANTS),
                _BALANCES,
            ),
        ],
    )


def _draw_matrix(context: Context, flows: Rows, regions: Rows) -> Chart | None:
    """Draw the flows between the largest regions as a coloured matrix."""
    positive = [row for row in flows if row["gross_flow"] > 0]
    if not positive:
        return None
    size = context.scale([row["gross_flow"] for row in positive], "stressor")
    names, ranks = {}, {}
    for side in ("origin", "destination"):
        for row in flows:
            names[row[f"{side}_region_id"]] = row[side]
            ranks[row[f"{side}_region_id"]] = row[f"{side}_place"]
    ordered = {id_: names[id_] for id_ in sorted(names, key=ranks.__getitem__)}
    unique = dict(zip(ordered, vega.unique_names(ordered), strict=True))
    rows = [
        {
            "region_id": row["origin_region_id"],
            "origin": unique[row["origin_region_id"]],
            "destination": unique[row["destination_region_id"]],
            **vega.figures(size, row["gross_flow"]),
        }
        for row in positive
    ]
    breaks = class_breaks([row["amount"] for row in rows], len(STEPS))
    names_of_classes = _classes(breaks, size)
    for row in rows:
        row["class"] = names_of_classes[bisect_right(breaks, row["amount"])]
    drawing = vega.draw(
        "rect",
        rows,
        {"stroke": GROUND, "strokeWidth": 1},
        x=vega.labels(
            "destination",
            unique.values(),
            title="for the final demand of",
            axis={"orient": "top", "labelAngle": -60},
        ),
        y=vega.labels("origin", unique.values(), title="emitted in"),
        **vega.kinds(
            "class",
            dict(zip(names_of_classes, _steps(len(names_of_classes)), strict=True)),
            "gross flow",
            legend={"symbolType": "square", "columns": 3},
        ),
        tooltip=vega.tips("origin=emitted in", "destination=for", "text=gross flow"),
    )
    largest = max(positive, key=lambda row: row["gross_flow"])
    is_part = len(unique) < len({row["region_id"] for row in regions})
    which = f"the {len(unique)} largest trading" if is_part else f"{len(unique)}"
    emitted: dict[str, float] = {}
    for row in positive:
        emitted[row["origin"]] = emitted.get(row["origin"], 0.0) + row["gross_flow"]
    most = max(emitted, key=emitted.__getitem__)
    step = max(min(24, 560 // len(unique)), 20) if len(unique) > 8 else 48
    side = step * len(unique)
    return Chart(
        "region-matrix",
        f"Of {which} {context.regions}, one emits most for the others: {most}, "
        f"{size.full(emitted[most])}",
        context.with_nouns(
            "A matrix with a row for each emitting and a column for each consuming "
            "region; the larger a gross flow, the more its cell stands out. "
        )
        + f"The largest: {largest['origin']} for {largest['destination']}, "
        f"{size.full(largest['gross_flow'])}.",
        vega.finished(drawing, height=side, width=side),
        flows,
        is_wide=True,
    )


def class_breaks(amounts: Sequence[float], classes: int) -> list[float]:
    """Return round limits between classes, each of half as many as the one below it.

    The limits are 1, 2 or 5 times a power of ten, in rising order; an amount at a
    limit is in the class above it. There are fewer where amounts are nearly the same.
    """
    ordered = sorted(amounts)
    breaks: list[float] = []
    for number in range(1, classes):
        amount = ordered[len(ordered) - 1 - len(ordered) // 2**number]
        power = 10.0 ** math.floor(math.log10(amount))
        # the last of the steps that are passed
        passed = (step for step in (1, 2, 5) if step * power <= amount)
        limit = max(passed, default=1) * power
        if ordered[0] < limit and limit not in breaks:
            breaks.append(limit)
    return breaks


def _steps(classes: int) -> list[str]:
    """Return colours of so many classes, the smallest and the largest among them."""
    if classes == 1:
        return STEPS[-1:]
    return [STEPS[at * (len(STEPS) - 1) // (classes - 1)] for at in range(classes)]


def _classes(breaks: Sequence[float], size: Scale) -> list[str]:
    """Return the classes in words, which leave no amount out."""
    if not breaks:
        return ["any"]
    written = [f"{limit:,g}" for limit in breaks]
    return [
        f"less than {written[0]} {size.unit}",
        *(f"{low} to {high} {size.unit}" for low, high in itertools.pairwise(written)),
        f"{written[-1]} {size.unit} and more",
    ]


def _draw_quadrants(context: Context, balances: Rows) -> Chart | None:
    """Draw net emissions against net value added of every region."""
    complete = [row for row in balances if row["quadrant"] is not None]
    if not complete:
        return None
    carbon = context.scale([row["net_transfer"] for row in complete], "stressor")
    money = context.scale(
        [row["net_value_added_transfer"] for row in complete], "currency"
    )
    rows = [
        {
            "region_id": row["region_id"],
            "region": row["region_name"],
            "carbon": vega.short(row["net_transfer"] / carbon.divisor),
            "money": vega.short(row["net_value_added_transfer"] / money.divisor),
            "kind": QUADRANTS[row["quadrant"]],
            "ctext": carbon.full(row["net_transfer"]),
            "mtext": money.full(row["net_value_added_transfer"]),
        }
        for row in complete
    ]
    x, y = (
        vega.amount(
            title, size, field, scale=padded([0.0, *(row[field] for row in rows)])
        )
        for title, size, field in (
            ("net value added earned", money, "money"),
            ("net emissions for others", carbon, "carbon"),
        )
    )
    points = vega.draw(
        "point",
        rows,
        x=x,
        y=y,
        **vega.kinds(
            "kind",
            _QUADRANT_COLOURS,
            also={"shape": _QUADRANT_SHAPES},
            legend={"columns": 2},
        ),
        tooltip=vega.tips(
            f"region={context.region}",
            "ctext=net emissions",
            "mtext=net value added",
            "kind=on balance",
        ),
    )
    named = outliers(rows, ("money", "carbon"))[:_MAX_NAMED]
    zero = vega.quantitative("zero")
    zeros = [
        vega.draw("rule", [{"zero": 0}], {"strokeWidth": 1}, **{axis: zero})
        for axis in ("x", "y")
    ]
    counts = {
        kind: sum(row["kind"] == kind for row in rows) for kind in QUADRANTS.values()
    }
    return Chart(
        "terms-of-trade",
        _quadrants_title(context, counts),
        context.with_nouns(
            "A point for each region: to the right it earns more by the demand of "
            "other regions than they by its own, above it emits more for them than "
            "they for it. "
            + "; ".join(f"{kind}: {count}" for kind, count in counts.items())
            + " regions."
        ),
        vega.finished(
            vega.layers(*zeros, points, *name_points(rows, named, x, y, _HEIGHT)),
            height=_HEIGHT,
        ),
        balances,
    )


def _quadrants_title(context: Context, counts: dict[str, int]) -> str:
    """Return how many emit for others on balance, and how many of them earn."""
    earn, pay = (
        counts[QUADRANTS[kind]] for kind in ("exporter_gainer", "exporter_loser")
    )
    return (
        f"{earn + pay} of {sum(counts.values())} {context.regions} emit for others on "
        f"balance, and {pay} of them pay"
    )
