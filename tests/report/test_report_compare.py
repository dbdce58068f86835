"""What the page Compare draws: places, accounts, and effects by pencil."""

from dataclasses import replace

import duckdb
import pytest
from support.report_context import CONTEXT, NO_ROWS, REAL, WORLD, as_rows
from support.report_pages import marks

from carbonshed.report import described
from carbonshed.report.described import Material, read_page
from carbonshed.report.pages import compare, start
from carbonshed.report.pages.changes import EFFECTS as NAMES
from carbonshed.report.pages.full_scope import FullScope
from carbonshed.report.queries import Marts, Rows

MINUS = "\N{MINUS SIGN}"
# domestic footprints of two regions, of ten and of thirty million people
REGIONS = Rows(
    (
        *("region_id", "region_name", "population", "gdp", "consumption_footprint"),
        *("production_emissions", "footprint_per_capita", "world_average_ratio"),
        *("us_ratio", "comparator_year", "us_comparator_year", "world_comparison"),
    ),
    [
        ("A", "A", 10e6, 4e11, 40e6, 10e6, 4.0, 0.8, 0.2, 2012, 2012, None),
        ("B", "B", 30e6, 6e11, 30e6, 60e6, 1.0, 0.2, 0.05, 2012, 2012, None),
    ],
)
ANSWERS = {
    "compare/regions": REGIONS,
    "compare/lorenz": Rows(("measure",), []),
    **dict.fromkeys(
        (
            *("compare/accounts", "compare/full_scope", "compare/intervals"),
            *("compare/scopes", "common/published", "common/ranges"),
        ),
        NO_ROWS,
    ),
}


def material(context=REAL, marts=None, **answers: Rows) -> Material:
    """Return material with some answers; `compare/` stands before a name of one word.

    Those to `changes/` are asked from the marts, if there are any.
    """
    rows = {"changes/effects": NO_ROWS} if marts is None else {}
    given = {
        name.replace("__", "/") if "__" in name else f"compare/{name}": answer
        for name, answer in answers.items()
    }
    return Material(context, marts, compare, ANSWERS | rows | given)


def test_each_view_has_its_measure_and_says_its_range():
    """40 and 30 Mt; 4 and 1 t per person; 100 and 50 g per EUR; 10 and 60 emitted."""
    chart = compare.draw_places(material())
    findings = {answers: view.finding for answers, view in chart.all_views.items()}
    assert findings == {
        ("footprint", "per person"): (
            "Footprint per person: from 1.00 t (B) to 4.00 t (A)"
        ),
        ("footprint", "in total"): "Footprint: from 30.0 Mt (B) to 40.0 Mt (A)",
        ("footprint", "per GDP"): (
            "Footprint per GDP: from 50.0 g per EUR (B) to 100 g per EUR (A)"
        ),
        ("emitted there", "per person"): (
            "Emissions there per person: from 1.00 t (A) to 2.00 t (B)"
        ),
        ("emitted there", "in total"): (
            "Emissions there: from 10.0 Mt (A) to 60.0 Mt (B)"
        ),
        ("emitted there", "per GDP"): (
            "Emissions there per GDP: from 25.0 g per EUR (A) to 100 g per EUR (B)"
        ),
    }
    # of a compiled table, the trade of another variant may put others at the ends
    compiled = replace(REAL, dataset=REAL.dataset | {"is_compiled": True})
    views = compare.draw_places(material(compiled)).all_views
    assert views["footprint", "in total"].finding == "Footprint"
    assert views["footprint", "in total"].summary.startswith("Footprint of 2 regions.")
    emitted = "Emissions there: from 10.0 Mt (A) to 60.0 Mt (B)"
    assert views["emitted there", "in total"].finding == emitted
    # a measure that is not known of all is no view, and what has no people no measure
    rows = [(*row[:3], None, *row[4:]) for row in REGIONS.rows]
    chart = compare.draw_places(material(regions=Rows(REGIONS.columns, rows)))
    assert [*chart.choices["Measure"]] == ["per person", "in total"]


def test_earnings_and_halves_are_accounts_where_they_are_known():
    accounts = as_rows(
        {"region_id": "A", "income_emissions": 5e6, "shared_emissions": 25e6},
        {"region_id": "B", "income_emissions": 65e6, "shared_emissions": 45e6},
    )
    chart = compare.draw_places(material(accounts=accounts))
    assert chart.choices["Account"] == [
        *("footprint", "emitted there", "earned", "shared")
    ]
    earned = chart.views["earned", "in total"]
    assert "from 5.00 Mt (A) to 65.0 Mt (B)" in earned.finding
    assert "emitted by those who use what it sells" in earned.summary
    assert chart.source.column("income_emissions") == [5e6, 65e6]
    without = Rows(
        accounts.columns, [(*row[:1], None, *row[2:]) for row in accounts.rows]
    )
    chart = compare.draw_places(material(accounts=without))
    assert "earned" not in chart.choices["Account"]


