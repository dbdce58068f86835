"""The page "What if" in a real browser, from disk: levers, answers, what is taken away.

Figures are those of docs/three_cities.md, which works them out by pencil.
"""

import json
import math
import random
import shutil
import struct
from urllib.parse import quote

import numpy as np
import pytest
from support.explorer import packed, read_model
from support.in_browser import (
    browser,
    context,
    page,
    reopen,
    rows_saved_by,
    saved_by,
    serious,
)
from support.report_pages import make, read_csv

from carbonshed.numbers import choose_scale
from carbonshed.paths import project_root

__all__ = ["browser", "context", "page"]

HIGH = (
    "SYNTHETIC DATA: Ambrook avoids 2.32 Gt, 34 % of all emissions."
    " It would buy 50 % less."
)
LOW = (
    "SYNTHETIC DATA: Ambrook avoids 1.00 Gt, 15 % of all emissions."
    " It would buy 25 % less."
)
BEFORE, AFTER = "window.carbonshedLevers = ", ";\n"
TARGET = 44  # pixels that a finger needs


@pytest.fixture(scope="module")
def explorer(three_cities, tmp_path_factory):
    """Make the report of the three cities, as they are published."""
    published = three_cities.parent / "published" / three_cities.name
    return make(published, tmp_path_factory.mktemp("report") / "explorer", charts=False)


@pytest.fixture
def changed(explorer, tmp_path):
    """Return what makes the report again, with a change to the data of its levers."""

    def change(edit):
        copy = shutil.copytree(explorer, tmp_path / "report")
        path = copy / "data" / "levers.js"
        text = path.read_text("utf-8")
        assert text.startswith(BEFORE)
        content = json.loads(text.removeprefix(BEFORE).removesuffix(AFTER))
        edit(content)
        path.write_text(f"{BEFORE}{json.dumps(content)}{AFTER}", encoding="utf-8")
        return copy

    return change


def open_explorer(page, report, after=""):
    page.goto((report / "whatif.html").as_uri() + after)
    page.locator("#explorer-page, #refusal").locator("visible=true").first.wait_for()


def shown_in(locator):
    """Return a text as it is read: with plain blanks."""
    return locator.inner_text().replace("\u00a0", " ")


def says(page, text):
    """Wait until the page says a sentence."""
    page.wait_for_function(
        "text => document.querySelector('main h1').textContent"
        ".replaceAll('\\u00a0', ' ') === text",
        arg=text,
    )


def speaks(page, control, text):
    """Wait until a slider says a text to those who hear the page."""
    page.wait_for_function(
        "([id, text]) => document.getElementById(id)"
        ".getAttribute('aria-valuetext') === text",
        arg=[control, text],
    )


def address_of(page, levers, without="-"):
    """Return all of the address, once these levers have settled in it."""
    page.wait_for_function(
        """([wanted, without]) => {
            const levers = location.hash.slice(1).split("&");
            return wanted.every(lever => levers.includes(lever))
              && !levers.some(lever => lever.startsWith(without));
        }""",
        arg=[[f"{name}={value}" for name, value in levers.items()], without],
    )
    return dict(part.split("=") for part in page.url.partition("#")[2].split("&"))


def test_the_answer_is_that_of_the_pencil(page, explorer):
    open_explorer(page, explorer)
    says(page, HIGH)
    assert "Equals the warehouse" in page.locator("#signature").inner_text()
    page.check("#benchmarks input[value=mean]")
    page.click("#caps button[value=peer_mean]")
    says(page, LOW)
    # spoken once, when nothing moves any more
    page.wait_for_function(
        "() => document.querySelector('#spoken').textContent.includes('1.00')"
    )
    assert "of the report's 90 combinations" in page.locator("#unusual").inner_text()
    page.click("#reset")
    says(page, HIGH)
    grows = "5.79 Gt that emissions would still grow by until their projected peak"
    shown = shown_in(page.locator("#peak"))
    assert shown == f"That is 40 % of the {grows}, 12.6 Gt in 2030."


