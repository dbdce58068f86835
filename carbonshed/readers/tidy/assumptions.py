"""Tables of assumptions beside a table of any other format, as in a tidy folder."""

from collections.abc import Sequence
from pathlib import Path

from carbonshed.dataset.contract import ASSUMPTIONS, INPUT_TABLES
from carbonshed.dataset.matrix_table import Decision, MatrixTable
from carbonshed.errors import CarbonshedError
from carbonshed.readers.rows.dimensions import Dimensions, read_rows
from carbonshed.readers.rows.sources import open_source
from carbonshed.readers.rows.table_files import find_files
from carbonshed.text import listing


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
        found = find_files(folder, {name: INPUT_TABLES[name] for name in ASSUMPTIONS})
        if not found.tables:
            raise CarbonshedError(
                f"{folder}: holds none of the tables of assumptions; expected "
                f"{listing(ASSUMPTIONS, separator=' or ')}, as .csv or .parquet "
                "(--assumptions)"
            )
        self._sources = {
            name: open_source(path, INPUT_TABLES[name])
            for name, path in found.tables.items()
        }
        self._others = found.others

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
