"""Published accounts beside those of a table, and footprints with imports."""

from contextlib import contextmanager
from dataclasses import replace
from types import SimpleNamespace

import duckdb
import pytest
from support.pictures import assert_names_lie_apart, svg_of, texts_and_dots
from support.refusals import refused
from support.report_context import CONTEXT, NO_ROWS, REAL, WORLD, as_rows
from support.report_pages import marks

from carbonshed.report.content import Column, Page, Section, make_table
from carbonshed.report.described import Material, _next_step, read_page
from carbonshed.report.pages import (
    pays,
    place,
    trust,
)
from carbonshed.report.queries import Marts, Rows, english_names, with_english_names

PUBLISHED = "common/published"
COLUMNS = (
    "country_id",
    "region_id",
    "account_id",
    "country_name",
    "computed_emissions",
    "footprint_p05",
    "footprint_p95",
    "published_emissions",
    "relative_difference",
    "is_inside_interval",
    "expected_outside",
    "computed_leaves_out",
    "published_leaves_out",
    "source",
)
OWN = ("region_id", "expected_outside")  # of the answer
MART = ["published_extent", *(name for name in COLUMNS if name not in OWN)]


SPLIT = ("Chile",)  # a country whose regions stand in the table in its place


def pair(name, computed, low, high, theirs, account="consumption"):
    """Return a row: an account of a country in Mt, its interval, and the published."""
    ends = [None if end is None else end * 1e6 for end in (low, high)]
    inside = None if low is None else low <= theirs <= high
    return (
        name[:3].upper(),
        None if name in SPLIT else name[:3].upper(),
        account,
        name,
        computed * 1e6,
        *ends,
        theirs * 1e6,
        computed / theirs - 1,
        inside,
        1,
        "" if account == "consumption" else "direct emissions of households",
        "land use",
        "A budget",
    )


# 510 is 31 % above 390; the interval of 100 holds 95; 147 is below 202
PAIRS = Rows(
    COLUMNS,
    [
        pair("Australia", 510, 457, 565, 390),
        pair("Belgium", 147, 132, 162, 202),
        pair("Chile", 100, 90, 110, 95),
    ],
)


def beside(context, rows):
    """Return the picture of published accounts beside those of a table."""
    return trust.draw_published(Material(context, None, trust, {PUBLISHED: rows}))


def test_published_footprints_stand_beside_the_interval():
    chart = beside(WORLD, PAIRS)
    # the answer says how many would be expected
    assert "2 of 3 lie outside, where 1 would be expected" in chart.summary
    # the most tonnes apart
    assert chart.summary.endswith("Australia: published 390 Mt, here 510 Mt.")
    lines = {row["country"]: row for row in marks(chart.spec, "low")}
    # relative to the own figure: 390 / 510 - 1, 457 / 510 - 1, 565 / 510 - 1
    assert lines["Australia"]["published"] == pytest.approx(-23.53)
    assert lines["Australia"]["low"] == pytest.approx(-10.39)
    assert lines["Australia"]["high"] == pytest.approx(10.78)
    assert lines["Chile"]["published"] == pytest.approx(-5)
    words = {row["name"] for row in marks(chart.spec, "name")}
    assert words >= {"published 390 Mt, here 510 Mt"}
    assert not any("95.0" in name for name in words)


@pytest.mark.parametrize(
    ("width", "names"),
    [
        (200, []),
        (300, []),
        (480, ["390, here 510 Mt", "202, here 147 Mt"]),
        (578, ["390, here 510 Mt", "202, here 147 Mt"]),
        (980, ["published 390 Mt, here 510 Mt", "published 202 Mt, here 147 Mt"]),
    ],
)
def test_words_beside_published_footprints_cover_nothing(width, names):
    """They are whole on a screen, short on a tablet; a phone has them in the table."""
    texts, dots = texts_and_dots(svg_of(beside(WORLD, PAIRS).spec, width))
    assert_names_lie_apart(texts, dots)
    found = [text.words for text in texts if "mark-text role-mark" in text.roles]
    assert found == names


def test_a_published_account_of_a_build_without_errors_lies_in_no_interval():
    rows = Rows(COLUMNS, [pair("Chile", 100, None, None, 95)])
    assert "interval" not in beside(WORLD, rows).summary
    # where some have none, so many are expected of the others
    both = Rows(COLUMNS, [*PAIRS.rows, *rows.rows])
    assert "2 of 3 lie outside, where 1 would" in beside(WORLD, both).summary


