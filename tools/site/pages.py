"""The project's Markdown pages: their links, and the navigation through them.

``docs/README.md`` is the one list of pages: bold lines name its groups, and the table
below each links the pages of the group. ``README.md`` in a folder brings the pages of
its folder with it.
"""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from carbonshed.errors import CarbonshedError

INDEX = Path("docs/README.md")
START = Path("README.md")

# a link or an image; the text before the bracket may itself be an image
LINK = re.compile(r"(?<=\]\()[^)\s]+(?=\))")
TITLED_LINK = re.compile(r"\[([^\]]*)\]\(([^)\s]+)\)")
ADDRESS = re.compile(r"[a-z]+:")
FENCED = re.compile(r"(^ *```.*?^ *```$)", re.MULTILINE | re.DOTALL)
GROUP = re.compile(r"^\*\*(.+?)\*\*.*?\n\n((?:\|.*\n)+)", re.MULTILINE)


class Entry(NamedTuple):
    """A page in the navigation.

    Attributes
    ----------
    title
        The words by which ``docs/README.md`` links the page.
    page
        Path of the page from the root of the project.
    below
        The other pages of its folder that it links, if it is the README of one.
    """

    title: str
    page: Path
    below: tuple[Path, ...] = ()


def find_pages(root: Path) -> list[Path]:
    """Return the pages, as paths from the root of the project."""
    files = [*root.glob("*.md"), *(root / "docs").rglob("*.md")]
    return sorted(file.relative_to(root) for file in files)


def prose(text: str) -> str:
    """Return a page without its fenced blocks."""
    return FENCED.sub("", text)


def local_links(text: str) -> list[str]:
    """Return the links of a page that lead neither to a host nor to a mail address."""
    return [link for link in LINK.findall(prose(text)) if not ADDRESS.match(link)]


def map_local_links(text: str, new_link: Callable[[str], str]) -> str:
    """Return a page with another target of each local link outside fenced blocks."""

    def replace(match: re.Match[str]) -> str:
        link = match[0]
        return link if ADDRESS.match(link) else new_link(link)

    parts = FENCED.split(text)
    parts[::2] = [LINK.sub(replace, part) for part in parts[::2]]
    return "".join(parts)


def navigation(root: Path) -> dict[str, tuple[Entry, ...]]:
    """Return the pages of each group of ``docs/README.md``, in its order.

    A page that several groups link belongs to the first of them.

    Raises
    ------
    CarbonshedError
        A page is in no group.
    """
    unplaced = set(find_pages(root)) - {INDEX}
    introduction = (root / INDEX).read_text("utf-8").split("\n## ")[0]
    groups = {
        title.rstrip("?"): tuple(_entries(root, table, unplaced))
        for title, table in GROUP.findall(introduction)
    }
    if unplaced:
        raise CarbonshedError(
            f"{INDEX}: no group links {', '.join(map(str, sorted(unplaced)))}; add a "
            "row to one of its tables, or to the README of the page's folder"
        )
    return groups


def _entries(root: Path, table: str, unplaced: set[Path]) -> Iterator[Entry]:
    """Take the pages that a table links out of those that have no place yet."""
    for title, link in TITLED_LINK.findall(table):
        page = link_target(INDEX, link)
        if page not in unplaced:
            continue
        unplaced.remove(page)
        below: dict[Path, None] = {}
        if page.name == "README.md" and page != START:
            links = local_links((root / page).read_text("utf-8"))
            targets = [link_target(page, link) for link in links]
            below = {
                target: None
                for target in targets
                if target in unplaced and target.parent == page.parent
            }
            unplaced.difference_update(below)
        yield Entry(title, page, tuple(below))


def link_target(page: Path, link: str) -> Path:
    """Return the path, from the root, of what a page links."""
    target = page.parent / link.partition("#")[0]
    return Path(os.path.normpath(target)) if link[0] != "#" else page
