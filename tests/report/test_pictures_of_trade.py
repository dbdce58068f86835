"""Pictures of trade and of shares: figures of a few rows by pencil."""

import itertools

import duckdb
import pytest
from support.pictures import apart, svg_of, texts_and_dots
from support.report_context import CONTEXT, WORLD

from carbonshed.report.described import Material
from carbonshed.report.pages import whatif
from carbonshed.report.pages.trade import draw_elsewhere, draw_largest, draw_tiers
from carbonshed.report.pages.whatif import draw_shares
from carbonshed.report.queries import Marts, Rows

MT = 1e6


def of(query, rows):
    """Return the material of a page with the answer to one query."""
    return Material(CONTEXT, None, _rows={query: rows})


def marks(chart, kind):
    """Return the rows of all layers of a kind of mark."""
    return [
        row
        for layer in chart.spec["layer"]
        if layer["mark"]["type"] == kind
        for row in (layer.get("data") or chart.spec["data"])["values"]
    ]


FLOWS = Rows(
    (
        *("origin_region_id", "origin", "destination_region_id", "destination"),
        *("gross_flow", "reverse_flow", "net_flow"),
        *("pairs", "all_pairs", "flows_between_ranked", "all_flows"),
    ),
    [
        ("A", "Aland", "B", "Berg", 30 * MT, 10 * MT, 20 * MT, 5, 7, 60 * MT, 100 * MT),
        ("C", "Cove", "B", "Berg", 15 * MT, 1 * MT, 14 * MT, 5, 7, 60 * MT, 100 * MT),
        ("B", "Berg", "A", "Aland", 10 * MT, 30 * MT, 0.0, 5, 7, 60 * MT, 100 * MT),
    ],
)


def test_the_largest_flows_stand_beside_all_others():
    chart = draw_largest(of("leakage/largest", FLOWS))
    assert chart.title == (
        "The 3 largest flows are 55 % of what is emitted for other regions"
    )
    bar = [row for row in marks(chart, "rect") if "kind" in row]
    # and nodes, which lead to their places
    assert {row["region_id"] for row in marks(chart, "rect") if "kind" not in row} == {
        *"ABC"
    }
    assert [(row["kind"], row["x"], row["x2"]) for row in bar] == [
        ("the largest flow: 30.0 Mt, 30 %", 0, 0.3),
        ("the next 2: 25.0 Mt, 25 %", 0.3, 0.55),
        ("2 more between regions: 5.00 Mt, 5 %", 0.55, 0.6),
        ("from or to balancing blocks: 40.0 Mt, 40 %", 0.6, 1),
    ]
    written = {(row["x"], row["line"]) for row in marks(chart, "text") if "line" in row}
    assert {(0, "Aland"), (0, "30.0 Mt"), (1, "Berg"), (1, "45.0 Mt")} <= written
    assert "Aland for Berg, 30.0 Mt; the other way, 10.0 Mt." in chart.summary
    small = [(*row[:-1], 1_000 * MT) for row in FLOWS.rows]
    assert draw_largest(of("leakage/largest", Rows(FLOWS.columns, small))) is None
    # the largest lies over what it crosses
    assert marks(chart, "area")[-1]["kind"] == bar[0]["kind"]


LONG = (
    "Pohjois-Pohjanmaa",
    "District of Columbia",
    "Autonomous Territorial Collectivity of the Northern Highlands",
    "\N{CJK UNIFIED IDEOGRAPH-5317}" * 12,
)


@pytest.mark.parametrize("width", [300, 480, 720, 1_150])
@pytest.mark.parametrize("name", LONG)
def test_long_names_of_a_flow_stay_within_the_picture(name, width):
    """From a phone to a screen: whole on two lines, or cut at a word."""
    rows = [tuple({"Berg": name}.get(cell, cell) for cell in row) for row in FLOWS.rows]
    spec = draw_largest(of("leakage/largest", Rows(FLOWS.columns, rows))).spec
    picture = svg_of(spec, width)
    texts = [
        text
        for text in texts_and_dots(picture)[0]
        if "role-mark" in text.roles and not text.words.endswith(" Mt")
    ]
    parts = [
        text.words for text in texts if text.words.strip("\N{HORIZONTAL ELLIPSIS}")
    ]
    beginnings = [part.rstrip("\N{HORIZONTAL ELLIPSIS}") for part in parts]
    of_name = [part for part in beginnings if part in name]
    assert of_name
    if " " in name:
        assert {word for part in of_name for word in part.split()} <= {*name.split()}
    if width > 1_000 and len(name) < 25:
        assert name in parts
    for one, other in itertools.combinations(texts, 2):
        assert apart(one, other), (one.words, other.words)
    # the box of the plot, with what its edges may add
    left = min(text.left for text in texts)
    right = max(text.right for text in texts)
    assert right - left <= width + 2


PARTS = Rows(
    (
        *("region_id", "region_name", "regions", "footprint"),
        *("from_elsewhere", "from_there", "by_final_users"),
    ),
    [
        (None, None, 3, 200 * MT, 150 * MT, 30 * MT, 20 * MT),
        ("A", "Aland", 1, 100 * MT, 80 * MT, 10 * MT, 10 * MT),
        ("B", "Berg", 1, 50 * MT, 20 * MT, 20 * MT, 10 * MT),
        # used up stocks: its parts are no shares
        ("C", "Cove", 1, 10 * MT, 12 * MT, -2 * MT, 0.0),
    ],
)


