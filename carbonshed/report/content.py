"""The content of a page: sections, facts, tables and charts; templates lay them out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import quote

import yaml

from carbonshed.numbers import MISSING, Scale
from carbonshed.report.context import Context
from carbonshed.report.glossary import words_of
from carbonshed.report.queries import Rows

OWN = "own"  # a unit: that of the row
MAX_ROWS = 400  # on a page; the file beside it has more
_REMARKS = ("is_", "world_comparison")  # say how figures are read, and are none
MAX_FIGURES = 100  # of a table behind a chart
_MIN_LONG = 40  # letters of a text that gets some width on a phone


@dataclass(frozen=True)
class Column:
    """A column of a table, by its name in the answer to the query.

    Label and unit are those that marts give the name, unless it has its own. A unit is
    one of `carbonshed.numbers.choose_scale`, with `stressor` for the stressor's own, or
    `own` for the one that each row has in its column `unit`; or `text` or `word` (an id
    that is a word) for a column without numbers. Its text leads to the page of the
    region whose id is in the column `region`, or beside a name.
    """

    name: str
    label: str = ""
    unit: str = ""
    region: str = ""

    @property
    def is_number(self) -> bool:
        """True for a column that is written flush right."""
        return self.unit not in ("text", "word")

    def of_marts(self, context: Context, source: Rows) -> "Column":
        """Return the column with what it leaves to the marts."""
        label, unit = context.columns.get(self.name, (self.name, ""))
        id_ = f"{self.name.removesuffix('name')}id"
        is_place = self.name.endswith("region_name") and id_ in source.columns
        return Column(
            self.name,
            self.label or label,
            self.unit or unit or "text",
            self.region or (id_ if is_place else ""),
        )


@dataclass(frozen=True)
class Cell:
    """A value as it is read, and the key by which it is sorted."""

    text: str
    key: str | float
    href: str = ""


@dataclass(frozen=True)
class Header:
    """The head of a column."""

    label: str
    unit: str
    is_number: bool
    is_long: bool = False
    divisor: float = 1.0  # the size of the unit


@dataclass(frozen=True)
class Table:
    """A table with its numbers written; the file `data/ID.csv` has all digits.

    `words` are terms of its heads with their meanings.
    """

    id: str
    caption: str
    headers: list[Header]
    cells: list[list[Cell]]
    source: Rows
    note: str = ""
    columns: Sequence[str] = ()  # the source's, one a header
    words: Sequence[tuple[str, str]] = ()

    @property
    def rows_left_out(self) -> int:
        """The number of rows that only the file has."""
        return len(self.source) - len(self.cells)


@dataclass(frozen=True)
class Chart:
    """A chart: a Vega-Lite specification without title, and the data behind it.

    A live chart is filled and saved by the page. The finding is its title, on the page
    and in the saved picture, and `title` then says in the second line what is drawn.
    The extent is that of its footprints, if not the page's. `choices` have the options
    of each question that the reader may answer, `answers` those of the chart itself,
    the first of all unless said, and `views` the chart for other answers. `elsewhere`
    has the folders of pages with further views, those of other years, by their answers.
    Notes stand below it and in the picture. `figures` is the table behind it, if that
    has other columns than marts have.
    """

    id: str
    title: str
    summary: str
    spec: dict[str, Any]
    source: Rows
    is_live: bool = False
    finding: str = ""
    extent: str = ""
    notes: tuple[str, ...] = ()
    choices: Mapping[str, Sequence[str]] = field(default_factory=dict)
    views: Mapping[tuple[str, ...], "Chart"] = field(default_factory=dict)
    answers: tuple[str, ...] = ()
    elsewhere: Mapping[tuple[str, ...], str] = field(default_factory=dict)
    figures: Table | None = None

    @property
    def is_map(self) -> bool:
        """True if it is drawn on the outlines of the report."""
        return "projection" in self.spec

    @property
    def heading(self) -> str:
        """The finding, or what is drawn if there is none."""
        return self.finding or self.title

    @property
    def words(self) -> str:
        """The second line: what is drawn, if the heading does not say it."""
        return self.title if self.finding else ""

    @property
    def own_answers(self) -> tuple[str, ...]:
        """The answer to each question that the chart itself gives."""
        firsts = tuple(options[0] for options in self.choices.values())
        return self.answers or firsts

    @property
    def all_views(self) -> dict[tuple[str, ...], "Chart"]:
        """Every view by the answers it needs, the chart itself first."""
        return {self.own_answers: self, **self.views}


@dataclass(frozen=True)
class Fact:
    """A number with its label, as a tile."""

    label: str
    value: str
    unit: str = ""
    note: str = ""
    raw: float | None = None


def make_fact(
    context: Context, label: str, value: float | None, unit: str, note: str = ""
) -> Fact:
    """Return a number with its label, which has the nouns of the table."""
    size = context.scale([value], unit)
    text = size.text(value)
    return Fact(label, text, size.unit if text != MISSING else "", note, value)


@dataclass(frozen=True)
class Card:
    """A link to another page, with a sentence about it."""

    href: str
    title: str
    text: str


@dataclass(frozen=True)
class Finding:
    """A finding as a headline and in full, and the page that shows it.

    Its grade says how it has stood its tests, and its licence which they were; both are
    empty where there is nothing to test.
    """

    headline: str
    text: str
    href: str
    grade: str = ""
    licence: str = ""


@dataclass
class Section:
    """A part of a page: texts, then facts, charts and tables.

    A section with nothing to show is left out, and the end of the page gives the
    reason, `empty`. Warnings come first. `others` are facts that count the same in
    another way; the reader opens them, and the charts and tables below a `fold`, and
    the section itself if it is not open.
    """

    id: str
    heading: str
    text: list[str] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    charts: list[Chart | None] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    cards: list[Card] = field(default_factory=list)
    empty: str = ""
    warnings: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    others: list[Fact] = field(default_factory=list)
    fold: str = ""
    is_open: bool = False

    def __post_init__(self) -> None:
        """Leave out charts that could not be drawn, and tables without rows."""
        self.charts = [chart for chart in self.charts if chart is not None]
        self.tables = [table for table in self.tables if table.cells]

    @property
    def has_content(self) -> bool:
        """True if there is more than the reason why there is nothing."""
        shown = (self.facts, self.charts, self.tables, self.cards, self.findings)
        return any(shown) or bool(not self.empty and (self.text or self.warnings))


@dataclass
class Page:
    """A page of the report: one sentence, one picture and one next step.

    The headline is its first heading, and the finding below it is the proof, with all
    conditions; without a headline the finding is the heading, and without both the
    title. The picture is in no section, and the next step leads to another page.
    """

    title: str
    lead: str
    sections: list[Section]
    finding: str = ""
    headline: str = ""
    picture: Chart | None = None
    next_step: Card | None = None
    template: str = "page.html"
    more: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Keep a section from saying again what the page begins with or has explained.

        Its proof stands below the picture; a word is explained below its first table.
        """
        proof = self.finding.removesuffix(".")
        explained: set[str] = set()
        for section in self.sections:
            section.text = [t for t in section.text if t.removesuffix(".") != proof]
            for number, table in enumerate(section.tables):
                words = [entry for entry in table.words if entry[0] not in explained]
                explained.update(term for term, _ in words)
                section.tables[number] = replace(table, words=words)

    @property
    def shown(self) -> list[Section]:
        """The sections that have something to show."""
        return [section for section in self.sections if section.has_content]

    @property
    def not_shown(self) -> list[tuple[list[Section], str]]:
        """The sections that are left out, by their reason."""
        reasons: dict[str, list[Section]] = {}
        for section in self.sections:
            if section.empty:
                reasons.setdefault(section.empty, []).append(section)
        return [(sections, reason) for reason, sections in reasons.items()]

    def begins_with(self, chart: Chart) -> bool:
        """Return whether a chart is the picture, or one of its views."""
        views = self.picture.all_views.values() if self.picture else ()
        return chart.id in [view.id for view in views]

    @property
    def charts(self) -> list[Chart]:
        """All charts, the picture first."""
        charts = [chart for section in self.sections for chart in section.charts]
        return [self.picture, *charts] if self.picture else charts

    @property
    def tables(self) -> list[Table]:
        """All tables."""
        return [table for section in self.sections for table in section.tables]


