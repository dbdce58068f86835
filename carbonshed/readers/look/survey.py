"""All tables of a file or folder, judged, and what titles say of them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from carbonshed.readers.files.workbooks import SUFFIXES
from carbonshed.readers.look.classify import CLOSE, judge
from carbonshed.readers.look.detect import Cells, find_tables, read_cells
from carbonshed.readers.look.finding import (
    COEFFICIENTS,
    DOMESTIC,
    IMPORTED,
    SUPPLY,
    SYMMETRIC,
    TOTAL_FLOWS,
    USE,
    Finding,
)
from carbonshed.readers.look.match import plain
from carbonshed.readers.vocabulary import (
    EMISSIONS,
    MARGINS,
    TAXES,
    currency_of,
    unit_of,
)
from carbonshed.text import Progress

YEAR = re.compile(r"(?<!\d)(19[5-9]\d|20[0-4]\d)(?!\d)")
_TITLE_ROWS = 8
_MOST_REMARKS = 500


@dataclass
class Sheet:
    """A sheet, or several that differ by their year alone.

    Attributes
    ----------
    cells
        The cells of the last of them.
    names
        All of them, in the order of the file.
    years
        Their years, if there are several.
    findings
        The tables on the last one.
    other_shapes
        Sheets of the family with other dimensions.
    """

    cells: Cells
    names: list[str]
    years: list[int]
    findings: list[Finding] = field(default_factory=list)
    other_shapes: list[str] = field(default_factory=list)

    @property
    def pattern(self) -> str:
        """Name of the sheet for a map: with ``{year}`` where there are several."""
        if len(self.names) < 2:
            return self.names[-1]
        return YEAR.sub("{year}", self.names[-1], count=1)


@dataclass
class Survey:
    """What a file or folder holds.

    Attributes
    ----------
    path
        The file or folder.
    sheets
        What is on its sheets.
    best
        The table that a map should read, None if no table will do.
    supply
        The supply table that goes with it, if it is a use table.
    imported
        The table of imports that goes with it.
    is_at_purchasers_prices
        Whether the use table is, by the supply table; None: cannot be told.
    left_out
        Sheets that were not looked at.
    """

    path: Path
    sheets: list[Sheet]
    best: Finding | None = None
    supply: Finding | None = None
    imported: Finding | None = None
    is_at_purchasers_prices: bool | None = None
    left_out: int = 0

    @property
    def findings(self) -> list[Finding]:
        """All tables."""
        return [finding for sheet in self.sheets for finding in sheet.findings]

    @property
    def is_csv(self) -> bool:
        """Whether it is read as CSV."""
        return all(
            not sheet.cells.file.lower().endswith(SUFFIXES) for sheet in self.sheets
        )

    @property
    def has_emissions(self) -> bool:
        """Whether the table has rows of emissions."""
        lines = self.best.row_lines if self.best is not None else ()
        return any(line.role.name == EMISSIONS for line in lines)

    @property
    def has_years(self) -> bool:
        """Whether the table is of several years: people are in a file of their own."""
        if self.best is None:
            return False
        return len(years_of(self.sheet_of(self.best), self.best)) > 1

    @property
    def remarks(self) -> list[str]:
        """Texts of the sheets without tables: notes that hold for all."""
        texts = [
            str(text)
            for sheet in self.sheets
            if not sheet.findings
            for text in sheet.cells.texts.ravel()
            if text
        ]
        return texts[:_MOST_REMARKS]

    def sheet_of(self, finding: Finding) -> Sheet:
        """Return the sheet that a table is on."""
        return next(s for s in self.sheets if any(f is finding for f in s.findings))


def years_of(sheet: Sheet, finding: Finding) -> list[int]:
    """Return the years that a table seems to be of: labels, sheets, titles."""
    if finding.stack.year is not None:
        return list(finding.stack.year[1])
    if sheet.years:
        return sorted(set(sheet.years))
    texts = [*_titles(finding), sheet.cells.sheet, sheet.cells.file]
    found = [int(year) for text in texts for year in YEAR.findall(text)]
    return found[:1]


def year_cell_of(finding: Finding, year: int) -> tuple[int, int] | None:
    """Return a cell above the table that holds the year."""
    first, cells = finding.table.rows[0], finding.table.cells
    for row in range(finding.table.top, first):
        for column in range(min(_TITLE_ROWS, cells.shape[1])):
            if str(year) in YEAR.findall(cells.label(row, column)):
                return row, column
    return None


def money_of(finding: Finding, remarks: list[str]) -> tuple[str | None, float | None]:
    """Return the currency and what one number is worth, as titles and notes say."""
    texts = [*_titles(finding), *remarks]
    currency = next((c for c in map(currency_of, texts) if c), None)
    unit = next((u for u in map(unit_of, texts) if u), None)
    return currency, unit


def _titles(finding: Finding) -> list[str]:
    """Return the texts above a table, without the labels of many columns."""
    table = finding.table
    rows = range(table.top, table.rows[0])
    texts = [text for row in rows for text in table.cells.texts[row, :_TITLE_ROWS]]
    # numbers in titles are years; units may stand above every column
    above = [table.cells.label(row, table.columns[0]) for row in rows]
    numbers = [table.cells.label(row, column) for row in rows for column in range(3)]
    return [text for text in [*texts, *above, *numbers] if text]


def choose(found: Survey) -> None:
    """Choose the table that a map should read, and what goes with it."""
    ranks = {(SYMMETRIC, DOMESTIC): 0, (SYMMETRIC, TOTAL_FLOWS): 1}
    usable = [
        finding
        for finding in found.findings
        if finding.match and finding.kind in (SYMMETRIC, USE)
    ]
    usable.sort(key=lambda f: (ranks.get((f.kind, f.origin), 2), -len(f.rows)))
    found.best = next(iter(usable), None)
    best = found.best
    if best is None:
        return
    if best.kind == USE:
        found.supply, found.best = _supply_and_use(found, usable)
        best = found.best
    found.imported = next(
        (
            finding
            for finding in found.findings
            if finding.kind == IMPORTED and _same_labels(finding, best)
            if _is_near(finding, best)
        ),
        None,
    )


def others_like(found: Survey) -> list[str]:
    """Return places of other tables of flows with the same sectors."""
    used = (found.best, found.supply, found.imported)
    if found.best is None:
        return []
    return [
        f"{sheet.pattern!r}: {finding.title or finding.kind}"
        for sheet in found.sheets
        for finding in sheet.findings
        if not any(finding is each for each in used)
        if finding.kind != COEFFICIENTS and _same_labels(finding, found.best)
    ]


def _same_labels(one: Finding, other: Finding) -> bool:
    """Return whether two tables are about the same products."""
    if one is other or not one.match or not other.match:
        return False
    texts = [
        {plain(text) for row in each.rows for text in each.table.row_texts(row)}
        for each in (one, other)
    ]
    return len(texts[0] & texts[1]) > 0.8 * len(one.rows)


def _is_near(imports: Finding, best: Finding) -> bool:
    """Return whether imports are laid out like the table: symmetric or by industry."""
    words = plain(imports.title), plain(best.title)
    return ("symmetric" in words[0]) == ("symmetric" in words[1])


def _supply_and_use(
    found: Survey, uses: list[Finding]
) -> tuple[Finding | None, Finding]:
    """Return the supply table, and the use table that fits it best."""
    supply = next((f for f in found.findings if f.kind == SUPPLY), None)
    if supply is None:
        return None, uses[0]
    best, priced = uses[0], None
    for use in uses:
        basis = _prices(supply, use)
        if basis is False:  # basic prices need no margins
            best, priced = use, basis
            break
        if basis is not None and priced is None:
            best, priced = use, basis
    found.is_at_purchasers_prices = priced
    return supply, best


def _prices(supply: Finding, use: Finding) -> bool | None:
    """Return whether use is at purchasers' prices; None if it cannot be told."""
    used = _by_product(use)
    sums = [line for line in supply.column_lines if len(line.parts) > 1]
    gaps = {}
    for line in sums:
        offered = _by_product(supply, line.position)
        common = [name for name in used if name in offered]
        if len(common) < 3:
            continue
        one = np.array([used[name] for name in common])
        other = np.array([offered[name] for name in common])
        size = np.abs(other).sum()
        gaps[line.position] = np.abs(one - other).sum() / size if size else 1.0
    if not gaps or min(gaps.values()) > CLOSE:
        return None
    place = min(gaps, key=lambda position: gaps[position])
    layers = [
        line.position
        for line in supply.column_lines
        if line.role.name in (MARGINS, TAXES) and not line.is_zero
    ]
    return any(position < place for position in layers)


