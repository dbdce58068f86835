"""Super-emitters and the typology of regions."""

from typing import Any

from carbonshed.numbers import percent
from carbonshed.report import vega
from carbonshed.report.colours import colour_of
from carbonshed.report.content import Chart, Column, Page, Section, make_table, word
from carbonshed.report.context import Context
from carbonshed.report.marts import Marts, Rows
from carbonshed.report.pages import intervals, words

TITLE = "Largest emitters"

_SELECTED = [
    Column("emitter_rank", "Rank", "count"),
    Column("region_name", "Region", region="region_id"),
    Column("measure_value", "Footprint", "stressor"),
    Column("footprint_per_capita", "Footprint per person", "stressor per person"),
    Column("cumulative_share", "Running share", "share"),
    Column("affluence", "Affluence", "word"),
    Column("industry_type", "Industry", "word"),
    Column("supply_chain_role", "Role", "word"),
    Column("pathway_id", "Pathway", "word"),
    Column("gdp_per_capita", "GDP per person", "currency per person"),
]
_RULES = [
    Column("rule_id", "Rule", "word"),
    Column("is_default_rule", "In use", "flag"),
    Column("regions", "Regions", "count"),
    Column("footprint_share", "Of all footprints", "share"),
    Column("population_share", "Of all people", "share"),
    Column("footprint_per_capita", "Footprint per person", "stressor per person"),
]
_PATHWAYS = [
    Column("affluence", "Affluence", "word"),
    Column("supply_chain_role", "Role", "word"),
    Column("pathway_id", "Pathway", "word"),
    Column("regions", "Regions", "count"),
    Column("super_emitters", "Of them super-emitters", "count"),
]

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
        why = words.why_empty(context, words.NO_RANKED)
        section = Section("who", "Super-emitters", empty=why)
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
            _where(context, regions),
            _kinds(context, marts),
        ],
        context.finding("super_emitters"),
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
            f"Chance: of being a super-emitter by the rule in use. {intervals.WHAT}"
        )
    tables = [
        make_table(
            context,
            "super-emitters",
            f"Super-emitters by the rule in use, {context.title}",
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
            "Which rule is in use is a choice of this project, not of the study. How "
            "much it matters is on the page Scenarios.",
        )
    )
    chart = _draw_concentration(context, regions, rules)
    return Section(
        "who",
        "Who they are",
        [words.footprints(context), *words.ranked(context)],
        charts=[chart],
        tables=tables,
    )


def _where(context: Context, regions: Rows) -> Section:
    chart = _draw_map(context, regions)
    if chart is None:
        return Section(
            "where", "Where they are", empty=context.with_nouns(words.NO_PLACES)
        )
    return Section("where", "Where they are", charts=[chart])


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


def _draw_concentration(context: Context, regions: Rows, rules: Rows) -> Chart | None:
    """Draw the running share of the footprint, the largest regions first."""
    if all(share is None for share in regions.column("cumulative_share")):
        return None
    colours = _emitter_colours(context)
    emitter, other = colours
    rows = [
        {
            "place": position,
            "region": row["region_name"],
            "share": vega.short(row["cumulative_share"]),
            "kind": emitter if row["is_selected"] else other,
        }
        for position, row in enumerate(regions, start=1)
    ]
    axes = {
        "x": vega.quantitative(
            "place",
            title=context.with_nouns("regions, largest footprint first"),
            axis={"tickMinStep": 1},
            scale={"domain": [0, len(rows)], "nice": False},
        ),
        "y": vega.quantitative(
            "share",
            title="share of all footprints, running",
            axis={"format": "%"},
            scale={"domainMin": 0},
        ),
    }
    channels = {
        **vega.kinds("kind", colours),
        "tooltip": vega.tips("region", "place:Q=place", "share:%=share up to here"),
    }
    drawing = vega.layers(
        vega.draw("line", None, {"color": colour_of("unknown")}, **axes),
        vega.draw("point", None, {"opacity": 1, "size": 34}, **axes, **channels),
        rows=rows,
    )
    return Chart(
        "concentration",
        context.with_nouns(_concentration_title(rules, len(rows))),
        "The running share of all footprints, largest first.",
        vega.finished(drawing, height=300),
        regions,
        finding=context.finding("super_emitters"),
    )


