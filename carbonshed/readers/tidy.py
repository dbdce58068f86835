"""The reader of tidy folders, and of tables of assumptions beside other formats.

A big table is streamed once: ids become positions, every field is checked, and the
cells are written as integers. If they arrive in the order of the store, as most tables
written by a program do, nothing else is needed; otherwise DuckDB sorts the integers
on disk. In sorted order a duplicate is equal to the cell before it, so memory never
holds anything of the size of the table.
"""

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from carbonshed.dataset import Dataset, DatasetWriter, stored_schema
from carbonshed.dataset.contract import (
    ASSUMPTIONS,
    CELL_LAYOUTS,
    IMPORTS,
    INPUT_TABLES,
    LABEL_TABLES,
    RESERVED_IDS,
)
from carbonshed.dataset.descriptor import parse_descriptor, read_descriptor
from carbonshed.dataset.fields import (
    FIRST_YEAR,
    LAST_YEAR,
    FieldError,
    explain_row,
    label_of,
    parse_number,
    parse_year,
    without_people,
)
from carbonshed.dataset.matrix_table import Decision, MatrixTable
from carbonshed.dataset.parquet_writer import CellWriter, sort_file
from carbonshed.dataset.store import label_table
from carbonshed.errors import CarbonshedError
from carbonshed.io_errors import explain_write_error, scratch_folder
from carbonshed.names import validate_name
from carbonshed.progress import Progress, no_progress
from carbonshed.readers.rows.household_groups import (
    HOUSEHOLD_TABLES,
    check_household_groups,
)
from carbonshed.readers.rows.outlines import read_outlines
from carbonshed.readers.rows.small_tables import (
    Dimensions,
    Row,
    read_dimensions,
    read_rows,
)
from carbonshed.readers.rows.sources import Source, TidyFolder, find_files, open_source
from carbonshed.text import has_control, listing

EMPTY = -1
UNKNOWN = -2
NO_YEAR = 0

_MAX_COMPONENTS = 10**6

# small tables first: their errors show before the big ones are read
_CELL_ORDER = (
    *(name for name in CELL_LAYOUTS if name not in ("final_demand", "transactions")),
    "final_demand",
    "transactions",
)


def encode_years(column: pa.Array) -> np.ndarray:
    """Return the years."""
    if pa.types.is_dictionary(column.type):
        return _by_word(column, _year_or_none, NO_YEAR)
    numbers = _floats(column)
    is_near = (numbers >= FIRST_YEAR) & (numbers <= LAST_YEAR)
    is_year = is_near & (numbers == np.round(numbers))
    return np.where(is_year, numbers, NO_YEAR).astype(np.int32)


def encode_numbers(column: pa.Array) -> np.ndarray:
    """Return the numbers."""
    if not pa.types.is_string(column.type):
        return _floats(column)
    try:
        return _floats(column.cast(pa.float64()))
    except pa.ArrowInvalid:
        return np.array([_number_or_nan(field) for field in column.to_pylist()])


def _by_word(column: pa.Array, code: Callable[[str], int], empty: int) -> np.ndarray:
    if pa.types.is_null(column.type):
        return np.full(len(column), empty, np.int32)
    if not pa.types.is_dictionary(column.type):
        column = column.cast(pa.large_string()).dictionary_encode()
    words = column.dictionary.to_pylist()
    words = [code(word) if word else empty for word in words]
    codes = np.array([*words, empty], dtype=np.int32)
    indices = column.indices
    if indices.null_count:
        # the appended last code stands for NULL
        indices = pc.fill_null(indices.cast(pa.int64()), len(words))
    return codes[indices.to_numpy(zero_copy_only=False)]


def _floats(column: pa.Array) -> np.ndarray:
    if pa.types.is_null(column.type):
        return np.full(len(column), np.nan)
    return column.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False)


def _year_or_none(word: str) -> int:
    try:
        return parse_year(word)
    except FieldError:
        return NO_YEAR


def _number_or_nan(field: str | None) -> float:
    try:
        return np.nan if field is None else parse_number(field)
    except FieldError:
        return np.nan


@dataclass
class _Cells:
    """A batch of cells: codes by stored column, with their key."""

    year: np.ndarray
    codes: dict[str, np.ndarray]
    value: np.ndarray

    def table(self, schema: pa.Schema) -> pa.Table:
        columns = [self.year, *self.codes.values(), self.value]
        return pa.Table.from_arrays(list(map(pa.array, columns)), schema=schema)


