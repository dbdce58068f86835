"""Ranking with comparators."""

from dataclasses import dataclass, replace

from carbonshed.numbers import Scale
from carbonshed.report import dots, vega
from carbonshed.report.colours import colour_of
from carbonshed.report.content import Card, Chart, Column, Page, Section, make_table
from carbonshed.report.context import Context
from carbonshed.report.marts import Marts, Rows
from carbonshed.report.pages import comparisons, intervals, words
from carbonshed.report.pages.full_scope import FullScope

TITLE = "Regions"

_COLUMNS = [
    Column("footprint_rank", "Rank", "count"),
    Column("region_name", "Region", region="region_id"),
    Column("consumption_footprint", "Footprint", "stressor"),
    Column("investment_share", "Of it investment", "share"),
    Column("production_emissions", "Emitted there", "stressor"),
    Column("footprint_per_capita", "Footprint per person", "stressor per person"),
    Column("footprint_per_capita_rank", "Rank per person", "count"),
    Column("world_average_ratio", "Times {world}{at_least}", "ratio"),
    Column("us_ratio", "Times {states}{at_least}", "ratio"),
    Column("cumulative_footprint_share", "Running share", "share"),
    Column("population", "People", "person"),
]

# the columns that give the world's figure
_OF_WORLD = ("world_average_ratio", "comparator_year", "footprint_per_capita")
_MAX_REGIONS_DRAWN = 25
_AMOUNTS = {
    "consumption_footprint": "footprint",
    "production_emissions": "emitted there",
}
# a footprint that leaves something out may be above the world without being seen to be
_SIDES = {
    "above": ("above the world", colour_of("above the world")),
    "at or below": ("at or below the world", colour_of("at or below the world")),
    "not known": (
        "not known: the footprint leaves something out",
        colour_of("unknown"),
    ),
    None: ("region", colour_of("footprint")),
}


def page(context: Context, marts: Marts) -> Page:
    """Make the page."""
    regions = marts.ask("ranking/regions")
    lead = (
        "Which regions lead, in total and per person, and where the world and the "
        "United States would stand among them."
    )
    if not len(regions):
        why = words.why_empty(context, words.NO_RANKED)
        return Page(TITLE, lead, [Section("all", "All regions", empty=why)])
    full = FullScope(context, marts.ask_if_built("ranking/full_scope"))
    picture = draw_places(context, regions, full or None)
    sections = [_totals(context, regions, marts)]
    if full:
        sections.append(full.section())
    sections.append(
        Section(
            "all",
            "All ranked regions" if context.unranked else "All regions",
            [
                *words.ranked(context),
                context.with_nouns("Equal regions share the lower rank."),
                _comparator_note(context, regions, full or None),
            ],
            tables=[
                make_table(
                    context,
                    "ranking",
                    f"Regions by footprint, {context.title}",
                    regions,
                    _columns(context, regions, bool(full)),
                )
            ],
        )
    )
    sections += intervals.ranks(
        context,
        regions,
        marts.ask_if_built("ranking/intervals"),
        marts.ask("common/ranges"),
    )
    sections += comparisons.published_sections(context, marts.ask("common/published"))
    return Page(
        TITLE,
        lead,
        sections,
        context.finding("per_person") or context.finding("largest_footprint"),
        headline=context.headline("per_person"),
        picture=picture,
        next_step=Card(
            "inequality.html",
            "How footprints vary with income",
            context.with_nouns("Why some regions cause more than others."),
        ),
    )


def _columns(context: Context, regions: Rows, has_full_scope: bool) -> list[Column]:
    """Return the columns; the table in full scope has the ratios, if there is one."""
    labels = words.comparators(regions)
    labels["at_least"] = ", at least" if context.is_lower_bound else ""
    return [
        replace(column, label=column.label.format(**labels))
        for column in _COLUMNS
        if not (has_full_scope and column.name in ("world_average_ratio", "us_ratio"))
    ]


def _totals(context: Context, regions: Rows, marts: Marts) -> Section:
    return Section(
        "totals",
        "The largest footprints",
        [words.footprints(context), words.against_own_emissions(context)],
        charts=[
            _draw_largest(context, regions),
            _draw_years(context, marts.ask("ranking/years")),
        ],
    )


def _comparator_note(context: Context, regions: Rows, full: FullScope | None) -> str:
    """Return a note on the figures of the world and of the United States."""
    ratios = map(regions.column, ("world_average_ratio", "us_ratio"))
    if not any(map(any, ratios)):
        return (
            "There is no comparator for this stressor and year, so the world and the "
            "United States are not in the picture."
        )
    columns = ("comparator_year", "us_comparator_year")
    years = {year for column in columns for year in regions.column(column) if year}
    note = (
        "The figures of the world and of the United States are those that the Global "
        "Carbon Budget, or rows of your own, give for consumption in "
        f"{' and '.join(map(str, sorted(years)))}"
    )
    missing = context.leaves_out.split("; ")
    if any(missing):
        note += (
            f". They hold {' and '.join(missing)}, the footprints here do not: who is "
            "above the world is so for sure, who is below may not be."
        )
    else:
        note += "."
    if full:
        note += (
            f" Footprints {full.name} hold what imports cause {context.outside} too, "
            "valued as it is said above."
        )
    if full and full.is_far:
        note += (
            " No side of the world is coloured: the sum of these footprints is far "
            "from the published one."
        )
    return note