def test_parts_of_footprints_are_shares_of_each():
    chart = draw_elsewhere(of("leakage/elsewhere", PARTS))
    shares = {
        (row["region"], row["order"]): row["share"] for row in marks(chart, "bar")
    }
    assert shares == {
        ("all 3 together", 0): 0.75,
        ("all 3 together", 1): 0.15,
        ("all 3 together", 2): 0.1,
        ("Aland", 0): 0.8,
        ("Aland", 1): 0.1,
        ("Aland", 2): 0.1,
        ("Berg", 0): 0.4,
        ("Berg", 1): 0.4,
        ("Berg", 2): 0.2,
    }
    written = [row["text"] for row in marks(chart, "text")]
    assert written == ["75 %", "80 %", "40 %"]
    negative = Rows(PARTS.columns, PARTS.rows[3:])
    assert draw_elsewhere(of("leakage/elsewhere", negative)) is None


# 20 of 200 Mt by final users, 153 by makers and direct suppliers
TIERS = Rows(
    ("tier", "emissions", "footprints"),
    [
        (None if tier < 0 else tier, emissions * MT, 200 * MT)
        for tier, emissions in enumerate((20, 90, 63, 16, 4, 2, 3, 2), -1)
    ],
)


def test_tiers_are_shares_of_the_footprint_and_those_afar_are_summed():
    chart = draw_tiers(of("chains/tiers", TIERS))
    rows = chart.spec["data"]["values"]
    assert [(row["who"], row["amount"], row["share"]) for row in rows] == [
        ("final users", 20, "10 %"),
        ("final makers", 90, "45 %"),
        ("direct suppliers", 63, "32 %"),
        ("their suppliers", 16, "8 %"),
        ("3 steps away", 4, "2 %"),
        ("4 steps away", 2, "1 %"),
        # the last two tiers
        ("farther away", 5, "2 %"),
    ]
    assert [*dict.fromkeys(row["kind"] for row in rows)] == [
        "final users: 10 %",
        "up to direct suppliers: 76 %",
        "farther upstream: 14 %",
    ]
    assert "final makers 90.0 Mt; direct suppliers" in chart.summary


def test_without_direct_emissions_final_users_have_no_bar():
    rows = [(tier, 0.0 if tier is None else e, whole) for tier, e, whole in TIERS.rows]
    chart = draw_tiers(of("chains/tiers", Rows(TIERS.columns, rows)))
    shown = chart.spec["data"]["values"]
    assert shown[0]["who"] == "final makers"
    assert not any("final users" in row["kind"] for row in shown)


def test_footprints_that_cancel_have_no_shares():
    rows = [(*row[:2], 0.0) for row in TIERS.rows]
    shown = draw_tiers(of("chains/tiers", Rows(TIERS.columns, rows))).spec["data"][
        "values"
    ]
    assert {row["share"] for row in shown} == {""}
    assert shown[-1]["kind"] == "farther upstream"


MARTS = """
    create schema marts;
    create table marts.super_emitters as
    select 2012 as year, 'co2' as stressor_id, true as is_default_rule, r.* from (
        values ('A', 'Aland', 60e6, 1, true), ('B', 'Berg', 10e6, 3, true),
        ('C', 'Cove', 20e6, 2, false), ('D', 'Dale', 10e6, 3, false)
    ) as r (region_id, region_name, measure_value, emitter_rank, is_selected);
    create table marts.regional_accounts as
    select 2012 as year, 'co2' as stressor_id, r.* from (
        values ('A', 2e6), ('B', 3e6), ('C', 4e6), ('D', 1e6)
    ) as r (region_id, population);
    use marts;
"""


def shares(change=""):
    """Return the texts of the picture of shares of four regions, changed by SQL."""
    with duckdb.connect() as connection:
        connection.execute(MARTS + change)
        marts = Marts(connection, {"year": 2012, "stressor": "co2"})
        chart = draw_shares(Material(WORLD, marts, whatif))
    rows = chart.spec["data"]["values"] if chart else []
    return [(row["row"].replace("\n", ": "), row["text"]) for row in rows]


def test_shares_of_footprint_and_people_stand_beside_each_other():
    """70 Mt of 5 million people, 30 Mt of 5 million others."""
    assert shares() == [
        ("Both together: 14.0 t per person", "70 %"),
        ("Both together: 14.0 t per person", "50 %"),
        ("Aland: 30.0 t per person", "60 %"),
        ("Aland: 30.0 t per person", "20 %"),
        ("Berg: 3.33 t per person", "10 %"),
        ("Berg: 3.33 t per person", "30 %"),
        ("2 other countries: 6.00 t per person", "30 %"),
        ("2 other countries: 6.00 t per person", "50 %"),
    ]


def test_without_people_shares_of_the_footprint_stand_alone():
    unknown = "update regional_accounts set population = null where region_id = 'D';"
    assert shares(unknown) == [
        ("Both together: 14.0 t per person", "70 %"),
        ("Aland: 30.0 t per person", "60 %"),
        ("Berg: 3.33 t per person", "10 %"),
        ("2 other countries", "30 %"),
    ]
    assert shares("update super_emitters set is_selected = false;") == []


def test_of_many_the_first_eleven_are_named():
    more = "".join(
        f"insert into super_emitters values (2012, 'co2', true, 'E{number}',"
        f" 'Each {number}', 1e6, {10 + number}, true);"
        f"insert into regional_accounts values (2012, 'co2', 'E{number}', 1e6);"
        for number in range(11)
    )
    names = [name for name, _ in shares(more)][::2]
    assert len(names) == 14
    assert names[0].startswith("All 13 together")
    assert names[-3].startswith("Each 8")
    assert names[-2].startswith("2 more of the largest")
