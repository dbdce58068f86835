"""Ids, names and groups of the sectors, and ids of the lines of a table.

Groups follow from codes of a classification. Without such codes none is proposed: a
list of words would be wrong in the next language, and in silence.
"""

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from carbonshed.errors import CarbonshedError
from carbonshed.readers.files.workbooks import (
    cell_name,
    column_letters,
    column_number,
)
from carbonshed.readers.look.classify import Finding, Line
from carbonshed.readers.look.detect import Cells, find_tables, read_cells
from carbonshed.readers.look.match import filled
from carbonshed.readers.look.survey import Survey
from carbonshed.readers.vocabulary import is_total
from carbonshed.text import listing, suggestion

AGRICULTURE, ENERGY, CONSTRUCTION = "agriculture", "energy", "construction"
HEAVY, LIGHT, HIGH_TECH, SERVICES = (
    *("heavy_industry", "light_industry", "high_tech"),
    "services",
)

# ISIC Rev. 4 and NACE Rev. 2: the last division of each section and run, its group
_DIVISIONS = (
    (3, "A", AGRICULTURE),
    *((6, "B", ENERGY), (8, "B", HEAVY), (9, "B", ENERGY)),
    *((18, "C", LIGHT), (19, "C", ENERGY), (25, "C", HEAVY), (30, "C", HIGH_TECH)),
    *((33, "C", LIGHT), (35, "D", ENERGY), (39, "E", SERVICES)),
    (43, "F", CONSTRUCTION),
    *((47, "G", SERVICES), (53, "H", SERVICES), (56, "I", SERVICES)),
    *((63, "J", SERVICES), (66, "K", SERVICES), (68, "L", SERVICES)),
    *((75, "M", SERVICES), (82, "N", SERVICES), (84, "O", SERVICES)),
    *((85, "P", SERVICES), (88, "Q", SERVICES), (93, "R", SERVICES)),
    *((96, "S", SERVICES), (98, "T", SERVICES), (99, "U", SERVICES)),
)
_SECTIONS = {section: group for _, section, group in _DIVISIONS} | {"C": HEAVY}
_NO_DIVISIONS = {4, 34, 40, 44, 48, 54, 57, 67, 76, 83, 89}
_OF_DIVISIONS = "D"  # the letter before each division in tables of the OECD
_ISIC = re.compile(
    r"(?:CPA_|NACE_|ISIC_)?([A-U])(\d\d)?(\d*[A-Z]?)(?:(?:[-_T]|_?T)[A-U]?\d*)*"
)
# NAICS: how codes of a group begin; the first that fits counts
_NAICS = (
    ("212|32[567]|33[12]", HEAVY),
    ("21|22|324", ENERGY),
    ("33[3456]", HIGH_TECH),
    ("3", LIGHT),
    ("11", AGRICULTURE),
    ("23", CONSTRUCTION),
)
_BEA = re.compile(r"\d{2,4}[A-Z]{0,3}|4A0|HS|ORE|G[A-Z]{2,3}|Other|Used")
_MAX_UNLIKE_SHARE = 0.1
_MAX_ID_LENGTH = 12


@dataclass(frozen=True)
class Proposal:
    """The group of a sector, and what it follows from; empty if nothing tells."""

    group: str = ""  # one of the contract's
    is_power_supply: bool | None = None
    reason: str = ""  # ISIC or NAICS


def propose(codes: Sequence[str]) -> list[Proposal]:
    """Propose the group of every sector by its code."""
    plain = [code.strip() for code in codes]
    isic = _by_isic(plain)
    if _fit(isic) and any(len(code) > 1 for code in plain):
        return isic
    is_bea = [_BEA.fullmatch(code) is not None for code in plain]
    # North American codes are such as 111CA, 3361MV and 5411
    has_naics = any(re.fullmatch(r"\d{3,4}[A-Z]{2}", code) for code in plain)
    if has_naics and sum(is_bea) > (1 - _MAX_UNLIKE_SHARE) * len(plain):
        return list(map(_by_naics, plain))
    return [Proposal()] * len(plain)


def _fit(proposals: Sequence[Proposal]) -> bool:
    unlike = sum(not proposal.group for proposal in proposals)
    return unlike <= _MAX_UNLIKE_SHARE * len(proposals)


