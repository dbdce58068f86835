"""A picture of the report as its readers see it: boxes of texts, and dots."""

import itertools
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree

SVG = "{http://www.w3.org/2000/svg}"


@dataclass(frozen=True)
class Text:
    """A text of a picture: what it says, the sides of its box, and what it is."""

    words: str
    left: float
    top: float
    right: float
    bottom: float
    roles: str
    size: float


@dataclass(frozen=True)
class Dot:
    """A dot: its middle and its radius."""

    x: float
    y: float
    radius: float


# the metrics that Adobe published for Helvetica, thousandths of a font size, from " "
HELVETICA = (
    *(278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278),
    *(556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556),
    *(1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778),
    *(667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556),
    *(333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556),
    *(556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584),
)


def width_of(text: str) -> float:
    """Return the width of a text in font sizes, in Helvetica."""
    return sum(map(width_of_letter, text))


def width_of_letter(letter: str) -> float:
    """Return the width of a letter in font sizes; those of Chinese are square."""
    if letter > "\u2e80":
        return 1.0
    place = ord(letter) - ord(" ")
    return HELVETICA[place] / 1000 if 0 <= place < len(HELVETICA) else 0.556


def shift(element: ElementTree.Element) -> tuple[float, float]:
    """Return how far an element is moved."""
    moved = re.search(
        r"translate\(([-\d.e]+)[, ]+([-\d.e]+)\)", element.get("transform") or ""
    )
    return (float(moved[1]), float(moved[2])) if moved else (0.0, 0.0)


def walk(
    element: ElementTree.Element,
    x: float = 0.0,
    y: float = 0.0,
    roles: str = "",
    turned: bool = False,
) -> Iterator[tuple[ElementTree.Element, float, float, str, bool]]:
    """Go through all elements with their position and the classes around them."""
    dx, dy = shift(element)
    x, y = x + dx, y + dy
    roles = f"{roles} {element.get('class') or ''}"
    turned = turned or "rotate(-90)" in (element.get("transform") or "")
    yield element, x, y, roles, turned
    for child in element:
        yield from walk(child, x, y, roles, turned)


def svg_of(spec: dict, width: int | None = None) -> str:
    """Return the picture of a chart, in a plot of its own width or of another."""
    # it takes half a second to import
    import vl_convert

    if width is not None:
        spec = spec | {"width": width, "autosize": {"type": "pad"}}
    return vl_convert.vegalite_to_svg(spec)


def texts_and_dots(picture: str) -> tuple[list[Text], list[Dot]]:
    """Return all texts along the page, and all dots of the marks."""
    texts, dots = [], []
    root = ElementTree.fromstring(picture)
    for element, x, y, roles, turned in walk(root):
        # labels of an axis that have no room are there, and not seen
        is_seen = float(element.get("opacity") or 1) > 0
        if element.tag == f"{SVG}text" and is_seen and not turned:
            size = float((element.get("font-size") or "0").removesuffix("px"))
            lines = [part.text for part in element.iter(f"{SVG}tspan")]
            for number, words in enumerate(lines or [element.text]):
                width = size * width_of(words or "")
                part = {"middle": 0.5, "end": 1.0}.get(element.get("text-anchor"), 0.0)
                low = y + number * (size + 2)
                left = x - part * width
                texts.append(
                    Text(
                        words or "",
                        left,
                        low - 0.75 * size,
                        left + width,
                        low + 0.2 * size,
                        roles,
                        size,
                    )
                )
        elif element.tag == f"{SVG}path" and "mark-symbol role-mark" in roles:
            arc = re.match(r"M([\d.]+),0A\1,\1,", element.get("d") or "")
            if arc and is_seen:
                dots.append(Dot(x, y, float(arc[1])))
    return texts, dots


def apart(one: Text, other: Text) -> bool:
    """Return True if two texts do not overlap."""
    return (
        one.right <= other.left
        or other.right <= one.left
        or one.bottom <= other.top
        or other.bottom <= one.top
    )


def assert_names_lie_apart(texts: list[Text], dots: list[Dot]) -> None:
    """Fail if a text lies over another, or over a dot."""
    for one, other in itertools.combinations(texts, 2):
        assert apart(one, other), (one.words, other.words)
    for name, dot in itertools.product(texts, dots):
        away_x = max(name.left - dot.x, 0, dot.x - name.right)
        away_y = max(name.top - dot.y, 0, dot.y - name.bottom)
        assert math.hypot(away_x, away_y) >= dot.radius - 0.5, (name.words, dot)


def assert_ends_are_named(texts: list[Text], dots: list[Dot]) -> None:
    """Fail unless the leftmost dot and the rightmost have a name beside them."""
    names = [text for text in texts if "mark-text role-mark" in text.roles]
    for end in (min, max):
        x = end(dot.x for dot in dots)
        at_end = [dot for dot in dots if abs(dot.x - x) < 0.5]
        assert any(
            name.left - dot.radius - 8 <= dot.x <= name.right + dot.radius + 8
            and abs((name.top + name.bottom) / 2 - dot.y) < dot.radius + 130
            for name in names
            for dot in at_end
        ), (end, [name.words for name in names])
