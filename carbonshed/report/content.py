"""What a page consists of; the templates decide how it looks."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from carbonshed.numbers import MISSING, Scale, scientific
from carbonshed.report.context import Context
from carbonshed.report.marts import Rows

MOST_ROWS = 400  # on a page; the file beside it has more
_LONG = 40  # letters: such a text gets some width on a phone


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Attributes
    ----------
    name
        Of the column in the answer to the query.
    label
        What stands above it, without unit.
    unit
        As in `carbonshed.numbers.scale`, `stressor` for the stressor's own;
        `tiny` for a number next to zero; `text`, `flag` or `word` (an id that is a
        word) for what is no number.
    region
        The column with the id of the region whose page the text leads to; empty for
        none.
    """

    name: str
    label: str
    unit: str = "text"
    region: str = ""

    @property
    def is_number(self) -> bool:
        """Whether it is written flush right."""
        return self.unit not in ("text", "flag", "word")


@dataclass(frozen=True)
class Cell:
    """A value as it is read, and as it is sorted."""

    text: str
    key: str | float
    href: str = ""


@dataclass(frozen=True)
class Header:
    """What stands above a column."""

    label: str
    unit: str
    is_number: bool
    is_long: bool = False


@dataclass(frozen=True)
class Table:
    """A table with its numbers written; the file `data/ID.csv` has all digits."""

    id: str
    caption: str
    headers: list[Header]
    cells: list[list[Cell]]
    source: Rows
    note: str = ""

    @property
    def rows_left_out(self) -> int:
        """How many rows stand in the file only."""
        return len(self.source) - len(self.cells)


@dataclass(frozen=True)
class Chart:
    """A chart: a Vega-Lite specification without title, and the data behind it.

    A wide one keeps its size and is scrolled on a small screen; a live one is filled
    and saved by the page. A finding, where there is one, is the title of the picture
    that is saved: there no page says it. The extent is that of its footprints, where it
    is not that of the page's.
    """

    id: str
    title: str
    summary: str
    spec: dict[str, Any]
    source: Rows
    note: str = ""
    is_wide: bool = False
    is_live: bool = False
    finding: str = ""
    extent: str = ""


@dataclass(frozen=True)
class Fact:
    """A number that stands for itself."""

    label: str
    value: str
    unit: str = ""
    note: str = ""
    raw: float | None = None


def make_fact(
    context: Context, label: str, value: float | None, unit: str, note: str = ""
) -> Fact:
    """Write a number that stands for itself; no region is named in its words."""
    size = context.scale([value], unit)
    text = size.text(value)
    return Fact(
        context.with_nouns(label),
        text,
        size.unit if text != MISSING else "",
        context.with_nouns(note),
        value,
    )


@dataclass(frozen=True)
class Card:
    """The way to another page, with what is found there."""

    href: str
    title: str
    text: str


@dataclass
class Section:
    """A part of a page: what it says, then what it shows.

    Where it has nothing to show it is not made: `empty` says why, at the end of the
    page. What must be known before anything else in it is a warning. Facts that count
    the same in another way, the others, are opened by the reader; so are charts and
    tables of a section with a `fold`, which says what they are.
    """

    id: str
    heading: str
    text: list[str] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    charts: list[Chart] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    cards: list[Card] = field(default_factory=list)
    empty: str = ""
    warnings: list[str] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)
    others: list[Fact] = field(default_factory=list)
    fold: str = ""

    def __post_init__(self) -> None:
        """Leave out tables without rows: a head alone says nothing."""
        self.tables = [table for table in self.tables if table.cells]

    @property
    def has_content(self) -> bool:
        """Whether there is more than the reason why there is nothing."""
        shown = (self.facts, self.charts, self.tables, self.cards, self.findings)
        return any(shown) or bool(not self.empty and (self.text or self.warnings))


