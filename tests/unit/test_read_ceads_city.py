"""The city table of CEADs: read back equal, and every wrong file told what it is."""

import dataclasses
import sys

import numpy as np
import openpyxl
import pytest
import scipy.io
import scipy.sparse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.layouts.ceads_city import (
    REGIONS,
    Sheet,
    city_system,
    struct_of,
    write_co2,
    write_mat,
    write_regions,
    write_sectors,
)
from support.matrix_tables import expected_rows, stored

from carbonshed.audit import audit_dataset
from carbonshed.errors import CarbonshedError
from carbonshed.readers import ingest
from carbonshed.readers.ceads.city.reader import read_ceads_city
from carbonshed.readers.options import IngestOptions

YEARS = (2012, 2015, 2017)


@pytest.fixture(autouse=True)
def project(tmp_path, monkeypatch):
    """Work in a project of its own."""
    (tmp_path / "dbt_project.yml").touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path


class Files:
    """The three files of a year, to be spoiled by tests."""

    def __init__(self, folder, year=2012, seed=1):
        self.folder, self.year = folder, year
        self.system = city_system(seed, year)
        self.struct = struct_of(self.system, year)
        self.sheet = Sheet()
        self.options = {}
        self.version, self.name = "7", "MRIO"
        self.file = f"China_city_MRIO_{year}.mat"

    def write(self):
        source = write_mat(
            self.folder / self.file, self.struct, self.version, self.name
        )
        options = {
            "emissions": self.folder / "data_input.xlsx",
            "regions": self.folder / "regions.csv",
            **self.options,
        }
        if "emissions" not in self.options:
            write_co2(options["emissions"], self.system, self.year, self.sheet)
        if "regions" not in self.options:
            write_regions(options["regions"], self.system, self.year)
        return source, IngestOptions("cities", **options)

    def ingest(self):
        source, options = self.write()
        return ingest("ceads-city", source, options)

    def refused(self):
        """Return the message; nothing is written."""
        with pytest.raises(CarbonshedError) as refusal:
            self.ingest()
        assert not (self.folder / "data").exists()
        message = str(refusal.value)
        assert "\n" not in message
        return message


@pytest.fixture
def files(project):
    return Files(project)


def assert_stored(dataset, system):
    for name, rows in expected_rows(system).items():
        assert stored(dataset, name) == rows, name


@pytest.mark.parametrize("version", ["6", "7", "7.3"])
@pytest.mark.parametrize("year", YEARS)
def test_every_year_and_version_is_read_back_equal(project, year, version):
    files = Files(project, year)
    files.version = version
    dataset = files.ingest()
    assert_stored(dataset, files.system)
    assert stored(dataset, "stressors") == [("co2", "Carbon dioxide", "Mt")]
    assert [row[1] for row in stored(dataset, "regions")] == [r.name for r in REGIONS]
    assert [row[0] for row in stored(dataset, "final_demand_categories")] == [
        "FU101",
        "FU102",
        "FU103",
        "FU201",
        "FU202",
    ]
    power = [row[1] for row in stored(dataset, "sectors") if row[3]]
    assert len(power) == 1
    assert "electric" in power[0].lower()
    notes = "\n".join(dataset.notes)
    assert f"MATLAB version {'7.3 (HDF5)' if version == '7.3' else '7'}" in notes
    assert f"year {year} from the name of the file" in notes
    assert "row 5 is the total, left out" in notes
    assert "1.00 times the known total" in notes
    assert not audit_dataset(dataset).failed


def test_both_field_names_are_read(project):
    # 2015 was published with Import and Export as well as with IM and EX
    files = Files(project, 2015)
    files.struct["Import"] = files.struct.pop("IM").T
    files.struct["Export"] = files.struct.pop("EX").T
    assert_stored(files.ingest(), files.system)


def test_names_of_another_year_need_a_word(files):
    files.struct["IM"] = files.struct.pop("Import")
    message = files.refused()
    assert "MRIO has the field 'IM', as the table of 2015 and 2017" in message
    assert "expected 'Import' in a table of 2012" in message
    files.options["accept"] = frozenset({"field-names"})
    assert_stored(files.ingest(), files.system)


