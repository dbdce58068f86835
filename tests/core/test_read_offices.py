"""Tables as offices print them, in small: read equal, or refused with the remedy.

A case spoils the nation of `support.layouts.office` and its map. Those of `RIGHT` are
read as the nation. Of a refusal ^ is the begin, $ the end, and ... whatever text.
"""

import re
from functools import reduce
from operator import getitem

import numpy as np
import pytest
from support.layouts import office
from support.layouts.office import Office, assert_nation, blocks, head, printed, texts
from support.refusals import refusal_of
from support.xls import write_xls

from carbonshed.accounting.closure import far_off
from carbonshed.errors import CarbonshedError

MIX = np.hstack([office.IMPORTED, office.IMPORTED_BY_USERS])
RIGHT = {}
REFUSED = []  # the case before, what spoils it, and the refusal


def right(spoil):
    """Add a case that is read as the nation."""
    RIGHT[spoil.__name__] = spoil
    return spoil


def refused(text, like=lambda file: None):
    """Add a case that is refused, after another one."""

    def add(spoil):
        REFUSED.append((like, spoil, text))
        return spoil

    return add


def drop(*paths):
    """Return a spoiling that takes keys out of the map."""

    def spoil(file):
        for path in paths:
            *keys, last = path.split(".")
            del reduce(getitem, keys, file.map)[last]

    return spoil


def put(path, value):
    """Return a spoiling that sets a key of the map."""

    def spoil(file):
        *keys, last = (int(k) if k.isdigit() else k for k in path.split("."))
        reduce(getitem, keys, file.map)[last] = value

    return spoil


def cell(address, value):
    """Return a spoiling that sets a cell of the first sheet."""
    column, row = ord(address[0]) - ord("A"), int(address[1:]) - 1
    return lambda file: file.rows[row].__setitem__(column, value)


def id_of(part):
    return part if isinstance(part, str) else part.__name__.strip("<>")


@pytest.mark.parametrize("case", RIGHT)
def test_read_as_the_nation(case, tmp_path):
    file = Office()
    RIGHT[case](file)
    table = file.read(tmp_path)
    assert_nation(table, 2 if case == "the_second_table_of_a_sheet" else 1)
    if "imported_transactions" in file.blocks:
        np.testing.assert_allclose(table.imported_products, MIX)


@pytest.mark.parametrize(("like", "spoil", "text"), REFUSED, ids=id_of)
def test_refused(like, spoil, text, tmp_path):
    file = Office()
    like(file)
    spoil(file)
    pattern = re.escape(text).replace(r"\ \.\.\.\ ", ".*")
    pattern = re.sub(r"^\\\^|\\\$$", lambda mark: mark[0][1:], pattern)
    assert re.search(pattern, file.refusal(tmp_path))


@right
def as_printed(file):
    pass


# the positions of numbers


@right
def subtotals_and_blank_columns_inside(file):
    for k, row in enumerate(file.rows):
        total = row[1] + row[2] if 1 <= k <= 3 else ""
        row[3:3] = ["SUB" if k == 0 else total, ""]
    file.map["columns"] = {"leave_out": ["SUB"]}


@right
def exports_amid_final_users(file):
    for row in file.rows[:4]:
        row[5], row[6] = row[6], row[5]
    file.rows[4].insert(5, "")


@right
def sums_of_columns_and_of_categories(file):
    file.rows[0][4:7] = ["rural", "urban", "twice", "inv", "EU", "Rest"]
    for row in file.rows[1:4]:
        homes, stock, exports = row[4:7]
        row[4:7] = [homes / 2, homes, homes / 2, stock, exports / 4, 0.75 * exports]
    for row in file.rows[4:]:
        row[4:5] = [40.0, 50.0, 20.0] if len(row) > 4 else [""] * 3
    file.blocks["exports"] = {"column": ["EU", "Rest"]}
    file.map["categories"][0] |= {"sum": ["rural", "urban"], "minus": ["twice"]}


@right
def a_range_of_columns(file):
    file.rows[0][6:7] = ["E1", "E2", "E3"]
    for row in file.rows[1:4]:
        row[6:7] = [row[6] / 4, row[6] / 2, row[6] / 4]
    file.blocks["exports"] = {"column": [{"from": "E1", "to": "E3"}]}


@right
def a_second_block_right_below(file):
    file.rows[4:5] = [[s, *MIX[k]] for k, s in enumerate(office.SECTORS)]
    file.map["blocks"] = blocks(
        transactions={"corner": "B2", "rows": {"count": "3"}},
        imports=None,
        imports_of_final_users=None,
        imported_transactions={"corner": "B5"},
        imported_final_demand={"corner": "E5"},
    )


@right
def the_second_table_of_a_sheet(file):
    other = Office()
    other.scale(2)
    file.below(["Table 1, 2011"], *printed(), [], ["Table 2, 2012"])
    file.rows[11:] = other.rows
    file.map |= {"area": {"from": "Table 2"}, "year_cell": "A11"}


@right
def other_headers_for_final_users(file):
    file.rows[0][4:] = []
    file.below(["", "", "", "", "Households", "Investment", "EXP", "OUT"])
    file.blocks["final_demand"] = {"header_rows": ["1"]}


@right
def emissions_on_a_sheet_of_their_own(file):
    file.rows.pop()
    file.sheets["Air"] = [["", *office.SECTORS], ["CO2", *office.CO2]]
    file.map["sheet"] = "T"
    file.blocks["emissions"] = {"co2": {"sheet": "Air", "row": "CO2"}}


@refused(
    "no header cell of a column is 'EXP' (`blocks.exports`), though G9 is: if labels "
    "stand there, name their line"
)
def a_label_below_the_block(file):
    file.rows[0][6] = ""
    file.rows.append(["", "", "", "", "", "", "EXP"])


@right
def a_label_below_the_block_with_its_line(file):
    a_label_below_the_block(file)
    place = {"column": "EXP", "header_rows": ["9"], "corner": "G2"}
    file.blocks["exports"] = place


# labels


@right
def labels_that_differ_by_axis(file):
    for row in file.rows[1:4]:
        row[0] = f"CPA_{row[0]}"
    file.rows[0][2] = "Bee"
    file.map["rows"] = {"pattern": "CPA_(.+)"}
    file.map["sectors"][1]["column_label"] = "Bee"


