"""Drafts of maps by `carbonshed look`: of made-up layouts, and of real workbooks."""

import csv
import re
from pathlib import Path

import numpy as np
import openpyxl
import pytest
from typer.testing import CliRunner

from carbonshed.cli import _commands
from carbonshed.errors import CarbonshedError
from carbonshed.progress import no_progress
from carbonshed.readers.files.workbooks import Uncomputed
from carbonshed.readers.files.yaml_files import read_yaml
from carbonshed.readers.look.classify import classify, price_basis_of
from carbonshed.readers.look.detect import cells_of, find_tables, read_cells
from carbonshed.readers.look.draft import first_map, sectors_file, write_draft
from carbonshed.readers.look.match import find_sums, first_of_sum
from carbonshed.readers.look.sector_labels import propose, region_labels
from carbonshed.readers.look.show import describe, range_of
from carbonshed.readers.look.survey import Sheet, Survey, choose_tables, survey_files
from carbonshed.readers.options import IngestOptions
from carbonshed.readers.vocabulary import currency_of, role_of, unit_of
from carbonshed.readers.workbook.assemble import read_csv_matrix, read_excel
from carbonshed.readers.workbook.map import Map

NAMES = ["Farms", "Mines", "Trade"]
Z = np.array([[10.0, 4, 2], [6, 8, 3], [5, 9, 12]])
HOMES, ABROAD = np.array([30.0, 11, 60]), np.array([4.0, 20, 6])
BOUGHT = np.array([5.0, 3, 4])  # imports by buyer


def table(z=Z, unit="Million EUR", imports=None):
    """Return a table as offices print it: titles, totals, inputs, output."""
    output = z.sum(axis=1) + HOMES + ABROAD
    output = output - (imports if imports is not None else 0)
    bought = BOUGHT if imports is None else np.zeros(3)
    wages = output - z.sum(axis=0) - bought
    right = ["Total intermediate", "Households", "Exports", "Total use"]
    right += ["Imports", "Output"] if imports is not None else []
    rows = [
        ["Input-output table 2012", *[None] * 5],
        [unit],
        [],
        [None, *NAMES, *right],
    ]
    for k, name in enumerate(NAMES):
        used = z[k].sum() + HOMES[k] + ABROAD[k]
        row = [name, *z[k], z[k].sum(), HOMES[k], ABROAD[k], used]
        rows.append([*row, imports[k], output[k]] if imports is not None else row)
    sums = [z.sum(), HOMES.sum(), ABROAD.sum(), z.sum() + HOMES.sum() + ABROAD.sum()]
    rows += [
        ["Total intermediate", *z.sum(axis=0), *sums],
        [],
        *([["Imports", *BOUGHT, BOUGHT.sum()]] if imports is None else []),
        ["Wages", *wages, wages.sum()],
        ["Total output", *output, output.sum()],
    ]
    return rows


def finding(rows):
    """Judge the only table of a sheet."""
    (only,) = find_tables(cells_of(rows, "a.xlsx", "Table"))
    return classify(only)


def roles(lines):
    return [line.role.name for line in lines]


def test_formulas_that_were_never_computed_are_counted():
    rows = table()
    rows[4][1] = Uncomputed("=5+5")
    cells = cells_of(rows, "a.xlsx", "Table")
    assert cells.notes == (
        "formulas never computed: 1, B5 the first: open the workbook in a spreadsheet "
        "program and save it",
    )


# sums, by hand: 3 = 0 + 1 + 2, 6 = 4 + 5, 7 = all, and 8 comes before its parts
def test_sums_are_found_wherever_their_total_stands():
    a, b, c, d, e, f, g = np.random.default_rng(1).uniform(1, 9, (7, 6))
    lines = np.array([a, b, c, a + b + c, d, e, d + e, a + b + c + d + e, f + g, f, g])
    sums = find_sums(lines)
    assert sums[3] == (0, 1, 2)
    assert sums[6] == (4, 5)
    assert sums[7] == (0, 1, 2, 4, 5)
    assert sums[8] == (9, 10)
    assert not any(sums[k] for k in (0, 1, 2, 4, 5, 9, 10))


@pytest.mark.parametrize(("missed", "first"), [(0.005, 0), (0.02, None)])
def test_a_total_of_pairs_may_have_a_wrong_cell(missed, first):
    lines = np.random.default_rng(1).uniform(1, 9, (4, 4))
    total = lines.sum(axis=0)
    total[0] -= missed * total.sum()
    assert first_of_sum(total, lines) == first


def test_nothing_is_a_sum_among_unlike_lines():
    lines = np.random.default_rng(2).uniform(1, 9, (8, 9))
    assert not any(find_sums(lines))


def test_imports_printed_as_deductions_make_total_flows(tmp_path):
    rows = table(imports=np.array([6.0, 1, 5]))
    for row in rows[4:7]:
        row[8] = -row[8]
    result = finding(rows)
    assert (result.kind, result.origin) == ("symmetric", "total")


def test_a_use_table_is_not_taken_for_a_symmetric_one():
    # output by industry differs from output by product
    supply = np.array([[40.0, 6, 4], [0, 42, 6], [8, 0, 84]])
    rows = table()
    made = supply.sum(axis=0)
    rows[-1][1:4] = made
    rows[-2][1:4] = made - Z.sum(axis=0) - BOUGHT
    rows += [["Other supply", *ABROAD], ["Total supply", *(made + ABROAD)]]
    result = finding(rows)
    assert result.kind == "use"
    (output,) = (x for x in result.row_lines if x.role.name == "output")
    assert output.texts == ("Total output",)
    assert "rows and columns do not balance by sector" in result.doubts[0]


def test_shares_are_no_flows():
    rows = [[None, *NAMES], *([n, *z] for n, z in zip(NAMES, Z / 99, strict=True))]
    assert finding(rows).kind == "coefficients"


def test_rows_and_columns_without_common_labels_are_named():
    rows = [[None, "x", "y", "z"], *([n, *z] for n, z in zip(NAMES, Z, strict=True))]
    result = finding(rows)
    assert result.match is None
    assert "no labels in common" in result.doubts[0]


