"""Maps that balance and are wrong: each is refused or named in a WARNING.

Every map is a right one of a nation that is drawn, spoiled in one way. The right ones
go in without a WARNING.
"""

import copy

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from support.layouts import office
from support.layouts.office import Office
from support.layouts.workbook import MatrixFile, close_columns, matrix_file
from support.nations import Nation, nation
from support.random_systems import Size, random_system
from support.refusals import refusal_of

from carbonshed.errors import CarbonshedError
from carbonshed.progress import no_progress
from carbonshed.readers.options import IngestOptions
from carbonshed.readers.workbook.assemble import read_csv_matrix
from carbonshed.readers.workbook.contradictions import years_in
from carbonshed.readers.workbook.unread_numbers import own_numbers

SEEDS = range(8)


def warnings(table) -> dict[str, str]:
    """Return the warnings among the decisions by code, each code once."""
    rows = [d for d in table.decisions if d.text.startswith("WARNING: ")]
    by_code = {d.code: d.text for d in rows}
    assert len(by_code) == len(rows)
    return by_code


def assert_right(table, wanted: Nation) -> None:
    for name in ("transactions", "final_demand", "exports", "output"):
        np.testing.assert_array_equal(getattr(table, name), getattr(wanted, name))
    np.testing.assert_array_equal(table.imports_by_sector, wanted.imports)
    np.testing.assert_array_equal(table.imports_by_category, wanted.imports_of_users)


def in_order(file: Nation) -> Nation:
    """Say `order: true` of both axes; labels stay where they are."""
    file.office.map |= {"rows": {"order": "true"}, "columns": {"order": "true"}}
    first = chr(ord("A") + file.column("P3_S14"))
    file.blocks["final_demand"] = f"{first}4"
    imports = file.rows.index(file.row("P7")) + 1
    file.blocks["imports_of_final_users"] = {"corner": f"{first}{imports}"}
    return file


class TestRight:
    """What must not be refused or warned of."""

    @pytest.mark.parametrize("seed", range(24))
    def test_as_printed(self, seed, tmp_path):
        file = nation(seed)
        table = file.office.read(tmp_path)
        assert_right(table, file)
        assert warnings(table) == {}
        assert "numbers_beside" not in {d.code for d in table.decisions}

    @pytest.mark.parametrize("seed", SEEDS)
    def test_in_order(self, seed, tmp_path):
        file = in_order(nation(seed))
        table = file.office.read(tmp_path)
        assert_right(table, file)
        assert warnings(table) == {}

    @pytest.mark.parametrize("seed", SEEDS)
    def test_headings_that_are_also_names_of_sectors(self, seed, tmp_path):
        """A heading before several rows, and one that the last of its rows has too."""
        file = nation(seed)
        names = [row[0] for row in file.rows[3:-7]]
        for k, row in enumerate(file.rows):
            row.insert(0, names[0] if 3 <= k < 6 else "")
        file.rows[-9][0] = names[-1]
        file.office.map["header_columns"] = ["C"]
        file.blocks["transactions"] = "D4"
        assert_right(file.office.read(tmp_path), file)

    @pytest.mark.parametrize("seed", SEEDS)
    def test_running_numbers_beside_other_numbers(self, seed, tmp_path):
        """Lines are numbered 1, 2, 3; sectors are 1, 2, 4, 5 and so on."""
        file = nation(seed)
        codes = [s["sector_id"] for s in file.office.map["sectors"]]
        new = {code: str(k + 1 + (k > 1)) for k, code in enumerate(codes)}
        for sector in file.office.map["sectors"]:
            sector["sector_id"] = new[sector["sector_id"]]
        in_order(file)
        for k, row in enumerate(file.rows):
            row[1:2] = [new.get(cell, cell) for cell in row[1:2]]
            row[0] = str(k - 2) if 3 <= k < 3 + len(codes) else row[0]
        file.rows[2][:] = [new.get(cell, cell) for cell in file.rows[2]]
        assert_right(file.office.read(tmp_path), file)

    @pytest.mark.parametrize("seed", SEEDS)
    def test_lines_that_are_left_out(self, seed, tmp_path):
        file = nation(seed)
        memo = ["People", "PEOPLE", *np.arange(1.0, 1 + len(file.output))]
        file.rows.append(memo)
        text = warnings(file.office.read(tmp_path))["numbers_beside"]
        assert f"row 'People PEOPLE' at C{len(file.rows)} (sum " in text
        assert text.count(" at ") == 1
        file.office.map["rows"] = {"leave_out": ["PEOPLE"]}
        assert warnings(file.office.read(tmp_path)) == {}


