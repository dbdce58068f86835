"""Quotas, who receives them, and living standards before and after."""

from carbonshed.report.charts import quota
from carbonshed.report.content import Column, Page, Section, make_fact, make_table
from carbonshed.report.marts import Marts, Rows
from carbonshed.report.numbers import percent
from carbonshed.report.pages import words
from carbonshed.report.scope import Scope

TITLE = "Quota"

_SUMMARY = [
    Column("scenario_name", "Scenario"),
    Column("super_emitters", "Super-emitters", "count"),
    Column("benchmark_id", "Benchmark", "word"),
    Column("cap_id", "Cap", "word"),
    Column("quota", "Quota", "stressor"),
    Column("quota_share", "Of all emissions", "share"),
    Column("projected_quota", "Growth until the peak", "stressor"),
    Column("quota_uplift", "Quota relative to that growth", "ratio"),
    Column("smallest_demand_factor", "Demand left at least", "ratio"),
]
_REGIONS = [
    Column("region_name", "Region", region="region_id"),
    Column("is_selected", "Super-emitter", "flag"),
    Column("quota", "Quota", "stressor"),
    Column("producer_quota", "As a producer", "stressor"),
    Column("consumer_quota", "As a consumer", "stressor"),
    Column("production_before", "Emitted before", "stressor"),
    Column("production_after", "Emitted after", "stressor"),
    Column("footprint_before", "Footprint before", "stressor"),
    Column("footprint_after", "Footprint after", "stressor"),
]
_LIVING = [
    Column("scenario_name", "Scenario"),
    Column("allocation_rule", "Allocation rule", "word"),
    Column("income_before", "Income before", "currency per person"),
    Column("income_after", "Income after", "currency per person"),
    Column("band_before", "Band before", "word"),
    Column("band_after", "Band after", "word"),
    Column("share_at_threshold_before", "Above the threshold before", "share"),
    Column("share_at_threshold_after", "Above the threshold after", "share"),
    Column("gini_before", "Gini before", "index"),
    Column("gini_after", "Gini after", "index"),
    Column("largest_income_factor", "Largest factor", "ratio"),
    Column("is_beyond", "Beyond the curve", "flag"),
]
_SENSITIVITY = [
    Column("rule_id", "Rule", "word"),
    Column("benchmark_id", "Benchmark", "word"),
    Column("cap_id", "Cap", "word"),
    Column("includes_power_supply", "With power supply", "flag"),
    Column("quota", "Quota", "stressor"),
]


def page(scope: Scope, marts: Marts) -> Page:
    """Make the page."""
    summary = marts.ask("quota/summary")
    lead = (
        "What a few super-emitters could set free, who could receive it, and what that "
        "could mean for living standards. What could be, never a forecast."
    )
    if not len(summary):
        why = words.why_empty(scope, words.NO_SCENARIO)
        return Page("quota", TITLE, lead, [Section("scenarios", "Quota", empty=why)])
    living = marts.ask("quota/living")
    return Page(
        "quota",
        TITLE,
        lead,
        [
            _scenarios(scope, summary),
            _carriers(scope, summary, marts),
            _allocation(scope, marts.ask("quota/allocation"), summary),
            _living(scope, living),
            _sensitivity(scope, marts.ask("quota/sensitivity")),
        ],
    )


def _scenarios(scope: Scope, summary: Rows) -> Section:
    text = [
        "A quota is what would not be emitted if producers came down to the intensity "
        "of their peers and consumers to a cap per person, and nothing else reacted. "
        "Rules, benchmarks and caps are this project's choices, not the study's.",
        "Low need not be below medium: a weighted mean, a median and a quartile are "
        "not in a fixed order.",
    ]
    first = summary.first()
    notes = {note for note in summary.column("quota_uplift_note") if note}
    text += [f"There is no uplift: {note}." for note in sorted(notes)]
    if first["projected_quota"] is not None:
        peak = scope.scale([first["peak_emissions"]], "stressor")
        text.append(
            f"The projected peak is {peak.full(first['peak_emissions'])} in "
            f"{first['peak_year']} ({first['projection_id'].replace('_', ' ')})."
        )
    return Section(
        "scenarios",
        "What the scenarios set free",
        text,
        charts=[quota.scenarios(scope, summary)],
        tables=[
            make_table(
                scope,
                "quota-summary",
                f"Quota by scenario, {scope.title}",
                summary,
                _SUMMARY,
                "Demand left at least: what the region that is hit hardest still buys, "
                "as a share of today.",
            )
        ],
    )


