"""The sentence about a region holds on every kind of region."""

import duckdb
import jinja2
import pytest

from carbonshed.paths import project_root
from carbonshed.report.context import Context
from carbonshed.report.pages.portrait import (
    Supplier,
    headline,
    numbers,
    share_in_words,
)
from carbonshed.text import spoken

DATASET = {
    "region_noun": "country",
    "region_noun_plural": "countries",
    "currency": "USD",
}
CHINA = Supplier("China", 0.6, is_largest=True)


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


def test_a_sentence_has_amount_share_and_supplier():
    sentence = headline(context(), region(), CHINA)
    assert sentence == (
        "The United States: 10.0 t each, a quarter emitted elsewhere, most in China"
    )
    sentence = headline(context(), region(region_name="District of Columbia"), None)
    assert sentence.startswith("The District of Columbia: ")
    # a shorter name leaves room for two more words
    assert headline(context(), region(region_name="Mali"), CHINA) == (
        "Mali: 10.0 t each, a quarter of it emitted elsewhere, most in China"
    )


@pytest.mark.parametrize(
    ("supplier", "end"),
    [
        (Supplier("China", 0.3, is_largest=True), "above all in China"),
        (Supplier("China", 0.3, is_largest=False), "in no country more than China"),
        (Supplier("Netherlands", 0.51, is_largest=True), "most in the Netherlands"),
    ],
)
def test_most_is_more_than_half(supplier, end):
    """And a block without a rank is not named: no country does more."""
    assert headline(context(), region(), supplier).endswith(f"elsewhere, {end}")


@pytest.mark.parametrize(
    ("columns", "sentence"),
    [
        (
            {"consumption_footprint": 0.0},
            "Mali: nothing is emitted for what is bought there",
        ),
        (
            {"consumption_footprint": -1.0},
            "Mali: its footprint is below zero, so no share of it is given",
        ),
        (
            {"footprint_per_capita": None},
            "Mali: 100 Mt, a quarter of it emitted elsewhere, most in China",
        ),
        (
            {"inflow_emissions": 0.0, "outflow_emissions": 0.0},
            "Mali: 10.0 t each, all emitted there",
        ),
        # more for others than by others
        (
            {"inflow_emissions": 0.0},
            "Mali: 10.0 t each; an eighth of its emissions serve other countries",
        ),
        (
            {"outflow_emissions": 2.6e7},
            "Mali: 10.0 t each; a fifth of its emissions serve other countries",
        ),
        # but hardly anything, or what sums contradict
        (
            {"inflow_emissions": 0.0, "outflow_emissions": 4.0e6},
            "Mali: 10.0 t each, all emitted there",
        ),
        (
            {"outflow_emissions": 1.3e8},
            "Mali: 10.0 t each, a quarter of it emitted elsewhere, most in China",
        ),
        # stocks that are used up can leave more than the whole elsewhere
        ({"inflow_emissions": 1.1e8}, "Mali: 10.0 t each"),
        (
            {"inflow_emissions": 1.0e6, "outflow_emissions": 0.0},
            "Mali: 10.0 t each, hardly any of it emitted elsewhere",
        ),
        # all, by sums that differ in their last digit
        (
            {"inflow_emissions": 1.0e8 * (1 + 1e-15)},
            "Mali: 10.0 t each, all of it emitted elsewhere, most in China",
        ),
    ],
)
def test_a_sentence_claims_only_what_holds(columns, sentence):
    assert headline(context(), region(region_name="Mali", **columns), CHINA) == sentence


def test_a_sentence_says_what_a_footprint_leaves_out():
    sentence = headline(
        context("emissions abroad caused by imports"), region(region_name="Mali"), CHINA
    )
    assert sentence == (
        "Mali: 10.0 t each without imports, a quarter emitted elsewhere, most in China"
    )
    assert len(sentence.split()) <= 14
    only_direct = context("direct emissions of households")
    assert "each without direct emissions," in headline(only_direct, region(), CHINA)


def test_a_sentence_of_long_names_stays_short():
    long = "Autonomous Territorial Collectivity of the Northern Highlands"
    sentence = headline(
        context("emissions abroad caused by imports"),
        region(region_name=long),
        Supplier(long, 0.3, is_largest=True),
    )
    assert sentence == (
        "Autonomous Territorial…: 10.0 t each without imports, a quarter emitted "
        "elsewhere"
    )
    assert headline(
        context("emissions abroad caused by imports"),
        region(region_name=long, outflow_emissions=6e7),
        None,
    ) == (
        "Autonomous Territorial…: 10.0 t each without imports; half of its emissions "
        "serve others"
    )
    # another share may fit, or none
    direct = context("direct emissions of households")
    start = "Autonomous Territorial…: 10.0 t each without direct emissions"
    exporter = region(region_name=long, outflow_emissions=9e7)
    assert headline(direct, exporter, None) == f"{start}, a quarter emitted elsewhere"
    little = region(region_name=long, outflow_emissions=9e7, inflow_emissions=1e6)
    assert headline(direct, little, None) == start
    # a name that has no blank, and one that fits as it is
    assert headline(context(), region(region_name="B" * 80), None) == (
        f"{'B' * 29}…: 10.0 t each, a quarter emitted elsewhere"
    )
    sentence = headline(
        context(), region(region_name="Mali"), Supplier(long, 0.6, True)
    )
    assert sentence.endswith(" elsewhere, most in Autonomous Territorial…")


def test_words_are_near_the_share():
    """A share is named by one that differs by five points at most."""
    named = {
        "hardly any": 0,
        "little": 3,
        "a twentieth": 5,
        "a twelfth": 100 / 12,
        "a tenth": 10,
        "an eighth": 12.5,
        "a seventh": 100 / 7,
        "a sixth": 100 / 6,
        "a fifth": 20,
        "a quarter": 25,
        "three tenths": 30,
        "a third": 100 / 3,
        "two fifths": 40,
        "nearly half": 45,
        "half": 50,
        "over half": 55,
        "three fifths": 60,
        "two thirds": 200 / 3,
        "seven tenths": 70,
        "three quarters": 75,
        "four fifths": 80,
        "nine tenths": 90,
        "nearly all": 100,
    }
    for percent in range(101):
        assert abs(named[share_in_words(percent / 100)] - percent) <= 5, percent


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
