"""The picture of how much of footprints arises elsewhere: all of them, and the largest.

It takes the place of the largest flows where each of these is a small part of all.
"""

from typing import Any

from carbonshed.numbers import percent
from carbonshed.report import vega
from carbonshed.report.colours import colour_of
from carbonshed.report.content import Chart
from carbonshed.report.context import Context
from carbonshed.report.queries import Rows

_ROW = 34  # pixels
# column, part in words and the noun of its colour, from the axis on
_PARTS = (
    ("from_elsewhere", "emitted in other regions", "other places"),
    ("from_there", "emitted there", "own place"),
    ("by_final_users", "by final users themselves", "direct"),
)


def draw_elsewhere(context: Context, rows: Rows) -> Chart | None:
    """Draw where the footprints of all regions and of the largest ones arise.

    Parameters
    ----------
    rows
        The answer of `leakage/elsewhere`, all regions together first; amounts in the
        stressor's unit.

    Returns
    -------
    Chart or None
        None where the parts of all footprints together are no shares.
    """
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
    x = vega.quantitative("share", axis=None, stack="zero", scale={"domain": [0, 1.08]})
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
            {"align": "left", "baseline": "middle", "dx": 6},
            y=y,
            x={**x, "field": "end", "stack": None},
            text=vega.nominal("text"),
        ),
    )
    listed = "; ".join(f"{end['region']} {end['text']}" for end in ends)
    return Chart(
        "elsewhere",
        context.with_nouns(
            "Parts of footprints, and the share that is emitted in other regions"
        ),
        context.with_nouns("Emitted in other regions, of the footprint: ")
        + f"{listed}.",
        vega.finished(drawing, height=_ROW * len(names)),
        rows,
        finding=context.headline("arises_elsewhere"),
    )


def _elsewhere(row: dict[str, Any]) -> float:
    return row["from_elsewhere"] / row["footprint"]


def _has_shares(row: dict[str, Any]) -> bool:
    """Return whether a footprint is positive, and none of its parts negative."""
    return row["footprint"] > 0 and all(row[column] >= 0 for column, *_ in _PARTS)
