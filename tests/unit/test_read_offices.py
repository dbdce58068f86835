"""Tables as offices print them, in small: what goes in, and what is refused and why."""

import numpy as np
import pytest
from support.layouts import office
from support.layouts.office import Office, blocks, head, printed
from support.refusals import refusal_of
from support.xls import write_xls

from carbonshed.accounting.closure import far_off
from carbonshed.errors import CarbonshedError
from carbonshed.progress import no_progress
from carbonshed.readers.options import IngestOptions
from carbonshed.readers.workbook.assemble import read_csv_matrix, read_excel


def tables(file: Office, folder, **options):
    """Write a workbook and read it."""
    given = IngestOptions("a", map=file.write_map(folder), **options)
    return read_excel(file.write_excel(folder / "t.xlsx"), given, no_progress)


def read(file: Office, folder, **options):
    (table,) = tables(file, folder, **options)
    table.check()
    return table


def refusal(file: Office, folder, **options) -> str:
    error = refusal_of(tables, file, folder, **options)
    assert "\n" not in error
    return error


def decision(table, code: str) -> str:
    (found,) = [each.text for each in table.decisions if each.code == code]
    return found


def assert_nation(table, **more) -> None:
    """Compare a table with the nation, but for what `more` says."""
    wanted = {
        "transactions": office.Z,
        "final_demand": office.Y,
        "exports": office.EXPORTS,
        "output": office.OUTPUT,
        "imports_by_sector": office.IMPORTS,
        "imports_by_category": office.IMPORTS_OF_USERS,
        **more,
    }
    for name, block in wanted.items():
        found = getattr(table, name)
        if block is None:
            assert found is None, name
        else:
            np.testing.assert_allclose(found, block, rtol=1e-12, err_msg=name)
    added = sum(table.value_added.values())
    np.testing.assert_allclose(added, office.ADDED, rtol=1e-12)
    np.testing.assert_allclose(table.emissions["co2"], office.CO2)


def test_as_printed(tmp_path):
    assert_nation(read(Office(), tmp_path))


class TestPlaces:
    """Where numbers are."""

    def test_blank_columns_and_subtotals_inside(self, tmp_path):
        rows = printed()
        for row in rows:
            row.insert(3, "")
        for k, row in enumerate(rows):
            if k == 0:
                row.insert(3, "SUB")
            elif k <= 3:
                row.insert(3, row[1] + row[2])
            else:
                row.insert(3, "")
        file = Office({"T": rows})
        file.map["columns"] = {"leave_out": ["SUB"]}
        assert_nation(read(file, tmp_path))
        del file.map["columns"]
        said = refusal(file, tmp_path)
        assert "cell D1 is 'SUB'; expected a sector of the map" in said
        assert said.endswith("a subtotal goes into `leave_out`")

    def test_exports_amid_final_users(self, tmp_path):
        rows = printed()
        for row in rows:
            if len(row) > 6:
                row[5], row[6] = row[6], row[5]
        rows[4] = ["IMP", *office.IMPORTS, 70.0, "", 30.0]
        assert_nation(read(Office({"T": rows}), tmp_path))

    def test_sums_of_columns_and_of_categories(self, tmp_path):
        rows = printed()
        parts = (("EU", 0.25), ("Rest", 0.75))
        for k, row in enumerate(rows):
            if k == 0:
                row[6:7] = [name for name, _ in parts]
                row[4:5] = ["rural", "urban", "twice"]
            elif k <= 3:
                row[6:7] = [share * row[6] for _, share in parts]
                row[4:5] = [0.5 * row[4], row[4], 0.5 * row[4]]
            else:
                row[4:5] = [40.0, 50.0, 20.0] if len(row) > 4 else [""] * 3
        file = Office(
            {"T": rows}, head(blocks=blocks(exports={"column": ["EU", "Rest"]}))
        )
        file.map["categories"][0] |= {"sum": ["rural", "urban"], "minus": ["twice"]}
        assert_nation(read(file, tmp_path))

    def test_a_range_of_columns(self, tmp_path):
        rows = printed()
        for k, row in enumerate(rows[:4]):
            row[6:7] = (
                ["E1", "E2", "E3"] if k == 0 else [row[6] / 4, row[6] / 2, row[6] / 4]
            )
        place = {"column": [{"from": "E1", "to": "E3"}]}
        file = Office({"T": rows}, head(blocks=blocks(exports=place)))
        assert_nation(read(file, tmp_path))

    def test_a_second_block_right_below(self, tmp_path):
        rows = printed()
        mix = np.hstack([office.IMPORTED, office.IMPORTED_BY_USERS])
        rows[4:5] = [[s, *mix[k]] for k, s in enumerate(office.SECTORS)]
        below = {"corner": "B5"}
        content = blocks(
            transactions={"corner": "B2", "rows": {"count": "3"}},
            imports=None,
            imports_of_final_users=None,
            imported_transactions=below,
            imported_final_demand={"corner": "E5"},
        )
        table = read(Office({"T": rows}, head(blocks=content)), tmp_path)
        assert_nation(table)
        np.testing.assert_allclose(table.imported_products, mix)
        content["transactions"] = "B2"
        said = refusal(Office({"T": rows}, head(blocks=content)), tmp_path)
        assert "the block goes on at A5 with 'A'" in said
        assert "say `count: 3`" in said

    def test_tables_below_each_other_by_area(self, tmp_path):
        first, second = printed(), printed()
        for row in second[1:]:
            row[1:] = [cell * 2 if cell != "" else cell for cell in row[1:]]
        rows = [["Table 1, 2011"], *first, [], ["Table 2, 2012"], *second]
        file = Office({"T": rows})
        file.map |= {
            "area": {"from": "Table 2"},
            "header_rows": ["12"],
            "year_cell": "A11",
        }
        file.map["blocks"]["transactions"] = "B13"
        table = read(file, tmp_path)
        np.testing.assert_allclose(table.exports, 2 * office.EXPORTS)
        del file.map["area"]
        said = refusal(file, tmp_path)
        assert "the label 'IMP' (`blocks.imports`) is at A6, A16" in said
        assert "apart by `area`" in said

    def test_several_header_rows_and_other_headers_for_users(self, tmp_path):
        rows = printed()
        names = ["", "", "", "", "Households", "Investment", "EXP", "OUT"]
        rows[0][4:] = []
        rows.insert(0, names)
        file = Office({"T": rows})
        file.map |= {"header_rows": ["2"]}
        file.map["blocks"] |= {
            "transactions": "B3",
            "final_demand": {"header_rows": ["1"]},
        }
        assert_nation(read(file, tmp_path))

    def test_rows_that_stand_beside_numbers_of_a_sheet_of_their_own(self, tmp_path):
        rows = printed()
        air = [["", *office.SECTORS], ["CO2", *office.CO2]]
        file = Office({"T": rows[:-1], "Air": air}, head(sheet="T", blocks=blocks()))
        file.map["blocks"]["emissions"] = {"co2": {"sheet": "Air", "row": "CO2"}}
        assert_nation(read(file, tmp_path))

    def test_a_label_below_the_block(self, tmp_path):
        rows = printed()
        rows[0][6] = ""
        rows.append(["", "", "", "", "", "", "EXP"])
        file = Office({"T": rows})
        said = refusal(file, tmp_path)
        assert "no header cell of a column is 'EXP' (`blocks.exports`)" in said
        assert "though G9 is: if labels stand there, name their line" in said
        file.map["blocks"]["exports"] = {"column": "EXP", "header_rows": ["9"]}
        file.map["blocks"]["exports"]["corner"] = "G2"
        assert_nation(read(file, tmp_path))

    def test_a_refusal_names_the_sheet_of_the_transactions(self, tmp_path):
        rows = printed()
        rows[1][7] = 2 * office.OUTPUT[0]
        air = [["", *office.SECTORS], ["CO2", *office.CO2]]
        file = Office({"T": rows[:-1], "Air": air}, head(sheet="T", blocks=blocks()))
        file.map["blocks"]["emissions"] = {"co2": {"sheet": "Air", "row": "CO2"}}
        assert refusal(file, tmp_path).startswith("t.xlsx: sheet 'T': row by row")


