"""Regions over the years: per person, since the first year of the dataset."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from carbonshed.numbers import Scale, signed_percent
from carbonshed.report import vega
from carbonshed.report.colours import colour_of
from carbonshed.report.content import Chart
from carbonshed.report.described import Material
from carbonshed.report.labels import shortened
from carbonshed.report.queries import Rows
from carbonshed.report.sentences import wording

_HEIGHT = 320  # pixels of a chart of lines
_BETWEEN = 16  # pixels between names at the ends of lines
_LONGEST = 170  # pixels of such a name, and less on a phone
_MAX_NAMED, _MAX_SAID = 7, 4
_MAX_POINTS = 400  # points of lines without a name
_MAX_TICKS = 8
_LIMIT = f"min({_LONGEST}, 0.38 * room)"
BESIDE_NAMES = {"range": [8, {"expr": f"room - {_LIMIT} - 10"}]}  # of an axis of years
SAME = 0.005  # less would be no whole per cent
_ACCOUNTS = {
    "footprint": "footprint_per_capita",
    "emitted there": "production_per_capita",
}

Line = list[dict[str, Any]]  # the rows of a region, by year


def lines_of(rows: Rows) -> dict[str, Line]:
    """Return the years in which footprint and people of a region are known."""
    lines: dict[str, Line] = defaultdict(list)
    for row in rows:
        if row["footprint_per_capita"] is not None:
            lines[row["region_id"]].append(row)
    return {region: line for region, line in lines.items() if len(line) > 1}


def change_of(line: Line) -> float | None:
    """Return the relative change from first to last year.

    None from or to zero, and between footprints that leave out different emissions.
    """
    first, last = (line[end]["footprint_per_capita"] for end in (0, -1))
    is_comparable = line[0]["scope"] == line[-1]["scope"] and first > 0 and last > 0
    return last / first - 1 if is_comparable else None


def sentence_of(line: Line, size: Scale, is_compiled: bool = False) -> str:
    """Return footprints per person of the first and the last year, and the change.

    Those of a compiled table are as sentences about its regions have them, ranges over
    its variants, and its change is not said.
    """
    ends = ", ".join(
        f"{amount.removesuffix(' per person')} in {row['year']}"
        for row in (line[0], line[-1])
        for amount in [
            row["amount_in_words"]
            if is_compiled
            else size.full(row["footprint_per_capita"])
        ]
    )
    change = None if is_compiled else change_of(line)
    return ends if change is None else f"{ends}, {changed(change)}"


def changed(change: float) -> str:
    """Return a relative change as a sentence says it."""
    return signed_percent(change) if abs(change) >= SAME else "hardly changed"


def draw_lines(given: Material) -> Chart | None:
    """Draw footprints per person of all regions over the years, and name a few."""
    context, lines = given.context, lines_of(given.rows("common/years"))
    if not lines:
        return None
    rows = [row for line in lines.values() for row in line]
    size = context.scale(
        [row["footprint_per_capita"] for row in rows], "stressor per person"
    )
    named = named_first(lines)[:_MAX_NAMED]
    others = [region for region in lines if region not in named]
    if sum(len(lines[region]) for region in others) > _MAX_POINTS:
        others = []
    drawn = [*others, *named]
    names = dict(
        zip(
            drawn,
            vega.unique_names(
                {region: lines[region][-1]["region_name"] for region in drawn}
            ),
            strict=True,
        )
    )
    values = [
        value
        for region in drawn
        for row in lines[region]
        for value in (row["footprint_per_capita"], *_interval(row, region in named))
    ]
    low, high = min(0.0, *values), max(0.0, *values) or 1.0
    x = years_axis(context.years, BESIDE_NAMES)
    y = vega.quantitative(
        "value",
        title=vega.titled("footprint per person", size.unit),
        scale={
            "domain": [low / size.divisor, high / size.divisor],
            "nice": False,
        },
    )
    detail = vega.nominal("region_id")
    tips = vega.tips(f"region={context.region}", "year:O", "text=footprint per person")
    parts = []
    for some, noun, width, dot in (
        (others, "not named", 1, 16),
        (named, "footprint", 2.5, 60),
    ):
        look = {"color": colour_of(noun)}
        line = {**look, "strokeWidth": width}
        points = [
            _point(row, size, names[region], some is named)
            for region in some
            for row in lines[region]
        ]
        interval = vega.draw(
            "rule", None, look, x=x, y={**y, "field": "low"}, y2={"field": "high"}
        )
        interval["transform"] = [{"filter": "isValid(datum.high)"}]
        parts.append(
            vega.layers(
                interval,
                vega.draw("line", None, line, x=x, y=y, detail=detail),
                vega.draw("point", None, {**look, "size": dot}, x=x, y=y, tooltip=tips),
                rows=points,
            )
        )
    ends = {
        names[region]: (row["year"], row["footprint_per_capita"])
        for region in named
        for row in lines[region][-1:]
    }
    parts.append(names_at_ends(ends, x, y, size.divisor))
    first, *_, last = context.years
    is_compiled = context.is_compiled
    sentences = "; ".join(
        f"{names[region]}: {sentence_of(lines[region], size, is_compiled)}"
        for region in named[:_MAX_SAID]
    )
    return Chart(
        "footprints-over-time",
        f"Footprint per person, {first} to {last}",
        f"A line for each of {len(drawn):,} {context.regions}. {sentences}.",
        vega.finished(vega.layers(*parts), height=_HEIGHT),
        Rows(
            tuple(rows[0]),
            [tuple(row.values()) for region in drawn for row in lines[region]],
        ),
        finding=context.headline("change_per_person"),
    )


def _interval(row: dict[str, Any], is_wanted: bool = True) -> list[float]:
    """Return the ends of an interval, nothing where there is none."""
    ends = [row["per_capita_p05"], row["per_capita_p95"]]
    return ends if is_wanted and None not in ends else []


def _point(
    row: dict[str, Any], size: Scale, name: str, has_interval: bool
) -> vega.Spec:
    """Return a point of a line: a region in a year."""
    point = {
        "region_id": row["region_id"],
        "region": name,
        "year": row["year"],
        "value": vega.short(row["footprint_per_capita"] / size.divisor),
        "text": size.full(row["footprint_per_capita"]),
    }
    if interval := _interval(row, has_interval):
        low, high = interval
        point |= {
            "low": vega.short(low / size.divisor),
            "high": vega.short(high / size.divisor),
            "text": f"{point['text']} ({size.text(low)} to {size.text(high)})",
        }
    return point


def names_at_ends(
    ends: Mapping[str, tuple[int, float]],
    x: vega.Spec,
    y: vega.Spec,
    divisor: float,
    height: int = _HEIGHT,
) -> vega.Spec:
    """Return a layer of names of lines, each with its last year and the value there."""
    low, high = y["scale"]["domain"]
    per_pixel = (high - low) / height
    pixels = [(high - value / divisor) / per_pixel for _, value in ends.values()]
    texts = [
        {
            "name": shortened(name, _LONGEST),
            "year": year,
            "value": vega.short(high - pixel * per_pixel),
        }
        for (name, (year, _)), pixel in zip(
            ends.items(), apart(pixels, height), strict=True
        )
    ]
    look = {"align": "left", "dx": 8, "baseline": "middle", "limit": {"expr": _LIMIT}}
    return vega.draw("text", texts, look, x=x, y=y, text=vega.nominal("name"))


def years_axis(years: Iterable[int], scale: vega.Spec) -> vega.Spec:
    """Encode years, as far apart as they are."""
    years = list(years)
    step = -(-len(years) // _MAX_TICKS)
    # both ends have a label, and of the others one of so many
    ticks = [*years[:-step:step], years[-1]]
    return vega.quantitative(
        "year",
        title=None,
        axis={
            "values": ticks,
            "tickCount": len(ticks),
            "format": "d",
            "grid": False,
        },
        scale={"domain": [years[0], years[-1]], "nice": False, "zero": False, **scale},
    )


def named_first(lines: dict[str, Line]) -> list[str]:
    """Return regions by how much their names are wanted.

    The largest rise and fall, then the largest and the smallest footprint per person of
    the last year, and those with the most people.
    """
    changes = {region: change_of(line) for region, line in lines.items()}
    changed = [region for region in lines if changes[region] is not None]
    by_change = sorted(changed, key=lambda region: (-changes[region], region))
    last = {region: line[-1] for region, line in lines.items()}
    by_size = sorted(
        lines, key=lambda region: (-last[region]["footprint_per_capita"], region)
    )
    by_people = sorted(
        lines, key=lambda region: (-(last[region]["population"] or 0), region)
    )
    order = [*by_change[:1], *by_change[-1:], *by_size[:1], *by_size[-1:]]
    return list(dict.fromkeys([*order, *by_people]))


def apart(pixels: list[float], height: float = _HEIGHT) -> list[float]:
    """Return heights of names, pixels from the top, that do not cover each other.

    Their order is that of the lines, and none leaves a plot that has room for all.
    """
    order = sorted(range(len(pixels)), key=lambda index: pixels[index])
    placed = list(pixels)
    lowest = -float(_BETWEEN)
    for index in order:
        placed[index] = lowest = max(placed[index], lowest + _BETWEEN)
    limit = float(height)
    for index in reversed(order):
        placed[index] = min(placed[index], limit)
        limit = placed[index] - _BETWEEN
    return placed


def lines_over_years(given: Material) -> dict[str, Any]:
    """Return the lines of all regions for the page of a region, none of one year.

    A line has a sentence and a point for each year: the year, the footprint, what is
    emitted there, and the ends of the footprint's interval if it has one. All are per
    person, in the unit that is named.
    """
    context = given.context
    several = len(context.years) > 1
    lines = lines_of(given.rows("common/years")) if several else {}
    values = [
        row[name]
        for line in lines.values()
        for row in line
        for name in _ACCOUNTS.values()
    ]
    size = context.scale(values, "stressor per person")
    is_compiled = context.is_compiled
    return {
        "regions": {
            region: {
                "text": sentence_of(line, size, is_compiled),
                "points": [
                    [
                        row["year"],
                        *(
                            vega.short(value / size.divisor)
                            for value in (
                                *map(row.get, _ACCOUNTS.values()),
                                *_interval(row),
                            )
                        ),
                    ]
                    for row in line
                ],
            }
            for region, line in lines.items()
        },
        "unit": size.unit,
    }


def draw_years(given: Material) -> Chart | None:
    """Draw axes for the lines of regions, which the page puts into them.

    A row of the page is an account of a region in a year, with the ends of its interval
    where there is one.
    """
    context = given.context
    if len(context.years) < 2:
        return None
    first, *_, last = context.years
    has_interval = any(_interval(row) for row in given.rows("common/years"))
    x = years_axis(context.years, {"range": [8, {"expr": "room - 8"}]})
    # the page puts the unit here
    y = vega.quantitative("value", title="UNIT", scale={"zero": True})
    colours = {account: colour_of(account) for account in _ACCOUNTS}
    kinds = vega.kinds("account", colours, legend={"symbolOpacity": 1})
    detail = [vega.nominal("region_id"), vega.nominal("account")]
    tips = vega.tips(f"region={context.region}", "account", "year:O", "text=per person")
    drawing = vega.layers(
        vega.draw(
            "area",
            None,
            {"opacity": 0.18},
            x=x,
            y={**y, "field": "low"},
            y2={"field": "high"},
            detail=detail,
            **kinds,
        ),
        vega.draw("line", None, {"strokeWidth": 2.5}, x=x, y=y, detail=detail, **kinds),
        vega.draw("point", None, {"size": 70}, x=x, y=y, tooltip=tips, **kinds),
        vega.draw(
            "text",
            None,
            {"align": "right", "dy": -12, "dx": 6},
            x=x,
            y=y,
            text=vega.nominal("label"),
        ),
        rows=[],
    )
    return Chart(
        "region-years",
        f"Per person, {first} to {last}",
        context.fill(wording("page_place_years"), {"has_interval": has_interval}),
        vega.finished(drawing, height=240),
        Rows((), []),
        is_live=True,
    )
