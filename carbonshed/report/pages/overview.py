"""The first page: the destination of emissions, and the way to a place."""

import re

from carbonshed.numbers import percent
from carbonshed.report import maps, vega
from carbonshed.report.colours import colour_of
from carbonshed.report.content import Card, Chart, Page, Section, make_fact
from carbonshed.report.context import Context
from carbonshed.report.pages import comparisons, intervals, reasons
from carbonshed.report.pages.full_scope import FullScope
from carbonshed.report.queries import Marts, Rows
from carbonshed.report.sentences import unsaid

TITLE = "Start"

_PARTS = (
    ("local_emissions", "own region", colour_of("own place")),
    ("outflow_emissions", "other regions", colour_of("other places")),
    ("export_emissions", "deliveries {outside}", colour_of("exports")),
    ("direct_emissions", "direct, by final users", colour_of("direct")),
    ("unattributed_emissions", "unattributed", colour_of("unattributed")),
)


# findings that the page can begin with, the most telling first: what its picture shows
_OF_MAP = ("per_person",)
_OF_BAR = ("exported", "arises_elsewhere")
_OF_NEITHER = ("net_transfer", "largest_footprint")
# findings that can stand beside it as numbers, and their pages
_NUMBERS = {
    "net_transfer": "trade.html",
    "per_person": "compare.html",
    "change_per_person": "compare.html#since",
    "largest_flow": "trade.html",
    "income_and_footprint": "compare.html#gdp",
    "super_emitters": "whatif.html",
    "arises_elsewhere": "trade.html",
    "largest_footprint": "compare.html",
    "emissions_avoided": "whatif.html",
}
_MAX_CARDS = 3
# the first number of a sentence, or its range, with its unit
_NUMERAL = re.compile(
    "[\N{MINUS SIGN}-]?\\d+([,.]\\d+)*(( to |\N{EN DASH})\\d+([,.]\\d+)*)?"
    "( ?%| ([GMk]?t|tonnes|times|million|billion)\\b)?"
)


def page(context: Context, marts: Marts) -> Page:
    """Make the page."""
    totals = marts.ask("overview/totals")
    headlines = marts.ask("common/headlines")
    full = FullScope(context, marts.ask_if_built("overview/full_scope"))
    chart = _draw_destinations(context, totals)
    picture = _draw_per_person(context, marts)
    sentences = (*(_OF_MAP if picture else _OF_BAR), *_OF_NEITHER)
    said = [*filter(context.headline, sentences)]
    # what estimates of trade do not settle comes last
    said.sort(key=lambda id_: context.values.get(id_) is None)
    sentence = next(iter(said), "")
    accounts = _accounts(context, totals, chart)
    if picture and chart:
        accounts.charts.append(chart)
    sections = [_findings(context, full, sentence), accounts]
    if full:
        # the widest figures there are come first
        accounts.facts.insert(0, full.total)
    sections += intervals.headlines(context, marts.ask_if_built("overview/intervals"))
    if any(headlines.column("comparable")):
        sections.append(comparisons.study_section(context, headlines))
    return Page(
        TITLE,
        "Who emits, and for whose consumption: the accounts of this dataset in one "
        "page.",
        sections,
        context.finding(sentence),
        headline=context.headline(sentence),
        picture=picture or chart,
        next_step=reasons.your_region(context),
        numbers=_numbers(context, sentence),
        more={"search": context.with_nouns("Your region")},
    )


def _numbers(context: Context, sentence: str) -> list[Card]:
    """Return findings as large numbers, each with a link to its page."""
    numbers = []
    for id_, href in _NUMBERS.items():
        text = context.headline(id_)
        number = _NUMERAL.search(text)
        if number and id_ != sentence:
            numbers.append(Card(href, number[0], text))
    return numbers[:_MAX_CARDS]


def _findings(context: Context, full: FullScope, sentence: str) -> Section:
    """Return the findings that the page does not begin with.

    Several may share a sentence, such as a reason or a scope, which is there once.
    """
    shown = [context.findings.get(sentence, "")]
    findings = [f"{full.headline}."] if full else []
    for finding in context.findings.values():
        if new := unsaid(finding, *shown):
            findings.append(new)
        shown.append(finding)
    return Section("findings", "What stands out", findings=findings)


def _accounts(context: Context, totals: Rows, chart: Chart | None) -> Section:
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
            "emitted in total" if context.is_mass else "in total",
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
    if chart is None:
        facts = []
    return Section(
        "accounts",
        "Where emissions go",
        [reasons.footprints(context)],
        facts,
        empty="" if chart else reasons.NO_EMISSIONS,
    )


def _draw_per_person(context: Context, marts: Marts) -> Chart | None:
    """Draw the footprint per person on the map, None where there is no map."""
    return maps.draw_map(
        context,
        marts.ask("overview/per_person"),
        "footprint_per_capita",
        "stressor per person",
        "Footprint per person",
        "footprint per person",
        "per-person",
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
        "Whose demand all emissions serve",
        "One bar of all emissions of the system, split by whom they serve: "
        + "; ".join(f"{row['part']} {row['text']}" for row in rows)
        + ".",
        vega.finished(drawing, height=70),
        totals,
        finding=next(filter(None, map(context.finding, _OF_BAR)), ""),
    )
