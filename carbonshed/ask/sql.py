"""The check of a user's SQL before it runs: one statement that only reads."""

import json
import re
from collections.abc import Iterator
from typing import Any

import duckdb

from carbonshed.errors import CarbonshedError
from carbonshed.text import first_line, listing, suggestion

Tree = dict[str, Any]

# all others may change settings, run a text as SQL or read what a number points to
_TABLE_FUNCTIONS = frozenset(
    {
        # values
        "generate_series",
        "range",
        "repeat",
        "repeat_row",
        "unnest",
        "json_each",
        "json_tree",
        "histogram",
        "histogram_values",
        "query_table",
        "summary",
        # the catalogue
        "duckdb_columns",
        "duckdb_constraints",
        "duckdb_databases",
        "duckdb_extensions",
        "duckdb_functions",
        "duckdb_indexes",
        "duckdb_keywords",
        "duckdb_memory",
        "duckdb_schemas",
        "duckdb_settings",
        "duckdb_tables",
        "duckdb_types",
        "duckdb_variables",
        "duckdb_views",
        "icu_calendar_names",
        "pg_timezone_names",
        "pragma_collations",
        "pragma_database_size",
        "pragma_metadata_info",
        "pragma_platform",
        "pragma_show",
        "pragma_storage_info",
        "pragma_table_info",
        "pragma_user_agent",
        "pragma_version",
        # files, which the connection may read or may not
        "glob",
        "parquet_bloom_probe",
        "parquet_file_metadata",
        "parquet_full_metadata",
        "parquet_kv_metadata",
        "parquet_metadata",
        "parquet_scan",
        "parquet_schema",
        "read_blob",
        "read_csv",
        "read_csv_auto",
        "read_json",
        "read_json_auto",
        "read_json_objects",
        "read_json_objects_auto",
        "read_ndjson",
        "read_ndjson_auto",
        "read_ndjson_objects",
        "read_parquet",
        "read_text",
        "sniff_csv",
    }
)
_OTHER_FUNCTIONS = frozenset({"write_log"})
_EXPECTED = (
    "expected one question: SELECT, or what else returns rows and changes nothing,"
    " such as FROM, WITH, PIVOT, DESCRIBE or SUMMARIZE. What is published is read-only"
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
