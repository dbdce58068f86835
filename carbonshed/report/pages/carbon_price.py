"""A price on emissions: who bears it, who gains from its dividend, what rises."""

import math
from dataclasses import replace
from typing import Any

from carbonshed.numbers import Scale, percent
from carbonshed.publish.scenario_inputs import NOBODY_REACTS
from carbonshed.report import bubbles, vega
from carbonshed.report.colours import colour_of
from carbonshed.report.content import (
    Card,
    Chart,
    Column,
    Page,
    Section,
    make_table,
)
from carbonshed.report.context import Context
from carbonshed.report.pages import reasons
from carbonshed.report.queries import Marts, Rows

TITLE = "Carbon price"
_LIMITS = (
    "Producers pay for what they emit and add it to their prices, as their buyers do "
    "in turn, so that final users bear all of it.",
    "Taxes that exist already are in the table's prices. Nothing is given back to "
    "industries, and what is borne outside the table is not handed out.",
    "Whether a price is regressive between regions goes by what households spend: a "
    "region's GDP is nobody's income. Each person is assigned the region's average, "
    "{within}.",
    "Each amount is proportional to the price.",
)
_REGIONS = [
    "region_name",
    "gdp_per_capita",
    "burden_per_capita",
    Column("net_gain_per_capita", "After the dividend", "currency per person"),
    "burden_gdp_share",
    "household_burden_share",
    "burden",
]
_PRICES = [
    Column("price_name", "Who pays"),
    Column("covered_share", "Of all emissions"),
    "revenue",
    Column("abroad", "Of it borne {outside}"),
    Column("poorest_fifth_household_share", "Poorest fifth bears"),
    Column("richest_fifth_household_share", "Richest fifth bears"),
    Column("incidence", unit="word"),
    "household_kakwani_index",
    Column("kakwani_index", "Kakwani, GDP"),
    "dividend_per_capita",
    Column("winners_population_share", "People where it is more"),
]
_PRODUCTS = [
    Column("sector_name", "Product"),
    "price_increase",
    Column("direct_increase", "Of it paid by the maker"),
]
_TENTHS = [
    Column("tenth", "Tenth", "count"),
    "burden_spending_share",
    Column("net_gain_per_capita", "Net gain", "currency per person"),
    Column("winners_share", "People who gain"),
]
_GROUPS = (
    "Everyone in the same group of a region is assigned its average, so poor people "
    "who lose are undercounted. What government and investment bear is in no group."
)
_ONE_YEAR = (
    "The burden is not drawn as a share of income: the income of a single year says "
    "little about how well people live."
)
_AVERAGES = "Bars are averages: within a tenth, some people may gain and others lose."
_MAX_PRODUCTS = 12
_SHARE = Scale(0.01, "%")
_QUESTION = "Shown"
_BY_GDP = ("gdp_per_capita", "GDP per person")
# answers: column, the words of the axis and of the title, and by what regions are
# poor or rich. The first picture has the measure of the headline
_VIEWS = {
    "Households": (
        "household_burden_share",
        "households' burden, % of their spending",
        "What households bear of a carbon price, as a share of their spending",
        ("spending_per_capita", "household spending per person"),
    ),
    "All final users": (
        "burden_gdp_share",
        "burden, % of GDP",
        "What final users bear of a carbon price, as a share of GDP",
        _BY_GDP,
    ),
    "After an equal dividend": (
        "net_gain_gdp_share",
        "gain after an equal dividend, % of GDP",
        "Gain after an equal dividend, as a share of GDP; below 0 a region loses",
        _BY_GDP,
    ),
}


def page(context: Context, marts: Marts) -> Page:
    """Make the page."""
    summary = marts.ask_if_built("prices/summary")
    lead = (
        "What a price on emissions costs whom if all of it is passed on, and who gains "
        "if the revenue is shared out in equal parts."
    )
    shown = summary.first()
    if shown is None or not shown["is_default"]:
        why = reasons.why_empty(context, reasons.NO_PRICE)
        return Page(TITLE, lead, [Section("prices", "Prices", empty=why)])
    regions = marts.ask("prices/regions")
    products = marts.ask("prices/products")
    tenths = marts.ask_if_built("prices/tenths")
    within = (
        "and only the tenths tell rich and poor people within one apart"
        if tenths
        else "so nothing is said of rich and poor people within one"
    )
    picture = _draw(context, regions, shown)
    return Page(
        TITLE,
        lead,
        [
            *([_of_tenths(context, tenths, shown)] if tenths else []),
            _of_regions(context, regions, shown),
            _of_prices(context, summary),
            _of_products(context, products, shown),
            Section(
                "limits",
                "What this is not",
                [text.format(within=within) for text in _LIMITS],
            ),
        ],
        context.finding("carbon_price"),
        headline=context.headline("carbon_price"),
        picture=picture,
        next_step=_next_step(context),
        template="price.html",
        more={"slider": _slider(context, shown, len(regions)) if picture else None},
    )


