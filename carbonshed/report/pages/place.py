"""One region, which readers pick in the page: the page has the data of all."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from carbonshed.numbers import MISSING, Scale, percent, unbroken
from carbonshed.report import vega
from carbonshed.report.colours import GROUND, colour_of
from carbonshed.report.content import (
    Card,
    Chart,
    Column,
    Page,
    Section,
    Table,
    make_table,
    word,
)
from carbonshed.report.context import Context
from carbonshed.report.map_ground import country_names
from carbonshed.report.pages import (
    intervals,
    over_years,
    portrait,
    reasons,
    three_scopes,
    waterfall,
)
from carbonshed.report.pages.changes import MEANINGS
from carbonshed.report.pages.full_scope import FullScope
from carbonshed.report.pages.pays import price_text
from carbonshed.report.place_files import file_names
from carbonshed.report.queries import Marts, Rows
from carbonshed.text import sentence, spoken

TITLE = "Your region"

# the parts of both accounts: label, bars and the noun of their colour
_PRODUCTION, _FOOTPRINT = "emitted there", "footprint"
_BOTH, _EMITTED, _CONSUMED = (_PRODUCTION, _FOOTPRINT), (_PRODUCTION,), (_FOOTPRINT,)
# of balances, which are less what flows back
_QUADRANTS = {
    "exporter_gainer": "emits for others and earns",
    "exporter_loser": "emits for others and pays",
    "importer_gainer": "others emit for it, and it earns",
    "importer_loser": "others emit for it, and it pays",
}
_SUPPLIER = "supplier_emissions"
PARTS = (
    ("local_emissions", "there, for itself", _BOTH, "own place"),
    ("outflow_emissions", "there, for other regions", _EMITTED, "emitted there"),
    ("export_emissions", "there, for deliveries {outside}", _EMITTED, "exports"),
    (_SUPPLIER, "in its main supplier", _CONSUMED, "main supplier"),
    ("other_inflow_emissions", "in other regions, for it", _CONSUMED, "other places"),
    ("direct_emissions", "by final users themselves", _BOTH, "direct"),
    ("unattributed_emissions", "for nobody's consumption", _EMITTED, "unattributed"),
)
NO_GIFTS = (
    "it receives no part of a quota. Receivers are the poorest regions that are not "
    "among the largest footprints."
)
_ALL_DIGITS = 15  # but the noise that sums leave in the last one
_MAX_LINES = 10  # partners and products of a region
_PART = 40  # regions whose figures are in one file, which the page loads
_MAX_LINES_OF_ALL = 4_000  # so that the page stays small
# query, heading, caption, head of the names, heads of shares, reason for an empty list
_LISTS = {
    "suppliers": (
        "place/suppliers",
        "Who emits for its consumption",
        "Regions that emit for its final demand",
        "Region",
        ["Of its footprint"],
        "nothing is emitted for its final demand.",
    ),
    "customers": (
        "place/customers",
        "For whose consumption it emits",
        "Regions for whose final demand it emits",
        "Region",
        ["Of what it emits"],
        "it emits for nobody's final demand.",
    ),
    "products": (
        "place/products",
        "Purchases that cause it",
        "Products bought there, by what is emitted for them; without what final users "
        "emit themselves",
        "Product",
        ["Of its footprint", "Made elsewhere"],
        "nothing is emitted for what it buys.",
    ),
    "sources": (
        "place/sources",
        "Sectors that emit it",
        "Sectors that emit for it, in all regions; without what final users emit "
        "themselves",
        "Sector",
        ["Of its footprint", "Emitted elsewhere"],
        "no sector emits for it.",
    ),
    "paths": (
        "place/paths",
        "Through whom it comes",
        "The largest supply chains, from the producer that emits to the maker of "
        "what is bought there; other regions are named",
        "Supply chain",
        ["Of its footprint"],
        "no single supply chain with a supplier carries enough to be listed.",
    ),
}
# figures of a region: column, label, unit
_FIGURES = (
    ("consumption_footprint", "footprint", "stressor"),
    ("footprint_per_capita", "footprint per person", "stressor per person"),
    ("production_emissions", "emitted there", "stressor"),
    ("production_per_capita", "emitted there per person", "stressor per person"),
    ("net_transfer", "emitted there for others, minus elsewhere for it", "stressor"),
    ("household_footprint", "of the footprint: households", "stressor"),
    ("investment_footprint", "of the footprint: investment", "stressor"),
    ("government_footprint", "of the footprint: government", "stressor"),
    ("world_average_ratio", "per person, times {world}{at_least}", "ratio"),
    ("us_ratio", "per person, times {states}{at_least}", "ratio"),
    (
        "terms_of_trade_gross",
        "emissions per unit of money sold, over that bought",
        "ratio",
    ),
    (
        "terms_of_trade",
        "emissions per unit of value added sold, over that bought",
        "ratio",
    ),
    ("quadrant", "emissions and money in its trade", "quadrant"),
    ("population", "people", "person"),
    ("gdp", "GDP", "currency"),
    (
        "burden_per_capita",
        "borne per person of {price}, if nobody reacts",
        "currency per person",
    ),
    (
        "net_gain_per_capita",
        "gain per person from an equal dividend after that",
        "currency per person",
    ),
    ("affluence", "affluence", "affluence"),
    ("industry_type", "specialised in", "word"),
    ("supply_chain_role", "role in supply chains", "role"),
    ("pathway_id", "levers of the scenarios", "pathway"),
    ("is_super_emitter", "among the largest footprints by the rule in use", "flag"),
)
# ids that need a sentence's words
_PHRASES = {
    "quadrant": _QUADRANTS,
    "affluence": {
        "high": "GDP per person at or above that of all people together",
        "low": "GDP per person below that of all people together",
    },
    "role": {
        "producer": "emits more for others than they do for it",
        "consumer": "others emit more for it than it does for them",
        "balanced": "emits about as much for others as they do for it",
    },
    "pathway": {
        "producer": "cleaner production",
        "consumer": "less demand",
        "both": "cleaner production and less demand",
    },
    "flag": {True: "yes", False: "no"},
}
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
    f"{name}_{end}"
    for name in _DRAWN.values()
    for end in ("p05", "p95", "best", "worst")
]

_BURDENS = ["burden_per_capita", "net_gain_per_capita", "price"]
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
# the places without JavaScript
_INDEX = [
    "footprint_rank",
    "region_name",
    "consumption_footprint",
    Column("footprint_per_capita", "Per person"),
    Column("elsewhere_share", "Share emitted elsewhere", "share"),
    "production_emissions",
]


def page(context: Context, marts: Marts) -> Page:
    """Make the page."""
    regions = marts.ask("place/regions")
    ends = intervals.by_region(
        marts.ask_if_built("place/intervals"), marts.ask("common/ranges")
    )
    regions = intervals.beside(regions, ends, _INTERVALS)
    priced = marts.ask_if_built("prices/regions")
    burdens = {row["region_id"]: row for row in priced}
    regions = intervals.beside(regions, burdens, _BURDENS)
    brackets = intervals.rank_notes(context) or [intervals.BRACKETS]
    full = FullScope(context, marts.ask_if_built("place/full_scope"))
    count = max(3, min(_MAX_LINES, _MAX_LINES_OF_ALL // max(len(regions), 1)))
    lists = {
        name: marts.ask(query, most=count)
        for name, (query, *_) in _LISTS.items()
        if name != "paths"
    }
    # an analysis
    lists["paths"] = marts.ask_if_built("place/paths", most=count)
    scenarios = marts.ask("place/scenarios")
    allocations = marts.ask("place/allocations")
    withheld = reasons.not_shown(marts.ask("place/withheld").column("premise_note"))
    across = marts.ask("place/across")
    no_gifts = context.with_nouns(NO_GIFTS)
    lines = {}
    if len(context.years) > 1:
        lines = over_years.lines_of(marts.ask("common/years"))
    bars = {
        "changes": marts.ask_if_built("changes/regions"),
        "three-scopes": marts.ask_if_built("place/three_scopes"),
    }
    data, parts = _data(
        context, marts, regions, lists, scenarios, allocations, full, bars
    )
    return Page(
        TITLE,
        "Where a footprint arises, and whose consumption a region emits for.",
        [Section("all", "All regions", tables=[_index(context, regions)])],
        headline=_heading(context, len(regions)),
        next_step=_next_step(context),
        template="place.html",
        more={
            "balance": _draw_balance(context, regions),
            "over_years": over_years.draw_region(context) if lines else None,
            "lines": over_years.data_of(context, lines),
            "three_scopes": three_scopes.draw_scopes(context, bars["three-scopes"]),
            "changes": waterfall.draw_waterfall(context, bars["changes"]),
            "meanings": MEANINGS,
            "published": _published(marts),
            "search": f"Find a {context.region} by name or id",
            "lists": [
                {
                    "id": name,
                    "title": context.with_nouns(title),
                    "caption": context.with_nouns(caption),
                    "heads": [context.with_nouns(head), "Emissions", *shares],
                    "why": context.with_nouns(why),
                }
                for name, (_, title, caption, head, shares, why) in _LISTS.items()
            ],
            "producers": reasons.on_producers(context, across),
            "colours": {
                label: colour for _, label, _, colour in _parts(context, regions)
            },
            "across": next(filter(None, across.column("across_countries_note")), None),
            "brackets": " ".join(brackets) if ends else "",
            "most": count,
            "scopes": full.text if full else "",
            "wider": full.name.capitalize() if full else "",
            "withheld": withheld,
            "no_gifts": no_gifts if len(allocations) else withheld or no_gifts,
            "extent": reasons.footprints(context),
            "files": {
                "regions": regions,
                **lists,
                "scenarios": scenarios,
                "allocations": allocations,
                **({"full-scope": full.rows} if full else {}),
                **{name: rows for name, rows in bars.items() if len(rows)},
            },
            "data": data,
            "parts": parts,
            "also": {
                row["region_id"]: country_names()[row["region_id"]]
                for row in regions
                if row["region_type"] == "country"
                and row["region_id"] in country_names()
            },
        },
    )


def _next_step(context: Context) -> Card:
    """Lead to the levers, unless they are refused to a table of the world."""
    if context.is_of_the_world:
        return Card("quality.html", "Trust", "How close published figures come.")
    return Card(
        "whatif.html", "What if?", "Move levers, and see what changes for whom."
    )


def _heading(context: Context, count: int) -> str:
    """Return the heading of the page without JavaScript."""
    if count == 1:
        return f"One {context.region}, with its own account"
    return f"{count:,} {context.regions}, each with its own account"


def _published(marts: Marts) -> str:
    """Return the date of the publication in a sentence, empty if it is not known."""
    publication = marts.ask_if_built("common/publication").first()
    return (
        f"Published on {publication['published_at']:%Y-%m-%d}." if publication else ""
    )


def _index(context: Context, regions: Rows) -> Table:
    """Return all regions with their key numbers, for a page without JavaScript."""
    by_rank = sorted(regions, key=lambda row: row["footprint_rank"] or len(regions) + 1)
    rows = [
        (
            *row.values(),
            row["inflow_emissions"] / row["consumption_footprint"]
            if row["consumption_footprint"] > 0
            else None,
        )
        for row in by_rank
    ]
    table = make_table(
        context,
        "regions",
        f"All regions, {context.title}",
        Rows((*regions.columns, "elsewhere_share"), rows),
        _INDEX,
        max_rows=len(rows),
    )
    if context.folder:
        return table
    # of the usual context each has a file, for those without scripts
    files = file_names(regions.column("region_id"))
    cells = [
        [replace(cell, href=cell.href and files[row["region_id"]]) for cell in line]
        for row, line in zip(by_rank, table.cells, strict=True)
    ]
    return replace(table, cells=cells)


def _data(
    context: Context,
    marts: Marts,
    regions: Rows,
    lists: dict[str, Rows],
    scenarios: Rows,
    allocations: Rows,
    full: FullScope,
    bars: dict[str, Rows],
) -> tuple[dict[str, Any], list[list[dict[str, Any]]]]:
    """Return the data of the page, and the figures of regions in parts.

    The page loads the parts of the regions that it shows, so that it opens as fast
    with thousands of regions.
    """
    sectors = marts.ask("place/sectors")
    files = file_names(regions.column("region_id"))
    rules, gifts = _gifts(context, allocations)
    changes = _changes(context, scenarios)
    full_rows = {row["region_id"]: row for row in full.rows} if full else {}
    full_lines = full.lines if full else {}
    waterfalls = {
        row["region_id"]: waterfall.data_of(context, row) for row in bars["changes"]
    }
    by_scope = {
        row["region_id"]: three_scopes.data_of(context, row)
        for row in bars["three-scopes"]
    }
    cells = _cells(context, regions)
    figures = [
        (column, label, unit)
        for column, label, unit in _FIGURES
        if not (full and column in _COMPARED)
        and any(value is not None for value in regions.column(column))
    ]
    label_words = {
        **reasons.comparators(regions),
        "at_least": reasons.at_least(context),
    }
    price = next(filter(None, regions.column("price")), None)
    label_words["price"] = f"a price of {price_text(context, price)}" if price else ""
    tables = _Tables(context, regions, sectors, lists)
    beside = _beside(context, regions, full_rows.values())
    ranked = sum(regions.column("is_ranked"))
    per_person = context.scale(
        [*regions.column("footprint_per_capita")], "stressor per person"
    )
    data = {
        "figures": [
            [context.with_nouns(label.format(**label_words)), _unit(context, unit)]
            for _, label, unit in figures
        ],
        "scopes": full.labels if full else [],
        "nouns": [context.region, context.regions],
        "gap": portrait.without(context),
        "marks": context.marks,
        "stem": context.stem,
        "perPerson": [per_person.divisor, per_person.unit],
        "rules": rules,
        "sectors": sectors.column("sector_name"),
        "cells": [[bar, part, name] for bar, part, name, _ in cells],
        "partSize": _PART,
        "regions": [
            _portrait(context, region) | {"file": files[region["region_id"]]}
            for region in regions
        ],
    }
    details = [
        {
            "numbers": [
                [number.label, number.value, number.unit, unbroken(number.note)]
                for number in portrait.numbers(
                    context,
                    region,
                    full_rows.get(region["region_id"]),
                    full.name if full else "",
                    _ranks(region, ranked),
                    beside,
                )
            ],
            "figures": [
                _figure(context, region, ranked, column, unit)
                for column, _, unit in figures
            ],
            "balance": _balance(context, region, cells, per_person),
            **tables.of(region),
            "scenarios": changes.get(region["region_id"]),
            "allocations": gifts.get(region["region_id"]),
            "scopes": full_lines.get(region["region_id"]),
            "changes": waterfalls.get(region["region_id"]),
            "threeScopes": by_scope.get(region["region_id"]),
        }
        for region in regions
    ]
    parts = [details[at : at + _PART] for at in range(0, len(details), _PART)]
    return data, parts


def _portrait(context: Context, region: dict[str, Any]) -> dict[str, Any]:
    """Return names and sentences of a region; what is no mass has none but its name."""
    name, own_name = region["region_name"], region["own_name"]
    footprint = context.text(region["consumption_footprint"], "stressor")
    return {
        "id": region["region_id"],
        # the own name is found too
        "name": name if own_name in name else f"{name} ({own_name})",
        "spoken": spoken(name, context.region),
        "headline": unbroken(region["sentence"] or f"{name}: {footprint}"),
        "licence": region["licence"] and sentence(region["licence"]),
        "amount": unbroken(region["amount_in_words"] or footprint),
        "accounts": unbroken(portrait.accounts(context, region)),
        "rank": region["footprint_rank"],
        "people": region["population"],
    }


def _beside(
    context: Context, regions: Rows, full_rows: Iterable[dict[str, Any]]
) -> list[str]:
    """Return means per person in words: of ranked regions, and of the world."""
    ranked = [row for row in regions if row["is_ranked"]]
    means = []
    if len(ranked) > 1 and all(row["population"] for row in ranked):
        mean = sum(row["consumption_footprint"] for row in ranked) / sum(
            row["population"] for row in ranked
        )
        size = context.scale([mean], "stressor per person")
        means.append(f"mean of all {context.regions} {size.text(mean)}")
    else:
        means.append("")
    wider = [*full_rows]
    figure = (
        reasons.world_per_person(wider, "full_footprint_per_capita")
        if wider
        else reasons.world_per_person(ranked)
    )
    if figure is not None:
        world, year = figure
        size = context.scale([world], "stressor per person")
        in_year = f" in {year}" if year else ""
        means.append(f"the world {size.text(world)}{in_year}")
    return means


class _Tables:
    """The lists of each region: partners, products, sectors and chains, with shares."""

    def __init__(
        self, context: Context, regions: Rows, sectors: Rows, lists: dict[str, Rows]
    ) -> None:
        self.context = context
        self._lines = {name: _grouped(rows) for name, rows in lists.items()}
        self._regions = {
            id_: number for number, id_ in enumerate(regions.column("region_id"))
        }
        self._sectors = {
            id_: number for number, id_ in enumerate(sectors.column("sector_id"))
        }

    def of(self, region: dict[str, Any]) -> dict[str, Any]:
        """Return the lists of a region: unit, and rows of name, number and texts.

        A name is the position of a region or a sector, or a text.
        """
        own = (
            self._regions[region["region_id"]],
            region["local_emissions"] + region["direct_emissions"],
        )
        outside = f"deliveries {self.context.outside}"
        return {
            "suppliers": self._partners(
                region, "suppliers", region["consumption_footprint"], [own]
            ),
            "customers": self._partners(
                region,
                "customers",
                region["production_emissions"],
                [
                    own,
                    (outside, region["export_emissions"]),
                    ("nobody's consumption", region["unattributed_emissions"]),
                ],
            ),
            **{
                name: self._causes(region, name, region["consumption_footprint"])
                for name in ("products", "sources")
            },
            "paths": self._paths(region, region["consumption_footprint"]),
        }

    def _paths(self, region: dict[str, Any], whole: float) -> dict[str, Any]:
        lines = self._lines["paths"].get(region["region_id"], [])
        return self._written(
            [(line["path_names"], line["emissions"]) for line in lines], whole
        )

    def _partners(
        self,
        region: dict[str, Any],
        name: str,
        whole: float,
        own: list[tuple[int | str, float]],
    ) -> dict[str, Any]:
        lines = self._lines[name].get(region["region_id"], [])
        entries = [entry for entry in own if entry[1]]
        entries += [
            (self._regions[line["partner_id"]], line["gross_flow"]) for line in lines
        ]
        entries.sort(key=lambda entry: -entry[1])
        left = lines[0]["partners"] - len(lines) if lines else 0
        if left:
            rest = whole - sum(value for _, value in entries)
            noun = self.context.region if left == 1 else self.context.regions
            entries.append((f"{left:,} other {noun}", rest))
        return self._written(entries, whole)

    def _causes(
        self, region: dict[str, Any], name: str, whole: float
    ) -> dict[str, Any]:
        lines = self._lines[name].get(region["region_id"], [])
        entries = [
            (self._sectors[line["sector_id"]], line["emissions"]) for line in lines
        ]
        # stocks that are used up can leave more than the whole elsewhere
        elsewhere = [
            [
                _share(line["from_elsewhere"], line["emissions"])
                if 0 <= line["from_elsewhere"] <= line["emissions"] * portrait.WHOLE
                else MISSING
            ]
            for line in lines
        ]
        return self._written(entries, whole, elsewhere)

    def _written(
        self,
        entries: list[tuple[int | str, float]],
        whole: float,
        more: list[list[str]] | None = None,
    ) -> dict[str, Any]:
        size = self.context.scale([value for _, value in entries], "stressor")
        return {
            "unit": size.unit,
            "rows": [
                [
                    name,
                    vega.short(value, _ALL_DIGITS),
                    size.text(value),
                    _share(value, whole),
                    *(more[number] if more else []),
                ]
                for number, (name, value) in enumerate(entries)
            ],
        }


def _share(value: float, whole: float, decimals: int = 1) -> str:
    """Write a share of a whole, which has none if it is zero or negative."""
    return percent(value / whole, decimals) if whole > 0 else MISSING


def _figure(
    context: Context, region: dict[str, Any], ranked: int, column: str, unit: str
) -> list[Any] | None:
    """Return value, text and rank of a figure, None for one that is not known."""
    value = region[column]
    if value is None:
        return None
    if unit == "word" or unit in _PHRASES:
        return [value, _PHRASES.get(unit, {}).get(value) or word(value), ""]
    text = context.text(value, unit)
    rank = region.get(_RANKS.get(column, ""))
    if not rank:
        return [vega.short(value, _ALL_DIGITS), text, ""]
    interval = _rank_interval(region, column, rank)
    return [vega.short(value, _ALL_DIGITS), text, f"{rank:,}{interval} of {ranked:,}"]


def _unit(context: Context, unit: str) -> str:
    """Return the unit of a figure in a file; words have none."""
    if unit == "word" or unit in _PHRASES:
        return ""
    return unit.replace("stressor", context.unit).replace("currency", context.currency)


def _ranks(region: dict[str, Any], ranked: int) -> dict[str, str]:
    """Return the ranks of a region in words, by the column of the amount."""
    return {
        column: f"rank {rank:,}{_rank_interval(region, column, rank)} of {ranked:,}"
        for column, name in _RANKS.items()
        if (rank := region[name])
    }


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
    context: Context,
    region: dict[str, Any],
    cells: list[tuple[str, str, str, str]],
    per_person: Scale,
) -> dict[str, Any]:
    """Return the parts of both accounts, in all and per person."""
    values = [region[column] for *_, column in cells]
    accounts = [region["production_emissions"], region["consumption_footprint"]]
    size = context.scale(accounts, "stressor")
    people = region["population"]
    short_unit = per_person.unit.removesuffix(" per person")
    return {
        "divisor": size.divisor,
        "unit": size.unit,
        "supplier": region["supplier_region_name"]
        and portrait.cut_name(spoken(region["supplier_region_name"], context.region)),
        "values": [vega.short(value, _ALL_DIGITS) for value in values],
        "texts": [size.full(value) for value in values],
        "shares": [
            _share(value, accounts[_BOTH.index(bar)], 0)
            for value, (bar, *_) in zip(values, cells, strict=True)
        ],
        "ends": [size.full(value) for value in accounts],
        "perPerson": [per_person.text(value / people) for value in values]
        if people
        else None,
        "perPersonEnds": [
            f"{per_person.text(value / people)} {short_unit}" for value in accounts
        ]
        if people
        else None,
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


def _cells(context: Context, regions: Rows) -> list[tuple[str, str, str, str]]:
    """Return bar, part, its name on the bar, and column of each figure of the page.

    The name on the bar is empty for the main supplier, whose name the page has.
    """
    return [
        (
            bar,
            label,
            "" if column == _SUPPLIER else _name_on_bar(bar, label),
            column,
        )
        for bar in _BOTH
        for column, label, bars, _ in _parts(context, regions)
        if bar in bars
    ]


def _name_on_bar(bar: str, label: str) -> str:
    """Return the name of a part on a bar, which says the rest of it."""
    where, _, whom = label.partition(", ")
    return (where if bar == _FOOTPRINT else whom) or label


def _parts(
    context: Context, regions: Rows
) -> list[tuple[str, str, tuple[str, ...], str]]:
    """Return the parts that some region has."""
    return [
        (
            column,
            context.with_nouns(label.format(outside=context.outside)),
            bars,
            colour_of(noun),
        )
        for column, label, bars, noun in PARTS
        if any(regions.column(column))
    ]


def _draw_balance(context: Context, regions: Rows) -> Chart:
    """Draw bars without figures: the page puts those of regions into them.

    A row of the page is a part of a bar: the bar, the part, where it begins and ends,
    its label, and the label at the end of the bar.
    """
    colours = {label: colour for _, label, _, colour in _parts(context, regions)}
    y = vega.labels(
        "bar",
        [],
        sort=None,
        # a name, and the account in a line of its own
        axis={
            "labelExpr": "split(datum.label, '\\n')",
            "ticks": False,
            "labelLimit": 150,
        },
        scale={"paddingInner": 0.62, "paddingOuter": 0.45},
    )
    # the page puts the unit of the regions here
    x = vega.quantitative("start", title="UNIT", axis={"grid": False})
    drawing = vega.layers(
        vega.draw(
            "bar",
            None,
            {"stroke": GROUND, "strokeWidth": 1},
            x=x,
            x2={"field": "end"},
            y=y,
            **vega.kinds("part", colours, "emitted", legend={"columns": 2}),
            tooltip=vega.tips("bar=account", "part=emitted", "text=amount", "share"),
        ),
        vega.draw(
            "text",
            None,
            {"align": "left", "dx": 3, "dy": -23},
            x=x,
            y=y,
            text=vega.nominal("label"),
        ),
        vega.draw(
            "text",
            None,
            {"align": "left", "dx": 6, "fontWeight": "bold"},
            x=vega.quantitative("end"),
            y=y,
            text=vega.nominal("total"),
        ),
        rows=[],
    )
    return Chart(
        "region-balance",
        "What is emitted there, and its footprint",
        context.with_nouns(
            "Two bars for each chosen region: what is emitted there, by whom it serves,"
            " and its footprint, by where it is emitted. The table below has their "
            "figures."
        ),
        vega.finished(drawing, height=150),
        regions,
        is_live=True,
    )
