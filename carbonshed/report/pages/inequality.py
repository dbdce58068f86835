"""Inequality between regions."""

from carbonshed.numbers import percent
from carbonshed.report import vega
from carbonshed.report.colours import colour_of
from carbonshed.report.content import (
    Chart,
    Column,
    Page,
    Section,
    make_table,
    relabelled,
)
from carbonshed.report.context import Context
from carbonshed.report.marts import Marts, Rows
from carbonshed.report.pages import words

TITLE = "Wealth"

_MEASURES = {
    "consumption_footprint": "footprint",
    "production_emissions": "own emissions",
    "household_footprint": "households' footprint",
    "gdp": "GDP",
}
_COLOURS = {
    "footprint": colour_of("footprint"),
    "own emissions": colour_of("emitted there"),
    "households' footprint": colour_of("households"),
    "GDP": colour_of("income"),
}
_DASHES = [[1, 0], [8, 3], [3, 3], [10, 3, 2, 3]]
_MAX_POINTS = 300  # a curve with more looks the same
_PERCENT = {"axis": {"format": "%"}}

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
        return Page(TITLE, lead, [section])
    text = [context.with_nouns(words.BETWEEN)]
    if "gdp" not in curve.column("measure"):
        text.append(
            context.with_nouns(
                "GDP is not among the measures, nor are the indices that need it: a "
                "ranked region lacks it in this year."
            )
        )
    return Page(
        TITLE,
        lead,
        [
            Section(
                "lorenz",
                "Lorenz curves",
                text,
                charts=[_draw_lorenz(context, curve, indices)],
                tables=[
                    make_table(
                        context,
                        "indices",
                        "Indices of inequality between ranked regions, "
                        f"{context.title}",
                        relabelled(indices, "measure", _MEASURES),
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
                charts=[_draw_tenths(tenths)],
                tables=[
                    make_table(
                        context,
                        "tenth-table",
                        f"Tenths of the people by each measure, {context.title}",
                        relabelled(tenths, "measure", _MEASURES),
                        _TENTHS,
                    )
                ],
            ),
        ],
        context.finding("unequal_footprints"),
    )


def label(measure: str) -> str:
    """Return a measure in words."""
    return _MEASURES.get(measure, measure.replace("_", " "))


def _draw_lorenz(context: Context, curve: Rows, indices: Rows) -> Chart | None:
    """Draw the Lorenz curves of all measures, with the line of equality."""
    if not len(curve):
        return None
    rows = []
    for measure in dict.fromkeys(curve.column("measure")):
        points = [row for row in curve if row["measure"] == measure]
        rows.append({"measure": label(measure), "people": 0, "share": 0, "region": ""})
        rows += [
            {
                "measure": label(measure),
                "people": vega.short(row["cumulative_population_share"]),
                "share": vega.short(row["cumulative_amount_share"]),
                "region": row["region_name"],
            }
            for row in _thinned(points)
        ]
    axes = {
        "x": vega.quantitative(
            "people",
            title="share of people, lowest per person first",
            scale={"domain": [0, 1], "nice": False},
            **_PERCENT,
        ),
        "y": vega.quantitative("share", title="share of the amount", **_PERCENT),
    }
    ends = [{"people": 0, "share": 0}, {"people": 1, "share": 1}]
    channels = {
        **_by_measure(rows, also={"strokeDash": _DASHES}, symbolType="stroke"),
        "order": vega.quantitative("people"),
        "tooltip": vega.tips(
            "measure",
            "people:%=people up to here",
            "share:%=have of the amount",
            f"region={context.region}",
        ),
    }
    look = {"strokeWidth": 2.5, "interpolate": "linear"}
    drawing = vega.layers(
        vega.draw(
            "line", ends, {"color": colour_of("unknown"), "strokeWidth": 1.5}, **axes
        ),
        vega.draw("line", rows, look, **axes, **channels),
    )
    size = context.scale(indices.column("gini"), "index")
    gini = "; ".join(
        f"{label(row['measure'])} {size.text(row['gini'])}" for row in indices
    )
    return Chart(
        "lorenz-curves",
        "Lorenz curves: how far from equal",
        "Each curve says which share of an amount the people with the least per person "
        f"have together; the diagonal is equality. Gini indices: {gini}.",
        vega.finished(drawing, height=380),
        curve,
        finding=context.finding("unequal_footprints"),
    )


def _by_measure(rows: list[dict], also: dict | None = None, **legend: str) -> dict:
    """Encode the measure by colour; the legend has those that are drawn."""
    drawn = {row["measure"] for row in rows}
    names = [measure for measure in _COLOURS if measure in drawn]
    legend = {"columns": 2, "values": names, **legend}
    return vega.kinds("measure", _COLOURS, also=also, legend=legend)


def _thinned(points: list[dict]) -> list[dict]:
    step = -(-len(points) // _MAX_POINTS)
    return [
        point
        for number, point in enumerate(points, start=1)
        if number % step == 0 or number == len(points)
    ]


def _draw_tenths(tenths: Rows) -> Chart | None:
    """Draw the share of each tenth of the people, by measure."""
    if not len(tenths):
        return None
    rows = [
        {
            "tenth": row["tenth"],
            "measure": label(row["measure"]),
            "share": vega.short(row["amount_share"]),
        }
        for row in tenths
    ]
    colour = _by_measure(rows)
    drawing = vega.draw(
        "bar",
        rows,
        x=vega.ordinal(
            "tenth",
            title="tenth of the people, lowest per person first",
            axis={"labelAngle": 0},
            scale={"domain": list(range(1, 11))},
        ),
        xOffset=vega.nominal("measure", sort=colour["color"]["legend"]["values"]),
        y=vega.quantitative("share", title="share of the amount", **_PERCENT),
        **colour,
        tooltip=vega.tips("measure", "tenth:O", "share:%=share"),
    )
    top = [row for row in rows if row["tenth"] == 10]
    summary = "; ".join(f"{row['measure']} {percent(row['share'])}" for row in top)
    return Chart(
        "tenths",
        "What each tenth of the people accounts for",
        "The people in ten groups of the same size, lowest per person first. The "
        f"highest tenth has: {summary}.",
        vega.finished(drawing, height=300),
        tenths,
    )
