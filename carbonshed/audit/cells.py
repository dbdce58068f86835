"""What the audit needs of the transactions, from one scan of their cells.

The file is scanned in parts, here or on the workers of a cluster. Parts are the same
and are added up in the same order wherever they are scanned, so that sums are too.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from carbonshed.text import is_url, sql_text

BATCH_ROWS = 1_000_000
PART_ROWS = 2**27  # whole row groups, 2 GB in memory if they were there at once

NOWHERE = -(2**63)
# the system has files in memory too, but gives way to the matrix
UNCACHED = {"enable_external_file_cache": "false"}
# what a region-sector sells to others and buys from them, its negative purchases, and
# the sum of its negative sales
SUMS = ("sold", "bought", "negative_cells", "negative_sum", "negative_sales")


@dataclass
class Cells:
    """The transactions, added up by row and by column of every year.

    Attributes
    ----------
    size : int
        n, the number of region-sectors.
    sums : dict of int to ndarray, shape (5, n)
        By year, rows as in `SUMS`, in table units; of no use if cells lie outside.
    outside : dict of str to set of int
        By column, region-sectors that there are not.
    disorder : str
        The first cell that is double or not in the order of rows; empty if none is.
    not_finite : int
        How many values are missing, NaN or infinite.
    first : (int, str)
        Place of the first cell in the order of rows, and its region-sectors.
    last : int
        Place of the last cell; below all others without cells.
    """

    size: int
    sums: dict[int, np.ndarray] = field(default_factory=dict)
    outside: dict[str, set[int]] = field(default_factory=dict)
    disorder: str = ""
    not_finite: int = 0
    first: tuple[int, str] = (NOWHERE, "")
    last: int = NOWHERE

    @property
    def years(self) -> list[int]:
        """The years of the transactions, in order."""
        return sorted(self.sums)

    def table(self) -> pa.Table:
        """Return one row per year and region-sector, with the columns of `SUMS`."""
        n = self.size
        columns = np.hstack(
            [np.empty((len(SUMS), 0)), *(self.sums[year] for year in self.years)]
        )
        return pa.table(
            {
                "year": np.repeat(np.array(self.years, dtype=np.int32), n),
                "region_sector_id": np.tile(
                    np.arange(n, dtype=np.int32), len(self.years)
                ),
                **dict(zip(SUMS, columns, strict=True)),
            }
        )


def parts_of(path: Path) -> list[slice]:
    """Return the rows of each part of a file of transactions."""
    # the connection that all share takes a file of the same size and second for the
    # one that it has read
    with duckdb.connect(config=UNCACHED) as connection:
        (rows,) = connection.execute(
            f"select num_rows from parquet_file_metadata({sql_text(path)})"
        ).fetchone()
    return [slice(row, row + PART_ROWS) for row in range(0, rows, PART_ROWS)]


def scan_part(place: str, size: int, rows: slice) -> Cells:
    """Read rows of a file of transactions once, a batch at a time.

    Parameters
    ----------
    place : str
        Path or URL.
    size : int
        n, the number of region-sectors.
    """
    cells = Cells(size)
    with duckdb.connect(config=UNCACHED) as connection:
        if is_url(place):
            from carbonshed.solve.cluster.storage import connect_to

            connect_to(connection, place)
        # a missing id counts as -1, which is outside the table
        batches = connection.sql(f"""
            select
                year, coalesce(origin_id, -1)::bigint as origin,
                coalesce(destination_id, -1)::bigint as destination, value,
                (year::bigint * {size} + origin) * {size} + destination as position
            from read_parquet({sql_text(place)}, file_row_number = true)
            where file_row_number >= {rows.start} and file_row_number < {rows.stop}
        """).to_arrow_reader(BATCH_ROWS)
        for batch in batches:
            # what is too large to be added up is told by the sums
            with np.errstate(over="ignore", invalid="ignore"):
                _take(cells, batch)
    return cells


def joined(size: int, parts: Iterable[Cells]) -> Cells:
    """Add up parts, which are in the order of the file."""
    whole = Cells(size, last=-1)
    for part in parts:
        if not whole.disorder:
            place, label = part.first
            whole.disorder = part.disorder if place > whole.last else label
        whole.last = part.last
        whole.not_finite += part.not_finite
        for name, outside in part.outside.items():
            whole.outside.setdefault(name, set()).update(outside)
        with np.errstate(over="ignore", invalid="ignore"):
            for year, sums in part.sums.items():
                whole.sums[year] = whole.sums.get(year, 0.0) + sums
    return whole


def _take(cells: Cells, batch: pa.RecordBatch) -> None:
    """Add up a batch."""
    if not batch.num_rows:
        return
    size = cells.size
    year, origin, destination, value, position = (
        column.to_numpy(zero_copy_only=False) for column in batch.columns
    )
    if cells.last == NOWHERE:
        cells.first = int(position[0]), f"{origin[0]} / {destination[0]}"
    if not cells.disorder:
        cells.disorder = _disorder(position, cells.last, origin, destination)
    if not np.isfinite(value.sum()):  # far faster than asking every value
        cells.not_finite += int((~np.isfinite(value)).sum())
    for name, ids in (("origin_id", origin), ("destination_id", destination)):
        if ids.min() < 0 or ids.max() >= size:
            outside = ids[(ids < 0) | (ids >= size)].tolist()
            cells.outside.setdefault(name, set()).update(outside)
    _add(cells, year, origin, destination, value)
    cells.last = int(position[-1])


def _disorder(
    position: np.ndarray, last: int, origin: np.ndarray, destination: np.ndarray
) -> str:
    """Return the first cell that does not come after the one before it."""
    wrong = 0
    if position[0] > last:
        backward = position[1:] <= position[:-1]
        if not backward.any():
            return ""
        wrong = 1 + int(backward.argmax())
    return f"{origin[wrong]} / {destination[wrong]}"


def _add(
    cells: Cells,
    year: np.ndarray,
    origin: np.ndarray,
    destination: np.ndarray,
    value: np.ndarray,
) -> None:
    """Add a batch to the sums of its years; with cells outside there are none."""
    n = cells.size
    years = np.unique(year) if year.min() < year.max() else year[:1]
    for each in years.tolist():
        sums = cells.sums.setdefault(each, np.zeros((len(SUMS), n)))
        if cells.outside:
            continue
        here = year == each if len(years) > 1 else slice(None)
        seller, buyer, amount = origin[here], destination[here], value[here]
        sums[0] += np.bincount(seller, amount, n)
        sums[1] += np.bincount(buyer, amount, n)
        negative = np.flatnonzero(amount < 0)
        if negative.size:
            sums[2] += np.bincount(buyer[negative], minlength=n)
            sums[3] += np.bincount(buyer[negative], amount[negative], n)
            sums[4] += np.bincount(seller[negative], amount[negative], n)
