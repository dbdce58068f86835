"""Sorted cells to Parquet, compact and fast, in row groups of about one size."""

import os
import threading
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from carbonshed.dataset.store import DatasetWriter, stored_schema
from carbonshed.files import writing
from carbonshed.text import sql_name, sql_text

# every build reads these files: of 158 million cells, snappy takes 2.7 s of CPU time
# and zstd 3.6 s, for 2 % less disk
COMPRESSION = "snappy"
_ROWS_PER_GROUP = 1 << 20
_MEMORY_LIMIT = "1GB"
_MAX_THREADS = 4
_SECONDS_BETWEEN_LOOKS = 0.1


class CellWriter:
    """A writer of cells to one Parquet file, which is complete once it is closed.

    The last column of the schema is ``value``; texts may be dictionaries.
    """

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        # the fastest running index is nearly consecutive: its differences are tiny;
        # doubles compress best byte plane by byte plane
        names = schema.names[:-1]
        fastest = [name for name in names if pa.types.is_int32(schema.field(name).type)]
        encodings = {fastest[-1]: "DELTA_BINARY_PACKED", "value": "BYTE_STREAM_SPLIT"}
        self._schema = schema
        self._pending: list[pa.Table] = []
        self._rows = 0
        self._writing = writing(path)
        self._writing.__enter__()
        self._file = pq.ParquetWriter(
            path,
            schema,
            compression=COMPRESSION,
            use_dictionary=[name for name in names if name not in encodings],
            column_encoding=encodings,
            store_schema=False,  # dictionaries are plain texts to every reader
        )

    def __enter__(self) -> "CellWriter":
        """Return the writer."""
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        """Write pending cells and close the file."""
        with ExitStack() as stack:
            stack.push(self._writing)
            stack.callback(self._file.close)
            if kind is None:
                self.flush()

    def write(self, rows: pa.Table) -> None:
        """Add cells that come after all cells before them."""
        self._pending.append(rows)
        self._rows += len(rows)
        if self._rows >= _ROWS_PER_GROUP:
            self.flush()

    def flush(self) -> None:
        """Write pending cells, so that a row group ends with them."""
        if self._pending:
            rows = pa.concat_tables(self._pending)
            self._file.write_table(rows, row_group_size=_ROWS_PER_GROUP)
        self._pending, self._rows = [], 0


class FlowWriter(CellWriter):
    """A writer of ``transactions`` or, with the ids of users, of ``final_demand``.

    Each year has row groups of its own: another year does not change their bytes, and a
    known year is not solved again. `users` are the ids of regions and of categories; a
    column of final demand is one category of a region, region-major.
    """

    def __init__(
        self,
        writer: DatasetWriter,
        table: str,
        users: tuple[pa.Array, pa.Array] | None = None,
    ) -> None:
        words = pa.dictionary(pa.int32(), pa.string())
        fields = [
            field.with_type(words) if field.type == pa.string() else field
            for field in stored_schema(table)
        ]
        self._users = users
        self._year: int | None = None
        super().__init__(writer.path(table), pa.schema(fields))

    def append(
        self, year: int, origin: np.ndarray, column: np.ndarray, value: np.ndarray
    ) -> None:
        """Add cells of one year that come after all cells before them.

        `origin` is the region-sector that delivers, `column` that of the matrix,
        `value` is in table units; each has the shape (cells,).
        """
        columns: list[Any] = [column]
        if self._users is not None:
            regions, categories = self._users
            region, category = np.divmod(column, np.int32(len(categories)))
            columns = [
                pa.DictionaryArray.from_arrays(pa.array(region), regions),
                pa.DictionaryArray.from_arrays(pa.array(category), categories),
            ]
        if year != self._year:
            self.flush()
            self._year = year
        years = np.full(len(value), year, dtype=np.int32)
        arrays = [pa.array(part) for part in (years, origin, *columns, value)]
        self.write(pa.Table.from_arrays(arrays, schema=self._schema))

    def append_block(self, year: int, first: int, block: np.ndarray) -> None:
        """Add the cells of some rows of the matrix that are not zero, from `first`."""
        self.append(year, *nonzero_cells(block, first))

    def append_table(self, rows: pa.Table) -> None:
        """Add rows of another file of the same layout, as a row group."""
        self.flush()
        self.write(rows.cast(self._schema))
        self.flush()


def nonzero_cells(
    block: np.ndarray, first: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return row, counted from `first`, column and value of all cells but zeros."""
    row, column = np.nonzero(block)
    rows = (row + first).astype(np.int32)
    return rows, column.astype(np.int32), block[row, column]


def sort_file(path: Path, keys: list[str], target: Path, scratch: Path) -> None:
    """Write the rows of a Parquet file to `target`, ascending by `keys`.

    DuckDB puts into `scratch` what does not fit into memory.
    """
    columns = ", ".join(sql_name(key) for key in keys)
    with (
        writing(target),
        duckdb.connect(config={"temp_directory": str(scratch)}) as connection,
    ):
        connection.execute(f"set memory_limit = '{_MEMORY_LIMIT}'")
        threads = min(os.cpu_count() or 1, _MAX_THREADS)
        connection.execute(f"set threads = {threads}")
        query = f"select * from read_parquet(?) order by {columns}"
        copy_rows(connection, query, target, [str(path)])


def copy_rows(
    connection: duckdb.DuckDBPyConnection,
    query: str,
    target: Path,
    parameters: Sequence[str] = (),
) -> None:
    """Write the rows of a query to a Parquet file; a signal interrupts it."""
    statement = f"""
        copy ({query}) to {sql_text(target)} (
            format parquet, parquet_version v2, compression {COMPRESSION},
            row_group_size {_ROWS_PER_GROUP}
        )
    """
    execute_interruptibly(connection, statement, list(parameters))


def execute_interruptibly(
    connection: duckdb.DuckDBPyConnection, statement: str, parameters: list[str]
) -> None:
    """Execute a statement without a result that a signal interrupts.

    DuckDB does not return to Python, which handles signals, before the statement is
    done. So it runs in a thread, and the calling thread waits where signals arrive. No
    other thread may use the connection meanwhile.
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
