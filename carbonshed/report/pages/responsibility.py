"""Accounts of the same emissions beside each other: who answers for them."""

from collections.abc import Iterable

from carbonshed.report import vega
from carbonshed.report.colours import colour_of
from carbonshed.report.content import Chart, Column, Page, Section, make_table
from carbonshed.report.context import Context
from carbonshed.report.pages import reasons, three_scopes
from carbonshed.report.queries import Marts, Rows

TITLE = "Who answers"

# accounts of the picture, by the noun that has their colour, and their shapes; half of
# the first two lies in the middle
_ACCOUNTS = {
    "production_emissions": ("emitted there", "diamond"),
    "consumption_footprint": ("footprint", "circle"),
    "income_emissions": ("enabled by earnings", "triangle-up"),
    "technology_adjusted_footprint": ("technology-adjusted footprint", "cross"),
}
_COLUMNS = [
    "region_name",
    "production_emissions",
    "consumption_footprint",
    "income_emissions",
    "shared_emissions",
    "shared_by_value_added",
    "technology_adjusted_footprint",
]
_RANKS = [
    "region_name",
    Column("production_rank", "By own emissions"),
    Column("footprint_rank", "By footprint"),
    Column("income_rank", "By earnings", "count"),
    Column("shared_rank", "Shared equally", "count"),
    Column("technology_rank", "Technology-adjusted", "count"),
]
_RULES = (
    "Emitted there: who emits answers.",
    "Footprint: who buys answers, wherever it is emitted.",
    "Enabled by earnings: who earns answers, for what is emitted by those who use "
    "what it sells. A seller of fuels answers for their smoke.",
    "Shared equally: half of the first and half of the second.",
    "Technology-adjusted footprint: as the footprint, but what a region makes for "
    "others is credited at the average of all that sell such products. Cleaner than "
    "average lowers it, dirtier raises it.",
)
_MAX_DRAWN = 12  # regions in the picture
_ROW = 30  # pixels


def page(context: Context, marts: Marts) -> Page:
    """Make the page."""
    accounts = marts.ask_if_built("responsibility/accounts")
    lead = (
        "The same emissions, counted where they arise, where they are bought and "
        "where they are earned from."
    )
    if not len(accounts):
        why = reasons.why_empty(context, reasons.NO_ACCOUNTS)
        return Page(TITLE, lead, [Section("accounts", "Accounts", empty=why)])
    sections = [_rules(accounts), _all(context, accounts)]
    if len(scopes := marts.ask_if_built("responsibility/scopes")):
        sections.append(three_scopes.section(context, scopes))
    return Page(
        TITLE,
        lead,
        sections,
        context.finding("net_transfer"),
        headline=context.headline("net_transfer"),
        picture=_draw_accounts(context, accounts),
        next_step=reasons.LARGEST_FOOTPRINTS,
    )


def _rules(accounts: Rows) -> Section:
    """Return a sentence on each account."""
    text = [*_RULES]
    if not any(accounts.column("income_emissions")):
        text[2] = f"Enabled by earnings: not shown, because {reasons.NO_VALUE_ADDED}"
    return Section(
        "rules",
        "Each account by a sentence",
        ["No figure tells who ought to answer, so all accounts are shown.", *text],
    )


def _all(context: Context, accounts: Rows) -> Section:
    return Section(
        "accounts",
        "All accounts, and the rank by each",
        [reasons.footprints(context), *reasons.ranked(context)],
        tables=[
            make_table(
                context,
                "responsibility",
                f"Accounts of each region, {context.title}",
                accounts,
                _COLUMNS,
                "They share out the same emissions: compare them in a row, and do not "
                "add them up.",
            ),
            make_table(
                context,
                "responsibility-ranks",
                "Rank by each account, 1 is the largest",
                accounts,
                _RANKS,
            ),
        ],
    )


def _explained(accounts: Iterable[str]) -> list[str]:
    """Return what the accounts mean that a reader does not know by name."""
    meanings = {
        "income_emissions": "Enabled by earnings: emitted by those who use what it "
        "sells.",
        "technology_adjusted_footprint": "Technology-adjusted: what it sells is "
        "credited at the average intensity of all sellers.",
    }
    return [meanings[account] for account in accounts if account in meanings]


def _draw_accounts(context: Context, accounts: Rows) -> Chart | None:
    """Draw a mark for each account of the regions that emit or use most."""
    top = list(accounts)[:_MAX_DRAWN]
    complete = {
        column: look
        for column, look in _ACCOUNTS.items()
        if None not in accounts.column(column)
    }
    amounts = [row[column] for row in top for column in complete]
    if not any(amounts):
        return None
    size = context.scale(amounts, "stressor")
    names = vega.unique_names({row["region_id"]: row["region_name"] for row in top})
    rows = [
        {
            "region": name,
            "region_id": row["region_id"],
            "account": account,
            **vega.figures(size, row[column]),
        }
        for name, row in zip(names, top, strict=True)
        for column, (account, _) in complete.items()
    ]
    drawing = vega.layers(
        *vega.dumbbells(
            vega.amount("emissions of the year", size),
            vega.labels("region", names),
            **vega.kinds(
                "account",
                {account: colour_of(account) for account, _ in complete.values()},
                also={"shape": [shape for _, shape in complete.values()]},
                legend={"columns": 2},
            ),
            tooltip=vega.tips(
                f"region={context.region}", "account=account", "text=amount"
            ),
        ),
        rows=rows,
    )
    first = top[0]
    which = "Regions that emit or use most" if accounts.rows[len(top) :] else "Regions"
    described = "; ".join(
        f"{account} {size.full(first[column])}"
        for column, (account, _) in complete.items()
    )
    return Chart(
        "accounts",
        context.with_nouns(f"{which}, by accounts of the same emissions"),
        f"{first['region_name']}: {described}. {' '.join(_explained(complete))}",
        vega.finished(drawing, height=max(_ROW * len(top), 60)),
        accounts,
        finding=context.headline("net_transfer"),
        notes=(_beyond(context),) if context.has_exports else (),
    )


def _beyond(context: Context) -> str:
    """Return the difference between the headline and the marks."""
    return (
        f"The sentence is on what {context.regions} emit for each other. In the "
        f"picture, what is emitted there for buyers {context.outside} counts too; it "
        "is in no footprint."
    )
