"""Refusals of Python models, in words.

dbt-duckdb prints an exception of a Python model with its stack: twenty lines before the
sentence that is written for people.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from carbonshed.errors import CarbonshedError


class Refused(CarbonshedError):  # noqa: N818  # what dbt prints before the sentence
    """A refusal that is printed without a stack, whoever asks for it."""

    __module__ = "builtins"  # which is not printed

    @property
    def __traceback__(self) -> None:
        """No stack."""
        return None

    @__traceback__.setter
    def __traceback__(self, _stack: object) -> None:
        """Keep none."""


def in_words(model: Callable[..., Any]) -> Callable[..., Any]:
    """Let a Python model refuse without a stack; what is a fault keeps its own."""

    @wraps(model)
    def refusing(dbt: Any, session: Any) -> Any:
        try:
            return model(dbt, session)
        except CarbonshedError as error:
            raise Refused(str(error)) from None

    return refusing