@dataclass(frozen=True)
class Measure:
    """A measure of a footprint, by what it is divided by."""

    id: str
    answer: str  # to the question of the chart
    name: str
    unit: str
    divisor: str = ""  # a column

    def of(self, row: dict, footprint: str) -> float | None:
        """Return the measure of a region, None where it is not known."""
        value = row[footprint]
        if value is None or not self.divisor:
            return value
        return value / row[self.divisor] if row[self.divisor] else None


_MEASURES = [
    Measure(
        "footprint-per-person",
        "per person",
        "footprint per person",
        "stressor per person",
        "population",
    ),
    Measure("footprint-in-total", "in total", "footprint", "stressor"),
    Measure(
        "footprint-per-gdp",
        "per GDP",
        "footprint per GDP",
        "stressor per currency",
        "gdp",
    ),
]


def draw_places(
    context: Context, regions: Rows, full: FullScope | None = None
) -> Chart | None:
    """Draw a dot for each region along an axis, in each known measure and scope.

    A region has a colour for its side of the world only if its footprint includes as
    much as the world's figure, and the sum is not far from what is published.
    """
    scopes = [Scope(context, regions, "consumption_footprint", "world_comparison")]
    if full:
        scopes.append(scopes[0].with_imports(full))
    charts = {
        measure: [chart for scope in scopes if (chart := scope.draw(measure))]
        for measure in _MEASURES
    }
    # a measure is known in all scopes, or not offered
    offered = {
        measure: drawn for measure, drawn in charts.items() if len(drawn) == len(scopes)
    }
    if not offered:
        return None
    views = {
        (measure.answer, *([scope.answer] if full else [])): chart
        for measure, drawn in offered.items()
        for scope, chart in zip(scopes, drawn, strict=True)
    }
    (_, chart), *others = views.items()
    choices = {"Footprint": [measure.answer for measure in offered]}
    if full:
        choices["Imports"] = [scope.answer for scope in scopes]
    return replace(chart, choices=choices, views=dict(others))


@dataclass(frozen=True)
class Scope:
    """Footprints of all regions in one scope, with imports or without."""

    context: Context
    rows: Rows
    footprint: str  # the column
    side: str  # the column with the side of the world's figure
    extent: str = ""  # if not the page's
    is_far: bool = False
    answer: str = "without imports"
    suffix: str = ""

    def with_imports(self, full: FullScope) -> "Scope":
        """Return the footprints with imports of the same regions."""
        names = ("region_id", "full_footprint", "world_comparison")
        wider = {row["region_id"]: row for row in full.rows}
        own = ("population", "gdp", "region_name", *_OF_WORLD)
        rows = [
            (
                *(wider[row["region_id"]][name] for name in names),
                *(row[name] for name in own),
            )
            for row in self.rows
            if row["region_id"] in wider
        ]
        return replace(
            self,
            rows=Rows((*names, *own), rows),
            footprint="full_footprint",
            extent=full.extent,
            is_far=full.is_far,
            answer=full.name,
            suffix="-with-imports",
        )

    @property
    def _is_alike(self) -> bool:
        """True if footprints hold what the world's figure holds."""
        extent = self.extent or self.context.extent
        return not self.is_far and not extent.startswith("domestic")

    def draw(self, measure: Measure) -> Chart | None:
        """Draw one measure, None if it is known of no region or not of all."""
        values = {
            row["region_id"]: measure.of(row, self.footprint) for row in self.rows
        }
        if not values or None in values.values():
            return None
        is_per_person = measure.divisor == "population"
        world = _world(self.rows) if is_per_person else None
        size = self.context.scale(
            [*values.values(), world and world.value], measure.unit
        )
        people = self.context.scale(self.rows.column("population"), "person")
        order = sorted(values, key=lambda region: (-values[region], region))
        ranks = {region: rank for rank, region in enumerate(order, start=1)}
        has_sides = world is not None and self._is_alike
        noun = self.context.with_nouns
        marks = [
            dots.Dot(
                row["region_id"],
                row["region_name"],
                values[row["region_id"]],
                row["population"],
                noun(_SIDES[row[self.side] if has_sides else None][0]),
                {
                    self.context.region: row["region_name"],
                    measure.name: size.full(values[row["region_id"]]),
                    "place": f"{ranks[row['region_id']]:,} of {len(order):,}",
                    "people": people.full(row["population"]),
                },
            )
            for row in self.rows
        ]
        drawn = {mark.kind for mark in marks}
        colours = {noun(side): colour for side, colour in _SIDES.values()}
        kinds = {side: colours[side] for side in colours if side in drawn}
        if world:
            held = "" if self._is_alike else ", with imports"
            name = f"{world.name}{held}: {_amount(size, world.value)}"
            world = dots.Line(name, world.value)
        spec = dots.draw_dots(marks, kinds, world, size, measure.name)
        first, last = (
            (self._names[region], _amount(size, values[region]))
            for region in (order[0], order[-1])
        )
        name = f"{measure.name[:1].upper()}{measure.name[1:]}"
        sentence = f"{name}{f', {self.answer}' if self.extent else ''}: "
        if first[1] == last[1]:
            sentence += first[1]
        else:
            sentence += f"from {last[1]} ({last[0]}) to {first[1]} ({first[0]})"
        return Chart(
            f"{measure.id}{self.suffix}",
            self.context.with_nouns("A dot for each region, sized by population"),
            f"{len(order):,} {self.context.regions}. {sentence}."
            + (f" {world.name}." if world else ""),
            vega.finished(spec, height=dots.height_for(marks)),
            self.rows,
            finding=sentence,
            extent=self.extent,
        )

    @property
    def _names(self) -> dict[str, str]:
        return {row["region_id"]: row["region_name"] for row in self.rows}


