"""The ready questions: on full datasets, on those that lack much, without dbt."""

import csv
import json
import re
from collections import Counter
from io import StringIO
from itertools import pairwise
from pathlib import Path

import duckdb
import pytest

from carbonshed.ask.query import open_marts_first
from carbonshed.ask.questions import all_questions, choose

FOLDER = Path(__file__).resolve().parents[2] / "analyses"
NAMES = sorted(path.stem for path in FOLDER.glob("*.sql"))
# questions about marts that a var asks for
ON_REQUEST = {
    "capital_behind_footprints",
    "earnings_from_exports",
    "where_a_product_is_emitted",
}
USUAL = [name for name in NAMES if name not in ON_REQUEST]
DATASETS = ["several_years", "required_only", "single_region"]
SERIES = "region_id,consumption_based_mt\nR00,1.5\nnowhere,2\n"
ALL_NUMBERS = ("INTEGER", "BIGINT", "HUGEINT", "DOUBLE", "FLOAT", "DECIMAL")


def published(built) -> duckdb.DuckDBPyConnection:
    return open_marts_first(built.warehouse.parent / "published" / built.warehouse.name)


@pytest.mark.parametrize("dataset", [*DATASETS, "what_if"])
def test_what_is_published_answers_every_question(dataset, request, tmp_path):
    """Names, columns and units are as _analyses.yml says."""
    connection = published(request.getfixturevalue(dataset))
    series = tmp_path / "it's a series.csv"
    series.write_text(SERIES, encoding="utf-8")
    questions = all_questions(connection)
    assert list(questions) == (NAMES if dataset == "what_if" else USUAL)
    for name, question in questions.items():
        settings = [f"published_footprints={series}"] if question.needs else []
        choose(connection, question, settings=settings)
        relation = connection.sql(question.sql)
        rows = relation.fetchall()
        assert rows or dataset != "several_years", f"{name} says nothing"
        (columns,) = connection.execute(
            f"select answer_columns from questions where question_id = '{name}'"
        ).fetchone()
        described = [column["column_name"] for column in json.loads(columns)]
        assert described == relation.columns, name
        numbers = [
            column
            for column, kind in zip(relation.columns, relation.types, strict=True)
            if str(kind).startswith(ALL_NUMBERS)
        ]
        assert set(numbers) <= set(question.units), f"{name}: a number without unit"
        assert "?" in question.question
        assert "?" not in question.reading


def test_the_page_lists_every_question(what_if):
    asked = {
        name: each.question for name, each in all_questions(published(what_if)).items()
    }
    page = (FOLDER.parent / "docs/reference/questions.md").read_text("utf-8")
    assert dict(re.findall(r"^\| `(\w+)` \| (.+\?) \|$", page, re.M)) == asked
    for name, question in asked.items():
        words = (FOLDER / f"{name}.sql").read_text("utf-8").split("#}")[0].split()
        assert " ".join(words[1:]) == question


def test_dbt_compiles_them_too(several_years):
    """It names the warehouse; what is published is asked under any name."""
    assert sorted(several_years.analyses) == USUAL
    for name, question in all_questions(published(several_years)).items():
        compiled = several_years.analyses[name].replace('"', "")
        plain = compiled.replace(f"{several_years.name}.marts.", "marts.")
        assert question.sql.replace('"', "").split() == plain.split()


def test_what_only_compiles_is_no_run(several_years):
    """The questions were compiled after the build, which is still the last run."""
    with duckdb.connect(several_years.warehouse, read_only=True) as connection:
        runs = connection.sql("select command, ended_at is null from main.last_run")
        assert runs.fetchall() == [("build", False)]
        left = connection.sql("from main.nodes where not has_passed")
        assert left.fetchall() == []


@pytest.fixture(scope="module")
def ask(project):
    """Return a function that runs ``carbonshed ask`` and returns rows of CSV."""

    def rows(built, question, *options):
        name = built.warehouse.stem
        file = project.root / "answer.csv"
        project.run(
            "carbonshed", "ask", question, "--dataset", name, "-o", str(file), *options
        ).must_pass()
        return list(csv.DictReader(StringIO(file.read_text("utf-8"))))

    return rows


