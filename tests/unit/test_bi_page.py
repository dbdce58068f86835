"""What a reader must filter before a sum, beside the grains of all marts."""

import re
from pathlib import Path

import yaml
from support.mart_contract import GRAINS, key_of

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "bi.md"
# over these a sum is a total: the page says of stressor and year that they come first
KEYS = {"year", "stressor_id"}
PLACES = ("region_id", "sector_id", "category_id", "country_id")
# and over these the rows of a year are parts of one whole
PARTS = {
    *("decile", "rank_order", "component", "lever_number"),
    *("effect_id", "base_year", "tier", "path_rank"),
}
# each row is a label or a check, with nothing to add up
LABELS = {
    "columns",
    "regions",
    "sectors",
    "final_demand_categories",
    "stressors",
    "questions",
    "audit_checks",
}


def grains():
    """Return the columns that tell rows apart, by mart, as data tests hold them."""
    found = {}
    for path in (ROOT / "models" / "marts").glob("*/*.yml"):
        for model in yaml.safe_load(path.read_text("utf-8")).get("models", []):
            tests = [test for test in model.get("data_tests", []) if test]
            for test in tests:
                if isinstance(test, dict) and "one_row_per_combination" in test:
                    arguments = test["one_row_per_combination"]["arguments"]
                    found[model["name"]] = arguments["combination"]
    return found


def doubling(grain):
    """Return the columns of a grain over which a sum counts the same again."""
    return {
        column
        for column in grain
        if column not in KEYS | PARTS and not column.endswith(PLACES)
    }


def filters():
    """Return by mart the columns that the page says to filter."""
    text = PAGE.read_text("utf-8")
    table = text[text.index("| mart | also filter on |") :]
    found = {}
    for line in table[: table.index("\n\n")].splitlines()[2:]:
        marts, columns = line.split("|")[1:3]
        for mart in re.findall(r"`(\w+)`", marts):
            assert mart not in found, f"{mart} stands twice in the table"
            found[mart] = set(re.findall(r"`(\w+)`", columns))
    return found


def test_every_grain_that_doubles_a_sum_is_in_the_table_of_filters():
    marts = grains()
    assert len(marts) > 30
    needed = {mart: doubling(grain) for mart, grain in marts.items()}
    needed = {
        mart: columns
        for mart, columns in needed.items()
        if columns and mart not in LABELS
    }
    shown = filters()
    assert needed.keys() - shown.keys() == set(), "marts are missing from docs/bi.md"
    assert shown.keys() - needed.keys() == set(), "docs/bi.md lists marts that add up"
    for mart, columns in needed.items():
        flags = {column for column in shown[mart] if column.startswith("is_")}
        assert shown[mart] - flags == columns, mart


def test_the_grains_of_the_tests_are_those_of_the_marts():
    """But for the one error rule of a build, which tells no rows apart."""
    marts = grains()
    for mart in GRAINS:
        if expected := key_of(mart):
            assert marts[mart] == expected, mart
