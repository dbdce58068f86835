"""A dataset whose labels attack whatever shows them: literal and inert everywhere."""

import csv
import json
from html.parser import HTMLParser
from pathlib import Path

import duckdb
import jinja2
import pyarrow.parquet as pq
import pytest
import yaml
from support.compare import asked, assert_equal
from support.hostile_labels import HOSTILE
from support.report_pages import tables

from carbonshed.ask.query import open_published
from carbonshed.ask.questions import all_questions, choose, find_question

DATASETS = (
    Path(__file__).resolve().parents[2] / "bi" / "superset" / "assets" / "datasets"
)


def test_there_are_as_many_as_a_country_has_provinces():
    assert len(HOSTILE) == len(set(HOSTILE)) == 51


@pytest.mark.parametrize(
    "mart", ["regional_accounts", "leakage_flows", "quota_by_region"]
)
def test_accounts_are_those_of_any_other_names(hostile, mart):
    assert_equal(mart, hostile.expected, hostile.warehouse)


def test_what_is_published_has_them_letter_by_letter(hostile):
    folder = hostile.warehouse.parent / "published"
    ids = pq.read_table(folder / "hostile" / "regions.parquet")["region_id"]
    assert sorted(ids.to_pylist()) == sorted(HOSTILE)
    with duckdb.connect(str(folder / "hostile.duckdb"), read_only=True) as opened:
        names = opened.sql("select region_name from marts.regions").fetchall()
        schemas = opened.sql("select distinct schema_name from duckdb_tables()")
        assert schemas.fetchall() == [("marts",)]
    assert sorted(name for (name,) in names) == sorted(HOSTILE)


def test_questions_take_every_one_of_them(hostile, project, monkeypatch):
    monkeypatch.chdir(project.root)
    with open_published("hostile") as connection:
        question = find_question(all_questions(connection), "suppliers_of_a_region")
        for region in HOSTILE:
            choose(connection, question, region=region)
            chosen = connection.sql("select getvariable('region_id')").fetchone()
            assert chosen == (region,)
            connection.sql(question.sql).fetchall()


def test_scenarios_of_a_user_may_name_them(hostile, project):
    with (project.root / "hostile.csv").open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["scenario_id", "region_id", "lever", "kind", "value"])
        writer.writerows([name, name, "intensity", "factor", 0.5] for name in HOSTILE)
    asked = ("whatif", "hostile.csv", "-d", "hostile", "--table", "quota_summary")
    project.run(
        "carbonshed", *asked, "--format", "json", "-o", "answer.json"
    ).must_pass()
    rows = json.loads((project.root / "answer.json").read_text("utf-8"))
    assert {row["scenario_id"] for row in rows} >= set(HOSTILE)
    (project.root / "hostile.csv").unlink()
    (project.root / "answer.json").unlink()


class Elements(HTMLParser):
    """Collects the names of elements and of their attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[tuple[str, ...]] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element, and what an address in it begins with."""
        names = tuple(name for name, _ in attrs)
        self.found.add((tag, *names))
        for name, value in attrs:
            if name in ("href", "src"):
                assert not (value or "").lower().startswith("javascript:")


def elements(folder):
    reader = Elements()
    for page in sorted(folder.rglob("*.html")):
        reader.feed(page.read_text("utf-8"))
    return reader.found


@pytest.mark.usefixtures("hostile")
def test_the_report_shows_them_and_runs_none(plain_reports):
    _, report = plain_reports("hostile")
    found = elements(report)
    tags = {tag for tag, *_ in found}
    attributes = {name for _, *names in found for name in names}
    assert not tags & {"iframe", "object", "b", "i", "textarea", "base"}
    assert not {name for name in attributes if name.startswith("on")}
    assert not {tag for tag, *names in found if tag == "img" and "onerror" in names}
    text = (report / "data" / "regions.js").read_text("utf-8")
    assert "<" not in text
    data = json.loads(text.removeprefix("window.carbonshedRegions = ").rstrip(";\n"))
    assert {region["id"] for region in data["regions"]} == set(HOSTILE)
    cells = {
        cell
        for rows in tables(report / "compare.html").values()
        for row in rows
        for cell, _ in row
    }
    assert {" ".join(name.split()) for name in HOSTILE} <= cells
    begins = set()
    for path in (report / "data").glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as stream:
            for row in csv.DictReader(stream):
                texts = [v for k, v in row.items() if k.endswith(("_id", "_name"))]
                begins |= {text[:1] for text in texts}
    assert begins & set("=+-@") == set()


@pytest.mark.parametrize("file", ["region_accounts", "flows"])
def test_dashboards_show_them(hostile, file):
    """Their bundle holds questions only, and no label of any dataset."""
    text = (DATASETS / f"{file}.yaml").read_text("utf-8")
    template = jinja2.Environment().from_string(yaml.safe_load(text)["sql"])
    published = hostile.warehouse.parent / "published" / "hostile.duckdb"
    sql = template.render(filter_values=lambda _: [])
    shown = {each for row in asked(published, sql) for each in row}
    assert set(HOSTILE) <= shown