def test_labels_agree_but_for_prefix_and_zeros():
    rows = table()
    for row, code in zip(rows[4:7], ("CPA_01", "CPA_02", "CPA_03"), strict=True):
        row[0] = code
    rows[3][1:4] = ["1", "2", "3"]
    result = finding(rows)
    assert result.match.is_renamed
    assert (result.kind, range_of(result)) == ("symmetric", "B5:D7")


def test_years_and_imports_stacked_on_one_sheet():
    rows = [["Year", "Code", "Origin", *NAMES, "Households", "Exports", "Output"]]
    bought = Z / 10
    for year, growth in ((2010, 1.0), (2011, 1.1)):
        output = growth * (Z.sum(axis=1) + HOMES + ABROAD)
        for k, name in enumerate(NAMES):
            row = growth * np.array([*Z[k], HOMES[k], ABROAD[k]])
            rows.append([year, name, "Domestic", *row, output[k]])
        for k, name in enumerate(NAMES):
            row = growth * np.array([*bought[k], HOMES[k] / 9, 0])
            rows.append([year, name, "Imports", *row, row.sum()])
        wages = output - growth * (Z.sum(axis=0) + bought.sum(axis=0))
        rows.append([year, "Wages", "All", *wages, 0, 0, wages.sum()])
        rows.append([year, "Output", "All", *output, 0, 0, output.sum()])
    result = finding(rows)
    assert result.stack.year == (0, (2010, 2011))
    assert result.stack.kind == (2, ("Domestic", "Imports", "All"))
    assert (result.kind, range_of(result)) == ("symmetric", "D10:F12")
    assert result.imported_rows == (12, 13, 14)


@pytest.mark.parametrize(
    ("text", "role", "group"),
    [
        ("Taxes on production and imports", "value added", ""),
        ("Impuestos sobre la producción y las importaciones", "value added", ""),
        ("Imposto de importação", "taxes on products", ""),
        ("Taxes on products and imports", "taxes on products", ""),
        ("Import tariffs", "taxes on products", ""),
        ("Einfuhrabgaben", "taxes on products", ""),
        ("Imports, net of taxes", "imports", ""),
        ("移入", "imports", ""),
        ("国内省外流出", "exports", ""),
        ("Consommation finale", "final demand", ""),
        ("Consumo individual", "final demand", ""),
        ("Consumo das famílias", "final demand", "household"),
        ("Consommation des ISBLSM", "final demand", "household"),
        ("Consumo da administração pública", "final demand", "government"),
        ("Gasto de consumo final de las AAPP", "final demand", "government"),
        ("Dépense de consommation finale des APU", "final demand", "government"),
        ("Consumo colectivo", "final demand", "government"),
    ],
)
def test_words_do_not_say_more_than_they_name(text, role, group):
    found = role_of((text,))
    assert (found.name, found.group) == (role, group)


@pytest.mark.parametrize(
    ("text", "currency", "unit"),
    [
        ("Valores em 1 000 000 R$", "BRL", 1e6),
        ("1,000,000 euros", "EUR", 1e6),
        ("1 000 Franken", None, 1e3),
        ("₹ lakh", None, 1e5),
        ("Rs. crore", None, 1e7),
        ("Rs. lakh crore", None, 1e12),
        ("Millions of dollars", None, 1e6),
        ("單位 百萬元", None, None),
        ("亿元人民币", "CNY", 1e8),
        ("单位 万元", "CNY", 1e4),
        ("Bureau of Economic Analysis", "USD", None),
        ("Eurostat, communauté européenne", None, None),
        ("Egyptian pounds, million", None, 1e6),
    ],
)
def test_money_is_what_a_text_says_and_no_more(text, currency, unit):
    assert (currency_of(text), unit_of(text)) == (currency, unit)


def test_what_lines_hold_is_read_in_several_languages():
    roles_by_texts = {
        ("P1", "Compensation of employees"): "value added",
        ("", "Importaciones precios cif"): "imports",
        ("62", "輸出"): "exports",
        ("", "Perubahan stok"): "final demand",
        ("MDTY", "Import duties"): "taxes on products",
        ("T018", ""): "output",
        ("AT_P3_S14", ""): "final demand",
        ("W2_D1", ""): "value added",
        ("AT_A01", ""): "unknown",
        ("", "Cif/ fob adjustments on imports"): "cif/fob adjustment",
        ("x17", "Remainder"): "unknown",
    }
    assert {texts: role_of(texts).name for texts in roles_by_texts} == roles_by_texts


@pytest.mark.parametrize(
    ("codes", "groups"),
    [
        (
            ["C19", "D35", "C10-C12", "R_S", "U"],
            ["energy", "energy", "light_industry", "services", "services"],
        ),
        # the OECD writes D before every division
        (["D01T03", "D29", "D35"], ["agriculture", "high_tech", "energy"]),
        (["111CA", "22", "3361MV"], ["agriculture", "energy", "high_tech"]),
        # section S has no division 01, and numbers may count anything
        (["S01", "S02", "S35"], ["", "", ""]),
        (["01", "02", "35"], ["", "", ""]),
        # running numbers: no division is 04
        (["D01", "D02", "D03", "D04", "D05"], [""] * 5),
        (["C1", "C2", "C3"], ["", "", ""]),
    ],
)
def test_groups_follow_from_codes_alone(codes, groups):
    proposals = propose(codes)
    assert [proposal.group for proposal in proposals] == groups
    is_power = [{"D35": True, "22": True}.get(code, False) for code in codes]
    expected = is_power if all(groups) else [None] * len(codes)
    assert [proposal.is_power_supply for proposal in proposals] == expected


@pytest.mark.parametrize(
    ("title", "basis"),
    [
        ("Matriz a precios de comprador", "purchasers' prices"),
        ("Use table at purchaser's prices", "purchasers' prices"),
        ("生産者価格評価表", "producers' prices"),
        ("Input-Output-Tabelle zu Herstellungspreisen", "basic prices"),
        ("Input-output table", None),
    ],
)
def test_price_bases_in_titles(title, basis):
    assert price_basis_of(title) == basis


@pytest.mark.parametrize(
    ("titles", "year"),
    [
        (["Data extracted on 03/12/2026", "Table 2012"], "2012"),
        (["Released 15 March 2024", "2. Uses 2012", "Base year 2015"], "2012"),
        (["2013年5月1日", "NACE Rev. 2 2008", "SNA 2008, table 2012"], "2012"),
        (["Updated: March 2024", "2014-05-06"], "2011"),  # that of the file
        (["Table 2012", "Printed in 2014"], '"???"'),
    ],
)
def test_the_year_of_a_table_is_no_other_date(tmp_path, titles, year):
    rows = [*([title] for title in titles), *table()[1:]]
    path = workbook(tmp_path / "io_2011.xlsx", rows)
    assert f"\nyear: {year}\n" in first_map(survey_files(path, no_progress))


