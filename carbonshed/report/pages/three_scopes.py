"""Emissions inside a region, elsewhere for it, and of these for electricity."""

from typing import Any

from carbonshed.numbers import Scale
from carbonshed.report import vega
from carbonshed.report.colours import colour_of
from carbonshed.report.content import Chart
from carbonshed.report.described import Material
from carbonshed.report.sentences import wording
from carbonshed.text import spoken

_ROUNDING = 1e-9  # relative to the larger of two amounts
_STEP = 44  # pixels of a bar and the room to the next one
# names of bars, in two lines
_INSIDE, _ELSEWHERE, _POWER = (
    "inside\nscope 1",
    "elsewhere\nscopes 2 and 3",
    "part of elsewhere:\npower, scope 2",
)
_ALL_ELSEWHERE = "elsewhere\nscope 3"
_OWN, _OTHERS, _BOTH, _PASSING, _STATIONS = (
    "for its own users",
    "inside, for others",
    "inside, not divided",
    "passing through to others",
    "power stations",
)
_KINDS = {
    _OWN: colour_of("footprint"),
    _OTHERS: colour_of("emitted there"),
    _BOTH: colour_of("emitted there"),
    _PASSING: colour_of("passing through"),
    _STATIONS: colour_of("imports"),
}


def data_of(given: Material, row: dict[str, Any]) -> dict[str, Any]:
    """Return the three scopes of a region for its page.

    Parameters
    ----------
    given
        What the page is made of.
    row
        A row of `place/three_scopes`, in the stressor's unit.

    Returns
    -------
    dict
        A sentence and a note, empty where there are variants; the unit of the bars;
        parts of bars from start to end, with a kind, the text at the end of the bar and
        that of the part; the units of the table, and its lines: a label, a value, its
        text and that per person.
    """
    context, labels = given.context, given.words_of("place/three_scopes")["scope_id"]
    own, passing, power = (
        row["for_own_final_demand"],
        row["passing_through"],
        row["scope_2"],
    )
    elsewhere = own + passing
    inside, own_inside = row["scope_1"], _own_inside(row)
    size = context.scale([inside, elsewhere], "stressor")
    bar = _ALL_ELSEWHERE if power is None else _ELSEWHERE
    if own_inside is None:
        bars = [_part(size, _INSIDE, 0.0, inside, _BOTH, inside)]
    else:
        bars = [
            _part(size, _INSIDE, 0.0, own_inside, _OWN, None),
            _part(size, _INSIDE, own_inside, inside, _OTHERS, inside),
        ]
    bars += [
        _part(size, bar, 0.0, own, _OWN, None),
        _part(size, bar, own, elsewhere, _PASSING, elsewhere),
    ]
    if power is not None:
        bars.append(_part(size, _POWER, 0.0, power, _STATIONS, power))
    said, note = "page_place_three_scopes", "page_place_passing"
    # variants of a compiled table have other amounts, so none is said
    if row["has_variants"]:
        said, note = "page_place_three_scopes_open", None
    people = row["population"]
    lines = [
        (label, row[column])
        for column, label in labels.items()
        if row[column] is not None
    ]
    amounts = context.scale([value for _, value in lines], "stressor")
    per_person = context.scale(
        [value / people for _, value in lines] if people else [], "stressor per person"
    )
    return {
        "text": _sentence(given, said, row, size),
        "note": _sentence(given, note, row, size) if note else "",
        "unit": f"{size.unit}, {context.title}",
        "bars": bars,
        "units": [amounts.unit, per_person.unit],
        "lines": [
            [
                label,
                value,
                amounts.text(value),
                per_person.text(value / people if people else None),
            ]
            for label, value in lines
        ],
    }


def _part(
    size: Scale, bar: str, start: float, end: float, kind: str, whole: float | None
) -> list[Any]:
    """Return a part of a bar; the last one has the amount of the whole bar."""
    drawn = [vega.short(value / size.divisor) for value in (start, end)]
    text = "" if whole is None else size.full(whole)
    return [bar, *drawn, kind, text, size.full(end - start)]


def _sentence(given: Material, id_: str, row: dict[str, Any], size: Scale) -> str:
    name = spoken(row["region_name"], given.context.region)
    is_divided = _own_inside(row) is not None
    passing, footprint = row["passing_through"], row["consumption_footprint"]
    of_both = given.context.scale([passing, footprint], "stressor")
    values = {
        "name_first": f"{name[:1].upper()}{name[1:]}",
        "inside": size.full(row["scope_1"]),
        "elsewhere": size.full(row["for_own_final_demand"] + passing),
        "is_divided": is_divided,
        "is_whole": not is_divided,
        "footprint": of_both.full(footprint),
        "passing": of_both.full(passing),
    }
    return given.context.fill(wording(id_), values)


def _own_inside(row: dict[str, Any]) -> float | None:
    """Return what is emitted inside for own users: the footprint but for elsewhere.

    None where negative cells leave less than nothing for own users or for others, by
    more than rounding.
    """
    inside, footprint = row["scope_1"], row["consumption_footprint"]
    own = footprint - row["for_own_final_demand"]
    rounding = _ROUNDING * max(abs(footprint), inside)
    if not -rounding <= own <= inside + rounding:
        return None
    return min(max(own, 0.0), inside)


def draw_scopes(given: Material) -> Chart | None:
    """Draw the axes of three bars, which the page fills with those of a region.

    None where there are no analyses.
    """
    context, rows = given.context, given.rows("place/three_scopes")
    if not len(rows):
        return None
    y = vega.nominal(
        "name",
        sort=None,
        title=None,
        axis={
            "labelExpr": "split(datum.label, '\\n')",
            "labelOffset": -8,  # the middle of both lines
            "ticks": False,
        },
    )
    has_power = any(value is not None for value in rows.column("scope_2"))
    is_divided = all(_own_inside(row) is not None for row in rows)
    kinds = {
        kind: colour
        for kind, colour in _KINDS.items()
        if (has_power or kind != _STATIONS) and (kind != _BOTH or not is_divided)
    }
    drawing = vega.bars_of_page(
        y,
        height=20,
        **vega.kinds("kind", kinds, legend={"columns": 2}),
        tooltip=vega.tips("name=account", "kind=part", "own=amount"),
    )
    notes = ["page_place_never_add"]
    if has_power:
        notes.append("page_place_power_paid")
    if context.is_lower_bound and "imports" in context.leaves_out:
        notes.append("page_place_bars_leave_out")
    return Chart(
        "region-three-scopes",
        "What is emitted inside, and elsewhere for it",
        context.fill(wording("page_place_bars_of_scopes"), {"has_power": has_power}),
        vega.finished(drawing, height=_STEP * (3 if has_power else 2)),
        rows,
        is_live=True,
        notes=tuple(given.sentences(notes)),
    )