class TestLabels:
    """What is what."""

    def test_labels_that_differ_by_axis(self, tmp_path):
        rows = printed()
        for k in (1, 2, 3):
            rows[k][0] = f"CPA_{rows[k][0]}"
        rows[0][2] = "Bee"
        file = Office({"T": rows})
        file.map["rows"] = {"pattern": "CPA_(.+)"}
        file.map["sectors"][1]["column_label"] = "Bee"
        assert_nation(read(file, tmp_path))

    def test_a_file_of_sectors_with_labels(self, tmp_path):
        rows = printed()
        for k in (1, 2, 3):
            rows[0][k] = rows[k][0] = f"Label {k}"
        file = Office({"T": rows})
        sectors = tmp_path / "sectors.csv"
        lines = [
            f"{s['sector_id']},{s['sector_name']},{s['sector_group']},Label {k}"
            for k, s in enumerate(file.map.pop("sectors"), start=1)
        ]
        head_line = "sector_id,sector_name,sector_group,label"
        sectors.write_text("\n".join([head_line, *lines]), "utf-8")
        assert_nation(read(file, tmp_path, sectors=sectors))

    def test_equal_names_under_different_codes(self, tmp_path):
        file = Office()
        for sector in file.map["sectors"][:2]:
            sector["sector_name"] = "Other"
        assert_nation(read(file, tmp_path))
        file.sheets["T"][0][1] = "Other"
        said = refusal(file, tmp_path)
        assert "cell B1 is 'Other', which is the name of 'A' and 'B'" in said

    def test_labels_on_another_sheet(self, tmp_path):
        rows = printed()
        for k in (1, 2, 3):
            rows[0][k] = rows[k][0] = ""
        codes = [["Code"], *([s] for s in office.SECTORS)]
        file = Office({"T": rows, "Codes": codes}, head(sheet="T", blocks=blocks()))
        labels = {"labels": "Codes!A2:A4"}
        file.map |= {"rows": labels, "columns": labels}
        file.map["categories"][0]["label"] = "hh"
        file.map["blocks"]["final_demand"] = {
            "corner": "E2",
            "columns": {"labels": "E1:F1"},
        }
        assert_nation(read(file, tmp_path))

    def test_no_labels_at_all(self, tmp_path):
        rows = printed()
        for k in (1, 2, 3):
            rows[0][k] = rows[k][0] = ""
        file = Office({"T": rows})
        file.map |= {"rows": {"order": "true"}, "columns": {"order": "true"}}
        file.map["blocks"]["final_demand"] = "E2"
        assert_nation(read(file, tmp_path))

    def test_fused_labels_and_missing_pairs(self, tmp_path):
        names = ["ARGs1", "ARGs2", "BRAs1"]
        rows = printed()
        for k, name in enumerate(names, start=1):
            rows[0][k] = rows[k][0] = name
        rows[0][4:6] = ["ARGhh", "BRAhh"]
        file = Office({"T": rows})
        region = file.map["regions"][0]
        file.map["regions"] = [
            {**region, "region_id": r, "region_name": r} for r in ("ARG", "BRA")
        ]
        file.map["sectors"] = [
            {"sector_id": s, "sector_name": s, "sector_group": "services"}
            for s in ("s1", "s2")
        ]
        del file.map["categories"][1]
        pattern = {"pattern": "(?P<region>ARG|BRA)(?P<sector>.+)"}
        file.map |= {"rows": pattern, "columns": pattern}
        said = refusal(file, tmp_path)
        assert "1 of 2 regions x 2 sector labels are missing" in said
        assert "BRA / 's2'" in said
        file.map["accept"] = ["missing_pairs"]
        table = read(file, tmp_path)
        np.testing.assert_allclose(table.transactions[:3, :3], office.Z)
        assert not table.transactions[3].any()
        assert not table.transactions[:, 3].any()
        assert table.output.tolist() == [*office.OUTPUT, 0]
        assert "BRA / 's2'" in next(
            d.text for d in table.decisions if d.code == "missing_pairs"
        )


