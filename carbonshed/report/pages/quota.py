"""Scenarios: emissions avoided, cuts that they ask, and possible receivers."""

from itertools import cycle, islice
from typing import Any

from carbonshed.numbers import percent
from carbonshed.report import vega
from carbonshed.report.colours import PALETTE, colour_of
from carbonshed.report.content import (
    Card,
    Chart,
    Column,
    Page,
    Section,
    make_fact,
    make_table,
    word,
)
from carbonshed.report.context import Context
from carbonshed.report.pages import reasons
from carbonshed.report.pages.choices import draw_choices
from carbonshed.report.pages.scatter import name_points, outliers, padded
from carbonshed.report.queries import Marts, Rows
from carbonshed.text import sentence

TITLE = "Scenarios"
_MAX_NAMES = 5  # in a sentence
_ALL_THE_SAME = "Show the figures anyway"

_SUMMARY = [
    "scenario_name",
    "quota",
    "hardest_hit_region_name",
    Column("largest_demand_cut", "It buys less by", "share"),
    Column("quota_share", "Of all emissions"),
    "super_emitters",
    Column("benchmarks", unit="word"),
    Column("caps", unit="word"),
    "projected_quota",
    Column("quota_uplift", "Relative to that growth"),
]
_REGIONS = [
    "region_name",
    "is_selected",
    Column("quota", "Avoided"),
    Column("producer_quota", "As a producer"),
    Column("consumer_quota", "As a consumer"),
    "production_before",
    "production_after",
    "footprint_before",
    "footprint_after",
]
_LIVING = [
    "scenario_name",
    Column("allocation_rule", unit="word"),
    "income_before",
    "income_after",
    Column("band_before", unit="word"),
    Column("band_after", unit="word"),
    "share_at_threshold_before",
    "share_at_threshold_after",
    "gini_before",
    "gini_after",
    "largest_income_factor",
]
_WITHHELD = [
    "scenario_name",
    Column("allocation_rule", unit="word"),
    "premise_note",
]
_SENSITIVITY = [
    Column("rule_id", unit="word"),
    Column("benchmark_id", unit="word"),
    Column("cap_id", unit="word"),
    "includes_power_supply",
    "quota",
]

_LEVERS = {
    "producer_quota": ("cleaner producers", colour_of("producers")),
    "consumer_quota": ("consumers who buy less", colour_of("consumers")),
}
_MAX_SECTORS = 15
_NAME_WIDTH = 156  # pixels of a line beside a bar
_MAX_NAMED, _HEIGHT = 12, 340  # for the chart of receivers
_COLOURS = PALETTE[:6]


def page(context: Context, marts: Marts) -> Page:
    """Make the page."""
    summary = marts.ask("quota/summary")
    lead = (
        "What would not be emitted if the few regions with the largest footprints came "
        "down to the level of others, what that asks of them, and, where the data "
        "allow it, who could receive it. What could be, never a forecast."
    )
    if not len(summary):
        why = reasons.why_empty(context, reasons.NO_SCENARIO)
        return Page(TITLE, lead, [Section("scenarios", TITLE, empty=why)])
    sections = [
        _scenarios(context, summary),
        _growth(summary),
        _carriers(context, summary, marts),
        _allocation(context, marts, summary),
        _living(context, marts.ask("quota/living"), marts.ask("quota/withheld")),
        _sensitivity(context, marts.ask("quota/sensitivity")),
    ]
    picture = _draw_scenarios(context, summary, marts.ask("common/caps"))
    next_step = Card(
        "explore.html",
        "What if",
        "Move the levers, and see who would buy how much less.",
    )
    if any(summary.column("across_countries_note")):
        # the refusal is the answer; readers may open the figures
        sections[0].charts.append(picture)
        for section in sections:
            section.fold = _ALL_THE_SAME
        picture = None
        next_step = reasons.LARGEST_FOOTPRINTS
    return Page(
        TITLE,
        lead,
        sections,
        context.finding("emissions_avoided"),
        headline=context.headline("emissions_avoided"),
        picture=picture,
        next_step=next_step,
    )


def _growth(summary: Rows) -> Section:
    """Return a section that gives the reason why nothing is compared with growth."""
    notes = {note for note in summary.column("quota_uplift_note") if note}
    why = "; ".join(sorted(notes))
    return Section("growth", "Growth until the peak", empty=why and f"{why}.")


