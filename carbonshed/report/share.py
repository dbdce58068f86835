"""What travels: addresses, pictures for messengers, charts on pages of others."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit
from xml.sax.saxutils import escape, quoteattr

from carbonshed.errors import CarbonshedError
from carbonshed.numbers import unbroken
from carbonshed.report.context import Context
from carbonshed.report.vega import wrapped
from carbonshed.text import without_control

WIDTH, HEIGHT = 1200, 630  # pixels of a picture that messengers show of a link
_MARGIN = 48
_HEADLINE, _LARGE, _SMALL, _LEAST = 42, 30, 20, 17  # pixels of letters
_LINE = _LEAST + 4  # of a source
# lines of a headline, of words in place of a chart, and of a source
_MOST_LINES, _MOST_WITHOUT, _MOST_SOURCE = 3, 6, 2
_INK, _SOFT, _GROUND = "#1c2127", "#4b5563", "white"
_FONT = "Helvetica, Arial, sans-serif"
_OPENING = re.compile(r"<svg[^>]*?>")
_SIZE = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')


@dataclass(frozen=True)
class Site:
    """The address at which a report will stand, without a slash at its end."""

    address: str

    @classmethod
    def at(cls, address: str) -> "Site":
        """Return the site of an address; refuse what is none."""
        parts = urlsplit(address)
        is_whole = parts.scheme in ("http", "https") and parts.netloc
        if not is_whole or parts.query or parts.fragment:
            raise CarbonshedError(
                f"--site {address}: expected the address of the folder in which the "
                "report will stand, such as https://example.org/report"
            )
        return cls(address.rstrip("/"))

    def of(self, path: str) -> str:
        """Return the address of a file of the report."""
        return f"{self.address}/{quote(path)}"


def share_svg(
    headline: str, context: Context, picture: str | None, words: str = ""
) -> str:
    """Return the picture that messengers show: headline, chart and credit.

    Parameters
    ----------
    headline
        The sentence of the page.
    context
        Names what is counted, and where it is from.
    picture
        The chart as SVG, without title; None for a page without one.
    words
        What stands in place of the chart of such a page.
    """
    inner = WIDTH - 2 * _MARGIN
    top = _MARGIN
    parts = [f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{_GROUND}"/>']
    for line in _lines(headline, _HEADLINE, _MOST_LINES):
        top += _HEADLINE
        parts.append(_text(line, top, _HEADLINE, _INK, "bold"))
        top += 8
    top += _SMALL + 6
    parts.append(_text(_lines(context.subtitle, _SMALL, 1)[0], top, _SMALL, _SOFT))
    source = f"Source: {context.dataset['source']}"
    sources = _lines(source, _LEAST, _MOST_SOURCE)
    foot = HEIGHT - _MARGIN - _LEAST - _LINE * len(sources)
    for number, line in enumerate(sources, start=1):
        parts.append(_text(line, foot + _LINE * number, _LEAST, _SOFT))
    credit = f"Carbonshed · {context.dataset['title'] or context.dataset['name']}"
    credit_at = HEIGHT - _MARGIN + 14
    parts.append(_text(_lines(credit, _SMALL, 1)[0], credit_at, _SMALL, _INK, "bold"))
    if picture is not None:
        room = foot - top
        parts.append(nested(picture, _MARGIN, top + 14, inner, room - 14))
    for line in _lines(words, _LARGE, _MOST_WITHOUT) if picture is None else ():
        top += _LARGE + 16
        parts.append(_text(line, top + 14, _LARGE, _INK))
    size = f'width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{"".join(parts)}</svg>'


def write_share_picture(
    path: Path, headline: str, context: Context, picture: str | None, words: str = ""
) -> None:
    """Write the picture that messengers show of a link, as PNG."""
    import vl_convert

    path.parent.mkdir(parents=True, exist_ok=True)
    drawn = vl_convert.svg_to_png(share_svg(headline, context, picture, words))
    path.write_bytes(drawn)


def nested(picture: str, x: float, y: float, width: float, height: float) -> str:
    """Return a picture inside another one, as large as fits, in the middle."""
    picture = str(picture)  # markup would escape what is put before it
    opening = _OPENING.search(picture)
    own = opening and _SIZE.search(opening[0])
    if not opening or not own:
        raise ValueError("a picture without a viewBox")
    around = (
        f'<svg x="{x}" y="{y}" width="{width}" height="{height}" '
        f'viewBox="0 0 {own[1]} {own[2]}" font-family="{_FONT}" font-size="13">'
    )
    return around + picture[opening.end() :]


def _text(text: str, y: float, size: int, colour: str, weight: str = "normal") -> str:
    return (
        f'<text x="{_MARGIN}" y="{y}" font-family="{_FONT}" font-size="{size}" '
        f'font-weight="{weight}" fill="{colour}">{escape(without_control(text))}</text>'
    )


def _lines(text: str, size: int, most: int) -> list[str]:
    """Return a text on lines as wide as the picture, cut after the last of them."""
    lines = wrapped(without_control(text), WIDTH - 2 * _MARGIN, size)
    return (
        lines if len(lines) <= most else [*lines[: most - 1], f"{lines[most - 1]} ..."]
    )


def iframe(site: Site, path: str, title: str, height: int) -> str:
    """Return the text that shows a chart on another page."""
    return (
        f"<iframe src={quoteattr(site.of(path))} title={quoteattr(unbroken(title))} "
        f'width="760" height="{height}" style="border:0;max-width:100%" '
        'loading="lazy"></iframe>'
    )


def sitemap(addresses: Iterable[str], modified: str) -> str:
    """Return a list of all pages for search engines."""
    urls = "".join(
        f"<url><loc>{escape(address)}</loc><lastmod>{modified}</lastmod></url>\n"
        for address in addresses
    )
    space = "http://www.sitemaps.org/schemas/sitemap/0.9"
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<urlset xmlns="{space}">\n{urls}</urlset>\n'
    )
