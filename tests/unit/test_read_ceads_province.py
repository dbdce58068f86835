"""CEADs provincial tables: every release read back equal, every wrong file named."""

import math

import numpy as np
import openpyxl
import pytest
from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from support.layouts.ceads_inventories import write_provincial
from support.layouts.ceads_province import (
    Release,
    province_system,
    write_province,
)
from support.matrix_tables import expected_rows, stored
from support.refusals import refusal_of

from carbonshed.audit import ensure_audited
from carbonshed.errors import CarbonshedError
from carbonshed.readers import ingest
from carbonshed.readers.china.province import read_ceads_province
from carbonshed.readers.options import IngestOptions

pytestmark = pytest.mark.usefixtures("project")

PROVINCES = ("110000", "150000", "540000")  # Beijing, Inner Mongolia, Tibet
ALL = tuple(range(1, 43))
SHEET = "Table_2017"


def column(code, provinces=3, sectors=5):
    """Return the letters of a column of the small workbook."""
    n = provinces * sectors
    after = {"TIU": 0, "FU": 1, "EX": 1 + 5 * provinces}
    after |= {"TFU": after["EX"] + 1, "ERR": after["EX"] + 2, "GO": after["EX"] + 3}
    return get_column_letter(4 + n + after[code])


def indicators(folder, system):
    ((year, numbers),) = system.years.items()
    path = folder / f"indicators_{year}.csv"
    rows = [
        f"{year},{region.id},{numbers.population[k]},{numbers.gdp[k]:.0f}\n"
        for k, region in enumerate(system.regions)
    ]
    path.write_text("year,region_id,population,gdp\n" + "".join(rows), "utf-8")
    return path


def inventory_amounts(provinces=("Beijing", "InnerMongolia"), total=9742.7):
    drawn = np.random.default_rng(1).gamma(0.5, size=(len(provinces), 47))
    drawn *= total / drawn.sum()
    return dict(zip(provinces, drawn, strict=True))


def read(path, **options):
    return read_ceads_province(path, IngestOptions("a", **options), lambda *_: None)


def refused(path, **options):
    return refusal_of(read, path, **options)


def stored_equal(dataset, system, but=()):
    for name, rows in expected_rows(system).items():
        if name in but:
            continue
        found = stored(dataset, name)
        assert [row[:-1] for row in found] == [row[:-1] for row in rows], name
        # a workbook keeps 16 digits
        values = [[row[-1] for row in table] for table in (found, rows)]
        np.testing.assert_allclose(*values, rtol=1e-15, err_msg=name)


# --- releases --------------------


@pytest.mark.parametrize("year", [2017, 2018, 2020])
def test_a_release_with_co2_is_read_back(project, year):
    system = province_system(year, error=0.01)
    path = write_province(project / "t.xlsx", system)
    options = IngestOptions("a", indicators=indicators(project, system))
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
        "TII is the sum of Z and IM",
        "GO, the published output, differs from it by",
        "footprints are without direct emissions",
        "population and GDP from indicators_",
    ):
        assert part in notes
    if year > 2017:
        assert "'Table_2018_English Version' holds the same numbers" in notes.replace(
            "2020", "2018"
        )
        assert "WARNING: sheet" not in notes  # Sector and Province agree


