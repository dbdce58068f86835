"""Labels as they are stored: with their positions, and every mark true or false."""

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from carbonshed.dataset.contract import LABEL_TABLES, STORED_TABLES
from carbonshed.dataset.store import stored_schema

Row = dict[str, Any]


def label_rows(table: str, rows: Sequence[Row]) -> list[Row]:
    """Return rows of labels with all columns of the stored table.

    Parameters
    ----------
    table
        A key of `LABEL_TABLES`.
    rows
        Rows of the input table, in the order of the matrices; columns that may be
        missing may be missing.
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
