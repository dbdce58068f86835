"""Shared parts of charts: colours by noun, names beside marks, values at bars."""

import itertools
import re
from importlib.resources import files
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from support.pictures import (
    assert_ends_are_named,
    assert_names_lie_apart,
    svg_of,
    texts_and_dots,
)
from support.report_pages import contrast

from carbonshed.numbers import Scale
from carbonshed.report import beeswarm, bubbles, colours, vega
from carbonshed.report.colours import (
    GROUND,
    INK,
    NOUNS,
    PALETTE,
    STEPS,
    colour_of,
)
from carbonshed.report.labels import Box, Mark, place_names, shortened, text_width

PAGES = Path(vega.__file__).parent / "pages"
SVG = "{http://www.w3.org/2000/svg}"

# nouns that stand side by side in a chart
TOGETHER = [
    ("footprint", "emitted there", "households", "income"),
    (
        "footprint",
        "emitted there",
        "enabled by earnings",
        "technology-adjusted footprint",
    ),
    ("footprint", "people"),
    (
        "own place",
        "emitted there",
        "main supplier",
        "other places",
        "exports",
        "direct",
        "unattributed",
    ),
    ("footprint", "imports"),
    ("imports", "exports"),
    ("above the world", "at or below the world", "unknown"),
    ("footprint", "published", "outside the interval"),
    ("producers", "consumers"),
    ("net flow", "direction"),
    ("largest flow", "large flows", "other flows", "rest of the world"),
    ("rises", "falls"),
]
STYLES = files("carbonshed.report.assets").joinpath("report.css").read_text("utf-8")


def dark(colour):
    """Return what the styles put in place of a colour on a dark ground."""
    name = re.search(rf'="{colour}"\] {{ [a-z]+: var\(--(\w+)\)', STYLES)[1]
    _, shade, *_ = re.findall(rf"--{name}: (#\w{{6}});", STYLES)
    return shade


DARK = {colour: dark(colour) for colour in (*PALETTE, *STEPS, GROUND, INK)}


def channels(colour):
    """Return red, green and blue, from 0 to 255, of six hexadecimal digits."""
    return [int(colour[start : start + 2], 16) for start in (1, 3, 5)]


# Machado, Oliveira and Fernandes (2009), severity 1, on linear red, green and blue
VISIONS = {
    "usual": np.eye(3),
    "without red": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "without green": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
}
# Ottosson (2020): linear red, green and blue to cones, and their cube roots to Oklab
CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
OKLAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


def seen(colour, vision):
    """Return a colour in Oklab, as people with a colour vision see it."""
    encoded = np.array(channels(colour)) / 255
    linear = np.where(
        encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4
    )
    return OKLAB @ np.cbrt(CONES @ np.clip(VISIONS[vision] @ linear, 0, 1))


def test_marks_stand_out_from_both_grounds():
    """WCAG 1.4.11: 3 to 1, of every colour of a chart; and the styles have them."""
    grounds = [*dict.fromkeys(re.findall(r"--paper: (#\w{6})", STYLES))]
    assert grounds == [GROUND.lower(), DARK[GROUND]]
    for on_light in PALETTE + STEPS:
        names = {
            re.search(
                rf'\.chart \[{attribute}="{on_light}"\] {{ {attribute}: var\(--(\w+)\)',
                STYLES,
            )[1]
            for attribute in ("fill", "stroke")
        }
        (name,) = names
        light, *dark = re.findall(rf"--{name}: (#\w{{6}});", STYLES)
        assert light == on_light.lower()
        # as the system says, and as the reader chooses
        assert dark == [DARK[on_light]] * 2
        for mark, ground in zip((on_light, dark[0]), grounds, strict=True):
            assert contrast(channels(mark), channels(ground)) >= 3


def test_larger_amounts_are_farther_from_the_ground():
    """Each step is 1.4 times the one before it, on both grounds."""
    grounds = GROUND, DARK[GROUND]
    for steps, ground in zip(
        (STEPS, [DARK[step] for step in STEPS]), grounds, strict=True
    ):
        away = [contrast(channels(step), channels(ground)) for step in steps]
        for near, far in itertools.pairwise(away):
            assert far >= 1.4 * near