class TestNumbers:
    """What a cell says."""

    @pytest.mark.parametrize("mark", ["...", "-", ":", ".."])
    def test_marks_for_nothing(self, mark, tmp_path):
        rows = printed()
        rows[1][5] = 0.0
        rows[1][7] -= office.Y[0, 1]
        file = Office({"T": rows})
        file.map["accept"] = ["column_balance"]
        wanted = read(file, tmp_path).final_demand
        rows[1][5] = mark
        said = refusal(file, tmp_path)
        assert f"cell F2 is {mark!r}, a text; expected a number" in said
        file.map["marks"] = [mark]
        found = read(file, tmp_path)
        assert found.final_demand.tolist() == wanted.tolist()
        assert "empty_cells" not in [d.code for d in found.decisions]

    def test_a_point_is_no_decimal_comma(self, tmp_path):
        """1.657 with a decimal comma is a thousand, or a mistake; never 1.657."""
        file = Office()
        file.map["csv"] = {"decimal": ",", "delimiter": ";"}
        path = file.write_csv(tmp_path / "t.csv", decimal=",", delimiter=";")
        options = IngestOptions("a", map=file.write_map(tmp_path))
        assert_nation(read_csv_matrix(path, options, no_progress)[0])
        path.write_text(path.read_text("utf-8").replace("200,0", "1.657", 1), "utf-8")
        with pytest.raises(CarbonshedError, match=r"is '1.657'; expected a number"):
            read_csv_matrix(path, options, no_progress)

    def test_thousands(self, tmp_path):
        file = Office()
        file.map["csv"] = {"decimal": ",", "delimiter": ";", "thousands": "."}
        for row in file.sheets["T"][1:]:
            row[1:] = [cell * 1000 if cell != "" else cell for cell in row[1:]]
        path = file.write_csv(tmp_path / "t.csv", decimal=",", delimiter=";")
        text = path.read_text("utf-8").replace("200000,0", "200.000,0")
        path.write_text(text, "utf-8")
        options = IngestOptions("a", map=file.write_map(tmp_path))
        (table,) = read_csv_matrix(path, options, no_progress)
        np.testing.assert_allclose(table.transactions, 1000 * office.Z)
        path.write_text(text.replace("200.000,0", "20.0000,0", 1), "utf-8")
        with pytest.raises(CarbonshedError, match=r"is '20.0000,0'"):
            read_csv_matrix(path, options, no_progress)

    def test_numbers_stored_as_texts(self, tmp_path):
        file = Office()
        for row in file.sheets["T"][1:4]:
            row[1:] = [f"{cell * 10:,.2f}" for cell in row[1:]]
        for row in file.sheets["T"][4:7]:
            row[1:] = [cell * 10 for cell in row[1:]]
        assert "is '1,000.00', a text; expected a number" in refusal(file, tmp_path)
        file.map["text_numbers"] = {"thousands": ","}
        table = read(file, tmp_path)
        np.testing.assert_allclose(table.transactions, 10 * office.Z)
        file.map["text_numbers"] = {"decimal": ","}
        assert "is '1,000.00'; expected a number, as `text_numbers`" in refusal(
            file, tmp_path
        )

    @pytest.mark.parametrize("output", [True, False])
    def test_a_formula_that_was_never_computed(self, output, tmp_path):
        rows = printed()
        rows[2][2] = "=100+100"  # what 200 is in the nation
        more = {} if output else {"output": None}
        file = Office({"T": rows}, head(blocks=blocks(**more)))
        said = refusal(file, tmp_path)
        assert said.startswith("t.xlsx: sheet 'T': cell C3 is '=100+100', a formula ")
        assert said.endswith("open the workbook in a spreadsheet program and save it")

    def test_a_workbook_of_excel_97(self, tmp_path):
        file = Office()
        path = tmp_path / "t.xls"
        rows = [[None if c == "" else c for c in row] for row in file.sheets["T"]]
        write_xls(path, {"T": rows})
        options = IngestOptions("a", map=file.write_map(tmp_path))
        assert_nation(read_excel(path, options, no_progress)[0])


