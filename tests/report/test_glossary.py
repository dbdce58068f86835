"""The glossary: its columns are there, and pages of the report explain its terms."""

import re
from pathlib import Path

from carbonshed.report.glossary import words_of

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
    text = (DOCS / "reference" / "glossary.md").read_text("utf-8")
    named = {pair for pair in COLUMN.findall(text) if pair[0] in columns}
    assert len(named) > 30
    assert [pair for pair in named if pair[1] not in columns[pair[0]]] == []
    unknown = {table for table, _ in COLUMN.findall(text)} - set(columns)
    assert unknown == set()


def test_pages_explain_the_words_that_their_tables_use():
    terms = words_of(["Region", "Gini before", "Capital"])
    assert [term for term, _ in terms] == ["Lorenz curve", "Gini index"]
    assert terms[1][1].startswith("The distance of the Lorenz curve")
