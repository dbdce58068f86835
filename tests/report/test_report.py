"""The pages of the report say what the marts say, on every kind of dataset."""

import html
import json
import re
from collections import defaultdict
from pathlib import Path
from xml.etree import ElementTree

import pytest
import yaml
from openpyxl import load_workbook
from support.compare import asked
from support.random_systems import CAVEAT
from support.report_pages import MALICIOUS, make, read_csv, tables, texts

from carbonshed.numbers import MISSING
from carbonshed.report import context, levers, map_ground
from carbonshed.report import queries as shared_queries
from carbonshed.report.described import read_page, read_table
from carbonshed.report.pages import MOVED, PAGES, place
from carbonshed.report.site import file_name
from tools.docs.exposures import queries_of, query_names

ROOT = Path(__file__).resolve().parents[2]
QUERIES = ROOT / "carbonshed" / "report" / "queries"
MOST = 5_000_000  # bytes of a page with what it loads, but the shared script


def pages_of(report: Path) -> list[Path]:
    """Return all pages of a report, of every year and stressor, but those of places."""
    pages = (page for page in report.rglob("*.html") if page.parent.name != "places")
    return sorted(page for page in pages if page.stem not in MOVED)


def test_the_numbers_of_the_three_cities(report):
    """Those of docs/three_cities.md, which works them out by pencil."""
    ranking = texts(tables(report / "compare.html")["ranking"])
    name = " ".join(MALICIOUS.split())
    # Gt of footprint, % of it investment, Gt emitted there, t and million persons
    assert [row[:9] for row in ranking[1:]] == [
        ["1", name, "2.40", "0.0", "3.10", "12.0", "1", "40.0", "200"],
        ["2", "Bellmere", "2.10", "0.0", "0.480", "7.00", "2", "75.0", "300"],
        ["3", "Cinderley", "1.50", "0.0", "3.22", "3.00", "3", "100.0", "500"],
    ]
    flows = texts(tables(report / "trade.html")["flows"])
    # C works for B, for A less what A does for C, and A for B less what B does for A
    assert [row[:3] for row in flows[1:]] == [
        ["Cinderley", "Bellmere", "880"],
        [name, "Bellmere", "740"],
        ["Cinderley", name, "640"],
    ]
    account = texts(tables(report / "trust.html")["reconciliation"])[1]
    # 2,140 + 160 + 1,980 + 1,380 for consumption, 800 abroad, 340 direct, in Mt
    assert account[2:7] == ["6.80 Gt", "5.66 Gt", "0.800 Gt", "0.340 Gt", "0"]


def regions_of(report: Path) -> dict:
    """Return the data of the page of a region, with its regions by id."""
    text = (report / "data" / "regions.js").read_text("utf-8")
    data = json.loads(text.removeprefix("window.carbonshedRegions = ").rstrip(";\n"))
    for index, row in enumerate(data["regions"]):
        number, within = divmod(index, data["partSize"])
        text = (report / "data" / f"regions-{number}.js").read_text("utf-8")
        row.update(json.loads(text.partition(" = ")[2].rstrip(";\n"))[within])
        row["headline"], row["accounts"] = (
            row[name].replace("\N{NO-BREAK SPACE}", " ")
            for name in ("headline", "accounts")
        )
    return data | {"by_id": {row["id"]: row for row in data["regions"]}}


def test_a_region_has_its_largest_supply_chains(report):
    """By pencil: the share of the goods that it buys, times what power emits for them.

    B buys 1,400 of 4,500 goods of A, 1,000 of its own 1,500 and 200 of 750 of C.
    """
    listed = regions_of(report)["by_id"]["B"]["tables"]["paths"]
    chains = {
        (" in Ambrook", " in Ambrook"): 14 / 45 * 450 * 2,
        (" in Cinderley", " in Ambrook"): 14 / 45 * 180 * 5,
        (" in Cinderley", ""): 2 / 3 * 60 * 5,
        (" in Cinderley", " in Cinderley"): 20 / 75 * 150 * 5,
        ("", ""): 2 / 3 * 150 * 1.2,
    }
    assert listed["units"] == ["Mt", "%"]
    assert {what: value for what, value, *_ in listed["rows"]} == {
        f"Power{power} \N{RIGHTWARDS ARROW} Goods{goods}": (
            pytest.approx(1e6 * emissions)
        )
        for (power, goods), emissions in chains.items()
    }
    # a share of 2.1 Gt
    assert listed["rows"][-1][2:] == ["120", "5.7"]


