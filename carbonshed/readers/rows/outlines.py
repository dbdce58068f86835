"""The outlines of regions, from the file of GeoJSON that may lie beside the tables.

A geometry here is a list of polygons, a polygon a list of rings, the outer one first,
and a ring a list of points (degrees east, degrees north) whose last is its first.
"""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from carbonshed.dataset.contract import (
    DESCRIPTOR_FILE,
    OUTLINES_FILE,
    UNRANKED_REGION_TYPES,
)
from carbonshed.dataset.store import Row
from carbonshed.errors import CarbonshedError
from carbonshed.io_errors import need_file, read_text
from carbonshed.readers.rows.generalisation import (
    Geometry,
    Point,
    Ring,
    generalised,
    signed_area,
    unwrapped,
)
from carbonshed.text import counted, has_control, listing, suggestion

MAX_BYTES = 1_000_000  # all outlines of a dataset together
_MAX_FILE_BYTES = 50_000_000
_DIGITS = 5  # decimals of a degree: about a metre
_POLYGONS = ("Polygon", "MultiPolygon")
_LONGEST_SHOWN = 60
_WGS84 = ("CRS84", "4326")


@dataclass(frozen=True)
class Outlines:
    """The outlines of regions by id, as text, and notes on them."""

    texts: dict[str, str]
    notes: list[str]

    def add_to(self, regions: Sequence[Row]) -> None:
        """Give each region its outline, None where there is none."""
        for row in regions:
            row["outline"] = self.texts.get(row["region_id"])


NO_OUTLINES = Outlines({}, [])


def read_outlines(
    path: Path | None, descriptor: Mapping[str, Any], regions: Sequence[Row]
) -> Outlines:
    """Read and check the outlines of regions; none without a file.

    Parameters
    ----------
    path
        The file, None if there is none.
    descriptor
        The folder's, with licence and source of the outlines.
    regions
        All regions, with coordinates where they are known. Either all that are ranked
        have an outline, or there is no file.

    Raises
    ------
    CarbonshedError
        If the file breaks a rule of the contract; the message names the feature.
    """
    block = descriptor.get("mrio", {}).get("outlines")
    if path is None:
        if block is not None:
            raise CarbonshedError(
                f"{OUTLINES_FILE}: no such file, and `mrio.outlines` of "
                f"{DESCRIPTOR_FILE} has its licence and source; expected both or "
                "neither"
            )
        return NO_OUTLINES
    if block is None:
        raise CarbonshedError(
            f"{DESCRIPTOR_FILE}: `mrio.outlines` is missing, and there is a "
            f"{path.name}; expected the licence and the source of the outlines, such "
            'as "outlines": {"licence": "CC BY 4.0", "source": "Statistics Finland"}'
        )
    geometries = dict(_features(path, [row["region_id"] for row in regions]))
    _refuse_missing(path.name, geometries, regions)
    notes = _check_places(path.name, geometries, regions)
    before = _count_points(geometries.values())
    simple = generalised(geometries, MAX_BYTES, outline_text)
    if simple is None:
        raise CarbonshedError(
            f"{path.name}: the outlines of {len(geometries):,} regions take more than "
            f"{MAX_BYTES:,} bytes even as triangles; expected outlines of fewer regions"
        )
    after = _count_points(simple.values())
    if after < before:
        notes.append(
            f"{path.name}: {before:,} points simplified to {after:,}, so that all "
            f"outlines take at most {MAX_BYTES:,} bytes; borders that two regions "
            "share stay shared"
        )
        lost = _count_polygons(geometries) - _count_polygons(simple)
        if lost:
            notes.append(
                f"{path.name}: left out {counted(lost, 'polygon')} too small to be "
                "seen; every region keeps its largest"
            )
    texts = {region: outline_text(geometry) for region, geometry in simple.items()}
    return Outlines(texts, notes)


def outline_text(geometry: Geometry) -> str:
    """Return a geometry of GeoJSON: outer rings counterclockwise, holes clockwise."""
    polygons = [
        [_turned(ring, is_outer=number == 0) for number, ring in enumerate(polygon)]
        for polygon in geometry
    ]
    is_single = len(polygons) == 1
    content = {
        "type": _POLYGONS[not is_single],
        "coordinates": polygons[0] if is_single else polygons,
    }
    return json.dumps(content, separators=(",", ":"))


def _turned(ring: Ring, *, is_outer: bool) -> Ring:
    return ring if (signed_area(ring) > 0) == is_outer else ring[::-1]