@pytest.mark.parametrize("seed", SEEDS)
class TestExports:
    """Exports that are read as consumption."""

    def test_as_a_category(self, seed, tmp_path):
        file = nation(seed)
        del file.blocks["exports"]
        file.office.map["categories"].append(
            {
                "category_id": "abroad",
                "category_name": "Others",
                "category_group": "other",
                "label": "P6",
            }
        )
        text = warnings(file.office.read(tmp_path))["no_exports"]
        assert "all output counts as used in the country FIN" in text
        assert "by its header an export is the category 'abroad'" in text

    def test_forgotten(self, seed, tmp_path):
        file = nation(seed)
        del file.blocks["exports"]
        said = file.office.refusal(tmp_path)
        assert "row by row, deliveries miss the published output" in said
        assert "the column 'Exports P6' at " in said
        assert "not read by the map, would close the gap" in said


@pytest.mark.parametrize("seed", SEEDS)
class TestLabels:
    """Lists of the map against labels of the sheet."""

    def test_a_list_rotated_by_one(self, seed, tmp_path):
        file = in_order(nation(seed))
        sectors = file.office.map["sectors"]
        sectors.append(sectors.pop(0))
        said = file.office.refusal(tmp_path)
        assert "`blocks.transactions`: cell " in said
        assert "(`order: true`)" in said
        assert "moved or exchanged?" in said

    def test_two_sectors_exchanged(self, seed, tmp_path):
        file = in_order(nation(seed))
        sectors = file.office.map["sectors"]
        sectors[0], sectors[2] = sectors[2], sectors[0]
        said = file.office.refusal(tmp_path)
        assert f"is {file.rows[3][1]!r}, the label of {file.rows[3][1]!r}" in said
        assert f"taken for {file.rows[5][1]!r} (`order: true`)" in said

    @pytest.mark.parametrize("axis", ["rows", "columns"])
    def test_by_the_labels_of_one_axis(self, axis, seed, tmp_path):
        """Names above the columns, none beside the rows, or the other way round."""
        file = in_order(nation(seed))
        if axis == "rows":
            for row in file.rows[3:-7]:
                row[:2] = ["", ""]
        else:
            for row in file.rows[1:3]:
                row[2 : 2 + len(file.output)] = [""] * len(file.output)
        sectors = file.office.map["sectors"]
        sectors[0], sectors[1] = sectors[1], sectors[0]
        assert "(`order: true`)" in file.office.refusal(tmp_path)

    def test_names_moved_by_one_against_ids(self, seed, tmp_path):
        file = nation(seed)
        sectors = file.office.map["sectors"]
        names = [s["sector_name"] for s in sectors]
        for sector, name in zip(sectors, [*names[1:], names[0]], strict=True):
            sector["sector_name"] = name
        said = file.office.refusal(tmp_path)
        assert "ids, names or lines of the map moved or exchanged?" in said

    def test_ids_moved_by_one_against_names(self, seed, tmp_path):
        file = nation(seed)
        file.office.map["header_columns"], file.office.map["header_rows"] = ["A"], ["2"]
        for category in file.office.map["categories"]:
            del category["label"]
        sectors = file.office.map["sectors"]
        ids = [s["sector_id"] for s in sectors]
        for sector, code in zip(sectors, [*ids[1:], ids[0]], strict=True):
            sector["sector_id"] = code
        assert "moved or exchanged?" in file.office.refusal(tmp_path)

    def test_households_and_government_exchanged(self, seed, tmp_path):
        """Codes are exchanged; names of the map stand in the sheet, or do not."""
        file = nation(seed)
        one, other = file.office.map["categories"][:2]
        one["label"], other["label"] = other["label"], one["label"]
        assert "`blocks.final_demand`: cell " in file.office.refusal(tmp_path)
        one["category_name"], other["category_name"] = "Private", "State"
        said = file.office.refusal(tmp_path)
        assert "'hh' of group household" in said
        assert "'gov' of group government" in said
        assert "are the two exchanged in the map?" in said