def test_three_numbers_that_rise_are_not_yet_codes():
    rows = [["", "a", "b", "c"], ["x", 5, 3, 1], ["y", 12, 13, 25], ["z", 4, 4, 4]]
    (only,) = find_tables(cells_of(rows, "a.xlsx", "Table"))
    assert (only.headers, only.rows) == ((0,), (1, 2, 3))


def test_a_code_in_a_header_is_no_year_where_a_title_names_one(tmp_path):
    _, unit, *rows = table()
    rows = [["1991 Oil" if cell == "Farms" else cell for cell in row] for row in rows]
    path = workbook(tmp_path / "io.xlsx", [["Table, 2015"], unit, *rows])
    assert "\nyear: 2015\n" in first_map(survey_files(path, no_progress))


def test_a_csv_file_of_another_hand(tmp_path):
    path = tmp_path / "tabelle.csv"
    lines = []
    for row in table(unit="Mio. EUR"):
        cells = (f"{c:.1f}" if isinstance(c, float) else str(c or "") for c in row)
        lines.append(";".join(cell.replace(".", ",") for cell in cells))
    path.write_text("\n".join(lines), encoding="latin-1")
    survey = survey_files(path, no_progress)
    assert survey.sheets[0].cells.style == (("delimiter", ";"), ("decimal", ","))
    assert (survey.best.kind, survey.best.origin) == ("symmetric", "domestic")
    assert 'csv: {delimiter: ";", decimal: ","}' in first_map(survey)


@pytest.mark.parametrize(
    ("encoding", "words"),
    [
        ("windows-1252", "Producción agrícola;Extracción de petróleo;Construcción"),
        ("windows-1250", "Rolnictwo i leśnictwo;Górnictwo węgla;Działalność finansowa"),
        ("windows-1251", "Сельское хозяйство;Добыча;Строительство"),
        ("gb18030", "农林牧渔产品和服务;煤炭采选产品;建筑"),
        ("cp932", "農林水産業;鉱業;飲食料品"),
    ],
)
def test_a_csv_file_is_read_as_it_was_encoded(tmp_path, encoding, words):
    names = words.split(";")
    lines = ["x,code," + ",".join(names)]
    lines += [f"{name},{k},1,2,3" for k, name in enumerate(names)]
    path = tmp_path / "table.csv"
    path.write_text("\n".join(lines), encoding=encoding)
    (cells,) = read_cells(path)
    assert cells.texts[1:, 0].tolist() == names
    assert dict(cells.style) == {"encoding": encoding}


def answered(text):
    """Return a first map with what a person would say, of a made-up country."""
    for key, value in (
        ("licence", "none"),
        ("country", "FIN"),
        ("currency", "EUR"),
        ("currency_unit", "1000000"),
        ("year", "2012"),
    ):
        text = re.sub(rf'^{key}: "\?\?\?"', f"{key}: {value}", text, flags=re.M)
    text = text.replace('region_id: "???"', "region_id: FIN")
    text = text.replace('region_name: "???"', "region_name: Finland")
    text = text.replace('sector_group: "???"', "sector_group: services")
    text = text.replace('category_group: "???"', "category_group: household")
    text = re.sub(r'^  (exports|imports): "\?\?\?".*\n', "", text, flags=re.M)
    return text.replace('population: "???"', "population: 5000000")


def fill_in_groups(sectors: Path):
    """Write what no code told into a list of labels."""
    with sectors.open(newline="") as file:
        header, *rows = csv.reader(file)
    for row in rows:
        row[2], row[3] = row[2] or "services", row[3] or "false"
    with sectors.open("w", newline="") as file:
        csv.writer(file).writerows([header, *rows])


def write_emissions(folder: Path, regions, sectors: Path, year=None) -> Path:
    """Write emissions of every sector in a list."""
    with sectors.open(newline="") as file:
        ids = [row["sector_id"] for row in csv.DictReader(file)]
    path, when = folder / "emissions.csv", ["year"] if year else []
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*when, "region_id", "sector_id", "value"])
        when = [year] if year else []
        writer.writerows([*when, r, sector, 1.5] for r in regions for sector in ids)
    return path


def read_with_draft(source: Path, folder: Path, **options):
    """Look at a file, answer the questions of the map, and read the table with it."""
    survey = survey_files(source, no_progress)
    (map_file, sectors), kept = write_draft(survey, folder)
    assert not kept
    map_file.write_text(answered(map_file.read_text()))
    fill_in_groups(sectors)
    regions, year = region_labels(survey.best) or ["FIN"], options.get("year")
    emissions = write_emissions(folder, regions, sectors, year)
    if year:
        people = folder / "people.csv"
        people.write_text(f"year,region_id,population,gdp\n{year},FIN,5000000,\n")
        options["indicators"] = people
    ingest_options = IngestOptions(
        "a", map=map_file, sectors=sectors, emissions=emissions, **options
    )
    read = read_csv_matrix if survey.is_csv else read_excel
    (only,) = read(source, ingest_options, no_progress)
    return only


def workbook(path: Path, rows) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(row)
    book.save(path)
    return path


def test_the_first_map_reads_the_table(tmp_path):
    path = workbook(tmp_path / "table.xlsx", table())
    read = read_with_draft(path, tmp_path)
    assert read.year == 2012
    assert read.transactions == pytest.approx(Z)
    assert read.exports == pytest.approx(ABROAD)
    assert read.imports_by_sector == pytest.approx(BOUGHT)
    assert read.final_demand[:, 0] == pytest.approx(HOMES)


def test_final_users_have_ids_of_their_own(tmp_path):
    """Also if their names begin with the same four words."""
    rows, whose = table()[3:], ("households", "government")
    rows[0][5:6] = [f"Final consumption expenditure of {users}" for users in whose]
    for row in filter(None, rows[1:5]):
        row[5:6] = [row[5] / 4, row[5] * 3 / 4]
    path = workbook(tmp_path / "table.xlsx", rows)
    read = read_with_draft(path, tmp_path)
    ids = [row["category_id"] for row in read.categories]
    assert ids == [f"final_consumption_expenditure_of{end}" for end in ("", "_7")]


