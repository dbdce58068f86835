"""Outlines with fewer points: the method of Visvalingam and Whyatt, on shared borders.

Rings are cut into arcs where three borders meet. An arc belongs to the regions on both
sides and is simplified once, so that their borders fit together afterwards as before.

References
----------
Visvalingam, M. and Whyatt, J. D. (1993): Line generalisation by repeated elimination of
points. The Cartographic Journal 30 (1), 46-51.
"""

import heapq
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

Point = tuple[float, float]
Ring = list[Point]
Geometry = list[list[Ring]]
_Arc = tuple[Point, ...]

_MIN_CORNERS = 3


def unwrapped(ring: Ring) -> Ring:
    """Return a ring without the jump from 180 degrees east to 180 degrees west."""
    points = [ring[0]]
    for east, north in ring[1:]:
        turns = round((points[-1][0] - east) / 360)
        points.append((east + 360 * turns, north))
    return points


def signed_area(ring: Ring) -> float:
    """Return the area of a closed ring, in square degrees, above 0 counterclockwise."""
    points = unwrapped(ring)
    east, north = points[0]  # near the origin fewer digits are lost
    moved = [(x - east, y - north) for x, y in points]
    return 0.5 * math.fsum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in pairwise(moved))


def generalised(
    geometries: Mapping[str, Geometry],
    max_bytes: int,
    text: Callable[[Geometry], str],
) -> dict[str, Geometry] | None:
    """Return geometries that fit into so many bytes as `text`, None if none do.

    They are left as they are if they fit. Otherwise points go in the order of the
    area that they add, and polygons and holes of less area than that; each region
    keeps its largest polygon, with at least three corners.
    """

    def size(candidates: Mapping[str, Geometry]) -> int:
        return sum(len(text(geometry)) for geometry in candidates.values())

    simple = dict(geometries)
    total = size(simple)
    if total <= max_bytes:
        return simple
    borders = _Borders(geometries)
    share = 1.0
    while total > max_bytes and share:
        share *= 0.95 * max_bytes / total
        if share < 1e-6:  # nothing but triangles
            share = 0.0
        simple = borders.simplified(share)
        total = size(simple)
    return simple if total <= max_bytes else None


@dataclass
class _Line:
    """An arc between two places where borders meet, or a ring without any.

    `weights` are the areas that its points add, infinite at both ends.
    """

    points: _Arc
    weights: list[float]
    kept: set[int] = field(default_factory=set)  # whatever they add

    def inner(self, least: float) -> list[int]:
        """Return the places of the points that stay, without both ends."""
        return [
            index
            for index in range(1, len(self.points) - 1)
            if self.weights[index] > least or index in self.kept
        ]


# a line of a ring, and whether the ring runs along it backwards
_Part = tuple[_Line, bool]


