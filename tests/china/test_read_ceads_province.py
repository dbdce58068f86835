"""CEADs provincial tables: every release read back equal, every wrong file named."""

import math

import numpy as np
import openpyxl
import pytest
from openpyxl.utils import column_index_from_string, get_column_letter
from support.layouts.ceads_inventories import write_provincial
from support.layouts.ceads_province import (
    Release,
    province_system,
    write_province,
)
from support.matrix_tables import expected_rows, stored
from support.refusals import refusal_of

from carbonshed.audit import ensure_audited
from carbonshed.readers import ingest
from carbonshed.readers.china.province import read_ceads_province
from carbonshed.readers.options import IngestOptions

pytestmark = pytest.mark.usefixtures("empty_project")

SHEET = "Table_2017"
ENGLISH = "Table_2018_English Version"
CONSISTENT = frozenset({"consistent"})


def column(code, provinces=3, sectors=5):
    """Return the letters of a column of the small workbook."""
    after = {"TIU": 0, "FU": 1, "EX": 1 + 5 * provinces}
    after |= {"TFU": after["EX"] + 1, "ERR": after["EX"] + 2, "GO": after["EX"] + 3}
    return get_column_letter(4 + provinces * sectors + after[code])


EX, FU, GO, TIU = map(column, ("EX", "FU", "GO", "TIU"))


def indicators(folder, system):
    ((year, numbers),) = system.years.items()
    people = zip(system.regions, numbers.population, numbers.gdp, strict=True)
    rows = [f"{year},{region.id},{count},{gdp:.0f}\n" for region, count, gdp in people]
    path = folder / f"indicators_{year}.csv"
    path.write_text("year,region_id,population,gdp\n" + "".join(rows), "utf-8")
    return path


def inventory(folder, year, provinces=("Beijing", "InnerMongolia"), total=9800.0):
    """Return the amounts of an inventory, and its file."""
    drawn = np.random.default_rng(1).gamma(0.5, size=(len(provinces), 47))
    amounts = dict(zip(provinces, drawn * total / drawn.sum(), strict=True))
    return amounts, write_provincial(folder / f"i{year}.xlsx", year, amounts)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """Write tables of all 42 sectors in three provinces once; return them by year."""
    folder = tmp_path_factory.mktemp("whole")
    tables = {}
    for year in (2012, 2015, 2017):
        system = province_system(year, codes=tuple(range(1, 43)))
        tables[year] = system, write_province(folder / f"t{year}.xlsx", system)
    return tables


def read(path, **options):
    return read_ceads_province(path, IngestOptions("a", **options), lambda *_: None)


def small(folder, year=2017, *changes, **layout):
    """Write a table of five sectors in three provinces."""
    system = province_system(year)
    return write_province(folder / "t.xlsx", system, all_of(*changes), **layout)


def refused(path, *parts, **options):
    message = refusal_of(read, path, **options)
    assert "\n" not in message
    assert "`marks`" not in message  # of a map that the user does not have
    assert "`text_numbers`" not in message
    for part in (path.name, *parts):
        assert part in message


def stored_equal(dataset, system, but=()):
    for name, rows in expected_rows(system).items():
        if name in but:
            continue
        table = stored(dataset, name)
        assert [row[:-1] for row in table] == [row[:-1] for row in rows], name
        # a workbook keeps 16 digits
        values = [[row[-1] for row in side] for side in (table, rows)]
        np.testing.assert_allclose(*values, rtol=1e-15, err_msg=name)


# --- changes of a workbook --------------------


def put(cell, value, sheet=SHEET):
    return lambda sheets: sheets[sheet].__setitem__(cell, value)


def scale(factor, rows=range(28)):
    def change(sheets):
        for row in sheets[SHEET].iter_rows(min_row=5, min_col=4):
            for cell in row:
                if cell.row in rows and isinstance(cell.value, int | float):
                    cell.value *= factor

    return change


