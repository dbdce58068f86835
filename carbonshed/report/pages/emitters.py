"""The largest footprints and the typology of regions."""

from dataclasses import dataclass
from typing import Any

from carbonshed.numbers import Scale, percent
from carbonshed.report import vega
from carbonshed.report.colours import colour_of
from carbonshed.report.content import (
    Card,
    Chart,
    Column,
    Page,
    Section,
    make_table,
    word,
)
from carbonshed.report.context import Context
from carbonshed.report.pages import intervals, reasons
from carbonshed.report.queries import Marts, Rows

TITLE = "Largest footprints"

_SELECTED = [
    "emitter_rank",
    "region_name",
    Column("measure_value", "Footprint"),
    "footprint_per_capita",
    "cumulative_share",
    Column("affluence", unit="word"),
    Column("industry_type", unit="word"),
    Column("supply_chain_role", unit="word"),
    Column("pathway_id", unit="word"),
    "gdp_per_capita",
]
_RULES = [
    Column("rule_id", unit="word"),
    "is_default_rule",
    Column("regions", unit="count"),
    Column("footprint_share", "Of all footprints", "share"),
    Column("population_share", "Of all people"),
    "footprint_per_capita",
]
_PATHWAYS = [
    Column("affluence", unit="word"),
    Column("supply_chain_role", unit="word"),
    Column("pathway_id", unit="word"),
    Column("regions", unit="count"),
    Column("super_emitters", "Of them largest footprints"),
]

_MAX_NAMED = 12  # in the picture
_ROW, _MIN_ROW = 44, 36  # pixels of a row with two lines of text
_MAX_HEIGHT = 530  # pixels that a window has for the rows
_ROUND = 0.1  # shares from here on have no decimal
_FOOTPRINT, _PEOPLE = "share of the footprint", "share of the people"
_ROLES = {
    "producer": colour_of("producers"),
    "balanced": colour_of("balanced"),
    "consumer": colour_of("consumers"),
}


def page(context: Context, marts: Marts) -> Page:
    """Make the page."""
    regions = marts.ask("emitters/selected")
    lead = (
        "The few regions with the largest footprints, what kind of region they are, "
        "and the pathway that fits each."
    )
    if not len(regions):
        why = reasons.why_empty(context, reasons.NO_RANKED)
        section = Section("who", TITLE, empty=why)
        return Page(TITLE, lead, [section])
    return Page(
        TITLE,
        lead,
        [
            _who(
                context,
                regions,
                marts.ask("emitters/rules"),
                intervals.by_region(
                    marts.ask_if_built("emitters/chances"), marts.ask("common/ranges")
                ),
            ),
            _kinds(context, marts),
        ],
        context.finding("super_emitters"),
        headline=context.headline("super_emitters"),
        picture=_draw_shares(context, regions),
        next_step=_next_step(context),
    )


def _next_step(context: Context) -> Card:
    """Lead to the scenarios, unless they are refused to a table of the world."""
    if context.is_of_the_world:
        return reasons.your_region(context)
    return Card(
        "quota.html",
        "Scenarios",
        "What would be avoided if they came down to the level of others.",
    )


def _who(
    context: Context, regions: Rows, rules: Rows, chances: dict[str, dict[str, Any]]
) -> Section:
    index = regions.columns.index("is_selected")
    selected = Rows(regions.columns, [row for row in regions.rows if row[index]])
    columns, note = [*_SELECTED], ""
    if chances:
        more = [intervals.RANKS[0], *intervals.CHANCES, *intervals.RANGES]
        selected = intervals.beside(selected, chances, more)
        columns[2:2] = more
        note = " ".join(intervals.rank_notes(context)) or (
            f"Chance: of being among the largest by the rule in use. {intervals.WHAT}"
        )
    tables = [
        make_table(
            context,
            "super-emitters",
            f"Largest footprints by the rule in use, {context.title}",
            selected,
            columns,
            note,
        )
    ]
    tables += intervals.others(context, chances, {*selected.column("region_id")})
    tables.append(
        make_table(
            context,
            "rules",
            "What each rule selects",
            rules,
            _RULES,
            "Which rule is in use is a choice of this project, not of the study. The "
            "page Scenarios shows how much it matters.",
        )
    )
    return Section(
        "who",
        "Who they are",
        [reasons.footprints(context), *reasons.ranked(context)],
        tables=tables,
    )


