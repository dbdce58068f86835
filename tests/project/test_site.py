"""The site: each page has its place, each linked file is shown, no link is dead."""

import pytest

from carbonshed.errors import CarbonshedError
from carbonshed.paths import project_root
from tools.site.links import dead_links, loaded_from_elsewhere
from tools.site.pages import INDEX, find_pages, navigation
from tools.site.stage import stage

PAGES = {
    "README.md": "# Start\n\n[all](docs/README.md) [how](docs/how/README.md#by-hand)\n"
    "[a file](src/code.sql) [files](src)\n\n```\n[no link](nobody.md)\n```\n\n"
    "## More\n",
    "docs/README.md": "**First?** Read:\n\n| to | read |\n|---|---|\n"
    "| start | [Start](../README.md) |\n\n**Then**\n\n| to | read |\n|---|---|\n"
    "| do it | [How](how/README.md#by-hand); again [Start](../README.md) |\n",
    "docs/how/README.md": "# How\n\n[steps](steps.md) ![seen](seen.png)\n\n"
    "## By hand\n",
    "docs/how/steps.md": "# Steps\n\n[back](README.md)\n",
    "src/code.sql": "select '````'\n",
}


@pytest.fixture
def root(tmp_path):
    root = tmp_path / "project"
    for name, text in PAGES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, "utf-8")
    (root / "docs/how/seen.png").write_bytes(b"\x89PNG")
    return root


def in_order(groups):
    return [
        page
        for entries in groups.values()
        for entry in entries
        for page in (entry.page, *entry.below)
    ]


def test_the_navigation_has_every_page_once():
    pages = find_pages(project_root())
    assert len(pages) > 40
    assert sorted([INDEX, *in_order(navigation(project_root()))]) == pages


def test_groups_are_tables_and_the_first_that_links_a_page_has_it(root):
    groups = navigation(root)
    assert [*groups] == ["First", "Then"]
    assert [str(page) for page in in_order(groups)] == [
        *("README.md", "docs/how/README.md", "docs/how/steps.md")
    ]


def test_a_page_in_no_group_is_refused(root):
    (root / "docs/lost.md").write_text("# Lost\n", "utf-8")
    with pytest.raises(CarbonshedError, match=r"no group links docs/lost\.md; add"):
        navigation(root)


def test_pages_link_each_other_and_what_shows_a_file(root, tmp_path):
    stage(root, tmp_path / "pages", welcome="Welcome.")
    start = (tmp_path / "pages/index.md").read_text("utf-8")
    assert "[all](/docs/index.md) [how](/docs/how/index.md#by-hand)" in start
    assert "[a file](/files/src/code.sql.md) [files](/files/src/index.md)" in start
    assert "[no link](nobody.md)" in start
    assert start.index("Welcome.") < start.index("## More")
    assert ":caption: Then\n\nHow </docs/how/index>\n" in start
    how = (tmp_path / "pages/docs/how/index.md").read_text("utf-8")
    assert "/docs/how/steps\n```" in how
    assert (tmp_path / "pages/docs/how/seen.png").is_file()
    shown = (tmp_path / "pages/files/src/code.sql.md").read_text("utf-8")
    assert "\n`````sql\nselect '````'\n`````\n" in shown
    listed = (tmp_path / "pages/files/src/index.md").read_text("utf-8")
    assert "[`code.sql`](/files/src/code.sql.md)" in listed


def test_a_link_to_a_file_that_is_missing_is_refused(root, tmp_path):
    (root / "src/code.sql").unlink()
    with pytest.raises(CarbonshedError, match=r"README\.md links .* src/code\.sql"):
        stage(root, tmp_path / "pages")


@pytest.fixture
def site(tmp_path):
    site = tmp_path / "site"
    (site / "deep").mkdir(parents=True)
    (site / "index.html").write_text(
        '<link rel="stylesheet" href="style.css"><h1 id="top">T</h1>'
        '<a href="deep/page%20two.html#a%C3%A9">1</a> <a href="#top">2</a>'
        '<a href="#way=60&amp;power=1">a state of levers, no anchor</a>'
        '<a href="https://example.org/nobody">3</a> <a href="mailto:me">4</a>',
        "utf-8",
    )
    (site / "deep/page two.html").write_text(
        '<p id="aé"></p><img src="../style.css"><a href="../index.html#top">1</a>',
        "utf-8",
    )
    (site / "style.css").write_text("p { background: url(style.css) }", "utf-8")
    return site


def test_a_whole_site_has_no_dead_link_and_loads_nothing(site):
    assert dead_links(site) == []
    assert loaded_from_elsewhere(site) == []


def test_dead_links_and_anchors_are_found(site):
    links = ("nobody.html", "../index.html#nowhere", "#gone", "../deep", "x.html#any")
    text = "".join(f'<a href="{link}">it</a>' for link in links)
    (site / "deep/page.html").write_text(f'{text}<script src="no.js"></script>')
    (site / "deep/x.html").write_text('<a href="#made-by-a-script">it</a>')
    dead = [f"deep/page.html: {link}" for link in (*links[:4], "no.js")]
    assert dead_links(site, skipped={"deep/x.html"}) == dead
    anchors = {"index.html": {"nowhere"}}
    assert dead_links(site, {"deep/x.html"}, anchors) == [dead[0], *dead[2:]]
    assert f"deep/page.html: {links[4]}" in dead_links(site)


def test_what_would_be_loaded_from_another_host_is_found(site):
    (site / "page.html").write_text(
        '<script src="https://example.org/a.js"></script>'
        '<link rel="icon" href="//example.org/i.png"><a href="https://example.org">'
    )
    (site / "more.css").write_text('@font-face { src: url("https://example.org/f") }')
    assert loaded_from_elsewhere(site) == [
        "page.html: https://example.org/a.js",
        "page.html: //example.org/i.png",
        "more.css: https://example.org/f",
    ]
