"""Supply and use to a symmetric table: a textbook, a pencil and BEA's tables."""

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from python_calamine import CalamineWorkbook
from support.printed import printed
from support.refusals import refusal_of, refused

from carbonshed.accounting.supply_use import (
    TAX_COMPONENT,
    SupplyUse,
    UseTable,
    move_margins,
    symmetric_table,
    take_out_taxes,
)

# Miller and Blair (2009), chapter 5: two commodities, two industries; no trade
BOOK = SupplyUse(
    products=["1", "2"],
    industries=["1", "2"],
    supply=np.array([[90.0, 10.0], [0.0, 100.0]]),
    use=UseTable(
        np.array([[12.0, 8.0], [10.0, 7.0]]),
        np.array([[80.0], [83.0]]),
        np.zeros(2),
    ),
    imports=np.zeros(2),
    value_added={"value_added": np.array([68.0, 95.0])},
)


def codes(table):
    return [decision.code for decision in table.decisions]


def test_industry_by_industry_of_the_book():
    table = symmetric_table(BOOK, "book")
    coefficients = table.transactions / table.output
    assert coefficients[0].tolist() == [printed(0.120, 3), printed(0.065, 3)]
    assert coefficients[1].tolist() == [printed(0.124, 3), printed(0.071, 3)]
    assert table.output == pytest.approx([90, 110])
    assert table.final_demand[:, 0] == pytest.approx([0.9 * 80, 0.1 * 80 + 83])


def test_product_by_product_of_the_book():
    table = symmetric_table(BOOK, "book", model="B")
    coefficients = table.transactions / table.output
    assert coefficients[0].tolist() == [printed(0.127, 3), printed(0.073, 3)]
    assert coefficients[1].tolist() == [printed(0.106, 3), printed(0.064, 3)]
    # industry 2 makes a tenth of commodity 1: 68 + 95 x 10 / 110
    assert table.value_added["value_added"] == pytest.approx(
        [68 + 95 / 11, 95 * 10 / 11]
    )


# by pencil: a good, a trade service that is also bought for itself; taxes on the good
PENCIL = SupplyUse(
    products=["bread", "trade"],
    industries=["bakers", "shops"],
    supply=np.array([[60.0, 0.0], [0.0, 30.0]]),
    use=UseTable(
        np.array([[20.0, 0.0], [10.0, 0.0]]),
        np.array([[60.0], [0.0]]),
        np.array([20.0, 0]),
    ),
    imports=np.array([10.0, 0.0]),
    value_added={"wages": np.array([32.0, 30.0])},
    is_at_basic_prices=False,
    margins={"trade": np.array([20.0, -20.0])},
    taxes=np.array([10.0, 0.0]),
)


def test_margins_and_taxes_are_taken_out_by_hand():
    # a fifth of the price of bread is margin and a tenth is tax
    moved = move_margins(PENCIL.use, PENCIL.margins, PENCIL.products, "a.xlsx")
    assert moved.intermediate == pytest.approx(np.array([[16.0, 0], [14.0, 0]]))
    assert moved.final[:, 0] == pytest.approx([48.0, 12.0])
    assert moved.exports == pytest.approx([16.0, 4.0])
    basic, taxes = take_out_taxes(moved, PENCIL.taxes, PENCIL.products, "a.xlsx")
    assert basic.intermediate[:, 0] == pytest.approx([14.0, 14.0])
    assert taxes.intermediate[:, 0] == pytest.approx([2.0, 0.0])
    assert basic.total == pytest.approx([70.0, 30.0])


def test_the_whole_way_by_hand():
    table = symmetric_table(PENCIL, "a.xlsx", unit="million EUR")
    # bread at basic prices: 14 to bakers, 42 to households, 14 abroad; imports are
    # 10 of the 56 used at home
    assert table.transactions == pytest.approx(np.array([[11.5, 0], [14.0, 0]]))
    assert table.final_demand[:, 0] == pytest.approx([34.5, 12.0])
    assert table.exports == pytest.approx([14.0, 4.0])
    assert table.imported_transactions == pytest.approx(np.array([[2.5, 0], [0, 0]]))
    assert table.value_added[TAX_COMPONENT] == pytest.approx([2.0, 0.0])
    assert "2 of taxes are paid by industries" in table.decisions[0].text
    rows = table.transactions.sum(axis=1) + table.final_demand.sum(axis=1)
    assert rows + table.exports == pytest.approx(table.output)


