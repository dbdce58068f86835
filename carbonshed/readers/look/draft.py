"""A first map of a table and a list of its labels, for a person to correct."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from carbonshed.errors import CarbonshedError
from carbonshed.readers.files.workbooks import cell_name, column_letters
from carbonshed.readers.look.draft_blocks import (
    ASK,
    BlocksDraft,
    Context,
    mapping,
    text_of,
    texts_of,
)
from carbonshed.readers.look.finding import TOTAL_FLOWS, USE, Finding, Line
from carbonshed.readers.look.labels import (
    SectorLabel,
    extra_labels,
    header_row_of,
    line_id,
    line_name,
    own_texts,
    prefix_of,
    region_labels,
    sector_labels,
)
from carbonshed.readers.look.survey import Survey, money_of, year_cell_of
from carbonshed.readers.vocabulary import EMISSIONS, IMPORTS

_ROUNDING = 1.000001


def write_draft(survey: Survey, folder: Path) -> tuple[list[Path], list[Path]]:
    """Write a first map and the list of labels; keep existing files.

    Raises
    ------
    CarbonshedError
        If a file cannot be written.
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
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(
        [
            *("sector_id", "sector_name", "sector_group", "is_power_supply"),
            *("label", "row_label", "column_label", "proposed_from"),
        ]
    )
    # imports below have the labels of the sectors with another prefix
    prefix = prefix_of(survey.best, survey.best.rows)
    has_twins = bool(survey.best.imported_rows and prefix)
    for label in sector_labels(survey, survey.best):
        shown = (label.sector_id, label.name)
        short = label.row_label.removeprefix(prefix) if has_twins else ""
        writer.writerow(
            [
                label.sector_id,
                label.name,
                label.proposal.group,
                str(label.proposal.is_power_supply).lower(),
                "" if short in shown else short,
                "" if label.row_label in shown else label.row_label,
                "" if label.column_label in shown else label.column_label,
                label.proposal.reason,
            ]
        )
    return text.getvalue()


def first_map(survey: Survey) -> str:
    """Return a map of the best table as YAML with remarks."""
    if survey.best is None:
        return ""
    context = Context.of(survey, survey.best)
    return "\n".join(_MapDraft(context).lines()) + "\n"