@right
def equal_names_under_different_codes(file):
    for sector in file.map["sectors"][:2]:
        sector["sector_name"] = "Other"


def blank_labels(file):
    for k in (1, 2, 3):
        file.rows[0][k] = file.rows[k][0] = ""


@right
def labels_on_another_sheet(file):
    blank_labels(file)
    file.sheets["Codes"] = [["Code"], *([s] for s in office.SECTORS)]
    labels = {"labels": "Codes!A2:A4"}
    file.map |= {"sheet": "T", "rows": labels, "columns": labels}
    file.map["categories"][0]["label"] = "hh"
    own = {"labels": "E1:F1"}
    file.blocks["final_demand"] = {"corner": "E2", "columns": own}


@right
def no_labels_at_all(file):
    blank_labels(file)
    file.map |= {"rows": {"order": "true"}, "columns": {"order": "true"}}
    file.blocks["final_demand"] = "E2"


@right
def a_label_twice_beside_lines_without_labels(file):
    no_labels_at_all(file)
    file.rows.append(["IMP", "see", "row", "5"])
    file.blocks["imports"] = {"row": "IMP", "corner": "B5"}
    file.blocks["imports_of_final_users"] = {"row": "IMP", "corner": "E5"}


@right
def codes_that_could_be_years(file):
    file.below(["", "2001", "2002", "2003"])


def test_a_file_of_sectors_with_labels(tmp_path):
    file = Office()
    for k in (1, 2, 3):
        file.rows[0][k] = file.rows[k][0] = f"Label {k}"
    sectors = tmp_path / "sectors.csv"
    lines = ["sector_id,sector_name,sector_group,label"]
    lines += [
        f"{s['sector_id']},{s['sector_name']},{s['sector_group']},Label {k}"
        for k, s in enumerate(file.map.pop("sectors"), start=1)
    ]
    sectors.write_text("\n".join(lines), "utf-8")
    assert_nation(file.read(tmp_path, sectors=sectors))


def test_fused_labels_and_missing_pairs(tmp_path):
    file = Office()
    for k, name in enumerate(["ARGs1", "ARGs2", "BRAs1"], start=1):
        file.rows[0][k] = file.rows[k][0] = name
    file.rows[0][4:6] = ["ARGhh", "BRAhh"]
    pattern = {"pattern": "(?P<region>ARG|BRA)(?P<sector>.+)"}
    file.map |= {
        "rows": pattern,
        "columns": pattern,
        "regions": [
            {**file.map["regions"][0], "region_id": r, "region_name": r}
            for r in ("ARG", "BRA")
        ],
        "sectors": [
            {"sector_id": s, "sector_name": s, "sector_group": "services"}
            for s in ("s1", "s2")
        ],
    }
    del file.map["categories"][1]
    error = file.refusal(tmp_path)
    assert "1 of 2 regions x 2 sector labels are missing" in error
    assert "BRA / 's2'" in error
    file.map["accept"] = ["missing_pairs"]
    table = file.read(tmp_path)
    expected = np.zeros((4, 4))
    expected[:3, :3] = office.Z
    np.testing.assert_allclose(table.transactions, expected)
    assert table.output.tolist() == [*office.OUTPUT, 0]
    assert "BRA / 's2'" in texts(table, "missing_pairs")[0]


# numbers


@pytest.mark.parametrize("mark", ["...", "-", ":", ".."])
def test_marks_for_nothing(mark, tmp_path):
    file = Office()
    file.rows[1][5] = 0.0
    file.rows[1][7] -= office.Y[0, 1]
    file.map["accept"] = ["column_balance"]
    expected = file.read(tmp_path).final_demand
    file.rows[1][5] = mark
    error = file.refusal(tmp_path)
    assert f"cell F2 is {mark!r}, a text; expected a number" in error
    file.map["marks"] = [mark]
    table = file.read(tmp_path)
    assert table.final_demand.tolist() == expected.tolist()
    assert not texts(table, "empty_cells")


@pytest.mark.parametrize(
    ("factor", "old", "new", "wrong", "signs"),
    [
        # with a decimal comma 1.657 is a thousand, or a mistake; never 1.657
        (1, "200,0", "200,0", "1.657", {}),
        (1000, "200000,0", "200.000,0", "20.0000,0", {"thousands": "."}),
    ],
    ids=["decimal comma", "thousands"],
)
def test_signs_of_numbers(factor, old, new, wrong, signs, tmp_path):
    file = Office()
    file.map["csv"] = {"decimal": ",", "delimiter": ";", **signs}
    file.scale(factor)
    path = file.write_csv(tmp_path / "t.csv", decimal=",", delimiter=";")
    text = path.read_text("utf-8").replace(old, new)
    path.write_text(text, "utf-8")
    assert_nation(file.tables(path)[0], factor)
    path.write_text(text.replace(new, wrong, 1), "utf-8")
    assert f"is '{wrong}'; expected a number" in refusal_of(file.tables, path)


def numbers_stored_as_texts(file):
    file.scale(10)
    for row in file.rows[1:4]:
        row[1:] = [f"{cell:,.2f}" for cell in row[1:]]


def test_numbers_stored_as_texts(tmp_path):
    file = Office()
    numbers_stored_as_texts(file)
    file.map["text_numbers"] = {"thousands": ","}
    assert_nation(file.read(tmp_path), 10)


@refused("is '1,000.00'; expected a number, as `text_numbers`")
def numbers_stored_as_texts_of_another_style(file):
    numbers_stored_as_texts(file)
    file.map["text_numbers"] = {"decimal": ","}


@pytest.mark.parametrize(
    ("written", "thousands"),
    [
        ("\u22121234.5", ""),
        ("\u20131,234.5", ","),
        ("\u25b21,234.5", ","),
        ("\u25b3 1234.5", ""),
        ("-1\u00a0234.5", " "),
        ("-1\u202f234.5", " "),
        ("-1\u2019234.5", "'"),
    ],
)
def test_signs_that_offices_print(tmp_path, written, thousands):
    """A minus sign, a dash and triangles; blanks that do not break; apostrophes."""
    file = Office()
    file.put(5, "inv", [office.Y[0, 1] + 1234.5, *office.Y[1:, 1]], instead=1)
    file.put(8, "CORR", [written, 0, 0])
    file.map["text_numbers"] = {"thousands": thousands} if thousands else {}
    file.map["categories"][1] |= {"label": "inv", "sum": ["inv", "CORR"]}
    assert_nation(file.read(tmp_path))