def test_2012_and_2015_come_together_and_2017_does_not(project):
    for year in (2012, 2015):
        files = Files(project, year)
        dataset = files.ingest()
    assert dataset.years == [2012, 2015]
    both = city_system(1, 2012)
    both.years[2015] = files.system.years[2015]
    assert_stored(dataset, both)
    with pytest.raises(CarbonshedError, match="sectors: number 22 is '22'"):
        Files(project, 2017).ingest()


def test_nan_is_counted_and_set_to_zero(files):
    table = files.system.years[2012]
    for block, places in (
        ("Z", [(0, 1), (7, 3), (30, 100)]),
        ("F", [(2, 2)]),
        ("Export", [(5, 0)]),
    ):
        for place in places:
            files.struct[block][place] = np.nan
    table.transactions[[0, 7, 30], [1, 3, 100]] = 0.0
    table.final_demand.reshape(len(table.exports), -1)[2, 2] = 0.0
    table.exports[5] = 0.0
    dataset = files.ingest()
    assert_stored(dataset, files.system)
    assert "2012: 3 NaN in Z count as 0" in dataset.notes
    assert "2012: WARNING: 1 NaN in F count as 0" in dataset.notes
    assert "2012: WARNING: 1 NaN in Export count as 0" in dataset.notes


def test_negative_cells_are_kept_and_counted(files):
    files.struct["Z"][3, 4] = files.system.years[2012].transactions[3, 4] = -12.5
    dataset = files.ingest()
    assert_stored(dataset, files.system)
    assert any("1 negative cells in Z, sum -12.5 in" in note for note in dataset.notes)


def test_value_added_without_a_total_row(files):
    files.struct["VA"] = files.struct["VA"][:-1]
    dataset = files.ingest()
    assert_stored(dataset, files.system)
    assert any("value added: 4 rows are components;" in note for note in dataset.notes)


def test_one_row_of_value_added(files):
    files.struct["VA"] = files.struct["VA"][-1:]
    total = files.system.years[2012].value_added.sum(axis=0, keepdims=True)
    files.system.years[2012].value_added = total
    assert_stored(files.ingest(), files.system)


@pytest.mark.parametrize("factor", [1.4, 0.2])
def test_a_total_row_that_is_not_one_is_refused_with_both_gaps(files, factor):
    files.struct["VA"][-1] *= factor
    message = files.refused()
    assert "MRIO.VA: inputs + value added miss output by +" in message
    assert "if 5 rows are components; " in message
    assert "if row 5 is the total" in message


def test_columns_that_do_not_close_one_by_one_are_named(files):
    added = files.struct["VA"]
    moved = [np.roll(added[:, :168], 1, axis=1), added[:, 168:]]
    files.struct["VA"] = np.hstack(moved)
    # each earns what its neighbour does: totals are the same, no column closes
    gap = np.abs(added[-1, :168] - np.roll(added[-1, :168], 1))
    share = gap.sum() / (160.2e12 / 1e4)
    notes = files.ingest().notes
    (note,) = (note for note in notes if "column by column" in note)
    assert note.startswith("2012: WARNING: column by column, inputs + value added miss")
    assert f"miss output by {share:.3%}, most at " in note
    region, sector = divmod(int(gap.argmax()), 42)
    assert f"most at {files.system.regions[region].name} {sector + 1:02d}, " in note


def test_value_added_beyond_the_table_must_be_empty(files):
    files.struct["VA"][0, -1] = 3.0
    assert "columns after the first 168 are not empty (sum 3)" in files.refused()


def test_value_added_the_wrong_way_round(files):
    files.struct["VA"] = files.struct["VA"].T
    assert "MRIO.VA is 171 x 5; expected components in rows" in files.refused()


def test_imports_of_sectors_alone(files):
    files.struct["Import"] = files.struct["Import"][:, :168]
    files.system.years[2012].imports_by_category = None
    dataset = files.ingest()
    assert_stored(dataset, files.system)
    assert any(
        note.startswith("2012: WARNING") and "no imports of final users" in note
        for note in dataset.notes
    )


