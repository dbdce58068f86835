"""The report in a real browser, from disk: what it loads, shows and does."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from support.compare import asked
from support.hostile_labels import HOSTILE
from support.in_browser import (
    browser,
    context,
    covered,
    page,
    rows_saved_by,
    saved_by,
    serious,
)
from support.report_pages import CUT, MALICIOUS, contrast, tables, texts

from carbonshed.report.pages import PAGES
from carbonshed.report.site import file_name

__all__ = ["browser", "context", "page"]

# between them they have all that a page can be made of
DARK = ("start", "trade", "pays", "place", "places/B")
PHONE = {"width": 360, "height": 740}
TABLET = {"width": 768, "height": 1024}


def open_page(page, report: Path, name: str, after: str = ""):
    """Open a page with all its parts unfolded."""
    page.goto((report / file_name(name)).as_uri() + after)
    unfold(page)


def unfold(page):
    page.evaluate(
        "document.querySelectorAll('details').forEach(each => each.open = true)"
    )
    wait_for_charts(page)


def wait_for_charts(page):
    """Wait until marks of all that is not folded away can be read by mouse and key.

    Bars of one region are not there beside those of another.
    """
    page.wait_for_function(
        "() => [...document.querySelectorAll('[data-chart]')]"
        ".filter(each => !each.closest('details:not([open]), section[hidden]'))"
        ".every(each => each.dataset.marks)"
    )


@pytest.mark.parametrize("name", [*PAGES, "places/B"])
def test_a_page_opens_from_disk_and_everyone_can_read_it(page, report, name):
    """Light on a screen, dark on a phone: no request, no error, no barrier.

    And no text of a chart over another, on a tablet either.
    """
    page.set_viewport_size({"width": 1280, "height": 900})
    page.emulate_media(color_scheme="light")
    page.goto((report / file_name(name)).as_uri())
    wait_for_charts(page)
    if name in PAGES:
        title = page.locator("nav [aria-current]").inner_text()
        usual = PAGES[name].TITLE.replace("Regions", "Cities")
        usual = usual.replace("regions", "cities").replace("region", "city")
        assert title == usual
        assert page.locator(".kicker, h1").first.inner_text() == usual
    assert page.locator(".banner").is_visible()
    assert page.locator(".account:visible").count() == (name not in PAGES)
    # what is shown before is shown then too
    unfold(page)
    assert serious(page) == []
    assert covered(page) == []
    page.set_viewport_size(TABLET)
    page.reload()
    unfold(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= TABLET["width"]
    assert covered(page) == []
    page.set_viewport_size(PHONE)
    page.emulate_media(color_scheme="dark")
    page.wait_for_timeout(50)
    background = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(background) == "rgb(15, 20, 26)"
    # nothing hangs over the side of a phone
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.reload()
    unfold(page)
    assert covered(page) == []
    # a place's picture, which is drawn for either width
    assert page.locator(".account:visible").count() == (name not in PAGES)
    if name in DARK:
        assert serious(page, runOnly=["color-contrast"]) == []


def test_tables_are_sorted_by_mouse_and_keyboard(page, report):
    open_page(page, report, "compare")
    table = page.locator("#table-ranking table")
    column = 4  # emitted there
    shown = [
        float(row[column][1]) for row in tables(report / "compare.html")["ranking"][1:]
    ]

    def values():
        cells = table.locator(f"tbody tr td:nth-child({column + 1})")
        return [float(cell.get_attribute("data-value")) for cell in cells.all()]

    head = table.locator(f"thead th:nth-child({column + 1})")
    assert values() == shown
    head.get_by_role("button").click()
    assert head.get_attribute("aria-sort") == "descending"
    assert values() == sorted(shown, reverse=True)
    page.keyboard.press("Enter")
    assert head.get_attribute("aria-sort") == "ascending"
    assert values() == sorted(shown)
    name = table.locator("thead th:nth-child(2)")
    name.get_by_role("button").click()
    assert name.get_attribute("aria-sort") == "ascending"
    assert head.get_attribute("aria-sort") is None
    assert table.locator("tbody th").first.inner_text().startswith("Ambrook")


def partners(page, list_):
    rows = page.locator(f"[data-tables={list_}] tbody tr")
    return [row.locator("th, td").all_inner_texts() for row in rows.all()]


def shows(page, name):
    """Wait until the page tells of a region, and of its picture."""
    page.wait_for_function(
        "name => document.querySelector('h1').textContent.startsWith(name + ': ')",
        arg=name,
    )


def find(page, text, box="#search"):
    """Choose the first suggestion for a part of a name or an id, by the keyboard."""
    page.fill(box, text)
    page.keyboard.press("Enter")


def test_a_region_is_picked(page, report):
    """Numbers of docs/three_cities.md; the first region has the largest footprint."""
    open_page(page, report, "place")
    # a long name is cut in the heading
    shows(page, CUT)
    assert page.url.endswith("#A")
    unfold(page)
    itself, *_ = partners(page, "suppliers")
    assert itself == [f"{MALICIOUS} itself", "1.30", "54.2"]
    units = page.locator("table.bars thead .unit").all_inner_texts()
    assert [unit for unit in units if unit not in ("", "%")] == [
        *("Gt", "Mt", "Gt", "Gt", "Mt")
    ]
    find(page, "bell")
    shows(page, "Bellmere")
    assert page.url.endswith("#B")
    assert partners(page, "suppliers") == [
        ["Cinderley", "880", "41.9"],
        [MALICIOUS, "840", "40.0"],
        ["Bellmere itself", "380", "18.1"],
    ]
    facts = " ".join(page.locator("#numbers").inner_text().split())
    assert "footprint 2.10 Gt rank 2 of 3" in facts
    assert "footprint per person, without imports 7.00 t per person" in facts
    assert page.locator("#numbers dt").count() == 5
    # the reader is taken to the new name
    assert page.evaluate("document.activeElement.localName") == "h1"
    assert page.evaluate("window.scrollY") < page.evaluate("window.innerHeight")
    # by a link to a partner, by rank, by an id in capitals or not, and back
    page.locator("[data-tables=suppliers] a").first.click()
    shows(page, "Cinderley")
    assert page.evaluate("document.activeElement.localName") == "h1"
    assert page.locator("#after").is_disabled()
    page.locator("#before").focus()
    page.keyboard.press("Enter")
    shows(page, "Bellmere")
    page.evaluate("window.location.hash = '#c'")
    shows(page, "Cinderley")
    assert page.url.endswith("#C")
    assert page.title().startswith("Cinderley: 3.00\N{NO-BREAK SPACE}t")
    page.go_back()
    shows(page, "Bellmere")
    assert page.locator("[data-tables=scenarios] tbody tr").count() == 3


def test_regions_are_compared_side_by_side(page, report):
    open_page(page, report, "place", "#B")
    shows(page, "Bellmere")
    find(page, "cind", "#compare")
    page.wait_for_url("**#B+C")
    heading = page.locator("h1")
    heading.filter(has_text=", Cinderley").wait_for()
    assert heading.inner_text().replace("\N{NO-BREAK SPACE}", " ") == (
        "Bellmere 7.00 t per person, Cinderley 3.00 t per person, without imports"
    )
    unfold(page)
    assert page.locator("[data-tables=suppliers] table").count() == 2
    heads = page.locator("#list-figures thead th").all_inner_texts()
    assert heads[1::2] == ["Bellmere: value", "Cinderley: value"]
    words = page.locator("#chart-region-balance svg").inner_html()
    assert "Bellmere" in words
    assert "Cinderley" in words
    assert serious(page) == []
    # the address alone opens the same, in any capitals
    open_page(page, report, "trust")
    open_page(page, report, "place", "#b+C+nobody")
    page.wait_for_url("**#B+C")
    assert page.locator("#found").inner_text() == "There is no city with the id nobody."
    page.locator("#chips button").first.click()
    shows(page, "Cinderley")
    assert page.url.endswith("#C")


def test_a_place_is_remembered_on_every_page(page, report):
    open_page(page, report, "place")
    page.evaluate("window.localStorage.clear()")
    page.reload()
    shows(page, CUT)
    assert not page.locator("#my-place").is_visible()
    find(page, "bell")
    shows(page, "Bellmere")
    assert page.evaluate("window.carbonshedPlace.get()") is None
    page.locator("#mine").click()
    kept = page.evaluate("JSON.parse(localStorage.getItem('carbonshed-place'))")
    assert kept == {"three_cities": {"id": "B", "name": "Bellmere"}}
    # another year or stressor, and every other page, keeps it
    for name in ("start", "trust"):
        open_page(page, report, name)
        mine = page.locator("#my-place")
        assert mine.inner_text().startswith("Your city: Bellmere")
        assert serious(page) == []
    open_page(page, report, "place")
    shows(page, "Bellmere")
    find(page, "cind")
    shows(page, "Cinderley")
    page.locator("#mine").click()
    assert page.locator("#my-place a").inner_text() == "Cinderley"
    page.locator("#my-place button").click()
    assert page.evaluate("localStorage.getItem('carbonshed-place')") == "{}"
    assert not page.locator("#my-place").is_visible()
    # a choice that a page may not keep holds until the next page
    page.add_init_script(
        "Object.defineProperty(window, 'localStorage', {get() {throw 1}})"
    )
    page.reload()
    shows(page, "Cinderley")
    page.locator("#mine").click()
    assert page.locator("#my-place a").inner_text() == "Cinderley"


def test_a_brief_is_one_page(page, report):
    open_page(page, report, "place", "#B")
    shows(page, "Bellmere")
    page.evaluate("window.print = () => window.printed = true")
    page.locator("#print").click()
    page.wait_for_function("window.printed")
    page.emulate_media(media="print")
    brief = page.locator("#brief")
    assert not page.locator("h1").is_visible()
    text = " ".join(brief.inner_text().split())
    for words in (
        "Bellmere: 7.00 t per person",
        "domestic scope",
        "Source",
        "Licence",
        "Published on ",
        "synthetic data",
        "footprint 2.10 Gt",
    ):
        assert words in text, words
    assert brief.locator("svg .role-mark path").count() >= 5
    assert brief.locator(".partners table").count() == 2
    assert pages_of(page.pdf(format="A4")) == 1
    page.emulate_media(media="screen")
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert page.locator("h1").is_visible()
    assert not brief.is_visible()
    # the page itself is longer
    assert pages_of(page.pdf(format="A4")) > 1


def pages_of(pdf: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


def test_the_figures_of_a_region_are_a_file(page, report):
    open_page(page, report, "place", "#A+C")
    page.wait_for_function(
        "document.querySelector('h1').textContent.includes('person')"
    )
    name = "three_cities-2012-co2-region-A-C.csv"
    assert saved_by(page, "#csv").suggested_filename == name
    rows = rows_saved_by(page, "#csv")
    assert {row["region_name"] for row in rows} == {MALICIOUS, "Cinderley"}
    assert {(row["dataset"], row["year"], row["is_synthetic"]) for row in rows} == {
        ("three_cities", "2012", "true")
    }
    cells = {
        (row["region_id"], row["part"], row["item"]): (float(row["value"]), row["unit"])
        for row in rows
        if row["unit"]
    }
    assert cells["A", "figures", "Footprint"] == (2.4e9, "t")
    assert cells["C", "suppliers", MALICIOUS] == (3.6e8, "t")
    # B and C emit 0.1 and 1 Gt for it
    assert cells["A", "accounts", "footprint: in other cities"] == (1e8, "t")
    assert cells["A", "accounts", "footprint: in its main supplier"] == (1e9, "t")


def test_without_a_script_the_regions_are_a_table(browser, report):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((report / "place.html").as_uri())
    assert not page.locator("#picker").is_visible()
    assert not page.locator("#chosen").is_visible()
    assert page.locator("#table-region-regions tbody tr").count() == 3
    assert page.locator("#table-region-regions").is_visible()
    context.close()


def test_marks_stand_out_light_and_dark(page, report):
    """As computed, with what shines through: 3 to 1."""
    for name in ("start", "compare", "trade", "pays"):
        open_page(page, report, name)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.wait_for_timeout(50)
            marks = page.evaluate(MARKS)
            assert marks, name
            for chart, mark, ground in marks:
                assert contrast(mark, ground) >= 3, (scheme, chart, mark)


# every colour of a mark over its ground, and the ground
MARKS = """() => {
  const numbers = (text) => text.match(/[\\d.]+/g).map(Number);
  const found = new Map();
  const shapes = ".role-mark path, .role-mark rect, .role-mark line";
  for (const mark of document.querySelectorAll(shapes)) {
    const chart = mark.closest("[data-chart]").dataset.chart;
    const section = mark.closest("section");
    const ground = numbers(getComputedStyle(section).backgroundColor).slice(0, 3);
    const style = getComputedStyle(mark);
    for (const what of ["fill", "stroke"]) {
      if (!style[what].startsWith("rgb(")) continue;
      // a gap between marks, or the strip of a line over bars, is the ground itself
      if (mark.getAttribute(what) === "#FFFFFF") continue;
      const opacity = style.opacity * style[`${what}Opacity`];
      if (opacity === 0) continue;
      const colour = numbers(style[what]).map(
        (part, place) => opacity * part + (1 - opacity) * ground[place]);
      found.set(`${chart} ${colour}`, [chart, colour, ground]);
    }
  }
  return [...found.values()];
}"""


TIP = "#vg-tooltip-element.visible"
# the middle of a mark that nothing lies over, of a chart in view
TOUCHED = """id => {
  const chart = document.querySelector(`[data-chart="${id}"]`);
  chart.scrollIntoView({ block: "center", behavior: "instant" });
  const marks = [...chart.querySelectorAll(".role-mark path, .role-mark rect")];
  for (const mark of marks.filter(({ __data__: item }) => item?.tooltip &&
      !["line", "area", "trail"].includes(item.mark.marktype))) {
    const { left, right, top, bottom } = mark.getBoundingClientRect();
    const [x, y] = [(left + right) / 2, (top + bottom) / 2];
    if (document.elementFromPoint(x, y) === mark) return [x, y];
  }
  return null;
}"""


def read_charts(browser, report, read, **options):
    """Return the texts that `read` gets of a mark of each chart, on all pages."""
    opened = browser.new_context(viewport={"width": 900, "height": 800}, **options)
    page = opened.new_page()
    texts = {}
    for name in PAGES:
        open_page(page, report, name)
        for chart in page.locator("[data-chart]").all():
            id_ = chart.get_attribute("data-chart")
            if id_ in ("flows-on-the-map", "tiers"):  # announced by its title
                title = page.locator(f"#title-{id_}").evaluate("at => at.innerText")
                assert chart.get_attribute("aria-label")[:20] == title[:20]
            if point := page.evaluate(TOUCHED, id_):
                texts[id_] = read(page, chart, point)
            else:
                # nothing to read but words: then there is no stop for the tab key
                assert chart.get_attribute("tabindex") is None, id_
    opened.close()
    return texts


def read_by_mouse(page, chart, point):
    page.mouse.move(*point)
    text = page.locator(TIP).inner_text()
    page.mouse.move(0, 0)
    page.wait_for_selector(TIP, state="hidden")
    return text


def read_by_tap_and_key(page, chart, point):
    page.touchscreen.tap(*point)
    text = page.locator(TIP).inner_text()
    chart.focus()
    page.keyboard.press("Home")
    by_key = page.locator(TIP).inner_text()
    status = chart.locator("xpath=following-sibling::*[@role='status']").inner_text()
    assert "(1 of " in status
    # the text that is shown is the text that is read
    status_text, shown = (re.sub(r"[\s:;]", "", text) for text in (status, by_key))
    assert status_text.startswith(shown)
    page.keyboard.press("Escape")
    assert page.locator(TIP).count() == 0
    return text


def test_every_chart_is_read_by_mouse_key_and_tap(browser, report):
    """One mark of each chart; the region's own chart has the same script."""
    by_mouse = read_charts(browser, report, read_by_mouse)
    by_tap = read_charts(browser, report, read_by_tap_and_key, has_touch=True)
    assert by_tap == by_mouse
    assert len(by_tap) >= 9
    assert {"footprint-per-person", "footprint-and-income", "lorenz-curves"} <= {
        *by_tap
    }


