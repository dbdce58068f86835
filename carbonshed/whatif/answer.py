"""What the scenarios of a file come to, in tables and sentences for people."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from carbonshed.scenarios.reader import ScenarioRow
from carbonshed.text import listing, sql_text
from carbonshed.whatif.evaluate import Laboratory

# what the sentences and tables are made from
ANSWERED = ("quota_summary", "quota_by_region")
_MOST_REGIONS = 10
_MOST_LINES = 12
_UNITS = ((1e9, "Gt"), (1e6, "Mt"), (1e3, "kt"), (1.0, "t"))
# a difference of two sums is rounding below this share of the largest
_DUST = 1e-12
NOTHING_ELSE = (
    "A scenario changes intensities and demand, nothing else: prices, technology, trade"
    " and incomes do not react, and what is no longer bought is not replaced. The"
    " larger the change, the less of it would happen so."
)
_BENCHMARKS_ABROAD = (
    "Benchmarks compare intensities per unit of money between countries, at market"
    " prices: part of a gap is a difference of prices, and no technology closes it."
)
Row = dict[str, Any]


@dataclass(frozen=True)
class Table:
    """A table for people.

    Attributes
    ----------
    title
        What it shows.
    columns
        Heads, numbers with their unit.
    rows
        Fields as text.
    numbers
        How many columns, the last ones, are numbers.
    """

    title: str
    columns: tuple[str, ...]
    rows: list[tuple[str, ...]]
    numbers: int


def summary_sql(laboratory: Laboratory, rows: list[ScenarioRow]) -> str:
    """Return the SQL of the summary: the scenarios of a file, then the shipped ones."""
    own = listing({sql_text(row.scenario_id): None for row in rows})
    return (
        f"from {laboratory.answer('quota_summary')} union all by name"
        f" from {laboratory.published('quota_summary')}"
        f" where not is_user_scenario and scenario_id not in ({own})"
        " order by year, stressor_id, is_user_scenario desc, scenario_id"
    )


def tables(laboratory: Laboratory, rows: list[ScenarioRow]) -> Iterator[Table]:
    """Yield what is set free, and which regions change.

    Parameters
    ----------
    laboratory
        With `ANSWERED` evaluated.
    rows
        The scenarios.
    """
    summaries = laboratory.rows(summary_sql(laboratory, rows))
    for case in _cases(summaries):
        yield _summary(laboratory, case, [row for row in summaries if _is(row, case)])
    last = max(row["year"] for row in summaries)
    for case in _cases(row for row in summaries if row["year"] == last):
        for scenario in dict.fromkeys(row.scenario_id for row in rows):
            yield _regions(laboratory, case, scenario)


def remarks(
    laboratory: Laboratory, rows: list[ScenarioRow], idle: list[ScenarioRow]
) -> list[str]:
    """Return what may not be concluded, a sentence each.

    Parameters
    ----------
    laboratory
        With `ANSWERED` evaluated.
    rows
        The scenarios.
    idle
        The rows of them that change nothing when they are alone.
    """
    found = []
    if idle:
        lines = listing((row.line for row in idle), _MOST_LINES)
        found.append(
            f"Nothing changes by line {lines} alone: no cell fits, or all are at or"
            " below what is asked."
        )
    found += _premises(laboratory)
    found += _left_out(laboratory)
    is_of_countries = laboratory.rows(
        f"from {laboratory.published('dataset')} where country = 'WLD'"
    )
    if is_of_countries and any(row.kind == "benchmark" for row in rows):
        found.append(_BENCHMARKS_ABROAD)
    return [*found, NOTHING_ELSE]


def _summary(laboratory: Laboratory, case: Row, rows: list[Row]) -> Table:
    of_all = rows[0]["national_emissions"]
    size, unit = _unit([row["quota"] for row in rows])
    has_peak = any(row["quota_uplift"] is not None for row in rows)
    return Table(
        f"Emissions avoided, {case['stressor_id']}, {case['year']}, of"
        f" {_with_unit(of_all)} in all",
        (
            "scenario",
            "whose",
            f"avoided [{unit}]",
            "of all [%]",
            *(["of what may be added until the peak [%]"] if has_peak else []),
            "smallest demand factor",
        ),
        [
            (
                row["scenario_id"],
                "yours" if row["is_user_scenario"] else "shipped",
                _number(row["quota"] / size),
                _percent(row["quota_share"]),
                *([_percent(row["quota_uplift"])] if has_peak else []),
                _number(row["smallest_demand_factor"]),
            )
            for row in rows
        ],
        5 if has_peak else 4,
    )


def _regions(laboratory: Laboratory, case: Row, scenario: str) -> Table:
    """Return the regions whose accounts change most."""
    rows = laboratory.rows(
        "select changes.*, accounts.population"
        f" from {laboratory.answer('quota_by_region')} as changes"
        f" inner join {laboratory.published('regional_accounts')} as accounts"
        " using (year, stressor_id, region_id)"
        f" where year = {case['year']} and scenario_id = {sql_text(scenario)}"
        f" and stressor_id = {sql_text(case['stressor_id'])} order by region_id"
    )
    largest = max((abs(row[column]) for row in rows for column in _ACCOUNTS), default=0)
    changed = [row for row in rows if _change(row) > _DUST * largest]
    changed.sort(key=_change, reverse=True)
    shown = changed[:_MOST_REGIONS]
    size, unit = _unit([row[column] for row in shown for column in _ACCOUNTS])
    title = f"{scenario}, {case['stressor_id']}, {case['year']}: "
    if not changed:
        title += "no region changes"
    elif len(changed) > len(shown):
        title += f"the {len(shown)} regions of {len(changed):,} that change most"
    else:
        title += f"{len(changed)} of {len(rows):,} regions change"
    return Table(
        title,
        (
            "region",
            f"footprint before [{unit}]",
            "after",
            "per person before [t]",
            "after",
            f"production before [{unit}]",
            "after",
            "per person before [t]",
            "after",
        ),
        [
            (
                row["region_name"],
                *(
                    text
                    for account in ("footprint", "production")
                    for text in _account(row, account, size)
                ),
            )
            for row in shown
        ],
        8,
    )


_ACCOUNTS = (
    "footprint_before",
    "footprint_after",
    "production_before",
    "production_after",
)


def _account(row: Row, account: str, size: float) -> Iterator[str]:
    moments = [row[f"{account}_{moment}"] for moment in ("before", "after")]
    for amount in moments:
        yield _number(amount / size)
    for amount in moments:
        yield _number(amount / row["population"]) if row["population"] else "-"


def _change(row: Row) -> float:
    return max(
        abs(row[f"{account}_after"] - row[f"{account}_before"])
        for account in ("footprint", "production")
    )


def _premises(laboratory: Laboratory) -> Iterator[str]:
    """Yield why nothing is said of the incomes of those who receive."""
    reasons: dict[str, list[str]] = {}
    if (
        "premise"
        not in laboratory.rows(f"from {laboratory.answer('quota_summary')}")[0]
    ):
        return
    for row in laboratory.rows(
        f"select distinct scenario_id, premise_note"
        f" from {laboratory.answer('quota_summary')} where premise <> 'holds'"
        " order by all"
    ):
        reasons.setdefault(row["premise_note"], []).append(row["scenario_id"])
    for reason, scenarios in reasons.items():
        yield (
            "Nothing about who could live on what is avoided, and how well, by"
            f" {listing(scenarios, _MOST_LINES, quote=True)}: {reason}."
        )


def _left_out(laboratory: Laboratory) -> Iterator[str]:
    """Yield what the footprints do not hold."""
    for row in laboratory.rows(
        "select footprints_leave_out, string_agg(distinct stressor_id, ', '"
        " order by stressor_id) as stressors"
        f" from {laboratory.published('scopes')}"
        f" where stressor_id in (select stressor_id from"
        f" {laboratory.answer('quota_summary')}) and footprints_leave_out <> ''"
        " group by 1 order by 1"
    ):
        yield (
            f"Footprints of {row['stressors']} leave out"
            f" {row['footprints_leave_out']}: no scenario changes these."
        )


def _cases(rows: Iterable[Row]) -> list[Row]:
    keys = dict.fromkeys((row["year"], row["stressor_id"]) for row in rows)
    return [{"year": year, "stressor_id": stressor} for year, stressor in keys]


def _is(row: Row, case: Row) -> bool:
    return all(row[key] == value for key, value in case.items())


def _unit(amounts: Iterable[float]) -> tuple[float, str]:
    """Return the unit in which half of the amounts are 1 or more, and its name."""
    sizes = sorted(abs(amount) for amount in amounts if amount)
    middle = sizes[len(sizes) // 2] if sizes else 1
    return next((each for each in _UNITS if middle >= each[0]), _UNITS[-1])


def _with_unit(amount: float) -> str:
    size, unit = _unit([amount])
    return f"{_number(amount / size)} {unit}"


def _percent(share: float | None) -> str:
    return "-" if share is None else _number(100 * share)


def _number(value: float | None) -> str:
    """Return a number with three significant digits."""
    if value is None:
        return "-"
    if abs(value) >= 1000:
        digits = len(f"{abs(value):.0f}") - 3
        return f"{round(value, -digits):,.0f}"
    return f"{value:#.3g}".rstrip(".") if value else "0"