@refused("is '(1,000)'; expected a number, as `text_numbers`")
def numbers_in_brackets_may_be_uncertain_ones(file):
    file.map["text_numbers"] = {"thousands": ","}
    cell("B2", "(1,000)")(file)


@refused("is '100.0', a text; expected a number; if numbers ... give `text_numbers`")
def numbers_stored_as_texts_without_a_word(file):
    cell("B2", "100.0")(file)


@refused("is '..', a text; expected a number; if it means zero, list it in `marks`")
def a_mark_that_the_map_does_not_list(file):
    cell("B2", "..")(file)


@refused("^t.xlsx: sheet 'T': no row shows ... A: '2012'; column A has '2012-12-31'$")
def rows_of_a_year_with_dates(file):
    for row in file.rows:
        row.insert(0, "2012-12-31" if row[0] else "")
    file.map |= {"header_columns": ["B"], "rows": {"where": {"A": "{year}"}}}
    file.blocks["transactions"] = "C2"


def test_a_workbook_of_excel_97(tmp_path):
    file = Office()
    path = tmp_path / "t.xls"
    rows = [[None if c == "" else c for c in row] for row in file.rows]
    write_xls(path, {"T": rows})
    assert_nation(file.tables(path)[0])


# imports inside the cells


def total(file):
    """Print the table with imports inside the cells, and a column of them."""
    cells = np.hstack([office.Z, office.Y]) + MIX
    for k, row in enumerate(file.rows[1:4]):
        row[1:6] = cells[k]
    file.put(7, "IMP", -MIX.sum(axis=1))
    del file.rows[4], file.blocks["imports_of_final_users"], file.blocks["output"]
    file.map["cells"] = "total"
    file.blocks["imports"] = {"column": "IMP", "sign": "-1"}
    file.blocks["output"] = {"column": "OUT"}


def test_imports_printed_as_negative_numbers(tmp_path):
    file = Office()
    total(file)
    table = file.read(tmp_path)
    use = np.hstack([office.Z, office.Y]) + MIX
    share = (MIX.sum(axis=1) / use.sum(axis=1))[:, np.newaxis]
    np.testing.assert_allclose(table.transactions, ((1 - share) * use)[:, :3])
    np.testing.assert_allclose(
        table.imports_by_sector, (share * use)[:, :3].sum(axis=0)
    )
    np.testing.assert_allclose(
        table.imports_by_category, (share * use)[:, 3:].sum(axis=0)
    )
    np.testing.assert_allclose(table.imported_products, share * use)
    (text,) = texts(table, "imports_split")
    assert f"{(share * use).sum():.10g} x" in text


@right
def total_cells_with_an_import_matrix(file):
    """Domestic cells are total minus imports, to the last digit."""
    total(file)
    file.sheets["M"] = [["", *office.SECTORS, *office.CATEGORIES]]
    file.sheets["M"] += [[s, *MIX[k]] for k, s in enumerate(office.SECTORS)]
    file.map["sheet"] = "T"
    del file.blocks["imports"]
    file.blocks["imported_transactions"] = {"sheet": "M", "corner": "B2"}
    file.blocks["imported_final_demand"] = {"sheet": "M"}


@refused(
    "imports of 1 rows are not between 0 and ... say `re_exports: proportional` in the "
    "map",
    like=total,
)
def re_exports(file):
    """Let a row import more than it uses at home: the rest leaves again."""
    file.rows[1][6] += 600.0  # exports
    file.rows[1][7] -= 600.0  # imports


def test_re_exports_in_proportion(tmp_path):
    file = Office()
    total(file)
    re_exports(file)
    file.map["re_exports"] = "proportional"
    table = file.read(tmp_path)
    rows = table.transactions.sum(axis=1) + table.final_demand.sum(axis=1)
    np.testing.assert_allclose(rows + table.exports, office.OUTPUT)
    assert "re-exports" in texts(table, "imports_split")[0]


@refused("the cells seem to be domestic: take `cells: total` out")
def domestic_cells_taken_for_total(file):
    file.put(8, "M", office.IMPORTED.sum(axis=1))
    file.map["cells"] = "total"
    file.blocks["imports"] = {"column": "M"}
    del file.blocks["imports_of_final_users"]
    file.blocks["value_added"]["imports"] = {"row": "IMP"}


# maps that are refused with the reading that would fit


@refused("with rows and columns of `transactions` exchanged it would close")
def rows_and_columns_exchanged(file):
    for k in range(3):
        file.rows[k + 1][1:4] = office.Z[:, k].tolist()


@refused("the published output times 10^3 would fit")
def output_in_another_unit(file):
    for row in file.rows[1:4]:
        row[7] /= 1000


def discrepancy(file):
    for row in file.rows[1:4]:
        row[6] -= 60.0
    file.put(8, "ERR", [60.0] * 3)
    file.blocks["error"] = {"column": "ERR"}


def test_a_discrepancy_is_a_category(tmp_path):
    file = Office()
    discrepancy(file)
    assert file.read(tmp_path).categories[-1]["category_id"] == "ERR"


@right
def gdp_in_the_unit_of_the_table(file):
    file.map["regions"][0]["gdp"] = str(office.ADDED.sum() * 1e6)


@refused("this looks like a use table (products by industries) ... `supply` and `use`")
def a_use_table_for_a_symmetric_one(file):
    """Let columns be industries and close, and rows be products and not close."""
    made = np.array([[300.0, 150, 10], [60, 500, 60], [100, 40, 500]])
    use = np.array([[100.0, 40, 20], [60, 200, 80], [30, 50, 120]])
    demand, output = made.sum(axis=1) - use.sum(axis=1), made.sum(axis=0)
    file.sheets["T"] = [
        ["", *office.SECTORS, "hh", "OUT"],
        *([s, *use[k], demand[k], output[k]] for k, s in enumerate(office.SECTORS)),
        ["VA", *(output - use.sum(axis=0))],
        ["CO2", 1.0, 2.0, 3.0],
    ]
    for name in ("exports", "imports", "imports_of_final_users"):
        del file.blocks[name]
    file.blocks["value_added"] = {"va": {"row": "VA"}}
    del file.map["categories"][1]


