"""Sorting a Parquet file that is larger than memory."""

import os
import queue
import threading
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow as pa

_MEMORY_LIMIT = "1GB"
_MOST_THREADS = 4
_ROWS = 1 << 18
_BATCHES_AHEAD = 4
_SECONDS_BETWEEN_LOOKS = 0.1


def sorted_batches(
    path: Path, keys: list[str], scratch: Path
) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a Parquet file ordered by `keys`.

    Parameters
    ----------
    path
        The file.
    keys
        Columns to order by, ascending.
    scratch
        Folder for what does not fit into memory.
    """
    columns = ", ".join(f'"{key}"' for key in keys)
    with duckdb.connect(config={"temp_directory": str(scratch)}) as connection:
        connection.execute(f"set memory_limit = '{_MEMORY_LIMIT}'")
        threads = min(os.cpu_count() or 1, _MOST_THREADS)
        connection.execute(f"set threads = {threads}")
        connection.execute("set preserve_insertion_order = false")
        query = f"select * from read_parquet(?) order by {columns}"
        yield from interruptible_batches(connection, query, [str(path)])


def interruptible_batches(
    connection: duckdb.DuckDBPyConnection, query: str, parameters: list[str]
) -> Iterator[pa.RecordBatch]:
    """Yield the result of a query; a signal ends it at once.

    DuckDB does not look at signals before its work is done. So it works in a thread
    of its own, and this one waits where Python can hear them.

    Parameters
    ----------
    connection
        Used by nobody else meanwhile.
    query, parameters
        The query and its parameters.
    """
    found: queue.Queue[pa.RecordBatch | Exception | None] = queue.Queue(_BATCHES_AHEAD)
    is_over = threading.Event()

    def work() -> None:
        try:
            result = connection.execute(query, parameters)
            for batch in result.to_arrow_reader(_ROWS):
                _put(found, batch, is_over)
            _put(found, None, is_over)
        except Exception as error:
            _put(found, error, is_over)

    worker = threading.Thread(target=work)
    worker.start()
    try:
        while (item := _get(found)) is not None:
            if isinstance(item, Exception):
                raise item
            yield item
    finally:
        is_over.set()
        while worker.is_alive():
            connection.interrupt()
            worker.join(_SECONDS_BETWEEN_LOOKS)


def _get(found: queue.Queue) -> pa.RecordBatch | Exception | None:
    while True:
        try:
            return found.get(timeout=_SECONDS_BETWEEN_LOOKS)
        except queue.Empty:
            continue


def _put(found: queue.Queue, item: object, is_over: threading.Event) -> None:
    while not is_over.is_set():
        try:
            return found.put(item, timeout=_SECONDS_BETWEEN_LOOKS)
        except queue.Full:
            continue
    return None
