"""The solve store: solved tables as Parquet, a folder for each system.

::

    warehouse/solved/NAME/FINGERPRINT/
        embodied_output.parquet     or many, of a cluster: embodied_output.*.parquet
        total_intensities.parquet
        own_chain_output.parquet
        intermediate_trade.parquet
        intensities_by_origin.parquet    if it was asked for
        extracted_demand.parquet    if it was asked for
        value_added_shared_intensities.parquet    if it was asked for
        input_use_intensities.parquet    if it was asked for
        exported_output.parquet    if it was asked for
        leontief_inverse.parquet    if it was asked for
        PASS.json                   of what was added later: its key
        solve.json                  how it was solved
    warehouse/solved/.NAME.partial/    being written

A folder gets its name when it is complete, so that one with a name is whole. Folders
are those of the years of the dataset and no others: the views of ``models/solved`` read
all that there are. Only one process at a time writes, the one that holds the warehouse.
Each record has the checksums of its files: what has changed since is made anew.
"""

import hashlib
import json
import os
import shutil
import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import scipy

from carbonshed import __version__, leontief, versions
from carbonshed.checksums import changed_files, digest_of, read_record, write_record
from carbonshed.files import make_folder, rename, sync, writing
from carbonshed.io_errors import TEMP_VARIABLE, explain_write_error
from carbonshed.paths import project_root
from carbonshed.progress import Message
from carbonshed.solve.long_tables import (
    DELIVERIES_ONCE,
    EXPORTED_OUTPUT,
    INTENSITIES_BY_ORIGIN,
    SHARED_INTENSITIES,
    Columns,
    Trade,
    covered_columns,
    deliveries_columns,
    exported_columns,
    import_tables,
    intermediate_trade_columns,
    linkage_tables,
    mixed_columns,
    tier_columns,
    write_by_origin,
    write_embodied_output,
)
from carbonshed.solve.relations import Relations, SolvedImports
from carbonshed.solve.stored_matrix import starts_of_regions
from carbonshed.solve.year_system import Settings, Solved, YearSystem

# a change of the algebra, or of how it is fed, makes every solution an old one
_CODE = sorted(
    path
    for folder in (Path(leontief.__file__).parent, Path(__file__).parent)
    for path in folder.rglob("*.py")
)
SAME = 1e-12  # rounding of a sum of any number of cells; a solve has no more digits
MIXED_INTENSITIES = "mixed_intensities"
COVERED_INTENSITIES = "covered_intensities"
# solved tables that analyses need, made of A or its factors; a year without them is
# solved again where analyses are asked for
OF_FACTORS = (
    "import_multipliers",
    "imports_by_product",
    "domestic_technology",
    MIXED_INTENSITIES,
    COVERED_INTENSITIES,
    "tier_intensities",
    "downstream_intensities",
    "output_multipliers",
    DELIVERIES_ONCE,
)
RECORD = "solve.json"
_INVERSE = "leontief_inverse"


def fingerprints(
    relations: Relations, systems: list[YearSystem], settings: Settings
) -> list[str]:
    """Return a digest of each system, which only equal systems share.

    Transactions and demand count as they are stored, exports and imports to the last
    bit, whatever the order of their rows. Output and intensities are sums that SQL adds
    up in any order, so their last bits differ from build to build: `SolveStore.find`
    compares them.
    """
    files = relations.files
    exports = _digests(relations.exports, "region_sector_id, amount")
    buyer = "region_id, sector_id, category_id"
    imports = _digests(relations.imports, f"{buyer}, amount")
    products = _digests(relations.imported_products, f"{buyer}, product_id, amount")
    labels = [
        sorted(relations.region_positions.items()),
        sorted(relations.category_positions.items()),
        sorted(relations.sector_positions.items()),
        settings.tolerance,
        code_digest(),
    ]

    def fingerprint(system: YearSystem) -> str:
        parts = [
            # two years may share all but their emissions, which are compared later
            system.year,
            files.transactions_of(system.year).digest(),
            files.final_demand_of(system.year).digest(),
            *(table.get(system.year) for table in (exports, imports, products)),
            system.producers.tolist(),
            system.is_zero.tolist(),
            system.stressors,
            *labels,
        ]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()

    return [fingerprint(system) for system in systems]


def _digests(
    relation: duckdb.DuckDBPyRelation, columns: str
) -> dict[int, tuple[int, str]]:
    """Return by year the number of rows, and the sum of their hashes.

    A sum of integers does not depend on the order of rows. An exclusive or would not
    do: DuckDB combines hashes of columns by one, so exchanged values would cancel.
    """
    rows = relation.project(f"year, hash({columns}) as digest").aggregate(
        "year, count(*), sum(digest)::varchar"
    )
    return {year: tuple(digest) for year, *digest in rows.fetchall()}


