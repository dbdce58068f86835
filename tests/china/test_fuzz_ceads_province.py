"""Workbooks of CEADs spoilt at random: the same flows come out, or a refusal."""

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.layouts.ceads_inventories import write_provincial
from support.layouts.ceads_province import province_system, write_province

from carbonshed.errors import CarbonshedError
from carbonshed.readers.china.inventories import (
    read_provincial_inventory,
)
from carbonshed.readers.china.province import read_ceads_province
from carbonshed.readers.options import IngestOptions

pytestmark = pytest.mark.slow

SHEETS = ("Table_2018", "Table_2018_English Version")
WIDTH, HEIGHT = 40, 31
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**12), 10**12),
    st.floats(allow_nan=False, allow_infinity=False, width=32),
    st.sampled_from(
        ["", " ", "n.a.", "01", "24", "TIU", "GO", "IM", "FU101", "CO2", "北京", "河北"]
    ),
    st.text(max_size=3).filter(str.isprintable),
)
CELLS = st.tuples(
    st.just("cell"),
    st.sampled_from(SHEETS),
    st.integers(1, HEIGHT),
    st.integers(1, WIDTH),
    VALUES,
)
LINES = st.tuples(
    st.sampled_from(["delete_rows", "insert_rows", "delete_cols", "insert_cols"]),
    st.sampled_from(SHEETS),
    st.integers(1, HEIGHT),
)
NAMES = st.tuples(
    st.just("rename"),
    st.sampled_from(SHEETS),
    st.sampled_from(["Table", "Table_2020", "Table_2018_consistent", "Data", "Note2"]),
)
BOUNDED = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def spoil(mutations):
    def change(sheets):
        for kind, name, *rest in mutations:
            sheet = sheets[name]
            for area in list(sheet.merged_cells.ranges):
                sheet.unmerge_cells(str(area))
            if kind == "cell":
                row, column, value = rest
                sheet.cell(row, column).value = value
            elif kind == "rename":
                sheet.title = rest[0]
            else:
                getattr(sheet, kind)(rest[0])

    return change


def outcome(function, *arguments):
    """Return what a function returns, or None and the refusal in words."""
    try:
        return function(*arguments), ""
    except CarbonshedError as refusal:
        return None, str(refusal)


def read(path):
    """Return the table, None if it was refused in words for people."""

    def checked():
        table = read_ceads_province(path, IngestOptions("a"), lambda *_: None)
        table.check()
        return table

    table, refusal = outcome(checked)
    assert table is not None or path.name in refusal
    return table


@given(
    mutations=st.lists(st.one_of(CELLS, CELLS, LINES, NAMES), min_size=1, max_size=3)
)
@BOUNDED
def test_a_spoilt_table(tmp_path_factory, mutations):
    path = tmp_path_factory.getbasetemp() / "spoilt.xlsx"
    system = province_system(2018)
    year = system.years[2018]
    write_province(path, system, spoil(mutations))
    table = read(path)
    if table is None:
        return
    # whatever holds a published sum is there unchanged, in its place
    sums = year.transactions.sum(1), year.final_demand.sum((1, 2))
    blocks = table.transactions, table.final_demand
    expected = year.transactions, year.final_demand.reshape(len(sums[0]), -1)
    for block, ours, size in zip(blocks, expected, sums, strict=True):
        assert np.abs(block - ours).max() <= 1e-6 * size.max()
    earned = np.array(list(table.value_added.values()))
    assert np.abs(earned - year.value_added).max() <= 1e-6 * earned.sum(0).max()


@given(
    mutations=st.lists(
        st.tuples(
            st.sampled_from(["Beijing", "Hebei", "NOTE"]),
            st.integers(1, 52),
            st.sampled_from([1, 2, 22, 23, 24]),
            VALUES,
        ),
        min_size=1,
        max_size=3,
    )
)
@BOUNDED
def test_a_spoilt_inventory(tmp_path_factory, mutations):
    path = tmp_path_factory.getbasetemp() / "inventory.xlsx"
    amounts = np.random.default_rng(3).gamma(0.5, size=(2, 47))
    amounts *= 9742.7 / amounts.sum()

    def change(sheets):
        for name, row, column, value in mutations:
            sheets[name].cell(row, column).value = value

    write_provincial(
        path, 2012, dict(zip(("Beijing", "Hebei"), amounts, strict=True)), change
    )
    inventory, refusal = outcome(read_provincial_inventory, path, 2012)
    if inventory is None:
        assert path.name in refusal
        return
    assert math.isclose(inventory.total, amounts.sum(), rel_tol=1e-5)


def test_the_workbook_that_is_spoilt_is_good(tmp_path: Path):
    """Otherwise the tests above would pass on refusals alone."""
    assert read(write_province(tmp_path / "t.xlsx", province_system(2018))) is not None
