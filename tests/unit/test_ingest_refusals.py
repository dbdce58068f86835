"""What ingest refuses: one message with file and label, nothing else changes."""

import json
import math

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from support.tiny_folder import TinyFolder, contents

from carbonshed.errors import CarbonshedError
from carbonshed.readers.tidy.reader import ingest_tidy

NAN, INFINITY = math.nan, math.inf


@pytest.fixture(scope="module")
def earlier(tmp_path_factory):
    """Yield the data folder of a project with a dataset `kept`."""
    root = tmp_path_factory.mktemp("project")
    (root / "dbt_project.yml").touch()
    folder = TinyFolder(root / "good").write()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        ingest_tidy(folder, "kept")
        yield root / "data"


def refusal(folder, earlier, name="kept"):
    """Return the message; fail if the earlier dataset or its folder changed."""
    before = contents(earlier)
    entries = sorted(earlier.iterdir())
    with pytest.raises(CarbonshedError) as error:
        ingest_tidy(folder, name)
    assert contents(earlier) == before
    assert sorted(earlier.iterdir()) == entries
    message = str(error.value)
    assert "Traceback" not in message
    assert "\n" not in message
    return message


def change(table, row, **fields):
    return lambda folder: folder.set(table, row, **fields)


def add(table, *fields):
    return lambda folder: folder.add(table, *fields)


def empty(table):
    return lambda folder: folder.tables[table].clear()


def missing_column(table, column):
    return lambda folder: folder.columns[table].remove(column)


def missing_table(table):
    return lambda folder: folder.tables.pop(table)


