"""The reasons why footprints changed since the year before: they add up."""

from collections.abc import Mapping
from typing import Any

from carbonshed.report import vega
from carbonshed.report.colours import colour_of
from carbonshed.report.content import Chart
from carbonshed.report.described import Material, read_page

# in the order in which they are explained
EFFECTS = read_page("compare").shown["effects"]
# the two that inflation moves; their label is that of the finding
_MOVED_BY_PRICES = ("intensity", "demand_per_head")
_BOTH = "demand and intensity"
_COLOURS = {"more": colour_of("rises"), "less": colour_of("falls")}
_STEP = 34  # pixels of a bar and the room to the next one


def bars_of(changes: Mapping[str, float], is_deflated: bool) -> dict[str, float]:
    """Return the changes that are drawn, by label, in the order of `EFFECTS`.

    At current prices intensity and demand per person are one: inflation is in both,
    with opposite signs.
    """
    bars: dict[str, float] = {}
    for effect, label in EFFECTS.items():
        is_moved = not is_deflated and effect in _MOVED_BY_PRICES
        name = _BOTH if is_moved else label
        bars[name] = bars.get(name, 0.0) + changes[effect]
    return bars


def draw_effects(given: Material) -> Chart:
    """Draw the effects on all footprints together, as bars from zero."""
    context, effects = given.context, given.rows("changes/effects")
    row = effects.first()
    by_effect = {each["effect_id"]: each["change"] for each in effects}
    changes = bars_of(by_effect, row["is_deflated"])
    size = context.scale(changes.values(), "stressor")
    bars = [
        {
            "effect": label,
            "kind": "more" if change > 0 else "less",
            "value": signed(change, size.text(change)),
            **vega.figures(size, change),
            "text": signed(change, size.full(change)),
        }
        for label, change in sorted(
            changes.items(), key=lambda item: abs(item[1]), reverse=True
        )
    ]
    drawing = vega.bars_with_ends(
        bars,
        vega.amount("change of all footprints", size),
        vega.labels("effect", changes),
        "value",
        {"height": 20},
        **vega.kinds("kind", _COLOURS, legend=None),
        tooltip=vega.tips("effect", "text=change"),
    )
    totals = context.scale([row["base_footprint"], row["footprint"]], "stressor")
    summary = [
        f"All footprints went from {totals.full(row['base_footprint'])} to "
        f"{totals.full(row['footprint'])}."
    ]
    # in variants of a compiled table another may be the largest
    if not context.is_compiled:
        summary.append(f"The largest effect: {bars[0]['effect']}, {bars[0]['text']}.")
    return Chart(
        "effects",
        f"The change from {row['base_year']} to {context.year}, by effect",
        " ".join(summary),
        vega.finished(drawing, height=_STEP * len(changes)),
        effects,
        finding=context.headline("reason_of_change"),
        notes=notes(given, row),
    )


def notes(given: Material, row: dict[str, Any]) -> tuple[str, ...]:
    """Return what is to be minded of the bars of a year: its prices."""
    texts = [] if row["is_deflated"] else ["page_place_one_bar"]
    return tuple(given.sentences(texts))


def signed(value: float, text: str) -> str:
    """Return the text of a value, with a sign also where it is above zero."""
    return f"+{text}" if value > 0 else text
