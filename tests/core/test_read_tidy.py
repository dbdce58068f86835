"""What ingest stores: every row as it was given, ids never interpreted."""

import json
import random
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from support.tiny_folder import REFINEMENTS, TinyFolder

from carbonshed import __version__
from carbonshed.dataset import parquet_writer
from carbonshed.dataset.contract import CELL_LAYOUTS, STORED_TABLES
from carbonshed.dataset.store import open_dataset, stored_schema
from carbonshed.errors import CarbonshedError
from carbonshed.readers.rows import sources
from carbonshed.readers.tidy import ingest_tidy

OPTIONAL = ("exports", "imports", "value_added", "output", "direct_emissions")


@pytest.fixture(autouse=True)
def project(tmp_path, monkeypatch):
    """Work in a project of its own."""
    (tmp_path / "dbt_project.yml").touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def stored(dataset, table):
    """Return the rows of a stored table as tuples."""
    rows = pq.read_table(dataset.table(table))
    return [tuple(row.values()) for row in rows.to_pylist()]


def assert_same(one, other):
    """Compare all tables but that of the ingest."""
    for table in one.rows.keys() - {"dataset"}:
        assert stored(one, table) == stored(other, table), table


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_every_table_is_stored_as_given(project, suffix):
    dataset = ingest_tidy(TinyFolder(project / "tidy", suffix).write(), "tiny")
    # regions north, south, rest x sectors 01, 1: north/01 is 0, north/1 is 1, ...
    expected = {
        "exchange_rates": [(2012, 0.8)],
        "regions": [
            ("north", "North", "P1", "city", 25.0, 60.5, "Northland", 0, None),
            ("south", "South", None, "city", None, None, None, 1, None),
            ("rest", "All others", None, "remainder", None, None, None, 2, None),
        ],
        "region_years": [
            (2012, "north", 100, 4e6),
            (2012, "south", 200, None),
            (2012, "rest", None, None),
        ],
        "sectors": [
            ("01", "Farms", "agriculture", False, 0),
            ("1", "Power", "energy", True, 1),
        ],
        "final_demand_categories": [
            ("hh", "Households", "household", 0),
            ("inv", "Stocks", "inventory", 1),
        ],
        "stressors": [("co2", "Carbon dioxide", "kt")],
        "region_sectors": [
            (0, "north", "01"),
            (1, "north", "1"),
            (2, "south", "01"),
            (3, "south", "1"),
            (4, "rest", "01"),
            (5, "rest", "1"),
        ],
        "transactions": [
            (2012, 0, 1, 10.0),
            (2012, 1, 2, 20.5),
            (2012, 2, 5, 5.0),
            (2012, 5, 0, -1.0),
        ],
        "final_demand": [
            (2012, 0, "north", "hh", 90.0),
            (2012, 1, "north", "hh", 79.5),
            (2012, 2, "south", "hh", 95.0),
            (2012, 5, "rest", "hh", 60.0),
            (2012, 5, "rest", "inv", -9.0),
        ],
        "exports": [(2012, 0, 3.0)],
        "imports": [
            (2012, "north", "01", None, 7.0),
            (2012, "south", None, "hh", 8.0),
        ],
        "value_added": [(2012, 0, "wages", 40.0), (2012, 0, "profits", -2.0)],
        "output": [(2012, 0, 103.0)],
        "emissions": [(2012, "co2", 0, 1.5), (2012, "co2", 3, 0.0)],
        "direct_emissions": [(2012, "co2", "north", "hh", 0.25)],
        "audit_checks": [],
    }
    for table, rows in expected.items():
        assert stored(dataset, table) == rows, table
    for table in STORED_TABLES:
        schema, expected = pq.read_schema(dataset.table(table)), stored_schema(table)
        assert schema.names == expected.names
        assert schema.types == expected.types, table


