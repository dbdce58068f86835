"""Files of labels, by position, for tables whose own file has no labels."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from carbonshed.dataset.contract import INPUT_TABLES, Column, InputTable
from carbonshed.errors import CarbonshedError
from carbonshed.io_errors import need_file
from carbonshed.readers.rows.dimensions import Dimensions, read_rows
from carbonshed.readers.rows.sources import open_source

Row = dict[str, Any]

_POSITION = Column("position", "count")
_PEOPLE = (
    Column("population", "count", is_optional=True, is_nullable=True),
    Column("gdp", "number", is_optional=True, is_nullable=True),
)


def _placed(name: str, *more: Column) -> InputTable:
    table = INPUT_TABLES[name]
    return replace(table, columns=(_POSITION, *table.columns, *more))


REGION_FILE = _placed("regions", *_PEOPLE)
SECTOR_FILE = _placed("sectors")


def read_labels(path: Path, table: InputTable) -> list[Row]:
    """Read a file of labels, in the order of their positions.

    Parameters
    ----------
    path
        A CSV or Parquet file.
    table
        `REGION_FILE` or `SECTOR_FILE`.

    Returns
    -------
    list of dict
        The rows, without the column position.

    Raises
    ------
    CarbonshedError
        If a field breaks the contract, an id is there twice, or the positions are
        not 1, 2, 3, ... without a gap.
    """
    if path.suffix.lower() == ".csv":
        _refuse_gbk(path)
    rows = read_rows(open_source(path, table), Dimensions())
    rows.sort(key=lambda row: row["position"])
    for expected, row in enumerate(rows, start=1):
        if row["position"] != expected:
            key = table.key[0]
            raise CarbonshedError(
                f"{path.name}: {key} {row[key]!r} has position {row['position']}; "
                f"expected {expected}: positions are those of the matrix, 1 to "
                f"{len(rows)}, each once"
            )
        del row["position"]
    return rows


def _refuse_gbk(path: Path) -> None:
    """Refuse GBK, the encoding of spreadsheets in China, and name it."""
    need_file(path)
    content = path.read_bytes()
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        try:
            content.decode("gb18030")
        except UnicodeDecodeError:
            return  # another encoding: the CSV reader names the line
        raise CarbonshedError(
            f"{path.name}: line {line} is not UTF-8 but seems to be GBK; save the "
            "file as CSV UTF-8"
        ) from None