def test_a_region_by_name_in_a_year_as_the_reference_computes_it(several_years, ask):
    """Region, year and stressor are what was asked for; every digit is there."""
    mart = several_years.expected["footprint_by_origin_sector"]
    year, stressor, region = min(key[:3] for key in mart)
    name = region_names(several_years)[region].upper()
    rows = ask(
        several_years,
        "suppliers_of_a_region",
        *("--region", f" {name} ", "--year", str(year), "--stressor", stressor),
    )
    expected = [
        cells["emissions"]
        for key, cells in mart.items()
        if key[:3] == (year, stressor, region)
    ]
    shown = [float(row["emissions"]) for row in rows]
    assert shown == pytest.approx(sorted(expected, reverse=True), rel=1e-9)


def test_industries_emit_for_their_region_for_others_and_outside(several_years, ask):
    """By industry, flows are those of the reference; all add up to its customers."""
    mart = several_years.expected["footprint_by_origin_sector"]
    year, stressor, region = max((key[0], key[1], key[3]) for key in mart)
    options = (
        *("--region", region_names(several_years)[region]),
        *("--year", str(year), "--stressor", stressor),
    )
    rows = ask(several_years, "industries_that_emit_for_others", *options)
    assert rows
    for row in rows:
        parts = [
            (key[2], cells["emissions"])
            for key, cells in mart.items()
            if (key[0], key[1], key[3], key[4])
            == (year, stressor, region, row["sector_id"])
        ]
        own = sum(amount for consumer, amount in parts if consumer == region)
        others = sum(amount for consumer, amount in parts if consumer != region)
        emitted = abs(float(row["emissions"]))
        for column, expected in (("for_itself", own), ("for_other_regions", others)):
            shown = float(row[column])
            assert shown == pytest.approx(expected, rel=1e-9, abs=1e-9 * emitted)
    customers = ask(several_years, "customers_of_a_region", *options)
    outside = sum(
        float(row["emissions"])
        for row in customers
        if row["destination_region_id"] == "EXPORT"
    )
    accounts = several_years.expected["regional_accounts"][year, stressor, region]
    outside += accounts["unattributed_emissions"]
    shown = sum(float(row["outside_or_unattributed"]) for row in rows)
    total = sum(float(row["emissions"]) for row in rows)
    assert shown == pytest.approx(outside, abs=1e-8 * abs(total))


def test_what_an_office_does_not_say_it_leaves_out_is_not_nothing(several_years, ask):
    rows = ask(
        several_years,
        "countries_beside_published",
        *("--year", "2013", "--stressor", "co2"),
    )
    assert {
        row["country_id"]: row["published_leaves_out"]
        for row in rows
        if row["account_id"] == "official"
    } == {
        region: left_out or "not said"
        for year, _, region, *_, left_out, _ in several_years.system.official_footprints
        if year == 2013
    }


def test_a_regions_whole_change_stands_beside_others_effects(several_years, ask):
    """With its own demand, what others' intensities take off is all of it."""
    quotas = several_years.expected["quota_by_region"]
    year, stressor, _, region = min(quotas)
    rows = ask(
        several_years,
        "spillovers_of_a_region",
        *("--region", region_names(several_years)[region]),
        *("--year", str(year), "--stressor", stressor),
    )
    assert rows
    for scenario in {row["scenario_id"] for row in rows}:
        wanted = quotas[year, stressor, scenario, region]
        mine = [row for row in rows if row["scenario_id"] == scenario]
        accounts = (
            "footprint_before",
            "footprint_after",
            "production_before",
            "production_after",
        )
        for column in accounts:
            shown = [float(row[column]) for row in mine]
            assert shown == pytest.approx([wanted[column]] * len(mine), rel=1e-9)
        for account, effect, own in (
            ("footprint", "footprint_less_by_cleaner_production", "consumer_quota"),
            ("production", "production_less_by_smaller_demand", "producer_quota"),
        ):
            before = wanted[f"{account}_before"]
            whole = before - wanted[f"{account}_after"]
            others = sum(float(row[effect]) for row in mine)
            assert others + wanted[own] == pytest.approx(whole, abs=1e-9 * before)