def _by_isic(codes: Sequence[str]) -> list[Proposal]:
    matches = [_ISIC.fullmatch(code) for code in codes]
    divisions = {int(match[2]) for match in matches if match and match[2]}
    if divisions & _NO_DIVISIONS:  # running numbers
        return [Proposal()] * len(codes)
    is_plain = {match[1] for match in matches if match} == {_OF_DIVISIONS}
    return [_of_division(match, is_plain) if match else Proposal() for match in matches]


def _of_division(match: re.Match[str], is_plain: bool) -> Proposal:
    section, division = match[1], match[2]
    if division is None:
        if match[3]:  # C1 is the first of something else
            return Proposal()
        return Proposal(_SECTIONS[section], section == "D", "ISIC")
    number = int(division)
    own, group = next(run[1:] for run in _DIVISIONS if number <= run[0])
    if own != section and not is_plain:
        return Proposal()
    return Proposal(group, number == 35, "ISIC")


def _by_naics(code: str) -> Proposal:
    if not code[:1].isdigit():
        return Proposal()
    group = next((group for head, group in _NAICS if re.match(head, code)), SERVICES)
    return Proposal(group, code == "22", "NAICS")


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
    rows, columns = finding.rows, finding.columns
    joined = finding.joined_labels
    if joined is not None:
        names = list(joined.sectors)
        return _labelled(names, names, propose(names))
    if match.beside is not None:
        levels = [filled(table.down(column, rows)) for column in table.labels]
        first = levels[table.labels.index(match.beside[0])]
        second = table.down(match.label, rows)
        names = [" ".join(dict.fromkeys(texts)) for texts in zip(*levels, strict=True)]
        ids = [f"{one} {two}" for one, two in zip(first, second, strict=True)]
        return _labelled(ids, names, propose(first))
    outer: tuple[int, ...] = ()
    if match.outer is not None:  # every region has the same sectors
        outer = match.outer
        of_regions = _regions_of_rows(finding)
        count = of_regions.count(of_regions[0])
        rows, columns = rows[:count], columns[:count]
    down = [table.down(c, rows) for c in table.labels if c not in outer[:1]]
    across = [table.across(r, columns) for r in table.headers if r not in outer[1:]]
    row_labels = table.down(match.label, rows)
    column_labels = table.across(match.header, columns)
    if not match.is_square:
        return _named(survey, across, across, column_labels, column_labels)
    sides = [*across, *down] if match.is_renamed else [*down, *across]
    return _named(survey, sides, down, row_labels, column_labels)


def product_labels(survey: Survey, finding: Finding) -> list[SectorLabel]:
    """Return the labels of rows that are not those of columns, none if they are."""
    if finding.match.is_square:
        return []
    table, rows = finding.table, finding.rows
    down = [table.down(column, rows) for column in table.labels]
    labels = table.down(finding.match.label, rows)
    return _named(survey, down, down, labels, labels)


def _named(
    survey: Survey,
    sides: Sequence[list[str]],
    among: Sequence[list[str]],
    row_labels: list[str],
    column_labels: list[str],
) -> list[SectorLabel]:
    """Return labels with ids, the shortest texts, and with names, the longest."""
    unique = [texts for texts in sides if _are_unique(texts)]
    short = [texts for texts in unique if _length(texts) <= _MAX_ID_LENGTH]
    codes = min(short or unique or [row_labels], key=_code_rank)
    names = max(among, key=_length, default=codes)
    if not any(re.search(r"[^\W\d_]{3}", name) for name in names):
        names = _glossary(survey, codes) or names
    names = [name or code for name, code in zip(names, codes, strict=True)]
    return _labelled(codes, names, propose(codes), row_labels, column_labels)