def _features(path: Path, regions: list[str]) -> Iterator[tuple[str, Geometry]]:
    """Yield region and geometry of each feature, in the order of the file."""
    seen: dict[str, int] = {}
    for number, feature in enumerate(_read_features(path), start=1):
        where = f"{path.name}: feature {number}"
        region = _region_of(where, feature)
        where = f"{where} (region_id {region!r})"
        if region not in regions:
            raise CarbonshedError(
                f"{where}: no such region{suggestion(region, regions)}; expected one "
                "of the table of regions"
            )
        if region in seen:
            raise CarbonshedError(
                f"{where}: feature {seen[region]} is of the same region; expected one "
                "feature for each region, a MultiPolygon if it has several parts"
            )
        seen[region] = number
        yield region, _geometry(where, feature.get("geometry"))


def _read_features(path: Path) -> list[Any]:
    size = need_file(path).st_size
    if size > _MAX_FILE_BYTES:
        raise CarbonshedError(
            f"{path.name}: has {size:,} bytes; expected at most {_MAX_FILE_BYTES:,}. "
            "Simplify it first, for example with QGIS or mapshaper"
        )
    try:
        content = json.loads(read_text(path))
    except json.JSONDecodeError as error:
        raise CarbonshedError(
            f"{path.name}: not JSON: {error.msg} "
            f"(line {error.lineno}, column {error.colno})"
        ) from None
    except RecursionError:
        raise CarbonshedError(f"{path.name}: nested too deeply") from None
    except ValueError as error:
        raise CarbonshedError(f"{path.name}: cannot be read: {error}") from None
    kind = content.get("type") if isinstance(content, dict) else None
    features = content.get("features") if isinstance(content, dict) else None
    if kind != "FeatureCollection" or not isinstance(features, list) or not features:
        raise CarbonshedError(
            f"{path.name}: is {_shown(kind) if kind else 'no object with a type'}"
            f"{' without features' if kind == 'FeatureCollection' else ''}; expected "
            "GeoJSON, a FeatureCollection with a feature for each region"
        )
    _refuse_other_projection(path.name, content.get("crs"))
    return features


