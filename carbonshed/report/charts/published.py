"""The chart of footprints beside those that others publish."""

import altair as alt

from carbonshed.report.charts.theme import BLUE, GREY, VERMILION, data, finished, short
from carbonshed.report.content import Chart
from carbonshed.report.context import Context
from carbonshed.report.marts import Rows

_MOST_ROWS = 60
_OWN, _ALONE, _PUBLISHED, _INSIDE, _OUTSIDE = (
    "this table, on the line of its interval",
    "this table",
    "published",
    "published, inside the interval",
    "published, outside it",
)
_MARKS = {
    _OWN: (BLUE, "circle"),
    _ALONE: (BLUE, "circle"),
    _PUBLISHED: (GREY, "diamond"),
    _INSIDE: (GREY, "diamond"),
    _OUTSIDE: (VERMILION, "diamond"),
}
# where there is no interval nothing lies inside one
_KINDS = {None: _PUBLISHED, True: _INSIDE, False: _OUTSIDE}


def beside_published(context: Context, rows: Rows) -> Chart:
    """Draw each published footprint relative to that of this table.

    The own figure is a dot at 0 on the line of its interval, the published one a hollow
    mark, with its figure where it lies outside. Of many countries the largest are
    drawn.
    """
    largest = sorted(rows, key=lambda row: -row["published_emissions"])[:_MOST_ROWS]
    size = context.scale([row["published_emissions"] for row in largest], "stressor")
    lines = [_line(row, size) for row in largest]
    lines.sort(key=lambda line: line["published"])
    outside = [line for line in lines if line["kind"] == _OUTSIDE]
    own = _ALONE if all(line["kind"] == _PUBLISHED for line in lines) else _OWN
    y = alt.Y("country:N", title=None, sort=[line["country"] for line in lines])
    scale = alt.Scale(domain=_domain(lines), nice=False, zero=False)
    title = "published footprint against that of this table (%)"
    x = {"title": title, "scale": scale, "axis": alt.Axis(format="+d")}
    base = alt.Chart(data(lines))
    spans = base.mark_rule(color=BLUE, strokeWidth=3).encode(
        y=y, x=alt.X("low:Q", **x), x2="high:Q"
    )
    marks = [
        {**line, "kind": kind, "at": at}
        for line in lines
        for kind, at in ((own, 0), (line["kind"], line["published"]))
    ]
    kinds = [kind for kind in _MARKS if any(mark["kind"] == kind for mark in marks)]
    colours = alt.Scale(domain=kinds, range=[_MARKS[kind][0] for kind in kinds])
    points = (
        alt.Chart(data(marks))
        .mark_point(size=60, opacity=1, strokeWidth=2, filled=False)
        .encode(
            y=y,
            x=alt.X("at:Q", **x),
            color=alt.Color("kind:N", title=None, scale=colours),
            shape=alt.Shape(
                "kind:N",
                title=None,
                scale=alt.Scale(
                    domain=kinds, range=[_MARKS[kind][1] for kind in kinds]
                ),
            ),
            fill=alt.condition(
                alt.datum.kind == own, alt.value(BLUE), alt.value("transparent")
            ),
            tooltip=[
                alt.Tooltip("country:N"),
                alt.Tooltip("own:N", title="this table"),
                alt.Tooltip("theirs:N", title="published"),
            ],
        )
    )
    chart = spans + points
    for side, align, dx in ((1, "left", 9), (-1, "right", -9)):
        named = [line for line in outside if line["published"] * side > 0]
        if named:
            chart = chart + alt.Chart(data(named)).mark_text(align=align, dx=dx).encode(
                y=y, x=alt.X("published:Q", **x), text="words:N"
            )
    return Chart(
        "beside-published",
        "Published footprints beside those of this table",
        _summary(lines, outside, own),
        finished(chart, height=19 * len(lines) + 10),
        rows,
        finding=context.finding("published_accounts"),
    )


def _line(row: dict, size) -> dict:
    own, published = row["computed_emissions"], row["published_emissions"]
    low, high = row["footprint_p05"], row["footprint_p95"]
    return {
        "country": row["country_name"],
        "published": _against(published, own),
        "low": 0 if low is None else _against(low, own),
        "high": 0 if high is None else _against(high, own),
        "kind": _KINDS[row["is_inside_interval"]],
        "tonnes_apart": short(abs(own - published)),
        "own": size.full(own),
        "theirs": size.full(published),
        "words": f"published {size.full(published)}, here {size.full(own)}",
    }


def _against(value: float, own: float) -> float:
    """Return by how much a value is above the own one, in per cent."""
    return short(100 * (value / own - 1), 4)


def _domain(lines: list[dict]) -> list[float]:
    """Return ends that leave room for the words beside a mark."""
    ends = [line[name] for line in lines for name in ("low", "high", "published")]
    low, high = min(*ends, 0), max(*ends, 0)
    room = 0.45 * (high - low)
    return [short(low - room, 3), short(high + room, 3)]


def _summary(lines: list[dict], outside: list[dict], own: str) -> str:
    if own == _ALONE:
        return "Each footprint of this table is at 0; the hollow mark is published."
    said = (
        "Each footprint of this table is at 0, on the line of its interval; the hollow "
        f"mark is the published one. {len(outside)} of {len(lines)} lie outside"
    )
    return f"{said}, such as {_farthest(outside)}." if outside else f"{said}."


def _farthest(outside: list[dict]) -> str:
    line = max(outside, key=lambda line: line["tonnes_apart"])
    return f"{line['country']}: {line['words']}"