def test_a_mark_leads_to_its_region(page, report):
    open_page(page, report, "compare")
    chart = page.locator('[data-chart="footprint-per-person"]')
    chart.focus()
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    page.wait_for_url("**/place.html#C")  # 3 t per person, the smallest
    shows(page, "Cinderley")
    page.go_back()
    wait_for_charts(page)
    page.mouse.click(*page.evaluate(TOUCHED, "footprint-per-person"))
    page.wait_for_url("**/place.html#*")


def test_a_place_that_is_remembered_is_named_in_every_chart(page, report):
    """Outlined and named where the chart has it, and no longer when it is forgotten."""
    own = {"id": "C", "name": "Cinderley"}
    open_page(page, report, "compare")
    for id_ in ("footprint-per-person", "accounts", "footprint-and-income"):
        chart = page.locator(f'[data-chart="{id_}"]')
        assert chart.locator(".own").count() == 0
        page.evaluate("own => window.carbonshedPlace.set(own)", own)
        assert chart.locator(".own").count() >= 1, id_
        assert chart.locator(".own-name").all_text_contents() == ["Cinderley"], id_
        page.evaluate("window.carbonshedPlace.set(null)")
        assert chart.locator(".own, .own-name").count() == 0


def test_a_picture_changes_to_the_view_that_is_chosen(page, report):
    open_page(page, report, "compare")
    figure = page.locator("#chart-footprint-per-person")
    title = figure.locator(".chart-title")
    start = "Footprint per person: from 3.00\N{NO-BREAK SPACE}t"
    assert title.inner_text().startswith(start)
    per_person = figure.locator("svg .mark-symbol path").first.get_attribute("d")
    figure.locator('input[value="per person"]').focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function(
        "document.querySelector('.chart-title').textContent.startsWith('Footprint:')"
    )
    assert figure.locator('input[value="in total"]').is_checked()
    assert "2.40\N{NO-BREAK SPACE}Gt" in title.inner_text()
    wait_for_charts(page)
    assert figure.locator("svg").count() == 1
    assert figure.locator("svg .mark-symbol path").first.get_attribute("d")
    assert per_person
    figure.locator('input[value^="with imports"]').check()
    page.wait_for_function(
        "document.querySelector('.chart-title').textContent.includes('with imports')"
    )
    assert "with imports" in figure.locator(".subtitle").inner_text()
    # what is saved is the view that is shown, with its words
    for kind in ("png", "svg"):
        saved = saved_by(page, f'#chart-footprint-per-person [data-picture="{kind}"]')
        name = f"footprint-in-total-with-imports.{kind}"
        assert saved.suggested_filename.endswith(name)
    picture = saved.path().read_text("utf-8")
    for word in ("with imports", "SYNTHETIC", "Source", "Licence"):
        assert word in picture


