"""The first page: where emissions go, and the study's statements beside ours."""

from typing import Any

from carbonshed.report.charts import accounts
from carbonshed.report.content import (
    Card,
    Cell,
    Header,
    Page,
    Section,
    Table,
    make_fact,
)
from carbonshed.report.marts import Marts, Rows
from carbonshed.report.numbers import MISSING, percent, scale
from carbonshed.report.pages import words
from carbonshed.report.scope import Scope

TITLE = "Overview"


def page(scope: Scope, marts: Marts) -> Page:
    """Make the page."""
    totals = marts.ask("overview/totals")
    headlines = marts.ask("overview/headlines")
    findings = marts.ask("overview/findings").first() or {}
    largest = marts.ask("overview/largest").first()
    return Page(
        "overview",
        TITLE,
        "Who emits, and for whose consumption: the accounts of this dataset in one "
        "page, and the study's statements beside its figures.",
        [
            _accounts(scope, totals),
            _headlines(scope, headlines),
            _further(scope, findings, largest),
        ],
    )


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
    note = f"and {others:,} balancing blocks or rest of the world" if others else ""
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


def _headlines(scope: Scope, rows: Rows) -> Section:
    heading = "The study's statements, and this dataset"
    if not len(rows):
        return Section(
            "headlines",
            heading,
            empty=words.why_empty(scope, words.NO_RANKED),
        )
    text = [
        "The study is Zheng and others (2023), of which only the abstract was used: it "
        "is about 309 cities of China in 2012. A dash in its column means that the "
        "abstract has no figure.",
        "Where the last column says no, the two figures are about different things: "
        "read them side by side, not against each other."
        if not all(rows.column("comparable"))
        else "The two figures are about the same regions, year and emission.",
    ]
    shared, own = split_scopes(rows.column("scope"))
    if shared:
        text.append(f"Scope of this dataset's figures: {shared}")
    return Section("headlines", heading, text, tables=[_table(scope, rows, own)])


def _table(scope: Scope, rows: Rows, scopes: list[str]) -> Table:
    headers = [
        Header("Statement", "", False, is_long=True),
        Header("The study", "", True),
        Header("This dataset", "", True),
        Header("Comparable", "", False),
    ]
    cells = [_row(scope, each, own) for each, own in zip(rows, scopes, strict=True)]
    return Table(
        "headlines",
        "Statements of the study with its figure, and the same computed here",
        headers,
        cells,
        rows,
    )


def _row(scope: Scope, each: dict[str, Any], own: str) -> list[Cell]:
    unit = each["unit"] if each["unit"] in ("t", "share", "ratio") else "count"
    after = "" if unit != "count" else f" {each['unit']}"
    statement = each["statement"] + (f" ({own})" if own else "")
    figures = []
    for name in ("seed_value", "computed_value"):
        value = each[name]
        text = scale([value], unit, scope.currency).full(value)
        figures.append(
            Cell(
                text if text == MISSING else text + after,
                "" if value is None else value,
            )
        )
    is_comparable = "yes" if each["comparable"] else "no"
    return [Cell(statement, statement), *figures, Cell(is_comparable, is_comparable)]


def split_scopes(scopes: list[str]) -> tuple[str, list[str]]:
    """Return the sentences that all scopes share, and those of each alone."""
    sentences = [scope.removesuffix(".").split(". ") for scope in scopes]
    shared = [
        sentence
        for sentence in sentences[0]
        if all(sentence in others for others in sentences)
    ]
    own = [
        ". ".join(sentence for sentence in each if sentence not in shared)
        for each in sentences
    ]
    return (". ".join(shared) + "." if shared else ""), own


def _further(
    scope: Scope, findings: dict[str, Any], largest: dict[str, Any] | None
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
    if findings.get("gini") is not None:
        cards.append(
            Card(
                "inequality.html",
                "Inequality",
                f"The Gini index of footprints between regions is "
                f"{findings['gini']:.3f}.",
            )
        )
    if findings.get("interregional_share") is not None:
        cards.append(
            Card(
                "leakage.html",
                "Leakage",
                f"{percent(findings['interregional_share'])} of consumption emissions "
                "arise in another region than the consumer's.",
            )
        )
    if findings.get("quota") is not None:
        quota = scope.scale([findings["quota"]], "stressor")
        cards += [
            Card(
                "emitters.html",
                "Super-emitters",
                f"{findings['super_emitters']:,} regions count as super-emitters by "
                "the rule in use.",
            ),
            Card(
                "quota.html",
                "Quota",
                f"Their levers would set free {quota.full(findings['quota'])} in the "
                f"scenario {findings['scenario_name']}.",
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