def test_what_is_known_of_imports_and_impacts_is_stored_as_given(project):
    """An empty key means all; an impact may name stressors of other datasets."""
    folder = TinyFolder(project / "tidy")
    folder.refine()
    dataset = ingest_tidy(folder.write(), "tiny")
    assert {table: stored(dataset, table) for table in REFINEMENTS} == REFINEMENTS


def test_a_price_is_of_all_emissions_of_producers_alone(project):
    """Unless a file says another share, and that final users pay as well."""
    folder = TinyFolder(project / "tidy")
    folder.columns["carbon_prices"] = ["price_id", "price", "covered_share"]
    folder.tables["carbon_prices"] = [{"price_id": "levy", "price": 5.0}]
    rows = stored(ingest_tidy(folder.write(), "tiny"), "carbon_prices")
    assert rows == [("levy", 5.0, None, None, 1.0, False)]


def test_the_descriptor_becomes_one_row(project):
    folder = TinyFolder(project / "tidy")
    caveat = "x" * 200
    folder.descriptor["mrio"] |= {"synthetic": True, "caveat": caveat}
    dataset = ingest_tidy(folder.write(), "tiny")
    assert dataset.caveat == f"synthetic data; {caveat}"
    (row,) = pq.read_table(dataset.table("dataset")).to_pylist()
    ingested_at = row.pop("ingested_at")
    assert row == {
        "name": "tiny",
        "title": "Two regions, two sectors",
        "currency": "EUR",
        "currency_unit": 1e6,
        "price_basis": "basic prices, current",
        "country": "FIN",
        "licence": "Creative Commons Zero",
        "source": "Made up; by hand",
        "is_synthetic": True,
        "is_compiled": False,
        "region_noun": None,
        "region_noun_plural": None,
        "outlines_licence": None,
        "outlines_source": None,
        "caveat": caveat,
        "carbonshed_version": __version__,
        "dataset_id": dataset.dataset_id,
    }
    kept = json.loads((dataset.path / "datapackage.json").read_text("utf-8"))
    assert kept["mrio"] == folder.descriptor["mrio"]
    assert kept["carbonshed"]["rows"]["transactions"] == 4
    assert kept["carbonshed"]["years"] == [2012]
    assert kept["carbonshed"]["ingested_at"].startswith(f"{ingested_at:%Y-%m-%dT%H:%M}")


def test_a_second_ingest_replaces_the_first(project):
    folder = TinyFolder(project / "tidy")
    first = ingest_tidy(folder.write(), "tiny")
    folder.set("exports", 0, value=4.0)
    second = ingest_tidy(folder.write(), "tiny")
    assert stored(second, "exports") == [(2012, 0, 4.0)]
    assert second.dataset_id != first.dataset_id
    assert [path.name for path in (project / "data").iterdir()] == ["tiny"]


