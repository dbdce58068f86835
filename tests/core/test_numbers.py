"""A number is written the same way wherever people read it."""

from decimal import Decimal

import pytest
from support.report_context import CONTEXT

from carbonshed.numbers import (
    Scale,
    choose_scale,
    for_terminal,
    percent,
    signed_percent,
    unbroken,
)
from carbonshed.report.content import Column, make_fact, make_table
from carbonshed.report.queries import Rows

MINUS = "\N{MINUS SIGN}"


@pytest.mark.parametrize(
    ("values", "unit", "written"),
    [
        ([9.63e9], "t", ["9.63 Gt"]),
        ([340_382_274.6, -1_250_000.0], "t", ["340 Mt", "\N{MINUS SIGN}1.25 Mt"]),
        # one giant leaves the others their digits
        ([8.155e9, 615e6, 90e6], "t", ["8,155 Mt", "615 Mt", "90.0 Mt"]),
        # but is not written with more digits than can be read
        ([1.2e9, 2e3, 2e3], "t", ["1,200 Mt", "0.0020 Mt", "0.0020 Mt"]),
        ([9.63e9, 9e9, 20.0], "t", ["9.63 Gt", "9.00 Gt", "<0.0001 Gt"]),
        ([9.996], "t", ["10.0 t"]),
        ([0.0], "t", ["0 t"]),
        ([None, float("nan")], "t", ["\N{EN DASH}"] * 2),
        ([0.0042], "t per person", ["4.20 kg per person"]),
        ([26_524.72], "currency per person", ["26,525 EUR per person"]),
        ([53.4e12], "currency", ["53.4 trillion EUR"]),
        ([1_336_696_484], "person", ["1.34 billion people"]),
        ([29_588], "person", ["29,588 people"]),
        ([0.7433], "share", ["74.3 %"]),
        # a column of small shares keeps its digits
        ([0.00123, 0.0456, 0.0004], "share", ["0.123 %", "4.56 %", "0.0400 %"]),
        # rounding left this of a zero
        ([-1.1e-16, 0.5], "share", ["0.0 %", "50.0 %"]),
        ([0.5700], "ratio", ["0.57"]),
        ([0.26620], "index", ["0.266"]),
        ([12_345], "count", ["12,345"]),
        ([7], "rank", ["7"]),
        ([2012], "year", ["2012"]),
        # whole numbers of single units, and those of a unit that has no larger ones
        ([7, 12], "person", ["7 people", "12 people"]),
        ([309], "regions", ["309 regions"]),
        ([1_234_567], "", ["1,234,567"]),
        ([0.034], "probability", ["0.0340 probability"]),
        ([Decimal("9630000000")], "t", ["9.63 Gt"]),
    ],
)
def test_numbers_are_written_with_a_unit_and_three_digits(values, unit, written):
    chosen = choose_scale(values, unit, "EUR")
    assert [chosen.full(value) for value in values] == written


def test_what_is_nearly_zero_is_not_written_as_zero():
    chosen = Scale(1e6, "Mt")
    assert chosen.text(20.0) == "<0.0001"
    assert chosen.text(-20.0) == ">\N{MINUS SIGN}0.0001"
    assert chosen.text(0.0) == "0"
    assert percent(0.0004) == "<0.1 %"
    assert percent(0.5, 0) == "50 %"


def test_a_number_is_the_same_in_a_table_in_a_tile_and_in_a_sentence():
    for value, unit in ((340_382_274.6, "t"), (0.7433, "share"), (0.2662, "index")):
        rows = Rows(("value",), [(value,)])
        column = Column("value", "Value", unit)
        (header,), ((cell,),) = (
            (table := make_table(CONTEXT, "id", "Caption", rows, [column])).headers,
            table.cells,
        )
        fact = make_fact(CONTEXT, "label", value, unit)
        text = choose_scale([value], unit).full(value)
        assert f"{cell.text} {header.unit}".strip() == text
        assert f"{fact.value} {fact.unit}".strip() == text
    assert choose_scale([0.7433], "share").full(0.7433) == percent(0.7433)


def test_signs_and_powers_of_ten():
    assert signed_percent(0.255) == "+26 %"
    assert signed_percent(-0.41) == f"{MINUS}41 %"
    residual = choose_scale([-2.34e-13], "tiny").full(-2.34e-13)
    assert residual == f"{MINUS}2.3e{MINUS}13"
    assert for_terminal(residual) == "-2.3e-13"
    assert for_terminal(choose_scale([None], "t").full(None)) == "-"


@pytest.mark.parametrize(
    ("sentence", "parts"),
    [
        ("A emits 34.3 Mt for B, 4 % of all", ["34.3", "Mt"]),
        ("B: 15.9 t per person, 3 cities", ["15.9", "t", "per", "person"]),
        ("8 t each", ["8", "t"]),
        ("1.34 billion people in 26,525 regions", ["1.34", "billion", "people"]),
        ("26,525 EUR per person", ["26,525", "EUR", "per", "person"]),
    ],
)
def test_no_line_ends_within_a_number_with_its_unit(sentence, parts):
    written = unbroken(sentence)
    assert written.replace("\N{NO-BREAK SPACE}", " ") == sentence
    # Python splits at this blank too, so it is a letter here
    assert "_".join(parts) in written.replace("\N{NO-BREAK SPACE}", "_")
    kept = len(parts) - 1 + ("4 %" in sentence)
    assert written.count("\N{NO-BREAK SPACE}") == kept