T = "transactions"
BOTH_FORMATS = {
    # files and columns
    "missing_regions": (missing_table("regions"), ["regions.csv", "missing"]),
    "missing_emissions": (missing_table("emissions"), ["emissions.csv", "missing"]),
    "missing_value": (missing_column(T, "value"), ["transactions", "`value`"]),
    "missing_type": (
        missing_column("regions", "region_type"),
        ["regions", "`region_type`"],
    ),
    "missing_population": (
        missing_column("region_years", "population"),
        ["region_years", "`population`"],
    ),
    "no_regions": (empty("regions"), ["regions", "no rows"]),
    "no_people": (empty("region_years"), ["region_years", "no rows"]),
    "no_transactions": (empty(T), ["transactions", "no rows"]),
    "no_demand": (empty("final_demand"), ["final_demand", "no rows"]),
    "no_emissions": (empty("emissions"), ["emissions", "no rows"]),
    "no_stressors": (empty("stressors"), ["stressors", "no rows"]),
    # ids
    "unknown_region": (
        change(T, 1, destination_region_id="Atlantis"),
        ["transactions", "data row 2", "'Atlantis'", "`destination_region_id`"],
    ),
    "unknown_region_in_other_case": (
        change(T, 1, origin_region_id="North"),
        ["transactions", "'North'", "did you mean 'north'?"],
    ),
    "unknown_sector": (
        change("final_demand", 2, origin_sector_id="001"),
        ["final_demand", "data row 3", "'001'"],
    ),
    "unknown_category": (
        change("direct_emissions", 0, category_id="households"),
        ["direct_emissions", "'households'"],
    ),
    "unknown_stressor": (
        change("emissions", 0, stressor_id="ch4"),
        ["emissions", "'ch4'"],
    ),
    "unknown_region_of_people": (
        change("region_years", 0, region_id="nort"),
        ["region_years", "'nort'", "did you mean 'north'?"],
    ),
    "unknown_in_exports": (change("exports", 0, sector_id="x"), ["exports", "'x'"]),
    "unknown_in_output": (change("output", 0, region_id="x"), ["output", "'x'"]),
    "unknown_in_value_added": (
        change("value_added", 0, region_id="x"),
        ["value_added", "'x'"],
    ),
    "unknown_buyer": (change("imports", 0, sector_id="x"), ["imports", "'x'"]),
    "empty_id": (change("regions", 0, region_id=None), ["regions", "`region_id`"]),
    "empty_text_id": (change("sectors", 0, sector_id=""), ["sectors", "`sector_id`"]),
    "empty_cell_id": (
        change(T, 3, origin_sector_id=None),
        ["transactions", "data row 4", "`origin_sector_id` is empty"],
    ),
    "empty_name": (
        change("regions", 1, region_name=None),
        ["regions", "data row 2", "`region_name` is empty", "'south'"],
    ),
    "empty_component": (
        change("value_added", 0, component_id=None),
        ["value_added", "`component_id` is empty"],
    ),
    "twice_a_region": (
        add("regions", "north", "N", None, "city", None, None),
        ["regions", "duplicate", "'north'", "1 and 4"],
    ),
    "twice_a_sector": (
        add("sectors", "01", "x", "energy", None),
        ["sectors", "duplicate", "'01'"],
    ),
    "twice_a_category": (
        add("final_demand_categories", "hh", "x", "other"),
        ["final_demand_categories", "duplicate", "'hh'"],
    ),
    "twice_a_stressor": (
        add("stressors", "co2", "x", "t"),
        ["stressors", "duplicate", "'co2'"],
    ),
    "twice_people": (
        add("region_years", 2012, "north", 5, None),
        ["region_years", "duplicate", "2012", "'north'"],
    ),
    "reserved_region": (
        change("regions", 2, region_id="EXPORT"),
        ["regions", "'EXPORT'", "reserved"],
    ),
    "reserved_sector": (
        change("sectors", 0, sector_id="UNATTRIBUTED"),
        ["sectors", "'UNATTRIBUTED'", "reserved"],
    ),
    "reserved_category": (
        change("final_demand_categories", 0, category_id="EXPORT"),
        ["final_demand_categories", "'EXPORT'", "reserved"],
    ),
    "reserved_stressor": (
        change("stressors", 0, stressor_id="UNATTRIBUTED"),
        ["stressors", "'UNATTRIBUTED'", "reserved"],
    ),
    "reserved_stressor_of_value_added": (
        change("stressors", 0, stressor_id="value_added"),
        ["stressors", "'value_added'", "reserved"],
    ),
    "reserved_component": (
        change("value_added", 1, component_id="EXPORT"),
        ["value_added", "data row 2", "'EXPORT'", "reserved"],
    ),
    "reserved_parent": (
        change("regions", 1, parent_region_id="EXPORT"),
        ["regions", "'EXPORT'", "reserved"],
    ),
    "export_as_destination": (
        change("final_demand", 0, destination_region_id="EXPORT"),
        ["final_demand", "'EXPORT'", "reserved"],
    ),
    # cells
    "twice_a_transaction": (
        add(T, 2012, "north", "1", "south", "01", 9.0),
        ["transactions", "duplicate", "'south'", "data rows 2 and 5"],
    ),
    "twice_a_zero": (
        add(T, 2012, "north", "1", "south", "01", 0.0),
        ["transactions", "duplicate", "'south'"],
    ),
    "twice_demand": (
        add("final_demand", 2012, "north", "01", "north", "hh", 1.0),
        ["final_demand", "duplicate", "category_id 'hh'", "1 and 6"],
    ),
    "twice_exports": (
        add("exports", 2012, "north", "01", 3.0),
        ["exports", "duplicate", "'01'"],
    ),
    "twice_imports_of_a_sector": (
        add("imports", 2012, "north", "01", None, 7.0),
        ["imports", "duplicate", "sector_id '01'"],
    ),
    "twice_imports_of_a_category": (
        add("imports", 2012, "south", None, "hh", 7.0),
        ["imports", "duplicate", "category_id 'hh'"],
    ),
    "twice_value_added": (
        add("value_added", 2012, "north", "01", "wages", 1.0),
        ["value_added", "duplicate", "'wages'"],
    ),
    "twice_output": (add("output", 2012, "north", "01", 1.0), ["output", "duplicate"]),
    "twice_emissions": (
        add("emissions", 2012, "co2", "north", "01", 1.0),
        ["emissions", "duplicate", "'co2'"],
    ),
    "twice_direct": (
        add("direct_emissions", 2012, "co2", "north", "hh", 1.0),
        ["direct_emissions", "duplicate", "'hh'"],
    ),
    "no_value": (
        change(T, 2, value=None),
        ["transactions", "data row 3", "`value` is empty", "'south'"],
    ),
    "nan": (
        change(T, 1, value=NAN),
        ["transactions", "data row 2", "nan", "finite", "'south'"],
    ),
    "infinity": (
        change("final_demand", 1, value=INFINITY),
        ["final_demand", "data row 2", "inf", "finite"],
    ),
    "minus_infinity": (
        change("emissions", 1, value=-INFINITY),
        ["emissions", "data row 2", "-inf", "finite"],
    ),
    "nan_gdp": (
        change("region_years", 0, gdp=NAN),
        ["region_years", "`gdp` is", "nan", "'north'"],
    ),
    "infinite_longitude": (
        change("regions", 0, longitude=INFINITY),
        ["regions", "`longitude`", "'north'"],
    ),
    "year_zero": (change(T, 0, year=0), ["transactions", "`year` is", "1 to 9999"]),
    "no_year": (change("emissions", 0, year=None), ["emissions", "`year` is empty"]),
    "import_of_both": (
        change("imports", 0, category_id="hh"),
        ["imports", "data row 1", "exactly one", "both are set"],
    ),
    "import_of_none": (
        change("imports", 1, category_id=None),
        ["imports", "data row 2", "exactly one", "both are empty"],
    ),
    # vocabularies
    "region_type": (
        change("regions", 0, region_type="City"),
        ["regions", "`region_type`", "'City'", "county, city", "'north'"],
    ),
    "sector_group": (
        change("sectors", 1, sector_group="power"),
        ["sectors", "'power'", "heavy_industry"],
    ),
    "category_group": (
        change("final_demand_categories", 1, category_group="stocks"),
        ["final_demand_categories", "'stocks'", "inventory"],
    ),
    "unit": (change("stressors", 0, unit="mt"), ["stressors", "'mt'", "Mt"]),
    "no_unit": (change("stressors", 0, unit=None), ["stressors", "`unit` is empty"]),
    # years and people
    "year_without_emissions": (
        add(T, 2013, "north", "1", "south", "01", 9.0),
        ["emissions", "2013"],
    ),
    "region_without_people": (
        lambda folder: folder.tables["region_years"].pop(1),
        ["region_years", "'south'", "2012", "no such row"],
    ),
    "region_with_empty_people": (
        change("region_years", 1, population=None),
        ["region_years", "'south'", "2012", "it is empty"],
    ),
    "region_with_0_people": (
        change("region_years", 1, population=0),
        ["region_years", "'south'", "2012", "it is 0"],
    ),
    "negative_people": (
        change("region_years", 0, population=-5),
        ["region_years", "-5", "'north'"],
    ),
    "negative_people_of_the_rest": (
        change("region_years", 2, population=-5),
        ["region_years", "-5", "'rest'"],
    ),
}


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
@pytest.mark.parametrize("case", BOTH_FORMATS)
def test_refused_in_both_formats(case, suffix, earlier, tmp_path):
    spoil, fragments = BOTH_FORMATS[case]
    folder = TinyFolder(tmp_path / "tidy", suffix)
    spoil(folder)
    message = refusal(folder.write(), earlier)
    for fragment in fragments:
        assert fragment in message, message


