"""Maps without a map: regions at their coordinates, in their true proportions."""

import math

import altair as alt

from carbonshed.report.charts.theme import short

WIDTH = 720  # of the saved picture; a page has its own


def has_place(row: dict, prefix: str = "") -> bool:
    """Return whether both coordinates of a region are known."""
    return (
        row[f"{prefix}longitude"] is not None and row[f"{prefix}latitude"] is not None
    )


class Window:
    """The part of the map that holds all places, and its shape on the page.

    Parameters
    ----------
    places
        Rows with longitude and latitude, in degrees.
    """

    def __init__(self, places: list[dict]) -> None:
        self.x = _span([each["longitude"] for each in places])
        self.y = _span([each["latitude"] for each in places])
        # a degree of longitude is shorter than one of latitude, away from the equator
        self.stretch = max(math.cos(math.radians(sum(self.y) / 2)), 0.2)
        ratio = (self.y[1] - self.y[0]) / ((self.x[1] - self.x[0]) * self.stretch)
        self.ratio = min(max(ratio, 0.35), 1.0)

    def axes(self) -> dict[str, alt.X | alt.Y]:
        """Return the axes of a chart on this map."""
        return {
            name: axis(
                f"{name}:Q",
                title=title,
                scale=alt.Scale(domain=domain, nice=False, zero=False),
            )
            for name, axis, title, domain in (
                ("x", alt.X, "longitude (° east)", self.x),
                ("y", alt.Y, "latitude (° north)", self.y),
            )
        }

    def angle(self, dx: float, dy: float) -> float:
        """Return a direction as drawn, in degrees clockwise from north."""
        right = dx / (self.x[1] - self.x[0]) * WIDTH
        up = dy / (self.y[1] - self.y[0]) * WIDTH * self.ratio
        return math.degrees(math.atan2(right, up)) % 360


def _span(degrees: list[float]) -> list[float]:
    margin = max((max(degrees) - min(degrees)) * 0.05, 0.05)
    return [short(min(degrees) - margin), short(max(degrees) + margin)]