def test_a_region_has_its_suppliers_customers_and_products(report):
    """Those of docs/three_cities.md, in Gt and Mt, and their shares by pencil."""
    data = regions_of(report)
    region = data["by_id"]["A"]
    names = [row["id"] for row in data["regions"]]
    partners = {
        name: [
            [what if isinstance(what, str) else names[what], *texts]
            for what, _, *texts in region["tables"][name]["rows"]
        ]
        for name in ("suppliers", "customers")
    }
    assert partners == {
        # 1,080 + 120 and 100 direct of 2,400
        "suppliers": [
            ["A", "1.30", "54.2"],
            ["C", "1.00", "41.7"],
            ["B", "0.100", "4.2"],
        ],
        # the same of 3,100
        "customers": [
            ["A", "1,300", "41.9"],
            ["B", "840", "27.1"],
            ["deliveries abroad", "600", "19.4"],
            ["C", "360", "11.6"],
        ],
    }
    # 0.8 x 1,500 + 0.4 x 500 + 2 x 300 of goods, 2 x 150 of power; goods of B and C
    # are 0.4 x 500 + 2 x 300
    products = [
        (name, value, *shares)
        for name, value, _, *shares in region["tables"]["products"]["rows"]
    ]
    assert products == [
        ("Goods", 2.0e9, "83.3", "40.0"),
        ("Power", 3.0e8, "12.5", "0.0"),
    ]


def test_a_region_has_its_footprint_in_both_scopes(malicious_labels, report):
    data = regions_of(report)
    region = data["by_id"]["A"]
    ((full, abroad, per_person, rank, world, states),) = asked(
        malicious_labels,
        "select full_footprint, imports_in_production, full_footprint_per_capita,"
        " full_footprint_rank, world_average_ratio, us_ratio"
        " from footprints_with_imports"
        " where region_id = 'A' and stressor_id = 'co2' and is_default_method",
    )
    scopes = region["tables"]["scopes"]
    # its final users import nothing themselves
    assert scopes["units"] == ["Gt", "Gt", "t per person", "", "", ""]
    texts = [[text for text in row[2:] if text != MISSING] for row in scopes["rows"]]
    assert texts == [
        ["2.40", "12.0", "1"],
        [
            *(f"{amount / 1e9:.2f}" for amount in (full, abroad)),
            *(f"{per_person:.1f}", str(rank), f"{world:.2f}", f"{states:.2f}"),
        ],
    ]
    assert data["by_id"]["B"]["accounts"] == (
        "Bellmere emits 77 % less than its footprint without imports"
    )
    # and the domestic footprint is compared with neither
    assert not any("the world" in label for label, _ in data["figures"])
    labels = [label for label, *_ in region["numbers"]]
    notes = [note for *_, note in region["numbers"]]
    assert labels[:2] == [
        "footprint per person, without imports",
        "per person, with imports of producers",
    ]
    assert len(labels) == 5
    # 6,000 Mt of 1,000 million people
    assert notes[0] == "mean of all cities 6.00, rank 1 of 3"
    assert notes[1].startswith("the world ")


def test_all_regions_are_listed_without_a_script(report):
    rows = texts(tables(report / "place.html")["region-regions"])
    assert [row[:3] for row in rows[1:]] == [
        ["1", " ".join(MALICIOUS.split()), "2.40"],
        ["2", "Bellmere", "2.10"],
        ["3", "Cinderley", "1.50"],
    ]
    # 1,100 of 2,400, 1,720 of 2,100 and 360 of 1,500
    assert [row[4] for row in rows[1:]] == ["45.8", "81.9", "24.0"]


