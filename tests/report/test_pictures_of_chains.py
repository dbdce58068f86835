"""Pictures of supply chains: figures of a few rows by pencil."""

import itertools

import pytest
from support.pictures import apart, texts_and_dots
from test_pictures_of_trade import LONG, marks
from test_report_charts import svg_of
from test_report_parts import CONTEXT

from carbonshed.report.colours import colour_of
from carbonshed.report.pages.chains import draw_deliveries, draw_tiers
from carbonshed.report.queries import Rows

MT = 1e6
# 20 of 200 Mt by final users, 153 by makers and direct suppliers
TIERS = Rows(
    ("tier", "emissions", "footprints"),
    [
        (None if tier < 0 else tier, emissions * MT, 200 * MT)
        for tier, emissions in enumerate((20, 90, 63, 16, 4, 2, 3, 2), -1)
    ],
)


def test_tiers_are_shares_of_the_footprint_and_those_afar_are_summed():
    chart = draw_tiers(CONTEXT, TIERS)
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
    chart = draw_tiers(CONTEXT, Rows(TIERS.columns, rows))
    shown = chart.spec["data"]["values"]
    assert shown[0]["who"] == "final makers"
    assert not any("final users" in row["kind"] for row in shown)


def test_footprints_that_cancel_have_no_shares():
    rows = [(*row[:2], 0.0) for row in TIERS.rows]
    shown = draw_tiers(CONTEXT, Rows(TIERS.columns, rows)).spec["data"]["values"]
    assert {row["share"] for row in shown} == {""}
    assert shown[-1]["kind"] == "farther upstream"


LINKS = Rows(
    (
        *("supplier_region_id", "supplier_sector_id", "origin", "supplying_sector"),
        *("buyer_region_id", "buyer_sector_id", "destination", "buying_sector"),
        *("emissions", "buyer_share"),
    ),
    [
        *(
            ("A", "power", "Aland", "Power", buyer, "goods", name, "Goods", size, 0.25)
            for buyer, name, size in (("A", "Aland", 60 * MT), ("B", "Berg", 20 * MT))
        ),
        # a ribbon is above zero
        ("B", "goods", "Berg", "Goods", "A", "power", "Aland", "Power", -9 * MT, -0.1),
    ],
)


def test_deliveries_are_ribbons_between_producers():
    chart = draw_deliveries(CONTEXT, LINKS)
    assert chart.title == "The 2 deliveries with the most emissions"
    assert "Power in Aland to Goods in Aland, 60.0 Mt" in chart.summary
    ribbons = {
        row["to"]: (row["kind"], row["text"], row["of_buyer"], row["region_id"])
        for row in marks(chart, "area")
    }
    assert ribbons == {
        "Goods, Aland": ("within a region", "60.0 Mt", "25.0 %", "A"),
        "Goods, Berg": ("between two regions", "20.0 Mt", "25.0 %", "A"),
    }
    (scale,) = (
        layer["encoding"]["color"]["scale"]
        for layer in chart.spec["layer"]
        if layer["mark"]["type"] == "area"
    )
    assert scale["range"] == [colour_of("own place"), colour_of("other places")]
    written = {(row["x"], row["line"]) for row in marks(chart, "text") if "line" in row}
    assert {(0, "Power"), (0, "Aland"), (0, "80.0 Mt"), (1, "Berg")} <= written
    assert draw_deliveries(CONTEXT, Rows(LINKS.columns, LINKS.rows[2:])) is None


@pytest.mark.parametrize("width", [300, 720])
@pytest.mark.parametrize("name", LONG)
def test_long_names_of_producers_do_not_overlap(name, width):
    rows = [
        tuple(
            {"Berg": name, "Power": f"{name}, {name}"}.get(cell, cell) for cell in row
        )
        for row in LINKS.rows
    ]
    picture = svg_of(draw_deliveries(CONTEXT, Rows(LINKS.columns, rows)).spec, width)
    texts = [text for text in texts_and_dots(picture)[0] if "role-mark" in text.roles]
    names = [text for text in texts if not text.words.endswith(" Mt")]
    assert len(names) > 6
    for one, other in itertools.combinations(names, 2):
        assert apart(one, other), (one.words, other.words)
    left, right = min(t.left for t in texts), max(t.right for t in texts)
    assert right - left <= width + 2
