"""Refusals of the package, which are sentences for people."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from carbonshed.errors import CarbonshedError


def refusal_of(call: Callable[..., object], /, *args: object, **options: object) -> str:
    """Return what a call refuses with; fail if it goes through, or shows a trace."""
    with pytest.raises(CarbonshedError) as refusal:
        call(*args, **options)
    message = str(refusal.value)
    assert_names(message)
    return message


def refused(pattern: str) -> AbstractContextManager[object]:
    """Expect that a block is refused with a text that a pattern matches."""
    return pytest.raises(CarbonshedError, match=pattern)


def assert_names(refusal: str, *parts: str) -> None:
    """Fail unless a refusal has all parts, its file, label and remedy, and no trace."""
    missing = [part for part in parts if part not in refusal]
    assert not missing, f"{missing} in: {refusal}"
    assert "Traceback" not in refusal, refusal
