"""Bubbles along two axes of logarithms: as large as their people, outliers named."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np

from carbonshed.report import vega
from carbonshed.report.beeswarm import Axis, circles, relative_radii, told
from carbonshed.report.colours import colour_of
from carbonshed.report.labels import Mark, Name, place_names, shortened

HEIGHT = 400  # pixels of the plot
_LARGEST, _LEAST = 30.0, 2.5  # radius of bubbles, pixels
_SHARE = 0.07  # a radius has at most so much of the width
_COVERED = 0.1  # share of the plot that bubbles cover together, at most
_MARGIN = 0.08  # a share of an axis, beyond the outermost bubbles
_NAME_ROOM = 26  # pixels of width for each name, at least
_APART = (10, 24, 38)
_LONGEST = 200.0  # pixels of a name


@dataclass(frozen=True)
class Bubble:
    """A region with its values along both axes, its people and what is read of it.

    `beside` is the logarithm of its distance from the line.
    """

    region: str
    name: str
    x: float
    y: float
    people: float
    words: dict[str, str]
    beside: float = 0.0


def _axis_of(values: Sequence[float], is_log: bool = True) -> Axis:
    """Return an axis beyond the outermost bubbles; a linear one holds zero."""
    points = [math.log(value) for value in values] if is_log else [0.0, *values]
    low, high = min(points), max(points)
    margin = _MARGIN * (high - low) or 0.1
    if is_log:
        return Axis(math.exp(low - margin), math.exp(high + margin), True)
    return Axis(low - margin * (low < 0), high + margin, False)


def draw_bubbles(
    bubbles: Sequence[Bubble],
    line: Sequence[tuple[float, float]],
    x_title: str,
    y_title: str,
    proportional_to: tuple[str, float, str] | None = None,
) -> vega.Spec:
    """Return the specification of bubbles, largest at the bottom, and of a line.

    Parameters
    ----------
    bubbles
        Regions with values above zero, but for `proportional_to`; those with the most
        people first.
    line
        The ends of a line, none without one.
    x_title, y_title
        Titles of the axes.
    proportional_to
        A param of the drawing, its usual value and its unit: the vertical axis is then
        linear, holds zero, and its labels follow the param, which stands in a corner.
    """
    along = _axis_of([bubble.x for bubble in bubbles])
    up = _axis_of([bubble.y for bubble in bubbles], is_log=not proportional_to)
    radii = relative_radii([bubble.people for bubble in bubbles])
    sizes = {width: _largest(radii, width) for width in vega.WIDTHS}
    # a long title has lines, and room to the left of the axis, too
    x = vega.quantitative("x", title=x_title.split(", "), **along.encoding(grid=True))
    x["axis"] |= {"titleAnchor": "end"}
    y = vega.quantitative("y", title=y_title, **up.encoding(grid=True))
    if proportional_to:
        y["axis"]["labelExpr"] = vega.label_at(*proportional_to[:2])
    rows = [
        {
            "region_id": bubble.region,
            "x": vega.short(bubble.x),
            "y": vega.short(bubble.y),
            "share": vega.short(radius, 3),
            **told(bubble.words),
        }
        for bubble, radius in zip(bubbles, radii.tolist(), strict=True)
    ]
    colour = {"value": colour_of("footprint")}
    dots = circles(
        rows, bubbles[0].words, sizes.values(), _LEAST, x=x, y=y, color=colour
    )

    def name_all(width: int) -> list[tuple[Name, vega.Spec]]:
        marks = [
            Mark(
                along.share(bubble.x) * width,
                (1 - up.share(bubble.y)) * HEIGHT,
                max(radius * sizes[width], _LEAST),
            )
            for bubble, radius in zip(bubbles, radii.tolist(), strict=True)
        ]
        longest = min(_LONGEST, 0.5 * width)
        names = [(i, shortened(bubbles[i].name, longest)) for i in _order(bubbles)]
        placed = place_names(marks, names, (width, HEIGHT), apart=_APART, crossing=6)
        return [
            (name, {"x": rows[name.mark]["x"], "y": rows[name.mark]["y"]})
            for name in islice(placed, width // _NAME_ROOM)
        ]

    named = vega.name_layers(name_all, x, y)
    parts = [*named[:-1], dots, *named[-1:]]
    if line:
        ends = [{"x": vega.short(x_), "y": vega.short(y_)} for x_, y_ in line]
        look = {"color": colour_of("unknown"), "clip": True} | vega.DASHED
        parts.insert(0, vega.draw("line", ends, look, x=x, y=y))
    drawing = vega.layers(*parts)
    if proportional_to:
        param, usual, unit = proportional_to
        drawing["params"] = [{"name": param, "value": usual}]
        drawing["layer"].append(vega.corner(param, unit))
        if up.low < 0:
            zero = vega.draw("rule", [{"y": 0}], {"color": colour_of("unknown")}, y=y)
            drawing["layer"].insert(0, zero)
    return vega.finished(drawing, height=HEIGHT)


def _largest(radii: np.ndarray, width: float) -> float:
    """Return the radius of the largest bubble in a plot, pixels."""
    covered = math.pi * float((radii**2).sum())
    fits = math.sqrt(_COVERED * width * HEIGHT / covered)
    return round(min(_LARGEST, fits, _SHARE * width), 2)


def _order(bubbles: Sequence[Bubble]) -> list[int]:
    """Return positions of bubbles by how much their names are wanted.

    In turn the furthest above the line, the furthest below, those with most people,
    and those at the ends of both axes.
    """
    indices = range(len(bubbles))
    turns = zip(
        sorted(indices, key=lambda index: -bubbles[index].y),
        sorted(indices, key=lambda index: bubbles[index].y),
        sorted(indices, key=lambda index: -bubbles[index].beside),
        sorted(indices, key=lambda index: bubbles[index].beside),
        sorted(indices, key=lambda index: -bubbles[index].x),
        sorted(indices, key=lambda index: bubbles[index].x),
        indices,
        strict=True,
    )
    return list(dict.fromkeys(index for turn in turns for index in turn))
