"""The city table of CEADs: read back equal, and every broken twin refused by name."""

import dataclasses
import shlex

import numpy as np
import openpyxl
import pytest
import scipy.io
import scipy.sparse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.commands import run_command
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
from support.refusals import refusal_of
from support.rendered_models import ROOT

from carbonshed.audit import audit_dataset
from carbonshed.dataset.store import open_dataset
from carbonshed.errors import CarbonshedError
from carbonshed.readers import ingest
from carbonshed.readers.china.city import read_ceads_city
from carbonshed.readers.options import IngestOptions

pytestmark = pytest.mark.usefixtures("empty_project")

YEARS = (2012, 2015, 2017)
SECTOR_NAMES = [s.name for s in city_system(1, 2012).sectors]
REGION_NAMES = [region.name for region in REGIONS]


class Files:
    """The three files of a year, to be spoiled by tests."""

    def __init__(self, folder, year=2012, seed=1):
        self.folder, self.year = folder, year
        self.system = city_system(seed, year)
        self.struct = struct_of(self.system, year)
        self.sheet = Sheet()
        self.options = {}
        self.version, self.name = "7.3", "MRIO"
        self.file = f"China_city_MRIO_{year}.mat"

    @property
    def table(self):
        """The year as it was drawn."""
        return self.system.years[self.year]

    def write(self):
        path = self.folder / self.file
        source = write_mat(path, self.struct, self.version, self.name)
        emissions = self.folder / "data_input.xlsx"
        regions = self.folder / "regions.csv"
        if "emissions" not in self.options:
            write_co2(emissions, self.system, self.year, self.sheet)
        if "regions" not in self.options:
            write_regions(regions, self.system, self.year)
        options = {"emissions": emissions, "regions": regions, **self.options}
        return source, IngestOptions("cities", **options)

    def ingest(self):
        return ingest("ceads-city", *self.write())

    def refused(self):
        """Return the message; nothing is written."""
        message = refusal_of(self.ingest)
        assert not (self.folder / "data").exists()
        assert "\n" not in message
        return message


@pytest.fixture
def files(empty_project):
    return Files(empty_project)


def assert_stored(dataset, system):
    for name, rows in expected_rows(system).items():
        assert stored(dataset, name) == rows, name


def note_with(dataset, part):
    """Return the one note with a part."""
    (note,) = (note for note in dataset.notes if part in note)
    return note


# --- what is read --------------------


@pytest.mark.parametrize("version", ["6", "7", "7.3"])
@pytest.mark.parametrize("year", YEARS)
def test_every_year_and_version_is_read_back_equal(empty_project, year, version):
    files = Files(empty_project, year)
    files.version = version
    dataset = files.ingest()
    assert_stored(dataset, files.system)
    assert stored(dataset, "stressors") == [("co2", "Carbon dioxide", "Mt")]
    (power,) = (row[1] for row in stored(dataset, "sectors") if row[3])
    assert "electric" in power.lower()
    notes = "\n".join(dataset.notes)
    assert f"MATLAB version {'7.3 (HDF5)' if version == '7.3' else '7'}" in notes
    assert f"year {year} from the name of the file" in notes
    assert "row 5 is the total, left out" in notes
    assert "1.00 times the known total" in notes
    assert not audit_dataset(dataset).failed


def test_the_page_of_the_study_is_followed(files):
    """Its commands as printed, on the mock; builds are tested elsewhere."""
    page = (ROOT / "docs" / "the_study.md").read_text("utf-8")
    lines = page.split("```")[1].replace("\\\n", "").strip().splitlines()
    download, template, fetch, build, *asks = (
        shlex.split(line, comments=True)[1:] for line in lines
    )
    assert "register at https://www.ceads.net" in refusal_of(run_command, *download)
    run_command(*template)
    files.file = fetch[2]
    files.write()
    (files.folder / "regions.csv").replace(files.folder / template[-1] / "regions.csv")
    run_command(*fetch)
    assert_stored(open_dataset(fetch[4]), files.system)
    assert build == ["build", fetch[4]]
    for ask, question, *dataset in asks:
        assert (ask, dataset) == ("ask", ["--dataset", fetch[4]])
        assert (ROOT / "analyses" / f"{question}.sql").is_file()


def test_both_field_names_are_read(empty_project):
    # 2015 was published with Import and Export as well as with IM and EX
    files = Files(empty_project, 2015)
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


