"""The grounds for trust: published accounts, reconciliation, audit and coverage."""

from dataclasses import replace

from carbonshed.report import vega
from carbonshed.report.colours import colour_of
from carbonshed.report.content import (
    Card,
    Chart,
    Column,
    Page,
    Section,
    make_fact,
    make_table,
)
from carbonshed.report.context import Context
from carbonshed.report.pages import comparisons, reasons
from carbonshed.report.queries import Marts, Rows

TITLE = "Trust"

_EXPORTS = Column("attributed_to_exports", "For deliveries {outside}")
_RECONCILIATION = [
    "year",
    Column("stressor_name", "Account"),
    "emissions_in",
    "attributed_to_consumption",
    _EXPORTS,
    Column("direct_emissions", "Direct"),
    Column("unattributed", unit="stressor"),
    Column("relative_residual", unit="tiny"),
    "is_closed",
]
_CHECKS = [
    "status",
    Column("check_id", unit="word"),
    "year",
    "message",
    "worst_offenders",
]
_COVERAGE = [
    Column("region_type", unit="word"),
    Column("regions", unit="count"),
    Column("with_population", "With population", "count"),
    Column("with_gdp", "With GDP", "count"),
    "population",
    "production_emissions",
    "unattributed_emissions",
]
_UNITS = {"t": "Masses", "currency": "Money", "person": "People"}


# parts of the emissions that came in
_PARTS = (
    ("attributed_to_consumption", "for consumption", colour_of("footprint")),
    ("attributed_to_exports", "for deliveries {outside}", colour_of("exports")),
    ("direct_emissions", "direct, by final users", colour_of("direct")),
    ("unattributed", "unattributed", colour_of("unattributed")),
)

_SCOPES = {
    "consumption": "this table",
    "consumption_with_imports": "with imports",
}


def page(context: Context, marts: Marts) -> Page:
    """Make the page."""
    accounts = marts.ask("quality/reconciliation")
    theirs = marts.ask("common/published")
    published = comparisons.published_sections(context, theirs)
    sections = [
        *published,
        _reconciliation(context, accounts),
        _audit(context, marts.ask("quality/checks")),
        _coverage(context, marts.ask("quality/coverage")),
        _dataset(context, marts),
    ]
    # the figures of others are the harder proof, and come first where there are any
    charts = [section.charts.pop() for section in published if section.charts]
    if published and not charts:
        charts = [_draw_country(context, theirs)]
    charts += [_draw_account(context, accounts)]
    picture = next(filter(None, charts), None)
    sentence = "published_accounts" if published else "accounts_close"
    if not context.headline(sentence):
        sentence = "accounts_close"
    return Page(
        TITLE,
        "Whether everything that came in is accounted for, what others publish, and "
        "what the audit of the dataset found.",
        sections,
        context.finding(sentence),
        headline=context.headline(sentence),
        picture=picture,
        next_step=Card(
            "methods.html",
            "Methods",
            "What each number means, and where it comes from.",
        ),
    )


def _draw_country(context: Context, rows: Rows) -> Chart | None:
    """Draw the footprints of a country in each scope, and those that are published."""
    accounts = {row["account_id"]: row for row in rows}
    own = {name: accounts[id_] for id_, name in _SCOPES.items() if id_ in accounts}
    if not own:
        return None
    row = next(iter(own.values()))
    values = {name: account["computed_emissions"] for name, account in own.items()}
    values["published"] = row["published_emissions"]
    size = context.scale(list(values.values()), "stressor")
    bars = [
        {
            "account": name,
            "kind": "published" if name == "published" else "this table",
            **vega.figures(size, value),
        }
        for name, value in values.items()
    ]
    ends = [row["footprint_p05"], row["footprint_p95"]]
    longest = max(filter(None, [*values.values(), *ends])) / size.divisor
    x = vega.amount(
        "footprints of the year",
        size,
        # room for the figure at the end of the longest bar
        scale={"domain": [0, vega.short(1.4 * longest, 3)], "nice": False},
    )
    y = vega.labels("account", list(values))
    colours = {
        "this table": colour_of("footprint"),
        "published": colour_of("published"),
    }
    parts = [
        vega.draw(
            "bar",
            bars,
            x=x,
            y=y,
            **vega.kinds("kind", colours, legend=None),
            tooltip=vega.tips("account", "text=footprint"),
        ),
        vega.draw(
            "text",
            bars,
            {"align": "left", "dx": 6},
            x=x,
            y=y,
            text=vega.nominal("text"),
        ),
    ]
    interval = ""
    if None not in ends:
        interval = f"; 90 % interval {size.text(ends[0])} to {size.full(ends[1])}"
    listed = "; ".join(f"{bar['account']} {bar['text']}" for bar in bars)
    return Chart(
        "country-beside-published",
        "The country's footprint in this table, and as published",
        f"{listed[:1].upper()}{listed[1:]}{interval}.",
        vega.finished(vega.layers(*parts), height=44 * len(bars)),
        rows,
        finding=context.finding("published_accounts"),
    )


def _draw_account(context: Context, accounts: Rows) -> Chart | None:
    """Draw what came in above where it went: two bars of one length."""
    year, stressor = map(accounts.columns.index, ("year", "stressor_id"))
    own = (context.year, context.stressor)
    kept = [row for row in accounts.rows if (row[year], row[stressor]) == own]
    account = Rows(accounts.columns, kept)
    row = account.first()
    if row is None or not row["emissions_in"]:
        return None
    size = context.scale([row["emissions_in"]], "stressor")
    parts = [("came in", "emitted", row["emissions_in"], colour_of("emitted there"))]
    parts += [
        ("went", label.format(outside=context.outside), row[column], colour)
        for column, label, colour in _PARTS
        if row[column]
    ]
    bars = [
        {"bar": bar, "part": part, "order": order, **vega.figures(size, value)}
        for order, (bar, part, value, _) in enumerate(parts)
    ]
    colours = {part: colour for _, part, _, colour in parts}
    drawing = vega.draw(
        "bar",
        bars,
        x=vega.amount("emissions of the year", size, stack="zero"),
        y=vega.labels("bar", ["came in", "went"]),
        **vega.kinds("part", colours, legend={"columns": 3}),
        order=vega.quantitative("order"),
        tooltip=vega.tips("part=what", "text=amount"),
    )
    listed = "; ".join(f"{bar['part']} {bar['text']}" for bar in bars[1:])
    return Chart(
        "account",
        "What came in, and where it went",
        f"Two bars: {bars[0]['text']} came in, and went: {listed}.",
        vega.finished(drawing, height=110),
        account,
        finding=context.finding("accounts_close"),
    )


def _reconciliation(context: Context, rows: Rows) -> Section:
    index = rows.columns.index("unit")
    has_exports = any(rows.column("attributed_to_exports"))
    tables = []
    for unit in dict.fromkeys(rows.column("unit")):
        part = Rows(rows.columns, [row for row in rows.rows if row[index] == unit])
        tables.append(
            make_table(
                replace(context, unit=unit),
                f"reconciliation-{unit}",
                f"{_UNITS.get(unit, unit)}: what came in and where it went, all years",
                part,
                [each for each in _RECONCILIATION if has_exports or each != _EXPORTS],
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
        return Section("audit", "The audit before the build", empty=reasons.NO_CHECKS)
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
                " ".join(reasons.ranked(context)),
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
    publication = marts.ask_if_built("common/publication").first()
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
                [Column("what", "What"), Column("value", unit="text")],
            )
        ],
    )
