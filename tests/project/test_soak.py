"""A short slice of ``make soak``: spoiled inputs, kills, rounds of publications."""

import os

import pytest
from support.soak_runs import run_soak

pytestmark = pytest.mark.slow

# more of them: CARBONSHED_TEST_ROUNDS=200
ROUNDS = os.environ.get("CARBONSHED_TEST_ROUNDS", "25")


def test_spoiled_inputs_and_kills_leave_nothing_half_or_wrong() -> None:
    text = run_soak("--inputs", "40", "--kills", "8")
    assert "'stored': " in text
    assert "'refused': " in text
    assert "killed': " in text


def test_readers_see_whole_publications_only() -> None:
    text = run_soak("--rounds", ROUNDS)
    assert f"'rounds': {ROUNDS}" in text
    assert "'build killed': " in text