@pytest.mark.parametrize("seed", SEEDS)
class TestForgotten:
    """Lines of the table that the map leaves out."""

    def test_inventories(self, seed, tmp_path):
        file = nation(seed)
        del file.office.map["categories"][3]
        found = warnings(file.office.read(tmp_path))
        text = found.pop("unread_line_closes")
        assert "row by row, deliveries miss the published output by" in text
        assert "which is the column 'Changes in inventories P52' at " in text
        assert not found

    def test_taxes(self, seed, tmp_path):
        file = nation(seed)
        del file.blocks["value_added"]["taxes"]
        found = warnings(file.office.read(tmp_path))
        text = found.pop("unread_line_closes")
        assert "column by column, inputs and value added miss output by" in text
        assert "which is the row 'Taxes on products D21' at C" in text

    def test_both_and_two_lines_of_one_gap(self, seed, tmp_path):
        file = nation(seed)
        del file.blocks["value_added"]["taxes"]
        del file.office.map["categories"][3]
        rest = ["Duties", "D29", *np.arange(1.0, 1 + len(file.output))]
        surplus = file.row("B2")
        for k in range(len(file.output)):
            surplus[2 + k] -= rest[2 + k]
        file.rows.insert(file.rows.index(surplus), rest)
        file.rows[-3][2:] = [""] * (len(file.rows[-3]) - 2)  # value added as it was
        table = file.office.read(tmp_path)
        texts = [d.text for d in table.decisions if d.code == "unread_line_closes"]
        assert len(texts) == 2
        assert "'Taxes on products D21'" in texts[1]
        assert "and the row 'Duties D29'" in texts[1]

    def test_without_output(self, seed, tmp_path):
        """Rows stand for output, and columns miss them by the taxes."""
        file = nation(seed)
        del file.blocks["value_added"]["taxes"]
        del file.blocks["output"]
        text = warnings(file.office.read(tmp_path))["unread_line_closes"]
        assert "which is the row 'Taxes on products D21'" in text

    def test_imports_of_final_users(self, seed, tmp_path):
        file = nation(seed)
        del file.blocks["imports_of_final_users"]
        found = warnings(file.office.read(tmp_path))
        text = found.pop("imports_of_users")
        assert "the imports of sectors go on under final demand" in text
        assert f"row 'Imports P7' at {chr(ord('A') + file.column('P3_S14'))}" in text
        assert "expected `imports_of_final_users`" in text
        assert not found

    @pytest.mark.parametrize("label", ["TOT", "D21"])
    def test_imports_of_final_users_from_another_row(self, label, seed, tmp_path):
        file = nation(seed)
        file.blocks["imports_of_final_users"] = {"row": label}
        said = file.office.refusal(tmp_path)
        assert "the line that `imports_of_final_users` reads holds" in said
        assert "expected the row of imports for both" in said
        file.office.map["accept"] = ["imports_balance"]
        texts = [d.text for d in file.office.read(tmp_path).decisions]
        assert any("(accepted in the map)" in text for text in texts)
        assert any("go on under final demand with others" in text for text in texts)

    def test_imports_of_final_users_in_another_unit(self, seed, tmp_path):
        """A sheet of their own has no sectors to compare."""
        file = nation(seed)
        row = [1000 * c if isinstance(c, float) else c for c in file.row("P7")]
        n = len(file.output)
        row[2 : 3 + n] = [""] * (1 + n)
        file.office.sheets["M"] = [*file.rows[:3], row]
        file.blocks["imports_of_final_users"] = {"sheet": "M", "row": "P7"}
        texts = [d.text for d in file.office.read(tmp_path).decisions]
        assert any("times what final users buy from own producers" in t for t in texts)

    def test_emissions_of_households(self, seed, tmp_path):
        file = nation(seed)
        row = file.row("CO2")
        row += [""] * (file.column("P3_S14") - len(row)) + [77.0]
        text = warnings(file.office.read(tmp_path))["emissions_of_users"]
        assert "emissions of co2 go on under final demand" in text
        assert "expected them as `direct_emissions`" in text
        file.blocks["direct_emissions"] = {"co2": {"row": "CO2"}}
        assert warnings(file.office.read(tmp_path)) == {}


