"""The first page: from the first year to the last, findings, and totals by pencil."""

from dataclasses import replace

import pytest
from support.pictures import assert_names_lie_apart, svg_of, texts_and_dots
from support.report_context import CONTEXT, NO_ROWS, as_rows
from support.report_pages import marks

from carbonshed.report.content import Finding
from carbonshed.report.described import Material, read_page
from carbonshed.report.pages import PAGES, start
from carbonshed.report.queries import Rows

MINUS = "\N{MINUS SIGN}"
ENDS = (
    *("region_id", "region_name", "first_year", "last_year", "is_per_person"),
    *("earlier_footprint", "later_footprint", "footprint_change", "is_above_zero"),
)
LAST = replace(CONTEXT, headlines={"change_per_person": "A causes more"})


def given(context=LAST, **answers: Rows) -> Material:
    """Return material with some answers to the queries of the page."""
    names = ("ends", "full_scope", "intervals", "study", "totals")
    rows = {f"start/{name}": answers.get(name, NO_ROWS) for name in names}
    return Material(context, None, start, rows)


def ends(*values: tuple[str, float, float], is_per_person: bool = True) -> Rows:
    """Return footprints of regions in 2007 and 2012."""
    rows = [
        (name, name, 2007, 2012, is_per_person, earlier, later, later / earlier - 1)
        for name, earlier, later in values
    ]
    rows.sort(key=lambda row: -row[-1])
    return Rows(ENDS, [(*row, True) for row in rows])


# + 50, 25, 20 and 10 %; - 50, 25, 20 and 10 %; less than half a per cent
CHANGES = ends(
    *(("A", 2.0, 3.0), ("B", 4.0, 5.0), ("C", 5.0, 6.0), ("D", 10.0, 11.0)),
    *(("W", 2.0, 1.0), ("X", 4.0, 3.0), ("Y", 5.0, 4.0), ("Z", 10.0, 9.0)),
    ("M", 8.0, 8.03),
)


def test_a_line_for_each_region_and_the_largest_changes_are_named():
    chart = start.draw_slope(given(ends=CHANGES))
    assert (chart.title, chart.finding) == (
        "Footprint per person, 2007 and 2012",
        "A causes more",
    )
    points = {
        (row["region_id"], row["year"]): row["value"]
        for row in marks(chart.spec, "first")
    }
    assert len(points) == 18
    assert (points["A", 2007], points["A", 2012]) == (2, 3)
    (one, _) = (r for r in marks(chart.spec, "first") if r["region_id"] == "W")
    read = [one[name] for name in ("first", "last", "change")]
    assert read == ["2.00 t", "1.00 t", f"{MINUS}50 %"]
    names = [row["name"] for row in chart.spec["layer"][-1]["data"]["values"]]
    assert names == [
        *("+50 % A", "+25 % B", "+20 % C"),
        *(f"{MINUS}50 % W", f"{MINUS}25 % X", f"{MINUS}20 % Y"),
    ]
    assert (
        "A line for each of 9 regions. A: 2.00 t in 2007, 3.00 t in 2012, +50 %;"
        in (chart.summary)
    )
    # what changed is said by the finding alone
    assert not {"most", "largest", "more"} & {*chart.summary.split()}
    table = [[cell.text for cell in row] for row in chart.figures.cells]
    assert [head.label for head in chart.figures.headers][1:] == [
        "2007",
        "2012",
        "Change",
    ]
    assert (table[0], len(table)) == (["A", "2.00", "3.00", "50.0"], 9)


@pytest.mark.parametrize("width", [240, 480, 1100])
def test_names_beside_the_lines_of_many_regions_lie_apart(width):
    """Three that rose and three that fell, all but at one height."""
    values = [
        (f"Region {n}", 5 + n / 500, 5 + (n * 37 % 309) / 400) for n in range(309)
    ]
    smallest = min(values, key=lambda value: value[2])[0]
    context = replace(LAST, named={(2012, "net_transfer"): [smallest]})
    chart = start.draw_slope(given(context, ends=ends(*values)))
    lines = {row["region_id"] for row in marks(chart.spec, "first")}
    largest = sorted(values, key=lambda value: -value[2])[:50]
    assert len(lines) == 60
    assert lines >= {smallest, *(name for name, *_ in largest)}
    assert chart.notes[1].startswith("Not drawn: 249 of 309 regions.")
    assert len(chart.figures.cells) == 309
    texts, dots = texts_and_dots(svg_of(chart.spec, width))
    names = [text for text in texts if "mark-text role-mark" in text.roles]
    assert len(names) == 6
    assert_names_lie_apart(names, dots)


