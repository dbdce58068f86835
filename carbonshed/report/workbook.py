"""All tables of a report as one workbook: a cover, and a sheet for each table."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from carbonshed.report.content import Header, Page, word
from carbonshed.report.context import Context
from carbonshed.spreadsheets import MAX_LETTERS, MAX_ROWS, MAX_TITLE, write_sheets
from carbonshed.text import without_control

COVER = "cover"
_FIRST = ("year", "emission")  # columns before those of a table
_CUT = " ... (cut off: no cell holds more; the CSV file has all)"


@dataclass
class _Sheet:
    """The same table of all years; each column has the unit of the first of them."""

    caption: str
    columns: dict[str, Header] = field(default_factory=dict)
    rows: list[tuple[Context, Mapping[str, Any]]] = field(default_factory=list)

    def lines(self) -> Iterator[list[object]]:
        """Yield the heads of the columns, then the rows with all their digits."""
        yield [*_FIRST, *map(_head, self.columns.values())]
        for context, row in self.rows[:MAX_ROWS]:
            values = [
                _value(row.get(name), header) for name, header in self.columns.items()
            ]
            yield [context.year, context.stressor_name, *values]

    @property
    def note(self) -> str:
        """A note on rows that the sheet does not have; empty if it has all."""
        left = len(self.rows) - MAX_ROWS
        return (
            f"{left:,} more rows than a sheet has; see the CSV files"
            if left > 0
            else ""
        )


@dataclass
class Workbook:
    """The tables of a report, gathered page by page, and written in the end."""

    _contexts: list[Context] = field(default_factory=list)
    _sheets: dict[tuple[str, str], _Sheet] = field(default_factory=dict)

    def add(self, context: Context, page: Page) -> None:
        """Gather the tables of a page, and the files of one that has all places."""
        if context not in self._contexts:
            self._contexts.append(context)
        for table in page.tables:
            headers = dict(zip(table.columns, table.headers, strict=True))
            caption = table.caption.removesuffix(f", {context.title}")
            self._gather(context, table.id, caption, headers, table.source)
        for id_, rows in page.more.get("files", {}).items():
            headers = {name: Header(name, "", False) for name in rows.columns}
            caption = f"{word(id_)}: all {context.regions}"
            self._gather(context, f"region-{id_}", caption, headers, rows)

    def _gather(
        self,
        context: Context,
        id_: str,
        caption: str,
        headers: Mapping[str, Header],
        rows: Iterable[Mapping[str, Any]],
    ) -> None:
        sheet = self._sheets.setdefault((id_, context.unit), _Sheet(caption))
        # a column for each that a year before did not have
        sheet.columns |= headers | sheet.columns
        sheet.rows += [(context, row) for row in rows]

    def write(self, path: Path) -> None:
        """Write the workbook: the same bytes for the same publication."""
        titles = _titles(id_ for id_, _ in self._sheets)
        sheets = dict(zip(titles, self._sheets.values(), strict=True))
        lines = {COVER: self._cover(sheets)}
        lines |= {title: sheet.lines() for title, sheet in sheets.items()}
        written = self._contexts[0].dataset["ingested_at"].replace(tzinfo=None)
        write_sheets(lines, path, written)

    def _cover(self, sheets: dict[str, _Sheet]) -> Iterator[list[object]]:
        dataset = self._contexts[0].dataset
        if caveat := dataset.get("caveat_note"):
            yield ["caveat", _text(caveat)]
        yield ["dataset", _text(dataset["title"] or dataset["name"])]
        yield ["source", _text(dataset["source"])]
        yield ["licence", _text(dataset["licence"])]
        for context in self._contexts:
            without = (
                context.leaves_out and f"; footprints leave out {context.leaves_out}"
            )
            yield [context.title, f"{context.holds}{without}"]
        yield []
        yield ["sheet", "table", "rows", "note"]
        for title, sheet in sheets.items():
            yield [title, _text(sheet.caption), len(sheet.rows), sheet.note]


def _titles(ids: Iterable[str]) -> list[str]:
    """Return names of sheets, which are short and differ without regard to case."""
    titles = {COVER: COVER}
    for id_ in ids:
        title, number = id_[:MAX_TITLE], 1
        while title.casefold() in titles:
            number += 1
            title = f"{id_[: MAX_TITLE - len(str(number)) - 1]}-{number}"
        titles[title.casefold()] = title
    return list(titles.values())[1:]


def _head(header: Header) -> str:
    return f"{header.label} ({header.unit})" if header.unit else header.label


def _value(value: Any, header: Header) -> object:
    if header.is_number and isinstance(value, int | float):
        return value if header.divisor == 1 else value / header.divisor
    return _text(value) if isinstance(value, str) else value


def _text(text: str) -> str:
    """Return a text that a cell can hold."""
    clean = without_control(text)
    if len(clean) <= MAX_LETTERS:
        return clean
    return clean[: MAX_LETTERS - len(_CUT)] + _CUT