def test_2012_and_2015_come_together_and_2017_does_not(empty_project):
    for year in (2012, 2015):
        files = Files(empty_project, year)
        dataset = files.ingest()
    assert dataset.years == [2012, 2015]
    both = city_system(1, 2012)
    both.years[2015] = files.system.years[2015]
    assert_stored(dataset, both)
    assert "sectors: number 22 is '22'" in refusal_of(Files(empty_project, 2017).ingest)


def nan_cells(files):
    cells = [0, 7, 30], [1, 3, 100]
    files.struct["Z"][cells], files.table.transactions[cells] = np.nan, 0.0
    files.struct["F"][2, 2] = files.struct["Export"][5, 0] = np.nan
    files.table.final_demand.reshape(168, -1)[2, 2] = files.table.exports[5] = 0.0


def negative_cell(files):
    files.struct["Z"][3, 4] = files.table.transactions[3, 4] = -12.5


def no_total_row(files):
    files.struct["VA"] = files.struct["VA"][:-1]


def one_component(files):
    files.struct["VA"] = files.struct["VA"][-1:]
    files.table.value_added = files.table.value_added.sum(axis=0, keepdims=True)


def imports_of_sectors(files):
    files.struct["Import"] = files.struct["Import"][:, :168]
    files.table.imports_by_category = None


def imports_in_a_matrix(files):
    files.struct["Import"] = np.vstack([files.struct["Import"], np.zeros(188)])


@pytest.mark.parametrize(
    ("change", "notes"),
    [
        (
            nan_cells,
            (
                "2012: 3 NaN in Z count as 0",
                "2012: WARNING: 1 NaN in F count as 0",
                "2012: WARNING: 1 NaN in Export count as 0",
            ),
        ),
        (negative_cell, ["2012: WARNING: 1 negative cells in Z, sum -12.5 in"]),
        (no_total_row, ["2012: value added: 4 rows are components;"]),
        (one_component, ["2012: value added: 1 rows are components;"]),
        (imports_of_sectors, ["has no imports of final users"]),
        (imports_in_a_matrix, []),
    ],
)
def test_odd_tables_are_read_and_noted(files, change, notes):
    change(files)
    dataset = files.ingest()
    assert_stored(dataset, files.system)
    for part in notes:
        note = note_with(dataset, part)
        assert note.startswith(part) or "2012: WARNING" in note


def test_columns_that_do_not_close_one_by_one_are_named(files):
    added = files.struct["VA"]
    moved = [np.roll(added[:, :168], 1, axis=1), added[:, 168:]]
    files.struct["VA"] = np.hstack(moved)
    # each earns what its neighbour does: totals are the same, no column closes
    gap = np.abs(added[-1, :168] - np.roll(added[-1, :168], 1))
    share = gap.sum() / (160.2e12 / 1e4)
    note = note_with(files.ingest(), "column by column")
    assert note.startswith("2012: WARNING")
    region, sector = divmod(int(gap.argmax()), 42)
    worst = f"{files.system.regions[region].name} {sector + 1:02d}"
    assert f"miss output by {share:.3%}, most at {worst}, " in note


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
    note = note_with(dataset, f"CO2: {way}")
    is_named = sheet.region_labels in (REGION_NAMES, [r.id for r in REGIONS])
    assert ("labels of" in note) == (is_named or sheet.sector_labels == SECTOR_NAMES)
    note = note_with(dataset, "correlate with 0.9")
    assert f"CO2_2012 has {'names' if is_named else 'no names'} of cities;" in note


def test_cities_in_another_order_without_names_are_doubted(files):
    block = files.table.emissions["co2"].reshape(4, 42)
    files.table.emissions["co2"] = block[::-1].ravel()
    note = note_with(files.ingest(), "correlate with")
    assert "WARNING" in note
    assert "in the order of the matrix?" in note