def _emitter_colours(context: Context) -> dict[str, str]:
    return {
        "super-emitter": colour_of("large emitters"),
        context.with_nouns("other region"): colour_of("footprint"),
    }


def _concentration_title(rules: Rows, regions: int) -> str:
    """Return the super-emitters' shares of footprints and of people, as a title."""
    used = next((row for row in rules if row["is_default_rule"]), None)
    if used is None or not used["regions"]:
        return "No region is a super-emitter by the rule in use"
    title = (
        f"{used['regions']} of {regions} regions account for "
        f"{percent(used['footprint_share'])} of the footprint"
    )
    if used["population_share"] is None:
        return title
    return f"{title}, with {percent(used['population_share'])} of the people"


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
            "text": f"{row['regions']} ({row['super_emitters']})"
            if row["super_emitters"]
            else str(row["regions"]),
        }
        for row in types
    ]
    totals: dict[str, int] = {}
    for row in rows:
        totals[row["industry"]] = totals.get(row["industry"], 0) + row["regions"]
    order = sorted(totals, key=lambda industry: (-totals[industry], industry))
    bars = vega.draw(
        "bar",
        rows,
        y=vega.labels("industry", order),
        x=vega.quantitative("regions", title=context.regions, stack="zero"),
        **vega.kinds("role", _ROLES, "role in supply chains"),
        order=vega.quantitative("position"),
        tooltip=vega.tips(
            "industry",
            "role",
            f"regions:Q={context.regions}",
            "emitters:Q=of them super-emitters",
        ),
    )
    position = f"indexof({list(_ROLES)}, datum.role)"
    bars["transform"] = [{"calculate": position, "as": "position"}]
    return Chart(
        "typology",
        context.with_nouns("What kinds of regions there are"),
        context.with_nouns(
            "Regions by the industry they are specialised in and by their role in "
            "supply chains: "
            + "; ".join(f"{industry} {totals[industry]}" for industry in order)
            + " regions."
        ),
        vega.finished(bars, height=34 * len(order) + 10),
        types,
    )


def _draw_map(context: Context, regions: Rows) -> Chart | None:
    """Draw where the super-emitters are, in the size of their footprint."""
    located = [row for row in regions if vega.has_place(row)]
    if len(located) < 2 or not any(row["is_selected"] for row in located):
        return None
    size = context.scale([row["measure_value"] for row in located], "stressor")
    window = vega.Window(located)
    colours = _emitter_colours(context)
    emitter, other = colours
    rows = [
        {
            "region": row["region_name"],
            "x": vega.short(row["longitude"]),
            "y": vega.short(row["latitude"]),
            "amount": vega.short(max(row["measure_value"], 0) / size.divisor),
            "text": size.full(row["measure_value"]),
            "kind": emitter if row["is_selected"] else other,
            "pathway": word(row["pathway_id"]),
        }
        for row in located
    ]
    drawing = vega.draw(
        "point",
        rows,
        {"opacity": 1},
        **window.axes(),
        size=vega.amount(
            "footprint",
            size,
            scale={"range": [6, 700]},
            legend={"tickCount": 3, "symbolFillColor": colour_of("unknown")},
        ),
        **vega.kinds("kind", colours),
        tooltip=vega.tips("region", "text=footprint", "kind=kind", "pathway=pathway"),
    )
    first = next(row for row in regions if row["is_selected"])
    intro = "Regions at their coordinates, larger for a larger footprint. "
    return Chart(
        "super-emitters-on-the-map",
        "Where the super-emitters are",
        f"{context.with_nouns(intro)}The first super-emitter is "
        f"{first['region_name']}, {size.full(first['measure_value'])}.",
        vega.finished(drawing, ratio=window.ratio),
        regions,
    )
