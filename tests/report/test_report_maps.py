"""Maps: outlines and tiles on a plane, classes of values, arcs, what a picture says."""

import gzip
import json
import re
from dataclasses import replace
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import duckdb
import numpy as np
import pytest
from support.pictures import svg_of, texts_and_dots
from support.report_context import CONTEXT
from support.report_pages import read_csv

from carbonshed.report import map_ground, maps
from carbonshed.report.colours import STEPS
from carbonshed.report.map_ground import WIDTH, grid_cells, read_ground, short_names
from carbonshed.report.queries import Marts, Rows
from carbonshed.report.site import saved

ROOT = Path(__file__).resolve().parents[2]
GEO = files("carbonshed.report.assets") / "geo"
SVG = "{http://www.w3.org/2000/svg}"
# the countries of the World Input-Output Database, release 2013; ROM is its Romania
WIOD = re.findall(
    "...",
    "AUSAUTBELBGRBRACANCHNCYPCZEDEUDNKESPESTFINFRAGBRGRCHUNIDNIND"
    "IRLITAJPNKORLTULUXLVAMEXMLTNLDPOLPRTROMRUSSVKSVNSWETURTWNUSA",
)


def seeded(file, column):
    return {row[column] for row in read_csv(ROOT / "seeds" / file)}


def states():
    path = ROOT / "carbonshed" / "usa_states" / "data" / "states" / "regions.csv"
    return {row["region_id"]: row["region_name"] for row in read_csv(path)}


def ground_of(regions, country="FIN", own=()):
    """Return the ground of regions: id, type, longitude, latitude and rank."""
    with duckdb.connect() as connection:
        connection.execute("""
            create table regions (
                region_id varchar, region_name varchar, region_type varchar,
                longitude double, latitude double, is_ranked boolean,
                region_position integer
            );
            create table region_outlines (
                region_id varchar, outline varchar, source varchar, licence varchar,
                region_position integer
            )
        """)
        for position, (id_, kind, *point) in enumerate(regions):
            row = [id_, f"Name of {id_}", kind, *(point or (None, None))]
            row += [kind != "rest_of_world", position]
            connection.execute("insert into regions values (?, ?, ?, ?, ?, ?, ?)", row)
        for position, (id_, geometry) in enumerate(own):
            row = [id_, json.dumps(geometry), "A land survey", "CC BY 4.0", position]
            connection.execute(
                "insert into region_outlines values (?, ?, ?, ?, ?)", row
            )
        return read_ground(Marts(connection), country)


def area(ring):
    x, y = np.array(ring).T
    return abs(float(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1]))) / 2


def shapes(ground):
    """Return the polygons of each feature, without their holes."""
    polygons = {}
    for feature in ground.features:
        kind, parts = feature["geometry"]["type"], feature["geometry"]["coordinates"]
        parts = [parts] if kind == "Polygon" else parts
        polygons[feature.get("id")] = [outer for outer, *_ in parts]
    return polygons


@pytest.mark.parametrize("name", ["world", "states"])
def test_shipped_outlines_are_small_and_whole(name):
    packed = gzip.compress((GEO / f"{name}.json").read_bytes(), 9)
    assert len(packed) <= 60_000
    for id_, shape in map_ground._shipped(name):
        largest = max(area(outer) for outer, *_ in shape)
        assert largest > 1e-5, id_  # square degrees: a tenth of a square kilometre
        for ring in (ring for polygon in shape for ring in polygon):
            assert (ring[0] == ring[-1]).all()
            assert len(np.unique(ring, axis=0)) >= 3


def test_the_world_has_the_countries_that_are_published_and_every_one_once():
    ids = [id_ for id_, _ in map_ground._shipped("world") if id_]
    assert len(ids) == len(set(ids)) > 230
    assert all(re.fullmatch("[A-Z]{3}", id_) for id_ in ids)
    published = seeded("published_footprints.csv", "country_id")
    assert len(published) > 40
    assert published <= set(ids)