def make_table(
    context: Context,
    id: str,  # noqa: A002 - it is the id of an element
    caption: str,
    source: Rows,
    columns: Sequence[Column],
    note: str = "",
    max_rows: int = MAX_ROWS,
) -> Table:
    """Return the rows of a query as a table of a page.

    Columns of one unit have one scale, so that they can be compared and added up, as
    have the numbers of a row in a unit of its own. Only the file has columns without a
    value. Caption, labels and note name no region.
    """
    columns = [
        column.of_marts(context, source)
        for column in columns
        if any(value not in (None, "") for value in source.column(column.name))
    ]
    scales = scales_of(context, source, columns)
    cells = [
        [_cell(column, row, scales | own) for column in columns]
        for row in islice(source, max_rows)
        for own in [_own_scale(context, row, columns)]
    ]
    headers = [
        Header(
            context.with_nouns(column.label),
            scales[column.unit].unit if column.unit in scales else "",
            column.is_number,
            any(len(row[index].text) > _MIN_LONG for row in cells),
            scales[column.unit].divisor if column.unit in scales else 1.0,
        )
        for index, column in enumerate(columns)
    ]
    caption, note = context.with_nouns(caption), context.with_nouns(note)
    names = [column.name for column in columns]
    explained = [
        (term, context.with_nouns(meaning))
        for term, meaning in words_of(column.label for column in columns)
    ]
    return Table(id, caption, headers, cells, source, note, names, explained)


