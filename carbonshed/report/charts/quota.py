"""Charts of quotas, of who receives them, and of living standards."""

import altair as alt

from carbonshed.numbers import percent
from carbonshed.report.charts.theme import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PURPLE,
    SKY,
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

LEVERS = {
    "producer_quota": "cleaner producers",
    "consumer_quota": "consumers who buy less",
}
_RULE_COLOURS = [BLUE, ORANGE, GREEN, PURPLE, SKY]


def scenarios(context: Context, rows: Rows) -> Chart | None:
    """Quota of each scenario by the lever that sets it free."""
    if not len(rows):
        return None
    size = context.scale(rows.column("quota"), "stressor")
    # the price stands beside the gain
    names = {
        each["scenario_id"]: f"{each['scenario_name']}\n{_price(each)}" for each in rows
    }
    values = [
        {
            "scenario": names[each["scenario_id"]],
            "lever": label,
            "order": order,
            "amount": short(each[column] / size.divisor),
            "text": size.full(each[column]),
        }
        for each in rows
        for order, (column, label) in enumerate(LEVERS.items())
    ]
    chart = (
        alt.Chart(data(values))
        .mark_bar()
        .encode(
            y=alt.Y(
                "scenario:N",
                title=None,
                sort=list(names.values()),
                axis=alt.Axis(labelExpr="split(datum.label, '\\n')", labelLimit=300),
            ),
            x=alt.X(
                "amount:Q", title=titled("emissions avoided", size.unit), stack="zero"
            ),
            color=alt.Color(
                "lever:N",
                title="avoided by",
                scale=colours(list(LEVERS.values()), [VERMILION, BLUE]),
            ),
            order="order:Q",
            tooltip=[
                alt.Tooltip("scenario:N"),
                alt.Tooltip("lever:N"),
                alt.Tooltip("text:N", title="avoided"),
            ],
        )
    )
    summary = "; ".join(
        f"{each['scenario_name']} {size.full(each['quota'])}, {_price(each)}"
        for each in rows
    )
    return Chart(
        "quotas",
        "Emissions avoided in each scenario, and what it asks",
        f"Emissions avoided by scenario and by lever. {summary}.",
        finished(chart, height=52 * len(names) + 10),
        rows,
        finding=context.finding("emissions_avoided"),
    )


def _price(each: dict) -> str:
    """Return what the region that is hit hardest gives up."""
    if each["hardest_hit_region_name"] is None:
        return "nobody buys less"
    return (
        f"{each['hardest_hit_region_name']} buys "
        f"{percent(each['largest_demand_cut'], 0)} less"
    )


def sectors(context: Context, rows: Rows) -> Chart | None:
    """Which sectors carry the reduction."""
    top = [each for each in rows if each["reduction"] > 0][:15]
    if not top:
        return None
    size = context.scale([each["reduction"] for each in top], "stressor")
    kinds = {True: "power supply", False: "other sectors", None: "other sectors"}
    values = [
        {
            "sector": each["sector_name"],
            "amount": short(each["reduction"] / size.divisor),
            "text": size.full(each["reduction"]),
            "kind": kinds[each["is_power_supply"]],
        }
        for each in top
    ]
    chart = (
        alt.Chart(data(values))
        .mark_bar()
        .encode(
            y=alt.Y("sector:N", title=None, sort=[each["sector"] for each in values]),
            x=alt.X("amount:Q", title=titled("emitted less", size.unit)),
            color=alt.Color(
                "kind:N",
                title=None,
                scale=colours(["power supply", "other sectors"], [ORANGE, BLUE]),
            ),
            tooltip=[
                alt.Tooltip("sector:N"),
                alt.Tooltip("text:N", title="emitted less"),
            ],
        )
    )
    return Chart(
        "sectors",
        "Which sectors emit less",
        "Sectors with the largest reductions, in the scenario with the largest quota. "
        f"The first is {top[0]['sector_name']}, {size.full(top[0]['reduction'])}.",
        finished(chart, height=24 * len(top) + 10),
        rows,
    )


def allocation(context: Context, rows: Rows) -> Chart | None:
    """Footprint per person of the receivers, before and after, against income."""
    known = [
        each
        for each in rows
        if each["income_before"] is not None
        and each["footprint_per_capita_after"] is not None
    ]
    if not known:
        return None
    size = context.scale(
        [each["footprint_per_capita_after"] for each in known], "stressor per person"
    )
    money = context.scale(
        [each["income_before"] for each in known], "currency per person"
    )
    rules = list(dict.fromkeys(each["allocation_rule"] for each in known))
    names = ["before", *(f"after: {word(rule)}" for rule in rules)]
    values = [
        {
            "region": each["region_name"],
            "income": short(each["income_before"]),
            "amount": short(each["footprint_per_capita_after"] / size.divisor),
            "text": size.full(each["footprint_per_capita_after"]),
            "rule": f"after: {word(each['allocation_rule'])}",
        }
        for each in known
    ]
    values += [
        {
            "region": each["region_name"],
            "income": short(each["income_before"]),
            "amount": short(each["footprint_per_capita_before"] / size.divisor),
            "text": size.full(each["footprint_per_capita_before"]),
            "rule": "before",
        }
        for each in known
        if each["allocation_rule"] == rules[0]
    ]
    chart = (
        alt.Chart(data(values))
        .mark_point(opacity=1, size=26)
        .encode(
            x=alt.X(
                "income:Q",
                title=titled("GDP per person before", money.unit),
                scale=alt.Scale(zero=False),
            ),
            y=alt.Y("amount:Q", title=titled("footprint", size.unit)),
            color=alt.Color(
                "rule:N",
                title=None,
                scale=colours(names, [GREY, *_RULE_COLOURS]),
                legend=alt.Legend(columns=2),
            ),
            tooltip=[
                alt.Tooltip("region:N"),
                alt.Tooltip("rule:N", title="when"),
                alt.Tooltip("text:N", title="footprint per person"),
            ],
        )
    )
    return Chart(
        "allocation",
        "What the receivers could consume more",
        "Footprint per person of each receiving region before, and after the quota is "
        "allocated by each rule, against GDP per person; the scenario with the largest "
        "quota. Before the levers.",
        finished(chart, height=340),
        rows,
    )


