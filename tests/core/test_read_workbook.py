"""Tables in workbooks and CSV files, placed by a map: read back equal, or refused."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from support.layouts.figaro import FACTORS, Figaro, figaro
from support.layouts.office import head, texts
from support.layouts.workbook import MatrixFile, address, close_columns, matrix_file
from support.matrix_tables import matrix_table
from support.random_systems import Size, random_system
from support.refusals import refusal_of

from carbonshed.errors import CarbonshedError
from carbonshed.progress import no_progress
from carbonshed.readers import ingest
from carbonshed.readers.files.grids import NumberStyle
from carbonshed.readers.options import IngestOptions
from carbonshed.readers.templates import write_map_template
from carbonshed.readers.workbook.assemble import read_csv_matrix, read_excel

YEAR = 2012
SMALL = Size(regions=2, sectors=3, categories=2, has_twins=False)
NATION = Size(
    regions=1,
    sectors=4,
    has_remainder=False,
    has_rest_of_world=False,
    has_twins=False,
)


def assert_equal(found, wanted, name=None) -> None:
    """Compare numbers; a workbook is written with 16 digits, not with 17."""
    np.testing.assert_allclose(found, wanted, rtol=1e-15, err_msg=str(name))


def drawn(seed: int = 5, size: Size = SMALL):
    """Return a system with every block that a table may have."""
    system = random_system(seed, size)
    system.is_synthetic = True  # its money is not the world's
    system.years = {YEAR: next(iter(system.years.values()))}
    year = system.years[YEAR]
    n, R, C = year.final_demand.shape
    rng = np.random.default_rng(seed)
    year.imports_by_sector = rng.uniform(0, 9, n)
    year.imports_by_category = rng.uniform(0, 9, (R, C))
    year.output = (
        year.transactions.sum(axis=1)
        + year.final_demand.sum(axis=(1, 2))
        + year.exports
    )
    close_columns(year)
    return system


def decided(table):
    """Return the decisions by code, but for the list of what has an address alone."""
    found = {decision.code: decision.text for decision in table.decisions}
    assert len(found) == len(table.decisions)
    for code in ("placed_by_address", "row_balance", "column_balance", "gdp"):
        found.pop(code, None)
    return found


def read(file: MatrixFile, folder: Path, kind: str = "excel", **options):
    """Write a file and its map, and read them."""
    given = IngestOptions("a", map=file.write_map(folder / "map.yml"), **options)
    if kind == "excel":
        return read_excel(file.write_excel(folder / "table.xlsx"), given, no_progress)[
            0
        ]
    return read_csv_matrix(file.write_csv(folder / "csv"), given, no_progress)[0]


def assert_same(table, expected) -> None:
    """Compare every block; labels may lack what the contract lets be empty."""
    table.check()
    for name in ("regions", "sectors", "categories", "stressors"):
        rows = getattr(table, name)
        for row, wanted in zip(rows, getattr(expected, name), strict=True):
            assert {key: row.get(key) for key in wanted} == wanted
    assert table.population == expected.population
    assert table.gdp == expected.gdp
    for name in (
        "transactions",
        "final_demand",
        "exports",
        "output",
        "imports_by_sector",
        "imports_by_category",
    ):
        assert_equal(getattr(table, name), getattr(expected, name), name)
    for name in ("value_added", "emissions", "direct_emissions"):
        found, wanted = getattr(table, name), getattr(expected, name)
        assert found.keys() == wanted.keys()
        for key in wanted:
            assert_equal(found[key], wanted[key], f"{name} {key}")
    assert table.descriptor == expected.descriptor


@pytest.mark.parametrize("kind", ["excel", "csv"])
@pytest.mark.parametrize("has_sheets", [False, True], ids=["one", "many"])
@pytest.mark.parametrize("size", [SMALL, NATION], ids=["regions", "nation"])
def test_read_back_equal(kind, has_sheets, size, tmp_path):
    system = drawn(size=size)
    table = read(matrix_file(system, YEAR, has_sheets), tmp_path, kind)
    assert_same(table, matrix_table(system, YEAR))
    assert decided(table) == {}


def read_world(table: Figaro, folder: Path, **more):
    """Write a world table, its emissions and its map, and read them."""
    path = folder / "map.yml"
    path.write_text(json.dumps(table.map(**more)), encoding="utf-8")
    emissions = table.write_emissions(folder / "emissions.csv")
    options = IngestOptions("a", map=path, emissions=emissions)
    (read,) = read_csv_matrix(table.write(folder / "t.csv"), options, no_progress)
    read.check()
    return read


def test_a_world_in_the_layout_of_figaro(tmp_path, monkeypatch):
    """More final users than lines are tried for sums, and none of them is a note.

    Plain numbers are not looked at one by one, which would take most of the time.
    """
    table = figaro(n_areas=40, n_industries=2)
    monkeypatch.delattr(NumberStyle, "number")
    read = read_world(table, tmp_path)
    assert read.transactions.tolist() == table.transactions.tolist()
    assert read.final_demand.tolist() == table.final_demand.tolist()
    wages = table.factors[FACTORS.index("D1"), :80]
    assert read.value_added["D1"].tolist() == wages.tolist()
    said = decided(read)
    assert said["numbers_beside"].startswith(
        "WARNING: not read, as the map does not mention these lines, which are no sums "
        "of others: row 'W2_OP_RES' at CD83 (sum 120) of t.csv; row 'W2_OP_NRES' at "
        "CD84 (sum -120) of t.csv. Add a line "
    )
    # 66 trillion euro at 1.1095 dollars, and 33 Gt
    assert "0.98 times the known total of 2015" in said["world_final_demand"]
    assert "1.96 times the known total of 2015" in said["world_output"]
    assert "0.94 times the known total of 2015" in said["world_co2"]
    assert [code for code, text in said.items() if "WARN" in text] == ["numbers_beside"]


@pytest.mark.parametrize(
    ("wrong", "gate", "part"),
    [
        ({"currency_unit": "1000000000"}, "gdp", "would fit is 10^6 USD"),
        (
            {"currency": "JPY", "currency_per_usd": {"2015": "121000"}},
            "gdp",
            "t.csv: world final demand is 545.5 million USD in units of 1,000,000 JPY",
        ),
        (
            {"stressors": [{**head()["stressors"][0], "unit": "Mt"}]},
            "world_co2",
            "the unit that would fit is kt",
        ),
    ],
    ids=["money", "rate of the map", "mass"],
)
def test_a_world_in_a_wrong_unit(wrong, gate, part, tmp_path):
    table = figaro()
    said = refusal_of(read_world, table, tmp_path, **wrong)
    assert part in said
    assert said.endswith(f"is meant, say `accept: [{gate}]` in the map")
    read = read_world(table, tmp_path, accept=[gate], **wrong)
    assert any(text.startswith("WARNING, accepted: ") for text in read.notes)
    # an invented table is of no world
    read = read_world(table, tmp_path, synthetic="true", **wrong)
    assert not texts(read, "world_co2")


def test_a_world_in_money_without_a_rate(tmp_path):
    (text,) = texts(read_world(figaro(), tmp_path, currency="CNY"), "not_compared")
    assert text.startswith(
        "WARNING: money was not compared with the world's: no rate of CNY in 2015"
    )


def test_the_order_in_the_file_does_not_matter(tmp_path):
    """The map lists regions and sectors backwards; labels say what is what."""
    system = drawn()
    file = matrix_file(system, YEAR)
    for name in ("regions", "sectors", "categories"):
        file.map[name].reverse()
    table = read(file, tmp_path)
    expected = matrix_table(system, YEAR)
    n = table.n_producers
    assert [row["sector_id"] for row in table.sectors] == [
        row["sector_id"] for row in reversed(expected.sectors)
    ]
    assert_equal(table.transactions, expected.transactions[::-1, ::-1])
    assert_equal(table.final_demand, expected.final_demand[::-1, ::-1])
    assert_equal(table.exports, expected.exports[::-1])
    assert table.transactions.shape == (n, n)


def test_another_delimiter_is_named(tmp_path):
    file = matrix_file(drawn(), YEAR)
    path = file.write_csv(tmp_path / "csv", delimiter=";", decimal=",")
    options = IngestOptions("a", map=file.write_map(tmp_path / "map.yml"))
    with pytest.raises(CarbonshedError, match=r"by ';'.*`csv: \{delimiter: \";\"\}`"):
        read_csv_matrix(path, options, no_progress)


def from_files(file: MatrixFile, folder: Path, **more) -> dict[str, Path]:
    """Move the lists of a map into files, each row with `more` columns."""
    paths = {}
    for name in ("regions", "sectors"):
        rows = [{**row, **more} for row in file.map.pop(name)]
        keys = dict.fromkeys(key for row in rows for key in row)
        quoted = [
            ",".join(f'"{row.get(key, "")}"' for key in keys).replace('"say "hi""', "x")
            for row in rows
        ]
        paths[name] = folder / f"{name}.csv"
        paths[name].write_text("\n".join([",".join(keys), *quoted]), encoding="utf-8")
    return paths


def test_labels_of_regions_and_sectors_from_files(tmp_path):
    """People and GDP are columns of a file of regions, as they are keys of a map."""
    system = drawn()
    file = matrix_file(system, YEAR)
    table = read(file, tmp_path, **from_files(file, tmp_path))
    assert_same(table, matrix_table(system, YEAR))


WRONG_FILES = {
    "a column that nobody reads": (
        {"gpd": "1"},
        "regions.csv: 'gpd' is no column of `regions`; expected region_id, ",
    ),
    "money below zero": ({"gdp": "-1"}, "regions.csv: `gdp` of '01' is -1; expected "),
    "half a person": ({"population": "1.5"}, "regions.csv: data row 1: `population` "),
    "the same people in all years": (
        {"population": "1"},
        "map.yml: `population` of a region is one number for several years; expected",
    ),
}


@pytest.mark.parametrize("case", WRONG_FILES)
def test_a_wrong_file_of_regions_says_so(case, tmp_path):
    more, said = WRONG_FILES[case]
    file = matrix_file(drawn(), YEAR)
    if "years" in case:
        file.map["years"] = [file.map.pop("year"), 2013]
    sectors = file.map["sectors"]
    regions = from_files(file, tmp_path, **more)["regions"]
    file.map["sectors"] = sectors
    assert said in refusal(file, tmp_path, regions=regions)


def test_empty_cells_count_as_zero_and_are_counted(tmp_path):
    system = drawn()
    file = matrix_file(system, YEAR)
    file.sheets["Table"].cells[3, 2] = None
    file.sheets["Table"].cells[4, 4] = None
    table = read(file, tmp_path)
    assert table.transactions[0, 0] == 0
    assert table.transactions[1, 2] == 0
    ((code, text),) = decided(table).items()
    assert code == "empty_cells"
    for part in ("table.xlsx", "'Table'", "blocks.transactions", "2 empty cells"):
        assert part in text


def test_ingested_and_stored(tmp_path, monkeypatch):
    (tmp_path / "dbt_project.yml").touch()
    monkeypatch.chdir(tmp_path)
    file = matrix_file(drawn(), YEAR)
    options = IngestOptions("a", map=file.write_map(tmp_path / "map.yml"))
    dataset = ingest("excel", file.write_excel(tmp_path / "t.xlsx"), options)
    assert dataset.years == [YEAR]
    assert dataset.descriptor["carbonshed"]["format"] == "excel"
    again = ingest("csv-matrix", file.write_csv(tmp_path / "csv"), options)
    assert again.rows == dataset.rows


def test_the_error_becomes_a_category(tmp_path):
    system = drawn(size=NATION)
    year = system.years[YEAR]
    # what is used at home is above 0, so that a quarter of it can be imported
    year.final_demand = np.abs(year.final_demand) + 1
    use = year.transactions.sum(axis=1) + year.final_demand.sum(axis=(1, 2))
    error = np.linspace(-1, 2, len(use))
    file = matrix_file(system, YEAR)
    sheet = file.sheets["Table"]
    column = 1 + max(c for _, c in sheet.cells)
    sheet.cells[2, column] = "Less imports"
    sheet.put(3, column, np.column_stack([0.25 * use, error]))
    file.map["imports_inside"] = "true"
    file.map["blocks"] |= {
        "imports": {"label": "Less imports"},
        "error": address(3, column + 1),
        # they are of the table without imports
        **dict.fromkeys(("output", "value_added", "imports_of_final_users")),
    }
    table = read(file, tmp_path)
    table.check()
    assert table.categories[-1]["category_id"] == "ERR"
    assert table.categories[-1]["category_group"] == "other"
    assert_equal(table.final_demand[:, -1], error)
    assert table.imports_by_category[-1] == 0
    for block in table.direct_emissions.values():
        assert block[:, -1].tolist() == [0.0]
    decisions = decided(table)
    assert "category ERR" in decisions.pop("statistical_discrepancy")
    assert decisions.keys() == {"imports_split", "nothing_to_check", "numbers_beside"}


def refusal(file: MatrixFile, folder: Path, kind: str = "excel", **options) -> str:
    message = refusal_of(read, file, folder, kind, **options)
    assert "\n" not in message
    return message


def table_cells(file: MatrixFile) -> dict:
    return file.sheets["Table"].cells


def move_header_down(file):
    cells = table_cells(file)
    row = {c: cells.pop((1, c)) for r, c in list(cells) if r == 1}
    cells.update({(2, c): value for c, value in row.items()})
    file.sheets["Table"].merged.clear()


def begin_region_late(file):
    cells = table_cells(file)
    second = sorted(c for r, c in cells if r == 1)[1]
    cells[1, second + 1] = cells.pop((1, second))
    file.sheets["Table"].merged.clear()


def rename_sheet(file):
    file.sheets = {"Tabelle": file.sheets["Table"]}


def add_sheet(file):
    file.sheets["Notes"] = matrix_file(drawn(), YEAR).sheets["Table"]
    del file.map["sheet"]


def set_cell(row, column, value):
    return lambda file: table_cells(file).update({(row, column): value})


def set_map(**keys):
    return lambda file: file.map.update(keys)


def set_block(name, place):
    return lambda file: file.map["blocks"].update({name: place})


def drop_last(name):
    return lambda file: file.map[name].pop()


def clear_numbers(file):
    for row, column in table_cells(file):
        if row >= 3 and column >= 2:
            table_cells(file)[row, column] = None


WRONG = {
    "a text among the numbers": (
        set_cell(4, 3, "n.a."),
        ["sheet 'Table'", "D5 is 'n.a.'", "expected a number"],
    ),
    "an error of the spreadsheet": (set_cell(4, 3, "#REF!"), ["D5", "#REF!"]),
    "merged cells moved by a row": (move_header_down, ["C2 is empty", "region"]),
    "a merged cell that begins late": (
        begin_region_late,
        ["at C3 and at F3", "merged header cell that begins too late"],
    ),
    "no such sheet": (
        rename_sheet,
        ["no sheet 'Table'", "sheets found: 'Tabelle'"],
    ),
    "several sheets": (add_sheet, ["`sheet` is missing", "'Table', 'Notes'"]),
    "a renamed sector": (
        set_cell(2, 3, "Farming"),
        ["D3 is 'Farming'", "expected a sector of the map", "header rows 2 and 3"],
    ),
    "a renamed region": (
        set_cell(3, 0, "Nort"),
        ["A4 is 'Nort'", "expected a region of the map"],
    ),
    "a renamed label": (
        set_block("exports", {"label": "Exprots"}),
        ["no header cell is 'Exprots' (`blocks.exports`) (did you mean 'Exports'?)"],
    ),
    "a label that is there twice": (
        set_block("exports", {"label": "01"}),
        ["'01'", "expected it once: say `row:` or `column:`"],
    ),
    "a sector too few": (drop_last("sectors"), ["expected a sector of the map"]),
    "a region too few": (
        drop_last("regions"),
        ["goes on at", "the map lists 3 regions x 3 sector labels"],
    ),
    "a corner beside the block": (
        set_block("transactions", "D4"),
        ["D2 is empty", "expected a region"],
    ),
    "a vector that is none": (
        set_block("exports", "D5"),
        ["D5 (`blocks.exports` of the map)", "neither has them"],
    ),
    "no room for labels": (
        set_map(header_rows=None),
        ["expected `header_rows`"],
    ),
    "numbers never computed": (clear_numbers, ["has no number", "formulas"]),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_file_says_so(case, tmp_path):
    spoil, parts = WRONG[case]
    file = matrix_file(drawn(), YEAR)
    spoil(file)
    said = refusal(file, tmp_path)
    for part in parts:
        assert part in said


WRONG_MAPS = {
    "an unknown key": (set_map(curency="EUR"), "did you mean 'currency'"),
    "no country": (set_map(country=None), "`country` is missing"),
    "a wrong country": (set_map(country="Finland"), "three capital letters"),
    "no unit": (set_map(currency_unit="0"), "`currency_unit` is 0"),
    "a unit in words": (set_map(currency_unit="million"), "expected a number"),
    "no year": (set_map(year=None), "`year` is missing"),
    "a wrong year": (set_map(year="next"), "`year` is 'next'"),
    "no blocks": (set_map(blocks=None), "`blocks.transactions` is missing"),
    "no emissions": (set_block("emissions", None), "`blocks.emissions` is missing"),
    "emissions of nothing": (
        set_block("emissions", {"so2": "C9"}),
        "`blocks.emissions.so2` is no stressor",
    ),
    "no address": (set_block("exports", "4C"), "the address of a cell"),
    "neither": (
        set_block("exports", {"sheet": "T"}),
        "a `row`, a `column`, a `label` or a `corner`",
    ),
    "no regions": (set_map(regions=None), "`regions` is missing"),
    "a wrong group": (
        lambda file: file.map["sectors"][0].update(sector_group="farms"),
        "`sectors[1].sector_group` is 'farms'; expected one of agriculture",
    ),
    "people below zero": (
        lambda file: file.map["regions"][0].update(population="-5"),
        "`regions[1].population` is '-5'",
    ),
    "a name that means two": (
        lambda file: [sector.update(label="x") for sector in file.map["sectors"][:2]],
        "sectors '01' and '1' both have the label 'x'",
    ),
    "header rows in letters": (set_map(header_rows=["A"]), "numbers of rows"),
    "imports without a column": (
        lambda file: (
            file.map.update(imports_inside="true"),
            file.map["blocks"].pop("imports"),
        ),
        "`blocks.imports` is missing",
    ),
    "imports by product and by buyer": (
        set_map(imports_inside="true"),
        "`blocks.imports_of_final_users` does not go with `cells: total`",
    ),
    "a wrong delimiter": (set_map(csv={"delimiter": ";;"}), "`csv.delimiter`"),
    "an unknown encoding": (set_map(csv={"encoding": "gbx"}), "`csv.encoding`"),
    "the same sign twice": (set_map(csv={"decimal": ","}), "`csv.decimal`"),
}


@pytest.mark.parametrize("case", WRONG_MAPS)
def test_a_wrong_map_says_so(case, tmp_path):
    spoil, part = WRONG_MAPS[case]
    file = matrix_file(drawn(), YEAR)
    spoil(file)
    said = refusal(file, tmp_path)
    assert said.startswith("map.yml: ")
    assert part in said


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("", "found nothing"),
        ("- a\n- b", "found a list"),
        ("a: [1", "not YAML"),
        ("year: 2012\nyear: 2013", "the key 'year' occurs twice"),
        ("{[a]: b}", "unhashable key"),
        ("year: [2012]", "`year` is"),
        ("blocks: none\nyear: 2012", "line 1: `blocks` is 'none'; expected `key:"),
    ],
)
def test_what_is_no_map(text, part, tmp_path):
    path = tmp_path / "map.yml"
    path.write_text(text, encoding="utf-8")
    error = refusal_of(
        read_excel, tmp_path / "t.xlsx", IngestOptions("a", map=path), no_progress
    )
    assert part in error
    assert "map.yml" in error


MAP = """country: FIN
currency: EUR
currency_unit: 1
price_basis: basic
year: 2012
regions:
- region_id: A
  region_name: a
  region_type: country