def figures_of(context: Context, chart: Chart) -> Table:
    """Return what a chart is drawn from as a table: the columns that marts have."""
    if chart.figures is not None:
        return chart.figures
    names = [
        name
        for name in chart.source.columns
        if name in context.columns and not name.startswith(_REMARKS)
    ]
    # a name tells more than the id beside it
    shown = [
        Column(name)
        for name in names
        if not name.endswith("_id") or f"{name.removesuffix('id')}name" not in names
    ]
    title = chart.title
    return make_table(
        context, f"figures-{chart.id}", title, chart.source, shown, max_rows=MAX_FIGURES
    )


def scales_of(
    context: Context, source: Rows, columns: Sequence[Column]
) -> dict[str, Scale]:
    """Return the scale of each unit, from all columns that have it."""
    values: dict[str, list[Any]] = {}
    for column in columns:
        if column.is_number and column.unit != OWN:
            values.setdefault(column.unit, []).extend(source.column(column.name))
    return {unit: context.scale(numbers, unit) for unit, numbers in values.items()}


def _own_scale(
    context: Context, row: Mapping[str, Any], columns: Sequence[Column]
) -> dict[str, Scale]:
    """Return the scale of the numbers of a row in its own unit, if it has some."""
    values = [row[column.name] for column in columns if column.unit == OWN]
    return {OWN: context.scale(values, row["unit"])} if values else {}


def _cell(column: Column, row: Mapping[str, Any], scales: Mapping[str, Scale]) -> Cell:
    value = row[column.name]
    text = written(column.unit, value, scales)
    if column.is_number and value is not None:
        return Cell(text, float(value))
    region = row[column.region] if column.region else ""
    href = region_href(region) if region else ""
    return Cell(text, "" if value is None else text, href)


def written(unit: str, value: Any, scales: Mapping[str, Scale]) -> str:
    """Return a value as it is read."""
    if value is None or value == "":
        return MISSING
    if unit in scales:
        # no head has the unit of a row, and nothing needs none
        has_unit = unit == OWN and value != 0
        return scales[unit].full(value) if has_unit else scales[unit].text(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return word(value) if unit == "word" else str(value)


def region_href(region: str) -> str:
    """Return the address of a region, from a page of the same year and stressor."""
    return f"place.html#{quote(region, safe='')}"


def relabelled(rows: Rows, column: str, labels: Mapping[str, str]) -> Rows:
    """Return rows with labels in place of the ids of a column."""
    index = rows.columns.index(column)
    relabelled_rows = [
        (*row[:index], labels.get(row[index], word(row[index])), *row[index + 1 :])
        for row in rows.rows
    ]
    return Rows(rows.columns, relabelled_rows)


@cache
def _words() -> dict[str, str]:
    return yaml.safe_load(Path(__file__).with_name("words.yml").read_text("utf-8"))


def word(value: str | None) -> str:
    """Return ids that are words, such as rules, as people read them."""
    if value is None:
        return MISSING
    ids = value.split(", ")
    return ", ".join(_words().get(id_, id_.replace("_", " ")) for id_ in ids)
