"""Years on one axis, and what changed since the first, by pencil."""

from dataclasses import replace

import pytest
from support.report_context import NO_ROWS, WORLD, as_rows
from support.report_pages import marks

from carbonshed.numbers import Scale
from carbonshed.report.content import Page
from carbonshed.report.context import Context
from carbonshed.report.described import Material
from carbonshed.report.pages import compare, over_years
from carbonshed.report.queries import Rows
from carbonshed.report.site import path_to, views_of

TONNES = Scale(1.0, "t per person")
LAST = replace(WORLD, year=2017, years={2007: "2007-co2", 2012: "2012-co2", 2017: ""})
REGIONS = (
    *("region_id", "region_name", "population", "gdp", "consumption_footprint"),
    *("production_emissions", "footprint_per_capita", "world_average_ratio"),
    *("comparator_year", "world_comparison"),
)
# t of all, people and GDP; GDP of 2012 is not known. Two towns, t per person: 2 and 4,
# 3 and 4, 8 and 5
TOTALS = {
    2007: [("A", 100.0, 50, 1e6), ("B", 200.0, 50, 1e6)],
    2012: [("A", 300.0, 100, None), ("B", 200.0, 50, None)],
    2017: [("A", 800.0, 100, 1e6), ("B", 500.0, 100, 1e6)],
}


class Given:
    """Answers of a year, in place of marts."""

    def ask_if_built(self, name: str, year: int = 2017) -> Rows:
        """Return the regions of a year, and nothing else."""
        if name != "compare/regions":
            return NO_ROWS
        return Rows(
            REGIONS,
            [
                (id_, id_, people, gdp, total, None, total / people, None, None, None)
                for id_, total, people, gdp in TOTALS[year]
            ],
        )


def drawn(context: Context):
    marts = Given()
    own = {"compare/regions": marts.ask_if_built("compare/regions", context.year)}
    return compare.draw_places(Material(context, marts, compare, own))


def axis_of(chart):
    """Return the domain of the axis and its title."""
    along = next(
        part["encoding"]["x"]
        for part in chart.spec["layer"]
        if part["mark"]["type"] == "circle"
    )
    return along["scale"]["domain"], along["title"]


def test_years_of_a_measure_share_their_axis():
    charts = {
        year: drawn(replace(LAST, year=year, folder=folder))
        for year, folder in LAST.years.items()
    }
    # zero is on it: 2 t are less than 0.4 of 8 t
    for chart in charts.values():
        assert axis_of(chart) == ([0, 8], "footprint per person (t per person)")
    values = {
        year: {row["region_id"]: row["value"] for row in marks(chart.spec, "share")}
        for year, chart in charts.items()
    }
    assert values == {
        2007: {"A": 2, "B": 4},
        2012: {"A": 3, "B": 4},
        2017: {"A": 8, "B": 5},
    }
    # areas are as people are, in all years: 50 of at most 100
    small = {
        row["region_id"]: row["share"] for row in marks(charts[2007].spec, "share")
    }
    assert small == pytest.approx({"A": 0.5**0.5, "B": 0.5**0.5}, abs=1e-3)
    assert charts[2012].finding == (
        "Footprint per person in 2012: from 3.00 t (A) to 4.00 t (B)"
    )


def test_a_page_offers_the_years_in_which_a_measure_is_known():
    first = replace(LAST, year=2012, folder="2012-co2")
    chart = drawn(first)
    assert chart.choices == {
        "Measure": ["per person", "in total", "per GDP"],
        "Year": ["2007", "2012", "2017"],
    }
    assert chart.own_answers == ("per person", "2012")
    assert [*chart.all_views] == [("per person", "2012"), ("in total", "2012")]
    assert chart.elsewhere == {
        **dict.fromkeys((("per person", "2007"), ("in total", "2007")), "2007-co2"),
        **dict.fromkeys((("per person", "2017"), ("in total", "2017")), ""),
        ("per GDP", "2007"): "2007-co2",
        ("per GDP", "2017"): "",
    }
    # the page has its own view, and of all others the folder that has them
    views = views_of(first, Page("Towns", "", [], picture=chart), chart)
    assert "spec" in views["per person\n2012"]
    assert views["in total\n2012"] == {"folder": ""}
    assert views["per GDP\n2017"] == {"folder": "../"}
    assert views["per GDP\n2007"] == {"folder": "../2007-co2/"}
    assert "per GDP\n2012" not in views
    assert path_to(LAST, "2007-co2") == "2007-co2/"


