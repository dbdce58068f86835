"""One region, which readers pick in the page: the page has the data of all."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

from carbonshed.numbers import MISSING, Scale, percent, unbroken
from carbonshed.report import vega
from carbonshed.report.colours import GROUND, colour_of
from carbonshed.report.content import (
    Chart,
    Column,
    Header,
    Table,
    relabelled,
    scales_of,
    word,
    written,
)
from carbonshed.report.described import Material, SectionYml, read_page, read_table
from carbonshed.report.labels import shortened
from carbonshed.report.map_ground import country_names
from carbonshed.report.pages import reasons, three_scopes, waterfall
from carbonshed.report.pages.full_scope import FullScope
from carbonshed.report.pages.over_years import draw_years, lines_over_years
from carbonshed.report.pages.pays import price_text
from carbonshed.report.pages.three_scopes import draw_scopes
from carbonshed.report.pages.waterfall import draw_waterfall
from carbonshed.report.place_files import file_names
from carbonshed.report.queries import Rows
from carbonshed.report.sentences import wording
from carbonshed.text import sentence, spoken

__all__ = ["draw_scopes", "draw_waterfall", "draw_years", "lines_over_years"]

# the parts of both accounts: label, bars and the noun of their colour
_PRODUCTION, _FOOTPRINT = "emitted there", "footprint"
_BOTH = (_PRODUCTION, _FOOTPRINT)
_SUPPLIER = "supplier_emissions"
PARTS = [(column, *part) for column, part in read_page("place").shown["parts"].items()]
_ALL_DIGITS = 15  # but the noise that sums leave in the last one
PART_SIZE = 40  # regions whose figures are in one file, which the page loads
_NAME_WIDTH = 180  # pixels of the main supplier's name on a bar
_HARDLY = 0.005  # of a footprint: a difference that whole per cent do not show
# what is known of regions where there are analyses
_INTERVALS = ("rank_p05", "rank_p95", "per_capita_rank_p05", "per_capita_rank_p95")
_BURDENS = ("burden_per_capita", "net_gain_per_capita", "price")
# amounts that have ranks: the rank, and the beginning of its ends
_RANKS = {
    "consumption_footprint": ("footprint_rank", "rank"),
    "footprint_per_capita": ("footprint_per_capita_rank", "per_capita_rank"),
    "production_emissions": ("production_rank", ""),
}
# tables that no query has as they are
_FIGURES, _SCOPES, _EFFECTS = "place/figures", "place/three_scopes", "place/effects"


def words(given: Material) -> dict[str, Any]:
    """Return the values of fields: what is known, compared and withheld."""
    context, regions = given.context, given.rows("place/regions")
    full = FullScope(context, given.rows("compare/full_scope"))
    price = (given.rows("prices/regions").first() or {}).get("price")
    summary = given.rows("quota/summary")
    across = (summary.first() or {}).get("across_countries_note")
    withheld = reasons.not_shown(given.rows("quota/withheld"))
    published = given.rows("common/publication").first()
    rank_note = context.dataset.get("rank_note")
    imports = "without imports" if "imports" in context.leaves_out else ""
    gap = imports or ("without direct emissions" if context.leaves_out else "")
    mean, world = _beside(given, full)
    return {
        **reasons.comparators(regions),
        **full.words,
        "count": len(regions),
        "is_single": len(regions) == 1,
        "is_several": len(regions) != 1,
        "gap": gap,
        "its_footprint": " ".join(filter(None, ["its footprint", gap])),
        "mean": mean,
        "beside_world": world,
        "price": price and price_text(context, price),
        "published": published and f"{published['published_at']:%Y-%m-%d}",
        "base_year": (given.rows("changes/regions").first() or {}).get("base_year"),
        "rank_note": rank_note,
        "has_intervals": not rank_note and len(given.rows("place/intervals")) > 0,
        "across": across and sentence(across),
        "on_producers": " ".join(reasons.on_producers(context, summary)),
        "withheld": withheld,
        "is_given": not withheld,
        "has_gifts": len(given.rows("place/allocations")) > 0,
    }


def _beside(given: Material, full: FullScope) -> tuple[str, str]:
    """Return means per person in words: of ranked regions, and of the world."""
    context = given.context

    def written(value: float) -> str:
        return context.scale([value], "stressor per person").text(value)

    ranked = [row for row in given.rows("place/regions") if row["is_ranked"]]
    people = [row["population"] for row in ranked]
    mean = world = ""
    if len(ranked) > 1 and all(people):
        emissions = sum(row["consumption_footprint"] for row in ranked)
        mean = written(emissions / sum(people))
    figure = (
        reasons.world_per_person(full.rows, "full_footprint_per_capita")
        if full
        else reasons.world_per_person(ranked)
    )
    if figure is not None:
        amount, year = figure
        world = f"the world {written(amount)}" + (f" in {year}" if year else "")
    return mean, world


def _regions(given: Material) -> Rows:
    """Return the accounts of regions, with intervals of ranks and what a price costs.

    What is no mass, and a table without analyses, has neither.
    """
    regions = given.rows("place/regions")
    for query, columns in (
        ("place/intervals", _INTERVALS),
        ("prices/regions", _BURDENS),
    ):
        known = {row["region_id"]: row for row in given.rows(query)}
        regions = _joined(regions, known, columns)
    return regions


def _span(low: int | None, high: int | None) -> str | None:
    """Return ``5 to 11``, or ``7`` where both ends are the same."""
    if low is None or high is None:
        return None
    return f"{low:,}" if low == high else f"{low:,} to {high:,}"


def _joined(
    rows: Rows, ends: dict[str, dict[str, Any]], columns: Iterable[str]
) -> Rows:
    """Return rows of regions with columns of their intervals."""
    names = tuple(columns)
    index = rows.columns.index("region_id")
    return Rows(
        (*rows.columns, *names),
        [
            (*row, *(ends.get(row[index], {}).get(name) for name in names))
            for row in rows.rows
        ],
    )


def index(given: Material) -> Table:
    """Return all regions with their key numbers, for a page without a script."""
    table = given.table("place/regions")
    if given.context.folder:
        return table
    # of the usual context each has a file, for those without scripts
    ids = table.source.column("region_id")
    files = file_names(ids)
    cells = [
        [replace(cell, href=cell.href and files[id_]) for cell in line]
        for id_, line in zip(ids, table.cells, strict=True)
    ]
    return replace(table, cells=cells)


def other_names(given: Material) -> dict[str, str]:
    """Return the other names of countries, by their ids."""
    names = country_names()
    return {
        row["region_id"]: names[row["region_id"]]
        for row in given.rows("place/regions")
        if row["region_type"] == "country" and row["region_id"] in names
    }


def _parts(given: Material) -> list[SectionYml]:
    return [
        part
        for part in read_page("place").parts
        if not part.needs or len(given.rows(part.needs))
    ]


def _query(name: str) -> str:
    return read_table(name).query or name


def _file(query: str) -> str:
    folder, _, name = query.partition("/")
    return (name if folder == "place" else folder).replace("_", "-")


def panels(given: Material) -> list[dict[str, Any]]:
    """Return the parts of the page: what stands in each, and heads of its tables."""
    return [
        {
            "id": part.id,
            "heading": given.fill(part.heading),
            "why": given.why(part.why, part.of_masses),
            "warnings": given.sentences(part.warnings),
            "texts": given.sentences(part.texts),
            "fold": given.fill(part.fold),
            "tables": [
                {
                    "id": read_table(name).id,
                    "caption": given.fill(read_table(name).caption),
                    "heads": _heads(given, name),
                    "has_bars": "whole_share" in read_table(name).columns,
                }
                for name in part.tables
            ],
            "files": [*dict.fromkeys(_file(_query(name)) for name in part.tables)],
        }
        for part in _parts(given)
    ]


def files(given: Material) -> dict[str, Rows]:
    """Return what the files of the page have of all regions."""
    queries = [_query(name) for part in _parts(given) for name in part.tables]
    return {_file(query): _answer(given, query) for query in queries}


def _answer(given: Material, query: str) -> Rows:
    return _regions(given) if query == "place/regions" else given.rows(query)


def _columns(given: Material, name: str) -> list[Column]:
    """Return the columns of a table, as marts label them, but for unknown ones."""
    rows = _answer(given, _query(name))
    unknown = {
        column
        for column in rows.columns
        if len(rows) and all(value is None for value in rows.column(column))
    }
    return [
        column.of_marts(given.context, rows)
        for column in given.columns(name)
        if column.name not in unknown
    ]


def _heads(given: Material, name: str) -> list[Header]:
    return [
        Header(given.context.with_nouns(column.label), "", column.is_number)
        for column in _columns(given, name)
    ]


def colours(given: Material) -> dict[str, str]:
    """Return the colour of each part of both accounts, by its label."""
    return {label: colour for _, label, _, colour in _parts_of_bars(given)}


def data(given: Material) -> dict[str, Any]:
    """Return what the page has of all regions, and words of the rest."""
    context, regions = given.context, given.rows("place/regions")
    per_person = _per_person(given)
    paths = file_names(regions.column("region_id"))
    return {
        "figures": [
            [
                context.with_nouns(column.label),
                column.unit.replace("stressor", context.unit).replace(
                    "currency", context.currency
                )
                if column.is_number
                else "",
            ]
            for column in _columns(given, _FIGURES)
        ],
        "nouns": [context.region, context.regions],
        "gap": given.values["gap"],
        "marks": context.marks,
        "stem": context.stem,
        "perPerson": [per_person.divisor, per_person.unit],
        "cells": [[bar, part, name] for bar, part, name, _ in _cells(given)],
        "partSize": PART_SIZE,
        "regions": [
            _portrait(given, region) | {"file": paths[region["region_id"]]}
            for region in regions
        ],
    }


def details(given: Material) -> list[list[dict[str, Any]]]:
    """Return the figures of regions in parts.

    The page loads the parts of the regions that it shows, so that it opens as fast
    with thousands of regions.
    """
    drawn = _drawn(given)
    tables = _tables(given, drawn)
    numbers, figures, balance = _numbers(given), _figures(given), _balance(given)
    each = [
        {
            "numbers": numbers(region),
            "figures": figures(region),
            "balance": balance(region),
            "tables": tables[region["region_id"]],
            **drawn[region["region_id"]],
        }
        for region in _regions(given)
    ]
    return [each[at : at + PART_SIZE] for at in range(0, len(each), PART_SIZE)]


def _portrait(given: Material, region: dict[str, Any]) -> dict[str, Any]:
    """Return names and sentences of a region; what is no mass has none but its name."""
    name, own_name = region["region_name"], region["own_name"]
    footprint = given.context.text(region["consumption_footprint"], "stressor")
    said, relation = spoken(name, given.context.region), _relation(region)
    id_ = next((id_ for id_, holds in _ACCOUNTS.items() if relation.get(holds)), "")
    accounts = given.context.fill(
        wording(id_ or "page_place_open"),
        {**given.values, **relation, "name_first": f"{said[:1].upper()}{said[1:]}"},
    )
    return {
        "id": region["region_id"],
        # the own name is found too
        "name": name if own_name in name else f"{name} ({own_name})",
        "spoken": said,
        "headline": unbroken(region["sentence"] or f"{name}: {footprint}"),
        "licence": region["licence"] and sentence(region["licence"]),
        "amount": unbroken(region["amount_in_words"] or footprint),
        "accounts": unbroken(accounts),
        "rank": region["footprint_rank"],
        "people": region["population"],
    }


# what is said of both accounts, if that holds
_ACCOUNTS = {
    "page_place_as_much": "is_as_much",
    "page_place_more": "is_more",
    "page_place_less": "is_less",
}


def _relation(region: dict[str, Any]) -> dict[str, Any]:
    """Return how much more or less than its footprint a region emits.

    Of a compiled table from the least to the most that it and its variants say, and
    nothing where one says more and another less.
    """
    low, high = region["least_above_footprint"], region["most_above_footprint"]
    is_known = low is not None
    as_much = is_known and max(abs(low), abs(high)) < _HARDLY
    more = is_known and not as_much and low > -_HARDLY
    less = is_known and not as_much and high < _HARDLY
    part = None
    if more or less:
        least, most = sorted(
            map(abs, (max(low, 0.0), high) if more else (low, min(high, 0.0)))
        )
        ends = [percent(least, 0), percent(most, 0)]
        part = ends[1]
        if least < _HARDLY:
            part = f"up to {ends[1]}"
        elif ends[0] != ends[1]:
            part = f"{ends[0].partition(' ')[0]} to {ends[1]}"
    return {"is_as_much": as_much, "is_more": more, "is_less": less, "part": part}


def _numbers(given: Material) -> Callable[[dict[str, Any]], list[list[str]]]:
    """Return a function that writes the large numbers of a region."""
    ranked = sum(given.rows("place/regions").column("is_ranked"))
    full = {
        row["region_id"]: row["footprint_per_capita"]
        for row in given.rows("place/full_scope")
        if row["scope_id"] == "with"
    }

    def written(region: dict[str, Any]) -> list[list[str]]:
        ranks = {
            name: rank and f"rank {rank} of {ranked:,}"
            for name, rank in (
                ("per_person_rank", _rank(region, "footprint_per_capita")),
                ("footprint_rank", _rank(region, "consumption_footprint")),
                ("production_rank", _rank(region, "production_emissions")),
            )
        }
        per_person = full.get(region["region_id"])
        row = region | {"full_footprint_per_capita": per_person}
        values = {**given.values, **row, **_relation(region), **ranks}
        return [
            [fact.label, fact.value, fact.unit, unbroken(fact.note.removesuffix(", "))]
            for fact in given.facts_of("place/numbers", row, values)
        ]

    return written


def _rank(region: dict[str, Any], column: str) -> str:
    """Return the rank of an amount, in brackets with its interval or its range."""
    name, begins = _RANKS[column]
    rank = region[name]
    if not rank:
        return ""
    for ends, suffix in (
        (("p05", "p95"), ""),
        (("best", "worst"), " over the variants"),
    ):
        interval = _span(*(region.get(f"{begins}_{end}") for end in ends))
        # an interval of one rank says nothing more
        if interval not in (None, f"{rank:,}"):
            return f"{rank:,} ({interval}{suffix})"
    return f"{rank:,}"


def _figures(given: Material) -> Callable[[dict[str, Any]], list[list[Any] | None]]:
    """Return a function that gives value, text and rank of each figure of a region."""
    columns, ids = _columns(given, _FIGURES), given.words_of(_FIGURES)
    ranked = sum(given.rows("place/regions").column("is_ranked"))

    def figure(region: dict[str, Any], column: Column) -> list[Any] | None:
        value = region[column.name]
        if value is None:
            return None
        if not column.is_number:
            return [value, ids.get(column.name, {}).get(value) or word(value), ""]
        rank = column.name in _RANKS and _rank(region, column.name)
        return [
            vega.short(value, _ALL_DIGITS),
            given.context.text(value, column.unit),
            f"{rank} of {ranked:,}" if rank else "",
        ]

    return lambda region: [figure(region, column) for column in columns]


def _tables(
    given: Material, drawn: dict[str, dict[str, Any]]
) -> dict[str, dict[str, dict[str, Any]]]:
    """Return the tables of each region, and take lines from what is drawn.

    A line is a name, a value that files have, and texts. A name is the position of a
    region, or a text.
    """
    tables: dict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
    for name in [name for part in _parts(given) for name in part.tables]:
        if name not in (_FIGURES, _SCOPES, _EFFECTS):
            for region, table in _lines(given, name):
                tables[region][read_table(name).id] = table
    for region, bars in drawn.items():
        scopes, changes = bars.get("threeScopes"), bars.get("changes")
        if scopes:
            own = {"units": scopes.pop("units"), "rows": scopes.pop("lines")}
            tables[region]["scope-figures"] = own
        if changes:
            own = {"units": [changes["unit"], ""], "rows": changes.pop("effects")}
            tables[region]["effects"] = own
    return tables


def _lines(given: Material, name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the lines of a table by region."""
    described, rows = read_table(name), given.rows(_query(name))
    for column, ids in given.words_of(name).items():
        if rows.columns:
            rows = relabelled(rows, column, ids)
    groups: dict[str, Rows] = defaultdict(lambda: Rows(rows.columns, []))
    for row in rows:
        if row.get("list_id", described.id) == described.id:
            groups[row["region_id"]].rows.append(tuple(row.values()))
    first, *columns = _columns(given, name)
    named = _namer(given, first.name)
    for region, lines in groups.items():
        scales = scales_of(given.context, lines, columns)
        yield (
            region,
            {
                "units": [
                    scales[column.unit].unit if column.is_number else ""
                    for column in columns
                ],
                "rows": [
                    [
                        named(line),
                        vega.short(line["emissions"], _ALL_DIGITS)
                        if "emissions" in line
                        else None,
                        *(
                            written(column.unit, line[column.name], scales)
                            for column in columns
                        ),
                    ]
                    for line in lines
                ],
            },
        )


