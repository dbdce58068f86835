"""Reading a finished warehouse: its tables, and any question in SQL."""

from pathlib import Path

import duckdb

from carbonshed.errors import CarbonshedError
from carbonshed.paths import warehouse_dir
from carbonshed.text import suggestion


def warehouse_path(name: str) -> Path:
    """Return the warehouse of a dataset.

    Raises
    ------
    CarbonshedError
        If it was not built yet.
    """
    path = warehouse_dir() / f"{name}.duckdb"
    if not path.is_file():
        built = sorted(each.stem for each in warehouse_dir().glob("*.duckdb"))
        here = f"; warehouses here: {', '.join(built)}" if built else ""
        msg = (
            f"there is no warehouse of {name!r}{suggestion(name, built)}: {path} is"
            " missing; run, in the project folder: dbt build --vars"
            f" 'dataset: {name}'{here}"
        )
        raise CarbonshedError(msg)
    return path


def open_warehouse(name: str) -> duckdb.DuckDBPyConnection:
    """Open a warehouse read-only, with the marts first in the search path.

    Raises
    ------
    CarbonshedError
        If it was not built yet, or another program holds it for writing.
    """
    return open_marts_first(warehouse_path(name))


def open_marts_first(path: Path) -> duckdb.DuckDBPyConnection:
    """Open a file with marts read-only; they come first in the search path.

    Raises
    ------
    CarbonshedError
        With DuckDB's own words if it cannot be opened.
    """
    try:
        connection = duckdb.connect(path, read_only=True)
    except duckdb.Error as failure:
        msg = f"{path.name} cannot be opened: {failure}"
        raise CarbonshedError(msg) from failure
    connection.execute("set search_path = 'marts'")
    return connection


def run_query(name: str, sql: str) -> duckdb.DuckDBPyRelation:
    """Answer a question in SQL from a warehouse.

    Raises
    ------
    CarbonshedError
        With DuckDB's own words if the SQL does not run.
    """
    connection = open_warehouse(name)
    if not sql.strip():
        msg = (
            "no SQL is given; expected a question, such as: from footprint_rankings."
            " If dbt was to write it: its name must be that of a file in analyses/"
        )
        raise CarbonshedError(msg)
    try:
        relation = connection.sql(sql)
    except duckdb.Error as failure:
        raise CarbonshedError(str(failure)) from failure
    if relation is None:
        msg = "the statement returns no rows; a warehouse is read-only, ask with select"
        raise CarbonshedError(msg)
    return relation


def is_synthetic(name: str) -> bool:
    """Return whether the dataset of a warehouse is invented."""
    rows = run_query(name, "select is_synthetic from dataset").fetchall()
    return any(value for (value,) in rows)


def mart_overview(name: str) -> list[tuple[str, int, str]]:
    """Return name, rows and grain (the beginning of the comment) of every mart."""
    connection = open_warehouse(name)
    tables = connection.execute(
        "select table_name, coalesce(comment, '') from duckdb_tables()"
        " where schema_name = 'marts' order by table_name"
    ).fetchall()
    overview = []
    for table, comment in tables:
        (rows,) = connection.sql(f'select count(*) from "{table}"').fetchone()
        sentence = comment.removeprefix("[synthetic data] ").split(". ")[0]
        grain = sentence.split(":")[0].strip().removeprefix("One row per ").rstrip(".")
        overview.append((table, rows, grain))
    return overview