def test_imports_in_the_first_row_of_a_matrix(files):
    files.struct["Import"] = np.vstack([files.struct["Import"], np.zeros(188)])
    assert_stored(files.ingest(), files.system)
    files.struct["Import"][1, 7] = 2.5
    with pytest.raises(CarbonshedError, match="more than its first row is not zero"):
        files.ingest()


def test_imports_of_another_length(files):
    files.struct["Import"] = files.struct["Import"][:, 1:]
    message = files.refused()
    assert "Import is 1 x 187; expected 188 numbers = 168 sectors of regions" in message


def test_exports_of_another_length(files):
    files.struct["Export"] = files.struct["Export"][1:]
    assert "Export is 167 x 1; expected a row or a column of 168" in files.refused()


def _without(field):
    def spoil(files):
        del files.struct[field]

    return spoil


def _both_imports(files):
    files.struct["IM"] = files.struct["Import"]


def _other_struct(files):
    files.name = "Table"


def _flat(files):
    files.name = "MRIO_Z"
    files.struct = files.struct["Z"]


def _narrow(files):
    files.struct["F"] = files.struct["F"][:, :19]


def _not_square(files):
    files.struct["Z"] = files.struct["Z"][:, :-1]


def _transposed(files):
    files.struct["Z"] = files.struct["Z"].T


def _odd_side(files):
    files.struct["Z"] = files.struct["Z"][:-1, :-1]


def _transposed_demand(files):
    files.struct["F"] = files.struct["F"].T


def _short_demand(files):
    files.struct["F"] = files.struct["F"][:-1]


def _infinite(files):
    files.struct["Z"][3, 3] = np.inf


def _text(files):
    files.struct["Export"] = "none"


def _sparse(files):
    files.struct["Z"] = scipy.sparse.csc_matrix(files.struct["Z"])


def _complex(files):
    files.struct["Z"] = files.struct["Z"] * 1j


def _urban_first(files):
    order = [1, 0, 2, 3, 4]
    files.struct["F"] = files.struct["F"].reshape(168, 4, 5)[..., order]
    files.struct["F"] = files.struct["F"].reshape(168, 20)


def _capital_last(files):
    order = [0, 1, 2, 4, 3]
    files.struct["F"] = files.struct["F"].reshape(168, 4, 5)[..., order]
    files.struct["F"] = files.struct["F"].reshape(168, 20)


def _in_cny(files):
    files.struct = {name: block * 1e4 for name, block in files.struct.items()}


def _in_hundred_million(files):
    files.struct = {name: block * 1e-4 for name, block in files.struct.items()}


def _declared_thousands(files):
    files.options["unit"] = 1e3


def _no_year(files):
    files.file = "MRIO.mat"


def _two_years(files):
    files.file = "MRIO_2012_2015.mat"


def _other_year(files):
    files.options["year"] = 2015


@pytest.mark.parametrize("version", ["7", "7.3"])
@pytest.mark.parametrize(
    ("spoil", "fragments"),
    [
        (_without("Z"), ["MRIO has no such field; expected 'Z'; fields found: "]),
        (_without("Import"), ["expected 'Import' or 'IM'; fields found: ", "Z"]),
        (_without("Export"), ["expected 'Export' or 'EX'"]),
        (_both_imports, ["MRIO has both 'Import' and 'IM'; expected 'Import' or 'IM'"]),
        (_other_struct, ["no variable 'MRIO'; variables found: Table;"]),
        (_narrow, ["MRIO.F has 19 columns; expected 20 = 4 regions (regions.csv) x 5"]),
        (_not_square, ["MRIO.Z is 168 x 167; expected a square matrix"]),
        (
            _transposed,
            ["MRIO.Z lies the other way round", " 0.0% with rows and columns"],
        ),
        (_odd_side, ["MRIO.Z is 167 x 167", "no multiple of 42 sectors (the list of"]),
        (_transposed_demand, ["F is 20 x 168, which is transposed; expected 168 x 20"]),
        (_short_demand, ["MRIO.F is 167 x 20; expected 168 rows"]),
        (_infinite, ["MRIO.Z holds 1 infinite numbers"]),
        (_urban_first, ["MRIO.F: category order", "urban households spend more"]),
        (_capital_last, ["category order", "where fixed capital is the largest"]),
        (_in_cny, ["expected 120.2 trillion CNY to 200", "would fit is 1 CNY"]),
        (_in_hundred_million, ["total output is 16.02 billion", "fit is 10^8 CNY"]),
        (_declared_thousands, ["in units of 10^3 CNY", "would fit is 10^4 CNY"]),
        (_no_year, ["ceads-city needs --year", "'MRIO.mat', has no year"]),
        (_two_years, ["'MRIO_2012_2015.mat', has several years"]),
        (_other_year, ["--year is 2015, the name of the file says 2012"]),
    ],
)
def test_a_wrong_table_says_what_is_wrong(files, version, spoil, fragments):
    files.version = version
    spoil(files)
    message = files.refused()
    for fragment in fragments:
        assert fragment in message


