"""What dbt prints of a Python model that refuses."""

import traceback
from contextlib import contextmanager

import pytest

from carbonshed.dbt_plugin.refusals import in_words
from carbonshed.errors import CarbonshedError


@contextmanager
def passing_on():
    """Give an exception its stack again, as a block that it leaves does."""
    yield


@pytest.mark.parametrize(
    ("error", "printed"),
    [
        (CarbonshedError("2012: no room"), "Refused: 2012: no room\n"),
        (ValueError("a fault"), "Traceback"),
    ],
)
def test_a_refusal_is_a_sentence_and_a_fault_has_its_stack(error, printed):
    @in_words
    def model(dbt, session):
        raise error

    with pytest.raises(type(error)) as caught, passing_on():
        model(None, None)
    said = "".join(traceback.format_exception(caught.value))
    assert said == printed or printed in said.splitlines()[0]
