"""Outlines of regions: rules of the file, simplification, the way into datasets."""

import json
import math
import random
from itertools import pairwise

import pyarrow.parquet as pq
import pytest
from support.refusals import refusal_of
from support.tiny_folder import TinyFolder

from carbonshed.aggregate import aggregate
from carbonshed.readers.rows.generalisation import (
    _effective_areas,
    generalised,
    signed_area,
)
from carbonshed.readers.rows.outlines import outline_text
from carbonshed.readers.tidy import ingest_tidy

ORIGIN = {"licence": "CC BY 4.0", "source": "Drawn by hand"}


def square(east, north, side=2.0):
    """Return a closed ring, counterclockwise."""
    right, top = east + side, north + side
    corners = [[east, north], [right, north], [right, top], [east, top]]
    return [*corners, corners[0]]


def feature(region, *rings, **more):
    geometry = {"type": "Polygon", "coordinates": list(rings)}
    return {"type": "Feature", "id": region, "geometry": geometry} | more


def collection():
    """Return outlines of both ranked regions: a square, and two with a hole."""
    parts = [[square(24, 56), square(25, 56.5, 0.5)], [square(30, 56, 1)]]
    islands = {"type": "MultiPolygon", "coordinates": parts}
    features = [feature("north", square(24, 60)), feature("south")]
    features[1]["geometry"] = islands
    return {"type": "FeatureCollection", "features": features}


def folder_with(project, content, outlines=ORIGIN):
    folder = TinyFolder(project / "tidy")
    folder.descriptor["mrio"].pop("outlines", None)
    if outlines:
        folder.descriptor["mrio"]["outlines"] = outlines
    path = folder.write()
    if content is not None:
        text = content if isinstance(content, str) else json.dumps(content)
        (path / "regions.geojson").write_text(text, encoding="utf-8")
    return path


def stored_outlines(dataset):
    rows = pq.read_table(dataset.table("regions")).to_pylist()
    return {row["region_id"]: row["outline"] for row in rows}


def test_outlines_are_stored_with_their_origin(empty_project):
    dataset = ingest_tidy(folder_with(empty_project, collection()), "tiny")
    outlines = stored_outlines(dataset)
    assert outlines["rest"] is None
    assert json.loads(outlines["north"]) == {
        "type": "Polygon",
        "coordinates": [square(24, 60)],
    }
    south = json.loads(outlines["south"])
    assert south["type"] == "MultiPolygon"
    # by the standard, RFC 7946, holes go clockwise
    hole = south["coordinates"][0][1]
    assert hole == square(25, 56.5, 0.5)[::-1]
    (row,) = pq.read_table(dataset.table("dataset")).to_pylist()
    assert row["outlines_licence"] == ORIGIN["licence"]
    assert row["outlines_source"] == ORIGIN["source"]
    assert not any("regions.geojson" in note for note in dataset.notes)


def test_added_up_regions_have_no_outline_and_say_so(empty_project):
    ingest_tidy(folder_with(empty_project, collection()), "tiny")
    sectors = empty_project / "sectors.csv"
    sectors.write_text(
        "sector_id,new_sector_id,new_sector_group,new_is_power_supply\n"
        "01,all,energy,false\n1,all,energy,false\n"
    )
    kept = aggregate("tiny", "kept", sectors=sectors)
    assert json.loads(stored_outlines(kept)["north"])["coordinates"] == [square(24, 60)]
    assert kept.descriptor["mrio"]["outlines"] == ORIGIN
    regions = empty_project / "regions.csv"
    regions.write_text(
        "region_id,new_region_id,new_region_type\n"
        "north,all,city\nsouth,all,city\nrest,rest,remainder\n"
    )
    added = aggregate("tiny", "added", regions=regions)
    assert set(stored_outlines(added).values()) == {None}
    assert "outlines" not in added.descriptor["mrio"]
    assert any("outlines" in note and "tiny" in note for note in added.notes)


def test_ids_may_be_a_property_beside_other_ids(empty_project):
    content = collection()
    for number, feature in enumerate(content["features"]):
        feature["properties"] = {"region_id": feature["id"], "name": "Somewhere"}
        feature["id"] = number
    dataset = ingest_tidy(folder_with(empty_project, content), "tiny")
    assert stored_outlines(dataset)["south"] is not None


def test_coordinates_outside_their_outline_are_noted(empty_project):
    content = collection()
    content["features"][0] = feature("north", square(100, 20))
    dataset = ingest_tidy(folder_with(empty_project, content), "tiny")
    (note,) = [note for note in dataset.notes if "regions.geojson" in note]
    assert "'north'" in note
    assert "1 of 1" in note


def with_north(*rings, **more):
    content = collection()
    content["features"][0] = feature("north", *rings) | more
    return content


