"""All tables of a file or folder, judged, and what titles say of them."""

import re
from dataclasses import dataclass, field
from pathlib import Path

from carbonshed.readers.files.workbooks import SUFFIXES
from carbonshed.readers.look.cells import Cells
from carbonshed.readers.look.finding import Finding
from carbonshed.readers.vocabulary import (
    EMISSIONS,
    currency_of,
    unit_of,
)

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
