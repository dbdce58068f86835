"""Sorting a Parquet file that is larger than memory."""

import os
import threading
from pathlib import Path

import duckdb

from carbonshed.dataset.parquet_writer import COMPRESSION
from carbonshed.files import writing
from carbonshed.text import sql_name, sql_text

_MEMORY_LIMIT = "1GB"
_MOST_THREADS = 4
_ROWS_PER_GROUP = 1 << 20
_SECONDS_BETWEEN_LOOKS = 0.1


def sort_file(path: Path, keys: list[str], target: Path, scratch: Path) -> None:
    """Write the rows of a Parquet file to another one, in order.

    Parameters
    ----------
    path
        The file.
    keys
        Columns to order by, ascending.
    target
        The file to write.
    scratch
        Folder for what does not fit into memory.
    """
    columns = ", ".join(sql_name(key) for key in keys)
    with (
        writing(target),
        duckdb.connect(config={"temp_directory": str(scratch)}) as connection,
    ):
        connection.execute(f"set memory_limit = '{_MEMORY_LIMIT}'")
        threads = min(os.cpu_count() or 1, _MOST_THREADS)
        connection.execute(f"set threads = {threads}")
        execute_interruptibly(
            connection,
            f"""
            copy (select * from read_parquet(?) order by {columns})
            to {sql_text(target)} (
                format parquet, parquet_version v2, compression {COMPRESSION},
                row_group_size {_ROWS_PER_GROUP}
            )
            """,
            [str(path)],
        )


def execute_interruptibly(
    connection: duckdb.DuckDBPyConnection, statement: str, parameters: list[str]
) -> None:
    """Execute a statement that a signal interrupts.

    DuckDB does not return to Python, which handles signals, before the statement is
    done. So it runs in a thread, and the calling thread waits where signals arrive.

    Parameters
    ----------
    connection
        Not used by another thread meanwhile.
    statement, parameters
        The statement, without a result, and its parameters.
    """
    errors: list[Exception] = []
    is_done = threading.Event()

    def work() -> None:
        try:
            connection.execute(statement, parameters)
        except Exception as error:
            errors.append(error)
        finally:
            is_done.set()

    # not Thread.join: after a signal it takes the thread for finished
    threading.Thread(target=work).start()
    try:
        while not is_done.wait(_SECONDS_BETWEEN_LOOKS):
            pass
    finally:
        while not is_done.is_set():
            connection.interrupt()
            is_done.wait(_SECONDS_BETWEEN_LOOKS)
    if errors:
        raise errors[0]