@pytest.mark.parametrize(
    ("spoil", "fragments"),
    [
        (_text, ["MRIO.Export does not hold real numbers"]),
        (_sparse, ["MRIO.Z is a sparse matrix; expected a full one"]),
        (_complex, ["MRIO.Z does not hold real numbers"]),
        (_flat, ["variables found: MRIO_Z", "a copy of the table with one variable"]),
    ],
)
def test_what_only_version_7_can_hold(files, spoil, fragments):
    spoil(files)
    if isinstance(files.struct, np.ndarray):
        source, options = Files(files.folder).write()
        scipy.io.savemat(source, {files.name: files.struct})
        with pytest.raises(CarbonshedError) as refusal:
            ingest("ceads-city", source, options)
        message = str(refusal.value)
    else:
        message = files.refused()
    for fragment in fragments:
        assert fragment in message


def test_a_region_file_of_another_length(files, project):
    system = dataclasses.replace(files.system, regions=REGIONS[:3])
    files.options["regions"] = write_regions(project / "r.csv", system, 2012)
    message = files.refused()
    assert "Z has room for 4 regions, r.csv has 3 (42 sectors: the list of" in message


@pytest.mark.parametrize(
    ("name", "hint"), [("r.xlsx", "save the sheet as CSV UTF-8"), ("r.txt", "")]
)
def test_a_region_file_of_another_kind(files, project, name, hint):
    files.options["regions"] = write_regions(project / name, files.system, 2012)
    message = files.refused()
    assert message.startswith(f"{name}: expected a file .csv or .parquet with the col")
    assert message.endswith(hint)


def test_a_name_in_capitals_is_the_same_kind(files, project):
    files.options["regions"] = write_regions(project / "R.CSV", files.system, 2012)
    assert_stored(files.ingest(), files.system)


def test_a_region_file_in_gbk(files, project):
    path = write_regions(project / "r.csv", files.system, 2012, "gbk")
    files.options["regions"] = path
    assert files.refused() == (
        "r.csv: line 2 is not UTF-8 but seems to be GBK; save the file as CSV UTF-8"
    )


@pytest.mark.parametrize(
    ("old", "new", "fragment"),
    [
        ("3,beijing", "4,beijing", "region_id 'beijing' has position 4; expected 3"),
        ("2,anqing", "2,hefei", "expected every id once|duplicate region_id 'hefei'"),
        (",city,", ",town,", "`region_type` is 'town'; expected one of"),
        ("position,", "number,", "column `position` is missing"),
        ("合肥市", "", "`region_name` is empty"),
    ],
)
def test_a_region_file_with_a_fault(files, project, old, new, fragment):
    path = write_regions(project / "r.csv", files.system, 2012)
    path.write_text(path.read_text("utf-8").replace(old, new, 1), "utf-8")
    files.options["regions"] = path
    message = files.refused()
    assert any(part in message for part in fragment.split("|"))


def test_rows_of_regions_in_any_order(files, project):
    path = write_regions(project / "r.csv", files.system, 2012)
    header, *rows = path.read_text("utf-8").splitlines()
    path.write_text("\n".join([header, *reversed(rows)]), "utf-8")
    files.options["regions"] = path
    assert_stored(files.ingest(), files.system)


