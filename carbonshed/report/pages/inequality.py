"""Inequality between regions."""

from carbonshed.report.charts import inequality
from carbonshed.report.content import Column, Page, Section, make_table, relabelled
from carbonshed.report.context import Context
from carbonshed.report.marts import Marts
from carbonshed.report.pages import words

TITLE = "Inequality"

_INDICES = [
    Column("measure", "Measure"),
    Column("gini", "Gini", "index"),
    Column("theil_t", "Theil T", "index"),
    Column("theil_t_within", "Theil within groups", "index"),
    Column("theil_t_between", "Theil between groups", "index"),
    Column("palma_ratio", "Palma ratio", "ratio"),
    Column("top10_share", "Top 10 %", "share"),
    Column("bottom50_share", "Bottom 50 %", "share"),
    Column("concentration_index", "Concentration by income", "index"),
    Column("kakwani_index", "Kakwani", "index"),
]
_TENTHS = [
    Column("measure", "Measure"),
    Column("tenth", "Tenth", "count"),
    Column("amount_share", "Share of the amount", "share"),
    Column("times_the_mean", "Times the mean", "ratio"),
]


def page(context: Context, marts: Marts) -> Page:
    """Make the page."""
    curve = marts.ask("inequality/lorenz")
    indices = marts.ask("inequality/indices")
    tenths = marts.ask("inequality/tenths")
    lead = "How unequal footprints, emissions and incomes are between regions."
    if not len(curve):
        why = words.why_empty(context, words.NO_RANKED)
        section = Section("lorenz", "Lorenz curves", empty=why)
        return Page("inequality", TITLE, lead, [section])
    text = [context.with_nouns(words.BETWEEN)]
    if "gdp" not in curve.column("measure"):
        text.append(
            context.with_nouns(
                "GDP is not among the measures, nor are the indices that need it: a "
                "ranked region lacks it in this year."
            )
        )
    return Page(
        "inequality",
        TITLE,
        lead,
        [
            Section(
                "lorenz",
                "Lorenz curves",
                text,
                charts=[inequality.lorenz(context, curve, indices)],
                tables=[
                    make_table(
                        context,
                        "indices",
                        "Indices of inequality between ranked regions, "
                        f"{context.title}",
                        relabelled(indices, "measure", inequality.MEASURES),
                        _INDICES,
                        "All but the shares are plain numbers. Groups are those of the "
                        "parent region. A Kakwani index above 0: the measure is more "
                        "unequal along incomes than incomes are.",
                    )
                ],
            ),
            Section(
                "tenths",
                "Tenths of the people",
                [
                    context.with_nouns(
                        "Cut from the curves above at each tenth of the people: a "
                        "region that stands on both sides of a cut is shared between "
                        "them, its people all with its mean."
                    )
                ],
                charts=[inequality.tenths(context, tenths)],
                tables=[
                    make_table(
                        context,
                        "tenth-table",
                        f"Tenths of the people by each measure, {context.title}",
                        relabelled(tenths, "measure", inequality.MEASURES),
                        _TENTHS,
                    )
                ],
            ),
        ],
        context.finding("unequal_footprints"),
    )
