"""Datasets on disk: written as a whole or not at all, opened by name.

A dataset is the folder ``data/NAME/``. While it is written it is called
``data/.NAME.partial-PID/``; then the earlier dataset steps aside as
``data/.NAME.previous/`` and the new one takes its place. Whatever a killed process
leaves of these is cleaned up by `recover_interrupted`.
"""

import json
import os
import shutil
import uuid
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import BaseModel, ConfigDict, Field

from carbonshed import __version__, versions
from carbonshed.checksums import LIST, add_checksum, compare, write_checksums
from carbonshed.dataset.contract import (
    ADDED_TABLES,
    DERIVED_TABLES,
    DESCRIPTOR_FILE,
    LABEL_TABLES,
    OPTIONAL_TABLES,
    STORED_TABLES,
)
from carbonshed.dataset.descriptor import parse_descriptor
from carbonshed.dataset.fields import FieldError, parse_text
from carbonshed.dataset.lock import sole_use
from carbonshed.errors import CarbonshedError
from carbonshed.files import (
    previous_folder,
    recover_folder,
    remove_folder,
    replace_folder,
    replacing,
    sync,
    writing,
)
from carbonshed.io_errors import explain_write_error, read_text
from carbonshed.names import no_dataset, validate_name
from carbonshed.paths import data_dir, kept_scenarios
from carbonshed.text import first_line, listing

_SHOWN = 80  # letters of a label in a message
_OUTLINE = "outline"  # a column of numbers in a text, which its reader has bounded
_MADE_FROM_OTHERS = ("aggregate", "compile")  # by commands of these names

_TYPES = {
    "int32": pa.int32(),
    "int64": pa.int64(),
    "double": pa.float64(),
    "string": pa.string(),
    "bool": pa.bool_(),
    "timestamp[us]": pa.timestamp("us"),
}


def stored_schema(table: str) -> pa.Schema:
    """Return the Arrow schema of a stored table."""
    return pa.schema(
        [
            pa.field(column.name, _TYPES[column.type], nullable=column.is_nullable)
            for column in STORED_TABLES[table]
        ]
    )


class _Record(BaseModel):
    """The keys that every version writes into a descriptor's block `carbonshed`."""

    model_config = ConfigDict(strict=True)

    dataset_id: str = Field(min_length=1)
    ingested_at: str
    rows: dict[str, int]
    years: list[int] = []
    notes: list[str]


@dataclass(frozen=True)
class Dataset:
    """An ingested dataset."""

    name: str  # also that of its folder and its warehouse
    path: Path  # the folder ``data/NAME``
    # ``datapackage.json`` as stored: the user's, and the block `carbonshed`
    descriptor: dict[str, Any]

    @property
    def dataset_id(self) -> str:
        """Return the id of this ingest: each time the dataset is written, a new one."""
        return self.descriptor["carbonshed"]["dataset_id"]

    @property
    def rows(self) -> dict[str, int]:
        """Return the number of rows by table."""
        return dict.fromkeys(ADDED_TABLES, 0) | self.descriptor["carbonshed"]["rows"]

    @property
    def title(self) -> str:
        """Return the title of the table, its name if the descriptor has none."""
        return self.descriptor.get("title") or self.name

    @property
    def caveat(self) -> str:
        """What every number of it is marked with, as in the mart `dataset`."""
        block = self.descriptor.get("mrio", {})
        mark = "compiled estimate" if block.get("compiled") else ""
        mark = "synthetic data" if block.get("synthetic") else mark
        return "; ".join(filter(None, [mark, block.get("caveat")]))

    @property
    def years(self) -> list[int]:
        """Return the years of the transactions, in order."""
        return self.descriptor["carbonshed"].get("years", [])

    @property
    def notes(self) -> list[str]:
        """The reader's notes: decisions, and parts that were left out."""
        return self.descriptor["carbonshed"]["notes"]

    def table(self, name: str) -> Path:
        """Return the Parquet file of the table `name`."""
        if name not in STORED_TABLES:
            raise ValueError(f"{name!r} is not a stored table")
        return self.path / f"{name}.parquet"

    def read(
        self, name: str, columns: list[str] | None = None, filters: Any = None
    ) -> pa.Table:
        """Return a table, or some columns and rows of it; refuse a damaged file."""
        path = self.table(name)
        try:
            refuse_other_columns(name, pq.read_schema(path))
            return pq.read_table(path, columns=columns, filters=filters)
        except (OSError, pa.ArrowException) as error:
            raise damaged(path, self.name, error) from None


