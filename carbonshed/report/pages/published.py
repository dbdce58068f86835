"""Accounts that others publish, beside those of this table."""

from carbonshed.numbers import signed_percent
from carbonshed.report.charts import published as charts
from carbonshed.report.content import Column, Fact, Section, make_fact, make_table
from carbonshed.report.context import Context
from carbonshed.report.marts import Rows

HEADING = "Beside published accounts"
_MOST_NAMES = 6  # in a sentence
_COLUMNS = [
    Column("country_name", "Country", region="country_id"),
    Column("computed_emissions", "Footprint here", "stressor"),
    Column("footprint_p05", "At 5 %", "stressor"),
    Column("footprint_p95", "At 95 %", "stressor"),
    Column("published_emissions", "Published", "stressor"),
    Column("relative_difference", "Here less published, of published", "share"),
    Column("is_inside_interval", "Published inside the interval", "flag"),
]
# what it is called there, and here
_ACCOUNTS = {
    "consumption": ("consumption", "footprints"),
    "production": ("what is emitted in the country", "emissions"),
}


def sections(context: Context, rows: Rows) -> list[Section]:
    """Return a section on published accounts, if some are of this year.

    Of invented regions nothing is published, whatever their country is called.
    """
    if not len(rows) or context.dataset["is_synthetic"]:
        return []
    if not context.is_of_the_world:
        return [_country(context, rows)]
    footprints = _consumption(rows)
    return [_countries(context, footprints)] if len(footprints) else []


def _consumption(rows: Rows) -> Rows:
    """Return the footprints; one of nothing is not compared."""
    account, computed = map(rows.columns.index, ("account_id", "computed_emissions"))
    kept = [r for r in rows.rows if r[account] == "consumption" and r[computed] > 0]
    return Rows(rows.columns, kept)


def _countries(context: Context, rows: Rows) -> Section:
    finding = context.findings.get("published_accounts")
    text = [finding] if finding else _how_many(context, rows)
    text.append(_what_differs(rows))
    return Section(
        "published",
        HEADING,
        text,
        charts=[charts.beside_published(context, rows)],
        tables=[
            make_table(
                context,
                "published-accounts",
                f"Footprints beside published ones, {context.title}",
                rows,
                _COLUMNS,
                f"Published: {rows.first()['source']}",
            )
        ],
    )


def _how_many(context: Context, rows: Rows) -> list[str]:
    """Return how many published footprints lie inside, and which do not."""
    inside = [each for each in rows.column("is_inside_interval") if each is not None]
    outside = [row for row in rows if row["is_inside_interval"] is False]
    said = []
    if inside:
        said.append(
            f"{sum(inside)} of {len(inside)} published footprints lie inside the "
            "interval of 5 to 95 %."
        )
    if outside:
        said.append(
            "The published figure lies outside the interval of "
            f"{_named(context, outside)}."
        )
    return said


def _named(context: Context, outside: list[dict]) -> str:
    """Return who lies outside, the most tonnes first."""
    outside = sorted(outside, key=_tonnes_apart)
    size = context.scale([row["published_emissions"] for row in outside], "stressor")
    named = [
        f"{row['country_name']} ({size.full(row['published_emissions'])} published, "
        f"{size.text(row['computed_emissions'])} here)"
        for row in outside[:_MOST_NAMES]
    ]
    more = len(outside) - len(named)
    return ", ".join(named) + (f" and {more} more" if more else "")


def _tonnes_apart(row: dict) -> float:
    return -abs(row["computed_emissions"] - row["published_emissions"])


def _what_differs(rows: Rows) -> str:
    """Return what one of the two accounts leaves out and the other may hold."""
    row = rows.first()
    said = (
        "Published figures have errors of their own, and leave out "
        f"{_listed(row['published_leaves_out'])}"
    )
    if row["computed_leaves_out"]:
        said += f"; those of this table leave out {_listed(row['computed_leaves_out'])}"
    return f"{said}."


def _listed(text: str) -> str:
    return text.replace("; ", " and ")


def _country(context: Context, rows: Rows) -> Section:
    """Return the one pair of a country's accounts, each in a tile."""
    facts: list[Fact] = []
    for row in sorted(rows, key=lambda row: row["account_id"]):
        size = context.scale([row["computed_emissions"]], "stressor")
        theirs, ours = _ACCOUNTS[row["account_id"]]
        facts.append(
            make_fact(
                context,
                f"published for {theirs}",
                row["published_emissions"],
                "stressor",
                f"{ours} of this table: {size.full(row['computed_emissions'])}, "
                f"{signed_percent(row['relative_difference'])}",
            )
        )
    consumption = _consumption(rows)
    row = (consumption if len(consumption) else rows).first()
    text = [
        context.findings.get("published_accounts", ""),
        _what_differs(consumption if len(consumption) else rows),
        f"Published: {row['source']}",
    ]
    return Section("published", HEADING, [each for each in text if each], facts)