def test_a_region_file_in_another_order_is_doubted(files, project):
    """The matrix has no names: what a region earns must be near its GDP."""
    path = write_regions(project / "r.csv", files.system, 2012)
    header, *rows = path.read_text("utf-8").splitlines()
    fields = [row.split(",", 1)[1] for row in rows]
    moved = [fields[k] for k in (2, 0, 1, 3)]
    lines = [f"{number},{text}" for number, text in enumerate(moved, start=1)]
    path.write_text("\n".join([header, *lines]), "utf-8")
    files.options["regions"] = path
    table = files.system.years[2012]
    earned = table.value_added.sum(axis=0).reshape(4, 42).sum(axis=1) * 1e4
    told = [table.gdp[k] for k in (2, 0, 1)]
    ratios = [own / gdp for own, gdp in zip(earned, told, strict=False)]
    assert [ratio > 3 for ratio in ratios] == [False, False, True]
    (note,) = [note for note in files.ingest().notes if "times their GDP" in note]
    assert note == (
        f"2012: WARNING: value added of regions is {sorted(ratios)[1]:.2f} times their "
        "GDP at the median, and 3 times more or less in 1 of 3: 安庆市; is r.csv in "
        "the order of the matrix, and GDP in single CNY?"
    )


def test_regions_without_gdp_cannot_be_compared(files):
    files.system.years[2012].gdp = [None] * 4
    notes = files.ingest().notes
    assert any("no GDP of regions is given, which would show" in note for note in notes)


def test_people_are_needed_and_may_come_from_another_file(files, project):
    table = files.system.years[2012]
    people, table.population = table.population, [None] * 4
    message = files.refused()
    assert message.startswith("regions.csv: no people in year 2012, region_id 'hefei'")
    table.population = people
    path = project / "indicators.csv"
    lines = [
        f"2012,{region.id},{count or ''},{gdp or ''}"
        for region, count, gdp in zip(REGIONS, people, table.gdp, strict=True)
    ]
    path.write_text("\n".join(["year,region_id,population,gdp", *lines]), "utf-8")
    files.options["indicators"] = path
    assert_stored(files.ingest(), files.system)


def test_a_file_of_sectors_for_the_year(files, project):
    files.options["sectors"] = write_sectors(project / "s.csv", files.system.sectors)
    dataset = files.ingest()
    assert_stored(dataset, files.system)
    assert any("42 sectors: s.csv" in note for note in dataset.notes)


def test_the_sectors_of_another_year(files, project):
    others = city_system(1, 2017).sectors
    files.options["sectors"] = write_sectors(project / "s.csv", others)
    message = files.refused()
    assert "s.csv: power supply is at position 24" in message
    assert "expected 25 in a table of 2012" in message


def test_no_or_wrong_power_supply(files, project):
    sectors = list(files.system.sectors)
    sectors[24] = dataclasses.replace(sectors[24], is_power_supply=False)
    files.options["sectors"] = write_sectors(project / "s.csv", sectors)
    assert "0 sectors are power supply" in files.refused()
    sectors[3] = dataclasses.replace(sectors[3], is_power_supply=True)
    files.options["sectors"] = write_sectors(project / "s.csv", sectors)
    assert "expected a name with 电力 or 'electric' in it" in files.refused()


def test_a_table_of_another_year_than_told(project):
    """The list of 2012 calls sector 24 repair; in this table it emits most."""
    files = Files(project, 2017)
    table = files.system.years.pop(2017)
    scale = 160.2 / 225.8
    files.system.years[2012] = table
    files.year = 2012
    files.file = "city_2012.mat"
    files.struct = {name: block * scale for name, block in files.struct.items()}
    files.struct["Import"] = files.struct.pop("IM")
    message = files.refused()
    assert "power supply check: most is emitted by sector 24" in message
    assert "Sector 24 is power supply in the list of other years" in message


SECTOR_NAMES = [s.name for s in city_system(1, 2012).sectors]
REGION_NAMES = [region.name for region in REGIONS]