FINLAND = Rows(
    COLUMNS,
    [
        pair("Finland", 27.6, 25.5, 29.7, 67.2),
        pair("Finland", 45.0, None, None, 47.7, "production"),
        pair("Finland", 37.9, None, None, 67.2, "consumption_with_imports"),
    ],
)


def test_the_footprints_of_a_country_are_bars():
    assert beside(REAL, FINLAND).summary == (
        "This table 27.6 Mt; with imports 37.9 Mt; published 67.2 Mt;"
        " 90 % interval 25.5 to 29.7 Mt."
    )
    assert beside(REAL, Rows(COLUMNS, FINLAND.rows[1:2])) is None
    assert beside(REAL, Rows(COLUMNS, [])) is None


@contextmanager
def compared(accounts, country, is_synthetic=False):
    """Give marts with accounts, as values of SQL.

    A country, an id, the figures here and published, and whether this is inside.
    """
    own = ("country_id", "account_id", "computed_emissions", "published_emissions")
    own = (*own, "is_inside_interval")
    others = ", ".join(f"null::varchar as {name}" for name in MART if name not in own)
    with duckdb.connect() as connection:
        connection.execute(
            f"create table dataset as select '{country}' as country,"
            f" {is_synthetic} as is_synthetic;"
            "create table regions as select 'FIN' as region_id;"
            "create table published_comparisons as select 2014 as year, 'co2' as"
            f" stressor_id, *, {others}"
            f" from (values {', '.join(accounts)}) as accounts"
            f" ({', '.join(own)})"
        )
        yield Marts(connection, {"year": 2014, "stressor": "co2"})


@pytest.mark.parametrize(
    ("country", "is_synthetic", "expected"),
    [
        ("FIN", False, ["consumption", "production"]),
        # of countries of the world, footprints above zero
        ("WLD", False, ["consumption"]),
        # nothing is published of an invented country, whatever it is called
        ("FIN", True, []),
    ],
)
def test_accounts_stand_beside_published_ones(country, is_synthetic, expected):
    ids = ("consumption", "production", "official")
    accounts = [f"('FIN', '{id_}', 1, 1, null)" for id_ in ids]
    with compared(accounts, country, is_synthetic) as marts:
        assert marts.ask(PUBLISHED).column("account_id") == expected
        # an office's figure stands by itself
        assert len(marts.ask("trust/official")) == (not is_synthetic)


def test_a_tenth_of_the_largest_figures_is_expected_outside():
    """Of those with an interval; a half is rounded as the finding rounds it.

    It has round(4.5) = 5 of 5 inside, and round(5.4) = 5 of 6.
    """
    sizes = [70, 60, 50, 40, 30, 20, 10]
    accounts = [
        f"('C{size}', 'consumption', 1, {size}, nullif({size}, 60) > 0)"
        for size in sizes
    ]
    with compared(accounts, "WLD") as marts:
        rows = marts.ask(PUBLISHED)
    assert rows.column("published_emissions") == sizes
    assert rows.column("expected_outside") == [0, 0, 0, 0, 0, 0, 1]


def test_a_premise_that_fails_says_why_and_one_that_nothing_rests_on_is_not_there():
    note = Rows(("premise_note",), [("too few",)])
    columns = ("producer_premise_note", "across_countries_note", "quota_uplift_note")
    answers = {
        "trust/coverage": Rows(("ranked_without_gdp",), [(2,), (0,)]),
        **dict.fromkeys(("compare/full_scope", "changes/effects"), NO_ROWS),
        **dict.fromkeys(("leakage/balances", "prices/summary"), NO_ROWS),
        **dict.fromkeys(("quota/summary", "quota/withheld", "quota/living"), NO_ROWS),
    }

    def said(context, **more):
        more = {f"quota/{name}": rows for name, rows in more.items()}
        module = SimpleNamespace(words=trust._premises)
        given = Material(context, None, module, answers | more)
        table = given.table("trust/premises")
        return {row[0].text[:25]: row[1].text for row in table.cells}

    invented = said(CONTEXT)
    assert invented["Regions are real"] == "no: they are invented"
    assert invented["GDP of all ranked regions"] == "no: not of 2"
    assert not {"Value added is known", "Regions are those of one "} & {*invented}
    summary = Rows(columns, [("few totals", None, "no peak")] * 2)
    real = said(REAL, summary=summary, withheld=note)
    assert real["Regions are real"] == real["Regions are those of one "] == "yes"
    assert real["Emissions by industry tel"] == "no: few totals"
    assert real["A peak of these emissions"] == "no: no peak"
    assert real["What is avoided can be gi"] == "no: too few"
    some = said(REAL, summary=summary, withheld=note, living=note)
    assert some["What is avoided can be gi"] == "not in all scenarios: too few"


