"""The effects of the scenarios of a file, in tables and sentences for people."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from carbonshed.ask.text_table import Column, laid_out
from carbonshed.scenarios.scenario_file import ScenarioRow
from carbonshed.text import listing, sentence, sql_text
from carbonshed.whatif.evaluate import ScenarioSession

# marts that sentences and tables are made from
ANSWERED = ("quota_summary", "quota_by_region")
_MAX_REGIONS = 10
_MAX_LINES = 12
# a difference of two sums is rounding below this share of the largest
_DUST = 1e-12
_MOMENTS = ("before", "after")
_ACCOUNTS = ("footprint", "production")
NOTHING_ELSE = (
    "A scenario changes intensities and demand, nothing else: prices, technology, trade"
    " and incomes do not react, and what is no longer bought is not replaced. The"
    " larger the change, the less realistic the result."
)
Row = dict[str, Any]


@dataclass(frozen=True)
class Table:
    """A table for people."""

    title: str
    columns: list[Column]  # its columns; none where there is nothing to show


def answer_sql(session: ScenarioSession, rows: list[ScenarioRow], table: str) -> str:
    """Return the SQL of a mart of the scenarios of a file.

    The summary has the shipped scenarios besides, but those that the file replaces.
    Regions have the change of each account, and those that change most come first.
    """
    sql = f"from {session.answer(table)}"
    if table == "quota_by_region":
        changes = ", ".join(
            f"{account}_after - {account}_before as {account}_change"
            for account in _ACCOUNTS
        )
        return (
            f"select *, {changes} {sql} order by year, stressor_id, scenario_id,"
            " greatest(abs(footprint_change), abs(production_change)) desc, region_id"
        )
    if table == "quota_summary":
        own = listing({sql_text(row.scenario_id): None for row in rows})
        sql += (
            f" union all by name from {session.published(table)}"
            f" where not is_user_scenario and scenario_id not in ({own})"
            f" and stressor_id in (select stressor_id {sql})"
            " order by year, stressor_id, is_user_scenario desc, scenario_id"
        )
        return sql
    return f"{sql} order by all"


def tables(session: ScenarioSession, rows: list[ScenarioRow]) -> Iterator[Table]:
    """Yield what is set free, and which regions change; `ANSWERED` are evaluated."""
    summaries = session.rows(answer_sql(session, rows, "quota_summary"))
    for case in _cases(summaries):
        yield _summary(case, [row for row in summaries if _is(row, case)])
    last = max(row["year"] for row in summaries)
    for case in _cases(row for row in summaries if row["year"] == last):
        for scenario in dict.fromkeys(row.scenario_id for row in rows):
            yield from _regions(session, case, scenario)


def of_others(stressors: list[str]) -> Iterator[Table]:
    """Yield how to see an answer about other stressors, if there are any."""
    if stressors:
        yield Table(f"Not shown: {listing(stressors)}; --stressor ID shows one", [])


def remarks(
    session: ScenarioSession, rows: list[ScenarioRow], idle: list[ScenarioRow]
) -> list[str]:
    """Return the limits of an answer, a sentence each.

    `idle` are the rows of the file that change nothing when they are alone.
    """
    sentences = []
    if idle:
        lines = listing((row.line for row in idle), _MAX_LINES)
        sentences.append(
            f"Nothing changes by line {lines} alone: no cell fits, or all are at or"
            " below what is asked."
        )
    # between countries there is more to mind than receivers
    sentences += premises(session, but="across_countries")
    sentences += left_out(session, session.answer("quota_summary"))
    sentences += across_countries(session, rows)
    sentences += producers(session, rows)
    return [*sentences, NOTHING_ELSE]


def across_countries(
    session: ScenarioSession, rows: list[ScenarioRow]
) -> Iterator[str]:
    """Yield what to mind between countries; of benchmarks only where one is shown."""
    own = dict.fromkeys(row.scenario_id for row in rows)
    measured = dict.fromkeys(row.scenario_id for row in rows if row.kind == "benchmark")
    shipped = session.rows(
        f"select distinct scenario_id from {session.published('scenario_levers')}"
        " where not is_user_scenario and kind = 'benchmark' order by all"
    )
    measured |= dict.fromkeys(
        row["scenario_id"] for row in shipped if row["scenario_id"] not in own
    )
    for row in session.rows(
        "select distinct across_countries_note as note"
        f" from {session.answer('quota_summary')}"
        " where across_countries_note is not null"
    ):
        note = row["note"][0].upper() + row["note"][1:]
        if measured:
            yield f"{note}: here those of {listing(measured, _MAX_LINES)}."
        else:
            yield note.partition(". At market prices")[0] + "."


def producers(session: ScenarioSession, rows: list[ScenarioRow]) -> Iterator[str]:
    """Yield what is to be minded of the benchmarks that are shown."""
    scenarios: dict[str, dict[str, None]] = {}
    for row in session.rows(answer_sql(session, rows, "quota_summary")):
        if note := row["producer_premise_note"]:
            scenarios.setdefault(note, {})[row["scenario_id"]] = None
    for note, named in scenarios.items():
        yield f"{sentence(note)} Here: {listing(named, _MAX_LINES)}."


def _summary(case: Row, rows: list[Row]) -> Table:
    def values(name: str) -> list[Any]:
        return [row[name] for row in rows]

    (total,) = laid_out({"all": [rows[0]["national_emissions"]]}, {"all": "t"})
    shown = {
        "scenario": values("scenario_id"),
        "whose": [
            "yours" if mine else "shipped" for mine in values("is_user_scenario")
        ],
        "avoided": values("quota"),
        "of_all_emissions": values("quota_share"),
        "of_growth_until_peak": values("quota_uplift"),
        "smallest_demand_factor": values("smallest_demand_factor"),
    }
    if not any(shown["of_growth_until_peak"]):
        del shown["of_growth_until_peak"]
    units = {
        "avoided": "t",
        "of_all_emissions": "share",
        "of_growth_until_peak": "share",
    }
    return Table(
        f"Emissions avoided: {case['stressor_id']}, {case['year']}, of"
        f" {total.cells[0]} {total.unit} in all",
        laid_out(shown, units),
    )


def _regions(session: ScenarioSession, case: Row, scenario: str) -> Iterator[Table]:
    """Yield the regions whose accounts change most."""
    rows = session.rows(
        "select changes.*, accounts.population"
        f" from {session.answer('quota_by_region')} as changes"
        f" inner join {session.published('regional_accounts')} as accounts"
        " using (year, stressor_id, region_id)"
        f" where year = {case['year']} and scenario_id = {sql_text(scenario)}"
        f" and stressor_id = {sql_text(case['stressor_id'])} order by region_id"
    )
    about = f"{scenario}: {case['stressor_id']}, {case['year']}"
    return region_tables(about, rows)


def region_tables(about: str, rows: list[Row]) -> Iterator[Table]:
    """Yield a table for each account, of the regions in which it changes most.

    `rows` are regions with `region_name`, `population`, and both accounts before and
    after; equal changes stay in their order.
    """
    largest = max(abs(amount) for row in rows for amount in _amounts(row))
    changed = {
        account: sorted(
            (row for row in rows if abs(_change(row, account)) > _DUST * largest),
            key=lambda row: -abs(_change(row, account)),
        )
        for account in _ACCOUNTS
    }
    if not any(changed.values()):
        yield Table(f"{about}; no region changes", [])
        return
    for account, of_all in changed.items():
        shown = of_all[:_MAX_REGIONS]
        count = f"{account} changes in {len(of_all):,} of {len(rows):,} regions"
        if len(of_all) > len(shown):
            count += f"; the {len(shown)} that change most"
        yield Table(f"{about}; {count}", _account(shown, account) if shown else [])


def _account(rows: list[Row], account: str) -> list[Column]:
    """Return an account of some regions before and after, and per person."""
    before, after = (f"{account}_{moment}" for moment in _MOMENTS)
    values: dict[str, list[Any]] = {
        "region": [row["region_name"] for row in rows],
        before: [row[before] for row in rows],
        after: [row[after] for row in rows],
        "change": [_change(row, account) for row in rows],
    }
    units = dict.fromkeys((before, after, "change"), "t")
    for moment in _MOMENTS:
        name = f"per_person_{moment}"
        units[name] = "t per person"
        values[name] = [
            row["population"] and row[f"{account}_{moment}"] / row["population"]
            for row in rows
        ]
    return laid_out(values, units)


def _change(row: Row, account: str) -> float:
    return row[f"{account}_after"] - row[f"{account}_before"]


def _amounts(row: Row) -> Iterator[float]:
    for account in _ACCOUNTS:
        for moment in _MOMENTS:
            yield row[f"{account}_{moment}"]


def premises(session: ScenarioSession, but: str = "holds") -> Iterator[str]:
    """Yield why nothing is said of the incomes of those who receive.

    `but` is a premise of which something else is said.
    """
    reasons: dict[str, list[str]] = {}
    for row in session.rows(
        "select distinct scenario_id, premise_note"
        f" from {session.answer('quota_summary')}"
        f" where premise not in ('holds', {sql_text(but)}) order by all"
    ):
        reasons.setdefault(row["premise_note"], []).append(row["scenario_id"])
    for reason, scenarios in reasons.items():
        yield (
            "Living standards are not reported for"
            f" {listing(scenarios, _MAX_LINES, quote=True)}: {reason}."
        )


def left_out(
    session: ScenarioSession, answer: str, so: str = "no scenario changes these"
) -> Iterator[str]:
    """Yield what the footprints of the stressors of an answer leave out."""
    for row in session.rows(
        "select footprints_leave_out, string_agg(distinct stressor_id, ', '"
        " order by stressor_id) as stressors"
        f" from {session.published('account_extents')}"
        f" where stressor_id in (select stressor_id from {answer})"
        " and footprints_leave_out <> ''"
        " group by 1 order by 1"
    ):
        yield (
            f"Footprints of {row['stressors']} leave out"
            f" {row['footprints_leave_out']}: {so}."
        )


def _cases(rows: Iterable[Row]) -> list[Row]:
    keys = dict.fromkeys((row["year"], row["stressor_id"]) for row in rows)
    return [{"year": year, "stressor_id": stressor} for year, stressor in keys]


def _is(row: Row, case: Row) -> bool:
    return all(row[key] == value for key, value in case.items())