no_imports = drop("blocks.imports")


def test_a_gate_that_the_map_waives(tmp_path):
    file = Office()
    no_imports(file)
    file.map["accept"] = ["column_balance"]
    (text,) = texts(file.read(tmp_path), "column_balance")
    assert text.startswith("WARNING: column by column")


@refused("row by row, deliveries miss")
def a_second_column_of_exports(file):
    file.put(7, "EXP2", 2 * office.EXPORTS)
    for row in file.rows[1:4]:
        row[8] += row[7]
    file.map["accept"] = ["column_balance"]


def test_a_second_column_of_exports_is_listed(tmp_path):
    file = Office()
    a_second_column_of_exports(file)
    del file.blocks["output"]
    (text,) = texts(file.read(tmp_path), "numbers_beside")
    assert "column 'EXP2' at H2 (sum 340)" in text
    assert "'OUT'" not in text  # the sum of all before it


def test_a_row_beside_the_blocks_is_listed(tmp_path):
    file = Office()
    file.rows.append(["Non-residents", "", "", "", -25.0, "", 25.0])
    (text,) = texts(file.read(tmp_path), "numbers_beside")
    assert "row 'Non-residents' at E9 (sum -25)" in text


def test_rounding_dust_does_not_hide_a_gap():
    """A tiny sector that rounds badly is no gap; a large one is named first."""
    output = np.array([500.0, 0.1, 600.0])
    assert not len(far_off(np.array([500.0, 0.15, 600.0]), output))
    assert far_off(np.array([560.0, 9.0, 700.0]), output).tolist() == [2, 0, 1]


@right
def a_published_total(file):
    file.rows.append(["X", *office.OUTPUT])
    file.rows.append(["GVA", *(office.ADDED * [1, 1, 2])])
    file.map["check"] = {"output": {"row": "X"}}


other_total = put("check.value_added", {"row": "GVA"})


@right
def a_published_total_that_the_map_waives(file):
    a_published_total(file)
    other_total(file)
    file.map["accept"] = ["value_added_balance"]


def test_a_table_without_totals_is_not_checked(tmp_path):
    file = Office()
    del file.blocks["output"], file.blocks["value_added"]
    assert texts(file.years(tmp_path)[0], "nothing_to_check")


# years


def scaled(factor):
    file = Office()
    file.scale(factor)
    return file.rows


def over_years(file):
    """Let a map have two years, with people of each."""
    del file.map["year"]
    file.map["years"] = "2011-2012"
    file.map["regions"][0]["population"] = {"2011": "3000", "2012": "3100"}


def by_sheet(file):
    over_years(file)
    file.sheets = {"2011": scaled(1), "2012": scaled(2)}
    file.map["sheet"] = "{year}"


def stacked(file):
    over_years(file)
    file.sheets["T"] = [["", *printed()[0]]] + [
        [year, *row] for year in (2011, 2012) for row in scaled(year - 2010)[1:]
    ]
    file.map |= {"header_columns": ["B"], "rows": {"where": {"A": "{year}"}}}
    file.blocks["transactions"] = {}


def by_corner(file):
    over_years(file)
    file.rows[8:] = [[], *scaled(2)]
    file.map |= {
        "area": {"2011": "1:8", "2012": "10:17"},
        "header_rows": {"2011": ["1"], "2012": ["10"]},
    }
    file.blocks["transactions"] = {"2011": "B2", "2012": "B11"}


@pytest.mark.parametrize("spoil", [by_sheet, stacked, by_corner])
def test_two_years(spoil, tmp_path):
    file = Office()
    spoil(file)
    first, second = file.years(tmp_path)
    assert (first.year, second.year) == (2011, 2012)
    assert (first.population, second.population) == ([3000], [3100])
    assert_nation(first)
    assert_nation(second, 2)
    (one,) = file.years(tmp_path, year=2012)
    assert one.year == 2012


def test_a_file_for_each_year(tmp_path):
    folder = tmp_path / "files"
    folder.mkdir()
    for year in (2011, 2012):
        other = Office({"T": scaled(year - 2010)})
        other.write_excel(folder / f"io_{year}.xlsx")
    file = Office()
    over_years(file)
    file.map["file"] = "io_{year}.xlsx"
    first, second = file.tables(folder)
    assert_nation(first)
    assert_nation(second, 2)
    file.map["file"] = "oi_{year}.xlsx"
    assert "did you mean 'io_2011" in refusal_of(file.tables, folder)


@refused("the name of the sheet says 2011; expected the year 2012")
def the_sheet_of_another_year(file):
    file.sheets = {"2011": printed(), "2012": printed()}
    file.map["sheet"] = "2011"


@refused("A2 and below say 2000; expected the year 2012")
def stacked_rows_of_another_year(file):
    for k, row in enumerate(file.rows):
        row.insert(0, 2000 if k else "")
    file.map |= {"header_columns": ["B"]}
    file.blocks["transactions"] = "C2"


@right
def a_cell_that_holds_the_year(file):
    file.below(["Year  2012"])
    file.map["year_cell"] = "A1"


# regions of one table over several sheets

PRODUCERS = [(r, s) for r in "NS" for s in office.SECTORS]
USERS = [(r, c) for r in "NS" for c in office.CATEGORIES]
TWO_Z, TWO_Y = np.kron(np.eye(2), office.Z), np.kron(np.eye(2), office.Y)


def regional(sheets, **more) -> Office:
    """Return two regions of the same sectors, with emissions on a sheet."""
    region = head()["regions"][0]
    regions = [{**region, "region_id": r, "region_name": f"Region {r}"} for r in "NS"]
    labels = [*PRODUCERS, *USERS]
    across = [["", *(r for r, _ in labels)], ["", *(inner for _, inner in labels)]]
    sheets["Air"] = [*across, ["CO2", *office.CO2, *office.CO2]]
    return Office(sheets, head(regions=regions, **more))