def footprints(theirs: float | None, of_final_users: float = 1e6) -> Rows:
    """Return two regions with 60 and 40 Mt, imports among them, 70 Mt without."""
    return as_rows(
        *(
            {
                "region_id": name,
                "region_name": name,
                "full_footprint": full,
                "domestic_footprint": domestic,
                "full_world_comparison": "above",
                "imports_of_final_users": of_final_users,
                "is_lower_bound": False,
                "method_id": "domestic_technology",
                "published_emissions": theirs,
                "relative_difference_to_published": theirs and 100e6 / theirs - 1,
            }
            for name, full, domestic in (("A", 60e6, 40e6), ("B", 40e6, 30e6))
        )
    )


@pytest.mark.parametrize(
    ("theirs", "sentence", "is_far"),
    [
        (80e6, "Their sum, 100 Mt, is 25 % above the 80.0 Mt", True),
        (104e6, "Their sum, 100 Mt, is 4 % below the 104 Mt", False),
        (150e6, "Their sum, 100 Mt, is 33 % below the 150 Mt", True),
    ],
)
def test_the_world_stands_only_beside_footprints_of_its_extent(
    theirs, sentence, is_far
):
    rows = footprints(theirs)
    given = material(full_scope=rows)
    assert given.text("page_full_sum").startswith(sentence)
    assert bool(given.text("page_compare_far")) is is_far
    chart = compare.draw_places(given)
    held = "with imports"
    assert chart.choices["Account"] == ["footprint", held, "emitted there"]
    views = {
        account: view
        for (account, measure), view in chart.all_views.items()
        if measure == "per person"
    }
    seen = {
        account: {row["kind"] for row in marks(view.spec, "kind")}
        for account, view in views.items()
    }
    above = {"region"} if is_far else {"above the world"}
    assert seen == {"footprint": {"region"}, held: above, "emitted there": {"region"}}
    # neither beside footprints without imports, nor beside a sum that is far
    lines = {
        account: {
            row["name"] for row in marks(view.spec, "name") if "World" in row["name"]
        }
        for account, view in views.items()
    }
    # 4 t of footprint are 0.8 of the world's
    world = set() if is_far else {"World of 2012: 5.00 t"}
    assert lines == {"footprint": set(), held: world, "emitted there": set()}
    assert "World" not in chart.summary


def test_nothing_is_called_full_that_lacks_something():
    rows = footprints(80e6, 0)
    total = Rows(rows.columns, rows.rows[:1])
    # 60 Mt with imports of producers, 40 without; no lower bound of 80
    names = ("ends", "intervals", "study", "totals")
    others = {f"start/{name}": NO_ROWS for name in names}
    first = Material(REAL, None, start, {"start/full_scope": total, **others})
    assert first.text("page_start_with_imports") == (
        "Footprints are 60.0 Mt with imports of producers, valued as if made here, "
        "and 40.0 Mt without imports; 80.0 Mt are published."
    )
    for of_final_users, held in ((0, "with imports of producers"), (1, "with imports")):
        rows = footprints(None, of_final_users)
        full = FullScope(REAL, rows)
        assert full.name == held
        assert replace(REAL, extent=full.extent).holds == (
            f"{held}, without direct emissions"
        )
        assert material(full_scope=rows).text("page_full_sum") == ""
        sentence = material(full_scope=rows).text("page_full")
        assert "full scope" not in sentence
        assert "like with like" not in sentence
    # an invented country is not beside what is published of a real one
    invented = material(CONTEXT, full_scope=footprints(80e6))
    assert invented.text("page_full_sum") == ""


def test_a_region_that_is_published_otherwise_does_not_lead_the_picture():
    """The headline names the first of the others, and so do the marks."""
    published = as_rows(
        *(
            {"region_id": id_, "account_id": "consumption", "is_inside_interval": fits}
            for id_, fits in (("A", False), ("B", True), (None, False))
        )
    )
    given = material(WORLD, common__published=published)
    chart = compare.draw_places(given)
    kinds = {row["region_id"]: row["kind"] for row in marks(chart.spec, "kind")}
    assert kinds == {"A": "published figure disagrees", "B": "country"}
    said = "Footprint per person: 1.00 t where no published figure disagrees"
    assert chart.finding == said
    emitted = chart.views["emitted there", "per person"].spec
    assert {row["kind"] for row in marks(emitted, "kind")} == {"country"}