def test_re_exports_in_proportion_by_hand():
    table = symmetric_table(PENCIL, "a.xlsx", re_exports="proportional")
    # 10 of 70, exports among it
    assert table.exports == pytest.approx([12.0, 4.0])
    assert table.imported_final_demand[0, 0] == pytest.approx(6.0)


def test_a_table_of_imports_is_subtracted():
    imported = UseTable(
        np.array([[3.0, 0.0], [0.0, 0.0]]), np.array([[7.0], [0.0]]), np.zeros(2)
    )
    table = symmetric_table(replace(PENCIL, imports=imported), "a.xlsx")
    assert table.transactions[0, 0] == pytest.approx(11.0)
    assert table.imported_final_demand[:, 0] == pytest.approx([7.0, 0.0])


def test_carriage_inside_the_price_of_imports_is_an_export():
    # of 10 paid for imported bread, 1 went to a carrier at home
    tables = replace(
        PENCIL,
        supply=np.array([[60.0, 0.0], [0.0, 31.0]]),
        cif_fob=np.array([0.0, -1.0]),
    )
    table = symmetric_table(tables, "a.xlsx")
    assert table.exports == pytest.approx([14.0, 5.0])
    assert "cif_fob" in codes(table)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            {"margins": {}},
            "at purchasers' prices and the map has no margins by product",
        ),
        ({"margins": {}, "taxes": None}, "no margins and no taxes by product"),
        ({"margins": {"trade": np.array([20.0, -5.0])}}, "expected a sum of zero"),
        # said to be at basic prices, and not so
        ({"is_at_basic_prices": True}, "a use table at purchasers' prices looks so"),
        ({"supply": np.array([[60.0, 30.0]])}, "supply is 1 x 2; expected 2 x 2"),
        ({"imports": np.array([10.0, -8.0])}, "say `sign: -1` in the map"),
        ({"imports": np.array([57.0, 0.0])}, "say `re_exports: proportional`"),
        # bread is eaten and not baked
        ({"supply": np.array([[0.0, 0.0], [60.0, 30.0]])}, "miss the supply table"),
    ],
)
def test_what_does_not_fit_is_refused(change, words):
    error = refusal_of(symmetric_table, replace(PENCIL, **change), "a.xlsx")
    assert words in error
    assert error.startswith("a.xlsx: ")


def test_a_product_that_nobody_makes_is_refused():
    tables = replace(
        BOOK,
        supply=np.array([[90.0, 10000.0], [0.0, 0.0]]),
        use=UseTable(
            BOOK.use.intermediate, np.array([[10070.0], [-16.0]]), np.zeros(2)
        ),
    )
    with refused("the supply table has no output of them"):
        symmetric_table(tables, "a.xlsx")


def test_a_supply_table_of_industries_by_products_is_refused():
    tables = replace(BOOK, supply=BOOK.supply.T)
    with refused("lies the other way round"):
        symmetric_table(tables, "a.xlsx")


def test_negative_supply_is_kept_and_counted():
    supply = np.array([[90.0, 10.0], [-1.0, 101.0]])
    table = symmetric_table(replace(BOOK, supply=supply), "a.xlsx")
    assert (
        "1 cells of the supply table are negative, -1 in all" in table.decisions[0].text
    )
    assert (table.transactions[0] < 0.9 * BOOK.use.intermediate[0]).all()