def _scenarios(context: Context, summary: Rows) -> Section:
    text = [
        "Avoided is what would not be emitted if producers came down to the intensity "
        "of their peers and consumers to a cap per person, and nothing else reacted. "
        "In the shipped scenarios, who acts, how far and down to which cap are this "
        "project's choices, not the study's.",
        "Low, medium and high name benchmarks and caps, and are no order: a mean, a "
        "median and a best quarter can come in any order, and so can two caps.",
    ]
    first = summary.first()
    across = set(summary.column("across_countries_note"))
    if first["projected_quota"] is not None:
        peak = context.text(first["peak_emissions"], "stressor")
        text.append(
            f"The projected peak of emissions is {peak} in {first['peak_year']}."
        )
    columns = list(_SUMMARY)
    if any(summary.column("is_user_scenario")):
        columns.insert(1, "is_user_scenario")
    return Section(
        "scenarios",
        "What the scenarios avoid, and who is hit hardest",
        text,
        warnings=[
            *(sentence(note) for note in sorted(across - {None})),
            *reasons.on_producers(context, summary),
        ],
        tables=[
            make_table(
                context,
                "quota-summary",
                f"Emissions avoided by scenario, {context.title}",
                summary,
                columns,
                "Hit hardest: the region that has to cut most of what it buys today, "
                "and by how much of it.",
            )
        ],
    )


def _largest(summary: Rows) -> dict[str, Any] | None:
    """Return the shipped scenario that avoids most; a user may have replaced all."""
    return next((row for row in summary if row["is_largest"]), None)


def _carriers(context: Context, summary: Rows, marts: Marts) -> Section:
    largest = _largest(summary)
    regions = marts.ask("quota/regions")
    heading = "Who carries the cut"
    if largest is None:
        return Section("carriers", heading, empty=reasons.ALL_REPLACED)
    if not len(regions):
        return Section(
            "carriers", heading, empty=context.with_nouns(reasons.NOTHING_AVOIDED)
        )
    chart = _draw_sectors(context, marts.ask("quota/sectors"))
    return Section(
        "carriers",
        heading,
        [
            f"In the shipped scenario that avoids most, {largest['scenario_name']}. "
            + context.with_nouns(
                "Region by region, avoided is not the difference between before and "
                "after: a lever lowers the accounts of others too."
            )
        ],
        charts=[chart],
        tables=[
            make_table(
                context,
                "quota-regions",
                f"Emissions avoided by region, {context.title}",
                regions,
                _REGIONS,
            )
        ],
    )


def _allocation(context: Context, marts: Marts, summary: Rows) -> Section:
    heading = "Who could receive it"
    largest = _largest(summary)
    if largest is None:
        return Section("allocation", heading, empty=reasons.ALL_REPLACED)
    warnings = _above_givers(context, marts.ask("quota/above_givers"), largest)
    if largest["premise"] != "holds":
        why = reasons.not_shown([largest["premise_note"]])
        return Section("allocation", heading, empty=why)
    rows = marts.ask("quota/allocation")
    if not len(rows):
        return Section(
            "allocation", heading, empty=context.with_nouns(reasons.NO_RECEIVERS)
        )
    receivers = {row[rows.columns.index("region_id")] for row in rows.rows}
    facts = [
        make_fact(context, "receiving regions", len(receivers), "count"),
        make_fact(
            context,
            "of all people",
            largest["receiver_population_share"],
            "share",
            f"{percent(largest['receivers_share'], 0)} were asked for",
        ),
    ]
    chart = _draw_allocation(context, rows)
    text = [
        context.with_nouns(
            "What is avoided becomes a quota where it is allocated. Receivers are "
            "regions that are not among the largest footprints, poorest first by GDP "
            "per person. "
            "Regions are not split. Shown is the shipped scenario that avoids most, "
        )
        + f"{largest['scenario_name']}."
    ]
    return Section("allocation", heading, text, facts, [chart], warnings=warnings)


def _above_givers(context: Context, rows: Rows, largest: dict[str, Any]) -> list[str]:
    """Return a warning about receivers with more per person than a giver has left."""
    first = rows.first()
    if first is None:
        return []
    size = context.scale(
        [*rows.column("footprint_per_capita"), first["left_per_capita"]],
        "stressor per person",
    )
    named = [
        f"{row['region_name']} ({size.full(row['footprint_per_capita'])})"
        for row in islice(rows, _MAX_NAMES)
    ]
    others = len(rows) - len(named)
    listed = ", ".join(named) + (f" and {others} more" if others else "")
    verb = "has" if len(rows) == 1 else "have"
    return [
        f"In {largest['scenario_name']} {first['giver']} gives and has "
        f"{size.full(first['left_per_capita'])} left, while {listed} would receive "
        f"and {verb} more than that already."
    ]