TORTURE = [
    *("01", "1", "1e3", "1000.0", "NA", "null", "NULL", "nan", "inf", "true", "a,b"),
    *("Beta", "beta", " beta", "beta ", " ", 'he said "x"', '"', "it's", "two\nlines"),
    *("two\r\nlines", "tab\there", "back\\slash", "a;b", "#1", "--", "export"),
    *("Unattributed", "value_added", "城市", "é", "e\u0301", "\U0001f3ed"),
    *("%s {x} ${y}", "../up", "[bold]", "x" * 3000),
]


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_ids_are_never_interpreted(project, suffix):
    """Every odd id is legal, differs from all others and comes out unchanged."""
    folder = TinyFolder(project / "tidy", suffix)
    for table, fields in {
        "regions": ("name", None, "city", None, None, None),
        "sectors": ("name", "energy", None),
        "final_demand_categories": ("name", "other"),
    }.items():
        folder.tables[table].clear()
        for number, label in enumerate(TORTURE):
            folder.add(table, label, f"{label} {number}", *fields[1:])
    for table in ("imports", "output", "exports", "emissions", "direct_emissions"):
        folder.tables[table].clear()
    for table in ("region_years", "transactions", "final_demand", "value_added"):
        folder.tables[table].clear()
    shifted = TORTURE[1:] + TORTURE[:1]
    for number, (label, other) in enumerate(zip(TORTURE, shifted, strict=True)):
        value = float(number)
        folder.add("region_years", 2012, label, 1 + number, None)
        folder.add("transactions", 2012, label, other, other, label, value)
        folder.add("final_demand", 2012, label, other, other, label, value)
        folder.add("imports", 2012, label, None, other, value)
        folder.add("value_added", 2012, label, other, other, value)
        folder.add("emissions", 2012, "co2", label, other, value)
        folder.add("direct_emissions", 2012, "co2", label, other, value)
    dataset = ingest_tidy(folder.write(), "odd")

    pairs = {number: pair for number, *pair in stored(dataset, "region_sectors")}
    for table in ("transactions", "final_demand", "value_added"):
        rows = [(*pairs[origin], *rest) for _, origin, *rest in stored(dataset, table)]
        if table == "transactions":
            rows = [(*ids, *pairs[other], value) for *ids, other, value in rows]
        expected = (tuple(row.values())[1:] for row in folder.tables[table])
        assert sorted(rows) == sorted(expected)
    assert [row[0] for row in stored(dataset, "regions")] == TORTURE
    assert [row[1] for row in stored(dataset, "sectors")] == [
        f"{label} {number}" for number, label in enumerate(TORTURE)
    ]


def test_order_of_rows_and_columns_does_not_matter(project):
    dimensions = ("regions", "sectors", "final_demand_categories", "stressors")
    folder = TinyFolder(project / "tidy")
    plain = ingest_tidy(folder.write(), "plain")
    rng = random.Random(1)
    for table in folder.tables:
        rng.shuffle(folder.columns[table])
        if table not in dimensions:
            rng.shuffle(folder.tables[table])
    shuffled = ingest_tidy(folder.write(), "shuffled")
    for table in ("transactions", "final_demand", "emissions", "imports"):
        assert stored(shuffled, table) == stored(plain, table), table


def test_a_byte_order_mark_and_windows_line_ends(project):
    folder = TinyFolder(project / "tidy").write()
    plain = ingest_tidy(folder, "plain")
    for path in folder.iterdir():
        content = path.read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
        path.write_bytes(b"\xef\xbb\xbf" + content)
    marked = ingest_tidy(folder, "marked")
    assert_same(marked, plain)


def test_every_field_may_be_quoted_and_lines_may_be_blank(project):
    folder = TinyFolder(project / "tidy").write()
    plain = ingest_tidy(folder, "plain")
    for path in folder.glob("*.csv"):
        lines = path.read_text("utf-8").splitlines()
        quoted = ['"' + line.replace(",", '","') + '"' for line in lines]
        path.write_text("\n".join([*quoted, "", ""]) + "\n", encoding="utf-8")
    quoted = ingest_tidy(folder, "quoted")
    assert_same(quoted, plain)


def test_optional_tables_and_columns_may_be_missing(project):
    folder = TinyFolder(project / "tidy")
    for table in OPTIONAL:
        del folder.tables[table]
    folder.columns["regions"] = ["region_id", "region_name", "region_type"]
    folder.columns["sectors"] = ["sector_id", "sector_name", "sector_group"]
    folder.columns["region_years"] = ["year", "region_id", "population"]
    folder.descriptor = {"mrio": folder.descriptor["mrio"]}
    dataset = ingest_tidy(folder.write(), "bare")
    for table in OPTIONAL:
        assert stored(dataset, table) == []
    region = ("north", "North", None, "city", None, None, None, 0, None)
    assert stored(dataset, "regions")[0] == region
    assert [row[3] for row in stored(dataset, "sectors")] == [False, False]
    assert [row[3] for row in stored(dataset, "region_years")] == [None] * 3
    assert dataset.title == "bare"
    (row,) = pq.read_table(dataset.table("dataset")).to_pylist()
    assert row["title"] == "bare"
    assert row["licence"] is None
    assert any("no `licenses`" in note for note in dataset.notes)