def test_the_picture_of_a_region_can_travel_alone(page, report):
    open_page(page, report, "place", "#C")
    shows(page, "Cinderley")
    saved = saved_by(page, '#chart-region-balance [data-saves="svg"]')
    assert saved.suggested_filename == "three_cities-2012-co2-region-C.svg"
    picture = saved.path().read_text("utf-8")
    for word in ("Cinderley", "SYNTHETIC", "2012", "domestic scope", "Source"):
        assert word in picture
    assert "Licence" in picture
    assert 'fill="white"' in picture


def test_the_theme_is_switched_and_kept(page, report):
    page.emulate_media(color_scheme="light")
    open_page(page, report, "trust")
    background = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(background) == "rgb(245, 247, 249)"
    page.locator("#theme").click()
    assert page.evaluate(background) == "rgb(15, 20, 26)"
    page.emulate_media(media="print")
    assert page.evaluate(background) == "rgb(255, 255, 255)"
    page.emulate_media(media="screen")
    page.locator("nav >> text=What if").click()
    page.wait_for_url("**/whatif.html")
    page.locator("#shipped").wait_for()
    assert page.evaluate(background) == "rgb(15, 20, 26)"
    page.evaluate("window.localStorage.clear()")


# picks every region in turn, and returns what the page then calls it
EACH_REGION = """async ids => {
    const sentences = [];
    for (const id of ids) {
        const follows = new Promise(done => window.addEventListener(
            "hashchange", () => setTimeout(done), { once: true }));
        window.location.hash = encodeURIComponent(id);
        await follows;
        sentences.push(document.querySelector("h1").textContent);
    }
    return sentences;
}"""
RUNS = """[...document.querySelectorAll("*")].flatMap(each => [
    ...["script", "foreignObject", "a", "image", "iframe"]
        .filter(name => each.localName === name),
    ...[...each.attributes].map(found => found.name)
        .filter(name => name.startsWith("on") || name.endsWith("href")),
])"""


