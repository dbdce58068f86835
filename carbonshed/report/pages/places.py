"""The picture of places: a dot for each, in each measure, scope and year."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from carbonshed.numbers import Scale
from carbonshed.report import beeswarm, vega
from carbonshed.report.colours import colour_of
from carbonshed.report.content import Chart
from carbonshed.report.context import Context
from carbonshed.report.pages import reasons
from carbonshed.report.pages.full_scope import FullScope
from carbonshed.report.queries import Marts, Rows

_WITHOUT = "without imports"
# the columns that give the world's figure
_OF_WORLD = ("world_average_ratio", "comparator_year", "footprint_per_capita")
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


@dataclass(frozen=True)
class Plot:
    """The dots of one measure in one scope and year, and the line of the world."""

    marks: list[beeswarm.Dot]
    world: beeswarm.Line | None

    @property
    def values(self) -> list[float]:
        """All values along the axis."""
        lines = [self.world] if self.world else []
        return [mark.value for mark in (*self.marks, *lines)]


@dataclass(frozen=True)
class Shared:
    """The axis and the unit that pictures of all years share, and these years."""

    frame: beeswarm.Frame
    size: Scale
    years: tuple[int, ...]  # in which the measure is known


def draw_places(
    context: Context,
    regions: Rows,
    full: FullScope | None = None,
    marts: Marts | None = None,
) -> Chart | None:
    """Draw a dot for each region along an axis, in each known measure and scope.

    The world has a line, and regions a colour for their side of it, only if footprints
    include as much as the world's figure, and the sum is not far from what is
    published. With several years, `marts` have the others, whose pictures are on their
    own pages.
    """
    shared = _shared(context, marts) if len(context.years) > 1 else {}
    scopes = _scopes(context, regions, full)
    charts = {
        (measure.answer, scope.answer): scope.draw(
            measure, shared.get((measure.answer, scope.answer))
        )
        for measure in _offered(scopes)
        for scope in scopes
    }
    if not charts:
        return None
    choices = {"Footprint": _answers(shared or charts, 0)}
    imports = _answers(shared or charts, 1)
    if len(imports) > 1:
        choices["Imports"] = imports
    if shared:
        choices["Year"] = [*map(str, context.years)]

    def answers(key: tuple[str, str], year: int) -> tuple[str, ...]:
        return tuple(
            answer
            for question, answer in zip(("Footprint", "Imports"), key, strict=True)
            if question in choices
        ) + ((str(year),) if shared else ())

    own, *others = (
        (answers(key, context.year), chart) for key, chart in charts.items()
    )
    return replace(
        own[1],
        choices=choices,
        answers=own[0],
        views=dict(others),
        elsewhere={
            answers(key, year): context.years[year]
            for key, them in shared.items()
            for year in them.years
            if year != context.year
        },
    )


def _answers(keys: Iterable[tuple[str, str]], question: int) -> list[str]:
    """Return the answers to a question, each once."""
    return [*dict.fromkeys(key[question] for key in keys)]


def _scopes(context: Context, regions: Rows, full: FullScope | None) -> list["Scope"]:
    """Return the footprints of a year in each scope, without imports first."""
    scope = Scope(context, regions, "consumption_footprint", "world_comparison")
    return [scope, scope.with_imports(full)] if full else [scope]


def _offered(scopes: Sequence["Scope"]) -> list[Measure]:
    """Return the measures that are known in all scopes."""
    return [
        measure
        for measure in _MEASURES
        if all(scope.knows(measure) for scope in scopes)
    ]


def _shared(context: Context, marts: Marts) -> dict[tuple[str, str], Shared]:
    """Return what pictures of all years share, by measure and scope.

    It is worked out once for all years.
    """
    if not context.shared:
        plots: dict[tuple[str, str], dict[int, Plot]] = {}
        for year in context.years:
            regions = marts.ask("ranking/regions", year=year)
            full = FullScope(
                context, marts.ask_if_built("ranking/full_scope", year=year)
            )
            scopes = _scopes(context, regions, full or None)
            for measure in _offered(scopes):
                for scope in scopes:
                    of_years = plots.setdefault((measure.answer, scope.answer), {})
                    of_years[year] = scope.plot(measure)
        units = {measure.answer: measure.unit for measure in _MEASURES}
        for key, of_years in sorted(plots.items(), key=lambda item: _order(item[0])):
            values = [value for plot in of_years.values() for value in plot.values]
            context.shared[key] = Shared(
                beeswarm.frame_for([plot.marks for plot in of_years.values()], values),
                context.scale(values, units[key[0]]),
                tuple(of_years),
            )
    return context.shared


def _order(key: tuple[str, str]) -> tuple[int, int]:
    """Return the place of measure and scope in the questions."""
    return [measure.answer for measure in _MEASURES].index(key[0]), key[1] != _WITHOUT


@dataclass(frozen=True)
class Scope:
    """Footprints of all regions in one scope, with imports or without."""

    context: Context
    rows: Rows
    footprint: str  # the column
    side: str  # the column with the side of the world's figure
    extent: str = ""  # if not the page's
    is_far: bool = False
    answer: str = _WITHOUT
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

    def _values(self, measure: Measure) -> dict[str, float | None]:
        return {row["region_id"]: measure.of(row, self.footprint) for row in self.rows}

    def knows(self, measure: Measure) -> bool:
        """Return True if a measure is known of all regions, and there are any."""
        values = self._values(measure)
        return bool(values) and None not in values.values()

    def plot(self, measure: Measure) -> Plot:
        """Return dots and line of a known measure, with nothing to read."""
        values = self._values(measure)
        marks = [
            beeswarm.Dot(
                row["region_id"], "", values[row["region_id"]], row["population"]
            )
            for row in self.rows
        ]
        return Plot(marks, self._world(measure))

    def _world(self, measure: Measure) -> beeswarm.Line | None:
        """Return the world's footprint per person, None where it is not comparable."""
        is_compared = measure.divisor == "population" and self._is_alike
        figure = reasons.world_per_person(self.rows) if is_compared else None
        if figure is None:
            return None
        value, year = figure
        name = f"World of {year}" if year else "World"
        return beeswarm.Line(name, vega.short(value, 9))

    def draw(self, measure: Measure, shared: Shared | None) -> Chart:
        """Draw a known measure, on the axis of all years if they share one."""
        plot = self.plot(measure)
        values, world = self._values(measure), plot.world
        size = shared.size if shared else self.context.scale(plot.values, measure.unit)
        people = self.context.scale(self.rows.column("population"), "person")
        order = sorted(values, key=lambda region: (-values[region], region))
        ranks = {region: rank for rank, region in enumerate(order, start=1)}
        noun = self.context.with_nouns
        marks = [
            replace(
                mark,
                name=row["region_name"],
                kind=noun(_SIDES[row[self.side] if world else None][0]),
                words={
                    self.context.region: row["region_name"],
                    measure.name: size.full(mark.value),
                    "place": f"{ranks[mark.region]:,} of {len(order):,}",
                    "people": people.full(mark.people),
                },
            )
            for row, mark in zip(self.rows, plot.marks, strict=True)
        ]
        drawn = {mark.kind for mark in marks}
        colours = {noun(side): colour for side, colour in _SIDES.values()}
        kinds = {side: colours[side] for side in colours if side in drawn}
        if world:
            name = f"{world.name}: {_amount(size, world.value)}"
            world = beeswarm.Line(name, world.value)
        frame = shared.frame if shared else None
        spec = beeswarm.draw_dots(marks, kinds, world, size, measure.name, frame)
        names = {mark.region: mark.name for mark in marks}
        first, last = (
            (names[region], _amount(size, values[region]))
            for region in (order[0], order[-1])
        )
        sentence = f"{measure.name[:1].upper()}{measure.name[1:]}"
        if shared:
            sentence += f" in {self.context.year}"
        sentence += f"{f', {self.answer}' if self.extent else ''}: "
        if first[1] == last[1]:
            sentence += first[1]
        else:
            sentence += f"from {last[1]} ({last[0]}) to {first[1]} ({first[0]})"
        return Chart(
            f"{measure.id}{self.suffix}",
            self.context.with_nouns("A dot for each region, sized by population"),
            f"{len(order):,} {self.context.regions}. {sentence}."
            + (f" {world.name}." if world else ""),
            vega.finished(spec, height=beeswarm.height_for(marks)),
            self.rows,
            finding=sentence,
            extent=self.extent,
        )


def _amount(size: Scale, value: float) -> str:
    """Return a number with its unit; the measure says that it is per person."""
    return size.full(value).removesuffix(" per person")
