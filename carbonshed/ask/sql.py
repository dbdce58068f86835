"""Checks of a user's SQL: one statement that only reads, one alternative at a time.

A question that does more than read is refused before it runs. Most marts have their
rows once for each stressor, and some once for each scenario, rule or price, as the mart
``columns`` says: a question that chooses none adds tonnes to money, or the same
emissions twice, and gets a warning. DuckDB's plan of the question shows it: a mart
whose column ``stressor_id`` is neither filtered, joined, grouped by nor shown is read
without it.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import duckdb

from carbonshed.errors import CarbonshedError
from carbonshed.text import first_line, listing, sql_name, sql_text, suggestion

Tree = dict[str, Any]
Node = dict[str, Any]
Parameters = Sequence[Any] | Mapping[str, Any]

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
# a sum of several alternatives means nothing, their range does
_COMPARISONS = (
    *("any_value", "arg_", "avg", "corr", "count(distinct", "first", "last", "max"),
    *("median", "min", "mode", "quantile", "regr_", "stddev"),
)
_NUMBERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "FLOAT", "DOUBLE")
# they read a table twice, or answer from what is known of it without reading it
_MISLEADING = (
    "late_materialization",
    "statistics_propagation",
    "top_n_window_elimination",
    "window_self_join",
)
_ACCESS = (
    *("autoinstall_known_extensions", "autoload_known_extensions"),
    *("enable_external_access", "python_enable_replacements", "python_scan_all_frames"),
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
class _Reading:
    """A reading of a mart: which columns, and what becomes of its rows.

    They arrive at the answer, which shows them, unless something in between adds up,
    counts or compares them.
    """

    mart: str
    columns: frozenset[str]
    has_numbers: bool
    arrives: bool = True
    is_added: bool = True
    is_counted: bool = False
    is_repeating: bool = False  # the numbers of another mart


@dataclass
class _Mart:
    """A mart with what tells whether a question mixes alternatives of it."""

    key: frozenset[str]
    numbers: set[str] = field(default_factory=set)
    # values of these columns stand beside each other, never one on top of the other;
    # each with all columns that choose one
    alternatives: dict[str, set[str]] = field(default_factory=dict)
    otherwise: str | None = None  # a sum over them does this

    def mixed_in(self, reading: _Reading) -> Iterator[str]:
        """Yield the alternatives of which a reading mixes several."""
        # the number of rows is no sum where each row is another alternative
        is_one_each = self.key and self.key <= {"year", *self.alternatives}
        is_counted = reading.is_counted and not is_one_each
        for alternative, choosers in self.alternatives.items():
            is_compared = alternative != _STRESSOR and not reading.is_added
            if reading.columns.isdisjoint(choosers) and (
                is_counted
                or reading.is_repeating
                or (reading.has_numbers and not is_compared)
            ):
                yield alternative


def mixtures(
    connection: duckdb.DuckDBPyConnection,
    sql: str,
    columns: Sequence[str],
    params: Parameters | None = None,
) -> list[str]:
    """Return a warning for each mart of which a question mixes alternatives.

    No warning where the mart has rows of one only, or where neither a number of it is
    read nor its rows are counted or repeat those of another. `columns` are those of the
    answer, `params` the values for ``?`` or ``$name``.
    """
    marts = _marts(connection)
    named = [mart for mart in dict.fromkeys(words_of(sql)) if mart in marts]
    if not any(marts[mart].alternatives for mart in named):
        return []
    plan = _plan(connection, sql, params)
    if plan is None:
        # a pivot whose columns are in the data keeps all others, unless it is told to
        kept = frozenset((*columns, *words_of(sql)))
        readings = [_Reading(mart, kept, True, is_counted=True) for mart in named]
    else:
        readings = [reading for node in plan for reading in _readings(node, marts, {})]
    mixed: dict[str, dict[str, None]] = {}
    for reading in readings:
        alternatives = marts[reading.mart].mixed_in(reading)
        mixed.setdefault(reading.mart, {}).update(dict.fromkeys(alternatives))
    by_unit = {reading.mart for reading in readings if _UNIT in reading.columns}
    warnings = [
        _warning(connection, mart, marts[mart].otherwise, alternatives, mart in by_unit)
        for mart, alternatives in mixed.items()
    ]
    return list(filter(None, warnings))


def warnings_of(connection: duckdb.DuckDBPyConnection, mart: str) -> list[str]:
    """Return the warning of a mart of which nothing is chosen, if it needs one."""
    about = _marts(connection)[mart]
    names = about.alternatives if about.numbers else ()
    warning = _warning(connection, mart, about.otherwise, names)
    return [warning] if warning else []


def _warning(
    connection: duckdb.DuckDBPyConnection,
    mart: str,
    otherwise: str | None,
    alternatives: Iterable[str],
    is_unit_chosen: bool = False,
) -> str | None:
    """Return the warning of a mart of which some alternatives are not chosen.

    None if it has one of each. The unit is chosen if it is filtered, grouped by or
    shown: each stressor may have its own.
    """
    several, choices, reason = [], [], ""
    for alternative in alternatives:
        rows = connection.execute(
            f"select distinct {sql_name(alternative)} from marts.{sql_name(mart)}"
            " order by all"
        ).fetchall()
        values = [value for (value,) in rows]
        units = _units(connection) if alternative == _STRESSOR else {}
        named = {units.get(value) for value in values}
        is_by_unit = is_unit_chosen and len(named) == len(values)
        # a row that is of none, as most headlines are of no scenario, is counted once
        if len(values) < 2 or is_by_unit or None in values:
            continue
        words = [
            f"{value} in {units[value]}" if value in units else value
            for value in values
        ]
        choice = f"{alternative} = {sql_text(values[0])}"
        if isinstance(values[0], bool):
            words, choice = ["true", "false"], alternative
        several.append(f"{alternative.removesuffix('_id')} ({listing(words, 5)})")
        choices.append(choice)
        if otherwise and alternative != _STRESSOR:
            reason = f" (otherwise {otherwise})"
    if not several:
        return None
    return (
        f"{mart} has its rows once for each {listing(several)}; choose one before you"
        f" add up, such as: where {' and '.join(choices)}{reason}"
    )


def _units(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Return the unit of each stressor."""
    rows = connection.execute(
        "select stressor_id, if(unit = 'currency', currency, unit)"
        " from marts.stressors cross join marts.dataset"
    ).fetchall()
    return dict(rows)


