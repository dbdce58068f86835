"""Maps: values of regions by colour, and flows between them, on the report's ground.

A specification names the data set `outlines`, which a page loads once from
``assets/outlines.js``; `with_outlines` puts it into a picture that is saved.
"""

import math
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np

from carbonshed.numbers import Scale
from carbonshed.report import vega
from carbonshed.report.colours import GROUND, INK, STEPS, colour_of
from carbonshed.report.content import Chart
from carbonshed.report.context import Context
from carbonshed.report.labels import text_width
from carbonshed.report.map_ground import SAYS, WIDTH, MapGround
from carbonshed.report.queries import Rows
from carbonshed.text import listing

OUTLINES = "outlines"  # name of the data set
_MAX_CLASSES = len(STEPS)
_FAINT = 1  # steps that dark letters are legible on
# land without a value has borders alone
_LAND = {"filled": False, "stroke": colour_of("unknown"), "strokeWidth": 0.5}
_MAX_ARCS = 30
_ARC_STEPS = 16
_BEND = 0.36  # a share of the distance
_TOP = 4  # units that arcs stay below the upper edge


def draw_map(
    context: Context,
    rows: Rows,
    column: str,
    unit: str,
    title: str,
    id_: str = "map",
    finding: str = "",
    contradicted: Collection[str] = (),
) -> Chart | None:
    """Draw a value of each region by colour, in classes with about as many regions.

    Parameters
    ----------
    rows
        Rows with `region_id`, `region_name` and the value.
    column, unit
        The value's column, and its unit as of `Context.scale`.
    title
        The chart's title, which legend and tooltip have too.
    finding
        The id of the finding that the map shows: its headline is the title, and the
        region that it names is named.
    contradicted
        Regions that are not named at the ends of the range, since what is published
        of them is another value.

    Returns
    -------
    Chart or None
        None without a ground, and where fewer than two classes can be told apart.
    """
    ground = context.ground
    if ground is None:
        return None
    drawn = [
        row
        for row in rows
        if row[column] is not None and row["region_id"] in ground.points
    ]
    size = context.scale([row[column] for row in drawn], unit)
    amounts = [row[column] / size.divisor for row in drawn]
    limits = clean_limits(amounts)
    if not limits:
        return None
    values = [
        {
            "region_id": row["region_id"],
            "region": row["region_name"],
            **vega.figures(size, row[column]),
        }
        for row in drawn
    ]
    values.sort(key=lambda value: value["amount"])
    label = f"{title[:1].lower()}{title[1:]}"
    agreeing = [v for v in values if v["region_id"] not in contradicted] or values
    # who is first and last of a compiled table hangs on its estimated trade
    is_compiled = context.is_compiled
    ends = () if is_compiled else (agreeing[0], agreeing[-1])
    shown = {
        value["region_id"]: f"{value['region']} {value['text'].split()[0]}"
        for value in reversed(ends)
    }
    if is_compiled:
        subject = context.subject(finding)
        names = {value["region_id"]: value["region"] for value in values}
        shown = {subject: names[subject]} if subject in names else {}
    spec = _on_ground(
        ground,
        _land(values),
        _areas(
            values,
            limits,
            vega.titled(label, size.unit),
            vega.tips(f"region={context.region}", f"text={label}"),
        ),
        *(
            _tile_names(ground, values, limits)
            if _has_room(ground)
            else _names(ground, shown)
        ),
    )
    span = " to ".join(
        # the title says "per person" already
        f"{end['text'].removesuffix(' per person')} ({end['region']})"
        for end in ends
    )
    sentence = f"{title}: from {span}" if span else title
    if span and len(agreeing) < len(values):
        sentence += " where no published figure disagrees"
    is_whole = {feature.get("id") for feature in ground.features} <= {
        row["region_id"] for row in drawn
    }
    blank = (
        ()
        if ground.is_tiles or is_whole
        else ("Blank areas have no figure in this table.",)
    )
    return Chart(
        id_,
        title,
        context.with_nouns(
            f"A map{' of tiles' if ground.is_tiles else ''}: a stronger shade "
            "means more. "
        )
        + f"{sentence}.",
        spec,
        rows,
        finding=context.headline(finding) or (sentence if span else ""),
        notes=(*notes(context, ground), *blank),
    )


