"""Patterns of a map: whatever is allowed ends, on any label."""

import re
import signal
from contextlib import contextmanager

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.layouts.workbook import matrix_file
from support.refusals import refusal_of
from test_read_workbook import YEAR, drawn, read

from carbonshed.readers.workbook.patterns import (
    NestedRepeatError,
    longest_label,
    refuse_nested,
)

ENDLESS = (
    r"(a+)+$",
    r"(.*)*x(.*)*y",
    r"(a|a)*",
    r"(ab|ab)+",
    r"(a{1,100}){1,100}",
    r"(a?){30}a{30}",
    r"((?:x(?:y(a*))?)z?)*",
    r"((?>a+)+)",
    r"(?=(a+)+)b",
    r"(?i:(a+?)+?)",
)
ORDINARY = (
    r"CPA_(.+)",
    r"(?:S)?(.+)",
    r"(?P<region>[A-Z]+)_(?P<sector>.+)",
    r"(?P<sector>\d{2,3}[A-Z]?)\s*[.-]?\s*.*",
    r"([A-Z](?:\d\d)*)",
    r"(?:row|column) (\d+)",
    r"([\d.]+) .*",
    r"(.+?)(?: \(\w+\))?",
)


@contextmanager
def ends(seconds: int):
    """Fail if a block takes longer."""

    def stop(*_: object) -> None:
        raise AssertionError(f"no end in {seconds} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize("pattern", ENDLESS)
def test_a_repeat_in_a_repeat_is_refused(pattern):
    with pytest.raises(NestedRepeatError):
        refuse_nested(re.compile(pattern))


@pytest.mark.parametrize("pattern", ORDINARY)
def test_ordinary_patterns_take_long_labels(pattern):
    refuse_nested(re.compile(pattern))
    assert longest_label(re.compile(pattern), 200) == 200


def test_the_refusal_names_file_line_and_pattern_and_another_way(tmp_path):
    file = matrix_file(drawn(), YEAR)
    file.map["rows"] = {"pattern": r"(a+)+$"}
    said = refusal_of(read, file, tmp_path)
    assert re.search(r"map\.yml: line \d+: `rows\.pattern` is '\(a\+\)\+\$'", said)
    assert "no repeat, and no choice `|`, inside a repeat" in said
    assert r"as [\d.]+ for (\d+\.?)+" in said


@pytest.mark.parametrize(
    ("pattern", "letters"),
    [
        # C(61 + 6, 6) = 99,795,696 ways to place six; C(62 + 6, 6) = 109 million
        (r"a*a*a*a*a*a*(b)", 61),
        # 2 ** 30 ways
        ("a?" * 30 + "(b)", 0),
        ("(?:a|a)" * 30 + "(b)", 0),
    ],
)
def test_labels_too_long_for_the_pattern_are_refused(pattern, letters, tmp_path):
    assert longest_label(re.compile(pattern), 10_000) == letters


def test_a_label_that_is_too_long_is_named(tmp_path):
    file = matrix_file(drawn(), YEAR)
    file.map["rows"] = {"pattern": "a?" * 30 + "(.+)"}
    said = refusal_of(read, file, tmp_path)
    assert "expected at most 0 for `pattern: 'a?a?" in said


ATOMS = st.sampled_from(["a", ".", "[ab]", "aa", "b"])
PATTERNS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["*", "+", "?", "*?", "{1,9}", "{3}"])).map(
            lambda pair: f"(?:{pair[0]}){pair[1]}"
        ),
        st.lists(inner, min_size=2, max_size=5).map("".join),
        st.lists(inner, min_size=2, max_size=3).map(
            lambda parts: f"(?:{'|'.join(parts)})"
        ),
    ),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None)
@given(PATTERNS)
def test_whatever_is_allowed_ends_on_the_longest_label_it_takes(text):
    pattern = re.compile(text)
    try:
        refuse_nested(pattern)
    except NestedRepeatError:
        return
    label = "a" * longest_label(pattern, 1000)
    with ends(30):
        for last in ("", "!", "b!"):
            pattern.fullmatch((label + last)[-max(len(label), 1) :])
