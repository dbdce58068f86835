"""Readings that the data do not bear out, and where a reader would meet them."""

import re
from pathlib import Path

from carbonshed.report.pages import MOVED
from support.compare import asked

# true of a table of one country only; "international" is another word
OF_A_NATION = re.compile(r"\b(lower bound|national|abroad|domestic)\b", re.I)
# a condition is true of every table, and so is the name of a figure
OF_ANY_TABLE = re.compile(
    r"In a table of one country, [^.;]*[.;]|gross domestic product", re.I
)
# incomes of WIOD 2011, and of a table in which nobody buys anything: their premise
# fails
NO_RESULTS = re.compile(r"(?<![\d.])(22,?927|110,?755|264,?292|314,?961)(?!\d)")


def readings_of_a_nation(warehouse: Path, report: Path) -> list[str]:
    """Return what is said that is true of a table of one country only.

    On the pages of a report with their charts, in the data of its regions, in comments
    of tables and columns, in headlines and findings.
    """
    said = said_beside(warehouse)
    pages = [page for page in report.rglob("*.html") if page.stem not in MOVED]
    files = (*pages, *report.rglob("regions.js"))
    said += [(file.name, file.read_text("utf-8")) for file in files]
    return [
        f"{where}: {text[max(found.start() - 60, 0) : found.end() + 40]}"
        for where, text in ((where, OF_ANY_TABLE.sub("", text)) for where, text in said)
        for found in OF_A_NATION.finditer(text)
    ]


def said_beside(warehouse: Path) -> list[tuple[str, str]]:
    """Return comments, headlines and findings, each with where it stands."""
    return asked(
        warehouse,
        "select table_name || '.' || column_name, comment from duckdb_columns()"
        " where schema_name = 'marts' and comment is not null"
        # the list of what a scope can be
        " and (table_name, column_name) <> ('account_extents', 'scope')"
        " union all select table_name, comment from duckdb_tables()"
        " where schema_name = 'marts' and comment is not null"
        " union all select headline_id, concat_ws('; ', statement, scope, reason)"
        " from headlines"
        " union all select finding_id, finding from findings",
    )


def empty_sections(text: str) -> list[str]:
    """Return the sections of a page that have a heading and nothing below it."""
    content = r'<figure|<table|<dl|<li|<details|class="(prose|warning|cards|findings)"'
    sections = re.findall(r"<section.*?</section>", text, re.DOTALL)
    return [each[:200] for each in sections if not re.search(content, each)]


def columns_of_dashes(tables: dict[str, list[list[tuple]]]) -> list[tuple[str, str]]:
    """Return the columns of tables, by caption and head, in which nothing is said."""
    return [
        (name, head)
        for name, (heads, *rows) in tables.items()
        for place, (head, _) in enumerate(heads)
        if rows and all(row[place][0] in ("\N{EN DASH}", "") for row in rows)
    ]


# what is read as text; what stands below the title of each chart is its scope
_SAID = re.compile(
    r'<(p|h1|li|dd)(?: class="(?!subtitle|scope|saves|kicker|brand|source|cite)[^"]*")?'
    r"(?: [a-z-]+)*>(.*?)</\1>",
    re.DOTALL,
)
_SHORT = 30  # letters: a name or a figure may come again, a sentence need not


def sentences_twice(text: str) -> list[str]:
    """Return what a page says more than once."""
    main = text[text.index("<main") : text.index("</main")]
    main = re.sub(r"<(script|noscript|tbody|nav).*?</\1>", "", main, flags=re.DOTALL)
    said = [
        " ".join(re.sub("<[^>]+>", " ", part).split())
        for _, part in _SAID.findall(main)
    ]
    sentences = [
        sentence.rstrip(".")
        for part in said
        for sentence in re.split(r"(?<=[.:]) (?=[A-Z])", part)
        if len(sentence) > _SHORT
    ]
    return sorted({each for each in sentences if sentences.count(each) > 1})