def test_a_shipped_scenario_sets_all_levers(page, explorer):
    open_explorer(page, explorer, "#who=own&act=B&k=none&way=60&cap=none&people=45")
    links = page.get_by_role("navigation", name="Shipped scenarios").get_by_role("link")
    assert links.count() == 3
    links.filter(has_text="High").click()
    says(page, HIGH)
    expected = {"who": "top_decile", "k": "p25", "way": "100", "people": "60"}
    assert address_of(page, expected) | expected == address_of(page, expected)
    # as often as one likes
    page.locator("#way").fill("60")
    address_of(page, {"way": "60"})
    links.filter(has_text="High").click()
    says(page, HIGH)


def test_an_address_of_earlier_reports_keeps_the_levers(page, explorer):
    page.goto((explorer / "explore.html").as_uri() + "#who=own&act=A,B&way=60")
    page.wait_for_url("**/whatif.html#who=own*")
    page.locator("#explorer-page").wait_for()
    assert page.locator("#way").input_value() == "60"
    assert page.locator("#chips li").count() == 2


def test_a_link_reopens_the_same_levers(page, explorer):
    open_explorer(page, explorer)
    page.select_option("#rule", "")
    page.locator("#list input[value=B]").check()
    page.check("#benchmarks input[value=median]")
    page.locator("#way").fill("60")
    page.locator("#power").uncheck()
    page.locator("#cap").fill("8")
    page.locator("#pathways").uncheck()
    page.locator("#people").fill("45")
    page.check("#allocations input[value=water_filling]")
    expected = {
        "who": "own",
        "act": "A,B",
        "levers": "both",
        "k": "median",
        "way": "60",
        "power": "0",
        "cap": "8",
        "people": "45",
        "give": "water_filling",
    }
    assert address_of(page, expected) == expected
    page.click("#freeze")
    page.check("#benchmarks input[value=p25]")
    assert "a" in address_of(page, {"k": "p25"})
    compared = page.locator("#compared").inner_text()
    sentence = page.locator("main h1").inner_text()
    reopen(page)
    says(page, sentence.replace("\u00a0", " "))
    assert page.locator("#compared").inner_text() == compared
    assert page.locator("#cap").input_value() == "8"
    assert not page.locator("#power").is_checked()
    page.click("#freeze")
    expected |= {"k": "p25"}
    assert address_of(page, expected, without="a=") == expected
    # a link of another report: what is not known is named, the rest is taken
    open_explorer(page, explorer, "#who=nobody&k=p25&cap=-1&give=equal_per_capita&x=1")
    assert "nobody, -1, x=1" in page.locator("#taken").inner_text()
    says(page, HIGH)