def test_a_world_of_forty_countries_is_drawn_on_shipped_outlines():
    ground = ground_of([(id_, "country") for id_ in WIOD] + [("RoW", "rest_of_world")])
    assert not ground.is_tiles
    assert set(ground.points) == set(WIOD)
    drawn = shapes(ground)
    assert set(WIOD) <= set(drawn)
    assert "Natural Earth" in ground.credit
    assert 0.4 < ground.ratio < 0.6
    # Malta is a dot that can be seen and hit, and Alaska is on the ground
    assert 20 < max(map(area, drawn["MLT"])) < 60
    west, _ = np.min([np.min(ring, axis=0) for ring in drawn["USA"]], axis=0)
    assert -10 < west < 30  # the last of the Aleutian Islands are cut
    (china_x, china_y), (usa_x, usa_y) = ground.points["CHN"], ground.points["USA"]
    assert usa_x < WIDTH / 3 < 2 * WIDTH / 3 < china_x
    assert ground.points["AUS"][1] > ground.points["IDN"][1] > china_y
    assert abs(usa_y - china_y) < 40
    # ids may be the two letters of the standard, as in EXIOBASE
    europe = {"AT": "AUT", "BE": "BEL", "GR": "GRC", "SE": "SWE", "MT": "MLT"}
    drawn = shapes(ground_of([(id_, "country") for id_ in europe]))
    assert set(europe) < set(drawn)
    # a region without an outline has no place, and then there is no map
    assert ground_of([(id_, "country") for id_ in [*WIOD, "XYZ"]]) is None
    assert ground_of([(id_, "province") for id_ in WIOD]) is None


def test_the_states_are_drawn_on_shipped_outlines_in_their_own_country_only():
    regions = [(id_, "province") for id_ in states()]
    assert len(regions) == 51
    ground = ground_of(regions, "USA")
    assert set(shapes(ground)) == set(states()) == set(ground.points)
    assert "Census" in ground.credit
    # Alaska and Hawaii lie below the southwest, the capital between its neighbours
    for inset in ("AK", "HI"):
        assert ground.points[inset][1] > ground.points["AZ"][1]
        assert ground.points[inset][0] < ground.points["TX"][0]
    assert ground.points["WV"][0] < ground.points["DC"][0] < ground.points["DE"][0]
    assert ground_of(regions, "DEU") is None


def test_equal_earth_has_its_published_proportions():
    """Savric, Patterson and Jenny (2018): width to height as 2.05458 to 1."""
    globe = np.array([[-180.0, 0], [180, 0], [0, -90], [0, 90]])
    west, east, south, north = map_ground._equal_earth(globe)
    width, height = east[0] - west[0], north[1] - south[1]
    assert width / height == pytest.approx(2.05458, abs=1e-5)


def test_the_cone_of_albers_has_the_places_of_the_manual():
    """Snyder (1987), page 291: x = 0.2952720, y = 0.2416774 from the origin at 23 N."""
    point, origin = map_ground._conic(np.array([[21.0, 35.0], [0, 23.0]]), 29.5, 45.5)
    assert point[0] - origin[0] == pytest.approx(0.2952720, abs=2e-7)
    assert point[1] - origin[1] == pytest.approx(0.2416774, abs=2e-7)
    # between parallels on both sides of the equator it is a cylinder of equal areas
    flat = map_ground._conic(np.array([[10.0, 30.0]]), -20.0, 20.0)[0]
    narrow = np.cos(np.radians(20))
    assert flat == pytest.approx([np.radians(10) * narrow, 0.5 / narrow])


def box(west, south, east, north):
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def test_own_outlines_come_first_and_cross_180_degrees():
    own = {"a": box(176, -18, 179, -16), "b": box(179, -18, -179, -16)}
    own["c"] = box(-179, -18, -176, -16)
    ground = ground_of([(id_, "county") for id_ in own], own=own.items())
    assert ground.credit == "Outlines: A land survey · CC BY 4.0"
    xs = [ground.points[id_][0] for id_ in "abc"]
    assert xs == sorted(xs)
    rings = [shapes(ground)[id_][0] for id_ in "abc"]
    # neighbours have the same border
    first, middle, last = ({*map(tuple, ring)} for ring in rings)
    assert len(first & middle) == len(middle & last) == 2
    widths = [np.ptp(np.array(ring)[:, 0]) for ring in rings]
    assert widths[0] == pytest.approx(1.5 * widths[1], rel=0.02)
    assert sum(widths) == pytest.approx(WIDTH * 0.97, rel=0.02)