def test_names_that_attack_run_nothing_and_are_shown(page, hostile_report):
    """On the pages, in their charts and in pictures: `page` fails at what runs."""
    for name in PAGES:
        open_page(page, hostile_report, name)
        if name == "compare":
            cells = page.locator("#table-ranking tbody th").all_text_contents()
            assert sorted(cells) == sorted(HOSTILE)
        if name == "place":
            ids = HOSTILE[::-1]
            sentences = page.evaluate(EACH_REGION, ids)
            for id_, sentence in zip(ids, sentences, strict=True):
                # whole, or by its beginning where it is long
                short, is_cut, _ = sentence.lower().partition(
                    "\N{HORIZONTAL ELLIPSIS}: "
                )
                begins = bool(is_cut and short) and id_.lower().startswith(short)
                assert begins or f"{id_.lower()}: " in sentence.lower()
    shown = set()
    pictures = sorted((hostile_report / "charts").glob("*.svg"))
    for picture in pictures:
        page.goto(picture.as_uri())
        assert page.evaluate(RUNS) == [], picture.name
        shown.update(page.locator("text").all_text_contents())
    assert {"<svg/onload=alert(7)>", "]]>", "{{ 7 * 7 }}"} <= shown & set(HOSTILE)


# the top of the first chart, and the words that a reader sees before it, but for what
# may be chosen
FIRST_PICTURE = """() => {
  const chart = document.querySelector("main svg");
  const texts = document.createTreeWalker(
    document.querySelector("main"), NodeFilter.SHOW_TEXT);
  const seen = [];
  while (texts.nextNode()) {
    const { currentNode: text } = texts;
    if (chart.compareDocumentPosition(text) & Node.DOCUMENT_POSITION_FOLLOWING) break;
    const isHidden = text.parentElement.closest("script, noscript, .away, .views")
      || chart.contains(text) || !text.parentElement.checkVisibility();
    if (!isHidden) seen.push(text.data);
  }
  const words = seen.join(" ").split(/\\s+/).filter((word) => word !== "");
  return [chart.getBoundingClientRect().top + window.scrollY, words.length];
}"""
SCREENS = [({"width": 390, "height": 844}, 700), ({"width": 1280, "height": 900}, 420)]
MOST_WORDS = 60