@pytest.mark.parametrize("is_transposed", [False, True])
@pytest.mark.parametrize(
    "sheet",
    [
        Sheet(),
        Sheet(region_labels=REGION_NAMES),
        Sheet(sector_labels=SECTOR_NAMES),
        Sheet(region_labels=REGION_NAMES, sector_labels=SECTOR_NAMES),
        Sheet(region_labels=[r.id for r in REGIONS], title="CO2 emissions, Mt"),
        Sheet(region_labels=[1, 2, 3, 4], sector_labels=list(range(1, 43))),
        Sheet(region_labels=[1, 2, 3, 4]),
    ],
    ids=["plain", "regions", "sectors", "both", "ids", "numbers", "numbered"],
)
def test_co2_lies_either_way(files, sheet, is_transposed):
    files.sheet = dataclasses.replace(sheet, is_transposed=is_transposed)
    dataset = files.ingest()
    assert_stored(dataset, files.system)
    way = "cities in columns" if is_transposed else "cities in rows"
    (note,) = [note for note in dataset.notes if "CO2: cities" in note]
    assert way in note
    is_named = sheet.region_labels in (REGION_NAMES, [r.id for r in REGIONS])
    assert ("labels of" in note) == (is_named or sheet.sector_labels == SECTOR_NAMES)
    (note,) = [note for note in dataset.notes if "correlate with 0.9" in note]
    assert f"CO2_2012 has {'names' if is_named else 'no names'} of cities;" in note


def test_cities_in_another_order_are_found_by_name(files):
    names = [REGION_NAMES[k] for k in (1, 0, 2, 3)]
    files.sheet = Sheet(region_labels=names, sector_labels=SECTOR_NAMES)
    message = files.refused()
    assert (
        "label '安庆市' in row 2; expected '合肥市', number 1 of regions.csv" in message
    )


def test_cities_in_another_order_without_names_are_doubted(project):
    files = Files(project)
    block = files.system.years[2012].emissions["co2"].reshape(4, 42)
    files.system.years[2012].emissions["co2"] = block[[3, 2, 1, 0]].ravel()
    dataset = files.ingest()
    (note,) = [note for note in dataset.notes if "correlate with" in note]
    assert "WARNING" in note
    assert "in the order of the matrix?" in note


def _renamed_sector(files):
    names = [*SECTOR_NAMES[:5], "Something else", *SECTOR_NAMES[6:]]
    files.sheet.sector_labels = names


def _renamed_sheet(files):
    files.sheet.name = "CO2 of cities"


def _one_row_less(files):
    files.system = dataclasses.replace(files.system, regions=REGIONS[:3])
    emissions = files.system.years[2012].emissions
    emissions["co2"] = emissions["co2"][: 3 * 42]
    path = files.folder / "co2.xlsx"
    files.options["emissions"] = write_co2(path, files.system, 2012)
    files.system = city_system(1, 2012)


def _text_cell(files):
    files.sheet.cells = {"D3": "n.a."}


def _moved_cell(files):
    files.sheet.cells = {"A6": "合计", "B6": 3.0}


def _in_tonnes(files):
    files.system.years[2012].emissions["co2"] *= 1e6


def _in_kilotonnes(files):
    files.system.years[2012].emissions["co2"] *= 1e3


def _declared_kilotonnes(files):
    files.options["emissions_unit"] = "kt"


def _empty_sheet(files):
    path = files.folder / "co2.xlsx"
    book = openpyxl.Workbook()
    book.active.title = "CO2_2012"
    book.active["A1"] = "nothing"
    book.save(path)
    files.options["emissions"] = path


def _cut_workbook(files):
    path = write_co2(files.folder / "co2.xlsx", files.system, 2012)
    path.write_bytes(path.read_bytes()[:-400])
    files.options["emissions"] = path


@pytest.mark.parametrize(
    ("spoil", "fragments"),
    [
        (_renamed_sector, ["label 'Something else' in column 6", "number 6 of the li"]),
        (_renamed_sheet, ["no sheet 'CO2_2012'; sheets found: ", "'CO2 of cities'"]),
        (_one_row_less, ["numbers is 3 x 42", "4 x 42 = regions.csv x the list of"]),
        (_text_cell, ["'CO2_2012'", "cell D3 is 'n.a.', a text; expected a number"]),
        (_moved_cell, ["expected a number"]),
        (_in_tonnes, ["in units of Mt", "expected 6,820 Mt to 11,6", "fit is t"]),
        (_in_kilotonnes, ["the unit that would fit is kt"]),
        (_declared_kilotonnes, ["in units of kt", "the unit that would fit is Mt"]),
        (_empty_sheet, ["'CO2_2012': no numbers; expected CO2"]),
        (_cut_workbook, ["co2.xlsx: not a workbook (", "the file was cut"]),
    ],
)
def test_wrong_co2_says_what_is_wrong(files, spoil, fragments):
    spoil(files)
    message = files.refused()
    for fragment in fragments:
        assert fragment in message


