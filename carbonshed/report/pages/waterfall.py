"""The change of a region's footprint since the year before, effect by effect."""

from typing import Any

from carbonshed.numbers import Scale, percent
from carbonshed.report import vega
from carbonshed.report.colours import colour_of
from carbonshed.report.content import Chart
from carbonshed.report.context import Context
from carbonshed.report.described import Material
from carbonshed.report.pages.changes import (
    EFFECTS,
    bars_of,
    notes,
    signed,
)
from carbonshed.report.sentences import wording

_STEP = 30  # pixels of a bar and the room to the next one
_TOGETHER = "together"
_KINDS = {
    _TOGETHER: colour_of("footprint"),
    "more": colour_of("rises"),
    "less": colour_of("falls"),
}


def data_of(context: Context, row: dict[str, Any]) -> dict[str, Any]:
    """Return the waterfall of a region for its page.

    Parameters
    ----------
    row
        A row of `changes/regions`, in the stressor's unit.

    Returns
    -------
    dict
        A sentence; the unit of the bars; bars from start to end, with a kind and a
        text, the last one of all together; and each effect with its value, its text
        and its share of the footprint before.
    """
    changes = {label: row[effect] for effect, label in EFFECTS.items()}
    drawn = bars_of(row, row["is_deflated"])
    whole = row["footprint"] - row["base_footprint"]
    size = context.scale([*filter(None, changes.values()), whole], "stressor")

    def written(value: float) -> str:
        return signed(value, size.text(value))

    bars, level = [], 0.0
    for label, change in drawn.items():
        if change:
            kind = "more" if change > 0 else "less"
            ends = [level, level + change]
            bars.append([label, *_drawn(size, ends), kind, written(change)])
            level += change
    bars.append([_TOGETHER, *_drawn(size, [0.0, whole]), _TOGETHER, written(whole)])
    before = row["base_footprint"]
    return {
        "text": _sentence(context, row, drawn),
        "unit": size.unit,
        "bars": bars,
        "effects": [
            [
                label,
                change,
                written(change),
                percent(change / before) if before > 0 else "",
            ]
            for label, change in changes.items()
        ],
    }


def _drawn(size: Scale, values: list[float]) -> list[float | None]:
    return [vega.short(value / size.divisor) for value in values]


def _sentence(context: Context, row: dict[str, Any], changes: dict[str, float]) -> str:
    """Return the footprints of both years, and the effect that moved them most.

    Variants of a compiled table have others, so that of one says neither.
    """
    if context.is_compiled:
        return _title(context, row)
    footprints = context.scale([row["base_footprint"], row["footprint"]], "stressor")
    largest = max(changes, key=lambda label: abs(changes[label]))
    size = context.scale([changes[largest]], "stressor")
    moved = signed(changes[largest], size.full(changes[largest]))
    values = {
        "before": footprints.full(row["base_footprint"]),
        "after": footprints.full(row["footprint"]),
        "base_year": row["base_year"],
        "year": context.year,
        "moved": f"{largest}, {moved}" if changes[largest] else None,
    }
    return context.fill(wording("page_place_moved"), values)


def _title(context: Context, row: dict[str, Any]) -> str:
    return f"The footprint from {row['base_year']} to {context.year}, effect by effect"


def draw_waterfall(given: Material) -> Chart | None:
    """Draw the axes of a waterfall, which the page fills with that of a region.

    None where there is no year before.
    """
    rows = given.rows("changes/regions")
    first = rows.first()
    if first is None:
        return None
    drawing = vega.bars_of_page(
        vega.nominal("name", sort=None, title=None),
        height=18,
        **vega.kinds("kind", _KINDS, legend=None),
        tooltip=vega.tips("name=effect", "text=change"),
    )
    return Chart(
        "region-changes",
        _title(given.context, first),
        given.text("page_place_waterfall"),
        vega.finished(drawing, height=_STEP * (len(EFFECTS) + 1)),
        rows,
        is_live=True,
        notes=notes(given, first),
    )