def _next_step(context: Context) -> Card:
    """Lead to the levers, unless they are refused to a table of the world."""
    if context.is_of_the_world:
        return reasons.LARGEST_FOOTPRINTS
    return Card(
        "explore.html",
        "What if?",
        context.with_nouns("Which regions could emit less, and what it would take."),
    )


def price_text(context: Context, price: float) -> str:
    """Return a price per tonne in words."""
    return f"{_short(price)} {context.currency} per tonne"


def _short(price: float) -> str:
    return f"{price:,.0f}" if price >= 100 else f"{price:.3g}"


def _slider(context: Context, shown: dict[str, Any], regions: int) -> dict[str, Any]:
    """Return the price and what is proportional to it, for the script of the page.

    The dividend is of as many ranked regions.
    """
    price = shown["price"]
    here = "in the table" if context.is_of_the_world else "here"
    facts = []
    for label, column, unit in (
        ("It raises {}", "revenue", "currency"),
        # the rest is borne outside the table, and not handed out
        (f"final users {here} bear {{}} of it", "burden", "currency"),
        (
            f"an equal dividend of what the {regions:,} {context.regions} bear is {{}}"
            " per person",
            "dividend_per_capita",
            "currency",
        ),
        (
            "the fifth of the people whose households spend least, by averages of"
            f" {context.regions}, bears {{}} of what they spend",
            "poorest_fifth_household_share",
            "share",
        ),
        ("the fifth that spends most {}", "richest_fifth_household_share", "share"),
    ):
        value = shown[column]
        is_all = column == "burden" and math.isclose(value, shown["revenue"])
        # fifths of few regions say more about these than about the poor
        is_of_few = unit == "share" and not shown["has_fifths"]
        if value is None or is_all or is_of_few:
            continue
        # shares with as many digits as the finding
        size = _SHARE if unit == "share" else context.scale([value], unit)
        before, _, after = label.partition("{}")
        facts.append(
            {
                "before": before,
                "value": value / size.divisor,
                "text": size.text(value),
                "after": f" {size.unit}{after}",
            }
        )
    return {
        "price": price,
        "most": 4 * price,
        "step": price / 10,
        "text": _short(price),
        "currency": context.currency,
        "facts": facts,
        "chart": "carbon-price",
    }


def _of_regions(context: Context, regions: Rows, shown: dict[str, Any]) -> Section:
    at = price_text(context, shown["price"])
    return Section(
        "regions",
        "What each region bears",
        [*reasons.ranked(context), *filter(None, [shown["price_note"]])],
        tables=[
            make_table(
                context,
                "carbon-price-regions",
                f"Burden and dividend at {at}, {context.title}",
                regions,
                _REGIONS,
                "As if nobody reacted. After the dividend: an equal part of what all "
                "ranked regions bear, less the burden.",
            )
        ],
    )


