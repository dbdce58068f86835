"""Technical coefficients in a file, for a matrix that does not fit into memory."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import duckdb
import numpy as np

from carbonshed import leontief
from carbonshed.errors import CarbonshedError
from carbonshed.io_errors import TEMP_VARIABLE
from carbonshed.solve.cells import Cells
from carbonshed.text import size_text

_DOUBLE = 8
_READ_AHEAD = 1 << 17


class StoredMatrix:
    """A square matrix in a file, read by blocks of rows, in order and without gaps.

    The buffer has room for one block, whether it is written or read.
    """

    def __init__(self, file: BinaryIO, blocks: list[slice]) -> None:
        self.size = blocks[-1].stop if blocks else 0
        self.blocks = blocks
        self.most_rows = max((rows.stop - rows.start for rows in blocks), default=0)
        self._file = file
        self.buffer = np.empty((self.most_rows, self.size))

    def append(self, values: np.ndarray) -> None:
        """Write the next block."""
        rest = memoryview(values).cast("B")
        try:
            while rest:
                rest = rest[self._file.write(rest) :]
        except OSError as error:
            raise CarbonshedError(
                f"the matrix that memory cannot hold cannot be written:"
                f" {error.strerror}"
            ) from error

    def __iter__(self) -> Iterator[tuple[slice, np.ndarray]]:
        """Yield rows and their values; the values are overwritten by the next."""
        self._file.seek(0)
        for rows in self.blocks:
            values = self.buffer[: rows.stop - rows.start]
            self._read_ahead(rows.stop, self.most_rows)
            self._read(memoryview(values).cast("B"))
            yield rows, values

    def _read(self, rest: memoryview) -> None:
        while rest:
            count = self._file.readinto(rest)
            if not count:
                raise CarbonshedError("the stored matrix ends too early")
            rest = rest[count:]

    def _read_ahead(self, row: int, rows: int) -> None:
        """Let the system fetch the next block while this one is worked on."""
        if hasattr(os, "posix_fadvise"):
            start, stop = (_DOUBLE * self.size * end for end in (row, row + rows))
            # Linux fetches at most its own read-ahead at a call
            for offset in range(start, stop, _READ_AHEAD):
                os.posix_fadvise(
                    self._file.fileno(), offset, _READ_AHEAD, os.POSIX_FADV_WILLNEED
                )


def blocks_of_regions(producers: np.ndarray, most_rows: int) -> list[slice]:
    """Return blocks of whole regions with at most so many rows, or of one region.

    `producers` has the region of each row; rows of a region stand together.
    """
    size = len(producers)
    ends = starts_of_regions(producers)[1:].tolist()
    blocks = []
    start = 0
    for end, following in zip(ends, [*ends[1:], None], strict=True):
        if following is None or following - start > most_rows:
            blocks.append(slice(start, end))
            start = end
    return blocks if size else []


def starts_of_regions(producers: np.ndarray) -> np.ndarray:
    """Return the first row of each region, and n; rows of a region stand together."""
    changes = np.flatnonzero(producers[1:] != producers[:-1]) + 1
    return np.array([0, *changes, len(producers)])


@contextmanager
def stored_coefficients(
    cells: Cells,
    output: np.ndarray,
    is_zero: np.ndarray,
    blocks: list[slice],
    folder: Path,
) -> Iterator[tuple[StoredMatrix, np.ndarray]]:
    """Write A = Z / x to a file that lasts as long as the context.

    The file, of 8 n^2 bytes, has no name, so that nothing is left behind however the
    process ends.

    Yields
    ------
    matrix : StoredMatrix
    zero_column_deliveries : ndarray, shape (n,), currency
        Deliveries of each row to columns without output.
    """
    with _new_file(folder, _DOUBLE * len(output) ** 2) as file:
        matrix = StoredMatrix(file, blocks)
        deliveries = np.zeros(matrix.size)
        for rows in blocks:
            values = matrix.buffer[: rows.stop - rows.start]
            values[:] = 0.0
            cells.put(values, rows)
            deliveries[rows] = values[:, is_zero].sum(axis=1)
            leontief.divide_by_output(values, output, is_zero)
            matrix.append(values)
        yield matrix, deliveries


def _new_file(folder: Path, size: int) -> BinaryIO:
    """Make a file without a name where there is room for so many bytes."""
    try:
        free = shutil.disk_usage(folder).free
        if free >= size:
            return tempfile.TemporaryFile(dir=folder, buffering=0)
    except OSError as error:
        raise CarbonshedError(
            f"{folder}: no file can be made for the matrix that memory cannot hold"
            f" ({error.strerror}); {TEMP_VARIABLE} names another place"
        ) from error
    raise CarbonshedError(
        f"{folder}: no room for the matrix that memory cannot hold:"
        f" {size_text(size)} are needed, {size_text(free)} are free;"
        f" {TEMP_VARIABLE} names another place"
    )


def scratch_folder(session: duckdb.DuckDBPyConnection) -> Path:
    """Return the folder to which DuckDB spills, or would spill."""
    (setting,) = session.execute("select current_setting('temp_directory')").fetchone()
    folder = Path(setting).absolute()
    return folder if folder.is_dir() else folder.parent
