"""A first map of a table and a list of its labels, for a person to correct."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np

from carbonshed.errors import CarbonshedError
from carbonshed.readers.files.workbooks import cell_name, column_letters
from carbonshed.readers.look.classify import (
    SYMMETRIC,
    TOTAL_FLOWS,
    USE,
    Finding,
    Line,
    price_basis_of,
)
from carbonshed.readers.look.detect import Part, Table
from carbonshed.readers.look.sector_labels import (
    SectorLabel,
    header_row_of,
    line_id,
    line_name,
    own_texts,
    prefix_of,
    product_labels,
    region_labels,
    sector_labels,
)
from carbonshed.readers.look.survey import Survey, money_of, year_cell_of, years_of
from carbonshed.readers.vocabulary import (
    ADJUSTMENT,
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
    role_of,
)
from carbonshed.readers.workbook.addresses import NAMED

ASK = "???"  # a person's answer replaces it
_ROUNDING = 1.000001
# roles of rows that close the columns, beside imports
_PAID = (VALUE_ADDED, TAXES, MARGINS, ADJUSTMENT, CIF_FOB, DISCREPANCY, UNKNOWN)
# vectors of a supply table, and their roles
_SUPPLIED = {"imports": IMPORTS, "cif_fob": CIF_FOB, "margins": MARGINS, "taxes": TAXES}

# keys and values of a map as people write it; a key that begins with # is a remark
_Content = dict[str, Any]


def write_draft(survey: Survey, folder: Path) -> tuple[list[Path], list[Path]]:
    """Write a first map and the list of labels; keep existing files.

    Returns
    -------
    tuple
        The files that were written, and those that were kept.
    """
    stem = survey.path.resolve().stem
    files = {
        folder / f"{stem}.map.yml": first_map(survey),
        folder / f"{stem}.sectors.csv": sectors_file(survey),
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


def sectors_file(survey: Survey) -> str:
    """Return the list of labels as CSV, for ``--sectors``."""
    if survey.best is None:
        return ""
    # imports below have the labels of the sectors with another prefix
    prefix = prefix_of(survey.best, survey.best.rows)
    has_twins = bool(survey.best.imported_rows and prefix)
    return list_of_sectors(
        sector_labels(survey, survey.best), prefix if has_twins else ""
    )


def list_of_sectors(labels: Iterable[SectorLabel], prefix: str = "") -> str:
    """Return labels as CSV; with a prefix, they also stand without it."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(
        [
            *("sector_id", "sector_name", "sector_group", "is_power_supply"),
            *("label", "row_label", "column_label", "proposed_from"),
        ]
    )
    for label in labels:
        short = label.row_label.removeprefix(prefix) if prefix else ""
        is_power = label.proposal.is_power_supply
        spellings = (short, label.row_label, label.column_label)
        writer.writerow(
            [
                label.sector_id,
                label.name,
                label.proposal.group,
                "" if is_power is None else str(is_power).lower(),
                *("" if x in (label.sector_id, label.name) else x for x in spellings),
                label.proposal.reason,
            ]
        )
    return text.getvalue()


def first_map(survey: Survey) -> str:
    """Return a map of the best table as YAML with remarks."""
    if survey.best is None:
        return ""
    lines = [
        f"# A first map by `carbonshed look`: check it, and replace every {ASK}.",
        *_yaml(_Draft(survey, survey.best).content()),
    ]
    return "\n".join(lines) + "\n"


class _Word(str):
    """A text of a map that needs no quotes."""

    __slots__ = ()


@dataclass(frozen=True)
class _Noted:
    """A value of a map with a remark after it."""

    value: Any
    remark: str