def _marts(connection: duckdb.DuckDBPyConnection) -> dict[str, _Mart]:
    """Return what is known of each mart.

    The mart `columns`, if it is there, has the alternatives; stressors are some
    wherever they stand, also in a mart that a user adds.
    """
    columns = connection.execute(
        "select table_name, column_name, data_type, constraint_column_names"
        " from duckdb_columns() left join"
        " (from duckdb_constraints() where constraint_type = 'PRIMARY KEY')"
        " using (database_name, schema_name, table_name)"
        " where schema_name = 'marts' and database_name = current_database()"
    ).fetchall()
    marts: dict[str, _Mart] = {}
    for name, column, kind, key in columns:
        mart = marts.setdefault(name, _Mart(frozenset(key or ())))
        if column == _STRESSOR:
            mart.alternatives[_STRESSOR] = {_STRESSOR}
        elif kind.startswith((*_NUMBERS, "DECIMAL")) and column != "year":
            mart.numbers.add(column)
    if any(where[:2] == ("columns", "chooses") for where in columns):
        facts = connection.execute(
            "select mart, \"column\", unnest(split(chooses, ', ')), if_added_up"
            " from marts.columns where chooses is not null order by all"
        ).fetchall()
        for name, column, alternative, otherwise in facts:
            mart = marts[name]
            mart.alternatives.setdefault(alternative, set()).add(column)
            mart.otherwise = otherwise
    return marts