def _of_tenths(context: Context, tenths: Rows, shown: dict[str, Any]) -> Section:
    """Show what tenths of the people bear, as groups inside regions tell them apart."""
    finding = context.finding("carbon_price_groups")
    text = [reasons.unsaid(finding, context.with_nouns(_GROUPS))]
    if left_out := tenths.column("regions_without_groups")[0]:
        noun = context.region if left_out == 1 else context.regions
        text.append(
            f"The people of {left_out:,} {noun} without groups are in no tenth."
        )
    by = f"{tenths.column('sorted_by')[0]} per person"
    at = price_text(context, shown["price"])
    dividend = context.text(shown["household_dividend_per_capita"], "currency")
    winners = percent(shown["group_winners_population_share"], 0)
    return Section(
        "people",
        "Tenths of the people",
        [*filter(None, text)],
        charts=[
            _draw_tenths(
                context,
                tenths,
                "burden_spending_share",
                _SHARE,
                f"What households bear at {at}, as a share of their spending",
                "of spending",
                context.spoken_number("carbon_price_groups"),
            ),
            _draw_tenths(
                context,
                tenths,
                "net_gain_per_capita",
                context.scale(
                    tenths.column("net_gain_per_capita"), "currency per person"
                ),
                f"What each person gets back, minus what they bear at {at}",
                "",
                f"If each person gets {dividend} back, {winners} of the people come "
                "out ahead",
            ),
        ],
        tables=[
            make_table(
                context,
                "carbon-price-tenths",
                f"Tenths of the people at {at}, lowest {by} first, {context.title}",
                tenths,
                _TENTHS,
                "As if nobody reacted. Net gain: an equal part of what households "
                "bear, minus the burden; an average over the tenth.",
            )
        ],
    )


def _draw_tenths(
    context: Context,
    tenths: Rows,
    column: str,
    size: Scale,
    title: str,
    of_what: str,
    finding: str,
) -> Chart:
    """Draw a bar for each tenth, up or down from zero."""
    rows = [
        {"tenth": row["tenth"], **vega.figures(size, row[column])}
        for row in tenths
        if row[column] is not None
    ]
    loses = {"test": "datum.amount < 0", "value": colour_of("gives")}
    by = tenths.column("sorted_by")[0]
    ends = [row["text"] for row in (*rows[:1], *rows[-1:])]
    return Chart(
        f"carbon-price-tenths-{column.replace('_', '-')}",
        f"{title}, by tenth of the people",
        f"Lowest {by} per person: {ends[0]}; highest: {ends[-1]}." if ends else "",
        vega.finished(
            vega.draw(
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
                    axis={"tickCount": 4},
                ),
                color={"condition": loses, "value": colour_of("households")},
                tooltip=vega.tips("tenth:O", f"text={of_what or 'after the dividend'}"),
            ),
            height=180,
        ),
        tenths,
        finding=finding,
        # each is said once on a page
        notes=(
            (context.with_nouns(_GROUPS), *([_ONE_YEAR] if by == "income" else []))
            if of_what
            else (_AVERAGES,)
        ),
    )


def _of_prices(context: Context, summary: Rows) -> Section:
    return Section(
        "prices",
        "If fewer pay",
        ["Prices cover some of the same emissions: compare them, do not add them up."],
        tables=[
            make_table(
                context,
                "carbon-prices",
                f"Each price and who pays it, {context.title}",
                summary,
                _PRICES,
                "Nobody reacts to any of them. The fifths of the people whose "
                "households spend least and most per person, by averages of "
                "regions; households' burden as a share of their spending.",
            )
        ],
    )


def _of_products(context: Context, products: Rows, shown: dict[str, Any]) -> Section:
    at = price_text(context, shown["price"])
    return Section(
        "products",
        "What becomes dearer",
        tables=[
            make_table(
                context,
                "carbon-price-products",
                f"Rise of prices at {at}, mean of all regions by output",
                products,
                _PRODUCTS,
                "All costs are passed on, and buyers buy the same. The rest comes from "
                "suppliers and theirs.",
                max_rows=_MAX_PRODUCTS,
            )
        ],
    )


def _draw(context: Context, regions: Rows, shown: dict[str, Any]) -> Chart | None:
    """Draw the burden of each region from poor to rich, with its other views."""
    views = {
        answer: chart
        for answer, view in _VIEWS.items()
        if (chart := _draw_view(context, regions, shown, *view))
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
    context: Context,
    regions: Rows,
    shown: dict[str, Any],
    column: str,
    axis: str,
    title: str,
    order: tuple[str, str],
) -> Chart | None:
    by, by_words = order
    rows = [row for row in regions if row[column] is not None and row[by]]
    rows = [row for row in rows if row[by] > 0]
    if len(rows) < 2 or not shown["price"] > 0:
        return None
    price = shown["price"]
    wealth = context.scale([row[by] for row in rows], "currency per person")
    people = context.scale([row["population"] for row in rows], "person")
    money = context.scale(
        [row["burden_per_capita"] for row in rows], "currency per person"
    )
    at = price_text(context, price)
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
