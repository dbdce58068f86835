"""The glossary: its columns are there, and pages of the report explain as it does."""

import re
from pathlib import Path

from carbonshed.report.glossary import GLOSSARY, words_of

DOCS = Path(__file__).resolve().parents[2] / "docs"
COLUMN = re.compile(r"`([a-z_0-9]+)\.([a-z_0-9]+)`")


def test_columns_of_the_glossary_are_in_the_dictionary():
    """The dictionary is generated from the models, and compared with them."""
    columns: dict[str, set[str]] = {}
    for line in (DOCS / "reference" / "data_dictionary.md").open(encoding="utf-8"):
        if table := re.match(r"#+ `?([a-z_0-9]+)`?$", line):
            own = columns.setdefault(table[1], set())
        elif column := re.match(r"\| `([a-z_0-9]+)` ", line):
            own.add(column[1])
        elif columns and line.startswith("`"):  # columns as in other tables
            names = re.sub(r" as in `\w+`", "", line)
            own.update(re.findall(r"`([a-z_0-9]+)`", names))
    text = (DOCS / "glossary.md").read_text("utf-8")
    named = {pair for pair in COLUMN.findall(text) if pair[0] in columns}
    assert len(named) > 30
    assert [pair for pair in named if pair[1] not in columns[pair[0]]] == []
    unknown = {table for table, _ in COLUMN.findall(text)} - set(columns)
    assert unknown == set()


def test_pages_explain_words_as_the_glossary_does():
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in (DOCS / "glossary.md").read_text("utf-8").splitlines()
        if line.startswith("| ")
    ]
    meanings = {row[0]: row[1] for row in rows}
    for term, words, meaning in GLOSSARY:
        assert meanings[term] == meaning
        assert words
    terms = words_of(["Region", "Palma ratio", "Gini before", "Capital"])
    assert [term for term, _ in terms] == ["Lorenz curve", "Gini index", "Palma ratio"]