@pytest.mark.parametrize("name", ["start", "trade", "pays", "place", "trust"])
def test_a_page_begins_with_its_picture(page, report, name):
    for screen, most in SCREENS:
        page.set_viewport_size(screen)
        # the name of A is an attack, and three times as long as others
        fragment = "#B" if name == "place" else ""
        page.goto((report / file_name(name)).as_uri() + fragment)
        wait_for_charts(page)
        top, words = page.evaluate(FIRST_PICTURE)
        assert top <= most, screen
        assert words <= MOST_WORDS, screen
    # proof is closed, but for the list of findings, and there is a way on
    assert page.locator(".part > details[open]").count() == (name == "start")
    assert page.locator(".next a").is_visible()


def test_all_is_proportional_to_the_price_of_the_slider(page, report):
    """300 USD each of 50 a tonne are 600 of 100: in the words, and along the axis."""
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto((report / "pays.html").as_uri())
    wait_for_charts(page)
    labels = "#chart-carbon-price .role-axis-label text"

    def shown() -> tuple[list[float], list[str]]:
        numbers = page.locator("#price-form strong").all_inner_texts()
        ticks = page.locator(labels).all_text_contents()
        return [float(number.replace(",", "")) for number in numbers], ticks

    before, ticks = shown()
    assert 300 in before
    page.locator("#price").fill("100")
    page.wait_for_function(
        "([at, old]) => [...document.querySelectorAll(at)]"
        ".map((text) => text.textContent).join() !== old",
        arg=[labels, ",".join(ticks)],
    )
    after, doubled = shown()
    assert after == pytest.approx([2 * number for number in before], rel=1e-2)
    assert page.locator("#price-form output").inner_text() == "100 USD"
    # the incomes along the other axis stay
    changed = [pair for pair in zip(ticks, doubled, strict=True) if len({*pair}) > 1]
    assert len(changed) > 2
    assert all(float(new) == 2 * float(old) for old, new in changed)
    # another view is drawn at the price that is chosen
    page.locator("input[value='After an equal dividend']").check()
    page.get_by_text("at 100 USD per tonne").wait_for()