def incomes(context: Context, rows: Rows) -> Chart | None:
    """Mean income of the receivers before and after, by scenario and rule."""
    known = [each for each in rows if each["income_after"] is not None]
    if not known:
        return None
    money = context.scale(
        [each["income_after"] for each in known], "currency per person"
    )
    kinds = {"before": "income_before", "after": "income_after"}
    values = [
        {
            "row": f"{each['scenario_name']}, {word(each['allocation_rule'])}",
            "income": short(each[column]),
            "when": kind,
            "text": money.full(each[column]),
        }
        for each in known
        for kind, column in kinds.items()
    ]
    order = list(dict.fromkeys(value["row"] for value in values))
    y = alt.Y("row:N", title=None, sort=order, axis=alt.Axis(labelLimit=300))
    x = alt.X(
        "income:Q", title=titled("mean GDP per person of the receivers", money.unit)
    )
    base = alt.Chart(data(values))
    points = base.mark_point(size=90, opacity=1).encode(
        x=x,
        y=y,
        color=alt.Color(
            "when:N",
            title=None,
            scale=colours(list(kinds), [GREY, GREEN]),
        ),
        shape=alt.Shape(
            "when:N",
            title=None,
            scale=alt.Scale(domain=list(kinds), range=["circle", "square"]),
        ),
        tooltip=[
            alt.Tooltip("row:N", title="scenario, rule"),
            alt.Tooltip("when:N", title="when"),
            alt.Tooltip("text:N", title="mean income"),
        ],
    )
    chart = base.mark_line(color=GREY, strokeWidth=2).encode(x=x, y=y, detail="row:N")
    chart = chart + points
    limit = known[0]["income_threshold"]
    if limit is not None:
        rule = alt.Chart(data([{"limit": short(limit)}]))
        chart = chart + rule.mark_rule(strokeDash=[5, 4], strokeWidth=1.5).encode(
            x="limit:Q"
        )
    return Chart(
        "incomes",
        "Incomes of the receivers, before and after",
        "Mean income of the receivers by scenario and allocation rule. "
        + (
            f"Dashed: where the upper-middle band begins, {money.full(limit)}."
            if limit is not None
            else "No income band is known for this currency and year."
        ),
        finished(chart, height=30 * len(order) + 20),
        rows,
    )


def sensitivity(context: Context, rows: Rows) -> Chart | None:
    """Quota over all choices."""
    if not len(rows):
        return None
    size = context.scale(rows.column("quota"), "stressor")
    powers = {True: "with power supply", False: "without power supply"}
    rules = list(dict.fromkeys(rows.column("rule_id")))
    rules.sort(
        key=lambda rule: (
            not any(each["is_default_rule"] for each in rows if each["rule_id"] == rule)
        )
    )
    values = [
        {
            "rule": word(each["rule_id"]),
            "benchmark": word(each["benchmark_id"]),
            "cap": word(each["cap_id"]),
            "power": powers[each["includes_power_supply"]],
            "amount": short(each["quota"] / size.divisor),
            "text": size.full(each["quota"]),
        }
        for each in rows
    ]
    benchmarks = sorted({value["benchmark"] for value in values})
    chart = (
        alt.Chart(data(values))
        .mark_point(opacity=1, size=60)
        .encode(
            x=alt.X("amount:Q", title=titled("emissions avoided", size.unit)),
            y=alt.Y(
                "rule:N",
                title=None,
                sort=[word(rule) for rule in rules],
                axis=alt.Axis(labelLimit=300),
            ),
            yOffset=alt.YOffset("benchmark:N", sort=benchmarks),
            color=alt.Color(
                "benchmark:N",
                title="benchmark",
                scale=colours(benchmarks, [BLUE, ORANGE, GREEN, PURPLE]),
            ),
            shape=alt.Shape(
                "power:N",
                title=None,
                scale=alt.Scale(
                    domain=list(powers.values()), range=["circle", "diamond"]
                ),
            ),
            tooltip=[
                alt.Tooltip("rule:N"),
                alt.Tooltip("benchmark:N"),
                alt.Tooltip("cap:N"),
                alt.Tooltip("power:N", title="power supply"),
                alt.Tooltip("text:N", title="avoided"),
            ],
        )
    )
    low, high = min(rows.column("quota")), max(rows.column("quota"))
    return Chart(
        "sensitivity",
        "Emissions avoided under every combination of choices",
        f"A point for each combination of rule, benchmark, cap and power supply. "
        f"They run from {size.full(low)} to {size.full(high)}.",
        finished(chart, height=78 * len(rules) + 10),
        rows,
    )
