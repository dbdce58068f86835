"""A first map of a table, and a list of its labels, to be corrected by hand."""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from carbonshed.errors import CarbonshedError
from carbonshed.readers.common.workbooks import cell_name
from carbonshed.readers.look.finding import (
    SYMMETRIC,
    TOTAL_FLOWS,
    USE,
    Finding,
    Line,
)
from carbonshed.readers.look.kinds import column_values
from carbonshed.readers.look.labels import (
    SectorLabel,
    extra_labels,
    header_row_of,
    line_id,
    line_name,
    sector_labels,
)
from carbonshed.readers.look.show import letters
from carbonshed.readers.look.survey import (
    Sheet,
    Survey,
    money_of,
    year_cell_of,
    years_of,
)
from carbonshed.readers.look.words import (
    CIF_FOB,
    DISCREPANCY,
    EXPORTS,
    FINAL,
    IMPORTS,
    MARGINS,
    OUTPUT,
    TAXES,
    UNKNOWN,
    VALUE_ADDED,
)

_BEYOND = 1.000001
ASK = "???"  # what a person must say: no map is read with it


def write_draft(found: Survey, folder: Path) -> tuple[list[Path], list[Path]]:
    """Write a first map and the list of labels; files that are there are kept.

    Returns
    -------
    written, kept : list of Path

    Raises
    ------
    CarbonshedError
        If the folder is none or cannot be written to.
    """
    stem = found.path.resolve().stem
    files = {
        folder / f"{stem}.map.yml": first_map(found),
        folder / f"{stem}.sectors.csv": sectors_file(found),
    }
    written, kept = [], []
    for path, text in files.items():
        try:
            with path.open("x", encoding="utf-8") as stream:
                stream.write(text)
        except FileExistsError:
            kept.append(path)
        except OSError as error:
            raise CarbonshedError(
                f"{path}: cannot be written: {error.strerror}"
            ) from None
        else:
            written.append(path)
    return written, kept


def sectors_file(found: Survey) -> str:
    """Return the list of labels as CSV, for ``--sectors``."""
    if found.best is None:
        return ""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(
        [
            *("sector_id", "sector_name", "sector_group", "is_power_supply"),
            *("row_label", "column_label", "proposed_from"),
        ]
    )
    for label in sector_labels(found, found.best):
        known = (label.sector_id, label.name)
        writer.writerow(
            [
                label.sector_id,
                label.name,
                label.proposal.group,
                str(label.proposal.is_power_supply).lower(),
                "" if label.row_label in known else label.row_label,
                "" if label.column_label in known else label.column_label,
                label.proposal.reason,
            ]
        )
    return text.getvalue()


def first_map(found: Survey) -> str:
    """Return a map of the best table as YAML with remarks."""
    return "\n".join(_Draft(found).lines()) + "\n" if found.best else ""