UTM = [[x * 1e4, y * 1e5] for x, y in square(38, 66)]
REFUSED = {
    "no JSON": ("{", ["regions.geojson", "not JSON", "line 1"]),
    "a feature alone": (feature("north", square(0, 0)), ["'Feature'", "Collection"]),
    "no features": (
        {"type": "FeatureCollection", "features": []},
        ["without features", "a feature for each region"],
    ),
    "another projection": (
        collection() | {"crs": {"properties": {"name": "urn:ogc:def:crs:EPSG::3067"}}},
        ["EPSG::3067", "WGS 84"],
    ),
    "metres": (with_north(UTM), ["feature 1", "'north'", "metres", "EPSG:4326"]),
    "swapped, seen by the range": (
        with_north([[y, x + 90] for x, y in square(20, 60)]),
        ["feature 1", "'north'", "swapped", "longitude first"],
    ),
    "swapped, seen by the coordinates": (
        with_north([[y, x] for x, y in square(24, 60)]),
        ["'north'", "swapped", "[degrees east, degrees north]"],
    ),
    "an open ring": (
        with_north([*square(24, 60)[:-1], [24, 61]]),
        ["feature 1", "'north'", "ring 1", "not closed", "[24, 60]", "[24, 61]"],
    ),
    "three points": (
        with_north([[24, 60], [25, 60], [24, 60]]),
        ["'north'", "ring 1", "3 points", "at least 4"],
    ),
    "a line": (
        with_north([[24, 60], [25, 60], [26, 60], [24, 60]]),
        ["'north'", "ring 1", "encloses nothing"],
    ),
    "a hole that is none": (
        with_north(square(24, 60), [[24, 60], ["x", 60], [25, 61], [24, 60]]),
        ["'north'", "ring 2", "point 2", '["x", 60]'],
    ),
    "not finite": (
        json.dumps(with_north(square(24, 60))).replace("62.0", "NaN", 1),
        ["'north'", "point 3", "NaN"],
    ),
    "points": (
        with_north(square(0, 0), geometry={"type": "Point", "coordinates": [1, 2]}),
        ["'north'", '"Point"', "Polygon or MultiPolygon"],
    ),
    "no geometry": (with_north(geometry=None), ["'north'", "null", "Polygon"]),
    "no id": (with_north(square(24, 60), id=None), ["feature 1", "region_id"]),
    "a wrong id": (
        with_north(square(24, 60), id="nort"),
        ["feature 1", "'nort'", "'north'"],
    ),
    "one of two": (
        {**collection(), "features": collection()["features"][:1]},
        ["1 of 2 ranked regions", "'south'", "none"],
    ),
    "twice": (
        {**collection(), "features": collection()["features"] * 2},
        ["feature 3", "'north'", "feature 1", "MultiPolygon"],
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_broken_outlines_are_refused(case, empty_project):
    content, words = REFUSED[case]
    message = refusal_of(ingest_tidy, folder_with(empty_project, content), "tiny")
    for word in words:
        assert word in message.replace('"Feature"', "'Feature'"), message
    assert not (empty_project / "data" / "tiny").exists()


def test_outlines_need_licence_and_source_and_these_a_file(empty_project):
    for outlines in (None, {"licence": "CC0"}, {"licence": " ", "source": "x"}):
        folder = folder_with(empty_project, collection(), outlines)
        message = refusal_of(ingest_tidy, folder, "tiny")
        assert "datapackage.json: `mrio.outlines" in message
        assert "licence" in message
        assert "source" in message
        (folder / "regions.geojson").unlink()
    folder = folder_with(empty_project, None)
    message = refusal_of(ingest_tidy, folder, "tiny")
    assert message.startswith("regions.geojson: no such file")
    assert "both or neither" in message


def test_effective_areas_by_pencil():
    """At the equator, where a square degree is one.

    The second point adds 0.1 and goes first. Then the third adds a triangle of base 2
    and height 1; with it gone the fourth has base 4 and height 1.
    """
    arc = ((0, 0), (1, 0.1), (2, 0), (3, 1), (4, 0))
    weights = _effective_areas(arc)
    assert weights[0] == weights[-1] == math.inf
    assert weights[1:-1] == pytest.approx([0.1, 1, 2], rel=1e-3)


def test_a_point_never_counts_for_less_than_those_that_went_before_it():
    """A tip is small once its shoulders are gone, and must not go before them."""
    arc = ((0, 0), (1, 1), (1.5, 1.1), (2, 1), (3, 0), (4, 3), (5, 0))
    weights = _effective_areas(arc)
    order = sorted(range(1, 6), key=weights.__getitem__)
    assert sorted(weights[1:-1]) == [weights[k] for k in order]
    assert order[0] == 2
    assert order[-1] == 5


def test_an_area_has_a_sign_and_knows_180_degrees():
    assert signed_area([tuple(p) for p in square(10, 10)]) == 4
    assert signed_area([tuple(p) for p in square(10, 10)][::-1]) == -4
    across = [(179.0, 0.0), (-179.0, 0.0), (-179.0, 2.0), (179.0, 2.0), (179.0, 0.0)]
    assert signed_area(across) == 4


def jagged(generator, start, end, count):
    """Return points from start to end that waver, both ends as given."""
    (x0, y0), (x1, y1) = start, end
    inner = [
        (
            round(x0 + (x1 - x0) * t + generator.uniform(-0.3, 0.3), 5),
            round(y0 + (y1 - y0) * t + generator.uniform(-0.3, 0.3), 5),
        )
        for t in (k / count for k in range(1, count))
    ]
    return [start, *inner, end]


def three_countries():
    """Return three regions that meet in one point, and an exclave within one."""
    generator = random.Random(31)
    middle, corners = (10.0, 45.0), [(0.0, 40.0), (20.0, 40.0), (10.0, 60.0)]
    spokes = [jagged(generator, middle, corner, 80) for corner in corners]
    coasts = [
        jagged(generator, corners[k], corners[(k + 1) % 3], 120) for k in range(3)
    ]
    ring = jagged(generator, (9.0, 48.0), (9.5, 48.5), 40)
    exclave = [*ring, (10.5, 47.0), ring[0]]
    regions = {}
    for k, name in enumerate("abc"):
        after = (k + 1) % 3
        rim = [*spokes[k], *coasts[k][1:], *spokes[after][::-1][1:]]
        regions[name] = [[rim]]
    regions["b"][0].append(exclave[::-1])
    regions["c"].append([exclave])
    islet = [(30.0, 40.0), (30.001, 40.0), (30.0, 40.001), (30.0, 40.0)]
    regions["a"].append([islet])
    regions["d"] = [[[(x + 1, y) for x, y in islet]]]
    return regions, spokes


def edges(geometry):
    """Return the edges of a geometry, in either direction."""
    return {
        frozenset(edge)
        for polygon in geometry
        for ring in polygon
        for edge in pairwise(ring)
    }


@pytest.mark.parametrize("kept", [0.6, 0.15, 0.03])
def test_borders_that_two_regions_share_stay_shared(kept):
    regions, spokes = three_countries()
    size = sum(len(outline_text(region)) for region in regions.values())
    simple = generalised(regions, int(kept * size) + 400, outline_text)
    total = sum(len(outline_text(region)) for region in simple.values())
    assert total <= kept * size + 400
    assert total < size
    for k, (one, other) in enumerate(("ca", "ab", "bc")):
        points = set(spokes[k])
        of_one, of_other = (
            {edge for edge in edges(simple[name]) if edge <= points}
            for name in (one, other)
        )
        assert of_one == of_other
        # the border still leads from the middle to the coast, and without a gap
        ends = [point for edge in of_one for point in edge]
        assert {p for p in ends if ends.count(p) == 1} == {spokes[k][0], spokes[k][-1]}
    # an exclave fills its hole, or both are gone
    holes = [set(ring) for ring in simple["b"][0][1:]]
    assert holes == [set(outer) for outer, *_ in simple["c"][1:]]
    assert len(holes) == (kept > 0.1)
    for geometry in simple.values():
        assert geometry
        for ring in (ring for polygon in geometry for ring in polygon):
            assert ring[0] == ring[-1]
            assert len(set(ring)) >= 3
    # a speck goes, unless it is all that a region has
    assert len(simple["a"]) == 1
    assert simple["d"] == regions["d"]


def test_outlines_that_fit_are_left_alone_and_those_that_never_do_are_refused():
    regions, _ = three_countries()
    assert generalised(regions, 10**6, outline_text) == regions
    assert generalised(regions, 300, outline_text) is None


def test_large_outlines_are_simplified_with_a_note(empty_project, monkeypatch):
    monkeypatch.setattr("carbonshed.readers.rows.outlines.MAX_BYTES", 10_000)
    generator = random.Random(7)
    content = collection()
    points = [
        [25 + r * math.cos(a), 61 + r * math.sin(a)]
        for a, r in (
            (2 * math.pi * k / 900, generator.uniform(0.9, 1.0)) for k in range(900)
        )
    ]
    content["features"][0] = feature("north", [*points, points[0]])
    dataset = ingest_tidy(folder_with(empty_project, content), "tiny")
    texts = [text for text in stored_outlines(dataset).values() if text]
    assert 8_000 < sum(map(len, texts)) <= 10_000
    # the other region has 15 points: two islands and a hole of 5 each
    (note,) = [note for note in dataset.notes if "simplified" in note]
    assert f"{901 + 15:,} points" in note
    again = ingest_tidy(empty_project / "tidy", "again")
    assert stored_outlines(again) == stored_outlines(dataset)