def add_hamlets(content, count):
    """Add the poorest of all, a person and a tonne each, who trade with nobody."""
    size, sectors = len(content["regions"]["id"]), len(content["sectors"])
    numbers = read_model(f"{BEFORE}{json.dumps(content)}{AFTER}").numbers
    end = size * size + size * sectors * len(content["benchmarks"])
    flows, ratios, cuts = np.split(numbers, [size * size, end])
    ratios = np.append(ratios, np.ones(len(ratios) * count // size))
    flows = np.pad(flows.reshape(size, size), (0, count))
    cuts = np.pad(cuts.reshape(-1, size), ((0, 0), (0, count)))
    content["numbers"] = packed(np.concatenate([flows.ravel(), ratios, cuts.ravel()]))
    content["demand"] += [0] * count
    hamlet = {"ranked": True, "article": False, "producer": False, "consumer": False}
    hamlet |= {"population": 1, "income": 1, "footprint": 1, "perCapita": 1}
    hamlet |= {"production": 0, "direct": 0}
    for name, column in content["regions"].items():
        column.extend(hamlet.get(name, f"Hamlet {n}") for n in range(count))
    for scenario in content["shipped"]:
        for name, column in scenario["regions"].items():
            column.extend([float(name == "footprintAfter")] * count)


def test_rows_out_of_sight_follow_when_the_levers_rest(page, changed):
    """And who avoids next to nothing is left out of the answer."""
    count = 50
    open_explorer(page, changed(lambda content: add_hamlets(content, count)))
    page.locator("#receivers summary").click()
    row = "#receivers tbody tr"
    # all receive the same, since all are one person
    same = """([row, count, before]) => {
        const texts = [...document.querySelectorAll(row)]
          .filter(each => each.textContent.startsWith("Hamlet"))
          .map(each => each.textContent.replace(/^Hamlet [0-9]+/, ""));
        return texts.length === count && new Set(texts).size === 1
          && texts[0] !== before && texts[0];
    }"""
    first = page.wait_for_function(same, arg=[row, count, ""]).json_value()
    page.locator("#receivers .scroller").evaluate("each => each.scrollTop = 1000")
    page.check("#benchmarks input[value=mean]")
    page.wait_for_function(same, arg=[row, count, first])
    page.click("#reset")
    page.select_option("#rule", "")
    page.locator("#list label >> text=Hamlet 49").click()
    idle = "Hamlet 49 acts, but avoids less than 1\u00a0% of its own footprint."
    page.locator("#bars-words", has_text=idle).wait_for()
    says(page, HIGH)


def test_one_city_has_levers_of_its_own(page, explorer):
    open_explorer(page, explorer)
    page.locator("#way").fill("60")
    page.locator("#cap").fill("8")
    address = address_of(page, {"way": "60", "cap": "8"})
    alone = shown_in(page.locator("main h1"))
    assert alone != HIGH
    # there is one among all who act: its own levers bring about the same
    page.click("#reset")
    says(page, HIGH)
    page.select_option("#single", label="Ambrook")
    page.locator("#way").fill("60")
    page.locator("#cap").fill("8")
    says(page, alone)
    expected = address | {"way": "100", "cap": "national_mean", "except": "A:60:8"}
    assert address_of(page, expected) == expected
    assert "own levers" in page.locator("#chips").inner_text()
    # another who acts keeps those of all
    page.select_option("#single", "")
    speaks(page, "way", "100 % of the way")
    speaks(page, "cap", "6.00 tonnes, mean of all")
    reopen(page)
    says(page, alone)
    page.click("#present")
    page.keyboard.press("ArrowRight")
    shown = shown_in(page.locator("#stage .says"))
    assert "With levers of their own: Ambrook (60 % of the way, 8.00 t" in shown
    page.keyboard.press("Escape")
    page.select_option("#single", label="Ambrook")
    page.click("#alike")
    says(page, HIGH)
    address_of(page, {"way": "100"}, without="except")


def test_choices_bear_their_evidence(page, explorer):
    open_explorer(page, explorer)
    says(page, HIGH)
    for control, id_ in (("benchmark", "p25"), ("cap", "national_mean")):
        shown = page.locator(f"#{control}-evidence").inner_text()
        seed = read_csv(project_root() / "seeds" / f"{control}s.csv")
        (row,) = (row for row in seed if row[f"{control}_id"] == id_)
        assert f"Evidence: {row['evidence']}. {row['source']}." in shown
    page.locator("#cap").fill("8")
    speaks(page, "cap", "8.00 tonnes")
    own = "Your own choice, without evidence."
    assert page.locator("#cap-evidence").inner_text() == own


def test_without_a_projection_the_page_says_so(page, changed):
    def forget(content):
        content["peak"] = dict.fromkeys(content["peak"]) | {"reason": "nobody knows"}

    open_explorer(page, changed(forget))
    says(page, HIGH)
    assert page.locator("#peak").inner_text() == ""
    assert "until the peak of emissions is not shown: nobody knows." in (
        page.locator("#limits-list").inner_text()
    )


def test_who_speaks_has_notes_on_another_screen(page, explorer):
    open_explorer(page, explorer)
    page.click("#present")
    with page.expect_popup() as opened:
        page.get_by_role("button", name="Notes").click()
    notes = opened.value
    assert notes.locator("h1").inner_text() == "1 Who acts"
    assert "Ambrook: 12.0 t per person" in shown_in(notes.locator("ul"))
    assert serious(notes) == []
    notes.keyboard.press("ArrowRight")
    notes.locator("h1", has_text="2 How far").wait_for()
    assert "Ambrook: 50 %" in shown_in(notes.locator("ul"))
    assert page.locator("#stage .place").inner_text() == "2 of 4"
    with notes.expect_event("close"):
        page.locator("#stage").get_by_role("button", name="Close").click()


def forge(content):
    content["shipped"][-1]["quota"] *= 1 + 1e-5


def damage(content):
    content["numbers"] = content["numbers"][:20]


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [(forge, "is not what the warehouse published"), (damage, "cannot be read")],
)
def test_other_figures_than_the_warehouse_are_refused(page, changed, spoil, reason):
    open_explorer(page, changed(spoil))
    title, refusal = page.locator("main h1, #refusal").all_inner_texts()
    assert title == "These levers are locked."
    assert reason in refusal
    assert page.locator("#explorer-page").count() == 0
    assert not any(unit in refusal for unit in ("Gt", "Mt"))


def make_world(content):
    content["premises"]["country"] = "WLD"


def test_countries_are_told_first_that_it_is_not_for_them(page, changed):
    open_explorer(page, changed(make_world))
    assert not page.locator("#figures").is_visible()
    assert page.locator("#sentence").inner_text() == ""
    page.click("#across-open")
    shown = shown_in(page.locator("#sentence"))
    assert shown == HIGH
    assert page.locator("#figures").is_visible()
    # the names of receivers stay withheld
    assert not page.locator("#receivers").is_visible()
    # a picture takes the warnings of the page along, all within it
    page.locator("#others summary").click()
    page.locator("#list label >> text=Cinderley").click()
    # the page answers a click in its next frame
    page.locator(".explorer .warning", has_text="below the mean").wait_for()
    shown = page.locator("#across > .prose, .explorer .warning").locator("visible=true")
    warnings = [text for text in shown.all_inner_texts() if text]
    assert len(warnings) >= 2
    page.evaluate(KEEPS_PICTURE)
    saved_by(page, "#png")
    words, bottom = page.evaluate("window.picture")
    for warning in warnings:
        assert "".join(warning.split()) in "".join(words.split())
    assert bottom <= 900


# keeps the words of a picture that is saved, and how far down they reach
KEEPS_PICTURE = """() => {
  const { serializeToString } = XMLSerializer.prototype;
  XMLSerializer.prototype.serializeToString = function (svg) {
    const texts = [...svg.querySelectorAll("text")];
    const bottom = Math.max(...texts.map((text) => Number(text.getAttribute("y"))));
    window.picture = [texts.map((text) => text.textContent).join(" "), bottom];
    return serializeToString.call(this, svg);
  };
}"""


def test_ids_and_names_in_any_script(page, changed):
    ids = ["成都,市", "北京&京=", "上海#%"]

    def rename(content):
        content["regions"]["id"] = ids
        content["regions"]["name"] = ["成都市", "北京市", "上海市"]

    open_explorer(page, changed(rename))
    says(page, HIGH.replace("Ambrook", "成都市"))
    page.select_option("#rule", "")
    page.locator("#list label >> text=上海市").click()
    address_of(page, {"act": ",".join(quote(ids[n], safe="") for n in (0, 2))})
    rows = rows_saved_by(page, "#csv")
    assert [row["region_id"] for row in rows if row["acts"] == "True"] == [
        ids[0],
        ids[2],
    ]
    sentence = page.locator("main h1").inner_text()
    reopen(page)
    says(page, sentence.replace("\u00a0", " "))


def test_what_is_taken_away_bears_its_source(page, explorer):
    open_explorer(page, explorer)
    png = saved_by(page, "#png")
    assert png.suggested_filename == "three_cities-2012-co2-what-if.png"
    picture = png.path().read_bytes()
    assert struct.unpack(">II", picture[16:24]) == (1600, 900)
    assert len(picture) > 20_000
    rows = rows_saved_by(page, "#csv")
    assert [row["region_name"] for row in rows if row["acts"] == "True"] == ["Ambrook"]
    assert math.fsum(float(row["quota"]) for row in rows) == pytest.approx(2.32e9)
    assert {row["dataset"] for row in rows} == {"three_cities"}
    assert all(row["is_synthetic"] == "True" for row in rows)
    assert all("k=p25" in row["levers"] for row in rows)
    scenarios = saved_by(page, "#scenarios").path().read_text("utf-8")
    assert scenarios.startswith("scenario_id,")
    command = (
        "carbonshed whatif three_cities-2012-co2-scenarios.csv --dataset three_cities"
    )
    assert command in page.locator("#taken").inner_text()


def test_the_columns_of_a_table_have_one_unit(page, explorer):
    """Cleaner by a hundredth of the way avoids little beside half of the demand."""
    open_explorer(page, explorer, "#who=own&act=A&levers=both&k=p25&way=1&cap=6")
    table = page.locator('[data-twin="bars"]')
    table.locator("summary").click()
    table.locator("tbody tr").first.wait_for()
    assert {unit.strip() for unit in table.locator(".unit").all_inner_texts()} == {"Gt"}
    (cells,) = [row.locator("td").all() for row in table.locator("tbody tr").all()]
    avoided, producers, less = (float(cell.inner_text()) for cell in cells)
    assert 0 < producers < 0.1
    assert avoided == pytest.approx(producers + less, abs=0.01)


def test_all_of_it_works_by_keys(page, explorer):
    open_explorer(page, explorer)
    says(page, HIGH)
    page.keyboard.press("2")
    assert page.evaluate("document.activeElement.id") == "far"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "single"
    page.keyboard.press("Tab")  # the benchmark
    page.keyboard.press("ArrowUp")
    assert page.locator("#benchmarks input[value=median]").is_checked()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "way"
    page.keyboard.press("Home")
    speaks(page, "way", "0 % of the way")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "cap"
    before = page.locator("#cap").get_attribute("aria-valuetext")
    assert "tonnes" in before
    page.keyboard.press("ArrowRight")
    page.wait_for_function(
        "text => text !== "
        "document.getElementById('cap').getAttribute('aria-valuetext')",
        arg=before,
    )
    page.click("#caps button[value=national_mean]")
    speaks(page, "cap", "6.00 tonnes, mean of all")
    page.keyboard.press("3")
    assert page.evaluate("document.activeElement.id") == "give"
    page.keyboard.press("1")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "rule"
    # a combination of the strip, by arrow keys
    page.locator("#strip").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function(
        "() => document.querySelector('#strip-status').textContent.includes('Mt')"
    )
    page.keyboard.press("Enter")
    page.wait_for_function(
        "() => !document.querySelector('main h1').textContent.includes('2.32')"
    )


def test_a_room_sees_four_steps(page, explorer):
    page.set_viewport_size({"width": 1280, "height": 720})
    open_explorer(page, explorer)
    page.click("#present")
    shown = []
    for _ in range(4):
        shown.append(shown_in(page.locator("#stage .huge")))
        page.keyboard.press("ArrowRight")
    assert shown[:3] == ["1", "50 % less", "2.32 Gt"]
    assert page.locator("#stage .place").inner_text() == "4 of 4"
    page.keyboard.press("Home")
    size = page.locator("#stage .huge").evaluate(
        "each => getComputedStyle(each).fontSize"
    )
    assert size == "96px"
    assert "SYNTHETIC" in page.locator("#stage .source").inner_text()
    assert serious(page) == []
    page.keyboard.press("Escape")
    assert not page.locator("#stage").is_visible()


def test_fingers_readers_and_small_screens(page, explorer):
    page.set_viewport_size({"width": 1280, "height": 900})
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    open_explorer(page, explorer)
    page.evaluate(
        "document.querySelectorAll('details').forEach(each => each.open = true)"
    )
    page.wait_for_timeout(100)
    assert serious(page) == []
    page.set_viewport_size({"width": 390, "height": 844})
    page.emulate_media(color_scheme="dark")
    page.wait_for_timeout(200)
    assert serious(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    small = page.evaluate(
        """least => [...document.querySelectorAll(
            ".explorer button, .explorer select, .explorer summary, .explorer input")]
          .map(each => each.closest("label.check") ?? each)
          .filter(each => each.checkVisibility())
          .filter(each => each.getBoundingClientRect().height < least)
          .map(each => each.outerHTML.slice(0, 200))""",
        TARGET,
    )
    assert small == []
    # the first picture is seen without much scrolling
    assert page.locator("#strip").bounding_box()["y"] <= 700


def test_a_city_is_pressed_on_the_map(page, explorer):
    """As the report lays it beside the page: here a square for each city."""
    corners = ((0, 0), (1, 0), (1, 1), (0, 1), (0, 0))
    ground = {
        "width": 1000,
        "height": 200,
        "isTiles": True,
        "credit": "Outlines: nobody's",
        "says": "",
        "places": {id_: [100 + 300 * n, 100] for n, id_ in enumerate("ABC")},
        "labels": {id_: id_ for id_ in "ABC"},
        "features": [
            {
                "type": "Feature",
                "id": id_,
                "geometry": {
                    "type": "Polygon",
                    "coordinates": [[[300 * n + 200 * x, 200 * y] for x, y in corners]],
                },
            }
            for n, id_ in enumerate("ABC")
        ],
    }
    page.add_init_script(f"window.carbonshedOutlines = {json.dumps(ground)};")
    open_explorer(page, explorer)
    page.locator("#others summary").click()
    page.locator("#chooser path").nth(1).click()
    address_of(page, {"act": "A,B"})
    assert page.locator("#chooser path.acts").count() == 2
    page.locator("#chooser path").nth(0).click()
    address_of(page, {"act": "B"})
    assert "nobody's" in page.locator("#map .note").inner_text()


def test_without_scripts_there_is_a_way_on(browser, explorer):
    with browser.new_context(java_script_enabled=False) as without:
        tab = without.new_page()
        tab.goto((explorer / "whatif.html").as_uri())
        assert "JavaScript" in tab.locator("noscript").inner_text()
        tab.locator("#shipped summary").first.click()
        assert "High ambition" in tab.locator("#table-quota-summary").inner_text()
        assert tab.locator(".explorer button:visible").count() == 0


def test_the_policy_compiles_nothing(explorer):
    policies = {
        name: (explorer / f"{name}.html").read_text("utf-8").partition("script-src ")[2]
        for name in ("whatif", "trade")
    }
    assert policies["whatif"].startswith("'self' file:;")
    assert policies["trade"].startswith("'self' file: 'unsafe-eval';")


@pytest.mark.parametrize("unit", ["t", "t per person", "share", "person", "count"])
def test_numbers_are_written_as_in_all_pages(page, explorer, unit):
    open_explorer(page, explorer)
    chance = random.Random(unit)
    columns = [
        [
            chance.choice((0.0, 1.0, -1.0)) * 10 ** chance.uniform(-9, 12)
            for _ in range(chance.randint(1, 6))
        ]
        for _ in range(200)
    ]
    written = page.evaluate(
        """([columns, unit]) => columns.map(values => {
            const scale = window.carbonshedExplorer.scaleOf(values, unit);
            return values.map(scale.full);
        })""",
        [columns, unit],
    )
    expected = [
        [choose_scale(values, unit).full(value) for value in values]
        for values in columns
    ]
    assert written == expected
