"""China's national tables: sums proven, imports taken out, 139 sectors to 42."""

import csv
import random
import tempfile
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.layouts.ceads_inventories import write_provincial
from support.layouts.nbs_national import (
    COMPONENTS,
    DEMAND,
    grid,
    national_table,
    write_national,
)
from support.refusals import refusal_of

from carbonshed.audit import audit_dataset
from carbonshed.dataset.matrix_table import MatrixTable
from carbonshed.progress import no_progress
from carbonshed.readers import ingest
from carbonshed.readers.china.names import read_packaged, sectors_of
from carbonshed.readers.china.nbs import add_up_sectors, read_nbs_national
from carbonshed.readers.options import IngestOptions

INVENTORY = "china_ceads_co2/Emission_Inventories_for_30_Provinces_2012.xlsx"
TABLES = "china_national_io"


@pytest.fixture(scope="module")
def inventory(tmp_path_factory):
    """Write an inventory of two provinces with about the known total of 2012."""
    amounts = np.linspace(10, 190, 47)
    amounts *= 9742.7 / 2 / amounts.sum()
    return write_provincial(
        tmp_path_factory.mktemp("co2") / "co2.xlsx",
        2012,
        {"Shanghai": amounts, "Yunnan": amounts},
    )


CONCORDANCE = read_packaged("china_sectors_139.csv")
# position among the 42 sectors of each of the 139
GROUPS = np.array([int(row["sector_id"]) - 1 for row in CONCORDANCE])


def read(folder, year, cells=None, **options):
    table = grid(year, national_table(year)) if cells is None else cells
    path = write_national(folder / "table.csv", table)
    options = IngestOptions("a", year=year, **options)
    return read_nbs_national(path, options, no_progress)


def refusal(folder, year, cells=None, **options) -> str:
    error = refusal_of(read, folder, year, cells, **options)
    assert "\n" not in error
    return error


def test_the_concordance_is_many_to_one_and_reaches_every_sector():
    assert [row["code"] for row in CONCORDANCE] == [f"{k:03d}" for k in range(1, 140)]
    counts = Counter(row["sector_id"] for row in CONCORDANCE)
    assert list(counts) == [sector.sector_id for sector in sectors_of("2012")]
    # as the bureau's own table of codes counts them
    expected = {"06": 14, "12": 11, "30": 8, "25": 1}
    assert {code: counts[code] for code in expected} == expected
    power = CONCORDANCE[95]["sector_name"], CONCORDANCE[95]["sector_id"]
    assert power[0].startswith("Production and supply of electric")
    assert power[1] == "25"


def test_flows_are_added_by_pencil():
    block = np.array([[1.0, 2, 3], [4, 5, 6], [7, 8, 9]])
    columns = {"exports": block[:, 0], "imports_by_sector": block[:, 1]}
    columns |= {"output": block[:, 2], "value_added": {"wages": block[:, 0]}}
    labels = ("regions", "sectors", "categories", "stressors", "population", "gdp")
    table = MatrixTable(
        2012,
        **{key: [] for key in labels},
        transactions=block,
        final_demand=block[:, :2],
        descriptor={},
        **columns,
    )
    add_up_sectors(table, [0, 1, 0], 2)
    assert table.transactions.tolist() == [[1 + 3 + 7 + 9, 2 + 8], [4 + 6, 5]]
    assert table.final_demand.tolist() == [[8, 10], [4, 5]]
    assert table.exports.tolist() == table.value_added["wages"].tolist() == [8, 4]
    assert table.imports_by_sector.tolist() == [10, 5]
    assert table.output.tolist() == [12, 6]


def test_imports_are_taken_out_before_sectors_are_added_up(tmp_path, inventory):
    drawn = national_table(2012)
    table = read(tmp_path, 2012, emissions=inventory)
    table.check()
    assert len(table.sectors) == 42
    final = np.stack([drawn[name] for name in DEMAND], axis=1)
    share = drawn["IM"] / (drawn["TIU"] + drawn["TFU"] - drawn["EX"])
    # cell by cell, without a matrix of groups
    i, j = 11, 29
    members_i, members_j = np.flatnonzero(i == GROUPS), np.flatnonzero(j == GROUPS)
    cell = sum((1 - share[a]) * drawn["Z"][a, b] for a in members_i for b in members_j)
    assert table.transactions[i, j] == pytest.approx(cell, rel=1e-12)
    bought = sum(share[a] * drawn["Z"][a, b] for a in range(139) for b in members_j)
    assert table.imports_by_sector[j] == pytest.approx(bought, rel=1e-12)
    assert table.imports_by_category[:5] == pytest.approx(share @ final, rel=1e-12)
    assert table.imports_by_category[5] == 0
    imports = table.imports_by_sector.sum() + table.imports_by_category.sum()
    assert imports == pytest.approx(drawn["IM"].sum(), rel=1e-12)
    errors = np.bincount(GROUPS, drawn["ERR"])
    assert table.final_demand[:, 5] == pytest.approx(errors, rel=1e-9)
    # rows and columns add up
    output = pytest.approx(np.bincount(GROUPS, drawn["GO"]), rel=1e-12)
    rows = table.transactions.sum(axis=1) + table.final_demand.sum(axis=1)
    assert rows + table.exports == output
    columns = table.transactions.sum(axis=0) + table.imports_by_sector
    assert columns + sum(table.value_added[name] for name in COMPONENTS) == output
    assert table.output == output