def test_of_small_rows_that_are_summed_no_more_is_told_than_there_is(
    what_if, summed_up, ask
):
    """What an industry emits for itself and for others in all stays."""
    names = region_names(what_if)
    options = ("--region", names[what_if.system.regions[0].id], "--stressor", "co2")
    question = "industries_that_emit_for_others"
    before, after = (ask(built, question, *options) for built in (what_if, summed_up))
    assert before
    for one, other in zip(before, after, strict=True):
        assert other["for_other_regions"] == other["outside_or_unattributed"] == ""
        for column in ("emissions", "for_itself", "delivered_share"):
            same = pytest.approx(float(one[column]), rel=1e-9, abs=1e-9)
            assert float(other[column]) == same
    (row,) = ask(summed_up, "where_a_product_is_emitted", *options)
    assert "below 0.15 of a footprint are summed into OTHER" in row["not_answered"]
    shown = ask(summed_up, "suppliers_of_a_region", *options)
    assert "Other" in {row["supplier"] for row in shown}
    before = ask(what_if, "suppliers_of_a_region", *options)
    shares = [sum(float(row["footprint_share"]) for row in x) for x in (before, shown)]
    assert shares[0] == pytest.approx(shares[1], rel=1e-9)


def test_a_product_is_emitted_elsewhere_than_made(what_if, ask):
    """By the inverse of the reference, region by region; makers as in their mart."""
    bought = what_if.expected["footprint_by_product"]
    by_origin = what_if.expected["multipliers_by_origin"]
    year, _, region, _, sector = max(
        (key for key in bought if key[1] == "co2"),
        key=lambda key: (key[0], bought[key]["emissions"]),
    )
    names = region_names(what_if)
    rows = ask(
        what_if,
        "where_a_product_is_emitted",
        *("--region", names[region], "--year", str(year), "--stressor", "co2"),
        *("--set", f"product={sector}"),
    )
    emitted, made = Counter(), Counter()
    for maker in names:
        if cells := bought.get((year, "co2", region, maker, sector)):
            made[names[maker]] += cells["emissions"]
            for place in names:
                key = (year, "co2", maker, sector, place)
                intensity = by_origin[key]["intensity"]
                emitted[names[place]] += intensity * cells["expenditure"]
    whole = sum(made.values())
    assert sum(emitted.values()) == pytest.approx(whole, rel=1e-9)
    assert emitted != pytest.approx(made, rel=0.1)
    shown = {row["place"]: row for row in rows}
    for place in {*emitted, *made} - {*shown}:
        assert (emitted[place], made[place]) == pytest.approx((0, 0), abs=1e-9 * whole)
    for place, row in shown.items():
        there = float(row["emitted_there"])
        assert there == pytest.approx(emitted[place], rel=1e-9, abs=1e-9 * whole)
        for column, parts in (("emitted_there", emitted), ("made_there", made)):
            share = float(row[f"{column}_share"])
            assert share == pytest.approx(parts[place] / whole, rel=1e-9, abs=1e-9)


def test_terms_of_trade_call_regions_as_the_dataset_does(several_years, ask):
    """Not by their type: states, prefectures and provinces have the same one."""
    noun, *unranked = (
        published(several_years)
        .sql(
            "select distinct case when is_ranked then region_noun"
            " else replace(region_type, '_', ' ') end, is_ranked"
            " from regions cross join dataset order by not is_ranked, 1"
        )
        .fetchall()
    )
    rows = ask(several_years, "terms_of_trade")
    called = {(row["region_noun"], True) for row in rows}
    assert {name for name, _ in called} == {noun[0], *(name for name, _ in unranked)}


def region_names(built) -> dict[str, str]:
    return dict(
        published(built).sql("select region_id, region_name from regions").fetchall()
    )


def test_growth_is_between_the_first_year_and_the_last(several_years, ask):
    accounts = several_years.expected["regional_accounts"]
    years = sorted({key[0] for key in accounts})
    names = region_names(several_years)
    rows = ask(several_years, "footprints_over_time", "--stressor", "co2")
    assert rows
    assert {(row["first_year"], row["last_year"]) for row in rows} == {
        (str(years[0]), str(years[-1]))
    }
    expected = {
        names[key[2]]: cells["consumption_footprint"]
        - accounts[years[0], "co2", key[2]]["consumption_footprint"]
        for key, cells in accounts.items()
        if key[:2] == (years[-1], "co2")
    }
    for row in rows:
        change = float(row["footprint_change"])
        assert change == pytest.approx(expected[row["region_name"]], rel=1e-9)
        parts = float(row["change_by_people"]) + float(row["change_per_person"])
        assert change == pytest.approx(parts, rel=1e-9)