def test_as_many_regions_as_sectors_needs_names(files, empty_project):
    """Four sectors and four regions: only names tell which way the block lies."""
    table, groups = files.table, [0, 11, 24, 28]
    keep = [k * 42 + i for k in range(4) for i in groups]
    sectors = [files.system.sectors[i] for i in groups]
    system = dataclasses.replace(files.system, sectors=sectors, components=["VA001"])
    Z, Y = table.transactions[np.ix_(keep, keep)], table.final_demand[keep]
    exports, co2 = table.exports[keep], table.emissions["co2"][keep]
    scale = 160.2e8 / (Z.sum() + Y.sum() + exports.sum())
    Z, Y, exports = Z * scale, Y * scale, exports * scale
    output = Z.sum(axis=1) + Y.sum(axis=(1, 2)) + exports
    table.transactions, table.final_demand, table.exports = Z, Y, exports
    table.value_added = np.array([0.336 * output])
    table.imports_by_sector = 0.664 * output - Z.sum(axis=0)
    table.emissions["co2"] = np.round(co2 * 9335 / co2.sum(), 6)
    files.system, files.struct = system, struct_of(system, 2012, has_total=False)
    files.options["sectors"] = write_sectors(empty_project / "s.csv", sectors)
    assert "the block is 4 x 4, with as many regions as sectors" in files.refused()
    names = [sector.name for sector in sectors]
    for files.sheet in (
        Sheet(region_labels=REGION_NAMES),
        Sheet(is_transposed=True, region_labels=REGION_NAMES),
        Sheet(is_transposed=True, sector_labels=names),
    ):
        assert_stored(files.ingest(), system)


# --- labels and people --------------------


def test_a_name_in_capitals_and_rows_in_any_order(files, empty_project):
    path = write_regions(empty_project / "R.CSV", files.system, 2012)
    header, *rows = path.read_text("utf-8").splitlines()
    path.write_text("\n".join([header, *reversed(rows)]), "utf-8")
    files.options["regions"] = path
    assert_stored(files.ingest(), files.system)


def test_a_region_file_in_another_order_is_doubted(files, empty_project):
    """The matrix has no names: the value added of a region must be near its GDP."""
    path = write_regions(empty_project / "r.csv", files.system, 2012)
    header, *rows = path.read_text("utf-8").splitlines()
    order = (2, 0, 1, 3)
    fields = [rows[k].split(",", 1)[1] for k in order]
    lines = [f"{number},{text}" for number, text in enumerate(fields, start=1)]
    path.write_text("\n".join([header, *lines]), "utf-8")
    files.options["regions"] = path
    added = files.table.value_added.sum(axis=0).reshape(4, 42).sum(axis=1) * 1e4
    ratios = [added[k] / files.table.gdp[order[k]] for k in range(3)]
    assert [ratio > 3 for ratio in ratios] == [False, False, True]
    note = note_with(files.ingest(), "times their GDP")
    assert f"WARNING: value added of regions is {sorted(ratios)[1]:.2f} times" in note
    assert "3 times more or less in 1 of 3: 安庆市; is r.csv in the order" in note


def test_regions_without_gdp_cannot_be_compared(files):
    files.table.gdp = [None] * 4
    assert note_with(files.ingest(), "no GDP of regions is given, which would show")


def test_people_are_needed_and_may_come_from_another_file(files, empty_project):
    people, files.table.population = files.table.population, [None] * 4
    message = files.refused()
    assert message.startswith("regions.csv: no people in year 2012, region_id 'hefei'")
    files.table.population = people
    path = empty_project / "indicators.csv"
    lines = [
        f"2012,{region.id},{count or ''},{gdp or ''}"
        for region, count, gdp in zip(REGIONS, people, files.table.gdp, strict=True)
    ]
    path.write_text("\n".join(["year,region_id,population,gdp", *lines]), "utf-8")
    files.options["indicators"] = path
    assert_stored(files.ingest(), files.system)


def test_a_file_of_sectors_for_the_year(files, empty_project):
    files.options["sectors"] = write_sectors(
        empty_project / "s.csv", files.system.sectors
    )
    dataset = files.ingest()
    assert_stored(dataset, files.system)
    assert note_with(dataset, "42 sectors: s.csv")


# --- broken twins --------------------


def field(name, change, version="7.3"):
    """Change a field of the struct; None takes it away."""

    def spoil(files):
        files.version, array = version, files.struct.pop(name)
        if change is not None:
            files.struct[name] = change(array)

    return spoil


def cell(name, position, value):
    return lambda files: files.struct[name].__setitem__(position, value)


def attribute(name, value):
    return lambda files: setattr(files, name, value)


def option(name, value):
    return lambda files: files.options.update({name: value})


def scaled(factor):
    def spoil(files):
        files.struct = {name: block * factor for name, block in files.struct.items()}

    return spoil


def table_of_2017(files):
    """Call a table of 2017 one of 2012, in whose list sector 24 is repair."""
    files.__init__(files.folder, 2017)
    files.system.years[2012] = files.system.years.pop(2017)
    files.year, files.file = 2012, "city_2012.mat"
    scaled(160.2 / 225.8)(files)
    files.struct["Import"] = files.struct.pop("IM")


