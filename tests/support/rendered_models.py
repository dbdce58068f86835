"""Models without dbt: rendered, and run by DuckDB on rows of a test."""

from collections.abc import Collection, Iterable
from pathlib import Path

import duckdb
import jinja2
import pyarrow as pa

ROOT = Path(__file__).resolve().parents[2]
MACROS = (
    "safe_divide",
    "exceeds",
    "running_total",
    "gini",
    "part_in_tenths",
    "share_of_tenths",
    "upper_normal_quantile",
    "theil",
    "part_of_whole",
    "two_digits",
    "three_digits",
    "mass_scale",
    "share_in_words",
    "count_in_words",
    "short_noun",
    "spoken_name",
    "cut_name",
    "number_in_words",
    "sentence",
)


def rendered(path: str, off: Collection[str] = ()) -> str:
    """Return a model as dbt compiles it, relations by their names; some vars are off.

    The path is that below models.
    """
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined)
    files = [ROOT / "macros" / f"{macro}.sql" for macro in MACROS]
    files.append(ROOT / "models" / path)
    text = "".join(file.read_text("utf-8") for file in files)
    return environment.from_string(text).render(
        ref=lambda name: name,
        source=lambda _, name: name,
        config=lambda **_: "",
        is_chosen=lambda name: name not in off,
    )


def add(
    connection: duckdb.DuckDBPyConnection, name: str, columns: str, rows: list[tuple]
) -> None:
    """Create a table of rows; columns have names and types."""
    connection.execute(f"create table {name} ({columns})")
    if rows:
        names = [column.split()[0] for column in columns.split(", ")]
        values = [list(column) for column in zip(*rows, strict=True)]
        connection.from_arrow(pa.table(values, names)).insert_into(name)


def made(
    tables: dict[str, tuple[str, list[tuple]]], models: Iterable[str]
) -> duckdb.DuckDBPyConnection:
    """Return a connection with some tables, and those of some models."""
    connection = duckdb.connect()
    for name, (columns, rows) in tables.items():
        add(connection, name, columns, rows)
    for path in models:
        name = path.rpartition("/")[2].removesuffix(".sql")
        connection.execute(f"create table {name} as {rendered(path)}")
    return connection