@pytest.mark.parametrize("vision", VISIONS)
@pytest.mark.parametrize("nouns", TOGETHER)
def test_nouns_side_by_side_are_told_apart(nouns, vision):
    """By 0.05 in Oklab at least: about two and a half times what is just noticed."""
    assert len({colour_of(noun) for noun in nouns}) == len(nouns)
    for one, other in itertools.combinations(map(colour_of, nouns), 2):
        for shades in ((one, other), (DARK[one], DARK[other])):
            first, second = (seen(shade, vision) for shade in shades)
            assert np.linalg.norm(first - second) >= 0.05, (nouns, shades)


def test_every_noun_has_one_colour_and_no_page_mixes_its_own():
    assert set(NOUNS.values()) <= set(PALETTE)
    assert {noun for nouns in TOGETHER for noun in nouns} <= set(NOUNS)
    with pytest.raises(KeyError):
        colour_of("nobody's")
    for page in PAGES.glob("*.py"):
        text = page.read_text("utf-8")
        assert not re.search(r"#[0-9A-Fa-f]{6}\b", text), page.name
        for name in ("BLUE", "ORANGE", "GREEN", "VERMILION", "SKY", "PURPLE", "GREY"):
            assert not re.search(rf"\b{name}\b", text), (page.name, name)
        for noun in re.findall(r'colour_of\("([^"]+)"\)', text):
            assert noun in NOUNS, (page.name, noun)


def test_adjacent_bars_have_a_gap():
    """A line in the ground's colour: few colours differ by 3 to 1 among themselves."""
    assert vega.CONFIG["bar"]["stroke"] == GROUND == vega.CONFIG["point"]["stroke"]
    assert vega.CONFIG["bar"]["strokeWidth"] >= 1


def test_the_width_of_a_text_is_nearly_that_of_the_font():
    """Widths of Helvetica's own table, in thousandths of its size, and a reserve."""
    hello = 722 + 556 + 222 + 222 + 556
    assert 0 <= text_width("Hello", 1000) - hello <= 0.09 * hello
    # a letter of Chinese is as wide as the font is high; an accent has no width
    assert text_width("\N{CJK UNIFIED IDEOGRAPH-4E2D}", 10) >= 10
    assert text_width("\N{LATIN SMALL LETTER E WITH ACUTE}") == text_width("e")
    assert shortened("Hello", 1000) == "Hello"
    short = shortened("Hello, hello", 40)
    assert short.endswith("…")
    assert text_width(short) <= 40 < text_width("Hello, hello")


def random_marks(number, width=400, height=200):
    """Return marks that overlap each other here and there, with names."""
    generator = np.random.default_rng(20_260)
    circles = generator.uniform((0, 0, 2), (width, height, 14), (number, 3))
    return [Mark(*circle) for circle in circles.tolist()], [
        (index, f"Place {index}" if index % 3 else "\N{CJK UNIFIED IDEOGRAPH-5317}" * 3)
        for index in range(number)
    ]


def boxes(marks, placed, stretch=1.0):
    """Return the boxes of names, worked out anew, in a plot that is wider."""
    for name in placed:
        x = marks[name.mark].x * stretch + name.dx
        y = marks[name.mark].y + name.dy
        width = text_width(name.text)
        left = {"left": x, "center": x - width / 2, "right": x - width}[name.align]
        yield left, y - 6.5, left + width, y + 6.5


@pytest.mark.parametrize("stretch", [1.0, 1.7, 3.0])
def test_names_overlap_neither_marks_nor_each_other(stretch):
    """In the plot that they were placed for, and in a wider one."""
    marks, names = random_marks(40)
    blocked = Box(180, 0, 190, 200)
    placed = list(place_names(marks, names, (400, 200), [blocked], apart=[14, 30]))
    assert 5 <= len(placed) < 40  # some, and not all
    assert placed[0].mark == 0  # the first has the first choice
    drawn = list(boxes(marks, placed, stretch))
    for one, other in itertools.combinations(drawn, 2):
        apart = one[2] <= other[0] or other[2] <= one[0]
        assert apart or one[3] <= other[1] or other[3] <= one[1]
    for left, top, right, bottom in drawn:
        assert top >= 0
        assert bottom <= 200
        assert stretch > 1 or right <= 180 or left >= 190
        for mark in marks:
            x = mark.x * stretch
            away = max(left - x, 0, x - right), max(top - mark.y, 0, mark.y - bottom)
            assert np.hypot(*away) >= mark.radius


