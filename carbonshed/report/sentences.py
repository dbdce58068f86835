"""Sentences of pages, filled from numbers: the language of the seed `texts`."""

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from carbonshed.errors import CarbonshedError
from carbonshed.paths import seed_rows

_SENTENCE_ENDS = re.compile(r"(?<=\.) (?=[A-Z])")
_CONDITION = re.compile(r"(is|has)_")
_PROOF = "proof_"  # begins the ids of texts that say how variants bear a finding out


@cache
def _wordings() -> dict[str, str]:
    return {row["text_id"]: row["sentence"] for row in seed_rows("texts", "text_id")}


def wording(id_: str) -> str:
    """Return a text of the seed `texts`, with its fields."""
    try:
        return _wordings()[id_]
    except KeyError:
        raise CarbonshedError(
            f"seeds/texts.csv has no text {id_}, which a page of the report needs: the"
            " seeds are of another version than the report: run dbt deps"
        ) from None


def fill(
    text: str, values: Mapping[str, Any], written: Callable[[Any, str], str]
) -> str | None:
    """Return a text with values in place of its fields, as the macro `sentence` does.

    Parameters
    ----------
    text
        `{name}` is a value as it is, `{name:unit}` a number as it is written. What
        stands in `[brackets]` is left out where a value in it is not known. A field
        that begins with `is_` or `has_` writes nothing, and is not known unless it is
        true. The text is cut before it is filled, so no value is read as a field.
    values
        The value of each field; None for one that is not known.
    written
        Writes a number in a unit.

    Returns
    -------
    str or None
        None where a value outside brackets is not known.

    Raises
    ------
    KeyError
        If there is no value of a name.
    """
    passages = []
    for number, passage in enumerate(re.split(r"[\[\]]", text)):
        parts = [
            _value(part, values, written) if position % 2 else part
            for position, part in enumerate(re.split("[{}]", passage))
        ]
        if None not in parts:
            passages.append("".join(parts))
        elif number % 2 == 0:
            return None
    return "".join(passages)


def _value(
    field: str, values: Mapping[str, Any], written: Callable[[Any, str], str]
) -> str | None:
    name, _, unit = field.partition(":")
    value = values[name]
    if _CONDITION.match(name):
        return "" if value is True else None
    if value is None or value == "":
        return None
    return written(value, unit) if unit else str(value)


def unsaid(text: str, *before: str) -> str:
    """Return the sentences of a text that none of the texts before it holds.

    Several findings may share a sentence, such as a reason or a scope. What variants
    say of a finding is no such sentence: it stays with whatever else is new.
    """
    shown = {sentence for other in before for sentence in _sentences(other)}
    parts = _sentences(text)
    if shown.issuperset(parts):
        return ""
    return " ".join(
        part for part in parts if part not in shown or part.startswith(_proofs())
    )


@cache
def _proofs() -> tuple[str, ...]:
    """Return how sentences begin that say how variants bear a finding out."""
    return tuple(
        text.partition("{")[0]
        for id_, text in _wordings().items()
        if id_.startswith(_PROOF)
    )


def _sentences(text: str) -> list[str]:
    """Return the sentences of a text; the last one of a title lacks its full stop."""
    return _SENTENCE_ENDS.split(f"{text.removesuffix('.')}.") if text else []
