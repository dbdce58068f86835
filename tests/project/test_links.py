"""Every relative link of the documentation leads somewhere."""

import re
from pathlib import Path

import pytest

from tools.site.pages import find_pages, local_links, prose

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / page for page in find_pages(ROOT)]

HEADING = re.compile(r"^#{1,6} +(.*)$", re.MULTILINE)


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page, as GitHub makes them from headings."""
    found: set[str] = set()
    for heading in HEADING.findall(prose(page.read_text("utf-8"))):
        words = re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")
        copies = sum(
            re.fullmatch(rf"{words}(-\d+)?", other) is not None for other in found
        )
        found.add(f"{words}-{copies}" if copies else words)
    return found


def broken(page: Path) -> list[str]:
    """Return the relative links of a page that lead nowhere."""
    wrong = []
    for link in local_links(page.read_text("utf-8")):
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (
            anchor and (target.suffix != ".md" or anchor not in anchors(target))
        ):
            wrong.append(link)
    return wrong


def test_there_are_pages():
    assert ROOT / "README.md" in PAGES
    assert len(PAGES) > 5


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    assert broken(page) == []


def test_a_broken_link_is_found(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(
        "# One, `two`\n[a](#one-two) [b](#two) [c](page.md#one-two) [d](nobody.md)\n"
        "[e](https://example.org) [f](page.md#three)\n```\n[g](nobody.md)\n```\n"
        "[![h](page.md)](picture.png)\n",
        "utf-8",
    )
    assert broken(page) == ["#two", "nobody.md", "page.md#three", "picture.png"]
