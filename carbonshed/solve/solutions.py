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
from carbonshed.files import make_folder, rename, sync
from carbonshed.io_errors import TEMP_VARIABLE, explain_write_error
from carbonshed.paths import project_root
from carbonshed.progress import Message
from carbonshed.solve.passes import (
    DELIVERIES_ONCE,
    Covered,
    OtherYears,
    kinds_of,
)
from carbonshed.solve.relations import Relations
from carbonshed.solve.solved_tables import (
    EMBODIED_OUTPUT,
    Table,
    read_column,
    write_table,
)
from carbonshed.solve.year_solve import Solved
from carbonshed.solve.year_system import Settings, YearSystem

# a change of the algebra, or of how it is fed, makes every solution an old one
_CODE = sorted(
    path
    for folder in (Path(leontief.__file__).parent, Path(__file__).parent)
    for path in folder.rglob("*.py")
)
SAME = 1e-12  # rounding of a sum of any number of cells; a solve has no more digits
RECORD = "solve.json"
INVERSE = "leontief_inverse"


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
        ingredients = [
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
        return hashlib.sha256(json.dumps(ingredients).encode()).hexdigest()

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
        rounding of sums, `SAME`. The tables of all passes that the system is to have
        are part of it. What has another layout is solved again, and so is what has
        changed since it was written: `note` is told.
        """
        required = [name for kind in kinds_of(system.settings) for name in kind.names]
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
            for path in sorted(self.folder.glob(f"*/{INVERSE}.*")):
                path.unlink()

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
        """Make a folder that is complete the system's own, in place of an earlier one.

        In one step where there is none.
        """
        for path in (*partial.iterdir(), partial):
            sync(path)
        make_folder(self.folder)
        old = partial.with_name(f"{partial.name}.old")
        if self.path(fingerprint).is_dir():
            rename(self.path(fingerprint), old)
        rename(partial, self.path(fingerprint))
        sync(self.folder)
        shutil.rmtree(old, ignore_errors=True)

    @contextmanager
    def shared(self) -> Iterator[Path]:
        """Yield a folder in which workers make folders to be adopted."""
        self._partial.mkdir(parents=True, exist_ok=True)
        try:
            yield self._partial
        finally:
            shutil.rmtree(self._partial, ignore_errors=True)

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
        tables: Mapping[str, Table],
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
    """Write the tables of a solution, and last of all how it came about."""
    for name, table in solved.tables(system):
        write_table(folder, name, table)
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
        there = {file.name for file in folder.glob(f"{EMBODIED_OUTPUT}*.parquet")}
        changed += sorted(there - set(sums))
    return f"{near}/{changed[0]} is not what was written" if changed else None


def _now() -> datetime:
    """Return the time in UTC, in whole seconds."""
    return datetime.now(UTC).replace(tzinfo=None, microsecond=0)


def _was_made_with(folder: Path, system: YearSystem) -> bool:
    """Return whether a solution was made with this output and these intensities.

    With analyses, those of the years before and after, and those that pay a price, are
    among them.
    """
    pairs = [
        (read_column(folder, "own_chain_output", "sector_output"), system.output),
        (
            read_column(folder, "total_intensities", "direct_intensity"),
            system.intensities.T.reshape(-1),
        ),
    ]
    for kind in (OtherYears, Covered) if system.settings.with_analyses else ():
        followed, (table,) = kind.followed(system), kind.names
        expected = pa.table(kind.labelled(system, followed.labels, followed.values))
        labels = [kind.label.name, "stressor_id"]
        path = folder / f"{table}.parquet"
        if not pq.read_table(path, columns=labels).equals(expected.select(labels)):
            return False
        pairs.append(
            (
                read_column(folder, table, "direct_intensity"),
                expected["intensity"].to_numpy(),
            )
        )
    return all(
        one.shape == other.shape and np.allclose(one, other, rtol=SAME, atol=0)
        for one, other in pairs
    )