def test_as_many_regions_as_sectors_needs_names(files, project):
    """Four sectors and four regions: only names tell which way the block lies."""
    groups = [0, 11, 24, 28]
    keep = [k * 42 + i for k in range(4) for i in groups]
    table = files.system.years[2012]
    system = dataclasses.replace(
        files.system, sectors=[files.system.sectors[i] for i in groups]
    )
    inside = np.ix_(keep, keep)
    scale = 160.2e8 / (
        table.transactions[inside].sum()
        + table.final_demand[keep].sum()
        + table.exports[keep].sum()
    )
    table.transactions = table.transactions[inside] * scale
    table.final_demand = table.final_demand[keep] * scale
    table.exports = table.exports[keep] * scale
    output = (
        table.transactions.sum(axis=1)
        + table.final_demand.sum(axis=(1, 2))
        + table.exports
    )
    inputs = table.transactions.sum(axis=0)
    table.value_added = np.array([0.336 * output])
    table.imports_by_sector = output - inputs - 0.336 * output
    table.emissions["co2"] = np.round(
        table.emissions["co2"][keep] * 9335 / table.emissions["co2"][keep].sum(), 6
    )
    system.components = ["VA001"]
    files.system = system
    files.struct = struct_of(system, 2012, has_total=False)
    files.options["sectors"] = write_sectors(project / "s.csv", system.sectors)
    message = files.refused()
    assert "the block is 4 x 4, with as many regions as sectors" in message
    for is_transposed in (False, True):
        files.sheet = Sheet(is_transposed, region_labels=REGION_NAMES)
        assert_stored(files.ingest(), system)
    files.sheet = Sheet(True, sector_labels=[s.name for s in system.sectors])
    assert_stored(files.ingest(), system)


def test_totals_of_cities_are_refused_as_emissions(files, project):
    book = openpyxl.Workbook()
    book.active.title = "emission vector"
    path = project / "totals.xlsx"
    book.save(path)
    files.options["emissions"] = path
    message = files.refused()
    assert "totals.xlsx has totals of cities and no sectors" in message
    assert "expected a workbook with the sheet CO2_2012" in message


@pytest.mark.parametrize(
    ("sheet", "fragment"),
    [
        ("Table_2017", "this is a provincial table: use ceads-province"),
        ("emission vector", "the emission inventory of cities"),
        ("CO2_2017", "CO2 by city and sector, which goes with the table"),
        ("Shanghai2012", "the emission inventory of provinces"),
        ("Sheet1", "this is a workbook with the sheets 'Sheet1'"),
    ],
)
def test_a_workbook_is_told_for_what_it_is(files, project, sheet, fragment):
    _, options = files.write()
    path = project / "MRIO_2012.xlsx"
    book = openpyxl.Workbook()
    book.active.title = sheet
    book.save(path)
    with pytest.raises(CarbonshedError) as refusal:
        ingest("ceads-city", path, options)
    assert fragment in str(refusal.value)


def test_version_73_without_h5py(files, monkeypatch):
    files.version = "7.3"
    source, options = files.write()
    monkeypatch.setitem(sys.modules, "h5py", None)
    with pytest.raises(CarbonshedError) as refusal:
        ingest("ceads-city", source, options)
    message = str(refusal.value)
    assert "a MATLAB file of version 7.3 needs h5py" in message
    assert "pip install 'carbonshed[ceads]'" in message