def refuse_other_columns(table: str, schema: pa.Schema) -> None:
    """Refuse rows without the columns of a table."""
    for field in stored_schema(table):
        if not field.nullable and field.name not in schema.names:
            raise pa.ArrowInvalid(f"no column {field.name}: it is another table")


def damaged(path: Path, name: str, error: Exception) -> CarbonshedError:
    """Return the refusal of a file of a dataset that cannot be read."""
    words = str(error).strip().splitlines() or [type(error).__name__]
    return CarbonshedError(
        f"{path} is missing or damaged: {words[0]}; expected it as it was written. "
        f"Ingest or compile {name} again; `carbonshed check dataset {name}` compares "
        "all its files with what was written"
    )


class DatasetWriter:
    """A writer of one dataset; nothing is visible under its name before `commit`.

    Use as a context manager: files that were not committed when the block ends are
    removed, and an earlier dataset of that name stays as it was.

    Raises
    ------
    CarbonshedError
        If the name is not allowed, another process writes the same dataset, or the
        data folder cannot be written.
    """

    def __init__(self, name: str) -> None:
        self.name = validate_name(name)
        self._folder = data_dir()
        self._use = ExitStack()
        self.partial = self._folder / f".{name}.partial-{os.getpid()}"

    def __enter__(self) -> "DatasetWriter":
        """Lock the name and open an empty partial folder."""
        self._use.enter_context(sole_use(self.name))
        try:
            _recover(self._folder, self.name)
            self.partial.mkdir()
        except BaseException as error:
            self._clean_up()
            if isinstance(error, OSError):
                raise CarbonshedError(
                    f"{self.partial}: cannot be made: {error.strerror}"
                ) from None
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """Remove files that were not committed."""
        self._clean_up()

    def path(self, table: str) -> Path:
        """Return the path of the Parquet file of `table`, for callers that write it."""
        if table not in STORED_TABLES:
            raise ValueError(f"{table!r} is not a stored table")
        return self.partial / f"{table}.parquet"

    def earlier(self) -> Dataset | None:
        """Return the dataset that `commit` will replace, None without one.

        Nobody else replaces it meanwhile: the name is locked. It may be damaged or of
        another layout: `why_refused` says so.
        """
        return _described(self._folder / self.name)

    def write(self, table: str, rows: pa.Table) -> None:
        """Write a whole table.

        Parameters
        ----------
        table
            Name of a stored table.
        rows
            Its rows, with the columns of `stored_schema` in any order and in types
            that cast to it without loss.

        Raises
        ------
        CarbonshedError
            If a label holds a control character.
        ValueError
            If columns differ, a value does not fit, or a NULL is where none may be.
        """
        schema = stored_schema(table)
        if sorted(rows.column_names) != sorted(schema.names):
            raise ValueError(
                f"{table}: columns are {rows.column_names}, expected {schema.names}"
            )
        rows = rows.select(schema.names)
        for field in schema:
            if not field.nullable and rows[field.name].null_count:
                raise ValueError(f"{table}: column {field.name} holds NULL")
        if table in LABEL_TABLES:
            _refuse_odd_labels(table, rows)
        # ArrowInvalid is a ValueError: a cast with loss ends here
        rows = rows.cast(schema)
        with writing(self.path(table)) as path:
            pq.write_table(rows, path, compression="zstd")

    def commit(
        self,
        descriptor: dict[str, Any],
        *,
        format: str,  # noqa: A002 - the word of the command line
        notes: list[str] | None = None,
        decisions: dict[str, list[dict[str, str]]] | None = None,
    ) -> Dataset:
        """Make the dataset visible, in place of an earlier one of that name.

        `format` is the name of the reader. `notes` are decisions of the reader and
        parts that it left out, one sentence each; `decisions` the same with a code
        each, by year, for datasets that take up one year after another.
        """
        record = {"notes": notes or []}
        if decisions is not None:
            record["decisions"] = decisions
        stored = self._complete(descriptor, format, record)
        # the audit writes its own, and their checksums
        ours = {*self.partial.iterdir()} - {self.path("audit_checks")}
        write_checksums(ours, self.partial / LIST)
        # a user's own, which outlive an ingest
        if (kept := kept_scenarios(self.name)).is_file():
            with writing(self.partial / kept.name) as path:
                shutil.copy(kept, path)
        for file in self.partial.iterdir():
            sync(file)
        sync(self.partial)
        final = self._folder / self.name
        replace_folder(final, self.partial)
        return Dataset(self.name, final, stored)

    def _complete(
        self, descriptor: dict[str, Any], reader: str, record: dict[str, Any]
    ) -> dict[str, Any]:
        """Write the derived tables and the descriptor; return the descriptor."""
        missing = [
            table
            for table in STORED_TABLES
            if table not in (*DERIVED_TABLES, *OPTIONAL_TABLES)
            and not self.path(table).exists()
        ]
        if missing:
            raise ValueError(f"tables were not written: {listing(missing)}")
        for table in (*OPTIONAL_TABLES, "audit_checks"):
            if not self.path(table).exists():
                self.write(table, stored_schema(table).empty_table())
        ingested_at = datetime.now(UTC).replace(tzinfo=None)
        dataset_id = uuid.uuid4().hex
        self._write_dataset(descriptor, ingested_at, dataset_id)
        if not self.path("region_sectors").exists():
            self._write_region_sectors()
        tables = [table for table in STORED_TABLES if table != "audit_checks"]
        stored = {
            **descriptor,
            "carbonshed": {
                "layout": versions.DATASET,
                "format": reader,
                "ingested_at": ingested_at.isoformat(timespec="seconds") + "Z",
                "version": __version__,
                "dataset_id": dataset_id,
                "rows": {
                    table: pq.read_metadata(self.path(table)).num_rows
                    for table in tables
                },
                "years": _years(self.path("transactions")),
                **record,
            },
        }
        text = json.dumps(stored, indent=2, ensure_ascii=False)
        with writing(self.partial / DESCRIPTOR_FILE) as path:
            path.write_text(text + "\n", encoding="utf-8")
        return stored

    def _write_dataset(
        self, content: dict[str, Any], ingested_at: datetime, dataset_id: str
    ) -> None:
        descriptor = parse_descriptor(content)
        block = descriptor.mrio
        row = {
            "name": self.name,
            "title": descriptor.title or self.name,
            "currency": block.currency,
            "currency_unit": block.currency_unit,
            "price_basis": block.price_basis,
            "country": block.country,
            "licence": "; ".join(dict.fromkeys(descriptor.licenses or [])) or None,
            "source": "; ".join(dict.fromkeys(descriptor.sources or [])) or None,
            "is_synthetic": bool(block.synthetic),
            "ingested_at": ingested_at,
            "carbonshed_version": __version__,
            "dataset_id": dataset_id,
            "is_compiled": block.compiled is not None,
            "region_noun": block.region_noun,
            "region_noun_plural": block.region_noun_plural,
            "outlines_licence": block.outlines and block.outlines.licence,
            "outlines_source": block.outlines and block.outlines.source,
            "caveat": block.caveat,
        }
        self.write("dataset", pa.Table.from_pylist([row], stored_schema("dataset")))
        rates = [
            {"year": int(year), "currency_per_usd": rate}
            for year, rate in (block.currency_per_usd or {}).items()
        ]
        rates.sort(key=lambda row: row["year"])
        schema = stored_schema("exchange_rates")
        self.write("exchange_rates", pa.Table.from_pylist(rates, schema))

    def _write_region_sectors(self) -> None:
        regions = pq.read_table(self.path("regions")).sort_by("region_position")
        sectors = pq.read_table(self.path("sectors")).sort_by("sector_position")
        shape = (len(regions), len(sectors))
        of_region, of_sector = (index.ravel() for index in np.indices(shape))
        columns = {
            "region_sector_id": np.arange(of_region.size, dtype=np.int32),
            "region_id": regions["region_id"].take(of_region),
            "sector_id": sectors["sector_id"].take(of_sector),
        }
        self.write("region_sectors", pa.table(columns))

    def _clean_up(self) -> None:
        shutil.rmtree(self.partial, ignore_errors=True)
        self._use.close()