@pytest.mark.parametrize("is_in_file", [False, True], ids=["map", "file"])
def test_rows_of_each_region_on_a_sheet(is_in_file, tmp_path):
    """Regions of the map have sheets by their ids, those of the file by a column."""
    cells = np.hstack([TWO_Z, TWO_Y]).reshape(2, 3, 10)
    air = {"sheet": "Air", "row": "CO2"}
    file = regional(
        {},
        header_rows=["1", "2"],
        sheet="From {origin}",
        blocks={"transactions": "B3", "final_demand": {}, "emissions": {"co2": air}},
    )
    for k, r in enumerate("NS"):
        rows = ([s, *cells[k, i]] for i, s in enumerate(office.SECTORS))
        name = f"From {k if is_in_file else r}"
        file.sheets[name] = [*file.sheets["Air"][:2], *rows]
    options = {}
    if is_in_file:
        options["regions"] = tmp_path / "regions.csv"
        keys = ("region_id", "region_name", "region_type", "population")
        rows = [[*(row[key] for key in keys)] for row in file.map.pop("regions")]
        lines = [[*keys, "sheet"], *([*row, str(k)] for k, row in enumerate(rows))]
        options["regions"].write_text("\n".join(map(",".join, lines)), "utf-8")
    table = file.read(tmp_path, **options)
    assert table.transactions.tolist() == TWO_Z.tolist()
    assert table.emissions["co2"].tolist() == [*office.CO2, *office.CO2]


def test_columns_of_each_region_on_a_sheet(tmp_path):
    """A row has the columns of its sheet; columns of several sheets add up."""
    air = {"sheet": "Air", "row": "CO2", "header_rows": ["1", "2"]}
    file = regional(
        {},
        header_columns=["A", "B"],
        sheet="To {destination}",
        accept=["column_balance"],
        blocks={
            "transactions": "C2",
            "exports": {"column": "EXP"},
            "value_added": {"wages": {"row": "WAGES"}},
            "emissions": {"co2": {**air, "header_columns": ["A"]}},
        },
    )
    for k, r in enumerate("NS"):
        z, y = TWO_Z[:, 3 * k : 3 * k + 3], TWO_Y[:, 2 * k : 2 * k + 2]
        rows = [["", "", *office.SECTORS, *office.CATEGORIES, "EXP"]]
        rows += [[*pair, *z[i], *y[i], 1.0] for i, pair in enumerate(PRODUCERS)]
        file.sheets[f"To {r}"] = [*rows, ["WAGES", "", *office.WAGES]]
    table = file.read(tmp_path)
    assert table.transactions.tolist() == TWO_Z.tolist()
    wages = [*office.WAGES, *office.WAGES]
    np.testing.assert_allclose(table.value_added["wages"], wages)
    assert table.exports.tolist() == [2.0] * 6


def test_regions_inside_sectors(tmp_path):
    """Sectors in merged cells, and under each of them every region."""
    order = [0, 3, 1, 4, 2, 5]
    z, y = TWO_Z[np.ix_(order, order)], TWO_Y[np.ix_(order, [0, 2, 1, 3])]
    cells = [(s, r) for s in office.SECTORS for r in "NS"]
    labels = [*cells, *((c, r) for c in office.CATEGORIES for r in "NS")]
    rows = [["", "", *(inner if r == "N" else "" for inner, r in labels)]]
    rows.append(["", "", *(r for _, r in labels)])
    for k, (sector, r) in enumerate(cells):
        rows.append([sector if r == "N" else "", r, *z[k], *y[k]])
    rows.append(["CO2", "", *np.repeat(office.CO2, 2)])
    file = regional(
        {"T": rows},
        sheet="T",
        header_rows=["2", "1"],
        header_columns=["B", "A"],
        blocks={
            "transactions": "C3",
            "final_demand": "I3",
            "emissions": {"co2": {"row": "CO2"}},
        },
    )
    table = file.read(tmp_path)
    np.testing.assert_allclose(table.transactions, TWO_Z)
    np.testing.assert_allclose(table.final_demand, TWO_Y)


# supply and use: products down, industries across

PRODUCTS = ("P1", "P2", "P3")
MADE = np.array([[300.0, 20, 0], [10, 480, 30], [0, 40, 510]])
USE = np.array([[100.0, 40, 20], [60, 180, 80], [30, 50, 120]])
BOUGHT = np.array([45.0, 90, 0])
DEMAND = MADE.sum(axis=1) + BOUGHT - USE.sum(axis=1)
SHARES = (MADE / MADE.sum(axis=1)[:, np.newaxis]).T


def supply_and_use(file):
    users = np.outer(DEMAND, [0.7, 0.2, 0.1])
    file.sheets = {
        "Use": [
            ["", *office.SECTORS, "hh", "inv", "EXP"],
            *([p, *USE[k], *users[k]] for k, p in enumerate(PRODUCTS)),
            ["VA", *(MADE.sum(axis=0) - USE.sum(axis=0))],
            ["CO2", *office.CO2],
        ],
        "Supply": [
            ["", *office.SECTORS, "IMP"],
            *([p, *MADE[k], BOUGHT[k]] for k, p in enumerate(PRODUCTS)),
        ],
    }
    file.map["sheet"] = "Use"
    file.map["products"] = [
        {"sector_id": p, "sector_name": f"Product {p}", "sector_group": "services"}
        for p in PRODUCTS
    ]
    file.map["blocks"] = {
        "use": "B2",
        "supply": {"sheet": "Supply", "corner": "B2"},
        "exports": {"column": "EXP"},
        "imports": {"sheet": "Supply", "column": "IMP"},
        "value_added": {"va": {"row": "VA"}},
        "emissions": {"co2": {"row": "CO2"}},
    }


@pytest.fixture
def tables():
    file = Office()
    supply_and_use(file)
    return file


def test_computed_taxes_are_in_no_printed_value_added(tables, tmp_path):
    """A twentieth of what buyers pay is taxes: 10 of the inputs of A, and so on."""
    use, supply = tables.sheets["Use"], tables.sheets["Supply"]
    users = np.outer(DEMAND, [0.7, 0.2, 0.1])
    paid = np.hstack([USE, users]) / 0.95
    use[1:4] = [[p, *paid[k]] for k, p in enumerate(PRODUCTS)]
    printed = MADE.sum(axis=0) - paid[:, :3].sum(axis=0)
    use[4] = ["VA", *printed]
    use.append(["GVA", *printed])
    supply[0] += ["MARGIN", "TAX"]
    for k in range(3):
        supply[k + 1] += [0, 0.05 * paid[k].sum()]
    tables.map["use_prices"] = "purchasers"
    beside = {"sheet": "Supply"}
    tables.blocks["margins"] = {"trade": beside | {"column": "MARGIN"}}
    tables.blocks["taxes"] = beside | {"column": "TAX"}
    tables.map["check"] = {"value_added": {"row": "GVA"}}
    table = tables.read(tmp_path)
    assert texts(table, "value_added_check") == [
        "value added misses the published value added by 0.000%"
    ]
    taxes = table.value_added["taxes_less_subsidies_on_products"]
    np.testing.assert_allclose(taxes, USE.sum(axis=0) / 19)