def test_table_and_source_of_a_chart_are_tabs(page, report):
    open_page(page, report, "pays")
    figure = page.locator("figure").first
    tabs = figure.get_by_role("tab")
    assert tabs.all_inner_texts() == ["Chart", "Table", "Source"]
    assert figure.locator("svg").first.is_visible()
    tabs.first.focus()
    page.keyboard.press("ArrowRight")
    assert figure.locator("td").first.is_visible()
    assert not figure.locator("svg").first.is_visible()
    page.keyboard.press("ArrowRight")
    assert figure.locator(".cite").is_visible()
    assert tabs.last.get_attribute("aria-selected") == "true"


def test_an_address_opens_the_part_that_it_names(page, report):
    """Its charts are drawn as it opens; on paper everything is open."""
    page.goto((report / "compare.html").as_uri() + "#table-ranking")
    page.locator("#table-ranking table").wait_for()
    assert page.locator("#all > details").get_attribute("open") is not None
    page.evaluate("window.location.hash = '#accounts'")
    chart = page.locator("#accounts [data-chart] svg")
    chart.wait_for()
    assert chart.bounding_box()["width"] > 600
    # the part that was open lies below, once the page is where the address leads
    page.wait_for_function(
        "() => document.querySelector('#all summary').getBoundingClientRect().y > 0"
    )


def test_paper_has_all_parts_and_heads_of_columns_on_each_sheet(page, report, tmp_path):
    pdftotext = shutil.which("pdftotext")
    if pdftotext is None:
        pytest.skip("there is no pdftotext; install it: apt-get install poppler-utils")
    page.goto((report / "trust.html").as_uri())
    wait_for_charts(page)
    paper = tmp_path / "trust.pdf"
    page.pdf(path=paper, width="148mm", height="105mm")
    text = subprocess.run(
        [pdftotext, "-layout", paper, "-"], capture_output=True, check=True, text=True
    ).stdout
    sheets = text.split("\f")
    marts = [row[0] for row in texts(tables(report / "trust.html")["marts"][1:])]
    # a name of one word, such as dataset, stands in other tables too
    rows = [name for name in marts if "_" in name]
    mine = [
        sheet
        for sheet in sheets
        # a cell ends with a gap, and stands at the side: a line of the foot or of a
        # wider column may begin with the same word
        if any(
            re.search(rf"^ {{0,4}}{row}(\s\s|$)", sheet, re.MULTILINE) for row in rows
        )
    ]
    assert len(mine) > 2
    for sheet in mine:
        assert re.search(r"Mart\s+What it is", sheet), sheet
    page.goto((report / "trade.html").as_uri())
    wait_for_charts(page)
    closed = page.locator("details:not([open])").count()
    page.pdf(path=paper)
    assert closed > 0
    # all charts are on the paper, and the parts are closed again after it
    assert page.locator("[data-chart]:not(:has(svg))").count() == 0
    assert page.locator("details:not([open])").count() == closed


