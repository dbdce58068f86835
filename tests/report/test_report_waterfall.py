"""The waterfall of a region, on the example of docs/methods.md by pencil."""

from dataclasses import replace

import pytest
from support.report_context import NO_ROWS, as_rows
from test_report_compare import EFFECTS, TWO_YEARS

from carbonshed.report.described import Material
from carbonshed.report.pages.waterfall import data_of, draw_waterfall

MINUS = "\N{MINUS SIGN}"
ROW = {
    "region_id": "A",
    "region_name": "Ambrook",
    "base_year": 2009,
    "is_deflated": False,
    "base_footprint": 20.0,
    "footprint": 20.0,
    **EFFECTS,
}


def given(rows):
    return Material(TWO_YEARS, None, None, {"changes/regions": rows})


def test_each_bar_begins_where_the_one_before_it_ends():
    """Less 14.75 t, and 4.75 and 10 more."""
    data = data_of(TWO_YEARS, {**ROW, "is_deflated": True})
    assert data["unit"] == "t"
    assert data["bars"] == [
        ["emissions per output", 0, -14.75, "less", f"{MINUS}14.8"],
        ["inputs of producers", -14.75, -10, "more", "+4.75"],
        ["demand per person", -10, 0, "more", "+10.0"],
        ["together", 0, 0, "together", "0"],
    ]
    effects = {name: (value, share) for name, value, _, share in data["effects"]}
    assert effects["emissions per output"] == (-14.75, f"{MINUS}73.8 %")
    # an effect of nothing has no bar, and a row of the table
    assert effects["population"] == (0, "0.0 %")
    assert data["text"] == (
        f"Footprint: 20.0 t in 2009, 20.0 t in 2012; moved most by emissions per "
        f"output, {MINUS}14.8 t"
    )
    compiled = TWO_YEARS.dataset | {"is_compiled": True}
    data = data_of(replace(TWO_YEARS, dataset=compiled), ROW)
    assert data["text"] == "The footprint from 2009 to 2012, effect by effect"


def test_at_current_prices_inflation_is_in_one_bar():
    data = data_of(TWO_YEARS, ROW)
    assert data["bars"] == [
        ["demand and intensity", 0, -4.75, "less", f"{MINUS}4.75"],
        ["inputs of producers", -4.75, 0, "more", "+4.75"],
        ["together", 0, 0, "together", "0"],
    ]
    assert data["text"].endswith(f"moved most by demand and intensity, {MINUS}4.75 t")
    # the table tells them apart
    values = {name: value for name, value, *_ in data["effects"]}
    assert (values["emissions per output"], values["demand per person"]) == (-14.75, 10)


@pytest.mark.parametrize(("after", "text"), [(5, f"{MINUS}15.0"), (30, "+10.0")])
def test_all_effects_together_are_the_last_bar(after, text):
    effects = dict.fromkeys(EFFECTS, 0.0) | {"population": after - 20}
    data = data_of(TWO_YEARS, {**ROW, **effects, "footprint": after})
    assert [bar[1:3] for bar in data["bars"]] == [[0, after - 20]] * 2
    assert data["bars"][-1][3:] == ["together", text]


def test_nothing_moved_a_footprint_that_did_not_change():
    row = {**ROW, **dict.fromkeys(EFFECTS, 0.0)}
    assert (
        data_of(TWO_YEARS, row)["text"] == "Footprint: 20.0 t in 2009, 20.0 t in 2012"
    )


def test_without_a_footprint_before_effects_have_no_share():
    row = {**ROW, "base_footprint": 0.0, "footprint": 0.0}
    assert {effect[-1] for effect in data_of(TWO_YEARS, row)["effects"]} == {""}


def test_current_prices_are_said_below_the_waterfall():
    for is_deflated in (True, False):
        chart = draw_waterfall(given(as_rows(ROW | {"is_deflated": is_deflated})))
        assert chart.title.startswith("The footprint from 2009 to 2012")
        assert bool(chart.notes) is not is_deflated
    assert draw_waterfall(given(NO_ROWS)) is None