def _largest(summary: Rows) -> str:
    return next(each["scenario_name"] for each in summary if each["is_largest"])


def _carriers(scope: Scope, summary: Rows, marts: Marts) -> Section:
    regions = marts.ask("quota/regions")
    heading = "Who carries the cut"
    if not len(regions):
        return Section(
            "carriers", heading, empty="No region has a quota in any scenario."
        )
    chart = quota.sectors(scope, marts.ask("quota/sectors"))
    return Section(
        "carriers",
        heading,
        [
            f"In the scenario with the largest quota, {_largest(summary)}. Region by "
            "region the quota is not what is emitted before less after: a lever lowers "
            "the accounts of others too."
        ],
        charts=[chart] if chart else [],
        tables=[
            make_table(
                scope,
                "quota-regions",
                f"Quota by region, {scope.title}",
                regions,
                _REGIONS,
            )
        ],
    )


def _allocation(scope: Scope, rows: Rows, summary: Rows) -> Section:
    heading = "Who receives it"
    if not len(rows):
        return Section("allocation", heading, empty=words.NO_RECEIVERS)
    first = summary.first()
    receivers = {row[rows.columns.index("region_id")] for row in rows.rows}
    facts = [
        make_fact(scope, "receiving regions", len(receivers), "count"),
        make_fact(
            scope,
            "of all people",
            first["receiver_population_share"],
            "share",
            f"{percent(first['receivers_share'], 0)} were asked for",
        ),
    ]
    chart = quota.allocation(scope, rows)
    text = [
        "Receivers are regions that are no super-emitters, poorest first by GDP per "
        "person. Regions are not split. Shown is the scenario with the largest quota, "
        f"{_largest(summary)}."
    ]
    if chart is None:
        return Section("allocation", heading, [*text, words.NO_INCOME], facts)
    return Section("allocation", heading, text, facts, [chart])


def _living(scope: Scope, rows: Rows) -> Section:
    heading = "Living standards, before and after"
    if not len(rows):
        return Section("living", heading, empty=words.NO_RECEIVERS)
    chart = quota.incomes(scope, rows)
    if chart is None:
        return Section("living", heading, empty=words.NO_INCOME)
    first = rows.first()
    text = [
        "Incomes follow the curve between regions of this year: who may emit more is "
        "given the income of regions that emit as much today. It is no forecast, and "
        "no statement about time. GDP per person stands for income.",
        f"The curve: footprint per person grows with income to the power of "
        f"{first['income_elasticity']:.2f}; it explains "
        f"{percent(first['curve_r_squared'], 0)} of the variance between regions.",
    ]
    beyond = sum(rows.column("is_beyond"))
    text.append(
        f"{beyond} of {len(rows)} rows lie beyond the regions behind the curve: they "
        "are marked, and say less than the others."
        if beyond
        else "No row lies beyond the regions behind the curve."
    )
    return Section(
        "living",
        heading,
        text,
        charts=[chart],
        tables=[
            make_table(
                scope,
                "living-standards",
                f"Receivers' incomes by scenario and rule, {scope.title}",
                rows,
                _LIVING,
                "Largest factor: how far the curve was stretched for one region. The "
                "threshold is where the upper-middle band begins.",
            )
        ],
    )


def _sensitivity(scope: Scope, rows: Rows) -> Section:
    heading = "How much of it is the choice"
    if not len(rows):
        return Section("sensitivity", heading, empty=words.NO_SCENARIO)
    return Section(
        "sensitivity",
        heading,
        [
            "Every combination of rule, benchmark and cap, with and without power "
            "supply: there the cleanest peers are often those with hydropower, which "
            "others cannot copy."
        ],
        charts=[quota.sensitivity(scope, rows)],
        tables=[
            make_table(
                scope,
                "sensitivity-table",
                f"Quota of every combination, {scope.title}",
                rows,
                _SENSITIVITY,
            )
        ],
    )