CSV_FIELDS = {
    "text": ("transactions", {"value": "abc"}, "'abc'"),
    "thousands": ("transactions", {"value": "1,000.5"}, "'1,000.5'"),
    "decimal_comma": ("transactions", {"value": "1,5"}, "'1,5'"),
    "underscore": ("transactions", {"value": "1_000"}, "'1_000'"),
    "hexadecimal": ("transactions", {"value": "0x10"}, "'0x10'"),
    "other_digits": ("transactions", {"value": "\uff11"}, "'\uff11'"),
    "not_available": ("transactions", {"value": "NA"}, "'NA'"),
    "null_word": ("emissions", {"value": "null"}, "'null'"),
    "nan_word": ("emissions", {"value": "NaN"}, "'NaN'"),
    "too_large": ("final_demand", {"value": "1e999"}, "'1e999'"),
    "number_and_unit": ("exports", {"value": "3 t"}, "'3 t'"),
    "year_of_text": ("transactions", {"year": "MMXII"}, "'MMXII'"),
    "year_with_fraction": ("emissions", {"year": "2012.5"}, "'2012.5'"),
    "date_for_a_year": ("emissions", {"year": "2012-01-01"}, "'2012-01-01'"),
    "people_of_text": ("region_years", {"population": "many"}, "'many'"),
    "half_a_person": ("region_years", {"population": "10.5"}, "'10.5'"),
    "too_many_people": ("region_years", {"population": "1e30"}, "'1e30'"),
    "gdp_of_text": ("region_years", {"gdp": "n/a"}, "'n/a'"),
    "boolean": ("sectors", {"is_power_supply": "maybe"}, "'maybe'"),
    "latitude_of_text": ("regions", {"latitude": "60N"}, "'60N'"),
}


