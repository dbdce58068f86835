"""Pages as data: fields of texts, what a page begins with, and what it leaves out."""

from dataclasses import replace
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import pytest
from support.report_context import CONTEXT
from support.report_pages import read_csv

from carbonshed.report import described
from carbonshed.report.content import Chart, Section, make_fact
from carbonshed.report.described import (
    Described,
    Material,
    OpeningYml,
    PageYml,
    SectionYml,
    TableYml,
    read_page,
    read_table,
)
from carbonshed.report.pages import PAGES
from carbonshed.report.queries import QUERIES, Rows
from carbonshed.report.sentences import fill, wording

ROOT = Path(__file__).parents[2]
VALUES = {
    "year": 2012,
    "region_name": '{year}[ "a',
    "mass": 12345678.0,
    "part": 0.001,
    "missing": None,
    "is_large": True,
    "has_none": False,
    "is_unknown": None,
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("No field.", "No field."),
        ("{region_name}: {mass:t} of {year}", '{year}[ "a: 12.3 Mt of 2012'),
        (
            "{year}[, {missing}][, {region_name}][{is_large}, large]",
            '2012, {year}[ "a, large',
        ),
        ("[{is_large}large][{has_none}none][{is_unknown}?]", "large"),
        ("{year} {missing}", None),
        ("{has_none}Not so.", None),
    ],
)
def test_fields_are_filled_as_the_macro_fills_them(text, expected):
    """The cases of tests/macros/test_sentence.sql, which the macro passes."""
    assert fill(text, VALUES, CONTEXT.text) == expected


def test_a_text_has_the_nouns_of_the_table_but_no_name_has():
    dataset = CONTEXT.dataset | {"region_noun": "island"}
    context = replace(CONTEXT, dataset=dataset)
    filled = context.fill("A region: {name}", {"name": "Region Sjaelland"})
    assert filled == "An island: Region Sjaelland"
    assert make_fact(context, filled, 1, "t").label == filled


def described_pages() -> list[str]:
    return [page.id for page in PAGES.values() if isinstance(page, Described)]


@pytest.mark.parametrize("id_", described_pages())
def test_what_a_page_names_is_there(id_):
    page = read_page(id_)
    module = import_module(f"{described.PAGES}.{id_}")
    texts = {row["text_id"] for row in read_csv(ROOT / "seeds" / "texts.csv")}
    queries = ROOT / QUERIES.replace(".", "/")
    pictures = {each.picture for each in page.opens}
    more = {*page.more.values()}
    named = {each for each in more if each.startswith("page_")}
    functions = {*(more - named), *pictures} - {""}
    named |= {page.lead, page.why}
    for section in (*page.sections, *page.parts):
        functions |= {*section.charts}
        named |= {section.why, *section.texts, *section.warnings}
        tables = {*section.tables, section.facts, section.others} - {""}
        for name in tables:
            table = read_table(name)
            assert table.columns or table.facts
            asks = (queries / f"{table.query or name}.sql").is_file()
            assert asks == (not table.rows)
        assert not section.needs or (queries / f"{section.needs}.sql").is_file()
    assert not {each for each in functions if not hasattr(module, each)}
    assert named - {""} <= texts


def material(says: dict[str, float], **rows: Rows) -> Material:
    """Return material whose findings say these numbers, and with these answers."""
    headlines = dict.fromkeys(says, "Said")
    context = replace(CONTEXT, headlines=headlines, values=says, grades={})
    module = SimpleNamespace(
        draw=lambda given: Chart("drawn", "Title", "", {}, Rows((), [])),
        draw_other=lambda given: Chart("other", "Title", "", {}, Rows((), [])),
        draw_none=lambda given: None,
    )
    return Material(context, None, module, dict(rows))


@pytest.mark.parametrize(
    ("says", "expected"),
    [
        ({"first": 1.0, "second": 2.0}, ("first", "drawn")),
        ({"first": None, "second": 2.0}, ("second", "other")),
        ({"first": None, "second": None}, ("second", "other")),
        ({}, ("second", "other")),
        ({"third": 3.0}, ("second", "other")),
    ],
)
def test_a_page_begins_with_the_first_number_that_can_be_drawn(says, expected):
    openings = [
        OpeningYml("first", "draw"),
        OpeningYml("second", "draw_other"),
        OpeningYml("third", "draw_none"),
    ]
    opening, chart = described._opening(material(says), openings)
    assert (opening.finding, chart.id) == expected


def test_a_page_may_begin_with_who_stands_out_without_a_number():
    openings = [OpeningYml("first", "draw"), OpeningYml("second", "draw_other")]
    given = material({"first": None, "second": 2.0})
    given.context.grades["first"] = "holds within a range"
    assert described._opening(given, openings)[0].finding == "first"


def test_no_section_shows_the_picture_again():
    yml = SectionYml("a", "A", charts=["draw", "draw_other", "draw_none"])
    section = described._section(material({}), yml, {"draw"})
    assert [chart.id for chart in section.charts] == ["other"]


def test_a_page_says_a_scope_once_and_of_each_finding_what_variants_say():
    """Also where two findings are contradicted, or range over the same number."""
    scope = "Footprints leave out imports."
    proof = wording("proof_contradicted")
    reach = wording("proof_range").format(size="3 to 4 %")
    findings = {
        "first": f"A leads. {scope} {proof}",
        "flow": f"B sells most. {scope} {proof}",
        "some": f"Some cross a border. {reach}",
        "most": f"Most are avoided. {reach}",
    }
    context = replace(CONTEXT, findings=findings)
    pages = dict.fromkeys(findings, "start")
    section = Section("a", "A", findings=Material(context, None).listed(pages))
    picture = Chart("a", "A", "", {}, Rows((), []), notes=(proof, scope))
    picture = described._say_once(context.finding("first"), picture, [section])
    assert picture.notes == ()
    assert [each.text for each in section.findings] == [
        f"B sells most. {proof}",
        findings["some"],
        findings["most"],
    ]


def test_a_section_without_rows_gives_its_reason_or_is_left_out(monkeypatch):
    monkeypatch.setattr(described, "wording", lambda id_: f"because of {id_}.")
    given = material({}, empty=Rows(("a",), []))
    yml = SectionYml("a", "A", needs="empty", why="page_reason", charts=["draw"])
    assert described._section(given, yml, set()).empty == "because of page_reason."
    silent = SectionYml("a", "A", needs="empty", charts=["draw"])
    assert described._section(given, silent, set()) is None
    blank = SectionYml("a", "A", why="page_reason", charts=["draw_none"])
    assert described._section(given, blank, set()).empty == "because of page_reason."
    # of what is no mass, marts of masses have nothing, and others their own reason
    given.context = replace(CONTEXT, unit="person")
    assert "page_only_masses" in described._section(given, yml, set()).empty
    any_stressor = replace(yml, of_masses=False)
    assert "page_reason" in described._section(given, any_stressor, set()).empty


def test_a_table_may_have_its_rows_in_its_file(monkeypatch):
    """A row with a field that is not known is left out."""
    texts = ({"what": "A", "value": "{title}"}, {"what": "B", "value": "{is_global}b"})
    labels = {"what": {"label": "What"}, "value": {"label": "Value"}}
    table = TableYml("a", "A", labels, rows=texts)
    monkeypatch.setattr(described, "read_table", lambda name: table)
    cells = material({}).table("folder/a").cells
    assert [[cell.text for cell in row] for row in cells] == [["A", CONTEXT.title]]


def test_a_word_that_no_page_knows_is_refused():
    with pytest.raises(TypeError, match="tabels"):
        PageYml(title="A", lead="b", sections=[], tabels=1)