def test_a_name_without_room_is_left_out_and_never_cut():
    marks = [Mark(10, 10, 5)]
    assert list(place_names(marks, [(0, "A name that is long")], (60, 20))) == []
    (name,) = place_names(marks, [(0, "A name")], (70, 20))
    assert (name.text, name.align, name.dx) == ("A name", "left", 8.0)


def words_of(spec):
    return [text.words for text in texts_and_dots(svg_of(spec))[0]]


def test_names_are_drawn_where_they_have_room():
    """Each width of a plot has its own, and a saved picture has those of 720."""

    def names_at(width):
        names = [(0, f"from {width}"), (1, "other")][: 1 if width < 720 else 2]
        placed = list(
            place_names([Mark(5, 50, 3), Mark(5, 90, 3)], names, (width, 100))
        )
        return [(name, {"x": 0, "y": name.mark}) for name in placed]

    x, y = vega.quantitative("x"), vega.quantitative("y")
    drawing = vega.layers(*vega.name_layers(names_at, x, y))
    for width in (400, 900):
        spec = {**vega.finished(drawing, height=100), "width": width}
        named = [text for text in words_of(spec) if not re.match(r"[\d.]+$", text)]
        start = max(limit for limit in vega.WIDTHS if limit <= width)
        expected = [f"from {start}", "other"][: 1 if width < 720 else 2]
        assert [text for text in named if text not in "xy"] == expected
    saved = vega.for_file(vega.finished(drawing, height=100), "Title", [], ["Note"])
    assert {"Title", "from 720", "other", "Note"} <= {*words_of(saved)}


def test_values_stand_at_the_ends_of_bars_within_the_plot():
    rows = [
        {"name": name, "amount": amount, "value": f"{amount} megatonnes"}
        for name, amount in (("A", 80), ("B", -20))
    ]
    x = vega.quantitative("amount", axis=None)
    y = vega.labels("name", "AB", axis=None)
    bars = vega.bars_with_ends(rows, x, y, "value")
    spec = vega.finished(bars, height=60)
    tree = ElementTree.fromstring(svg_of(spec, 400))
    texts = {text.text: text for text in tree.iter(f"{SVG}text")}
    for text, anchor in (("80 megatonnes", "start"), ("-20 megatonnes", "end")):
        element = texts[text]
        end = float(re.search(r"translate\(([-\d.]+)", element.get("transform"))[1])
        assert (element.get("text-anchor") or "start") == anchor
        width = text_width(text) * (1 if anchor == "start" else -1)
        ends = sorted((end, end + width))
        assert ends[0] >= -0.5
        assert ends[1] <= 400.5


TONNES = Scale(1.0, "t per person")
KINDS = {"place": colours.colour_of("footprint")}


def many_places(number, skew):
    """Return places with values that lie in heaps, and people from 1 to 1,000."""
    generator = np.random.default_rng(number)
    values = np.exp(generator.normal(1.5, skew, number)).tolist()
    people = np.exp(generator.uniform(0, 7, number)).tolist()
    names = [
        "\N{CJK UNIFIED IDEOGRAPH-5317}\N{CJK UNIFIED IDEOGRAPH-4EAC}" * (1 + n % 3)
        if n % 2
        else f"A place with a name, number {n}"
        for n in range(number)
    ]
    rows = zip(names, values, people, strict=True)
    return [
        beeswarm.Dot(str(index), name, value, count, "place", {"place": name})
        for index, (name, value, count) in enumerate(rows)
    ]