def test_the_first_map_takes_imports_out(tmp_path):
    imports = np.array([6.0, 1, 5])
    path = workbook(tmp_path / "table.xlsx", table(imports=imports))
    read = read_with_draft(path, tmp_path)
    shares = imports / (Z.sum(axis=1) + HOMES)
    assert read.transactions == pytest.approx(Z * (1 - shares)[:, np.newaxis])


def test_files_that_are_there_are_kept(tmp_path):
    path = workbook(tmp_path / "table.xlsx", table())
    survey = survey_files(path, no_progress)
    write_draft(survey, tmp_path)
    (tmp_path / "table.map.yml").write_text("mine")
    written, kept = write_draft(survey, tmp_path)
    assert not written
    assert len(kept) == 2
    assert (tmp_path / "table.map.yml").read_text() == "mine"


def test_the_command_shows_and_writes(tmp_path):
    path = workbook(tmp_path / "table.xlsx", table())
    shown = CliRunner().invoke(_commands, ["look", str(path), "--out", str(tmp_path)])
    assert shown.exit_code == 0
    assert "3 sectors at B5:D7: labels of column A and row 4 agree" in shown.stdout
    assert "the map reads: B5:D7 of sheet 'Sheet'" in shown.stdout
    assert f"carbonshed ingest excel {path} --map" in " ".join(shown.stdout.split())
    assert (tmp_path / "table.sectors.csv").read_text().startswith("sector_id,")


def test_notes_alone_are_no_table(tmp_path):
    path = workbook(tmp_path / "notes.xlsx", [["Read me"], ["Nothing here", 3]])
    survey = survey_files(path, no_progress)
    assert survey.best is None
    assert "no table that a map could read" in list(describe(survey))[-1]


def test_a_cell_far_away_does_not_hang(tmp_path):
    rows = table()
    path = workbook(tmp_path / "far.xlsx", rows)
    book = openpyxl.load_workbook(path)
    book.active["XFD90000"] = 1.0
    book.save(path)
    with pytest.raises(CarbonshedError, match="too far for a table"):
        survey_files(path, no_progress)
    wide = cells_of([[None, *range(1, 30_000)], ["a", *range(1, 30_000)]], "a", "b")
    assert wide.shape == (2, 20_000)
    assert wide.notes == ("only its first 2 rows x 20000 columns",)


@pytest.mark.parametrize("name", ["a.pdf", "missing.xlsx", "missing.csv"])
def test_what_cannot_be_read_is_refused(tmp_path, name):
    (tmp_path / "a.pdf").write_bytes(b"%PDF")
    with pytest.raises(CarbonshedError):
        list(read_cells(tmp_path / name))


# blocks in the workbooks of eleven offices, read off by eye
OFFICES = {
    "australia_abs": ("symmetric", "domestic", "C4:DL117", 114, ["DT"], [126]),
    "chile_bcch_2013": ("symmetric", "domestic", "C12:N23", 12, ["AB"], [28]),
    "croatia_dzs_2010": (
        *("symmetric", "domestic", "C522:BO586", 65),
        *(["CA", "CB", "CC"], [589]),
    ),
    "indonesia_dki_2012": (
        *("symmetric", "domestic", "C4:BV75", 72),
        *(["CB", "CC"], [77]),
    ),
    "japan_meti_2020": ("symmetric", "total", "C5:BB56", 52, ["BL"], []),
    "wiod16_italy": ("symmetric", "domestic", "E1683:BH1738", 56, ["BN"], []),
    "usa_bea": ("use", "not known", "C8:BU80", 71, ["CC"], []),
    # demand in one column, so that exports are asked for
    "argentina_2019": ("symmetric", "domestic", "B2:AH34", 33, [], [35]),
    "brazil_ipea_2018": ("symmetric", "domestic", "B2:BQ69", 68, ["BS"], [71]),
    # labels of activity and of control, which are no regions
    "costa_rica_bccr_2017": (
        *("symmetric", "domestic", "D12:IV264", 253),
        *(["JB"], [268]),
    ),
    "indonesia_babel_2015": ("symmetric", "domestic", "D7:BK66", 60, ["BR"], [68]),
}


@pytest.fixture(scope="module")
def surveys(real_data):
    """Return what is seen in the workbooks."""
    folder = real_data / "workbooks"
    return {name: survey_files(folder / name, no_progress) for name in OFFICES}


def letters(lines):
    return [openpyxl.utils.get_column_letter(line.position + 1) for line in lines]


@pytest.mark.real
@pytest.mark.parametrize("office", OFFICES)
def test_blocks_of_offices_are_named(surveys, office):
    kind, origin, cells, count, exports, imports = OFFICES[office]
    best = surveys[office].best
    assert (best.kind, best.origin, range_of(best)) == (kind, origin, cells)
    assert len(best.columns) == count
    assert letters(best.lines("exports", columns=True)) == exports
    rows = [line.position + 1 for line in best.lines("imports", columns=False)]
    assert rows == imports
    labels = sectors_file(surveys[office])
    assert labels.count("\n") == count + 1


@pytest.mark.real
def test_what_goes_with_the_tables_of_offices(surveys):
    bea = surveys["usa_bea"]
    assert range_of(bea.supply) == "C8:BU80"
    assert bea.is_at_purchasers_prices
    assert bea.sheet_of(bea.best.table).years == list(range(1997, 2021))
    assert len(bea.best.rows) == 73  # used goods and what is not comparable, too
    assert "re_exports: proportional" in first_map(bea)
    croatia = surveys["croatia_dzs_2010"]
    assert range_of(croatia.imported) == "C605:BO669"
    kinds = [table.kind for table in croatia.findings]
    assert kinds == [
        *("supply", "use", "use", "use", "imports"),
        *("symmetric", "symmetric", "imports"),
    ]
    shown = "\n".join(describe(surveys["indonesia_dki_2012"]))
    others = shown.partition("which the map does not read:")[2]
    assert "'total pembeli'" in others
    assert "'total produsen'" in others
    assert "'prod domestik'" not in others
    italy = surveys["wiod16_italy"].best
    assert italy.stack.year == (0, tuple(range(2000, 2015)))
    assert (italy.imported_rows[0], italy.imported_rows[-1]) == (1738, 1793)
    japan = surveys["japan_meti_2020"]
    columns = japan.best.lines("imports", columns=True)
    assert letters(columns) == ["BP", "BQ"]


