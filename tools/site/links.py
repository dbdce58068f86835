"""A check of a built site: links that lead nowhere, and what another host serves."""

import os
import re
from collections.abc import Collection, Mapping
from html.parser import HTMLParser
from pathlib import Path
from types import MappingProxyType
from urllib.parse import unquote, urlsplit

LOADED = re.compile(r"url\(\s*['\"]?([^'\")]+)")


class _Page(HTMLParser):
    """Collects the ids of a page, its links, and the addresses of what it loads."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.loaded: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take the id and the addresses of an element."""
        values = {name: value for name, value in attrs if value}
        self.ids |= {values[name] for name in ("id", "name") if name in values}
        if "src" in values:
            self.loaded.append(values["src"])
        if "href" in values:
            (self.loaded if tag == "link" else self.links).append(values["href"])


def dead_links(
    site: Path,
    skipped: Collection[str] = (),
    anchors: Mapping[str, Collection[str]] = MappingProxyType({}),
) -> list[str]:
    """Return the links inside a site that lead nowhere, each with its page.

    Parameters
    ----------
    site
        Folder of the site.
    skipped
        Pages whose own links and anchors their scripts make, as paths in the site.
    anchors
        Anchors that scripts make on pages, besides ids of their elements.
    """
    pages = {page: _read(site / page) for page in _pages(site)}
    for page, ids in anchors.items():
        pages[page].ids.update(ids)
    return [
        f"{page}: {link}"
        for page, content in pages.items()
        if page not in skipped
        for link in content.links + content.loaded
        if not _leads_somewhere(site, page, link, pages, skipped)
    ]


def _leads_somewhere(
    site: Path,
    page: str,
    link: str,
    pages: Mapping[str, _Page],
    skipped: Collection[str],
) -> bool:
    parts = urlsplit(link)
    if parts.scheme or parts.netloc:
        return True
    path = unquote(parts.path)
    target = os.path.normpath(Path(page).parent / path) if path else page
    if not (site / target).is_file():
        return False
    if not parts.fragment or target in skipped or target not in pages:
        return True
    # name=value is a state that the page's script reads, as of levers
    return "=" in parts.fragment or unquote(parts.fragment) in pages[target].ids


def loaded_from_elsewhere(site: Path) -> list[str]:
    """Return the addresses from which pages and style sheets load by themselves."""
    addresses = [
        (page, address)
        for page in _pages(site)
        for address in _read(site / page).loaded
    ]
    for sheet in sorted(site.rglob("*.css")):
        loaded = LOADED.findall(sheet.read_text("utf-8"))
        addresses += [(str(sheet.relative_to(site)), address) for address in loaded]
    return [
        f"{file}: {address}"
        for file, address in addresses
        if address.startswith(("http:", "https:", "//"))
    ]


def _pages(site: Path) -> list[str]:
    """Return the pages of a site; what a theme keeps in folders with _ is no page."""
    pages = (page.relative_to(site) for page in site.rglob("*.html"))
    return sorted(str(page) for page in pages if not page.parts[0].startswith("_"))


def _read(page: Path) -> _Page:
    parser = _Page()
    parser.feed(page.read_text("utf-8"))
    return parser
