"""Trade: charts of what crosses a border, and of the steps of supply chains."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from carbonshed.numbers import Scale, percent
from carbonshed.report import maps, vega
from carbonshed.report.colours import GROUND, colour_of
from carbonshed.report.content import Chart
from carbonshed.report.context import Context
from carbonshed.report.described import Material, read_page
from carbonshed.report.queries import Rows
from carbonshed.report.ribbons import (
    Diagram,
    Node,
    Stream,
    coloured,
    draw_streams,
)
from carbonshed.report.sentences import wording

_WHOLE = {"domain": [0, 1]}
_BAR_BELOW, _BAR_HEIGHT = 24, 16  # pixels
_LEAST_SHOWN = 0.1  # of all flows; smaller ones say little of the whole
_SHOWN = read_page("trade").shown
# column, part in words and the noun of its colour, from the axis on
_PARTS = [(column, *part) for column, part in _SHOWN["parts"].items()]
_ROW, _ROW_OF_TIER = 34, 26  # pixels
_FAR = 2  # the first tier behind the direct suppliers
_NOUNS, _TIERS = _SHOWN["nouns"], _SHOWN["tiers"]


def words(given: Material) -> dict[str, Any]:
    """Return the values of fields: what there is to show, and what chains carry."""
    flows, largest = given.rows("leakage/flows"), given.rows("leakage/largest")
    shares = given.rows("leakage/summary").first() or {}
    chain = given.rows("chains/paths").first() or {}
    has_chains = bool(len(given.rows("chains/tiers")))
    earned = [row["net_value_added_transfer"] for row in given.rows("leakage/balances")]
    return {
        "cutoff": chain and percent(chain["path_cutoff"]),
        "has_flows": bool(len(flows)),
        "has_matched_flows": not len(flows) and bool(len(largest)),
        "has_no_trade": not len(flows) and not len(largest),
        "has_unknown_direction": bool(shares.get("unknown_direction_share")),
        "has_no_value_added": all(each is None for each in earned),
        "has_chains": has_chains,
        "has_no_chains": not has_chains,
    }


def draw_map(given: Material) -> Chart | None:
    """Draw the largest net flows over the ground."""
    return maps.draw_flows_on_map(given.context, given.rows("leakage/flows"))


@dataclass(frozen=True)
class _Part:
    """A part of all flows, in words with its amount."""

    kind: str
    amount: float
    colour: str


def draw_largest(given: Material) -> Chart | None:
    """Draw the largest gross flows as a Sankey diagram, and their part of all flows.

    None where they are together less than a tenth of all.
    """
    context, flows = given.context, given.rows("leakage/largest")
    if not len(flows):
        return None
    shown = sum(flows.column("gross_flow"))
    if shown < _LEAST_SHOWN * flows.column("all_flows")[0]:
        return None
    size = context.scale(flows.column("gross_flow"), "stressor")
    parts = _parts(context, flows, size)
    colours = {part.kind: part.colour for part in parts}
    streams = [
        Stream(
            *(
                Node(row[f"{side}_region_id"], row[side])
                for side in ("origin", "destination")
            ),
            row["gross_flow"],
            parts[min(number, 1)].kind,
            size.full(row["reverse_flow"]),
        )
        for number, row in enumerate(flows)
    ]
    diagram = draw_streams(streams, size, colours, _BAR_BELOW + _BAR_HEIGHT)
    drawing = vega.layers(*diagram.layers, _all_flows(parts, size, diagram, colours))
    drawing["resolve"] = {"scale": {"x": "independent"}}
    first = next(iter(flows))
    values = {
        "is_one": len(flows) == 1,
        "several": len(flows) if len(flows) > 1 else None,
        "shown_share": shown / first["all_flows"],
    }
    title = context.fill(wording("page_trade_shown"), values)
    return Chart(
        "largest-flows",
        title,
        f"{given.text('page_trade_gross')} "
        f"The largest: {first['origin']} for {first['destination']}, "
        f"{size.full(first['gross_flow'])}; the other way, "
        f"{size.full(first['reverse_flow'])}. Amounts below names are of the flows "
        f"drawn, the bar is all that is emitted for other {context.regions}.",
        vega.finished(drawing, height=diagram.height),
        flows,
        finding=context.headline("largest_flow"),
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


def draw_elsewhere(given: Material) -> Chart | None:
    """Draw where the footprints of all regions and of the largest ones arise.

    None where the parts of all footprints together are no shares.
    """
    context, rows = given.context, given.rows("leakage/elsewhere")
    drawn = [row for row in rows if _has_shares(row)]
    if not drawn or drawn[0]["region_id"] is not None:
        return None
    every, *largest = drawn
    names = [
        f"all {every['regions']:,} together",
        *vega.unique_names({row["region_id"]: row["region_name"] for row in largest}),
    ]
    parts = [
        (column, context.with_nouns(part), colour_of(noun))
        for column, part, noun in _PARTS
        if any(row[column] for row in drawn)
    ]
    size = context.scale([row["footprint"] for row in largest], "stressor")
    bars = [
        {
            "region_id": row["region_id"],
            "region": name,
            "part": part,
            "order": order,
            "share": vega.short(row[column] / row["footprint"]),
            "text": percent(row[column] / row["footprint"]),
            "footprint": size.full(row["footprint"]),
        }
        for name, row in zip(names, drawn, strict=True)
        for order, (column, part, _) in enumerate(parts)
    ]
    ends = [
        {"region": name, "end": 1, "text": percent(_elsewhere(row), 0)}
        for name, row in zip(names, drawn, strict=True)
    ]
    y = vega.labels("region", names, axis={"ticks": False, "domain": False})
    room = vega.room_for([end["text"] for end in ends], [1.0])
    x = vega.quantitative("share", axis=None, stack="zero", scale=room)
    drawing = vega.layers(
        vega.draw(
            "bar",
            bars,
            y=y,
            x=x,
            **vega.kinds("part", {part: colour for _, part, colour in parts}),
            order=vega.quantitative("order"),
            tooltip=vega.tips(
                f"region={context.region}", "part", "text=share", "footprint"
            ),
        ),
        vega.draw(
            "text",
            ends,
            # in the colour of the part that it is the share of
            {
                "align": "left",
                "baseline": "middle",
                "dx": 6,
                "fill": parts[0][2],
                "fontWeight": "bold",
            },
            y=y,
            x={**x, "field": "end", "stack": None},
            text=vega.nominal("text"),
        ),
    )
    listed = "; ".join(f"{end['region']} {end['text']}" for end in ends)
    return Chart(
        "elsewhere",
        given.text("page_trade_elsewhere"),
        f"{given.text('page_trade_elsewhere_of')} {listed}.",
        vega.finished(drawing, height=_ROW * len(names)),
        rows,
        finding=context.headline("arises_elsewhere"),
    )


def _elsewhere(row: dict[str, Any]) -> float:
    return row["from_elsewhere"] / row["footprint"]


def _has_shares(row: dict[str, Any]) -> bool:
    """Return whether a footprint is positive, and none of its parts negative."""
    return row["footprint"] > 0 and all(row[column] >= 0 for column, *_ in _PARTS)


def draw_tiers(given: Material) -> Chart | None:
    """Draw what is emitted at each distance from the purchase, and by final users."""
    context, tiers = given.context, given.rows("chains/tiers")
    if not len(tiers):
        return None
    emitted: dict[tuple[str, str], float] = defaultdict(float)
    totals: dict[str, float] = defaultdict(float)
    for row in tiers:
        if row["tier"] is not None or row["emissions"]:
            noun, who = _who(row["tier"])
            emitted[noun, who] += row["emissions"]
            totals[noun] += row["emissions"]
    whole = tiers.column("footprints")[0]

    def share(emissions: float) -> str:
        return percent(emissions / whole, 0) if whole > 0 else ""

    size = context.scale(emitted.values(), "stressor")
    named = {
        noun: ": ".join(filter(None, [name, share(totals[noun])]))
        for noun, name in _NOUNS.items()
        if noun in totals
    }
    rows = [
        {
            "who": who,
            "kind": named[noun],
            "share": share(emissions),
            **vega.figures(size, emissions),
        }
        for (noun, who), emissions in emitted.items()
    ]
    colours = {text: colour_of(noun) for noun, text in named.items()}
    drawing = vega.bars_with_ends(
        rows,
        vega.amount("emitted", size, axis={"labelBound": True}),
        vega.labels("who", [row["who"] for row in rows]),
        "share",
        **vega.kinds("kind", colours, legend={"columns": 1}),
        tooltip=vega.tips("who=emitted by", "text=emissions", "share"),
    )
    written = "; ".join(f"{row['who']} {row['text']}" for row in rows)
    return Chart(
        "tiers",
        context.with_nouns("The footprint of all regions, by who emits"),
        "A bar for each step from the purchase; final makers make what is bought. "
        f"Emitted by {written}.",
        vega.finished(drawing, height=_ROW_OF_TIER * len(rows)),
        tiers,
        finding=context.headline("arises_upstream"),
    )


def _who(tier: int | None) -> tuple[str, str]:
    """Return the noun of a tier's colour, and who emits in it."""
    if tier is None:
        return "direct", _NOUNS["direct"]
    noun = "near the purchase" if tier < _FAR else "farther upstream"
    return noun, _TIERS[min(tier, len(_TIERS) - 1)]
