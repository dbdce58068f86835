"""The drawing of a Sankey diagram: ribbons between two columns of names.

`carbonshed.report.sankey` lays it out.
"""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from carbonshed.numbers import Scale
from carbonshed.report import sankey, vega
from carbonshed.report.colours import GROUND, colour_of
from carbonshed.report.labels import shortened, text_width

# pixels
_ALL_RIBBONS = 250
_LINE = 17
_GAP = 8
_WIDE = 560  # a plot with much room for names
_SIDES_FOR_NAMES = (104, 200)  # at most, in a narrow plot and in a wide one
_BESIDE = 12  # between a node and its name
_HEAD = 24
_MIN_WRITTEN = 18  # a thinner ribbon has no room for its amount
_HEADS = ("emitted in", "consumed in")  # above both columns
# what the pointer reads
_OF_STREAM = ("from=emitted in", "to=for", "text=flow", "back=flows back")
_OF_NODE = ("name=region", "text=in the flows shown")


@dataclass(frozen=True)
class Node:
    """A region at an end of ribbons."""

    id: str
    name: str


@dataclass(frozen=True)
class Stream:
    """An amount from one node to another, and in words what flows back."""

    origin: Node
    destination: Node
    amount: float
    kind: str
    back: str


@dataclass(frozen=True)
class Diagram:
    """Layers of a drawing, the axes they share, and heights in pixels.

    The axis of y ends below the layers, with the room that was asked for.
    """

    layers: list[vega.Spec]
    axes: vega.Spec
    bottom: int
    height: int


@dataclass(frozen=True)
class _Side:
    """The nodes on one side: their names in lines, and what is shown of them.

    The lines are those in a narrow plot, and those in a wide one.
    """

    nodes: dict[str, Node]
    lines: dict[str, tuple[list[str], list[str]]]
    shown: dict[str, float]


def draw_streams(
    streams: Sequence[Stream],
    size: Scale,
    colours: Mapping[str, str],
    below: int = 0,
) -> Diagram:
    """Draw streams as ribbons, the first one on top of what it crosses.

    Parameters
    ----------
    streams
        Positive amounts, one for each pair of nodes.
    size
        The scale of their amounts.
    colours
        The colour of each kind, which the legend names.
    below
        Pixels that the caller wants below the ribbons.
    """
    sides = [_side([stream.origin for stream in streams], streams, size)]
    sides += [_side([stream.destination for stream in streams], streams, size)]
    layout = sankey.lay_out(
        [
            sankey.Flow(stream.origin.id, stream.destination.id, stream.amount)
            for stream in streams
        ],
        _ALL_RIBBONS,
        tuple(
            {id_: _LINE * max(map(len, lines)) for id_, lines in side.lines.items()}
            for side in sides
        ),
        _GAP,
    )
    bottom = round(layout.height)
    axes = {
        "x": vega.quantitative("x", axis=None, scale=_between_names(sides)),
        "y": vega.quantitative(
            "y",
            axis=None,
            scale={"domain": [-_HEAD, bottom + below], "reverse": True, "nice": False},
        ),
    }
    layers = [
        *_ribbons(streams, layout, size, colours, axes),
        *_nodes(layout, sides, size, axes),
    ]
    return Diagram(layers, axes, bottom, bottom + below + _HEAD)


def _side(ends: Sequence[Node], streams: Sequence[Stream], size: Scale) -> _Side:
    nodes = {node.id: node for node in ends}
    shown = dict.fromkeys(nodes, 0.0)
    for node, stream in zip(ends, streams, strict=True):
        shown[node.id] += stream.amount
    lines = {
        id_: tuple(
            [*_in_lines(node.name, most - _BESIDE), size.full(shown[id_])]
            for most in _SIDES_FOR_NAMES
        )
        for id_, node in nodes.items()
    }
    return _Side(nodes, lines, shown)


def _in_lines(name: str, width: float) -> list[str]:
    """Return a name in two lines at most, the second one cut where it is longer."""
    first, *others = vega.wrapped(name, width)
    return [shortened(line, width) for line in (first, " ".join(others)) if line]


def _between_names(sides: Sequence[_Side]) -> vega.Spec:
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


def _ribbons(
    streams: Sequence[Stream],
    layout: sankey.Layout,
    size: Scale,
    colours: Mapping[str, str],
    axes: vega.Spec,
) -> list[vega.Spec]:
    """Return the ribbons, with their amounts where there is room."""
    edges, amounts = [], []
    for number, (stream, ribbon) in enumerate(
        zip(streams, layout.ribbons, strict=True)
    ):
        fields = {
            "region_id": stream.origin.id,
            "flow": number,
            "from": stream.origin.name,
            "to": stream.destination.name,
            "text": size.full(stream.amount),
            "kind": stream.kind,
            "back": stream.back,
        }
        # the first is drawn last, on top of what it crosses
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
        **coloured(colours),
        tooltip=vega.tips(*_OF_STREAM),
    )
    look = {"align": "left", "dx": 6, "baseline": "middle"}
    written = vega.haloed(amounts, look, **axes, text=vega.nominal("text"))
    return [ribbons, *written]


def coloured(colours: Mapping[str, str]) -> vega.Spec:
    """Return the channels of kinds, with a legend in two columns."""
    return vega.kinds("kind", colours, legend={"columns": 2})


def _nodes(
    layout: sankey.Layout,
    sides: Sequence[_Side],
    size: Scale,
    axes: vega.Spec,
) -> list[vega.Spec]:
    """Return the nodes on both sides, each with its name and what is shown of it."""
    drawings = []
    for at, (bars, side) in enumerate(
        zip((layout.left, layout.right), sides, strict=True)
    ):
        outwards = 1 if at else -1
        rows, texts = [], []
        for id_, bar in bars.items():
            fields = {
                "region_id": id_,
                "name": side.nodes[id_].name,
                "text": size.full(side.shown[id_]),
                "x": at,
            }
            rows.append({**fields, "y": round(bar.top, 1), "y2": round(bar.bottom, 1)})
            for is_wide, lines in enumerate(side.lines[id_]):
                first = bar.middle - _LINE * (len(lines) - 1) / 2
                texts += [
                    {
                        **fields,
                        "wide": bool(is_wide),
                        "line": line,
                        "y": round(first + _LINE * number, 1),
                    }
                    for number, line in enumerate(lines)
                ]
        tips = vega.tips(*_OF_NODE)
        look = {"color": colour_of("unknown"), "xOffset": 0, "x2Offset": 5 * outwards}
        texts += [
            {"line": _HEADS[at], "wide": wide, "x": at, "y": -_HEAD + _LINE / 2}
            for wide in (False, True)
        ]
        drawings.append(
            vega.draw(
                "rect",
                rows,
                look,
                **axes,
                x2={"field": "x"},
                y2={"field": "y2"},
                tooltip=tips,
            )
        )
        look = {"align": "left" if at else "right", "dx": _BESIDE * outwards}
        names = vega.draw(
            "text",
            texts,
            {**look, "baseline": "middle"},
            **axes,
            text=vega.nominal("line"),
            tooltip=tips,
        )
        names["transform"] = [{"filter": f"datum.wide == (room >= {_WIDE})"}]
        drawings.append(names)
    return drawings
