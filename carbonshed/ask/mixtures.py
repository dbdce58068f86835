"""Questions that mix stressors: tonnes added to money, or people counted twice.

Most marts have their rows once for each stressor. Whether a question chooses one is
seen from the plan that DuckDB makes of it: a mart whose column ``stressor_id`` is
neither filtered, joined, grouped by nor shown is read without it.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from carbonshed.ask.sql import words_of
from carbonshed.text import listing, sql_name, sql_text

_STRESSOR = "stressor_id"
_UNIT = "unit"
_NUMBERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "FLOAT", "DOUBLE")
# they read a table twice, or answer from what is known of it without reading it
_MISLEADING = (
    "late_materialization",
    "statistics_propagation",
    "top_n_window_elimination",
    "window_self_join",
)
_ONE_SIDED = ("SEMI", "ANTI", "MARK", "SINGLE")
Node = dict[str, Any]


@dataclass(frozen=True)
class _Scan:
    """A reading of a mart: which columns, and whether its rows are counted."""

    mart: str
    columns: frozenset[str]
    is_counted: bool


def mixtures(
    connection: duckdb.DuckDBPyConnection,
    sql: str,
    columns: Sequence[str],
    *,
    reads_files: bool = False,
) -> list[str]:
    """Return a warning for each mart that is read without a choice of its stressor.

    No warning where the mart has rows of one stressor only, or where neither a number
    of it is read nor its rows are counted. `columns` are those of the answer.
    """
    marts = _marts(connection)
    named = [mart for mart in dict.fromkeys(words_of(sql)) if mart in marts]
    if not named:
        return []
    plan = _plan(connection, sql, reads_files)
    if plan is None:
        # a pivot whose columns are in the data keeps all others, unless it is told to
        is_kept = _STRESSOR in (*columns, *words_of(sql))
        scans = [] if is_kept else [_Scan(mart, frozenset(), True) for mart in named]
    else:
        scans = list(_scans(plan, is_counted=False))
    summed_marts = dict.fromkeys(
        scan.mart
        for scan in scans
        if scan.mart in marts
        and (scan.is_counted or scan.columns & marts[scan.mart])
        and _STRESSOR not in scan.columns
    )
    chosen_by_unit = {scan.mart for scan in scans if _UNIT in scan.columns}
    return [
        warning
        for mart in summed_marts
        if (warning := warning_of(connection, mart, mart in chosen_by_unit))
    ]


def warning_of(
    connection: duckdb.DuckDBPyConnection, mart: str, is_unit_chosen: bool = False
) -> str | None:
    """Return the warning of a mart of which no stressor is chosen, None for nothing.

    The unit is chosen if it is filtered, grouped by or shown: each stressor may have
    its own.
    """
    if mart not in _marts(connection):
        return None
    rows = connection.execute(
        f"select {_STRESSOR}, any_value({_UNIT}) from marts.{sql_name(mart)}"
        " group by all order by all"
    ).fetchall()
    units = {unit for _, unit in rows}
    if len(rows) < 2 or (is_unit_chosen and len(units) == len(rows)):
        return None
    (currency,) = connection.execute("select currency from marts.dataset").fetchone()
    stressors = [
        f"{stressor} in {currency if unit == 'currency' else unit}"
        for stressor, unit in rows
    ]
    return (
        f"{mart} has its rows once for each stressor ({listing(stressors, 5)}); choose"
        f" one before you add up, such as: where {_STRESSOR} = {sql_text(rows[0][0])}"
    )


def _marts(connection: duckdb.DuckDBPyConnection) -> dict[str, frozenset[str]]:
    """Return the columns with numbers of each mart with stressors in its rows."""
    rows = connection.execute(
        "select table_name, column_name, data_type from duckdb_columns()"
        " where schema_name = 'marts' and database_name = current_database()"
        " and table_name <> 'stressors'"
    ).fetchall()
    columns: dict[str, dict[str, str]] = {}
    for mart, column, kind in rows:
        columns.setdefault(mart, {})[column] = kind
    return {
        mart: frozenset(
            column
            for column, kind in kinds.items()
            if kind.startswith((*_NUMBERS, "DECIMAL")) and column != "year"
        )
        for mart, kinds in columns.items()
        if _STRESSOR in kinds and _UNIT in kinds
    }


def _plan(
    connection: duckdb.DuckDBPyConnection, sql: str, reads_files: bool
) -> list[Node] | None:
    """Return the plan of a question, none for what DuckDB does not explain.

    It is made on a connection of its own: the one of the question is locked.
    """
    name, path = connection.execute(
        "select database_name, path from duckdb_databases()"
        " where database_name = current_database()"
    ).fetchone()
    with duckdb.connect() as desk:
        optimizers = {
            optimizer
            for (optimizer,) in desk.sql("from duckdb_optimizers()").fetchall()
        }
        misleading = ",".join(
            optimizer for optimizer in _MISLEADING if optimizer in optimizers
        )
        desk.execute(
            f"attach {sql_text(path)} as {sql_name(name)} (read_only);"
            f"set search_path = {sql_text(sql_name(name) + '.marts')};"
            f"set disabled_optimizers = {sql_text(misleading)};"
            "set python_enable_replacements = false;"
            "set autoinstall_known_extensions = false;"
            "set autoload_known_extensions = false;"
        )
        if not reads_files:
            desk.execute("set enable_external_access = false")
        try:
            rows = desk.execute(f"explain (format json) {sql}").fetchall()
        except duckdb.Error:  # the question itself will say it
            return []
    return [node for _, plan in rows for node in json.loads(plan)] or None


def _scans(nodes: list[Node], *, is_counted: bool) -> Iterator[_Scan]:
    """Yield the readings of marts below some nodes of a plan."""
    for node in nodes:
        about = node.get("extra_info") or {}
        _, _, table = str(about.get("Table", "")).rpartition(".marts.")
        if table:
            columns = _texts(about.get("Projections"))
            words = re.findall(r"\w+", " ".join(_texts(about.get("Filters"))))
            yield _Scan(table.strip('"'), frozenset((*columns, *words)), is_counted)
        below = is_counted
        if "Aggregates" in about:
            aggregates = " ".join(_texts(about["Aggregates"]))
            # with `first` it is DuckDB's own, to see that a subquery has one row
            below = "count_star()" in aggregates and '"first"' not in aggregates
        side, _, kind = str(about.get("Join Type", "")).rpartition("_")
        for position, child in enumerate(node["children"]):
            # the join asks only whether the other side has a row
            is_asked = kind in _ONE_SIDED and (position == 0) == (side == "RIGHT")
            yield from _scans([child], is_counted=below and not is_asked)


def _texts(value: str | list[str] | None) -> list[str]:
    return [value] if isinstance(value, str) else value or []