@pytest.mark.parametrize("case", CSV_FIELDS)
def test_text_where_a_number_belongs(case, earlier, tmp_path):
    table, fields, found = CSV_FIELDS[case]
    folder = TinyFolder(tmp_path / "tidy")
    folder.set(table, 0, **fields)
    message = refusal(folder.write(), earlier)
    assert message.startswith(f"{table}.csv: data row 1:")
    assert found in message
    assert f"`{next(iter(fields))}`" in message


WRONG_TYPES = {
    "text_value": ("transactions", "value", pa.string(), "1.5", "string"),
    "boolean_value": ("transactions", "value", pa.bool_(), True, "bool"),
    "number_id": ("transactions", "origin_sector_id", pa.int64(), 1, "int64"),
    "number_region": ("regions", "region_id", pa.int32(), 1, "int32"),
    "float_id": ("emissions", "sector_id", pa.float64(), 1.0, "double"),
    "number_component": ("value_added", "component_id", pa.int64(), 1, "int64"),
    "text_year": ("emissions", "year", pa.string(), "2012", "string"),
    "text_people": ("region_years", "population", pa.string(), "5", "string"),
    "text_gdp": ("region_years", "gdp", pa.string(), "5", "string"),
    "number_boolean": ("sectors", "is_power_supply", pa.int8(), 1, "int8"),
    "bytes_id": ("sectors", "sector_id", pa.binary(), b"01", "binary"),
    "number_category": (
        "final_demand",
        "category_id",
        pa.dictionary(pa.int32(), pa.int64()),
        1,
        "int64",
    ),
    "list_value": ("exports", "value", pa.list_(pa.float64()), [1.0], "list"),
}


@pytest.mark.parametrize("case", WRONG_TYPES)
def test_wrong_parquet_types(case, earlier, tmp_path):
    table, column, kind, value, found = WRONG_TYPES[case]
    folder = TinyFolder(tmp_path / "tidy", "parquet")
    folder.types[table, column] = kind
    for row in range(len(folder.tables[table])):
        folder.set(table, row, **{column: value})
    message = refusal(folder.write(), earlier)
    assert message.startswith(f"{table}.parquet: column `{column}`")
    assert found in message
    if "id" in column and "number" in case:
        assert "told apart" in message


def test_half_a_person_in_parquet(earlier, tmp_path):
    folder = TinyFolder(tmp_path / "tidy", "parquet")
    folder.types["region_years", "population"] = pa.float64()
    folder.set("region_years", 0, population=10.5)
    message = refusal(folder.write(), earlier)
    assert "region_years.parquet: data row 1: `population` is 10.5" in message