@pytest.mark.parametrize("year", [2012, 2015])
def test_a_release_without_co2_takes_an_inventory(project, year):
    system = province_system(year, PROVINCES, ALL)
    path = write_province(project / "t.xlsx", system)
    amounts = inventory_amounts(total=9800.0)
    emissions = write_provincial(project / "i.xlsx", year, amounts)
    options = IngestOptions(
        "a", emissions=emissions, indicators=indicators(project, system)
    )
    dataset = ingest("ceads-province", path, options)
    stored_equal(dataset, system, but=("emissions", "direct_emissions"))
    assert not ensure_audited("a").failed
    by_cell = {row[2]: row[3] for row in stored(dataset, "emissions")}
    for place, name in enumerate(amounts):
        own = {c % 42: v for c, v in by_cell.items() if c // 42 == place}
        assert math.isclose(sum(own.values()), amounts[name][:45].sum())
        assert math.isclose(own[24], amounts[name][38], rel_tol=1e-14)  # power
        assert math.isclose(own[13], amounts[name][27:29].sum())  # metals
    assert max(by_cell) < 2 * 42  # none in Tibet
    direct = {row[2:4]: row[4] for row in stored(dataset, "direct_emissions")}
    assert direct == pytest.approx(
        {
            ("110000", "FU102"): amounts["Beijing"][45],
            ("110000", "FU101"): amounts["Beijing"][46],
            ("150000", "FU102"): amounts["InnerMongolia"][45],
            ("150000", "FU101"): amounts["InnerMongolia"][46],
        },
        rel=1e-15,
    )
    notes = "\n".join(dataset.notes)
    assert "i.xlsx has no inventory of Tianjin" in notes
    x = system.years[year].output
    share = x[84:].sum() / x.sum()
    assert f"emissions of Tibet count as 0: not in i.xlsx; {share:.2%} of all" in notes


def test_an_inventory_goes_before_the_row_of_co2(project):
    system = province_system(2017, PROVINCES, ALL)
    path = write_province(project / "t.xlsx", system)
    amounts = inventory_amounts(total=10171.2)
    emissions = write_provincial(project / "i.xlsx", 2017, amounts)
    table = read(path, emissions=emissions)
    assert "the table's own row of CO2 is not used: --emissions is given" in (
        table.notes
    )
    power = table.emissions["co2"].reshape(3, 42)[:, 23]
    np.testing.assert_allclose(
        power, [*(values[38] for values in amounts.values()), 0], rtol=1e-15
    )


def test_households_in_the_row_of_co2_are_direct_emissions(project):
    def add(sheets):
        for sheet in (SHEET, "Table_2017_consistent"):
            for number in range(15):
                sheets[sheet][f"{get_column_letter(20 + number)}29"] = number / 2

    path = write_province(project / "t.xlsx", province_system(2017), add)
    table = read(path)
    np.testing.assert_array_equal(
        table.direct_emissions["co2"], np.arange(15).reshape(3, 5) / 2
    )
    assert not any("households" in choice for choice in table.notes)


def test_the_consistent_table_of_2017(project):
    path = write_province(project / "t.xlsx", province_system(2017))
    table = read(path)
    assert table.notes[0] == "sheet 'Table_2017' is read"
    assert table.notes[1] == (
        "'Table_2017_consistent' is not read (--accept consistent takes it instead); "
        "its labels: the same"
    )
    table = read(path, accept=frozenset({"consistent"}))
    assert table.notes[0] == "sheet 'Table_2017_consistent' is read"


def test_other_labels_of_the_consistent_table_are_told(project):
    def rename(sheets):
        sheets["Table_2017_consistent"]["D3"] = "农业"

    path = write_province(project / "t.xlsx", province_system(2017), rename)
    assert "its labels: WARNING: other" in read(path).notes[1]


def test_no_consistent_table(project):
    path = write_province(project / "t.xlsx", province_system(2018))
    message = refused(path, accept=frozenset({"consistent"}))
    assert "no sheet Table_2018_consistent; sheets found: 'Note', 'Sector '" in message


def test_labels_come_from_the_lists(project):
    path = write_province(project / "t.xlsx", province_system(2017), short_names=True)
    table = read(path)
    assert [row["region_name"] for row in table.regions] == [
        "Beijing",
        "Inner Mongolia",
        "Tibet",
    ]
    assert [row["region_type"] for row in table.regions] == ["province"] * 3
    assert [row["sector_id"] for row in table.sectors] == ["01", "02", "14", "22", "24"]
    assert [row["is_power_supply"] for row in table.sectors] == [False] * 4 + [True]
    assert [row["sector_group"] for row in table.sectors] == [
        "agriculture",
        "energy",
        "heavy_industry",
        "light_industry",
        "energy",
    ]
    assert [row["category_group"] for row in table.categories] == [
        "household",
        "household",
        "government",
        "investment",
        "inventory",
    ]
    assert table.descriptor["mrio"]["currency_unit"] == 1e4


def test_english_alone_and_a_sheet_of_another_name(project):
    english = Release(("Table_2018_English Version",), True, "CO2 (Mt)", False)
    path = write_province(project / "t.xlsx", province_system(2018), release=english)
    assert read(path).notes[0] == "sheet 'Table_2018_English Version' is read"
    renamed = Release(("IO",), False, "CO2 (Mt)", False)
    path = write_province(project / "t.xlsx", province_system(2018), release=renamed)
    table = read(path)
    assert table.year == 2018  # from the title
    assert "no sheet is called Table; this one has its labels" in table.notes


def test_moved_blocks_are_found_by_their_codes(project):
    """A row and a column more, as in a table that somebody has annotated."""

    def move(sheets):
        sheet = sheets["Table_2018"]
        for area in list(sheet.merged_cells.ranges):
            sheet.unmerge_cells(str(area))
        sheet.insert_rows(1)
        sheet.insert_cols(1)

    release = Release(("Table_2018",), False, "CO2 (Mt)", False)
    system = province_system(2018)
    path = write_province(project / "t.xlsx", system, move, release=release)
    table = read(path)
    np.testing.assert_array_equal(table.transactions, system.years[2018].transactions)
    assert "numbers begin in E6 (published: D5)" in table.notes


def test_subtotals_between_the_categories_are_not_read(project):
    """Household consumption, total consumption and columns without a code."""

    def add(sheets):
        sheet = sheets["Table_2018"]
        for area in list(sheet.merged_cells.ranges):
            sheet.unmerge_cells(str(area))
        first = openpyxl.utils.column_index_from_string(column("FU"))
        for region in (2, 1, 0):
            for place, code in ((3, "TC"), (2, "THC")):
                at = first + 5 * region + place
                sheet.insert_cols(at)
                sheet.cell(4, at).value = code
                sheet.cell(7, at).value = 4711.0
        output = sheet.max_column - 2
        assert sheet.cell(4, output).value == "GO"
        sheet.insert_cols(output)
        sheet.cell(8, output).value = "a remark"

    release = Release(("Table_2018",), False, "CO2 (Mt)", True)
    system = province_system(2018)
    path = write_province(project / "t.xlsx", system, add, release=release)
    table = read(path)
    final = system.years[2018].final_demand
    np.testing.assert_allclose(table.final_demand, final.reshape(15, 15), rtol=1e-15)
    np.testing.assert_allclose(table.output, system.years[2018].output, rtol=1e-15)


# --- years --------------------


def test_two_years_in_one_dataset_and_a_third_with_other_sectors(project):
    def options(system, year):
        emissions = write_provincial(
            project / f"i{year}.xlsx", year, inventory_amounts(total=9800.0)
        )
        return IngestOptions(
            "a", emissions=emissions, indicators=indicators(project, system)
        )

    for year in (2015, 2012):
        system = province_system(year, PROVINCES, ALL)
        path = write_province(project / f"t{year}.xlsx", system)
        dataset = ingest("ceads-province", path, options(system, year))
    assert dataset.years == [2012, 2015]
    assert not ensure_audited("a").failed
    system = province_system(2017, PROVINCES, ALL)
    path = write_province(project / "t2017.xlsx", system)
    refusal = refusal_of(ingest, "ceads-province", path, options(system, 2017))
    # codes 22 to 36 mean other sectors
    assert "Other manufacturing" in refusal
    assert "--name" in refusal


def test_years_that_do_not_fit(project):
    path = write_province(project / "t.xlsx", province_system(2017))
    assert refused(path, year=2015) == (
        "ceads-province: t.xlsx has the year 2017; --year says 2015"
    )

    def untitle(sheets):
        sheets["Table"]["A1"] = "中国省级投入产出表"

    path = write_province(project / "u.xlsx", province_system(2015), untitle)
    assert refused(path) == "ceads-province: u.xlsx has no year; say which with --year"
    assert "give an inventory of 2015 by province: --emissions FILE" in (
        refused(path, year=2015)
    )


# --- wrong files --------------------


def put(cell, value, sheet=SHEET):
    def change(sheets):
        sheets[sheet][cell] = value

    return change


def scale(factor, rows=None):
    def change(sheets):
        for row in sheets[SHEET].iter_rows(min_row=5, min_col=4):
            for cell in row:
                is_in = (cell.row in rows) if rows else cell.row < 28
                if is_in and isinstance(cell.value, int | float):
                    cell.value *= factor

    return change


def moved(*pairs):
    """Return a change that moves labels out of their merged cells."""

    def change(sheets):
        sheet = sheets[SHEET]
        for area in list(sheet.merged_cells.ranges):
            sheet.unmerge_cells(str(area))
        for first, second in pairs:
            sheet[second], sheet[first] = sheet[first].value, None

    return change


def drop(rows=0, columns=0):
    def change(sheets):
        sheet = sheets[SHEET]
        if rows:
            sheet.delete_rows(rows)
        if columns:
            sheet.delete_cols(columns)

    return change


def add_row(sheets):
    sheets[SHEET].insert_rows(20)
    for place, cell in enumerate(sheets[SHEET][19]):
        sheets[SHEET].cell(20, place + 1).value = cell.value


REPAIR = "金属制品、机械和设备修理服务"
WRONG = {
    "text_in_z": (put("F7", "n.a."), ["cell F7 is 'n.a.', a text", "a number"]),
    "error_of_a_formula": (put("F7", "#DIV/0!"), ["cell F7 is '#DIV/0!'"]),
    "provinces_moved_by_a_row": (
        moved(("A15", "A16"), ("A10", "A11"), ("A5", "A6")),
        ["no province beside the first code, 01 in C5", "merged cells moved?"],
    ),
    "header_moved_by_a_row": (
        moved(("D2", "D1"), ("I2", "I1"), ("N2", "N1")),
        ["no province beside the first code, 01 in D4", "merged cells moved?"],
    ),
    "one_province_moved": (
        moved(("A10", "A11")),
        ["rows of '北京' from C5 have the codes 01, 02, 14, 22, 24, 01"],
    ),
    "one_header_moved": (
        moved(("I2", "H2")),
        ["columns of '北京' from D4 have the codes 01, 02, 14, 22; expected 01"],
    ),
    "demand_header_moved": (
        moved((f"{column('FU')}2", "AA1")),
        ["columns: '合计' at T4 is not a province that is known"],
    ),
    "unknown_province": (put("A10", "大西洲"), ["rows: '大西洲' at C10 is not"]),
    "province_twice": (put("A10", "北京市"), ["rows: Beijing there twice"]),
    "other_order": (
        lambda sheets: (put("A10", "西藏")(sheets), put("A15", "内蒙古")(sheets)),
        ["number 2 is 西藏 (Tibet) and 内蒙古 (Inner Mongolia)"],
    ),
    "renamed_sector": (
        put("B7", "Widgets"),
        ["C7: sector 14 is called 'Widgets'", "Smelting and processing of metals"],
    ),
    "renamed_header": (put("F3", "Widgets"), ["F4: sector 14 is called 'Widgets'"]),
    "no_name": (put("B7", None), ["C7: sector 14 is called ''"]),
    "sectors_of_2015": (
        put("B9", REPAIR),
        [
            f"sector 24 is called '{REPAIR}', which is sector 23 of 2017, 2018",
            "expected 电力",
            "the one of 2012 and 2015",
            "is the year of the table right?",
        ],
    ),
    "unknown_sector_code": (
        put("C9", "77"),
        ["have the codes 01, 02, 14, 22, 24; expected 01, 02, 14, 22, 77"],
    ),
    "row_code_differs": (
        put("C14", "23"),
        ["rows of '内蒙古' from C10 have the codes"],
    ),
    "no_codes": (put(f"{column('TIU')}4", "合计"), ["no row with the codes 01.."]),
    "no_exports": (put(f"{column('EX')}4", None), ["no column EX"]),
    "no_output": (put(f"{column('GO')}4", None), ["no column GO"]),
    "unknown_code": (
        put(f"{column('EX')}4", "EXX"),
        [f"cell {column('EX')}4: the code 'EXX' is not known"],
    ),
    "unknown_category": (
        lambda sheets: [put(f"{c}4", "FU104")(sheets) for c in ("V", "AA", "AF")],
        ["the category FU104 of final demand is not known"],
    ),
    "a_row_less": (drop(rows=9), ["14 rows of sectors, but 15 columns"]),
    "a_row_more": (add_row, ["row 20 has the code 24, but 15 rows of sectors"]),
    "a_column_less": (drop(columns=8), ["columns of '内蒙古' from H4 have the codes"]),
    "no_imports": (put("C20", None), ["no row IM", "TII, VA001"]),
    "no_value_added": (drop(rows=26), ["no row TVA"]),
    "total_twice": (put("C26", "TII"), ["rows 21 and 26 both have the code TII"]),
    "tiu": (put("E5", 5e8), ["TIU of Beijing 01 is", "but the sum of Z is"]),
    "tfu": (put(f"{column('FU')}8", 5e8), ["TFU of Beijing 22 is", "FU101.. and EX"]),
    "tva": (put("G23", 5e8), ["TVA of Beijing 22 is", "VA001 + VA002"]),
    "tii": (put("D20", 9e8), ["TII of Beijing 01 is not the sum of Z, nor of Z and"]),
    "empty_output": (
        put(f"{column('GO')}10", None),
        ["GO is empty for Inner Mongolia 01", "a workbook with formulas"],
    ),
    "unit_10_8": (
        scale(1e-4),
        [
            "total output is 22.58 billion CNY in units of 10^4 CNY",
            "the unit that would fit is 10^8 CNY",
        ],
    ),
    "co2_in_kt": (
        scale(1e3, rows=[29]),
        ["row of CO2", "total CO2", "the unit that would fit is kt"],
    ),
    "two_rows_of_co2": (
        lambda sheets: (put("B29", "CO2")(sheets), put("B31", "CO2 again")(sheets)),
        ["2 rows of CO2: 29 'CO2', 31 'CO2 again'"],
    ),
    "no_co2": (put("D29", None), ["no row of CO2 below TI", "--emissions FILE"]),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_workbook_says_so(project, case):
    change, parts = WRONG[case]
    path = write_province(project / "t.xlsx", province_system(2017), change)
    message = refused(path)
    for part in ("t.xlsx", *parts):
        assert part in message
    assert "\n" not in message


def test_a_unit_may_be_declared(project):
    path = write_province(project / "t.xlsx", province_system(2017), scale(1e-4))
    assert read(path, unit=1e8).descriptor["mrio"]["currency_unit"] == 1e8
    path = write_province(
        project / "t.xlsx", province_system(2017), scale(1e3, rows=[29])
    )
    assert read(path, emissions_unit="kt").stressors[0]["unit"] == "kt"
    assert "expected one of t, kt, Mt, Gt, kg" in refused(path, emissions_unit="lb")


def test_odd_numbers_are_told(project):
    def spoil(sheets):
        sheet = sheets[SHEET]
        # one cell to below zero, its sums with it; one cell emptied
        for cell, by in (
            ("D5", -2 * sheet["D5"].value),
            (f"{column('TIU')}5", -2 * sheet["D5"].value),
            ("D21", -2 * sheet["D5"].value),
        ):
            sheet[cell] = sheet[cell].value + by
        sheet["D23"], sheet["D24"] = None, sheet["D23"].value + sheet["D24"].value

    path = write_province(project / "t.xlsx", province_system(2017, error=0.06), spoil)
    notes = "\n".join(read(path).notes)
    assert "WARNING: 1 negative cells in Z, sum -" in notes
    assert "VA002: 1 empty cells count as 0" in notes
    assert "WARNING: GO differs from the sum of the row by more than 5% in 15" in notes
    assert "WARNING: TI differs from Z + IM + TVA by more than 1e-06 in 1 col" in notes


def test_an_error_column_that_is_none(project):
    change = put(f"{column('ERR')}5", 1e8)
    path = write_province(project / "t.xlsx", province_system(2017), change)
    assert any("ERR is neither GO - TIU - TFU" in line for line in read(path).notes)


@pytest.mark.parametrize(
    ("cell", "value", "parts"),
    [
        (
            "E7",
            4711.0,
            ["1 numbers of Z differ", "the first in Beijing 14, position 2"],
        ),
        ("A10", "Hebei", ["provinces of rows and columns differ", "Hebei"]),
        ("B7", "Agriculture", ["sector 14 is called 'Agriculture'", "sector 01"]),
        (f"{column('GO')}6", 1.0, ["1 numbers of GO differ", "Beijing 02"]),
        ("E29", 0.5, ["1 numbers of CO2 differ"]),
        ("E20", 0.5, ["1 numbers of IM differ"]),
        ("B29", "Total", ["CO2 is not there"]),
    ],
)
def test_languages_must_agree(project, cell, value, parts):
    change = put(cell, value, "Table_2018_English Version")
    path = write_province(project / "t.xlsx", province_system(2018), change)
    message = refused(path)
    assert "English Version" in message
    for part in parts:
        assert part in message


def test_lists_that_do_not_agree_are_told(project):
    def change(sheets):
        sheets["Sector "]["B3"] = sheets["Sector "]["C3"] = "Widgets"
        sheets["Province"]["B2"] = sheets["Province"]["C2"] = "Hebei"

    path = write_province(project / "t.xlsx", province_system(2018), change)
    notes = read(path).notes
    assert "WARNING: sheet 'Sector ' does not list the names of sectors 02" in notes
    assert (
        "WARNING: sheet 'Province' lists 3 provinces, not those of the table" in notes
    )


# --- other files --------------------


def test_sheets_that_are_missing_or_renamed(project):
    def rename(sheets):
        for number, sheet in enumerate(sheets.values()):
            sheet.title = f"Sheet{number}"

    path = write_province(project / "t.xlsx", province_system(2017), rename)
    message = refused(path)
    assert (
        "2 sheets with a provincial table; sheets found: 'Sheet0', 'Sheet1'" in message
    )
    assert "expected a sheet Table, Table_2017" in message


def write_sheet(path, title):
    book = Workbook()
    book.active.title = title
    for row in np.ones((4, 6)).tolist():
        book.active.append(row)
    book.save(path)


@pytest.mark.parametrize(
    ("write", "hint"),
    [
        (
            lambda path: write_provincial(path, 2012, inventory_amounts()),
            "an emission inventory by province, which goes with",
        ),
        (
            lambda path: write_sheet(path, "emission vector"),
            "an emission inventory by city, which has totals by city",
        ),
        (
            lambda path: write_sheet(path, "CO2_2012"),
            "this is CO2 by city and sector, which goes with ceads-city (--emissions)",
        ),
    ],
    ids=["provinces", "cities", "co2"],
)
def test_other_workbooks_of_the_publisher(project, write, hint):
    path = project / "o.xlsx"
    write(path)
    message = refused(path)
    assert "o.xlsx: no sheets with a provincial table; sheets found: '" in message
    assert hint in message


def test_an_inventory_of_another_year_or_place(project):
    path = write_province(project / "t.xlsx", province_system(2015, PROVINCES, ALL))
    emissions = write_provincial(project / "i.xlsx", 2012, inventory_amounts())
    assert "emissions of 2012; expected those of the table's year 2015" in (
        refused(path, emissions=emissions)
    )
    emissions = write_provincial(
        project / "i.xlsx", 2015, inventory_amounts(("Beijing", "Hebei"))
    )
    assert "i.xlsx has emissions of province 130000, which is not in t.xlsx" in (
        refused(path, emissions=emissions)
    )
    assert "says its own unit, Mt CO2" in (
        refused(path, emissions=emissions, emissions_unit="kt")
    )


def test_people_are_needed(project):
    system = province_system(2017)
    path = write_province(project / "t.xlsx", system)
    with pytest.raises(CarbonshedError, match="needs --indicators: population and GDP"):
        ingest("ceads-province", path, IngestOptions("a"))
    people = indicators(project, system)
    people.write_text(people.read_text("utf-8").replace("540000", "110001"), "utf-8")
    with pytest.raises(CarbonshedError, match=r"indicators_2017.csv: .*'110001'"):
        ingest("ceads-province", path, IngestOptions("a", indicators=people))
    people.write_text("year,region_id,population,gdp\n2017,110000,5,\n", "utf-8")
    with pytest.raises(CarbonshedError, match="150000"):
        ingest("ceads-province", path, IngestOptions("a", indicators=people))
    assert not (project / "data" / "a").exists()
