"""The chart of the region page; the page puts the figures of a region into it."""

import altair as alt

from carbonshed.report.charts.theme import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PURPLE,
    VERMILION,
    colours,
    data,
    finished,
)
from carbonshed.report.content import Chart
from carbonshed.report.context import Context
from carbonshed.report.marts import Rows

# the parts of both accounts, with the bars that they are in
PARTS = (
    ("local_emissions", "in the region for itself", BLUE),
    ("outflow_emissions", "in the region for other regions", ORANGE),
    ("export_emissions", "in the region for deliveries {outside}", GREEN),
    ("inflow_emissions", "in other regions for this one", VERMILION),
    ("direct_emissions", "by its final users", PURPLE),
    ("unattributed_emissions", "for nobody's consumption", GREY),
)
PRODUCTION, FOOTPRINT = "emitted there", "footprint"
_OF_PRODUCTION = {
    "local_emissions",
    "outflow_emissions",
    "export_emissions",
    "direct_emissions",
    "unattributed_emissions",
}
_OF_FOOTPRINT = {"local_emissions", "inflow_emissions", "direct_emissions"}


def cells(context: Context, regions: Rows) -> list[tuple[str, str, int, str]]:
    """Return bar, part, place in the stack and column of each figure of the page."""
    return [
        (bar, label, order, name)
        for bar, names in ((PRODUCTION, _OF_PRODUCTION), (FOOTPRINT, _OF_FOOTPRINT))
        for order, (name, label, _) in enumerate(_parts(context, regions))
        if name in names
    ]


def _parts(context: Context, regions: Rows) -> list[tuple[str, str, str]]:
    """Return the parts that some region has."""
    return [
        (name, context.with_nouns(label.format(outside=context.outside)), colour)
        for name, label, colour in PARTS
        if any(regions.column(name))
    ]


def balance(context: Context, regions: Rows) -> Chart:
    """Draw two bars: what is emitted in a region, and its footprint."""
    parts = _parts(context, regions)
    chart = (
        alt.Chart(data([]))
        .mark_bar()
        .encode(
            y=alt.Y("bar:N", title=None, sort=[PRODUCTION, FOOTPRINT]),
            # the page puts the unit of the region here
            x=alt.X("amount:Q", title="UNIT", stack="zero"),
            color=alt.Color(
                "part:N",
                title="emitted",
                scale=colours([part[1] for part in parts], [part[2] for part in parts]),
                legend=alt.Legend(columns=2),
            ),
            order="order:Q",
            tooltip=[
                alt.Tooltip("bar:N", title="account"),
                alt.Tooltip("part:N", title="emitted"),
                alt.Tooltip("text:N", title="amount"),
            ],
        )
    )
    return Chart(
        "region-balance",
        "What is emitted there, and its footprint",
        context.with_nouns(
            "Two bars for the chosen region: what is emitted there, by whom it serves, "
            "and its footprint, by where it is emitted."
        ),
        finished(chart, height=110),
        regions,
        is_live=True,
    )