def _kinds(context: Context, marts: Marts) -> Section:
    kinds = marts.ask("emitters/types")
    pathways = marts.ask("emitters/pathways")
    return Section(
        "kinds",
        "Kinds of regions, and their pathways",
        [
            context.with_nouns(
                "A region's industry is the group it is most specialised in, compared "
                "with all ranked regions. A producer emits clearly more for the final "
                "demand of the table than is emitted for its own, a consumer clearly "
                "less"
            )
            + (
                f"; deliveries {context.outside} do not count"
                if context.has_exports
                else ""
            )
            + ". The three axes are the study's, the thresholds are this project's.",
            "Producers become as clean as their peers. Consumers keep to a cap per "
            "person; a poor consumer is not asked to consume less.",
        ],
        charts=[_draw_types(context, kinds)],
        tables=[
            make_table(
                context,
                "pathways",
                "Regions by affluence and role, and the pathway that fits",
                pathways,
                _PATHWAYS,
                "Affluence is left out where a ranked region lacks its GDP."
                if None in pathways.column("affluence")
                else "",
            )
        ],
    )


def _draw_shares(context: Context, regions: Rows) -> Chart | None:
    """Draw the selected regions' shares of the footprint beside those of the people."""
    groups = _groups(context, regions)
    if not groups:
        return None
    has_people = groups[0].population_share is not None
    size = context.scale([group.per_person for group in groups], "stressor per person")
    names = [group.label(size) for group in groups]
    rows = [
        {
            "region_id": group.region_id,
            "region": group.name,
            "row": name,
            "measure": measure,
            "share": vega.short(share),
            "text": percent(share, 0 if share >= _ROUND else 1),
            "each": size.full(group.per_person),
        }
        for name, group in zip(names, groups, strict=True)
        for measure, share in (
            (_FOOTPRINT, group.footprint_share),
            (_PEOPLE, group.population_share),
        )
        if share is not None
    ]
    colours = {_FOOTPRINT: colour_of("footprint"), _PEOPLE: colour_of("people")}
    if not has_people:
        del colours[_PEOPLE]
    axes = {
        "y": vega.labels(
            "row",
            names,
            axis={
                "labelExpr": "split(datum.label, '\\n')",
                "labelLimit": 300,
                "ticks": False,
                "domain": False,
            },
            scale={"paddingInner": 0.3},
        ),
        "yOffset": vega.nominal("measure", sort=[*colours]),
        "x": vega.quantitative(
            "share",
            axis=None,
            scale=vega.room_for(
                [row["text"] for row in rows], [row["share"] for row in rows]
            ),
        ),
    }
    written = vega.values_at_ends(axes["x"], axes["y"], "text")
    written["encoding"]["yOffset"] = axes["yOffset"]
    drawing = vega.layers(
        vega.draw(
            "bar",
            None,
            **axes,
            **vega.kinds("measure", colours),
            tooltip=vega.tips(
                f"region={context.region}",
                "measure=share of",
                "text=share",
                "each=footprint per person",
            ),
        ),
        written,
        rows=rows,
    )
    together = groups[0]
    return Chart(
        "shares",
        _shares_title(context, regions, size),
        "The share of each of the largest in the footprint of the "
        f"{len(regions):,} {context.regions}, next to its share of their people. "
        f"{together.name}: {percent(together.footprint_share)} of the footprint"
        + (
            f" and {percent(together.population_share)} of the people."
            if has_people
            else "."
        ),
        vega.finished(
            drawing,
            height=min(_ROW * len(groups), max(_MIN_ROW * len(groups), _MAX_HEIGHT)),
        ),
        regions,
        finding=context.headline("super_emitters"),
    )


@dataclass(frozen=True)
class _Group:
    """One or more regions in a row of the picture."""

    name: str
    footprint_share: float
    population_share: float | None
    per_person: float | None
    region_id: str | None = None

    def label(self, size: Scale) -> str:
        """Return the name, with the footprint per person below it."""
        if self.per_person is None:
            return self.name
        return f"{self.name}\n{_tonnes(size, self.per_person)} each"


def _tonnes(size: Scale, per_person: float) -> str:
    """Write an amount per person with the unit of the amount alone."""
    return f"{size.text(per_person)} {size.unit.partition(' per ')[0]}"