def test_fraction_of_a_year_in_parquet(earlier, tmp_path):
    folder = TinyFolder(tmp_path / "tidy", "parquet")
    folder.types["transactions", "year"] = pa.float64()
    folder.set("transactions", 3, year=2012.5)
    message = refusal(folder.write(), earlier)
    assert "transactions.parquet: data row 4: `year` is 2012.5" in message


def spoil_mrio(**fields):
    def spoil(descriptor):
        descriptor["mrio"].update(fields)
        for key, value in fields.items():
            if value is None:
                del descriptor["mrio"][key]

    return spoil


DESCRIPTORS = {
    "no_block": (lambda d: d.pop("mrio"), "`mrio`"),
    "block_of_text": (lambda d: d.update(mrio="EUR"), "`mrio`"),
    "no_currency": (spoil_mrio(currency=None), "`mrio.currency` is missing"),
    "currency_name": (spoil_mrio(currency="Euro"), '`mrio.currency` is "Euro"'),
    "no_unit": (spoil_mrio(currency_unit=None), "`mrio.currency_unit` is missing"),
    "unit_of_text": (spoil_mrio(currency_unit="1000000"), '"1000000"'),
    "unit_of_zero": (spoil_mrio(currency_unit=0), "`mrio.currency_unit` is 0"),
    "negative_unit": (spoil_mrio(currency_unit=-1), "`mrio.currency_unit` is -1"),
    "unit_of_true": (spoil_mrio(currency_unit=True), "`mrio.currency_unit` is true"),
    "huge_unit": (spoil_mrio(currency_unit=10**400), "`mrio.currency_unit`"),
    "no_basis": (spoil_mrio(price_basis=None), "`mrio.price_basis` is missing"),
    "blank_basis": (spoil_mrio(price_basis=" "), "`mrio.price_basis`"),
    "no_country": (spoil_mrio(country=None), "`mrio.country` is missing"),
    "country_of_two": (spoil_mrio(country="FI"), '`mrio.country` is "FI"'),
    "country_name": (spoil_mrio(country="Finland"), '`mrio.country` is "Finland"'),
    "synthetic_word": (spoil_mrio(synthetic="yes"), '`mrio.synthetic` is "yes"'),
    "rates_list": (spoil_mrio(currency_per_usd=[1.0]), "`mrio.currency_per_usd`"),
    "rate_of_text": (
        spoil_mrio(currency_per_usd={"2012": "6"}),
        "`mrio.currency_per_usd.2012`",
    ),
    "rate_of_zero": (
        spoil_mrio(currency_per_usd={"2012": 0}),
        "`mrio.currency_per_usd.2012`",
    ),
    "rate_of_no_year": (
        spoil_mrio(currency_per_usd={"now": 1.0}),
        "`mrio.currency_per_usd`",
    ),
    "title_of_number": (lambda d: d.update(title=3), "`title`"),
    "name_of_number": (lambda d: d.update(name=3), "`name`"),
    "licences_of_text": (lambda d: d.update(licenses="MIT"), "`licenses`"),
    "source_without_title": (lambda d: d.update(sources=[{}]), "`sources`"),
}


@pytest.mark.parametrize("case", DESCRIPTORS)
def test_descriptor_with_a_wrong_field(case, earlier, tmp_path):
    spoil, fragment = DESCRIPTORS[case]
    folder = TinyFolder(tmp_path / "tidy")
    spoil(folder.descriptor)
    message = refusal(folder.write(), earlier)
    assert message.startswith("datapackage.json: ")
    assert fragment in message


