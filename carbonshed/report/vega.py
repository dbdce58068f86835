"""Parts that all charts of the report are made from: specifications of Vega-Lite.

`draw` gives marks to rows; `quantitative`, `amount`, `labels` and `kinds` say what lies
along an axis and what a colour stands for, `tips` what the pointer reads,
`bars_with_ends` and `name_layers` what is written beside marks, and `finished` gives a
drawing its size and look.

Colours are those of nouns, from `carbonshed.report.colours`; amounts go along cividis.
Ink and lines are the page's own: its style sheet draws them, so that a chart follows
light, dark and paper.
"""

import json
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from carbonshed.numbers import Scale, unbroken
from carbonshed.report.colours import GROUND, PALETTE, colour_of
from carbonshed.report.labels import FONT_SIZE, Name, text_width
from carbonshed.text import without_control

DASHED = {"strokeDash": [5, 4], "strokeWidth": 1.5}

EXPORT_WIDTH = 720  # pixels of a saved picture
# pixels of a plot from which on its names have places of their own: from a phone's to
# a screen's, and exactly that of a saved picture
WIDTHS = (240, 310, 480, EXPORT_WIDTH, 980)
# letters of Chinese, Japanese and Korean, between which a line may end
_WIDE = "\u1100-\u11ff\u2e80-\ud7ff\uf900-\ufaff\uff00-\uffef"
# up to a blank, a hyphen between letters, or a wide letter
_PARTS = re.compile(
    f"[{_WIDE}] ?|[^ {_WIDE}]+?(?: |(?<=[^\\W\\d]-)(?=[^\\W\\d])|(?=[{_WIDE}])|$)| "
)
_LINE_ENDS = re.compile("[\u2028\u2029]")
_FONT = "Helvetica, Arial, sans-serif"
_NOTE_SIZE = 12  # pixels of what stands below a saved picture
_LABEL_LIMIT = 320  # pixels of a name along an axis; a phone has less

# letters of axes and legends, and the line of the ground that parts marks which touch
_LETTERS = {
    "labelFontSize": FONT_SIZE,
    "titleFontSize": FONT_SIZE,
    "titleFontWeight": "normal",
    "labelColor": "#3b424c",
    "titleColor": "#3b424c",
    "labelLimit": _LABEL_LIMIT,
}
_EDGE = {"opacity": 1, "stroke": GROUND, "strokeWidth": 1}
CONFIG = {
    "font": _FONT,
    "background": "transparent",
    "view": {"stroke": None},
    "axis": {
        **_LETTERS,
        "titlePadding": 8,
        "gridColor": "#e3e6ea",
        "domainColor": "#aab1bb",
        "tickColor": "#aab1bb",
    },
    "axisQuantitative": {
        "tickCount": 7,
        "labelOverlap": "greedy",
        "labelSeparation": 8,
    },
    "legend": {**_LETTERS, "orient": "top", "symbolType": "circle"},
    "range": {"category": PALETTE, "heatmap": {"scheme": "cividis"}},
    "point": {**_EDGE, "filled": True, "size": 50},
    "circle": _EDGE,
    "text": {"fontSize": FONT_SIZE, "color": "#3b424c"},
    "rule": {"color": "#6b7280"},
    "bar": {"color": colour_of("footprint"), "stroke": GROUND, "strokeWidth": 1},
}


Spec = dict[str, Any]


def draw(
    mark: str,
    rows: Iterable[Spec] | None = None,
    look: Spec | None = None,
    **channels: Any,
) -> Spec:
    """Return marks of one kind, one a row; without rows, a layer of a drawing."""
    drawing = {"mark": {"type": mark, **(look or {})}, "encoding": channels}
    return drawing if rows is None else {**drawing, "data": {"values": list(rows)}}


def layers(*drawings: Spec, rows: Iterable[Spec] | None = None) -> Spec:
    """Lay drawings over each other, the first at the bottom; they may share rows."""
    drawing = {"layer": list(drawings)}
    return drawing if rows is None else {**drawing, "data": {"values": list(rows)}}


def quantitative(field: str, **options: Any) -> Spec:
    """Encode a number."""
    return {"field": field, "type": "quantitative", **options}


def nominal(field: str, **options: Any) -> Spec:
    """Encode a name."""
    return {"field": field, "type": "nominal", **options}


def ordinal(field: str, **options: Any) -> Spec:
    """Encode steps, such as years."""
    return {"field": field, "type": "ordinal", **options}


