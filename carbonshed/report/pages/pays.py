"""Who pays: charts of a carbon price, and what is proportional to it."""

import math
from dataclasses import replace
from typing import Any

from carbonshed.numbers import Scale
from carbonshed.publish.scenario_inputs import NOBODY_REACTS
from carbonshed.report import bubbles, vega
from carbonshed.report.colours import colour_of
from carbonshed.report.content import Chart
from carbonshed.report.context import Context
from carbonshed.report.described import Material, read_page

_SHARE = Scale(0.01, "%")
_QUESTION = "Shown"
_VIEWS = read_page("pays").shown["views"]


def words(given: Material) -> dict[str, Any]:
    """Return the values of fields: the price, what it raises, and who is counted."""
    shown = given.rows("prices/summary").first() or {}
    tenths = given.rows("prices/tenths").first() or {}
    left_out = tenths.get("regions_without_groups")
    context = given.context
    return shown | {
        "at": shown and price_text(context, shown["price"]),
        "sorted_by": tenths.get("sorted_by"),
        "is_by_income": tenths.get("sorted_by") == "income",
        "has_tenths": bool(tenths),
        "has_no_tenths": not tenths,
        "regions_without_groups": left_out,
        "without_groups": left_out
        and (context.region if left_out == 1 else context.regions),
        "ranked": len(given.rows("prices/regions")),
    }


def price_text(context: Context, price: float) -> str:
    """Return a price per tonne in words."""
    return f"{_short(price)} {context.currency} per tonne"


def _short(price: float) -> str:
    return f"{price:,.0f}" if price >= 100 else f"{price:.3g}"


def slider(given: Material) -> dict[str, Any] | None:
    """Return the price and what is proportional to it, for the script of the page.

    The dividend is of as many ranked regions.
    """
    shown = given.rows("prices/summary").first()
    charts = [given.chart("draw_tenths"), given.chart("draw_regions")]
    if not any(charts):
        return None
    facts = []
    for id_, column, unit in (
        ("page_pays_raises", "revenue", "currency"),
        # the rest is borne outside the table, and not handed out
        ("page_pays_borne_here", "burden", "currency"),
        ("page_pays_dividend", "dividend_per_capita", "currency"),
        ("page_pays_poorest", "poorest_fifth_household_share", "share"),
        ("page_pays_richest", "richest_fifth_household_share", "share"),
    ):
        value = shown[column]
        is_all = column == "burden" and math.isclose(value, shown["revenue"])
        # fifths of few regions say more about these than about the poor
        is_of_few = unit == "share" and not shown["has_fifths"]
        if value is None or is_all or is_of_few:
            continue
        # shares with as many digits as the finding
        size = _SHARE if unit == "share" else given.context.scale([value], unit)
        before, _, after = given.text(id_).partition("#")
        facts.append(
            {
                "before": before,
                "value": value / size.divisor,
                "text": size.text(value),
                "after": f" {size.unit}{after}",
            }
        )
    return {
        "price": shown["price"],
        "most": 4 * shown["price"],
        "step": shown["price"] / 10,
        "text": _short(shown["price"]),
        "currency": given.context.currency,
        "facts": facts,
        "charts": " ".join(chart.id for chart in charts if chart),
    }


def draw_tenths(given: Material) -> Chart | None:
    """Draw what each tenth of the people bears; another view has what each gains."""
    tenths = given.rows("prices/tenths")
    if not len(tenths):
        return None
    at = given.values["at"]
    gains = tenths.column("net_gain_per_capita")
    burden = _draw_bars(
        given,
        "burden_spending_share",
        _SHARE,
        f"What households bear at {at}, as a share of their spending",
        "of spending",
        given.context.spoken_number("carbon_price_groups"),
        ("page_pays_group_averages", "page_pays_one_year"),
    )
    gain = _draw_bars(
        given,
        "net_gain_per_capita",
        given.context.scale(gains, "currency per person"),
        f"What each person gets back, minus what they bear at {at}",
        "",
        given.text("page_pays_winners"),
        ("page_pays_bars_are_averages",),
    )
    return replace(
        burden,
        choices={_QUESTION: ["What they bear", "After an equal dividend"]},
        views={("After an equal dividend",): gain},
    )


