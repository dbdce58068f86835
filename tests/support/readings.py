"""Readings that the data do not bear out, and where a reader would meet them."""

import re
from pathlib import Path

import duckdb

# true of a table of one country only; "international" is another word
OF_A_NATION = re.compile(r"\b(lower bound|national|abroad|domestic)\b", re.I)
# a condition is true of every table, and so is the name of a figure
OF_ANY_TABLE = re.compile(
    r"In a table of one country, [^.;]*[.;]|gross domestic product", re.I
)
# incomes of WIOD 2011, and of a table in which nobody buys anything: their premise
# fails
NO_RESULTS = re.compile(r"(?<![\d.])(22,?927|110,?755|264,?292|314,?961)(?!\d)")


def asked(warehouse: Path, sql: str) -> list[tuple]:
    """Return the answer of the marts of a warehouse."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        connection.execute("set search_path = 'marts'")
        return connection.sql(sql).fetchall()


def readings_of_a_nation(warehouse: Path, report: Path) -> list[str]:
    """Return what is said that is true of a table of one country only.

    On the pages of a report with their charts, in the data of its regions, in comments
    of tables and columns, in headlines and findings.
    """
    said = said_beside(warehouse)
    files = (*report.rglob("*.html"), *report.rglob("regions.js"))
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
        " and (table_name, column_name) <> ('scopes', 'scope')"
        " union all select table_name, comment from duckdb_tables()"
        " where schema_name = 'marts' and comment is not null"
        " union all select headline_id, concat_ws('; ', statement, scope, reason)"
        " from headlines"
        " union all select finding_id, finding from findings",
    )
