"""What ingest refuses: one message with file and label, nothing else changes."""

import math
import os
import re
import shutil

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from support.refusals import refusal_of
from support.tiny_folder import TinyFolder, contents

from carbonshed.dataset.contract import INPUT_TABLES
from carbonshed.readers.tidy import ingest_tidy

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
    message = refusal_of(ingest_tidy, folder, name)
    assert contents(earlier) == before
    assert sorted(earlier.iterdir()) == entries
    assert "\n" not in message
    return message


def change(table, row, **fields):
    return lambda folder: folder.set(table, row, **fields)


def add(table, *fields):
    return lambda folder: folder.add(table, *fields)


def prices(*rows):
    """Return a change that adds prices on emissions; missing fields are empty."""

    def change(folder):
        for row in rows:
            folder.add("carbon_prices", *row, *[None] * (6 - len(row)))

    return change


CHARGE = {
    "zone": ("north", None),
    "product": ("1", None),
    "price": (None, 100.0),
}


def charge(kind, *fields, **others):
    """Return a change that adds a charge, a row of it anew, and further ones."""
    rows = {**CHARGE, kind: fields, **others}

    def change(folder):
        for name, row in rows.items():
            if row:
                folder.add("border_charges", "cbam", name, *row)

    return change


def groups(*rows, spending=(), labels=()):
    """Return a change that adds groups, their spending, and labels."""
    tables = {"labels": labels, "household_spending": spending}

    def change(folder):
        for row in rows:
            region, group, people, category = row
            folder.add(
                "household_groups", 2012, region, group, "G", 1, people, None, category
            )
        for table, fields in tables.items():
            for row in fields:
                folder.add(table, *row)

    return change


POOR, RICH = ("north", "poor", 60.0, None), ("north", "rich", 40.0, None)


def spent(group, value=1.0, *, region=None, sector=None, label=None):
    """Return a row of household_spending."""
    return (2012, region, group, sector, label, value)


def empty(table):
    return lambda folder: folder.tables[table].clear()


def repeat(table):
    return lambda folder: folder.tables[table].append(folder.tables[table][0])


def missing_column(table, column):
    return lambda folder: folder.columns[table].remove(column)


def missing_table(table):
    return lambda folder: folder.tables.pop(table)


REQUIRED = [table.name for table in INPUT_TABLES.values() if table.is_required]
# every column with an id of another table
REFERENCES = [
    (table.name, column.name)
    for table in INPUT_TABLES.values()
    for column in table.columns
    if column.references
]
OWN_IDS = [
    ("regions", "region_id"),
    ("regions", "parent_region_id"),
    ("sectors", "sector_id"),
    ("final_demand_categories", "category_id"),
    ("stressors", "stressor_id"),
    ("value_added", "component_id"),
]
BY_CONTRACT = {
    **{
        f"missing_{table}": (missing_table(table), [f"{table}.csv", "missing"])
        for table in REQUIRED
    },
    **{f"no_{table}": (empty(table), [table, "no rows"]) for table in REQUIRED},
    **{
        f"missing_{column.name}_of_{table.name}": (
            missing_column(table.name, column.name),
            [table.name, f"`{column.name}` is missing"],
        )
        for table in INPUT_TABLES.values()
        for column in table.columns
        if not column.is_optional
    },
    # ids
    **{
        f"unknown_{column}_of_{table}": (
            change(table, 0, **{column: "Atlantis"}),
            [table, "data row 1", f"`{column}` has the unknown id 'Atlantis'"],
        )
        for table, column in REFERENCES
    },
    **{
        f"reserved_{column}_of_{table}": (
            change(table, 0, **{column: "EXPORT"}),
            [table, "data row 1", f"`{column}` is 'EXPORT'", "reserved"],
        )
        for table, column in [*OWN_IDS, *REFERENCES]
    },
    **{
        f"control_character_in_{column}_of_{table}": (
            change(table, 0, **{column: "a\x1b[31mb"}),
            [table, "data row 1", f"`{column}` is 'a\\x1b[31mb'", "control"],
        )
        for table, column in [*OWN_IDS, ("regions", "region_name")]
    },
    **{
        f"empty_{column}_of_{table}": (
            change(table, 0, **{column: None}),
            [table, "data row 1", f"`{column}` is empty"],
        )
        for table, column in [*OWN_IDS, *REFERENCES]
        if not INPUT_TABLES[table].column(column).is_nullable
    },
    **{
        f"word_{column.name}": (
            change(table.name, 0, **{column.name: "x"}),
            [table.name, f"`{column.name}` is 'x'", ", ".join(column.vocabulary)],
        )
        for table in INPUT_TABLES.values()
        for column in table.columns
        if column.vocabulary
    },
    **{
        f"twice_{table}": (repeat(table), [table, "duplicate"])
        for table in INPUT_TABLES
    },
    "an_official_footprint_of_0": (
        change("official_footprints", 0, published_footprint=0.0),
        ["official_footprints", "data row 1", "is 0", "above 0", "'north'"],
    ),
    "an_official_footprint_that_cannot_be_added_up": (
        change("official_footprints", 0, published_footprint=1e101),
        ["official_footprints", "data row 1", "at most 1e+100"],
    ),
    "an_official_footprint_of_money": (
        lambda folder: [
            folder.add("stressors", "wages", "Wages", "currency"),
            folder.set("official_footprints", 0, stressor_id="wages"),
        ],
        ["official_footprints", "'wages'", "an id of stressors that are a mass"],
    ),
}