class _Draft:
    """Writes the map of one table."""

    def __init__(self, found: Survey) -> None:
        if found.best is None:
            raise ValueError("nothing to draft a map of")
        self.found, self.best = found, found.best
        self.sheet = found.sheet_of(self.best)
        self.is_folder = len({sheet.cells.file for sheet in found.sheets}) > 1
        self.years = years_of(self.sheet, self.best)
        self.is_stacked = self.best.stack.year is not None
        self.final = [
            line
            for line in self.best.column_lines
            if line.is_leaf and not line.is_zero and line.role.name in (FINAL, UNKNOWN)
        ]

    def lines(self) -> Iterator[str]:
        """Yield the lines of the map."""
        yield "# A first map, as `carbonshed look` understood the file. Read it"
        yield f"# through, correct it, and replace every {ASK}."
        yield from self._descriptor()
        yield from self._place()
        yield from self._labels()
        yield "blocks:"
        if self.best.kind == USE:
            yield from self._supply_and_use()
        else:
            yield f"  transactions: {self._matrix(self.best)}"
            yield from self._imports()
        yield from self._columns()
        yield from self._rows()
        yield from self._checks()

    def _descriptor(self) -> Iterator[str]:
        currency, unit = money_of(self.best, self.found.remarks)
        yield f"title: {_text(self.best.title or self.sheet.names[-1])}"
        yield f"source: {_text(self.sheet.cells.file)}"
        yield f"licence: {_text(ASK)}"
        if len(self.years) > 1:
            first, last = self.years[0], self.years[-1]
            is_run = last - first + 1 == len(self.years)
            yield f"years: {f'{first}-{last}' if is_run else self.years}"
        else:
            yield f"year: {self.years[0] if self.years else _text(ASK)}"
        cell = year_cell_of(self.best, self.years[-1]) if self.years else None
        if cell and not self.is_stacked:
            yield f"year_cell: {cell_name(*cell)}"
        yield f"country: {_text(ASK)}  # ISO 3166: FIN, or WLD for the world"
        yield f"currency: {currency or _text(ASK)}  # ISO 4217"
        worth = f"{unit:.0f}" if unit else _text(ASK)
        yield f"currency_unit: {worth}  # one number of the table is worth so much"
        yield f"price_basis: {_text(_price_basis(self.best))}"
        marks = self.sheet.cells.mark_texts
        if marks:
            yield f"marks: {json.dumps(list(marks), ensure_ascii=False)}"
        if self.sheet.cells.style:
            said = ", ".join(f"{k}: {_text(v)}" for k, v in self.sheet.cells.style)
            yield f"csv: {{{said}}}"
        if self.best.origin == TOTAL_FLOWS:
            yield "cells: total  # imports are inside the cells"
        if self.best.kind == USE:
            yield "model: D  # industry by industry; B: product by product"
            is_dear = self.found.is_at_purchasers_prices
            basis = {True: "purchasers", False: "basic", None: _text(ASK)}[is_dear]
            yield f"use_prices: {basis}"
        if self.best.kind == USE or self.best.origin == TOTAL_FLOWS:
            yield f"re_exports: {self._re_exports()}"

    def _re_exports(self) -> str:
        """Return the choice that the numbers allow."""
        imports, use = self._imports_and_use()
        beyond = int((imports > use * _BEYOND).sum())
        if beyond:
            return f"proportional  # imports exceed use at home in {beyond} rows"
        return "none  # or proportional: exports hold imports too"

    def _imports_and_use(self) -> tuple[np.ndarray, np.ndarray]:
        """Return imports of each product, and its use without exports."""
        best, source = self.best, self.found.supply or self.best
        lines = [
            line
            for line in source.column_lines
            if line.role.name == IMPORTS and not line.parts and not line.is_zero
        ] or [line for line in source.column_lines if line.role.name == IMPORTS]
        rows = (*best.rows, *best.extra_rows)
        places = {source.table.row_texts(row): row for row in source.table.rows}
        imports = np.zeros(len(rows))
        for k, row in enumerate(rows):
            place = places.get(best.table.row_texts(row))
            if place is not None:
                found = source.table.cells.numbers[place, [x.position for x in lines]]
                imports[k] = abs(np.nan_to_num(found).sum())
        home = [*best.columns, *(line.position for line in self.final)]
        use = np.nan_to_num(best.table.cells.numbers[np.ix_(rows, home)]).sum(axis=1)
        return imports, use

    def _place(self) -> Iterator[str]:
        match, table = self.best.match, self.best.table
        if match is None:
            return
        if self.is_folder:
            yield f"file: {_text(self.sheet.cells.file)}"
        yield f"sheet: {_text(self.sheet.pattern)}"
        if len(self.sheet.findings) > 1:
            first = table.headers[0] + 1 if table.headers else table.rows[0] + 1
            yield f'area: "{first}:{table.rows[-1] + 1}"  # the rows of this table'
        rows = [match.header + 1]
        columns = [letters(match.label)]
        if match.outer:
            rows = [match.outer[1] + 1, *rows]
            columns = [letters(match.outer[0]), *columns]
        yield f"header_rows: {rows}"
        yield f"header_columns: [{', '.join(columns)}]"
        for side, lines in zip(("rows", "columns"), self.best.inner_sums, strict=True):
            if lines:
                texts = [
                    table.cells.label(line, match.label)
                    if side == "rows"
                    else table.cells.label(match.header, line)
                    for line in lines
                ]
                yield f"{side}: {{leave_out: {_texts(texts)}}}"

    def _labels(self) -> Iterator[str]:
        yield "regions:  # people live there: persons; gdp in single currency units"
        yield (
            f"  - {{region_id: {_text(ASK)}, region_name: {_text(ASK)}, "
            f"region_type: country, population: {_text(ASK)}, gdp: }}"
        )
        yield "# sectors: in the list of labels, as --sectors FILE"
        extra = extra_labels(self.best) if self.best.kind == USE else []
        if extra:
            yield "products:  # the rows: those of the sectors, and more"
            for label in [*sector_labels(self.found, self.best), *extra]:
                yield f"  - {_product(label)}"
        yield "categories:"
        for line in self.final:
            yield f"  - {self._category(line)}"
        yield "stressors:  # with --emissions FILE, by sector_id"
        yield "  - {stressor_id: co2, stressor_name: Carbon dioxide, unit: kt}"

    def _category(self, line: Line) -> str:
        name, group = line_name(line.texts), line.role.group or ASK
        fields = {
            "category_id": line_id(line.texts),
            "category_name": name,
            "category_group": group,
        }
        shown = self._header_text(line)
        if shown and shown not in (fields["category_id"], name):
            fields["label"] = shown
        return _mapping(fields)

    def _matrix(self, finding: Finding, rows: Sequence[int] | None = None) -> str:
        """Return where a matrix is: a corner, or the rows of a year and kind."""
        where = self._where(self.best.main_kind if rows is None else None)
        if where:
            return f"{{rows: {{where: {where}}}}}"
        first = (rows or finding.rows)[0]
        return cell_name(first, min(finding.columns))

    def _where(self, kind: str | None) -> str:
        stack, parts = self.best.stack, []
        if stack.year is not None:
            parts.append(f'{letters(stack.year[0])}: "{{year}}"')
        if stack.kind is not None and kind:
            parts.append(f"{letters(stack.kind[0])}: {_text(kind)}")
        return f"{{{', '.join(parts)}}}" if parts else ""

    def _imports(self) -> Iterator[str]:
        stack = self.best.stack
        if self.best.imported_rows and stack.kind is not None:
            text = self.best.table.cells.texts[
                self.best.imported_rows[0], stack.kind[0]
            ]
            where = f"{{rows: {{where: {self._where(text)}}}}}"
            yield f"  imported_transactions: {where}"
            yield f"  imported_final_demand: {where}"
            return
        if self.found.imported is not None and self.best.kind == SYMMETRIC:
            place = self.found.imported
            header = place.table.headers[-1] if place.table.headers else 0
            if place.match is not None:
                header = place.match.header
            own = (
                f'{{area: "{header + 1}:{place.rows[-1] + 1}", '
                f"header_rows: [{header + 1}]}}"
            )
            yield "  # by product and buyer; instead of a row of imports below"
            yield f"  # imported_transactions: {own}"
            yield f"  # imported_final_demand: {own}"

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
                yield f"  imports: {self._column(leaves)}"

    def _rows(self) -> Iterator[str]:
        best = self.best
        bought = best.lines(IMPORTS, columns=False)
        if bought and best.origin != TOTAL_FLOWS and best.kind == SYMMETRIC:
            place = self._row(bought)
            yield f"  imports: {place}"
            if any(self._reaches_users(line) for line in bought):
                yield f"  imports_of_final_users: {place}"
            else:
                yield "  # what final users import is not in this table"
        paid = [
            line
            for line in best.row_lines
            if line.is_leaf and not line.is_zero
            if line.role.name in (VALUE_ADDED, TAXES, MARGINS, UNKNOWN)
        ]
        if not paid:
            return
        yield "  value_added:"
        seen: set[str] = set()
        for line in paid:
            key = line_id([self._label(line)])
            key = key if key not in seen else f"{key}_{line.position + 1}"
            seen.add(key)
            remark = "" if line.role.name == VALUE_ADDED else f"  # {line.role.name}"
            yield f"    {_text(key)}: {self._row([line])}{remark}"

    def _checks(self) -> Iterator[str]:
        lines = [line for line in self.best.row_lines if line.role.name == OUTPUT]
        sums = [line for line in lines if line.parts and not line.is_zero] or lines
        if sums:
            yield "check:"
            yield f"  output: {self._row(sums[-1:])}"

    def _supply_and_use(self) -> Iterator[str]:
        yield f"  use: {cell_name(self.best.rows[0], min(self.best.columns))}"
        supply = self.found.supply
        if supply is None:
            yield f"  supply: {_text(ASK)}  # no supply table was found"
            return
        sheet = self.found.sheet_of(supply)
        frame = self._frame(supply, sheet)
        corner = cell_name(supply.rows[0], min(supply.columns))
        yield f"  supply: {{{frame}, corner: {corner}}}"

        def names(role: str) -> list[Line]:
            return supply.lines(role, columns=True)

        for key, role in (("imports", IMPORTS), ("cif_fob", CIF_FOB)):
            if names(role):
                yield f"  {key}: {{{frame}, {self._supplied(supply, names(role))}}}"
        if self.found.is_at_purchasers_prices is False:
            return
        if names(MARGINS):
            yield "  margins:"
            for line in names(MARGINS):
                key = line_id(line.texts)
                place = self._supplied(supply, [line])
                yield f"    {_text(key)}: {{{frame}, {place}}}"
        if names(TAXES):
            yield f"  taxes: {{{frame}, {self._supplied(supply, names(TAXES))}}}"

    def _frame(self, finding: Finding, sheet: Sheet) -> str:
        parts = [f"sheet: {_text(sheet.pattern)}"]
        if self.is_folder:
            parts.insert(0, f"file: {_text(sheet.cells.file)}")
        if len(sheet.findings) > 1:
            rows = finding.table.rows
            first = (finding.table.headers or rows)[0] + 1
            parts.append(f'area: "{first}:{rows[-1] + 1}"')
        if finding.match is not None:
            # the header that names industries as the use table does
            own = self._header_like_use(finding)
            parts.append(f"header_rows: [{own + 1}]")
        return ", ".join(parts)

    def _header_like_use(self, supply: Finding) -> int:
        table, match = supply.table, self.best.match
        if match is None or not table.headers:
            return table.headers[-1] if table.headers else 0
        wanted = {
            self.best.table.cells.label(match.header, c) for c in self.best.columns
        }
        return max(
            table.headers,
            key=lambda row: len(
                wanted & {table.cells.label(row, c) for c in supply.columns}
            ),
        )

    def _supplied(self, supply: Finding, lines: list[Line]) -> str:
        row = self._header_like_use(supply)
        texts = [supply.table.cells.label(row, line.position) for line in lines]
        return f"column: {_texts(texts)}"

    def _column(self, lines: list[Line]) -> str:
        """Return where columns are: by header, else by address."""
        match, best = self.best.match, self.best
        sign = all(column_values(best, line).sum() < 0 for line in lines)
        minus = ", sign: -1" if sign else ""
        row = header_row_of(best, lines)
        if row is None or match is None:
            return f"{{corner: {cell_name(best.rows[0], lines[0].position)}{minus}}}"
        texts = [best.table.cells.label(row, line.position) for line in lines]
        own = "" if row == match.header else f", header_rows: [{row + 1}]"
        return f"{{column: {_texts(texts)}{own}{minus}}}"

    def _row(self, lines: list[Line]) -> str:
        texts = [self._label(line) for line in lines]
        stack, match, cells = self.best.stack, self.best.match, self.best.table.cells
        if match is None or not all(texts) or (self._twins(texts) and not stack.kind):
            first = min(self.best.columns)
            return f"{{corner: {cell_name(lines[0].position, first)}}}"
        where = ""
        if stack.year is not None:
            kind = cells.texts[lines[0].position, stack.kind[0]] if stack.kind else None
            where = f", rows: {{where: {self._where(kind)}}}"
        return f"{{row: {_texts(texts)}{where}}}"

    def _label(self, line: Line) -> str:
        match = self.best.match
        return self.best.table.cells.label(line.position, match.label) if match else ""

    def _twins(self, texts: list[str]) -> bool:
        """Return whether a label stands beside several rows of the table."""
        match, table = self.best.match, self.best.table
        if match is None:
            return False
        labels = [table.cells.label(row, match.label) for row in table.rows]
        return any(labels.count(text) > 1 for text in texts)

    def _header_text(self, line: Line) -> str:
        row = header_row_of(self.best, self.final)
        match = self.best.match
        if row is None and match is not None:
            row = match.header
        return "" if row is None else self.best.table.cells.label(row, line.position)

    def _reaches_users(self, line: Line) -> bool:
        """Return whether final users import; a total beside the row is no user."""
        numbers = self.best.table.cells.numbers[line.position]
        bought = [np.nan_to_num(numbers[each.position]) for each in self.final]
        total = np.nan_to_num(numbers[list(self.best.columns)]).sum()
        return any(bought) and not np.isclose(max(bought), total, rtol=1e-6)


def _product(label: SectorLabel) -> str:
    fields = {
        "sector_id": label.sector_id,
        "sector_name": label.name,
        "sector_group": label.proposal.group,
    }
    return _mapping(fields)


def _price_basis(finding: Finding) -> str:
    words = finding.title.casefold()
    known = {
        "purchasers' prices": ("purchaser",),
        "producers' prices": ("producer", "produsen", "生産者価格"),
        "basic prices": ("basic", "básico", "herstellungspreis", "prix de base"),
    }
    found = (basis for basis, marks in known.items() if any(m in words for m in marks))
    return f"{next(found, 'not stated')}, current"


def _mapping(fields: dict[str, str]) -> str:
    return "{" + ", ".join(f"{k}: {_text(v)}" for k, v in fields.items()) + "}"


def _texts(texts: Sequence[str]) -> str:
    if len(texts) == 1:
        return _text(texts[0])
    return f"[{', '.join(map(_text, texts))}]"


def _text(text: str) -> str:
    """Return a text as YAML takes it: quoted, as JSON."""
    return json.dumps(text, ensure_ascii=False)
