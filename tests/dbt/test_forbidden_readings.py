"""What must not be read anywhere, because the data do not say it.

On pages, in their charts and files, in what is published beside them, and in README.
"""

import json
import re
from pathlib import Path

import pytest
from support.compare import asked
from support.readings import (
    NO_RESULTS,
    columns_of_dashes,
    empty_sections,
    readings_of_a_nation,
    sentences_twice,
)
from support.report_pages import marks, tables, texts

from carbonshed.report.pages import MOVED

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.usefixtures("required_only")
def test_a_table_of_the_world_does_not_speak_of_a_nation(plain_reports):
    warehouse, report = plain_reports("required_only")
    scopes = asked(
        warehouse, "select distinct scope from account_extents where unit = 't'"
    )
    assert scopes == [("global without direct emissions",)]
    assert readings_of_a_nation(warehouse, report) == []


def test_who_lacks_imports_is_not_compared_with_who_has_them(report):
    """Where there is full scope, it stands beside the world, and is said to be it.

    And no region with a footprint below its own emissions is said to profit.
    """
    page = (report / "compare.html").read_text("utf-8")
    assert "lets others emit" not in page
    assert "because emissions for imports are missing" in page
    held = "with imports of producers"
    views = views_of(page)
    without, wider = (
        views[f"{account}\nper person"] for account in ("footprint", held)
    )
    # the year stands above the picture, for all of its views
    assert wider["words"].endswith(held)
    # Cinderley: 3 t without imports and so not known, 6.04 t with them
    assert without["spec"] is None  # it is on the page itself
    spec = re.search(r'id="spec-footprint-per-person">(.*?)</script>', page)[1]
    assert sides(json.loads(spec)) == {"A": "city", "B": "city", "C": "city"}
    assert sides(wider["spec"])["C"] == "above the world"
    heads = [texts(tables(report / "compare.html")[name])[0] for name in TABLES]
    assert [any("world" in head for head in row) for row in heads] == [False, True]


TABLES = ("ranking", "full-scope")


def views_of(page):
    """Return the views of the picture of places, by the reader's answers."""
    return json.loads(
        re.search(r'id="views-footprint-per-person">(.*?)</script>', page)[1]
    )


def sides(spec):
    """Return the sides of the world's figure on which regions are coloured."""
    return {each["region_id"]: each["kind"] for each in marks(spec, "kind")}


def test_who_receives_above_a_giver_is_named_first(report):
    """A has 980 Mt for 200 million left, and B 7 t; docs/three_cities.md."""
    text = (report / "whatif.html").read_text("utf-8")
    text = text.replace("\N{NO-BREAK SPACE}", " ")
    section = text[text.index(' id="allocation"') :]
    said = section.index(" gives and has 4.90 t per person left. Receivers that")
    assert said < section.index("<table")
    table = tables(report / "whatif.html")["above-givers"]
    assert texts(table)[1:] == [["Bellmere", "7.00"]]


@pytest.mark.parametrize("dataset", ["several_years", "edges", "three_cities"])
def test_who_gives_gives_something_and_who_receives_receives_something(
    plain_reports, dataset
):
    """At least 1 % of its own footprint or emissions; and more than nothing."""
    warehouse, report = plain_reports(dataset)
    years = [
        year
        for (year,) in asked(warehouse, "select distinct year from account_extents")
    ]
    for year in years:
        where = f"year = {year} and stressor_id = 'co2'"
        text = (year_folder(report, year, max(years)) / "whatif.html").read_text(
            "utf-8"
        )
        ((scenario,),) = asked(
            warehouse,
            f"select scenario_name from quota_summary where {where} and is_largest",
        )
        said = re.search(rf">In {scenario} ([^<]+?) gives and has ", text)
        if said is None:
            continue
        giver = said[1]
        gives = asked(
            warehouse,
            "select bool_or(quota >= 0.01 * least(footprint_before,"
            f" production_before)) from quota_by_region where {where}"
            f" and region_name = '{giver}' and scenario_id ="
            f" (select scenario_id from quota_summary"
            f" where {where} and is_largest)",
        )
        assert gives == [(True,)]
        receiving = asked(
            warehouse,
            "select distinct region_name from quota_allocation"
            " inner join living_standards"
            " using (year, stressor_id, scenario_id, allocation_rule)"
            f" where {where} and premise = 'holds' and allocated_quota > 0",
        )
        page = year_folder(report, year, max(years)) / "whatif.html"
        named = {row[0] for row in texts(tables(page)["above-givers"])[1:]}
        assert named
        assert named <= {name for (name,) in receiving}