@cache
def code_digest() -> str:
    """Return a digest of the code that solves and hashes, and of its libraries."""
    versions = duckdb.__version__, np.__version__, scipy.__version__
    return digest_of(_CODE, " ".join(versions))


@dataclass(frozen=True)
class Solve:
    """The way in which a year was solved."""

    fingerprint: str
    method: str  # ``direct``, ``streamed`` or ``dask``
    region_sectors: int  # n
    demands: int  # k
    relative_residual: float
    solved_at: datetime  # UTC, without a time zone
    carbonshed_version: str

    @classmethod
    def now(
        cls, fingerprint: str, method: str, system: YearSystem, residual: float
    ) -> "Solve":
        """Return the record of a system that this version has just solved."""
        at = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
        size, demands = system.size, system.demands
        return cls(fingerprint, method, size, demands, residual, at, __version__)

    def __str__(self) -> str:
        """Return a line for the log."""
        return (
            f"solved ({self.method}): {self.region_sectors:,} rows,"
            f" {self.demands:,} demands,"
            f" relative residual {self.relative_residual:.1e}"
        )


class SolveStore:
    """The solved systems of one dataset, in the folder ``warehouse/solved/NAME``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._partial = folder.with_name(f".{folder.name}.partial")

    @property
    def scratch(self) -> Path:
        """Return the folder to which processes of this machine spill."""
        temp_folder = os.environ.get(TEMP_VARIABLE) or self.folder.parent
        return Path(temp_folder) / f".{self.folder.name}.spill"

    def path(self, fingerprint: str) -> Path:
        """Return the folder of a system, whether it is there or not."""
        return self.folder / fingerprint

    def find(self, fingerprint: str, system: YearSystem, note: Message) -> Solve | None:
        """Return the record of a solved system, if its whole solution is there.

        Output and intensities may differ from those that it was made with by the
        rounding of sums, `SAME`. With analyses, the tables `OF_FACTORS` are part of it,
        by origin `INTENSITIES_BY_ORIGIN`, with shares `SHARED_INTENSITIES`, with
        exports `EXPORTED_OUTPUT`. What has another layout is solved again, and so is
        what has changed since it was written: `note` is told.
        """
        required = [
            *(OF_FACTORS if system.with_analyses else ()),
            *([INTENSITIES_BY_ORIGIN] if system.by_origin else ()),
            *([SHARED_INTENSITIES] if system.with_shares else ()),
            *([EXPORTED_OUTPUT] if system.with_exports else ()),
        ]
        folder = self.path(fingerprint)
        if not folder.is_dir():
            return None
        if fault := _fault(folder, folder / RECORD):
            note(f"{fault}: solved again")
            return None
        try:
            content = read_record(folder / RECORD)
            sums = content.pop("sums")
            has_wanted = all(f"{table}.parquet" in sums for table in required)
            if (
                content.pop("layout") != versions.SOLVE
                or not has_wanted
                or not _was_made_with(folder, system)
            ):
                return None
            solved_at = datetime.fromisoformat(content.pop("solved_at"))
            return Solve(**content, solved_at=solved_at)
        except (OSError, ValueError, KeyError, TypeError, pa.ArrowException):
            return None  # a folder of another version is solved again

    def faults(self) -> list[str]:
        """Describe the files of the store that have changed since they were written."""
        return [
            fault
            for folder in sorted(self.folder.glob("*"))
            if folder.is_dir()
            for record in sorted({folder / RECORD, *folder.glob("*.json")})
            if (fault := _fault(folder, record))
        ]

    def has_inverse(self, fingerprint: str, note: Message) -> bool:
        """Return whether the Leontief inverse of a system is there."""
        return self.find_pass(fingerprint, _INVERSE, fingerprint, note) is not None

    def lacks_domestic_technology(self, fingerprint: str) -> bool:
        """Return whether there are imports, but no intensity of them."""
        bought, priced = (
            self.count_rows(fingerprint, table)
            for table in ("imports_by_product", "domestic_technology")
        )
        return bool(bought) and not priced

    def lacks_deliveries(self, fingerprint: str, producers: Sequence[str]) -> list[str]:
        """Return the regions, of all `producers`, whose deliveries are not known."""
        path = self.path(fingerprint) / f"{DELIVERIES_ONCE}.parquet"
        is_unknown = pq.read_table(path)["amount"].is_null().to_numpy()
        return [*dict.fromkeys(np.array(producers, object)[is_unknown])]

    def remove_stale(
        self, fingerprints_in_use: Collection[str], *, with_inverse: bool
    ) -> None:
        """Remove what killed runs left, and solutions that are no longer requested."""
        self._remove(
            folder
            for folder in self.folder.glob("*")
            # file managers may leave files, which are no solutions
            if folder.is_dir() and folder.name not in fingerprints_in_use
        )
        if not with_inverse:
            # remove the record before the file that it lists
            for path in sorted(self.folder.glob(f"*/{_INVERSE}.*")):
                path.unlink()

    def forget(self) -> None:
        """Remove every solution."""
        self._remove(self.folder.glob("*"))

    def _remove(self, folders: Iterable[Path]) -> None:
        """Remove folders; each loses its name first, so that none is partly removed."""
        for left in (self._partial, self.scratch):
            shutil.rmtree(left, ignore_errors=True)
        for folder in list(folders):
            self._partial.mkdir(exist_ok=True)
            rename(folder, self._partial / folder.name)
        shutil.rmtree(self._partial, ignore_errors=True)

    @contextmanager
    def writing(self, fingerprint: str) -> Iterator[Path]:
        """Yield a folder to write to; it becomes the system's own in one step."""
        # the name differs each time: a worker of a cluster that was given up for lost
        # must not write into what a later run makes
        partial = self._partial / f"{fingerprint}-{uuid.uuid4().hex[:8]}"
        with self._without_rest(partial, "the solved system"):
            partial.mkdir(parents=True)
            yield partial
            self.adopt(partial, fingerprint)

    def adopt(self, partial: Path, fingerprint: str) -> None:
        """Make a folder that is complete the system's own, in one step."""
        for path in (*partial.iterdir(), partial):
            sync(path)
        make_folder(self.folder)
        rename(partial, self.path(fingerprint))
        sync(self.folder)

    @contextmanager
    def shared(self) -> Iterator[Path]:
        """Yield a folder in which workers make folders to be adopted."""
        self._partial.mkdir(parents=True, exist_ok=True)
        try:
            yield self._partial
        finally:
            shutil.rmtree(self._partial, ignore_errors=True)

    def add_inverse(self, fingerprint: str, batches: Iterator[pa.RecordBatch]) -> None:
        """Write the Leontief inverse into the folder of a system that is there."""
        with self._adding(fingerprint, _INVERSE, fingerprint, _now()) as folder:
            first = next(batches)
            with (
                writing(folder / f"{_INVERSE}.parquet") as path,
                pq.ParquetWriter(path, first.schema) as writer,
            ):
                writer.write_batch(first)
                for batch in batches:
                    writer.write_batch(batch)

    @contextmanager
    def _without_rest(self, partial: Path, what: str) -> Iterator[None]:
        """Explain a disk that fails; remove the unfinished folder in the end."""
        try:
            with explain_write_error(what, self.folder, self.folder):
                yield
        finally:
            if partial.is_dir():
                shutil.rmtree(partial, ignore_errors=True)
            with suppress(OSError):
                partial.unlink(missing_ok=True)
            with suppress(OSError):  # another year is being written
                self._partial.rmdir()

    def find_pass(
        self, fingerprint: str, name: str, key: str, note: Message
    ) -> datetime | None:
        """Return when tables were added to a system, None if they are not there.

        `name` is that of the pass that made them, `key` a digest of what they depend on
        besides the solution. `note` is told if they have changed since.
        """
        folder = self.path(fingerprint)
        record = folder / f"{name}.json"
        if not record.is_file():
            return None
        if fault := _fault(folder, record):
            note(f"{fault}: made again")
            return None
        try:
            content = read_record(record)
            if content["key"] != key:
                return None
            return datetime.fromisoformat(content["made_at"])
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def count_rows(self, fingerprint: str, table: str) -> int:
        """Return the rows of a table of a system that is there."""
        path = self.path(fingerprint) / f"{table}.parquet"
        return pq.read_metadata(path).num_rows

    def add_pass(
        self,
        fingerprint: str,
        name: str,
        key: str,
        tables: Mapping[str, Columns | pa.Table],
    ) -> datetime:
        """Add the tables of a pass to a system that is there, and return when.

        They are found again by `find_pass`.
        """
        made_at = _now()
        with self._adding(fingerprint, name, key, made_at) as folder:
            for table, columns in tables.items():
                write_table(folder, table, columns)
        return made_at

    @contextmanager
    def _adding(
        self, fingerprint: str, name: str, key: str, made_at: datetime
    ) -> Iterator[Path]:
        """Yield a folder for tables that are added to a system that is there.

        They take the place of earlier ones; the record comes last, so that a kill
        leaves nothing that is taken for whole.
        """
        folder, record = self.path(fingerprint), f"{name}.json"
        partial = self._partial / name
        shutil.rmtree(partial, ignore_errors=True)
        with self._without_rest(partial, f"the {name}"):
            partial.mkdir(parents=True)
            yield partial
            tables = sorted(partial.iterdir())
            content = {"key": key, "made_at": made_at.isoformat()}
            write_record(partial / record, content, tables)
            (folder / record).unlink(missing_ok=True)
            sync(folder)  # no record outlives the tables that it lists
            for file in (*tables, partial / record):
                sync(file)
                rename(file, folder / file.name)
            sync(folder)