def _namer(given: Material, column: str) -> Callable[[dict[str, Any]], int | str]:
    """Return a function that names a line: a position of a region, or a text."""
    ids = given.rows("place/regions").column("region_id")
    positions = {id_: number for number, id_ in enumerate(ids)}

    def named(line: dict[str, Any]) -> int | str:
        if column != "partner_region_id":
            return line[column]
        if line[column] is not None:
            return positions[line[column]]
        count = line["regions"]
        if count is None:
            return line["kind"]
        values = {"count": count, "is_single": count == 1, "is_several": count != 1}
        return given.context.fill(wording("page_place_others"), values)

    return named


def _drawn(given: Material) -> dict[str, dict[str, Any]]:
    """Return what bars of each region are drawn from: three scopes, and a change."""
    drawn: dict[str, dict[str, Any]] = defaultdict(dict)
    for row in given.rows("place/three_scopes"):
        drawn[row["region_id"]]["threeScopes"] = three_scopes.data_of(given, row)
    for row in given.rows("changes/regions"):
        drawn[row["region_id"]]["changes"] = waterfall.data_of(given.context, row)
    return drawn


def _per_person(given: Material) -> Scale:
    values = given.rows("place/regions").column("footprint_per_capita")
    return given.context.scale(values, "stressor per person")