@pytest.mark.parametrize(
    ("page", "table", "sql"),
    [
        (
            "compare.html",
            "ranking",
            "select footprint_rank, consumption_footprint,"
            " investment_footprint / consumption_footprint, production_emissions,"
            " footprint_per_capita, footprint_per_capita_rank,"
            " cumulative_footprint_share from footprint_rankings"
            " inner join regional_accounts"
            " using (year, stressor_id, region_id, consumption_footprint,"
            " production_emissions, footprint_per_capita)",
        ),
        (
            "compare.html",
            "full-scope",
            "select full_footprint_rank, full_footprint, full_footprint_per_capita,"
            " abroad.world_average_ratio, abroad.us_ratio, imports_in_production,"
            " case when sum(imports_of_final_users) over () > 0"
            " then imports_of_final_users end, domestic_footprint,"
            " domestic_footprint_per_capita, footprint_rank"
            " from footprints_with_imports as abroad"
            " inner join footprint_rankings using (year, stressor_id, region_id)"
            " where is_default_method",
        ),
        (
            "compare.html",
            "responsibility-ranks",
            "select rank() over (order by production_emissions desc),"
            " rank() over (order by consumption_footprint desc),"
            " case when income_emissions is not null"
            " then rank() over (order by income_emissions desc) end,"
            " rank() over (order by shared_emissions desc),"
            " rank() over (order by technology_adjusted_footprint desc)"
            " from responsibility"
            " semi join footprint_rankings using (year, stressor_id, region_id)",
        ),
        (
            "trade.html",
            "flows",
            "select net_flow, gross_flow, reverse_flow, value_added_flow"
            " from leakage_flows where net_flow > 0",
        ),
        (
            "trade.html",
            "paths",
            "select supply_paths.emissions,"
            " supply_paths.emissions / consumption_footprint from supply_paths"
            " inner join regional_accounts using (year, stressor_id, region_id)"
            " where tier > 0",
        ),
        (
            "trade.html",
            "links",
            "select emissions, share from supply_links where (supplier_region_id,"
            " supplier_sector_id) <> (buyer_region_id, buyer_sector_id)",
        ),
        (
            "whatif.html",
            "quota-summary",
            "select quota, 1 - smallest_demand_factor, quota_share, super_emitters,"
            " projected_quota, quota_uplift from quota_summary",
        ),
        (
            "whatif.html",
            "living-standards",
            "select income_before, income_after, share_at_threshold_before,"
            " share_at_threshold_after, gini_before, gini_after, largest_income_factor"
            " from living_standards where premise = 'holds'",
        ),
    ],
)
@pytest.mark.parametrize("dataset", ["several_years", "three_cities"])
def test_numbers_on_the_pages_are_those_of_the_marts(
    plain_reports, dataset, page, table, sql
):
    """Every digit: a cell carries the number that its text was written from."""
    warehouse, report = plain_reports(dataset)
    year = asked(warehouse, "select max(year) from regional_accounts")[0][0]
    where = f" {'and' if ' where ' in sql else 'where'} year = {year}"
    largest = {"flows": "net_flow", "paths": "emissions", "links": "emissions"}
    order = f" order by {largest[table]} desc limit 25" if table in largest else ""
    expected = asked(warehouse, f"{sql}{where} and stressor_id = 'co2'{order}")
    if (dataset, table) == ("several_years", "living-standards"):
        # a table of the world says nothing about receivers
        assert (expected, table in tables(report / page)) == ([], False)
        return
    shown = [
        tuple(number(value) for _, value in row if value is not None)
        for row in tables(report / page)[table][1:]
    ]
    # a column that is not known of any row is not shown
    columns = [column for column in zip(*expected, strict=True) if any_known(column)]
    expected = list(zip(*columns, strict=True))
    key = [tuple((value is None, value or 0) for value in row) for row in expected]
    assert sorted(
        tuple((value is None, value or 0) for value in row[: len(columns)])
        for row in shown
    ) == sorted(key)
    assert shown, "nothing was compared"


@pytest.mark.usefixtures("several_years")
def test_the_first_page_has_both_ends_of_all_years_and_every_finding(plain_reports):
    warehouse, report = plain_reports("several_years")
    expected = asked(
        warehouse,
        "select earlier, later, later / earlier - 1 from (select region_id,"
        " min_by(footprint_per_capita, year) as earlier, max_by(footprint_per_capita,"
        " year) as later, count(*) as years from footprint_rankings"
        " where stressor_id = 'co2' group by 1) where years > 1",
    )
    shown = [
        tuple(number(value) for _, value in row if value is not None)
        for row in tables(report / "index.html")["figures-slope"][1:]
    ]
    assert sorted(shown) == sorted(expected)
    (listed,) = (each for each in read_page("start").sections if each.findings)
    known = {id_ for (id_,) in asked(warehouse, "select finding_id from findings")}
    assert known <= listed.findings.keys()
    page = (report / "index.html").read_text("utf-8")
    assert page.count('<span class="grade">one source</span>') > 5


def any_known(column):
    return any(value is not None for value in column)