def _amount(size: Scale, value: float) -> str:
    """Return a number with its unit; the measure says that it is per person."""
    return size.full(value).removesuffix(" per person")


def _world(regions: Rows) -> dots.Line | None:
    """Return the world's footprint per person, None where it is not known."""
    figure = words.world_per_person(regions)
    if figure is None:
        return None
    value, year = figure
    return dots.Line(f"World of {year}" if year else "World", vega.short(value, 9))


def _draw_largest(context: Context, regions: Rows) -> Chart:
    """Draw footprint and own emissions of the largest regions: two points on a line."""
    top = list(regions)[:_MAX_REGIONS_DRAWN]
    size = context.scale(
        [row[column] for row in top for column in _AMOUNTS], "stressor"
    )
    labels = vega.unique_names({row["region_id"]: row["region_name"] for row in top})
    rows = [
        {
            "region": label,
            "region_id": row["region_id"],
            "rank": f"{row['footprint_rank']:,} of {len(regions):,}",
            "what": what,
            **vega.figures(size, row[column]),
        }
        for label, row in zip(labels, top, strict=True)
        for column, what in _AMOUNTS.items()
    ]
    ends = [
        {
            "region": label,
            "amount": vega.short(max(row[name] for name in _AMOUNTS) / size.divisor),
            "value": size.text(row["consumption_footprint"]),
        }
        for label, row in zip(labels, top, strict=True)
    ]
    amounts = [row["amount"] for row in rows]
    kinds = {kind: colour_of(kind) for kind in _AMOUNTS.values()}
    scale = vega.room_for([end["value"] for end in ends], amounts)
    x = vega.amount("emissions of the year", size, scale=scale)
    y = vega.labels("region", labels)
    parts = vega.dumbbells(
        x,
        y,
        **vega.kinds("what", kinds, also={"shape": ["circle", "diamond"]}),
        tooltip=vega.tips(
            f"region={context.region}", "what=what", "text=amount", "rank=place"
        ),
    )
    values = vega.values_at_ends(x, y, dx=10)
    values["data"] = {"values": ends}
    first = top[0]
    which = "Footprints"
    if len(regions) > len(top):
        which = f"The {len(top)} largest footprints"
    return Chart(
        "largest-footprints",
        context.with_nouns(f"{which}, and what these regions emit themselves"),
        f"The largest footprint is that of {first['region_name']}, "
        f"{size.full(first['consumption_footprint'])}; it emits "
        f"{size.full(first['production_emissions'])} itself. A number is a footprint "
        f"in {size.unit}.",
        vega.finished(
            vega.layers(*parts, values, rows=rows), height=max(22 * len(top), 60)
        ),
        regions,
        finding=context.finding("largest_footprint"),
    )


def _draw_years(context: Context, years: Rows) -> Chart | None:
    """Draw footprints of the largest regions in all years."""
    if len(set(years.column("year"))) < 2:
        return None
    size = context.scale(years.column("consumption_footprint"), "stressor")
    regions = {row["region_id"]: row["region_name"] for row in years}
    labels = dict(zip(regions, vega.unique_names(regions), strict=True))
    rows = [
        {
            "year": row["year"],
            "region": labels[row["region_id"]],
            "amount": vega.short(row["consumption_footprint"] / size.divisor),
        }
        for row in years
    ]
    drawing = vega.draw(
        "line",
        rows,
        {"point": True},
        x=vega.ordinal("year", title=None, axis={"labelAngle": 0}),
        y=vega.amount("footprint", size),
        color=vega.nominal(
            "region",
            title=None,
            scale={"domain": list(labels.values())},
            legend={"columns": 3},
        ),
        tooltip=vega.tips("region", "year:O", "amount:Q"),
    )
    return Chart(
        "footprints-over-time",
        context.with_nouns("Footprints of the largest regions over the years"),
        "Lines of the largest footprints of this year, in all years of the dataset.",
        vega.finished(drawing, height=280),
        years,
    )