@pytest.mark.parametrize(
    ("country", "is_comparable", "shown"),
    [("CHN", False, 2), ("USA", False, 0), ("USA", True, 2)],
)
def test_the_study_stands_beside_china_and_what_scopes_share_is_said_once(
    country, is_comparable, shown
):
    with duckdb.connect() as connection:
        connection.execute(
            f"create table dataset as select '{country}' as country,"
            " 'SYNTHETIC: made up.' as caveat_note;"
            "create table headlines as select 2012 as year, 'co2' as stressor_id,"
            " id as headline_id, id as headline_position, 'Share ' || id as statement,"
            f" 1 as seed_value, 0 as computed_value, unit, {is_comparable} as"
            " comparable, 'too far' as reason,"
            " 'SYNTHETIC: made up. Domestic: x. ' || own as scope from"
            " (values (1, 'share', 'Made of y.'), (2, 'regions', 'Scenario: low.'))"
            " as statements (id, unit, own)"
        )
        rows = Marts(connection, {"year": 2012, "stressor": "co2"}).ask(
            "trust/headlines"
        )
    answer = "yes" if is_comparable else "no: too far"
    names = ("statement", "unit", "answer", "shared_scope")
    assert [*zip(*map(rows.column, names), strict=True)] == [
        ("Share 1 (Made of y)", "share", answer, "Domestic: x."),
        ("Share 2 (Scenario: low)", "count", answer, "Domestic: x."),
    ][:shown]


@pytest.mark.parametrize(
    ("noun", "nouns", "text", "sentence"),
    [
        ("country", "countries", "Region by region", "Country by country"),
        (
            "city",
            "cities",
            "All ranked regions, and a region",
            "All ranked cities, and a city",
        ),
        ("oblast", "oblasts", "A region, of a region's", "An oblast, of an oblast's"),
        ("region", "regions", "Regions of a region", "Regions of a region"),
    ],
)
def test_regions_are_called_what_they_are(noun, nouns, text, sentence):
    dataset = REAL.dataset | {"region_noun": noun, "region_noun_plural": nouns}
    assert replace(REAL, dataset=dataset).with_nouns(text) == sentence
    # another word
    assert replace(REAL, dataset=dataset).with_nouns("interregional") == "interregional"


def test_a_column_without_a_value_and_a_table_without_rows_are_not_made():
    rows = Rows(("name", "known", "unknown"), [("A", 1.0, None), ("B", None, None)])
    columns = [
        Column("name", "Region"),
        Column("known", "Known", "ratio"),
        Column("unknown", "Not known", "ratio"),
    ]
    table = make_table(REAL, "some", "Some", rows, columns)
    assert [header.label for header in table.headers] == ["Region", "Known"]
    assert table.source is rows  # the file has all columns
    none = make_table(REAL, "none", "None", Rows(rows.columns, []), columns)
    section = Section("nothing", "Nothing", tables=[none], empty="nobody knows.")
    assert section.tables == []
    assert not section.has_content
    other = Section("neither", "Neither", empty="nobody knows.")
    something = Section("something", "Something", ["There is."])
    page = Page("Page", "", [section, something, other])
    assert page.shown == [something]
    assert page.not_shown == [([section, other], "nobody knows.")]


@pytest.mark.parametrize(
    ("ends", "sentence"),
    [
        ({"rank_p05": 2, "rank_p95": 2}, "2"),
        ({"rank_p05": 1, "rank_p95": 4}, "2 (1 to 4)"),
        ({"rank_best": 2, "rank_worst": 5}, "2 (2 to 5 over the variants)"),
        ({}, "2"),
    ],
)
def test_a_rank_stands_with_its_interval_where_that_says_more(ends, sentence):
    assert (
        place._rank({"footprint_rank": 2, **ends}, "consumption_footprint") == sentence
    )


