"""Emissions embodied in trade between regions."""

from carbonshed.report import maps, vega
from carbonshed.report.colours import colour_of
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
from carbonshed.report.marts import Marts, Rows
from carbonshed.report.pages import words

TITLE = "Trade"

QUADRANTS = {
    "exporter_gainer": "net exporter, earns on balance",
    "exporter_loser": "net exporter, pays on balance",
    "importer_gainer": "net importer, earns on balance",
    "importer_loser": "net importer, pays on balance",
}
_QUADRANT_COLOURS = {
    QUADRANTS["exporter_gainer"]: colour_of("emits for others and earns"),
    QUADRANTS["exporter_loser"]: colour_of("emits for others and pays"),
    QUADRANTS["importer_gainer"]: colour_of("others emit for it, and it earns"),
    QUADRANTS["importer_loser"]: colour_of("others emit for it, and it pays"),
}
_QUADRANT_SHAPES = ["circle", "square", "diamond", "triangle-up"]
_MAX_ARCS = 60
_STEPS = 16  # along an arc

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
        return Page(TITLE, lead, sections)
    balances = marts.ask("leakage/balances")
    sections += [
        _map(context, flows, balances),
        _flows(context, flows),
        _matrix(context, matrix, balances),
        _trade(context, balances, marts.ask("leakage/quadrants")),
    ]
    return Page(TITLE, lead, sections, context.finding("poor_to_rich"))


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
    return Section("shares", heading, [context.with_nouns(held)], facts, others=others)


def _map(context: Context, flows: Rows, balances: Rows) -> Section:
    chart = maps.draw_flows_on_map(
        context, flows, finding=context.headline("largest_flow")
    )
    heading = "On the map"
    if not len(flows):
        return Section("map", heading, empty=context.with_nouns(words.NO_NET_FLOWS))
    if chart is None:
        return Section("map", heading, empty=context.with_nouns(words.NO_PLACES))
    return Section("map", heading, charts=[chart])


def _flows(context: Context, flows: Rows) -> Section:
    heading = "Largest net flows"
    largest = "Net flows"
    if len(flows) > _MAX_FLOWS:
        largest = f"The {_MAX_FLOWS} largest net flows"
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
                _MAX_FLOWS,
            )
        ],
    )