def _refuse_odd_labels(table: str, labels: pa.Table) -> None:
    """Refuse labels that no page can show, from wherever they come."""
    for column in labels.column_names:
        if column == _OUTLINE:
            continue
        for value in labels[column].to_pylist():
            try:
                parse_text(value)
            except FieldError as error:
                raise CarbonshedError(
                    f"{table}: `{column}` is {str(value)[:_SHOWN]!r}; expected {error}"
                ) from None


def recover_interrupted(name: str) -> None:
    """Undo a killed writer's half of dataset `name`; never touch a live one's."""
    folder = data_dir()
    if not _leftovers(folder, name):
        return
    with suppress(CarbonshedError), sole_use(name):  # else a writer is alive
        _recover(folder, name, keep=f".{name}.partial-{os.getpid()}")


def open_dataset(name: str) -> Dataset:
    """Return the dataset called `name`.

    Raises
    ------
    CarbonshedError
        If there is none, or its folder is not one that `DatasetWriter` wrote, in this
        layout.
    """
    validate_name(name)
    recover_interrupted(name)
    path = data_dir() / name
    if not path.is_dir():
        names = [dataset.name for dataset in list_datasets()]
        raise CarbonshedError(no_dataset(name, names, data_dir()))
    dataset = _described(path)
    refusal = _refusal(path, dataset)
    if dataset is None or refusal:
        raise CarbonshedError(refusal)
    _add_tables(dataset)
    return dataset