def test_industry_by_industry(tables, tmp_path):
    table = tables.read(tmp_path)
    home = USE.sum(axis=1) + 0.9 * DEMAND
    own = (1 - BOUGHT / home)[:, np.newaxis] * USE
    np.testing.assert_allclose(table.transactions, SHARES @ own)
    np.testing.assert_allclose(table.output, MADE.sum(axis=0))
    assert [s["sector_id"] for s in table.sectors] == list(office.SECTORS)
    inputs = table.transactions.sum(axis=0) + table.imports_by_sector
    np.testing.assert_allclose(inputs + table.value_added["va"], table.output)


def test_product_by_product(tables, tmp_path):
    tables.map["model"] = "B"
    del tables.blocks["emissions"]
    path = tmp_path / "e.csv"
    path.write_text("sector_id,value\nP1,1\nP2,2\n", "utf-8")
    table = tables.read(tmp_path, emissions=path)
    assert [s["sector_id"] for s in table.sectors] == list(PRODUCTS)
    np.testing.assert_allclose(table.output, MADE.sum(axis=1))
    inputs = table.transactions.sum() + table.imports_by_sector.sum()
    np.testing.assert_allclose(inputs, USE.sum())


def test_a_use_table_of_imports(tables, tmp_path):
    """Domestic use is all use less the published use of imports, cell by cell."""
    bought = 0.25 * USE * (BOUGHT > 0)[:, np.newaxis]
    by_users = BOUGHT - bought.sum(axis=1)
    tables.sheets["Imports"] = [
        ["", *office.SECTORS, *office.CATEGORIES],
        *([p, *bought[k], *[by_users[k] / 2] * 2] for k, p in enumerate(PRODUCTS)),
    ]
    del tables.blocks["imports"]
    tables.blocks["imported_use"] = {"sheet": "Imports", "corner": "B2"}
    tables.blocks["imported_final_demand"] = {"sheet": "Imports"}
    table = tables.read(tmp_path)
    np.testing.assert_allclose(table.transactions, SHARES @ (USE - bought))
    np.testing.assert_allclose(table.imports_by_sector, bought.sum(axis=0))
    np.testing.assert_allclose(table.imports_by_category, [by_users.sum() / 2] * 2)


# printed sums


@right
def printed_sums(file):
    columns = [["USE", "FIN"], [160, 300], [340, 350], [200, 370]]
    for row, sums in zip(file.rows, columns, strict=False):
        row.extend(sums)
    file.rows.append(["INPUTS", 190, 290, 220])
    file.rows.append(["ADDED", 230, 310, 290])
    file.rows.append(["COSTS", 460, 690, 570])
    file.map["check"] = {
        "sums": {
            "USE": {"column": "USE", "of": "transactions"},
            "FIN": {"column": "FIN", "of": ["hh", "inv", "exports"]},
            "OUT": {"column": "OUT", "of": ["transactions", "final_demand", "exports"]},
            "INPUTS": {
                "row": "INPUTS",
                "of": "transactions",
                "or": ["transactions", "imports"],
            },
            "ADDED": {"row": "ADDED", "of": ["wages", "surplus"]},
            "GDP": {"row": "ADDED", "of": ["output", "-transactions", "-imports"]},
            "COSTS": {"row": "COSTS", "of": ["transactions", "imports", "value_added"]},
        }
    }


def sums_with_imports(file):
    printed_sums(file)
    file.rows[8] = ["INPUTS", 230, 380, 280]


def test_printed_sums_are_told(tmp_path):
    file = Office()
    sums_with_imports(file)
    (text,) = texts(file.read(tmp_path), "printed_sums")
    assert text.startswith("printed sums are right: USE is transactions; FIN is hh + ")
    assert "; INPUTS is transactions + imports; ADDED is wages + surplus; " in text
    assert "; GDP is output - transactions - imports; COSTS is " in text


@right
def a_sum_that_is_rounded(file):
    printed_sums(file)
    file.rows[2][8] = 340.0001


@refused(
    "USE of N / B (I3) is 340.001, but transactions is 340; expected the same within 1e"
)
def a_sum_that_is_wrong(file):
    printed_sums(file)
    file.rows[2][8] = 340.001


def test_a_wrong_sum_of_the_publisher_is_a_warning(tmp_path):
    file = Office()
    a_sum_that_is_wrong(file)
    file.map["check"]["sums"]["USE"]["warn"] = True
    table = file.read(tmp_path)
    assert_nation(table)
    warning, right = texts(table, "printed_sums")
    assert warning.startswith("WARNING: t.xlsx: sheet 'T': USE of N / B (I3) is 340.00")
    assert "USE" not in right


def test_a_sum_may_have_gaps_which_count_as_0(tmp_path):
    file = Office()
    printed_sums(file)
    file.rows[2][8] = ""
    use = file.map["check"]["sums"]["USE"]
    use["gaps"] = True
    message = (
        "USE of N / B (I3) is 0, but transactions is 340; expected the same within"
    )
    assert message in refusal_of(file.read, tmp_path)
    use["warn"] = True
    table = file.read(tmp_path)
    assert_nation(table)
    assert message in texts(table, "printed_sums")[0]
    (gap,) = texts(table, "empty_cells")
    assert gap.endswith("check.sums.USE: 1 empty cells of 3 count as 0")


