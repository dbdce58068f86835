"""The ground of a report's maps: outlines or tiles of regions, on a plane.

Outlines are the dataset's own, those of the world or of the states of the United
States, which are shipped; without any of them each region is a square tile, placed by
its coordinates. Everything is projected here, once, so that a page draws polygons as
they are: a unit is a thousandth of the width, and y grows downwards.
"""

import csv
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from carbonshed.report.queries import Marts, Rows

WIDTH = 1000.0
SAYS = "Outlines as in the source; they say nothing about borders."
_SHIPPED = "carbonshed.report.assets"
_DIGITS = 1  # decimals of a unit
_SPECK = 3.5  # radius of the dot in place of what is too small to be seen
_MARGIN = 0.015  # a share of the width
_LARGE_PART = 0.05  # a share of the main part of a region, such as Alaska
_MIN_REGIONS = 3  # fewer make no map
_FEW, _SMALLER = 50, 5 / 6  # one of so many regions may be remote; see `brought_near`
_MAX_RATIO = 0.8
_MAX_TOGETHER = 400  # tiles that are placed together: the time grows with the cube

# codes of countries that the standard has replaced, and tables still use
_FORMER_CODES = {"ROM": "ROU", "TMP": "TLS", "ZAR": "COD"}

Ring = np.ndarray  # shape (points, 2), degrees or units, its last point the first
Polygons = list[list[Ring]]
Project = Callable[[str, np.ndarray], np.ndarray]


@dataclass(frozen=True)
class MapGround:
    """Outlines or tiles on a plane, the same for all maps of a report.

    Attributes
    ----------
    features
        Features of GeoJSON with the region as `id`, the largest first; those without
        an id, or of regions without a value, are background.
    points
        A point (x, y) in each ranked region.
    ratio
        Height over width.
    credit
        Source and licence of the outlines, as a line of a picture; empty for tiles.
    labels
        A short name for each tile; empty for outlines.
    side
        Side of a tile; 0 for outlines.
    moved
        Names of regions that lie farther away than drawn.
    """

    features: list[dict[str, Any]]
    points: dict[str, tuple[float, float]]
    ratio: float
    credit: str
    labels: dict[str, str]
    side: float = 0.0
    moved: tuple[str, ...] = ()

    @property
    def is_tiles(self) -> bool:
        """True if regions are squares and not outlines."""
        return bool(self.labels)


def read_ground(marts: Marts, country: str) -> MapGround | None:
    """Return the ground of a dataset, None if its regions have no places.

    Parameters
    ----------
    country
        That of the dataset, ``WLD`` for the world.
    """
    regions = marts.ask("common/places")
    ranked = {row["region_id"]: row for row in regions if row["is_ranked"]}
    if len(ranked) < _MIN_REGIONS:
        return None
    own = marts.ask_if_built("common/outlines")
    if len(own):
        return _of_dataset(own, ranked)
    kinds = {row["region_type"] for row in ranked.values()}
    codes = _country_codes()
    if kinds == {"country"} and ranked.keys() <= codes.keys():
        credit = "Outlines: Natural Earth, 1:50m, public domain"
        own_ids = {codes[region]: region for region in ranked}
        world = [
            (own_ids.get(id_ or "", id_), shape) for id_, shape in _shipped("world")
        ]
        return _of_outlines(world, ranked, credit)
    if country == "USA" and ranked.keys() <= {id_ for id_, _ in _shipped("states")}:
        credit = "Outlines: United States Census Bureau, public domain"
        return _of_outlines(_shipped("states"), ranked, credit, _albers_usa)
    points = {
        region: (row["longitude"], row["latitude"]) for region, row in ranked.items()
    }
    if all(None not in point for point in points.values()):
        names = {region: row["region_name"] for region, row in ranked.items()}
        return _of_tiles(points, names)
    return None


def _of_dataset(own: Rows, ranked: Mapping[str, Any]) -> MapGround:
    outlines = [
        (row["region_id"], _polygons(json.loads(row["outline"]))) for row in own
    ]
    first = own.first() or {}
    credit = f"Outlines: {first['source']} · {first['licence']}"
    return _of_outlines(outlines, ranked, credit)


def _polygons(geometry: dict[str, Any]) -> Polygons:
    parts = geometry["coordinates"]
    parts = [parts] if geometry["type"] == "Polygon" else parts
    return [[np.array(ring, dtype=float) for ring in polygon] for polygon in parts]