def _living(context: Context, rows: Rows, withheld: Rows) -> Section:
    heading = "Living standards, before and after"
    tables = []
    # a single reason for all is a text instead
    if len(rows) and len(withheld):
        tables.append(
            make_table(
                context,
                "not-shown",
                "Scenarios and rules whose GDP per person is not shown",
                withheld,
                _WITHHELD,
            )
        )
    if not len(rows):
        why = reasons.not_shown(withheld.column("premise_note"))
        why = why or context.with_nouns(reasons.NO_RECEIVERS)
        return Section("living", heading, empty=why)
    chart = _draw_incomes(context, rows)
    if chart is None:
        why = context.with_nouns(reasons.NO_INCOME)
        return Section("living", heading, empty=why, tables=tables)
    first = rows.first()
    elasticity = context.text(first["income_elasticity"], "ratio")
    text = [
        context.with_nouns(
            "GDP per person follows the curve between regions of this year: who may "
            "emit more is given that of regions that emit as much today. It is no "
            "forecast, no statement about time, and nobody's income."
        ),
        "The curve: footprint per person grows with GDP per person to the power of "
        f"{elasticity}; it explains "
        f"{percent(first['curve_r_squared'], 0)} of the variance between "
        f"{context.regions}.",
    ]
    if any(rows.column("reaches_threshold_before")):
        text.append(
            "The receivers' mean GDP per person reaches the upper-middle band already, "
            "before any quota."
        )
    return Section(
        "living",
        heading,
        text,
        charts=[chart],
        tables=[
            make_table(
                context,
                "living-standards",
                f"Receivers' GDP per person by scenario and rule, {context.title}",
                rows,
                _LIVING,
                "Largest factor: how far the curve was stretched for one region. The "
                "threshold is where the upper-middle band begins.",
            ),
            *tables,
        ],
    )


def _sensitivity(context: Context, rows: Rows) -> Section:
    heading = "How much of it is the choice"
    if not len(rows):
        return Section("sensitivity", heading, empty=reasons.NO_SCENARIO)
    return Section(
        "sensitivity",
        heading,
        [
            "A scenario is four choices: who acts, how clean producers become, the cap "
            "on what consumers cause per person, and whether power supply is part of "
            "it: there the cleanest peers are often those with hydropower, which "
            "others cannot copy."
        ],
        charts=[draw_choices(context, rows)],
        tables=[
            make_table(
                context,
                "sensitivity-table",
                f"Emissions avoided by every combination, {context.title}",
                rows,
                _SENSITIVITY,
            )
        ],
    )


def _draw_scenarios(context: Context, scenarios: Rows, caps: Rows) -> Chart | None:
    """Draw what each scenario avoids by lever; its price stands beside its name."""
    size = context.scale(scenarios.column("quota"), "stressor")
    names = {
        row["scenario_id"]: "\n".join(
            [row["scenario_name"], *vega.wrapped(_price(row), _NAME_WIDTH)]
        )
        for row in scenarios
    }
    rows = [
        {
            "region_id": row["hardest_hit_region_id"],
            "scenario": names[row["scenario_id"]],
            "lever": lever,
            "order": order,
            **vega.figures(size, row[column]),
        }
        for row in scenarios
        for order, (column, (lever, _)) in enumerate(_LEVERS.items())
    ]
    ends = [
        {
            "scenario": names[row["scenario_id"]],
            # levers of a user may let one emit more
            "amount": vega.short(
                sum(max(row[column], 0) for column in _LEVERS) / size.divisor
            ),
            "text": f"{size.full(row['quota'])}, {percent(row['quota_share'], 0)}",
        }
        for row in scenarios
    ]
    axis = {"labelExpr": "split(datum.label, '\\n')", "labelLimit": 300}
    y = vega.labels("scenario", names.values(), axis=axis)
    x = vega.amount(
        "emissions avoided",
        size,
        axis=None,
        scale=vega.room_for(
            [row["text"] for row in ends], [row["amount"] for row in [*ends, *rows]]
        ),
    )
    bars = vega.draw(
        "bar",
        rows,
        y=y,
        x={**x, "stack": "zero"},
        **vega.kinds("lever", dict(_LEVERS.values()), "avoided by"),
        order=vega.quantitative("order"),
        tooltip=vega.tips("scenario", "lever", "text=avoided"),
    )
    written = vega.values_at_ends(x, y, "text") | {"data": {"values": ends}}
    # a row has room for the longest price that is written beside its bar
    lines = max(name.count("\n") + 1 for name in names.values())
    row_height = max(62, 17 * lines + 6)
    summary = "; ".join(
        f"{row['scenario_name']} {size.full(row['quota'])}, {_price(row)}"
        for row in scenarios
    )
    return Chart(
        "quotas",
        _quotas_title(scenarios),
        f"Emissions avoided by scenario and by lever, and their share of all "
        f"emissions. {summary}.",
        vega.finished(vega.layers(bars, written), height=row_height * len(names) + 10),
        scenarios,
        finding=context.headline("emissions_avoided"),
        notes=tuple(_lower_caps(context, scenarios, caps)),
    )


