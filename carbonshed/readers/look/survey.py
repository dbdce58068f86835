"""The tables of a file or folder, classified, and the choice of one for a map."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain, takewhile
from pathlib import Path

import numpy as np

from carbonshed.progress import Progress
from carbonshed.readers.files.workbooks import SUFFIXES
from carbonshed.readers.look.classify import (
    COEFFICIENTS,
    DOMESTIC,
    IMPORTED,
    SYMMETRIC,
    TOTAL_FLOWS,
    USE,
    Finding,
    classify,
    gap_of,
)
from carbonshed.readers.look.detect import Cells, Table, find_tables, read_cells
from carbonshed.readers.look.match import plain
from carbonshed.readers.look.supply_use import find_supply_and_use
from carbonshed.readers.vocabulary import currency_of, unit_of

YEAR = re.compile(r"(?<!\d)(19[5-9]\d|20[0-4]\d)(?!\d)")
_MONTH = (
    "(jan|f[eé][bv]|m[aä]r|[aá][bpv]r|ma[iy]|ju[ilnú]|aug|ago|ao[uû]|sep|set|o[ckt]t"
    r"|out|no[vé]|de[ckz]|dic|déc)\w*"
)
# a day, and years of bases, classifications and files
_OTHER_DATE = re.compile(
    r"\d{1,2}[./-]\d{1,2}[./-]\d{4}|\d{4}([./-]\d{1,2}[./-]|年\d{1,2}月)\d{1,2}"
    rf"|\d{{1,2}}\.? (de )?{_MONTH} (de )?\d{{4}}|{_MONTH} \d{{1,2}}, \d{{4}}"
    r"|\b(base\b|isic|nace|sna|scn|esa|cpa|extract|updat|releas)\D{0,20}(\d\D+)?\d{4}",
    re.IGNORECASE,
)
_REGION = "{region}"
_WORDS = re.compile(r"[^\W_]+|[\W_]+")
_IS_YEAR = re.compile(r"\d\d$")  # IO05
# between shares of cells of two regions; tables in two currencies have the same
_MIN_DIFFERENCE = 0.2
_TITLE_COLUMNS = 8
_MAX_REMARKS = 500
_MAX_SHEETS = 200


@dataclass
class Sheet:
    """A sheet, or several with names that differ by a year or a region.

    Of several years it has the last's tables, of several regions the first's.
    """

    cells: Cells
    names: list[str]  # in the order of the file
    years: list[int]
    findings: list[Finding] = field(default_factory=list)
    other_shapes: list[str] = field(default_factory=list)  # sheets of other dimensions
    regions: list[str] = field(default_factory=list)  # in the names of sheets or files
    # the first of these names, and how a map writes it
    of_regions: tuple[str, str] = ("", "")

    @property
    def pattern(self) -> str:
        """The name of the sheet in a map, with ``{year}`` or ``{region}``."""
        name = self._of_region(self.names[-1])
        return YEAR.sub("{year}", name, count=1) if len(self.years) > 1 else name

    @property
    def file(self) -> str:
        """The name of the file in a map, with ``{region}`` if each has its own."""
        return self._of_region(self.cells.file)

    def _of_region(self, name: str) -> str:
        first, written = self.of_regions
        return written if name == first else name


@dataclass
class Survey:
    """The sheets and tables of a file or folder."""

    path: Path
    sheets: list[Sheet]
    best: Finding | None = None  # the table that a map should read
    supply: Finding | None = None  # the supply table, if that is a use table
    imported: Finding | None = None  # the table of imports of the same products
    is_at_purchasers_prices: bool | None = None  # the use table; None if not known
    left_out: int = 0  # number of sheets that were skipped

    @property
    def findings(self) -> list[Finding]:
        """The tables of all sheets."""
        return [finding for sheet in self.sheets for finding in sheet.findings]

    @property
    def is_csv(self) -> bool:
        """True for files that are read as CSV."""
        return all(
            not sheet.cells.file.lower().endswith(SUFFIXES) for sheet in self.sheets
        )

    @property
    def has_emissions(self) -> bool:
        """True if the best table has rows or columns of emissions."""
        return self.best is not None and bool(self.best.emission_lines)

    @property
    def has_years(self) -> bool:
        """True if the best table has several years, which need a file of population."""
        if self.best is None:
            return False
        return len(years_of(self.sheet_of(self.best.table), self.best)) > 1

    @property
    def remarks(self) -> list[str]:
        """The texts of sheets without tables: notes on all tables."""
        texts = [
            str(text)
            for sheet in self.sheets
            if not sheet.findings
            for text in sheet.cells.texts.ravel()
            if text
        ]
        return texts[:_MAX_REMARKS]

    def sheet_of(self, table: Table) -> Sheet:
        """Return the sheet of a table."""
        return next(s for s in self.sheets if _place(s.cells) == _place(table.cells))


def _place(cells: Cells) -> tuple[str, str]:
    return cells.file, cells.sheet


def years_of(sheet: Sheet, finding: Finding) -> list[int]:
    """Return the years of a table by its labels, sheets or titles.

    Titles that name several tell none, and neither does the name of such a file.
    """
    if finding.stack.year is not None:
        return list(finding.stack.year[1])
    if sheet.years:
        return sorted(set(sheet.years))
    # a code in a header, such as 1991, is no year where a title names one
    table = finding.table
    above = [row for row in range(table.top, table.rows[0]) if row not in table.headers]
    for texts in (_titles(finding, above), _titles(finding), [sheet.cells.file]):
        kept = (_OTHER_DATE.sub(" ", text) for text in texts)
        years = {int(year) for text in kept for year in YEAR.findall(text)}
        if years:
            return list(years) if len(years) == 1 else []
    return []


def year_cell_of(finding: Finding, year: int) -> tuple[int, int] | None:
    """Return the position of a cell above the table with the year."""
    first, cells = finding.table.rows[0], finding.table.cells
    for row in range(finding.table.top, first):
        for column in range(min(_TITLE_COLUMNS, cells.shape[1])):
            if str(year) in YEAR.findall(cells.label(row, column)):
                return row, column
    return None


def money_of(finding: Finding, remarks: list[str]) -> tuple[str | None, float | None]:
    """Return the currency and the unit of numbers according to titles and notes."""
    texts = [*_titles(finding), *remarks]
    currency = next((c for c in map(currency_of, texts) if c), None)
    unit = next((u for u in map(unit_of, texts) if u), None)
    return currency, unit


def _titles(finding: Finding, rows: Sequence[int] = ()) -> list[str]:
    """Return the texts above the first columns of a table, in some rows or in all."""
    table = finding.table
    rows = rows or range(table.top, table.rows[0])
    texts = [text for row in rows for text in table.cells.texts[row, :_TITLE_COLUMNS]]
    # numbers in titles are years; units may be above every column
    above = [table.cells.label(row, table.columns[0]) for row in rows]
    numbers = [table.cells.label(row, column) for row in rows for column in range(3)]
    return [text for text in [*texts, *above, *numbers] if text]


def choose_tables(survey: Survey) -> None:
    """Choose the table that a map should read, its supply table and its imports."""
    ranks = {(SYMMETRIC, DOMESTIC): 0, (SYMMETRIC, TOTAL_FLOWS): 1}
    usable = [
        finding
        for finding in survey.findings
        if finding.match and finding.kind in (SYMMETRIC, USE)
    ]
    usable.sort(
        key=lambda f: (
            f.table.cells.is_hidden,
            ranks.get((f.kind, f.origin), 2),
            -len(f.rows),
        )
    )
    survey.best = next(iter(usable), None)
    if survey.best is None or survey.best.kind == USE:
        _choose_supply_and_use(survey)
    best = survey.best
    if best is None:
        return
    survey.imported = next(
        (
            finding
            for finding in survey.findings
            if finding.kind == IMPORTED and _same_labels(finding, best)
            # imports by product, like the table, or by industry
            if _is_symmetric(finding) == _is_symmetric(best)
        ),
        None,
    )


def _choose_supply_and_use(survey: Survey) -> None:
    """Choose the supply and the use table that fit each other, if there are any."""
    others = (COEFFICIENTS, SYMMETRIC, IMPORTED)
    narrow = [
        Finding(table)
        for sheet in survey.sheets
        if not sheet.findings and not sheet.cells.is_hidden
        for table in find_tables(sheet.cells, narrowest=1)
    ]
    found = find_supply_and_use(
        [finding for finding in survey.findings if finding.kind not in others], narrow
    )
    if found is None:
        return
    tables = found.supply, found.use
    parts = [part.table for finding in tables for part in finding.table.parts]
    for finding in narrow:
        if any(finding.table is part for part in parts):
            survey.sheet_of(finding.table).findings.append(finding)
    for sheet in survey.sheets:
        sheet.findings = [
            next((own for own in tables if own.table.is_at(finding.table)), finding)
            for finding in sheet.findings
        ]
    for finding in survey.findings:
        if any(finding.table is part for part in parts):
            finding.doubts = []
    survey.supply, survey.best = found.supply, found.use
    survey.is_at_purchasers_prices = found.is_at_purchasers_prices


def others_like(survey: Survey) -> list[str]:
    """Return sheets and titles of other tables of flows with the same sectors."""
    used = (survey.best, survey.supply, survey.imported)
    if survey.best is None:
        return []
    return [
        f"{sheet.pattern!r}: {finding.title or finding.kind}"
        for sheet in survey.sheets
        for finding in sheet.findings
        if not any(finding is other for other in used)
        if finding.kind != COEFFICIENTS and _same_labels(finding, survey.best)
    ]


def _same_labels(one: Finding, other: Finding) -> bool:
    """Return whether two tables have the same products."""
    if one is other or not one.match or not other.match:
        return False
    texts = [
        {plain(text) for row in table.rows for text in table.table.row_texts(row)}
        for table in (one, other)
    ]
    return len(texts[0] & texts[1]) > 0.8 * len(one.rows)


def _is_symmetric(finding: Finding) -> bool:
    return "symmetric" in plain(finding.title)


def survey_files(path: Path, progress: Progress) -> Survey:
    """Return the tables of a workbook, a CSV file, or a folder of them."""
    sheets, left_out = _families(read_cells(path), progress)
    for number, sheet in enumerate(sheets):
        progress(f"judging {sheet.names[-1]}", number / max(len(sheets), 1))
        sheet.findings = [classify(table) for table in find_tables(sheet.cells)]
    survey = Survey(path, _with_regions(sheets), left_out=left_out)
    choose_tables(survey)
    return survey


def _with_regions(sheets: list[Sheet]) -> list[Sheet]:
    """Return sheets, one for those that differ by the name of a region."""
    by_lines: dict[tuple | None, list[Sheet]] = {}
    for sheet in sheets:
        by_lines.setdefault(_lines_of(sheet), []).append(sheet)
    by_lines.pop(None, None)
    for first, *others in chain.from_iterable(map(_unlike, by_lines.values())):
        names, of_regions = _regions_of_names([first, *others])
        are_named = all(names) and len(set(names)) == len(names)
        if others and are_named and not all(map(_IS_YEAR.search, names)):
            first.regions, first.of_regions = names, of_regions
            sheets = [s for s in sheets if all(s is not other for other in others)]
    return sheets


def _unlike(sheets: list[Sheet]) -> list[list[Sheet]]:
    """Return groups of sheets, in each of them those with other shares of cells."""
    groups: list[list[tuple[Sheet, np.ndarray]]] = []
    for sheet in sheets:
        block = sheet.findings[0].block
        shares = block / np.abs(block).sum()
        for group in groups:
            if all(gap_of(own, shares) > _MIN_DIFFERENCE for _, own in group):
                group.append((sheet, shares))
                break
        else:
            groups.append([(sheet, shares)])
    return [[sheet for sheet, _ in group] for group in groups]


def _regions_of_names(sheets: list[Sheet]) -> tuple[list[str], tuple[str, str]]:
    """Return what differs between the names of sheets, or between those of files.

    Also the first of these names, and how a map writes it.
    """
    names = [sheet.names[-1] for sheet in sheets]
    if len(set(names)) < len(names):
        names = [sheet.cells.file for sheet in sheets]
    words = [_WORDS.findall(name) for name in names]
    head = sum(1 for _ in takewhile(_is_same, zip(*words, strict=False)))
    turned = [text[head:][::-1] for text in words]
    tail = sum(1 for _ in takewhile(_is_same, zip(*turned, strict=False)))
    regions = ["".join(text[tail:][::-1]) for text in turned]
    parts = [*words[0][:head], _REGION, *turned[0][:tail][::-1]]
    return regions, (names[0], "".join(parts))


def _is_same(words: Sequence[str]) -> bool:
    return len(set(words)) == 1


def _lines_of(sheet: Sheet) -> tuple | None:
    """Return what sheets of regions have in common, None for any other sheet."""
    if sheet.cells.is_hidden or len(sheet.findings) != 1:
        return None
    (finding,) = sheet.findings
    if finding.kind != SYMMETRIC or finding.match.outer or finding.joined_labels:
        return None
    if not finding.block.any():
        return None
    table = finding.table
    return (
        tuple(sheet.years),
        finding.origin,
        finding.match,
        tuple(map(table.row_texts, table.rows)),
        tuple(map(table.column_texts, table.columns)),
    )


def _families(cells: Iterable[Cells], progress: Progress) -> tuple[list[Sheet], int]:
    """Return sheets, one for names that differ by a year, and how many were skipped."""
    families: dict[tuple[str, str], Sheet] = {}
    count = 0
    for sheet_cells in cells:
        count += 1
        if count > _MAX_SHEETS:
            continue
        progress(f"reading {sheet_cells.sheet}", min(count / _MAX_SHEETS, 1.0))
        years = YEAR.findall(sheet_cells.sheet)
        key = (sheet_cells.file, YEAR.sub("{year}", sheet_cells.sheet, count=1))
        family = families.get(key)
        year = [int(years[0])] if years else []
        if family is None:
            families[key] = Sheet(sheet_cells, [sheet_cells.sheet], year)
            continue
        if sheet_cells.shape != family.cells.shape:
            family.other_shapes.append(sheet_cells.sheet)
        family.cells = sheet_cells
        family.names.append(sheet_cells.sheet)
        family.years += year
    return list(families.values()), max(0, count - _MAX_SHEETS)
