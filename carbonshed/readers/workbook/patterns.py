"""Patterns of a map that end on every label: how many ways there are to match one.

Python's matcher tries one way after another. A repeat inside a repeat has more ways on
forty letters than a computer tries in a year, and a map may come from anybody.
"""

import re
from functools import lru_cache
from math import comb
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

_MAX_WAYS = 100_000_000  # which take a second
_NARROW = 8  # a repeat of fewer different lengths is counted, others by length of label
_REPEATS = {codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT}


class NestedRepeatError(ValueError):
    """A repeat, or a choice between texts, that is repeated."""


@lru_cache
def _ways(pattern: str, flags: int = 0) -> tuple[int, int]:
    """Return the choices of a pattern, and the number of repeats of any length.

    Raises
    ------
    NestedRepeatError
        If one of them is in a repeat.
    """
    return _of_all(parser.parse(pattern, flags))


def refuse_nested(pattern: re.Pattern) -> None:
    """Refuse a pattern with a choice or a repeat inside a repeat."""
    _ways(pattern.pattern, pattern.flags & ~re.UNICODE)


def longest_label(pattern: re.Pattern, length: int) -> int:
    """Return how many letters a label may have, at most `length`."""
    choices, repeats = _ways(pattern.pattern, pattern.flags & ~re.UNICODE)
    return next(
        (
            letters
            for letters in range(length, 0, -1)
            if choices * comb(letters + repeats, repeats) <= _MAX_WAYS
        ),
        0,
    )


def _of_all(items: Any) -> tuple[int, int]:
    """Return choices and repeats of what follows one after the other."""
    choices, repeats = 1, 0
    for code, argument in items:
        more, others = _of_one(code, argument)
        choices, repeats = choices * more, repeats + others
    return choices, repeats


def _of_one(code: Any, argument: Any) -> tuple[int, int]:
    if code in _REPEATS:
        fewest, most, inside = argument
        inner = _of_all(inside)
        if most > 1 and inner != (1, 0):
            raise NestedRepeatError
        lengths = int(most) - int(fewest) + 1
        if lengths <= _NARROW:
            return lengths * inner[0], inner[1]
        return 1, 1
    parts = [part for part in _parts(argument) if isinstance(part, parser.SubPattern)]
    counted = [_of_all(part) for part in parts]
    if not counted:
        return 1, 0
    return sum(more for more, _ in counted), max(others for _, others in counted)


def _parts(argument: Any) -> list[Any]:
    """Return what stands in a group, a condition or a choice, one list deep or two."""
    if isinstance(argument, parser.SubPattern):
        return [argument]
    if not isinstance(argument, list | tuple):
        return []
    return [part for item in argument for part in _parts(item)]