def labels(field: str, order: Iterable[str], **options: Any) -> Spec:
    """Encode names along an axis, in their order and without a title."""
    return nominal(field, **{"sort": list(order), "title": None, **options})


def amount(title: str, size: Scale, **options: Any) -> Spec:
    """Encode an amount from `figures`, with its unit in the title."""
    return quantitative("amount", title=titled(title, size.unit), **options)


def figures(size: Scale, value: float) -> Spec:
    """Return the fields of an amount: as it is drawn, and as it is read."""
    return {"amount": short(value / size.divisor), "text": size.full(value)}


def kinds(
    field: str,
    colours: Mapping[str, str],
    title: str | None = None,
    also: Mapping[str, Sequence[Any]] | None = None,
    **options: Any,
) -> Spec:
    """Encode kinds by colour, and `also` by other channels, with a value for each."""
    ranges = {"color": colours.values(), **(also or {})}
    return {
        channel: nominal(
            field,
            title=title,
            scale={"domain": list(colours), "range": list(values)},
            **options,
        )
        for channel, values in ranges.items()
    }


_TYPES = {"N": "nominal", "O": "ordinal", "Q": "quantitative", "%": "quantitative"}


def tips(*fields: str) -> list[Spec]:
    """Return the fields that the pointer reads, each from `FIELD:TYPE=TITLE`.

    The type is one letter of Vega-Lite, N by default, or `%` for a share.
    """
    tooltip = []
    for text in fields:
        key, _, title = text.partition("=")
        field, _, type_ = key.partition(":")
        tip = {"field": field, "type": _TYPES[type_ or "N"]}
        tip |= {"title": title} if title else {}
        tip |= {"format": ".1%"} if type_ == "%" else {}
        tooltip.append(tip)
    return tooltip


def dumbbells(x: Spec, y: Spec, **channels: Any) -> list[Spec]:
    """Return two layers: the points of each name, and the line between them."""
    line = {"color": colour_of("unknown"), "strokeWidth": 2}
    return [
        draw("line", None, line, x=x, y=y, detail=nominal(y["field"])),
        draw("point", None, {"size": 90, "opacity": 1}, x=x, y=y, **channels),
    ]


def label_at(param: str, usual: float) -> str:
    """Return the label of a value on an axis that is proportional to a param.

    The axis is right where the param has its usual value.
    """
    return f"format(datum.value * {param} / {usual!r}, ',.3~r')"


def corner(param: str, unit: str) -> Spec:
    """Return a layer with a param and its unit in the upper right corner."""
    words = f"'at ' + format({param}, ',.3~r') + ' ' + {json.dumps(unit)}"
    look = {"align": "right", "baseline": "bottom", "dy": -4, "fontWeight": "bold"}
    place = {"x": {"value": "width"}, "y": {"value": 0}}
    text = draw("text", [{}], look, **place, text=nominal("words"))
    return text | {"transform": [{"calculate": words, "as": "words"}]}


def bars_with_ends(
    rows: Sequence[Spec],
    x: Spec,
    y: Spec,
    text: str,
    look: Spec | None = None,
    **more: Any,
) -> Spec:
    """Return bars from zero along x, with a text at the end of each, and room for it.

    `more` are other channels of the bars.
    """
    values = [row[x["field"]] for row in rows]
    x = {**x, "scale": room_for((row[text] for row in rows), values)}
    is_left = f"datum[{x['field']!r}] < 0"
    side = {
        "align": {"expr": f"{is_left} ? 'right' : 'left'"},
        "dx": {"expr": f"{is_left} ? -4 : 4"},
    }
    beside = {name: more[name] for name in ("yOffset",) if name in more}
    written = {"x": x, "y": y, "text": nominal(text), **beside}
    return layers(
        draw("bar", None, look, x=x, y=y, **more),
        draw("text", None, {"baseline": "middle", **side}, **written),
        rows=rows,
    )


def bars_of_page(y: Spec, *, height: int, **channels: Any) -> Spec:
    """Return bars from `start` to `end`, each with a text at its right, without rows.

    The page fills in rows, the unit and the scale: ``assets/region_bars.js``.
    """
    x = quantitative(
        "start", title="UNIT", scale={"zero": True}, axis={"labelBound": True}
    )
    return layers(
        draw(
            "bar", None, {"height": height}, x=x, x2={"field": "end"}, y=y, **channels
        ),
        draw(
            "text",
            None,
            {"align": "left", "dx": 4, "baseline": "middle"},
            x={**x, "field": "right"},
            y=y,
            text=nominal("text"),
        ),
        rows=[],
    )