def categories(order):
    """Put the five columns of every region into another order."""
    return field("F", lambda F: F.reshape(168, 4, 5)[..., order].reshape(168, 20))


def both_imports(files):
    files.struct["IM"] = files.struct["Import"]


def further_imports(files):
    second = np.zeros((1, 188))
    second[0, 7] = 2.5
    files.struct["Import"] = np.vstack([files.struct["Import"], second])


def other_total(factor):
    return field("VA", lambda VA: np.vstack([VA[:-1], factor * VA[-1:]]))


# change, and parts of the refusal
TABLES = {
    "no Z": (field("Z", None), "no such field; expected 'Z'; fields found: "),
    "no imports": (field("Import", None), "expected 'Import' or 'IM'; fields found: "),
    "no exports": (field("Export", None), "expected 'Export' or 'EX'"),
    "both imports": (both_imports, "MRIO has both 'Import' and 'IM'"),
    "other struct": (attribute("name", "Table"), "no variable 'MRIO'", "found: Table"),
    "narrow F": (field("F", lambda F: F[:, 1:]), "F has 19 col", "20 = 4 regions (reg"),
    "not square": (field("Z", lambda Z: Z[:, 1:]), "Z is 168 x 167; expected a square"),
    "transposed": (
        field("Z", np.transpose),
        "Z lies the other way",
        "producers in row",
    ),
    "odd side": (
        field("Z", lambda Z: Z[1:, 1:]),
        "Z is 167 x 167",
        "of 42 sectors (the",
    ),
    "transposed F": (field("F", np.transpose), "is 20 x 168, which is transposed; exp"),
    "short F": (field("F", lambda F: F[:-1]), "MRIO.F is 167 x 20; expected 168 rows"),
    "text": (field("Export", lambda _: "none", "7"), "Export does not hold real num"),
    "sparse": (field("Z", scipy.sparse.csc_matrix, "7"), "Z is a sparse matrix; expec"),
    "complex": (field("Z", lambda Z: Z * 1j, "7"), "MRIO.Z does not hold real numbers"),
    "infinite": (cell("Z", (3, 3), np.inf), "MRIO.Z holds 1 infinite numbers"),
    "urban first": (categories([1, 0, 2, 3, 4]), "F: category order", "urban househol"),
    "capital last": (categories([0, 1, 2, 4, 3]), "F: category order", "fixed capital"),
    "total too large": (
        other_total(1.4),
        "MRIO.VA: inputs + value added miss output by +",
        "if 5 rows are components; ",
        "if row 5 is the total",
    ),
    "VA too wide": (cell("VA", (0, -1), 3.0), "after the first 168 are not empty (sum"),
    "transposed VA": (field("VA", np.transpose), "VA is 171 x 5; expected components"),
    "further imports": (further_imports, "more than its first row is not zero"),
    "short imports": (
        field("Import", lambda row: row[:, 1:]),
        "Import is 1 x 187; expected 188 numbers = 168 sectors of regions",
    ),
    "short exports": (
        field("Export", lambda column: column[1:]),
        "Export is 167 x 1; expected a row or a column of 168",
    ),
    "in CNY": (scaled(1e4), "expected 120.2 trillion CNY to 200", "would fit is 1 CNY"),
    "declared 10^3": (option("unit", 1e3), "of 10^3 CNY", "would fit is 10^4 CNY"),
    "no year": (attribute("file", "MRIO.mat"), "needs --year", "'MRIO.mat', has no y"),
    "two years": (attribute("file", "M_2012_2015.mat"), "mat', has several years"),
    "other year": (option("year", 2015), "--year is 2015, the name of the file says"),
    "table of 2017": (
        table_of_2017,
        "power supply check: most is emitted by sector 24",
        "Sector 24 is power supply in the list of other years",
    ),
}


def moved_cities(files):
    names = [REGION_NAMES[k] for k in (1, 0, 2, 3)]
    files.sheet = Sheet(region_labels=names, sector_labels=SECTOR_NAMES)


def one_row_less(files):
    system = dataclasses.replace(files.system, regions=REGIONS[:3])
    whole = files.table.emissions["co2"]
    files.table.emissions["co2"] = whole[: 3 * 42]
    files.options["emissions"] = write_co2(files.folder / "co2.xlsx", system, 2012)
    files.table.emissions["co2"] = whole


