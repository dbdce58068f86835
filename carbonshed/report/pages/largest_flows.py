"""The picture of the largest flows between places, beside all others."""

from dataclasses import dataclass

from carbonshed.numbers import Scale, percent
from carbonshed.report import vega
from carbonshed.report.colours import GROUND, colour_of
from carbonshed.report.content import Chart
from carbonshed.report.context import Context
from carbonshed.report.queries import Rows
from carbonshed.report.ribbons import (
    Diagram,
    Node,
    Stream,
    Words,
    coloured,
    draw_streams,
)

_WHOLE = {"domain": [0, 1]}
_BAR_BELOW, _BAR_HEIGHT = 24, 16  # pixels
_SIDES = ("origin", "destination")
_WORDS = Words(
    ("emitted in", "consumed in"),
    ("from=emitted in", "to=for", "text=flow", "back=flows back"),
    ("name=region", "text=in the flows shown"),
)


@dataclass(frozen=True)
class _Part:
    """A part of all flows, in words with its amount."""

    kind: str
    amount: float
    colour: str


def draw_largest(context: Context, flows: Rows) -> Chart | None:
    """Draw the largest gross flows as a Sankey diagram, and their part of all flows."""
    if not len(flows):
        return None
    size = context.scale(flows.column("gross_flow"), "stressor")
    parts = _parts(context, flows, size)
    colours = {part.kind: part.colour for part in parts}
    streams = [
        Stream(
            *(
                Node(row[f"{side}_region_id"], row[f"{side}_region_id"], (row[side],))
                for side in _SIDES
            ),
            row["gross_flow"],
            parts[min(number, 1)].kind,
            {"back": size.full(row["reverse_flow"])},
        )
        for number, row in enumerate(flows)
    ]
    diagram = draw_streams(streams, size, colours, _WORDS, _BAR_BELOW + _BAR_HEIGHT)
    drawing = vega.layers(*diagram.layers, _all_flows(parts, size, diagram, colours))
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
        vega.finished(drawing, height=diagram.height),
        flows,
        finding=context.headline("largest_flow"),
    )


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


def _all_flows(
    parts: list[_Part], size: Scale, diagram: Diagram, colours: dict[str, str]
) -> vega.Spec:
    """Return a bar of all flows by part, below the ribbons."""
    top = diagram.bottom + _BAR_BELOW
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
        **{**diagram.axes, "x": {**diagram.axes["x"], "scale": _WHOLE}},
        x2={"field": "x2"},
        y2={"field": "y2"},
        **coloured(colours),
        tooltip=vega.tips("kind=part", "text=emitted"),
    )