def year_folder(report: Path, year: int, last: int) -> Path:
    return report if year == last else report / f"{year}-co2"


@pytest.mark.usefixtures("required_only")
def test_producers_of_one_intensity_are_not_compared(plain_reports):
    """In every region CO2 has the intensity of the nation: its producers stay."""
    warehouse, report = plain_reports("required_only")
    quotas = asked(
        warehouse,
        "select stressor_id, sum(abs(producer_quota)) from quota_by_region group by 1",
    )
    assert {stressor for stressor, cut in quotas if not cut} == {"CO2"}
    benchmarks = asked(
        warehouse,
        "select count(distinct quota) from quota_by_choice where stressor_id = 'CO2'"
        " group by rule_id, cap_id",
    )
    assert {*benchmarks} == {(1,)}
    notes = asked(
        warehouse,
        "select distinct stressor_id, producer_premise_note from quota_summary"
        " where producer_premise <> 'holds'",
    )
    ((stressor, note),) = notes
    assert stressor == "CO2"
    said = note.replace("regions", "cities").removeprefix("e")
    for name in ("whatif.html", "place.html"):
        pages = [*report.rglob(name)]
        saying = {page.parent for page in pages if said in page.read_text("utf-8")}
        assert len(pages) > len(saying) == 1, name


def test_totals_of_regions_are_said_to_be_what_benchmarks_compare(several_years):
    notes = asked(
        several_years.warehouse,
        "select distinct year, stressor_id, producer_premise, producer_premise_note"
        " from quota_summary where producer_premise <> 'holds'",
    )
    ((*case, note),) = notes
    assert case == [2016, "CO2", "few_totals"]
    said = "of 4 industries, the number of different ratios between two regions is 1,"
    assert said in note


@pytest.mark.usefixtures("edges")
def test_what_fails_its_premise_stands_nowhere(plain_reports):
    """Neither incomes nor who receives: on no page, in no chart and in no file."""
    warehouse, report = plain_reports("edges")
    rows = asked(
        warehouse,
        "select year, scenario_id, allocation_rule, premise, premise_note,"
        " income_after from living_standards where stressor_id = 'co2'",
    )
    failing = [row for row in rows if row[3] != "holds"]
    assert {row[3] for row in failing} == {
        "receivers_short",
        "income_extrapolated",
        "one_structure",
        "user_scenario",
    }
    assert len(failing) < len(rows)
    allocations = asked(
        warehouse,
        "select given.year, scenario_id, allocation_rule, premise, given.income_after,"
        " given.footprint_per_capita_after, given.income_before, living.income_before,"
        " living.income_after from quota_allocation as given"
        " inner join living_standards as living"
        " using (year, stressor_id, scenario_id, allocation_rule)"
        " where stressor_id = 'co2'",
    )
    compared = 0
    for year in {row[0] for row in failing}:
        folder = year_folder(report, year, max(row[0] for row in rows))
        pages = [
            (folder / page).read_text("utf-8").replace("\u00a0", " ")
            for page in ("whatif.html", "place.html")
        ]
        shown = numbers_in(folder)
        kept = {
            value
            for row in allocations
            if row[0] == year and row[3] == "holds"
            for value in row[4:]
        }
        for _, scenario, rule, _, note, income in (
            row for row in failing if row[0] == year
        ):
            assert all(note.replace("'", "&#39;") in page for page in pages)
            of_receivers = [
                row[4] for row in allocations if row[:3] == (year, scenario, rule)
            ]
            for value in {each for each in (*of_receivers, income) if each} - kept:
                # a round number may be another's
                if f"{value:.12g}" != f"{value:.5g}":
                    assert f"{value:.12g}" not in shown, (year, scenario, rule)
                    compared += 1
    assert compared > 10