def test_a_tenth_has_a_tenth_of_the_people(report):
    """500 people have 3 t, 300 have 7 t and 200 have 12 t each: 6,000 t in all."""
    shares = [300 / 6000] * 5 + [700 / 6000] * 3 + [1200 / 6000] * 2
    assert tenths(report)["footprint"] == pytest.approx(shares)


@pytest.mark.usefixtures("several_years")
def test_tenths_add_up_to_the_shares_of_the_marts(plain_reports):
    warehouse, random = plain_reports("several_years")
    indices = asked(
        warehouse,
        "select measure, top10_share, bottom50_share from inequality_indices"
        " where stressor_id = 'co2'"
        " and year = (select max(year) from regional_accounts)",
    )
    shares_of = tenths(random)
    names = read_table("compare/tenths").words["measure"]
    assert len(shares_of) == len(indices) > 0
    for measure, top, bottom in indices:
        shares = shares_of[names[measure]]
        assert len(shares) == 10
        assert sum(shares) == pytest.approx(1)
        assert shares[-1] == pytest.approx(top)
        assert sum(shares[:5]) == pytest.approx(bottom)


def tenths(report):
    """Return the shares of the tenths by measure."""
    shares = {}
    for row in tables(report / "compare.html")["tenth-table"][1:]:
        shares.setdefault(row[0][0], []).append(float(row[2][1]))
    return shares


def number(text):
    return float(text) if text else None


@pytest.mark.parametrize("dataset", ["several_years", "required_only", "single_region"])
def test_every_page_is_made_and_says_why_something_is_missing(plain_reports, dataset):
    _, report = plain_reports(dataset)
    assert {page.name for page in pages_of(report)} == {*map(file_name, PAGES)}
    for page in pages_of(report):
        text = page.read_text("utf-8")
        assert len(re.findall("<h1[ >]", text)) == 1
        assert "None" not in re.sub(r"<script.*?</script>|None\.", "", text, flags=re.S)
    if dataset == "single_region":
        leakage = (report / "trade.html").read_text("utf-8")
        assert "A table of one city has no flows between cities" in leakage
    if dataset == "required_only":
        leakage = (report / "trade.html").read_text("utf-8")
        assert "the dataset has no value added in this year" in leakage
        assert "a ranked city lacks it in this year" in (
            report / "compare.html"
        ).read_text("utf-8")


def test_every_year_and_stressor_has_its_pages(several_years, plain_reports):
    warehouse, report = plain_reports("several_years")
    scopes = asked(
        warehouse,
        "select distinct year, stressor_id from regional_accounts"
        " inner join stressors using (stressor_id) where is_mass",
    )
    assert len(scopes) >= 6
    assert len(pages_of(report)) == len(scopes) * len(PAGES)
    first = (report / "index.html").read_text("utf-8")
    targets = re.findall(r'<option value="([^"]+)"', first)
    assert len(targets) == len(scopes)
    assert all((report / target).is_file() for target in targets)


def test_official_footprints_stand_by_themselves(several_years, plain_reports):
    """Of 2013 with what each office says, of 2016 with what the only one says."""
    _, report = plain_reports("several_years")
    names = {region.id: region.name for region in several_years.system.regions}
    first, second, alone = several_years.system.official_footprints
    header, *rows = texts(
        tables(report / "2013-co2" / "trust.html")["official-footprints"]
    )
    labels = ["Official counts", "Official leaves out", "Left out here", "Official by"]
    assert header[4:] == labels
    # 2.5 kt and 1e9 kg
    assert [[row[0], row[2], *row[4:6], row[7]] for row in rows] == [
        [names[second[2]], "1,000", second[5], MISSING, second[7]],
        [names[first[2]], "2.50", *first[5:]],
    ]
    page = tables(report / "2016-ch4" / "trust.html")
    header, row = texts(page["official-footprints"])
    assert header[4:] == [label for label in labels if label != "Official leaves out"]
    assert [row[2], row[4]] == ["125", alone[5]]


def test_a_headline_has_its_tests_below_it(report):
    """Of three invented cities nothing else is known."""
    text = (report / "compare.html").read_text("utf-8")
    assert (
        text.partition("</h1>")[2]
        .strip()
        .startswith('<p class="licence">Not checked: nothing to compare it with.</p>')
    )


