"""Published accounts beside those of a table, and footprints with imports."""

from dataclasses import replace

import duckdb
import pytest
import vl_convert
from support.pictures import assert_names_lie_apart, texts_and_dots
from support.refusals import refused
from support.report_pages import marks
from test_report_parts import CONTEXT

from carbonshed.report.content import Column, Page, Section, make_table
from carbonshed.report.described import Material, _next_step, read_page
from carbonshed.report.pages import (
    comparisons,
    pays,
    place,
)
from carbonshed.report.queries import Marts, Rows, english_names, with_english_names

HEADS = {
    "footprint_rank": ("Rank", "count"),
    "region_name": ("Region", None),
    "consumption_footprint": ("Footprint", "stressor"),
    "footprint_p05": ("Footprint at 5 %", "stressor"),
    "published_emissions": ("Published", "stressor"),
    "relative_difference": ("Here less published, of published", "share"),
}
REAL = replace(
    CONTEXT,
    dataset=CONTEXT.dataset | {"is_synthetic": False, "caveat": None},
    columns=HEADS,
)
WORLD = replace(
    REAL,
    dataset=REAL.dataset
    | {
        "country": "WLD",
        "region_noun": "country",
        "region_noun_plural": "countries",
    },
    extent="global",
    leaves_out="",
    is_lower_bound=False,
)
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
    "computed_leaves_out",
    "published_leaves_out",
    "source",
)


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


def test_published_footprints_stand_beside_the_interval_and_are_named_outside_it():
    (section,) = comparisons.published_sections(WORLD, PAIRS)
    sentence = " ".join(section.text)
    assert "2 of 3" not in sentence
    # nine tenths of three
    assert (
        "1 of 3 published footprints lie inside the interval of 5 to 95 %; 3 would be"
        " expected." in sentence
    )
    # the most tonnes apart first
    assert (
        "Australia (390 Mt published, 510 here), Belgium (202 Mt published" in sentence
    )
    assert "Chile" not in sentence
    (chart,) = section.charts
    assert "2 of 3 lie outside, where 0 would be expected" in chart.summary
    lines = {row["country"]: row for row in marks(chart.spec, "low")}
    # relative to the own figure: 390 / 510 - 1, 457 / 510 - 1, 565 / 510 - 1
    assert lines["Australia"]["published"] == pytest.approx(-23.53)
    assert lines["Australia"]["low"] == pytest.approx(-10.39)
    assert lines["Australia"]["high"] == pytest.approx(10.78)
    assert lines["Chile"]["published"] == pytest.approx(-5)
    words = {row["name"] for row in marks(chart.spec, "name")}
    assert "published 390 Mt, here 510 Mt" in words
    (table,) = section.tables
    assert [cell.text for cell in table.cells[0]][-1] == "no"
    # no page is that of a country which is split
    assert [row[0].href for row in table.cells] == (
        ["place.html#AUS", "place.html#BEL", ""]
    )


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
    (section,) = comparisons.published_sections(WORLD, PAIRS)
    fit = {"width": width, "autosize": {"type": "pad"}}
    picture = vl_convert.vegalite_to_svg(section.charts[0].spec | fit)
    texts, dots = texts_and_dots(picture)
    assert_names_lie_apart(texts, dots)
    beside = [text.words for text in texts if "mark-text role-mark" in text.roles]
    assert beside == names


def test_a_published_account_of_a_build_without_errors_lies_in_no_interval():
    rows = Rows(COLUMNS, [pair("Chile", 100, None, None, 95)])
    (section,) = comparisons.published_sections(WORLD, rows)
    assert "interval" not in " ".join([*section.text, section.charts[0].summary])
    assert [header.label for header in section.tables[0].headers] == [
        "Country",
        "Footprint here",
        "Published",
        "Here less published, of published",
    ]


def test_the_accounts_of_a_country_stand_in_tiles():
    """27.6 of a published 67.2 Mt: 59 % less; 37.9: 44 % less; 45.0 of 47.7: 6 %."""
    rows = Rows(
        COLUMNS,
        [
            pair("Finland", 27.6, 25.5, 29.7, 67.2),
            pair("Finland", 45.0, None, None, 47.7, "production"),
            pair("Finland", 37.9, None, None, 67.2, "consumption_with_imports"),
        ],
    )
    (section,) = comparisons.published_sections(REAL, rows)
    tiles = [(fact.label, fact.value, fact.unit, fact.note) for fact in section.facts]
    minus = "\N{MINUS SIGN}"
    assert tiles == [
        (
            "published for consumption",
            "67.2",
            "Mt",
            f"footprints of this table: 27.6 Mt, {minus}59 %; "
            f"with imports: 37.9 Mt, {minus}44 %",
        ),
        (
            "published for what is emitted in the country",
            "47.7",
            "Mt",
            f"emissions of this table: 45.0 Mt, {minus}6 %",
        ),
    ]
    assert not section.charts
    assert not section.tables
    # nothing is published of an invented country, whatever it is called
    assert comparisons.published_sections(CONTEXT, rows) == []


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
            "prices/summary": Rows(tuple(shown), [tuple(shown.values())]),
            "prices/tenths": Rows((), []),
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
