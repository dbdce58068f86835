"""Pages as data: what stands on a page, in a file of yml, and the page made of it.

`pages/ID.yml` has the sections of a page, `pages/ID.py` its charts, and a file of yml
beside a query the table that shows its answer. Texts are rows of the seed `texts`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from importlib import import_module
from importlib.resources import files
from types import ModuleType
from typing import Any

import yaml

from carbonshed.report.content import (
    Card,
    Chart,
    Column,
    Fact,
    Finding,
    Page,
    Section,
    Table,
    make_fact,
    make_table,
    relabelled,
)
from carbonshed.report.context import Context
from carbonshed.report.queries import QUERIES, Marts, Rows
from carbonshed.report.sentences import unsaid, wording

PAGES = "carbonshed.report.pages"


@dataclass(frozen=True)
class TableYml:
    """A table, or facts, as the file beside a query describes it.

    Captions, labels and notes are texts with fields. A column of the answer has the
    label and the unit of the marts, unless it has its own, and is left out if that
    needs a field that is not known. `words` are the words of the ids of a column, by
    its name. `query` is the one beside it unless it is named; a table of `rows`, texts
    by column, has none, and leaves a row out in the same way.
    """

    id: str = ""
    caption: str = ""
    columns: Mapping[str, Mapping[str, str] | None] = field(default_factory=dict)
    facts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    note: str = ""
    query: str = ""
    rows: Sequence[Mapping[str, str]] = ()
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    most: int | None = None


@dataclass(frozen=True)
class SectionYml:
    """A section of a page: ids of texts, tables by their files, charts by functions.

    What the findings `says` say stands before its texts. `findings` are a list of them,
    each with the page that shows it, and `next` is the way on from the section. Without
    an answer to the query `needs`, the section gives the reason `why`, a text; without
    a reason it is left out. The same goes for a section with nothing to show. Marts are
    `of_masses`, stressors that are a mass, but for a few of any stressor.
    """

    id: str
    heading: str
    needs: str = ""
    why: str = ""
    warnings: Sequence[str] = ()
    says: Sequence[str] = ()
    findings: Mapping[str, str] = field(default_factory=dict)
    texts: Sequence[str] = ()
    facts: str = ""
    others: str = ""  # facts that count the same in another way
    charts: Sequence[str] = ()
    tables: Sequence[str] = ()
    fold: str = ""
    next: Sequence[Mapping[str, str]] = ()
    is_open: bool = False
    of_masses: bool = True


@dataclass(frozen=True)
class OpeningYml:
    """What a page may begin with: a finding and its picture, a function.

    One that needs no number begins the page with whatever the headline says. Without a
    picture, what the template of the page shows is one.
    """

    finding: str
    picture: str = ""
    needs_number: bool = True


@dataclass(frozen=True)
class PageYml:
    """A page: what it may begin with, its sections and the next step.

    It begins with the first opening whose finding says a number, or who stands out, if
    it needs that, and whose picture can be drawn, else with the last that has a
    picture. No section shows it again. `more` names functions for what its template
    needs beside. The addresses `before`, of earlier reports, lead to the page. `shown`
    has words and looks of what its charts show, mostly by column.
    """

    title: str
    lead: str
    sections: Sequence[SectionYml]
    before: Sequence[str] = ()
    opens: Sequence[OpeningYml] = ()
    needs: str = ""
    why: str = ""
    next: Sequence[Mapping[str, str]] = ()
    template: str = "page.html"
    more: Mapping[str, str] = field(default_factory=dict)
    headline: str = ""
    parts: Sequence[SectionYml] = ()
    shown: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class Material:
    """What a page is made of: a context, answers to queries, and values of texts."""

    context: Context
    marts: Marts
    module: ModuleType | None = None
    _rows: dict[str, Rows] = field(default_factory=dict)
    _charts: dict[str, Chart | None] = field(default_factory=dict)

    def rows(self, query: str) -> Rows:
        """Return the answer to a query, no rows where a mart of it was not built."""
        if query not in self._rows:
            self._rows[query] = self.marts.ask_if_built(query)
        return self._rows[query]

    @cached_property
    def values(self) -> dict[str, Any]:
        """The values of fields: those of the context, then those of the page."""
        words = getattr(self.module, "words", None)
        return self.context.words | (words(self) if words else {})

    def fill(self, text: str) -> str:
        """Return a text with its fields filled; empty where one is not known."""
        return self.context.fill(text, self.values)

    def text(self, id_: str) -> str:
        """Return a text of the seed, filled; empty where a field is not known."""
        return self.fill(wording(id_))

    def why(self, id_: str, of_masses: bool) -> str:
        """Return a text, or that of the stressor that has no such marts."""
        is_known = self.context.is_mass or not of_masses
        return self.text(id_ if is_known else "page_only_masses")

    def sentences(self, ids: Iterable[str]) -> list[str]:
        """Return texts, but for those with a field that is not known."""
        return [text for id_ in ids if (text := self.text(id_))]

    def findings(self, ids: Iterable[str]) -> list[str]:
        """Return findings as sentences, those that the table has."""
        return [f"{text}." for id_ in ids if (text := self.context.finding(id_))]

    def listed(self, pages: Mapping[str, str]) -> list[Finding]:
        """Return findings with their tests and pages, those that the table has."""
        context = self.context
        return [
            Finding(
                context.headline(id_) or text,
                f"{text}.",
                _address(page),
                context.grades.get(id_, ""),
                context.licences.get(context.headline(id_), ""),
            )
            for id_, page in pages.items()
            if (text := context.finding(id_))
        ]

    def chart(self, name: str) -> Chart | None:
        """Return a chart by the name of its function, drawn once."""
        if name not in self._charts:
            self._charts[name] = getattr(self.module, name)(self)
        return self._charts[name]

    def table(self, name: str) -> Table:
        """Return the table that the file beside a query describes."""
        described = read_table(name)
        rows = (
            self._stated(described)
            if described.rows
            else self.rows(described.query or name)
        )
        for column, words in self.words_of(name).items():
            if rows.columns:
                rows = relabelled(rows, column, words)
        return make_table(
            self.context,
            described.id,
            self.fill(described.caption),
            rows,
            [column for column in self.columns(name) if column.name in rows.columns],
            self.fill(described.note),
            *([described.most] if described.most else []),
        )

    def columns(self, name: str) -> list[Column]:
        """Return the columns of a table, but for those with a field that is unknown."""
        own = {
            key: {name: self.fill(each) for name, each in (words or {}).items()}
            for key, words in read_table(name).columns.items()
        }
        return [
            Column(key, **words)
            for key, words in own.items()
            if "" not in words.values()
        ]

    def words_of(self, name: str) -> dict[str, dict[str, str]]:
        """Return the words of the ids in a table, by column."""
        return {
            column: {key: self.fill(each) for key, each in words.items()}
            for column, words in read_table(name).words.items()
        }

    def _stated(self, described: TableYml) -> Rows:
        """Return the rows that a file has, but for those with a text not known."""
        names = tuple(described.columns)
        rows = [tuple(self.fill(row[name]) for name in names) for row in described.rows]
        return Rows(names, [row for row in rows if "" not in row])

    def facts(self, name: str) -> list[Fact]:
        """Return the facts of the first row of a query, those that are known."""
        row = self.rows(read_table(name).query or name).first() or {}
        return self.facts_of(name, row, self.values)

    def facts_of(
        self, name: str, row: Mapping[str, Any], values: Mapping[str, Any]
    ) -> list[Fact]:
        """Return the facts of a row, those that are known."""
        fill = self.context.fill
        return [
            make_fact(
                self.context,
                label,
                row[column],
                own.get("unit") or self.context.columns[column][1] or "",
                fill(own.get("note", ""), values),
            )
            for column, own in read_table(name).facts.items()
            if row.get(column) is not None and (label := fill(own["label"], values))
        ]


@dataclass(frozen=True)
class Described:
    """A page that its file describes."""

    id: str

    @property
    def TITLE(self) -> str:  # noqa: N802 - as a constant of the module of a page
        """The title of the page."""
        return read_page(self.id).title

    @property
    def module(self) -> ModuleType:
        """The charts of the page, and the values of its texts."""
        return import_module(f"{PAGES}.{self.id}")

    def page(self, context: Context, marts: Marts) -> Page:
        """Make the page."""
        described, module = read_page(self.id), self.module
        material = Material(context, marts, module)
        lead = material.text(described.lead)
        if described.needs and not len(material.rows(described.needs)):
            why = material.why(described.why, of_masses=True)
            section = Section("why", described.title, empty=why)
            return Page(described.title, lead, [section])
        opening, picture = _opening(material, described.opens)
        begins = {opening.picture} if opening and picture else set()
        sections = [_section(material, yml, begins) for yml in described.sections]
        sections = [each for each in sections if each]
        finding = context.finding(opening.finding) if opening else ""
        picture = _say_once(finding, picture, sections)
        return Page(
            described.title,
            lead,
            sections,
            finding,
            headline=context.headline(opening.finding)
            if opening
            else material.fill(described.headline),
            picture=picture,
            next_step=_next_step(material, described.next),
            template=described.template,
            more={
                name: material.text(each)
                if each.startswith("page_")
                else getattr(module, each)(material)
                for name, each in described.more.items()
            },
        )


@cache
def read_page(id_: str) -> PageYml:
    """Read the description of a page."""
    read = yaml.safe_load(files(PAGES).joinpath(f"{id_}.yml").read_text("utf-8"))
    return PageYml(
        **{
            **read,
            "sections": [SectionYml(**each) for each in read["sections"]],
            "opens": [OpeningYml(**each) for each in read.get("opens", ())],
            "parts": [SectionYml(**each) for each in read.get("parts", ())],
        }
    )


@cache
def read_table(name: str) -> TableYml:
    """Read the description of a table, `name` being `folder/file` without ending."""
    return TableYml(
        **yaml.safe_load(files(QUERIES).joinpath(f"{name}.yml").read_text("utf-8"))
    )


def _say_once(
    finding: str, picture: Chart | None, sections: Iterable[Section]
) -> Chart | None:
    """Leave out of sections what was said before; return the picture with its notes.

    Findings, notes of charts and texts may share a sentence, such as a scope.
    """
    said = [f"{finding}."] if finding else []

    def rest(texts: Iterable[str]) -> list[str]:
        kept = []
        for text in texts:
            if new := unsaid(text, *said):
                kept.append(new)
                said.append(new)
        return kept

    if picture:
        picture = replace(picture, notes=tuple(rest(picture.notes)))
    for section in sections:
        section.findings = [
            replace(each, text=text)
            for each in section.findings
            for text in rest([each.text])
        ]
        section.text = rest(section.text)
    return picture


def _opening(
    material: Material, openings: Sequence[OpeningYml]
) -> tuple[OpeningYml | None, Chart | None]:
    """Return what a page begins with, and its picture if one can be drawn."""
    best: tuple[OpeningYml | None, Chart | None] = (None, None)
    for opening in openings:
        chart = material.chart(opening.picture) if opening.picture else None
        is_drawn = chart or not opening.picture
        if is_drawn and _is_said(material.context, opening):
            return opening, chart
        if chart or not best[1]:
            best = opening, chart
    return best


def _is_said(context: Context, opening: OpeningYml) -> bool:
    """Return whether a finding says what it has to: who is first, or a number."""
    id_ = opening.finding
    if opening.needs_number:
        return bool(context.spoken_number(id_) or context.grades.get(id_))
    return bool(context.headline(id_))


def _section(
    material: Material, described: SectionYml, begins: set[str]
) -> Section | None:
    """Return a section, None if it has nothing to show and gives no reason."""
    heading = material.fill(described.heading)
    if described.needs and not len(material.rows(described.needs)):
        return _empty(material, described)
    section = Section(
        described.id,
        heading,
        [*material.findings(described.says), *material.sentences(described.texts)],
        material.facts(described.facts) if described.facts else [],
        [material.chart(each) for each in described.charts if each not in begins],
        [*map(material.table, described.tables)],
        cards=list(filter(None, [_next_step(material, described.next)])),
        warnings=material.sentences(described.warnings),
        findings=material.listed(described.findings),
        others=material.facts(described.others) if described.others else [],
        fold=material.fill(described.fold),
        is_open=described.is_open,
    )
    return section if section.has_content else _empty(material, described)


def _empty(material: Material, described: SectionYml) -> Section | None:
    """Return a section that gives its reason, None without one."""
    why = described.why and material.why(described.why, described.of_masses)
    heading = material.fill(described.heading)
    return Section(described.id, heading, empty=why) if why else None


def _next_step(material: Material, steps: Sequence[Mapping[str, str]]) -> Card | None:
    """Return the first step whose texts are known."""
    for step in steps:
        title, text = material.fill(step["title"]), material.fill(step["text"])
        if title and text:
            return Card(_address(step["page"]), title, text)
    return None


def _address(page: str) -> str:
    """Return the address of a page by its id, or of a part of it: `compare#since`."""
    name, _, part = page.partition("#")
    return f"{name}.html#{part}" if part else f"{name}.html"