def _refuse_other_projection(file: str, crs: Any) -> None:
    """Refuse a member of the first GeoJSON that names other coordinates."""
    if crs is None:
        return
    properties = crs.get("properties") if isinstance(crs, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    if not str(name).endswith(_WGS84):
        raise CarbonshedError(
            f"{file}: `crs` is {_shown(name)}; expected degrees of WGS 84 (EPSG:4326), "
            "and no `crs`"
        )


def _region_of(where: str, feature: Any) -> str:
    """Return the region of a feature: its id, or a property."""
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        raise CarbonshedError(f"{where}: is no object of type Feature")
    properties = feature.get("properties")
    named = properties.get("region_id") if isinstance(properties, dict) else None
    ids = [value for value in (feature.get("id"), named) if value is not None]
    for value in ids:
        is_id = isinstance(value, str | int) and not isinstance(value, bool)
        if not is_id or not str(value) or has_control(str(value)):
            raise CarbonshedError(
                f"{where}: its id is {_shown(value)}; expected a region_id, a text"
            )
    if not ids:
        raise CarbonshedError(
            f"{where}: has neither an `id` nor a property `region_id`; expected the "
            "region_id of the table of regions in one of them"
        )
    # ids of other tables are often beside our own, so the property goes first
    return str(ids[-1])


def _geometry(where: str, geometry: Any) -> Geometry:
    """Return the polygons of a feature, checked."""
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if kind not in _POLYGONS:
        raise CarbonshedError(
            f"{where}: its geometry is {_shown(kind)}; expected "
            f"{listing(_POLYGONS, separator=' or ')}"
        )
    parts = geometry.get("coordinates")
    if kind == "Polygon":
        parts = [parts]
    if not isinstance(parts, list) or not parts:
        raise CarbonshedError(f"{where}: has no coordinates; expected polygons")
    polygons = []
    for number, part in enumerate(parts, start=1):
        within = f"{where}: polygon {number}" if kind == "MultiPolygon" else where
        if not isinstance(part, list) or not part:
            raise CarbonshedError(f"{within}: has no ring; expected at least one")
        polygons.append(
            [_ring(f"{within}: ring {k}", ring) for k, ring in enumerate(part, start=1)]
        )
    return polygons


def _ring(where: str, positions: Any) -> Ring:
    if not isinstance(positions, list) or len(positions) < 4:
        count = len(positions) if isinstance(positions, list) else "no"
        raise CarbonshedError(
            f"{where}: has {count} points; expected at least 4, the last equal to the "
            "first"
        )
    points = [
        _point(f"{where}: point {number}", position)
        for number, position in enumerate(positions, start=1)
    ]
    if points[0] != points[-1]:
        raise CarbonshedError(
            f"{where}: is not closed: it begins at {_place(points[0])} and ends at "
            f"{_place(points[-1])}; expected the same point"
        )
    ring = [point for k, point in enumerate(points) if not k or point != points[k - 1]]
    if len(set(ring)) < 3 or signed_area(ring) == 0:
        raise CarbonshedError(
            f"{where}: encloses nothing; expected a ring with an area, in degrees with "
            f"{_DIGITS} decimals"
        )
    return ring


def _point(where: str, position: Any) -> Point:
    """Return a point in degrees, rounded; a height is left out."""
    is_position = isinstance(position, list) and len(position) >= 2
    numbers = position[:2] if is_position else []
    if not is_position or not all(map(_is_number, numbers)):
        raise CarbonshedError(
            f"{where}: is {_shown(position)}; expected [degrees east, degrees north]"
        )
    east, north = numbers
    if abs(east) <= 180 and abs(north) <= 90:
        return round(float(east), _DIGITS), round(float(north), _DIGITS)
    if abs(east) <= 90 and abs(north) <= 180:
        hint = (
            ": longitude and latitude seem to be swapped. GeoJSON has the longitude "
            "first"
        )
    elif abs(east) > 360 or abs(north) > 360:
        hint = (
            ": these seem to be metres of a projection. Save the file in WGS 84 "
            "(EPSG:4326)"
        )
    else:
        hint = ""
    raise CarbonshedError(
        f"{where}: is {_place((east, north))}; expected degrees east from -180 to 180, "
        f"then degrees north from -90 to 90{hint}"
    )


def _is_number(value: Any) -> bool:
    is_real = isinstance(value, int | float) and not isinstance(value, bool)
    return is_real and math.isfinite(value)


def _refuse_missing(
    file: str, geometries: Mapping[str, Geometry], regions: Sequence[Row]
) -> None:
    ranked = [
        row["region_id"]
        for row in regions
        if row["region_type"] not in UNRANKED_REGION_TYPES
    ]
    missing = [region for region in ranked if region not in geometries]
    if missing:
        raise CarbonshedError(
            f"{file}: {len(missing)} of {len(ranked)} ranked regions have no outline: "
            f"{listing(missing, 20, quote=True)}; expected all or, without this file, "
            "none"
        )


def _check_places(
    file: str, geometries: Mapping[str, Geometry], regions: Sequence[Row]
) -> list[str]:
    """Compare outlines with coordinates; refuse swapped ones, and note the others."""
    outside, swapped, placed = [], [], 0
    for row in regions:
        geometry = geometries.get(row["region_id"])
        east, north = row.get("longitude"), row.get("latitude")
        if geometry is None or east is None or north is None:
            continue
        placed += 1
        if not _is_near(geometry, east, north):
            outside.append(row["region_id"])
            if _is_near(geometry, north, east):
                swapped.append(row["region_id"])
    if len(swapped) > placed / 2:
        raise CarbonshedError(
            f"{file}: longitude and latitude seem to be swapped: the outline of "
            f"{swapped[0]!r}, as of {len(swapped)} of {placed} regions, lies where its "
            "coordinates would with the latitude first; expected [degrees east, "
            "degrees north]"
        )
    if not outside:
        return []
    return [
        f"{file}: {len(outside)} of {placed} regions have their coordinates outside "
        f"their outline: {listing(outside, 10, quote=True)}; one of the two may be "
        "wrong"
    ]


def _is_near(geometry: Geometry, east: float, north: float) -> bool:
    """Return whether a place is within the box of a geometry, or just beside it."""
    for outer, *_ in geometry:
        xs, ys = zip(*unwrapped(outer), strict=True)
        margin = 0.1 + 0.1 * max(max(xs) - min(xs), max(ys) - min(ys))
        is_beside = any(
            min(xs) - margin <= east + turn <= max(xs) + margin
            for turn in (-360, 0, 360)
        )
        if is_beside and min(ys) - margin <= north <= max(ys) + margin:
            return True
    return False


def _count_points(geometries: Any) -> int:
    return sum(
        len(ring) for geometry in geometries for polygon in geometry for ring in polygon
    )


def _count_polygons(geometries: Mapping[str, Geometry]) -> int:
    return sum(map(len, geometries.values()))


def _place(point: Sequence[float]) -> str:
    return f"[{point[0]:g}, {point[1]:g}]"


def _shown(value: Any) -> str:
    shown = json.dumps(value, ensure_ascii=False)
    if len(shown) > _LONGEST_SHOWN:
        return f"{shown[:_LONGEST_SHOWN]}..."
    return shown