def total_rows():
    """Return the table with imports inside the cells, and a column of them."""
    rows = [["", *office.SECTORS, *office.CATEGORIES, "EXP", "IMP", "OUT"]]
    use, demand = office.Z + office.IMPORTED, office.Y + office.IMPORTED_BY_USERS
    imports = office.IMPORTED.sum(axis=1) + office.IMPORTED_BY_USERS.sum(axis=1)
    for k, sector in enumerate(office.SECTORS):
        cells = [*use[k], *demand[k], office.EXPORTS[k], -imports[k], office.OUTPUT[k]]
        rows.append([sector, *cells])
    rows += [
        ["WAGES", *office.WAGES],
        ["SURPLUS", *office.SURPLUS],
        ["CO2", *office.CO2],
    ]
    return rows, imports


class TestImports:
    """Imports inside the cells."""

    def file(self, **more) -> Office:
        rows, _ = total_rows()
        place = {"column": "IMP", "sign": "-1"}
        content = blocks(imports=place, imports_of_final_users=None, **more)
        return Office({"T": rows}, head(cells="total", blocks=content))

    def test_printed_as_negative_numbers(self, tmp_path):
        file = self.file()
        table = read(file, tmp_path)
        _, imports = total_rows()
        total = office.Z + office.IMPORTED
        use = total.sum(axis=1) + (office.Y + office.IMPORTED_BY_USERS).sum(axis=1)
        share = imports / use
        np.testing.assert_allclose(
            table.transactions, (1 - share)[:, np.newaxis] * total
        )
        np.testing.assert_allclose(table.imports_by_sector, share @ total)
        np.testing.assert_allclose(
            table.imported_products[:, :3], share[:, np.newaxis] * total
        )
        del file.map["blocks"]["imports"]["sign"]
        said = refusal(file, tmp_path)
        assert "with the other sign of `imports` it would close: say `sign: -1`" in said
        del file.map["blocks"]["output"], file.map["blocks"]["value_added"]
        assert "say `sign: -1` in the map" in refusal(file, tmp_path)

    def test_an_import_matrix(self, tmp_path):
        """Domestic cells are total minus imports, to the last digit."""
        imported = [["", *office.SECTORS, *office.CATEGORIES]]
        mix = np.hstack([office.IMPORTED, office.IMPORTED_BY_USERS])
        imported += [[s, *mix[k]] for k, s in enumerate(office.SECTORS)]
        file = self.file()
        file.sheets["M"] = imported
        file.map["sheet"] = "T"
        file.map["blocks"] |= {
            "imports": None,
            "imported_transactions": {"sheet": "M", "corner": "B2"},
            "imported_final_demand": {"sheet": "M"},
        }
        file.map["blocks"].pop("imports")
        table = read(file, tmp_path)
        assert_nation(table)
        np.testing.assert_allclose(table.imported_products, mix)

    def test_re_exports(self, tmp_path):
        """A row imports more than it uses at home: what is left leaves again."""
        file = self.file()
        extra = 600.0
        row = file.sheets["T"][1]
        row[6] += extra  # exports
        row[7] -= extra  # imports
        said = refusal(file, tmp_path)
        assert "say `re_exports: proportional` in the map" in said
        file.map["re_exports"] = "proportional"
        table = read(file, tmp_path)
        rows = table.transactions.sum(axis=1) + table.final_demand.sum(axis=1)
        np.testing.assert_allclose(rows + table.exports, office.OUTPUT)
        assert "re-exports" in decision(table, "imports_split")

    def test_taken_for_domestic(self, tmp_path):
        file = self.file(output={"column": "OUT"})
        del file.map["cells"], file.map["blocks"]["imports"]
        said = refusal(file, tmp_path)
        assert "above output: the cells seem to hold imports too" in said
        assert "say `cells: total`" in said
        del file.map["blocks"]["output"]
        said = refusal(file, tmp_path)
        assert "more than columns receive: if the cells hold imports too" in said

    def test_domestic_taken_for_total(self, tmp_path):
        file = Office()
        file.map["cells"] = "total"
        rows = file.sheets["T"]
        rows[0].append("M")
        for k in range(3):
            rows[k + 1].append(office.IMPORTED.sum(axis=1)[k])
        file.map["blocks"] |= {"imports": {"column": "M"}}
        del file.map["blocks"]["imports_of_final_users"]
        file.map["blocks"]["value_added"]["imports"] = {"row": "IMP"}
        said = refusal(file, tmp_path)
        assert "the cells seem to be domestic: take `cells: total` out" in said