@cache
def _topology(name: str) -> dict[str, Any]:
    text = files(_SHIPPED).joinpath(f"geo/{name}.json").read_text("utf-8")
    return json.loads(text)


def _shipped(name: str) -> list[tuple[str | None, Polygons]]:
    """Return outlines that come with the program, in degrees, from their topology."""
    topology = _topology(name)
    scale, move = (topology["transform"][key] for key in ("scale", "translate"))
    arcs = [np.cumsum(arc, axis=0) * scale + move for arc in topology["arcs"]]

    def ring(indices: list[int]) -> Ring:
        parts = [arcs[k] if k >= 0 else arcs[~k][::-1] for k in indices]
        return np.concatenate([parts[0], *(part[1:] for part in parts[1:])])

    return [
        (shape.get("id"), [[ring(r) for r in polygon] for polygon in shape["arcs"]])
        for shape in topology["objects"]["regions"]["geometries"]
    ]


@cache
def _country_codes() -> dict[str, str]:
    """Return the id of a country's outline by the codes that tables may have for it."""
    shapes = _topology("world")["objects"]["regions"]["geometries"]
    codes = dict(_FORMER_CODES)
    for shape in shapes:
        if "id" in shape:
            codes[shape["id"]] = codes[shape["properties"]["alpha2"]] = shape["id"]
    return codes


@cache
def country_names() -> dict[str, str]:
    """Return a country's names in large languages by the codes that tables may have."""
    text = files(_SHIPPED).joinpath("geo/names.csv").read_text("utf-8")
    names = dict(csv.reader(text.splitlines()))
    return {code: names[id_] for code, id_ in _country_codes().items() if id_ in names}


def _of_outlines(
    outlines: list[tuple[str | None, Polygons]],
    ranked: Mapping[str, Any],
    credit: str,
    project: Project | None = None,
) -> MapGround:
    """Return a ground with outlines, cut to the main parts of ranked regions."""
    mains = {id_: max(shape, key=_span)[0] for id_, shape in outlines if id_ in ranked}
    is_world = _is_wide(list(mains.values()))
    project = project or _fitting(list(mains.values()))
    flat = {id_: project(id_, ring) for id_, ring in mains.items()}
    moves = brought_near(flat)
    flat = {id_: ring + moves.get(id_, 0.0) for id_, ring in flat.items()}
    # on a part of the world, land of a region overseas would leave no room for others
    large = [
        project(id_, part[0])
        for id_, shape in outlines
        if id_ in ranked and is_world
        for part in shape
        if _span(part) > _LARGE_PART * _span([mains[id_]])
    ]
    box = np.concatenate([*flat.values(), *large])
    low, high = box.min(axis=0), box.max(axis=0)
    margin = _MARGIN * (high[0] - low[0])
    low, high = low - margin, high + margin
    scale = WIDTH / (high[0] - low[0])
    ratio = (high[1] - low[1]) / (high[0] - low[0])
    # a very long country keeps its proportions, with sea to both sides
    room = max(ratio / _MAX_RATIO, 1.0)
    scale /= room
    shift = (WIDTH - WIDTH / room) / 2
    ratio = min(ratio, _MAX_RATIO)

    def place(points: np.ndarray) -> np.ndarray:
        x = (points[:, 0] - low[0]) * scale + shift
        return np.column_stack([x, (high[1] - points[:, 1]) * scale])

    def placed(id_: str, ring: Ring) -> Ring:
        return place(project(id_, ring) + moves.get(id_, 0.0))

    shapes = []
    for id_, shape in outlines:
        rings = [[placed(id_ or "", ring) for ring in part] for part in shape]
        shown = [part for part in rings if _is_inside(part[0], ratio * WIDTH)]
        if shown:
            shapes.append((id_, shown))
    middles = {id_: _middle(place(ring)) for id_, ring in flat.items()}
    shapes.sort(key=lambda shape: -max(_span(part) for part in shape[1]))
    features = [_feature(id_, shape, middles.get(id_ or "")) for id_, shape in shapes]
    moved = tuple(ranked[id_]["region_name"] for id_ in moves)
    shown = [feature for feature in features if feature]
    return MapGround(shown, middles, ratio, credit, {}, moved=moved)


