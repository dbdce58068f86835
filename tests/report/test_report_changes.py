"""The page of what changed, on the example of docs/methods.md by pencil."""

from dataclasses import replace

import duckdb
import pytest
from test_report_parts import CONTEXT

from carbonshed.report.pages import BETWEEN_YEARS, PAGES, changes, pages_of
from carbonshed.report.queries import Marts

# one sector and one person: 20 t in both years
EFFECTS = {
    "intensity": -14.75,
    "technology": 4.75,
    "final_sourcing": 0.0,
    "product_mix": 0.0,
    "demand_per_head": 10.0,
    "population": 0.0,
    "other_demand": 0.0,
    "direct_emissions": 0.0,
}
MINUS = "\N{MINUS SIGN}"
PARTS = {"input_use": 30.0, "input_sourcing": -25.25}  # parts of technology


@pytest.fixture
def marts():
    """Return what makes the marts of two years, with prices or without."""

    def make(*, is_deflated: bool = False, year: int = CONTEXT.year) -> Marts:
        connection = duckdb.connect()
        connection.execute(
            "create table footprint_changes (year int, stressor_id text, base_year int,"
            " region_id text, region_name text, effect_id text, change double,"
            " is_deflated bool, is_additive bool)"
        )
        connection.execute(
            "create table regional_accounts as select unnest([2012, 2009]) as year,"
            " ? as stressor_id, 'A' as region_id, 20e0 as consumption_footprint",
            [CONTEXT.stressor],
        )
        connection.executemany(
            "insert into footprint_changes values (2012, ?, 2009, 'A', 'Ambrook', ?, ?,"
            " ?, ?)",
            [
                (CONTEXT.stressor, effect, change, is_deflated, effect in EFFECTS)
                for effect, change in {**EFFECTS, **PARTS}.items()
            ],
        )
        values = {"year": year, "stressor": CONTEXT.stressor}
        return Marts(connection, values)

    return make


TWO_YEARS = replace(
    CONTEXT,
    year=2012,
    findings={"reason_of_change": "From 2009 to 2012 intensity moved them most."},
    headlines={"reason_of_change": "Intensity moved footprints most"},
)


@pytest.mark.parametrize("is_deflated", [True, False])
def test_effects_are_drawn_and_current_prices_are_said(marts, is_deflated):
    page = changes.page(TWO_YEARS, marts(is_deflated=is_deflated, year=2012))
    assert page.headline == "Intensity moved footprints most"
    bars = {row["effect"]: row["amount"] for row in page.picture.spec["data"]["values"]}
    expected = {changes.EFFECTS[effect]: change for effect, change in EFFECTS.items()}
    largest = f"emissions per output, {MINUS}14.8 t"
    if not is_deflated:
        both = expected.pop("emissions per output") + expected.pop("demand per person")
        expected["demand and intensity"] = both
        largest = f"demand and intensity, {MINUS}4.75 t"
        summary = page.picture.summary.replace("\u00a0", " ")
        assert f"at current prices emissions per output {MINUS}14.8 t and" in summary
        assert "and demand per person +10.0 t" in summary
    assert bars == pytest.approx(expected)
    assert f"The largest effect: {largest}" in page.picture.summary
    name, _ = largest.split(",")
    assert page.picture.finding.endswith(f"; {name} moved them most")
    (section,) = page.shown
    warned = [text for text in section.warnings if "current prices" in text]
    assert bool(warned) is bool(page.picture.notes) is not is_deflated
    (table,) = page.tables
    (row,) = table.cells
    texts = {
        head.label: cell.text for head, cell in zip(table.headers, row, strict=True)
    }
    assert texts["Emissions per output"] == "\N{MINUS SIGN}14.8"
    assert "Ambrook" in texts.values()


def test_the_first_year_says_why_nothing_is_shown(marts):
    page = changes.page(replace(TWO_YEARS, year=2009), marts(year=2009))
    assert page.shown == []
    assert "2009 is the first year" in page.not_shown[0][1]


def test_the_page_is_there_where_two_years_are_compared(marts):
    assert [*pages_of(marts())] == [
        name
        for id_ in PAGES
        for name in (id_, *([BETWEEN_YEARS[id_][0]] if id_ in BETWEEN_YEARS else []))
    ]
    assert pages_of(Marts(duckdb.connect())) == PAGES
    one_year = marts()
    one_year.connection.execute("delete from footprint_changes")
    assert pages_of(one_year) == PAGES
