"""Charts of flows between regions."""

import altair as alt

from carbonshed.report.charts.accounts import unique_names_of
from carbonshed.report.charts.maps import Window, has_place
from carbonshed.report.charts.theme import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    VERMILION,
    colours,
    data,
    finished,
    short,
    titled,
)
from carbonshed.report.content import Chart
from carbonshed.report.context import Context
from carbonshed.report.marts import Rows

QUADRANTS = {
    "exporter_gainer": "net exporter, earns on balance",
    "exporter_loser": "net exporter, pays on balance",
    "importer_gainer": "net importer, earns on balance",
    "importer_loser": "net importer, pays on balance",
}
_QUADRANT_COLOURS = [ORANGE, VERMILION, GREEN, BLUE]
_QUADRANT_SHAPES = ["circle", "square", "diamond", "triangle-up"]
MOST_ARCS = 60
_STEPS = 16  # of a curve


def matrix(context: Context, flows: Rows, regions: Rows) -> Chart | None:
    """Draw what the largest of the regions emit for each other, in colours."""
    shown = [each for each in flows if each["gross_flow"] > 0]
    if not shown:
        return None
    size = context.scale([each["gross_flow"] for each in shown], "stressor")
    places = {each["origin_region_id"]: each["origin_place"] for each in flows}
    places |= {
        each["destination_region_id"]: each["destination_place"] for each in flows
    }
    names = {each["origin_region_id"]: each["origin"] for each in flows}
    names |= {each["destination_region_id"]: each["destination"] for each in flows}
    ordered = {id_: names[id_] for id_ in sorted(names, key=places.__getitem__)}
    unique = dict(zip(ordered, unique_names_of(ordered), strict=True))
    sort = list(unique.values())
    rows = [
        {
            "origin": unique[each["origin_region_id"]],
            "destination": unique[each["destination_region_id"]],
            "amount": short(each["gross_flow"] / size.divisor),
            "text": size.full(each["gross_flow"]),
        }
        for each in shown
    ]
    top = max(row["amount"] for row in rows)
    chart = (
        alt.Chart(data(rows))
        .mark_rect()
        .encode(
            x=alt.X(
                "destination:N",
                sort=sort,
                title="for the final demand of",
                axis=alt.Axis(orient="top", labelAngle=-60),
            ),
            y=alt.Y("origin:N", sort=sort, title="emitted in"),
            color=alt.Color(
                "amount:Q",
                title=titled("flow", size.unit),
                scale=alt.Scale(
                    type="log", domain=[top / 1000, top], clamp=True, scheme="cividis"
                ),
                legend=alt.Legend(
                    orient="bottom", gradientLength=300, tickCount=4, format="~g"
                ),
            ),
            tooltip=[
                alt.Tooltip("origin:N", title="emitted in"),
                alt.Tooltip("destination:N", title="for"),
                alt.Tooltip("text:N", title="flow"),
            ],
        )
    )
    largest = max(shown, key=lambda each: each["gross_flow"])
    is_some = len(sort) < len({each["region_id"] for each in regions})
    which = f"the {len(sort)} largest trading" if is_some else "the"
    step = max(min(24, 560 // len(sort)), 20) if len(sort) > 8 else 48
    return Chart(
        "region-matrix",
        context.with_nouns(f"What {which} regions emit for each other"),
        context.with_nouns(
            "A matrix with a row for each emitting and a column for each consuming "
            "region; brighter cells are larger flows, on a logarithmic scale. "
        )
        + f"The largest is from {largest['origin']} for {largest['destination']}: "
        f"{size.full(largest['gross_flow'])}.",
        finished(chart.properties(height=step * len(sort)), width=step * len(sort)),
        flows,
        is_wide=True,
    )


def arcs(context: Context, flows: Rows, regions: Rows) -> Chart | None:
    """Largest net flows as arcs between the places of regions."""
    places = [each for each in regions if has_place(each)]
    drawn = [
        each
        for each in flows
        if has_place(each, "origin_") and has_place(each, "destination_")
    ][:MOST_ARCS]
    if len(places) < 2 or not drawn:
        return None
    size = context.scale([each["net_flow"] for each in drawn], "stressor")
    window = Window(places)
    lines, heads = [], []
    for number, each in enumerate(drawn):
        words = {
            "flow": number,
            "from": each["origin"],
            "to": each["destination"],
            "amount": short(each["net_flow"] / size.divisor),
            "text": size.full(each["net_flow"]),
        }
        points = _bent(each, window.stretch)
        lines += [
            {**words, "x": short(x), "y": short(y), "step": step}
            for step, (x, y) in enumerate(points)
        ]
        heads.append({**words, **_head(points, window)})
    chart = _map(places, lines, heads, window, titled("net flow", size.unit))
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
        finished(chart, ratio=window.ratio),
        Rows(flows.columns, [tuple(each.values()) for each in drawn]),
    )


def _bent(flow: dict, stretch: float) -> list[tuple[float, float]]:
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


def _head(points: list[tuple[float, float]], window: Window) -> dict:
    """Return place and direction of the arrow, two thirds of the way."""
    before, after = points[_STEPS * 2 // 3], points[_STEPS * 2 // 3 + 1]
    angle = window.angle(after[0] - before[0], after[1] - before[1])
    return {"x": short(before[0]), "y": short(before[1]), "angle": round(angle)}


def _map(
    places: list[dict], lines: list[dict], heads: list[dict], window: Window, size: str
) -> alt.LayerChart:
    axes = window.axes()
    tooltip = [
        alt.Tooltip("from:N", title="emitted in"),
        alt.Tooltip("to:N", title="for"),
        alt.Tooltip("text:N", title="net flow"),
    ]
    points = (
        alt.Chart(
            data(
                {
                    "region": each["region_name"],
                    "x": short(each["longitude"]),
                    "y": short(each["latitude"]),
                }
                for each in places
            )
        )
        .mark_point(color=GREY, size=16, opacity=1)
        .encode(**axes, tooltip=[alt.Tooltip("region:N")])
    )
    curves = (
        alt.Chart(data(lines))
        .mark_line(color=BLUE, opacity=1)
        .encode(
            **axes,
            detail="flow:N",
            order="step:Q",
            strokeWidth=alt.StrokeWidth(
                "amount:Q",
                title=size,
                scale=alt.Scale(range=[0.8, 6]),
                legend=alt.Legend(symbolType="stroke", tickCount=4),
            ),
            tooltip=tooltip,
        )
    )
    arrows = (
        alt.Chart(data(heads))
        .mark_point(shape="triangle-up", color=VERMILION, size=55, opacity=1)
        .encode(
            **axes,
            angle=alt.Angle(
                "angle:Q", scale=alt.Scale(domain=[0, 360], range=[0, 360])
            ),
            tooltip=tooltip,
        )
    )
    return points + curves + arrows


def quadrants(context: Context, balances: Rows) -> Chart | None:
    """Net emissions against net value added of every region."""
    known = [each for each in balances if each["quadrant"] is not None]
    if not known:
        return None
    carbon = context.scale([each["net_emissions"] for each in known], "stressor")
    money = context.scale([each["net_value_added"] for each in known], "currency")
    rows = [
        {
            "region": each["region_name"],
            "carbon": short(each["net_emissions"] / carbon.divisor),
            "money": short(each["net_value_added"] / money.divisor),
            "kind": QUADRANTS[each["quadrant"]],
            "ctext": carbon.full(each["net_emissions"]),
            "mtext": money.full(each["net_value_added"]),
        }
        for each in known
    ]
    kinds = list(QUADRANTS.values())
    points = (
        alt.Chart(data(rows))
        .mark_point(opacity=1)
        .encode(
            x=alt.X("money:Q", title=titled("net value added earned", money.unit)),
            y=alt.Y("carbon:Q", title=titled("net emissions exported", carbon.unit)),
            color=alt.Color(
                "kind:N",
                title=None,
                scale=colours(kinds, _QUADRANT_COLOURS),
                legend=alt.Legend(columns=2),
            ),
            shape=alt.Shape(
                "kind:N",
                title=None,
                scale=alt.Scale(domain=kinds, range=_QUADRANT_SHAPES),
                legend=alt.Legend(columns=2),
            ),
            tooltip=[
                alt.Tooltip("region:N"),
                alt.Tooltip("ctext:N", title="net emissions"),
                alt.Tooltip("mtext:N", title="net value added"),
                alt.Tooltip("kind:N", title="kind"),
            ],
        )
    )
    zero = alt.Chart(data([{"zero": 0}])).mark_rule(strokeWidth=1)
    chart = zero.encode(x="zero:Q") + zero.encode(y="zero:Q") + points
    counts = {kind: sum(row["kind"] == kind for row in rows) for kind in kinds}
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
        finished(chart, height=360),
        balances,
    )