def write_solution(
    folder: Path, system: YearSystem, solved: Solved, solve: Solve
) -> None:
    """Write the tables of a solution, and how it came about, to a new folder."""
    demand = solved.demand
    write_embodied_output(
        folder / "embodied_output.parquet",
        system.year,
        slice(0, system.size),
        *demand_positions(system.relations, demand.regions, demand.categories),
        demand.values,
    )
    totals = solved.total_intensities
    trade = Trade.of(
        solved.regions,
        starts_of_regions(system.producers),
        solved.sales_to_regions,
        totals,
    )
    write_tables(
        folder,
        system,
        solved.own_chain_output,
        totals,
        trade,
        solved.imports,
        solved.linkages,
    )
    write_by_origin(folder, system, solved.by_origin)
    write_mixed(folder, system, solved.mixed)
    write_covered(folder, system, solved.covered)
    write_by_tier(folder, system, solved.by_tier)
    write_exported(folder, system, solved.exported)
    write_deliveries(folder, system, solved.deliveries_once)
    write_solve(folder, solve)


def write_tables(
    folder: Path,
    system: YearSystem,
    own_chain_output: np.ndarray,
    total_intensities: np.ndarray,
    trade: Trade,
    imports: SolvedImports | None,
    linkages: leontief.Linkages | None,
) -> None:
    """Write the tables of a solution that are made of vectors; see `Solved`."""
    year = np.full(system.size, system.year, np.int32)
    numbers = np.arange(system.size, dtype=np.int32)
    write_table(
        folder,
        "own_chain_output",
        {
            "year": year,
            "origin_id": numbers,
            "output": own_chain_output,
            "sector_output": system.output,
        },
    )
    stressors = len(system.stressors)
    write_table(
        folder,
        "total_intensities",
        {
            "year": np.tile(year, stressors),
            "stressor_id": pa.array(
                np.repeat(np.array(system.stressors, object), system.size), pa.string()
            ),
            "region_sector_id": np.tile(numbers, stressors),
            "total_intensity": total_intensities.T.reshape(-1),
            "direct_intensity": system.intensities.T.reshape(-1),
        },
    )
    write_table(folder, "intermediate_trade", intermediate_trade_columns(system, trade))
    tables = import_tables(system, imports) if imports is not None else {}
    if linkages is not None:
        tables |= linkage_tables(system, linkages)
    for table, columns in tables.items():
        write_table(folder, table, columns)


