"""Pictures of the report: names and texts of each SVG, by the boxes in the file."""

import json
import re
from pathlib import Path

import pytest
from support.pictures import (
    assert_ends_are_named,
    assert_names_lie_apart,
    svg_of,
    texts_and_dots,
)

SMALLEST = 12  # pixels of text
# pictures with a dot for each region
DOTS = re.compile(
    r"footprint-and-income$|-(per-person|in-total|per-gdp)(-with-imports)?$"
)


def pictures_of(folder: Path) -> list[Path]:
    return sorted(folder.glob("charts/*.svg"))


@pytest.fixture(
    scope="session",
    params=["report", "hostile_report"],
)
def pictured(request) -> Path:
    """Return the folder of a report with pictures."""
    return request.getfixturevalue(request.param)


def test_names_lie_neither_over_each_other_nor_over_dots(pictured):
    """And no text is smaller than 12 pixels."""
    pictures = pictures_of(pictured)
    assert len(pictures) >= 8
    seen = 0
    for picture in pictures:
        texts, dots = texts_and_dots(picture.read_text("utf-8"))
        assert texts
        assert min(text.size for text in texts) >= SMALLEST, picture.name
        if DOTS.search(picture.stem):
            assert_names_lie_apart(texts, dots)
            seen += 1
    assert seen >= 2


def test_the_largest_and_the_smallest_are_named(pictured):
    page = (pictured / "compare.html").read_text("utf-8")
    views = json.loads(
        re.search(r'id="views-footprint-per-person">(.*?)</script>', page)[1]
    )
    assert len(views) >= 2
    for view in views.values():
        if view["spec"] is None:  # that of the file beside the page
            drawn = pictured / "charts" / f"{view['stem']}.svg"
            svg = drawn.read_text("utf-8")
        else:
            svg = svg_of(framed(view["spec"], view["frame"]))
        assert_ends_are_named(*texts_and_dots(svg))


def framed(spec: dict, frame: dict) -> dict:
    """Return the picture that a page saves of a view, as charts.js puts it together."""
    around = ("config", "autosize", "usermeta", "params")
    chart = {key: value for key, value in spec.items() if key not in around}
    size, foot = frame["vconcat"]
    params = [param for param in spec["params"] if param["name"] != "room"]
    return frame | {
        "vconcat": [chart | size, foot],
        "params": [*params, *frame["params"]],
        "config": spec["config"] | frame["config"],
    }


def test_a_noun_has_one_colour_on_all_pages(report):
    """By the legends: a label that stands for a kind has the same colour everywhere."""
    colours: dict[str, set[str]] = {}
    for spec in specs_of(report):
        for label, colour in kinds(spec):
            colours.setdefault(label, set()).add(colour)
    assert {"footprint", "emitted there"} <= set(colours)
    assert {label: shades for label, shades in colours.items() if len(shades) > 1} == {}


def test_what_is_read_of_a_mark_calls_a_region_what_the_dataset_does(report):
    titles = {title for spec in specs_of(report) for title in titles_of_regions(spec)}
    assert titles == {"city", "up to"}


def specs_of(report: Path):
    """Return the specification of every chart of the first year and stressor."""
    return [
        json.loads(spec)
        for page in report.glob("*.html")
        for spec in re.findall(
            r'id="spec-[^"]+">(.*?)</script>', page.read_text("utf-8"), re.DOTALL
        )
    ]


def titles_of_regions(part):
    """Go through the titles of regions in what is read of marks."""
    if isinstance(part, dict):
        tips = part.get("tooltip")
        for tip in tips if isinstance(tips, list) else ():
            if tip["field"] == "region":
                yield tip.get("title", "region")
        for inner in part.values():
            yield from titles_of_regions(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from titles_of_regions(inner)


def kinds(part):
    """Go through the kinds of a specification that have a colour."""
    if isinstance(part, dict):
        scale = part.get("color", {})
        scale = scale.get("scale") if isinstance(scale, dict) else None
        if scale and "domain" in scale and "range" in scale:
            # a range may have more than its domain
            yield from zip(scale["domain"], scale["range"], strict=False)
        for inner in part.values():
            yield from kinds(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from kinds(inner)
