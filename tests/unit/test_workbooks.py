"""Workbooks: addresses, numbers, sheets by name, and cells that are none of it."""

import datetime

import numpy as np
import openpyxl
import pytest
from openpyxl.utils import get_column_letter

from carbonshed.errors import CarbonshedError
from carbonshed.readers.common.workbooks import (
    Workbook,
    amount_of,
    cell_name,
    numbers_of,
    pad,
    text_of,
)


def test_addresses():
    for column in range(2000):
        assert cell_name(6, column) == f"{get_column_letter(column + 1)}7"


def test_texts():
    assert text_of(None) == ""
    assert text_of("  two\n words ") == "two words"
    assert text_of(12.0) == "12"
    assert text_of(12.5) == "12.5"


def test_numbers_of_a_row():
    found = numbers_of([1, 2.5, None, "  ", -3], "a.xlsx", 4, 3)
    np.testing.assert_array_equal(found, [1, 2.5, np.nan, np.nan, -3])


@pytest.mark.parametrize(
    ("value", "part"),
    [
        ("1.5", "'1.5', a text"),
        ("n.a.", "'n.a.', a text"),
        (True, "'True', a truth value"),
        (datetime.datetime(2012, 1, 2), "a date"),
        (float("inf"), "'inf', not finite"),
        (10**400, "not finite"),
    ],
)
def test_what_is_no_number(value, part):
    with pytest.raises(CarbonshedError) as refusal:
        numbers_of([1, value], "a.xlsx: sheet 'Z'", 4, 3)
    assert str(refusal.value).startswith("a.xlsx: sheet 'Z': cell E5 is ")
    assert part in str(refusal.value)


def test_amounts():
    assert amount_of(2, "x") == 2.0
    for value in (-1, None, "2", True, float("nan"), float("inf")):
        with pytest.raises(CarbonshedError, match=r"cell A1 is .* expected an amount"):
            amount_of(value, "cell A1")


def test_pad():
    assert pad((1, 2), 3) == (1, 2, None)
    assert pad((1, 2, 3), 2) == (1, 2)


def test_sheets_by_name(tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "Sector "
    for number in range(9):
        book.create_sheet(f"Table_{number} English Version").append(["a", None, number])
    book.save(tmp_path / "a.xlsx")
    with Workbook(tmp_path / "a.xlsx") as opened:
        assert opened.find("sector") == "Sector "
        assert opened.find("TABLE_3_English Version") == "Table_3 English Version"
        assert opened.find("Province") is None
        assert list(opened.rows("Table_4 English Version")) == [("a", None, 4)]
        with pytest.raises(
            CarbonshedError, match=r"no sheet 'Province'; .* and 2 more"
        ):
            opened.require("Province")


def test_where_there_is_no_workbook(tmp_path):
    for path, part in (
        (tmp_path, "is a folder"),
        (tmp_path / "b.xlsx", "no such file"),
    ):
        with pytest.raises(CarbonshedError, match=part):
            Workbook(path)
