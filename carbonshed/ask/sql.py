"""Checks of a user's SQL: one statement that only reads, and one stressor at a time.

A question that does more than read is refused before it runs. Most marts have their
rows once for each stressor, and some once for each scenario or price: a question that
chooses none adds tonnes to money, or the same emissions twice, and gets a warning.
DuckDB's plan of the question shows it: a mart whose column ``stressor_id`` is neither
filtered, joined, grouped by nor shown is read without it.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from carbonshed.errors import CarbonshedError
from carbonshed.text import first_line, listing, sql_name, sql_text, suggestion

Tree = dict[str, Any]
Node = dict[str, Any]

_FUNCTIONS_OF_VALUES = (
    "generate_series range repeat repeat_row unnest json_each json_tree histogram"
    " histogram_values query_table summary"
)
_FUNCTIONS_OF_THE_CATALOGUE = (
    "duckdb_columns duckdb_constraints duckdb_databases duckdb_extensions"
    " duckdb_functions duckdb_indexes duckdb_keywords duckdb_memory duckdb_schemas"
    " duckdb_settings duckdb_tables duckdb_types duckdb_variables duckdb_views"
    " icu_calendar_names pg_timezone_names pragma_collations pragma_database_size"
    " pragma_metadata_info pragma_platform pragma_show pragma_storage_info"
    " pragma_table_info pragma_user_agent pragma_version"
)
# which the connection may read or may not
_FUNCTIONS_OF_FILES = (
    "glob parquet_bloom_probe parquet_file_metadata parquet_full_metadata"
    " parquet_kv_metadata parquet_metadata parquet_scan parquet_schema read_blob"
    " read_csv read_csv_auto read_json read_json_auto read_json_objects"
    " read_json_objects_auto read_ndjson read_ndjson_auto read_ndjson_objects"
    " read_parquet read_text sniff_csv"
)
# all others may change settings, run a text as SQL or read what a number points to
_TABLE_FUNCTIONS = {
    *_FUNCTIONS_OF_VALUES.split(),
    *_FUNCTIONS_OF_THE_CATALOGUE.split(),
    *_FUNCTIONS_OF_FILES.split(),
}
_STRESSOR = "stressor_id"
_UNIT = "unit"
# columns whose values stand beside each other, never one on top of the other; with
# what else tells them apart
_ALTERNATIVES = {
    _STRESSOR: (),
    "scenario_id": ("scenario_name", "is_largest"),
    "price_id": ("price_name", "is_default"),
    "charge_id": (),
}
_NUMBERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "FLOAT", "DOUBLE")
# they read a table twice, or answer from what is known of it without reading it
_MISLEADING = (
    "late_materialization",
    "statistics_propagation",
    "top_n_window_elimination",
    "window_self_join",
)
_ONE_SIDED = ("SEMI", "ANTI", "MARK", "SINGLE")
_OTHER_FUNCTIONS = frozenset({"write_log"})
_EXPECTED = (
    "only one read-only statement is allowed: SELECT, FROM, WITH, PIVOT, DESCRIBE or"
    " SUMMARIZE"
)


def refuse_what_is_no_question(sql: str) -> None:
    """Refuse all but one SELECT that only reads, as DuckDB's parser sees it.

    The parser looks up pragmas, and expands some of them: it does so where there are
    neither files nor network, and no extension comes by itself.
    """
    with _closed_connection() as connection:
        try:
            statements = [
                statement
                for statement in connection.extract_statements(sql)
                # the parser makes two statements of a pivot, the first without a text
                if statement.query or statement.type != duckdb.StatementType.CREATE
            ]
        except (duckdb.PermissionException, duckdb.CatalogException) as failure:
            reason = first_line(failure)
            raise CarbonshedError(f"{reason}\n{_EXPECTED}") from failure
        kinds = [statement.type.name for statement in statements]
        if kinds != [duckdb.StatementType.SELECT.name]:
            raise CarbonshedError(
                f"found {listing(kinds, 5, separator=' and ')}; {_EXPECTED}"
            )
        # a pragma is checked by the SQL that it stands for
        _refuse_other_functions(connection, statements[0].query or sql)


def syntax_tree(connection: duckdb.DuckDBPyConnection, sql: str) -> Tree | None:
    """Return the tree that DuckDB's parser makes of a question.

    None of a pivot whose columns are found in the data: it is more than one statement.
    """
    (text,) = connection.execute(
        "select json_serialize_sql(cast($sql as varchar))", {"sql": sql}
    ).fetchone()
    tree = json.loads(text)
    return None if tree["error"] else tree


def parts(tree: Tree | list[Tree]) -> Iterator[Tree]:
    """Yield all that is in a tree, itself first."""
    if isinstance(tree, dict):
        yield tree
    for part in tree.values() if isinstance(tree, dict) else tree:
        if isinstance(part, dict | list):
            yield from parts(part)


def _refuse_other_functions(connection: duckdb.DuckDBPyConnection, sql: str) -> None:
    tree = syntax_tree(connection, sql)
    if tree is None:
        # no word of it may be the name of one, wherever it stands
        rows = connection.execute(
            "select function_name from duckdb_functions()"
            " where function_type in ('table', 'table_macro')"
        ).fetchall()
        others = {name for (name,) in rows} - _TABLE_FUNCTIONS | _OTHER_FUNCTIONS
        named = [word for word in words_of(sql) if word in others]
    else:
        named = [
            name
            for part in parts(tree)
            for name in _functions_of(part)
            if name in _OTHER_FUNCTIONS
        ]
        named += [
            name
            for part in parts(tree)
            if part.get("type") == "TABLE_FUNCTION"
            for name in _functions_of(part["function"])
            if name not in _TABLE_FUNCTIONS
        ]
    if named:
        raise CarbonshedError(
            f"a question cannot use the function {named[0]!r}"
            f"{suggestion(named[0], _TABLE_FUNCTIONS)}: it changes settings, runs a"
            " text as SQL or does something else than read tables; expected marts, or"
            " functions such as range, unnest and, with --files, read_csv"
        )


def _functions_of(part: Tree) -> Iterator[str]:
    if isinstance(name := part.get("function_name"), str):
        yield name.casefold()


def words_of(sql: str) -> list[str]:
    """Return the words of a text in SQL, quoted or not, in lower case."""
    return re.findall(r"\w+", sql.casefold())


def _closed_connection() -> duckdb.DuckDBPyConnection:
    """Return a connection without files, network and extensions, for good."""
    return duckdb.connect(
        config={
            "enable_external_access": "false",
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "lock_configuration": "true",
        }
    )


@dataclass(frozen=True)
class _Scan:
    """A reading of a mart: which columns, and whether its rows are counted."""

    mart: str
    columns: frozenset[str]
    is_counted: bool


@dataclass(frozen=True)
class _Mart:
    """The columns of a mart that tell whether a question mixes what it holds."""

    numbers: frozenset[str]
    alternatives: tuple[str, ...]  # those of `_ALTERNATIVES` that it has


def mixtures(
    connection: duckdb.DuckDBPyConnection,
    sql: str,
    columns: Sequence[str],
    *,
    reads_files: bool = False,
) -> list[str]:
    """Return a warning for each mart that is read without a choice of its stressor.

    So for a scenario, and whatever else has the same emissions once more. No warning
    where the mart has rows of one only, or where neither a number of it is read nor its
    rows are counted. `columns` are those of the answer.
    """
    marts = _marts(connection)
    named = [mart for mart in dict.fromkeys(words_of(sql)) if mart in marts]
    if not named:
        return []
    plan = _plan(connection, sql, reads_files)
    if plan is None:
        # a pivot whose columns are in the data keeps all others, unless it is told to
        kept = frozenset((*columns, *words_of(sql))) & _ALTERNATIVES.keys()
        scans = [_Scan(mart, kept, True) for mart in named]
    else:
        scans = [scan for scan in _scans(plan, is_counted=False) if scan.mart in marts]
    summed = [
        scan
        for scan in scans
        if scan.is_counted or scan.columns & marts[scan.mart].numbers
    ]
    chosen_by_unit = {scan.mart for scan in scans if _UNIT in scan.columns}
    unchosen = dict.fromkeys(
        (scan.mart, alternative)
        for scan in summed
        for alternative in marts[scan.mart].alternatives
        if scan.columns.isdisjoint((alternative, *_ALTERNATIVES[alternative]))
    )
    warnings = [
        _warning(connection, mart, alternative, mart in chosen_by_unit)
        for mart, alternative in unchosen
    ]
    return list(filter(None, warnings))


def warnings_of(connection: duckdb.DuckDBPyConnection, mart: str) -> list[str]:
    """Return the warnings of a mart of which nothing is chosen."""
    about = _marts(connection).get(mart)
    names = about.alternatives if about else ()
    return list(filter(None, (_warning(connection, mart, name) for name in names)))


def _warning(
    connection: duckdb.DuckDBPyConnection,
    mart: str,
    alternative: str,
    is_unit_chosen: bool = False,
) -> str | None:
    """Return the warning of a mart of which no `alternative` is chosen, if it needs it.

    The unit is chosen if it is filtered, grouped by or shown: each stressor may have
    its own.
    """
    unit = _UNIT if alternative == _STRESSOR else "null"
    rows = connection.execute(
        f"select {alternative}, any_value({unit}) from marts.{sql_name(mart)}"
        " group by all order by all"
    ).fetchall()
    units = {unit for _, unit in rows}
    is_by_unit = is_unit_chosen and len(units) == len(rows)
    # a row that is of none, as most headlines are of no scenario, is counted once
    if len(rows) < 2 or is_by_unit or any(value is None for value, _ in rows):
        return None
    (currency,) = connection.execute("select currency from marts.dataset").fetchone()
    values = [
        f"{value} in {currency if unit == 'currency' else unit}" if unit else value
        for value, unit in rows
    ]
    return (
        f"{mart} has its rows once for each {alternative.removesuffix('_id')}"
        f" ({listing(values, 5)}); choose one before you add up, such as: where"
        f" {alternative} = {sql_text(rows[0][0])}"
    )


def _marts(connection: duckdb.DuckDBPyConnection) -> dict[str, _Mart]:
    """Return each mart with alternatives in its rows."""
    rows = connection.execute(
        "select table_name, column_name, data_type from duckdb_columns()"
        " where schema_name = 'marts' and database_name = current_database()"
        " and table_name <> 'stressors'"
    ).fetchall()
    columns: dict[str, dict[str, str]] = {}
    for mart, column, kind in rows:
        columns.setdefault(mart, {})[column] = kind
    marts = {
        mart: _Mart(
            frozenset(
                column
                for column, kind in kinds.items()
                if kind.startswith((*_NUMBERS, "DECIMAL")) and column != "year"
            ),
            tuple(
                name
                for name in _ALTERNATIVES
                if name in kinds and (name != _STRESSOR or _UNIT in kinds)
            ),
        )
        for mart, kinds in columns.items()
    }
    return {mart: about for mart, about in marts.items() if about.alternatives}


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
