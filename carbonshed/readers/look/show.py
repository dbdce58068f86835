"""A description of the tables of a file, as lines of text."""

from collections.abc import Iterator

from carbonshed.readers.files.workbooks import cell_name, column_letters
from carbonshed.readers.look.classify import (
    COEFFICIENTS,
    IMPORTED,
    SUPPLY,
    SYMMETRIC,
    UNKNOWN_ORIGIN,
    USE,
    Finding,
    Line,
)
from carbonshed.readers.look.detect import Table
from carbonshed.readers.look.survey import (
    Sheet,
    Survey,
    money_of,
    others_like,
    years_of,
)
from carbonshed.readers.vocabulary import UNKNOWN
from carbonshed.text import listing

_MAX_LINES = 40
_MAX_NAMES_SHOWN = 8
_LIST_COLUMNS, _LIST_ROWS = 12, 500
_WIDTH = 60
_KINDS = {
    SYMMETRIC: "symmetric table: sectors by the same sectors",
    USE: "use table: products by industries, or imports are inside",
    SUPPLY: "supply table: products by the industries that make them",
    IMPORTED: "table of imports alone",
    COEFFICIENTS: "coefficients, no flows of money",
}


def describe(survey: Survey) -> Iterator[str]:
    """Yield the lines that describe the tables of a file or folder."""
    for sheet in survey.sheets:
        yield from _sheet(sheet, survey.remarks)
    if survey.left_out:
        yield f"{survey.left_out} more sheets were skipped"
    yield ""
    yield from _verdict(survey)


def range_of(finding: Finding) -> str:
    """Return the cells of the square of sectors: C8:BU78."""
    first = cell_name(finding.rows[0], min(finding.columns))
    return f"{first}:{cell_name(finding.rows[-1], max(finding.columns))}"


def _sheet(sheet: Sheet, remarks: list[str]) -> Iterator[str]:
    height, width = sheet.cells.shape
    name = f"sheet {sheet.names[-1]!r} of {sheet.cells.file}: {height} x {width} cells"
    if sheet.regions:
        name += f"; regions {listing(sheet.regions, _MAX_NAMES_SHOWN)}, each alike"
    elif len(sheet.names) > 1:
        span = f"{min(sheet.years)} to {max(sheet.years)}"
        name += f"; {len(sheet.names)} sheets alike, {span}"
    yield f"{name}; hidden" if sheet.cells.is_hidden else name
    if sheet.other_shapes:
        odd = listing(sheet.other_shapes, _MAX_NAMES_SHOWN, quote=True)
        yield f"  of another size: {odd}"
    for note in sheet.cells.notes:
        yield f"  read: {note}"
    if not sheet.findings:
        yield "  no table of numbers with labels"
    for finding in sheet.findings:
        yield from _finding(sheet, finding, remarks)


def _finding(sheet: Sheet, finding: Finding, remarks: list[str]) -> Iterator[str]:
    table = finding.table
    corner = cell_name(table.rows[0], table.columns[0])
    end = cell_name(*table.end)
    title = finding.title[:_WIDTH]
    yield f"  numbers {corner}:{end}{f': {title}' if title else ''}"
    heads = listing((row + 1 for row in table.headers), _MAX_NAMES_SHOWN)
    sides = listing(map(column_letters, table.labels), _MAX_NAMES_SHOWN)
    yield f"    labels in rows {heads}; in columns {sides}"
    yield from _stack(finding)
    if finding.match is None:
        yield from (f"    unclear: {doubt}" for doubt in finding.doubts)
        return
    years = years_of(sheet, finding)
    currency, unit = money_of(finding, remarks)
    texts = [
        f"years {years[0]} to {years[-1]}" if len(years) > 1 else f"year {years[0]}"
        for _ in years[:1]
    ]
    texts += [f"currency {currency}"] * bool(currency)
    texts += [f"unit {unit:,.0f}"] if unit else []
    yield f"    stated: {listing(texts, empty='no year, no currency, no unit')}"
    kind = _KINDS.get(finding.kind, "kind unknown: neither balances nor words decide")
    if finding.origin != UNKNOWN_ORIGIN:
        kind += f"; {finding.origin} flows"
    yield f"    {kind}"
    yield from _square(finding)
    yield from _lines("column", finding.table, finding.column_lines)
    yield from _lines("row", finding.table, finding.row_lines)
    if finding.balance is not None:
        yield f"    balance: {finding.balance.text}: gap {finding.balance.gap:.2%}"
    yield from (f"    note: {doubt}" for doubt in finding.doubts)


def _stack(finding: Finding) -> Iterator[str]:
    if finding.stack.year is not None:
        column, years = finding.stack.year
        yield (
            f"    stacked by year in column {column_letters(column)}: {years[0]} to "
            f"{years[-1]}; what follows is {years[-1]}"
        )
    if finding.stack.kind is not None:
        column, kinds = finding.stack.kind
        yield (
            f"    kinds of rows in column {column_letters(column)}: "
            f"{listing(kinds, _MAX_NAMES_SHOWN, quote=True)}"
        )