def test_the_search_box_finds_places_and_pages(page, report):
    page.goto((report / "trust.html").as_uri())
    folded = page.evaluate("['Ahvenanmaa, Åland', 'Ødemark'].map(carbonshedFold)")
    assert folded == ["ahvenanmaa, aland", "odemark"]
    box = page.get_by_role("combobox", name="Find a city or a page")
    assert box.get_attribute("aria-expanded") == "false"
    options = page.locator("#search-found").get_by_role("option")
    box.fill("CÍNDER")
    assert options.all_inner_texts() == ["Cinderley"]
    assert box.get_attribute("aria-expanded") == "true"
    page.keyboard.press("Enter")
    page.wait_for_url("**/place.html#C")
    shows(page, "Cinderley")
    box = page.get_by_role("combobox", name="Find a city by name or id")
    box.fill("tr")
    assert options.first.inner_text().startswith("Trade")
    box.press("ArrowDown")
    active = box.get_attribute("aria-activedescendant")
    assert page.locator(f"#{active}").get_attribute("aria-selected") == "true"
    assert serious(page) == []
    box.press("Escape")
    assert options.count() == 0
    assert box.get_attribute("aria-expanded") == "false"
    box.fill("no such place")
    assert options.count() == 0
    # a word leads to the table that uses it
    box.fill("lorenz")
    assert options.first.inner_text() == "Lorenz curve Compare cities"
    page.keyboard.press("Enter")
    page.wait_for_url("**/compare.html#table-tenth-table")
    page.get_by_text("Words in this table").first.wait_for()
    # the first page begins with it
    page.goto((report / "index.html").as_uri())
    box = page.get_by_role("combobox", name="Your city")
    assert box.evaluate("each => each === document.activeElement")
    box.fill("b")
    options.get_by_text("Bellmere").click()
    page.wait_for_url("**/place.html#B")


def test_a_table_fits_a_phone_and_its_rows_are_found(page, report):
    page.set_viewport_size(PHONE)
    open_page(page, report, "compare")
    table = page.locator("#table-ranking")
    heads = table.locator("thead th")
    assert [head.is_visible() for head in heads.all()][:5] == [True] * 4 + [False]
    table.get_by_label(f"All {heads.count()} columns").check()
    assert all(head.is_visible() for head in heads.all())
    # the name stays while the numbers are scrolled
    table.locator(".scroller").evaluate("each => each.scrollLeft = 400")
    name = table.locator("tbody th").first.bounding_box()
    box = table.locator(".scroller").bounding_box()
    assert 0 <= name["x"] - box["x"] < 3
    open_page(page, report, "trust")
    marts = page.locator("#table-marts")
    shown = marts.locator("tbody tr:visible")
    many = shown.count()
    marts.get_by_label("Find in this table").fill("SUPÉR")
    assert 0 < shown.count() < many
    assert all("super" in row.lower() for row in shown.all_inner_texts())
    status = marts.get_by_role("status").inner_text()
    assert status == f"{shown.count()} of {many} rows"


@pytest.mark.usefixtures("several_years")
def test_a_dot_moves_when_the_year_changes(page, plain_reports):
    """On one axis, by keyboard, kept in the address; another page keeps the measure."""
    _, report = plain_reports("several_years")
    open_page(page, report, "compare")
    figure = page.locator(".picture figure").first
    choices = figure.locator("input[name=Year]").all()
    first, *_, before, latest = [each.get_attribute("value") for each in choices]
    scale = "svg .role-axis-label text"
    title = figure.locator(".chart-title")

    page.emulate_media(reduced_motion="reduce")
    figure.locator('input[value="in total"]').check()
    measure = figure.locator("svg .role-axis-title text", has_text="footprint (")
    measure.wait_for(state="attached")
    axis, dots = figure.locator(scale).all_text_contents(), page.evaluate(MIDDLES)
    last = figure.locator("input[name=Year]:checked")
    assert last.input_value() == latest > before > first
    last.focus()
    page.keyboard.press("ArrowLeft")
    page.wait_for_function(
        "year => document.querySelector('.chart-title').textContent.includes(year)",
        arg=f" in {before}",
    )
    page.wait_for_function(f"dots => ({FARTHEST})(dots) > 5", arg=dots)
    assert figure.locator(scale).all_text_contents() == axis
    earlier = page.evaluate(MIDDLES)
    assert earlier.keys() == dots.keys()
    assert before in figure.locator(".subtitle").inner_text()
    saved = saved_by(page, '#chart-footprint-per-person [data-picture="svg"]')
    assert f"-{before}-co2-footprint-in" in saved.suggested_filename
    # the address has the choice, also for who opens it anew
    assert page.url.endswith(f"#Measure=in+total&Year={before}")
    page.reload()
    page.wait_for_function(
        "year => document.querySelector('.chart-title').textContent.includes(year)",
        arg=f" in {before}",
    )
    page.wait_for_function(f"dots => ({FARTHEST})(dots) < 1", arg=earlier)
    # the pages of another year begin with that year, and in the same measure
    page.locator("#scope").select_option(index=2)
    page.wait_for_url(f"**/{first}-*/compare.html#Measure=in+total")
    page.wait_for_function(
        "() => document.querySelector('input[value=\"in total\"]').checked"
    )
    assert first in title.inner_text()


MIDDLES = """() => Object.fromEntries(
  [...document.querySelectorAll('.picture svg .role-mark path')]
    .filter(mark => mark.__data__?.tooltip)
    .map(mark => {
      const { left, right } = mark.getBoundingClientRect();
      return [mark.__data__.datum.region_id, (left + right) / 2];
    }))"""
# by how many pixels a dot is away from where it was, at most
FARTHEST = f"""dots => Math.max(
  ...Object.entries(({MIDDLES})()).map(([id, x]) => Math.abs(x - dots[id])))"""