def write_mixed(folder: Path, system: YearSystem, mixed: np.ndarray | None) -> None:
    """Write mixed intensities, shape (n, p), if they were asked for."""
    if mixed is not None:
        write_table(folder, MIXED_INTENSITIES, mixed_columns(system, mixed))


def write_covered(folder: Path, system: YearSystem, covered: np.ndarray | None) -> None:
    """Write covered intensities, shape (n, p), if they were asked for."""
    if covered is not None:
        write_table(folder, COVERED_INTENSITIES, covered_columns(system, covered))


def write_by_tier(folder: Path, system: YearSystem, by_tier: np.ndarray | None) -> None:
    """Write total intensities by tier, shape (11, n, p), if they were asked for."""
    if by_tier is not None:
        columns = tier_columns(system, by_tier)
        write_table(folder, "tier_intensities", columns)


def write_exported(
    folder: Path, system: YearSystem, exported: leontief.ExportedOutput | None
) -> None:
    """Write the output behind exports of regions, if it was asked for."""
    if exported is not None:
        write_table(folder, EXPORTED_OUTPUT, exported_columns(system, exported))


def write_deliveries(
    folder: Path, system: YearSystem, deliveries_once: np.ndarray | None
) -> None:
    """Write the deliveries of regions, each counted once, if they were asked for."""
    if deliveries_once is not None:
        columns = deliveries_columns(system, deliveries_once)
        write_table(folder, DELIVERIES_ONCE, columns)


