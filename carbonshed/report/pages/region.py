"""One region, which readers pick in the page: the page has the data of all."""

from collections import defaultdict
from typing import Any

from carbonshed.report import vega
from carbonshed.report.colours import colour_of
from carbonshed.report.content import Chart, Column, Page, make_fact, word
from carbonshed.report.context import Context
from carbonshed.report.marts import Marts, Rows
from carbonshed.report.pages import intervals, words
from carbonshed.report.pages.full_scope import FullScope
from carbonshed.report.pages.leakage import QUADRANTS

TITLE = "Your region"

# the parts of both accounts: label, bars and colour
_PRODUCTION, _FOOTPRINT = "emitted there", "footprint"
_BOTH, _EMITTED, _CONSUMED = (_PRODUCTION, _FOOTPRINT), (_PRODUCTION,), (_FOOTPRINT,)
PARTS = (
    ("local_emissions", "in the region for itself", _BOTH, colour_of("own place")),
    (
        "outflow_emissions",
        "in the region for other regions",
        _EMITTED,
        colour_of("other places"),
    ),
    (
        "export_emissions",
        "in the region for deliveries {outside}",
        _EMITTED,
        colour_of("exports"),
    ),
    (
        "inflow_emissions",
        "in other regions for this one",
        _CONSUMED,
        colour_of("imports"),
    ),
    ("direct_emissions", "by its final users", _BOTH, colour_of("direct")),
    (
        "unattributed_emissions",
        "for nobody's consumption",
        _EMITTED,
        colour_of("unattributed"),
    ),
)
NO_GIFTS = (
    "it receives no part of a quota. Receivers are the poorest regions that are no "
    "super-emitters."
)
_MAX_LINES = 10  # partners and products of a region
_MAX_LINES_OF_ALL = 4_000  # so that the page stays small
# query, title, caption, column of the amount, reason why the list may be empty
_LISTS = {
    "suppliers": (
        "region/suppliers",
        "Suppliers",
        "Regions that emit for its final demand",
        "gross_flow",
        "no other region emits for its final demand.",
    ),
    "customers": (
        "region/customers",
        "Customers",
        "Regions for whose final demand it emits",
        "gross_flow",
        "it emits for the final demand of no other region.",
    ),
    "products": (
        "region/products",
        "Products",
        "What is bought there, and emitted for it",
        "emissions",
        "nothing is emitted for what it buys.",
    ),
    "sources": (
        "region/sources",
        "Chimneys",
        "Sectors that emit for it, in all regions",
        "emissions",
        "no sector emits for it.",
    ),
}
# facts of a region: column, label, unit, note
_FACTS = (
    ("consumption_footprint", "footprint", "stressor", ""),
    ("footprint_per_capita", "footprint per person", "stressor per person", ""),
    ("household_footprint", "of it households", "stressor", ""),
    ("investment_footprint", "of it investment", "stressor", ""),
    ("government_footprint", "of it government", "stressor", ""),
    ("production_emissions", "emitted there", "stressor", ""),
    (
        "net_transfer",
        "net transfer",
        "stressor",
        "emitted for other regions less elsewhere for it",
    ),
    (
        "terms_of_trade_gross",
        "terms of trade by gross trade",
        "ratio",
        "above 1: more carbon per unit of money in what it sells than in what it buys",
    ),
    (
        "terms_of_trade",
        "terms of trade by value added",
        "ratio",
        "the same per value added shipped",
    ),
    ("world_average_ratio", "times {world}", "ratio", "per person{at_least}"),
    ("us_ratio", "times {states}", "ratio", "per person{at_least}"),
    ("population", "people", "person", ""),
    ("gdp", "GDP", "currency", ""),
    ("is_super_emitter", "super-emitter", "flag", "by the rule in use"),
    ("region_type", "type", "word", ""),
    ("affluence", "affluence", "word", ""),
    ("industry_type", "industry", "word", ""),
    ("supply_chain_role", "role in supply chains", "word", ""),
    ("pathway_id", "pathway", "word", ""),
    ("quadrant", "carbon and money", "word", ""),
)
# these compare the domestic footprint, and are left out if there is one in full scope
_COMPARED = ("world_average_ratio", "us_ratio")
_RANKS = {
    "consumption_footprint": "footprint_rank",
    "footprint_per_capita": "footprint_per_capita_rank",
    "production_emissions": "production_rank",
}
# ranks that have an interval, where there are analyses
_DRAWN = {"consumption_footprint": "rank", "footprint_per_capita": "per_capita_rank"}
_INTERVALS = [
    Column(f"{name}_{end}", "")
    for name in _DRAWN.values()
    for end in ("p05", "p95", "best", "worst")
]