def _yaml(content: _Content, parent: str = "", indent: str = "") -> Iterator[str]:
    """Yield the lines of a map, with addresses and items of lists on one line each."""
    for key, written in content.items():
        noted = written if isinstance(written, _Noted) else _Noted(written, "")
        value, remark = noted.value, f"  # {noted.remark}" if noted.remark else ""
        if parent in NAMED:
            yield f"{indent}{_on_one_line(key)}: {_on_one_line(value)}{remark}"
        elif key in ("blocks", "check", *NAMED):
            yield f"{indent}{key}:"
            yield from _yaml(value, key, f"{indent}  ")
        elif isinstance(value, list) and isinstance(next(iter(value), None), dict):
            yield f"{key}:{remark}"
            yield from (f"  - {_on_one_line(item)}" for item in value)
        elif value is None:
            yield f"{indent}{key}"
        else:
            yield f"{indent}{key}: {_on_one_line(value)}{remark}"


def _on_one_line(value: Any) -> str:
    if isinstance(value, dict):
        fields = (f"{key}: {_on_one_line(field)}" for key, field in value.items())
        return f"{{{', '.join(fields)}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_on_one_line, value))}]"
    if isinstance(value, str) and not isinstance(value, _Word):
        return json.dumps(value, ensure_ascii=False)
    return "" if value is None else str(value)


def _one_or_more(texts: Sequence[str]) -> str | list[str]:
    return texts[0] if len(texts) == 1 else list(texts)