class CellTable:
    """Reads one big table into a dataset."""

    def __init__(self, source: Source, dimensions: Dimensions) -> None:
        self._source = source
        self._dimensions = dimensions
        self._layout = CELL_LAYOUTS[source.table.name]
        self._sector_count = len(dimensions.positions["sectors"])
        self._components: dict[str, int] = {}
        self._schema = pa.schema(
            [
                ("year", pa.int32()),
                *((name, pa.int32()) for name in self._layout),
                ("value", pa.float64()),
            ]
        )
        self.rows = 0
        self.years: set[int] = set()

    def ingest(self, writer: DatasetWriter, scratch: Path, progress: Progress) -> None:
        """Check the table and store it."""
        encoded = writer.partial / "encoded.parquet"
        ordered = writer.partial / "ordered.parquet"
        final = writer.path(self._source.table.name)
        if self._encode(encoded, progress):
            encoded.rename(ordered)
        else:
            progress(f"{self._source.file}: sorting", 0.0)
            sort_file(encoded, ["year", *self._layout], ordered, scratch)
            self._refuse_duplicates(ordered, encoded)
            encoded.unlink()
        if all(len(names) == 2 for names in self._layout.values()):
            ordered.rename(final)
            return
        # write ids in place of the positions of single ids
        schema = stored_schema(self._source.table.name)
        with CellWriter(final, schema) as sink:
            for cells in self._stored_cells(ordered):
                sink.write(self._decoded(cells, schema))
        ordered.unlink()

    def _encode(self, encoded: Path, progress: Progress) -> bool:
        """Write the cells as integers; return whether they came in order."""
        source = self._source
        is_sorted = True
        last = -1
        with (
            closing(source.batches()) as batches,
            CellWriter(encoded, self._schema) as sink,
        ):
            for batch in batches:
                cells = self._cells(batch)
                self._refuse_bad_row(batch, cells)
                if is_sorted and len(batch):
                    keys = self._keys(cells)
                    is_sorted = keys[0] > last and bool((keys[1:] > keys[:-1]).all())
                    last = keys[-1]
                self.years.update(np.unique(cells.year).tolist())
                self.rows += len(batch)
                sink.write(cells.table(self._schema))
                progress(source.file, source.position / max(source.size, 1))
        return is_sorted

    def _refuse_duplicates(self, ordered: Path, encoded: Path) -> None:
        """Refuse a cell that is equal to the one before."""
        last = -1
        for cells in self._stored_cells(ordered):
            keys = self._keys(cells)
            twice = np.flatnonzero(np.diff(keys, prepend=last) == 0)
            if len(twice):
                raise self._duplicate(cells, int(twice[0]), encoded)
            last = keys[-1]

    def _stored_cells(self, path: Path) -> Iterator[_Cells]:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches():
                year, *codes, value = (column.to_numpy() for column in batch.columns)
                yield _Cells(year, dict(zip(self._layout, codes, strict=True)), value)

    def _cells(self, batch: pa.RecordBatch) -> _Cells:
        codes = {}
        for stored, names in self._layout.items():
            parts = [self._ids(batch, name) for name in names]
            codes[stored] = parts[0]
            if len(parts) == 2:
                is_bad = (parts[0] < 0) | (parts[1] < 0)
                pairs = parts[0] * np.int32(self._sector_count) + parts[1]
                codes[stored] = np.where(is_bad, np.int32(UNKNOWN), pairs)
        years = encode_years(batch.column("year"))
        return _Cells(years, codes, encode_numbers(batch.column("value")))

    def _ids(self, batch: pa.RecordBatch, name: str) -> np.ndarray:
        column = self._source.table.column(name)
        if name not in batch.schema.names:  # a missing optional column
            return np.full(len(batch), EMPTY, np.int32)
        cells = batch.column(name)
        if column.references is None:
            # components have no table of their own: every id is legal
            ids = self._components
            return _by_word(cells, lambda word: ids.setdefault(word, len(ids)), EMPTY)
        ids = self._dimensions.positions[column.references]
        return _by_word(cells, lambda word: ids.get(word, UNKNOWN), EMPTY)

    def _refuse_bad_row(self, batch: pa.RecordBatch, cells: _Cells) -> None:
        is_bad = (cells.year == NO_YEAR) | ~np.isfinite(cells.value)
        table = self._source.table
        for stored, names in self._layout.items():
            lowest = EMPTY if table.column(names[0]).is_nullable else 0
            is_bad |= cells.codes[stored] < lowest
        if table.name in IMPORTS:
            has_sector = cells.codes["sector_id"] >= 0
            is_bad |= has_sector == (cells.codes["category_id"] >= 0)
        if table.name == "value_added":
            refused = [
                code
                for word, code in self._components.items()
                if word in RESERVED_IDS or has_control(word)
            ]
            is_bad |= np.isin(cells.codes["component_id"], refused)
        if is_bad.any():
            row = int(np.flatnonzero(is_bad)[0])
            raw = batch.slice(row, 1).to_pylist()[0]
            reason = explain_row(table, raw, self._dimensions.positions)
            raise CarbonshedError(
                f"{self._source.file}: data row {self.rows + row + 1}: {reason}"
            )

    def _keys(self, cells: _Cells) -> np.ndarray:
        """Return one int64 per cell; its order is the order of the store."""
        keys = cells.year.astype(np.int64)
        for stored, names in self._layout.items():
            # add 1, because an empty id is -1
            keys = keys * (self._size(names) + 1) + (cells.codes[stored] + 1)
        return keys

    def _size(self, names: tuple[str, ...]) -> int:
        if len(names) == 2:
            return len(self._dimensions.positions["regions"]) * self._sector_count
        references = self._source.table.column(names[0]).references
        if references is None:
            return _MAX_COMPONENTS
        return len(self._dimensions.positions[references])

    def _plain_ids(self, stored: str) -> list[str]:
        references = self._source.table.column(self._layout[stored][0]).references
        if references is None:
            return list(self._components)
        return self._dimensions.ids(references)

    def _decoded(self, cells: _Cells, schema: pa.Schema) -> pa.Table:
        columns = [pa.array(cells.year)]
        for stored, names in self._layout.items():
            codes = cells.codes[stored]
            if len(names) == 2:
                columns.append(pa.array(codes))
                continue
            indices = pa.array(codes, mask=codes == EMPTY)
            words = pa.array(self._plain_ids(stored), pa.string())
            dictionary = pa.DictionaryArray.from_arrays(indices, words)
            columns.append(dictionary.cast(pa.string()))
        columns.append(pa.array(cells.value))
        return pa.Table.from_arrays(columns, schema=schema)

    def _duplicate(self, cells: _Cells, index: int, encoded: Path) -> CarbonshedError:
        codes = {stored: int(column[index]) for stored, column in cells.codes.items()}
        cell = {"year": int(cells.year[index]), **codes}
        label = self._label(cell)
        rows = listing(_rows_with(encoded, cell), separator=" and ")
        return CarbonshedError(
            f"{self._source.file}: duplicate cell: {label} (data rows {rows})"
        )

    def _label(self, codes: dict[str, int]) -> str:
        values: dict[str, object] = {"year": codes["year"]}
        for stored, names in self._layout.items():
            code = codes[stored]
            if len(names) == 2:
                region, sector = divmod(code, self._sector_count)
                values[names[0]] = self._dimensions.ids("regions")[region]
                values[names[1]] = self._dimensions.ids("sectors")[sector]
            elif code != EMPTY:
                values[names[0]] = self._plain_ids(stored)[code]
        return label_of(self._source.table.key, values)


