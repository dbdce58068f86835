"""Supply chains: through whom footprints come, and how far from the purchase."""

from carbonshed.numbers import percent
from carbonshed.report import vega
from carbonshed.report.colours import colour_of
from carbonshed.report.content import Card, Chart, Column, Page, Section, make_table
from carbonshed.report.context import Context
from carbonshed.report.pages import reasons
from carbonshed.report.queries import Marts, Rows
from carbonshed.report.ribbons import Node, Stream, Words, draw_streams

TITLE = "Through whom"

_MAX_ROWS = 25  # rows of a table of paths or links
_MAX_DRAWN = 8  # deliveries in the picture
_ROW = 26  # pixels
_FAR = 2  # the first tier behind the direct suppliers
_MAX_TIER = 4  # the last with a bar of its own
_USERS = "final users"
_TIERS = ("final makers", "direct suppliers", "their suppliers")
# parts of the footprint, by the noun that has their colour
_NOUNS = {
    "direct": _USERS,
    "near the purchase": "up to direct suppliers",
    "farther upstream": "farther upstream",
}
_PATHS = [
    Column("region_name", "For"),
    "path_names",
    "emissions",
    Column("footprint_share", "Of its footprint", "share"),
]
_LINKS = [
    Column("supplying_sector", "Supplier"),
    Column("origin", "From", region="supplier_region_id"),
    Column("buying_sector", "Buyer"),
    Column("destination", "To", region="buyer_region_id"),
    "emissions",
    Column("buyer_share", "Of the buyer's", "share"),
]
_REGIONS = [
    "region_name",
    Column("footprint", "Footprint", "stressor"),
    Column("user_share", "Final users", "share"),
    Column("maker_share", "Final makers", "share"),
    Column("supplier_share", "Direct suppliers", "share"),
    Column("upstream_share", "Farther upstream", "share"),
]
# deliveries that stay in a region, and others
_WITHIN, _BETWEEN = "within a region", "between two regions"
_DELIVERIES = Words(
    ("supplier", "buyer"),
    ("from=supplier", "to=buyer", "text=emitted for it", "of_buyer=of the buyer's"),
    ("name=producer", "text=in the deliveries shown"),
)
_NOT_BUILT = "supply chains are not built with the var analyses: false."
_NO_PATHS = "no single supply chain with a supplier carries enough to be listed."
_NO_LINKS = "no producer delivers enough emissions to another one to be listed."


def page(context: Context, marts: Marts) -> Page:
    """Make the page."""
    lead = (
        "Through whom a footprint comes: from the producer that emits, along a chain "
        "of suppliers, to what final users buy."
    )
    tiers = marts.ask_if_built("chains/tiers")
    if not any(tiers.column("emissions") if len(tiers) else ()):
        reason = reasons.NO_EMISSIONS if len(tiers) else _NOT_BUILT
        why = reasons.why_empty(context, reason)
        return Page(TITLE, lead, [Section("paths", "Largest supply chains", empty=why)])
    return Page(
        TITLE,
        lead,
        [
            _paths(context, marts),
            _links(context, marts.ask("chains/links")),
            _regions(context, marts.ask("chains/regions")),
        ],
        context.finding("arises_upstream"),
        headline=context.headline("arises_upstream"),
        picture=draw_tiers(context, tiers),
        next_step=Card(
            "region.html",
            context.with_nouns("Your region"),
            "Through whom its own footprint comes.",
        ),
    )


def _paths(context: Context, marts: Marts) -> Section:
    heading = "Largest supply chains"
    rows = marts.ask("chains/paths")
    if not len(rows):
        return Section("paths", heading, empty=context.with_nouns(_NO_PATHS))
    cutoff = percent(rows.column("path_cutoff")[0])
    return Section(
        "paths",
        heading,
        [
            "From the producer that emits to the maker of what is bought. A chain "
            "carries only what is emitted at its beginning. What the makers of final "
            "products emit themselves is not listed here.",
            context.with_nouns(
                f"All chains that carry at least {cutoff} of a region's footprint, "
                "without direct emissions, are known. Most of a footprint comes "
                "through smaller ones, so these do not add up to it."
            ),
        ],
        tables=[
            make_table(
                context,
                "paths",
                f"The largest supply chains, {context.title}",
                rows,
                _PATHS,
                max_rows=_MAX_ROWS,
            )
        ],
    )


def _links(context: Context, rows: Rows) -> Section:
    heading = "Largest deliveries"
    if not len(rows):
        return Section("links", heading, empty=_NO_LINKS)
    return Section(
        "links",
        heading,
        [
            "All that is emitted for what one producer delivers to another, whoever "
            "emits it. What passes through several deliveries is counted in each, so "
            "they do not add up."
        ],
        charts=[draw_deliveries(context, rows)],
        tables=[
            make_table(
                context,
                "links",
                f"Deliveries that embody the most emissions, {context.title}",
                rows,
                _LINKS,
                "Of the buyer's: share of everything emitted for the buyer's product.",
                _MAX_ROWS,
            )
        ],
    )


def _regions(context: Context, rows: Rows) -> Section:
    return Section(
        "regions",
        "Region by region",
        [
            "Shares of the footprint by who emits: final users themselves, the makers "
            "of what they buy, their direct suppliers, or producers farther upstream."
        ],
        tables=[
            make_table(
                context,
                "tiers-by-region",
                f"Who emits each region's footprint, {context.title}",
                rows,
                _REGIONS,
            )
        ],
    )


