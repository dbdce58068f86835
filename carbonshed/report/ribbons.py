"""The drawing of a Sankey diagram: ribbons between two columns of names.

`carbonshed.report.sankey` lays it out.
"""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

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
_MAX_LINES = 2  # lines of the first part of a name; others have one


@dataclass(frozen=True)
class Node:
    """An end of ribbons: each part of its name begins a line."""

    id: str
    region_id: str
    name: tuple[str, ...]


@dataclass(frozen=True)
class Stream:
    """An amount from one node to another, with what the pointer reads besides."""

    origin: Node
    destination: Node
    amount: float
    kind: str
    more: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Words:
    """Texts of a diagram: above both columns, and what the pointer reads."""

    heads: tuple[str, str]
    of_stream: Sequence[str]  # `from`, `to`, `text` and what streams have besides
    of_node: Sequence[str]  # `name` and `text`


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
    words: Words,
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
    words
        Texts.
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
        "x": vega.quantitative("x", axis=None, scale=_between_names(sides, words)),
        "y": vega.quantitative(
            "y",
            axis=None,
            scale={"domain": [-_HEAD, bottom + below], "reverse": True, "nice": False},
        ),
    }
    layers = [
        *_ribbons(streams, layout, size, colours, words, axes),
        *_nodes(layout, sides, size, words, axes),
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


def _in_lines(name: Sequence[str], width: float) -> list[str]:
    """Return a name in few lines, each part cut at a word where it is longer."""
    lines = []
    for number, part in enumerate(name):
        most = 1 if number else _MAX_LINES
        parts = vega.wrapped(part, width)
        *first, last = [*parts[: most - 1], " ".join(parts[most - 1 :])]
        lines += [shortened(line, width) for line in (*first, last) if line]
    return lines


def _between_names(sides: Sequence[_Side], words: Words) -> vega.Spec:
    """Return a scale that leaves the names on both sides the room they need."""
    ends = []
    for head, side in zip(words.heads, sides, strict=True):
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
    words: Words,
    axes: vega.Spec,
) -> list[vega.Spec]:
    """Return the ribbons, with their amounts where there is room."""
    edges, amounts = [], []
    for number, (stream, ribbon) in enumerate(
        zip(streams, layout.ribbons, strict=True)
    ):
        fields = {
            "region_id": stream.origin.region_id,
            "flow": number,
            "from": ", ".join(stream.origin.name),
            "to": ", ".join(stream.destination.name),
            "text": size.full(stream.amount),
            "kind": stream.kind,
            **stream.more,
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
        tooltip=vega.tips(*words.of_stream),
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
    words: Words,
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
                "region_id": side.nodes[id_].region_id,
                "name": ", ".join(side.nodes[id_].name),
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
        tips = vega.tips(*words.of_node)
        look = {"color": colour_of("unknown"), "xOffset": 0, "x2Offset": 5 * outwards}
        texts += [
            {"line": words.heads[at], "wide": wide, "x": at, "y": -_HEAD + _LINE / 2}
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