def test_emissions_and_people(tmp_path, inventory):
    table = read(tmp_path, 2012, emissions=inventory)
    total = table.emissions["co2"].sum() + table.direct_emissions["co2"].sum()
    assert total == pytest.approx(9742.7)
    categories = [row["category_id"] for row in table.categories]
    direct = dict(zip(categories, table.direct_emissions["co2"][0], strict=True))
    amounts = np.linspace(10, 190, 47)
    amounts *= 9742.7 / amounts.sum()
    assert direct["FU102"] == pytest.approx(amounts[45])
    assert direct["FU101"] == pytest.approx(amounts[46])
    assert sum(direct.values()) == pytest.approx(amounts[45:].sum())
    assert table.population == [1354040000]
    assert table.gdp[0] == pytest.approx(53.680e12)
    assert [row["category_group"] for row in table.categories][-1] == "other"
    text = "\n".join(table.notes)
    assert "ERR of group other" in text
    assert "taken out of every cell of a row in proportion" in text
    assert "139 sectors were added up to 42" in text
    assert "Tibet" in text


def test_a_large_discrepancy_is_a_warning(tmp_path, inventory):
    cells = grid(2012, national_table(2012))
    old = dict(zip(cells[0], row_of(cells, "003"), strict=True))
    more = float(old["GO"]) / 10 - float(old["ERR"])
    new = {"ERR": more, "EX": -more, "TFU": -more}
    new = {name: repr(float(old[name]) + change) for name, change in new.items()}
    set_cells("003", **new)(cells)
    notes = read(tmp_path, 2012, cells, emissions=inventory).notes
    (note,) = [text for text in notes if "statistical discrepancy" in text]
    assert note.startswith("WARNING: ")
    assert note.endswith("above 5% of output in 1 sectors: CHN / 003 (10.0%)")


def test_people_of_ones_own(tmp_path, inventory):
    path = tmp_path / "people.csv"
    path.write_text("year,region_id,population,gdp\n2012,CHN,1000,\n", "utf-8")
    table = read(tmp_path, 2012, emissions=inventory, indicators=path)
    assert table.population == [1000]
    assert table.gdp == [None]


def test_ingested_it_passes_the_audit(empty_project, inventory):
    path = write_national(empty_project / "t.csv", grid(2012, national_table(2012)))
    options = IngestOptions("a", year=2012, emissions=inventory)
    report = audit_dataset(ingest("nbs-national", path, options))
    assert not report.failed
    status = {check.check_id: check.status for check in report.checks}
    assert status["columns_balance"] == "PASS"
    assert status["output_matches_row_sums"] == "PASS"


def test_without_emissions_it_is_read_and_refused(tmp_path):
    assert refusal(tmp_path, 2015) == (
        "nbs-national: table.csv was read and its sums come out (output 208.1 trillion "
        "CNY, value added 68.03), but it holds no emissions; expected --emissions "
        "FILE, the provincial inventories of 2015 (CEADs, .xlsx)"
    )


def row_of(cells, code):
    return next(row for row in cells[1:] if row[0] == code)


def set_cell(code, column, value):
    def spoil(cells):
        row_of(cells, code)[cells[0].index(column)] = value

    return spoil


def set_cells(code, **values):
    def spoil(cells):
        for column, value in values.items():
            set_cell(code, column, value)(cells)

    return spoil


def rename_column(name, other):
    return lambda cells: cells[0].__setitem__(cells[0].index(name), other)


def drop_column(name):
    def spoil(cells):
        position = cells[0].index(name)
        for row in cells:
            del row[position]

    return spoil


def drop_row(name):
    return lambda cells: cells.remove(row_of(cells, name))