def is_stored(name: str) -> bool:
    """Return whether there is a dataset, whole or not; a user's scenarios are none."""
    path = data_dir() / name
    if not path.is_dir():
        return path.exists()  # a file in its place is refused
    return [*path.iterdir()] != [kept_scenarios(name)]


def list_datasets() -> list[Dataset]:
    """Return all complete datasets, by name."""
    return [
        dataset
        for path in _folders()
        if (dataset := _described(path)) and _refusal(path, dataset) is None
    ]


def refused_datasets() -> dict[str, str]:
    """Return why dataset folders cannot be opened, by their names."""
    reasons = {path.name: why_refused(path) for path in _folders()}
    return {name: reason for name, reason in reasons.items() if reason}


def why_refused(path: Path) -> str | None:
    """Return why the dataset in a folder cannot be opened, None if it can."""
    return _refusal(path, _described(path))


def _refusal(path: Path, dataset: Dataset | None) -> str | None:
    if dataset is not None:
        # first: another version may have other tables
        number = dataset.descriptor["carbonshed"].get("layout")
        if refusal := versions.refusal(
            str(path), number, versions.DATASET, _again(dataset)
        ):
            return refusal
        if _is_whole(dataset):
            return None
    return (
        f"{path}: not a complete dataset; ingest it again "
        f"(`carbonshed ingest tidy FOLDER --name {path.name}`)"
    )


def refuse_damaged(dataset: Dataset) -> None:
    """Refuse a dataset if one of its files has changed since it was written.

    Compare the columns of each table, then every file with its checksum, which takes a
    second of processor time for a gigabyte.
    """
    for table in STORED_TABLES:
        path = dataset.table(table)
        try:
            refuse_other_columns(table, pq.read_schema(path))
        except (OSError, pa.ArrowException) as error:
            raise CarbonshedError(
                f"{path} is damaged ({first_line(error)}): {_again(dataset)}; "
                f"carbonshed check dataset {dataset.name} compares every file with its "
                "checksum"
            ) from None
    _, faults = compare(dataset.path / LIST)
    if faults:
        raise CarbonshedError("\n".join([*faults, _again(dataset)]))


