"""Maps from regions and sectors to fewer of them, and the new labels.

A map is a table with one row per old label. It says which new label the old one
belongs to and, where the old labels do not say it, what the new one is like.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from carbonshed.dataset.contract import INPUT_TABLES, Column, InputTable
from carbonshed.errors import CarbonshedError
from carbonshed.readers.rows.small_tables import Dimensions, read_rows
from carbonshed.readers.rows.sources import open_source
from carbonshed.text import listing, suggestion

Row = dict[str, Any]

# a new label needs these columns; the others may be empty
_REQUIRED = ("region_type", "sector_group", "is_power_supply")
_MAX_ROWS_SHOWN = 20


@dataclass(frozen=True)
class LabelMap:
    """The new label of every old one."""

    # rows of the contract, in the order in which their first members come
    labels: list[Row]
    targets: list[int]  # position of the new label of each old one


def identity_map(labels: Sequence[Row]) -> LabelMap:
    """Return the map that changes nothing."""
    return LabelMap([dict(row) for row in labels], list(range(len(labels))))


def read_map(path: Path, table: str, labels: Sequence[Row]) -> LabelMap:
    """Read a map of regions or sectors, a CSV or Parquet file.

    It has the columns ``region_id`` and ``new_region_id`` and, optional,
    ``new_region_name`` and the other columns of the contract; likewise for sectors.
    Columns that the map leaves empty come from the old labels if they agree.
    """
    contract = INPUT_TABLES[table]
    key = contract.key[0]
    source = open_source(path, map_table(table))
    rows = read_rows(source, Dimensions())
    by_old = _by_old(rows, key, source.file)
    old_ids = [row[key] for row in labels]
    _refuse_unmatched(by_old, old_ids, key, source.file)
    members: dict[str, list[Row]] = {}
    for label in labels:
        members.setdefault(by_old[label[key]][f"new_{key}"], []).append(label)
    by_new: dict[str, list[Row]] = {}
    for row in rows:
        by_new.setdefault(row[f"new_{key}"], []).append(row)
    positions = {new_id: k for k, new_id in enumerate(members)}
    return LabelMap(
        labels=[
            _new_label(contract, new_id, by_new[new_id], old, source.file)
            for new_id, old in members.items()
        ],
        targets=[positions[by_old[old_id][f"new_{key}"]] for old_id in old_ids],
    )


def map_table(table: str) -> InputTable:
    """Return the columns of a map of regions or sectors."""
    contract = INPUT_TABLES[table]
    key = contract.key[0]
    described = [
        Column(f"new_{c.name}", c.kind, True, True, None, c.vocabulary)
        for c in contract.columns
        if c.name != key
    ]
    return InputTable(
        f"map of {table}",
        (Column(key, "id"), Column(f"new_{key}", "id"), *described),
        (key, f"new_{key}"),
        True,
        f"one row for each of the {table}",
    )


def _by_old(rows: list[Row], key: str, file: str) -> dict[str, Row]:
    """Return the row of each old label."""
    by_old: dict[str, Row] = {}
    for row in rows:
        first = by_old.setdefault(row[key], row)
        if first is not row:
            raise CarbonshedError(
                f"{file}: {key} {row[key]!r} goes to {first[f'new_{key}']!r} and to "
                f"{row[f'new_{key}']!r}; expected one: flows are added up, never split"
            )
    return by_old


def _refuse_unmatched(
    by_old: dict[str, Row], old_ids: list[str], key: str, file: str
) -> None:
    """Refuse labels that are only in the map or only in the dataset."""
    missing = [label for label in old_ids if label not in by_old]
    unknown = [label for label in by_old if label not in set(old_ids)]
    named = listing(unknown, _MAX_ROWS_SHOWN, quote=True)
    if missing:
        only_here = f" ({len(unknown)} only in the map: {named})" if unknown else ""
        raise CarbonshedError(
            f"{file}: {len(missing)} of {len(old_ids)} labels of the dataset are not "
            f"in the map: {listing(missing, _MAX_ROWS_SHOWN, quote=True)}; expected "
            f"a row for every {key}{only_here}"
        )
    if unknown:
        raise CarbonshedError(
            f"{file}: {len(unknown)} labels are not in the dataset: "
            f"{named}{suggestion(unknown[0], old_ids)}; expected only labels of the "
            "dataset"
        )


def _new_label(
    contract: InputTable, new_id: str, rows: list[Row], members: list[Row], file: str
) -> Row:
    """Return the row of a new label: fields of the map, else those of all members."""
    key, name = contract.column_names[:2]
    label: Row = {key: new_id}
    for column in contract.columns[1:]:
        values = {row[f"new_{column.name}"] for row in rows} - {None}
        if len(values) > 1:
            raise CarbonshedError(
                f"{file}: `new_{column.name}` of {new_id!r} is "
                f"{' and '.join(sorted(map(repr, values)))}; expected the same in "
                "every row of it"
            )
        old = {row.get(column.name) for row in members}
        if values:
            (label[column.name],) = values
        elif len(old) == 1:
            (agreed,) = old
            # members of a province become that province, which is not a part of itself
            is_itself = column.name == "parent_region_id" and agreed == new_id
            # the English of a name that they no longer have
            is_of_another = column.name == "region_name_en" and label[name] not in {
                row[name] for row in members
            }
            label[column.name] = None if is_itself or is_of_another else agreed
        elif column.name in _REQUIRED:
            differ = ", ".join(
                f"{row[key]!r} {row[column.name]}" for row in members[:_MAX_ROWS_SHOWN]
            )
            raise CarbonshedError(
                f"{file}: members of {new_id!r} differ in `{column.name}` ({differ}); "
                f"expected `new_{column.name}` in the map to say what it is"
            )
        else:
            label[column.name] = new_id if column.name == name else None
    return label
