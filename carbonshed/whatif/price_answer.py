"""The prices of a user's file: read, evaluated, and in tables and sentences."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from carbonshed.ask.text_table import laid_out
from carbonshed.dataset import stored_schema
from carbonshed.dataset.contract import INPUT_TABLES
from carbonshed.dataset.fields import explain_carbon_price, explain_carbon_prices
from carbonshed.dataset.store import Row
from carbonshed.errors import CarbonshedError
from carbonshed.publish.scenario_inputs import NOBODY_REACTS, PRICE_ANSWERS
from carbonshed.readers.rows.small_tables import Dimensions, read_rows
from carbonshed.readers.rows.sources import open_source
from carbonshed.scenarios.user_file import parse_columns, read_user_file, rows_of_text
from carbonshed.text import listing, sql_text
from carbonshed.whatif.answer import Table, left_out
from carbonshed.whatif.evaluate import ScenarioSession, evaluate_prices, vocabulary

SUMMARY, BURDEN = PRICE_ANSWERS
_TABLE = "carbon_prices"
_MAX_REGIONS = 10
NEXT_BUILD = (
    "Price rises by product are not shown. To get them, put this file into the dataset"
    " as carbon_prices.csv and build."
)


def read_prices(session: ScenarioSession, path: Path) -> list[Row]:
    """Read a file of prices with the ids that are published.

    Raises
    ------
    CarbonshedError
        If the table of a dataset would be refused.
    """
    table = INPUT_TABLES[_TABLE]
    if path.suffix.lower() != ".csv":
        dimensions = Dimensions()
        for name in ("regions", "sectors"):
            dimensions.add(name, session.rows(f"from {session.published(name)}"))
        return read_rows(open_source(path, table), dimensions)
    names = vocabulary(session, has_levers=False)

    def check(raw: dict[str, str | None]) -> tuple[list[str], Row]:
        problems, values = parse_columns(table.columns, raw, names)
        if not problems and (reason := explain_carbon_price(table, raw)):
            problems = [reason]
        for column in table.columns:
            if values.get(column.name) is None:
                values[column.name] = column.default
        return problems, values

    found = rows_of_text(read_user_file(path), path, table, names, check)
    rows = [row for _, row in found]
    if reason := explain_carbon_prices(rows, [line for line, _ in found]):
        raise CarbonshedError(f"{path}: {reason}")
    return rows


def make_prices(session: ScenarioSession, rows: Sequence[Row]) -> None:
    """Make the marts of some prices in memory; a session can be used once."""
    evaluate_prices(session, pa.Table.from_pylist([*rows], stored_schema(_TABLE)))


def price_sql(session: ScenarioSession, rows: Sequence[Row], table: str) -> str:
    """Return the SQL of a mart of the prices of a file, without the shipped ones."""
    own = listing({sql_text(row["price_id"]): None for row in rows})
    keys = "year, stressor_id, price_id" + (", region_id" if table == BURDEN else "")
    return f"from {session.answer(table)} where price_id in ({own}) order by {keys}"


def price_tables(session: ScenarioSession, rows: Sequence[Row]) -> Iterator[Table]:
    """Yield what prices raise, and in the last year which regions bear most."""
    (dataset,) = session.rows(f"from {session.published('dataset')}")
    currency = dataset["currency"]
    summaries = session.rows(price_sql(session, rows, SUMMARY))
    burdens = session.rows(price_sql(session, rows, BURDEN))
    cases = dict.fromkeys((row["year"], row["stressor_id"]) for row in summaries)
    for case in cases:
        yield _summary(case, [row for row in summaries if _case(row) == case], currency)
    last = max((year for year, _ in cases), default=None)
    for row in summaries:
        if row["year"] == last:
            of_price = [
                burden
                for burden in burdens
                if _case(burden) == _case(row) and burden["price_id"] == row["price_id"]
            ]
            yield _regions(row, of_price, currency)


def price_remarks(session: ScenarioSession) -> list[str]:
    """Return the limits of an answer, a sentence each."""
    answer = session.answer(SUMMARY)
    outside = left_out(session, answer, "nobody pays for these")
    return [NOBODY_REACTS, *outside, NEXT_BUILD]


def _case(row: Row) -> tuple[Any, Any]:
    return row["year"], row["stressor_id"]


def _summary(case: tuple[Any, Any], rows: list[Row], currency: str) -> Table:
    year, stressor = case
    units = {
        "price": "currency per t",
        "revenue": "currency",
        "of_all_emissions": "share",
        "burden": "currency",
        "borne_abroad": "currency",
        "unattributed": "currency",
        "dividend_per_person": "currency per person",
        "people_who_gain": "share",
        "household_kakwani_index": "index",
    }
    columns = {
        "of_all_emissions": "covered_share",
        "borne_abroad": "abroad",
        "dividend_per_person": "dividend_per_capita",
        "people_who_gain": "winners_population_share",
    }
    shown = {"price_id": [row["price_id"] for row in rows]}
    shown |= {name: [row[columns.get(name, name)] for row in rows] for name in units}
    shown["incidence"] = [row["incidence"] for row in rows]
    for outside in ("borne_abroad", "unattributed"):
        if not any(shown[outside]):
            del shown[outside]
    return Table(
        f"A price on {stressor}, {year}", laid_out(shown, units, currency=currency)
    )


def _regions(summary: Row, rows: list[Row], currency: str) -> Table:
    """Return the regions that bear most per person, and then those without people."""
    measure = "burden_per_capita"
    bearing = [row for row in rows if row["burden"]]
    bearing.sort(
        key=lambda row: (row[measure] is None, -(row[measure] or 0), row["region_id"])
    )
    title = f"{summary['price_id']}: {summary['stressor_id']}, {summary['year']}"
    count = f"{len(bearing):,} of {len(rows):,} regions bear a part"
    if len(bearing) > _MAX_REGIONS:
        count += f"; the {_MAX_REGIONS} that bear most per person"
    if not bearing:
        return Table(f"{title}; no region bears any of it", [])
    units = {
        "burden": "currency",
        "burden_per_capita": "currency per person",
        "burden_gdp_share": "share",
        "household_burden_share": "share",
        "net_gain": "currency",
        "paid_by_producers": "currency",
    }
    shown = {"region": [row["region_name"] for row in bearing[:_MAX_REGIONS]]}
    shown |= {name: [row[name] for row in bearing[:_MAX_REGIONS]] for name in units}
    return Table(f"{title}; {count}", laid_out(shown, units, currency=currency))
