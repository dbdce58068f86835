"""The picture of the largest flows between places, beside all others."""

import itertools
from dataclasses import dataclass
from typing import Any

from carbonshed.numbers import Scale, percent
from carbonshed.report import sankey, vega
from carbonshed.report.colours import GROUND, colour_of
from carbonshed.report.content import Chart
from carbonshed.report.context import Context
from carbonshed.report.labels import shortened, text_width
from carbonshed.report.marts import Rows

# pixels
_ALL_RIBBONS = 250
_LINE = 17
_GAP = 8
_WIDE = 560  # a plot with much room for names
_SIDES_FOR_NAMES = (104, 200)  # at most, in a narrow plot and in a wide one
_BESIDE = 12  # between a place and its name
_WHOLE = {"domain": [0, 1]}
_MIN_WRITTEN = 18  # a thinner ribbon has no room for its amount
_MAX_LINES = 2  # lines of a name
_HEAD, _BAR_BELOW, _BAR_HEIGHT = 24, 24, 16
_SIDES, _HEADS = ("origin", "destination"), ("emitted in", "consumed in")


@dataclass(frozen=True)
class _Part:
    """A part of all flows, in words with its amount."""

    kind: str
    amount: float
    colour: str


@dataclass(frozen=True)
class _Side:
    """The places on one side: their names in lines, and what the picture shows.

    The lines are those in a narrow plot, and those in a wide one.
    """

    lines: dict[str, tuple[list[str], list[str]]]
    names: dict[str, str]
    shown: dict[str, float]


def draw_largest(context: Context, flows: Rows) -> Chart | None:
    """Draw the largest gross flows as a Sankey diagram, and their part of all flows."""
    if not len(flows):
        return None
    size = context.scale(flows.column("gross_flow"), "stressor")
    sides = [_side(flows, side, size) for side in _SIDES]
    layout = sankey.lay_out(
        [
            sankey.Flow(
                *(row[f"{side}_region_id"] for side in _SIDES), row["gross_flow"]
            )
            for row in flows
        ],
        _ALL_RIBBONS,
        tuple(
            {id_: _LINE * max(map(len, lines)) for id_, lines in side.lines.items()}
            for side in sides
        ),
        _GAP,
    )
    parts = _parts(context, flows, size)
    height = round(layout.height) + _BAR_BELOW + _BAR_HEIGHT
    axes = {
        "x": vega.quantitative("x", axis=None, scale=_between_names(sides)),
        "y": vega.quantitative(
            "y",
            axis=None,
            scale={"domain": [-_HEAD, height], "reverse": True, "nice": False},
        ),
    }
    drawing = vega.layers(
        *_ribbons(flows, layout, size, parts, axes),
        *_places(layout, sides, size, axes),
        _all_flows(parts, size, round(layout.height) + _BAR_BELOW, axes),
    )
    drawing["resolve"] = {"scale": {"x": "independent"}}
    first = next(iter(flows))
    title = _title(context, flows)
    return Chart(
        "largest-flows",
        title,
        context.with_nouns(
            "Gross flows: what the region on the left emits for what the region on the "
            "right consumes; what flows back is not subtracted. "
        )
        + f"The largest: {first['origin']} for {first['destination']}, "
        f"{size.full(first['gross_flow'])}; {size.full(first['reverse_flow'])} "
        "flows back. The bar is all that is emitted for other "
        f"{context.regions}.",
        vega.finished(drawing, height=height + _HEAD),
        flows,
        finding=context.headline("largest_flow"),
    )


def _side(flows: Rows, side: str, size: Scale) -> _Side:
    names = {row[f"{side}_region_id"]: row[side] for row in flows}
    shown: dict[str, float] = dict.fromkeys(names, 0.0)
    for row in flows:
        shown[row[f"{side}_region_id"]] += row["gross_flow"]
    lines = {
        id_: tuple(
            [*_in_lines(name, most - _BESIDE), size.full(shown[id_])]
            for most in _SIDES_FOR_NAMES
        )
        for id_, name in names.items()
    }
    return _Side(lines, names, shown)


def _in_lines(name: str, width: float) -> list[str]:
    """Return a name in few lines, the last one cut at a word where it is longer."""
    lines = vega.wrapped(name, width)
    *first, last = [*lines[: _MAX_LINES - 1], " ".join(lines[_MAX_LINES - 1 :])]
    return [shortened(line, width) for line in (*first, last) if line]


def _between_names(sides: list[_Side]) -> vega.Spec:
    """Return a scale that leaves the names on both sides the room they need."""
    ends = []
    for head, side in zip(_HEADS, sides, strict=True):
        narrow, wide = (
            _BESIDE + max(map(text_width, itertools.chain([head], *lines)))
            for lines in zip(*side.lines.values(), strict=True)
        )
        ends.append(f"(room < {_WIDE} ? {narrow:.0f} : {wide:.0f})")
    left, right = ends
    return {"domain": [0, 1], "range": [{"expr": left}, {"expr": f"room - {right}"}]}


def _title(context: Context, flows: Rows) -> str:
    first = next(iter(flows))
    if len(flows) == 1:
        return f"One flow connects the {context.regions}"
    largest = sum(flows.column("gross_flow"))
    return (
        f"The {len(flows)} largest flows are "
        f"{percent(largest / first['all_flows'], 0)} of what is emitted for other "
        f"{context.regions}"
    )


