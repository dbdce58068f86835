"""The blocks of a first map: addresses of matrices, columns and rows."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from carbonshed.readers.files.workbooks import cell_name, column_letters
from carbonshed.readers.look.classify import column_values
from carbonshed.readers.look.finding import SYMMETRIC, TOTAL_FLOWS, USE, Finding, Line
from carbonshed.readers.look.labels import header_row_of, line_id, prefix_of
from carbonshed.readers.look.survey import Sheet, Survey, years_of
from carbonshed.readers.vocabulary import (
    CIF_FOB,
    DISCREPANCY,
    EMISSIONS,
    EXPORTS,
    FINAL,
    IMPORTS,
    MARGINS,
    OUTPUT,
    TAXES,
    UNKNOWN,
    VALUE_ADDED,
)

ASK = "???"  # a person's answer replaces it


@dataclass(frozen=True)
class Context:
    """The table that a map is drafted for."""

    survey: Survey
    best: Finding  # the table
    sheet: Sheet
    years: list[int]
    final: list[Line]  # columns of final demand, and unknown ones

    @classmethod
    def of(cls, survey: Survey, best: Finding) -> "Context":
        """Return the context of a table."""
        sheet = survey.sheet_of(best)
        final = [
            line
            for line in best.column_lines
            if line.is_leaf and not line.is_zero
            if line.role.name in (FINAL, UNKNOWN)
        ]
        return cls(survey, best, sheet, years_of(sheet, best), final)

    @property
    def is_folder(self) -> bool:
        """True for several files, so that blocks name theirs."""
        return len({sheet.cells.file for sheet in self.survey.sheets}) > 1


def text_of(text: str) -> str:
    """Return a text quoted for YAML."""
    return json.dumps(text, ensure_ascii=False)


def texts_of(texts: Sequence[str]) -> str:
    """Return a text, or several as a list."""
    if len(texts) == 1:
        return text_of(texts[0])
    return f"[{', '.join(map(text_of, texts))}]"


def mapping(fields: dict[str, str]) -> str:
    """Return a mapping on one line."""
    return "{" + ", ".join(f"{k}: {text_of(v)}" for k, v in fields.items()) + "}"


class BlocksDraft:
    """The addresses of the blocks of a table."""

    def __init__(self, context: Context) -> None:
        self.survey, self.best = context.survey, context.best
        self.sheet, self.is_folder = context.sheet, context.is_folder
        self.final = context.final

    def lines(self) -> Iterator[str]:
        """Yield the lines of `blocks` and `check`."""
        yield "blocks:"
        if self.best.kind == USE:
            yield from self._supply_and_use()
        else:
            yield f"  transactions: {self._matrix(self.best)}"
            yield from self._imports()
        yield from self._columns()
        yield from self._rows()
        yield from self._checks()

    def _matrix(self, finding: Finding, rows: Sequence[int] | None = None) -> str:
        """Return the address of a matrix: a corner, or the rows of a year and kind."""
        where = self._where(self.best.main_kind if rows is None else None)
        if where:
            return f"{{rows: {{where: {where}}}}}"
        first = (rows or finding.rows)[0]
        return cell_name(first, min(finding.columns))

    def _where(self, kind: str | None) -> str:
        stack, parts = self.best.stack, []
        if stack.year is not None:
            parts.append(f'{column_letters(stack.year[0])}: "{{year}}"')
        if stack.kind is not None and kind:
            parts.append(f"{column_letters(stack.kind[0])}: {text_of(kind)}")
        return f"{{{', '.join(parts)}}}" if parts else ""

    def _imports(self) -> Iterator[str]:
        stack, imported = self.best.stack, self.best.imported_rows
        if imported and stack.kind is not None:
            text = self.best.table.cells.texts[imported[0], stack.kind[0]]
            where = f"{{rows: {{where: {self._where(text)}}}}}"
            yield f"  imported_transactions: {where}"
            yield f"  imported_final_demand: {where}"
            return
        if imported:
            yield from self._imported_below(imported)
            return
        if self.survey.imported is not None and self.best.kind == SYMMETRIC:
            yield from self._imported_elsewhere(self.survey.imported)

    def _imported_elsewhere(self, imports: Finding) -> Iterator[str]:
        """Yield addresses in a table of imports, as remarks if they are optional."""
        table = imports.table
        header = table.headers[-1] if table.headers else 0
        header = imports.match.header if imports.match is not None else header
        parts = [f"header_rows: [{header + 1}]"]
        sheet = self.survey.sheet_of(imports)
        if sheet is not self.sheet:
            parts.insert(0, f"sheet: {text_of(sheet.pattern)}")
        if self.is_folder:
            parts.insert(0, f"file: {text_of(sheet.cells.file)}")
        if len(sheet.findings) > 1:
            parts.append(f'area: "{header + 1}:{imports.rows[-1] + 1}"')
        own = f"{{{', '.join(parts)}}}"
        mark = ""
        if self.best.origin != TOTAL_FLOWS:
            mark = "# "
            yield "  # by product and buyer; instead of a row of imports below"
        yield f"  {mark}imported_transactions: {own}"
        yield f"  {mark}imported_final_demand: {own}"

    def _imported_below(self, imported: tuple[int, ...]) -> Iterator[str]:
        """Yield the addresses of imports below the sectors, with their own labels."""
        first = cell_name(imported[0], min(self.best.columns))
        prefix = prefix_of(self.best, imported)
        own = f', rows: {{pattern: "^{prefix}(?P<sector>.+)$"}}' if prefix else ""
        yield f"  imported_transactions: {{corner: {first}{own}}}"
        if self.final:
            first = cell_name(imported[0], self.final[0].position)
            yield f"  imported_final_demand: {{corner: {first}{own}}}"

    def _columns(self) -> Iterator[str]:
        best = self.best
        row = header_row_of(best, self.final)
        if self.final and best.match and row not in (None, best.match.header):
            yield f"  final_demand: {{header_rows: [{row + 1}]}}"
        for key, role in (("exports", EXPORTS), ("error", DISCREPANCY)):
            lines = best.lines(role, columns=True)
            if lines:
                yield f"  {key}: {self._column(lines)}"
        if best.origin == TOTAL_FLOWS:
            lines = [
                line
                for line in best.column_lines
                if line.role.name == IMPORTS and not line.is_zero
            ]
            leaves = [line for line in lines if not line.parts] or lines
            if leaves:
                yield f"  imports: {self._column(leaves, may_turn=True)}"

    def _rows(self) -> Iterator[str]:
        best = self.best
        bought = best.lines(IMPORTS, columns=False)
        is_known = best.imported_rows or best.origin == TOTAL_FLOWS
        if bought and not is_known and best.kind == SYMMETRIC:
            address = self._row(bought)
            yield f"  imports: {address}"
            if any(self._reaches_users(line) for line in bought):
                yield f"  imports_of_final_users: {address}"
            else:
                yield "  # what final users import is not in this table"
        paid = [
            line
            for line in best.row_lines
            if line.is_leaf and not line.is_zero
            if line.role.name in (VALUE_ADDED, TAXES, MARGINS, UNKNOWN)
        ]
        if paid:
            yield "  value_added:"
        seen: set[str] = set()
        for line in paid:
            key = line_id([self._label(line)])
            key = key if key not in seen else f"{key}_{line.position + 1}"
            seen.add(key)
            remark = "" if line.role.name == VALUE_ADDED else f"  # {line.role.name}"
            yield f"    {text_of(key)}: {self._row([line])}{remark}"
        emitted = [line for line in best.row_lines if line.role.name == EMISSIONS]
        if emitted:
            yield "  emissions:"
            for line in emitted:
                yield f"    {text_of(line_id(line.texts))}: {self._row([line])}"
        direct = [line for line in emitted if self._reaches_users(line)]
        if direct:
            yield "  direct_emissions:"
            for line in direct:
                yield f"    {text_of(line_id(line.texts))}: {self._row([line])}"

    def _checks(self) -> Iterator[str]:
        for lines, address in (
            (self.best.row_lines, self._row),
            (self.best.column_lines, self._column),
        ):
            named = [line for line in lines if line.role.name == OUTPUT]
            sums = [line for line in named if line.parts and not line.is_zero]
            if sums or named:
                yield "check:"
                yield f"  output: {address((sums or named)[-1:])}"
                return

    def _supply_and_use(self) -> Iterator[str]:
        yield f"  use: {cell_name(self.best.rows[0], min(self.best.columns))}"
        supply = self.survey.supply
        if supply is None:
            yield f"  supply: {text_of(ASK)}  # no supply table was found"
            return
        sheet = self.survey.sheet_of(supply)
        frame = self._frame(supply, sheet)
        corner = cell_name(supply.rows[0], min(supply.columns))
        yield f"  supply: {{{frame}, corner: {corner}}}"

        def names(role: str) -> list[Line]:
            return supply.lines(role, columns=True)

        for key, role in (("imports", IMPORTS), ("cif_fob", CIF_FOB)):
            if names(role):
                yield f"  {key}: {{{frame}, {self._supplied(supply, names(role))}}}"
        if self.survey.is_at_purchasers_prices is False:
            return
        if names(MARGINS):
            yield "  margins:"
            for line in names(MARGINS):
                key = line_id(line.texts)
                address = self._supplied(supply, [line])
                yield f"    {text_of(key)}: {{{frame}, {address}}}"
        if names(TAXES):
            yield f"  taxes: {{{frame}, {self._supplied(supply, names(TAXES))}}}"

    def _frame(self, finding: Finding, sheet: Sheet) -> str:
        parts = [f"sheet: {text_of(sheet.pattern)}"]
        if self.is_folder:
            parts.insert(0, f"file: {text_of(sheet.cells.file)}")
        if len(sheet.findings) > 1:
            rows = finding.table.rows
            first = (finding.table.headers or rows)[0] + 1
            parts.append(f'area: "{first}:{rows[-1] + 1}"')
        if finding.match is not None:
            # use the header with the industries' labels of the use table
            own = self._header_like_use(finding)
            parts.append(f"header_rows: [{own + 1}]")
        return ", ".join(parts)

    def _header_like_use(self, supply: Finding) -> int:
        table, match = supply.table, self.best.match
        if match is None or not table.headers:
            return table.headers[-1] if table.headers else 0
        labels = {
            self.best.table.cells.label(match.header, c) for c in self.best.columns
        }
        return max(
            table.headers,
            key=lambda row: len(
                labels & {table.cells.label(row, c) for c in supply.columns}
            ),
        )

    def _supplied(self, supply: Finding, lines: list[Line]) -> str:
        row = self._header_like_use(supply)
        texts = [supply.table.cells.label(row, line.position) for line in lines]
        return f"column: {texts_of(texts)}"

    def _column(self, lines: list[Line], *, may_turn: bool = False) -> str:
        """Return the address of columns: headers, or the first cell."""
        match, best = self.best.match, self.best
        # only imports are printed as deductions; a discrepancy has both signs
        sign = may_turn and all(column_values(best, line).sum() < 0 for line in lines)
        minus = ", sign: -1" if sign else ""
        row = header_row_of(best, lines)
        if row is None or match is None:
            return f"{{corner: {cell_name(best.rows[0], lines[0].position)}{minus}}}"
        texts = [best.table.cells.label(row, line.position) for line in lines]
        own = "" if row == match.header else f", header_rows: [{row + 1}]"
        return f"{{column: {texts_of(texts)}{own}{minus}}}"

    def _row(self, lines: list[Line]) -> str:
        texts = [self._label(line) for line in lines]
        stack, match, cells = (
            self.best.stack,
            self.best.match,
            self.best.table.cells,
        )
        if match is None or not all(texts) or (self._twins(texts) and not stack.kind):
            first = min(self.best.columns)
            return f"{{corner: {cell_name(lines[0].position, first)}}}"
        where = ""
        if stack.year is not None:
            kind = cells.texts[lines[0].position, stack.kind[0]] if stack.kind else None
            where = f", rows: {{where: {self._where(kind)}}}"
        return f"{{row: {texts_of(texts)}{where}}}"

    def _label(self, line: Line) -> str:
        match = self.best.match
        return self.best.table.cells.label(line.position, match.label) if match else ""

    def _twins(self, texts: list[str]) -> bool:
        """Return whether several rows of the table have the same label."""
        match, table = self.best.match, self.best.table
        if match is None:
            return False
        labels = [table.cells.label(row, match.label) for row in table.rows]
        return any(labels.count(text) > 1 for text in texts)

    def _reaches_users(self, line: Line) -> bool:
        """Return whether final users import; a total in their columns is no import."""
        numbers = self.best.table.cells.numbers[line.position]
        bought = [np.nan_to_num(numbers[user.position]) for user in self.final]
        total = np.nan_to_num(numbers[list(self.best.columns)]).sum()
        return any(bought) and not np.isclose(max(bought), total, rtol=1e-6)