def _lower_caps(context: Context, scenarios: Rows, caps: Rows) -> list[str]:
    """Return why a shipped scenario asks more than the one that avoids most.

    Its cap is lower where the affluent cause less per person than all people do.
    """
    tonnes = {row["cap_id"]: row["tonnes_per_person"] for row in caps}
    largest = _largest(scenarios)
    if largest is None or tonnes.get(largest["caps"]) is None:
        return []
    size = context.scale([*tonnes.values()], "stressor per person")
    written = {
        row["scenario_id"]: f"{size.full(tonnes[row['caps']])}, the {word(row['caps'])}"
        for row in scenarios
        if tonnes.get(row["caps"]) is not None
    }
    return [
        f"{row['scenario_name']} avoids less than {largest['scenario_name']} and asks "
        f"more of {row['hardest_hit_region_name']}: its cap is "
        f"{written[row['scenario_id']]}, and that of {largest['scenario_name']} "
        f"{written[largest['scenario_id']]}."
        for row in scenarios
        if row["hardest_hit_region_name"] is not None
        and row["scenario_id"] in written
        and row["largest_demand_cut"] > largest["largest_demand_cut"]
        and tonnes[row["caps"]] < tonnes[largest["caps"]]
    ]


def _quotas_title(scenarios: Rows) -> str:
    """Return the price of the scenario that avoids most, as a title.

    It is a shipped one, of which the headline speaks, unless all are a user's.
    """
    largest = _largest(scenarios) or max(scenarios, key=lambda row: row["quota"])
    if largest["hardest_hit_region_name"] is None:
        return f"{largest['scenario_name']} asks nobody to buy less"
    return f"Largest cut in {largest['scenario_name']}: {_price(largest)}"


def _price(row: dict[str, Any]) -> str:
    """Return the cut of the region that is hit hardest."""
    if row["hardest_hit_region_name"] is None:
        return "nobody buys less"
    cut = percent(row["largest_demand_cut"], 0)
    return f"{row['hardest_hit_region_name']} buys {cut} less"


def _draw_sectors(context: Context, sectors: Rows) -> Chart | None:
    """Draw which sectors carry the reduction."""
    top = [row for row in sectors if row["reduction"] > 0][:_MAX_SECTORS]
    if not top:
        return None
    size = context.scale([row["reduction"] for row in top], "stressor")
    colours = {
        "power supply": colour_of("power supply"),
        "other sectors": colour_of("other sectors"),
    }
    rows = [
        {
            "sector": row["sector_name"],
            **vega.figures(size, row["reduction"]),
            "kind": "power supply" if row["is_power_supply"] else "other sectors",
        }
        for row in top
    ]
    y = vega.labels("sector", [row["sector"] for row in rows])
    room = vega.room_for(
        *([row[field] for row in rows] for field in ("text", "amount"))
    )
    x = vega.amount("emitted less", size, axis=None, scale=room)
    drawing = vega.layers(
        vega.draw(
            "bar",
            None,
            y=y,
            x=x,
            **vega.kinds("kind", colours),
            tooltip=vega.tips("sector", "text=emitted less"),
        ),
        vega.values_at_ends(x, y, "text"),
        rows=rows,
    )
    reductions = sum(max(row["reduction"], 0) for row in sectors)
    return Chart(
        "sectors",
        f"{top[0]['sector_name']}: {percent(top[0]['reduction'] / reductions, 0)} of "
        "what sectors emit less",
        "Sectors with the largest reductions in the shipped scenario that avoids most. "
        f"The first is {top[0]['sector_name']}, {size.full(top[0]['reduction'])}.",
        vega.finished(drawing, height=24 * len(top) + 10),
        sectors,
    )


