"""The solve store: solved tables as Parquet, a folder for each system.

::

    warehouse/solved/NAME/FINGERPRINT/
        embodied_output.parquet
        total_intensities.parquet
        own_chain_output.parquet
        intermediate_trade.parquet
        leontief_inverse.parquet    if it was asked for
        solve.json                  how it was solved
    warehouse/solved/.NAME.partial/    being written

A folder gets its name when it is complete, so that one with a name is whole. Folders
are those of the years of the dataset and no others: the views of ``models/solved`` read
all that there are. Only one process at a time writes, the one that holds the warehouse.
"""

import json
import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from carbonshed import layouts
from carbonshed.files import sync
from carbonshed.solve.relations import Relations
from carbonshed.solve.solver import Solved
from carbonshed.solve.year import YearSystem

SAME = 1e-12  # rounding of a sum of any number of cells; a solve has no more digits

EMBODIED_OUTPUT = pa.schema(
    [
        ("year", pa.int32()),
        ("origin_id", pa.int32()),
        ("region_position", pa.int32()),
        ("category_position", pa.int32()),
        ("output", pa.float64()),
    ]
)
# several row groups of DuckDB at a time: 0.5 million rows of 13,146 region-sectors
BATCH_COLUMNS = 40
# solved tables that analyses need, made of the factors; a year without them is solved
# again where analyses are asked for
OF_FACTORS: tuple[str, ...] = ()
_RECORD = "solve.json"
_INVERSE = "leontief_inverse.parquet"


@dataclass(frozen=True)
class Solve:
    """How a year was solved.

    Attributes
    ----------
    fingerprint : str
    method : str
        ``direct`` or ``streamed``.
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


class SolveStore:
    """The solved systems of one dataset.

    Parameters
    ----------
    folder : Path
        ``warehouse/solved/NAME``.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._partial = folder.with_name(f".{folder.name}.partial")

    def path(self, fingerprint: str) -> Path:
        """Return the folder of a system, whether it is there or not."""
        return self.folder / fingerprint

    def find(
        self, fingerprint: str, system: YearSystem, *, with_analyses: bool = False
    ) -> Solve | None:
        """Return how a system was solved, if its whole solution is there.

        Output and intensities may differ from those that it was made with by the
        rounding of sums, `SAME`. With analyses, the tables `OF_FACTORS` are part of it.
        What has another layout is solved again.
        """
        wanted = OF_FACTORS if with_analyses else ()
        folder = self.path(fingerprint)
        try:
            content = json.loads((folder / _RECORD).read_text("utf-8"))
            if content.pop("layout") != layouts.SOLVE:
                return None
            sizes = content.pop("sizes")
            is_whole = all(f"{table}.parquet" in sizes for table in wanted) and all(
                (folder / name).stat().st_size == size for name, size in sizes.items()
            )
            if not (is_whole and _was_made_with(folder, system)):
                return None
            solved_at = datetime.fromisoformat(content.pop("solved_at"))
            return Solve(**content, solved_at=solved_at)
        except (OSError, ValueError, KeyError, TypeError, pa.ArrowException):
            return None  # what cannot be read is solved again

    def has_inverse(self, fingerprint: str) -> bool:
        """Return whether the Leontief inverse of a system is there."""
        return (self.path(fingerprint) / _INVERSE).is_file()

    def remove_stale(self, wanted: Collection[str], *, with_inverse: bool) -> None:
        """Remove what killed runs left, and what is no longer asked for."""
        shutil.rmtree(self._partial, ignore_errors=True)
        for folder in self.folder.glob("*"):
            if not folder.is_dir():  # of a file manager, perhaps: no solution
                continue
            if folder.name not in wanted:
                shutil.rmtree(folder)
            elif not with_inverse:
                (folder / _INVERSE).unlink(missing_ok=True)

    @contextmanager
    def writing(self, fingerprint: str) -> Iterator[Path]:
        """Yield a folder to write to; it becomes the system's own in one step."""
        partial = self._partial / fingerprint
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        try:
            yield partial
            for path in (*partial.iterdir(), partial):
                sync(path)
            self.folder.mkdir(exist_ok=True)
            partial.rename(self.path(fingerprint))
            sync(self.folder)
        finally:
            shutil.rmtree(self._partial, ignore_errors=True)

    def add_inverse(self, fingerprint: str, batches: Iterator[pa.RecordBatch]) -> None:
        """Write the Leontief inverse into the folder of a system that is there."""
        self._partial.mkdir(exist_ok=True)
        partial = self._partial / _INVERSE
        try:
            first = next(batches)
            with pq.ParquetWriter(partial, first.schema) as writer:
                writer.write_batch(first)
                for batch in batches:
                    writer.write_batch(batch)
            sync(partial)
            partial.rename(self.path(fingerprint) / _INVERSE)
        finally:
            shutil.rmtree(self._partial, ignore_errors=True)