def draw_tiers(context: Context, tiers: Rows) -> Chart:
    """Draw what is emitted at each distance from the purchase, and by final users.

    Parameters
    ----------
    tiers
        The answer of `chains/tiers`, the makers first, and final users without a tier;
        amounts in the stressor's unit.
    """
    drawn = [
        row
        for row in tiers
        if (row["tier"] is None and row["emissions"])
        or (row["tier"] is not None and row["tier"] <= _MAX_TIER)
    ]
    beyond = [row for row in tiers if (row["tier"] or 0) > _MAX_TIER]
    if beyond:
        rest = sum(row["emissions"] for row in beyond)
        drawn.append({**beyond[0], "emissions": rest})
    size = context.scale([row["emissions"] for row in drawn], "stressor")
    kinds = {noun: name for noun, name in _NOUNS.items() if _rows_of(drawn, noun)}
    named = {
        noun: ": ".join(
            filter(None, [name, _share(sum(_rows_of(drawn, noun)), drawn[0])])
        )
        for noun, name in kinds.items()
    }
    rows = [
        {
            "who": _name(row["tier"]),
            "kind": named[_noun(row["tier"])],
            "share": _share(row["emissions"], row),
            **vega.figures(size, row["emissions"]),
        }
        for row in drawn
    ]
    x = vega.amount(
        "emitted",
        size,
        scale=vega.room_for(
            [row["share"] for row in rows], [row["amount"] for row in rows]
        ),
        axis={"labelBound": True},
    )
    y = vega.labels("who", [row["who"] for row in rows])
    colours = {text: colour_of(noun) for noun, text in named.items()}
    drawing = vega.layers(
        vega.draw(
            "bar",
            None,
            x=x,
            y=y,
            **vega.kinds("kind", colours, legend={"columns": 1}),
            tooltip=vega.tips("who=emitted by", "text=emissions", "share"),
        ),
        vega.values_at_ends(x, y, "share"),
        rows=rows,
    )
    written = "; ".join(f"{row['who']} {row['text']}" for row in rows)
    return Chart(
        "tiers",
        context.with_nouns("The footprint of all regions, by who emits"),
        "A bar for each step from the purchase; final makers make what is bought. "
        f"Emitted by {written}.",
        vega.finished(drawing, height=_ROW * len(rows)),
        tiers,
        finding=context.headline("arises_upstream"),
    )


def _noun(tier: int | None) -> str:
    """Return the noun of a tier's colour."""
    if tier is None:
        return "direct"
    return "near the purchase" if tier < _FAR else "farther upstream"


def _rows_of(rows: list[dict], noun: str) -> list[float]:
    """Return the emissions of the tiers that have the colour of a noun."""
    return [row["emissions"] for row in rows if _noun(row["tier"]) == noun]


def _share(emissions: float, row: dict) -> str:
    """Write a share of all footprints, nothing where they have none."""
    whole = row["footprints"]
    return percent(emissions / whole, 0) if whole > 0 else ""


def _name(tier: int | None) -> str:
    """Return who emits in a tier."""
    if tier is None:
        return _USERS
    if tier > _MAX_TIER:
        return "farther away"
    return _TIERS[tier] if tier < len(_TIERS) else f"{tier} steps away"


def draw_deliveries(context: Context, links: Rows) -> Chart | None:
    """Draw the largest deliveries between two producers as a Sankey diagram.

    Parameters
    ----------
    links
        The answer of `chains/links`, the largest first; amounts in the stressor's unit.

    Returns
    -------
    Chart or None
        None without a delivery above zero.
    """
    drawn = [row for row in links if row["emissions"] > 0][:_MAX_DRAWN]
    if not drawn:
        return None
    size = context.scale([row["emissions"] for row in drawn], "stressor")
    colours = {
        context.with_nouns(words_): colour_of(noun)
        for words_, noun in ((_WITHIN, "own place"), (_BETWEEN, "other places"))
    }
    within, between = colours
    streams = [
        Stream(
            _producer(row, "supplier", "supplying_sector", "origin"),
            _producer(row, "buyer", "buying_sector", "destination"),
            row["emissions"],
            within if _is_within(row) else between,
            {"of_buyer": percent(row["buyer_share"])},
        )
        for row in drawn
    ]
    occurring = {stream.kind for stream in streams}
    diagram = draw_streams(
        streams,
        size,
        {kind: colour for kind, colour in colours.items() if kind in occurring},
        _DELIVERIES,
    )
    first = drawn[0]
    largest = (
        f"{first['supplying_sector']} in {first['origin']} to "
        f"{first['buying_sector']} in {first['destination']}"
    )
    which = f"The {len(drawn)} deliveries" if drawn[1:] else "The delivery"
    return Chart(
        "deliveries",
        f"{which} with the most emissions",
        "Ribbons from the producers that deliver to those that buy, as wide as what is "
        f"emitted for the delivery. The largest: {largest}, "
        f"{size.full(first['emissions'])}.",
        vega.finished(vega.layers(*diagram.layers), height=diagram.height),
        links,
    )


def _is_within(row: dict) -> bool:
    return row["supplier_region_id"] == row["buyer_region_id"]


def _producer(row: dict, side: str, sector: str, region: str) -> Node:
    """Return a producer as an end of ribbons, its sector above its region."""
    region_id = row[f"{side}_region_id"]
    return Node(
        f"{region_id}/{row[f'{side}_sector_id']}", region_id, (row[sector], row[region])
    )
