"""Compare a mart with the reference, row by row and column by column."""

import math
from collections.abc import Iterable, Mapping
from numbers import Real
from pathlib import Path

import duckdb

from support.mart_contract import COLUMNS, GRAINS

SHOWN = 8  # differences in a message
# within the promised 1e-9 of the year's total by a wide margin, so that a small
# region's small numbers are looked at too
OF_TOTAL = 1e-12
OF_VALUE = 1e-9
AMOUNTS = (
    "emissions",
    "footprint",
    "unattributed",
    "to_exports",
    "other_inputs",
    "shared_by_value_added",
    "transmission",
    "transfer",
    "flow",
    "quota",
    "reduction",
    "demand_effect",
    "production_before",
    "production_after",
    "footprint_before",
    "footprint_after",
    "emissions_before",
    "emissions_after",
    "measure_value",
    "change",
)
# the rest of a larger amount of the same row is as exact as that
LEFT_OF = {
    "net_gain": "burden",
    "reflected": "domestic_value_added",
    "domestic_double_counted": "gross_exports",
    "content_from_elsewhere": "gross_exports",
    "other_footprint_with_capital": "household_footprint_with_capital",
    "passing_through": "embodied_in_deliveries",
    "scope_3": "three_scope_total",
}
INDICES = ("gini", "theil")
# absent rows are zeros in these; all others have a row for every key
FLOW_LIKE = (
    "embodied_flows",
    "footprint_by_origin_sector",
    "footprint_by_product",
    "leakage_flows",
    "multipliers_by_origin",
    "quota_by_sector",
    "quota_spillovers",
)
# of an absent row these columns are zeros, and the others are not told
CHANGES = {"quota_by_sector": ("reduction", "producer_quota", "demand_effect")}
# rounding itself: no two programs agree on it, and the laws have a word on its size
ROUNDING = ("residual", "relative_residual")


def asked(database: Path, sql: str, values: Iterable[object] = ()) -> list[tuple]:
    """Return the answer of a warehouse or a publication, whose marts need no schema."""
    with duckdb.connect(str(database), read_only=True) as connection:
        connection.execute("set search_path = 'marts'")
        return connection.execute(sql, [*values]).fetchall()


def read_mart(
    warehouse: Path, mart: str, columns: Iterable[str] | None = None
) -> dict[tuple, dict]:
    """Return the rows of a mart by key, with some or all of its columns.

    A repeated key is an error.
    """
    grain = GRAINS[mart]
    columns = COLUMNS[mart] if columns is None else columns
    names = ", ".join(f'"{name}"' for name in dict.fromkeys([*grain, *columns]))
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        table = connection.sql(f"select {names} from marts.{mart}").to_arrow_table()
    rows = {}
    for row in table.to_pylist():
        key = tuple(row[name] for name in grain)
        assert key not in rows, f"{mart}: {key} stands there twice"
        rows[key] = row
    return rows


def not_finite(warehouse: Path) -> list[str]:
    """Return the columns of marts that hold a NaN or an infinite number."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        marts = connection.sql(
            "select table_name, list(column_name) from information_schema.columns"
            " where table_schema = 'marts' and data_type in ('DOUBLE', 'FLOAT')"
            " group by table_name"
        ).fetchall()
        assert sum(len(columns) for _, columns in marts) > 100
        found = []
        for mart, columns in marts:
            counts = ", ".join(f'count_if(not isfinite("{name}"))' for name in columns)
            (row,) = connection.sql(f"select {counts} from marts.{mart}").fetchall()
            found += [
                f"{mart}.{name}"
                for name, count in zip(columns, row, strict=True)
                if count
            ]
    return found


def differences(
    mart: str,
    expected: Mapping,
    actual: Mapping,
    totals: Mapping[tuple, float] | None = None,
) -> list[str]:
    """Return what differs, in words; rows missing on a side count as zeros.

    That holds for flow-like marts only. In any other a missing row and one too
    many are differences in themselves.
    """
    found = []
    scales = _scales(expected)
    totals = totals or {}
    for key in {**expected, **actual}:
        if mart not in FLOW_LIKE and (key not in expected or key not in actual):
            side = "the mart" if key in expected else "the reference"
            found.append(f"{key} is not in {side}")
            continue
        row = next(iter(expected.values()), actual.get(key))
        changes = CHANGES.get(mart, tuple(row))
        want = expected.get(key) or _nothing(row, actual[key], changes)
        have = actual.get(key) or _nothing(row, want, changes)
        for column in row:
            scale = scales.get((key[:2], column), 0.0)
            if column.endswith(("_share", "_index")) or column.startswith(INDICES):
                scale = 1.0
            elif column == "value":
                scale = 1.0 if want["unit"] == "share" else totals.get(key[:2], 0.0)
            elif column.endswith(AMOUNTS) and not column.startswith("value_added"):
                scale = max(scale, totals.get(key[:2], 0.0))
            if column in ROUNDING:
                continue
            if column in LEFT_OF:
                whole = abs(float(want[LEFT_OF[column]]))
                scale = max(scale, OF_VALUE / OF_TOTAL * whole)
            if not _same(want[column], have[column], scale):
                found.append(f"{key} {column}: {want[column]} expected, {have[column]}")
    return found


def _nothing(columns: Mapping, other: Mapping, changes: Iterable[str]) -> dict:
    """Return zeros for the numbers that change; the others are not compared."""
    return {
        column: 0.0
        if column in changes
        and isinstance(other[column], Real)
        and not isinstance(other[column], bool)
        else other[column]
        for column in columns
    }


def _scales(expected: Mapping) -> dict[tuple, float]:
    """Return the largest modulus of a column within a year and stressor."""
    scales: dict[tuple, float] = {}
    for key, row in expected.items():
        for column, value in row.items():
            if isinstance(value, Real) and math.isfinite(value):
                place = (key[:2], column)
                scales[place] = max(scales.get(place, 0.0), abs(float(value)))
    return scales


def _same(want: object, have: object, scale: float) -> bool:
    if want is None or have is None:
        return want is None and have is None
    if isinstance(want, str) or isinstance(have, bool | str):
        return want == have
    tolerance = OF_TOTAL * scale + OF_VALUE * abs(float(want))
    return abs(float(want) - float(have)) <= tolerance


def totals_of(marts: Mapping[str, Mapping]) -> dict[tuple, float]:
    """Return what came in by year and stressor."""
    closure = marts.get("reconciliation", {})
    return {key: abs(row["emissions_in"]) for key, row in closure.items()}


def assert_equal(mart: str, marts: Mapping[str, Mapping], warehouse: Path) -> None:
    """Fail with the first differences from the reference and their number."""
    expected = marts[mart]
    columns = list(next(iter(expected.values()), {}))
    actual = read_mart(warehouse, mart, columns)
    found = differences(mart, expected, actual, totals_of(marts))
    shown = "\n  ".join(sorted(found)[:SHOWN])
    assert not found, f"{mart}: {len(found)} differences\n  {shown}"