class _MapDraft:
    """The map of a table."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.survey, self.best = context.survey, context.best
        self.sheet, self.is_folder = context.sheet, context.is_folder
        self.years, self.final = context.years, context.final

    def lines(self) -> Iterator[str]:
        """Yield the lines of the map."""
        yield "# A first map, as `carbonshed look` understood the file. Read it"
        yield f"# through, correct it, and replace every {ASK}."
        yield from self._descriptor()
        yield from self._place()
        yield from self._labels()
        yield from BlocksDraft(self.context).lines()

    def _descriptor(self) -> Iterator[str]:
        currency, unit = money_of(self.best, self.survey.remarks)
        yield f"title: {text_of(self.best.title or self.sheet.names[-1])}"
        yield f"source: {text_of(self.sheet.cells.file)}"
        yield f"licence: {text_of(ASK)}"
        if len(self.years) > 1:
            first, last = self.years[0], self.years[-1]
            is_run = last - first + 1 == len(self.years)
            yield f"years: {f'{first}-{last}' if is_run else self.years}"
        else:
            yield f"year: {self.years[0] if self.years else text_of(ASK)}"
        cell = year_cell_of(self.best, self.years[-1]) if self.years else None
        if cell and self.best.stack.year is None:
            yield f"year_cell: {cell_name(*cell)}"
        yield f"country: {text_of(ASK)}  # ISO 3166: FIN, or WLD for the world"
        yield f"currency: {currency or text_of(ASK)}  # ISO 4217"
        worth = f"{unit:.0f}" if unit else text_of(ASK)
        yield f"currency_unit: {worth}  # one number of the table is worth so much"
        yield f"price_basis: {text_of(_price_basis(self.best))}"
        marks = self.sheet.cells.mark_texts
        if marks:
            yield f"marks: {json.dumps(list(marks), ensure_ascii=False)}"
        if self.sheet.cells.style:
            style = ", ".join(f"{k}: {text_of(v)}" for k, v in self.sheet.cells.style)
            yield f"csv: {{{style}}}"
        if self.best.origin == TOTAL_FLOWS:
            yield "cells: total  # imports are inside the cells"
        if self.best.kind == USE:
            yield "model: D  # industry by industry; B: product by product"
            is_dear = self.survey.is_at_purchasers_prices
            basis = {True: "purchasers", False: "basic", None: text_of(ASK)}[is_dear]
            yield f"use_prices: {basis}"
        if self.best.kind == USE or self.best.origin == TOTAL_FLOWS:
            yield f"re_exports: {self._re_exports()}"

    def _re_exports(self) -> str:
        """Return the treatment of re-exports that the numbers allow."""
        imports, use = self._imports_and_use()
        beyond = int((imports > use * _ROUNDING).sum())
        if beyond:
            return f"proportional  # imports exceed use at home in {beyond} rows"
        return "none  # or proportional: exports hold imports too"

    def _imports_and_use(self) -> tuple[np.ndarray, np.ndarray]:
        """Return imports of each product, and its use without exports."""
        best, source = self.best, self.survey.supply or self.best
        lines = [
            line
            for line in source.column_lines
            if line.role.name == IMPORTS and not line.parts and not line.is_zero
        ] or [line for line in source.column_lines if line.role.name == IMPORTS]
        rows = (*best.rows, *best.extra_rows)
        by_label = {source.table.row_texts(row): row for row in source.table.rows}
        columns = [line.position for line in lines]
        imports = np.zeros(len(rows))
        for k, row in enumerate(rows):
            source_row = by_label.get(best.table.row_texts(row))
            if source_row is not None:
                imports[k] = abs(source.table.cells.block([source_row], columns).sum())
        home = [*best.columns, *(line.position for line in self.final)]
        use = best.table.cells.block(rows, home).sum(axis=1)
        return imports, use

    def _place(self) -> Iterator[str]:
        match, table = self.best.match, self.best.table
        if match is None:
            return
        if self.is_folder:
            yield f"file: {text_of(self.sheet.cells.file)}"
        yield f"sheet: {text_of(self.sheet.pattern)}"
        if len(self.sheet.findings) > 1:
            first = table.headers[0] + 1 if table.headers else table.rows[0] + 1
            yield f'area: "{first}:{table.rows[-1] + 1}"  # the rows of this table'
        rows = [match.header + 1]
        columns = [column_letters(match.label)]
        if match.outer:
            rows = [match.outer[1] + 1, *rows]
            columns = [column_letters(match.outer[0]), *columns]
        yield f"header_rows: {rows}"
        yield f"header_columns: [{', '.join(columns)}]"
        joined = self.best.joined_labels
        for side, lines in zip(("rows", "columns"), self.best.inner_sums, strict=True):
            if joined is not None:
                yield f"{side}: {{pattern: {text_of(joined.pattern)}}}"
            elif lines:
                texts = [
                    table.cells.label(line, match.label)
                    if side == "rows"
                    else table.cells.label(match.header, line)
                    for line in lines
                ]
                yield f"{side}: {{leave_out: {texts_of(texts)}}}"

    def _labels(self) -> Iterator[str]:
        people = f", population: {text_of(ASK)}, gdp: "
        if len(self.years) > 1:
            people = ""
            yield "regions:  # people and GDP of every year: with --indicators FILE"
        else:
            yield "regions:  # people; gdp in single currency units, or empty"
        for region in region_labels(self.best) or [ASK]:
            yield (
                f"  - {{region_id: {text_of(region)}, region_name: {text_of(region)}, "
                f"region_type: country{people}}}"
            )
        yield "# sectors: in the list of labels, as --sectors FILE"
        extra = extra_labels(self.best) if self.best.kind == USE else []
        if extra:
            yield "products:  # the rows: those of the sectors, and more"
            for label in [
                *sector_labels(self.survey, self.best),
                *extra,
            ]:
                yield f"  - {_product(label)}"
        yield "categories:"
        # several regions have the same categories
        yield from dict.fromkeys(f"  - {self._category(line)}" for line in self.final)
        yield from self._stressors()

    def _stressors(self) -> Iterator[str]:
        lines = [x for x in self.best.row_lines if x.role.name == EMISSIONS]
        if not lines:
            yield "stressors:  # with --emissions FILE, by sector_id"
            yield "  - {stressor_id: co2, stressor_name: Carbon dioxide, unit: kt}"
            return
        yield "stressors:"
        for line in lines:
            fields = {"stressor_id": line_id(line.texts)}
            fields |= {"stressor_name": line_name(line.texts), "unit": ASK}
            yield f"  - {mapping(fields)}"

    def _category(self, line: Line) -> str:
        texts = own_texts(self.best, line)
        name, group = line_name(texts), line.role.group or ASK
        fields = {
            "category_id": line_id(texts),
            "category_name": name,
            "category_group": group,
        }
        shown = "" if self.best.joined_labels else self._header_text(line)
        if shown and shown not in (fields["category_id"], name):
            fields["label"] = shown
        return mapping(fields)

    def _header_text(self, line: Line) -> str:
        row = header_row_of(self.best, self.final)
        match = self.best.match
        if row is None and match is not None:
            row = match.header
        return "" if row is None else self.best.table.cells.label(row, line.position)


def _product(label: SectorLabel) -> str:
    fields = {
        "sector_id": label.sector_id,
        "sector_name": label.name,
        "sector_group": label.proposal.group,
    }
    return mapping(fields)


def _price_basis(finding: Finding) -> str:
    title = finding.title.casefold()
    words_of_basis = {
        "purchasers' prices": ("purchaser",),
        "producers' prices": ("producer", "produsen", "生産者価格"),
        "basic prices": ("basic", "básico", "herstellungspreis", "prix de base"),
    }
    for basis, words in words_of_basis.items():
        if any(word in title for word in words):
            return f"{basis}, current"
    return "not stated, current"