@pytest.mark.parametrize(
    ("text", "fragment"),
    [
        ("", "not JSON"),
        ("{", "not JSON"),
        ("[]", "expected a JSON object"),
        ('{"mrio": {}, "mrio": {}}', "'mrio' occurs twice"),
        ('{"mrio": {"currency_unit": NaN}}', "NaN"),
        ('{"title": "\\ud800"}', "surrogate"),
        ("[" * 100_000, "nested too deeply"),
        (f'{{"mrio": {"9" * 5000}}}', "cannot be read"),
    ],
)
def test_descriptor_that_is_no_json_object(text, fragment, earlier, tmp_path):
    folder = TinyFolder(tmp_path / "tidy")
    folder.descriptor = text
    message = refusal(folder.write(), earlier)
    assert message.startswith("datapackage.json: ")
    assert fragment in message


def test_descriptor_that_is_missing(earlier, tmp_path):
    folder = TinyFolder(tmp_path / "tidy")
    folder.descriptor = None
    message = refusal(folder.write(), earlier)
    assert message.startswith("datapackage.json: no such file")


def test_descriptor_that_is_not_utf8(earlier, tmp_path):
    folder = TinyFolder(tmp_path / "tidy").write()
    (folder / "datapackage.json").write_bytes('{"title": "Öl"}'.encode("latin-1"))
    assert "datapackage.json: byte 11 is not UTF-8" in refusal(folder, earlier)


def test_folder_that_is_missing(earlier, tmp_path):
    assert "no such folder" in refusal(tmp_path / "nowhere", earlier)


def test_folder_that_is_empty(earlier, tmp_path):
    assert "the folder is empty" in refusal(tmp_path, earlier)


def test_folder_that_is_a_file(earlier, tmp_path):
    path = tmp_path / "datapackage.json"
    path.write_text("{}")
    assert "is a file" in refusal(path, earlier)


@pytest.mark.parametrize("table", ["transactions", "exports"])
def test_table_in_both_formats(table, earlier, tmp_path):
    folder = TinyFolder(tmp_path / "tidy").write()
    (folder / f"{table}.parquet").write_bytes(b"")
    message = refusal(folder, earlier)
    assert f"{table}.csv and {table}.parquet are both there" in message


def test_table_that_is_a_folder(earlier, tmp_path):
    folder = TinyFolder(tmp_path / "tidy").write()
    (folder / "sectors.csv").unlink()
    (folder / "sectors.csv").mkdir()
    assert "sectors.csv: is not a file" in refusal(folder, earlier)


def test_table_of_another_kind_is_pointed_at(earlier, tmp_path):
    folder = TinyFolder(tmp_path / "tidy").write()
    (folder / "transactions.csv").rename(folder / "transactions.csv.gz")
    message = refusal(folder, earlier)
    assert "transactions.csv or transactions.parquet is missing" in message
    assert "found 'transactions.csv.gz'" in message


HEADER = "year,stressor_id,region_id,sector_id,value\n"
RAW_CSV = {
    "empty_file": (b"", ["the file is empty", "'stressor_id'"]),
    "only_a_header": (HEADER.strip().encode(), ["no rows"]),
    "semicolons": (
        b"year;stressor_id;region_id;sector_id;value\n2012;co2;north;01;1\n",
        ["`year` is missing", "separated by commas"],
    ),
    "capitals": (
        b"Year,stressor_id,region_id,sector_id,value\n2012,co2,north,01,1\n",
        ["`year` is missing", "'Year'"],
    ),
    "column_twice": (
        b"year,stressor_id,region_id,sector_id,value,value\n2012,co2,north,01,1,2\n",
        ["`value` occurs 2 times"],
    ),
    "short_line": (
        HEADER.encode() + b"2012,co2,north,01,1\n2012,co2,north,01\n",
        ["line 3 has 4 fields", "header has 5"],
    ),
    "long_line": (
        HEADER.encode() + b"2012,co2,north,01,1,5\n",
        ["line 2 has 6 fields", "header has 5"],
    ),
    "open_quote": (
        HEADER.encode() + b'2012,co2,north,01,"1\n',
        ["not closed"],
    ),
    "open_quote_over_lines": (
        HEADER.encode() + b'2012,co2,"north,01,1\n2012,co2,north,1,2\n',
        ["line 2"],
    ),
    "latin_1": (
        HEADER.encode() + b"2012,co2,north,01,1\n2012,co2,s\xfcd,01,1\n",
        ["line 3 is not UTF-8"],
    ),
    "latin_1_header": (b"j\xe4hr,value\n", ["line 1 is not UTF-8"]),
    "utf_16": (HEADER.encode("utf-16"), ["not UTF-8"]),
    "parquet_inside": (b"PAR1\xff\xfe\x00\x00", ["not UTF-8"]),
}