def numbers_in(folder: Path) -> set[str]:
    """Return all numbers in the files of a year: each chart has one with all digits."""
    files = (*folder.glob("*.html"), *folder.glob("data/*"))
    return {
        f"{float(number):.12g}"
        for file in files
        for number in re.findall(r"\d+\.\d+", file.read_text("utf-8"))
    }


@pytest.mark.usefixtures("edges")
def test_a_region_receives_only_where_the_premise_holds(plain_reports):
    warehouse, report = plain_reports("edges")
    years = asked(
        warehouse,
        "select year, count(*) filter (where premise = 'holds'), count(*)"
        " from quota_allocation inner join living_standards"
        " using (year, stressor_id, scenario_id, allocation_rule)"
        " where stressor_id = 'co2' group by all",
    )
    assert any(kept < total for _, kept, total in years)
    for year, kept, _ in years:
        folder = year_folder(report, year, max(year for year, *_ in years))
        gifts = [
            region["tables"].get("allocations")
            for part in (folder / "data").glob("regions-*.js")
            for region in json.loads(
                part.read_text("utf-8").partition(" = ")[2].rstrip(";\n")
            )
        ]
        assert sum(len(each["rows"]) for each in gifts if each) == kept


@pytest.mark.parametrize(
    "dataset",
    ["several_years", "required_only", "single_region", "edges", "three_cities"],
)
def test_a_page_has_nothing_empty_and_says_nothing_twice(plain_reports, dataset):
    """No section or column without content; a refusal stands once, at the end."""
    _, report = plain_reports(dataset)
    pages = sorted(each for each in report.rglob("*.html") if each.stem not in MOVED)
    assert pages
    for page in pages:
        text = page.read_text("utf-8")
        assert sentences_twice(text) == [], page
        if page.name != "place.html":  # which fills its lists itself
            assert empty_sections(text) == [], page
            assert columns_of_dashes(tables(page)) == [], page


@pytest.mark.parametrize("dataset", ["edges", "three_cities"])
def test_a_footprint_is_no_emission_and_gdp_no_income(plain_reports, dataset):
    """Who has a large footprint may emit little; super-emitter is a term of Trust."""
    _, report = plain_reports(dataset)
    pages = sorted(each for each in report.rglob("*.html") if each.stem not in MOVED)
    for page in pages:
        text = re.sub(
            r"<script.*?</script>|<[^>]+>",
            " ",
            page.read_text("utf-8"),
            flags=re.DOTALL,
        )
        if page.name != "trust.html":
            assert re.findall(r"(?i)[^.]*\b(?:super-)?emitters?\b[^.]*", text) == [], (
                page
            )
        if page.name in ("compare.html", "trade.html"):
            assert re.findall(r"(?i)[^.]*\bincomes?\b[^.]*", text) == [], page


@pytest.mark.usefixtures("single_region")
def test_what_is_not_shown_is_said_at_the_end_with_the_reason(plain_reports):
    """One region: a reason that several parts share is said once, for all of them."""
    _, report = plain_reports("single_region")
    text = (report / "trade.html").read_text("utf-8")
    end = text[text.index('<section id="not-shown"') : text.index("</main")]
    parts = re.findall("<li>(.*?)</li>", end)
    assert len(parts) == len({part.rpartition("</strong>")[2] for part in parts}) > 0
    assert "A table of one city has no flows between cities." in end
    assert re.findall('<section id="([^"]+)"', text)[-1] == "not-shown"


def test_no_document_shows_what_is_no_result():
    for file in (ROOT / "README.md", *(ROOT / "docs").rglob("*.md")):
        assert not NO_RESULTS.search(file.read_text("utf-8")), file