def scale(factor):
    def spoil(cells):
        for row in cells[1:]:
            row[3:] = [repr(float(x) * factor) if x else x for x in row[3:]]

    return spoil


def rename(code, *names):
    return lambda cells: row_of(cells, code).__setitem__(slice(1, 3), names)


# change, and a part of the refusal
WRONG = {
    "a text": (set_cell("03", "05", "n.a."), "cell H4 is 'n.a.'; expected a number"),
    "a gap": (set_cell("03", "05", ""), "cell H4 (`blocks.transactions`) is empty"),
    "a gap in a sum": (
        set_cell("03", "TIU", ""),
        "cell AT4 (`check.sums.TIU`) is empty; expected a number",
    ),
    "a wrong cell": (
        set_cell("03", "05", "1e7"),
        "TIU of CHN / 03 (AT4) is",
    ),
    "a wrong use": (
        set_cell("03", "FU102", "1e7"),
        "TC of CHN / 03 (AX4) is",
    ),
    "wrong uses": (
        set_cells("03", FU102="1e7", TC="3e7"),
        "TC of CHN / 03 (AX4) is 30000000, but FU101 + FU102 + FU103 is",
    ),
    "wrong stocks": (set_cell("03", "FU202", "1e7"), "GCF of CHN / 03 (BA4) is"),
    "wrong exports": (
        set_cell("03", "EX", "1e7"),
        "TFU of CHN / 03 (BC4) is",
    ),
    "a wrong output": (
        set_cell("03", "GO", "1e7"),
        "GO of CHN / 03 (BF4) is 10000000, but transactions + final_demand + exports "
        "- imports + error is",
    ),
    "wrong inputs": (set_cell("TII", "07", "9e9"), "TII of CHN / 07 (J44) is"),
    "a wrong profit": (
        set_cell("VA004", "07", "9e9"),
        "TVA of CHN / 07 (J49) is",
    ),
    "wrong costs": (
        set_cell("TI", "07", "9e9"),
        "TI of CHN / 07 (J50) is 9000000000, but transactions + value_added is",
    ),
    "no imports": (
        drop_column("IM"),
        "no header cell of a column is 'IM' (`blocks.imports`)",
    ),
    "no value added": (
        drop_row("VA002"),
        "no header cell of a row is 'VA002' (`blocks.value_added.VA002`)",
    ),
    "a code of another row": (
        lambda cells: row_of(cells, "VA004").__setitem__(0, "26"),
        "no header cell of a row is 'VA004' (`blocks.value_added.VA004`)",
    ),
    "a sector less": (drop_row("17"), "are missing in header column A: '17'"),
    "another order": (
        lambda cells: cells.insert(1, cells.pop(2)),
        "cell A2 begins the sector '02'; expected '01', in the order of the map",
    ),
    "a sector twice": (
        lambda cells: cells.insert(1, list(cells[1])),
        "'01' is at A2 and at A3",
    ),
    "a use twice": (
        rename_column("ERR", "EX"),
        "'EX' (`blocks.exports`) is at BB1, BE1",
    ),
    "a unit of yuan": (scale(1e4), "the unit that would fit is 1 CNY"),
    "another list": (
        rename("23", "Repair of metal products", "金属制品修理"),
        "cell B24 calls the sector '23' 'Repair of metal products', a name of "
        "'Manufacture of metal products'; expected Comprehensive use of waste",
    ),
    "no name": (rename("23", "", "废品废料"), "cell B24 calls the sector '23' ''; exp"),
    "a table of 2017": (lambda c: c[0].insert(0, "Origin"), "a column Origin"),
    "another header": (lambda c: c[0].__setitem__(0, "Id"), "begins with 'Id"),
    "no rows": (lambda cells: cells.clear(), "the file is empty"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_table_says_so(case, tmp_path):
    spoil, part = WRONG[case]
    cells = grid(2015, national_table(2015))
    spoil(cells)
    message = refusal(tmp_path, 2015, cells)
    assert "table.csv" in message
    assert part in message
    assert "`marks`" not in message  # of a map that the user does not have


def test_another_year_than_the_table(tmp_path):
    message = refusal(tmp_path, 2015, grid(2012, national_table(2012)))
    assert "160.2 trillion CNY; expected 208.1 in 2015" in message
    assert message.endswith("is --year right?")


def test_another_number_of_sectors(tmp_path):
    cells = grid(2015, national_table(2015))
    for row in [cells[0], *cells[1:43]]:
        if row[0].isdigit():
            row[0] = f"1{row[0]}"
    cells[0] = [f"1{name}" if name.isdigit() else name for name in cells[0]]
    assert "has 42 sectors; expected 139 (2012) or 42" in refusal(tmp_path, 2015, cells)


def test_other_files(tmp_path):
    options = IngestOptions("a", year=2015)
    path = tmp_path / "table.csv"
    for content, part in (
        (b"\xff\xfe", "byte 0 is not UTF-8; expected a CSV in UTF-8"),
        (b"Code\n" * 9999 + b"\xb5", "byte 49995 is not UTF-8; expected a CSV"),
        (b'"a"b,c\n', "not a CSV file"),
        (b"PK\x03\x04", "a workbook, not a CSV file; expected a CSV in UTF-8"),
        # a zip file without files
        (b"PK\x05\x06" + bytes(18), "a workbook, not a CSV file; expected a CSV"),
        (b"a;b;c\n", "by ',' but, it seems, by ';'; expected a CSV in UTF-8"),
    ):
        path.write_bytes(content)
        message = refusal_of(read_nbs_national, path, options, no_progress)
        assert part in message
        assert "map" not in message  # the user has none
    message = refusal_of(read_nbs_national, tmp_path, options, no_progress)
    assert "is a folder; expected a CSV in UTF-8" in message


@pytest.mark.slow
@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 5))
def test_spoiled_cells_are_refused_or_do_not_matter(seed, count):
    """A sum that is off by more than rounding never gets through."""
    chance = random.Random(seed)
    cells = grid(2015, national_table(2015))
    for _ in range(count):
        row = chance.choice(cells)
        k = chance.randrange(len(row))
        row[k] = chance.choice(["", "x", "NaN", "1e400", "01", "GO", row[k]])
    with tempfile.TemporaryDirectory() as folder:
        path = write_national(Path(folder) / "t.csv", cells)
        error = refusal_of(
            read_nbs_national, path, IngestOptions("a", year=2015), no_progress
        )
    changed = cells != grid(2015, national_table(2015))
    assert changed or "holds no emissions" in error