def labels_of_column(
    path: Path, sheet: str, column: str, names: str | None, rows: str | None
) -> list[SectorLabel]:
    """Return the labels in a column of a sheet, in the order of their rows.

    `names` is a second column, and `rows`, such as 5:60, are those that count.
    """
    if path.is_dir():
        raise CarbonshedError(f"{path}: is a folder; expected one file")
    others = []
    for cells in read_cells(path):
        if cells.sheet == sheet:
            break
        others.append(cells.sheet)
    else:
        raise CarbonshedError(
            f"{path}: no sheet {sheet!r}{suggestion(sheet, others)}; sheets: "
            f"{listing(others, 8, quote=True)}"
        )
    where = f"{path}: sheet {sheet!r}"
    if not cells.shape[1]:
        raise CarbonshedError(f"{where}: is empty")
    first, last = _span(rows, cells, where)
    at, beside = (_position(name, cells, where) for name in (column, names or column))
    rows_by_label: dict[str, int] = {}
    for row in range(first, last):
        label = cells.label(row, at).strip()
        if rows is None and is_total(label):
            raise CarbonshedError(
                f"{where}: {label!r} in {cell_name(row, at)} is a total; name the rows "
                "of sectors with --rows 5:60"
            )
        if label and rows_by_label.setdefault(label, row) != row:
            raise CarbonshedError(
                f"{where}: {label!r} is in {cell_name(row, at)} and in "
                f"{cell_name(rows_by_label[label], at)}; expected each label once: "
                "name the rows of sectors with --rows 5:60"
            )
    if not rows_by_label:
        raise CarbonshedError(f"{where}: column {column} has no labels")
    labels = list(rows_by_label)
    texts = [cells.texts[row, beside] or label for label, row in rows_by_label.items()]
    return _labelled(labels, texts, propose(labels))


def _span(rows: str | None, cells: Cells, where: str) -> tuple[int, int]:
    """Return the first row and that behind the last, from 0.

    They are those of the first table of the sheet, or all, if none are named.
    """
    if rows is None:
        table = next(iter(find_tables(cells)), None)
        return (table.rows[0], table.rows[-1] + 1) if table else (0, cells.shape[0])
    match = re.fullmatch(r"(\d+):(\d+)", rows)
    if match is None or not 0 < int(match[1]) <= int(match[2]):
        raise CarbonshedError(f"--rows {rows}: expected two rows, such as 5:60")
    if int(match[2]) > cells.shape[0]:
        raise CarbonshedError(f"{where}: --rows {rows}: it has {cells.shape[0]} rows")
    return int(match[1]) - 1, int(match[2])


def _position(letters: str, cells: Cells, where: str) -> int:
    if re.fullmatch(r"[A-Za-z]{1,3}", letters):
        position = column_number(letters)
        if position < cells.shape[1]:
            return position
    last = column_letters(cells.shape[1] - 1)
    raise CarbonshedError(f"{where}: column {letters!r}: expected one of A to {last}")


def _labelled(
    ids: list[str],
    names: list[str],
    proposals: list[Proposal],
    rows: list[str] | None = None,
    columns: list[str] | None = None,
) -> list[SectorLabel]:
    """Return the labels of sectors; rows and columns without any have the ids."""
    fields = zip(ids, names, rows or ids, columns or ids, proposals, strict=True)
    return list(itertools.starmap(SectorLabel, fields))


def prefix_of(finding: Finding, rows: Sequence[int]) -> str:
    """Return the common prefix of the labels of rows, such as DOM_."""
    match = finding.match
    if not match.is_renamed:
        return ""
    labels = finding.table.down(match.label, rows)
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
    if match.outer is None:
        return []
    names = filled(table.down(match.outer[0]))
    by_row = dict(zip(table.rows, names, strict=True))
    return [by_row[row] for row in finding.rows]


def header_row_of(finding: Finding, lines: Sequence[Line]) -> int | None:
    """Return the header row with a unique label for each of some columns."""
    match = finding.match
    if not lines:
        return None
    table = finding.table
    for row in sorted(table.headers, key=lambda row: row != match.header):
        texts = table.across(row, (line.position for line in lines))
        others = table.across(row, finding.columns)
        if _are_unique(texts) and not set(texts) & set(others):
            return row
    return None


def own_texts(finding: Finding, line: Line) -> tuple[str, ...]:
    """Return the labels of a column without the region."""
    match, table = finding.match, finding.table
    outer = match.outer[1] if match.outer else None
    rows = [row for row in table.headers if row != outer]
    texts = tuple(table.down(line.position, rows))
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
    """Return the name of a line: the longest of its labels, numbers last."""
    return max(texts, key=lambda text: (not text.isdigit(), len(text)), default="")


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