class TestGates:
    """Wrong maps: refused, with the reading that would fit."""

    def test_rows_and_columns_exchanged(self, tmp_path):
        file = Office()
        rows = file.sheets["T"]
        for k in range(3):
            rows[k + 1][1:4] = office.Z[:, k].tolist()
        said = refusal(file, tmp_path)
        assert (
            "with rows and columns of `transactions` exchanged it would close" in said
        )

    def test_output_in_another_unit(self, tmp_path):
        file = Office()
        for row in file.sheets["T"][1:4]:
            row[7] /= 1000
        assert "the published output times 10^3 would fit" in refusal(file, tmp_path)

    def test_a_discrepancy_with_the_wrong_sign(self, tmp_path):
        file = Office()
        for k, row in enumerate(file.sheets["T"][:4]):
            row.append("ERR" if k == 0 else 60.0)
            if k:
                row[6] -= 60.0
        file.map["blocks"]["error"] = {"column": "ERR"}
        assert read(file, tmp_path).categories[-1]["category_id"] == "ERR"
        file.map["blocks"]["error"]["sign"] = "-1"
        said = refusal(file, tmp_path)
        assert "with the other sign of `error` it would close" in said

    def test_value_added_in_another_unit(self, tmp_path):
        file = Office()
        for row in file.sheets["T"][5:7]:
            row[1:] = [cell * 1000 for cell in row[1:]]
        assert "value added times 10^-3 would fit" in refusal(file, tmp_path)

    def test_the_whole_table_in_another_unit(self, tmp_path):
        file = Office()
        file.map["regions"][0]["gdp"] = str(office.ADDED.sum() * 1e6)
        read(file, tmp_path)
        file.map["currency_unit"] = "1000"
        said = refusal(file, tmp_path)
        assert "with `currency_unit: 1000`; times 10^3 would fit" in said

    def test_a_use_table_is_no_symmetric_one(self, tmp_path):
        """Columns are industries and close; rows are products and do not."""
        made = np.array([[300.0, 150, 10], [60, 500, 60], [100, 40, 500]])
        use = np.array([[100.0, 40, 20], [60, 200, 80], [30, 50, 120]])
        products = made.sum(axis=1)
        demand = products - use.sum(axis=1)
        industries = made.sum(axis=0)
        rows = [["", *office.SECTORS, "hh", "OUT"]]
        rows += [
            [s, *use[k], demand[k], industries[k]] for k, s in enumerate(office.SECTORS)
        ]
        rows += [["VA", *(industries - use.sum(axis=0))], ["CO2", 1.0, 2.0, 3.0]]
        content = {
            "transactions": "B2",
            "output": {"column": "OUT"},
            "value_added": {"va": {"row": "VA"}},
            "emissions": {"co2": {"row": "CO2"}},
        }
        file = Office({"T": rows}, head(blocks=content))
        file.map["categories"] = file.map["categories"][:1]
        said = refusal(file, tmp_path)
        assert "this looks like a use table (products by industries)" in said
        assert "`supply` and `use`" in said

    def test_a_row_of_inputs_that_is_not_in_the_map(self, tmp_path):
        file = Office()
        del file.map["blocks"]["imports"]
        said = refusal(file, tmp_path)
        assert "of the inputs are lacking: is a row of imports" in said
        file.map["accept"] = ["column_balance"]
        table = read(file, tmp_path)
        assert decision(table, "column_balance").startswith("WARNING: column by column")

    def test_a_second_column_of_exports(self, tmp_path):
        rows = printed()
        for k, row in enumerate(rows[:4]):
            row.insert(7, "EXP2" if k == 0 else row[6] * 2)
            if k:
                row[8] += row[7]
        file = Office({"T": rows})
        file.map["accept"] = ["column_balance"]
        assert "row by row, deliveries miss" in refusal(file, tmp_path)
        del file.map["blocks"]["output"]
        table = read(file, tmp_path)
        beside = decision(table, "numbers_beside")
        assert "column 'EXP2' at H2 (sum 340)" in beside
        assert "'OUT'" not in beside  # the sum of all before it

    def test_a_row_beside_the_blocks_is_listed(self, tmp_path):
        rows = [*printed(), ["Non-residents", "", "", "", -25.0, "", 25.0]]
        table = read(Office({"T": rows}), tmp_path)
        text = decision(table, "numbers_beside")
        assert "row 'Non-residents' at E9 (sum -25)" in text

    def test_rounding_dust_does_not_hide_a_gap(self, tmp_path):
        """A tiny sector that rounds badly is no gap; a large one is named first."""
        printed_output = np.array([500.0, 0.1, 600.0])
        assert not len(far_off(np.array([500.0, 0.15, 600.0]), printed_output))
        worst = far_off(np.array([560.0, 9.0, 700.0]), printed_output)
        assert worst.tolist() == [2, 0, 1]
        file = Office()
        rows = file.sheets["T"]
        rows[1][7] = office.OUTPUT[0] * 1.2
        assert "most at N / A (" in refusal(file, tmp_path)

    def test_published_totals(self, tmp_path):
        rows = [*printed(), ["GVA", *(office.ADDED * [1, 1, 2])], ["X", *office.OUTPUT]]
        file = Office({"T": rows})
        file.map["check"] = {"output": {"row": "X"}}
        read(file, tmp_path)
        file.map["check"]["value_added"] = {"row": "GVA"}
        said = refusal(file, tmp_path)
        assert "value added misses the published value added by" in said
        assert "`check.value_added`" in said
        file.map["accept"] = ["value_added_balance"]
        read(file, tmp_path)

    def test_nothing_to_check_is_said(self, tmp_path):
        file = Office()
        del file.map["blocks"]["output"], file.map["blocks"]["value_added"]
        table_decisions = tables(file, tmp_path)[0].decisions
        assert "nothing_to_check" in [d.code for d in table_decisions]