def _draw_bars(
    given: Material,
    column: str,
    size: Scale,
    title: str,
    of_what: str,
    finding: str,
    notes: tuple[str, ...],
) -> Chart:
    """Draw a bar for each tenth, up or down from zero; its labels follow the price."""
    tenths = given.rows("prices/tenths")
    rows = [
        {"tenth": row["tenth"], **vega.figures(size, row[column])}
        for row in tenths
        if row[column] is not None
    ]
    price = given.values["price"]
    per_tonne = f"{given.context.currency} per tonne"
    loses = {"test": "datum.amount < 0", "value": colour_of("gives")}
    by = given.values["sorted_by"]
    ends = [row["text"] for row in (*rows[:1], *rows[-1:])]
    bars = vega.draw(
        "bar",
        rows,
        x=vega.ordinal(
            "tenth",
            title=f"tenth of the people, lowest {by} per person first",
            axis={"labelAngle": 0},
            scale={"domain": list(range(1, 11))},
        ),
        y=vega.quantitative(
            "amount",
            title=f"{size.unit} {of_what}".strip(),
            axis={"tickCount": 4, "labelExpr": vega.label_at("price", price)},
        ),
        color={"condition": loses, "value": colour_of("households")},
        tooltip=vega.tips("tenth:O", f"text=at {_short(price)} {per_tonne}"),
    )
    drawing = vega.layers(bars, vega.corner("price", per_tonne))
    drawing["params"] = [{"name": "price", "value": price}]
    return Chart(
        f"carbon-price-tenths-{column.replace('_', '-')}",
        f"{title}, by tenth of the people",
        f"Lowest {by} per person: {ends[0]}; highest: {ends[-1]}." if ends else "",
        vega.finished(drawing, height=220),
        tenths,
        finding=finding,
        notes=tuple(given.sentences((*notes, "page_pays_nobody_reacts"))),
    )


def draw_regions(given: Material) -> Chart | None:
    """Draw the burden of each region from poor to rich, with its other views."""
    views = {
        answer: chart
        for answer, view in _VIEWS.items()
        if (chart := _draw_view(given, *view))
    }
    if not views:
        return None
    first, *others = views
    return replace(
        views[first],
        id="carbon-price",
        choices={_QUESTION: [*views]} if others else {},
        views={(answer,): views[answer] for answer in others},
    )


def _draw_view(
    given: Material, column: str, axis: str, title: str, order: tuple[str, str]
) -> Chart | None:
    by, by_words = order
    context, regions = given.context, given.rows("prices/regions")
    price, at = given.values["price"], given.values["at"]
    rows = [row for row in regions if row[column] is not None and row[by]]
    rows = [row for row in rows if row[by] > 0]
    if len(rows) < 2 or not price > 0:
        return None
    wealth = context.scale([row[by] for row in rows], "currency per person")
    people = context.scale([row["population"] for row in rows], "person")
    money = context.scale(
        [row["burden_per_capita"] for row in rows], "currency per person"
    )
    dots = [
        bubbles.Bubble(
            row["region_id"],
            row["region_name"],
            row[by] / wealth.divisor,
            100 * row[column],
            row["population"],
            {
                context.region: row["region_name"],
                f"at {at}": _SHARE.full(row[column]),
                "burden per person": money.full(row["burden_per_capita"]),
                "after the dividend": money.full(row["net_gain_per_capita"]),
                by_words: wealth.full(row[by]),
                "people": people.full(row["population"]),
            },
            100 * row[column],
        )
        for row in rows
    ]
    ordered = sorted(rows, key=lambda row: (row[column], row["region_id"]))
    low, high = ordered[0], ordered[-1]
    summary = (
        f"{len(rows):,} {context.regions} at {at}. Most: {high['region_name']}, "
        f"{_SHARE.full(high[column])}; least: {low['region_name']}, "
        f"{_SHARE.full(low[column])}."
    )
    return Chart(
        f"carbon-price-{column.replace('_', '-')}",
        context.with_nouns(
            f"Against {by_words}; a dot for each region, sized by population"
        ),
        summary,
        bubbles.draw_bubbles(
            dots,
            [],
            vega.titled(
                by_words,
                wealth.unit.removesuffix(" per person"),
                is_log=True,
            ),
            axis,
            proportional_to=("price", price, f"{context.currency} per tonne"),
        ),
        regions,
        finding=context.with_nouns(title),
        notes=(NOBODY_REACTS,),
    )