def write_solve(folder: Path, solve: Solve) -> None:
    """Write the record of a solution and of its files: last of all."""
    content = asdict(solve) | {
        "layout": versions.SOLVE,
        "solved_at": solve.solved_at.isoformat(),
    }
    write_record(folder / RECORD, content, folder.glob("*.parquet"))


def _fault(folder: Path, record: Path) -> str | None:
    """Return the fault of the files that a record lists, None if there is none."""
    near = os.path.relpath(folder, project_root())
    try:
        sums = read_record(record)["sums"]
        changed = [file.name for file in changed_files(folder, sums)]
    except (FileNotFoundError, ValueError):
        return f"{near}/{record.name} is missing, or not what this version has written"
    except OSError as error:
        return f"{near} cannot be read ({error.strerror})"
    if record.name == RECORD:  # a view reads every file of this name as one table
        parts = {file.name for file in folder.glob("embodied_output*.parquet")}
        changed += sorted(parts - set(sums))
    return f"{near}/{changed[0]} is not what was written" if changed else None


def write_table(folder: Path, table: str, columns: Columns | pa.Table) -> None:
    """Write a solved table to a folder of `SolveStore.writing`."""
    with writing(folder / f"{table}.parquet") as path:
        pq.write_table(pa.table(columns), path)


def _now() -> datetime:
    """Return the time in UTC, in whole seconds."""
    return datetime.now(UTC).replace(tzinfo=None, microsecond=0)


def demand_positions(
    relations: Relations, regions: Sequence[str], categories: Sequence[str]
) -> tuple[np.ndarray, np.ndarray]:
    """Return the positions that stand for columns of demand, each shape (k,)."""
    return (
        np.array([relations.region_positions[region] for region in regions], np.int32),
        np.array(
            [relations.category_positions[region] for region in categories], np.int32
        ),
    )


def _was_made_with(folder: Path, system: YearSystem) -> bool:
    """Return whether a solution was made with this output and these intensities.

    With analyses, those of the years before and after, and those that pay a price, are
    among them.
    """
    pairs = [
        (_read(folder, "own_chain_output", "sector_output"), system.output),
        (
            _read(folder, "total_intensities", "direct_intensity"),
            system.intensities.T.reshape(-1),
        ),
    ]
    followed: dict[str, tuple[str, Columns]] = {}
    if system.with_analyses:
        followed = {
            MIXED_INTENSITIES: (
                "intensity_year",
                mixed_columns(system, system.neighbours.values),
            ),
            COVERED_INTENSITIES: (
                "coverage_id",
                covered_columns(system, system.covered.values),
            ),
        }
    for table, (label, columns) in followed.items():
        expected, labels = pa.table(columns), [label, "stressor_id"]
        path = folder / f"{table}.parquet"
        if not pq.read_table(path, columns=labels).equals(expected.select(labels)):
            return False
        pairs.append(
            (
                _read(folder, table, "direct_intensity"),
                expected["direct_intensity"].to_numpy(),
            )
        )
    return all(
        one.shape == other.shape and np.allclose(one, other, rtol=SAME, atol=0)
        for one, other in pairs
    )


def read_total_intensities(
    folder: Path, stressors: Sequence[str], size: int
) -> np.ndarray:
    """Return m of some stressors of a stored solution, shape (n, p)."""
    stored = _read(folder, "total_intensities", "total_intensity")
    names = _read(folder, "total_intensities", "stressor_id")[::size].tolist()
    by_stressor = stored.reshape(len(names), -1)
    return by_stressor[[names.index(name) for name in stressors]].T


def read_mixed_intensities(folder: Path, system: YearSystem, year: int) -> np.ndarray:
    """Return intensities of another year along the chains of a stored one, (n, p).

    Stressors are those of the system that are a mass, in their order.
    """
    labels = system.neighbours.labels
    stored = _read(folder, MIXED_INTENSITIES, "intensity")
    stored = stored.reshape(len(labels), system.size)
    return stored[[labels.index((year, stressor)) for stressor in system.masses]].T


def read_output_by_region(folder: Path, size: int, destinations: int) -> np.ndarray:
    """Return output embodied in the demand of each destination, shape (n, S), currency.

    Destinations are by their positions; reserved ones, below 0, count from the end.
    """
    sums = np.zeros((destinations, size))
    for path in sorted(folder.glob("embodied_output*.parquet")):
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


def _read(folder: Path, table: str, column: str) -> np.ndarray:
    return pq.read_table(folder / f"{table}.parquet", columns=[column])[
        column
    ].to_numpy()
