"""The seed of texts against the SQL that chooses them and names their columns."""

import csv
import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
SQL = "\n".join(
    path.read_text("utf-8")
    for folder in ("models", "macros")
    for path in (ROOT / folder).rglob("*.sql")
)
with (ROOT / "seeds" / "texts.csv").open(encoding="utf-8", newline="") as file:
    TEXTS = {row["text_id"]: row["sentence"] for row in csv.DictReader(file)}
# ids that SQL makes of a premise or of the result for a cap
PREFIXES = ("premise_", "cap_")


def columns_of(sentence: str) -> list[str]:
    return re.findall(r"{([^}]*)}", sentence)


@pytest.mark.parametrize("text_id", TEXTS)
def test_a_text_is_chosen_somewhere(text_id):
    for prefix in PREFIXES:
        if text_id.startswith(prefix):
            assert f"'{prefix}'" in SQL
            text_id = text_id.removeprefix(prefix).replace("_", "[ _]")
    assert re.search(f"'{text_id}'", SQL)


@pytest.mark.parametrize("text_id", TEXTS)
def test_columns_of_a_text_are_columns(text_id):
    for column in columns_of(TEXTS[text_id]):
        name, _, unit = column.partition(":")
        assert re.fullmatch("[a-z0-9_]+", name), column
        assert re.search(rf"\b{name}\b", SQL), column
        assert unit in ("", "t", "share", "limit")


@pytest.mark.parametrize("text_id", TEXTS)
def test_brackets_name_a_column_and_are_not_nested(text_id):
    """What stands in brackets without a column would never be left out."""
    passages = re.split(r"[\[\]]", TEXTS[text_id])
    assert re.fullmatch(r"([^\[\]]*\[[^\[\]]*\])*[^\[\]]*", TEXTS[text_id])
    assert all(columns_of(passage) for passage in passages[1::2])


def test_every_text_that_findings_choose_is_there():
    findings = (ROOT / "models/marts/quality/findings.sql").read_text("utf-8")
    chosen = re.findall(r"(?:then|else) '(\w+)'", findings)
    assert len(chosen) > 30
    assert set(chosen) <= {*TEXTS, "region", "regions", "CO2", "methane"}


def test_unit_tests_of_sql_give_rows_of_seeds():
    """Without rows dbt reads the seed in threads that children of a parse lack."""
    givens = [
        (path.name, unit_test["name"], given["input"])
        for path in (ROOT / "models").rglob("*.yml")
        for unit_test in yaml.safe_load(path.read_text("utf-8")).get("unit_tests", [])
        for given in unit_test["given"]
        if not {"rows", "fixture"} & set(given)
    ]
    assert givens == []