def _plan(
    connection: duckdb.DuckDBPyConnection, sql: str, params: Parameters | None
) -> list[Node] | None:
    """Return the plan of a question, none for what DuckDB does not explain.

    It is made on a connection of its own, which may read as much: the one of the
    question is locked.
    """
    name, path = connection.execute(
        "select database_name, path from duckdb_databases()"
        " where database_name = current_database()"
    ).fetchone()
    settings = connection.execute(
        "select name, value from duckdb_settings() where name in $names"
        # DuckDB refuses to grant what it grants at first
        " and (name, value) <> ('enable_external_access', 'true')",
        {"names": _ACCESS},
    ).fetchall()
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
            + "".join(f"set {setting} = {value};" for setting, value in settings)
        )
        try:
            rows = desk.execute(f"explain (format json) {sql}", params).fetchall()
        except duckdb.Error:  # the question itself will say it
            return []
    return [node for _, plan in rows for node in json.loads(plan)] or None


def _readings(
    node: Node, marts: dict[str, _Mart], tables: dict[str, Node]
) -> list[_Reading]:
    """Return the readings of marts in a node of a plan; `tables` are those of WITH."""
    about = node.get("extra_info") or {}
    _, _, name = str(about.get("Table", "")).rpartition(".marts.")
    if mart := name.strip('"'):
        words = re.findall(r"\w+", " ".join(_texts(about.get("Filters"))))
        columns = frozenset((*_texts(about.get("Projections")), *words))
        return [_Reading(mart, columns, bool(columns & marts[mart].numbers))]
    if (table := about.get("CTE Index")) in tables:
        return _readings(tables[table], marts, tables)
    children = node["children"]
    if node["name"] == "CTE":
        definition, *children = children
        tables = {**tables, about["Table Index"]: definition}
    sides = [_readings(child, marts, tables) for child in children]
    if "Join Type" in about or node["name"] == "CROSS_PRODUCT":
        sides = _joined(sides, str(about.get("Join Type")))
    readings = [reading for side in sides for reading in side]
    if "Aggregates" in about:
        return _aggregated(readings, _texts(about["Aggregates"]))
    return readings


def _joined(sides: list[list[_Reading]], kind: str) -> list[list[_Reading]]:
    """Return the readings of the sides of a join, with what becomes of their rows."""
    right, _, kind = kind.rpartition("_")
    if kind in _ONE_SIDED:
        # the join asks only whether this side has a row
        side = sides.pop(0 if right == "RIGHT" else -1)
        lost = [replace(reading, arrives=False, is_added=False) for reading in side]
        return [*sides, lost]
    has_numbers = [any(reading.has_numbers for reading in side) for side in sides]
    return [
        [
            replace(reading, is_repeating=True)
            if reading.arrives and any(has_numbers[:place] + has_numbers[place + 1 :])
            else reading
            for reading in side
        ]
        for place, side in enumerate(sides)
    ]


def _aggregated(readings: list[_Reading], aggregates: list[str]) -> list[_Reading]:
    """Return readings below aggregates; one without a text is a distinct."""
    names = [aggregate.replace('"', "").casefold() for aggregate in aggregates]
    others = [name for name in names if not name.startswith(_COMPARISONS)]
    # with `first` it is DuckDB's own, to see that a subquery has one row
    is_counted = "count_star()" in others and "first" not in " ".join(names)
    is_added = any(not name.startswith("count") for name in others)
    is_distinct = not any(names)
    return [
        replace(
            reading,
            arrives=False,
            is_added=is_added,
            is_counted=is_counted,
            is_repeating=reading.is_repeating
            and not is_distinct
            and (is_added or is_counted),
        )
        if reading.arrives
        else reading
        for reading in readings
    ]


def _texts(value: str | list[str] | None) -> list[str]:
    return [value] if isinstance(value, str) else value or []