@pytest.mark.parametrize("seed", SEEDS)
class TestListsElsewhere:
    """Codes alone beside the numbers; a list on another sheet says what they are."""

    def listed(self, seed) -> tuple[Nation, list[dict]]:
        file = nation(seed)
        sectors = file.office.map["sectors"]
        rows = [["", s["sector_id"], s["sector_name"]] for s in sectors]
        file.office.sheets["Codes"] = [["List of industries"], [], *rows]
        for row in file.rows[3:]:
            row[0] = ""
        file.rows[1][:] = [""] * len(file.rows[1])
        return file, sectors

    def test_right(self, seed, tmp_path):
        file, _ = self.listed(seed)
        assert_right(file.office.read(tmp_path), file)

    def test_moved_by_one(self, seed, tmp_path):
        file, sectors = self.listed(seed)
        names = [s["sector_name"] for s in sectors]
        for sector, name in zip(sectors, [*names[1:], names[0]], strict=True):
            sector["sector_name"] = name
        said = file.office.refusal(tmp_path)
        assert "sheet 'Codes': row 3 calls " in said
        assert f"and the map {names[1]!r}, and so on in {len(names)} rows" in said


@pytest.mark.parametrize("seed", SEEDS)
def test_a_category_of_another_group_than_its_header(seed, tmp_path):
    file = nation(seed)
    file.office.map["categories"][2]["category_group"] = "household"
    text = warnings(file.office.read(tmp_path))["other_group"]
    assert "'gfcf' of group household is read from " in text
    assert "Gross fixed capital formation" in text
    assert "which is investment" in text


@pytest.mark.parametrize("seed", SEEDS)
def test_imports_of_final_users_that_are_elsewhere(seed, tmp_path):
    """The row of imports ends before final demand."""
    file = nation(seed)
    del file.blocks["imports_of_final_users"]
    del file.row("P7")[3 + len(file.output) :]
    text = warnings(file.office.read(tmp_path))["imports_of_users"]
    assert "reads imports of sectors, and none of final users" in text


def regional(names=("North", "South"), sheets=("North", "South")) -> Office:
    """Return two regions, the rows of each on a sheet of its own."""
    file = Office()
    region = file.map["regions"][0]
    file.map["regions"] = [
        {**region, "region_id": name[0], "region_name": name, "sheet": sheet}
        for name, sheet in zip(names, sheets, strict=True)
    ]
    users = [(n, c) for n in names for c in office.CATEGORIES]
    producers = [(n, s) for n in names for s in office.SECTORS]
    across = [["", "", *(n for n, _ in (*producers, *users)), "EXP"]]
    across.append(["", "", *(s for _, s in (*producers, *users)), ""])
    file.sheets = {}
    for k in range(len(names)):
        z, y = np.zeros((3, 6)), np.zeros((3, 4))
        z[:, 3 * k : 3 * k + 3], y[:, 2 * k : 2 * k + 2] = office.Z, office.Y * (k + 1)
        rows = np.hstack([z, y, office.EXPORTS[:, np.newaxis]])
        file.sheets[sheets[k]] = [
            [""],
            *copy.deepcopy(across),
            *(["", s, *rows[i]] for i, s in enumerate(office.SECTORS)),
        ]
    emissions = ["", "CO2", *office.CO2, *office.CO2]
    file.sheets["Air"] = [[""], *copy.deepcopy(across), emissions]
    file.map |= {
        "header_rows": ["2", "3"],
        "header_columns": ["B"],
        "sheet": "{origin}",
        "blocks": {
            "transactions": "C4",
            "exports": {"column": "EXP"},
            "final_demand": {},
            "emissions": {"co2": {"sheet": "Air", "row": "CO2"}},
        },
    }
    return file


