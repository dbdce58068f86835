"""The small tables of a tidy folder: regions, sectors, categories, stressors, people.

They are read as a whole, row by row; every id that the big tables may use is here.
"""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from carbonshed.dataset import DatasetWriter, stored_schema
from carbonshed.dataset.contract import (
    INPUT_TABLES,
    RESERVED_STRESSOR_ID,
    UNRANKED_REGION_TYPES,
)
from carbonshed.dataset.fields import (
    FieldError,
    explain_row,
    label_of,
    parse_field,
)
from carbonshed.errors import CarbonshedError
from carbonshed.readers.common.sources import Source

DIMENSION_TABLES = ("regions", "sectors", "final_demand_categories", "stressors")

_POSITION_COLUMNS = {
    "regions": "region_position",
    "sectors": "sector_position",
    "final_demand_categories": "category_position",
}
# keys of cells must fit into 64 bits, and the matrix on a disk
_MOST_REGION_SECTORS = 10**6

Row = dict[str, Any]


@dataclass
class Dimensions:
    """The rows of the small tables and the position of every id.

    Attributes
    ----------
    rows
        Parsed rows by table, in the order of the file.
    positions
        Position of each id by table.
    """

    rows: dict[str, list[Row]] = field(default_factory=dict)
    positions: dict[str, dict[str, int]] = field(default_factory=dict)

    def ids(self, table: str) -> list[str]:
        """Return the ids of a table in the order of their positions."""
        return list(self.positions[table])

    @property
    def ranked_regions(self) -> list[str]:
        """Ids of the regions that must have people."""
        return [
            row["region_id"]
            for row in self.rows["regions"]
            if row["region_type"] not in UNRANKED_REGION_TYPES
        ]


def read_dimensions(sources: dict[str, Source]) -> Dimensions:
    """Read and check the dimension tables.

    Parameters
    ----------
    sources
        The opened files, by table.

    Raises
    ------
    CarbonshedError
        At the first field or row that breaks the contract.
    """
    dimensions = Dimensions()
    for name in DIMENSION_TABLES:
        rows = read_rows(sources[name], dimensions)
        key = INPUT_TABLES[name].key[0]
        dimensions.rows[name] = rows
        dimensions.positions[name] = {row[key]: i for i, row in enumerate(rows)}
    sizes = [len(dimensions.rows[name]) for name in ("regions", "sectors")]
    if sizes[0] * sizes[1] > _MOST_REGION_SECTORS:
        raise CarbonshedError(
            f"{sources['regions'].file}: {sizes[0]} regions x {sizes[1]} sectors are "
            f"more than {_MOST_REGION_SECTORS} rows of a table"
        )
    return dimensions


def read_rows(source: Source, dimensions: Dimensions) -> list[Row]:
    """Return all rows of a small table, parsed.

    Raises
    ------
    CarbonshedError
        At the first field that breaks the contract, at a key that occurs twice,
        and if there is no row.
    """
    table = source.table
    first_rows: dict[tuple, int] = {}
    rows = []
    with closing(_raw_rows(source)) as raw_rows:
        for number, raw in enumerate(raw_rows, start=1):
            row = _parse(source, number, raw, dimensions)
            key = tuple(row[name] for name in table.key)
            if key in first_rows:
                raise CarbonshedError(
                    f"{source.file}: data rows {first_rows[key]} and {number} are the "
                    f"same: duplicate {label_of(table.key, row)}"
                )
            first_rows[key] = number
            rows.append(row)
    if not rows:
        raise CarbonshedError(f"{source.file}: no rows; expected {table.description}")
    return rows


def write_dimensions(writer: DatasetWriter, dimensions: Dimensions) -> None:
    """Write the dimension tables with the positions of their rows."""
    for name in DIMENSION_TABLES:
        rows = dimensions.rows[name]
        if name in _POSITION_COLUMNS:
            column = _POSITION_COLUMNS[name]
            rows = [{**row, column: position} for position, row in enumerate(rows)]
        if name == "sectors":
            is_power = "is_power_supply"
            rows = [{**row, is_power: bool(row[is_power])} for row in rows]
        writer.write(name, pa.Table.from_pylist(rows, stored_schema(name)))


def _raw_rows(source: Source) -> Iterator[Row]:
    with closing(source.batches()) as batches:
        for batch in batches:
            for raw in batch.to_pylist():
                yield {name: raw.get(name) for name in source.table.column_names}


def _parse(source: Source, number: int, raw: Row, dimensions: Dimensions) -> Row:
    table = source.table
    row = {}
    for column in table.columns:
        try:
            ids = dimensions.positions.get(column.references or "")
            row[column.name] = parse_field(column, raw[column.name], ids)
        except FieldError:
            break
    else:
        if row.get("stressor_id") == RESERVED_STRESSOR_ID:
            raise CarbonshedError(
                f"{source.file}: data row {number}: the stressor_id "
                f"{RESERVED_STRESSOR_ID!r} is reserved for the table value_added, "
                "which is accounted for like a stressor; choose another id"
            )
        return row
    reason = explain_row(table, raw, dimensions.positions)
    raise CarbonshedError(f"{source.file}: data row {number}: {reason}")