_CHANGES = (
    "production_before",
    "production_after",
    "footprint_before",
    "footprint_after",
    "quota",
)
# column, the column whose size decides on the scale, unit
_GIFTS = (
    ("allocated_per_capita", "footprint_per_capita_after", "stressor per person"),
    ("footprint_per_capita_after", "footprint_per_capita_after", "stressor per person"),
    ("income_before", "income_after", "currency per person"),
    ("income_after", "income_after", "currency per person"),
)


def page(context: Context, marts: Marts) -> Page:
    """Make the page."""
    regions = marts.ask("region/regions")
    ends = intervals.by_region(
        marts.ask_if_built("region/intervals"), marts.ask("common/ranges")
    )
    regions = intervals.beside(regions, ends, _INTERVALS)
    brackets = intervals.rank_notes(context) or [intervals.BRACKETS]
    full = FullScope(context, marts.ask_if_built("region/full_scope"))
    count = max(3, min(_MAX_LINES, _MAX_LINES_OF_ALL // max(len(regions), 1)))
    lists = {name: marts.ask(query, most=count) for name, (query, *_) in _LISTS.items()}
    scenarios = marts.ask("region/scenarios")
    allocations = marts.ask("region/allocations")
    withheld = words.not_shown(marts.ask("region/withheld").column("premise_note"))
    across = marts.ask("region/across")
    no_gifts = context.with_nouns(NO_GIFTS)
    return Page(
        TITLE,
        "Pick a region: for whom it emits and who emits for it, what its people buy, "
        "where it stands, and what the scenarios would change. "
        + words.footprints(context)
        + (f" {' '.join(brackets)}" if ends else ""),
        [],
        template="region.html",
        more={
            "balance": _draw_balance(context, regions),
            "lists": [
                {
                    "id": name,
                    "title": title,
                    "caption": context.with_nouns(caption),
                    "why": context.with_nouns(why),
                }
                for name, (_, title, caption, _, why) in _LISTS.items()
            ],
            "across": next(iter(across.column("across_countries_note")), None),
            "most": count,
            "scopes": full.text if full else "",
            "wider": full.name.capitalize() if full else "",
            "withheld": withheld,
            "no_gifts": no_gifts if len(allocations) else withheld or no_gifts,
            "files": {
                "regions": regions,
                **lists,
                "scenarios": scenarios,
                "allocations": allocations,
                **({"full-scope": full.rows} if full else {}),
            },
            "data": _data(context, marts, regions, lists, scenarios, allocations, full),
        },
    )


def _data(
    context: Context,
    marts: Marts,
    regions: Rows,
    lists: dict[str, Rows],
    scenarios: Rows,
    allocations: Rows,
    full: FullScope,
) -> dict[str, Any]:
    """Return the data of all regions; long lists, so short names."""
    sectors = marts.ask("region/sectors")
    ids = {
        "partner_id": regions.column("region_id"),
        "sector_id": sectors.column("sector_id"),
    }
    positions = {key: {id_: i for i, id_ in enumerate(ids[key])} for key in ids}
    ranked = sum(regions.column("is_ranked"))
    cells = _cells(context, regions)
    columns = [column for *_, column in cells]
    by_region = {
        name: _lists(context, rows, _LISTS[name][3], positions)
        for name, rows in lists.items()
    }
    by_region["scenarios"] = _changes(context, scenarios)
    rules, by_region["allocations"] = _gifts(context, allocations)
    by_region["scopes"] = full.lines if full else {}
    facts = [fact for fact in _FACTS if not full or fact[0] not in _COMPARED]
    comparators = words.comparators(regions)
    at_least = words.at_least(context)
    return {
        "facts": [
            [
                label.format(**comparators),
                context.with_nouns(note.format(at_least=at_least)),
            ]
            for _, label, _, note in facts
        ],
        "scopes": full.labels if full else [],
        "nouns": [context.region, context.regions],
        "rules": rules,
        "sectors": sectors.column("sector_name"),
        "cells": [[bar, part, order] for bar, part, order, _ in cells],
        "regions": [
            {
                "id": region["region_id"],
                "name": region["region_name"],
                "rank": region["footprint_rank"],
                "facts": [
                    _fact(context, region, ranked, column, unit)
                    for column, _, unit, _ in facts
                ],
                "balance": _balance(context, region, columns),
                **{
                    name: rows.get(region["region_id"])
                    for name, rows in by_region.items()
                },
            }
            for region in regions
        ],
    }


def _lists(
    context: Context, rows: Rows, amount: str, positions: dict[str, dict[str, int]]
) -> dict[str, dict[str, Any]]:
    """Return the list of each region: its unit, and lines of name, number and text."""
    key = "partner_id" if "partner_id" in rows.columns else "sector_id"
    lists = {}
    for region, lines in _grouped(rows).items():
        size = context.scale([line[amount] for line in lines], "stressor")
        lists[region] = {
            "units": [size.unit],
            "rows": [
                [
                    positions[key][line[key]],
                    vega.short(line[amount]),
                    size.text(line[amount]),
                ]
                for line in lines
            ],
        }
    return lists


def _fact(
    context: Context, region: dict[str, Any], ranked: int, column: str, unit: str
) -> list[str] | None:
    """Return value, unit and rank of a fact, None for one that is not known."""
    value = region[column]
    if value is None:
        return None
    if unit == "word":
        return [QUADRANTS.get(value, word(value))]
    if unit == "flag":
        return ["yes" if value else "no"]
    fact = make_fact(context, "", value, unit)
    written = [fact.value, fact.unit]
    rank = region.get(_RANKS.get(column, ""))
    if not rank:
        return written
    interval = _rank_interval(region, column, rank)
    return [*written, f"rank {rank:,}{interval} of {ranked:,}"]


def _rank_interval(region: dict[str, Any], column: str, rank: int) -> str:
    """Return the interval of a rank, or its range over variants, in brackets."""
    drawn = _DRAWN.get(column)
    for ends, suffix in (
        (("p05", "p95"), ""),
        (("best", "worst"), " over the variants"),
    ):
        interval = intervals.span(*(region.get(f"{drawn}_{end}") for end in ends))
        # an interval of one rank says nothing more
        if interval not in (None, f"{rank:,}"):
            return f" ({interval}{suffix})"
    return ""


def _balance(
    context: Context, region: dict[str, Any], columns: list[str]
) -> dict[str, Any]:
    values = [region[column] for column in columns]
    size = context.scale(
        [region["production_emissions"], region["consumption_footprint"]], "stressor"
    )
    return {
        "unit": size.unit,
        "values": [vega.short(value / size.divisor) for value in values],
        "texts": [size.full(value) for value in values],
    }


def _changes(context: Context, rows: Rows) -> dict[str, dict[str, Any]]:
    """Return the unit and a line for each scenario, by region."""
    lists = {}
    for region, lines in _grouped(rows).items():
        size = context.scale(
            [line[column] for line in lines for column in _CHANGES], "stressor"
        )
        lists[region] = {
            "units": [size.unit],
            "rows": [
                [line["scenario_name"], *(size.text(line[name]) for name in _CHANGES)]
                for line in lines
            ],
        }
    return lists


def _gifts(
    context: Context, rows: Rows
) -> tuple[list[list[str]], dict[str, dict[str, Any]]]:
    """Return scenarios with rules, and the receipts of each region by their numbers."""
    rules: dict[tuple[str, str], int] = {}
    lists = {}
    for region, lines in _grouped(rows).items():
        scales = {
            column: context.scale([line[largest] for line in lines], unit)
            for column, largest, unit in _GIFTS
        }
        numbers = [
            rules.setdefault(
                (line["scenario_name"], word(line["allocation_rule"])), len(rules)
            )
            for line in lines
        ]
        lists[region] = {
            "units": [scale.unit for scale in scales.values()],
            "rows": [
                [number, *(scale.text(line[name]) for name, scale in scales.items())]
                for number, line in zip(numbers, lines, strict=True)
            ],
        }
    return [list(rule) for rule in rules], lists


def _grouped(rows: Rows) -> dict[str, list[dict[str, Any]]]:
    groups = defaultdict(list)
    for row in rows:
        groups[row["region_id"]].append(row)
    return groups


def _cells(context: Context, regions: Rows) -> list[tuple[str, str, int, str]]:
    """Return bar, part, position in the stack and column of each figure of the page."""
    return [
        (bar, label, order, column)
        for bar in _BOTH
        for order, (column, label, bars, _) in enumerate(_parts(context, regions))
        if bar in bars
    ]


def _parts(
    context: Context, regions: Rows
) -> list[tuple[str, str, tuple[str, ...], str]]:
    """Return the parts that some region has."""
    return [
        (
            column,
            context.with_nouns(label.format(outside=context.outside)),
            bars,
            colour,
        )
        for column, label, bars, colour in PARTS
        if any(regions.column(column))
    ]


def _draw_balance(context: Context, regions: Rows) -> Chart:
    """Draw two bars without figures: the page puts those of a region into them."""
    colours = {label: colour for _, label, _, colour in _parts(context, regions)}
    drawing = vega.draw(
        "bar",
        [],
        y=vega.labels("bar", _BOTH),
        # the page puts the unit of the region here
        x=vega.quantitative("amount", title="UNIT", stack="zero"),
        **vega.kinds("part", colours, "emitted", legend={"columns": 2}),
        order=vega.quantitative("order"),
        tooltip=vega.tips("bar=account", "part=emitted", "text=amount"),
    )
    return Chart(
        "region-balance",
        "What is emitted there, and its footprint",
        context.with_nouns(
            "Two bars for the chosen region: what is emitted there, by whom it serves, "
            "and its footprint, by where it is emitted."
        ),
        vega.finished(drawing, height=110),
        regions,
        is_live=True,
    )
