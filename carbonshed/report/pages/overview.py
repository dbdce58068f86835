"""The first page: what stands out, and where emissions go."""

from typing import Any

from carbonshed.report.charts import accounts
from carbonshed.report.content import Card, Page, Section, make_fact
from carbonshed.report.marts import Marts, Rows
from carbonshed.report.numbers import percent
from carbonshed.report.pages import intervals, study, words
from carbonshed.report.scope import Scope

TITLE = "Overview"


def page(scope: Scope, marts: Marts) -> Page:
    """Make the page."""
    totals = marts.ask("overview/totals")
    largest = marts.ask("overview/largest").first()
    figures = marts.ask("overview/figures").first() or {}
    headlines = marts.ask("overview/headlines")
    drawn = intervals.ask_quotas(marts).get(figures.get("scenario_id"), {})
    sections = [_accounts(scope, totals), _further(scope, figures | drawn, largest)]
    sections[1:1] = intervals.headlines(scope, marts)
    if scope.findings:
        sections.insert(0, _findings(scope))
    if any(headlines.column("comparable")):
        sections.insert(-1, study.section(scope, headlines))
    return Page(
        "overview",
        TITLE,
        "Who emits, and for whose consumption: the accounts of this dataset in one "
        "page.",
        sections,
        scope.finding("arises_elsewhere"),
    )


def _findings(scope: Scope) -> Section:
    found = list(scope.findings.values())
    return Section("findings", "What stands out", findings=found)


def _accounts(scope: Scope, totals: Rows) -> Section:
    row = totals.first()
    facts = [
        make_fact(
            scope,
            "emitted in all" if scope.is_mass else "in all",
            row["emissions_in"],
            "stressor",
        ),
        make_fact(
            scope,
            "footprint of all regions",
            row["footprint"],
            "stressor",
            "for final demand inside the table",
        ),
    ]
    if scope.has_exports:
        facts.append(
            make_fact(
                scope,
                f"for deliveries {scope.outside}",
                row["export_emissions"],
                "stressor",
                "in nobody's footprint",
            )
        )
    if row["population"] and row["ranked_footprint"] is not None:
        people = scope.scale([row["population"]], "person")
        facts.append(
            make_fact(
                scope,
                "mean footprint",
                row["ranked_footprint"] / row["population"],
                "stressor per person",
                f"{people.full(row['population'])} in ranked regions",
            )
        )
    if row["footprint"]:
        facts.append(
            make_fact(
                scope,
                "of footprints for investment",
                row["investment_footprint"] / row["footprint"],
                "share",
                "households "
                f"{percent(row['household_footprint'] / row['footprint'])}, government "
                f"{percent(row['government_footprint'] / row['footprint'])}",
            )
        )
    others = row["regions"] - row["ranked_regions"]
    blocks = "balancing block" if others == 1 else "balancing blocks"
    note = f"and {others:,} {blocks} or rest of the world" if others else ""
    facts.append(
        make_fact(scope, "ranked regions", row["ranked_regions"], "count", note)
    )
    chart = accounts.destinations(scope, totals)
    return Section(
        "accounts",
        "Where emissions go",
        [words.footprints(scope)] if chart else [words.NO_EMISSIONS],
        facts,
        [chart] if chart else [],
    )


def _further(
    scope: Scope, figures: dict[str, Any], largest: dict[str, Any] | None
) -> Section:
    cards = []
    if largest:
        total = scope.scale([largest["consumption_footprint"]], "stressor")
        cards.append(
            Card(
                "ranking.html",
                "Ranking",
                f"The largest footprint is that of {largest['region_name']}: "
                f"{total.full(largest['consumption_footprint'])}.",
            )
        )
    if figures.get("gini") is not None:
        cards.append(
            Card(
                "inequality.html",
                "Inequality",
                f"The Gini index of footprints between regions is "
                f"{figures['gini']:.3f}.",
            )
        )
    cards.append(
        Card(
            "leakage.html",
            "Emissions in trade",
            "Who emits for whose consumption, and who earns along the same chains.",
        )
    )
    if figures.get("quota") is not None:
        quota = scope.scale([figures["quota"]], "stressor")
        interval = ""
        if "quota_p05" in figures:
            interval = (
                f" (5 to 95 %: {quota.text(figures['quota_p05'])} to "
                f"{quota.full(figures['quota_p95'])}; {intervals.OF_QUOTAS})"
            )
        cards += [
            Card(
                "emitters.html",
                "Super-emitters",
                f"{figures['super_emitters']:,} regions count as super-emitters by "
                "the rule in use.",
            ),
            Card(
                "quota.html",
                "Scenarios",
                f"In {figures['scenario_name']}, their levers avoid "
                f"{quota.full(figures['quota'])}{interval}.",
            ),
        ]
    cards += [
        Card(
            "region.html", "Your region", "Pick a region: its suppliers and customers."
        ),
        Card("quality.html", "Data quality", "What came in, and where it went."),
        Card("methods.html", "Methods", "What each number is, and whose choice."),
    ]
    return Section("further", "Read on", cards=cards)