def test_what_is_to_be_minded_of_two_years_stands_below_the_lines():
    chart = start.draw_slope(given(ends=CHANGES))
    assert "does not begin at zero" in chart.notes[0]
    assert chart.notes[1:] == (
        "Each year is computed from its own table, at the prices of that year.",
    )
    dataset = CONTEXT.dataset | {"is_compiled": True}
    compiled = start.draw_slope(given(replace(LAST, dataset=dataset), ends=CHANGES))
    assert "part of a change may come from the estimates" in compiled.notes[2]
    # what variants leave open is neither named nor said
    assert "%" not in compiled.summary
    assert compiled.spec["layer"][-1]["data"]["values"] == []
    said = replace(LAST, dataset=dataset, named={(2012, "change_per_person"): ["B"]})
    spec = start.draw_slope(given(said, ends=CHANGES)).spec
    assert [row["name"] for row in spec["layer"][-1]["data"]["values"]] == ["B"]
    # of footprints in total, and on the page of another year
    total = ends(("A", 2e6, 3e6), ("B", 2e6, 2e6), is_per_person=False)
    chart = start.draw_slope(given(replace(LAST, year=2007), ends=total))
    assert (chart.title, chart.finding) == ("Footprint, 2007 and 2012", "")
    assert "A: 2.00 Mt in 2007" in chart.summary


def test_findings_stand_with_their_grade_and_the_page_that_shows_them():
    context = replace(
        CONTEXT,
        findings={
            "per_person": "In full.",
            "change_per_person": "Older.",
            "other": "!",
        },
        headlines={"per_person": "Short"},
        grades={"per_person": "holds"},
        licences={"Short": "the same in all"},
    )
    assert given(context).listed(
        {"change_per_person": "compare#since", "per_person": "compare", "none": "a"}
    ) == [
        Finding("Older", "Older.", "compare.html#since"),
        Finding("Short", "In full.", "compare.html", "holds", "the same in all"),
    ]


def test_every_finding_leads_to_a_part_that_there_may_be():
    (listed,) = (each for each in read_page("start").sections if each.findings)
    for address in listed.findings.values():
        page, _, part = address.partition("#")
        assert page in PAGES
        if part and hasattr(PAGES[page], "module"):
            assert part in {section.id for section in read_page(page).sections}


def test_totals_have_their_parts_beside_them():
    """100 t of footprint, 20 of it investment; 80 of three regions with 16 people."""
    row = {
        "emissions_in": 120.0,
        "ranked_regions": 3,
        "other_regions": 1,
        "population": 16,
        "footprint": 100.0,
        "export_emissions": 20.0,
        "mean_footprint": 5.0,
        "household_share": 0.7,
        "government_share": 0.1,
        "investment_share": 0.2,
        "elsewhere_share": None,
    }
    facts = given(totals=as_rows(row)).facts("start/totals")
    shown = [(fact.label, fact.value, fact.unit, fact.note) for fact in facts]
    assert shown == [
        ("emitted in total", "120", "t", ""),
        (
            "footprint of all regions",
            "100",
            "t",
            "for final demand inside the table, without imports",
        ),
        ("for deliveries abroad", "20.0", "t", "in nobody's footprint"),
        ("mean footprint", "5.00", "t per person", "16 people in 3 regions"),
        (
            "of footprints for investment",
            "20.0",
            "%",
            "households 70.0 %, government 10.0 %",
        ),
        ("regions", "3", "", "and 1 balancing block or rest of the world"),
    ]


def test_figures_stand_with_the_intervals_that_they_have():
    row = {"footprint_value": 2e6, "footprint_p05": 1e6, "footprint_p95": 3e6}
    row |= {"top_share_value": 0.25, "top_share_p05": 0.2, "top_share_p95": 0.3}
    material = given(intervals=as_rows(row))
    shown = [(fact.value, fact.note) for fact in material.facts("start/intervals")]
    assert shown == [("2.00", "1.00 Mt to 3.00 Mt"), ("25.0", "20.0 % to 30.0 %")]
    assert material.text("page_intervals").startswith("Intervals hold 90 %")