class TestYears:
    """Many years, each from its own place."""

    def by_sheet(self):
        file = Office(
            {str(year): scaled(factor) for year, factor in ((2011, 1), (2012, 2))}
        )
        over_years(file)
        file.map["sheet"] = "{year}"
        return file

    def test_people_of_each_year(self, tmp_path):
        file = self.by_sheet()
        first, second = tables(file, tmp_path)
        assert (first.population, second.population) == ([3000], [3100])
        file.map["regions"][0]["population"] = "3000"
        said = refusal(file, tmp_path)
        assert "`population` of a region is one number for several years" in said
        assert "--indicators" in said

    def test_by_sheet(self, tmp_path):
        first, second = tables(self.by_sheet(), tmp_path)
        assert (first.year, second.year) == (2011, 2012)
        assert_nation(first)
        np.testing.assert_allclose(second.transactions, 2 * office.Z)
        (one,) = tables(self.by_sheet(), tmp_path, year=2012)
        assert one.year == 2012

    def test_stacked(self, tmp_path):
        rows = [["", "", *printed()[0][1:]]]
        for year, factor in ((2011, 1), (2012, 2)):
            rows += [[year, *row] for row in scaled(factor)[1:]]
        file = Office({"T": rows})
        where = {"A": "{year}"}
        over_years(file)
        file.map |= {"header_columns": ["B"], "rows": {"where": where}}
        file.map["blocks"]["transactions"] = {}
        first, second = tables(file, tmp_path)
        assert_nation(first)
        np.testing.assert_allclose(second.transactions, 2 * office.Z)

    def test_a_corner_by_year(self, tmp_path):
        file = Office({"T": [*scaled(1), [], *scaled(2)]})
        over_years(file)
        file.map |= {
            "area": {"2011": "1:8", "2012": "10:17"},
            "header_rows": {"2011": ["1"], "2012": ["10"]},
        }
        file.map["blocks"]["transactions"] = {"2011": "B2", "2012": "B11"}
        first, second = tables(file, tmp_path)
        assert_nation(first)
        np.testing.assert_allclose(second.transactions, 2 * office.Z)

    def test_the_sheet_of_another_year(self, tmp_path):
        file = self.by_sheet()
        del file.map["years"]
        file.map |= {"year": "2012", "sheet": "2011"}
        said = refusal(file, tmp_path)
        assert "the name of the sheet says 2011; expected the year 2012" in said

    def test_stacked_rows_of_another_year(self, tmp_path):
        rows = [[2000 if k else "", *row] for k, row in enumerate(printed())]
        file = Office({"T": rows})
        file.map |= {"header_columns": ["B"]}
        file.map["blocks"]["transactions"] = "C2"
        said = refusal(file, tmp_path)
        assert "A2 and below say 2000; expected the year 2012" in said

    def test_a_title_of_another_year(self, tmp_path):
        rows = [["Input-output table 2010"], *printed()]
        file = Office({"T": rows})
        file.map |= {"header_rows": ["2"]}
        file.map["blocks"]["transactions"] = "B3"
        assert "its titles say 2010; expected the year 2012" in refusal(file, tmp_path)

    def test_a_cell_that_holds_the_year(self, tmp_path):
        rows = [["Year  2012"], *printed()]
        file = Office({"T": rows})
        file.map |= {"header_rows": ["2"], "year_cell": "A1"}
        file.map["blocks"]["transactions"] = "B3"
        assert_nation(read(file, tmp_path))
        rows[0][0] = "Year 2013"
        said = refusal(file, tmp_path)
        assert "cell A1 (`year_cell`) is 'Year 2013'; expected the year 2012" in said


def over_years(file: Office) -> None:
    """Let a map have two years, with people of each."""
    del file.map["year"]
    file.map["years"] = "2011-2012"
    file.map["regions"][0]["population"] = {"2011": "3000", "2012": "3100"}


def scaled(factor: float):
    """Return the table times a factor, but for its emissions."""
    rows = printed()
    for row in rows[1:-1]:
        row[1:] = [cell * factor if cell != "" else cell for cell in row[1:]]
    return rows