@pytest.mark.parametrize("version", ["6", "7", "7.3"])
@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.95])
def test_a_cut_file_tells_its_size(files, version, share):
    files.version = version
    source, options = files.write()
    content = source.read_bytes()
    source.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(CarbonshedError) as refusal:
        ingest("ceads-city", source, options)
    message = str(refusal.value)
    assert f"{source.stat().st_size:,} bytes" in message
    assert "the file was cut or is damaged" in message
    assert not (files.folder / "data").exists()


@pytest.mark.parametrize(
    ("content", "fragment"),
    [
        (b"", "it is empty"),
        (b"PAR1 and more", "a Parquet file"),
        (b"a,b\n1,2\n", "something else"),
    ],
)
def test_what_is_no_mat_file(files, project, content, fragment):
    _, options = files.write()
    path = project / "a_2012.mat"
    path.write_bytes(content)
    with pytest.raises(CarbonshedError) as refusal:
        ingest("ceads-city", path, options)
    assert f"not a MATLAB file ({len(content)} bytes): it is" in str(refusal.value)
    assert fragment in str(refusal.value)


def test_no_file_and_a_folder(files, project):
    _, options = files.write()
    with pytest.raises(CarbonshedError, match="no such file"):
        ingest("ceads-city", project / "nowhere_2012.mat", options)
    (project / "f_2012.mat").mkdir()
    with pytest.raises(CarbonshedError, match="is a folder"):
        ingest("ceads-city", project / "f_2012.mat", options)


@pytest.mark.parametrize("version", ["7", "7.3"])
def test_progress_of_reading_goes_from_start_to_end(files, version):
    files.version = version
    source, options = files.write()
    shares = []
    read_ceads_city(source, options, lambda step, share: shares.append(share))
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert len(shares) > 3


MUTATIONS = ("cell", "cut", "turn", "scale", "drop", "rows")
BLOCKS = ("Z", "F", "VA", "Import", "Export")


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_mutated_tables_are_read_or_refused(tmp_path_factory, data):
    """Whatever is done to a valid file: a dataset that passes, or one message."""
    folder = tmp_path_factory.mktemp("fuzz")
    files = Files(folder)
    (folder / "dbt_project.yml").touch()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        _mutate(files, data)
        try:
            dataset = files.ingest()
        except CarbonshedError:
            assert not (folder / "data").exists()
        else:
            assert not audit_dataset(dataset).failed


def _mutate(files, data):
    files.version = data.draw(st.sampled_from(["7", "7.3"]))
    for _ in range(data.draw(st.integers(1, 3))):
        block = data.draw(st.sampled_from(BLOCKS))
        array = files.struct[block]
        kind = data.draw(st.sampled_from(MUTATIONS))
        if kind == "cell" and array.size:
            value = data.draw(st.floats(width=64))
            array.flat[data.draw(st.integers(0, array.size - 1))] = value
        elif kind == "cut":
            files.struct[block] = array[data.draw(st.integers(0, 3)) :]
        elif kind == "turn":
            files.struct[block] = array.T
        elif kind == "scale":
            power = data.draw(st.integers(-5, 5))
            files.struct[block] = array * 10.0**power
        elif kind == "rows":
            files.struct[block] = np.roll(array, 1, axis=0)
        else:
            files.struct[block] = np.zeros((0, 0))


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_mutated_bytes_are_read_or_refused(tmp_path_factory, data):
    """Bytes of the file of version 7, and cells of the sheet of CO2."""
    folder = tmp_path_factory.mktemp("bytes")
    files = Files(folder)
    (folder / "dbt_project.yml").touch()
    files.version = "6"
    address = data.draw(st.sampled_from(["A1", "B2", "AP4", "A5", "AQ1", "C3"]))
    value = data.draw(
        st.none() | st.booleans() | st.integers(-9, 9) | st.sampled_from(["", "x"])
    )
    if data.draw(st.booleans()):
        files.sheet.cells = {address: value}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        source, options = files.write()
        content = bytearray(source.read_bytes())
        for _ in range(data.draw(st.integers(0, 3))):
            place = data.draw(st.integers(128, 700))
            content[place] = data.draw(st.integers(0, 255))
        source.write_bytes(bytes(content))
        try:
            dataset = ingest("ceads-city", source, options)
        except CarbonshedError:
            assert not (folder / "data").exists()
        else:
            assert not audit_dataset(dataset).failed
