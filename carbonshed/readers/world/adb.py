"""The Asian Development Bank's table: the rows below its matrix, by their names."""

from pathlib import Path
from typing import Any

from carbonshed.dataset.matrix_table import MatrixTable
from carbonshed.errors import CarbonshedError
from carbonshed.progress import Progress
from carbonshed.readers.files.grids import Books, Grid
from carbonshed.readers.files.workbooks import column_letters
from carbonshed.readers.files.yaml_files import YamlFile
from carbonshed.readers.options import IngestOptions
from carbonshed.readers.world.formats import ADB
from carbonshed.readers.world.label_maps import VALUE_ADDED, fold, label_map
from carbonshed.readers.world.reading import need_source
from carbonshed.readers.world.shipped_map import (
    read_shipped,
    region_ids,
    sectors_of,
    shipped_map,
    year_in_name,
)

Row = dict[str, Any]

_LABEL_COLUMNS = 4  # A to D


def read_adb(source: Path, options: IngestOptions, progress: Progress) -> MatrixTable:
    """Read a year of the table of 62 to 74 economies and the rest of the world."""
    books = _open(source, options.year)
    return read_shipped(ADB, _map(books, options.year), books, options, progress)


def regions_of(source: Path, year: int | None, where: str) -> list[str]:
    """Return the economies of a table, from the labels of its rows."""
    if year is None:
        raise CarbonshedError(f"{where}: give --year")
    books = _open(source, year)
    return region_ids(ADB, _map(books, year), books, year)


def _open(source: Path, year: int) -> Books:
    need_source(source, ADB.source)
    where = f"{ADB.form}: {source.name}"
    if source.is_dir():
        raise CarbonshedError(f"{where}: is a folder; expected {ADB.source}")
    year_in_name(ADB, source, year)
    return Books(source, None, is_shipped=True)


def _map(books: Books, year: int) -> YamlFile:
    """Return the map, with the sheet and the rows that the workbook has."""
    file, sheet = shipped_map(ADB, year), _sheet(books, year)
    # the sectors are those of WIOD's release of 2013, numbered
    file.content["sectors"] = sectors_of("wiod", lambda number, _: f"c{number}")
    added, outside = _rows_below(books.grid(None, sheet))
    if not added:
        raise CarbonshedError(
            f"{ADB.form}: {books.source.name}: no row is named 'Value added at basic "
            "prices'; expected it below the matrix, in one of the columns A to D"
        )
    blocks = {
        **file.content["blocks"],
        "value_added": {row["row"]: row for row in added},
    }
    if outside:
        blocks |= {"imports": outside, "imports_of_final_users": outside}
    file.content.update(sheet=sheet, blocks=blocks)
    return file


def _sheet(books: Books, year: int) -> str:
    """Return the only sheet, or the only one that is named after the year."""
    sheets = books.workbook().sheets
    own = [sheet for sheet in sheets if str(year) in sheet]
    if len(sheets) == 1 or len(own) == 1:
        return (own or sheets)[0]
    raise CarbonshedError(
        f"{ADB.form}: {books.source.name}: sheets {', '.join(sheets[:8])}; expected "
        f"one, or one with {year} in its name"
    )


def _rows_below(grid: Grid) -> tuple[list[Row], list[Row]]:
    """Return the addresses of value added, and of payments to no region."""
    roles = label_map("wiod_inputs")
    added: list[Row] = []
    outside: list[Row] = []
    for row in range(len(grid.rows)):
        for column in range(_LABEL_COLUMNS):
            text = grid.text(row, column)
            if role := roles.get(fold(text)):
                # the label is looked for in its own column, not in all up to the users
                address = {"row": text, "header_columns": [column_letters(column)]}
                own = added if role["role"] == VALUE_ADDED else outside
                own.append(address)
    return added, outside