class TestRegions:
    """One table over several sheets or files."""

    def file(self):
        """Two regions of the same sectors: rows of each on a sheet of its own."""
        file = Office()
        region = file.map["regions"][0]
        file.map["regions"] = [
            {**region, "region_id": r, "region_name": f"Region {r}"} for r in "NS"
        ]
        users = [(r, c) for r in "NS" for c in office.CATEGORIES]
        producers = [(r, s) for r in "NS" for s in office.SECTORS]
        across = [["", *(r for r, _ in (*producers, *users))]]
        across.append(["", *(s for _, s in (*producers, *users))])
        file.sheets = {}
        for r in "NS":
            own = r == "N"
            zero_z, zero_y = np.zeros((3, 3)), np.zeros((3, 2))
            wide = [office.Z, zero_z] if own else [zero_z, office.Z]
            demand = [office.Y, zero_y] if own else [zero_y, office.Y]
            cells = np.hstack([*wide, *demand])
            file.sheets[f"From {r}"] = [
                *across,
                *([s, *cells[k]] for k, s in enumerate(office.SECTORS)),
            ]
        file.sheets["Air"] = [*across, ["CO2", "", *office.CO2, *office.CO2]]
        file.sheets["Air"][2].pop(1)
        file.map |= {
            "header_rows": ["1", "2"],
            "sheet": "From {origin}",
            "blocks": {
                "transactions": "B3",
                "final_demand": {},
                "emissions": {"co2": {"sheet": "Air", "row": "CO2"}},
            },
        }
        return file

    def test_rows_of_each_region_on_a_sheet(self, tmp_path):
        table = read(self.file(), tmp_path)
        zero = np.zeros((3, 3))
        wanted = np.block([[office.Z, zero], [zero, office.Z]])
        assert table.transactions.tolist() == wanted.tolist()
        assert table.emissions["co2"].tolist() == [*office.CO2, *office.CO2]

    def test_columns_of_each_region_on_a_sheet(self, tmp_path):
        """A row has the columns of its sheet; columns of several sheets add up."""
        file = self.file()
        down = [(r, s) for r in "NS" for s in office.SECTORS]
        zero_z, zero_y = np.zeros((3, 3)), np.zeros((3, 2))
        file.sheets = {"Air": file.sheets["Air"]}
        for r in "NS":
            wide = [office.Z, zero_z] if r == "N" else [zero_z, office.Z]
            demand = [office.Y, zero_y] if r == "N" else [zero_y, office.Y]
            cells = np.hstack([np.vstack(wide), np.vstack(demand)])
            rows = [["", "", *office.SECTORS, *office.CATEGORIES, "EXP"]]
            rows += [[*label, *cells[k], 1.0] for k, label in enumerate(down)]
            rows.append(["WAGES", "", *office.WAGES])
            file.sheets[f"To {r}"] = rows
        file.map |= {
            "header_rows": ["1"],
            "header_columns": ["A", "B"],
            "sheet": "To {destination}",
            "accept": ["column_balance"],
        }
        air = {"sheet": "Air", "row": "CO2", "header_rows": ["1", "2"]}
        air["header_columns"] = ["A"]
        file.map["blocks"] = {
            "transactions": "C2",
            "exports": {"column": "EXP"},
            "value_added": {"wages": {"row": "WAGES"}},
            "emissions": {"co2": air},
        }
        table = read(file, tmp_path)
        zero = np.zeros((3, 3))
        wanted = np.block([[office.Z, zero], [zero, office.Z]])
        assert table.transactions.tolist() == wanted.tolist()
        np.testing.assert_allclose(
            table.value_added["wages"], [*office.WAGES, *office.WAGES]
        )
        assert table.exports.tolist() == [2.0] * 6

    def test_regions_inside_sectors(self, tmp_path):
        """Sectors in merged cells, and under each of them every region."""
        file = self.file()
        order = [0, 3, 1, 4, 2, 5]
        cells = [(s, r) for s in office.SECTORS for r in "NS"]
        users = [(c, r) for c in office.CATEGORIES for r in "NS"]
        zero = np.zeros((3, 3))
        z = np.block([[office.Z, zero], [zero, office.Z]])[np.ix_(order, order)]
        y = np.zeros((6, 4))
        y[:3, [0, 2]], y[3:, [1, 3]] = office.Y, office.Y
        y = y[order]
        labels = [*cells, *users]
        rows = [["", "", *(inner if r == "N" else "" for inner, r in labels)]]
        rows.append(["", "", *(r for _, r in labels)])
        for k, (sector, r) in enumerate(cells):
            rows.append([sector if r == "N" else "", r, *z[k], *y[k]])
        rows.append(["CO2", "", *np.repeat(office.CO2, 2)])
        file.sheets = {"T": rows}
        file.map |= {
            "sheet": "T",
            "header_rows": ["2", "1"],
            "header_columns": ["B", "A"],
        }
        file.map["blocks"] = {
            "transactions": "C3",
            "final_demand": "I3",
            "emissions": {"co2": {"row": "CO2"}},
        }
        table = read(file, tmp_path)
        wanted = np.block([[office.Z, zero], [zero, office.Z]])
        np.testing.assert_allclose(table.transactions, wanted)
        np.testing.assert_allclose(table.final_demand[:3, :2], office.Y)
        np.testing.assert_allclose(table.final_demand[3:, 2:], office.Y)

    def test_a_file_for_each_year(self, tmp_path):
        folder = tmp_path / "files"
        folder.mkdir()
        for year, factor in ((2011, 1), (2012, 2)):
            Office({"T": scaled(factor)}).write_excel(folder / f"io_{year}.xlsx")
        file = Office()
        over_years(file)
        file.map["file"] = "io_{year}.xlsx"
        options = IngestOptions("a", map=file.write_map(tmp_path))
        first, second = read_excel(folder, options, no_progress)
        assert_nation(first)
        np.testing.assert_allclose(second.transactions, 2 * office.Z)
        file.map["file"] = "oi_{year}.xlsx"
        options = IngestOptions("a", map=file.write_map(tmp_path))
        with pytest.raises(CarbonshedError, match="did you mean 'io_2011"):
            read_excel(folder, options, no_progress)


