"""The page of methods names tests and tables that exist."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "methods.md").read_text("utf-8")
YML = "\n".join(
    path.read_text("utf-8") for path in sorted((ROOT / "models").rglob("*.yml"))
)


def laws() -> list[str]:
    """Return the names in the last column of the table of laws."""
    section = PAGE.partition("## What must hold on every run")[2].partition("\n## ")[0]
    rows = [line for line in section.splitlines() if line.startswith("| ")][1:]
    return [name for row in rows for name in re.findall(r"`(\w+)`", row.split("|")[2])]


def test_the_table_is_read():
    assert len(laws()) > 20


@pytest.mark.parametrize("name", laws())
def test_every_law_has_its_test(name):
    is_data_test = any((ROOT / "tests" / "data").rglob(f"{name}.sql"))
    assert is_data_test or re.search(rf"\b{name}\b", YML)


@pytest.mark.parametrize("path", sorted(set(re.findall(r"`(tests/[\w/]+\.py)`", PAGE))))
def test_every_file_that_is_named_is_there(path):
    assert (ROOT / path).is_file()


def test_every_mart_is_explained():
    marts = {path.stem for path in (ROOT / "models" / "marts").glob("*/*.sql")}
    dimensions = {
        path.stem for path in (ROOT / "models" / "marts" / "dimensions").glob("*.sql")
    }
    unexplained = {
        mart
        for mart in marts - dimensions - {"audit_checks"}
        if f"`{mart}`" not in PAGE
    }
    assert not unexplained