@given(
    arrays(float, (3, 2), elements=st.floats(0.1, 1e6)),
    arrays(float, (3, 3), elements=st.floats(0.01, 1)),
    st.sampled_from(["D", "B"]),
)
def test_rows_and_columns_keep_their_sums(supply, parts, model):
    made = supply.sum(axis=1)
    spread = parts / parts.sum(axis=1, keepdims=True) * made[:, np.newaxis]
    use = UseTable(spread[:, :2], spread[:, 2:], np.zeros(3))
    value_added = supply.sum(axis=0) - use.intermediate.sum(axis=0)
    tables = SupplyUse(
        ["a", "b", "c"], ["i", "j"], supply, use, np.zeros(3), {"v": value_added}
    )
    table = symmetric_table(tables, "a.xlsx", model=model)
    rows = table.transactions.sum(axis=1) + table.final_demand.sum(axis=1)
    columns = table.transactions.sum(axis=0) + table.value_added["v"]
    scale = 1e-9 * made.sum()
    assert rows == pytest.approx(table.output, abs=scale)
    assert columns == pytest.approx(table.output, abs=scale)
    assert (table.transactions >= 0).all()


open_once = lru_cache(CalamineWorkbook.from_path)


def bea(folder, year):
    """Read supply and use of a year by the codes of the office; '...' is nothing."""
    sheets = []
    for name in ("supply", "use"):
        sheet = open_once(folder / f"{name}-master.xlsx").get_sheet_by_name(str(year))
        rows = sheet.to_python(skip_empty_area=False)
        codes = [str(code) for code in rows[5]]
        cells = {
            str(row[0]): {
                code: 0.0 if value in ("...", "") else float(value)
                for code, value in zip(codes[2:], row[2:], strict=True)
            }
            for row in rows[7:]
        }
        sheets.append((cells, codes))
    return sheets


@pytest.mark.real
@pytest.mark.parametrize("year", range(1997, 2021))
def test_bea(real_data, year):
    """Against the formulas, cell by cell, from an independent reading."""
    (made, heads), (used, use_heads) = bea(real_data / "workbooks" / "usa_bea", year)
    industries = heads[2 : heads.index("T007")]
    products = [code for code in made if code != "T017"]
    users = use_heads[use_heads.index("T001") + 1 : use_heads.index("T019")]
    users.remove("F040")

    def block(cells, rows, columns):
        return np.array([[cells[row][column] for column in columns] for row in rows])

    supply, use = block(made, products, industries), block(used, products, industries)
    final, abroad = block(used, products, users), block(used, products, ["F040"])[:, 0]
    column = {code: block(made, products, [code])[:, 0] for code in heads[-11:]}
    rows = {
        code: block(used, [code], industries)[0] for code in ("V001", "V003", "T00OTOP")
    }
    taxes = column["MDTY"] + column["TOP"] + column["SUB"]
    margins = {"trade": column["Trade"], "transport": column["Trans"]}
    tables = SupplyUse(
        products,
        industries,
        supply,
        UseTable(use, final, abroad),
        column["MCIF"],
        rows,
        is_at_basic_prices=False,
        margins=margins,
        taxes=taxes,
        cif_fob=column["MADJ"],
    )
    table = symmetric_table(tables, "bea", re_exports="proportional")

    paid = np.column_stack([use, final, abroad])
    total = paid.sum(axis=1)
    basic = paid.copy()
    for p in range(len(products)):
        for margin in margins.values():
            if margin[p] > 0:
                basic[p] -= margin[p] / total[p] * paid[p]
            if margin[p] < 0:
                earned = sum(
                    margin[q] / total[q] * paid[q]
                    for q in range(len(products))
                    if margin[q] > 0
                )
                basic[p] += margin[p] / margin[margin < 0].sum() * earned
        if taxes[p]:
            basic[p] -= taxes[p] * basic[p] / basic[p].sum()
    extra = np.maximum(-column["MCIF"], 0) - column["MADJ"]
    basic[:, -1] += extra
    imports = np.maximum(column["MCIF"], 0)
    share = imports / basic.sum(axis=1)
    domestic = basic * (1 - share)[:, np.newaxis]
    expected = np.zeros((len(industries), domestic.shape[1]))
    for i in range(len(industries)):
        for p in range(len(products)):
            expected[i] += supply[p, i] / supply[p].sum() * domestic[p]
    n = len(industries)
    scale = 1e-9 * total.max()
    assert table.transactions == pytest.approx(expected[:, :n], abs=scale)
    assert table.final_demand == pytest.approx(expected[:, n:-1], abs=scale)
    assert table.exports == pytest.approx(expected[:, -1], abs=scale)

    # what an industry pays is what it paid, and the office's output to its rounding
    spent = table.transactions.sum(axis=0) + table.imported_transactions.sum(axis=0)
    taxed = spent + table.value_added[TAX_COMPONENT]
    assert taxed == pytest.approx(use.sum(axis=0), rel=1e-9)
    mixed, n_buyers = table.imported_products.sum(axis=0), len(industries)
    assert mixed[:n_buyers] == pytest.approx(table.imported_transactions.sum(axis=0))
    output = block(used, ["T018"], industries)[0]
    assert taxed + sum(rows.values()) == pytest.approx(output, abs=10)
    sold = table.transactions.sum(axis=1) + table.final_demand.sum(axis=1)
    # the file itself misses by 180 in a row of 2002 and by 112 in one of 2020
    assert sold + table.exports == pytest.approx(
        output, abs=10 if year not in (2002, 2020) else 180
    )
    assert (min(supply.ravel()) < 0) == ("negative_supply" in codes(table))