def _parts(context: Context, flows: Rows, size: Scale) -> list[_Part]:
    """Return the parts of all flows: the largest, the others shown, and the rest."""
    first = next(iter(flows))
    largest, *next_ones = flows.column("gross_flow")
    between, every = first["flows_between_ranked"], first["all_flows"]
    others = first["pairs"] - len(flows)
    rest = "the rest of the world" if context.is_of_the_world else "balancing blocks"
    parts = [
        ("the largest flow", largest, colour_of("largest flow")),
        (f"the next {len(next_ones)}", sum(next_ones), colour_of("large flows")),
    ]
    if others:
        amount = between - largest - sum(next_ones)
        parts.append(
            (
                f"{others:,} more between {context.regions}",
                amount,
                colour_of("other flows"),
            )
        )
    if first["all_pairs"] > first["pairs"]:
        parts.append(
            (f"from or to {rest}", every - between, colour_of("rest of the world"))
        )
    return [
        _Part(
            f"{words}: {size.full(amount)}, {percent(amount / every, 0)}",
            amount,
            colour,
        )
        for words, amount, colour in parts
        if amount > 0
    ]


def _ribbons(
    flows: Rows,
    layout: sankey.Layout,
    size: Scale,
    parts: list[_Part],
    axes: vega.Spec,
) -> list[vega.Spec]:
    """Return the ribbons, with their amounts where there is room."""
    edges, amounts = [], []
    for number, (row, ribbon) in enumerate(zip(flows, layout.ribbons, strict=True)):
        fields = {
            "region_id": row["origin_region_id"],
            "flow": number,
            "from": row["origin"],
            "to": row["destination"],
            "text": size.full(row["gross_flow"]),
            "back": size.full(row["reverse_flow"]),
            "kind": parts[min(number, 1)].kind,
        }
        # the largest is drawn last, on top of what it crosses
        edges[:0] = [
            {**fields, "x": round(way, 4), "y": round(upper, 1), "y2": round(lower, 1)}
            for way, upper, lower in ribbon.edges()
        ]
        if ribbon.left.height >= _MIN_WRITTEN:
            amounts.append({**fields, "x": 0, "y": round(ribbon.left.middle, 1)})
    ribbons = vega.draw(
        "area",
        edges,
        {"opacity": 1, "stroke": GROUND, "strokeWidth": 1},
        **axes,
        y2={"field": "y2"},
        detail=vega.nominal("flow"),
        **_coloured(parts),
        tooltip=vega.tips("from=emitted in", "to=for", "text=flow", "back=flows back"),
    )
    look = {"align": "left", "dx": 6, "baseline": "middle"}
    written = {**axes, "text": vega.nominal("text")}
    return [ribbons, *_haloed(amounts, look, written)]


def _places(
    layout: sankey.Layout, sides: list[_Side], size: Scale, axes: vega.Spec
) -> list[vega.Spec]:
    """Return the places on both sides, each with its name and what is shown of it."""
    drawings = []
    for at, (bars, side) in enumerate(
        zip((layout.left, layout.right), sides, strict=True)
    ):
        outwards = 1 if at else -1
        rows, words = [], []
        for id_, bar in bars.items():
            fields = {
                "region_id": id_,
                "region": side.names[id_],
                "text": size.full(side.shown[id_]),
                "x": at,
            }
            rows.append({**fields, "y": round(bar.top, 1), "y2": round(bar.bottom, 1)})
            for is_wide, lines in enumerate(side.lines[id_]):
                first = bar.middle - _LINE * (len(lines) - 1) / 2
                words += [
                    {
                        **fields,
                        "wide": bool(is_wide),
                        "line": line,
                        "y": round(first + _LINE * number, 1),
                    }
                    for number, line in enumerate(lines)
                ]
        tips = vega.tips("region", "text=in the flows shown")
        look = {
            "color": colour_of("unknown"),
            "strokeWidth": 5,
            "xOffset": 3 * outwards,
        }
        words += [
            {"line": _HEADS[at], "wide": wide, "x": at, "y": -_HEAD + _LINE / 2}
            for wide in (False, True)
        ]
        drawings.append(
            vega.draw("rule", rows, look, **axes, y2={"field": "y2"}, tooltip=tips)
        )
        look = {"align": "left" if at else "right", "dx": _BESIDE * outwards}
        names = vega.draw(
            "text",
            words,
            {**look, "baseline": "middle"},
            **axes,
            text=vega.nominal("line"),
            tooltip=tips,
        )
        names["transform"] = [{"filter": f"datum.wide == (room >= {_WIDE})"}]
        drawings.append(names)
    return drawings


def _all_flows(
    parts: list[_Part], size: Scale, top: float, axes: vega.Spec
) -> vega.Spec:
    """Return a bar of all flows by part."""
    every, before, rows = sum(part.amount for part in parts), 0.0, []
    for part in parts:
        rows.append(
            {
                "kind": part.kind,
                "x": vega.short(before / every),
                "x2": vega.short((before + part.amount) / every),
                "y": top,
                "y2": top + _BAR_HEIGHT,
                "text": size.full(part.amount),
            }
        )
        before += part.amount
    return vega.draw(
        "rect",
        rows,
        {"stroke": GROUND, "strokeWidth": 1},
        **{**axes, "x": {**axes["x"], "scale": _WHOLE}},
        x2={"field": "x2"},
        y2={"field": "y2"},
        **_coloured(parts),
        tooltip=vega.tips("kind=part", "text=emitted"),
    )


def _coloured(parts: list[_Part]) -> vega.Spec:
    colours = {part.kind: part.colour for part in parts}
    return vega.kinds("kind", colours, legend={"columns": 2})


def _haloed(rows: list[dict[str, Any]], look: vega.Spec, channels: vega.Spec) -> list:
    """Return text on marks, with a halo in the colour of the ground below it."""
    halo = {"stroke": GROUND, "strokeWidth": 4, "strokeJoin": "round"}
    return [
        vega.draw("text", rows, {**look, **halo}, **channels),
        vega.draw("text", rows, look, **channels),
    ]
