"""The files of a tidy folder, and their rows as streams of Arrow batches.

Opening a source checks its header and column types. Batches hold the columns of the
contract only; identifiers are never interpreted.
"""

import csv
import os
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from carbonshed.dataset.contract import (
    DESCRIPTOR_FILE,
    INPUT_TABLES,
    OUTLINES_FILE,
    Column,
    InputTable,
)
from carbonshed.errors import CarbonshedError
from carbonshed.io_errors import need_file
from carbonshed.text import first_line, listing, other_separator, printable

SUFFIXES = (".csv", ".parquet")
_CSV_BLOCK = 8 << 20  # bytes; a record must fit into one block
_PARQUET_ROWS = 1 << 19
_PARQUET_BUFFER = 1 << 20
# Python's default limit would end the search for a bad line at a long field
csv.field_size_limit(_CSV_BLOCK)
_WORKBOOKS = (".xlsx", ".xls", ".ods")
_EXACT = 2.0**53
_WORDS = pa.dictionary(pa.int32(), pa.string())
_TEXT_TYPES = (pa.string(), pa.large_string(), pa.string_view())


@dataclass(frozen=True)
class TidyFolder:
    """The files of a tidy folder."""

    descriptor: Path
    tables: dict[str, Path]  # by name; optional tables may be missing
    outlines: Path | None  # the regions' borders, optional
    others: list[str]  # names of all other files, which are ignored


def find_files(
    folder: Path,
    contract: Mapping[str, InputTable] = INPUT_TABLES,
    template: str = "tidy FOLDER",
) -> TidyFolder:
    """Return the files of a tidy folder; refuse a missing table, and one that is twice.

    Parameters
    ----------
    contract
        The tables that the folder may hold, by name.
    template
        Arguments of ``carbonshed template`` for such a folder, for refusals.
    """
    needs_descriptor = any(table.is_required for table in contract.values())
    held = f"{DESCRIPTOR_FILE} and the tables" if needs_descriptor else "the tables"
    if not folder.exists():
        raise CarbonshedError(f"{folder}: no such folder")
    if not folder.is_dir():
        raise CarbonshedError(
            f"{folder}: is a file; expected the folder that holds {held}"
        )
    try:
        names = sorted(printable(path.name) for path in folder.iterdir())
    except OSError as error:
        raise CarbonshedError(f"{folder}: cannot be read: {error.strerror}") from None
    if not names:
        raise CarbonshedError(
            f"{folder}: the folder is empty; expected {held} "
            f"(`carbonshed template {template}` writes them to fill in)"
        )
    tables = {}
    for table in contract.values():
        matches = [table.name + suffix for suffix in SUFFIXES]
        matches = [name for name in matches if name in names]
        _check(folder, table, matches, names)
        if matches:
            tables[table.name] = folder / matches[0]
    used = {DESCRIPTOR_FILE, *(path.name for path in tables.values())}
    outlines = None
    if "regions" in contract and OUTLINES_FILE in names:
        outlines = folder / OUTLINES_FILE
        used.add(OUTLINES_FILE)
    others = [name for name in names if name not in used]
    return TidyFolder(folder / DESCRIPTOR_FILE, tables, outlines, others)


def _check(
    folder: Path, table: InputTable, matches: list[str], names: list[str]
) -> None:
    if len(matches) > 1:
        raise CarbonshedError(
            f"{folder}: {matches[0]} and {matches[1]} are both there; keep one of them"
        )
    if not matches and table.is_required:
        stem = table.name.casefold()
        near = [name for name in names if name.casefold().startswith(stem + ".")]
        hint = f"; found {near[0]!r}, which is not read" if near else ""
        raise CarbonshedError(
            f"{folder}: {table.name}.csv or {table.name}.parquet is missing; expected "
            f"{table.description}{hint}"
        )
    if matches and not (folder / matches[0]).is_file():
        raise CarbonshedError(f"{folder / matches[0]}: is not a file")


class Source(ABC):
    """One file of a tidy folder."""

    def __init__(self, path: Path, table: InputTable) -> None:
        need_file(path)
        self.path = path
        self.table = table
        # length of the work for a progress bar, and the part of it that is done
        self.size = 0
        self.position = 0
        self.notes: list[str] = []
        names = self._header()
        self._columns = [c for c in table.columns if c.name in names]
        self.extra_columns = [n for n in names if n not in table.column_names]
        self._check_header(names)

    def has(self, name: str) -> bool:
        """Return whether the file has a column of the contract."""
        return any(column.name == name for column in self._columns)

    @property
    def unused(self) -> list[str]:
        """A sentence on columns that are not used, or none."""
        if not self.extra_columns:
            return []
        columns = listing(self.extra_columns, quote=True)
        text = f"not used: columns {columns} of {self.file}"
        if any("unit" in name.casefold() for name in self.extra_columns):
            text = f"WARNING: {text}; are numbers in the units that the format expects?"
        return [text]

    @property
    def file(self) -> str:
        """Name of the file, for messages."""
        return self.path.name

    @abstractmethod
    def batches(self) -> Iterator[pa.RecordBatch]:
        """Yield the rows in the order of the file.

        A column that is optional and not in the file is not in the batches either.
        """

    @abstractmethod
    def _header(self) -> list[str]: ...

    def _check_header(self, names: list[str]) -> None:
        for column in self.table.columns:
            count = names.count(column.name)
            if count > 1:
                raise CarbonshedError(
                    f"{self.file}: column `{column.name}` occurs {count} times"
                )
            if count == 0 and not column.is_optional:
                if separator := other_separator(names):
                    raise CarbonshedError(f"{self.file}: {separator}")
                raise CarbonshedError(
                    f"{self.file}: column `{column.name}` is missing; found "
                    f"{listing(names, 20, quote=True)}; expected "
                    f"{listing(self.table.column_names, quote=True)}"
                )

    def _refusal(self, error: Exception) -> CarbonshedError:
        reason = first_line(error)
        return CarbonshedError(f"{self.file}: cannot be read: {reason}")