def _draw_allocation(context: Context, receivers: Rows) -> Chart | None:
    """Draw footprint per person of the receivers, before and after, against income."""
    complete = [
        row
        for row in receivers
        if row["income_before"] is not None
        and row["footprint_per_capita_after"] is not None
    ]
    if not complete:
        return None
    size = context.scale(
        [row["footprint_per_capita_after"] for row in complete], "stressor per person"
    )
    money = context.scale(
        [row["income_before"] for row in complete], "currency per person"
    )
    rules = list(dict.fromkeys(row["allocation_rule"] for row in complete))
    colours = {"before": colour_of("before")}
    colours |= zip((f"after: {word(rule)}" for rule in rules), cycle(_COLOURS))
    points = [
        (row, f"after: {word(row['allocation_rule'])}", "after") for row in complete
    ]
    points += [
        (row, "before", "before")
        for row in complete
        if row["allocation_rule"] == rules[0]
    ]
    rows = [
        {
            "region_id": row["region_id"],
            "region": row["region_name"],
            "income": vega.short(row["income_before"]),
            **vega.figures(size, row[f"footprint_per_capita_{moment}"]),
            "rule": rule,
        }
        for row, rule, moment in points
    ]
    x = vega.amount(
        "GDP per person before",
        money,
        "income",
        scale=padded([row["income"] for row in rows]),
    )
    y = vega.amount(
        "footprint", size, scale=padded([row["amount"] for row in rows], from_zero=True)
    )
    marks = vega.draw(
        "point",
        rows,
        {"size": 30},
        x=x,
        y=y,
        **vega.kinds("rule", colours, legend={"columns": 2}),
        tooltip=vega.tips(
            f"region={context.region}", "rule=when", "text=footprint per person"
        ),
    )
    # the points of today come last
    today = [at for at, row in enumerate(rows) if row["rule"] == "before"]
    named = [
        today[at] for at in outliers([rows[at] for at in today], ("income", "amount"))
    ]
    names = name_points(rows, named[:_MAX_NAMED], x, y, _HEIGHT)
    drawing = vega.layers(marks, *names)
    first = [row for row in complete if row["allocation_rule"] == rules[0]]
    before, after = (
        _mean(first, f"footprint_per_capita_{moment}") for moment in ("before", "after")
    )
    return Chart(
        "allocation",
        f"Receivers could go from {size.text(before)} to {size.full(after)}",
        "Footprint per person of each receiving region before, and after the quota is "
        "allocated by each rule, against GDP per person; the scenario that avoids "
        "most, before the levers. The title has the mean of all their people, which is "
        "the same by each rule.",
        vega.finished(drawing, height=_HEIGHT),
        receivers,
    )


def _mean(receivers: list[dict[str, Any]], column: str) -> float:
    """Return the mean of all people of the receivers."""
    people = sum(row["population"] for row in receivers)
    return sum(row[column] * row["population"] for row in receivers) / people


def _draw_incomes(context: Context, living: Rows) -> Chart | None:
    """Draw mean income of the receivers before and after, by scenario and rule."""
    complete = [row for row in living if row["income_after"] is not None]
    if not complete:
        return None
    money = context.scale(
        [row["income_after"] for row in complete], "currency per person"
    )
    rows = [
        {
            "row": f"{row['scenario_name']}, {word(row['allocation_rule'])}",
            "income": vega.short(row[f"income_{moment}"]),
            "when": moment,
            "text": money.full(row[f"income_{moment}"]),
        }
        for row in complete
        for moment in ("before", "after")
    ]
    order = list(dict.fromkeys(row["row"] for row in rows))
    colours = {kind: colour_of(kind) for kind in ("before", "after")}
    parts = vega.dumbbells(
        vega.amount("mean GDP per person of the receivers", money, "income"),
        vega.labels("row", order, axis={"labelLimit": 300}),
        **vega.kinds("when", colours, also={"shape": ["circle", "square"]}),
        tooltip=vega.tips(
            "row=scenario, rule", "when=when", "text=mean GDP per person"
        ),
    )
    drawing = vega.layers(*parts, rows=rows)
    most = max(complete, key=lambda row: row["income_after"])
    limit = complete[0]["income_threshold"]
    text = "No income band is known for this currency and year."
    if limit is not None:
        rule = [{"limit": vega.short(limit)}]
        line = vega.draw("rule", rule, vega.DASHED, x=vega.quantitative("limit"))
        drawing["layer"].append(line)
        text = f"Dashed: where the upper-middle band begins, {money.full(limit)}."
    return Chart(
        "incomes",
        f"Receivers' mean GDP could go from {money.text(most['income_before'])} to "
        f"{money.full(most['income_after'])}",
        f"Mean GDP per person of the receivers by scenario and allocation rule; the "
        f"title has the highest. {text}",
        vega.finished(drawing, height=30 * len(order) + 20),
        living,
    )