_of_sums = [
    (cell("I3", ""), "cell I3 (`check.sums.USE`) is empty; expected a number"),
    (cell("E3", 101), "FIN of N / B (J3) is 350, but hh + inv + exports is 351; exp"),
    (cell("G3", 91), "FIN of N / B (J3) is 350, but hh + inv + exports is 351; exp"),
    (cell("H3", 691), "OUT of N / B (H3) is 691, but transactions + final_demand + "),
    (
        cell("C9", 291),
        "INPUTS of N / B (C9) is 291, but transactions or transactions +",
    ),
    (cell("C6", 200), "ADDED of N / B (C10) is 310, but wages + surplus is 324; expec"),
    (
        cell("D11", 571),
        "COSTS of N / C (D11) is 571, but transactions + imports + valu",
    ),
    (
        put("check.sums.USE.of", "exprots"),
        "^map.yml: `check.sums.USE` adds up exprots; expected blocks of the map, hh, i",
    ),
    (
        put("check.sums.COSTS.of", "exports"),
        "adds up exports; expected blocks of the map, wages, surplus, value_added, tra",
    ),
    (
        put("check.sums.USE", {"label": "USE", "of": "transactions"}),
        "`check.sums.USE.column` is missing; expected a `row` or a `column`",
    ),
    (
        put("check.sums.USE", {"column": "USE"}),
        "`check.sums.USE.of` is missing; expected the blocks that it adds up",
    ),
]
REFUSED += [(printed_sums, spoil, text) for spoil, text in _of_sums]


# names beside codes, order, empty cells


@right
def names_beside_codes(file):
    names = ["", "farming", "Plants (power)", "Banks", "", "", "", ""]
    titles = ["Farms", "Power plants", "Banking"]
    for row, name in zip(file.rows, names, strict=True):
        row.insert(1, name)
    for sector, title in zip(file.map["sectors"], titles, strict=True):
        sector["sector_name"] = title
    file.rows.insert(0, ["", "", *titles])
    file.map |= {"header_rows": ["2"], "rows": {"names": "B"}}
    file.map["columns"] = {"names": ["1"]}
    file.blocks["transactions"] = "C3"


_of_names = [
    (cell("B5", "Power plant"), "cell B5 calls the sector 'C' 'Power plant', a name "),
    (cell("B5", "Widgets"), "cell B5 calls the sector 'C' 'Widgets'; expected Banking"),
    (cell("B5", ""), "cell B5 calls the sector 'C' ''; expected Banking (`names`)"),
    (cell("D1", "Banks"), "cell D1 calls the sector 'B' 'Banks', a name of 'Banking'"),
]
REFUSED += [(names_beside_codes, spoil, text) for spoil, text in _of_names]


@right
def lines_in_order(file):
    file.map |= {"rows": {"in_order": "true"}, "columns": {"in_order": "true"}}


@refused("cell A2 begins the sector 'B'; expected 'A', in the order of the map (`in_")
def lines_in_another_order(file):
    lines_in_order(file)
    file.rows[1], file.rows[2] = file.rows[2], file.rows[1]


@refused("cell A4 is 'IMP', inside the sector labels; expected them in one piece")
def a_line_of_another_block_inside(file):
    lines_in_order(file)
    file.rows.insert(3, file.rows.pop(4))


@refused("cell F3 (`blocks.final_demand`) is empty; expected a number", printed_sums)
def an_empty_cell_of_a_full_block(file):
    file.map["full"] = ["transactions", "final_demand"]
    file.rows[2][5] = ""


@refused("`full` is 'stocks'; expected ", printed_sums)
def a_full_block_that_is_none(file):
    file.map["full"] = "stocks"


def test_emissions_too_large_to_be_squared_are_refused_before_they_are_stored(tmp_path):
    file = Office()
    cell("B8", 1e308)(file)
    assert refusal_of(file.read, tmp_path).startswith(
        "emissions of 'co2' of 2012 has numbers too large to be added up (1e+308)"
    )


# emissions beside the workbook


@refused("^map.yml: line 1: `blocks.emissions` is missing ... --emissions")
def no_emissions(file):
    file.rows.pop()
    del file.blocks["emissions"]


@pytest.fixture
def emissions(tmp_path):
    """Return a function that reads a table with a file of emissions."""
    file = Office()
    no_emissions(file)

    def read(text, **options):
        path = tmp_path / "emissions.csv"
        path.write_text(text, "utf-8")
        return file.read(tmp_path, emissions=path, **options)

    return read


def test_emissions_by_sector(emissions):
    assert_nation(emissions("sector_id,value\nA,12\nC,8\nB,50\n"))


def test_emissions_in_units_of_their_own(emissions):
    """The stressor is in kt: 12000 t, 50 Gg and 0.008 Mt."""
    table = emissions(
        "sector_id,category_id,value,unit\n"
        "A,,12000,t\nB,,50,Gg CO2\nC,,0.008,Mt\n,hh,7000000,kg\n,inv,3,\n"
    )
    assert_nation(table)
    np.testing.assert_allclose(table.direct_emissions["co2"], [[7, 3]])
    with pytest.raises(CarbonshedError, match="unit of a row of 'co2' is 'TJ'; exp"):
        emissions("sector_id,value,unit\nA,12,TJ\nB,50,kt\nC,8,kt\n")


def test_what_a_file_of_emissions_lacks_or_has_too_much(emissions):
    table = emissions("sector_id,value,remark\nA,12,\nC,8,estimated\n")
    assert table.emissions["co2"].tolist() == [12, 0, 8]
    (text,) = texts(table, "emissions_missing")
    assert text.startswith("WARNING: emissions.csv has no row of 'co2' for 1 of 3 ")
    assert text.endswith("which count as 0: 'N / B'")
    assert texts(table, "emissions_file") == [
        "not used: columns 'remark' of emissions.csv"
    ]
    assert not texts(
        emissions("sector_id,value\nA,12\nB,0\nC,8\n"), "emissions_missing"
    )


def test_money_that_nothing_checks(tmp_path):
    """An office's table without GDP warns; with GDP, or invented, it does not."""
    file = Office()
    assert not texts(file.read(tmp_path), "gdp")
    file.map["synthetic"] = "false"
    (warning,) = texts(file.read(tmp_path), "gdp")
    assert warning.startswith("WARNING: `currency_unit: 1000000` is not checked")
    file.blocks.pop("value_added")
    assert texts(file.read(tmp_path), "gdp") == [warning]
    gdp_in_the_unit_of_the_table(file)
    file.blocks["value_added"] = blocks()["value_added"]
    assert texts(file.read(tmp_path), "gdp") == [
        "value added is 1 times the GDP of the indicators"
    ]