class _Borders:
    """The arcs that geometries are made of, each once."""

    def __init__(self, geometries: Mapping[str, Geometry]) -> None:
        self._geometries = geometries
        self._lines: dict[_Arc, _Line] = {}
        meeting = _meeting_points(geometries)
        self._rings = {
            region: [
                [self._parts(ring, meeting) for ring in polygon] for polygon in geometry
            ]
            for region, geometry in geometries.items()
        }

    def _parts(self, ring: Ring, meeting: set[Point]) -> list[_Part]:
        """Return the arcs of a ring."""
        corners = ring[:-1]
        ends = [k for k, point in enumerate(corners) if point in meeting]
        ends = ends or [corners.index(min(corners))]
        turned = [*corners[ends[0] :], *corners[: ends[0]], corners[ends[0]]]
        cuts = [end - ends[0] for end in ends] + [len(corners)]
        return [
            self._line(tuple(turned[first : last + 1]))
            for first, last in pairwise(cuts)
        ]

    def _line(self, arc: _Arc) -> _Part:
        backwards = arc[::-1]
        is_reversed = backwards < arc
        key = backwards if is_reversed else arc
        if key not in self._lines:
            self._lines[key] = _Line(key, _effective_areas(key))
        return self._lines[key], is_reversed

    def simplified(self, share: float) -> dict[str, Geometry]:
        """Return geometries with a share of the points between meeting places."""
        weights = sorted(
            (w for line in self._lines.values() for w in line.weights[1:-1]),
            reverse=True,
        )
        count = int(share * len(weights))
        least = weights[count] if count < len(weights) else -1.0
        if not count:
            least = math.inf
        kept: set[frozenset[Point]] = set()
        chosen: dict[str, list[int]] = {}
        for region, geometry in self._geometries.items():
            areas = [_true_area(outer) for outer, *_ in geometry]
            largest = areas.index(max(areas))
            chosen[region] = [
                k for k, area in enumerate(areas) if area > least or k == largest
            ]
            kept |= {frozenset(geometry[k][0]) for k in chosen[region]}
        left = {
            region: [
                [
                    self._rings[region][k][number]
                    for number, ring in enumerate(geometry[k])
                    # a hole stays with the region that fills it
                    if not number or _true_area(ring) > least or frozenset(ring) in kept
                ]
                for k in chosen[region]
            ]
            for region, geometry in self._geometries.items()
        }
        # corners that one ring needs are its neighbour's too: all before any is joined
        for geometry in left.values():
            for polygon in geometry:
                for parts in polygon:
                    self._keep_corners(parts, least)
        return {
            region: [
                [self._joined(parts, least) for parts in polygon]
                for polygon in geometry
            ]
            for region, geometry in left.items()
        }

    def _keep_corners(self, parts: list[_Part], least: float) -> None:
        """Keep those points of a ring that it needs to have three corners."""
        inner = sum(len(line.inner(least)) for line, _ in parts)
        missing = _MIN_CORNERS - len(parts) - inner
        if missing > 0:
            others = [
                (line.weights[index], line.points[index], line, index)
                for line, _ in parts
                for index in range(1, len(line.points) - 1)
                if index not in line.inner(least)
            ]
            others.sort(key=lambda other: other[:2], reverse=True)
            for _, _, line, index in others[:missing]:
                line.kept.add(index)

    def _joined(self, parts: list[_Part], least: float) -> Ring:
        """Return a ring of what is left of its arcs."""
        ring: Ring = []
        for line, is_reversed in parts:
            indices = [0, *line.inner(least), len(line.points) - 1]
            points = [line.points[index] for index in indices]
            ring += (points[::-1] if is_reversed else points)[:-1]
        return [*ring, ring[0]]


def _meeting_points(geometries: Mapping[str, Geometry]) -> set[Point]:
    """Return the points whose neighbours differ from ring to ring."""
    neighbours: dict[Point, tuple[Point, Point]] = {}
    meeting = set()
    for geometry in geometries.values():
        for polygon in geometry:
            for ring in polygon:
                corners = ring[:-1]
                for k, point in enumerate(corners):
                    before, after = corners[k - 1], corners[(k + 1) % len(corners)]
                    pair = (before, after) if before < after else (after, before)
                    if neighbours.setdefault(point, pair) != pair:
                        meeting.add(point)
    return meeting


def _effective_areas(arc: _Arc) -> list[float]:
    """Return the area that each point adds when points with less are gone."""
    points = unwrapped(list(arc))
    last = len(points) - 1
    weights = [math.inf] * len(points)
    before, after = list(range(-1, last)), list(range(1, last + 2))

    def area(k: int) -> float:
        return _triangle(points[before[k]], points[k], points[after[k]])

    current = {k: area(k) for k in range(1, last)}
    heap = [(weight, k) for k, weight in current.items()]
    heapq.heapify(heap)
    largest = 0.0
    while heap:
        weight, k = heapq.heappop(heap)
        if current.get(k) != weight:
            continue  # it has another since
        del current[k]
        # nobody goes before those that went earlier
        largest = max(largest, weight)
        weights[k] = largest
        left, right = before[k], after[k]
        after[left], before[right] = right, left
        for neighbour in (left, right):
            if neighbour in current:
                current[neighbour] = area(neighbour)
                heapq.heappush(heap, (current[neighbour], neighbour))
    return weights


def _triangle(a: Point, b: Point, c: Point) -> float:
    """Return the area of a triangle, in square degrees of the equator."""
    doubled = (b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1])
    return abs(doubled) / 2 * math.cos(math.radians((a[1] + b[1] + c[1]) / 3))


def _true_area(ring: Ring) -> float:
    north = [point[1] for point in ring]
    middle = math.radians((min(north) + max(north)) / 2)
    return abs(signed_area(ring)) * math.cos(middle)