def unmerged(sheet):
    for area in list(sheet.merged_cells.ranges):
        sheet.unmerge_cells(str(area))
    return sheet


def moved(*pairs):
    """Return a change that moves labels out of their merged cells."""

    def change(sheets):
        sheet = unmerged(sheets[SHEET])
        for first, second in pairs:
            sheet[second], sheet[first] = sheet[first].value, None

    return change


def drop(**lines):
    def change(sheets):
        for kind, number in lines.items():
            getattr(sheets[SHEET], f"delete_{kind}")(number)

    return change


def all_of(*changes):
    return lambda sheets: [change(sheets) for change in changes]


def add_row(sheets):
    sheets[SHEET].insert_rows(20)
    for number, cell in enumerate(sheets[SHEET][19], start=1):
        sheets[SHEET].cell(20, number).value = cell.value


# --- releases --------------------


@pytest.mark.parametrize("year", [2017, 2018, 2020])
def test_a_release_with_co2_is_read_back(empty_project, year):
    system = province_system(year, error=0.01)
    path = write_province(empty_project / "t.xlsx", system)
    options = IngestOptions("a", indicators=indicators(empty_project, system))
    steps = []
    dataset = ingest("ceads-province", path, options, lambda *step: steps.append(step))
    stored_equal(dataset, system)
    assert dataset.years == [year]
    assert not ensure_audited("a").failed
    assert any(step == f"t.xlsx: Table_{year}" for step, _ in steps)
    assert all(0 <= share <= 1 for _, share in steps)
    notes = "\n".join(dataset.notes)
    for part in (
        f"{year}: sheet 'Table_{year}' is read",
        "CO2 is row 29",
        "TII is transactions + imports",
        "row by row, deliveries miss the published output by 0.99",
        "footprints are without direct emissions",
        "population and GDP from indicators_",
    ):
        assert part in notes
    # the column ERR makes up the gap, and is checked
    assert "the map does not read it" not in notes
    if year > 2017:
        assert f"'Table_{year}_English Version' holds the same numbers" in notes
        assert "WARNING: sheet" not in notes  # Sector and Province agree


