"""Connections on which databases bear the names that the SQL of dbt gives them."""

import duckdb

from carbonshed.paths import project_root
from carbonshed.text import sql_name, sql_text

_OWN = "the connection"  # no dataset can have this name


def bare_connection() -> duckdb.DuckDBPyConnection:
    """Return a connection on which a database may be attached by any name.

    DuckDB calls the one of a new connection ``memory``, as a dataset may be called.
    Views with paths relative to the project folder, as dbt makes them, can be read.
    """
    connection = duckdb.connect()
    connection.execute(
        f"attach ':memory:' as {sql_name(_OWN)}; use {sql_name(_OWN)}; detach memory;"
        f"set file_search_path = {sql_text(project_root())}"
    )
    return connection


def closed_connection() -> duckdb.DuckDBPyConnection:
    """Return a connection without files, network and extensions, for good."""
    return duckdb.connect(
        config={
            "enable_external_access": "false",
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "lock_configuration": "true",
        }
    )