def test_an_english_name_stands_in_place_of_the_name_of_a_region():
    """Also in sentences, and for a name that begins with another."""
    names = {"上海": "Shanghai", "上海市": "Shanghai city"}
    sentence = "Of 2 cities, 上海市 is larger than 上海."
    assert with_english_names(sentence, names) == (
        "Of 2 cities, Shanghai city is larger than Shanghai."
    )
    with duckdb.connect() as connection:
        connection.execute(
            "create table regions (region_id varchar, region_name varchar,"
            " region_name_en varchar)"
        )
        connection.execute(
            "insert into regions values ('1', '上海市', 'Shanghai'),"
            " ('2', 'Porvoo', null), ('3', 'Turku', 'Turku'),"
            " ('4', '和平区', 'Heping, Tianjin'), ('5', '和平区', 'Heping, Shenyang'),"
            " ('6', '苏州市', 'Suzhou'), ('7', '宿州市', 'Suzhou'),"
            " ('8', 'Åbo', 'Turku'), ('9', '郑州市', 'Zhengzhou'),"
            " ('10', '郑州市', 'Zhengzhou')"
        )
        english = english_names(connection)
        # names of two that share a name, or an English one, do not say which is meant
        assert english == {
            "上海市": "Shanghai",
            "苏州市": "Suzhou (苏州市)",
            "宿州市": "Suzhou (宿州市)",
            "Åbo": "Turku (Åbo)",
            "郑州市": "Zhengzhou",
        }
        rows = Marts(connection, names=english)._named(
            Rows(("region_name", "origin", "sector"), [("上海市", "上海市", "上海市")])
        )
        assert rows.rows == [("Shanghai", "Shanghai", "上海市")]


def test_a_query_of_a_mart_that_was_not_built_has_no_rows():
    with duckdb.connect() as connection:
        marts = Marts(connection, {"year": 2012, "stressor": "co2"})
        assert len(marts.ask_if_built("start/intervals")) == 0
        with refused("Table with name headline_uncertainty does not exist"):
            marts.ask("start/intervals")


def test_a_country_of_the_world_does_not_lead_to_levers_that_are_refused():
    steps = read_page("place").next
    for context, leads_there in ((REAL, True), (WORLD, False)):
        card = _next_step(Material(context, None), steps)
        assert (card.href == "whatif.html") is leads_there


def test_a_price_is_said_of_whom_it_is_and_shown_as_it_is_said():
    """300 of 400 are borne by two regions with ten people: 30 each.

    By what households spend, as the headline says it, and else by GDP.
    """
    shown = {
        "price": 50.0,
        "revenue": 400.0,
        "burden": 300.0,
        "dividend_per_capita": 30.0,
        "poorest_fifth_household_share": 0.04146,
        "richest_fifth_household_share": 0.01898,
        "incidence": "regressive",
        "kakwani_index": -0.1,
        "has_fifths": True,
    }
    columns = (
        "region_id",
        "region_name",
        "population",
        "gdp_per_capita",
        "spending_per_capita",
        "burden_per_capita",
        "net_gain_per_capita",
        "household_burden_share",
        "burden_gdp_share",
        "net_gain_gdp_share",
    )
    rows = [
        ("A", "Ambrook", 4.0, 900.0, 300.0, 50.0, -20.0, 0.02, 0.06, -0.02),
        ("B", "Bexley", 6.0, 100.0, 80.0, 17.0, 13.0, 0.04, 0.17, 0.13),
    ]

    def given(shown: dict = shown, regions: list[tuple] = rows) -> Material:
        answers = {
            "prices/summary": as_rows(shown),
            "prices/tenths": NO_ROWS,
            "prices/regions": Rows(columns, regions),
        }
        return Material(CONTEXT, None, pays, answers)

    facts = pays.slider(given())["facts"]
    sentence = "; ".join(
        "".join(f[k] for k in ("before", "text", "after")) for f in facts
    )
    assert "dividend of what the 2 regions bear is 30.0 EUR" in sentence
    assert "who live there bear 4.15 % of what they spend" in sentence
    assert sentence.endswith("where they spend most, the fifth who live there 1.90 %")
    of_few = pays.slider(given(shown | {"has_fifths": False}))["facts"]
    assert [fact["text"] for fact in of_few] == [fact["text"] for fact in facts[:-2]]
    chart = pays.draw_regions(given())
    assert "households" in chart.finding
    assert "Bexley, 4.00 %" in chart.summary
    assert len(chart.views) == 2
    # the spending of households is not known
    unknown = [(*row[:7], None, *row[8:]) for row in rows]
    chart = pays.draw_regions(given(regions=unknown))
    assert "Bexley, 17.0 %" in chart.summary