@pytest.mark.parametrize("year", [2012, 2015])
def test_a_release_without_co2_takes_an_inventory(empty_project, whole, year):
    system, path = whole[year]
    amounts, emissions = inventory(empty_project, year)
    people = indicators(empty_project, system)
    options = IngestOptions("a", emissions=emissions, indicators=people)
    dataset = ingest("ceads-province", path, options)
    stored_equal(dataset, system, but=("emissions", "direct_emissions"))
    assert not ensure_audited("a").failed
    by_cell = {row[2]: row[3] for row in stored(dataset, "emissions")}
    direct = {}
    ids = ("110000", "150000")
    for k, (values, region) in enumerate(zip(amounts.values(), ids, strict=True)):
        own = {c % 42: v for c, v in by_cell.items() if c // 42 == k}
        assert math.isclose(sum(own.values()), values[:45].sum())
        assert math.isclose(own[24], values[38], rel_tol=1e-14)  # power
        assert math.isclose(own[13], values[27:29].sum())  # metals
        direct |= {(region, "FU102"): values[45], (region, "FU101"): values[46]}
    assert max(by_cell) < 2 * 42  # none in Tibet
    rows = {row[2:4]: row[4] for row in stored(dataset, "direct_emissions")}
    assert rows == pytest.approx(direct, rel=1e-15)
    notes = "\n".join(dataset.notes)
    assert f"i{year}.xlsx has no inventory of Tianjin" in notes
    x = system.years[year].output
    share = f"{x[84:].sum() / x.sum():.2%} of all"
    assert f"emissions of Tibet count as 0: not in i{year}.xlsx; {share}" in notes


def test_an_inventory_goes_before_the_row_of_co2(empty_project, whole):
    amounts, emissions = inventory(empty_project, 2017, total=10171.2)
    table = read(whole[2017][1], emissions=emissions)
    note = "the table's own row of CO2 is not used: --emissions is given"
    assert note in table.notes
    power = [*(values[38] for values in amounts.values()), 0]
    co2 = table.emissions["co2"].reshape(3, 42)
    np.testing.assert_allclose(co2[:, 23], power, rtol=1e-15)


def test_households_in_the_row_of_co2_are_direct_emissions(empty_project):
    cells = [put(f"{get_column_letter(20 + k)}29", k / 2) for k in range(15)]
    table = read(small(empty_project, 2017, *cells))
    expected = np.arange(15).reshape(3, 5) / 2
    np.testing.assert_array_equal(table.direct_emissions["co2"], expected)
    assert not any("households" in choice for choice in table.notes)


def test_the_consistent_table_of_2017(empty_project):
    path = small(empty_project)
    assert read(path).notes[:2] == [
        "sheet 'Table_2017' is read",
        "'Table_2017_consistent' is not read (--accept consistent takes it instead); "
        "its labels: the same",
    ]
    table = read(path, accept=CONSISTENT)
    assert table.notes[0] == "sheet 'Table_2017_consistent' is read"
    path = small(empty_project, 2017, put("D3", "农业", "Table_2017_consistent"))
    assert "its labels: WARNING: other" in read(path).notes[1]
    missing = "no sheet Table_2018_consistent; sheets found: 'Note', 'Sector '"
    refused(small(empty_project, 2018), missing, accept=CONSISTENT)


def test_labels_come_from_the_lists(empty_project):
    table = read(small(empty_project, short_names=True))
    provinces = [(row["region_name"], row["region_type"]) for row in table.regions]
    names = ("Beijing", "Inner Mongolia", "Tibet")
    assert provinces == [(name, "province") for name in names]
    columns = ("sector_id", "sector_group", "is_power_supply")
    assert [tuple(row[name] for name in columns) for row in table.sectors] == [
        ("01", "agriculture", False),
        ("02", "energy", False),
        ("14", "heavy_industry", False),
        ("22", "light_industry", False),
        ("24", "energy", True),
    ]
    groups = ["household", "household", "government", "investment", "inventory"]
    assert [row["category_group"] for row in table.categories] == groups
    assert table.descriptor["mrio"]["currency_unit"] == 1e4


def test_english_alone_and_a_sheet_of_another_name(empty_project):
    english = Release((ENGLISH,), True, "CO2 (Mt)")
    table = read(small(empty_project, 2018, release=english))
    assert table.notes[0] == f"sheet {ENGLISH!r} is read"
    table = read(
        small(empty_project, 2018, release=Release(("IO",), co2_label="CO2 (Mt)"))
    )
    assert table.year == 2018  # from the title
    assert "no sheet is called Table; this one has its labels" in table.notes


def test_moved_blocks_are_found_by_their_codes(empty_project):
    """A row and a column more, as in a table that somebody has annotated."""

    def move(sheets):
        sheet = unmerged(sheets["Table_2018"])
        sheet.insert_rows(1)
        sheet.insert_cols(1)

    release = Release(("Table_2018",), co2_label="CO2 (Mt)")
    table = read(small(empty_project, 2018, move, release=release))
    expected = province_system(2018).years[2018].transactions
    np.testing.assert_array_equal(table.transactions, expected)
    assert "numbers begin in E6 (published: D5)" in table.notes


def test_a_blank_row_below_the_codes_is_passed_over(empty_project):
    def add(sheets):
        unmerged(sheets[SHEET]).insert_rows(5)

    table = read(small(empty_project, 2017, add))
    expected = province_system(2017).years[2017].transactions
    np.testing.assert_array_equal(table.transactions, expected)
    assert "numbers begin in D6 (published: D5)" in table.notes


def test_a_total_that_is_called_co2_is_no_emissions(empty_project):
    notes = read(small(empty_project, 2017, put("B26", "CO2"))).notes
    assert "CO2 is row 29 (without a label, two rows below TI)" in notes


def test_subtotals_between_the_categories_are_not_read(empty_project):
    """Household consumption, total consumption and columns without a code."""

    def add(sheets):
        sheet = unmerged(sheets["Table_2018"])
        for region in (2, 1, 0):
            for after, code in ((3, "TC"), (2, "THC")):
                at = column_index_from_string(FU) + 5 * region + after
                sheet.insert_cols(at)
                sheet.cell(4, at).value = code
                sheet.cell(7, at).value = 4711.0
        output = sheet.max_column - 2
        assert sheet.cell(4, output).value == "GO"
        sheet.insert_cols(output)
        sheet.cell(8, output).value = "a remark"

    release = Release(("Table_2018",), co2_label="CO2 (Mt)", has_checks=True)
    table = read(small(empty_project, 2018, add, release=release))
    year = province_system(2018).years[2018]
    final = year.final_demand.reshape(15, 15)
    np.testing.assert_allclose(table.final_demand, final, rtol=1e-15)
    np.testing.assert_allclose(table.output, year.output, rtol=1e-15)


# --- years --------------------


def test_two_years_in_one_dataset_and_a_third_with_other_sectors(empty_project, whole):
    def arguments(year):
        system, path = whole[year]
        _, emissions = inventory(empty_project, year)
        people = indicators(empty_project, system)
        options = IngestOptions("a", emissions=emissions, indicators=people)
        return "ceads-province", path, options

    for year in (2015, 2012):
        dataset = ingest(*arguments(year))
    assert dataset.years == [2012, 2015]
    assert not ensure_audited("a").failed
    refusal = refusal_of(ingest, *arguments(2017))
    # codes 22 to 36 mean other sectors
    assert "Other manufacturing" in refusal
    assert "--name" in refusal


def test_years_that_do_not_fit(empty_project):
    refused(
        small(empty_project), "t.xlsx has the year 2017; --year says 2015", year=2015
    )
    path = small(empty_project, 2015, put("A1", "中国省级投入产出表", "Table"))
    refused(path, "ceads-province: t.xlsx has no year; say which with --year")
    without = "give an inventory of 2015 by province: --emissions FILE"
    refused(path, without, year=2015)


# --- wrong files --------------------

REPAIR = "金属制品、机械和设备修理服务"
# change, and parts of the refusal
WRONG = {
    "text_below_exports": (put(f"{EX}20", "n.a."), f"cell {EX}20 is 'n.a.', a text"),
    "text_below_a_sum": (put(f"{TIU}29", "n.a."), f"cell {TIU}29 is 'n.a.', a text"),
    "number_as_text_in_z": (put("F7", "1 000"), "cell F7 is '1 000', a text"),
    "text_in_z": (put("F7", "n.a."), "cell F7 is 'n.a.', a text", "a number"),
    "error_of_a_formula": (put("F7", "#DIV/0!"), "cell F7 is '#DIV/0!'"),
    "provinces_moved_by_a_row": (
        moved(("A15", "A16"), ("A10", "A11"), ("A5", "A6")),
        "cell A5 is empty; expected a region of the map",
    ),
    "header_moved_by_a_row": (
        moved(("D2", "D1"), ("I2", "I1"), ("N2", "N1")),
        "cell D2 is ''; expected a province, in Chinese or English",
        "merged cells moved?",
    ),
    "one_province_moved": (
        moved(("A10", "A11")),
        "'1' is at C5 and at C10 in the same region",
        "a merged header cell that begins too late looks so",
    ),
    "one_header_moved": (
        moved(("I2", "H2")),
        "'24' is at H4 and at M4 in the same region",
    ),
    "demand_header_moved": (
        moved((f"{FU}2", "AA1")),
        "5 of 3 regions x 5 category labels are missing in header rows 2 and 4: ",
    ),
    "unknown_province": (
        put("A10", "大西洲"),
        "cell A10 is '大西洲'; expected a province above the sectors, Beijing, Inner M",
    ),
    "unknown_header": (
        put("I2", "大西洲"),
        "cell I2 is '大西洲'; expected a province, in Chinese or English (merged cell",
    ),
    "header_twice": (
        put("I2", "北京市"),
        "cell Y2 is '内蒙古'; expected a province above the sectors, Beijing, Tibet",
    ),
    "header_and_province_twice": (
        all_of(put("I2", "北京市"), put("A10", "北京"), put("Y2", "北京")),
        "'1' is at C5 and at C10 in the same region",
    ),
    "demand_of_others": (
        put("Y2", "河北"),
        "cell Y2 is '河北'; expected a province above the sectors, Beijing, Inner Mong",
    ),
    "province_twice": (
        put("A10", "北京市"),
        "'1' is at C5 and at C10 in the same region",
    ),
    "other_order": (
        all_of(put("A10", "西藏"), put("A15", "内蒙古")),
        "cell C10 begins the sector 540000 / '01'; expected 150000 / '01', in the ord",
    ),
    "renamed_sector": (
        put("B7", "Widgets"),
        "cell B7 calls the sector '14' 'Widgets'; expected Smelting and processing of",
    ),
    "renamed_header": (put("F3", "Widgets"), "cell F3 calls the sector '14' 'Widgets'"),
    "no_name": (put("B7", None), "cell B7 calls the sector '14' ''"),
    "name_of_another": (
        put("B7", "煤炭采选产品"),
        "cell B7 calls the sector '14' '煤炭采选产品', a name of 'Mining and wa",
    ),
    "sectors_of_2015": (
        put("B9", REPAIR),
        f"cell B9 calls the sector 24 '{REPAIR}', its name in the tables of 2012 and",
        "expected 电力",
        "is the year of the table right?",
    ),
    "header_of_2015": (put("M3", REPAIR), f"cell M3 calls the sector 24 '{REPAIR}'"),
    "unknown_sector_code": (put("C9", "77"), "cell C9 is '77'; expected a sector of"),
    "unknown_header_code": (
        put("H4", "77"),
        "cell H4: the code 77 is not one of the 42 sectors of 2017, 2018 and 2020",
    ),
    "row_code_differs": (put("C14", "23"), "cell C14 is '23'; expected a sector of"),
    "no_codes": (put(f"{TIU}4", "合计"), "no row with the codes 01.."),
    "no_exports": (put(f"{EX}4", None), "no header cell of a column is 'EX'"),
    "no_output": (put(f"{GO}4", None), "no header cell of a column is 'GO'"),
    "unknown_code": (put(f"{EX}4", "EXX"), f"cell {EX}4: the code 'EXX' is not known"),
    "unknown_category": (
        all_of(*(put(f"{letters}4", "FU104") for letters in ("V", "AA", "AF"))),
        "cell V4: the code 'FU104' is not known; expected TIU, FU101 to FU202, EX",
    ),
    "a_category_less": (
        put("V4", None),
        "1 of 3 regions x 5 category labels are missing in header rows 2 and 4",
        "'FU103'",
    ),
    "a_row_less": (
        drop(rows=9),
        "1 of 3 regions x 5 sector labels are missing in header columns A and C",
        "'24'",
    ),
    "a_row_more": (add_row, "the block goes on at C20 with '24'"),
    "a_column_less": (
        drop(cols=8),
        "1 of 3 regions x 5 sector labels are missing in header rows 2 and 4",
        "'24'",
    ),
    "no_imports": (put("C20", None), "no header cell of a row is 'IM'"),
    "no_taxes": (put("C23", "GO"), "no header cell of a row is 'VA002'"),
    "no_value_added": (drop(rows=26), "no header cell of a row is 'TVA'"),
    "total_twice": (
        put("C26", "TII"),
        "the label 'TII' (`check.sums.TII`) is at C21, C26; expected it once",
    ),
    "tiu": (put("E5", 5e8), "TIU of Beijing / 01 (S5) is", "but transactions is"),
    "tfu": (
        put(f"{FU}8", 5e8),
        "TFU of Beijing / 22 (AJ8) is",
        "but final_demand + exports is",
    ),
    "tva": (put("G23", 5e8), "TVA of Beijing / 22 (G26) is", "but value_added is"),
    "tii": (
        put("D20", 9e8),
        "TII of Beijing / 01 (D21) is",
        "but transactions or transactions + imports is",
    ),
    "empty_output": (
        put(f"{GO}10", None),
        f"cell {GO}10 (`blocks.output`) is empty",
        "formulas have none before a spreadsheet program",
    ),
    "empty_sum": (put("D21", None), "cell D21 (`check.sums.TII`) is empty"),
    "empty_inputs": (put("D27", None), "cell D27 (`check.sums.TI`) is empty"),
    "unit_10_8": (
        scale(1e-4),
        "total output is 22.58 billion CNY in units of 10^4 CNY",
        "the unit that would fit is 10^8 CNY",
    ),
    "co2_in_kt": (
        scale(1e3, rows=[29]),
        "row of CO2",
        "total CO2",
        "the unit that would fit is kt",
    ),
    "two_rows_of_co2": (
        all_of(put("B29", "CO2"), put("B31", "CO2 again")),
        "2 rows of CO2: 29 'CO2', 31 'CO2 again'",
    ),
    "no_co2": (put("D29", None), "no row of CO2 below TI", "--emissions FILE"),
}


_OF_POWER = [*(f"{get_column_letter(27 + 42 * r)}3" for r in range(3))]
_OF_POWER += [f"B{28 + 42 * r}" for r in range(3)]
# of a table of all sectors; the names are near to those of their codes
WRONG_POWER = {
    "education": (put("AP3", "电力教育"), "24 (AA3), 39 (AP3); expected 24 only"),
    "in_english": (
        put("B43", "Education in Electric Power"),
        "24 (AA3), 39 (B43); expected 24 only",
    ),
    "none": (
        all_of(*(put(cell, "热力的生产和供应") for cell in _OF_POWER)),
        "none; expected 24 only",
    ),
}


@pytest.mark.parametrize("case", WRONG_POWER)
def test_power_supply_alone_is_called_power(empty_project, case):
    change, part = WRONG_POWER[case]
    system = province_system(2017, codes=tuple(range(1, 43)))
    path = write_province(empty_project / "t.xlsx", system, change)
    refused(path, f"sectors with 电力 or electric power in their names: {part}")


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_workbook_says_so(empty_project, case):
    change, *parts = WRONG[case]
    refused(small(empty_project, 2017, change), *parts)


def test_a_unit_may_be_declared(empty_project):
    path = small(empty_project, 2017, scale(1e-4))
    assert read(path, unit=1e8).descriptor["mrio"]["currency_unit"] == 1e8
    path = small(empty_project, 2017, scale(1e3, rows=[29]))
    assert read(path, emissions_unit="kt").stressors[0]["unit"] == "kt"
    message = refusal_of(read, path, emissions_unit="lb")
    assert "expected one of t, kt, Mt, Gt, kg" in message


def test_odd_numbers_are_told(empty_project):
    def spoil(sheets):
        sheet = sheets[SHEET]
        by = -2 * sheet["D5"].value
        # one cell to below zero, its sums with it; one cell emptied
        for cell in ("D5", f"{TIU}5", "D21"):
            sheet[cell] = sheet[cell].value + by
        sheet["D23"], sheet["D24"] = None, sheet["D23"].value + sheet["D24"].value

    path = write_province(
        empty_project / "t.xlsx", province_system(2017, error=0.06), spoil
    )
    notes = "\n".join(read(path).notes)
    for part in (
        "WARNING: 1 negative cells in Z, sum -",
        "VA002: 1 empty cells of 15 count as 0",
        "WARNING: row by row, deliveries miss the published output by ",
        "WARNING: t.xlsx: sheet 'Table_2017': TI of Beijing / 01 (D27) is ",
    ):
        assert part in notes


def test_imports_below_exports_are_told(empty_project):
    (note,) = [
        text
        for text in read(small(empty_project, 2017, put(f"{EX}20", 4711.0))).notes
        if "below exports" in text
    ]
    assert note == (
        "WARNING: not used: imports below exports, 4711 (goods that pass through)"
    )


def test_an_error_column_that_is_none(empty_project):
    path = small(empty_project, 2017, put(f"{column('ERR')}5", 1e8))
    (note,) = [text for text in read(path).notes if "ERR" in text]
    assert note.startswith("WARNING: t.xlsx: sheet 'Table_2017': ERR of Beijing / 01 (")
    assert "is 100000000, but output - transactions - final_demand - exports or" in note


@pytest.mark.parametrize("rows", [range(5, 6), range(5, 20)])
def test_gaps_of_an_error_column_count_as_0(empty_project, rows):
    """It is no flow, so nothing is refused; where 0 is not the error, that is told."""
    change = all_of(*(put(f"{column('ERR')}{row}", None) for row in rows))
    gaps = f"check.sums.ERR: {len(rows)} empty cells of 15 count as 0"
    for error in (0.0, 0.01):
        system = province_system(2017, error=error)
        notes = read(write_province(empty_project / "t.xlsx", system, change)).notes
        told = [text for text in notes if "ERR" in text]
        assert any(text.endswith(gaps) for text in told)
        wrong = [text for text in told if "WARNING" in text]
        assert len(wrong) == (error > 0)
        for text in wrong:
            assert f"ERR of Beijing / 01 ({column('ERR')}5)" in text
            assert (
                " is 0, but output - transactions - final_demand - exports or" in text
            )


def test_a_sheet_may_have_no_error_column(empty_project):
    """No WARNING says that a line is not read."""
    assert get_column_letter(37) == column("ERR")
    notes = read(small(empty_project, 2017, drop(cols=37))).notes
    assert not any("ERR" in text for text in notes)


@pytest.mark.parametrize(
    ("cell", "value", "parts"),
    [
        ("E7", 4711.0, ["TIU of Beijing / 14 (S7) is"]),
        ("A10", "Hebei", ["A10 is 'Hebei'; expected a province above the sectors, B"]),
        (
            "B7",
            "Agriculture",
            ["cell B7 is 'Agriculture', the label of '01' in the map"],
        ),
        (f"{GO}6", 1.0, [f"cell {GO}6 is 1, and in t.xlsx: sheet 'Table_2018' {GO}6"]),
        (
            "E29",
            0.5,
            ["cell E29 is 0.5, and in", "of 1 numbers of `blocks.emissions.c"],
        ),
        ("E20", 0.5, ["TII of Beijing / 02 (E21) is"]),
        (
            "T20",
            0.5,
            ["cell T20 is 0.5, and in", "`blocks.imports_of_final_users` that"],
        ),
        ("B29", "Total", ["`blocks.emissions.co2` is not there"]),
    ],
)
def test_languages_must_agree(empty_project, cell, value, parts):
    path = small(empty_project, 2018, put(cell, value, ENGLISH))
    refused(path, "English Version", *parts)


@pytest.mark.parametrize(
    ("more", "less", "part"),
    [
        # the four cells of Z add up as before, across and down
        (("D5", "E6"), ("E5", "D6"), "of 4 numbers of `blocks.transactions` that diff"),
        # imports are in TII, and TI need not be right
        (("D20", "D21"), (), "of 1 numbers of `blocks.imports` that differ"),
    ],
)
def test_languages_must_agree_where_sums_are_right(empty_project, more, less, part):
    def change(sheets):
        for cells, by in ((more, 1000), (less, -1000)):
            for cell in cells:
                sheets[ENGLISH][cell] = sheets[ENGLISH][cell].value + by

    path = small(empty_project, 2018, change)
    refused(path, f"English Version': cell {more[0]} is ", part)


def test_an_empty_cell_is_no_0_of_the_other_language(empty_project):
    zero = put("T20", 0.0, "Table_2018")
    path = small(empty_project, 2018, zero, put("T20", 0.0, ENGLISH))
    assert read(path).imports_by_category[0] == 0
    path = small(empty_project, 2018, zero, put("T20", None, ENGLISH))
    refused(path, "cell T20 is empty, and in t.xlsx: sheet 'Table_2018' T20 is 0")


def test_lists_that_do_not_agree_are_told(empty_project):
    # near to the names of 02, and that of 01 in other letters
    names = {"B3": "Coal mining, washing", "C3": "煤炭采选品", "C2": "Widgets"}
    names["B2"] = "AGRICULTURE, FORESTRY, ANIMAL HUSBANDRY AND FISHERY"
    cells = [put(cell, name, "Sector ") for cell, name in names.items()]
    cells += [put(cell, "Hebei", "Province") for cell in ("B2", "C2")]
    notes = read(small(empty_project, 2018, *cells)).notes
    assert "WARNING: sheet 'Sector ' does not list the names of sectors 02" in notes
    note = "WARNING: sheet 'Province' lists 3 provinces, not those of the table"
    assert note in notes


# --- other files --------------------


def test_sheets_that_are_missing_or_renamed(empty_project):
    def rename(sheets):
        for number, sheet in enumerate(sheets.values()):
            sheet.title = f"Sheet{number}"

    refused(
        small(empty_project, 2017, rename),
        "2 sheets with a provincial table; sheets found: 'Sheet0', 'Sheet1'",
        "expected a sheet Table, Table_2017",
    )


@pytest.mark.parametrize(
    ("title", "hint"),
    [
        ("Beijing2012", "an emission inventory by province, which goes with"),
        ("emission vector", "an emission inventory by city, which has totals by city"),
        ("CO2_2012", "this is CO2 by city and sector, which goes with ceads-city"),
    ],
)
def test_other_workbooks_of_the_publisher(empty_project, title, hint):
    book = openpyxl.Workbook()
    book.active.title = title
    book.save(empty_project / "o.xlsx")
    named = f"no sheets with a provincial table; sheets found: {title!r}"
    refused(empty_project / "o.xlsx", named, hint)


def test_an_inventory_of_another_year_or_region(empty_project, whole):
    _, path = whole[2015]
    _, emissions = inventory(empty_project, 2012)
    other = "emissions of 2012; expected those of the table's year 2015"
    assert other in refusal_of(read, path, emissions=emissions)
    _, emissions = inventory(empty_project, 2015, ("Beijing", "Hebei"))
    other = "i2015.xlsx has emissions of province 130000, which is not in t2015.xlsx"
    refused(path, other, emissions=emissions)
    own = "says its own unit, Mt CO2"
    assert own in refusal_of(read, path, emissions=emissions, emissions_unit="kt")


def test_people_are_needed(empty_project):
    system, path = province_system(2017), small(empty_project)

    def refusal(**options):
        return refusal_of(ingest, "ceads-province", path, IngestOptions("a", **options))

    assert "needs --indicators: population and GDP" in refusal()
    people = indicators(empty_project, system)
    people.write_text(people.read_text("utf-8").replace("540000", "110001"), "utf-8")
    message = refusal(indicators=people)
    assert "indicators_2017.csv: " in message
    assert "'110001'" in message
    people.write_text("year,region_id,population,gdp\n2017,110000,5,\n", "utf-8")
    assert "150000" in refusal(indicators=people)
    assert not (empty_project / "data" / "a").exists()