class ParquetSource(Source):
    """A Parquet file, read in pieces whatever the size of its row groups."""

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Yield the rows in the order of the file."""
        names = [column.name for column in self._columns]
        numbers = [column.name for column in self._columns if column.kind == "number"]
        counts: Counter[str] = Counter()
        firsts: dict[str, int] = {}
        try:
            # without pre_buffer a row group is streamed and not held in memory
            with pq.ParquetFile(
                _opened(self.path),
                read_dictionary=self._texts(),
                pre_buffer=False,
                buffer_size=_PARQUET_BUFFER,
                page_checksum_verification=True,
            ) as file:
                for batch in file.iter_batches(_PARQUET_ROWS, columns=names):
                    self.position += len(batch)
                    self._validate(batch)
                    for name in numbers:
                        if lost := _rounded(batch.column(name)):
                            counts[name] += len(lost)
                            firsts.setdefault(name, lost[0])
                    yield batch
        except (pa.ArrowException, OSError) as error:
            raise self._refusal(error) from None
        for name, first in firsts.items():
            self.notes.append(
                f"WARNING: {self.file}: column `{name}`: {counts[name]} whole numbers "
                f"above 2^53 are rounded to 16 digits, {first} the first"
            )

    def _header(self) -> list[str]:
        try:
            with pq.ParquetFile(_opened(self.path)) as file:
                self._schema = file.schema_arrow
                self.size = file.metadata.num_rows
            return self._schema.names
        except UnicodeDecodeError:
            raise CarbonshedError(
                f"{self.file}: the name of a column is not UTF-8; write the file again"
                f" with the columns {listing(self.table.column_names, quote=True)}"
            ) from None
        except (pa.ArrowException, OSError) as error:
            raise CarbonshedError(
                f"{self.file}: not a complete Parquet file "
                f"({first_line(error)}); write or copy it again"
            ) from None

    def _check_header(self, names: list[str]) -> None:
        super()._check_header(names)
        for column in self._columns:
            try:
                _check_type(self.file, column, self._schema.field(column.name).type)
            except CarbonshedError:
                # without any value, the type of a column is a guess of the writer
                if self.size and not (
                    column.is_nullable and self._is_blank(column.name)
                ):
                    raise

    def _is_blank(self, name: str) -> bool:
        """Return whether all of a column is NULL.

        By reading it: Arrow ends the process where it is asked for damaged statistics.
        """
        try:
            with pq.ParquetFile(_opened(self.path)) as file:
                batches = file.iter_batches(_PARQUET_ROWS, columns=[name])
                return all(batch[0].null_count == len(batch) for batch in batches)
        except (pa.ArrowException, OSError) as error:
            raise self._refusal(error) from None

    def _validate(self, batch: pa.RecordBatch) -> None:
        """Refuse what Arrow reads without a look: texts, and which text is meant."""
        for column in self._columns:
            try:
                batch.column(column.name).validate(full=True)
            except pa.ArrowException as error:
                raise CarbonshedError(
                    f"{self.file}: column `{column.name}` cannot be read: {error}; "
                    "text must be UTF-8, and the file be whole: write or copy it again"
                ) from None

    def _texts(self) -> list[str]:
        """Names of the text columns, to be read as dictionaries."""
        fields = [self._schema.field(column.name) for column in self._columns]
        return [field.name for field in fields if field.type in _TEXT_TYPES[:2]]


class CsvSource(Source):
    """A CSV file: UTF-8, RFC 4180, an empty field is NULL and nothing else is."""

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Yield the rows in the order of the file, every field as text."""
        names = [column.name for column in self._columns]
        types = {
            column.name: pa.string() if column.kind == "number" else _WORDS
            for column in self._columns
        }
        # open a file of Arrow: one of its threads closes the file last, and if that is
        # a file of Python, a process that is about to end aborts
        file = _opened(self.path)
        try:
            reader = pacsv.open_csv(
                file,
                pacsv.ReadOptions(block_size=_CSV_BLOCK),
                pacsv.ParseOptions(newlines_in_values=True),
                pacsv.ConvertOptions(
                    column_types=types,
                    include_columns=names,
                    null_values=[""],
                    strings_can_be_null=True,
                    quoted_strings_can_be_null=True,
                ),
            )
            for batch in reader:
                self.position = file.tell()
                yield batch
        except pa.ArrowInvalid as error:
            if "Empty CSV file" not in str(error):  # a header and no line end
                raise self._diagnose(error) from None
        except (pa.ArrowException, OSError) as error:
            raise self._refusal(error) from None
        self._check_end()

    def _header(self) -> list[str]:
        self.size = self.path.stat().st_size
        try:
            with self.path.open(encoding="utf-8-sig", newline="") as file:
                names = next((row for row in csv.reader(file) if row), None)
        except UnicodeDecodeError:
            raise self._not_utf8() from None
        except csv.Error as error:
            raise CarbonshedError(f"{self.file}: header: {error}") from None
        except OSError as error:
            raise self._refusal(error) from None
        if names is None:
            raise CarbonshedError(
                f"{self.file}: the file is empty; expected a header with "
                f"{listing(self.table.column_names, quote=True)}"
            )
        return names

    def _check_end(self) -> None:
        quotes, last = 0, b"\n"
        with self.path.open("rb") as file:
            while block := file.read(_CSV_BLOCK):
                quotes += block.count(b'"')
                last = block[-1:]
        if quotes % 2:
            raise CarbonshedError(
                f"{self.file}: a quoted field is not closed (the file holds an odd "
                "number of double quotes); was the file cut off? Inside a field a "
                'double quote is written twice: ""'
            )
        if last not in b"\r\n":
            self.notes.append(
                f"{self.file}: the last line has no line end; make sure that the "
                "file was not cut off"
            )

    def _diagnose(self, error: Exception) -> CarbonshedError:
        """Return the refusal for a file that the parser rejects, with the line."""
        undecodable = _line_not_utf8(self.path)
        if undecodable:
            return self._not_utf8()
        with self.path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.reader(file)
            width, start = 0, 1
            try:
                for row in rows:
                    width = width or len(row)
                    if row and len(row) != width:
                        text = ",".join(row)
                        text = text if len(text) <= 80 else text[:77] + "..."
                        return CarbonshedError(
                            f"{self.file}: line {start} has {len(row)} fields, the "
                            f"header has {width}: {text!r}"
                        )
                    start = rows.line_num + 1
            except csv.Error as reason:
                return CarbonshedError(f"{self.file}: line {start}: {reason}")
        return self._refusal(error)

    def _not_utf8(self) -> CarbonshedError:
        return CarbonshedError(
            f"{self.file}: line {_line_not_utf8(self.path)} is not UTF-8; save the "
            "file as UTF-8"
        )