def brought_near(flat: Mapping[str, Ring]) -> dict[str, np.ndarray]:
    """Return by how much remote regions move, so that the others are not small.

    At most one of fifty regions is remote: without it, the box around the others has
    a sixth less area. It moves to the nearest place within that box.
    """
    boxes = {id_: (ring.min(axis=0), ring.max(axis=0)) for id_, ring in flat.items()}
    near = list(flat)
    for _ in range(len(flat) // _FEW):
        area, remote = min(
            (float(np.prod(_box(boxes, near, without) @ [-1, 1])), without)
            for without in near
        )
        if area > _SMALLER * float(np.prod(_box(boxes, near) @ [-1, 1])):
            break
        near.remove(remote)
    low, high = _box(boxes, near).T
    inset = 0.03 * (high[0] - low[0])
    moves = {}
    for id_ in flat.keys() - set(near):
        middle = sum(boxes[id_]) / 2
        moves[id_] = np.clip(middle, low + inset, high - inset) - middle
    return dict(sorted(moves.items()))


def _box(
    boxes: Mapping[str, tuple[np.ndarray, np.ndarray]],
    regions: list[str],
    without: str = "",
) -> np.ndarray:
    """Return least and largest x, then y, of the boxes of regions, shape (2, 2)."""
    sides = np.array([boxes[id_] for id_ in regions if id_ != without])
    return np.column_stack([sides[:, 0].min(axis=0), sides[:, 1].max(axis=0)])


def _is_inside(ring: Ring, height: float) -> bool:
    """Return whether the box of a ring is on the ground."""
    low, high = ring.min(axis=0), ring.max(axis=0)
    return bool((high > 0).all() and low[0] < WIDTH and low[1] < height)


def _span(part: list[Ring]) -> float:
    """Return the area of the box around a polygon."""
    return float(np.prod(np.ptp(part[0], axis=0)))


def _middle(ring: Ring) -> tuple[float, float]:
    """Return a point within a ring, in the middle of a wide part of it."""
    x, y = ring[:, 0], ring[:, 1]
    best, middle = -math.inf, (float(x.mean()), float(y.mean()))
    for height in np.linspace(y.min(), y.max(), 17)[1:-1]:
        crosses = (y[:-1] > height) != (y[1:] > height)
        along = (height - y[:-1][crosses]) / (y[1:][crosses] - y[:-1][crosses])
        cuts = np.sort(x[:-1][crosses] + along * (x[1:] - x[:-1])[crosses])
        for west, east in zip(cuts[::2], cuts[1::2], strict=False):
            # rather in the middle of the height than where it is a little wider
            weight = east - west - 0.6 * abs(height - (y.min() + y.max()) / 2)
            if weight > best:
                best, middle = weight, (float(west + east) / 2, float(height))
    return round(middle[0], _DIGITS), round(middle[1], _DIGITS)


def _feature(
    id_: str | None, shape: Polygons, point: tuple[float, float] | None
) -> dict[str, Any] | None:
    """Return a feature; a ranked region too small to be seen is a dot."""
    parts = [_rounded(part) for part in shape]
    coordinates = [part for part in parts if part]
    largest = max(np.ptp(part[0], axis=0).max() for part in shape)
    if point is not None and largest < 2 * _SPECK:
        coordinates = [[_dot(point)]]
    if not coordinates:
        return None
    geometry = {"type": "MultiPolygon", "coordinates": coordinates}
    feature: dict[str, Any] = {"type": "Feature", "geometry": geometry}
    return feature | ({"id": id_} if id_ else {})


def _rounded(part: list[Ring]) -> list[list[list[float]]]:
    """Return the rings of a polygon with fewer digits, without those that vanish."""
    rings = []
    for ring in part:
        points = np.round(ring, _DIGITS)
        moves = np.any(points[1:] != points[:-1], axis=1)
        points = points[np.concatenate([[True], moves])]
        if len(points) > 3:
            rings.append(points.tolist())
        elif not rings:
            return []  # its outer ring
    return rings


def _dot(point: tuple[float, float]) -> list[list[float]]:
    angles = np.linspace(0, 2 * math.pi, 13)
    x = point[0] + _SPECK * np.cos(angles)
    y = point[1] + _SPECK * np.sin(angles)
    return np.round(np.column_stack([x, y]), _DIGITS).tolist()


# Projections take degrees and return units of the earth's radius, y upwards.


def _fitting(rings: list[Ring]) -> Project:
    """Return the projection that suits the places of rings: of equal areas."""
    points = np.concatenate(rings)
    west, east = _window(points[:, 0])
    south, north = points[:, 1].min(), points[:, 1].max()
    middle = (west + east) / 2
    if _is_wide(rings):
        # cut where the fewest people live; 11 keeps all of Asia on one side
        return lambda _, ring: _equal_earth(_turned(ring, 11.0))
    sixth = (north - south) / 6
    parallels = south + sixth, north - sixth
    return lambda _, ring: _conic(_turned(ring, middle), *parallels)


def _is_wide(rings: list[Ring]) -> bool:
    """Return whether rings go around more than half of the world."""
    west, east = _window(np.concatenate(rings)[:, 0])
    return east - west > 180


def _window(longitudes: np.ndarray) -> tuple[float, float]:
    """Return the shortest arc that has all longitudes; its east may be above 180."""
    around = np.unique(np.round(longitudes % 360, 6))
    gaps = np.diff(np.append(around, around[0] + 360))
    widest = int(gaps.argmax())
    east = around[widest]
    west = east + gaps[widest]
    west -= 360 * (west > east)
    return float(west), float(east)


def _turned(ring: Ring, middle: float) -> Ring:
    """Return a ring with longitudes from a middle, without a jump at 180 degrees."""
    east = np.degrees(np.unwrap(np.radians(ring[:, 0]))) - middle
    east -= 360 * np.round(east.mean() / 360)
    return np.column_stack([east, ring[:, 1]])


def _equal_earth(ring: Ring) -> np.ndarray:
    """Project by Savric, Patterson and Jenny (2018): The Equal Earth map projection."""
    a1, a2, a3, a4 = 1.340264, -0.081106, 0.000893, 0.003796
    root = math.sqrt(3) / 2
    east, north = np.radians(ring).T
    t = np.arcsin(root * np.sin(north))
    slope = a1 + 3 * a2 * t**2 + t**6 * (7 * a3 + 9 * a4 * t**2)
    x = east * np.cos(t) / (root * slope)
    y = t * (a1 + a2 * t**2 + t**6 * (a3 + a4 * t**2))
    return np.column_stack([x, y])


def _conic(ring: Ring, south: float, north: float) -> np.ndarray:
    """Project by Albers, on a cone with two true parallels; a cylinder at the equator.

    References
    ----------
    Snyder, J. P. (1987): Map Projections, a Working Manual. Section 14.
    """
    east, latitude = np.radians(ring).T
    low, high = math.sin(math.radians(south)), math.sin(math.radians(north))
    n = (low + high) / 2
    if abs(n) < 1e-3:
        width = math.cos(math.radians(south))
        return np.column_stack([east * width, np.sin(latitude) / width])
    c = 1 + low * high
    radius = np.sqrt(np.maximum(c - 2 * n * np.sin(latitude), 0)) / n
    first = math.sqrt(max(c - n * (low + high), 0)) / n
    x, y = radius * np.sin(n * east), first - radius * np.cos(n * east)
    return np.column_stack([x, y])


# state -> middle, parallels, scale, place of its middle: insets below the southwest
_INSETS = {
    "AK": ((-154.0, 60.0), (55.0, 65.0), 0.35, (-0.33, -0.195)),
    "HI": ((-157.5, 20.6), (8.0, 18.0), 1.0, (-0.19, -0.215)),
}


def _albers_usa(state: str, ring: Ring) -> np.ndarray:
    """Project the United States; Alaska is smaller and Hawaii nearer than they are."""
    middle, parallels, scale, origin = _INSETS.get(
        state, ((-96.0, 38.7), (29.5, 45.5), 1.0, (0.0, 0.0))
    )
    zero = _conic(np.array([[0.0, middle[1]]]), *parallels)
    flat = _conic(_turned(ring, middle[0]), *parallels) - zero
    return flat * scale + origin


def _of_tiles(
    points: Mapping[str, tuple[float, float]], names: Mapping[str, str]
) -> MapGround:
    """Return a ground with a square for each region, near where it lies."""
    degrees = np.array(list(points.values()), dtype=float)
    project = _fitting([degrees])
    # one by one: two places are no line that could cross 180 degrees
    flat = np.concatenate([project("", point[None]) for point in degrees])
    cells = grid_cells(flat)
    columns, rows = cells.max(axis=0) + 1
    side = min(WIDTH / columns, _MAX_RATIO * WIDTH / rows)
    left = (WIDTH - side * columns) / 2
    gap = 0.03 * side
    features, middles = [], {}
    for region, (column, row) in zip(points, cells.tolist(), strict=True):
        x0, y0 = left + column * side + gap, row * side + gap
        x1, y1 = x0 + side - 2 * gap, y0 + side - 2 * gap
        ring = [[x0, y0], [x1, y0], [x1, y1], [x0, y1], [x0, y0]]
        ring = [[round(x, _DIGITS), round(y, _DIGITS)] for x, y in ring]
        geometry = {"type": "Polygon", "coordinates": [ring]}
        features.append({"type": "Feature", "id": region, "geometry": geometry})
        middles[region] = round((x0 + x1) / 2, _DIGITS), round((y0 + y1) / 2, _DIGITS)
    ratio = max(side * rows / WIDTH, 0.05)
    return MapGround(features, middles, ratio, "", short_names(names), side)


def grid_cells(points: np.ndarray) -> np.ndarray:
    """Return a cell of a grid for each point, as near to it as all together allow.

    Many points are divided into parts that lie together, each with its own cells.

    Parameters
    ----------
    points
        Places on a plane, shape (n, 2), y upwards.

    Returns
    -------
    numpy.ndarray
        Columns and rows, shape (n, 2), from 0, rows downwards; no two are the same.
    """
    count = len(points)
    low, span = points.min(axis=0), np.ptp(points, axis=0)
    span = np.maximum(span, span.max() / 20 or 1.0)
    # half as many cells again as regions leave room for bays and islands
    step = math.sqrt(span[0] * span[1] / (1.5 * count))
    # and cells around them all, where a dense coast may go
    margin = 1 + int(0.15 * math.sqrt(count))
    columns, rows = (int(n) for n in np.ceil(span / step) + 1 + 2 * margin)
    where = (points - low) / step + 0.5 + margin
    where[:, 1] = rows - where[:, 1]
    grid = np.array([(x, y) for y in range(rows) for x in range(columns)], dtype=int)
    return _closed_up(_nearest_cells(where, grid))


def _nearest_cells(where: np.ndarray, cells: np.ndarray) -> np.ndarray:
    """Return a cell for each place, no two the same, from at least as many cells."""
    count = len(where)
    if count <= _MAX_TOGETHER:
        return _assigned(where, cells)
    axis = int(np.ptp(where, axis=0).argmax())
    ordered = np.lexsort((where[:, 1 - axis], where[:, axis]))
    half = count // 2
    line = where[ordered[half - 1 : half + 1], axis].mean()
    order = np.lexsort((cells[:, 1 - axis], cells[:, axis]))
    before = int((cells[:, axis] + 0.5 < line).sum())
    # both sides have enough cells
    before = min(max(before, half), len(cells) - (count - half))
    chosen = np.empty_like(cells, shape=(count, 2))
    for part, own in (
        (ordered[:half], order[:before]),
        (ordered[half:], order[before:]),
    ):
        chosen[part] = _nearest_cells(where[part], cells[own])
    return chosen


def _assigned(where: np.ndarray, cells: np.ndarray) -> np.ndarray:
    """Return the cells whose squared distances from their places are least in sum."""
    from scipy.optimize import linear_sum_assignment

    away = where[:, None, :] - (cells[None] + 0.5)
    cost = (away**2).sum(axis=2)
    # without ties, so that every machine finds the same
    cost += 1e-9 * np.arange(cost.size).reshape(cost.shape) / cost.size
    _, chosen = linear_sum_assignment(cost)
    return cells[chosen]


def _closed_up(cells: np.ndarray) -> np.ndarray:
    """Return cells without columns and rows that are empty."""
    return np.column_stack(
        [np.unique(axis, return_inverse=True)[1].ravel() for axis in cells.T]
    )


_LONGEST_ID = 4


def short_names(names: Mapping[str, str]) -> dict[str, str]:
    """Return a short name for each region: its id if that is short, or of its name.

    A name of several words has two letters of the first and of the last; other names
    have their first four, or two where letters are wide.
    """
    are_short = all(len(id_) <= _LONGEST_ID and not id_.isdigit() for id_ in names)
    return {id_: id_ if are_short else _shortened(name) for id_, name in names.items()}


def _shortened(name: str) -> str:
    words = name.replace("-", " ").replace("(", " ").split()
    if any(ord(letter) > 0x2E7F for letter in name):
        return name[:2]
    if len(words) > 1:
        return words[0][:2] + words[-1][:2]
    return name[:4]
