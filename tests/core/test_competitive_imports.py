"""Imports taken out of the cells of a table in proportion."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from support.refusals import refusal_of, refused

from carbonshed.accounting.competitive_imports import (
    correct_negative_imports,
    describe_split,
    import_shares,
    split_imports,
)

# by pencil: two products, two final users
USE = np.array([[10.0, 30.0], [20.0, 0.0]])
DEMAND = np.array([[50.0, 10.0], [25.0, -5.0]])
IMPORTS = np.array([20.0, 8.0])


def pencil():
    shares = import_shares(
        USE.sum(axis=1) + DEMAND.sum(axis=1), IMPORTS, ["ore", "tea"], "a.csv"
    )
    return split_imports(USE, DEMAND, shares)


def test_shares_are_imports_over_domestic_use():
    # 20 of 10 + 30 + 50 + 10; 8 of 20 + 25 - 5
    assert pencil().shares == pytest.approx([0.2, 0.2])


def test_every_cell_gives_its_share():
    split = pencil()
    assert split.transactions == pytest.approx(np.array([[8.0, 24.0], [16.0, 0.0]]))
    assert split.final_demand == pytest.approx(np.array([[40.0, 8.0], [20.0, -4.0]]))


def test_imports_are_counted_by_buyer():
    split = pencil()
    assert split.imports_by_sector == pytest.approx([2.0 + 4.0, 6.0])
    assert split.imports_by_user == pytest.approx([10.0 + 5.0, 2.0 - 1.0])


def test_the_sentence_has_the_totals():
    text = describe_split(pencil(), ["ore", "tea"], "million EUR").text
    assert "28 million EUR in all, 12 bought by sectors and 16 by final users" in text
    assert "largest share 0.2 (ore)" in text


@pytest.mark.parametrize(
    ("use", "imports", "named"),
    [
        ([100.0, 40.0], [20.0, 41.0], "tea: imports 41, domestic use 40"),
        ([100.0, 40.0], [-1.0, 8.0], "ore: imports -1"),
        ([0.0, 40.0], [1.0, 8.0], "ore: imports 1, domestic use 0"),
        ([-5.0, 40.0], [1.0, 8.0], "ore"),
    ],
)
def test_imports_beyond_domestic_use_are_refused(use, imports, named):
    error = refusal_of(
        import_shares, np.array(use), np.array(imports), ["ore", "tea"], "a.csv"
    )
    assert named in error
    assert error.startswith("a.csv: imports of 1 rows")


def test_a_product_that_nobody_uses_or_imports_has_no_share():
    shares = import_shares(np.zeros(1), np.zeros(1), ["ore"], "a.csv")
    assert shares.tolist() == [0.0]


@given(
    arrays(float, (3, 3), elements=st.floats(0, 1e6)),
    arrays(float, (3, 2), elements=st.floats(0, 1e6)),
    arrays(float, 3, elements=st.floats(0, 1)),
)
def test_nothing_is_lost_or_made(use, demand, part):
    imports = part * (use.sum(axis=1) + demand.sum(axis=1))
    total = use.sum(axis=1) + demand.sum(axis=1)
    shares = import_shares(total, imports, ["a", "b", "c"], "a.csv")
    split = split_imports(use, demand, shares)
    rows = split.transactions.sum(axis=1) + split.final_demand.sum(axis=1)
    assert rows == pytest.approx(total - imports, rel=1e-9, abs=1e-6)
    columns = split.transactions.sum(axis=0) + split.imports_by_sector
    assert columns == pytest.approx(use.sum(axis=0), rel=1e-9)
    columns = split.final_demand.sum(axis=0) + split.imports_by_user
    assert columns == pytest.approx(demand.sum(axis=0), rel=1e-9)
    assert split.imports_by_sector.sum() + split.imports_by_user.sum() == (
        pytest.approx(imports.sum(), rel=1e-9)
    )


def test_exports_may_hold_imports_in_proportion():
    # 20 of 100 used at home and 100 sent abroad: a tenth of each
    exports = np.array([100.0, 0.0])
    used = USE.sum(axis=1) + DEMAND.sum(axis=1)
    shares = import_shares(used, IMPORTS, ["ore", "tea"], "a.csv", exports)
    split = split_imports(USE, DEMAND, shares, exports, "proportional")
    assert shares == pytest.approx([0.1, 0.2])
    assert split.exports == pytest.approx([90.0, 0.0])
    assert split.re_exports == pytest.approx([10.0, 0.0])
    assert split.imported_final_demand[0] == pytest.approx([5.0, 1.0])
    text = describe_split(split, ["ore", "tea"], "million EUR").text
    assert "10 of imports are re-exports, by the same share" in text


def test_imports_beyond_use_and_exports_are_refused():
    with refused("there would be negative output"):
        import_shares(
            np.array([30.0]), np.array([41.0]), ["tea"], "a.csv", np.array([10.0])
        )


def test_a_few_negative_imports_are_exports():
    imports, exports, decisions = correct_negative_imports(
        np.array([1000.0, -3.0]), np.array([5.0, 7.0]), ["ore", "tea"], "a.csv"
    )
    assert (imports.tolist(), exports.tolist()) == ([1000.0, 0.0], [5.0, 10.0])
    assert "imports of 1 rows are negative, -3 in all (tea -3)" in decisions[0].text


def test_imports_printed_as_deductions_are_refused():
    with refused("`sign: -1`"):
        correct_negative_imports(-IMPORTS, np.zeros(2), ["ore", "tea"], "a.csv")