def open_source(path: Path, table: InputTable) -> Source:
    """Return the source of a ``.csv`` or ``.parquet`` file.

    Its header and, for Parquet, the types of its columns are checked.
    """
    suffix = path.suffix.lower()
    kinds = {".csv": CsvSource, ".parquet": ParquetSource}
    if suffix not in kinds:
        hint = ": save the sheet as CSV UTF-8" if suffix in _WORKBOOKS else ""
        raise CarbonshedError(
            f"{path.name}: expected a file .csv or .parquet with the columns "
            f"{listing(table.column_names, quote=True)}{hint}"
        )
    return kinds[suffix](path, table)


def _rounded(cells: pa.Array) -> list[int]:
    """Return the whole numbers of a column that a double cannot hold."""
    if not pa.types.is_int64(cells.type) and not pa.types.is_uint64(cells.type):
        return []
    numbers = cells.drop_null().to_numpy(zero_copy_only=False)
    large = numbers[np.abs(numbers.astype(float)) >= _EXACT]
    return [n for n in large.tolist() if int(float(n)) != n]


def _opened(path: Path) -> pa.OSFile:
    # pass bytes: the name of a folder need not be UTF-8
    return pa.OSFile(os.fsencode(path), mode="r")


def _check_type(file: str, column: Column, type_: pa.DataType) -> None:
    """Refuse a Parquet column whose type does not fit its kind."""
    is_number = (
        pa.types.is_integer(type_)
        or pa.types.is_floating(type_)
        or pa.types.is_decimal(type_)
    )
    expected, fits = {
        "id": ("text", _is_text(type_)),
        "text": ("text", _is_text(type_)),
        "boolean": ("boolean", pa.types.is_boolean(type_)),
        "year": ("a whole number", is_number),
        "count": ("a whole number", is_number),
        "number": ("a number", is_number),
    }[column.kind]
    # a column without any value has no type; its fields read as empty
    if fits or pa.types.is_null(type_):
        return
    reason = ""
    if column.kind == "id" and is_number:
        reason = " (as numbers, ids such as 01 and 1 could not be told apart)"
    raise CarbonshedError(
        f"{file}: column `{column.name}` is of type {type_}; expected {expected}"
        f"{reason}"
    )


def _is_text(type_: pa.DataType) -> bool:
    if pa.types.is_dictionary(type_):
        type_ = type_.value_type
    return type_ in _TEXT_TYPES


def _line_not_utf8(path: Path) -> int:
    """Return the number of the first line that is not UTF-8, 0 if there is none."""
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError:
                return number
    return 0