def _by_product(finding: Finding, column: int | None = None) -> dict[str, float]:
    """Return the values of a column, or the largest sum of rows, by product."""
    if column is None:
        sums = [line for line in finding.column_lines if line.parts]
        if not sums:
            return {}
        column = max(sums, key=lambda line: len(line.parts)).position
    values = np.nan_to_num(finding.table.cells.numbers[:, column])
    return {
        plain(finding.table.row_texts(row)[0]): float(values[row])
        for row in (*finding.rows, *finding.extra_rows)
    }


_MOST_SHEETS = 200


def survey(path: Path, progress: Progress) -> Survey:
    """Look at all sheets of a file or folder.

    Parameters
    ----------
    path
        A workbook, a CSV file, or a folder of them.
    progress
        Called with the sheet that is looked at.

    Raises
    ------
    CarbonshedError
        If nothing can be read.
    """
    sheets, left_out = _families(read_cells(path), progress)
    for number, sheet in enumerate(sheets):
        progress(f"judging {sheet.names[-1]}", number / max(len(sheets), 1))
        sheet.findings = [judge(table) for table in find_tables(sheet.cells)]
    found = Survey(path, sheets, left_out=left_out)
    choose(found)
    return found


def _families(cells: Iterable[Cells], progress: Progress) -> tuple[list[Sheet], int]:
    """Return the sheets, those that differ by a year taken together."""
    families: dict[tuple[str, str], Sheet] = {}
    count = 0
    for each in cells:
        count += 1
        if count > _MOST_SHEETS:
            continue
        progress(f"reading {each.sheet}", min(count / _MOST_SHEETS, 1.0))
        years = YEAR.findall(each.sheet)
        key = (each.file, YEAR.sub("{year}", each.sheet, count=1))
        known = families.get(key)
        year = [int(years[0])] if years else []
        if known is None:
            families[key] = Sheet(each, [each.sheet], year)
            continue
        if each.shape != known.cells.shape:
            known.other_shapes.append(each.sheet)
        known.cells = each
        known.names.append(each.sheet)
        known.years += year
    return list(families.values()), max(0, count - _MOST_SHEETS)