def test_the_region_of_the_headline_has_a_line_for_the_range_over_variants():
    """From 20 to 60 Mt of ten million people."""
    ranges = as_rows(
        {"region_id": "A", "footprint_lowest": 2e7, "footprint_highest": 6e7},
        {"region_id": "B", "footprint_lowest": 2e7, "footprint_highest": 5e7},
    )
    said = replace(REAL, named={(2012, "per_person"): ["A"]})
    chart = compare.draw_places(material(said, common__ranges=ranges))
    spans = {
        (row["region_id"], row["low"], row["high"]) for row in marks(chart.spec, "low")
    }
    assert spans == {("A", 2, 6)}
    two = replace(REAL, named={(2012, "per_person"): ["A", "B"]})
    of_two = compare.draw_places(material(two, common__ranges=ranges))
    assert not [*marks(of_two.spec, "low")]
    assert (
        "The line through A is the range over the variants of the table: 2.00 to 6.00 t"
        in (chart.summary)
    )
    (circles,) = (
        part for part in chart.spec["layer"] if part["mark"]["type"] == "circle"
    )
    assert circles["encoding"]["x"]["scale"]["domain"] == [0, 6]


def test_a_footprint_is_beside_the_world_in_one_table():
    """That with imports, if there is one; the other leaves something out."""
    for given, heads in (
        (material(), ["Times the world of 2012, at least"]),
        (material(full_scope=footprints(None)), []),
    ):
        labels = [head.label for head in given.table("compare/regions").headers]
        assert [label for label in labels if "the world" in label] == heads


def test_what_the_sentence_leaves_out_stands_below_the_picture():
    """The headline is between regions; the marks hold what is sold abroad too."""
    accounts = Rows(
        ("region_id", "region_name", *compare._ACCOUNTS),
        [("A", "Ambrook", 9.0, 5.0, 7.0, 6.0)],
    )
    chart = compare.draw_accounts(material(accounts=accounts))
    assert "for buyers abroad counts too" in " ".join(chart.notes)
    closed = replace(REAL, has_exports=False)
    assert not compare.draw_accounts(material(closed, accounts=accounts)).notes


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
PARTS = {"input_use": 30.0, "input_sourcing": -25.25}  # parts of technology
TWO_YEARS = replace(
    CONTEXT,
    year=2012,
    years={2009: "2009-co2", 2012: ""},
    headlines={"reason_of_change": "Intensity moved footprints most"},
)


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
        return Marts(connection, {"year": year, "stressor": CONTEXT.stressor})

    return make


@pytest.mark.parametrize("is_deflated", [True, False])
def test_effects_are_drawn_and_current_prices_are_said(marts, is_deflated):
    given = material(TWO_YEARS, marts(is_deflated=is_deflated, year=2012))
    chart = compare.draw_effects(given)
    assert chart.finding == "Intensity moved footprints most"
    bars = {row["effect"]: row["amount"] for row in chart.spec["data"]["values"]}
    expected = {NAMES[effect]: change for effect, change in EFFECTS.items()}
    largest = f"emissions per output, {MINUS}14.8 t"
    if not is_deflated:
        both = expected.pop("emissions per output") + expected.pop("demand per person")
        expected["demand and intensity"] = both
        largest = f"demand and intensity, {MINUS}4.75 t"
    assert bars == pytest.approx(expected)
    assert f"The largest effect: {largest}" in chart.summary
    warned = given.text("page_compare_current_prices")
    assert bool(warned) is bool(chart.notes) is not is_deflated
    table = given.table("changes/regions")
    (row,) = table.cells
    texts = {
        head.label: cell.text for head, cell in zip(table.headers, row, strict=True)
    }
    assert texts["Emissions per output"] == f"{MINUS}14.8"
    assert "Ambrook" in texts.values()


def test_the_first_year_says_why_nothing_has_changed(marts):
    (part,) = (each for each in read_page("compare").sections if each.id == "effects")
    for context, why in (
        (replace(TWO_YEARS, year=2009), "2009 is the first year"),
        # one year alone has no part on changes
        (replace(CONTEXT, year=2009), None),
    ):
        given = material(context, marts(year=2009))
        section = described._section(given, part, set())
        assert (section and section.empty.partition(",")[0]) == why
