"""Charts of inequality between regions."""

import altair as alt

from carbonshed.numbers import percent
from carbonshed.report.charts.theme import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    VERMILION,
    colours,
    data,
    finished,
    short,
)
from carbonshed.report.content import Chart
from carbonshed.report.context import Context
from carbonshed.report.marts import Rows

MEASURES = {
    "consumption_footprint": "footprint",
    "production_emissions": "own emissions",
    "household_footprint": "households' footprint",
    "gdp": "GDP",
}
_COLOURS = [BLUE, VERMILION, GREEN, ORANGE]
_DASHES = [[1, 0], [8, 3], [3, 3], [10, 3, 2, 3]]
_MOST_POINTS = 300  # of a curve: more cannot be told apart


def label(measure: str) -> str:
    """Return a measure in words."""
    return MEASURES.get(measure, measure.replace("_", " "))


def _scale() -> alt.Scale:
    return colours(list(MEASURES.values()), _COLOURS)


def lorenz(context: Context, curve: Rows, indices: Rows) -> Chart | None:
    """Lorenz curves of all measures, with the line of equality."""
    if not len(curve):
        return None
    gini = {each["measure"]: each["gini"] for each in indices}
    rows = []
    for measure in dict.fromkeys(curve.column("measure")):
        points = [each for each in curve if each["measure"] == measure]
        rows.append({"measure": label(measure), "people": 0, "share": 0, "region": ""})
        rows += [
            {
                "measure": label(measure),
                "people": short(each["cumulative_population_share"]),
                "share": short(each["cumulative_amount_share"]),
                "region": each["region_name"],
            }
            for each in _thinned(points)
        ]
    found = {row["measure"] for row in rows}
    names = [name for name in MEASURES.values() if name in found]
    percent = alt.Axis(format="%")
    x = alt.X(
        "people:Q",
        title="share of people, lowest per person first",
        axis=percent,
        scale=alt.Scale(domain=[0, 1], nice=False),
    )
    y = alt.Y("share:Q", title="share of the amount", axis=percent)
    equality = (
        alt.Chart(data([{"people": 0, "share": 0}, {"people": 1, "share": 1}]))
        .mark_line(color=GREY, strokeWidth=1.5)
        .encode(x=x, y=y)
    )
    curves = (
        alt.Chart(data(rows))
        .mark_line(strokeWidth=2.5, interpolate="linear")
        .encode(
            x=x,
            y=y,
            color=alt.Color(
                "measure:N",
                title=None,
                scale=_scale(),
                legend=alt.Legend(columns=2, values=names, symbolType="stroke"),
            ),
            strokeDash=alt.StrokeDash(
                "measure:N",
                title=None,
                scale=alt.Scale(domain=list(MEASURES.values()), range=_DASHES),
                legend=alt.Legend(columns=2, values=names, symbolType="stroke"),
            ),
            order="people:Q",
            tooltip=[
                alt.Tooltip("measure:N"),
                alt.Tooltip("people:Q", format=".1%", title="people up to here"),
                alt.Tooltip("share:Q", format=".1%", title="have of the amount"),
                alt.Tooltip("region:N", title=context.region),
            ],
        )
    )
    summary = "; ".join(f"{label(m)} {value:.3f}" for m, value in gini.items())
    return Chart(
        "lorenz-curves",
        "Lorenz curves: how far from equal",
        "Each curve says which share of an amount the people with the least per person "
        f"have together; the diagonal is equality. Gini indices: {summary}.",
        finished(equality + curves, height=380),
        curve,
        finding=context.finding("unequal_footprints"),
    )


def _thinned(points: list[dict]) -> list[dict]:
    step = -(-len(points) // _MOST_POINTS)
    return [
        each
        for place, each in enumerate(points, start=1)
        if place % step == 0 or place == len(points)
    ]


def tenths(context: Context, rows: Rows) -> Chart | None:
    """Share of each tenth of the people, by measure."""
    if not len(rows):
        return None
    values = [
        {
            "tenth": each["tenth"],
            "measure": label(each["measure"]),
            "share": short(each["amount_share"]),
        }
        for each in rows
    ]
    found = {each["measure"] for each in values}
    names = [name for name in MEASURES.values() if name in found]
    chart = (
        alt.Chart(data(values))
        .mark_bar()
        .encode(
            x=alt.X(
                "tenth:O",
                title="tenth of the people, lowest per person first",
                axis=alt.Axis(labelAngle=0),
                scale=alt.Scale(domain=list(range(1, 11))),
            ),
            xOffset=alt.XOffset("measure:N", sort=names),
            y=alt.Y("share:Q", title="share of the amount", axis=alt.Axis(format="%")),
            color=alt.Color(
                "measure:N",
                title=None,
                scale=_scale(),
                legend=alt.Legend(columns=2, values=names),
            ),
            tooltip=[
                alt.Tooltip("measure:N"),
                alt.Tooltip("tenth:O"),
                alt.Tooltip("share:Q", format=".1%", title="share"),
            ],
        )
    )
    top = [each for each in values if each["tenth"] == 10]
    summary = "; ".join(f"{each['measure']} {percent(each['share'])}" for each in top)
    return Chart(
        "tenths",
        "What each tenth of the people accounts for",
        "The people in ten groups of the same size, lowest per person first. The "
        f"highest tenth has: {summary}.",
        finished(chart, height=300),
        rows,
    )