def room_for(texts: Iterable[str], values: Iterable[float | None]) -> Spec:
    """Return a scale of an axis from 0 with room for texts at the ends of its bars."""
    numbers = [value for value in values if value is not None]
    pixels = math.ceil(max(map(text_width, texts), default=0)) + 14
    low, high = min([0.0, *numbers]), max([0.0, *numbers])
    taken = pixels * ((low < 0) + (high > 0))
    room = f"{(high - low) * pixels} / max(room - {taken}, 60)"
    ends = {
        "domainMin": {"expr": f"{low} - {room}"} if low < 0 else 0,
        "domainMax": {"expr": f"{high} + {room}"} if high > 0 else 0,
    }
    return {**ends, "nice": False, "zero": True}


def haloed(rows: list[Spec], look: Spec, **channels: Spec) -> list[Spec]:
    """Return text on marks, with a halo in the colour of the ground below it."""
    halo = {"stroke": GROUND, "strokeWidth": 4, "strokeJoin": "round", "fill": GROUND}
    return [
        draw("text", rows, {**look, **halo}, **channels),
        draw("text", rows, look, **channels),
    ]


def name_layers(
    names_at: Callable[[int], Iterable[tuple[Name, Spec]]], x: Spec, y: Spec
) -> list[Spec]:
    """Return layers with names beside marks, and lines to those that stand apart.

    Parameters
    ----------
    names_at
        Called with each width of `WIDTHS`; returns the names that have room there, and
        the fields of their marks along both axes.
    x, y
        The encodings of the marks.
    """
    rows = []
    for number, width in enumerate(WIDTHS):
        limits = {"from": width if number else 0}
        limits["to"] = WIDTHS[number + 1] if number + 1 < len(WIDTHS) else 99_999
        for name, point in names_at(width):
            row = {"name": name.text, "align": name.align}
            row |= {"dx": round(name.dx, 1), "dy": round(name.dy, 1)}
            if name.line:
                row["path"] = "M0,{:.1f}L0,{:.1f}".format(*name.line)
            rows.append(point | limits | row)
    if not rows:
        return []
    fits = {"filter": "datum.from <= room && room < datum.to"}
    text = {"baseline": "middle", "align": {"expr": "datum.align"}}
    text |= {side: {"expr": f"datum.{side}"} for side in ("dx", "dy")}
    # a shape of size 4 has a pixel for each unit of its path
    line = {"shape": {"expr": "datum.path"}, "size": 4, "filled": False}
    line |= {"stroke": colour_of("unknown"), "strokeWidth": 1}
    apart = [row for row in rows if "path" in row]
    lines = {**draw("point", apart, line, x=x, y=y), "transform": [fits]}
    names = draw("text", rows, text, x=x, y=y, text=nominal("name"))
    return ([lines] if apart else []) + [{**names, "transform": [fits]}]


def by_width(values: Iterable[Any]) -> str:
    """Return an expression for that of the values which belongs to a plot's width."""
    *others, last = values
    limits = [
        f"room < {limit} ? {value} : "
        for value, limit in zip(others, WIDTHS[1:], strict=True)
    ]
    return f"({''.join(limits)}{last})"


def short(value: float | None, digits: int = 6) -> float | None:
    """Return a number with as many digits as a chart can show."""
    if value is None or not math.isfinite(value):
        return None
    return float(f"{value:.{digits}g}")


def titled(words: str, unit: str, is_log: bool = False) -> str:
    """Return the title of an axis with its unit, and with its kind if that is rare."""
    title = f"{words} ({unit})" if unit else words
    return f"{title}, logarithmic" if is_log else title


def unique_names(regions: Mapping[str, str]) -> list[str]:
    """Return the names of regions by id, with the id where they are not unique."""
    names = list(regions.values())
    return [
        name if names.count(name) == 1 else f"{name} ({id_})"
        for id_, name in regions.items()
    ]


def finished(
    drawing: Spec, height: int | None = None, ratio: float | None = None
) -> Spec:
    """Return the specification that a page draws, as wide as there is room.

    A chart with a ratio, height by width, keeps its proportions at any width.
    """
    fit = {"type": "fit-x", "contains": "padding"}
    spec = {**drawing, "width": "container", "config": CONFIG, "autosize": fit}
    # the width of the plot, for texts that need room
    spec["params"] = [*drawing.get("params", []), {"name": "room", "expr": "width"}]
    if height is not None:
        spec["height"] = height
    if ratio is not None:
        spec["usermeta"] = {"ratio": round(ratio, 4)}
    return _readable(spec)