def test_a_remote_island_does_not_make_the_others_small():
    """It moves into the box of the others, and the picture says so."""
    corners = [(k % 10, k // 10) for k in range(100)]
    flat = {
        f"r{x}{y}": np.array([[x, y], [x + 1, y], [x + 1, y + 1], [x, y]], dtype=float)
        for x, y in corners
    }
    assert map_ground.brought_near(flat) == {}
    island = np.array([[4.0, -7], [4.2, -7], [4.2, -6.8], [4.0, -7]])
    (moved,) = map_ground.brought_near(flat | {"island": island}).items()
    assert moved[0] == "island"
    # its middle is at (4.1, -6.9), the nearest place is 0.3 within the lower edge
    assert moved[1] == pytest.approx([0, 7.2])
    # two of a hundred and three may be remote
    islands = {f"i{k}": island - np.array([0, 9.0 * k]) for k in range(3)}
    assert len(map_ground.brought_near(flat | islands)) == 2
    own = {f"r{x}{y}": box(20 + x, 50 + y, 21 + x, 51 + y) for x, y in corners}
    own["island"] = box(24, 20, 24.2, 20.2)
    ground = ground_of([(id_, "county") for id_ in own], own=own.items())
    assert ground.moved == ("Name of island",)
    _, note = maps.notes(CONTEXT, ground)
    assert note == "Name of island lies farther away than drawn."
    lowest = max(y for id_, (_, y) in ground.points.items() if id_ != "island")
    assert ground.points["island"][1] < WIDTH * ground.ratio < lowest + 150


def test_a_middle_is_within_its_ring_even_in_a_horseshoe():
    ring = np.array(
        [[0, 0], [9, 0], [9, 9], [7, 9], [7, 2], [2, 2], [2, 9], [0, 9], [0, 0]]
    )
    x, y = map_ground._middle(ring.astype(float))
    assert (0 < x < 2 or 7 < x < 9) or 0 < y < 2


def test_without_outlines_regions_are_tiles_and_without_places_nothing():
    points = {f"r{k}": (20 + k % 4 * 2.0, 60 + k // 4 * 1.0) for k in range(12)}
    ground = ground_of([(id_, "county", *point) for id_, point in points.items()])
    assert ground.is_tiles
    assert set(ground.points) == set(points) == set(ground.labels)
    assert len(set(ground.points.values())) == 12
    # east is to the right, north is up
    assert ground.points["r0"][0] < ground.points["r3"][0]
    assert ground.points["r0"][1] > ground.points["r8"][1]
    nowhere = [(id_, "county", *point) for id_, point in points.items()]
    nowhere[3] = ("r3", "county")
    assert ground_of(nowhere) is None
    assert ground_of([("a", "county", 20, 60), ("b", "county", 21, 60)]) is None


def test_a_grid_stays_a_grid_on_tiles():
    lattice = np.array([(x, y) for y in range(5) for x in range(7)], dtype=float)
    assert (grid_cells(lattice) == lattice * [1, -1] + [0, 4]).all()


@pytest.mark.parametrize("count", [3, 40, 357, 3_000])
def test_every_place_has_a_tile_of_its_own_near_its_neighbours(count):
    generator = np.random.default_rng(31)
    # crowded in the east, as many countries are
    points = generator.uniform(0, 1, (count, 2)) ** [0.4, 1.0] * [2, 1]
    cells = grid_cells(points)
    assert len(np.unique(cells, axis=0)) == count
    assert (cells.min(axis=0) == 0).all()
    assert (grid_cells(points) == cells).all()
    # the western one of two places far apart is never east of the other
    west, east = np.nonzero(points[:, None, 0] + 1.0 < points[None, :, 0])
    assert (cells[west, 0] <= cells[east, 0]).all()
    if count > 10:
        # the nearest neighbour in space is near on the tiles too, nearly always
        away = np.linalg.norm(points[:, None] - points[None], axis=2)
        np.fill_diagonal(away, np.inf)
        steps = np.abs(cells - cells[away.argmin(axis=1)]).max(axis=1)
        assert np.mean(steps <= 2) > 0.85


def test_places_on_one_line_or_in_one_point_have_tiles_too():
    line = np.column_stack([np.arange(6.0), np.zeros(6)])
    assert len(np.unique(grid_cells(line), axis=0)) == 6
    assert (np.diff(grid_cells(line)[:, 0]) >= 0).all()
    assert len(np.unique(grid_cells(np.zeros((5, 2))), axis=0)) == 5


def test_short_names_are_short_ids_or_parts_of_names():
    assert short_names({"AL": "Alabama", "NY": "New York"}) == {"AL": "AL", "NY": "NY"}
    names = {"01": "Pohjois-Savo", "02": "Uusimaa", "03": "\u5317\u4eac\u5e02"}
    assert short_names(names) == {"01": "PoSa", "02": "Uusi", "03": "\u5317\u4eac"}


def test_limits_of_classes_are_clean_and_hold_as_many():
    values = np.arange(1, 101) / 10
    # a fifth of the values below 2, and so on: by pencil
    assert maps.clean_limits(values) == [2, 4, 6, 8]
    assert maps.clean_limits([5.0] * 9) == []
    assert maps.clean_limits([1.0, 2.0]) == [2]
    limits = maps.clean_limits([1.0, 2, 3, 4, 400])
    assert len(limits) == 1
    # far apart or close together, every class has its share, and few digits
    for data in (np.geomspace(0.01, 900, 50), np.linspace(1203, 1207, 51)):
        limits = maps.clean_limits(data)
        counts = np.histogram(data, [-np.inf, *limits, np.inf])[0]
        assert len(counts) == 5
        assert counts.min() >= 5
    assert maps.clean_limits(np.linspace(-9, 11, 100)) == [-5, -1, 3, 7]


def drawn_on(ground, values, subject="", contradicted=(), **facts):
    context = replace(
        CONTEXT,
        ground=ground,
        dataset=CONTEXT.dataset | facts,
        headlines={"per_person": f"{subject} leads."} if subject else {},
        named={(CONTEXT.year, "per_person"): [subject] if subject else None},
    )
    names = ("region_id", "region_name", "amount")
    rows = Rows(names, [(id_, f"Name of {id_}", v) for id_, v in values.items()])
    chart = maps.draw_map(
        context,
        rows,
        "amount",
        "stressor per person",
        "Footprint per person",
        finding="per_person",
        contradicted=contradicted,
    )
    return context, chart


def picture_of(context, chart):
    return ElementTree.fromstring(svg_of(saved(context, chart)))


def test_a_picture_has_a_shade_for_each_region_and_says_whose_outlines_these_are():
    ground = ground_of([(id_, "country") for id_ in WIOD])
    values = {id_: 1.5 + 0.7 * k for k, id_ in enumerate(WIOD)}
    values["DEU"] = None
    context, chart = drawn_on(ground, values)
    tree = picture_of(context, chart)
    shape = [p for p in tree.iter(f"{SVG}path") if p.get("aria-roledescription")]
    fills = [
        p.get("fill") for p in shape if p.get("aria-roledescription") == "geoshape"
    ]
    numbers = np.array([value for value in values.values() if value is not None])
    limits = np.array(maps.clean_limits(numbers))
    expected = np.bincount(np.searchsorted(limits, numbers, "right"), minlength=5)
    assert [fills.count(shade) for shade in STEPS] == expected.tolist()
    text = " ".join("".join(t.itertext()) for t in tree.iter(f"{SVG}text"))
    assert "they say nothing about borders" in text
    assert "public domain" in text
    assert "Name of USA" in text
    assert "Name of AUS" in text
    assert "28.8" in text
    assert "t per person" in text
    assert chart.is_map
    # by pencil: 1.5 and 1.5 + 39 x 0.7
    range_ = "from 1.50 t (Name of AUS) to 28.8 t (Name of USA)"
    assert chart.finding == f"Footprint per person: {range_}"
    ids = {value["region_id"] for value in _values(chart.spec)}
    assert ids == set(WIOD) - {"DEU"}


def test_a_map_names_nobody_whom_variants_or_published_figures_contradict():
    """USA has the most and TWN the second most; AUS the least, then AUT."""
    ground = ground_of([(id_, "country") for id_ in WIOD])
    values = {id_: 1.5 + 0.7 * k for k, id_ in enumerate(WIOD)}

    def said(**facts):
        _, chart = drawn_on(ground, values, **facts)
        layers = [
            layer.get("data", {}).get("values", []) for layer in chart.spec["layer"]
        ]
        names = {row["name"] for rows in layers for row in rows if "name" in row}
        return chart.heading, names, chart.summary.partition("more. ")[2]

    # who is first and last of a compiled table hangs on its estimated trade
    title = "Footprint per person"
    assert said(is_compiled=True) == (title, set(), f"{title}.")
    named = {"Name of TUR"}
    assert said(is_compiled=True, subject="TUR") == ("TUR leads", named, f"{title}.")
    assert said(subject="TWN", contradicted={"USA", "AUS"}) == (
        "TWN leads",
        {"Name of AUT 2.20", "Name of TWN 28.1"},
        f"{title}: from 2.20 t (Name of AUT) to 28.1 t (Name of TWN) where no "
        "published figure disagrees.",
    )


def _values(spec):
    return [
        value
        for layer in spec["layer"]
        for step in layer.get("transform", [])
        if "lookup" in step
        for value in step["from"]["data"]["values"]
        if "region" in value
    ]


def test_limits_that_lie_close_do_not_run_into_each_other():
    """Of 340, 380, 420 and 440 the last two stand near: one is left out."""
    each = [300, 310, 330, 345, 360, 375, 385, 400, 415, 422, 430, 438, 450, 500, 700]
    regions = [(f"r{k}", "county", 20 + k % 4, 60 + k // 4) for k in range(len(each))]
    values = {id_: float(each[k]) for k, (id_, *_) in enumerate(regions)}
    assert maps.clean_limits(list(values.values())) == [340, 380, 420, 440]
    context, chart = drawn_on(ground_of(regions), values)
    texts, _ = texts_and_dots(
        ElementTree.tostring(picture_of(context, chart), "unicode")
    )
    labels = sorted(
        (text for text in texts if "legend-label" in text.roles),
        key=lambda text: text.left,
    )
    assert len(labels) >= 3
    for one, other in pairwise(labels):
        assert other.left - one.right > 4, (one.words, other.words)


def test_tiles_have_their_short_names_and_no_licence():
    regions = [(f"r{k}", "county", 20 + k % 4, 60 + k // 4) for k in range(12)]
    ground = ground_of(regions)
    context, chart = drawn_on(
        ground, {id_: 1.0 + k for k, (id_, *_) in enumerate(regions)}
    )
    tree = picture_of(context, chart)
    texts = ["".join(t.itertext()) for t in tree.iter(f"{SVG}text")]
    for id_, *_ in regions:
        assert id_ in texts
    assert any("same size" in text for text in texts)
    assert not any("borders" in text for text in texts)


def test_countries_of_the_outlines_have_names_in_other_languages():
    """By either code, and by one that the standard has replaced."""
    names = {code: text.split("|") for code, text in map_ground.country_names().items()}
    assert "UK" in names["GBR"]
    assert names["GB"] == names["GBR"]
    assert {"Brasil", "巴西", "Бразилия"} <= {*names["BRA"]}
    assert any(name.startswith("Hollan") for name in names["NLD"])
    assert names["ZAR"] == names["COD"]
    assert {id_ for id_, _ in map_ground._shipped("world") if id_} <= names.keys()


def test_no_map_without_a_ground_or_without_two_classes():
    _, chart = drawn_on(None, dict.fromkeys(WIOD, 1.0))
    assert chart is None
    ground = ground_of([(id_, "country") for id_ in WIOD])
    assert drawn_on(ground, dict.fromkeys(WIOD, 1.0))[1] is None
    assert drawn_on(ground, {})[1] is None


def flows_between(*flows):
    names = ("origin_region_id", "origin", "destination_region_id", "destination")
    rows = [(a, f"Name of {a}", b, f"Name of {b}", value) for a, b, value in flows]
    return Rows((*names, "net_flow"), rows)


def test_flows_are_arcs_from_place_to_place_that_stay_on_the_ground():
    ground = ground_of([(id_, "country") for id_ in WIOD])
    context = replace(CONTEXT, ground=ground)
    flows = flows_between(
        ("CHN", "USA", 447e6), ("RoW", "USA", 300e6), ("RUS", "CAN", 90e6)
    )
    chart = maps.draw_flows_on_map(context, flows)
    lines = next(
        layer["data"]["values"]
        for layer in chart.spec["layer"]
        if layer["mark"]["type"] == "line"
    )
    ends = [line for line in lines if line["flow"] == 0]
    assert (ends[0]["x"], ends[0]["y"]) == ground.points["CHN"]
    assert (ends[-1]["x"], ends[-1]["y"]) == ground.points["USA"]
    assert {line["from"] for line in lines} == {"Name of CHN", "Name of RUS"}
    assert min(line["y"] for line in lines) >= 4
    # a flow from east to west has its arrow to the west
    heads = next(
        layer["data"]["values"]
        for layer in chart.spec["layer"]
        if "angle" in layer.get("encoding", {})
    )
    assert 225 < heads[0]["angle"] < 315
    assert len(chart.source) == 2
    tree = picture_of(context, chart)
    text = " ".join("".join(t.itertext()) for t in tree.iter(f"{SVG}text"))
    assert "they say nothing about borders" in text
    assert maps.draw_flows_on_map(CONTEXT, flows) is None
    nowhere = flows_between(("RoW", "USA", 1e6))
    assert maps.draw_flows_on_map(context, nowhere) is None