def test_a_ranking_is_told_with_its_intervals_and_neighbours(several_years, ask):
    """Ranks fill all places; the chance beside each is of it and of the next."""
    rows = ask(several_years, "how_sure_is_the_ranking", "--stressor", "co2")
    ranked = [each for each in several_years.system.regions if each.is_ranked]
    assert len(rows) == len(ranked) > 3
    for above, below in pairwise(rows):
        assert above["next_region"] == below["region_name"]
        first, second = (float(row["consumption_footprint"]) for row in (above, below))
        assert first >= second
        # the larger of two normal figures is the larger with a chance of half or more
        assert 0.5 <= float(above["probability_larger_than_next"]) <= 1
    assert rows[-1]["next_region"] == ""
    places = [int(row["footprint_rank"]) for row in rows]
    for place, row in zip(places, rows, strict=True):
        assert int(row["rank_p05"]) <= place <= int(row["rank_p95"])


def test_full_scope_is_asked_of_tables_that_import(several_years, ask):
    rows = ask(several_years, "footprints_in_full_scope", "--stressor", "co2")
    year = max(several_years.system.years)
    mart = several_years.expected["footprints_with_imports"]
    names = region_names(several_years)
    expected = {
        names[key[3]]: cells["full_footprint"]
        for key, cells in mart.items()
        if key[:3] == (year, "co2", "user_file")
    }
    assert rows
    for row in rows:
        full = float(row["full_footprint"])
        assert full == pytest.approx(expected[row["region_name"]], rel=1e-8)


def test_full_scope_is_not_answered_of_a_table_without_imports(required_only, ask):
    (row,) = ask(required_only, "footprints_in_full_scope")
    assert row["not_answered"].startswith("no second scope: ")


def test_accounts_stand_beside_each_other_with_their_ranks(several_years, ask):
    """Ranks are those of the reference's accounts, of ranked regions alone."""
    mart = several_years.expected["responsibility"]
    year = max(key[0] for key, cells in mart.items() if cells["income_emissions"])
    options = ("--stressor", "co2", "--year", str(year))
    rows = ask(several_years, "who_answers", *options)
    names = region_names(several_years)
    ranked = {region.id for region in several_years.system.regions if region.is_ranked}
    accounts = {
        names[key[2]]: cells
        for key, cells in mart.items()
        if key[:2] == (year, "co2") and key[2] in ranked
    }
    assert {row["region_name"] for row in rows} == {*accounts}
    for column, rank in (
        ("production_emissions", "production_rank"),
        ("income_emissions", "income_rank"),
    ):
        for row in rows:
            own = accounts[row["region_name"]][column]
            assert float(row[column]) == pytest.approx(own, rel=1e-8)
            larger = sum(other[column] > own for other in accounts.values())
            assert int(row[rank]) == 1 + larger


def test_one_year_shows_no_growth(required_only, ask, project):
    (row,) = ask(required_only, "footprints_over_time")
    assert row["not_answered"].startswith("one year only: ")
    assert row["footprint_change"] == ""
    name = required_only.warehouse.stem
    printed = project.run("carbonshed", "ask", "footprints_over_time", "-d", name)
    assert "one year only: " in printed.text
    assert "footprint_change" not in printed.text, "no numbers where there is no answer"


@pytest.mark.parametrize("dataset", DATASETS)
def test_an_answer_says_what_footprints_leave_out(dataset, request, project):
    built = request.getfixturevalue(dataset)
    name = built.warehouse.stem
    done = project.run(
        "carbonshed", "ask", "inequality_summary", "-d", name
    ).must_pass()
    scope, left_out = (
        published(built)
        .sql(
            "select scope, footprints_leave_out from account_extents"
            " where stressor_id = 'co2' order by year desc"
        )
        .fetchone()
    )
    said = " ".join(done.text.split())
    assert f": {scope}; footprints leave out {left_out}." in said