def assert_refused(folder, case, earlier):
    spoil, fragments = case
    spoil(folder)
    message = refusal(folder.write(), earlier)
    assert [part for part in fragments if part not in message] == [], message


@pytest.mark.parametrize("case", BY_CONTRACT)
def test_what_the_contract_refuses(case, earlier, tmp_path):
    folder = TinyFolder(tmp_path / "tidy")
    folder.refine()
    assert_refused(folder, BY_CONTRACT[case], earlier)


T = "transactions"
BOTH_FORMATS = {
    "twice_with_another_value": (
        add(T, 2012, "north", "1", "south", "01", 0.0),
        [T, "duplicate", "'south'", "data rows 2 and 5"],
    ),
    "twice_imports_of_a_category": (
        add("imports", 2012, "south", None, "hh", 7.0),
        ["imports", "duplicate", "category_id 'hh'"],
    ),
    "long_id": (
        change("regions", 0, region_id="n" * 10_001),
        [
            "regions",
            "data row 1",
            "nnn...'; expected at most 10,000 letters",
        ],
    ),
    "long_name": (
        change("sectors", 0, sector_name="n" * 100_000),
        ["sectors", "`sector_name`", "expected at most 10,000 letters, not 100,000"],
    ),
    "unknown_region_in_other_case": (
        change(T, 1, origin_region_id="North"),
        [T, "data row 2", "'North'", "did you mean 'north'?"],
    ),
    "empty_text_id": (change("sectors", 0, sector_id=""), ["sectors", "`sector_id`"]),
    "unattributed": (
        change("sectors", 0, sector_id="UNATTRIBUTED"),
        ["sectors", "'UNATTRIBUTED'", "reserved"],
    ),
    "stressor_value_added": (
        change("stressors", 0, stressor_id="value_added"),
        ["stressors", "'value_added'", "reserved"],
    ),
    "empty_name": (
        change("regions", 1, region_name=None),
        ["regions", "data row 2", "`region_name` is empty", "'south'"],
    ),
    # cells
    "no_value": (
        change(T, 2, value=None),
        ["transactions", "data row 3", "`value` is empty", "'south'"],
    ),
    "nan": (
        change(T, 1, value=NAN),
        ["transactions", "data row 2", "nan", "finite", "'south'"],
    ),
    "minus_infinity": (
        change("emissions", 1, value=-INFINITY),
        ["emissions", "data row 2", "-inf", "finite"],
    ),
    "nan_gdp": (
        change("region_years", 0, gdp=NAN),
        ["region_years", "`gdp` is", "nan", "'north'"],
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
    "error_below_0": (
        change("relative_errors", 1, relative_standard_error=-0.1),
        ["relative_errors", "data row 2", "is -0.1", "0 or more"],
    ),
    "error_of_transactions_by_stressor": (
        change("relative_errors", 1, stressor_id="co2"),
        ["relative_errors", "data row 2", "transactions have no stressor"],
    ),
    "error_of_direct_emissions_by_sector": (
        change("relative_errors", 0, component="direct_emissions", sector_id="1"),
        ["relative_errors", "data row 1", "direct_emissions have no sector"],
    ),
    "price_of_0": (
        lambda folder: folder.add("deflators", 2012, None, "north", 0.0),
        ["deflators", "data row 1", "`value` is 0", "a price index above 0"],
    ),
    "price_of_an_unknown_region": (
        lambda folder: folder.add("deflators", 2012, None, "nroth", 1.0),
        ["deflators", "data row 1", "'nroth'", "'north'"],
    ),
    "two_prices_of_one_cell": (
        lambda folder: [
            folder.add("deflators", None, "1", None, price) for price in (1.0, 2.0)
        ],
        ["deflators", "sector_id '1'"],
    ),
    "group_of_nobody": (
        groups(POOR, ("north", "rich", 0.0, None)),
        ["household_groups", "data row 2", "`population` is 0", "above 0", "'rich'"],
    ),
    "group_that_spends_less_than_nothing": (
        groups(POOR, RICH, spending=[spent("poor"), spent("rich", -1.0)]),
        ["household_spending", "data row 2", "`value` is -1", "0 or more", "'rich'"],
    ),
    "spending_on_a_sector_and_a_label": (
        groups(POOR, spending=[spent("poor", sector="1", label="food")]),
        ["household_spending", "data row 1", "both `sector_id` and `label_id`"],
    ),
    "spending_on_an_unknown_sector": (
        groups(POOR, spending=[spent("poor", sector="O1")]),
        ["household_spending", "data row 1", "unknown id 'O1'", "or DIRECT"],
    ),
    "spending_on_an_unknown_label": (
        groups(POOR, spending=[spent("poor", label="fod")], labels=[("food", "01")]),
        ["household_spending", "data row 1", "unknown id 'fod'", "mean 'food'"],
    ),
    "sector_in_two_labels": (
        groups(
            POOR,
            spending=[spent("poor", label="food")],
            labels=[("food", "01"), ("goods", "01")],
        ),
        ["labels", "data rows 1 and 2", "'01'", "'food' and 'goods'"],
    ),
    "spending_without_groups": (
        groups(spending=[spent("poor")]),
        ["household_spending", "data row 1", "'poor'", "does not list"],
    ),
    "spending_of_a_group_elsewhere": (
        groups(POOR, spending=[spent("poor", region="south")]),
        ["household_spending", "data row 1", "'poor'", "of region 'south' in 2012"],
    ),
    "group_without_a_row": (
        groups(
            POOR,
            RICH,
            spending=[spent("poor"), spent("rich"), spent("rich", sector="1")],
        ),
        [
            *("household_spending", "no row of the group 'poor' of region 'north'"),
            *("the sector '1'", "data row 3 has one of 'rich'"),
        ],
    ),
    "group_without_a_row_of_its_region": (
        groups(
            POOR,
            RICH,
            spending=[spent("poor"), spent("rich"), spent("poor", region="north")],
        ),
        ["household_spending", "'rich'", "all products", "data row 3 has one of"],
    ),
    "group_of_an_inventory": (
        groups(("north", "poor", 100.0, "inv")),
        ["household_groups", "data row 1", "is 'inv'", "expected one of hh"],
    ),
    "group_with_a_category_beside_one_without": (
        groups(POOR, ("north", "rich", 40.0, "hh")),
        ["household_groups", "data rows 1 and 2", "'rich' names", "'poor' none"],
    ),
    "two_groups_of_a_category": (
        groups(("north", "poor", 60.0, "hh"), ("north", "rich", 40.0, "hh")),
        ["household_groups", "data rows 1 and 2", "'poor' and 'rich'", "'hh'"],
    ),
    "groups_beside_a_sector_called_direct": (
        lambda folder: [
            folder.add("sectors", "DIRECT", "Direct", "services", False),
            groups(POOR)(folder),
        ],
        ["household_groups", "data row 3 of the sectors", "'DIRECT'", "another id"],
    ),
    "group_of_two_nations": (
        lambda folder: [
            folder.descriptor["mrio"].update(country="WLD"),
            groups(POOR, ("south", "poor", 9.0, None), spending=[spent("poor")])(
                folder
            ),
        ],
        ["household_spending", "data row 1", "'P1' and of 'south'", "data rows 1 and"],
    ),
    "price_of_emissions_below_0": (
        prices(("eu", -5.0, "north")),
        [
            *("carbon_prices", "data row 1", "`price` is -5", "0 or more"),
            "price_id 'eu', region_id 'north'",
        ],
    ),
    "more_than_all_emissions_pay": (
        prices(("eu", 5.0, None, "1", 1.5)),
        ["carbon_prices", "data row 1", "`covered_share` is 1.5", "sector_id '1'"],
    ),
    "less_than_no_emissions_pay": (
        prices(("eu", 5.0, None, None, -0.5)),
        ["carbon_prices", "`covered_share` is -0.5", "price_id 'eu'"],
    ),
    "direct_emissions_of_a_sector_pay": (
        prices(("eu", 5.0, None, "1", None, True)),
        ["carbon_prices", "`covers_direct` is true", "no sector", "sector_id '1'"],
    ),
    "emissions_of_an_unknown_sector_pay": (
        prices(("eu", 5.0, None, "9")),
        ["carbon_prices", "data row 1", "'9'", "price_id 'eu'"],
    ),
    "two_prices_of_all": (
        prices(("eu", 5.0), ("eu", 6.0)),
        ["carbon_prices", "data rows 1 and 2", "price_id 'eu'"],
    ),
    # the third is settled by the second, the fourth is of another price
    "two_prices_equally_specific": (
        prices(
            ("eu", 5.0, None, "01"),
            ("eu", 6.0, "north", "01"),
            ("eu", 7.0, "north"),
            ("us", 5.0, "south"),
            ("eu", 8.0, "south"),
        ),
        [
            *("carbon_prices", "data rows 1 and 5", "equally specific"),
            "price_id 'eu', region_id 'south', sector_id '01'",
        ],
    ),
    "charge_without_zone": (
        charge("zone"),
        ["border_charges", "data row 1", "'cbam'", "no row of kind zone", "EXPORT"],
    ),
    "charge_without_products": (
        charge("product"),
        ["border_charges", "'cbam'", "no row of kind product", "each sector"],
    ),
    "charge_without_price": (
        charge("price"),
        ["border_charges", "'cbam'", "no row of kind price"],
    ),
    "charge_of_an_unknown_zone": (
        charge("zone", "Nroth", None),
        ["border_charges", "data row 1", "'Nroth'", "an id of regions", "EXPORT"],
    ),
    "charge_of_no_sector": (
        charge("product", "cement", None),
        ["border_charges", "data row 2", "'cement'", "an id of sectors", "'cbam'"],
    ),
    "charge_of_a_product_to_fill_in": (
        charge("product", None, None),
        ["border_charges", "data row 2", "`id` is empty", "an id of sectors"],
    ),
    "charge_of_a_kind_unknown": (
        charge("tariff", None, 5.0),
        ["border_charges", "'tariff'", "zone, product, zone_share, price"],
    ),
    "charge_with_a_product_at_a_price": (
        charge("product", "1", 5.0),
        ["border_charges", "`value` is 5", "kind product", "expected nothing"],
    ),
    "charge_below_0": (
        charge("price", None, -1.0),
        ["border_charges", "data row 3", "`value` is -1", "0 or more"],
    ),
    "charge_with_the_price_to_fill_in": (
        charge("price", None, None),
        ["border_charges", "data row 3", "`value` is empty", "currency per tonne"],
    ),
    "charge_with_a_price_of_a_sector": (
        charge("price", "1", 5.0),
        ["border_charges", "`id` is '1' with kind price", "expected nothing"],
    ),
    "charge_with_two_prices": (
        lambda folder: [charge("price", None, x)(folder) for x in (1.0, 2.0)],
        ["border_charges", "data rows 1 and 4", "kind 'zone'"],
    ),
    "charge_paid_by_an_unknown_region": (
        charge("paid_at_home", "EXPORT", 5.0),
        ["border_charges", "'EXPORT'", "an id of regions", "for all"],
    ),
    "charge_of_more_than_all_exports": (
        charge("zone_share", None, 1.5),
        ["border_charges", "`value` is 1.5", "from 0 to 1"],
    ),
    "charge_of_exports_that_leave_nothing": (
        charge("zone_share", None, 0.5),
        ["border_charges", "zone_share", "without EXPORT"],
    ),
    "charge_of_a_zone_that_holds_all": (
        lambda folder: [
            charge("zone", "north", None)(folder),
            *(
                folder.add("border_charges", "cbam", "zone", region, None)
                for region in ("south", "rest")
            ),
        ],
        ["border_charges", "data row 1", "'cbam'", "all regions", "nobody would pay"],
    ),
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
}


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
@pytest.mark.parametrize("case", BOTH_FORMATS)
def test_refused_in_both_formats(case, suffix, earlier, tmp_path):
    folder = TinyFolder(tmp_path / "tidy", suffix)
    assert_refused(folder, BOTH_FORMATS[case], earlier)


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


@pytest.mark.parametrize(
    ("table", "row", "column", "value"),
    [("region_years", 0, "population", 10.5), ("transactions", 3, "year", 2012.5)],
)
def test_fractions_in_parquet(table, row, column, value, earlier, tmp_path):
    folder = TinyFolder(tmp_path / "tidy", "parquet")
    folder.types[table, column] = pa.float64()
    folder.set(table, row, **{column: value})
    message = refusal(folder.write(), earlier)
    assert f"{table}.parquet: data row {row + 1}: `{column}` is {value}" in message


def test_folders_that_are_none(earlier, tmp_path):
    assert "no such folder" in refusal(tmp_path / "nowhere", earlier)
    assert "the folder is empty" in refusal(tmp_path, earlier)
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
        ["emissions.csv: separated by ';': save it with commas"],
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


@pytest.mark.parametrize("table", ["regions", "transactions"])
def test_parquet_text_that_is_not_among_the_texts(table, earlier, tmp_path):
    """Arrow takes the numbers of texts in the file on trust."""
    folder = TinyFolder(tmp_path / "tidy", "parquet").write()
    path = folder / f"{table}.parquet"
    pq.write_table(pq.read_table(path), path, compression="none")
    # numbers of two bits for one run of up to eight rows; four rows at most
    whole = path.read_bytes()
    spoilt = re.sub(rb"\x02\x03.\x00", b"\x02\x03\xff\x00", whole, flags=re.DOTALL)
    assert spoilt != whole
    path.write_bytes(spoilt)
    message = refusal(folder, earlier)
    assert message.startswith(f"{table}.parquet: column `")
    assert "out of bounds: 3 (should be in [0, 2])" in message


def test_parquet_column_whose_name_is_not_utf8(earlier, tmp_path):
    folder = TinyFolder(tmp_path / "tidy", "parquet").write()
    path = folder / "sectors.parquet"
    table = pq.read_table(path)
    pq.write_table(table.append_column("a_name", table["sector_id"]), path)
    # in its schema and in Arrow's own, which is coded so that it holds no such bytes
    path.write_bytes(path.read_bytes().replace(b"a_name", b"a\xff\xfeame"))
    message = refusal(folder, earlier)
    assert "sectors.parquet" in message
    assert "UTF-8" in message


def test_parquet_column_that_may_be_null_in_a_part_of_the_file_only(earlier, tmp_path):
    """Arrow ends the process that asks for the statistics of such a column."""
    folder = TinyFolder(tmp_path / "tidy", "parquet").write()
    path = folder / "region_years.parquet"
    whole = path.read_bytes()
    optional = b"\x25\x02\x18\x03gdp"  # field 3 is 1: OPTIONAL; field 4, the name
    assert whole.count(optional) == 1
    path.write_bytes(whole.replace(optional, b"\x25\x00\x18\x03gdp"))
    message = refusal(folder, earlier)
    assert message.startswith("region_years.parquet: cannot be read: ")


@pytest.mark.parametrize("name", ["datapackage.json", "sectors.csv"])
def test_a_pipe_is_no_file(name, earlier, tmp_path):
    """Who opens it waits for ever."""
    folder = TinyFolder(tmp_path / "tidy").write()
    (folder / name).unlink()
    os.mkfifo(folder / name)
    message = refusal(folder, earlier)
    assert name in message
    assert "is not a file" in message or "is a pipe or a device" in message


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_names_beside_and_above_the_tables_need_not_be_utf8(suffix, earlier, tmp_path):
    written = TinyFolder(tmp_path / "tidy", suffix).write()
    folder = written.rename(tmp_path / os.fsdecode(b"t\xffdy"))
    (folder / os.fsdecode(b"caf\xe9.csv")).touch()
    notes = ingest_tidy(folder, "odd").notes
    assert any(r"caf\xe9.csv" in note for note in notes)
    shutil.rmtree(earlier / "odd")


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


@pytest.mark.parametrize("name", ["main", "true", "Kept", "a b", ""])
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


def test_the_folder_that_is_spoiled_is_good(earlier, tmp_path):
    assert ingest_tidy(TinyFolder(tmp_path / "tidy").write(), "another").years == [2012]