def test_what_is_synthetic_is_marked_everywhere(report):
    for page in pages_of(report):
        text = page.read_text("utf-8")
        assert "<strong>Synthetic data.</strong>" in text
        for what in ("figure", "caption"):
            for part in re.findall(rf"<{what}.*?</{what}>", text, re.DOTALL):
                assert 'class="mark">synthetic data<' in part
    for file in report.glob("data/*.csv"):
        assert {row["is_synthetic"] for row in read_csv(file)} <= {"True"}, file


@pytest.mark.usefixtures("required_only")
def test_what_an_author_asks_to_mind_is_on_every_page_and_in_every_file(plain_reports):
    _, report = plain_reports("required_only")
    for page in pages_of(report):
        (said,) = re.findall(
            '<aside class="banner"[^>]*>(.*?)</aside>', page.read_text("utf-8")
        )
        assert html.unescape(said) == CAVEAT, page
    files = [*report.rglob("data/*.csv")]
    assert files
    for file in files:
        assert {row["caveat"] for row in read_csv(file)} <= {CAVEAT}, file


def test_a_picture_can_travel_alone(report):
    """Its words are those of the text nodes, not of what surrounds it on a page."""
    pictures = sorted((report / "charts").glob("*.svg"))
    assert len(pictures) >= 10
    source, licence = asked(
        report.parents[1] / "warehouse/published/three_cities.duckdb",
        "select source, licence from dataset",
    )[0]
    for picture in pictures:
        root = ElementTree.fromstring(picture.read_text("utf-8"))
        words = " ".join(" ".join(root.itertext()).split())
        is_full = picture.stem.endswith("-with-imports")
        scope = "· with imports of producers ·" if is_full else "domestic scope"
        for word in ("SYNTHETIC", "2012", scope, "three_cities"):
            assert word in words, picture
        for long in (source, licence):
            assert " ".join(long.split()) in words, picture
        ground = root.find("{http://www.w3.org/2000/svg}rect")
        assert ground.get("fill") == "white", picture


def test_what_is_not_synthetic_is_not_marked(several_years, plain_reports):
    _, report = plain_reports("several_years")
    for page in pages_of(report):
        text = page.read_text("utf-8")
        assert 'class="mark"' not in text
        assert "Synthetic data" not in text


def test_names_are_never_taken_for_html(report):
    for page in pages_of(report):
        text = page.read_text("utf-8")
        assert "<img src=x" not in text
        assert "Ambrook <" not in text
    assert "<img" not in (report / "data" / "regions.js").read_text("utf-8")
    for picture in (report / "charts").glob("*.svg"):
        assert "<img" not in picture.read_text("utf-8")


def test_every_chart_has_its_files_and_every_link_leads_somewhere(report):
    for page in pages_of(report):
        text = page.read_text("utf-8")
        for chart in re.findall(r'data-chart="([^"]+)"', text):
            if chart in ("region-balance", "region-three-scopes"):
                continue  # saved by the page, for the region that is shown
            name = f"three_cities-2012-co2-{chart}"
            assert (report / f"charts/{name}.svg").stat().st_size > 1_000, name
            rows = read_csv(report / "data" / f"{name}.csv")
            marks = {
                (row["dataset"], row["year"], row["unit"], row["currency"])
                for row in rows
            }
            assert marks == {("three_cities", "2012", "t", "USD")}, chart
        for target in re.findall(r'(?:href|src)="([^"#]+)"', text):
            if target != "data:,":
                assert (page.parent / target).is_file(), (page, target)
        regions = re.findall(r'href="place.html#([^"]+)"', text)
        assert set(regions) <= {"A", "B", "C"}
        if page.stem in (
            "ranking",
            "trade",
            "responsibility",
            "pays",
            "whatif",
        ):
            assert regions, page


def test_one_workbook_has_every_table_with_all_digits(report):
    book = load_workbook(report / "three_cities.xlsx", read_only=True)
    cover = [row for row in book["cover"].iter_rows(values_only=True) if any(row)]
    facts = {row[0]: row[1] for row in cover}
    assert facts["licence"]
    assert facts["source"]
    assert facts["Carbon dioxide, 2012"].startswith("domestic scope; footprints leave")
    listed = [row[0] for row in cover][[row[0] for row in cover].index("sheet") + 1 :]
    assert ["cover", *listed] == book.sheetnames
    files = {
        file.stem.removeprefix("three_cities-2012-co2-")
        for file in report.glob("data/*.csv")
    }
    shown = set()
    for page in pages_of(report):
        if page.stem != "place":
            text = page.read_text("utf-8")
            shown |= set(re.findall(r'<caption id="caption-([^"]+)"', text))
    shown = {id_ for id_ in shown if not id_.startswith("figures-")}
    assert shown
    assert shown | {"region-partners"} <= set(listed) <= files
    head, *rows = book["ranking"].iter_rows(values_only=True)
    column = head.index("Footprint (Gt)")
    rows_of_file = read_csv(report / "data" / "three_cities-2012-co2-ranking.csv")
    exact = [float(row["consumption_footprint"]) for row in rows_of_file]
    assert [row[column] * 1e9 for row in rows] == pytest.approx(exact, rel=1e-15)