def test_an_optional_file_may_hold_a_header_only(project):
    folder = TinyFolder(project / "tidy")
    for table in OPTIONAL:
        folder.tables[table].clear()
    for suffix in ("csv", "parquet"):
        folder.suffix = suffix
        folder.path = project / suffix
        dataset = ingest_tidy(folder.write(), suffix)
        assert stored(dataset, "exports") == []


def test_what_is_not_used_is_said(project):
    folder = TinyFolder(project / "tidy")
    folder.columns["emissions"].append("remark")
    folder.columns["regions"].insert(0, "")
    folder.add("region_years", 2010, "north", None, None)
    folder.add("emissions", 2011, "co2", "north", "01", 5.0)
    folder.write()
    (folder.path / "expected.csv").write_text("a,b\n")
    notes = "\n".join(ingest_tidy(folder.path, "tiny").notes)
    assert "not used: columns 'remark' of emissions.csv" in notes
    assert "not used: columns '' of regions.csv" in notes
    assert "not used: years 2010 of region_years.csv" in notes
    assert "not used: years 2011 of emissions.csv" in notes
    assert "not used: files expected.csv" in notes


def test_a_column_of_units_is_not_read_and_warned_of(project):
    """Emissions are in the unit of their stressor, whatever the column says."""
    folder = TinyFolder(project / "tidy")
    folder.columns["emissions"].append("Unit")
    notes = "\n".join(ingest_tidy(folder.write(), "tiny").notes)
    assert "WARNING: not used: columns 'Unit' of emissions.csv; are numbers in" in notes


def test_a_last_line_without_end_is_mentioned(project):
    folder = TinyFolder(project / "tidy").write()
    path = folder / "output.csv"
    path.write_bytes(path.read_bytes().rstrip())
    dataset = ingest_tidy(folder, "tiny")
    assert stored(dataset, "output") == [(2012, 0, 103.0)]
    assert any(note.startswith("output.csv: the last line") for note in dataset.notes)


ID_TYPES = {
    "large": pa.large_string(),
    "view": pa.string_view(),
    "dictionary": pa.dictionary(pa.int8(), pa.string()),
    "large_dictionary": pa.dictionary(pa.int32(), pa.large_string()),
}


@pytest.mark.parametrize("kind", ID_TYPES)
def test_text_types_of_parquet(project, kind):
    folder = TinyFolder(project / "tidy", "parquet")
    plain = ingest_tidy(folder.write(), "plain")
    for table, columns in folder.columns.items():
        for column in columns:
            if column.endswith(("_id", "_name", "_group", "_type", "unit")):
                folder.types[table, column] = ID_TYPES[kind]
    other = ingest_tidy(folder.write(), "other")
    assert_same(other, plain)


def test_number_types_of_parquet(project):
    folder = TinyFolder(project / "tidy", "parquet")
    for row in range(4):
        folder.set("transactions", row, value=row + 1)
    folder.types["transactions", "value"] = pa.int64()
    folder.types["transactions", "year"] = pa.int16()
    folder.set("exports", 0, value=Decimal("3.00"))
    folder.types["exports", "value"] = pa.decimal128(10, 2)
    folder.types["output", "value"] = pa.float32()
    folder.types["emissions", "year"] = pa.float64()
    folder.types["region_years", "population"] = pa.float64()
    for row in folder.tables["regions"]:
        row["latitude"] = row["longitude"] = row["parent_region_id"] = None
    for column in ("latitude", "longitude", "parent_region_id"):
        folder.types["regions", column] = pa.null()
    dataset = ingest_tidy(folder.write(), "tiny")
    assert [row[3] for row in stored(dataset, "transactions")] == [1, 2, 3, 4]
    assert stored(dataset, "exports") == [(2012, 0, 3.0)]
    assert stored(dataset, "output") == [(2012, 0, 103.0)]
    assert [row[2] for row in stored(dataset, "region_years")] == [100, 200, None]
    assert stored(dataset, "emissions")[0] == (2012, "co2", 0, 1.5)


