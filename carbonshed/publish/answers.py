"""An answer of DuckDB in the format that was asked for."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from carbonshed.errors import CarbonshedError
from carbonshed.text import sql_name, sql_text

# of formats that DuckDB writes: the options of its `copy`
COPY_OPTIONS = {"csv": "format csv, header", "json": "format json, array true"}
_NAME = "the answer"  # no question asks for a table of this name


def as_table(relation: duckdb.DuckDBPyRelation) -> str:
    """Return an answer as a table for people, its first and last rows.

    Raises
    ------
    CarbonshedError
        With DuckDB's own words if a row cannot be computed: a text that is cast to
        a number, for instance.
    """
    with _refusals():
        return str(relation)


def as_markdown(relation: duckdb.DuckDBPyRelation) -> str:
    """Return an answer as a table in Markdown, numbers rounded for people.

    Raises
    ------
    CarbonshedError
        As `as_table`.
    """
    with _refusals():
        rows = relation.fetchall()
    lines = [relation.columns, ["---"] * len(relation.columns)]
    lines += [[_cell(value) for value in row] for row in rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def write_answer(relation: duckdb.DuckDBPyRelation, path: Path, form: str) -> None:
    """Write an answer to a file, with every digit.

    Parameters
    ----------
    relation
        What `run_query` returned.
    path
        The file; what it holds after a refusal is no answer.
    form
        One of `COPY_OPTIONS`.

    Raises
    ------
    CarbonshedError
        As `as_table`, or if the file cannot be written.
    """
    columns = "*"
    if form == "json":  # which has neither NaN nor infinity
        finite = [
            f"case when isfinite({name}) then {name} end as {name}"
            for name in _float_columns(relation)
        ]
        columns += f" replace ({', '.join(finite)})" if finite else ""
    with _refusals():
        relation.query(
            _NAME,
            f'copy (select {columns} from "{_NAME}")'
            f" to {sql_text(path)} ({COPY_OPTIONS[form]})",
        )


def _float_columns(relation: duckdb.DuckDBPyRelation) -> Iterator[str]:
    """Yield the names of columns that may hold NaN, as SQL quotes them."""
    for name, kind in zip(relation.columns, relation.types, strict=True):
        if kind.id in ("double", "float"):
            yield sql_name(name)


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:,.4g}" if abs(value) < 1e4 else f"{value:,.0f}"
    return str(value).replace("|", "\\|")


@contextmanager
def _refusals() -> Iterator[None]:
    """Turn what DuckDB raises into a refusal in its own words."""
    try:
        yield
    except duckdb.Error as failure:
        raise CarbonshedError(str(failure)) from failure
