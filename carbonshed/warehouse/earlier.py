"""Years that an earlier build has solved, for a build that finds them unchanged.

A solve costs more than all else in a build. Its results are taken over from the
warehouse that the build is to replace, or from what a failed build has left, if the
year's system is the same; see `fingerprint`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from carbonshed.solve import relations as arrays

SAME = 1e-12  # rounding of a sum of any number of cells; a solve has no more digits

_files: list[Path] = []
_begun_with: list[Path] = []


@dataclass(frozen=True)
class Solve:
    """How a year was solved.

    Attributes
    ----------
    fingerprint : str
    method : str
    region_sectors, demands : int
        n and k.
    relative_residual : float
    solved_at : datetime
        UTC, without a time zone.
    carbonshed_version : str
    """

    fingerprint: str
    method: str
    region_sectors: int
    demands: int
    relative_residual: float
    solved_at: datetime
    carbonshed_version: str


def look_into(files: list[Path], *, begun_with: Path | None = None) -> None:
    """Say which warehouses may hold solved years; those first named first.

    Parameters
    ----------
    files : list of Path
    begun_with : Path, optional
        One of them, whose long tables the build has already.
    """
    _files[:] = files
    _begun_with[:] = [begun_with] if begun_with else []


@dataclass(frozen=True)
class SolvedYear:
    """A year in an earlier warehouse.

    Attributes
    ----------
    file : Path
    year : int
    solve : Solve
    """

    file: Path
    year: int
    solve: Solve

    @property
    def is_here(self) -> bool:
        """Whether the build began with the rows of this year."""
        return self.file in _begun_with

    def embodied_output(self, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        """Yield its rows of the table, in the order in which they are stored."""
        # labels are ENUMs there, of other labels perhaps
        names = ", ".join(
            f"{field.name}::varchar"
            if pa.types.is_dictionary(field.type)
            else field.name
            for field in schema
        )
        with _opened(self.file) as connection:
            rows = connection.sql(
                f"select {names} from solved.embodied_output where year = {self.year}"
            )
            for batch in rows.to_arrow_reader(arrays.ROWS_AT_A_TIME):
                columns = [
                    column.dictionary_encode()
                    if pa.types.is_dictionary(field.type)
                    else column
                    for column, field in zip(batch.columns, schema, strict=True)
                ]
                yield pa.record_batch(columns, schema=schema)

    def total_intensities(self, stressors: list[str]) -> np.ndarray:
        """Return m, shape (n, q), a column for each of the stressors."""
        values = np.zeros((self.solve.region_sectors, len(stressors)), order="F")
        with _opened(self.file) as connection:
            for column, stressor in enumerate(stressors):
                rows = connection.execute(
                    "select region_sector_id, total_intensity"
                    " from solved.total_intensities"
                    " where year = ? and stressor_id = ?",
                    [self.year, stressor],
                ).fetchnumpy()
                values[rows["region_sector_id"], column] = rows["total_intensity"]
        return values

    def own_chain_output(self) -> np.ndarray:
        """Return the output of chains within regions, shape (n,), currency."""
        values = np.zeros(self.solve.region_sectors)
        with _opened(self.file) as connection:
            rows = connection.execute(
                "select origin_id, output from solved.own_chain_output where year = ?",
                [self.year],
            ).fetchnumpy()
        values[rows["origin_id"]] = rows["output"]
        return values


def find(
    year: int, fingerprint: str, output: np.ndarray, intensities: np.ndarray
) -> SolvedYear | None:
    """Return the year if a warehouse holds the solution of the same system.

    Parameters
    ----------
    year : int
    fingerprint : str
    output : ndarray, shape (n,), currency
    intensities : ndarray, shape (n, q), unit of the stressor per currency
        Both may differ by the rounding of sums, `SAME`.
    """
    for file in _files:
        try:
            with _opened(file) as connection:
                solve = _recorded(connection, year, fingerprint)
                if solve and _agree(connection, year, output, intensities):
                    return SolvedYear(file, year, solve)
        except duckdb.Error:  # held by another program, or from before the record
            continue
    return None


def _recorded(
    connection: duckdb.DuckDBPyConnection, year: int, fingerprint: str
) -> Solve | None:
    names = ", ".join(Solve.__dataclass_fields__)
    row = connection.execute(
        f"select {names} from solved.solves where year = ? and fingerprint = ?",
        [year, fingerprint],
    ).fetchone()
    return Solve(*row) if row else None


def _agree(
    connection: duckdb.DuckDBPyConnection,
    year: int,
    output: np.ndarray,
    intensities: np.ndarray,
) -> bool:
    """Return whether the solution was made with this output and these intensities."""
    its_output, _, _ = arrays.sector_output(
        connection.sql("from intermediate.int_sector_output"), year
    )
    _, its_intensities = arrays.intensities(
        connection.sql("from intermediate.int_intensities"), year, len(its_output)
    )
    return all(
        one.shape == other.shape and np.allclose(one, other, rtol=SAME, atol=0)
        for one, other in ((output, its_output), (intensities, its_intensities))
    )


@contextmanager
def _opened(file: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a warehouse apart from the one that is being built."""
    connection = duckdb.connect(file, read_only=True, config={"memory_limit": "1GB"})
    try:
        yield connection
    finally:
        connection.close()
