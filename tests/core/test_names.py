"""Names of datasets."""

import pytest

from carbonshed.dataset.contract import COMPILE_VARIANTS
from carbonshed.errors import CarbonshedError
from carbonshed.names import (
    NATION_NAME,
    NATION_YEARS_NAME,
    SHIPPED_NAMES,
    STATES_NAME,
    STATES_YEARS_NAME,
    validate_name,
    validate_new_name,
)


@pytest.mark.parametrize("name", ["a", "finland_2014", "x-1", "a" * 63, "nully"])
def test_good_name_is_returned(name):
    assert validate_name(name) == name


@pytest.mark.parametrize(
    "name", ["", "A", "1a", "_a", "a.b", "a b", "a/b", "../a", "ä", "a" * 64, "a\n"]
)
def test_bad_pattern_is_refused(name):
    with pytest.raises(CarbonshedError, match="not allowed"):
        validate_name(name)


@pytest.mark.parametrize(
    "name",
    ["main", "temp", "system", "true", "false", "yes", "no", "on", "off", "null"],
)
def test_reserved_name_is_refused(name):
    with pytest.raises(CarbonshedError, match=f"{name}.* reserved"):
        validate_name(name)


def test_synthetic_is_for_synthesize_only():
    assert validate_name("synthetic") == "synthetic"
    with pytest.raises(CarbonshedError, match="synthesize"):
        validate_new_name("synthetic")


def test_every_variant_of_the_states_is_shipped():
    names = [f"{STATES_NAME}-{variant}" for variant in COMPILE_VARIANTS]
    of_years = {NATION_YEARS_NAME, STATES_YEARS_NAME}
    assert {*names, STATES_NAME, NATION_NAME, *of_years} == {*SHIPPED_NAMES}


@pytest.mark.parametrize("name", SHIPPED_NAMES)
def test_names_of_shipped_datasets_are_for_the_project_only(name):
    assert validate_name(name) == name
    with pytest.raises(CarbonshedError, match=f"{name}.* reserved"):
        validate_new_name(name)