@dataclass
class Page:
    """A page of the report; a finding, where there is one, is its title."""

    id: str
    title: str
    lead: str
    sections: list[Section]
    finding: str = ""
    template: str = "page.html"
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def shown(self) -> list[Section]:
        """The sections that have something to show."""
        return [section for section in self.sections if section.has_content]

    @property
    def not_shown(self) -> list[tuple[list[Section], str]]:
        """What is not shown, and why: each reason once, with all that it is true of."""
        reasons: dict[str, list[Section]] = {}
        for section in self.sections:
            if section.empty:
                reasons.setdefault(section.empty, []).append(section)
        return [(sections, reason) for reason, sections in reasons.items()]

    @property
    def charts(self) -> list[Chart]:
        """All charts."""
        return [chart for section in self.sections for chart in section.charts]

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
    most: int = MOST_ROWS,
) -> Table:
    """Write the rows of a query as a table of a page.

    Columns of one unit have one scale, so that they can be compared and added up. A
    column without a value is left to the file. No region is named in the caption, in
    a label or in the note.
    """
    columns = [
        column
        for column in columns
        if any(value not in (None, "") for value in source.column(column.name))
    ]
    scales = _scales(context, source, columns)
    writers = [_writer(column, scales) for column in columns]
    places = [source.columns.index(column.name) for column in columns]
    regions = [
        source.columns.index(column.region) if column.region else None
        for column in columns
    ]
    cells = [
        [
            writer.cell(row[place], None if region is None else row[region])
            for place, writer, region in zip(places, writers, regions, strict=True)
        ]
        for row in source.rows[:most]
    ]
    headers = [
        Header(
            context.with_nouns(column.label),
            writer.unit,
            column.is_number,
            any(len(row[number].text) > _LONG for row in cells),
        )
        for number, (column, writer) in enumerate(zip(columns, writers, strict=True))
    ]
    return Table(
        id,
        context.with_nouns(caption),
        headers,
        cells,
        source,
        context.with_nouns(note),
    )


@dataclass(frozen=True)
class _Writer:
    unit: str
    write: Callable[[Any], str]
    is_number: bool

    def cell(self, value: Any, region: str | None) -> Cell:
        text = self.write(value)
        if self.is_number and value is not None:
            return Cell(text, float(value))
        href = region_href(region) if region else ""
        return Cell(text, "" if value is None else text, href)


def region_href(region: str) -> str:
    """Return the address of a region, from a page of the same year and stressor."""
    return f"region.html#{quote(region, safe='')}"


def _scales(
    context: Context, source: Rows, columns: Sequence[Column]
) -> dict[str, Scale]:
    units = {column.unit for column in columns if column.is_number}
    return {
        unit: context.scale(
            [
                value
                for column in columns
                if column.unit == unit
                for value in source.column(column.name)
            ],
            unit,
        )
        for unit in units - {"year", "tiny"}
    }


def _writer(column: Column, scales: Mapping[str, Scale]) -> _Writer:
    if column.unit == "year":
        return _Writer("", lambda value: MISSING if value is None else str(value), True)
    if column.unit == "tiny":
        return _Writer("", scientific, True)
    if column.is_number:
        chosen = scales[column.unit]
        return _Writer(chosen.unit, chosen.text, True)
    write = {"text": _text, "flag": _flag, "word": word}[column.unit]
    return _Writer("", write, False)


def _text(value: Any) -> str:
    return MISSING if value is None or value == "" else str(value)


def _flag(value: bool | None) -> str:
    return MISSING if value is None else "yes" if value else "no"


def relabelled(rows: Rows, column: str, labels: Mapping[str, str]) -> Rows:
    """Return rows with ids of a column in words; unknown ones with spaces."""
    place = rows.columns.index(column)
    return Rows(
        rows.columns,
        [
            (*row[:place], labels.get(row[place], word(row[place])), *row[place + 1 :])
            for row in rows.rows
        ],
    )


# ids of the seeds that say nothing, or too much, as they are
_WORDS = {
    "top_decile": "the largest, 32 of every 309",
    "cumulative_half": "the largest, until half of the footprint",
    "lorenz_elbow": "above the mean in total and per person",
    "producers_or_consumers": "the largest as producer or consumer",
    "largest_above_mean": "the largest of those above the mean per person",
    "p25": "best quarter",
    "national_mean": "mean of all regions",
    "peer_mean": "mean of affluent regions",
    "world_mean": "mean of the world",
    "equal_per_capita": "the same for each person",
    "gap_proportional": "most to those furthest below",
    "water_filling": "filled up from the lowest",
}


def word(value: str | None) -> str:
    """Write an id that is a word, such as a rule, or several, with spaces."""
    if value is None:
        return MISSING
    each = value.split(", ")
    return ", ".join(_WORDS.get(one, one.replace("_", " ")) for one in each)