def test_columns_without_any_value_have_no_type(project):
    """A data frame calls them numbers, also where ids are meant."""
    folder = TinyFolder(project / "tidy", "parquet")
    for row in folder.tables["imports"]:
        row["sector_id"], row["category_id"] = "01", None
    del folder.tables["imports"][1:]
    for row in folder.tables["regions"]:
        row["parent_region_id"] = None
    folder.tables["exports"].clear()
    for table, column in (
        ("imports", "category_id"),
        ("regions", "parent_region_id"),
        ("exports", "sector_id"),
    ):
        folder.types[table, column] = pa.float64()
    dataset = ingest_tidy(folder.write(), "tiny")
    assert [row[1:4] for row in stored(dataset, "imports")] == [("north", "01", None)]
    assert [row[2] for row in stored(dataset, "regions")] == [None, None, None]
    assert stored(dataset, "exports") == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1e-3", 1e-3),
        ("-1.5E+2", -150.0),
        ("+7", 7.0),
        (".5", 0.5),
        ("5.", 5.0),
        ("-0.0", 0.0),
        ("0.1", 0.1),
        ("123456789.123456789", 123456789.123456789),
        ("1.7976931348623157e308", 1.7976931348623157e308),
        ("5e-324", 5e-324),
    ],
)
def test_numbers_of_csv(project, text, value):
    folder = TinyFolder(project / "tidy")
    folder.set("exports", 0, value=text)
    assert stored(ingest_tidy(folder.write(), "tiny"), "exports")[0][2] == value


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        *((word, True) for word in ("true", "True", "TRUE", "1")),
        *((word, False) for word in ("false", "False", "FALSE", "0", "")),
    ],
)
def test_booleans_of_csv(project, word, expected):
    folder = TinyFolder(project / "tidy")
    folder.set("sectors", 0, is_power_supply=word)
    assert stored(ingest_tidy(folder.write(), "tiny"), "sectors")[0][3] is expected


def test_whole_people_written_as_decimals(project):
    folder = TinyFolder(project / "tidy")
    folder.set("region_years", 0, population="100.0")
    folder.set("region_years", 1, population="9007199254740993")
    rows = stored(ingest_tidy(folder.write(), "x"), "region_years")
    assert [row[2] for row in rows] == [100, 9007199254740993, None]


def test_imports_may_lack_one_of_their_buyers(project):
    folder = TinyFolder(project / "tidy")
    folder.columns["imports"].remove("category_id")
    folder.tables["imports"].pop()
    dataset = ingest_tidy(folder.write(), "tiny")
    assert stored(dataset, "imports") == [(2012, "north", "01", None, 7.0)]


def test_several_years(project):
    folder = TinyFolder(project / "tidy")
    for table, rows in folder.tables.items():
        if "year" in folder.columns[table]:
            rows += [{**row, "year": 2007} for row in rows]
    dataset = ingest_tidy(folder.write(), "tiny")
    assert dataset.years == [2007, 2012]
    years = [row[0] for row in stored(dataset, "transactions")]
    assert years == [2007] * 4 + [2012] * 4


def big_folder(path, suffix, shuffled):
    """Return a folder of 40 regions x 3 sectors, all 14,400 transactions."""
    folder = TinyFolder(path, suffix)
    for table in ("regions", "sectors", "region_years", "transactions"):
        folder.tables[table].clear()
    for table in OPTIONAL:
        del folder.tables[table]
    regions, sectors = [f"r{k}" for k in range(40)], ["a", "b\nc", "d,e"]
    for region in regions:
        folder.add("regions", region, region, None, "city", None, None, None)
        folder.add("region_years", 2012, region, 5, None)
    for sector in sectors:
        folder.add("sectors", sector, sector, "energy", None)
    pairs = [(region, sector) for region in regions for sector in sectors]
    cells = [
        (2012, *origin, *destination, float(number))
        for number, (origin, destination) in enumerate(
            (origin, destination) for origin in pairs for destination in pairs
        )
    ]
    if shuffled:
        random.Random(3).shuffle(cells)
    for cell in cells:
        folder.add("transactions", *cell)
    for table in ("final_demand", "emissions"):
        folder.tables[table].clear()
    folder.add("final_demand", 2012, "r0", "a", "r0", "hh", 1.0)
    folder.add("emissions", 2012, "co2", "r0", "a", 1.0)
    return folder