def _balance(given: Material) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Return a function that gives the parts of both accounts of a region."""
    context, cells, per_person = given.context, _cells(given), _per_person(given)
    short_unit = per_person.unit.removesuffix(" per person")

    def each(values: list[float], people: float | None, unit: str) -> list[str] | None:
        if not people:
            return None
        return [f"{per_person.text(value / people)}{unit}" for value in values]

    def balance(region: dict[str, Any]) -> dict[str, Any]:
        values = [region[column] for *_, column in cells]
        accounts = [region["production_emissions"], region["consumption_footprint"]]
        wholes = dict(zip(_BOTH, accounts, strict=True))
        size = context.scale(accounts, "stressor")
        people, supplier = region["population"], region["supplier_region_name"]
        return {
            "divisor": size.divisor,
            "unit": size.unit,
            "supplier": supplier
            and shortened(spoken(supplier, context.region), _NAME_WIDTH),
            "values": [vega.short(value, _ALL_DIGITS) for value in values],
            "texts": [size.full(value) for value in values],
            "shares": [
                percent(value / wholes[bar], 0) if wholes[bar] > 0 else MISSING
                for value, (bar, *_) in zip(values, cells, strict=True)
            ],
            "ends": [size.full(value) for value in accounts],
            "perPerson": each(values, people, ""),
            "perPersonEnds": each(accounts, people, f" {short_unit}"),
        }

    return balance


def _cells(given: Material) -> list[tuple[str, str, str, str]]:
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
        for column, label, bars, _ in _parts_of_bars(given)
        if bar in bars
    ]


def _name_on_bar(bar: str, label: str) -> str:
    """Return the name of a part on a bar, which says the rest of it."""
    where, _, whom = label.partition(", ")
    return (where if bar == _FOOTPRINT else whom) or label


def _parts_of_bars(given: Material) -> list[tuple[str, str, tuple[str, ...], str]]:
    """Return the parts that some region has."""
    context = given.context
    return [
        (
            column,
            context.with_nouns(label.format(outside=context.outside)),
            bars,
            colour_of(noun),
        )
        for column, label, bars, noun in PARTS
        if any(given.rows("place/regions").column(column))
    ]


def draw_balance(given: Material) -> Chart:
    """Draw bars without figures: the page puts those of regions into them.

    A row of the page is a part of a bar: the bar, the part, where it begins and ends,
    its label, and the label at the end of the bar.
    """
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
    # the bars come first, on a phone too
    legend = {"columns": 2, "orient": "bottom"}
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
            **vega.kinds("part", colours(given), "emitted", legend=legend),
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
        given.text("page_place_bars"),
        vega.finished(drawing, height=150),
        given.rows("place/regions"),
        is_live=True,
    )