def co2_in(factor):
    def spoil(files):
        files.table.emissions["co2"] *= factor

    return spoil


def workbook(title):
    """Give another workbook, with nothing in it, as emissions."""

    def spoil(files):
        book = openpyxl.Workbook()
        book.active.title = title
        book.active["A1"] = "nothing"
        files.options["emissions"] = files.folder / "co2.xlsx"
        book.save(files.folder / "co2.xlsx")

    return spoil


def cut_workbook(files):
    path = write_co2(files.folder / "co2.xlsx", files.system, 2012)
    path.write_bytes(path.read_bytes()[:-400])
    files.options["emissions"] = path


def sheet(**changes):
    return lambda files: setattr(files, "sheet", Sheet(**changes))


EMISSIONS = {
    "moved cities": (
        moved_cities,
        "'安庆市' in row 2; expected '合肥市', number 1",
    ),
    "other sector": (
        sheet(sector_labels=[*SECTOR_NAMES[:5], "Something else", *SECTOR_NAMES[6:]]),
        "label 'Something else' in column 6",
        "number 6 of the li",
    ),
    "other sheet": (sheet(name="CO2 of x"), "no sheet 'CO2_2012'; she", "'CO2 of x'"),
    "one row less": (one_row_less, "is 3 x 42", "4 x 42 = regions.csv x the list of"),
    "text in a cell": (
        sheet(cells={"D3": "n.a."}),
        "'CO2_2012'",
        "cell D3 is 'n.a.', a text",
    ),
    "sum below": (sheet(cells={"A6": "合计", "B6": 3.0}), "expected a number"),
    "in t": (co2_in(1e6), "in units of Mt", "expected 6,820 Mt to 11,6", "fit is t"),
    "unit": (option("emissions_unit", "lb"), "'lb'; expected one of t, kt, Mt, Gt, kg"),
    "no numbers": (workbook("CO2_2012"), "'CO2_2012': no numbers; expected CO2"),
    "totals of cities": (
        workbook("emission vector"),
        "co2.xlsx: no sheet 'CO2_2012'; sheets found: 'emission vector'",
        "expected CO2 by city and sector, and these are totals by city",
    ),
    "cut": (cut_workbook, "co2.xlsx: not a workbook (", "the file was cut"),
}


def regions_file(name="r.csv", old="", new="", encoding="utf-8", count=4):
    def spoil(files):
        system = dataclasses.replace(files.system, regions=REGIONS[:count])
        path = write_regions(files.folder / name, system, 2012, encoding)
        text = path.read_text(encoding).replace(old, new, 1)
        path.write_text(text, encoding)
        files.options["regions"] = path

    return spoil


def sectors_file(*power, year=2012):
    """Give the sectors of a year, with power supply at other positions."""

    def spoil(files):
        sectors = list(city_system(1, year).sectors)
        if year == 2012:
            for place, row in enumerate(sectors):
                is_power = place in power
                sectors[place] = dataclasses.replace(row, is_power_supply=is_power)
        files.options["sectors"] = write_sectors(files.folder / "s.csv", sectors)

    return spoil


LABELS = {
    "three regions": (regions_file(count=3), "room for 4 regions, r.csv has 3 (42 sec"),
    "workbook": (
        regions_file("r.xlsx"),
        "r.xlsx: expected a file .csv",
        "as CSV UTF-8",
    ),
    "text file": (regions_file("r.txt"), "r.txt: expected a file .csv or .parquet"),
    "GBK": (regions_file(encoding="gbk"), "r.csv: line 2 is not UTF-8", "to be GBK"),
    "position": (
        regions_file(old="3,beijing", new="4,beijing"),
        "region_id 'beijing' has position 4; expected 3",
    ),
    "id twice": (regions_file(old="2,anqing", new="2,hefei"), "r.csv", "'hefei'"),
    "type": (regions_file(old=",city,", new=",town,"), "`region_type` is 'town'; exp"),
    "column": (regions_file(old="position,", new="number,"), "`position` is missing"),
    "empty name": (regions_file(old="合肥市"), "`region_name` is empty"),
    "sectors of 2017": (
        sectors_file(year=2017),
        "s.csv: power supply is at position 24",
        "expected 25 in a table of 2012",
    ),
    "no power": (sectors_file(), "s.csv: 0 sectors are power supply"),
    "other power": (sectors_file(3), "s.csv: position 4", "电力 or 'electric' in it"),
}
TWINS = TABLES | EMISSIONS | LABELS