class TestSupplyAndUse:
    """Products down, industries across."""

    MADE = np.array([[300.0, 20, 0], [10, 480, 30], [0, 40, 510]])
    USE = np.array([[100.0, 40, 20], [60, 180, 80], [30, 50, 120]])
    IMPORTS = np.array([45.0, 90, 0])

    def file(self, **more) -> Office:
        products = ("P1", "P2", "P3")
        demand = self.MADE.sum(axis=1) + self.IMPORTS - self.USE.sum(axis=1)
        added = self.MADE.sum(axis=0) - self.USE.sum(axis=0)
        use = [["", *office.SECTORS, "hh", "inv", "EXP"]]
        use += [
            [p, *self.USE[k], 0.7 * demand[k], 0.2 * demand[k], 0.1 * demand[k]]
            for k, p in enumerate(products)
        ]
        use += [["VA", *added], ["CO2", *office.CO2]]
        supply = [["", *office.SECTORS, "IMP"]]
        supply += [[p, *self.MADE[k], self.IMPORTS[k]] for k, p in enumerate(products)]
        content = {
            "use": "B2",
            "supply": {"sheet": "Supply", "corner": "B2"},
            "exports": {"column": "EXP"},
            "imports": {"sheet": "Supply", "column": "IMP"},
            "value_added": {"va": {"row": "VA"}},
            "emissions": {"co2": {"row": "CO2"}},
        }
        file = Office({"Use": use, "Supply": supply}, head(sheet="Use", blocks=content))
        file.map["products"] = [
            {"sector_id": p, "sector_name": f"Product {p}", "sector_group": "services"}
            for p in products
        ]
        file.map |= more
        return file

    def test_industry_by_industry(self, tmp_path):
        table = read(self.file(), tmp_path)
        demand = self.MADE.sum(axis=1) + self.IMPORTS - self.USE.sum(axis=1)
        home = self.USE.sum(axis=1) + 0.9 * demand
        own = (1 - self.IMPORTS / home)[:, np.newaxis] * self.USE
        shares = (self.MADE / self.MADE.sum(axis=1)[:, np.newaxis]).T
        np.testing.assert_allclose(table.transactions, shares @ own)
        np.testing.assert_allclose(table.output, self.MADE.sum(axis=0))
        assert [s["sector_id"] for s in table.sectors] == list(office.SECTORS)
        bought = table.transactions.sum(axis=0) + table.imports_by_sector
        np.testing.assert_allclose(bought + table.value_added["va"], table.output)

    def test_product_by_product(self, tmp_path):
        file = self.file(model="B")
        del file.map["blocks"]["emissions"]
        path = tmp_path / "e.csv"
        path.write_text("sector_id,value\nP1,1\nP2,2\n", "utf-8")
        table = read(file, tmp_path, emissions=path)
        assert [s["sector_id"] for s in table.sectors] == ["P1", "P2", "P3"]
        np.testing.assert_allclose(table.output, self.MADE.sum(axis=1))
        np.testing.assert_allclose(
            table.transactions.sum() + table.imports_by_sector.sum(), self.USE.sum()
        )

    def test_a_use_table_of_imports(self, tmp_path):
        """Domestic use is all use less the published use of imports, cell by cell."""
        file = self.file()
        bought = 0.25 * self.USE * (self.IMPORTS > 0)[:, np.newaxis]
        by_users = self.IMPORTS - bought.sum(axis=1)
        rows = [["", *office.SECTORS, *office.CATEGORIES]]
        rows += [
            [f"P{k + 1}", *bought[k], 0.5 * by_users[k], 0.5 * by_users[k]]
            for k in range(3)
        ]
        file.sheets["Imports"] = rows
        del file.map["blocks"]["imports"]
        file.map["blocks"] |= {
            "imported_use": {"sheet": "Imports", "corner": "B2"},
            "imported_final_demand": {"sheet": "Imports"},
        }
        table = read(file, tmp_path)
        shares = (self.MADE / self.MADE.sum(axis=1)[:, np.newaxis]).T
        np.testing.assert_allclose(table.transactions, shares @ (self.USE - bought))
        np.testing.assert_allclose(table.imports_by_sector, bought.sum(axis=0))
        np.testing.assert_allclose(table.imports_by_category, [by_users.sum() / 2] * 2)

    def test_purchasers_prices_without_margins(self, tmp_path):
        said = refusal(self.file(use_prices="purchasers"), tmp_path)
        assert "the use table is at purchasers' prices" in said

    def test_one_without_the_other(self, tmp_path):
        file = self.file()
        del file.map["blocks"]["supply"]
        assert "`blocks.supply` is missing" in refusal(file, tmp_path)


class TestEmissionsFile:
    """Emissions beside the workbook."""

    def file(self) -> Office:
        file = Office({"T": printed()[:-1]})
        del file.map["blocks"]["emissions"]
        return file

    def emissions(self, folder, text: str):
        path = folder / "emissions.csv"
        path.write_text(text, "utf-8")
        return path

    def test_by_sector(self, tmp_path):
        path = self.emissions(tmp_path, "sector_id,value\nA,12\nC,8\nB,50\n")
        assert_nation(read(self.file(), tmp_path, emissions=path))

    def test_of_households_too(self, tmp_path):
        text = "sector_id,category_id,value\nA,,12\nC,,8\nB,,50\n,hh,7\n"
        table = read(self.file(), tmp_path, emissions=self.emissions(tmp_path, text))
        assert_nation(table)
        assert table.direct_emissions["co2"].tolist() == [[7, 0]]

    def test_of_another_classification(self, tmp_path):
        path = self.emissions(tmp_path, "sector_id,value\nland,20\nrest,50\n")
        concordance = tmp_path / "c.csv"
        concordance.write_text(
            "source,sector_id,share\nland,A,0.6\nland,C,0.4\nrest,B,1\n", "utf-8"
        )
        table = read(self.file(), tmp_path, emissions=path, concordance=concordance)
        assert_nation(table)
        assert "70 in all" in decision(table, "emissions_spread")

    @pytest.mark.parametrize(
        ("text", "part"),
        [
            ("sector_id,value\nZ,1\n", "sector_id 'Z' is not one of the table"),
            ("sector_id,value\nA,1\nA,2\n", "duplicate"),
            ("year,sector_id,value\n2011,A,1\n", "no emissions of sectors in 2012"),
            ("sector_id,category_id,value\nA,hh,1\n", "exactly one of the two"),
            ("stressor_id,sector_id,value\nso2,A,1\n", "stressor_id 'so2'"),
        ],
    )
    def test_refusals(self, text, part, tmp_path):
        path = self.emissions(tmp_path, text)
        said = refusal(self.file(), tmp_path, emissions=path)
        assert said.startswith("emissions.csv: ")
        assert part in said

    def test_without_any(self, tmp_path):
        said = refusal(self.file(), tmp_path)
        assert said.startswith("map.yml: line 1: `blocks.emissions` is missing")
        assert "--emissions" in said