def notes(context: Context, ground: MapGround) -> tuple[str, ...]:
    """Return the lines that stand below a map and in its picture."""
    if ground.is_tiles:
        return (
            f"A square for each {context.region}, near its neighbours; all are the "
            "same size.",
        )
    return (f"{ground.credit}. {SAYS}", *_remarks(ground))


def _remarks(ground: MapGround) -> list[str]:
    """Return what a reader must know of places that are not where they are drawn."""
    if not ground.moved:
        return []
    verb = "lies" if len(ground.moved) == 1 else "lie"
    return [
        f"{listing(ground.moved, separator=' and ')} {verb} farther away than drawn."
    ]


def with_outlines(spec: vega.Spec, ground: MapGround) -> vega.Spec:
    """Return a specification of a map with its outlines in it."""
    return {**spec, "datasets": {OUTLINES: ground.features}}


def clean_limits(values: Sequence[float]) -> list[float]:
    """Return the limits of classes that hold about as many values each.

    They have as few digits as keep half of that many in each class; the middle class
    of five has the median. Fewer than two classes have none.
    """
    data = np.sort(np.asarray(values, dtype=float))
    different = len(np.unique(data))
    count = min(_MAX_CLASSES, different // 2 if different > 3 else different)
    if count < 2:
        return []
    exact = np.quantile(data, np.arange(1, count) / count)
    limits: list[float] = []
    for digits in (1, 2, 3, 6):
        limits = sorted({float(f"{limit:.{digits}g}") for limit in exact})
        # a value on a limit belongs to the class above it
        sizes = np.diff([0, *np.searchsorted(data, limits, "left"), len(data)])
        if len(limits) == count - 1 and sizes.min() >= len(data) / count / 2:
            return limits
    return [limit for limit in limits if data[0] < limit <= data[-1]]


def _on_ground(ground: MapGround, *drawings: vega.Spec) -> vega.Spec:
    spec = {
        **vega.layers(*drawings),
        # outlines are projected already, and only drawn larger or smaller
        "projection": {
            "type": "identity",
            "scale": {"expr": f"room / {WIDTH:g}"},
            "translate": [0, 0],
        },
    }
    return vega.finished(spec, ratio=ground.ratio)


def _shapes(look: vega.Spec, values: list[dict[str, Any]], test: str) -> vega.Spec:
    """Return the shapes of regions whose values pass a test."""
    fields = ["region_id", "region", "amount", "text"]
    return {
        "data": {"name": OUTLINES},
        "transform": [
            {
                "lookup": "id",
                "from": {
                    "data": {"values": values},
                    "key": "region_id",
                    "fields": fields,
                },
            },
            {"filter": test},
        ],
        "mark": {"type": "geoshape", "clip": True, **look},
    }


def _land(values: list[dict[str, Any]]) -> vega.Spec:
    ids = [{"region_id": value["region_id"], "amount": 0} for value in values]
    return _shapes({**_LAND, "tooltip": None}, ids, "!isValid(datum.amount)")


def _areas(
    values: list[dict[str, Any]],
    limits: list[float],
    title: str,
    tooltip: list[vega.Spec],
) -> vega.Spec:
    legend = {
        "gradientLength": 240,
        "gradientThickness": 12,
        "format": "~g",
        "titleLimit": 340,
        # limits stand where they are among the values, which may be close
        "labelOverlap": "greedy",
        "labelSeparation": 5,
    }
    look = {"stroke": GROUND, "strokeWidth": 0.6}
    drawing = _shapes(look, values, "isValid(datum.amount)")
    scale = {"type": "threshold", "domain": limits, "range": _steps(limits)}
    return {
        **drawing,
        "encoding": {
            "color": vega.quantitative(
                "amount", title=title, scale=scale, legend=legend
            ),
            "tooltip": tooltip,
        },
    }


def _steps(limits: list[float]) -> list[str]:
    """Return a colour for each class, from the faintest to the strongest."""
    last = len(STEPS) - 1
    return [STEPS[round(k * last / len(limits))] for k in range(len(limits) + 1)]


def _places(ground: MapGround, region: str) -> dict[str, float]:
    x, y = ground.points[region]
    return {"x": x, "y": y}


_AT = {
    "longitude": vega.quantitative("x"),
    "latitude": vega.quantitative("y"),
}


def _names(ground: MapGround, names: Mapping[str, str]) -> list[vega.Spec]:
    """Return the names of up to two regions at their places, with a halo."""
    layers = []
    southernmost = max(names, key=lambda id_: ground.points[id_][1], default="")
    for region, name in names.items():
        row = {**_places(ground, region), "name": name}
        x, half = row["x"] / WIDTH, text_width(name) / 2
        # the southern of two is below its place, so that they never meet; and none
        # is over an edge
        is_below = len(names) > 1 and region == southernmost
        from_west = f"max(0, {half:.0f} - {x:.4f} * room)"
        from_east = f"min(0, {1 - x:.4f} * room - {half:.0f})"
        look = {
            "fontWeight": 600,
            "dx": {"expr": f"{from_west} + {from_east}"},
            "dy": 11 if is_below else -9,
        }
        layers += [
            vega.draw("point", [row], {"color": INK, "size": 14}, **_AT),
            *vega.haloed([row], look, **_AT, text=vega.nominal("name")),
        ]
    return layers


def _widest(ground: MapGround) -> float:
    """Return the pixels that the widest short name takes."""
    return max(map(text_width, ground.labels.values())) + 2


def _has_room(ground: MapGround) -> bool:
    """Return whether tiles have room for their short names in a saved picture."""
    wide = ground.side / WIDTH * vega.EXPORT_WIDTH
    return ground.is_tiles and wide >= _widest(ground)


def _tile_names(
    ground: MapGround, values: list[dict[str, Any]], limits: list[float]
) -> list[vega.Spec]:
    """Return the short names on tiles, shown where the tiles are wide enough."""
    steps = _steps(limits)
    rows: dict[str, list[dict[str, Any]]] = {INK: [], GROUND: []}
    for value in values:
        step = steps[sum(value["amount"] >= limit for limit in limits)]
        ink = INK if STEPS.index(step) < _FAINT else GROUND
        region = value["region_id"]
        rows[ink].append({**_places(ground, region), "name": ground.labels[region]})
    is_wide = f"room * {ground.side / WIDTH:.5f} >= {_widest(ground):.1f}"
    look = {"opacity": {"expr": f"{is_wide} ? 1 : 0"}}
    name = vega.nominal("name")
    return [
        vega.draw("text", named, {**look, "color": ink}, **_AT, text=name)
        for ink, named in rows.items()
    ]


def draw_flows_on_map(context: Context, flows: Rows) -> Chart | None:
    """Draw the largest flows between regions as arcs over the ground.

    Parameters
    ----------
    flows
        Rows with ids and names of `origin` and `destination` and the `net_flow`, the
        largest first.

    Returns
    -------
    Chart or None
        None without a ground, or without a flow between two places on it.
    """
    ground = context.ground
    if ground is None:
        return None
    ends = ("origin_region_id", "destination_region_id")
    drawn = [flow for flow in flows if all(flow[end] in ground.points for end in ends)]
    drawn = drawn[:_MAX_ARCS]
    if not drawn:
        return None
    size = context.scale([flow["net_flow"] for flow in drawn], "stressor")
    lines, heads = [], []
    for number, flow in enumerate(drawn):
        fields = {
            "flow": number,
            "from": flow["origin"],
            "to": flow["destination"],
            **vega.figures(size, flow["net_flow"]),
        }
        points = _arc(*(ground.points[flow[end]] for end in ends))
        lines += [
            {**fields, "x": x, "y": y, "step": step}
            for step, (x, y) in enumerate(points)
        ]
        heads.append({**fields, **_head(points)})
    first = drawn[0]
    count = f"The {len(drawn)} largest" if len(drawn) < len(flows) else "All"
    sentence = (
        f"The largest net flow is from {first['origin']} to {first['destination']}: "
        f"{size.full(first['net_flow'])}"
    )
    return Chart(
        "flows-on-the-map",
        context.with_nouns(f"{count} net flows between regions"),
        context.with_nouns(
            "An arc with an arrow leads from the region that emits to the region whose "
            "consumption it serves; the wider, the more. "
        )
        + f"{sentence}.",
        _on_ground(
            ground,
            _shapes(_LAND, [], "true"),
            *_arcs(lines, heads, size),
            *_names(
                ground,
                {first[end]: first[end.removesuffix("_region_id")] for end in ends},
            ),
        ),
        Rows(flows.columns, [tuple(flow.values()) for flow in drawn]),
        finding=sentence,
        notes=notes(context, ground),
    )


def _arc(
    start: tuple[float, float], end: tuple[float, float]
) -> list[tuple[float, float]]:
    """Return points of an arc that bends to the north, as the shortest way does."""
    (x0, y0), (x1, y1) = start, end
    dx, dy = (x1 - x0, y1 - y0) if x1 >= x0 else (x0 - x1, y0 - y1)
    t = np.linspace(0, 1, _ARC_STEPS + 1)[:, None]
    bend = _BEND
    while True:
        # the middle of the arc is half as far from the chord as this point
        middle = np.array([(x0 + x1) / 2 + bend * dy, (y0 + y1) / 2 - bend * dx])
        points = (1 - t) ** 2 * start + 2 * t * (1 - t) * middle + t**2 * end
        if points[:, 1].min() >= min(y0, y1, _TOP):
            return [(x, y) for x, y in np.round(points, 1).tolist()]
        bend *= 0.8  # it would leave the ground


def _head(points: list[tuple[float, float]]) -> dict[str, float]:
    """Return place and direction of the arrow, two thirds of the way."""
    before, after = points[_ARC_STEPS * 2 // 3], points[_ARC_STEPS * 2 // 3 + 1]
    angle = math.degrees(math.atan2(after[0] - before[0], before[1] - after[1]))
    return {"x": before[0], "y": before[1], "angle": round(angle % 360)}


def _arcs(
    lines: list[dict[str, Any]], heads: list[dict[str, Any]], size: Scale
) -> list[vega.Spec]:
    tips = vega.tips("from=emitted in", "to=for", "text=net flow")
    width = vega.quantitative(
        "amount",
        title=vega.titled("net flow", size.unit),
        scale={"range": [0.8, 7]},
        legend={"symbolType": "stroke", "tickCount": 4},
    )
    angle = vega.quantitative("angle", scale={"domain": [0, 360], "range": [0, 360]})
    arrow = {"color": colour_of("direction"), "size": 60, "shape": "triangle-up"}
    line = {"color": colour_of("net flow"), "opacity": 0.85, "strokeCap": "round"}
    return [
        vega.draw(
            "line",
            lines,
            {**line, "clip": True},
            **_AT,
            detail=vega.nominal("flow"),
            order=vega.quantitative("step"),
            strokeWidth=width,
            tooltip=tips,
        ),
        vega.draw("point", heads, arrow, **_AT, angle=angle, tooltip=tips),
    ]


def data_of(ground: MapGround) -> Mapping[str, Any]:
    """Return what the pages of a report load: the ground of all their maps."""
    return {
        "width": WIDTH,
        "height": round(WIDTH * ground.ratio, 1),
        "isTiles": ground.is_tiles,
        "credit": ground.credit,
        "says": "" if ground.is_tiles else " ".join([SAYS, *_remarks(ground)]),
        "features": ground.features,
        "places": ground.points,
        "labels": ground.labels,
    }
