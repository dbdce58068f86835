"""The reader of tidy folders, and of tables of assumptions beside other formats."""

import shutil
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from carbonshed.dataset import Dataset, DatasetWriter, stored_schema
from carbonshed.dataset.contract import ASSUMPTIONS, CELL_LAYOUTS, INPUT_TABLES
from carbonshed.dataset.descriptor import parse_descriptor, read_descriptor
from carbonshed.dataset.fields import without_people
from carbonshed.dataset.matrix_table import Decision, MatrixTable
from carbonshed.errors import CarbonshedError
from carbonshed.io_errors import explain_write_error, scratch_folder
from carbonshed.names import validate_ingest_name
from carbonshed.progress import Progress, no_progress
from carbonshed.readers.rows.small_tables import (
    Dimensions,
    Row,
    read_dimensions,
    read_rows,
    write_dimensions,
)
from carbonshed.readers.rows.sources import Source, TidyFolder, find_files, open_source
from carbonshed.readers.tidy.cells import CellTable
from carbonshed.text import listing

# small tables first: their errors show before the big ones are read
_CELL_ORDER = (
    *(name for name in CELL_LAYOUTS if name not in ("final_demand", "transactions")),
    "final_demand",
    "transactions",
)


def ingest_tidy(folder: Path, name: str, progress: Progress = no_progress) -> Dataset:
    """Read a tidy folder into ``data/NAME/``."""
    validate_ingest_name(name)
    files = find_files(folder)
    descriptor = read_descriptor(files.descriptor)
    parse_descriptor(descriptor)
    sources = {
        table: open_source(path, INPUT_TABLES[table])
        for table, path in files.tables.items()
    }
    dimensions = read_dimensions(sources)
    small = {
        table: read_rows(sources[table], dimensions, may_be_empty=table in ASSUMPTIONS)
        for table in ("region_years", *ASSUMPTIONS)
        if table in sources
    }
    with (
        DatasetWriter(name) as writer,
        scratch_folder(writer.partial) as scratch,
        explain_write_error(f"dataset {name}", writer.partial, scratch),
    ):
        write_dimensions(writer, dimensions)
        for table, rows in small.items():
            writer.write(table, pa.Table.from_pylist(rows, stored_schema(table)))
        years = _ingest_cells(writer, scratch, sources, dimensions, progress)
        _check_years(sources, dimensions, small["region_years"], years)
        for table, rows in small.items():
            years[table] = {row["year"] for row in rows if row.get("year")}
        shutil.rmtree(scratch)
        notes = _notes(files, sources, years, descriptor)
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

    Parameters
    ----------
    folder
        Holds one CSV or Parquet file for one or more of the tables of assumptions.

    Raises
    ------
    CarbonshedError
        If there is no such folder or none of the tables, or a file is refused.
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
        """Check every row against the labels of a table and hand it to all its years.

        Raises
        ------
        CarbonshedError
            At the first row that breaks the contract; it names file and label.
        """
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
        for table in tables:
            table.assumptions = rows
        tables[-1].decisions += [Decision("assumptions", note) for note in notes]