@pytest.mark.real
def test_the_real_table_of_2012(real_data, empty_project):
    """Against sums of the file itself, taken column by column."""
    path = real_data / TABLES / "china_2012_139.csv"
    options = IngestOptions("a", year=2012, emissions=real_data / INVENTORY)
    table = read_nbs_national(path, options, no_progress)
    with path.open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["Code"].isdigit()]
    total = {name: sum(float(row[name]) for row in rows) for name in ("GO", "IM", "EX")}
    assert table.output.sum() == pytest.approx(total["GO"], rel=1e-12)
    assert table.exports.sum() == pytest.approx(total["EX"], rel=1e-12)
    imports = table.imports_by_sector.sum() + table.imports_by_category.sum()
    assert imports == pytest.approx(total["IM"], rel=1e-12)
    power = next(row for row in rows if row["Code"] == "096")
    position = [row["is_power_supply"] for row in table.sectors].index(True)
    assert table.output[position] == pytest.approx(float(power["GO"]))
    emitted = table.emissions["co2"].sum() + table.direct_emissions["co2"].sum()
    assert emitted == pytest.approx(9742.7, abs=0.05)
    report = audit_dataset(ingest("nbs-national", path, options))
    assert not report.failed
    (note,) = [text for text in table.notes if "Tibet" in text]
    assert note.startswith("WARNING")


@pytest.mark.real
def test_the_real_table_of_2015(real_data, empty_project):
    path = real_data / TABLES / "china_2015_42.csv"
    message = refusal_of(ingest, "nbs-national", path, IngestOptions("a", year=2015))
    assert "value added 68" in message
    assert not (empty_project / "data").exists()


@pytest.mark.real
def test_both_real_tables_have_sectors_of_the_same_size(real_data, tmp_path):
    """The concordance against another table: no sector triples in three years."""
    sizes = {}
    for year, name in ((2012, "china_2012_139.csv"), (2015, "china_2015_42.csv")):
        path = real_data / TABLES / name
        with path.open(encoding="utf-8", newline="") as stream:
            rows = [row for row in csv.DictReader(stream) if row["Code"].isdigit()]
        sizes[year] = np.array([float(row["GO"]) for row in rows])
    summed = np.bincount(GROUPS, sizes[2012])
    growth = sizes[2015] / summed
    assert growth.min() > 0.6
    assert growth.max() < 2.5
    assert np.corrcoef(np.log(sizes[2015]), np.log(summed))[0, 1] > 0.97
