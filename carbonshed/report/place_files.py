"""A file for each place of the usual context, whole without a script: places/ID.html.

Names, sentences and figures are those that the page of places has for its scripts.
"""

import re
from collections.abc import Iterable, Mapping
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

from jinja2 import Environment
from markupsafe import Markup, escape

from carbonshed.report.content import Page
from carbonshed.report.context import Context
from carbonshed.report.share import Site, write_share_picture

FOLDER = "places"
_LONGEST = 60  # letters of the name of a file
# Windows has devices of these names, whatever their ending
_DEVICE = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)
# pictures, in pixels: their widths on screens and on phones, the room of names and
# ends, and of a bar
_WIDE, _NARROW = 720, 340
_LEFT, _RIGHT, _STEP, _BAR = 100, 76, 56, 30
_LETTER = 7.2
_LINE = 20  # of text


def file_names(ids: Iterable[str]) -> dict[str, str]:
    """Return the file of each place, safe for any file system, by its id.

    Names differ in more than capitals. What is no letter or digit of ASCII is a hyphen.
    """
    names: dict[str, str] = {}
    used: set[str] = set()
    for id_ in ids:
        plain = re.sub(r"[^A-Za-z0-9_]+", "-", id_).strip("-")[:_LONGEST] or "place"
        if _DEVICE.fullmatch(plain):
            plain = f"place-{plain}"
        name, number = plain, 2
        while name.lower() in used:
            name, number = f"{plain}-{number}", number + 1
        used.add(name.lower())
        names[id_] = f"{FOLDER}/{name}.html"
    return names


def write_places(
    folder: Path,
    context: Context,
    page: Page,
    templates: Environment,
    surroundings: Mapping[str, Any],
    site: Site | None = None,
    *,
    has_pictures: bool = False,
) -> list[str]:
    """Write the file of each place of a page of places; return their paths.

    With the address of a site, each names its own, and has a picture of a link to it.
    """
    (folder / FOLDER).mkdir(exist_ok=True)
    template = templates.get_template("place_file.html")
    regions = page.more["data"]["regions"]
    names = {region["id"]: region["file"] for region in regions}
    details = chain.from_iterable(page.more["parts"])
    for region, detail in zip(regions, details, strict=True):
        path = names[region["id"]]
        pictures = {
            name: draw_bars(page, detail["balance"], region["accounts"], width)
            for name, width in (("wide", _WIDE), ("narrow", _NARROW))
        }
        image = f"share/{path.removesuffix('.html')}.png"
        if site and has_pictures:
            write_share_picture(
                folder / image, region["headline"], context, pictures["wide"]
            )
        html = template.render(
            **surroundings,
            address=site and site.of(path),
            image=site.of(image) if site and has_pictures else None,
            region=region,
            detail=detail,
            compare=f"../place.html#{quote(region['id'], safe='')}",
            pictures=pictures,
            name_of=lambda what, own=region: _named(page, names, own, what),
        )
        (folder / path).write_text(html, encoding="utf-8")
    return list(names.values())


def _named(
    page: Page, names: Mapping[str, str], own: Mapping[str, Any], what: int | str
) -> Markup:
    """Return the name of a line of a table: a text, or a place with a link."""
    if isinstance(what, str):
        return escape(what)
    region = page.more["data"]["regions"][what]
    if region is own:
        return Markup("<strong>{} itself</strong>").format(region["name"])
    href = names[region["id"]].removeprefix(f"{FOLDER}/")
    return Markup('<a href="{}">{}</a>').format(href, region["name"])


class _Part(NamedTuple):
    """A part of a bar: its name on it and in the legend, its size, and texts."""

    name: str
    legend: str
    colour: str
    value: float
    text: str
    share: str


def draw_bars(
    page: Page, balance: Mapping[str, Any], title: str, width: int = _WIDE
) -> Markup:
    """Draw both accounts of a place: a bar each, its parts from zero, and a legend.

    They are per person, as the headline is, where people are known.
    """
    bars = _bars(page, balance)
    unit, ends_of_bars = balance["unit"], balance["ends"]
    if balance["perPerson"]:
        unit, ends_of_bars = page.more["data"]["perPerson"][1], balance["perPersonEnds"]
    low = min(sum(min(part.value, 0.0) for part in bar) for bar in bars.values())
    high = max(sum(max(part.value, 0.0) for part in bar) for bar in bars.values())
    per_unit = (width - _LEFT - _RIGHT) / ((high - low) or 1)
    drawn = [_text(_LEFT, 13, f"emitted, {unit}")]
    for row, (name, parts) in enumerate(bars.items()):
        top = row * _STEP + 22 + _LINE
        middle = top + _BAR / 2 + 5
        drawn.append(_text(_LEFT - 8, middle, name, "end"))
        ends = {True: 0.0, False: 0.0}  # to the right and to the left
        for part in parts:
            start = ends[part.value > 0]
            ends[part.value > 0] += part.value
            x = _LEFT + (min(start, start + part.value) - low) * per_unit
            long = abs(part.value) * per_unit
            drawn.append(_rectangle(x, top, long, _BAR, part.colour))
            texts = (f"{part.share} {part.name}", part.share)
            fits = [text for text in texts if len(text) * _LETTER < long - 4]
            drawn += [_text(x + 2, top - 5, text) for text in fits[:1]]
        right = _LEFT + (ends[True] - low) * per_unit
        drawn.append(_text(right + 6, middle, ends_of_bars[row]))
    parts = [part for bar in bars.values() for part in bar]
    legend = dict.fromkeys((part.legend, part.colour) for part in parts)
    columns = 2 if width == _WIDE else 1
    height = _STEP * len(bars) + 14 + _LINE
    for number, (words, colour) in enumerate(legend):
        x = _LEFT + number % columns * (width - _LEFT) / columns
        y = height + number // columns * _LINE
        drawn += [_rectangle(x, y, 11, 11, colour), _text(x + 18, y + 11, words)]
    height += -(-len(legend) // columns) * _LINE
    summary = "; ".join(f"{part.name} {part.text}" for part in parts)
    return Markup(
        '<svg viewBox="0 0 {} {}" role="img" aria-label="{}. {}">{}</svg>'
    ).format(width, height, title, summary, Markup("").join(drawn))


def _bars(page: Page, balance: Mapping[str, Any]) -> dict[str, list[_Part]]:
    """Return the parts of each bar that there are; the main supplier has its name."""
    bars: dict[str, list[_Part]] = {}
    unit = page.more["data"]["perPerson"][1]
    per_person = balance["perPerson"] and [
        f"{amount} {unit}" for amount in balance["perPerson"]
    ]
    for (bar, part, name), value, text, share in zip(
        page.more["data"]["cells"],
        balance["values"],
        per_person or balance["texts"],
        balance["shares"],
        strict=True,
    ):
        parts = bars.setdefault(bar, [])
        own = f"in {balance['supplier']}"
        if value:
            colour = page.more["colours"][part]
            parts.append(
                _Part(name or own, part if name else own, colour, value, text, share)
            )
    return bars


def _rectangle(x: float, y: float, width: float, height: float, colour: str) -> Markup:
    return Markup(
        '<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{}" fill="{}"/>'
    ).format(x, y, width, height, colour)


def _text(x: float, y: float, text: str, anchor: str = "start") -> Markup:
    line = '<text x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>'
    return Markup(line).format(x, y, anchor, text)