def test_one_year_asks_for_no_year():
    alone = replace(LAST, years={2017: ""}, shared={})
    chart = drawn(alone)
    assert [*chart.choices] == ["Measure"]
    assert not chart.elsewhere
    assert "2017" not in chart.finding


def line(*values: float | None, people: float = 10.0):
    """Return a region in 2007 and each five years after, with intervals of a tenth."""
    return [
        {
            "year": 2007 + 5 * number,
            "region_id": "A",
            "region_name": "A",
            "population": people,
            "footprint_per_capita": value,
            "per_capita_p05": None if value is None else 0.9 * value,
            "per_capita_p95": None if value is None else 1.1 * value,
            "production_per_capita": 1.0,
            "scope": "global",
        }
        for number, value in enumerate(values)
    ]


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        # 22.8 / 19.2 = 1.1875
        ((19.2, 20.0, 22.8), "19.2 t in 2007, 22.8 t in 2017, +19 %"),
        ((4.0, 3.0), "4.00 t in 2007, 3.00 t in 2012, \N{MINUS SIGN}25 %"),
        ((4.0, 4.0), "4.00 t in 2007, 4.00 t in 2012, hardly changed"),
        # from nothing, and to less than nothing, there is no relative change
        ((0.0, 3.0), "0 t in 2007, 3.00 t in 2012"),
        ((2.0, -3.0), "2.00 t in 2007, \N{MINUS SIGN}3.00 t in 2012"),
    ],
)
def test_a_sentence_says_both_years_and_the_change(values, sentence):
    assert over_years.sentence_of(line(*values), TONNES) == sentence


def test_footprints_that_leave_out_different_emissions_are_not_compared():
    narrow = line(4.0, 6.0)
    narrow[0]["scope"] = "global without direct emissions"
    assert over_years.change_of(narrow) is None
    assert over_years.sentence_of(narrow, TONNES) == "4.00 t in 2007, 6.00 t in 2012"


def test_of_a_compiled_table_ranges_are_said_and_no_change():
    estimated = line(4.0, 6.0)
    for row, amount in zip(estimated, ("4 to 7 t", "5 to 6 t"), strict=True):
        row["amount_in_words"] = f"{amount} per person"
    said = over_years.sentence_of(estimated, TONNES, is_compiled=True)
    assert said == "4 to 7 t in 2007, 5 to 6 t in 2012"


def rows_of(**lines: list) -> Rows:
    rows = [
        {**row, "region_id": id_, "region_name": id_}
        for id_, line_ in lines.items()
        for row in line_
    ]
    return as_rows(*rows)


def test_a_region_of_one_year_has_no_line():
    rows = rows_of(A=line(1.0, 2.0), B=line(None, 2.0))
    assert [*over_years.lines_of(rows)] == ["A"]
    given = Material(LAST, None, None, {"common/years": rows})
    assert over_years.lines_over_years(given) == {
        "unit": "t per person",
        "regions": {
            "A": {
                "text": "1.00 t in 2007, 2.00 t in 2012, +100 %",
                "points": [[2007, 1, 1, 0.9, 1.1], [2012, 2, 1, 1.8, 2.2]],
            }
        },
    }


def test_the_largest_changes_are_named_first():
    """Then the ends of the last year, and then who has most people."""
    lines = over_years.lines_of(
        rows_of(
            A=line(5.0, 5.5),
            B=line(2.0, 3.0),
            C=line(4.0, 3.0),
            D=line(1.0, 1.0),
            E=line(9.0, 9.0),
            F=line(4.0, 4.0, people=99.0),
        )
    )
    assert over_years.named_first(lines) == ["B", "C", "E", "D", "F", "A"]


def test_names_at_the_ends_of_lines_lie_apart():
    """In the order of their lines, inside a plot of 320 pixels."""
    assert over_years.apart([100.0, 102.0, 200.0]) == [100, 116, 200]
    assert over_years.apart([319.0, 318.0, 10.0]) == [320, 304, 10]