@pytest.mark.usefixtures("several_years")
def test_the_page_of_a_region_has_its_line_over_the_years(page, plain_reports):
    warehouse, report = plain_reports("several_years")
    (folder, *_) = sorted(report.glob("????-co2"))
    ((region, first, last),) = asked(
        warehouse,
        "select region_id, min(year), max(year) from footprint_rankings"
        " where stressor_id = 'co2' group by 1 order by 1 limit 1",
    )
    # a page of an earlier year has the same line
    page.goto((folder / "place.html").as_uri() + f"#{region}")
    title = page.locator("#since .chart-title")
    page.locator("#since svg").wait_for()
    sentence = title.inner_text()
    assert re.search(rf"^Footprint per person: .* in {first}, .* in {last}", sentence)
    assert page.locator("#since svg .mark-line path").count() == 2
    saved = saved_by(page, '#since [data-saves="svg"]')
    assert saved.suggested_filename.endswith("-years.svg")
    assert str(first) in saved.path().read_text("utf-8")


def test_the_page_of_a_region_draws_its_three_scopes(page, report, three_cities):
    """Their bars, table and file say what the mart says; two have tables alone."""
    ((scope_1, elsewhere),) = asked(
        three_cities,
        "select scope_1, for_own_final_demand + passing_through from three_scopes"
        " where stressor_id = 'co2' and region_id = 'B'",
    )
    page.goto((report / "place.html").as_uri() + "#B")
    part = page.locator("#three-scopes")
    part.locator("svg").wait_for()
    title = part.locator(".chart-title").inner_text()
    inside, outside = (
        float(re.search(rf"([\d.,]+).(\w+) {where}", title)[1].replace(",", ""))
        for where in ("inside", "elsewhere")
    )
    assert outside / inside == pytest.approx(elsewhere / scope_1, rel=0.01)
    assert part.locator("svg .mark-rect path").count() == 5
    assert "passes through" in part.locator("[data-note]").inner_text()
    page.locator("#scope-figures summary").first.click()
    lines = page.locator("[data-tables=scope-figures] tbody tr")
    assert lines.first.inner_text().startswith("scope 1: emitted inside")
    saved = saved_by(page, '#three-scopes [data-saves="svg"]')
    assert saved.suggested_filename.endswith("-three-scopes.svg")
    assert "scope-figures" in {row["part"] for row in rows_saved_by(page, "#csv")}
    page.goto((report / "place.html").as_uri() + "#B+C")
    page.wait_for_function(
        "() => document.querySelectorAll('[data-tables=scope-figures] table').length"
        " === 2"
    )
    assert part.is_hidden()


@pytest.mark.usefixtures("several_years")
def test_the_page_of_a_region_leads_from_year_to_year(page, plain_reports):
    """Effect by effect: the last bar is the difference of the two footprints."""
    warehouse, report = plain_reports("several_years")
    (region, effects, change, is_deflated), (other, *_) = asked(
        warehouse,
        "select region_id, count(distinct if(not is_deflated and effect_id in"
        " ('intensity', 'demand_per_head'), 'both', effect_id))"
        " filter (change <> 0), sum(change), bool_and(is_deflated)"
        " from footprint_changes where stressor_id = 'co2'"
        " and year = (select max(year) from footprint_changes)"
        " group by region_id order by abs(sum(change)) desc limit 2",
    )
    page.goto((report / "place.html").as_uri() + f"#{region}")
    part = page.locator("#changes")
    part.locator("svg").wait_for()
    bars = part.locator("svg .mark-rect path")
    assert bars.count() == effects + 1
    last = part.locator("svg .mark-text text").last.text_content()
    assert last.startswith("\N{MINUS SIGN}" if change < 0 else "+")
    assert part.locator(".note", has_text="current prices").count() != is_deflated
    saved = saved_by(page, '#changes [data-saves="svg"]')
    assert saved.suggested_filename.endswith("-changes.svg")
    assert "together" in saved.path().read_text("utf-8")
    page.locator("#effects summary").first.click()
    assert page.locator("[data-tables=effects] tbody tr").count() == 8
    # two have no common axis
    page.goto((report / "place.html").as_uri() + f"#{region}+{other}")
    page.wait_for_function(
        "() => document.querySelectorAll('[data-tables=effects] table').length === 2"
    )
    assert part.is_hidden()


@pytest.mark.usefixtures("several_years")
@pytest.mark.parametrize("name", ["start", "compare", "pays", "trade", "place"])
def test_everyone_can_read_the_pages_of_several_years(page, plain_reports, name):
    _, report = plain_reports("several_years")
    for width, scheme in ((1280, "light"), (PHONE["width"], "dark")):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        page.goto((report / file_name(name)).as_uri())
        wait_for_charts(page)
        _, words = page.evaluate(FIRST_PICTURE)
        assert words <= MOST_WORDS
        unfold(page)
        assert serious(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
