"""Intervals of ranks and figures, where the publication has analyses."""

from collections.abc import Iterable
from typing import Any

from carbonshed.report.content import Column, as_columns
from carbonshed.report.context import Context
from carbonshed.report.queries import Rows

WHAT = (
    "Intervals hold 90 % of draws (5 to 95 %) in which the data err as the error rule "
    "of the build assumes and the model is right. They do not hold what the table "
    "leaves out, how it puts regions and sectors together, its shares of trade or its "
    "prices, so a published figure may lie outside."
)
BRACKETS = f"Ranks in brackets are intervals. {WHAT}"
RANKS = [Column("rank_interval", "Rank, 5 to 95 %")]
_TABLES = 5  # as compiled, and with each of two trade parameters halved and doubled


def by_region(intervals: Rows, ranges: Rows) -> dict[str, dict[str, Any]]:
    """Return intervals, and ranges over variants, of each region; either may lack."""
    drawn = {row["region_id"]: row | _interval(row) for row in intervals}
    varied = {row["region_id"]: row | _range(row) for row in ranges}
    return {
        region: {**drawn.get(region, {}), **varied.get(region, {})}
        for region in {**drawn, **varied}
    }


def _interval(row: dict[str, Any]) -> dict[str, str | None]:
    return {"rank_interval": span(row["rank_p05"], row["rank_p95"])}


def _range(row: dict[str, Any]) -> dict[str, str | None]:
    count = row["super_emitter_in"]
    return {
        "rank_range": span(row["rank_best"], row["rank_worst"]),
        "super_emitter_range": None if count is None else f"{count} of {_TABLES}",
    }


def rank_notes(context: Context) -> list[str]:
    """Return why ranks of a compiled table have no interval."""
    note = context.dataset.get("rank_note")
    return [note] if note else []


def span(low: int | None, high: int | None) -> str | None:
    """Return ``5 to 11``, or ``7`` where both ends are the same."""
    if low is None or high is None:
        return None
    return f"{low:,}" if low == high else f"{low:,} to {high:,}"


def beside(
    rows: Rows, ends: dict[str, dict[str, Any]], columns: Iterable[Column | str]
) -> Rows:
    """Return rows of regions with columns of their intervals."""
    names = tuple(column.name for column in as_columns(columns))
    index = rows.columns.index("region_id")
    return Rows(
        (*rows.columns, *names),
        [
            (*row, *(ends.get(row[index], {}).get(name) for name in names))
            for row in rows.rows
        ],
    )