def test_rounding_is_no_line_and_no_gap(tmp_path):
    """Rows of 1e-13 hold nothing; a gap of 2e-7 of output is printed as 0.000 %."""
    file = Office()
    file.rows[1:4] = [[*row[:-1], float(row[-1]) + 1e-4] for row in file.rows[1:4]]
    file.rows.append(["DIFF", 1e-13, -3e-13, 0])
    file.rows.append(["TINY", 1e-4, 1e-4, 1e-4])
    table = file.read(tmp_path)
    assert not texts(table, "unread_line_closes")
    assert not [d.text for d in table.decisions if "'DIFF'" in d.text]
    assert [d.text for d in table.decisions if "'TINY'" in d.text]


@pytest.mark.parametrize(
    ("label", "is_other"),
    [
        ("CO2 (Gg)", False),
        ("CO2, 1000 t", False),
        ("CO2 (energy)", False),
        ("CO2 [Mt CO2e]", True),
        ("CO2 in tonnes", True),
    ],
)
def test_the_unit_in_a_label_of_emissions(tmp_path, label, is_other):
    """The map says kt."""
    file = Office()
    file.rows[-1][0] = label
    file.blocks["emissions"] = {"co2": {"row": label}}
    warnings = texts(file.read(tmp_path), "other_unit")
    assert bool(warnings) == is_other
    assert all(repr(label) in text for text in warnings)


def test_emissions_of_households_too(emissions):
    table = emissions("sector_id,category_id,value\nA,,12\nC,,8\nB,,50\n,hh,7\n")
    assert_nation(table)
    assert table.direct_emissions["co2"].tolist() == [[7, 0]]


def test_emissions_of_another_classification(emissions, tmp_path):
    path = tmp_path / "c.csv"
    path.write_text("source,sector_id,share\nland,A,0.6\nland,C,0.4\nrest,B,1\n")
    table = emissions("sector_id,value\nland,20\nrest,50\n", concordance=path)
    assert_nation(table)
    assert "70 in all" in texts(table, "emissions_spread")[0]


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("sector_id,value\nZ,1\n", "sector_id 'Z' is not one of the table"),
        ("sector_id,value\nA,1\nA,2\n", "duplicate"),
        (
            "source,value\nA,1\nA,2\n",
            "no column `sector_id`; found 'source'; expected it",
        ),
        ("year,sector_id,value\n2011,A,1\n", "no emissions of sectors in 2012"),
        ("sector_id,category_id,value\nA,hh,1\n", "exactly one of the two"),
        ("stressor_id,sector_id,value\nso2,A,1\n", "stressor_id 'so2'"),
    ],
)
def test_emissions_that_are_refused(emissions, text, part):
    error = refusal_of(emissions, text)
    assert error.startswith("emissions.csv: ")
    assert part in error


REFUSED += [
    (
        a_label_twice_beside_lines_without_labels,
        put("blocks.imports", {"row": "IMP"}),
        "the label 'IMP' (`blocks.imports`) is at A5, A9; expected it once: add the "
        "`corner` of the one that is meant to `row`",
    ),
    (
        subtotals_and_blank_columns_inside,
        drop("columns"),
        "cell D1 is 'SUB'; expected a sector of the map ... goes into `leave_out`$",
    ),
    (
        a_second_block_right_below,
        put("blocks.transactions", "B2"),
        "the block goes on at A5 with 'A' ... say `count: 3`",
    ),
    (
        the_second_table_of_a_sheet,
        drop("area"),
        "the label 'IMP' (`blocks.imports`) is at A6, A16 ... apart by `area`",
    ),
    (
        emissions_on_a_sheet_of_their_own,
        cell("H2", 2 * office.OUTPUT[0]),
        "^t.xlsx: sheet 'T': row by row",
    ),
    (
        equal_names_under_different_codes,
        cell("B1", "Other"),
        "cell B1 is 'Other', which is the name of 'A' and 'B'",
    ),
    (as_printed, numbers_stored_as_texts, "is '1,000.00', a text; expected a number"),
    (
        as_printed,
        cell("C3", "=100+100"),
        "^t.xlsx: sheet 'T': cell C3 is '=100+100', a formula ... open the workbook in "
        "a spreadsheet program and save it$",
    ),
    (
        as_printed,
        lambda file: [
            spoil(file) for spoil in (cell("C3", "=100+100"), drop("blocks.output"))
        ],
        "cell C3 is '=100+100', a formula ",
    ),
    (
        total,
        drop("blocks.imports.sign"),
        "with the other sign of `imports` it would close: say `sign: -1`",
    ),
    (
        total,
        drop("blocks.imports.sign", "blocks.output", "blocks.value_added"),
        "say `sign: -1` in the map",
    ),
    (
        total,
        put("blocks.imports", {"row": "WAGES"}),
        "a row: by buyer; take `cells: total` (`imports_inside`) out",
    ),
    (
        total,
        drop("cells"),
        "a column: imports by product; say `cells: total`",
    ),
    (
        total,
        drop("cells", "blocks.imports"),
        "above output: the cells seem to hold imports too ... say `cells: total`",
    ),
    (
        total,
        drop("cells", "blocks.imports", "blocks.output"),
        "more than columns receive: if the cells hold imports too",
    ),
    (
        discrepancy,
        put("blocks.error.sign", "-1"),
        "with the other sign of `error` it would close",
    ),
    (
        as_printed,
        lambda file: file.scale(1000, 5, 7),
        "value added times 10^-3 would fit",
    ),
    (
        gdp_in_the_unit_of_the_table,
        put("currency_unit", "1000"),
        "with `currency_unit: 1000`; times 10^3 would fit",
    ),
    (as_printed, no_imports, "of the inputs are lacking: is a row of imports"),
    (as_printed, cell("H2", 1.2 * office.OUTPUT[0]), "most at N / A ("),
    (
        a_published_total,
        other_total,
        "value added misses the published value added by ... `check.value_added`",
    ),
    (
        by_sheet,
        put("regions.0.population", "3000"),
        "`population` of a region is one number for several years ... --indicators",
    ),
    (
        as_printed,
        lambda file: file.below(["Input-output table 2010"]),
        "its titles say 2010; expected the year 2012",
    ),
    (
        a_cell_that_holds_the_year,
        cell("A1", "Year 2013"),
        "cell A1 (`year_cell`) is 'Year 2013'; expected the year 2012",
    ),
    (
        supply_and_use,
        put("use_prices", "purchasers"),
        "the use table is at purchasers' prices",
    ),
    (supply_and_use, drop("blocks.supply"), "`blocks.supply` is missing"),
]