@pytest.mark.parametrize("width", [240, 305, 400, 720, 1_200])
@pytest.mark.parametrize(("number", "skew"), [(2, 0.3), (40, 0.5), (357, 0.35)])
def test_places_have_names_that_cover_nothing(width, number, skew):
    """The smallest and the largest among them, from a phone's width to a screen's."""
    line = beeswarm.Line("World of 2012: 4.80 t", 4.8)
    drawing = beeswarm.draw_dots(
        many_places(number, skew), KINDS, line, TONNES, "footprint per person"
    )
    height = beeswarm.height_for(range(number))
    texts, circles = texts_and_dots(svg_of(vega.finished(drawing, height), width))
    assert len(circles) == number
    assert sum(line.name == text.words for text in texts) == 1
    assert_names_lie_apart(texts, circles)
    assert_ends_are_named(texts, circles)


def test_the_name_of_a_line_in_the_middle_of_a_phone_is_not_cut_off():
    line = beeswarm.Line("World of 2007, with imports: 5.00 t", 5.0)
    marks = [
        beeswarm.Dot(str(value), "", value, 1.0, "place", {"place": ""})
        for value in (0.0, 10.0)
    ]
    spec = beeswarm.draw_dots(marks, KINDS, line, TONNES, "footprint per person")
    texts, circles = texts_and_dots(svg_of(vega.finished(spec, 280), 240))
    (name,) = (text for text in texts if text.words == line.name)
    # the first dot is at zero, 0.09 of the plot from its left side
    first, last = sorted(dot.x for dot in circles)
    assert last - first == pytest.approx(0.82 * 240)
    left = first - 0.09 * 240
    assert left - 0.1 <= name.left
    assert name.right <= left + 240


@pytest.mark.parametrize("width", [240, 400, 720, 1_200])
def test_bubbles_have_names_that_cover_nothing(width):
    marks = [
        bubbles.Bubble(
            dot.region,
            dot.name,
            1_000 * dot.value**1.2 * (1 + index % 4),
            dot.value,
            dot.people,
            dot.words,
        )
        for index, dot in enumerate(many_places(50, 0.5))
    ]
    marks.sort(key=lambda mark: -mark.people)
    spec = bubbles.draw_bubbles(marks, [(2_000, 2), (90_000, 20)], "income", "t")
    texts, circles = texts_and_dots(svg_of(spec, width))
    assert len(circles) == 50
    assert_names_lie_apart(texts, circles)
    names = [text.words for text in texts if "mark-text role-mark" in text.roles]
    highest = max(marks, key=lambda mark: mark.y).name
    # a long name is shortened where it has no room
    assert any(highest.startswith(name.removesuffix("…")) for name in names)


def test_dots_lie_beside_each_other():
    """Pairs of a swarm are apart by both radii, and what has no room is said."""
    generator = np.random.default_rng(4)
    x, radius = generator.uniform(0, 300, 80), generator.uniform(2, 9, 80)
    away = beeswarm.swarm(x, radius, 200)
    for one, other in itertools.combinations(range(80), 2):
        apart = np.hypot(x[one] - x[other], away[one] - away[other])
        assert apart >= radius[one] + radius[other]
    assert np.all(np.abs(away) + radius <= 200)
    assert beeswarm.swarm(x, radius, 10) is None


def test_an_axis_of_one_heap_has_powers_of_ten():
    """Fifty of 1 to 2 and one of 90 would be one heap on a linear axis."""
    heap = [1 + index / 50 for index in range(50)]
    assert beeswarm.choose_axis([*heap, 90.0]).is_log
    # else the axis begins at zero, so that lengths are as amounts are
    assert beeswarm.choose_axis(heap) == beeswarm.Axis(0.0, 1.98, is_log=False)
    assert beeswarm.choose_axis([4.43, 5.72]) == beeswarm.Axis(0.0, 5.72, is_log=False)
    # an axis of powers cannot have zero
    assert not beeswarm.choose_axis([*heap, 0.0, 90.0]).is_log
    assert beeswarm.log_ticks(2.5, 9_000) == [3, 10, 30, 100, 300, 1_000, 3_000]
    assert beeswarm.log_ticks(4.3, 5.9) == [4.5, 5.0, 5.5]