def croatia(folder):
    """Read blocks of the transmission tables of 2010 by the address of a corner."""
    book = open_once(folder / "croatia_dzs_2010" / "Croatia_2010.xlsx")
    cells = book.get_sheet_by_name("Table data english").to_python(
        skip_empty_area=False
    )

    def block(row, column, width=65):
        lines = cells[row - 1 : row + 64]
        return np.array(
            [[float(v or 0) for v in line[column : column + width]] for line in lines]
        )

    return cells, block


@pytest.mark.real
def test_an_office_has_made_the_same_symmetric_table(real_data):
    """Croatia's tables 1500, 1611 and 1612 give its tables 1800 and 1900: model B."""
    cells, block = croatia(real_data / "workbooks")
    users = [68, 69, 70, 72, 73, 74]  # without their subtotals
    domestic, imported = (
        UseTable(
            block(row, 2),
            np.hstack([block(row, column, 1) for column in users]),
            block(row, 81, 1)[:, 0],
        )
        for row in (264, 354)
    )
    names = [str(row[0]) for row in cells[5:70]]
    tables = SupplyUse(names, names, block(6, 2), domestic.plus(imported), imported)
    table = symmetric_table(tables, "croatia", model="B")
    published, bought = block(522, 2), block(605, 2)
    assert table.transactions == pytest.approx(published, abs=1e-9 * published.max())
    assert table.imported_transactions == pytest.approx(bought, abs=1e-9 * bought.max())


@pytest.mark.real
def test_rates_of_rows_come_near_margins_by_cell(real_data):
    """Croatia prints use at both prices: what one rate for a row is worth."""
    cells, block = croatia(real_data / "workbooks")
    users = [68, 69, 70, 72, 73, 74]
    names = [str(row[0]) for row in cells[5:70]]
    dear = UseTable(
        block(88, 2),
        np.hstack([block(88, column, 1) for column in users]),
        block(88, 81, 1)[:, 0],
    )
    published = block(175, 2)
    margins, taxes = block(6, 74, 1)[:, 0], block(6, 75, 1)[:, 0]
    use = move_margins(dear, {"margins": margins}, names, "croatia")
    basic, _ = take_out_taxes(use, taxes, names, "croatia")
    size = published.sum()
    # 28 % of intermediate use would be in wrong cells at purchasers' prices
    assert np.abs(dear.intermediate - published).sum() / size > 0.25
    assert np.abs(basic.intermediate - published).sum() / size < 0.06
    assert np.abs(basic.intermediate.sum(axis=0) - published.sum(axis=0)).sum() < (
        0.02 * size
    )
