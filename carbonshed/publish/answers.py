"""An answer of DuckDB in the format that was asked for."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from carbonshed.errors import CarbonshedError

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
    # the head of a table would be filled with all the labels of an ENUM
    texts = {
        name: f"{name}::varchar"
        for name, kind in _columns(relation)
        if kind.id == "enum"
    }
    with _refusals():
        return str(relation.project(f"*{_replaced(texts)}"))


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
    numbers = {}
    if form == "json":  # which has neither NaN nor infinity
        numbers = {
            name: f"case when isfinite({name}) then {name} end"
            for name, kind in _columns(relation)
            if kind.id in ("double", "float")
        }
    target = str(path).replace("'", "''")
    with _refusals():
        relation.query(
            _NAME,
            f"copy (select *{_replaced(numbers)} from \"{_NAME}\") to '{target}'"
            f" ({COPY_OPTIONS[form]})",
        )


def _columns(
    relation: duckdb.DuckDBPyRelation,
) -> Iterator[tuple[str, duckdb.sqltypes.DuckDBPyType]]:
    """Yield the name of each column as SQL quotes it, and its type."""
    for name, kind in zip(relation.columns, relation.types, strict=True):
        yield '"' + name.replace('"', '""') + '"', kind


def _replaced(expressions: dict[str, str]) -> str:
    """Return what follows ``*`` in a select to replace columns."""
    named = [f"{expression} as {name}" for name, expression in expressions.items()]
    return f" replace ({', '.join(named)})" if named else ""


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
