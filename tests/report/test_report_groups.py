"""Groups of people inside regions on the pages: curves, bars, and nothing without."""

from collections.abc import Iterator
from dataclasses import replace

import duckdb
import pytest
from support.report_context import CONTEXT, NO_ROWS, as_rows
from support.report_pages import tables
from test_report_compare import material

from carbonshed.report.content import Chart
from carbonshed.report.described import Material
from carbonshed.report.pages import compare, pays
from carbonshed.report.queries import Marts, Rows

# A: 36 t of 3 people, two of them poor; B: 15 t of 2
GROUPS = [("A", "rich", 1, 17.2), ("A", "poor", 2, 18.8), ("B", "all", 2, 15)]
CURVES = {
    "households' footprint": [(0, 0), (0.4, 15 / 51), (1, 1)],
    "households' footprint, by group": [
        (0, 0),
        (0.4, 15 / 51),
        (0.8, 33.8 / 51),
        (1, 1),
    ],
}


@pytest.fixture
def pencil() -> Iterator[duckdb.DuckDBPyConnection]:
    """Two regions and their groups; a third is not ranked."""
    with duckdb.connect() as connection:
        connection.execute(
            """
            create table regions as
            select * from (values ('A', 'Ambrook'), ('B', 'Bexley'), ('C', 'Rest'))
                as t (region_id, region_name);
            create table regional_accounts as
            select 2016 as year, 'co2' as stressor_id, * from (
                values ('A', 3.0, 36.0, true), ('B', 2.0, 15.0, true),
                    ('C', 9.0, 90.0, false)
            ) as t (region_id, population, household_footprint, is_ranked);
            create table lorenz_curve as
            select
                2016 as year, 'co2' as stressor_id, 'household_footprint' as measure, *
            from (values (1, 'B', 0.4, 15 / 51), (2, 'A', 1.0, 1.0))
                as t (
                    rank_order, region_id, cumulative_population_share,
                    cumulative_amount_share
                );
            create table inequality_indices as
            select 2016 as year, 'co2' as stressor_id,
                'household_footprint' as measure, 0.105882 as gini;
            create table household_inequality as
            select 2016 as year, 'co2' as stressor_id, 0.167059 as gini_groups;
            create table household_group_footprints (
                year int, stressor_id text, region_id text, group_id text,
                group_name text, population double, emissions double
            )
            """
        )
        connection.executemany(
            "insert into household_group_footprints values"
            " (2016, 'co2', $1, $2, upper($2), $3, $4)",
            GROUPS,
        )
        yield connection


def curves_of(connection: duckdb.DuckDBPyConnection) -> Rows:
    return Marts(connection, {"year": 2016, "stressor": "co2"}).ask("compare/lorenz")


def test_one_chart_has_the_curves_of_regions_and_of_groups(pencil):
    """With pencil and paper: B has 7.5 t a head, the poor of A 9.4, the rich 17.2."""
    curves = curves_of(pencil)
    chart = compare.draw_lorenz(material(lorenz=curves))
    line = next(
        layer for layer in chart.spec["layer"] if "strokeDash" in layer["encoding"]
    )
    drawn: dict[str, list] = {}
    for row in line["data"]["values"]:
        drawn.setdefault(row["measure"], []).append((row["people"], row["share"]))
    assert drawn == {
        name: [pytest.approx(point, abs=1e-5) for point in points]
        for name, points in CURVES.items()
    }
    assert line["data"]["values"][-1]["region"] == "Ambrook, RICH"
    indices = "households' footprint 0.106; households' footprint, by group 0.167"
    assert indices in chart.summary
    assert "further from equal" in " ".join(chart.notes)
    assert len(curves) == 5


def test_a_region_without_groups_is_one(pencil):
    pencil.execute("delete from household_group_footprints where region_id = 'B'")
    names = [
        row["group_name"]
        for row in curves_of(pencil)
        if row["measure"] == "household_groups"
    ]
    assert names == [None, "POOR", "RICH"]
    pencil.execute("delete from household_group_footprints")
    assert {*curves_of(pencil).column("measure")} == {"household_footprint"}


def test_tenths_say_who_pays_and_who_gains():
    """The pencil's at 50 a tonne, of households' spending 14, 15 and 16 in all.

    A price with fewer payers is not what the page shows first.
    """
    burdens = [940 / 14] * 4 + [750 / 15] * 4 + [860 / 16] * 2
    gains = [40.0] * 4 + [135.0] * 4 + [-350.0] * 2
    with duckdb.connect() as connection:
        connection.execute(
            """
            create table carbon_price_summary as
            select 2016 as year, 'co2' as stressor_id, * from (
                values ('all', true), ('fuel', false)
            ) as t (price_id, is_default);
            create table household_inequality as
            select 2016 as year, 'co2' as stressor_id, 2 as regions_without_groups;
            create table carbon_price_by_tenth (
                year int, stressor_id text, price_id text, tenth int,
                population double, burden_spending_share double,
                sorted_by text, net_gain_per_capita double, winners_share double
            )
            """
        )
        connection.executemany(
            "insert into carbon_price_by_tenth values"
            " (2016, 'co2', $1, $2, 0.5, $3, 'spending', $4, 0.5)",
            [
                (price, tenth, burden * part, gain * part)
                for price, part in (("fuel", 0.5), ("all", 1.0))
                for tenth, (burden, gain) in enumerate(
                    zip(burdens, gains, strict=True), start=1
                )
            ],
        )
        marts = Marts(connection, {"year": 2016, "stressor": "co2"})
        tenths = marts.ask("prices/tenths")
    shown = {
        "price": 50.0,
        "household_dividend_per_capita": 510.0,
        "group_winners_population_share": 0.8,
    }
    context = replace(
        CONTEXT,
        headlines={"carbon_price_groups": "The poorest tenth pays most"},
        values={"carbon_price_groups": None},
    )
    rows = {
        "prices/tenths": tenths,
        "prices/summary": as_rows(shown),
        "prices/regions": NO_ROWS,
    }
    burden = pays.draw_tenths(Material(context, marts, pays, rows))
    (gain,) = burden.views.values()
    assert drawn_amounts(burden) == pytest.approx(
        [100 * share for share in burdens], rel=1e-5
    )
    assert burden.heading.startswith("What households bear at 50 EUR per tonne")
    assert drawn_amounts(gain) == gains
    assert gain.finding == (
        "If each person gets 510 EUR back, 80 % of the people come out ahead"
    )
    assert "Lowest spending per person: 40.0 EUR per person" in gain.summary
    assert "single year" not in " ".join(burden.notes)
    context = replace(context, values={"carbon_price_groups": 1.5})
    given = Material(context, marts, pays, rows)
    assert pays.draw_tenths(given).heading == "The poorest tenth pays most"
    assert given.text("page_pays_without_groups") == (
        "The people of 2 regions without groups are in no tenth."
    )


def drawn_amounts(chart: Chart) -> list[float]:
    return [row["amount"] for row in chart.spec["layer"][0]["data"]["values"]]


def test_without_groups_no_page_speaks_of_them(report):
    prices = (report / "pays.html").read_text("utf-8")
    compared = (report / "compare.html").read_text("utf-8")
    assert 'id="people"' not in prices
    assert "so nothing is said of rich and poor people within one" in prices
    assert "inequality within a city is not seen" in compared
    assert "by group" not in compared
    names = {row[0][0] for row in tables(report / "compare.html")["tenth-table"][1:]}
    assert len(names) == 4
