"""Cells to Parquet, in row groups whose size does not depend on the batches."""

from pathlib import Path
from types import TracebackType

import pyarrow as pa
import pyarrow.parquet as pq

from carbonshed.dataset.flow_writer import COMPRESSION

_ROWS_PER_GROUP = 1 << 20


class CellWriter:
    """Writes batches to one Parquet file, which is complete once it is closed.

    Parameters
    ----------
    path
        The file.
    schema
        Its columns, the last of them ``value``.
    """

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        integers = [field.name for field in schema if pa.types.is_int32(field.type)]
        # the fastest running index is nearly consecutive: its differences are tiny;
        # doubles compress best byte plane by byte plane
        fastest = integers[-1]
        texts = [field.name for field in schema if pa.types.is_string(field.type)]
        self._schema = schema
        self._pending: list[pa.RecordBatch] = []
        self._rows = 0
        self._writer = pq.ParquetWriter(
            path,
            schema,
            compression=COMPRESSION,
            use_dictionary=[*texts, *integers[:-1]],
            column_encoding={
                fastest: "DELTA_BINARY_PACKED",
                "value": "BYTE_STREAM_SPLIT",
            },
        )

    def __enter__(self) -> "CellWriter":
        """Return the writer."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Write what is left and close the file."""
        try:
            if kind is None:
                self._flush()
        finally:
            self._writer.close()

    def write(self, batch: pa.RecordBatch) -> None:
        """Add a batch."""
        self._pending.append(batch)
        self._rows += len(batch)
        if self._rows >= _ROWS_PER_GROUP:
            self._flush()

    def _flush(self) -> None:
        if self._pending:
            rows = pa.Table.from_batches(self._pending, self._schema)
            self._writer.write_table(rows, row_group_size=2 * _ROWS_PER_GROUP)
        self._pending, self._rows = [], 0