def test_pages_are_small_and_the_same_every_time(report, malicious_labels, tmp_path):
    again = make(malicious_labels, tmp_path / "again")
    for page in pages_of(report):
        other = again / page.relative_to(report)
        assert page.read_bytes() == other.read_bytes()
        size = page.stat().st_size
        size += sum(file.stat().st_size for file in report.glob("data/regions*.js"))
        assert size < MOST
    files = (*report.glob("data/*"), *report.glob("assets/*"), *report.glob("*.xlsx"))
    for file in files:
        assert file.read_bytes() == (again / file.relative_to(report)).read_bytes()


def test_without_charts_a_report_has_its_words_tables_and_data(
    report, malicious_labels, tmp_path, monkeypatch
):
    """The engine that draws need not start, which reserves much memory."""
    monkeypatch.setattr(place, "PART_SIZE", 2)
    plain = make(malicious_labels, tmp_path / "plain", charts=False)
    # also in parts of two regions
    assert regions_of(plain) == regions_of(report) | {"partSize": 2}
    assert not list(plain.rglob("vega.js")) + list(plain.rglob("*.svg"))
    for page in pages_of(report):
        other = plain / page.relative_to(report)
        assert tables(other) == tables(page)
        text = other.read_text("utf-8")
        assert not re.search("vega|data-chart|data-saves", text)
        summaries = re.findall(r'<p class="summary">.*', page.read_text("utf-8"))
        assert re.findall(r'<p class="summary">.*', text) == summaries
        for target in re.findall(r'(?:href|src)="([^"#]+)"', text):
            if target != "data:,":
                assert (other.parent / target).is_file(), (other, target)


@pytest.mark.usefixtures("several_years")
def test_data_of_2_800_counties_are_below_half_of_a_page(plain_reports):
    """As large as these regions are; three that are compared may need three parts."""
    _, report = plain_reports("several_years")
    data = regions_of(report)
    names, figures = (
        (report / "data" / name).stat().st_size / len(data["regions"])
        for name in ("regions.js", "regions-0.js")
    )
    assert 2_800 * names + 3 * data["partSize"] * figures < MOST / 2


def test_nothing_is_asked_of_another_machine(report):
    """Addresses of namespaces are names; the shared script is the browser test's."""
    for file in (
        *pages_of(report),
        *report.glob("assets/report*"),
        *report.glob("data/*"),
    ):
        text = file.read_text("utf-8").replace("http://www.w3.org/", "")
        assert not re.search(r"https?://|//cdn|@import", text), file


def test_heads_of_tables_are_words(report):
    """A column that neither a mart nor its page labels would be headed by its name."""
    heads = [
        head
        for page in pages_of(report)
        for head in re.findall(r'<th scope="col"[^>]*>([^<]*)', page.read_text("utf-8"))
    ]
    assert len(heads) > 100
    assert not [head for head in heads if "_" in head]


def test_every_query_is_asked_by_a_page():
    shared = (map_ground, context, shared_queries, levers)
    modules = [*PAGES.values(), *shared]
    assert set().union(*map(queries_of, modules)) == query_names()


def test_the_foot_of_a_page_names_marts_of_its_exposure(report):
    text = (ROOT / "models" / "exposures.yml").read_text("utf-8")
    exposed = defaultdict(set)
    for exposure in yaml.safe_load(text)["exposures"]:
        page = exposure["name"].removesuffix("_analyses")
        exposed[page] |= {*re.findall(r"ref\('(\w+)'\)", str(exposure["depends_on"]))}
    for page in PAGES:
        text = (report / file_name(page)).read_text("utf-8")
        foot = text.partition("<p>Made from ")[2].partition(" of the dataset")[0]
        named = set(re.findall(r"<code>(\w+)</code>", foot)) - {"publication"}
        assert named
        assert named <= exposed[f"report_{page}"]
