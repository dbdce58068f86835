"""A published table of imports, and the mix of imports by sector."""

import numpy as np
import pytest
from support.refusals import refused

from carbonshed.accounting.competitive_imports import (
    mix_of_products,
    mix_of_rows,
    subtract_imports,
)

USE = np.array([[10.0, 30.0], [20.0, 0.0]])
DEMAND = np.array([[50.0, 10.0], [25.0, -5.0]])


def test_published_imports_are_subtracted_and_excess_is_named():
    imported = np.array([[4.0, 31.0], [0.0, 0.0]])
    nothing = np.zeros((2, 2)), np.zeros(2)
    split, decisions = subtract_imports(
        (USE, DEMAND, np.zeros(2)), (imported, *nothing), ["ore", "tea"], "a.csv"
    )
    assert split.transactions.tolist() == [[6.0, -1.0], [20.0, 0.0]]
    assert split.imports_by_sector.tolist() == [4.0, 31.0]
    (only,) = decisions
    # -5 of stocks was there before and is no excess of imports
    assert (
        "imports exceed total use in 1 cells of transactions, by 1 in all" in only.text
    )
    assert "in rows ore" in only.text


def test_a_table_of_imports_of_another_shape_is_refused():
    total = USE, DEMAND, np.zeros(2)
    with refused("the same rows and columns"):
        subtract_imports(total, (USE[:1], DEMAND, np.zeros(2)), ["ore", "tea"], "a.csv")


def test_the_mix_adds_up_the_regions_of_rows():
    # two regions, two sectors, one user
    bought = np.array([[1.0], [2.0], [10.0], [20.0]])
    mix = mix_of_rows(np.zeros((4, 4)), bought, 2)
    assert mix[:, 4].tolist() == [11.0, 22.0]


def test_imported_products_count_as_the_industries_that_make_them():
    # both make the first, the second makes the second, nobody the third
    shares = np.array([[0.75, 0.0, 0.0], [0.25, 1.0, 0.0]])
    bought = np.array([[4.0, 0.0], [1.0, 0.0], [5.0, 7.0]])
    mix = mix_of_products(bought, np.zeros((3, 1)), shares)
    assert mix[:, 0] == pytest.approx([3.0 * 2, 2.0 * 2])
    # a buyer of the third alone has no known mix
    assert mix[:, 1].tolist() == [0.0, 0.0]
