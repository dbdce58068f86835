"""The large numbers of a region, and names as they are spoken."""

import duckdb
import jinja2

from carbonshed.paths import project_root
from carbonshed.report.context import Context
from carbonshed.report.pages.portrait import numbers
from carbonshed.text import spoken

DATASET = {
    "region_noun": "country",
    "region_noun_plural": "countries",
    "currency": "USD",
}


def context(leaves_out: str = "") -> Context:
    return Context(
        DATASET,
        2011,
        "co2",
        "Carbon dioxide",
        "t",
        "",
        "domestic" if leaves_out else "global",
        leaves_out,
        bool(leaves_out),
        bool(leaves_out),
    )


def region(**columns: object) -> dict:
    """Return a region of 10 million people: 100 Mt, 25 of them elsewhere.

    It emits 120 Mt: 15 Mt serve other regions, and 30 Mt go abroad.
    """
    return {
        "region_name": "United States",
        "population": 10_000_000,
        "consumption_footprint": 1.0e8,
        "footprint_per_capita": 10.0,
        "inflow_emissions": 2.5e7,
        "outflow_emissions": 1.5e7,
        "production_emissions": 1.2e8,
    } | columns


def test_large_numbers_are_four_at_most_with_what_they_compare_with():
    figures = numbers(
        context(), region(), None, "", {}, ["mean 8.00", "the world 5.00"]
    )
    assert [
        (figure.label, figure.value, figure.unit, figure.note) for figure in figures
    ] == [
        ("footprint per person", "10.0", "t per person", "mean 8.00, the world 5.00"),
        ("footprint", "100", "Mt", ""),
        ("emitted there", "120", "Mt", "20 % more than its footprint"),
        ("emitted elsewhere for it", "25.0", "Mt", "25 % of its footprint"),
    ]
    full = {"full_footprint_per_capita": 12.0}
    gap = context("emissions abroad caused by imports")
    figures = numbers(
        gap, region(), full, "with imports", {}, ["mean 8.00", "world 5.00"]
    )
    # a footprint without imports does not stand beside the world
    assert [(figure.label, figure.note) for figure in figures[:2]] == [
        ("footprint per person, without imports", "mean 8.00"),
        ("per person, with imports", "world 5.00"),
    ]
    assert len(figures) == 4
    unpeopled = region(population=None, footprint_per_capita=None)
    assert len(numbers(context(), unpeopled, None, "", {}, [""])) == 3


def test_names_take_an_article_as_in_the_sentences_of_the_marts():
    """The macro of the findings and the sentence of a region agree on every name."""
    macro = (project_root() / "macros" / "spoken_name.sql").read_text("utf-8")
    sql = jinja2.Template(macro + "{{ spoken_name('name', 'noun') }}").render()
    names = (
        *("United Arab Emirates", "United States", "Netherlands", "New Netherlands"),
        *("Czech Republic", "Republic of Korea", "Russian Federation", "Gambia"),
        *("Solomon Islands", "Isle of Man", "District of Columbia", "Oaxaca", "Texas"),
    )
    for noun in ("country", "state"):
        for name in names:
            (expected,) = duckdb.execute(
                f"select {sql} from (select ? as name, ? as noun)", [name, noun]
            ).fetchone()
            assert spoken(name, noun) == expected, (name, noun)
