"""Inequality between and inside regions, and footprints against GDP per person."""

import math
from collections.abc import Iterable

from carbonshed.numbers import percent
from carbonshed.report import bubbles, vega
from carbonshed.report.colours import colour_of
from carbonshed.report.content import (
    Card,
    Chart,
    Column,
    Page,
    Section,
    make_table,
    relabelled,
)
from carbonshed.report.context import Context
from carbonshed.report.pages import reasons
from carbonshed.report.queries import Marts, Rows

TITLE = "Wealth"

_MEASURES = {
    "consumption_footprint": "footprint",
    "production_emissions": "own emissions",
    "household_footprint": "households' footprint",
    "household_groups": "households' footprint, by group",
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
_LEAST_ONE = 0.95  # factors from here on have one decimal, as in headlines
_PERCENT = {"axis": {"format": "%"}}
_NO_AREA = (
    "People are sorted by footprint, not by income. The share in the title is of "
    "Theil's T, which splits into parts; the space between the curves does not show it."
)
_MAX_TOUCHED = 40  # points of a curve that are read one by one

_INDICES = [
    "measure",
    "gini",
    "theil_t",
    "theil_t_within",
    "theil_t_between",
    "palma_ratio",
    "top10_share",
    "bottom50_share",
    Column("concentration_index", "Concentration by GDP"),
    "kakwani_index",
]
_TENTHS = [
    "measure",
    Column("tenth", "Tenth", "count"),
    "amount_share",
    Column("times_the_mean", "Times the mean", "ratio"),
]


def page(context: Context, marts: Marts) -> Page:
    """Make the page."""
    curve = marts.ask("inequality/lorenz")
    of_groups = marts.ask_if_built("inequality/groups")
    indices = marts.ask("inequality/indices")
    tenths = marts.ask("inequality/tenths")
    lead = "How footprints vary with GDP per person, and how unequal regions are."
    if not len(curve):
        why = reasons.why_empty(context, reasons.NO_RANKED)
        section = Section("lorenz", "Lorenz curves", empty=why)
        return Page(TITLE, lead, [section])
    between = reasons.BETWEEN_ALL_ELSE if of_groups else reasons.BETWEEN
    inside = context.finding("inequality_inside_regions")
    text = [*filter(None, [inside and f"{inside}."]), context.with_nouns(between)]
    if "gdp" not in curve.column("measure"):
        text.append(
            context.with_nouns(
                "GDP is not among the measures, nor are the indices that need it: a "
                "ranked region lacks it in this year."
            )
        )
    incomes = draw_incomes(context, marts.ask("inequality/incomes"))
    of_tenths = _draw_tenths(tenths)
    lorenz = Section(
        "lorenz",
        "Lorenz curves",
        text,
        charts=[
            _draw_groups(context, of_groups, indices)
            if of_groups
            else _draw_lorenz(context, curve, indices)
        ],
        tables=[
            make_table(
                context,
                "indices",
                f"Indices of inequality between ranked regions, {context.title}",
                relabelled(indices, "measure", _MEASURES),
                _INDICES,
                "All but the shares are plain numbers. "
                + (
                    "The row by group compares groups of people inside regions; in "
                    "the other rows, Theil within and between groups refer to groups "
                    "of regions with the same parent. "
                    if of_groups
                    else "Groups are those of the parent region. "
                )
                + "A Kakwani index above 0: the measure is more "
                "unequal along GDP per person than GDP is.",
            )
        ],
    )
    tenths_of_people = Section(
        "tenths",
        "Tenths of the people",
        [
            context.with_nouns(
                "The Lorenz curves are cut at each tenth of the people. A region on "
                "both sides of a cut is split between them; all its people have "
                "its mean."
            )
        ],
        charts=[of_tenths] if incomes else [],
        tables=[
            make_table(
                context,
                "tenth-table",
                f"Tenths of the people by each measure, {context.title}",
                relabelled(tenths, "measure", _MEASURES),
                _TENTHS,
            )
        ],
    )
    finding = "income_and_footprint" if incomes else "unequal_footprints"
    return Page(
        TITLE,
        lead,
        [tenths_of_people, lorenz],
        context.finding(finding) or context.finding("unequal_footprints"),
        headline=context.headline(finding),
        picture=incomes or of_tenths,
        next_step=Card(
            "leakage.html",
            "Who emits for whom",
            context.with_nouns("Emissions that cross the borders of the regions."),
        ),
    )


def label(measure: str) -> str:
    """Return a measure in words."""
    return _MEASURES.get(measure, measure.replace("_", " "))


def draw_incomes(context: Context, rows: Rows) -> Chart | None:
    """Draw the footprint of each region against its income, both per person.

    A line fitted by people is drawn where it says something; the regions furthest from
    it, the largest and those at both ends are named.
    """
    if len(rows) < 2:
        return None
    income = context.scale(rows.column("income"), "currency per person")
    size = context.scale(rows.column("footprint_per_capita"), "stressor per person")
    # the finding decides whether the line says something
    has_line = context.values.get("income_and_footprint") is not None
    people = context.scale(rows.column("population"), "person")
    regions = sorted(rows, key=lambda row: (-row["population"], row["region_id"]))
    dots = [
        bubbles.Bubble(
            row["region_id"],
            row["region_name"],
            row["income"] / income.divisor,
            row["footprint_per_capita"] / size.divisor,
            row["population"],
            {
                context.region: row["region_name"],
                "footprint per person": size.full(row["footprint_per_capita"]),
                "GDP per person": income.full(row["income"]),
                "people": people.full(row["population"]),
                **(
                    {"compared with the line": f"{_beside(row):.2f} times"}
                    if has_line
                    else {}
                ),
            },
            math.log(_beside(row)) if has_line else 0.0,
        )
        for row in regions
    ]
    ends = [rows.first(), list(rows)[-1]] if has_line else []
    line = [
        (row["income"] / income.divisor, row["fitted_footprint"] / size.divisor)
        for row in ends
    ]
    summary = ""
    if has_line:
        low, *_, high = sorted(regions, key=_beside)
        sentence = (
            f"For its GDP, {high['region_name']} has the largest footprint, "
            f"{_beside(high):.1f} times the line, and {low['region_name']} the "
            f"smallest, {_beside(low):.1f} times"
        )
        factor = 2 ** high["elasticity"]
        explained = percent(high["r_squared"], 0)
        summary = (
            f" Along the line, twice the GDP per person goes with "
            f"{factor:.{1 if factor >= _LEAST_ONE else 2}f} times the "
            f"footprint; it explains {explained} of the differences."
        )
    else:
        top = max(regions, key=lambda row: row["footprint_per_capita"])
        rich = max(regions, key=lambda row: row["income"])
        per_person = size.full(top["footprint_per_capita"])
        sentence = (
            f"{top['region_name']} has the largest footprint per person, "
            f"{per_person.removesuffix(' per person')}"
        )
        richer = _richer_with_less(regions, top)
        if richer:
            less = size.full(richer["footprint_per_capita"])
            less = less.removesuffix(" per person")
            sentence += f"; {richer['region_name']} is richer and has {less}"
        else:
            both = "" if rich is top else f" {rich['region_name']} has"
            sentence += f", and{both} the highest GDP, {income.full(rich['income'])}"
    title = context.with_nouns(
        "Footprint and GDP per person; a dot for each region, sized by population"
    )
    return Chart(
        "footprint-and-income",
        title,
        f"{len(rows):,} {context.regions}.{summary}",
        bubbles.draw_bubbles(
            dots,
            line,
            *(
                # the words say "per person" already
                vega.titled(words, unit.removesuffix(" per person"), is_log=True)
                for words, unit in (
                    ("GDP per person", income.unit),
                    ("footprint per person", size.unit),
                )
            ),
        ),
        rows,
        finding=sentence,
    )


def _richer_with_less(regions: list[dict], top: dict) -> dict | None:
    """Return the region with most people that is richer and has half as much, or less.

    Parameters
    ----------
    regions
        All of them, those with most people first.
    top
        The region with the largest footprint per person.
    """
    return next(
        (
            row
            for row in regions
            if row["income"] > top["income"]
            and row["footprint_per_capita"] <= top["footprint_per_capita"] / 2
        ),
        None,
    )


def _beside(row: dict) -> float:
    """Return a footprint as a multiple of the one that the line gives its income."""
    return row["footprint_per_capita"] / row["fitted_footprint"]


def _draw_lorenz(context: Context, curve: Rows, indices: Rows) -> Chart:
    """Draw the Lorenz curves of all measures, with the line of equality."""
    points: dict[str, list[dict]] = {}
    for row in curve:
        points.setdefault(label(row["measure"]), []).append(row)
    words = {measure: label(measure) for measure in indices.column("measure")}
    return Chart(
        "lorenz-curves",
        "Lorenz curves: how far from equal",
        _summary(context, "an amount", indices, words),
        _draw_curves(
            points,
            _by_measure(points, also={"strokeDash": _DASHES}, symbolType="stroke"),
            f"up to this {context.region}",
        ),
        curve,
        finding=_half(indices),
    )


def _draw_groups(context: Context, curves: Rows, indices: Rows) -> Chart:
    """Draw the Lorenz curves of what households cause, by region and by group."""
    region, regions = context.region, context.regions
    names = {"regions": f"by {region}", "groups": f"by group inside {regions}"}
    points: dict[str, list[dict]] = {}
    for row in curves:
        points.setdefault(names[row["curve"]], []).append(row)
    look = vega.kinds(
        "measure",
        dict.fromkeys(names.values(), colour_of("households")),
        also={"strokeDash": [_DASHES[1], _DASHES[0]]},
        legend={"columns": 2, "symbolType": "stroke", "symbolSize": 900},
    )
    finding = context.spoken_number("inequality_inside_regions")
    words = {
        "household_footprint": names["regions"],
        "household_groups": names["groups"],
    }
    return Chart(
        "lorenz-curves",
        f"Lorenz curves of households' footprints, by {region} and by group of people "
        f"inside {regions}",
        _summary(context, "households' footprint", indices, words),
        _draw_curves(
            points, look, "up to", "households' footprint", "smallest footprint"
        ),
        curves,
        finding=finding,
        notes=(
            *([_NO_AREA] if finding else []),
            "Everyone in a group is assigned its average, so people are further from "
            "equal than the curves show.",
        ),
    )


def _summary(context: Context, amount: str, indices: Rows, words: dict) -> str:
    size = context.scale(indices.column("gini"), "index")
    gini = "; ".join(
        f"{words[row['measure']]} {size.text(row['gini'])}"
        for row in indices
        if row["measure"] in words
    )
    return (
        f"Each curve shows the share of {amount} that the people with the least per "
        f"person have together; the diagonal is equality. Gini indices: {gini}."
    )


def _draw_curves(
    points: dict[str, list[dict]],
    look: vega.Spec,
    up_to: str,
    amount: str = "the amount",
    least: str = "lowest",
) -> vega.Spec:
    """Draw Lorenz curves by their names, each with the line of equality below it."""
    rows = []
    for name, curve in points.items():
        rows.append({"measure": name, "people": 0, "share": 0, "region": ""})
        rows += [
            {
                "measure": name,
                "people": vega.short(row["cumulative_population_share"]),
                "share": vega.short(row["cumulative_amount_share"]),
                "region": ", ".join(
                    filter(None, [row["region_name"], row.get("group_name")])
                ),
                "region_id": row["region_id"],
            }
            for row in _thinned(curve)
        ]
    axes = {
        "x": vega.quantitative(
            "people",
            title=f"share of people, {least} per person first",
            scale={"domain": [0, 1], "nice": False},
            **_PERCENT,
        ),
        "y": vega.quantitative("share", title=f"share of {amount}", **_PERCENT),
    }
    ends = [{"people": 0, "share": 0}, {"people": 1, "share": 1}]
    # a line as a whole has no tooltip: its points have, and are seen when they are read
    step = -(-len(rows) // (_MAX_TOUCHED * len(points)))
    touched = vega.draw(
        "circle",
        rows[::-step][::-1],
        {"color": colour_of("unknown"), "opacity": 0, "size": 80},
        **axes,
        tooltip=vega.tips(
            "measure",
            f"region={up_to}",
            "people:%=share of people",
            f"share:%=share of {amount}",
        ),
    )
    drawing = vega.layers(
        vega.draw(
            "line", ends, {"color": colour_of("unknown"), "strokeWidth": 1.5}, **axes
        ),
        vega.draw(
            "line",
            rows,
            {"strokeWidth": 2.5, "interpolate": "linear"},
            **axes,
            **look,
            order=vega.quantitative("people"),
        ),
        touched,
    )
    return vega.finished(drawing, height=380)


def _half(indices: Rows) -> str:
    """Return a sentence on the half of the people with the smallest footprints."""
    for row in indices:
        share = row["bottom50_share"]
        if row["measure"] == "consumption_footprint" and share is not None:
            return (
                "The half of the people with the smallest footprints causes "
                f"{percent(share, 0)} of all"
            )
    return "How unequal footprints are cannot be said: they are not known"


def _by_measure(drawn: Iterable[str], also: dict | None = None, **legend: str) -> dict:
    """Encode the measure by colour; the legend has those that are drawn."""
    drawn = {*drawn}
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
    colour = _by_measure(row["measure"] for row in rows)
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
    footprints = {
        row["tenth"]: row["amount_share"]
        for row in tenths
        if row["measure"] == "consumption_footprint"
    }
    sentence = ""
    if footprints.get(1) is not None and footprints.get(10) is not None:
        sentence = (
            "The tenth of the people with the largest footprints causes "
            f"{percent(footprints[10], 0)} of all, the tenth with the smallest "
            f"{percent(footprints[1], 0)}"
        )
    return Chart(
        "tenths",
        "Shares of ten groups of as many people, lowest per person first",
        "The people in ten groups of the same size, lowest per person first. The "
        f"highest tenth has: {summary}.",
        vega.finished(drawing, height=300),
        tenths,
        finding=sentence,
    )
