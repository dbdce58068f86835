"""Names of places in a chart of two amounts."""

from collections.abc import Iterable, Sequence

from carbonshed.report import vega
from carbonshed.report.labels import Box, Mark, place_names

_MARGIN = 0.08  # part of an axis beyond its first and last mark
_RADIUS = 4.5  # pixels of a mark


def padded(values: Iterable[float], from_zero: bool = False) -> vega.Spec:
    """Return a scale with some room at both ends, or at the upper one from zero."""
    values = [*values]
    low, high = (0.0 if from_zero else min(values)), max(values)
    margin = (high - low or abs(high) or 1.0) * _MARGIN
    domain = [vega.short(low - margin * (not from_zero)), vega.short(high + margin)]
    return {"domain": domain, "nice": False, "zero": False}


def name_points(
    points: Sequence[vega.Spec],
    first: Iterable[int],
    x: vega.Spec,
    y: vega.Spec,
    height: int,
) -> list[vega.Spec]:
    """Return layers with the names of points that have room, `first` ones first.

    Scales of both axes have fixed domains, as from `padded`; the name of a point is its
    field `region`. Names stay off the lines at zero.
    """

    def pixels(width: int) -> list[Mark]:
        return [
            Mark(
                width * _part(point[x["field"]], x),
                height * (1 - _part(point[y["field"]], y)),
                _RADIUS,
            )
            for point in points
        ]

    def zero_lines(width: int) -> list[Box]:
        across, down = (_part(0.0, axis) for axis in (x, y))
        across, down = width * across, height * (1 - down)
        return [
            Box(across - 1, 0, across + 1, height),
            Box(0, down - 1, width, down + 1),
        ]

    names = [(index, points[index]["region"]) for index in first]
    at = [{axis["field"]: point[axis["field"]] for axis in (x, y)} for point in points]
    return vega.name_layers(
        lambda width: [
            (name, at[name.mark])
            for name in place_names(
                pixels(width), names, (width, height), zero_lines(width)
            )
        ],
        x,
        y,
    )


def outliers(points: Sequence[vega.Spec], fields: tuple[str, str]) -> list[int]:
    """Return points from the one farthest from the middle, by both amounts."""
    sizes = [
        [abs(point[field] - _middle(points, field)) for point in points]
        for field in fields
    ]
    largest = [max(side) or 1.0 for side in sizes]
    away = [
        max(side[index] / most for side, most in zip(sizes, largest, strict=True))
        for index in range(len(points))
    ]
    return sorted(range(len(points)), key=lambda index: -away[index])


def _middle(points: Sequence[vega.Spec], field: str) -> float:
    values = sorted(point[field] for point in points)
    return values[len(values) // 2]


def _part(value: float, axis: vega.Spec) -> float:
    """Return the part of an axis that lies before a value."""
    low, high = axis["scale"]["domain"]
    return (value - low) / (high - low)