def write_solution(
    folder: Path, system: YearSystem, solved: Solved, solve: Solve
) -> None:
    """Write the tables of a solution, and how it came about.

    Parameters
    ----------
    folder : Path
        From `SolveStore.writing`.
    system : YearSystem
    solved : Solved
    solve : Solve
    """
    _write_embodied_output(folder, system.relations, system.year, solved)
    year = np.full(system.size, system.year, np.int32)
    numbers = np.arange(system.size, dtype=np.int32)
    _write(
        folder,
        "own_chain_output",
        {
            "year": year,
            "origin_id": numbers,
            "output": solved.own_chain_output,
            "sector_output": system.output,
        },
    )
    stressors = len(system.stressors)
    _write(
        folder,
        "total_intensities",
        {
            "year": np.tile(year, stressors),
            "stressor_id": pa.array(
                np.repeat(np.array(system.stressors, object), system.size), pa.string()
            ),
            "region_sector_id": np.tile(numbers, stressors),
            "total_intensity": solved.total_intensities.T.reshape(-1),
            "direct_intensity": system.intensities.T.reshape(-1),
        },
    )
    _write(folder, "intermediate_trade", _intermediate_trade(system, solved))
    record = asdict(solve) | {
        "layout": layouts.SOLVE,
        "solved_at": solve.solved_at.isoformat(),
        "sizes": {path.name: path.stat().st_size for path in folder.iterdir()},
    }
    (folder / _RECORD).write_text(json.dumps(record, indent=2) + "\n", "utf-8")


def _intermediate_trade(
    system: YearSystem, solved: Solved
) -> dict[str, np.ndarray | pa.Array]:
    """Return what regions sell to each other's producers, and what it embodies."""
    sales, totals = solved.sales_to_regions, solved.total_intensities
    rows = [np.flatnonzero(system.producers == region) for region in solved.regions]
    amounts = np.array([sales[own].sum(axis=0) for own in rows])
    embodied = np.array([totals[own].T @ sales[own] for own in rows])
    # pairs of two regions with any sales, once for each stressor
    origins, destinations = np.nonzero(
        np.array([np.any(sales[own], axis=0) for own in rows])
        & ~np.eye(len(rows), dtype=bool)
    )
    names = np.array(
        [system.relations.region_positions[region] for region in solved.regions],
        np.int32,
    )
    count, stressors = len(origins), np.array(system.stressors, object)
    repeats = len(stressors)
    return {
        "year": np.full(count * repeats, system.year, np.int32),
        "stressor_id": pa.array(np.repeat(stressors, count), pa.string()),
        "origin_position": np.tile(names[origins], repeats),
        "destination_position": np.tile(names[destinations], repeats),
        "amount": np.tile(amounts[origins, destinations], repeats),
        "embodied": embodied[origins, :, destinations].T.reshape(-1),
    }


def _write(folder: Path, table: str, columns: dict[str, np.ndarray | pa.Array]) -> None:
    pq.write_table(pa.table(columns), folder / f"{table}.parquet")


def _write_embodied_output(
    folder: Path, relations: Relations, year: int, solved: Solved
) -> None:
    """Write X as a long table, some columns at a time, without its zeros."""
    demand = solved.demand
    regions = np.array(
        [relations.region_positions[region] for region in demand.regions], np.int32
    )
    categories = np.array(
        [relations.category_positions[category] for category in demand.categories],
        np.int32,
    )
    producers = np.arange(len(demand.values), dtype=np.int32)
    with pq.ParquetWriter(
        folder / "embodied_output.parquet",
        EMBODIED_OUTPUT,
        # no two amounts are alike, and producers rise
        use_dictionary=["year", "region_position", "category_position"],
        column_encoding={"origin_id": "DELTA_BINARY_PACKED", "output": "PLAIN"},
    ) as writer:
        for start in range(0, demand.values.shape[1], BATCH_COLUMNS):
            columns = slice(start, start + BATCH_COLUMNS)
            output = np.ascontiguousarray(demand.values[:, columns].T)
            # masks take 0.1 s, positions of what is not zero 0.6 s (13,146 x 1,567)
            is_there = output != 0
            counts = np.count_nonzero(is_there, axis=1)
            writer.write_batch(
                pa.record_batch(
                    [
                        np.full(counts.sum(), year, np.int32),
                        np.broadcast_to(producers, output.shape)[is_there],
                        np.repeat(regions[columns], counts),
                        np.repeat(categories[columns], counts),
                        output[is_there],
                    ],
                    schema=EMBODIED_OUTPUT,
                )
            )


def _was_made_with(folder: Path, system: YearSystem) -> bool:
    """Return whether a solution was made with this output and these intensities."""
    output = _read(folder, "own_chain_output", "sector_output")
    intensities = _read(folder, "total_intensities", "direct_intensity")
    return all(
        one.shape == other.shape and np.allclose(one, other, rtol=SAME, atol=0)
        for one, other in (
            (output, system.output),
            (intensities, system.intensities.T.reshape(-1)),
        )
    )


def _read(folder: Path, table: str, column: str) -> np.ndarray:
    return pq.read_table(folder / f"{table}.parquet", columns=[column])[
        column
    ].to_numpy()