def _groups(context: Context, regions: Rows) -> list[_Group]:
    """Return all selected regions together, the largest of them, and the others."""
    selected = [row for row in regions if row["is_selected"]]
    if not selected or selected[0]["footprint_share"] is None:
        return []
    others = [row for row in regions if not row["is_selected"]]
    # one that stands for itself alone needs no row of others
    many = len(selected) > _MAX_NAMED
    named = selected[: _MAX_NAMED - 1] if many else selected
    together = "Both" if len(selected) == 2 else f"All {len(selected)}"
    groups = [_together(f"{together} together", selected)] if selected[1:] else []
    groups += [
        _together(name, [row], row["region_id"])
        for name, row in zip(
            vega.unique_names({row["region_id"]: row["region_name"] for row in named}),
            named,
            strict=True,
        )
    ]
    if many:
        left = selected[len(named) :]
        groups.append(_together(f"{len(left)} more of the largest", left))
    if others:
        noun = context.region if len(others) == 1 else context.regions
        groups.append(_together(f"{len(others)} other {noun}", others))
    return groups


def _together(
    name: str, rows: list[dict[str, Any]], region_id: str | None = None
) -> _Group:
    footprint = sum(row["measure_value"] for row in rows)
    people = [row["population"] for row in rows]
    shares = [row["population_share"] for row in rows]
    is_known = None not in people and sum(people) > 0
    return _Group(
        name,
        sum(row["footprint_share"] for row in rows),
        None if None in shares else sum(shares),
        footprint / sum(people) if is_known else None,
        region_id,
    )


def _shares_title(context: Context, regions: Rows, size: Scale) -> str:
    """Return what a person of the selected regions causes, and one of the others.

    Of two regions, of many with most of their people in one, and of those that cause
    no more than the others: the range among them.
    """
    selected = [row for row in regions if row["is_selected"]]
    others = [row for row in regions if not row["is_selected"]]
    here = _together("", selected).per_person
    elsewhere = _together("", others).per_person if others else None
    if here is None or elsewhere is None:
        return "Shares of the footprint"
    people = [row["population"] for row in selected]
    is_group = len(selected) > 2 and 2 * max(people) <= sum(people)
    if len(selected) > 1 and not (is_group and here > elsewhere):
        low, *_, high = sorted(selected, key=lambda row: row["footprint_per_capita"])
        ends = (
            f"{_tonnes(size, row['footprint_per_capita'])} ({row['region_name']})"
            for row in (low, high)
        )
        return f"Among the largest, a person causes {' to '.join(ends)}"
    causes = f"a person causes {_tonnes(size, here)}, elsewhere"
    if len(selected) == 1:
        return f"{selected[0]['region_name']}: {causes} {_tonnes(size, elsewhere)}"
    return (
        f"In these {len(selected)} {context.regions} {causes} "
        f"{_tonnes(size, elsewhere)}"
    )


def _draw_types(context: Context, types: Rows) -> Chart | None:
    """Draw the number of regions by industry and role."""
    if not len(types):
        return None
    rows = [
        {
            "industry": word(row["industry_type"]),
            "role": row["supply_chain_role"],
            "regions": row["regions"],
            "emitters": row["super_emitters"],
        }
        for row in types
    ]
    totals: dict[str, int] = {}
    roles = dict.fromkeys(_ROLES, 0)
    for row in rows:
        totals[row["industry"]] = totals.get(row["industry"], 0) + row["regions"]
        roles[row["role"]] += row["regions"]
    order = sorted(totals, key=lambda industry: (-totals[industry], industry))
    y = vega.labels("industry", order)
    ends = [{"industry": industry, "regions": totals[industry]} for industry in order]
    x = vega.quantitative(
        "regions",
        title=context.regions,
        axis={"tickMinStep": 1, "format": "d"},
        scale=vega.room_for(map(str, totals.values()), totals.values()),
    )
    bars = vega.draw(
        "bar",
        rows,
        y=y,
        x={**x, "stack": "zero"},
        **vega.kinds("role", _ROLES, "role in supply chains"),
        order=vega.quantitative("position"),
        tooltip=vega.tips(
            "industry",
            "role",
            f"regions:Q={context.regions}",
            "emitters:Q=of them largest footprints",
        ),
    )
    position = f"indexof({list(_ROLES)}, datum.role)"
    bars["transform"] = [{"calculate": position, "as": "position"}]
    written = vega.values_at_ends(x, y, "regions") | {"data": {"values": ends}}
    regions = context.regions if sum(roles.values()) > 1 else context.region
    return Chart(
        "typology",
        f"Of {sum(roles.values())} {regions}, {roles['producer']} are producers for "
        f"others and {roles['consumer']} consumers",
        context.with_nouns(
            "Regions by the industry they are specialised in and by their role in "
            "supply chains: "
            + "; ".join(f"{industry} {totals[industry]}" for industry in order)
            + " regions."
        ),
        vega.finished(vega.layers(bars, written), height=34 * len(order) + 10),
        types,
    )
