"""Ids, names and spellings of the sectors and lines of a table."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from carbonshed.readers.look.finding import Finding, Line
from carbonshed.readers.look.match import filled
from carbonshed.readers.look.sector_words import Proposal, propose
from carbonshed.readers.look.survey import Survey

_MAX_ID_LENGTH = 12


@dataclass(frozen=True)
class SectorLabel:
    """A sector with its id, its name and its spellings in the headers."""

    sector_id: str
    name: str  # from the table, or from a list on another sheet
    row_label: str
    column_label: str
    proposal: Proposal


def sector_labels(survey: Survey, finding: Finding) -> list[SectorLabel]:
    """Return the labels of the sectors of a table, in the order of its rows."""
    match, table = finding.match, finding.table
    if match is None:
        return []
    joined = finding.joined_labels
    if joined is not None:
        names = list(joined.sectors)
        proposals = propose(names, names)
        return [
            SectorLabel(name, name, name, name, proposal)
            for name, proposal in zip(names, proposals, strict=True)
        ]
    rows, columns = finding.rows, finding.columns
    outer: tuple[int, ...] = ()
    if match.outer is not None:  # every region has the same sectors
        outer = match.outer
        of_regions = _regions_of_rows(finding)
        count = of_regions.count(of_regions[0])
        rows, columns = rows[:count], columns[:count]
    down = [
        [table.cells.label(row, column) for row in rows]
        for column in table.labels
        if column not in outer[:1]
    ]
    across = [
        [table.cells.label(row, column) for column in columns]
        for row in table.headers
        if row not in outer[1:]
    ]
    row_labels = [table.cells.label(row, match.label) for row in rows]
    column_labels = [table.cells.label(match.header, c) for c in columns]
    sides = [*across, *down] if match.is_renamed else [*down, *across]
    unique = [texts for texts in sides if _are_unique(texts)]
    short = [texts for texts in unique if _length(texts) <= _MAX_ID_LENGTH]
    codes = min(short or unique or [row_labels], key=_code_rank)
    names = max(down, key=_length, default=codes)
    if not any(re.search(r"[^\W\d_]{3}", name) for name in names):
        names = _glossary(survey, codes) or names
    return [
        SectorLabel(*fields)
        for fields in zip(
            codes,
            [name or code for name, code in zip(names, codes, strict=True)],
            row_labels,
            column_labels,
            propose(codes, names),
            strict=True,
        )
    ]


def prefix_of(finding: Finding, rows: Sequence[int]) -> str:
    """Return the common prefix of the labels of rows, such as DOM_."""
    match = finding.match
    if match is None or not match.is_renamed:
        return ""
    labels = [finding.table.cells.label(row, match.label) for row in rows]
    heads = {re.match(r"[A-Za-z]*_?", label).group() for label in labels}
    return heads.pop() if len(heads) == 1 else ""


def region_labels(finding: Finding) -> list[str]:
    """Return the regions in the labels of a table, if there are any."""
    joined = finding.joined_labels
    if joined is not None:
        return list(joined.regions)
    return list(dict.fromkeys(_regions_of_rows(finding)))


def _regions_of_rows(finding: Finding) -> list[str]:
    """Return the region of each row of sectors; a merged cell names the first row."""
    match, table = finding.match, finding.table
    if match is None or match.outer is None:
        return []
    names = filled([table.cells.label(row, match.outer[0]) for row in table.rows])
    by_row = dict(zip(table.rows, names, strict=True))
    return [by_row[row] for row in finding.rows]


def extra_labels(finding: Finding) -> list[SectorLabel]:
    """Return the labels of rows among the sectors without a column: more products."""
    match = finding.match
    if match is None:
        return []
    texts = [finding.table.row_texts(row) for row in finding.extra_rows]
    labels = [finding.table.cells.label(row, match.label) for row in finding.extra_rows]
    numbered = [f"row {row + 1}" for row in finding.extra_rows]
    codes = [
        min(filter(None, row_texts), key=len, default=number)
        for row_texts, number in zip(texts, numbered, strict=True)
    ]
    names = [
        max(row_texts, key=len) or code
        for row_texts, code in zip(texts, codes, strict=True)
    ]
    proposals = propose(codes, names)
    return [
        SectorLabel(*fields)
        for fields in zip(codes, names, labels, labels, proposals, strict=True)
    ]


def header_row_of(finding: Finding, lines: Sequence[Line]) -> int | None:
    """Return the header row with a unique label for each of some columns."""
    match = finding.match
    if match is None or not lines:
        return None
    headers = finding.table.headers
    for row in sorted(headers, key=lambda row: row != match.header):
        texts = [finding.table.cells.label(row, line.position) for line in lines]
        others = [finding.table.cells.label(row, c) for c in finding.columns]
        if _are_unique(texts) and not set(texts) & set(others):
            return row
    return None


def own_texts(finding: Finding, line: Line) -> tuple[str, ...]:
    """Return the labels of a column without the region."""
    match, table = finding.match, finding.table
    outer = match.outer[1] if match is not None and match.outer else None
    rows = [row for row in table.headers if row != outer]
    texts = tuple(table.cells.label(row, line.position) for row in rows)
    joined = finding.joined_labels
    if joined is None:
        return texts
    parts = [re.match(joined.pattern, text) for text in texts]
    return tuple(
        part["sector"] if part and part["region"] in joined.regions else text
        for part, text in zip(parts, texts, strict=True)
    )


def line_id(texts: Sequence[str]) -> str:
    """Return the id of a line: its code, or words of its name."""
    kept = [text for text in texts if text]
    code = min(kept, key=len, default="line")
    if len(code) <= _MAX_ID_LENGTH and " " not in code:
        return code
    words = re.findall(r"\w+", code.casefold())
    return "_".join(words[:4]) or "line"


def line_name(texts: Sequence[str]) -> str:
    """Return the name of a line: the longest of its labels."""
    return max(texts, key=len, default="")


def _glossary(survey: Survey, codes: list[str]) -> list[str] | None:
    """Return names for codes from a list on another sheet."""
    requested = set(codes)
    for sheet in survey.sheets:
        cells = sheet.cells
        for column in range(min(cells.shape[1] - 1, 8)):
            names = {
                cells.label(row, column): cells.texts[row, column + 1]
                for row in range(cells.shape[0])
                if cells.texts[row, column + 1]
            }
            if requested <= names.keys():
                return [names[code] for code in codes]
    return None


def _are_unique(texts: Sequence[str]) -> bool:
    return all(texts) and len(set(texts)) == len(texts)


def _length(texts: Sequence[str]) -> float:
    return float(np.median([len(text) for text in texts])) if texts else 0.0


def _code_rank(texts: Sequence[str]) -> tuple[bool, float]:
    """Rank codes: those with leading zeros first, then the shorter ones."""
    return not any(text.startswith("0") for text in texts), _length(texts)