def _again(dataset: Dataset) -> str:
    """Return the remedy for a dataset: the command that makes it anew."""
    reader = str(dataset.descriptor["carbonshed"].get("format", "FORMAT"))
    if reader == "synthetic":
        return f"make it again (`carbonshed synthesize --name {dataset.name}`)"
    if reader in _MADE_FROM_OTHERS:
        return f"make it again (`carbonshed {reader}`)"
    return (
        f"ingest it again (`carbonshed ingest {reader} SOURCE --name {dataset.name}`)"
    )


def _folders() -> list[Path]:
    folder = data_dir()
    if not folder.is_dir():
        return []
    for name in sorted(set(_interrupted_names(folder))):
        recover_interrupted(name)
    return [
        path
        for path in sorted(folder.iterdir())
        if path.is_dir()
        and not path.name.startswith(".")
        and (path / DESCRIPTOR_FILE).is_file()
    ]


def _described(path: Path) -> Dataset | None:
    """Return the dataset in `path`, whole or not; None without a descriptor of ours."""
    try:
        content = json.loads(read_text(path / DESCRIPTOR_FILE))
        _Record.model_validate(content["carbonshed"])
    except (CarbonshedError, ValueError, KeyError, TypeError, RecursionError):
        return None
    return Dataset(path.name, path, content)


def _is_whole(dataset: Dataset) -> bool:
    """Return whether a descriptor holds and every table is there."""
    try:
        parse_descriptor(dataset.descriptor)
    except CarbonshedError:
        return False
    return dataset.rows.keys() >= set(LABEL_TABLES) | {"transactions"} and all(
        dataset.table(table).is_file()
        for table in STORED_TABLES
        if table not in ADDED_TABLES
    )


def _add_tables(dataset: Dataset) -> None:
    """Give a dataset that was stored earlier the tables that were added, empty."""
    for table in ADDED_TABLES:
        path = dataset.table(table)
        if table in dataset.descriptor["carbonshed"]["rows"] or path.is_file():
            continue
        with (
            explain_write_error(f"{table} of dataset {dataset.name}", path, path),
            replacing(path) as partial,
        ):
            pq.write_table(stored_schema(table).empty_table(), partial)
            add_checksum(dataset.path / LIST, path.name, partial)


def _partials(folder: Path, name: str) -> list[Path]:
    prefix = f".{name}.partial-"
    return [path for path in folder.glob(".*") if path.name.startswith(prefix)]


def _leftovers(folder: Path, name: str) -> bool:
    if not folder.is_dir():
        return False
    return previous_folder(folder / name).exists() or bool(_partials(folder, name))


def _interrupted_names(folder: Path) -> Iterator[str]:
    for path in folder.glob(".*"):
        name, _, kind = path.name[1:].partition(".")
        if kind == "previous" or kind.startswith("partial-"):
            yield name


def _recover(folder: Path, name: str, keep: str = "") -> None:
    """Put back an earlier dataset that stepped aside; remove the rest. Needs the lock.

    A process killed between the two renames of `commit` leaves no dataset under the
    name; the one that stepped aside is the last that was ever complete to readers.
    """
    recover_folder(folder / name)
    for partial in _partials(folder, name):
        if partial.name != keep:
            remove_folder(partial)


def _years(transactions: Path) -> list[int]:
    """Return the years of a table, from one column and a piece at a time."""
    years: set[int] = set()
    with pq.ParquetFile(transactions) as file:
        for batch in file.iter_batches(columns=["year"]):
            years.update(batch.column("year").unique().to_pylist())
    return sorted(years)


Row = dict[str, Any]


def label_rows(table: str, rows: Sequence[Row]) -> list[Row]:
    """Return rows of labels with all columns of the stored table of `LABEL_TABLES`.

    Rows come in the order of the matrices; optional columns may be missing.
    """
    columns = STORED_TABLES[table]
    stored = []
    for number, label in enumerate(rows):
        row = {column.name: label.get(column.name) for column in columns}
        row |= {c.name: bool(row[c.name]) for c in columns if c.type == "bool"}
        if position := LABEL_TABLES[table]:
            row[position] = number
        stored.append(row)
    return stored


def label_table(table: str, rows: Sequence[Row]) -> pa.Table:
    """Return `label_rows` in the types of the store."""
    return pa.Table.from_pylist(label_rows(table, rows), stored_schema(table))
