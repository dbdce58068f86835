"""Charts of super-emitters and of the typology."""

import altair as alt

from carbonshed.numbers import percent
from carbonshed.report.charts.maps import Window, has_place
from carbonshed.report.charts.theme import (
    BLUE,
    GREY,
    VERMILION,
    colours,
    data,
    finished,
    short,
    titled,
)
from carbonshed.report.content import Chart, word
from carbonshed.report.context import Context
from carbonshed.report.marts import Rows

ROLES = ["producer", "balanced", "consumer"]


def concentration(context: Context, regions: Rows, rules: Rows) -> Chart | None:
    """Draw the running share of the footprint, the largest regions first."""
    if all(share is None for share in regions.column("cumulative_share")):
        return None
    kinds = {True: "super-emitter", False: context.with_nouns("other region")}
    rows = [
        {
            "place": place,
            "region": each["region_name"],
            "share": short(each["cumulative_share"]),
            "kind": kinds[each["is_selected"]],
        }
        for place, each in enumerate(regions, start=1)
    ]
    base = alt.Chart(data(rows)).encode(
        x=alt.X(
            "place:Q",
            title=context.with_nouns("regions, largest footprint first"),
            axis=alt.Axis(tickMinStep=1),
            scale=alt.Scale(domain=[0, len(rows)], nice=False),
        ),
        y=alt.Y(
            "share:Q",
            title="share of all footprints, running",
            axis=alt.Axis(format="%"),
            scale=alt.Scale(domainMin=0),
        ),
    )
    points = base.mark_point(opacity=1, size=34).encode(
        color=alt.Color(
            "kind:N", title=None, scale=colours(list(kinds.values()), [VERMILION, BLUE])
        ),
        tooltip=[
            alt.Tooltip("region:N"),
            alt.Tooltip("place:Q", title="place"),
            alt.Tooltip("share:Q", format=".1%", title="share up to here"),
        ],
    )
    return Chart(
        "concentration",
        context.with_nouns(_who_holds_what(rules, len(rows))),
        "The running share of all footprints, largest first.",
        finished(base.mark_line(color=GREY) + points, height=300),
        regions,
        finding=context.finding("super_emitters"),
    )


def _who_holds_what(rules: Rows, regions: int) -> str:
    """Return how much of footprints and of people the super-emitters hold."""
    used = next((each for each in rules if each["is_default_rule"]), None)
    if used is None or not used["regions"]:
        return "No region is a super-emitter by the rule in use"
    title = (
        f"{used['regions']} of {regions} regions account for "
        f"{percent(used['footprint_share'])} of the footprint"
    )
    if used["population_share"] is None:
        return title
    return f"{title}, with {percent(used['population_share'])} of the people"


def types(context: Context, rows: Rows) -> Chart | None:
    """How many regions are of which industry and which role."""
    if not len(rows):
        return None
    values = [
        {
            "industry": word(each["industry_type"]),
            "role": each["supply_chain_role"],
            "regions": each["regions"],
            "emitters": each["super_emitters"],
            "text": f"{each['regions']} ({each['super_emitters']})"
            if each["super_emitters"]
            else str(each["regions"]),
        }
        for each in rows
    ]
    totals: dict[str, int] = {}
    for each in values:
        totals[each["industry"]] = totals.get(each["industry"], 0) + each["regions"]
    order = sorted(totals, key=lambda name: (-totals[name], name))
    base = alt.Chart(data(values)).encode(
        y=alt.Y("industry:N", title=None, sort=order),
        tooltip=[
            alt.Tooltip("industry:N"),
            alt.Tooltip("role:N"),
            alt.Tooltip("regions:Q", title=context.regions),
            alt.Tooltip("emitters:Q", title="of them super-emitters"),
        ],
    )
    bars = (
        base.mark_bar()
        .encode(
            x=alt.X("regions:Q", title=context.regions, stack="zero"),
            color=alt.Color(
                "role:N",
                title="role in supply chains",
                scale=colours(ROLES, [VERMILION, GREY, BLUE]),
            ),
            order=alt.Order("position:Q"),
        )
        .transform_calculate(position=f"indexof({ROLES}, datum.role)")
    )
    return Chart(
        "typology",
        context.with_nouns("What kinds of regions there are"),
        context.with_nouns(
            "Regions by the industry they are specialised in and by their role in "
            "supply chains: "
            + "; ".join(f"{name} {totals[name]}" for name in order)
            + " regions."
        ),
        finished(bars, height=34 * len(order) + 10),
        rows,
    )


def emitter_map(context: Context, regions: Rows) -> Chart | None:
    """Where the super-emitters are, in the size of their footprint."""
    places = [each for each in regions if has_place(each)]
    if len(places) < 2 or not any(each["is_selected"] for each in places):
        return None
    size = context.scale([each["measure_value"] for each in places], "stressor")
    window = Window(places)
    kinds = ["super-emitter", context.with_nouns("other region")]
    rows = [
        {
            "region": each["region_name"],
            "x": short(each["longitude"]),
            "y": short(each["latitude"]),
            "amount": short(max(each["measure_value"], 0) / size.divisor),
            "text": size.full(each["measure_value"]),
            "kind": kinds[0 if each["is_selected"] else 1],
            "pathway": word(each["pathway_id"]),
        }
        for each in places
    ]
    chart = (
        alt.Chart(data(rows))
        .mark_point(opacity=1)
        .encode(
            **window.axes(),
            size=alt.Size(
                "amount:Q",
                title=titled("footprint", size.unit),
                scale=alt.Scale(range=[6, 700]),
                legend=alt.Legend(tickCount=3, symbolFillColor=GREY),
            ),
            color=alt.Color(
                "kind:N", title=None, scale=colours(kinds, [VERMILION, BLUE])
            ),
            tooltip=[
                alt.Tooltip("region:N"),
                alt.Tooltip("text:N", title="footprint"),
                alt.Tooltip("kind:N", title="kind"),
                alt.Tooltip("pathway:N", title="pathway"),
            ],
        )
    )
    first = next(each for each in regions if each["is_selected"])
    return Chart(
        "super-emitters-on-the-map",
        "Where the super-emitters are",
        context.with_nouns(
            "Regions at their coordinates, larger for a larger footprint. "
        )
        + f"The first super-emitter is {first['region_name']}, "
        f"{size.full(first['measure_value'])}.",
        finished(chart, ratio=window.ratio),
        regions,
    )
