"""An answer of DuckDB in the format that was asked for."""

import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from pathlib import Path

import duckdb
from rich.cells import cell_len

from carbonshed.ask.text_table import as_text, laid_out
from carbonshed.errors import CarbonshedError
from carbonshed.paths import install_command
from carbonshed.spreadsheets import MAX_ROWS, why_no_cell, write_sheets
from carbonshed.text import sql_name, sql_text, without_control

# options of DuckDB's `copy` for the formats that it writes; its own file of a name that
# begins with tmp_ would be one that a connection for questions may not write
COPY_OPTIONS = {
    "csv": "format csv, header, use_tmp_file false",
    "json": "format json, array true, use_tmp_file false",
}
_NAME = "the answer"  # no question asks for a table of this name
NOT_ANSWERED = "not_answered"
_ANY_WIDTH = 1_000_000


@contextmanager
def explained() -> Iterator[None]:
    """Turn what DuckDB raises into a refusal in its own words."""
    try:
        yield
    except duckdb.Error as failure:
        raise CarbonshedError(str(failure)) from failure


def run(connection: duckdb.DuckDBPyConnection, sql: str) -> duckdb.DuckDBPyRelation:
    """Return an answer, not computed yet; refuse SQL that does not run."""
    with explained():
        return connection.sql(sql)


def as_box(relation: duckdb.DuckDBPyRelation, width: int | None) -> str:
    """Return an answer as DuckDB shows it: all columns, the first and last rows.

    If the box is wider than the terminal, each row is a block of lines. A row that
    cannot be computed is refused in DuckDB's own words, as in all functions below.
    """
    shown = io.StringIO()
    with explained(), redirect_stdout(shown):
        relation.show(max_width=_ANY_WIDTH)
    box = shown.getvalue().removesuffix("\n\n")
    if width is None or cell_len(box.partition("\n")[0]) <= width:
        return box
    names, rows = _texts(relation)
    return as_text(laid_out(_by_column(names, rows)), width)


def as_rounded(
    relation: duckdb.DuckDBPyRelation,
    units: Mapping[str, str],
    currency: str,
    width: int | None,
) -> str:
    """Return the answer to a ready question for people: all rows, three digits.

    A row that says in the column ``not_answered`` why it has no answer is that reason
    alone. `currency` is the name of the dataset's.
    """
    names = relation.columns
    with explained():
        rows = relation.fetchall()
    reasons = []
    if NOT_ANSWERED in names:
        position = names.index(NOT_ANSWERED)
        reasons = [row[position] for row in rows if row[position] is not None]
        rows = [
            row[:position] + row[position + 1 :]
            for row in rows
            if row[position] is None
        ]
        names = [name for name in names if name != NOT_ANSWERED]
    if not rows:
        return "\n".join(dict.fromkeys(reasons)) or "There is no such row here."
    columns = laid_out(_by_column(names, rows), units, currency)
    return "\n\n".join([as_text(columns, width), *dict.fromkeys(reasons)])


def as_markdown(
    relation: duckdb.DuckDBPyRelation, units: Mapping[str, str] | None = None
) -> str:
    """Return an answer as a table in Markdown: every digit, units in its head."""
    names, rows = _texts(relation)
    units = units or {}
    heads = [f"{name} ({units[name]})" if name in units else name for name in names]
    lines = [[_cell(head) for head in heads], ["---"] * len(heads)]
    lines += [[_cell(value) for value in row] for row in rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def write_answer(relation: duckdb.DuckDBPyRelation, path: Path, form: str) -> None:
    """Write an answer with every digit to a file, in a form of `COPY_OPTIONS`.

    The content of the file after a refusal is no answer.
    """
    columns = "*"
    if form == "json":  # which has neither NaN nor infinity
        finite = [
            f"case when isfinite({name}) then {name} end as {name}"
            for name in _float_columns(relation)
        ]
        columns += f" replace ({', '.join(finite)})" if finite else ""
    with explained():
        relation.query(
            _NAME,
            f'copy (select {columns} from "{_NAME}")'
            f" to {sql_text(path)} ({COPY_OPTIONS[form]})",
        )


def write_workbook(
    relation: duckdb.DuckDBPyRelation, path: Path, about: Mapping[str, str]
) -> None:
    """Write an answer as a workbook: the sheet ``answer``, and ``about`` line by line.

    Raises
    ------
    CarbonshedError
        If openpyxl is not installed, for more rows than a sheet has, or for a text that
        no cell can hold.
    OSError
        If the file cannot be written.
    """
    with explained():
        rows = relation.fetchall()
    if len(rows) > MAX_ROWS:
        raise CarbonshedError(
            f"{len(rows):,} rows are more than a sheet has; use --format csv"
        )
    head = tuple(relation.columns)
    _refuse_unwritable(head, rows)
    lines = [(name, without_control(value)) for name, value in about.items()]
    try:
        write_sheets({"answer": (head, *rows), "about": lines}, path)
    except ModuleNotFoundError:
        raise CarbonshedError(
            f"--format xlsx needs openpyxl: {install_command('excel')}; csv needs"
            " nothing"
        ) from None


def _refuse_unwritable(head: tuple[str, ...], rows: list[tuple]) -> None:
    """Refuse texts that no cell of a sheet can hold, or not whole."""
    for number, row in enumerate((head, *rows)):
        for name, value in zip(head, row, strict=True):
            if isinstance(value, str) and (why := why_no_cell(value)):
                raise CarbonshedError(
                    f"{name!r}, row {number:,} of the answer: has {why}, so that no"
                    " workbook can hold it; use --format csv"
                )


def _texts(
    relation: duckdb.DuckDBPyRelation,
) -> tuple[list[str], list[tuple[str | None, ...]]]:
    """Return names and rows, each value with the text that a CSV file has."""
    names = relation.columns
    texts = ", ".join(f"cast({sql_name(name)} as varchar)" for name in names)
    with explained():
        return names, relation.query(_NAME, f'select {texts} from "{_NAME}"').fetchall()


def _by_column(names: list[str], rows: list[tuple]) -> dict[str, list]:
    return {
        name: [row[position] for row in rows] for position, name in enumerate(names)
    }


def _float_columns(relation: duckdb.DuckDBPyRelation) -> Iterator[str]:
    """Yield the names of columns that may hold NaN, as SQL quotes them."""
    for name, kind in zip(relation.columns, relation.types, strict=True):
        if kind.id in ("double", "float"):
            yield sql_name(name)


def _cell(value: str | None) -> str:
    if value is None:
        return ""
    return " ".join(value.replace("|", "\\|").splitlines())
