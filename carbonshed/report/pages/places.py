"""The picture of places: a dot for each, by account, by measure and in each year."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from importlib.resources import files
from typing import Any

import yaml

from carbonshed.numbers import Scale
from carbonshed.report import beeswarm, vega
from carbonshed.report.colours import colour_of
from carbonshed.report.content import Chart
from carbonshed.report.context import Context
from carbonshed.report.described import PAGES, Material
from carbonshed.report.pages import reasons
from carbonshed.report.pages.full_scope import FullScope
from carbonshed.report.queries import Rows

# a footprint that leaves something out may be above the world without being seen to be
_SIDES = {
    "above": ("above the world", colour_of("above the world")),
    "at or below": ("at or below the world", colour_of("at or below the world")),
    "not known": (
        "not known: the footprint leaves something out",
        colour_of("unknown"),
    ),
    "contradicted": ("published figure disagrees", colour_of("published")),
}
_QUESTIONS = ("Account", "Measure", "Year")


@dataclass(frozen=True)
class Measure:
    """A measure of an amount, by what it is divided by."""

    id: str
    answer: str  # to the question of the chart
    unit: str
    words: str = ""  # behind those of the account
    divisor: str = ""  # a column
    finding: str = ""  # whose headline names the first by it

    def of(self, row: dict[str, Any], column: str) -> float | None:
        """Return the measure of a region, None where it is not known."""
        value = row.get(column)
        if value is None or not self.divisor:
            return value
        return value / row[self.divisor] if row[self.divisor] else None


@dataclass(frozen=True)
class Account:
    """What is counted of each region: a column, and the noun that has its colour.

    A footprint has the column with its side of the world's figure, if it includes what
    that includes, and an extent if that is not the page's.
    """

    id: str
    name: str
    column: str
    answer: str = ""
    noun: str = "footprint"
    meaning: str = ""
    suffix: str = ""
    side: str = ""
    extent: str = ""

    @property
    def is_plain(self) -> bool:
        """True for the footprint of the accounts, of which headlines speak."""
        return self.column == "consumption_footprint"

    @property
    def is_of_data(self) -> bool:
        """True for what is emitted in a region, which rests on no trade."""
        return self.column == "production_emissions"


_KNOWN = yaml.safe_load(files(PAGES).joinpath("places.yml").read_text("utf-8"))
_MEASURES = [Measure(**each) for each in _KNOWN["measures"]]
_FOOTPRINT, _WITH_IMPORTS, *_OTHERS = [Account(**each) for each in _KNOWN["accounts"]]
_ENDS = ("footprint_lowest", "footprint_highest")
# queries with more of each region, and the columns
_MORE = {
    "compare/accounts": ("income_emissions", "shared_emissions"),
    "compare/full_scope": ("full_footprint", "full_world_comparison"),
    "common/ranges": _ENDS,
}
_COLUMNS = [each.column for each in (_FOOTPRINT, _WITH_IMPORTS, *_OTHERS)]


@dataclass(frozen=True)
class Plot:
    """The dots of an account by a measure in a year, and the line of the world."""

    dots: list[beeswarm.Dot]
    world: beeswarm.Line | None

    @property
    def values(self) -> list[float]:
        """All values along the axis."""
        values = [value for dot in self.dots for value in dot.values]
        return values + ([self.world.value] if self.world else [])


@dataclass(frozen=True)
class Shared:
    """The axis and the unit that pictures of all years share, and these years."""

    frame: beeswarm.Frame
    size: Scale
    years: tuple[int, ...]  # in which the measure is known


def draw_places(given: Material) -> Chart | None:
    """Draw a dot for each region along an axis, by each known account and measure.

    The world has a line, and regions a colour for their side of it, only if footprints
    include as much as the world's figure, and the sum is not far from what is
    published. Pictures of other years are on their own pages.
    """
    context = given.context
    shared = _shared(given) if len(context.years) > 1 else {}
    places = Places.of_year(given, context.year)
    charts = {
        (account.answer, measure.answer): places.draw(
            account, measure, shared.get((account.answer, measure.answer))
        )
        for account, measure in places.known
    }
    if not charts:
        return None
    offered = [*map(_once, zip(*(shared or charts), strict=True))]
    offered.append([*map(str, context.years)] if shared else [])
    # nobody is asked what has one answer
    choices = {
        question: answers
        for question, answers in zip(_QUESTIONS, offered, strict=True)
        if len(answers) > 1
    }

    def answers(key: tuple[str, str], year: int) -> tuple[str, ...]:
        every = zip(_QUESTIONS, (*key, str(year)), strict=True)
        return tuple(answer for question, answer in every if question in choices)

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


def _once(answers: Iterable[str]) -> list[str]:
    return [*dict.fromkeys(answers)]


def _shared(given: Material) -> dict[tuple[str, str], Shared]:
    """Return what pictures of all years share, by account and measure.

    It is worked out once for all years.
    """
    context = given.context
    if not context.shared:
        plots: dict[tuple[str, str], dict[int, Plot]] = {}
        order, units = {}, {measure.answer: measure.unit for measure in _MEASURES}
        for year in context.years:
            places = Places.of_year(given, year)
            for account, measure in places.known:
                key = account.answer, measure.answer
                order[key] = _COLUMNS.index(account.column), _MEASURES.index(measure)
                plots.setdefault(key, {})[year] = places.plot(account, measure)
        for key in sorted(plots, key=order.get):
            values = [value for plot in plots[key].values() for value in plot.values]
            context.shared[key] = Shared(
                beeswarm.frame_for([plot.dots for plot in plots[key].values()], values),
                context.scale(values, units[key[1]]),
                tuple(plots[key]),
            )
    return context.shared


@dataclass(frozen=True)
class Places:
    """The regions of a year: a row for each, with all that is counted of it."""

    context: Context
    rows: list[dict[str, Any]]
    accounts: list[Account]
    year: int

    @classmethod
    def of_year(cls, given: Material, year: int) -> "Places":
        """Return the places of a year, with the accounts that are known."""
        context = given.context

        def ask(query: str) -> Rows:
            if year == context.year:
                return given.rows(query)
            return given.marts.ask_if_built(query, year=year)

        full = FullScope(context, ask("compare/full_scope"))
        rows = {row["region_id"]: dict(row) for row in ask("compare/regions")}
        for query, columns in _MORE.items():
            for row in ask(query):
                more = {column: row[column] for column in columns}
                rows.get(row["region_id"], {}).update(more)
        contradicted = reasons.contradicted(context, ask("common/published"))
        for region in contradicted & rows.keys():
            rows[region]["is_contradicted"] = True
        return cls(context, [*rows.values()], _accounts(context, full), year)

    @property
    def known(self) -> list[tuple[Account, Measure]]:
        """Return accounts and measures that are known of all regions."""
        return [
            (account, measure)
            for account in self.accounts
            for measure in _MEASURES
            if self.rows
            and all(measure.of(row, account.column) is not None for row in self.rows)
        ]

    def plot(self, account: Account, measure: Measure) -> Plot:
        """Return dots and line of a known measure, with nothing to read."""
        dots = [
            beeswarm.Dot(
                row["region_id"],
                row["region_name"],
                measure.of(row, account.column),
                row["population"],
                self._side(account, row),
            )
            for row in self.rows
        ]
        named = self._named(account, measure)
        for number, (row, dot) in enumerate(zip(self.rows, dots, strict=True)):
            ends = [measure.of(row, end) for end in _ENDS]
            if dot.region == named and None not in ends:
                dots[number] = replace(dot, span=tuple(ends))
        return Plot(dots, self._world(account, measure))

    def _side(self, account: Account, row: dict[str, Any]) -> str:
        """Return the side of the world's figure on which a region is."""
        if account.is_plain and row.get("is_contradicted"):
            return "contradicted"
        return (account.side and row[account.side]) or ""

    def _named(self, account: Account, measure: Measure) -> str:
        """Return the region that the headline names, empty if there is none."""
        if not account.is_plain:
            return ""
        return self.context.subject(measure.finding, self.year)

    def _world(self, account: Account, measure: Measure) -> beeswarm.Line | None:
        """Return the world's footprint per person, None where it is not comparable."""
        is_compared = measure.divisor == "population" and account.side
        figure = reasons.world_per_person(self.rows) if is_compared else None
        if figure is None:
            return None
        value, year = figure
        name = f"World of {year}" if year else "World"
        return beeswarm.Line(name, vega.short(value, 9))

    def draw(self, account: Account, measure: Measure, shared: Shared | None) -> Chart:
        """Draw a known measure, on the axis of all years if they share one."""
        context, plot = self.context, self.plot(account, measure)
        size = shared.size if shared else context.scale(plot.values, measure.unit)
        name = f"{account.name}{measure.words}"
        ordered = sorted(plot.dots, key=lambda dot: (-dot.value, dot.region))
        kinds = self._kinds(account, plot)
        people = context.scale([dot.people for dot in ordered], "person")
        dots = [
            replace(
                dot,
                kind=kinds.get(dot.kind, kinds[""])[0],
                words={
                    context.region: dot.name,
                    name: size.full(dot.value),
                    "place": f"{place:,} of {len(ordered):,}",
                    "people": people.full(dot.people),
                },
            )
            for place, dot in enumerate(ordered, start=1)
        ]
        drawn = {dot.kind for dot in dots}
        colours = {kind: colour for kind, colour in kinds.values() if kind in drawn}
        world = plot.world
        if world:
            label = f"{world.name}: {size.beside_words(world.value)}"
            world = beeswarm.Line(label, world.value)
        in_year = f" in {self.year}" if shared else ""
        which = f", {account.suffix}" if account.suffix else ""
        counted = f"{len(dots):,} {context.regions}"
        sentence = f"{name[:1].upper()}{name[1:]}{in_year}{which}"
        # in a variant, what rests on estimated trade may have others at its ends
        if context.is_compiled and not account.is_of_data:
            said = f"{sentence} of {counted}."
        else:
            agreeing = _agreeing(ordered)
            sentence += f": {_range(agreeing, size)}"
            if len(agreeing) < len(ordered):
                sentence += " where no published figure disagrees"
            said = f"{counted}. {sentence}."
        summary = [
            said,
            account.meaning,
            f"{world.name}." if world else "",
            _spanned(plot, size),
        ]
        spec = beeswarm.draw_dots(
            dots,
            colours,
            world,
            size,
            name,
            shared.frame if shared else None,
            self._named(account, measure) or _agreeing(ordered)[0].region,
        )
        suffix = "-with-imports" if account.extent else ""
        return Chart(
            f"{account.id}-{measure.id}{suffix}",
            context.with_nouns("A dot for each region, sized by population"),
            " ".join(filter(None, summary)),
            vega.finished(spec, height=beeswarm.height_for(dots)),
            self._source,
            finding=sentence,
            extent=account.extent,
        )

    def _kinds(self, account: Account, plot: Plot) -> dict[str, tuple[str, str]]:
        """Return the names and colours of kinds; sides stand beside the world alone."""
        sides = {
            side: (self.context.with_nouns(name), colour)
            for side, (name, colour) in _SIDES.items()
            if plot.world or side == "contradicted"
        }
        return {**sides, "": (self.context.region, colour_of(account.noun))}

    @property
    def _source(self) -> Rows:
        """The rows, with a column for all that is known of some region."""
        names = tuple(_once(name for row in self.rows for name in row))
        return Rows(names, [tuple(map(row.get, names)) for row in self.rows])


