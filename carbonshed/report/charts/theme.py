"""What all charts share: colours, fonts, and how a specification is finished.

Colours of categories follow Okabe and Ito, so that people with any colour vision can
tell them apart; each ground has its own, which stands out from it by 3 to 1 at least.
A specification holds those of the light ground, and the style sheet puts the dark ones
in their place. Amounts go along cividis. Ink and lines are the page's own: its style
sheet draws them, so that a chart follows light, dark and paper.
"""

import math
import re
import textwrap
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

import altair as alt

from carbonshed.text import without_control

BLUE, ORANGE, GREEN, VERMILION = "#005FA3", "#C68200", "#0A7F60", "#A63A00"
SKY, PURPLE, GREY = "#2C94DC", "#A4509E", "#858A95"
GROUND = "#FFFFFF"
ON_DARK = {
    BLUE: "#4790E8",
    ORANGE: "#FFAA2B",
    GREEN: "#4FDDA0",
    VERMILION: "#DA5733",
    PURPLE: "#DB90DF",
    SKY: "#C9ECFF",
    GREY: "#8F949B",
}
PALETTE = [BLUE, ORANGE, GREEN, VERMILION, PURPLE, SKY, GREY]

EXPORT_WIDTH = 720
_TITLE_LETTERS, _NOTE_LETTERS = 80, 105  # in a line of a saved picture
_LINE_ENDS = re.compile("[\u2028\u2029]")
_FONT = "Helvetica, Arial, sans-serif"

CONFIG = {
    "font": _FONT,
    "background": "transparent",
    "view": {"stroke": None},
    "axis": {
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "titlePadding": 8,
        "labelColor": "#3b424c",
        "titleColor": "#3b424c",
        "gridColor": "#e3e6ea",
        "domainColor": "#aab1bb",
        "tickColor": "#aab1bb",
        "labelLimit": 190,
    },
    "axisQuantitative": {"tickCount": 7},
    "legend": {
        "orient": "top",
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "labelColor": "#3b424c",
        "titleColor": "#3b424c",
        "labelLimit": 260,
        "symbolType": "circle",
    },
    "range": {"category": PALETTE, "heatmap": {"scheme": "cividis"}},
    "point": {"filled": True, "size": 50},
    "text": {"fontSize": 11, "color": "#3b424c"},
    "rule": {"color": "#6b7280"},
    "bar": {"color": BLUE},
}


def short(value: float | None, digits: int = 6) -> float | None:
    """Return a number with as many digits as a chart can show."""
    if value is None or not math.isfinite(value):
        return None
    return float(f"{value:.{digits}g}")


def data(rows: Iterable[dict[str, Any]]) -> alt.Data:
    """Return rows as the data of a chart."""
    return alt.Data(values=list(rows))


def titled(words: str, unit: str) -> str:
    """Return the title of an axis: what it is, and in which unit."""
    return f"{words} ({unit})" if unit else words


def colours(names: Sequence[str], range_: Sequence[str] = PALETTE) -> alt.Scale:
    """Give each name a colour, always the same one."""
    return alt.Scale(domain=list(names), range=list(range_[: len(names)]))


def finished(
    chart: Any,
    height: int | None = None,
    width: Any = "container",
    ratio: float | None = None,
) -> dict:
    """Return the specification that a page draws.

    Parameters
    ----------
    chart
        The chart.
    height, width
        Its size in pixels; usually as wide as the page has place.
    ratio
        Height by width, of a chart that keeps its proportions at any width.
    """
    size = {"width": width} | ({} if height is None else {"height": height})
    spec = chart.properties(**size).to_dict(validate=False)
    spec.pop("$schema", None)
    spec["config"] = CONFIG
    spec["autosize"] = {"type": "fit-x", "contains": "padding"}
    if width != "container":
        spec["autosize"] = {"type": "pad"}
    if ratio is not None:
        spec["usermeta"] = {"ratio": round(ratio, 4)}
    return _with_named_data(_readable(spec))


def _readable(part: Any) -> Any:
    """Put blanks for what Vega refuses in a name, or ends the process at.

    What ends a line in a script, and control characters, which XML cannot have.
    """
    if isinstance(part, str):
        return _LINE_ENDS.sub(" ", without_control(part))
    if isinstance(part, dict):
        return {_readable(key): _readable(value) for key, value in part.items()}
    return list(map(_readable, part)) if isinstance(part, list | tuple) else part


def _with_named_data(spec: dict) -> dict:
    """Name data sets by their order: Altair names them by their content."""
    found = spec.get("datasets", {})
    names = {name: f"data-{number}" for number, name in enumerate(found)}
    if found:
        spec["datasets"] = {names[name]: rows for name, rows in found.items()}
    _rename(spec, names)
    return spec


def _rename(part: Any, names: dict[str, str]) -> None:
    if isinstance(part, dict):
        source = part.get("data")
        if isinstance(source, dict) and source.get("name") in names:
            source["name"] = names[source["name"]]
        for key, value in part.items():
            if key != "datasets":
                _rename(value, names)
    elif isinstance(part, list):
        for value in part:
            _rename(value, names)


def for_file(spec: dict, title: str, notes: Sequence[str]) -> dict:
    """Return the specification of the file that is saved from a chart.

    A picture that travels alone says itself what it shows, in `notes` below the title,
    and has a ground of its own.
    """
    sized = {"width": EXPORT_WIDTH} if spec.get("width") == "container" else {}
    if "usermeta" in spec:
        sized["height"] = round(EXPORT_WIDTH * spec["usermeta"]["ratio"])
    words = {
        "text": wrapped(title, _TITLE_LETTERS),
        "subtitle": [line for note in notes for line in wrapped(note, _NOTE_LETTERS)],
        "anchor": "start",
        "fontSize": 16,
        "subtitleFontSize": 12,
        "subtitleColor": "#4b5563",
        "offset": 14,
        "subtitlePadding": 6,
    }
    config = {**spec["config"], "background": "white"}
    return {**spec, **sized, "title": _readable(words), "config": config, "padding": 16}


def wrapped(text: str, letters: int) -> list[str]:
    """Return a text in lines of at most so many letters; wide ones count double."""
    is_wide = any(unicodedata.east_asian_width(letter) in "WF" for letter in text)
    return textwrap.wrap(text, letters // 2 if is_wide else letters) or [""]