class TestRegions:
    """Sheets and files of two regions, exchanged."""

    def test_right(self, tmp_path):
        assert not set(warnings(regional().read(tmp_path))) & {"other_region"}
        # a word of a name may be that of another
        file = regional(("Guinea", "Guinea-Bissau"), ("Guinea", "Guinea-Bissau"))
        file.map["regions"][1]["region_id"] = "B"
        assert "other_region" not in warnings(file.read(tmp_path))

    def test_the_names_of_the_sheets(self, tmp_path):
        file = regional()
        north, south = file.map["regions"]
        north["sheet"], south["sheet"] = south["sheet"], north["sheet"]
        said = file.refusal(tmp_path)
        assert said.startswith("map.yml: `sheet` of the region 'North' is 'South', ")

    def test_words_of_the_names_of_the_sheets(self, tmp_path):
        file = regional(sheets=("From South", "From North"))
        texts = [d.text for d in file.read(tmp_path).decisions]
        said = [text for text in texts if "are sheets exchanged?" in text]
        assert len(said) == 2
        assert "the region 'North' is 'From South', which names 'South'" in said[0]

    @pytest.mark.parametrize("merged", [True, False])
    def test_the_labels_of_the_rows(self, merged, tmp_path):
        file = regional(sheets=("S1", "S2"))
        for sheet, name in (("S1", "South"), ("S2", "North")):
            for row in file.sheets[sheet][3 : 4 if merged else 6]:
                row[0] = name
        said = file.refusal(tmp_path)
        assert said.startswith("t.xlsx: sheet 'S1': cell A4 is 'South', and the sheet ")
        assert "taken for the region 'North'" in said
        for sheet, name in (("S1", "North"), ("S2", "South")):
            for row in file.sheets[sheet][3 : 4 if merged else 6]:
                row[0] = name
        file.read(tmp_path)

    def test_a_title(self, tmp_path):
        file = regional(sheets=("S1", "S2"))
        file.sheets["S1"][0] = ["South"]
        said = file.refusal(tmp_path)
        assert said.startswith("t.xlsx: sheet 'S1': cell A1 is 'South', and the sheet ")
        file.sheets["S1"][0] = ["Deliveries of the South, 2012"]
        text = warnings(file.read(tmp_path))["other_region"]
        assert "sheet 'S1': its titles name the region 'South'" in text
        file.sheets["S1"][0] = ["Deliveries of the North to the South, 2012"]
        assert "other_region" not in warnings(file.read(tmp_path))

    def test_files_of_two_regions(self, tmp_path):
        """Each file says in its title whose it is."""
        file = regional(sheets=("a", "b"))
        folder = tmp_path / "files"
        folder.mkdir()
        for sheet, name in (("a", "South"), ("b", "North")):
            rows = file.sheets[sheet]
            rows[0] = [name]
            Office({"T": rows}).write_excel(folder / f"{sheet}.xlsx")
        Office({"T": file.sheets["Air"]}).write_excel(folder / "air.xlsx")
        file.map["file"], file.map["sheet"] = "{origin}.xlsx", "T"
        file.map["blocks"]["emissions"]["co2"] = {"file": "air.xlsx", "row": "CO2"}
        error = refusal_of(file.tables, folder)
        assert error.startswith("a.xlsx: sheet 'T': cell A1 is 'South', ")

    def test_regions_in_another_order(self, tmp_path):
        """No labels of sectors, but those of the regions beside the rows."""
        file = regional(sheets=("S1", "S2"))
        rows = [*file.sheets["S1"], *file.sheets["S2"][3:]]
        for k, row in enumerate(rows[3:]):
            row[0] = ("North", "South")[k // 3]
        file.sheets["S1"] = rows
        file.map["sheet"] = "S1"
        file.map["header_columns"] = ["A", "B"]
        file.map["rows"] = {"order": "true"}
        file.read(tmp_path)
        file.map["regions"].reverse()
        said = file.refusal(tmp_path)
        assert "cell A4 is 'North'" in said
        assert "`order: true`" in said


class TestYears:
    """Names of files and sheets of other years."""

    def test_the_name_of_the_file(self, tmp_path):
        file = Office()
        text = warnings(file.read(tmp_path, "io_2011.xlsx"))["other_year"]
        assert "the name of io_2011.xlsx says 2011, and the map 2012" in text
        for name in ("io_2012.xlsx", "io_2011-12.xlsx", "io_2010_2014.xlsx", "io.xlsx"):
            assert warnings(file.read(tmp_path, name)) == {}
        # the sheet, a title or a cell says which year it is
        file.sheets = {"2012": file.sheets["T"]}
        assert warnings(file.read(tmp_path, "release_2016.xlsx")) == {}

    def test_a_vector_of_the_sheet_of_another_year(self, tmp_path):
        file = Office()
        file.sheets["2011"] = copy.deepcopy(file.sheets["T"])
        file.map["sheet"] = "T"
        file.map["blocks"]["value_added"]["wages"] = {"sheet": "2011", "row": "WAGES"}
        said = file.refusal(tmp_path)
        assert said.startswith("t.xlsx: sheet '2011': the name of the sheet says 2011")
        file.map["blocks"]["value_added"]["wages"] = {"row": "WAGES"}
        file.map["blocks"]["emissions"]["co2"] = {"sheet": "2011", "row": "CO2"}
        text = warnings(file.read(tmp_path))["other_year"]
        assert "sheet '2011': the name of the sheet says 2011, and the map 2012" in text

    def test_a_year_cell_elsewhere(self, tmp_path):
        file = Office()
        file.sheets = {"Contents": [["2012"]], "2011": file.sheets["T"]}
        file.map["sheet"] = "2011"
        file.map["year_cell"] = {"sheet": "Contents", "cell": "A1"}
        assert "other_year" in warnings(file.read(tmp_path))
        file.sheets["2011-12"] = file.sheets.pop("2011")
        file.map["sheet"] = "2011-12"
        assert warnings(file.read(tmp_path)) == {}

    @pytest.mark.parametrize(
        ("text", "years"),
        [
            ("io_2012", {2012}),
            ("2011-12", {2011, 2012}),
            ("1999/00", {1999, 2000}),
            ("2010-2014", {2010, 2014}),
            ("12.2012", set()),
            ("table 2012.5", set()),
            ("2012-45", {2012}),
            ("20123", set()),
        ],
    )
    def test_years_of_a_text(self, text, years):
        assert years_in(text) == years

    def test_csv_files_of_years(self, tmp_path):
        file = Office()
        folder = tmp_path / "csv"
        folder.mkdir()
        file.write_csv(folder / "t2011.csv")
        file.map["sheet"] = "t2011"
        (table,) = file.tables(folder)
        assert "the name of t2011.csv says 2011" in warnings(table)["other_year"]


class TestSums:
    """Which lines are sums of others."""

    def test_by_hand(self):
        rng = np.random.default_rng(3)
        block, a, b, c, d = rng.uniform(1, 9, (5, 12))
        lines = [block, block, a, b, a + b, c, a + b + c, d, block + a + b + c]
        read = [True, False, True, True, False, True, False, False, False]
        assert own_numbers(lines, read) == [7]

    def test_parts_of_a_line_that_is_read(self):
        rng = np.random.default_rng(3)
        block, rural, urban, own = rng.uniform(1, 9, (4, 12))
        lines = [block, rural + urban, rural, urban, own]
        assert own_numbers(lines, [True, True, False, False, False]) == [4]

    def test_beside_more_lines_than_are_tried(self):
        """All are asked: what is read is no note, and a total of all of it neither."""
        rng = np.random.default_rng(3)
        lines = rng.uniform(1, 9, (400, 12))
        lines = [*lines, lines.sum(axis=0), lines[0] * lines[1]]
        assert own_numbers(lines, [True] * 400 + [False] * 2) == [401]

    def test_rounded(self):
        rng = np.random.default_rng(3)
        parts = rng.uniform(50, 900, (4, 30))
        lines = [*np.round(parts), np.round(parts[1:].sum(axis=0))]
        assert own_numbers(lines, [True] * 4 + [False]) == []

    @pytest.mark.parametrize("seed", SEEDS)
    def test_many_totals_are_no_note(self, seed, tmp_path):
        """26 totals, of which a list would show 12."""
        file = nation(seed)
        rng = np.random.default_rng(seed)
        first, n = file.column("P3_S14"), len(file.output)
        for k in range(26):
            chosen = rng.permutation(4)[: 2 + k % 3]
            cells = file.final_demand[:, chosen].sum(axis=1)
            for row, cell in zip(file.rows[3 : 3 + n], cells, strict=True):
                row.append(float(cell))
            file.rows[2].append(f"T{k}")
        assert first
        found = file.office.read(tmp_path).decisions
        assert "numbers_beside" not in {d.code for d in found}

    def test_one_note_for_the_same_line_of_many_sheets(self, tmp_path):
        file = regional()
        for k, sheet in enumerate(("North", "South")):
            rows = file.sheets[sheet]
            rows[2].append("MEMO")
            for i, row in enumerate(rows[3:]):
                row.append(float(10 * k + i + 1))
        text = warnings(file.read(tmp_path))["numbers_beside"]
        assert "column 'MEMO' on 2 sheets (sum 42; " in text
        assert text.count("MEMO") == 1


NOTES = {
    *("numbers_beside", "unread_line_closes", "no_exports", "imports_of_users"),
    *("emissions_of_users", "other_region", "other_year"),
}
GENTLY = settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def drawn(seed: int) -> MatrixFile:
    """Return several regions on one sheet, with imports, emissions and all else."""
    size = Size(regions=2, sectors=3, categories=2, has_twins=False)
    system = random_system(seed, size)
    system.is_synthetic = True  # its money is not the world's
    number = next(iter(system.years))
    year = system.years[number]
    n, regions, categories = year.final_demand.shape
    rng = np.random.default_rng(seed)
    year.imports_by_sector = rng.uniform(0.1, 1, n)
    year.imports_by_category = rng.uniform(0.1, 1, (regions, categories))
    year.gdp = [None] * len(year.gdp)
    close_columns(year)
    return matrix_file(system, number)


def outcome(file: MatrixFile, folder) -> str | set[str]:
    """Return the refusal, or which of the notes there are."""
    options = IngestOptions("a", map=file.write_map(folder / "map.yml"))
    try:
        source = file.write_csv(folder / "csv")
        (table,) = read_csv_matrix(source, options, no_progress)
    except CarbonshedError as error:
        return str(error)
    return {d.code for d in table.decisions if d.code in NOTES}


@GENTLY
@given(st.integers(0, 2**32))
def test_random_systems_are_taken_without_a_note(tmp_path, seed):
    assert outcome(drawn(seed), tmp_path) == set()


@GENTLY
@given(st.integers(0, 2**32), st.data())
def test_random_systems_in_another_order(tmp_path, seed, data):
    """Any order of regions and sectors but that of the sheet is refused."""
    file = drawn(seed)
    file.map |= {"rows": {"order": True}, "columns": {"order": True}}
    assert outcome(file, tmp_path) == set()
    key = data.draw(st.sampled_from(["regions", "sectors"]))
    order = data.draw(st.permutations(file.map[key]))
    assume(order != file.map[key])
    file.map[key] = order
    said = outcome(file, tmp_path)
    assert isinstance(said, str)
    assert "exchanged?" in said


@GENTLY
@given(
    st.integers(0, 2**32),
    st.sampled_from(
        [
            ("imports_of_final_users", "imports_of_users"),
            ("direct_emissions", "emissions_of_users"),
        ]
    ),
)
def test_random_systems_with_a_row_forgotten(tmp_path, seed, case):
    block, code = case
    file = drawn(seed)
    assume(file.map["blocks"].pop(block, None))
    assert outcome(file, tmp_path) == {code}
