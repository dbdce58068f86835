"""The three bars of a region, on the two towns of docs/three_scopes.md by pencil."""

import pytest
from test_report_parts import CONTEXT

from carbonshed.report.marts import Rows
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
    "consumption_footprint": 96.0,
    "population": 4,
}


def test_a_region_causes_some_inside_and_some_elsewhere():
    """84 t elsewhere: 72 are for its own users, and 72 at power stations."""
    data = data_of(CONTEXT, HARBOUR)
    assert data["text"] == "Harbour causes 84.0 t elsewhere and 19.0 t inside"
    assert data["note"] == (
        "Of what is emitted elsewhere, 12.0 t passes through its industries to others,"
        " 0.12 times its footprint."
    )
    elsewhere = "elsewhere\nscopes 2 and 3"
    assert [bar[:3] + bar[4:] for bar in data["bars"]] == [
        ["inside\nscope 1", 0, 19, "19.0 t", "19.0 t"],
        [elsewhere, 0, 72, "", "72.0 t"],
        [elsewhere, 72, 84, "84.0 t", "12.0 t"],
        ["of which electricity\nscope 2", 0, 72, "72.0 t", "72.0 t"],
    ]
    assert data["units"] == ["t", "t per person"]
    lines = {label: rest for label, *rest in data["lines"]}
    assert lines["scope 3: all else elsewhere"] == [12.0, "12.0", "3.00"]
    assert not [label for label in lines if "imports" in label], "they are not known"


def test_without_power_supply_all_elsewhere_is_scope_3():
    row = {**HARBOUR, "scope_2": None, "grid_electricity": None, "scope_3": 84.0}
    data = data_of(CONTEXT, {**row, "population": None})
    assert [bar[0] for bar in data["bars"]] == [
        "inside\nscope 1",
        *["elsewhere\nscope 3"] * 2,
    ]
    assert {line[-1] for line in data["lines"]} == {"\N{EN DASH}"}


@pytest.mark.parametrize(
    "changes", [{"passing_through": -1.0}, {"consumption_footprint": 0.0}]
)
def test_what_cannot_be_compared_has_no_ratio(changes):
    assert "footprint" not in data_of(CONTEXT, {**HARBOUR, **changes})["note"]


def test_notes_say_what_the_bars_do_not():
    def notes_of(**changes) -> str:
        row = {**HARBOUR, **changes}
        chart = draw_scopes(CONTEXT, Rows(tuple(row), [tuple(row.values())]))
        return " ".join(chart.notes)

    assert "never add up" in notes_of()
    assert "paid" in notes_of()
    assert "imports" in notes_of()
    assert "paid" not in notes_of(scope_2=None)
    assert draw_scopes(CONTEXT, Rows(tuple(HARBOUR), [])) is None
