"""The reasons why footprints changed since the year before: they add up."""

from carbonshed.report import vega
from carbonshed.report.colours import colour_of
from carbonshed.report.content import (
    Card,
    Chart,
    Column,
    Page,
    Section,
    make_table,
    relabelled,
)
from carbonshed.report.context import Context
from carbonshed.report.marts import Marts, Rows
from carbonshed.report.pages import words

TITLE = "What changed"

# in the order in which they are explained
EFFECTS = {
    "intensity": "intensity",
    "technology": "technology",
    "final_sourcing": "sourcing",
    "product_mix": "product mix",
    "demand_per_head": "demand per person",
    "population": "population",
    "other_demand": "other demand",
    "direct_emissions": "direct emissions",
}
MEANINGS = (
    "Intensity is what producers emit per unit of output; technology, what they buy "
    "and from whom. Sourcing is where final users buy a product, and the product mix "
    "what they buy. Other demand is inventories, and purchases that cancel out. Each "
    "effect is the mean, over all orders in which the changes may come, of the step "
    "that this one makes; together they are the whole change."
)
CURRENT_PRICES = (
    "Money is at current prices: inflation lowers intensity and raises demand per "
    "person by about as much, so read these two together."
)
_IN_SHORT = (
    "At current prices: read intensity and demand per person together, for inflation "
    "moves both."
)
_COLOURS = {"more": colour_of("rises"), "less": colour_of("falls")}
_REGIONS = [
    Column("region_name", "Region", region="region_id"),
    Column("change", "Change", "stressor"),
    Column("base_footprint", "Footprint before", "stressor"),
    Column("footprint", "Footprint", "stressor"),
    *(
        Column(effect, label.capitalize(), "stressor")
        for effect, label in EFFECTS.items()
    ),
]
_STEP = 34  # pixels of a bar and the room to the next one


def is_there(marts: Marts) -> bool:
    """Return whether the dataset has two years to be compared."""
    return len(marts.ask_if_built("changes/pairs")) > 0


def page(context: Context, marts: Marts) -> Page:
    """Make the page."""
    effects = marts.ask("changes/effects")
    lead = "What of the change since the year before each effect explains."
    first = effects.first()
    if first is None:
        why = words.why_empty(
            context,
            f"{context.year} is the first year, and a change is between two.",
        )
        return Page(TITLE, lead, [Section("effects", "By region", empty=why)])
    warnings = [] if first["is_deflated"] else [_IN_SHORT]
    regions = marts.ask("changes/regions")
    caption = f"{context.stressor_name}, {first['base_year']} to {context.year}"
    return Page(
        TITLE,
        lead,
        [
            Section(
                "effects",
                "By region",
                [MEANINGS],
                tables=[
                    make_table(
                        context,
                        "region-effects",
                        f"Change of each footprint by effect, {caption}",
                        regions,
                        _REGIONS,
                        "The largest change first.",
                    )
                ],
                warnings=warnings,
            )
        ],
        context.finding("reason_of_change"),
        headline=context.headline("reason_of_change"),
        picture=draw_effects(context, effects),
        next_step=Card(
            "region.html",
            context.with_nouns("Your region"),
            context.with_nouns("What a region's footprint is made of."),
        ),
    )


def draw_effects(context: Context, effects: Rows) -> Chart:
    """Draw the effects on all footprints together, as bars from zero."""
    row = effects.first()
    size = context.scale(effects.column("change"), "stressor")
    named = list(relabelled(effects, "effect_id", EFFECTS))
    bars = [
        {
            "effect": effect["effect_id"],
            "kind": "more" if effect["change"] > 0 else "less",
            "value": signed(effect["change"], size.text(effect["change"])),
            **vega.figures(size, effect["change"]),
            "text": signed(effect["change"], size.full(effect["change"])),
        }
        for effect in named
    ]
    x = vega.amount(
        "change of all footprints",
        size,
        scale=vega.room_for(
            (bar["value"] for bar in bars), (bar["amount"] for bar in bars)
        ),
    )
    y = vega.labels("effect", EFFECTS.values())
    drawing = vega.layers(
        vega.draw(
            "bar",
            None,
            {"height": 20},
            x=x,
            y=y,
            **vega.kinds("kind", _COLOURS, legend=None),
            tooltip=vega.tips("effect", "text=change"),
        ),
        vega.values_at_ends(x, y),
        rows=bars,
    )
    totals = context.scale([row["base_footprint"], row["footprint"]], "stressor")
    change = row["footprint"] - row["base_footprint"]
    amount = context.text(abs(change), "stressor")
    largest = max(bars, key=lambda bar: abs(bar["amount"]))
    return Chart(
        "effects",
        f"The change from {row['base_year']} to {context.year}, by effect",
        f"All footprints went from {totals.full(row['base_footprint'])} to "
        f"{totals.full(row['footprint'])}. The largest effect: {largest['effect']}, "
        f"{largest['text']}.",
        vega.finished(drawing, height=_STEP * len(EFFECTS)),
        effects,
        finding=f"From {row['base_year']} to {context.year} all footprints together "
        f"{'rose' if change > 0 else 'fell'} by {amount}",
        notes=() if row["is_deflated"] else (CURRENT_PRICES,),
    )


def signed(value: float, text: str) -> str:
    """Return the text of a value, with a sign also where it is above zero."""
    return f"+{text}" if value > 0 else text