@pytest.mark.parametrize("case", RAW_CSV)
def test_malformed_csv(case, earlier, tmp_path):
    content, fragments = RAW_CSV[case]
    folder = TinyFolder(tmp_path / "tidy").write()
    (folder / "emissions.csv").write_bytes(content)
    message = refusal(folder, earlier)
    assert message.startswith("emissions.csv: ")
    for fragment in fragments:
        assert fragment in message, message


@pytest.mark.parametrize("kept", [0, 3, 100, -1, -200])
def test_truncated_parquet(kept, earlier, tmp_path):
    folder = TinyFolder(tmp_path / "tidy", "parquet").write()
    path = folder / "transactions.parquet"
    path.write_bytes(path.read_bytes()[:kept])
    message = refusal(folder, earlier)
    assert message.startswith("transactions.parquet: not a complete Parquet file")


def test_truncated_csv(earlier, tmp_path):
    folder = TinyFolder(tmp_path / "tidy").write()
    path = folder / "transactions.csv"
    path.write_bytes(path.read_bytes()[:-12])
    message = refusal(folder, earlier)
    assert "transactions.csv: line 5 has" in message


def test_parquet_text_that_is_not_utf8(earlier, tmp_path):
    folder = TinyFolder(tmp_path / "tidy", "parquet").write()
    path = folder / "emissions.parquet"
    ids = pa.array([b"n\xff", b"south"]).view(pa.string())
    pq.write_table(pq.read_table(path).set_column(2, "region_id", ids), path)
    message = refusal(folder, earlier)
    assert message.startswith("emissions.parquet: column `region_id` cannot be read")
    assert "UTF-8" in message


def test_imports_without_any_buyer(earlier, tmp_path):
    folder = TinyFolder(tmp_path / "tidy")
    folder.columns["imports"] = ["year", "region_id", "value"]
    message = refusal(folder.write(), earlier)
    assert "imports.csv: data row 1: exactly one of" in message


def test_corrupt_pages_of_parquet(earlier, tmp_path):
    folder = TinyFolder(tmp_path / "tidy", "parquet").write()
    path = folder / "final_demand.parquet"
    content = bytearray(path.read_bytes())
    content[4:60] = b"\xff" * 56
    path.write_bytes(content)
    message = refusal(folder, earlier)
    assert message.startswith("final_demand.parquet: cannot be read")


@pytest.mark.parametrize("name", ["synthetic", "main", "true", "Kept", "a b", ""])
def test_names(name, earlier, tmp_path):
    folder = TinyFolder(tmp_path / "tidy").write()
    assert repr(name) in refusal(folder, earlier, name)


def test_the_last_of_many_rows_is_found(earlier, tmp_path):
    """The row number counts over all batches of a file."""
    folder = TinyFolder(tmp_path / "tidy").write()
    rows = "".join(f"{2012 + k},co2,north,01,1.5\n" for k in range(7000))
    path = folder / "emissions.csv"
    path.write_text(HEADER + rows + "2012,co2,south,01,oops\n")
    assert "emissions.csv: data row 7001: `value` is 'oops'" in refusal(folder, earlier)


def test_good_descriptor_is_really_good(earlier, tmp_path):
    """The folder that all cases spoil is accepted when it is left alone."""
    folder = TinyFolder(tmp_path / "tidy").write()
    dataset = ingest_tidy(folder, "another")
    assert json.loads((dataset.path / "datapackage.json").read_text())["mrio"]
