"""The three bars of a region, on the two towns of docs/three_scopes.md by pencil."""

import re

import pytest
from support.report_context import CONTEXT, NO_ROWS, as_rows

from carbonshed.report.described import Material
from carbonshed.report.pages import place
from carbonshed.report.pages.three_scopes import data_of, draw_scopes

HARBOUR = {
    "region_id": "H",
    "region_name": "Harbour",
    "scope_1": 19.0,
    "scope_2": 72.0,
    "scope_3": 12.0,
    "three_scope_total": 103.0,
    "for_own_final_demand": 72.0,
    "passing_through": 12.0,
    "grid_electricity": 72.0,
    "scope_3_with_imports": None,
    "consumption_footprint": 89.18,
    "population": 4,
    "has_variants": False,
}
GIVEN = Material(CONTEXT, None, place)
GIVEN.values = CONTEXT.words


def test_a_region_emits_some_inside_and_some_elsewhere_is_for_it():
    """84 t elsewhere: 72 are for its own users, and 72 at power stations.

    Inside, 9 of 19 t are direct, and 8.18 are for its own users too.
    """
    data = data_of(GIVEN, HARBOUR)
    assert data["text"] == (
        "Harbour emits 19.0 t inside; 84.0 t elsewhere serve its users and industries"
    )
    assert data["note"] == (
        "The two parts for its own users make up its footprint, 89.2 t; another 12.0 t"
        " is emitted elsewhere and passes through its industries to others."
    )
    elsewhere = "elsewhere\nscopes 2 and 3"
    assert [bar[:3] + bar[4:] for bar in data["bars"]] == [
        ["inside\nscope 1", 0, pytest.approx(17.18), "", "17.2 t"],
        ["inside\nscope 1", pytest.approx(17.18), 19, "19.0 t", "1.82 t"],
        [elsewhere, 0, 72, "", "72.0 t"],
        [elsewhere, 72, 84, "84.0 t", "12.0 t"],
        ["part of elsewhere:\npower, scope 2", 0, 72, "72.0 t", "72.0 t"],
    ]
    assert data["units"] == ["t", "t per person"]
    lines = {label: rest for label, *rest in data["lines"]}
    assert lines["scope 3: all else elsewhere"] == [12.0, "12.0", "3.00"]
    assert not [label for label in lines if "imports" in label], "they are not known"
    # variants of a compiled table have other amounts
    varied = data_of(GIVEN, {**HARBOUR, "has_variants": True})
    assert not re.search(r"\d", varied["text"] + varied["note"])


def test_without_power_supply_all_elsewhere_is_scope_3():
    row = {**HARBOUR, "scope_2": None, "grid_electricity": None, "scope_3": 84.0}
    data = data_of(GIVEN, {**row, "population": None})
    assert [bar[0] for bar in data["bars"]] == [
        *["inside\nscope 1"] * 2,
        *["elsewhere\nscope 3"] * 2,
    ]
    assert {line[-1] for line in data["lines"]} == {"\N{EN DASH}"}


def test_negative_cells_may_leave_the_inside_undivided():
    """A footprint of 60 t, of which 72 t are elsewhere, leaves nothing inside."""
    row = {**HARBOUR, "consumption_footprint": 60.0}
    data = data_of(GIVEN, row)
    inside = [bar[1:4] for bar in data["bars"] if bar[0].startswith("inside")]
    assert inside == [[0, 19, "inside, not divided"]]
    assert data["note"].startswith("Its footprint is 60.0 t; another 12.0 t is emitted")


def test_rounding_leaves_the_inside_divided():
    """All 19 t inside are for own users, and rounding makes a little more of them."""
    row = {**HARBOUR, "consumption_footprint": (72 + 19) * (1 + 1e-15)}
    inside = [bar for bar in data_of(GIVEN, row)["bars"] if "scope 1" in bar[0]]
    assert [bar[1:5] for bar in inside] == [
        [0, 19, "for its own users", ""],
        [19, 19, "inside, for others", "19.0 t"],
    ]


def test_notes_say_what_the_bars_do_not():
    def given(rows):
        return Material(CONTEXT, None, None, {"place/three_scopes": rows})

    def notes_of(**changes) -> str:
        return " ".join(draw_scopes(given(as_rows(HARBOUR | changes))).notes)

    assert "never add up" in notes_of()
    assert "paid" in notes_of()
    assert "imports" in notes_of()
    assert "paid" not in notes_of(scope_2=None)
    assert draw_scopes(given(NO_ROWS)) is None