class _Draft:
    """The content of the map of a table."""

    def __init__(self, survey: Survey, best: Finding) -> None:
        self.survey, self.best = survey, best
        self.sheet = survey.sheet_of(best.table)
        self.years = years_of(self.sheet, best)
        self.final = best.lines(FINAL, UNKNOWN, ADJUSTMENT, MARGINS, columns=True)
        # blocks of several files name theirs
        files = {sheet.cells.file for sheet in survey.sheets}
        self.has_files = len(files) > 1 or self.sheet.file not in files

    def content(self) -> _Content:
        """Return the map as people write it."""
        content = self._descriptor() | self._axes() | self._lists()
        return content | {"blocks": self._blocks()} | self._check()

    def _descriptor(self) -> _Content:
        best, cells = self.best, self.sheet.cells
        currency, unit = money_of(best, self.survey.remarks)
        content = {
            "title": best.title or self.sheet.names[-1],
            "source": cells.file,
            "licence": ASK,
            **self._years(),
            "country": _Noted(ASK, "ISO 3166: FIN, or WLD for the world"),
            "currency": _Noted(_Word(currency) if currency else ASK, "ISO 4217"),
            "currency_unit": _Noted(
                round(unit) if unit else ASK, "the value of 1 in the table"
            ),
            "price_basis": f"{price_basis_of(best.title) or 'not stated'}, current",
        }
        if cells.mark_texts:
            content["marks"] = list(cells.mark_texts)
        if cells.style:
            key = "csv" if self.survey.is_csv else "text_numbers"
            content[key] = dict(cells.style)
        if best.origin == TOTAL_FLOWS:
            content["cells"] = _Noted(_Word("total"), "cells include imports")
        if best.kind == USE:
            content["model"] = _Noted(
                _Word("D"), "industry by industry; B: product by product"
            )
            bases = {True: _Word("purchasers"), False: _Word("basic"), None: ASK}
            content["use_prices"] = bases[self.survey.is_at_purchasers_prices]
        if best.kind == USE or best.origin == TOTAL_FLOWS:
            content["re_exports"] = self._re_exports()
        return content

    def _years(self) -> _Content:
        years, content = self.years, {}
        if len(years) > 1:
            is_run = years[-1] - years[0] + 1 == len(years)
            content["years"] = _Word(f"{years[0]}-{years[-1]}") if is_run else years
        else:
            content["year"] = years[0] if years else ASK
        cell = year_cell_of(self.best, years[-1]) if years else None
        if cell and self.best.stack.year is None:
            content["year_cell"] = _Word(cell_name(*cell))
        return content

    def _re_exports(self) -> _Noted:
        """Return the treatment of re-exports that the numbers allow."""
        imports, use = self._imports_and_use()
        beyond = int((imports > use * _ROUNDING).sum())
        if beyond:
            remark = f"imports exceed domestic use in {beyond} rows"
            return _Noted(_Word("proportional"), remark)
        return _Noted(_Word("none"), "or proportional: exports include imports")

    def _imports_and_use(self) -> tuple[np.ndarray, np.ndarray]:
        """Return imports of each product, and its use without exports.

        Use is without margins and taxes, which are no part of imports.
        """
        best, source = self.best, self.survey.supply or self.best

        def of_source(lines: list[Line]) -> np.ndarray:
            columns = [line.position for line in lines]
            return source.table.cells.block(source.rows, columns).sum(axis=1)

        home = [*best.columns, *(line.position for line in self.final)]
        use = best.table.cells.block(best.rows, home).sum(axis=1)
        if source is not best:
            use -= of_source(source.lines(MARGINS, TAXES, columns=True))
        return abs(of_source(source.import_columns)), use

    def _axes(self) -> _Content:
        """Return the sheet of the table and the labels of its rows and columns."""
        match, table = self.best.match, self.best.table
        content: _Content = {"file": self.sheet.file} if self.has_files else {}
        content["sheet"] = self.sheet.pattern
        if len(self.sheet.findings) > 1:
            area = f"{table.headers[0] + 1}:{table.end[0] + 1}"
            content["area"] = _Noted(area, "the rows of this table")
        levels = [*([match.outer] if match.outer else []), (match.label, match.header)]
        content["header_rows"] = [row + 1 for _, row in levels]
        content["header_columns"] = [_Word(column_letters(k)) for k, _ in levels]
        rows, columns = self.best.inner_sums
        joined = self.best.joined_labels
        sums = {
            "rows": table.down(match.label, rows),
            "columns": table.across(match.header, columns),
        }
        for side, texts in sums.items():
            if match.beside is not None:
                content[side] = {"order": _Word("true")}
            elif joined is not None:
                content[side] = {"pattern": joined.pattern}
            elif texts:
                content[side] = {"leave_out": _one_or_more(texts)}
        # imports next below with the same labels are no further sectors
        follow = self.best.imported_rows[:1] == (self.best.rows[-1] + 1,)
        if follow and self.best.stack.kind is None:
            content.setdefault("rows", {})["count"] = len(self.best.rows)
        return content

    def _lists(self) -> _Content:
        best, has_years = self.best, len(self.years) > 1
        people = {} if has_years else {"population": ASK, "gdp": None}
        regions = [
            {
                "region_id": region,
                "region_name": region,
                "region_type": _Word("country"),
                **people,
            }
            for region in self.sheet.regions or region_labels(best) or [ASK]
        ]
        remark = "people; gdp in single currency units, or empty"
        if self.sheet.regions:
            remark = f"the sheets, if these are regions; {remark}"
        if has_years:
            remark = "people and GDP of every year: with --indicators FILE"
        content: _Content = {
            "regions": _Noted(regions, remark),
            "# sectors: in the list of labels, as --sectors FILE": None,
        }
        products = [
            {
                "sector_id": label.sector_id,
                "sector_name": label.name,
                "sector_group": label.proposal.group or ASK,
            }
            | ({} if text in (label.sector_id, label.name) else {"label": text})
            for label in product_labels(self.survey, best)
            for text in [label.row_label]
        ]
        if products:
            content["products"] = _Noted(products, "the rows of use and supply")
        ids: dict[tuple[str, str], str] = {}
        categories = [self._category(line, ids) for line in self.final]
        # several regions have the same categories
        content["categories"] = [
            category
            for k, category in enumerate(categories)
            if category not in categories[:k]
        ]
        return content | {"stressors": self._stressors()}

    def _category(self, line: Line, ids: dict[tuple[str, str], str]) -> dict[str, str]:
        """Return a final user; an id that one of another name has gets its position."""
        texts = own_texts(self.best, line)
        label = line_id(texts), line_name(texts)
        number = f"_{line.position + 1}" if label[0] in ids.values() else ""
        fields = {
            "category_id": ids.setdefault(label, label[0] + number),
            "category_name": label[1] or ASK,
            "category_group": line.role.group or ASK,
        }
        header = header_row_of(self.best, self.final)
        header = self.best.match.header if header is None else header
        shown = self.best.table.cells.label(header, line.position)
        if shown and not self.best.joined_labels and shown not in fields.values():
            fields["label"] = shown
        return fields

    def _stressors(self) -> Any:
        stressors = [
            {
                "stressor_id": line_id(line.texts),
                "stressor_name": line_name(line.texts) or ASK,
                "unit": ASK,
            }
            for line in self.best.emission_lines
        ]
        co2 = {"stressor_id": "co2", "stressor_name": "Carbon dioxide", "unit": "kt"}
        example = [{key: _Word(text) for key, text in co2.items()}]
        return stressors or _Noted(example, "with --emissions FILE, by sector_id")

    def _blocks(self) -> _Content:
        best = self.best
        if best.kind == USE:
            blocks = {"use": self._corner(best.rows[0]), **self._supply()}
        else:
            where = self._where(best.main_kind)
            blocks = {"transactions": where or self._corner(best.rows[0])}
            blocks |= self._imported()
        return blocks | self._columns() | self._rows()

    def _corner(self, row: int, column: int | None = None) -> _Word:
        column = min(self.best.columns) if column is None else column
        return _Word(cell_name(row, column))

    def _where(self, kind: str | None) -> _Content:
        """Return the rows of the year and of a kind, in stacked tables."""
        stack, where = self.best.stack, {}
        if stack.year is not None:
            where[column_letters(stack.year[0])] = "{year}"
        if stack.kind is not None and kind:
            where[column_letters(stack.kind[0])] = kind
        return {"rows": {"where": where}} if where else {}

    def _imported(self) -> _Content:
        """Return the addresses of imports by product and buyer, if there are any."""
        best, imports = self.best, self.survey.imported
        keys = ("imported_transactions", "imported_final_demand")
        rows = best.imported_rows
        headers = ({}, self._header_of_users())
        if rows and best.stack.kind is not None:
            kind = best.table.cells.texts[rows[0], best.stack.kind[0]]
            return {
                key: self._where(kind) | header
                for key, header in zip(keys, headers, strict=True)
            }
        if rows:  # below the sectors, with their own labels
            prefix = prefix_of(best, rows)
            pattern = {"rows": {"pattern": f"^{prefix}(?P<sector>.+)$"}}
            own = pattern if prefix else {}
            columns = [min(best.columns), *(line.position for line in self.final)]
            return {
                key: {"corner": self._corner(rows[0], column), **own, **header}
                for key, column, header in zip(keys, columns, headers, strict=False)
            }
        if imports is None or best.kind != SYMMETRIC:
            return {}
        header = imports.match.header
        address = self._frame(imports.table, header, (header, imports.rows[-1]))
        if best.origin == TOTAL_FLOWS:
            return dict.fromkeys(keys, address)
        remark = "# by product and buyer; instead of a row of imports below"
        return {remark: None} | {f"# {key}": address for key in keys}

    def _frame(self, table: Table, header: int, rows: tuple[int, int]) -> _Content:
        """Return the sheet, the rows and the header of a block in another table."""
        sheet = self.survey.sheet_of(table)
        frame: _Content = {"file": sheet.cells.file} if self.has_files else {}
        if sheet is not self.sheet:
            frame["sheet"] = sheet.pattern
        if len(sheet.findings) > 1:
            frame["area"] = f"{rows[0] + 1}:{rows[1] + 1}"
        return frame | {"header_rows": [header + 1]}

    def _supply(self) -> _Content:
        supply = self.survey.supply
        if supply is None:
            return {"supply": _Noted(ASK, "no supply table was found")}
        frame = self._frame_of(supply)
        corner = _Word(cell_name(supply.rows[0], min(supply.columns)))
        blocks: _Content = {"supply": {**frame, "corner": corner}}
        for key, role in _SUPPLIED.items():
            lines = supply.lines(role, columns=True)
            if lines and key in NAMED:
                blocks[key] = _by_id(
                    (line_id(x.texts), x, self._column([x], supply)) for x in lines
                )
            elif lines:
                blocks[key] = self._column(lines, supply)
        return blocks

    def _frame_of(self, finding: Finding) -> _Content:
        """Return where a table stands, nothing for the one that the map reads."""
        if finding is self.best:
            return {}
        table, match = finding.table, finding.match
        frame = self._frame(table, match.header, (table.headers[0], table.end[0]))
        if match.label != self.best.match.label:
            frame["header_columns"] = [_Word(column_letters(match.label))]
        return frame

    def _frame_of_part(self, part: Part, levels: Sequence[int], k: int) -> _Content:
        """Return where a part stands; its labels are those at `k` of the levels."""
        own = part.heads[levels.index(k) - len(levels)]
        header, column = (own, part.level) if part.is_beside else (part.level, own)
        span = part.table.headers[0], part.table.end[0]
        frame = self._frame(part.table, header, span)
        return frame | {"header_columns": [_Word(column_letters(column))]}

    def _header_of_users(self) -> _Content:
        """Return the row of the labels of final users, if it is one of their own."""
        header, match = header_row_of(self.best, self.final), self.best.match
        if header is not None and self.best.table.parts:
            address = self._column(self.final)
            return {key: value for key, value in address.items() if key != "column"}
        if header in (None, match.header):
            return {}
        no_order = {"columns": {"order": _Word("false")}} if match.beside else {}
        return {"header_rows": [header + 1], **no_order}

    def _columns(self) -> _Content:
        best = self.best
        own = self._header_of_users()
        blocks: _Content = {"final_demand": own} if own else {}
        for key, role in (("exports", EXPORTS), ("error", DISCREPANCY)):
            lines = best.lines(role, columns=True)
            if lines:
                blocks[key] = self._column(lines)
        unnamed = [line for line in self.final if line.role.name == UNKNOWN]
        if unnamed and "exports" not in blocks and not region_labels(best):
            blocks["exports"] = _Noted(
                ASK, "a column, or none: some have no known name"
            )
        imports = best.import_columns if best.origin == TOTAL_FLOWS else []
        if imports:
            # only imports are printed as deductions; a discrepancy has both signs
            is_minus = all(best.values(x, columns=True).sum() < 0 for x in imports)
            address = self._column(imports) | ({"sign": -1} if is_minus else {})
            is_named = any(role_of(line.texts).name != UNKNOWN for line in imports)
            question = "imports, or what is drawn from stocks?"
            is_sure = is_named or not is_minus
            blocks["imports"] = _or_asked(address, question, is_sure=is_sure)
        return blocks

    def _rows(self) -> _Content:
        best, blocks = self.best, {}
        imports = best.lines(IMPORTS, columns=False)
        is_known = best.imported_rows or best.origin == TOTAL_FLOWS
        if best.import_rows:
            address = self._row(list(best.import_rows)) | {"by_product": _Word("true")}
            is_named = all(line.role.name == IMPORTS for line in best.import_rows)
            question = "imports by product?"
            blocks["imports"] = _or_asked(address, question, is_sure=is_named)
        elif imports and not is_known and best.kind == SYMMETRIC:
            blocks["imports"] = self._row(imports)
            if any(self.best.reaches_users(line) for line in imports):
                blocks["imports_of_final_users"] = self._row(imports, of_users=True)
            else:
                blocks["# imports of final users are not in this table"] = None
        inputs = best.lines(*_PAID, columns=False)
        has_unnamed = any(line.role.name == UNKNOWN for line in inputs)
        if has_unnamed and not imports and not is_known and best.kind == SYMMETRIC:
            blocks["imports"] = _Noted(ASK, "a row, or none: some have no known name")
        emitted = [line for line in best.emission_lines if line in best.row_lines]
        direct = [line for line in emitted if self.best.reaches_users(line)]
        blocks["value_added"] = _by_id(
            (
                line_id([self._label(line)]),
                line,
                _Noted(self._row([line]), self._remark(line)),
            )
            for line in inputs
        )
        blocks["emissions"] = {
            line_id(x.texts): self._row([x]) if x in emitted else self._column([x])
            for x in best.emission_lines
        }
        blocks["direct_emissions"] = {
            line_id(x.texts): self._row([x], of_users=True) for x in direct
        }
        return {key: block for key, block in blocks.items() if block or block is None}

    def _check(self) -> _Content:
        for lines, address in (
            (self.best.row_lines, self._row),
            (self.best.column_lines, self._column),
        ):
            named = [line for line in lines if line.role.name == OUTPUT]
            if named:
                return {"check": {"output": address(named)}}
        return {}

    def _column(self, lines: list[Line], of: Finding | None = None) -> _Content:
        """Return the address of columns of a table: headers, or first cells."""
        finding = of or self.best
        row, where = header_row_of(finding, lines), self._frame_of(finding)
        if row is None and not finding.table.parts:
            corners = [self._corner(finding.rows[0], line.position) for line in lines]
            return _sum_of([{"corner": corner, **where} for corner in corners])
        header = finding.match.header
        if row not in (None, header):
            where = where | {"header_rows": [row + 1]}
        return self._labelled(finding.table, lines, "column", row or header, where)

    def _row(self, lines: list[Line], *, of_users: bool = False) -> _Content:
        """Return the address of rows: labels, or first cells, of final users too."""
        best, table, positions = self.best, self.best.table, [x.position for x in lines]
        for column in sorted(table.labels, key=lambda k: k != best.match.label):
            texts, labels = table.down(column, positions), table.down(column)
            is_unique = best.stack.kind or not any(labels.count(t) > 1 for t in texts)
            if all(texts) and is_unique:
                break
        else:
            start = self.final[0].position if of_users else None
            return _sum_of(
                [
                    {"corner": self._corner(line.position, start)}
                    | ({"row": line_name(line.texts)} if best.match.beside else {})
                    for line in lines
                ]
            )
        where, own = {}, {}
        if best.stack.year is not None:
            stack, row = best.stack, positions[0]
            kind = table.cells.texts[row, stack.kind[0]] if stack.kind else None
            where = self._where(kind)
        if column != best.match.label:
            own = {"header_columns": [_Word(column_letters(column))]}
        return self._labelled(table, lines, "row", column, own | where)

    def _labelled(
        self, table: Table, lines: list[Line], key: str, level: int, where: _Content
    ) -> _Content:
        """Return the address of lines by labels, in parts where these stand."""
        is_column = key == "column"
        levels, labels = (
            (table.headers, table.across) if is_column else (table.labels, table.down)
        )
        groups = groupby(
            lines, lambda line: table.part_at(line.position, is_column=is_column)
        )
        return _sum_of(
            [
                {key: _one_or_more(labels(level, (line.position for line in own)))}
                | (self._frame_of_part(part, levels, level) if part else where)
                for part, own in groups
            ]
        )

    def _remark(self, line: Line) -> str:
        """Return the role of a row of inputs, and its name if its label is a code."""
        role, name = line.role.name.replace(VALUE_ADDED, ""), line_name(line.texts)
        names = [name] if name != self._label(line) else []
        return ": ".join([*[role] * bool(role), *names])

    def _label(self, line: Line) -> str:
        """Return the label of a row, by the sectors' labels if it has one there."""
        own = self.best.table.cells.label(line.position, self.best.match.label)
        return own or line_name(line.texts)


def _or_asked(address: _Content, question: str, *, is_sure: bool) -> Any:
    """Return an address, in a remark after the question if it is not sure."""
    return address if is_sure else _Noted(ASK, f"{question} {_on_one_line(address)}")


def _sum_of(addresses: list[_Content]) -> _Content:
    return addresses[0] if len(addresses) == 1 else {"sum": addresses}


def _by_id(addresses: Iterable[tuple[str, Line, Any]]) -> _Content:
    """Return addresses by id of their lines; one that repeats gets its position."""
    content: _Content = {}
    for key, line, address in addresses:
        content[f"{key}_{line.position + 1}" if key in content else key] = address
    return content
