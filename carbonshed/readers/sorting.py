"""Sorting a Parquet file that is larger than memory."""

import os
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow as pa

_MEMORY_LIMIT = "1GB"
_MOST_THREADS = 4
_ROWS = 1 << 18


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
        query = f"select * from read_parquet(?) order by {columns}"
        result = connection.execute(query, [str(path)])
        yield from result.to_arrow_reader(_ROWS)