header_rows: [3]
header_columns: [B]
blocks:
  transactions: {corner: C4}
  exports:
  - label: Exports
  -
    label: {from: Exports, to: Re-exports}
"""


@pytest.mark.parametrize(
    ("old", "new", "part"),
    [
        ("price_basis:", "price_bases:", "line 4: `price_bases` is not a key of a map"),
        ("region_type: country", "", "line 7: `regions[1].region_type` is missing"),
        ("type: country", "type: y", "line 9: `regions[1].region_type` is 'y'"),
        ("[3]", "[3, x]", "line 10: `header_rows[2]` is 'x'; expected numbers of rows"),
        ("[3]", "[]", "line 10: `header_rows` is []; expected one or two: regions"),
        ("corner: C4", "corner: 4C", "line 13: `blocks.transactions.corner` is '4C'"),
        ("{from:", "{form:", "line 17: `blocks.exports[2].label.form` is not a key"),
        ("to: Re-exports", "to:", "line 17: `blocks.exports[2].label.to` is missing"),
    ],
)
def test_a_refusal_names_the_line(old, new, part, tmp_path):
    path = tmp_path / "map.yml"
    assert old in MAP
    path.write_text(MAP.replace(old, new), encoding="utf-8")
    error = refusal_of(
        read_excel, tmp_path / "t.xlsx", IngestOptions("a", map=path), no_progress
    )
    assert error.startswith(f"map.yml: {part}")


def test_the_year_is_said_twice_and_differs(tmp_path):
    said = refusal(matrix_file(drawn(), YEAR), tmp_path, year=2013)
    assert said.startswith("map.yml: `year` is 2012, --year is 2013; expected")


def test_labels_are_given_twice(tmp_path):
    path = tmp_path / "sectors.csv"
    path.write_text("sector_id,sector_name,sector_group\n1,A,services", "utf-8")
    said = refusal(matrix_file(drawn(), YEAR), tmp_path, sectors=path)
    assert "`sectors` are in the map and in sectors.csv" in said


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("1,234.5", "a number (decimal sign '.', no sign between thousands; "),
        ("1_234", "a number"),
        ("\u0663", "a number"),  # three in Arabic
        ("nan", "a finite number"),
        ("Infinity", "a finite number"),
        ("1e400", "a finite number"),
    ],
)
def test_csv_cells_that_are_no_numbers(cell, expected, tmp_path):
    """Python takes most of them for numbers; one among plain ones is found."""
    file = matrix_file(drawn(), YEAR)
    table_cells(file)[4, 3] = cell
    said = refusal(file, tmp_path, "csv")
    assert said.startswith(f"Table.csv: cell D5 is {cell!r}; expected {expected}")


def test_files_of_another_kind(tmp_path):
    file = matrix_file(drawn(), YEAR)
    options = IngestOptions("a", map=file.write_map(tmp_path / "map.yml"))
    book = file.write_excel(tmp_path / "t.xlsx")
    with pytest.raises(CarbonshedError, match="expected the format excel"):
        read_csv_matrix(book, options, no_progress)
    sheet = file.write_csv(tmp_path / "csv")
    with pytest.raises(CarbonshedError, match="not a workbook"):
        read_excel(sheet, options, no_progress)
    cut = tmp_path / "cut.xlsx"
    cut.write_bytes(book.read_bytes()[:2000])
    with pytest.raises(CarbonshedError, match="2000 bytes"):
        read_excel(cut, options, no_progress)
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(CarbonshedError, match="no CSV file in this folder"):
        read_csv_matrix(empty, options, no_progress)
    with pytest.raises(CarbonshedError, match="no such file or folder"):
        read_csv_matrix(tmp_path / "nowhere", options, no_progress)
    chinese = tmp_path / "gbk.csv"
    chinese.write_bytes("中国,1\n".encode("gbk"))
    with pytest.raises(CarbonshedError, match="encoding: gbk"):
        read_csv_matrix(chinese, options, no_progress)


DOCS = Path(__file__).resolve().parents[2] / "docs"


@pytest.fixture
def example(tmp_path):
    """Read the example of the page with the map of the template."""
    path = tmp_path / "map.yml"
    write_map_template(path)
    source = DOCS / "examples" / "matrix" / "table.csv"
    return read_csv_matrix(source, IngestOptions("a", map=path), no_progress)[0]


def test_the_template_reads_the_example(example):
    example.check()
    assert {decision.code: decision.text for decision in example.decisions} == {
        "row_balance": "row by row, deliveries miss the published output by 0.000%",
        "column_balance": "column by column, inputs and value added miss output by "
        "0.000%",
        "gdp": "value added is 0.912 times the GDP of the indicators",
    }
    assert example.transactions.tolist() == [
        [10, 2, 4, 0],
        [6, 8, 0, 5],
        [3, 0, 12, 1],
        [0, 4, 7, 6],
    ]
    assert example.final_demand[1].tolist() == [12, 3, 2, 0]
    assert example.exports.tolist() == [4, 0, 2, 4]
    assert example.imports_by_sector.tolist() == [5, 4, 3, 2]
    assert example.imports_by_category.tolist() == [6, 2, 4, 1]
    assert example.value_added["surplus"].tolist() == [16, 10, 10, 16]
    assert example.emissions["co2"].tolist() == [1.5, 20, 1.2, 30]
    assert example.direct_emissions["co2"].tolist() == [[2.5, 0], [1.8, 0]]
    assert example.sectors[1]["is_power_supply"] is True


def test_a_row_that_slips_in_does_not_move_what_is_read(tmp_path):
    """Without the label, the surplus would be read as emissions."""
    text = spoiled_example(",Surplus,", ",Taxes,0,0,0,0,,,,,,\n,Surplus,", tmp_path)
    assert text.endswith(
        "`blocks.emissions.co2` at C10 has no header 'CO2 (kt)'; found '' in A10, "
        "'Surplus' in B10, 'North' in C1, 'Farms' in C2: were rows or columns moved?"
    )


def test_what_is_placed_by_its_address_alone_is_named(tmp_path):
    path = tmp_path / "map.yml"
    write_map_template(path)
    text = path.read_text("utf-8")
    text = text.replace("{corner: C10, label: CO2 (kt)}", "C9")
    path.write_text(text.replace("{column: Output}", "L3"), "utf-8")
    source = DOCS / "examples" / "matrix" / "table.csv"
    (table,) = read_csv_matrix(source, IngestOptions("a", map=path), no_progress)
    assert [d.text for d in table.decisions if d.code == "placed_by_address"] == [
        "placed by address: blocks.output at L3 is the column 'Output', "
        "blocks.emissions.co2 at C9 is the row 'Surplus'"
    ]


def test_the_page_shows_the_example():
    page = (DOCS / "formats" / "excel.md").read_text(encoding="utf-8")
    with (DOCS / "examples" / "matrix" / "table.csv").open(encoding="utf-8") as stream:
        for number, row in enumerate(csv.reader(stream), start=1):
            line = "".join(f" {cell} |" if cell else " |" for cell in row)
            assert f"| {number} |{line}" in page


def spoiled_example(old: str, new: str, folder: Path) -> str:
    """Return what is said of the example of the page with one text replaced."""
    text = (DOCS / "examples" / "matrix" / "table.csv").read_text("utf-8")
    assert text.count(old) == 1
    (folder / "table.csv").write_text(text.replace(old, new), "utf-8")
    write_map_template(folder / "map.yml")
    options = IngestOptions("a", map=folder / "map.yml")
    return refusal_of(read_csv_matrix, folder / "table.csv", options, no_progress)
