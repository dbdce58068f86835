"""Words of messages, and quoting for SQL."""

import duckdb
import pytest

from carbonshed.text import (
    listing,
    shape_text,
    size_text,
    sql_name,
    sql_text,
    suggestion,
)


def test_a_list_names_the_first_and_counts_the_rest():
    assert listing(["a", "b", "c"]) == "a, b, c"
    assert listing(range(1500), 2) == "0, 1 and 1,498 more"
    assert listing(["a", "b"], 2, quote=True) == "'a', 'b'"
    assert listing([2012, 2015], separator=" and ") == "2012 and 2015"
    assert listing([]) == "none"
    assert listing([], empty="nothing") == "nothing"


@pytest.mark.parametrize(
    ("unknown", "hint"),
    [
        ("beijing ", " (did you mean 'Beijing'?)"),
        ("Bejing", " (did you mean 'Beijing'?)"),
        ("Wuhan", ""),
        (12, ""),
    ],
)
def test_the_closest_name_is_suggested(unknown, hint):
    assert suggestion(unknown, ["Beijing", "Tianjin"]) == hint


def test_sizes_and_shapes():
    assert size_text(1.44e9) == "1.4 GB"
    assert size_text(2_000) == "2.0 kB"
    assert size_text(12) == "12 bytes"
    assert shape_text((3, 4)) == "3 x 4"
    assert shape_text((3,)) == "3 long"


@pytest.mark.parametrize("text", ["it's", 'a "b"', "'; drop table x; --", "北京", ""])
def test_sql_reads_back_what_was_quoted(text):
    name = text or "empty"
    relation = duckdb.sql(f"select {sql_text(text)} as {sql_name(name)}")
    assert relation.columns == [name]
    assert relation.fetchall() == [(text,)]
