"""Data quality and reconciliation."""

from carbonshed.report.content import Column, Page, Section, make_fact, make_table
from carbonshed.report.context import Context
from carbonshed.report.marts import Marts, Rows
from carbonshed.report.pages import comparisons, words

TITLE = "Data quality"

_RECONCILIATION = [
    Column("year", "Year", "year"),
    Column("stressor_name", "Account"),
    Column("emissions_in", "Came in", "UNIT"),
    Column("attributed_to_consumption", "For consumption", "UNIT"),
    Column("attributed_to_exports", "For deliveries OUTSIDE", "UNIT"),
    Column("direct_emissions", "Direct", "UNIT"),
    Column("unattributed", "Unattributed", "UNIT"),
    Column("relative_residual", "Residual, relative", "tiny"),
    Column("is_closed", "Closed", "flag"),
]
_CHECKS = [
    Column("status", "Status"),
    Column("check_id", "Check", "word"),
    Column("year", "Year", "year"),
    Column("message", "What was found"),
    Column("worst_offenders", "Worst"),
]
_COVERAGE = [
    Column("region_type", "Type", "word"),
    Column("regions", "Regions", "count"),
    Column("with_population", "With population", "count"),
    Column("with_gdp", "With GDP", "count"),
    Column("population", "People", "person"),
    Column("production_emissions", "Emitted there", "stressor"),
    Column("unattributed_emissions", "Unattributed", "stressor"),
]
_UNITS = {"t": "Masses", "currency": "Money", "person": "People"}


def page(context: Context, marts: Marts) -> Page:
    """Make the page."""
    return Page(
        TITLE,
        "Whether everything that came in is accounted for, and what the audit of the "
        "dataset found before the build.",
        [
            _reconciliation(context, marts.ask("quality/reconciliation")),
            _audit(context, marts.ask("quality/checks")),
            _coverage(context, marts.ask("quality/coverage")),
            *comparisons.published_sections(context, marts.ask("common/published")),
            _dataset(context, marts),
        ],
        context.finding("accounts_close"),
    )


def _reconciliation(context: Context, rows: Rows) -> Section:
    index = rows.columns.index("unit")
    has_exports = any(rows.column("attributed_to_exports"))
    tables = []
    for unit in dict.fromkeys(rows.column("unit")):
        columns = [
            Column(
                column.name,
                column.label.replace("OUTSIDE", context.outside),
                column.unit.replace("UNIT", unit),
            )
            for column in _RECONCILIATION
            if has_exports or column.name != "attributed_to_exports"
        ]
        part = Rows(rows.columns, [row for row in rows.rows if row[index] == unit])
        tables.append(
            make_table(
                context,
                f"reconciliation-{unit}",
                f"{_UNITS.get(unit, unit)}: what came in and where it went, all years",
                part,
                columns,
            )
        )
    closed = sum(rows.column("is_closed"))
    return Section(
        "reconciliation",
        "Does the account close?",
        [
            "What came in equals what is for consumption, "
            + (f"for deliveries {context.outside}, " if has_exports else "")
            + "direct, and unattributed. A build in which it does not, to a "
            "billionth, is not finished.",
            f"{closed} of {len(rows)} accounts are closed.",
        ],
        tables=tables,
    )


def _audit(context: Context, rows: Rows) -> Section:
    counts: dict[str, int] = {}
    for status in rows.column("status"):
        counts[status] = counts.get(status, 0) + 1
    if not len(rows):
        return Section("audit", "The audit before the build", empty=words.NO_CHECKS)
    return Section(
        "audit",
        "The audit before the build",
        ["SKIPPED means that a check could not be made: it is not a pass."],
        [
            make_fact(context, status, count, "count")
            for status, count in counts.items()
        ],
        tables=[make_table(context, "audit", "Checks of the dataset", rows, _CHECKS)],
    )


def _coverage(context: Context, rows: Rows) -> Section:
    return Section(
        "coverage",
        "What is known of the regions",
        tables=[
            make_table(
                context,
                "coverage",
                f"Regions by type, {context.title}",
                rows,
                _COVERAGE,
                " ".join(words.ranked(context)),
            )
        ],
    )


def _dataset(context: Context, marts: Marts) -> Section:
    row = context.dataset
    facts = [
        ("dataset", row["name"]),
        ("title", row["title"]),
        ("country", row["country"]),
        ("prices", f"{row['price_basis']}, {row['currency']}"),
        ("source", row["source"]),
        ("licence", row["licence"]),
        ("ingested", f"{row['ingested_at']:%Y-%m-%d %H:%M} UTC"),
        ("Carbonshed", row["carbonshed_version"]),
    ]
    publication = marts.ask_if_built("quality/publication").first()
    if publication:
        facts += [
            ("built", f"{publication['built_at']:%Y-%m-%d %H:%M} UTC"),
            ("published", f"{publication['published_at']:%Y-%m-%d %H:%M} UTC"),
            ("publication", publication["publication_id"]),
            ("DuckDB", publication["duckdb_version"]),
            ("dbt", publication["dbt_version"]),
        ]
    columns = ("what", "value")
    rows = Rows(columns, [(what, value) for what, value in facts])
    return Section(
        "dataset",
        "The dataset",
        tables=[
            make_table(
                context,
                "dataset",
                "What the dataset says about itself",
                rows,
                [Column("what", "What"), Column("value", "Value")],
            )
        ],
    )
