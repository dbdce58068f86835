"""Whether two warehouses hold the same marts, beyond rounding."""

import math
from pathlib import Path

import duckdb

from carbonshed.publish.marts_copy import copy_marts
from carbonshed.publish.scenario_inputs import bare_connection
from support.compare import ROUNDING

# of the largest number of a column
SAME = 1e-12
# says when and by which run, and the table that has these ids has no other use
OF_THE_RUN = {"publication"}


def copied(warehouse: Path, folder: Path) -> Path:
    """Copy the marts of a warehouse, by one and the same id; return their folder."""
    folder.mkdir()
    with bare_connection() as connection:
        connection.execute(f"attach '{warehouse}' as built (read_only)")
        copy_marts(connection, "built", folder.with_suffix(".duckdb"), folder, "one")
    return folder


def _rows(path: Path) -> list[tuple]:
    """Return the rows of a mart in an order of their own, that of their labels."""
    found = duckdb.sql(f"from '{path}'").fetchall()
    labels = [[value for value in row if not isinstance(value, float)] for row in found]
    order = sorted(range(len(found)), key=lambda k: str(labels[k]))
    return [found[k] for k in order]


def _differing(one: Path, other: Path) -> list[str]:
    """Return the columns that differ by more than rounding."""
    names = duckdb.sql(f"from '{one}'").columns
    here, there = _rows(one), _rows(other)
    assert len(here) == len(there), one.stem
    wrong = []
    for k, name in enumerate(names):
        if name in ROUNDING:
            continue
        pairs = [(a[k], b[k]) for a, b in zip(here, there, strict=True)]
        sizes = [abs(a) for a, _ in pairs if isinstance(a, float) and math.isfinite(a)]
        most = SAME * max(sizes, default=0.0)
        if not all(
            abs(a - b) <= most
            if isinstance(a, float) and isinstance(b, float)
            else a == b
            for a, b in pairs
        ):
            wrong.append(f"{one.stem}.{name}")
    return wrong


def differing_columns(one: Path, other: Path) -> list[str]:
    """Return the columns of copied marts that differ by more than rounding."""
    files = {path.name for path in one.iterdir()}
    assert files == {path.name for path in other.iterdir()}
    compared = sorted(files - {f"{mart}.parquet" for mart in OF_THE_RUN})
    assert len(compared) > 30
    return [each for mart in compared for each in _differing(one / mart, other / mart)]