def _square(finding: Finding) -> Iterator[str]:
    match = finding.match
    alike = "agree but for prefixes, signs or zeros" if match.is_renamed else "agree"
    outer = "pairs of region and sector, " if match.outer else ""
    places = f"column {column_letters(match.label)} and row {match.header + 1}"
    if match.is_square:
        what, alike = f"{len(finding.rows)} sectors", f" {alike}"
    else:
        what, alike = (
            f"{len(finding.rows)} products by {len(finding.columns)} industries",
            "",
        )
    yield f"    {what} at {range_of(finding)}: {outer}labels of {places}{alike}"
    joined = finding.joined_labels
    if joined is not None:
        yield (
            "    each label has a region and a sector: "
            f"{len(joined.regions)} regions ({listing(joined.regions, 3)}) x "
            f"{len(joined.sectors)} sectors ({listing(joined.sectors, 3)})"
        )
    for what, lines, texts in (
        ("rows", finding.extra_rows, finding.table.row_texts),
        ("columns", finding.extra_columns, finding.table.column_texts),
    ):
        if lines:
            named = listing((_short(texts(line)) for line in lines), _MAX_NAMES_SHOWN)
            yield f"    {len(lines)} {what} among them without a partner: {named}"
    for what, lines in zip(("rows", "columns"), finding.inner_sums, strict=True):
        if lines:
            yield f"    {len(lines)} {what} among them are subtotals"
    if finding.imported_rows:
        first, last = finding.imported_rows[0] + 1, finding.imported_rows[-1] + 1
        yield f"    imports of the same products in rows {first} to {last}"


def _lines(what: str, table: Table, lines: tuple[Line, ...]) -> Iterator[str]:
    for line in lines[:_MAX_LINES]:
        part = table.part_at(line.position, is_column=what == "column")
        position = part.lines[line.position - part.first] if part else line.position
        address = column_letters(position) if what == "column" else str(position + 1)
        address += f" of sheet {part.table.cells.sheet!r}" if part else ""
        role = line.role.name if line.role.name != UNKNOWN else "unknown"
        if line.role.group:
            role = f"{role}, {line.role.group}"
        if line.parts:
            role += f" (sum of {len(line.parts)})"
        if line.is_zero:
            role += " (zeros)"
        elif line.is_beyond:
            role += " (after the total)"
        yield f"    {what} {address}: {role}: {_short(line.texts)}"
    if len(lines) > _MAX_LINES:
        yield f"    and {len(lines) - _MAX_LINES} more {what}s"


def _short(texts: tuple[str, ...]) -> str:
    kept = [text for text in dict.fromkeys(texts) if text]
    return " ".join(kept)[:_WIDTH]


def _verdict(survey: Survey) -> Iterator[str]:
    best = survey.best
    if best is None:
        yield (
            "no table that a map could read: no square of sectors with labels on both "
            "sides and flows of money"
        )
        if any(finding.match is None for finding in survey.findings):
            yield (
                "a map of your own can read products and industries of other labels: "
                "see supply and use in docs/formats/excel.md"
            )
        shapes = [sheet.cells.shape for sheet in survey.sheets]
        if any(h > _LIST_ROWS and 3 <= w <= _LIST_COLUMNS for h, w in shapes):
            yield (
                "a long list looks like one row for each cell of a table: see "
                "docs/bring_your_own_table.md, format tidy"
            )
        return
    sheet = survey.sheet_of(best.table)
    yield f"the map reads: {range_of(best)} of sheet {sheet.pattern!r}"
    if survey.supply is not None:
        sheet = survey.sheet_of(survey.supply.table)
        yield (
            f"with the supply table {range_of(survey.supply)} of sheet "
            f"{sheet.pattern!r} of {sheet.cells.file}"
        )
        basis = {
            True: "use is at purchasers' prices: its totals are those of the supply "
            "table with margins and taxes",
            False: "use is at basic prices: its totals are those of the supply table "
            "before margins and taxes",
            None: "whether use is at basic or purchasers' prices is unknown",
        }
        yield basis[survey.is_at_purchasers_prices]
    parts = [*best.table.parts, *(survey.supply.table.parts if survey.supply else ())]
    if parts:
        names = (part.table.cells.sheet for part in parts)
        yield f"and beside and below them, sheets {listing(names, quote=True)}"
    if best.kind == USE and survey.supply is None:
        yield (
            "there is no supply table here: with one, a use table can be read; pass "
            "the folder with both files"
        )
    if survey.imported is not None:
        sheet = survey.sheet_of(survey.imported.table)
        yield f"with the imports {range_of(survey.imported)} of {sheet.pattern!r}"
    others = others_like(survey)
    if others:
        yield "other tables of the same sectors, which the map does not read:"
        yield from (f"  {other[:_WIDTH]}" for other in others[:_MAX_LINES])