def _rows_with(encoded: Path, codes: dict[str, int]) -> list[int]:
    """Return the numbers of the first two rows that hold these codes."""
    numbers: list[int] = []
    start = 1
    with pq.ParquetFile(encoded) as file:
        for batch in file.iter_batches(columns=list(codes)):
            matches = [
                batch.column(name).to_numpy() == code for name, code in codes.items()
            ]
            numbers.extend((np.flatnonzero(np.all(matches, axis=0)) + start).tolist())
            if len(numbers) >= 2:
                break
            start += len(batch)
    return numbers[:2]


def ingest_tidy(folder: Path, name: str, progress: Progress = no_progress) -> Dataset:
    """Read a tidy folder into ``data/NAME/``."""
    validate_name(name)
    files = find_files(folder)
    descriptor = read_descriptor(files.descriptor)
    parse_descriptor(descriptor)
    sources = {
        table: open_source(path, INPUT_TABLES[table])
        for table, path in files.tables.items()
    }
    dimensions = read_dimensions(sources)
    regions = dimensions.rows["regions"]
    outlines = read_outlines(files.outlines, descriptor, regions)
    outlines.add_to(regions)
    small = {
        table: read_rows(sources[table], dimensions, may_be_empty=table in ASSUMPTIONS)
        for table in ("region_years", *ASSUMPTIONS)
        if table in sources
    }
    group_notes = check_household_groups(
        small,
        lambda table: sources[table].file,
        dimensions,
        descriptor["mrio"]["country"],
    )
    with (
        DatasetWriter(name) as writer,
        scratch_folder(writer.partial) as scratch,
        explain_write_error(f"dataset {name}", writer.partial, scratch),
    ):
        for table in LABEL_TABLES:
            writer.write(table, label_table(table, dimensions.rows[table]))
        for table, rows in small.items():
            writer.write(table, pa.Table.from_pylist(rows, stored_schema(table)))
        years = _ingest_cells(writer, scratch, sources, dimensions, progress)
        _check_years(sources, dimensions, small["region_years"], years)
        for table, rows in small.items():
            years[table] = {row["year"] for row in rows if row.get("year")}
        shutil.rmtree(scratch)
        notes = _notes(files, sources, years, descriptor)
        notes += [*group_notes, *outlines.notes]
        return writer.commit(descriptor, format="tidy", notes=notes)