def _matrix(context: Context, flows: Rows, balances: Rows) -> Section:
    chart = _draw_matrix(context, flows, balances)
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
    chart = _draw_quadrants(context, balances)
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
            "origin": unique[row["origin_region_id"]],
            "destination": unique[row["destination_region_id"]],
            **vega.figures(size, row["gross_flow"]),
        }
        for row in positive
    ]
    top = max(row["amount"] for row in rows)
    domain = [top / 1000, top]
    drawing = vega.draw(
        "rect",
        rows,
        x=vega.labels(
            "destination",
            unique.values(),
            title="for the final demand of",
            axis={"orient": "top", "labelAngle": -60},
        ),
        y=vega.labels("origin", unique.values(), title="emitted in"),
        color=vega.amount(
            "flow",
            size,
            scale={"type": "log", "domain": domain, "clamp": True, "scheme": "cividis"},
            legend={
                "orient": "bottom",
                "gradientLength": 300,
                "tickCount": 4,
                "format": "~g",
            },
        ),
        tooltip=vega.tips("origin=emitted in", "destination=for", "text=flow"),
    )
    largest = max(positive, key=lambda row: row["gross_flow"])
    is_part = len(unique) < len({row["region_id"] for row in regions})
    which = f"the {len(unique)} largest trading" if is_part else "the"
    step = max(min(24, 560 // len(unique)), 20) if len(unique) > 8 else 48
    side = step * len(unique)
    return Chart(
        "region-matrix",
        context.with_nouns(f"What {which} regions emit for each other"),
        context.with_nouns(
            "A matrix with a row for each emitting and a column for each consuming "
            "region; brighter cells are larger flows, on a logarithmic scale. "
        )
        + f"The largest is from {largest['origin']} for {largest['destination']}: "
        f"{size.full(largest['gross_flow'])}.",
        vega.finished(drawing, height=side, width=side),
        flows,
        is_wide=True,
    )


def _draw_arcs(context: Context, flows: Rows, regions: Rows) -> Chart | None:
    """Draw the largest net flows as arcs between the coordinates of regions."""
    located = [row for row in regions if vega.has_place(row)]
    drawn = [
        flow
        for flow in flows
        if vega.has_place(flow, "origin_") and vega.has_place(flow, "destination_")
    ][:_MAX_ARCS]
    if len(located) < 2 or not drawn:
        return None
    size = context.scale([flow["net_flow"] for flow in drawn], "stressor")
    window = vega.Window(located)
    lines, heads = [], []
    for index, flow in enumerate(drawn):
        fields = {
            "flow": index,
            "from": flow["origin"],
            "to": flow["destination"],
            **vega.figures(size, flow["net_flow"]),
        }
        points = _arc(flow, window.stretch)
        lines += [
            {**fields, "x": vega.short(x), "y": vega.short(y), "step": step}
            for step, (x, y) in enumerate(points)
        ]
        heads.append({**fields, **_head(points, window)})
    drawing = _map_layers(
        located, lines, heads, window, vega.titled("net flow", size.unit)
    )
    first = drawn[0]
    return Chart(
        "flows-on-the-map",
        f"The {len(drawn)} largest net flows between places",
        context.with_nouns(
            "Points are regions at their coordinates. An arc with an arrow leads from "
            "the region that emits to the region whose consumption it serves; the "
            "wider, the more. "
        )
        + f"The largest is from {first['origin']} to {first['destination']}, "
        f"{size.full(first['net_flow'])} net.",
        vega.finished(drawing, ratio=window.ratio),
        Rows(flows.columns, [tuple(flow.values()) for flow in drawn]),
    )


def _arc(flow: dict, stretch: float) -> list[tuple[float, float]]:
    """Return points of an arc that bends to the left of its way."""
    x0, y0 = flow["origin_longitude"], flow["origin_latitude"]
    x1, y1 = flow["destination_longitude"], flow["destination_latitude"]
    dx, dy = (x1 - x0) * stretch, y1 - y0
    middle = (x0 + x1) / 2 - dy * 0.22 / stretch, (y0 + y1) / 2 + dx * 0.22
    return [
        tuple(
            (1 - t) ** 2 * start + 2 * t * (1 - t) * bend + t**2 * end
            for start, bend, end in zip((x0, y0), middle, (x1, y1), strict=True)
        )
        for t in (step / _STEPS for step in range(_STEPS + 1))
    ]


def _head(points: list[tuple[float, float]], window: vega.Window) -> vega.Spec:
    """Return position and direction of the arrow, two thirds of the way."""
    before, after = points[_STEPS * 2 // 3], points[_STEPS * 2 // 3 + 1]
    angle = window.angle(after[0] - before[0], after[1] - before[1])
    return {
        "x": vega.short(before[0]),
        "y": vega.short(before[1]),
        "angle": round(angle),
    }


def _map_layers(
    regions: list[dict],
    lines: list[dict],
    heads: list[dict],
    window: vega.Window,
    size: str,
) -> vega.Spec:
    axes = window.axes()
    tips = vega.tips("from=emitted in", "to=for", "text=net flow")
    width = vega.quantitative(
        "amount",
        title=size,
        scale={"range": [0.8, 6]},
        legend={"symbolType": "stroke", "tickCount": 4},
    )
    angle = vega.quantitative("angle", scale={"domain": [0, 360], "range": [0, 360]})
    points = [
        {
            "region": row["region_name"],
            "x": vega.short(row["longitude"]),
            "y": vega.short(row["latitude"]),
        }
        for row in regions
    ]
    dot = {"color": colour_of("unknown"), "size": 16, "opacity": 1}
    arrow = {
        "color": colour_of("other places"),
        "size": 55,
        "opacity": 1,
        "shape": "triangle-up",
    }
    return vega.layers(
        vega.draw("point", points, dot, **axes, tooltip=vega.tips("region")),
        vega.draw(
            "line",
            lines,
            {"color": colour_of("footprint"), "opacity": 1},
            **axes,
            detail=vega.nominal("flow"),
            order=vega.quantitative("step"),
            strokeWidth=width,
            tooltip=tips,
        ),
        vega.draw("point", heads, arrow, **axes, angle=angle, tooltip=tips),
    )


def _draw_quadrants(context: Context, balances: Rows) -> Chart | None:
    """Draw net emissions against net value added of every region."""
    complete = [row for row in balances if row["quadrant"] is not None]
    if not complete:
        return None
    carbon = context.scale([row["net_emissions"] for row in complete], "stressor")
    money = context.scale([row["net_value_added"] for row in complete], "currency")
    rows = [
        {
            "region": row["region_name"],
            "carbon": vega.short(row["net_emissions"] / carbon.divisor),
            "money": vega.short(row["net_value_added"] / money.divisor),
            "kind": QUADRANTS[row["quadrant"]],
            "ctext": carbon.full(row["net_emissions"]),
            "mtext": money.full(row["net_value_added"]),
        }
        for row in complete
    ]
    points = vega.draw(
        "point",
        rows,
        {"opacity": 1},
        x=vega.amount("net value added earned", money, "money"),
        y=vega.amount("net emissions exported", carbon, "carbon"),
        **vega.kinds(
            "kind",
            _QUADRANT_COLOURS,
            also={"shape": _QUADRANT_SHAPES},
            legend={"columns": 2},
        ),
        tooltip=vega.tips(
            "region", "ctext=net emissions", "mtext=net value added", "kind=kind"
        ),
    )
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
        "Who exports emissions on balance, and who earns",
        context.with_nouns(
            "A point for each region: to the right it earns more by the demand of "
            "other regions than they by its own, above it emits more for them than "
            "they for it. "
            + "; ".join(f"{kind}: {count}" for kind, count in counts.items())
            + " regions."
        ),
        vega.finished(vega.layers(*zeros, points), height=360),
        balances,
    )