@pytest.mark.real
@pytest.mark.parametrize(
    ("office", "options"),
    [(name, {}) for name in OFFICES if name not in ("wiod16_italy", "usa_bea")]
    + [("wiod16_italy", {"year": 2007}), ("usa_bea", {"year": 2012})],
)
def test_first_maps_of_offices_read_them(real_data, tmp_path, office, options):
    """The map as it was written, with the questions answered and nothing else."""
    source = real_data / "workbooks" / office
    files = [path for path in source.iterdir() if path.suffix.startswith(".xls")]
    read = read_with_draft(files[0] if len(files) == 1 else source, tmp_path, **options)
    by_code = {decision.code: decision.text for decision in read.decisions}
    for gate in ("row_balance", "column_balance"):
        missed = float(re.search(r"by ([\d.]+)%", by_code[gate])[1])
        assert missed < 0.01


def test_imports_below_with_a_prefix_of_their_own(tmp_path):
    # as the OECD prints national tables
    codes, bought = ["01T03", "05T09", "45T47"], Z / 10
    homes = HOMES / 9
    output = Z.sum(axis=1) + HOMES + ABROAD
    rows = [["", *(f"D{code}" for code in codes), "HFCE", "EXPO"]]
    for k, code in enumerate(codes):
        rows.append([f"DOM_{code}", *Z[k], HOMES[k], ABROAD[k]])
    for k, code in enumerate(codes):
        rows.append([f"IMP_{code}", *bought[k], homes[k], 0.0])
    wages = output - Z.sum(axis=0) - bought.sum(axis=0)
    rows += [["VALU", *wages, 0.0, 0.0], ["OUTPUT", *output, 0.0, 0.0]]
    path = workbook(tmp_path / "FIN2012.xlsx", rows)
    read = read_with_draft(path, tmp_path)
    assert read.transactions == pytest.approx(Z)
    assert read.imports_by_sector == pytest.approx(bought.sum(axis=0))
    assert read.imports_by_category == pytest.approx([homes.sum()])
    assert read.imported_products[:, :3] == pytest.approx(bought)


@pytest.mark.parametrize("place", ["before", "beside the sum"])
def test_imports_below_with_the_labels_of_the_sectors(tmp_path, place):
    """As in Denmark: inputs of both blocks, and labels of final users on their own."""
    bought, homes = Z / 10, HOMES / 9
    users = ["Households", "Government", "Exports"]
    rows = [["2012"], [*[None] * 4, *users], [None, *NAMES]]
    for name, block in (
        ("Danish production", np.column_stack([Z, HOMES - 1, np.ones(3), ABROAD])),
        ("Imports", np.column_stack([bought, homes, *np.zeros((2, 3))])),
    ):
        rows += [[name]] * (place == "before")
        rows += [[label, *line] for label, line in zip(NAMES, block, strict=True)]
        rows += [[f"{name}, total", *block.sum(axis=0)]] * (place != "before")
    output = Z.sum(axis=1) + HOMES + ABROAD
    wages = output - (Z + bought).sum(axis=0)
    rows += [["Wages", *wages], ["Output", *output]]
    read = read_with_draft(workbook(tmp_path / "table.xlsx", rows), tmp_path)
    assert read.transactions == pytest.approx(Z)
    assert read.imports_by_sector == pytest.approx(bought.sum(axis=0))
    assert read.imports_by_category == pytest.approx([homes.sum(), 0])


def test_subtotals_inside_are_left_out(tmp_path):
    rows = table()
    # goods = farms + mines, in rows and columns
    for row in rows[3:]:
        if len(row) > 3:
            numbers = isinstance(row[1], float)
            row.insert(3, row[1] + row[2] if numbers else "Goods")
    goods = [a + b for a, b in zip(rows[4][1:], rows[5][1:], strict=True)]
    rows.insert(6, ["Goods", *goods])
    read = read_with_draft(workbook(tmp_path / "table.xlsx", rows), tmp_path)
    assert read.transactions == pytest.approx(Z)


@pytest.mark.parametrize(
    ("is_adjusted", "bread", "re_exports"),
    # more is imported than used at home, but for margins and taxes
    [(False, (10, 20), "none"), (True, (10, 20), "none"), (False, (55, 80), "prop")],
)
def test_supply_and_use_on_two_sheets(tmp_path, is_adjusted, bread, re_exports):
    """As Eurostat prints them, purchases of residents abroad are between two totals."""
    names, industries = ["Bread", "Ore", "Trade"], ["Bread", "Ore", "Trade"]
    supply = np.array([[60.0, 0, 2], [0, 40, 0], [1, 0, 50]])
    use = np.array([[20.0, 0, 5], [10, 5, 0], [10, 2, 3]])
    margins, taxes = np.array([20.0, 10, -30]), np.array([10.0, 5, 0])
    bought, sent = np.array([[10.0, 5, 0], [20, 25, 2]])
    bought[0], sent[0] = bread
    total = supply.sum(axis=1) + bought + margins + taxes
    homes = total - use.sum(axis=1) - sent
    made = supply.sum(axis=0)
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Supply 2012"
    sheet.append(["Supply table"])
    sheet.append(["", *industries, "Output", "Imports", "Margins", "Taxes on products"])
    for k, name in enumerate(names):
        row = [*supply[k], supply[k].sum(), bought[k], margins[k], taxes[k]]
        sheet.append([name, *row])
    sheet.append(["Total output", *made])
    for k, row in enumerate(sheet.iter_rows(min_row=3, max_row=5)):
        sheet.cell(row[0].row, 9, total[k])
    sheet.cell(2, 9, "Supply at purchasers' prices")
    sheet = book.create_sheet("Use 2012")
    sheet.append(["Use table"])
    sheet.append(["", *industries, "Total", "Households", "Exports", "Total use"])
    for k, name in enumerate(names):
        row = [*use[k], use[k].sum(), homes[k], sent[k], total[k]]
        sheet.append([name, *row])
    sums = [*use.sum(axis=0), use.sum(), homes.sum(), sent.sum(), total.sum()]
    sheet.append(["Total", *sums])
    if is_adjusted:
        empty = [None] * 4
        sheet.append(["Direct purchases abroad by residents", *empty, 4.0, None, 4.0])
        sheet.append(["Purchases of non-residents", *empty, -3.0, 3.0, 0.0])
        sums = [*sums[:4], sums[4] + 1, sums[5] + 3, sums[6] + 4]
        sheet.append(["Total at purchasers' prices", *sums])
    sheet.append(["Wages", *(made - use.sum(axis=0))])
    sheet.append(["Output", *made])
    path = tmp_path / "sut.xlsx"
    book.save(path)
    survey = survey_files(path, no_progress)
    assert survey.best.kind == "use"
    assert survey.supply.kind == "supply"
    assert survey.is_at_purchasers_prices
    assert f"\nre_exports: {re_exports}" in first_map(survey)
    read = read_with_draft(path, tmp_path)
    sold = read.transactions.sum(axis=1) + read.final_demand.sum(axis=1) + read.exports
    assert sold == pytest.approx(made)