def _ingest_cells(
    writer: DatasetWriter,
    scratch: Path,
    sources: dict[str, Source],
    dimensions: Dimensions,
    progress: Progress,
) -> dict[str, set[int]]:
    """Ingest the big tables; return the years of each."""
    years = {}
    for name in _CELL_ORDER:
        if name not in sources:
            continue
        source = sources[name]
        table = CellTable(source, dimensions)
        with explain_write_error(source.file, writer.partial, scratch):
            table.ingest(writer, scratch, progress)
        if not table.rows and INPUT_TABLES[name].is_required:
            raise CarbonshedError(
                f"{source.file}: no rows; expected {INPUT_TABLES[name].description}"
            )
        years[name] = table.years
    return years


def _check_years(
    sources: dict[str, Source],
    dimensions: Dimensions,
    region_years: list[Row],
    years: dict[str, set[int]],
) -> None:
    """Refuse a year of transactions without emissions or without its people."""
    people = {(row["year"], row["region_id"]): row for row in region_years}
    for year in sorted(years["transactions"]):
        if year not in years["emissions"]:
            raise CarbonshedError(
                f"{sources['emissions'].file}: no row for the year {year}, which "
                f"{sources['transactions'].file} has; expected the emissions of every "
                "year of transactions"
            )
        for region in dimensions.ranked_regions:
            row = people.get((year, region))
            if row is None:
                state = "there is no such row"
            elif row["population"]:
                continue
            else:
                state = "it is empty" if row["population"] is None else "it is 0"
            reason = without_people(year, region, state)
            raise CarbonshedError(f"{sources['region_years'].file}: {reason}")


def _notes(
    files: TidyFolder,
    sources: dict[str, Source],
    years: dict[str, set[int]],
    descriptor: dict,
) -> list[str]:
    """Return notes on columns, years and files that are not used."""
    notes = [note for source in sources.values() for note in source.notes]
    notes += [note for source in sources.values() for note in source.unused]
    for name, table_years in years.items():
        unused = sorted(table_years - years["transactions"])
        if unused:
            notes.append(
                f"not used: years {listing(unused)} of {sources[name].file}, which "
                f"{sources['transactions'].file} does not have"
            )
    if files.others:
        notes.append(f"not used: files {listing(files.others)}")
    notes += [
        f"{files.descriptor.name}: no `{key}`"
        for key in ("title", "licenses", "sources")
        if not descriptor.get(key)
    ]
    return notes


class Assumptions:
    """The files of a folder; their headers are checked when it is opened.

    It holds one CSV or Parquet file for one or more of the tables of assumptions.
    """

    def __init__(self, folder: Path) -> None:
        files = find_files(folder, {name: INPUT_TABLES[name] for name in ASSUMPTIONS})
        if not files.tables:
            raise CarbonshedError(
                f"{folder}: holds none of the tables of assumptions; expected "
                f"{listing(ASSUMPTIONS, separator=' or ')}, as .csv or .parquet "
                "(--assumptions)"
            )
        self._sources = {
            name: open_source(path, INPUT_TABLES[name])
            for name, path in files.tables.items()
        }
        self._others = files.others

    def add_to(self, tables: Sequence[MatrixTable]) -> None:
        """Check each row against the labels of a table and hand it to all its years."""
        dimensions = Dimensions()
        for name, labels in tables[0].labels.items():
            dimensions.add(name, labels)
        rows = {
            name: read_rows(source, dimensions, may_be_empty=True)
            for name, source in self._sources.items()
        }
        notes = [
            note
            for source in self._sources.values()
            for note in (*source.notes, *source.unused)
        ]
        if self._others:
            notes.append(f"not used: files {listing(self._others)}")
        notes += check_household_groups(
            rows,
            lambda name: self._sources[name].file,
            dimensions,
            tables[0].descriptor["mrio"]["country"],
        )
        if "household_groups" in rows:  # in place of all that was stored of them
            rows = {name: [] for name in HOUSEHOLD_TABLES} | rows
        for table in tables:
            table.assumptions = rows
        tables[-1].decisions += [Decision("assumptions", note) for note in notes]
