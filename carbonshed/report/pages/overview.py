"""The first page: findings, and the destination of emissions."""

from typing import Any

from carbonshed.numbers import percent
from carbonshed.report import vega
from carbonshed.report.colours import colour_of
from carbonshed.report.content import Card, Chart, Page, Section, make_fact
from carbonshed.report.context import Context
from carbonshed.report.marts import Marts, Rows
from carbonshed.report.pages import comparisons, intervals, words
from carbonshed.report.pages.full_scope import FullScope
from carbonshed.text import sentence

TITLE = "Overview"

_PARTS = (
    ("local_emissions", "own region", colour_of("own place")),
    ("outflow_emissions", "other regions", colour_of("other places")),
    ("export_emissions", "deliveries {outside}", colour_of("exports")),
    ("direct_emissions", "direct, by final users", colour_of("direct")),
    ("unattributed_emissions", "unattributed", colour_of("unattributed")),
)


def page(context: Context, marts: Marts) -> Page:
    """Make the page."""
    totals = marts.ask("overview/totals")
    largest = marts.ask("overview/largest").first()
    figures = marts.ask("overview/figures").first() or {}
    headlines = marts.ask("common/headlines")
    quotas = intervals.by_scenario(marts.ask_if_built("quota/intervals"))
    drawn = quotas.get(figures.get("scenario_id"), {})
    sections = [_accounts(context, totals), _further(context, figures | drawn, largest)]
    sections[1:1] = intervals.headlines(
        context, marts.ask_if_built("overview/intervals")
    )
    title = context.finding("arises_elsewhere")
    full = FullScope(context, marts.ask_if_built("overview/full_scope"))
    if full:
        # the widest figures there are come first
        title = full.headline
        sections[0].facts.insert(0, full.total)
    if context.findings:
        sections.insert(0, _findings(context, title))
    if any(headlines.column("comparable")):
        sections.insert(-1, comparisons.study_section(context, headlines))
    return Page(
        TITLE,
        "Who emits, and for whose consumption: the accounts of this dataset in one "
        "page.",
        sections,
        title,
    )


def _findings(context: Context, title: str) -> Section:
    """Return the findings that the title does not have."""
    # several findings may be the same: one reason for which figures are missing
    findings = dict.fromkeys(context.findings.values())
    findings.pop(f"{title}.", None)
    return Section("findings", "What stands out", findings=list(findings))


def _accounts(context: Context, totals: Rows) -> Section:
    row = totals.first()
    facts = []
    is_domestic = context.extent.startswith("domestic")
    without_imports = ", without imports" if is_domestic else ""
    if context.values.get("arises_elsewhere"):
        facts.append(
            make_fact(
                context,
                "of footprints arise in another region",
                context.values["arises_elsewhere"],
                "share",
                without_imports.removeprefix(", "),
            )
        )
    facts += [
        make_fact(
            context,
            "emitted in all" if context.is_mass else "in all",
            row["emissions_in"],
            "stressor",
        ),
        make_fact(
            context,
            "footprint of all regions",
            row["footprint"],
            "stressor",
            f"for final demand inside the table{without_imports}",
        ),
    ]
    if context.has_exports:
        facts.append(
            make_fact(
                context,
                f"for deliveries {context.outside}",
                row["export_emissions"],
                "stressor",
                "in nobody's footprint",
            )
        )
    if row["population"] and row["ranked_footprint"] is not None:
        people = context.text(row["population"], "person")
        facts.append(
            make_fact(
                context,
                "mean footprint",
                row["ranked_footprint"] / row["population"],
                "stressor per person",
                f"{people} in {row['ranked_regions']:,} {context.regions}",
            )
        )
    if row["footprint"]:
        facts.append(
            make_fact(
                context,
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
        make_fact(context, context.regions, row["ranked_regions"], "count", note)
    )
    chart = _draw_destinations(context, totals)
    if chart is None:
        facts = []
    return Section(
        "accounts",
        "Where emissions go",
        [words.footprints(context)],
        facts,
        [chart] if chart else [],
        empty="" if chart else words.NO_EMISSIONS,
    )


def _draw_destinations(context: Context, totals: Rows) -> Chart | None:
    """Draw for whom everything is emitted: one bar."""
    row = totals.first()
    total = sum(row[column] for column, _, _ in _PARTS)
    if not total:
        return None
    size = context.scale([total], "stressor")
    colours, rows = {}, []
    for column, label, colour in _PARTS:
        if row[column]:
            part = context.with_nouns(label.format(outside=context.outside))
            colours[part] = colour
            text = f"{size.full(row[column])} ({percent(row[column] / total)})"
            order = {"part": part, "order": len(rows)}
            rows.append({**order, **vega.figures(size, row[column]), "text": text})
    drawing = vega.draw(
        "bar",
        rows,
        {"size": 54},
        x=vega.amount("emitted", size, stack="zero"),
        **vega.kinds("part", colours, "emitted for", legend={"columns": 3}),
        order=vega.quantitative("order"),
        tooltip=vega.tips("part=for", "text=emitted"),
    )
    return Chart(
        "where-emissions-go",
        "For whom everything is emitted",
        "One bar of all emissions of the system, split by whom they serve: "
        + "; ".join(f"{row['part']} {row['text']}" for row in rows)
        + ".",
        vega.finished(drawing, height=70),
        totals,
        finding=context.finding("arises_elsewhere"),
    )


def _further(
    context: Context, figures: dict[str, Any], largest: dict[str, Any] | None
) -> Section:
    cards = []
    if largest:
        total = context.text(largest["consumption_footprint"], "stressor")
        cards.append(
            Card(
                "ranking.html",
                "Ranking",
                f"The largest footprint is that of {largest['region_name']}: {total}.",
            )
        )
    if figures.get("gini") is not None:
        gini = context.text(figures["gini"], "index")
        cards.append(
            Card(
                "inequality.html",
                "Inequality",
                f"The Gini index of footprints between {context.regions} is {gini}.",
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
        quota = context.scale([figures["quota"]], "stressor")
        interval = ""
        if "quota_p05" in figures:
            interval = (
                f" (5 to 95 %: {quota.text(figures['quota_p05'])} to "
                f"{quota.full(figures['quota_p95'])}; {intervals.OF_QUOTAS})"
            )
        avoided = (
            f"In {figures['scenario_name']}, their levers avoid "
            f"{quota.full(figures['quota'])}{interval}."
        )
        if figures["premise"] == "across_countries":
            avoided = sentence(figures["premise_note"])
        cards += [
            Card(
                "emitters.html",
                "Super-emitters",
                f"{figures['super_emitters']:,} {context.regions} count as "
                "super-emitters by the rule in use.",
            ),
            Card("quota.html", "Scenarios", avoided),
        ]
    cards += [
        Card(
            "region.html",
            context.with_nouns("Your region"),
            context.with_nouns("Pick a region: its suppliers and customers."),
        ),
        Card("quality.html", "Data quality", "What came in, and where it went."),
        Card("methods.html", "Methods", "What each number is, and whose choice."),
    ]
    return Section("further", "Read on", cards=cards)
