"""What the audit needs of the transactions, from one scan of their cells."""

from dataclasses import dataclass, field

import duckdb
import numpy as np
import pyarrow as pa

BATCH_ROWS = 1_000_000

# what a region-sector sells to others and buys from them, and its negative purchases
SUMS = ("sold", "bought", "negative_cells", "negative_sum")


@dataclass
class Cells:
    """The transactions, added up by row and by column of every year.

    Attributes
    ----------
    size : int
        n, the number of region-sectors.
    sums : dict of int to ndarray, shape (4, n)
        By year, rows as in `SUMS`, in table units; of no use if cells lie outside.
    outside : dict of str to set of int
        By column, region-sectors that there are not.
    disorder : str
        The first cell that is double or not in the order of rows; empty if none is.
    not_finite : int
        How many values are missing, NaN or infinite.
    """

    size: int
    sums: dict[int, np.ndarray] = field(default_factory=dict)
    outside: dict[str, set[int]] = field(default_factory=dict)
    disorder: str = ""
    not_finite: int = 0

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


def scan_cells(connection: duckdb.DuckDBPyConnection, size: int) -> Cells:
    """Read the view ``transactions`` once, a batch at a time.

    Parameters
    ----------
    connection : DuckDBPyConnection
    size : int
        n, the number of region-sectors.
    """
    cells = Cells(size)
    last = -1
    # a missing id counts as -1, which is outside the table
    batches = connection.sql(f"""
        select
            year, coalesce(origin_id, -1)::bigint as origin,
            coalesce(destination_id, -1)::bigint as destination, value,
            (year::bigint * {size} + origin) * {size} + destination as position
        from transactions
    """).to_arrow_reader(BATCH_ROWS)
    for batch in batches:
        # what is too large to be added up is told by the sums
        with np.errstate(over="ignore", invalid="ignore"):
            last = _take(cells, batch, last)
    return cells


def _take(cells: Cells, batch: pa.RecordBatch, last: int) -> int:
    """Add up a batch; return the position of its last cell."""
    if not batch.num_rows:
        return last
    size = cells.size
    year, origin, destination, value, position = (
        column.to_numpy(zero_copy_only=False) for column in batch.columns
    )
    if not cells.disorder:
        cells.disorder = _disorder(position, last, origin, destination)
    if not np.isfinite(value.sum()):  # far faster than asking every value
        cells.not_finite += int((~np.isfinite(value)).sum())
    for name, ids in (("origin_id", origin), ("destination_id", destination)):
        if ids.min() < 0 or ids.max() >= size:
            outside = ids[(ids < 0) | (ids >= size)].tolist()
            cells.outside.setdefault(name, set()).update(outside)
    _add(cells, year, origin, destination, value)
    return int(position[-1])


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