@pytest.mark.parametrize("twin", TWINS)
def test_a_broken_twin_says_what_is_wrong(files, twin):
    spoil, *fragments = TWINS[twin]
    spoil(files)
    message = files.refused()
    for fragment in fragments:
        assert fragment in message


def test_a_copy_with_a_variable_for_each_block(files):
    source, options = files.write()
    scipy.io.savemat(source, {"MRIO_Z": files.struct["Z"]})
    message = refusal_of(ingest, "ceads-city", source, options)
    assert "variables found: MRIO_Z; " in message
    assert " a copy of" in message


# --- files of other kinds --------------------


@pytest.mark.parametrize(
    ("sheet", "fragment"),
    [
        ("Table_2017", "this is a provincial table, which ceads-province reads"),
        ("emission vector", "an emission inventory by city"),
        ("CO2_2017", "CO2 by city and sector, which goes with ceads-city"),
        ("Shanghai2012", "an emission inventory by province"),
        ("Sheet1", "this is a workbook with the sheets 'Sheet1'"),
    ],
)
def test_a_workbook_is_told_for_what_it_is(files, empty_project, sheet, fragment):
    _, options = files.write()
    workbook(sheet)(files)
    path = files.options["emissions"].rename(empty_project / "MRIO_2012.xlsx")
    assert fragment in refusal_of(ingest, "ceads-city", path, options)


@pytest.mark.parametrize("version", ["7", "7.3"])
def test_progress_of_reading_goes_from_start_to_end(files, version):
    files.version = version
    source, options = files.write()
    shares = []
    read_ceads_city(source, options, lambda step, share: shares.append(share))
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert len(shares) > 1


# --- random damage --------------------

MUTATIONS = ("cell", "cut", "turn", "scale", "drop", "rows")
BLOCKS = ("Z", "F", "VA", "Import", "Export")
CELLS = ("A1", "B2", "AP4", "A5", "AQ1", "C3")  # of the sheet of CO2
VALUES = st.none() | st.booleans() | st.integers(-9, 9) | st.sampled_from(["", "x"])
FUZZ = settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.mark.slow
@FUZZ
@given(data=st.data())
def test_mutated_files_are_read_or_refused(tmp_path_factory, data):
    """Whatever is done to valid files: a dataset that passes, or one message."""
    folder = tmp_path_factory.mktemp("fuzz")
    files = Files(folder)
    files.version = data.draw(st.sampled_from(["7", "7.3", "7.3"]))
    for _ in range(data.draw(st.integers(0, 2))):
        block = data.draw(st.sampled_from(BLOCKS))
        files.struct[block] = _mutated(files.struct[block], data)
    for address in data.draw(st.lists(st.sampled_from(CELLS), max_size=2)):
        files.sheet.cells[address] = data.draw(VALUES)
    assert_passes_or_is_refused(folder, files.ingest)


@pytest.mark.slow
@FUZZ
@given(damage=st.dictionaries(st.integers(128, 700), st.integers(0, 255), max_size=3))
def test_damaged_bytes_are_read_or_refused(tmp_path_factory, damage):
    """Bytes of a file of version 7, of which SciPy takes lengths on trust."""
    folder = tmp_path_factory.mktemp("bytes")
    files = Files(folder)
    files.version = "6"
    source, options = files.write()
    content = bytearray(source.read_bytes())
    for position, value in damage.items():
        content[position] = value
    source.write_bytes(content)
    assert_passes_or_is_refused(folder, lambda: ingest("ceads-city", source, options))


def assert_passes_or_is_refused(folder, read):
    """Fail unless a dataset passes its audit, or a refusal leaves nothing."""
    (folder / "dbt_project.yml").touch()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        try:
            dataset = read()
        except CarbonshedError:
            assert not (folder / "data").exists()
        else:
            assert not audit_dataset(dataset).failed


def _mutated(array, data):
    kind = data.draw(st.sampled_from(MUTATIONS))
    if kind == "cell" and array.size:
        array.flat[data.draw(st.integers(0, array.size - 1))] = data.draw(st.floats())
        return array
    if kind == "cut":
        return array[data.draw(st.integers(0, 3)) :]
    if kind == "turn":
        return array.T
    if kind == "scale":
        return array * 10.0 ** data.draw(st.integers(-5, 5))
    return np.roll(array, 1, axis=0) if kind == "rows" else np.zeros((0, 0))