def _readable(part: Any) -> Any:
    """Return a specification with blanks for characters that Vega cannot draw.

    It refuses line ends of a script in a name, and control characters end its process.
    """
    if isinstance(part, str):
        return _LINE_ENDS.sub(" ", without_control(part))
    if isinstance(part, dict):
        return {_readable(key): _readable(value) for key, value in part.items()}
    return list(map(_readable, part)) if isinstance(part, list | tuple) else part


def frame_of(
    spec: dict,
    title: str,
    words: Sequence[str],
    notes: Sequence[str],
    width: int = EXPORT_WIDTH,
) -> dict:
    """Return what stands around a saved picture: title, words and notes.

    The first of its two drawings is the chart's size alone; `for_file` fills it, and so
    does the page that saves what it shows. The notes stand below, in smaller letters.
    """
    size = {"width": width}
    if "usermeta" in spec:
        size["height"] = round(width * spec["usermeta"]["ratio"])
    above = _text_block(title, 16) | {
        "subtitle": [line for text in words for line in wrapped(text, EXPORT_WIDTH)],
        "subtitleFontSize": FONT_SIZE,
        "subtitleColor": "#4b5563",
        "subtitlePadding": 6,
    }
    below = _text_block("", _NOTE_SIZE) | {
        "text": [
            line for note in notes for line in wrapped(note, EXPORT_WIDTH, _NOTE_SIZE)
        ],
        "fontWeight": "normal",
        "color": "#4b5563",
        "offset": 0,
        "orient": "bottom",
    }
    foot = draw("point", [{}], {"opacity": 0}) | {"title": below, "height": 1}
    room = {"name": "room", "value": width}
    return _readable(
        {
            "title": above,
            "vconcat": [size, foot | {"width": 1}],
            "align": "none",
            "spacing": 14,
            "params": [room],
            "config": {"background": "white"},
            "padding": 16,
        }
    )


def for_file(
    spec: dict,
    title: str,
    words: Sequence[str],
    notes: Sequence[str],
    width: int = EXPORT_WIDTH,
) -> dict:
    """Return the specification of a saved picture: a chart in its frame."""
    frame = frame_of(spec, title, words, notes, width)
    around = ("config", "autosize", "usermeta", "params")
    chart = {key: value for key, value in spec.items() if key not in around}
    size, foot = frame["vconcat"]
    params = [param for param in spec.get("params", []) if param["name"] != "room"]
    return frame | {
        "vconcat": [chart | size, foot],
        "params": [*params, *frame["params"]],
        "config": spec["config"] | frame["config"],
    }


def bare(spec: dict, width: int = EXPORT_WIDTH) -> dict:
    """Return the specification of a chart without a frame, whose marks say their tips.

    Who shows the picture can read them: `aria-label` of a mark has its fields.
    """
    framed = for_file(spec, "", [], [], width)
    chart, _ = framed["vconcat"]
    around = {key: framed[key] for key in ("params", "config")}
    return _telling(chart) | around | {"padding": 8}


def _telling(part: Any) -> Any:
    """Return a drawing whose marks have their tips as descriptions."""
    if isinstance(part, list):
        return list(map(_telling, part))
    if not isinstance(part, dict):
        return part
    told = {
        key: value if key in ("data", "datasets") else _telling(value)
        for key, value in part.items()
    }
    if tips := told.get("encoding", {}).get("tooltip"):
        words = " + '; ' + ".join(_told(tip) for tip in tips)
        told["encoding"]["description"] = {"value": {"expr": words}}
    return told


def _told(tip: Spec) -> str:
    field = f"datum[{json.dumps(tip['field'])}]"
    value = f"format({field}, '{tip['format']}')" if "format" in tip else field
    return f"{json.dumps(tip.get('title', tip['field']) + ': ')} + {value}"


def _text_block(text: str, size: int) -> Spec:
    look = {"anchor": "start", "frame": "bounds", "fontSize": size, "offset": 14}
    # a title is bold, and so a little wider
    return {"text": wrapped(text, 0.9 * EXPORT_WIDTH, size), **look}


def wrapped(text: str, width: float, size: float = FONT_SIZE) -> list[str]:
    """Return a text in lines that are at most so many pixels wide.

    A line ends at a blank, a hyphen or between two wide letters, and not within a
    number with its unit.
    """
    lines = [""]
    for part in _PARTS.findall(unbroken(" ".join(text.split()))):
        if text_width(lines[-1] + part.rstrip(), size) > width and lines[-1]:
            lines.append("")
        lines[-1] += part
    return [line.rstrip() for line in lines]
