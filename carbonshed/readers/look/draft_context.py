"""What a draft of a map is made from, and how it is written."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from carbonshed.readers.look.finding import Finding, Line
from carbonshed.readers.look.survey import Sheet, Survey, years_of
from carbonshed.readers.vocabulary import FINAL, UNKNOWN

ASK = "???"  # what a person must say


@dataclass(frozen=True)
class Context:
    """The table that a map is drafted of.

    Attributes
    ----------
    found
        All that was found.
    best
        The table.
    sheet
        Its sheet.
    years
        Its years.
    final
        Its columns of final demand, and those that nothing is known of.
    """

    found: Survey
    best: Finding
    sheet: Sheet
    years: list[int]
    final: list[Line]

    @classmethod
    def of(cls, found: Survey, best: Finding) -> "Context":
        """Return the context of a table."""
        sheet = found.sheet_of(best)
        final = [
            line
            for line in best.column_lines
            if line.is_leaf and not line.is_zero
            if line.role.name in (FINAL, UNKNOWN)
        ]
        return cls(found, best, sheet, years_of(sheet, best), final)

    @property
    def is_folder(self) -> bool:
        """Whether several files were looked at: blocks name theirs."""
        return len({sheet.cells.file for sheet in self.found.sheets}) > 1


def text_of(text: str) -> str:
    """Return a text as YAML takes it: quoted, as JSON."""
    return json.dumps(text, ensure_ascii=False)


def texts_of(texts: Sequence[str]) -> str:
    """Return a text, or several as a list."""
    if len(texts) == 1:
        return text_of(texts[0])
    return f"[{', '.join(map(text_of, texts))}]"


def mapping(fields: dict[str, str]) -> str:
    """Return a mapping on one line."""
    return "{" + ", ".join(f"{k}: {text_of(v)}" for k, v in fields.items()) + "}"
