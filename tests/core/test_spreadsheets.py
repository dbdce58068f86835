"""Workbooks that are written: texts are texts, and equal content has equal bytes."""

from datetime import datetime

import pytest
from openpyxl import load_workbook

from carbonshed.report.workbook import _text, _titles
from carbonshed.spreadsheets import MAX_LETTERS, MAX_TITLE, write_sheets

NOW = datetime(2026, 11, 29, 10)
SHEETS = {
    "a": [["name", "value"], ["=1+1", 0.1], ["@SUM(A1)", float("nan")], ["#N/A", True]],
    "b": [[2, "2"]],
}


def test_a_text_is_no_formula_and_a_number_has_all_its_digits(tmp_path):
    write_sheets(SHEETS, tmp_path / "a.xlsx")
    book = load_workbook(tmp_path / "a.xlsx")
    cells = [[(cell.value, cell.data_type) for cell in row] for row in book["a"]]
    assert cells[1:] == [
        [("=1+1", "s"), (0.1, "n")],
        [("@SUM(A1)", "s"), (None, "n")],
        [("#N/A", "s"), (True, "b")],
    ]
    assert [cell.value for cell in book["b"][1]] == [2, "2"]


def test_equal_content_has_equal_bytes_and_its_moment(tmp_path):
    for name in ("a", "b"):
        write_sheets(SHEETS, tmp_path / f"{name}.xlsx", NOW)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    properties = load_workbook(tmp_path / "a.xlsx").properties
    assert (properties.created, properties.modified) == (NOW, NOW)


def test_a_full_disk_is_an_error_of_the_system(tmp_path):
    with pytest.raises(OSError, match="such file"):
        write_sheets(SHEETS, tmp_path / "absent" / "a.xlsx", NOW)


def test_sheets_have_short_names_that_differ():
    long = "x" * 40
    titles = _titles(["cover", "Flows", "flows", long, f"{long}y"])
    assert titles == [
        "cover-2",
        "Flows",
        "flows-2",
        "x" * MAX_TITLE,
        "x" * (MAX_TITLE - 2) + "-2",
    ]


def test_a_text_that_no_cell_can_hold_says_that_it_is_cut_off():
    assert _text("a\x00b") == "a b"
    cut = _text("y" * (MAX_LETTERS + 1))
    assert len(cut) == MAX_LETTERS
    assert cut.endswith("(cut off: no cell holds more; the CSV file has all)")