def two_sheets(path: Path, sheets: dict[str, list]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


OTHER = table(Z * [[2, 1, 3], [0.5, 1, 0.1], [1, 1, 1]])


@pytest.mark.parametrize(
    ("sheets", "pattern"),
    [
        ({"I-O table I": table(), "I-O table II": OTHER}, "I-O table {region}"),
        ({"A table A": table(), "A table B": OTHER}, "A table {region}"),
        # the same in another currency; two years
        ({"EUR": table(), "SEK": table(2 * Z)}, "EUR"),
        ({"IO05": table(), "IO15": OTHER}, "IO05"),
    ],
)
def test_sheets_alike_are_regions_if_they_differ_in_shares(tmp_path, sheets, pattern):
    if "SEK" in sheets:
        rows = table()
        for row in rows[4:]:
            row[1:] = [9.5 * cell if cell else cell for cell in row[1:]]
        sheets = sheets | {"SEK": rows}
    survey = survey_files(two_sheets(tmp_path / "io.xlsx", sheets), no_progress)
    assert survey.sheet_of(survey.best.table).pattern == pattern


def test_files_alike_are_regions(tmp_path):
    """Also if their sheets have one name, so that the map names the files."""
    for name, rows in {"north": table(), "south": OTHER}.items():
        workbook(tmp_path / f"io_{name}.xlsx", rows)
    survey = survey_files(tmp_path, no_progress)
    assert 'file: "io_{region}.xlsx"' in first_map(survey)
    assert survey.sheet_of(survey.best.table).regions == ["north", "south"]


def test_margins_that_a_total_counts_are_a_use(tmp_path):
    margins, rows = np.array([3.0, 2, -5]), table()
    rows[3].insert(7, "Trade margins")
    for row, margin in zip(rows[4:7], margins, strict=True):
        row[7:] = [margin, row[7] + margin]
    for k, margin in zip((-1, -2), (margins, margins), strict=True):
        rows[k][1:4] = np.array(rows[k][1:4]) + margin
    path = workbook(tmp_path / "table.xlsx", rows)
    read = read_with_draft(path, tmp_path)
    assert read.final_demand == pytest.approx(np.column_stack([HOMES, margins]))


def test_labels_of_sums_alone_are_no_square():
    labels = ["Total", "Total use", "Total supply"]
    rows = [[None, *labels], *([t, *z] for t, z in zip(labels, Z, strict=True))]
    result = finding(rows)
    assert result.match is None
    assert result.doubts == ["equal labels of rows and columns are those of sums"]


WORDS = [
    *("Total", "Imports", "Exports", "Farms", "CPA_A01", "A01", "...", "2010", "Year"),
    *("Households", "Output", "Wages", "", "1", "02", "Domestic", "農業", "合計"),
]


@pytest.mark.parametrize("seed", range(4))
def test_any_sheet_is_described(seed):
    rng = np.random.default_rng(seed)
    for _ in range(60):
        height, width = rng.integers(1, 12, 2)
        rows = []
        for r in range(height):
            words = [WORDS[k] for k in rng.integers(0, len(WORDS), width)]
            values = rng.choice([0.0, 1.5, 3.0, -1.0, 2010.0, np.inf, np.nan], width)
            share = 0.0 if r == 0 else 0.8
            takes = rng.random(width) < share
            takes[0] = False
            pairs = zip(takes, values, words, strict=True)
            rows.append([float(v) if take else word for take, v, word in pairs])
        cells = cells_of(rows, "a.xlsx", "Sheet")
        findings = [classify(table) for table in find_tables(cells)]
        survey = Survey(Path("a.xlsx"), [Sheet(cells, ["Sheet"], [], findings)])
        choose_tables(survey)
        assert list(describe(survey))
        assert bool(first_map(survey)) == (survey.best is not None)
        assert bool(sectors_file(survey)) == (survey.best is not None)


@pytest.mark.parametrize("seed", range(4))
def test_drafts_of_damaged_tables_are_maps(tmp_path, seed):
    rng, drafts = np.random.default_rng(seed), 0
    path = tmp_path / "table.map.yml"
    for _ in range(20):
        rows = table(imports=np.array([6.0, 1, 5]) if rng.random() < 0.5 else None)
        for row in rng.choice([k for k in range(3, len(rows)) if rows[k]], 3):
            column = rng.integers(0, len(rows[row]))
            rows[row][column] = [None, 0.0, 7.0, "blocks", "# 'x\""][rng.integers(5)]
        cells = cells_of(rows, "a.xlsx", "Sheet")
        findings = [classify(part) for part in find_tables(cells)]
        survey = Survey(Path("a.xlsx"), [Sheet(cells, ["Sheet"], [], findings)])
        choose_tables(survey)
        if survey.best is None or survey.best.kind == "use":  # without supply: no map
            continue
        text = answered(first_map(survey))
        path.write_text(text.replace('_group: "???"', "_group: household"))
        blocks = read_yaml(path).check(Map).blocks
        assert blocks.transactions
        assert len(blocks.value_added) == len(re.findall(r'^    "', text, re.M))
        drafts += 1
    assert drafts > 5


def test_total_flows_and_imports_on_sheets_of_their_own(tmp_path):
    bought, homes = Z / 8, HOMES / 9
    imports = bought.sum(axis=1) + homes
    book = openpyxl.Workbook()
    book.active.title = "Total 2012"
    for row in table(imports=imports):
        book.active.append(row[:8])  # neither the column of imports nor output
    sheet = book.create_sheet("Imports 2012")
    sheet.append(["Use of imported products"])
    sheet.append([None, *NAMES, "Households"])
    for k, name in enumerate(NAMES):
        sheet.append([name, *bought[k], homes[k]])
    path = tmp_path / "two.xlsx"
    book.save(path)
    survey = survey_files(path, no_progress)
    assert (survey.best.kind, survey.best.origin) == ("symmetric", "total")
    assert "no column of them was found" in survey.best.doubts[0]
    assert survey.imported.kind == "imports"
    read = read_with_draft(path, tmp_path)
    assert read.transactions == pytest.approx(Z - bought)
    assert read.imports_by_sector == pytest.approx(bought.sum(axis=0))


@pytest.mark.parametrize("sign", ["", "_"])
def test_labels_of_region_and_sector_in_one(tmp_path, sign):
    rng = np.random.default_rng(3)
    z, homes = rng.uniform(1, 9, (4, 4)), rng.uniform(5, 20, (4, 2))
    names = [f"{region}{sign}{sector}" for region in ("FIN", "SWE") for sector in "ab"]
    users = [f"{region}{sign}households" for region in ("FIN", "SWE")]
    output = z.sum(axis=1) + homes.sum(axis=1)
    rows = [["2012", *names, *users, "Output"]]
    for k, name in enumerate(names):
        rows.append([name, *z[k], *homes[k], output[k]])
    rows += [["Value added", *(output - z.sum(axis=0))], ["Output", *output]]
    path = workbook(tmp_path / "table.xlsx", rows)
    survey = survey_files(path, no_progress)
    shown = "\n".join(describe(survey))
    assert "2 regions (FIN, SWE) x 2 sectors (a, b)" in shown
    read = read_with_draft(path, tmp_path)
    assert [row["region_id"] for row in read.regions] == ["FIN", "SWE"]
    assert read.transactions == pytest.approx(z)
    assert read.final_demand == pytest.approx(homes)


def test_the_page_shows_what_is_printed():
    root = Path(__file__).parents[2]
    page = (root / "docs" / "from_a_workbook.md").read_text()
    survey = survey_files(
        root / "docs" / "examples" / "matrix" / "table.csv", no_progress
    )
    assert "\n".join(describe(survey)) in page


@pytest.mark.parametrize(
    ("text", "style", "value"),
    [
        ("a;1.657,5;2", {"delimiter": ";", "decimal": ",", "thousands": "."}, 1657.5),
        ('a,"1,657.5",2', {"thousands": ","}, 1657.5),
        ('a,"1,657",2', {"thousands": ","}, 1657.0),
        ("a;1,657;2", {"delimiter": ";", "decimal": ","}, 1.657),
        ("a\t1.657\t2", {"delimiter": "\t"}, 1.657),
    ],
)
def test_signs_of_numbers_in_csv_files(tmp_path, text, style, value):
    path = tmp_path / "a.csv"
    path.write_text(f"{text}\n{text}\n")
    (cells,) = read_cells(path)
    assert dict(cells.style) == style
    assert cells.numbers[0, 1] == value
    is_doubtful = "1,657 is read with a decimal comma" in cells.notes
    assert is_doubtful == (value == 1.657 and "," in text)


@pytest.mark.parametrize(
    ("lines", "style", "value"),
    [
        # decimals would end in other digits too, and 210 have some
        (["3.870;4.620;210", "6.605;3.420;540"], (",", "."), 3870),
        (["3.870;4.620;0.210", "6.605;3.420;0.540"], (".", None), 3.87),
        (["3.875;4.625;210", "6.605;3.421;5400"], (".", None), 3.875),
        (["1 870,5;4,6;210", "6,6;3,4;1 540,0"], (",", " "), 1870.5),
        (["1\u2019870.5;4.6;210", "6.6;3.4;1\u2019540.0"], (".", "'"), 1870.5),
        (["\u22121870.5;4.6;210", "6.6;3.4;540"], (".", None), -1870.5),
    ],
)
def test_signs_between_thousands(tmp_path, lines, style, value):
    path = tmp_path / "a.csv"
    path.write_text("\n".join(lines), "utf-8")
    (cells,) = read_cells(path)
    signs = dict(cells.style)
    assert (signs.get("decimal", "."), signs.get("thousands")) == style
    assert cells.numbers[0, 0] == value


def test_cells_behind_the_labels_of_a_wide_row(tmp_path):
    path = tmp_path / "a.csv"
    codes = ";".join(f"{k:02}" for k in range(1, 12))
    path.write_text(f"x;{codes}\ny{';1.5' * 9};;-2\nz{';1' * 9};..;1_0\n")
    (cells,) = read_cells(path)
    assert [cells.label(0, k) for k in (1, 9, 11)] == ["01", "09", "11"]
    assert cells.numbers[1, 9:].tolist() == pytest.approx(
        [1.5, np.nan, -2], nan_ok=True
    )
    assert cells.marks[2, 10]
    assert cells.texts[2, 11] == "1_0"


def test_numbers_stored_as_texts_are_read(tmp_path):
    rows = [
        [f"{1000 * cell:,.1f}" if isinstance(cell, float) else cell for cell in row]
        for row in table()
    ]
    path = workbook(tmp_path / "table.xlsx", rows)
    assert "read: numbers stored as text" in "\n".join(
        describe(survey_files(path, no_progress))
    )
    read = read_with_draft(path, tmp_path)
    assert read.transactions == pytest.approx(1000 * Z)
    assert read.exports == pytest.approx(1000 * ABROAD)


def test_a_hidden_sheet_comes_after_the_others(tmp_path):
    path = workbook(tmp_path / "table.xlsx", table(2 * Z))
    book = openpyxl.load_workbook(path)
    book.active.sheet_state = "hidden"
    shown = book.create_sheet("Final")
    for row in table():
        shown.append(row)
    book.active = 1
    book.save(path)
    survey = survey_files(path, no_progress)
    heads = [line for line in describe(survey) if line.startswith("sheet ")]
    assert [line.endswith("; hidden") for line in heads] == [True, False]
    assert survey.sheet_of(survey.best.table).names == ["Final"]


def test_final_users_of_regions_behind_the_last_sector(tmp_path):
    """Their first column is none of sectors, whatever its label; one label per row."""
    regions, sectors = ("N", "S"), ("Farms", "Mines")
    z = np.array([[10.0, 4, 2, 1], [6, 8, 3, 2], [5, 9, 12, 3], [1, 2, 3, 4]])
    homes = np.array([[30.0, 11], [9, 20], [6, 40], [8, 7]])
    output = z.sum(axis=1) + homes.sum(axis=1)
    bought = np.array([3.0, 2, 1, 1])
    pairs = [(region, sector) for region in regions for sector in sectors]
    rows = [
        ["Table 2012, million EUR"],
        [None, None, *(region for region, _ in pairs), *regions, "Output"],
        [None, None, *(sector for _, sector in pairs), "Residents", "Residents", None],
    ]
    for k, pair in enumerate(pairs):
        rows.append([*pair, *z[k], *homes[k], output[k]])
    rows.append(["Imports", None, *bought, 5.0, 6.0])
    rows.append(["Wages", None, *(output - z.sum(axis=0) - bought)])
    rows.append(["Total output", None, *output])
    path = workbook(tmp_path / "table.xlsx", rows)
    read = read_with_draft(path, tmp_path)
    assert read.transactions == pytest.approx(z)
    assert read.final_demand == pytest.approx(homes)
    assert read.imports_by_category == pytest.approx([5, 6])


def test_a_final_user_with_the_name_of_a_sector(tmp_path):
    """The name is that of the sector behind the one of the row before; units below."""
    rows = table()
    rows[3][5] = "Mines"
    rows.insert(4, ["unit", *["m EUR"] * 7])
    path = workbook(tmp_path / "table.xlsx", rows)
    read = read_with_draft(path, tmp_path)
    assert read.transactions == pytest.approx(Z)
    assert [row["category_id"] for row in read.categories] == ["Mines"]
    assert read.final_demand[:, 0] == pytest.approx(HOMES)


def test_rows_and_columns_that_are_numbered_to_the_end():
    """Numbers agree beyond the sectors: inputs, totals and final users have some."""
    rows = [[None, *row] for row in table() if row]
    for k, row in enumerate(rows[3:], start=1):
        row[0] = k
    rows.insert(3, [None, None, *range(1, len(rows[2]) - 1)])
    read = finding(rows)
    assert (read.kind, read.origin) == ("symmetric", "domestic")
    assert len(read.rows) == 3
    assert read.balance.gap == pytest.approx(0)


def test_output_is_what_adds_up_its_side_whatever_its_name(tmp_path):
    """As in Brazil: a total before its parts, jobs behind, taxes with that name."""
    rows = table()
    output = np.array(rows[-1][1:4])
    other = np.array([1.0, 2, 1.5])
    wages = np.array(rows[-2][1:4]) - other
    social = wages / 5
    rows[-2:] = [
        ["Primary inputs", *(wages + other)],
        ["Wages", *wages],
        ["Net of contributions", *(wages - social)],
        ["Contributions", *social],
        ["Other taxes on production", *other],
        ["Value of activity", *output],
        ["Labour", 700.0, 20.0, 4.0],
    ]
    survey = survey_files(workbook(tmp_path / "table.xlsx", rows), no_progress)
    text = first_map(survey)
    assert survey.best.kind == "symmetric"
    assert 'output: {row: "Value of activity"}' in text
    assert "Labour" not in text
    assert "Primary inputs" not in text
    read = read_with_draft(tmp_path / "table.xlsx", tmp_path)
    assert list(read.value_added) == [
        *("net_of_contributions", "contributions", "other_taxes_on_production"),
    ]
    earned = np.array(list(read.value_added.values()))
    assert earned == pytest.approx(np.array([wages - social, social, other]))


def test_output_without_any_total_equals_what_is_delivered(tmp_path):
    """As in Argentina: output before value added; unnamed users may be exports."""
    rows = [row[:4] + row[5:7] for row in table()[3:] if row]
    del rows[4]  # the sum of inputs
    rows[0][4:] = ["first", "second"]
    rows[-2:] = [["made", *rows[-1][1:4]], ["earned", *rows[-2][1:4]]]
    survey = survey_files(workbook(tmp_path / "table.xlsx", rows), no_progress)
    text = first_map(survey)
    assert 'output: {row: "made"}' in text
    assert 'exports: "???"' in text
    assert '"earned": {row: "earned"}' in text


def test_codes_of_a_header_need_not_rise_to_the_end(tmp_path):
    rows = [[None, *row] for row in table()[3:] if row]
    codes = [1, 2, 3, 180, 3011, 3050, 3100]
    for row, code in zip(rows[1:], [1, 2, 3, 190, 200, 201, 210], strict=True):
        row[0] = code
    rows.insert(1, ["Code", "Product", *codes, 600, 4010])
    read = finding(rows)
    assert (read.kind, len(read.rows)) == ("symmetric", 3)


def test_a_transposed_table_is_named():
    rows = table()
    heads = [row for row in rows[3:] if row and row[0] not in ("Total intermediate",)]
    width = max(map(len, heads))
    square = [row + [None] * (width - len(row)) for row in heads]
    square = [list(column) for column in zip(*square, strict=True)]
    del square[4]  # the sum of inputs
    read = finding([["2012"], *square])
    assert any("so transpose the sheet" in text for text in read.doubts)
    assert not any("transpose" in text for text in finding(table()).doubts)


def test_emissions_in_a_column(tmp_path):
    rows = table()
    rows[3].append("CO2 (kt)")
    for row, amount in zip(rows[4:7], (3.0, 20.0, 7.0), strict=True):
        row.append(amount)
    path = workbook(tmp_path / "table.xlsx", rows)
    survey = survey_files(path, no_progress)
    assert survey.has_emissions
    (map_file, sectors), _ = write_draft(survey, tmp_path)
    fill_in_groups(sectors)
    map_file.write_text(answered(map_file.read_text()).replace('"???"', "kt"))
    options = IngestOptions("a", map=map_file, sectors=sectors)
    (read,) = read_excel(path, options, no_progress)
    (emissions,) = read.emissions.values()
    assert emissions.tolist() == [3, 20, 7]