@pytest.mark.parametrize("shuffled", [False, True])
@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_many_batches_and_row_groups(project, monkeypatch, suffix, shuffled):
    """Rows cross every border between blocks, batches and row groups unharmed."""
    monkeypatch.setattr(sources, "_CSV_BLOCK", 4096)
    monkeypatch.setattr(sources, "_PARQUET_ROWS", 1000)
    monkeypatch.setattr(parquet_writer, "_ROWS_PER_GROUP", 2048)
    folder = big_folder(project / "tidy", suffix, shuffled)
    dataset = ingest_tidy(folder.write(), "big")
    expected = [(2012, k // 120, k % 120, float(k)) for k in range(14_400)]
    assert stored(dataset, "transactions") == expected
    assert pq.read_metadata(dataset.table("transactions")).num_row_groups > 5


@pytest.mark.parametrize("shuffled", [False, True])
def test_a_duplicate_far_away_is_found(project, monkeypatch, shuffled):
    monkeypatch.setattr(sources, "_PARQUET_ROWS", 1000)
    folder = big_folder(project / "tidy", "parquet", shuffled)
    folder.add("transactions", *folder.tables["transactions"][5].values())
    with pytest.raises(CarbonshedError, match="data rows 6 and 14401"):
        ingest_tidy(folder.write(), "big")
    assert not (project / "data").exists()


def test_a_wrong_row_far_away_is_numbered(project, monkeypatch):
    monkeypatch.setattr(sources, "_CSV_BLOCK", 4096)
    folder = big_folder(project / "tidy", "csv", False)
    folder.set("transactions", 14_000, value="x")
    with pytest.raises(CarbonshedError, match="data row 14001: `value` is 'x'"):
        ingest_tidy(folder.write(), "big")


def test_progress_runs_to_the_end_of_every_file(project):
    seen = {}
    folder = TinyFolder(project / "tidy")
    ingest_tidy(folder.write(), "tiny", lambda file, share: seen.update({file: share}))
    done = {step for step, share in seen.items() if share == 1.0}
    assert done == {f"{table}.csv" for table in CELL_LAYOUTS if table in folder.tables}
    assert set(seen) - done == {"final_demand.csv: sorting"}


def test_a_project_path_with_signs_of_patterns(project, monkeypatch):
    """DuckDB reads stars and brackets in paths as patterns."""
    odd = project / "a [1] *?'"
    odd.mkdir()
    (odd / "dbt_project.yml").touch()
    monkeypatch.chdir(odd)
    folder = big_folder(odd / "year=2012", "parquet", True)
    dataset = ingest_tidy(folder.write(), "big")
    assert dataset.rows["transactions"] == 14_400


@pytest.mark.real
@pytest.mark.parametrize(
    ("name", "regions", "sectors", "transactions"),
    [("finland_2014", 19, 30, 303_601), ("wiod_2011", 41, 35, 413_525)],
)
def test_real_tables(real_data, name, regions, sectors, transactions):
    ingest_tidy(real_data / name, name)
    dataset = open_dataset(name)
    assert dataset.rows["regions"] == regions
    assert dataset.rows["sectors"] == sectors
    assert dataset.rows["transactions"] == transactions
    given = pq.read_table(real_data / name / "transactions.parquet")["value"]
    kept = pq.read_table(dataset.table("transactions"))["value"]
    assert sorted(kept.to_pylist()) == sorted(given.to_pylist())
