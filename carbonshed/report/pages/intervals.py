"""Intervals of ranks and figures, where the publication has analyses."""

from collections.abc import Iterable
from typing import Any

from carbonshed.report.queries import Rows


def span(low: int | None, high: int | None) -> str | None:
    """Return ``5 to 11``, or ``7`` where both ends are the same."""
    if low is None or high is None:
        return None
    return f"{low:,}" if low == high else f"{low:,} to {high:,}"


def beside(rows: Rows, ends: dict[str, dict[str, Any]], columns: Iterable[str]) -> Rows:
    """Return rows of regions with columns of their intervals."""
    names = tuple(columns)
    index = rows.columns.index("region_id")
    return Rows(
        (*rows.columns, *names),
        [
            (*row, *(ends.get(row[index], {}).get(name) for name in names))
            for row in rows.rows
        ],
    )
