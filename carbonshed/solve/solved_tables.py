"""Solved tables: numbers of a year as long tables, written to the store and read again.

Regions and categories are positions in the lists of the dataset.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from carbonshed.files import writing
from carbonshed.solve.relations import Relations
from carbonshed.solve.year_system import YearSystem

EMBODIED_OUTPUT = "embodied_output"
INTENSITIES_BY_ORIGIN = "intensities_by_origin"
_EMBODIED_OUTPUT = pa.schema(
    [
        ("year", pa.int32()),
        ("origin_id", pa.int32()),
        ("region_position", pa.int32()),
        ("category_position", pa.int32()),
        ("output", pa.float64()),
    ]
)
_BY_ORIGIN = pa.schema(
    [
        ("year", pa.int32()),
        ("region_sector_id", pa.int32()),
        ("stressor_id", pa.string()),
        ("region_position", pa.int32()),
        ("intensity", pa.float64()),
    ]
)
# several row groups of DuckDB at a time: 0.5 million rows of 13,146 region-sectors
BATCH_COLUMNS = 40


@dataclass(frozen=True)
class Batches:
    """A table that is too large to be made at once."""

    schema: pa.Schema
    batches: Iterable[pa.RecordBatch]
    options: Mapping[str, Any] = field(default_factory=dict)  # of its encoding


Columns = dict[str, np.ndarray | pa.Array]
Table = Columns | pa.Table | Batches


def write_table(folder: Path, name: str, table: Table) -> None:
    """Write a solved table to a folder of `SolveStore.writing`."""
    with writing(folder / f"{name}.parquet") as path:
        if not isinstance(table, Batches):
            pq.write_table(pa.table(table), path)
            return
        with pq.ParquetWriter(path, table.schema, **table.options) as writer:
            for batch in table.batches:
                writer.write_batch(batch)


def year_column(system: YearSystem, length: int) -> np.ndarray:
    """Return the year as often as a table has rows."""
    return np.full(length, system.year, np.int32)


def keys(system: YearSystem) -> Columns:
    """Return the first columns of a table with a row for each region-sector."""
    return {
        "year": year_column(system, system.size),
        "region_sector_id": np.arange(system.size, dtype=np.int32),
    }


def of_stressors(
    system: YearSystem, stressors: Sequence[str], intensities: np.ndarray
) -> Columns:
    """Return intensities, shape (m, p), by the stressor of each column."""
    size, names = len(intensities), np.array(stressors, object)
    return {
        "year": year_column(system, intensities.size),
        "stressor_id": pa.array(np.repeat(names, size), pa.string()),
        "region_sector_id": np.tile(np.arange(size, dtype=np.int32), len(names)),
        "intensity": intensities.T.reshape(-1),
    }


def own_chain_output(system: YearSystem, output: np.ndarray) -> Columns:
    """Return output of chains within each region, shape (n,), beside all output."""
    return {
        "year": year_column(system, system.size),
        "origin_id": np.arange(system.size, dtype=np.int32),
        "output": output,
        "sector_output": system.output,
    }


def total_intensities(system: YearSystem, intensities: np.ndarray) -> Columns:
    """Return total intensities, shape (n, q), beside direct ones."""
    columns = of_stressors(system, system.stressors, intensities)
    total = columns.pop("intensity")
    return columns | {
        "total_intensity": total,
        "direct_intensity": system.intensities.T.reshape(-1),
    }


@dataclass(frozen=True)
class Trade:
    """Sales of the producers of each region to those of each region."""

    regions: list[str]  # length R
    amounts: np.ndarray  # shape (R, R), currency: origin by destination
    embodied: np.ndarray  # shape (R, q, R), unit of the stressor: emissions behind it
    is_any: np.ndarray  # shape (R, R): there are sales; they may add up to zero

    @classmethod
    def of(
        cls,
        regions: list[str],
        edges: np.ndarray,
        sales: np.ndarray,
        totals: np.ndarray,
    ) -> "Trade":
        """Add up what region-sectors sell, those between two edges for a region.

        Regions, and rows of sales and total intensities, may be some of all.
        """
        blocks = [slice(*ends) for ends in pairwise(edges)]
        return cls(
            regions,
            np.array([sales[rows].sum(axis=0) for rows in blocks]),
            np.array([totals[rows].T @ sales[rows] for rows in blocks]),
            np.array([np.any(sales[rows], axis=0) for rows in blocks]),
        )


def intermediate_trade(system: YearSystem, trade: Trade) -> Columns:
    """Return the sales between producers of regions, and the embodied emissions."""
    # pairs of two regions with any sales, once for each stressor
    origins, destinations = np.nonzero(
        trade.is_any & ~np.eye(len(trade.regions), dtype=bool)
    )
    names = region_positions(system.relations, trade.regions)
    count, stressors = len(origins), np.array(system.stressors, object)
    repeats = len(stressors)
    return {
        "year": year_column(system, count * repeats),
        "stressor_id": pa.array(np.repeat(stressors, count), pa.string()),
        "origin_position": np.tile(names[origins], repeats),
        "destination_position": np.tile(names[destinations], repeats),
        "amount": np.tile(trade.amounts[origins, destinations], repeats),
        "embodied": trade.embodied[origins, :, destinations].T.reshape(-1),
    }


def region_positions(relations: Relations, regions: Iterable[str]) -> np.ndarray:
    """Return the positions that stand for regions, shape (k,)."""
    positions = relations.region_positions
    return np.array([positions[region] for region in regions], np.int32)


def demand_positions(
    relations: Relations, regions: Sequence[str], categories: Sequence[str]
) -> tuple[np.ndarray, np.ndarray]:
    """Return the positions that stand for columns of demand, each shape (k,)."""
    positions = relations.category_positions
    return (
        region_positions(relations, regions),
        np.array([positions[category] for category in categories], np.int32),
    )


def embodied_output(
    year: int,
    rows: slice,
    positions: tuple[np.ndarray, np.ndarray],  # of the columns, as `demand_positions`
    values: np.ndarray,  # shape (rows, k), currency
) -> Batches:
    """Return X, or some rows and columns of it, as a long table without zeros."""
    producers = np.arange(rows.start, rows.stop, dtype=np.int32)
    return _of_matrix(_EMBODIED_OUTPUT, year, producers, positions, values)


def by_origin(system: YearSystem, intensities: np.ndarray) -> Batches:
    """Return total intensities by region of origin, shape (n, p R), without zeros."""
    regions = region_positions(system.relations, system.regions)
    labels = (
        np.repeat(np.array(system.masses, object), len(regions)),
        np.tile(regions, len(system.masses)),
    )
    producers = np.arange(system.size, dtype=np.int32)
    return _of_matrix(_BY_ORIGIN, system.year, producers, labels, intensities)


def _of_matrix(
    schema: pa.Schema,
    year: int,
    rows: np.ndarray,
    labels: tuple[np.ndarray, np.ndarray],
    values: np.ndarray,
) -> Batches:
    """Return a matrix as a long table, some columns at a time, without zeros.

    The schema has the year, the row, two labels of the column, and the value.
    """
    names = schema.names

    def batches() -> Iterator[pa.RecordBatch]:
        for start in range(0, values.shape[1], BATCH_COLUMNS):
            columns = slice(start, start + BATCH_COLUMNS)
            amounts = np.ascontiguousarray(values[:, columns].T)
            # masks take 0.1 s, positions of what is not zero 0.6 s (13,146 x 1,567)
            is_there = amounts != 0
            counts = np.count_nonzero(is_there, axis=1)
            yield pa.record_batch(
                [
                    np.full(counts.sum(), year, np.int32),
                    np.broadcast_to(rows, amounts.shape)[is_there],
                    *(np.repeat(label[columns], counts) for label in labels),
                    amounts[is_there],
                ],
                schema=schema,
            )

    return Batches(
        schema,
        batches(),
        {
            # no two values are alike, and rows rise
            "use_dictionary": [names[0], *names[2:-1]],
            "column_encoding": {names[1]: "DELTA_BINARY_PACKED", names[-1]: "PLAIN"},
        },
    )


def read_column(folder: Path, table: str, column: str) -> np.ndarray:
    """Return a column of a solved table."""
    path = folder / f"{table}.parquet"
    return pq.read_table(path, columns=[column])[column].to_numpy()


def read_total_intensities(
    folder: Path, stressors: Sequence[str], size: int
) -> np.ndarray:
    """Return m of some stressors of a stored solution, shape (n, p)."""
    stored = read_column(folder, "total_intensities", "total_intensity")
    names = read_column(folder, "total_intensities", "stressor_id")[::size].tolist()
    by_stressor = stored.reshape(len(names), -1)
    return by_stressor[[names.index(name) for name in stressors]].T


def read_output_by_region(folder: Path, size: int, destinations: int) -> np.ndarray:
    """Return output embodied in the demand of each destination, shape (n, S), currency.

    Destinations are by their positions; reserved ones, below 0, count from the end.
    """
    sums = np.zeros((destinations, size))
    for path in sorted(folder.glob(f"{EMBODIED_OUTPUT}*.parquet")):
        with pq.ParquetFile(path) as file:
            for group in range(file.num_row_groups):
                names = ["origin_id", "region_position", "output"]
                rows = file.read_row_group(group, names, use_threads=False)
                origin, position, output = (rows[name].to_numpy() for name in names)
                # rows of one column of demand rise, so that none comes twice
                is_next = (position[1:] != position[:-1]) | (origin[1:] <= origin[:-1])
                starts = np.flatnonzero(np.append(len(origin) > 0, is_next))
                for run in map(slice, starts, [*starts[1:], len(origin)]):
                    sums[position[run.start], origin[run]] += output[run]
    return np.ascontiguousarray(sums.T)