def _accounts(context: Context, full: FullScope) -> list[Account]:
    """Return accounts, footprints with imports among them if there are any."""
    side = "" if context.extent.startswith("domestic") else "world_comparison"
    accounts = [replace(_FOOTPRINT, side=side)]
    if full:
        wider = replace(
            _WITH_IMPORTS,
            answer=full.name,
            suffix=full.name,
            side="" if full.is_far else "full_world_comparison",
            extent=full.extent,
        )
        accounts.append(wider)
    return [*accounts, *_OTHERS]


def _agreeing(dots: list[beeswarm.Dot]) -> list[beeswarm.Dot]:
    """Return the dots that no published figure contradicts, all if there are none."""
    return [dot for dot in dots if dot.kind != "contradicted"] or dots


def _range(ordered: list[beeswarm.Dot], size: Scale) -> str:
    """Return the smallest and the largest amount, each with its region."""
    first, last = (
        (dot.name, size.beside_words(dot.value)) for dot in (ordered[0], ordered[-1])
    )
    if first[1] == last[1]:
        return first[1]
    return f"from {last[1]} ({last[0]}) to {first[1]} ({first[0]})"


def _spanned(plot: Plot, size: Scale) -> str:
    """Return what the variants of the table give the region that has a line."""
    for dot in plot.dots:
        if dot.span:
            low, high = dot.span
            return (
                f"The line through {dot.name} is the range over the variants of the "
                f"table: {size.text(low)} to {size.beside_words(high)}."
            )
    return ""
