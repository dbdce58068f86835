"""A dot for each place along one axis: as large as its people, none over another.

Positions are worked out here for each width of a plot, in pixels, so that names find
the room that is left.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

import numpy as np

from carbonshed.numbers import Scale
from carbonshed.report import vega
from carbonshed.report.labels import Box, Mark, Name, place_names, shortened, text_width

_MANY = 60  # places that need a high plot
_HEIGHT, _HIGH = 280, 340  # pixels of a plot
_HEAD = 22  # pixels for the name of a line, above the dots
# left and right of the axis, for dots at its ends: a share of the plot, and pixels
_SIDE, _SIDE_PIXELS = 0.09, 38.0
_LEAST = 2.0  # radius of dots, pixels
_GAP = 1.0  # pixels between dots
_NAME_ROOM = 22  # pixels of width for each name, at least
_CROSSING = 6  # names whose line to the dot may run behind other dots
_APART = (8, 20, 32, 44, 58, 74, 92, 112)
_LONGEST = 200.0  # pixels of a name
# an axis on which each step is ten times the last, where most dots would be one heap
_MAX_LINEAR = 25.0
_MIN_TICKS, _MAX_TICKS = 3, 7


@dataclass(frozen=True)
class Dot:
    """A place, its value along the axis, its people, and all that is read of it.

    A span is from the lowest value that it may have to the highest.
    """

    region: str
    name: str
    value: float
    people: float | None
    kind: str = ""
    words: dict[str, str] = field(default_factory=dict)
    span: tuple[float, float] | None = None

    @property
    def values(self) -> list[float]:
        """Return all its values along the axis."""
        return [self.value, *(self.span or ())]


@dataclass(frozen=True)
class Line:
    """A line across the axis with its name."""

    name: str
    value: float


@dataclass(frozen=True)
class Axis:
    """An axis from its first value to its last, linear or of powers of ten."""

    low: float
    high: float
    is_log: bool

    def share(self, value: float) -> float:
        """Return the position of a value as a share of the axis."""
        low, high, at = (self.low, self.high, value)
        if self.is_log:
            low, high, at = map(math.log10, (low, high, at))
        return (at - low) / (high - low)

    def pixel(self, value: float, width: float) -> float:
        """Return the position of a value in a plot."""
        return side_of(width) + self.share(value) * (width - 2 * side_of(width))

    def encoding(self, divisor: float = 1.0, **look: Any) -> dict[str, dict[str, Any]]:
        """Return the scale and the axis of an encoding, in a unit of such a size."""
        ends = [self.low / divisor, self.high / divisor]
        scale = {"domain": ends, "nice": False}
        if not self.is_log:
            return {"scale": {**scale, "zero": False}, "axis": look}
        ticks = {"values": log_ticks(*ends), "format": ",~f"}
        return {"scale": {**scale, "type": "log"}, "axis": {**ticks, **look}}


def log_ticks(low: float, high: float) -> list[float]:
    """Return the values with a label on an axis of logarithms: 1, 3, 10 or so.

    An axis that is short has equal steps, as a linear one.
    """
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    for steps in ((1, 2, 3, 5, 7), (1, 2, 5), (1, 3), (1,)):
        ticks = [
            float(f"{step}e{power}")
            for power in powers
            for step in steps
            if low <= float(f"{step}e{power}") <= high
        ]
        if len(ticks) <= _MAX_TICKS:
            break
    if len(ticks) >= _MIN_TICKS:
        return ticks
    power = math.floor(math.log10(high - low))
    for step in (float(f"{digit}e{power}") for digit in ("0.2", "0.5", "1", "2", "5")):
        count = math.floor(high / step) - math.ceil(low / step) + 1
        if count <= _MAX_TICKS:
            break
    first = math.ceil(low / step)
    return [float(f"{(first + number) * step:.12g}") for number in range(count)]


def side_of(width: float) -> float:
    """Return the pixels left and right of the axis; no dot has a larger radius."""
    return min(_SIDE * width, _SIDE_PIXELS)


def choose_axis(values: Sequence[float]) -> Axis:
    """Return an axis from zero, or one of powers where most would lie in one heap."""
    low, high = min(values), max(values)
    if low > 0 and high / float(np.median(values)) > _MAX_LINEAR:
        return Axis(low / 1.1, high * 1.1, True)
    low, high = min(low, 0.0), max(high, 0.0)
    return Axis(low, high if high > low else 1.0, False)


def swarm(x: np.ndarray, radius: np.ndarray, half: float) -> np.ndarray | None:
    """Return how far each dot lies from the axis, so that none is over another.

    Parameters
    ----------
    x, radius
        Positions along the axis and radii of dots, pixels, each of shape (n,).
    half
        The distance from the axis that no dot passes, pixels.

    Returns
    -------
    ndarray of shape (n,) or None
        Distances, pixels; None if the dots have no room.
    """
    away = np.zeros(len(x))
    done = np.zeros(len(x), dtype=bool)
    # large ones lie on the axis
    for dot in np.argsort(-radius, kind="stable"):
        reach = radius + radius[dot] + _GAP
        beside = done & (np.abs(x - x[dot]) < reach)
        high = np.sqrt(reach[beside] ** 2 - (x[beside] - x[dot]) ** 2)
        first, last = away[beside] - high, away[beside] + high
        choices = np.concatenate([[0.0], first, last])
        choices = choices[np.argsort(np.abs(choices), kind="stable")]
        inside = (choices[:, None] > first + 1e-9) & (choices[:, None] < last - 1e-9)
        away[dot] = choices[np.argmin(inside.any(axis=1))]
        if abs(away[dot]) + radius[dot] > half:
            return None
        done[dot] = True
    return away


@dataclass(frozen=True)
class Layout:
    """Dots in a plot of one width: their radii, and how far from the top they lie."""

    x: np.ndarray
    y: np.ndarray
    largest: float
    radius: np.ndarray


def height_for(dots: Sequence[Dot]) -> int:
    """Return the height of a plot of places, pixels."""
    return _HEIGHT if len(dots) <= _MANY else _HIGH


@dataclass(frozen=True)
class Frame:
    """An axis, and the size of dots on it: the same for plots that are compared."""

    axis: Axis
    people: float  # people of the largest dot; 0 if none is known
    largest: Mapping[int, float]  # its radius at most, pixels, by the width of a plot


def frame_for(plots: Sequence[Sequence[Dot]], values: Sequence[float]) -> Frame:
    """Return a frame in which the dots of each plot have room.

    The values are those of all that lies along the axis.
    """
    people = max(dot.people or 0.0 for dots in plots for dot in dots)
    widest = {width: side_of(width) for width in vega.WIDTHS}
    frame = Frame(choose_axis(values), people, widest)
    if len(plots) == 1:
        return frame
    largest = {
        width: min(lay_out(dots, frame, width).largest for dots in plots)
        for width in vega.WIDTHS
    }
    return replace(frame, largest=largest)


def lay_out(dots: Sequence[Dot], frame: Frame, width: int) -> Layout:
    """Return the dots in a plot, as large as they have room."""
    x = np.array([frame.axis.pixel(dot.value, width) for dot in dots])
    shares = relative_radii([dot.people for dot in dots], frame.people)
    half = (height_for(dots) - _HEAD) / 2
    largest = frame.largest[width]
    while True:
        radius = np.maximum(shares * largest, _LEAST)
        away = swarm(x, radius, half)
        if away is not None or largest < 2 * _LEAST:
            break
        largest *= 0.88
    if away is None:
        # more dots than there is room for: they lie over each other a little
        free = swarm(x, radius, np.inf)
        away = free * (half - _LEAST) / np.abs(free).max()
    return Layout(x, _HEAD + half + away, largest, radius)


def relative_radii(people: Iterable[float | None], most: float = 0.0) -> np.ndarray:
    """Return radii as shares of that of the largest, or of `most` people.

    Areas are as people are.
    """
    known = np.array([each or 0.0 for each in people])
    if not known.any():
        return np.full(len(known), 0.35)
    return np.sqrt(known / (most or known.max()))


def circles(
    rows: list[vega.Spec],
    words: Mapping[str, str],
    largest: Iterable[float],
    least: float = _LEAST,
    **channels: Any,
) -> vega.Spec:
    """Return circles for people, `share` being a radius as a share of the largest.

    Its radius by the width of a plot is `largest`, and none is smaller than `least`,
    pixels. They read the fields `told` of words.
    """
    radius = f"max(datum.share * {vega.by_width(largest)}, {least})"
    tips = [f"word{number}={label}" for number, label in enumerate(words)]
    drawing = vega.draw(
        "circle",
        rows,
        **channels,
        size=vega.quantitative("area", scale=None, legend=None),
        tooltip=vega.tips(*tips),
    )
    area = {"calculate": f"4 * pow({radius}, 2)", "as": "area"}
    return drawing | {"transform": [area]}


def told(words: Mapping[str, str]) -> dict[str, str]:
    """Return the fields of a mark from which its words are read."""
    return {f"word{number}": word for number, word in enumerate(words.values())}


def draw_dots(
    dots: Sequence[Dot],
    kinds: Mapping[str, str],
    line: Line | None,
    size: Scale,
    title: str,
    frame: Frame | None = None,
    first: str = "",
) -> vega.Spec:
    """Return a drawing of places along an axis, with names where there is room.

    The region `first`, those at both ends and those with the most people are named
    first. `kinds` has the colour of each kind of place, and no legend where there is
    one kind only. Without a frame that is shared with others, it has one of its own.
    """
    dots = sorted(dots, key=lambda dot: (dot.value, dot.region))
    values = [value for dot in dots for value in dot.values]
    values += [line.value] if line else []
    frame = frame or frame_for([dots], values)
    axis = frame.axis
    layouts = {width: lay_out(dots, frame, width) for width in vega.WIDTHS}
    x = vega.quantitative("value", **_along(axis, size, title))
    y = vega.quantitative(
        "y",
        axis=None,
        scale={
            "domain": [0, height_for(dots)],
            "nice": False,
            "zero": False,
            "reverse": True,
        },
    )
    radii = relative_radii([dot.people for dot in dots], frame.people).tolist()
    heights = [f"y{number}" for number in range(len(layouts))]
    rows = [
        {
            "region_id": dot.region,
            "value": vega.short(dot.value / size.divisor),
            "share": vega.short(radius, 3),
            "kind": dot.kind,
            **told(dot.words),
            **{
                height: round(float(layout.y[index]), 1)
                for height, layout in zip(heights, layouts.values(), strict=True)
            },
            **{
                end: vega.short(value / size.divisor)
                for end, value in zip(("low", "high"), dot.span or (), strict=False)
            },
        }
        for index, (dot, radius) in enumerate(zip(dots, radii, strict=True))
    ]
    legend = {"title": None} if len(kinds) > 1 else None
    drawn = circles(
        rows,
        dots[0].words,
        [round(layout.largest, 2) for layout in layouts.values()],
        x=x,
        y=y,
        **vega.kinds("kind", kinds, legend=legend),
    )
    at_width = vega.by_width(f"datum.{height}" for height in heights)
    at_height = {"calculate": at_width, "as": "y"}
    drawn["transform"].append(at_height)

    def name_all(width: int) -> list[tuple[Name, vega.Spec]]:
        return [
            (name, {"value": vega.short(value / size.divisor), "y": height})
            for name, value, height in _names(
                dots, line, axis, layouts[width], width, first
            )
        ]

    behind = vega.name_layers(name_all, x, y)
    names = behind[-1:]
    if line:
        at = [{"value": vega.short(line.value / size.divisor)}]
        behind.insert(0, vega.draw("rule", at, vega.DASHED, x=x))
    if spans := [row for row in rows if "high" in row]:
        ends = {"x": {**x, "field": "low"}, "x2": {"field": "high"}, "y": y}
        span = vega.draw("rule", spans, {"strokeWidth": 2}, **ends)
        behind.insert(0, span | {"transform": [at_height]})
    return vega.layers(*behind[: len(behind) - len(names)], drawn, *names)


def _along(axis: Axis, size: Scale, title: str) -> vega.Spec:
    """Return the options of an encoding along the axis."""
    side = f"min({_SIDE} * room, {_SIDE_PIXELS})"
    along = axis.encoding(size.divisor, grid=False, domain=True)
    along["scale"]["range"] = [{"expr": side}, {"expr": f"room - {side}"}]
    return {"title": vega.titled(title, size.unit, axis.is_log), **along}


def _names(
    dots: Sequence[Dot],
    line: Line | None,
    axis: Axis,
    layout: Layout,
    width: int,
    first: str,
) -> list[tuple[Name, float, float]]:
    """Return names of line and places, with value and height of their marks."""
    height = height_for(dots)
    named, blocked, avoided = [], [], []
    if line:
        x, extent = axis.pixel(line.value, width), text_width(line.name) + 5
        # beside the line where there is room, and over it where there is not
        left = x if x + extent <= width else max(x - extent, 0.0)
        dx = round(left - x, 1) + (4.0 if left == x else 1.0)
        named.append((Name(0, line.name, dx, 0.0, "left"), line.value, 8.0))
        blocked = [Box(left, 0, left + extent, 16)]
        avoided = [Box(x - 1, 0, x + 1, height)]
    for dot, y in zip(dots, layout.y.tolist(), strict=True):
        if dot.span:
            low, high = (axis.pixel(value, width) for value in dot.span)
            blocked.append(Box(low, y - 2, high, y + 2))
    marks = [
        Mark(*mark)
        for mark in zip(
            layout.x.tolist(), layout.y.tolist(), layout.radius.tolist(), strict=True
        )
    ]
    longest = min(_LONGEST, 0.5 * width)
    order = [
        (index, shortened(dots[index].name, longest)) for index in _order(dots, first)
    ]
    placed = place_names(
        marks, order, (width, height), blocked, avoided, _APART, _CROSSING
    )
    return named + [
        (name, dots[name.mark].value, round(marks[name.mark].y, 1))
        for name in islice(placed, width // _NAME_ROOM)
    ]


def _order(dots: Sequence[Dot], first: str) -> list[int]:
    """Return positions of dots by how much their names are wanted.

    The region `first`, then largest and smallest, then in turn the next of each end and
    those with most people.
    """
    indices = range(len(dots))
    wanted = [index for index in indices if dots[index].region == first]
    by_people = sorted(indices, key=lambda index: -(dots[index].people or 0.0))
    turns = zip(reversed(indices), indices, by_people, strict=True)
    return list(dict.fromkeys([*wanted, *(index for turn in turns for index in turn)]))
